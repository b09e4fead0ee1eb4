"""Which tiles a tree has, where they hold a node, and what they are called.

Source: C2SP tlog-tiles v0.1.0. Byte for byte: `specs/formats/tree.md`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lotchain.core.tree import MAX_SIZE, TILE_HEIGHT, TILE_WIDTH
from lotchain.errors import Malformed, UsageError

MAX_TILE_LEVEL = 63


class Tile(NamedTuple):
    """Which tile: `level` 0 to 63 (None: an entry bundle), its number, how many hashes or entries it has."""

    level: int | None
    number: int
    width: int = TILE_WIDTH


def full_tiles(level: int, size: int) -> int:
    """How many full tiles a tree of `size` entries has at this tile level; they are numbered from 0."""
    return size >> TILE_HEIGHT * (level + 1)


def partial_width(level: int, size: int) -> int:
    """The width of the partial tile at this tile level, 0 where there is none; its number is `full_tiles`."""
    return size >> TILE_HEIGHT * level & TILE_WIDTH - 1


def tiles_at(size: int) -> list[Tile]:
    """The right edge of a tree of `size` entries, in tiles; entry bundles are numbered as level 0.

    For each level that has full tiles, the last full one (all before it exist); then its partial tile.
    """
    tiles = []
    level = 0
    while size >> TILE_HEIGHT * level:
        full, rest = full_tiles(level, size), partial_width(level, size)
        if full:
            tiles.append(Tile(level, full - 1))
        if rest:
            tiles.append(Tile(level, full, rest))
        level += 1
    return tiles


def tile_of_node(level: int, index: int) -> tuple[int, int, int, int]:
    """Where the hash of a node can be read: (tile level, tile number, first hash, how many hashes).

    The node's hash is `root_of` those hashes of that tile.
    """
    tile_level, inside = divmod(level, TILE_HEIGHT)
    first = index << inside
    return tile_level, first // TILE_WIDTH, first % TILE_WIDTH, 1 << inside


def tile_path(level: int | None, n: int, width: int | None = None) -> str:
    """The path of tile `n` at `level` (None: of entry bundle `n`) as C2SP tlog-tiles names it.

    `width` is given for a partial tile (1 to 255), and None or 256 for a full one. Example: level 1,
    n 1234067, width 8 is `tile/1/x001/x234/067.p/8`.

    Raises:
        UsageError: a level, number or width that no tile has.

    """
    if level is not None and not 0 <= level <= MAX_TILE_LEVEL:
        raise UsageError("tile-level", "no such tile level", expected="0 to 63", found=level)
    if not 0 <= n <= MAX_SIZE:
        raise UsageError("tile-number", "no such tile", found=n)
    if width is not None and not 1 <= width <= TILE_WIDTH:
        raise UsageError("tile-width", "no such tile width", expected="1 to 256", found=width)
    groups = [f"{n % 1000:03d}"]
    while n >= 1000:
        n //= 1000
        groups.append(f"x{n % 1000:03d}")
    name = "entries" if level is None else str(level)
    suffix = "" if width is None or width == TILE_WIDTH else f".p/{width}"
    return f"tile/{name}/{'/'.join(reversed(groups))}{suffix}"


_TILE_PATH = r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([0-9]{1,3}))?"


def parse_tile_path(path: str) -> Tile:
    """Read the path of a tile or an entry bundle; only the one spelling that `tile_path` writes is read.

    Raises:
        Malformed: tile-path-malformed.

    """
    match = re.fullmatch(_TILE_PATH, path, re.ASCII) if len(path) <= 64 else None
    if match is not None:
        name, groups, partial = match.groups()
        level = None if name == "entries" else int(name)
        index = int(groups.replace("x", "").replace("/", ""))
        width = TILE_WIDTH if partial is None else int(partial)
        known = (level is None or level <= MAX_TILE_LEVEL) and index <= MAX_SIZE and 1 <= width <= TILE_WIDTH
        if known and tile_path(level, index, width) == path:
            return Tile(level, index, width)
    raise Malformed(
        "tile-path-malformed",
        "not the path of a tile or an entry bundle",
        expected="tile/<level or entries>/<number in groups of three digits>[.p/<1 to 255>]",
        found=path,
    )
