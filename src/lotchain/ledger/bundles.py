"""Making a bundle: the closure of one lot, every statement in its histories, the proofs under the published root."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Protocol

from lotchain.core.cbor import decode
from lotchain.core.checkpoints import Checkpoint
from lotchain.core.closing import ClosingRecord
from lotchain.core.heads import HeadProof
from lotchain.core.hidden import Opening
from lotchain.core.ids import check
from lotchain.errors import Malformed, StoreError, UsageError
from lotchain.events.reading import Reading, read_entry
from lotchain.verify.bundle import Bundle, Leaf, SeenProof, SubjectProof, decode_bundle, encode_bundle
from lotchain.verify.closure import closure, documents_needed
from lotchain.verify.opened import MAX_OPENING, hidden_places

_TRIES = 3


class BundleSource(Protocol):
    """What making a bundle asks of a ledger; `reader.Reader` gives it."""

    def published(self) -> tuple[Checkpoint, bytes]:
        """The published checkpoint and its note."""

    def entry(self, index: int) -> bytes:
        """The bytes of an entry."""

    def closing_of(self, index: int) -> tuple[ClosingRecord, int, bytes]:
        """The closing record that dates an entry, its own index, its bytes."""

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The inclusion path of an entry in the tree of that size."""

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The consistency path between two sizes."""

    def history(self, subject: str, size: int | None = None) -> list[int]:
        """The indexes of a subject's statements within the first `size` entries."""

    def head_proofs(self, subjects: Iterable[str]) -> tuple[Checkpoint, Mapping[str, HeadProof]]:
        """Proofs in the published heads map, and the checkpoint that it belongs to."""

    def opening(self, digest: bytes) -> bytes | None:
        """The kept opening of a hidden field."""


def make_bundle(reader: BundleSource, lot: str, *, with_openings: bool = True) -> bytes:
    """The bundle of one lot under the published checkpoint.

    Args:
        reader: the ledger.
        lot: its id.
        with_openings: carry the openings of hidden fields that the ledger keeps; a copy for somebody who may not
            read them is made without.

    Raises:
        Malformed: the lot's id.
        UsageError: `lot-not-published`, `nothing-published`, `rule-set-missing`; `bundle-limits` when the proof is
            larger than any verifier would read.
        StoreError: those of the store; `store-busy` when publications keep coming between.
    """
    check(lot, "lot", "lot")
    for _ in range(_TRIES):
        checkpoint, note = reader.published()
        bundle = _Maker(reader, checkpoint, note).make(lot, with_openings)
        # Another process may publish in between: then heads proofs and note belong to different checkpoints.
        if bundle is not None and reader.published()[0] == checkpoint:
            return _readable(encode_bundle(bundle), lot)
    raise StoreError("store-busy", "the published checkpoint moves on faster than it can be read", remedy="try again")


def _readable(data: bytes, lot: str) -> bytes:
    """The file, read once as its verifier will: what nobody could read is not handed out."""
    try:
        decode_bundle(data)
    except Malformed as fault:
        raise UsageError(
            "bundle-limits",
            "the proof of this lot does not fit the limits of a bundle",
            expected=fault.expected,
            found=f"{lot}: {len(data)} bytes, {fault.found}",
            remedy="have the ledger audited: a bundle cannot show so long a history",
        ) from fault
    return data


class _Maker:
    """One bundle under one checkpoint."""

    def __init__(self, reader: BundleSource, checkpoint: Checkpoint, note: bytes) -> None:
        self._reader = reader
        self._checkpoint = checkpoint
        self._note = note
        self._read = lru_cache(maxsize=None)(lambda index: read_entry(reader.entry(index)))

    def make(self, lot: str, with_openings: bool) -> Bundle | None:
        if not self._history(lot):
            raise UsageError(
                "lot-not-published",
                "no published statement is about this lot",
                found=lot,
                remedy="check the id; publish the ledger if the lot was registered since",
            )
        subjects = closure(lot, lambda subject: [self._read(index) for index in self._history(subject)])
        indexes = sorted({0, *(index for subject in subjects for index in self._history(subject))})
        readings = [self._read(index) for index in indexes]
        seen = self._seen(readings)
        ends = {self._end_of(index) for index in indexes}
        ends |= {proof.size - 1 for proof in seen} | {self._checkpoint.size - 1}
        proved_under, heads = self._reader.head_proofs(subjects)
        if proved_under != self._checkpoint:
            return None
        return Bundle(
            lot=lot,
            note=self._note,
            statements=tuple(self._leaf(index) for index in indexes),
            closings=tuple(self._leaf(end) for end in sorted(ends)),
            seen=seen,
            subjects=tuple(_subject_proof(subject, heads[subject]) for subject in subjects),
            openings=tuple(self._openings(readings)) if with_openings else (),
            rule_sets=tuple(self._document(digest) for digest in documents_needed(readings)),
        )

    def _history(self, subject: str) -> list[int]:
        return self._reader.history(subject, self._checkpoint.size)

    def _end_of(self, index: int) -> int:
        return self._reader.closing_of(index)[1]

    def _leaf(self, index: int) -> Leaf:
        path = self._reader.inclusion(index, self._checkpoint.size)
        return Leaf(index, self._reader.entry(index), tuple(path))

    def _seen(self, readings: Iterable[Reading]) -> tuple[SeenProof, ...]:
        named = {reading.event.seen.size: reading.event.seen.root for reading in readings if reading.event.seen}
        return tuple(
            SeenProof(size, bytes.fromhex(root), tuple(self._reader.consistency(size, self._checkpoint.size)))
            for size, root in sorted(named.items())
        )

    def _document(self, digest: str) -> bytes:
        document = self._reader.opening(bytes.fromhex(digest))
        if document is None:
            raise UsageError(
                "rule-set-missing",
                "a rule set that is in force on this ledger is not kept beside it, and no proof is whole without it",
                found=f"SHA-256 {digest}",
                remedy="bring the document back from the authority that adopted it, or from another copy of the ledger",
            )
        return document

    def _openings(self, readings: Iterable[Reading]) -> list[tuple[bytes, bytes]]:
        places = {(digest, path) for reading in readings for path, digest in hidden_places(reading.statement.payload)}
        kept = ((digest, self._reader.opening(digest)) for digest in sorted({digest for digest, _ in places}))
        # A digest that its signer made for another field opens nothing here: it stays closed, not in the way.
        return [(digest, encoded) for digest, encoded in kept if encoded and (digest, _field(encoded)) in places]


def _field(encoded: bytes) -> str:
    """The field that an opening opens; empty for a document whose digest somebody wrote into a hidden field."""
    try:
        return Opening.parse(decode(encoded, max_bytes=MAX_OPENING, what="opening")).field
    except Malformed:
        return ""


def _subject_proof(subject: str, proof: HeadProof) -> SubjectProof:
    other = None
    if proof.other is not None:
        key, head = proof.other
        other = (key, head.length, head.chain, head.state_hash)
    return SubjectProof(subject, proof.siblings, other)
