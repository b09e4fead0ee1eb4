"""The published log as files, for any web server or object store: what `lotchain serve` answers, laid in a folder.

Tiles first, the checkpoint last, each file whole or not at all: whoever reads the checkpoint finds its tiles, and an
export that was cut off goes on where it stopped. A folder keeps to the one log that it was begun for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from lotchain.app.folder import Folder, write_whole
from lotchain.app.wiring import open_reader
from lotchain.core.checkpoints import Checkpoint, parse_checkpoint_text
from lotchain.core.notes import parse_note
from lotchain.core.tile_paths import Tile, full_tiles, partial_width, tile_path
from lotchain.core.tree import EMPTY_ROOT, HASH_SIZE, TILE_HEIGHT
from lotchain.errors import Malformed, StoreError, UsageError
from lotchain.ledger.reader import Reader
from lotchain.ledger.tiles import PublishedTiles

_MAX_NOTE = 200_000
_PRIVATE = ("ledger.toml", "ledger.db", "witness.toml", "plain-witness.toml", "mirror.toml", "keys")


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export did.

    Args:
        size: entries under the checkpoint that now lies in the folder.
        written: files that are new or were replaced.
        kept: files that were there.
        removed: partial tiles whose full tile is there now.
        entries: whether entry bundles were written.
        entries_found: whether entry bundles lie in the folder, from this or an earlier export.

    """

    size: int
    written: int
    kept: int
    removed: int
    entries: bool
    entries_found: bool


def export_tiles(
    path: Path | str,
    target: Path | str,
    *,
    with_entries: bool = False,
    check: bool = False,
) -> Exported:
    """Write what is new in the published log to a folder.

    Args:
        path: the ledger's folder; nothing in it is written.
        target: the folder for the files; made where it is not there.
        with_entries: write entry bundles, too: then whoever reads the folder reads every statement.
        check: compare files that are there byte for byte, and replace those that differ.

    Raises:
        UsageError: `nothing-published`; `export-foreign`, where the folder holds another log, or something else, or a
            link.
        StoreError: `export-diverged`, where this ledger is older than the folder, or has another past;
            `store-io`, where a file cannot be written; those of the store.

    """
    folder = Path(target)
    Folder(Path(path)).read()
    _require_no_private_files(Path(path), folder)
    _require_no_links(folder)
    with closing(open_reader(path)) as reader:
        tiles = PublishedTiles()
        checkpoint, note = tiles.checkpoint(reader)
        # Tiles without a checkpoint are of an export that was cut off, or of who knows what: then all are compared.
        check = not _require_same_log(reader, checkpoint, folder) or check
        written = looked = 0
        for tile in _all_tiles(checkpoint.size, with_entries=with_entries):
            written += _put(reader, tiles, tile, folder, check=check)
            looked += 1
    written += _put_note(folder, note)
    removed = _remove_outgrown(folder)
    found = (folder / "tile" / "entries").is_dir()
    return Exported(checkpoint.size, written, looked + 1 - written, removed, with_entries, found)


def _require_no_private_files(ledger: Path, folder: Path) -> None:
    """Whatever lies in or under the folder will be read by everybody: no ledger, no witness, no keys."""
    private = [name for name in _PRIVATE if (folder / name).exists()]
    if private or ledger.resolve().is_relative_to(folder.resolve()):
        raise UsageError(
            "export-foreign",
            "a web server would show the private files that lie in this folder",
            expected="a folder for public files alone",
            found=str(folder / private[0]) if private else str(ledger),
            remedy="choose another folder",
        )


def _require_no_links(folder: Path) -> None:
    """No links below the folder: whoever may write there would else have files written, or deleted, elsewhere."""
    for base, folders, files in os.walk(folder):
        for name in (*folders, *files):
            if (Path(base) / name).is_symlink():
                raise UsageError(
                    "export-foreign",
                    "a link lies in the folder, and nothing is written through one",
                    expected="files and folders alone, as an export makes them",
                    found=str(Path(base) / name),
                    remedy="see who has put it there, and remove it; let nobody else write in this folder",
                )


def _require_same_log(reader: Reader, checkpoint: Checkpoint, folder: Path) -> bool:
    """What lies in the folder must be an earlier state of this log; else clients would see it contradict itself.

    False where the folder has no checkpoint yet.
    """
    try:
        data = (folder / "checkpoint").read_bytes()[: _MAX_NOTE + 1]
    except FileNotFoundError:
        if not (folder / "tile").exists() and folder.is_dir() and any(folder.iterdir()):
            raise UsageError(
                "export-foreign",
                "the folder holds something else",
                expected="an empty folder, an earlier export, or none yet",
                found=str(folder),
                remedy="choose another folder",
            ) from None
        return False
    except OSError as fault:
        raise StoreError("store-io", f"{folder} cannot be read: {fault.strerror}") from fault
    try:
        there = parse_checkpoint_text(parse_note(data).text)
    except Malformed as fault:
        raise UsageError(
            "export-foreign", "the folder's checkpoint cannot be read", found=fault.what, remedy="choose another folder"
        ) from fault
    if there.origin != checkpoint.origin:
        raise UsageError(
            "export-foreign",
            "the folder holds another log",
            expected=checkpoint.origin,
            found=there.origin,
            remedy="choose another folder",
        )
    root = reader.root(there.size) if there.size <= checkpoint.size else EMPTY_ROOT
    if root != there.root:
        raise StoreError(
            "export-diverged",
            "the folder holds what this ledger does not: it was rolled back, or its past was changed",
            expected=f"{there.size} entries, root {there.root.hex()}",
            found=f"{checkpoint.size} entries, root {root.hex()} at that size",
            remedy="keep the folder, it may be evidence; audit this ledger",
        )
    return True


def _all_tiles(size: int, *, with_entries: bool) -> Iterator[Tile]:
    """Every tile of a tree of this size, from the leaves up; with the entry bundles first, where they are wanted."""
    for level in range((size.bit_length() + TILE_HEIGHT - 1) // TILE_HEIGHT):
        full, width = full_tiles(level, size), partial_width(level, size)
        names: tuple[int | None, ...] = (None, level) if level == 0 and with_entries else (level,)
        for name in names:
            yield from (Tile(name, number) for number in range(full))
            if width:
                yield Tile(name, full, width)


def _put(reader: Reader, tiles: PublishedTiles, tile: Tile, folder: Path, *, check: bool) -> bool:
    """Write one tile where it is not there yet; whether it was written. What is there never changes."""
    path = folder / tile_path(*tile)
    if not check and path.is_file() and (tile.level is None or path.stat().st_size == tile.width * HASH_SIZE):
        return False
    data = tiles.bytes_of(reader, tile)
    if data is None:
        raise StoreError("store-corrupt", "the published log has shrunk while it was exported", remedy="audit it")
    try:
        if path.is_file() and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise StoreError("store-io", f"{path} cannot be written: {fault.strerror}") from fault
    write_whole(path, data)
    return True


def _put_note(folder: Path, note: bytes) -> bool:
    path = folder / "checkpoint"
    try:
        if path.is_file() and path.read_bytes() == note:
            return False
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise StoreError("store-io", f"{path} cannot be written: {fault.strerror}") from fault
    write_whole(path, note)
    return True


def _remove_outgrown(folder: Path) -> int:
    """Delete partial tiles whose full tile is there; clients that miss one ask for the full one (C2SP tlog-tiles)."""
    removed = 0
    for partials in sorted((folder / "tile").rglob("*.p")):
        whole = partials.with_suffix("")
        if not partials.is_dir() or not whole.is_file():
            continue
        try:
            for path in sorted(partials.iterdir()):
                path.unlink()
                removed += 1
            partials.rmdir()
        except OSError as fault:
            raise StoreError("store-io", f"{partials} cannot be removed: {fault.strerror}") from fault
    return removed
