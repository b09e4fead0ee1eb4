"""Evidence of what one signed tree holds: entries, closing records and batches that no honest log has."""

from __future__ import annotations

from lotchain.core.checkpoints import Checkpoint
from lotchain.core.closing import is_closing, parse_closing
from lotchain.core.instants import format_instant
from lotchain.errors import Malformed
from lotchain.events.reading import read_entry
from lotchain.verify.bundle import Leaf
from lotchain.verify.evidence import Entries, Evidence, Judged
from lotchain.verify.evidence_judged import Wrong, check_judged, require_known, unproved
from lotchain.verify.evidence_signed import (
    BY_THE_KEY,
    Examined,
    Guilt,
    Signed,
    closing_of,
    facts_of,
    log_guilt,
    open_signed,
    proved,
    require_included,
    witness_named,
)  # fmt: skip
from lotchain.verify.evidence_whole import check_replayed
from lotchain.verify.policy import Policy


def entry_malformed(evidence: Evidence, policy: Policy) -> Examined:
    """An entry that is nothing. Raises `Malformed` where it proves nothing."""
    (tree,), signed = evidence.trees, _one(evidence, policy)
    (leaf,) = tree.leaves
    if is_closing(leaf.raw):
        raise unproved("the entry sets out to be a closing record")
    try:
        read_entry(leaf.raw)
    except Malformed as fault:
        require_known(fault)
        what = "an entry is neither a statement nor a closing record"
        return _one_tree(evidence, policy, signed, Wrong("entry-malformed", leaf.index, what, found=str(fault)))
    raise unproved("the entry is a statement in good form")


def closing_wrong(evidence: Evidence, policy: Policy) -> Examined:
    """A closing record that closes what it should not. Raises `Malformed` where it proves nothing."""
    (tree,), signed = evidence.trees, _one(evidence, policy)
    *beside, leaf = tree.leaves
    wrong = _against_closing(leaf, signed.checkpoint) if not beside else _against_range(beside[0], leaf)
    if wrong is None:
        raise unproved("the closing record is in order")
    return _one_tree(evidence, policy, signed, wrong)


def _against_closing(leaf: Leaf, checkpoint: Checkpoint) -> Wrong | None:
    """What one entry shows by itself."""
    if not is_closing(leaf.raw):
        if leaf.index != checkpoint.size - 1:
            return None
        return Wrong("closing-wrong", leaf.index, "the checkpoint's last entry is no closing record")
    try:
        record = parse_closing(leaf.raw)
    except Malformed as fault:
        require_known(fault)
        return Wrong("closing-wrong", leaf.index, "a closing record cannot be read", found=str(fault))
    if record.end == leaf.index:
        return None
    what = "a closing record stands elsewhere than it says"
    return Wrong("closing-wrong", leaf.index, what, f"entry {leaf.index}", f"entry {record.end}")


def _against_range(before: Leaf, leaf: Leaf) -> Wrong | None:
    """What an entry before it shows: a batch begins just after the closing record of the one before."""
    record = parse_closing(leaf.raw)
    if before.index >= record.start and is_closing(before.raw):
        what = "a closing record closes the entries of another batch, too"
        return Wrong("closing-wrong", leaf.index, what, f"from entry {before.index + 1} on", f"from {record.start}")
    if before.index == record.start - 1 and not is_closing(before.raw):
        what = "a closing record leaves out statements before it, which no other record closes"
        return Wrong("closing-wrong", leaf.index, what, f"entry {before.index} in a batch", f"from {record.start}")
    return None


def time_back(evidence: Evidence, policy: Policy) -> Examined:
    """A batch that is dated before an earlier one. Raises `Malformed` where it proves nothing."""
    signed = _one(evidence, policy)
    first, second = (closing_of(leaf) for leaf in evidence.trees[0].leaves)
    if first.time <= second.time:
        raise unproved("the closing times are in order", f"after {format_instant(first.time)}", second.time)
    what = "a batch's time lies before that of an earlier batch"
    wrong = Wrong("time-back", second.end, what, f"{format_instant(first.time)} or later", format_instant(second.time))
    return _one_tree(evidence, policy, signed, wrong)


def statement_twice(evidence: Evidence, policy: Policy) -> Examined:
    """One statement at two places. Raises `Malformed` where it proves nothing."""
    signed = _one(evidence, policy)
    one, other = evidence.trees[0].leaves
    ids = [read_entry(leaf.raw).statement.hex_id for leaf in (one, other)]
    if ids[0] != ids[1]:
        raise unproved("the entries are two statements", ids[0], ids[1])
    what = "one statement stands at two places of the log"
    return _one_tree(
        evidence, policy, signed, Wrong("statement-twice", other.index, what, f"at {one.index} only", ids[0])
    )


def judged(evidence: Evidence, policy: Policy) -> Examined:
    """A batch that the judge, or its own map, contradicts. Raises `Malformed` where it proves nothing."""
    signed = _one(evidence, policy)
    assert isinstance(evidence.body, Judged)  # noqa: S101
    wrong = check_judged(evidence.body, evidence.trees[0].leaves, signed.checkpoint, policy.charter)
    return _one_tree(evidence, policy, signed, wrong)


def replayed(evidence: Evidence, policy: Policy) -> Examined:
    """A whole log that does not stand a replay. Raises `Malformed` where it proves nothing."""
    signed = _one(evidence, policy)
    assert isinstance(evidence.body, Entries)  # noqa: S101
    wrong = check_replayed(evidence.body.entries, signed.checkpoint, policy.charter)
    return _one_tree(evidence, policy, signed, wrong)


def _one(evidence: Evidence, policy: Policy) -> Signed:
    (tree,) = evidence.trees
    signed = open_signed(policy, tree.note)
    require_included(tree.leaves, signed.checkpoint)
    return signed


def _one_tree(evidence: Evidence, policy: Policy, signed: Signed, wrong: Wrong) -> Examined:
    """A log that holds what no honest one does: the log's word, and that of each auditor that cosigned it."""
    what = f"signed a log in which, at entry {wrong.entry}, {wrong.what}"
    auditors = [name for name in policy.auditors if name in signed.times]
    guilty = [
        Guilt(witness_named(name), "cosigned it as an auditor: it did not replay what it vouches for")
        for name in auditors
    ]
    said = (("entry", str(wrong.entry)), ("expected", wrong.expected), ("found", wrong.found))
    facts = [*facts_of("checkpoint", signed), *((label, text) for label, text in said if text)]
    rest = ("that nothing else is wrong with the log", "which version of the entry is true")
    return proved(evidence, (log_guilt(policy, signed, signed, what), *guilty), facts, (BY_THE_KEY, *rest))
