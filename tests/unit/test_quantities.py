"""Quantities: vectors, exactness, and nothing but Malformed from any text."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vectors_build import codecs

from lotchain.core import quantities
from lotchain.core.quantities import MAX_AMOUNT, UNITS, format_amount, parse_parts_per_million, parse_quantity, to_text
from lotchain.errors import Malformed

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors" / "quantities.json"
CASES = json.loads(VECTORS.read_text("ascii"))["cases"]

amounts = st.integers(1, MAX_AMOUNT)
units = st.sampled_from(sorted(UNITS))
decimal_like = st.text("0123456789.-+eE_ ,", max_size=24)


def code_of(text: Any, unit: Any = "KGM") -> str:
    with pytest.raises(Malformed) as caught:
        parse_quantity(text, unit, field="quantity")
    assert caught.value.field == "quantity"
    return caught.value.code


def test_the_vectors_are_those_of_their_script() -> None:
    assert VECTORS.read_text("ascii") == codecs.render("quantities")
    assert sum(not c["valid"] for c in CASES) > sum(c["valid"] for c in CASES)


@pytest.mark.parametrize("case", [c for c in CASES if "text" in c], ids=lambda c: c["name"])
def test_vector(case: dict[str, Any]) -> None:
    if not case["valid"]:
        assert code_of(case["text"], case["unit"]) == case["code"], case["comment"]
        return
    quantity = parse_quantity(case["text"], case["unit"], field="quantity")
    assert (quantity.text, quantity.unit, quantity.amount) == (case["text"], case["unit"], case["amount"])
    assert to_text(quantity.amount, quantity.unit) == case["shortest"]
    assert format_amount(quantity.amount, quantity.kind) == case["shown"]


@pytest.mark.parametrize("case", [c for c in CASES if "percent" in c], ids=lambda c: c["name"])
def test_percent_vector(case: dict[str, Any]) -> None:
    if case["valid"]:
        assert parse_parts_per_million(case["percent"]) == case["ppm"]
        return
    with pytest.raises(Malformed) as caught:
        parse_parts_per_million(case["percent"], "tolerance")
    assert (caught.value.code, caught.value.field) == ("percent-format", "tolerance")


@given(amounts, units)
def test_every_amount_has_a_text_in_every_unit_of_its_kind(amount: int, unit: str) -> None:
    quantity = parse_quantity(to_text(amount, unit), unit, field="")
    assert (quantity.amount, quantity.kind) == (amount, UNITS[unit].kind)


@given(amounts, units)
def test_the_text_is_the_shortest(amount: int, unit: str) -> None:
    text = to_text(amount, unit)
    assert Decimal(text) * UNITS[unit].factor == amount
    assert not ("." in text and text.endswith(("0", ".")))


@given(decimal_like | st.text(max_size=30), units)
def test_any_text_is_a_quantity_or_refused(text: str, unit: str) -> None:
    try:
        quantity = parse_quantity(text, unit, field="")
    except Malformed as fault:
        assert fault.code in ("quantity-format", "quantity-range", "quantity-precision")
    else:
        assert Decimal(text) * UNITS[unit].factor == quantity.amount
        assert 0 < quantity.amount <= MAX_AMOUNT


@given(st.text(max_size=5))
def test_any_other_unit_is_unknown(unit: str) -> None:
    if unit not in UNITS:
        assert code_of("1", unit) == "unit-unknown"


@pytest.mark.parametrize("text", [True, 1, 1.0, None, b"1", ["1"], 10**400], ids=lambda t: type(t).__name__)
def test_a_quantity_is_text(text: Any) -> None:
    assert code_of(text) == "quantity-format"


@pytest.mark.parametrize("unit", [None, 1, True, ["KGM"], b"KGM"], ids=repr)
def test_a_unit_is_text(unit: Any) -> None:
    assert code_of("1", unit) == "unit-unknown"


@given(st.integers(-(10**18), 10**18), st.sampled_from(["mass", "volume"]))
def test_shown_amounts_are_exact_and_carry_three_decimals(amount: int, kind: str) -> None:
    number, symbol = format_amount(amount, kind).split(" ")
    assert Decimal(number) * 10**9 == amount
    assert symbol == {"mass": "kg", "volume": "L"}[kind]
    decimals = number.partition(".")[2]
    assert len(decimals) >= 3
    assert len(decimals) == 3 or not decimals.endswith("0")


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "0.000 kg"), (-1, "-0.000000001 kg"), (-3_000_000_000, "-3.000 kg"), (10**20, "100000000000.000 kg")],
)
def test_balances_may_be_zero_negative_or_large(amount: int, shown: str) -> None:
    assert format_amount(amount, "mass") == shown


def test_no_such_kind() -> None:
    with pytest.raises(Malformed) as caught:
        format_amount(1, "length")
    assert caught.value.code == "unit-kind"


@pytest.mark.parametrize("amount", [0, -1, MAX_AMOUNT + 1])
def test_no_payload_states_an_amount_out_of_range(amount: int) -> None:
    with pytest.raises(Malformed) as caught:
        to_text(amount, "KGM")
    assert caught.value.code == "quantity-range"


def test_no_payload_states_an_unknown_unit() -> None:
    with pytest.raises(Malformed) as caught:
        to_text(1, "LBR")
    assert caught.value.code == "unit-unknown"


@given(st.integers(0, 1_000_000))
def test_every_part_per_million_can_be_stated(parts: int) -> None:
    assert parse_parts_per_million(f"{parts // 10_000}.{parts % 10_000:04}") == parts


@given(decimal_like | st.text(max_size=12))
def test_any_text_is_a_percentage_or_refused(text: str) -> None:
    try:
        parts = parse_parts_per_million(text)
    except Malformed as fault:
        assert fault.code == "percent-format"
    else:
        assert Decimal(text) * 10_000 == parts


@pytest.mark.parametrize("text", ["1" * 10_000_000, "0." + "0" * 10_000_000, "-" + "9" * 10_000_000, "x" * 10_000_000])
def test_a_text_of_ten_million_characters_is_refused_by_its_form_or_length(text: str) -> None:
    assert code_of(text) in ("quantity-format", "quantity-range", "quantity-precision")


def test_the_factors_are_powers_of_ten_that_fit_their_decimals() -> None:
    assert all(unit.factor == 10**unit.decimals and unit.code == code for code, unit in UNITS.items())
    assert quantities.MAX_AMOUNT < 2**53
