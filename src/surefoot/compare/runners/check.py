"""Whether a task's trials can run as one batch; asked by trying, and by comparing with plain autograd."""

import warnings

import torch
from torch import Tensor

from surefoot.compare.runners.blame import first_line
from surefoot.compare.runners.lanes import Lanes
from surefoot.compare.runners.one_by_one import Single
from surefoot.compare.trial import Trial
from surefoot.rules.catalogue import RULES
from surefoot.tasks.task import Task

#: Relative to the largest number among those compared; float32 itself is good to 1e-7.
TOLERANCE = 1e-3

#: What torch says, and what it means for us.
_KNOWN = {
    "called random operation": "the model draws random numbers in training (dropout), and each trial needs its own",
    "performance drop": "vmap takes this model only by a slow way round",
    "SparseCPU": "vmap cannot take sparse gradients",
    "calling .item()": "vmap cannot take this model: what it computes depends on values (a branch, or .item())",
}


def reason_not_batchable(task: Task) -> str:
    """Why the trials of a task must run one by one, in one line; empty where they can run as one batch.

    Two models of different seeds are trained on a minibatch and evaluated on the validation split, batched and alone.

    Raises:
        UserError: if the model or the loss fails without any batching.

    >>> from surefoot.tasks import find
    >>> reason_not_batchable(find("diabetes"))
    ''
    """
    trials = [Trial("sgd", lane, RULES["sgd"].settings(), seed=lane, phase="confirm") for lane in (0, 1)]
    alone = [_seen(Single(task, trial, RULES["sgd"], 1)) for trial in trials]
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")  # not as errors: torch prints what is raised in the middle of its own code
        try:
            batched, cause = _seen(Lanes(task, trials, RULES, 1)), None
        except Exception as error:
            batched, cause = {}, error.__cause__ or error
    said = [*([str(cause)] if cause else []), *(str(warning.message) for warning in warned)]
    if known := next(filter(None, map(_meaning, said)), ""):
        return known
    if cause:
        return f"vmap cannot take this model: {first_line(cause)}"
    for name, values in batched.items():
        for lane, plain in enumerate(alone):
            if not _close(values[lane], plain[name][0]):
                return f"vmap gives this model another {name} than autograd does"
    return ""


def _meaning(said: str) -> str:
    """What torch's words mean for us, or nothing."""
    return next((meaning for words, meaning in _KNOWN.items() if words in said), "")


def _seen(learners: Lanes | Single) -> dict[str, Tensor]:
    """Of the first minibatch and of the validation split, what the two ways must agree on; each (L, ...)."""
    with torch.random.fork_rng(devices=[]):
        gradients, loss = learners.backward(0)
        scored, _ = learners.evaluate(learners.task.validation)
    gradient = torch.cat([g.reshape(len(g), -1).double() for g in gradients], 1)
    return {"loss": loss.double(), "gradient": gradient, "validation loss": torch.from_numpy(scored)}


def _close(ours: Tensor, theirs: Tensor) -> bool:
    scale = theirs.abs().max().nan_to_num().item()
    return torch.allclose(ours, theirs, rtol=0, atol=TOLERANCE * scale, equal_nan=True)
