"""The log's promises: what is appended is there, whole, in order, and nothing else is."""

from __future__ import annotations

import inspect

import pytest
from tests.changing import replace
from tests.contract.builders import Fabricator, entry, one_batch, statement_id

from lotchain.ledger.ports import Store
from lotchain.storage.memory import MemoryStore
from lotchain.storage.sqlite import SqliteStore

FAR = 2**70


@pytest.mark.parametrize("engine", [MemoryStore, SqliteStore])
def test_an_engine_has_every_method_of_the_port_with_its_parameters(engine: type) -> None:
    for name, method in inspect.getmembers(Store, inspect.isfunction):
        if not name.startswith("_"):
            mine, asked = inspect.signature(getattr(engine, name)), inspect.signature(method)
            assert list(mine.parameters.values()) == list(asked.parameters.values()), name


def test_a_new_store_is_empty(store: Store) -> None:
    assert store.head() is None
    assert store.published() is None
    assert list(store.entries(0, 10)) == []
    assert list(store.batches()) == []
    assert list(store.subjects()) == []
    assert store.subjects_named("") == []
    assert store.changed_since(0) == []
    assert store.batch_of(0) is None
    assert store.batch_ending(0) is None


def test_head_is_what_the_last_batch_said(store: Store) -> None:
    maker = Fabricator()
    first, second = maker.batch([("lot:a",)]), maker.batch([("lot:a",), ()])
    store.append(first)
    assert store.head() == first.head
    store.append(second)
    assert store.head() == second.head


def test_entries_come_back_in_order_and_byte_equal(store: Store) -> None:
    store.append(one_batch(0, 3))
    store.append(one_batch(4, 1))
    assert list(store.entries(0, 6)) == [entry(index) for index in range(6)]
    assert list(store.entries(2, 5)) == [entry(index) for index in range(2, 5)]


@pytest.mark.parametrize(
    ("start", "stop", "given"),
    [(0, 0, 0), (3, 3, 0), (3, 2, 0), (4, 99, 1), (5, 99, 0), (-3, 2, 2), (0, FAR, 5), (FAR, FAR + 2, 0)],
)
def test_entries_that_are_not_there_are_not_given(store: Store, start: int, stop: int, given: int) -> None:
    store.append(one_batch(0, 4))
    assert len(list(store.entries(start, stop))) == given


def test_entries_may_be_read_while_appending(store: Store) -> None:
    store.append(one_batch(0, 400))
    reading = store.entries(0, 401)
    assert next(reading) == entry(0)
    store.append(one_batch(401, 1))
    assert sum(1 for _ in reading) == 400


def test_empty_and_large_entries_are_kept(store: Store) -> None:
    batch = one_batch(0, 2)
    odd = replace(batch, entries=[b"", b"\x00" * 65_535, b"\xff"])
    store.append(odd)
    assert list(store.entries(0, 3)) == [b"", b"\x00" * 65_535, b"\xff"]


def test_index_of_finds_statements_and_only_them(store: Store) -> None:
    store.append(one_batch(0, 2))
    store.append(one_batch(3, 1))
    assert [store.index_of(statement_id(index)) for index in (0, 1, 3)] == [0, 1, 3]
    assert store.index_of(statement_id(2)) is None  # the closing record has no id
    assert store.index_of(b"") is None
    assert store.index_of(statement_id(0)[:31]) is None


def test_every_entry_lies_in_one_batch(store: Store) -> None:
    batches = [one_batch(0, 2), one_batch(3, 1), one_batch(5, 3)]
    for batch in batches:
        store.append(batch)
    found = [store.batch_of(index) for index in range(9)]
    assert found == [batches[n].row for n in (0, 0, 0, 1, 1, 2, 2, 2, 2)]
    assert [store.batch_of(index) for index in (-1, 9, FAR, -FAR)] == [None] * 4


def test_batch_ending_knows_only_closed_sizes(store: Store) -> None:
    batches = [one_batch(0, 2), one_batch(3, 1)]
    for batch in batches:
        store.append(batch)
    ending = {size: store.batch_ending(size) for size in range(7)}
    assert ending == {**dict.fromkeys(range(7)), 3: batches[0].row, 5: batches[1].row}


def test_batches_come_in_order(store: Store) -> None:
    batches = [one_batch(2 * n, 1) for n in range(300)]
    for batch in batches:
        store.append(batch)
    assert list(store.batches()) == [batch.row for batch in batches]


def test_tiles_and_nodes_are_kept(store: Store) -> None:
    maker = Fabricator()
    batches = [maker.batch([()] * 200) for _ in range(6)]
    for batch in batches:
        store.append(batch)
    tiles = {n: tile for batch in batches for n, tile in batch.tiles}
    nodes = {(level, index): node for batch in batches for level, index, node in batch.nodes}
    assert sorted(tiles) == [0, 1, 2, 3]
    assert sorted(nodes) == [(8, 0), (8, 1), (8, 2), (8, 3), (9, 0), (9, 1), (10, 0)]
    assert all(store.tile(n) == tile for n, tile in tiles.items())
    assert all(store.node(level, index) == node for (level, index), node in nodes.items())
    assert [store.tile(n) for n in (-1, 4, FAR)] == [None] * 3
    assert [store.node(*place) for place in ((8, 4), (11, 0), (0, 0), (FAR, FAR))] == [None] * 4


def test_a_closed_store_answers_nothing_and_closes_twice(store: Store) -> None:
    store.close()
    store.close()
    for call in (store.head, lambda: store.append(one_batch()), lambda: list(store.entries(0, 1))):
        with pytest.raises(Exception, match="store-closed"):
            call()


def test_several_statements_are_looked_up_at_once(store: Store) -> None:
    maker = Fabricator()
    batch = maker.batch([()] * 600)
    store.append(batch)
    asked = [*batch.statement_ids, *(statement_id(n, seed=9) for n in range(600))]
    assert store.indexes_of(asked) == {name: n for n, name in enumerate(batch.statement_ids)}
    assert store.indexes_of([]) == {}
    assert store.indexes_of([batch.statement_ids[3]] * 2) == {batch.statement_ids[3]: 3}
