"""Cases of what handlers do to lots in their own hands, and of differences, disputes and their end."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from tests.unit.world import CN, DAY, PARTIES, World, kg, packages
from tests.vectors_build.event_book import Book
from tests.vectors_build.event_observations import used_up
from tests.vectors_build.event_transfers import (
    ABSENT,
    LITRE,
    NOWHERE,
    PANAMA,
    consigned,
    dated,
    held_up,
    lately,
    registration_event,
    sampled,
    sealed,
)

from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.conflict import Conflict
from lotchain.events.consumption import Consumption
from lotchain.events.correction import Correction
from lotchain.events.discrepancy_answer import DiscrepancyAnswer
from lotchain.events.endorsement import Endorsement
from lotchain.events.event import Event
from lotchain.events.fields import Amount
from lotchain.events.hand_over import HandOver
from lotchain.events.key_revocation import KeyRevocation
from lotchain.events.licence_revocation import LicenceRevocation
from lotchain.events.loss import Loss
from lotchain.events.merge import Merge, MergeLine
from lotchain.events.packing import Packing
from lotchain.events.reading import read_entry
from lotchain.events.registration import Package
from lotchain.events.resolution import Resolution
from lotchain.events.split import Child, Split
from lotchain.events.withdrawal import Withdrawal


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
        "moved-on-hold",
    )
    sampled(world, lot, "0.5")
    paper = event(world, lot, world.last(lot), packages(2, 25, first=4))
    yes(
        world,
        paper,
        "maker",
        "after a sample",
        "read less what the authority took",
        "moved-on-hold",
        "package-returned",
    )
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
        "the parts keep hold, route and tolerance; the seals are opened", "moved-on-hold", "seals-left")  # fmt: skip
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
        "moved-on-hold", "seals-left", "off-route")  # fmt: skip
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
    yes(world, event(world, lot, world.last(lot), 5), "maker", "on hold", "recorded", "moved-on-hold", seen=at)
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
        "it may not use",
        "licence-none",
        seen=at,
    )
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


def short(world: World, lot: str) -> str:
    """The lot received 5 kg short by the carrier: the reply's id."""
    offer = world.offer("maker", "carrier", lot)
    line = AcceptanceLine(
        lot=lot, outcome="short", accepted=kg(world.lot(lot)["accounts"]["in-transit"] / 1e9 - 5), missing=kg(5)
    )
    return world.accept(Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now()), "carrier")


def discrepancy_answer() -> Book:
    book = Book("discrepancy-answer/1")
    yes, no = book.accepted, book.refused
    world = World()
    lot = world.make("A", 100)
    made = world.last(lot)
    reply = short(world, lot)

    def event(to: str = reply, of: str = lot, **changes: Any) -> DiscrepancyAnswer:
        return DiscrepancyAnswer(lot=of, reply=to, explanation="miscounted", occurred_at=world.now(), **changes)

    no(world, event(of=NOWHERE), "maker", "on a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, event(ABSENT), "maker", "of a reply that has not arrived", "retry", "difference-unknown")
    no(world, event(made), "maker", "of a statement without difference", "never", "difference-none")
    no(world, event(), "importer", "by another handler", "giver, receiver or authority", "not-concerned")
    no(world, event(), "mx", "by an authority without competence", "neither place nor route in MX", "authority-scope")
    yes(world, event(reference="R 1"), "maker", "by the giver", "answered, and on hold still")
    yes(world, event(), "carrier", "by the receiver", "a second word")
    yes(world, event(reference="INV 2026-3"), "cn", "by an authority", "closed; the figure stays")
    yes(world, event(), "carrier", "after it was closed", "recorded; closed stays closed")
    yes(world, event(), "cn", "closed twice", "recorded; the first closing stays")
    tolerant = world.make("W", 100, tolerance="5")
    within = short(world, tolerant)
    yes(world, event(within, tolerant), "carrier", "of a difference within tolerance", "it needs no answer")
    book.common_faults()
    book.changed(
        "an explanation in a sentence", "a word; remarks may be hidden", "field-format", explanation="They miscounted."
    )
    return book


def base64(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")


def twice_offered(**changes: Any) -> tuple[World, str, str, str, HandOver, bytes]:
    """Lot A offered to the carrier and taken, and offered to the importer beside the ledger."""
    world = World()
    lot = world.make("A", 100)
    offer_event = world.hand_over("maker", "carrier", lot)
    other = world.hand_over("maker", "importer", lot, receives_as="consignee", **changes)
    other_raw = world.sign(other, "maker")
    offer = world.accept(offer_event, "maker")
    return world, lot, offer, world.take(offer, "carrier"), other, other_raw


def answer_to(world: World, lot: str, raw: bytes, who: str = "importer", **line: Any) -> bytes:
    """An acceptance of an offer that is not on the ledger, signed by `who`."""
    answers = read_entry(raw).statement.hex_id
    counted = AcceptanceLine(lot=lot, **{"outcome": "full", "accepted": kg(100), **line})
    return world.sign(Acceptance(answers=answers, lines=(counted,), place=CN, occurred_at=world.now()), who)


def conflict() -> Book:
    book = Book("conflict/1")
    yes, no = book.accepted, book.refused
    world, lot, offer, taken, _, raw = twice_offered()
    reply = answer_to(world, lot, raw)

    def event(**changes: Any) -> Conflict:
        values: dict[str, Any] = {
            "lot": lot,
            "logged": offer,
            "logged_reply": taken,
            "other": base64(raw),
            "other_reply": base64(reply),
            "occurred_at": world.now(),
            **changes,
        }
        return Conflict(**{name: value for name, value in values.items() if value is not None})

    bad = "conflict-unproven"
    no(world, event(lot=NOWHERE), "importer", "on a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, event(logged=ABSENT), "importer", "a logged act that has not arrived", "retry", "conflict-unknown")
    no(
        world,
        event(logged_reply=ABSENT),
        "importer",
        "a logged reply that has not arrived",
        "retry",
        "conflict-unknown",
    )
    for name, changes in (
        ("bytes that are no statement", {"other": base64(b"nothing")}),
        ("the logged act itself", {"other": base64(world.log[offer].raw)}),
        ("a broken signature", {"other": base64(raw[:-1] + bytes([raw[-1] ^ 1]))}),
        ("an act of another party", {"other": base64(world.sign(world.hand_over("carrier", "importer", lot), "carrier"))}),
        ("a reply by the wrong party", {"other_reply": base64(answer_to(world, lot, raw, "user-a"))}),
        ("a reply that accepts nothing", {"other_reply": base64(answer_to(world, lot, raw, accepted=None, missing=kg(100)))}),
        ("a reply to the logged offer", {"other_reply": base64(world.log[taken].raw)}),
        ("another act after another end", {"other": base64(world.sign(world.hand_over("carrier", "importer", lot), "maker"))}),
    ):  # fmt: skip
        no(world, event(**changes), "importer", name, "that proves no double dealing", bad)
    yes(
        world,
        event(other_reply=None),
        "importer",
        "an offer that nobody took",
        "it moved nothing",
        "double-offer-unaccepted",
    )
    yes(world, event(), "importer", "two offers, both taken", "submitted by the second receiver", "double-dealing")
    no(world, event(), "cn", "the same again", "one dispute", "conflict-exists")

    world = World()
    lot = world.make("A", 100)
    sealing = correction_event(world, lot, world.last(lot))
    using = Consumption(lot=lot, prev=world.last(lot), quantity=kg(1), purpose="analysis", occurred_at=world.now())
    raw = world.sign(using, "maker")
    offer = world.accept(sealing, "maker")
    yes(world, event(logged_reply=None, other_reply=None), "user-b", "two acts on one end", "effective by themselves; anyone submits",
        "double-dealing")  # fmt: skip
    world.accept(KeyRevocation(key="key:" + world.signers["maker"].public.thumbprint.hex(), reason="lost",
                               occurred_at=world.now()), "cn")  # fmt: skip
    late = world.sign(using.model_copy(update={"purpose": "cleaning"}), "maker")
    no(world, event(logged_reply=None, other_reply=None, other=base64(late)), "user-b", "an act of a key that is revoked",
       "the ledger would not have taken it", bad)  # fmt: skip

    world = World()
    first = _registration(world, 100)
    raw = world.sign(_registration(world, 200), "maker")
    offer = world.accept(first, "maker")
    lot = first.subjects()[0]
    yes(
        world,
        event(logged_reply=None, other_reply=None),
        "cn",
        "one name registered twice",
        "two different lots",
        "double-dealing",
    )
    same = _registration(world, 100)
    world.advance(1000)
    no(world, event(logged_reply=None, other_reply=None, other=base64(world.sign(same, "maker"))), "cn", "one act signed twice",
       "they differ in nothing but the signing time", bad)  # fmt: skip
    book.common_faults()
    book.changed("base64 of the web", "RFC 4648 section 4, padded", "field-format", other="-_")
    book.changed("no bytes", "it carries what is not on the ledger", "field-format", other="")
    return book


def _registration(world: World, quantity: int) -> Event:
    return registration_event(world, lot="lot:CN-MAKER/TWICE", quantity=kg(quantity))


def disputed(world: World, lot: str) -> str:
    """A dispute on the lot: accepted after its withdrawal."""
    offer = world.offer("maker", "carrier", lot)
    held = world.lot(lot)["accounts"]["in-transit"] // 1_000_000_000
    world.advance(3 * DAY)
    world.accept(Withdrawal(withdraws=offer, lots=(lot,), occurred_at=world.now()), "maker")
    line = AcceptanceLine(lot=lot, outcome="full", accepted=kg(held))
    return world.accept(Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now()), "carrier")


def resolution_event(world: World, lot: str, conflict: str, custodian: str | None = None, **changes: Any) -> Resolution:
    values: dict[str, Any] = {
        "lot": lot,
        "conflict": conflict,
        "decision": "confirm" if custodian is None else "custody",
        "custodian": custodian,
        "occurred_at": world.now(),
        **changes,
    }
    return Resolution(**values)


def resolution() -> Book:
    book = Book("resolution/1")
    yes, no = book.accepted, book.refused
    event = resolution_event
    world = World()
    lot = world.make("A", 100)
    case = disputed(world, lot)
    carrier = PARTIES["carrier"]
    no(world, event(world, NOWHERE, case), "cn", "on a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, event(world, lot, ABSENT), "cn", "of a dispute that has not arrived", "retry", "conflict-unknown")
    no(world, event(world, lot, case), "maker", "by a handler", "only an authority", "not-authority")
    consigned(world, lot)
    no(
        world,
        event(world, lot, case),
        "mx",
        "by an authority of the route",
        "only that of the last declared place",
        "authority-scope",
    )
    odd = event(world, lot, case, carrier, decision="confirm")
    no(world, odd, "cn", "confirmed, and a custodian named", "one or the other", "resolution-custodian")
    no(
        world,
        event(world, lot, case, decision="custody"),
        "cn",
        "custody of nobody",
        "one or the other",
        "resolution-custodian",
    )
    nobody = event(world, lot, case, "party:CN-NOBODY")
    no(world, nobody, "cn", "custody of a party that nobody knows", "its licence first", "custodian-unknown")
    ordered = yes(world, event(world, lot, case, carrier), "cn", "custody ordered", "waits for the second officer")
    yes(world, event(world, lot, case), "cn2", "another proposal beside it", "whichever is endorsed first")
    world.accept(Endorsement(subject=lot, endorses=ordered, occurred_at=world.now()), "cn2")
    no(world, event(world, lot, case), "cn", "of a dispute that is resolved", "once", "conflict-already-resolved")
    lot = world.make("B", 100)
    case = disputed(world, lot)
    used_up(world, lot)
    no(
        world,
        event(world, lot, case, carrier),
        "cn",
        "custody of a lot that has ended",
        "nothing is there",
        "lot-ended",
    )
    yes(world, event(world, lot, case), "cn", "the logged act confirmed", "waits for the second officer")
    book.common_faults()
    book.changed("a third decision", "a closed list", "field-value", decision="both")
    return book


def endorsements(book: Book) -> None:
    """The endorsements of corrections and resolutions, after those of charter, accessions and keys."""
    yes, no = book.accepted, book.refused

    def event(lot: str, statement: str, world: World) -> Endorsement:
        return Endorsement(subject=lot, endorses=statement, occurred_at=world.now())

    world = World()
    lot = world.make("A", 100)
    world.move("maker", "carrier", lot)
    wait = world.accept(correction_event(world, lot, world.last(lot), 100, 99), "carrier")
    stand = event(lot, wait, world)
    no(
        world,
        event(lot, ABSENT, world),
        "maker",
        "nothing under that id on a lot",
        "perhaps not yet",
        "proposal-unknown",
    )
    no(world, stand, "importer", "a correction, by a third party", "the giver alone", "not-counterpart")
    used = Consumption(lot=lot, prev=world.last(lot), quantity=kg("99.5"), purpose="cleaning", occurred_at=world.now())
    world.accept(used, "carrier")
    no(world, stand, "maker", "a correction, of more than is left", "it would leave nothing", "correction-overdrawn")
    world = World()
    lot = world.make("A", 100)
    world.move("maker", "carrier", lot)
    wait = world.accept(correction_event(world, lot, world.last(lot), 100, 99), "carrier")
    stand = event(lot, wait, world)
    offer = world.offer("carrier", "importer", lot, receives_as="consignee")
    no(world, stand, "maker", "a correction, while the lot is offered", "the offer states the quantity", "offer-open")
    world.take(offer, "importer")
    no(world, stand, "maker", "a correction, after the lot passed on", "who signed nothing", "correction-moot")
    world = World()
    lot = world.make("A", 100)
    world.move("maker", "carrier", lot)
    wait = world.accept(correction_event(world, lot, world.last(lot), 100, 99), "carrier")
    stand = event(lot, wait, world)
    yes(world, stand, "maker", "a correction, by the giver", "effective now", "quantity-corrected")
    other = world.make("B", 100)
    world.move("maker", "carrier", other)
    wait = world.accept(correction_event(world, other, world.last(other), 100, 99), "carrier")
    used_up(world, other, "carrier")
    no(world, event(other, wait, world), "maker", "a correction, after the lot's end", "nothing is there", "lot-ended")

    world = World()
    lot = world.make("A", 100)
    case = disputed(world, lot)
    decided = world.accept(resolution_event(world, lot, case, PARTIES["carrier"]), "cn")
    stand = event(lot, decided, world)
    no(world, stand, "maker", "a resolution, by a handler", "an officer of the authority", "not-authority")
    no(world, stand, "mx", "a resolution, by another authority", "that of the last declared place", "authority-scope")
    no(world, stand, "cn", "a resolution, by the same officer", "two keys", "threshold")
    yes(world, stand, "cn2", "a resolution, by the second officer", "custody as ordered; the giver's old end is stale")
