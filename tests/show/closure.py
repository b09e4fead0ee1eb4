"""How much a lot's proof grows with what else its authorities, its carrier and its permit have to do: by paths alone.

Beside the lot stand parties that its authority licensed, keys that its carrier enrolled, and other consignments that
drew on its permit. None of their statements belongs to the closure. What grows is what proves that the lot's own
statements stand in a longer log, and its own subjects in a fuller map: hashes, by the logarithm of their number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.unit.world import World, kg
from tests.vectors_build.bundle_bench import Bench
from tests.vectors_build.event_permits import CONSIGNMENT, EXPORT, declared, draw, grant

from lotchain.events.licence_grant import LicenceGrant
from lotchain.signing import SoftwareSigner
from lotchain.verify.bundle import encode_bundle

MOST_GROWTH = 6_000
"""Bytes by which the proof of a lot made and handed over once may grow with 12,000 statements beside it."""
DRAWINGS_EACH = 32
"""Drawings of one of the other consignments: half of what one may make."""


class Surroundings(NamedTuple):
    """What stands on the ledger beside the lot."""

    licensees: int = 0
    keys: int = 0
    drawings: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self)


class Proof(NamedTuple):
    """One lot's bundle: its size in bytes, and what is in it."""

    size: int
    statements: int
    subjects: frozenset[str]
    log: int


def license_parties(world: World, count: int, told: Callable[[int], None]) -> None:
    """Parties that the maker's and the carrier's authority licenses."""
    for n in range(count):
        licence = LicenceGrant(
            party=f"party:CN-L{n}", organisation=f"Organisation {n}", number="1", activities=("use",),
            substances=("*",), valid_from=world.now(), occurred_at=world.now(),
        )  # fmt: skip
        world.accept(licence, "cn")
        told(n)


def prove(around: Surroundings, told: Callable[[int], None] = lambda done: None) -> Proof:
    """A lot made, consigned, permitted to be exported and handed to its carrier, amid its surroundings."""
    bench = Bench()
    world = bench.world
    lot = world.make("A", 500)
    declared(world, lot)
    world.accept(grant(world, quantity=kg(100_000)), "cn")
    license_parties(world, around.licensees, told)
    for n in range(around.keys):
        world.enrol("carrier", SoftwareSigner.from_seed(f"key {n}".encode().ljust(32, b".")))
        told(around.licensees + n)
    for n in range(around.drawings):
        if n % DRAWINGS_EACH == 0:
            other = declared(world, world.make(f"X-{n}", 32), f"X-{n}")
        world.accept(draw(world, EXPORT, kg(1), consignment=other), "maker")
        told(around.licensees + around.keys + n)
    world.accept(draw(world, EXPORT, kg(500)), "maker")
    world.move("maker", "carrier", lot)
    bench.feed()
    bundle = bench.bundle(lot)
    verdict = bench.verify(bundle)
    if verdict.refused:
        raise AssertionError(verdict.findings)
    subjects = frozenset(proof.subject for proof in bundle.subjects)
    return Proof(len(encode_bundle(bundle)), len(bundle.statements), subjects, bench.rig.ledger.reader.size())


def strangers(proof: Proof) -> list[str]:
    """Subjects in the proof that it has no business with: other lots and consignments, licensees, any permit."""
    return sorted(
        name
        for name in proof.subjects
        if name.startswith(("permit:", "party:CN-L"))
        or (name.startswith(("lot:", "consignment:")) and name not in ("lot:CN-MAKER/A", CONSIGNMENT))
    )
