"""Licence suspended, or restored: by position in the log, never by a stated time."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.custody import authority, licence_acts
from lotchain.custody.case import Case, Effect
from lotchain.custody.findings import refusal
from lotchain.events.event import Event
from lotchain.events.fields import HideableText, PartyId, Reference, Word

LICENCE_STATE = refusal(
    "licence-state",
    "the licence is suspended already, or is not suspended",
    "read the party's history; there is nothing to do",
)
_STATUS = {"suspended": "suspended", "restored": "in-force"}


class LicenceSuspension(Event):
    """A licence that allows nothing until it is restored, or one that is restored."""

    TITLE: ClassVar[str] = "Licence suspended or restored"
    CODES = (LICENCE_STATE, *licence_acts.CODES, *authority.CODES)

    type: Literal["licence-suspension/1"] = Field(
        "licence-suspension/1", title="Type", description="event type and version"
    )
    party: PartyId = Field(title="Party", description="the licensee")
    number: Reference = Field(title="Licence number", description="of the licence")
    state: Literal["suspended", "restored"] = Field(title="State", description="suspended, or restored again")
    reason: Word = Field(title="Reason", description="investigation, fee-unpaid, cleared, court-order, …")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The party."""
        return (self.party,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Suspend or restore the licence."""
        fault = licence_acts.check(case, subject, self.number)
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        status, now = _STATUS[self.state], state["licences"][self.number]["status"]
        if status == now:
            return Effect({}, (case.finding(LICENCE_STATE, subject, found=now),))
        return Effect({subject: licence_acts.with_status(state, self.number, status)})

    def sentence(self) -> str:
        """Whose licence, and why."""
        return f"Licence {self.number} of {self.party} {self.state} ({self.reason})."
