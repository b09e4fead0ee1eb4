"""Goods beyond what is needed: against end-use declarations, and against the use of the year before."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple

from lotchain.core.quantities import format_amount
from lotchain.custody.case import State
from lotchain.custody.permits import in_permit_units
from lotchain.oversight.acts import Taken, Used
from lotchain.oversight.alerts import Gravity, Kind, Raised, amount, certain, number, suspicious
from lotchain.oversight.books import Books, LotBook
from lotchain.oversight.detector import Detector, Item
from lotchain.oversight.seen import Seen
from lotchain.oversight.supplies import supplies_of
from lotchain.oversight.typologies import Typologies

USE_UNDECLARED = suspicious(
    "t02-use-not-declared",
    Gravity.SERIOUS,
    "goods were used for something that none of the user's end-use declarations names",
    "ask for the batch records; have the declaration corrected or the use stopped",
)
RECEIVED_BEYOND = suspicious(
    "t02-received-beyond-declared",
    Gravity.SERIOUS,
    "a user received more than all its end-use declarations in force together say that it needs",
    "ask the user what the rest is for; stop further supplies",
)
STOCK_BEYOND = certain(
    "t17-stock-above-declared",
    Gravity.SERIOUS,
    "a user's stock alone is more than all its end-use declarations in force together say that it needs",
    "count the stock; ask for its use; stop further supplies",
)
STOCK_ABOVE_USE = suspicious(
    "t17-stock-above-use",
    Gravity.WATCH,
    "a stock would last for many months at the rate at which it was used in the last year",
    "ask what the stock is for",
)
_DAY_MS = 86_400_000
_YEAR_DAYS = 365
_MOST_RECEIPTS = 1_000


class _Declared(NamedTuple):
    """An end-use declaration as it stands."""

    party: str
    terms: State
    status: str
    uses: tuple[str, ...]


class Declared(Detector):
    """Receipts, stock and use against what users declared to need."""

    KINDS: ClassVar[tuple[Kind, ...]] = (USE_UNDECLARED, RECEIVED_BEYOND, STOCK_BEYOND)

    def __init__(self, typologies: Typologies) -> None:
        super().__init__(typologies)
        self._declared: dict[str, dict[str, _Declared]] = {}
        self._received: dict[tuple[str, str, str], deque[Item]] = {}

    def see(self, seen: Seen) -> None:
        """Declarations; receipts by those who made any; uses."""
        for permit, _, after in seen.changed("permit"):
            if after["sort"] == "end-use":
                firm = self._declared.setdefault(seen.books.organisation(after["by"]), {})
                uses = tuple(seen.payload.get("uses", ())) or (firm[permit].uses if permit in firm else ())
                firm[permit] = _Declared(after["by"], after["terms"], after["status"], uses)
        for act in supplies_of(seen):
            key = (seen.books.organisation(act.receiver), act.substance, act.kind)
            items = self._received.setdefault(key, deque(maxlen=_MOST_RECEIPTS))
            items.append(Item(seen.time, seen.evidence, act.amount, act.lot, act.receiver))
            self._against(seen, act, items)
        for used in seen.acts:
            if isinstance(used, Used):
                self._use(seen, used)

    def _in_force(self, organisation: str, substance: str, time: int) -> list[_Declared]:
        return [
            item
            for item in self._declared.get(organisation, {}).values()
            if item.status == "in-force"
            and substance in item.terms["substances"]
            and item.terms["from"] <= time < item.terms["until"]
        ]

    def _against(self, seen: Seen, act: Taken, items: Iterable[Item]) -> None:
        """What was received, and what is there, against all that is declared, where units can be compared."""
        organisation = seen.books.organisation(act.receiver)
        declared = self._in_force(organisation, act.substance, seen.time)
        if len({(item.terms["quantity_kind"], item.terms["basis"]) for item in declared}) != 1:
            return
        terms = declared[0].terms
        allowed = sum(item.terms["quantity"] * (1_000_000 + item.terms["tolerance"]) // 1_000_000 for item in declared)
        since = min(item.terms["from"] for item in declared)
        counted = [item for item in items if item.time >= since]
        received = in_permit_units(sum(item.amount for item in counted), act.kind, terms, None)
        parties = [*seen.books.parties_of(organisation), act.receiver]
        there = sum(seen.books.stock.get((party, act.substance, act.kind), 0) for party in set(parties))
        stock = in_permit_units(there, act.kind, terms, None)
        common: dict[str, Any] = {"key": act.substance, "parties": [act.receiver, act.supplier]}
        for kind, found, word in ((RECEIVED_BEYOND, received, "received"), (STOCK_BEYOND, stock, "in stock")):
            if found is None or found <= allowed:
                continue
            self.raised.add(
                kind,
                act.receiver,
                evidence=[item.proof for item in counted] if kind is RECEIVED_BEYOND else [seen.proof],
                said=f"{format_amount(found, terms['quantity_kind'])} of {act.substance} {word}; "
                f"{len(declared)} declarations in force say {format_amount(allowed, terms['quantity_kind'])}",
                lots=[item.lot for item in counted],
                figures=[
                    amount(word, found, terms["quantity_kind"]),
                    amount("declared, tolerance included", allowed, terms["quantity_kind"]),
                    number("declarations in force", len(declared), "declarations"),
                ],
                **common,
            )

    def _use(self, seen: Seen, act: Used) -> None:
        declared = self._in_force(seen.books.organisation(act.party), act.substance, seen.time)
        uses = sorted({use for item in declared for use in item.uses})
        named = any(use == act.purpose or use.startswith(f"{act.purpose}-") for use in uses)
        if not uses or named or act.purpose == "reaction":
            return
        self.raised.add(
            USE_UNDECLARED,
            act.party,
            key=f"{act.substance} {act.purpose}",
            evidence=[seen.proof],
            said=f"{format_amount(act.amount, act.kind)} of {act.substance} used for {act.purpose}; "
            f"declared: {', '.join(uses)}",
            lots=[act.lot],
            parties=[act.party],
            figures=[amount("newest such use", act.amount, act.kind)],
        )


class AboveUse(Detector):
    """Stock against the use of the last year, of those who have used for long enough to compare."""

    KINDS: ClassVar[tuple[Kind, ...]] = (STOCK_ABOVE_USE,)

    def __init__(self, typologies: Typologies) -> None:
        super().__init__(typologies)
        self._books: Books | None = None
        self._used: dict[tuple[str, str, str], deque[Item]] = {}
        self._since: dict[tuple[str, str, str], int] = {}

    def see(self, seen: Seen) -> None:
        """Uses, by party and substance."""
        self._books = seen.books
        for act in seen.acts:
            if isinstance(act, Used):
                key = (act.party, act.substance, act.kind)
                items = self._used.setdefault(key, deque())
                items.append(Item(seen.time, seen.evidence, act.amount, act.lot, act.party))
                self._since.setdefault(key, seen.time)
                while items[0].time <= seen.time - _YEAR_DAYS * _DAY_MS:
                    items.popleft()

    def standing(self, as_of: int, raised: Raised) -> None:
        """Stock that would last longer than so many months."""
        for key, items in self._used.items():
            party, substance, kind = key
            stock = self._books.stock.get(key, 0) if self._books is not None else 0
            recent = [item for item in items if item.time > as_of - _YEAR_DAYS * _DAY_MS]
            used = sum(item.amount for item in recent)
            days = min(as_of - self._since[key], _YEAR_DAYS * _DAY_MS) // _DAY_MS
            if not used or days < self.value(STOCK_ABOVE_USE, "history"):
                continue
            # Months of thirty days: a pattern needs no calendar.
            months = stock * days // (used * 30)
            if months < self.value(STOCK_ABOVE_USE, "months") or stock < self.amount(STOCK_ABOVE_USE, "least"):
                continue
            raised.add(
                STOCK_ABOVE_USE,
                party,
                key=substance,
                evidence=[item.proof for item in recent],
                said=f"{format_amount(stock, kind)} of {substance} in stock, "
                f"{format_amount(used, kind)} used in {days} days",
                lots=[book.lot for book in self._lots(key)],
                parties=[party],
                figures=[
                    amount("in stock", stock, kind),
                    amount("used", used, kind),
                    number("would last", months, "months"),
                ],
                until=as_of,
            )

    def _lots(self, key: tuple[str, str, str]) -> list[LotBook]:
        books = self._books.lots.values() if self._books is not None else ()
        return [book for book in books if (book.custodian, book.substance, book.kind) == key and book.on_own_account]
