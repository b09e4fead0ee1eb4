"""Append, audit and offline verifier agree: reduced counts; `make show-chain` runs the full ones."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from tests.agreement.mutations import mutated
from tests.show import agreement
from tests.show.stage import scenario, scenario_names, told_steps

from lotchain.custody import conclusion
from lotchain.custody.findings import Finding, Weight
from lotchain.custody.following import PREV_STALE
from lotchain.verify import offline, relevance


def test_every_fixture() -> None:
    tally = agreement.fixture_ledgers()
    assert tally.broken == []
    assert tally.ledgers == len(scenario_names()) == 6
    assert tally.refused == Counter()
    assert tally.compared > 150


def test_mutated_ledgers() -> None:
    tally = agreement.many_ledgers(25, dishonest=False)
    assert tally.broken == []
    assert tally.ledgers == 25
    assert len(tally.refused) > 5, "the mutations are refused for several reasons"
    assert len(tally.codes) > 10, "and what stands is found fault with for several"
    assert {"CLEAR", "HOLD", "FAIL"} == set(tally.words)


def test_ledgers_of_a_dishonest_operator() -> None:
    tally = agreement.many_ledgers(25, dishonest=True)
    assert tally.broken == []
    assert tally.forced > 20
    assert tally.words["FAIL"] > 10


def test_a_mutated_ledger_can_be_made_again() -> None:
    content = scenario("theft")
    first, again = mutated(content, "seed"), mutated(content, "seed")
    assert first[:2] == again[:2]
    assert first[0] != told_steps(content)


# The comparison must see a disagreement where there is one.


def test_a_verifier_that_forgets_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "conclude", lambda *_: ())
    tally = agreement.Tally()
    for seed in range(12):
        tally.add(agreement.one_ledger(seed))
    assert any("stands open offline" in line for line in tally.broken)


def test_an_append_that_says_less_is_seen() -> None:
    content = scenario("theft")
    steps = told_steps(content)
    kept = agreement.keep_honestly(agreement.Telling(content, steps, Random("theft"), heals=False))
    name = next(name for name, findings in kept.appended.items() if findings)
    kept.appended[name] = ()
    assert any("append set()" in line for line in agreement.compare(kept, "theft").broken)


def test_what_the_judge_refuses_weighs_on_every_bundle_that_holds_it() -> None:
    """Also where it is about an ancestor that the lot had left: it says what the ledger is worth."""
    lot, child = "lot:MX-1/A", "lot:MX-1/A~1"
    assert PREV_STALE.refuses
    assert PREV_STALE.weight is Weight.FAIL
    replayed = relevance.Replay(states={lot: {"parents": []}, child: {"parents": [lot]}}, born={child: 5})
    replayed.findings = [(6, Finding(conclusion.ON_HOLD, lot))]
    assert relevance.relevant(replayed, child, ()) == []
    refused = Finding(PREV_STALE, lot)
    replayed.findings.append((6, refused))
    assert relevance.relevant(replayed, child, ()) == [refused]
