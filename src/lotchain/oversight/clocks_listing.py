"""Whether a jurisdiction's list holds a substance on a day, and what a salt holds of its base, asked often."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from lotchain.rules.lookup import Match, Substances
from lotchain.rules.standings import Standing
from lotchain.rules.substances import LISTED, MEMORY, UNDETERMINED, VERIFIED, weaker


class Listed(NamedTuple):
    """Whether some substance stands in a list, in one of some classes.

    Attributes:
        answer: None where the data does not tell.
        confidence: V, P or K of that answer; K where it is None.
        why: what leaves it open, or the empty text.

    """

    answer: bool | None
    confidence: str
    why: str


class Listings:
    """The substance data, with what was asked of it remembered."""

    def __init__(self, substances: Substances) -> None:
        self._substances = substances
        self._standings: dict[tuple[str, date], tuple[Standing, ...] | None] = {}

    def match(self, cas: str) -> Match | None:
        """The substance, or salt, of a CAS number; None where the data does not hold it."""
        found = self._substances.find(cas)
        return found.matches[0] if found.determined else None

    def base(self, cas: str) -> str:
        """The CAS number of the base or acid behind a number; the number itself where nothing else is known."""
        match = self.match(cas)
        return cas if match is None else match.substance.cas or cas

    def name(self, cas: str) -> str:
        """The substance's first name, or the number itself."""
        match = self.match(cas)
        return cas if match is None else match.substance.name

    def factor(self, cas: str, jurisdiction: str) -> Fraction | None:
        """Grams of base in one gram of it, 1 for what is no salt; None where that is not known."""
        match = self.match(cas)
        if match is None:
            return None
        return Fraction(1) if match.salt is None else match.salt.factor(jurisdiction)

    def listed(self, cas: Iterable[str], jurisdiction: str, classes: tuple[str, ...], on: date) -> Listed:
        """Whether any of these substances stands in a list of a jurisdiction on a day, in one of `classes`.

        No classes: in any. No substances at all: it is not known which they are.
        """
        answers = [self._one(number, jurisdiction, classes, on) for number in cas]
        if not answers:
            return Listed(None, MEMORY, "which substance it is, is not known here")
        for wanted in (True, None, False):
            found = [answer for answer in answers if answer.answer is wanted]
            if found:
                return min(found, key=lambda answer: answer.confidence != VERIFIED)
        raise AssertionError("three values")

    def classes(self, cas: str, jurisdiction: str, on: date) -> tuple[str, ...]:
        """The classes in which it is listed there on a day, as far as the data tells."""
        standings = self._of(cas, on) or ()
        return tuple(
            item.listing.kind
            for item in standings
            if item.register.jurisdiction == jurisdiction and item.status == LISTED and item.listing is not None
        )

    def _one(self, cas: str, jurisdiction: str, classes: tuple[str, ...], on: date) -> Listed:
        standings = self._of(cas, on)
        if standings is None:
            return Listed(None, MEMORY, f"the substance data does not hold {cas}")
        mine = [item for item in standings if item.register.jurisdiction == jurisdiction]
        met = [
            item for item in mine
            if item.status == LISTED and item.listing is not None and (not classes or item.listing.kind in classes)
        ]  # fmt: skip
        if met:
            best = met[0].confidence
            for item in met[1:]:
                best = item.confidence if weaker(item.confidence, best) == best else best
            return Listed(True, best, "")
        open_ones = [item for item in mine if item.status == UNDETERMINED and _may_be(item, classes)]
        if open_ones or not mine:
            why = open_ones[0].why if open_ones else f"no list of {jurisdiction} is known here"
            return Listed(None, MEMORY, f"whether {cas} is listed by {jurisdiction} that day is undetermined: {why}")
        return Listed(False, max((item.confidence for item in mine), default=MEMORY), "")

    def _of(self, cas: str, on: date) -> tuple[Standing, ...] | None:
        key = cas, on
        if key not in self._standings:
            match = self.match(cas)
            self._standings[key] = (
                None if match is None else self._substances.standings(match.substance, on, match.salt)
            )
        return self._standings[key]


def _may_be(item: Standing, classes: tuple[str, ...]) -> bool:
    """Whether what is open about a listing could be a listing in one of the classes."""
    return not classes or item.listing is None or item.listing.kind in classes
