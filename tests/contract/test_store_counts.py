"""`row_counts`: an audit sees that a store holds no other rows than those it has compared."""

from __future__ import annotations

from tests.contract.builders import Fabricator, digest, publication

from lotchain.ledger.ports import Store

KINDS = {
    "entries", "statements", "subjects", "histories", "batches",
    "tree_tiles", "tree_nodes", "map_tiles", "map_leaves", "openings",
}  # fmt: skip


def test_an_empty_store_holds_no_row(store: Store) -> None:
    assert dict(store.row_counts()) == dict.fromkeys(KINDS, 0)


def test_every_kind_is_counted(store: Store) -> None:
    maker = Fabricator()
    store.append(maker.batch([("lot:a", "lot:b")] * 255, openings={digest(1): b"o", digest(2): b"p"}))
    store.append(maker.batch([("lot:a",), ()]))
    leaves = [(digest(n), bytes(72)) for n in range(3)]
    store.publish(publication(256, tiles=[(0, b"", b"t"), (4, b"\x10", b"u")], leaves=leaves))
    counts = dict(store.row_counts())
    assert counts == {
        "entries": 259,
        "statements": 257,
        "subjects": 2,
        "histories": 511,
        "batches": 2,
        "tree_tiles": 1,
        "tree_nodes": 1,
        "map_tiles": 2,
        "map_leaves": 3,
        "openings": 2,
    }


def test_what_was_refused_or_erased_is_not_counted(store: Store) -> None:
    maker = Fabricator()
    store.append(maker.batch([("lot:a",)], openings={digest(1): b"o"}))
    before = dict(store.row_counts())
    again = Fabricator().batch([("lot:b",)])
    try:
        store.append(again)
    except Exception as error:
        assert "head-moved" in str(error)
    assert dict(store.row_counts()) == before
    store.erase_opening(digest(1))
    assert store.row_counts()["openings"] == 0
