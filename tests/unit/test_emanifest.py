"""Reading e-Manifests and what is found on them: EPA's own examples, the project's fixtures, and hostile input."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lotchain.custody.findings import Weight
from lotchain.errors import Malformed
from lotchain.intake import Choices, Manifest, assess, draft_events, read_emanifest, report_events
from lotchain.intake.codes import CODES
from lotchain.intake.units import PAPER_UNITS, convert

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures" / "emanifest"
EPA = ROOT / ".." / "shared" / "data" / "epa-e-manifest"
PAGE = ROOT / "specs" / "formats" / "emanifest-import.md"
NOTHING: tuple[str, ...] = ()

UNSIGNED = ("emanifest-unsigned",)
PLAN = ("emanifest-pcb-weight", "emanifest-tracking-number-unusable", *UNSIGNED)
PICTURE = ("emanifest-image-only", "emanifest-tracking-number-unusable")
SAVE = "Services-Information~Schema~manifest-save-return-examples~emanifest-save-"
MEETING = "Reference~2021_User_Meetings~Scenario-"

MANIFESTS: dict[str, tuple[int, int, tuple[str, ...]]] = {
    f"{MEETING}1-emanifest-save-valid-Full-Electronic-example.json": (2, 6, PLAN),
    f"{MEETING}1-emanifest-update-valid-Full-Electronic-example.json": (2, 6, ("emanifest-pcb-weight", *UNSIGNED)),
    f"{MEETING}2-emanifest-save-valid-Full-Electronic-example.json": (2, 6, PLAN),
    f"{SAVE}valid-Full-Electronic-example.json": (2, 10, PLAN),
    f"{SAVE}valid-Data-and-Image-Manual-Entry-example.json": (
        1, 0, ("emanifest-site-id-unusable", "emanifest-tracking-number-unusable", "emanifest-type-discrepancy"),
    ),
    f"{SAVE}valid-Data-and-Image-Partial-reject-example.json": (
        1, 4, ("emanifest-received-quantity-unknown", "emanifest-rejection", "emanifest-tracking-number-unusable"),
    ),
    f"{SAVE}valid-Data-and-Image-example.json": (
        5, 12, ("emanifest-discrepancy", "emanifest-received-quantity-unknown", "emanifest-tracking-number-unusable"),
    ),
    f"{SAVE}valid-Image-Only-Alternate-Facility-example.json": (0, 0, ("emanifest-rejection", *PICTURE)),
    f"{SAVE}valid-Image-Only-Designated-Facility-acting-Generator-example.json": (0, 0, PICTURE),
    f"{SAVE}valid-Image-Only-Designated-Facility-example.json": (0, 0, PICTURE),
    f"{SAVE}valid-Image-Only-Designated-Facility-with_Generator-example.json": (0, 0, PICTURE),
    "emanifest-py~src~emanifest~resources~emanifest.json": (2, 6, ("emanifest-pcb-weight", *UNSIGNED)),
}  # fmt: skip
"""Manifest → waste lines, drafts once every line has a CAS number, codes that weigh more than a note."""

NOT_JSON = {
    f"{MEETING}1.2-emanifest-UI-Link-TSDF-example-response.json",
    f"{MEETING}2.1-emanifest-UI-Link-TRANSPORTER-example-response.json",
    f"{MEETING}2.2-emanifest-UI-Link-TSDF-example-response.json",
    "Services-Information~Schema~emanifest-correction-details.json",
}
INVALID = {f"{SAVE}invalid-example.json": ("emanifest-field-missing", "wastes[0].dotHazardous")}


def epa_files() -> list[Path]:
    return sorted(EPA.glob("*.json")) if EPA.is_dir() else []


def fixture(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((FIXTURES / name).read_text())
    return value


def read(form: dict[str, Any]) -> Manifest:
    return read_emanifest(json.dumps(form).encode())


def weighty(manifest: Manifest) -> list[str]:
    return sorted({finding.code for finding in assess(manifest) if finding.kind.weight is not Weight.NOTE})


def all_codes(form: dict[str, Any]) -> set[str]:
    return {finding.code for finding in assess(read(form))}


def acetone(manifest: Manifest) -> Choices:
    return Choices(substances={waste.line: "67-64-1" for waste in manifest.wastes})


# EPA's own examples


@pytest.mark.skipif(not EPA.is_dir(), reason="EPA's e-Manifest examples are not here (data/epa-e-manifest)")
def test_every_file_of_epa_is_in_a_table() -> None:
    names = {path.name for path in epa_files()}
    assert set(MANIFESTS) | NOT_JSON | set(INVALID) <= names
    assert len(names) == 53


@pytest.mark.skipif(not EPA.is_dir(), reason="EPA's e-Manifest examples are not here (data/epa-e-manifest)")
@pytest.mark.parametrize("path", epa_files(), ids=lambda path: path.name.split("~", 1)[-1])
def test_what_each_file_of_epa_gives(path: Path) -> None:
    data = path.read_bytes()
    if path.name in MANIFESTS:
        lines, drafts, codes = MANIFESTS[path.name]
        manifest = read_emanifest(data)
        assert len(manifest.wastes) == lines
        assert weighty(manifest) == sorted(codes)
        assert len(draft_events(manifest, acetone(manifest)).drafts) == drafts
        assert draft_events(manifest).drafts == ()
        assert len(report_events(manifest, importer="party:US-READER", at="2026-01-01T00:00:00Z")) == lines
        return
    with pytest.raises(Malformed) as caught:
        read_emanifest(data)
    if path.name in INVALID:
        assert (caught.value.code, caught.value.field) == INVALID[path.name]
    else:
        assert caught.value.code == ("json-malformed" if path.name in NOT_JSON else "not-a-manifest")
    assert caught.value.expected


def test_the_page_has_a_row_for_every_manifest_of_epa_and_every_code() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name, (lines, drafts, codes) in MANIFESTS.items():
        short = name.split("~")[-1]
        row = next((row for row in page.splitlines() if row.startswith(f"| `{short}` | {lines} | {drafts} |")), "")
        assert row, short
        assert all(f"`{code}`" in row for code in codes), row
    for code in CODES:
        row = f"| `{code.code}` | {code.answer.value} | {code.weight.name.lower()} | {code.sentence} | {code.remedy} |"
        assert row in page, code.code
    for unit in PAPER_UNITS.values():
        assert f"| `{unit.code}` | {unit.words} | {unit.unit} |" in page, unit.code


# The project's own fixtures


@pytest.mark.parametrize(
    ("name", "codes", "drafts"),
    [
        ("signed.json", [], 8),
        ("paper.json", [], 8),
        ("unsigned.json", ["emanifest-tracking-number-unusable", "emanifest-unsigned"], 8),
        ("one-signer.json", ["emanifest-carriers-same-instant", "emanifest-one-signer-several-parties"], 8),
        ("same-order.json", ["emanifest-carriers-same-order"], 2),
        (
            "partial-reject.json",
            ["emanifest-discrepancy", "emanifest-received-quantity-unknown", "emanifest-rejection"],
            7,
        ),
        ("full-reject.json", ["emanifest-rejection"], 10),
    ],
)
def test_what_each_fixture_gives(name: str, codes: list[str], drafts: int) -> None:
    manifest = read_emanifest((FIXTURES / name).read_bytes())
    assert weighty(manifest) == codes
    assert len(draft_events(manifest, acetone(manifest)).drafts) == drafts


def test_a_signed_manifest_is_read_whole() -> None:
    manifest = read(fixture("signed.json"))
    assert manifest.local_number == "000000001TST"
    assert [site.role for site in manifest.handlers()] == ["generator", "transporter-1", "transporter-2", "facility"]
    first = manifest.transporters[0]
    assert (first.site_id, first.path, first.order) == ("XXEXAMPLETR1", "transporters[1]", 1)
    assert manifest.transporters[1].signed_at == 1_772_518_500_250  # 2026-03-03T06:15:00.250Z
    line = manifest.wastes[0]
    assert (line.line, line.figure, line.unit, line.containers, line.container_type) == (1, Decimal(480), "G", 12, "DM")
    assert line.description == "UN1090, Waste Acetone, 3, II"
    assert [code.code for code in line.waste_codes] == ["F003"]


def test_no_code_is_declared_twice_and_each_has_a_remedy() -> None:
    assert len({code.code for code in CODES}) == len(CODES)
    assert all(code.remedy and code.code.startswith("emanifest-") and not code.refuses for code in CODES)


# Units


def test_factors_follow_from_their_definitions() -> None:
    cubic_inch = Decimal("25.4") ** 3 / 1000  # millilitres
    pound = Decimal("0.45359237")
    factors = {code: Decimal(unit.factor) / 10**9 for code, unit in PAPER_UNITS.items()}
    assert factors == {
        "P": pound,
        "T": 2000 * pound,
        "K": Decimal(1),
        "M": Decimal(1000),
        "G": 231 * cubic_inch / 1000,
        "L": Decimal(1),
        "Y": 36**3 * cubic_inch / 1000,
        "N": Decimal(1000),
    }


@pytest.mark.parametrize(
    ("figure", "unit", "amount", "exact", "words"),
    [
        ("120", "P", 54_431_084_400, True, "120 P; 1 P = 0.45359237 kg"),
        ("480", "G", 1_816_997_656_320, True, "480 G; 1 G = 3.785411784 L"),
        ("2", "T", 1_814_369_480_000, True, "2 T; 1 T = 907.18474 kg"),
        ("3", "Y", 2_293_664_573_952, True, "3 Y; 1 Y = 764.554857984 L"),
        ("1", "N", 10**12, True, "1 N; 1 N = 1000 L"),
        ("7", "M", 7 * 10**12, True, "7 M; 1 M = 1000 kg"),
        ("432", "K", 432 * 10**9, True, "432 K"),
        ("1.67", "L", 1_670_000_000, True, "1.67 L"),
        ("4.8E+2", "G", 1_816_997_656_320, True, "480 G; 1 G = 3.785411784 L"),
        ("0.001", "P", 453_592, False, "0.001 P; 1 P = 0.45359237 kg"),
        ("0.0000000015", "K", 2, False, "0.0000000015 K"),  # half to even
        ("0.0000000025", "K", 2, False, "0.0000000025 K"),
    ],
)
def test_conversion_is_exact_or_says_so(figure: str, unit: str, amount: int, exact: bool, words: str) -> None:
    converted = convert(Decimal(figure), PAPER_UNITS[unit])
    assert (converted.amount, converted.exact, converted.words) == (amount, exact, words)


# What the form cannot support


def changed(path: str, value: object, name: str = "signed.json") -> dict[str, Any]:
    """A fixture with one member replaced, or taken out (None)."""
    form = fixture(name)
    holder: Any = form
    steps: list[Any] = []
    for part in path.split("."):
        member, *indexes = part.replace("]", "").split("[")
        steps += [member, *map(int, indexes)]
    for step in steps[:-1]:
        holder = holder[step]
    if value is None:
        del holder[steps[-1]]
    else:
        holder[steps[-1]] = value
    return form


UNIT = "wastes[0].quantity.unitOfMeasurement"
SIGNATURE = "electronicSignaturesInfo[0]"


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("generator.electronicSignaturesInfo", None, "emanifest-unsigned"),
        (f"generator.{SIGNATURE}.signatureDate", None, "emanifest-unsigned"),
        (f"transporters[0].{SIGNATURE}.signer", {"userId": " "}, "emanifest-unsigned"),
        (f"transporters[0].{SIGNATURE}.signer.userId", "example-b", "emanifest-one-signer-several-parties"),
        (f"generator.{SIGNATURE}.signer", {"firstName": " SIGNER ", "lastName": "b"}, "emanifest-one-signer-several-parties"),
        (f"generator.{SIGNATURE}.onBehalf", True, "emanifest-signed-for-another"),
        (f"generator.{SIGNATURE}.signerRole", "PPC", "emanifest-signed-for-another"),
        (f"transporters[0].{SIGNATURE}.signatureDate", "2026-03-02T10:00:00-05:00", "emanifest-carriers-same-instant"),
        ("transporters[0].order", 1, "emanifest-carriers-same-order"),
        ("transporters[0].order", 3, "emanifest-carriers-order"),
        ("transporters[0].order", None, "emanifest-carriers-order"),
        ("transporters[0].epaSiteId", "XXEXAMPLETR1", "emanifest-same-site-in-sequence"),
        ("transporters[1].epaSiteId", "XXEXAMPLEGEN", "emanifest-same-site-in-sequence"),
        ("generator.epaSiteId", "xxexamplegen", "emanifest-site-id-unusable"),
        ("generator.epaSiteId", " XXEXAMPLEGEN", "emanifest-site-id-unusable"),
        ("generator.epaSiteId", None, "emanifest-site-id-unusable"),
        ("generator", None, "emanifest-handler-missing"),
        ("transporters", [], "emanifest-handler-missing"),
        ("designatedFacility", None, "emanifest-handler-missing"),
        (f"designatedFacility.{SIGNATURE}.signatureDate", "2026-03-02T23:00:00Z", "emanifest-date-order"),
        (f"generator.{SIGNATURE}.signatureDate", "2026-03-02T15:00:00.001Z", "emanifest-date-order"),
        ("receivedDate", "2026-03-02T14:59:59Z", "emanifest-date-order"),
        ("shippedDate", "2026-03-04T00:00:00Z", "emanifest-date-order"),
        ("wastes", [], "emanifest-no-lines"),
        ("submissionType", "Image", "emanifest-image-only"),
        ("wastes[1].lineNumber", 1, "emanifest-line-twice"),
        ("manifestTrackingNumber", "00000001TST", "emanifest-tracking-number-unusable"),
        ("manifestTrackingNumber", "000000001tst", "emanifest-tracking-number-unusable"),
        ("containsPreviousRejectOrResidue", True, "emanifest-previous-manifest"),
        ("additionalInfo", {"originalManifestTrackingNumbers": ["000000009TST"]}, "emanifest-previous-manifest"),
        ("status", "UnderCorrection", "emanifest-corrected"),
        ("wastes[0].quantity", None, "emanifest-quantity-missing"),
        ("wastes[0].quantity.quantity", None, "emanifest-quantity-missing"),
        ("wastes[0].quantity.quantity", 0, "emanifest-quantity-missing"),
        ("wastes[0].quantity.quantity", 99_999_999_999, "emanifest-quantity-range"),
        (UNIT, None, "emanifest-unit-unknown"),
        (f"{UNIT}.code", "g", "emanifest-unit-unknown"),
        (f"{UNIT}.description", "pounds", "emanifest-unit-contradicts"),
        ("wastes[1].pcbInfos", [{"weight": 100.5}, {"weight": 56}], "emanifest-pcb-weight"),
        ("wastes[0].discrepancyResidueInfo.wasteQuantity", True, "emanifest-discrepancy"),
        ("wastes[0].discrepancyResidueInfo.wasteQuantity", True, "emanifest-received-quantity-unknown"),
        ("wastes[0].discrepancyResidueInfo.wasteType", True, "emanifest-type-discrepancy"),
        ("wastes[0].discrepancyResidueInfo.residue", True, "emanifest-residue"),
        ("rejection", True, "emanifest-rejection"),
        ("discrepancy", True, "emanifest-flags-disagree"),
        ("import", True, "emanifest-import"),
        ("broker", {"epaSiteId": "XXBROKER"}, "emanifest-broker"),
        ("wastes[0].dotInformation.printedDotInformation", "acetone\u202e", "emanifest-text-unusable"),
        ("wastes[0].quantity.quantity", 0.0000001, "emanifest-quantity-rounded"),
    ],
)  # fmt: skip
def test_what_the_form_cannot_support_is_a_finding(path: str, value: object, code: str) -> None:
    assert code not in all_codes(fixture("signed.json"))
    assert code in all_codes(changed(path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("transporters[0].somethingNew", {"deep": [1, 2.5, None]}),
        ("broker", None),
        ("generator.contact", {"email": "somebody@example.org"}),
        (UNIT + ".description", "US gallons, liquid"),
        ("wastes[1].pcbInfos", [{"weight": 100.5}]),
        (f"generator.{SIGNATURE}.signerRole", "Industry"),
    ],
)
def test_what_the_form_supports_is_none(path: str, value: object) -> None:
    form = fixture("signed.json") if value is None else changed(path, value)
    assert weighty(read(form)) == []


def test_one_person_for_one_site_in_two_places_is_no_finding() -> None:
    form = fixture("signed.json")
    third = copy.deepcopy(form["transporters"][1])
    third["order"] = 3
    third["electronicSignaturesInfo"][0]["signatureDate"] = "2026-03-03T10:00:00Z"
    form["transporters"].append(third)
    assert weighty(read(form)) == []


def test_the_finding_on_one_signer_names_roles_and_no_person() -> None:
    (finding,) = [f for f in assess(read(fixture("one-signer.json"))) if f.code.startswith("emanifest-one-signer")]
    assert finding.found == "generator, transporter-1, transporter-2, facility by one account"


def test_a_paper_date_is_a_whole_day() -> None:
    form = fixture("paper.json")
    form["transporters"][1]["paperSignatureInfo"]["signatureDate"] = "2026-03-02T23:00:00Z"
    form["transporters"][0]["paperSignatureInfo"]["signatureDate"] = "2026-03-02T05:00:00Z"
    assert "emanifest-date-order" not in all_codes(form)
    form["transporters"][0]["paperSignatureInfo"]["signatureDate"] = "2026-03-01T05:00:00Z"
    assert "emanifest-date-order" in all_codes(form)


def test_epas_words_stay() -> None:
    found = {f.code: f.found for f in assess(read(fixture("partial-reject.json")))}
    assert found["emanifest-rejection"] == "PartialReject; new manifests 000000005TST; two drums leak"
    assert found["emanifest-discrepancy"] == "wasteQuantity: weighed 340 P"


def test_without_a_tracking_number_the_files_digest_names_the_lots() -> None:
    manifest = read(fixture("unsigned.json"))
    assert manifest.local_number == f"SHA256-{manifest.sha256[:24].upper()}"
    first = draft_events(manifest, acetone(manifest)).drafts[0]
    assert first.event["lot"] == f"lot:US-XXEXAMPLEGEN/SHA256-{manifest.sha256[:24].upper()}-1"
    assert "reference" not in first.event["documents"][0]


# Refusals


@pytest.mark.parametrize(
    ("path", "value", "code", "field"),
    [
        ("wastes[0].pcb", None, "emanifest-field-missing", "wastes[0].pcb"),
        ("wastes[1].lineNumber", None, "emanifest-field-missing", "wastes[1].lineNumber"),
        ("wastes[0].br", {"density": 1}, "emanifest-field-type", "wastes[0].br"),
        ("wastes[0].lineNumber", 0, "emanifest-field-value", "wastes[0].lineNumber"),
        ("wastes[0].lineNumber", 1.5, "emanifest-field-value", "wastes[0].lineNumber"),
        ("wastes[0].lineNumber", "1", "emanifest-field-type", "wastes[0].lineNumber"),
        ("wastes[0].quantity.quantity", "480", "emanifest-field-type", "wastes[0].quantity.quantity"),
        ("wastes[0].quantity.quantity", True, "emanifest-field-type", "wastes[0].quantity.quantity"),
        ("wastes[0].quantity.quantity", -1, "emanifest-field-value", "wastes[0].quantity.quantity"),
        ("wastes", {"0": {}}, "emanifest-field-type", "wastes"),
        ("wastes", [1], "emanifest-field-type", "wastes[0]"),
        ("wastes", [{}] * 201, "too-many", "wastes"),
        ("transporters", [{}] * 31, "too-many", "transporters"),
        ("transporters[0].order", 1.5, "emanifest-field-value", "transporters[0].order"),
        ("generator", "XXEXAMPLEGEN", "emanifest-field-type", "generator"),
        ("generator.epaSiteId", 7, "emanifest-field-type", "generator.epaSiteId"),
        ("generator.epaSiteId", "X" * 201, "emanifest-field-value", "generator.epaSiteId"),
        ("generator.electronicSignaturesInfo", {}, "emanifest-field-type", "generator.electronicSignaturesInfo"),
        ("shippedDate", "2026-03-02", "emanifest-field-value", "shippedDate"),
        ("shippedDate", "2026-02-30T00:00:00Z", "emanifest-field-value", "shippedDate"),
        ("shippedDate", "2026-03-02T15:00:00", "emanifest-field-value", "shippedDate"),
        ("shippedDate", "1969-12-31T00:00:00Z", "emanifest-field-value", "shippedDate"),
        ("shippedDate", "1970-01-01T00:00:00+01:00", "emanifest-field-value", "shippedDate"),
        ("shippedDate", "２026-03-02T15:00:00Z", "emanifest-field-value", "shippedDate"),
        ("shippedDate", 20260302, "emanifest-field-type", "shippedDate"),
        ("import", "no", "emanifest-field-type", "import"),
        ("rejectionInfo", [], "emanifest-field-type", "rejectionInfo"),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_refused_with_its_path(path: str, value: object, code: str, field: str) -> None:
    with pytest.raises(Malformed) as caught:
        read(changed(path, value))
    assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "json-malformed"),
        (b"{", "json-malformed"),
        (b"\xff{}", "json-malformed"),
        (b"https://example.org/sign/000000001TST", "json-malformed"),
        (b'{"wastes":[NaN]}', "json-malformed"),
        (b'{"wastes":[1e400]}', "json-malformed"),
        (b'{"wastes":[' + b"9" * 41 + b"]}", "json-malformed"),
        (b'{"generator":{"name":"\\ud800"}}', "json-malformed"),
        (b'{"wastes":[],"wastes":[]}', "duplicate-key"),
        (b'{"generator":{"name":"A","na\\u006de":"B"}}', "duplicate-key"),
        (b'{"generator":' * 40 + b"1" + b"}" * 40, "too-deep"),
        (b"[" * 100_000, "too-deep"),
        (b'{"wastes":[' + b"0," * 100_000 + b"0]}", "too-large"),
        (b" " * 2_000_001, "too-large"),
        (b"null", "not-a-manifest"),
        (b"[]", "not-a-manifest"),
        (b'"text"', "not-a-manifest"),
        (b"{}", "not-a-manifest"),
        (b'{"submissionType":"Image","stateCode":"VA"}', "not-a-manifest"),
        (b'{"manifestTrackingNumber":"000000001TST","operationStatus":"Saved"}', "not-a-manifest"),
        (b'{"$schema":"x","wastes":[]}', "not-a-manifest"),
    ],
)
def test_what_is_no_manifest_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_emanifest(data)
    assert caught.value.code == code


def test_a_byte_order_mark_is_passed_over_and_counted_in_the_digest() -> None:
    data = json.dumps(fixture("signed.json")).encode()
    marked = read_emanifest(b"\xef\xbb\xbf" + data)
    plain = read_emanifest(data)
    assert marked.wastes == plain.wastes
    assert marked.sha256 != plain.sha256


def test_depth_is_not_counted_inside_texts() -> None:
    assert read(changed("generator.name", '[{\\"' * 50)).generator is not None


# Whatever is fed


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [at] if at else []
    if isinstance(value, dict):
        found += [path for name, member in value.items() for path in paths(member, (*at, name))]
    elif isinstance(value, list):
        found += [path for i, member in enumerate(value) for path in paths(member, (*at, i))]
    return found


MIXED = {**fixture("full-reject.json"), "broker": {"epaSiteId": "XXBROKER"}}
MIXED_PATHS = paths(MIXED)


def use(data: bytes) -> None:
    """Read and do all that can be done; nothing but Malformed may come out."""
    try:
        manifest = read_emanifest(data)
    except Malformed:
        return
    assess(manifest)
    draft_events(manifest, acetone(manifest))
    report_events(manifest, importer="party:US-READER", at="2026-01-01T00:00:00Z")


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    use(data)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(MIXED_PATHS), JSON), min_size=1, max_size=3))
def test_any_change_of_a_manifest(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    form = copy.deepcopy(MIXED)
    for path, value in changes:
        holder: Any = form
        try:
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    use(json.dumps(form).encode())


@settings(max_examples=100, deadline=None)
@given(st.integers(min_value=0, max_value=6000), st.integers(min_value=0, max_value=255))
def test_any_flipped_byte(at: int, byte: int) -> None:
    data = bytearray((FIXTURES / "signed.json").read_bytes())
    data[at % len(data)] = byte
    use(bytes(data))
