"""Making evidence about a log from the log itself: what an audit or a mirror has found becomes a file for others.

Whoever finds a fault holds the entries. Here the few of them that prove it are picked out, with their paths under a
signed checkpoint, and with the states that the judge needs, proved in the log's own heads map. Each file is checked
before it is handed out. Where a few entries cannot prove it, all of them are carried, up to the format's limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from lotchain.core.checkpoints import Checkpoint, parse_checkpoint_text
from lotchain.core.closing import is_closing, parse_closing
from lotchain.core.notes import parse_note
from lotchain.core.tree import inclusion_path, leaf_hash, root_of, subtree_root
from lotchain.core.tree_prefix import prefix_path
from lotchain.custody.case import Cited
from lotchain.errors import Malformed, UsageError
from lotchain.events.reading import read_entry
from lotchain.ledger import faults
from lotchain.ledger.before import Noting, ReplayedBefore, StoreBefore
from lotchain.ledger.ports import Store
from lotchain.verify import evidence as kinds
from lotchain.verify.bundle import Leaf
from lotchain.verify.evidence import (
    MAX_EVIDENCE,
    Entries,
    Evidence,
    Judged,
    SubjectShown,
    Tree,
    encode_evidence,
)  # fmt: skip
from lotchain.verify.evidence_judged import check_judged, judge_entry
from lotchain.verify.evidence_whole import WholeLog, check_replayed

ReadEntries = Callable[[int, int], Iterable[bytes]]
"""The entries [start, stop) of the log, in order."""
_CHUNK = 4_096


class LogTree:
    """The hashes of a log's tree at one size, from its entries: 64 bytes an entry.

    Args:
        checkpoint: what the entries must lead to.
        entries: gives them.

    Raises:
        UsageError: `evidence-tree`, when they lead elsewhere.

    """

    def __init__(self, checkpoint: Checkpoint, entries: ReadEntries) -> None:
        self.checkpoint = checkpoint
        hashes: list[bytes] = []
        for first in range(0, checkpoint.size, _CHUNK):
            hashes += (leaf_hash(raw) for raw in entries(first, min(first + _CHUNK, checkpoint.size)))
        self._levels = [hashes]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            self._levels.append([root_of(below[at : at + 2]) for at in range(0, len(below) - 1, 2)])
        if len(hashes) != checkpoint.size or self.subtree(0, checkpoint.size) != checkpoint.root:
            raise UsageError(
                "evidence-tree",
                "these are not the entries under this checkpoint",
                expected=f"size {checkpoint.size}, root {checkpoint.root.hex()}",
                found=f"{len(hashes)} entries",
                remedy="name the log that the checkpoint is about",
            )

    def node(self, level: int, index: int) -> bytes:
        """The hash of a perfect subtree."""
        return self._levels[level][index]

    def subtree(self, start: int, end: int) -> bytes:
        """The root over the leaves [start, end)."""
        return subtree_root(start, end, self.node) if end else root_of(())

    def leaf(self, index: int, raw: bytes) -> Leaf:
        """An entry with its inclusion path."""
        return Leaf(index, raw, tuple(inclusion_path(index, self.checkpoint.size, self.node)))


def accuse(note: bytes, entries: ReadEntries, code: str, index: int | None, *, before: Store | None = None) -> Evidence:
    """Evidence of what an audit found wrong with a log.

    Args:
        note: a signed checkpoint that covers the fault; better one that is cosigned.
        entries: the log under it.
        code: the fault's code, one of `faults.LOG_CODES`.
        index: the entry that it is about.
        before: a store that holds the log just up to the fault's batch, where there is one; without it everything
            before is replayed in memory.

    Raises:
        UsageError: `evidence-none`, for what no third party can be shown; `evidence-tree`, `evidence-late`,
            `evidence-too-large`.
        StoreError, Malformed: those of store and entries.

    """
    checkpoint = parse_checkpoint_text(parse_note(note).text)
    maker = _MAKERS.get(code)
    if index is None and code == faults.NOT_CLOSED.code:
        index = checkpoint.size - 1
    if maker is None or index is None:
        raise UsageError(
            "evidence-none",
            "no third party can be shown this fault",
            expected="a fault of the log itself",
            found=code,
            remedy="what is wrong beside the log, in one store, proves nothing about the log: rebuild the store",
        )
    if index >= checkpoint.size:
        index = min(index, checkpoint.size - 1) if code == faults.NOT_CLOSED.code else index
        if index >= checkpoint.size:
            raise UsageError(
                "evidence-tree",
                "the checkpoint does not cover the fault",
                expected=f"size over {index}",
                found=checkpoint.size,
            )
    return maker(_Log(note, LogTree(checkpoint, entries), entries, before), index)


class _Log:
    """A log under a signed checkpoint, for the makers."""

    def __init__(self, note: bytes, tree: LogTree, entries: ReadEntries, before: Store | None) -> None:
        self.note = note
        self.tree = tree
        self.entries = entries
        self.before = before

    @property
    def size(self) -> int:
        return self.tree.checkpoint.size

    def raw(self, index: int) -> bytes:
        return next(iter(self.entries(index, index + 1)))

    def shown(self, kind: str, *indexes: int) -> Evidence:
        return Evidence(kind, (Tree(self.note, self.leaves(indexes)),))

    def leaves(self, indexes: Iterable[int]) -> tuple[Leaf, ...]:
        return tuple(self.tree.leaf(index, self.raw(index)) for index in sorted(set(indexes)))

    def closing_before(self, index: int) -> int | None:
        """The last closing record before an entry."""
        return next((at for at in range(index - 1, -1, -1) if is_closing(self.raw(at))), None)

    def batch_of(self, index: int) -> tuple[int, int]:
        """First statement and closing record of the batch that holds an entry."""
        before = self.closing_before(index)
        end = next((at for at in range(index, self.size) if is_closing(self.raw(at))), None)
        if end is None:
            raise UsageError("evidence-tree", "the checkpoint does not cover the batch", found=f"entry {index}")
        return (0 if before is None else before + 1), end


def _malformed(log: _Log, index: int) -> Evidence:
    try:
        read_entry(log.raw(index))
    except Malformed:
        return log.shown(kinds.ENTRY_MALFORMED, index)
    return _batch(log, index)


def _twice(log: _Log, index: int) -> Evidence:
    wanted = read_entry(log.raw(index)).statement.id
    for first, raw in enumerate(log.entries(0, index)):
        if not is_closing(raw) and read_entry(raw).statement.id == wanted:
            return log.shown(kinds.STATEMENT_TWICE, first, index)
    raise UsageError("evidence-none", "the statement stands at one place only", found=f"entry {index}")


def _closing(log: _Log, index: int) -> Evidence:
    raw = log.raw(index)
    try:
        record = parse_closing(raw)
    except Malformed:
        return log.shown(kinds.CLOSING_WRONG, index)
    if record.end != index:
        return log.shown(kinds.CLOSING_WRONG, index)
    before = log.closing_before(index)
    if before is not None and before >= record.start:
        return log.shown(kinds.CLOSING_WRONG, before, index)
    return log.shown(kinds.CLOSING_WRONG, record.start - 1, index)


def _not_closed(log: _Log, index: int) -> Evidence:
    if is_closing(log.raw(index)):
        return _closing(log, index)
    return log.shown(kinds.CLOSING_WRONG, log.size - 1)


def _time_back(log: _Log, index: int) -> Evidence:
    before = log.closing_before(index)
    if before is None:
        raise UsageError("evidence-none", "no batch stands before this one", found=f"entry {index}")
    return log.shown(kinds.TIME_BACK, before, index)


def _batch(log: _Log, index: int) -> Evidence:
    """The batch of an entry, with what the judge needs; else the whole log."""
    made = _shown_batch(log, index)
    if made is None:
        return _whole(log)
    assert isinstance(made.body, Judged)  # noqa: S101
    check_judged(made.body, made.trees[0].leaves, log.tree.checkpoint, read_entry(log.raw(0)).statement.id)
    return made


def show_batch(note: bytes, entries: ReadEntries, index: int, *, before: Store | None = None) -> Evidence | None:
    """The batch of an entry with what the judge needs, right or wrong; None where only the whole log shows it.

    Args and errors are those of `accuse`.
    """
    checkpoint = parse_checkpoint_text(parse_note(note).text)
    return _shown_batch(_Log(note, LogTree(checkpoint, entries), entries, before), index)


def _shown_batch(log: _Log, index: int) -> Evidence | None:
    start, end = log.batch_of(index)
    noting, before, last = _judge(log, start, end)
    if noting.absent:
        return None
    seen = sorted(size for size in noting.seen if size <= start)
    closings = [size - 1 for size in seen]
    leaves = log.leaves((0, *((start - 1,) if start else ()), *range(start, last + 1), end, *noting.cited, *closings))
    paths = ((size, prefix_path(size, log.size, log.tree.subtree)) for size in seen)
    judged = Judged(
        start,
        tuple((size, tuple(path or ())) for size, path in paths),
        tuple(SubjectShown(name, before.encoded(name), before.proof(name)) for name in sorted(noting.names)),
    )
    return Evidence(kinds.JUDGED, (Tree(log.note, leaves),), judged)


def _whole(log: _Log) -> Evidence:
    entries = tuple(log.entries(0, log.size))
    evidence = Evidence(kinds.REPLAYED, (Tree(log.note),), Entries(entries))
    if sum(len(raw) + 3 for raw in entries) > MAX_EVIDENCE - 300_000 or len(encode_evidence(evidence)) > MAX_EVIDENCE:
        raise UsageError(
            "evidence-too-large",
            "the judge must know that a statement is not on the log, and the whole log is too large for one file",
            expected=f"at most {MAX_EVIDENCE} bytes",
            found=f"{log.size} entries",
            remedy="name the log itself: whoever audits it finds the same fault",
        )
    check_replayed(entries, log.tree.checkpoint, read_entry(entries[0]).statement.id)
    return evidence


def _judge(log: _Log, start: int, end: int) -> tuple[Noting, StoreBefore | ReplayedBefore, int]:
    """Judge the batch, noting what the judge asks for; the last statement that it took to see the fault."""
    whole = WholeLog(log.tree.checkpoint.origin)
    head = None if log.before is None else log.before.head()
    before: StoreBefore | ReplayedBefore
    if log.before is not None and (0 if head is None else head.size) == start:
        before = StoreBefore(log.before)
    else:
        for first, statements, closing in whole.batches(list(log.entries(0, start))):
            wrong = whole.take(first, statements, closing)
            if wrong is not None:
                raise UsageError(
                    "evidence-late",
                    "something is wrong with the log before that: what follows from it cannot be told",
                    found=f"{wrong.code} at entry {wrong.entry}",
                    remedy="make evidence of the first fault",
                )
        before = ReplayedBefore(whole)
    batch = list(enumerate(log.entries(start, end), start))
    noting = Noting(before, {hex_id: Cited(raw, index) for index, raw in batch if (hex_id := _id(raw))})
    record = parse_closing(log.raw(end))
    charter = _id(log.raw(0))
    for index, raw in batch:
        if (
            judge_entry(noting, index, raw, record.time, log.tree.checkpoint.origin, charter if index else "")
            is not None
        ):
            return noting, before, index
    return noting, before, end - 1


def _id(raw: bytes) -> str:
    try:
        return read_entry(raw).statement.hex_id
    except Malformed:
        return ""


def entry_reader(store: Store) -> ReadEntries:
    """A store's entries."""

    def read(start: int, stop: int) -> Iterator[bytes]:
        return store.entries(start, stop)

    return read


_MAKERS: Mapping[str, Callable[[_Log, int], Evidence]] = {
    faults.ENTRY_MALFORMED.code: _malformed,
    faults.ENTRY_REFUSED.code: _batch,
    faults.STATEMENT_TWICE.code: _twice,
    faults.CLOSING_MALFORMED.code: _closing,
    faults.CLOSING_RANGE.code: _closing,
    faults.TIME_BACK.code: _time_back,
    faults.HEADS_ROOT.code: _batch,
    faults.NOT_CLOSED.code: _not_closed,
}
