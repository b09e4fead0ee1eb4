"""Supplies and orders: cut into pieces, many and small, far above a buyer's own past, or a newcomer's first big one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date
from typing import ClassVar, NamedTuple

from lotchain.core.ids import country_of
from lotchain.core.instants import parse_offset
from lotchain.core.quantities import format_amount
from lotchain.custody.territory import laws_of
from lotchain.oversight.acts import Taken
from lotchain.oversight.alerts import Evidence, Figure, Gravity, Kind, amount, certain, number, suspicious
from lotchain.oversight.detector import Detector, median
from lotchain.oversight.losses import month_of, month_text
from lotchain.oversight.seen import Seen
from lotchain.oversight.typologies import Typologies
from lotchain.rules.lookup import Substances
from lotchain.rules.thresholds import BASE, BUYER, DEAL, EXPORTER, YEAR, Threshold, ThresholdSet

IN_PIECES = certain(
    "t11-threshold-in-pieces",
    Gravity.SERIOUS,
    "supplies that are each below a threshold reach it together in the time over which the law sums them",
    "ask supplier and buyer for what the threshold demands of the whole sum",
)
IN_PIECES_UNREAD = suspicious(
    "t11-threshold-from-memory",
    Gravity.WATCH,
    "supplies reach in pieces a threshold that this data knows only from memory: not to be taken as law",
    "look up the threshold before anything else is done",
)
DEALS_BELOW = suspicious(
    "t11-deals-below-threshold",
    Gravity.SERIOUS,
    "a threshold counts each deal by itself, and one buyer's deals of a month stay below it and exceed it together",
    "ask why the order was cut into deals",
)
MANY_SMALL = suspicious(
    "t11-many-small-supplies",
    Gravity.WATCH,
    "one buyer took many supplies from one supplier in a calendar month, far more than in its months before",
    "ask what for; compare with what the buyer can use and store",
)
FAR_ABOVE = suspicious(
    "t14-order-above-median",
    Gravity.SERIOUS,
    "an order is many times the buyer's own median",
    "ask what for, before it is used or sold on",
)
NEW_AND_BIG = suspicious(
    "t01-licence-days-before-order",
    Gravity.SERIOUS,
    "the first order of a party that was licensed only days before is far above what others order",
    "inspect its site: is there a plant, a store, a trade?",
)
_EPOCH = date(1970, 1, 1).toordinal()
_DAY_MS = 86_400_000
_LICENSED_DUTIES = ("registration", "export-registration")
_MOST_HISTORY = 500


class _Sum(NamedTuple):
    """Supplies of one period: their sum, the greatest, and what they rest on."""

    total: int
    greatest: int
    deals: int
    proofs: tuple[tuple[Evidence, int], ...]
    lots: tuple[str, ...]
    parties: tuple[str, ...]


_NOTHING = _Sum(0, 0, 0, (), (), ())


class _Months(NamedTuple):
    """One buyer's newest month with one supplier, and the most supplies of any month before."""

    month: int
    sum: _Sum
    most: int


def _plus(known: _Sum, seen: Seen, act: Taken, much: int) -> _Sum:
    return _Sum(
        known.total + much,
        max(known.greatest, much),
        known.deals + 1,
        (*known.proofs[-49:], seen.proof),
        (*known.lots[-49:], act.lot),
        tuple(dict.fromkeys((*known.parties, act.supplier, act.receiver))),
    )


def supplies_of(seen: Seen) -> Iterator[Taken]:
    """Receipts by which goods changed owner, from one organisation to another."""
    for act in seen.acts:
        if isinstance(act, Taken) and act.supply and not seen.books.same(act.supplier, act.receiver):
            yield act


class Splitting(Detector):
    """Sums of supplies by calendar month or year, organisation by organisation: sites of one are one."""

    KINDS: ClassVar[tuple[Kind, ...]] = (IN_PIECES, IN_PIECES_UNREAD, DEALS_BELOW, MANY_SMALL)

    def __init__(self, typologies: Typologies, thresholds: Iterable[ThresholdSet], substances: Substances) -> None:
        super().__init__(typologies)
        self._sets = tuple(thresholds)
        self._substances = substances
        self._sums: dict[tuple[str, ...], tuple[int, _Sum]] = {}
        self._months: dict[tuple[str, str, str], _Months] = {}
        self._subjects: dict[tuple[str, str], str] = {}

    def see(self, seen: Seen) -> None:
        """Add every supply to its sums."""
        for act in supplies_of(seen):
            supplier, buyer = seen.books.organisation(act.supplier), seen.books.organisation(act.receiver)
            month = month_of(seen.time, parse_offset(act.offset))
            self._many(seen, act, (supplier, buyer, act.substance), month)
            for item, much in self._asked(act, seen.time):
                period = month // 12 if item.per == YEAR else month
                who = {BUYER: (buyer,), EXPORTER: (supplier,)}.get(item.summed, (supplier, buyer))
                key = (item.id, *who)
                at, known = self._sums.get(key, (period, _NOTHING))
                grown = _plus(known if at == period else _NOTHING, seen, act, much)
                self._sums[key] = (period, grown)
                self._threshold(seen, act, item, grown, period, "|".join(who))

    def _asked(self, act: Taken, time: int) -> Iterator[tuple[Threshold, int]]:
        """Thresholds that the supply counts for, each with the least that it counts."""
        found = self._substances.find(act.substance)
        if not found.determined:
            return
        match = found.matches[0]
        here, there = country_of(act.supplier), country_of(act.receiver)
        on = date.fromordinal(_EPOCH + time // _DAY_MS)
        for each_set in self._sets:
            law = each_set.jurisdiction
            sends, receives = law in laws_of(here), law in laws_of(there)
            movement = "domestic" if sends and receives else "export" if sends else "import" if receives else ""
            if not movement:
                continue
            for item in each_set.of(match.substance.cas, movement=movement):
                fits = item.quantity is not None and item.quantity.kind == act.kind and item.in_force(on) is not False
                counted = act.amount
                if match.salt is not None and item.counted_as == BASE:
                    factor = match.salt.factor(law)
                    counted = 0 if factor is None else int(act.amount * factor)
                if fits and counted:
                    yield item, counted

    def _threshold(self, seen: Seen, act: Taken, item: Threshold, grown: _Sum, period: int, who: str) -> None:
        reached = item.met_by(grown.total)
        if not reached or item.met_by(grown.greatest) is not False or item.quantity is None:
            return
        if item.duty in _LICENSED_DUTIES:
            bound = seen.books.parties.get(act.supplier if item.summed == EXPORTER else act.receiver)
            if bound is not None and bound.covers(act.substance):
                return
        kind = DEALS_BELOW if item.per == DEAL else IN_PIECES if item.binding else IN_PIECES_UNREAD
        limit = format_amount(item.quantity.amount, act.kind)
        span = str(period) if item.per == YEAR else month_text(period)
        figures = (
            amount("sum", grown.total, act.kind),
            amount("threshold", item.quantity.amount, act.kind),
            amount("greatest single one", grown.greatest, act.kind),
            number("supplies", grown.deals, "supplies"),
        )
        said = f"{grown.deals} supplies of {item.name} in {span}; {item.duty} from {limit} on ({item.citation}"
        said += f", basis {item.confidence})"
        subject = act.supplier if item.summed == EXPORTER else act.receiver
        self._raise(kind, subject, f"{item.id} {span} {who}", grown, figures, said)

    def _many(self, seen: Seen, act: Taken, key: tuple[str, str, str], month: int) -> None:
        known = self._months.get(key, _Months(month, _NOTHING, 0))
        before = known.most if known.month == month else max(known.most, known.sum.deals)
        grown = _plus(known.sum if known.month == month else _NOTHING, seen, act, act.amount)
        self._months[key] = _Months(month, grown, before)
        if grown.deals < self.value(MANY_SMALL, "count"):
            return
        if grown.deals < self.value(MANY_SMALL, "times") * before:
            return
        figures = (
            number("supplies in the month", grown.deals, "supplies"),
            number("most in a month before", before, "supplies"),
            amount("sum", grown.total, act.kind),
            number("sites", len({party for party in grown.parties if party != act.supplier}), "parties"),
        )
        said = f"{grown.deals} supplies of {act.substance} from {act.supplier} in {month_text(month)}"
        self._raise(MANY_SMALL, act.receiver, f"{key[0]}|{key[2]}|{month_text(month)}", grown, figures, said)

    def _raise(self, kind: Kind, subject: str, key: str, grown: _Sum, figures: tuple[Figure, ...], said: str) -> None:
        # The site that was named first: later ones of its organisation make no other alert.
        first = self._subjects.setdefault((kind.code, key), subject)
        self.raised.add(
            kind, first, key=key, evidence=grown.proofs, said=said, lots=grown.lots, parties=grown.parties,
            figures=figures,
        )  # fmt: skip


class _Order(NamedTuple):
    time: int
    buyer: str
    amount: int


class Orders(Detector):
    """A buyer's order against its own past; a newcomer's first one against what others order."""

    KINDS: ClassVar[tuple[Kind, ...]] = (FAR_ABOVE, NEW_AND_BIG)

    def __init__(self, typologies: Typologies) -> None:
        super().__init__(typologies)
        self._own: dict[tuple[str, str, str], deque[_Order]] = {}
        self._all: dict[tuple[str, str], deque[_Order]] = {}
        self._known: set[str] = set()

    def see(self, seen: Seen) -> None:
        """Compare first, then remember."""
        for act in supplies_of(seen):
            buyer = seen.books.organisation(act.receiver)
            own = self._own.setdefault((buyer, act.substance, act.kind), deque(maxlen=_MOST_HISTORY))
            everyone = self._all.setdefault((act.substance, act.kind), deque(maxlen=_MOST_HISTORY))
            self._against_own(seen, act, own)
            if buyer not in self._known:
                self._against_others(seen, act, [order.amount for order in everyone if order.buyer != buyer])
            self._known.add(buyer)
            order = _Order(seen.time, buyer, act.amount)
            own.append(order)
            everyone.append(order)

    def _against_own(self, seen: Seen, act: Taken, own: deque[_Order]) -> None:
        since = seen.time - self.span(FAR_ABOVE, "window")
        amounts = [order.amount for order in own if order.time > since]
        middle = median(amounts)
        if len(amounts) < self.value(FAR_ABOVE, "history") or act.amount < self.value(FAR_ABOVE, "times") * middle:
            return
        self.raised.add(
            FAR_ABOVE,
            act.receiver,
            key=act.substance,
            evidence=[seen.proof],
            said=f"{format_amount(act.amount, act.kind)} of {act.substance}; "
            f"the median of {len(amounts)} orders before is {format_amount(middle, act.kind)}",
            lots=[act.lot],
            parties=[act.receiver, act.supplier],
            figures=[
                amount("order", act.amount, act.kind),
                amount("own median", middle, act.kind),
                number("orders before", len(amounts), "orders"),
            ],
        )

    def _against_others(self, seen: Seen, act: Taken, others: list[int]) -> None:
        book = seen.books.parties.get(act.receiver)
        since = book.licensed_since() if book is not None else None
        if since is None or seen.time - since > self.span(NEW_AND_BIG, "licensed-for"):
            return
        middle = median(others)
        if len(others) < self.value(NEW_AND_BIG, "history") or act.amount < self.value(NEW_AND_BIG, "times") * middle:
            return
        self.raised.add(
            NEW_AND_BIG,
            act.receiver,
            evidence=[seen.proof],
            said=f"licensed for {(seen.time - since) // _DAY_MS} days; a first order of "
            f"{format_amount(act.amount, act.kind)} of {act.substance}; "
            f"others order {format_amount(middle, act.kind)} in the median",
            lots=[act.lot],
            parties=[act.receiver, act.supplier],
            figures=[
                amount("first order", act.amount, act.kind),
                amount("median of others", middle, act.kind),
                number("licensed for", (seen.time - since) // _DAY_MS, "days"),
            ],
        )
