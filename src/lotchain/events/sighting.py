"""Sighting: a label or a drum of a lot was seen somewhere, perhaps long after the ledger says that it was used up."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.custody import lots, observing, reports, route
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Answer, Finding, fail, note
from lotchain.custody.following import OBSERVER_CODES, check_observer
from lotchain.events.event import Event
from lotchain.events.fields import Documents, HideableText, LotId, Place, Serial

SIGHTED_AFTER_END = fail(
    Answer.WHEREABOUTS,
    "sighted-after-end",
    "goods that the ledger says were used up or destroyed turned up again",
    "seize them: what was said to be used up was diverted, or the drum was filled anew under its label",
)
LOST_GOODS_SIGHTED = note(
    Answer.WHEREABOUTS,
    "lost-goods-sighted",
    "goods that were reported lost, stolen or missing turned up",
    "tell the custodian that reported them and the authority of the place",
)
SERIAL_STRANGE = note(
    Answer.GOODS,
    "sighted-serial-strange",
    "a label of this lot bears a serial that the lot never had",
    "compare the label with the lot's papers: it was misread, or it is forged",
)
EMPTY_SIGHTED = note(
    Answer.WHEREABOUTS,
    "empty-package-sighted",
    "an emptied package of the lot was seen",
    "have its labels taken off: an empty drum with a lawful label is what a filler of drums looks for",
)
WATCHED_SIGHTED = note(
    Answer.WHEREABOUTS,
    "watched-package-sighted",
    "a package under a watch mark was seen",
    "tell whoever placed the mark",
)
USED_UP = frozenset({"consumed", "destroyed", "transformed"})
GONE_FOR_GOOD = frozenset({"emptied", "destroyed-witnessed"})


class Sighting(Event):
    """A label or drum was seen."""

    TITLE: ClassVar[str] = "Sighting"
    CODES = (
        SIGHTED_AFTER_END, LOST_GOODS_SIGHTED, SERIAL_STRANGE, EMPTY_SIGHTED, WATCHED_SIGHTED, *OBSERVER_CODES,
        *observing.CODES, *reports.CODES, *route.CODES,
    )  # fmt: skip

    type: Literal["sighting/1"] = Field("sighting/1", title="Type", description="event type and version")
    lot: LotId = Field(title="Lot", description="whose label it is")
    serial: Serial | None = Field(None, title="Serial", description="of the package, as far as it can be read")
    content: Literal["filled", "empty", "unknown"] = Field(
        title="Content", description="filled (also in part), empty, or nobody looked"
    )
    place: Place = Field(title="Place", description="where it was seen")
    documents: Documents = Field((), title="Documents", description="photographs and papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lot."""
        return (self.lot,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Compare what was seen with what the ledger says became of the lot and of the package."""
        fault = check_observer(case, subject) or reports.check(case, subject, case.standing(subject))
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        found = (*self._seen(case, state), *route.check(case, subject, state, self.place.code))
        place = {"code": self.place.code, "offset": self.place.offset}
        # One drum in another place does not move the lot: only a sighting of the lot as a whole does.
        after = reports.counted(case, state)
        if self.serial is not None:
            place_before = after["place"]
            effect = observing.observed(case, subject, after, place, found)
            return Effect({subject: {**effect.states[subject], "place": place_before}}, effect.findings)
        return observing.observed(case, subject, after, place, found)

    def _seen(self, case: Case, state: State) -> tuple[Finding, ...]:
        how = "" if self.serial is None else state["gone"].get(self.serial, "")
        strange = self.serial is not None and not how and self.serial not in state["packages"]
        end = state["ended"]["how"] if state["ended"] is not None else ""
        told = f"{self.content} at {self.place.code}"
        findings: list[Finding] = []
        if strange and state["packages"] | state["gone"]:
            findings.append(case.finding(SERIAL_STRANGE, self.lot, found=self.serial))
        if how in lots.GONE_AGAINST_WILL or end in ("lost", "missing"):
            findings.append(case.finding(LOST_GOODS_SIGHTED, self.lot, expected=how or end, found=told))
        elif how in GONE_FOR_GOOD or end in USED_UP:
            kind = EMPTY_SIGHTED if self.content == "empty" else SIGHTED_AFTER_END
            findings.append(case.finding(kind, self.lot, expected=how or end, found=told))
        for mark, entry in state.get("watched", {}).items() if how not in lots.GONE_AGAINST_WILL else ():
            if self.serial in entry["serials"]:
                wanted = f"lifting of mark {mark[:12]}… by {entry['by']}"
                findings.append(case.finding(WATCHED_SIGHTED, self.lot, expected=wanted, found=told))
        return tuple(findings)

    def sentence(self) -> str:
        """What was seen, where."""
        what = f"Package {self.serial} of {self.lot}" if self.serial is not None else f"A label of {self.lot}"
        return f"{what} seen at {self.place.code} ({self.content})."
