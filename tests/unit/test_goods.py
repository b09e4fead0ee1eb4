"""Goods before the inspector against the lot's last state."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.world import CN, packages
from tests.vectors_build.bundle_bench import Bench, codes

from lotchain.core.quantities import parse_quantity
from lotchain.custody import lots
from lotchain.custody.case import State
from lotchain.events.seal_applied import SealApplied, SealedLot
from lotchain.verify.goods import CODES, Found, compare
from lotchain.verify.verdict import Verdict

LOT = "lot:CN-MAKER/A"


def state(**changes: Any) -> State:
    made = lots.new_lot(
        LOT, substance="79099-07-3", kind="mass", origin="made", maker="party:CN-MAKER", custodian="party:CN-MAKER",
        place={"code": "CNTZU", "offset": "+08:00"}, statement="ab" * 32, bound=0, tolerance=1_000,
        accounts={"produced": -100_000_000_000, "held": 100_000_000_000},
        packages={"0001": 50_000_000_000, "0002": 50_000_000_000},
    )  # fmt: skip
    return {**made, "seals": ["S-1", "S-2"], **changes}


def found(state: State, **what: Any) -> set[str]:
    return {finding.code for finding in compare(LOT, state, Found(**what))}


def net(value: str, unit: str = "KGM") -> Any:
    return parse_quantity(value, unit, field="net")


def test_empty_is_not_compared() -> None:
    assert Found().is_empty
    for what in ({"seals": ("S-1",)}, {"serials": ("0001",)}, {"net": net("1")}, {"no_seal": True}):
        assert not Found(**what).is_empty  # type: ignore[arg-type]


@pytest.mark.parametrize("seals", [("S-1", "S-2"), ("S-2", "S-1")])
def test_the_seals_in_any_order(seals: tuple[str, ...]) -> None:
    assert found(state(), seals=seals) == set()


@pytest.mark.parametrize(
    "seals", [("S-1",), ("S-1", "S-3"), ("S-1", "S-2", "S-3"), ("S-1", "S-2", "S-2"), ("S-1", "S-1"), ("s-1", "S-2")]
)
def test_other_seals(seals: tuple[str, ...]) -> None:
    assert found(state(), seals=seals) == {"goods-seal-mismatch"}


def test_no_seal_where_there_should_be_one_and_the_reverse() -> None:
    assert found(state(), no_seal=True) == {"goods-seal-mismatch"}
    assert found(state(seals=[]), no_seal=True) == set()
    assert found(state(seals=[]), seals=("S-1",)) == {"goods-seal-mismatch"}
    (finding,) = compare(LOT, state(), Found(no_seal=True))
    assert (finding.expected, finding.found) == ("S-1, S-2", "no seal")


def test_serials() -> None:
    assert found(state(), serials=("0002", "0001")) == set()
    assert found(state(), serials=("0001",)) == {"goods-serials-not-all"}
    assert found(state(), serials=("0001", "0002", "0003")) == {"goods-serial-mismatch"}
    assert found(state(packages={}), serials=("0001",)) == {"goods-serial-mismatch"}


def test_one_serial_on_two_packages_is_a_copy() -> None:
    assert found(state(), serials=("0001", "0001")) == {"goods-serial-mismatch"}
    assert found(state(), serials=("0001", "0002", "0002")) == {"goods-serial-mismatch"}
    (finding,) = compare(LOT, state(), Found(serials=("0001", "0002", "0002", "0002")))
    assert finding.found == "0002 on 3 packages"


def test_a_package_that_left_the_lot_says_how() -> None:
    gone = lots.without_packages(state(), ["0002"], "refused")
    (finding,) = compare(LOT, gone, Found(serials=("0001", "0002")))
    assert (finding.code, finding.found) == ("goods-serial-mismatch", "0002 (refused)")


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("100", "KGM", set()), ("100.1", "KGM", set()), ("99.9", "KGM", set()), ("0.1", "TNE", set()),
        ("100.100001", "KGM", {"goods-net-mismatch"}), ("99.899999", "KGM", {"goods-net-mismatch"}),
        ("50", "KGM", {"goods-net-mismatch"}), ("100", "LTR", {"goods-net-mismatch"}),
    ],
)  # fmt: skip
def test_net_within_the_declared_tolerance(value: str, unit: str, expected: set[str]) -> None:
    assert found(state(), net=net(value, unit)) == expected


def test_net_counts_what_is_in_transit() -> None:
    moving = state(accounts={"produced": -100_000_000_000, "in-transit": 100_000_000_000})
    assert found(moving, net=net("100")) == set()


@pytest.mark.parametrize("what", [{"seals": ("S-1", "S-2")}, {"serials": ("0001",)}, {"net": net("1")}], ids=str)
def test_an_ended_lot_has_no_goods(what: Any) -> None:
    ended = lots.ended(state(), "divided", "cd" * 32, ["lot:CN-MAKER/B"])
    assert found(ended, **what) == {"goods-of-ended-lot"}


def test_everything_that_differs_is_listed() -> None:
    everything = found(state(), seals=("X",), serials=("0009",), net=net("1"))
    assert everything == {"goods-seal-mismatch", "goods-serial-mismatch", "goods-net-mismatch"}
    assert everything < {code.code for code in CODES}


def verdict(what: Found | None) -> Verdict:
    bench = Bench()
    world = bench.world
    lot = world.make("A", 50, packages=packages(2))
    seals = SealedLot(lot=lot, prev=world.last(lot), seals=("S-1",))
    world.accept(SealApplied(lines=(seals,), place=CN, occurred_at=world.now()), "maker")
    return bench.verdict(lot, found=what)


@pytest.mark.parametrize(
    ("what", "answer", "word"),
    [
        (None, "not compared", "CLEAR"),
        (Found(), "not compared", "CLEAR"),
        (Found(seals=("S-1",)), "match", "CLEAR"),
        (Found(serials=("0001",)), "match", "CLEAR"),
        (Found(net=net("50")), "match", "CLEAR"),
        (Found(seals=("S-2",)), "mismatch", "FAIL"),
        (Found(no_seal=True), "mismatch", "FAIL"),
        (Found(serials=("0001", "0001")), "mismatch", "FAIL"),
    ],
    ids=str,
)
def test_the_answer_and_the_word(what: Found | None, answer: str, word: str) -> None:
    given = verdict(what)
    assert (given.answers.goods, given.word) == (answer, word)
    assert given.answers.chain == "unbroken", "other drums say nothing of the paper's chain"
    assert ("goods-serials-not-all" in codes(given)) is (what == Found(serials=("0001",)))
