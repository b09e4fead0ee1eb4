"""The annual balance by substance and holder: what was there, what came and went, what is left, checked to zero.

opening + made + received + entered - shipped - consumed - sampled - lost - destroyed - seized + differences = closing

A statement belongs to the calendar year (UTC) in which the ledger took it, for then each year ends where the states
ended; those that say that they happened in another year are listed. The closing figure is worked out from the flows
and compared with the states themselves, which are added up apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, NamedTuple

from lotchain.core.ids import country_of
from lotchain.core.instants import MAX_INSTANT_MS, format_instant, parse_date
from lotchain.custody import lots
from lotchain.custody.case import State
from lotchain.custody.second_signatures import BY_SEIZURE
from lotchain.oversight.observed import Observed
from lotchain.returns.chronicle import Chronicle, year_of
from lotchain.returns.table import DECIMAL, INSTANT, INTEGER, TEXT, Cell, Column, Log, Row, known, row, unknown
from lotchain.returns.weights import UNITS, Factor, decimal_text, factor_of, find
from lotchain.returns.writing import places

IN: Final = ("made", "received", "entered")
OUT: Final = ("shipped", "consumed", "sampled", "lost", "destroyed", "seized")
DIFFERENCES: Final = "differences"
INTERNAL: Final = "internal"
"""From one lot of a holder into another, by split, merger or refusal: nothing, over each statement."""
_ITEMS: Final = (*IN, *OUT, DIFFERENCES)
_SIGNS: Final = {**dict.fromkeys(IN, 1), **dict.fromkeys(OUT, -1), DIFFERENCES: 1, INTERNAL: 1}
_MEANS: Final = {
    "made": "registered as made, or brought forth by a reaction",
    "received": "accepted from others, seized from them, or had by an authority's order",
    "entered": "registered as entered from outside the ledger, or as found",
    "shipped": "accepted by others, or taken away by an authority's order",
    "consumed": "used up, or put into a reaction",
    "sampled": "taken as samples",
    "lost": "reported lost or stolen",
    "destroyed": "destroyed before a witness",
    "seized": "seized by an authority",
    DIFFERENCES: "over (positive) or missing (negative) on receipt, and corrections",
}

COLUMNS: Final = (
    Column("year", "Year", INTEGER, "D", "", "calendar year (UTC) in which the ledger took the statements"),
    Column("through", "Through", INSTANT, "D", "", "until when: the end of the year, or of the log"),
    Column("country", "Country", TEXT, "D", "", "that registered the holder"),
    Column("holder", "Holder", TEXT, "D", "", "who has custody"),
    Column("holder_name", "Holder's name", TEXT, "D", "", "the organisation behind it"),
    Column("substance", "Substance", TEXT, "D", "", "as the data on substances names the base"),
    Column("cas", "CAS number", TEXT, "D", "", "of the goods as they stand"),
    Column("basis", "Basis", TEXT, "D", "", "salt: as it stands; base: as anhydrous base; or both in one"),
    Column("unit", "Unit", TEXT, "D", "", "KGM or LTR, of all figures of the row"),
    Column("opening", "Opening", DECIMAL, "D", "", "what was there when the year began"),
    *(Column(item, item.capitalize(), DECIMAL, "D", "", _MEANS[item]) for item in _ITEMS),
    Column("closing", "Closing", DECIMAL, "D", "", "worked out from the figures before"),
    Column("on_ledger", "On the ledger", DECIMAL, "D", "", "what the lots' states hold and offer, added up apart"),
    Column("check", "Check", DECIMAL, "D", "", "closing less what the states hold: zero"),
    Column("factor", "Base factor", DECIMAL, "D", "", "base in one part as it stands"),
    Column("factor_origin", "Factor from", TEXT, "D", "", "who states it, or how it was computed"),
    Column("other_years", "Of other years", TEXT, "D", "", "statements that say that they happened in another year"),
)  # fmt: skip


class Key(NamedTuple):
    """Whose balance of what: holder, CAS number, kind of quantity."""

    holder: str
    cas: str
    kind: str


class Flow(NamedTuple):
    """One figure of one holder: `amount` of one of `IN`, `OUT`, `differences` or `internal`."""

    key: Key
    item: str
    amount: int


@dataclass(slots=True)
class _Book:
    """One holder's year in one substance."""

    opening: int = 0
    since: tuple[int, ...] = ()
    sums: dict[str, int] = field(default_factory=dict)
    sources: dict[str, set[int]] = field(default_factory=dict)
    other_years: set[int] = field(default_factory=set)

    def closing(self) -> int:
        return self.opening + sum(_SIGNS[item] * amount for item, amount in self.sums.items())

    def indexes(self) -> set[int]:
        return set().union(*self.sources.values(), self.since)


class _Closed(NamedTuple):
    """A year's book, closed, and what the states held then."""

    year: int
    through: int
    key: Key
    book: _Book
    on_ledger: int


def flows(before: State | None, after: State) -> Iterator[Flow]:
    """What one statement did to one lot, as flows of its holders."""
    giver, taker = None if before is None else before["custodian"], after["custodian"]
    holder = giver or taker
    if holder is None:
        return
    key = Key(holder, after["substance"], after["quantity_kind"])
    old: Mapping[str, int] = {} if before is None else before["accounts"]
    for account in sorted({*old, *after["accounts"]} - set(lots.CUSTODY_ACCOUNTS)):
        change = after["accounts"].get(account, 0) - old.get(account, 0)
        if change:
            yield _flow(key, account, change, after)
    moved = lots.present(after)
    if giver is not None and taker is not None and giver != taker and moved:
        yield Flow(key, "seized" if after["held_as"] == BY_SEIZURE else "shipped", moved)
        yield Flow(key._replace(holder=taker), "received", moved)


def _flow(key: Key, account: str, change: int, after: State) -> Flow:
    if account == "produced":
        return Flow(key, "made" if after["origin"] in ("made", "transformed") else "entered", -change)
    if account in ("received", "transferred"):
        return Flow(key, INTERNAL, -change)
    if account in ("discrepancy", "corrected"):
        return Flow(key, DIFFERENCES, -change)
    if account == "seized" and change < 0:
        return Flow(key, "received", -change)
    return Flow(key, account, change)


class Balance:
    """The books of all holders, kept along a log.

    Args:
        chronicle: fed with each statement after this.

    """

    def __init__(self, chronicle: Chronicle) -> None:
        self._chronicle = chronicle
        self._year = 0
        self._books: dict[Key, _Book] = {}
        self._stock: dict[Key, int] = {}
        self._closed: list[_Closed] = []
        self.faults: list[str] = []

    def take(self, told: Observed) -> None:
        """One more statement of the log."""
        year = year_of(told.time)
        if self._year and year > self._year:
            self._close_years(year)
        self._year = year
        booked: dict[Key, int] = {}
        inside: dict[Key, int] = {}
        moved: dict[Key, int] = {}
        for lot, after in told.after.items():
            if not lot.startswith("lot:"):
                continue
            before = self._chronicle.states.get(lot)
            for state, sign in ((before, -1), (after, 1)):
                if state is not None and state["custodian"] is not None:
                    key = Key(state["custodian"], state["substance"], state["quantity_kind"])
                    moved[key] = moved.get(key, 0) + sign * lots.present(state)
            for flow in flows(before, after):
                self._book(flow, told, year)
                booked[flow.key] = booked.get(flow.key, 0) + _SIGNS[flow.item] * flow.amount
                if flow.item == INTERNAL:
                    inside[flow.key] = inside.get(flow.key, 0) + flow.amount
        for key in sorted({*booked, *moved}):
            self._stock[key] = self._stock.get(key, 0) + moved.get(key, 0)
            gap = booked.get(key, 0) - moved.get(key, 0)
            if gap or inside.get(key, 0):
                self._books.setdefault(key, _Book())
                self.faults.append(_fault(key, gap, inside.get(key, 0), told.index))

    def _book(self, flow: Flow, told: Observed, year: int) -> None:
        book = self._books.setdefault(flow.key, _Book())
        book.sums[flow.item] = book.sums.get(flow.item, 0) + flow.amount
        book.sources.setdefault(flow.item, set()).add(told.index)
        if year_of(told.reading.event.occurred) != year:
            book.other_years.add(told.index)

    def _close_years(self, until: int) -> None:
        """Close the year that is open and those up to `until`, which nothing happened in."""
        for year in range(self._year, until):
            through = _year_end(year)
            self._closed += self._close(year, through)
            self._books = {
                key: _Book(book.closing(), tuple(sorted(book.indexes())[-1:]))
                for key, book in self._books.items()
                if book.closing() or self._stock.get(key, 0)
            }

    def _close(self, year: int, through: int) -> Iterable[_Closed]:
        return [_Closed(year, through, key, book, self._stock.get(key, 0)) for key, book in self._books.items()]

    def rows(self, log: Log) -> tuple[Row, ...]:
        """The years that are over, and the one in which the log ends, up to there."""
        if not self._year:
            return ()
        last = year_of(log.time)
        if last > self._year:
            self._close_years(last)
            self._year = last
        closed = [*self._closed, *self._close(self._year, log.time)]
        return tuple(made for each in sorted(closed, key=_order) for made in self._rows(each))

    def _rows(self, closed: _Closed) -> Iterator[Row]:
        key = closed.key
        factor = factor_of(self._chronicle.substances, key.cas, country_of(key.holder), key.kind)
        if factor.value == 1:
            yield self._row(closed, "salt and base", factor, Fraction(1))
            return
        yield self._row(closed, "salt", factor, Fraction(1))
        if factor.value is not None:
            yield self._row(closed, "base", factor, factor.value)

    def _row(self, closed: _Closed, basis: str, factor: Factor, times: Fraction) -> Row:
        year, through, key, book, on_ledger = closed
        match = find(self._chronicle.substances, key.cas)
        indexes = book.indexes()
        gap = book.closing() - on_ledger

        def figure(amount: int, sources: Iterable[int], how: str = "") -> Cell:
            text, exact = decimal_text(amount * times)
            multiplied = "" if times == 1 else f"times {factor.text}{'' if exact else ', rounded to 9 decimals'}"
            return known(text, sources, "; ".join(part for part in (how, multiplied) if part))

        cells = {
            "year": known(year),
            "through": known(format_instant(through)),
            "country": known(country_of(key.holder)),
            "holder": known(key.holder, indexes),
            "holder_name": self._chronicle.name(key.holder),
            "substance": known(match.substance.name) if match else unknown(factor.origin),
            "cas": known(key.cas, indexes) if key.cas else unknown("the lot was registered without one", indexes),
            "basis": known(basis),
            "unit": known(UNITS[key.kind]),
            "opening": figure(book.opening, book.since, f"closing of {year - 1}"),
            **{item: figure(book.sums.get(item, 0), book.sources.get(item, ())) for item in _ITEMS},
            "closing": figure(book.closing(), indexes),
            "on_ledger": figure(on_ledger, indexes, "the sum of the lots' states"),
            "check": figure(gap, ()),
            "factor": known(factor.text) if factor.value is not None else unknown(factor.origin),
            "factor_origin": known(factor.origin) if factor.value is not None else known(""),
            "other_years": known(places(book.other_years), book.other_years),
        }
        return row(COLUMNS, cells, years=(year,), countries=(country_of(key.holder),))


def _order(closed: _Closed) -> tuple[int, Key]:
    return closed.year, closed.key


def _year_end(year: int) -> int:
    """The last millisecond of a year, UTC."""
    return MAX_INSTANT_MS if year >= 9999 else parse_date(f"{year + 1}-01-01") - 1


def _fault(key: Key, gap: int, inside: int, index: int) -> str:
    parts = [f"{key.holder}, {key.cas}: entry #{index}"]
    if gap:
        parts.append(f"books {decimal_text(gap)[0]} {UNITS[key.kind]} more than the lots' states moved")
    if inside:
        parts.append(f"leaves {decimal_text(inside)[0]} {UNITS[key.kind]} between lots of one holder")
    return " ".join(parts)
