"""What an engine refuses, and that a refusal leaves nothing behind."""

from __future__ import annotations

from typing import Any

import pytest
from tests.changing import replace
from tests.contract.builders import Fabricator, digest, one_batch, statement_id, subject_row, with_ids

from lotchain.errors import StoreError, UsageError
from lotchain.ledger.ports import Batch, Store, StoredHead


def everything(store: Store) -> list[Any]:
    """All that the port can tell of a store with few subjects."""
    return [
        store.head(),
        store.published(),
        list(store.entries(0, 10_000)),
        list(store.batches()),
        list(store.subjects()),
        [store.history(name) for name in store.subjects_named("")],
        [store.index_of(statement_id(index)) for index in range(1200)],
        [store.tile(n) for n in range(5)],
        [store.node(8, n) for n in range(5)],
        store.opening(b"d"),
    ]


@pytest.fixture
def begun(store: Store) -> tuple[Store, Fabricator]:
    """A store of 258 entries: one full tile, two subjects."""
    maker = Fabricator()
    store.append(maker.batch([("lot:a", "party:p")] + [("lot:a",)] * 256))
    return store, maker


def refused(store: Store, batch: Batch, code: str, kind: type[Exception] = StoreError) -> None:
    before = everything(store)
    with pytest.raises(kind) as caught:
        store.append(batch)
    assert caught.value.code == code  # type: ignore[attr-defined]
    assert everything(store) == before


@pytest.mark.parametrize("size", [0, 1, 257, 259, 516])
def test_another_expected_size_is_head_moved(begun: tuple[Store, Fabricator], size: int) -> None:
    store, _ = begun
    refused(store, one_batch(size, 2, seed=1), "head-moved")


def test_head_moved_comes_before_any_other_refusal(begun: tuple[Store, Fabricator]) -> None:
    store, _ = begun
    refused(store, with_ids(one_batch(0, 2), [statement_id(0)] * 2), "head-moved")


@pytest.mark.parametrize("place", [0, 1, 98, 99])
def test_a_known_statement_id_anywhere_leaves_nothing(begun: tuple[Store, Fabricator], place: int) -> None:
    store, maker = begun
    batch = maker.batch([("lot:a", "lot:new")] * 100)
    ids = list(batch.statement_ids)
    ids[place] = statement_id(7)
    refused(store, with_ids(batch, ids), "statement-exists")
    assert store.subject("lot:new") is None
    store.append(batch)


def test_a_statement_id_twice_in_a_batch_is_refused(begun: tuple[Store, Fabricator]) -> None:
    store, maker = begun
    batch = maker.batch([()] * 3)
    refused(store, with_ids(batch, [*batch.statement_ids[:2], batch.statement_ids[0]]), "statement-exists")


@pytest.mark.parametrize(
    "grown",
    [
        [("lot:a", 256, 258)],  # stored already
        [("lot:a", 258, 258)],  # a gap
        [("lot:a", 257, 258), ("lot:a", 257, 259)],  # twice
        [("lot:a", -1, 258)],
        [("lot:b", 1, 258)],  # a new subject begins at 0
    ],
)
def test_a_history_goes_on_at_its_next_position(
    begun: tuple[Store, Fabricator], grown: list[tuple[str, int, int]]
) -> None:
    store, maker = begun
    batch = maker.batch([(), ()])
    rows = {name: subject_row(name, 1) for name, _, _ in grown}
    refused(store, replace(batch, subjects=rows, histories=grown), "history-moved")


def test_a_tile_is_written_once(begun: tuple[Store, Fabricator]) -> None:
    store, maker = begun
    batch = maker.batch([()])
    refused(store, replace(batch, tiles=[(0, digest("other") * 256)]), "tile-exists")


def test_a_node_is_written_once(begun: tuple[Store, Fabricator]) -> None:
    store, maker = begun
    batch = maker.batch([()] * 300)
    refused(store, replace(batch, nodes=[(8, 0, digest("other"))]), "node-exists")
    refused(store, replace(batch, nodes=[(8, 1, digest(1)), (8, 1, digest(2))]), "node-exists")


MISSHAPEN = {
    "no entries": {"entries": [], "statement_ids": []},
    "an entry too few": {"entries": [b"1"]},
    "an id too many": {"statement_ids": [digest(1), digest(2), digest(3)]},
    "an id too few": {"statement_ids": [digest(1)]},
    "head too small": {"head": StoredHead(260, b"", b"")},
    "head too large": {"head": StoredHead(262, b"", b"")},
    "history of a subject that is not in the batch": {"histories": [("lot:a", 257, 258)]},
    "history at the closing record": {
        "histories": [("lot:b", 0, 260)],
        "subjects": {"lot:b": subject_row("lot:b", 1)},
    },
    "history before the batch": {
        "histories": [("lot:b", 0, 257)],
        "subjects": {"lot:b": subject_row("lot:b", 1)},
    },
    "half a tile": {"tiles": [(0, bytes(4096))]},
    "a tile of the future": {"tiles": [(1, bytes(8192))]},
    "a negative tile": {"tiles": [(-1, bytes(8192))]},
    "a node of a tile's inside": {"nodes": [(7, 0, bytes(32))]},
    "a node of the future": {"nodes": [(8, 1, bytes(32))]},
    "a short node": {"nodes": [(8, 0, bytes(31))]},
}


@pytest.mark.parametrize("fault", MISSHAPEN)
def test_a_misshapen_batch_is_the_programs_fault(begun: tuple[Store, Fabricator], fault: str) -> None:
    store, maker = begun
    batch = maker.batch([(), ()])
    refused(store, replace(batch, **MISSHAPEN[fault]), "batch-shape", UsageError)


def test_a_row_that_starts_elsewhere_is_misshapen(begun: tuple[Store, Fabricator]) -> None:
    store, maker = begun
    batch = maker.batch([(), ()])
    refused(store, replace(batch, row=replace(batch.row, start=257)), "batch-shape", UsageError)
    refused(store, replace(batch, row=replace(batch.row, end=261)), "batch-shape", UsageError)
