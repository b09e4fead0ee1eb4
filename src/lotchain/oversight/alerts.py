"""Alerts: what the whole log shows and no single statement does, as values.

A *certain* alert is one that the ledger itself proves: a gap in figures, a rule or a permission that the recorded
facts do not meet, two records that cannot both be true. A *suspicious* one is a pattern that diversion would make, and
that an honest reason can make, too. Neither is a verdict: an alert tells an authority where to look first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple

from lotchain.core.instants import format_instant
from lotchain.core.quantities import format_amount

MAX_EVIDENCE = 50
"""Statements that one alert lists: the first ones and the newest ones; all are counted."""
MAX_NAMES = 50
"""Lots, and parties, that one alert lists."""


class Certainty(StrEnum):
    """Whether the ledger proves it, or a pattern suggests it."""

    CERTAIN = "certain"
    SUSPICIOUS = "suspicious"


class Gravity(IntEnum):
    """How soon somebody should look."""

    WATCH = 1
    """Worth knowing when the party is met next."""
    SERIOUS = 2
    """A rule is broken, or a quantity is open."""
    GRAVE = 3
    """Goods are likely out of lawful hands now, or papers are false."""


class Kind(NamedTuple):
    """One kind of alert, declared once beside the rule that raises it.

    Args:
        code: stable, `t05-seal-changed`: typology, then what is seen.
        certainty: whether it is proved.
        gravity: how soon somebody should look.
        sentence: what was seen, in general words.
        remedy: what to do.

    """

    code: str
    certainty: Certainty
    gravity: Gravity
    sentence: str
    remedy: str

    @property
    def typology(self) -> str:
        """`T5`: the row of the typologies that it shows."""
        return f"T{int(self.code[1:3])}"


def certain(code: str, gravity: Gravity, sentence: str, remedy: str) -> Kind:
    """A kind of alert that the ledger proves."""
    return Kind(code, Certainty.CERTAIN, gravity, sentence, remedy)


def suspicious(code: str, gravity: Gravity, sentence: str, remedy: str) -> Kind:
    """A kind of alert that a pattern suggests."""
    return Kind(code, Certainty.SUSPICIOUS, gravity, sentence, remedy)


class Figure(NamedTuple):
    """One figure of an alert, with its unit: `("missing", "12.500", "kg")`."""

    name: str
    value: str
    unit: str


class Evidence(NamedTuple):
    """A statement on the log: its index and its id in hex; an entry that is no statement has an empty id."""

    at: int
    id: str


class Alert(NamedTuple):
    """One alert, as it stands after everything that was read.

    Args:
        kind: which one.
        subject: whom or what it is about: a party, a lot, a consignment, a permit, a key, a substance, a lane.
        key: what tells alerts of one kind on one subject apart, such as another substance; else the empty text.
        said: what was seen, in this case's words.
        lots: the lots concerned, in the order in which they came up.
        parties: the parties concerned.
        figures: the numbers behind it.
        evidence: statements, in log order, at most `MAX_EVIDENCE`.
        statements: how many statements there are in all.
        first: closing time (ms) of the oldest of them.
        last: of the newest, or until when a state that lasts was looked at.

    """

    kind: Kind
    subject: str
    key: str
    said: str
    lots: tuple[str, ...]
    parties: tuple[str, ...]
    figures: tuple[Figure, ...]
    evidence: tuple[Evidence, ...]
    statements: int
    first: int
    last: int

    @property
    def code(self) -> str:
        """The stable code."""
        return self.kind.code

    @property
    def id(self) -> str:
        """A short name that stays the same while the alert grows: 16 hexadecimal digits over code, subject and key."""
        return hashlib.sha256("\n".join((self.code, self.subject, self.key)).encode()).hexdigest()[:16]

    def sort_key(self) -> tuple[int, bool, int, str, str, str]:
        """Worst first, among these the certain ones, among these the newest."""
        suspected = self.kind.certainty is Certainty.SUSPICIOUS
        return (-int(self.kind.gravity), suspected, -self.last, self.code, self.subject, self.key)

    def as_json(self) -> dict[str, Any]:
        """All members, for machines."""
        return {
            "id": self.id,
            "code": self.code,
            "typology": self.kind.typology,
            "certainty": self.kind.certainty.value,
            "gravity": self.kind.gravity.name.lower(),
            "subject": self.subject,
            "what": self.kind.sentence,
            "said": self.said,
            "remedy": self.kind.remedy,
            "lots": list(self.lots),
            "parties": list(self.parties),
            "figures": [figure._asdict() for figure in self.figures],
            "evidence": [{"index": item.at, "id": item.id} for item in self.evidence],
            "statements": self.statements,
            "first": format_instant(self.first),
            "last": format_instant(self.last),
        }


def amount(name: str, value: int, kind: str) -> Figure:
    """An amount of micrograms or nanolitres as a figure in kg or L."""
    number, _, unit = format_amount(value, kind).rpartition(" ")
    return Figure(name, number, unit)


def number(name: str, value: object, unit: str) -> Figure:
    """A plain number as a figure."""
    return Figure(name, str(value), unit)


def percent(name: str, part: int, whole: int) -> Figure:
    """A share as a figure in percent, to two places, cut off."""
    hundredths = 0 if whole == 0 else abs(part) * 10_000 // abs(whole)
    return Figure(name, f"{hundredths // 100}.{hundredths % 100:02}", "%")


class _Growing:
    """An alert while the log is read."""

    __slots__ = ("count", "early", "figures", "first", "last", "late", "lots", "newest", "parties", "said")

    def __init__(self) -> None:
        self.said = ""
        self.figures: tuple[Figure, ...] = ()
        self.lots: dict[str, None] = {}
        self.parties: dict[str, None] = {}
        self.early: list[Evidence] = []
        self.late: list[Evidence] = []
        self.count = 0
        self.newest = -1
        self.first = -1
        self.last = -1

    def add(self, item: Evidence, time: int) -> None:
        """One more statement, later in the log than those before; what was there already is not counted twice."""
        if item.at <= self.newest:
            return
        self.newest = item.at
        if len(self.early) < MAX_EVIDENCE // 2:
            self.early.append(item)
        else:
            self.late.append(item)
            del self.late[: -MAX_EVIDENCE // 2]
        self.count += 1
        self.first = time if self.first < 0 else min(self.first, time)
        self.last = max(self.last, time)


class Raised:
    """Alerts of one detector: raised anew or grown by what was seen since."""

    def __init__(self) -> None:
        self._growing: dict[tuple[Kind, str, str], _Growing] = {}

    def add(
        self,
        kind: Kind,
        subject: str,
        *,
        evidence: Iterable[tuple[Evidence, int]],
        said: str,
        key: str = "",
        lots: Iterable[str] = (),
        parties: Iterable[str] = (),
        figures: Iterable[Figure] = (),
        until: int = 0,
    ) -> None:
        """Raise an alert, or let the one of the same kind, subject and key grow.

        Args:
            kind: which kind.
            subject: see `Alert`.
            evidence: statements with their closing times (ms); those known already may come again.
            said: what was seen, which replaces what was said before, as the figures do.
            key: see `Alert`.
            lots: added to those known.
            parties: added to those known.
            figures: the numbers as they stand now.
            until: of a state that lasts, the moment (ms) at which it was looked at.

        """
        growing = self._growing.setdefault((kind, subject, key), _Growing())
        for item, time in sorted(evidence):
            growing.add(item, time)
        growing.said, growing.figures = said, tuple(figures)
        for known, more in ((growing.lots, lots), (growing.parties, parties)):
            for name in more:
                if len(known) < MAX_NAMES:
                    known[name] = None
        growing.last = max(growing.last, until)
        growing.first = growing.last if growing.first < 0 else growing.first

    def __len__(self) -> int:
        return len(self._growing)

    def alerts(self) -> list[Alert]:
        """What was raised, as it stands, in no order that means anything."""
        return [
            Alert(
                kind, subject, key, item.said, tuple(item.lots), tuple(item.parties), item.figures,
                (*item.early, *item.late), item.count, item.first, item.last,
            )
            for (kind, subject, key), item in self._growing.items()
        ]  # fmt: skip
