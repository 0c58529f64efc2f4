"""Claims: sentences of the chapter on adaptive learning rates that can be measured."""
