"""The certificate: what stands on the paper, read out of the PDF; its word, its digest, its letters, its bytes."""

from __future__ import annotations

import hashlib
import io
import re
import sys
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.journeys.stage import LOT as STAGE_LOT
from tests.journeys.stage import Stage, copy, found
from tests.unit.test_verdict import LOT, impossible, made, short
from tests.vectors_build.bundle_bench import Bench

from lotchain.core.instants import format_instant
from lotchain.errors import Malformed, UsageError
from lotchain.events.event import Card
from lotchain.reports.certificate import TITLES, Made, certificate
from lotchain.reports.labels import read_symbols
from lotchain.reports.paper import Paper
from lotchain.verify.verdict import NOT_PROVED, Verdict

DIGEST, POLICY = "ab" * 32, "cd" * 32
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
_ESCAPES = {rb"\(": b"(", rb"\)": b")", rb"\\": b"\\", rb"\r": b"\r"}


def streams(pdf: bytes) -> list[bytes]:
    """The content of each page, in order."""
    found = [zlib.decompress(part) for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)]
    return [part for part in found if b" Tj" in part]


def lines(pdf: bytes) -> list[str]:
    """Every line of text, as drawn with the PDF's own fonts."""
    found = []
    for page in streams(pdf):
        for text in re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", page, re.S):
            found.append(re.sub(rb"\\[()\\r]", lambda m: _ESCAPES[m[0]], text).decode("latin-1"))
    return found


def text(pdf: bytes) -> str:
    return " ".join(lines(pdf))


def qr(pdf: bytes) -> str:
    """What a barcode reader reads off the first page's black rectangles."""
    image = Image.new("L", (595 * 4, 842 * 4), 255)
    page = streams(pdf)[0]
    black = page[page.index(b"\n0 0 0 rg") if b"\n0 0 0 rg" in page else page.index(b"\n0 g") :]
    for match in re.findall(rb"([\d.-]+) ([\d.-]+) ([\d.-]+) ([\d.-]+) re f", black):
        x, y, width, height = (float(value) * 4 for value in match)
        image.paste(0, tuple(round(v) for v in (x, 842 * 4 - y, x + width, 842 * 4 - y - height)))  # type: ignore[arg-type]
    out = io.BytesIO()
    image.save(out, "PNG")
    (read,) = read_symbols(out.getvalue())
    return read


def of(verdict: Verdict, **more: Any) -> bytes:
    return certificate(verdict, Made(DIGEST, POLICY, verdict.as_of or 0), **more)


@pytest.fixture(scope="module")
def clear() -> Verdict:
    bench = Bench()
    made(bench)
    verdict = bench.verdict(LOT)
    assert verdict.word == "CLEAR"
    return verdict


@pytest.fixture(scope="module")
def hold() -> Verdict:
    bench = Bench()
    short(bench, "99", "1")
    return bench.verdict(LOT)


@pytest.fixture(scope="module")
def fail() -> Verdict:
    return impossible(Bench())


def test_the_word_comes_first_and_only_clear_is_a_certificate(clear: Verdict, hold: Verdict, fail: Verdict) -> None:
    for verdict in (clear, hold, fail):
        first = lines(of(verdict))
        assert first[:3] == [TITLES[verdict.word], verdict.word, LOT]
        assert (first[0] == "Certificate of custody") is (verdict.word == "CLEAR")
        assert verdict.as_of is not None and first[3] == f"as of {format_instant(verdict.as_of)}"
    assert (hold.word, fail.word) == ("HOLD", "FAIL")
    assert "Everything that the trust policy asks for is proved." in text(of(clear))
    for verdict in (hold, fail):
        assert "Do not release" in text(of(verdict)) and "Everything that" not in text(of(verdict))


def test_everything_of_the_verdict_stands_on_the_paper(hold: Verdict) -> None:
    page = text(of(hold))
    for _, answer in hold.answers.rows():
        assert answer in page
    for told in NOT_PROVED:
        assert told in page
    for step in hold.steps:
        assert all(part in page for part in (step.statement, step.issuer, step.card.title, step.card.sentence))
        assert all(f"{label}: {value}" in page for label, value in step.card.lines)
    for account, amount in hold.as_json()["accounts"].items():
        assert f"{account} {amount}" in page
    assert len(hold.findings) >= 2
    for finding in hold.findings:
        told = finding.as_json()
        assert f"{finding.kind.weight.name}  {finding.code}" in page
        assert all(told[name] in page for name in ("what", "expected", "found", "remedy", "statement") if name in told)
    for name in (*hold.auditors, *hold.witnesses, hold.origin, DIGEST, POLICY):
        assert name in page
    assert "This paper proves nothing by itself" in page


def test_an_answer_that_does_not_count_says_so(clear: Verdict) -> None:
    assert not clear.treaty_required and "(not counted: the policy does not demand it)" in text(of(clear))
    assert "not counted" not in text(of(clear._replace(treaty_required=True)))


def test_the_code_holds_the_digest_of_the_bundle(clear: Verdict, fail: Verdict) -> None:
    for verdict in (clear, fail):
        assert qr(of(verdict)) == f"sha256:{DIGEST}"
    assert qr(certificate(clear, Made("0" * 63 + "1", POLICY, 0))) == "sha256:" + "0" * 63 + "1"


def test_the_same_input_gives_the_same_bytes_and_the_date_is_as_of(
    clear: Verdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = of(clear)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    assert of(clear) == first
    assert clear.as_of is not None
    stamp = re.sub(r"[-:TZ]", "", format_instant(clear.as_of)[:19]).encode()
    assert re.findall(rb"/CreationDate \(D:(\d+)Z?[^)]*\)", first) == [stamp]
    assert b"/Producer (lotchain)" in first and b"/ModDate" not in first
    assert certificate(clear, Made(DIGEST, POLICY, clear.as_of + 1_000)) != first


def test_without_an_attested_moment_the_paper_says_so(hold: Verdict) -> None:
    pdf = of(hold._replace(as_of=None))
    assert "as of no attested moment" in text(pdf) and b"D:19700101000000" in pdf


def test_a_refused_bundle_has_no_timeline(clear: Verdict) -> None:
    bench = Bench()
    made(bench)
    verdict = bench.verify(bench.bundle(LOT), policy=replace(bench.policy(), charter=bytes(32)))
    assert verdict.refused and verdict.word == "FAIL"
    page = text(of(verdict))
    assert "The file does not prove what it holds" in page and "not given" in page
    assert "Timeline" not in page and "Accounts" not in page and "Witnesses" not in page


# Letters


def with_text(verdict: Verdict, told: str) -> Verdict:
    step = verdict.steps[0]._replace(card=Card("Registration", told, (("Remark", told),)))
    return verdict._replace(steps=(step,))


def test_what_the_font_lacks_is_written_as_code_points_and_listed(clear: Verdict) -> None:
    page = text(of(with_text(clear, "中文 Ж Müller \u202e\n(x) \\ …")))
    assert "[U+4E2D][U+6587] [U+0416] Müller [U+202E][U+000A](x) \\ ..." in page
    assert "U+000A, U+0416, U+202E, U+4E2D, U+6587." in page and "cannot show 5 of" in page
    assert "Characters written as code points" not in text(of(clear))


@given(st.text(max_size=40))
@settings(max_examples=150, deadline=None)
def test_no_character_is_lost_or_escapes_its_line(told: str) -> None:
    paper = Paper("t", created_ms=0)
    shown = paper.letters(told)
    assert shown.isprintable() and all(char.isascii() or 0xA0 < ord(char) <= 0xFF for char in shown)
    back = re.sub(r"\[U\+([0-9A-F]{4,6})\]", lambda m: chr(int(m[1], 16)), shown)
    same = {"…": "...", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "→": "->", "≤": "<=", "−": "-"}
    assert back == "".join(same.get(char, char) for char in told) or "[U+" in told
    paper.paragraph(told)
    paper.rows([(told, told)])
    assert paper.finish("f").startswith(b"%PDF-")


def test_a_font_of_ones_own_shows_what_it_holds(clear: Verdict) -> None:
    if not FONT.is_file():
        pytest.skip(f"no font at {FONT}")
    font = FONT.read_bytes()
    verdict = with_text(clear, "Ж ω 中")
    pdf = of(verdict, font=font)
    assert pdf == of(verdict, font=font) and b"/FontFile2" in pdf
    paper = Paper("t", created_ms=0, font=font)
    assert paper.letters("Ж ω 中\u202e") == "Ж ω [U+4E2D][U+202E]" and paper.missing == {"中", "\u202e"}


@pytest.mark.parametrize("font", [b"", b"no font", b"\x00\x01\x00\x00" + bytes(40), b"OTTO" + b"\xff" * 100])
def test_what_is_no_font_is_refused(clear: Verdict, font: bytes) -> None:
    with pytest.raises(Malformed, match="font-format"):
        of(clear, font=font)


# Pages


def test_a_long_history_runs_over_pages_and_each_says_whose_it_is(hold: Verdict) -> None:
    pdf = of(hold._replace(steps=hold.steps * 40))
    pages = streams(pdf)
    assert len(pages) >= 8
    for number, page in enumerate(pages, 1):
        assert page.count(f"bundle {DIGEST[:16]}...  page {number} of {len(pages)}".encode()) == 1
        assert b"HOLD  lot:CN-MAKER/A  as of" in page
    page_text = text(pdf)
    assert all(f"{number}.  2026" in page_text for number in range(1, len(hold.steps) * 40 + 1))
    assert "difference-open" in page_text


def test_nothing_is_drawn_below_the_page_or_over_the_foot(hold: Verdict) -> None:
    long_name = "lot:CN-" + "M" * 32 + "/" + "A" * 43 + "~9999" * 8
    told = "word " * 300 + "X" * 600
    verdict = with_text(hold, told)._replace(lot=long_name, named=(long_name,) * 60)
    for page in streams(of(verdict)):
        ys = [float(y) for y in re.findall(rb"[\d.]+ ([\d.-]+) Td", page)]
        assert min(ys) > 30 and sorted(ys)[1] > 60
    assert text(of(verdict)).replace(" ", "").count("X" * 600) == 2


def test_without_the_extra_the_command_says_which(clear: Verdict, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("fpdf", "segno"):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, module, None)
            with pytest.raises(UsageError) as caught:
                of(clear)
        assert (caught.value.code, caught.value.expected) == ("extra-missing", module)


# The command


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    stage = found(tmp_path_factory.mktemp("certificate"))
    stage.register(STAGE_LOT, "100 kg")
    stage.bundle()
    return stage


@pytest.fixture
def stage(template: Stage, tmp_path: Path) -> Stage:
    return copy(template, tmp_path)


def test_the_command_verifies_anew_and_leaves_with_the_verdicts_code(stage: Stage) -> None:
    bundle = (stage.path / "lot.lotproof").read_bytes()
    given = ("certificate", stage.at("lot.lotproof"), "--policy", stage.at("border.policy"))
    told = stage.json(*given, "--out", stage.at("a.pdf"))
    assert (told["verdict"], told["bundle_sha256"]) == ("CLEAR", hashlib.sha256(bundle).hexdigest())
    pdf = (stage.path / "a.pdf").read_bytes()
    assert qr(pdf) == f"sha256:{told['bundle_sha256']}" and lines(pdf)[:3] == [
        "Certificate of custody",
        "CLEAR",
        STAGE_LOT,
    ]
    assert hashlib.sha256((stage.path / "border.policy").read_bytes()).hexdigest() in text(pdf)

    old = stage.json(*given, "--now", "2099-01-01T00:00:00Z", "--out", stage.at("b.pdf"), code=3)
    later = (stage.path / "b.pdf").read_bytes()
    assert old["verdict"] == "HOLD" and "too-old" in text(later) and "2099-01-01T00:00:00Z" in text(later)
    stage.run(*given, "--now", "2099-01-01T00:00:00Z", "--out", stage.at("b.pdf"), code=3)
    assert (stage.path / "b.pdf").read_bytes() == later
    other = stage.json(*given, "--now", "2098-01-01T00:00:00Z", "--out", stage.at("b.pdf"), code=2)
    assert other["error"]["code"] == "output-exists" and (stage.path / "b.pdf").read_bytes() == later

    policy = (stage.path / "border.policy").read_text()
    (stage.path / "other.policy").write_text(re.sub(r"(?m)^charter .*", f"charter {'0' * 64}", policy))
    stage.run("certificate", given[1], "--policy", stage.at("other.policy"), "--out", stage.at("c.pdf"), code=1)
    assert lines((stage.path / "c.pdf").read_bytes())[0] == TITLES["FAIL"]


def test_a_damaged_bundle_gives_no_paper(stage: Stage) -> None:
    data = bytearray((stage.path / "lot.lotproof").read_bytes())
    data[len(data) // 2] ^= 1
    (stage.path / "bad.lotproof").write_bytes(data)
    (stage.path / "no.ttf").write_bytes(b"no font")
    policy = ("--policy", stage.at("border.policy"), "--out", stage.at("x.pdf"))
    for args, code in (
        (("bad.lotproof", *policy), "bundle-digest"), (("none.lotproof", *policy), "input-missing"),
        (("lot.lotproof", *policy, "--font", stage.at("no.ttf")), "font-format"),
        (("lot.lotproof", *policy, "--now", "yesterday"), "time-format"),
    ):  # fmt: skip
        error = stage.json("certificate", stage.at(args[0]), *args[1:], code=2)["error"]
        assert error["code"] == code
    assert not (stage.path / "x.pdf").exists()
