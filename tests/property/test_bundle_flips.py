"""Changed bundles never say more: the reduced counts; `make show-chain` runs the full ones."""

from __future__ import annotations

from random import Random

import pytest
from tests.changing import replace
from tests.show import flips
from tests.show.answering import improvements, named

from lotchain.events.reading import read_entry
from lotchain.verify import offline
from lotchain.verify.bundle import decode_bundle, encode_bundle


def test_every_bit_of_the_smallest_bundle() -> None:
    subject = flips.smallest()
    tally = flips.every_bit(subject)
    assert tally.broken == []
    assert tally.unreadable == {"bundle-digest": 8 * len(subject.data)}


@pytest.mark.parametrize("kind", flips.KINDS)
def test_random_bits_under_a_new_digest(kind: str) -> None:
    tally = flips.random_bits(kind, 0, 150)
    assert tally.broken == []
    assert tally.seen == 150
    assert tally.refused.total() > 50, "most changes meet the verifier, not only the file format"


@pytest.mark.parametrize("kind", flips.KINDS)
def test_random_parts_changed(kind: str) -> None:
    tally = flips.random_parts(kind, 0, 150)
    assert tally.broken == []
    assert len(tally.refused) > 5


def test_the_bundles_are_what_they_are_said_to_be() -> None:
    assert "difference-open" in {code for code, _, _ in named(flips.honest("HOLD").verdict)}
    assert {"seal-changed", "off-route"} <= {code for code, _, _ in named(flips.honest("FAIL").verdict)}


def test_the_measure_sees_a_verifier_without_the_map(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the heads map's check switched off, leaving out an inspection hides a finding, and the measure says so."""
    subject = flips.honest("FAIL")
    bundle = decode_bundle(subject.data)
    kept = tuple(leaf for leaf in bundle.statements if read_entry(leaf.raw).event.type != "inspection/1")
    cut = encode_bundle(replace(bundle, statements=kept))
    tally = flips.Tally()
    flips.judge_changed(subject, cut, "cut", tally)
    assert tally.refused.total() == 1
    monkeypatch.setattr(offline, "check_head", lambda *_: None)
    monkeypatch.setattr(offline, "_check_used", lambda *_: None)
    flips.judge_changed(subject, cut, "cut", tally)
    assert len(tally.broken) == 1
    assert "seal-changed" in tally.broken[0]


def test_the_measure_sees_a_verifier_without_the_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = flips.smallest()
    monkeypatch.setattr(flips, "decode_bundle", lambda data: data)
    assert len(flips.every_bit(subject, range(8)).broken) == 8


@pytest.mark.parametrize(("better", "worse"), [("CLEAR", "HOLD"), ("HOLD", "FAIL"), ("CLEAR", "FAIL")], ids=str)
def test_the_measure_sees_every_step_up(better: str, worse: str) -> None:
    high, low = flips.honest(better).verdict, flips.honest(worse).verdict
    assert improvements(low, replace(low, word=high.word)) != []
    assert improvements(low, replace(low, findings=())) != []
    assert improvements(low, low) == []


def test_each_answer_is_measured() -> None:
    verdict = flips.honest("HOLD").verdict
    for name, value in (
        ("quantity", "balanced"),
        ("quantity", "difference closed by report"),
        ("treaty", "compliant"),
        ("whereabouts", "in custody of party:CN-TRUCK-77 at CNTZU"),
        ("goods", "match"),
    ):
        assert improvements(verdict, replace(verdict, answers=replace(verdict.answers, **{name: value}))) != [], name
    for name, value in (("chain", "undetermined"), ("completeness", "operator's word"), ("quantity", "contradictory")):
        assert improvements(verdict, replace(verdict, answers=replace(verdict.answers, **{name: value}))) == [], name
    assert improvements(verdict, replace(verdict, as_of=(verdict.as_of or 0) + 1)) != []
    assert improvements(verdict, replace(verdict, lot="lot:MX-9524321000040/BP4-A")) != []


def test_changes_are_the_same_every_time() -> None:
    assert flips.random_parts("HOLD", 7, 20) == flips.random_parts("HOLD", 7, 20)
    assert {flips.flipped(b"\x00", Random(n).randrange(8)) for n in range(20)} <= {bytes((1 << n,)) for n in range(8)}
