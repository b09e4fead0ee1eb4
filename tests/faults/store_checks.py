"""What must hold of a store after any fault: all of what was acknowledged, and nothing by halves."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from itertools import chain
from pathlib import Path

from tests.contract.builders import entry, statement_id
from tests.faults.store_writer import NAMES

from lotchain.ledger.ports import Store
from lotchain.storage.sqlite import SqliteStore

WRITER = [str(Path(sys.executable).resolve()), str(Path(__file__).with_name("store_writer.py"))]
"""The interpreter itself, not a shim before it: strace counts the calls of every process it sees."""


def environment() -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}


def require_sound(path: Path, acknowledged: int) -> int:
    """Open, check and close a store written by `store_writer.py`; gives its size."""
    with closing(SqliteStore.open(path)) as store:
        size = require_sound_store(store, acknowledged)
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as other:
        assert other.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert other.execute("PRAGMA foreign_key_check").fetchall() == []
    return size


def require_sound_store(store: Store, acknowledged: int) -> int:
    head = store.head()
    size = head.size if head else 0
    assert size >= acknowledged, "an acknowledged append is lost"
    assert list(store.entries(0, size + 100)) == [entry(index) for index in range(size)]
    rows = list(store.batches())
    assert [(row.start, row.end) for row in rows] == [(n, n + 9) for n in range(0, size, 10)]
    closings = {row.end for row in rows}
    for index in range(size):
        assert store.index_of(statement_id(index)) == (None if index in closings else index)
    histories = [store.history(name) for name in NAMES]
    assert sorted(chain.from_iterable(histories)) == [index for index in range(size) if index not in closings]
    for name, history in zip(NAMES, histories, strict=True):
        row = store.subject(name)
        assert (row.length if row else 0) == len(history)
    assert all(store.tile(n) is not None for n in range(size // 256))
    assert store.tile(size // 256) is None
    return size
