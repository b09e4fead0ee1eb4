"""The declared route of a consignment, copied into its lots, and where they were really seen."""

from __future__ import annotations

from lotchain.custody.case import Case, State
from lotchain.custody.findings import Answer, Finding, fail

OFF_ROUTE = fail(
    Answer.CHAIN,
    "off-route",
    "the lot was at a place that its consignment's declared route does not hold",
    "stop the goods and ask the exporter and the authorities of the route",
)
CODES = (OFF_ROUTE,)


def check(case: Case, lot: str, state: State, code: str) -> tuple[Finding, ...]:
    """A finding when `code` is off the declared route; a lot without a consignment has no route."""
    consignment = state["consignment"]
    if consignment is None or state["delivered"] or code in consignment["route"]:
        return ()
    return (case.finding(OFF_ROUTE, lot, expected=" → ".join(consignment["route"]), found=code),)
