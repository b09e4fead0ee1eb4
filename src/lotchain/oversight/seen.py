"""A statement as detectors are given it: what the judge handed on, its payload, and the acts that follow from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from lotchain.core import canonical_json
from lotchain.custody import lots
from lotchain.custody.case import State
from lotchain.oversight.acts import FOR_OTHERS, Act, Brought, Given, Lost, Short, Taken, Used
from lotchain.oversight.alerts import Evidence
from lotchain.oversight.books import Books, out_on_record
from lotchain.oversight.observed import Observed

Change = tuple[str, State | None, State]


class Seen(NamedTuple):
    """One statement of the log.

    Args:
        observed: as the judge handed it on.
        type: the event's type and version.
        payload: the event, as its signer wrote it.
        acts: what it did to lots.
        books: what is remembered, this statement included.
        changes: by kind of subject, those that it changed or brought forth: name, state before, state after.

    """

    observed: Observed
    type: str
    payload: dict[str, Any]
    acts: tuple[Act, ...]
    books: Books
    changes: Mapping[str, Sequence[Change]]

    @property
    def time(self) -> int:
        """Closing time, ms."""
        return self.observed.time

    @property
    def issuer(self) -> str:
        """The party that signed."""
        return self.observed.reading.statement.issuer

    @property
    def evidence(self) -> Evidence:
        """The statement, as an alert names it."""
        return Evidence(self.observed.index, self.observed.reading.statement.hex_id)

    @property
    def proof(self) -> tuple[Evidence, int]:
        """The same, with its closing time."""
        return self.evidence, self.time

    def changed(self, kind: str) -> Sequence[Change]:
        """Subjects of one kind that it changed or brought forth."""
        return self.changes.get(kind, ())


class ActReader:
    """Reads statements in log order, and keeps the books. One for all detectors."""

    def __init__(self) -> None:
        self.books = Books()

    def read(self, observed: Observed) -> Seen:
        """The next statement."""
        payload = canonical_json.decode(observed.reading.statement.payload, what="event")
        if not isinstance(payload, dict):
            payload = {}
        acts: list[Act] = []
        changes: dict[str, list[Change]] = {}
        for name, after in observed.after.items():
            changes.setdefault(after["kind"], []).append((name, observed.before.get(name), after))
        seen = Seen(observed, str(payload.get("type", "")), payload, (), self.books, changes)
        for _, _, party in seen.changed("party"):
            self.books.note_party(party)
        # What is brought forth out of a lot asks whose that lot was, before the lot is forgotten.
        for name, before, state in sorted(seen.changed("lot"), key=lambda item: item[1] is not None):
            acts += self._lot(seen, name, before, state)
        return seen._replace(acts=tuple(acts))

    def _lot(self, seen: Seen, name: str, before: State | None, after: State) -> Iterator[Act]:
        book = self.books.lots.get(name)
        if before is None:
            if not after["parents"] or after["origin"] == "transformed":
                yield _brought(name, after)
            owner, since = self._owner_of_new(after), self._since_of_new(after, seen.time)
            parents = [self.books.lots[parent] for parent in after["parents"] if parent in self.books.lots]
            self._note(seen, after, owner, since)
            if name in self.books.lots:
                made = self.books.lots[name]
                made.had = made.had.union(*(parent.had for parent in parents))
            return
        replied = before["offer"] is not None and after["offer"] is None
        owner = book.owner if book is not None else before["custodian"] or ""
        back: Given | None = None
        if after["custodian"] is not None and after["custodian"] != before["custodian"]:
            back = None if book is None else book.given.get(after["custodian"])
            if book is not None and replied:
                book.given[before["custodian"]] = _given(seen, before)
            if replied and seen.payload.get("answers") == before["offer"]["id"]:
                yield _taken(name, before, after, owner, back)
            if after["held_as"] not in FOR_OTHERS:
                owner = after["custodian"]
        if not seen.type.startswith("transformation/"):
            # What a reaction leaves unexplained is no difference between two who counted.
            yield from _differences(name, before, after)
        yield from _gone(seen, name, before, after)
        self._note(seen, after, owner, seen.time)

    def _owner_of_new(self, state: State) -> str:
        """Of a lot out of others that somebody has for others: who owned those; else whoever has it."""
        if state["held_as"] in FOR_OTHERS:
            for parent in state["parents"]:
                book = self.books.lots.get(parent)
                if book is not None:
                    return book.owner
        return str(state["custodian"] or state["maker"])

    def _since_of_new(self, state: State, time: int) -> int:
        """Of a lot out of others in the same hands: since when these held the oldest of them, or took out of it."""
        books = [self.books.lots.get(parent) for parent in state["parents"]]
        fell = [book.fell for book in books if book is not None and book.custodian == state["custodian"]]
        return min(fell, default=time) if state["origin"] != "transformed" else time

    def _note(self, seen: Seen, state: State, owner: str, since: int) -> None:
        self.books.note_lot(state, owner, seen.time, seen.observed.index, since)


def _brought(name: str, state: State) -> Brought:
    came = -int(state["accounts"].get("produced", 0)) or lots.present(state)
    party = state["custodian"] or state["maker"]
    return Brought(
        name, state["substance"], state["quantity_kind"], came, party, state["origin"], state["place"]["code"]
    )


def _given(seen: Seen, before: State) -> Given:
    moved = lots.in_transit(before) + int(before["offer"]["lost"])
    return Given(seen.observed.index, moved, out_on_record(before), tuple(before["seals"]))


def _taken(name: str, before: State, after: State, owner: str, back: Given | None) -> Taken:
    offer = before["offer"]
    return Taken(
        lot=name,
        substance=after["substance"],
        kind=after["quantity_kind"],
        amount=lots.present(after),
        offered=int(offer["quantity"]),
        giver=offer["by"],
        giver_role=before["held_as"],
        supplier=owner,
        receiver=after["custodian"],
        role=after["held_as"],
        origin=before["place"]["code"],
        place=after["place"]["code"],
        offset=after["place"]["offset"],
        back=back,
        less=out_on_record(after),
        seals=tuple(after["seals"]),
    )


def _differences(name: str, before: State, after: State) -> Iterator[Short]:
    offer = before["offer"]
    for statement, entry in after["differences"].items():
        if statement in before["differences"]:
            continue
        replied = offer is not None and after["offer"] is None
        yield Short(
            lot=name,
            substance=after["substance"],
            kind=after["quantity_kind"],
            amount=int(entry["amount"]),
            offered=int(offer["quantity"]) if replied else lots.present(before),
            status=entry["status"],
            offeror=entry["offeror"],
            role=before["held_as"],
            receiver=entry["receiver"],
            origin=before["place"]["code"],
            place=after["place"]["code"],
            measured=not replied,
        )


def _gone(seen: Seen, name: str, before: State, after: State) -> Iterator[Act]:
    """What was lost, and what was used up."""
    accounts, earlier = after["accounts"], before["accounts"]
    common = (name, after["substance"], after["quantity_kind"])
    lost = int(accounts.get("lost", 0)) - int(earlier.get("lost", 0))
    if lost > 0:
        how = str(seen.payload.get("kind", "unknown"))
        places = (before["place"]["code"], after["place"]["code"])
        yield Lost(*common, lost, how, str(before["custodian"]), before["held_as"], *places)
    used = int(accounts.get("consumed", 0)) - int(earlier.get("consumed", 0))
    if used > 0:
        yield Used(*common, used, str(before["custodian"]), str(seen.payload.get("purpose", "reaction")))
