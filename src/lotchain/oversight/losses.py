"""Losses that come again: with one carrier, on one lane, always under the tolerance, above an operator's own past."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import date
from typing import ClassVar, NamedTuple

from lotchain.core.quantities import format_amount
from lotchain.oversight.acts import Brought, Lost, Short, Taken
from lotchain.oversight.alerts import Evidence, Gravity, Kind, Raised, amount, number, percent, suspicious
from lotchain.oversight.detector import Detector, Item, Window
from lotchain.oversight.seen import Seen
from lotchain.oversight.typologies import Typologies

ONE_CARRIER = suspicious(
    "t05-losses-one-carrier",
    Gravity.SERIOUS,
    "goods were lost, stolen or missing again while one carrier had them",
    "ask the carrier for each incident's police report, vehicle and driver; weigh its next deliveries",
)
ONE_LANE = suspicious(
    "t05-losses-one-lane",
    Gravity.SERIOUS,
    "goods were lost, stolen or missing again on one lane",
    "compare places and times of the incidents; have the next consignments on this lane sealed and escorted",
)
UNDER_TOLERANCE = suspicious(
    "t18-losses-under-tolerance",
    Gravity.SERIOUS,
    "deliveries of one giver are short nearly every time, each within the tolerance, and the sum matters",
    "weigh its next deliveries on a third party's scale, tanks emptied to the heel; ask where the rest is",
)
UNUSUAL_LOSS = suspicious(
    "t18-unusual-loss",
    Gravity.SERIOUS,
    "a month's losses are above the highest rate that this operator had at first",
    "ask for the process and its loss statistics; compare with others of the trade",
)
_EPOCH = date(1970, 1, 1).toordinal()
_DAY_MS = 86_400_000


def lane_of(seen: Seen, lot: str, origin: str, place: str) -> str:
    """The lane of a lot: the ends of its declared route, else the two places given; empty where it went nowhere."""
    state = seen.observed.after.get(lot) or {}
    consignment = state.get("consignment")
    if consignment is not None:
        origin, place = consignment["route"][0], consignment["route"][-1]
    return f"{origin}-{place}" if origin != place else ""


class _Trips:
    """How many deliveries there were in a window: times only."""

    __slots__ = ("times",)

    def __init__(self) -> None:
        self.times: deque[int] = deque()

    def add(self, time: int, span: int) -> None:
        self.times.append(time)
        while self.times[0] <= time - span:
            self.times.popleft()


class Repeated(Detector):
    """Losses by carrier and by lane: so many in so many days, and more than a share of all deliveries."""

    KINDS: ClassVar[tuple[Kind, ...]] = (ONE_CARRIER, ONE_LANE)

    def __init__(self, typologies: Typologies) -> None:
        super().__init__(typologies)
        self._losses: dict[tuple[Kind, str], Window] = {}
        self._trips: dict[tuple[Kind, str], _Trips] = {}

    def see(self, seen: Seen) -> None:
        """Count deliveries first, then what was lost."""
        for act in seen.acts:
            if isinstance(act, Taken):
                carrier = act.giver if act.giver_role == "carrier" else ""
                self._trip(seen, ONE_CARRIER, seen.books.organisation(carrier) if carrier else "")
                self._trip(seen, ONE_LANE, lane_of(seen, act.lot, act.origin, act.place))
        for act in seen.acts:
            if isinstance(act, Lost):
                self._lost(seen, act, act.amount, act.party)
            elif isinstance(act, Short) and act.amount > 0 and act.status != "within" and not act.measured:
                self._lost(seen, act, act.amount, act.offeror)

    def _trip(self, seen: Seen, kind: Kind, key: str) -> None:
        if key:
            self._trips.setdefault((kind, key), _Trips()).add(seen.time, self.span(kind, "window"))

    def _lost(self, seen: Seen, act: Lost | Short, much: int, party: str) -> None:
        item = Item(seen.time, seen.evidence, much, act.lot, party)
        if act.role == "carrier":
            self._count(ONE_CARRIER, seen.books.organisation(party), party, item, act.kind)
        # A loss that was noticed where the lot stood tells a lane only where a route was declared.
        lane = lane_of(seen, act.lot, act.origin, act.place)
        if lane:
            self._count(ONE_LANE, lane, f"lane:{lane}", item, act.kind)

    def _count(self, kind: Kind, key: str, subject: str, item: Item, quantity_kind: str) -> None:
        window = self._losses.setdefault((kind, key), Window(self.span(kind, "window")))
        window.forget(item.time)
        if any(known.lot == item.lot and known.party == item.party for known in window.items):
            return  # the same incident, reported and then missing on receipt
        window.add(item)
        trips = self._trips.get((kind, key))
        made = max(len(trips.times) if trips is not None else 0, len(window.items))
        many = len(window.items) >= self.value(kind, "count")
        if not many or len(window.items) * 100 < self.value(kind, "least-share") * made:
            return
        days = self.value(kind, "window")
        self.raised.add(
            kind,
            subject if kind is ONE_LANE else window.items[-1].party,
            key="" if kind is ONE_LANE else key,
            evidence=[known.proof for known in window.items],
            said=f"{len(window.items)} losses in {days} days on {made} deliveries",
            lots=[known.lot for known in window.items],
            parties=[known.party for known in window.items],
            figures=[
                number("losses", len(window.items), "losses"),
                number("deliveries", made, "deliveries"),
                amount("newest loss", item.amount, quantity_kind),
            ],
        )


class UnderTolerance(Detector):
    """Deliveries that are always a little short: missing on receipt, or booked as a loss that nobody stole."""

    KINDS: ClassVar[tuple[Kind, ...]] = (UNDER_TOLERANCE,)

    def __init__(self, typologies: Typologies) -> None:
        super().__init__(typologies)
        self._deliveries: dict[tuple[str, str, str], Window] = {}
        self._booked: dict[str, int] = {}

    def see(self, seen: Seen) -> None:
        """Every accepted delivery, with what was missing of it, or lost before, within the tolerance together."""
        short = {act.lot: act for act in seen.acts if isinstance(act, Short) and not act.measured}
        for name, _, after in seen.changed("lot"):
            if after["ended"] is not None:
                self._booked.pop(name, None)
        for act in seen.acts:
            if isinstance(act, Lost) and act.how != "stolen":
                self._booked[act.lot] = self._booked.get(act.lot, 0) + act.amount
            if not isinstance(act, Taken):
                continue
            found, booked = short.get(act.lot), self._booked.pop(act.lot, 0)
            missing, whole = booked + (found.amount if found is not None else 0), act.offered + booked
            if missing * 1_000_000 > seen.observed.after[act.lot]["tolerance"] * whole:
                missing = 0
            key = (seen.books.organisation(act.giver), act.substance, act.kind)
            window = self._deliveries.setdefault(key, Window(self.span(UNDER_TOLERANCE, "window")))
            window.add(Item(seen.time, seen.evidence, missing, act.lot, act.giver, whole))
            if missing > 0:
                self._weigh(window, act)

    def _weigh(self, window: Window, act: Taken) -> None:
        short = [item for item in window.items if item.amount > 0]
        total, whole = window.total(), sum(item.whole for item in window.items)
        if len(short) < self.value(UNDER_TOLERANCE, "count"):
            return
        if len(short) * 100 < self.value(UNDER_TOLERANCE, "least-share") * len(window.items):
            return
        little = total * 1_000_000 < self.value(UNDER_TOLERANCE, "least-rate") * whole
        if little or total < self.amount(UNDER_TOLERANCE, "least-sum"):
            return
        self.raised.add(
            UNDER_TOLERANCE,
            act.giver,
            key=act.substance,
            evidence=[item.proof for item in short],
            said=f"{len(short)} of {len(window.items)} deliveries of {act.substance} short, "
            f"{format_amount(total, act.kind)} together",
            lots=[item.lot for item in short],
            parties=[act.giver],
            figures=[
                amount("missing together", total, act.kind),
                percent("of what was delivered", total, whole),
                number("short deliveries", len(short), "deliveries"),
                number("deliveries", len(window.items), "deliveries"),
            ],
        )


class _Month(NamedTuple):
    """One operator's month with one substance."""

    through: int = 0
    lost: int = 0
    proofs: tuple[tuple[Evidence, int], ...] = ()
    lots: tuple[str, ...] = ()
    party: str = ""


class Unusual(Detector):
    """An operator's monthly loss rate against the highest of its first months, which stays the measure for ever.

    Mexico's rules call *merma inusual* what exceeds the greatest loss that an operator computes from its own statistics
    (Reglamento, art. 2). A ceiling that followed the statistic would drift with it, so the first months' is kept.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (UNUSUAL_LOSS,)

    def __init__(self, typologies: Typologies) -> None:
        super().__init__(typologies)
        self._months: dict[tuple[str, str, str], dict[int, _Month]] = {}

    def see(self, seen: Seen) -> None:
        """Add to the month of what came in, and of what was lost."""
        for act in seen.acts:
            if isinstance(act, Brought):
                self._add(seen, act.party, act, through=act.amount)
            elif isinstance(act, Taken):
                self._add(seen, act.receiver, act, through=act.amount)
            elif isinstance(act, Lost):
                self._add(seen, act.party, act, lost=act.amount)
            elif isinstance(act, Short) and act.amount > 0:
                self._add(seen, act.offeror, act, lost=act.amount)

    def _add(
        self, seen: Seen, party: str, act: Brought | Taken | Lost | Short, *, through: int = 0, lost: int = 0
    ) -> None:
        key = (seen.books.organisation(party), act.substance, act.kind)
        months = self._months.setdefault(key, {})
        number_of = month_of(seen.time)
        month = months.get(number_of, _Month())
        proofs, lots = month.proofs, month.lots
        if lost and len(proofs) < self.value(UNUSUAL_LOSS, "listed"):
            proofs, lots = (*proofs, seen.proof), (*lots, act.lot)
        months[number_of] = _Month(month.through + through, month.lost + lost, proofs, lots, party)

    def standing(self, as_of: int, raised: Raised) -> None:
        """Every month that is over, and has enough months before it."""
        for (_, substance, kind), months in self._months.items():
            for month, ceiling in self._above(months, month_of(as_of)):
                found = months[month]
                raised.add(
                    UNUSUAL_LOSS,
                    found.party,
                    key=f"{substance} {month_text(month)}",
                    evidence=found.proofs,
                    said=f"{format_amount(found.lost, kind)} of {substance} lost in {month_text(month)}",
                    lots=found.lots,
                    parties=[found.party],
                    figures=[
                        amount("lost in the month", found.lost, kind),
                        percent("of what came in", found.lost, found.through),
                        percent("highest rate of the first months", ceiling, 1_000_000),
                    ],
                )

    def _above(self, months: dict[int, _Month], now: int) -> Iterator[tuple[int, int]]:
        """Months whose loss rate is unusual, each with the ceiling (parts per million) that it is held against."""
        measure = self.value(UNUSUAL_LOSS, "first-months")
        worked = sorted(number_of for number_of, month in months.items() if month.through)
        if len(worked) <= measure:
            return
        first = [months[number_of] for number_of in worked[:measure]]
        ceiling = max(month.lost * 1_000_000 // month.through for month in first)
        limit = max(ceiling * self.value(UNUSUAL_LOSS, "excess") // 100, self.value(UNUSUAL_LOSS, "floor"))
        for number_of in worked[measure:]:
            month = months[number_of]
            if number_of < now and month.lost * 1_000_000 > limit * month.through:
                yield number_of, ceiling


def month_of(time: int, offset_minutes: int = 0) -> int:
    """The calendar month of an instant (ms) by the clock of a place, counted from year 0."""
    day = date.fromordinal(_EPOCH + (time + offset_minutes * 60_000) // _DAY_MS)
    return day.year * 12 + day.month - 1


def month_text(month: int) -> str:
    """`2026-11`."""
    return f"{month // 12:04}-{month % 12 + 1:02}"
