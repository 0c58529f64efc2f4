"""Claims: what papers state, computed anew."""
