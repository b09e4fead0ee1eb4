"""Licence revoked: final, by position in the log."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.custody import authority, licence_acts
from lotchain.custody.case import Case, Effect
from lotchain.events.event import Event
from lotchain.events.fields import HideableText, PartyId, Reference, Word


class LicenceRevocation(Event):
    """A licence that allows nothing any more."""

    TITLE: ClassVar[str] = "Licence revoked"
    CODES = (*licence_acts.CODES, *authority.CODES)

    type: Literal["licence-revocation/1"] = Field(
        "licence-revocation/1", title="Type", description="event type and version"
    )
    party: PartyId = Field(title="Party", description="the licensee")
    number: Reference = Field(title="Licence number", description="of the licence")
    reason: Word = Field(title="Reason", description="given-up, misuse, bankruptcy, court-order, …")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The party."""
        return (self.party,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Revoke the licence."""
        fault = licence_acts.check(case, subject, self.number)
        if fault is not None:
            return Effect({}, (fault,))
        return Effect({subject: licence_acts.with_status(case.standing(subject), self.number, "revoked")})

    def sentence(self) -> str:
        """Whose licence, and why."""
        return f"Licence {self.number} of {self.party} revoked ({self.reason})."
