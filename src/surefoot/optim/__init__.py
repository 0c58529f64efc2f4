"""torch.optim.Optimizer classes made from rules."""
