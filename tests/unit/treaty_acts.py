"""What tests of treaty acts share: sums over all lots, second signatures, and acts that several of them need."""

from __future__ import annotations

from typing import Any

from tests.unit.world import CN, World, codes, kg

from lotchain.custody.conclusion import conclude_lot
from lotchain.events.consumption import Consumption
from lotchain.events.endorsement import Endorsement
from lotchain.events.seizure import Seizure
from lotchain.events.sighting import Sighting

KG = 10**9


def total(world: World) -> int:
    """Micrograms over all lots in all accounts where matter can be."""
    where = ("held", "in-transit", "consumed", "lost", "sampled", "destroyed", "discrepancy", "corrected")
    return sum(state["accounts"].get(name, 0) for state in world.lots().values() for name in where)


def made(world: World) -> int:
    """Micrograms that registrations and transformations brought forth."""
    return -sum(int(state["accounts"].get("produced", 0)) for state in world.lots().values())


def conserved(world: World) -> None:
    """What was made is somewhere; what lots handed on is what others received, by seizure too."""
    world.check_conservation()
    assert total(world) == made(world)
    assert sum(state["accounts"].get("seized", 0) for state in world.lots().values()) == 0


def concluded(world: World, lot: str) -> set[str]:
    return {finding.code for finding in conclude_lot(lot, world.lot(lot), world.time)}


def endorse(world: World, lot: str, proposal: str, who: str) -> set[str]:
    """Sign behind a proposal; the codes found, refused or not."""
    return codes(world.submit(Endorsement(subject=lot, endorses=proposal, occurred_at=world.now()), who))


def use(world: World, lot: str, quantity: Any, *serials: str) -> Consumption:
    return Consumption(lot=lot, prev=world.last(lot), quantity=kg(quantity), purpose="synthesis", packages=serials,
                       occurred_at=world.now())  # fmt: skip


def sight(world: World, lot: str, serial: str | None = None, content: str = "filled", **fields: Any) -> Sighting:
    values = {"lot": lot, "serial": serial, "content": content, "place": CN, "occurred_at": world.now(), **fields}
    return Sighting(**values)


def seize(world: World, lot: str, quantity: Any = None, *serials: str) -> Seizure:
    part = None if quantity is None else kg(quantity)
    return Seizure(lot=lot, quantity=part, packages=serials, reason="court-order", place=CN, occurred_at=world.now())
