"""A plain witness: says of several logs that they only grew, and cosigns nothing else (C2SP tlog-witness v1.0.0).

It keeps, of each log, the latest checkpoint that it cosigned. What it answers is decided in the order of the standard:
the request is read (400), the log is known (404), one of its keys signed (403), the old size is not above the
checkpoint's (400) and is that of the latest one cosigned (409), the proof holds (422). Only then is it signed, kept,
and only when it is kept does the cosignature leave: a witness that is killed in between has promised nothing.

Checked and kept is one step, by compare-and-set: of two requests that were both found right, the second to be kept is
looked at anew, so that none takes the witness back. Byte for byte: `specs/formats/witness.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple, Protocol

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
from lotchain.core.checkpoints import Checkpoint, parse_checkpoint_text, signed_by
from lotchain.core.notes import ED25519_NOTE, MLDSA44_COSIGNATURE, Note, NoteSignature, VerifierKey, parse_note
from lotchain.core.tree import EMPTY_ROOT, verify_consistency
from lotchain.errors import Malformed, StoreError, UsageError
from lotchain.ledger.ports import Clock
from lotchain.witness.cosigners import Cosigner, cosign

_TRIES = 8
"""How often one request is looked at anew because others came between."""
_SECOND_MS = 1000
_TIME_BYTES = 8


class CosignedNotes(Protocol):
    """Where a witness keeps, of each log, the latest checkpoint that it cosigned. Safe for threads and processes.

    Both methods raise `StoreError`: `witness-memory`, where what is kept is damaged, or is gone although the log was
    begun; `store-full`, `store-read-only`, `store-io`; `store-busy`, to be tried again.
    """

    def read(self, origin: str) -> bytes:
        """The note that is kept, with the log's and the witness's lines; empty where none was cosigned yet."""

    def exchange(self, origin: str, expected: bytes, note: bytes) -> bool:
        """Keep `note` in the place of `expected`, durably; False, and nothing is changed, where another one is kept."""


class _Latest(NamedTuple):
    """The latest checkpoint that was cosigned, and when (s); size 0 and the empty root where there is none."""

    size: int
    root: bytes
    time_s: int


class GrowthWitness:
    """One plain witness of several logs. Safe for several threads, and for several processes over the same notes.

    Args:
        cosigners: its keys, all of one name, used for nothing but this.
        logs: each log's keys (types 1 and 6) by its origin, which is their name; any one of them must have signed.
        notes: what it has cosigned.
        clock: its own clock.
        accuse: is given (the note that is kept, the note that contradicts it) where a log signed two trees of one
            size: what proves it.

    Raises:
        UsageError: `witness-keys`, for keys that are not of these kinds or names.

    """

    def __init__(
        self,
        cosigners: Sequence[Cosigner],
        logs: Mapping[str, Sequence[VerifierKey]],
        notes: CosignedNotes,
        clock: Clock,
        *,
        accuse: Callable[[bytes, bytes], None] | None = None,
    ) -> None:
        _require_keys(cosigners, logs)
        self.keys = tuple(cosigner.key for cosigner in cosigners)
        self._cosigners = tuple(cosigners)
        self._logs = {origin: tuple(keys) for origin, keys in logs.items()}
        self._by_hash = {sha256(origin.encode("utf-8")).hexdigest(): origin for origin in logs}
        self._notes = notes
        self._clock = clock
        self._accuse = accuse

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer one request.

        Raises:
            StoreError: those of the notes; `store-busy`; `witness-clock-back`, when this machine's clock lies before
                the latest cosignature. Nothing was cosigned then.
            SigningError: those of the signers.

        """
        try:
            request = parse_request(body)
            note = parse_note(request.note)
            head = read_head(note)
        except Malformed as fault:
            return _refused(MALFORMED, fault.code, fault.what)
        keys = self._logs.get(head.origin)
        if keys is None:
            return _refused(UNKNOWN, "witness-log-unknown", "this witness does not watch that log")
        try:
            lines = tuple(line for key in keys if signed_by(key, head, note) and (line := key.line_in(note)))
        except Malformed as fault:
            return _refused(UNSIGNED, fault.code, fault.what)
        if not lines:
            return _refused(UNSIGNED, "checkpoint-signature", "no key of that log that is known here has signed")
        if request.old > head.size:
            return _refused(MALFORMED, "witness-old-size", "the old size is above the checkpoint's")
        return self._kept_and_cosigned(request, head, note, lines)

    def _kept_and_cosigned(self, request: Request, head: Head, note: Note, lines: tuple[NoteSignature, ...]) -> Answer:
        for _ in range(_TRIES):
            kept = self._notes.read(head.origin)
            latest = self._latest(head.origin, kept)
            against = self._against(request, head, latest)
            if against is not None:
                if against.status == INCONSISTENT and latest.size == head.size and self._accuse is not None:
                    self._accuse(kept, Note(note.text, lines).encode())
                return against
            time_s = self._clock.now() // _SECOND_MS
            if time_s < max(latest.time_s, 1):
                raise StoreError(
                    "witness-clock-back",
                    "this witness's clock lies before its newest cosignature; nothing was cosigned",
                    expected=f"{latest.time_s} or later",
                    found=time_s,
                    remedy="set this machine's clock",
                )
            standing = self._standing(head, kept, latest, time_s)
            if standing:
                return cosigned(standing)
            mine = cosign(self._cosigners, Checkpoint(*head), time_s)
            if self._notes.exchange(head.origin, kept, Note(note.text, (*lines, *mine)).encode()):
                return cosigned(mine)
        raise StoreError("store-busy", "other requests came between; nothing was cosigned", remedy="try again")

    def _standing(self, head: Head, kept: bytes, latest: _Latest, time_s: int) -> tuple[NoteSignature, ...]:
        """The lines that it made for this checkpoint within this second already; none where one of them is missing.

        Whoever has seen a checkpoint can send it again. Answered so, a flood of it costs one signature and one write a
        second, and does not overtake the log's own request each time that this one is to be kept.
        """
        if not kept or (latest.size, latest.root, latest.time_s) != (head.size, head.root, time_s):
            return ()
        note, stated = parse_note(kept), time_s.to_bytes(_TIME_BYTES, "big")
        lines = tuple(line for key in self.keys if (line := key.line_in(note)) and line.blob.startswith(stated))
        return lines if len(lines) == len(self.keys) else ()

    @staticmethod
    def _against(request: Request, head: Head, latest: _Latest) -> Answer | None:
        return against_growth(request, head, latest.size, latest.root)

    def latest_note(self, origin_hash: str) -> bytes | None:
        """The latest checkpoint that was cosigned, with the log's and the witness's lines; None where there is none.

        Args:
            origin_hash: SHA-256 of the log's origin, lower-case hexadecimal (C2SP, Monitor Retrieval).

        """
        origin = self._by_hash.get(origin_hash)
        return (self._notes.read(origin) or None) if origin is not None else None

    def _latest(self, origin: str, kept: bytes) -> _Latest:
        if not kept:
            return _Latest(0, EMPTY_ROOT, 0)
        try:
            note = parse_note(kept)
            checkpoint = parse_checkpoint_text(note.text)
        except Malformed as fault:
            raise _damaged(origin, str(fault)) from fault
        if checkpoint.origin != origin:
            raise _damaged(origin, f"a checkpoint of {checkpoint.origin}")
        name = self.keys[0].name
        times = [int.from_bytes(line.blob[:_TIME_BYTES], "big") for line in note.signatures if line.name == name]
        return _Latest(checkpoint.size, checkpoint.root, max(times, default=0))


def against_growth(request: Request, head: Head, size: int, root: bytes) -> Answer | None:
    """What speaks against a checkpoint that the log signed, if anything does.

    Args:
        request: what was asked.
        head: the checkpoint in it.
        size: of the latest checkpoint that was cosigned, 0 where there is none.
        root: its root; that of the empty tree where there is none.

    """
    if request.old != size:
        return not_latest(size)
    if head.empty_and_wrong:
        return _refused(INCONSISTENT, "checkpoint-format", "a tree without entries has another root")
    if request.old == head.size and head.root != root:
        return _refused(INCONSISTENT, "witness-split-view", "another tree of that size was cosigned")
    if request.old == 0:
        holds = not request.proof
    else:
        holds = verify_consistency(request.old, root, head.size, head.root, request.proof)
    return None if holds else _refused(INCONSISTENT, "witness-proof", "the consistency proof does not hold")


def _require_keys(cosigners: Sequence[Cosigner], logs: Mapping[str, Sequence[VerifierKey]]) -> None:
    own = [cosigner.key for cosigner in cosigners]
    theirs = [key for keys in logs.values() for key in keys]
    wrong = [key.name for origin, keys in logs.items() for key in keys if key.name != origin or not keys]
    wrong += [key.name for key in theirs if key.kind not in (ED25519_NOTE, MLDSA44_COSIGNATURE)]
    # A log's line is no cosignature: under the witness's own name its first bytes would be read as a time.
    wrong += [origin for origin, keys in logs.items() if not keys or origin in {key.name for key in own}]
    publics = [key.public for key in (*own, *theirs)]
    if not own or len({key.name for key in own}) > 1 or wrong or len(set(publics)) < len(publics):
        raise UsageError(
            "witness-keys",
            "a witness has keys of one name, and each log keys of its own, other name; no key stands twice",
            found=", ".join(wrong),
        )


def _refused(status: int, code: str, what: str) -> Answer:
    return Answer(status, f"{code}: {what}\n".encode())


def _damaged(origin: str, found: str) -> StoreError:
    return StoreError(
        "witness-memory",
        f"what the witness keeps of {origin} is no checkpoint of that log",
        found=found,
        remedy="do not begin anew: bring back the newest copy, or retire this witness's key",
    )
