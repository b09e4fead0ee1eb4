"""Alerts of losses that come again: carrier, lane, always under the tolerance, above an operator's own past."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.overseen import TYPOLOGIES, Overseen
from tests.unit.test_authority_events import consign
from tests.unit.test_lot_events import loss
from tests.unit.world import CN_PORT, DAY, MX, PARTIES

MONTH = 31 * DAY


@pytest.fixture
def world() -> Overseen:
    return Overseen()


def robbed(world: Overseen, carrier: str = "carrier", quantity: float = 20) -> str:
    """A delivery of which the carrier reports some stolen on the way."""
    lot = world.make(world.number("R"), 100)
    world.move("maker", carrier, lot)
    world.accept(loss(world, lot, quantity, reference="P 1"), carrier)
    world.move(carrier, "user-a", lot, receives_as="consignee", place=MX)
    world.advance(DAY)
    return lot


# --- t05-losses-one-carrier -------------------------------------------------------------------------------------


def test_the_third_loss_with_one_carrier_in_a_year(world: Overseen) -> None:
    lots = [robbed(world), robbed(world)]
    assert world.raised("t05-losses-one-carrier") == []
    lots.append(robbed(world))
    alert = world.only("t05-losses-one-carrier")
    assert alert.subject == PARTIES["carrier"] and alert.lots == tuple(lots) and alert.statements == 3
    lots.append(robbed(world))
    assert world.only("t05-losses-one-carrier").lots == tuple(lots)
    assert world.only("t05-losses-one-carrier").id == alert.id


def test_short_receipts_from_a_carrier_are_losses_too(world: Overseen) -> None:
    for _ in range(3):
        world.deliver(100, missing=5)
    assert world.only("t05-losses-one-carrier").statements == 3


def test_one_incident_reported_and_then_missing_counts_once(world: Overseen) -> None:
    for _ in range(2):
        lot = world.make(world.number("R"), 100)
        world.move("maker", "carrier", lot)
        world.accept(loss(world, lot, 20), "carrier")
        offer = world.offer("carrier", "user-a", lot, receives_as="consignee")
        world.short(offer, lot, 5, "user-a", MX)
        world.advance(DAY)
    assert world.raised("t05-losses-one-carrier") == []


def test_losses_years_apart_are_accidents(world: Overseen) -> None:
    for _ in range(4):
        robbed(world)
        world.advance(200 * DAY)
    assert world.raised("t05-losses-one-carrier") == []


def test_losses_of_three_carriers_are_no_pattern_of_one(world: Overseen) -> None:
    for local in ("A", "B", "C"):
        robbed(world, world.newcomer(f"party:CN-TRUCK{local}", "transport"))
    assert world.raised("t05-losses-one-carrier") == []


def test_two_firms_of_one_organisation_are_one_carrier(world: Overseen) -> None:
    for local in ("A", "B", "C"):
        robbed(world, world.newcomer(f"party:CN-TRUCK{local}", "transport", organisation="Road  HAULIERS"))
    assert len(world.only("t05-losses-one-carrier").parties) == 3


def test_a_carrier_with_many_deliveries_loses_some_by_size_alone() -> None:
    world = Overseen(TYPOLOGIES.with_value("t05-losses-one-carrier", "least-share", 60))
    for _ in range(2):
        robbed(world)
        world.deliver()
        world.deliver()
    robbed(world)
    assert world.raised("t05-losses-one-carrier") == []
    robbed(world)
    robbed(world)
    assert world.only("t05-losses-one-carrier").said == "5 losses in 365 days on 8 deliveries"


# --- t05-losses-one-lane ----------------------------------------------------------------------------------------


def on_lane(world: Overseen, carrier: str, *route: str, quantity: float = 20) -> None:
    lot = world.make(world.number("L"), 100)
    world.accept(consign(world, lot, name=f"consignment:CN-MAKER/{world.number('C')}", route=route), "maker")
    world.move("maker", carrier, lot)
    if quantity:
        world.accept(loss(world, lot, quantity, place=CN_PORT), carrier)
    world.advance(DAY)


def carriers(world: Overseen) -> list[str]:
    return [world.newcomer(f"party:CN-TRUCK{local}", "transport") for local in ("A", "B", "C")]


def test_losses_on_one_lane_with_different_carriers(world: Overseen) -> None:
    for carrier in carriers(world):
        on_lane(world, carrier, "CNTZU", "CNSHG", "MXZLO")
    alert = world.only("t05-losses-one-lane")
    assert alert.subject == "lane:CNTZU-MXZLO" and len(alert.parties) == 3
    assert world.raised("t05-losses-one-carrier") == []


def test_losses_on_three_lanes_are_none(world: Overseen) -> None:
    for carrier, end in zip(carriers(world), ("MXZLO", "MXVER", "MXLZC"), strict=True):
        on_lane(world, carrier, "CNTZU", "CNSHG", end)
    assert world.raised("t05-losses-one-lane") == []


def test_a_lane_without_losses_is_none(world: Overseen) -> None:
    for carrier in carriers(world):
        on_lane(world, carrier, "CNTZU", "CNSHG", "MXZLO", quantity=0)
    assert world.raised("t05-losses-one-lane") == []


# --- t18-losses-under-tolerance ---------------------------------------------------------------------------------


def heel(world: Overseen, *missing: float, **fields: Any) -> None:
    for each in missing:
        world.deliver(1000, each, tolerance="0.5", **fields)


def test_a_heel_that_is_booked_every_trip(world: Overseen) -> None:
    heel(world, 4, 4, 4, 4, 4)
    assert world.raised("t18-losses-under-tolerance") == []
    heel(world, 4)
    alert = world.only("t18-losses-under-tolerance")
    assert alert.subject == PARTIES["carrier"]
    assert {figure.name: figure.value for figure in alert.figures}["missing together"] == "24.000"
    assert world.raised("t05-losses-one-carrier") == []
    heel(world, 4)
    assert world.only("t18-losses-under-tolerance").statements == 7


def booked(world: Overseen, *quantities: float, kind: str = "unknown") -> None:
    """Deliveries of 1000 kg of which the carrier books some as a loss before it hands over the rest."""
    for quantity in quantities:
        lot = world.make(world.number("H"), 1000, tolerance="0.5")
        world.move("maker", "carrier", lot)
        world.accept(loss(world, lot, quantity, kind), "carrier")
        world.move("carrier", "user-a", lot, receives_as="consignee", place=MX)
        world.advance(DAY)


def test_a_heel_that_is_booked_as_a_loss_every_trip(world: Overseen) -> None:
    booked(world, 4, 4, 4, 4, 4)
    assert world.raised("t18-losses-under-tolerance") == []
    booked(world, 4)
    assert {figure.name: figure.value for figure in world.only("t18-losses-under-tolerance").figures} == {
        "missing together": "24.000", "of what was delivered": "0.40", "short deliveries": "6", "deliveries": "6",
    }  # fmt: skip


def test_thefts_and_losses_beyond_tolerance_are_told_elsewhere(world: Overseen) -> None:
    booked(world, 4, 4, 4, 4, 4, 4, kind="stolen")
    booked(world, 6, 6, 6, 6, 6, 6)
    assert world.raised("t18-losses-under-tolerance") == []
    assert world.raised("t05-losses-one-carrier") != []


def test_scale_errors_fall_on_both_sides(world: Overseen) -> None:
    heel(world, 2, 0, 3, 0, 2, 0, 3, 0, 2, 0, 3, 0)
    assert world.raised("t18-losses-under-tolerance") == []


def test_a_sum_that_does_not_matter_is_none(world: Overseen) -> None:
    heel(world, *(0.1 for _ in range(8)))
    assert world.raised("t18-losses-under-tolerance") == []


def test_old_trips_are_forgotten(world: Overseen) -> None:
    for _ in range(8):
        heel(world, 4, after=100 * DAY)
    assert world.raised("t18-losses-under-tolerance") == []


# --- t18-unusual-loss -------------------------------------------------------------------------------------------


def month(world: Overseen, leaked: float, made: float = 1000) -> None:
    lot = world.make(world.number("M"), made)
    if leaked:
        world.accept(loss(world, lot, leaked, "leaked"), "maker")
    world.advance(MONTH)


def test_a_month_above_the_first_ones(world: Overseen) -> None:
    for leaked in (2, 3, 2, 1, 2, 3):
        month(world, leaked)
    month(world, 6)
    alert = world.only("t18-unusual-loss")
    assert alert.subject == PARTIES["maker"]
    assert {figure.name: figure.value for figure in alert.figures} == {
        "lost in the month": "6.000",
        "of what came in": "0.60",
        "highest rate of the first months": "0.30",
    }


def test_the_old_limit_stays_when_the_statistic_drifts(world: Overseen) -> None:
    for leaked in (2, 2, 2, 2, 2, 2, 2.5, 2.9, 3.5, 4, 5):
        month(world, leaked)
    assert len(world.raised("t18-unusual-loss")) == 3


def test_a_months_loss_is_judged_when_the_month_is_over(world: Overseen) -> None:
    for _ in range(6):
        month(world, 1)
    lot = world.make("LAST", 1000)
    world.accept(loss(world, lot, 50, "leaked"), "maker")
    assert world.raised("t18-unusual-loss") == []


def test_start_up_is_the_measure_and_never_unusual(world: Overseen) -> None:
    for leaked in (50, 20, 10, 5, 5, 5, 5, 5, 40):
        month(world, leaked)
    assert world.raised("t18-unusual-loss") == []


def test_little_is_never_unusual(world: Overseen) -> None:
    for leaked in (0, 0, 0, 0, 0, 0, 0.9, 0.9):
        month(world, leaked)
    assert world.raised("t18-unusual-loss") == []
