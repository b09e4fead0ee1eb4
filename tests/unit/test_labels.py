"""Labels: what they hold, read back by a barcode reader; torn ones give candidates with reasons, never a match."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.journeys.stage import LOT, Stage, copy, found
from tests.vectors_build.labels import build

from lotchain.app.labels import look_up, make_label
from lotchain.errors import Malformed, UsageError
from lotchain.reports.gs1 import (
    Seen,
    digital_link,
    element_string,
    elements,
    gtin14,
    label_text,
    plain_text,
    read_label,
)
from lotchain.reports.labels import DATA_MATRIX, QR, draw, read_symbols, symbol_text
from lotchain.reports.lookup import Known, candidates, fit

GTIN = "9506000134352"
VECTORS = json.loads(
    (Path(__file__).resolve().parents[2] / "specs" / "vectors" / "labels.json").read_text(encoding="utf-8")
)
DICTIONARY = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "gs1-syntax" / "gs1-syntax-dictionary.txt"
LOTS = (
    Known("lot:CN-MAKER/BP4-1", {"D001": "", "D002": "", "D003": "consumed"}),
    Known("lot:CN-MAKER/BP4-1~1", {"D007": ""}),
    Known("lot:CN-MAKER/BP4-2", {"D001": ""}),
    Known("lot:MX-OTHER/BP4-1", {"X-9": ""}),
    Known("lot:MX-OTHER/Q-77", {}),
)
party = st.from_regex(r"(CN|MX)-[A-Z0-9][A-Z0-9.-]{0,10}", fullmatch=True)
local = st.from_regex(r"[A-Z0-9][A-Z0-9._-]{0,19}", fullmatch=True)
rest = st.from_regex(r"(~[1-9]){0,2}", fullmatch=True)
serial = st.from_regex(r"([A-Z0-9][A-Z0-9./-]{0,19})?", fullmatch=True)
lots = st.tuples(party, local, rest).map(lambda parts: f"lot:{parts[0]}/{parts[1]}{parts[2]}")


# What a label holds


def test_the_three_texts() -> None:
    label = label_text(LOT, "D001", GTIN)
    assert plain_text(label) == f"{LOT}\nserial:D001"
    assert element_string(label) == "(01)09506000134352(10)BP4-1(21)D001(91)CN-MAKER/BP4-1"
    assert digital_link(label) == "https://id.gs1.org/01/09506000134352/10/BP4-1/21/D001?91=CN-MAKER%2FBP4-1"
    assert plain_text(label_text(LOT)) == LOT
    assert elements(label_text(f"{LOT}~2", "", GTIN)) == {"01": f"0{GTIN}", "10": "BP4-1", "91": "CN-MAKER/BP4-1+2"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("9506000134353", "gtin-check-digit"), ("950600013435", "gtin-check-digit"), ("95060001343", "gtin-format"),
        ("", "gtin-format"), ("95060001343S2", "gtin-format"), ("９５０６０００１３４３５２", "gtin-format"),
        (" 9506000134352", "gtin-format"), ("950600013435-", "gtin-format"), ("000000000000017", "gtin-format"),
    ],
)  # fmt: skip
def test_a_wrong_gtin_is_refused(text: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        gtin14(text)
    assert caught.value.code == code


def test_gtins_of_every_length_are_filled_to_14() -> None:
    assert [gtin14(text) for text in ("40170725", "614141000036", GTIN, "10614141000415")] == [
        "00000040170725", "00614141000036", "09506000134352", "10614141000415",
    ]  # fmt: skip


@pytest.mark.parametrize("place", range(13))
def test_every_mistyped_digit_of_a_gtin_is_found(place: int) -> None:
    for digit in set("0123456789") - {GTIN[place]}:
        with pytest.raises(Malformed):
            gtin14(GTIN[:place] + digit + GTIN[place + 1 :])


@pytest.mark.parametrize(
    ("lot", "serial", "gtin", "code"),
    [
        (LOT, "", "", "gtin-missing"),
        ("lot:CN-MAKER/" + "A" * 21, "", GTIN, "gs1-length"),
        (LOT, "S" * 21, GTIN, "gs1-length"),
        ("lot:CN-" + "M" * 32 + "/A" + "~9999" * 8 + "~9999", "", GTIN, "id-format"),
        ("lot:CN-" + "M" * 32 + "/" + "A" * 20 + "~9999" * 7, "", GTIN, "gs1-length"),
        ("party:CN-MAKER", "", GTIN, "id-kind"),
        (LOT, "d001", GTIN, "serial-format"),
        (LOT, "D 1", GTIN, "serial-format"),
        (LOT, "(21)", GTIN, "serial-format"),
    ],
)
def test_what_a_gs1_symbol_cannot_carry_is_refused(lot: str, serial: str, gtin: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        symbol_text(label_text(lot, serial, gtin), DATA_MATRIX)
    assert caught.value.code == code


def test_the_identifiers_are_as_the_syntax_dictionary_says() -> None:
    if not DICTIONARY.is_file():
        pytest.skip(f"no GS1 syntax dictionary at {DICTIONARY}")
    rows = dict(re.findall(r"^(01|10|21|91-99)\s+[*?]*\s*([NX]\S+)", DICTIONARY.read_text(encoding="utf-8"), re.M))
    assert rows == {"01": "N14,csum,gcppos2", "10": "X..20", "21": "X..20", "91-99": "X..90"}


def test_vectors_are_what_the_builder_makes() -> None:
    assert build() == VECTORS
    assert sum(not case["valid"] for case in VECTORS["cases"]) > len(VECTORS["cases"]) / 2


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_vector(case: dict[str, Any]) -> None:
    def run() -> dict[str, str]:
        if "text" in case:
            return {name: value for name, value in read_label(case["text"])._asdict().items() if value}
        label = label_text(case["lot"], case["serial"], case["gtin"])
        if "plain" in case:
            return {"plain": symbol_text(label, QR)}
        return {"elements": symbol_text(label, DATA_MATRIX), "link": symbol_text(label, QR)}

    if case["valid"]:
        assert run() == case.get("seen", {name: case[name] for name in ("plain", "elements", "link") if name in case})
        return
    with pytest.raises(Malformed) as caught:
        run()
    assert caught.value.code == case["code"]


# Pictures, read back by a barcode reader


@pytest.mark.parametrize("symbol", [QR, DATA_MATRIX])
@pytest.mark.parametrize("drum", ["", "D001"])
@pytest.mark.parametrize("lot", [LOT, f"{LOT}~2", "lot:CN-" + "M" * 32 + "/" + "A" * 20])
def test_a_png_reads_back_as_what_it_was_made_of(symbol: str, drum: str, lot: str) -> None:
    label = label_text(lot, drum, GTIN)
    (text,) = read_symbols(draw(label, symbol, "png"))
    assert text == symbol_text(label, symbol)
    seen = read_label(text)
    assert (f"lot:{seen.lot}", seen.serial, seen.gtin) == (lot, drum, f"0{GTIN}")


def test_a_plain_qr_reads_back_with_the_longest_id() -> None:
    lot = "lot:CN-" + "M" * 32 + "/" + "A" * 43 + "~9999" * 8
    (text,) = read_symbols(draw(label_text(lot, "S" * 32), QR, "png"))
    assert (f"lot:{read_label(text).lot}", read_label(text).serial) == (lot, "S" * 32)


def test_the_datamatrix_is_a_real_gs1_one() -> None:
    import io

    import zxingcpp
    from PIL import Image

    picture = Image.open(io.BytesIO(draw(label_text(LOT, "D001", GTIN), DATA_MATRIX, "png")))
    (read,) = zxingcpp.read_barcodes(picture)
    assert read.content_type == zxingcpp.ContentType.GS1 and read.symbology_identifier == "]d2"
    assert bytes(read.bytes) == b"010950600013435210BP4-1\x1d21D001\x1d91CN-MAKER/BP4-1"


@pytest.mark.parametrize("symbol", [QR, DATA_MATRIX])
def test_an_svg_holds_the_same_modules_and_letters(symbol: str) -> None:
    """Its path is drawn here, pixel by pixel, and read by the barcode reader."""
    from PIL import Image

    label = label_text(LOT, "D001", GTIN)
    svg = draw(label, symbol, "svg").decode("utf-8")
    assert svg == draw(label, symbol, "svg").decode("utf-8")
    width, height = map(int, re.search(r'viewBox="0 0 (\d+) (\d+)"', svg).groups())  # type: ignore[union-attr]
    image = Image.new("L", (width * 8, height * 8), 255)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", svg):
        image.paste(0, (int(x) * 8, int(y) * 8, int(x) * 8 + 8, int(y) * 8 + 8))
    import io

    out = io.BytesIO()
    image.save(out, "PNG")
    assert read_symbols(out.getvalue()) == [symbol_text(label, symbol)]
    assert [f">{text}<" in svg for text in (LOT, "serial D001", f"GTIN 0{GTIN}")] == [True] * 3
    assert "<script" not in svg and "href" not in svg


def test_other_pictures_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="picture-kind"):
        draw(label_text(LOT), QR, "pdf")
    good = draw(label_text(LOT), QR, "png")
    for data in (b"", b"GIF89a", good[:50], b"<svg/>", bytes(100)):
        with pytest.raises(Malformed, match="picture-format"):
            read_symbols(data)
    monkeypatch.setitem(sys.modules, "segno", None)
    with pytest.raises(UsageError) as caught:
        draw(label_text(LOT), QR, "png")
    assert caught.value.code == "extra-missing" and "lotchain[reports]" in caught.value.remedy


# Reading


@given(lots, serial)
def test_every_form_reads_back(lot: str, serial: str) -> None:
    label = label_text(lot, serial, GTIN)
    body, number = lot.removeprefix("lot:"), lot.partition("/")[2].partition("~")[0]
    assert read_label(plain_text(label)) == Seen("plain", body, serial=serial)
    for form, text in (("element-string", element_string(label)), ("digital-link", digital_link(label))):
        assert read_label(text) == Seen(form, body, number, serial, gtin=f"0{GTIN}"), text
    raw = f"]d201{label.gtin}10{number}" + (f"\x1d21{serial}" if serial else "") + f"\x1d91{body.replace('~', '+')}"
    assert read_label(raw) == Seen("element-string", body, number, serial, gtin=f"0{GTIN}")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("bp4-?", Seen("fragment", free="BP4-?")),
        ("BP4***", Seen("fragment", free="BP4*")),
        ("lot:cn-maker/bp4-1  serial:d0?1", Seen("plain", "CN-MAKER/BP4-1", serial="D0?1")),
        ("(10)BP4*", Seen("element-string", number="BP4*")),
        ("https://x.example/a/01/0950600013435?/10/BP4-?/21/D0", Seen("digital-link", number="BP4-?", serial="D0", gtin="0950600013435?")),
        ("https://id.gs1.org/01/09506000134352/10/B?4-1?91=CN-MAKER%2FBP4-1", Seen("digital-link", "CN-MAKER/BP4-1", "B?4-1", gtin="09506000134352")),
    ],
)  # fmt: skip
def test_torn_labels_are_read_as_far_as_they_go(text: str, seen: Seen) -> None:
    assert read_label(text) == seen


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "label-empty"), ("???", "label-empty"), ("*", "label-empty"), ("lot:", "label-empty"),
        ("(01)09506000134352", "label-empty"), ("https://id.gs1.org/01/09506000134352", "label-empty"),
        ("BP4 D001", "label-format"), ("lot:A B", "label-format"), ("(10)BP4-1 and more", "label-format"),
        ("A" * 501, "label-format"), ("BP4\x00", "label-format"), ("БП4-1", "label-format"), ("<b>", "label-format"),
        ("A*B*C*D*E", "label-format"), ("01095060001343521\x1dXX", "label-format"), ("https://[", "label-format"),
        ("' OR 1=1", "label-format"), ("ß1", "label-format"),
    ],
)  # fmt: skip
def test_what_is_no_label_is_refused(text: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_label(text)
    assert caught.value.code == code


@given(st.text(max_size=60) | st.text("(01)2[]?*\x1d/https:.-A9 ", max_size=60).flatmap(
    lambda tail: st.sampled_from(["", "https://", "(10)", "]d2", "010950600013435210", "lot:"]).map(lambda head: head + tail)))  # fmt: skip
@settings(max_examples=400)
def test_nothing_but_malformed_escapes_and_lookup_takes_the_rest(text: str) -> None:
    try:
        seen = read_label(text)
    except Malformed:
        return
    candidates(seen, LOTS)


# Candidates


def ids_of(text: str) -> list[tuple[str, str]]:
    return [(item.lot.removeprefix("lot:"), item.serial) for item in candidates(read_label(text), LOTS)]


def test_the_better_fit_comes_first_and_nothing_else_fits() -> None:
    exact = ids_of("lot:CN-MAKER/BP4-1")
    assert exact == [("CN-MAKER/BP4-1", ""), ("CN-MAKER/BP4-1~1", ""), ("CN-MAKER/BP4-2", "")]
    assert ids_of("BP4-1")[:2] == [("CN-MAKER/BP4-1", ""), ("MX-OTHER/BP4-1", "")]
    assert ids_of("MX-OTHER/Q") == [("MX-OTHER/Q-77", "")]
    assert ids_of("?-77") == [("MX-OTHER/Q-77", "")]
    assert ids_of("D001") == [("CN-MAKER/BP4-1", "D001"), ("CN-MAKER/BP4-2", "D001"), ("CN-MAKER/BP4-1", "D002"),
                              ("CN-MAKER/BP4-1", "D003"), ("CN-MAKER/BP4-1~1", "D007")]  # fmt: skip
    assert ids_of("ZZZZZ") == []


def test_lot_and_serial_that_contradict_each_other_stay_and_say_so() -> None:
    first, second, *_ = candidates(read_label("lot:CN-MAKER/BP4-2 serial:X-9"), LOTS)
    assert (first.lot, first.serial) == ("lot:CN-MAKER/BP4-2", "")
    assert "no serial of this lot is as read" in first.why
    assert (second.lot, second.serial) == ("lot:MX-OTHER/BP4-1", "X-9") and "lot is not as read" in second.why
    assert first.points == second.points == 80


def test_a_package_that_is_gone_is_told() -> None:
    (item,) = [c for c in candidates(read_label("lot:CN-MAKER/BP4-1 serial:D003"), LOTS) if c.serial == "D003"][:1]
    assert "but the ledger records this package as gone: consumed" in item.why


def test_the_number_of_a_rest_lot_is_that_of_its_drums() -> None:
    found = candidates(read_label("(10)BP4-1(21)D007"), LOTS)
    assert (found[0].lot, found[0].serial) == ("lot:CN-MAKER/BP4-1~1", "D007")


@pytest.mark.parametrize(
    ("pattern", "text", "points"),
    [
        ("ABCD", "ABCD", 100), ("AB?D", "ABCD", 80), ("A*D", "ABCD", 80), ("AB", "ABCD", 60), ("BCD", "ABCD", 40),
        ("BC", "ABCD", None), ("ABXD", "ABCD", 30), ("ABDC", "ABCD", 30), ("ABCDE", "ABCD", 30), ("ABCE", "ABCDE", 30),
        ("AXYD", "ABCD", None), ("ABX", "ABC", None), ("DCBA", "ABCD", None), ("", "ABCD", None), ("??", "AB", None),
        ("A.CD", "ABCD", 30), ("ABCDEF", "ABCD", None),
    ],
)  # fmt: skip
def test_fit(pattern: str, text: str, points: int | None) -> None:
    got = fit(pattern, text)
    assert (got and got[0]) == points


@given(lots.map(lambda lot: lot.removeprefix("lot:")), st.data())
def test_a_torn_id_always_finds_its_lot(body: str, data: Any) -> None:
    start = data.draw(st.integers(0, len(body) - 1))
    end = data.draw(st.integers(start + 1, len(body)))
    torn = "".join(data.draw(st.sampled_from([char, char, "?"])) for char in body[start:end])
    if start:
        torn = "*" + torn
    if torn.strip("?*"):
        assert candidates(Seen("fragment", free=torn), [Known(f"lot:{body}", {})])


# On a ledger


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    stage = found(tmp_path_factory.mktemp("labels"))
    stage.register(LOT, "100 kg", "--package", "D001..D004=25 kg")
    stage.register("lot:CN-MAKER/BP4-2", "50 kg", "--package", "E001..E002=25 kg")
    stage.register("lot:CN-MAKER/BP5", "50 kg")
    return stage


@pytest.fixture
def stage(template: Stage, tmp_path: Path) -> Stage:
    return copy(template, tmp_path)


def test_a_label_from_the_ledger_is_looked_up_by_its_picture(stage: Stage) -> None:
    ledger = ("--ledger", str(stage.ledger))
    for name, more in (("a.png", ()), ("b.png", ("--gtin", GTIN)), ("c.png", ("--gtin", GTIN, "--symbol", "qr"))):
        made = stage.json("label", LOT, *ledger, "--serial", "D002", *more, "--out", stage.at(name))
        assert (made["lot"], made["serial"]) == (LOT, "D002")
        assert made["symbol"] == ("datamatrix" if name == "b.png" else "qr")
        told = stage.json("lookup", "--picture", stage.at(name), *ledger)
        best = told["candidates"][0]
        assert (best["lot"], best["serial"], best["rank"], told["searched"]) == (LOT, "D002", 1, 3)
        assert "match" not in told and "never a match" in told["caveat"]
    stage.run("label", LOT, *ledger, "--out", stage.at("d.svg"))
    assert (stage.path / "d.svg").read_bytes().startswith(b"<svg ")
    stage.run("label", LOT, *ledger, "--gtin", GTIN, "--out", stage.at("d.svg"), code=2)


def test_a_label_from_a_proved_bundle(stage: Stage) -> None:
    bundle = ("--bundle", stage.bundle(), "--policy", stage.at("border.policy"))
    made = stage.json("label", LOT, *bundle, "--serial", "D004", "--out", stage.at("a.png"))
    assert made["text"] == f"{LOT}\nserial:D004"
    other = stage.json("label", "lot:CN-MAKER/BP5", *bundle, "--out", stage.at("b.png"), code=2)
    assert other["error"]["code"] == "bundle-other"
    alone = stage.json("label", LOT, "--bundle", stage.at("lot.lotproof"), "--out", stage.at("b.png"), code=2)
    assert alone["error"]["code"] == "policy-needed"
    text = (stage.path / "border.policy").read_text()
    (stage.path / "other.policy").write_text(re.sub(r"(?m)^charter .*", f"charter {'0' * 64}", text))
    refused = stage.json("label", LOT, "--bundle", stage.at("lot.lotproof"), "--policy", stage.at("other.policy"),
                         "--out", stage.at("b.png"), code=2)  # fmt: skip
    assert refused["error"]["code"] == "not-proved" and not (stage.path / "b.png").exists()


def test_ranks_say_why_and_even_one_candidate_is_no_match(stage: Stage) -> None:
    ledger = ("--ledger", str(stage.ledger))
    out = stage.run("lookup", "e00?", *ledger).out
    assert out.startswith("2 candidates among 3 lots; no match is claimed\n")
    assert "serial fits, with characters that could not be read" in out and "in custody of party:CN-MAKER" in out
    one = stage.run("lookup", "lot:CN-MAKER/BP5", *ledger).out
    assert one.startswith("1 candidate among 3 lots; no match is claimed\n") and "Candidates, never a match" in one
    ranks = [(c["rank"], c["serial"]) for c in stage.json("lookup", "E001", *ledger)["candidates"]]
    assert ranks == [(1, "E001"), (2, "D001"), (2, "E002")]
    tied = [c["rank"] for c in stage.json("lookup", "D00*", *ledger)["candidates"]]
    assert tied == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("label", LOT, "--serial", "D009", "--out", "x.png"), "serial-unknown"),
        (("label", "lot:CN-MAKER/BP5", "--serial", "D001", "--out", "x.png"), "serial-unknown"),
        (("label", "lot:CN-MAKER/NONE", "--out", "x.png"), "lot-unknown"),
        (("label", LOT, "--out", "x.gif"), "picture-kind"),
        (("label", LOT, "--out", "x"), "picture-kind"),
        (("label", LOT, "--symbol", "datamatrix", "--out", "x.png"), "gtin-missing"),
        (("label", LOT, "--gtin", "9506000134353", "--out", "x.png"), "gtin-check-digit"),
        (("lookup",), "usage"),
        (("lookup", "D001", "--picture", "x.png"), "usage"),
        (("lookup", "--picture", "x.png"), "input-missing"),
        (("lookup", "???"), "label-empty"),
    ],
)
def test_what_cannot_be_done_is_told(stage: Stage, args: tuple[str, ...], code: str, monkeypatch: Any) -> None:
    monkeypatch.chdir(stage.path)
    assert stage.json(*args, "--ledger", str(stage.ledger), code=2)["error"]["code"] == code
    assert not list(stage.path.glob("x*"))


def test_a_picture_of_no_symbol_or_of_two_is_told(stage: Stage) -> None:
    from PIL import Image

    ledger = ("--ledger", str(stage.ledger))
    stage.run("label", LOT, *ledger, "--out", stage.at("one.png"))
    with Image.open(stage.at("one.png")) as one:
        two = Image.new("L", (one.width * 2, one.height), 255)
        two.paste(one, (0, 0))
        two.paste(one.rotate(180), (one.width, 0))
    two.save(stage.at("two.png"))
    Image.new("L", (50, 50), 255).save(stage.at("none.png"))
    for name, number in (("two.png", "2"), ("none.png", "0")):
        error = stage.json("lookup", "--picture", stage.at(name), *ledger, code=2)["error"]
        assert (error["code"], error["found"]) == ("symbol-count", number)


def test_a_long_list_is_cut_and_says_so() -> None:
    class Reader:
        def subjects_named(self, prefix: str) -> list[str]:
            return [f"{prefix}CN-MAKER/A{n:03}" for n in range(60)]

        def newest_row(self, subject: str) -> Any:
            return type("Row", (), {"state": b'{"ended":{"how":"consumed","into":[]},"gone":{},"packages":{}}'})()

    told = look_up(Reader(), "lot:CN-MAKER/A0", now=0)  # type: ignore[arg-type]
    assert (len(told["candidates"]), told["left_off"], told["searched"]) == (25, 35, 60)
    assert {item["ledger_says"] for item in told["candidates"]} == {"consumed"} and told["candidates"][0][
        "ended_for_good"
    ]


def test_only_an_end_for_good_warns(stage: Stage) -> None:
    """Drums of a divided lot bear its label for good reason; those of a consumed one do not."""
    ledger = ("--ledger", str(stage.ledger))
    stage.do("lot", "consume", "lot:CN-MAKER/BP5", "50 kg", "--purpose", "analysis", by="maker")
    stage.do("lot", "split", "lot:CN-MAKER/BP4-2", "--part", "lot:CN-MAKER/BP4-2A,quantity=25 kg,packages=E001",
             "--part", "lot:CN-MAKER/BP4-2B,quantity=25 kg,packages=E002", by="maker")  # fmt: skip
    warning = "The lot has ended on the ledger"
    assert warning in stage.run("lookup", "lot:CN-MAKER/BP5", *ledger).out
    divided = stage.run("lookup", "lot:CN-MAKER/BP4-2", *ledger).out
    assert "divided into lot:CN-MAKER/BP4-2A" in divided and warning not in divided


def test_a_label_is_made_only_for_what_the_state_holds() -> None:
    state = {"lot": LOT, "packages": {"D001": 1}, "gone": {"D002": "consumed"}}
    make_label(state, serial="D001", gtin="", symbol=None, kind="svg")
    with pytest.raises(UsageError, match="serial-unknown"):
        make_label(state, serial="D002", gtin="", symbol=None, kind="svg")
