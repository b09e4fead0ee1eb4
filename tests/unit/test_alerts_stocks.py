"""Alerts of goods that lie, or are more than anybody needs."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.overseen import Overseen
from tests.unit.test_lot_events import consume, pack, split
from tests.unit.world import CN, DAY, MX, PARTIES, kg, packages
from tests.vectors_build.event_permits import declare_use

from lotchain.core.instants import format_instant
from lotchain.events.stock_count import CountedLot, StockCount

USER = PARTIES["user-a"]


@pytest.fixture
def world() -> Overseen:
    return Overseen()


# --- t01-received-never-used ------------------------------------------------------------------------------------


def test_a_receiver_that_never_does_anything(world: Overseen) -> None:
    lots = [world.supply(100), world.supply(50)]
    world.advance(179 * DAY)
    assert world.raised("t01-received-never-used") == []
    world.advance(DAY)
    alert = world.only("t01-received-never-used")
    assert alert.subject == USER and alert.lots == tuple(lots)
    assert [figure.value for figure in alert.figures] == ["150.000", "2", "180"]


def test_a_use_ends_it_for_good(world: Overseen) -> None:
    lot = world.supply(100)
    world.supply(50)
    world.accept(consume(world, lot, 1), "user-a")
    world.advance(400 * DAY)
    assert world.raised("t01-received-never-used") == []


def test_a_sale_is_a_use_of_a_trader(world: Overseen) -> None:
    lot = world.supply(100, to="importer")
    world.supply(50, to="importer")
    world.move("importer", "user-a", lot, receives_as="consignee")
    world.advance(200 * DAY)
    assert [alert.subject for alert in world.raised("t01-received-never-used")] == []


def test_one_receipt_may_be_a_trial(world: Overseen) -> None:
    world.supply(100)
    world.advance(300 * DAY)
    assert world.raised("t01-received-never-used") == []


def test_a_carrier_or_warehouse_uses_nothing_rightly(world: Overseen) -> None:
    for _ in range(3):
        world.move("maker", "carrier", world.make(world.number(), 100))
    world.advance(300 * DAY)
    assert world.raised("t01-received-never-used") == []


# --- t01-site-shared --------------------------------------------------------------------------------------------


def sited(world: Overseen, *firms: tuple[str, str, str]) -> None:
    for party, organisation, site in firms:
        world.newcomer(party, "use", organisation=organisation, sites=(site,))


def test_three_organisations_at_one_site(world: Overseen) -> None:
    sited(world, ("party:MX-A", "A", "S-1"), ("party:MX-B", "B", "S-1"))
    assert world.raised("t01-site-shared") == []
    sited(world, ("party:MX-C", "C", "S-1"))
    alert = world.only("t01-site-shared")
    assert alert.subject == "site:MX-S-1" and set(alert.parties) == {"party:MX-A", "party:MX-B", "party:MX-C"}


def test_one_organisation_or_two_countries_are_none(world: Overseen) -> None:
    sited(world, *((f"party:MX-{n}", "One firm", "S-1") for n in "ABC"))
    sited(world, ("party:MX-D", "D", "S-2"), ("party:CN-E", "E", "S-2"), ("party:CN-F", "F", "S-2"))
    assert world.raised("t01-site-shared") == []


# --- t06-stock-ages ---------------------------------------------------------------------------------------------


def test_stock_of_which_nothing_is_taken(world: Overseen) -> None:
    lots = [world.supply(100), world.supply(50)]
    world.advance(366 * DAY)
    alert = world.only("t06-stock-ages")
    assert alert.lots == tuple(lots) and alert.figures[0].value == "150.000"


def test_counting_stock_does_not_make_it_young(world: Overseen) -> None:
    lot = world.supply(100)
    world.advance(200 * DAY)
    line = CountedLot(lot=lot, counted=kg(100))
    world.accept(StockCount(lines=(line,), place=CN, occurred_at=world.now()), "user-a")
    world.advance(200 * DAY)
    assert world.only("t06-stock-ages").lots == (lot,)


def test_dividing_stock_does_not_make_it_young(world: Overseen) -> None:
    lot = world.supply(100)
    world.advance(300 * DAY)
    world.accept(split(world, lot, ("A", 60), ("B", 40)), "user-a")
    world.advance(100 * DAY)
    alert = world.only("t06-stock-ages")
    assert alert.lots == ("lot:MX-USERA/A", "lot:MX-USERA/B") and alert.statements == 1


def test_seasonal_use_makes_it_young(world: Overseen) -> None:
    lot = world.supply(100)
    world.advance(300 * DAY)
    world.accept(consume(world, lot, 10), "user-a")
    world.advance(300 * DAY)
    assert world.raised("t06-stock-ages") == []


def test_a_makers_own_stock_and_a_warehouses_are_none(world: Overseen) -> None:
    world.make("A", 100)
    world.move("maker", "importer", world.make("B", 100), receives_as="warehouse")
    world.advance(500 * DAY)
    assert world.raised("t06-stock-ages") == []


# --- t06-small-packs --------------------------------------------------------------------------------------------


def pack_for(world: Overseen, lot: str, count: int, net: float, who: str) -> None:
    event = pack(world, lot, *packages(count, net))
    world.accept(event, who)


def bought(world: Overseen, count: int, net: float, **fields: Any) -> str:
    lot = world.supply(count * net, **fields)
    pack_for(world, lot, count, net, "user-a")
    return lot


def test_bulk_that_a_buyer_packs_small(world: Overseen) -> None:
    lot = bought(world, 20, 1)
    alert = world.only("t06-small-packs")
    assert alert.subject == USER and alert.lots == (lot,) and alert.figures[0].value == "20"


def test_a_few_samples_or_large_drums_are_none(world: Overseen) -> None:
    bought(world, 19, 1)
    bought(world, 30, 25)
    assert world.raised("t06-small-packs") == []


def test_who_made_the_goods_packs_them_as_it_will(world: Overseen) -> None:
    pack_for(world, world.make("A", 20), 20, 1, "maker")
    assert world.raised("t06-small-packs") == []


def test_small_packs_packed_anew_are_none(world: Overseen) -> None:
    bought(world, 20, 1, packages=packages(40, "0.5"))
    assert world.raised("t06-small-packs") == []


def test_dividing_into_many_small_lots_is_the_same(world: Overseen) -> None:
    lot = world.supply(20)
    world.accept(split(world, lot, *((f"P{n}", 1) for n in range(20))), "user-a")
    assert world.only("t06-small-packs").subject == USER


# --- t02-use-not-declared ---------------------------------------------------------------------------------------


def test_a_use_that_no_declaration_names(world: Overseen) -> None:
    world.accept(declare_use(world, uses=("cellulose-acetylation",)), "user-a")
    world.accept(consume(world, world.supply(10), 1, purpose="cleaning"), "user-a")
    alert = world.only("t02-use-not-declared")
    assert alert.subject == USER and "cellulose-acetylation" in alert.said


@pytest.mark.parametrize("purpose", ["synthesis", "laboratory", "synthesis-of-paracetamol"])
def test_a_declared_use_in_fewer_words_is_declared(world: Overseen, purpose: str) -> None:
    world.accept(declare_use(world, uses=("synthesis-of-paracetamol", "laboratory")), "user-a")
    world.accept(consume(world, world.supply(10), 1, purpose=purpose), "user-a")
    assert world.raised("t02-use-not-declared") == []


def test_without_a_declaration_nothing_is_compared(world: Overseen) -> None:
    world.accept(consume(world, world.supply(10), 1, purpose="cleaning"), "user-a")
    assert world.raised("t02-use-not-declared") == []


# --- t02-received-beyond-declared, t17-stock-above-declared -----------------------------------------------------


def test_more_received_than_declared_and_used_up_meanwhile(world: Overseen) -> None:
    world.accept(declare_use(world, quantity=kg(100)), "user-a")
    for _ in range(2):
        world.accept(consume(world, world.supply(60), 60), "user-a")
    alert = world.only("t02-received-beyond-declared")
    assert [figure.value for figure in alert.figures] == ["120.000", "100.000", "1"] and alert.statements == 2
    assert world.raised("t17-stock-above-declared") == []


def test_a_stock_above_what_is_declared(world: Overseen) -> None:
    world.accept(declare_use(world, quantity=kg(100)), "user-a")
    world.supply(60)
    assert world.codes() == set()
    world.supply(60)
    alert = world.only("t17-stock-above-declared")
    assert alert.kind.certainty.value == "certain" and alert.figures[0].value == "120.000"


def test_several_declarations_are_needed_together(world: Overseen) -> None:
    world.accept(declare_use(world, quantity=kg(100)), "user-a")
    world.accept(declare_use(world, "permit:MX-USERA/EUD-2", quantity=kg(50)), "user-a")
    world.supply(140)
    assert world.codes() == set()


def test_what_came_before_the_declaration_was_for_an_earlier_one(world: Overseen) -> None:
    world.accept(consume(world, world.supply(90), 90), "user-a")
    world.advance(10 * DAY)
    event = declare_use(world, quantity=kg(100), valid_from=format_instant(world.time - DAY))
    world.accept(event, "user-a")
    world.supply(60)
    assert world.raised("t02-received-beyond-declared") == []


def test_a_declaration_within_tolerance_or_in_other_units_is_not_exceeded(world: Overseen) -> None:
    world.accept(declare_use(world, quantity=kg(100), tolerance="10"), "user-a")
    world.supply(105)
    assert world.raised("t02-received-beyond-declared") == []
    world.accept(declare_use(world, "permit:MX-USERA/EUD-2", quantity={"value": "1", "unit": "LTR"}), "user-a")
    world.supply(105)
    assert world.raised("t02-received-beyond-declared") == []


# --- t17-stock-above-use ----------------------------------------------------------------------------------------


def used_for(world: Overseen, months: int, monthly: float, stock: float) -> None:
    lot = world.supply(months * monthly + stock)
    for _ in range(months):
        world.accept(consume(world, lot, monthly), "user-a")
        world.advance(30 * DAY)


def test_a_stock_for_many_months(world: Overseen) -> None:
    used_for(world, 7, 10, 80)
    alert = world.only("t17-stock-above-use")
    assert alert.subject == USER and int(alert.figures[-1].value) >= 6


def test_a_stock_for_some_months_is_none(world: Overseen) -> None:
    used_for(world, 7, 10, 40)
    assert world.raised("t17-stock-above-use") == []


def test_a_new_users_stock_is_none(world: Overseen) -> None:
    used_for(world, 3, 10, 200)
    assert world.raised("t17-stock-above-use") == []


def test_somebody_elses_goods_are_no_stock(world: Overseen) -> None:
    used_for(world, 7, 10, 10)
    world.move("maker", "user-a", world.make("W", 500), receives_as="warehouse", place=MX)
    assert world.raised("t17-stock-above-use") == []
