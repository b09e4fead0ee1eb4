"""Resolution: an authority ends a dispute on a lot, by confirming what is logged or by ordering custody.

It is a proposal: a second officer of the same authority, with another key, endorses it, and then it takes effect.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.custody import proposals
from lotchain.custody.authority import CODES as AUTHORITY_CODES
from lotchain.custody.authority import at_last_place
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Finding, refusal
from lotchain.custody.following import LOT_ENDED, LOT_UNKNOWN
from lotchain.events.event import Event
from lotchain.events.fields import Documents, HideableText, LotId, PartyId, StatementId

CONFLICT_UNKNOWN = refusal(
    "conflict-unknown",
    "there is no such dispute on this lot, or not yet",
    "submit the conflict first, then this again",
    retryable=True,
)
CONFLICT_RESOLVED = refusal(
    "conflict-already-resolved", "the dispute has been resolved", "a dispute is resolved once; read the resolution"
)
RESOLUTION_CUSTODIAN = refusal(
    "resolution-custodian",
    "a custodian is named for an order of custody, and only for that",
    "name the custodian, or confirm the logged act without naming one",
)
CUSTODIAN_UNKNOWN = refusal(
    "custodian-unknown",
    "the party that is to have custody is not on this ledger, or not yet",
    "have its national authority grant its licence first, then submit this again",
    retryable=True,
)


class Resolution(Event):
    """An authority's decision about a dispute, waiting for its second officer."""

    TITLE: ClassVar[str] = "Resolution of a dispute"
    CODES = (
        CONFLICT_UNKNOWN, CONFLICT_RESOLVED, RESOLUTION_CUSTODIAN, CUSTODIAN_UNKNOWN, LOT_UNKNOWN, LOT_ENDED,
        proposals.SECOND_OFFICER, *AUTHORITY_CODES,
    )  # fmt: skip

    type: Literal["resolution/1"] = Field("resolution/1", title="Type", description="event type and version")
    lot: LotId = Field(title="Lot", description="in dispute")
    conflict: StatementId = Field(title="Conflict", description="id of the statement that opened the dispute")
    decision: Literal["confirm", "custody"] = Field(
        title="Decision", description="confirm the logged act, or order custody"
    )
    custodian: PartyId | None = Field(None, title="Custodian", description="who is to have custody, when it is ordered")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lot."""
        return (self.lot,)

    def reads(self, subject: str) -> tuple[str, ...]:
        """Who is to have custody."""
        return (self.custodian,) if self.custodian is not None else ()

    def judge(self, subject: str, case: Case) -> Effect:
        """Propose the decision; nothing changes before the second officer signs."""
        state = case.state(subject)
        if state is None:
            return Effect({}, (case.finding(LOT_UNKNOWN, subject),))
        fault = at_last_place(case, subject, state) or self._fault(case, state)
        if fault is not None:
            return Effect({}, (fault,))
        entry = proposals.resolution(case, self.conflict, self.custodian)
        return Effect({subject: proposals.propose(state, case.statement, entry)})

    def _fault(self, case: Case, state: State) -> Finding | None:
        conflict = state["conflicts"].get(self.conflict)
        if conflict is None:
            return case.finding(CONFLICT_UNKNOWN, self.lot, found=self.conflict)
        if conflict["status"] != "open":
            return case.finding(CONFLICT_RESOLVED, self.lot, found=conflict["resolved_by"])
        if (self.decision == "custody") != (self.custodian is not None):
            return case.finding(RESOLUTION_CUSTODIAN, self.lot, found=self.custodian or "none")
        if proposals.made_since(case, state, self.conflict):
            return case.finding(proposals.SECOND_OFFICER, self.lot, expected="a key enrolled before the dispute")
        if self.custodian is None:
            return None
        if state["ended"] is not None:
            return case.finding(LOT_ENDED, self.lot, found=state["ended"]["how"])
        if case.state(self.custodian) is None:
            return case.finding(CUSTODIAN_UNKNOWN, self.lot, found=self.custodian)
        return None

    def sentence(self) -> str:
        """What is decided."""
        if self.custodian is not None:
            return f"Dispute {self.conflict[:12]}… on {self.lot}: custody is ordered to {self.custodian}."
        return f"Dispute {self.conflict[:12]}… on {self.lot}: the logged act is confirmed."
