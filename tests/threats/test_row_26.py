"""Threat row 26, a split that forges quantity: the parts are the whole to the microgram, or it is refused.

TOO_MANY_PARTS is `too-many` (more than 50 parts), and 10,001 parts do not fit a statement: `too-large`.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.threats.surroundings import Small, shared
from tests.unit.world import packages

from lotchain.core import canonical_json
from lotchain.core.statements import MAX_STATEMENT


def split(small: Small, lot: str, *values: str, unit: str = "KGM", **changes: Any) -> dict[str, Any]:
    children = [
        {"lot": f"{lot}-{n}", "quantity": {"value": value, "unit": unit}} for n, value in enumerate(values, start=1)
    ]
    return {
        "type": "split/1",
        "occurred_at": small.now(),
        "lot": lot,
        "prev": small.last(lot),
        "children": children,
        **changes,
    }


LOT = "lot:CN-MAKER/M-1"  # 500 kg


@pytest.mark.parametrize(
    "values",
    [
        ("300.000", "200.001"),
        ("300.000", "199.999"),
        ("300.000", "200.000000001"),
        ("500", "500"),
        ("500", "0.000000001"),
        ("250", "250", "250"),
    ],
)
def test_the_parts_are_the_whole(values: tuple[str, ...]) -> None:
    small = shared()
    raw = small.sign_event(split(small, LOT, *values), subject=LOT)
    finding = small.refused(raw, "quantity-not-conserved")
    assert finding.expected == "500.000 kg"
    assert finding.found


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("0", "quantity-range"),
        ("0.000", "quantity-range"),
        ("-1", "quantity-range"),
        ("-0.001", "quantity-range"),
        ("-0", "quantity-format"),
        ("9000000.000000001", "quantity-range"),
    ],
)
def test_no_part_is_nothing_or_less(value: str, code: str) -> None:
    """Not even where the sum would come out right: 501 kg and −1 kg."""
    small = shared()
    event = split(small, LOT, "501", value)
    small.malformed(small.sign_event(event, subject=LOT), code, "children[1].quantity")


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_parts(count: int) -> None:
    small = shared()
    event = split(small, LOT, *["500"] * count)
    small.malformed(small.sign_event(event, subject=LOT), "too-few", "children")


def test_too_many_parts() -> None:
    small = shared()
    event = split(small, LOT, *["9.803921568"] * 51)
    small.malformed(small.sign_event(event, subject=LOT), "too-many", "children")
    event = split(small, LOT, *["0.05"] * 400)
    assert len(canonical_json.encode(event)) > MAX_STATEMENT
    small.malformed(small.sign_event(event, subject=LOT), "too-large")
    event = split(small, LOT, *["0.05"] * 10_001)
    small.malformed(small.sign_event(event, subject=LOT), "too-large")


def test_mass_does_not_become_volume() -> None:
    small = shared()
    small.refused(small.sign_event(split(small, LOT, "250", "250", unit="LTR"), subject=LOT), "unit-kind")


def test_one_name_twice_and_anothers_name() -> None:
    small = shared()
    event = split(small, LOT, "250", "250")
    event["children"][1]["lot"] = event["children"][0]["lot"]
    small.refused(small.sign_event(event, subject=LOT), "lot-twice")
    event["children"][1]["lot"] = "lot:CN-MAKER2/X"
    small.refused(small.sign_event(event, subject=LOT), "lot-name-foreign")
    event["children"][1]["lot"] = LOT + "~1"
    small.malformed(small.sign_event(event, subject=LOT), "id-reserved", "children[1].lot")


def test_packages_are_shared_out_once_and_hold_what_the_parts_say() -> None:
    small = Small()
    lot = small.make("T-1", 100, packages=packages(4))
    event = split(small, lot, "50", "50")
    for one, two in (
        (["0001", "0002", "0003"], ["0003", "0004"]),
        (["0001", "0002"], ["0003"]),
        (["0001", "0002"], ["0003", "0009"]),
        (["0001"], ["0002", "0003", "0004"]),
    ):
        event["children"][0]["packages"], event["children"][1]["packages"] = one, two
        small.refused(small.sign_event(event, subject=lot), "packages-not-partitioned")


def test_an_honest_split_is_exact() -> None:
    small = Small()
    lot = small.make("T-1", 100)
    small.taken(small.sign_event(split(small, lot, "60.000", "39.999999999", "0.000000001"), subject=lot))
    held = [small.lot(f"{lot}-{n}")["accounts"]["held"] for n in (1, 2, 3)]
    assert held == [60 * 10**9, 40 * 10**9 - 1, 1]
    small.check_balance()
    small.check_conservation()
