"""How often a party that has not the lot may write on it.

Past custodians, receivers who have not answered and parties to an old difference may report what they know. Without a
bound one of them could fill the history of a lot that it once carried until no bundle holds it, and a lot without a
proof is stopped at the next border. The custodian answers for its own lot, and authorities are bounded by nothing.
"""

from __future__ import annotations

from lotchain.custody.authority import is_authority
from lotchain.custody.case import Case, State
from lotchain.custody.findings import Finding, refusal

MAX_REPORTS = 32
"""Reports by one party on one lot while it is in other hands."""
REPORTS_MANY = refusal(
    "reports-many",
    "the party has reported on this lot as often as somebody may who has not got it",
    "tell the custodian or the authority of the place: they have the goods before them",
)
CODES = (REPORTS_MANY,)


def check(case: Case, lot: str, state: State) -> Finding | None:
    """Whether the issuer may report once more."""
    written = int(state["reports"].get(case.issuer, 0))
    if not _bounded(case, state) or written < MAX_REPORTS:
        return None
    return case.finding(REPORTS_MANY, lot, expected=f"at most {MAX_REPORTS}", found=written + 1)


def counted(case: Case, state: State) -> State:
    """The lot after one more report."""
    if not _bounded(case, state):
        return state
    return {**state, "reports": {**state["reports"], case.issuer: int(state["reports"].get(case.issuer, 0)) + 1}}


def _bounded(case: Case, state: State) -> bool:
    return case.issuer != state["custodian"] and not is_authority(case)
