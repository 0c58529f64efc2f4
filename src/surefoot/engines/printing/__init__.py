"""Engines that print a graph for a reader or a browser: LaTeX, MathML, JavaScript."""
