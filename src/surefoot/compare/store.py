"""Where finished trials are kept: one SQLite file, so that a comparison resumes, extends, and answers again at once."""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from surefoot.compare.trial import Outcome, Trial
from surefoot.errors import UserError

APPLICATION = 0x73757265  # "sure": marks an SQLite file as one of ours
FORMAT = 1  # of the tables below; a file of another format is refused, not converted
WAIT = 10.0  # seconds to wait for another process that has the store open

_TABLES = """
CREATE TABLE trial (
    key TEXT PRIMARY KEY, optimizer TEXT NOT NULL, number INTEGER NOT NULL, settings TEXT NOT NULL,
    seed INTEGER NOT NULL, phase TEXT NOT NULL, steps BLOB NOT NULL, curves BLOB NOT NULL,
    test_loss REAL, test_score REAL, diverged_at INTEGER, created TEXT NOT NULL
);
CREATE TABLE measurement (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

# What went wrong, by SQLite's own code (the low byte of the extended one), and what to do.
_REASONS = {
    sqlite3.SQLITE_BUSY: "is in use by another process; wait for it to end or name another file",
    sqlite3.SQLITE_NOTADB: "is not an SQLite database; name another file",
    sqlite3.SQLITE_CORRUPT: "is damaged; name another file, or delete it to run all again",
    sqlite3.SQLITE_READONLY: "cannot be written; name a file in a folder you may write to",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened for writing; name a file in a folder you may write to",
    sqlite3.SQLITE_IOERR: "cannot be read or written (the disk reports an error); name a file on another disk",
    sqlite3.SQLITE_FULL: "cannot grow, the disk is full; make room or name a file on another disk",
}


class Store:
    """Finished trials by key, and small named measurements, in one file that one process has open at a time.

    A key is a text (no NUL in it) that says everything that determines a trial's outcome; whoever runs trials makes it.
    A batch that was put is either there whole or not at all, however the process ends. Numbers come back bit for bit (a
    test loss or score that is NaN comes back as NaN, whichever NaN it was).

    >>> with Store.open(None) as store:
    ...     store.remember("step_us adam", 12.5)
    ...     store.recall("step_us adam"), store.recall("step_us sgd"), store.get(["no such key"])
    (12.5, None, {})
    """

    def __init__(self, database: sqlite3.Connection, name: str) -> None:
        self._database = database
        self._name = name

    @classmethod
    def open(cls, path: str | Path | None, wait: float = WAIT) -> Self:
        """Open the store in that file, made new where there is none; with None, one that lives in memory only.

        Args:
            path: of the file. Its folder must exist.
            wait: seconds to wait for another process that has it open.

        Raises:
            UserError: if the path cannot be written, is no store, is a store of another format, or stays in use.
        """
        name = ":memory:" if path is None else _usable(Path(path))
        with _in_plain_words(name):
            database = sqlite3.connect(name, timeout=wait)
        try:
            with _in_plain_words(name):
                _check_origin(database, name)
                _take(database)
        except BaseException:
            database.close()
            raise
        return cls(database, name)

    def get(self, keys: Iterable[str]) -> dict[str, Outcome]:
        """The outcomes that are there, of those asked for, in the order asked."""
        wanted = list(keys)
        query = (
            "SELECT key, steps, curves, test_loss, test_score, diverged_at FROM trial "
            "WHERE key IN (SELECT value FROM json_each(?))"
        )
        with _in_plain_words(self._name):
            found = {row[0]: _outcome(*row[1:]) for row in self._database.execute(query, [json.dumps(wanted)])}
        return {key: found[key] for key in wanted if key in found}

    def put(self, batch: Mapping[str, tuple[Trial, Outcome]]) -> None:
        """Keep a batch in one transaction: all of it or, if anything fails, nothing. A known key is replaced."""
        created = datetime.now(UTC).isoformat(timespec="seconds")
        rows = [(key, *_row(trial, outcome), created) for key, (trial, outcome) in batch.items()]
        with _in_plain_words(self._name), self._database:
            self._database.executemany(f"INSERT OR REPLACE INTO trial VALUES ({', '.join('?' * 12)})", rows)

    def remember(self, name: str, value: Any) -> None:
        """Keep a measurement (anything JSON can say) under a name; it replaces what stood there."""
        with _in_plain_words(self._name), self._database:
            self._database.execute("INSERT OR REPLACE INTO measurement VALUES (?, ?)", (name, json.dumps(value)))

    def recall(self, name: str) -> Any:
        """The measurement of that name, or None."""
        with _in_plain_words(self._name):
            row = self._database.execute("SELECT value FROM measurement WHERE name = ?", [name]).fetchone()
        return None if row is None else json.loads(row[0])

    def close(self) -> None:
        """Let go of the file; the store is of no use afterwards."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _usable(path: Path) -> str:
    # os.path, unlike pathlib, answers False where even looking is forbidden.
    if not os.path.isdir(path.parent):
        raise UserError(f"store: {path}: there is no folder {path.parent}; make it first or name another file")
    if os.path.isdir(path):
        raise UserError(f"store: {path} is a folder; name a file in it")
    # SQLite takes a file that is shorter than its smallest page for an empty one, and would write over it.
    if os.path.isfile(path) and 0 < os.path.getsize(path) < 512:
        raise UserError(f"store: {path} {_REASONS[sqlite3.SQLITE_NOTADB]}")
    return str(path)


def _check_origin(database: sqlite3.Connection, name: str) -> None:
    """Refuse a file that is not ours, before anything in it is changed."""
    with database:
        database.execute("BEGIN")
        application, version, tables = (
            database.execute(query).fetchone()[0]
            for query in ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
        )
    if (application, version, tables) == (0, 0, 0):  # a new file
        return
    if application != APPLICATION:
        raise UserError(f"store: {name} is an SQLite database of another program; name another file")
    if version != FORMAT:
        raise UserError(
            f"store: {name} was written by another version of surefoot (its format is {version}, ours {FORMAT}); "
            "name another file, or delete it to run all again"
        )


def _take(database: sqlite3.Connection) -> None:
    """Take the lock, and lay the tables in a new file."""
    # In exclusive mode SQLite holds its lock from the first transaction until the file is closed or the process dies.
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    with database:
        database.execute("BEGIN IMMEDIATE")
        if database.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
            for statement in _TABLES.split(";"):
                database.execute(statement)
            database.execute(f"PRAGMA application_id = {APPLICATION}")
            database.execute(f"PRAGMA user_version = {FORMAT}")


def _row(trial: Trial, outcome: Outcome) -> tuple[str | int | float | bytes | None, ...]:
    curves = np.stack([outcome.train_loss, outcome.validation_loss, outcome.validation_score])
    assert curves.shape == (3, len(outcome.steps)), "a curve has one entry for each checkpoint"
    return (
        trial.optimizer,
        trial.number,
        json.dumps(dict(trial.settings)),
        trial.seed,
        trial.phase,
        outcome.steps.astype("<i8").tobytes(),
        curves.astype("<f4").tobytes(),
        float(outcome.test_loss),
        float(outcome.test_score),
        outcome.diverged_at,
    )


def _outcome(
    steps: bytes, curves: bytes, test_loss: float | None, test_score: float | None, diverged_at: int | None
) -> Outcome:
    train_loss, validation_loss, validation_score = np.frombuffer(curves, "<f4").astype(np.float32).reshape(3, -1)
    return Outcome(
        steps=np.frombuffer(steps, "<i8").astype(np.int64),
        train_loss=train_loss,
        validation_loss=validation_loss,
        validation_score=validation_score,
        test_loss=np.nan if test_loss is None else test_loss,  # SQLite keeps NaN as NULL
        test_score=np.nan if test_score is None else test_score,
        diverged_at=diverged_at,
    )


@contextmanager
def _in_plain_words(name: str) -> Iterator[None]:
    """Turn what SQLite says of a file into one line that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        reason = _REASONS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if reason is None:
            raise
        raise UserError(f"store: {name} {reason}") from error
