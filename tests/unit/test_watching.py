"""Alerts and watch marks: who may raise and lift them, what they hold, where they go, and what a proof says of them."""

from __future__ import annotations

import pytest
from tests.unit.world import CN, PARTIES, World, codes, kg, packages
from tests.vectors_build.bundle_bench import Bench
from tests.vectors_build.event_observations import divided
from tests.vectors_build.event_transfers import consigned
from tests.vectors_build.event_watching import (
    FOREIGN,
    alert_event,
    alerted,
    labelled,
    lifting_event,
    mark_event,
    marked,
    stolen,
)

from lotchain.core.ids import watch_of_label
from lotchain.custody.conclusion import conclude_labels, conclude_lot
from lotchain.errors import Malformed
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.alert_closing import AlertClosing
from lotchain.events.endorsement import Endorsement
from lotchain.events.merge import Merge, MergeLine
from lotchain.events.packing import Packing
from lotchain.events.seizure import Seizure
from lotchain.verify.goods import Found, compare
from lotchain.verify.verdict import Verdict


@pytest.fixture
def world() -> World:
    return World()


def concluded(world: World, lot: str) -> set[str]:
    return {finding.code for finding in conclude_lot(lot, world.lot(lot), world.time)}


def by_labels(world: World, lot: str) -> set[str]:
    return {finding.code for finding in conclude_labels(lot, world.lot(lot), world.states)}


def close(world: World, alert: str, *lots: str) -> AlertClosing:
    return AlertClosing(alert=alert, lots=lots, outcome="explained", occurred_at=world.now())


def merge(world: World, *lots: str) -> str:
    lines = tuple(MergeLine(lot=each, prev=world.last(each), quantity=world.stated(each)) for each in lots)
    world.accept(Merge(lot="lot:CN-MAKER/M", lines=lines, place=CN, occurred_at=world.now()), "maker")
    return "lot:CN-MAKER/M"


def refuse(world: World, lot: str, *serials: str, accepted: float = 60, refused: float = 40) -> str:
    """The carrier takes a part of the lot; the rest lot."""
    offer = world.offer("maker", "carrier", lot)
    line = AcceptanceLine(
        lot=lot, outcome="damaged", accepted=kg(accepted), refused=kg(refused), packages_refused=serials
    )
    world.accept(Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now()), "carrier")
    return f"{lot}~1"


def seized(world: World, lot: str, serial: str) -> str:
    """One drum seized, by two officers; the rest lot."""
    event = Seizure(
        lot=lot, quantity=kg(25), packages=(serial,), reason="suspicion", place=CN, occurred_at=world.now()
    )  # fmt: skip
    proposal = world.accept(event, "cn")
    world.advance()
    world.accept(Endorsement(subject=lot, endorses=proposal, occurred_at=world.now()), "cn2")
    return f"{lot}~1"


# The watch of a label


def test_a_label_and_its_rests_have_one_watch_that_no_other_lot_has() -> None:
    watch = watch_of_label("lot:CO-900123456/7K3Q-01")
    assert watch == "watch:CO-900123456/LABEL-91F2E6FF86A8FEC058B459B84C7CB53EE87A3B77"
    assert watch_of_label("lot:CO-900123456/7K3Q-01~3~1") == watch
    assert watch_of_label("lot:CO-900123456/7K3Q-02") != watch
    longest = f"lot:CO-{'9' * 32}/{'A' * 48}"
    assert watch_of_label(longest).startswith(f"watch:CO-{'9' * 32}/LABEL-")


@pytest.mark.parametrize("lot", ["party:CO-900123456", "lot:CO-900123456/", "lot:XX-1/A", "lot:CO-900123456/a", ""])
def test_what_is_no_lot_has_no_watch(lot: str) -> None:
    with pytest.raises(Malformed):
        watch_of_label(lot)


# Alerts


def test_only_an_authoritys_alert_holds_a_lot(world: World) -> None:
    lot = world.make("A", 100)
    alerted(world, lot, "maker")
    assert concluded(world, lot) == {"alert-raised"}
    official = alerted(world, lot)
    assert concluded(world, lot) == {"alert-raised", "alert-open"}
    assert world.refuse(close(world, official, lot), "maker") == {"alert-not-yours"}
    world.accept(close(world, official, lot), "cn")
    assert concluded(world, lot) == {"alert-raised"}


def test_an_alert_makes_nobodys_paper_stale(world: World) -> None:
    lot = world.make("A", 100)
    offer = world.hand_over("maker", "carrier", lot)
    before = world.lot(lot)["last"], world.lot(lot)["bound"]
    alerted(world, lot)
    assert (world.lot(lot)["last"], world.lot(lot)["bound"]) == before
    world.accept(offer, "maker")


def test_an_importer_is_heard_only_on_a_lot_of_its_consignment(world: World) -> None:
    lot, other = world.make("A", 100), world.make("B", 100)
    consigned(world, lot)
    alerted(world, lot, "importer")
    assert world.refuse(alert_event(world, other), "importer") == {"not-custodian"}
    assert world.refuse(alert_event(world, lot), "user-b") == {"not-custodian"}
    assert world.lot(lot)["reports"] == {PARTIES["importer"]: 1}


def test_closing_on_one_part_leaves_the_other_on_hold(world: World) -> None:
    lot = world.make("A", 100)
    alerted(world, lot, "maker")
    official = alerted(world, lot)
    one, two = divided(world, lot)
    assert concluded(world, one) == concluded(world, two) == {"alert-open"}
    world.accept(close(world, official, one), "cn")
    assert (concluded(world, one), concluded(world, two)) == (set(), {"alert-open"})
    assert concluded(world, merge(world, one, two)) == {"alert-open"}


def test_a_refused_part_keeps_the_alert(world: World) -> None:
    lot = world.make("A", 100)
    alerted(world, lot)
    assert concluded(world, refuse(world, lot)) == {"alert-open"}


# Marks on a lot


def test_a_mark_on_what_is_there_holds_and_on_what_is_gone_does_not(world: World) -> None:
    lot = world.make("A", 100, packages=packages(4))
    theft = stolen(world, lot, "0004")
    marked(world, lot, "0004", who="maker", loss=theft)
    assert concluded(world, lot) == {"watch-mark-stands"}
    mark = marked(world, lot, "0001", "0004")
    assert concluded(world, lot) == {"watch-mark-stands", "watch-marked"}
    world.accept(lifting_event(world, mark, lot, lot, packages=("0001",)), "cn")
    assert concluded(world, lot) == {"watch-mark-stands"}


def test_pouring_a_marked_drum_into_another_sheds_no_mark(world: World) -> None:
    lot = world.make("A", 100, packages=packages(4))
    marked(world, lot, "0001")
    again = Packing(
        lot=lot, prev=world.last(lot), packages=packages(4, first=11), occurred_at=world.now()
    )  # fmt: skip
    assert codes(world.submit(again, "maker")) == set()
    assert concluded(world, lot) == {"watch-marked"}


def test_a_mark_goes_where_the_drum_goes(world: World) -> None:
    lot = world.make("A", 100, packages=packages(4))
    theft = stolen(world, lot, "0004")
    marked(world, lot, "0004", who="maker", loss=theft)
    marked(world, lot, "0001")
    refused = refuse(world, lot, "0001", accepted=50, refused=25)
    assert concluded(world, refused) == {"watch-marked", "watch-mark-stands"}
    assert "watch-marked" not in concluded(world, lot)


def test_parts_without_listed_drums_all_bear_the_mark(world: World) -> None:
    lot = world.make("A", 100, packages=packages(4))
    marked(world, lot, "0001")
    for part in divided(world, lot):
        assert concluded(world, part) == {"watch-marked"}


def test_a_seized_part_keeps_mark_and_alert(world: World) -> None:
    lot = world.make("A", 100, packages=packages(4))
    marked(world, lot, "0001")
    marked(world, lot, "0002")
    alerted(world, lot)
    rest = seized(world, lot, "0001")
    assert concluded(world, rest) >= {"watch-marked", "alert-open"}
    assert len(world.lot(rest)["watched"]) == 1


def test_of_two_lots_with_one_serial_only_the_marked_drum_is_met(world: World) -> None:
    one, two = world.make("A", 50, packages=packages(2)), world.make("B", 25, packages=packages(1, first=2))
    theft = stolen(world, one, "0002")
    marked(world, one, "0002", who="maker", loss=theft)
    both = merge(world, one, two)
    assert "watched" not in world.lot(both) and concluded(world, both) == set()


# Who may mark


@pytest.mark.parametrize(
    ("who", "changes", "code"),
    [
        ("maker", {}, {"not-authority", "loss-unknown"}),
        ("carrier", {"loss": "theft"}, {"not-robbed"}),
        ("maker", {"loss": "theft", "packages": ("0001",)}, {"not-robbed"}),
        ("maker", {"loss": "theft", "label": FOREIGN}, {"label-foreign"}),
        ("mx", {"packages": ("0001",)}, {"authority-scope"}),
        ("cn", {"packages": ("0099",)}, {"package-unknown"}),
    ],
)
def test_who_may_not_mark(world: World, who: str, changes: dict[str, object], code: set[str]) -> None:
    lot = world.make("A", 100, packages=packages(4))
    theft = stolen(world, lot, "0004")
    values = {"label": lot, "packages": ("0004",), "lot": lot, "loss": None, **changes}
    values["loss"] = theft if values["loss"] else None
    event = mark_event(world, lot, "0004").model_copy(update=values)
    assert world.refuse(event, who) == code


def test_a_loss_that_is_no_theft_marks_nothing(world: World) -> None:
    lot = world.make("A", 100, packages=packages(4))
    leaked = stolen(world, lot, "0004", kind="leaked")
    assert world.refuse(mark_event(world, lot, "0004", lot=lot, loss=leaked), "maker") == {"not-robbed"}
    assert world.refuse(mark_event(world, lot, "0004", lot=lot, loss=world.last(lot)), "maker") == {"not-robbed"}


def test_a_mark_of_ones_own_stands_once(world: World) -> None:
    lot = world.make("A", 100, packages=packages(4))
    theft = stolen(world, lot, "0003", "0004")
    mark = marked(world, lot, "0004", who="maker", loss=theft)
    again = mark_event(world, lot, "0003", "0004", lot=lot, loss=theft)
    assert world.refuse(again, "maker") == {"marked-already"}
    marked(world, lot, "0004")
    world.accept(lifting_event(world, mark, lot, lot), "maker")
    world.advance()
    world.accept(again.model_copy(update={"occurred_at": world.now()}), "maker")


# What meets a mark on its label


def found_lot(world: World, local: str, label: str = FOREIGN, first: int = 1) -> tuple[str, set[str]]:
    lot = f"lot:CN-MAKER2/{local}"
    world.make(local, 50, "maker2", origin="found", packages=labelled(packages(2, first=first), label))
    return lot, by_labels(world, lot)


def test_a_drum_that_came_in_before_its_mark_holds_its_lot_once_it_is_marked(world: World) -> None:
    victim = world.make("A", 50, packages=packages(2))
    theft = stolen(world, victim, "0002")
    lot, before = found_lot(world, "F", victim)
    mark = marked(world, victim, "0002", who="maker", loss=theft)
    assert (before, by_labels(world, lot)) == (set(), {"watch-marked"})
    one, two = divided(world, lot, "maker2")
    assert by_labels(world, lot) == set() and by_labels(world, one) == by_labels(world, two) == {"watch-marked"}
    world.accept(lifting_event(world, mark, victim), "maker")
    assert by_labels(world, one) == set()


def test_other_drums_with_the_label_and_other_labels_are_free(world: World) -> None:
    world.accept(mark_event(world, FOREIGN, "0001", "0002"), "mx")
    for local, label, first in (("F1", FOREIGN, 3), ("F2", FOREIGN + "X", 1), ("F3", "lot:US-OTHER/88-1", 1)):
        assert found_lot(world, local, label, first)[1] == set()


def test_packing_an_emptied_serial_anew_is_no_return_and_no_hit(world: World) -> None:
    lot = world.make("A", 50, packages=packages(2))
    for first in (11, 1):
        boxes = packages(2, first=first)
        again = Packing(lot=lot, prev=world.last(lot), packages=boxes, occurred_at=world.now())
        assert codes(world.submit(again, "maker")) == set()


# Proofs


def played(verdict: Verdict) -> tuple[str, set[str]]:
    mine = {"alert-open", "alert-raised", "watch-list-hit", "watch-marked", "watch-mark-stands"}
    return verdict.word, {finding.code for finding in verdict.findings} & mine


def test_a_proof_is_on_hold_while_an_authoritys_alert_is_open() -> None:
    bench = Bench()
    lot = bench.world.make("A", 100)
    alert = alerted(bench.world, lot, "maker")
    assert played(bench.verdict(lot)) == ("CLEAR", {"alert-raised"})
    official = alerted(bench.world, lot)
    one, _ = divided(bench.world, lot)
    assert played(bench.verdict(one)) == ("HOLD", {"alert-raised", "alert-open"})
    bench.world.accept(close(bench.world, official, one), "cn")
    assert played(bench.verdict(one)) == ("CLEAR", {"alert-raised"})
    bench.world.accept(close(bench.world, alert, lot), "maker")
    assert played(bench.verdict(one)) == ("CLEAR", set())


def test_the_marked_lots_proof_holds_no_watch_and_that_of_who_brings_a_drum_in_no_victim() -> None:
    bench = Bench()
    world = bench.world
    victim = world.make("A", 100, packages=packages(4))
    theft = stolen(world, victim, "0004")
    marked(world, victim, "0004", who="maker", loss=theft)
    assert played(bench.verdict(victim)) == ("CLEAR", {"watch-mark-stands"})
    assert not [name.subject for name in bench.bundle(victim).subjects if name.subject.startswith("watch:")]
    world.make("T", 100, packages=labelled(packages(4, first=4), victim))
    bench.feed()
    thief = bench.bundle("lot:CN-MAKER/T")
    names = {proof.subject for proof in thief.subjects}
    assert watch_of_label(victim) in names and victim not in names
    assert played(bench.verify(thief)) == ("FAIL", {"watch-list-hit", "watch-marked"})


def test_a_label_under_which_nothing_was_marked_is_proved_absent() -> None:
    bench = Bench()
    bench.world.make("T", 50, packages=labelled(packages(2)))
    assert played(bench.verdict("lot:CN-MAKER/T")) == ("CLEAR", set())
    mark = bench.world.accept(mark_event(bench.world, FOREIGN, "0002"), "mx")
    assert played(bench.verdict("lot:CN-MAKER/T")) == ("HOLD", {"watch-marked"})
    bench.world.accept(lifting_event(bench.world, mark, FOREIGN), "mx")
    assert played(bench.verdict("lot:CN-MAKER/T")) == ("CLEAR", set())


# Goods


@pytest.mark.parametrize(
    ("serials", "found"),
    [
        (("0001",), {"goods-serials-not-all"}),
        (("0002",), {"goods-watch-marked", "goods-serials-not-all"}),
        (("0004",), {"goods-watch-marked", "goods-serial-mismatch"}),
        (("0009",), {"goods-serial-mismatch"}),
        ((), set()),
    ],
)
def test_a_marked_drum_before_the_inspector_says_so(world: World, serials: tuple[str, ...], found: set[str]) -> None:
    lot = world.make("A", 100, packages=packages(4))
    theft = stolen(world, lot, "0004")
    marked(world, lot, "0004", who="maker", loss=theft)
    marked(world, lot, "0002", reason="diverted")
    told = compare(lot, world.lot(lot), Found(serials=serials))
    assert {finding.code for finding in told} == found
