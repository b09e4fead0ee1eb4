"""A carrier shakes off what stands on a lot: seals by repacking, route and consignees by merging, stolen serials by
dividing. None of it may leave the verdict CLEAR.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.threats.surroundings import Small
from tests.unit.world import CN, CN_PORT, MX, exact, kg, packages

from lotchain.events.consignment import Consignment
from lotchain.events.loss import Loss
from lotchain.events.merge import Merge, MergeLine
from lotchain.events.packing import Packing
from lotchain.events.seal_applied import SealApplied, SealedLot
from lotchain.events.seal_broken import SealBroken
from lotchain.events.split import Child, Split

USER_A, USER_B, CARRIER = "party:MX-USERA", "party:MX-USERB", "party:CN-TRUCK"


def consign(small: Small, number: str, *lots: str, who: str = "maker", **fields: Any) -> None:
    values: dict[str, Any] = {
        "consignment": f"consignment:{small.party(who)[6:]}/{number}", "exporter": small.party(who),
        "importer": "party:MX-IMPORT", "final": (USER_A,), "route": ("CNTZU", "CNSHG", "MXZLO"), "lots": lots,
        "mode": "sea", "occurred_at": small.now(), **fields,
    }  # fmt: skip
    small.accept(Consignment(**values), who)


def sealed(small: Small, local: str, quantity: int = 100, who: str = "maker", **fields: Any) -> str:
    """A lot of sealed drums, in the carrier's hands and under way to USER_A."""
    lot = small.make(local, quantity, who, packages=packages(quantity // 25), **fields)
    line = SealedLot(lot=lot, prev=small.last(lot), seals=("CN-448120",))
    small.accept(SealApplied(lines=(line,), place=CN, occurred_at=small.now()), who)
    consign(small, f"C-{local}", lot, who=who)
    small.move(who, "carrier", lot)
    return lot


def word(small: Small, lot: str) -> str:
    return small.verdict(small.bundle(lot)).word


def test_a_carrier_that_repacks_has_opened_the_seals_on_the_way() -> None:
    """What an unreported broken seal is, repacking under the same serials and a new seal is, too."""
    small = Small()
    lot = sealed(small, "S-1")
    repacked = Packing(lot=lot, prev=small.last(lot), packages=packages(4), seals=("X-1",), occurred_at=small.now())
    small.accept(repacked, "carrier")
    verdict = small.verdict(small.bundle(lot))
    assert (verdict.word, verdict.answers.chain) == ("HOLD", "undetermined")


def test_a_carrier_that_divides_a_sealed_lot_has_opened_it() -> None:
    small = Small()
    lot = sealed(small, "S-1")
    children = tuple(
        Child(lot=f"lot:CN-TRUCK/P-{i}", quantity=kg(50), packages=(f"{2 * i - 1:04}", f"{2 * i:04}")) for i in (1, 2)
    )
    small.accept(Split(lot=lot, prev=small.last(lot), children=children, occurred_at=small.now()), "carrier")
    assert word(small, "lot:CN-TRUCK/P-1") == "HOLD"


def test_its_sender_and_its_consignee_repack_freely() -> None:
    """Before it leaves and after it has arrived, whoever sends and receives it packs as it likes."""
    small = Small()
    lot = small.make("S-1", 100, packages=packages(4))
    line = SealedLot(lot=lot, prev=small.last(lot), seals=("CN-448120",))
    small.accept(SealApplied(lines=(line,), place=CN, occurred_at=small.now()), "maker")
    consign(small, "C-1", lot)
    again = Packing(lot=lot, prev=small.last(lot), packages=packages(4), seals=("CN-2",), occurred_at=small.now())
    small.accept(again, "maker")
    assert word(small, lot) == "CLEAR"
    small.move("maker", "carrier", lot)
    small.move("carrier", "user-a", lot, receives_as="consignee", place=MX)
    again = Packing(lot=lot, prev=small.last(lot), packages=packages(4), seals=(), occurred_at=small.now())
    small.accept(again, "user-a")
    assert word(small, lot) == "CLEAR"


def merge(small: Small, name: str, who: str, *lots: str) -> Merge:
    lines = tuple(
        MergeLine(lot=lot, prev=small.last(lot), quantity=exact(small.lot(lot)["accounts"]["held"])) for lot in lots
    )
    return Merge(lot=name, lines=lines, place=CN_PORT, occurred_at=small.now())


@pytest.mark.parametrize("second", ["C-2", None])
def test_a_carrier_that_merges_consignments_does_not_lose_route_and_consignees(second: str | None) -> None:
    small = Small()
    lots = [small.make(f"M-{i}", 100) for i in (1, 2)]
    consign(small, "C-1", lots[0])
    if second is not None:
        consign(small, second, lots[1], final=(USER_B,))
    for lot in lots:
        small.move("maker", "carrier", lot)
    merged = "lot:CN-TRUCK/MIX"
    small.accept(merge(small, merged, "carrier", *lots), "carrier")
    verdict = small.verdict(small.bundle(merged))
    assert verdict.word == "HOLD"
    assert "consignment-rerouted" in {finding.code for finding in verdict.findings}


def test_their_sender_merges_consignments_with_a_note() -> None:
    small = Small()
    lots = [small.make(f"M-{i}", 100) for i in (1, 2)]
    consign(small, "C-1", lots[0])
    consign(small, "C-2", lots[1], final=(USER_B,))
    merged = "lot:CN-MAKER/MIX"
    small.accept(merge(small, merged, "maker", *lots), "maker")
    verdict = small.verdict(small.bundle(merged))
    assert verdict.word == "CLEAR"
    assert "consignment-replaced" in {finding.code for finding in verdict.findings}


def test_stolen_serials_are_remembered_by_the_parts() -> None:
    small = Small()
    lot = small.make("T-1", 100, packages=packages(4))
    theft = Loss(
        lot=lot, prev=small.last(lot), quantity=kg(25), kind="stolen", packages=("0004",), place=CN,
        occurred_at=small.now(),
    )  # fmt: skip
    small.accept(theft, "maker")
    parts = [("lot:CN-MAKER/A", 50, ("0001", "0002")), ("lot:CN-MAKER/B", 25, ("0003",))]
    children = tuple(Child(lot=name, quantity=kg(net), packages=serials) for name, net, serials in parts)
    small.accept(Split(lot=lot, prev=small.last(lot), children=children, occurred_at=small.now()), "maker")
    back = Packing(
        lot="lot:CN-MAKER/B", prev=small.last("lot:CN-MAKER/B"), packages=packages(1, first=4), occurred_at=small.now()
    )
    judgement = small.submit(back, "maker")
    assert "package-returned" in {finding.code for finding in judgement.findings}


def test_a_seal_opened_on_the_way_without_a_report_stays_what_it_was() -> None:
    small = Small()
    lot = sealed(small, "S-1")
    opened = SealBroken(
        lot=lot, prev=small.last(lot), seals=("CN-448120",), reason="opened", place=CN, occurred_at=small.now()
    )
    small.accept(opened, "carrier")
    assert word(small, lot) == "HOLD"
