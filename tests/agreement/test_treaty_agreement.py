"""With rule sets adopted, append, audit and offline verifier say the same; the bundle carries what was in force."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import pytest
from tests.agreement.adopting import edition
from tests.changing import replace
from tests.show import agreement
from tests.unit.test_treaty import register_activity, use
from tests.unit.world import DAY, MX, RULE_IDS, kg
from tests.vectors_build.bundle_bench import Bench, refusal

from lotchain.app.adopting import adopted_document
from lotchain.custody.findings import Answer, Finding
from lotchain.events.loss import Loss
from lotchain.events.reading import read_entry
from lotchain.events.registration import Registration
from lotchain.ledger.audit import audit
from lotchain.storage.memory import MemoryStore
from lotchain.treaty import pending

ADOPTED = (("UN", "mx"), ("MX", "mx"), ("UN", "cn"), ("CN", "cn"))
"""CN's set beside: the proof of a lot holds the sets of every founder of the ledger."""


def told() -> tuple[Bench, str]:
    """A Mexican user's lot under the Convention's and Mexico's rules: used in time, some of it stolen and not told."""
    bench = Bench()
    world = bench.world
    world.newest = lambda: fed(bench).seen()  # type: ignore[method-assign]
    for jurisdiction, who in ADOPTED:
        world.adopt(jurisdiction, who)
    world.advance()
    lot = "lot:MX-USERA/PA"
    world.accept(
        Registration(
            lot=lot, substance="123-62-6", name="propionic anhydride", quantity=kg(500), origin="entered", place=MX,
            occurred_at=world.now(), seen=world.newest(),
        ), "user-a",
    )  # fmt: skip
    register_activity(world, lot, world.last(lot))
    used = use(world, lot)
    register_activity(world, lot, used)
    world.advance(2 * DAY)
    stolen = Loss(
        lot=lot, prev=world.last(lot), quantity=kg(3), kind="stolen", place=MX, occurred_at=world.now(),
        seen=world.newest(),
    )  # fmt: skip
    world.accept(stolen, "user-a")
    bench.feed()
    world.advance(3 * DAY)
    world.make("LATER", 1)
    bench.feed()
    return bench, lot


def fed(bench: Bench) -> Bench:
    """The bench once its ledger has what its world accepted."""
    bench.feed()
    return bench


def treaty_findings(findings: Iterable[Finding]) -> set[tuple[str, str, str]]:
    """Code, statement and weight of what treaty rules say."""
    return {(f.code, f.statement, f.kind.weight.name) for f in findings if f.kind.answer is Answer.TREATY}


def test_a_duty_ends_alike_in_the_audit_and_in_the_bundle() -> None:
    bench, lot = told()
    report = bench.rig.audited()
    assert report.sound
    verdict = bench.verdict(lot, treaty_required=True)
    online = treaty_findings(f for f in report.concluded if f.subject == lot)
    judged = {item for findings in verdict.by_statement.values() for item in treaty_findings(findings)}
    assert treaty_findings(verdict.findings) == online | judged
    assert {code for code, _, _ in online} == {"mx-01-sisus", "mx-04-merma"}
    assert verdict.answers.treaty == "breach" and verdict.word == "FAIL"
    assert verdict.treaty.held == ("mx-01-sisus",)


def test_append_says_what_the_world_says() -> None:
    bench, _ = told()
    audited: dict[str, tuple[Finding, ...]] = {}
    audit(
        bench.rig.store, MemoryStore(), key=bench.rig.ledger.key,
        on_statement=lambda _, hex_id, found: audited.update({hex_id: found}),
    )  # fmt: skip
    for hex_id, cited in bench.world.log.items():
        assert read_entry(cited.raw).statement.hex_id == hex_id
        assert hex_id in audited


def by_digest(*documents: bytes) -> tuple[bytes, ...]:
    return tuple(sorted(documents, key=lambda one: hashlib.sha256(one).digest()))


def test_a_bundle_holds_the_sets_that_were_in_force() -> None:
    bench, lot = told()
    assert bench.bundle(lot).rule_sets == by_digest(*(adopted_document(name) for name in ("UN", "MX", "CN")))


def test_a_set_left_out_exchanged_or_added_is_refused() -> None:
    bench, lot = told()
    bundle = bench.bundle(lot)
    held = bundle.rule_sets
    changes = [(held[:n] + held[n + 1 :], "bundle-incomplete") for n in range(len(held))]
    changes.append(((), "bundle-incomplete"))
    changes += [(by_digest(*held[:n], *held[n + 1 :], edition("MX", 1)), "bundle-incomplete") for n in range(len(held))]
    changes += [(by_digest(*held, more), "bundle-extra") for more in (edition("MX", 1), adopted_document("US"))]
    for sets, code in changes:
        assert refusal(bench.verify(replace(bundle, rule_sets=sets))) == code


def test_mutated_ledgers_with_other_adoptions() -> None:
    tally = agreement.many_ledgers(24, dishonest=False, treaty=True)
    assert tally.broken == []
    assert tally.ledgers == 24 and {"HOLD", "FAIL"} < set(tally.words)
    assert len(RULE_IDS & set(tally.codes)) > 5
    assert "rule-set-not-adopted" in tally.codes
    assert any(code.endswith("-adopted-late") for code in tally.codes)


def test_ledgers_of_a_dishonest_operator_with_other_adoptions() -> None:
    tally = agreement.many_ledgers(18, dishonest=True, treaty=True)
    assert tally.broken == []
    assert tally.forced > 10 and len(RULE_IDS & set(tally.codes)) > 3


def test_the_comparison_sees_a_verifier_that_forgets_duties(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "conclude_duties", lambda *_: [])
    bench, lot = told()
    concluded = bench.rig.audited().concluded
    monkeypatch.undo()
    verdict = bench.verdict(lot)
    assert {f.code for f in verdict.findings} - {f.code for f in concluded} >= {"mx-01-sisus"}
