"""One visit of an auditing witness to a ledger on this machine: look, replay, cosign, deliver."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lotchain.app.folder import Folder
from lotchain.app.wiring import open_ledger
from lotchain.app.witnessing import open_witness, source_at
from lotchain.core.notes import VerifierKey
from lotchain.errors import UsageError
from lotchain.ledger.ports import Objection
from lotchain.witness.auditing import Cosigned, Declined


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of a visit: a cosignature that the ledger has taken, or objections.

    Args:
        size: entries under the checkpoint; 0 where it was declined.
        time_s: when it was cosigned, seconds since 1970; 0 where it was declined.
        objections: why it was declined; empty where it was cosigned.
        note: what the log had published, kept as evidence where it was declined.

    """

    size: int
    time_s: int
    objections: tuple[Objection, ...]
    note: bytes


def witness_keys(path: Path, *, passphrase: str | None = None) -> list[VerifierKey]:
    """A witness's public keys, Ed25519 first; then those that retire."""
    opened = open_witness(path, passphrase=passphrase)
    try:
        return list(opened.witness.keys)
    finally:
        opened.close()


def visit(
    path: Path,
    ledger: Path,
    *,
    passphrase: str | None = None,
    ledger_passphrase: str | None = None,
    catching_up: bool = False,
) -> Visit:
    """Replay what is new in the published ledger; cosign it, and put the cosignature on it.

    Args:
        path: the witness's folder.
        ledger: the ledger's folder.
        passphrase: of the witness's keys, exactly when they are protected.
        ledger_passphrase: of the ledger's keys, likewise.
        catching_up: a person's decision to take batches that came late.

    Raises:
        UsageError: `witness-not-admitted`, where the ledger does not take this witness's cosignatures.
        StoreError, SigningError, Malformed: those of witness and ledger.

    """
    taken = Folder(ledger).read().witnesses
    opened = open_witness(path, passphrase=passphrase)
    try:
        keys = {key.key_id: key for key in opened.witness.keys if key in taken}
        if not keys:
            raise UsageError(
                "witness-not-admitted",
                "the ledger does not take this witness's cosignatures",
                found=opened.witness.key.encode(),
                remedy="its operator runs `lotchain ledger admit-witness` with this key",
            )
        seen = opened.witness.look(source_at(ledger), catching_up=catching_up)
    finally:
        opened.close()
    if isinstance(seen, Declined):
        return Visit(0, 0, seen.objections, seen.note)
    _deliver(ledger, seen, keys, ledger_passphrase)
    return Visit(seen.checkpoint.size, seen.time_s, (), b"")


def _deliver(ledger: Path, seen: Cosigned, keys: dict[bytes, VerifierKey], passphrase: str | None) -> None:
    opened = open_ledger(ledger, passphrase=passphrase)
    try:
        for line in seen.lines:
            if line.key_id in keys:
                opened.add_cosignature(line, keys[line.key_id])
    finally:
        opened.close()
