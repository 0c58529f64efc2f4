"""Sparse gradients: only the rows that a gradient names are stepped, whatever the size of the table."""
