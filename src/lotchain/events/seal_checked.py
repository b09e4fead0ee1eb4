"""Seal check: somebody who has the goods before them reads the seals, and the ledger compares."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from lotchain.custody import doubts, observing, reports, route, seals
from lotchain.custody.case import Case, Effect
from lotchain.custody.following import LOT_TWICE, OBSERVER_CODES, check_observer
from lotchain.events.event import Event
from lotchain.events.fields import STRICT, HideableText, LotId, Place, Seals


class CheckedLot(BaseModel):
    """One lot and the seals that were read on it."""

    model_config = STRICT
    lot: LotId = Field(title="Lot", description="whose seals were read")
    seals_found: Seals = Field(title="Seals found", description="every seal on it, as read; an empty list for none")


class SealChecked(Event):
    """Seals as read on the road or at a border, without touching them."""

    TITLE: ClassVar[str] = "Seals checked"
    CODES = (
        LOT_TWICE, seals.SEAL_CHANGED, seals.SEAL_MISREAD, *OBSERVER_CODES, *observing.CODES, *reports.CODES,
        *route.CODES,
    )  # fmt: skip

    type: Literal["seal-checked/1"] = Field("seal-checked/1", title="Type", description="event type and version")
    lines: Annotated[tuple[CheckedLot, ...], Field(min_length=1, max_length=50)] = Field(
        title="Lines", description="the lots, one line each"
    )
    place: Place = Field(title="Place", description="where they were read")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lots."""
        return tuple(dict.fromkeys(line.lot for line in self.lines))

    def judge(self, subject: str, case: Case) -> Effect:
        """Compare the seals read with those fitted; the check changes neither."""
        if len(self.subjects()) != len(self.lines):
            return Effect({}, (case.finding(LOT_TWICE, subject),))
        fault = check_observer(case, subject)
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        fault = reports.check(case, subject, state)
        if fault is not None:
            return Effect({}, (fault,))
        line = next(line for line in self.lines if line.lot == subject)
        read = seals.compare(case, subject, state, line.seals_found)
        differences = (*read, *route.check(case, subject, state, self.place.code))
        if observing.has_goods(case, state):
            state = doubts.after_reading(case, state, read)
        place = {"code": self.place.code, "offset": self.place.offset}
        return observing.observed(case, subject, reports.counted(case, state), place, differences)

    def sentence(self) -> str:
        """What was read."""
        total = "; ".join(f"{line.lot} {', '.join(line.seals_found) or 'no seal'}" for line in self.lines)
        return f"Seals read at {self.place.code}: {total}."
