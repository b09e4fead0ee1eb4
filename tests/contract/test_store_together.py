"""Several writes as one: seen at once by who writes, durable at the end, all of them or none."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from tests.contract.builders import Fabricator, one_batch, publication, with_ids
from tests.contract.test_store_refusals import everything

from lotchain.errors import StoreError, UsageError
from lotchain.ledger.ports import Batch, Store
from lotchain.storage.sqlite import SqliteStore


def batches(count: int) -> list[Batch]:
    maker = Fabricator()
    return [maker.batch([("lot:a", f"lot:{n}")] * 3) for n in range(count)]


def test_a_group_is_read_at_once_and_stands_afterwards(store: Store) -> None:
    made = batches(3)
    with store.together():
        for batch in made:
            store.append(batch)
            assert store.head() == batch.head
            assert store.index_of(batch.statement_ids[-1]) == batch.row.end - 1
        store.publish(publication(made[1].head.size, leaves=[(b"k" * 32, b"l" * 72)]))
        assert len(store.history("lot:a")) == 9
    assert store.head() == made[-1].head
    assert [row.end for row in store.batches()] == [batch.row.end for batch in made]
    assert store.published() is not None and store.map_leaves(b"", b"z" * 32)


def test_a_group_that_raises_leaves_nothing(store: Store) -> None:
    first, *others = batches(4)
    store.append(first)
    store.keep_opening(b"d" * 32, b"kept")
    before = everything(store)
    with pytest.raises(ZeroDivisionError), store.together():
        for batch in others:
            store.append(batch)
        store.publish(publication(others[0].head.size))
        store.keep_opening(b"e" * 32, b"not kept")
        raise ZeroDivisionError
    assert everything(store) == before
    assert store.opening(b"e" * 32) is None and store.opening(b"d" * 32) == b"kept"
    for batch in others:
        store.append(batch)
    assert store.head() == others[-1].head


def test_a_refusal_inside_undoes_only_itself(store: Store) -> None:
    first, second = batches(2)
    with store.together():
        store.append(first)
        with pytest.raises(StoreError, match="head-moved"):
            store.append(first)
        with pytest.raises(StoreError, match="publication-ahead"):
            store.publish(publication(1_000))
        with pytest.raises(StoreError, match="statement-exists"):
            store.append(with_ids(one_batch(first.head.size, 2), list(first.statement_ids[:2])))
        store.append(second)
    assert store.head() == second.head
    assert store.published() is None


def test_an_empty_group_changes_nothing(store: Store) -> None:
    before = everything(store)
    with store.together():
        pass
    assert everything(store) == before


def test_groups_inside_each_other_end_with_the_outer_one(store: Store) -> None:
    first, second, third = batches(3)
    with pytest.raises(UsageError), store.together():
        store.append(first)
        with store.together():
            store.append(second)
        with pytest.raises(ZeroDivisionError), store.together():
            store.append(third)
            raise ZeroDivisionError
        assert store.head() == second.head
        raise UsageError("test", "the outer one fails")
    assert store.head() is None


def test_other_readers_see_a_group_only_when_it_is_whole(path: Path) -> None:
    made = batches(2)
    store = SqliteStore.create(path)
    reader = SqliteStore.open(path, read_only=True)
    with store.together():
        for batch in made:
            store.append(batch)
            assert reader.head() is None
    assert reader.head() == made[-1].head
    reader.close()
    store.close()


def test_another_thread_waits_for_the_end_of_a_group(path: Path) -> None:
    first, second = batches(2)
    store = SqliteStore.create(path)
    seen: list[object] = []
    with store.together():
        store.append(first)
        other = threading.Thread(target=lambda: seen.append(store.head()))
        other.start()
        store.append(second)
        assert not seen
    other.join(10)
    assert seen == [second.head]
    store.close()


def test_another_writer_waits_for_a_group_and_is_told(path: Path) -> None:
    store = SqliteStore.create(path)
    second = SqliteStore.open(path, timeout=0.05)
    with store.together():
        store.append(one_batch())
        with pytest.raises(StoreError, match="store-busy"):
            second.append(one_batch(seed=1))
    with pytest.raises(StoreError, match="head-moved"):
        second.append(one_batch(seed=1))
    second.close()
    store.close()


def test_a_store_opened_for_reading_has_no_groups(path: Path) -> None:
    SqliteStore.create(path).close()
    store = SqliteStore.open(path, read_only=True)
    with pytest.raises(StoreError, match="store-read-only"), store.together():
        pass
    store.close()


def test_what_a_killed_group_wrote_is_gone(path: Path) -> None:
    """The write-ahead log of a process that died inside a group holds frames that no commit follows."""
    first, second = batches(2)
    store = SqliteStore.create(path)
    store.append(first)
    with sqlite3.connect(path) as other:  # keeps the write-ahead log from being emptied at close
        other.execute("SELECT size FROM head").fetchall()
        with pytest.raises(KeyboardInterrupt), store.together():
            store.append(second)
            raise KeyboardInterrupt
        store.close()
    other.close()
    again = SqliteStore.open(path)
    assert again.head() == first.head
    again.append(second)
    again.close()


def test_an_opening_kept_later_stays_as_it_was_first(store: Store) -> None:
    store.keep_opening(b"d" * 32, b"first")
    store.keep_opening(b"d" * 32, b"second")
    assert store.opening(b"d" * 32) == b"first"
    assert store.row_counts()["openings"] == 1
    assert store.erase_opening(b"d" * 32)
    store.keep_opening(b"d" * 32, b"third")
    assert store.opening(b"d" * 32) == b"third"
