"""Parties without the goods before them try to stop an honest lot by rules: past custodians, other States, crowds."""

from __future__ import annotations

from typing import Any

import pytest
from tests.threats.treaty_life import CN, CN_PORT, DAY, MX, Way, heavy
from tests.unit.world import PARTIES, kg
from tests.vectors_build.event_permits import draw, notify

from lotchain.custody.findings import Weight
from lotchain.events.alert import Alert
from lotchain.events.consignment import Consignment
from lotchain.events.consumption import Consumption
from lotchain.events.filing import Filing
from lotchain.events.licence_grant import LicenceGrant
from lotchain.events.settlement import Settlement
from lotchain.events.sighting import Sighting


def resold() -> tuple[Way, str]:
    """A lot that a first carrier has handed on inside China, and that is about to leave for Mexico."""
    way = Way()
    lot = way.lot_of()
    way.taken("maker", "carrier", lot, CN)
    way.taken("carrier", "maker", lot, CN, "consignee")
    way.consign(lot)
    return way, lot


def test_a_past_custodian_cannot_have_the_lot_arrive_abroad() -> None:
    way, lot = resold()
    assert not heavy(way.arrived(lot, "carrier"))


def test_a_past_custodian_cannot_see_it_over_a_border() -> None:
    way = Way()
    lot = way.lot_of()
    way.taken("maker", "carrier", lot, CN)
    way.taken("carrier", "maker", lot, CN, "consignee")
    seen = Sighting(lot=lot, content="filled", place=MX, occurred_at=way.now(), seen=way.newest())
    assert not heavy(way.told(seen, "carrier"))


def test_a_receiver_that_was_only_offered_it_cannot_have_it_arrive_abroad() -> None:
    way, lot = resold()
    way.offer("maker", "carrier", lot, seen=way.newest())
    assert not heavy(way.arrived(lot, "carrier"))


def alert(way: Way, lot: str) -> Alert:
    return Alert(lot=lot, grounds=("suspicious-order",), suspicious=True, aware_at=way.now(), occurred_at=way.now(),
                 seen=way.newest())  # fmt: skip


@pytest.mark.parametrize("who", ["carrier", "mx", "cn"])
def test_whoever_has_not_got_the_lot_leaves_it_no_duty_by_an_alert(who: str) -> None:
    """Its own duty to report is no fault of the goods: a competitor would raise one and never report."""
    way, lot = resold()
    way.told(alert(way, lot), who)
    assert "un-02-suspicion" not in way.ended(30 * DAY)


def test_the_custodian_that_suspects_has_to_report() -> None:
    way, lot = resold()
    way.told(alert(way, lot), "maker")
    assert way.ended(30 * DAY)["un-02-suspicion"] == {Weight.HOLD}


def filing(way: Way, about: str, **said: Any) -> Filing:
    values = {"kind": "declaration", "country": "CN", "filed_at": way.now(), "occurred_at": way.now(), **said}
    return Filing(about=about, **values)


def test_no_authority_of_another_state_and_no_custodian_takes_all_places_for_filings() -> None:
    way, lot = resold()
    consignment = way.consign(lot, local="C2")
    for n in range(300):
        if way.submit(filing(way, consignment, country="MX", number=f"X {n}"), "mx").refused:
            break
    for n in range(300):
        if way.submit(filing(way, lot, number=f"Y {n}"), "maker").refused:
            break
    way.accept(filing(way, consignment), "maker")
    way.accept(filing(way, consignment), "cn")
    way.accept(filing(way, lot), "cn")


def test_customs_of_another_country_do_not_take_all_places() -> None:
    way = Way()
    way.consign(way.lot_of(), route=("CNTZU", "CNSHG", "MXZLO", "USLRD"))
    with pytest.raises(AssertionError, match="customs-many"):
        for _ in range(130):
            way.customs("export", "mx", MX)
    way.customs("export", "cn", CN_PORT)


def test_customs_of_a_country_of_transit_say_nothing_of_the_export() -> None:
    """Mexican customs record an export, out of their own port on the way, long before the notification was sent."""
    way = Way()
    lot = way.lot_of()
    way.consign(lot, route=("CNTZU", "CNSHG", "MXZLO", "USLRD"))
    sent = "permit:CN-NMPA/PEN-1"
    way.accept(notify(way, sent, importing="US"), "cn")
    way.accept(draw(way, sent, kg(100), seen=way.newest()), "maker")
    way.advance()
    way.customs("export", "mx", MX, released_at="2020-01-01T00:00:00Z")
    way.customs("export", "cn", CN_PORT)
    assert "un-07-notice" not in way.taken("maker", "carrier", lot, MX)


def test_the_port_of_the_honest_export_counts() -> None:
    way = Way()
    lot = way.lot_of()
    way.consign(lot)
    way.notified()
    way.customs("export", "cn", CN_PORT)
    assert "un-07-notice" not in way.taken("maker", "carrier", lot, MX)


def test_the_importing_country_does_not_settle_what_the_exporting_one_owed() -> None:
    way = Way()
    lot = way.lot_of()
    way.consign(lot)
    assert way.arrived(lot, "maker")["un-07-notice"] is Weight.FAIL
    statement = next(row.statement for row in reversed(way.asked) if row.subject == lot)
    event = Settlement(lot=lot, statement=statement, code="un-07-notice", outcome="warned", occurred_at=way.now())
    assert "authority-scope" in way.refuse(event, "mx")
    way.accept(event, "cn")


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
    for who in ("mx", "cn"):
        assert "authority-scope" in way.refuse(event, who)
