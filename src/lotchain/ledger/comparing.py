"""Comparing what a store holds beside the log with what was rebuilt from the log alone.

`ours` is the rebuilt store, `theirs` the one under audit; both end at the same size. Every function yields faults.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lotchain.core.checkpoints import open_checkpoint_by
from lotchain.core.heads_tiles import BUCKET_SIZE, CHILDREN, Place, Tile, child_of
from lotchain.core.notes import ED25519_NOTE, VerifierKey
from lotchain.custody.findings import Code
from lotchain.errors import Malformed, StoreError
from lotchain.ledger import faults
from lotchain.ledger.checkpointing import is_listed
from lotchain.ledger.faults import Fault, fault
from lotchain.ledger.mark import require_store_not_behind
from lotchain.ledger.ports import Mark, Store, StoredHead, SubjectRow
from lotchain.ledger.sealed import Sealed
from lotchain.ledger.walk import WalkedStatement

_MAP_TABLES = ("map_tiles", "map_leaves")


def compare_batch(theirs: Store, sealed: Sealed, statements: list[WalkedStatement]) -> Iterator[Fault]:
    """One batch's row, ids, tiles and nodes, against what follows from its entries."""
    record = sealed.record
    row = theirs.batch_of(record.start)
    if row is None:
        yield fault(faults.BATCH_ROW, record.end, expected=f"{record.start} to {record.end}", found="no row")
    else:
        if (row.start, row.end, row.time) != (record.start, record.end, record.time):
            yield fault(
                faults.BATCH_ROW,
                record.end,
                expected=f"{record.start} to {record.end} at {record.time}",
                found=f"{row.start} to {row.end} at {row.time}",
            )
        if row.root != sealed.root:
            yield fault(faults.ROOT, record.end, expected=sealed.root.hex(), found=row.root.hex())
    for statement in statements:
        found = theirs.index_of(statement.id)
        if statement.own_id and found != statement.index:
            yield fault(
                faults.STATEMENT_INDEX,
                statement.index,
                statement=statement.id.hex(),
                expected=statement.index,
                found="no place" if found is None else found,
            )
    for n, hashes in sealed.tiles:
        stored = theirs.tile(n)
        if stored != hashes:
            yield fault(faults.TREE_TILE, n * 256 + _first_difference(hashes, stored) // 32, subject=f"tile {n}")
    for level, index, digest in sealed.nodes:
        held = theirs.node(level, index)
        if held != digest:
            yield fault(
                faults.TREE_NODE,
                None,
                subject=f"node {level}/{index}, from entry {index << level} on",
                expected=digest.hex(),
                found=held.hex() if held else "none",
            )


def _first_difference(expected: bytes, found: bytes | None) -> int:
    pairs = enumerate(zip(expected, found or b"", strict=False))
    return next((at for at, (one, other) in pairs if one != other), len(found or b""))


def compare_subjects(theirs: Store, ours: Store) -> Iterator[Fault]:
    """Every subject's row and history, and that there are no others."""
    expected, found = ours.subjects(), theirs.subjects()
    mine, other = next(expected, None), next(found, None)
    while mine is not None or other is not None:
        if other is None or (mine is not None and mine[0] < other[0]):
            assert mine is not None  # noqa: S101 - one of the two is there
            yield _subject_fault(ours, mine[0], mine[1], None)
            mine = next(expected, None)
        elif mine is None or other[0] < mine[0]:
            yield _subject_fault(ours, other[0], None, other[1])
            other = next(found, None)
        else:
            name = mine[0]
            if mine[1] != other[1]:
                yield _subject_fault(ours, name, mine[1], other[1])
            yield from _compare_history(theirs, ours, name)
            mine, other = next(expected, None), next(found, None)


def _subject_fault(ours: Store, name: str, expected: SubjectRow | None, found: SubjectRow | None) -> Fault:
    history = ours.history(name)
    return fault(
        faults.SUBJECT,
        history[-1] if history else None,
        subject=name,
        expected=_shown(expected),
        found=_shown(found),
    )


def _shown(row: SubjectRow | None) -> str:
    if row is None:
        return "no such subject"
    return f"length {row.length}, chain {row.chain.hex()[:16]}, state {row.state.decode('utf-8', 'replace')}"


def _compare_history(theirs: Store, ours: Store, name: str) -> Iterator[Fault]:
    expected, found = ours.history(name), theirs.history(name)
    if expected != found:
        pairs = zip(expected, found, strict=False)
        at = next((n for n, (one, other) in enumerate(pairs) if one != other), min(len(expected), len(found)))
        yield fault(
            faults.HISTORY,
            expected[at] if at < len(expected) else (found[at] if at < len(found) else None),
            subject=name,
            expected=f"{len(expected)} statements",
            found=f"{len(found)}, another one at position {at}",
        )


def compare_changed(theirs: Store, ours: Store, published: int) -> Iterator[Fault]:
    """Which subjects have changed since the publication: what a ledger catches up on when it is opened."""
    expected = {name for name, _ in ours.changed_since(published)}
    found = {name for name, _ in theirs.changed_since(published)}
    for name in sorted(expected ^ found):
        history = ours.history(name)
        yield fault(
            faults.CHANGED,
            history[-1] if history else None,
            subject=name,
            expected="changed" if name in expected else "not changed",
            found="changed" if name in found else "not changed",
        )


def compare_ends(
    theirs: Store, ours: Store, head: StoredHead, frontier: bytes, keys: Sequence[VerifierKey], mark: Mark | None
) -> Iterator[Fault]:
    """The frontier, the newest checkpoint and the high-water mark."""
    if head.frontier != frontier:
        yield fault(faults.FRONTIER, None, expected=frontier.hex(), found=head.frontier.hex())
    first = [key for key in keys if key.kind == ED25519_NOTE]
    yield from _checkpoint_fault(faults.CHECKPOINT, ours, head.note, head.size, first)
    try:
        require_store_not_behind(mark, theirs, head, keys[0].name)
    except StoreError as error:
        yield fault(faults.HIGH_WATER, None, expected=error.expected, found=f"{error.code}: {error.found}")


def compare_published(
    ours: Store, published: tuple[int, bytes], keys: Sequence[VerifierKey], listed: Sequence[str]
) -> Iterator[Fault]:
    """The published checkpoint: signed by the log's keys, over these entries; by a listed one, where any are.

    Args:
        ours: the rebuilt store.
        published: size and note.
        keys: the log's keys, of now and before.
        listed: digests of the keys that the founding authorities listed, as of that size.

    """
    wrong = list(_checkpoint_fault(faults.PUBLISHED, ours, published[1], published[0], keys))
    yield from wrong
    if not wrong and not is_listed(listed, published[1], keys):
        found = ", ".join(key.key_id.hex() for key in keys)
        yield fault(faults.LOG_KEY, None, expected=f"a key of the {len(listed)} listed", found=f"key ids {found}")


def _checkpoint_fault(kind: Code, ours: Store, note: bytes, size: int, keys: Sequence[VerifierKey]) -> Iterator[Fault]:
    row = ours.batch_ending(size)
    try:
        checkpoint, _ = open_checkpoint_by(note, keys)
    except Malformed as error:
        yield fault(kind, None, expected=f"signed by {keys[0].name}", found=str(error))
        return
    if row is None or (checkpoint.size, checkpoint.root) != (size, row.root):
        yield fault(
            kind,
            None,
            expected=f"size {size}, root {row.root.hex() if row else 'of a batch that ends there'}",
            found=f"size {checkpoint.size}, root {checkpoint.root.hex()}",
        )


def compare_map(theirs: Store, ours: Store) -> Iterator[Fault]:
    """The stored heads map, tile by tile and leaf by leaf; both stores have published at the same size."""
    yield from _compare_tiles(theirs, ours, (0, b""))
    for first in range(256):
        key_from, key_to = bytes((first,)) + bytes(31), bytes((first,)) + b"\xff" * 31
        expected, found = dict(ours.map_leaves(key_from, key_to)), dict(theirs.map_leaves(key_from, key_to))
        for key in sorted(expected.keys() | found.keys()):
            if expected.get(key) != found.get(key):
                yield fault(
                    faults.HEADS_MAP,
                    None,
                    subject=f"leaf {key.hex()}",
                    expected=expected[key].hex() if key in expected else "none",
                    found=found[key].hex() if key in found else "none",
                )


def _compare_tiles(theirs: Store, ours: Store, place: Place) -> Iterator[Fault]:
    expected = ours.map_tile(*place)
    if theirs.map_tile(*place) != expected:
        yield fault(faults.HEADS_MAP, None, subject=f"tile of {place[0]} bits {place[1].hex()}")
    if expected is None:
        return
    counts = Tile.decode(expected).counts
    for nibble in range(CHILDREN):
        if counts[CHILDREN + nibble] > BUCKET_SIZE:
            yield from _compare_tiles(theirs, ours, child_of(place, nibble))


def compare_counts(theirs: Store, ours: Store, openings: int, with_map: bool) -> Iterator[Fault]:
    """How many rows of each kind there are: what was compared one by one is all that there is."""
    expected = {**ours.row_counts(), "openings": openings}
    for table, found in theirs.row_counts().items():
        if table in _MAP_TABLES and not with_map:
            continue
        if expected.get(table) != found:
            yield fault(faults.ROW_COUNT, None, subject=table, expected=expected.get(table, 0), found=found)
