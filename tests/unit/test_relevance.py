"""Which findings bear on a lot: what its ancestors did before it left them, and what both rest on."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.test_closure import merge, refuse_part, split
from tests.unit.world import CN, DAY, kg
from tests.vectors_build.bundle_bench import Bench, codes, weighing

from lotchain.core.encodings import b64encode
from lotchain.core.instants import format_instant
from lotchain.custody.findings import Finding
from lotchain.custody.permits import UNDETERMINED
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.conflict import Conflict
from lotchain.events.consumption import Consumption
from lotchain.events.discrepancy_answer import DiscrepancyAnswer
from lotchain.events.endorsement import Endorsement
from lotchain.events.hold import Hold
from lotchain.events.key_revocation import KeyRevocation
from lotchain.events.release import Release
from lotchain.events.resolution import Resolution
from lotchain.events.seal_checked import CheckedLot, SealChecked
from lotchain.events.withdrawal import Withdrawal
from lotchain.verify.relevance import left_at, relevant
from lotchain.verify.replay import Replay

LOT = "lot:CN-MAKER/A"


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.world.make("A", 100)
    made.feed()
    return made


def wrong_seals(bench: Bench, lot: str, who: str = "maker") -> None:
    """A finding that fails: seals where the ledger knows none."""
    world = bench.world
    line = CheckedLot(lot=lot, seals_found=("X-1",))
    world.accept(SealChecked(lines=(line,), place=CN, occurred_at=world.now()), who)
    bench.feed()


def short(bench: Bench, lot: str, giver: str, to: str, accepted: float, missing: float) -> str:
    world = bench.world
    offer = world.offer(giver, to, lot)
    line = AcceptanceLine(lot=lot, outcome="short", accepted=kg(accepted), missing=kg(missing))
    reply = world.accept(Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now()), to)
    bench.feed()
    return reply


def hold(bench: Bench, *lots: str) -> str:
    placed = bench.world.accept(Hold(lots=lots, reason="suspicion", occurred_at=bench.world.now()), "cn")
    bench.feed()
    return placed


# What the judge found


def test_what_was_found_on_the_parent_before_weighs_on_its_children(bench: Bench) -> None:
    wrong_seals(bench, LOT)
    for child in split(bench, LOT, "maker", ("L", 40), ("R", 60)):
        verdict = bench.verdict(child)
        assert (verdict.word, "seal-changed" in codes(verdict)) == ("FAIL", True)


def test_what_is_found_on_the_parent_afterwards_does_not(bench: Bench) -> None:
    rest = refuse_part(bench, LOT, "maker", "carrier", 60, 40)
    wrong_seals(bench, LOT, "carrier")
    assert bench.verdict(LOT).word == "FAIL"
    assert (bench.verdict(rest).word, weighing(bench.verdict(rest))) == ("CLEAR", set())
    later = refuse_part(bench, LOT, "carrier", "importer", 50, 10)
    assert bench.verdict(later).word == "FAIL", "this rest left it after the seals were found"


def test_what_is_found_on_a_sibling_does_not(bench: Bench) -> None:
    left, right = split(bench, LOT, "maker", ("L", 40), ("R", 60))
    wrong_seals(bench, right)
    assert bench.verdict(left).word == "CLEAR"
    assert bench.verdict(LOT).word == "CLEAR"
    assert bench.verdict(merge(bench, "maker", "M", left, right)).word == "FAIL", "the diamond closes over both"


def test_a_grandparent_counts_up_to_where_the_parent_left_it(bench: Bench) -> None:
    rest = refuse_part(bench, LOT, "maker", "carrier", 60, 40)
    wrong_seals(bench, LOT, "carrier")
    left, _ = split(bench, rest, "maker", ("L", 10), ("R", 30))
    assert bench.verdict(left).word == "CLEAR"
    wrong_seals(bench, left)
    assert bench.verdict(left).word == "FAIL"


def test_a_merge_takes_over_what_each_source_had(bench: Bench) -> None:
    other = bench.world.make("B", 5)
    bench.feed()
    wrong_seals(bench, other)
    mixed = merge(bench, "maker", "M", LOT, other)
    assert bench.verdict(mixed).word == "FAIL"
    assert bench.verdict(LOT).word == "CLEAR", "it went into the mixture; its own history is what it was"


def test_notes_on_a_statement_whose_first_lot_is_another_one(bench: Bench) -> None:
    """A late entry is found on the first lot that a statement names: it is shown to each lot that it is about."""
    world = bench.world
    first = world.make("0", 5)
    bench.feed()
    rest = refuse_part(bench, LOT, "maker", "carrier", 60, 40)
    world.move("maker", "carrier", first)
    bench.feed()
    world.advance(3 * DAY)
    lines = tuple(CheckedLot(lot=lot, seals_found=()) for lot in (first, LOT))
    event = SealChecked(lines=lines, place=CN, occurred_at=format_instant(world.time - 2 * DAY))
    world.accept(event, "carrier")
    bench.feed()
    assert "late-entry" in codes(bench.verdict(LOT))
    assert "late-entry" in codes(bench.verdict(first))
    assert "late-entry" not in codes(bench.verdict(rest)), "it had left the lot before"


# Holds


def test_a_hold_passes_to_the_children_and_is_released_there(bench: Bench) -> None:
    placed = hold(bench, LOT)
    children = split(bench, LOT, "maker", ("L", 40), ("R", 60), seen=bench.seen())
    for child in children:
        assert {"on-hold", "moved-on-hold"} == weighing(bench.verdict(child))
    world = bench.world
    world.accept(Release(hold=placed, lots=(children[0],), reason="in-order", occurred_at=world.now()), "cn")
    bench.feed()
    assert weighing(bench.verdict(children[0])) == {"moved-on-hold"}, "that it was divided on hold stays"
    assert "on-hold" in weighing(bench.verdict(children[1]))


def test_a_hold_that_was_perhaps_not_known_leaves_nothing_once_it_is_released(bench: Bench) -> None:
    placed = hold(bench, LOT)
    (child, _) = split(bench, LOT, "maker", ("L", 40), ("R", 60))
    assert weighing(bench.verdict(child)) == {"on-hold"}
    assert "acted-before-hold-was-known" in codes(bench.verdict(child))
    world = bench.world
    world.accept(Release(hold=placed, lots=(child,), reason="in-order", occurred_at=world.now()), "cn")
    bench.feed()
    assert bench.verdict(child).word == "CLEAR"


def test_a_hold_on_the_rest_lot_s_parent_is_inherited_only_from_before(bench: Bench) -> None:
    rest = refuse_part(bench, LOT, "maker", "carrier", 60, 40)
    hold(bench, LOT)
    assert weighing(bench.verdict(rest)) == set()
    assert "on-hold" in weighing(bench.verdict(LOT))
    offered = bench.world.offer("carrier", "importer", LOT)
    assert offered
    bench.feed()
    assert "on-hold" not in codes(bench.verdict(rest))
    assert "offer-unanswered" not in codes(bench.verdict(rest))


# Differences


def test_an_open_difference_shows_on_every_descendant_until_it_is_answered_there(bench: Bench) -> None:
    reply = short(bench, LOT, "maker", "carrier", 99, 1)
    left, right = split(bench, LOT, "carrier", ("L", 40), ("R", 59))
    mixed = merge(bench, "carrier", "M", left, right)
    for lot in (LOT, left, right, mixed):
        verdict = bench.verdict(lot)
        assert (verdict.answers.quantity, verdict.word) == ("open difference", "HOLD"), lot
    world = bench.world
    answer = DiscrepancyAnswer(lot=LOT, reply=reply, explanation="miscounted", occurred_at=world.now())
    world.accept(answer, "carrier")
    assert weighing(bench.verdict(mixed)) == {"difference-answered"}
    world.accept(answer, "cn")
    verdict = bench.verdict(mixed)
    assert (verdict.answers.quantity, verdict.word) == ("difference closed by report", "CLEAR")


def test_a_difference_of_the_parent_after_the_rest_had_left_it(bench: Bench) -> None:
    rest = refuse_part(bench, LOT, "maker", "carrier", 60, 40)
    short(bench, LOT, "carrier", "importer", 59, 1)
    assert bench.verdict(LOT).answers.quantity == "open difference"
    assert bench.verdict(rest).answers.quantity == "balanced"


def test_a_difference_of_the_very_reply_that_brought_the_rest_forth(bench: Bench) -> None:
    world = bench.world
    offer = world.offer("maker", "carrier", LOT)
    line = AcceptanceLine(lot=LOT, outcome="damaged", accepted=kg(60), refused=kg(39), missing=kg(1))
    world.accept(Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now()), "carrier")
    bench.feed()
    assert bench.verdict(f"{LOT}~1").answers.quantity == "open difference"


# Disputes


def consumption(bench: Bench, lot: str, amount: float, reference: str) -> Consumption:
    world = bench.world
    return Consumption(lot=lot, prev=world.last(lot), quantity=kg(amount), purpose="analysis", reference=reference,
                       occurred_at=world.now())  # fmt: skip


def double(bench: Bench, lot: str, who: str) -> str:
    """The lot's last act is logged beside another one on the same prev; the conflict's id."""
    world = bench.world
    other = world.sign(consumption(bench, lot, 2, "OTHER"), who)
    logged = world.accept(consumption(bench, lot, 1, "LOGGED"), who)
    conflict = world.accept(Conflict(lot=lot, logged=logged, other=b64encode(other), occurred_at=world.now()), "cn")
    bench.feed()
    return conflict


def resolve(bench: Bench, lot: str, conflict: str) -> None:
    world = bench.world
    decided = world.accept(
        Resolution(lot=lot, conflict=conflict, decision="confirm", occurred_at=world.now()), "cn"
    )  # fmt: skip
    world.accept(
        Endorsement(subject=lot, endorses=decided, occurred_at=world.now()), "cn", signer=world.signers["cn2"]
    )  # fmt: skip
    bench.feed()


def test_a_dispute_leaves_the_lot_undetermined_until_it_is_resolved(bench: Bench) -> None:
    conflict = double(bench, LOT, "maker")
    verdict = bench.verdict(LOT)
    assert weighing(verdict) == {"double-dealing", "conflict-open"}
    assert (verdict.word, verdict.answers.chain) == ("HOLD", "undetermined")
    assert verdict.answers.whereabouts.startswith("undetermined: in dispute; the ledger says in custody of")
    resolve(bench, LOT, conflict)
    verdict = bench.verdict(LOT)
    assert weighing(verdict) == set()
    assert {"double-dealing", "conflict-resolved"} <= codes(verdict), "it stays listed"
    assert (verdict.word, verdict.answers.chain) == ("CLEAR", "unbroken")
    assert verdict.answers.whereabouts.startswith("in custody of")


def test_a_late_acceptance_is_resolved_likewise(bench: Bench) -> None:
    world = bench.world
    offer = world.offer("maker", "carrier", LOT)
    bench.feed()
    world.advance(3 * DAY)
    world.accept(Withdrawal(withdraws=offer, lots=(LOT,), occurred_at=world.now()), "maker")
    bench.feed()
    line = AcceptanceLine(lot=LOT, outcome="full", accepted=kg(100))
    late = world.accept(Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now()), "carrier")
    bench.feed()
    assert weighing(bench.verdict(LOT)) == {"accepted-after-withdrawal", "conflict-open"}
    resolve(bench, LOT, late)
    assert bench.verdict(LOT).word == "CLEAR"


def test_a_dispute_entered_later_about_what_the_parent_did_before(bench: Bench) -> None:
    world = bench.world
    other = world.sign(consumption(bench, LOT, 2, "OTHER"), "maker")
    logged = world.accept(consumption(bench, LOT, 1, "LOGGED"), "maker")
    bench.feed()
    rest = refuse_part(bench, LOT, "maker", "carrier", 60, 39)
    assert bench.verdict(rest).word == "CLEAR"
    conflict = world.accept(Conflict(lot=LOT, logged=logged, other=b64encode(other), occurred_at=world.now()), "cn")
    bench.feed()
    verdict = bench.verdict(rest)
    assert (weighing(verdict), verdict.answers.chain) == ({"conflict-open"}, "undetermined")
    resolve(bench, LOT, conflict)
    assert bench.verdict(rest).word == "CLEAR"


def test_a_dispute_about_what_the_parent_did_after_the_rest_had_left_it(bench: Bench) -> None:
    rest = refuse_part(bench, LOT, "maker", "carrier", 60, 40)
    double(bench, LOT, "carrier")
    assert weighing(bench.verdict(LOT)) >= {"double-dealing", "conflict-open"}
    assert weighing(bench.verdict(rest)) == set()


# Stolen keys


def stolen(bench: Bench, who: str, since: int) -> None:
    key = bench.world.signers[who].public.subject
    event = KeyRevocation(key=key, reason="stolen", compromised_since=format_instant(since),
                          occurred_at=bench.world.now())  # fmt: skip
    bench.world.accept(event, "cn")
    bench.feed()


def test_a_stolen_key_s_act_on_the_parent_counts_up_to_where_the_lot_left_it(bench: Bench) -> None:
    world = bench.world
    rest = refuse_part(bench, LOT, "maker", "carrier", 60, 40)
    world.advance()
    since = world.time
    world.accept(consumption(bench, LOT, 1, "THIEF"), "carrier")
    bench.feed()
    later = refuse_part(bench, LOT, "carrier", "importer", 50, 9)
    world.advance()
    stolen(bench, "carrier", since)
    assert "signed-after-compromise" in weighing(bench.verdict(LOT))
    assert "signed-after-compromise" in weighing(bench.verdict(later))
    assert weighing(bench.verdict(rest)) == set()


# The measure itself


def test_left_at_takes_the_latest_way_out() -> None:
    states: dict[str, Any] = {
        "d": {"parents": ["b", "c"]}, "b": {"parents": ["a"]}, "c": {"parents": ["a", "b"]}, "a": {"parents": []},
    }  # fmt: skip
    replayed = Replay(states=states, born={"a": 0, "b": 5, "c": 9, "d": 20})
    assert left_at(replayed, "d") == {"b": 20, "c": 20, "a": 9}
    assert left_at(replayed, "c") == {"a": 9, "b": 9}
    assert left_at(replayed, "a") == {}


def test_a_doubt_about_a_consignment_weighs_as_it_is() -> None:
    """A consignment has no disputes that an authority could have resolved."""
    consignment = "consignment:CN-MAKER/C1"
    replayed = Replay(states={LOT: {"parents": []}, consignment: {"kind": "consignment"}})
    doubt = Finding(UNDETERMINED, consignment, "ab" * 32)
    replayed.findings = [(3, doubt)]
    assert relevant(replayed, LOT, ()) == [doubt]
