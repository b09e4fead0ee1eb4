"""Watch mark: an authority, or whoever was robbed of them, has everybody look out for packages."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from lotchain.core import canonical_json
from lotchain.core.ids import watch_of_label
from lotchain.custody import authority, transfer
from lotchain.custody.authority import is_authority
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Answer, Finding, note, refusal
from lotchain.custody.following import LOT_UNKNOWN, ancestors_named
from lotchain.events.event import Event
from lotchain.events.fields import Documents, HideableText, LotId, Reference, Serial, StatementId, Word
from lotchain.events.reading import read_entry

MAX_WRITTEN = 64
"""How often one party that is no authority may mark under one label, liftings counted: whoever brings in a package
with that label carries the watch's whole history in its proof."""
LOSS_UNKNOWN = refusal(
    "loss-unknown",
    "the loss that the mark rests on is not on this ledger, or not yet",
    "submit the loss first, then this again",
    retryable=True,
)
NOT_ROBBED = refusal(
    "not-robbed",
    "the loss is none of this lot's, or not the issuer's, or no theft, or does not name these packages",
    "name the theft that the issuer reported on this lot, and only serials that it lists",
)
LABEL_FOREIGN = refusal(
    "label-foreign",
    "the label is neither this lot's, nor that of a lot it came from, nor one that its packages came in with",
    "state the lot that is printed on the packages; an authority may mark any label",
)
MARKED_ALREADY = refusal(
    "marked-already",
    "a mark of the issuer's stands on one of these packages already",
    "leave out what is marked; a mark stands until it is lifted",
)
MARKS_MANY = refusal(
    "marks-many",
    "the party has marked and lifted under this label as often as one that is no authority may",
    "have the authority mark them",
)
MARK_ON_ENDED = note(
    Answer.WHEREABOUTS,
    "mark-on-ended-lot",
    "the lot had ended when the mark was placed: what came out of it does not bear the mark",
    "mark the packages on the lots into which they went, too",
)


class WatchMark(Event):
    """Packages that must not turn up unnoticed, on their lot and under the label that is printed on them."""

    TITLE: ClassVar[str] = "Watch mark"
    CODES = (
        LOSS_UNKNOWN, NOT_ROBBED, LABEL_FOREIGN, MARKED_ALREADY, MARKS_MANY, MARK_ON_ENDED, transfer.PACKAGE_UNKNOWN,
        LOT_UNKNOWN, *authority.CODES,
    )  # fmt: skip

    type: Literal["watch-mark/1"] = Field("watch-mark/1", title="Type", description="event type and version")
    label: LotId = Field(title="Label", description="the lot that is printed on the packages")
    packages: Annotated[tuple[Serial, ...], Field(min_length=1, max_length=200)] = Field(
        title="Packages", description="serials printed on them"
    )
    lot: LotId | None = Field(
        None, title="Lot", description="of this ledger, whose packages they are or were; absent: none that is known"
    )
    loss: StatementId | None = Field(
        None, title="Loss", description="id of the theft that the issuer reported on the lot"
    )
    reason: Word = Field(title="Reason", description="stolen, diverted, court-order, recall, …")
    reference: Reference | None = Field(None, title="Reference", description="number of the case or police report")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    @property
    def watch(self) -> str:
        """The watch of the label."""
        return watch_of_label(self.label)

    def subjects(self) -> tuple[str, ...]:
        """The watch of the label, and the lot."""
        return (self.watch,) if self.lot is None else (self.watch, self.lot)

    def cites(self) -> tuple[str, ...]:
        """The theft."""
        return () if self.loss is None else (self.loss,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Place the mark under this statement's id, by which it is lifted."""
        return self._judge_watch(case) if subject == self.watch else self._judge_lot(case, subject)

    def _entry(self, case: Case) -> State:
        return {
            "by": case.issuer,
            "official": is_authority(case),
            "label": self.label,
            "reason": self.reason,
            "serials": sorted(set(self.packages)),
            "marked_at": case.time,
        }

    def _judge_watch(self, case: Case) -> Effect:
        entry = self._entry(case)
        if not entry["official"] and (self.lot is None or self.loss is None):
            return Effect({}, (case.finding(authority.NOT_AUTHORITY, self.watch, found=case.issuer),))
        state = case.state(self.watch) or {
            "kind": "watch",
            "watch": self.watch,
            "mark": "label",
            "lot": self.label.partition("~")[0],
            "marks": {},
            "written": {},
        }
        marked = {serial for mark in state["marks"].values() if mark["by"] == case.issuer for serial in mark["serials"]}
        again = sorted(marked & set(self.packages))
        if again:
            return Effect({}, (case.finding(MARKED_ALREADY, self.watch, found=", ".join(again)),))
        after = {**state, "marks": {**state["marks"], case.statement: entry}}
        if not entry["official"]:
            times = int(state["written"].get(case.issuer, 0)) + 1
            if times > MAX_WRITTEN:
                told = case.finding(MARKS_MANY, self.watch, expected=f"at most {MAX_WRITTEN}", found=times)
                return Effect({}, (told,))
            after = {**after, "written": {**state["written"], case.issuer: times}}
        return Effect({self.watch: after})

    def _judge_lot(self, case: Case, lot: str) -> Effect:
        fault = self._lot_fault(case, lot)
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(lot)
        findings: tuple[Finding, ...] = ()
        if state["ended"] is not None:
            into = ", ".join(state["ended"]["into"]) or "no other lot"
            findings = (case.finding(MARK_ON_ENDED, lot, expected=f"a mark on {into}", found=state["ended"]["how"]),)
        marks = {**state.get("watched", {}), case.statement: self._entry(case)}
        return Effect({lot: {**state, "watched": marks}}, findings)

    def _lot_fault(self, case: Case, lot: str) -> Finding | None:
        state = case.state(lot)
        if state is None:
            return case.finding(LOT_UNKNOWN, lot)
        if is_authority(case):
            fault = authority.over_lot(case, lot, state)
        else:
            fault = self._robbed_fault(case, lot) or self._label_fault(case, lot, state)
        unknown = sorted(set(self.packages) - set(state["packages"]) - set(state["gone"]))
        if fault is None and unknown:
            found = ", ".join(unknown)
            return case.finding(transfer.PACKAGE_UNKNOWN, lot, expected="serials of this lot", found=found)
        return fault

    def _robbed_fault(self, case: Case, lot: str) -> Finding | None:
        """A party marks what it has itself reported stolen from this very lot: the loss stands in the lot's history."""
        cited = None if self.loss is None else case.cited.get(self.loss)
        if cited is None:
            return case.finding(LOSS_UNKNOWN, lot, found=self.loss)
        statement = read_entry(cited.raw).statement
        loss: dict[str, Any] = canonical_json.decode(statement.payload, what="event")
        theft = loss["type"] == "loss/1" and loss["kind"] == "stolen"
        listed = (
            set(loss.get("packages", ())) if theft and loss["lot"] == lot and statement.issuer == case.issuer else ()
        )
        strange = sorted(set(self.packages) - set(listed))
        return case.finding(NOT_ROBBED, lot, expected="listed as stolen", found=", ".join(strange)) if strange else None

    def _label_fault(self, case: Case, lot: str, state: State) -> Finding | None:
        own = {lot, *ancestors_named(lot), *state["parents"], *state.get("labels", {})}
        if watch_of_label(self.label) in {watch_of_label(name) for name in own}:
            return None
        return case.finding(LABEL_FOREIGN, lot, expected=" or ".join(sorted(own)), found=self.label)

    def sentence(self) -> str:
        """Which packages, why."""
        many = len(self.packages)
        return f"{many} package{'s' if many > 1 else ''} labelled {self.label} watched for ({self.reason})."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Serials, lot and case."""
        rows = [("Packages", ", ".join(self.packages))]
        if self.lot is not None:
            rows.append(("Lot", self.lot))
        if self.reference is not None:
            rows.append(("Case", self.reference))
        return tuple(rows)
