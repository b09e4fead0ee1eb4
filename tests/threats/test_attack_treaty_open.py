"""What step 7 does not see: each of these is a green that should be none, or an authority that should not be asked."""

from __future__ import annotations

import pytest
from tests.threats.treaty_life import CN_PORT, MX, Way
from tests.unit.world import PARTIES

from lotchain.custody.findings import Weight
from lotchain.events.consignment import Consignment
from lotchain.events.settlement import Settlement


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
    strict=True,
    reason="whose duty it was is told by the lot's present consignment, and a later one takes its place (decision 13)",
)
def test_a_later_inland_consignment_does_not_make_the_importing_state_the_one_that_owed() -> None:
    way = Way()
    lot = way.lot_of()
    way.consign(lot)
    assert way.taken("maker", "importer", lot, MX, "consignee")["un-07-notice"] is Weight.FAIL
    statement = next(row.statement for row in reversed(way.asked) if row.subject == lot)
    way.accept(
        Consignment(
            consignment=f"consignment:{PARTIES['importer'][6:]}/C2", exporter=PARTIES["importer"], importer=PARTIES["user-a"],
            final=(PARTIES["user-a"],), route=("MXZLO", "MXMEX"), lots=(lot,), mode="road", occurred_at=way.now(),
            seen=way.newest(),
        ), "importer",
    )  # fmt: skip
    event = Settlement(lot=lot, statement=statement, code="un-07-notice", outcome="warned", occurred_at=way.now())
    assert "authority-scope" in way.refuse(event, "mx")
