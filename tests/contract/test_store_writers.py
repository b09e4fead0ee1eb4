"""Several writers: exactly one wins, the others hear `head-moved` or `store-busy`, and nothing is mixed."""

from __future__ import annotations

import fcntl
import sqlite3
from collections import Counter
from pathlib import Path
from threading import Barrier, Thread

import pytest
from tests.contract.builders import one_batch

from lotchain.errors import StoreError
from lotchain.ledger.ports import Store
from lotchain.storage.sqlite import SqliteStore

WRITERS = 4
WINS = 12


def race(stores: list[Store]) -> Counter[str]:
    """Each store's thread appends at the head it read, until it has won `WINS` times; what each heard."""
    heard: Counter[str] = Counter()
    ready = Barrier(len(stores))

    def write(number: int, store: Store) -> None:
        ready.wait()
        wins = 0
        while wins < WINS:
            head = store.head()
            size = head.size if head else 0
            try:
                store.append(one_batch(size, 2, seed=1000 * number + size))
                wins += 1
            except StoreError as error:
                heard[error.code] += 1

    threads = [Thread(target=write, args=pair, daemon=True) for pair in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return heard


def require_dense(store: Store, batches: int) -> None:
    rows = list(store.batches())
    assert len(rows) == batches
    assert [row.start for row in rows] == [3 * n for n in range(batches)]
    assert store.head().size == 3 * batches
    entries = list(store.entries(0, 3 * batches))
    assert len(set(entries)) == 3 * batches
    for row in rows:
        # All of a batch comes from one writer: its entries are those of the one seed that made its root.
        seeds = [
            seed
            for seed in (1000 * number + row.start for number in range(WRITERS))
            if one_batch(row.start, 2, seed).row.root == row.root
        ]
        assert len(seeds) == 1
        assert entries[row.start : row.end + 1] == list(one_batch(row.start, 2, seeds[0]).entries)


def test_threads_that_share_a_store(store: Store) -> None:
    heard = race([store] * WRITERS)
    assert set(heard) <= {"head-moved"}
    require_dense(store, WRITERS * WINS)


def test_stores_that_share_a_file(path: Path) -> None:
    stores: list[Store] = [SqliteStore.create(path), *(SqliteStore.open(path) for _ in range(WRITERS - 1))]
    heard = race(stores)
    assert set(heard) <= {"head-moved", "store-busy"}
    require_dense(stores[0], WRITERS * WINS)
    for store in stores:
        store.close()
    reopened = SqliteStore.open(path)
    require_dense(reopened, WRITERS * WINS)
    reopened.close()


def test_two_stores_at_one_size_exactly_one_wins(path: Path) -> None:
    first, second = SqliteStore.create(path), SqliteStore.open(path)
    for size in range(0, 20, 2):
        winner, loser = (first, second) if size % 4 else (second, first)
        winner.append(one_batch(size, seed=1))
        with pytest.raises(StoreError, match="head-moved"):
            loser.append(one_batch(size, seed=2))
        assert loser.head() == winner.head() == one_batch(size, seed=1).head
    assert first.index_of(one_batch(2, seed=2).statement_ids[0]) is None
    first.close()
    second.close()


def test_a_stopped_writer_makes_the_others_busy_not_wrong(path: Path) -> None:
    store = SqliteStore.create(path)
    store.close()
    store = SqliteStore.open(path, timeout=0.05)
    with path.with_name(path.name + "-lock").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="store-busy"):
            store.append(one_batch(0))
        with pytest.raises(StoreError, match="store-busy"):
            SqliteStore.open(path, timeout=0.05)
        assert store.head() is None
        assert SqliteStore.open(path, read_only=True).head() is None
    store.append(one_batch(0))
    assert store.head().size == 2
    store.close()


def test_a_foreign_writer_makes_us_busy_not_wrong(path: Path) -> None:
    SqliteStore.create(path).close()
    store = SqliteStore.open(path, timeout=0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="store-busy"):
        store.append(one_batch(0))
    assert store.head() is None
    other.execute("ROLLBACK")
    store.append(one_batch(0))
    assert store.head().size == 2
    other.close()
    store.close()
