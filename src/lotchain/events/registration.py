"""Registration of a lot by whoever made it (or took it in from outside, or found it)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lotchain.core.cas import cas_check_digit
from lotchain.core.ids import creator_of
from lotchain.core.quantities import parse_parts_per_million
from lotchain.custody import licensing, lots, watching
from lotchain.custody.case import Case, Effect, bracket
from lotchain.custody.findings import Answer, Finding, hold, note, refusal
from lotchain.custody.following import LOT_EXISTS, check_new
from lotchain.custody.naming import LOT_NAME_FOREIGN
from lotchain.events.event import Event
from lotchain.events.fields import (
    Amount,
    CasNumber,
    Documents,
    HideableText,
    NewLotId,
    Package,
    Percent,
    Place,
    ShortText,
    labels_of,
)

SUBSTANCE_FORMAT = refusal(
    "cas-check-digit",
    "the CAS number's check digit is wrong",
    "copy the number again from the safety data sheet",
)
PACKAGES_SUM = refusal(
    "packages-sum",
    "the packages do not hold the lot's quantity, or a serial stands twice",
    "list every package once; their net contents add up to the lot",
    answer=Answer.QUANTITY,
)
TOLERANCE_WIDE = note(
    Answer.QUANTITY,
    "tolerance-wide",
    "the declared tolerance is wider than weighing explains: a difference beyond 5 % needs an answer all the same",
    "declare what the scales and the substance account for",
)
MAX_TOLERANCE = 50_000
"""Parts per million beyond which no declaration keeps a difference from being asked about."""
ORIGIN_NOT_MADE = hold(
    Answer.CHAIN,
    "origin-not-made",
    "the lot entered from outside or was found: where it was made is not on this ledger",
    "ask for the papers of the previous ledger or the maker; the chain stays undetermined",
)


class Registration(Event):
    """A lot comes onto the ledger: who made what, how much, where."""

    TITLE: ClassVar[str] = "Registration"
    REGISTERS: ClassVar[bool] = True
    CODES = (
        LOT_NAME_FOREIGN, SUBSTANCE_FORMAT, PACKAGES_SUM, TOLERANCE_WIDE, ORIGIN_NOT_MADE, LOT_EXISTS,
        watching.LABELS_MANY, watching.WATCH_LIST_HIT, *licensing.MAKER_CODES,
    )  # fmt: skip

    type: Literal["registration/1"] = Field("registration/1", title="Type", description="event type and version")
    lot: NewLotId = Field(title="Lot", description="named under its registrant")
    substance: CasNumber = Field(title="Substance", description="CAS registry number")
    name: ShortText = Field(title="Substance name", description="as on the label")
    content: ShortText | None = Field(None, title="Content", description="purity or concentration, as declared")
    quantity: Amount = Field(title="Quantity", description="net")
    origin: Literal["made", "entered", "found"] = Field(
        title="Origin", description="made here, entered from outside, or found"
    )
    place: Place = Field(title="Place", description="where the lot is")
    tolerance: Percent | None = Field(
        None,
        title="Tolerance",
        description="percent by which shipper's and receiver's figures may differ unanswered",
    )
    packages: Annotated[tuple[Package, ...], Field(max_length=300)] = Field(
        (), title="Packages", description="serials and net contents, when packed already"
    )
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lot."""
        return (self.lot,)

    def reads(self, subject: str) -> tuple[str, ...]:
        """The watches of the labels that packages came in with."""
        return watching.watches(labels_of(self.packages))

    def judge(self, subject: str, case: Case) -> Effect:
        """Create the lot in its registrant's hands."""
        fault = self._fault(case)
        if fault is not None:
            return Effect({}, (fault,))
        interval = bracket(case)
        findings: tuple[Finding, ...] = ()
        if self.origin == "made":
            findings = licensing.check_maker(case, self.lot, case.state(case.issuer), self.substance, interval)
        else:
            findings = (case.finding(ORIGIN_NOT_MADE, self.lot, expected="made", found=self.origin),)
        amount = self.quantity.amount
        tolerance = 0 if self.tolerance is None else parse_parts_per_million(self.tolerance, "")
        if tolerance > MAX_TOLERANCE:
            findings += (case.finding(TOLERANCE_WIDE, self.lot, expected="at most 5 %", found=f"{self.tolerance} %"),)
        state = lots.new_lot(
            self.lot,
            substance=self.substance,
            kind=self.quantity.kind,
            origin=self.origin,
            maker=case.issuer,
            custodian=case.issuer,
            place={"code": self.place.code, "offset": self.place.offset},
            statement=case.statement,
            bound=interval[0],
            tolerance=min(tolerance, MAX_TOLERANCE),
            accounts={"produced": -amount, "held": amount},
            packages={package.serial: package.net.amount for package in self.packages},
            content=self.content or "",
        )
        labels = labels_of(self.packages)
        found = (*findings, *watching.brought_in(case, self.lot, labels))
        return Effect({self.lot: watching.labelled(state, labels)}, found)

    def _fault(self, case: Case) -> Finding | None:
        if creator_of(self.lot) != case.issuer:
            return case.finding(LOT_NAME_FOREIGN, self.lot, expected=case.issuer, found=creator_of(self.lot))
        if not cas_check_digit(self.substance):
            return case.finding(SUBSTANCE_FORMAT, self.lot, found=self.substance)
        if self.packages:
            serials = {package.serial for package in self.packages}
            kinds = {package.net.kind for package in self.packages}
            total = sum(package.net.amount for package in self.packages)
            if len(serials) != len(self.packages) or kinds != {self.quantity.kind} or total != self.quantity.amount:
                return case.finding(PACKAGES_SUM, self.lot, expected=str(self.quantity), found=total)
        return watching.labels_fault(case, self.lot, labels_of(self.packages)) or check_new(case, self.lot)

    def sentence(self) -> str:
        """How much of what, where."""
        verb = {"made": "made", "entered": "took in from outside", "found": "found"}[self.origin]
        return (
            f"{creator_of(self.lot)} {verb} {self.quantity} of {self.name} (CAS {self.substance}) at {self.place.code}."
        )

    def details(self) -> tuple[tuple[str, str], ...]:
        """Packages and tolerance."""
        lines = [("Packages", str(len(self.packages)))] if self.packages else []
        if self.tolerance:
            lines.append(("Tolerance", f"{self.tolerance} %"))
        return tuple(lines)
