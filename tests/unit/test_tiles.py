"""Tiles and entry bundles: their bytes, which there are, and that they lead to the published root and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.ledgers import tamper
from tests.unit.synthetic import SyntheticLog, entry

from lotchain.core.tile_paths import Tile, parse_tile_path, tile_path
from lotchain.core.tiles import (
    MAX_ENTRIES_BYTES,
    edge_root,
    edge_tiles,
    holds,
    join_entries,
    join_hashes,
    split_entries,
    split_hashes,
)
from lotchain.core.tree import Frontier, leaf_hash, root_of
from lotchain.errors import Malformed, StoreError, UsageError
from lotchain.ledger.ports import Store
from lotchain.ledger.reader import Reader
from lotchain.ledger.tiles import PublishedTiles
from lotchain.storage.memory import MemoryStore
from lotchain.storage.sqlite import SqliteStore

SIZES = (1, 2, 255, 256, 257, 700)
LARGE = 65_537


@pytest.fixture(scope="module")
def large() -> SyntheticLog:
    """A log with a full tile of level 1, and partial ones at levels 0 and 2."""
    log = SyntheticLog()
    log.grow(LARGE)
    return log


# Bytes


def test_the_bundle_of_the_specification() -> None:
    entries = [f"L{n}".encode() for n in range(7)]
    assert join_entries(entries).hex() == "00024c3000024c3100024c3200024c3300024c3400024c3500024c36"
    assert split_entries(join_entries(entries), 7) == entries


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_entries_come_back_as_they_were(entries: list[bytes]) -> None:
    assert split_entries(join_entries(entries), len(entries)) == entries


@given(st.binary(max_size=200), st.integers(0, 256))
def test_whatever_a_bundle_holds_is_read_whole_or_refused(data: bytes, count: int) -> None:
    try:
        entries = split_entries(data, count)
    except Malformed as fault:
        assert fault.code == "entry-bundle-malformed"
    else:
        assert len(entries) == count and join_entries(entries) == data


@pytest.mark.parametrize(
    ("data", "count"),
    [("", 1), ("00", 1), ("0001", 1), ("000161", 0), ("000161", 2), ("00016100", 1), ("ffff61", 1), ("0001610001", 2)],
)
def test_bundles_that_hold_more_or_less_are_refused(data: str, count: int) -> None:
    with pytest.raises(Malformed) as caught:
        split_entries(bytes.fromhex(data), count)
    assert caught.value.code == "entry-bundle-malformed"


def test_the_longest_entry_fits_and_a_longer_one_does_not() -> None:
    assert len(join_entries([bytes(65_535)] * 256)) == MAX_ENTRIES_BYTES
    with pytest.raises(UsageError) as caught:
        join_entries([bytes(65_536)])
    assert caught.value.code == "entry-too-long"


@pytest.mark.parametrize("length", [0, 31, 33, 64, 8_191, 8_193])
def test_a_tile_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(Malformed) as caught:
        split_hashes(bytes(length), 1)
    assert caught.value.code == "tile-malformed"


# Which there are


@pytest.mark.parametrize(
    ("size", "tiles"),
    [
        (0, []),
        (1, ["tile/0/000.p/1"]),
        (255, ["tile/0/000.p/255"]),
        (256, ["tile/1/000.p/1"]),
        (257, ["tile/0/001.p/1", "tile/1/000.p/1"]),
        (65_536, ["tile/2/000.p/1"]),
        (65_537, ["tile/0/256.p/1", "tile/2/000.p/1"]),
        (70_000, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]),
        (2**62, ["tile/7/000.p/64"]),
    ],
)
def test_the_partial_tiles_of_a_tree(size: int, tiles: list[str]) -> None:
    assert [tile_path(*tile) for tile in edge_tiles(size)] == tiles
    assert all(parse_tile_path(path) in edge_tiles(size) for path in tiles)


@given(st.integers(1, 2_000))
def test_the_edge_leads_to_the_root_and_every_hash_of_it_counts(size: int) -> None:
    frontier, nodes = Frontier(), {}
    for index in range(size):
        for level, at, digest in frontier.append(leaf_hash(entry(index))):
            nodes[level, at] = digest
    edge = {
        tile.level or 0: [nodes[8 * (tile.level or 0), tile.number * 256 + n] for n in range(tile.width)]
        for tile in edge_tiles(size)
    }
    assert edge_root(size, edge) == frontier.root()
    for level, hashes in edge.items():
        for at in {0, len(hashes) // 2, len(hashes) - 1}:
            bent = {**edge, level: [bytes(32) if n == at else digest for n, digest in enumerate(hashes)]}
            assert edge_root(size, bent) != frontier.root()
        with pytest.raises(UsageError):
            edge_root(size, {**edge, level: hashes[:-1]})


@given(st.integers(0, 2**40), st.integers(0, 4), st.integers(0, 2**33), st.integers(1, 256))
def test_a_tree_holds_a_tile_when_it_has_its_last_hash(size: int, level: int, number: int, width: int) -> None:
    last = (number * 256 + width) * 256**level
    assert holds(size, Tile(level, number, width)) == (last <= size)


# From a store


def rebuilt(tiles: PublishedTiles, reader: Reader, size: int) -> bytes:
    """The root from everything that is served: every level, every bundle, checked against one another."""
    below: list[bytes] | None = None
    edge: dict[int, list[bytes]] = {}
    level = 0
    while size >> 8 * level:
        hashes: list[bytes] = []
        full, width = size >> 8 * (level + 1), (size >> 8 * level) % 256
        for number in range(full + (width > 0)):
            tile = Tile(level, number, 256 if number < full else width)
            data = tiles.bytes_of(reader, tile)
            assert data is not None
            hashes += split_hashes(data, tile.width)
            if level == 0:
                bundle = tiles.bytes_of(reader, Tile(None, number, tile.width))
                assert bundle is not None
                entries = split_entries(bundle, tile.width)
                assert [leaf_hash(raw) for raw in entries] == hashes[-tile.width :]
                assert entries == [entry(number * 256 + n) for n in range(tile.width)]
        if below is not None:
            assert hashes == [root_of(below[256 * n : 256 * n + 256]) for n in range(len(below) // 256)]
        if width:
            edge[level] = hashes[-width:]
        below, level = hashes, level + 1
    return edge_root(size, edge)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_what_is_served_rebuilds_the_published_root(kind: str, size: int, tmp_path: Path) -> None:
    store: Store = MemoryStore() if kind == "memory" else SqliteStore.create(tmp_path / "ledger.db")
    log = SyntheticLog(store)
    log.grow(size)
    assert rebuilt(PublishedTiles(), Reader(store), size) == log.frontier.root()


def test_a_large_log_rebuilds_its_root(large: SyntheticLog) -> None:
    reader, tiles = Reader(large.store), PublishedTiles()
    assert rebuilt(tiles, reader, LARGE) == large.frontier.root()
    beyond = (Tile(0, 256, 2), Tile(0, 257, 1), Tile(1, 1, 1), Tile(1, 0), Tile(2, 0, 1), Tile(2, 0, 2), Tile(3, 0, 1))
    there = [tiles.bytes_of(reader, tile) is not None for tile in beyond]
    assert there == [False, False, False, True, True, False, False]


@pytest.mark.parametrize(
    ("size", "tile", "there"),
    [
        (1, Tile(0, 0, 1), True),
        (1, Tile(0, 0, 2), False),
        (1, Tile(0, 0), False),
        (1, Tile(1, 0, 1), False),
        (255, Tile(None, 0, 254), True),  # whoever holds an older checkpoint asks for it
        (255, Tile(None, 0), False),
        (256, Tile(0, 0), True),
        (256, Tile(0, 0, 255), True),
        (256, Tile(0, 1, 1), False),
        (256, Tile(1, 0, 1), True),
        (257, Tile(0, 1, 1), True),
        (257, Tile(1, 0, 2), False),
        (257, Tile(63, 0, 1), False),
        (257, Tile(None, 2**62, 1), False),
    ],
)
def test_tiles_are_there_or_not(size: int, tile: Tile, there: bool) -> None:
    log = SyntheticLog()
    log.grow(size)
    assert (PublishedTiles().bytes_of(Reader(log.store), tile) is not None) == there


def test_nothing_beyond_the_published_checkpoint_is_given() -> None:
    log = SyntheticLog()
    log.grow(300)
    log.grow(600, publish=False)
    reader, tiles = Reader(log.store), PublishedTiles()
    assert tiles.bytes_of(reader, Tile(0, 1, 44)) == join_hashes(log.leaves[256:300])
    assert tiles.bytes_of(reader, Tile(0, 1, 45)) is None
    assert tiles.bytes_of(reader, Tile(0, 1)) is None and tiles.bytes_of(reader, Tile(None, 1)) is None
    assert tiles.bytes_of(reader, Tile(1, 0, 2)) is None


def test_where_nothing_is_published_nothing_is_given() -> None:
    log = SyntheticLog()
    log.grow(3, publish=False)
    with pytest.raises(UsageError) as caught:
        PublishedTiles().bytes_of(Reader(log.store), Tile(0, 0, 1))
    assert caught.value.code == "nothing-published"


@pytest.mark.parametrize(
    ("sql", "tile"),
    [
        ("UPDATE tree_tiles SET hashes = zeroblob(8192) WHERE n = 1", Tile(0, 1)),
        ("UPDATE entries SET bytes = x'00' WHERE log_index = 300", Tile(None, 1)),
        ("UPDATE entries SET bytes = x'00' WHERE log_index = 599", Tile(None, 2, 88)),
        ("UPDATE entries SET bytes = x'00' WHERE log_index = 599", Tile(0, 2, 88)),
        ("UPDATE tree_nodes SET hash = zeroblob(32) WHERE level = 8 AND position = 0", Tile(0, 0)),
        ("UPDATE tree_nodes SET hash = zeroblob(32) WHERE level = 8 AND position = 0", Tile(1, 0, 2)),
        ("DELETE FROM tree_nodes WHERE level = 8 AND position = 1", Tile(1, 0, 2)),
        ("DELETE FROM entries WHERE log_index = 10", Tile(None, 0)),
    ],
)
def test_a_store_that_was_changed_gives_nothing_that_caches_would_keep(tmp_path: Path, sql: str, tile: Tile) -> None:
    path = tmp_path / "ledger.db"
    store = SqliteStore.create(path)
    SyntheticLog(store).grow(600)
    assert PublishedTiles().bytes_of(Reader(store), tile) is not None
    store.close()
    assert tamper(path, sql) == 1
    store = SqliteStore.open(path, read_only=True)
    with pytest.raises(StoreError) as caught:
        PublishedTiles().bytes_of(Reader(store), tile)
    assert caught.value.code == "store-corrupt"
    store.close()
