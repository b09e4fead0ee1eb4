"""What a submitter is told: a receipt for what stands on the ledger, or why it does not."""

from __future__ import annotations

from dataclasses import dataclass

from lotchain.core.checkpoints import Checkpoint
from lotchain.core.statements import parse_statement
from lotchain.core.tree import verify_consistency
from lotchain.custody.findings import Finding, refusal, safe
from lotchain.errors import Malformed, Refusal
from lotchain.ledger.checkpointing import LogSigners
from lotchain.ledger.ports import BatchRow
from lotchain.ledger.reader import Reader, corrupt

_READ_FORMAT = "compare with the format's page in specs, and submit what it says"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A statement stands on the ledger, durably.

    Submitting the same statement again gives the same receipt, byte for byte.

    Args:
        statement_id: 32 bytes.
        index: its place in the log.
        time: its batch's time, ms since 1970.
        size: entries in the log when its batch was closed.
        note: the checkpoint of that size, signed by the log's Ed25519 key.
        findings: what the judge noted without refusing; empty when the receipt is given again.
        again: whether the statement stood on the ledger before this submission.

    """

    statement_id: bytes
    index: int
    time: int
    size: int
    note: bytes
    findings: tuple[Finding, ...] = ()
    again: bool = False

    @property
    def accepted(self) -> bool:
        """True."""
        return True


@dataclass(frozen=True, slots=True)
class Refused:
    """A statement was not taken; nothing of it was stored.

    Args:
        findings: every reason, worst first; at least one.
        statement_id: 32 bytes, or None where the bytes could not be read as a statement.

    """

    findings: tuple[Finding, ...]
    statement_id: bytes | None = None

    @property
    def accepted(self) -> bool:
        """False."""
        return False

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The findings that refused it; others may stand beside them."""
        return tuple(finding for finding in self.findings if finding.kind.refuses)

    @property
    def retryable(self) -> bool:
        """Whether the same bytes may be taken later: every reason is *unknown yet*, none is *never*."""
        return all(finding.kind.retryable for finding in self.reasons)

    def error(self) -> Refusal:
        """The first reason as an exception, for callers that want one."""
        first = self.reasons[0]
        kind = first.kind
        return Refusal(
            kind.code,
            kind.sentence,
            retryable=self.retryable,
            expected=first.expected,
            found=first.found,
            remedy=kind.remedy,
        )


Answer = Receipt | Refused


def malformed_finding(fault: Malformed, statement: str = "") -> Finding:
    """Bytes that cannot be read, as a finding under the parser's own code; final.

    Args:
        fault: what the parser raised.
        statement: hex id of the statement, where it could be told.

    """
    what = f"{fault.field}: {fault.what}" if fault.field else fault.what
    kind = refusal(fault.code, what, fault.remedy or _READ_FORMAT)
    return Finding(kind, "", statement, safe(fault.expected), safe(fault.found))


def given_again(
    statement_id: bytes, index: int, row: BatchRow | None, reader: Reader, newest: Checkpoint, keys: LogSigners
) -> Receipt:
    """The receipt that was given when a statement was first accepted.

    Its checkpoint's note is not kept; Ed25519 gives the same signature again, unless the log has changed its key since.
    Nothing that is stored is signed on trust: the old root must lead to the newest checkpoint, which this ledger has
    signed already.

    Args:
        statement_id: 32 bytes.
        index: where it stands.
        row: the batch that holds that entry, as stored.
        reader: of the same store.
        newest: the newest checkpoint, as this ledger computed it.
        keys: the log's keys.

    Raises:
        StoreError: `store-corrupt`, and those of the store.
        SigningError: those of the signer.

    """
    if row is None or parse_statement(reader.entry(index)).id != statement_id:
        raise corrupt(f"entry {index} is not the statement that the index says")
    size = row.end + 1
    path = reader.consistency(size, newest.size)
    if not verify_consistency(size, row.root, newest.size, newest.root, path):
        raise corrupt(f"the root stored for size {size} does not lead to the newest checkpoint")
    note = keys.sign(Checkpoint(newest.origin, size, row.root))
    return Receipt(statement_id, index, row.time, size, note, again=True)
