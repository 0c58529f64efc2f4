"""surefoot: choose, use and understand an optimizer."""
