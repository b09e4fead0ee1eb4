"""Permits as they stand, with the statements behind each member: notifications, declarations, authorisations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from lotchain.custody.case import State
from lotchain.oversight.observed import Observed
from lotchain.returns.chronicle import Chronicle, at, payload
from lotchain.returns.table import Cell, known, listed, unknown
from lotchain.returns.weights import Factor, factor_of, find, weights

_GRANTS = ("pre-export-notification/1", "authorisation-grant/1", "end-use-declaration/1", "quota/1")


class Reply(NamedTuple):
    """One reply to a notification that had an effect."""

    entry: int
    issuer: str
    at: str
    reply: str
    reason: Any


class Change(NamedTuple):
    """One change of a permit."""

    entry: int
    at: str
    change: str
    reason: str


@dataclass(slots=True)
class Permit:
    """One permit.

    Attributes:
        name: its id.
        entry: where it was given; `at`: when, ms; `event`: the statement's payload.
        state: as it stands.
        replies, changes: in log order.

    """

    name: str
    entry: int
    at: int
    event: Mapping[str, Any]
    state: State
    replies: list[Reply] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def terms_at(self, chronicle: Chronicle) -> tuple[int, ...]:
        """The statement that set its terms, as sources."""
        return chronicle.place_of(self.state["terms_by"])


class Permits:
    """All permits of a log. Feed it each statement before the chronicle."""

    def __init__(self, chronicle: Chronicle) -> None:
        self._chronicle = chronicle
        self.by_name: dict[str, Permit] = {}

    def take(self, told: Observed) -> None:
        """One more statement of the log."""
        kind = told.reading.event.type
        if kind in _GRANTS:
            event = payload(told)
            name = event["permit"]
            self.by_name[name] = Permit(name, told.index, at(event["occurred_at"]), event, told.after[name])
        elif kind == "pre-export-reply/1":
            self._replied(told)
        elif kind == "permit-change/1":
            event = payload(told)
            change = Change(told.index, event["occurred_at"], event["change"], event["reason"])
            self.by_name[event["permit"]].changes.append(change)
        for name in told.after:
            if name in self.by_name:
                self.by_name[name].state = told.after[name]

    def _replied(self, told: Observed) -> None:
        event = payload(told)
        permit = self.by_name[event["permit"]]
        if told.after[permit.name] == self._chronicle.states[permit.name] and event["reply"] != permit.state["status"]:
            return  # to earlier terms, or less than an earlier word
        issuer = told.reading.statement.issuer
        permit.replies.append(Reply(told.index, issuer, event["occurred_at"], event["reply"], event.get("reason")))


def substance_cells(chronicle: Chronicle, numbers: list[str], sources: tuple[int, ...]) -> dict[str, Cell]:
    """Cells `substance`, `cas` and `hs` of the CAS numbers of some goods."""
    matches = [find(chronicle.substances, cas) for cas in numbers]
    strange = [cas for cas, match in zip(numbers, matches, strict=True) if match is None]
    why = f"the data on substances does not hold {', '.join(strange)}" if strange else "no CAS number is stated"
    codes = listed(match.substance.hs for match in matches if match is not None)
    return {
        "substance": unknown(why, sources)
        if strange or not matches
        else listed((match.substance.name for match in matches if match is not None), sources, "by the CAS number"),
        "cas": listed(numbers, sources),
        "hs": codes if codes.value is not None and not strange else unknown("the data holds no HS code for it"),
    }


def term_weights(chronicle: Chronicle, permit: Permit, country: str) -> dict[str, Cell]:
    """The quantity of a permit's terms, as it stands and as base."""
    terms, sources = permit.state["terms"], permit.terms_at(chronicle)
    factor, base_given = term_factor(chronicle, terms, country), terms["basis"] == "base"
    return weights(terms["quantity"], terms["quantity_kind"], factor, sources, base_given=base_given)


def term_factor(chronicle: Chronicle, terms: State, country: str) -> Factor:
    """The factor of terms: the one that they state; else the one of their substances, if these have one in common."""
    if terms["factor"] is not None:
        base, of = terms["factor"]
        return Factor(Fraction(base, of), f"{base}/{of}", "as the permit states it")
    kind = terms["quantity_kind"]
    found = {factor_of(chronicle.substances, cas, country, kind) for cas in terms["substances"]}
    if len({factor.value for factor in found}) == 1:
        return min(found)
    return Factor(None, "", "the permit covers substances of different factors and does not say which is weighed")


def status_cell(chronicle: Chronicle, permit: Permit) -> Cell:
    """A permit's status, and the statement that set it."""
    acts = [change.entry for change in permit.changes if change.change != "confirmed"]
    acts += [reply.entry for reply in permit.replies]
    return known(permit.state["status"], (max(acts, default=permit.entry),))
