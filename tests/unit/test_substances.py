"""Substances: the vectors, the shipped data, and lookups by every name on both sides of a date."""

from __future__ import annotations

import contextlib
import csv
import json
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from lotchain.app.substances import load_substances, shipped_files
from lotchain.cli.entry import cli, main
from lotchain.core.cas import cas_check_digit, parse_cas
from lotchain.errors import Malformed
from lotchain.rules.lookup import Substances, normal_name
from lotchain.rules.molar_mass import molar_mass, parse_formula, rounded
from lotchain.rules.spans import parse_span
from lotchain.rules.standings import Standing, standing
from lotchain.rules.substance_data import digest, read_substances
from lotchain.rules.substance_files import lay_out

ROOT = Path(__file__).resolve().parents[2]
VECTORS = json.loads((ROOT / "specs" / "vectors" / "substances.json").read_text(encoding="utf-8"))
FILES = {name: text.encode() for name, text in VECTORS["files"].items()}
SHARED = ROOT / ".." / "shared" / "data"
DATA = load_substances()
ALL = list(DATA.substances.values())


def of(name: str) -> Any:
    found = DATA.find(name)
    assert found.determined, name
    return found.matches[0].substance


def stand(name: str, on: str, where: str) -> Standing:
    match = DATA.find(name).matches[0]
    return standing(DATA.register(where), match.substance, date.fromisoformat(on), match.salt)


# --- vectors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [c for c in VECTORS["cases"] if not c["valid"]], ids=lambda c: c["name"])
def test_what_must_be_refused(case: dict[str, Any]) -> None:
    files = dict(FILES)
    if "file" in case:
        text = VECTORS["files"][case["file"]]
        assert case["replace"] in text
        files[case["file"]] = text.replace(case["replace"], case["by"]).encode()
        with pytest.raises(Malformed) as refused:
            read_substances(files)
    else:
        with pytest.raises(Malformed) as refused:
            read_substances(files).find(case["query"])
    assert refused.value.code == case["code"]


@pytest.mark.parametrize("case", [c for c in VECTORS["cases"] if c["valid"]], ids=lambda c: c["name"])
def test_what_must_be_answered(case: dict[str, Any]) -> None:
    data = read_substances(FILES)
    found = data.find(case["query"])
    if "match" in case:
        assert [m.substance.key for m in found.matches] == ([case["match"]] if case["match"] else [])
        assert [m.substance.key for m in found.candidates] == case.get("candidates", [])
    if "salt" in case:
        salt = found.matches[0].salt
        assert salt is not None and salt.name == case["salt"]
        if "factor_us" in case:
            assert salt.factor("US") == Fraction(case["factor_us"])
            assert salt.factor("MX") == salt.computed and rounded(salt.computed or Fraction(0), 6) == "0.819241"
    if "standing" in case:
        told = standing(
            data.register(case["standing"]["list"]), found.matches[0].substance, date.fromisoformat(case["on"]),
            found.matches[0].salt,
        )  # fmt: skip
        assert (told.status, told.confidence) == (case["standing"]["status"], case["standing"]["confidence"])
        assert told.verified == (told.confidence in ("V", "P") and told.status != "undetermined")


def test_more_vectors_are_invalid_than_valid() -> None:
    valid = sum(case["valid"] for case in VECTORS["cases"])
    assert valid < len(VECTORS["cases"]) - valid


@pytest.mark.parametrize("gone", ["elements.json", "sources.json", "substances.json"])
def test_a_missing_file_is_refused(gone: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_substances({name: data for name, data in FILES.items() if name != gone})
    assert refused.value.code == "file-missing"


@pytest.mark.parametrize("name", ["listings-un2.json", "notes.json", "listings-un.txt"])
def test_a_file_of_another_name_is_refused(name: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_substances({**FILES, name: FILES["listings-un.json"]})
    assert refused.value.code == "file-unknown"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["K", "2019", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.data())
def test_whatever_stands_in_a_file_only_malformed_escapes(name: str, data: st.DataObject) -> None:
    value = json.loads(FILES[name])
    spot: Any = value
    while True:
        keys = list(spot) if isinstance(spot, dict) else list(range(len(spot)))
        key = data.draw(st.sampled_from(keys))
        if isinstance(spot[key], dict | list) and spot[key] and data.draw(st.booleans()):
            spot = spot[key]
            continue
        spot[key] = data.draw(JSON)
        break
    try:
        laid = lay_out(value)
    except TypeError:  # a number or a text that has no JSON form here
        return
    with contextlib.suppress(Malformed):
        read_substances({**FILES, name: laid})


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.binary(max_size=60))
def test_whatever_the_bytes_only_malformed_escapes(name: str, junk: bytes) -> None:
    for data in (junk, FILES[name] + junk, FILES[name].replace(b'"', junk[:1], 1), b"[" * 2_000, b"9" * 5_000):
        with contextlib.suppress(Malformed):
            read_substances({**FILES, name: data})


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=220))
def test_whatever_is_asked_only_malformed_escapes(text: str) -> None:
    try:
        found = DATA.find(text)
    except Malformed:
        return
    assert len(found.matches) <= 1
    assert not (found.matches and found.candidates)


# --- pieces -------------------------------------------------------------------------------------------------


NUMBERS = [number for s in ALL for number in (s.cas, *(salt.cas for salt in s.salts)) if number]


@pytest.mark.parametrize("cas", NUMBERS)
def test_every_swap_of_neighbours_is_found(cas: str) -> None:
    digits = cas.replace("-", "")
    for place in range(len(digits) - 2):
        left, right = digits[place], digits[place + 1]
        swapped = digits[:place] + right + left + digits[place + 2 :]
        if left == right:
            continue
        with pytest.raises(Malformed):
            parse_cas(f"{swapped[:-3]}-{swapped[-3:-1]}-{swapped[-1]}", "cas")


@pytest.mark.parametrize("cas", NUMBERS)
def test_every_other_check_digit_is_refused(cas: str) -> None:
    for digit in set("0123456789") - {cas[-1]}:
        with pytest.raises(Malformed) as refused:
            parse_cas(cas[:-1] + digit, "cas")
        assert refused.value.code == "cas-check-digit"


@pytest.mark.parametrize(
    "text", ["", "108-24", "0108-24-7", "108247", "108-24-7 ", "108–24–7", "1\u0660-24-7", "12345678-24-7"]
)
def test_a_cas_number_has_one_form(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_cas(text, "cas")
    assert refused.value.code == "cas-format"


@pytest.mark.parametrize("text", ["1609-66-5", "108-24-8", "90-82-0"])
def test_a_wrong_check_digit_is_refused(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        DATA.find(text)
    assert refused.value.code == "cas-check-digit"


@pytest.mark.parametrize("text", ["", "c2", "C0", "C02", "C2C3", "C-2", "CH3OH", "Ca(OH)2", "C1000", "C" * 61])
def test_formulas_are_elements_and_counts(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_formula(text, "")
    assert refused.value.code == "formula-format"


def test_molar_masses_are_exact() -> None:
    weights = {"H": Fraction("1.008"), "O": Fraction("15.999")}
    assert molar_mass("H2O", weights, "") == Fraction("18.015")
    assert rounded(Fraction(5, 1000), 2) == "0.01"
    assert rounded(Fraction(4999, 1_000_000), 2) == "0.00"
    assert rounded(Fraction(-5, 1000), 2) == "-0.01"


@pytest.mark.parametrize(
    "text", ["", "2019-1", "2019-11-31", "19", "2019/", "/2019", "2019/..", "../..", "2019-11/2018", "2019 ", "٢٠١٩"]
)
def test_a_span_is_a_day_a_month_a_year_or_two_of_them(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_span(text, "")
    assert refused.value.code == "span-format"


def test_a_span_says_when_it_does_not_know() -> None:
    november = parse_span("2019-11", "")
    assert [november.begun(date(2019, *day)) for day in ((10, 31), (11, 1), (11, 29), (11, 30))] == [
        False, None, None, True,
    ]  # fmt: skip
    assert parse_span("../2008", "").begun(date(1900, 1, 1)) is None


# --- the shipped data ---------------------------------------------------------------------------------------


def test_the_wheel_takes_the_data_along() -> None:
    assert '"specs/substances" = "lotchain/assets/specs/substances"' in (ROOT / "pyproject.toml").read_text()
    assert set(shipped_files()) == {path.name for path in (ROOT / "specs" / "substances").glob("*.json")}


def test_all_cas_numbers_pass_the_check_digit() -> None:
    numbers = [s.cas for s in ALL if s.cas] + [salt.cas for s in ALL for salt in s.salts if salt.cas]
    assert len(numbers) > 55
    assert all(cas_check_digit(number) for number in numbers)


@pytest.mark.parametrize("substance", ALL, ids=lambda s: s.key)
def test_every_substance_resolves_by_each_of_its_names(substance: Any) -> None:
    for name in (substance.name, *substance.names):
        for spelling in (name, name.upper(), name.lower(), name.replace("-", " "), f" {name} "):
            found = DATA.find(spelling)
            assert [(m.substance, m.salt) for m in found.matches] == [(substance, None)], spelling
    if substance.cas:
        assert [m.substance for m in DATA.find(substance.cas).matches] == [substance]
    if substance.hs:
        found = DATA.find(substance.hs)
        assert not found.matches
        assert substance in [m.substance for m in found.candidates]
    for salt in substance.salts:
        for name in (*salt.names, *([salt.cas] if salt.cas else [])):
            assert [(m.substance, m.salt) for m in DATA.find(name).matches] == [(substance, salt)]


def test_every_name_that_the_first_table_gave_resolves() -> None:
    if not SHARED.is_dir():
        pytest.skip("the table from which the data was compiled is not here")
    no_names = {"cis+trans", "also sassafras and other safrole-rich oils"}
    for file in ("substances.csv", "issl.csv"):
        for row in csv.DictReader((SHARED / file).open(encoding="utf-8")):
            substance = of(row["name"])
            assert (substance.cas, substance.hs) == (row["cas"], row["hs_code"])
            for name in filter(None, row["synonyms"].split(";")):
                assert name in no_names or of(name) is substance
            if row["table"] in ("I", "II"):
                told = stand(row["name"], "2026-11-24", "un-1988")
                assert told.listing is not None and told.listing.kind == f"Table {row['table']}"


def test_the_formulas_agree_with_the_identifiers_that_were_read() -> None:
    if not SHARED.is_dir():
        pytest.skip("the identifiers with which the data is compared are not here")
    compared = 0
    for row in csv.DictReader((SHARED / "pubchem-ids" / "precursor-identifiers.csv").open(encoding="utf-8")):
        found = DATA.find(row["cas"])
        if found.determined and found.matches[0].salt is None:
            substance = found.matches[0].substance
            assert substance.mass is not None
            assert abs(substance.mass - Fraction(row["mol_weight"])) < Fraction(2, 100), row["cas"]
            compared += 1
    assert compared > 35


def test_the_tables_hold_what_the_board_counts() -> None:
    kinds = Counter(
        stand(s.name, "2026-11-24", "un-1988").listing.kind  # type: ignore[union-attr]
        for s in ALL
        if stand(s.name, "2026-11-24", "un-1988").status == "listed"
    )
    assert kinds == {"Table I": 43, "Table II": 8}


def test_no_known_licit_trade_is_said_of_the_sixteen() -> None:
    flagged = {s.key for s in ALL if s.no_known_licit_trade}
    assert len(flagged) == 16
    assert all(key.startswith(("pmk-", "bmk-")) for key in flagged)
    assert not of("acetone").no_known_licit_trade
    assert not of("4-piperidone").no_known_licit_trade


@pytest.mark.parametrize(
    ("name", "where", "before", "after"),
    [
        ("PMK glycidate", "un-1988", "2019-10-31", "2019-11-30"),
        ("PMK ethyl glycidate", "un-1988", "2024-12-02", "2024-12-03"),
        ("ANPP", "un-1988", "2017-10-17", "2017-10-18"),
        ("4-piperidone", "us", "2023-05-11", "2023-05-12"),
        ("BMK glycidic acid", "us", "2026-05-03", "2026-05-04"),
        ("MAPA", "us", "2021-12-19", "2021-12-20"),
        ("DEPAPD", "eu", "2023-02-19", "2023-02-20"),
        ("norfentanyl", "cn", "2024-08-31", "2024-09-01"),
        ("1-boc-4-piperidone", "in", "2025-01-22", "2025-01-23"),
        ("GBL", "ca", "2006-01-30", "2006-01-31"),
        ("propionyl chloride", "mx", "2021-05-12", "2021-06-30"),
    ],
)
def test_dates_on_both_sides_of_a_listing_give_different_answers(
    name: str, where: str, before: str, after: str
) -> None:
    assert stand(name, before, where).status == "not-listed"
    assert stand(name, after, where).status == "listed"


def test_a_move_between_tables_is_dated_too() -> None:
    kinds = [
        stand("acetic anhydride", on, "un-1988") for on in ("1989-01-01", "1995-06-01", "2001-07-01", "2003-01-01")
    ]
    assert [(k.status, k.listing.kind if k.listing else "") for k in kinds] == [
        ("not-listed", ""), ("listed", "Table II"), ("undetermined", "Table I"), ("listed", "Table I"),
    ]  # fmt: skip


@pytest.mark.parametrize("register", DATA.registers, ids=lambda r: r.key)
def test_each_listing_changes_the_answer_between_its_two_sides(register: Any) -> None:
    for key, listings in register.listings.items():
        for listing in listings:
            after = standing(register, DATA.substances[key], listing.start.latest)
            assert after.status == "listed" and after.listing is not None
            if listing.start.earliest is not None:
                before = standing(register, DATA.substances[key], listing.start.earliest - timedelta(days=1))
                assert before.listing is not listing or before.status != "listed"
                assert (before.status == "not-listed") == (listing.before == "not-listed")


def test_what_is_from_memory_is_never_verified() -> None:
    for register in DATA.registers:
        for listings in register.listings.values():
            for listing in listings:
                bases = {source.basis for source in listing.sources}
                if bases == {"K"}:
                    assert listing.confidence_on(date(2026, 11, 24)) == "K"


def test_a_substance_of_no_list_is_undetermined_but_in_the_complete_one() -> None:
    told = {s.register.key: s.status for s in DATA.standings(of("paracetamol"), date(2026, 11, 1))}
    assert told.pop("un-1988") == "not-listed"
    assert set(told.values()) == {"undetermined"}
    later = standing(DATA.register("un-1988"), of("paracetamol"), date(2027, 1, 1))
    assert later.status == "undetermined"


def test_the_us_counts_the_base_of_pseudoephedrine_hydrochloride() -> None:
    salt = DATA.find("345-78-8").matches[0].salt
    assert salt is not None
    assert 1_000 * (salt.factor("US") or 0) == Fraction("819.2")
    assert salt.computed is not None and salt.computed != salt.factor("US")
    assert DATA.find("ergotamine tartrate").matches[0].salt.factor("US") is None  # type: ignore[union-attr]


def test_salts_that_a_list_excludes_are_not_listed() -> None:
    assert stand("piperidine HCl", "2026-11-01", "un-1988").status == "listed"
    assert stand("piperidine HCl", "2026-11-01", "cn").status == "undetermined"


def test_an_edition_has_a_digest() -> None:
    files = shipped_files()
    assert digest(files) == digest(dict(reversed(files.items())))
    assert digest(files) != digest({**files, "elements.json": b""})


def test_normal_names_keep_what_tells_substances_apart() -> None:
    assert normal_name("α-Phenyl\u2011acetoacetonitrile") == normal_name("Alpha phenylacetoacetonitrile")
    assert normal_name("1,2-x") != normal_name("12-x")


def test_a_reader_of_the_data_is_needed_once_only() -> None:
    assert isinstance(load_substances(), Substances)


# --- the command --------------------------------------------------------------------------------------------


def test_the_command_answers_for_a_day() -> None:
    done = CliRunner().invoke(cli, ["substance", "show", "PMK glycidate", "--on", "2020-01-01"])
    assert done.exit_code == 0
    assert "Table I since 2019-11" in done.output
    assert "P (from press or a secondary source)" in done.output
    assert "not to be taken as law" in " ".join(done.output.split())


def test_the_command_calls_memory_memory_and_flags_trade() -> None:
    done = CliRunner().invoke(cli, ["substance", "show", "BMK ethyl glycidate", "--on", "2024-12-03"])
    assert "ALERT: no known licit trade" in done.output
    assert "said to be Category 1" in done.output


def test_the_command_says_undetermined() -> None:
    told = json.loads(CliRunner().invoke(cli, ["substance", "show", "unobtainium", "--json"]).output)
    assert (told["answer"], told["match"], told["candidates"]) == ("undetermined", None, [])
    told = json.loads(CliRunner().invoke(cli, ["substance", "show", "2933.39", "--json"]).output)
    assert told["answer"] == "undetermined" and len(told["candidates"]) == 5


def test_every_statement_of_the_answer_carries_source_and_confidence() -> None:
    told = json.loads(
        CliRunner().invoke(cli, ["substance", "show", "ephedrine", "--on", "2026-11-01", "--json"]).output
    )
    match = told["match"]
    for backed in (match["substance"], *match["substance"]["salts"], *match["listings"]):
        assert backed["confidence"] in told["confidence"] and backed["sources"]
    for item in match["standings"]:
        assert (item["status"] == "undetermined") == (item["confidence"] == "")


@pytest.mark.parametrize(
    "arguments", [["345-78-9"], ["acetone", "--on", "yesterday"], ["acetone", "--on", "20200101"], [""], []]
)
def test_the_command_refuses(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["substance", "show", *arguments]) == 2
    assert "Traceback" not in capsys.readouterr().err
