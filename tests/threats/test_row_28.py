"""Threat row 28, unit confusion: a closed list of codes, compared byte for byte; mass and volume never mix."""

from __future__ import annotations

from typing import Any

import pytest
from tests.threats.surroundings import Small, shared, with_member

NOT_UNITS = [
    "T", "t", "lb", "LBR", "KG", "kg", "kgm", "Kgm", "KGM ", " KGM", "KGM\n", "KGМ", "ＫＧＭ",
    "mL", "ml", "ML", "L", "l", "G", "g", "MC", "ONZ", "STN", "LTN", "GLL", "MTQ", "C34", "", "K" * 4_000,
]  # fmt: skip


@pytest.mark.parametrize("unit", NOT_UNITS, ids=lambda unit: ascii(unit)[:20])
def test_units_that_are_not(unit: str) -> None:
    small = shared()
    quantity = {"value": "1", "unit": unit}
    fault = small.bad_event(small.registration(quantity=quantity), "unit-unknown", "quantity")
    assert fault.expected == "KGM, GRM, MGM, TNE, LTR, MLT"


@pytest.mark.parametrize("unit", [1, True, ["KGM"], {"code": "KGM"}], ids=repr)
def test_a_unit_is_a_text(unit: object) -> None:
    small = shared()
    small.bad_event(small.registration(quantity={"value": "1", "unit": unit}), "field-type", "quantity.unit")


def act(small: Small, kind: str) -> tuple[dict[str, Any], str]:
    """An act on the shared lot of 500 kg that states 500 L, and who signs it."""
    lot = "lot:CN-MAKER/M-1"
    base = {"occurred_at": small.now(), "prev": small.last(lot), "lot": lot, "type": f"{kind}/1"}
    wrong = {"value": "500.000", "unit": "LTR"}
    place = {"code": "CNTZU", "offset": "+08:00"}
    if kind == "loss":
        return {**base, "kind": "leaked", "quantity": wrong, "place": place}, "maker"
    if kind == "consumption":
        return {**base, "purpose": "synthesis", "quantity": wrong}, "maker"
    if kind == "packing":
        return {**base, "packages": [{"serial": "1", "net": wrong}]}, "maker"
    offer = small.hand_over("maker", "carrier", lot).model_dump(mode="json", exclude_none=True)
    return with_member(offer, "lines[0].quantity", wrong), "maker"


@pytest.mark.parametrize("kind", ["loss", "consumption", "packing", "hand-over"])
def test_a_mass_lot_is_not_handled_in_litres(kind: str) -> None:
    small = shared()
    event, who = act(small, kind)
    finding = small.refused(small.sign_event(event, who, subject="lot:CN-MAKER/M-1"), "unit-kind")
    assert (finding.expected, finding.found) == ("mass", "volume")


def test_packages_in_another_kind_of_unit() -> None:
    small = shared()
    event = small.registration(packages=[{"serial": "1", "net": {"value": "500", "unit": "LTR"}}])
    small.refused(small.sign_event(event), "packages-sum")


@pytest.mark.parametrize(
    ("value", "unit"), [("0.5", "TNE"), ("500", "KGM"), ("500000", "GRM"), ("500000000.000", "MGM")]
)
def test_the_same_amount_in_each_unit_of_mass(value: str, unit: str) -> None:
    """Inside there is one integer, so a tonne handed over as kilograms is the same lot."""
    small = Small()
    small.taken(small.sign_event(small.registration(quantity={"value": value, "unit": unit})))
    assert small.lot("lot:CN-MAKER/T-1")["accounts"]["held"] == 500 * 10**9
    offer = small.hand_over("maker", "carrier", "lot:CN-MAKER/T-1").model_dump(mode="json", exclude_none=True)
    stated = with_member(offer, "lines[0].quantity", {"value": "500000", "unit": "GRM"})
    small.taken(small.sign_event(stated))
