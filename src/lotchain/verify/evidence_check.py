"""Checking evidence under a trust policy: which misbehaviour of whom it proves, in words, and what it does not.

The policy says whose the keys are: the log's, the witnesses', and which of these are auditors. Nothing else is asked,
no network, no ledger, no clock. A checkpoint counts as the log's word with any of its Ed25519 signatures: what is
published bears others besides, but what was signed is signed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from lotchain.errors import Malformed
from lotchain.verify import evidence as kinds
from lotchain.verify import evidence_entries as entries
from lotchain.verify import evidence_trees as trees
from lotchain.verify.evidence import Acts, Evidence, decode_evidence
from lotchain.verify.evidence_acts import check_acts, states_before
from lotchain.verify.evidence_judged import unproved
from lotchain.verify.evidence_signed import (
    CANNOT_TELL,
    NOT_PROVED,
    Examined,
    Guilt,
    only_closing,
    proved,
    require_included,
)  # fmt: skip
from lotchain.verify.policy import Policy, weigh

_UNKNOWN: Final = ("version-unsupported", "judge-version-unknown", "event-type", "mldsa-unavailable")


def check_evidence(data: bytes, policy: Policy) -> Examined:
    """Check a `.lotevidence` file under a policy.

    Args:
        data: the file's bytes.
        policy: whose the keys are.

    Raises:
        Malformed: the file cannot be read as evidence at all (`evidence-digest`, `evidence-format`, …).

    """
    evidence = decode_evidence(data)
    try:
        return _CHECKS[evidence.kind](evidence, policy)
    except Malformed as fault:
        unknown = fault.code in _UNKNOWN and (fault.code != "event-type" or fault.field == "type")
        return Examined(evidence.kind, CANNOT_TELL if unknown else NOT_PROVED, fault=fault)


def _double_dealing(evidence: Evidence, policy: Policy) -> Examined:
    acts = evidence.body
    assert isinstance(acts, Acts)  # noqa: S101
    states, attested = None, False
    facts: list[tuple[str, str]] = []
    if evidence.trees:
        (tree,) = evidence.trees
        weighed = weigh(policy, tree.note)
        require_included(tree.leaves, weighed.checkpoint)
        record = only_closing(tree)
        if record.end != weighed.checkpoint.size - 1:
            raise unproved(
                "the closing record is not the checkpoint's last entry", f"entry {weighed.checkpoint.size - 1}"
            )
        states = states_before(acts, record.heads_root)
        attested = weighed.attested and weighed.quorum_met
        backing = "attested by the auditors" if attested else "by the operator's word"
        facts.append(("keys and parties", f"as of size {weighed.checkpoint.size}, {backing}"))
    dealing = check_acts(acts, policy.origin, policy.charter, states)
    # Whose a key is, an operator can write into a map of its own: without auditors only the keys are bound.
    whose = f"the party {dealing.issuer}" if attested else f"the holder of {' and '.join(dealing.signers)}"
    what = f"signed two acts on {dealing.lot} that exclude each other, in the name of {dealing.issuer}"
    pairs = zip(("one", "the other"), dealing.sentences, dealing.ids, strict=True)
    facts += [(label, f"{sentence} (id {hex_id})") for label, sentence, hex_id in pairs]
    rest = [
        "which of the two acts the goods followed",
        "that both were meant to stand: a ledger may have refused one of them",
        "who used the key: the party's own people, or a thief who has it",
    ]
    if states is None:
        rest.append("whose the keys are, whether they were valid, and that giver and receiver are two: no ledger "
                    "is shown")  # fmt: skip
    elif not attested:
        rest.append("whose the keys are, beyond the operator's word")
    return proved(evidence, (Guilt(whose, what),), facts, rest)


_CHECKS: Final[Mapping[str, Callable[[Evidence, Policy], Examined]]] = {
    kinds.SPLIT_VIEW: trees.split_view,
    kinds.FORK: trees.fork,
    kinds.FORK_NODE: trees.fork_node,
    kinds.ROLLED_BACK: trees.rolled_back,
    kinds.WITNESS_ROLLED_BACK: trees.witness_rolled_back,
    kinds.ENTRY_MALFORMED: entries.entry_malformed,
    kinds.CLOSING_WRONG: entries.closing_wrong,
    kinds.TIME_BACK: entries.time_back,
    kinds.STATEMENT_TWICE: entries.statement_twice,
    kinds.JUDGED: entries.judged,
    kinds.REPLAYED: entries.replayed,
    kinds.DOUBLE_DEALING: _double_dealing,
}
