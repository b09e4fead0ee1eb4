"""The clocks that laws run: started, matched with what ends them, kept until they were surely met in time.

A clock is kept once it is over, too, unless it was met in time beyond doubt: what was late stays late, and what an
interval leaves open may still be settled by an authority's own word on when something was filed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lotchain.custody.territory import laws_of
from lotchain.oversight.clocks_ends import Ending, endings
from lotchain.oversight.clocks_listing import Listings
from lotchain.oversight.clocks_starts import SUSPENSIVE, Beginning, authority_for, beginnings
from lotchain.oversight.clocks_time import Window, in_time, late_enough, local_day, may_begin, runs_out
from lotchain.oversight.seen import Seen
from lotchain.rules.deadline_data import NOT_BEFORE, OPEN, Deadline, DeadlineSet
from lotchain.rules.facts import Interval
from lotchain.rules.substances import weaker

_DOUBTFUL = "whether the duty is there at all, the ledger cannot tell: {}"
_WORDS = {
    "difference:missing": "a difference may be a slip of the scales",
    "loss:destroyed": "whether the loss is unusual or excessive",
    "loss:leaked": "whether the loss is unusual or excessive",
    "loss:spoiled": "whether the loss is unusual or excessive",
}


@dataclass(slots=True, eq=False)
class Clock:
    """One clock that was started.

    Args:
        deadline: what the law says.
        subject: what it is about.
        parts: what an ending may be about.
        statement: hex id of what started it.
        start: when.
        country: in which.
        owes: the party that owes, or words for one that is not on the ledger.
        towards: the authority's party, or the empty text.
        doubts: why the duty may not be there, or may be met.
        confidence: V, P or K: the weaker of the deadline's and the listing's.
        done: when it was done, or None.
        done_by: hex id of the statement that says so.
        official: whether an authority says so.

    """

    deadline: Deadline
    subject: str
    parts: frozenset[str]
    statement: str
    start: Interval
    country: str
    owes: str
    towards: str
    doubts: tuple[str, ...]
    confidence: str
    done: Interval | None = None
    done_by: str = ""
    official: bool = False
    reported: set[str] = field(default_factory=set)

    @property
    def window(self) -> Window | None:
        """The last moment in time, or the first permitted one; None where there is no number."""
        if self.deadline.sense == OPEN:
            return None
        if self.deadline.sense == NOT_BEFORE:
            return may_begin(self.start, self.deadline.length)
        return runs_out(self.start, self.deadline.unit, self.deadline.length)

    def kept(self, done: Interval) -> bool | None:
        """Whether the law was kept if it was done then; None where the intervals do not tell."""
        window = self.window
        if window is None:
            return True
        if self.deadline.sense == NOT_BEFORE:
            return late_enough(done, self.start, self.deadline.length)
        return in_time(done, window)


class LawClocks:
    """Every clock that statements of a log started, in log order.

    Args:
        sets: the deadlines by jurisdiction; the ledger's own are left out.
        listings: which substance stands in which list.

    """

    def __init__(self, sets: Iterable[DeadlineSet], listings: Listings) -> None:
        self._sets = {each.jurisdiction: each.deadlines for each in sets if each.deadlines and each.deadlines[0].law}
        self._listings = listings
        self._clocks: dict[str, list[Clock]] = {}
        self._substances: dict[str, str] = {}
        self._spelt: dict[str, str] = {}
        self.met = 0

    def take(self, seen: Seen) -> None:
        """The next statement."""
        for lot, _, after in seen.changed("lot"):
            cas = after["substance"]
            self._substances[lot] = self._spelt.setdefault(cas, cas)
        for begun in beginnings(seen, lambda lot: self._substances.get(lot, "")):
            self._begin(seen, begun)
        for ending in endings(seen):
            self._end(ending)

    def clocks(self) -> Iterator[Clock]:
        """All that run, or ended otherwise than surely in time; each once."""
        told: set[int] = set()
        for standing in self._clocks.values():
            for clock in standing:
                if id(clock) not in told:
                    told.add(id(clock))
                    yield clock

    def _begin(self, seen: Seen, begun: Beginning) -> None:
        for law in laws_of(begun.country):
            for deadline in self._sets.get(law, ()):
                if begun.word in deadline.starts:
                    self._start(seen, begun, deadline)

    def _start(self, seen: Seen, begun: Beginning, deadline: Deadline) -> None:
        doubts = list(begun.doubts)
        on = local_day(begun.start.lower, begun.start.offset_minutes)
        in_force = deadline.in_force(on)
        if in_force is False:
            return
        if in_force is None:
            doubts.append("since when it is law is not known to the day")
        wanted = deadline.movement
        if wanted:
            end = begun.ends[0] if wanted == "export" else begun.ends[1]
            if not end:
                doubts.append("no route is declared, so that import and export cannot be told apart")
            elif deadline.jurisdiction not in laws_of(end):
                return
        listed = self._listings.listed(begun.cas, deadline.jurisdiction, deadline.classes, on)
        if listed.answer is False:
            return
        if listed.answer is None:
            doubts.append(listed.why)
        if begun.word in deadline.doubtful:
            doubts.append(_DOUBTFUL.format(_WORDS.get(begun.word, begun.word)))
        if begun.word == SUSPENSIVE and self._runs(deadline, begun.subject):
            return
        confidence = weaker(deadline.confidence, listed.confidence) if listed.answer else deadline.confidence
        owes = begun.parties.get(deadline.owes) or begun.parties.get("issuer", "")
        clock = Clock(
            deadline, begun.subject, begun.parts, begun.statement, begun.start, begun.country,
            owes, authority_for(seen, begun.country), tuple(doubts), confidence,
        )  # fmt: skip
        for part in clock.parts:
            self._clocks.setdefault(part, []).append(clock)

    def _runs(self, deadline: Deadline, subject: str) -> bool:
        return any(
            clock.deadline is deadline and clock.subject == subject and clock.done is None
            for clock in self._clocks.get(subject, ())
        )

    def _end(self, ending: Ending) -> None:
        """Every clock that this ends: of each deadline, the one that it names, or the only one that it can mean."""
        meant: dict[tuple[str, str], list[Clock]] = {}
        for subject in ending.subjects:
            for clock in self._clocks.get(subject, ()):
                key = clock.deadline.jurisdiction, clock.deadline.id
                if _fits(clock, ending) and clock not in meant.get(key, ()):
                    meant.setdefault(key, []).append(clock)
        for clocks in meant.values():
            self._end_of(ending, clocks)

    def _end_of(self, ending: Ending, clocks: list[Clock]) -> None:
        named = [clock for clock in clocks if clock.statement == ending.about]
        if not named and ending.names:
            if not ending.about:
                for clock in clocks:
                    self._doubt(clock, ending, "names no statement")
            return
        running = named or [clock for clock in clocks if clock.done is None] or clocks
        if len(running) > 1 and ending.word.startswith("filing:"):
            for clock in running:
                self._doubt(clock, ending, "could be about several")
            return
        for clock in running:
            self._finish(clock, ending)

    @staticmethod
    def _doubt(clock: Clock, ending: Ending, why: str) -> None:
        if clock.done is None:
            kind = ending.word.partition(":")[2]
            told = f"a {kind} was filed on it that {why}: {ending.statement}"
            clock.doubts = tuple(dict.fromkeys((*clock.doubts, told)))

    def _finish(self, clock: Clock, ending: Ending) -> None:
        """Take the ending over, unless a better one is known; a clock that is surely met is forgotten."""
        if clock.subject not in ending.subjects and clock.subject.startswith("consignment:"):
            # Filed lot by lot: done with the last of them.
            clock.reported |= clock.parts & ending.subjects
            if {part for part in clock.parts if part.startswith("lot:")} - clock.reported:
                return
        kept = clock.kept(ending.done)
        if clock.done is not None:
            earlier = clock.kept(clock.done)
            if clock.deadline.sense == NOT_BEFORE:
                # The first release counts, whenever it is told.
                if ending.done.lower >= clock.done.lower:
                    return
            elif _rank(kept) <= _rank(earlier):
                return
        if kept is True and clock.deadline.sense != NOT_BEFORE:
            self._forget(clock)
            return
        clock.done, clock.done_by, clock.official = ending.done, ending.statement, ending.official

    def _forget(self, clock: Clock) -> None:
        self.met += 1
        for part in clock.parts:
            standing = [each for each in self._clocks.get(part, ()) if each is not clock]
            if standing:
                self._clocks[part] = standing
            else:
                self._clocks.pop(part, None)


def _fits(clock: Clock, ending: Ending) -> bool:
    """Whether an ending is of the kind that ends a clock, and of the right country.

    A report goes to the authority of the very country; goods may leave the Union through another one of its countries.
    """
    deadline = clock.deadline
    if ending.word not in deadline.ends:
        return False
    if clock.statement == ending.statement and SUSPENSIVE not in deadline.starts:
        # One act of customs may tell since when goods were there, and that they left; nothing else ends itself.
        return False
    if ending.word.startswith("filing:"):
        return ending.country == clock.country
    return ending.word == "reply" or deadline.jurisdiction in laws_of(ending.country)


def _rank(kept: bool | None) -> int:
    return {False: 0, None: 1, True: 2}[kept]
