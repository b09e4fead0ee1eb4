"""What every check of evidence stands on: signed checkpoints, entries under them, and the form of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from lotchain.core.checkpoints import Checkpoint, open_checkpoint_by
from lotchain.core.closing import ClosingRecord, parse_closing
from lotchain.core.cosignatures import verify_cosignature
from lotchain.core.instants import format_instant
from lotchain.core.notes import ED25519_NOTE, Note
from lotchain.core.tree import leaf_hash, verify_inclusion
from lotchain.errors import Malformed
from lotchain.verify.bundle import Leaf
from lotchain.verify.evidence import Evidence, Tree
from lotchain.verify.evidence_judged import unproved
from lotchain.verify.policy import LAST_SECOND, Policy

PROVED, NOT_PROVED, CANNOT_TELL = "PROVED", "NOT PROVED", "CANNOT BE TOLD"
EXIT_CODES: Final[Mapping[str, int]] = {PROVED: 0, NOT_PROVED: 1, CANNOT_TELL: 3}

BY_THE_KEY = "who used the key: an operator's own people, or a thief who has it"
BY_A_WITNESS_KEY = "who used the witness's key: its own people, or a thief who has it, or has one that it retired"
DIFFERENT_KEYS = "that one holder signed both: the trees bear different keys of the log, and one may have been stolen"
WHICH_TREE = "which of the two trees is the true one"
THE_REST = "anything about the rest of the log"


class Guilt(NamedTuple):
    """What is proved of whom."""

    who: str
    what: str


class Examined(NamedTuple):
    """What a file proves.

    Args:
        kind: what it says that it is.
        word: PROVED, NOT PROVED, or CANNOT BE TOLD (a version that is not known here).
        proved: of whom what; empty unless PROVED.
        facts: label and value: sizes, roots, times, who cosigned.
        not_proved: what nobody should conclude from it.
        fault: why it proves nothing; None where it does.

    """

    kind: str
    word: str
    proved: tuple[Guilt, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    not_proved: tuple[str, ...] = ()
    fault: Malformed | None = None

    @property
    def exit_code(self) -> int:
        """0 PROVED, 1 NOT PROVED, 3 CANNOT BE TOLD."""
        return EXIT_CODES[self.word]

    def as_json(self) -> dict[str, Any]:
        """The answer for machines."""
        return {
            "format": "lotchain-evidence-answer/1",
            "kind": self.kind,
            "word": self.word,
            "proved": [{"who": each.who, "what": each.what} for each in self.proved],
            "facts": [list(pair) for pair in self.facts],
            "not_proved": list(self.not_proved),
            **({"fault": self.fault.as_json()} if self.fault is not None else {}),
        }


class Signed(NamedTuple):
    """A checkpoint that the log signed, and who cosigned it.

    `times` holds, by witness, the times of its cosignatures that verify, in seconds; `signers` the log's own key ids.
    """

    checkpoint: Checkpoint
    note: Note
    signers: tuple[str, ...]
    times: Mapping[str, tuple[int, ...]]

    def said(self) -> str:
        """Size and root, for people."""
        return f"size {self.checkpoint.size}, root {self.checkpoint.root.hex()}"


def open_signed(policy: Policy, note: bytes) -> Signed:
    """Read a note that the log must have signed with an Ed25519 key of the policy.

    A witness's line that does not verify names nobody and is passed over: whoever made the file may have put it there.

    Raises:
        Malformed: what `lotchain.core.checkpoints.open_checkpoint_by` raises.

    """
    log_keys = tuple(key for key in policy.log_keys if key.kind == ED25519_NOTE)
    checkpoint, opened = open_checkpoint_by(note, log_keys)
    times: dict[str, tuple[int, ...]] = {}
    for name, keys in policy.witnesses.items():
        found = []
        for key in keys:
            line = key.line_in(opened)
            time = None if line is None else verify_cosignature(key, line, checkpoint, opened.text)
            if time is not None and 0 < time <= LAST_SECOND:
                found.append(time)
        if found:
            times[name] = tuple(sorted(found))
    signers = tuple(key.key_id.hex() for key in log_keys if key.line_in(opened) is not None)
    return Signed(checkpoint, opened, signers, times)


def require_included(leaves: Sequence[Leaf], checkpoint: Checkpoint) -> None:
    """Raise `Malformed` `evidence-unproved` unless every leaf is in the tree where it says."""
    for leaf in leaves:
        if not verify_inclusion(leaf_hash(leaf.raw), leaf.index, checkpoint.size, leaf.path, checkpoint.root):
            raise unproved("an entry is not in the log under its checkpoint", f"entry {leaf.index}")


def only_closing(tree: Tree) -> ClosingRecord:
    """The closing record that is a tree's only leaf."""
    (leaf,) = tree.leaves
    return closing_of(leaf)


def closing_of(leaf: Leaf) -> ClosingRecord:
    """A closing record at its own place. Raises `Malformed`."""
    record = parse_closing(leaf.raw)
    if record.end != leaf.index:
        raise unproved("a closing record stands elsewhere than it says", f"entry {leaf.index}", f"entry {record.end}")
    return record


def log_guilt(policy: Policy, one: Signed, other: Signed, what: str) -> Guilt:
    """What is proved of the log: of whoever holds the keys that signed."""
    signers = dict.fromkeys((*one.signers, *other.signers))
    return Guilt(f"the log {policy.origin} (key {', '.join(signers)})", what)


def witness_named(name: str) -> str:
    """A witness, as answers name it."""
    return f"the witness {name}"


def facts_of(label: str, signed: Signed) -> list[tuple[str, str]]:
    """A checkpoint's size, root, signers and cosigners, for people."""
    cosigned = (f"{name} at {second(times[-1])}" for name, times in signed.times.items())
    return [
        (f"{label} tree", signed.said()),
        (f"{label} tree, signed by", f"key {', '.join(signed.signers)}"),
        (f"{label} tree, cosigned by", ", ".join(cosigned) or "nobody of the policy"),
    ]


def second(time_s: int) -> str:
    """An instant given in seconds, for people."""
    return format_instant(time_s * 1000)


def proved(
    evidence: Evidence, guilty: Iterable[Guilt], facts: Iterable[tuple[str, str]], rest: Iterable[str]
) -> Examined:
    """The answer for evidence that holds."""
    named, more = tuple(guilty), tuple(rest)
    if any(guilt.who.startswith(witness_named("")) for guilt in named):
        more += (BY_A_WITNESS_KEY,)
    return Examined(evidence.kind, PROVED, named, tuple(facts), more)


def by_whom(one: Signed, other: Signed) -> tuple[str, ...]:
    """What two signed trees do not prove of whoever holds the log's keys."""
    return (BY_THE_KEY,) if set(one.signers) & set(other.signers) else (BY_THE_KEY, DIFFERENT_KEYS)
