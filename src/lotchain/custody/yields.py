"""The arithmetic of a reaction: what its inputs could give at most, and what its record says that they gave.

Exact fractions throughout: no figure depends on how a machine rounds. Mass in is never mass out across a reaction, so
only amounts of substance are compared: the input that runs out first bounds what can come out.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from lotchain.core.quantities import UNITS


class Part(NamedTuple):
    """One substance of a reaction: its mass (micrograms), molar mass (g/mol) and stoichiometric number."""

    mass: Fraction
    molar_mass: Fraction
    moles: int


def mass_of(amount: int, kind: str, density: str | None) -> Fraction | None:
    """Micrograms of an amount; of a volume by its density (kg/L: a nanolitre of 1 kg/L is a microgram), else None.

    A density of nothing is none.
    """
    if kind == "mass":
        return Fraction(amount)
    return None if density is None or not Fraction(density) else amount * Fraction(density)


def theoretical(inputs: Iterable[Part], molar_mass: Fraction, moles: int) -> Fraction:
    """The most that can come out, micrograms: of the named inputs, the one that runs out first bounds it."""
    extent = min(part.mass / (part.molar_mass * part.moles) for part in inputs)
    return extent * molar_mass * moles


def agrees(stated: Fraction, exact: Fraction, step: Fraction) -> bool:
    """Whether a stated figure is the exact one, rounded at the place of its last digit (`step`)."""
    return 2 * abs(stated - exact) <= step


def step_of(text: str) -> Fraction:
    """The value of one unit in the last place of a decimal text."""
    return Fraction(1, 10 ** len(text.partition(".")[2]))


def agrees_as_amount(value: str, unit: str, exact: Fraction) -> bool:
    """Whether a stated mass is `exact` (micrograms), rounded at the place of its last digit."""
    scale = 10 ** UNITS[unit].decimals
    return agrees(Fraction(value) * scale, exact, step_of(value) * scale)
