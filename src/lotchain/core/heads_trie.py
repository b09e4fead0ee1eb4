"""The heads map over a store: tiles of four levels, an overlay of what is not stored yet, proofs.

A *tile* holds, for a subtree of more than eight leaves, the leaf count and hash of its 16 children four
levels down. A smaller subtree is a *bucket*: it has no tile, its leaves are read by a range scan. Which of
the two a child is follows from its count, so nothing is stored twice. Measured against one row a node, this
is a third of the time and a sixth of the space.

`HeadsMap` reads through an overlay. Nothing is written here: `flush` says what a store must write for the
root as it stands, `written` says that the store did. Nodes are never changed in place, which makes undoing
a batch a matter of putting the old ones back.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from lotchain.core.heads import (
    EMPTY_MAP_ROOT,
    EMPTY_SUBTREE,
    HASH_SIZE,
    HEAD_SIZE,
    Head,
    HeadProof,
    bit,
    inner_hash,
    leaf_hash,
)
from lotchain.core.heads_tiles import BUCKET_SIZE, CHILDREN, Place, Tile, child_of, nibble_at
from lotchain.errors import StoreError, UsageError

_CLEAN_LIMIT = 32768
"""Stored nodes kept in memory; when there are more, all are forgotten and read again as needed."""

_Leaf = tuple[bytes, bytes, bytes]
"""(key, the head's 72 bytes, leaf hash)"""
_Bucket = tuple[_Leaf, ...]


class HeadStore(Protocol):
    """What the map reads from a store: the tiles and leaves that `flush` once gave it."""

    def tile(self, prefix_bits: int, prefix: bytes) -> bytes | None:
        """The tile of the subtree under this prefix, or None.

        `prefix_bits` is a multiple of 4 from 0 to 252; `prefix` has ceil(prefix_bits / 8) bytes, spare bits
        zero.
        """

    def leaves(self, key_from: bytes, key_to: bytes) -> Sequence[tuple[bytes, bytes]]:
        """(key, the head's 72 bytes) of every leaf with key_from <= key <= key_to, ordered by key."""


@dataclass(frozen=True, slots=True)
class HeadWrites:
    """What a store writes, at once or not at all, so that it holds the map as it stood at `flush`.

    `tiles` are (prefix_bits, prefix, tile bytes or None to delete), `leaves` are (key, the head's 72
    bytes). A subject never leaves the map, so no tile is deleted today; the None is for engines to be
    ready.
    """

    tiles: list[tuple[int, bytes, bytes | None]]
    leaves: list[tuple[bytes, bytes]]


def _by_nibble(leaves: Iterable[_Leaf], bits: int) -> dict[int, list[_Leaf]]:
    groups: dict[int, list[_Leaf]] = {}
    for leaf in leaves:
        groups.setdefault(nibble_at(leaf[0], bits), []).append(leaf)
    return groups


def _bucket_hash(leaves: Sequence[_Leaf], depth: int) -> bytes:
    """The hash of the subtree of just these leaves, ordered by key, all under one prefix of `depth` bits."""
    if len(leaves) == 1:
        return leaves[0][2]
    if not leaves:
        return EMPTY_SUBTREE
    middle = _middle(leaves, depth)
    return inner_hash(_bucket_hash(leaves[:middle], depth + 1), _bucket_hash(leaves[middle:], depth + 1))


def _middle(leaves: Sequence[_Leaf], depth: int) -> int:
    """How many of these leaves, ordered by key, lie on the left side."""
    if bit(leaves[0][0], depth):
        return 0
    middle = len(leaves)
    while bit(leaves[middle - 1][0], depth):
        middle -= 1
    return middle


_Node = Tile | _Bucket


class Snapshot:
    """A point of a `HeadsMap` to which `restore` can go back; opaque."""

    __slots__ = ("count", "digest")

    def __init__(self, count: int, digest: bytes) -> None:
        self.count = count
        self.digest = digest


class HeadsMap:
    """The heads map: what a store holds, and on top of it what has changed since.

    For one thread. `HeadsMap(store)` starts at what is stored, so a second one beside the first proves from
    the *published* map while the first moves on. What is read is checked against the hash above it; only
    the root has none above it: the caller compares `root()` with the closing record.

    The store must not change under it but by `flush` and `written`: after another publication, make a new one.

    Every reading method raises StoreError store-corrupt when stored tiles and leaves contradict each other,
    and Malformed (heads-tile-malformed, head-malformed, version-unsupported) when one cannot be read.
    """

    def __init__(self, store: HeadStore) -> None:
        self._store = store
        self._dirty: dict[Place, _Node] = {}
        self._dirty_leaves: dict[bytes, _Leaf] = {}
        self._clean: dict[Place, _Node] = {}
        self._snapshot: Snapshot | None = None
        self._undo_nodes: list[tuple[Place, _Node | None]] = []
        self._undo_leaves: list[tuple[bytes, _Leaf | None]] = []
        self._given: tuple[dict[Place, _Node], dict[bytes, _Leaf]] = ({}, {})
        stored = store.tile(0, b"")
        if stored is not None:
            tile = Tile.decode(stored)
            self._clean[0, b""] = tile
            self._count, self._digest = tile.counts[1], tile.hashes[1]
        else:
            bucket = self._scan((0, b""))
            self._clean[0, b""] = bucket
            self._count, self._digest = len(bucket), _bucket_hash(bucket, 0)

    def __len__(self) -> int:
        """How many subjects the map holds."""
        return self._count

    def root(self) -> bytes:
        """The root as the map stands now, 32 bytes."""
        return self._digest if self._count else EMPTY_MAP_ROOT

    def update(self, items: Iterable[tuple[bytes, Head]]) -> None:
        """Set the heads of these keys; of a key named twice the last head counts. Undone by `restore`.

        Raises:
            UsageError: a key of other than 32 bytes (subject-key), a head out of range (head-range).
            StoreError, Malformed: see the class. The map is then as before when `restore` has been called.

        """
        leaves = {}
        for key, head in items:
            if len(key) != HASH_SIZE:
                raise UsageError("subject-key", "a key of the heads map is 32 bytes long", found=len(key))
            record = head.to_bytes()
            leaves[key] = (key, record, leaf_hash(key, record))
        if not leaves:
            return
        for leaf in leaves.values():
            if self._snapshot is not None:
                self._undo_leaves.append((leaf[0], self._dirty_leaves.get(leaf[0])))
            self._dirty_leaves[leaf[0]] = leaf
        top = self._apply((0, b""), self._count, self._digest, list(leaves.values()))
        self._count, self._digest = top

    def _apply(self, place: Place, count: int, digest: bytes, changes: list[_Leaf]) -> tuple[int, bytes]:
        """Put changed leaves under a place that had this count and hash; returns its new count and hash."""
        node = self._node(place, count, digest)
        if isinstance(node, Tile):
            children = {}
            for nibble, group in _by_nibble(changes, place[0]).items():
                at = CHILDREN + nibble
                children[nibble] = self._apply(child_of(place, nibble), node.counts[at], node.hashes[at], group)
            tile = node.replacing(children)
            self._put(place, tile)
            return tile.counts[1], tile.hashes[1]
        merged = {leaf[0]: leaf for leaf in node}
        merged.update((leaf[0], leaf) for leaf in changes)
        return self._plant(place, [merged[key] for key in sorted(merged)])

    def _plant(self, place: Place, leaves: list[_Leaf]) -> tuple[int, bytes]:
        """Make the subtree under a place consist of these leaves, ordered by key: a bucket or a new tile."""
        if len(leaves) <= BUCKET_SIZE:
            self._put(place, tuple(leaves))
            return len(leaves), _bucket_hash(leaves, place[0])
        groups = _by_nibble(leaves, place[0])
        tile = Tile.over({n: self._plant(child_of(place, n), group) for n, group in groups.items()})
        self._put(place, tile)
        return tile.counts[1], tile.hashes[1]

    def _put(self, place: Place, node: _Node) -> None:
        if self._snapshot is not None:
            self._undo_nodes.append((place, self._dirty.get(place)))
        self._dirty[place] = node

    def _node(self, place: Place, count: int, digest: bytes) -> _Node:
        """The node at a place, which its parent says to have this count and hash."""
        node = self._dirty.get(place)
        if node is None:
            node = self._clean.get(place)
        if node is not None:
            return node
        if not count:
            return ()
        if count > BUCKET_SIZE:
            stored = self._store.tile(*place)
            if stored is None:
                raise self._contradiction(place)
            node = Tile.decode(stored)
            sound = node.counts[1] == count and node.hashes[1] == digest
        else:
            node = self._scan(place)
            sound = len(node) == count and _bucket_hash(node, place[0]) == digest
        if not sound:
            raise self._contradiction(place)
        if len(self._clean) >= _CLEAN_LIMIT:
            self._clean.clear()
        self._clean[place] = node
        return node

    def _scan(self, place: Place) -> _Bucket:
        """The stored leaves under a place."""
        bits, prefix = place
        spare = 256 - bits
        key_from = prefix.ljust(HASH_SIZE, b"\x00")
        key_to = (int.from_bytes(key_from, "big") | (1 << spare) - 1).to_bytes(HASH_SIZE, "big")
        rows = self._store.leaves(key_from, key_to)
        if len(rows) > BUCKET_SIZE:
            raise self._contradiction(place)
        if any(len(key) != HASH_SIZE or len(record) != HEAD_SIZE for key, record in rows):
            raise self._contradiction(place)
        return tuple((key, record, leaf_hash(key, record)) for key, record in rows)

    def _contradiction(self, place: Place) -> StoreError:
        return StoreError(
            "store-corrupt",
            "stored tiles and leaves of the heads map contradict each other",
            found=f"prefix of {place[0]} bits {place[1].hex()}",
            remedy="rebuild the map from the log with an audit",
        )

    def prove(self, key: bytes) -> HeadProof:
        """Where this key's path ends in the map as it stands: a proof of presence or of absence.

        Raises:
            UsageError: a key of other than 32 bytes.

        """
        if len(key) != HASH_SIZE:
            raise UsageError("subject-key", "a key of the heads map is 32 bytes long", found=len(key))
        siblings: list[bytes] = []
        place: Place = (0, b"")
        node = self._node(place, self._count, self._digest)
        while isinstance(node, Tile):
            at, depth = 1, place[0]
            while at < CHILDREN and node.counts[at] > 1:
                side = bit(key, depth)
                siblings.append(node.hashes[2 * at + 1 - side])
                at, depth = 2 * at + side, depth + 1
            while at < CHILDREN:  # none or one leaf below: go to the child that has it
                at = 2 * at + (1 if node.counts[2 * at + 1] else 0)
            place = child_of(place, at - CHILDREN)
            node = self._node(place, node.counts[at], node.hashes[at])
        depth, leaves = place[0], node
        while len(leaves) > 1:
            side, middle = bit(key, depth), _middle(leaves, depth)
            left, right = leaves[:middle], leaves[middle:]
            siblings.append(_bucket_hash(left if side else right, depth + 1))
            leaves, depth = right if side else left, depth + 1
        if not leaves:
            return HeadProof(tuple(siblings), None, None)
        end, head = leaves[0][0], Head.from_bytes(leaves[0][1])
        if end == key:
            return HeadProof(tuple(siblings), head, None)
        return HeadProof(tuple(siblings), None, (end, head))

    def find(self, key: bytes) -> Head | None:
        """The head of this key, None where the map holds none: what `prove` finds, without the proof.

        Raises:
            UsageError: a key of other than 32 bytes.

        """
        if len(key) != HASH_SIZE:
            raise UsageError("subject-key", "a key of the heads map is 32 bytes long", found=len(key))
        place: Place = (0, b"")
        node = self._node(place, self._count, self._digest)
        while isinstance(node, Tile):
            nibble = nibble_at(key, place[0])
            at = CHILDREN + nibble
            place = child_of(place, nibble)
            node = self._node(place, node.counts[at], node.hashes[at])
        return next((Head.from_bytes(record) for end, record, _ in node if end == key), None)

    def snapshot(self) -> Snapshot:
        """Mark this point, to go back to it if the batch that follows cannot be committed.

        Only the newest snapshot can be restored; taking it makes what went before final.
        """
        self._undo_nodes.clear()
        self._undo_leaves.clear()
        self._snapshot = Snapshot(self._count, self._digest)
        return self._snapshot

    def restore(self, snapshot: Snapshot) -> None:
        """Undo every update since the newest snapshot, also one that raised half-way. May be repeated.

        Raises:
            UsageError: heads-snapshot; not the newest one.

        """
        if snapshot is not self._snapshot:
            raise UsageError("heads-snapshot", "only the newest snapshot of the map can be restored")
        while self._undo_nodes:
            place, node = self._undo_nodes.pop()
            if node is None:
                self._dirty.pop(place, None)
            else:
                self._dirty[place] = node
        while self._undo_leaves:
            key, leaf = self._undo_leaves.pop()
            if leaf is None:
                self._dirty_leaves.pop(key, None)
            else:
                self._dirty_leaves[key] = leaf
        self._count, self._digest = snapshot.count, snapshot.digest

    def flush(self) -> HeadWrites:
        """What a store must write to hold the map as it stands now. Call it with every batch committed.

        The map goes on as before, and may be updated, until `written` is called; if the store failed, flush
        again.
        """
        self._given = (dict(self._dirty), dict(self._dirty_leaves))
        tiles = [(*place, node.encode()) for place, node in self._dirty.items() if isinstance(node, Tile)]
        leaves = [(leaf[0], leaf[1]) for leaf in self._dirty_leaves.values()]
        return HeadWrites(sorted(tiles), sorted(leaves))

    def written(self) -> None:
        """The store holds what the last `flush` gave; what changed since then stays pending."""
        nodes, leaves = self._given
        self._given = ({}, {})
        if len(self._clean) + len(nodes) > _CLEAN_LIMIT:
            self._clean.clear()
        keep = len(nodes) <= _CLEAN_LIMIT
        for place, node in nodes.items():
            self._clean.pop(place, None)  # it may be older than what is stored now
            if self._dirty.get(place) is node:
                del self._dirty[place]
                if keep:
                    self._clean[place] = node
        for key, leaf in leaves.items():
            if self._dirty_leaves.get(key) is leaf:
                del self._dirty_leaves[key]


class MemoryHeadStore:
    """A `HeadStore` in dictionaries: for verifiers that rebuild a map, and for tests."""

    def __init__(self) -> None:
        self._tiles: dict[tuple[int, bytes], bytes] = {}
        self._records: dict[bytes, bytes] = {}
        self._keys: list[bytes] = []

    def tile(self, prefix_bits: int, prefix: bytes) -> bytes | None:
        """See `HeadStore`."""
        return self._tiles.get((prefix_bits, prefix))

    def leaves(self, key_from: bytes, key_to: bytes) -> list[tuple[bytes, bytes]]:
        """See `HeadStore`."""
        keys = self._keys[bisect_left(self._keys, key_from) : bisect_right(self._keys, key_to)]
        return [(key, self._records[key]) for key in keys]

    def write(self, writes: HeadWrites) -> None:
        """Take over what `HeadsMap.flush` gave."""
        for bits, prefix, tile in writes.tiles:
            if tile is None:
                self._tiles.pop((bits, prefix), None)
            else:
                self._tiles[bits, prefix] = tile
        self._records.update(writes.leaves)
        self._keys = sorted(self._records)
