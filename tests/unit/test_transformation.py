"""Transformation: controlled lots react, two sign, and what the yield does not explain stays open."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.treaty_acts import KG, concluded, conserved, endorse, seize
from tests.unit.world import CN, World, codes, kg
from tests.vectors_build.bundle_bench import Bench

from lotchain.custody.conclusion import whereabouts
from lotchain.events.discrepancy_answer import DiscrepancyAnswer
from lotchain.events.endorsement import Endorsement
from lotchain.events.fields import Amount
from lotchain.events.hold import Hold
from lotchain.events.transformation import Output, Transformation, TransformedLot
from lotchain.signing import SoftwareSigner

ANHYDRIDE: dict[str, Any] = {"substance": "108-24-7", "name": "acetic anhydride"}


@pytest.fixture
def world() -> World:
    return World()


def react(world: World, lot: str, out: str = "1362.2", percent: str = "92.0", **fields: Any) -> Transformation:
    """1000 kg of acetic anhydride to paracetamol, which is not controlled."""
    line = TransformedLot(lot=lot, prev=world.last(lot), quantity=kg(1000), molar_mass="102.09", moles=1)
    made = {"name": "paracetamol", "quantity": kg(out), "molar_mass": "151.16", "moles": 1, **fields.pop("made", {})}
    return Transformation(**{
        "operator": "party:CN-MAKER", "inputs": (line,), "output": Output(**made), "theoretical": kg("1480.7"),
        "yield_percent": percent, "window_low": "88", "window_high": "95", "batch_record": "ba" * 32, "waste": kg(80),
        "place": CN, "occurred_at": world.now(), **fields,
    })  # fmt: skip


def second_person(world: World) -> SoftwareSigner:
    signer = SoftwareSigner.from_seed(b"qualified person".ljust(32, b"."))
    world.enrol("maker", signer)
    return signer


def test_a_reaction_ends_the_controlled_balance_once_two_have_signed(world: World) -> None:
    qualified = second_person(world)
    lot = world.make("A", 1000, **ANHYDRIDE)
    record = world.accept(react(world, lot), "maker")
    assert world.lot(lot)["accounts"] == {"produced": -1000 * KG, "consumed": 1000 * KG}
    assert whereabouts(world.lot(lot), world.time) == "transformed"
    assert concluded(world, lot) == {"second-signature-owed"}
    assert endorse(world, lot, record, "maker") == {"second-signer"}
    assert endorse(world, lot, record, "carrier") == {"second-signer"}
    event = Endorsement(subject=lot, endorses=record, occurred_at=world.now())
    world.accept(event, "maker", signer=qualified)
    assert concluded(world, lot) == set()
    conserved(world)


def test_588_kg_unexplained_stay_open_until_an_authority_closes_them(world: World) -> None:
    lot = world.make("A", 1000, **ANHYDRIDE)
    record = world.accept(react(world, lot, "610.0", "41.2"), "maker")
    difference = world.lot(lot)["differences"][record]
    assert difference["status"] == "open" and round(difference["amount"] / KG) == 588
    answer = DiscrepancyAnswer(lot=lot, reply=record, explanation="process", occurred_at=world.now())
    world.accept(answer, "maker")
    assert "difference-answered" in concluded(world, lot)
    world.accept(answer, "cn")
    assert "difference-closed" in concluded(world, lot)


def test_more_than_the_inputs_can_give_fails(world: World) -> None:
    lot = world.make("A", 1000, **ANHYDRIDE)
    judged = world.submit(react(world, lot, "1520", "102.66"), "maker")
    found = {finding.code: finding for finding in judged.findings}
    assert found["impossible-yield"].kind.weight.name == "FAIL" and not judged.refused


@pytest.mark.parametrize(("out", "percent", "told"), [
    ("1406.6216", "95.0", set()),  # 95 % of 1480.654… is 1406.621…
    ("1406.63", "95.0006", {"yield-outside-window"}),
    ("1302.9759", "88.0", set()),
    ("1302.97", "87.9996", {"yield-outside-window"}),
])  # fmt: skip
def test_the_window_decides_by_exact_fractions(world: World, out: str, percent: str, told: set[str]) -> None:
    lot = world.make("A", 1000, **ANHYDRIDE)
    assert codes(world.submit(react(world, lot, out, percent), "maker")) == told


def test_a_yield_is_not_stated_otherwise_than_it_is(world: World) -> None:
    lot = world.make("A", 1000, **ANHYDRIDE)
    assert world.refuse(react(world, lot, "610.0", "92.0"), "maker") == {"yield-contradicts-itself"}
    assert world.refuse(react(world, lot, theoretical=kg(1300)), "maker") == {"yield-contradicts-itself"}


def test_one_batch_record_for_two_batches_is_found_on_the_second(world: World) -> None:
    first, second = (world.make(name, 1000, **ANHYDRIDE) for name in "AB")
    assert codes(world.submit(react(world, first), "maker")) == set()
    judged = world.submit(react(world, second), "maker")
    subjects = {finding.code: finding.subject for finding in judged.findings}
    assert subjects["batch-record-reused"] == second
    assert subjects["batch-record-named-again"].startswith("watch:CN-MAKER/BATCH-")
    assert (
        codes(world.submit(react(world, world.make("C", 1000, **ANHYDRIDE), batch_record="cc" * 32), "maker")) == set()
    )


def test_a_reaction_before_the_lot_was_accepted_is_out_of_turn(world: World) -> None:
    lot = world.make("A", 1000, **ANHYDRIDE)
    world.offer("maker", "maker2", lot, receives_as="consignee")
    early = react(world, lot, operator="party:CN-MAKER2")
    assert world.refuse(early, "maker2") == {"not-custodian"}


def test_a_controlled_product_is_a_new_lot_of_its_inputs(world: World) -> None:
    one, other = (world.make(name, 1000, **ANHYDRIDE) for name in "AB")
    world.accept(Hold(lots=(other,), reason="suspicion", occurred_at=world.now()), "cn")
    line = TransformedLot(lot=other, prev=world.last(other), quantity=kg(400), molar_mass="102.09", moles=1)
    made = {"lot": "lot:CN-MAKER/NEW", "substance": "103-82-2", "quantity": kg("544.88")}
    event = react(world, one, made=made)
    event = event.model_copy(update={"inputs": (*event.inputs, line), "theoretical": kg("592.26")})
    record = world.accept(event, "maker")
    new = world.lot("lot:CN-MAKER/NEW")
    assert (new["origin"], new["parents"], new["maker"]) == ("transformed", [one, other], "party:CN-MAKER")
    assert set(new["holds"]) == set(world.lot(other)["holds"])
    assert world.held(other) == 600 and world.held("lot:CN-MAKER/NEW") == 544.88
    assert whereabouts(world.lot(one), world.time) == "transformed into lot:CN-MAKER/NEW"
    assert set(world.lot(one)["pending"]) == {record} and world.lot(other)["pending"] == {}
    conserved(world)


def test_a_volume_reacts_by_its_density(world: World) -> None:
    lot = world.make("A", 1, **{**ANHYDRIDE, "quantity": Amount(value="1000", unit="LTR")})
    line = TransformedLot(lot=lot, prev=world.last(lot), quantity=Amount(value="1000", unit="LTR"), molar_mass="102.09",
                          moles=1)  # fmt: skip
    event = react(world, lot).model_copy(update={"inputs": (line,)})
    assert world.refuse(event, "maker") == {"density-missing"}
    dense = line.model_copy(update={"density": "1.08"})
    event = event.model_copy(update={"inputs": (dense,), "theoretical": kg("1599.1"), "yield_percent": "85.2"})
    assert codes(world.submit(event, "maker")) == {"yield-outside-window"}


def test_a_bundle_follows_a_reaction_and_a_seizure() -> None:
    bench = Bench()
    world = bench.world
    qualified = second_person(world)
    lot = world.make("A", 1000, **ANHYDRIDE)
    record = world.accept(react(world, lot, made={"lot": "lot:CN-MAKER/NEW", "substance": "103-90-2"}), "maker")
    bench.feed()
    new = "lot:CN-MAKER/NEW"
    verdict = bench.verdict(new)
    assert verdict.word == "HOLD" and "second-signature-owed" in {finding.code for finding in verdict.findings}
    event = Endorsement(subject=lot, endorses=record, occurred_at=world.now())
    world.accept(event, "maker", signer=qualified)
    bench.feed()
    assert bench.verdict(new).word == "CLEAR"
    endorse(world, new, world.accept(seize(world, new, 100), "cn"), "cn2")
    bench.feed()
    assert bench.verdict(f"{new}~1").word == "CLEAR"
    assert "seized" in bench.verdict(f"{new}~1").answers.whereabouts
    again = world.make("B", 1000, **ANHYDRIDE)
    world.accept(react(world, again), "maker")
    bench.feed()
    assert bench.verdict(again).word == "FAIL"
    assert bench.verdict(new).word == "CLEAR", "a later batch reddens no earlier one"
