"""Alerts that somebody signed, beside those that are computed; and what the report makes of both."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.overseen import TYPOLOGIES, Overseen
from tests.unit.test_watching import close
from tests.unit.world import DAY, PARTIES

from lotchain.app.alerts import AlertReport, report_json
from lotchain.errors import UsageError
from lotchain.events.alert import Alert as AlertEvent
from lotchain.oversight.alerts import Alert, Certainty, Evidence, Gravity, Raised, suspicious


@pytest.fixture
def world() -> Overseen:
    return Overseen()


def record(world: Overseen, lot: str, *grounds: str, by: str = "cn", **fields: Any) -> str:
    event = AlertEvent(
        lot=lot, grounds=grounds, suspicious=False, aware_at=world.now(), occurred_at=world.now(), **fields,
    )  # type: ignore[arg-type]  # fmt: skip
    return world.accept(event, by)


def reported(world: Overseen) -> AlertReport:
    recorded = tuple(world.watcher.recorded.alerts.values())
    alerts = tuple(world.watcher.alerts(world.time))
    return AlertReport(world.watcher.statements, world.time, alerts, recorded, True, TYPOLOGIES)


def short(world: Overseen) -> str:
    lot = world.make("A", 100)
    world.short(world.offer("maker", "carrier", lot), lot, 5, "carrier")
    return lot


def test_an_alert_on_the_lot_with_a_ground_of_the_typology_takes_it_up(world: Overseen) -> None:
    lot = short(world)
    alert = record(world, lot, "under-reported-quantity")
    computed = world.only("t04-difference-open")
    (taken,) = reported(world).taken_up(computed)
    assert (taken.id, taken.by, taken.official, taken.status) == (alert, PARTIES["cn"], True, "open")
    world.accept(close(world, alert, lot), "cn")
    (taken,) = reported(world).taken_up(computed)
    assert taken.status == "closed" and taken.closed[0][0] == "explained"


def test_another_ground_or_lot_does_not(world: Overseen) -> None:
    lot = short(world)
    record(world, lot, "front-company")
    record(world, world.make("B", 10), "under-reported-quantity")
    assert reported(world).taken_up(world.only("t04-difference-open")) == ()
    assert len(reported(world).recorded) == 2


def test_naming_its_evidence_takes_it_up_on_any_ground(world: Overseen) -> None:
    lot = short(world)
    computed = world.only("t04-difference-open")
    alert = record(world, lot, "other", evidence=(computed.evidence[0].id,))
    assert [item.id for item in reported(world).taken_up(computed)] == [alert]


def test_a_handlers_alert_is_told_from_an_authoritys(world: Overseen) -> None:
    lot = short(world)
    record(world, lot, "transit-loss", by="carrier")
    (item,) = reported(world).recorded
    assert not item.official and item.by == PARTIES["carrier"] and item.grounds == ("transit-loss",)


def test_the_report_is_cut_by_time_code_and_lot(world: Overseen) -> None:
    lot = short(world)
    world.advance(DAY)
    other = world.make("B", 100)
    world.move("maker", "user-a", other, receives_as="carrier")
    report = reported(world)
    assert len(report.alerts) == 2
    assert [alert.lots for alert in report.only(lot=lot).alerts] == [(lot,)]
    assert {alert.code for alert in report.only(codes=["t12"]).alerts} == {"t12-licence-none"}
    assert {alert.code for alert in report.only(codes=["t04-difference-open"]).alerts} == {"t04-difference-open"}
    assert {alert.code for alert in report.only(since=world.time).alerts} == {"t12-licence-none", "t04-difference-open"}
    assert report.only(since=world.time + 1).alerts == ()
    for wrong in ("t19", "t05-", "seal-changed", ""):
        with pytest.raises(UsageError) as caught:
            report.only(codes=[wrong])
        assert caught.value.code == "alert-code-unknown"


def test_the_report_for_machines_tells_numbers_with_their_basis_and_what_is_not_seen(world: Overseen) -> None:
    short(world)
    told = report_json(reported(world))
    (alert,) = told["alerts"]
    assert alert["certainty"] == "certain" and alert["honest_reasons"] and alert["statements"] == 1
    assert alert["figures"][0] == {"name": "missing", "value": "5.000", "unit": "kg"}
    assert set(told["not_seen"]["by_typology"]) == {f"T{n}" for n in range(1, 19)}
    assert told["not_seen"]["everywhere"] and told["statements"] == world.watcher.statements


# --- the values themselves --------------------------------------------------------------------------------------

KIND = suspicious("t05-test", Gravity.WATCH, "a test", "nothing")


def grown(*at: int) -> Alert:
    raised = Raised()
    for index in at:
        raised.add(KIND, "lot:A", evidence=[(Evidence(index, f"{index:064x}"), 1000 * index)], said=str(index))
    (alert,) = raised.alerts()
    return alert


def test_an_alert_grows_and_keeps_its_id() -> None:
    one, many = grown(1), grown(1, 2, 3)
    assert one.id == many.id and many.statements == 3 and (many.first, many.last) == (1000, 3000)
    assert many.said == "3"


def test_a_statement_counts_once() -> None:
    assert grown(1, 2, 2, 1, 3).statements == 3


def test_of_many_statements_the_first_and_the_newest_are_listed() -> None:
    alert = grown(*range(200))
    listed = [item.at for item in alert.evidence]
    assert alert.statements == 200 and listed == [*range(25), *range(175, 200)]


def test_order_is_worst_then_certain_then_newest() -> None:
    watch = grown(1)
    grave = watch._replace(kind=KIND._replace(gravity=Gravity.GRAVE))
    proved = watch._replace(kind=KIND._replace(certainty=Certainty.CERTAIN))
    newer = watch._replace(last=2000)
    assert sorted([watch, newer, proved, grave], key=Alert.sort_key) == [grave, proved, newer, watch]
