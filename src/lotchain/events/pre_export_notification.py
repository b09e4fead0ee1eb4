"""Pre-export notification: the exporting country's authority tells the importing country's, before the goods leave."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.core.ids import country_of
from lotchain.custody import authority, permits
from lotchain.custody.case import Case, Effect
from lotchain.custody.findings import Finding
from lotchain.events.event import Event
from lotchain.events.fields import CountryCode, Documents, HideableText, InstantText, PartyId, PermitId, instant_of
from lotchain.events.permit_terms import PermitTerms


class PreExportNotification(Event):
    """One country's authority tells another's of exports to come (1988 Convention, article 12(10)(a))."""

    TITLE: ClassVar[str] = "Pre-export notification"
    CODES = (*permits.GRANT_CODES, *authority.CODES)

    type: Literal["pre-export-notification/1"] = Field(
        "pre-export-notification/1", title="Type", description="event type and version"
    )
    permit: PermitId = Field(title="Permit", description="the notification, named under the authority that sends it")
    holder: PartyId = Field(title="Exporter", description="who exports, and draws on the notification")
    importing: CountryCode = Field(title="Importing country", description="to which it is sent")
    terms: PermitTerms = Field(
        title="Terms", description="what is notified; for single use: one consignment, multiple: a simplified one"
    )
    reply_by: InstantText | None = Field(
        None, title="Reply by", description="until when a reply is asked for; no reply is never a yes"
    )
    dispatch: InstantText | None = Field(None, title="Dispatch", description="when the goods are expected to leave")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The notification."""
        return (self.permit,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Bring the notification forth, sent and not replied to."""
        terms = self.terms.as_state()
        fault = authority.over_party(case, self.holder) or permits.check_grant(case, subject, terms)
        fault = fault or self._sent_home(case)
        if fault is not None:
            return Effect({}, (fault,))
        reply_by = None if self.reply_by is None else instant_of(self.reply_by)
        state = permits.new_permit(
            case, permits.PRE_EXPORT, self.holder, terms, importing=self.importing, reply_by=reply_by
        )
        return Effect({subject: state})

    def _sent_home(self, case: Case) -> Finding | None:
        if self.importing == country_of(self.holder):
            return case.finding(
                permits.PERMIT_TERMS, self.permit, found=f"a notification of {self.importing} to itself"
            )
        return None

    def sentence(self) -> str:
        """What is announced to whom."""
        substances = ", ".join(self.terms.substances)
        return f"{self.importing} is told that {self.holder} will export {self.terms.quantity} of {substances}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Days and terms."""
        days = (("Reply by", self.reply_by or "not stated"), ("Dispatch", self.dispatch or "not stated"))
        return (*days, *self.terms.lines())
