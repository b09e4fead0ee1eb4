"""The bundle's vectors, read as another implementation would read them, and the golden bundles that never change."""

from __future__ import annotations

import base64
import json
from collections import Counter
from typing import Any

import pytest
from tests.vectors_build import bundles as build

from lotchain.core.instants import parse_instant
from lotchain.errors import Malformed
from lotchain.verify.bundle import decode_bundle, encode_bundle
from lotchain.verify.offline import verify_bundle
from lotchain.verify.policy import parse_policy
from lotchain.verify.verdict import Verdict

VECTORS: dict[str, Any] = json.loads(build.PATH.read_text())
CASES = [pytest.param(case, id=case["name"]) for case in VECTORS["cases"]]
BUNDLES = {name: base64.b64decode(text) for name, text in VECTORS["bundles"].items()}


def test_the_vectors_are_those_that_the_script_makes() -> None:
    assert build.build() == VECTORS


def test_case_names_differ_and_bad_cases_outnumber_good_ones() -> None:
    assert max(Counter(case["name"] for case in VECTORS["cases"]).values()) == 1
    valid = [case["valid"] for case in VECTORS["cases"]]
    assert valid.count(False) > valid.count(True) > 10
    assert {case["word"] for case in VECTORS["cases"] if case["valid"]} == {"CLEAR", "HOLD", "FAIL"}


@pytest.mark.parametrize("case", CASES)
def test_vectors(case: dict[str, Any]) -> None:
    data = build.apply(BUNDLES[case["bundle"]], case["edits"])
    policy = parse_policy(VECTORS["policies"][case["policy"]].encode())
    now = parse_instant(case["now"], field="now")
    if not case["valid"] and not case["readable"]:
        with pytest.raises(Malformed) as caught:
            verify_bundle(data, policy, now=now)
        assert caught.value.code == case["code"]
        return
    verdict = verify_bundle(data, policy, now=now, found=build.found_of(case.get("found")))
    assert verdict.refused is not case["valid"]
    assert verdict.word == case["word"]
    if verdict.refused:
        assert [finding.code for finding in verdict.findings] == [case["code"]]
        return
    compare(verdict, case)


def compare(verdict: Verdict, expected: dict[str, Any]) -> None:
    said = verdict.as_json()
    assert (verdict.word, verdict.exit_code, said["answers"]) == (
        expected["word"], expected["exit"], expected["answers"],
    )  # fmt: skip
    assert said["as_of"] == expected["as_of"]
    assert [[f.code, f.subject, f.statement] for f in verdict.findings] == expected["findings"]
    assert dict(verdict.openings) == expected["opened"]
    assert (list(verdict.examined), list(verdict.named)) == (expected["examined"], expected["named"])


@pytest.mark.parametrize("name", VECTORS["bundles"])
def test_base_bundles_have_one_encoding(name: str) -> None:
    assert encode_bundle(decode_bundle(BUNDLES[name])) == BUNDLES[name]


@pytest.mark.parametrize(("name", "word"), [("clear", "CLEAR"), ("hold", "HOLD"), ("fail", "FAIL")])
def test_golden_bundles(name: str, word: str) -> None:
    """Files as they were given to inspectors: whatever this program becomes, it reads them and says the same."""
    data = (build.GOLDEN / f"{name}.lotproof").read_bytes()
    policy = parse_policy((build.GOLDEN / f"{name}.policy").read_bytes())
    expected = json.loads((build.GOLDEN / f"{name}.json").read_text())
    now = parse_instant(expected["now"], field="now")
    verdict = verify_bundle(data, policy, now=now, found=build.found_of(expected["found"]))
    assert (verdict.word, verdict.refused) == (word, False)
    compare(verdict, expected)
    assert encode_bundle(decode_bundle(data)) == data
