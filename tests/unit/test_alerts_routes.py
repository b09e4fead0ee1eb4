"""Alerts of consignments: notifications, proof of exit, free zones, destinations, routes, deals without hands."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.overseen import INNOCENT, TYPOLOGIES, Overseen
from tests.unit.test_authority_events import arrive
from tests.unit.test_lot_events import split
from tests.unit.world import CN, DAY, HOUR, MX, PARTIES, kg
from tests.vectors_build.event_filings import stated
from tests.vectors_build.event_permits import CONSIGNMENT, PEN, declared, draw, notify, reply

from lotchain.events.customs_release import CustomsRelease
from lotchain.oversight.alerts import Certainty, Gravity


@pytest.fixture
def world() -> Overseen:
    return Overseen()


def consigned(world: Overseen, *, pen: bool = True, **fields: Any) -> str:
    """A lot in a consignment from China to Mexico that drew on a notification."""
    lot = world.make(world.number(), 100, **{name: fields.pop(name) for name in ("substance",) if name in fields})
    declared(world, lot, **fields)
    if pen:
        world.accept(notify(world, reply_by=world.later(10 * DAY)), "cn")
        world.accept(draw(world, PEN, kg(100)), "maker")
    return lot


def answered(world: Overseen, what: str, *consignments: str) -> None:
    world.accept(reply(world, what, *consignments), "mx")


def shipped(world: Overseen, lot: str) -> None:
    world.move("maker", "carrier", lot)
    world.advance(DAY)
    world.accept(arrive(world, lot, place=MX), "carrier")


# --- t13-… ------------------------------------------------------------------------------------------------------


def test_goods_move_though_the_importing_country_objects(world: Overseen) -> None:
    lot = consigned(world)
    answered(world, "objected")
    shipped(world, lot)
    alert = world.only("t13-moved-though-objected")
    assert (alert.subject, alert.key, alert.lots) == (CONSIGNMENT, PEN, (lot,))
    assert alert.kind.gravity is Gravity.GRAVE
    assert not {"t13-moved-without-reply", "t13-not-notified"} & world.codes()


def test_goods_that_stay_at_home_after_an_objection_are_none(world: Overseen) -> None:
    lot = consigned(world)
    answered(world, "objected")
    world.move("maker", "carrier", lot)
    assert world.raised("t13-moved-though-objected") == []


def test_an_objection_when_the_goods_have_left(world: Overseen) -> None:
    lot = consigned(world)
    answered(world, "no-objection")
    shipped(world, lot)
    assert not {code for code in world.codes() if code.startswith("t13-")}
    answered(world, "objected")
    alert = world.only("t13-objected-after-departure")
    assert alert.lots == (lot,) and world.raised("t13-moved-though-objected") == []


def test_a_reply_that_names_the_consignment_is_the_same_reply(world: Overseen) -> None:
    lot = consigned(world)
    answered(world, "no-objection", CONSIGNMENT)
    shipped(world, lot)
    answered(world, "objected", CONSIGNMENT)
    assert {code for code in world.codes() if code.startswith("t13-")} == {"t13-objected-after-departure"}


def test_an_objection_before_they_leave_is_none_of_that_kind(world: Overseen) -> None:
    consigned(world)
    answered(world, "objected")
    assert world.raised("t13-objected-after-departure") == []


@pytest.mark.parametrize("status", ["", "received", "more-information-asked"])
def test_no_reply_is_never_a_yes(world: Overseen, status: str) -> None:
    lot = consigned(world)
    if status:
        answered(world, status)
    shipped(world, lot)
    alert = world.only("t13-moved-without-reply")
    assert (status or "sent") in alert.said and "was asked for by" in alert.said


def test_no_objection_lets_them_go(world: Overseen) -> None:
    lot = consigned(world)
    answered(world, "no-objection")
    shipped(world, lot)
    assert world.raised("t13-moved-without-reply") == [] and world.raised("t13-not-notified") == []


def test_table_i_goods_without_any_notification(world: Overseen) -> None:
    lot = consigned(world, pen=False)
    shipped(world, lot)
    alert = world.only("t13-not-notified")
    assert alert.kind.certainty is Certainty.SUSPICIOUS and alert.lots == (lot,)


def test_table_ii_goods_and_journeys_at_home_are_none(world: Overseen) -> None:
    shipped(world, consigned(world, pen=False, substance=INNOCENT))
    world.move("maker", "carrier", world.make("HOME", 100))
    assert world.raised("t13-not-notified") == []


# --- t10-exit-not-shown -----------------------------------------------------------------------------------------


def customs(world: Overseen, kind: str, who: str = "cn", consignment: str = CONSIGNMENT, **fields: Any) -> None:
    values: dict[str, Any] = {"place": CN, "released_at": world.now(), "occurred_at": world.now(), **fields}
    world.accept(CustomsRelease(consignment=consignment, kind=kind, **values), who)  # type: ignore[arg-type]


def delivered(world: Overseen, lot: str) -> None:
    world.move("maker", "carrier", lot)
    world.move("carrier", "user-a", lot, receives_as="consignee", place=MX)


def test_a_delivery_without_an_export(world: Overseen) -> None:
    other = world.make("OTHER", 100)
    declared(world, other, "C9")
    customs(world, "export", consignment="consignment:CN-MAKER/C9")
    lot = consigned(world, pen=False)
    delivered(world, lot)
    assert world.only("t10-exit-not-shown").subject == CONSIGNMENT


def test_an_export_on_record_is_shown(world: Overseen) -> None:
    lot = consigned(world, pen=False)
    customs(world, "export")
    delivered(world, lot)
    assert world.raised("t10-exit-not-shown") == []


def test_customs_that_record_nothing_here_are_not_missed(world: Overseen) -> None:
    delivered(world, consigned(world, pen=False))
    assert world.raised("t10-exit-not-shown") == []


# --- t04-left-not-released --------------------------------------------------------------------------------------


def returned(world: Overseen, left: str, released: str) -> None:
    lot = world.make(world.number(), 100)
    event = stated(
        world, declared(world, lot, world.number("C")), "return-declaration", left=kg(left), released=kg(released)
    )
    world.accept(event, "maker")


def test_more_left_than_customs_released(world: Overseen) -> None:
    returned(world, "100", "90")
    alert = world.only("t04-left-not-released")
    assert [figure.value for figure in alert.figures] == ["100.000", "90.000"]


def test_what_left_was_released(world: Overseen) -> None:
    returned(world, "100", "100")
    returned(world, "100", "100.000")
    assert world.raised("t04-left-not-released") == []


# --- t04-customs-otherwise --------------------------------------------------------------------------------------


def test_customs_released_more_than_the_lots_hold(world: Overseen) -> None:
    consigned(world, pen=False)
    customs(world, "export", quantity=kg(100))
    assert world.raised("t04-customs-otherwise") == []
    customs(world, "export", quantity=kg(20))
    alert = world.only("t04-customs-otherwise")
    assert [figure.value for figure in alert.figures] == ["120.000", "100.000"]


def test_more_arrives_than_customs_released(world: Overseen) -> None:
    lot = consigned(world, pen=False)
    customs(world, "export", quantity=kg(80))
    delivered(world, lot)
    alert = world.only("t04-customs-otherwise")
    assert alert.subject == CONSIGNMENT and [figure.value for figure in alert.figures] == ["80.000", "100.000"]


@pytest.mark.parametrize("released", [("100",), ("60", "40"), ("100.05",), ()])
def test_customs_that_agree_or_round_or_say_nothing_are_none(world: Overseen, released: tuple[str, ...]) -> None:
    lot = consigned(world, pen=False)
    for each in released:
        customs(world, "export", quantity=kg(each))
    delivered(world, lot)
    assert world.raised("t04-customs-otherwise") == []


# --- t07-zone-… -------------------------------------------------------------------------------------------------


def in_zone(world: Overseen) -> str:
    lot = consigned(world, pen=False)
    customs(world, "free-zone-entry", suspensive=True)
    return lot


def test_goods_that_do_not_leave_a_zone(world: Overseen) -> None:
    lot = in_zone(world)
    world.advance(10 * DAY)
    assert world.raised("t07-zone-dwell") == []
    world.advance(HOUR)
    alert = world.only("t07-zone-dwell")
    assert alert.subject == CONSIGNMENT and alert.lots == (lot,)
    assert "no law here" in alert.said


def test_goods_that_left_late(world: Overseen) -> None:
    in_zone(world)
    world.advance(12 * DAY)
    customs(world, "free-zone-exit", suspensive=True)
    world.advance(100 * DAY)
    alert = world.only("t07-zone-dwell")
    assert alert.statements == 2 and alert.figures[0].value == "12"


def test_a_short_stay_is_none(world: Overseen) -> None:
    in_zone(world)
    world.advance(9 * DAY)
    customs(world, "free-zone-exit", suspensive=True)
    world.advance(100 * DAY)
    assert world.raised("t07-zone-dwell") == []


def test_congestion_may_be_allowed_for() -> None:
    world = Overseen(TYPOLOGIES.with_value("t07-zone-dwell", "stay", 30))
    in_zone(world)
    world.advance(20 * DAY)
    assert world.raised("t07-zone-dwell") == []


def test_another_consignment_while_in_the_zone(world: Overseen) -> None:
    lot = in_zone(world)
    declared(world, lot, "C2")
    alert = world.only("t07-changed-in-zone")
    assert (alert.subject, alert.lots) == (CONSIGNMENT, (lot,))


def test_another_consignment_before_or_after_the_zone_is_none(world: Overseen) -> None:
    lot = consigned(world, pen=False)
    declared(world, lot, "C2")
    customs(world, "free-zone-entry", suspensive=True, consignment="consignment:CN-MAKER/C2")
    customs(world, "free-zone-exit", suspensive=True, consignment="consignment:CN-MAKER/C2")
    declared(world, lot, "C3")
    assert world.raised("t07-changed-in-zone") == []


# --- t07-destination-changed ------------------------------------------------------------------------------------


def test_a_consignment_replaced_by_one_to_others(world: Overseen) -> None:
    lot = consigned(world, pen=False)
    declared(world, lot, "C2", final=(PARTIES["user-b"],))
    alert = world.only("t07-destination-changed")
    assert PARTIES["user-b"] in alert.said and alert.subject == CONSIGNMENT


def test_a_better_route_to_the_same_consignee_is_none(world: Overseen) -> None:
    lot = consigned(world, pen=False)
    declared(world, lot, "C2", route=("CNTZU", "CNSHG", "MXLZC"))
    assert world.raised("t07-destination-changed") == []


def test_what_was_delivered_goes_where_it_will(world: Overseen) -> None:
    lot = consigned(world, pen=False)
    delivered(world, lot)
    other = world.make("B", 10)
    declared(world, other, "C2", final=(PARTIES["user-b"],))
    assert world.raised("t07-destination-changed") == []


# --- t14-route-turns-back ---------------------------------------------------------------------------------------


def test_a_route_that_comes_back(world: Overseen) -> None:
    consigned(world, pen=False, route=("CNTZU", "PAMIT", "MXZLO", "PAMIT", "MXVER"))
    assert world.only("t14-route-turns-back").subject == CONSIGNMENT


@pytest.mark.parametrize("route", [("CNTZU", "CNSHG", "MXZLO"), ("CNTZU", "PAMIT", "MXZLO", "MXVER")])
def test_a_plain_route_is_none(world: Overseen, route: tuple[str, ...]) -> None:
    consigned(world, pen=False, route=route)
    assert world.raised("t14-route-turns-back") == []


def test_within_the_union_no_border_is_crossed(world: Overseen) -> None:
    consigned(world, pen=False, route=("CNTZU", "DEHAM", "FRLEH", "DEBER", "MXZLO"))
    assert world.raised("t14-route-turns-back") == []


# --- t09-deal-without-custody -----------------------------------------------------------------------------------


def test_an_importer_who_never_has_the_goods(world: Overseen) -> None:
    delivered(world, consigned(world, pen=False))
    alert = world.only("t09-deal-without-custody")
    assert (alert.subject, alert.key) == (PARTIES["importer"], "importer")


def test_an_importer_with_the_goods_is_none(world: Overseen) -> None:
    lot = consigned(world, pen=False)
    world.move("maker", "carrier", lot)
    world.move("carrier", "importer", lot, receives_as="consignee", place=MX)
    world.move("importer", "user-a", lot, receives_as="consignee", place=MX)
    assert world.raised("t09-deal-without-custody") == []


def test_who_had_what_the_lot_came_out_of_is_no_stranger(world: Overseen) -> None:
    lot = consigned(world, pen=False)
    world.move("maker", "carrier", lot)
    world.move("carrier", "importer", lot, receives_as="consignee", place=MX)
    world.accept(split(world, lot, ("A", 60), ("B", 40)), "importer")
    world.move("importer", "user-a", "lot:MX-IMPORT/A", receives_as="consignee", place=MX)
    assert world.raised("t09-deal-without-custody") == []


def test_an_importer_that_is_the_consignee_is_none(world: Overseen) -> None:
    delivered(world, consigned(world, pen=False, importer=PARTIES["user-a"]))
    assert world.raised("t09-deal-without-custody") == []
