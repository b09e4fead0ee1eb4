"""Cases of alerts and of watch marks, and of what meets a mark: packing, registration, acceptance, sighting."""

from __future__ import annotations

from typing import Any

from tests.unit.world import CN, PARTIES, World, kg, packages
from tests.vectors_build.event_book import Book
from tests.vectors_build.event_measured import observer_faults
from tests.vectors_build.event_observations import divided
from tests.vectors_build.event_transfers import ABSENT, NOWHERE, consigned, registration_event
from tests.vectors_build.event_transformations import reaction

from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.alert import Alert
from lotchain.events.alert_closing import AlertClosing
from lotchain.events.fields import Package
from lotchain.events.loss import Loss
from lotchain.events.merge import Merge, MergeLine
from lotchain.events.packing import Packing
from lotchain.events.registration import Registration
from lotchain.events.sighting import Sighting
from lotchain.events.split import Child, Split
from lotchain.events.watch_lifting import WatchLifting
from lotchain.events.watch_mark import WatchMark
from lotchain.events.witnessed_acceptance import WitnessedAcceptance, WitnessedLot

FOREIGN = "lot:US-ELSEWHERE/88-1"
"""A lot of no ledger that is known."""


def alert_event(world: World, lot: str, *grounds: str, **changes: Any) -> Alert:
    values: dict[str, Any] = {
        "grounds": grounds or ("extraordinary-quantity",),
        "suspicious": True,
        "aware_at": world.now(),
        "occurred_at": world.now(),
        **changes,
    }
    return Alert(lot=lot, **values)


def alerted(world: World, lot: str, who: str = "cn", *grounds: str) -> str:
    """The lot with an open alert, a second after what was before: one that says the same is the same statement."""
    world.advance(1000)
    return world.accept(alert_event(world, lot, *grounds), who)


def stolen(world: World, lot: str, *serials: str, who: str = "maker", net: float = 25, kind: str = "stolen") -> str:
    """The lot less packages that its custodian reports stolen."""
    loss = Loss(lot=lot, prev=world.last(lot), quantity=kg(net * len(serials)), kind=kind, packages=serials, place=CN,
                occurred_at=world.now())  # type: ignore[arg-type]  # fmt: skip
    return world.accept(loss, who)


def mark_event(world: World, label: str, *serials: str, lot: str | None = None, **changes: Any) -> WatchMark:
    values: dict[str, Any] = {"reason": "stolen", "occurred_at": world.now(), **changes}
    return WatchMark(label=label, packages=serials, lot=lot, **values)


def marked(world: World, lot: str, *serials: str, who: str = "cn", label: str | None = None, **changes: Any) -> str:
    """The lot with packages under a mark."""
    return world.accept(mark_event(world, label or lot, *serials, lot=lot, **changes), who)


def lifting_event(world: World, mark: str, label: str, *lots: str, **changes: Any) -> WatchLifting:
    values: dict[str, Any] = {"from_label": True, "reason": "returned", "occurred_at": world.now(), **changes}
    return WatchLifting(mark=mark, label=label, lots=lots, **values)


def labelled(boxes: tuple[Package, ...], label: str = FOREIGN) -> tuple[Package, ...]:
    """Packages that came in with another lot's label."""
    return tuple(box.model_copy(update={"label_lot": label}) for box in boxes)


def many_labels(boxes: tuple[Package, ...]) -> tuple[Package, ...]:
    """Each package with a label of its own."""
    return tuple(box.model_copy(update={"label_lot": f"{FOREIGN}{i}"}) for i, box in enumerate(boxes))


def alert() -> Book:
    book = Book("alert/1")
    yes, no = book.accepted, book.refused
    world = World()
    lot = world.make("A", 100, packages=packages(4))
    observer_faults(book, alert_event)
    no(world, alert_event(world, lot, "suspicious-order", suspicious=False), "maker", "a suspicious order that is not",
       "ground and word exclude each other", "alert-contradicts-itself")  # fmt: skip
    no(world, alert_event(world, lot, aware_at=world.later(1000)), "maker", "aware after the alert",
       "nobody alerts before becoming aware", "alert-contradicts-itself")  # fmt: skip
    order = alert_event(world, lot, "suspicious-order", "odd-payment", "suspicious-order", quantity=kg(5000),
                        evidence=(ABSENT,), remarks={"hidden": "77" * 32})  # fmt: skip
    yes(world, order, "maker", "a suspicious order, by the custodian", "a note; grounds sorted, each once")
    yes(world, alert_event(world, lot, "information-received", suspicious=False), "cn", "by an authority",
        "the lot is on HOLD until it closes it")  # fmt: skip
    no(world, alert_event(world, lot), "importer", "by the importer of no consignment", "the lot is in none",
       "not-custodian")  # fmt: skip
    no(world, alert_event(world, lot, consignment="consignment:CN-MAKER/C1"), "maker", "a consignment before there is one",
       "the lot is in none", "alert-consignment-other")  # fmt: skip
    consigned(world, lot, exporter=PARTIES["maker2"])
    own = world.lot(lot)["consignment"]["id"]
    yes(world, alert_event(world, lot, "notification-ignored"), "mx", "by an authority of the route", "a second one")
    yes(world, alert_event(world, lot, "false-end-use"), "importer", "by the importer", "it need not have had the lot")
    yes(world, alert_event(world, lot, "order-pattern", consignment=own), "maker2", "by the exporter",
        "it names the consignment, which says so")  # fmt: skip
    no(world, alert_event(world, lot), "maker2", "by the exporter, unnamed", "the lot does not know its exporter",
       "not-custodian")  # fmt: skip
    no(world, alert_event(world, lot, consignment=own), "user-b", "by a stranger to the consignment",
       "neither importer nor exporter", "not-custodian")  # fmt: skip
    no(world, alert_event(world, lot, consignment="consignment:CN-MAKER/C9"), "maker2", "another consignment",
       "the lot is not in it", "alert-consignment-other")  # fmt: skip
    offered = world.make("B", 10)
    world.offer("maker", "carrier", offered)
    yes(world, alert_event(world, offered, "odd-delivery"), "carrier", "by the party to whom it is offered",
        "it has the goods before it")  # fmt: skip
    for _ in range(15):
        alerted(world, lot, "maker", "other")
    world.advance(1000)
    no(world, alert_event(world, lot, "other"), "maker", "a seventeenth open alert", "sixteen, the custodian too",
       "alerts-many")  # fmt: skip
    world.move("maker", "carrier", lot)
    for entry in [name for name, each in world.lot(lot)["alerts"].items() if each["by"] == PARTIES["maker"]]:
        world.accept(AlertClosing(alert=entry, lots=(lot,), outcome="explained", occurred_at=world.now()), "maker")
    for _ in range(2):
        for name in [alerted(world, lot, "maker") for _ in range(16)]:
            world.accept(AlertClosing(alert=name, lots=(lot,), outcome="mistaken", occurred_at=world.now()), "maker")
    no(world, alert_event(world, lot), "maker", "once too often", "thirty-two reports by who has not got it",
       "reports-many")  # fmt: skip
    gone = world.make("G", 10)
    divided(world, gone)
    yes(world, alert_event(world, gone, "ghost-lot"), "cn", "on a lot that has ended, by an authority",
        "it stops nothing there", "alert-on-ended-lot")  # fmt: skip
    yes(
        world,
        alert_event(world, gone, "ghost-lot"),
        "maker",
        "on a lot that has ended, by its last custodian",
        "a note",
    )
    book.common_faults()
    book.changed("no ground", "something gives rise to it", "too-few", grounds=[])
    book.changed("a ground of its own", "a closed list", "field-value", grounds=["hunch"])
    book.changed("nine grounds", "eight at most", "too-many", grounds=["other"] * 9)
    book.changed("suspicion as text", "true or false", "field-type", suspicious="yes")
    book.changed("aware in local time", "instants are UTC", "time-format", aware_at="2026-09-21T13:33:20+08:00")
    book.changed("evidence by name", "64 hexadecimal digits", "hash-format", evidence=["order-1"])
    book.changed("21 pieces of evidence", "20 at most", "too-many", evidence=[ABSENT] * 21)
    book.changed("a quantity of nothing", "positive by construction", "quantity-range",
                 quantity={"value": "0", "unit": "KGM"})  # fmt: skip
    return book


def alert_closing() -> Book:
    book = Book("alert-closing/1")
    yes, no = book.accepted, book.refused

    def event(world: World, alert: str, *lots: str, **changes: Any) -> AlertClosing:
        return AlertClosing(alert=alert, lots=lots, **{"outcome": "explained", "occurred_at": world.now(), **changes})

    world = World()
    a, b = world.make("A", 100), world.make("B", 50)
    consigned(world, a)
    theirs, official = alerted(world, a, "maker"), alerted(world, a, "cn")
    no(world, event(world, ABSENT, a), "cn", "an alert that has not arrived", "retry", "alert-unknown")
    no(world, event(world, world.last(a), a), "cn", "a statement that is no alert", "never", "alert-not-open")
    no(world, event(world, official, b), "cn", "on a lot on which it was not raised", "never", "alert-not-open")
    no(world, event(world, official, NOWHERE), "cn", "on a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, event(world, official, a, a), "cn", "a lot twice", "each once", "lot-twice")
    no(world, event(world, official, a), "maker", "an authority's, by the custodian", "only who raised it",
       "alert-not-yours")  # fmt: skip
    no(world, event(world, official, a), "mx", "an authority's, by another authority", "only who raised it",
       "alert-not-yours")  # fmt: skip
    no(world, event(world, theirs, a), "importer", "a handler's, by another party", "only who raised it",
       "alert-not-yours")  # fmt: skip
    local = alerted(world, b, "maker")
    no(world, event(world, local, b), "mx", "a handler's, by an authority without competence", "the lot is in CN",
       "authority-scope")  # fmt: skip
    halves = divided(world, a)
    yes(world, event(world, official, *halves, reference="MX 17"), "cn2", "both parts of a lot, by a second officer",
        "an authority's alert passes to the parts, under one id", "alert-closed")  # fmt: skip
    no(world, event(world, official, halves[0]), "cn", "twice", "it is closed", "alert-not-open")
    no(world, event(world, theirs, halves[0]), "maker", "a handler's, on a part", "a handler's stays where it was raised",
       "alert-not-open")  # fmt: skip
    yes(world, event(world, theirs, a, outcome="diversion-found"), "mx", "a handler's, by an authority of the route",
        "competent over the lot", "alert-closed")  # fmt: skip
    yes(world, event(world, local, b, outcome="mistaken"), "maker", "a handler's, by itself", "its own", "alert-closed")
    book.common_faults()
    book.changed("no lot", "it is closed somewhere", "too-few", lots=[])
    book.changed("an outcome of its own", "a closed list", "field-value", outcome="fine")
    book.changed("an alert by name", "64 hexadecimal digits", "hash-format", alert="alert-1")
    return book


def watch_mark() -> Book:
    book = Book("watch-mark/1")
    yes, no = book.accepted, book.refused
    world = World()
    lot = world.make("A", 250, packages=packages(10))
    theft = stolen(world, lot, "0007", "0008")
    spilt = stolen(world, lot, "0010", kind="leaked")
    mine = {"lot": lot, "loss": theft}
    no(world, mark_event(world, FOREIGN, "0001"), "maker", "a label alone, by a handler", "only authorities",
       "not-authority")  # fmt: skip
    no(world, mark_event(world, lot, "0007", lot=lot), "maker", "without its loss", "who was robbed names the theft",
       "not-authority", "loss-unknown")  # fmt: skip
    no(world, mark_event(world, lot, "0007", lot=lot, loss=ABSENT), "maker", "a loss that has not arrived", "retry",
       "loss-unknown")  # fmt: skip
    no(world, mark_event(world, lot, "0010", lot=lot, loss=spilt), "maker", "a leaked drum", "no theft", "not-robbed")
    no(world, mark_event(world, lot, "0009", **mine), "maker", "a drum that is there", "only what the loss lists",
       "not-robbed")  # fmt: skip
    no(world, mark_event(world, lot, "0007", **mine), "maker2", "another's loss", "its author only", "not-robbed")
    no(world, mark_event(world, FOREIGN, "0007", **mine), "maker", "another's label", "not printed on these",
       "label-foreign")  # fmt: skip
    no(world, mark_event(world, NOWHERE, "0007", lot=NOWHERE), "cn", "of a lot that nobody knows", "perhaps not yet",
       "lot-unknown")  # fmt: skip
    no(world, mark_event(world, lot, "0011", lot=lot), "cn", "a serial that the lot never had", "of this lot only",
       "package-unknown")  # fmt: skip
    no(world, mark_event(world, lot, "0001", lot=lot), "mx", "by an authority without competence",
       "neither place nor route in MX", "authority-scope")  # fmt: skip
    other = world.make("B", 50, packages=packages(2))
    no(world, mark_event(world, other, "0001", lot=other, loss=theft), "maker", "a loss of another lot",
       "it must be in this lot's history", "not-robbed")  # fmt: skip
    yes(world, mark_event(world, lot, "0008", "0007", reference="HPD 2026-17", **mine), "maker", "two stolen drums",
        "on the lot and under its label")  # fmt: skip
    no(world, mark_event(world, lot, "0007", **mine), "maker", "marked already", "it stands", "marked-already")
    yes(world, mark_event(world, lot, "0001", "0007", lot=lot, reason="diverted"), "cn", "by an authority, drums there and not",
        "beside the handler's mark")  # fmt: skip
    yes(world, mark_event(world, FOREIGN, "88-0001"), "mx", "a label of no lot that is known", "an authority's alone")
    child, _ = divided(world, lot)
    yes(world, mark_event(world, lot, "0009", lot=lot), "cn", "on a lot that was divided", "its parts do not bear it",
        "mark-on-ended-lot")  # fmt: skip
    part = world.lot(child)
    world.states[child] = {**part, "packages": {"0003": part["accounts"]["held"]}}
    late = stolen(world, child, "0003", net=world.held(child))
    yes(world, mark_event(world, lot, "0003", lot=child, loss=late), "maker", "a part's drum, with the label of the whole",
        "a lot that it came from; it ended with the theft", "mark-on-ended-lot")  # fmt: skip
    foreign = world.make("C", 50, origin="entered", packages=labelled(packages(2)))
    taken = stolen(world, foreign, "0002")
    yes(world, mark_event(world, FOREIGN, "0002", lot=foreign, loss=taken), "maker", "a drum that came in with a label",
        "the label that it came in with")  # fmt: skip
    for _ in range(32):
        lifted = marked(world, other, "0001", who="maker", loss=stolen_again(world, other))
        world.accept(lifting_event(world, lifted, other, other), "maker")
    last = stolen_again(world, other)
    no(world, mark_event(world, other, "0001", lot=other, loss=last), "maker", "once too often", "sixty-four times",
       "marks-many")  # fmt: skip
    book.common_faults()
    book.changed("no package", "something is watched", "too-few", packages=[])
    book.changed("a serial in lower case", "as printed, in capitals", "field-format", packages=["a"])
    book.changed("a reason in a sentence", "a word; remarks may be hidden", "field-format", reason="It was stolen.")
    book.changed("a label that is no lot", "ids name their kind", "id-kind", label="party:CN-MAKER")
    book.changed("a loss by name", "64 hexadecimal digits", "hash-format", loss="loss-1")
    return book


def stolen_again(world: World, lot: str) -> str:
    """A theft of drum 0001, packed anew each time so that it can be stolen again."""
    rest = world.held(lot) - 0.5
    drum = Package(serial="0001", net=kg(0.5))
    boxes = (drum, Package(serial="0002", net=kg(rest)))
    world.accept(Packing(lot=lot, prev=world.last(lot), packages=boxes, occurred_at=world.now()), "maker")
    return stolen(world, lot, "0001", net=0.5)


def watch_lifting() -> Book:
    book = Book("watch-lifting/1")
    yes, no = book.accepted, book.refused
    world = World()
    lot, other = world.make("A", 250, packages=packages(10)), world.make("B", 50, packages=packages(2))
    consigned(world, lot)
    theft = stolen(world, lot, "0007", "0008", "0009")
    theirs = marked(world, lot, "0007", "0008", "0009", who="maker", loss=theft)
    official = marked(world, lot, "0001", "0002")
    world.accept(mark_event(world, FOREIGN, "0001"), "mx")

    def event(mark: str, *lots: str, label: str = lot, **changes: Any) -> WatchLifting:
        return lifting_event(world, mark, label, *lots, **changes)

    no(world, event(official, from_label=False), "cn", "from nowhere", "from the label, or from lots", "lifts-nothing")
    no(world, event(ABSENT, lot), "cn", "a mark that has not arrived", "retry", "mark-unknown")
    no(world, event(world.last(lot), lot), "cn", "a statement that is no mark", "never", "mark-not-standing")
    no(world, event(official, lot, label=FOREIGN), "cn", "of another label", "never", "mark-not-standing")
    no(world, event(official, other, from_label=False), "cn", "from a lot that is not marked", "never",
       "mark-not-standing")  # fmt: skip
    no(world, event(official, lot, packages=("0007",)), "cn", "a package of another mark", "never", "mark-not-standing")
    no(world, event(official, NOWHERE, from_label=False), "cn", "from a lot that nobody knows", "perhaps not yet",
       "lot-unknown")  # fmt: skip
    no(world, event(official, lot, lot), "cn", "a lot twice", "each once", "lot-twice")
    no(world, event(official, lot), "maker", "an authority's, by the custodian", "only who placed it", "mark-not-yours")
    no(
        world,
        event(official, lot),
        "mx",
        "an authority's, by another authority",
        "only who placed it",
        "mark-not-yours",
    )
    no(world, event(theirs, lot), "carrier", "a handler's, by another party", "only who placed it", "mark-not-yours")
    no(world, event(theirs), "mx", "a handler's, from the label, by another country's authority",
       "its own country's", "authority-scope")  # fmt: skip
    yes(world, event(theirs, lot, packages=("0008",), reference="HPD 2026-17"), "maker", "one drum of three, returned",
        "the others stay marked")  # fmt: skip
    yes(world, event(theirs, lot, packages=("0007",), from_label=False), "mx", "a handler's, from a lot of its route",
        "under the label it stands")  # fmt: skip
    yes(world, event(theirs), "cn", "a handler's, from the label, by its country's authority", "on the lot it stands")
    no(world, event(theirs), "cn", "twice", "it stands no more", "mark-not-standing")
    halves = divided(world, lot)
    yes(world, event(official, *halves), "cn2", "from the label and both parts, by a second officer",
        "marks pass to the parts, under one id")  # fmt: skip
    local = marked(world, other, "0001", who="maker", loss=stolen_again(world, other))
    no(world, event(local, other, label=other, from_label=False), "mx", "a handler's, by an authority without competence",
       "neither place nor route in MX", "authority-scope")  # fmt: skip
    book.common_faults()
    book.changed("an empty list of packages", "leave it out for all", "too-few", packages=[])
    book.changed("a mark by name", "64 hexadecimal digits", "hash-format", mark="mark-1")
    book.changed("from the label, as text", "true or false", "field-type", from_label="yes")
    return book


def packing(book: Book) -> None:
    """What packing says of packages under a mark."""
    yes, no = book.accepted, book.refused

    def event(world: World, lot: str, boxes: tuple[Package, ...]) -> Packing:
        return Packing(lot=lot, prev=world.last(lot), packages=boxes, occurred_at=world.now())

    world = World()
    lot = world.make("W", 100, origin="entered")
    world.accept(mark_event(world, FOREIGN, "0002", "0009"), "mx")
    yes(world, event(world, lot, labelled(packages(4))), "maker", "a drum on the watch list",
        "by the label that it came in with", "watch-list-hit")  # fmt: skip
    yes(world, event(world, lot, packages(2, 50)), "maker", "repacked without labels", "what came in stays known")
    no(
        world,
        event(world, lot, many_labels(packages(20, 5))),
        "maker",
        "twenty labels",
        "sixteen at most",
        "labels-many",
    )
    world = World()
    lot = world.make("A", 100, packages=packages(4))
    theft = stolen(world, lot, "0002")
    marked(world, lot, "0002", who="maker", loss=theft)
    yes(world, event(world, lot, packages(3)), "maker", "a stolen drum packed again under its mark",
        "lift the mark first; told once", "watch-list-hit")  # fmt: skip


def registration(book: Book) -> None:
    """What registration says of packages under a mark."""
    yes, no = book.accepted, book.refused

    def event(world: World, local: str, boxes: tuple[Package, ...]) -> Registration:
        whole = kg(25 * len(boxes))
        return registration_event(world, lot=f"lot:CN-MAKER/{local}", quantity=whole, origin="found", packages=boxes)

    world = World()
    yes(world, event(world, "F0", labelled(packages(4))), "maker", "found, with another lot's label", "on no list",
        "origin-not-made")  # fmt: skip
    world.accept(mark_event(world, FOREIGN, "0003"), "mx")
    yes(world, event(world, "F1", labelled(packages(4))), "maker", "found, a drum on the watch list",
        "by label and serial", "origin-not-made", "watch-list-hit")  # fmt: skip
    yes(world, event(world, "F2", labelled(packages(4), FOREIGN + "~2")), "maker", "the same, said to be of a rest lot",
        "its drums bear the label of the whole", "origin-not-made", "watch-list-hit")  # fmt: skip
    yes(world, event(world, "F3", labelled(packages(2, first=4))), "maker", "other drums with that label", "on no list",
        "origin-not-made")  # fmt: skip
    no(
        world,
        event(world, "F4", many_labels(packages(17))),
        "maker",
        "seventeen labels",
        "sixteen at most",
        "labels-many",
    )


def acceptance(book: Book) -> None:
    """What an acceptance says of packages under a mark that is on the lot."""
    for name, serials, since, codes in (
        ("a drum under a watch mark", ("0001", "0002"), 0, ("watch-list-hit",)),
        ("a drum under a mark, perhaps signed before it", ("0001",), 1, ("accepted-before-mark-was-known",)),
        ("all but the drum under a mark", ("0004",), 0, ()),
    ):
        world, lot, offer = marked_offer(*serials)
        line = AcceptanceLine(lot=lot, outcome="short", accepted=kg(75), missing=kg(25), packages_missing=("0004",))
        event = Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now())
        book.accepted(world, event, "carrier", name, "the mark is on the lot", *codes, seen=world.time - since)


def witnessed_acceptance(book: Book) -> None:
    """The same, by an authority for the receiver."""
    for name, since, code in (
        ("a drum under a watch mark", 0, "watch-list-hit"),
        ("a drum under a mark, perhaps signed before it", 1, "accepted-before-mark-was-known"),
    ):
        world, lot, offer = marked_offer("0001")
        line = WitnessedLot(lot=lot, accepted=kg(100))
        event = WitnessedAcceptance(answers=offer, receiver=PARTIES["carrier"], lines=(line,), reason="key-lost",
                                    place=CN, occurred_at=world.now())  # fmt: skip
        book.accepted(world, event, "cn", name, "the mark is on the lot", "accepted-by-authority", code,
                      seen=world.time - since)  # fmt: skip


def marked_offer(*serials: str) -> tuple[World, str, str]:
    """A lot of four drums, some under a mark, offered to the carrier."""
    world = World()
    lot = world.make("A", 100, packages=packages(4))
    offer = world.offer("maker", "carrier", lot)
    marked(world, lot, *serials)
    return world, lot, offer


def sighting(book: Book) -> None:
    """What a sighting says of packages under a mark."""
    world = World()
    lot = world.make("A", 100, packages=packages(4))
    marked(world, lot, "0001", "0002")
    theft = stolen(world, lot, "0002")
    marked(world, lot, "0002", who="maker", loss=theft)
    for serial, name, codes in (
        ("0001", "a drum under a watch mark", ("watched-package-sighted",)),
        ("0002", "a stolen drum under a watch mark", ("lost-goods-sighted",)),
        ("0003", "a drum beside one under a mark", ()),
    ):
        event = Sighting(lot=lot, serial=serial, content="filled", place=CN, occurred_at=world.now())
        book.accepted(world, event, "maker", name, "told once", *codes)


def split(book: Book) -> None:
    """Alerts of authorities go to every part, marks where the packages go; of what is gone, to every part."""
    world = World()
    lot = under_marks(world)
    children = (Child(lot=f"{lot}1", quantity=kg(25), packages=("0001",)),
                Child(lot=f"{lot}2", quantity=kg(50), packages=("0003", "0004")))  # fmt: skip
    event = Split(lot=lot, prev=world.last(lot), children=children, occurred_at=world.now())
    book.accepted(world, event, "maker", "under alerts and watch marks", "what goes to which part")


def merge(book: Book) -> None:
    """A serial that the new lot has from another parent is another package."""
    world = World()
    lot, other = under_marks(world), world.make("B", 25, packages=packages(1, first=2))
    lines = tuple(MergeLine(lot=each, prev=world.last(each), quantity=world.stated(each)) for each in (lot, other))
    event = Merge(lot="lot:CN-MAKER/M", lines=lines, place=CN, occurred_at=world.now())
    book.accepted(
        world, event, "maker", "under alerts and watch marks", "0002 is the other lot's; what was stolen is not here"
    )


def transformation(book: Book) -> None:
    """An authority's alert goes on; a mark is on packages, and what has reacted is in none."""
    world = World()
    lot = under_marks(world, quantity=2000, net=500)
    book.accepted(
        world, reaction(world, lot), "maker", "under alerts and watch marks", "the alert goes on, marks do not"
    )


def under_marks(world: World, quantity: float = 100, net: float = 25) -> str:
    """A lot of four drums: 0002 stolen and marked by its custodian, 0001 marked by an authority, an alert by each."""
    lot = world.make("A", quantity, packages=packages(4, net))
    theft = stolen(world, lot, "0002", net=net)
    marked(world, lot, "0002", who="maker", loss=theft)
    marked(world, lot, "0001")
    alerted(world, lot, "maker")
    alerted(world, lot)
    return lot
