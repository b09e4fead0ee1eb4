"""Cases of samples, independent weights and counts, sightings."""

from __future__ import annotations

from typing import Any

from tests.unit.world import CN, MX, World, kg, packages
from tests.vectors_build.event_book import Book
from tests.vectors_build.event_lots import act_faults
from tests.vectors_build.event_observations import divided, used_up
from tests.vectors_build.event_transfers import (
    LITRE,
    NOWHERE,
    PANAMA,
    consigned,
    held_up,
    sampled,
    sealed,
)

from lotchain.events.consumption import Consumption
from lotchain.events.fields import Amount
from lotchain.events.loss import Loss
from lotchain.events.sampling import Sampling
from lotchain.events.sighting import Sighting
from lotchain.events.stock_count import CountedLot, Reconciliation, StockCount
from lotchain.events.weighing import WeighedLot, Weighing

HALF = kg("0.5")
WHOLE = kg(100)
IN_LITRES: dict[str, Any] = {
    "substance": "108-24-7",
    "name": "acetic anhydride",
    "quantity": Amount(value="100", unit="LTR"),
}


def sampling() -> Book:
    book = Book("sampling/1")
    yes, no = book.accepted, book.refused

    def event(world: World, lot: str, prev: str, quantity: Amount = HALF, **changes: Any) -> Sampling:
        values: dict[str, Any] = {"purpose": "release-test", "occurred_at": world.now(), **changes}
        return Sampling(lot=lot, prev=prev, quantity=quantity, **values)

    world = World()
    lot = world.make("A", 100)
    no(
        world,
        event(world, lot, world.last(lot), kg(100)),
        "maker",
        "all of it",
        "that is no sample",
        "sample-too-large",
    )
    no(world, event(world, lot, world.last(lot), LITRE), "maker", "in litres", "mass is not volume", "unit-kind")
    yes(world, event(world, lot, world.last(lot), reference="S 1"), "maker", "half a kilogram", "held becomes sampled")
    sealed(world, lot, "CN-1")
    yes(world, event(world, lot, world.last(lot), seals=("CN-2",)), "maker", "under a seal, and sealed again",
        "the old seal is gone", "seals-left")  # fmt: skip
    world.move("maker", "carrier", lot)
    yes(world, event(world, lot, world.last(lot)), "carrier", "under a seal, by who carries it", "nobody reported it",
        "seals-opened-on-the-way")  # fmt: skip
    held_up(world, lot)
    yes(world, event(world, lot, world.last(lot), seen={"size": 1, "root": "5e" * 32}), "carrier", "on hold",
        "signed after the hold was placed", "moved-on-hold", seen=world.time)  # fmt: skip
    other = world.make("B", 100)
    held_up(world, other)
    yes(world, event(world, other, world.last(other)), "maker", "on hold, perhaps before", "nothing proves when",
        "acted-before-hold-was-known")  # fmt: skip
    act_faults(book, event)
    book.common_faults()
    book.changed("a quantity of nothing", "positive by construction", "quantity-range",
                 quantity={"value": "0", "unit": "KGM"})  # fmt: skip
    return book


def observer_faults(book: Book, build: Any) -> None:
    """The ways in which an observation is nobody's to make; `build(world, *lots)` makes the event."""
    no = book.refused
    world = World()
    lot = world.make("O", 100)
    no(world, build(world, NOWHERE), "maker", "on a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, build(world, lot), "importer", "by a stranger", "never had it", "not-custodian")
    no(world, build(world, lot), "mx", "by an authority without competence", "CN only", "authority-scope")


def weighing() -> Book:
    book = Book("weighing/1")
    yes, no = book.accepted, book.refused

    def line(lot: str, gross: str = "120", tare: str | None = "20", net: str = "100") -> WeighedLot:
        return WeighedLot(lot=lot, gross=kg(gross), tare=None if tare is None else kg(tare), net=kg(net))

    def event(world: World, *lots: str | WeighedLot, **changes: Any) -> Weighing:
        lines = tuple(line(lot) if isinstance(lot, str) else lot for lot in lots)
        values: dict[str, Any] = {"lines": lines, "scale": "W 7", "place": CN, "occurred_at": world.now(), **changes}
        return Weighing(**values)

    world = World()
    lot = world.make("A", 100, tolerance="0.5")
    no(world, event(world, line(lot, net="99")), "maker", "figures that do not add up", "gross less tare",
       "weighing-contradicts-itself")  # fmt: skip
    no(world, event(world, lot, lot), "maker", "a lot twice", "one line a lot", "lot-twice")
    wet = WeighedLot(lot=lot, gross=LITRE, net=LITRE)
    no(world, event(world, wet), "maker", "litres on a scale", "a scale shows mass", "unit-kind")
    litres = world.make("L", 1, **IN_LITRES)
    no(world, event(world, litres), "maker", "a lot in litres", "mass is not volume", "unit-kind")
    observer_faults(book, event)
    yes(world, event(world, lot), "maker", "as the ledger says", "nothing differs")
    yes(world, event(world, line(lot, tare=None, gross="99.6", net="99.6")), "cn", "within tolerance",
        "the difference is its own figure")  # fmt: skip
    yes(world, event(world, line(lot, gross="112", net="92")), "cn", "eight kilograms short", "by an authority",
        "mass-differs")  # fmt: skip
    yes(world, event(world, line(lot, gross="128", net="108")), "maker", "eight kilograms over", "by the custodian",
        "mass-differs")  # fmt: skip
    sampled(world, lot, "0.5")
    yes(world, event(world, lot), "maker", "weighed before a sample", "the sample may still have been in it")
    consigned(world, lot)
    yes(world, event(world, lot, place=PANAMA), "maker", "off its route", "another Manzanillo", "off-route")
    world.offer("maker", "carrier", lot)
    yes(world, event(world, line(lot, gross="112", net="92")), "carrier", "by the receiver", "the reply counts",
        "mass-differs")  # fmt: skip
    lot = world.make("B", 100)
    world.move("maker", "carrier", lot)
    short = event(world, line(lot, gross="112", net="92"))
    yes(world, short, "maker", "by a past custodian", "its word is a note", "past-custodian-report")
    for _ in range(31):
        world.accept(short, "maker")
    no(world, short, "maker", "once too often", "thirty-two reports by who has not got it", "reports-many")
    used_up(world, lot, "carrier")
    yes(world, event(world, lot), "cn", "of a lot that has ended", "whose goods are these?", "seen-after-end")
    book.common_faults()
    book.changed("no line", "something is weighed", "too-few", lines=[])
    book.changed("a net below zero", "amounts are positive", "quantity-range",
                 lines=[{"lot": lot, "gross": {"value": "1", "unit": "KGM"}, "net": {"value": "-1", "unit": "KGM"}}])  # fmt: skip
    return book


def stock_count() -> Book:
    book = Book("stock-count/1")
    yes, no = book.accepted, book.refused

    def line(lot: str, counted: Amount | None = WHOLE, **changes: Any) -> CountedLot:
        return CountedLot(lot=lot, counted=counted, **changes)

    def event(world: World, *lots: str | CountedLot, **changes: Any) -> StockCount:
        lines = tuple(line(lot) if isinstance(lot, str) else lot for lot in lots)
        return StockCount(**{"lines": lines, "place": CN, "occurred_at": world.now(), **changes})

    def sums(delivered: float, used: float = 0, lost: float = 0) -> Reconciliation:
        parts = (kg(each) if each else None for each in (used, lost))
        return Reconciliation(delivered=kg(delivered), used=next(parts), lost=next(parts))

    world = World()
    lot = world.make("A", 100, packages=packages(4))
    observer_faults(book, event)
    no(world, event(world, lot, lot), "maker", "a lot twice", "one line a lot", "lot-twice")
    no(world, event(world, line(lot, LITRE)), "maker", "in litres", "mass is not volume", "unit-kind")
    no(world, event(world, line(lot, packages=("0009",))), "maker", "a strange serial", "not of this lot",
       "package-unknown")  # fmt: skip
    no(world, event(world, line(lot, packages=("0001", "0001"))), "maker", "a serial twice", "each once",
       "package-unknown")  # fmt: skip
    no(world, event(world, line(lot, kg(60), reconciliation=sums(100, 30, 5))), "maker", "sums that do not add up",
       "30 + 60 + 5 of 100", "reconciliation-unbalanced")  # fmt: skip
    using = Consumption(lot=lot, prev=world.last(lot), quantity=kg(25), purpose="synthesis", packages=("0001",),
                        occurred_at=world.now())  # fmt: skip
    world.accept(using, "maker")
    whole = line(lot, kg(75), packages=("0002", "0003", "0004"), reconciliation=sums(100, 25))
    yes(world, event(world, whole), "maker", "delivered = used + in stock", "as the ledger says")
    yes(world, event(world, line(lot, kg(75), reconciliation=sums(100, 20, 5))), "maker", "a loss nobody recorded",
        "the sum is right, its parts are not", "use-differs")  # fmt: skip
    yes(world, event(world, line(lot, kg(70))), "cn", "five kilograms short", "by an authority", "stock-differs")
    yes(world, event(world, line(lot, None)), "cn", "nothing there", "by an authority", "stock-differs")
    world.move("maker", "carrier", lot)
    no(world, event(world, line(lot, kg(75))), "maker", "by a past custodian", "it has not the lot", "not-custodian")
    consigned(world, lot, who="carrier", exporter="party:CN-MAKER")
    yes(world, event(world, line(lot, kg(75)), place=PANAMA), "carrier", "off its route", "another Manzanillo",
        "off-route")  # fmt: skip
    gone = world.make("B", 100)
    used_up(world, gone)
    yes(world, event(world, line(gone, None, reconciliation=sums(100, 100))), "cn", "nothing of a lot that has ended",
        "in order")  # fmt: skip
    yes(
        world, event(world, gone), "cn", "something of a lot that has ended", "whose goods are these?", "seen-after-end"
    )
    no(world, event(world, gone), "maker", "of a lot that has ended, by its last custodian", "an authority's matter",
       "not-custodian")  # fmt: skip
    book.common_faults()
    book.changed("no line", "something is counted", "too-few", lines=[])
    return book


def sighting() -> Book:
    book = Book("sighting/1")
    yes, no = book.accepted, book.refused

    def event(world: World, lot: str, serial: str | None = None, content: str = "filled", **changes: Any) -> Sighting:
        values: dict[str, Any] = {"place": CN, "occurred_at": world.now(), **changes}
        return Sighting(lot=lot, serial=serial, content=content, **values)  # type: ignore[arg-type]

    world = World()
    lot = world.make("A", 100, packages=packages(4))
    observer_faults(book, event)
    yes(world, event(world, lot, "0001"), "cn", "a drum where it should be", "nothing differs")
    yes(
        world,
        event(world, lot, "0009"),
        "cn",
        "a serial that it never had",
        "misread or forged",
        "sighted-serial-strange",
    )
    stolen = Loss(lot=lot, prev=world.last(lot), quantity=kg(25), kind="stolen", packages=("0002",), place=CN,
                  occurred_at=world.now())  # fmt: skip
    world.accept(stolen, "maker")
    yes(world, event(world, lot, "0002", place=MX), "maker", "a stolen drum", "it turns up", "lost-goods-sighted")
    using = Consumption(lot=lot, prev=world.last(lot), quantity=kg(25), purpose="synthesis", packages=("0001",),
                        occurred_at=world.now())  # fmt: skip
    world.accept(using, "maker")
    yes(world, event(world, lot, "0001", "empty"), "maker", "an emptied drum, empty", "its label should go",
        "empty-package-sighted")  # fmt: skip
    yes(world, event(world, lot, "0001"), "cn", "an emptied drum, filled", "filled anew, or never emptied",
        "sighted-after-end")  # fmt: skip
    consigned(world, lot)
    yes(world, event(world, lot, place=PANAMA), "maker", "off its route", "another Manzanillo", "off-route")
    used_up(world, lot)
    yes(world, event(world, lot, "0003", "unknown"), "cn", "of a lot that was used up", "the strongest alert there is",
        "sighted-after-end", "seen-after-end")  # fmt: skip
    late = event(world, lot, "0003")
    yes(world, late, "maker", "of a lot that was used up, by its last custodian", "its word is a note",
        "past-custodian-report")  # fmt: skip
    for _ in range(31):
        world.accept(late, "maker")
    no(world, late, "maker", "once too often", "thirty-two reports by who has not got it", "reports-many")
    parted = world.make("B", 100)
    divided(world, parted)
    yes(world, event(world, parted), "cn", "of a lot that was divided", "its labels live on", "seen-after-end")
    book.common_faults()
    book.changed("a content of its own", "a closed list", "field-value", content="half")
    book.changed("a serial in lower case", "as printed, in capitals", "field-format", serial="a")
    return book
