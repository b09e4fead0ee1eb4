"""Facts about a permit's own terms, asked where a consignment draws on it; and about licences."""

from __future__ import annotations

from typing import Any, Final

from lotchain.core.instants import parse_instant
from lotchain.custody.case import State
from lotchain.rules.facts import ABSENT, UNKNOWN, Interval, Value
from lotchain.treaty.scene import Scene


def _terms(scene: Scene) -> Any:
    return scene.event.found.terms


def _at(text: str | None, scene: Scene) -> Value:
    if text is None:
        return ABSENT
    moment = parse_instant(text, field="terms")
    return Interval(moment, moment, scene.offset)


def permit_from(scene: Scene) -> Value:
    """Inclusive."""
    return _at(_terms(scene).valid_from, scene)


def permit_until(scene: Scene) -> Value:
    """Exclusive."""
    return _at(_terms(scene).valid_until, scene)


def _stated(scene: Scene) -> set[str]:
    terms = _terms(scene)
    said = {"date", "quantity", "substance"}
    if terms.exporter is not None:
        said.add("exporter")
    if terms.importer is not None:
        said |= {"importer", "licence"} if _holds_licence(scene) else {"importer"}
    if terms.consignees:
        said.add("consignee")
    if terms.entry_points:
        said.add("entry-point")
    if terms.transit is not None:
        said.add("transit-countries")
    for paper in scene.event.documents:
        said.update(paper.states or ())
    return said


def _holder(scene: Scene) -> State | None:
    """The holder's state where the holder draws; the proof of a lot need not hold a party that only others name."""
    holder = scene.event.found.holder
    return scene.load(holder) if scene.case.issuer == holder else None


def _holds_licence(scene: Scene) -> bool:
    state = _holder(scene)
    return state is not None and bool(state.get("licences"))


def notice_states(scene: Scene) -> Value:
    """What the notification states; its beginning is the day of dispatch from which it holds."""
    return frozenset(_stated(scene) | {"dispatch-date"})


def permit_states(scene: Scene) -> Value:
    """What the authorisation states."""
    return frozenset(_stated(scene))


def declaration_states(scene: Scene) -> Value:
    """What the end-use declaration states: buyer and certification are its signer's."""
    terms = _terms(scene)
    said = _stated(scene) | {"buyer", "signer"}
    if terms.exporter is not None:
        said.add("supplier")
    return frozenset(said)


def declaration_kind(scene: Scene) -> Value:
    """For one transaction or several."""
    return str(_terms(scene).use)


def holder_licence_until(scene: Scene) -> Value:
    """Until when the holder's licences last; absent: one until further notice."""
    state = _holder(scene)
    rows = [] if state is None else [row for row in state["licences"].values() if row["status"] == "in-force"]
    if not rows:
        return UNKNOWN
    if any(row["until"] is None for row in rows):
        return ABSENT
    last = max(row["until"] for row in rows)
    return Interval(last, last, scene.offset)


def licence_from(scene: Scene) -> Value:
    """Of a licence just granted or changed."""
    return _at(scene.event.valid_from, scene)


def licence_until(scene: Scene) -> Value:
    """Exclusive; absent: until further notice."""
    if scene.kind == "permit-drawing":
        return holder_licence_until(scene)
    return _at(scene.event.valid_until, scene)


def licence_review_at(scene: Scene) -> Value:
    """When the authority reviews it next."""
    return _at(scene.event.review_at, scene)


def responsible_officer(scene: Scene) -> Value:
    """Named to the authority; where the licence says nothing of it, it is not known."""
    return True if scene.event.responsible_officer is not None else UNKNOWN


FACTS: Final = {
    "permit_from": permit_from, "permit_until": permit_until, "notice_states": notice_states,
    "permit_states": permit_states, "declaration_states": declaration_states, "declaration_kind": declaration_kind,
    "licence_valid_from": licence_from, "licence_valid_until": licence_until, "licence_review_at": licence_review_at,
    "responsible_officer_named": responsible_officer,
}  # fmt: skip
