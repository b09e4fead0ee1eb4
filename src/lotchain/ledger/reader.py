"""Reading a ledger: entries, histories, and the proofs that a bundle is built of.

A `Reader` never writes. It may stand over the store of a running ledger or over one opened read-only; what the log
holds never changes, so only the published checkpoint and its heads map need care: they are read together, and read
again when a publication came between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from threading import RLock
from typing import TypeVar

from lotchain.core.checkpoints import Checkpoint, parse_checkpoint_text
from lotchain.core.closing import ClosingRecord, parse_closing
from lotchain.core.heads import Head, HeadProof, subject_key
from lotchain.core.heads_trie import HeadsMap
from lotchain.core.notes import parse_note
from lotchain.core.statements import parse_statement
from lotchain.core.tree import (
    EMPTY_ROOT,
    TILE_HEIGHT,
    TILE_WIDTH,
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_of,
    subtree_root,
)
from lotchain.errors import Malformed, StoreError, UsageError
from lotchain.ledger.ports import BatchRow, Store, SubjectRow

_HASH = 32
_TRIES = 5
_CACHED_TILES = 256

_Read = TypeVar("_Read")


class StoredHeads:
    """The published heads map of a store, as `core.heads_trie.HeadsMap` reads it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def tile(self, prefix_bits: int, prefix: bytes) -> bytes | None:
        """See `HeadStore.tile`."""
        return self._store.map_tile(prefix_bits, prefix)

    def leaves(self, key_from: bytes, key_to: bytes) -> Sequence[tuple[bytes, bytes]]:
        """See `HeadStore.leaves`."""
        return self._store.map_leaves(key_from, key_to)


class Reader:
    """What provers ask of a ledger. Safe for several threads.

    Sizes that proofs are made for may be any up to `size()`; bundles take the published one. Every method may raise
    `StoreError`: those of the store, and `store-corrupt` where stored rows contradict each other.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = RLock()
        self._tiles: dict[int, list[bytes]] = {}
        self._map: tuple[int, HeadsMap] | None = None

    def close(self) -> None:
        """Release the store. Closing twice does nothing."""
        self._store.close()

    # Where the log ends

    def size(self) -> int:
        """Entries in the log, closing records included; 0 for an empty ledger."""
        head = self._store.head()
        return head.size if head else 0

    def newest(self) -> tuple[Checkpoint, bytes]:
        """The newest signed checkpoint and its note, published or not.

        Raises:
            UsageError: `ledger-empty`.

        """
        head = self._store.head()
        if head is None:
            raise UsageError("ledger-empty", "this ledger holds nothing yet", remedy="submit its charter")
        return _checkpoint(head.note, head.size), head.note

    def published(self) -> tuple[Checkpoint, bytes]:
        """The published checkpoint and its note, cosignatures included. Signatures are not verified here.

        Raises:
            UsageError: `nothing-published`.

        """
        found = self._store.published()
        if found is None or not found[1]:  # a copy of another's log that is still catching up has no note yet
            raise UsageError(
                "nothing-published", "this ledger has published no checkpoint yet", remedy="publish one first"
            )
        return _checkpoint(found[1], found[0]), found[1]

    def charter_id(self) -> bytes | None:
        """The charter's statement id (32 bytes), or None for an empty ledger."""
        first = next(self._store.entries(0, 1), None)
        return None if first is None else parse_statement(first).id

    # Entries

    def entry(self, index: int) -> bytes:
        """The bytes of entry `index`. Raises `UsageError` `index-range` where there is none."""
        found = next(self._store.entries(index, index + 1), None) if index >= 0 else None
        if found is None:
            raise UsageError("index-range", "the log holds no such entry", found=index)
        return found

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """The entries [start, stop) in order, as far as there are any."""
        return self._store.entries(start, stop)

    def index_of(self, statement_id: bytes) -> int | None:
        """The log index of a statement, or None."""
        return self._store.index_of(statement_id)

    def batch_of(self, index: int) -> BatchRow | None:
        """The batch that holds entry `index`, or None."""
        return self._store.batch_of(index)

    def batch_ending(self, size: int) -> BatchRow | None:
        """The batch whose closing record is the last entry of a log of `size` entries, or None."""
        return self._store.batch_ending(size)

    def closing_of(self, index: int) -> tuple[ClosingRecord, int, bytes]:
        """The closing record that dates entry `index`: the record, its own index, its bytes.

        Raises:
            UsageError: `index-range`.

        """
        row = self._store.batch_of(index)
        if row is None:
            raise UsageError("index-range", "the log holds no such entry", found=index)
        return self._closing_at(row.end)

    def _closing_at(self, index: int) -> tuple[ClosingRecord, int, bytes]:
        raw = self.entry(index)
        try:
            return parse_closing(raw), index, raw
        except Malformed as fault:
            raise corrupt(f"entry {index} should be a closing record: {fault}") from fault

    # The tree

    def leaf_hash(self, index: int) -> bytes:
        """The hash under which entry `index` stands in the tree, computed from its bytes."""
        return leaf_hash(self.entry(index))

    def node(self, level: int, index: int) -> bytes:
        """The hash of the perfect subtree over the entries [index 2^level, (index + 1) 2^level)."""
        if level >= TILE_HEIGHT:
            found = self._store.node(level, index)
            if found is None or len(found) != _HASH:
                raise corrupt(f"node {level}/{index} of the tree is not stored")
            return found
        first, width = index << level, 1 << level
        tile, at = divmod(first, TILE_WIDTH)
        hashes = self._leaf_hashes(tile, at + width)
        return root_of(hashes[at : at + width])

    def _leaf_hashes(self, tile: int, wanted: int) -> list[bytes]:
        """At least the first `wanted` leaf hashes of a tile of level 0: stored when full, else from the entries."""
        with self._lock:
            known = self._tiles.get(tile, [])
            if len(known) >= wanted:
                return known
            stored = self._store.tile(tile)
            if stored is not None:
                known = [stored[at : at + _HASH] for at in range(0, len(stored), _HASH)]
            else:
                first = tile * TILE_WIDTH
                known = known + [leaf_hash(raw) for raw in self._store.entries(first + len(known), first + TILE_WIDTH)]
            if len(known) < wanted:
                raise corrupt(f"tile {tile} of the tree has {len(known)} of {wanted} leaf hashes")
            if len(self._tiles) >= _CACHED_TILES:
                self._tiles.clear()
            self._tiles[tile] = known
            return known

    def root(self, size: int) -> bytes:
        """The root over the first `size` entries, from stored hashes."""
        return subtree_root(0, size, self.node) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The path that proves entry `index` in the tree of `size` entries, the leaf's sibling first."""
        self._require_size(size)
        return inclusion_path(index, size, self.node)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The path that proves the tree of `new` entries to begin with the tree of `old` (at least 1)."""
        self._require_size(new)
        return consistency_path(old, new, self.node)

    def _require_size(self, size: int) -> None:
        if size > self.size():
            raise UsageError("size-range", "the log is not that long", found=size)

    # Subjects

    def history(self, subject: str, size: int | None = None) -> list[int]:
        """The indexes of a subject's statements, in log order, within the first `size` entries (None: all)."""
        indexes = self._store.history(subject)
        return indexes if size is None else [index for index in indexes if index < size]

    def subjects_named(self, prefix: str) -> list[str]:
        """The subjects whose names begin with `prefix`, ordered bytewise; published or not."""
        return self._store.subjects_named(prefix)

    def newest_row(self, subject: str) -> SubjectRow | None:
        """A subject's newest row, published or not; None for an unknown one."""
        return self._store.subject(subject)

    def opening(self, digest: bytes) -> bytes | None:
        """The kept opening of a hidden field, or None."""
        return self._store.opening(digest)

    # The published heads map

    def heads_root(self) -> bytes:
        """The root of the heads map in the published checkpoint's closing record."""
        return self._closing_at(self.published()[0].size - 1)[0].heads_root

    def head_proof(self, subject: str) -> HeadProof:
        """Where the subject's path ends in the published heads map: a proof of presence or of absence."""
        return self.head_proofs((subject,))[1][subject]

    def head_proofs(self, subjects: Iterable[str]) -> tuple[Checkpoint, dict[str, HeadProof]]:
        """Proofs for several subjects, all under the one published checkpoint that comes with them."""
        names = list(subjects)
        return self._published_with(lambda heads: {name: heads.prove(subject_key(name)) for name in names})

    def published_state(self, subject: str) -> bytes | None:
        """The state to which the published heads map commits, None for a subject that it does not hold.

        Raises:
            UsageError: `state-moved` when the subject has changed since: publish first.

        """
        head = self.head_proof(subject).head
        if head is None:
            return None
        row = self._store.subject(subject)
        if row is None or Head(row.length, row.chain, sha256(row.state).digest()) != head:
            raise UsageError(
                "state-moved",
                "the subject has changed since the published checkpoint",
                found=subject,
                remedy="publish the newest checkpoint first",
            )
        return row.state

    def _published_with(self, read: Callable[[HeadsMap], _Read]) -> tuple[Checkpoint, _Read]:
        """The published checkpoint and something read from the map that belongs to it.

        Another process may publish between two reads; then what was read contradicts itself, or the checkpoint is
        another one afterwards, and everything is read again.
        """
        with self._lock:
            for attempt in range(_TRIES):
                checkpoint, _ = self.published()
                try:
                    found = read(self._heads(checkpoint.size))
                except StoreError:
                    if attempt == _TRIES - 1 or self.published()[0].size == checkpoint.size:
                        raise
                else:
                    if self.published()[0].size == checkpoint.size:
                        return checkpoint, found
                self._map = None
        raise StoreError("store-busy", "the published checkpoint moves on faster than it can be read")

    def _heads(self, size: int) -> HeadsMap:
        if self._map is None or self._map[0] != size:
            heads = HeadsMap(StoredHeads(self._store))
            expected = self._closing_at(size - 1)[0].heads_root
            if heads.root() != expected:
                raise StoreError(
                    "store-corrupt",
                    "the stored heads map is not that of the published checkpoint",
                    expected=expected.hex(),
                    found=heads.root().hex(),
                    remedy="audit this ledger",
                )
            self._map = (size, heads)
        return self._map[1]


def _checkpoint(note: bytes, size: int) -> Checkpoint:
    try:
        checkpoint = parse_checkpoint_text(parse_note(note).text)
    except Malformed as fault:
        raise corrupt(f"a stored checkpoint cannot be read: {fault}") from fault
    if checkpoint.size != size:
        raise corrupt(f"a checkpoint stored for size {size} states {checkpoint.size}")
    return checkpoint


def corrupt(found: str) -> StoreError:
    """`store-corrupt`: what is stored contradicts itself, as `found` says."""
    return StoreError("store-corrupt", "stored rows contradict each other", found=found, remedy="audit this ledger")
