"""Goods that lie: received and never used, ageing; sites that many share; bulk that is cut into small packs."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from lotchain.core.ids import country_of
from lotchain.core.quantities import format_amount
from lotchain.custody.case import State
from lotchain.oversight.acts import Taken
from lotchain.oversight.alerts import Evidence, Gravity, Kind, Raised, amount, number, suspicious
from lotchain.oversight.books import Books, LotBook
from lotchain.oversight.detector import Detector, median
from lotchain.oversight.seen import Seen
from lotchain.oversight.supplies import supplies_of
from lotchain.oversight.typologies import Typologies

NEVER_USED = suspicious(
    "t01-received-never-used",
    Gravity.SERIOUS,
    "a party receives goods for its own account, and has never recorded a use, a sale or a destruction of any",
    "inspect its site and count what is there",
)
SHARED_SITE = suspicious(
    "t01-site-shared",
    Gravity.WATCH,
    "several organisations are licensed at one registered site",
    "inspect the site: whose plant, whose store is it?",
)
AGEING = suspicious(
    "t06-stock-ages",
    Gravity.WATCH,
    "goods were received for use or trade, and nothing was taken out of them for a long time",
    "count what is there",
)
SMALL_PACKS = suspicious(
    "t06-small-packs",
    Gravity.SERIOUS,
    "somebody who did not make the goods packs them into many small packages",
    "ask for the customers; compare with the buyers on the ledger",
)
_DAY_MS = 86_400_000
_MOST_RECEIPTS = 1_000


class _Receipts(NamedTuple):
    """What an organisation has received of a substance so far."""

    party: str
    receipts: int
    total: int
    first: int
    proofs: tuple[tuple[Evidence, int], ...]
    lots: tuple[str, ...]


class NeverUsed(Detector):
    """Receivers for their own account who never do anything with the goods."""

    KINDS: ClassVar[tuple[Kind, ...]] = (NEVER_USED,)

    def __init__(self, typologies: Typologies) -> None:
        super().__init__(typologies)
        self._received: dict[tuple[str, str, str], _Receipts] = {}
        self._active: set[tuple[str, str, str]] = set()

    def see(self, seen: Seen) -> None:
        """Receipts; and any use, sale, destruction or end, after which the party is known to do something."""
        for act in supplies_of(seen):
            self._act(seen, act.supplier, act.substance, act.kind)
            key = (seen.books.organisation(act.receiver), act.substance, act.kind)
            if key not in self._active:
                known = self._received.get(key) or _Receipts(act.receiver, 0, 0, seen.time, (), ())
                self._received[key] = known._replace(
                    receipts=known.receipts + 1,
                    total=known.total + act.amount,
                    proofs=(*known.proofs, seen.proof)[:_MOST_RECEIPTS],
                    lots=(*known.lots, act.lot)[:_MOST_RECEIPTS],
                )
        for name, before, after in seen.changed("lot"):
            if before is not None and _taken_out(before, after):
                book = seen.books.lots.get(name)
                owner = book.owner if book is not None else before["custodian"]
                self._act(seen, str(owner), after["substance"], after["quantity_kind"])

    def _act(self, seen: Seen, party: str, substance: str, kind: str) -> None:
        key = (seen.books.organisation(party), substance, kind)
        self._active.add(key)
        self._received.pop(key, None)

    def standing(self, as_of: int, raised: Raised) -> None:
        """Who has received several times, the first time long ago."""
        for (_, substance, kind), known in self._received.items():
            age = as_of - known.first
            if known.receipts < self.value(NEVER_USED, "count") or age < self.span(NEVER_USED, "age"):
                continue
            raised.add(
                NEVER_USED,
                known.party,
                key=substance,
                evidence=known.proofs,
                said=f"{known.receipts} receipts of {substance}, {format_amount(known.total, kind)}, and no use since",
                lots=known.lots,
                parties=[known.party],
                figures=[
                    amount("received", known.total, kind),
                    number("receipts", known.receipts, "receipts"),
                    number("since the first", age // _DAY_MS, "days"),
                ],
                until=as_of,
            )


def _taken_out(before: State, after: State) -> bool:
    """Whether something of the lot was used, transformed or destroyed before a witness."""
    return any(after["accounts"].get(name, 0) > before["accounts"].get(name, 0) for name in ("consumed", "destroyed"))


class SharedSites(Detector):
    """Registered sites at which several organisations are licensed, where licences name sites."""

    KINDS: ClassVar[tuple[Kind, ...]] = (SHARED_SITE,)

    def __init__(self, typologies: Typologies) -> None:
        super().__init__(typologies)
        self._at: dict[tuple[str, str], dict[str, str]] = {}

    def see(self, seen: Seen) -> None:
        """Every licence that names sites."""
        for party, _, after in seen.changed("party"):
            for record in after["licences"].values():
                for site in record.get("sites", ()):
                    self._note(seen, party, str(site))

    def _note(self, seen: Seen, party: str, site: str) -> None:
        firms = self._at.setdefault((country_of(party), site), {})
        organisation = seen.books.organisation(party)
        if organisation in firms:
            return
        firms[organisation] = party
        if len(firms) >= self.value(SHARED_SITE, "count"):
            self.raised.add(
                SHARED_SITE,
                f"site:{country_of(party)}-{site}",
                evidence=[seen.proof],
                said=f"{len(firms)} organisations are licensed at site {site} in {country_of(party)}",
                parties=firms.values(),
                figures=[number("organisations", len(firms), "organisations")],
            )


class Ageing(Detector):
    """Stock of which nothing is taken, by holder and substance."""

    KINDS: ClassVar[tuple[Kind, ...]] = (AGEING,)

    def __init__(self, typologies: Typologies) -> None:
        super().__init__(typologies)
        self._books: Books | None = None
        self._received: dict[str, tuple[Evidence, int]] = {}

    def see(self, seen: Seen) -> None:
        """Remember by which statement each lot came to whom."""
        self._books = seen.books
        for act in seen.acts:
            if isinstance(act, Taken):
                self._received[act.lot] = seen.proof
        for name, before, after in seen.changed("lot"):
            if after["ended"] is not None:
                self._received.pop(name, None)
            elif before is None:
                self._received[name] = seen.proof

    def standing(self, as_of: int, raised: Raised) -> None:
        """All old lots of one holder and substance together."""
        old: dict[tuple[str, str, str], list[LotBook]] = {}
        for book in self._books.lots.values() if self._books is not None else ():
            aged = as_of - book.fell >= self.span(AGEING, "age")
            if aged and book.on_own_account and book.role == "consignee":
                old.setdefault((book.custodian, book.substance, book.kind), []).append(book)
        for (party, substance, kind), books in old.items():
            books.sort(key=lambda book: (book.fell, book.lot))
            total = sum(book.amount for book in books)
            raised.add(
                AGEING,
                party,
                key=f"{substance} {kind}",
                evidence=[self._received[book.lot] for book in books if book.lot in self._received],
                said=f"{format_amount(total, kind)} of {substance} in {len(books)} lots untouched",
                lots=[book.lot for book in books],
                parties=[party],
                figures=[
                    amount("untouched", total, kind),
                    number("the oldest for", (as_of - books[0].fell) // _DAY_MS, "days"),
                ],
                until=as_of,
            )


class SmallPacks(Detector):
    """Repacking, or division, into many small packages by somebody else than the maker."""

    KINDS: ClassVar[tuple[Kind, ...]] = (SMALL_PACKS,)

    def see(self, seen: Seen) -> None:
        """A packing's packages, a split's parts."""
        nets: list[int] = []
        for _, before, after in seen.changed("lot"):
            if before is not None and seen.type.startswith("packing/") and before["maker"] != seen.issuer:
                nets = [int(net) for net in after["packages"].values()]
                self._count(seen, before, nets, [int(net) for net in before["packages"].values()])
        if seen.type.startswith("split/"):
            parents = [before for _, before, _ in seen.changed("lot") if before is not None]
            children = [after for _, before, after in seen.changed("lot") if before is None]
            if parents and parents[0]["maker"] != seen.issuer:
                whole = [int(net) for net in parents[0]["packages"].values()]
                self._count(seen, parents[0], [_whole(child) for child in children], whole)

    def _count(self, seen: Seen, lot: State, nets: list[int], before: list[int]) -> None:
        small = [net for net in nets if net <= self.amount(SMALL_PACKS, "net")]
        large = not before or median(before) >= self.value(SMALL_PACKS, "times") * median(small)
        if len(small) < self.value(SMALL_PACKS, "count") or not large:
            return
        kind = lot["quantity_kind"]
        self.raised.add(
            SMALL_PACKS,
            seen.issuer,
            key=lot["substance"],
            evidence=[seen.proof],
            said=f"{len(small)} packages of {format_amount(median(small), kind)} in the median out of {lot['lot']}",
            lots=[lot["lot"]],
            parties=[seen.issuer],
            figures=[
                number("small packages", len(small), "packages"),
                amount("median net", median(small), kind),
                amount("median net before", median(before), kind),
            ],
        )


def _whole(state: State) -> int:
    return sum(int(state["accounts"].get(name, 0)) for name in ("held", "in-transit"))
