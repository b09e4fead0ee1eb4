"""Subject ids: vectors, what can be read off them, and nothing but Malformed from any text."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vectors_build import codecs

from lotchain.core import countries, ids
from lotchain.errors import Malformed

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "specs" / "vectors" / "ids.json"
CASES = json.loads(VECTORS.read_text("ascii"))["cases"]
ISO = ROOT / ".." / "shared" / "data" / "iso3166" / "country-codes.csv"

codes = st.sampled_from(sorted(countries.COUNTRIES))
registrations = st.from_regex(r"[A-Z0-9][A-Z0-9.-]{0,31}", fullmatch=True)
locals_ = st.from_regex(r"[A-Z0-9][A-Z0-9._-]{0,47}", fullmatch=True)
parties = st.builds("party:{}-{}".format, codes, registrations)
owned = st.builds(
    lambda kind, party, local: f"{kind}:{party[6:]}/{local}",
    st.sampled_from(["lot", "consignment", "permit", "watch"]),
    parties,
    locals_,
)
near_misses = st.text("lotpary:keyCO-/~19A.b \n", max_size=40)


def code_of(call: Callable[..., Any], *args: Any) -> str:
    with pytest.raises(Malformed) as caught:
        call(*args)
    return caught.value.code


def test_the_vectors_are_those_of_their_script() -> None:
    assert VECTORS.read_text("ascii") == codecs.render("ids")
    assert sum(not c["valid"] for c in CASES) > sum(c["valid"] for c in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_vector(case: dict[str, Any]) -> None:
    subject = case["id"]
    check = ids.check_new_lot if case.get("new") else ids.check
    if not case["valid"]:
        asked = () if case.get("new") else (case.get("asked"),)
        assert code_of(check, subject, *asked) == case["code"], case["comment"]
        return
    assert check(subject) == subject
    assert ids.check(subject, case["kind"]) == subject
    assert ids.kind_of(subject) == case["kind"]
    if "country" in case:
        assert ids.country_of(subject) == case["country"]
    if "creator" in case:
        assert ids.creator_of(subject) == case["creator"]
    if "parent" in case:
        assert ids.parent_of_rest(subject) == case["parent"]


@given(owned)
def test_a_name_leads_to_its_creator(subject: str) -> None:
    assert ids.check(subject) == subject
    creator = ids.creator_of(subject)
    assert ids.check(creator, "party") == creator
    assert subject.partition(":")[2].startswith(creator[6:] + "/")


@given(parties, locals_, st.lists(st.integers(1, 9999), max_size=8))
def test_rests_of_rests_lead_back_to_their_lot(party: str, local: str, numbers: list[int]) -> None:
    lot = start = f"lot:{party[6:]}/{local}"
    for number in numbers:
        rest = ids.rest_lot(lot, number)
        assert ids.parent_of_rest(rest) == lot
        assert code_of(ids.check_new_lot, rest) == "id-reserved"
        assert ids.creator_of(rest) == party
        lot = rest
    assert ids.check_new_lot(start) == start


@given(
    st.text(max_size=150)
    | near_misses
    | owned.flatmap(lambda s: st.sampled_from([s + "\n", s.lower(), s + "~0", s[1:]]))
)
def test_any_text_is_an_id_or_refused(text: str) -> None:
    calls: list[Callable[[str], Any]] = [ids.check, ids.kind_of, ids.check_new_lot, ids.country_of, ids.creator_of]
    calls += [ids.parent_of_rest, ids.check_statement_id, lambda t: ids.rest_lot(t, 1)]
    for call in calls:
        try:
            result = call(text)
        except Malformed as fault:
            assert fault.code.startswith(("id-", "hash-"))
        else:
            if call is ids.check:
                assert result == text
                assert text.isascii()
                assert len(text) <= ids.MAX_ID_CHARS


@given(near_misses, st.sampled_from(["party", "lot", "key", "permit", "charter"]))
def test_a_kind_asked_for_is_the_kind_given(text: str, kind: str) -> None:
    try:
        ids.check(text, kind)
    except Malformed:
        return
    assert ids.kind_of(text) == kind


@pytest.mark.parametrize("n", [0, -1, 10_000, 10**20])
def test_rest_numbers_out_of_range(n: int) -> None:
    assert code_of(ids.rest_lot, "lot:CO-1/A", n) == "id-format"


def test_a_ninth_rest_has_no_name() -> None:
    assert code_of(ids.rest_lot, "lot:CO-1/A" + "~1" * 8, 1) == "id-format"


@pytest.mark.parametrize("subject", ["charter", "party:CO-1", "key:" + "00" * 32])
def test_some_subjects_have_no_creator(subject: str) -> None:
    assert code_of(ids.creator_of, subject) == "id-kind"


@pytest.mark.parametrize("subject", ["charter:", "lot", "party", "seal:CO-1/A", "", ":"])
def test_no_kind(subject: str) -> None:
    assert code_of(ids.kind_of, subject) == "id-kind"


@given(st.binary(min_size=32, max_size=32))
def test_a_key_is_named_by_its_thumbprint(thumbprint: bytes) -> None:
    subject = ids.key_subject(thumbprint)
    assert ids.check(subject, "key") == "key:" + thumbprint.hex()


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_thumbprint_of_another_length(size: int) -> None:
    assert code_of(ids.key_subject, bytes(size)) == "hash-format"


@pytest.mark.parametrize(
    "text", ["", "00" * 31, "00" * 33, "0A" * 32, "00" * 32 + "\n", "0x" + "00" * 31, "md5:" + "0" * 60]
)
def test_bad_statement_ids(text: str) -> None:
    assert code_of(ids.check_statement_id, text) == "hash-format"


def test_a_statement_id() -> None:
    assert ids.check_statement_id("0f" * 32, "prev") == "0f" * 32


def test_faults_name_the_field_and_show_what_cannot_be_seen() -> None:
    with pytest.raises(Malformed) as caught:
        ids.check("lot:CO-1/\u0410", "lot", "lines[0].lot")
    assert caught.value.field == "lines[0].lot"
    assert "\\u0410" in caught.value.found


def test_the_countries_are_those_of_iso_3166() -> None:
    assert len(countries.COUNTRIES) == 249
    assert countries.is_country("CO")
    assert not any(map(countries.is_country, ["XX", "UK", "EU", "AN", "co", "COL", "", "C"]))
    if not ISO.is_file():
        pytest.skip("the table of country codes is not beside the repository")
    with ISO.open(encoding="utf-8", newline="") as lines:
        listed = {row["ISO3166-1-Alpha-2"] for row in csv.DictReader(lines)} - {""}
    assert listed == countries.COUNTRIES
