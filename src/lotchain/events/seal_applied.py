"""Seals applied: the custodian fits seals to lots. An authority's seals stand in its inspection."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from lotchain.custody import lots, route, seals
from lotchain.custody.case import Case, Effect, bracket
from lotchain.custody.findings import refusal
from lotchain.custody.following import ACT_CODES, HOLD_CODES, LOT_TWICE, check_act, on_hold
from lotchain.events.event import Event
from lotchain.events.fields import STRICT, HideableText, LotId, Place, SealNumber, StatementId

SEAL_FITTED = refusal(
    "seal-fitted",
    "a seal of this number is on the lot already, or stands twice in one list",
    "read the numbers again; each seal is fitted once",
)


class SealedLot(BaseModel):
    """One lot and the seals that are fitted to it."""

    model_config = STRICT
    lot: LotId = Field(title="Lot", description="that is sealed")
    prev: StatementId = Field(title="Previous", description="the lot's last act or reply")
    seals: Annotated[tuple[SealNumber, ...], Field(min_length=1, max_length=64)] = Field(
        title="Seals", description="numbers of the seals fitted now"
    )


class SealApplied(Event):
    """Seals fitted by the custodian, beside those already there."""

    TITLE: ClassVar[str] = "Seals applied"
    CODES = (SEAL_FITTED, LOT_TWICE, *HOLD_CODES, *ACT_CODES, *route.CODES)

    type: Literal["seal-applied/1"] = Field("seal-applied/1", title="Type", description="event type and version")
    lines: Annotated[tuple[SealedLot, ...], Field(min_length=1, max_length=50)] = Field(
        title="Lines", description="the lots, one line each"
    )
    place: Place = Field(title="Place", description="where they are sealed")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lots."""
        return tuple(dict.fromkeys(line.lot for line in self.lines))

    def cites(self) -> tuple[str, ...]:
        """What each line follows."""
        return tuple(line.prev for line in self.lines)

    def follows(self, subject: str) -> str:
        """What the lot's line follows."""
        return next((line.prev for line in self.lines if line.lot == subject), "")

    def judge(self, subject: str, case: Case) -> Effect:
        """Fit the seals."""
        if len(self.subjects()) != len(self.lines):
            return Effect({}, (case.finding(LOT_TWICE, subject),))
        line = next(line for line in self.lines if line.lot == subject)
        fault = check_act(case, subject, line.prev)
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        if len(set(line.seals)) != len(line.seals) or set(line.seals) & set(state["seals"]):
            return Effect({}, (case.finding(SEAL_FITTED, subject, found=", ".join(line.seals)),))
        findings = (*on_hold(case, subject, state), *route.check(case, subject, state, self.place.code))
        after = lots.at_place(seals.fitted(state, line.seals), self.place.code, self.place.offset)
        return Effect({subject: lots.acted(after, case.statement, bracket(case, state["bound"])[0])}, findings)

    def sentence(self) -> str:
        """Which seals on which lots."""
        total = "; ".join(f"{line.lot} {', '.join(line.seals)}" for line in self.lines)
        return f"Sealed at {self.place.code}: {total}."
