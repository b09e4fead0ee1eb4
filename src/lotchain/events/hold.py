"""Hold: an authority stops lots where they are, until it releases them itself."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lotchain.custody import authority
from lotchain.custody.case import Case, Effect
from lotchain.custody.findings import Answer, Finding, note
from lotchain.custody.following import LOT_TWICE, LOT_UNKNOWN
from lotchain.events.event import Event
from lotchain.events.fields import Documents, HideableText, LotId, Word

HOLD_ON_ENDED = note(
    Answer.WHEREABOUTS,
    "hold-on-ended-lot",
    "the lot had ended when the hold was placed: it stops nothing there",
    "place a hold on the lots into which it went",
)


class Hold(Event):
    """Lots that must not be acted on until the authority that says so releases them."""

    TITLE: ClassVar[str] = "Hold"
    CODES = (HOLD_ON_ENDED, LOT_TWICE, LOT_UNKNOWN, *authority.CODES)

    type: Literal["hold/1"] = Field("hold/1", title="Type", description="event type and version")
    lots: Annotated[tuple[LotId, ...], Field(min_length=1, max_length=50)] = Field(
        title="Lots", description="what is stopped"
    )
    reason: Word = Field(title="Reason", description="suspicion, document-check, inspection, court-order, …")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lots."""
        return tuple(dict.fromkeys(self.lots))

    def judge(self, subject: str, case: Case) -> Effect:
        """Place the hold under this statement's id, by which it is released."""
        if len(set(self.lots)) != len(self.lots):
            return Effect({}, (case.finding(LOT_TWICE, subject),))
        state = case.state(subject)
        if state is None:
            return Effect({}, (case.finding(LOT_UNKNOWN, subject),))
        fault = authority.over_lot(case, subject, state)
        if fault is not None:
            return Effect({}, (fault,))
        findings: tuple[Finding, ...] = ()
        if state["ended"] is not None:
            into = ", ".join(state["ended"]["into"]) or "no other lot"
            findings = (
                case.finding(HOLD_ON_ENDED, subject, expected=f"a hold on {into}", found=state["ended"]["how"]),
            )
        entry = {"by": case.issuer, "reason": self.reason, "placed_at": case.time}
        return Effect({subject: {**state, "holds": {**state["holds"], case.statement: entry}}}, findings)

    def sentence(self) -> str:
        """What is stopped and why."""
        return f"On hold ({self.reason}): {', '.join(self.lots)}."
