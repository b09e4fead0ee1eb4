"""Having mirrors cosign what is published: they replay it first, and can only read what the log has published.

So a plain witness is asked before a checkpoint is published, and an auditing mirror after. A mirror that is away or
catching up delays nothing but its own word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from lotchain.app.gathering import Gathered, Gatherer
from lotchain.core.notes import NoteSignature, VerifierKey
from lotchain.errors import UsageError
from lotchain.ledger.reader import Reader

_PASSED = ("cosignature-invalid", "cosignature-older")
"""What a ledger says of a cosignature on a checkpoint that is no longer the published one, or of an old one."""


class Attested(Protocol):
    """What is asked of a ledger; `Ledger` is one."""

    @property
    def reader(self) -> Reader:
        """Its published checkpoint."""

    def add_cosignature(self, signature: NoteSignature, key: VerifierKey) -> bytes:
        """See `Ledger.add_cosignature`."""


def attest(ledger: Attested, gatherer: Gatherer, prove: Callable[[int, int], Sequence[bytes]]) -> Gathered:
    """Ask mirrors to cosign the published checkpoint, and put on it what they say; what was heard of each.

    Args:
        ledger: whose checkpoint. Where it publishes another one meanwhile, what came for this one is lost.
        gatherer: who asks.
        prove: the consistency path between two sizes of the log; called from several threads.

    Raises:
        UsageError: `nothing-published`.
        StoreError: those of the ledger.

    """
    checkpoint, note = ledger.reader.published()
    gathered = gatherer.gather(checkpoint, note, prove)
    for signature, key in gathered.lines:
        try:
            ledger.add_cosignature(signature, key)
        except UsageError as fault:
            if fault.code not in _PASSED:
                raise
    return gathered
