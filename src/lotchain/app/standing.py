"""What a ledger says now, as far as a new event must name it: the newest checkpoint, a lot's end, an open offer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lotchain.core import canonical_json
from lotchain.core.ids import key_subject, kind_of
from lotchain.core.quantities import MASS, to_text
from lotchain.core.statements import audience_of
from lotchain.custody import lots
from lotchain.custody.case import State
from lotchain.errors import UsageError
from lotchain.events.fields import Place
from lotchain.events.reading import Reading, read_entry
from lotchain.ledger.reader import Reader
from lotchain.verify.replay import signed_after
from lotchain.verify.verdict import Step

_UNIT = {MASS: "KGM"}


@dataclass(frozen=True, slots=True)
class Offer:
    """An open or once open offer, as its hand-over states it.

    Args:
        id: hex id of the hand-over.
        to: the party that it is made to.
        lots: lot → quantity as offered, as JSON of an event.
        place: where it was handed over, as JSON of an event.

    """

    id: str
    to: str
    lots: Mapping[str, Mapping[str, str]]
    place: Mapping[str, Any]


def read_stated(raw: bytes) -> tuple[str, dict[str, Any]]:
    """A statement's hex id and the event that it states, as JSON. Raises `Malformed` for what is none."""
    statement = read_entry(raw).statement
    event: dict[str, Any] = canonical_json.decode(statement.payload)
    return statement.hex_id, event


def read_offer(raw: bytes) -> Offer:
    """The offer that a hand-over's bytes state: what a receiver without a network answers.

    Raises:
        Malformed: what is no statement.
        UsageError: `offer-other`, for another event than a hand-over.

    """
    found, event = read_stated(raw)
    if event["type"] != "hand-over/1":
        raise UsageError(
            "offer-other", "this statement is no hand-over", expected="hand-over/1", found=event["type"],
            remedy="name the hand-over that is answered",
        )  # fmt: skip
    return Offer(
        found,
        str(event["to"]),
        {line["lot"]: line["quantity"] for line in event["lines"]},
        {name: value for name, value in event["place"].items() if name in ("code", "offset")},
    )


class Standing:
    """One ledger as it stands now. Never writes."""

    def __init__(self, reader: Reader, origin: str) -> None:
        self._reader = reader
        self.origin = origin

    def audience(self) -> str:
        """What statements for this ledger name as their audience; the origin alone while it is empty."""
        return audience_of(self.origin, self._reader.charter_id())

    def seen(self) -> dict[str, Any] | None:
        """The newest checkpoint, as an event names it; None for an empty ledger."""
        if not self._reader.size():
            return None
        checkpoint, _ = self._reader.newest()
        return {"size": checkpoint.size, "root": checkpoint.root.hex()}

    def state(self, subject: str) -> State | None:
        """A subject's newest state, published or not."""
        row = self._reader.newest_row(subject)
        if row is None:
            return None
        found: State = canonical_json.decode(row.state, max_bytes=16_000_000, max_items=1_000_000, what="state")
        return found

    def lot(self, lot: str) -> State:
        """A lot's newest state. Raises `UsageError` `lot-unknown`."""
        state = self.state(lot)
        if state is None:
            raise UsageError(
                "lot-unknown", "the lot is not on this ledger", found=lot,
                remedy="check the id; a lot appears with its registration, its split or its merge",
            )  # fmt: skip
        return state

    def whole(self, lot: str) -> dict[str, str]:
        """The lot's whole quantity, as an act on it states it: what is held, and what authorities took since."""
        state = self.lot(lot)
        unit = _UNIT.get(state["quantity_kind"], "LTR")
        amount = lots.held(state) + int(state["taken"])
        if amount <= 0:
            raise UsageError(
                "lot-empty", "nothing of this lot is held that could be acted on", found=lot,
                remedy="look at its history: it is offered, or has ended",
            )  # fmt: skip
        return {"value": to_text(amount, unit), "unit": unit}

    def reported_on_offer(self, lot: str) -> dict[str, str] | None:
        """What was reported lost on the lot's open offer so far; None for nothing."""
        state = self.lot(lot)
        lost = int(state["offer"]["lost"]) if state["offer"] is not None else 0
        unit = _UNIT.get(state["quantity_kind"], "LTR")
        return {"value": to_text(lost, unit), "unit": unit} if lost else None

    def party_of(self, thumbprint: bytes) -> str | None:
        """Whose key this is on the ledger, or None."""
        state = self.state(key_subject(thumbprint))
        return None if state is None else str(state["party"])

    def statement(self, statement_id: str) -> bytes:
        """The bytes of a statement by its hex id. Raises `UsageError` `statement-unknown`."""
        index = self._reader.index_of(bytes.fromhex(statement_id))
        if index is None:
            raise UsageError(
                "statement-unknown", "the ledger holds no statement of this id", found=statement_id,
                remedy="check the id, or submit the statement first",
            )  # fmt: skip
        return self._reader.entry(index)

    def main_subject(self, statement_id: str) -> str:
        """The main subject of a statement on the ledger."""
        return read_entry(self.statement(statement_id)).statement.subject

    def history(self, subject: str) -> list[Step]:
        """Every statement in a subject's history, oldest first, for people."""
        bounds: dict[str, int | None] = {}
        return [self._step(index, bounds) for index in self._reader.history(subject)]

    def _step(self, index: int, bounds: dict[str, int | None]) -> Step:
        """One step; `bounds` holds after when each statement of this history before it was signed."""
        entered_at = self._reader.closing_of(index)[0].time
        reading = read_entry(self._reader.entry(index))
        seen = reading.event.seen
        row = self._reader.batch_ending(seen.size) if seen is not None and seen.size <= index else None
        known = row.time if row is not None and seen is not None and row.root.hex() == seen.root else None
        bounds[reading.statement.hex_id] = after = signed_after(reading.event, known, bounds)
        return step_of(index, reading, entered_at)._replace(signed_after=after)

    def counts(self) -> dict[str, int]:
        """How many subjects of each kind there are."""
        found: dict[str, int] = {}
        for name in self._reader.subjects_named(""):
            kind = kind_of(name)
            found[kind] = found.get(kind, 0) + 1
        return found


def step_of(index: int, reading: Reading, entered_at: int) -> Step:
    """One statement of a history as a step of a timeline."""
    place = getattr(reading.event, "place", None)
    return Step(
        entry=index,
        statement=reading.statement.hex_id,
        issuer=reading.statement.issuer,
        entered_at=entered_at,
        occurred_at=reading.event.occurred,
        place=place.code if isinstance(place, Place) else "",
        offset=place.offset if isinstance(place, Place) else "",
        card=reading.event.card(),
    )
