"""The heads map's tiles: four levels of the trie in one stored value, and the arithmetic of their places.

How a ledger keeps its map is no part of any proof; the encoding here is versioned all the same, because a
store outlives the program that wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

from lotchain.core.heads import EMPTY_SUBTREE, HASH_SIZE
from lotchain.errors import Malformed

TILE_LEVELS = 4
CHILDREN = 16
BUCKET_SIZE = 8
"""Leaves in the largest subtree that has no tile."""
_COUNT_SIZE = 5
_ABOVE = tuple(tuple((CHILDREN + nibble) >> level for level in range(1, 5)) for nibble in range(CHILDREN))
"""For each child of a tile the inner nodes above it, the lowest first."""

Place = tuple[int, bytes]
"""(prefix length in bits, prefix): where a subtree hangs."""


class Tile:
    """Four levels of the trie as a heap of 32: the subtree is node 1, 2n and 2n + 1 are the halves of node n.

    So the children are the nodes 16 to 31. `counts` are leaves, `hashes` 32 bytes each. Never changed in place.
    """

    __slots__ = ("counts", "hashes")

    def __init__(self, counts: list[int], hashes: list[bytes]) -> None:
        self.counts = counts
        self.hashes = hashes

    @classmethod
    def over(cls, children: Mapping[int, tuple[int, bytes]]) -> Tile:
        """A tile with these children, by number 0 to 15; the others are empty."""
        empty = cls([0] * (2 * CHILDREN), [EMPTY_SUBTREE] * (2 * CHILDREN))
        return empty.replacing(children)

    def replacing(self, children: Mapping[int, tuple[int, bytes]]) -> Tile:
        """The tile with these children instead; only the nodes above them are hashed anew."""
        counts, hashes = self.counts.copy(), self.hashes.copy()
        for nibble, (count, digest) in children.items():
            counts[CHILDREN + nibble] = count
            hashes[CHILDREN + nibble] = digest
        for node in _ABOVE[next(iter(children))] if len(children) == 1 else _nodes_above(children):
            left = 2 * node
            right = left + 1
            count = counts[left] + counts[right]
            counts[node] = count
            if count > 1:
                hashes[node] = sha256(b"\x11" + hashes[left] + hashes[right]).digest()
            else:
                hashes[node] = hashes[right] if counts[right] else hashes[left]
        return Tile(counts, hashes)

    def encode(self) -> bytes:
        """0x01, 16 bits for the children that are not empty (child 0 highest), then count and hash of each."""
        present = 0
        parts = []
        for nibble in range(CHILDREN):
            count = self.counts[CHILDREN + nibble]
            if count:
                present |= 0x8000 >> nibble
                parts.append(count.to_bytes(_COUNT_SIZE, "big") + self.hashes[CHILDREN + nibble])
        return b"\x01" + present.to_bytes(2, "big") + b"".join(parts)

    @classmethod
    def decode(cls, data: bytes) -> Tile:
        """Read what `encode` wrote.

        Raises:
            Malformed: heads-tile-malformed, version-unsupported.

        """
        if not data or data[0] != 1:
            raise Malformed("version-unsupported", "unknown heads tile version", expected="01", found=data[:1].hex())
        present = int.from_bytes(data[1:3], "big")
        step = _COUNT_SIZE + HASH_SIZE
        if len(data) != 3 + present.bit_count() * step:
            raise Malformed("heads-tile-malformed", "a tile has a wrong length", found=len(data))
        children = {}
        at = 3
        for nibble in range(CHILDREN):
            if present & 0x8000 >> nibble:
                count = int.from_bytes(data[at : at + _COUNT_SIZE], "big")
                if not count:
                    raise Malformed("heads-tile-malformed", "a present child holds no leaf", found=nibble)
                children[nibble] = (count, data[at + _COUNT_SIZE : at + step])
                at += step
        tile = cls.over(children) if children else None
        if tile is None or tile.counts[1] <= BUCKET_SIZE:
            raise Malformed("heads-tile-malformed", "a subtree of at most 8 leaves has no tile")
        return tile


def _nodes_above(children: Iterable[int]) -> list[int]:
    """The inner nodes of a tile above these children, each once and after those below it."""
    return sorted({node for nibble in children for node in _ABOVE[nibble]}, reverse=True)


def nibble_at(key: bytes, bits: int) -> int:
    """The four bits of a key that follow the first `bits`."""
    return key[bits >> 3] & 15 if bits & 4 else key[bits >> 3] >> 4


def child_of(place: Place, nibble: int) -> Place:
    """The place of a tile's child."""
    bits, prefix = place
    if bits & 4:
        return bits + TILE_LEVELS, prefix[:-1] + bytes((prefix[-1] | nibble,))
    return bits + TILE_LEVELS, prefix + bytes((nibble << 4,))
