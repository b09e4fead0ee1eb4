"""What an observation of a lot is worth, by who makes it: it moves nothing, and only tells where the lot was seen.

The custodian, the party to whom the lot is offered, and a competent authority have the goods before them. A past
custodian has not: what it reports late (or wrongly, or to do harm) is recorded and never weighs more than a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lotchain.custody import lots
from lotchain.custody.authority import is_authority
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.charter import SUBJECT as CHARTER
from lotchain.custody.charter import country_of_authority
from lotchain.custody.findings import Answer, Finding, hold, note

PAST_CUSTODIAN_REPORT = note(
    Answer.CHAIN,
    "past-custodian-report",
    "a party that no longer has the lot reports what does not agree with the ledger",
    "ask who has the goods now; a past custodian's word neither breaks nor mends the chain",
)
SEEN_AFTER_END = hold(
    Answer.CHAIN,
    "seen-after-end",
    "an authority met goods under the name of a lot that had ended",
    "find out whose goods they are: the lot was divided, merged, consumed, lost or refused before",
)
CODES = (PAST_CUSTODIAN_REPORT, SEEN_AFTER_END)


def has_goods(case: Case, state: State) -> bool:
    """Whether the issuer has the goods before it: the custodian, the receiver of an open offer, an authority."""
    if case.issuer == state["custodian"]:
        return True
    if state["offer"] is not None and case.issuer == state["offer"]["to"]:
        return True
    return is_authority(case)


def places(case: Case, state: State, country: str) -> bool:
    """Whether the issuer's word moves the lot's declared place: its custodian's, or that country's authority's."""
    if state["ended"] is not None:
        return False
    if case.issuer == state["custodian"]:
        return True
    return country_of_authority(case.state(CHARTER), case.issuer) == country


def observed(case: Case, lot: str, state: State, place: Mapping[str, str], contradictions: Iterable[Finding]) -> Effect:
    """The lot after an observation at `place`, with what contradicts the ledger weighed by who says it."""
    found = tuple(contradictions)
    if not has_goods(case, state):
        found = tuple(
            case.finding(PAST_CUSTODIAN_REPORT, lot, expected=each.expected, found=f"{each.code}: {each.found}")
            for each in found
        )
    elif state["ended"] is not None:
        found = (*found, case.finding(SEEN_AFTER_END, lot, expected=state["ended"]["how"], found=place["code"]))
    if places(case, state, place["code"][:2]):
        return Effect({lot: lots.at_place(state, place["code"], place["offset"])}, found)
    return Effect({lot: state}, found)
