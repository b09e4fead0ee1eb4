"""Alerts of the records themselves: late, dated back, corrected down, unsigned, by a lost key; one thing in two places."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.overseen import Overseen
from tests.unit.test_authority_events import arrive, hold
from tests.unit.test_lot_events import consume, correct, pack, split
from tests.unit.test_report_event import report
from tests.unit.test_transformation import react, second_person
from tests.unit.world import CN, CN_PORT, DAY, HOUR, MX, PARTIES, packages

from lotchain.core.ids import key_subject
from lotchain.core.instants import format_instant
from lotchain.events.endorsement import Endorsement
from lotchain.events.key_revocation import KeyRevocation
from lotchain.events.registration import Package
from lotchain.oversight.alerts import Certainty
from lotchain.oversight.identity import containers_in

MAKER = PARTIES["maker"]


@pytest.fixture
def world() -> Overseen:
    return Overseen()


# --- t15-entered-late -------------------------------------------------------------------------------------------


def test_what_is_entered_days_later(world: Overseen) -> None:
    world.make("A", 100, occurred_at=world.later(-73 * HOUR))
    world.make("B", 100, occurred_at=world.later(-100 * HOUR))
    alert = world.only("t15-entered-late")
    assert alert.subject == MAKER and alert.statements == 2 and alert.figures[0].value == "100"


def test_offline_work_of_two_days_is_none(world: Overseen) -> None:
    world.make("A", 100, occurred_at=world.later(-71 * HOUR))
    world.make("B", 100)
    assert world.raised("t15-entered-late") == []


# --- t15-dated-before-its-predecessor ---------------------------------------------------------------------------


def test_an_act_dated_before_what_it_follows(world: Overseen) -> None:
    lot = world.make("A", 100)
    world.advance()
    world.accept(consume(world, lot, 1, occurred_at=world.later(-30 * HOUR)), "maker")
    alert = world.only("t15-dated-before-its-predecessor")
    assert (alert.subject, alert.lots, alert.figures[0].value) == (MAKER, (lot,), "29")


def test_a_clock_some_hours_off_is_none(world: Overseen) -> None:
    lot = world.make("A", 100)
    world.accept(consume(world, lot, 1, occurred_at=world.later(-20 * HOUR)), "maker")
    assert world.raised("t15-dated-before-its-predecessor") == []


def test_an_observation_follows_nothing(world: Overseen) -> None:
    lot = world.make("A", 100)
    event = arrive(world, lot, place=CN)
    world.accept(event.model_copy(update={"occurred_at": world.later(-60 * HOUR)}), "maker")
    world.accept(consume(world, lot, 1), "maker")
    assert world.raised("t15-dated-before-its-predecessor") == []


# --- t15-dated-before-hold --------------------------------------------------------------------------------------


def test_an_act_entered_after_a_hold_that_may_be_older(world: Overseen) -> None:
    lot = world.make("A", 100)
    world.accept(hold(world, lot), "cn")
    world.advance()
    world.accept(consume(world, lot, 1), "maker")
    assert world.only("t15-dated-before-hold").lots == (lot,)


def test_an_act_before_the_hold_or_on_another_lot_is_none(world: Overseen) -> None:
    lot, other = world.make("A", 100), world.make("B", 100)
    world.accept(consume(world, lot, 1), "maker")
    world.accept(hold(world, lot), "cn")
    world.accept(consume(world, other, 1), "maker")
    assert world.raised("t15-dated-before-hold") == []


# --- t15-clock-wrong --------------------------------------------------------------------------------------------


def ahead(world: Overseen, times: int, apart: int = DAY, who: str = "maker") -> None:
    for _ in range(times):
        world.make(world.number("K"), 1, who, occurred_at=world.later(HOUR))
        world.advance(apart)


def test_times_that_cannot_be_again_and_again(world: Overseen) -> None:
    ahead(world, 2)
    assert world.raised("t15-clock-wrong") == []
    ahead(world, 1)
    assert world.only("t15-clock-wrong").subject == MAKER


def test_a_slip_or_two_parties_slips_are_none(world: Overseen) -> None:
    ahead(world, 2)
    ahead(world, 2, who="maker2")
    world.advance(40 * DAY)
    ahead(world, 3, apart=20 * DAY)
    assert world.raised("t15-clock-wrong") == []


# --- t15-corrected-down -----------------------------------------------------------------------------------------


def corrected(world: Overseen, *changes: tuple[float, float]) -> None:
    for was, becomes in changes:
        world.accept(correct(world, world.make(world.number("C"), was), was, becomes), "maker")
        world.advance(DAY)


def test_corrections_downwards_again(world: Overseen) -> None:
    corrected(world, (100, 90), (100, 95))
    assert world.raised("t15-corrected-down") == []
    corrected(world, (50, 49))
    alert = world.only("t15-corrected-down")
    assert [figure.value for figure in alert.figures] == ["16.000", "3"] and len(alert.lots) == 3


def test_corrections_upwards_or_years_apart_are_none(world: Overseen) -> None:
    corrected(world, (100, 110), (100, 101), (100, 105), (100, 90))
    world.advance(400 * DAY)
    corrected(world, (100, 90), (100, 90))
    assert world.raised("t15-corrected-down") == []


# --- t15-correction-unsigned ------------------------------------------------------------------------------------


def proposed(world: Overseen) -> tuple[str, str]:
    lot = world.make("A", 100)
    world.move("maker", "carrier", lot)
    return lot, world.accept(correct(world, lot, 100, 90), "carrier")


def test_a_correction_that_the_other_party_does_not_sign(world: Overseen) -> None:
    lot, proposal = proposed(world)
    world.advance(14 * DAY)
    alert = world.only("t15-correction-unsigned")
    assert (alert.subject, alert.key, alert.lots) == (PARTIES["carrier"], proposal, (lot,))
    assert MAKER in alert.parties and world.raised("t15-second-signature-owed") == []


def test_two_weeks_to_sign_and_a_signature_are_none(world: Overseen) -> None:
    lot, proposal = proposed(world)
    world.advance(13 * DAY)
    assert world.raised("t15-correction-unsigned") == []
    world.accept(Endorsement(subject=lot, endorses=proposal, occurred_at=world.now()), "maker")
    world.advance(30 * DAY)
    assert world.raised("t15-correction-unsigned") == []


# --- t15-second-signature-owed ----------------------------------------------------------------------------------


def reacted(world: Overseen) -> tuple[str, str]:
    lot = world.make("A", 2000)
    return lot, world.accept(react(world, lot), "maker")


def test_a_reaction_with_one_signer(world: Overseen) -> None:
    lot, record = reacted(world)
    world.advance(20 * DAY)
    alert = world.only("t15-second-signature-owed")
    assert alert.key == record and alert.lots == (lot,) and alert.figures[0].value == "20"


def test_a_second_signer_in_time_is_none(world: Overseen) -> None:
    lot, record = reacted(world)
    world.advance(2 * DAY)
    assert world.raised("t15-second-signature-owed") == []
    second = Endorsement(subject=lot, endorses=record, occurred_at=world.now())
    world.accept(second, "maker", signer=second_person(world))
    world.advance(30 * DAY)
    assert world.raised("t15-second-signature-owed") == []


# --- t15-key-compromised ----------------------------------------------------------------------------------------


def lose(world: Overseen, since: int | None) -> str:
    key = key_subject(world.signers["maker"].public.thumbprint)
    event = KeyRevocation(
        key=key, reason="stolen", compromised_since=None if since is None else format_instant(since),
        occurred_at=world.now(),
    )  # fmt: skip
    world.accept(event, "cn")
    return key


def test_what_a_key_signed_in_other_hands(world: Overseen) -> None:
    world.make("A", 100)
    world.advance(DAY)
    since = world.time
    world.advance(DAY)
    world.make("B", 100)
    theirs = world.lot("lot:CN-MAKER/B")["last"]
    key = lose(world, since)
    alert = world.only("t15-key-compromised")
    assert alert.subject == key and [item.id for item in alert.evidence] == [theirs]
    world.accept(Endorsement(subject=key, endorses=theirs, occurred_at=world.now()), "cn")
    assert world.raised("t15-key-compromised") == []


def test_a_key_that_was_lost_and_not_used_is_none(world: Overseen) -> None:
    world.make("A", 100)
    world.advance(DAY)
    lose(world, world.time)
    assert world.raised("t15-key-compromised") == []


def test_a_key_that_was_replaced_is_none(world: Overseen) -> None:
    world.make("A", 100)
    lose(world, None)
    assert world.raised("t15-key-compromised") == []


# --- t16-serial-… -----------------------------------------------------------------------------------------------


def drums(*serials: str) -> tuple[Package, ...]:
    return tuple(packages(1)[0].model_copy(update={"serial": serial}) for serial in serials)


def test_one_makers_serial_in_two_lots(world: Overseen) -> None:
    first = world.make("A", 50, packages=drums("DR-0000017", "DR-0000018"))
    second = world.make("B", 25, packages=drums("DR-0000018"))
    alert = world.only("t16-serial-in-two-lots")
    assert set(alert.lots) == {first, second} and "DR-0000018" in alert.said
    assert alert.kind.certainty is Certainty.CERTAIN and world.raised("t16-serial-elsewhere") == []


def test_two_makers_serials_are_only_suspicious(world: Overseen) -> None:
    world.make("A", 25, packages=drums("DR-0000017"))
    world.make("B", 25, "maker2", packages=drums("DR-0000017"))
    assert world.only("t16-serial-elsewhere").kind.certainty is Certainty.SUSPICIOUS
    assert world.raised("t16-serial-in-two-lots") == []


def test_short_serials_are_numbered_lot_by_lot(world: Overseen) -> None:
    world.make("A", 100, packages=packages(4))
    world.make("B", 100, packages=packages(4))
    world.make("C", 100, "maker2", packages=packages(4))
    assert world.codes() == set()


def test_drums_that_go_on_into_a_part_are_not_two(world: Overseen) -> None:
    lot = world.make("A", 50, packages=drums("DR-0000017", "DR-0000018"))
    world.accept(split(world, lot, ("B", 25, ("DR-0000017",)), ("C", 25, ("DR-0000018",))), "maker")
    assert world.codes() == set()


def test_a_serial_that_was_emptied_may_be_used_again(world: Overseen) -> None:
    lot = world.make("A", 25, packages=drums("DR-0000017"))
    world.accept(pack(world, lot, *drums("DR-0000099")), "maker")
    world.make("B", 25, packages=drums("DR-0000017"))
    assert world.codes() == set()


# --- t16-container-in-two-places --------------------------------------------------------------------------------

CONTAINER = "CSQU3054383"


def load(world: Overseen, means: Any, place: Any, hours: int = 0) -> str:
    lot = world.make(world.number("B"), 100, place=place)
    world.accept(world.hand_over("maker", "carrier", lot, place=place, means=means), "maker")
    world.advance(hours * HOUR)
    return lot


def test_one_container_in_two_countries_at_once(world: Overseen) -> None:
    lots = {load(world, f"MV Star, {CONTAINER}", CN_PORT, hours=3), load(world, "CSQU 305438 3", MX)}
    alert = world.only("t16-container-in-two-places")
    assert alert.subject == f"container:{CONTAINER}" and set(alert.lots) == lots and alert.statements == 2


@pytest.mark.parametrize(
    ("first", "second", "place", "hours"),
    [
        (CONTAINER, CONTAINER, MX, 20 * 24),
        (CONTAINER, CONTAINER, CN, 3),
        (CONTAINER, "CSQU3054384", MX, 3),
        (CONTAINER, "MSKU6011672", MX, 3),
        (CONTAINER, {"sha256": "ab" * 32}, MX, 3),
    ],
    ids=["weeks later", "the next town", "a wrong check digit", "another one", "hidden"],
)
def test_containers_that_are_where_they_can_be(
    world: Overseen, first: str, second: Any, place: Any, hours: int
) -> None:
    load(world, first, CN_PORT, hours)
    if isinstance(second, dict):
        second = None
    load(world, second, place)
    assert world.raised("t16-container-in-two-places") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("CSQU3054383", ["CSQU3054383"]),
        ("csqu 305438-3", ["CSQU3054383"]),
        ("CSQU3054380", []),
        ("XCSQU3054383", []),
        ("CSQU30543831", []),
        ("truck AB-123", []),
    ],
)
def test_a_container_number_is_one_by_its_check_digit(text: str, found: list[str]) -> None:
    """CSQU3054383 is the example of ISO 6346 itself."""
    assert containers_in(text) == found


# --- t16-paper-reported-twice -----------------------------------------------------------------------------------


def reported(world: Overseen, local: str, line: int, sha: str) -> str:
    event = report(
        lot=f"lot:CN-MAKER/{local}", line=line, paper={"kind": "emanifest", "sha256": sha}, occurred_at=world.now()
    )  # fmt: skip
    return world.accept(event, "maker")


def test_one_line_of_a_paper_as_two_lots(world: Overseen) -> None:
    reported(world, "R-1", 1, "ab" * 32)
    reported(world, "R-2", 1, "ab" * 32)
    assert world.only("t16-paper-reported-twice").lots == ("lot:CN-MAKER/R-1", "lot:CN-MAKER/R-2")


def test_other_lines_and_papers_are_none(world: Overseen) -> None:
    reported(world, "R-1", 1, "ab" * 32)
    reported(world, "R-2", 2, "ab" * 32)
    reported(world, "R-3", 1, "cd" * 32)
    assert world.raised("t16-paper-reported-twice") == []
