"""Molar masses from formulas, exactly: what a salt holds of its base is a ratio of two of them.

Atomic weights arrive as decimal strings with their source; sums and ratios of them are fractions, so that no rounding
happens before somebody asks for a number of digits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from lotchain.errors import Malformed

_PART: Final = re.compile(r"([A-Z][a-z]?)([1-9][0-9]{0,2})?")
_WEIGHT: Final = re.compile(r"(?:0|[1-9][0-9]{0,2})(?:\.[0-9]{1,9})?")
_MAX_FORMULA: Final = 60


def parse_weight(text: str, field: str) -> Fraction:
    """A standard atomic weight, grams a mole, from its decimal string.

    Raises:
        Malformed: `atomic-weight-format`.

    """
    if len(text) > 16 or _WEIGHT.fullmatch(text) is None or Fraction(text) == 0:
        raise Malformed(
            "atomic-weight-format", "this is not an atomic weight", expected="12.011", found=text, field=field
        )
    return Fraction(text)


def parse_formula(text: str, field: str) -> dict[str, int]:
    """Atoms of each element in a molecular formula: symbols and counts, each symbol once, no brackets, no charges.

    Raises:
        Malformed: `formula-format`.

    """
    parts = list(_PART.finditer(text)) if 0 < len(text) <= _MAX_FORMULA else []
    symbols = [part[1] for part in parts]
    if not parts or "".join(part[0] for part in parts) != text or len(set(symbols)) != len(symbols):
        raise Malformed(
            "formula-format", "this is not a formula of elements and counts", expected="C10H15NO", found=text,
            field=field,
        )  # fmt: skip
    return {part[1]: int(part[2] or 1) for part in parts}


def molar_mass(formula: str, weights: Mapping[str, Fraction], field: str) -> Fraction:
    """Grams in one mole of what the formula says.

    Raises:
        Malformed: `formula-format`, `element-unknown`.

    """
    total = Fraction(0)
    for symbol, count in parse_formula(formula, field).items():
        if symbol not in weights:
            raise Malformed("element-unknown", "no atomic weight is given for an element", found=symbol, field=field)
        total += count * weights[symbol]
    return total


def base_factor(base: Fraction, base_units: int, salt: Fraction) -> Fraction:
    """What one gram of a salt holds of its base, in grams: an exact ratio between 0 and 1.

    Args:
        base: molar mass of the base.
        base_units: how often the base stands in the salt's formula (2 in most sulphates).
        salt: molar mass of the salt, water of crystallisation included where its formula has it.

    """
    return base_units * base / salt


def rounded(value: Fraction, decimals: int) -> str:
    """A fraction as a decimal string, half away from zero; for showing, and for comparing with what a law states."""
    scale = 10**decimals
    units = (abs(value) * scale * 2 + 1) // 2
    whole, rest = divmod(int(units), scale)
    sign = "-" if value < 0 and units else ""
    return f"{sign}{whole}.{rest:0{decimals}}" if decimals else f"{sign}{whole}"
