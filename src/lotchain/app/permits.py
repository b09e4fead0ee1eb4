"""A permit as the ledger has it: its terms for a new event, what a drawing repeats of it, what is left of it.

The arithmetic of a drawing is that of the judge (`lotchain.custody.permits`), so that what is signed here is what is
found there, to the microgram.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from lotchain.app.standing import Standing
from lotchain.core import canonical_json
from lotchain.core.instants import format_instant
from lotchain.core.quantities import MASS, format_amount, to_text
from lotchain.custody import lots, permits
from lotchain.custody.case import State
from lotchain.errors import UsageError
from lotchain.events.fields import Amount
from lotchain.events.permit_drawing import PermitDrawing
from lotchain.events.permit_terms import ratio_of
from lotchain.events.reading import read_entry, read_event

_SOME_DAY = "2000-01-01T00:00:00Z"
"""Stands for the time of an event that is read for its form alone."""
_NAMED = ("exporter", "importer")
_LISTS = ("consignees", "exit_points", "entry_points")


class Drawn(NamedTuple):
    """One drawing in a permit's history.

    Args:
        statement: its hex id.
        consignment: that drew.
        issuer: who signed.
        occurred_at: when, ms.
        goods: what was drawn for, for people.
        drawn: the same in the permit's unit and basis, for people.
        counts: whether it is one of the holder's; the others leave the balance as it was.

    """

    statement: str
    consignment: str
    issuer: str
    occurred_at: int
    goods: str
    drawn: str
    counts: bool

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return self._asdict() | {"occurred_at": format_instant(self.occurred_at)}


def permit_state(standing: Standing, permit: str) -> State:
    """A permit's newest state. Raises `UsageError` `permit-unknown`."""
    state = standing.state(permit)
    if state is None or state["kind"] != "permit":
        raise UsageError(
            "permit-unknown", "the permit is not on this ledger", found=permit,
            remedy="check the id; a permit appears with the statement that gives it",
        )  # fmt: skip
    return state


def goods_of(standing: Standing, consignment: str) -> str:
    """The CAS number of what a consignment carries.

    Raises:
        UsageError: `consignment-unknown`; `substance-needed`, where its lots are of several substances.

    """
    state = standing.state(consignment)
    if state is None or state["kind"] != "consignment":
        raise UsageError(
            "consignment-unknown", "the consignment is not on this ledger", found=consignment,
            remedy="check the id, or declare it first: lotchain consignment declare",
        )  # fmt: skip
    found = {str(standing.lot(lot)["substance"]) for lot in state["lots"]}
    if len(found) != 1:
        raise UsageError(
            "substance-needed", "the consignment carries several substances: one drawing is for one of them",
            expected="--substance CAS", found=", ".join(sorted(found)),
        )  # fmt: skip
    return found.pop()


def held_in(standing: Standing, consignment: str, substance: str) -> dict[str, tuple[str, int]] | None:
    """What the lots of a consignment hold of a substance, by lot: kind of unit and amount.

    None for a consignment of a single lot: a drawing need not say then of which lot its goods are.
    """
    state = standing.state(consignment)
    if state is None or state["kind"] != "consignment" or len(state["lots"]) == 1:
        return None
    held = {lot: standing.lot(lot) for lot in state["lots"]}
    return {
        lot: (found["quantity_kind"], lots.present(found))
        for lot, found in held.items()
        if found["substance"] == substance
    }


def terms_json(terms: Mapping[str, Any]) -> dict[str, Any]:
    """Terms of a permit's state as an event states them; what is not named is left out."""
    stated: dict[str, Any] = {
        "number": terms["number"],
        "substances": list(terms["substances"]),
        "quantity": amount_json(terms["quantity"], terms["quantity_kind"]),
        "basis": terms["basis"],
        "tolerance": _percent(terms["tolerance"]),
        "valid_from": format_instant(terms["from"]),
        "valid_until": format_instant(terms["until"]),
        "use": terms["use"],
    }
    if terms["factor"] is not None:
        stated["factor"] = {"base": terms["factor"][0], "of": terms["factor"][1]}
    if terms["density"] is not None:
        stated["density"] = _density(*terms["density"])
    stated |= {name: terms[name] for name in _NAMED if terms[name] is not None}
    stated |= {name: list(terms[name]) for name in _LISTS if terms[name]}
    if terms["transit"] is not None:
        stated["transit"] = list(terms["transit"])
    return stated


def found_json(state: State) -> dict[str, Any]:
    """What a drawing repeats of the permit (specs/events/permit-drawing-1.md, `found`)."""
    found: dict[str, Any] = {name: state[name] for name in ("sort", "by", "holder", "terms_by", "status")}
    found["terms"] = terms_json(state["terms"])
    found |= {name: state[name] for name in ("importing", "used_by") if state[name] is not None}
    if state["reply_by"] is not None:
        found["reply_by"] = format_instant(state["reply_by"])
    if state["drawn"]:
        found["drawn"] = amount_json(state["drawn"], state["terms"]["quantity_kind"])
    return found


def amount_json(amount: int, kind: str) -> dict[str, str]:
    """An amount as an event states it, in kg or L. Raises `Malformed` `quantity-range`."""
    unit = "KGM" if kind == MASS else "LTR"
    return {"value": to_text(amount, unit), "unit": unit}


def drawing(
    consignment: str, permit: str, found: Mapping[str, Any], *, substance: str, goods: Mapping[str, str],
    density: str | None, overdraw: bool, of: Sequence[Mapping[str, Any]] = (),
    held: Mapping[str, tuple[str, int]] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A drawing with its arithmetic done: what `goods` come to in the permit's own unit and basis, rounded up.

    Args:
        consignment: that draws.
        permit: that is drawn on.
        found: the permit as it stands, as `found_json` gives it.
        substance: CAS number of the goods.
        goods: net quantity, as JSON of an event.
        density: kg/L of the goods, where mass and volume differ and the permit declares none.
        overdraw: sign also what is more than the permit allows.
        of: the consignment's lots of which the goods are, as JSON of an event; none: as `held` tells.
        held: what `held_in` gave.

    Returns:
        The event's own members; time and checkpoint are left to whoever signs.

    Raises:
        Malformed: what is stated does not read as an event.
        UsageError: `drawing-conversion`; `lots-needed`, where several lots of the substance hold another quantity;
            `permit-left`, where it is more than is left: a drawing is not taken back.

    """
    stated: dict[str, Any] = {
        "type": "permit-drawing/1", "consignment": consignment, "permit": permit, "found": dict(found),
        "substance": substance, "goods": dict(goods),
    }  # fmt: skip
    if density is not None:
        stated["density"] = density
    if of:
        stated["lots"] = [dict(part) for part in of]
    event = _read(stated)
    if held is not None and not of:
        stated["lots"] = _shares(event.goods, held)
    terms = event.found.terms.as_state()
    amount = permits.in_permit_units(event.goods.amount, event.goods.kind, terms, ratio_of(density))
    if amount is None:
        raise UsageError(
            "drawing-conversion", "the goods cannot be told in the permit's unit",
            expected="--density of the goods, where mass and volume differ and the permit declares none; else none",
            found=f"{event.goods}, on a permit in {terms['quantity_kind']}",
        )  # fmt: skip
    left = _allowed(terms) - (0 if event.found.drawn is None else event.found.drawn.amount)
    if amount > left and not overdraw:
        kind = terms["quantity_kind"]
        raise UsageError(
            "permit-left", "this is more than is left of the permit, its tolerance included",
            expected=f"at most {format_amount(max(left, 0), kind)} {terms['basis']}",
            found=f"{format_amount(amount, kind)} {terms['basis']}",
            remedy="compare the quantity with the papers: a drawing is not taken back, and this one is recorded as a "
            "breach (permit-overdrawn); with --overdraw it is signed all the same",
        )  # fmt: skip
    return stated | {"drawn": amount_json(amount, terms["quantity_kind"])}


def _shares(goods: Amount, held: Mapping[str, tuple[str, int]]) -> list[dict[str, Any]]:
    """Of which lots the goods are: all of the only one declared, or what each holds where that is what they come to."""
    if len(held) == 1:
        return [{"lot": lot, "goods": {"value": goods.value, "unit": goods.unit}} for lot in held]
    kinds, total = {kind for kind, _ in held.values()}, sum(amount for _, amount in held.values())
    if kinds != {goods.kind} or total != goods.amount:
        each = ", ".join(f"{lot} {format_amount(amount, kind)}" for lot, (kind, amount) in sorted(held.items()))
        raise UsageError(
            "lots-needed", "the consignment has several lots of this substance: say of which the goods are",
            expected=f"--lot LOT,quantity=… for each; without it, what they hold together: {each}", found=str(goods),
            remedy="for a lot for which nothing was drawn no permit is known to be there; a drawing is not taken back",
        )  # fmt: skip
    return [{"lot": lot, "goods": amount_json(amount, kind)} for lot, (kind, amount) in sorted(held.items()) if amount]


def _read(stated: Mapping[str, Any]) -> PermitDrawing:
    """The drawing as an event, before it has its own arithmetic; raises `Malformed`."""
    whole = {**stated, "drawn": stated["goods"], "occurred_at": _SOME_DAY}
    event = read_event(canonical_json.encode(whole))
    if not isinstance(event, PermitDrawing):
        raise TypeError("a drawing reads as another event")
    return event


def drawings(standing: Standing, permit: str) -> list[Drawn]:
    """Every drawing on the permit, oldest first, also those that do not count."""
    found = []
    for step in standing.history(permit):
        reading = read_entry(standing.statement(step.statement))
        event = reading.event
        if not isinstance(event, PermitDrawing):
            continue
        terms = event.found.terms.as_state()
        found.append(
            Drawn(
                statement=step.statement,
                consignment=event.consignment,
                issuer=step.issuer,
                occurred_at=step.occurred_at,
                goods=f"{event.goods} of {event.substance}",
                drawn=f"{event.drawn} {terms['basis']}",
                counts=permits.may_draw(step.issuer, event.found.sort, event.found.holder, terms),
            )
        )
    return found


def account(permit: str, state: State, now: int) -> dict[str, Any]:
    """A permit for people and machines: terms, status, drawn, left, as of `now` (ms)."""
    terms, kind = state["terms"], state["terms"]["quantity_kind"]
    allowed, left = _allowed(terms), terms["quantity"] - state["drawn"]
    told: dict[str, Any] = {
        "permit": permit,
        "sort": state["sort"],
        "by": state["by"],
        "holder": state["holder"],
        "status": state["status"],
        "as_of": format_instant(now),
        "in_time": "expired" if now >= terms["until"] else "valid" if now >= terms["from"] else "not yet valid",
        "quantity": f"{format_amount(terms['quantity'], kind)} {terms['basis']}",
        "allowed": f"{format_amount(allowed, kind)} {terms['basis']}",
        "drawn": format_amount(state["drawn"], kind),
        "drawings": state["drawings"],
        "left": format_amount(left, kind),
        "overdrawn": state["drawn"] > allowed,
    }
    if terms["factor"] is not None:
        base, of = terms["factor"]
        told["left_as_it_stands"] = format_amount(max(left, 0) * of // base, kind)
    if state["reply_by"] is not None:
        told["reply_late"] = state["status"] in ("sent", "received") and now >= state["reply_by"]
    return told | {"found": found_json(state)}


def _allowed(terms: Mapping[str, Any]) -> int:
    """Quantity and tolerance, rounded down, as `permits.overdrawn` counts them."""
    return int(terms["quantity"]) * (1_000_000 + int(terms["tolerance"])) // 1_000_000


def _percent(parts_per_million: int) -> str:
    whole, rest = divmod(parts_per_million, 10_000)
    return f"{whole}.{rest:04}".rstrip("0").rstrip(".") if rest else str(whole)


def _density(numerator: int, denominator: int) -> str:
    whole, rest = divmod(numerator, denominator)
    return f"{whole}.{rest:0{len(str(denominator)) - 1}}"
