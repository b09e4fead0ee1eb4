"""What stands beside the log: the publication with its heads map, and the openings of hidden fields."""

from __future__ import annotations

import pytest
from tests.contract.builders import Fabricator, digest, one_batch, publication

from lotchain.errors import StoreError, UsageError
from lotchain.ledger.ports import Publication, Store

TILES = [(0, b"", b"top"), (4, b"\x10", b"one"), (4, b"\x20", b"two")]
LEAVES = [(digest(n), digest("leaf", n)) for n in range(20)]
FIRST, LAST = bytes(32), b"\xff" * 32


@pytest.fixture
def begun(store: Store) -> Store:
    store.append(one_batch(0, 4))
    store.publish(publication(5, tiles=TILES, leaves=LEAVES))
    return store


def everything(store: Store) -> list[object]:
    tiles = [store.map_tile(bits, prefix) for bits, prefix, _ in TILES]
    return [store.published(), tiles, store.map_leaves(FIRST, LAST)]


def test_a_publication_is_given_back_with_its_map(begun: Store) -> None:
    assert begun.published() == (5, b"published 5")
    assert [begun.map_tile(bits, prefix) for bits, prefix, _ in TILES] == [b"top", b"one", b"two"]
    assert begun.map_leaves(FIRST, LAST) == sorted(LEAVES)


def test_a_tile_is_found_by_length_and_prefix_alone(begun: Store) -> None:
    for absent in ((4, b""), (8, b"\x10"), (0, b"\x10"), (4, b"\x30"), (-1, b""), (2**70, b"")):
        assert begun.map_tile(*absent) is None


def test_the_range_of_leaves_holds_both_ends(begun: Store) -> None:
    keys = sorted(key for key, _ in LEAVES)
    assert [key for key, _ in begun.map_leaves(keys[3], keys[7])] == keys[3:8]
    assert [key for key, _ in begun.map_leaves(keys[3], keys[3])] == keys[3:4]
    assert begun.map_leaves(keys[7], keys[3]) == []
    assert [key for key, _ in begun.map_leaves(keys[3] + b"\x00", keys[5])] == keys[4:6]


def test_a_later_publication_changes_only_what_it_names(begun: Store) -> None:
    begun.append(one_batch(5, 1))
    begun.publish(
        publication(
            7, tiles=[(4, b"\x10", None), (4, b"\x20", b"2b"), (4, b"\x40", None)], leaves=[(LEAVES[0][0], b"new")]
        )
    )
    assert begun.published() == (7, b"published 7")
    assert [begun.map_tile(bits, prefix) for bits, prefix, _ in TILES] == [b"top", None, b"2b"]
    assert dict(begun.map_leaves(FIRST, LAST)) == {**dict(LEAVES), LEAVES[0][0]: b"new"}


def test_an_append_leaves_the_published_map_alone(begun: Store) -> None:
    before = everything(begun)
    begun.append(one_batch(5, 3))
    assert everything(begun) == before


def test_a_note_gains_cosignatures_without_touching_the_map(begun: Store) -> None:
    begun.append(one_batch(5, 1))
    before = everything(begun)
    more = Publication(5, b"published 5, cosigned", [(4, b"\x10", None)], [(LEAVES[0][0], b"other")])
    begun.publish(more, note_only=True)
    assert everything(begun) == [(5, b"published 5, cosigned"), *before[1:]]


@pytest.mark.parametrize(
    ("size", "note_only", "code"),
    [
        (4, False, "publication-older"),
        (1, False, "publication-older"),
        (4, True, "publication-older"),
        (8, False, "publication-ahead"),
        (7, True, "publication-ahead"),
        (2**62, False, "publication-ahead"),
    ],
)
def test_a_publication_of_another_size_is_refused(begun: Store, size: int, note_only: bool, code: str) -> None:
    begun.append(one_batch(5, 1))
    before = everything(begun)
    with pytest.raises(StoreError) as caught:
        begun.publish(publication(size, tiles=[(4, b"\x10", None)], leaves=[(FIRST, b"x")]), note_only)
    assert caught.value.code == code
    assert everything(begun) == before


def test_the_same_size_may_be_published_again(begun: Store) -> None:
    begun.publish(publication(5, b"again"))
    assert begun.published() == (5, b"again")


def test_nothing_is_published_of_an_empty_log(store: Store) -> None:
    with pytest.raises(UsageError, match="publication-shape"):
        store.publish(publication(0))
    with pytest.raises(StoreError, match="publication-ahead"):
        store.publish(publication(1))
    with pytest.raises(StoreError, match="publication-ahead"):
        store.publish(publication(1), note_only=True)
    assert store.published() is None


def test_an_opening_is_kept_until_it_is_erased(store: Store) -> None:
    store.append(Fabricator().batch([()], openings={b"d1": b"opened 1", b"d2": b"opened 2"}))
    assert store.opening(b"d1") == b"opened 1"
    assert store.erase_opening(b"d1") is True
    assert store.opening(b"d1") is None
    assert store.opening(b"d2") == b"opened 2"
    assert store.erase_opening(b"d1") is False
    assert store.erase_opening(b"never there") is False
    assert store.head() is not None
    assert len(list(store.entries(0, 9))) == 2


def test_an_opening_that_is_kept_stays_as_it_is(store: Store) -> None:
    maker = Fabricator()
    store.append(maker.batch([()], openings={b"d": b"first"}))
    store.append(maker.batch([()], openings={b"d": b"second"}))
    assert store.opening(b"d") == b"first"
