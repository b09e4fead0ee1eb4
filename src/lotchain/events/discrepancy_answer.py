"""Discrepancy answer: a handler explains a difference found on receipt, or an authority closes it by a report."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.custody import reports
from lotchain.custody.authority import AUTHORITY_SCOPE, is_authority, over_lot
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Answer, Finding, refusal
from lotchain.custody.following import LOT_UNKNOWN
from lotchain.events.event import Event
from lotchain.events.fields import Documents, HideableText, LotId, Reference, StatementId, Word

DIFFERENCE_UNKNOWN = refusal(
    "difference-unknown",
    "the reply that found this difference has not arrived",
    "submit the reply first, then this again",
    retryable=True,
    answer=Answer.QUANTITY,
)
DIFFERENCE_NONE = refusal(
    "difference-none",
    "that statement found no difference on this lot",
    "name the acceptance or refusal in which the quantities differ",
    answer=Answer.QUANTITY,
)
NOT_CONCERNED = refusal(
    "not-concerned",
    "only giver and receiver of that transfer answer for its difference, or a competent authority",
    "have one of them sign",
    answer=Answer.QUANTITY,
)


class DiscrepancyAnswer(Event):
    """What became of a difference, in the words of one who has to answer for it."""

    TITLE: ClassVar[str] = "Answer to a difference"
    CODES = (DIFFERENCE_UNKNOWN, DIFFERENCE_NONE, NOT_CONCERNED, LOT_UNKNOWN, AUTHORITY_SCOPE, *reports.CODES)

    type: Literal["discrepancy-answer/1"] = Field(
        "discrepancy-answer/1", title="Type", description="event type and version"
    )
    lot: LotId = Field(title="Lot", description="on which the difference stands")
    reply: StatementId = Field(title="Reply", description="id of the reply that found it")
    explanation: Word = Field(
        title="Explanation", description="stolen, miscounted, scale-difference, spilled, left-in-tank, investigated, …"
    )
    reference: Reference | None = Field(None, title="Reference", description="number of the report")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lot."""
        return (self.lot,)

    def cites(self) -> tuple[str, ...]:
        """The reply."""
        return (self.reply,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Mark the difference answered, or, by an authority, closed; its figure stays for ever."""
        state = case.state(subject)
        if state is None:
            return Effect({}, (case.finding(LOT_UNKNOWN, subject),))
        entry = state["differences"].get(self.reply)
        fault = self._fault(case, state, entry) or reports.check(case, subject, state)
        if fault is not None or entry is None:
            return Effect({}, (fault,) if fault is not None else ())
        state = reports.counted(case, state)
        # An authority that weighed or counted itself closes what it found, as any other competent one does.
        measured = case.issuer != entry["offeror"] and is_authority(case)
        closes = measured or case.issuer not in (entry["offeror"], entry["receiver"])
        # A closed difference stays closed, and one within tolerance needs no answer: later words are only recorded.
        if closes or entry["status"] in ("open", "answered"):
            if entry["status"] != "closed":
                entry = {**entry, "status": "closed" if closes else "answered", "answer": case.statement}
            state = {**state, "differences": {**state["differences"], self.reply: entry}}
        return Effect({subject: state})

    def _fault(self, case: Case, state: State, entry: State | None) -> Finding | None:
        if entry is None:
            missing = DIFFERENCE_NONE if self.reply in case.cited else DIFFERENCE_UNKNOWN
            return case.finding(missing, self.lot, found=self.reply)
        if case.issuer in (entry["offeror"], entry["receiver"]):
            return None
        if is_authority(case):
            return over_lot(case, self.lot, state)
        wanted = f"{entry['offeror']}, {entry['receiver']} or a competent authority"
        return case.finding(NOT_CONCERNED, self.lot, expected=wanted, found=case.issuer)

    def sentence(self) -> str:
        """Which difference, how explained."""
        return f"Difference on {self.lot} found by reply {self.reply[:12]}…: {self.explanation}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """The report."""
        return (("Report", self.reference),) if self.reference is not None else ()
