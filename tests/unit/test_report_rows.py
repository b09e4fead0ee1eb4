"""What each report says of the story in `returns_story`, and of what is wrong, missing or hidden in it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.changing import replace
from tests.unit.returns_story import (
    DEA,
    HIDDEN,
    HOSTILE,
    IMPORTER,
    PSE,
    Watched,
    american,
    exported,
    substances,
    told,
)
from tests.unit.world import CN, CN_PORT, DAY, MX, PARTIES, kg
from tests.vectors_build.event_transformations import ANHYDRIDE, reaction

from lotchain.errors import UsageError
from lotchain.events.consignment import Consignment
from lotchain.events.custody_order import CustodyOrder
from lotchain.events.endorsement import Endorsement
from lotchain.events.filing import Filing
from lotchain.events.hold import Hold
from lotchain.events.loss import Loss
from lotchain.events.merge import Merge, MergeLine
from lotchain.events.pre_export_reply import PreExportReply
from lotchain.events.seizure import Seizure
from lotchain.returns.balance import IN, OUT
from lotchain.returns.pics_draft import container_check_digit
from lotchain.returns.table import Cell, Row, Table
from lotchain.returns.weights import decimal_text, factor_of, weights


@pytest.fixture(scope="module")
def story() -> Watched:
    return told()


@pytest.fixture
def world() -> Watched:
    return Watched()


def said(row: Row, *keys: str) -> tuple[str | None, ...]:
    return tuple(row.cells[key].value for key in keys)


def undetermined(row: Row) -> set[str]:
    return {key for key, cell in row.cells.items() if cell.undetermined}


def one(table: Table, **wanted: str) -> Row:
    """The one row with these values."""
    found = [row for row in table.rows if all(row.cells[key].value == value for key, value in wanted.items())]
    assert len(found) == 1, (wanted, len(found))
    return found[0]


def ids(world: Watched, cell: Cell) -> set[str]:
    """The types of the statements that a cell names."""
    return {world.told[index].reading.event.type for index in cell.sources}


# Weights


def test_the_forms_own_example_is_exact() -> None:
    """1,500,000 mg of pseudoephedrine hydrochloride times 0.8192 are 1.2288 kg."""
    cells = weights(1_500_000 * 1_000, "mass", factor_of(substances(), PSE, "US"), (4,))
    assert {key: cell.value for key, cell in cells.items() if key != "factor_origin"} == {
        "quantity": "1.500", "unit": "KGM", "base_quantity": "1.2288", "base_unit": "KGM", "factor": "0.8192",
    }  # fmt: skip
    assert "DEA Form 486" in (cells["factor_origin"].value or "") and cells["base_quantity"].sources == (4,)


def test_other_countries_get_the_computed_factor_and_its_exact_ratio() -> None:
    factor = factor_of(substances(), PSE, "MX")
    assert factor.text == "0.819241" and factor.value is not None and factor.value != Fraction(factor.text)
    assert f"{factor.value.numerator}/{factor.value.denominator}" in factor.origin
    cells = weights(10**12, "mass", factor, ())
    assert "rounded to 9 decimals" in cells["base_quantity"].how


@pytest.mark.parametrize(("cas", "why"), [("50-00-0", "does not hold"), ("7460-12-0", "composition"), ("x", "hold")])
def test_without_a_factor_the_base_is_undetermined(cas: str, why: str) -> None:
    cells = weights(10**9, "mass", factor_of(substances(), cas, "US"), ())
    assert cells["quantity"].value == "1.000"
    assert all(cells[key].undetermined and why in cells[key].how for key in ("base_quantity", "factor"))


def test_a_factor_of_masses_says_nothing_of_a_volume() -> None:
    cells = weights(10**9, "volume", factor_of(substances(), PSE, "US", "volume"), ())
    assert (cells["quantity"].value, cells["unit"].value) == ("1.000", "LTR")
    assert cells["base_quantity"].undetermined and cells["factor"].undetermined
    liquid = weights(10**9, "volume", factor_of(substances(), "108-24-7", "US", "volume"), ())
    assert liquid["base_quantity"].value == "1.000"


def test_a_base_that_was_stated_leads_back_to_the_salt() -> None:
    cells = weights(1_228_800_000, "mass", factor_of(substances(), PSE, "US"), (), base_given=True)
    assert (cells["quantity"].value, cells["base_quantity"].value) == ("1.500", "1.2288")


@given(st.integers(-(10**19), 10**19), st.fractions(0, 1))
@settings(max_examples=300, deadline=None)
def test_a_decimal_is_exact_or_says_that_it_is_not(amount: int, factor: Fraction) -> None:
    text, exact = decimal_text(amount * factor)
    gap = abs(Fraction(text) - Fraction(amount) * factor / 10**9)
    assert (gap == 0) if exact else 0 < gap <= Fraction(1, 2 * 10**9)
    assert len(text.partition(".")[2]) >= 3


# Pre-export notifications


def test_a_notification_with_all_that_came_of_it(story: Watched) -> None:
    row = one(story.report("pre-export-notification"), made_from="notification")
    assert said(row, "pen_number", "exporting_country", "importing_country", "exporter", "importer") == (
        "PEN 1", "CN", "US", PARTIES["maker"], IMPORTER,
    )  # fmt: skip
    assert said(row, "quantity", "unit", "drawn", "status", "entry_points") == (
        "2.000", "KGM", "1.500", "no-objection", "USNYC",
    )  # fmt: skip
    assert said(row, "export_authorisation", "import_permit", "end_use", "preparation") == (
        "EXP 1", "IMP 1", "formulation; laboratory", "99.5 %",
    )  # fmt: skip
    assert undetermined(row) == {"exporter_address", "importer_address", "reply_reason"}
    assert HIDDEN in row.cells["reply_reason"].how
    assert ids(story, row.cells["quantity"]) == {"pre-export-notification/1"}
    assert ids(story, row.cells["status"]) == {"pre-export-reply/1"}
    assert ids(story, row.cells["drawn"]) == {"permit-drawing/1"}


def test_a_consignment_abroad_without_notification_is_a_row_to_fill_in(story: Watched) -> None:
    row = one(story.report("pre-export-notification"), made_from="consignment")
    assert said(row, "consignments", "quantity", "importing_country") == ("consignment:CN-MAKER/MX1", "100.000", "MX")
    assert {"pen_number", "dispatch", "reply_by", "status"} <= undetermined(row)
    assert "no notification" in row.cells["status"].how


def test_an_opened_field_is_shown_only_to_whom_it_is_opened(story: Watched) -> None:
    table = story.report("end-use-declaration", {HIDDEN: "Somebody, manager"}.get)
    assert said(table.rows[0], "signer") == ("Somebody, manager",)
    assert table.rows[0].cells["signer"].how == "a hidden field, opened"
    assert story.report("end-use-declaration").rows[0].cells["signer"].undetermined


# Form D


def test_incidents_by_part_in_log_order(story: Watched) -> None:
    rows = story.report("form-d").rows
    assert [said(row, "part", "stated", "country", "outcome") for row in rows] == [
        ("theft", "difference explained as stolen", "US", None),
        ("theft", "stolen", "CN", None),
        ("stopped-shipment", "suspicion", "CN", "released"),
        ("stopped-shipment", "refused its passage", "CN", None),
        ("seizure", "suspicion", "MX", None),
        ("suspected-diversion", "sighted-after-end", "CN", None),
    ]
    assert all({"method", "officer", "contact"} <= undetermined(row) for row in rows)
    assert [row.cells["number"].value for row in rows] == [None, None, None, None, "1", None]
    assert all(said(row, "origin", "un_table") == ("CN", "Table I") for row in rows)


def test_a_difference_explained_as_stolen_is_one_theft_however_many_say_so(story: Watched) -> None:
    row = story.report("form-d").rows[0]
    assert said(row, "quantity", "base_quantity", "factor") == ("0.001", "0.0008192", "0.8192")
    kinds = [story.told[index].reading.event.type for index in row.cells["quantity"].sources]
    assert kinds == ["acceptance/1", "discrepancy-answer/1", "discrepancy-answer/1"]
    assert "place" in undetermined(row)


def test_a_seizure_counts_when_the_second_officer_has_signed(world: Watched) -> None:
    lot = world.make("A", 100)
    event = Seizure(lot=lot, reason="suspicion", place=CN_PORT, occurred_at=world.now())
    proposed = world.accept(event, "cn")
    assert not world.report("form-d").rows
    world.accept(Endorsement(subject=lot, endorses=proposed, occurred_at=world.now()), "cn2")
    (row,) = world.report("form-d").rows
    assert said(row, "quantity", "place", "taken_to") == ("100.000", "CNTZU", "CNSHG")
    assert [story.reading.event.type for story in world.told if story.index in row.cells["quantity"].sources] == [
        "seizure/1", "endorsement/1",
    ]  # fmt: skip


def test_an_order_of_custody_is_no_seizure(world: Watched) -> None:
    lot = world.make("A", 100)
    order = CustodyOrder(lot=lot, custodian=PARTIES["carrier"], reason="bankrupt", occurred_at=world.now())
    proposed = world.accept(order, "cn")
    world.accept(Endorsement(subject=lot, endorses=proposed, occurred_at=world.now()), "cn2")
    assert not world.report("form-d").rows


def test_a_hold_on_goods_at_rest_stops_no_shipment(world: Watched) -> None:
    lot = world.make("A", 100)
    world.accept(Hold(lots=(lot,), reason="document-check", occurred_at=world.now()), "cn")
    assert not world.report("form-d").rows


@pytest.mark.parametrize("kind", ["destroyed", "leaked", "spoiled"])
def test_accidents_are_no_incidents(world: Watched, kind: Any) -> None:
    lot = world.make("A", 100)
    loss = Loss(lot=lot, prev=world.last(lot), quantity=kg(1), kind=kind, place=CN, occurred_at=world.now())
    world.accept(loss, "maker")
    assert not world.report("form-d").rows


def test_an_objection_stops_the_consignments_that_drew_on_the_notification() -> None:
    world = Watched()
    american(world)
    lot = exported(world)
    permit = "permit:CN-NMPA/PEN-US"
    reply = PreExportReply(permit=permit, answers=world.states[permit]["terms_by"], reply="objected",
                           occurred_at=world.now())  # fmt: skip
    world.accept(reply, DEA)
    row = one(world.report("form-d"), part="stopped-shipment")
    assert said(row, "lot", "stated", "quantity") == (lot, "objected", "1.500")


def test_the_year_of_an_incident_is_that_of_its_place(world: Watched) -> None:
    """Half past eleven at night of 31 December in Mexico is next year in UTC."""
    lot = world.make("A", 100, "importer", place=MX, origin="entered")
    loss = Loss(lot=lot, prev=world.last(lot), quantity=kg(1), kind="stolen", place=MX,
                occurred_at="2026-01-01T05:30:00Z")  # fmt: skip
    world.accept(loss, "importer")
    assert len(world.report("form-d", year="2025").rows) == 1 and not world.report("form-d", year="2026").rows
    (row,) = world.report("form-d").rows
    assert said(row, "local_time", "year") == ("2025-12-31 23:30 (UTC-06:00)", "2025")
    assert row.cells["origin"].undetermined  # it entered from outside


def test_origin_is_undetermined_when_one_part_of_a_merged_lot_came_from_outside(world: Watched) -> None:
    made, entered = world.make("A", 10), world.make("B", 10, origin="entered")
    lines = tuple(MergeLine(lot=lot, prev=world.last(lot), quantity=kg(10)) for lot in (made, entered))
    lot = "lot:CN-MAKER/M"
    world.accept(Merge(lot=lot, lines=lines, place=CN, occurred_at=world.now()), "maker")
    loss = Loss(lot=lot, prev=world.last(lot), quantity=kg(1), kind="unknown", place=CN, occurred_at=world.now())
    world.accept(loss, "maker")
    row = one(world.report("form-d"), part="unexplained-loss")
    assert row.cells["origin"].undetermined


# End use


def test_a_declaration_and_what_was_used_up_while_it_was_valid(story: Watched) -> None:
    (row,) = story.report("end-use-declaration").rows
    assert said(row, "declaration", "version", "uses", "resale", "site", "status", "revoked_reason") == (
        "permit:US-IMPORT/EUD-1", "1", "formulation; laboratory", "none", "SITE 1", "revoked", "fraud",
    )  # fmt: skip
    # 250 g were used up after it had ended; 100.0001 g say that they were used up before.
    assert said(row, "drawn", "consumed") == ("1.500", "0.1000001")
    assert undetermined(row) == {"declarant_address", "supplier_address", "signer"}
    assert said(row, "declarant_name") == (HOSTILE,)


# 486


def test_the_data_of_a_486a(story: Watched) -> None:
    (row,) = story.report("dea-486").rows
    assert said(row, "form", "type", "submission", "waiver", "transaction_id") == (
        "486A", "import", "original", "not claimed", "TIN-2026-1",
    )  # fmt: skip
    assert said(row, "quantity", "base_quantity", "factor", "containers", "containers_check") == (
        "1.500", "1.2288", "0.8192", "3 x 0.500 KGM", "0.000",
    )  # fmt: skip
    assert said(row, "left_base", "released_base", "arrived_quantity", "arrived_base") == (
        "1.2288", "1.2288", "1.499", "1.2279808",
    )  # fmt: skip
    assert said(row, "export_port", "import_port", "foreign_permit", "invoice", "vessel") == (
        "CNSHG", "USNYC", "EXP 1", "INV 7", "CSQU 305438-3",
    )  # fmt: skip
    assert ids(story, row.cells["transaction_id"]) == {"filing/1"}
    assert ids(story, row.cells["released_at"]) == {"customs-release/1"}
    assert {"dea_number", "dea_code", "signature", "us_party_phone"} <= undetermined(row)


def test_a_486_without_filings_is_undetermined_where_they_would_speak(world: Watched) -> None:
    lot = world.make("A", 10)
    world.accept(
        Consignment(consignment="consignment:CN-MAKER/1", exporter=PARTIES["maker"], importer="party:US-X",
                    final=("party:US-X",), lots=(lot,), route=("CNTZU", "USNYC"), mode="air", occurred_at=world.now()),
        "maker",
    )  # fmt: skip
    (row,) = world.report("dea-486").rows
    assert said(row, "form", "us_party") == ("486", "party:US-X")
    assert {
        "submission", "transaction_id", "us_party_name", "left_base", "released_base", "arrived_base", "transferees",
        "containers", "departure",
    } <= undetermined(row)  # fmt: skip


def test_a_basis_that_a_return_declaration_leaves_out_is_not_guessed() -> None:
    world = Watched()
    american(world)
    exported(world)
    name = "consignment:CN-MAKER/US1"
    event = Filing(about=name, kind="return-declaration", country="US", filed_at=world.now(), left=kg("1.5"),
                   occurred_at=world.now())  # fmt: skip
    world.accept(event, IMPORTER)
    (row,) = world.report("dea-486").rows
    assert {"left_quantity", "left_base"} <= undetermined(row)


def test_trade_that_does_not_touch_the_us_is_no_row(world: Watched) -> None:
    lot = world.make("A", 10)
    world.accept(
        Consignment(consignment="consignment:CN-MAKER/1", exporter=PARTIES["maker"], importer=PARTIES["importer"],
                    final=(PARTIES["user-a"],), lots=(lot,), route=("CNTZU", "USNYC", "MXZLO"), mode="air",
                    occurred_at=world.now()), "maker",
    )  # fmt: skip
    assert not world.report("dea-486").rows


# PICS


def test_a_draft_says_that_it_is_one(story: Watched) -> None:
    table = story.report("pics-draft")
    assert {said(row, "state") for row in table.rows} == {("draft, not posted",)}
    assert any("Nothing was sent" in note.text for note in table.notes)
    assert all({"incident_number", "officer", "contact", "share_with"} <= undetermined(row) for row in table.rows)
    assert [row.cells["type"].value for row in table.rows] == [
        "theft", "theft", "stopped shipment", "stopped shipment", "seizure", None,
    ]  # fmt: skip
    assert said(table.rows[0], "container", "bill_of_lading", "transit") == ("CSQU3054383", "BL 9", "SG")
    assert said(table.rows[4], "packaging", "agency") == ("1 package: 0002", PARTIES["mx"])


@pytest.mark.parametrize(("number", "right"), [
    ("CSQU3054383", True), ("CSQU3054384", False), ("MSKU9070323", True), ("CSQU3054393", False),
])  # fmt: skip
def test_container_check_digits(number: str, right: bool) -> None:
    assert container_check_digit(number) is right


# Balance


def test_the_balance_of_two_years(story: Watched) -> None:
    table = story.report("annual-balance")
    assert table.faults == () and {row.cells["check"].value for row in table.rows} == {"0.000"}
    carrier = one(table, holder=PARTIES["carrier"], cas="79099-07-3")
    assert said(carrier, "received", "shipped", "sampled", "lost", "closing") == (
        "100.000", "74.500", "0.500", "25.000", "0.000",
    )  # fmt: skip
    short = one(table, holder=PARTIES["carrier"], cas=PSE, basis="salt")
    assert said(short, "received", "shipped", "differences") == ("1.500", "1.499", "-0.001")
    maker = one(table, holder=PARTIES["maker"], cas="79099-07-3")
    assert said(maker, "made", "shipped", "consumed", "destroyed") == ("110.000", "100.000", "6.000", "4.000")
    importer = one(table, holder=PARTIES["importer"], year="2026")
    assert said(importer, "received", "seized", "closing") == ("74.500", "25.000", "49.500")
    authority = one(table, holder=PARTIES["mx"], year="2026")
    assert said(authority, "received", "closing") == ("25.000", "25.000")
    next_year = one(table, holder=IMPORTER, year="2027", basis="base")
    assert said(next_year, "opening", "consumed", "closing") == ("1.2279808", "0.28672008192", "0.94126071808")
    assert len(next_year.cells["other_years"].sources) == 1
    quiet = one(table, holder=PARTIES["importer"], year="2027")
    assert said(quiet, "opening", "closing") == ("49.500", "49.500")


def test_a_reaction_consumes_the_one_and_makes_the_other(world: Watched) -> None:
    lot = world.make("A", 1000, **ANHYDRIDE)
    new = {"lot": "lot:CN-MAKER/NEW", "substance": "103-90-2"}
    world.accept(reaction(world, lot, made=new), "maker")
    table = world.report("annual-balance")
    assert table.faults == ()
    assert said(one(table, cas="108-24-7"), "made", "consumed", "closing") == ("1000.000", "1000.000", "0.000")
    made = one(table, cas="103-90-2")
    assert said(made, "made", "closing") == ("1362.200", "1362.200")


def test_a_figure_that_does_not_add_up_says_where(story: Watched) -> None:
    """An acceptance that posts a kilogram from nowhere, which no judge lets pass, is found and named."""
    world = Watched()
    lot = world.make("A", 100)
    told_ = world.told[-1]
    state = told_.after[lot]
    wrong = {**state, "accounts": {**state["accounts"], "held": state["accounts"]["held"] + 10**9}}
    world.told[-1] = replace(told_, after={lot: wrong})
    table = world.report("annual-balance")
    (row,) = table.rows
    assert said(row, "made", "closing", "on_ledger", "check") == ("100.000", "100.000", "101.000", "-1.000")
    assert len(table.faults) == 1 and f"entry #{told_.index}" in table.faults[0] and "-1.000 KGM" in table.faults[0]


def test_goods_that_appear_without_any_posting_are_a_row_and_a_fault(world: Watched) -> None:
    lot = world.make("A", 100)
    told_ = world.told[-1]
    world.told[-1] = replace(told_, after={lot: {**told_.after[lot], "accounts": {"held": 5 * 10**9}}})
    table = world.report("annual-balance")
    assert said(table.rows[0], "closing", "on_ledger", "check") == ("0.000", "5.000", "-5.000") and table.faults


def test_years_without_a_movement_are_there(world: Watched) -> None:
    world.make("A", 100)
    world.advance(3 * 366 * DAY)
    world.make("B", 1)
    rows = world.report("annual-balance").rows
    assert [said(row, "year", "opening", "closing") for row in rows] == [
        ("2026", "0.000", "100.000"), ("2027", "100.000", "100.000"), ("2028", "100.000", "100.000"),
        ("2029", "100.000", "101.000"),
    ]  # fmt: skip
    assert [said(row, "through")[0] for row in rows][:3] == [
        f"{year}-12-31T23:59:59.999Z" for year in (2026, 2027, 2028)
    ]


def test_the_formula_of_the_page_holds_in_every_row(story: Watched) -> None:
    for row in story.report("annual-balance").rows:
        figures = {
            key: Fraction(row.cells[key].value or "0") for key in ("opening", *IN, *OUT, "differences", "closing")
        }
        total = figures["opening"] + sum(figures[key] for key in IN) - sum(figures[key] for key in OUT)
        gap = abs(total + figures["differences"] - figures["closing"])
        assert gap == 0 or (row.cells["basis"].value == "base" and gap <= Fraction(6, 10**9))


# Choices


@pytest.mark.parametrize(("kind", "given", "count"), [
    ("form-d", {"country": "MX"}, 1),
    ("form-d", {"lot": "lot:CN-MAKER/B"}, 4),
    ("form-d", {"lot": "lot:CN-MAKER/B", "year": "2027"}, 0),
    ("form-d", {"permit": "permit:US-DEA/IMP-1"}, 1),
    ("annual-balance", {"country": "US"}, 4),
    ("annual-balance", {"country": "US", "year": "2027"}, 2),
    ("end-use-declaration", {"year": "1999"}, 1),
    ("end-use-declaration", {"year": "2027"}, 0),
    ("pre-export-notification", {"consignment": "consignment:CN-MAKER/US1"}, 1),
    ("dea-486", {"lot": "lot:CN-MAKER/B"}, 0),
])  # fmt: skip
def test_rows_are_chosen(story: Watched, kind: str, given: dict[str, str], count: int) -> None:
    table = story.report(kind, **given)
    assert len(table.rows) == count and table.asked == given


def test_a_subject_that_the_ledger_does_not_hold_is_no_empty_report(story: Watched) -> None:
    with pytest.raises(UsageError) as caught:
        story.report("form-d", lot="lot:CN-MAKER/TYPO")
    assert caught.value.code == "subject-unknown"
