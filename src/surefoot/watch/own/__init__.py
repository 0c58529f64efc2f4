"""Functions of a user's own: rewritten in the rules' words, or recorded by torch."""
