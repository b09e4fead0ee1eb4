"""The rule set of a jurisdiction as it is adopted on a ledger: one document that needs nothing beside it.

Rules without their cases, the facts that they ask, and what the jurisdiction's lists say of each substance on each
day, so that a verifier without any data of its own asks just what the ledger asked. Named by the SHA-256 of its bytes,
which are canonical JSON. Byte for byte: `specs/formats/adopted-rules.md`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple

from lotchain.core import canonical_json
from lotchain.core.cas import parse_cas
from lotchain.core.quantities import MAX_AMOUNT
from lotchain.errors import Malformed
from lotchain.rules.facts import Fact, FactType, Vocabulary
from lotchain.rules.loading import read_set
from lotchain.rules.lookup import Substances
from lotchain.rules.prepared import PreparedSet, prepare
from lotchain.rules.rule_files import check_head
from lotchain.rules.standings import Standing, standing
from lotchain.rules.substances import LISTED, MEMORY_MARGIN_YEARS, UNDETERMINED, Register, Salt, Substance

ADOPTED_FORMAT: Final = "lotchain-adopted-rules/1"
MAX_ADOPTED: Final = 400_000
"""Bytes of one document."""
_MOST_READ: Final = 16

_MEMBERS: Final = frozenset(
    {"format", "jurisdiction", "edition", "title", "note", "facts", "rules", "not_examined", "substances", "thresholds"}
)
_FIRST: Final = date(1970, 1, 1)
_DAY_MS: Final = 86_400_000
_BESIDE: Final = {"UN": ("un-issl",)}
"""Lists that only add classes: one that is known in part leaves the jurisdiction's own list as it is."""


class Period(NamedTuple):
    """The classes of a substance from a moment on (ms), until the next period; None where they are not known."""

    first: int
    classes: frozenset[str] | None


class Listed(NamedTuple):
    """What a jurisdiction says of a substance, by its CAS number.

    `base` is the CAS number of the base of a salt (its own for a base); `factor` how much base is in it, as
    (numerator, denominator), None where that is not known.
    """

    base: str
    factor: tuple[int, int] | None
    periods: tuple[Period, ...]

    def classes(self, lower: int, upper: int) -> frozenset[str] | None:
        """Its classes at every moment of [lower, upper] (ms); None where they differ within it, or are not known."""
        if self.periods and lower >= self.periods[-1].first:
            return self.periods[-1].classes  # as mostly: the last state of the list
        found: set[frozenset[str] | None] = set()
        for place, period in enumerate(self.periods):
            beyond = self.periods[place + 1].first if place + 1 < len(self.periods) else None
            if period.first <= upper and (beyond is None or beyond > lower):
                found.add(period.classes)
        if not self.periods or lower < self.periods[0].first:
            found.add(None)
        return found.pop() if len(found) == 1 else None


class AdoptedSet(NamedTuple):
    """A document, read: the rules made ready, and the lists beside them."""

    digest: str
    ready: PreparedSet
    substances: Mapping[str, Listed]
    thresholds: Mapping[str, int | None]

    @property
    def jurisdiction(self) -> str:
        """Whose set it is."""
        return self.ready.rules.jurisdiction


def digest_of(data: bytes) -> str:
    """The digest that names a document, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


@lru_cache(maxsize=_MOST_READ)
def read_adopted(data: bytes) -> AdoptedSet:
    """A document, strictly.

    The last few documents are remembered: adopted sets are few, and whoever checks many proofs of a ledger meets the
    same ones in each. What is read is a value, and a refused document is refused again.

    Raises:
        Malformed: `too-large`, `adopted-format`, `version-unsupported`, and the codes of JSON, rules and CAS numbers.

    """
    if len(data) > MAX_ADOPTED:
        raise Malformed(
            "too-large", "the adopted rule set is too large", expected=f"at most {MAX_ADOPTED} bytes", found=len(data)
        )
    value = canonical_json.decode(data, max_bytes=MAX_ADOPTED, max_items=MAX_ADOPTED, what="adopted rule set")
    check_head(value, ADOPTED_FORMAT, _MEMBERS, "adopted")
    rules, faults = read_set(value, digest_of(data), _vocabulary(value["facts"]), cased=False)
    if rules is None or faults:
        raise faults[0]
    listed = {number: _listed(number, given) for number, given in _table(value, "substances").items()}
    thresholds = {number: _threshold(number, given) for number, given in _table(value, "thresholds").items()}
    return AdoptedSet(rules.digest, prepare(rules), listed, thresholds)


def make_adopted(
    rules: Mapping[str, Any], vocabulary: Vocabulary, data: Substances, thresholds: Mapping[str, int | None]
) -> bytes:
    """The document of a rule set (its file's members, checked before) and of its jurisdiction's lists.

    The last state of a list goes on until another document is adopted: that is what adopting it says.
    """
    jurisdiction = rules["jurisdiction"]
    uncased = [{name: member for name, member in rule.items() if name != "cases"} for rule in rules["rules"]]
    asked = sorted({name for rule in uncased for part in ("applies", "requires") for name in _names(rule[part])})
    facts = {name: _fact_card(vocabulary.facts[name]) for name in sorted({*asked, "occurred_at"})}
    value = {
        "format": ADOPTED_FORMAT,
        **{name: rules[name] for name in ("jurisdiction", "edition", "title", "note", "not_examined")},
        "rules": uncased,
        "facts": facts,
        "substances": _substances(data, jurisdiction),
        "thresholds": dict(thresholds),
    }
    return canonical_json.encode(value)


def class_code(kind: str) -> str:
    """A class as facts name it: `Table I` is `table-i`, `precursor químico` is `precursor-quimico`."""
    plain = kind.casefold().translate(str.maketrans("áéíóúüñ", "aeiouun"))
    return "-".join(plain.split())


def _table(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    if type(value[name]) is not dict:
        raise _fault(name, "an object by CAS number")
    for number in value[name]:
        parse_cas(number, name)
    return dict(value[name])


def _vocabulary(given: Any) -> Vocabulary:
    if type(given) is not dict or not given:
        raise _fault("facts", "an object by name")
    facts: dict[str, Fact] = {}
    for name, card in given.items():
        kind = next((kind for kind in FactType if type(card) is dict and kind == card.get("type")), None)
        if kind is None or not {"type", "events"} <= set(card) <= {"type", "events", "codes"}:
            raise _fault(f"facts.{name}", "type, events, and codes where it has any")
        events, codes = card["events"], card.get("codes", [])
        if not all(type(part) is list and all(type(code) is str for code in part) for part in (events, codes)):
            raise _fault(f"facts.{name}", "lists of names")
        facts[name] = Fact(name, kind, frozenset(events), name, frozenset(codes))
    return Vocabulary(frozenset().union(*(fact.events for fact in facts.values())), facts)


def _fact_card(fact: Fact) -> dict[str, Any]:
    card: dict[str, Any] = {"type": fact.type.value, "events": sorted(fact.events)}
    return card | {"codes": sorted(fact.codes)} if fact.codes else card


def _listed(number: str, given: Any) -> Listed:
    field = f"substances.{number}"
    if type(given) is not dict or set(given) != {"base", "factor", "classes"} or type(given["classes"]) is not list:
        raise _fault(field, "base, factor and classes")
    if type(given["base"]) is not str:
        raise _fault(f"{field}.base", "a CAS number")
    parse_cas(given["base"], f"{field}.base")
    factor: Any = given["factor"]
    periods: list[Period] = []
    if factor is not None and not _is_factor(factor):
        raise _fault(f"{field}.factor", "two whole numbers, the first not above the second, or null")
    for row in given["classes"]:
        if type(row) is not list or len(row) != 2 or type(row[0]) is not int:
            raise _fault(f"{field}.classes", "[first moment in ms, classes or null]")
        if row[1] is not None and not (type(row[1]) is list and all(type(code) is str for code in row[1])):
            raise _fault(f"{field}.classes", "a list of classes, or null")
        if periods and row[0] <= periods[-1].first:
            raise _fault(f"{field}.classes", "periods in ascending order")
        periods.append(Period(row[0], None if row[1] is None else frozenset(row[1])))
    return Listed(given["base"], None if factor is None else (factor[0], factor[1]), tuple(periods))


def _is_factor(given: Any) -> bool:
    whole = type(given) is list and len(given) == 2 and all(type(part) is int for part in given)
    return whole and 0 < given[0] <= given[1] < 10**12


def _threshold(number: str, given: Any) -> int | None:
    if given is not None and (type(given) is not int or not 0 < given <= MAX_AMOUNT):
        raise _fault(f"thresholds.{number}", "whole micrograms, or null where every deal counts")
    return given if given is None else int(given)


def _names(condition: Mapping[str, Any]) -> Iterable[str]:
    for name in ("fact", "other"):
        if name in condition:
            yield condition[name]
    parts = condition.get("of", [])
    for part in [*(parts if type(parts) is list else [parts]), condition.get("when"), condition.get("then")]:
        if part is not None:
            yield from _names(part)


def _substances(data: Substances, jurisdiction: str) -> dict[str, Any]:
    registers = [register for register in data.registers if register.jurisdiction == jurisdiction]
    found: dict[str, Any] = {}
    for substance in data.substances.values():
        for salt in (None, *substance.salts):
            number = substance.cas if salt is None else salt.cas
            if not number or not substance.cas:
                continue
            factor = (1, 1) if salt is None else _factor(salt, jurisdiction)
            found[number] = {
                "base": substance.cas,
                "factor": None if factor is None else list(factor),
                "classes": _periods(registers, substance, salt),
            }
    return found


def _factor(salt: Salt, jurisdiction: str) -> tuple[int, int] | None:
    exact = salt.factor(jurisdiction)
    return None if exact is None else (exact.numerator, exact.denominator)


def _periods(registers: list[Register], substance: Substance, salt: Salt | None) -> list[list[Any]]:
    """The classes from each day on which an answer may change; days before 1970 are as the first of 1970."""
    found: list[list[Any]] = []
    for day in sorted(_changes(registers, substance)):
        classes = _classes_on(registers, substance, salt, day)
        if not found or found[-1][1] != classes:
            found.append([(day - _FIRST).days * _DAY_MS, classes])
    return found


def _changes(registers: list[Register], substance: Substance) -> set[date]:
    days = {_FIRST}
    for register in registers:
        for listing in register.listings.get(substance.key, ()):
            points = [listing.start.earliest, listing.start.latest, date(listing.start.latest.year, 1, 1)]
            points.append(date(listing.start.latest.year + MEMORY_MARGIN_YEARS + 1, 1, 1))
            points += [source.dated.latest for source in listing.sources if source.dated is not None]
            days.update(day for day in points if day is not None and day > _FIRST)
            days.update(day + timedelta(days=1) for day in points if day is not None and day >= _FIRST)
    # What the data says on its last day is what goes on: later doubts are the adopting authority's to settle.
    return {day for day in days if all(day <= register.known_until for register in registers)}


def _classes_on(registers: list[Register], substance: Substance, salt: Salt | None, day: date) -> list[str] | None:
    classes: set[str] = set()
    for register in registers:
        found: Standing = standing(register, substance, day, salt)
        beside = register.key in _BESIDE.get(register.jurisdiction, ())
        if found.status == UNDETERMINED or not found.verified:
            if beside:
                continue
            return None
        if found.status == LISTED and found.listing is not None:
            classes.add(class_code(found.listing.kind))
    return sorted(classes)


def _fault(field: str, expected: str) -> Malformed:
    return Malformed("adopted-format", "this is no adopted rule set", expected=expected, field=field)
