"""Weighing a checkpoint against a trust policy: whose word it carries, and as of when.

The file itself is read by `lotchain.verify.policy_text`, whose names this module offers too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from lotchain.core.checkpoints import Checkpoint, open_checkpoint_by
from lotchain.core.cosignatures import verify_cosignature
from lotchain.core.notes import Note, VerifierKey
from lotchain.custody.findings import Answer, Finding, hold, note
from lotchain.errors import Malformed
from lotchain.verify.policy_text import format_policy, parse_policy
from lotchain.verify.trust import NO_QUORUM, Group, Policy

__all__ = [
    "AUDIT_QUORUM_NOT_MET",
    "COSIGNATURE_TIME",
    "NO_AUDITORS",
    "QUORUM_NOT_MET",
    "Group",
    "Policy",
    "Weighed",
    "format_policy",
    "parse_policy",
    "weigh",
]

LAST_SECOND: Final = 253_402_300_799
"""9999-12-31T23:59:59Z in seconds since 1970-01-01T00:00:00Z: a cosignature beyond it states no usable time."""

QUORUM_NOT_MET: Final = hold(
    Answer.COMPLETENESS,
    "quorum-not-met",
    "too few witnesses have cosigned this checkpoint for the trust policy",
    "fetch a bundle under a newer checkpoint, or ask the operator why the witnesses are missing",
)
AUDIT_QUORUM_NOT_MET: Final = hold(
    Answer.COMPLETENESS,
    "audit-quorum-not-met",
    "too few auditing witnesses have cosigned this checkpoint: that nothing is left out is the operator's word",
    "fetch a bundle under a checkpoint that the auditing authorities have cosigned",
)
NO_AUDITORS: Final = hold(
    Answer.COMPLETENESS,
    "no-auditors",
    "the trust policy lists no auditing witness: that nothing is left out is the operator's word",
    "use a trust policy that names the auditing authorities",
)
COSIGNATURE_TIME: Final = note(
    Answer.COMPLETENESS,
    "cosignature-time",
    "a cosignature verifies but states no usable time, so it was not counted",
    "ask the witness to cosign with the time at which this was the largest tree that it had seen",
)


class Weighed(NamedTuple):
    """A checkpoint whose signatures hold, and how much the policy makes of them.

    Args:
        checkpoint: the log's tree; its size and root are what proofs are checked against.
        note: the note that it came in.
        witnesses: each witness that cosigned, with its newest cosignature's time in seconds.
        quorum_met: whether the policy's quorum of witnesses cosigned.
        auditors: those among `witnesses` that the policy lists as auditors.
        attested: whether at least `audit_quorum` auditors cosigned; never so when none is listed.
        as_of_ms: the moment that an attested answer speaks of, milliseconds since 1970-01-01T00:00:00Z: the time of
            the audit-quorum-th newest auditing cosignature, so that fewer lying auditors than a quorum cannot make
            an answer look newer. None when not attested.
        faults: `quorum-not-met`, `audit-quorum-not-met`, `no-auditors`, `cosignature-time`.

    """

    checkpoint: Checkpoint
    note: Note
    witnesses: Mapping[str, int]
    quorum_met: bool
    auditors: Mapping[str, int]
    attested: bool
    as_of_ms: int | None
    faults: tuple[Finding, ...]


def weigh(policy: Policy, note_bytes: bytes) -> Weighed:
    """Verify a checkpoint note with every key that the policy knows, and count who stands behind it.

    Lines by unknown keys are ignored. A line by a known key that does not verify rejects the whole note: somebody
    made it up, and what else they made up is not to be guessed. A witness counts once, however many of its keys
    cosigned.

    Raises:
        Malformed: what `lotchain.core.checkpoints.open_checkpoint_by` raises; `cosignature-invalid` for a witness's
            line that does not verify.

    """
    checkpoint, opened = open_checkpoint_by(note_bytes, policy.log_keys)
    faults: list[Finding] = []
    witnesses: dict[str, int] = {}
    for name, keys in policy.witnesses.items():
        times = _times(name, keys, checkpoint, opened)
        usable = [time for time in times if 0 < time <= LAST_SECOND]
        if usable:
            witnesses[name] = max(usable)
        if len(usable) < len(times):
            faults.append(Finding(COSIGNATURE_TIME, policy.origin, found=name))
    quorum_met = policy.quorum == NO_QUORUM or policy.quorum in _met(policy, witnesses)
    if not quorum_met:
        faults.append(
            Finding(QUORUM_NOT_MET, policy.origin, expected=f"quorum {policy.quorum}", found=_listed(witnesses))
        )
    auditors = {name: witnesses[name] for name in policy.auditors if name in witnesses}
    attested = 0 < policy.audit_quorum <= len(auditors)
    if not policy.auditors:
        faults.append(Finding(NO_AUDITORS, policy.origin))
    elif not attested:
        expected = f"{policy.audit_quorum} of {len(policy.auditors)} auditors"
        faults.append(Finding(AUDIT_QUORUM_NOT_MET, policy.origin, expected=expected, found=_listed(auditors)))
    newest_first = sorted(auditors.values(), reverse=True)
    return Weighed(
        checkpoint=checkpoint,
        note=opened,
        witnesses=MappingProxyType(witnesses),
        quorum_met=quorum_met,
        auditors=MappingProxyType(auditors),
        attested=attested,
        as_of_ms=newest_first[policy.audit_quorum - 1] * 1000 if attested else None,
        faults=tuple(faults),
    )


def _times(name: str, keys: Iterable[VerifierKey], checkpoint: Checkpoint, opened: Note) -> list[int]:
    """The times of a witness's cosignatures on this checkpoint, in seconds."""
    times = []
    for key in keys:
        line = key.line_in(opened)
        if line is None:
            continue
        time = verify_cosignature(key, line, checkpoint, opened.text)
        if time is None:
            raise Malformed(
                "cosignature-invalid",
                f"a cosignature in the name of the witness {name} does not verify",
                expected=f"a valid line by {key.name}, key id {key.key_id.hex()}",
                remedy="do not trust this checkpoint: fetch it anew, and report it if it stays so",
            )
        times.append(time)
    return times


def _met(policy: Policy, witnesses: Mapping[str, int]) -> set[str]:
    """The witnesses that cosigned and the groups that they fill; each group stands after its members."""
    met = set(witnesses)
    for name, group in policy.groups.items():
        if sum(member in met for member in group.members) >= group.threshold:
            met.add(name)
    return met


def _listed(names: Mapping[str, int]) -> str:
    return ", ".join(sorted(names)) or "none"
