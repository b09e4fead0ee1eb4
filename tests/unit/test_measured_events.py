"""Samples, independent weights, counts and sightings: they move nothing that nobody took.

Every accepted statement is followed by the harness's check that all lots' accounts sum to zero.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.treaty_acts import KG, concluded, conserved, sight, use
from tests.unit.world import CN, MX, World, codes, kg, packages

from lotchain.events.discrepancy_answer import DiscrepancyAnswer
from lotchain.events.sampling import Sampling
from lotchain.events.stock_count import CountedLot, Reconciliation, StockCount
from lotchain.events.weighing import WeighedLot, Weighing


@pytest.fixture
def world() -> World:
    return World()


def weigh(world: World, lot: str, net: Any, **fields: Any) -> Weighing:
    line = WeighedLot(lot=lot, gross=kg(net), net=kg(net))
    return Weighing(**{"lines": (line,), "scale": "W 1", "place": CN, "occurred_at": world.now(), **fields})


def count(world: World, lot: str, counted: Any, sums: Reconciliation | None = None) -> StockCount:
    line = CountedLot(lot=lot, counted=None if counted is None else kg(counted), reconciliation=sums)
    return StockCount(lines=(line,), place=CN, occurred_at=world.now())


# --- sampling --------------------------------------------------------------------------------------------------


def test_a_sample_is_posted_and_matter_is_conserved(world: World) -> None:
    lot = world.make("A", 100)
    event = Sampling(lot=lot, prev=world.last(lot), quantity=kg("0.5"), purpose="retention", occurred_at=world.now())
    first = world.accept(event, "maker")
    assert world.lot(lot)["accounts"] == {"produced": -100 * KG, "held": 99_500_000_000, "sampled": 500_000_000}
    assert world.last(lot) == first
    assert world.refuse(event, "maker") == {"prev-stale"}
    conserved(world)


# --- weighing and counting -------------------------------------------------------------------------------------


def test_a_weighing_moves_nothing_and_its_difference_is_closed_by_the_authority_that_weighed(world: World) -> None:
    lot = world.make("A", 100, tolerance="0.5")
    before = world.lot(lot)
    assert codes(world.submit(weigh(world, lot, 100), "cn")) == set()
    assert world.lot(lot)["differences"] == {}
    weighed = world.accept(weigh(world, lot, 92), "cn")
    state = world.lot(lot)
    assert (state["accounts"], state["last"]) == (before["accounts"], before["last"])
    assert state["differences"][weighed] == {
        "amount": 8 * KG, "offeror": "party:CN-MAKER", "receiver": "party:CN-NMPA", "status": "open", "answer": "",
    }  # fmt: skip
    assert concluded(world, lot) == {"difference-open"}
    answer = DiscrepancyAnswer(lot=lot, reply=weighed, explanation="investigated", occurred_at=world.now())
    world.accept(answer, "maker")
    assert concluded(world, lot) == {"difference-answered"}
    world.accept(answer, "cn")
    assert concluded(world, lot) == {"difference-closed"}


def test_a_custodian_does_not_close_what_it_weighed_itself(world: World) -> None:
    lot = world.make("A", 100)
    weighed = world.accept(weigh(world, lot, 92), "maker")
    answer = DiscrepancyAnswer(lot=lot, reply=weighed, explanation="miscounted", occurred_at=world.now())
    world.accept(answer, "maker")
    assert concluded(world, lot) == {"difference-answered"}


@pytest.mark.parametrize(("net", "status"), [("99.5", "within"), ("99.499999", "open"), ("100.500001", "open")])
def test_tolerance_decides_exactly(world: World, net: str, status: str) -> None:
    lot = world.make("A", 100, tolerance="0.5")
    weighed = world.accept(weigh(world, lot, net), "maker")
    assert world.lot(lot)["differences"][weighed]["status"] == status


def test_a_past_custodian_and_a_receiver_open_no_difference(world: World) -> None:
    lot = world.make("A", 100)
    world.offer("maker", "carrier", lot)
    assert codes(world.submit(weigh(world, lot, 92), "carrier")) == {"mass-differs"}
    assert world.lot(lot)["differences"] == {}
    other = world.make("B", 100)
    world.move("maker", "carrier", other)
    assert codes(world.submit(weigh(world, other, 1), "maker")) == {"past-custodian-report"}
    assert world.lot(other)["differences"] == {}


def test_delivered_is_used_and_in_stock_and_lost(world: World) -> None:
    lot = world.make("A", 100)
    world.accept(use(world, lot, 30), "maker")
    good = Reconciliation(delivered=kg(100), used=kg(30))
    assert codes(world.submit(count(world, lot, 70, good), "maker")) == set()
    assert world.refuse(count(world, lot, 69, good), "maker") == {"reconciliation-unbalanced"}
    hidden = Reconciliation(delivered=kg(100), used=kg(40))
    assert codes(world.submit(count(world, lot, 60, hidden), "maker")) == {"stock-differs", "use-differs"}
    assert concluded(world, lot) == {"difference-open"}
    conserved(world)


def test_nothing_in_stock_is_a_count_too(world: World) -> None:
    lot = world.make("A", 100)
    counted = world.accept(count(world, lot, None), "cn")
    assert world.lot(lot)["differences"][counted]["amount"] == 100 * KG


# --- sighting --------------------------------------------------------------------------------------------------


def test_what_was_used_up_and_turns_up_again_fails(world: World) -> None:
    lot = world.make("A", 100)
    world.accept(use(world, lot, 100), "maker")
    judged = world.submit(sight(world, lot), "cn")
    found = next(finding for finding in judged.findings if finding.code == "sighted-after-end")
    assert found.kind.weight.name == "FAIL" and not judged.refused
    assert "sighted-after-end" not in codes(world.submit(sight(world, lot, content="empty"), "cn"))


def test_a_past_custodian_does_not_paint_a_lot_red(world: World) -> None:
    lot = world.make("A", 100)
    world.accept(use(world, lot, 100), "maker")
    assert codes(world.submit(sight(world, lot), "maker")) == {"past-custodian-report"}


def test_one_drum_elsewhere_does_not_move_the_lot(world: World) -> None:
    lot = world.make("A", 100, packages=packages(4))
    world.accept(sight(world, lot, "0001", place=MX), "maker")
    assert world.lot(lot)["place"]["code"] == CN.code
    world.accept(sight(world, lot, place=MX), "maker")
    assert world.lot(lot)["place"]["code"] == MX.code
