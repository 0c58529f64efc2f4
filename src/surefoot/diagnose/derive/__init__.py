"""What is derived from a rule's graph: the recurrence, fixed points and cycles, thresholds, where a step helps."""
