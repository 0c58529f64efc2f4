"""Certificates: a claim proved or refuted for every setting in a box, by interval arithmetic and subdivision."""
