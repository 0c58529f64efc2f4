"""Ways to run trials: many as lanes of one batch, or one after another; both follow the same course."""
