"""A lot's proof stays small, whatever its authority, its carrier, its permit and its consignment's maker do besides."""

from __future__ import annotations

import pytest
from tests.show.closure import Proof, Surroundings, prove, strangers
from tests.unit.world import kg
from tests.vectors_build.bundle_bench import Bench
from tests.vectors_build.event_transfers import consigned

from lotchain.events.filing import Filing

MOST_GROWTH = 3_200
"""Bytes, for some 500 statements beside the lot: a path to each of its statements and subjects is five hashes longer."""


@pytest.fixture(scope="module")
def alone() -> Proof:
    return prove(Surroundings())


@pytest.mark.parametrize(
    "around",
    [Surroundings(licensees=500), Surroundings(keys=500), Surroundings(drawings=500), Surroundings(200, 150, 150)],
    ids=["500 licensees", "500 keys of the carrier", "500 drawings on the permit", "some of each"],
)
def test_only_paths_grow(alone: Proof, around: Surroundings) -> None:
    amid = prove(around)
    assert amid.log > alone.log + around.total - 1
    assert (amid.statements, amid.subjects) == (alone.statements, alone.subjects)
    assert strangers(amid) == []
    assert 0 < amid.size - alone.size <= MOST_GROWTH


def test_what_is_counted_as_a_stranger_is_one() -> None:
    own = frozenset({"lot:CN-MAKER/A", "consignment:CN-MAKER/C1", "party:CN-NMPA", "party:CN-MAKER", "charter"})
    others = {"lot:CN-MAKER/X-0", "consignment:CN-MAKER/X-0", "party:CN-L7", "permit:CN-NMPA/EXP-1"}
    assert strangers(Proof(1, 1, own, 1)) == []
    assert set(strangers(Proof(1, 1, own | others, 1))) == others


def test_a_bundle_holds_no_lot_beside_its_own_even_of_its_own_consignment() -> None:
    """Not the lots of another consignment of the same parties, and not those that travel with it, nor their filings."""
    bench = Bench()
    world = bench.world
    lot, beside = world.make("A", 10), world.make("B", 10)
    others = [world.make(f"X-{n}", 1) for n in range(30)]
    consigned(world, lot, beside)
    consigned(world, *others, consignment="consignment:CN-MAKER/C2")
    for other in (beside, *others):
        filing = Filing(about=other, kind="sale-report", country="CN", filed_at=world.now(), occurred_at=world.now())
        world.accept(filing, "maker")
    world.move("maker", "carrier", lot, beside)
    world.move("maker", "carrier", *others)
    bundle = bench.bundle(lot)
    held = {proof.subject for proof in bundle.subjects if proof.subject.startswith(("lot:", "consignment:"))}
    assert held == {lot, "consignment:CN-MAKER/C1"}
    verdict = bench.verify(bundle)
    assert not verdict.refused
    raws = {leaf.raw for leaf in bundle.statements}
    mentioned = [other for other in others if any(other.encode() in raw for raw in raws)]
    assert mentioned == [], "not even by name"
    world.accept(Filing(about=lot, kind="sale-report", country="CN", filed_at=world.now(), quantity=kg(1),
                        occurred_at=world.now()), "maker")  # fmt: skip
    assert len(bench.bundle(lot).statements) == len(bundle.statements) + 1
