"""Cases of what handlers do to lots in their own hands."""

from __future__ import annotations

from typing import Any

from tests.unit.world import CN, DAY, MX, PARTIES, World, kg, packages
from tests.vectors_build.event_book import Book
from tests.vectors_build.event_observations import used_up
from tests.vectors_build.event_transfers import (
    ABSENT,
    LITRE,
    NINGBO,
    NOWHERE,
    PANAMA,
    consigned,
    dated,
    held_up,
    just_now,
    lately,
    sampled,
    sealed,
)

from lotchain.events.consumption import Consumption
from lotchain.events.correction import Correction
from lotchain.events.fields import Amount
from lotchain.events.licence_revocation import LicenceRevocation
from lotchain.events.loss import Loss
from lotchain.events.merge import Merge, MergeLine
from lotchain.events.packing import Packing
from lotchain.events.registration import Package
from lotchain.events.split import Child, Split


def act_faults(book: Book, build: Any, *, offer: bool = True, stale: str = "prev-stale") -> None:
    """The ways in which an act of the custodian is out of turn; `build(world, lot, prev)` makes the event."""
    world = World()
    lot = world.make("T", 100)
    first = world.last(lot)
    no = book.refused
    no(world, build(world, NOWHERE, ABSENT), "maker", "on a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, build(world, lot, ABSENT), "maker", "follows what has not arrived", "retry", "prev-unknown")
    no(world, build(world, lot, first), "carrier", "by a stranger", "only the custodian", "not-custodian")
    no(world, build(world, lot, first), "cn", "by an authority", "it has no custody", "not-custodian")
    sealed(world, lot, "CN-1")
    no(world, build(world, lot, first), "maker", "the old end", "another act has followed", stale)
    if offer:
        world.offer("maker", "carrier", lot)
        no(world, build(world, lot, world.last(lot)), "maker", "while offered", "the reply comes first", "offer-open")
    gone = world.make("G", 100)
    used_up(world, gone)
    no(world, build(world, gone, world.last(gone)), "maker", "on a lot that has ended", "nothing is there", "lot-ended")


def packing() -> Book:
    book = Book("packing/1")
    yes, no = book.accepted, book.refused

    def event(world: World, lot: str, prev: str, boxes: tuple[Package, ...] = packages(4), **changes: Any) -> Packing:
        return Packing(lot=lot, prev=prev, packages=boxes, occurred_at=world.now(), **changes)

    world = World()
    lot = world.make("A", 100)
    four = packages(4)
    for name, boxes, comment in (
        ("a package too few", four[:3], "75 kg of 100"),
        ("a serial twice", (*four[:3], four[0]), "each package once"),
    ):
        no(world, event(world, lot, world.last(lot), boxes), "maker", name, comment, "packages-sum")
    wet = (*four[:3], Package(serial="X", net=LITRE))
    no(
        world,
        event(world, lot, world.last(lot), wet),
        "maker",
        "a package in litres",
        "mass is not volume",
        "unit-kind",
    )
    yes(
        world,
        event(world, lot, world.last(lot), seals=("CN-2", "CN-1")),
        "maker",
        "four drums, sealed",
        "nothing is moved",
    )
    again = event(world, lot, world.last(lot), packages(2, 50, first=4))
    yes(
        world,
        again,
        "maker",
        "repacked into two",
        "0004 stays, 0001 to 0003 are empty; the seals were opened",
        "seals-left",
    )
    lost = Loss(lot=lot, prev=world.last(lot), quantity=kg(50), kind="stolen", packages=("0005",), place=CN,
                occurred_at=world.now())  # fmt: skip
    world.accept(lost, "maker")
    held_up(world, lot)
    back = event(world, lot, world.last(lot), packages(2, 25, first=4))
    yes(
        world,
        back,
        "maker",
        "a stolen drum packed again, on hold",
        "where was it found?",
        "package-returned",
        "acted-before-hold-was-known",
    )
    sampled(world, lot, "0.5")
    paper = event(world, lot, world.last(lot), packages(2, 25, first=4))
    yes(
        world,
        paper,
        "maker",
        "after a sample",
        "read less what the authority took; signed after the hold",
        "moved-on-hold",
        "package-returned",
        seen=just_now(world),
    )
    world = World()
    lot = world.make("A", 100, packages=packages(4))
    sealed(world, lot, "CN-1")
    world.move("maker", "carrier", lot)
    yes(world, event(world, lot, world.last(lot), seals=("X-1",)), "carrier", "repacked by who carries it",
        "under seals that others had fitted", "seals-opened-on-the-way")  # fmt: skip
    act_faults(book, event)
    book.common_faults()
    book.changed("no package", "something is packed", "too-few", packages=[])
    book.changed("a serial in lower case", "as printed, in capitals", "field-format",
                 packages=[{"serial": "a", "net": {"value": "100", "unit": "KGM"}}])  # fmt: skip
    return book


def split() -> Book:
    book = Book("split/1")
    yes, no = book.accepted, book.refused

    def event(world: World, lot: str, prev: str, *children: Child, **changes: Any) -> Split:
        parts = children or (child("T1", 60), child("T2", 40))
        return Split(lot=lot, prev=prev, children=parts, occurred_at=world.now(), **changes)

    def child(local: str, quantity: Any, *serials: str, who: str = "CN-MAKER") -> Child:
        amount = quantity if isinstance(quantity, Amount) else kg(quantity)
        return Child(lot=f"lot:{who}/{local}", quantity=amount, packages=serials)

    world = World()
    lot = world.make("A", 100, packages=packages(4))
    last = world.last(lot)
    three, one = ("0001", "0002", "0003"), ("0004",)
    for name, parts, comment, code in (
        ("a milligram more", (child("A1", 60), child("A2", "40.000001")), "100 kg and a milligram", "quantity-not-conserved"),
        ("a milligram less", (child("A1", 60), child("A2", "39.999999")), "what is gone is a loss", "quantity-not-conserved"),
        ("a part in litres", (child("A1", 99), child("A2", LITRE)), "mass is not volume", "unit-kind"),
        ("its own part", (child("A", 60), child("A2", 40)), "a lot does not come from itself", "lot-cycle"),
        ("a part twice", (child("A1", 60), child("A1", 40)), "each part once", "lot-twice"),
        ("another's name", (child("A1", 60), child("A2", 40, who="CN-MAKER2")), "named under the issuer", "lot-name-foreign"),
        ("a name that is taken", (child("A1", 60), child("B", 40)), "a new lot is new", "lot-exists"),
        ("a drum in neither part", (child("A1", 75, *three), child("A2", 25)), "each drum in one part", "packages-not-partitioned"),
        ("a drum in both parts", (child("A1", 75, *three), child("A2", 25, "0003")), "each drum in one part", "packages-not-partitioned"),
        ("more than its drums hold", (child("A1", 70, *three), child("A2", 30, *one)), "30 kg in a drum of 25", "packages-not-partitioned"),
    ):  # fmt: skip
        if code == "lot-exists":
            world.make("B", 1)
        no(world, event(world, lot, last, *parts), "maker", name, comment, code)
    sealed(world, lot, "CN-1")
    consigned(world, lot)
    hold = held_up(world, lot)
    assert hold in world.lot(lot)["holds"]
    whole = event(world, lot, world.last(lot), child("A1", 75, *three), child("A2", 25, *one))
    yes(world, whole, "maker", "two parts with their drums, sealed and on hold",
        "the parts keep hold, route and tolerance; the seals are opened", "acted-before-hold-was-known",
        "seals-left")  # fmt: skip
    world = World()
    lot = world.make("A", 100)
    held_up(world, lot)
    yes(world, event(world, lot, world.last(lot), child("A1", 60), child("A2", 40)), "maker", "signed after the hold",
        "it breaks the chain", "moved-on-hold", seen=just_now(world))  # fmt: skip
    world = World()
    lot = world.make("A", 100)
    sealed(world, lot, "CN-1")
    world.move("maker", "carrier", lot)
    parts = (child("A1", 60, who="CN-TRUCK"), child("A2", 40, who="CN-TRUCK"))
    yes(world, event(world, lot, world.last(lot), *parts), "carrier", "divided by who carries it",
        "under seals that others had fitted", "seals-opened-on-the-way")  # fmt: skip
    world = World()
    lot = world.make("A", 100)
    last = world.last(lot)
    sampled(world, lot, "0.5")
    none = event(world, lot, last, child("A1", "0.5"), child("A2", "0.4"), child("A3", "99.1"))
    yes(world, none, "maker", "three parts after a sample", "it comes off the largest part", seen=lately(world))
    world = World()
    lot = world.make("A", "1")
    last = world.last(lot)
    sampled(world, lot, "0.6")
    no(world, event(world, lot, last, child("A1", "0.5"), child("A2", "0.5")), "maker", "no part that bears the sample",
       "0.6 kg were taken, the largest part is 0.5", "quantity-not-conserved")  # fmt: skip
    world = World()
    lot = world.make("A", 100)
    world.move("maker", "carrier", lot)
    own = (child("A1", 60, who="CN-TRUCK"), child("A2", 40, who="CN-TRUCK"))
    yes(
        world,
        event(world, lot, world.last(lot), *own),
        "carrier",
        "of a lot that was received",
        "the parts keep its giver",
    )
    act_faults(book, event)
    book.common_faults()
    book.changed(
        "one part",
        "that is no split",
        "too-few",
        children=[{"lot": "lot:CN-MAKER/A1", "quantity": {"value": "1", "unit": "KGM"}}],
    )
    book.changed("the name of a rest lot", "given by the judge alone", "id-reserved", children=[
        {"lot": f"lot:CN-MAKER/A~{n}", "quantity": {"value": "50", "unit": "KGM"}} for n in (1, 2)])  # fmt: skip
    return book


def merge() -> Book:
    book = Book("merge/1")
    yes, no = book.accepted, book.refused

    def line(world: World, lot: str, **changes: Any) -> MergeLine:
        return MergeLine(**{"lot": lot, "prev": world.last(lot), "quantity": world.stated(lot), **changes})

    def event(world: World, *lines: MergeLine, into: str = "lot:CN-MAKER/M", place: Any = CN) -> Merge:
        return Merge(lot=into, lines=lines, place=place, occurred_at=world.now())

    world = World()
    a, b = world.make("A", 60, packages=packages(2, 30)), world.make("B", 40, packages=packages(2, 20, first=3))
    one, two = line(world, a), line(world, b)
    no(
        world,
        event(world, one, two, into="lot:CN-MAKER2/M"),
        "maker",
        "another's name",
        "named under the issuer",
        "lot-name-foreign",
    )
    no(
        world,
        event(world, one, two, into=a),
        "maker",
        "into one of them",
        "a lot does not come from itself",
        "lot-cycle",
    )
    no(world, event(world, one, one), "maker", "a lot twice", "one line a lot", "lot-twice")
    taken = world.make("X", 1)
    no(world, event(world, one, two, into=taken), "maker", "a name that is taken", "a new lot is new", "lot-exists")
    no(
        world,
        event(world, one, line(world, b, quantity=kg(39))),
        "maker",
        "a part of a lot",
        "whole lots",
        "quantity-mismatch",
    )
    no(
        world,
        event(world, one, line(world, b, quantity=LITRE)),
        "maker",
        "stated in litres",
        "mass is not volume",
        "unit-kind",
    )
    for local, fields, code in (
        ("S", {"substance": "108-24-7"}, "substance-mismatch"),
        ("C", {"content": "98 %"}, "content-mismatch"),
        ("V", {"quantity": Amount(value="60", unit="LTR")}, "unit-kind"),
        ("P", {"packages": packages(2, 30)}, "serial-twice"),
        ("Q", {"quantity": kg(9_000_000)}, "quantity-range"),
    ):
        other = world.make(local, 60, **fields)
        amount = fields["quantity"] if "quantity" in fields else kg(60)
        no(world, event(world, one, line(world, other, quantity=amount)), "maker", f"with an unlike lot: {code}",
           "like with like, and not beyond what one lot can be", code)  # fmt: skip
    no(
        world,
        event(world, one, two),
        "maker2",
        "by a stranger",
        "only the custodian of each",
        "not-custodian",
        "lot-name-foreign",
    )
    no(
        world,
        event(world, one, line(world, b, prev=ABSENT)),
        "maker",
        "follows what has not arrived",
        "retry",
        "prev-unknown",
    )
    no(world, event(world, one, MergeLine(lot=NOWHERE, prev=ABSENT, quantity=kg(1))), "maker", "with a lot that nobody knows",
       "perhaps not yet", "lot-unknown")  # fmt: skip
    yes(
        world,
        event(world, one, two),
        "maker",
        "two lots with their drums",
        "both end; the new one holds 100 kg",
        seen=lately(world),
    )
    no(world, event(world, one, line(world, taken), into="lot:CN-MAKER/M2"), "maker", "with a lot that has ended", "nothing is there",
       "lot-ended")  # fmt: skip
    c, d = world.make("C1", 10), world.make("D1", 5)
    old = line(world, c)
    sealed(world, c, "CN-1")
    no(
        world,
        event(world, old, line(world, d), into="lot:CN-MAKER/M3"),
        "maker",
        "the old end",
        "another act has followed",
        "prev-stale",
    )
    consigned(world, c)
    held_up(world, c)
    held_up(world, d)
    yes(world, event(world, line(world, c), line(world, d), into="lot:CN-MAKER/M3", place=PANAMA), "maker",
        "sealed, on hold, off the route of one", "both holds pass on; the consignment of one alone does not",
        "acted-before-hold-was-known", "seals-left", "off-route", "consignment-replaced")  # fmt: skip
    i, j = world.make("I1", 10), world.make("J1", 5)
    held_up(world, j)
    yes(world, event(world, line(world, i), line(world, j), into="lot:CN-MAKER/HELD"), "maker", "signed after the hold",
        "it breaks the chain", "moved-on-hold", seen=just_now(world))  # fmt: skip
    g, h = world.make("G1", 10), world.make("H1", 5, who="maker2")
    world.move("maker", "carrier", g)
    world.move("maker2", "carrier", h)
    got = event(world, line(world, h), line(world, g), into="lot:CN-TRUCK/M")
    yes(world, got, "carrier", "two lots of two makers", "no one maker; the giver of the first line")
    earlier, world = world, World()
    g, h = world.make("G2", 10), world.make("H2", 5)
    sealed(world, g, "CN-2")
    consigned(world, g)
    world.move("maker", "carrier", g)
    world.move("maker", "carrier", h)
    got = event(world, line(world, h), line(world, g), into="lot:CN-TRUCK/M2")
    yes(world, got, "carrier", "by who carries them, one consigned and sealed", "neither route nor seals are shaken off",
        "consignment-rerouted", "seals-opened-on-the-way")  # fmt: skip
    world = earlier
    e, f = world.make("E1", 10), world.make("F1", 5)
    world.offer("maker", "carrier", e)
    no(world, event(world, line(world, e, quantity=kg(10)), line(world, f), into="lot:CN-MAKER/M4"), "maker",
       "with a lot that is offered", "the reply comes first", "offer-open")  # fmt: skip
    book.common_faults()
    book.changed(
        "one lot",
        "that is no merge",
        "too-few",
        lines=[{"lot": a, "prev": ABSENT, "quantity": {"value": "1", "unit": "KGM"}}],
    )
    return book


def loss() -> Book:
    book = Book("loss/1")
    yes, no = book.accepted, book.refused

    def event(world: World, lot: str, prev: str, quantity: Any = 25, kind: str = "unknown", **changes: Any) -> Loss:
        amount = quantity if isinstance(quantity, Amount) else kg(quantity)
        values = {"lot": lot, "prev": prev, "quantity": amount, "kind": kind, "place": CN, "occurred_at": world.now()}
        return Loss(**{**values, **changes})  # type: ignore[arg-type]

    world = World()
    lot = world.make("PIP", 4080, packages=packages(24, 170))
    last = world.last(lot)
    six = tuple(f"{n:04}" for n in range(7, 13))
    for name, quantity, changes, code in (
        ("more than there is", 4081, {}, "quantity-not-held"),
        ("in litres", LITRE, {}, "unit-kind"),
        ("a serial that is none of the lot's", 170, {"packages": ("0025",)}, "package-unknown"),
        ("a serial twice", 170, {"packages": ("0007", "0007")}, "package-unknown"),
        ("a drum gone and its content left", 100, {"packages": ("0007",)}, "packages-hold-less"),
        ("reported before, and nothing was", 170, {"reported_before": kg(1)}, "loss-repeated"),
    ):
        no(world, event(world, lot, last, quantity, **changes), "maker", name, "at most what is there, once", code)
    stolen = {"kind": "stolen", "packages": six, "reference": "HPD 2026-17"}
    yes(
        world,
        event(world, lot, last, 1020, **stolen),
        "maker",
        "six drums stolen",
        "4080 = 3060 + 1020",
        "theft-reported",
    )
    consigned(world, lot)
    offer = world.offer("maker", "carrier", lot)
    way = event(world, lot, offer, "10", kind="leaked", place=PANAMA)
    yes(
        world,
        way,
        "maker",
        "on an open offer, off the route",
        "the offer stays what the reply answers",
        "loss-reported",
        "off-route",
    )
    no(
        world,
        event(world, lot, offer, "10", kind="leaked"),
        "maker",
        "the same again",
        "it would be counted twice",
        "loss-repeated",
    )
    more = event(world, lot, offer, "5", kind="spoiled", reported_before=kg("10"))
    yes(world, more, "maker", "a second loss on the offer", "it states the first", "loss-reported")
    near = event(world, lot, offer, "5", kind="leaked", place=NINGBO, reported_before=kg("15"))
    yes(world, near, "maker", "noticed between the declared places", "in a country of the route", "loss-reported",
        "off-route-incident")  # fmt: skip
    all_of = world.make("ALL", 5)
    yes(
        world,
        event(world, all_of, world.last(all_of), 5, kind="destroyed"),
        "maker",
        "everything",
        "the lot ends, lost",
        "loss-reported",
    )
    act_faults(book, event, offer=False)
    book.common_faults()
    book.changed("a kind that is none", "a closed list", "field-value", kind="sold")
    book.changed("a quantity of nothing", "positive", "quantity-range", quantity={"value": "0", "unit": "KGM"})
    return book


def consumption() -> Book:
    book = Book("consumption/1")
    yes, no = book.accepted, book.refused

    def event(world: World, lot: str, prev: str, quantity: Any = 25, **changes: Any) -> Consumption:
        amount = quantity if isinstance(quantity, Amount) else kg(quantity)
        values = {"lot": lot, "prev": prev, "quantity": amount, "purpose": "synthesis", "occurred_at": world.now()}
        return Consumption(**{**values, **changes})  # type: ignore[arg-type]

    world = World()
    at = lately(world)
    lot = world.make("A", 100, packages=packages(4))
    last = world.last(lot)
    for name, quantity, changes, code in (
        ("more than there is", 101, {}, "quantity-not-held"),
        ("in litres", LITRE, {}, "unit-kind"),
        ("a serial that is none of the lot's", 25, {"packages": ("0005",)}, "package-unknown"),
        ("a drum emptied and its content left", 10, {"packages": ("0001",)}, "packages-hold-less"),
    ):
        no(world, event(world, lot, last, quantity, **changes), "maker", name, "at most what is there", code, seen=at)
    yes(
        world,
        event(world, lot, last, 25, packages=("0001",), reference="Batch 12"),
        "maker",
        "one drum of four",
        "75 kg are left",
        seen=at,
    )
    held_up(world, lot)
    yes(
        world,
        event(world, lot, world.last(lot), 5),
        "maker",
        "on hold",
        "recorded",
        "acted-before-hold-was-known",
        seen=at,
    )
    yes(world, event(world, lot, world.last(lot), 5), "maker", "signed after the hold", "it breaks the chain",
        "moved-on-hold", seen=just_now(world))  # fmt: skip
    dated(world, "maker")
    other = world.make("B", 10)
    yes(
        world,
        event(world, other, world.last(other), 5),
        "maker",
        "time open below",
        "licensed at some time",
        "licence-undetermined",
    )
    sampled(world, other, "0.5")
    yes(
        world,
        event(world, other, world.last(other), 5),
        "maker",
        "everything, less a sample",
        "the lot ends, consumed",
        seen=at,
    )
    carried = world.make("C", 10)
    world.move("maker", "carrier", carried)
    yes(
        world,
        event(world, carried, world.last(carried), 1),
        "carrier",
        "by a carrier",
        "it may not use, and has it to carry it",
        "licence-none",
        "used-in-keeping",
        seen=at,
    )
    for number, (lot, receives_as, codes) in enumerate(
        (("W1", "warehouse", ["used-in-keeping"]), ("W2", "consignee", []))
    ):
        stored = world.make(lot, 10)
        world.move("maker", "user-a", stored, receives_as=receives_as, place=MX)
        yes(world, event(world, stored, world.last(stored), 1 + number), "user-a", f"by whoever has it as {receives_as}",
            "a licence to use it, and other rules asked", *codes, seen=at)  # fmt: skip
    early = world.make("E", 10)
    yes(world, event(world, early, world.last(early), 1, occurred_at=world.later(-DAY)), "maker",
        "dated a day before the lot was made", "a wrong clock explains that", seen=at)  # fmt: skip
    yes(world, event(world, early, world.last(early), 1, occurred_at=world.later(-2 * DAY - 1000)), "maker",
        "dated more than a day before what it follows", "two papers contradict each other", "late-entry",
        "used-before-held", seen=at)  # fmt: skip
    late = world.make("D", 10)
    world.accept(LicenceRevocation(party=PARTIES["maker"], number="1", reason="misuse", occurred_at=world.now()), "cn")
    yes(
        world,
        event(world, late, world.last(late), 1),
        "maker",
        "after the licence was revoked",
        "recorded",
        "licence-not-in-force",
        seen=at,
    )
    act_faults(book, event)
    book.common_faults()
    book.changed("a purpose in a sentence", "a word", "field-format", purpose="For synthesis.")
    book.changed("a quantity of nothing", "positive", "quantity-range", quantity={"value": "0", "unit": "KGM"})
    return book


def correction_event(
    world: World, lot: str, prev: str, was: Any = 100, becomes: Any = 99, **changes: Any
) -> Correction:
    values = {"lot": lot, "prev": prev, "was": was if isinstance(was, Amount) else kg(was),
              "becomes": becomes if isinstance(becomes, Amount) else kg(becomes), "reason": "weighing-error",
              "occurred_at": world.now()}  # fmt: skip
    return Correction(**{**values, **changes})  # type: ignore[arg-type]


def correction() -> Book:
    book = Book("correction/1")
    yes, no = book.accepted, book.refused
    event = correction_event
    world = World()
    lot = world.make("A", 100)
    last = world.last(lot)
    for name, was, becomes, code in (
        ("nothing changed", 100, 100, "correction-empty"),
        ("another quantity than the ledger's", 101, 99, "quantity-mismatch"),
        ("from litres", LITRE, 99, "unit-kind"),
        ("to litres", 100, LITRE, "unit-kind"),
    ):
        no(world, event(world, lot, last, was, becomes), "maker", name, "as it stands, and as it is meant", code)
    yes(
        world,
        event(world, lot, last),
        "maker",
        "the maker's own figure",
        "at once: no other party is concerned",
        "quantity-corrected",
    )
    yes(world, event(world, lot, world.last(lot), 99, 101), "maker", "upwards", "at once", "quantity-corrected")
    world.move("maker", "carrier", lot)
    yes(world, event(world, lot, world.last(lot), 101, 100), "carrier", "of a lot that was received", "waits for the giver's endorsement",
        "correction-proposed")  # fmt: skip
    yes(
        world,
        event(world, lot, world.last(lot), 101, 99),
        "carrier",
        "in place of one that waits",
        "the first falls",
        "correction-proposed",
    )
    small = world.make("S", 1)
    first = world.last(small)
    sampled(world, small, "0.6")
    no(world, event(world, small, first, 1, "0.5"), "maker", "to less than was taken since", "0.6 kg are in a laboratory",
       "correction-overdrawn")  # fmt: skip
    act_faults(book, event)
    book.common_faults()
    book.changed("to nothing", "what is gone is a loss", "quantity-range", becomes={"value": "0", "unit": "KGM"})
    return book
