"""The custody timeline of a lot, oldest first: what people read after the word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lotchain.core.ids import kind_of
from lotchain.events.fields import Place
from lotchain.events.reading import Reading
from lotchain.verify.bundle import Leaf
from lotchain.verify.opened import opened_card
from lotchain.verify.relevance import left_at
from lotchain.verify.replay import Replay
from lotchain.verify.verdict import Step


def timeline(
    lot: str, readings: Iterable[tuple[Leaf, Reading]], replayed: Replay, openings: Mapping[str, str]
) -> tuple[Step, ...]:
    """The statements on the lot and, until it left them, on its ancestors, and on their consignments.

    Hidden fields whose opening is at hand (`openings`, by digest) are shown as text.
    """
    until = left_at(replayed, lot)
    steps = []
    for leaf, reading in readings:
        event = reading.event
        lots = [name for name in (*event.subjects(), *event.creates()) if kind_of(name) == "lot"]
        if lot not in lots and not any(leaf.index <= until.get(name, -1) for name in lots):
            continue
        place = getattr(event, "place", None)
        steps.append(
            Step(
                entry=leaf.index,
                statement=reading.statement.hex_id,
                issuer=reading.statement.issuer,
                entered_at=replayed.closed_at[reading.statement.hex_id],
                occurred_at=event.occurred,
                place=place.code if isinstance(place, Place) else "",
                offset=place.offset if isinstance(place, Place) else "",
                card=opened_card(reading, openings),
                signed_after=replayed.signed_after[reading.statement.hex_id],
            )
        )
    return tuple(steps)
