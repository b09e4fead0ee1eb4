"""Threat row 27, merge laundering: what differs in substance, content or kind does not merge, and marks are inherited.

The row proposes to compute the pure mass of 50 L at 98 % and 50 L at 10 %; the protocol wins: lots of unlike declared
content do not merge at all (`content-mismatch`), since that is a transformation, whose record states what comes out.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.threats.surroundings import Small
from tests.unit.world import kg, packages

from lotchain.events.fields import Amount
from lotchain.events.hold import Hold
from lotchain.events.release import Release

ACETONE, ANHYDRIDE = "67-64-1", "108-24-7"


def merge(small: Small, *lots: str, into: str = "lot:CN-MAKER/ALL", **changes: Any) -> dict[str, Any]:
    lines = [
        {"lot": lot, "prev": small.last(lot), "quantity": small.stated(lot).model_dump()}
        if small.lot(lot)["quantity_kind"] == "mass"
        else {"lot": lot, "prev": small.last(lot), "quantity": {"value": f"{small.held(lot):.3f}", "unit": "LTR"}}
        for lot in lots
    ]
    place = {"code": "CNTZU", "offset": "+08:00"}
    return {"type": "merge/1", "occurred_at": small.now(), "lot": into, "lines": lines, "place": place, **changes}


def litres(value: str) -> Amount:
    return Amount(value=value, unit="LTR")


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ({"substance": ACETONE}, {"substance": ANHYDRIDE}, "substance-mismatch"),
        ({"content": "98 %"}, {"content": "10 %"}, "content-mismatch"),
        ({"content": "98 %"}, {}, "content-mismatch"),
        ({"content": "98 %"}, {"content": "98.0 %"}, "content-mismatch"),
        ({"quantity": litres("50"), "content": "98 %"}, {"quantity": litres("50"), "content": "10 %"},
         "content-mismatch"),
        ({"quantity": litres("50")}, {}, "unit-kind"),
        ({"packages": packages(2)}, {"packages": packages(2)}, "serial-twice"),
    ],
)  # fmt: skip
def test_unlike_lots_do_not_merge(one: dict[str, Any], other: dict[str, Any], code: str) -> None:
    small = Small()
    lots = [small.make(f"T-{n}", 50, **fields) for n, fields in enumerate((one, other))]
    finding = small.refused(small.sign_event(merge(small, *lots), subject="lot:CN-MAKER/ALL"), code)
    assert finding.expected
    assert finding.found


def test_a_merge_states_the_whole_of_each_lot() -> None:
    small = Small()
    lots = [small.make(f"T-{n}", 50) for n in range(2)]
    event = merge(small, *lots)
    for value in ("49.999", "50.001", "100"):
        event["lines"][1]["quantity"] = {"value": value, "unit": "KGM"}
        small.refused(small.sign_event(event, subject="lot:CN-MAKER/ALL"), "quantity-mismatch")


def test_anothers_lot_does_not_merge_into_mine() -> None:
    small = Small()
    mine, other = small.make("T-1", 50), small.make("T-1", 50, "maker2")
    small.refused(small.sign_event(merge(small, mine, other), subject="lot:CN-MAKER/ALL"), "not-custodian")


def test_a_hold_is_not_washed_off() -> None:
    """The held lot merged into a clean one: the act is a breach, and the whole child is on hold."""
    small = Small()
    held, clean = (small.make(f"T-{n}", 50) for n in range(2))
    small.accept(Hold(lots=(held,), reason="suspicion", occurred_at=small.now()), "cn")
    knowing = merge(small, clean, held, seen=small.seen())
    receipt = small.taken(small.sign_event(knowing, subject="lot:CN-MAKER/ALL"))
    assert "moved-on-hold" in {finding.code for finding in receipt.findings}
    assert len(small.lot("lot:CN-MAKER/ALL")["holds"]) == 1
    verdict = small.verdict(small.bundle("lot:CN-MAKER/ALL"))
    assert {"moved-on-hold", "on-hold"} <= {finding.code for finding in verdict.findings}
    assert verdict.word == "FAIL"
    assert set(verdict.examined) >= {held, clean}, "a merged lot's bundle examines all that went into it"


def test_a_hold_perhaps_not_known_is_not_washed_off_either() -> None:
    """Who names no checkpoint gets a note for the act; the child is on hold all the same, until it is released."""
    small = Small()
    held, clean = (small.make(f"T-{n}", 50) for n in range(2))
    small.accept(Hold(lots=(held,), reason="suspicion", occurred_at=small.now()), "cn")
    receipt = small.taken(small.sign_event(merge(small, clean, held), subject="lot:CN-MAKER/ALL"))
    assert "acted-before-hold-was-known" in {finding.code for finding in receipt.findings}
    (standing,) = small.lot("lot:CN-MAKER/ALL")["holds"]
    assert small.verdict(small.bundle("lot:CN-MAKER/ALL")).word == "HOLD"
    release = Release(hold=standing, lots=("lot:CN-MAKER/ALL",), reason="in-order", occurred_at=small.now())
    small.accept(release, "cn")
    assert small.verdict(small.bundle("lot:CN-MAKER/ALL")).word == "CLEAR"


def test_an_unlicensed_source_is_not_washed_off() -> None:
    """Goods found somewhere, merged with goods made under licence: the chain of the child stays undetermined."""
    small = Small()
    found, made = small.make("T-1", 50, origin="found"), small.make("T-2", 50)
    small.taken(small.sign_event(merge(small, made, found), subject="lot:CN-MAKER/ALL"))
    verdict = small.verdict(small.bundle("lot:CN-MAKER/ALL"))
    assert "origin-not-made" in {finding.code for finding in verdict.findings}
    assert verdict.answers.chain == "undetermined"
    assert small.verdict(small.bundle(small.make("T-3", 1))).word == "CLEAR"


def test_like_lots_merge_exactly() -> None:
    small = Small()
    lots = [small.make(f"T-{n}", "33.333333333", content="98 %") for n in range(3)]
    small.taken(small.sign_event(merge(small, *lots), subject="lot:CN-MAKER/ALL"))
    assert small.lot("lot:CN-MAKER/ALL")["accounts"]["held"] == 3 * kg("33.333333333").amount
    small.check_balance()
    small.check_conservation()
