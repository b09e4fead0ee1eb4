"""What stands open at the end of a whole ledger: `verify.conclude` over every subject, one at a time."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import Any

from lotchain.core import canonical_json
from lotchain.core.statements import parse_statement
from lotchain.custody import watching
from lotchain.custody.charter import SUBJECT as CHARTER
from lotchain.custody.findings import Finding
from lotchain.custody.treaty_records import Asked, Duty, TreatyBooks
from lotchain.ledger.ports import Store
from lotchain.verify.conclude import Signed, Treaty, conclude

_MAX_STATE = 1 << 24


class SignedBy:
    """Which statements each key signed: eight bytes a statement, since any key may yet turn out compromised."""

    def __init__(self) -> None:
        self._indexes: dict[str, array[int]] = {}

    def add(self, key: str, index: int) -> None:
        """Key subject `key` signed entry `index`."""
        self._indexes.setdefault(key, array("Q")).append(index)

    def of(self, key: str) -> Iterator[int]:
        """The indexes of its statements, in log order."""
        return iter(self._indexes.get(key, ()))


class TreatyNotes:
    """What step 7 of the judge left, by subject, for the end of a walk."""

    def __init__(self, books: TreatyBooks | None = None) -> None:
        self.books = books
        self._asked: dict[str, list[Any]] = {}
        """by subject, flat: statement, upper, law, statement, upper, law …: a long log has many, and few laws"""
        self._laws: dict[tuple[str, str, str], tuple[str, str, str]] = {}
        self._duties: dict[str, list[Duty]] = {}

    def add(self, asked: Iterable[Asked], duties: Iterable[Duty]) -> None:
        """What one statement left."""
        for row in asked:
            law = (row.jurisdiction, row.country, row.digest)
            flat = self._asked.setdefault(row.subject, [])
            flat += (row.statement, row.upper, self._laws.setdefault(law, law))
        for duty in duties:
            self._duties.setdefault(duty.subject, []).append(duty)

    def with_books(self, books: TreatyBooks) -> TreatyNotes:
        """The same, with the rule sets that answer."""
        self.books = books
        return self

    def of(self, subject: str) -> Treaty:
        """What `verify.conclude` needs for one subject."""
        flat = self._asked.get(subject, [])
        asked = tuple(
            Asked(subject, statement, upper, *law)
            for statement, upper, law in zip(flat[::3], flat[1::3], flat[2::3], strict=True)
        )
        return Treaty(self.books, asked, tuple(self._duties.get(subject, ())))


def concluded(store: Store, signed_by: SignedBy, as_of: int, treaty: TreatyNotes | None = None) -> Iterator[Finding]:
    """Findings on every subject of a store, as they stand at `as_of` (ms): open offers, duties, lost keys."""
    notes = treaty or TreatyNotes()
    charter = _state(store, CHARTER)
    compromised: dict[str, dict[str, Any]] = {}
    suspect: dict[int, str] = {}
    for name in store.subjects_named("key:"):
        state = _state(store, name)
        if state["compromised_since"] is not None:
            compromised[name] = state
            suspect.update(dict.fromkeys(signed_by.of(name), name))
    for name, row in store.subjects():
        indexes = [index for index in store.history(name) if index in suspect] if suspect else []
        signed = [_signed(store, name, index, suspect[index]) for index in indexes]
        state = canonical_json.decode(row.state, max_bytes=_MAX_STATE, max_items=_MAX_STATE, what="state")
        read = {CHARTER: charter, name: state, **compromised}
        left = notes.of(name)
        declared = state.get("consignment") if state["kind"] == "lot" and state["ended"] is None else None
        if declared is not None and not state["delivered"]:
            read[declared["id"]] = _state(store, declared["id"])
        for watch in watching.watches(state.get("labels", ())):
            if store.subject(watch) is not None:
                read[watch] = _state(store, watch)
        for consignment in sorted({duty.consignment for duty in left.duties if duty.consignment}):
            read.setdefault(consignment, _state(store, consignment))
        yield from (finding for finding in conclude(read, signed, as_of, left) if finding.subject == name)


def _state(store: Store, name: str) -> dict[str, Any]:
    row = store.subject(name)
    text = row.state if row else b"{}"
    found = canonical_json.decode(text, max_bytes=_MAX_STATE, max_items=_MAX_STATE, what="state")
    return dict(found)


def _signed(store: Store, subject: str, index: int, key: str) -> Signed:
    row = store.batch_of(index)
    statement = parse_statement(next(store.entries(index, index + 1)))
    return Signed(statement.hex_id, subject, key, row.time if row else 0)
