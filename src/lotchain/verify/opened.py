"""Hidden fields whose openings a bundle carries: checked against the very place that they open, and shown as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lotchain.core import canonical_json, cbor, hidden
from lotchain.events.event import Card
from lotchain.events.reading import Reading
from lotchain.verify.proofs import refused

MAX_OPENING = hidden.MAX_FIELD + hidden.MAX_VALUE + 64


def hidden_places(payload: bytes) -> list[tuple[str, bytes]]:
    """Path and digest of every hidden field in an event's canonical JSON, in no order that matters."""
    if b'"hidden"' not in payload:
        return []
    found: list[tuple[str, bytes]] = []
    waiting: list[tuple[str, Any]] = [("", canonical_json.decode(payload, what="event"))]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            # Elsewhere in an event no member has that name: `events.fields.Hidden` alone does.
            if value.keys() == {"hidden"}:
                found.append((path, bytes.fromhex(value["hidden"])))
            else:
                waiting += ((f"{path}.{name}" if path else name, member) for name, member in value.items())
        elif isinstance(value, list):
            waiting += ((f"{path}[{i}]", member) for i, member in enumerate(value))
    return found


def check_openings(openings: Iterable[tuple[bytes, bytes]], readings: Iterable[Reading]) -> dict[str, str]:
    """The opened texts by digest (hex).

    An opening counts only for the field whose path it names: a digest made for one place says nothing in another, and
    a digest that merely stands somewhere in a statement (of a document, say) is no hidden field.

    Raises:
        Malformed: `opening-invalid` for one that opens nothing here; `hidden-format` and the codes of CBOR.
    """
    pairs = list(openings)
    if not pairs:
        return {}
    places = {(digest, path) for reading in readings for path, digest in hidden_places(reading.statement.payload)}
    opened: dict[str, str] = {}
    for digest, encoded in pairs:
        item = cbor.decode(encoded, max_bytes=MAX_OPENING, max_depth=2, max_items=8, what="opening")
        opening = hidden.Opening.parse(item)
        if not hidden.opens(digest, opening) or (digest, opening.field) not in places:
            raise refused("opening-invalid", "an opening does not open a hidden field of this bundle", digest.hex())
        opened[digest.hex()] = opening.value
    return opened


def opened_card(reading: Reading, openings: Mapping[str, str]) -> Card:
    """The event's card, with a line for each hidden field: its text where the opening is at hand (by digest, hex)."""
    card = reading.event.card()
    lines = []
    for path, digest in sorted(hidden_places(reading.statement.payload)):
        text = openings.get(digest.hex())
        lines.append((path, "(hidden)") if text is None else (f"{path} (opened)", text))
    return Card(card.title, card.sentence, (*card.lines, *lines)) if lines else card
