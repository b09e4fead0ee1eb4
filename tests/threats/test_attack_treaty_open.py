"""What step 7 does not see: each of these is a green that should be none, or an authority that should not be asked."""

from __future__ import annotations

import pytest
from tests.threats.treaty_life import CN_PORT, MX, Way


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
