"""The units of the US hazardous waste manifest, and the exact factors that turn them into kilograms or litres.

Factors: international pound = 0.45359237 kg (US and five others, 1 July 1959); short ton = 2,000 pounds; US gallon =
231 cubic inches and cubic yard = 46,656 cubic inches of 25.4 mm: all exact by definition (NIST Handbook 44,
Appendix C). Codes and words: EPA's schema `emanifest.json` 1.3, `QuantityUnitsOfMeasurement`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from lotchain.core.quantities import MASS, MAX_AMOUNT, VOLUME, to_text

_SHOWN: Final = {MASS: "kg", VOLUME: "L"}


@dataclass(frozen=True, slots=True)
class PaperUnit:
    """One unit of the form.

    Attributes:
        code: the letter on the form.
        words: what EPA's schema calls it.
        unit: the ledger's unit, KGM or LTR.
        kind: `mass` or `volume`.
        factor: micrograms or nanolitres in one, exact.

    """

    code: str
    words: str
    unit: str
    kind: str
    factor: int

    @property
    def is_converted(self) -> bool:
        """Whether the figure changes: kilograms and litres stay."""
        return self.factor != 10**9

    @property
    def stated(self) -> str:
        """The factor for people: `1 G = 3.785411784 L`."""
        return f"1 {self.code} = {to_text(self.factor, self.unit)} {_SHOWN[self.kind]}"


PAPER_UNITS: Final = {
    unit.code: unit
    for unit in (
        PaperUnit("P", "Pounds", "KGM", MASS, 453_592_370),
        PaperUnit("T", "Tons (2000 Pounds)", "KGM", MASS, 907_184_740_000),
        PaperUnit("K", "Kilograms", "KGM", MASS, 10**9),
        PaperUnit("M", "Metric Tons (1000 Kilograms)", "KGM", MASS, 10**12),
        PaperUnit("G", "Gallons", "LTR", VOLUME, 3_785_411_784),
        PaperUnit("L", "Liters", "LTR", VOLUME, 10**9),
        PaperUnit("Y", "Cubic Yards", "LTR", VOLUME, 764_554_857_984),
        PaperUnit("N", "Cubic Meters", "LTR", VOLUME, 10**12),
    )
}
"""The eight units of the form, by code."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A figure of the form in the ledger's own amounts.

    Attributes:
        unit: the form's unit.
        stated: the figure as the form has it.
        amount: micrograms or nanolitres, rounded half to even where the figure is finer than that.
        exact: whether nothing was rounded away.

    """

    unit: PaperUnit
    stated: Decimal
    amount: int
    exact: bool

    @property
    def is_bookable(self) -> bool:
        """Whether the ledger can hold it: above zero, at most 9,000 t or 9,000 m³."""
        return 0 < self.amount <= MAX_AMOUNT

    @property
    def words(self) -> str:
        """The figure as reported, with the factor where there is one: `480 G; 1 G = 3.785411784 L`."""
        figure = f"{self.stated:f} {self.unit.code}"
        return f"{figure}; {self.unit.stated}" if self.unit.is_converted else figure


def convert(figure: Decimal, unit: PaperUnit) -> Converted:
    """A figure of zero or more in micrograms or nanolitres, by integer arithmetic alone."""
    sign, digits, exponent = figure.as_tuple()
    coefficient = int("".join(map(str, digits)) or "0") * (-1 if sign else 1)
    power = int(exponent)
    scaled = coefficient * unit.factor
    if power >= 0:
        return Converted(unit, figure, scaled * 10**power, exact=True)
    divisor = 10**-power
    amount, rest = divmod(scaled, divisor)
    if 2 * rest > divisor or (2 * rest == divisor and amount % 2):
        amount += 1
    return Converted(unit, figure, amount, exact=not rest)
