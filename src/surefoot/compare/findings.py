"""Everything a report is drawn from: what was done, the answer, and every run."""

from dataclasses import dataclass

from surefoot.compare.protocol import Protocol
from surefoot.compare.trial import Outcome, Trial
from surefoot.compare.verdict import Settings, Verdict


@dataclass(frozen=True)
class Findings:
    """A finished comparison as plain data.

    Attributes:
        protocol: what was done.
        verdict: the answer.
        runs: every trial with what came of it, in the order of the study's optimizers. The confirmation runs of a
            standing are those of its optimizer whose settings equal the standing's.
    """

    protocol: Protocol
    verdict: Verdict
    runs: tuple[tuple[Trial, Outcome], ...]

    @property
    def optimizers(self) -> tuple[str, ...]:
        """The optimizers in the study's order. A place in it fixes an optimizer's colour, dash and marker."""
        return tuple(dict.fromkeys(trial.optimizer for trial, _ in self.runs))

    def changed(self, optimizer: str, settings: Settings) -> Settings:
        """Of an optimizer's settings its lr, and what differs from the default setting, which is its trial 0."""
        default = next((t.settings for t, _ in self.runs if (t.optimizer, t.number) == (optimizer, 0)), {})
        return {k: v for k, v in settings.items() if k == "lr" or k not in default or v != default[k]}

    def place(self, optimizer: str) -> int:
        """An optimizer's place in the study's order, from 0."""
        return self.optimizers.index(optimizer)
