"""What a comparison gives back: the verdict, and everything it rests on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from surefoot.compare.findings import Findings
from surefoot.compare.protocol import Protocol
from surefoot.compare.record import as_json
from surefoot.compare.report import notebook, report
from surefoot.compare.verdict import Settings, Verdict
from surefoot.errors import UserError
from surefoot.rules.rule import Rule
from surefoot.tasks.task import Task

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Study:
    """A finished comparison. In a notebook it shows its verdict and ranking.

    Attributes:
        task: what was learned.
        findings: the verdict, the protocol and every run, as plain data.
        rules: the update rule of each optimizer, by its name in the study, in the study's order.
    """

    task: Task
    findings: Findings
    rules: Mapping[str, Rule]

    @property
    def verdict(self) -> Verdict:
        """The answer: who is recommended, who cannot be told apart, and why."""
        return self.findings.verdict

    @property
    def protocol(self) -> Protocol:
        """How it was found out."""
        return self.findings.protocol

    @property
    def chosen(self) -> dict[str, tuple[Rule, Settings]]:
        """Each optimizer's rule and its best setting, every hyperparameter, by name, in the study's order."""
        best = {standing.optimizer: standing.settings for standing in self.verdict.ranking}
        return {name: (rule, best[name]) for name, rule in self.rules.items()}

    def table(self) -> "pd.DataFrame":
        """The ranking as a data frame: a row an optimizer, best first, by its name; columns as in `Standing`."""
        import pandas as pd  # noqa: PLC0415 - heavy

        rows = [asdict(standing) for standing in self.verdict.ranking]
        return pd.DataFrame(rows).set_index("optimizer")

    def curves(self) -> "pd.DataFrame":
        """All learning curves as a long data frame: a row a checkpoint of a trial.

        Columns: optimizer, phase (`search` or `confirm`), trial (its number), seed, lr (NaN for a rule without one),
        step, train_loss, validation_loss, validation_score. A trial that diverged holds NaN from there on.
        """
        import pandas as pd  # noqa: PLC0415 - heavy

        frames = [
            pd.DataFrame(
                {
                    "optimizer": trial.optimizer,
                    "phase": trial.phase,
                    "trial": trial.number,
                    "seed": trial.seed,
                    "lr": trial.settings.get("lr", np.nan),
                    "step": outcome.steps,
                    "train_loss": outcome.train_loss,
                    "validation_loss": outcome.validation_loss,
                    "validation_score": outcome.validation_score,
                }
            )
            for trial, outcome in self.findings.runs
        ]
        return pd.concat(frames, ignore_index=True)

    def report(self, path: str | Path) -> Path:
        """Write the report, one offline HTML page, and return where it lies.

        Raises:
            UserError: if the path cannot be written.
        """
        try:
            Path(path).write_text(report(self.findings), encoding="utf-8")
        except OSError as error:
            raise UserError(
                f"report: cannot write {path}: {error.strerror}; name a file in a folder you may write to"
            ) from error
        return Path(path)

    def json(self) -> str:
        """The answer as one JSON object, as the command line's --json prints it."""
        return as_json(self.verdict, self.protocol)

    def _repr_html_(self) -> str:
        return notebook(self.findings)

    def __str__(self) -> str:
        return self.verdict.sentence
