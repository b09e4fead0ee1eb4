"""Cases of acts that wait for a second signature: destruction, seizure, custody by order, and their endorsements."""

from __future__ import annotations

from typing import Any

from tests.unit.world import CN, MX, PARTIES, World, kg, packages
from tests.vectors_build.event_book import Book
from tests.vectors_build.event_lots import act_faults
from tests.vectors_build.event_observations import used_up
from tests.vectors_build.event_transfers import (
    LITRE,
    NOWHERE,
    PANAMA,
    consigned,
    held_up,
)
from tests.vectors_build.event_transformations import ANHYDRIDE, reaction

from lotchain.events.custody_order import CustodyOrder
from lotchain.events.destruction import Destruction
from lotchain.events.endorsement import Endorsement
from lotchain.events.fields import Amount
from lotchain.events.seizure import Seizure
from lotchain.signing import SoftwareSigner

QUARTER = kg(25)


def destruction() -> Book:
    book = Book("destruction/1")
    yes, no = book.accepted, book.refused
    world = World()
    lot = world.make("A", 100, packages=packages(4))

    def event(world: World, lot: str, prev: str, quantity: Amount = QUARTER, **changes: Any) -> Destruction:
        values: dict[str, Any] = {
            "method": "incineration",
            "witness": PARTIES["carrier"],
            "place": CN,
            "occurred_at": world.now(),
            **changes,
        }
        return Destruction(lot=lot, prev=prev, quantity=quantity, **values)

    def now(**changes: Any) -> Destruction:
        return event(world, lot, world.last(lot), **changes)

    no(world, now(quantity=kg("100.5")), "maker", "more than there is", "100 kg are", "quantity-not-held")
    no(world, now(quantity=LITRE), "maker", "in litres", "mass is not volume", "unit-kind")
    no(world, now(packages=("0009",)), "maker", "a strange serial", "not of this lot", "package-unknown")
    no(world, now(quantity=kg(20), packages=("0001",)), "maker", "a drum goes, and its content stays", "80 kg in three",
       "packages-hold-less")  # fmt: skip
    no(world, now(witness="party:CN-NOBODY"), "maker", "before nobody", "its licence first", "witness-unknown")
    no(world, now(witness=PARTIES["maker"]), "maker", "before itself", "another organisation", "witness-own")
    yes(world, now(packages=("0001",), reference="D 1"), "maker", "one drum of four", "waits for its witness")
    yes(world, now(witness=PARTIES["cn"]), "maker", "before an authority", "whichever is endorsed first")
    consigned(world, lot)
    yes(world, now(place=PANAMA), "maker", "off its route", "another Manzanillo", "off-route")
    act_faults(book, event)
    book.common_faults()
    book.changed("a method in a sentence", "a word", "field-format", method="We burnt it.")
    return book


def seizure() -> Book:
    book = Book("seizure/1")
    yes, no = book.accepted, book.refused
    world = World()
    lot = world.make("A", 100, packages=packages(4))

    def event(of: str = lot, **changes: Any) -> Seizure:
        return Seizure(**{"lot": of, "reason": "court-order", "place": CN, "occurred_at": world.now(), **changes})

    no(world, event(NOWHERE), "cn", "of a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, event(), "maker", "by a handler", "only an authority", "not-authority")
    consigned(world, lot)
    no(world, event(place=MX), "mx", "by an authority of the route", "only that of the last declared place",
       "authority-scope")  # fmt: skip
    no(world, event(place=MX), "cn", "taken abroad", "in its own country", "authority-scope")
    no(world, event(quantity=kg(101)), "cn", "more than there is", "100 kg are", "quantity-not-held")
    no(world, event(quantity=LITRE), "cn", "in litres", "mass is not volume", "unit-kind")
    no(
        world,
        event(quantity=kg(25), packages=("0009",)),
        "cn",
        "a strange serial",
        "not of this lot",
        "package-unknown",
    )
    no(world, event(quantity=kg(20), packages=("0001",)), "cn", "a drum goes, and its content stays", "80 kg in three",
       "packages-hold-less")  # fmt: skip
    no(world, event(quantity=kg(30), packages=("0001",)), "cn", "more than the drum holds", "25 kg in one",
       "packages-seized-hold-less")  # fmt: skip
    part = event(quantity=kg(25), packages=("0001",), reference="C 1")
    yes(world, part, "cn", "one drum of four", "waits for the second officer")
    yes(world, event(), "cn2", "all of it", "waits for the second officer")
    world.offer("maker", "carrier", lot)
    yes(world, event(quantity=kg(25)), "cn", "a part of what is offered", "the offer ends with the second signature")
    rest = world.make("B", 1000)
    for _ in range(8):
        wait = world.accept(event(rest, quantity=kg(world.held(rest) - 1)), "cn")
        world.accept(Endorsement(subject=rest, endorses=wait, occurred_at=world.now()), "cn2")
        rest = f"{rest}~1"
    no(
        world,
        event(rest, quantity=kg(1)),
        "cn",
        "a ninth rest of rests",
        "eight suffixes at most",
        "rest-names-exhausted",
    )
    gone = world.make("G", 100)
    used_up(world, gone)
    no(world, event(gone), "cn", "of a lot that has ended", "nothing is there", "lot-ended")
    book.common_faults()
    book.changed("a reason in a sentence", "a word", "field-format", reason="The court said so.")
    book.changed("a part of nothing", "positive by construction", "quantity-range",
                 quantity={"value": "0", "unit": "KGM"})  # fmt: skip
    return book


def custody_order() -> Book:
    book = Book("custody-order/1")
    yes, no = book.accepted, book.refused
    world = World()
    lot = world.make("A", 100)

    def event(of: str = lot, to: str = PARTIES["importer"], **changes: Any) -> CustodyOrder:
        values = {"lot": of, "custodian": to, "reason": "bankrupt", "occurred_at": world.now(), **changes}
        return CustodyOrder(**values)

    no(world, event(NOWHERE), "cn", "of a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, event(), "importer", "by who would like to have it", "only an authority", "not-authority")
    no(world, event(), "mx", "by another authority", "that of the last declared place", "authority-scope")
    no(
        world,
        event(to="party:CN-NOBODY"),
        "cn",
        "to a party that nobody knows",
        "its licence first",
        "custodian-unknown",
    )
    no(world, event(to=PARTIES["maker"]), "cn", "to its custodian", "it has it", "custodian-already")
    yes(world, event(reference="C 1"), "cn", "to the importer", "waits for the second officer")
    gone = world.make("G", 100)
    used_up(world, gone)
    no(world, event(gone), "cn", "of a lot that has ended", "nothing is there", "lot-ended")
    book.common_faults()
    book.changed("a reason of its own", "a closed list", "field-value", reason="better-so")
    return book


def endorsements(book: Book) -> None:
    """The endorsements of records of reactions, destructions, seizures and orders of custody."""
    yes, no = book.accepted, book.refused
    world = World()
    second = SoftwareSigner.from_seed(b"qualified person".ljust(32, b"."))
    world.enrol("maker", second)

    def stand(lot: str, statement: str) -> Endorsement:
        return Endorsement(subject=lot, endorses=statement, occurred_at=world.now())

    def destroyed(lot: str, quantity: Amount = QUARTER, **changes: Any) -> str:
        values: dict[str, Any] = {"method": "incineration", "witness": PARTIES["carrier"], "place": CN, **changes}
        event = Destruction(lot=lot, prev=world.last(lot), quantity=quantity, occurred_at=world.now(), **values)
        return world.accept(event, "maker")

    lot = world.make("R", 1000, **ANHYDRIDE)
    record = world.accept(reaction(world, lot), "maker")
    no(world, stand(lot, record), "maker", "a record, by its first signer", "two persons", "second-signer")
    no(world, stand(lot, record), "carrier", "a record, by another party", "of the same party", "second-signer")
    yes(world, stand(lot, record), "maker", "a record, by its second signer", "nothing is owed any more", signer=second)

    lot = world.make("A", 100, packages=packages(4))
    first, other = destroyed(lot, packages=("0001",)), destroyed(lot)
    no(world, stand(lot, first), "importer", "a destruction, by who was not there", "the named witness", "not-witness")
    no(world, stand(lot, first), "maker", "a destruction, by the custodian", "the named witness", "not-witness")
    yes(world, stand(lot, first), "carrier", "a destruction, by its witness", "posted now", "destroyed")
    no(world, stand(lot, other), "carrier", "a destruction, after another act", "not as it was", "proposal-moot")
    rest = destroyed(lot, kg(75))
    held_up(world, lot)
    yes(world, stand(lot, rest), "carrier", "a destruction of all that is left, on hold", "the lot ends", "destroyed",
        "acted-before-hold-was-known")  # fmt: skip
    lot = world.make("H", 100)
    held_up(world, lot)
    wait = destroyed(lot)
    late = stand(lot, wait).model_copy(update={"seen": {"size": 1, "root": "5e" * 32}})
    yes(world, late, "carrier", "a destruction, surely after the hold", "the hold was known", "destroyed", "moved-on-hold",
        seen=world.time)  # fmt: skip

    def seized(lot: str, **changes: Any) -> str:
        values: dict[str, Any] = {"reason": "court-order", "place": CN, "occurred_at": world.now(), **changes}
        return world.accept(Seizure(lot=lot, **values), "cn")

    lot = world.make("S", 100, packages=packages(4))
    world.offer("maker", "carrier", lot)
    part, whole = seized(lot, quantity=kg(25), packages=("0001",)), seized(lot)
    world.advance(1000)
    again = seized(lot, quantity=kg(25), packages=("0001",))
    no(world, stand(lot, part), "cn", "a seizure, by the same officer", "two keys", "threshold")
    no(world, stand(lot, part), "mx", "a seizure, by another authority", "the same authority", "threshold")
    yes(
        world,
        stand(lot, part),
        "cn2",
        "a seizure of a part, by the second officer",
        "the offer ends; a rest lot",
        "seized",
    )
    no(world, stand(lot, again), "cn2", "a seizure of the same drum", "it is gone", "proposal-moot")
    yes(world, stand(lot, whole), "cn2", "a seizure of all, by the second officer", "the authority has it", "seized")

    lot = world.make("O", 100)
    order = CustodyOrder(lot=lot, custodian=PARTIES["importer"], reason="vanished", occurred_at=world.now())
    first = world.accept(order, "cn")
    world.advance(1000)
    other = world.accept(order.model_copy(update={"custodian": PARTIES["carrier"]}), "cn")
    yes(world, stand(lot, first), "cn2", "custody by order, by the second officer", "as ordered", "custody-ordered")
    used_up(world, lot, "importer")
    no(world, stand(lot, other), "cn2", "custody by order, after the lot's end", "nothing is there", "proposal-moot")
