"""What every detector is: fed each statement in log order, asked at any time what it has raised and what lasts."""

from __future__ import annotations

from collections import deque
from typing import ClassVar, NamedTuple

from lotchain.oversight.alerts import Evidence, Kind, Raised
from lotchain.oversight.seen import Seen
from lotchain.oversight.typologies import Typologies


class Detector:
    """One group of kinds of alerts.

    Asking never changes what a detector knows, so that a log that is followed bit by bit gives the same alerts as one
    that is read at once.

    Args:
        typologies: where its parameters stand.

    """

    KINDS: ClassVar[tuple[Kind, ...]] = ()

    def __init__(self, typologies: Typologies) -> None:
        self.typologies = typologies
        self.raised = Raised()

    def see(self, seen: Seen) -> None:
        """The next statement: raise, or let grow, in `self.raised`."""

    def standing(self, as_of: int, raised: Raised) -> None:
        """Raise in `raised` what lasts at `as_of` (closing time of the newest batch, ms), and grows with time."""

    def value(self, kind: Kind, name: str) -> int:
        """A parameter of a kind."""
        return self.typologies.value(kind.code, name)

    def span(self, kind: Kind, name: str) -> int:
        """A parameter of time, ms."""
        return self.typologies.span(kind.code, name)

    def amount(self, kind: Kind, name: str) -> int:
        """A parameter of quantity, micrograms or nanolitres."""
        return self.typologies.amount(kind.code, name)


class Item(NamedTuple):
    """One thing that is counted in a window: when, by which statement, how much, of which lot, by whom."""

    time: int
    evidence: Evidence
    amount: int
    lot: str
    party: str
    whole: int = 0

    @property
    def proof(self) -> tuple[Evidence, int]:
        """Statement and closing time."""
        return self.evidence, self.time


class Window:
    """Items of the last so many milliseconds, oldest first."""

    __slots__ = ("items", "span")

    def __init__(self, span: int) -> None:
        self.span = span
        self.items: deque[Item] = deque()

    def add(self, item: Item) -> None:
        """The newest item; those that are too old by now are forgotten."""
        self.forget(item.time)
        self.items.append(item)

    def forget(self, now: int) -> None:
        """Forget what is too old at `now` (ms)."""
        while self.items and self.items[0].time <= now - self.span:
            self.items.popleft()

    def total(self) -> int:
        """The amounts together."""
        return sum(item.amount for item in self.items)


def median(values: list[int]) -> int:
    """The middle of some numbers, the lower one of two; of none, 0."""
    return sorted(values)[(len(values) - 1) // 2] if values else 0
