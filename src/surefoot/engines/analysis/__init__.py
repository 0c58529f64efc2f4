"""What can be read off a graph without running it: derivatives, effective rates, the edge of stability, bounds."""
