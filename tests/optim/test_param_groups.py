"""Which parameters are decayed."""

import pytest
import torch
from torch import nn

from surefoot.errors import UserError
from surefoot.optim import Adam, AdamW
from surefoot.optim.groups import param_groups


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(5, 4)
        self.conv = nn.Conv1d(4, 4, 1)
        self.norm = nn.LayerNorm((4, 3))  # its weight has two dimensions, and is a norm's all the same
        self.batch_norm = nn.BatchNorm1d(4)
        self.head = nn.Linear(4, 5)
        self.head.weight = self.embedding.weight
        self.gain = nn.Parameter(torch.ones(()))
        self.frozen = nn.Parameter(torch.ones(3, 3), requires_grad=False)


def names(groups):
    return {g["weight_decay"]: [name for name, _ in g["params"]] for g in groups}


def test_weights_are_decayed_and_biases_norms_and_scalars_are_not():
    assert names(param_groups(Model(), 0.1)) == {
        0.1: ["embedding.weight", "conv.weight"],
        0.0: ["gain", "conv.bias", "norm.weight", "norm.bias", "batch_norm.weight", "batch_norm.bias", "head.bias"],
    }


def test_names_given_are_exempt_too():
    assert names(param_groups(Model(), 0.1, exempt=["embedding.*"]))[0.1] == ["conv.weight"]


def test_a_pattern_that_matches_nothing_is_refused():
    with pytest.raises(UserError, match=r"exempt: 'embeding\*' matches no parameter; there are gain, embedding.weight"):
        param_groups(Model(), 0.1, exempt=["embeding*"])


def test_a_string_is_not_taken_for_its_letters():
    with pytest.raises(UserError, match="list of patterns"):
        param_groups(Model(), 0.1, exempt="*")


def test_an_empty_group_is_left_out():
    model = nn.Linear(2, 2, bias=False)
    assert names(param_groups(model, 0.1)) == {0.1: ["weight"]}


def test_without_gradients_from_the_loss_only_what_is_decayed_shrinks():
    model = Model()
    optimizer = AdamW(param_groups(model, 0.5), lr=0.1)
    before = {name: p.clone() for name, p in model.named_parameters()}
    for p in model.parameters():
        p.grad = torch.zeros_like(p)
    optimizer.step()
    shrunk = {name for name, p in model.named_parameters() if not torch.equal(p, before[name])}
    assert shrunk == {"embedding.weight", "conv.weight"}


def test_parameters_alone_are_refused():
    with pytest.raises(UserError, match=r"model must be a torch\.nn\.Module, got list"):
        param_groups([nn.Parameter(torch.ones(2))], weight_decay=0.1)


def test_a_rule_without_decay_does_not_leave_it_out_in_silence():
    groups = param_groups(nn.Linear(2, 2), weight_decay=0.1)
    with pytest.raises(UserError, match=r"weight_decay must be left out for adam, .*; adamw, lamb have it"):
        Adam(groups)
    Adam(param_groups(nn.Linear(2, 2), weight_decay=0.0))
