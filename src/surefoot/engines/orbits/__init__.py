"""A rule on a landscape as one map, iterated by a compiled loop from many starts and under many settings at once."""
