"""Custody by order: an authority gives a lot into other hands, since its custodian is bankrupt or has vanished.

It is a proposal: a second officer of the same authority, with another key, endorses it, and then it takes effect.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.custody import authority, proposals, second_signatures
from lotchain.custody.case import Case, Effect
from lotchain.custody.findings import refusal
from lotchain.custody.following import LOT_ENDED, LOT_UNKNOWN
from lotchain.events.event import Event
from lotchain.events.fields import Documents, HideableText, LotId, PartyId, Reference

CUSTODIAN_UNKNOWN = refusal(
    "custodian-unknown",
    "the party that is to have custody is not on this ledger, or not yet",
    "have its national authority grant its licence first, then submit this again",
    retryable=True,
)
CUSTODIAN_ALREADY = refusal(
    "custodian-already",
    "the party has custody of the lot already",
    "name the party that is to have it",
)


class CustodyOrder(Event):
    """An authority's order of custody, waiting for its second officer."""

    TITLE: ClassVar[str] = "Custody by order"
    CODES = (CUSTODIAN_UNKNOWN, CUSTODIAN_ALREADY, LOT_UNKNOWN, LOT_ENDED, *authority.CODES)

    type: Literal["custody-order/1"] = Field("custody-order/1", title="Type", description="event type and version")
    lot: LotId = Field(title="Lot", description="that changes hands")
    custodian: PartyId = Field(title="Custodian", description="who is to have it")
    reason: Literal["bankrupt", "vanished", "licence-ended", "court-order"] = Field(
        title="Reason", description="why its custodian does not hand it over"
    )
    reference: Reference | None = Field(None, title="Reference", description="number of the case")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lot."""
        return (self.lot,)

    def reads(self, subject: str) -> tuple[str, ...]:
        """Who is to have custody."""
        return (self.custodian,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Propose the order; nothing changes before the second officer signs."""
        state = case.state(subject)
        if state is None:
            return Effect({}, (case.finding(LOT_UNKNOWN, subject),))
        fault = authority.at_last_place(case, subject, state)
        if fault is None and state["ended"] is not None:
            fault = case.finding(LOT_ENDED, subject, found=state["ended"]["how"])
        if fault is None and case.state(self.custodian) is None:
            fault = case.finding(CUSTODIAN_UNKNOWN, subject, found=self.custodian)
        if fault is None and state["custodian"] == self.custodian:
            fault = case.finding(CUSTODIAN_ALREADY, subject, found=self.custodian)
        if fault is not None:
            return Effect({}, (fault,))
        entry = second_signatures.custody(case, self.custodian)
        return Effect({subject: proposals.propose(state, case.statement, entry)})

    def sentence(self) -> str:
        """To whom, why."""
        return f"Custody of {self.lot} ordered to {self.custodian} ({self.reason})."

    def details(self) -> tuple[tuple[str, str], ...]:
        """The case."""
        return (("Case", self.reference),) if self.reference is not None else ()
