"""What a trust policy says, once read: whom an inspector trusts, and for how long an answer is good enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from lotchain.core.notes import MLDSA44_COSIGNATURE, VerifierKey
from lotchain.errors import Malformed, UsageError

NO_QUORUM: Final = "none"
"""The quorum that asks for no cosignature (C2SP tlog-policy); no witness or group may bear this name."""

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
MAX_AGE_MS: Final = 3_650 * DAY_MS


class Group(NamedTuple):
    """Witnesses and earlier groups, of which `threshold` must have cosigned.

    Args:
        threshold: 1 to the number of members.
        members: names of witnesses and of groups defined before this one.

    """

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Whom an inspector trusts.

    Made by `lotchain.verify.policy_text.parse_policy`, which checks names and the order of lines; what must hold for
    any policy, however made, is checked here.

    Args:
        origin: the log's name.
        log_keys: the log's Ed25519 keys (type 1), then its ML-DSA-44 keys (type 6) where there are any; several of
            one type while the log changes its key, any one of which is enough.
        witnesses: name to keys: Ed25519 keys (type 4), then ML-DSA-44 keys (type 6), at least one in all.
        groups: name to group, each after the groups that it names.
        quorum: name of a witness or group, or `none`.
        auditors: names of the witnesses whose cosignature says that they replayed the ledger.
        audit_quorum: how many of them it takes: more than half, or 0 where none is listed.
        charter: 32 bytes, the statement id of the ledger's charter.
        max_age_ms: how old an answer may be, in milliseconds; one hour to 3650 days.
        treaty_required: whether the treaty answer counts towards the overall word.

    Raises:
        Malformed: `policy-audit-quorum`, `policy-duplicate`, `policy-max-age`.

    """

    origin: str
    log_keys: tuple[VerifierKey, ...]
    witnesses: Mapping[str, tuple[VerifierKey, ...]]
    groups: Mapping[str, Group]
    quorum: str
    auditors: tuple[str, ...]
    audit_quorum: int
    charter: bytes
    max_age_ms: int
    treaty_required: bool

    def __post_init__(self) -> None:
        listed = len(self.auditors)
        least = listed // 2 + 1 if listed else 0
        if not least <= self.audit_quorum <= listed:
            raise Malformed(
                "policy-audit-quorum",
                "the audit quorum does not fit the listed auditors",
                expected=f"{least} to {listed}, more than half" if listed else "0, as no auditor is listed",
                found=self.audit_quorum,
                remedy="with half of them or fewer, two different ledgers could both pass",
            )
        if not HOUR_MS <= self.max_age_ms <= MAX_AGE_MS:
            raise age_fault(f"{self.max_age_ms} ms")
        keys = [*self.log_keys, *(key for keys in self.witnesses.values() for key in keys)]
        if len({key.public for key in keys}) < len(keys) or len(set(self.auditors)) < listed:
            raise Malformed("policy-duplicate", "a trust policy counts a key or an auditor twice")

    def no_older_than(self, age_ms: int) -> Policy:
        """The same trust with a smaller greatest age: whoever verifies may ask for more, never for less.

        Raises:
            UsageError: `max-age-laxer`.
            Malformed: `policy-max-age`.

        """
        if age_ms > self.max_age_ms:
            raise UsageError(
                "max-age-laxer",
                "an answer may not be older than the trust policy allows",
                expected=f"at most {_age_text(self.max_age_ms)}",
                found=_age_text(age_ms),
                remedy="leave --max-age out, or have the policy's issuer allow a greater age",
            )
        return replace(self, max_age_ms=age_ms)

    @property
    def demands_mldsa(self) -> bool:
        """Whether the log's ML-DSA-44 signature is required: the policy lists such a key of its."""
        return any(key.kind == MLDSA44_COSIGNATURE for key in self.log_keys)


def _age_text(age_ms: int) -> str:
    return f"{age_ms // DAY_MS}d" if age_ms % DAY_MS == 0 else f"{age_ms // HOUR_MS}h"


def age_fault(found: str) -> Malformed:
    """The refusal of a greatest age outside one hour to 3650 days."""
    return Malformed("policy-max-age", "the greatest age is out of range", expected="1h to 3650d", found=found)
