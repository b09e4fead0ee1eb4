"""The trust policy: read strictly, weighed by distinct witnesses and never by lines."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vectors_build import notes as build
from tests.vectors_build import policy as texts

from lotchain.core.notes import MAX_SIGNATURES, NoteSignature, VerifierKey
from lotchain.errors import Malformed
from lotchain.verify.policy import Group, Policy, format_policy, parse_policy, weigh

CASES: list[dict[str, Any]] = json.loads((build.VECTORS / "policy.json").read_text())["cases"]
READ = [pytest.param(case, id=case["name"]) for case in CASES if "note" not in case]
WEIGHED = [pytest.param(case, id=case["name"]) for case in CASES if "note" in case]
FULL = texts.text(*texts.FULL).encode()
POLICY = parse_policy(FULL)


@pytest.mark.parametrize("case", READ)
def test_reading_vectors(case: dict[str, Any]) -> None:
    data = case["policy"].encode()
    if not case["valid"]:
        with pytest.raises(Malformed) as caught:
            parse_policy(data)
        assert caught.value.code == case["code"]
        assert "line " in caught.value.field or case["name"] in {"empty", "cut", "too-long"}
        return
    policy = parse_policy(data)
    assert texts._reading(case["policy"]) == case["reading"]
    assert parse_policy(format_policy(policy).encode()) == policy


@pytest.mark.parametrize("case", WEIGHED)
def test_weighing_vectors(case: dict[str, Any]) -> None:
    policy, note = parse_policy(case["policy"].encode()), case["note"].encode()
    if not case["valid"]:
        with pytest.raises(Malformed) as caught:
            weigh(policy, note)
        assert caught.value.code == case["code"]
        return
    weighed = weigh(policy, note)
    assert weighed.checkpoint == build.CHECKPOINT
    assert dict(weighed.witnesses) == case["witnesses"]
    assert dict(weighed.auditors) == case["auditors"]
    assert (weighed.quorum_met, weighed.attested) == (case["quorum_met"], case["attested"])
    assert weighed.as_of_ms == case["as_of_ms"]
    assert [fault.code for fault in weighed.faults] == case["faults"]


def test_the_full_policy_says_what_it_says() -> None:
    assert POLICY.origin == "ledger.example/lots"
    assert POLICY.log_keys == (build.LOG_KEY,)
    assert dict(POLICY.witnesses) == {f"W{i + 1}": (key,) for i, key in enumerate(build.W_KEYS)}
    assert dict(POLICY.groups) == {
        "plain": Group(1, ("W1", "W2")),
        "authorities": Group(2, ("W3", "W4")),
        "both": Group(2, ("plain", "authorities")),
    }
    assert (POLICY.quorum, POLICY.auditors, POLICY.audit_quorum) == ("both", ("W2", "W3", "W4"), 2)
    assert POLICY.charter == bytes(range(32))
    assert POLICY.max_age_ms == 48 * 3_600_000
    assert POLICY.treaty_required


def test_the_defaults() -> None:
    policy = parse_policy(texts.text(texts.LOG, "quorum none", *texts.REST).encode())
    assert policy.treaty_required
    assert (policy.auditors, policy.audit_quorum, policy.demands_mldsa) == ((), 0, False)
    assert not parse_policy(texts.swapped("treaty required", "treaty not-demanded").encode()).treaty_required


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("audit-quorum 2", "audit-quorum 1"),
        (texts.AGE, "max-age 0h"),
        (texts.W[1], f"witness W2 {VerifierKey('w9', 4, build.W_KEYS[0].public).encode()}"),
        ("quorum both", "quorum nobody"),
        (texts.W[0], "witness W1 w+00000000+AA=="),
    ],
)
def test_a_fault_names_its_line(old: str, new: str) -> None:
    text = texts.swapped(old, new)
    with pytest.raises(Malformed) as caught:
        parse_policy(text.encode())
    assert caught.value.field == f"line {text.split(chr(10)).index(new) + 1}"


@pytest.mark.parametrize("listed", range(1, 9))
def test_an_audit_quorum_is_more_than_half(listed: int) -> None:
    """Two audit quorums always share an auditor, so two ledgers cannot both pass."""
    names = tuple(f"W{i}" for i in range(listed))
    passing = []
    for quorum in range(listed + 2):
        try:
            dataclasses.replace(POLICY, auditors=names, audit_quorum=quorum)
            passing.append(quorum)
        except Malformed as fault:
            assert fault.code == "policy-audit-quorum"
    assert passing == [k for k in range(1, listed + 1) if 2 * k > listed]


def test_a_key_cannot_count_twice_however_the_policy_was_made() -> None:
    twice = {**POLICY.witnesses, "W9": (VerifierKey("elsewhere", 4, build.W_KEYS[0].public),)}
    with pytest.raises(Malformed) as caught:
        dataclasses.replace(POLICY, witnesses=twice)
    assert caught.value.code == "policy-duplicate"
    with pytest.raises(Malformed):
        dataclasses.replace(POLICY, auditors=("W1", "W1"), audit_quorum=2)


def test_deeply_nested_groups_are_weighed() -> None:
    groups = [f"group g{i} 1 g{i - 1}" for i in range(1, 3_000)]
    text = texts.text(texts.LOG, texts.W[0], "group g0 1 W1", *groups, "quorum g2999", *texts.REST)
    policy = parse_policy(text.encode())
    assert weigh(policy, build.note(build.LOG_LINE, build.ed_line(0)).encode()).quorum_met
    assert not weigh(policy, build.note(build.LOG_LINE).encode()).quorum_met


@given(st.sets(st.integers(0, 3)))
def test_the_quorum_of_the_full_policy(signed: set[int]) -> None:
    weighed = weigh(POLICY, build.note(build.LOG_LINE, *(build.ed_line(i) for i in sorted(signed))).encode())
    assert weighed.quorum_met == (bool(signed & {0, 1}) and {2, 3} <= signed)
    assert weighed.attested == (len(signed & {1, 2, 3}) >= 2)
    assert (weighed.as_of_ms is None) == (not weighed.attested)


@given(st.lists(st.integers(1, 10**10), min_size=2, max_size=3), st.integers(1, 10**10))
def test_one_lying_auditor_of_three_moves_as_of_within_what_honest_ones_saw(honest: list[int], lie: int) -> None:
    times = [*honest[:2], lie]
    weighed = weigh(
        POLICY, build.note(build.LOG_LINE, *(build.ed_line(i + 1, t) for i, t in enumerate(times))).encode()
    )
    assert weighed.as_of_ms is not None
    assert min(honest[:2]) * 1000 <= weighed.as_of_ms <= max(honest[:2]) * 1000


def test_garbage_lines_do_not_count_and_do_not_hurt() -> None:
    garbage = [NoteSignature(build.W_NAMES[i % 4], bytes((i, 0, 0, 0)), b"x") for i in range(MAX_SIGNATURES - 1)]
    weighed = weigh(POLICY, build.note(build.LOG_LINE, *garbage).encode())
    assert not weighed.witnesses
    assert not weighed.quorum_met


def test_weighed_answers_cannot_be_changed() -> None:
    weighed = weigh(POLICY, build.note(build.LOG_LINE, build.ed_line(0)).encode())
    with pytest.raises(TypeError):
        weighed.witnesses["W2"] = 5  # type: ignore[index]
    with pytest.raises(TypeError):
        POLICY.witnesses["W9"] = ()  # type: ignore[index]


@given(st.binary(max_size=300))
def test_no_bytes_escape(data: bytes) -> None:
    for policy in (data, texts.HEADER.encode() + b"\n" + data + b"\n"):
        with pytest.raises(Malformed):
            parse_policy(policy)


@given(st.integers(0, len(FULL) - 1), st.integers(0, len(FULL) - 1), st.binary(max_size=3))
def test_a_damaged_policy_is_refused_or_a_policy(first: int, last: int, put: bytes) -> None:
    data = FULL[:first] + put + FULL[last:]
    try:
        policy = parse_policy(data)
    except Malformed:
        return
    assert isinstance(policy, Policy)
    assert parse_policy(format_policy(policy).encode()) == policy


WORDS = st.sampled_from(
    [
        *["log", "witness", "group", "quorum", "auditor", "audit-quorum", "charter", "max-age", "treaty"],
        *["W1", "W2", "W3", "g", "none", "any", "all", "0", "1", "2", "48h", "0d", "required", "https://x", "#", "é"],
        *(build.LOG_KEY.encode(), build.W_KEYS[0].encode(), build.LOG_MLDSA_KEY.encode(), bytes(32).hex(), "\t", ""),
    ]
)


@given(st.lists(st.lists(WORDS, max_size=5).map(" ".join), max_size=5))
def test_no_line_made_of_known_words_escapes(lines: list[str]) -> None:
    try:
        parse_policy(texts.text(texts.LOG, *texts.W[:2], *lines, *texts.REST).encode())
    except Malformed as fault:
        assert fault.code.startswith(("policy-", "vkey-"))


@given(st.integers(0, 10_000), st.binary(max_size=3))
def test_no_note_escapes_the_scales(at: int, put: bytes) -> None:
    sound = build.note(build.LOG_LINE, *(build.ed_line(i) for i in range(4))).encode()
    at %= len(sound)
    data = sound[:at] + put + sound[at + 1 :]
    try:
        weighed = weigh(POLICY, data)
    except Malformed:
        return
    assert weighed.checkpoint == build.CHECKPOINT
    assert set(weighed.witnesses) <= set(POLICY.witnesses)
