"""Gathering cosignatures: every witness of a list is asked at once, until the quorum stands or the time is over.

A witness that is missing, slow or lying delays the cosigned checkpoint and nothing else: an append never waits for it.
What was published before stands until the next one has its quorum. Each witness is asked with the proof from where it
stands; where it says that it stands elsewhere (409), it is asked again from there. Its answer is believed only as far
as its signatures verify under the keys of the list.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from lotchain.app.witness_list import WitnessAt, WitnessList
from lotchain.core.add_checkpoint import (
    COSIGNED,
    INCONSISTENT,
    MAX_COSIGNATURES,
    NOT_LATEST,
    SIZE_TYPE,
    Request,
    parse_cosignatures,
    parse_size,
)
from lotchain.core.checkpoints import Checkpoint
from lotchain.core.cosignatures import verify_cosignature
from lotchain.core.notes import Note, NoteSignature, VerifierKey, parse_note
from lotchain.errors import LotchainError, Malformed, UsageError, shown
from lotchain.ledger.checkpointing import add_line
from lotchain.remote.witness_call import CallLimits, Posted, post
from lotchain.verify.policy import weigh

_RESYNCS = 3
"""How often a witness is asked for one checkpoint: it may stand elsewhere, and move on meanwhile."""
_ROUNDS = 3
"""How often a ledger that moves on meanwhile is asked for its newest checkpoint again."""

Line = tuple[NoteSignature, VerifierKey]
Post = Callable[[str, bytes], Posted]


class Publisher(Protocol):
    """What gathering asks of a ledger; `Ledger` and `SharedLedger` are such."""

    def candidate(self) -> tuple[Checkpoint, bytes]:
        """See `Ledger.candidate`."""

    def publish(self) -> bytes:
        """See `Ledger.publish`."""

    def publish_cosigned(self, checkpoint: Checkpoint, lines: Sequence[Line]) -> bytes | None:
        """See `Ledger.publish_cosigned`."""

    def add_cosignature(self, signature: NoteSignature, key: VerifierKey) -> bytes:
        """See `Ledger.add_cosignature`."""


class Heard(NamedTuple):
    """What one witness said.

    Args:
        witness: its name in the list.
        code: `cosigned`, else a stable code of what was wrong.
        found: in words, safe to print; empty where it cosigned.
        lines: its verified cosignatures with their keys.

    """

    witness: str
    code: str
    found: str = ""
    lines: tuple[Line, ...] = ()


class Gathered(NamedTuple):
    """What came of asking all: who said what, and who had not answered when the time was over (`witness-silent`)."""

    heard: tuple[Heard, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every verified cosignature."""
        return tuple(line for heard in self.heard for line in heard.lines)


class Patience(NamedTuple):
    """How long witnesses are waited for.

    Args:
        whole_s: seconds until those who have not answered are left behind.
        grace_s: seconds for the others, once the quorum stands.

    """

    whole_s: float = 10.0
    grace_s: float = 0.5


class Gatherer:
    """Asks the witnesses of one list; remembers where each of them stood. For one thread.

    Args:
        witnesses: whom, and whose quorum.
        limits: of each call.
        patience: of one gathering.
        call: what posts; None is HTTP within `limits`.

    """

    def __init__(
        self,
        witnesses: WitnessList,
        *,
        limits: CallLimits | None = None,
        patience: Patience | None = None,
        call: Post | None = None,
    ) -> None:
        self._list = witnesses
        bounds = limits or CallLimits()
        self._post = call or (lambda url, body: post(url, body, most=MAX_COSIGNATURES, limits=bounds))
        self._patience = patience or Patience()
        self._sizes: dict[str, int] = {}

    def gather(self, checkpoint: Checkpoint, note: bytes, prove: Callable[[int, int], Sequence[bytes]]) -> Gathered:
        """Ask every witness to cosign a checkpoint.

        Args:
            checkpoint: what is to be cosigned.
            note: the same, signed by the log; it may be cosigned already.
            prove: the consistency path between two sizes of the log; called from several threads.

        """
        parsed = parse_note(note)
        own = tuple(line for line in parsed.signatures if line.name == checkpoint.origin)
        bare = Note(parsed.text, own).encode()
        answers: queue.SimpleQueue[Heard] = queue.SimpleQueue()

        def ask(witness: WitnessAt) -> None:
            answers.put(self._ask(witness, checkpoint, bare, prove))

        for witness in self._list.asked:
            threading.Thread(target=ask, args=(witness,), daemon=True, name=f"witness {witness.name}").start()
        return Gathered(self._collect(answers, checkpoint, note))

    def _collect(self, answers: queue.SimpleQueue[Heard], checkpoint: Checkpoint, note: bytes) -> tuple[Heard, ...]:
        heard: dict[str, Heard] = {}
        deadline = time.monotonic() + self._patience.whole_s
        while len(heard) < len(self._list.asked):
            try:
                came = answers.get(timeout=max(deadline - time.monotonic(), 0))
            except queue.Empty:
                break
            heard[came.witness] = came
            if came.lines and self.is_enough(checkpoint, note, Gathered(tuple(heard.values())).lines):
                deadline = min(deadline, time.monotonic() + self._patience.grace_s)
        silent = "it had not answered when the time was over"
        return tuple(
            heard.get(witness.name, Heard(witness.name, "witness-silent", silent)) for witness in self._list.asked
        )

    def is_enough(self, checkpoint: Checkpoint, note: bytes, lines: Sequence[Line]) -> bool:
        """Whether a note with these lines besides meets the list's quorum; the one rule of trust policies decides."""
        for signature, key in lines:
            try:
                note = add_line(note, checkpoint, key, signature)
            except UsageError:
                continue  # an older one than the note has: it counts by that
        return weigh(self._list.policy, note).quorum_met

    def _ask(
        self, witness: WitnessAt, checkpoint: Checkpoint, note: bytes, prove: Callable[[int, int], Sequence[bytes]]
    ) -> Heard:
        """One witness, in a thread of its own; whatever happens, something was heard."""
        try:
            return self._asked(witness, checkpoint, note, prove)
        except LotchainError as fault:
            return Heard(witness.name, fault.code, fault.found or fault.what)
        except Exception as fault:
            return Heard(witness.name, "witness-failed", type(fault).__name__)

    def _asked(
        self, witness: WitnessAt, checkpoint: Checkpoint, note: bytes, prove: Callable[[int, int], Sequence[bytes]]
    ) -> Heard:
        old = min(self._sizes.get(witness.name, 0), checkpoint.size)
        for _ in range(_RESYNCS):
            proof = tuple(prove(old, checkpoint.size)) if 0 < old < checkpoint.size else ()
            answer = self._post(witness.url, Request(old, proof, note).encode())
            if answer.status == COSIGNED:
                self._sizes[witness.name] = checkpoint.size
                return _verified(witness, checkpoint, note, answer.body)
            if answer.status != NOT_LATEST:
                return _refused(witness, answer)
            if answer.media_type != SIZE_TYPE:
                raise Malformed("witness-answer", "a 409 that states no size", found=answer.media_type)
            stands = parse_size(answer.body)
            if stands > checkpoint.size:
                return Heard(witness.name, "witness-ahead", f"it has cosigned size {stands}: is this an old copy?")
            old = self._sizes[witness.name] = stands
        return Heard(witness.name, "witness-restless", f"it never stood where it said, {old} at last")


def gatherer_of(witnesses: WitnessList, *, wait_s: float, local: bool) -> Gatherer:
    """One who asks over HTTP, for at most `wait_s` seconds; `local`: this machine and private networks, too."""
    limits = CallLimits(connect_s=max(min(wait_s, 5.0), 0.1), whole_s=max(wait_s, 0.1), local=local)
    return Gatherer(witnesses, limits=limits, patience=Patience(whole_s=wait_s))


def publish_with_witnesses(
    ledger: Publisher, gatherer: Gatherer, prove: Callable[[int, int], Sequence[bytes]], *, anyway: bool = False
) -> tuple[bytes | None, Gathered]:
    """Have the newest checkpoint cosigned, then publish it.

    Args:
        ledger: whose checkpoint; others may append to it meanwhile.
        gatherer: who asks.
        prove: as `Gatherer.gather`.
        anyway: publish although the quorum is missing, with the cosignatures that came.

    Returns:
        The published note, None where the quorum was missing (what was published before stands); and what was heard.

    Raises:
        UsageError, StoreError, SigningError: those of the ledger.

    """
    for _ in range(_ROUNDS):
        checkpoint, note = ledger.candidate()
        gathered = gatherer.gather(checkpoint, note, prove)
        if not anyway and not gatherer.is_enough(checkpoint, note, gathered.lines):
            return None, gathered
        published = ledger.publish_cosigned(checkpoint, _newer(gathered.lines, checkpoint, note))
        if published is not None:
            return published, gathered
    return _published_first(ledger, gatherer, prove)


def _published_first(
    ledger: Publisher, gatherer: Gatherer, prove: Callable[[int, int], Sequence[bytes]]
) -> tuple[bytes, Gathered]:
    """For a log that always moves on: the checkpoint is published, and gains its cosignatures afterwards."""
    ledger.publish()
    checkpoint, note = ledger.candidate()
    gathered = gatherer.gather(checkpoint, note, prove)
    for signature, key in gathered.lines:
        try:
            note = ledger.add_cosignature(signature, key)
        except UsageError as fault:
            if fault.code not in ("cosignature-invalid", "cosignature-older"):
                raise
    return note, gathered


def _newer(lines: Sequence[Line], checkpoint: Checkpoint, note: bytes) -> list[Line]:
    """The lines that are not older than those which the note bears already."""
    kept = []
    for signature, key in lines:
        try:
            note = add_line(note, checkpoint, key, signature)
        except UsageError:
            continue
        kept.append((signature, key))
    return kept


def _verified(witness: WitnessAt, checkpoint: Checkpoint, note: bytes, body: bytes) -> Heard:
    """The lines of its keys in an answer; one that does not verify discredits the whole answer."""
    text = parse_note(note).text
    lines: list[Line] = []
    for signature in parse_cosignatures(body):
        key = next((key for key in witness.keys if key.made(signature)), None)
        if key is None:
            continue
        if not verify_cosignature(key, signature, checkpoint, text):
            return Heard(witness.name, "cosignature-invalid", f"a line by {key.name}, key id {key.key_id.hex()}")
        if any(known == key for _, known in lines):
            return Heard(witness.name, "cosignature-invalid", f"two lines by {key.name}, key id {key.key_id.hex()}")
        lines.append((signature, key))
    if not lines:
        return Heard(witness.name, "cosignature-missing", "it answered with no line of a key that the list has")
    return Heard(witness.name, "cosigned", "", tuple(lines))


def _refused(witness: WitnessAt, answer: Posted) -> Heard:
    code = "witness-inconsistent" if answer.status == INCONSISTENT else "witness-refused"
    told = shown(answer.body[:200].decode("utf-8", "replace").strip())
    return Heard(witness.name, code, f"status {answer.status}: {told}" if told else f"status {answer.status}")
