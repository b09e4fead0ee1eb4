"""Sums of what one buyer was supplied with of one substance in a month or a year, against the thresholds of laws.

A deal is an acceptance by somebody who has the goods on its own account from then on; carriers and warehouses on the
way are nobody's supplier. Sites are parties: those of one organisation are one supplier, and one buyer. A deal lies in
the month that its signer says, or in a later one up to that in which it was entered; where these differ, and where a
salt's base is not known, a sum is an interval. Mass and volume are not added up.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Final, NamedTuple

from lotchain.core.ids import country_of
from lotchain.core.instants import parse_offset
from lotchain.custody.territory import CONVENTION, laws_of
from lotchain.oversight.acts import Taken
from lotchain.oversight.clocks_listing import Listings
from lotchain.oversight.clocks_starts import happened
from lotchain.oversight.clocks_time import local_day
from lotchain.oversight.seen import Seen
from lotchain.rules.thresholds import (
    AS_IT_STANDS,
    BASE,
    BUYER,
    DEAL,
    EVERY_DEAL,
    EXPORTER,
    MONTH,
    ONE_DEAL,
    PAIR,
    YEAR,
    Threshold,
    ThresholdSet,
)

BELOW, REACHED, EVERY, UNKNOWN, UNDETERMINED = "below", "reached", "every-deal", "threshold-unknown", "undetermined"
USUAL: Final = {
    "US": (MONTH, PAIR, BASE, ("domestic", "export", "import"), ("List I", "List II")),
    "EU": (YEAR, BUYER, AS_IT_STANDS, ("domestic",), ("Category 2", "Category 2A", "Category 2B")),
}
"""How a jurisdiction counts a substance of these classes of which no threshold is known here."""


class Deal(NamedTuple):
    """One supply, and on which days it may have taken place.

    Attributes:
        supplier, buyer: parties.
        cas: of the goods, a salt's own where it is one.
        kind: `mass` or `volume`.
        amount: micrograms or nanolitres of the goods as they stand.
        first, last: the earliest and the latest day, by the calendar of the place.
        statement: hex id of the acceptance.
        movement: by jurisdiction: `domestic`, `export`, `import`.
        offset: the place's, minutes east of UTC.

    """

    supplier: str
    buyer: str
    cas: str
    kind: str
    amount: int
    first: date
    last: date
    statement: str
    movement: dict[str, str]
    offset: int


class Sum(NamedTuple):
    """What was supplied in one period, and what a law says of it.

    Attributes:
        jurisdiction: whose law.
        per: `calendar-month`, `calendar-year`, `deal`.
        period: `2026-11`, `2026`, or the day of the deal.
        summed: whose deals, of `thresholds.SUMMED`.
        suppliers, buyers: the parties whose deals are in it, sorted.
        substance: CAS number of the base or acid; `name`: for people.
        threshold: None where none is known.
        kind: `mass` or `volume`.
        least, most: the sum, micrograms or nanolitres, as the law counts them; the base where it counts the base.
        counted_as: `base` or `as-it-stands`.
        status: `below`, `reached`, `every-deal`, `threshold-unknown`, `undetermined`.
        deals: hex ids of the acceptances in it, in log order.
        why: what leaves it open.

    """

    jurisdiction: str
    per: str
    period: str
    summed: str
    suppliers: tuple[str, ...]
    buyers: tuple[str, ...]
    substance: str
    name: str
    threshold: Threshold | None
    kind: str
    least: int
    most: int
    counted_as: str
    status: str
    deals: tuple[str, ...]
    why: tuple[str, ...]

    @property
    def binding(self) -> bool:
        """Whether what it says may be shown as law; a threshold from memory makes a note."""
        return self.threshold is None or self.threshold.binding


class _Way(NamedTuple):
    """How one substance's deals are summed by one law."""

    jurisdiction: str
    per: str
    summed: str
    counted_as: str
    movements: tuple[str, ...]
    threshold: Threshold | None


_Key = tuple[_Way, str, str, str, str]
"""(way, period, whose, base substance, kind)"""


class Sums:
    """The supplies of a log, in log order, and their sums.

    Args:
        sets: thresholds by jurisdiction.
        listings: the substance data.

    """

    def __init__(self, sets: Iterable[ThresholdSet], listings: Listings) -> None:
        self._sets = {each.jurisdiction: each for each in sets}
        self._listings = listings
        self._deals: list[Deal] = []
        self._organisations: dict[str, str] = {}

    def take(self, seen: Seen) -> None:
        """The next statement."""
        for act in seen.acts:
            if isinstance(act, Taken) and act.supply:
                self._organisations[act.supplier] = seen.books.organisation(act.supplier)
                self._organisations[act.receiver] = seen.books.organisation(act.receiver)
                deal = _deal(seen, act)
                if deal.movement and not seen.books.same(act.supplier, act.receiver):
                    self._deals.append(deal)

    def at(self, moment: int) -> tuple[Sum, ...]:
        """The sums of the months and years in which a moment (ms) lies, by the calendar of each deal's place.

        Of what a law counts deal by deal, the deals of that month.
        """
        groups: dict[_Key, list[Deal]] = {}
        for deal in self._deals:
            today = local_day(moment, deal.offset)
            if deal.last.year < today.year or deal.first > today:
                continue
            for way in self._ways(deal):
                period, lies = _lies(deal, way.per, today)
                if lies is not False:
                    key = (way, period, self._whose(deal, way), self._listings.base(deal.cas), deal.kind)
                    groups.setdefault(key, []).append(deal)
        found = [self._sum(key, deals, moment) for key, deals in groups.items()]
        return tuple(sorted((each for each in found if each.status != BELOW or each.per != DEAL), key=_order))

    def _ways(self, deal: Deal) -> list[_Way]:
        """Every way in which some law sums this deal."""
        ways = []
        base = self._listings.base(deal.cas)
        for jurisdiction, movement in deal.movement.items():
            known = self._sets.get(jurisdiction)
            matching = known.of(base, movement=movement) if known is not None else ()
            for item in matching:
                if item.in_force(deal.last) is not False:
                    ways.append(_Way(jurisdiction, item.per, item.summed, item.counted_as, item.movements, item))
            usual = USUAL.get(jurisdiction)
            if matching or usual is None or movement not in usual[3]:
                continue
            listed = self._listings.listed((deal.cas,), jurisdiction, usual[4], deal.last)
            if listed.answer is not False:
                ways.append(_Way(jurisdiction, usual[0], usual[1], usual[2], usual[3], None))
        return ways

    def _whose(self, deal: Deal, way: _Way) -> str:
        supplier = self._organisations[deal.supplier]
        buyer = self._organisations[deal.buyer]
        return {
            PAIR: f"{supplier}\n{buyer}", BUYER: f"\n{buyer}", EXPORTER: f"{supplier}\n",
            ONE_DEAL: f"{deal.statement}\n",
        }[way.summed]  # fmt: skip

    def _sum(self, key: _Key, deals: list[Deal], moment: int) -> Sum:
        way, period, _, base, kind = key
        least = most = 0
        why: dict[str, None] = {}
        for deal in deals:
            low, high = self._counted(deal, way, why)
            if _lies(deal, way.per, local_day(moment, deal.offset))[1] is None:
                why["a deal may lie in another period: its time is proved only as an interval"] = None
                low = 0
            least, most = least + low, most + high
        return Sum(
            way.jurisdiction, way.per, period, way.summed,
            tuple(sorted({deal.supplier for deal in deals})), tuple(sorted({deal.buyer for deal in deals})),
            base, self._listings.name(base), way.threshold, kind, least, most,
            BASE if way.counted_as == BASE else AS_IT_STANDS,
            _status(way.threshold, kind, least, most, min(deal.first for deal in deals), why),
            tuple(deal.statement for deal in deals), tuple(why),
        )  # fmt: skip

    def _counted(self, deal: Deal, way: _Way, why: dict[str, None]) -> tuple[int, int]:
        """What a deal counts, at least and at most, as the law counts it."""
        if way.counted_as == AS_IT_STANDS:
            return deal.amount, deal.amount
        factor = self._listings.factor(deal.cas, way.jurisdiction)
        if factor is None:
            why[f"what {deal.cas} holds of the base is not known"] = None
            return 0, deal.amount
        if way.counted_as != BASE and factor != 1:
            why["whether a salt counts as it stands or as base is not known"] = None
            return floor(deal.amount * factor), deal.amount
        exact: Fraction = deal.amount * factor
        return floor(exact), ceil(exact)


def _deal(seen: Seen, act: Taken) -> Deal:
    offset = parse_offset(act.offset)
    when = happened(seen, offset)
    here, there = country_of(act.receiver), country_of(act.supplier)
    movement: dict[str, str] = {}
    for law in {*laws_of(here), *laws_of(there)} - {CONVENTION}:
        inside, from_inside = law in laws_of(here), law in laws_of(there)
        movement[law] = "domestic" if inside and from_inside else "import" if inside else "export"
    return Deal(
        act.supplier, act.receiver, act.substance, act.kind, act.amount, local_day(when.lower, offset),
        local_day(when.upper, offset), seen.observed.reading.statement.hex_id, movement, offset,
    )  # fmt: skip


def _lies(deal: Deal, per: str, today: date) -> tuple[str, bool | None]:
    """The period in which a day lies, and whether a deal lies in it; None: perhaps."""
    if per == YEAR:
        period, first, last = f"{today.year}", deal.first.year, deal.last.year
        inside = first <= today.year <= last
        return period, (True if first == last else None) if inside else False
    month = (today.year, today.month)
    first_month, last_month = (deal.first.year, deal.first.month), (deal.last.year, deal.last.month)
    if not first_month <= month <= last_month:
        return "", False
    if per == DEAL:
        return deal.first.isoformat(), True
    return f"{today.year}-{today.month:02}", True if first_month == last_month else None


def _status(threshold: Threshold | None, kind: str, least: int, most: int, first: date, why: dict[str, None]) -> str:
    """What the law says of a sum that lies between two amounts."""
    if threshold is None:
        why["no threshold is known here, which does not say that there is none"] = None
        return UNKNOWN
    if threshold.in_force(first) is None:
        why["since when it is in force is not known to the day"] = None
        return UNDETERMINED
    if threshold.begins == EVERY_DEAL:
        return EVERY
    if threshold.quantity is not None and threshold.quantity.kind != kind:
        why["mass and volume are not compared without a density"] = None
        return UNDETERMINED
    answers = {threshold.met_by(least), threshold.met_by(most)}
    if answers == {True}:
        return REACHED
    if answers == {False}:
        return BELOW
    return UNDETERMINED


def _order(item: Sum) -> tuple[object, ...]:
    return (item.jurisdiction, item.summed, item.substance, item.buyers, item.suppliers, item.kind)
