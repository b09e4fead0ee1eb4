"""Evidence about what a log holds: one batch judged again, from what the log itself has committed to.

The states before the batch are proved in the heads map with which the log itself closed the batch before. So it is
small, whatever the log's size, and it does not matter whether that map was right: the log contradicts itself. Where the
judge has to know that some statement is *not* on the log, no proof shows that, and the whole log is needed
(`evidence_whole`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple, Protocol

from lotchain.core import canonical_json
from lotchain.core.checkpoints import Checkpoint
from lotchain.core.closing import ClosingRecord, is_closing, parse_closing
from lotchain.core.heads import EMPTY_MAP_ROOT, INITIAL_CHAIN, Head, extend_chain
from lotchain.core.heads_partial import PartialMap
from lotchain.core.tree_prefix import prefix_roots
from lotchain.custody.case import Cited, State
from lotchain.errors import Malformed
from lotchain.events.reading import Reading, read_entry
from lotchain.verify.bundle import Leaf
from lotchain.verify.evidence import Judged
from lotchain.verify.judge import JUDGE_VERSION, Context, judge, names_read

HEADS_ROOT = "a closing record's heads root is not that of the histories and states that follow from the entries"
_MAX_STATE = 1 << 24


class Wrong(NamedTuple):
    """One thing that no honest log holds.

    Args:
        code: `entry-malformed`, `entry-refused`, `statement-twice`, `closing-wrong`, `time-back`, `heads-root`.
        entry: the log index that it is about.
        what: a sentence, without its full stop.
        expected: what an honest log has there.
        found: what this one has.

    """

    code: str
    entry: int
    what: str
    expected: str = ""
    found: str = ""


class Unshown(LookupError):
    """The judge asked for what the evidence does not show: it proves nothing then. No fault of the log."""


class Before(Protocol):
    """What a log is known to hold before a statement, and what follows from those judged since."""

    def state(self, name: str) -> State | None:
        """A subject's newest state, None for an absent one. Raises `Unshown`."""

    def cite(self, hex_id: str, index: int) -> Cited | None:
        """A statement that stands before entry `index`, None where there is none. Raises `Unshown`."""

    def closed_at(self, size: int, root: str) -> int | None:
        """The closing time (ms) of a checkpoint, None where it is none of this log. Raises `Unshown`."""

    def put(self, name: str, state: State, encoded: bytes, statement_id: bytes) -> None:
        """The subject has one more statement in its history. Raises `Unshown`."""


class _CitedBefore(Mapping[str, Cited]):
    """The statements that an event names and that stand before it."""

    def __init__(self, before: Before, names: Sequence[str], index: int) -> None:
        self._before, self._names, self._index = before, names, index

    def __getitem__(self, name: str) -> Cited:
        found = self._before.cite(name, self._index) if name in self._names else None
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return (name for name in dict.fromkeys(self._names) if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def judge_entry(before: Before, index: int, raw: bytes, time: int, origin: str, charter: str) -> Wrong | None:
    """Judge entry `index` where it stands; what is wrong with it, or None, and then its effects are in `before`.

    Rule sets are not asked: step 7 of the judge neither refuses a statement nor changes a state.

    Raises:
        Malformed: `version-unsupported`, `event-type`: it is of a version that is not known here.
        Unshown: something that the judge needs is not known.

    """
    try:
        reading = read_entry(raw)
    except Malformed as fault:
        require_known(fault)
        return Wrong("entry-malformed", index, "an entry is neither a statement nor a closing record", found=str(fault))
    names = names_read(reading)
    seen = reading.event.seen
    context = Context(
        origin=origin,
        charter=charter,
        time=time,
        seen=before.closed_at(seen.size, seen.root) if seen is not None else None,
        cited=_CitedBefore(before, reading.event.cites(), index),
        only_states=True,
    )
    judgement = judge(reading, {name: before.state(name) for name in names}, context)
    if judgement.refused:
        codes = ", ".join(dict.fromkeys(finding.code for finding in judgement.refused))
        first = judgement.refused[0].kind
        return Wrong(
            "entry-refused",
            index,
            f"the log holds a statement that the judge refuses: {first.sentence}",
            f"no such statement on the log: {first.remedy}",
            f"{reading.event.type} by {reading.statement.issuer}, id {reading.statement.hex_id}: {codes}",
        )
    return _take(before, index, reading, judgement.states)


def _take(before: Before, index: int, reading: Reading, states: Mapping[str, State]) -> Wrong | None:
    for name, state in states.items():
        try:
            encoded = canonical_json.encode(state)
        except Malformed as fault:
            what = "the log holds a statement from which a state follows that cannot be written"
            return Wrong("entry-refused", index, what, found=f"{name}: {fault}")
        before.put(name, state, encoded, reading.statement.id)
    return None


def require_known(fault: Malformed) -> None:
    """Raise the fault again where it says only that this program does not know a version."""
    if fault.code == "version-unsupported" or (fault.code == "event-type" and fault.field == "type"):
        raise fault


# One batch, from proofs


class _Shown:
    """`Before`, from what a file shows under one checkpoint."""

    def __init__(self, judged: Judged, leaves: Mapping[int, Leaf], checkpoint: Checkpoint, root: bytes) -> None:
        self.map = PartialMap(root)
        self._states: dict[str, State | None] = {}
        self._places: dict[str, list[Leaf]] = {}
        self._seen = {size: _prefix(size, path, checkpoint) for size, path in judged.seen}
        self._leaves = leaves
        self._start = judged.start
        for shown in judged.subjects:
            self.map.show(shown.subject, shown.proof)
            self._states[shown.subject] = None if shown.state is None else state_of(shown.state, shown.subject)
        for leaf in leaves.values():
            if not is_closing(leaf.raw):
                self._note_place(leaf)

    def _note_place(self, leaf: Leaf) -> None:
        try:
            hex_id = read_entry(leaf.raw).statement.hex_id
        except Malformed:
            return  # what cannot be read is cited by nobody
        self._places.setdefault(hex_id, []).append(leaf)

    def state(self, name: str) -> State | None:
        if name not in self._states:
            raise Unshown(f"the state of {name}")
        return self._states[name]

    def cite(self, hex_id: str, index: int) -> Cited | None:
        places = self._places.get(hex_id)
        if places is None:
            # That a statement is nowhere on the log cannot be proved by a few entries of it.
            raise Unshown(f"whether the statement {hex_id} is on the log")
        first = min(places, key=lambda leaf: leaf.index)
        return Cited(first.raw, first.index) if first.index < index else None

    def closed_at(self, size: int, root: str) -> int | None:
        if size > self._start:
            return None  # nobody can have seen it: it was not there when the batch was judged
        if size not in self._seen:
            raise Unshown(f"the checkpoint of size {size}")
        if self._seen[size].hex() != root:
            return None
        leaf = self._leaves.get(size - 1)
        if leaf is None:
            raise Unshown(f"entry {size - 1}")
        return parse_closing(leaf.raw).time if is_closing(leaf.raw) else None

    def put(self, name: str, state: State, encoded: bytes, statement_id: bytes) -> None:
        if name not in self._states:
            raise Unshown(f"the place of {name} in the heads map")
        self.map.put(name, next_head(self.map.head(name), encoded, statement_id))
        self._states[name] = state


def next_head(before: Head | None, encoded: bytes, statement_id: bytes) -> Head:
    """A subject's head with one more statement, its state then being `encoded`."""
    length, chain = (before.length, before.chain) if before is not None else (0, INITIAL_CHAIN)
    return Head(length + 1, extend_chain(chain, statement_id), sha256(encoded).digest())


def _prefix(size: int, path: Sequence[bytes], checkpoint: Checkpoint) -> bytes:
    roots = prefix_roots(size, checkpoint.size, path)
    if roots is None or roots[1] != checkpoint.root:
        raise unproved("a seen checkpoint's prefix path does not lead to the signed root", found=f"size {size}")
    return roots[0]


def state_of(encoded: bytes, subject: str) -> State:
    """A state from its bytes, whose hash a heads map vouches for. Raises `Malformed`."""
    try:
        state = canonical_json.decode(encoded, max_bytes=_MAX_STATE, max_items=_MAX_STATE, what="state")
    except Malformed as fault:
        raise fault.within(f"state of {subject}") from None
    if not isinstance(state, dict):
        raise unproved("a state is no object", found=subject)
    return state


def check_judged(judged: Judged, leaves: Sequence[Leaf], checkpoint: Checkpoint, charter: bytes) -> Wrong:
    """Judge one batch of a log from what its own heads map before the batch commits to.

    Args:
        judged: what stands beside the entries.
        leaves: the entries, their inclusion verified.
        checkpoint: under which.
        charter: statement id of the ledger's charter.

    Returns:
        What is wrong with the batch.

    Raises:
        Malformed: `evidence-unproved`, where nothing is, or something is missing; `judge-version-unknown`,
            `version-unsupported`, `event-type`, where this program cannot tell.

    """
    by_index = {leaf.index: leaf for leaf in leaves}
    statements = _statements(judged.start, by_index)
    record = _closing(judged, statements, leaves)
    root = EMPTY_MAP_ROOT
    if judged.start:
        root = _closing_at(by_index.get(judged.start - 1), judged.start - 1).heads_root
    require_charter(by_index.get(0), charter)
    shown = _Shown(judged, by_index, checkpoint, root)
    try:
        for leaf in statements:
            named = charter.hex() if leaf.index else ""
            wrong = judge_entry(shown, leaf.index, leaf.raw, record.time, checkpoint.origin, named)
            if wrong is not None:
                return wrong
    except Unshown as fault:
        raise unproved("the judge needs what the file does not show", found=str(fault)) from None
    except Malformed:
        raise
    except (
        Exception
    ) as fault:  # the states are the log's own word: one that no judge could have made may break anything
        raise unproved("a state shown is none that the judge can read", found=type(fault).__name__) from None
    if judged.start + len(statements) != record.end:
        raise unproved("every statement shown is one that the judge accepts", f"the batch up to entry {record.end}")
    if shown.map.root() == record.heads_root:
        raise unproved("the batch is in order: its heads root is what follows from it")
    return Wrong("heads-root", record.end, HEADS_ROOT, shown.map.root().hex(), record.heads_root.hex())


def _statements(start: int, by_index: Mapping[int, Leaf]) -> list[Leaf]:
    found = []
    index = start
    while index in by_index and not is_closing(by_index[index].raw):
        found.append(by_index[index])
        index += 1
    if not found:
        raise unproved("the batch's first statement is not there", f"entry {start}")
    return found


def _closing(judged: Judged, statements: Sequence[Leaf], leaves: Sequence[Leaf]) -> ClosingRecord:
    last = statements[-1].index
    following = next((leaf for leaf in leaves if leaf.index > last), None)
    record = _closing_at(following, None if following is None else following.index)
    if record.start != judged.start:
        raise unproved("the closing record is another batch's", f"start {judged.start}", f"start {record.start}")
    if record.judge != JUDGE_VERSION:
        raise Malformed(
            "judge-version-unknown",
            "the batch was judged by a version that this program does not know",
            expected=JUDGE_VERSION,
            found=record.judge,
            remedy="use a version of lotchain that knows that judge",
        )
    return record


def _closing_at(leaf: Leaf | None, index: int | None) -> ClosingRecord:
    if leaf is None:
        raise unproved("a closing record is missing", "" if index is None else f"entry {index}")
    try:
        record = parse_closing(leaf.raw)
    except Malformed as fault:
        require_known(fault)
        raise unproved("an entry is no closing record", f"entry {leaf.index}", str(fault)) from None
    if record.end != leaf.index:
        raise unproved("a closing record stands elsewhere than it says", f"entry {record.end}", f"entry {leaf.index}")
    return record


def require_charter(leaf: Leaf | None, charter: bytes) -> None:
    """Raise `Malformed` `evidence-unproved` unless the log's first entry is the policy's charter."""
    if leaf is None:
        raise unproved("the log's first entry is not shown", "entry 0, the charter")
    try:
        found = read_entry(leaf.raw).statement.id
    except Malformed as fault:
        raise unproved("the log's first entry cannot be read", "the policy's charter", str(fault)) from None
    if found != charter:
        raise unproved("the log begins with another charter than the policy's", charter.hex(), found.hex())


def unproved(what: str, expected: str = "", found: object = "") -> Malformed:
    """Evidence that does not prove what its kind says."""
    return Malformed(
        "evidence-unproved",
        f"the file does not prove what it says: {what}",
        expected=expected,
        found=found,
        remedy="conclude nothing from it; ask whoever made it for the checkpoints and the log themselves",
    )
