"""What step 7 does not see: each of these is a green that should be none, or an authority that should not be asked."""

from __future__ import annotations

import pytest
from tests.threats.treaty_life import CN, CN_PORT, MX, Way
from tests.unit.world import PARTIES, kg

from lotchain.custody.findings import Weight
from lotchain.events.consumption import Consumption
from lotchain.events.licence_grant import LicenceGrant


@pytest.mark.xfail(strict=True, reason="what other lots of the consignment hold is not in a lot's bundle (decision 13)")
def test_one_drawing_does_not_cover_two_lots() -> None:
    way = Way()
    first, second = way.lot_of("A"), way.lot_of("B")
    way.consign(first, second)
    way.notified()
    way.authorised(100)
    way.customs("export", "cn", CN_PORT)
    found = [way.taken("maker", "carrier", lot, MX) for lot in (first, second)]
    assert any("cn-04-licence" in each for each in found)


@pytest.mark.xfail(
    strict=True, reason="a supply under another name: no rule asks about goods that a keeper uses itself"
)
def test_goods_taken_in_store_are_not_used_as_if_bought() -> None:
    way = Way()
    grant = LicenceGrant(
        party=PARTIES["user-b"], organisation="Organisation user-b", number="2", activities=("store", "use"),
        substances=("*",), valid_from="1970-01-01T00:00:00Z", occurred_at=way.now(),
    )  # fmt: skip
    way.accept(grant, "mx")
    lot = way.lot_of()
    way.taken("maker", "user-b", lot, CN, "warehouse")
    used = Consumption(lot=lot, prev=way.last(lot), quantity=kg(1), purpose="synthesis", occurred_at=way.now(),
                       seen=way.newest())  # fmt: skip
    assert {weight for weight in way.told(used, "user-b").values() if weight > Weight.NOTE}
