"""Telemetry: what a training run does to each tensor, looked at from time to time and read off the rule's own graph."""
