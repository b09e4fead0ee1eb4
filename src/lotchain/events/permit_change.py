"""Change of a permit: new terms, suspended, restored, revoked, cancelled, or confirmed for consignments."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lotchain.custody import permit_status, permits
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Finding
from lotchain.events.event import Event
from lotchain.events.fields import ConsignmentId, Documents, HideableText, PermitId, Word
from lotchain.events.permit_terms import PermitTerms

_STATUS = {"suspended": "suspended", "restored": "in-force", "revoked": "revoked", "cancelled": "cancelled"}


class PermitChange(Event):
    """Whoever gave a permit changes it, and says which consignments that drew on it are to know."""

    TITLE: ClassVar[str] = "Permit changed"
    CODES = (
        permits.PERMIT_UNKNOWN, permits.CONSIGNMENT_UNKNOWN, permits.PERMIT_TERMS, permit_status.PERMIT_NOT_DRAWN,
        permit_status.PERMIT_NOT_ISSUER, permit_status.PERMIT_STATUS, permit_status.CHANGED_AFTER_REPLY,
    )  # fmt: skip

    type: Literal["permit-change/1"] = Field("permit-change/1", title="Type", description="event type and version")
    permit: PermitId = Field(title="Permit", description="that is changed")
    change: Literal["terms", "suspended", "restored", "revoked", "cancelled", "confirmed"] = Field(
        title="Change", description="new terms, another status, or: it stands for the consignments named"
    )
    terms: PermitTerms | None = Field(None, title="Terms", description="all of them anew; with the change terms only")
    consignments: Annotated[tuple[ConsignmentId, ...], Field(max_length=20)] = Field(
        (), title="Consignments", description="those that drew on it and are to know"
    )
    reason: Word = Field(title="Reason", description="amended, extended, suspicion, fraud, error, …")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The permit and the consignments."""
        return (self.permit, *dict.fromkeys(self.consignments))

    def judge(self, subject: str, case: Case) -> Effect:
        """Change the permit, and what each consignment keeps of it."""
        if subject == self.permit:
            record = case.state(subject)
            if record is None:
                return Effect({}, (case.finding(permits.PERMIT_UNKNOWN, subject),))
        else:
            entry = permit_status.drew(case, subject, self.permit)
            if isinstance(entry, Finding):
                return Effect({}, (entry,))
            record = entry
        fault = self._fault(case, subject, record)
        if fault is not None:
            return Effect({}, (fault,))
        if subject != self.permit:
            return permit_status.told(case, subject, self.permit, self._kept(case, record))
        return self._changed(case, record)

    def _fault(self, case: Case, subject: str, record: State) -> Finding | None:
        if case.issuer != record["by"]:
            return case.finding(permit_status.PERMIT_NOT_ISSUER, subject, expected=record["by"], found=case.issuer)
        if (self.terms is None) == (self.change == "terms"):
            return case.finding(permits.PERMIT_TERMS, subject, found=f"change {self.change}, terms or none")
        if self.terms is not None:
            fault = self._terms_fault(case, subject, record, self.terms.as_state())
            if fault is not None:
                return fault
        notified = record["sort"] == permits.PRE_EXPORT
        possible = ("terms", "cancelled") if notified else ("terms", "suspended", "restored", "revoked", "confirmed")
        if self.change not in possible or (subject == self.permit and not self._follows(record["status"])):
            return case.finding(permit_status.PERMIT_STATUS, subject, expected=record["status"], found=self.change)
        return None

    @staticmethod
    def _terms_fault(case: Case, subject: str, record: State, terms: State) -> Finding | None:
        # What was drawn is a figure in the old unit and basis: it would mean something else.
        old = record.get("terms", record)
        for member in ("quantity_kind", "basis"):
            if terms[member] != old[member]:
                return case.finding(permits.PERMIT_TERMS, subject, expected=old[member], found=terms[member])
        return permits.check_terms(case, subject, terms)

    def _follows(self, status: str) -> bool:
        # A consignment may be confirmed whatever became of the permit: that is its issuer's to say.
        if self.change == "confirmed":
            return True
        if self.change == "restored":
            return status == "suspended"
        return status not in ("revoked", "cancelled") and not (self.change == status == "suspended")

    def _changed(self, case: Case, state: State) -> Effect:
        if self.terms is None:
            return Effect({self.permit: {**state, "status": _STATUS.get(self.change, state["status"])}})
        findings: tuple[Finding, ...] = ()
        status = state["status"]
        if state["sort"] == permits.PRE_EXPORT:
            if status not in ("sent", "received"):
                findings = (
                    case.finding(permit_status.CHANGED_AFTER_REPLY, self.permit, expected=status, found="sent"),
                )
            status = "sent"
        after = {**state, "terms": self.terms.as_state(), "terms_by": case.statement, "status": status}
        return Effect({self.permit: after}, findings)

    def _kept(self, case: Case, entry: State) -> State:
        if self.terms is None:
            return {**entry, "status": _STATUS.get(self.change, "in-force")}
        until = self.terms.as_state()["until"]
        return {**entry, "status": "changed", "terms_by": case.statement, "until": until}

    def sentence(self) -> str:
        """What became of it."""
        return f"{self.permit}: {'new terms' if self.terms is not None else self.change} ({self.reason})."

    def details(self) -> tuple[tuple[str, str], ...]:
        """The consignments, and the terms."""
        named = (("Consignments", ", ".join(self.consignments)),) if self.consignments else ()
        return (*named, *(self.terms.lines() if self.terms is not None else ()))
