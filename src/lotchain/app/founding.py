"""Founding a ledger: its charter is rehearsed in memory first, so that a refused one leaves no empty ledger behind."""

from __future__ import annotations

from pathlib import Path

from lotchain.app.clock import SystemClock
from lotchain.app.wiring import create_ledger, memory_ledger
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.receipts import Answer, Receipt
from lotchain.signing import new_signer


def rehearse_charter(origin: str, charter: bytes) -> Answer:
    """What a new ledger of this origin would answer to this charter; nothing is written."""
    ledger = memory_ledger(origin, new_signer("ed25519"), clock=SystemClock())
    try:
        return ledger.submit([charter])[0]
    finally:
        ledger.close()


def found_ledger(
    path: Path, origin: str, charter: bytes, *, passphrase: str | None = None, mldsa: bool = True
) -> tuple[Ledger | None, Answer]:
    """Make a ledger whose first entry is this charter, and publish it.

    Returns:
        The open ledger and the charter's receipt; None and the reasons where the charter is refused.

    Raises:
        UsageError: `ledger-exists`; StoreError, SigningError, Malformed as `wiring.create_ledger`.

    """
    answer = rehearse_charter(origin, charter)
    if not isinstance(answer, Receipt):
        return None, answer
    ledger = create_ledger(path, origin, passphrase=passphrase, mldsa=mldsa)
    try:
        answer = ledger.submit([charter])[0]
        ledger.publish()
    except BaseException:
        ledger.close()
        raise
    return ledger, answer
