"""Threat row 30, numbers that are not plain decimals: NaN, Infinity, floats, exponents, signs, zeros, bools, other digits.

A quantity is a decimal string; JSON numbers with a fraction or exponent are refused anywhere (`json-float`), and
JSON integers, bools and nulls where a quantity belongs under `quantity-format` or `null-field`.
"""

from __future__ import annotations

import pytest
from tests.threats.surroundings import shared

from lotchain.core.statements import parse_statement

NOT_DECIMALS = [
    "NaN", "nan", "Infinity", "-Infinity", "inf", "1e3", "1E3", "1.0e0", "01", "00", "+1", "-0", "-0.0", "true", "null",
    "١٢", "１２", "१", "1_000", "1,000", "1 000", "1'000", " 1", "1 ", "1\n", "1.", ".5", "1..0", "1.0.0", "0x10", "1/2",
    "½", "²", "−1", "--1", "", "one",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_DECIMALS, ids=ascii)
def test_texts_that_are_no_decimals(text: str) -> None:
    small = shared()
    quantity = {"value": text, "unit": "KGM"}
    fault = small.bad_event(small.registration(quantity=quantity), "quantity-format", "quantity")
    assert fault.expected


@pytest.mark.parametrize("value", [1, 0, -1, True, False, [], ["1"], {}, {"value": "1"}], ids=repr)
def test_values_that_are_no_texts(value: object) -> None:
    small = shared()
    quantity = {"value": value, "unit": "KGM"}
    small.bad_event(small.registration(quantity=quantity), "quantity-format", "quantity.value")


def test_null_is_no_quantity() -> None:
    small = shared()
    quantity = {"value": None, "unit": "KGM"}
    small.bad_event(small.registration(quantity=quantity), "null-field", "quantity.value")


@pytest.mark.parametrize("number", ["1.0", "500.000", "1e3", "1E3", "-1.5", "1e400", "0.1", "-0.0", "1e-400"])
def test_no_float_anywhere(number: str) -> None:
    """As JSON numbers in an otherwise canonical event: in a quantity, and where an integer belongs."""
    small = shared()
    payload = small.sign_event(small.registration())
    for old, new in ((b'"500.000"', number.encode()), (b'"made"', number.encode())):
        body = _payload(payload).replace(old, new)
        assert new in body
        small.malformed(small.sign_payload(body), "json-float")
    event = small.registration(seen={"size": 5, "root": "00" * 32})
    body = _payload(small.sign_event(event)).replace(b'"size":5', b'"size":' + number.encode())
    small.malformed(small.sign_payload(body), "json-float")


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "+1", "01", "0x1", "1_0", ".5", "1."])
def test_no_number_that_json_has_not(word: str) -> None:
    small = shared()
    body = _payload(small.sign_event(small.registration())).replace(b'"500.000"', word.encode())
    code = "json-float" if word in ("NaN", "Infinity", "-Infinity") else "json-malformed"
    small.malformed(small.sign_payload(body), code)


@pytest.mark.parametrize("size", [True, "5", [5], {"n": 5}], ids=repr)
def test_an_integer_is_an_integer(size: object) -> None:
    small = shared()
    event = small.registration(seen={"size": size, "root": "00" * 32})
    small.bad_event(event, "field-type", "seen.size")


@pytest.mark.parametrize("text", ["NaN", "1e1", "-1", "100.1", "01", "0.00001", "1.0 ", "1%", "", "101"])
def test_a_tolerance_is_a_plain_percentage(text: str) -> None:
    small = shared()
    small.bad_event(small.registration(tolerance=text), "percent-format", "tolerance")


def _payload(raw: bytes) -> bytes:
    return parse_statement(raw).payload
