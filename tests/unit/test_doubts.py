"""Doubts that a later look clears: who may clear which, and that no change of names sheds one."""

from __future__ import annotations

import pytest
from tests.unit.test_authority_events import CN, check, inspect, seal
from tests.unit.world import World, codes

from lotchain.custody.conclusion import conclude_lot


def open_doubts(world: World, lot: str) -> set[str]:
    found = conclude_lot(lot, world.lot(lot), 0)
    return {finding.code for finding in found if "doubt" in finding.code}


@pytest.fixture
def world() -> World:
    return World()


def sealed(world: World) -> str:
    lot = world.make("A", 100)
    world.accept(seal(world, lot, "MX-20931"), "maker")
    return lot


def test_a_slip_holds_until_the_same_reader_reads_again(world: World) -> None:
    lot = sealed(world)
    assert codes(world.submit(check(world, lot, "MX-20913", place=CN), "maker")) == {"seal-misread"}
    assert open_doubts(world, lot) == {"seal-doubt-open"}
    assert codes(world.submit(check(world, lot, "MX-20931", place=CN), "maker")) == set()
    assert open_doubts(world, lot) == set()


def test_an_authority_clears_anybodys_doubt(world: World) -> None:
    lot = sealed(world)
    world.submit(check(world, lot, "MX-20913", place=CN), "maker")
    world.accept(inspect(world, lot, seals_found=("MX-20931",)), "cn")
    assert open_doubts(world, lot) == set()


def test_the_custodian_does_not_clear_an_authoritys_doubt(world: World) -> None:
    lot = sealed(world)
    world.submit(check(world, lot, "MX-20913", place=CN), "cn")
    world.submit(check(world, lot, "MX-20931", place=CN), "maker")
    assert open_doubts(world, lot) == {"seal-doubt-open"}


def test_an_irregular_inspection_holds_until_one_is_in_order(world: World) -> None:
    lot = sealed(world)
    assert "inspection-irregular" in codes(world.submit(inspect(world, lot, result="irregular"), "cn"))
    assert open_doubts(world, lot) == {"inspection-doubt-open"}
    world.submit(check(world, lot, "MX-20931", place=CN), "cn")
    assert open_doubts(world, lot) == {"inspection-doubt-open"}
    world.accept(inspect(world, lot), "cn")
    assert open_doubts(world, lot) == set()


def test_other_seals_are_no_doubt_but_a_broken_chain(world: World) -> None:
    lot = sealed(world)
    assert codes(world.submit(check(world, lot, "MX-77777", place=CN), "maker")) == {"seal-changed"}
    assert open_doubts(world, lot) == set()
