"""A licence granted by a party's national authority: it names the party, what it may do, with what, from when."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lotchain.custody import authority, parties
from lotchain.custody.case import Case, Effect
from lotchain.custody.findings import refusal
from lotchain.events.event import Event
from lotchain.events.fields import (
    CasNumber,
    HideableText,
    InstantText,
    PartyId,
    Reference,
    ShortText,
    instant_of,
)

LICENCE_EXISTS = refusal(
    "licence-exists", "the party has a licence under this number", "change that one, or use another number"
)
LICENCE_DATES = refusal(
    "licence-dates",
    "the licence ends before it begins",
    "state an end after the beginning; the end is exclusive",
)
ORGANISATION_CHANGED = refusal(
    "organisation-changed",
    "the party is another organisation on this ledger",
    "a party id stays with one organisation; register the other one under its own number",
)
AUTHORITY_IS_NO_HANDLER = refusal(
    "authority-is-no-handler",
    "a national authority is no licensed handler on the same ledger",
    "register the handling body as a party of its own",
)
Activity = Literal["manufacture", "distribute", "transport", "store", "import", "export", "use"]


class LicenceGrant(Event):
    """A licence, and with the first one the party itself."""

    TITLE: ClassVar[str] = "Licence granted"
    CODES = (LICENCE_EXISTS, LICENCE_DATES, ORGANISATION_CHANGED, AUTHORITY_IS_NO_HANDLER, *authority.CODES)

    type: Literal["licence-grant/1"] = Field("licence-grant/1", title="Type", description="event type and version")
    party: PartyId = Field(title="Party", description="the licensee, under the id that its authority gives it")
    organisation: ShortText = Field(
        title="Organisation", description="the legal entity's registration; two parties are two organisations"
    )
    number: Reference = Field(title="Licence number", description="as the authority numbers it")
    activities: Annotated[tuple[Activity, ...], Field(min_length=1, max_length=7)] = Field(
        title="Activities", description="what the licence allows"
    )
    substances: Annotated[tuple[CasNumber | Literal["*"], ...], Field(min_length=1, max_length=200)] = Field(
        title="Substances", description="CAS numbers, or * for every substance"
    )
    valid_from: InstantText = Field(title="Valid from", description="inclusive")
    valid_until: InstantText | None = Field(
        None, title="Valid until", description="exclusive; absent: until further notice"
    )
    name: HideableText | None = Field(None, title="Name", description="trading name; may be hidden")
    sites: Annotated[tuple[Reference, ...], Field(min_length=1, max_length=50)] | None = Field(
        None, title="Sites", description="registered sites that it holds for, as the authority numbers them"
    )
    responsible_officer: HideableText | None = Field(
        None, title="Responsible officer", description="whom the licensee named to the authority; may be hidden"
    )
    review_at: InstantText | None = Field(None, title="Review at", description="when the authority reviews it next")

    def subjects(self) -> tuple[str, ...]:
        """The party."""
        return (self.party,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Add the licence; the first one brings the party onto the ledger."""
        fault = authority.over_party(case, self.party)
        if fault is not None:
            return Effect({}, (fault,))
        valid_from = instant_of(self.valid_from)
        valid_until = None if self.valid_until is None else instant_of(self.valid_until)
        if valid_until is not None and valid_until <= valid_from:
            return Effect({}, (case.finding(LICENCE_DATES, subject, found=self.valid_until),))
        state = case.state(subject) or parties.new_party(self.party, self.organisation, "operator")
        if state["role"] == "authority":
            return Effect({}, (case.finding(AUTHORITY_IS_NO_HANDLER, subject),))
        if state["organisation"] != self.organisation:
            return Effect({}, (case.finding(ORGANISATION_CHANGED, subject, expected=state["organisation"]),))
        if self.number in state["licences"]:
            return Effect({}, (case.finding(LICENCE_EXISTS, subject, found=self.number),))
        record = parties.licence(
            self.activities, self.substances, valid_from, valid_until, case.issuer, sites=self.sites or ()
        )
        return Effect({subject: parties.with_licence(state, self.number, record)})

    def sentence(self) -> str:
        """Who may do what."""
        return f"{self.party} is licensed ({self.number}) to {', '.join(self.activities)}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Substances and validity."""
        return (
            ("Substances", ", ".join(self.substances)),
            ("Valid", f"from {self.valid_from} until {self.valid_until or 'further notice'}"),
        )
