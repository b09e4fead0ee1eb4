"""Settlement of a breach, and acceptance by an authority for a receiver that cannot sign."""

from __future__ import annotations

import pytest
from tests.unit.treaty_acts import conserved, use
from tests.unit.world import MX, PARTIES, World, kg
from tests.vectors_build.bundle_bench import Bench

from lotchain.events.licence_revocation import LicenceRevocation
from lotchain.events.settlement import Settlement
from lotchain.events.witnessed_acceptance import WitnessedAcceptance, WitnessedLot


@pytest.fixture
def world() -> World:
    return World()


def test_a_settled_breach_stays_listed_and_weighs_as_a_note() -> None:
    bench = Bench()
    world = bench.world
    lot = world.make("A", 100)
    world.accept(
        LicenceRevocation(party=PARTIES["carrier"], number="1", reason="misuse", occurred_at=world.now()), "cn"
    )
    offer = world.offer("maker", "carrier", lot)
    taken = world.take(offer, "carrier")
    bench.feed()
    assert bench.verdict(lot).answers.treaty == "breach"
    for statement in (offer, taken):
        code = "licence-not-in-force"
        world.accept(
            Settlement(lot=lot, statement=statement, code=code, outcome="fined", occurred_at=world.now()), "cn"
        )
    bench.feed()
    verdict = bench.verdict(lot)
    listed = [finding for finding in verdict.findings if finding.code == "licence-not-in-force"]
    assert len(listed) == 2 and {finding.kind.weight.name for finding in listed} == {"NOTE"}
    assert verdict.answers.treaty != "breach"


def test_a_settlement_of_one_breach_settles_no_other() -> None:
    bench = Bench()
    world = bench.world
    lot = world.make("A", 100)
    world.accept(
        LicenceRevocation(party=PARTIES["carrier"], number="1", reason="misuse", occurred_at=world.now()), "cn"
    )
    taken = world.take(world.offer("maker", "carrier", lot), "carrier")
    settled = Settlement(lot=lot, statement=taken, code="licence-none", outcome="fined", occurred_at=world.now())
    world.accept(settled, "cn")
    assert world.refuse(settled.model_copy(update={"code": "licence-not-in-force"}), "mx") == {"authority-scope"}
    bench.feed()
    assert bench.verdict(lot).answers.treaty == "breach"


def test_the_givers_authority_does_not_settle_what_the_receivers_licence_lacked(world: World) -> None:
    lot = world.make("A", 100)
    lapsed = LicenceRevocation(party=PARTIES["importer"], number="1", reason="misuse", occurred_at=world.now())
    world.accept(lapsed, "mx")
    offer = world.offer("maker", "importer", lot, receives_as="consignee")
    code = "licence-not-in-force"
    settled = Settlement(lot=lot, statement=offer, code=code, outcome="fined", occurred_at=world.now())
    assert world.refuse(settled, "cn") == {"authority-scope"}


def test_an_authority_accepts_for_a_receiver_without_a_key(world: World) -> None:
    lot = world.make("A", 100)
    offer = world.offer("maker", "importer", lot, receives_as="consignee")
    line = WitnessedLot(lot=lot, accepted=kg(98), missing=kg(2))
    event = WitnessedAcceptance(
        answers=offer, receiver=PARTIES["importer"], lines=(line,), reason="key-lost", place=MX, occurred_at=world.now()
    )
    assert world.refuse(event, "cn") == {"authority-scope"}
    assert world.refuse(event, "importer") == {"not-authority"}
    accepted = world.accept(event, "mx")
    state = world.lot(lot)
    assert (state["custodian"], state["giver"], state["last"]) == (PARTIES["importer"], PARTIES["maker"], accepted)
    assert state["differences"][accepted]["receiver"] == PARTIES["importer"]
    assert world.refuse(event, "mx") == {"offer-closed"}
    world.accept(use(world, lot, 1), "importer")
    conserved(world)
