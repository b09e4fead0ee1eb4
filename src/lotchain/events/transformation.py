"""Transformation: controlled lots react, and another substance comes out; never mass in = mass out.

The record of the batch has two signers: a second key of the same party endorses it. What happened has happened: it
takes effect at once, and the lots stay on HOLD until the second signature is there.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from lotchain.core.cas import cas_check_digit
from lotchain.core.ids import creator_of
from lotchain.core.quantities import format_amount
from lotchain.custody import doubts, licensing, lots, proposals, second_signatures, transfer, watching, yields
from lotchain.custody.case import Case, Effect, State, bracket
from lotchain.custody.findings import Answer, Finding, fail, note, refusal
from lotchain.custody.following import (
    ACT_CODES,
    HOLD_CODES,
    LOT_EXISTS,
    LOT_TWICE,
    LOT_UNKNOWN,
    check_act,
    check_new,
    on_hold,
)
from lotchain.custody.naming import LOT_CYCLE, LOT_NAME_FOREIGN
from lotchain.custody.removal import USE_CODES, in_keeping, in_order, take_out
from lotchain.events.event import Event
from lotchain.events.fields import (
    STRICT,
    Amount,
    CasNumber,
    Density,
    Digest,
    Documents,
    HideableText,
    LotId,
    NewLotId,
    PartyId,
    Place,
    Reference,
    Serials,
    ShortText,
    StatementId,
)

OPERATOR_OTHER = refusal(
    "operator-other",
    "the record names another party than the one that signs",
    "have the party that ran the reaction sign its own record",
)
OUTPUT_UNCLEAR = refusal(
    "output-unclear",
    "a new lot and its substance are named together, or neither",
    "name both for a controlled product, and neither for one that is not",
)
SUBSTANCE_FORMAT = refusal(
    "cas-check-digit",
    "the CAS number's check digit is wrong",
    "copy the number again from the safety data sheet",
)
SUBSTANCE_SAME = refusal(
    "substance-unchanged",
    "what comes out is the substance that went in: nothing was transformed",
    "record a split, a merge or a packing",
)
DENSITY_MISSING = refusal(
    "density-missing",
    "a volume has no amount of substance without its density",
    "state the density at which the volume was measured",
    answer=Answer.QUANTITY,
)
YIELD_CONTRADICTS = refusal(
    "yield-contradicts-itself",
    "theoretical output, yield or window are not what quantities and molar masses give",
    "calculate again: the input that runs out first, over its molar mass and number, times those of the product",
    answer=Answer.QUANTITY,
)
RECORD_WORN = refusal(
    "batch-record-worn",
    "this batch record has been named eight times",
    "name the record of this batch",
)
IMPOSSIBLE_YIELD = fail(
    Answer.QUANTITY,
    "impossible-yield",
    "more came out than the inputs can give",
    "look for an input that was never declared, or for product that was made elsewhere",
)
YIELD_OUTSIDE = note(
    Answer.QUANTITY,
    "yield-outside-window",
    "the yield lies outside the site's validated window: a part of the input is unexplained",
    "have the site explain it and the authority close the difference by a report",
)
RECORD_REUSED = fail(
    Answer.CHAIN,
    "batch-record-reused",
    "the party has named this batch record for another transformation already",
    "ask for both batches' records: one of the two did not happen as stated",
)
RECORD_AGAIN = note(
    Answer.CHAIN,
    "batch-record-named-again",
    "the batch record was named for another transformation later",
    "ask for both batches' records",
)
MAX_USES = 8
USING = ("use", "manufacture")
MolarMass = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}(\.[0-9]{1,4})?$")]
YieldPercent = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,2})(\.[0-9]{1,4})?$")]
Moles = Annotated[int, Field(ge=1, le=99)]


class TransformedLot(BaseModel):
    """One controlled lot that goes into the reaction."""

    model_config = STRICT
    lot: LotId = Field(title="Lot", description="of which something goes in")
    prev: StatementId = Field(title="Previous", description="the lot's last act or reply")
    quantity: Amount = Field(title="Quantity", description="net, what goes in")
    molar_mass: MolarMass = Field(title="Molar mass", description="g/mol, as used in the calculation")
    moles: Moles = Field(title="Moles", description="stoichiometric number in the reaction's equation")
    density: Density | None = Field(None, title="Density", description="kg/L; of a lot in litres")
    packages: Serials = Field((), title="Packages", description="serials of packages emptied")


class Output(BaseModel):
    """What comes out: a new controlled lot, or a product that is not controlled."""

    model_config = STRICT
    name: ShortText = Field(title="Name", description="of the product")
    quantity: Amount = Field(title="Quantity", description="net")
    molar_mass: MolarMass = Field(title="Molar mass", description="g/mol, as used in the calculation")
    moles: Moles = Field(title="Moles", description="stoichiometric number in the reaction's equation")
    density: Density | None = Field(None, title="Density", description="kg/L; of a product in litres")
    lot: NewLotId | None = Field(None, title="Lot", description="new, named under the issuer; absent: not controlled")
    substance: CasNumber | None = Field(None, title="Substance", description="CAS registry number of a new lot")
    content: ShortText | None = Field(None, title="Content", description="purity or concentration, as declared")
    reference: Reference | None = Field(None, title="Reference", description="batch number of the product")


class Transformation(Event):
    """Controlled lots react to another substance."""

    TITLE: ClassVar[str] = "Transformation"
    CODES = (
        OPERATOR_OTHER, OUTPUT_UNCLEAR, SUBSTANCE_FORMAT, SUBSTANCE_SAME, DENSITY_MISSING, YIELD_CONTRADICTS,
        RECORD_WORN, IMPOSSIBLE_YIELD, YIELD_OUTSIDE, RECORD_REUSED, RECORD_AGAIN, LOT_TWICE, LOT_CYCLE,
        LOT_NAME_FOREIGN, LOT_EXISTS, *USE_CODES,
        transfer.UNIT_KIND, transfer.PACKAGE_UNKNOWN,
        *HOLD_CODES, *ACT_CODES, *licensing.CODES, *licensing.MAKER_CODES,
    )  # fmt: skip

    type: Literal["transformation/1"] = Field("transformation/1", title="Type", description="event type and version")
    operator: PartyId = Field(title="Operator", description="who ran the reaction and signs")
    inputs: Annotated[tuple[TransformedLot, ...], Field(min_length=1, max_length=20)] = Field(
        title="Inputs", description="the controlled lots that go in, one line each"
    )
    output: Output = Field(title="Output", description="what comes out")
    theoretical: Amount = Field(title="Theoretical output", description="the most that can come out, a mass")
    yield_percent: YieldPercent = Field(title="Yield", description="output over theoretical output, percent")
    window_low: YieldPercent = Field(title="Window, low", description="least yield of the validated process, percent")
    window_high: YieldPercent = Field(title="Window, high", description="greatest yield of it, percent")
    batch_record: Digest = Field(title="Batch record", description="SHA-256 of the batch record")
    waste: Amount | None = Field(None, title="Waste", description="what went to declared waste")
    place: Place = Field(title="Place", description="the site")
    documents: Documents = Field((), title="Documents", description="validation and other papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    @property
    def record(self) -> str:
        """The subject that remembers the batch record: under the party, by 40 digits of its digest."""
        return f"watch:{self.operator[6:]}/BATCH-{self.batch_record[:40].upper()}"

    def sources(self) -> tuple[str, ...]:
        """The lots that go in."""
        return tuple(dict.fromkeys(line.lot for line in self.inputs))

    def subjects(self) -> tuple[str, ...]:
        """The lots that go in, the batch record, and the lot that comes out."""
        new = (self.output.lot,) if self.output.lot is not None else ()
        return tuple(dict.fromkeys((*self.sources(), self.record, *new)))

    def reads(self, subject: str) -> tuple[str, ...]:
        """Whether the record was named before; the new lot is made of the others."""
        if subject == self.record:
            return ()
        return (self.record, *self.sources()) if subject == self.output.lot else (self.record,)

    def cites(self) -> tuple[str, ...]:
        """What each line follows."""
        return tuple(line.prev for line in self.inputs)

    def follows(self, subject: str) -> str:
        """What the lot's line follows."""
        return next((line.prev for line in self.inputs if line.lot == subject), "")

    def judge(self, subject: str, case: Case) -> Effect:
        """Consume the inputs, bring forth the new lot, remember the batch record."""
        fault = self._form_fault(case, subject)
        if fault is not None:
            return Effect({}, (fault,))
        if subject == self.record:
            return self._judge_record(case)
        return self._judge_new(case) if subject == self.output.lot else self._judge_input(case, subject)

    def _form_fault(self, case: Case, subject: str) -> Finding | None:
        """What contradicts itself, whatever the ledger says."""
        out = self.output
        if self.operator != case.issuer:
            return case.finding(OPERATOR_OTHER, subject, expected=case.issuer, found=self.operator)
        if out.lot in self.sources():
            return case.finding(LOT_CYCLE, subject)
        if len(self.sources()) != len(self.inputs):
            return case.finding(LOT_TWICE, subject)
        if (out.lot is None) != (out.substance is None):
            return case.finding(OUTPUT_UNCLEAR, subject)
        if out.substance is not None and not cas_check_digit(out.substance):
            return case.finding(SUBSTANCE_FORMAT, subject, found=out.substance)
        stated = [(line.quantity, line.density) for line in self.inputs] + [(out.quantity, out.density)]
        if any(yields.mass_of(quantity.amount, quantity.kind, density) is None for quantity, density in stated):
            return case.finding(DENSITY_MISSING, subject)
        return self._yield_fault(case, subject)

    def _yield_fault(self, case: Case, subject: str) -> Finding | None:
        most, percent = self._most(), self._yield()
        if self.theoretical.kind != "mass" or not yields.agrees_as_amount(
            self.theoretical.value, self.theoretical.unit, most
        ):
            wanted = format_amount(round(most), "mass")
            return case.finding(YIELD_CONTRADICTS, subject, expected=wanted, found=self.theoretical)
        stated = Fraction(self.yield_percent)
        if not yields.agrees(stated, percent, yields.step_of(self.yield_percent)):
            wanted = f"{_decimal(percent)} %"
            return case.finding(YIELD_CONTRADICTS, subject, expected=wanted, found=f"{self.yield_percent} %")
        if not Fraction(self.window_low) <= Fraction(self.window_high) <= 100:
            found = f"{self.window_low} to {self.window_high} %"
            return case.finding(YIELD_CONTRADICTS, subject, expected="a window up to 100 %", found=found)
        return None

    def _most(self) -> Fraction:
        parts = [
            yields.Part(_mass(line.quantity, line.density), Fraction(line.molar_mass), line.moles)
            for line in self.inputs
        ]
        return yields.theoretical(parts, Fraction(self.output.molar_mass), self.output.moles)

    def _yield(self) -> Fraction:
        return 100 * _mass(self.output.quantity, self.output.density) / self._most()

    def _judge_input(self, case: Case, subject: str) -> Effect:
        line = next(line for line in self.inputs if line.lot == subject)
        fault = check_act(case, subject, line.prev) or take_out(
            case, subject, case.standing(subject), line.quantity.amount, line.quantity.kind, line.packages
        )
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        interval = bracket(case, state["bound"])
        used = min(line.quantity.amount, lots.held(state))
        after = lots.post(state, {"held": -used, "consumed": used})
        after = lots.acted(lots.without_packages(after, line.packages, "emptied"), case.statement, interval[0])
        after = lots.at_place(after, self.place.code, self.place.offset)
        if lots.held(after) == 0:
            into = [self.output.lot] if self.output.lot is not None else []
            after = lots.ended(after, "transformed", case.statement, into)
        party = case.state(case.issuer)
        licences = licensing.check(case, subject, case.issuer, party, USING, state["substance"], interval)
        told = (*in_order(case, subject, line.prev, self.occurred), *in_keeping(case, subject, state))
        findings = (*on_hold(case, subject, state), *licences, *told)
        if subject != self.inputs[0].lot:
            return Effect({subject: after}, findings)
        after = proposals.propose(after, case.statement, second_signatures.transformation(case))
        after, told = self._judge_yield(case, subject, after)
        if case.state(self.record) is not None:
            told = (*told, case.finding(RECORD_REUSED, subject, found=self.batch_record))
        return Effect({subject: after}, (*findings, *told))

    def _judge_yield(self, case: Case, subject: str, state: State) -> tuple[State, tuple[Finding, ...]]:
        """The yield against what is possible and what was validated; what is unexplained stays its own figure."""
        percent, low, high = self._yield(), Fraction(self.window_low), Fraction(self.window_high)
        window = f"{self.window_low} to {self.window_high} %"
        if percent > 100:
            much = f"{_decimal(percent)} %"
            return state, (case.finding(IMPOSSIBLE_YIELD, subject, expected="at most 100 %", found=much),)
        if low <= percent <= high:
            return state, ()
        whole = self.inputs[0].quantity.amount
        share = (100 - percent) if percent < low else (high - percent)
        entry = {
            "amount": int(whole * share / 100) or 1,
            "offeror": case.issuer,
            "receiver": case.issuer,
            "status": "open",
            "answer": "",
        }
        told = case.finding(YIELD_OUTSIDE, subject, expected=window, found=f"{_decimal(percent)} %")
        return {**state, "differences": {**state["differences"], case.statement: entry}}, (told,)

    def _judge_record(self, case: Case) -> Effect:
        state = case.state(self.record)
        if state is None:
            new = {"kind": "watch", "watch": self.record, "mark": "batch-record", "by": case.statement, "uses": 1}
            return Effect({self.record: new})
        if state["uses"] >= MAX_USES:
            return Effect({}, (case.finding(RECORD_WORN, self.record, expected=f"at most {MAX_USES}"),))
        told = case.finding(RECORD_AGAIN, self.record, found=self.batch_record)
        return Effect({self.record: {**state, "uses": state["uses"] + 1}}, (told,))

    def _judge_new(self, case: Case) -> Effect:
        new, fault = self.output.lot or "", self._new_fault(case)
        if fault is not None:
            return Effect({}, (fault,))
        states = [case.standing(name) for name in self.sources()]
        interval = bracket(case, max(state["bound"] for state in states))
        amount, substance = self.output.quantity.amount, self.output.substance or ""
        state = lots.new_lot(
            new,
            substance=substance,
            kind=self.output.quantity.kind,
            origin="transformed",
            maker=case.issuer,
            custodian=case.issuer,
            place={"code": self.place.code, "offset": self.place.offset},
            statement=case.statement,
            bound=interval[0],
            tolerance=min(state["tolerance"] for state in states),
            accounts={"produced": -amount, "held": amount},
            parents=self.sources(),
            content=self.output.content or "",
        )
        taken_over = watching.alerts_passed_on(states)
        state = {**state, "holds": lots.inherited(states), "doubts": doubts.inherited(states), **taken_over}
        return Effect({new: state}, licensing.check_maker(case, new, case.state(case.issuer), substance, interval))

    def _new_fault(self, case: Case) -> Finding | None:
        new = self.output.lot or ""
        if creator_of(new) != case.issuer:
            return case.finding(LOT_NAME_FOREIGN, new, expected=case.issuer, found=creator_of(new))
        fault = check_new(case, new)
        if fault is not None:
            return fault
        for name in self.sources():
            state = case.state(name)
            if state is None:
                return case.finding(LOT_UNKNOWN, name)
            if state["substance"] == self.output.substance:
                return case.finding(SUBSTANCE_SAME, new, found=self.output.substance)
        return None

    def sentence(self) -> str:
        """From what to what, with which yield."""
        parts = "; ".join(f"{line.lot} {line.quantity}" for line in self.inputs)
        made = f"{self.output.quantity} of {self.output.name}"
        new = f" ({self.output.lot})" if self.output.lot is not None else ""
        return f"{parts} reacted at {self.place.code} to {made}{new}, yield {self.yield_percent} %."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Theory, window, record and waste."""
        rows = [
            ("Theoretical output", str(self.theoretical)),
            ("Validated window", f"{self.window_low} to {self.window_high} %"),
            ("Batch record", self.batch_record),
        ]
        return (*rows, ("Waste", str(self.waste))) if self.waste is not None else tuple(rows)


def _mass(quantity: Amount, density: str | None) -> Fraction:
    """Micrograms; `_form_fault` has asked for the density of a volume before."""
    mass = yields.mass_of(quantity.amount, quantity.kind, density)
    if mass is None:
        raise ValueError("a volume without density")
    return mass


def _decimal(percent: Fraction) -> str:
    """A percentage for people, to two places."""
    hundredths = round(percent * 100)
    return f"{hundredths // 100}.{hundredths % 100:02}"
