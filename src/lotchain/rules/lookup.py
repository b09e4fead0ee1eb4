"""Substances looked up by name, CAS number or HS code.

A name finds a substance only when it is one of the names that the data gives it, up to case, spaces and hyphens. What
merely looks alike comes back as a candidate and is called so; so does everything under an HS code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from lotchain.core.cas import is_cas_form, parse_cas
from lotchain.errors import Malformed
from lotchain.rules.standings import Standing, standing
from lotchain.rules.substances import Register, Salt, Substance

MAX_QUERY: Final = 200
MAX_CANDIDATES: Final = 10
_SHORTEST_PART: Final = 4
_DROPPED: Final = dict.fromkeys(map(ord, " \u00a0-\u2010\u2011\u2012\u2013\u2014\u2212"))
_GREEK: Final = str.maketrans({"α": "alpha", "β": "beta", "γ": "gamma"})
_HS: Final = re.compile(r"([0-9]{4})(?:\.?([0-9]{2})(?:[. ]?[0-9]{2}){0,2})?")


def normal_name(text: str) -> str:
    """What two spellings of one name share: NFC, no case, no spaces, no hyphens or dashes, α, β and γ written out."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return unicodedata.normalize("NFC", folded.translate(_GREEK).translate(_DROPPED))


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


def _index(names: dict[str, Match], numbers: dict[str, Match], match: Match, given: tuple[str, ...], cas: str) -> None:
    """Enter names and number; each may stand once in the whole data."""
    for name in given:
        key = normal_name(name)
        if not key or is_cas_form(name) or _HS.fullmatch(name) is not None:
            raise Malformed("name-format", "this cannot be looked up as a name", found=name, field=match.substance.key)
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
