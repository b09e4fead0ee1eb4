"""Split: one whole lot is divided into new lots that together hold just what it held."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from lotchain.core.ids import creator_of
from lotchain.core.quantities import format_amount
from lotchain.custody import doubts, lots, transfer, watching
from lotchain.custody.case import Case, Effect, State, bracket
from lotchain.custody.findings import Answer, Finding, refusal
from lotchain.custody.following import ACT_CODES, HOLD_CODES, LOT_EXISTS, check_act, check_new, on_hold
from lotchain.custody.naming import LOT_CYCLE, LOT_NAME_FOREIGN
from lotchain.custody.seals import LEFT_CODES, seals_left
from lotchain.events.event import Event
from lotchain.events.fields import STRICT, Amount, HideableText, LotId, NewLotId, Serials, StatementId

QUANTITY_NOT_CONSERVED = refusal(
    "quantity-not-conserved",
    "the parts do not add up to the whole",
    "weigh again; what is gone is a loss, stated before the split",
    answer=Answer.QUANTITY,
)
NOT_PARTITIONED = refusal(
    "packages-not-partitioned",
    "the packages are not shared out: each of the lot's packages goes to just one part, with what it holds",
    "list every serial of the lot once, and give a part no more than its packages hold",
    answer=Answer.QUANTITY,
)
CHILD_TWICE = refusal("lot-twice", "a lot stands in two lines", "one line a lot")


class Child(BaseModel):
    """One new lot, and its share."""

    model_config = STRICT
    lot: NewLotId = Field(title="Lot", description="new, named under the issuer")
    quantity: Amount = Field(title="Quantity", description="net")
    packages: Serials = Field((), title="Packages", description="serials of the divided lot that go to this part")


class Split(Event):
    """A lot ends, divided into new ones in the same hands."""

    TITLE: ClassVar[str] = "Split"
    CODES = (
        QUANTITY_NOT_CONSERVED, NOT_PARTITIONED, LOT_CYCLE, CHILD_TWICE, LOT_NAME_FOREIGN, LOT_EXISTS, *LEFT_CODES,
        *HOLD_CODES, transfer.UNIT_KIND, *ACT_CODES,
    )  # fmt: skip

    type: Literal["split/1"] = Field("split/1", title="Type", description="event type and version")
    lot: LotId = Field(title="Lot", description="the lot that is divided; it ends")
    prev: StatementId = Field(title="Previous", description="the lot's last act or reply")
    children: Annotated[tuple[Child, ...], Field(min_length=2, max_length=50)] = Field(
        title="Parts", description="the new lots; together the whole of the old one"
    )
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lot that is divided."""
        return (self.lot,)

    def creates(self) -> tuple[str, ...]:
        """The new lots."""
        return tuple(dict.fromkeys(child.lot for child in self.children))

    def cites(self) -> tuple[str, ...]:
        """What it follows."""
        return (self.prev,)

    def follows(self, subject: str) -> str:
        """What it follows."""
        return self.prev if subject == self.lot else ""

    def judge(self, subject: str, case: Case) -> Effect:
        """End the lot and bring forth its parts, which take over its holds and its consignment."""
        fault = check_act(case, subject, self.prev) or self._name_fault(case)
        fault = fault or self._quantity_fault(case, case.standing(subject))
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        bound = bracket(case, state["bound"])[0]
        shares = self._shares(state["taken"])
        if min(shares) <= 0:
            wanted = f"a part that holds the {format_amount(state['taken'], state['quantity_kind'])} taken since"
            return Effect({}, (case.finding(QUANTITY_NOT_CONSERVED, subject, expected=wanted),))
        states = {
            child.lot: _part(case, child, share, state, bound)
            for child, share in zip(self.children, shares, strict=True)
        }
        total = lots.held(state)
        after = lots.post(state, {"held": -total, "transferred": total})
        after = lots.without_packages(after, after["packages"], "divided")
        after = lots.acted({**after, "seals": []}, case.statement, bound)
        states[subject] = lots.ended(after, "divided", case.statement, self.creates())
        return Effect(states, (*on_hold(case, subject, state), *seals_left(case, subject, state)))

    def _shares(self, taken: int) -> list[int]:
        """What each part gets; what an authority took since `prev` comes off the largest one."""
        shares = [child.quantity.amount for child in self.children]
        shares[shares.index(max(shares))] -= taken
        return shares

    def _name_fault(self, case: Case) -> Finding | None:
        names = self.creates()
        if self.lot in names:
            return case.finding(LOT_CYCLE, self.lot)
        if len(names) != len(self.children):
            return case.finding(CHILD_TWICE, self.lot)
        for name in names:
            if creator_of(name) != case.issuer:
                return case.finding(LOT_NAME_FOREIGN, name, expected=case.issuer, found=creator_of(name))
            taken = check_new(case, name)
            if taken is not None:
                return taken
        return None

    def _quantity_fault(self, case: Case, state: State) -> Finding | None:
        kind = state["quantity_kind"]
        kinds = {child.quantity.kind for child in self.children}
        if kinds != {kind}:
            return case.finding(transfer.UNIT_KIND, self.lot, expected=kind, found=", ".join(sorted(kinds)))
        total = sum(child.quantity.amount for child in self.children)
        whole = lots.held(state) + state["taken"]
        if total != whole:
            wanted, found = format_amount(whole, kind), format_amount(total, kind)
            return case.finding(QUANTITY_NOT_CONSERVED, self.lot, expected=wanted, found=found)
        listed = [serial for child in self.children for serial in child.packages]
        if not listed:
            return None
        if len(set(listed)) != len(listed) or set(listed) != set(state["packages"]):
            wrong = sorted(set(listed) ^ set(state["packages"])) or sorted({s for s in listed if listed.count(s) > 1})
            return case.finding(NOT_PARTITIONED, self.lot, expected="each serial once", found=", ".join(wrong))
        for child in self.children:
            room = lots.room(state, child.packages)
            if child.quantity.amount > room:
                wanted = f"at most {format_amount(room, kind)} in {len(child.packages)} packages"
                return case.finding(
                    NOT_PARTITIONED, self.lot, expected=wanted, found=f"{child.quantity} in {child.lot}"
                )
        return None

    def sentence(self) -> str:
        """Into what."""
        parts = "; ".join(f"{child.lot} {child.quantity}" for child in self.children)
        return f"{self.lot} divided into {len(self.children)}: {parts}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Serials of each part."""
        return tuple(
            (f"Packages of {child.lot}", ", ".join(child.packages)) for child in self.children if child.packages
        )


def _part(case: Case, child: Child, share: int, parent: State, bound: int) -> State:
    part = lots.new_lot(
        child.lot,
        substance=parent["substance"],
        kind=parent["quantity_kind"],
        origin="split",
        maker=parent["maker"],
        custodian=case.issuer,
        place=parent["place"],
        statement=case.statement,
        bound=bound,
        tolerance=parent["tolerance"],
        accounts={"received": -share, "held": share},
        packages={serial: parent["packages"][serial] for serial in child.packages},
        parents=[parent["lot"]],
        content=parent["content"],
        held_as=parent["held_as"],
    )
    return {
        **part,
        "holds": lots.inherited([parent]),
        "gone": lots.gone_against_will([parent]),
        "consignment": parent["consignment"],
        "delivered": parent["delivered"],
        "giver": parent["giver"],
        "doubts": doubts.inherited([parent]),
        **watching.passed_on([parent], part["packages"]),
    }
