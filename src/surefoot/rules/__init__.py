"""The update rules, each written once, and the words they are written in."""
