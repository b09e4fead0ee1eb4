"""The one walk along a log: judge each statement, carry states, histories, tree and heads map forward.

Append, audit and the auditing witness all call it, so they cannot disagree on what a log does. A `Fold` stands at
the end of a store's log. Statements are offered to an open batch, one by one, each seeing those before it; `close`
computes everything that the batch adds, and writes nothing. Whoever called then stores the batch and says `commit`,
or says `abandon`, and the fold stands where it stood.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from lotchain.core import canonical_json
from lotchain.core.closing import ClosingRecord
from lotchain.core.heads import INITIAL_CHAIN, Head, extend_chain, subject_key
from lotchain.core.heads_trie import HeadsMap, HeadWrites, Snapshot
from lotchain.core.statements import parse_statement
from lotchain.core.tree import TILE_WIDTH, Frontier, leaf_hash
from lotchain.custody.case import Cited, State
from lotchain.errors import Malformed, UsageError
from lotchain.events.reading import Reading, read_entry
from lotchain.ledger.cited import CitedStatements
from lotchain.ledger.ports import Store, StoredHead, SubjectRow
from lotchain.ledger.reader import StoredHeads, corrupt
from lotchain.ledger.sealed import Sealed, extend_tree
from lotchain.treaty.books import Books, Documents
from lotchain.verify.judge import JUDGE_VERSION, Context, Judgement, judge, names_read

MAX_BATCH = 1_000
"""Statements of the largest batch, so that a batch is judged and stored in one breath."""
_MAX_STATE = 1 << 24
_CACHED_SUBJECTS = 50_000
_CACHED_CLOSINGS = 1_000


@dataclass(frozen=True, slots=True)
class Judged:
    """One statement as the fold judged it; `index` is its place in the log, None when it was refused.

    `before` holds the states that the judge was given. They are shared with the fold: for reading only.
    """

    reading: Reading
    judgement: Judgement
    index: int | None
    before: Mapping[str, State | None]


@dataclass(slots=True)
class _Standing:
    """A subject's newest state, decoded and as stored."""

    state: State
    row: SubjectRow


@dataclass(slots=True)
class _Open:
    """The batch that is being judged."""

    time: int
    charter: str
    entries: list[bytes] = field(default_factory=list)
    statement_ids: list[bytes] = field(default_factory=list)
    places: dict[bytes, int] = field(default_factory=dict)
    subjects: dict[str, _Standing] = field(default_factory=dict)
    histories: list[tuple[str, int, int]] = field(default_factory=list)
    snapshot: Snapshot | None = None
    sealed: Sealed | None = None
    beside: Mapping[bytes, bytes] = field(default_factory=dict)
    looked_up: dict[bytes, int | None] = field(default_factory=dict)
    tail: list[bytes] = field(default_factory=list)


class Fold:
    """A ledger's moving end. For one thread.

    Args:
        store: whose log is walked; what the fold knows comes from there, and it writes nothing there.
        origin: the log's name, which statements name in their audience.
        documents: gives an adopted rule set by its digest; None: what the store keeps beside its log.
        check_rows: compare every subject's row with the heads map as it is read. An audit's scratch store needs none.
        only_states: see `Context.only_states`.

    Raises:
        StoreError: those of the store; `store-corrupt` when its rows contradict each other.

    """

    def __init__(
        self, store: Store, origin: str, *, documents: Documents | None = None, check_rows: bool = True,
        only_states: bool = False,
    ) -> None:  # fmt: skip
        self._store = store
        self._books = Books(documents or (lambda digest: self._document(bytes.fromhex(digest))))
        self._check_rows = check_rows
        self._only_states = only_states
        self.origin = origin
        self._known: dict[str, _Standing] = {}
        self._closings: dict[tuple[int, str], int] = {}
        self._open: _Open | None = None
        published = store.published()
        self.published_size = published[0] if published else 0
        """The size at which the stored heads map stands: the fold's own map was begun from there."""
        self.head = store.head()
        """The store's head from which the fold was begun."""
        self._load(self.head)

    def _load(self, head: StoredHead | None) -> None:
        self.size = head.size if head else 0
        self.time = 0
        self.charter = ""
        try:
            self._frontier = Frontier.from_bytes(head.frontier) if head else Frontier()
        except Malformed as fault:
            raise corrupt(f"the frontier cannot be read: {fault}") from fault
        full = self.size - self.size % TILE_WIDTH
        self._tail = [leaf_hash(raw) for raw in self._store.entries(full, self.size)]
        self._heads = HeadsMap(StoredHeads(self._store))
        changed = self._store.changed_since(self.published_size)
        self._heads.update((subject_key(name), _head_of(row)) for name, row in changed)
        if head is not None:
            self._check_end()

    def _check_end(self) -> None:
        """What stands at the end of the log must agree with itself, or nothing may be built on it."""
        last = self._store.batch_ending(self.size)
        record_bytes = next(self._store.entries(self.size - 1, self.size), b"")
        if last is None or self._frontier.size != self.size or self._frontier.root() != last.root:
            raise corrupt(f"size, last batch and frontier disagree at size {self.size}")
        expected = ClosingRecord(last.time, last.start, last.end, JUDGE_VERSION, self._heads.root())
        if record_bytes != expected.encode():
            raise corrupt(f"entry {self.size - 1} is not the closing record of what is stored")
        edge = Frontier()
        for hashed in self._tail:
            edge.append(hashed)
        if edge.peaks != self._frontier.peaks[len(self._frontier.peaks) - len(edge.peaks) :]:
            raise corrupt(f"the newest {len(self._tail)} entries are not those of the frontier")
        try:
            self.charter = parse_statement(next(self._store.entries(0, 1), b"")).hex_id
        except Malformed as fault:
            raise corrupt(f"entry 0 is no statement: {fault}") from fault
        self.time = last.time

    @property
    def books(self) -> Books:
        """The rule sets adopted on the log."""
        return self._books

    @property
    def root(self) -> bytes:
        """The tree's root at `size`."""
        return self._frontier.root()

    def frontier(self) -> Frontier:
        """A copy of the tree's frontier at `size`, to try entries on."""
        return self._frontier.copy()

    # One batch

    def open(self, time: int, beside: Mapping[bytes, bytes] | None = None) -> None:
        """Begin a batch at `time` (ms), which is what the judge is given for every statement in it.

        Args:
            time: of the batch.
            beside: what comes with the statements and will be kept beside the log, by digest.

        Raises:
            UsageError: `batch-open`, when one is open already.

        """
        if self._open is not None:
            raise UsageError("batch-open", "a batch is open already: commit or abandon it first")
        self._open = _Open(time, self.charter, beside=beside or {})

    @property
    def pending(self) -> int:
        """Entries in the open batch so far, its closing record not counted."""
        return len(self._opened().entries)

    def place_of(self, statement_id: bytes) -> int | None:
        """The index of a statement that is on the log or in the open batch, or None."""
        if self._open is not None:
            found = self._open.places.get(statement_id)
            if found is not None:
                return found
            if statement_id in self._open.looked_up:
                return self._open.looked_up[statement_id]
        return self._store.index_of(statement_id)

    def look_up(self, statement_ids: Sequence[bytes], *, surely_new: bool = False) -> None:
        """Ask the store in one go where statements stand that will be offered; `surely_new`: take it that none does."""
        found = {} if surely_new else self._store.indexes_of(statement_ids)
        self._opened().looked_up.update((name, found.get(name)) for name in statement_ids)

    def offer(self, raw: bytes, *, reading: Reading | None = None, verified: bool | None = None) -> Judged:
        """Judge one statement at the end of the open batch; when it is not refused it joins the batch.

        Whether its id is on the log already is for the caller to ask first (`place_of`).

        Args:
            raw: the statement's bytes.
            reading: what `read_entry(raw)` gave, where the caller has read it.
            verified: whether its signature was verified beforehand, by the key of the thumbprint that it names;
                None makes the judge verify it.

        Raises:
            Malformed: it, or a state that follows, cannot be read or written (`too-deep`, …); nothing has changed.

        """
        batch = self._opened()
        if reading is None:
            reading = read_entry(raw)
        index = self.size + len(batch.entries)
        states = {name: self.state(name) for name in names_read(reading)}
        event = reading.event
        context = Context(
            origin=self.origin,
            charter=batch.charter,
            time=batch.time,
            seen=self._closed_at(event.seen.size, event.seen.root) if event.seen is not None else None,
            cited=CitedStatements(event.cites(), self._cite),
            signature_verified=verified,
            books=self._books,
            load=self.state,
            only_states=self._only_states,
        )
        judgement = judge(reading, states, context)
        if judgement.refused:
            return Judged(reading, judgement, None, states)
        statement_id = reading.statement.id
        new = {name for name, state in states.items() if state is None}  # these need not be looked for again
        after = {
            name: _with(self._standing(name) if name not in new else None, state, statement_id)
            for name, state in judgement.states.items()
        }
        batch.histories += [(name, standing.row.length - 1, index) for name, standing in after.items()]
        batch.subjects.update(after)
        self._join(raw, statement_id)
        if index == 0:
            batch.charter = reading.statement.hex_id
        return Judged(reading, judgement, index, states)

    def take_unjudged(self, raw: bytes, statement_id: bytes) -> None:
        """Let an entry join the open batch without any effect: for audits of a log that holds what it must not."""
        self._opened()
        self._join(raw, statement_id)

    def _join(self, raw: bytes, statement_id: bytes) -> None:
        batch = self._opened()
        batch.places[statement_id] = self.size + len(batch.entries)
        batch.entries.append(raw)
        batch.statement_ids.append(statement_id)

    def close(self, standing: bytes | None = None) -> Sealed:
        """Compute what the open batch adds. Nothing can be offered after that.

        Args:
            standing: for audits: the closing record's bytes as the log has them, which then stand in the tree whatever
                they are; the record that they should be is in the answer.

        Raises:
            UsageError: `batch-empty`; a batch of which nothing was accepted is not closed.
            StoreError: `store-corrupt`, where the stored heads map contradicts itself.

        """
        batch = self._opened()
        if not batch.entries:
            raise UsageError("batch-empty", "a batch without a statement is not closed")
        subjects = {name: standing.row for name, standing in batch.subjects.items()}
        batch.snapshot = self._heads.snapshot()
        self._heads.update((subject_key(name), _head_of(row)) for name, row in subjects.items())
        end = self.size + len(batch.entries)
        record = ClosingRecord(batch.time, self.size, end, JUDGE_VERSION, self._heads.root())
        entries = [*batch.entries, record.encode() if standing is None else standing]
        frontier, tail, tiles, nodes = extend_tree(self._frontier, self._tail, entries)
        batch.tail = tail
        batch.sealed = Sealed(
            record=record,
            entries=entries,
            statement_ids=batch.statement_ids,
            subjects=subjects,
            histories=batch.histories,
            tiles=tiles,
            nodes=nodes,
            frontier=frontier,
            root=frontier.root(),
        )
        return batch.sealed

    def commit(self) -> None:
        """The closed batch is stored: stand at its end."""
        batch = self._opened()
        if batch.sealed is None:
            raise UsageError("batch-open", "a batch is closed before it is committed")
        self._frontier = batch.sealed.frontier
        self._tail = batch.tail
        self.size = batch.sealed.size
        self.time = batch.time
        self.charter = batch.charter
        if len(self._known) > _CACHED_SUBJECTS:
            self._known.clear()
        self._known.update(batch.subjects)
        self._open = None

    def abandon(self) -> None:
        """Forget the open batch, if there is one: stand where the fold stood before it."""
        batch, self._open = self._open, None
        if batch is not None and batch.snapshot is not None:
            self._heads.restore(batch.snapshot)

    # The heads map's way to the store

    def flush(self) -> HeadWrites:
        """What a store must write for the heads map to stand at `size`; only between batches."""
        if self._open is not None:
            raise UsageError("batch-open", "the heads map is flushed between batches")
        return self._heads.flush()

    def flushed(self) -> None:
        """The store holds what `flush` gave, published at `size`."""
        self._heads.written()
        self.published_size = self.size

    # What the judge is given

    def _opened(self) -> _Open:
        if self._open is None:
            raise UsageError("batch-open", "no batch is open")
        return self._open

    def _document(self, digest: bytes) -> bytes | None:
        """An adopted rule set, as it comes with the open batch or is kept beside the log."""
        coming = self._open.beside.get(digest) if self._open is not None else None
        return coming if coming is not None else self._store.opening(digest)

    def state(self, name: str) -> State | None:
        """A subject's state as the open batch leaves it, or None; shared with the fold: for reading only."""
        standing = self._standing(name)
        return standing.state if standing else None

    def _standing(self, name: str) -> _Standing | None:
        """A subject before the next statement: as the open batch left it, else as the store has it."""
        standing = self._opened().subjects.get(name) or self._known.get(name)
        if standing is not None:
            return standing
        row = self._checked_row(name) if self._check_rows else self._store.subject(name)
        if row is None:
            return None
        try:
            state = canonical_json.decode(row.state, max_bytes=_MAX_STATE, max_items=_MAX_STATE, what="state")
        except Malformed as fault:
            raise corrupt(f"the state of {name} cannot be read: {fault}") from fault
        if not isinstance(state, dict):
            raise corrupt(f"the state of {name} is no object")
        standing = _Standing(state, row)
        self._known[name] = standing
        return standing

    def _checked_row(self, name: str) -> SubjectRow | None:
        """Nothing is judged by a state that was changed or removed behind the ledger's back: the map vouches for it."""
        head = self._heads.find(subject_key(name))
        if head is None:
            return None
        row = self._store.subject(name)
        if row is None or _head_of(row) != head:
            raise corrupt(f"the row of {name} is not what the heads map commits to")
        return row

    def _closed_at(self, size: int, root: str) -> int | None:
        """The closing time of a checkpoint of this log, or None where it is none."""
        known = self._closings.get((size, root))
        if known is None:
            row = self._store.batch_ending(size)
            if row is None or row.root.hex() != root:
                return None
            if len(self._closings) >= _CACHED_CLOSINGS:
                self._closings.clear()
            known = self._closings[size, root] = row.time
        return known

    def _cite(self, hex_id: str) -> Cited | None:
        index = self.place_of(bytes.fromhex(hex_id))
        if index is None:
            return None
        if index >= self.size:
            return Cited(self._opened().entries[index - self.size], index)
        return Cited(next(self._store.entries(index, index + 1)), index)


def _with(before: _Standing | None, state: State, statement_id: bytes) -> _Standing:
    """A subject with one more statement in its history; `before` is None for a new one."""
    length, chain = (before.row.length, before.row.chain) if before else (0, INITIAL_CHAIN)
    return _Standing(state, SubjectRow(canonical_json.encode(state), length + 1, extend_chain(chain, statement_id)))


def _head_of(row: SubjectRow) -> Head:
    return Head(row.length, row.chain, sha256(row.state).digest())
