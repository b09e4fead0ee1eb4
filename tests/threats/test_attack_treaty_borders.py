"""Goods cross a border and nobody is asked about it: other statements than arrivals, routes with loops, deliveries that
are none, consignments that take the place of the first, returns that are supplies.
"""

from __future__ import annotations

import pytest
from tests.threats.treaty_life import CN, MX, Way, heavy
from tests.unit.world import PARTIES, SUBSTANCE, kg

from lotchain.custody.findings import Weight
from lotchain.custody.territory import laws_of, may_adopt
from lotchain.events.consignment import Consignment
from lotchain.events.consumption import Consumption
from lotchain.events.fields import Place
from lotchain.events.loss import Loss
from lotchain.events.refusal import Refusal, RefusalLine
from lotchain.events.registration import Registration
from lotchain.events.witnessed_acceptance import WitnessedAcceptance, WitnessedLot


def sent(**said: object) -> tuple[Way, str]:
    """A lot consigned to Mexico, of which Mexico was never told."""
    way = Way()
    lot = way.lot_of()
    way.consign(lot, **said)
    return way, lot


def test_what_an_arrival_is_asked_a_loss_abroad_is_asked_too() -> None:
    """The sender tells of a leak in Mexico, then declares another journey that begins there."""
    way, lot = sent()
    gone = Loss(lot=lot, prev=way.last(lot), quantity=kg(1), kind="leaked", place=MX, occurred_at=way.now(),
                seen=way.newest())  # fmt: skip
    assert way.told(gone, "maker")["un-07-notice"] is Weight.FAIL


def test_what_is_refused_abroad_has_crossed_the_border() -> None:
    way, lot = sent()
    offer = way.offer("maker", "importer", lot, receives_as="consignee", seen=way.newest())
    way.advance()
    line = RefusalLine(lot=lot, reason="damaged", refused=kg(100))
    refused = Refusal(answers=offer, lines=(line,), place=MX, occurred_at=way.now(), seen=way.newest())
    assert way.told(refused, "importer")["un-07-notice"] is Weight.FAIL


def test_a_witnessed_acceptance_is_asked_what_an_acceptance_is() -> None:
    way, lot = sent()
    offer = way.offer("maker", "importer", lot, receives_as="consignee", seen=way.newest())
    way.advance()
    event = WitnessedAcceptance(
        receiver=PARTIES["importer"], reason="key-lost", answers=offer,
        lines=(WitnessedLot(lot=lot, accepted=kg(100)),), place=MX, occurred_at=way.now(),
        seen=way.newest(),
    )  # fmt: skip
    assert way.told(event, "mx")["un-07-notice"] is Weight.FAIL


def test_nobody_is_delivered_to_before_the_border() -> None:
    """A Mexican consignee takes it over in China: delivered, and what it does with it crosses no declared border."""
    way, lot = sent()
    assert way.taken("maker", "importer", lot, CN, "consignee")["border-unexplained"] is Weight.HOLD


@pytest.mark.parametrize("route", [("CNTZU", "MXZLO", "CNSHG"), ("CNTZU", "MXZLO", "USLRD")])
def test_nobody_is_delivered_to_in_a_country_of_transit(route: tuple[str, ...]) -> None:
    """By a loop nothing is exported; by a longer journey another country is asked than that in which the goods stay."""
    way, lot = sent(route=route)
    assert way.taken("maker", "importer", lot, MX, "consignee")["border-unexplained"] is Weight.HOLD


@pytest.mark.parametrize("act", ["use", "another consignment"])
def test_nothing_is_used_or_sent_elsewhere_from_a_country_of_transit(act: str) -> None:
    way, lot = sent(route=("CNTZU", "MXZLO", "USLRD"))
    way.taken("maker", "carrier", lot, MX)
    if act == "use":
        used = Consumption(lot=lot, prev=way.last(lot), quantity=kg(1), purpose="synthesis", occurred_at=way.now(),
                           seen=way.newest())  # fmt: skip
        assert way.told(used, "carrier")["border-unexplained"] is Weight.HOLD
        return
    event = Consignment(
        consignment="consignment:CN-TRUCK/C2", exporter=PARTIES["maker"], importer=PARTIES["importer"],
        final=(PARTIES["user-a"],), route=("MXZLO", "MXGDL"), lots=(lot,), mode="road", occurred_at=way.now(),
        seen=way.newest(),
    )  # fmt: skip
    assert way.told(event, "carrier")["border-unexplained"] is Weight.HOLD


def test_an_honest_delivery_and_an_honest_journey_leave_nothing_of_it() -> None:
    way, lot = sent()
    way.notified()
    way.customs("export", "cn", CN)
    assert "border-unexplained" not in way.taken("maker", "carrier", lot, CN)
    assert "border-unexplained" not in way.arrived(lot, "carrier")
    found = way.taken("carrier", "importer", lot, MX, "consignee")
    assert not heavy(found, but=("cn-04-licence", "cn-04-end-use"))
    way.consign(lot, local="C2", who="importer", route=("MXZLO", "MXGDL"), final=(PARTIES["user-a"],))
    assert "border-unexplained" not in way.taken("importer", "user-a", lot, MX, "consignee")


def test_a_supply_is_no_return_because_the_buyer_once_kept_it_in_store() -> None:
    way = Way()
    lot = way.lot_of()
    way.taken("maker", "user-b", lot, CN, "warehouse")
    way.taken("user-b", "maker", lot, CN, "consignee")
    found = way.taken("maker", "user-b", lot, CN, "consignee")
    assert found["cn-01-purchase-licence"] is Weight.HOLD


def test_goods_that_come_back_to_their_maker_are_returned() -> None:
    way = Way()
    lot = way.lot_of()
    way.taken("maker", "carrier", lot, CN)
    assert not heavy(way.taken("carrier", "maker", lot, CN, "consignee"))


def test_letters_of_its_own_take_no_place_out_of_its_states_law() -> None:
    """Puerto Rico has letters of its own in UN/LOCODE, and United States law; no set of it was adopted here."""
    way, lot = sent(route=("CNTZU", "PRSJU"))
    way.taken("maker", "carrier", lot, Place(code="PRSJU", offset="-04:00"))
    assert {("US", "US"), ("UN", "US")} <= {(row.jurisdiction, row.country) for row in way.asked}
    assert Weight.HOLD in way.ended()["rule-set-not-adopted"]
    assert not may_adopt("PR", "US") and may_adopt("US", "US") and may_adopt("PR", "UN")
    assert laws_of("RE") == laws_of("FR") and laws_of("AX") == laws_of("FI")


@pytest.mark.parametrize("code", ["QQABC", "ZZZZZ", "XZABC"])
def test_a_place_in_no_country_is_not_out_of_every_law(code: str) -> None:
    way = Way()
    way.make("A", 100, seen=way.newest(), place=Place(code=code, offset="+08:00"))
    assert way.ended()["rule-set-not-adopted"] == {Weight.HOLD}


def test_what_is_made_is_made_where_its_maker_is_licensed() -> None:
    """Registered in Hong Kong, the goods would leave China without anything that China asks."""
    way = Way()
    made = Registration(
        lot="lot:CN-MAKER/H", substance=SUBSTANCE, name="1-boc-4-piperidone", quantity=kg(100), origin="made",
        place=Place(code="HKHKG", offset="+08:00"), occurred_at=way.now(), seen=way.newest(),
    )  # fmt: skip
    assert way.told(made, "maker")["border-unexplained"] is Weight.HOLD
    at_home = way.submit(made.model_copy(update={"lot": "lot:CN-MAKER/I", "place": CN}), "maker")
    assert not [finding for finding in at_home.findings if finding.code == "border-unexplained"]
