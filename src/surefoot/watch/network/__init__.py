"""Walks of whole networks: paths of several optimizers in one plane, with the loss on it."""
