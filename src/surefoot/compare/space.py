"""Which settings an optimizer is tried with: one fixed list a rule, so that a larger budget extends a smaller one.

The list begins with the default. After it come points of a scrambled Halton sequence (Halton 1960; Owen 2017) over the
ranges that the rule declares, and `Domain.opens_at` says from which place in the list on a hyperparameter moves: a
small budget is spent on the learning rate, a larger one reaches momentum, then epsilon, then the rest. Rules with the
same range of learning rates are tried at the same ones.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from surefoot.rules.rule import Rule, Setting

#: Of the scrambling. Another seed is another search.
SEED = 20_211


def settings_list(rule: Rule, trials: int) -> list[dict[str, Setting]]:
    """The first `trials` settings of a rule, every hyperparameter and static option in each.

    >>> from surefoot.rules import find
    >>> settings_list(find("sgd"), 1), len(settings_list(find("adam"), 40))
    ([{'lr': 0.1}], 40)
    """
    searched = [name for name, domain in rule.hyper.items() if domain.searched]
    points = _points(len(searched), trials - 1)
    settings = [rule.settings()]
    for trial, point in enumerate(points, start=2):
        moved = {}
        for name, u in zip(searched, point, strict=True):
            default = float(rule.defaults[name])
            if trial >= rule.hyper[name].opens_at:
                moved[name] = rule.hyper[name].quantile(float(u), default)
        settings.append(rule.settings(moved))
    return settings


@lru_cache
def _points(dimensions: int, count: int) -> NDArray[np.float64]:
    if dimensions == 0 or count == 0:
        return np.zeros((count, dimensions))
    return qmc.Halton(dimensions, scramble=True, rng=np.random.default_rng(SEED)).random(count)
