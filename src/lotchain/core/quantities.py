"""Quantities: exact decimal text outside, integers of micrograms or nanolitres inside, and nothing between.

A quantity on the ledger is a decimal string and a UN/ECE Recommendation 20 unit. Inside it is an integer
of the smallest unit of its kind, so that sums are exact and a balance is a question of equality. Mass and
volume never mix; other units are converted by whoever writes the event, who states the factor. Byte for
byte: `specs/formats/quantities.md`.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from lotchain.errors import Malformed

MASS: Final = "mass"
"""The kind whose amounts are micrograms."""

VOLUME: Final = "volume"
"""The kind whose amounts are nanolitres."""

MAX_AMOUNT: Final = 9_000_000_000_000_000
"""The largest amount of one quantity: 9,000 t or 9,000 m³; below 2^53, so exact in any JSON reader."""

MAX_DIGITS: Final = 18
"""Digits that one quantity's text may have, before and after the point together."""


class Unit(NamedTuple):
    """A unit of the closed list.

    Attributes:
        code: UN/ECE Recommendation 20 code, compared byte for byte.
        kind: "mass" or "volume".
        factor: micrograms or nanolitres in one unit, a power of ten.
        decimals: digits after the point that still give whole micrograms or nanolitres.
        symbol: how people write it.

    """

    code: str
    kind: str
    factor: int
    decimals: int
    symbol: str


UNITS: Final = {
    "KGM": Unit("KGM", MASS, 10**9, 9, "kg"),
    "GRM": Unit("GRM", MASS, 10**6, 6, "g"),
    "MGM": Unit("MGM", MASS, 10**3, 3, "mg"),
    "TNE": Unit("TNE", MASS, 10**12, 12, "t"),
    "LTR": Unit("LTR", VOLUME, 10**9, 9, "L"),
    "MLT": Unit("MLT", VOLUME, 10**6, 6, "mL"),
}
"""The units that there are (UN/ECE Recommendation 20), by code."""

_SHOWN_IN: Final = {MASS: "kg", VOLUME: "L"}
_SHOWN_FACTOR: Final = 10**9
_DECIMAL: Final = re.compile(r"(0|[1-9][0-9]*)(?:\.([0-9]+))?")
_PERCENT: Final = r"(0|[1-9][0-9]{0,2})(?:\.([0-9]{1,4}))?"
_PPM_IN_ALL: Final = 1_000_000


class Quantity(NamedTuple):
    """One stated quantity: what was written, and the integer that it means.

    Attributes:
        text: the decimal as written, which is what was signed.
        unit: UN/ECE Recommendation 20 code.
        amount: micrograms or nanolitres, 1 to MAX_AMOUNT.
        kind: "mass" or "volume".

    """

    text: str
    unit: str
    amount: int
    kind: str


def parse_quantity(text: str, unit: str, *, field: str) -> Quantity:
    r"""A quantity from its decimal text and unit code.

    Grammar `(0|[1-9][0-9]*)(\.[0-9]+)?` in ASCII. Zeros at the end are kept in `text`, since they say
    how finely somebody weighed, and change nothing in `amount`.

    Args:
        text: the decimal as received.
        unit: the unit code as received.
        field: the field that holds it, for the message.

    Raises:
        Malformed: `unit-unknown`; `quantity-format` (not the grammar: signs, exponents, leading zeros,
            separators, other digits); `quantity-range` (zero, below zero, more than 18 digits or above
            MAX_AMOUNT); `quantity-precision` (finer than a microgram or nanolitre).

    """
    known = UNITS.get(unit) if isinstance(unit, str) else None
    if known is None:
        raise Malformed(
            "unit-unknown",
            "this unit is not on the closed list",
            expected=", ".join(UNITS),
            found=unit,
            remedy="convert to one of these, and state the factor and the original text",
            field=field,
        )
    if not isinstance(text, str) or len(text) > MAX_DIGITS + 1:
        raise _long_fault(text, field)
    match = _DECIMAL.fullmatch(text)
    if match is None:
        raise _grammar_fault(text, field)
    whole, fraction = match.groups(default="")
    if len(whole) + len(fraction) > MAX_DIGITS:
        raise _long_fault(text, field)
    fraction = fraction.rstrip("0")
    if len(fraction) > known.decimals:
        raise _precision_fault(text, field)
    amount = int(whole + fraction) * 10 ** (known.decimals - len(fraction))
    if not 0 < amount <= MAX_AMOUNT:
        raise _range_fault(text, field)
    return Quantity(text, unit, amount, known.kind)


def format_amount(amount: int, kind: str) -> str:
    """An amount for people, always in kg or L so that figures compare: `475.000 kg`, `-0.0000005 L`.

    Three decimals at least, more only where they are needed to be exact. For balances and differences
    too, so it may be zero or negative.

    Args:
        amount: micrograms or nanolitres.
        kind: "mass" or "volume".

    Raises:
        Malformed: `unit-kind` for another kind.

    """
    symbol = _SHOWN_IN.get(kind)
    if symbol is None:
        raise Malformed("unit-kind", "there is no such kind of quantity", expected="mass or volume", found=kind)
    whole, rest = divmod(abs(amount), _SHOWN_FACTOR)
    decimals = f"{rest:09}".rstrip("0").ljust(3, "0")
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole}.{decimals} {symbol}"


def to_text(amount: int, unit: str) -> str:
    """The shortest exact decimal of an amount in a unit, as an event's payload states it.

    Args:
        amount: micrograms or nanolitres, 1 to MAX_AMOUNT.
        unit: UN/ECE Recommendation 20 code.

    Raises:
        Malformed: `unit-unknown`, `quantity-range`.

    """
    known = UNITS.get(unit)
    if known is None:
        raise Malformed("unit-unknown", "this unit is not on the closed list", expected=", ".join(UNITS), found=unit)
    if not 0 < amount <= MAX_AMOUNT:
        raise _range_fault(str(amount), "")
    whole, rest = divmod(amount, known.factor)
    if not rest:
        return str(whole)
    return f"{whole}." + f"{rest:0{known.decimals}}".rstrip("0")


def parse_parts_per_million(text: str, field: str = "") -> int:
    """A tolerance stated in percent, as whole parts per million: "0.5" gives 5,000.

    From 0 to 100, with at most four decimals, in the grammar of quantities.

    Raises:
        Malformed: `percent-format`.

    """
    match = re.fullmatch(_PERCENT, text) if isinstance(text, str) else None
    if match is not None:
        whole, fraction = match.groups(default="")
        parts = int(whole + fraction.ljust(4, "0"))
        if parts <= _PPM_IN_ALL:
            return parts
    raise Malformed(
        "percent-format",
        "this is not a percentage",
        expected="a decimal from 0 to 100 with at most four decimals",
        found=text,
        field=field,
    )


def _grammar_fault(text: str, field: str, found: str = "") -> Malformed:
    """Text outside the grammar. A number below zero is named as such, since its writer meant a number."""
    negative = _DECIMAL.fullmatch(text[1:]) if text.startswith("-") else None
    if negative is not None and text.strip("-0."):
        return _range_fault(found or text, field)
    return Malformed(
        "quantity-format",
        "this is not a decimal",
        expected="ASCII digits with at most one point, no sign, no exponent, no leading zero, as a string",
        found=found or text,
        field=field,
    )


def _long_fault(text: object, field: str) -> Malformed:
    """More digits than allowed, judged by the first ones alone, whatever the length."""
    if not isinstance(text, str):
        return _grammar_fault(type(text).__name__, field)
    start = text[: MAX_DIGITS + 1]
    found = text[:64]
    if _DECIMAL.fullmatch(start + "0") is None:
        return _grammar_fault(start + "0", field, found)
    return _precision_fault(found, field) if "." in start else _range_fault(found, field)


def _range_fault(text: str, field: str) -> Malformed:
    return Malformed(
        "quantity-range",
        "this quantity is out of range",
        expected="above zero, at most 9,000 t or 9,000 m³",
        found=text,
        field=field,
    )


def _precision_fault(text: str, field: str) -> Malformed:
    return Malformed(
        "quantity-precision",
        "this quantity is stated too finely",
        expected="whole micrograms or nanolitres, in at most 18 digits",
        found=text,
        field=field,
    )
