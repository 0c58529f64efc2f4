"""Which optimizer, with which settings, for a given task, and how sure is that."""
