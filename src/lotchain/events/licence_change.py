"""Licence changed: new terms in the place of the old ones, from this point of the log on."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lotchain.custody import authority, licence_acts, parties
from lotchain.custody.case import Case, Effect
from lotchain.custody.findings import refusal
from lotchain.events.event import Event
from lotchain.events.fields import CasNumber, HideableText, InstantText, PartyId, Reference, Word, instant_of

LICENCE_DATES = refusal(
    "licence-dates",
    "the licence ends before it begins",
    "state an end after the beginning; the end is exclusive",
)
Activity = Literal["manufacture", "distribute", "transport", "store", "import", "export", "use"]


class LicenceChange(Event):
    """All terms of a licence stated anew; a suspended licence stays suspended."""

    TITLE: ClassVar[str] = "Licence changed"
    CODES = (LICENCE_DATES, *licence_acts.CODES, *authority.CODES)

    type: Literal["licence-change/1"] = Field("licence-change/1", title="Type", description="event type and version")
    party: PartyId = Field(title="Party", description="the licensee")
    number: Reference = Field(title="Licence number", description="of the licence that changes")
    activities: Annotated[tuple[Activity, ...], Field(min_length=1, max_length=7)] = Field(
        title="Activities", description="what it allows from now on"
    )
    substances: Annotated[tuple[CasNumber | Literal["*"], ...], Field(min_length=1, max_length=200)] = Field(
        title="Substances", description="CAS numbers, or * for every substance"
    )
    valid_from: InstantText = Field(title="Valid from", description="inclusive")
    valid_until: InstantText | None = Field(
        None, title="Valid until", description="exclusive; absent: until further notice"
    )
    sites: Annotated[tuple[Reference, ...], Field(min_length=1, max_length=50)] | None = Field(
        None, title="Sites", description="registered sites that it holds for, as the authority numbers them"
    )
    responsible_officer: HideableText | None = Field(
        None, title="Responsible officer", description="whom the licensee named to the authority; may be hidden"
    )
    review_at: InstantText | None = Field(None, title="Review at", description="when the authority reviews it next")
    reason: Word = Field(title="Reason", description="renewal, extension, restriction, error, …")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The party."""
        return (self.party,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Replace the terms."""
        fault = licence_acts.check(case, subject, self.number)
        if fault is not None:
            return Effect({}, (fault,))
        valid_from = instant_of(self.valid_from)
        valid_until = None if self.valid_until is None else instant_of(self.valid_until)
        if valid_until is not None and valid_until <= valid_from:
            return Effect({}, (case.finding(LICENCE_DATES, subject, found=self.valid_until),))
        state = case.standing(subject)
        terms = parties.licence(
            self.activities, self.substances, valid_from, valid_until, case.issuer, sites=self.sites or ()
        )
        terms = {**terms, "status": state["licences"][self.number]["status"]}
        return Effect({subject: parties.with_licence(state, self.number, terms)})

    def sentence(self) -> str:
        """Whose licence, and what it allows now."""
        return f"Licence {self.number} of {self.party} now allows to {', '.join(self.activities)} ({self.reason})."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Substances and validity."""
        return (
            ("Substances", ", ".join(self.substances)),
            ("Valid", f"from {self.valid_from} until {self.valid_until or 'further notice'}"),
        )
