"""Quantities as they stand and as anhydrous base, exactly, with the factor that leads from the one to the other.

Authorities count the base, drums are weighed as salt. The factor is the one that the country of the row states for its
papers (0.8192 for pseudoephedrine hydrochloride in the US, DEA Form 486), else the ratio of molar masses; where neither
is known the base is undetermined. Purity is never multiplied in: it is a free text on the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Final, NamedTuple

from lotchain.core.quantities import MASS, VOLUME
from lotchain.errors import Malformed
from lotchain.returns.table import DECIMAL, NOTHING, TEXT, Cell, Column, known, unknown
from lotchain.rules.lookup import Match, Substances
from lotchain.rules.molar_mass import rounded
from lotchain.rules.substances import CONFIDENCE

UNITS: Final = {MASS: "KGM", VOLUME: "LTR"}
"""Every figure of a report is in one of the two."""
_UNIT: Final = 10**9
"""Micrograms in a kilogram, nanolitres in a litre."""
_SHOWN: Final = 3
_ROUNDED: Final = 9
_LONGEST: Final = 18
_FACTOR_DECIMALS: Final = 6


class Factor(NamedTuple):
    """What one part of a substance holds of its base.

    Attributes:
        value: None: undetermined.
        text: as shown; a computed one is rounded to six decimals, the exact ratio stands in `origin`.
        origin: where it comes from, or why there is none.
        remembered: it rests on data that is known from memory alone.

    """

    value: Fraction | None
    text: str
    origin: str
    remembered: bool = False


def decimal_text(amount: Fraction | int) -> tuple[str, bool]:
    """An amount (micrograms or nanolitres) in kg or L, and whether the text is exact.

    At least three decimals, more where they are needed. What has no end (a computed factor), or none within 18
    decimals, is rounded to a microgram or nanolitre, half to even.
    """
    value = Fraction(amount) / _UNIT
    places = _places(value.denominator)
    exact = places is not None and places <= _LONGEST
    decimals = max(_SHOWN, places or 0) if exact else _ROUNDED
    digits = round(value * 10**decimals)
    whole, rest = divmod(abs(digits), 10**decimals)
    text = f"{rest:0{decimals}}"
    text = text.rstrip("0").ljust(_SHOWN, "0")
    return f"{'-' if digits < 0 else ''}{whole}.{text}", exact


def _places(denominator: int) -> int | None:
    """How many decimals a fraction in lowest terms needs; None where it never ends."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    return max(twos, fives) if denominator == 1 else None


def find(substances: Substances, cas: str) -> Match | None:
    """What the data says a CAS number is; None where it does not hold it."""
    try:
        found = substances.find(cas)
    except Malformed:
        return None
    return found.matches[0] if found.by == "cas" and found.determined else None


def factor_of(substances: Substances, cas: str, country: str, kind: str = MASS) -> Factor:
    """The factor for a CAS number in the papers of a country; for volumes only that of a substance that is no salt."""
    match = find(substances, cas)
    if match is None:
        return Factor(None, "", "the data on substances does not hold this CAS number")
    if match.salt is None:
        return Factor(Fraction(1), "1", "the substance itself, no salt")
    if kind != MASS:
        return Factor(None, "", "a factor of masses says nothing of a volume")
    for stated in match.salt.declared:
        if stated.jurisdiction == country:
            titles = "; ".join(source.title for source in stated.sources)
            basis = f"{stated.confidence}: {CONFIDENCE[stated.confidence]}"
            return Factor(
                stated.value, stated.text, f"as {country} states it, {titles} ({basis})", stated.confidence == "K"
            )
    if match.salt.computed is None:
        return Factor(None, "", "the composition of this salt is not known")
    exact, sure = match.salt.computed, match.salt.confidence
    origin = f"computed from molar masses, exactly {exact.numerator}/{exact.denominator} ({sure}: {CONFIDENCE[sure]})"
    return Factor(exact, rounded(exact, _FACTOR_DECIMALS), origin, sure == "K")


def weights(
    amount: Fraction | int | None, kind: str, factor: Factor, sources: Iterable[int], *, base_given: bool = False,
    why: str = "",
) -> dict[str, Cell]:  # fmt: skip
    """The cells of `weight_columns`.

    Args:
        amount: micrograms or nanolitres; None: not known, for the reason `why`.
        kind: `mass` or `volume`.
        factor: from the substance as it stands to its base.
        sources: log indexes.
        base_given: the amount is one of base, not of the substance as it stands.
        why: see `amount`.

    """
    indexes = tuple(sources)
    if amount is None:
        return {name: unknown(why, indexes) for name in ("quantity", "unit", "base_quantity", "base_unit")}
    unit = known(UNITS[kind])
    given = _figure(Fraction(amount), indexes, "")
    if factor.value is None or factor.value == 0:
        other: Cell = unknown(factor.origin, indexes)
    elif base_given:
        other = _figure(Fraction(amount) / factor.value, indexes, f"divided by {factor.text}")
    elif factor.value == 1:
        other = given
    else:
        other = _figure(Fraction(amount) * factor.value, indexes, f"times {factor.text}")
    quantity, base = (other, given) if base_given else (given, other)
    return {
        "quantity": quantity,
        "unit": unit,
        "base_quantity": base,
        "base_unit": unit,
        "factor": known(factor.text) if factor.value is not None else unknown(factor.origin),
        "factor_origin": known(factor.origin) if factor.value is not None else NOTHING,
    }


def _figure(amount: Fraction, sources: tuple[int, ...], how: str) -> Cell:
    text, exact = decimal_text(amount)
    return known(text, sources, how if exact or not how else f"{how}, rounded to {_ROUNDED} decimals")


def weight_columns(basis: str, what: str = "") -> tuple[Column, ...]:
    """Quantity as it stands and as base, each with its unit, and the factor."""
    of = f" {what}" if what else ""
    return (
        Column("quantity", f"Quantity{of}", DECIMAL, "M", basis, "net, as it stands (salt)"),
        Column("unit", "Unit", TEXT, "M", basis, "KGM or LTR"),
        Column("base_quantity", "Base equivalent", DECIMAL, "M", basis, "as anhydrous base; purity left aside"),
        Column("base_unit", "Base unit", TEXT, "M", basis, "KGM or LTR"),
        Column("factor", "Base factor", DECIMAL, "M", basis, "base in one part as it stands"),
        Column("factor_origin", "Factor from", TEXT, "D", "", "who states it, or how it was computed"),
    )
