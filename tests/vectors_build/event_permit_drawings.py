"""Cases of drawings on permits: lawful ones, conversions, what is recorded and what is refused."""

from __future__ import annotations

from typing import Any

from tests.unit.world import DAY, PARTIES, World, kg
from tests.vectors_build.event_book import Book
from tests.vectors_build.event_permits import (
    BASE,
    CONSIGNMENT,
    EXPORT,
    IMPORT,
    OTHER_SUBSTANCE,
    SALT,
    as_found,
    declared,
    draw,
    grant,
    litres,
    terms,
)

from lotchain.events.fields import Amount
from lotchain.events.permit_drawing import MAX_DRAWINGS, DrawnLot
from lotchain.events.permit_terms import Ratio


def lawful_drawings(book: Book) -> None:
    """One consignment that draws as it should."""
    yes = book.accepted
    world = World()
    declared(world, world.make("A", 500))
    world.accept(grant(world, tolerance="1"), "cn")
    yes(world, draw(world, EXPORT, kg(300)), "maker", "300 of 500 kg", "both keep what was drawn")
    # From here on the time is bracketed by a checkpoint that is later than the beginning.
    world.accept(
        grant(world, "permit:CN-NMPA/EXP-2", valid_from=world.later(-DAY), exit_points=("CNSHG",), transit=()), "cn"
    )
    late = draw(world, "permit:CN-NMPA/EXP-2", kg(1))
    yes(
        world,
        late,
        "maker",
        "in force since yesterday, time bracketed",
        "signed after the seen checkpoint",
        seen=world.time,
    )
    yes(world, draw(world, "permit:CN-NMPA/EXP-2", kg(1)), "maker", "in force since yesterday, no checkpoint seen",
        "it may have been signed before", "permit-undetermined")  # fmt: skip
    yes(world, draw(world, EXPORT, kg(205)), "maker", "505 of 500 kg within the tolerance", "one percent")
    yes(world, draw(world, EXPORT, kg("0.000000001")), "maker", "a microgram above the tolerance",
        "recorded: it happened", "permit-overdrawn")  # fmt: skip


def conversions(book: Book) -> None:
    """Base, and volume."""
    yes, no = book.accepted, book.refused
    world = World()
    declared(world, world.make("P", 1000, substance=SALT))
    quota: dict[str, Any] = {
        "kind": "import", "holder": PARTIES["importer"], "basis": "base", "substances": (SALT, BASE),
        "factor": Ratio(base=8192, of=10000), "quantity": kg(850),
    }  # fmt: skip
    world.accept(grant(world, IMPORT, **quota), "mx")
    salt: dict[str, Any] = {"substance": SALT}
    no(world, draw(world, IMPORT, kg(1000), **salt), "importer", "salt counted as base", "1000 kg of salt are 819.2",
       "drawing-arithmetic")  # fmt: skip
    yes(world, draw(world, IMPORT, kg(1000), kg("819.2"), **salt), "importer", "1000 kg of salt, 819.2 kg of base",
        "within 850")  # fmt: skip
    small = "permit:MX-COFEPRIS/IMP-2"
    world.accept(grant(world, small, **{**quota, "quantity": kg(800)}), "mx")
    yes(world, draw(world, small, kg(1000), kg("819.2"), **salt), "importer", "819.2 of 800 kg of base",
        "though 1000 kg stand on all papers of the lot", "permit-overdrawn")  # fmt: skip
    volume = "permit:MX-COFEPRIS/IMP-3"
    world.accept(grant(world, volume, **{**quota, "basis": "salt", "factor": None, "quantity": litres("1000")}), "mx")
    no(world, draw(world, volume, kg(216), litres("200"), **salt), "importer", "no density anywhere", "it is needed",
       "drawing-arithmetic")  # fmt: skip
    no(world, draw(world, volume, kg(216), kg(200), **salt, density="1.08"), "importer", "drawn in another unit",
       "the permit counts litres", "drawing-arithmetic")  # fmt: skip
    no(world, draw(world, volume, kg(216), litres("200"), **salt, density="0.00"), "importer", "a density of nothing",
       "no volume has weight 0", "drawing-arithmetic")  # fmt: skip
    yes(world, draw(world, volume, kg(216), litres("200"), **salt, density="1.08"), "importer",
        "216 kg, 200 L by a density of the drawer", "the permit declares none")  # fmt: skip
    dense = "permit:MX-COFEPRIS/IMP-4"
    liquid = {**quota, "basis": "salt", "factor": None, "density": "1.08"}
    world.accept(grant(world, dense, **liquid), "mx")
    no(world, draw(world, dense, litres("100"), kg(120), **salt, density="1.20"), "importer", "another density",
       "the permit declares one", "drawing-arithmetic")  # fmt: skip
    no(world, draw(world, dense, kg(1), **salt, density="1.08"), "importer", "a density that nothing needs",
       "mass on mass", "drawing-arithmetic")  # fmt: skip
    yes(world, draw(world, dense, litres("100"), kg(108), **salt), "importer", "100 L, 108 kg by the permit's density",
        "declared there")  # fmt: skip
    third = "permit:MX-COFEPRIS/IMP-5"
    world.accept(grant(world, third, **{**quota, "factor": Ratio(base=1, of=3)}), "mx")
    no(world, draw(world, third, kg(1), kg("0.333333333"), **salt), "importer", "a third, rounded down",
       "nobody gains by splitting", "drawing-arithmetic")  # fmt: skip
    yes(world, draw(world, third, kg(1), kg("0.333333334"), **salt), "importer", "a third, rounded up",
        "to a whole microgram")  # fmt: skip


def wrong_drawings(book: Book) -> None:
    """What a permit does not allow is recorded."""
    yes = book.accepted
    world = World()
    declared(world, world.make("A", 500))

    def case(
        name: str, comment: str, code: str, *more: str, drawing: dict[str, Any] | None = None, **changes: Any
    ) -> None:
        permit = f"permit:CN-NMPA/W-{len(book.cases)}"
        world.accept(grant(world, permit, **changes), "cn")
        yes(world, draw(world, permit, kg(10), **(drawing or {})), "maker", name, comment, code, *more)

    case("another substance", "goods and permit", "permit-substance", drawing={"substance": OTHER_SUBSTANCE})
    case("another importer", "the permit names user B", "permit-party", importer=PARTIES["user-b"])
    case("another exporter", "the permit names maker 2", "permit-party", exporter=PARTIES["maker2"])
    case("another consignee", "the permit names user B", "permit-consignee", consignees=(PARTIES["user-b"],))
    case("another port of exit", "the route passes Shanghai", "permit-place", exit_points=("CNTAO",))
    case("another Manzanillo", "in Panama, of one name", "permit-place", entry_points=("PAMIT",))
    case("not yet valid", "from tomorrow", "permit-not-in-force", valid_from=world.later(DAY))
    case(
        "expired, perhaps", "until now; it may have been signed before", "permit-undetermined", valid_until=world.now()
    )
    world.accept(grant(world, "permit:CN-NMPA/W-E", valid_until=world.now()), "cn")
    expired = draw(world, "permit:CN-NMPA/W-E", kg(10))
    yes(world, expired, "maker", "expired", "signed after the seen checkpoint", "permit-not-in-force", seen=world.time)
    declared(world, world.make("B", 5), "C2", route=("CNTZU", "PAMIT", "MXZLO"))
    two = "consignment:CN-MAKER/C2"
    case("a country on the way", "no transit is permitted", "permit-route", transit=(), drawing={"consignment": two})
    once = "permit:CN-NMPA/W-1"
    world.accept(grant(world, once, use="single"), "cn")
    world.accept(draw(world, once, kg(5)), "maker")
    yes(world, draw(world, once, kg(5)), "maker", "a single permit, by one consignment twice", "one consignment")
    yes(world, draw(world, once, kg(5), consignment=two), "maker", "a single permit, by a second consignment",
        "used twice", "permit-used-twice")  # fmt: skip
    world.accept(grant(world, "permit:CN-NMPA/W-2", holder=PARTIES["maker2"]), "cn")
    yes(world, draw(world, "permit:CN-NMPA/W-2", kg(5)), "maker", "the permit of another party",
        "counts for nothing; the balance stays", "permit-of-another", "permit-party")  # fmt: skip


def refused_drawings(book: Book) -> None:
    """What contradicts the ledger, or is nobody's to say."""
    no = book.refused
    world = World()
    declared(world, world.make("A", 500))
    world.accept(grant(world), "cn")
    world.accept(draw(world, EXPORT, kg(10)), "maker")
    nowhere = "permit:CN-NMPA/EXP-9"
    found = as_found(world, EXPORT)
    no(world, draw(world, nowhere, kg(1), found=found), "maker", "a permit that nobody knows", "perhaps not yet",
       "permit-unknown")  # fmt: skip
    no(world, draw(world, EXPORT, kg(1), consignment="consignment:CN-MAKER/C9"), "maker", "an unknown consignment",
       "perhaps not yet", "consignment-unknown")  # fmt: skip
    no(world, draw(world, EXPORT, kg(1)), "carrier", "by its carrier", "no party to it",
       "drawing-not-entitled")  # fmt: skip
    lies: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
        ("less drawn before", {"drawn": kg(1)}, ()),
        ("nothing drawn before", {"drawn": None, "used_by": None}, ()),
        ("another holder", {"holder": PARTIES["importer"]}, ("permit-of-another",)),
        ("another status", {"status": "revoked"}, ("permit-not-in-force",)),
        ("another sort", {"sort": "import"}, ()),
        ("given by another", {"by": PARTIES["mx"]}, ()),
        ("more permitted", {"terms": terms(world, quantity=kg(5000))}, ()),
        ("terms by another statement", {"terms_by": world.charter}, ()),
        ("an importing country", {"importing": "MX"}, ()),
        ("a day for the reply", {"reply_by": world.now()}, ()),
    ]
    for name, changes, more in lies:
        stated = as_found(world, EXPORT, **changes)
        no(world, draw(world, EXPORT, kg(1), found=stated), "maker", name, "the ledger says otherwise",
           "permit-state-differs", *more)  # fmt: skip
    for _ in range(MAX_DRAWINGS - world.states[CONSIGNMENT]["drawings"]):
        world.accept(draw(world, EXPORT, kg("0.000000001")), "maker")
    no(world, draw(world, EXPORT, kg(1)), "maker", "one drawing too many", "a bundle holds them all",
       "drawings-too-many")  # fmt: skip


def by_lots(book: Book) -> None:
    """Which lots of the consignment the goods are of."""
    yes, no = book.accepted, book.refused
    world = World()
    first, second, other = world.make("A", 100), world.make("B", 200), world.make("Z", 100)
    declared(world, first, lots=(first, second))
    world.accept(grant(world), "cn")

    def of(*parts: tuple[str, Amount]) -> tuple[DrawnLot, ...]:
        return tuple(DrawnLot(lot=lot, goods=goods) for lot, goods in parts)

    def wrong(name: str, comment: str, goods: Amount, *parts: tuple[str, Amount]) -> None:
        no(world, draw(world, EXPORT, goods, lots=of(*parts)), "maker", name, comment, "drawing-lots")

    wrong("a lot of no part in it", "another lot of the same maker", kg(100), (other, kg(100)))
    wrong("more for the lots than drawn", "100 and 200 are not 250", kg(250), (first, kg(100)), (second, kg(200)))
    wrong("less for the lots than drawn", "100 is not 250", kg(250), (first, kg(100)))
    wrong("a lot twice", "one line a lot", kg(100), (first, kg(50)), (first, kg(50)))
    wrong("a lot in litres", "in the unit of the goods", kg(100), (first, litres("100")))
    wrong("litres beside kilograms", "no sum", kg(100), (first, kg(50)), (second, litres("50")))
    yes(world, draw(world, EXPORT, kg(250), lots=of((first, kg(100)), (second, kg(150)))), "maker",
        "100 kg of one lot, 150 of another", "the consignment keeps both")  # fmt: skip
    yes(world, draw(world, EXPORT, kg(20)), "maker", "20 kg of no lot", "what was said before stays")
    yes(world, draw(world, EXPORT, kg(50), lots=of((second, kg(50)))), "maker", "50 kg more of the second lot",
        "200 kg in all")  # fmt: skip
    large = {"basis": "base", "factor": Ratio(base=1, of=1_000_000), "quantity": kg(500)}
    world.accept(grant(world, "permit:CN-NMPA/EXP-9", **large), "cn")
    most = kg("9000000")
    yes(world, draw(world, "permit:CN-NMPA/EXP-9", most, kg(9), lots=of((first, most))), "maker", "9,000 t of one lot",
        "as much as can be told")  # fmt: skip
    no(world, draw(world, "permit:CN-NMPA/EXP-9", kg(1), kg("0.000001"), lots=of((first, kg(1)))), "maker",
       "more than 9,000 t of one lot", "no quantity of a ledger", "drawing-lots")  # fmt: skip


def permit_drawing() -> Book:
    book = Book("permit-drawing/1")
    lawful_drawings(book)
    by_lots(book)
    conversions(book)
    wrong_drawings(book)
    refused_drawings(book)
    book.common_faults()
    book.changed("a permit as consignment", "ids name their kind", "id-kind", consignment=EXPORT)
    book.changed("goods without a unit", "value and unit", "field-missing", goods={"value": "1"})
    book.changed("drawn as a number", "quantities are text", "field-type", drawn=300)
    book.changed("nothing drawn", "positive by construction", "quantity-range", drawn={"value": "0", "unit": "KGM"})
    book.changed("a density in words", "as 1.08", "field-format", density="heavy")
    book.changed("no density at all", "as 1.08", "field-format", density="")
    book.changed("no lots at all", "absent, where none is named", "too-few", lots=[])
    one = {"lot": "lot:CN-MAKER/A", "goods": {"value": "300.000", "unit": "KGM"}}
    book.changed("a lot without goods", "how much of it", "field-missing", lots=[{"lot": one["lot"]}])
    book.changed("goods without a lot", "of which it is", "field-missing", lots=[{"goods": one["goods"]}])
    book.changed("a lot that is a permit", "ids name their kind", "id-kind", lots=[{**one, "lot": EXPORT}])
    book.changed("51 lots", "at most 50", "too-many", lots=[one] * 51)
    book.changed("a substance by name", "CAS number", "field-format", substance="PMK")
    assert book.sample is not None
    stated = dict(book.sample["found"])
    for member in ("sort", "by", "holder", "terms", "terms_by", "status"):
        rest = {key: value for key, value in stated.items() if key != member}
        book.changed(f"found without {member}", "what a bundle is told", "field-missing", found=rest)
    book.changed("a sort that is none", "a closed list", "field-value", found={**stated, "sort": "licence"})
    book.changed("a status that is none", "a closed list", "field-value", found={**stated, "status": "expired"})
    book.changed("used by a lot", "ids name their kind", "id-kind", found={**stated, "used_by": "lot:CN-MAKER/A"})
    return book
