"""report/1: what a paper reports is evidence of one who read it, never a chain, and at most HOLD."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.test_emanifest_drafts import ALTERNATE, CARRIER, GENERATOR, READER, American, codes, fixture

from lotchain.core.statements import MAX_STATEMENT
from lotchain.core.text import check_text
from lotchain.errors import Malformed
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.event import Event
from lotchain.events.fields import Amount, Place
from lotchain.events.hand_over import HandOver, HandOverLine
from lotchain.events.reading import read_event
from lotchain.events.registration import Registration
from lotchain.events.report import Report
from lotchain.intake import read_emanifest, report_events
from lotchain.ledger.receipts import Receipt

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "emanifest"
AT = "2026-06-01T12:00:00Z"
LOT = "lot:US-READER/000000001TST-1"
PLACE = Place(code="USXXX", offset="+00:00")
ONE = Amount(value="1", unit="LTR")


def reports(form: str | dict[str, Any], importer: str = READER) -> tuple[Event, ...]:
    data = (FIXTURES / form).read_bytes() if isinstance(form, str) else json.dumps(form).encode()
    return report_events(read_emanifest(data), importer=importer, at=AT)


def payload(event: Event) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(event.payload())
    return value


def report(**changes: Any) -> Report:
    values = {**payload(reports("signed.json")[0]), **changes}
    return Report.model_validate_json(json.dumps({name: value for name, value in values.items() if value is not None}))


@pytest.mark.parametrize("name", ["signed.json", "one-signer.json", "partial-reject.json", "full-reject.json"])
def test_a_reported_lot_is_at_most_hold_whatever_the_form_says(name: str) -> None:
    ledger = American()
    events = reports(name)
    assert len(events) == 2
    for event in events:
        ledger.accept(event, READER)
        ledger.advance()
        verdict = ledger.judged(event.subjects()[0])
        assert verdict.word == "HOLD"
        assert verdict.answers.chain == "undetermined"
        assert verdict.answers.quantity == "open difference"
        assert verdict.answers.whereabouts == "undetermined: a paper reports it, and no handler signed"
        assert {"reported-not-signed", "reported-quantity"} <= codes(verdict)
        assert ("reported-with-doubts" in codes(verdict)) == (name != "signed.json")


def test_the_finding_stands_for_ever_and_nothing_makes_a_chain_of_it() -> None:
    ledger = American()
    first = ledger.accept(reports("signed.json")[0], READER)
    state = ledger.states[LOT]
    assert (state["custodian"], state["custodians"], state["accounts"]) == (None, [], {})
    assert state["ended"] == {"how": "reported", "by": first, "into": []}

    line = HandOverLine(lot=LOT, prev=first, quantity=ONE)
    offer = HandOver(
        to=CARRIER,
        receives_as="carrier",
        lines=(line,),
        place=PLACE,
        deadline=ledger.later(1000),
        mode="road",
        occurred_at=ledger.now(),
    )
    assert ledger.refuse_codes(offer, READER) == {"lot-ended"}
    assert ledger.refuse_codes(offer, GENERATOR) == {"lot-ended"}
    reply = Acceptance(
        answers=first,
        lines=(AcceptanceLine(lot=LOT, outcome="full", accepted=ONE),),
        place=PLACE,
        occurred_at=ledger.now(),
    )
    assert ledger.refuse_codes(reply, CARRIER) == {"offer-closed"}
    made = Registration(
        lot=LOT,
        substance="67-64-1",
        name="acetone",
        quantity=ONE,
        origin="made",
        place=PLACE,
        occurred_at=ledger.now(),
    )
    assert ledger.refuse_codes(made, READER) == {"lot-exists"}
    assert ledger.refuse_codes(report(occurred_at=ledger.now()), READER) == {"lot-exists"}
    ledger.advance(400 * 24 * 3_600_000)
    assert "reported-not-signed" in codes(ledger.judged(LOT))


def test_a_report_is_made_only_under_the_reporters_own_name() -> None:
    ledger = American()
    assert ledger.refuse_codes(reports("signed.json", GENERATOR)[0], READER) == {"lot-name-foreign"}
    assert ledger.refuse_codes(reports("signed.json")[0], ALTERNATE) == {"lot-name-foreign"}


@pytest.mark.parametrize(
    "step",
    [
        {"role": "generator", "signed": "no", "signed_at": AT},
        {"role": "generator", "signed": "paper"},
        {"role": "generator", "signed": "electronic", "quantity": {"value": "1", "unit": "LTR"}},
    ],
)
def test_a_step_that_contradicts_itself_is_refused(step: dict[str, Any]) -> None:
    assert American().refuse_codes(report(steps=[step]), READER) == {"report-contradicts-itself"}


def test_what_a_report_holds() -> None:
    value = payload(reports("one-signer.json")[0])
    assert value["lot"] == "lot:US-READER/000000002TST-1"
    assert value["quantity"] == {"value": "1816.99765632", "unit": "LTR"}
    assert value["stated"] == "480 G; 1 G = 3.785411784 L"
    assert value["doubts"] == ["emanifest-carriers-same-instant", "emanifest-one-signer-several-parties"]
    assert [(step["role"], step["party"], step["signed"]) for step in value["steps"]] == [
        ("generator", "XXEXAMPLEGEN", "electronic"),
        ("transporter-1", "XXEXAMPLETR1", "electronic"),
        ("transporter-2", "XXEXAMPLETR2", "electronic"),
        ("facility", "XXEXAMPLETSD", "electronic"),
    ]
    assert value["steps"][0]["quantity"] == value["quantity"]
    assert "quantity" not in value["steps"][1]
    assert [(code["list"], code["code"]) for code in value["codes"]] == [
        ("dot-id", "UN1090"), ("management-method", "H020"), ("waste-code", "F003"),
    ]  # fmt: skip
    assert "Signer" not in json.dumps(value) and "EXAMPLE-A" not in json.dumps(value)


def test_epas_codes_stay_with_their_words() -> None:
    second = payload(reports("partial-reject.json")[1])
    assert second["codes"][:3] == [
        {"list": "rejection", "code": "PartialReject", "text": "two drums leak"},
        {"list": "new-manifest", "code": "000000005TST"},
        {"list": "discrepancy", "code": "wasteQuantity", "text": "weighed 340 P"},
    ]
    assert "emanifest-discrepancy" in second["doubts"]
    assert "emanifest-discrepancy" not in payload(reports("partial-reject.json")[0])["doubts"]


def test_a_line_without_a_usable_quantity_is_still_reported() -> None:
    form = fixture("signed.json")
    form["wastes"][0]["quantity"]["unitOfMeasurement"] = {"code": "B"}
    del form["wastes"][1]["quantity"]
    first, second = (payload(event) for event in reports(form))
    assert ("quantity" in first, first["stated"], first["doubts"]) == (False, "480 B", ["emanifest-unit-unknown"])
    assert ("quantity" in second, "stated" in second) == (False, False)
    ledger = American()
    ledger.accept(reports(form)[1], READER)
    assert ledger.judged("lot:US-READER/000000001TST-2").word == "HOLD"


def test_a_line_number_that_stands_twice_is_not_reported() -> None:
    form = fixture("signed.json")
    form["wastes"][1]["lineNumber"] = 1
    assert reports(form) == ()


def test_the_largest_report_fits_a_statement() -> None:
    form = fixture("full-reject.json")
    wide = "\N{GRINNING FACE}" * 200
    form["transporters"] = [{"epaSiteId": wide, "order": i} for i in range(30)]
    form["generator"]["epaSiteId"] = form["designatedFacility"]["epaSiteId"] = wide
    form["rejectionInfo"]["rejectionComments"] = wide
    form["rejectionInfo"]["newManifestTrackingNumbers"] = ["A" * 64, *(f"{i:064}" for i in range(50))]
    form["wastes"][0]["dotInformation"]["printedDotInformation"] = wide
    form["wastes"][0]["discrepancyResidueInfo"] = {
        "wasteQuantity": True, "wasteType": True, "discrepancyComments": wide, "residue": True, "residueComments": wide,
    }  # fmt: skip
    event = reports(form)[0]
    assert len(payload(event)["steps"]) == 33
    assert len(payload(event)["codes"]) == 32
    assert len(event.payload()) < MAX_STATEMENT - 700
    assert isinstance(American().ledger.submit([American().sign(event, READER)])[0], Receipt)


@pytest.mark.parametrize(
    ("importer", "at", "place", "code"),
    [
        ("READER", AT, ("USXXX", "+00:00"), "id-format"),
        ("party:US-reader", AT, ("USXXX", "+00:00"), "id-chars"),
        ("party:UK-READER", AT, ("USXXX", "+00:00"), "id-country"),
        (READER, "today", ("USXXX", "+00:00"), "time-format"),
        (READER, AT, ("somewhere", "+00:00"), "field-format"),
        (READER, AT, ("USXXX", "Z"), "offset-format"),
    ],
)
def test_an_importer_time_or_place_of_the_wrong_form_is_refused(
    importer: str, at: str, place: tuple[str, str], code: str
) -> None:
    manifest = read_emanifest((FIXTURES / "signed.json").read_bytes())
    with pytest.raises(Malformed) as caught:
        report_events(manifest, importer=importer, at=at, place=place)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"lot": LOT + "~1"}, "id-reserved"),
        ({"line": 0}, "field-range"),
        ({"line": 100_000}, "field-range"),
        ({"line": "1"}, "field-type"),
        ({"paper": {"kind": "epa-manifest", "sha256": "5E" * 32}}, "hash-format"),
        ({"paper": None}, "field-missing"),
        ({"place": None}, "field-missing"),
        ({"quantity": {"value": "0", "unit": "LTR"}}, "quantity-range"),
        ({"quantity": {"value": "1", "unit": "GLL"}}, "unit-unknown"),
        ({"steps": [{"role": "generator", "signed": "yes"}]}, "field-value"),
        ({"steps": [{"role": "generator", "signed": "no", "signer": "A"}]}, "field-unknown"),
        ({"steps": [{"role": "generator", "signed": "no"}] * 41}, "too-many"),
        ({"codes": [{"list": "waste-code", "code": ""}]}, "field-format"),
        ({"codes": [{"list": "waste-code", "code": "F003"}] * 33}, "too-many"),
        ({"doubts": ["Emanifest"]}, "field-format"),
        ({"name": ""}, "text-length"),
        ({"substance": "67-64"}, "field-format"),
    ],
)
def test_a_bad_report_is_malformed(changes: dict[str, Any], code: str) -> None:
    value = {**payload(reports("signed.json")[0]), **changes}
    text = json.dumps(
        {name: member for name, member in value.items() if member is not None}, sort_keys=True, separators=(",", ":")
    )
    with pytest.raises(Malformed) as caught:
        read_event(text.encode())
    assert caught.value.code == code


def test_the_card_says_what_it_is() -> None:
    event = reports("full-reject.json")[0]
    card = event.card()
    assert card.sentence == (
        "party:US-READER reports what epa-manifest 000000006TST says, line 1: 1816.99765632 L of "
        "UN1090, Waste Acetone, 3, II. No handler signed this."
    )
    lines = dict(card.lines)
    assert lines["Reported facility"] == "XXEXAMPLETSD, electronic signature of 2026-03-03T20:30:00Z"
    assert lines["Reported alternate-facility"].startswith("XXEXAMPLEALT")
    assert lines["Code (rejection)"] == "FullReject"
    assert lines["Doubts"] == "emanifest-rejection"
    for label, text in card.lines:
        check_text(label + text, field="", max_chars=500)
