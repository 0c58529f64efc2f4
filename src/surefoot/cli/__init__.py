"""The command line: one file a command, and what they share. `main` runs it."""

from surefoot.cli.app import main

__all__ = ["main"]
