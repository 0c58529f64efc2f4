"""The answer: the verdict from what was derived and simulated, in data and in words."""
