"""What an authority does later to a licence that it granted: change, suspend, restore, revoke; by log position."""

from __future__ import annotations

from lotchain.custody.authority import over_party
from lotchain.custody.case import Case, State
from lotchain.custody.findings import Finding, refusal

LICENCE_UNKNOWN = refusal(
    "licence-unknown",
    "the party has no licence under this number, or not yet",
    "submit its grant first, then this again",
    retryable=True,
)
LICENCE_REVOKED = refusal(
    "licence-revoked",
    "the licence was revoked, and a revocation is final",
    "grant a new licence under another number",
)
CODES = (LICENCE_UNKNOWN, LICENCE_REVOKED)


def check(case: Case, party: str, number: str) -> Finding | None:
    """Whether the issuer may act on licence `number` of `party`, and the licence still lives."""
    fault = over_party(case, party)
    if fault is not None:
        return fault
    state = case.state(party)
    if state is None or number not in state["licences"]:
        return case.finding(LICENCE_UNKNOWN, party, found=number)
    if state["licences"][number]["status"] == "revoked":
        return case.finding(LICENCE_REVOKED, party, found=number)
    return None


def with_status(state: State, number: str, status: str) -> State:
    """The party with one licence `in-force`, `suspended` or `revoked`."""
    licence = {**state["licences"][number], "status": status}
    return {**state, "licences": {**state["licences"], number: licence}}
