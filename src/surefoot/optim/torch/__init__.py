"""torch's optimizers by our rules: the same names, arguments, defaults, state and trajectories. One import changes.

>>> import torch
>>> from surefoot.optim.torch import RMSprop  # was: from torch.optim import RMSprop
>>> model = torch.nn.Linear(2, 1)
>>> optimizer = RMSprop(model.parameters(), lr=1e-2, alpha=0.99, momentum=0.9, centered=True)
>>> model(torch.ones(3, 2)).sum().backward()
>>> optimizer.step()
>>> sorted(optimizer.state[model.weight])
['grad_avg', 'momentum_buffer', 'square_avg', 'step']
"""

from surefoot.optim.torch.adagrad import Adagrad
from surefoot.optim.torch.adam import Adam
from surefoot.optim.torch.adamw import AdamW
from surefoot.optim.torch.amsgrad import AMSGrad
from surefoot.optim.torch.lamb import LAMB
from surefoot.optim.torch.rmsprop import RMSprop
from surefoot.optim.torch.sgd import SGD

__all__ = ["LAMB", "SGD", "AMSGrad", "Adagrad", "Adam", "AdamW", "RMSprop"]
