"""Authorisation: an authority lets consignments out of, into or through its country, or over its roads."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.custody import authority, permits
from lotchain.custody.case import Case, Effect
from lotchain.custody.findings import Finding
from lotchain.events.event import Event
from lotchain.events.fields import Documents, HideableText, PartyId, PermitId
from lotchain.events.permit_terms import PermitTerms


class AuthorisationGrant(Event):
    """An export, import, transit or transport authorisation, given by an authority to its holder."""

    TITLE: ClassVar[str] = "Authorisation granted"
    CODES = (*permits.GRANT_CODES, *authority.CODES)

    type: Literal["authorisation-grant/1"] = Field(
        "authorisation-grant/1", title="Type", description="event type and version"
    )
    permit: PermitId = Field(title="Permit", description="named under the authority that gives it")
    kind: Literal["export", "import", "transit", "transport"] = Field(
        title="Kind", description="out of, into or through the country, or over its roads"
    )
    holder: PartyId = Field(title="Holder", description="who may draw on it")
    terms: PermitTerms = Field(title="Terms", description="what is permitted")
    notification: PermitId | None = Field(
        None, title="Notification", description="the pre-export notification that it rests on"
    )
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="conditions; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The permit."""
        return (self.permit,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Bring the permit forth, in force from its dates."""
        terms = self.terms.as_state()
        fault = self._authority(case) or permits.check_grant(case, subject, terms)
        if fault is not None:
            return Effect({}, (fault,))
        return Effect({subject: permits.new_permit(case, self.kind, self.holder, terms)})

    def _authority(self, case: Case) -> Finding | None:
        # Who carries through a country, or on its roads, is often registered in another.
        if self.kind in permits.LOCATED:
            return None if authority.is_authority(case) else self._no_authority(case)
        return authority.over_party(case, self.holder)

    def _no_authority(self, case: Case) -> Finding:
        return case.finding(authority.NOT_AUTHORITY, self.permit, found=case.issuer)

    def sentence(self) -> str:
        """Who may do what with how much."""
        return (
            f"{self.holder} is authorised ({self.kind}): {self.terms.quantity} of {', '.join(self.terms.substances)}."
        )

    def details(self) -> tuple[tuple[str, str], ...]:
        """The terms."""
        return self.terms.lines()
