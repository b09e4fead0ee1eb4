"""The declared route of a consignment, copied into its lots, and where they were really seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

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
CODE_OF_AIRPORT = note(
    Answer.CHAIN,
    "route-code-airport",
    "the route of a journey by sea names a city by the code of its airport: it is read as that of its port",
    "write the port's code; a bill of lading and a permit are compared code by code elsewhere",
)
PORTS_BY_AIRPORT: Mapping[str, str] = MappingProxyType({"CNSHA": "CNSHG"})
"""UN/LOCODEs of airports that stand on sea papers for their city's port: Shanghai. The judge's version fixes it."""
CODES = (OFF_ROUTE,)
INCIDENT_CODES = (OFF_ROUTE, OFF_ROUTE_INCIDENT)


def place_of(code: str) -> str:
    """The code itself, or that of the port for an airport's that is commonly written in its stead."""
    return PORTS_BY_AIRPORT.get(code, code)


def holds(codes: Iterable[str], code: str) -> bool:
    """Whether a place is among `codes`."""
    return place_of(code) in map(place_of, codes)


def codes_of_airports(case: Case, consignment: str, codes: Iterable[str], mode: str) -> tuple[Finding, ...]:
    """A finding for each airport's code in the route of a journey by sea."""
    found = [code for code in dict.fromkeys(codes) if code in PORTS_BY_AIRPORT] if mode == "sea" else []
    return tuple(
        case.finding(CODE_OF_AIRPORT, consignment, expected=PORTS_BY_AIRPORT[code], found=code) for code in found
    )


def check(case: Case, lot: str, state: State, code: str) -> tuple[Finding, ...]:
    """A finding when `code` is off the declared route; a lot without a consignment has no route."""
    consignment = state["consignment"]
    if consignment is None or state["delivered"] or holds(consignment["route"], code):
        return ()
    return (case.finding(OFF_ROUTE, lot, expected=" → ".join(consignment["route"]), found=code),)


def check_incident(case: Case, lot: str, state: State, code: str) -> tuple[Finding, ...]:
    """The same for a theft, a loss or a broken seal: noticed wherever it is noticed, in a country of the route."""
    found = check(case, lot, state, code)
    if found and code[:2] in {place[:2] for place in state["consignment"]["route"]}:
        return (found[0]._replace(kind=OFF_ROUTE_INCIDENT),)
    return found
