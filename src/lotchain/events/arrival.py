"""Arrival: somebody who has the goods before them says that lots have reached a place."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lotchain.custody import observing, reports, route
from lotchain.custody.case import Case, Effect
from lotchain.custody.following import LOT_TWICE, OBSERVER_CODES, check_observer
from lotchain.events.event import Event
from lotchain.events.fields import Documents, HideableText, LotId, Place, Word


class Arrival(Event):
    """Lots at a place, as seen by their custodian, their receiver or an authority."""

    TITLE: ClassVar[str] = "Arrival"
    CODES = (LOT_TWICE, *OBSERVER_CODES, *observing.CODES, *reports.CODES, *route.CODES)

    type: Literal["arrival/1"] = Field("arrival/1", title="Type", description="event type and version")
    lots: Annotated[tuple[LotId, ...], Field(min_length=1, max_length=50)] = Field(
        title="Lots", description="what has arrived"
    )
    place: Place = Field(title="Place", description="where")
    mode: Word | None = Field(None, title="Mode", description="how it came: road, rail, sea, air, inland-water")
    means: HideableText | None = Field(None, title="Means", description="vehicle, vessel or container; may be hidden")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lots."""
        return tuple(dict.fromkeys(self.lots))

    def judge(self, subject: str, case: Case) -> Effect:
        """Move the declared place, when the custodian or that country's authority says so; compare with the route."""
        if len(set(self.lots)) != len(self.lots):
            return Effect({}, (case.finding(LOT_TWICE, subject),))
        fault = check_observer(case, subject)
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        fault = reports.check(case, subject, state)
        if fault is not None:
            return Effect({}, (fault,))
        place = {"code": self.place.code, "offset": self.place.offset}
        off_route = route.check(case, subject, state, self.place.code)
        return observing.observed(case, subject, reports.counted(case, state), place, off_route)

    def sentence(self) -> str:
        """What arrived where."""
        return f"Arrived at {self.place.code}: {', '.join(self.lots)}."
