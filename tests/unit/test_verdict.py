"""The verdict: every value of every answer is reached, and the word follows from the worst of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.world import CN, CN_PORT, DAY, HOUR, MX, kg, packages
from tests.vectors_build.bundle_bench import AUDITORS, PLAIN, Bench, codes, weighing

from lotchain.custody.findings import Answer, Finding, Weight, fail, hold, note
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.consignment import Consignment
from lotchain.events.consumption import Consumption
from lotchain.events.discrepancy_answer import DiscrepancyAnswer
from lotchain.events.hold import Hold
from lotchain.events.loss import Loss
from lotchain.events.merge import Merge, MergeLine
from lotchain.events.registration import Registration
from lotchain.events.split import Child, Split
from lotchain.verify.goods import Found
from lotchain.verify.verdict import EXIT_CODES, NOT_PROVED, NotClear, Verdict, quantity_answer, word_of, worst

LOT = "lot:CN-MAKER/A"


def short(bench: Bench, accepted: str, missing: str, tolerance: str = "0") -> str:
    """A transfer of 100 kg that arrives short; the acceptance's id."""
    world = bench.world
    world.make("A", 100, tolerance=tolerance)
    offer = world.offer("maker", "carrier", LOT)
    line = AcceptanceLine(lot=LOT, outcome="short", accepted=kg(accepted), missing=kg(missing))
    return world.accept(Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now()), "carrier")


def answered(bench: Bench, who: str) -> None:
    reply = short(bench, "99", "1")
    event = DiscrepancyAnswer(lot=LOT, reply=reply, explanation="miscounted", occurred_at=bench.world.now())
    bench.world.accept(event, who)


def made(bench: Bench, **fields: Any) -> None:
    bench.world.make("A", 100, **fields)


def impossible(bench: Bench) -> Verdict:
    """More consumed than there is, logged by an operator without conscience."""
    world = bench.world
    world.make("A", 100)
    event = Consumption(lot=LOT, prev=world.last(LOT), quantity=kg(500), purpose="analysis", occurred_at=world.now())
    raw = world.sign(event, "maker")
    world.make("LAST", 1)
    return bench.verify(bench.forced(LOT, raw, LOT))


def test_quantity_balanced() -> None:
    bench = Bench()
    made(bench)
    verdict = bench.verdict(LOT)
    assert (verdict.answers.quantity, verdict.word) == ("balanced", "CLEAR")


@pytest.mark.parametrize(
    ("play", "quantity", "word"),
    [
        (lambda bench: short(bench, "99.9", "0.1", "0.5"), "within declared tolerance", "CLEAR"),
        (lambda bench: answered(bench, "cn"), "difference closed by report", "CLEAR"),
        (lambda bench: short(bench, "99", "1"), "open difference", "HOLD"),
        (lambda bench: answered(bench, "carrier"), "open difference", "HOLD"),
    ],
    ids=["within", "closed", "open", "answered"],
)
def test_quantity(play: Callable[[Bench], None], quantity: str, word: str) -> None:
    bench = Bench()
    play(bench)
    verdict = bench.verdict(LOT)
    assert (verdict.answers.quantity, verdict.word) == (quantity, word)
    assert verdict.answers.chain == "unbroken"


def test_quantity_contradictory() -> None:
    verdict = impossible(Bench())
    assert (verdict.answers.quantity, verdict.word, verdict.exit_code) == ("contradictory", "FAIL", 1)


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ((), "balanced"),
        (("difference-within-tolerance",), "within declared tolerance"),
        (("difference-within-tolerance", "difference-closed"), "difference closed by report"),
        (("difference-closed", "difference-open"), "open difference"),
        (("difference-open", "worse"), "contradictory"),
        (("quantity-corrected",), "balanced"),
    ],
    ids=str,
)
def test_quantity_takes_the_worst(code: tuple[str, ...], answer: str) -> None:
    kinds = {"difference-open": hold, "worse": fail}
    findings = [Finding(kinds.get(name, note)(Answer.QUANTITY, name, "", ""), LOT) for name in code]
    assert quantity_answer(findings) == answer
    assert quantity_answer([*findings, Finding(fail(Answer.CHAIN, "other", "", ""), LOT)]) == answer


# Chain


def unlicensed(bench: Bench) -> None:
    world = bench.world
    event = Registration(lot="lot:CN-TRUCK/A", substance="79099-07-3", name="1-boc-4-piperidone", quantity=kg(5),
                         origin="made", place=CN, occurred_at=world.now())  # fmt: skip
    world.accept(event, "carrier")


@pytest.mark.parametrize(
    ("play", "lot", "chain", "code"),
    [
        (lambda bench: made(bench, origin="entered"), LOT, "undetermined", "origin-not-made"),
        (lambda bench: made(bench, origin="found"), LOT, "undetermined", "origin-not-made"),
        (unlicensed, "lot:CN-TRUCK/A", "broken", "maker-unlicensed"),
    ],
    ids=["entered", "found", "unlicensed"],
)
def test_chain(play: Callable[[Bench], None], lot: str, chain: str, code: str) -> None:
    bench = Bench()
    play(bench)
    verdict = bench.verdict(lot)
    assert (verdict.answers.chain, code in codes(verdict)) == (chain, True)
    assert verdict.word == ("FAIL" if chain == "broken" else "HOLD")


# Completeness


@pytest.mark.parametrize(
    ("names", "faults"),
    [
        (AUDITORS[:1], {"quorum-not-met", "audit-quorum-not-met"}),
        ((PLAIN,), {"quorum-not-met", "audit-quorum-not-met"}),
        (AUDITORS, {"quorum-not-met"}),
        ((), {"quorum-not-met", "audit-quorum-not-met"}),
    ],
    ids=["one auditor", "a plain witness", "the auditors alone", "nobody"],
)
def test_the_operator_s_word(names: tuple[str, ...], faults: set[str]) -> None:
    bench = Bench()
    made(bench)
    verdict = bench.verify(bench.bundle(LOT, dict.fromkeys(names, bench.world.time // 1000)))
    assert weighing(verdict) == faults
    answers = verdict.answers
    assert (answers.completeness, answers.chain, verdict.word) == ("operator's word", "undetermined", "HOLD")
    assert answers.whereabouts.startswith("undetermined")
    assert answers.quantity == "balanced"


def test_a_broken_chain_is_broken_on_anybody_s_word() -> None:
    bench = Bench()
    unlicensed(bench)
    verdict = bench.verify(bench.bundle("lot:CN-TRUCK/A", {}))
    assert (verdict.answers.chain, verdict.word) == ("broken", "FAIL")


def test_a_policy_without_auditors() -> None:
    bench = Bench()
    made(bench)
    verdict = bench.verdict(LOT, auditors=(), audit_quorum=0)
    assert weighing(verdict) == {"no-auditors"}
    assert (verdict.answers.completeness, verdict.word) == ("operator's word", "HOLD")


# Treaty


def breach(bench: Bench) -> None:
    """Handed to a carrier that receives as a consignee: no licence for that."""
    world = bench.world
    made(bench)
    world.move("maker", "carrier", LOT, receives_as="consignee")


def test_treaty_counts_where_it_is_demanded() -> None:
    bench = Bench()
    made(bench)
    demanded = bench.verdict(LOT, treaty_required=True)
    assert (demanded.answers.treaty, demanded.word) == ("undetermined: no rule set adopted", "HOLD")
    assert bench.verdict(LOT).word == "CLEAR"
    assert (demanded.as_json()["treaty_required"], bench.verdict(LOT).as_json()["treaty_required"]) == (True, False)


def test_a_breach() -> None:
    bench = Bench()
    breach(bench)
    demanded = bench.verdict(LOT, treaty_required=True)
    assert (demanded.answers.treaty, demanded.word) == ("breach", "FAIL")
    aside = bench.verdict(LOT)
    assert (aside.answers.treaty, aside.word) == ("breach", "CLEAR"), "said, and not counted"
    assert "licence-none" in codes(aside)


# Whereabouts


def offered(bench: Bench) -> None:
    made(bench)
    bench.world.offer("maker", "carrier", LOT)


def overdue(bench: Bench) -> None:
    offered(bench)
    bench.feed()
    bench.world.advance(3 * DAY)


def delivered(bench: Bench) -> None:
    world = bench.world
    made(bench)
    consignment = Consignment(
        consignment="consignment:CN-MAKER/C1", exporter="party:CN-MAKER", importer="party:MX-IMPORT",
        final=("party:MX-IMPORT",), route=("CNTZU", "CNSHG", "MXZLO"), lots=(LOT,), mode="sea", occurred_at=world.now(),
    )  # fmt: skip
    world.accept(consignment, "maker")
    world.move("maker", "carrier", LOT, place=CN_PORT)
    world.move("carrier", "importer", LOT, receives_as="consignee", place=MX)


def consumed(bench: Bench) -> None:
    made(bench)
    world = bench.world
    world.accept(Consumption(lot=LOT, prev=world.last(LOT), quantity=kg(100), purpose="analysis",
                             occurred_at=world.now()), "maker")  # fmt: skip


def lost(bench: Bench) -> None:
    made(bench, packages=packages(4))
    world = bench.world
    world.accept(Loss(lot=LOT, prev=world.last(LOT), quantity=kg(100), kind="stolen", place=CN,
                      occurred_at=world.now()), "maker")  # fmt: skip


def missing(bench: Bench) -> None:
    world = bench.world
    made(bench)
    offer = world.offer("maker", "carrier", LOT)
    line = AcceptanceLine(lot=LOT, outcome="short", missing=kg(100))
    world.accept(Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now()), "carrier")


def divided(bench: Bench) -> None:
    made(bench)
    world = bench.world
    children = tuple(Child(lot=f"lot:CN-MAKER/{name}", quantity=kg(50)) for name in ("P", "Q"))
    world.accept(Split(lot=LOT, prev=world.last(LOT), children=children, occurred_at=world.now()), "maker")


def merged(bench: Bench) -> None:
    made(bench)
    world = bench.world
    other = world.make("B", 5)
    lines = tuple(MergeLine(lot=lot, prev=world.last(lot), quantity=world.stated(lot)) for lot in (LOT, other))
    world.accept(Merge(lot="lot:CN-MAKER/M", lines=lines, place=CN, occurred_at=world.now()), "maker")


def held(bench: Bench) -> None:
    made(bench)
    bench.world.accept(Hold(lots=(LOT,), reason="suspicion", occurred_at=bench.world.now()), "cn")


TRANSIT = "in transit from party:CN-MAKER to party:CN-TRUCK"
WHEREABOUTS: dict[str, tuple[Callable[[Bench], None], str, str]] = {
    "custody": (made, "in custody of party:CN-MAKER at CNTZU", "CLEAR"),
    "transit": (offered, f"{TRANSIT}, since 2026-09-21T14:13:20Z", "CLEAR"),
    "overdue": (overdue, f"{TRANSIT}, overdue, since 2026-09-21T14:13:20Z", "HOLD"),
    "delivered": (delivered, "delivered to its declared final destination, party:MX-IMPORT at MXZLO", "CLEAR"),
    "consumed": (consumed, "consumed", "CLEAR"),
    "lost": (lost, "lost", "CLEAR"),
    "missing": (missing, "missing", "HOLD"),
    "divided": (divided, "divided into lot:CN-MAKER/P, lot:CN-MAKER/Q", "CLEAR"),
    "merged": (merged, "merged into lot:CN-MAKER/M", "CLEAR"),
    "held": (held, "in custody of party:CN-MAKER at CNTZU, on hold", "HOLD"),
}


@pytest.mark.parametrize("name", WHEREABOUTS)
def test_whereabouts(name: str) -> None:
    play, where, word = WHEREABOUTS[name]
    bench = Bench()
    play(bench)
    bench.feed()
    verdict = bench.verdict(LOT)
    assert (verdict.answers.whereabouts, verdict.word) == (where, word), weighing(verdict)


def test_since_is_the_time_at_which_the_offer_was_entered() -> None:
    bench = Bench()
    made(bench)
    bench.feed()
    bench.world.advance(HOUR)
    bench.world.offer("maker", "carrier", LOT)
    bench.feed()
    bench.world.advance(HOUR)
    assert bench.verdict(LOT).answers.whereabouts == f"{TRANSIT}, since 2026-09-21T15:13:20Z"


# The verdict itself


def verdict_of(play: Callable[[Bench], None]) -> Verdict:
    bench = Bench()
    play(bench)
    return bench.verdict(LOT)


def test_a_verdict_is_no_boolean() -> None:
    verdict = verdict_of(made)
    with pytest.raises(TypeError, match="require"):
        bool(verdict)
    with pytest.raises(TypeError):
        assert verdict
    with pytest.raises(TypeError):
        _ = not verdict


def test_require() -> None:
    verdict_of(made).require()
    for play, code in ((held, "on-hold"), (lambda bench: short(bench, "99", "1"), "difference-open")):
        with pytest.raises(NotClear) as caught:
            verdict_of(play).require()
        assert code in caught.value.found
        assert caught.value.code == "not-clear"


def test_exit_codes() -> None:
    assert EXIT_CODES == {"CLEAR": 0, "FAIL": 1, "HOLD": 3}
    assert [verdict_of(play).exit_code for play in (made, held)] == [0, 3]
    assert impossible(Bench()).exit_code == 1


@pytest.mark.parametrize("answer", list(Answer), ids=str)
@pytest.mark.parametrize("weigh", [note, hold, fail])
def test_the_word_is_the_worst_weight(answer: Answer, weigh: Any) -> None:
    words = {Weight.NOTE: "CLEAR", Weight.HOLD: "HOLD", Weight.FAIL: "FAIL"}
    kind = weigh(answer, "some-code", "", "")
    finding = Finding(kind, LOT)
    assert word_of([finding], treaty_required=True) == words[kind.weight]
    aside = word_of([finding], treaty_required=False)
    assert aside == ("CLEAR" if answer is Answer.TREATY else words[kind.weight])
    assert worst([finding], answer) is kind.weight
    assert all(worst([finding], other) is Weight.NOTE for other in Answer if other is not answer)
    worse = Finding(fail(Answer.CHAIN, "worse", "", ""), LOT)
    assert word_of([finding, worse], treaty_required=False) == "FAIL"


def test_nothing_found_is_clear() -> None:
    assert word_of([], treaty_required=True) == "CLEAR"


def test_the_verdict_for_machines() -> None:
    bench = Bench()
    offered(bench)
    bench.feed()
    verdict = bench.verdict(LOT, found=Found(seals=("S-1",)))
    told = verdict.as_json()
    assert list(told) == [
        "format", "lot", "verdict", "refused", "treaty_required", "treaty", "answers", "as_of", "checkpoint", "auditors",
        "witnesses", "accounts", "findings", "timeline", "examined", "named_not_examined", "opened_fields",
        "not_proved",
    ]  # fmt: skip
    assert (told["format"], told["verdict"], told["lot"]) == ("lotchain-verdict/1", "FAIL", LOT)
    assert list(told["answers"]) == ["chain", "quantity", "treaty", "whereabouts", "completeness", "goods"]
    assert told["not_proved"] == list(NOT_PROVED)
    assert [step["event"] for step in told["timeline"]] == ["Registration", "Hand-over"]
    assert told["findings"][0]["code"] == "goods-seal-mismatch"
    weights = [finding["weight"] for finding in told["findings"]]
    assert weights == sorted(weights, key=["fail", "hold", "note"].index)
    assert told["accounts"] == {"in-transit": "100.000 kg", "produced": "100.000 kg", "in custody": "100.000 kg"}


def test_a_refused_verdict_answers_nothing() -> None:
    bench = Bench()
    made(bench)
    verdict = bench.verdict(LOT, charter=bytes(32))
    assert (verdict.word, verdict.refused, verdict.state, verdict.steps, verdict.as_of) == (
        "FAIL",
        True,
        None,
        (),
        None,
    )
    assert {value for _, value in verdict.answers.rows()} == {"not given: the file does not prove what it holds"}
    assert verdict.as_json()["accounts"] == {}
