"""Customs release: an authority of a country on a consignment's route records what customs did with it."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.core.instants import format_instant
from lotchain.custody import authority
from lotchain.custody.case import Case, Effect, State, ahead, bracket
from lotchain.custody.charter import SUBJECT as CHARTER
from lotchain.custody.charter import country_of_authority
from lotchain.custody.findings import Finding, refusal
from lotchain.custody.permits import CONSIGNMENT_UNKNOWN
from lotchain.events.event import Event
from lotchain.events.fields import (
    Amount,
    ConsignmentId,
    Documents,
    HideableText,
    InstantText,
    Place,
    Reference,
    instant_of,
)

CUSTOMS_CONTRADICTS = refusal(
    "customs-contradicts-itself",
    "this is no act of customs at that place, or its times contradict each other",
    "no export in the country of destination, no import in that of origin, transit in neither; a beginning only of a "
    "suspensive procedure, and no later than the release",
)
CUSTOMS_AHEAD = refusal(
    "customs-ahead",
    "customs is said to have acted after this statement was entered",
    "submit it when it has happened; set the clock",
)
CUSTOMS_MANY = refusal(
    "customs-many",
    "the consignment has as many acts of customs as it can have",
    "record what follows on another consignment",
)
TRANSIT = ("transit-entry", "transit-exit")
MAX_CUSTOMS = 128
"""Acts of customs on one consignment: what all its lots' bundles hold."""


class CustomsRelease(Event):
    """What customs did with a consignment: export, import, transit, a free zone."""

    TITLE: ClassVar[str] = "Customs release"
    CODES = (CUSTOMS_CONTRADICTS, CUSTOMS_AHEAD, CUSTOMS_MANY, CONSIGNMENT_UNKNOWN, *authority.CODES)

    type: Literal["customs-release/1"] = Field("customs-release/1", title="Type", description="event type and version")
    consignment: ConsignmentId = Field(title="Consignment", description="that customs dealt with")
    kind: Literal["export", "import", "transit-entry", "transit-exit", "free-zone-entry", "free-zone-exit"] = Field(
        title="Kind", description="what customs did, or let happen"
    )
    released_at: InstantText = Field(title="Released at", description="when customs did so, UTC")
    place: Place = Field(title="Place", description="where; in the authority's own country, which the route holds")
    quantity: Amount | None = Field(None, title="Quantity", description="that customs released")
    reference: Reference | None = Field(None, title="Reference", description="number of the customs declaration")
    suspensive: bool = Field(
        False,
        title="Suspensive",
        description="whether the goods were under a suspensive procedure or in a free zone; absent: no",
    )
    suspensive_since: InstantText | None = Field(
        None, title="Suspensive since", description="when that procedure began, or they entered the zone, UTC"
    )
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The consignment."""
        return (self.consignment,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Remember what customs did; a lot is judged without it."""
        state = case.state(subject)
        if state is None:
            return Effect({}, (case.finding(CONSIGNMENT_UNKNOWN, subject),))
        fault = self._fault(case, state)
        if fault is not None:
            return Effect({}, (fault,))
        customs = {**state.get("customs", {}), case.statement: self._record(case)}
        return Effect({subject: {**state, "customs": customs}})

    def _fault(self, case: Case, state: State) -> Finding | None:
        name = self.consignment
        fault = authority.over_consignment(case, name, state)
        if fault is not None:
            return fault
        country = country_of_authority(case.state(CHARTER), case.issuer)
        if country != self.place.country:
            return case.finding(authority.AUTHORITY_SCOPE, name, expected=self.place.country, found=country)
        contradiction = self._contradiction(state)
        if contradiction:
            return case.finding(CUSTOMS_CONTRADICTS, name, found=contradiction)
        if ahead(case, instant_of(self.released_at)):
            return case.finding(CUSTOMS_AHEAD, name, expected=format_instant(case.time), found=self.released_at)
        # Each country has its own places: none can keep another's customs from telling what they did.
        if sum(1 for act in state.get("customs", {}).values() if act["country"] == country) >= MAX_CUSTOMS:
            return case.finding(CUSTOMS_MANY, name, expected=f"at most {MAX_CUSTOMS}")
        return None

    def _contradiction(self, state: State) -> str:
        """What does not go together, or the empty text."""
        country, first, last = self.place.country, state["route"][0][:2], state["route"][-1][:2]
        since = None if self.suspensive_since is None else instant_of(self.suspensive_since)
        # Goods leave a customs territory in its last country, and enter it in its first: not always where they began
        # or where they go. So any country of the route will do but that which rules the act out.
        wrong = (
            (self.kind == "export" and country == last, f"export in {country}, where the route ends"),
            (self.kind == "import" and country == first, f"import in {country}, where the route begins"),
            (self.kind in TRANSIT and country in (first, last), f"transit in {country}, an end of the route"),
            (since is not None and not self.suspensive, "the beginning of no procedure"),
            (since is not None and since > instant_of(self.released_at), "a procedure that began after it ended"),
        )
        return next((text for condition, text in wrong if condition), "")

    def _record(self, case: Case) -> State:
        lower, upper = bracket(case)
        return {
            "kind": self.kind,
            "country": self.place.country,
            "place": self.place.code,
            "at": instant_of(self.released_at),
            "lower": lower,
            "upper": upper,
            "suspensive": self.suspensive,
            "since": None if self.suspensive_since is None else instant_of(self.suspensive_since),
            "quantity": None if self.quantity is None else self.quantity.amount,
            "quantity_kind": "" if self.quantity is None else self.quantity.kind,
        }

    def sentence(self) -> str:
        """What customs did where, when."""
        kind = self.kind.replace("-", " ")
        return f"Customs at {self.place.code}: {kind} of {self.consignment} at {self.released_at}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Quantity, number, procedure."""
        procedure = f"since {self.suspensive_since}" if self.suspensive_since else "yes"
        rows = (
            ("Quantity", None if self.quantity is None else str(self.quantity)),
            ("Declaration", self.reference),
            ("Suspensive procedure or free zone", procedure if self.suspensive else None),
        )
        return tuple((label, value) for label, value in rows if value is not None)
