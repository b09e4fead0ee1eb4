"""Substances and lists as values: what the data says, with its sources and how well each statement is known.

Read by `lotchain.rules.substance_data`, looked up in `lotchain.rules.lookup`, asked about a day in
`lotchain.rules.standings`. Format of the data: `specs/formats/substances.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from lotchain.rules.spans import Span

VERIFIED, PARTLY, MEMORY = "V", "P", "K"
CONFIDENCE: Final = {
    VERIFIED: "read in its source",
    PARTLY: "from press or a secondary source",
    MEMORY: "from memory, not verified",
}
"""How well a statement of the data is known, best first."""

LISTED, NOT_LISTED, UNDETERMINED = "listed", "not-listed", "undetermined"
UNKNOWN = "unknown"
NONE_KNOWN, LIMITED = "none-known", "limited"
MEMORY_MARGIN_YEARS: Final = 10


def weaker(*given: str) -> str:
    """The weakest of several confidences."""
    order = tuple(CONFIDENCE)
    return max(given, key=order.index)


@dataclass(frozen=True, slots=True)
class Source:
    """Where something was read.

    Attributes:
        key: how the data names it.
        title: how the world names it.
        basis: the best confidence that it can carry: V a primary text that was read, P secondary, K memory.
        dated: the day or month whose state of the law it shows; None where that is not known.

    """

    key: str
    title: str
    basis: str
    dated: Span | None


@dataclass(frozen=True, slots=True)
class DeclaredFactor:
    """A base factor that a jurisdiction states, to be used in its papers instead of the computed one."""

    jurisdiction: str
    text: str
    confidence: str
    sources: tuple[Source, ...]

    @property
    def value(self) -> Fraction:
        """The factor, exactly as stated."""
        return Fraction(self.text)


@dataclass(frozen=True, slots=True)
class Salt:
    """A salt of a substance. `computed` is None where its composition is not known for sure."""

    name: str
    names: tuple[str, ...]
    cas: str
    formula: str
    computed: Fraction | None
    declared: tuple[DeclaredFactor, ...]
    confidence: str
    sources: tuple[Source, ...]
    remarks: str

    def factor(self, jurisdiction: str) -> Fraction | None:
        """Grams of base in one gram of the salt: as the jurisdiction states it, else computed; None: undetermined."""
        for stated in self.declared:
            if stated.jurisdiction == jurisdiction:
                return stated.value
        return self.computed


@dataclass(frozen=True, slots=True)
class LicitTrade:
    """What is known of licit trade: `none-known` (a lot of it is an alert by itself) or `limited`."""

    claim: str
    said_on: Span
    confidence: str
    sources: tuple[Source, ...]
    remarks: str


@dataclass(frozen=True, slots=True)
class Substance:
    """One substance, the base or acid itself; salts stand inside it."""

    key: str
    name: str
    names: tuple[str, ...]
    cas: str
    hs: str
    formula: str
    mass: Fraction | None
    salts: tuple[Salt, ...]
    licit_trade: LicitTrade | None
    confidence: str
    sources: tuple[Source, ...]
    remarks: str

    @property
    def no_known_licit_trade(self) -> bool:
        """Whether any lot of it in a licit ledger is an alert by itself."""
        return self.licit_trade is not None and self.licit_trade.claim == NONE_KNOWN


@dataclass(frozen=True, slots=True)
class Listing:
    """A substance's class in one list, from a date until another listing of the same list replaces or ends it.

    Attributes:
        kind: the class, as the list calls it; empty: taken off the list from then on.
        decided_on: when it was decided, as well as known; None where not stated.
        start: when it came into force.
        before: what is known of the time before: `not-listed`, `unknown`, or `listed` (the listing before this one).
        salts: whether the list covers salts: `included`, `excluded` or `unknown`.
        confidence: how well the class is known; `date_confidence`: how well its beginning is.

    """

    substance: str
    kind: str
    decided_on: Span | None
    start: Span
    before: str
    salts: str
    confidence: str
    date_confidence: str
    sources: tuple[Source, ...]
    remarks: str

    def confidence_on(self, on: date) -> str:
        """How well it is known on a day on which it had begun.

        The class alone bears from the day on whose law a dated source shows; before, its beginning bears, too. But a
        remembered beginning is not thought to be off by ten years: a day later than that is known as well as the
        class, and at best partly.
        """
        shown = any(
            source.dated is not None
            and source.dated.latest <= on
            and weaker(source.basis, self.confidence) == self.confidence
            for source in self.sources
        )
        if shown:
            return self.confidence
        if on.year - self.start.latest.year > MEMORY_MARGIN_YEARS:
            return weaker(self.confidence, PARTLY)
        return weaker(self.confidence, self.date_confidence)


@dataclass(frozen=True, slots=True)
class Register:
    """One list of one jurisdiction.

    Attributes:
        complete: whether a substance that is not in it is known not to be on the list.
        coverage_confidence: how well that is known; bears only where it is complete.
        known_until: the day up to which the data speaks; later days are undetermined where nothing is listed.

    """

    key: str
    jurisdiction: str
    title: str
    complete: bool
    coverage_confidence: str
    known_until: date
    listings: Mapping[str, tuple[Listing, ...]]
    questions: Mapping[str, str]
