"""Destruction, seizure and custody by order: each takes effect with its second signature."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.treaty_acts import KG, concluded, conserved, endorse, seize, sight, use
from tests.unit.world import CN, MX, World, codes, kg, packages

from lotchain.custody.conclusion import whereabouts
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.custody_order import CustodyOrder
from lotchain.events.destruction import Destruction
from lotchain.events.endorsement import Endorsement
from lotchain.signing import SoftwareSigner


@pytest.fixture
def world() -> World:
    return World()


def destroy(world: World, lot: str, quantity: Any, *serials: str, **fields: Any) -> Destruction:
    return Destruction(**{
        "lot": lot, "prev": world.last(lot), "quantity": kg(quantity), "packages": serials, "method": "incineration",
        "witness": "party:CN-TRUCK", "place": CN, "occurred_at": world.now(), **fields,
    })  # fmt: skip


def test_a_destruction_takes_effect_with_its_witness(world: World) -> None:
    lot = world.make("A", 100, packages=packages(4))
    proposal = world.accept(destroy(world, lot, 25, "0001"), "maker")
    assert world.held(lot) == 100 and concluded(world, lot) == {"proposal-pending"}
    assert endorse(world, lot, proposal, "importer") == {"not-witness"}
    assert endorse(world, lot, proposal, "carrier") == {"destroyed"}
    state = world.lot(lot)
    assert state["accounts"] == {"produced": -100 * KG, "held": 75 * KG, "destroyed": 25 * KG}
    assert state["gone"] == {"0001": "destroyed-witnessed"} and concluded(world, lot) == set()
    assert endorse(world, lot, proposal, "carrier") == {"proposal-unknown"}
    conserved(world)


def test_what_is_destroyed_altogether_has_ended(world: World) -> None:
    lot = world.make("A", 100)
    endorse(world, lot, world.accept(destroy(world, lot, 100), "maker"), "carrier")
    assert whereabouts(world.lot(lot), world.time) == "destroyed"
    assert "sighted-after-end" in codes(world.submit(sight(world, lot), "cn"))


def test_an_act_in_between_makes_a_destruction_moot(world: World) -> None:
    lot = world.make("A", 100)
    proposal = world.accept(destroy(world, lot, 100), "maker")
    world.accept(use(world, lot, 1), "maker")
    assert endorse(world, lot, proposal, "carrier") == {"proposal-moot"}
    assert world.held(lot) == 99


def test_a_destruction_counts_what_an_authority_took_in_between(world: World) -> None:
    lot = world.make("A", 100)
    proposal = world.accept(destroy(world, lot, 100), "maker")
    endorse(world, lot, world.accept(seize(world, lot, 40), "cn"), "cn2")
    assert endorse(world, lot, proposal, "carrier") == {"destroyed"}
    assert world.lot(lot)["accounts"] == {"produced": -100 * KG, "seized": 40 * KG, "destroyed": 60 * KG}
    conserved(world)


def test_a_part_seized_becomes_a_rest_lot_of_the_authority(world: World) -> None:
    lot = world.make("A", 100, packages=packages(4))
    paper = use(world, lot, 100)
    proposal = world.accept(seize(world, lot, 25, "0003"), "cn")
    assert world.held(lot) == 100
    assert endorse(world, lot, proposal, "cn") == {"threshold"}
    assert endorse(world, lot, proposal, "cn2") == {"seized"}
    rest = world.lot(f"{lot}~1")
    assert rest["accounts"] == {"seized": -25 * KG, "held": 25 * KG} and set(rest["packages"]) == {"0003"}
    assert (rest["custodian"], rest["origin"], rest["parents"]) == ("party:CN-NMPA", "seized", [lot])
    assert whereabouts(rest, world.time) == f"seized, held by party:CN-NMPA at {CN.code}"
    assert (world.lot(lot)["custodian"], world.lot(lot)["taken"]) == ("party:CN-MAKER", 25 * KG)
    conserved(world)
    # A paper signed before on the whole is read less what the authority took.
    world.accept(paper, "maker")
    assert world.lot(lot)["accounts"]["consumed"] == 75 * KG
    conserved(world)


def test_a_lot_seized_as_a_whole_stays_itself_and_its_offer_ends(world: World) -> None:
    lot = world.make("A", 100)
    offer = world.offer("maker", "carrier", lot)
    endorse(world, lot, world.accept(seize(world, lot), "cn"), "cn2")
    state = world.lot(lot)
    assert (state["custodian"], state["offer"], state["held_as"]) == ("party:CN-NMPA", None, "seized")
    assert state["withdrawn"][offer]["how"] == "order"
    assert whereabouts(state, world.time).startswith("seized")
    line = AcceptanceLine(lot=lot, outcome="full", accepted=kg(100))
    late = Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now())
    world.accept(late, "carrier")
    assert world.lot(lot)["custodian"] == "party:CN-NMPA"
    assert world.refuse(use(world, lot, 1), "maker") == {"not-custodian"}
    conserved(world)
    # What was seized may be destroyed before a witness, or given back by a hand-over.
    endorse(world, lot, world.accept(destroy(world, lot, 60), "cn"), "carrier")
    world.move("cn", "maker2", lot, receives_as="warehouse")
    assert whereabouts(world.lot(lot), world.time).startswith("in custody of party:CN-MAKER2")
    conserved(world)


def test_a_key_enrolled_since_makes_no_second_officer(world: World) -> None:
    lot = world.make("A", 100)
    proposal = world.accept(seize(world, lot), "cn")
    world.advance()
    third = SoftwareSigner.from_seed(b"third officer".ljust(32, b"."))
    world.enrol("cn", third)
    event = Endorsement(subject=lot, endorses=proposal, occurred_at=world.now())
    assert world.refuse(event, "cn", signer=third) == {"threshold"}


def test_custody_by_order(world: World) -> None:
    lot = world.make("A", 100)
    order = CustodyOrder(lot=lot, custodian="party:MX-IMPORT", reason="bankrupt", occurred_at=world.now())
    paper = use(world, lot, 1)
    proposal = world.accept(order, "cn")
    assert endorse(world, lot, proposal, "mx") == {"threshold"}
    assert endorse(world, lot, proposal, "cn2") == {"custody-ordered"}
    assert world.lot(lot)["custodian"] == "party:MX-IMPORT"
    assert world.refuse(paper, "maker") == {"prev-stale"}
    world.accept(use(world, lot, 1), "importer")
    conserved(world)


def test_an_authority_elsewhere_neither_seizes_nor_orders(world: World) -> None:
    lot = world.make("A", 100)
    assert world.refuse(seize(world, lot).model_copy(update={"place": MX}), "mx") == {"authority-scope"}
    order = CustodyOrder(lot=lot, custodian="party:MX-IMPORT", reason="vanished", occurred_at=world.now())
    assert world.refuse(order, "mx") == {"authority-scope"}
    assert world.refuse(order, "importer") == {"not-authority"}
