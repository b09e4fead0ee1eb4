"""Cases of transformations: controlled lots that react to another substance."""

from __future__ import annotations

from typing import Any

from tests.unit.world import CN, DAY, PARTIES, World, kg, packages
from tests.vectors_build.event_book import Book
from tests.vectors_build.event_observations import used_up
from tests.vectors_build.event_transfers import (
    ABSENT,
    LITRE,
    NOWHERE,
    dated,
    held_up,
    sealed,
)

from lotchain.events.fields import Amount
from lotchain.events.licence_revocation import LicenceRevocation
from lotchain.events.transformation import Output, Transformation, TransformedLot

ANHYDRIDE: dict[str, Any] = {"substance": "108-24-7", "name": "acetic anhydride"}


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
    early = world.make("G", 1000, **ANHYDRIDE)
    yes(world, reaction(world, early, batch_record="88" * 32, occurred_at=world.later(-DAY - 1000)), "maker",
        "dated more than a day before the lot was made", "two papers contradict each other", "late-entry",
        "used-before-held")  # fmt: skip
    kept = world.make("K", 1000, who="maker2", **ANHYDRIDE)
    world.move("maker2", "maker", kept, receives_as="warehouse")
    yes(world, reaction(world, kept, batch_record="77" * 32), "maker", "of goods that it keeps for another",
        "what a purchase needs was not asked", "used-in-keeping")  # fmt: skip
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
        "licence-none", "used-in-keeping")  # fmt: skip

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
