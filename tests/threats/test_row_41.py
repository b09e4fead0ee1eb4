"""Threat row 41, case, trim and width folding: bytes are compared, nothing is trimmed, folded or repaired."""

from __future__ import annotations

import pytest
from tests.threats.surroundings import Small, shared

from lotchain.ledger.bundles import make_bundle

LOT = "lot:CN-MAKER/M-1"


@pytest.mark.parametrize(
    ("lot", "code"),
    [
        (LOT + " ", "id-chars"),
        (" " + LOT, "id-chars"),
        (LOT + "\n", "id-chars"),
        (LOT + "\t", "id-chars"),
        (LOT + "\u00a0", "id-chars"),
        (LOT.lower(), "id-chars"),
        (LOT.replace("M-1", "m-1"), "id-chars"),
        (LOT.upper(), "id-chars"),
        (LOT.replace("lot", "Lot"), "id-chars"),
        (LOT.replace("1", "１"), "id-chars"),
        (LOT.replace("/", "//"), "id-format"),
        (LOT.replace("CN", "ZZ"), "id-country"),
        (LOT.replace("CN", "UK"), "id-country"),
        (LOT + "/", "id-format"),
        (LOT + "~1", "id-reserved"),
        ("lot: CN-MAKER/M-1", "id-chars"),
        ("M-1", "id-chars"),
        ("lot:" + "A" * 200, "id-format"),
        ("party:CN-MAKER", "id-kind"),
        ("charter", "id-kind"),
        ("", "id-kind"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_nothing_is_folded(lot: str, code: str) -> None:
    small = shared()
    small.bad_event(small.registration(lot=lot), code, "lot")


@pytest.mark.parametrize("lot", [LOT + "0", LOT + "-", LOT + ".", LOT.replace("M-1", "M1"), LOT.replace("-1", "-01")])
def test_names_that_differ_are_different_lots(lot: str) -> None:
    """`M-1`, `M-01` and `M1` are three lots: whoever means one must write that one."""
    small = Small()
    small.make("M-1", 5)
    small.taken(small.sign_event(small.registration(lot=lot), subject=lot))
    assert small.lot(lot)["accounts"]["held"] == 500 * 10**9
    assert small.lot(LOT)["accounts"]["held"] == 5 * 10**9
    bundle = small.bundle(LOT)
    assert make_bundle(small.ledger.reader, lot) != bundle


@pytest.mark.parametrize(
    "serial", ["0001 ", " 0001", "0001\n", "a001", "０００１", "", "-1", "A" * 33, "A,B", "A B"], ids=ascii
)
def test_serials_and_seals_are_compared_as_printed(serial: str) -> None:
    small = shared()
    event = small.registration(packages=[{"serial": serial, "net": {"value": "500", "unit": "KGM"}}])
    fault = small.bad_event(event, "field-format", "packages[0].serial")
    assert fault.expected
    packing = {"type": "packing/1", "occurred_at": small.now(), "lot": LOT, "prev": small.last(LOT), "seals": [serial]}
    packing["packages"] = [{"serial": "1", "net": {"value": "500", "unit": "KGM"}}]
    small.bad_event(packing, "field-format", "seals[0]")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("substance", "79099-07-3 ", "field-format"),
        ("substance", "79099-07-3\n", "field-format"),
        ("substance", "079099-07-3", "field-format"),
        ("substance", "79099‑07‑3", "field-format"),
        ("substance", "７9099-07-3", "field-format"),
        ("origin", "Made", "field-value"),
        ("origin", "made ", "field-value"),
        ("type", "Registration/1", "event-type"),
        ("type", "registration/1 ", "event-type"),
        ("type", "registration", "event-type"),
        ("type", "", "event-type"),
    ],
)
def test_words_of_the_format(field: str, value: str, code: str) -> None:
    small = shared()
    small.bad_event(small.registration(**{field: value}), code, field)


@pytest.mark.parametrize("code", ["cntzu", "CNTZU ", "CN TZU", "CNTZ", "CNTZUX", "CNTZ0", "C1TZU", "ＣNTZU"], ids=ascii)
def test_places(code: str) -> None:
    small = shared()
    small.bad_event(small.registration(place={"code": code, "offset": "+08:00"}), "field-format", "place.code")


@pytest.mark.parametrize(
    "text", ["AB" * 32, "0x" + "11" * 31, "11" * 31 + "1 ", "11" * 32 + "\n", "１" * 64], ids=ascii
)
def test_hex_has_one_case(text: str) -> None:
    small = shared()
    offer = small.hand_over("maker", "carrier", LOT).model_dump(mode="json", exclude_none=True)
    offer["lines"][0]["prev"] = text
    small.bad_event(offer, "hash-format", "lines[0].prev")


def test_fields_are_named_exactly() -> None:
    small = shared()
    for name in ("Lot", "lot ", "LOT", "lots", "__class__", "quantity.value"):
        small.bad_event(small.registration(**{name: "x"}), "field-unknown", name)
