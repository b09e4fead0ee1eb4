"""Substances: names, salts, and where each is listed on a date; looked up by name, CAS number or HS code.

A name finds a substance only when it is one of the names that the data gives it, up to case, spaces and hyphens. What
merely looks alike comes back as a candidate and is called so. A listing whose beginning is not known to the day leaves
the days in between undetermined; a jurisdiction of which only a part is known leaves what is not in the data
undetermined. Format of the data: `specs/formats/substances.md`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final

from lotchain.core.cas import is_cas_form, parse_cas
from lotchain.errors import Malformed
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
MAX_QUERY: Final = 200
MAX_CANDIDATES: Final = 10
_SHORTEST_PART: Final = 4
_DROPPED: Final = dict.fromkeys(map(ord, " \u00a0-\u2010\u2011\u2012\u2013\u2014\u2212"))
_GREEK: Final = str.maketrans({"α": "alpha", "β": "beta", "γ": "gamma"})
_HS: Final = re.compile(r"([0-9]{4})(?:\.?([0-9]{2})(?:[. ]?[0-9]{2}){0,2})?")


def weaker(*given: str) -> str:
    """The weakest of several confidences."""
    order = tuple(CONFIDENCE)
    return max(given, key=order.index)


def normal_name(text: str) -> str:
    """What two spellings of one name share: NFC, no case, no spaces, no hyphens or dashes, α, β and γ written out."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return unicodedata.normalize("NFC", folded.translate(_GREEK).translate(_DROPPED))


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


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a substance stands in one list on one day.

    Attributes:
        status: `listed`, `not-listed`, `undetermined`.
        listing: the listing that answers; None where none does.
        confidence: V, P or K; empty where undetermined.
        why: what makes it undetermined, or what to know beside it.

    """

    register: Register
    status: str
    listing: Listing | None
    confidence: str
    why: str

    @property
    def verified(self) -> bool:
        """Whether it may be shown as law: determined, and not from memory alone."""
        return self.confidence in (VERIFIED, PARTLY)


@dataclass(frozen=True, slots=True)
class Match:
    """One of the names, or the CAS number, of a substance or of one of its salts."""

    substance: Substance
    salt: Salt | None
    matched: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a lookup gave. Candidates are never matches: they say what somebody may have meant.

    Attributes:
        by: `name`, `cas` or `hs`: how the text was read.
        matches: substances that it names; none: undetermined.
        candidates: substances in question, most likely first.

    """

    text: str
    by: str
    matches: tuple[Match, ...]
    candidates: tuple[Match, ...]

    @property
    def determined(self) -> bool:
        """Whether exactly one substance is named."""
        return len(self.matches) == 1


@dataclass(frozen=True)
class Substances:
    """The whole data, read and checked (`lotchain.rules.substance_data.read_substances` makes it)."""

    substances: Mapping[str, Substance]
    registers: tuple[Register, ...]
    _names: dict[str, Match] = field(init=False, repr=False)
    _cas: dict[str, Match] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names: dict[str, Match] = {}
        numbers: dict[str, Match] = {}
        for substance in self.substances.values():
            _index(names, numbers, Match(substance, None, ""), (substance.name, *substance.names), substance.cas)
            for salt in substance.salts:
                _index(names, numbers, Match(substance, salt, ""), salt.names, salt.cas)
        object.__setattr__(self, "_names", names)
        object.__setattr__(self, "_cas", numbers)

    def find(self, text: str) -> Found:
        """What a name, CAS number or HS code stands for.

        An HS code (4 digits of a heading, 6 of a subheading, or 8 or 10 whose first six are it) covers other goods,
        too, so it only gives candidates.

        Raises:
            Malformed: `query-length`; `cas-check-digit` for what is written like a CAS number but is none.

        """
        asked = text.strip()
        if not 0 < len(asked) <= MAX_QUERY:
            raise Malformed("query-length", "a name, CAS number or HS code is expected", found=asked)
        if is_cas_form(asked):
            hit = self._cas.get(parse_cas(asked, "substance"))
            return Found(asked, "cas", () if hit is None else (hit,), ())
        hs = _HS.fullmatch(asked)
        if hs is not None:
            return Found(asked, "hs", (), self._under(hs[1] + ("." + hs[2] if hs[2] else "")))
        hit = self._names.get(normal_name(asked))
        if hit is not None:
            return Found(asked, "name", (hit,), ())
        return Found(asked, "name", (), self._alike(normal_name(asked)))

    def standings(self, substance: Substance, on: date, salt: Salt | None = None) -> tuple[Standing, ...]:
        """Where a substance, or one of its salts, stands in each list on a day."""
        return tuple(standing(register, substance, on, salt) for register in self.registers)

    def register(self, key: str) -> Register:
        """A list by its key.

        Raises:
            KeyError: there is none.

        """
        for register in self.registers:
            if register.key == key:
                return register
        raise KeyError(key)

    def _under(self, code: str) -> tuple[Match, ...]:
        return tuple(Match(s, None, s.hs) for s in self.substances.values() if s.hs and s.hs.startswith(code))

    def _alike(self, asked: str) -> tuple[Match, ...]:
        """Substances whose names hold the text, or are held by it; those that differ least in length first."""
        if len(asked) < _SHORTEST_PART:
            return ()
        ranked = sorted(
            (abs(len(name) - len(asked)), name)
            for name in self._names
            if asked in name or (len(name) >= _SHORTEST_PART and name in asked)
        )
        found: dict[tuple[str, str], Match] = {}
        for _, name in ranked:
            match = self._names[name]
            found.setdefault((match.substance.key, match.salt.name if match.salt else ""), match)
        return tuple(found.values())[:MAX_CANDIDATES]


def standing(register: Register, substance: Substance, on: date, salt: Salt | None = None) -> Standing:
    """Where a substance, or one of its salts, stands in one list on a day."""
    question = register.questions.get(substance.key, "")
    began: Listing | None = None
    for listing in register.listings.get(substance.key, ()):
        begun = listing.start.begun(on)
        if begun is None:
            what = listing.kind or "no listing"
            began_as = f"{what} began" if began is None else f"{began.kind or 'no listing'} gave way to {what}"
            why = f"{began_as} at a time known only as {listing.start.text}"
            return Standing(register, UNDETERMINED, listing, "", _joined(why, question))
        if begun:
            began = listing
    if began is None:
        return _unlisted(register, substance, on, question)
    if not began.kind:
        return Standing(register, NOT_LISTED, began, began.confidence_on(on), question)
    if salt is not None and began.salts != "included":
        if began.salts == "excluded":
            return Standing(register, NOT_LISTED, began, began.confidence_on(on), "the list excludes salts")
        return Standing(register, UNDETERMINED, began, "", _joined("whether salts are covered is not known", question))
    late = "" if on <= register.known_until else f"the data speaks up to {register.known_until.isoformat()}"
    return Standing(register, LISTED, began, began.confidence_on(on), _joined(late, question))


def _unlisted(register: Register, substance: Substance, on: date, question: str) -> Standing:
    """No listing had begun: it was not listed then, if the list is known well enough to say so."""
    later = register.listings.get(substance.key, ())
    if later and later[0].before == UNKNOWN:
        why = f"listed at the latest since {later[0].start.latest.isoformat()}; nothing is known of the time before"
        return Standing(register, UNDETERMINED, later[0], "", _joined(why, question))
    if later:
        confidence = weaker(later[0].confidence, later[0].date_confidence)
        return Standing(
            register, NOT_LISTED, None, confidence, _joined(f"listed later: {later[0].start.text}", question)
        )
    if question or not register.complete:
        return Standing(register, UNDETERMINED, None, "", question or "the data holds only a part of this list")
    if on > register.known_until:
        return Standing(register, UNDETERMINED, None, "", f"the data speaks up to {register.known_until.isoformat()}")
    return Standing(register, NOT_LISTED, None, register.coverage_confidence, "")


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _index(names: dict[str, Match], numbers: dict[str, Match], match: Match, given: tuple[str, ...], cas: str) -> None:
    """Enter names and number; each may stand once in the whole data."""
    for name in given:
        key = normal_name(name)
        if key in names:
            raise Malformed(
                "name-twice", "a name stands twice in the data, up to case, spaces and hyphens", found=name,
                field=match.substance.key,
            )  # fmt: skip
        names[key] = Match(match.substance, match.salt, name)
    if cas:
        if cas in numbers:
            raise Malformed("cas-twice", "a CAS number stands twice in the data", found=cas, field=match.substance.key)
        numbers[cas] = Match(match.substance, match.salt, cas)
