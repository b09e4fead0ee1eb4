"""Alerts out of the judge's findings: every row of the table raises on a vector that has the finding, and only there."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.overseen import Overseen, new_watcher
from tests.unit.test_lot_events import consume
from tests.unit.world import MX, PARTIES, kg
from tests.vectors_build.event_permits import EXPORT, declare_use, declared, draw, give_quota, grant

from lotchain.custody.case import Cited
from lotchain.custody.findings import Answer, Code, Finding, Weight
from lotchain.events.reading import read_entry
from lotchain.events.settlement import Settlement
from lotchain.events.sighting import Sighting
from lotchain.oversight.alerts import Alert, Certainty
from lotchain.oversight.breaches import TABLE
from lotchain.oversight.observed import Observed
from lotchain.verify.judge import Context, judge

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors" / "events"
NARROWED = {"seen-after-end", "licence-none", "permit-overdrawn"}
"""Findings whose kind depends on more: tested by themselves below."""


def cases() -> list[dict[str, Any]]:
    found = []
    for path in sorted(VECTORS.glob("*.json")):
        found += [case for case in json.loads(path.read_text(encoding="utf-8"))["cases"] if case["valid"]]
    return [case for case in found if "statement" in case]


CASES = cases()


def findings_of(case: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in case["expect"]["findings"]}


def alerts_of(case: dict[str, Any]) -> list[Alert]:
    """The alerts that one vector's statement alone raises."""
    reading = read_entry(bytes.fromhex(case["statement"]))
    cited = {name: Cited(bytes.fromhex(each["statement"]), each["index"]) for name, each in case["cited"].items()}
    context = Context(case["origin"], case["charter"], case["time"], case["seen"], cited)
    judgement = judge(reading, case["before"], context)
    assert {finding.code for finding in judgement.findings} == findings_of(case)
    watcher = new_watcher()
    watcher.see(Observed(0, case["time"], reading, case["before"], judgement.states, judgement.findings))
    return watcher.alerts()


@pytest.mark.parametrize("code", sorted(set(TABLE) - NARROWED))
def test_a_finding_of_the_table_raises_its_kind_and_no_other_statement_does(code: str) -> None:
    kind = TABLE[code][0]
    others = {each for each, row in TABLE.items() if row[0] is kind}
    fired = [case for case in CASES if code in findings_of(case)]
    quiet = [case for case in CASES if not findings_of(case) & others]
    assert fired, f"no vector has {code}"
    for case in fired[:3]:
        raised = [alert for alert in alerts_of(case) if alert.kind is kind]
        assert raised and raised[0].statements == 1 and raised[0].evidence[0].at == 0, case["name"]
        assert raised[0].kind.certainty in Certainty and raised[0].said
    for case in [*quiet[:2], *[case for case in quiet if case["payload"]["type"] == fired[0]["payload"]["type"]][:2]]:
        assert not [alert for alert in alerts_of(case) if alert.kind is kind], case["name"]


def test_a_clean_chain_raises_nothing() -> None:
    world = Overseen()
    world.deliver()
    assert world.codes() == set()


# --- what depends on more ---------------------------------------------------------------------------------------


def test_a_supply_to_an_unlicensed_buyer_is_told_from_other_acts_without_licence() -> None:
    world = Overseen()
    lot = world.make("A", 100)
    world.move("maker", "carrier", lot, receives_as="consignee")
    alert = world.only("t06-supply-unlicensed")
    assert alert.subject == PARTIES["carrier"] and alert.lots == (lot,) and alert.statements == 2
    assert world.raised("t12-licence-none") == []


def test_a_carrier_without_licence_is_no_buyer() -> None:
    world = Overseen()
    lot = world.make("A", 100)
    world.move("maker", "user-a", lot, receives_as="carrier")
    assert world.only("t12-licence-none").subject == PARTIES["user-a"]
    assert world.raised("t06-supply-unlicensed") == []


def test_the_tenth_breach_of_a_party_stands_beside_the_first() -> None:
    world = Overseen()
    for local in ("A", "B", "C"):
        world.move("maker", "user-a", world.make(local, 100), receives_as="carrier")
        world.advance()
    alert = world.only("t12-licence-none")
    assert alert.statements == 6 and len(alert.lots) == 3 and alert.last > alert.first
    assert [item.at for item in alert.evidence] == sorted(item.at for item in alert.evidence)


def test_a_settled_breach_stays_listed_and_is_counted() -> None:
    world = Overseen()
    offers = [world.offer("maker", "user-a", world.make(local, 100), receives_as="carrier") for local in ("A", "B")]
    assert world.only("t12-licence-none").figures == ()
    event = Settlement(
        lot="lot:CN-MAKER/A", statement=offers[0], code="licence-none", outcome="fined", occurred_at=world.now()
    )  # fmt: skip
    world.accept(event, "mx")
    alert = world.only("t12-licence-none")
    assert alert.statements == 2 and alert.figures[0].value == "1" and "fined" in alert.said
    world.take(offers[1], "user-a")
    assert world.only("t12-licence-none").figures[0].value == "1"


def with_rule(weight: Weight, answer: Answer = Answer.TREATY) -> list[str]:
    """A statement on which an adopted rule gave a finding of this weight, under the rule's own id."""
    world, watcher = Overseen(), new_watcher()
    lot = world.make("A", 100)
    kind = Code("us-02-record", answer, weight, "the record is incomplete", "complete it")
    for item in world.observed:
        found = (Finding(kind, lot, item.reading.statement.hex_id),) if lot in item.after else ()
        watcher.see(dataclasses.replace(item, findings=found))
    return [f"{alert.subject} {alert.key}" for alert in watcher.alerts() if alert.code == "t12-treaty-rule-broken"]


def test_a_broken_treaty_rule_is_raised_under_its_own_id() -> None:
    assert with_rule(Weight.FAIL) == [f"{PARTIES['maker']} us-02-record"]


@pytest.mark.parametrize(
    ("weight", "answer"), [(Weight.NOTE, Answer.TREATY), (Weight.HOLD, Answer.TREATY), (Weight.FAIL, Answer.CHAIN)]
)
def test_a_note_or_an_undetermined_rule_is_not_broken(weight: Weight, answer: Answer) -> None:
    assert with_rule(weight, answer) == []


def used_up(world: Overseen) -> str:
    lot = world.supply(100)
    world.accept(consume(world, lot, 100), "user-a")
    return lot


def sight(world: Overseen, lot: str) -> None:
    event = Sighting(lot=lot, content="filled", place=MX, occurred_at=world.now())
    world.accept(event, "mx" if world.lot(lot)["place"]["code"].startswith("MX") else "cn")


def test_goods_of_a_used_up_lot_turn_up() -> None:
    world = Overseen()
    lot = used_up(world)
    world.states[lot] = {**world.lot(lot), "place": {"code": "MXZLO", "offset": "-06:00"}}
    sight(world, lot)
    alert = world.only("t16-ended-lot-sighted")
    assert alert.subject == lot and alert.kind.certainty is Certainty.CERTAIN


def test_drums_of_a_divided_lot_bear_its_label_rightly() -> None:
    world = Overseen()
    lot = world.make("A", 100, place=MX)
    state = world.lot(lot)
    ended = {"how": "divided", "by": state["last"], "into": ["lot:CN-MAKER/B", "lot:CN-MAKER/C"]}
    world.states[lot] = {**state, "custodian": None, "ended": ended}
    sight(world, lot)
    assert world.raised("t16-ended-lot-sighted") == []


def test_a_label_of_a_lot_that_is_there_is_no_ghost() -> None:
    world = Overseen()
    lot = world.make("A", 100, place=MX)
    sight(world, lot)
    assert world.raised("t16-ended-lot-sighted") == []


@pytest.mark.parametrize("code", ["t12-permit-overdrawn", "t02-declared-need-overdrawn", "t17-quota-overdrawn"])
def test_which_permit_was_overdrawn_decides_the_kind(code: str) -> None:
    world, quantity = Overseen(), 400
    lot = world.make("A", 500)
    declared(world, lot)
    if code.startswith("t12"):
        permit, who = EXPORT, "maker"
        world.accept(grant(world, permit, quantity=kg(quantity)), "cn")
    elif code.startswith("t17"):
        permit, who = "permit:MX-COFEPRIS/Q-1", "importer"
        world.accept(give_quota(world, permit, quantity=kg(quantity)), "mx")
    else:
        permit, who = "permit:MX-USERA/U-1", "user-a"
        world.accept(declare_use(world, permit, quantity=kg(quantity)), "user-a")
    world.accept(draw(world, permit, kg(quantity)), who)
    assert world.codes() & {"t12-permit-overdrawn", "t02-declared-need-overdrawn", "t17-quota-overdrawn"} == set()
    world.accept(draw(world, permit, kg(1)), who)
    assert world.only(code).subject == permit
    assert world.codes() & {"t12-permit-overdrawn", "t02-declared-need-overdrawn", "t17-quota-overdrawn"} == {code}
