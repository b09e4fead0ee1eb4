"""Alert: somebody entitled says why a lot, or an order for it, looks wrong."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lotchain.custody import reports
from lotchain.custody.authority import is_authority
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Answer, Finding, note, refusal
from lotchain.custody.following import NOT_CUSTODIAN, OBSERVER_CODES, check_observer
from lotchain.events.event import Event
from lotchain.events.fields import (
    Amount,
    ConsignmentId,
    Documents,
    HideableText,
    InstantText,
    LotId,
    StatementId,
    instant_of,
)

MAX_OPEN = 16
"""Open alerts by one party that is no authority, on one lot: its custodian's, too."""
ALERT_CONTRADICTS = refusal(
    "alert-contradicts-itself",
    "a ground and the word on suspicion exclude each other, or the reporter became aware after the alert",
    "an order that is suspicious is so by `suspicious`, too; nobody raises an alert before becoming aware",
)
CONSIGNMENT_OTHER = refusal(
    "alert-consignment-other",
    "the lot is not in the consignment under which the issuer raises the alert",
    "name the lot's own consignment, or none",
)
ALERTS_MANY = refusal(
    "alerts-many",
    "the party has as many open alerts on this lot as one that is no authority may have",
    "close those that are answered, or tell the authority",
)
ALERT_ON_ENDED = note(
    Answer.WHEREABOUTS,
    "alert-on-ended-lot",
    "the lot had ended when the alert was raised: it stops nothing there",
    "raise an alert on the lots into which it went",
)
Ground = Literal[
    "suspicious-order",
    "extraordinary-quantity",
    "odd-payment",
    "odd-delivery",
    "odd-route",
    "order-pattern",
    "front-company",
    "false-end-use",
    "mis-declaration",
    "under-reported-quantity",
    "transit-loss",
    "domestic-diversion",
    "transhipment",
    "unlisted-relative",
    "broker-or-platform",
    "round-trip",
    "split-below-threshold",
    "licence-misuse",
    "notification-ignored",
    "record-tampering",
    "ghost-lot",
    "stock-beyond-need",
    "loss-pattern",
    "no-licit-trade",
    "watch-listed-serial",
    "information-received",
    "other",
]


class Alert(Event):
    """Grounds for suspicion about a lot; an authority's leaves it on HOLD until it is closed."""

    TITLE: ClassVar[str] = "Alert"
    CODES = (ALERT_CONTRADICTS, CONSIGNMENT_OTHER, ALERTS_MANY, ALERT_ON_ENDED, *OBSERVER_CODES, *reports.CODES)

    type: Literal["alert/1"] = Field("alert/1", title="Type", description="event type and version")
    lot: LotId = Field(title="Lot", description="that the alert is about")
    grounds: Annotated[tuple[Ground, ...], Field(min_length=1, max_length=8)] = Field(
        title="Grounds", description="what gives rise to it, of the closed list above"
    )
    suspicious: bool = Field(
        title="Suspicious", description="whether an order or transaction looks suspicious: what starts duties to report"
    )
    aware_at: InstantText = Field(title="Aware at", description="when the reporter became aware, UTC")
    quantity: Amount | None = Field(None, title="Quantity", description="that was ordered, offered or is in doubt")
    consignment: ConsignmentId | None = Field(
        None, title="Consignment", description="the lot's, under which the issuer raises it as exporter"
    )
    evidence: Annotated[tuple[StatementId, ...], Field(max_length=20)] = Field(
        (), title="Evidence", description="ids of statements that show it, on this ledger or another"
    )
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    @property
    def aware(self) -> int:
        """`aware_at` in milliseconds since 1970."""
        return instant_of(self.aware_at)

    def subjects(self) -> tuple[str, ...]:
        """The lot."""
        return (self.lot,)

    def reads(self, subject: str) -> tuple[str, ...]:
        """The consignment, for its exporter."""
        return (self.consignment,) if self.consignment is not None else ()

    def judge(self, subject: str, case: Case) -> Effect:
        """Open the alert under this statement's id, by which it is closed."""
        fault = self._fault(case)
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        official = is_authority(case)
        findings: tuple[Finding, ...] = ()
        if official and state["ended"] is not None:
            into = ", ".join(state["ended"]["into"]) or "no other lot"
            told = case.finding(ALERT_ON_ENDED, subject, expected=f"an alert on {into}", found=state["ended"]["how"])
            findings = (told,)
        entry = {
            "by": case.issuer,
            "official": official,
            "grounds": sorted(set(self.grounds)),
            "suspicious": self.suspicious,
            "raised_at": case.time,
        }
        after = reports.counted(case, state)
        return Effect({subject: {**after, "alerts": {**state.get("alerts", {}), case.statement: entry}}}, findings)

    def _fault(self, case: Case) -> Finding | None:
        if ("suspicious-order" in self.grounds and not self.suspicious) or self.aware > self.occurred:
            return case.finding(
                ALERT_CONTRADICTS, self.lot, expected="suspicious, and aware before", found=self.aware_at
            )
        fault = self._entitled(case)
        if fault is not None:
            return fault
        state = case.standing(self.lot)
        own = sum(1 for entry in state.get("alerts", {}).values() if entry["by"] == case.issuer)
        if own >= MAX_OPEN and not is_authority(case):
            return case.finding(ALERTS_MANY, self.lot, expected=f"at most {MAX_OPEN} open", found=own + 1)
        return reports.check(case, self.lot, state)

    def _entitled(self, case: Case) -> Finding | None:
        """Whoever may observe the lot; and the importer and exporter of its consignment."""
        state = case.state(self.lot)
        own = None if state is None else state["consignment"]
        if state is not None and self.consignment is not None and (own is None or own["id"] != self.consignment):
            return case.finding(
                CONSIGNMENT_OTHER, self.lot, expected=own["id"] if own else "none", found=self.consignment
            )
        fault = check_observer(case, self.lot)
        if fault is None or fault.kind is not NOT_CUSTODIAN or own is None:
            return fault
        return None if case.issuer in (own["importer"], self._exporter(case)) else fault

    def _exporter(self, case: Case) -> str:
        state: State | None = None if self.consignment is None else case.state(self.consignment)
        return "" if state is None else str(state["exporter"])

    def sentence(self) -> str:
        """Why, and whether it is suspicious."""
        word = "Suspicion" if self.suspicious else "Alert"
        return f"{word} about {self.lot}: {', '.join(self.grounds)}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Since when, how much, and what shows it."""
        rows = [("Aware since", self.aware_at)]
        if self.quantity is not None:
            rows.append(("Quantity", str(self.quantity)))
        if self.evidence:
            rows.append(("Evidence", ", ".join(f"{each[:12]}…" for each in self.evidence)))
        return tuple(rows)
