"""Release: the authority that placed a hold lifts it from lots."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lotchain.custody.case import Case, Effect
from lotchain.custody.findings import refusal
from lotchain.custody.following import LOT_TWICE, LOT_UNKNOWN
from lotchain.events.event import Event
from lotchain.events.fields import Documents, HideableText, LotId, StatementId, Word

HOLD_UNKNOWN = refusal(
    "hold-unknown",
    "the hold is not on this ledger, or not yet",
    "submit the hold first, then this again",
    retryable=True,
)
HOLD_NOT_STANDING = refusal(
    "hold-not-standing",
    "no such hold stands on the lot: it was released, or never placed there",
    "read the lot's history; name a hold that stands on it",
)
HOLD_NOT_YOURS = refusal(
    "hold-not-yours",
    "another authority placed the hold",
    "only the authority that placed it releases it",
)


class Release(Event):
    """A hold lifted from lots; those not named stay on hold."""

    TITLE: ClassVar[str] = "Release"
    CODES = (HOLD_UNKNOWN, HOLD_NOT_STANDING, HOLD_NOT_YOURS, LOT_TWICE, LOT_UNKNOWN)

    type: Literal["release/1"] = Field("release/1", title="Type", description="event type and version")
    hold: StatementId = Field(title="Hold", description="id of the statement that placed it")
    lots: Annotated[tuple[LotId, ...], Field(min_length=1, max_length=50)] = Field(
        title="Lots", description="from which it is lifted; children of a lot on hold too"
    )
    reason: Word = Field(title="Reason", description="in-order, expired, court-order, placed-by-mistake, …")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lots."""
        return tuple(dict.fromkeys(self.lots))

    def cites(self) -> tuple[str, ...]:
        """The hold."""
        return (self.hold,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Lift the hold."""
        if len(set(self.lots)) != len(self.lots):
            return Effect({}, (case.finding(LOT_TWICE, subject),))
        state = case.state(subject)
        if state is None:
            return Effect({}, (case.finding(LOT_UNKNOWN, subject),))
        entry = state["holds"].get(self.hold)
        if entry is None:
            kind = HOLD_NOT_STANDING if self.hold in case.cited else HOLD_UNKNOWN
            return Effect({}, (case.finding(kind, subject, found=self.hold),))
        if entry["by"] != case.issuer:
            return Effect({}, (case.finding(HOLD_NOT_YOURS, subject, expected=entry["by"], found=case.issuer),))
        standing = {name: value for name, value in state["holds"].items() if name != self.hold}
        return Effect({subject: {**state, "holds": standing}})

    def sentence(self) -> str:
        """What is free again, and why."""
        return f"Released ({self.reason}) from hold {self.hold[:12]}…: {', '.join(self.lots)}."
