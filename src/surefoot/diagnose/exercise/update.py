"""The update that the exercise is about, and the one it is compared with."""

from surefoot.rules import find

#: v' = beta v + (1 - beta) e^2, x' = x - eta e / sqrt(v' + epsilon): the chapter's rule is the exercise's.
UPDATE = find("rmsprop")
#: Gradient descent with a constant step.
DESCENT = find("sgd")
#: The rule with momentum beside its scaling.
MOMENTS = find("adam")
#: The exercise's defaults.
LR, BETA, EPS = 0.01, 0.9, 1e-8
