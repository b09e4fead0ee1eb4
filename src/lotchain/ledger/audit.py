"""Audit of a whole ledger: everything rebuilt from the log's bytes alone, and everything stored compared with it.

SQLite's own `integrity_check` misses most flipped bits; this does not. Every entry is hashed and judged again, by the
same fold that append uses, into an empty scratch store; then every row of the ledger's store is compared with the
scratch store's. What is not compared: at which batch a subject last changed, except as far as it lies behind the
published checkpoint; and witnesses' cosignatures, which a trust policy weighs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from lotchain.core.ids import key_subject
from lotchain.core.notes import ED25519_NOTE, VerifierKey
from lotchain.custody.findings import Finding
from lotchain.errors import LotchainError, Malformed, StoreError, UsageError
from lotchain.ledger import comparing, faults
from lotchain.ledger.checkpointing import listed_keys
from lotchain.ledger.concluding import SignedBy, TreatyNotes, concluded
from lotchain.ledger.faults import Fault, fault
from lotchain.ledger.fold import Fold
from lotchain.ledger.openings import digests_in, require_openings
from lotchain.ledger.ports import Mark, Publication, Store, StoredHead
from lotchain.ledger.walk import Walked, WalkedStatement, logged_batches, walk_batch

MAX_LISTED = 100
"""Faults of one code that are listed one by one; all are counted."""
_CHUNK = 256
_TRIES = 5

Progress = Callable[[int, int], None]
"""(entries audited, entries in the log)"""
OnStatement = Callable[[int, str, tuple[Finding, ...]], None]
"""(log index, statement id in hex, everything that the judge found on it)"""


class NotSound(LotchainError):
    """Raised by `AuditReport.require`: the ledger is not what it should be."""


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What an audit found. It has no truth value: ask `sound`, or `require` it.

    Args:
        origin: the log's name.
        size: entries in the log.
        root: the tree's root over them, rebuilt.
        published: size of the published checkpoint, 0 where there is none.
        examined: entries that were judged; less than `size` where the walk could not go on.
        statements: how many of them are statements.
        subjects: how many subjects followed from them.
        time: the newest batch's time, ms; what stands open is told as of then.
        faults: what is wrong, at most 100 of each code, log first.
        counts: fault code → how many there were.
        judged: finding code → how often the judge found it, on statements that stand.
        concluded: what stands open at the end: overdue offers, open differences, lost keys; no fault of the ledger.

    """

    origin: str
    size: int
    root: bytes
    published: int
    examined: int
    statements: int
    subjects: int
    time: int
    faults: tuple[Fault, ...]
    counts: Mapping[str, int]
    judged: Mapping[str, int]
    concluded: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.counts

    @property
    def first_bad_index(self) -> int | None:
        """The lowest log index that a listed fault names, or None."""
        return min((found.index for found in self.faults if found.index is not None), default=None)

    def require(self) -> None:
        """Raise `NotSound` with the first fault unless the ledger is sound."""
        if self.faults:
            first = self.faults[0].finding
            raise NotSound(
                first.code,
                first.kind.sentence,
                expected=first.expected,
                found=first.found,
                remedy=first.kind.remedy,
                field="" if self.first_bad_index is None else f"entry {self.first_bad_index}",
            )

    def __bool__(self) -> NoReturn:
        raise TypeError("an audit report has no truth value: ask report.sound, or call report.require()")


@dataclass(slots=True)
class _Tally:
    """Faults as they come: listed up to a limit, counted beyond it."""

    listed: list[Fault] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, found: Fault) -> None:
        self.counts[found.code] += 1
        if self.counts[found.code] <= MAX_LISTED:
            self.listed.append(found)

    def with_all(self, more: Iterator[Fault]) -> _Tally:
        both = _Tally(self.listed.copy(), self.counts.copy())
        for found in more:
            both.add(found)
        return both


def audit(
    store: Store,
    scratch: Store,
    *,
    key: VerifierKey,
    mldsa_key: VerifierKey | None = None,
    former: Sequence[VerifierKey] = (),
    mark: Mark | None = None,
    progress: Progress | None = None,
    on_statement: OnStatement | None = None,
) -> AuditReport:
    """Audit the ledger in `store`; nothing is written to it.

    A ledger that is appended to meanwhile is audited up to where it stands when everything has been compared.

    Args:
        store: the ledger's store.
        scratch: an empty store, for what is rebuilt; in memory it takes about as much as the ledger itself.
        key: the log's Ed25519 key; its name is the log's origin.
        mldsa_key: the log's ML-DSA-44 key, when its published checkpoints must bear that signature, too.
        former: other keys of the log, any of which may have signed instead: those that retire, and those of before.
        mark: the high-water mark, read before the store is looked at, to be compared with it.
        progress: told now and then how far the audit is.
        on_statement: told of every statement what the judge found.

    Raises:
        UsageError: `scratch-not-empty`.
        StoreError: those of the stores; `store-busy`, when the ledger never stood still.

    """
    if scratch.head() is not None:
        raise UsageError("scratch-not-empty", "an audit rebuilds the ledger in an empty store")
    others = tuple(each for each in former if mldsa_key is not None or each.kind == ED25519_NOTE)
    keys = (key, *filter(None, (mldsa_key,)), *others)
    return _Audit(store, scratch, keys, mark, progress, on_statement).run()


class _Audit:
    """One audit at work."""

    def __init__(
        self,
        store: Store,
        scratch: Store,
        keys: tuple[VerifierKey, ...],
        mark: Mark | None,
        progress: Progress | None,
        on_statement: OnStatement | None,
    ) -> None:
        self._theirs = store
        self._ours = scratch
        self._keys = keys
        self._listed: tuple[str, ...] = ()
        self._mark = mark
        self._progress = progress
        self._on_statement = on_statement
        self._fold = Fold(scratch, keys[0].name, documents=self._document, check_rows=False)
        self._tally = _Tally()
        self._statements = 0
        self._judged: Counter[str] = Counter()
        self._signed_by = SignedBy()
        self._treaty = TreatyNotes()
        self._openings: set[bytes] = set()
        self._stopped = False

    def run(self) -> AuditReport:
        for _ in range(_TRIES):
            published, head = self._theirs.published(), self._theirs.head()
            size = head.size if head else 0
            self._walk(size, published[0] if published else 0)
            tally = self._tally.with_all(self._compare(head, published))
            if self._stopped or (self._theirs.published(), self._theirs.head()) == (published, head):
                return self._report(tally, size, published[0] if published else 0)
        raise StoreError(
            "store-busy", "the ledger is written faster than it can be audited", remedy="audit a copy, or a replica"
        )

    def _report(self, tally: _Tally, size: int, published: int) -> AuditReport:
        ends: tuple[Finding, ...] = ()
        if not self._stopped:
            notes = self._treaty.with_books(self._fold.books)
            ends = tuple(concluded(self._ours, self._signed_by, self._fold.time, notes))
        return AuditReport(
            origin=self._keys[0].name,
            size=size,
            root=self._fold.root,
            published=published,
            examined=self._fold.size,
            statements=self._statements,
            subjects=self._ours.row_counts()["subjects"],
            time=self._fold.time,
            faults=tuple(tally.listed),
            counts=dict(tally.counts),
            judged=dict(self._judged),
            concluded=ends,
        )

    # The log

    def _walk(self, size: int, published: int) -> None:
        """Judge the entries up to `size`, from where the fold stands."""
        for logged in logged_batches(self._entries(self._fold.size, size), self._fold.size):
            walked = walk_batch(self._fold, logged)
            for found in walked.faults:
                self._tally.add(found)
            if walked.sealed is None:
                self._stopped = True
                return
            for found in comparing.compare_batch(self._theirs, walked.sealed, walked.statements):
                self._tally.add(found)
            self._note_statements(walked)
            self._ours.append(walked.sealed.batch(b""))
            self._fold.commit()
            if self._fold.size == published:
                self._flush(published)
            if self._progress is not None:
                self._progress(self._fold.size, size)

    def _entries(self, start: int, stop: int) -> Iterator[bytes]:
        """The entries [start, stop) of the ledger; where one is missing, that is a fault and the end."""
        for first in range(start, stop, _CHUNK):
            last = min(first + _CHUNK, stop)
            chunk = list(self._theirs.entries(first, last))
            if len(chunk) == last - first:
                yield from chunk
                continue
            # Entries come without their indexes, so what follows a gap must not be taken for what stands in it.
            for index in range(first, last):
                raw = next(self._theirs.entries(index, index + 1), None)
                if raw is None:
                    self._tally.add(fault(faults.ENTRY_COUNT, index, expected=f"{stop} entries", found="a gap here"))
                    self._stopped = True
                    return
                yield raw

    def _note_statements(self, walked: Walked) -> None:
        for statement in walked.statements:
            self._statements += 1
            self._judged.update(finding.code for finding in statement.findings)
            if statement.reading is None:
                continue
            self._signed_by.add(key_subject(statement.reading.statement.kid), statement.index)
            self._treaty.add(statement.asked, statement.duties)
            self._check_openings(statement)
            if self._on_statement is not None:
                self._on_statement(statement.index, statement.reading.statement.hex_id, statement.findings)

    def _document(self, digest: str) -> bytes | None:
        return self._theirs.opening(bytes.fromhex(digest))

    def _check_openings(self, statement: WalkedStatement) -> None:
        if statement.reading is None:
            return
        for digest in digests_in(statement.reading):
            opening = self._theirs.opening(digest)
            if opening is None:
                continue
            self._openings.add(digest)
            try:
                require_openings({digest: opening})
            except Malformed as error:
                found = fault(
                    faults.OPENING,
                    statement.index,
                    subject=digest.hex(),
                    statement=statement.id.hex(),
                    found=error.code,
                )
                self._tally.add(found)

    def _flush(self, size: int) -> None:
        """Bring the scratch store's heads map to where the ledger's stands."""
        self._listed = listed_keys(self._ours)
        writes = self._fold.flush()
        self._ours.publish(Publication(size, b"", writes.tiles, writes.leaves))
        self._fold.flushed()

    # What stands beside it

    def _compare(self, head: StoredHead | None, published: tuple[int, bytes] | None) -> Iterator[Fault]:
        if self._stopped:  # what follows from a log that cannot be walked to its end is not known
            return
        size = head.size if head else 0
        if self._fold.size != size:
            yield fault(faults.ENTRY_COUNT, self._fold.size, expected=f"{size} entries", found=self._fold.size)
        if head is not None:
            frontier = (self._ours.head() or head).frontier
            yield from comparing.compare_ends(self._theirs, self._ours, head, frontier, self._keys, self._mark)
        elif self._mark is not None and self._mark.size:
            yield fault(faults.HIGH_WATER, None, expected=f"size {self._mark.size}", found="an empty store")
        yield from comparing.compare_subjects(self._theirs, self._ours)
        if published is not None:
            yield from comparing.compare_published(self._ours, published, self._keys, self._listed)
        at = published[0] if published else 0
        yield from comparing.compare_changed(self._theirs, self._ours, at)
        with_map = at == self._fold.published_size
        if with_map:
            yield from comparing.compare_map(self._theirs, self._ours)
        yield from comparing.compare_counts(self._theirs, self._ours, len(self._openings), with_map)
