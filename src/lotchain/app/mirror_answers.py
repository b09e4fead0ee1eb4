"""A mirror as a witness over HTTP: `add-checkpoint` answered only after everything under the checkpoint was replayed.

The wire is C2SP tlog-witness, so a publisher asks a mirror as it asks a plain witness. What differs is why a checkpoint
is refused, and that entries must be there to be read: a checkpoint that the log does not serve yet is answered 503, and
the publisher asks again once it has published.
"""

from __future__ import annotations

from hashlib import sha256

from lotchain.app.mirror_rounds import IN_STEP, STOPPED
from lotchain.app.mirroring import Mirror
from lotchain.core.add_checkpoint import (
    INCONSISTENT,
    MALFORMED,
    UNKNOWN,
    UNSIGNED,
    Answer,
    Head,
    Request,
    cosigned,
    not_latest,
    parse_request,
    read_head,
)
from lotchain.core.checkpoints import signed_by
from lotchain.core.notes import ED25519_NOTE, parse_note
from lotchain.core.tree import EMPTY_ROOT
from lotchain.errors import Malformed
from lotchain.ledger.ports import Objection
from lotchain.witness.growing import against_growth

LATER = 503
"""HTTP: the mirror cannot say yet; ask again."""
_WAIT_S = 5.0


class MirrorAnswers:
    """The port `service.witness_app.Witness` over a mirror.

    Args:
        mirror: at work.
        wait_s: how long a request waits for its turn while the mirror is catching up.

    """

    def __init__(self, mirror: Mirror, wait_s: float = _WAIT_S) -> None:
        self._mirror = mirror
        self._wait_s = wait_s
        self._hash = sha256(mirror.ledger.origin.encode("utf-8")).hexdigest()

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer one request, in the order of the standard.

        Raises:
            StoreError: `store-busy`, while the mirror is catching up; those of its own store and memory.
            SigningError: those of the signers.

        """
        try:
            request = parse_request(body)
            note = parse_note(request.note)
            head = read_head(note)
        except Malformed as fault:
            return _refused(MALFORMED, fault.code, fault.what)
        if head.origin != self._mirror.ledger.origin:
            return _refused(UNKNOWN, "witness-log-unknown", "this mirror is of another log")
        try:
            kinds = {key.kind for key in self._mirror.ledger.present if signed_by(key, head, note)}
        except Malformed as fault:
            return _refused(UNSIGNED, fault.code, fault.what)
        if ED25519_NOTE not in kinds:
            return _refused(UNSIGNED, "checkpoint-signature", "no key of that log that is known here has signed")
        if request.old > head.size:
            return _refused(MALFORMED, "witness-old-size", "the old size is above the checkpoint's")
        with self._mirror.turn(self._wait_s):
            return self._replayed(request, head)

    def _replayed(self, request: Request, head: Head) -> Answer:
        if self._mirror.stop_standing() is not None:
            return _stopped()
        latest = self._mirror.remembered()
        size, root = (latest.size, latest.root) if latest is not None else (0, EMPTY_ROOT)
        against = against_growth(request, head, size, root)
        if against is not None:
            if against.status == INCONSISTENT and head.size == size and size:
                self._mirror.stop((_split_view(root, head.root),), request.note)
            return against
        fresh = self._mirror.fresh(*head)
        if fresh is not None:
            return cosigned(fresh.lines)
        done = self._mirror.round(anew=True)
        if done.state == STOPPED:
            return _stopped()
        if done.state != IN_STEP or done.cosigned is None:
            code = done.objections[0].code if done.objections else "mirror-waiting"
            return _refused(LATER, code, "the log cannot be read up to this checkpoint now; ask again")
        if done.cosigned.checkpoint.size < head.size:
            return _refused(LATER, "mirror-not-published", "the log does not serve this checkpoint yet; ask again")
        if done.cosigned.checkpoint.size > head.size:
            return not_latest(done.cosigned.checkpoint.size)
        if done.cosigned.checkpoint.root != head.root:
            self._mirror.stop((_split_view(done.cosigned.checkpoint.root, head.root),), request.note)
            return _stopped()
        return cosigned(done.cosigned.lines)

    def latest_note(self, origin_hash: str) -> bytes | None:
        """The latest checkpoint that was cosigned; None where there is none, or for another log."""
        return self._mirror.latest_note() if origin_hash == self._hash else None


def _split_view(known: bytes, shown: bytes) -> Objection:
    return Objection(
        "witness-split-view",
        "the log has signed another tree of the size that was cosigned",
        None,
        known.hex(),
        shown.hex(),
    )


def _stopped() -> Answer:
    return _refused(INCONSISTENT, "mirror-stopped", "this mirror has found a fault in the log and cosigns it no more")


def _refused(status: int, code: str, what: str) -> Answer:
    return Answer(status, f"{code}: {what}\n".encode())
