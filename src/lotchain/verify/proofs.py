"""Steps of the offline verifier that need only hashes: every entry is in the tree, every date and link is proved."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from lotchain.core.checkpoints import Checkpoint
from lotchain.core.closing import ClosingRecord, parse_closing
from lotchain.core.heads import Head, verify_absence, verify_presence
from lotchain.core.tree import leaf_hash, verify_consistency, verify_inclusion
from lotchain.errors import Malformed
from lotchain.verify.bundle import Bundle, Leaf, SubjectProof
from lotchain.verify.judge import JUDGE_VERSION


class Dates:
    """What the closing records of a bundle prove.

    `by_end` holds each proved closing record under the index at which it stands; `seen` the closing time (ms) of
    each checkpoint that statements name, under its (size, root).
    """

    def __init__(
        self, by_end: Mapping[int, ClosingRecord], seen: Mapping[tuple[int, bytes], int], last: ClosingRecord
    ) -> None:
        self.by_end, self.seen, self.last = by_end, seen, last
        self.ends = tuple(by_end)
        """where the records stand, rising: `by_end` is in log order"""

    def closing_of(self, index: int) -> ClosingRecord:
        """The record of the batch that holds entry `index`; raises `Malformed` `closing-missing`."""
        place = bisect_right(self.ends, index)
        record = self.by_end[self.ends[place]] if place < len(self.ends) else None
        if record is None or index < record.start:
            raise refused("closing-missing", "an entry's closing record is not in the bundle", f"entry {index}")
        return record

    def seen_at(self, size: int, root: bytes, index: int) -> int | None:
        """The closing time (ms) of the checkpoint that entry `index` names as seen.

        None when no such checkpoint can have been seen then. A checkpoint that lies before the entry and is not
        proved makes the bundle incomplete: whether it is one of this log's cannot be told.

        Raises:
            Malformed: `bundle-incomplete`.
        """
        if size > index:
            return None
        time = self.seen.get((size, root))
        if time is None:
            raise refused(
                "bundle-incomplete",
                "a checkpoint that a statement names is not proved to be a prefix of this log",
                f"size {size}, named by entry {index}",
                "its consistency proof and closing record",
            )
        return time


def refused(code: str, what: str, found: object = "", expected: str = "") -> Malformed:
    """A bundle that does not prove what it holds."""
    return Malformed(
        code,
        what,
        expected=expected,
        found=found,
        remedy="do not rely on this file; fetch a new bundle, and keep this one as evidence",
    )


def check_entries(bundle: Bundle, checkpoint: Checkpoint) -> None:
    """Every statement and closing record is in the tree at its index, under the signed size and root.

    Raises:
        Malformed: `inclusion-invalid`.
    """
    for leaf in (*bundle.statements, *bundle.closings):
        if not verify_inclusion(leaf_hash(leaf.raw), leaf.index, checkpoint.size, leaf.path, checkpoint.root):
            raise refused(
                "inclusion-invalid",
                "an entry is not in the log under this checkpoint",
                expected=f"an inclusion proof for index {leaf.index} of {checkpoint.size}",
            )


def read_dates(bundle: Bundle, checkpoint: Checkpoint) -> Dates:
    """The closing records, each at its own place, times never going back, and the checkpoints seen.

    Raises:
        Malformed: `closing-malformed`, `closing-missing`, `closing-place`, `closing-time`, `judge-version-unknown`,
            `version-unsupported`, `consistency-invalid`.
    """
    records: dict[int, ClosingRecord] = {}
    before: ClosingRecord | None = None
    for leaf in bundle.closings:
        record = _closing(leaf)
        if before is not None and (record.time < before.time or record.start <= before.end):
            raise refused("closing-time", "closing records go back in time or overlap", f"entry {leaf.index}")
        records[leaf.index] = before = record
    last = records.get(checkpoint.size - 1)
    if last is None:
        raise refused("closing-missing", "the checkpoint's last entry is not in the bundle", f"size {checkpoint.size}")
    seen: dict[tuple[int, bytes], int] = {}
    for proof in bundle.seen:
        closing = records.get(proof.size - 1)
        if closing is None:
            raise refused("closing-missing", "a seen checkpoint's closing record is missing", f"size {proof.size}")
        if not verify_consistency(proof.size, proof.root, checkpoint.size, checkpoint.root, proof.path):
            raise refused("consistency-invalid", "a seen checkpoint is not a prefix of this log", f"size {proof.size}")
        seen[proof.size, proof.root] = closing.time
    return Dates(records, seen, last)


def _closing(leaf: Leaf) -> ClosingRecord:
    record = parse_closing(leaf.raw)
    if record.end != leaf.index:
        raise refused("closing-place", "a closing record stands elsewhere than it says", f"entry {leaf.index}")
    if record.judge != JUDGE_VERSION:
        raise refused(
            "judge-version-unknown",
            "the ledger was judged by a version that this verifier does not know",
            record.judge,
            JUDGE_VERSION,
        )
    return record


def check_head(root: bytes, proof: SubjectProof, head: Head | None) -> None:
    """The subject's whole history and state, as replayed, are what the heads map commits to.

    Raises:
        Malformed: `head-mismatch`.
    """
    if head is not None:
        holds = proof.other is None and verify_presence(root, proof.subject, head, proof.siblings)
    else:
        other = None
        if proof.other is not None:
            key, length, chain, state_hash = proof.other
            other = (key, Head(length, chain, state_hash))
        holds = verify_absence(root, proof.subject, proof.siblings, other)
    if not holds:
        what = f"{head.length} statements" if head is not None else "no statement"
        raise refused(
            "head-mismatch",
            f"the history of {proof.subject} is not the one that the ledger commits to: something is left out, "
            "added or altered",
            f"{what} in the bundle",
            "the whole history and state under the map's root",
        )
