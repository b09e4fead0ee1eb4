"""Cases of what treaties ask beyond hand-overs: samples, independent weights and counts, sightings."""

from __future__ import annotations

from typing import Any

from tests.unit.world import CN, DAY, MX, PARTIES, World, kg, packages
from tests.vectors_build.event_book import Book
from tests.vectors_build.event_lots import act_faults
from tests.vectors_build.event_observations import divided, used_up
from tests.vectors_build.event_transfers import (
    ABSENT,
    LITRE,
    NOWHERE,
    PANAMA,
    consigned,
    dated,
    held_up,
    sampled,
    sealed,
)

from lotchain.events.consumption import Consumption
from lotchain.events.custody_order import CustodyOrder
from lotchain.events.destruction import Destruction
from lotchain.events.endorsement import Endorsement
from lotchain.events.fields import Amount
from lotchain.events.licence_revocation import LicenceRevocation
from lotchain.events.loss import Loss
from lotchain.events.sampling import Sampling
from lotchain.events.seizure import Seizure
from lotchain.events.settlement import Settlement
from lotchain.events.sighting import Sighting
from lotchain.events.stock_count import CountedLot, Reconciliation, StockCount
from lotchain.events.transformation import Output, Transformation, TransformedLot
from lotchain.events.weighing import WeighedLot, Weighing
from lotchain.events.withdrawal import Withdrawal
from lotchain.events.witnessed_acceptance import WitnessedAcceptance, WitnessedLot
from lotchain.signing import SoftwareSigner

HALF = kg("0.5")
QUARTER = kg(25)
ANHYDRIDE: dict[str, Any] = {"substance": "108-24-7", "name": "acetic anhydride"}
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


def reaction(world: World, *inputs: str, out: str = "1362.2", percent: str = "92.0", **changes: Any) -> Transformation:
    """Acetic anhydride to paracetamol, 1000 kg of each of `inputs` that is named; fields as in Transformation."""
    line = {"quantity": kg(1000), "molar_mass": "102.09", "moles": 1}
    lines = tuple(TransformedLot(lot=lot, prev=world.last(lot), **line) for lot in inputs)
    made = {"name": "paracetamol", "quantity": kg(out), "molar_mass": "151.16", "moles": 1}
    values: dict[str, Any] = {
        "operator": PARTIES["maker"],
        "inputs": lines,
        "output": Output(**{**made, **changes.pop("made", {})}),
        "theoretical": kg("1480.7"),
        "yield_percent": percent,
        "window_low": "88",
        "window_high": "95",
        "batch_record": "ba" * 32,
        "waste": kg(80),
        "place": CN,
        "occurred_at": world.now(),
        **changes,
    }
    return Transformation(**values)


def transformation() -> Book:
    book = Book("transformation/1")
    yes, no = book.accepted, book.refused
    world = World()
    lot = world.make("A", 1000, packages=packages(4, 250), **ANHYDRIDE)
    line = TransformedLot(lot=lot, prev=world.last(lot), quantity=kg(1000), molar_mass="102.09", moles=1)
    new = {"lot": "lot:CN-MAKER/NEW", "substance": "103-90-2"}

    def inputs(**changes: Any) -> dict[str, Any]:
        return {"inputs": (line.model_copy(update=changes),)}

    bad = "yield-contradicts-itself"
    for name, changes, code in (
        ("another theoretical output", {"theoretical": kg("1480.6")}, bad),
        ("a theoretical output in litres", {"theoretical": LITRE}, bad),
        ("another yield", {"percent": "92.1"}, bad),
        ("a window upside down", {"window_low": "96"}, bad),
        ("a window above 100 %", {"window_high": "100.1"}, bad),
        ("a product that is its own input", {"made": {**new, "lot": lot}}, "lot-cycle"),
        ("a new lot without substance", {"made": {"lot": new["lot"]}}, "output-unclear"),
        ("a substance without lot", {"made": {"substance": "103-90-2"}}, "output-unclear"),
        ("a CAS number mistyped", {"made": {**new, "substance": "103-90-3"}}, "cas-check-digit"),
        ("the same substance again", {"made": {**new, "substance": "108-24-7"}}, "substance-unchanged"),
        ("another's name", {"made": {**new, "lot": "lot:CN-MAKER2/1"}}, "lot-name-foreign"),
        ("a name that is taken", {"made": {**new, "lot": world.make("TAKEN", 1)}}, "lot-exists"),
        ("a product in litres without density", {"made": {"quantity": LITRE}}, "density-missing"),
        ("a density of nothing", {"made": {"quantity": LITRE, "density": "0.0"}}, "density-missing"),
        ("a lot twice", {"inputs": (line, line)}, "lot-twice"),
        ("another operator", {"operator": PARTIES["maker2"]}, "operator-other"),
        ("a strange serial", inputs(packages=("0009",)), "package-unknown"),
        ("drums emptied, and their content stays", {
            **inputs(packages=("0001", "0002", "0003"), quantity=kg(500)), "theoretical": kg("740.33"), "out": "681.1",
        }, "packages-hold-less"),
        ("a lot in kilograms, in litres", {
            **inputs(quantity=Amount(value="1000", unit="LTR"), density="1.0"),
        }, "unit-kind"),
        ("more than there is", {
            **inputs(quantity=kg(2000)), "theoretical": kg("2961.3"), "out": "2724.4",
        }, "quantity-not-held"),
    ):  # fmt: skip
        no(world, reaction(world, lot, **changes), "maker", name, "refused", code)  # type: ignore[arg-type]
    done = reaction(world, lot)
    yes(
        world,
        done,
        "maker",
        "to a product that is not controlled",
        "92.0 % of what is possible; the second signature is owed",
    )
    for local, out, percent, code, comment in (
        ("B", "610.0", "41.2", "yield-outside-window", "588 kg of the input are unexplained"),
        ("C", "1450.0", "97.93", "yield-outside-window", "more than the process ever gave"),
        ("D", "1520.0", "102.66", "impossible-yield", "an input was never declared"),
    ):
        lot = world.make(local, 1000, **ANHYDRIDE)
        record = local.lower() * 64
        yes(world, reaction(world, lot, out=out, percent=percent, batch_record=record), "maker", f"a yield of {percent} %",
            comment, code)  # fmt: skip
    lot = world.make("E", 9000, **ANHYDRIDE)
    other = world.make("F", 1000)
    held_up(world, lot)
    both = reaction(world, other, lot, batch_record="ef" * 32, made={**new, "content": "99 %", "reference": "P 1"})
    lines = (both.inputs[0].model_copy(update={"molar_mass": "199.25"}), both.inputs[1])
    both = both.model_copy(update={"inputs": lines, "theoretical": kg("758.64"), "yield_percent": "90.0",
                                   "output": both.output.model_copy(update={"quantity": kg("682.78")})})  # fmt: skip
    yes(world, both, "maker", "of two lots, to a new one, on hold", "the hold passes on; the first one runs out first",
        "acted-before-hold-was-known")  # fmt: skip
    again = reaction(world, lot)
    yes(world, again, "maker", "a batch record named twice", "one of two batches did not happen as stated",
        "batch-record-reused", "batch-record-named-again", "acted-before-hold-was-known")  # fmt: skip
    late = {"seen": {"size": 1, "root": "5e" * 32}}
    yes(world, reaction(world, lot, batch_record="99" * 32, **late), "maker", "surely after the hold", "the hold was known",
        "moved-on-hold", seen=world.time)  # fmt: skip
    for _ in range(6):
        world.accept(reaction(world, lot), "maker")
    lot = world.make("H", 1000, **ANHYDRIDE)
    no(world, reaction(world, lot), "maker", "a batch record once too often", "eight times", "batch-record-worn",
       "batch-record-reused")  # fmt: skip

    world = World()
    dated(world, "maker")
    lot = world.make("A", 1000, seen=None, **ANHYDRIDE)
    yes(world, reaction(world, lot, made=new), "maker", "time not bracketed", "it names no checkpoint", "licence-undetermined",
        "maker-licence-undetermined")  # fmt: skip
    lot = world.make("B", 1000, **ANHYDRIDE)
    world.accept(LicenceRevocation(party=PARTIES["maker"], number="1", reason="misuse", occurred_at=world.now()), "cn")
    made = {"lot": "lot:CN-MAKER/N2", "substance": "103-90-2"}
    yes(world, reaction(world, lot, made=made, batch_record="bb" * 32), "maker", "a licence revoked", "it happened all the same",
        "licence-not-in-force", "maker-unlicensed")  # fmt: skip
    world = World()
    lot = world.make("A", 1000, **ANHYDRIDE)
    world.move("maker", "carrier", lot)
    yes(world, reaction(world, lot, operator=PARTIES["carrier"]), "carrier", "by who may only carry", "no licence for it",
        "licence-none")  # fmt: skip

    def act(world: World, lot: str, prev: str) -> Transformation:
        known = world.make("X", 1, **ANHYDRIDE) if not world.states.get("lot:CN-MAKER/X") else "lot:CN-MAKER/X"
        event = reaction(world, known, out="136.22", theoretical=kg("148.07"))
        line = TransformedLot(lot=lot, prev=prev, quantity=kg(100), molar_mass="102.09", moles=1)
        return event.model_copy(update={"inputs": (line,)})

    turn_faults(book, act)
    book.common_faults()
    book.changed("a molar mass with an exponent", "decimal", "field-format",
                 output={**book.sample["output"], "molar_mass": "1.5e2"})  # type: ignore[index]  # fmt: skip
    book.changed("no input", "something reacts", "too-few", inputs=[])
    return book


def turn_faults(book: Book, build: Any) -> None:
    """An act out of turn, by the party that it names as its operator."""
    no = book.refused
    world = World()
    lot = world.make("T", 100)
    first = world.last(lot)

    def by(who: str, event: Transformation) -> Transformation:
        return event.model_copy(update={"operator": PARTIES[who]})

    no(world, build(world, NOWHERE, ABSENT), "maker", "on a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, build(world, lot, ABSENT), "maker", "follows what has not arrived", "retry", "prev-unknown")
    no(
        world,
        by("carrier", build(world, lot, first)),
        "carrier",
        "by a stranger",
        "only the custodian",
        "not-custodian",
    )
    sealed(world, lot, "CN-1")
    no(world, build(world, lot, first), "maker", "the old end", "another act has followed", "prev-stale")
    world.offer("maker", "carrier", lot)
    no(world, build(world, lot, world.last(lot)), "maker", "while offered", "the reply comes first", "offer-open")
    gone = world.make("G", 100)
    used_up(world, gone)
    no(world, build(world, gone, world.last(gone)), "maker", "on a lot that has ended", "nothing is there", "lot-ended")


def settlement() -> Book:
    book = Book("settlement/1")
    yes, no = book.accepted, book.refused
    world = World()
    lot = world.make("A", 100)
    made = world.last(lot)
    other = world.make("B", 100)
    world.accept(
        LicenceRevocation(party=PARTIES["carrier"], number="1", reason="misuse", occurred_at=world.now()), "cn"
    )
    offer = world.offer("maker", "carrier", lot)
    taken = world.take(offer, "carrier")

    def event(statement: str = taken, of: str = lot, **changes: Any) -> Settlement:
        values = {"code": "licence-not-in-force", "outcome": "fined", "occurred_at": world.now(), **changes}
        return Settlement(lot=of, statement=statement, **values)

    no(world, event(of=NOWHERE), "cn", "on a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, event(ABSENT), "cn", "of a statement that has not arrived", "retry", "breach-unknown")
    no(world, event(of=other), "cn", "on another lot", "it says nothing of it", "breach-elsewhere")
    no(world, event(), "carrier", "by the party itself", "only an authority", "not-authority")
    no(world, event(), "mx", "by another country's authority", "it was not its rule", "authority-scope")
    yes(
        world,
        event(reference="D 1"),
        "cn",
        "by the authority whose rule it was",
        "listed, and a note",
        "breach-settled",
    )
    yes(world, event(offer), "cn", "of the offer, too", "a statement each", "breach-settled")
    no(world, event(), "cn", "settled twice", "once", "settled-already")
    yes(world, event(made, code="licence-undetermined"), "cn", "of another code", "each by itself", "breach-settled")
    book.common_faults()
    book.changed("a broken seal", "no breach of a licence", "field-value", code="seal-changed")
    book.changed("an outcome in a sentence", "a word", "field-format", outcome="They were fined.")
    return book


def witnessed_acceptance() -> Book:
    book = Book("witnessed-acceptance/1")
    yes, no = book.accepted, book.refused
    told = "accepted-by-authority"

    def event(world: World, offer: str, *lots: str | WitnessedLot, **changes: Any) -> WitnessedAcceptance:
        lines = tuple(WitnessedLot(lot=lot, accepted=kg(100)) if isinstance(lot, str) else lot for lot in lots)
        values: dict[str, Any] = {
            "receiver": PARTIES["carrier"],
            "reason": "key-lost",
            "place": CN,
            "occurred_at": world.now(),
            **changes,
        }
        return WitnessedAcceptance(answers=offer, lines=lines, **values)

    def offered(world: World, *numbers: str, consign: bool = False) -> tuple[str, str]:
        lot = world.make(f"L{len(world.log)}", 100, packages=packages(4))
        if consign:
            consigned(world, lot)
        if numbers:
            sealed(world, lot, *numbers)
        return lot, world.offer("maker", "carrier", lot)

    def found(lot: str, *numbers: str) -> WitnessedLot:
        return WitnessedLot(lot=lot, accepted=kg(100), seals_found=numbers)

    world = World()
    lot, offer = offered(world)
    no(world, event(world, offer, NOWHERE), "cn", "of a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, event(world, ABSENT, lot), "cn", "of an offer that has not arrived", "retry", "offer-unknown")
    no(world, event(world, offer, lot), "carrier", "by the receiver", "it signs an acceptance", "not-authority")
    no(world, event(world, offer, lot), "mx", "by another authority", "that which registered the receiver",
       "authority-scope")  # fmt: skip
    no(world, event(world, offer, lot, receiver=PARTIES["maker2"]), "cn", "for another party", "it was not offered to it",
       "not-receiver")  # fmt: skip
    no(world, event(world, offer, lot, lot), "cn", "a lot twice", "one line a lot", "reply-lines-differ")
    no(world, event(world, offer, WitnessedLot(lot=lot, accepted=LITRE)), "cn", "in litres", "mass is not volume",
       "unit-kind")  # fmt: skip
    no(world, event(world, offer, WitnessedLot(lot=lot, accepted=kg(99))), "cn", "a kilogram nowhere", "it is missing",
       "reply-unbalanced")  # fmt: skip
    drum = ("0001",)
    no(world, event(world, offer, WitnessedLot(lot=lot, accepted=kg(100), packages_missing=drum)), "cn", "100 kg in three drums",
       "they hold 75", "reply-contradicts-itself")  # fmt: skip
    no(world, event(world, offer, WitnessedLot(lot=lot, accepted=kg(100), packages_missing=("0009",))), "cn",
       "a strange serial", "not of this lot", "package-unknown")  # fmt: skip
    short = WitnessedLot(lot=lot, accepted=kg(75), missing=kg(25), packages_missing=drum)
    yes(world, event(world, offer, short), "cn", "a drum short", "the difference is open", told)
    no(world, event(world, offer, lot), "cn", "a second reply", "one reply an offer", "offer-closed")
    lot, offer = offered(world, "CN-12")
    yes(world, event(world, offer, lot), "cn", "seals not read", "nobody looked", told, "seal-not-checked")
    lot, offer = offered(world, "CN-12")
    yes(
        world,
        event(world, offer, found(lot, "CN-21")),
        "cn",
        "a seal misread",
        "two digits swapped",
        told,
        "seal-misread",
    )
    lot, offer = offered(world, "CN-12")
    yes(
        world,
        event(world, offer, found(lot, "X-9")),
        "cn",
        "another seal",
        "nobody recorded a change",
        told,
        "seal-changed",
    )
    lot, offer = offered(world, consign=True)
    yes(world, event(world, offer, lot, place=PANAMA), "cn", "off its route", "another Manzanillo", told, "off-route")
    lot, offer = offered(world)
    held_up(world, lot)
    yes(world, event(world, offer, lot), "cn", "on hold, perhaps before", "nothing proves when", told,
        "acted-before-hold-was-known")  # fmt: skip
    lot, offer = offered(world)
    held_up(world, lot)
    late = {"seen": {"size": 1, "root": "5e" * 32}}
    yes(world, event(world, offer, lot, **late), "cn", "surely after the hold", "the hold was known", told, "moved-on-hold",
        seen=world.time)  # fmt: skip
    lot, offer = offered(world)
    world.advance(3 * DAY)
    world.accept(Withdrawal(withdraws=offer, lots=(lot,), occurred_at=world.now()), "maker")
    yes(world, event(world, offer, lot), "cn", "after the withdrawal", "a dispute", told, "accepted-after-withdrawal")
    lot, offer = offered(world)
    dated(world, "carrier")
    yes(
        world,
        event(world, offer, lot),
        "cn",
        "a licence not bracketed",
        "no checkpoint named",
        told,
        "licence-undetermined",
    )
    lot, offer = offered(world)
    world.accept(
        LicenceRevocation(party=PARTIES["carrier"], number="1", reason="misuse", occurred_at=world.now()), "cn"
    )
    yes(
        world,
        event(world, offer, lot),
        "cn",
        "a licence revoked",
        "it happened all the same",
        told,
        "licence-not-in-force",
    )
    lot = world.make("U", 100)
    offer = world.offer("maker", "user-a", lot)
    yes(world, event(world, offer, lot, receiver=PARTIES["user-a"]), "mx", "for a party without such a licence",
        "a user is no carrier", told, "licence-none")  # fmt: skip
    book.common_faults()
    book.changed("a reason of its own", "a closed list", "field-value", reason="convenience")
    book.changed("no line", "something is accepted", "too-few", lines=[])
    book.changed("a place without offset", "local time", "field-missing", place={"code": "CNSHG"})
    return book
