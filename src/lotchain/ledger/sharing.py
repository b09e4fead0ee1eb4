"""One ledger for several threads: whoever waits is served in one commit.

A durable commit costs the same for one statement as for a hundred. So while one thread commits, the others queue up,
and the next to get the lock commits for all that wait: no thread of its own, no timer, no delay for a lone submitter.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from lotchain.core.checkpoints import Checkpoint
from lotchain.core.notes import NoteSignature, VerifierKey
from lotchain.errors import LotchainError, UsageError
from lotchain.ledger.fold import MAX_BATCH
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.openings import require_openings
from lotchain.ledger.reader import Reader
from lotchain.ledger.receipts import Answer


@dataclass(slots=True)
class _Ticket:
    """One packet that waits, and what became of it."""

    packet: Sequence[bytes]
    openings: Mapping[bytes, bytes]
    answers: list[Answer] | None = None
    error: BaseException | None = None
    done: bool = field(default=False)


class SharedLedger:
    """A `Ledger` that several threads may submit to and publish from."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._turn = Lock()
        self._queued = Lock()
        self._queue: deque[_Ticket] = deque()

    @property
    def reader(self) -> Reader:
        """For reading, which needs no turn."""
        return self._ledger.reader

    @property
    def origin(self) -> str:
        """The log's name."""
        return self._ledger.origin

    @property
    def key(self) -> VerifierKey:
        """The log's Ed25519 key."""
        return self._ledger.key

    def audience(self) -> str:
        """See `Ledger.audience`."""
        with self._turn:
            return self._ledger.audience()

    def submit(self, packet: Sequence[bytes], openings: Mapping[bytes, bytes] | None = None) -> list[Answer]:
        """See `Ledger.submit`. A packet stays together and in order; others may share its batch.

        Raises what `Ledger.submit` raises; an error of the machine reaches everybody who shared the commit.
        """
        if len(packet) > MAX_BATCH:
            raise UsageError(
                "batch-too-large", "too many statements at once", expected=f"at most {MAX_BATCH}", found=len(packet)
            )
        require_openings(openings or {})
        ticket = _Ticket(packet, openings or {})
        with self._queued:
            self._queue.append(ticket)
        with self._turn:
            # Whoever had the turn before may have committed this packet along with its own.
            while not ticket.done:
                self._commit(self._next())
        if ticket.error is not None:
            raise ticket.error
        return ticket.answers or []

    def _next(self) -> list[_Ticket]:
        """Packets from the head of the queue, as many as fit one batch."""
        taken: list[_Ticket] = []
        count = 0
        with self._queued:
            while self._queue and (not taken or count + len(self._queue[0].packet) <= MAX_BATCH):
                taken.append(self._queue.popleft())
                count += len(taken[-1].packet)
        return taken

    def _commit(self, tickets: list[_Ticket]) -> None:
        try:
            openings = {digest: opening for ticket in tickets for digest, opening in ticket.openings.items()}
            answers = self._ledger.submit([raw for ticket in tickets for raw in ticket.packet], openings)
        except LotchainError as error:
            _settle(tickets, error)
        except Exception as error:
            # Not a fault that we know: let one bad packet not take the others with it.
            if len(tickets) == 1:
                _settle(tickets, error)
                return
            for ticket in tickets:
                self._commit([ticket])
        except BaseException as error:
            _settle(tickets, error)
            raise
        else:
            at = 0
            for ticket in tickets:
                ticket.answers = answers[at : at + len(ticket.packet)]
                at += len(ticket.packet)
                ticket.done = True

    def publish(self) -> bytes:
        """See `Ledger.publish`."""
        with self._turn:
            return self._ledger.publish()

    def candidate(self) -> tuple[Checkpoint, bytes]:
        """See `Ledger.candidate`."""
        with self._turn:
            return self._ledger.candidate()

    def publish_cosigned(
        self, checkpoint: Checkpoint, lines: Sequence[tuple[NoteSignature, VerifierKey]]
    ) -> bytes | None:
        """See `Ledger.publish_cosigned`."""
        with self._turn:
            return self._ledger.publish_cosigned(checkpoint, lines)

    def add_cosignature(self, signature: NoteSignature, key: VerifierKey) -> bytes:
        """See `Ledger.add_cosignature`."""
        with self._turn:
            return self._ledger.add_cosignature(signature, key)

    def close(self) -> None:
        """See `Ledger.close`; waits for the commit that is under way."""
        with self._turn:
            self._ledger.close()


def _settle(tickets: list[_Ticket], error: BaseException) -> None:
    for ticket in tickets:
        ticket.error = error
        ticket.done = True
