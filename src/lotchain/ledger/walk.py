"""Walking a log that is there already, batch by batch, through the same fold that appends use.

The audit and the auditing witness both walk: the audit goes on after a fault, so as to report everything; the witness
stops at the first one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from lotchain.core.closing import ClosingRecord, is_closing, parse_closing
from lotchain.custody.case import State
from lotchain.custody.findings import Finding
from lotchain.custody.treaty_records import Asked, Duty
from lotchain.errors import Malformed
from lotchain.events.reading import Reading, read_entry
from lotchain.ledger import faults
from lotchain.ledger.faults import Fault, fault
from lotchain.ledger.fold import MAX_BATCH, Fold
from lotchain.ledger.sealed import Sealed
from lotchain.ledger.signature_checks import SignatureChecks
from lotchain.verify.judge import JUDGE_VERSION

_UNREADABLE = b"lotchain/unreadable/1\n"


@dataclass(frozen=True, slots=True)
class LoggedBatch:
    """Entries as a log has them: statements from index `start` on, and what closes them, or None."""

    start: int
    statements: tuple[bytes, ...]
    closing: bytes | None

    @property
    def end(self) -> int:
        """The index at which its closing record stands, or should."""
        return self.start + len(self.statements)


@dataclass(frozen=True, slots=True)
class WalkedStatement:
    """One entry of a batch as walked; `reading` is None where it could not be read.

    `id` is its statement id, or, where it has none of its own on this log, a stand-in that no statement has. `before`
    and `after` are the states that it was judged by and those that follow: none for what was not judged, or refused;
    `asked` and `duties` what step 7 of the judge left.
    """

    index: int
    id: bytes
    reading: Reading | None
    findings: tuple[Finding, ...]
    own_id: bool = True
    before: Mapping[str, State | None] = field(default_factory=dict)
    after: Mapping[str, State] = field(default_factory=dict)
    asked: tuple[Asked, ...] = ()
    duties: tuple[Duty, ...] = ()


@dataclass(slots=True)
class Walked:
    """A batch as walked: what it holds, what follows from it, and what is wrong with it.

    `sealed` is None where nothing closes the batch; then the walk ends there.
    """

    logged: LoggedBatch
    statements: list[WalkedStatement] = field(default_factory=list)
    sealed: Sealed | None = None
    faults: list[Fault] = field(default_factory=list)


def logged_batches(entries: Iterable[bytes], start: int) -> Iterator[LoggedBatch]:
    """Cut entries, the first of which stands at index `start`, into batches; the last may lack its closing record."""
    statements: list[bytes] = []
    for raw in entries:
        if is_closing(raw):
            yield LoggedBatch(start, tuple(statements), raw)
            start += len(statements) + 1
            statements = []
            continue
        statements.append(raw)
        if len(statements) > MAX_BATCH:
            break
    if statements:
        yield LoggedBatch(start, tuple(statements), None)


def walk_batch(
    fold: Fold, logged: LoggedBatch, *, surely_new: bool = False, checks: SignatureChecks | None = None
) -> Walked:
    """Judge one batch where the fold stands. With `sealed`, it stays open: the caller commits or abandons it.

    Args:
        fold: at the end of the batch before.
        logged: the batch.
        surely_new: take it that none of its statements stands on the log already, and let the store refuse one that
            does (`statement-exists`): the caller then walks the batch again without.
        checks: checks the batch's signatures beforehand; None leaves each to the judge.

    Raises:
        StoreError: those of the store that the fold stands on.

    """
    walked = Walked(logged)
    if logged.closing is None:
        walked.faults.append(fault(faults.NOT_CLOSED, logged.end, expected="a closing record", found="none"))
        return walked
    record = _closing(walked, logged.closing)
    fold.open(record.time if record is not None else fold.time)
    _check_closing(walked, record, fold)
    readings = [_read(raw) for raw in logged.statements]
    statements = [reading.statement if isinstance(reading, Reading) else None for reading in readings]
    fold.look_up([statement.id for statement in statements if statement is not None], surely_new=surely_new)
    verified = checks.check(statements, fold.state) if checks is not None else (None,) * len(statements)
    for index, (raw, reading) in enumerate(zip(logged.statements, readings, strict=True), logged.start):
        walked.statements.append(_walk_statement(walked, fold, index, raw, reading, verified[index - logged.start]))
    if not logged.statements:
        fold.abandon()
        walked.faults.append(fault(faults.NOT_CLOSED, logged.end, expected="a statement", found="two closing records"))
        return walked
    walked.sealed = fold.close(logged.closing)
    if record is not None and record.heads_root != walked.sealed.record.heads_root:
        walked.faults.append(
            fault(
                faults.HEADS_ROOT,
                logged.end,
                expected=walked.sealed.record.heads_root.hex(),
                found=record.heads_root.hex(),
            )
        )
    return walked


def _closing(walked: Walked, raw: bytes) -> ClosingRecord | None:
    try:
        return parse_closing(raw)
    except Malformed as error:
        walked.faults.append(fault(faults.CLOSING_MALFORMED, walked.logged.end, found=str(error)))
        return None


def _check_closing(walked: Walked, record: ClosingRecord | None, fold: Fold) -> None:
    if record is None:
        return
    logged = walked.logged
    if (record.start, record.end) != (logged.start, logged.end):
        walked.faults.append(
            fault(
                faults.CLOSING_RANGE,
                logged.end,
                expected=f"{logged.start} to {logged.end}",
                found=f"{record.start} to {record.end}",
            )
        )
    if record.judge != JUDGE_VERSION:
        walked.faults.append(fault(faults.CLOSING_JUDGE, logged.end, expected=JUDGE_VERSION, found=record.judge))
    if record.time < fold.time:
        walked.faults.append(fault(faults.TIME_BACK, logged.end, expected=f"at least {fold.time}", found=record.time))


def _read(raw: bytes) -> Reading | Malformed:
    try:
        return read_entry(raw)
    except Malformed as error:
        return error


def _walk_statement(
    walked: Walked, fold: Fold, index: int, raw: bytes, reading: Reading | Malformed, verified: bool | None
) -> WalkedStatement:
    if isinstance(reading, Malformed):
        walked.faults.append(fault(faults.ENTRY_MALFORMED, index, found=str(reading)))
        return _stand_in(fold, index, raw, None)
    statement = reading.statement
    known = fold.place_of(statement.id)
    if known is not None:
        walked.faults.append(
            fault(
                faults.STATEMENT_TWICE,
                index,
                statement=statement.hex_id,
                expected=f"at {known} only",
                found=f"at {index}, too",
            )
        )
        return _stand_in(fold, index, raw, reading)
    try:
        judged = fold.offer(raw, reading=reading, verified=verified)
    except Malformed as error:
        walked.faults.append(fault(faults.ENTRY_MALFORMED, index, statement=statement.hex_id, found=str(error)))
        fold.take_unjudged(raw, statement.id)
        return WalkedStatement(index, statement.id, reading, ())
    findings = judged.judgement.findings
    if judged.index is None:
        refused = judged.judgement.refused
        codes = ", ".join(finding.code for finding in refused)
        walked.faults.append(
            fault(faults.ENTRY_REFUSED, index, statement=statement.hex_id, found=codes, reasons=refused)
        )
        fold.take_unjudged(raw, statement.id)
        return WalkedStatement(index, statement.id, reading, findings)
    judgement = judged.judgement
    return WalkedStatement(
        index, statement.id, reading, findings, True, judged.before, judgement.states, judgement.asked, judgement.duties
    )


def _stand_in(fold: Fold, index: int, raw: bytes, reading: Reading | None) -> WalkedStatement:
    """An entry without an id of its own: it gets one by its place, so that the walk can go on."""
    made_up = sha256(_UNREADABLE + index.to_bytes(8, "big") + raw).digest()
    fold.take_unjudged(raw, made_up)
    return WalkedStatement(index, made_up, reading, (), own_id=False)
