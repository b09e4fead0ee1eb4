"""Sums over months and years: over sites and organisations, salts as base, units, intervals, and what is not known."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.due_world import (
    ANTHRANILIC,
    CA,
    DE,
    DEADLINES,
    EPHEDRINE,
    EPHEDRINE_HCL,
    SUBSTANCES,
    THRESHOLDS,
    US,
    US_EAST,
    DueWorld,
)
from tests.unit.world import MX, kg
from tests.vectors_build.thresholds import THRESHOLD, laid_out

from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.fields import Amount, Place
from lotchain.events.hand_over import HandOverLine
from lotchain.oversight.due import Due
from lotchain.oversight.sums import BELOW, EVERY, REACHED, UNDETERMINED, UNKNOWN
from lotchain.rules.thresholds import ThresholdSet, read_thresholds

KG = 10**9
MONTHLY: dict[str, Any] = {
    "cas": EPHEDRINE, "duty": "regulated-transaction", "movements": ["domestic", "export", "import"],
    "per": "calendar-month", "summed": "supplier-to-buyer", "quantity": {"value": "1", "unit": "KGM"},
    "reached": "at", "counted_as": "base",
}  # fmt: skip


def thresholds(jurisdiction: str, *entries: dict[str, Any]) -> ThresholdSet:
    """A set that a test states."""
    rows = [{**THRESHOLD, **entry, "id": f"t{n}"} for n, entry in enumerate(entries)]
    file = {
        "format": "lotchain-thresholds/1", "jurisdiction": jurisdiction, "edition": "2026-11-24", "note": "",
        "thresholds": rows,
    }  # fmt: skip
    return read_thresholds(laid_out(file).encode(), "t")


def world_of(*sets: ThresholdSet) -> DueWorld:
    """A world in the United States, at noon of 10 October in Los Angeles, with sellers and buyers."""
    world = DueWorld()
    if sets:
        others = [each for each in THRESHOLDS if each.jurisdiction not in {given.jurisdiction for given in sets}]
        world.due = Due(DEADLINES, [*others, *sets], SUBSTANCES)
    world.accede("US")
    world.until("2026-10-10T20:00:00Z")
    for local, organisation in (("EAST", "Sellers Inc"), ("WEST", "sellers  INC"), ("OTHER", "Other Inc")):
        world.party_of("US", local, organisation)
    world.party_of("US", "BUYER", "Buyer Inc")
    world.party_of("US", "BUYER2", "Buyer Inc")
    return world


def sold(
    world: DueWorld, seller: str, quantity: Any, cas: str = EPHEDRINE, buyer: str = "BUYER", place: Place = US
) -> str:
    who = f"party:US-{seller}"
    lot = world.make(f"S{len(world.log)}", quantity, who, substance=cas, place=place, name="it")
    return world.supply(who, f"party:US-{buyer}", lot, place)


# The United States: a calendar month, a supplier over all its sites, the same buyer


def test_a_month_is_summed_over_sites_and_buyers_of_one_organisation() -> None:
    world = world_of(thresholds("US", MONTHLY))
    first = sold(world, "EAST", "0.4")
    (one,) = world.sums("US")
    assert (one.status, one.period, one.least, one.most) == (BELOW, "2026-10", 400_000_000, 400_000_000)
    second = sold(world, "WEST", "0.6", buyer="BUYER2")
    (one,) = world.sums("US")
    assert (one.status, one.deals) == (REACHED, (first, second))
    assert one.suppliers == ("party:US-EAST", "party:US-WEST") and one.buyers == ("party:US-BUYER", "party:US-BUYER2")


def test_another_supplier_or_buyer_is_another_sum() -> None:
    world = world_of(thresholds("US", MONTHLY))
    world.party_of("US", "THIRD", "Third Inc")
    sold(world, "EAST", "0.6")
    sold(world, "OTHER", "0.6")
    sold(world, "EAST", "0.6", buyer="THIRD")
    assert [each.status for each in world.sums("US")] == [BELOW] * 3


def test_a_microgram_below_the_threshold() -> None:
    world = world_of(thresholds("US", MONTHLY))
    sold(world, "EAST", "0.999999999")
    assert [each.status for each in world.sums("US")] == [BELOW]
    sold(world, "EAST", "0.000000001")
    assert [each.status for each in world.sums("US")] == [REACHED]


def test_months_end_by_the_calendar_of_the_place() -> None:
    world = world_of(thresholds("US", MONTHLY))
    world.until("2026-11-01T06:59:59Z")  # still October in Los Angeles, November in New York already
    sold(world, "EAST", "0.6")
    sold(world, "WEST", "0.6", place=US_EAST)
    october = world.due.at(world.time, 0).sums
    assert {each.period: each.least for each in october} == {"2026-10": 6 * 10**8, "2026-11": 6 * 10**8}
    world.until("2026-11-01T12:00:00Z")
    assert [(each.period, each.status) for each in world.sums("US")] == [("2026-11", BELOW)]


@pytest.mark.parametrize(("at", "deals"), [("2028-02-29T20:00:00Z", 1), ("2028-03-01T20:00:00Z", 0)])
def test_the_leap_day_belongs_to_february(at: str, deals: int) -> None:
    world = world_of(thresholds("US", MONTHLY))
    world.until("2028-02-29T20:00:00Z")
    sold(world, "EAST", "0.6")
    world.until(at)
    assert len(world.sums("US")) == deals


def test_a_salt_counts_as_base_by_the_stated_factor() -> None:
    """Ephedrine hydrochloride: 165236/201694 of it is base."""
    world = world_of(thresholds("US", MONTHLY))
    sold(world, "EAST", "1.2", EPHEDRINE_HCL)
    (one,) = world.sums("US")
    assert (one.status, one.substance, one.counted_as) == (BELOW, EPHEDRINE, "base")
    assert one.most - one.least <= 1 and one.least == 1_200_000_000 * 165236 // 201694
    sold(world, "WEST", "0.1", EPHEDRINE_HCL)
    sold(world, "WEST", "0.01")
    (one,) = world.sums("US")
    assert one.status == REACHED and len(one.deals) == 3, "the base and its salt are one substance"


def test_a_salt_without_a_factor_lies_between_nothing_and_its_weight() -> None:
    """What ergotamine tartrate holds of its base the data does not say."""
    world = world_of(thresholds("US", MONTHLY | {"cas": "113-15-5"}))
    sold(world, "EAST", "1.5", "379-79-3")
    (one,) = world.sums("US")
    assert (one.least, one.most, one.substance, one.status) == (0, 15 * 10**8, "113-15-5", UNDETERMINED)
    assert "379-79-3" in one.why[0]
    sold(world, "EAST", "1", "113-15-5")
    assert [each.status for each in world.sums("US")] == [REACHED], "the base alone does"


@pytest.mark.parametrize(("quantity", "status"), [("0.5", BELOW), ("0.6", UNDETERMINED), ("0.72", REACHED)])
def test_where_it_is_not_stated_what_a_salt_counts(quantity: str, status: str) -> None:
    """Seven tenths of piperidine hydrochloride are base: 0.72 kg hold 0.504 kg of it, above 0.5 kg either way."""
    world = DueWorld()
    world.accede("DE")
    world.until("2026-10-10T12:00:00Z")
    world.party_of("DE", "USER")
    european(world, "6091-44-7", quantity)
    (one,) = world.sums("EU")
    assert (one.status, one.substance, one.binding) == (status, "110-89-4", False)


def test_volume_is_not_held_against_mass() -> None:
    world = world_of(thresholds("US", MONTHLY))
    lot = world.make(
        "V", 1, "party:US-EAST", substance=EPHEDRINE, place=US, name="it", quantity=Amount(value="500", unit="LTR")
    )
    offer = world.accept(
        world.hand_over("party:US-EAST", "party:US-BUYER", lot, receives_as="consignee").model_copy(
            update={"lines": _litres(world, lot)}
        ),
        "party:US-EAST",
    )
    line = AcceptanceLine(lot=lot, outcome="full", accepted=Amount(value="500", unit="LTR"))
    world.accept(Acceptance(answers=offer, lines=(line,), place=US, occurred_at=world.now()), "party:US-BUYER")
    (one,) = world.sums("US")
    assert one.status == UNDETERMINED and "density" in one.why[0]


def _litres(world: DueWorld, lot: str) -> Any:
    return (HandOverLine(lot=lot, prev=world.last(lot), quantity=Amount(value="500", unit="LTR")),)


def test_a_deal_entered_in_the_next_month_may_belong_to_either() -> None:
    world = world_of(thresholds("US", MONTHLY))
    world.until("2026-10-31T20:00:00Z")
    said = world.now()
    lot = world.make("A", "1.5", "party:US-EAST", substance=EPHEDRINE, place=US, name="it")
    offer = world.offer("party:US-EAST", "party:US-BUYER", lot, receives_as="consignee")
    world.until("2026-11-02T20:00:00Z")
    line = AcceptanceLine(lot=lot, outcome="full", accepted=kg("1.5"))
    world.accept(Acceptance(answers=offer, lines=(line,), place=US, occurred_at=said), "party:US-BUYER")
    (one,) = world.sums("US")
    assert (one.status, one.least, one.most) == (UNDETERMINED, 0, 15 * 10**8)
    assert "another period" in one.why[0]


def test_what_is_carried_or_returned_is_no_deal() -> None:
    world = world_of(thresholds("US", MONTHLY))
    world.party_of("US", "TRUCK")
    lot = world.make("A", "2", "party:US-EAST", substance=EPHEDRINE, place=US, name="it")
    world.move("party:US-EAST", "party:US-TRUCK", lot, place=US)
    assert world.sums("US") == ()
    world.move("party:US-TRUCK", "party:US-BUYER", lot, receives_as="consignee", place=US)
    (one,) = world.sums("US")
    assert one.suppliers == ("party:US-EAST",), "not the carrier"
    world.move("party:US-BUYER", "party:US-EAST", lot, receives_as="consignee", place=US)
    assert len(world.sums("US")) == 1, "a return is no new deal"


def test_sites_of_one_organisation_do_not_supply_each_other() -> None:
    world = world_of(thresholds("US", MONTHLY))
    lot = world.make("A", "2", "party:US-EAST", substance=EPHEDRINE, place=US, name="it")
    judged = world.submit(
        world.hand_over("party:US-EAST", "party:US-WEST", lot, receives_as="consignee"), "party:US-EAST"
    )
    assert judged.refused and world.sums("US") == ()


# What is shipped: no threshold, not known, from memory


def test_a_substance_without_threshold_and_one_of_unknown_threshold() -> None:
    world = world_of()
    sold(world, "EAST", "0.000001", "41661-47-6")
    sold(world, "EAST", "100", ANTHRANILIC)
    known, unknown = sorted(world.sums("US"), key=lambda each: each.status)
    assert (known.status, known.substance, known.binding) == (EVERY, "41661-47-6", True)
    assert (unknown.status, unknown.threshold) == (UNKNOWN, None)
    assert "not" in unknown.why[0]


def test_what_is_not_listed_is_not_summed() -> None:
    world = world_of()
    sold(world, "EAST", 100, "1609-66-1")
    assert world.sums("US") == ()


def european(world: DueWorld, cas: str, quantity: Any, to: str = "party:DE-USER", place: Place = DE) -> str:
    seller = world.party_of("DE", "SELLER")
    lot = world.make(f"S{len(world.log)}", quantity, seller, substance=cas, place=DE, name="it")
    return world.supply(seller, to, lot, place)


def test_a_year_of_a_user_in_the_union_is_a_note_from_memory() -> None:
    world = DueWorld()
    world.accede("DE")
    world.until("2026-10-10T12:00:00Z")
    world.party_of("DE", "USER")
    european(world, ANTHRANILIC, "1")
    (one,) = world.sums("EU")
    assert (one.status, one.period, one.binding) == (BELOW, "2026", False), "above 1 kg, not at it"
    european(world, ANTHRANILIC, "0.000000001")
    (one,) = world.sums("EU")
    assert one.status == REACHED and not one.binding
    world.until("2026-12-31T22:59:59Z")
    assert len(world.sums("EU")) == 1
    world.until("2026-12-31T23:00:00Z")
    assert world.sums("EU") == (), "it is 2027 in Hamburg"


def test_litres_of_acetic_anhydride_against_kilograms() -> None:
    world = DueWorld()
    world.accede("DE")
    world.until("2026-10-10T12:00:00Z")
    world.party_of("DE", "USER")
    european(world, "108-24-7", 500)
    (one,) = world.sums("EU")
    assert one.status == UNDETERMINED and not one.binding


@pytest.mark.parametrize(("quantity", "status"), [("49.999", BELOW), ("50", UNDETERMINED), ("50.001", REACHED)])
def test_exports_of_category_3_over_the_year(quantity: str, status: str) -> None:
    """What the very amount does was not read."""
    world = DueWorld()
    world.accede("DE")
    world.until("2026-10-10T12:00:00Z")
    european(world, "67-64-1", quantity, world.party_of("MX", "USER"), MX)
    (one,) = world.sums("EU")
    assert (one.status, one.summed, one.buyers) == (status, "exporter", ("party:MX-USER",))
    assert one.binding and one.threshold is not None and one.threshold.confidence == "P"


def test_a_sale_above_canadas_amount_is_told_by_itself() -> None:
    world = DueWorld()
    world.accede("CA")
    world.until("2026-10-10T20:00:00Z")
    seller, buyer = world.party_of("CA", "SELLER"), world.party_of("CA", "USER")
    for local, quantity in (("A", "0.6"), ("B", "0.6"), ("C", "1"), ("D", "1.001")):
        lot = world.make(local, quantity, seller, substance=ANTHRANILIC, place=CA, name="it")
        world.supply(seller, buyer, lot, CA)
    (one,) = world.sums("CA")
    assert (one.status, one.per, one.least) == (REACHED, "deal", 1_001_000_000), "deals are not added up there"


def test_sums_of_one_party() -> None:
    world = world_of()
    sold(world, "EAST", 1, ANTHRANILIC)
    assert len(world.report().of("party:US-BUYER").sums) == len(world.report().of("party:US-EAST").sums) == 1
    assert world.report().of("party:US-OTHER").sums == ()
