"""Watch lifting: a mark, or a part of it, taken off a label and off lots."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lotchain.core.ids import watch_of_label
from lotchain.custody.authority import AUTHORITY_SCOPE, is_authority, over_lot, over_party
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Finding, refusal
from lotchain.custody.following import LOT_TWICE, LOT_UNKNOWN
from lotchain.events.event import Event
from lotchain.events.fields import Documents, HideableText, LotId, Reference, Serial, StatementId, Word

LIFTS_NOTHING = refusal(
    "lifts-nothing",
    "the lifting is neither from the label nor from a lot",
    "lift it from the label, from lots on which it stands, or from both",
)
MARK_UNKNOWN = refusal(
    "mark-unknown",
    "the watch mark is not on this ledger, or not yet",
    "submit the mark first, then this again",
    retryable=True,
)
MARK_NOT_STANDING = refusal(
    "mark-not-standing",
    "no such mark stands there, or not on these packages: it was lifted, or never placed there",
    "read the history; name a mark that stands, and packages that it names",
)
MARK_NOT_YOURS = refusal(
    "mark-not-yours",
    "another party placed the mark",
    "whoever placed it lifts it; a handler's mark, too, its country's authority (label) or the lot's (lot)",
)


class WatchLifting(Event):
    """A watch mark lifted; where it is not named it stands."""

    TITLE: ClassVar[str] = "Watch mark lifted"
    CODES = (
        LIFTS_NOTHING, MARK_UNKNOWN, MARK_NOT_STANDING, MARK_NOT_YOURS, LOT_TWICE, LOT_UNKNOWN, AUTHORITY_SCOPE,
    )  # fmt: skip

    type: Literal["watch-lifting/1"] = Field("watch-lifting/1", title="Type", description="event type and version")
    mark: StatementId = Field(title="Mark", description="id of the statement that placed it")
    label: LotId = Field(title="Label", description="of the mark")
    from_label: bool = Field(
        title="From the label", description="whether it is lifted for packages that come in with that label, too"
    )
    lots: Annotated[tuple[LotId, ...], Field(max_length=49)] = Field(
        (), title="Lots", description="from which it is lifted; what came out of a marked lot, too"
    )
    packages: Annotated[tuple[Serial, ...], Field(min_length=1, max_length=200)] | None = Field(
        None, title="Packages", description="serials for which it is lifted; absent: all of them"
    )
    reason: Word = Field(title="Reason", description="found, returned, destroyed, expired, placed-by-mistake, …")
    reference: Reference | None = Field(None, title="Reference", description="number of the case")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    @property
    def watch(self) -> str:
        """The watch of the label."""
        return watch_of_label(self.label)

    def subjects(self) -> tuple[str, ...]:
        """The watch of the label, where it is lifted there (or nowhere, which is refused), and the lots."""
        names = (self.watch, *self.lots) if self.from_label or not self.lots else self.lots
        return tuple(dict.fromkeys(names))

    def cites(self) -> tuple[str, ...]:
        """The mark."""
        return (self.mark,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Lift the mark there."""
        member = "marks" if subject == self.watch else "watched"
        fault = self._fault(case, subject, member)
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        entry = state[member][self.mark]
        lifted = set(entry["serials"] if self.packages is None else self.packages)
        left = [serial for serial in entry["serials"] if serial not in lifted]
        standing = {name: each for name, each in state[member].items() if name != self.mark}
        if left:
            standing[self.mark] = {**entry, "serials": left}
        after = {**state, member: standing}
        if member == "marks" and not is_authority(case):
            after["written"] = {**state["written"], case.issuer: int(state["written"].get(case.issuer, 0)) + 1}
        return Effect({subject: after})

    def _fault(self, case: Case, subject: str, member: str) -> Finding | None:
        if not self.from_label and not self.lots:
            return case.finding(LIFTS_NOTHING, subject)
        if len(set(self.lots)) != len(self.lots):
            return case.finding(LOT_TWICE, subject)
        state = case.state(subject)
        if state is None and subject != self.watch:
            return case.finding(LOT_UNKNOWN, subject)
        entry = None if state is None else state.get(member, {}).get(self.mark)
        if state is None or entry is None or watch_of_label(entry["label"]) != self.watch:
            kind = MARK_NOT_STANDING if self.mark in case.cited else MARK_UNKNOWN
            return case.finding(kind, subject, found=self.mark)
        strange = sorted(set(self.packages or ()) - set(entry["serials"]))
        if strange:
            return case.finding(MARK_NOT_STANDING, subject, expected="packages of the mark", found=", ".join(strange))
        return self._right(case, subject, state, entry)

    def _right(self, case: Case, subject: str, state: State, entry: State) -> Finding | None:
        if entry["by"] == case.issuer:
            return None
        if entry["official"] or not is_authority(case):
            return case.finding(MARK_NOT_YOURS, subject, expected=entry["by"], found=case.issuer)
        if subject != self.watch:
            return over_lot(case, subject, state)
        fault = over_party(case, entry["by"])
        return None if fault is None else fault._replace(subject=subject)

    def sentence(self) -> str:
        """From what, why."""
        names = [f"label {self.label}"] if self.from_label else []
        what = "Mark" if self.packages is None else f"Mark on {', '.join(self.packages)}"
        return f"{what} {self.mark[:12]}… lifted ({self.reason}) from {', '.join([*names, *self.lots])}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """The case."""
        return (("Case", self.reference),) if self.reference is not None else ()
