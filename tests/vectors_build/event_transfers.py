"""Cases of registration and hand-over, and the surroundings that many cases share."""

from __future__ import annotations

from typing import Any

from tests.unit.world import CN, DAY, LICENCES, PARTIES, SUBSTANCE, World, kg, packages
from tests.vectors_build.event_book import Book

from lotchain.events.consignment import Consignment
from lotchain.events.fields import Amount, Place
from lotchain.events.hand_over import HandOver, HandOverLine
from lotchain.events.hold import Hold
from lotchain.events.inspection import InspectedLot, Inspection
from lotchain.events.licence_change import LicenceChange
from lotchain.events.licence_revocation import LicenceRevocation
from lotchain.events.refusal import Refusal, RefusalLine
from lotchain.events.registration import Package, Registration
from lotchain.events.seal_applied import SealApplied, SealedLot

LITRE = Amount(value="1", unit="LTR")
PANAMA = Place(code="PAMIT", offset="-05:00")
NINGBO = Place(code="CNNGB", offset="+08:00")
"""On no declared route, in a country of each."""
NOWHERE = "lot:CN-MAKER/NONE"
ABSENT = "44" * 32


def lately(world: World) -> int:
    """Closing time of a checkpoint that a signer may have seen."""
    return world.time - 60_000


def just_now(world: World) -> int:
    """Closing time of the newest checkpoint: it holds all that authorities have done so far."""
    return world.time


def held_up(world: World, *lots: str, who: str = "cn") -> str:
    """The lots on hold."""
    return world.accept(Hold(lots=lots, reason="suspicion", occurred_at=world.now()), who)


def consigned(world: World, *lots: str, who: str = "maker", **fields: Any) -> str:
    """The lots on their way from the maker to user-a over CNSHG and MXZLO."""
    values: dict[str, Any] = {
        "consignment": f"consignment:{world.party(who)[6:]}/C1",
        "exporter": PARTIES["maker"],
        "importer": PARTIES["importer"],
        "final": (PARTIES["user-a"],),
        "route": ("CNTZU", "CNSHG", "MXZLO"),
        "lots": lots,
        "mode": "sea",
        "occurred_at": world.now(),
        **fields,
    }
    return world.accept(Consignment(**values), who)


def sealed(world: World, lot: str, *numbers: str, who: str = "maker") -> str:
    """The lot with seals on it."""
    line = SealedLot(lot=lot, prev=world.last(lot), seals=numbers)
    return world.accept(SealApplied(lines=(line,), place=CN, occurred_at=world.now()), who)


def resealed(world: World, lot: str, *numbers: str, who: str = "cn") -> str:
    """The lot opened by its authority, with other seals on it since."""
    line = InspectedLot(lot=lot, result="in-order", seals_cut=tuple(world.lot(lot)["seals"]), seals_fitted=numbers)
    return world.accept(Inspection(lines=(line,), place=CN, occurred_at=world.now()), who)


def sampled(world: World, lot: str, amount: str, who: str = "cn") -> str:
    """The lot less what its authority took."""
    line = InspectedLot(lot=lot, result="in-order", sample=kg(amount))
    return world.accept(Inspection(lines=(line,), place=CN, occurred_at=world.now()), who)


def dated(world: World, who: str) -> str:
    """The party's licence from 2026 on: in force now, and not surely so for whoever names no checkpoint."""
    change = LicenceChange(
        party=PARTIES[who],
        number="1",
        activities=LICENCES[who],  # type: ignore[arg-type]
        substances=("*",),
        valid_from="2026-01-01T00:00:00Z",
        reason="renewal",
        occurred_at=world.now(),
    )
    return world.accept(change, world.authority_of(who))


def registration_event(world: World, **changes: Any) -> Registration:
    values: dict[str, Any] = {
        "lot": "lot:CN-MAKER/BP4-2611-07",
        "substance": SUBSTANCE,
        "name": "1-boc-4-piperidone",
        "quantity": kg(500),
        "origin": "made",
        "place": CN,
        "occurred_at": world.now(),
        **changes,
    }
    return Registration(**values)


def registration() -> Book:
    book = Book("registration/1")
    world = World()
    at = lately(world)
    foreign = registration_event(world, lot="lot:CN-MAKER2/1")
    book.refused(world, foreign, "maker", "another's name", "named under its registrant", "lot-name-foreign")
    wrong = registration_event(world, substance="79099-07-4")
    book.refused(world, wrong, "maker", "a CAS number mistyped", "its last digit is a check digit", "cas-check-digit")
    twenty = packages(20)
    faults = [
        ("a package too many", packages(21), "they add up to 525 kg"),
        ("a serial twice", (*twenty[:19], twenty[0]), "each package once"),
        ("a package in litres", (*twenty[:19], Package(serial="X", net=LITRE)), "one kind of unit"),
    ]
    for name, boxes, comment in faults:
        book.refused(world, registration_event(world, packages=boxes), "maker", name, comment, "packages-sum")
    made = registration_event(
        world, packages=twenty, tolerance="0.5", content="98 %", remarks={"hidden": "77" * 32},
        documents=({"kind": "certificate-of-analysis", "sha256": "c0" * 32, "reference": "CoA 2611-07"},),
    )  # fmt: skip
    book.accepted(world, made, "maker", "made, in 20 drums", "under a licence in force throughout", seen=at)
    book.refused(world, made, "maker", "a name twice", "a lot is registered once", "lot-exists", seen=at)
    lax = registration_event(world, lot="lot:CN-MAKER/LAX-1", tolerance="5.0001")
    book.accepted(
        world, lax, "maker", "made, with a tolerance above 5 %", "it counts as 5 %", "tolerance-wide", seen=at
    )
    litres = registration_event(world, lot="lot:CN-MAKER/AA-1", substance="108-24-7", name="acetic anhydride",
                                quantity=Amount(value="20000", unit="LTR"))  # fmt: skip
    book.accepted(world, litres, "maker", "made, by volume", "nanolitres", seen=at)
    dated(world, "maker")
    loose = registration_event(world, lot="lot:CN-MAKER/U-1")
    book.accepted(
        world, loose, "maker", "made, time open below", "no checkpoint named: licensed at some time, not surely then",
        "maker-licence-undetermined",
    )  # fmt: skip
    unlicensed = registration_event(world, lot="lot:CN-TRUCK/1")
    book.accepted(world, unlicensed, "carrier", "made by a carrier", "recorded, and the chain has no lawful beginning",
                  "maker-unlicensed", seen=at)  # fmt: skip
    for origin in ("entered", "found"):
        event = registration_event(world, lot=f"lot:CN-TRUCK/{origin.upper()}", origin=origin)
        book.accepted(world, event, "carrier", origin, "no beginning on this ledger", "origin-not-made", seen=at)
    book.common_faults()
    for name, value, code in (
        ("a quantity of nothing", {"value": "0", "unit": "KGM"}, "quantity-range"),
        ("a quantity below a microgram", {"value": "0.0000000001", "unit": "KGM"}, "quantity-precision"),
        ("a quantity with an exponent", {"value": "5e2", "unit": "KGM"}, "quantity-format"),
        ("a quantity as a number", {"value": 500, "unit": "KGM"}, "quantity-format"),
        ("a unit in words", {"value": "500", "unit": "kg"}, "unit-unknown"),
        ("a quantity without unit", {"value": "500"}, "field-missing"),
    ):
        book.changed(name, "exact positive decimal text with a unit code", code, quantity=value)
    book.changed("the name of a rest lot", "given by the judge alone", "id-reserved", lot="lot:CN-MAKER/1~1")
    book.changed("a name in lower case", "ids are capitals", "id-chars", lot="lot:CN-MAKER/a")
    book.changed("an origin that is none", "a closed list", "field-value", origin="bought")
    book.changed("a tolerance above all", "up to a hundred percent", "percent-format", tolerance="101")
    return book


def hand_over() -> Book:
    book = Book("hand-over/1")
    world = World()
    at = lately(world)
    a, b = world.make("A", 500, packages=packages(20)), world.make("B", 50)
    both = world.hand_over("maker", "carrier", a, b)
    line_a, line_b = both.lines

    def event(*lines: HandOverLine, **changes: Any) -> HandOver:
        return HandOver(**{**both.__dict__, "lines": lines or both.lines, **changes})

    def line(base: HandOverLine, **changes: Any) -> HandOverLine:
        return HandOverLine(**{**base.__dict__, **changes})

    no = book.refused
    no(world, event(line_a, line_a), "maker", "a lot twice", "one line a lot", "lot-twice", seen=at)
    no(world, event(line_a, line(line_b, lot=NOWHERE)), "maker", "a lot that nobody knows", "perhaps not yet",
       "lot-unknown", seen=at)  # fmt: skip
    no(world, event(line(line_a, prev=ABSENT), line_b), "maker", "follows what has not arrived", "retry",
       "prev-unknown", seen=at)  # fmt: skip
    no(world, event(), "maker2", "by a stranger", "only the custodian", "not-custodian", seen=at)
    no(world, event(), "cn", "by an authority", "it has no custody", "not-custodian", seen=at)
    no(world, event(to="party:CN-NOBODY"), "maker", "to a party that nobody knows", "its licence first",
       "receiver-unknown", seen=at)  # fmt: skip
    no(world, event(to=PARTIES["maker"]), "maker", "to oneself", "a transfer needs two", "same-party", seen=at)
    no(world, event(deadline=both.occurred_at), "maker", "no time to answer", "the deadline lies after",
       "deadline-before-offer", seen=at)  # fmt: skip
    for name, amount in (("a part of the lot", kg(499)), ("more than the lot", kg("500.000000001"))):
        no(world, event(line(line_a, quantity=amount), line_b), "maker", name, "whole lots, to the microgram",
           "quantity-mismatch", seen=at)  # fmt: skip
    no(
        world,
        event(line(line_a, quantity=LITRE), line_b),
        "maker",
        "in litres",
        "mass is not volume",
        "unit-kind",
        seen=at,
    )
    no(world, event(line(line_a, packages=("0001",)), line_b), "maker", "with 1 of 20 serials", "whole lots",
       "package-unknown", seen=at)  # fmt: skip

    yes = book.accepted
    yes(world, event(), "maker", "two lots to a carrier", "held becomes in transit; custody stays", seen=at)
    no(world, event(line(line_a, prev=world.last(a))), "maker", "offered already", "one open offer a lot",
       "offer-open", seen=at)  # fmt: skip
    no(world, event(to=PARTIES["importer"]), "maker", "the old end offered again", "double dealing, or a late paper",
       "prev-stale", seen=at)  # fmt: skip

    world = World()
    lot = world.make("A", 100)
    sealed(world, lot, "CN-448120")
    first = world.hand_over("maker", "carrier", lot).lines[0]
    later = [
        ("a seal misread", "CN-448102", "a slip of the pen, or a look-alike", "seal-misread"),
        ("other seals", "TR-1", "nobody recorded a change", "seal-changed"),
    ]
    for i, (name, number, comment, code) in enumerate(later):
        world = World()
        lot = world.make(f"S{i}", 100)
        sealed(world, lot, "CN-448120")
        first = world.hand_over("maker", "carrier", lot).lines[0]
        yes(world, event(line(first, seals=(number,))), "maker", name, comment, code, seen=at)
    world = World()
    first = world.hand_over("maker", "carrier", world.make("F", 100)).lines[0]
    far = event(first, deadline=world.later(180 * DAY + 1))
    yes(world, far, "maker", "to be answered some day", "read as 180 days from now", "deadline-far", seen=at)
    world = World()
    lot = world.make("S", 100)
    sealed(world, lot, "CN-448120")
    first = world.hand_over("maker", "carrier", lot).lines[0]
    sampled(world, lot, "0.5")
    yes(world, event(line(first, seals=("CN-448120",)), means={"hidden": "77" * 32}), "maker", "after a sample",
        "the paper says 100 kg, an authority took 0.5 since: nobody's paper is stale", seen=at)  # fmt: skip
    for name, changes, seen, code in (
        ("to a carrier without licence", {"to": PARTIES["user-a"]}, at, "licence-none"),
        ("time open below", {}, None, "licence-undetermined"),
        ("to a carrier whose licence is revoked", {"to": PARTIES["carrier"]}, at, "licence-not-in-force"),
    ):
        world = World()
        lot = world.make("L", 100)
        if code == "licence-undetermined":
            dated(world, "carrier")
        if code == "licence-not-in-force":
            lost = LicenceRevocation(party=PARTIES["carrier"], number="1", reason="misuse", occurred_at=world.now())
            world.accept(lost, "cn")
        first = world.hand_over("maker", "carrier", lot).lines[0]
        yes(world, event(first, **changes), "maker", name, "recorded; a breach of the treaty", code, seen=seen)
    for name, seen, code in (
        ("on two holds and off its route", just_now(world), "moved-on-hold"),
        ("perhaps signed before two holds, off its route", at, "acted-before-hold-was-known"),
    ):
        world = World()
        lot = world.make("H", 100)
        consigned(world, lot)
        held_up(world, lot, who="mx")
        held_up(world, lot, who="cn")
        first = world.hand_over("maker", "carrier", lot).lines[0]
        yes(world, event(first, place=PANAMA), "maker", name, "proved signed after them, it breaks the chain", code,
            "off-route", seen=seen)  # fmt: skip
    for name, seals, seen, codes in (
        ("the seals before customs changed them", ("CN-448120",), at, ()),
        ("a slip in the seals before customs changed them", ("CN-448102",), at, ("seal-misread",)),
        ("the seals before, signed after the change", ("CN-448120",), just_now(world), ("seal-changed",)),
        ("the seals of customs, signed after the change", ("MX-1",), just_now(world), ()),
        ("neither these nor those", ("TR-1",), at, ("seal-changed",)),
    ):
        world = World()
        lot = world.make("C", 100)
        sealed(world, lot, "CN-448120")
        resealed(world, lot, "MX-1")
        first = world.hand_over("maker", "carrier", lot).lines[0]
        yes(
            world,
            event(line(first, seals=seals)),
            "maker",
            name,
            "an inspection makes no paper stale",
            *codes,
            seen=seen,
        )
    world = World()
    lot = world.make("E", 100)
    first = world.hand_over("maker", "carrier", lot).lines[0]
    offer = world.offer("maker", "carrier", lot)
    gone = Refusal(answers=offer, lines=(RefusalLine(lot=lot, reason="other", missing=kg(100)),), place=CN,
                   occurred_at=world.now())  # fmt: skip
    world.accept(gone, "carrier")
    no(world, event(line(first, prev=world.last(lot))), "maker", "a lot that has ended", "nothing of it arrived",
       "lot-ended", seen=at)  # fmt: skip
    book.common_faults()
    book.changed("no lot", "something is handed over", "too-few", lines=[])
    book.changed("a fourth capacity", "carrier, warehouse or consignee", "field-value", receives_as="owner")
    return book
