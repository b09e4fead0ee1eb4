"""Clocks of laws: each on both sides of its last moment, by the calendar of the place, and what cannot be told."""

from __future__ import annotations

import pytest
from tests.unit.due_world import ANTHRANILIC, CA, DE, US, US_EAST, DueWorld, utc
from tests.unit.world import CN, DAY, HOUR, MX, PARTIES, kg
from tests.vectors_build.event_transfers import consigned

from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.alert import Alert
from lotchain.events.consumption import Consumption
from lotchain.events.fields import Place


@pytest.fixture
def world() -> DueWorld:
    return DueWorld()


@pytest.fixture
def us(world: DueWorld) -> DueWorld:
    """An authority and a maker in the United States, with a lot; noon in Los Angeles on 6 October."""
    world.accede("US")
    world.until("2026-10-06T19:00:00Z")
    world.party_of("US", "MAKER")
    return world


def lot_of(world: DueWorld, country: str = "US", place: Place = US, local: str = "A", cas: str = ANTHRANILIC) -> str:
    who = world.party_of(country, "MAKER")
    return world.make(local, 100, who, substance=cas, place=place, name="it")


# United States: a loss is reported in 15 calendar days, counted at the place


def test_a_theft_is_due_overdue_or_met_by_the_calendar_of_its_place(us: DueWorld) -> None:
    lot = lot_of(us)
    loss = us.lost(lot, "party:US-MAKER", US)
    (item,) = us.items("us-08-loss")
    assert (item.status, item.owes, item.towards) == ("open", "party:US-MAKER", "party:US-AUTH")
    assert (item.statement, item.subjects, item.basis) == (loss, (lot,), "P")
    assert item.due is not None
    assert utc(item.due.earliest) == utc(item.due.latest or 0) == "2026-10-22T07:59:59.999Z", "21 October ends there"
    assert us.status("us-08-loss", "2026-10-14T08:00:00Z") == "open"
    assert us.status("us-08-loss", "2026-10-15T08:00:00Z") == "due"
    assert us.status("us-08-loss", "2026-10-22T07:59:59.999Z") == "due"
    assert us.status("us-08-loss", "2026-10-22T08:00:00Z") == "overdue"
    assert us.report("2026-10-22T08:00:00Z").late and not us.report("2026-10-22T07:59:59Z").late


@pytest.mark.parametrize(
    ("place", "last"),
    [(US_EAST, "2026-10-22T04:59:59.999Z"), (Place(code="USHNL", offset="-10:00"), "2026-10-22T09:59:59.999Z"),
     (Place(code="USGUM", offset="+10:00"), "2026-10-22T13:59:59.999Z")],
)  # fmt: skip
def test_the_same_moment_is_another_day_elsewhere(us: DueWorld, place: Place, last: str) -> None:
    """In Guam it was 7 October already."""
    us.lost(lot_of(us), "party:US-MAKER", place)
    (item,) = us.items("us-08-loss")
    assert item.due is not None and utc(item.due.earliest) == last


@pytest.mark.parametrize("official", [True, False])
def test_a_report_on_both_sides_of_the_last_moment(us: DueWorld, official: bool) -> None:
    lot, other = lot_of(us), lot_of(us, local="B")
    loss, second = us.lost(lot, "party:US-MAKER", US), us.lost(other, "party:US-MAKER", US)
    us.until("2026-10-22T07:59:59.999Z")
    who = "us" if official else "party:US-MAKER"
    us.file("loss-report", lot, who, country="US", statement=loss)
    assert us.report().met == 1
    us.until("2026-10-22T08:00:00Z")
    us.file("loss-report", other, who, country="US", statement=second)
    (late,) = us.items("us-08-loss")
    assert (late.status, late.subjects, late.official) == ("met-late", (other,), official)
    assert not us.report("2027-01-01T00:00:00Z").late, "what was done late is done"


def test_a_claim_entered_late_is_undetermined_until_the_authority_speaks(us: DueWorld) -> None:
    """The maker says that it reported in time, and says so on the ledger only afterwards."""
    lot = lot_of(us)
    loss = us.lost(lot, "party:US-MAKER", US)
    us.until("2026-10-24T12:00:00Z")
    assert us.status("us-08-loss") == "overdue"
    us.file("loss-report", lot, "party:US-MAKER", country="US", statement=loss, at="2026-10-20T12:00:00Z")
    (item,) = us.items("us-08-loss")
    assert item.status == "undetermined" and any("interval" in why for why in item.why)
    us.file("loss-report", lot, "us", country="US", statement=loss, at="2026-10-20T13:00:00Z")
    assert us.status("us-08-loss") == "" and us.report().met == 1


def test_an_authority_that_says_otherwise_makes_it_late(us: DueWorld) -> None:
    lot = lot_of(us)
    loss = us.lost(lot, "party:US-MAKER", US)
    us.until("2026-10-24T12:00:00Z")
    us.file("loss-report", lot, "us", country="US", statement=loss, at="2026-10-23T12:00:00Z")
    assert us.status("us-08-loss") == "met-late"


def test_a_loss_that_was_entered_late_leaves_a_day_open(us: DueWorld) -> None:
    """It happened on the 6th, as its signer says; it was entered on the 9th: the last day is the 21st or the 24th."""
    lot = lot_of(us)
    us.until("2026-10-09T19:00:00Z")
    us.lost(lot, "party:US-MAKER", US, at="2026-10-06T19:00:00Z")
    assert us.status("us-08-loss", "2026-10-22T07:59:59Z") == "due"
    (item,) = us.items("us-08-loss", "2026-10-23T12:00:00Z")
    assert item.status == "undetermined" and item.due is not None
    assert utc(item.due.latest or 0) == "2026-10-25T07:59:59.999Z"
    assert us.status("us-08-loss", "2026-10-25T08:00:00Z") == "overdue"


def test_a_leak_beyond_the_tolerance_is_never_called_overdue(us: DueWorld) -> None:
    """Whether it is unusual the ledger cannot tell; within the lot's own tolerance it is not asked."""
    who = us.party_of("US", "MAKER")
    small = us.make("S", 100, who, substance=ANTHRANILIC, place=US, name="it", tolerance="1")
    us.lost(small, who, US, kind="leaked", quantity=1)
    assert us.items("us-08-loss") == ()
    us.lost(lot_of(us), who, US, kind="leaked", quantity=1)
    (item,) = us.items("us-08-loss", "2026-12-01T00:00:00Z")
    assert item.status == "undetermined" and "unusual" in item.why[0]


def test_what_is_missing_at_a_reply_starts_the_clock_of_the_giver(us: DueWorld) -> None:
    lot = lot_of(us)
    user = us.party_of("US", "USER")
    offer = us.offer("party:US-MAKER", user, lot, receives_as="consignee", place=US)
    line = AcceptanceLine(lot=lot, outcome="short", accepted=kg(90), missing=kg(10))
    us.accept(Acceptance(answers=offer, lines=(line,), place=US, occurred_at=us.now()), user)
    (item,) = us.items("us-08-loss", "2026-12-01T00:00:00Z")
    assert (item.status, item.owes) == ("undetermined", "party:US-MAKER")
    (open_one,) = us.items("ledger-difference")
    assert (open_one.status, open_one.owes, open_one.towards) == ("open", "party:US-MAKER", user)


def test_a_report_that_names_no_statement_makes_nothing_green(us: DueWorld) -> None:
    lot = lot_of(us)
    us.lost(lot, "party:US-MAKER", US)
    us.file("loss-report", lot, "party:US-MAKER", country="US")
    assert us.report().met == 0
    (item,) = us.items("us-08-loss", "2026-12-01T00:00:00Z")
    assert item.status == "undetermined" and "names no statement" in item.why[0]


@pytest.mark.parametrize(
    ("kind", "country"), [("police-report", "US"), ("loss-report", "MX"), ("suspicion-report", "US")]
)
def test_another_report_or_one_elsewhere_ends_nothing(us: DueWorld, kind: str, country: str) -> None:
    lot = lot_of(us)
    loss = us.lost(lot, "party:US-MAKER", US)
    us.file(kind, lot, "party:US-MAKER", country=country, statement=loss)
    assert us.status("us-08-loss", "2026-12-01T00:00:00Z") == "overdue"


def test_what_is_not_listed_starts_nothing(us: DueWorld) -> None:
    """Norfentanyl is a controlled substance there, in no list of chemicals."""
    lot = lot_of(us, cas="1609-66-1")
    us.lost(lot, "party:US-MAKER", US)
    assert us.items("us-08-loss", "2026-12-01T00:00:00Z") == ()


def test_what_the_data_does_not_hold_is_undetermined(us: DueWorld) -> None:
    us.lost(lot_of(us, cas="50-00-0"), "party:US-MAKER", US)
    assert us.status("us-08-loss", "2026-12-01T00:00:00Z") == "undetermined"


@pytest.mark.parametrize(
    ("lost", "last"),
    [
        ("2026-12-20T12:00:00Z", "2027-01-05T07:59:59.999Z"),
        ("2028-02-20T12:00:00Z", "2028-03-07T07:59:59.999Z"),  # a leap year
        ("2027-02-20T12:00:00Z", "2027-03-08T07:59:59.999Z"),
        ("2027-01-31T12:00:00Z", "2027-02-16T07:59:59.999Z"),
    ],
)
def test_days_run_over_the_ends_of_months_and_years(us: DueWorld, lost: str, last: str) -> None:
    us.until(lost)
    us.lost(lot_of(us), "party:US-MAKER", US)
    (item,) = us.items("us-08-loss")
    assert item.due is not None and utc(item.due.earliest) == last


# Suspicion


def suspect(world: DueWorld, lot: str, who: str, aware: str, *, suspicious: bool = True) -> str:
    event = Alert(
        lot=lot, grounds=("odd-payment",), suspicious=suspicious, aware_at=aware, occurred_at=world.now()
    )  # fmt: skip
    return world.accept(event, who)


def test_a_suspicion_runs_from_when_its_reporter_knew(us: DueWorld) -> None:
    lot = lot_of(us)
    alert = suspect(us, lot, "party:US-MAKER", "2026-10-04T19:00:00Z")
    assert us.status("us-07-suspicion", "2026-10-20T07:59:59.999Z") == "due", "known on the 4th: the 19th"
    assert us.status("us-07-suspicion", "2026-10-20T08:00:00Z") == "undetermined", "told on the 6th: the 21st"
    assert us.status("us-07-suspicion", "2026-10-22T08:00:00Z") == "overdue"
    (open_one,) = us.items("ledger-alert")
    assert (open_one.statement, open_one.owes, open_one.status) == (alert, "party:US-MAKER", "open")
    us.file("suspicion-report", lot, "us", country="US", statement=alert)
    assert us.items("us-07-suspicion", "2026-12-01T00:00:00Z") == ()


def test_an_authoritys_own_alert_and_one_that_is_not_suspicious_start_no_duty(us: DueWorld) -> None:
    lot = lot_of(us)
    suspect(us, lot, "us", us.now())
    suspect(us, lot, "party:US-MAKER", us.now(), suspicious=False)
    assert us.items("us-07-suspicion") == ()
    assert len(us.items("ledger-alert")) == 2


# Canada: hours, not days


@pytest.mark.parametrize(
    ("deadline", "kind", "hours"), [("ca-05-police", "police-report", 24), ("ca-05-minister", "loss-report", 72)]
)
def test_hours_after_a_theft_in_canada(world: DueWorld, deadline: str, kind: str, hours: int) -> None:
    world.accede("CA")
    lots = [lot_of(world, "CA", CA, local) for local in ("A", "B")]
    losses = [world.lost(lot, "party:CA-MAKER", CA) for lot in lots]
    begun = world.time
    (item,) = world.items(deadline, within=0, at=begun)[:1]
    assert item.due is not None and item.due.earliest == begun + hours * HOUR and item.basis == "V"
    world.time = begun + hours * HOUR
    assert {each.status for each in world.items(deadline)} == {"due"}
    world.file(kind, lots[0], "party:CA-MAKER", country="CA", statement=losses[0])
    world.time += 1
    assert [each.status for each in world.items(deadline)] == ["overdue"]
    world.file(kind, lots[1], "ca", country="CA", statement=losses[1])
    assert [each.status for each in world.items(deadline)] == ["met-late"]


def test_a_suspicion_in_canada_has_no_number_before_june_2026(world: DueWorld) -> None:
    """The section began on 15 June 2026; this world is later, so the day is asked of the data."""
    world.accede("CA")
    lot = lot_of(world, "CA", CA)
    suspect(world, lot, "party:CA-MAKER", "2026-06-14T12:00:00Z")
    assert world.items("ca-04-suspicion") == ()
    suspect(world, lot, "party:CA-MAKER", "2026-06-16T12:00:00Z")
    assert [item.status for item in world.items("ca-04-suspicion")] == ["undetermined"]


# Mexico: what rests on memory is a note, and what it would be is told


def mexican(world: DueWorld) -> tuple[str, str]:
    who = world.party_of("MX", "MAKER")
    lot = world.make("A", 100, who, substance=ANTHRANILIC, place=MX, name="it")
    return lot, world.log and list(world.log)[-1]


def test_an_activity_in_mexico_within_24_hours(world: DueWorld) -> None:
    lot, registration = mexican(world)
    begun = world.time
    (item,) = world.items("mx-01-sisus")
    assert (item.status, item.would_be, item.basis, item.owes) == ("note", "due", "K", "party:MX-MAKER")
    assert item.due is not None and item.due.earliest == begun + 24 * HOUR
    late = begun + 24 * HOUR + 1
    (item,) = world.items("mx-01-sisus", late)
    assert (item.status, item.would_be) == ("note", "overdue"), "its list is known from memory: never overdue as law"
    assert not any(each.deadline.law for each in world.report(late).items if each.status == "overdue")
    world.file("activity-registration", lot, "party:MX-MAKER", country="MX", statement=registration)
    assert world.items("mx-01-sisus", late) == ()


def test_each_activity_has_its_own_clock(world: DueWorld) -> None:
    lot, registration = mexican(world)
    use = Consumption(
        lot=lot, prev=world.last(lot), quantity=kg(5), purpose="synthesis", occurred_at=world.now()
    )  # fmt: skip
    used = world.accept(use, "party:MX-MAKER")
    lost = world.lost(lot, "party:MX-MAKER", MX)
    assert {item.statement for item in world.items("mx-01-sisus")} == {registration, used, lost}
    world.file("activity-registration", lot, "party:MX-MAKER", country="MX", statement=used)
    assert {item.statement for item in world.items("mx-01-sisus")} == {registration, lost}


def test_an_activity_elsewhere_is_no_matter_of_mexico(world: DueWorld) -> None:
    world.make("A", 100, substance=ANTHRANILIC, name="it")
    assert world.items("mx-01-sisus") == ()


# Declarations: not before a day, an outcome, a return


def exported(us: DueWorld) -> tuple[str, str]:
    """A consignment from Los Angeles to Manzanillo; its id, and its lot."""
    lot = lot_of(us)
    consigned(us, lot, who="party:US-MAKER", exporter="party:US-MAKER", route=("USLAX", "MXZLO"))
    return "consignment:US-MAKER/C1", lot


def test_an_export_waits_fifteen_days_after_its_declaration(us: DueWorld) -> None:
    name, _ = exported(us)
    us.file("declaration", name, "us", country="US", form="486")
    (item,) = us.items("us-11-declaration")
    assert (item.status, item.deadline.sense, item.basis) == ("waiting", "not-before", "P"), (
        "the listing is read in part"
    )
    assert us.status("us-15-outcome") == "open"
    us.until("2026-10-21T07:00:00Z")  # the 21st begins there at 08:00
    us.customs(name, "export", "us", US)
    assert us.status("us-11-declaration") == "early"
    assert us.status("us-15-outcome") == "", "the outcome is there"


def test_an_export_on_the_first_day_that_is_allowed(us: DueWorld) -> None:
    name, _ = exported(us)
    us.file("declaration", name, "us", country="US", form="486")
    us.until("2026-10-21T08:00:00Z")
    us.customs(name, "export", "us", US)
    assert us.items("us-11-declaration") == () == us.items("us-15-outcome")


def test_a_waiver_leaves_an_early_release_undetermined(us: DueWorld) -> None:
    name, _ = exported(us)
    us.file("declaration", name, "us", country="US", form="486", waiver=True)
    us.until("2026-10-10T12:00:00Z")
    us.customs(name, "export", "us", US)
    (item,) = us.items("us-11-declaration")
    assert item.status == "undetermined" and "waiver" in item.why[0]


def test_an_amendment_begins_the_wait_anew_on_the_exporting_side(us: DueWorld) -> None:
    name, _ = exported(us)
    us.file("declaration-amendment", name, "us", country="US")
    assert us.status("us-13-export-amendment") == "waiting"
    assert us.items("us-13-import-amendment") == ()


def test_an_outcome_report_ends_the_wait_for_one(us: DueWorld) -> None:
    name, _ = exported(us)
    declared = us.file("declaration", name, "party:US-MAKER", country="US")
    assert us.status("us-15-outcome", "2027-06-01T00:00:00Z") == "open", "promptly is no number"
    us.file("outcome-report", name, "party:US-MAKER", country="US", statement=declared)
    assert us.items("us-15-outcome") == ()


@pytest.mark.parametrize(("filed", "status"), [("2026-11-06T07:59:59Z", ""), ("2026-11-06T08:00:00Z", "met-late")])
def test_a_return_declaration_within_thirty_days(us: DueWorld, filed: str, status: str) -> None:
    name, _ = exported(us)
    released = us.customs(name, "export", "us", US)
    (item,) = us.items("us-14-export-return")
    assert (item.owes, item.statement) == ("party:US-MAKER", released)
    assert item.due is not None and utc(item.due.earliest) == "2026-11-06T07:59:59.999Z", "5 November ends there"
    assert us.status("us-14-export-return", "2026-11-06T07:59:59.999Z") == "due"
    assert us.status("us-14-export-return", "2026-11-06T08:00:00Z") == "overdue"
    us.until(filed)
    us.file("return-declaration", name, "us", country="US")
    assert us.status("us-14-export-return") == status


def test_a_return_filed_lot_by_lot_is_whole_with_the_last(us: DueWorld) -> None:
    lots = [lot_of(us, local=local) for local in ("A", "B")]
    consigned(us, *lots, who="party:US-MAKER", exporter="party:US-MAKER", route=("USLAX", "MXZLO"))
    us.customs("consignment:US-MAKER/C1", "export", "us", US)
    us.file("return-declaration", lots[0], "us", country="US")
    assert us.status("us-14-export-return") == "open"
    us.file("return-declaration", lots[1], "us", country="US")
    assert us.items("us-14-export-return") == ()


def test_a_return_that_could_be_of_two_releases_is_neither(us: DueWorld) -> None:
    name, _ = exported(us)
    first = us.customs(name, "export", "us", US)
    us.advance(HOUR)
    us.customs(name, "export", "us", US)
    us.file("return-declaration", name, "us", country="US")
    assert {item.status for item in us.items("us-14-export-return", "2027-01-01T00:00:00Z")} == {"undetermined"}
    us.file("return-declaration", name, "us", country="US", statement=first)
    assert len(us.items("us-14-export-return")) == 1


# European Union: a free zone, and working days


def zoned(world: DueWorld) -> str:
    """A consignment from China over Hamburg's free zone to Mexico, in it since noon of 20 October."""
    world.accede("DE")
    world.until("2026-10-20T11:00:00Z")
    lot = world.make("A", 100, substance=ANTHRANILIC, name="it")
    consigned(world, lot, route=("CNTZU", "DEHAM", "MXZLO"))
    world.customs("consignment:CN-MAKER/C1", "free-zone-entry", "de", DE, suspensive=True)
    return "consignment:CN-MAKER/C1"


def test_ten_days_in_a_free_zone(world: DueWorld) -> None:
    zoned(world)
    (item,) = world.items("eu-12-suspensive")
    assert item.due is not None and utc(item.due.earliest) == "2026-10-30T22:59:59.999Z"
    assert (item.basis, item.owes) == ("P", PARTIES["maker"])
    assert world.status("eu-12-suspensive", "2026-10-30T22:59:59.999Z") == "due"
    assert world.status("eu-12-suspensive", "2026-10-30T23:00:00Z") == "overdue"


@pytest.mark.parametrize(("left", "status"), [("2026-10-30T22:00:00Z", ""), ("2026-10-30T23:00:00Z", "met-late")])
def test_leaving_a_free_zone(world: DueWorld, left: str, status: str) -> None:
    name = zoned(world)
    world.until(left)
    world.customs(name, "free-zone-exit", "de", DE, suspensive=True)
    assert world.status("eu-12-suspensive") == status


def test_one_act_of_customs_that_tells_both_ends(world: DueWorld) -> None:
    world.accede("DE")
    world.until("2026-11-20T11:00:00Z")
    consigned(world, world.make("A", 100, substance=ANTHRANILIC, name="it"), route=("CNTZU", "DEHAM", "MXZLO"))
    world.customs(
        "consignment:CN-MAKER/C1", "export", "de", DE, suspensive=True, suspensive_since="2026-11-09T11:00:00Z"
    )
    assert world.status("eu-12-suspensive") == "met-late"


def test_category_3_in_a_free_zone_is_not_watched(world: DueWorld) -> None:
    world.accede("DE")
    consigned(world, world.make("A", 100, substance="67-64-1", name="acetone"), route=("CNTZU", "DEHAM", "MXZLO"))
    world.customs("consignment:CN-MAKER/C1", "free-zone-entry", "de", DE, suspensive=True)
    assert world.items("eu-12-suspensive", world.time + 100 * DAY) == ()


# China: from memory


def test_a_sale_in_china_is_a_note(world: DueWorld) -> None:
    world.until("2026-10-06T19:00:00Z")
    buyer = world.party_of("CN", "USER")
    lot = world.make("A", 100, substance=ANTHRANILIC, name="it")
    sold = world.supply("maker", buyer, lot, CN)
    (item,) = world.items("cn-03-sale-i", "2026-12-01T00:00:00Z")
    assert (item.status, item.would_be, item.owes, item.statement) == ("note", "overdue", PARTIES["maker"], sold)
    assert not [each for each in world.report("2026-12-01T00:00:00Z").items if each.status == "overdue"]
    world.file("sale-report", lot, "cn", country="CN", statement=sold)
    assert world.items("cn-03-sale-i") == ()


def test_a_carrier_is_no_buyer(world: DueWorld) -> None:
    world.move("maker", "carrier", world.make("A", 100, substance=ANTHRANILIC, name="it"))
    assert world.items("cn-03-sale-i") == ()


# What concerns one party


def test_only_what_a_party_owes_or_is_owed(us: DueWorld) -> None:
    us.lost(lot_of(us), "party:US-MAKER", US)
    assert {item.deadline.id for item in us.report().of("party:US-MAKER").items} == {"us-08-loss"}
    assert {item.deadline.id for item in us.report().of("party:US-AUTH").items} == {"us-08-loss"}
    assert us.report().of("party:CN-MAKER").items == ()


def test_a_note_is_one_by_its_basis_alone(us: DueWorld) -> None:
    """The same clock, were its basis memory, is told as a note, whatever the hour."""
    us.lost(lot_of(us), "party:US-MAKER", US)
    (clock,) = us.due._law.clocks()
    clock.confidence = "K"
    (item,) = us.items("us-08-loss", "2027-01-01T00:00:00Z")
    assert (item.status, item.would_be) == ("note", "overdue")
    assert not us.report("2027-01-01T00:00:00Z").late
