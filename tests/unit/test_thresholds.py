"""Thresholds: amounts on both sides, the data's form, and that nothing not known is said."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vectors_build.thresholds import FILE, THRESHOLD, build, laid_out

from lotchain.app.substances import load_substances
from lotchain.app.thresholds import threshold_set, threshold_sets
from lotchain.errors import Malformed
from lotchain.rules.thresholds import DUTIES, JURISDICTIONS, read_thresholds, substances_of

SPECS = Path(__file__).resolve().parents[2] / "specs"
VECTORS = json.loads((SPECS / "vectors" / "thresholds.json").read_text(encoding="utf-8"))
OBLIGATIONS = Path(__file__).resolve().parents[2] / ".." / "shared" / "reference" / "obligations.md"


def test_vectors_are_what_the_builder_makes() -> None:
    assert build() == VECTORS
    invalid = sum(not case["valid"] for case in VECTORS["cases"])
    assert invalid > len(VECTORS["cases"]) / 2


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_vector(case: dict[str, Any]) -> None:
    data = case["file"].encode("utf-8")
    if not case["valid"]:
        with pytest.raises(Malformed) as caught:
            read_thresholds(data, "f")
        assert caught.value.code == case["code"]
        return
    found = read_thresholds(data, "f").thresholds
    if "amount" in case:
        assert found[0].met_by(case["amount"]) is case["met"]
    if "on" in case:
        assert found[0].in_force(date.fromisoformat(case["on"])) is case["in_force"]


@given(st.binary(max_size=300) | st.sampled_from([b"[" * 5000, b'{"a":' * 3000, b"\xff", b"null", b""]))
@settings(max_examples=200)
def test_nothing_but_malformed_escapes(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_thresholds(data, "f")


@given(st.integers(0, 800), st.sampled_from(sorted(THRESHOLD)), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda x: st.lists(x, max_size=2), max_leaves=3))  # fmt: skip
@settings(max_examples=300)
def test_an_edited_threshold_is_read_whole_or_refused(cut: int, member: str, value: Any) -> None:
    data = laid_out({**FILE, "thresholds": [{**THRESHOLD, member: value}]}).encode("utf-8", "replace")
    for candidate in (data, data[:cut]):
        try:
            got = read_thresholds(candidate, "f")
        except Malformed:
            continue
        assert len(got.thresholds) == 1


def test_too_large_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(Malformed, match="too-large"):
        read_thresholds(b" " * 200_001, "f")


def test_the_shipped_files_are_sound_and_one_a_jurisdiction() -> None:
    assert {path.stem for path in (SPECS / "thresholds").glob("*.json")} == {name.lower() for name in JURISDICTIONS}
    assert [each.jurisdiction for each in threshold_sets()] == list(JURISDICTIONS)


def test_every_shipped_substance_is_one_of_the_data_and_no_salt() -> None:
    """Keyed by the base: a salt's own number would never be found."""
    data = load_substances()
    for cas in substances_of(threshold_sets()):
        match = data.find(cas).matches
        assert len(match) == 1 and match[0].salt is None, cas


def test_what_has_no_threshold_is_told_from_what_is_not_known() -> None:
    us = threshold_set("US")
    (piperidone,) = us.of("41661-47-6")
    assert piperidone.begins == "every-deal" and piperidone.binding and piperidone.met_by(1)
    assert us.of("108-24-7") == () == us.of("299-42-3")
    assert us.of("41661-47-6", duty="registration") == () == us.of("41661-47-6", movement="transit")
    assert all(item.begins == "every-deal" for item in us.thresholds)


def test_the_european_union_annex_ii_is_never_law_here() -> None:
    eu = threshold_set("EU")
    assert {item.confidence for item in eu.thresholds if item.obligation == "EU-03"} == {"K"}
    assert not any(item.binding for item in eu.of("108-24-7", duty="registration"))
    assert all(item.binding for item in eu.of("67-64-1", movement="export"))


def test_the_shipped_thresholds_say_no_more_than_their_rows() -> None:
    """Confidence is that of the row, and every amount stands in it."""
    if not OBLIGATIONS.is_file():
        pytest.skip(f"no obligations list at {OBLIGATIONS}")
    rows = {
        cells[1].strip(): cells
        for cells in (line.split("|") for line in OBLIGATIONS.read_text(encoding="utf-8").splitlines())
        if len(cells) > 7
    }
    for each in threshold_sets():
        for item in each.thresholds:
            cells = rows[item.obligation]
            basis = cells[-2].strip().replace("*", "")
            assert basis.startswith(item.confidence), (item.id, basis)
            told = " ".join(cells).replace("*", "").replace(",", "")
            assert item.quantity is None or f" {item.quantity.text}" in told, (item.id, told)
            assert item.duty in DUTIES


def test_the_worked_example_is_the_file_of_a_jurisdiction_of_which_nothing_is_known() -> None:
    page = (SPECS / "formats" / "thresholds.md").read_text(encoding="utf-8")
    shown = bytes.fromhex(page.split("```")[-2].replace("\n", ""))
    assert read_thresholds(shown, "in.json") == threshold_set("IN")._replace(note="")
