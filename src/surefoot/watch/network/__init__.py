"""Paths of several optimizers through a real network's parameters, drawn in the plane that holds most of them."""
