"""Alerts of supplies and orders: cut into pieces, many and small, far above the past, a newcomer's first big one."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.overseen import THRESHOLDS, Overseen
from tests.unit.world import DAY, MX, START

from lotchain.core.instants import format_instant, parse_instant
from lotchain.events.fields import Place
from lotchain.rules.thresholds import ThresholdSet

CA = Place(code="CAVAN", offset="-08:00")
ANTHRANILIC = "118-92-3"
"""Canada: an end-use declaration above 1 kg a sale (V). The Union: a yearly sum of 1 kg (from memory)."""
DE = Place(code="DEHAM", offset="+01:00")


def canada(**fields: Any) -> Overseen:
    world = Overseen().accede("CA")
    for local in ("MAKER", "USER", "SITE", "OTHER"):
        world.newcomer(f"party:CA-{local}", "manufacture", "distribute", "use", **fields)
    return world


def sell(world: Overseen, quantity: float, to: str = "party:CA-USER", **fields: Any) -> str:
    return world.supply(quantity, "party:CA-MAKER", to, substance=ANTHRANILIC, place=CA, **fields)


# --- t11-deals-below-threshold ----------------------------------------------------------------------------------


def test_a_sale_cut_into_deals_below_the_threshold() -> None:
    world = canada()
    sell(world, 0.7)
    assert world.raised("t11-deals-below-threshold") == []
    sell(world, 0.7)
    alert = world.only("t11-deals-below-threshold")
    assert alert.subject == "party:CA-USER" and alert.statements == 2
    assert {figure.name: figure.value for figure in alert.figures}["sum"] == "1.400"
    assert "basis V" in alert.said


def test_one_deal_above_the_threshold_is_not_cut() -> None:
    world = canada()
    sell(world, 0.7)
    sell(world, 5)
    assert world.raised("t11-deals-below-threshold") == []


def test_deals_of_two_months_are_not_one() -> None:
    world = canada()
    sell(world, 0.7)
    world.advance(40 * DAY)
    sell(world, 0.7)
    assert world.raised("t11-deals-below-threshold") == []


def test_deals_with_two_buyers_are_not_one() -> None:
    world = canada()
    sell(world, 0.7)
    sell(world, 0.7, "party:CA-OTHER")
    assert world.raised("t11-deals-below-threshold") == []


def test_sites_of_one_organisation_are_one_buyer() -> None:
    world = Overseen().accede("CA")
    for local, firm in (("MAKER", "Maker"), ("USER", "Sister firms"), ("SITE", "Sister  FIRMS")):
        world.newcomer(f"party:CA-{local}", "manufacture", "distribute", "use", organisation=firm)
    sell(world, 0.7)
    sell(world, 0.7, "party:CA-SITE")
    alert = world.only("t11-deals-below-threshold")
    assert {"party:CA-USER", "party:CA-SITE"} <= set(alert.parties)


def test_a_threshold_holds_in_its_own_country() -> None:
    world = Overseen()
    for _ in range(3):
        world.supply(0.7, substance=ANTHRANILIC)
    assert not {code for code in world.codes() if code.startswith("t11-")}


# --- t11-threshold-… by sum -------------------------------------------------------------------------------------


def union(*, licensed: bool, thresholds: tuple[ThresholdSet, ...] = THRESHOLDS) -> Overseen:
    world = Overseen(thresholds=thresholds).accede("DE")
    world.newcomer("party:DE-MAKER", "manufacture", "distribute")
    substances = ("*",) if licensed else ("108-24-7",)
    world.newcomer("party:DE-USER", "use", "distribute", substances=substances)
    return world


def buy(world: Overseen, quantity: float) -> None:
    world.supply(quantity, "party:DE-MAKER", "party:DE-USER", substance=ANTHRANILIC, place=DE)


def test_a_yearly_sum_that_the_data_knows_from_memory_is_never_called_certain() -> None:
    world = union(licensed=False)
    buy(world, 0.6)
    world.advance(30 * DAY)
    buy(world, 0.6)
    assert world.only("t11-threshold-from-memory").subject == "party:DE-USER"
    assert world.raised("t11-threshold-in-pieces") == []


def test_a_registered_buyer_may_reach_it() -> None:
    world = union(licensed=True)
    for _ in range(3):
        buy(world, 0.6)
    assert world.raised("t11-threshold-from-memory") == []


def test_a_new_year_begins_a_new_sum() -> None:
    world = union(licensed=False)
    world.time = parse_instant("2026-12-20T00:00:00Z", field="")
    buy(world, 0.6)
    world.advance(20 * DAY)
    buy(world, 0.6)
    assert world.raised("t11-threshold-from-memory") == []


def test_a_sum_over_a_threshold_that_was_read_is_certain() -> None:
    """No shipped threshold is both read and summed over time: the same one, as if its amount had been read."""
    read = tuple(
        each._replace(thresholds=tuple(item._replace(confidence="V") for item in each.thresholds))
        for each in THRESHOLDS
    )
    world = union(licensed=False, thresholds=read)
    buy(world, 0.6)
    buy(world, 0.6)
    assert world.only("t11-threshold-in-pieces").kind.certainty.value == "certain"
    assert world.raised("t11-threshold-from-memory") == []


# --- t11-many-small-supplies ------------------------------------------------------------------------------------


def often(world: Overseen, times: int, to: str = "user-a") -> None:
    for _ in range(times):
        world.supply(1, to=to)


def next_month(world: Overseen) -> None:
    world.advance(31 * DAY)


def test_many_supplies_in_a_month() -> None:
    world = Overseen()
    often(world, 5)
    assert world.raised("t11-many-small-supplies") == []
    often(world, 1)
    alert = world.only("t11-many-small-supplies")
    assert alert.statements == 6 and alert.figures[0].value == "6"


def test_a_steady_small_user_is_none() -> None:
    world = Overseen()
    for times in (3, 4, 4, 5, 6, 6):
        often(world, times)
        next_month(world)
    assert world.raised("t11-many-small-supplies") == []


def test_supplies_to_many_buyers_are_none() -> None:
    world = Overseen()
    often(world, 4)
    often(world, 4, "user-b")
    assert world.raised("t11-many-small-supplies") == []


def test_the_month_is_that_of_the_place() -> None:
    """The last hours of a month at UTC-06:00 are the next month in UTC."""
    world = Overseen()
    world.time = parse_instant("2026-10-31T22:00:00Z", field="")
    for _ in range(6):
        lot = world.make(world.number(), 1, place=MX)
        world.take(world.offer("maker", "user-a", lot, receives_as="consignee"), "user-a", MX)
        world.advance(3_600_000)
    assert world.only("t11-many-small-supplies").key.endswith("2026-10")


def test_returns_and_carriage_are_no_supplies() -> None:
    world = Overseen()
    for _ in range(8):
        lot = world.make(world.number(), 1)
        world.move("maker", "carrier", lot)
    assert world.raised("t11-many-small-supplies") == []


# --- t14-order-above-median -------------------------------------------------------------------------------------


def orders(world: Overseen, *quantities: float) -> None:
    for quantity in quantities:
        world.supply(quantity)
        next_month(world)


def test_an_order_far_above_the_buyers_own_median() -> None:
    world = Overseen()
    orders(world, 100, 120, 90, 110, 100, 500)
    alert = world.only("t14-order-above-median")
    assert {figure.name: figure.value for figure in alert.figures} == {
        "order": "500.000", "own median": "100.000", "orders before": "5",
    }  # fmt: skip


def test_growth_is_none() -> None:
    world = Overseen()
    orders(world, 100, 150, 200, 300, 400, 600, 800, 1000)
    assert world.raised("t14-order-above-median") == []


def test_without_a_past_there_is_no_pattern() -> None:
    world = Overseen()
    orders(world, 1, 1, 1, 1, 500)
    assert world.raised("t14-order-above-median") == []


def test_a_past_of_years_ago_does_not_count() -> None:
    world = Overseen()
    orders(world, 1, 1, 1, 1, 1)
    world.advance(800 * DAY)
    orders(world, 500)
    assert world.raised("t14-order-above-median") == []


# --- t01-licence-days-before-order ------------------------------------------------------------------------------


def market(world: Overseen) -> None:
    for _ in range(5):
        world.supply(100, to="user-b")


def test_a_licence_days_before_the_first_big_order() -> None:
    world = Overseen()
    market(world)
    party = world.newcomer("party:MX-FRONT", "use", valid_from=format_instant(START - 5 * DAY))
    world.supply(400, to=party)
    alert = world.only("t01-licence-days-before-order")
    assert alert.subject == party and alert.figures[-1].value == "5"


@pytest.mark.parametrize(("age", "quantity"), [(400, 400), (5, 120)])
def test_an_old_licence_or_a_small_order_is_none(age: int, quantity: float) -> None:
    world = Overseen()
    market(world)
    party = world.newcomer("party:MX-NEW", "use", valid_from=format_instant(START - age * DAY))
    world.supply(quantity, to=party)
    assert world.raised("t01-licence-days-before-order") == []


def test_the_second_order_of_a_newcomer_is_judged_by_its_own_past() -> None:
    world = Overseen()
    market(world)
    party = world.newcomer("party:MX-NEW", "use", valid_from=format_instant(START - 5 * DAY))
    world.supply(100, to=party)
    world.supply(400, to=party)
    assert world.raised("t01-licence-days-before-order") == []


def test_nobody_to_compare_with_raises_nothing() -> None:
    world = Overseen()
    party = world.newcomer("party:MX-NEW", "use", valid_from=format_instant(START - 5 * DAY))
    world.supply(4000, to=party)
    assert world.raised("t01-licence-days-before-order") == []
