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
from lotchain.verify.treaty_answer import NOTHING_ASKED
from lotchain.verify.verdict import Verdict


def test_every_bit_of_the_smallest_bundle() -> None:
    """Every bit of one that carries no rule documents; `make show-chain` (point `every-bit`) flips all of one that does."""
    subject = flips.smallest(adopted=False)
    assert decode_bundle(subject.data).rule_sets == ()
    tally = flips.every_bit(subject)
    assert tally.broken == []
    assert tally.unreadable == {"bundle-digest": 8 * len(subject.data)}


def test_bits_of_the_rule_documents_in_the_smallest_bundle() -> None:
    """A seeded sample of the bits inside them, and every bit before the first and behind the last."""
    subject = flips.smallest()
    documents = flips.document_bits(subject)
    assert sum(map(len, documents)) > 4 * len(subject.data), "the documents are most of the bundle"
    tally = flips.every_bit(subject, flips.bits_of_documents(subject, 0, 3000))
    tally.add(flips.every_bit(subject, range(documents[-1].stop, 8 * len(subject.data))))
    tally.add(flips.every_bit(subject, range(documents[0].start - 800, documents[0].start)))
    assert tally.broken == []
    assert tally.seen > 4000


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
        ("whereabouts", "in custody of party:CN-TRUCK-77 at CNTZU"),
        ("goods", "match"),
    ):
        assert improvements(verdict, replace(verdict, answers=replace(verdict.answers, **{name: value}))) != [], name
    for name, value in (("chain", "undetermined"), ("completeness", "operator's word"), ("quantity", "contradictory")):
        assert improvements(verdict, replace(verdict, answers=replace(verdict.answers, **{name: value}))) == [], name
    assert improvements(verdict, replace(verdict, as_of=(verdict.as_of or 0) + 1)) != []
    assert improvements(verdict, replace(verdict, lot="lot:MX-9524321000040/BP4-A")) != []


def test_a_treaty_answer_that_claims_more_is_measured() -> None:
    """By its first word, and in what it says that it rests on."""
    verdict = flips.honest("HOLD").verdict
    honest = verdict.answers.treaty
    assert honest.startswith("compliant with CN 2026-11-24, MX 2026-11-24, UN 2026-11-24: 4 rules held, 35 obligations")

    def answered(text: str, before: Verdict = verdict) -> list[str]:
        return improvements(before, replace(before, answers=replace(before.answers, treaty=text)))

    for text in (
        honest.replace("4 rules", "5 rules"),
        honest.replace("35", "34"),
        honest.replace(", MX", ", US 2026-11-24, MX"),
        honest.replace(", MX 2026-11-24", ", MX 2027-01-01"),
        "compliant with UN 2026-11-24: 1 rule held, 0 obligations not examined",
        "undetermined: on the operator's word compliant with XX 1: 1 rule held, 0 obligations not examined",
        "compliant",
    ):
        assert answered(text) != [], text
    for text in (
        "breach",
        "undetermined",
        "undetermined: no rule set adopted",
        f"undetermined: on the operator's word {honest}",
        honest.replace("4 rules", "1 rule").replace("35", "40"),
    ):
        assert answered(text) == [], text
    breach = replace(verdict, answers=replace(verdict.answers, treaty="breach"))
    assert answered("undetermined", breach) != []
    assert answered(honest, replace(breach, answers=replace(breach.answers, treaty="undetermined"))) != []


def test_a_treaty_record_that_claims_more_is_measured() -> None:
    verdict = flips.honest("HOLD").verdict
    card = verdict.treaty
    (first, countries), *others = card.sets
    for changed in (
        card._replace(held=(*card.held, "un-05-label")),
        card._replace(sets=((first, (*countries, "US")), *others)),
        card._replace(sets=((first._replace(digest="00" * 32), countries), *others)),
        card._replace(sets=((first._replace(not_examined=first.not_examined[1:]), countries), *others)),
    ):
        assert improvements(verdict, verdict._replace(treaty=changed)) != []
    for changed in (card._replace(held=card.held[1:]), card._replace(sets=card.sets[1:]), NOTHING_ASKED):
        assert improvements(verdict, verdict._replace(treaty=changed)) == []


def test_changes_are_the_same_every_time() -> None:
    assert flips.random_parts("HOLD", 7, 20) == flips.random_parts("HOLD", 7, 20)
    assert {flips.flipped(b"\x00", Random(n).randrange(8)) for n in range(20)} <= {bytes((1 << n,)) for n in range(8)}
