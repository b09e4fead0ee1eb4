"""Cases of what was filed with authorities, and of what customs did with a consignment."""

from __future__ import annotations

from typing import Any

from tests.unit.world import CN, CN_PORT, HOUR, MX, PARTIES, World, kg
from tests.vectors_build.event_book import Book
from tests.vectors_build.event_observations import divided, used_up
from tests.vectors_build.event_transfers import ABSENT, LITRE, NOWHERE, PANAMA, consigned, lately

from lotchain.custody.filings import MAX_FILINGS, MAX_OWN
from lotchain.events.customs_release import MAX_CUSTOMS, CustomsRelease
from lotchain.events.filing import Filing
from lotchain.events.loss import Loss

CONSIGNMENT = "consignment:CN-MAKER/C1"
UNKNOWN = "consignment:CN-MAKER/C9"


def stated(world: World, about: str, kind: str = "loss-report", **changes: Any) -> Filing:
    values: dict[str, Any] = {"country": "CN", "filed_at": world.later(-HOUR), "occurred_at": world.now(), **changes}
    return Filing(about=about, kind=kind, **values)  # type: ignore[arg-type]


def stolen(world: World, lot: str, who: str = "maker") -> str:
    """A quarter of the lot gone; the statement's id."""
    event = Loss(lot=lot, prev=world.last(lot), quantity=kg(25), kind="stolen", place=CN, occurred_at=world.now())
    return world.accept(event, who)


def filing() -> Book:
    book = Book("filing/1")
    on_lots(book)
    on_consignments(book)
    contradictions(book)
    places_used_up(book)
    book.common_faults()
    book.changed("a kind of its own", "a closed list", "field-value", kind="gossip")
    book.changed("about a party", "a lot or a consignment", "id-kind", about="party:CN-MAKER")
    book.changed("a country in lower case", "two capitals", "field-format", country="cn")
    book.changed("a form of its own", "a closed list", "field-value", form="487")
    book.changed("a waiver in words", "yes or no", "field-type", waiver="yes")
    book.changed("an amount of nothing", "positive by construction", "quantity-range",
                 quantity={"value": "0", "unit": "KGM"})  # fmt: skip
    return book


def on_lots(book: Book) -> None:
    """Reports about a lot, by who has it, who had it, and the authority."""
    yes, no = book.accepted, book.refused
    world = World()
    lot, other = world.make("A", 100), world.make("B", 100)
    loss = stolen(world, lot)
    elsewhere = stolen(world, other)
    report = stated(world, lot, statement=loss, number="R 2026/17")
    no(world, stated(world, NOWHERE), "maker", "about a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, report, "importer", "by a stranger", "never had it", "not-custodian")
    no(world, report, "mx", "by an authority without competence", "CN only", "authority-scope")
    no(world, stated(world, lot, statement=ABSENT), "maker", "about a loss that has not arrived", "retry",
       "filing-unknown")  # fmt: skip
    no(world, stated(world, lot, statement=elsewhere), "maker", "about another lot's loss", "each lot by itself",
       "filing-elsewhere")  # fmt: skip
    no(world, stated(world, lot, filed_at=world.later(300_001)), "maker", "filed in five minutes and more",
       "nobody knows that yet", "filing-ahead")  # fmt: skip
    yes(world, report, "maker", "a loss reported", "its time is the maker's claim")
    yes(world, stated(world, lot, "police-report", statement=loss), "maker", "to the police too", "another kind",
        seen=lately(world))  # fmt: skip
    yes(world, report, "cn", "the same, acknowledged", "its time is the authority's word")
    yes(world, stated(world, lot, country="MX", kind="suspicion-report"), "cn", "from one authority to another",
        "not that country's word")  # fmt: skip
    yes(world, stated(world, lot, filed_at=world.later(300_000)), "maker", "filed in five minutes", "a clock's error")
    yes(world, stated(world, lot, "activity-registration", country="MX", number="SISUS-1", quantity=kg(75)), "maker",
        "with a country where it is not", "the rules say whether it was owed")  # fmt: skip
    yes(world, stated(world, lot, "customer-warning", transferee=PARTIES["user-a"]), "cn", "a customer warned of",
        "from now on the supplier knows")  # fmt: skip
    world.move("maker", "carrier", lot)
    late = stated(world, lot, statement=loss)
    yes(world, late, "maker", "by a past custodian", "its own loss")
    world.offer("carrier", "importer", lot, receives_as="consignee")
    yes(world, stated(world, lot, "suspicion-report", country="MX"), "importer", "by the receiver of an open offer",
        "it has the goods before it")  # fmt: skip
    half, _ = divided(world, other)
    split = world.last(half)
    yes(world, stated(world, half, "sale-report", statement=split, transferee=PARTIES["user-b"]), "maker",
        "about the split that it came from", "it brought the lot forth")  # fmt: skip
    used_up(world, half)
    yes(world, stated(world, half, "outcome-report"), "maker", "about a lot that has ended", "losses end lots")


def on_consignments(book: Book) -> None:
    """Declarations about a consignment."""
    yes, no = book.accepted, book.refused
    world = World()
    lot = world.make("C", 100)
    declared = consigned(world, lot)
    made = stated(world, CONSIGNMENT, "declaration", form="486", number="D 1", quantity=kg("81.92"), basis="base",
                  waiver=True, transferee=PARTIES["user-a"])  # fmt: skip
    no(world, stated(world, UNKNOWN, "declaration"), "maker", "about a consignment that nobody knows",
       "perhaps not yet", "consignment-unknown")  # fmt: skip
    no(world, made, "carrier", "by who only carries it", "no party to it", "filing-not-entitled")
    far = World()
    consigned(far, far.make("C", 100), route=("CNTZU", "CNSHG"))
    no(far, stated(far, CONSIGNMENT, "declaration"), "mx", "by an authority off the route", "CN only",
       "authority-scope")  # fmt: skip
    first = yes(world, made, "maker", "an export declared", "form 486, as base, a regular customer")
    yes(world, stated(world, CONSIGNMENT, "declaration", statement=first, transaction_id="T-881", country="MX"), "mx",
        "its transaction id, by the authority", "a release needs it")  # fmt: skip
    yes(world, stated(world, CONSIGNMENT, "declaration-amendment", statement=first, quantity=kg(90), waiver=False),
        "maker", "amended upwards", "another wait begins")  # fmt: skip
    yes(world, stated(world, CONSIGNMENT, "return-declaration", statement=first, left=kg(90), released=kg("89.5"),
                      form="486"), "importer", "what left and what was released", "half a kilogram apart")  # fmt: skip
    yes(world, stated(world, CONSIGNMENT, "guarantee-of-use", statement=declared, country="MX"), "user-a",
        "a guarantee by the user", "about the consignment's declaration")  # fmt: skip
    yes(world, stated(world, CONSIGNMENT, "transit-notice"), "cn", "a transit notice acknowledged", "of the route")


def contradictions(book: Book) -> None:
    """Members that a kind does not have."""
    world = World()
    lot = world.make("A", 100)
    consigned(world, lot)
    wrong: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("of no country", "loss-report", {"country": "ZZ"}),
        ("a form of a loss report", "loss-report", {"form": "486"}),
        ("a transaction id of a sale", "sale-report", {"transaction_id": "T 1"}),
        ("a waiver of a return", "return-declaration", {"waiver": False}),
        ("what left, in a declaration", "declaration", {"left": kg(1)}),
        ("what was released, in an outcome", "outcome-report", {"released": kg(1)}),
        ("a basis of no amount", "declaration", {"basis": "base"}),
        ("kilograms left and litres released", "return-declaration", {"left": kg(1), "released": LITRE}),
        ("a warning of nobody", "customer-warning", {}),
    )
    for name, kind, changes in wrong:
        book.refused(world, stated(world, lot, kind, **changes), "maker", name, "one of the two is wrong",
                     "filing-contradicts-itself")  # fmt: skip


def places_used_up(book: Book) -> None:
    """The bounds: of one party, of reports by who has not got the lot, and of the subject."""
    yes, no = book.accepted, book.refused
    world = World()
    lot = world.make("A", 100)
    consigned(world, lot)
    notice = stated(world, CONSIGNMENT, "transit-notice")
    for _ in range(MAX_OWN):
        world.accept(notice, "user-a")
        world.advance(1000)
    no(world, notice, "user-a", "sixteen by one party", "nobody uses up all places", "filings-many")
    yes(world, notice, "maker", "the seventeenth, by another party", "there is room")
    world.move("maker", "carrier", lot)
    report = stated(world, lot)
    for _ in range(MAX_OWN):
        world.accept(report, "maker")
        world.advance(1000)
    no(world, report, "maker", "sixteen by a past custodian", "in other hands", "filings-many")
    world = World()
    lot = world.make("A", 100)
    world.move("maker", "carrier", lot)
    reports = {**world.lot(lot)["reports"], PARTIES["maker"]: 32}
    world.states[lot] = {**world.lot(lot), "reports": reports}
    no(world, stated(world, lot), "maker", "thirty-two reports of other kinds before", "by who has not got it",
       "reports-many")  # fmt: skip
    world.accept(stated(world, lot), "carrier")
    record = next(iter(world.lot(lot)["filings"].values()))
    full = {f"{i:064x}": record for i in range(MAX_FILINGS)}
    world.states[lot] = {**world.lot(lot), "filings": full}
    no(
        world,
        stated(world, lot),
        "carrier",
        "more than a custodian may add",
        "a hundred and ninety-two",
        "filings-many",
    )
    world.states[lot] = {**world.lot(lot), "reports": {}}
    no(world, stated(world, lot), "maker", "the lot's last place taken", "by a past custodian", "filings-many")
    yes(
        world,
        stated(world, lot),
        "cn",
        "the lot's last place taken, by an authority",
        "nobody uses up an authority's places",
    )


def customs_release() -> Book:
    book = Book("customs-release/1")
    yes, no = book.accepted, book.refused

    def event(world: World, kind: str = "export", **changes: Any) -> CustomsRelease:
        values: dict[str, Any] = {
            "consignment": CONSIGNMENT,
            "released_at": world.later(-HOUR),
            "place": MX if kind == "import" else CN_PORT,
            "occurred_at": world.now(),
            **changes,
        }
        return CustomsRelease(kind=kind, **values)  # type: ignore[arg-type]

    def contradicts(kind: str, who: str, name: str, comment: str, **changes: Any) -> None:
        no(world, event(world, kind, **changes), who, name, comment, "customs-contradicts-itself")

    world = World()
    consigned(world, world.make("A", 100))
    no(world, event(world, consignment=UNKNOWN), "cn", "of a consignment that nobody knows", "perhaps not yet",
       "consignment-unknown")  # fmt: skip
    no(world, event(world), "maker", "by the exporter", "customs' own word", "not-authority")
    no(world, event(world), "mx", "at another country's port", "each in its own", "authority-scope")
    no(world, event(world, place=PANAMA), "cn", "off the route", "another Manzanillo", "authority-scope")
    contradicts("export", "mx", "export where the route ends", "it comes in there", place=MX)
    contradicts("import", "cn", "import where the route begins", "it goes out there", place=CN)
    contradicts("transit-entry", "cn", "transit where the route begins", "it is made there")
    contradicts("transit-exit", "mx", "transit where the route ends", "it stays there", place=MX)
    early = world.later(-HOUR)
    contradicts("export", "cn", "the beginning of no procedure", "suspensive: no", suspensive_since=early)
    contradicts("export", "cn", "a procedure that began after the release", "it ends with it", suspensive=True,
                suspensive_since=world.now())  # fmt: skip
    no(world, event(world, released_at=world.later(300_001)), "cn", "released in five minutes and more",
       "nobody knows that yet", "customs-ahead")  # fmt: skip
    yes(world, event(world, quantity=kg(100), reference="CN 2026/77"), "cn", "exported", "at another port of the route")
    yes(world, event(world, "free-zone-entry", place=MX, suspensive=True), "mx", "into a free zone", "a dwell begins")
    yes(world, event(world, "free-zone-exit", place=MX, suspensive=True, suspensive_since=early), "mx",
        "out of the free zone", "with its beginning", seen=lately(world))  # fmt: skip
    yes(world, event(world, "import", released_at=world.later(300_000)), "mx", "imported in five minutes",
        "a clock's error")  # fmt: skip
    through = World()
    consigned(through, through.make("A", 100), route=("USLAX", "MXZLO", "CNSHG"))
    yes(through, event(through, "transit-entry", place=MX), "mx", "transit begins", "between the ends of the route")
    yes(through, event(through, "transit-exit", place=MX), "mx", "transit ends", "between the ends of the route")
    yes(through, event(through, "export", place=MX), "mx", "export from a country on the way",
        "goods leave a customs territory where it ends")  # fmt: skip
    record = next(iter(world.states[CONSIGNMENT]["customs"].values()))
    full = {f"{i:064x}": record for i in range(MAX_CUSTOMS)}
    world.states[CONSIGNMENT] = {**world.states[CONSIGNMENT], "customs": full}
    no(world, event(world), "cn", "its last place taken", "all its lots' proofs hold them", "customs-many")
    yes(world, event(world, "import"), "mx", "another country's first", "each country has places of its own")
    book.common_faults()
    book.changed("a kind of its own", "a closed list", "field-value", kind="seizure")
    book.changed("suspensive in words", "yes or no", "field-type", suspensive="no")
    book.changed("a place without offset", "local time", "field-missing", place={"code": "CNSHG"})
    return book
