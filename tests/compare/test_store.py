"""The store gives back what it was given, whole batches only, and refuses what is not its own."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from surefoot.compare.store import FORMAT, Store
from surefoot.compare.trial import Outcome, Trial
from surefoot.errors import UserError

BATCH = 7


def trial(number=0, **changes):
    return Trial(
        **{"optimizer": "adam", "number": number, "settings": {"lr": 0.1}, "seed": 0, "phase": "search"} | changes
    )


def outcome(value=1.0, checkpoints=3, diverged_at=None):
    curve = np.full(checkpoints, value, np.float32)
    steps = np.arange(checkpoints, dtype=np.int64) * 10
    return Outcome(steps, curve, curve + 1, curve + 2, test_loss=value, test_score=-value, diverged_at=diverged_at)


def bits(array):
    return array.dtype, array.shape, array.tobytes()


def same(a: Outcome, b: Outcome) -> bool:
    """Equal to the last bit, except that one NaN of a test value is as good as another."""
    arrays = ("steps", "train_loss", "validation_loss", "validation_score")
    return (
        all(bits(getattr(a, name)) == bits(getattr(b, name)) for name in arrays)
        and np.array_equal([a.test_loss, a.test_score], [b.test_loss, b.test_score], equal_nan=True)
        and a.diverged_at == b.diverged_at
    )


# Every 32-bit pattern is a curve's entry: signalling and negative NaN, infinities, subnormals, both zeros.
any_float32 = st.integers(0, 2**32 - 1)


@st.composite
def outcomes(draw):
    checkpoints = draw(st.integers(0, 40))
    steps = draw(hnp.arrays(np.int64, checkpoints))
    curves = [draw(hnp.arrays(np.uint32, checkpoints, elements=any_float32)).view(np.float32) for _ in range(3)]
    return Outcome(
        steps,
        *curves,
        test_loss=draw(st.floats()),
        test_score=draw(st.floats()),
        diverged_at=draw(st.none() | st.integers(0, 2**40)),
    )


keys = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.dictionaries(keys, outcomes(), max_size=4))
def test_what_was_put_comes_back_bit_for_bit(batch):
    with Store.open(None) as store:
        store.put({key: (trial(), kept) for key, kept in batch.items()})
        found = store.get(batch)
    assert list(found) == list(batch)
    assert all(same(found[key], batch[key]) for key in batch)


def test_a_strided_curve_and_a_numpy_scalar_come_back(tmp_path):
    wide = np.arange(12, dtype=np.float32)
    kept = Outcome(np.arange(4), wide[::3], wide[1::3], wide[2::3], np.float32(0.25), np.float64(0.5), None)
    with Store.open(tmp_path / "a.db") as store:
        store.put({"k": (trial(), kept)})
        assert same(store.get(["k"])["k"], kept)


def test_it_is_all_there_when_opened_again_and_can_be_changed_by_its_reader(tmp_path):
    path = tmp_path / "a.db"
    with Store.open(path) as store:
        store.put({"k": (trial(), outcome(0.1))})
        store.remember("step_us", {"adam": 1.5, "sgd": None})
    with Store.open(str(path)) as store:
        found = store.get(["k"])["k"]
        assert same(found, outcome(0.1))
        assert store.recall("step_us") == {"adam": 1.5, "sgd": None}
    found.train_loss[0] = 7  # a reader may hand the curve to torch, which wants it writable


def test_one_call_reads_a_thousand_trials_in_the_order_asked():
    batch = {f"key {i}": (trial(i), outcome(i)) for i in range(1_000)}
    with Store.open(None) as store:
        store.put(batch)
        asked = [*reversed(batch), "not there"]
        found = store.get(key for key in asked)
    assert list(found) == asked[:-1]
    assert all(same(found[key], kept) for key, (_, kept) in batch.items())


def test_a_key_put_again_is_replaced():
    with Store.open(None) as store:
        store.put({"k": (trial(), outcome(1))})
        store.put({"k": (trial(), outcome(2))})
        assert same(store.get(["k"])["k"], outcome(2))
        store.remember("m", 1)
        store.remember("m", [2])
        assert store.recall("m") == [2]


def test_a_batch_that_fails_leaves_nothing(tmp_path):
    with Store.open(tmp_path / "a.db") as store:
        with pytest.raises(OverflowError):
            store.put({"good": (trial(), outcome()), "bad": (trial(2**80), outcome())})
        assert store.get(["good", "bad"]) == {}
        store.put({"good": (trial(), outcome())})  # and the store goes on
        assert list(store.get(["good"])) == ["good"]


def test_a_row_can_be_read_without_us(tmp_path):
    path = tmp_path / "a.db"
    with Store.open(path) as store:
        store.put({"k": (trial(3, settings={"lr": 0.1, "eps_at": "inside"}, phase="confirm", seed=5), outcome(2))})
    database = sqlite3.connect(path)
    query = "SELECT optimizer, number, settings ->> 'eps_at', seed, phase, test_loss, diverged_at FROM trial"
    assert database.execute(query).fetchall() == [("adam", 3, "inside", 5, "confirm", 2.0, None)]
    database.close()


# ---- ends of the process


WRITER = """
import sys
from tests.compare.test_store import BATCH, outcome, trial
from surefoot.compare.store import Store

store = Store.open(sys.argv[1])
first = int(sys.argv[2])
for number in range(first, first + 100_000):
    store.put({f"{number}.{i}": (trial(number), outcome(number)) for i in range(BATCH)})
    print(number, flush=True)
"""


def python(*arguments, **options):
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    return subprocess.Popen([sys.executable, *arguments], env=environment, text=True, **options)


def test_kill_9_in_a_stream_of_batches_leaves_whole_batches_and_all_that_were_reported(tmp_path):
    path = tmp_path / "a.db"
    with Store.open(path):
        pass
    first = 0
    for round_ in range(6):
        writer = python("-c", WRITER, str(path), str(first), stdout=subprocess.PIPE)
        reported = [int(writer.stdout.readline()) for _ in range(5 + 17 * round_)]
        writer.send_signal(signal.SIGKILL)
        reported += [int(line) for line in writer.stdout if line.endswith("\n")]
        writer.wait()
        writer.stdout.close()
        assert writer.returncode == -signal.SIGKILL

        database = sqlite3.connect(path)
        counts = dict(database.execute("SELECT number, count(*) FROM trial GROUP BY number"))
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        database.close()
        assert set(counts.values()) == {BATCH}
        # Nothing that was reported is lost; at most the one batch in flight is there beyond it.
        assert set(range(reported[-1] + 1)) <= set(counts) <= set(range(reported[-1] + 2))
        first = max(counts) + 1
    with Store.open(path) as store:
        assert all(same(kept, outcome(int(key.split(".")[0]))) for key, kept in store.get(["0.0", "3.6"]).items())


HOLDER = """
import sys
from surefoot.compare.store import Store
with Store.open(sys.argv[1]) as store:
    print("open", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def another_process_holding(path):
    holder = python("-c", HOLDER, str(path), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == "open\n"
        yield holder
    finally:
        holder.stdin.close()
        holder.stdout.close()
        holder.wait()


def test_a_second_process_gets_one_line(tmp_path):
    path = tmp_path / "a.db"
    with another_process_holding(path), pytest.raises(UserError, match="in use by another process; wait"):
        Store.open(path, wait=0.05)
    with Store.open(path) as store:
        assert store.get(["k"]) == {}


def test_a_second_process_waits_for_the_first(tmp_path):
    path = tmp_path / "a.db"
    with another_process_holding(path) as holder:
        waiter = python("-c", HOLDER, str(path), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        holder.stdin.close()
        assert waiter.stdout.readline() == "open\n"
        waiter.communicate("\n")
        assert waiter.returncode == 0


def test_a_killed_holder_leaves_no_lock(tmp_path):
    path = tmp_path / "a.db"
    with another_process_holding(path) as holder:
        holder.kill()
        holder.wait()
        Store.open(path, wait=5).close()


# ---- files that are no store


def refused(path):
    """The one line with which a path is refused, and the proof that the file was left as it was."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(UserError) as caught:
        Store.open(path, wait=0.05)
    assert (path.read_bytes() if path.is_file() else None) == before
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    return message


@pytest.mark.parametrize("content", ["x", "a text that is no database\n" * 100, "SQLite format 3"])
def test_a_file_that_is_no_database(tmp_path, content):
    path = tmp_path / "notes.txt"
    path.write_text(content)
    assert "not an SQLite database; name another file" in refused(path)


def test_a_database_of_another_program(tmp_path):
    path = tmp_path / "other.db"
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE trial (key TEXT)")
    database.commit()
    database.close()
    assert "database of another program" in refused(path)


def test_a_store_of_another_format(tmp_path):
    path = tmp_path / "old.db"
    Store.open(path).close()
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA user_version = {FORMAT + 1}")
    database.close()
    assert f"another version of surefoot (its format is {FORMAT + 1}, ours {FORMAT})" in refused(path)


def test_a_damaged_store(tmp_path):
    path = tmp_path / "a.db"
    with Store.open(path) as store:
        store.put({f"key {i}": (trial(i), outcome(checkpoints=50)) for i in range(100)})
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with Store.open(path) as store, pytest.raises(UserError, match=r"damaged; name another file, or delete it"):
        store.get(["key 1"])


def test_an_empty_file_becomes_a_store(tmp_path):
    path = tmp_path / "empty.db"
    path.touch()
    with Store.open(path) as store:
        store.put({"k": (trial(), outcome())})
        assert list(store.get(["k"])) == ["k"]


def test_a_folder_a_missing_folder_and_a_file_for_a_folder(tmp_path):
    assert "is a folder; name a file in it" in refused(tmp_path)
    assert f"there is no folder {tmp_path / 'missing'}" in refused(tmp_path / "missing" / "a.db")
    (tmp_path / "file").touch()
    assert "there is no folder" in refused(tmp_path / "file" / "a.db")


@contextmanager
def as_nobody():
    """Root may write anywhere, so the tests of what may not be written run as somebody else."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.fixture
def closed_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("closed")
    for above in (folder.parent, folder.parent.parent):
        above.chmod(0o755)
    yield folder
    folder.chmod(0o755)


def test_a_folder_that_may_not_be_written(closed_folder):
    closed_folder.chmod(0o555)
    with as_nobody():
        assert "cannot be opened for writing; name a file in a folder you may write to" in refused(
            closed_folder / "a.db"
        )


def test_a_store_that_may_not_be_written(closed_folder):
    path = closed_folder / "a.db"
    Store.open(path).close()
    path.chmod(0o444)
    closed_folder.chmod(0o555)
    with as_nobody():
        assert "name a file in a folder you may write to" in refused(path)
