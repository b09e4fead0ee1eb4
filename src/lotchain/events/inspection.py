"""Inspection: an authority opens, counts, samples and seals; nobody's signed paper becomes stale by it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from lotchain.custody import authority, doubts, lots, observing, route, seals, transfer
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.charter import SUBJECT as CHARTER
from lotchain.custody.charter import country_of_authority
from lotchain.custody.findings import Answer, Code, Finding, note, refusal
from lotchain.custody.following import LOT_TWICE, LOT_UNKNOWN
from lotchain.custody.removal import SAMPLE_TOO_LARGE
from lotchain.events.event import Event
from lotchain.events.fields import STRICT, Amount, Documents, HideableText, LotId, Place, Seals

SEAL_FITTED = refusal(
    "seal-fitted",
    "a seal of this number is on the lot already, or stands twice in one list",
    "read the numbers again; each seal is fitted once",
)
INSPECTION_CONTRADICTS = refusal(
    "inspection-contradicts-itself",
    "a seal was cut that is not among those found",
    "list every seal found, those that were cut too",
)
INSPECTION_IRREGULAR = note(
    Answer.CHAIN,
    "inspection-irregular",
    "an inspection found irregularities",
    "ask the authority that inspected",
)
INSPECTION_REFUSED = note(
    Answer.CHAIN,
    "inspection-refused",
    "an authority refused the lot its passage",
    "ask the authority that inspected",
)
_RESULTS: dict[str, Code] = {"irregular": INSPECTION_IRREGULAR, "refused": INSPECTION_REFUSED}


class InspectedLot(BaseModel):
    """What an inspector found and did on one lot."""

    model_config = STRICT
    lot: LotId = Field(title="Lot", description="that was inspected")
    result: Literal["in-order", "irregular", "refused"] = Field(
        title="Result", description="in-order, irregular, or refused its passage"
    )
    seals_found: Seals | None = Field(
        None, title="Seals found", description="every seal on it, as read; absent: nobody looked"
    )
    seals_cut: Seals = Field((), title="Seals cut", description="numbers of the seals taken off")
    seals_fitted: Seals = Field((), title="Seals fitted", description="numbers of the seals fitted in their stead")
    sample: Amount | None = Field(None, title="Sample", description="net quantity taken away")
    findings: HideableText | None = Field(None, title="Findings", description="free text; may be hidden")


class Inspection(Event):
    """An authority's look at lots in its country."""

    TITLE: ClassVar[str] = "Inspection"
    CODES = (
        SEAL_FITTED, INSPECTION_CONTRADICTS, SAMPLE_TOO_LARGE, INSPECTION_IRREGULAR, INSPECTION_REFUSED,
        transfer.UNIT_KIND, LOT_TWICE, LOT_UNKNOWN, seals.SEAL_CHANGED, seals.SEAL_MISREAD,
        observing.SEEN_AFTER_END, *authority.CODES, *route.CODES,
    )  # fmt: skip

    type: Literal["inspection/1"] = Field("inspection/1", title="Type", description="event type and version")
    lines: Annotated[tuple[InspectedLot, ...], Field(min_length=1, max_length=50)] = Field(
        title="Lines", description="the lots, one line each"
    )
    place: Place = Field(title="Place", description="where; in the authority's own country")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lots."""
        return tuple(dict.fromkeys(line.lot for line in self.lines))

    def judge(self, subject: str, case: Case) -> Effect:
        """Compare seals, take what was cut off and fit what was fitted, book the sample, move the place."""
        line = next(line for line in self.lines if line.lot == subject)
        fault = self._fault(case, line)
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        read = self._seals(case, line, state)
        differences = [*read, *route.check(case, subject, state, self.place.code)]
        if line.result in _RESULTS:
            differences.append(case.finding(_RESULTS[line.result], subject, expected="in-order", found=line.result))
        # What an inspector read is the lot's true sealing from here on: the difference itself stays a finding.
        after = doubts.after_inspection(case, state, line.result)
        there = set(state["seals"])
        if line.seals_found is not None:
            after, there = doubts.after_reading(case, after, read), set(line.seals_found)
        left = (there - set(line.seals_cut)) | set(line.seals_fitted)
        after = seals.changed_by_authority(case, after, left)
        if line.sample is not None:
            after = lots.taken_by_authority(after, line.sample.amount, "sampled")
        place = {"code": self.place.code, "offset": self.place.offset}
        return observing.observed(case, subject, after, place, differences)

    def _seals(self, case: Case, line: InspectedLot, state: State) -> tuple[Finding, ...]:
        if line.seals_found is not None:
            return seals.compare(case, line.lot, state, line.seals_found)
        return seals.cut(case, line.lot, state, line.seals_cut)

    def _fault(self, case: Case, line: InspectedLot) -> Finding | None:
        lot = line.lot
        if len(self.subjects()) != len(self.lines):
            return case.finding(LOT_TWICE, lot)
        state = case.state(lot)
        if state is None:
            return case.finding(LOT_UNKNOWN, lot)
        fault = authority.over_lot(case, lot, state)
        if fault is not None:
            return fault
        country = country_of_authority(case.state(CHARTER), case.issuer)
        if country != self.place.country:
            return case.finding(authority.AUTHORITY_SCOPE, lot, expected=self.place.country, found=country)
        return self._seal_fault(case, line, state) or self._sample_fault(case, line, state)

    def _seal_fault(self, case: Case, line: InspectedLot, state: State) -> Finding | None:
        if line.seals_found is not None and not set(line.seals_cut) <= set(line.seals_found):
            found = ", ".join(line.seals_found) or "no seal"
            return case.finding(INSPECTION_CONTRADICTS, line.lot, expected=", ".join(line.seals_cut), found=found)
        there = set(state["seals"] if line.seals_found is None else line.seals_found) | set(line.seals_cut)
        if len(set(line.seals_fitted)) != len(line.seals_fitted) or there & set(line.seals_fitted):
            return case.finding(SEAL_FITTED, line.lot, found=", ".join(line.seals_fitted))
        return None

    def _sample_fault(self, case: Case, line: InspectedLot, state: State) -> Finding | None:
        if line.sample is None:
            return None
        if line.sample.kind != state["quantity_kind"]:
            return case.finding(transfer.UNIT_KIND, line.lot, expected=state["quantity_kind"], found=line.sample.kind)
        there = lots.present(state)
        if line.sample.amount >= there:
            return case.finding(SAMPLE_TOO_LARGE, line.lot, expected=f"less than {there}", found=line.sample.amount)
        return None

    def sentence(self) -> str:
        """What was inspected where, with which result."""
        total = "; ".join(f"{line.lot} {line.result}" for line in self.lines)
        return f"Inspected at {self.place.code}: {total}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Seals and samples."""
        rows: list[tuple[str, str]] = []
        for line in self.lines:
            if line.seals_found is not None:
                rows.append((f"Seals found on {line.lot}", ", ".join(line.seals_found) or "none"))
            if line.seals_cut:
                rows.append((f"Seals cut on {line.lot}", ", ".join(line.seals_cut)))
            if line.seals_fitted:
                rows.append((f"Seals fitted on {line.lot}", ", ".join(line.seals_fitted)))
            if line.sample is not None:
                rows.append((f"Sample of {line.lot}", str(line.sample)))
        return tuple(rows)
