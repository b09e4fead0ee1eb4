"""A whole log judged from its first entry on, in memory: what evidence is checked by, or made from.

It is the audit's walk without a store and without anything stored to be compared. It stops at the first thing that is
wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lotchain.core.checkpoints import Checkpoint
from lotchain.core.closing import ClosingRecord, is_closing, parse_closing
from lotchain.core.heads import Head, subject_key
from lotchain.core.heads_trie import HeadsMap, MemoryHeadStore
from lotchain.core.tree import Frontier, leaf_hash, root_of
from lotchain.custody.case import Cited, State
from lotchain.errors import Malformed
from lotchain.events.reading import read_entry
from lotchain.verify.bundle import Leaf
from lotchain.verify.evidence_judged import (
    HEADS_ROOT,
    Wrong,
    judge_entry,
    next_head,
    require_charter,
    require_known,
    unproved,
)
from lotchain.verify.judge import JUDGE_VERSION


class WholeLog:
    """Every entry of a log, judged one after the other; a `Before` that knows all of it.

    Args:
        origin: the log's name.

    """

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.charter = ""
        self.entries: list[bytes] = []
        self.leaves: list[bytes] = []
        self.states: dict[str, tuple[State, bytes]] = {}
        self.heads: dict[str, Head] = {}
        self.map = HeadsMap(MemoryHeadStore())
        self.places: dict[str, int] = {}
        self.closings: dict[int, ClosingRecord] = {}
        """size of the log → the closing record that is its last entry"""
        self._roots: dict[int, bytes] = {}
        self._frontier = Frontier()
        self._touched: set[str] = set()
        self._time = 0

    def batches(self, entries: Sequence[bytes]) -> Iterator[tuple[int, list[bytes], bytes | None]]:
        """(start, statements, closing record or None) of what comes after the entries taken so far."""
        start, statements = len(self.entries), list[bytes]()
        for raw in entries:
            if is_closing(raw):
                yield start, statements, raw
                start, statements = start + len(statements) + 1, []
            else:
                statements.append(raw)
        if statements:
            yield start, statements, None

    def take(self, start: int, statements: Sequence[bytes], closing: bytes | None) -> Wrong | None:
        """Judge one batch and stand at its end; what is wrong with it, and then nothing more can be asked."""
        end = start + len(statements)
        record, wrong = read_closing(closing, start, end, self._time) if closing is not None else (None, None)
        if wrong is not None:
            return wrong
        if record is None:
            return Wrong("closing-wrong", end, "entries stand at the end of the log without a closing record")
        for index, raw in enumerate(statements, start):
            wrong = self._twice(index, raw) or judge_entry(
                self, index, raw, record.time, self.origin, self.charter if index else ""
            )
            if wrong is not None:
                return wrong
            self.join(index, raw)
        self.map.update((subject_key(name), self.heads[name]) for name in sorted(self._touched))
        self._touched.clear()
        if self.map.root() != record.heads_root:
            return Wrong("heads-root", end, HEADS_ROOT, self.map.root().hex(), record.heads_root.hex())
        self._append(closing or b"")
        self.closings[len(self.entries)] = record
        self._roots[len(self.entries)] = self._frontier.root()
        self._time = record.time
        return None

    def _twice(self, index: int, raw: bytes) -> Wrong | None:
        try:
            hex_id = read_entry(raw).statement.hex_id
        except Malformed:
            return None
        known = self.places.get(hex_id)
        if known is None:
            return None
        return Wrong("statement-twice", index, "one statement stands at two places of the log", f"at {known} only")

    def join(self, index: int, raw: bytes) -> None:
        """A judged statement stands on the log."""
        hex_id = read_entry(raw).statement.hex_id
        self.places[hex_id] = index
        self.charter = self.charter or hex_id
        self._append(raw)

    def _append(self, raw: bytes) -> None:
        self.entries.append(raw)
        self.leaves.append(leaf_hash(raw))
        self._frontier.append(self.leaves[-1])

    def state(self, name: str) -> State | None:
        """See `Before.state`."""
        known = self.states.get(name)
        return None if known is None else known[0]

    def cite(self, hex_id: str, index: int) -> Cited | None:
        """See `Before.cite`."""
        place = self.places.get(hex_id)
        return None if place is None or place >= index else Cited(self.entries[place], place)

    def closed_at(self, size: int, root: str) -> int | None:
        """See `Before.closed_at`."""
        known = self._roots.get(size)
        return self.closings[size].time if known is not None and known.hex() == root else None

    def put(self, name: str, state: State, encoded: bytes, statement_id: bytes) -> None:
        """See `Before.put`."""
        self.heads[name] = next_head(self.heads.get(name), encoded, statement_id)
        self.states[name] = (state, encoded)
        self._touched.add(name)


def read_closing(raw: bytes, start: int, end: int, time: int) -> tuple[ClosingRecord | None, Wrong | None]:
    """The closing record of the statements [start, end), or what is wrong with it; `time` is that of the one before.

    Raises:
        Malformed: `version-unsupported`, `judge-version-unknown`.

    """
    try:
        record = parse_closing(raw)
    except Malformed as fault:
        require_known(fault)
        return None, Wrong("closing-wrong", end, "a closing record cannot be read", found=str(fault))
    if (record.start, record.end) != (start, end) or start == end:
        what = "a closing record does not close the entries since the one before it"
        return None, Wrong("closing-wrong", end, what, f"{start} to {end}", f"{record.start} to {record.end}")
    if record.time < time:
        what = "a batch's time lies before that of the batch before it"
        return None, Wrong("time-back", end, what, f"at least {time}", str(record.time))
    if record.judge != JUDGE_VERSION:
        raise Malformed(
            "judge-version-unknown",
            "a batch was judged by a version that this program does not know",
            found=record.judge,
        )
    return record, None


def check_replayed(entries: Sequence[bytes], checkpoint: Checkpoint, charter: bytes) -> Wrong:
    """Judge a whole log; the first thing that is wrong with it.

    Raises:
        Malformed: `evidence-unproved`, where nothing is, or these are not the entries under the checkpoint;
            `judge-version-unknown`, `version-unsupported`, `event-type`, where this program cannot tell.

    """
    if (len(entries), root_of([leaf_hash(raw) for raw in entries])) != (checkpoint.size, checkpoint.root):
        raise unproved("these are not the entries under the checkpoint", f"{checkpoint.size} entries", len(entries))
    require_charter(Leaf(0, entries[0], ()) if entries else None, charter)
    log = WholeLog(checkpoint.origin)
    for start, statements, closing in log.batches(entries):
        wrong = log.take(start, statements, closing)
        if wrong is not None:
            return wrong
    raise unproved("the judge finds nothing wrong with this log")
