"""What lies in a tile: hashes joined, entries after their lengths, and how a log's tiles lead to its root.

`tile_paths` says which tiles there are and how they are called; here they are written, read, bound to a checkpoint.
Whoever fetches a log from somebody else trusts none of it: the partial tiles at the right edge lead to the root of a
signed checkpoint, each full tile to one hash of the tile above it, each entry to one hash of level 0.

Source: C2SP tlog-tiles v0.1.0. Byte for byte: `specs/formats/tree.md` and `specs/formats/http.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lotchain.core.tile_paths import Tile, full_tiles, partial_width, tile_of_node
from lotchain.core.tree import HASH_SIZE, MAX_SIZE, TILE_HEIGHT, TILE_WIDTH, root_of, subtree_root
from lotchain.errors import Malformed, UsageError

MAX_ENTRY_BYTES = 65_535
"""Bytes of the longest entry that an entry bundle can hold: its length stands in two bytes."""
MAX_TILE_BYTES = TILE_WIDTH * HASH_SIZE
MAX_ENTRIES_BYTES = TILE_WIDTH * (MAX_ENTRY_BYTES + 2)
"""Bytes of the longest entry bundle."""


def join_hashes(hashes: Sequence[bytes]) -> bytes:
    """A tile's bytes: its hashes one after the other, nothing between."""
    return b"".join(hashes)


def split_hashes(data: bytes, width: int) -> list[bytes]:
    """The hashes of a tile of this width (1 to 256).

    Raises:
        Malformed: `tile-malformed`, for another length.

    """
    if len(data) != width * HASH_SIZE:
        raise Malformed(
            "tile-malformed", "a tile has the wrong length", expected=f"{width * HASH_SIZE} bytes", found=len(data)
        )
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def join_entries(entries: Iterable[bytes]) -> bytes:
    """An entry bundle's bytes: each entry after its length in two bytes, big-endian.

    Raises:
        UsageError: `entry-too-long`, over 65,535 bytes.

    """
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise UsageError("entry-too-long", "an entry does not fit an entry bundle", found=len(entry))
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


def split_entries(data: bytes, count: int) -> list[bytes]:
    """The `count` entries of an entry bundle, which holds no more and no fewer.

    Raises:
        Malformed: `entry-bundle-malformed`.

    """
    entries: list[bytes] = []
    at = 0
    for _ in range(count):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise _bundle_fault(f"{count} entries", f"{len(entries)} whole ones in {len(data)} bytes")
        entries.append(data[at + 2 : end])
        at = end
    if at != len(data):
        raise _bundle_fault(f"{count} entries", f"{len(data) - at} bytes after them")
    return entries


def _bundle_fault(expected: str, found: str) -> Malformed:
    return Malformed(
        "entry-bundle-malformed", "an entry bundle does not hold what its name says", expected=expected, found=found
    )


def holds(size: int, tile: Tile) -> bool:
    """Whether a tree of `size` entries has all the hashes (or entries) of this tile."""
    return tile.number * TILE_WIDTH + tile.width <= size >> TILE_HEIGHT * (tile.level or 0)


def edge_tiles(size: int) -> list[Tile]:
    """The partial tiles of a tree of `size` entries, from the leaves up: together they make its root."""
    levels = range((size.bit_length() + TILE_HEIGHT - 1) // TILE_HEIGHT)
    return [
        Tile(level, full_tiles(level, size), partial_width(level, size))
        for level in levels
        if partial_width(level, size)
    ]


def edge_root(size: int, edge: Mapping[int, Sequence[bytes]]) -> bytes:
    """The root that the partial tiles of a tree lead to; every hash in each of them bears on it.

    Args:
        size: entries in the tree, 1 to 2^62, from a signed checkpoint.
        edge: level of a partial tile → its hashes, for every member of `edge_tiles(size)`.

    Raises:
        UsageError: `tile-missing`, where one is left out or has another width.

    """
    for tile in edge_tiles(size):
        if len(edge.get(tile.level or 0, ())) != tile.width:
            raise UsageError("tile-missing", "a partial tile of the right edge is missing", found=tile.level)

    def node(level: int, index: int) -> bytes:
        tile_level, _, first, count = tile_of_node(level, index)
        return root_of(edge[tile_level][first : first + count])

    if not 0 < size <= MAX_SIZE:
        raise UsageError("size-range", "no such tree", found=size)
    return subtree_root(0, size, node)
