"""Claims: what follows from the rules on a quadratic and other small problems, by algebra of our own."""
