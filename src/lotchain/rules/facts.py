"""Declared facts: the closed list of what a treaty rule may ask, and the values that answer.

A fact has one of three answers: a value of its type; `ABSENT` (it is known that there is none: no notice was sent); or
`UNKNOWN` (nobody told). The second may break a rule, the third never does and never satisfies one. Byte for byte:
`specs/formats/rules.md`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any, Final, Literal

from lotchain.core.countries import is_country
from lotchain.core.instants import MAX_INSTANT_MS, format_instant, parse_instant, parse_offset
from lotchain.core.quantities import MASS, MAX_AMOUNT, VOLUME, parse_quantity
from lotchain.errors import Malformed

MAX_COUNT: Final = 1_000_000
"""The largest number of days or count that a fact may hold."""

MAX_CODES: Final = 200
"""Codes in one set."""

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9:~./_-]{0,199}")


class FactType(StrEnum):
    """What kind of value a fact has. Facts compare only with facts and values of their own type."""

    BOOL = "bool"
    CODE = "code"
    COUNTRY = "country"
    CODES = "codes"
    INSTANT = "instant"
    MASS = "mass"
    VOLUME = "volume"
    DAYS = "days"
    COUNT = "count"


NUMBERS: Final = frozenset({FactType.MASS, FactType.VOLUME, FactType.DAYS, FactType.COUNT})
"""Types that have an order: integers of one unit (µg, nL, days, pieces)."""

SYMBOLS: Final = frozenset({FactType.CODE, FactType.COUNTRY})
"""Types that are compared byte for byte."""

UNITS: Final = {
    FactType.MASS: "µg", FactType.VOLUME: "nL", FactType.DAYS: "d", FactType.COUNT: "1", FactType.INSTANT: "ms",
}  # fmt: skip
"""The unit of each type that has one."""


class Missing(Enum):
    """The two ways not to have a value."""

    UNKNOWN = "unknown"
    ABSENT = "absent"


UNKNOWN: Final[Literal[Missing.UNKNOWN]] = Missing.UNKNOWN
"""Nobody told. A fact that the mapping does not name is unknown, too."""

ABSENT: Final[Literal[Missing.ABSENT]] = Missing.ABSENT
"""Known not to be there."""


@dataclass(frozen=True, slots=True)
class Interval:
    """When something happened, as far as it is known.

    Attributes:
        lower: ms since 1970, not earlier than this.
        upper: ms since 1970, not later than this; `MAX_INSTANT_MS` for what had not happened yet at `lower`.
        offset_minutes: minutes east of UTC at the place, for counting calendar days; None when not known.

    """

    lower: int
    upper: int
    offset_minutes: int | None = None


Value = bool | int | str | frozenset[str] | Interval | Missing
"""A fact's answer, by its type: bool; int (µg, nL, days, count); str (code, country); frozenset (codes); Interval."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One declared fact.

    Attributes:
        name: as rules write it.
        type: what its value is.
        events: the event types, without version, that offer it.
        meaning: what it says, in a sentence.
        codes: the closed vocabulary of a code or set of codes; empty when it is open.

    """

    name: str
    type: FactType
    events: frozenset[str]
    meaning: str
    codes: frozenset[str] = frozenset()

    @property
    def unit(self) -> str:
        """The unit of its value, or empty."""
        return UNITS.get(self.type, "")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The closed list of event types and facts that rules are checked against.

    Attributes:
        events: event types, without version.
        facts: by name.
        digest: SHA-256 of the canonical JSON, hexadecimal.

    """

    events: frozenset[str]
    facts: Mapping[str, Fact]
    digest: str = ""


def read_value(fact: Fact, given: Any, *, field: str) -> Value:
    """A fact's value from its JSON form, type-checked.

    null is `ABSENT`. bool; code and country are text; a set is a list in ascending order; mass and volume are
    `{"value", "unit"}` or an integer of µg or nL; days and counts are integers; an instant is its text, or
    `{"from", "to", "offset"}`, of which `to` may be missing for what had not happened yet, and `offset` where it is not
    known.

    Raises:
        Malformed: `fact-value`, and the codes of quantities, instants and offsets.

    """
    if given is None:
        return ABSENT
    match fact.type:
        case FactType.BOOL:
            if type(given) is bool:
                return given
        case FactType.CODE | FactType.COUNTRY:
            return _symbol(fact, given, field)
        case FactType.CODES:
            return _symbols(fact, given, field)
        case FactType.INSTANT:
            return _interval(given, field)
        case FactType.MASS | FactType.VOLUME:
            return _amount(fact, given, field)
        case _:
            if type(given) is int and 0 <= given <= MAX_COUNT:
                return given
    raise _value_fault(fact, given, field)


def shown_value(value: Value) -> str:
    """A value as people read it."""
    match value:
        case Missing():
            return value.value
        case bool():
            return "yes" if value else "no"
        case Interval(lower, upper):
            if upper >= MAX_INSTANT_MS:
                return f"not before {format_instant(max(lower, 0))}"
            first, last = format_instant(max(lower, 0)), format_instant(max(upper, 0))
            return first if lower == upper else f"{first} to {last}"
        case frozenset():
            return "{" + ", ".join(sorted(value)) + "}"
        case _:
            return str(value)


def _symbol(fact: Fact, given: Any, field: str) -> str:
    if type(given) is not str or _CODE.fullmatch(given) is None:
        raise _value_fault(fact, given, field)
    if (fact.codes and given not in fact.codes) or (fact.type is FactType.COUNTRY and not is_country(given)):
        raise _value_fault(fact, given, field)
    return given


def _symbols(fact: Fact, given: Any, field: str) -> frozenset[str]:
    if type(given) is not list or len(given) > MAX_CODES:
        raise _value_fault(fact, given, field)
    found = [_symbol(fact, code, f"{field}[{place}]") for place, code in enumerate(given)]
    if found != sorted(set(found)):
        raise Malformed("fact-value", "a set is written in ascending order, each code once", field=field)
    return frozenset(found)


def _interval(given: Any, field: str) -> Interval:
    if type(given) is str:
        moment = parse_instant(given, field=field)
        return Interval(moment, moment)
    if type(given) is not dict or not {"from"} <= set(given) <= {"from", "to", "offset"}:
        raise Malformed(
            "fact-value",
            "this is not an instant",
            expected='text, or {"from", "to", "offset"}',
            found=given,
            field=field,
        )
    if not all(type(text) is str for text in given.values()):
        raise Malformed("fact-value", "an instant's members are text", found=given, field=field)
    lower = parse_instant(given["from"], field=f"{field}.from")
    upper = parse_instant(given["to"], field=f"{field}.to") if "to" in given else MAX_INSTANT_MS
    if upper < lower:
        raise Malformed("fact-value", "an interval ends before it begins", found=given, field=field)
    return Interval(lower, upper, parse_offset(given["offset"], f"{field}.offset") if "offset" in given else None)


def _amount(fact: Fact, given: Any, field: str) -> int:
    kind = MASS if fact.type is FactType.MASS else VOLUME
    if type(given) is int and 0 <= given <= MAX_AMOUNT:
        return given
    if type(given) is dict and set(given) == {"value", "unit"}:
        quantity = parse_quantity(given["value"], given["unit"], field=field)
        if quantity.kind == kind:
            return quantity.amount
    raise _value_fault(fact, given, field)


_EXPECTED: Final = {
    FactType.BOOL: "true or false",
    FactType.CODE: "a code",
    FactType.COUNTRY: "an ISO 3166-1 alpha-2 code",
    FactType.CODES: "a list of codes",
    FactType.MASS: 'a mass, {"value": "25", "unit": "KGM"}, or an integer of micrograms',
    FactType.VOLUME: 'a volume, {"value": "25", "unit": "LTR"}, or an integer of nanolitres',
    FactType.DAYS: f"whole days, 0 to {MAX_COUNT}",
    FactType.COUNT: f"a whole number, 0 to {MAX_COUNT}",
}


def _value_fault(fact: Fact, given: Any, field: str) -> Malformed:
    expected = _EXPECTED[fact.type]
    if fact.codes:
        expected = f"{expected} of {', '.join(sorted(fact.codes))}"
    return Malformed("fact-value", f"this is no value of {fact.name}", expected=expected, found=given, field=field)
