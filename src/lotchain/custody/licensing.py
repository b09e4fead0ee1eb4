"""What the licences on the ledger say about an act, judged over the interval in which it was signed."""

from __future__ import annotations

from lotchain.custody.case import Case, State
from lotchain.custody.findings import Answer, Code, Finding, fail, hold
from lotchain.custody.parties import InForce, licensed

MAKER_UNLICENSED = fail(
    Answer.CHAIN,
    "maker-unlicensed",
    "the lot was not made under a manufacturing licence then in force",
    "ask the maker's national authority; without such a licence the chain has no lawful beginning",
)
MAKER_UNBRACKETED = hold(
    Answer.CHAIN,
    "maker-licence-undetermined",
    "whether the manufacturing licence was in force cannot be told: time not bracketed",
    "have statements name the newest checkpoint seen, so that their time is proved from both sides",
)
LICENCE_NONE = fail(
    Answer.TREATY,
    "licence-none",
    "the party has no licence for this activity with this substance",
    "ask its national authority",
)
LICENCE_NOT_IN_FORCE = fail(
    Answer.TREATY,
    "licence-not-in-force",
    "the party's licence was expired, suspended, revoked or not yet valid",
    "ask its national authority",
)
LICENCE_UNBRACKETED = hold(
    Answer.TREATY,
    "licence-undetermined",
    "whether the licence was in force cannot be told: time not bracketed",
    "have statements name the newest checkpoint seen, so that their time is proved from both sides",
)
CODES = (LICENCE_NONE, LICENCE_NOT_IN_FORCE, LICENCE_UNBRACKETED)
MAKER_CODES = (MAKER_UNLICENSED, MAKER_UNBRACKETED)

_CODE_OF: dict[InForce, Code] = {
    InForce.NONE: LICENCE_NONE,
    InForce.NO: LICENCE_NOT_IN_FORCE,
    InForce.UNBRACKETED: LICENCE_UNBRACKETED,
}
RECEIVING = {
    "carrier": ("transport",),
    "warehouse": ("store",),
    "consignee": ("use", "distribute", "import", "manufacture"),
}
"""What a licence must allow of a party that receives in each capacity: any one of these."""


def check(
    case: Case,
    subject: str,
    party: str,
    state: State | None,
    activities: tuple[str, ...],
    substance: str,
    interval: tuple[int, int],
) -> tuple[Finding, ...]:
    """A finding unless one of `activities` was licensed over the whole interval: the best answer counts."""
    answers = [licensed(state, activity, substance, *interval) for activity in activities]
    if InForce.YES in answers:
        return ()
    for answer in (InForce.UNBRACKETED, InForce.NO, InForce.NONE):
        if answer in answers:
            wanted = f"{party} licensed to {' or '.join(activities)} {substance}"
            return (case.finding(_CODE_OF[answer], subject, expected=wanted, found=answer.value),)
    return ()


def check_maker(
    case: Case, lot: str, state: State | None, substance: str, interval: tuple[int, int]
) -> tuple[Finding, ...]:
    """Whether the lot began by being made under a manufacturing licence then in force."""
    answer = licensed(state, "manufacture", substance, *interval)
    if answer is InForce.YES:
        return ()
    kind = MAKER_UNBRACKETED if answer is InForce.UNBRACKETED else MAKER_UNLICENSED
    wanted = f"{case.issuer} licensed to manufacture {substance}"
    return (case.finding(kind, lot, expected=wanted, found=answer.value),)
