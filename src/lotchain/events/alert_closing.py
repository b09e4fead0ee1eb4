"""Alert closing: whoever raised an alert closes it, or the authority that is competent over the lot."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lotchain.custody.authority import AUTHORITY_SCOPE, is_authority, over_lot
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Answer, Finding, note, refusal
from lotchain.custody.following import LOT_TWICE, LOT_UNKNOWN
from lotchain.events.event import Event
from lotchain.events.fields import Documents, HideableText, LotId, Reference, StatementId

ALERT_UNKNOWN = refusal(
    "alert-unknown",
    "the alert is not on this ledger, or not yet",
    "submit the alert first, then this again",
    retryable=True,
)
ALERT_NOT_OPEN = refusal(
    "alert-not-open",
    "no such alert is open on the lot: it was closed, or never raised there",
    "read the lot's history; name an alert that is open on it",
)
ALERT_NOT_YOURS = refusal(
    "alert-not-yours",
    "another party raised the alert",
    "whoever raised it closes it; a handler's alert also the authority competent over the lot",
)
ALERT_CLOSED = note(
    Answer.WHEREABOUTS,
    "alert-closed",
    "an alert on the lot was closed",
    "read what came of it",
)


class AlertClosing(Event):
    """An alert answered, on the lots named; on others it stays open."""

    TITLE: ClassVar[str] = "Alert closed"
    CODES = (ALERT_UNKNOWN, ALERT_NOT_OPEN, ALERT_NOT_YOURS, ALERT_CLOSED, LOT_TWICE, LOT_UNKNOWN, AUTHORITY_SCOPE)

    type: Literal["alert-closing/1"] = Field("alert-closing/1", title="Type", description="event type and version")
    alert: StatementId = Field(title="Alert", description="id of the statement that raised it")
    lots: Annotated[tuple[LotId, ...], Field(min_length=1, max_length=50)] = Field(
        title="Lots", description="on which it is closed; what came out of the lot, too"
    )
    outcome: Literal[
        "explained", "unfounded", "mistaken", "goods-stopped", "diversion-found", "referred", "expired"
    ] = Field(title="Outcome", description="what came of it; the list above")
    reference: Reference | None = Field(None, title="Reference", description="number of the case or report")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lots."""
        return tuple(dict.fromkeys(self.lots))

    def cites(self) -> tuple[str, ...]:
        """The alert."""
        return (self.alert,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Close the alert on the lot."""
        fault = self._fault(case, subject)
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        entry = state["alerts"][self.alert]
        still = {name: each for name, each in state["alerts"].items() if name != self.alert}
        told = case.finding(ALERT_CLOSED, subject, expected=", ".join(entry["grounds"]), found=self.outcome)
        return Effect({subject: {**state, "alerts": still}}, (told,))

    def _fault(self, case: Case, subject: str) -> Finding | None:
        if len(set(self.lots)) != len(self.lots):
            return case.finding(LOT_TWICE, subject)
        state = case.state(subject)
        if state is None:
            return case.finding(LOT_UNKNOWN, subject)
        entry = state.get("alerts", {}).get(self.alert)
        if entry is None:
            kind = ALERT_NOT_OPEN if self.alert in case.cited else ALERT_UNKNOWN
            return case.finding(kind, subject, found=self.alert)
        return self._right(case, subject, state, entry)

    def _right(self, case: Case, subject: str, state: State, entry: State) -> Finding | None:
        if entry["by"] == case.issuer:
            return None
        if entry["official"] or not is_authority(case):
            return case.finding(ALERT_NOT_YOURS, subject, expected=entry["by"], found=case.issuer)
        return over_lot(case, subject, state)

    def sentence(self) -> str:
        """What came of it."""
        return f"Alert {self.alert[:12]}… closed ({self.outcome}) on {', '.join(self.lots)}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """The case."""
        return (("Case", self.reference),) if self.reference is not None else ()
