"""Alerts of what the goods are: no lawful trade, watched, suddenly many, other than their papers say."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.overseen import INNOCENT, SUBSTANCES, Overseen
from tests.unit.world import CN, DAY, kg
from tests.vectors_build.event_permits import grant

from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.refusal import Refusal, RefusalLine
from lotchain.oversight.alerts import Certainty, Gravity

FORBIDDEN = next(item.cas for item in SUBSTANCES.substances.values() if item.no_known_licit_trade and item.cas)
BUTANEDIOL = "110-63-4"


@pytest.fixture
def world() -> Overseen:
    return Overseen()


def make(world: Overseen, substance: str, quantity: float = 100, name: str = "as on the label", **fields: Any) -> str:
    return world.make(world.number(), quantity, substance=substance, name=name, **fields)


# --- t08-no-licit-trade -----------------------------------------------------------------------------------------


def test_a_lot_that_nobody_trades_lawfully(world: Overseen) -> None:
    lot = make(world, FORBIDDEN)
    alert = world.only("t08-no-licit-trade")
    assert (alert.subject, alert.kind.gravity, alert.kind.certainty) == (lot, Gravity.GRAVE, Certainty.CERTAIN)
    assert "basis" in alert.said
    assert world.watcher.alerts()[0] == alert


def test_a_permit_for_it_is_an_alert_too(world: Overseen) -> None:
    world.accept(grant(world, substances=(FORBIDDEN,)), "cn")
    assert world.only("t08-no-licit-trade").subject == "permit:CN-NMPA/EXP-1"


def test_limited_and_ordinary_trade_are_none(world: Overseen) -> None:
    make(world, "79099-07-3", name="1-boc-4-piperidone")
    make(world, INNOCENT, name="acetone")
    make(world, "64-17-5", name="ethanol")
    assert world.raised("t08-no-licit-trade") == []


# --- t08-surveillance-list --------------------------------------------------------------------------------------


def watched() -> str:
    register = SUBSTANCES.register("un-issl")
    return next(
        SUBSTANCES.substances[key].cas
        for key in register.listings
        if SUBSTANCES.substances[key].cas and key not in SUBSTANCES.register("un-1988").listings
    )


def test_a_watched_substance_by_who_brings_it_in(world: Overseen) -> None:
    lots = [make(world, watched()), make(world, watched())]
    alert = world.only("t08-surveillance-list")
    assert alert.lots == tuple(lots) and alert.kind.gravity is Gravity.WATCH


def test_controlled_and_unknown_substances_are_not_watched(world: Overseen) -> None:
    make(world, INNOCENT)
    make(world, "64-17-5")
    assert world.raised("t08-surveillance-list") == []


# --- t08-sudden-volume ------------------------------------------------------------------------------------------


def months(world: Overseen, *quantities: float, substance: str = BUTANEDIOL) -> None:
    for quantity in quantities:
        make(world, substance, quantity)
        world.advance(31 * DAY)


def test_far_more_than_usual_within_a_month(world: Overseen) -> None:
    months(world, 50, 60, 50, 40)
    lots = [make(world, BUTANEDIOL, 300), make(world, BUTANEDIOL, 300)]
    alert = world.only("t08-sudden-volume")
    assert alert.subject == f"substance:{BUTANEDIOL}" and alert.lots == tuple(lots)


@pytest.mark.parametrize(
    ("history", "now", "substance"),
    [
        ((50, 60, 70, 90, 120), 200, BUTANEDIOL),
        ((50, 60), 900, BUTANEDIOL),
        ((1, 1, 1, 1, 1), 90, BUTANEDIOL),
        ((50, 60, 50, 40), 900, INNOCENT),
    ],
    ids=["growth", "too young", "laboratory quantities", "controlled, so counted elsewhere"],
)
def test_no_sudden_volume(world: Overseen, history: tuple[float, ...], now: float, substance: str) -> None:
    months(world, *history, substance=substance)
    make(world, substance, now)
    assert world.raised("t08-sudden-volume") == []


# --- t03-name-differs -------------------------------------------------------------------------------------------


def test_a_name_of_another_substance(world: Overseen) -> None:
    lot = make(world, INNOCENT, name="acetic anhydride")
    alert = world.only("t03-name-differs")
    assert alert.subject == lot and "108-24-7" in alert.said


@pytest.mark.parametrize(
    ("substance", "name"),
    [
        (INNOCENT, "Acetone"),
        (INNOCENT, "Solvent 44 (trade name)"),
        ("64-17-5", "acetone-free cleaner"),
        ("345-78-8", "pseudoephedrine"),
    ],
    ids=["the right name", "a trade name", "a mixture", "a salt under its base's name"],
)
def test_names_that_fit_or_are_not_known(world: Overseen, substance: str, name: str) -> None:
    make(world, substance, name=name)
    assert world.raised("t03-name-differs") == []


# --- t03-wrong-goods --------------------------------------------------------------------------------------------


def test_a_receiver_says_that_the_goods_are_others(world: Overseen) -> None:
    lot = world.make("A", 100)
    offer = world.offer("maker", "carrier", lot)
    line = RefusalLine(lot=lot, reason="wrong-goods", refused=kg(100))
    world.accept(Refusal(answers=offer, lines=(line,), place=CN, occurred_at=world.now()), "carrier")
    alert = world.only("t03-wrong-goods")
    assert alert.subject == world.party("maker") and alert.lots == (lot,)


@pytest.mark.parametrize("reason", ["damaged", "not-ordered"])
def test_other_reasons_are_none(world: Overseen, reason: str) -> None:
    lot = world.make("A", 100)
    offer = world.offer("maker", "carrier", lot)
    line = RefusalLine(lot=lot, reason=reason, refused=kg(100))  # type: ignore[arg-type]
    world.accept(Refusal(answers=offer, lines=(line,), place=CN, occurred_at=world.now()), "carrier")
    assert world.raised("t03-wrong-goods") == []


def test_a_part_of_wrong_goods_is_told_in_an_acceptance(world: Overseen) -> None:
    lot = world.make("A", 100)
    offer = world.offer("maker", "carrier", lot)
    line = AcceptanceLine(lot=lot, outcome="wrong-goods", accepted=kg(60), refused=kg(40))
    world.accept(Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now()), "carrier")
    assert world.only("t03-wrong-goods").parties == (world.party("maker"), world.party("carrier"))
