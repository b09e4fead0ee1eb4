"""Reply to a pre-export notification: the importing country's authority says what it thinks of it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lotchain.custody import authority, permit_status, permits
from lotchain.custody.case import Case, Effect
from lotchain.custody.findings import Finding
from lotchain.events.event import Event
from lotchain.events.fields import ConsignmentId, Documents, HideableText, PermitId, StatementId


class PreExportReply(Event):
    """The importing country's word on a notification, and on the consignments that drew on it."""

    TITLE: ClassVar[str] = "Reply to a pre-export notification"
    CODES = (
        permits.PERMIT_UNKNOWN, permits.CONSIGNMENT_UNKNOWN, permit_status.PERMIT_NOT_DRAWN,
        permit_status.PERMIT_STATUS, permit_status.REPLY_WITHOUT_EFFECT, permit_status.REPLY_CHANGED, *authority.CODES,
    )  # fmt: skip

    type: Literal["pre-export-reply/1"] = Field(
        "pre-export-reply/1", title="Type", description="event type and version"
    )
    permit: PermitId = Field(title="Permit", description="the notification")
    answers: StatementId = Field(title="Answers", description="the statement that set the terms that were read")
    reply: Literal["received", "no-objection", "objected", "more-information-asked"] = Field(
        title="Reply", description="received says no more than that it arrived"
    )
    consignments: Annotated[tuple[ConsignmentId, ...], Field(max_length=20)] = Field(
        (), title="Consignments", description="those that drew on it already and are to know"
    )
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    reason: HideableText | None = Field(None, title="Reason", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The notification and the consignments."""
        return (self.permit, *dict.fromkeys(self.consignments))

    def judge(self, subject: str, case: Case) -> Effect:
        """Set the status that the reply gives, where it is to the terms as they are."""
        if subject == self.permit:
            record = case.state(subject)
            if record is None:
                return Effect({}, (case.finding(permits.PERMIT_UNKNOWN, subject),))
        else:
            entry = permit_status.drew(case, subject, self.permit)
            if isinstance(entry, Finding):
                return Effect({}, (entry,))
            record = entry
        fault = permit_status.check_replier(case, subject, record)
        if fault is not None:
            return Effect({}, (fault,))
        after, findings = permit_status.replied(case, subject, record, self.answers, self.reply)
        if subject == self.permit:
            return Effect({subject: after}, findings)
        return Effect(permit_status.told(case, subject, self.permit, after).states, findings)

    def sentence(self) -> str:
        """What was replied."""
        return f"Reply to {self.permit}: {self.reply}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """The consignments."""
        return (("Consignments", ", ".join(self.consignments)),) if self.consignments else ()
