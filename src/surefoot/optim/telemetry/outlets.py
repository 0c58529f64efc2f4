"""Where records go as they are made: TensorBoard, a file of JSON lines."""

import json
from collections.abc import Callable
from math import isfinite, isnan
from pathlib import Path
from typing import Any

from surefoot.errors import UserError
from surefoot.optim.telemetry.records import ABOUT, Record

Outlet = Callable[[Record], None]


def tensorboard(writer: Any) -> Outlet:
    """Records as scalars of a SummaryWriter.

    Raises:
        UserError: if it is none.
    """
    if not callable(getattr(writer, "add_scalar", None)):
        raise UserError(
            f"tensorboard: writer must be a torch.utils.tensorboard.SummaryWriter, got {type(writer).__name__}; "
            "pip install 'surefoot[ecosystem]' brings tensorboard"
        )

    def write(record: Record) -> None:
        for row in record.rows("group"):
            _scalars(writer, f"group {row['group']}", row)
        for row in record.rows("tensor"):
            _scalars(writer, row["tensor"], row)

    return write


def _scalars(writer: Any, head: str, row: dict[str, Any]) -> None:
    for name, value in row.items():
        if name not in ABOUT and not isnan(value):
            writer.add_scalar(f"{head}/{name}", value, row["step"])


def jsonl(path: Path) -> Outlet:
    """Records as lines of JSON, one a tensor, added to a new file. What is not finite is null.

    Raises:
        UserError: if the file is there already or cannot be made.
    """
    try:
        path.open("x", encoding="utf-8").close()
    except OSError as error:
        raise UserError(
            f"jsonl: path must be a new file in a folder that is there, got {path}: {error.strerror}"
        ) from None

    def write(record: Record) -> None:
        with path.open("a", encoding="utf-8") as file:
            for row in record.rows("tensor"):
                clean = {k: None if isinstance(v, float) and not isfinite(v) else v for k, v in row.items()}
                file.write(json.dumps(clean) + "\n")

    return write
