"""What a follower of the log remembers of parties and of the lots that are still there, from one statement to the next.

One set of books is kept for all detectors: they read it and never write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lotchain.custody import lots
from lotchain.custody.case import State
from lotchain.oversight.acts import FOR_OTHERS, Given

SEIZED = "seized"
_OUT_ON_RECORD = ("consumed", "sampled", "destroyed", "seized", "transferred")


@dataclass(slots=True)
class PartyBook:
    """A party: its organisation (spelt one way), its role, its licences as its state has them."""

    party: str
    organisation: str
    role: str
    licences: Mapping[str, State]

    def licensed_since(self) -> int | None:
        """The earliest beginning (ms) of any of its licences, as its authority states it; None without a licence."""
        return min((int(record["from"]) for record in self.licences.values()), default=None)

    def covers(self, substance: str) -> bool:
        """Whether a licence that is in force names the substance."""
        return any(
            record["status"] == "in-force" and (substance in record["substances"] or "*" in record["substances"])
            for record in self.licences.values()
        )


@dataclass(slots=True)
class LotBook:
    """A lot that is still there.

    Args:
        lot: its id.
        substance: CAS number.
        kind: `mass` or `volume`.
        maker: under whose name it was made or entered.
        custodian: who has it.
        role: in which capacity.
        owner: who has, or last had, it on its own account.
        amount: what is there, held or in transit.
        place: code of the last declared place.
        since: closing time (ms) since which this custodian has it.
        fell: closing time at which its amount last became less, or `since`: since when nothing was taken out of it.
        at: index of the statement that put it into this custodian's hands.
        given: how it was when each past custodian gave it away.
        had: who ever had it, or what it came out of.

    """

    lot: str
    substance: str
    kind: str
    maker: str
    custodian: str
    role: str
    owner: str
    amount: int
    place: str
    since: int
    fell: int
    at: int
    given: dict[str, Given] = field(default_factory=dict)
    had: frozenset[str] = frozenset()

    @property
    def on_own_account(self) -> bool:
        """Whether its custodian has it for itself."""
        return self.role not in FOR_OTHERS and self.role != SEIZED


class Books:
    """Parties, living lots, and who has how much of what on its own account."""

    def __init__(self) -> None:
        self.parties: dict[str, PartyBook] = {}
        self.lots: dict[str, LotBook] = {}
        self.stock: dict[tuple[str, str, str], int] = {}
        """(party, substance, kind) → amount on its own account; entries of 0 are left out."""

    def organisation(self, party: str) -> str:
        """The organisation behind a party, spelt one way; the party itself where the log names none."""
        book = self.parties.get(party)
        return book.organisation if book is not None else party

    def same(self, one: str, other: str) -> bool:
        """Whether two parties are one organisation."""
        return one == other or self.organisation(one) == self.organisation(other)

    def parties_of(self, organisation: str) -> list[str]:
        """The parties of an organisation, sorted; one that is no organisation's stands for itself."""
        return sorted(book.party for book in self.parties.values() if book.organisation == organisation)

    # Written by the reader of acts alone

    def note_party(self, state: State) -> None:
        """A party's newest state."""
        self.parties[state["party"]] = PartyBook(
            state["party"], plain(state["organisation"]), state["role"], state["licences"]
        )

    def note_lot(self, state: State, owner: str, time: int, at: int, since: int) -> None:
        """A lot's newest state; what ended is forgotten. `since`: of a new one, how long its goods have been there."""
        name = state["lot"]
        book = self.lots.get(name)
        if book is not None:
            self._count(book, -book.amount)
        if state["ended"] is not None or state["custodian"] is None:
            self.lots.pop(name, None)
            return
        if book is None:
            book = LotBook(
                name, state["substance"], state["quantity_kind"], state["maker"], state["custodian"], state["held_as"],
                owner, 0, state["place"]["code"], since, since, at,
            )  # fmt: skip
            self.lots[name] = book
        elif book.custodian != state["custodian"]:
            book.since, book.fell, book.at = time, time, at
        elif lots.present(state) < book.amount:
            book.fell = time
        book.custodian, book.role, book.owner = state["custodian"], state["held_as"], owner
        book.amount, book.place = lots.present(state), state["place"]["code"]
        if not book.had.issuperset(state["custodians"]):
            book.had = book.had.union(state["custodians"])
        self._count(book, book.amount)

    def _count(self, book: LotBook, change: int) -> None:
        if not book.on_own_account or change == 0:
            return
        key = (book.custodian, book.substance, book.kind)
        total = self.stock.get(key, 0) + change
        if total:
            self.stock[key] = total
        else:
            self.stock.pop(key, None)


def plain(organisation: str) -> str:
    """An organisation's name, spelt one way: capitals and the width of spaces make no other organisation of it."""
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in " ".join(organisation.split()))


def out_on_record(state: State) -> int:
    """What has left a lot by acts that say so, losses apart."""
    accounts = state["accounts"]
    return sum(int(accounts.get(name, 0)) for name in _OUT_ON_RECORD)
