"""Many trials at once: a lane is the trial alone, whatever else is in the batch."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from surefoot.compare.runners import lanes, one_by_one
from surefoot.compare.runners.memory import activation_bytes, lanes_per_batch, memory_per_lane
from surefoot.compare.trial import Outcome, Phase, Trial
from surefoot.errors import UserError
from surefoot.rules import RULES
from surefoot.tasks import TASKS, Task, find
from tests.compare.runners.lane_cases import Double, Images, Normed, Tied, close, quiet, same_bits, spread, task, trial

STEPS = 12
EVERY_RULE = list(RULES)
OTHERS = {"conv": lambda: task(Images), "tied": lambda: task(Tied, words=True)}
# Equal up to rounding alone: torch's BatchNorm adds up in an order that depends on how many channels there are in all,
# and 225 weights a lane are no multiple of what the processor loads at once.
ROUNDED = {
    "norms": lambda: task(Normed),
    "odd": lambda: task(lambda: nn.Sequential(nn.Linear(16, 75), nn.Sigmoid(), nn.Linear(75, 3)), batch_size=11),
}


@cache
def built(name: str) -> Task:
    return find(name) if name in TASKS else (OTHERS | ROUNDED)[name]()


@cache
def batch_of_64(name: str, phase: Phase) -> tuple[list[Trial], list[Outcome]]:
    trials = spread(64, EVERY_RULE, phase)
    return trials, lanes.run(built(name), trials, RULES, STEPS, quiet)


RULES_OF = [(name, rule) for name in TASKS for rule in EVERY_RULE] + [(name, "adam") for name in OTHERS]


@pytest.mark.parametrize("phase", ["search", "confirm"])
@pytest.mark.parametrize(("name", "rule"), RULES_OF)
def test_a_lane_is_the_trial_run_alone_to_the_bit(name: str, rule: str, phase: Phase) -> None:
    trials, together = batch_of_64(name, phase)
    row = next(k for k in range(20, 64) if trials[k].optimizer == rule)
    (alone,) = lanes.run(built(name), [trials[row]], RULES, STEPS, quiet)
    assert same_bits(together[row], alone)
    assert alone.diverged_at is None
    assert alone.train_loss[0] != alone.train_loss[-1]


@pytest.mark.parametrize("name", [*TASKS, *OTHERS])
def test_a_lane_does_not_depend_on_the_size_of_the_batch_or_its_place(name: str) -> None:
    trials, together = batch_of_64(name, "confirm")
    for chosen in (range(7), range(50, 57), [63, 1, 30], [5, 4]):
        some = lanes.run(built(name), [trials[k] for k in chosen], RULES, STEPS, quiet)
        assert all(same_bits(together[k], outcome) for k, outcome in zip(chosen, some, strict=True))


@pytest.mark.parametrize("phase", ["search", "confirm"])
@pytest.mark.parametrize("name", [*TASKS, *OTHERS, *ROUNDED])
def test_a_lane_is_the_plain_loop_up_to_rounding(name: str, phase: Phase) -> None:
    trials, together = batch_of_64(name, phase)
    rows = range(9)
    alone = one_by_one.run(built(name), [trials[k] for k in rows], RULES, STEPS, quiet)
    for k, outcome in zip(rows, alone, strict=True):
        loss_only = replace(outcome, validation_score=together[k].validation_score, test_score=together[k].test_score)
        close(together[k], loss_only, rtol=2e-3)


def test_the_same_call_twice_gives_the_same_bits() -> None:
    trials, first = batch_of_64("digits", "search")
    assert all(map(same_bits, first, lanes.run(built("digits"), trials, RULES, STEPS, quiet)))


TORCH = {"sgd": lambda p: torch.optim.SGD(p, lr=0.1), "adam": lambda p: torch.optim.Adam(p, lr=0.01)}


@pytest.mark.parametrize("seed", [100, 101])
@pytest.mark.parametrize("name", TORCH)
def test_curves_are_those_of_a_hand_written_loop_with_torch_optim(name: str, seed: int) -> None:
    doubled = task(lambda: Double(nn.Sequential(nn.Linear(16, 8), nn.Tanh(), nn.Linear(8, 3))))
    lr = {"sgd": 0.1, "adam": 0.01}[name]
    trials = [trial(name, s, "confirm", lr=lr) for s in (seed, 7, 8)]
    ours = lanes.run(doubled, trials, RULES, 40, quiet)[0]

    from surefoot.tasks.batches import order

    model = doubled.build(seed)
    optimizer = TORCH[name](model.parameters())
    losses, expected = [], {}
    for step, rows in enumerate(torch.from_numpy(order(seed, len(doubled.train.y), 16, 40))):
        if step % 2 == 0:
            expected[step] = (losses, *evaluated(model, doubled.validation))
            losses = []
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(doubled.train.x[rows]), doubled.train.y[rows])
        expected.setdefault("first", loss.item())
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    expected[40] = (losses, *evaluated(model, doubled.validation))

    assert ours.steps.tolist() == list(range(0, 41, 2))
    np.testing.assert_allclose(ours.train_loss[0], expected["first"], rtol=1e-7)
    for column, step in enumerate(ours.steps.tolist()):
        seen, loss, score = expected[step]
        np.testing.assert_allclose(ours.validation_loss[column], loss, rtol=1e-7)
        np.testing.assert_allclose(ours.validation_score[column], score, rtol=1e-7)
        if column:
            np.testing.assert_allclose(ours.train_loss[column], np.mean(seen), rtol=1e-7)
    np.testing.assert_allclose([ours.test_loss, ours.test_score], evaluated(model, doubled.test), rtol=1e-7)


def evaluated(model: nn.Module, split: tuple[Tensor, Tensor]) -> tuple[float, float]:
    with torch.no_grad():
        output = model(split[0])
    accuracy = np.mean(output.argmax(1).numpy() == split[1].numpy())
    return nn.functional.cross_entropy(output, split[1]).item(), float(accuracy)


@pytest.mark.parametrize("phase", ["search", "confirm"])
def test_a_diverging_lane_is_dropped_and_touches_no_other(phase: Phase) -> None:
    trials = spread(20, EVERY_RULE, phase)
    hopeless = {0: 1e30, 9: 1e25, 19: 1e30}
    for k, lr in hopeless.items():
        trials[k] = trial("sgd", trials[k].seed, phase, k, lr=lr)
    diverging = built("diabetes")
    together = lanes.run(diverging, trials, RULES, 30, quiet)
    healthy = [k for k in range(20) if k not in hopeless]
    without = lanes.run(diverging, [trials[k] for k in healthy], RULES, 30, quiet)
    assert all(same_bits(together[k], outcome) for k, outcome in zip(healthy, without, strict=True))
    for k in hopeless:
        outcome = together[k]
        assert outcome.diverged_at is not None
        assert 0 < outcome.diverged_at < 30
        over = outcome.steps >= outcome.diverged_at
        for curve in (outcome.train_loss, outcome.validation_loss, outcome.validation_score):
            assert np.isnan(curve[over]).all()
            assert np.isfinite(curve[~over]).all()
        assert np.isnan([outcome.test_loss, outcome.test_score]).all()


def test_the_last_lane_left_is_the_trial_run_alone() -> None:
    diverging = built("diabetes")
    trials = [trial("sgd", lr=1e30), trial("adam", lr=1e-3), trial("momentum", lr=1e30)]
    together = lanes.run(diverging, trials, RULES, 30, quiet)
    assert [outcome.diverged_at is None for outcome in together] == [False, True, False]
    assert same_bits(together[1], lanes.run(diverging, [trials[1]], RULES, 30, quiet)[0])


@pytest.mark.parametrize("runner", [lanes.run, one_by_one.run])
def test_all_may_diverge_and_every_step_counts_as_done(runner: object) -> None:
    trials = [trial("sgd", lr=1e30, number=k) for k in range(3)] + [trial("sgd", 4, "confirm", lr=1e-2)]
    done: list[int] = []
    outcomes = runner(built("diabetes"), trials, RULES, 30, done.append)  # type: ignore[operator]
    assert [outcome.diverged_at is None for outcome in outcomes] == [False, False, False, True]
    assert sum(done) == 4 * 30
    assert min(done) > 0


def test_a_loss_that_is_not_finite_before_any_update_has_diverged_at_zero() -> None:
    broken = task(lambda: nn.Linear(16, 3), loss=lambda output, y: output.sum() * float("nan"))
    (outcome,) = lanes.run(broken, [trial("adam")], RULES, 10, quiet)
    assert outcome.diverged_at == 0
    assert np.isnan(outcome.train_loss).all()


@pytest.mark.parametrize("runner", [lanes.run, one_by_one.run])
def test_a_search_never_sees_the_test_split(runner: object) -> None:
    seen: list[int] = []

    def score(output: Tensor, y: Tensor) -> float:
        seen.append(len(y))
        return float((output.argmax(1) == y).float().mean())

    counted = task(lambda: nn.Linear(16, 3), rows=200, score=score, test=(np.ones((7, 16)), np.ones(7, int)))
    (outcome,) = runner(counted, [trial("adam")], RULES, 5, quiet)  # type: ignore[operator]
    assert seen
    assert 7 not in seen
    assert np.isnan([outcome.test_loss, outcome.test_score]).all()
    runner(counted, [trial("adam", phase="confirm")], RULES, 5, quiet)  # type: ignore[operator]
    assert 7 in seen


def test_outcomes_come_in_the_order_of_the_trials() -> None:
    trials, together = batch_of_64("diabetes", "search")
    shuffled = np.random.default_rng(1).permutation(64)
    outcomes = lanes.run(built("diabetes"), [trials[k] for k in shuffled], RULES, STEPS, quiet)
    assert all(same_bits(together[k], outcome) for k, outcome in zip(shuffled, outcomes, strict=True))


def test_static_options_of_one_optimizer_may_differ_between_lanes() -> None:
    trials = [trial("rmsprop", centered=centered, lr=lr) for lr in (1e-2, 1e-3) for centered in (False, True)]
    outcomes = lanes.run(built("diabetes"), trials, RULES, STEPS, quiet)
    for one, outcome in zip(trials, outcomes, strict=True):
        assert same_bits(outcome, lanes.run(built("diabetes"), [one], RULES, STEPS, quiet)[0])
    assert not same_bits(outcomes[0], outcomes[1])


def test_search_trials_start_alike_and_confirmations_differ_by_seed() -> None:
    _, search = batch_of_64("digits", "search")
    assert len({float(outcome.train_loss[0]) for outcome in search}) == 1
    trials, confirm = batch_of_64("digits", "confirm")
    first = {(one.seed, float(outcome.train_loss[0])) for one, outcome in zip(trials, confirm, strict=True)}
    assert len(first) == len({seed for seed, _ in first}) == 5


@pytest.mark.parametrize("rows", [97, 96])
def test_a_score_that_vmap_cannot_take_is_asked_lane_by_lane(rows: int) -> None:
    def looped(output: Tensor, y: Tensor) -> float:
        return float(np.mean(output.numpy().argmax(1) == y.numpy()))

    trials = spread(5, EVERY_RULE, "confirm")
    plain = lanes.run(task(lambda: nn.Linear(16, 3), rows=rows), trials, RULES, 5, quiet)
    other = lanes.run(task(lambda: nn.Linear(16, 3), rows=rows, score=looped), trials, RULES, 5, quiet)
    for a, b in zip(plain, other, strict=True):
        close(a, b, rtol=1e-7)


def test_without_a_score_the_loss_is_the_score() -> None:
    (outcome,) = lanes.run(task(lambda: nn.Linear(16, 3), score=None), [trial("adam", 1, "confirm")], RULES, 5, quiet)
    assert np.array_equal(outcome.validation_score, outcome.validation_loss)
    assert outcome.test_score == outcome.test_loss


def test_evaluating_a_few_lanes_at_a_time_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    trials, together = batch_of_64("digits", "search")
    monkeypatch.setattr("surefoot.compare.runners.memory.NEAR", 1 << 20)
    outcomes = lanes.run(built("digits"), trials[:11], RULES, STEPS, quiet)
    assert all(map(same_bits, together, outcomes))


def test_what_a_user_gets_wrong_is_one_line() -> None:
    def wrong(output: Tensor, y: Tensor) -> float:
        raise RuntimeError("no such class\nand more")

    linear = lambda: nn.Linear(16, 3)  # noqa: E731
    cases = {
        "steps must be at least 1, got 0": (task(linear), 0),
        "task small: its score fails on a whole split: RuntimeError: no such class": (task(linear, score=wrong), 2),
        "all float32 or all float64, got bfloat16": (task(lambda: linear().bfloat16()), 2),
        "model cannot be built": (task(lambda: 1 / 0), 2),
    }
    for message, (broken, steps) in cases.items():
        with pytest.raises(UserError, match=message) as caught:
            lanes.run(broken, [trial("adam")], RULES, steps, quiet)
        assert "\n" not in str(caught.value)


def test_memory_is_counted_in_closed_form() -> None:
    linear = task(lambda: nn.Linear(16, 3), loss=nn.functional.mse_loss, score=None)
    linear = linear.with_(train=(linear.train.x, torch.randn(len(linear.train.y), 3)), validation=None, test=None)
    # A linear layer saves its input (16 rows of 16), squared error its two arguments (16 rows of 3 each).
    assert activation_bytes(linear) == 4 * (16 * 16 + 2 * 16 * 3)
    parameters = 4 * (16 * 3 + 3)
    assert memory_per_lane(linear, RULES["adam"]) == parameters * 5 + 2 * activation_bytes(linear)
    assert memory_per_lane(linear, RULES["sgd"]) == parameters * 3 + 2 * activation_bytes(linear)
    assert lanes_per_batch(linear, list(RULES.values())) == 256


@pytest.mark.parametrize("width", [2_000_000, 8_000_000])
def test_a_large_model_gets_fewer_lanes(width: int) -> None:
    large = task(lambda: nn.Linear(16, width // 17), loss=lambda output, y: output.square().mean())
    most = lanes_per_batch(large, [RULES["adam"], RULES["sgd"]])
    assert most == (1 << 30) // memory_per_lane(large, RULES["adam"])
    assert 1 <= most < 30


def test_a_batch_of_long_trials_has_fewer_lanes_but_not_too_few() -> None:
    short, long, endless = (lanes_per_batch(find("digits").with_(steps=s), [RULES["sgd"]]) for s in (600, 10**5, 10**8))
    assert short == 256 > long > endless == 16
