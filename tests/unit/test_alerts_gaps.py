"""Alerts of gaps: open differences, unanswered offers, lots that come back with less."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.overseen import Overseen
from tests.unit.test_authority_events import seal
from tests.unit.test_lot_events import answer, consume, loss, sample
from tests.unit.world import CN, DAY, HOUR, PARTIES, kg

from lotchain.events.stock_count import CountedLot, StockCount
from lotchain.events.weighing import WeighedLot, Weighing
from lotchain.events.withdrawal import Withdrawal
from lotchain.oversight.alerts import Certainty


@pytest.fixture
def world() -> Overseen:
    return Overseen()


def offered(world: Overseen, **fields: Any) -> tuple[str, str]:
    lot = world.make("A", 100, **fields)
    return lot, world.offer("maker", "carrier", lot)


# --- t04-difference-open ----------------------------------------------------------------------------------------


def test_an_open_difference_stands_until_an_authority_closes_it(world: Overseen) -> None:
    lot, offer = offered(world)
    reply = world.short(offer, lot, 5, "carrier")
    world.advance(3 * DAY)
    alert = world.only("t04-difference-open")
    assert (alert.subject, alert.key, alert.kind.certainty) == (lot, reply, Certainty.CERTAIN)
    figures = {figure.name: f"{figure.value} {figure.unit}" for figure in alert.figures}
    assert figures == {"missing": "5.000 kg", "of what was offered": "5.00 %", "open for": "3 days"}
    world.accept(answer(world, lot, reply), "maker")
    assert world.only("t04-difference-open").said.endswith("answered")
    world.accept(answer(world, lot, reply, reference="R 1"), "cn")
    assert world.raised("t04-difference-open") == []


def test_a_difference_within_tolerance_is_no_gap(world: Overseen) -> None:
    lot, offer = offered(world, tolerance="5")
    world.short(offer, lot, 5, "carrier")
    assert world.codes() == set()


def test_a_full_delivery_is_no_gap(world: Overseen) -> None:
    lot, offer = offered(world)
    world.short(offer, lot, 0, "carrier", outcome="full")
    assert world.codes() == set()


# --- t04-measured-otherwise -------------------------------------------------------------------------------------


def count(world: Overseen, lot: str, there: float) -> None:
    line = CountedLot(lot=lot, counted=kg(there))
    world.accept(StockCount(lines=(line,), place=CN, occurred_at=world.now()), "maker")


def test_a_count_below_the_ledger(world: Overseen) -> None:
    lot = world.make("A", 100)
    count(world, lot, 90)
    alert = world.only("t04-measured-otherwise")
    assert alert.subject == lot and "10.000 kg missing" in alert.said
    assert world.raised("t04-difference-open") == []


def test_a_scale_above_the_ledger_is_a_gap_too(world: Overseen) -> None:
    lot = world.make("A", 100)
    line = WeighedLot(lot=lot, gross=kg(103), net=kg(103))
    world.accept(Weighing(lines=(line,), scale="S-1", place=CN, occurred_at=world.now()), "maker")
    assert "3.000 kg over" in world.only("t04-measured-otherwise").said


def test_moisture_within_tolerance_is_none(world: Overseen) -> None:
    count(world, world.make("A", 100, tolerance="1"), 99.5)
    count(world, world.make("B", 100), 100)
    assert world.codes() == set()


# --- t05-offer-overdue ------------------------------------------------------------------------------------------


def test_an_offer_that_nobody_answers(world: Overseen) -> None:
    lot, offer = offered(world)
    world.advance(3 * DAY + HOUR)
    alert = world.only("t05-offer-overdue")
    assert (alert.subject, alert.key, alert.lots) == (PARTIES["maker"], offer, (lot,))
    assert alert.last == world.time and alert.figures[0].value == "25"


def test_delay_within_grace_is_none(world: Overseen) -> None:
    offered(world)
    world.advance(2 * DAY + 23 * HOUR)
    assert world.raised("t05-offer-overdue") == []


def test_late_acceptance_and_withdrawal_end_it(world: Overseen) -> None:
    _, offer = offered(world)
    other = world.make("B", 50)
    second = world.offer("maker", "carrier", other)
    world.advance(4 * DAY)
    assert len(world.raised("t05-offer-overdue")) == 2
    world.take(offer, "carrier")
    world.accept(Withdrawal(withdraws=second, lots=(other,), occurred_at=world.now()), "maker")
    assert world.raised("t05-offer-overdue") == []


def test_all_lots_of_an_offer_are_one_alert(world: Overseen) -> None:
    lots = [world.make(local, 10) for local in ("A", "B", "C")]
    world.offer("maker", "carrier", *lots)
    world.advance(4 * DAY)
    assert world.only("t05-offer-overdue").lots == tuple(sorted(lots))


# --- t10-returned-… ---------------------------------------------------------------------------------------------


def there_and_back(world: Overseen, between: float = 0, lost: float = 0, missing: float = 0, **fields: Any) -> str:
    """Maker to user and back; in between some is used, lost, or missing on receipt."""
    world.newcomer("party:CN-USER", "use", "distribute")
    lot = world.make("A", 100, **fields)
    world.move("maker", "party:CN-USER", lot, receives_as="consignee")
    if between:
        world.accept(consume(world, lot, between), "party:CN-USER")
    if lost:
        world.accept(loss(world, lot, lost, "leaked"), "party:CN-USER")
    offer = world.offer("party:CN-USER", "maker", lot, receives_as="consignee")
    world.short(offer, lot, missing, "maker", outcome="short" if missing else "full")
    return lot


def test_a_lot_comes_back_with_less(world: Overseen) -> None:
    lot = there_and_back(world, missing=4)
    alert = world.only("t10-returned-with-less")
    assert alert.subject == lot and alert.figures[0] == ("less", "4.000", "kg")


def test_a_reported_loss_does_not_explain_a_return(world: Overseen) -> None:
    there_and_back(world, lost=30)
    alert = world.only("t10-returned-with-less")
    assert [figure.value for figure in alert.figures] == ["30.000", "30.00", "30.000"]


def test_what_was_used_and_recorded_is_explained(world: Overseen) -> None:
    there_and_back(world, between=40)
    assert world.raised("t10-returned-with-less") == []


def test_moisture_within_tolerance_explains_a_return(world: Overseen) -> None:
    there_and_back(world, missing=0.5, tolerance="1")
    assert world.raised("t10-returned-with-less") == []


def test_an_authoritys_sample_explains_it(world: Overseen) -> None:
    world.newcomer("party:CN-USER", "use")
    lot = world.make("A", 100)
    world.move("maker", "party:CN-USER", lot, receives_as="consignee")
    sample(world, lot, 10**9)
    world.move("party:CN-USER", "maker", lot, receives_as="consignee")
    assert world.raised("t10-returned-with-less") == []


def resealed(world: Overseen, *numbers: str, used: float = 0) -> None:
    world.newcomer("party:CN-USER", "use")
    lot = world.make("A", 100)
    world.accept(seal(world, lot, "S-1"), "maker")
    world.move("maker", "party:CN-USER", lot, receives_as="consignee")
    if used:
        world.accept(consume(world, lot, used), "party:CN-USER")
    if numbers:
        state = world.lot(lot)
        world.states[lot] = {**state, "seals": list(numbers)}
    world.move("party:CN-USER", "maker", lot, receives_as="consignee")


def test_a_lot_comes_back_under_other_seals(world: Overseen) -> None:
    resealed(world, "S-2")
    assert "S-1" in world.only("t10-returned-resealed").said


def test_the_same_seals_or_a_recorded_use_are_none() -> None:
    same, used = Overseen(), Overseen()
    resealed(same)
    resealed(used, "S-2", used=1)
    assert same.raised("t10-returned-resealed") == used.raised("t10-returned-resealed") == []
