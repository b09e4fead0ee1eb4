"""The declared route of a consignment, copied into its lots, and where they were really seen."""

from __future__ import annotations

from lotchain.custody.case import Case, State
from lotchain.custody.findings import Answer, Finding, fail, note

OFF_ROUTE = fail(
    Answer.CHAIN,
    "off-route",
    "the lot was at a place that its consignment's declared route does not hold",
    "stop the goods and ask the exporter and the authorities of the route",
)
OFF_ROUTE_INCIDENT = note(
    Answer.CHAIN,
    "off-route-incident",
    "what happened on the way was noticed between the declared places, in a country of the route",
    "compare with the report that it names",
)
CODES = (OFF_ROUTE,)
INCIDENT_CODES = (OFF_ROUTE, OFF_ROUTE_INCIDENT)


def check(case: Case, lot: str, state: State, code: str) -> tuple[Finding, ...]:
    """A finding when `code` is off the declared route; a lot without a consignment has no route."""
    consignment = state["consignment"]
    if consignment is None or state["delivered"] or code in consignment["route"]:
        return ()
    return (case.finding(OFF_ROUTE, lot, expected=" → ".join(consignment["route"]), found=code),)


def check_incident(case: Case, lot: str, state: State, code: str) -> tuple[Finding, ...]:
    """The same for a theft, a loss or a broken seal: noticed wherever it is noticed, in a country of the route."""
    found = check(case, lot, state, code)
    if found and code[:2] in {place[:2] for place in state["consignment"]["route"]}:
        return (found[0]._replace(kind=OFF_ROUTE_INCIDENT),)
    return found
