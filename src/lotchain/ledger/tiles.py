"""The published log as tiles and entry bundles (C2SP tlog-tiles), computed from what the store keeps.

What is handed out here is cached by others for ever, so nothing goes out unchecked: the right edge must lead to the
published root, a full tile to the stored hash of the subtree above it, an entry to its hash in the tree. Nothing
beyond the published checkpoint is given.
"""

from __future__ import annotations

from threading import Lock

from lotchain.core.checkpoints import Checkpoint
from lotchain.core.tile_paths import Tile
from lotchain.core.tiles import edge_root, edge_tiles, holds, join_entries, join_hashes
from lotchain.core.tree import HASH_SIZE, TILE_HEIGHT, TILE_WIDTH, leaf_hash, root_of
from lotchain.ledger.reader import Reader, corrupt


class PublishedTiles:
    """Tiles of one ledger for many askers; it remembers which published tree it has found sound.

    Safe for several threads, each with a reader of its own.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._sound: Checkpoint | None = None

    def checkpoint(self, reader: Reader) -> tuple[Checkpoint, bytes]:
        """The published checkpoint and its note, once the stored tree is seen to lead to it.

        Raises:
            UsageError: `nothing-published`.
            StoreError: those of the store; `store-corrupt`, where the stored hashes lead elsewhere.

        """
        checkpoint, note = reader.published()
        with self._lock:
            known = self._sound == checkpoint
        if not known:
            edge = {tile.level or 0: _hashes(reader, tile) for tile in edge_tiles(checkpoint.size)}
            if edge_root(checkpoint.size, edge) != checkpoint.root:
                raise corrupt(f"the stored tree does not lead to the published root of {checkpoint.size} entries")
            with self._lock:
                self._sound = checkpoint
        return checkpoint, note

    def bytes_of(self, reader: Reader, tile: Tile) -> bytes | None:
        """A tile's bytes, or an entry bundle's; None where the published log has no such tile.

        A width that a longer log has passed is still given: whoever holds an older checkpoint may ask for it.

        Raises:
            UsageError: `nothing-published`.
            StoreError: those of the store; `store-corrupt`, where what is stored does not hash to what it should.

        """
        checkpoint, _ = self.checkpoint(reader)
        if not holds(checkpoint.size, tile):
            return None
        whole = Tile(tile.level or 0, tile.number, min(TILE_WIDTH, _width(checkpoint.size, tile)))
        hashes = _hashes(reader, whole)
        if whole.width == TILE_WIDTH and root_of(hashes) != _above(reader, whole):
            raise corrupt(f"tile {tile.number} of level {whole.level} does not lead to the hash above it")
        if tile.level is not None:
            return join_hashes(hashes[: tile.width])
        return join_entries(_entries(reader, tile, hashes))


def _width(size: int, tile: Tile) -> int:
    """How many hashes the tree has from this tile's first one on."""
    return (size >> TILE_HEIGHT * (tile.level or 0)) - tile.number * TILE_WIDTH


def _hashes(reader: Reader, tile: Tile) -> list[bytes]:
    first, level = tile.number * TILE_WIDTH, TILE_HEIGHT * (tile.level or 0)
    hashes = [reader.node(level, index) for index in range(first, first + tile.width)]
    if any(len(digest) != HASH_SIZE for digest in hashes):
        raise corrupt(f"tile {tile.number} of level {tile.level} holds what is no hash")
    return hashes


def _above(reader: Reader, tile: Tile) -> bytes:
    return reader.node(TILE_HEIGHT * ((tile.level or 0) + 1), tile.number)


def _entries(reader: Reader, tile: Tile, hashes: list[bytes]) -> list[bytes]:
    first = tile.number * TILE_WIDTH
    entries = list(reader.entries(first, first + tile.width))
    if [leaf_hash(entry) for entry in entries] != hashes[: tile.width]:
        raise corrupt(f"entries {first} to {first + tile.width - 1} are not those that the tree holds")
    return entries
