"""A tree read from its tiles, none of which is trusted: each hash is bound to a signed root before it is given.

The partial tiles of the right edge must lead to the root, each full tile to one hash of the tile above it. So whoever
serves tiles can withhold them, and cannot change one. Source: C2SP tlog-tiles v0.1.0; `specs/formats/tree.md`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from lotchain.core.checkpoints import Checkpoint
from lotchain.core.tile_paths import Tile, full_tiles, partial_width, tile_of_node, tile_path
from lotchain.core.tiles import edge_root, edge_tiles, split_hashes
from lotchain.core.tree import EMPTY_ROOT, MAX_SIZE, TILE_WIDTH, root_of, subtree_root
from lotchain.errors import Malformed

FetchTile = Callable[[Tile], bytes | None]
"""A tile's bytes as they lie somewhere, None where they do not."""

_KEPT_TILES = 256


class TileMissing(LookupError):
    """A tile that the tree has is not there: what it would show cannot be told."""


class TileTree:
    """The hashes of one tree. For one thread.

    Args:
        checkpoint: what everything is bound to; its signature is the caller's to verify.
        fetch: where the tiles lie.

    """

    def __init__(self, checkpoint: Checkpoint, fetch: FetchTile) -> None:
        self.checkpoint = checkpoint
        self._fetch = fetch
        self._edge: dict[int, list[bytes]] | None = None
        self._full: OrderedDict[tuple[int, int], list[bytes]] = OrderedDict()

    def require_edge(self) -> None:
        """Bind the right edge to the root now, rather than when it is first read.

        Raises:
            TileMissing, Malformed: as `node`.

        """
        self._right_edge()

    def are_leaves(self, number: int, hashes: list[bytes]) -> bool:
        """Whether these are all the leaf hashes of entry bundle `number`, as far as the tree reaches.

        A full bundle is known by its hash in the tile above, so that its own hash tile need not be read.

        Raises:
            TileMissing, Malformed: as `node`.

        """
        if number == full_tiles(0, self.checkpoint.size):
            return hashes == self._hashes(0, number)
        return root_of(hashes) == self._hashes(1, number // TILE_WIDTH)[number % TILE_WIDTH]

    def node(self, level: int, index: int) -> bytes:
        """The hash of the perfect subtree over the leaves [index 2^level, (index + 1) 2^level).

        Raises:
            TileMissing: a tile on the way is not there.
            Malformed: `tile-differs`, where one is not this tree's; `expected` is its path.

        """
        tile_level, number, first, count = tile_of_node(level, index)
        return root_of(self._hashes(tile_level, number)[first : first + count])

    def subtree(self, start: int, end: int) -> bytes | None:
        """The root over the leaves [start, end), a subtree of the tree; None where a tile is missing.

        Raises:
            Malformed: as `node`.

        """
        try:
            return subtree_root(start, end, self.node) if end else EMPTY_ROOT
        except TileMissing:
            return None

    def _hashes(self, level: int, number: int) -> list[bytes]:
        size = self.checkpoint.size
        if number == full_tiles(level, size) and partial_width(level, size):
            return self._right_edge()[level]
        known = self._full.get((level, number))
        if known is not None:
            self._full.move_to_end((level, number))
            return known
        # What the tile must hash to is known first, from tiles that are verified already: at most 7 levels up.
        expected = self._hashes(level + 1, number // TILE_WIDTH)[number % TILE_WIDTH]
        hashes = self._fetched(Tile(level, number))
        if root_of(hashes) != expected:
            raise _differs(Tile(level, number), "hashes that do not lead to the tile above")
        self._full[level, number] = hashes
        if len(self._full) > _KEPT_TILES:
            self._full.popitem(last=False)
        return hashes

    def _right_edge(self) -> dict[int, list[bytes]]:
        if self._edge is None:
            size = self.checkpoint.size
            if size > MAX_SIZE:
                raise _differs(Tile(0, 0), f"a tree of {size} entries")
            edge = {tile.level or 0: self._fetched(tile) for tile in edge_tiles(size)}
            if size and edge_root(size, edge) != self.checkpoint.root:
                raise _differs(edge_tiles(size)[0], "partial tiles that do not lead to the checkpoint's root")
            self._edge = edge
        return self._edge

    def _fetched(self, tile: Tile) -> list[bytes]:
        """A tile's hashes, not verified; where the partial one is gone, those of the full one."""
        asked = [tile] if tile.width == TILE_WIDTH else [tile, tile._replace(width=TILE_WIDTH)]
        for each in asked:
            data = self._fetch(each)
            if data is not None:
                try:
                    return split_hashes(data, each.width)[: tile.width]
                except Malformed as fault:
                    raise _differs(each, str(fault)) from fault
        raise TileMissing(tile_path(*tile))


def _differs(tile: Tile, found: str) -> Malformed:
    return Malformed(
        "tile-differs",
        "a tile does not lead to the checkpoint that the log signed",
        expected=tile_path(*tile),
        found=found,
        remedy="keep checkpoint and tile, they may be evidence; read the log from another place",
    )
