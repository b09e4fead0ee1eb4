"""A consignment's state, and what each of its lots keeps of it: the declared route and who is to receive them.

A lot copies what later judgements on it need (route, final consignees), so that judging a lot never reads the
consignment: effects are per subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lotchain.custody.case import Case, State
from lotchain.custody.findings import Answer, Finding, hold, note
from lotchain.custody.territory import state_of, territory

CONSIGNMENT_REPLACED = note(
    Answer.CHAIN,
    "consignment-replaced",
    "whoever had declared the lot's consignment, or its importer, replaced it before it was delivered",
    "compare route and consignees of the two",
)
CONSIGNMENT_REROUTED = hold(
    Answer.CHAIN,
    "consignment-rerouted",
    "a party that carries or keeps the lot declared another route or other consignees than its sender had",
    "ask the exporter and the importer of the first consignment whether they know of the second",
)
CODES = (CONSIGNMENT_REPLACED, CONSIGNMENT_REROUTED)
CARRYING = ("carrier", "warehouse")
"""Capacities in which somebody has a lot for others, who have sealed it."""


def new_consignment(
    consignment: str,
    *,
    exporter: str,
    importer: str,
    final: Iterable[str],
    route: Iterable[str],
    lots: Iterable[str],
    mode: str,
    by: str,
) -> State:
    """A consignment just declared.

    Args:
        consignment: its id.
        exporter: the party that sends it out of its country.
        importer: the party that takes it in.
        final: the parties at which it is delivered.
        route: UN/LOCODEs in travelling order.
        lots: the lots in it.
        mode: how it mainly travels.
        by: the custodian that declares it.

    """
    return {
        "kind": "consignment",
        "consignment": consignment,
        "exporter": exporter,
        "importer": importer,
        "final": sorted(final),
        "route": list(route),
        "lots": sorted(lots),
        "mode": mode,
        "by": by,
        "status": "declared",
    }


def consigned(
    state: State, consignment: str, *, by: str, importer: str, final: Iterable[str], route: Iterable[str]
) -> State:
    """The lot under way in a consignment; `from` stands there only where its place is not where the route begins."""
    record: State = {
        "id": consignment,
        "by": by,
        "importer": importer,
        "final": sorted(final),
        "route": list(route),
    }
    here, starts = state["place"]["code"], record["route"][0]
    if territory(here[:2]) != territory(starts[:2]):
        record["from"] = here
    after = {**state, "consignment": record, "delivered": False}
    before, now = ways(state), _ends_of(record["route"])
    if before is None or (before == now and "ways" not in state):
        return after
    return {**after, "ways": {end: now[end] if before[end] == now[end] else "" for end in now}}


def ways(state: State) -> State | None:
    """The States in which every route of the lot so far `begins` and `ends`, empty where they differ; None without one.

    A State that owed something for one consignment is not told by another that a custodian has declared since.
    """
    if state["consignment"] is None:
        return None
    told: State = state.get("ways") or _ends_of(state["consignment"]["route"])
    return told


def _ends_of(route: Sequence[str]) -> State:
    return {"begins": state_of(route[0][:2]), "ends": state_of(route[-1][:2])}


def on_the_way(case: Case, state: State) -> bool:
    """Whether the issuer has the lot for others: as a carrier or warehouse, or between its sender and its consignees.

    Such a party has no business with what is under the seals.
    """
    if state["held_as"] in CARRYING:
        return True
    consignment = state["consignment"]
    if consignment is None or state["delivered"]:
        return False
    return case.issuer not in (consignment["by"], consignment["importer"], *consignment["final"])


def replaced(case: Case, lot: str, state: State, found: str) -> tuple[Finding, ...]:
    """A finding when the lot, not yet delivered, leaves the consignment in which it stands for `found`."""
    standing = state["consignment"]
    if standing is None or state["delivered"]:
        return ()
    entitled = case.issuer in (standing["by"], standing["importer"])
    kind = CONSIGNMENT_REPLACED if entitled else CONSIGNMENT_REROUTED
    return (case.finding(kind, lot, expected=standing["id"], found=found),)
