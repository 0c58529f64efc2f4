"""Graphs made of graphs: what happens to a gradient before a rule and to its results after, in a graph's own words."""
