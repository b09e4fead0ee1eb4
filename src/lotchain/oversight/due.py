"""What is due on a whole log at a moment: open, due soon, overdue, done late, and what cannot be told.

    due = Due(deadlines, thresholds, substances)
    for observed in …: due.take(observed)
    report = due.at(moment, within=7 * DAY_MS)

Pure: the moment is an argument, and nothing that was entered after it may be fed. What is known only from memory (K) is
a note, never overdue; whatever part of an interval would be late, the answer is *undetermined*.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from lotchain.oversight.clocks_law import Clock, LawClocks
from lotchain.oversight.clocks_listing import Listings
from lotchain.oversight.clocks_own import ENDS, OwnClocks, Standing, window_of
from lotchain.oversight.clocks_time import Window, in_time
from lotchain.oversight.observed import Observed
from lotchain.oversight.seen import ActReader
from lotchain.oversight.sums import Sum, Sums
from lotchain.rules.deadline_data import NOT_BEFORE, WORKING_DAYS, Deadline, DeadlineSet
from lotchain.rules.facts import Interval
from lotchain.rules.lookup import Substances
from lotchain.rules.thresholds import ThresholdSet

OVERDUE, EARLY, UNDETERMINED, DUE = "overdue", "early", "undetermined", "due"
OPEN, WAITING, MET_LATE, NOTE, MET = "open", "waiting", "met-late", "note", "met"
STATUSES: Final = (OVERDUE, EARLY, UNDETERMINED, DUE, OPEN, WAITING, MET_LATE, NOTE)
"""As they are listed. `early`: done before it was allowed; `waiting`: not allowed yet; `met` is not listed."""
_HOLIDAYS: Final = "Monday to Friday are counted; no holidays are known here, so that it may run out later"
_INTERVAL: Final = "the times are proved only as intervals, and a part of them would be late"


class Item(NamedTuple):
    """One thing that somebody owes, or waits for.

    Attributes:
        deadline: what sets it, with citation and basis.
        subjects: what it is about: lots, a consignment, a permit, a party; sorted.
        statement: hex id of what started it.
        since: when that was.
        owes: the party that owes, or words.
        towards: the party to which, where it is on the ledger, else the empty text.
        due: between which moments (ms) it runs out, or may begin; None where there is no number.
        offset: the place's minutes east of UTC, or None.
        status: of `STATUSES`.
        would_be: of a note: what it would be, were it law.
        basis: V, P, K, or L (no law): the weaker of the deadline's and the listing's.
        done, done_by, official: when it was done, by which statement, and whether an authority says so.
        why: what leaves it open, in words.
        told: what else to know.

    """

    deadline: Deadline
    subjects: tuple[str, ...]
    statement: str
    since: Interval
    owes: str
    towards: str
    due: Window | None
    offset: int | None
    status: str
    would_be: str
    basis: str
    done: Interval | None
    done_by: str
    official: bool
    why: tuple[str, ...]
    told: str


class DueReport(NamedTuple):
    """Everything that is due at a moment.

    Attributes:
        at: the moment, ms.
        within: how far ahead *due* looks, ms.
        read_until: closing time of the newest statement that was read, ms; 0 for none.
        items: worst first, then by moment.
        sums: of the month and year of the moment.
        met: law clocks that were surely met in time.

    """

    at: int
    within: int
    read_until: int
    items: tuple[Item, ...]
    sums: tuple[Sum, ...]
    met: int

    @property
    def late(self) -> bool:
        """Whether something that can still be done is overdue, or may be."""
        return any(item.done is None and item.status in (OVERDUE, UNDETERMINED) for item in self.items)

    def of(self, party: str) -> DueReport:
        """What concerns one party: it owes, it is owed, or it is in the sum."""
        items = tuple(item for item in self.items if party in (*item.owes.split(", "), item.towards, *item.subjects))
        return self._replace(
            items=items, sums=tuple(each for each in self.sums if party in (*each.suppliers, *each.buyers))
        )


class Due:
    """A follower of the whole log that knows what is due.

    Args:
        deadlines: by jurisdiction, the ledger's own among them.
        thresholds: by jurisdiction.
        substances: the substance data.

    """

    def __init__(
        self, deadlines: Iterable[DeadlineSet], thresholds: Iterable[ThresholdSet], substances: Substances
    ) -> None:
        sets = tuple(deadlines)
        listings = Listings(substances)
        self._reader = ActReader()
        self._law = LawClocks(sets, listings)
        self._own = OwnClocks(sets)
        self._sums = Sums(thresholds, listings)
        self._read_until = 0

    def take(self, observed: Observed) -> None:
        """The next statement of the log."""
        seen = self._reader.read(observed)
        self._read_until = observed.time
        self._law.take(seen)
        self._own.take(seen)
        self._sums.take(seen)

    def at(self, moment: int, within: int) -> DueReport:
        """What is due at a moment (ms), not earlier than what was fed; `within` ms ahead is *due*."""
        items = [*self._items_of_law(moment, within), *self._items_of_ledger(moment, within)]
        return DueReport(
            moment, within, self._read_until, tuple(sorted(_joined(items), key=_order)), self._sums.at(moment),
            self._law.met,
        )  # fmt: skip

    def _items_of_law(self, moment: int, within: int) -> Iterator[Item]:
        for clock in self._law.clocks():
            status, why = _law_status(clock, moment, within)
            if status == MET:
                continue
            note = clock.confidence == "K"
            yield Item(
                clock.deadline, (clock.subject,), clock.statement, clock.start, clock.owes, clock.towards, clock.window,
                clock.start.offset_minutes, NOTE if note else status, status if note else "", clock.confidence,
                clock.done, clock.done_by, clock.official, why, "",
            )  # fmt: skip

    def _items_of_ledger(self, moment: int, within: int) -> Iterator[Item]:
        for row in self._own.standing():
            status = _own_status(row, moment, within)
            if status != MET:
                why = (_INTERVAL,) if status == UNDETERMINED else ()
                yield Item(
                    row.deadline, (row.subject,), row.statement, row.since, row.owes, row.towards, window_of(row),
                    row.offset, status, "", row.deadline.confidence, row.done, row.done_by, False, why, row.told,
                )  # fmt: skip


def _law_status(clock: Clock, moment: int, within: int) -> tuple[str, tuple[str, ...]]:
    """What a clock of a law shows at a moment, and why it is open."""
    window = clock.window
    if window is None:
        return (OPEN if clock.done is None else MET), clock.doubts
    why = (*clock.doubts, *((_HOLIDAYS,) if clock.deadline.unit == WORKING_DAYS else ()))
    if clock.done is not None:
        kept = clock.kept(clock.done)
        if kept is None:
            return UNDETERMINED, (*why, _INTERVAL)
        worst = EARLY if clock.deadline.sense == NOT_BEFORE else MET_LATE
        status = MET if kept else worst
    elif clock.deadline.sense == NOT_BEFORE:
        status = MET if window.latest is not None and moment >= window.latest else WAITING
    else:
        status, told = _running(window, moment, within)
        why = (*why, *told)
    doubtful = clock.doubts and status in (OVERDUE, EARLY, MET_LATE)
    return (UNDETERMINED if doubtful else status), why


def _running(window: Window, moment: int, within: int) -> tuple[str, tuple[str, ...]]:
    """What is still to be done, by the last moment."""
    if moment <= window.earliest:
        return (DUE if window.earliest - moment <= within else OPEN), ()
    if window.latest is not None and moment > window.latest:
        return OVERDUE, ()
    return UNDETERMINED, (() if window.latest is None else (_INTERVAL,))


def _own_status(row: Standing, moment: int, within: int) -> str:
    window = window_of(row)
    if window is None:
        return OPEN
    if row.done is not None:
        kept = in_time(row.done, window)
        return {True: MET, False: MET_LATE, None: UNDETERMINED}[kept]
    if row.deadline.starts[0] in ENDS:
        # The end of validity is exclusive; once it is there, nothing is owed.
        return DUE if moment < window.earliest <= moment + within else MET
    return _running(window, moment, within)[0]


def _joined(items: Iterable[Item]) -> Iterator[Item]:
    """One statement's items on several subjects, where they differ in nothing else, as one."""
    groups: dict[Item, list[str]] = {}
    for item in items:
        groups.setdefault(item._replace(subjects=()), []).extend(item.subjects)
    for item, subjects in groups.items():
        yield item._replace(subjects=tuple(sorted(set(subjects))))


def _order(item: Item) -> tuple[object, ...]:
    due = item.due.earliest if item.due is not None else item.since.lower
    return (STATUSES.index(item.status), due, item.deadline.jurisdiction, item.deadline.id, item.statement)
