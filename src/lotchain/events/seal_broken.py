"""Seals broken: the custodian opened seals, or found them broken, and says why."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lotchain.custody import lots, route, seals
from lotchain.custody.case import Case, Effect, State, bracket
from lotchain.custody.consignments import CARRYING
from lotchain.custody.findings import Answer, Finding, hold, note, refusal
from lotchain.custody.following import (
    HOLD_CODES,
    LOT_ENDED,
    LOT_UNKNOWN,
    NOT_CUSTODIAN,
    PREV_STALE,
    PREV_UNKNOWN,
    check_act,
    on_hold,
)
from lotchain.events.event import Event
from lotchain.events.fields import HideableText, LotId, Place, Reference, SealNumber, Seals, StatementId

SEAL_FITTED = refusal(
    "seal-fitted",
    "a seal of this number is on the lot already, or stands twice in one list",
    "read the numbers again; each seal is fitted once",
)
SEAL_BROKEN_UNREPORTED = hold(
    Answer.CHAIN,
    "seal-broken-unreported",
    "a seal was found broken, or opened on the way, and no authority's report is named",
    "have an inspector open, count and weigh, and record it; name the report",
)
SEAL_BROKEN_REPORTED = note(
    Answer.CHAIN,
    "seal-broken-reported",
    "a seal was found broken, or opened on the way, and reported to an authority",
    "read the report",
)


class SealBroken(Event):
    """Seals off a lot by its custodian's hand, or found off, with those fitted in their stead."""

    TITLE: ClassVar[str] = "Seals broken"
    CODES = (
        SEAL_FITTED, SEAL_BROKEN_UNREPORTED, SEAL_BROKEN_REPORTED, seals.SEAL_CHANGED, seals.SEAL_MISREAD,
        *HOLD_CODES, LOT_UNKNOWN, LOT_ENDED, NOT_CUSTODIAN, PREV_UNKNOWN, PREV_STALE, *route.INCIDENT_CODES,
    )  # fmt: skip

    type: Literal["seal-broken/1"] = Field("seal-broken/1", title="Type", description="event type and version")
    lot: LotId = Field(title="Lot", description="whose seals are broken")
    prev: StatementId = Field(title="Previous", description="the lot's last act or reply; on an open offer, the offer")
    seals: Annotated[tuple[SealNumber, ...], Field(min_length=1, max_length=64)] = Field(
        title="Seals", description="numbers of the seals broken"
    )
    reason: Literal["opened", "found-broken", "accident", "ordered"] = Field(
        title="Reason", description="opened to use the goods, found-broken, accident, ordered by an authority"
    )
    report: Reference | None = Field(
        None, title="Report", description="number of the police's or another authority's report"
    )
    replaced_by: Seals = Field((), title="Replaced by", description="numbers of the seals fitted in their stead")
    place: Place = Field(title="Place", description="where")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lot."""
        return (self.lot,)

    def cites(self) -> tuple[str, ...]:
        """What it follows."""
        return (self.prev,)

    def follows(self, subject: str) -> str:
        """What it follows."""
        return self.prev if subject == self.lot else ""

    def judge(self, subject: str, case: Case) -> Effect:
        """Take the seals off and fit those that replace them; on the way, an authority's report is asked for.

        Until the reply the offeror has custody: what happens to seals under an open offer is told like a loss, and does
        not move the lot's last act, so that the reply still answers the offer.
        """
        fault = check_act(case, subject, self.prev, on_open_offer=True)
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        open_now = seals.removed(state, self.seals)
        fitted = set(self.replaced_by)
        if len(fitted) != len(self.replaced_by) or fitted & {*open_now["seals"], *self.seals}:
            return Effect({}, (case.finding(SEAL_FITTED, subject, found=", ".join(self.replaced_by)),))
        findings = (
            *on_hold(case, subject, state),
            *route.check_incident(case, subject, state, self.place.code),
            *seals.cut(case, subject, state, self.seals, followed=state["bound"]),
            *self._broken(case, subject, state),
        )
        after = lots.at_place(seals.fitted(open_now, self.replaced_by), self.place.code, self.place.offset)
        if state["offer"] is None:
            after = lots.acted(after, case.statement, bracket(case, state["bound"])[0])
        return Effect({subject: after}, findings)

    def _broken(self, case: Case, lot: str, state: State) -> tuple[Finding, ...]:
        """Whoever has the goods for good opens them freely; on the way, and after a break-in, a report is due."""
        under_way = state["consignment"] is not None and not state["delivered"]
        under_way = under_way or state["held_as"] in CARRYING or state["offer"] is not None
        if self.reason == "opened" and not under_way:
            return ()
        if self.report is None:
            return (case.finding(SEAL_BROKEN_UNREPORTED, lot, expected="a report", found=self.reason),)
        return (case.finding(SEAL_BROKEN_REPORTED, lot, found=f"{self.reason}, {self.report}"),)

    def sentence(self) -> str:
        """Which seals, why, where."""
        return f"Seals {', '.join(self.seals)} of {self.lot} broken at {self.place.code} ({self.reason})."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Report and new seals."""
        rows = [("Report", self.report)] if self.report is not None else []
        if self.replaced_by:
            rows.append(("Replaced by", ", ".join(self.replaced_by)))
        return tuple(rows)
