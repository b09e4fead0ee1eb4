"""Places and declared routes: codes are compared, names never; one city's airport is read as its port."""

from __future__ import annotations

import pytest
from tests.unit.world import PARTIES, World
from tests.vectors_build.event_transfers import consigned

from lotchain.custody import route
from lotchain.events.arrival import Arrival
from lotchain.events.consignment import Consignment
from lotchain.events.fields import Place


def found(world: World, code: str) -> list[str]:
    event = Arrival(lots=("lot:CN-MAKER/A",), place=Place(code=code, offset="+08:00"), occurred_at=world.now())
    return [finding.code for finding in world.submit(event, "maker").findings]


@pytest.fixture
def world() -> World:
    made = World()
    made.make("A", 500)
    return made


@pytest.mark.parametrize(
    ("declared", "seen", "codes"),
    [("CNSHG", "CNSHG", []), ("CNSHA", "CNSHG", []), ("CNSHG", "CNSHA", []), ("CNSHA", "CNSHA", []),
     ("CNSHA", "CNNGB", ["off-route"]), ("CNSHG", "CNSGH", ["off-route"]), ("MXZLO", "PAMIT", ["off-route"]),
     ("PAMIT", "MXZLO", ["off-route"])],
)  # fmt: skip
def test_where_it_is_seen(world: World, declared: str, seen: str, codes: list[str]) -> None:
    consigned(world, "lot:CN-MAKER/A", route=("CNTZU", declared))
    assert found(world, seen) == codes


@pytest.mark.parametrize(
    ("codes", "mode", "remarked"),
    [(("CNTZU", "CNSHA"), "sea", 1), (("CNTZU", "CNSHA"), "air", 0), (("CNTZU", "CNSHG"), "sea", 0),
     (("CNSHA", "MXZLO", "CNSHA"), "sea", 1)],
)  # fmt: skip
def test_an_airport_on_a_sea_paper(world: World, codes: tuple[str, ...], mode: str, remarked: int) -> None:
    event = Consignment(
        consignment="consignment:CN-MAKER/C1", exporter=PARTIES["maker"], importer=PARTIES["importer"],
        final=(PARTIES["user-a"],), route=codes, lots=("lot:CN-MAKER/A",), mode=mode, occurred_at=world.now(),
    )  # fmt: skip
    told = [finding.code for finding in world.submit(event, "maker").findings]
    assert told.count("route-code-airport") == remarked


def test_no_port_is_read_as_another_place() -> None:
    assert not set(route.PORTS_BY_AIRPORT) & set(route.PORTS_BY_AIRPORT.values())
    assert all(airport[:2] == port[:2] for airport, port in route.PORTS_BY_AIRPORT.items())
