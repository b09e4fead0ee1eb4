"""Quota: how much of a substance a party may trade in a period, by its authority."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.custody import authority, permits
from lotchain.custody.case import Case, Effect
from lotchain.events.event import Event
from lotchain.events.fields import Documents, HideableText, PartyId, PermitId
from lotchain.events.permit_terms import PermitTerms


class Quota(Event):
    """How much a party may import, export, distribute or acquire in a period, over all its consignments."""

    TITLE: ClassVar[str] = "Quota given"
    CODES = (*permits.GRANT_CODES, *authority.CODES)

    type: Literal["quota/1"] = Field("quota/1", title="Type", description="event type and version")
    permit: PermitId = Field(title="Permit", description="the quota, named under the authority that gives it")
    holder: PartyId = Field(title="Holder", description="whose quota it is")
    activity: Literal["import", "export", "distribute", "acquire"] = Field(
        title="Activity", description="what is limited"
    )
    period: Literal["year", "quarter", "month", "other"] = Field(
        title="Period", description="for which it is; its dates stand in the terms"
    )
    terms: PermitTerms = Field(title="Terms", description="substances, quantity, unit and basis, dates")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="conditions; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The quota."""
        return (self.permit,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Bring the quota forth, in force from its dates."""
        terms = self.terms.as_state()
        fault = authority.over_party(case, self.holder) or permits.check_grant(case, subject, terms)
        if fault is not None:
            return Effect({}, (fault,))
        return Effect({subject: permits.new_permit(case, "quota", self.holder, terms)})

    def sentence(self) -> str:
        """How much of what in which period."""
        substances = ", ".join(self.terms.substances)
        return f"{self.holder} may {self.activity} {self.terms.quantity} of {substances} ({self.period})."

    def details(self) -> tuple[tuple[str, str], ...]:
        """The terms."""
        return self.terms.lines()
