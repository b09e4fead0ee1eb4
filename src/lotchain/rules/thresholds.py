"""Thresholds: from which amount of a substance on a duty begins, summed over which time and whose deals, as dated data.

A substance that is known to have no threshold is told from one of which nothing is known: of the first every deal
bears the duty, of the second nothing may be said. What nobody has verified (K) is a note and never law.
Pure. Format of the data: `specs/formats/thresholds.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

import orjson

from lotchain.core.cas import parse_cas
from lotchain.core.quantities import Quantity, parse_quantity
from lotchain.core.text import check_text
from lotchain.errors import Malformed
from lotchain.rules.spans import Span, in_force, parse_span
from lotchain.rules.substance_files import choice, each, lay_out, members, words

FORMAT: Final = "lotchain-thresholds/1"
JURISDICTIONS: Final = ("UN", "US", "EU", "MX", "CA", "CN", "IN")
MAX_BYTES: Final = 200_000
MAX_THRESHOLDS: Final = 500
MAX_CAS: Final = 12

MONTH, YEAR, DEAL = "calendar-month", "calendar-year", "deal"
PER: Final = (MONTH, YEAR, DEAL)
"""The time over which deals are summed; `deal`: each by itself."""

PAIR, BUYER, EXPORTER, ONE_DEAL = "supplier-to-buyer", "buyer", "exporter", "one-deal"
SUMMED: Final = (PAIR, BUYER, EXPORTER, ONE_DEAL)
"""Whose deals are summed: a supplier's with one buyer, over all its sites; all that a buyer acquires; all that an
exporter sends out; none with another."""

AMOUNT, EVERY_DEAL = "amount", "every-deal"
BEGINS: Final = (AMOUNT, EVERY_DEAL)
NOT_STATED = "not-stated"
AT, ABOVE = "at", "above"
REACHED: Final = (AT, ABOVE, NOT_STATED)
BASE, AS_IT_STANDS = "base", "as-it-stands"
COUNTED: Final = (BASE, AS_IT_STANDS, NOT_STATED)
MOVEMENTS: Final = ("domestic", "export", "import")
DUTIES: Final = ("end-use-declaration", "export-registration", "registration", "regulated-transaction")
CONFIDENCE: Final = ("V", "P", "K")

_FILE: Final = {"format": str, "jurisdiction": str, "edition": str, "note": str, "thresholds": list}
_QUANTITY: Final = {"value": str, "unit": str}
_THRESHOLD: Final = {
    "id": str,
    "obligation": str,
    "cas": str,
    "name": str,
    "duty": str,
    "movements": list,
    "per": str,
    "summed": str,
    "begins": str,
    "quantity": dict,
    "reached": str,
    "counted_as": str,
    "in_force_from": str,
    "in_force_until": str,
    "citation": str,
    "confidence": str,
    "source": str,
    "remarks": str,
}


class Threshold(NamedTuple):
    """From which amount on one duty begins for one substance.

    Attributes:
        id: short name, unique in its jurisdiction.
        obligation: the row of the obligations list that it rests on.
        cas: CAS number of the base or acid; its salts are counted under it.
        name: the substance, for people.
        duty: what begins, of `DUTIES`.
        movements: of `MOVEMENTS`, sorted: the deals that are counted.
        per: the time of one sum, of `PER`.
        summed: whose deals, of `SUMMED`.
        begins: `amount`, or `every-deal`: the substance is known to have no threshold.
        quantity: the amount, None with `every-deal`.
        reached: `at` (that amount is enough), `above`, or `not-stated`: what that very amount does is not known.
        counted_as: `base`, `as-it-stands`, or `not-stated`: what a salt counts is not known.
        start: since when, None where not stated: then it is asked on every day.
        until: from which day on no longer, None: further notice.
        citation: where the law says so.
        confidence: V, P or K.
        source: what was read.
        remarks: what else a reader must know.

    """

    id: str
    obligation: str
    cas: str
    name: str
    duty: str
    movements: tuple[str, ...]
    per: str
    summed: str
    begins: str
    quantity: Quantity | None
    reached: str
    counted_as: str
    start: Span | None
    until: date | None
    citation: str
    confidence: str
    source: str
    remarks: str

    @property
    def binding(self) -> bool:
        """Whether it may be shown as law (V, P); from memory alone it is a note."""
        return self.confidence != "K"

    def met_by(self, amount: int) -> bool | None:
        """Whether an amount begins the duty; None where it is the very amount, and nothing says what that does.

        Args:
            amount: micrograms or nanolitres, of the threshold's own kind, counted as it counts (`counted_as`).

        """
        if self.quantity is None:
            return amount > 0
        if amount == self.quantity.amount:
            return {AT: True, ABOVE: False}.get(self.reached)
        return amount > self.quantity.amount

    def in_force(self, on: date) -> bool | None:
        """Whether it was in force on a day; None where its beginning is not known well enough."""
        return in_force(self.start, self.until, on)


class ThresholdSet(NamedTuple):
    """One jurisdiction's thresholds, with the day of their status and what is not known."""

    jurisdiction: str
    edition: str
    note: str
    thresholds: tuple[Threshold, ...]

    def of(self, cas: str, *, movement: str = "", duty: str = "") -> tuple[Threshold, ...]:
        """What is known of one substance, by the CAS number of its base; empty: nothing is, which says nothing.

        Args:
            cas: CAS number of the base or acid.
            movement: of `MOVEMENTS`, or empty for all.
            duty: of `DUTIES`, or empty for all.

        """
        return tuple(
            item
            for item in self.thresholds
            if item.cas == cas and (not movement or movement in item.movements) and (not duty or item.duty == duty)
        )


def substances_of(sets: Iterable[ThresholdSet]) -> tuple[str, ...]:
    """CAS numbers of which any of these sets says something, sorted."""
    return tuple(sorted({item.cas for each_set in sets for item in each_set.thresholds}))


def read_thresholds(data: bytes, name: str) -> ThresholdSet:
    """Read one jurisdiction's file strictly.

    Args:
        data: the file's bytes.
        name: the file, for messages.

    Raises:
        Malformed: `too-large`, `too-many`, `json-malformed`, `format-unknown`, `layout`, `jurisdiction-unknown`,
            `date-format`, `threshold-twice`, `threshold-contradicts`, `threshold-without-source`, `threshold-dates`,
            `cas-format`, `cas-check-digit`, `span-format`, those of `members` and of `parse_quantity`.

    """
    if len(data) > MAX_BYTES:
        raise Malformed("too-large", "the file is too large", expected=f"at most {MAX_BYTES} bytes", field=name)
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise Malformed("json-malformed", "the file is not JSON in UTF-8", field=name) from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise Malformed("format-unknown", "the file is not of this format", expected=FORMAT, field=name)
    given = members(value, _FILE, name)
    choice(given["jurisdiction"], JURISDICTIONS, f"{name}.jurisdiction")
    _day(given["edition"], f"{name}.edition")
    if len(given["thresholds"]) > MAX_THRESHOLDS:
        raise Malformed("too-many", "too many thresholds", expected=f"at most {MAX_THRESHOLDS}", field=name)
    read = each(given["thresholds"], f"{name}.thresholds", _threshold)
    _check_unlike(read, name)
    if lay_out(value) != data:
        raise Malformed(
            "layout", "the file is not laid out as it must be", field=name,
            expected="sorted keys, each once, two spaces a level, a newline at the end",
        )  # fmt: skip
    return ThresholdSet(given["jurisdiction"], given["edition"], given["note"], read)


def _threshold(value: Any, where: str) -> Threshold:
    given: Mapping[str, Any] = members(value, _THRESHOLD, where)
    for name in ("id", "obligation", "name"):
        if not given[name]:
            raise Malformed("member-missing", "a member says nothing", expected=name, field=where)
    if not given["source"] or not given["citation"]:
        raise Malformed("threshold-without-source", "a threshold says where it stands and what was read", field=where)
    for name, allowed in (
        ("duty", DUTIES), ("per", PER), ("summed", SUMMED), ("begins", BEGINS), ("reached", REACHED),
        ("counted_as", COUNTED), ("confidence", CONFIDENCE),
    ):  # fmt: skip
        choice(given[name], allowed, f"{where}.{name}")
    movements = words(given["movements"], f"{where}.movements")
    for movement in movements:
        choice(movement, MOVEMENTS, f"{where}.movements")
    if not movements or list(movements) != sorted(movements):
        raise Malformed("word-unknown", "movements are sorted, one at least", field=f"{where}.movements")
    parse_cas(check_text(given["cas"], field=f"{where}.cas", max_chars=MAX_CAS), f"{where}.cas")
    start = parse_span(given["in_force_from"], f"{where}.in_force_from") if given["in_force_from"] else None
    until = _day(given["in_force_until"], f"{where}.in_force_until") if given["in_force_until"] else None
    if start is not None and until is not None and until <= start.latest:
        raise Malformed("threshold-dates", "it ends before it has begun for sure", field=f"{where}.in_force_until")
    if (given["per"] == DEAL) != (given["summed"] == ONE_DEAL):
        raise _contradiction("what is counted deal by deal is summed with no other", where)
    stated = {name: given[name] for name in _THRESHOLD if name not in ("in_force_from", "in_force_until")}
    stated |= {"movements": movements, "quantity": _quantity(given, where), "start": start, "until": until}
    return Threshold(**stated)


def _quantity(given: Mapping[str, Any], where: str) -> Quantity | None:
    """The amount; there is none exactly where every deal bears the duty."""
    stated = given["quantity"]
    if (stated is None) != (given["begins"] == EVERY_DEAL):
        raise _contradiction("an amount stands where the duty begins at one, and nowhere else", where)
    if stated is None:
        if given["reached"] != AT:
            raise _contradiction("nothing lies above no threshold", where)
        return None
    inner = members(stated, _QUANTITY, f"{where}.quantity")
    return parse_quantity(inner["value"], inner["unit"], field=f"{where}.quantity")


def _check_unlike(read: tuple[Threshold, ...], name: str) -> None:
    """No id twice, and never two answers to one question on one day."""
    ids = [item.id for item in read]
    if len(set(ids)) != len(ids):
        raise Malformed("threshold-twice", "an id stands twice", field=f"{name}.thresholds")
    for number, item in enumerate(read):
        for other in read[:number]:
            alike = (item.cas, item.duty) == (other.cas, other.duty) and set(item.movements) & set(other.movements)
            if alike and not (_ended_before(item, other) or _ended_before(other, item)):
                raise _contradiction(f"{other.id} and {item.id} answer one question", f"{name}.thresholds[{number}]")


def _ended_before(one: Threshold, other: Threshold) -> bool:
    """Whether one had ended on the first day on which the other may have begun."""
    if one.until is None or other.start is None or other.start.earliest is None:
        return False
    return one.until <= other.start.earliest


def _contradiction(what: str, where: str) -> Malformed:
    return Malformed("threshold-contradicts", "a threshold contradicts itself", expected=what, field=where)


def _day(text: str, field: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise Malformed("date-format", "this is not a day", expected="YYYY-MM-DD", found=text, field=field)
    return day
