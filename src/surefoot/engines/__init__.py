"""Ways to run a rule; each engine is derived from the one recorded graph."""
