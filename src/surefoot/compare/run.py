"""A comparison from end to end: preflight, search, confirmation on fresh seeds, verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from operator import index
from pathlib import Path
from typing import Any

from surefoot.compare import gradients
from surefoot.compare.character import character
from surefoot.compare.entrants import Entrant, Named, entrants
from surefoot.compare.execute import Executor, Runs
from surefoot.compare.findings import Findings
from surefoot.compare.first_look import look
from surefoot.compare.judging import wording
from surefoot.compare.judging.judge import Contender, judge
from surefoot.compare.judging.selection import select
from surefoot.compare.keys import trial_key
from surefoot.compare.preflight import Cost, Way, choose_way, costs, pass_us, remembered
from surefoot.compare.progress import Progress, Silent
from surefoot.compare.protocol import Protocol
from surefoot.compare.provenance import machine, versions
from surefoot.compare.space import settings_list
from surefoot.compare.store import Store
from surefoot.compare.study import Study
from surefoot.compare.trial import Trial
from surefoot.errors import UserError
from surefoot.tasks.catalogue import find as find_task
from surefoot.tasks.task import Task

#: Every search trial has this seed; confirmation takes the seeds after it, which no search has seen.
SEARCH_SEED = 0
#: Where trials are kept unless told otherwise, in the working directory.
STORE = "surefoot.db"


def compare(
    task: str | Task,
    optimizers: Sequence[Named] | str | None = None,
    *,
    trials: int = 32,
    seeds: int = 10,
    steps: int | None = None,
    store: str | Path | None = None,
    progress: Progress | None = None,
) -> Study:
    """Find out which optimizer, with which settings, suits a task, and how sure that is.

    Every optimizer gets the same number of settings, its default first, and each setting the same number of steps from
    the same weights on the same minibatches. The best of each, by the validation split, is run again on fresh seeds and
    scored on the test split; the answer rests on these runs alone, paired by seed.

    Args:
        task: a built-in task's name, `file.py:attribute`, or a Task.
        optimizers: names, `file.py:function`, or rules of your own; the chapter's eight by default.
        trials: settings tried for each optimizer. seeds: fresh seeds on which each best setting is confirmed.
        steps: updates a trial; the task's own by default.
        store: the file that keeps finished trials, `surefoot.db` in the working directory by default. The same
            comparison again resumes from it, or answers at once. `:memory:` keeps nothing.
        progress: told where the comparison stands.

    Raises:
        UserError: for a task, optimizer, number or store that cannot be used, before any trial is run.
        Interrupted: if it is stopped by Ctrl-C; finished trials are kept.

    >>> study = compare("diabetes", "sgd,adam", trials=2, seeds=2, steps=20, store=":memory:")
    >>> study.verdict.ranking[0].trials
    2
    """
    trials, seeds = _positive("trials", trials), _positive("seeds", seeds)
    task = find_task(task)
    if steps is not None:
        task = task.with_(steps=_positive("steps", steps))
    taking_part = entrants(optimizers)
    path = STORE if store is None else store
    with Store.open(None if str(path) == ":memory:" else path) as opened:
        return _Comparison(task, taking_part, trials, seeds, opened, str(path), progress or Silent()).run()


@dataclass
class _Comparison:
    task: Task
    entrants: Mapping[str, Entrant]
    trials: int
    seeds: int
    store: Store
    path: str
    progress: Progress

    def __post_init__(self) -> None:
        self.pass_us = float("nan")
        self.rules = {name: entrant.rule for name, entrant in self.entrants.items()}

    def run(self) -> Study:
        self.progress.start("preflight", 1)
        remembered(self.store, f"first loss {self.task.fingerprint}", lambda: look(self.task, SEARCH_SEED))
        way = choose_way(self.task, self.rules, self.store)
        cost, self.pass_us = costs(self.task, self.rules, self.store), pass_us(self.task, self.store)
        contenders = [_contender(name, entrant, cost[name]) for name, entrant in self.entrants.items()]
        self.progress.advance(1)
        self._announce(way, max(c.step_us for c in cost.values()))
        executor = Executor(self.task, self.rules, way, self.store, self.path, self.progress)
        search = executor.run("search", self._search_trials())
        confirmed = executor.run("confirm", self._confirm_trials(search))
        protocol = self._protocol(executor)
        verdict = judge(contenders, search + confirmed, protocol, **self._gradients(search))
        self.progress.done()
        return Study(self.task, Findings(protocol, verdict, tuple(search + confirmed)), self.rules)

    def _search_trials(self) -> list[Trial]:
        return [
            Trial(name, number, settings, SEARCH_SEED, "search")
            for name, rule in self.rules.items()
            for number, settings in enumerate(settings_list(rule, self.trials))
        ]

    def _confirm_trials(self, search: Runs) -> list[Trial]:
        chosen = [
            select([r for r in search if r[0].optimizer == name], self.task.greater_is_better) for name in self.rules
        ]
        fresh = range(SEARCH_SEED + 1, SEARCH_SEED + 1 + self.seeds)
        return [Trial(c.optimizer, c.number, c.settings, seed, "confirm") for c in chosen for seed in fresh]

    def _gradients(self, search: Runs) -> dict[str, float]:
        """What gradients are like along the best of all trials."""
        best = select(search, self.task.greater_is_better)
        rule = self.rules[best.optimizer]
        key = trial_key(self.task, rule, best, self.task.steps, "one by one")
        seen: dict[str, float] = remembered(
            self.store, f"gradients {key}", lambda: asdict(gradients.measure(self.task, best, rule))
        )
        return seen

    def _announce(self, way: Way, step_us: float) -> None:
        settings, confirmations = len(self.rules) * self.trials, len(self.rules) * self.seeds
        takes = ""
        if way.runner == "lanes":  # how quick a batch is shows when it runs
            how = f"{way.at_once} at a time"
        else:
            how = f"one by one ({way.reason})"
            each = self.task.steps * (self.pass_us + step_us)
            takes = f" and {wording.duration((settings + confirmations) * each)}, less what is kept from before"
        self.progress.say(
            f"{self.task.name}: {settings} settings and {confirmations} confirmation runs of {self.task.steps} steps, "
            f"{how}, in about {max(1, round(way.batch_bytes / 1e6)):,} MB{takes}"
        )

    def _protocol(self, done: Executor) -> Protocol:
        task = self.task
        return Protocol(
            task=task.name,
            data_hash=task.data_hash,
            model=task.described,
            rows=(len(task.train.y), len(task.validation.y), len(task.test.y)),
            batch_size=task.batch_size,
            steps=task.steps,
            trials=self.trials,
            seeds=self.seeds,
            metric=task.metric,
            greater_is_better=task.greater_is_better,
            search_seed=SEARCH_SEED,
            confirm_seeds=tuple(range(SEARCH_SEED + 1, SEARCH_SEED + 1 + self.seeds)),
            runner=done.way.runner,
            runner_reason=done.way.reason,
            versions=versions(),
            machine=machine(),
            pass_us=self.pass_us,
            trial_steps=done.trial_steps,
            seconds=done.seconds,
        )


def _contender(name: str, entrant: Entrant, cost: Cost) -> Contender:
    rule, lr = entrant.rule, entrant.rule.hyper.get("lr")
    answers = character(rule)
    return Contender(
        name=name,
        defaults=rule.defaults,
        lr_limits=lr.limits(float(rule.defaults["lr"])) if lr is not None and lr.searched else None,
        bytes_per_parameter=cost.bytes_per_parameter,
        step_us=cost.step_us,
        adaptive=answers.adaptive,
        fading=answers.fading,
        constructor=entrant.constructor,
    )


def _positive(name: str, value: Any) -> int:
    try:
        number = index(value)
    except TypeError:
        raise UserError(f"{name}: must be a whole number, at least 1, got {value!r}") from None
    if number < 1 or isinstance(value, bool):
        raise UserError(f"{name}: must be at least 1, got {value!r}")
    return number
