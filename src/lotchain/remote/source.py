"""`HttpLogSource`: another's log over HTTP, as a witness or a mirror reads it.

Nothing is handed out before it is bound to the checkpoint: the partial tiles of the right edge must lead to the signed
root, each full tile to a hash of the tile above it, each entry to a hash of level 0. So a server can withhold, and it
can sign two trees; it cannot slip an entry into one.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256

from lotchain.core.checkpoints import Checkpoint, open_checkpoint_by
from lotchain.core.notes import VerifierKey
from lotchain.core.tile_paths import Tile, tile_path
from lotchain.core.tile_tree import TileMissing, TileTree
from lotchain.core.tiles import (
    MAX_ENTRIES_BYTES,
    MAX_TILE_BYTES,
    split_entries,
)
from lotchain.core.tree import TILE_WIDTH, leaf_hash, subtree_root
from lotchain.errors import Malformed, StoreError
from lotchain.remote.ahead import read_ahead
from lotchain.remote.fetching import Fetcher

MAX_DOCUMENT = 400_000
"""Bytes of the largest adopted document that is read."""
_MAX_NOTE = 200_000


class HttpLogSource:
    """The port `LogSource` over a server that speaks C2SP tlog-tiles (`lotchain serve`). For one thread.

    Args:
        fetcher: the server, with its limits, and the member's key where entries are read.
        log_key: the log's Ed25519 key; its name is the origin.
        mldsa_key: the log's ML-DSA-44 key, where its checkpoints must bear that signature.
        more_keys: while the log changes its keys, the others: any one of each type must have signed.

    """

    def __init__(
        self,
        fetcher: Fetcher,
        log_key: VerifierKey,
        *,
        mldsa_key: VerifierKey | None = None,
        more_keys: Sequence[VerifierKey] = (),
    ) -> None:
        self._fetcher = fetcher
        self._log_keys = (log_key, *filter(None, (mldsa_key,)), *more_keys)
        self._note: bytes | None = None
        self._tree: TileTree | None = None
        self._tree_note: bytes | None = None
        self._reading: Generator[list[bytes], None, None] | None = None

    def published(self) -> bytes | None:
        """The newest published checkpoint note as it came, or None where nothing is published.

        Its signatures are not looked at here: whoever asks keeps a false one as evidence. `entries` does look.

        Raises:
            StoreError: `source-…` (see `Fetcher.get`).

        """
        self._end_reading()
        self._note = self._fetcher.get("checkpoint", _MAX_NOTE)
        return self._note

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """The entries [start, stop) in order, as far as the checkpoint last seen reaches, each bound to its root.

        Raises:
            StoreError: `source-…`; `source-checkpoint`, where the log's keys did not sign the checkpoint;
                `source-tree`, where tiles or entries do not lead to it; `source-missing`, where one is not there.

        """
        tree = self._current()
        first = max(start, 0)
        last = min(stop, tree.checkpoint.size) if tree is not None else 0
        if tree is None or first >= last:
            return
        numbers = range(first // TILE_WIDTH, (last - 1) // TILE_WIDTH + 1)
        bundles = (self._bundle(tree, number) for number in numbers)
        begins = first % TILE_WIDTH
        left = last - first
        self._reading = read_ahead(bundles) if len(numbers) > 1 else None
        for entries in self._reading or bundles:
            yield from entries[begins : begins + left]
            left -= len(entries) - begins
            begins = 0

    def prefix_root(self, size: int) -> bytes:
        """The root over the first `size` entries of the checkpoint last seen: what a copy of that size must have.

        It is worked out from tiles that lead to the signed root, so it is the log's own word.

        Raises:
            StoreError: as `entries`; `source-missing`, where the checkpoint is smaller.

        """
        tree = self._current()
        if tree is None or not 0 < size <= tree.checkpoint.size:
            raise StoreError("source-missing", "the checkpoint is smaller than that", found=size)
        with _as_store():
            return subtree_root(0, size, tree.node)

    def document(self, digest: bytes) -> bytes | None:
        """A document that was adopted on the log, by its SHA-256; None where the server has none.

        Raises:
            StoreError: `source-…`; `source-document`, for other bytes than were asked for.

        """
        self._end_reading()
        data = self._fetcher.get(f"document/{digest.hex()}", MAX_DOCUMENT, signed=True)
        if data is not None and sha256(data).digest() != digest:
            raise StoreError(
                "source-document",
                "the server gives another document than was asked for",
                expected=f"SHA-256 {digest.hex()}",
                found=f"SHA-256 {sha256(data).hexdigest()}",
                remedy="ask another server of the log, or the authority that adopted it",
            )
        return data

    def close(self) -> None:
        """Drop the connection."""
        self._end_reading()
        self._fetcher.close()

    def _end_reading(self) -> None:
        """Before the connection is used for something else: nobody reads ahead on it."""
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.close()

    def _current(self) -> TileTree | None:
        """The tree of the checkpoint last seen, its right edge verified; None where nothing is published."""
        self._end_reading()
        note = self._note if self._note is not None else self.published()
        if note is None:
            return None
        if self._tree is None or self._tree_note != note:
            try:
                checkpoint, _ = open_checkpoint_by(note, self._log_keys)
            except Malformed as fault:
                raise StoreError(
                    "source-checkpoint",
                    "the server's checkpoint is not one that the log signed",
                    expected=self._log_keys[0].encode(),
                    found=str(fault),
                    remedy="keep it, it may be evidence; check the server's URL and the log's key",
                ) from fault
            if self._tree is None or self._tree.checkpoint != checkpoint:
                self._tree = self._opened(checkpoint)
            self._tree_note = note
        return self._tree

    def _opened(self, checkpoint: Checkpoint) -> TileTree:
        """The tree of a verified checkpoint, its right edge bound to the root."""

        def fetch(tile: Tile) -> bytes | None:
            return self._fetcher.get(tile_path(*tile), MAX_TILE_BYTES)

        tree = TileTree(checkpoint, fetch)
        with _as_store():
            tree.require_edge()
        return tree

    def _bundle(self, tree: TileTree, number: int) -> list[bytes]:
        """The entries of one bundle, as many as the checkpoint covers."""
        tile = Tile(None, number, min(tree.checkpoint.size - number * TILE_WIDTH, TILE_WIDTH))
        for asked in _widths(tile):
            data = self._fetcher.get(tile_path(*asked), MAX_ENTRIES_BYTES, signed=True)
            if data is None:
                continue
            try:
                entries = split_entries(data, asked.width)[: tile.width]
            except Malformed as fault:
                raise _wrong(tile_path(*asked), str(fault)) from fault
            with _as_store():
                if tree.are_leaves(number, [leaf_hash(entry) for entry in entries]):
                    return entries
            raise _wrong(tile_path(*asked), "entries that are not the tree's")
        raise _missing(tile_path(*tile))


@contextmanager
def _as_store() -> Iterator[None]:
    """What a tile tree says of the server's tiles, as faults of the source."""
    try:
        yield
    except TileMissing as fault:
        raise _missing(str(fault)) from fault
    except Malformed as fault:
        raise _wrong(fault.expected, fault.found) from fault


def _widths(tile: Tile) -> tuple[Tile, ...]:
    """What to ask for: the tile itself, then the full one, which may have taken its place (C2SP tlog-tiles)."""
    return (tile,) if tile.width == TILE_WIDTH else (tile, tile._replace(width=TILE_WIDTH))


def _wrong(tile: str, found: str) -> StoreError:
    return StoreError(
        "source-tree",
        "what the server gives does not lead to the checkpoint that the log signed",
        expected=tile,
        found=found,
        remedy="keep checkpoint and answer, they may be evidence; ask another server of the log",
    )


def _missing(tile: str) -> StoreError:
    return StoreError(
        "source-missing",
        "the server does not give what its checkpoint says is there",
        found=tile,
        remedy="try again later; ask another server of the log",
    )
