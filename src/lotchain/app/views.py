"""What people compare: a checkpoint or bundle in a file, a ledger's folder, a folder of tiles, a server's address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from lotchain.app.folder import Folder
from lotchain.app.wiring import open_reader
from lotchain.core.checkpoints import Checkpoint, parse_checkpoint_text
from lotchain.core.notes import MAX_NOTE, parse_note
from lotchain.core.tile_paths import Tile, tile_path
from lotchain.core.tile_tree import TileTree
from lotchain.core.tiles import MAX_TILE_BYTES
from lotchain.core.tree import subtree_root
from lotchain.core.tree_prefix import Subtree
from lotchain.errors import Malformed, UsageError
from lotchain.ledger.reader import Reader
from lotchain.remote.fetching import Fetcher
from lotchain.verify.bundle import MAX_BUNDLE, Leaf, decode_bundle
from lotchain.verify.compare import Comparison, View, bundle_view, compare, note_view
from lotchain.verify.policy import Policy


def compare_checkpoints(one: str, other: str, policy: Policy) -> Comparison:
    """Compare what two names stand for; see `viewed` for what they may be.

    Raises:
        UsageError: `input-missing`, `input-unreadable`, `compare-input`.
        Malformed: those of notes, checkpoints, bundles and tiles.
        StoreError: those of a ledger or a server.

    """
    with viewed(one) as a, viewed(other) as b:
        return compare(a, b, policy)


@contextmanager
def viewed(name: str) -> Iterator[View]:
    """A view of the log that a name stands for.

    Args:
        name: a file that holds a checkpoint's note or a bundle; a ledger's folder; a folder of tiles with its
            `checkpoint`, as `export tiles` writes one; the address of a server that gives both.

    """
    with ExitStack() as stack:
        path = Path(name)
        if name.startswith(("https://", "http://")):
            fetcher = Fetcher(name)
            stack.callback(fetcher.close)
            yield _tiles_view(name, fetcher.get)
        elif path.is_dir() and Folder(path).config.exists():
            reader = open_reader(path)
            stack.callback(reader.close)
            yield _ledger_view(name, reader)
        elif path.is_dir():
            yield _tiles_view(name, lambda below, most: _read(path / below, most, missing=True))
        else:
            yield _file_view(name, _read(path, MAX_BUNDLE, missing=False) or b"")


def _file_view(name: str, data: bytes) -> View:
    try:
        if data[:1] == b"\x89":
            return bundle_view(f"the bundle {name}", decode_bundle(data))
        parse_note(data)
    except Malformed as fault:
        raise fault.within(name) from None
    return note_view(f"the checkpoint {name}", data)


def _ledger_view(name: str, reader: Reader) -> View:
    """The published checkpoint, and the newest one, which may be larger."""
    notes: list[bytes] = []
    for read in (reader.published, reader.newest):
        try:
            _, note = read()
        except UsageError:
            continue
        if not notes or parse_checkpoint_text(parse_note(note).text) != parse_checkpoint_text(
            parse_note(notes[0]).text
        ):
            notes.append(note)
    if not notes:
        raise UsageError("ledger-empty", "this ledger holds nothing yet", found=name)

    def subtree(checkpoint: Checkpoint) -> Subtree:
        return lambda start, end: subtree_root(start, end, reader.node)

    def closings(checkpoint: Checkpoint) -> tuple[Leaf, ...]:
        last = checkpoint.size - 1
        return (Leaf(last, reader.entry(last), tuple(reader.inclusion(last, checkpoint.size))),)

    return View(f"the ledger {name}", tuple(notes), subtree, closings=closings)


def _tiles_view(name: str, read: Callable[[str, int], bytes | None]) -> View:
    note = read("checkpoint", MAX_NOTE)
    if note is None:
        raise UsageError(
            "compare-input",
            "there is neither a ledger nor a published log",
            expected="a checkpoint, a bundle, a ledger's folder, a folder of tiles or an address",
            found=name,
            remedy="check the name",
        )

    def fetch(tile: Tile) -> bytes | None:
        return read(tile_path(*tile), MAX_TILE_BYTES)

    def subtree(checkpoint: Checkpoint) -> Subtree:
        return TileTree(checkpoint, fetch).subtree

    return View(f"the tiles of {name}", (note,), subtree)


def _read(path: Path, most: int, *, missing: bool) -> bytes | None:
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except FileNotFoundError:
        if missing:
            return None
        raise UsageError("input-missing", "there is no such file", found=str(path), remedy="check the name") from None
    except OSError as fault:
        raise UsageError("input-unreadable", "this cannot be read", found=f"{path}: {fault.strerror}") from None
    if len(data) > most:
        raise Malformed("too-large", "this is too large", expected=f"at most {most} bytes", found=str(path))
    return data
