"""Seals that an authority changed while papers were on the road: what those papers say of the seals before is no lie."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.test_authority_events import CN, check, consign, hold, inspect, release, seal, unseal
from tests.unit.test_doubts import open_doubts
from tests.unit.world import World, codes, exact, kg

from lotchain.core.ids import rest_lot
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.fields import Seen
from lotchain.events.hand_over import HandOver
from lotchain.events.loss import Loss

OLD, NEW = "MX-20931", "CN-1"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def lot(world: World) -> str:
    name = world.make("A", 100)
    world.accept(seal(world, name, OLD), "maker")
    return name


def change(world: World, lot: str, *numbers: str) -> None:
    """Customs open the lot and seal it anew, an hour later."""
    world.advance()
    there = tuple(world.lot(lot)["seals"])
    world.accept(inspect(world, lot, seals_found=there, seals_cut=there, seals_fitted=numbers), "cn")
    world.advance()


def hand_over(world: World, lot: str, *seals: str, seen: Seen | None = None) -> HandOver:
    event = world.hand_over("maker", "carrier", lot, seen=seen)
    return event.model_copy(update={"lines": (event.lines[0].model_copy(update={"seals": seals}),)})


def acceptance(world: World, offer: str, lot: str, *seals: str, **fields: Any) -> Acceptance:
    line = AcceptanceLine(lot=lot, outcome="full", accepted=exact(100 * 10**9), seals_found=seals)
    return Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now(), **fields)


def test_the_seals_before_stay_known_until_the_reply(world: World, lot: str) -> None:
    before = world.time
    change(world, lot, NEW)
    state = world.lot(lot)
    assert state["seals"] == [NEW]
    assert state["seals_before"] == {"seals": [OLD], "changed_at": before + 3_600_000}
    offer = world.accept(hand_over(world, lot, OLD), "maker")
    assert world.lot(lot)["seals_before"] == state["seals_before"]
    world.accept(acceptance(world, offer, lot, OLD), "carrier")
    assert world.lot(lot)["seals_before"] is None and world.lot(lot)["seals"] == [NEW]


def test_a_look_that_changes_nothing_leaves_nothing(world: World, lot: str) -> None:
    world.accept(inspect(world, lot, seals_found=(OLD,)), "cn")
    assert world.lot(lot)["seals_before"] is None


def test_of_two_changes_the_seals_before_the_first_stay_known(world: World, lot: str) -> None:
    change(world, lot, NEW)
    kept = world.lot(lot)["seals_before"]
    change(world, lot, "CN-2")
    assert world.lot(lot)["seals"] == ["CN-2"] and world.lot(lot)["seals_before"] == kept


def test_hand_over_and_acceptance_signed_before_the_inspection_are_honest(world: World, lot: str) -> None:
    seen = world.newest()
    change(world, lot, NEW)
    offer = hand_over(world, lot, OLD, seen=seen)
    assert codes(world.submit(offer, "maker")) == set()
    reply = acceptance(world, world.last(lot), lot, OLD, seen=seen)
    assert codes(world.submit(reply, "carrier")) == set()
    assert open_doubts(world, lot) == set()


def test_an_acceptance_signed_before_an_inspection_on_the_way_is_honest(world: World, lot: str) -> None:
    seen = world.newest()
    offer = world.accept(hand_over(world, lot, OLD, seen=seen), "maker")
    change(world, lot, NEW)
    assert codes(world.submit(acceptance(world, offer, lot, OLD, seen=seen), "carrier")) == set()


def test_who_read_the_new_seals_agrees_too(world: World, lot: str) -> None:
    change(world, lot, NEW)
    offer = world.accept(hand_over(world, lot, OLD), "maker")
    assert codes(world.submit(acceptance(world, offer, lot, NEW, seen=world.newest()), "carrier")) == set()


@pytest.mark.parametrize("act", ["hand-over", "acceptance", "seal-checked", "seal-broken"])
def test_who_signed_after_the_change_has_met_the_new_seals(world: World, lot: str, act: str) -> None:
    if act == "acceptance":
        offer = world.accept(hand_over(world, lot, OLD), "maker")
    change(world, lot, NEW)
    seen = world.newest()
    if act == "hand-over":
        judgement = world.submit(hand_over(world, lot, OLD, seen=seen), "maker")
    elif act == "acceptance":
        judgement = world.submit(acceptance(world, offer, lot, OLD, seen=seen), "carrier")
    elif act == "seal-checked":
        judgement = world.submit(check(world, lot, OLD).model_copy(update={"seen": seen}), "maker")
    else:
        judgement = world.submit(unseal(world, lot, OLD, seen=seen), "maker")
    assert codes(judgement) == {"seal-changed"}


def test_what_follows_an_act_signed_after_the_change_was_too(world: World, lot: str) -> None:
    """A receiver cannot have answered, before the change, an offer that was made after it."""
    change(world, lot, NEW)
    offer = world.accept(hand_over(world, lot, NEW, seen=world.newest()), "maker")
    assert codes(world.submit(acceptance(world, offer, lot, OLD), "carrier")) == {"seal-changed"}


def test_a_reading_follows_nothing(world: World, lot: str) -> None:
    """The driver's check of before the inspection arrives behind an offer that was signed after it."""
    seen = world.newest()
    change(world, lot, NEW)
    world.accept(hand_over(world, lot, NEW, seen=world.newest()), "maker")
    early = check(world, lot, OLD).model_copy(update={"seen": seen})
    assert codes(world.submit(early, "maker")) == set()


def test_other_seals_are_other_seals_whenever_they_were_read(world: World, lot: str) -> None:
    change(world, lot, NEW)
    assert codes(world.submit(hand_over(world, lot, "TR-7"), "maker")) == {"seal-changed"}


def test_a_slip_in_the_seals_before_is_a_slip(world: World, lot: str) -> None:
    change(world, lot, NEW)
    assert codes(world.submit(hand_over(world, lot, "MX-20913"), "maker")) == {"seal-misread"}
    assert open_doubts(world, lot) == {"seal-doubt-open"}


def test_a_broken_seal_of_before_leaves_the_new_one(world: World, lot: str) -> None:
    change(world, lot, NEW)
    assert codes(world.submit(unseal(world, lot, OLD), "maker")) == set()
    assert world.lot(lot)["seals"] == [NEW]


def test_the_seals_before_are_no_excuse_after_the_reply(world: World, lot: str) -> None:
    change(world, lot, NEW)
    offer = world.accept(hand_over(world, lot, NEW), "maker")
    world.accept(acceptance(world, offer, lot, NEW), "carrier")
    assert codes(world.submit(check(world, lot, OLD), "carrier")) == {"seal-changed"}


# Silence


def silent(world: World, lot: str, **fields: Any) -> Acceptance:
    event = acceptance(world, world.last(lot), lot)
    values: dict[str, Any] = {"seals_found": None, **fields}
    return event.model_copy(update={"lines": (event.lines[0].model_copy(update=values),)})


@pytest.fixture
def unread(world: World, lot: str) -> str:
    world.offer("maker", "carrier", lot)
    assert codes(world.submit(silent(world, lot), "carrier")) == {"seal-not-checked"}
    return lot


def test_silence_about_seals_holds_until_they_are_read(world: World, unread: str) -> None:
    assert open_doubts(world, unread) == {"seal-doubt-open"}
    assert codes(world.submit(check(world, unread, OLD), "carrier")) == set()
    assert open_doubts(world, unread) == set()


@pytest.mark.parametrize("numbers", [("MX-20913",), ("TR-7",), ()])
def test_a_reading_that_does_not_agree_does_not_end_the_silence(
    world: World, unread: str, numbers: tuple[str, ...]
) -> None:
    world.submit(check(world, unread, *numbers), "carrier")
    assert {entry["kind"] for entry in world.lot(unread)["doubts"].values()} >= {"seal-unread"}
    assert open_doubts(world, unread) == {"seal-doubt-open"}


def test_who_no_longer_has_the_goods_does_not_end_the_silence(world: World, unread: str) -> None:
    world.submit(check(world, unread, OLD), "maker")
    assert open_doubts(world, unread) == {"seal-doubt-open"}


def test_the_next_reading_ends_the_silence_of_all_before(world: World, unread: str) -> None:
    """Two receivers said nothing; the second then reads: the seals are there, and were there all along."""
    world.offer("carrier", "importer", unread)
    world.submit(silent(world, unread), "importer")
    assert len(world.lot(unread)["doubts"]) == 2
    world.submit(check(world, unread, OLD), "importer")
    assert open_doubts(world, unread) == set()


def test_a_receiver_that_reads_ends_the_silence(world: World, unread: str) -> None:
    world.move("carrier", "importer", unread)
    assert open_doubts(world, unread) == set()


def test_an_inspection_that_reads_ends_the_silence(world: World, unread: str) -> None:
    world.accept(inspect(world, unread, result="in-order", seals_found=(OLD,)), "cn")
    assert open_doubts(world, unread) == set()


def test_silence_about_no_seals_is_none(world: World) -> None:
    lot = world.make("BARE", 100)
    world.offer("maker", "carrier", lot)
    assert codes(world.submit(silent(world, lot), "carrier")) == set()


def test_silence_about_seals_that_customs_fitted_meanwhile_is_none(world: World) -> None:
    """The receiver may have signed beside a truck without seals: it is asked for nothing that it cannot have met."""
    lot = world.make("BARE", 100)
    seen = world.newest()
    world.offer("maker", "carrier", lot, seen=seen)
    change(world, lot, NEW)
    reply = silent(world, lot).model_copy(update={"seen": seen})
    assert codes(world.submit(reply, "carrier")) == set()


def test_a_receivers_silence_is_not_laid_on_what_it_refuses(world: World, lot: str) -> None:
    world.offer("maker", "carrier", lot)
    reply = silent(world, lot, outcome="damaged", accepted=kg(60), refused=kg(40))
    assert codes(world.submit(reply, "carrier")) == {"seal-not-checked"}
    assert open_doubts(world, lot) == {"seal-doubt-open"}
    assert open_doubts(world, rest_lot(lot, 1)) == set()


def test_who_accepts_nothing_is_not_asked_again(world: World, lot: str) -> None:
    world.offer("maker", "carrier", lot)
    reply = silent(world, lot, outcome="damaged", accepted=None, refused=kg(100))
    assert codes(world.submit(reply, "carrier")) == {"seal-not-checked"}
    assert open_doubts(world, lot) == set()


# Other things that happen meanwhile


def test_a_hold_and_new_seals_meanwhile_doom_no_honest_paper(world: World, lot: str) -> None:
    seen = world.newest()
    change(world, lot, NEW)
    placed = world.accept(hold(world, lot), "cn")
    world.advance()
    world.submit(hand_over(world, lot, OLD, seen=seen), "maker")
    reply = world.submit(acceptance(world, world.last(lot), lot, OLD, seen=seen), "carrier")
    assert codes(reply) == {"acted-before-hold-was-known"}
    world.accept(release(world, placed, lot), "cn")
    assert world.lot(lot)["holds"] == {} and open_doubts(world, lot) == set()


@pytest.mark.parametrize(
    ("code", "expected"),
    [("CNTZU", set()), ("CNNGB", {"off-route-incident"}), ("MXVER", {"off-route-incident"}), ("PAMIT", {"off-route"})],
)
def test_a_theft_is_noticed_where_it_is_noticed(world: World, code: str, expected: set[str]) -> None:
    lot = world.make("A", 100)
    world.accept(consign(world, lot), "maker")
    place = CN.model_copy(update={"code": code})
    theft = Loss(lot=lot, prev=world.last(lot), quantity=kg(5), kind="stolen", place=place, occurred_at=world.now())
    assert codes(world.submit(theft, "maker")) == {"theft-reported", *expected}
