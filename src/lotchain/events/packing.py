"""Packing: the custodian puts what it holds into packages with serials, in place of those it was in before."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lotchain.core.quantities import format_amount
from lotchain.custody import lots, transfer, watching
from lotchain.custody.case import Case, Effect, State, bracket
from lotchain.custody.findings import Answer, Finding, hold, refusal
from lotchain.custody.following import ACT_CODES, HOLD_CODES, check_act, on_hold
from lotchain.custody.seals import LEFT_CODES, seals_left
from lotchain.events.event import Event
from lotchain.events.fields import HideableText, LotId, Package, Seals, StatementId, labels_of

PACKAGES_SUM = refusal(
    "packages-sum",
    "the packages do not hold the lot's quantity, or a serial stands twice",
    "list every package once; their net contents add up to the lot",
    answer=Answer.QUANTITY,
)
PACKAGE_RETURNED = hold(
    Answer.QUANTITY,
    "package-returned",
    "a package that was reported gone is packed again",
    "ask where it was found, and whether the loss or difference that named it still stands",
)


class Packing(Event):
    """What is held stands in new packages; the earlier ones are emptied."""

    TITLE: ClassVar[str] = "Packing"
    CODES = (
        PACKAGES_SUM, PACKAGE_RETURNED, watching.LABELS_MANY, watching.WATCH_LIST_HIT, *LEFT_CODES, *HOLD_CODES,
        transfer.UNIT_KIND, *ACT_CODES,
    )  # fmt: skip

    type: Literal["packing/1"] = Field("packing/1", title="Type", description="event type and version")
    lot: LotId = Field(title="Lot", description="which lot is packed")
    prev: StatementId = Field(title="Previous", description="the lot's last act or reply")
    packages: Annotated[tuple[Package, ...], Field(min_length=1, max_length=250)] = Field(
        title="Packages", description="serial and net content of every package; together the whole lot"
    )
    seals: Seals = Field((), title="Seals", description="seals fitted to the packed lot")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lot."""
        return (self.lot,)

    def reads(self, subject: str) -> tuple[str, ...]:
        """The watches of the labels that packages came in with."""
        return watching.watches(labels_of(self.packages))

    def cites(self) -> tuple[str, ...]:
        """What it follows."""
        return (self.prev,)

    def follows(self, subject: str) -> str:
        """What it follows."""
        return self.prev if subject == self.lot else ""

    def judge(self, subject: str, case: Case) -> Effect:
        """Replace the packages; nothing is moved."""
        fault = check_act(case, subject, self.prev) or self._fault(case, case.standing(subject))
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        nets = {package.serial: package.net.amount for package in self.packages}
        labels, hits = labels_of(self.packages), watching.packed_again(case, subject, state, nets)
        returned = [s for s in nets if state["gone"].get(s) in lots.GONE_AGAINST_WILL and s not in hits]
        findings = [
            *on_hold(case, subject, state), *seals_left(case, subject, state), *dict.fromkeys(hits.values()),
            *watching.brought_in(case, subject, labels),
        ]  # fmt: skip
        if returned:
            findings.append(case.finding(PACKAGE_RETURNED, subject, expected="gone", found=", ".join(sorted(returned))))
        emptied = [serial for serial in state["packages"] if serial not in nets]
        after = lots.without_packages(state, emptied, "repacked")
        # Net contents are read less what authorities took since the last act: a sample came out of some package.
        after = watching.labelled({**after, "packages": nets, "seals": sorted(set(self.seals))}, labels)
        return Effect({subject: lots.acted(after, case.statement, bracket(case, state["bound"])[0])}, tuple(findings))

    def _fault(self, case: Case, state: State) -> Finding | None:
        kinds = {package.net.kind for package in self.packages}
        kind = state["quantity_kind"]
        if kinds != {kind}:
            return case.finding(transfer.UNIT_KIND, self.lot, expected=kind, found=", ".join(sorted(kinds)))
        serials = {package.serial for package in self.packages}
        total = sum(package.net.amount for package in self.packages)
        whole = lots.held(state) + state["taken"]
        if len(serials) != len(self.packages) or total != whole:
            found = f"{format_amount(total, kind)} in {len(serials)} serials of {len(self.packages)} packages"
            return case.finding(PACKAGES_SUM, self.lot, expected=format_amount(whole, kind), found=found)
        return watching.labels_fault(case, self.lot, labels_of(self.packages))

    def sentence(self) -> str:
        """How many packages."""
        return f"{self.lot} packed into {len(self.packages)} package{'s' if len(self.packages) > 1 else ''}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """The packages, those of one net content together, and the seals."""
        serials_of: dict[str, list[str]] = {}
        for package in self.packages:
            serials_of.setdefault(str(package.net), []).append(package.serial)
        rows = [(f"{len(serials)} of {net}", ", ".join(serials)) for net, serials in serials_of.items()]
        if self.seals:
            rows.append(("Seals", ", ".join(self.seals)))
        return tuple(rows)
