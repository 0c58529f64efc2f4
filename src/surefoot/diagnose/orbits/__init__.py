"""Orbits simulated by the compiled loop: what one does in the end, attractors, exponents, maps, and their figures."""
