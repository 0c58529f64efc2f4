"""Conformance suites for a rule, an engine or a task of your own."""
