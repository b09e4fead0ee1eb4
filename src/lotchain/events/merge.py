"""Merge: whole lots of one substance and one content, in one party's hands, become one new lot."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from lotchain.core.ids import creator_of
from lotchain.core.quantities import MAX_AMOUNT, format_amount
from lotchain.custody import consignments, doubts, lots, route, transfer, watching
from lotchain.custody.case import Case, Effect, State, bracket
from lotchain.custody.findings import Answer, Finding, refusal
from lotchain.custody.following import (
    ACT_CODES,
    HOLD_CODES,
    LOT_EXISTS,
    LOT_UNKNOWN,
    check_act,
    check_new,
    on_hold,
)
from lotchain.custody.naming import LOT_CYCLE, LOT_NAME_FOREIGN
from lotchain.custody.seals import LEFT_CODES, seals_left
from lotchain.events.event import Event
from lotchain.events.fields import STRICT, Amount, HideableText, LotId, NewLotId, Place, StatementId

SUBSTANCE_MISMATCH = refusal(
    "substance-mismatch",
    "lots of different substances do not merge",
    "a mixture is made by a transformation",
)
CONTENT_MISMATCH = refusal(
    "content-mismatch",
    "lots of unlike declared content do not merge: a kilogram of the one is not a kilogram of the other",
    "record the mixing as a transformation, with the content of what comes out",
    answer=Answer.QUANTITY,
)
QUANTITY_RANGE = refusal(
    "quantity-range",
    "the merged lot would be larger than one lot can be",
    "merge fewer lots",
    answer=Answer.QUANTITY,
)
SERIAL_TWICE = refusal(
    "serial-twice",
    "two of the lots have packages of the same serial",
    "repack one of them under serials of its own first",
    answer=Answer.QUANTITY,
)
SOURCE_TWICE = refusal("lot-twice", "a lot stands in two lines", "one line a lot")


class MergeLine(BaseModel):
    """One whole lot that goes into the new one."""

    model_config = STRICT
    lot: LotId = Field(title="Lot", description="merged as a whole; it ends")
    prev: StatementId = Field(title="Previous", description="the lot's last act or reply")
    quantity: Amount = Field(title="Quantity", description="net, the whole of it")


class Merge(Event):
    """Lots end, merged into a new one in the same hands."""

    TITLE: ClassVar[str] = "Merge"
    CODES = (
        SUBSTANCE_MISMATCH, CONTENT_MISMATCH, QUANTITY_RANGE, SERIAL_TWICE, SOURCE_TWICE, LOT_CYCLE, LOT_NAME_FOREIGN,
        LOT_EXISTS, *LEFT_CODES, *consignments.CODES, *HOLD_CODES, transfer.UNIT_KIND, transfer.QUANTITY_MISMATCH,
        *ACT_CODES, *route.CODES,
    )  # fmt: skip

    type: Literal["merge/1"] = Field("merge/1", title="Type", description="event type and version")
    lot: NewLotId = Field(title="Lot", description="the new lot, named under the issuer")
    lines: Annotated[tuple[MergeLine, ...], Field(min_length=2, max_length=50)] = Field(
        title="Lines", description="the lots that go into it, one line each"
    )
    place: Place = Field(title="Place", description="where they are merged")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The new lot, and those that go into it."""
        return tuple(dict.fromkeys((self.lot, *(line.lot for line in self.lines))))

    def reads(self, subject: str) -> tuple[str, ...]:
        """The new lot is what the others were; each of them ends by itself."""
        return self.sources() if subject == self.lot else ()

    def cites(self) -> tuple[str, ...]:
        """What each line follows."""
        return tuple(line.prev for line in self.lines)

    def follows(self, subject: str) -> str:
        """What the lot's line follows."""
        return next((line.prev for line in self.lines if line.lot == subject), "")

    def sources(self) -> tuple[str, ...]:
        """The lots that go into the new one."""
        return tuple(dict.fromkeys(line.lot for line in self.lines))

    def judge(self, subject: str, case: Case) -> Effect:
        """Bring forth the new lot, or end one that went into it."""
        if self.lot in self.sources():
            return Effect({}, (case.finding(LOT_CYCLE, subject),))
        if len(self.sources()) != len(self.lines):
            return Effect({}, (case.finding(SOURCE_TWICE, subject),))
        return self._judge_new(case) if subject == self.lot else self._judge_source(case, subject)

    def _judge_source(self, case: Case, subject: str) -> Effect:
        line = next(line for line in self.lines if line.lot == subject)
        fault = check_act(case, subject, line.prev) or transfer.whole_quantity(
            case, subject, case.standing(subject), line.quantity.amount, line.quantity.kind
        )
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        total = lots.held(state)
        after = lots.post(state, {"held": -total, "transferred": total})
        after = lots.without_packages(after, after["packages"], "merged")
        after = lots.acted({**after, "seals": []}, case.statement, bracket(case, state["bound"])[0])
        findings = (
            *on_hold(case, subject, state),
            *seals_left(case, subject, state),
            *route.check(case, subject, state, self.place.code),
        )
        return Effect({subject: lots.ended(after, "merged", case.statement, [self.lot])}, findings)

    def _judge_new(self, case: Case) -> Effect:
        if creator_of(self.lot) != case.issuer:
            found = creator_of(self.lot)
            return Effect({}, (case.finding(LOT_NAME_FOREIGN, self.lot, expected=case.issuer, found=found),))
        fault = check_new(case, self.lot)
        if fault is not None:
            return Effect({}, (fault,))
        unknown = [case.finding(LOT_UNKNOWN, name) for name in self.sources() if case.state(name) is None]
        if unknown:
            return Effect({}, tuple(unknown))
        states = [case.standing(name) for name in self.sources()]
        fault = self._mixture_fault(case, states)
        if fault is not None:
            return Effect({}, (fault,))
        new = self._new(case, states)
        # Each consignment that the new lot does not stand in is left behind, and with it its route and consignees.
        left = (state for state in states if state["consignment"] != new["consignment"])
        found = f"merged with lots of another consignment, or of none, into {self.lot}"
        findings = (each for state in left for each in consignments.replaced(case, self.lot, state, found))
        return Effect({self.lot: new}, tuple(dict.fromkeys(findings)))

    def _mixture_fault(self, case: Case, states: list[State]) -> Finding | None:
        for member, kind in (
            ("substance", SUBSTANCE_MISMATCH),
            ("content", CONTENT_MISMATCH),
            ("quantity_kind", transfer.UNIT_KIND),
        ):
            values = sorted({str(state[member]) for state in states})
            if len(values) > 1:
                return case.finding(
                    kind, self.lot, expected="one", found=", ".join(value or "none" for value in values)
                )
        total = sum(lots.held(state) for state in states)
        kind_of_quantity = states[0]["quantity_kind"]
        if total > MAX_AMOUNT:
            wanted, found = (format_amount(amount, kind_of_quantity) for amount in (MAX_AMOUNT, total))
            return case.finding(QUANTITY_RANGE, self.lot, expected=f"at most {wanted}", found=found)
        serials = [serial for state in states for serial in state["packages"]]
        if len(set(serials)) != len(serials):
            twice = sorted({serial for serial in serials if serials.count(serial) > 1})
            return case.finding(SERIAL_TWICE, self.lot, expected="each serial once", found=", ".join(twice))
        return None

    def _new(self, case: Case, states: list[State]) -> State:
        total = sum(lots.held(state) for state in states)
        makers = {state["maker"] for state in states}
        capacities = {state["held_as"] for state in states}
        merged = lots.new_lot(
            self.lot,
            substance=states[0]["substance"],
            kind=states[0]["quantity_kind"],
            origin="merged",
            maker=makers.pop() if len(makers) == 1 else "",  # several: each source names its own
            custodian=case.issuer,
            place={"code": self.place.code, "offset": self.place.offset},
            statement=case.statement,
            # What is merged was there before: the new lot is no older than the youngest of its sources' statements.
            bound=bracket(case, max(state["bound"] for state in states))[0],
            tolerance=min(state["tolerance"] for state in states),
            accounts={"received": -total, "held": total},
            packages={serial: net for state in states for serial, net in state["packages"].items()},
            parents=self.sources(),
            content=states[0]["content"],
            # Whoever carries a part of it for others carries all of it so.
            held_as=next((held_as for held_as in consignments.CARRYING if held_as in capacities), min(capacities)),
        )
        consignment = states[0]["consignment"]
        same = all(state["consignment"] == consignment for state in states)
        return {
            **merged,
            "holds": lots.inherited(states),
            "gone": lots.gone_against_will(states),
            "consignment": consignment if same else None,
            "delivered": all(state["delivered"] for state in states),
            # A correction of what came from another party stays subject to a giver's agreement.
            "doubts": doubts.inherited(states),
            "giver": next((state["giver"] for state in states if state["giver"] is not None), None),
            **watching.passed_on(states, merged["packages"]),
        }

    def sentence(self) -> str:
        """From what."""
        parts = "; ".join(f"{line.lot} {line.quantity}" for line in self.lines)
        return f"{self.lot} merged at {self.place.code} from {parts}."
