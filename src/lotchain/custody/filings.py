"""What a lot or a consignment remembers of reports and declarations filed about it with authorities.

A filing is a claim of whoever signs it, unless the authority with which it was filed signs: then it is acknowledged.
"""

from __future__ import annotations

from lotchain.custody.authority import is_authority
from lotchain.custody.case import Case, State
from lotchain.custody.findings import Finding, refusal

MAX_FILINGS = 256
"""Filings about one lot, for whoever has not got it: all its bundles hold them."""
MAX_OWN = 16
"""By one party that is neither an authority nor the lot's custodian: so that nobody uses up all places."""
MAX_FREE = 192
"""By one authority, or by the lot's custodian: they use up nobody's places, and nobody uses up theirs."""
FILINGS_MANY = refusal(
    "filings-many",
    "there are as many filings about this as it can have, or as many as this party may add",
    "file about the lots one by one, or have their custodian or the authority sign",
)
CODES = (FILINGS_MANY,)


def check(case: Case, subject: str, state: State) -> Finding | None:
    """Whether there is room for one more filing by the issuer."""
    standing = state.get("filings", {})
    free = case.issuer == state.get("custodian") or is_authority(case)
    if state["kind"] == "lot" and not free and len(standing) >= MAX_FILINGS:
        return case.finding(FILINGS_MANY, subject, expected=f"at most {MAX_FILINGS}", found=len(standing) + 1)
    own, most = sum(1 for entry in standing.values() if entry["by"] == case.issuer), MAX_FREE if free else MAX_OWN
    if own >= most:
        return case.finding(FILINGS_MANY, subject, expected=f"at most {most} by {case.issuer}", found=own + 1)
    return None


def filed(case: Case, state: State, record: State) -> State:
    """The subject with one more filing."""
    return {**state, "filings": {**state.get("filings", {}), case.statement: record}}
