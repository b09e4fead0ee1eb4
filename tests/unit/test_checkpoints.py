"""Checkpoints: one spelling, the log's own signature, the log's own name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vectors_build import notes as build

from lotchain.core.checkpoints import Checkpoint, open_checkpoint, parse_checkpoint_text
from lotchain.core.notes import parse_vkey
from lotchain.errors import Malformed, UsageError
from lotchain.signing.notes import sign_checkpoint_mldsa, sign_note

CASES: list[dict[str, Any]] = json.loads((build.VECTORS / "checkpoint.json").read_text())["cases"]
SOUND = build.note(build.LOG_LINE).encode()
CODES = {
    "note-format",
    "note-signature",
    "checkpoint-format",
    "checkpoint-extension",
    "checkpoint-origin",
    "checkpoint-signature",
}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_vectors(case: dict[str, Any]) -> None:
    log_key = parse_vkey(case["log_vkey"])
    mldsa_key = parse_vkey(case["mldsa_vkey"]) if "mldsa_vkey" in case else None
    if not case["valid"]:
        with pytest.raises(Malformed) as caught:
            open_checkpoint(case["note"].encode(), log_key, mldsa_key=mldsa_key)
        assert caught.value.code == case["code"]
        return
    checkpoint, note = open_checkpoint(case["note"].encode(), log_key, mldsa_key=mldsa_key)
    assert (checkpoint.origin, str(checkpoint.size), checkpoint.root.hex()) == (
        case["origin"],
        case["size"],
        case["root"],
    )
    assert note.encode() == case["note"].encode()
    assert checkpoint.text() == note.text


def test_the_known_answer_of_seed_00_1f() -> None:
    assert SOUND.decode() == (
        "ledger.example/lots\n7\nmgGvw6L2mDaOYUO4ESTDYkWZFs4W9iynuWkz/IYnNe0=\n\n"
        "— ledger.example/lots yfpKWNAtJDsemzP3fTgbhwE6m42WwPZAkWHXGJ5obmzwZrkvQoinegyRHWuAe3bzE9FDgIn/dT5f0HtPOgHb"
        "ZHLq6Aw=\n"
    )


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [
        ("", 7, build.ROOT),
        ("a b", 7, build.ROOT),
        ("a\n8", 7, build.ROOT),
        ("a", -1, build.ROOT),
        ("a", 2**63, build.ROOT),
        ("a", 7, build.ROOT[:31]),
        ("a", 7, b""),
        ("a", 0, build.ROOT),
    ],
)
def test_an_unreadable_checkpoint_cannot_be_made(origin: str, size: int, root: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        Checkpoint(origin, size, root)
    assert caught.value.code == "checkpoint-format"


@pytest.mark.parametrize(
    ("log_key", "mldsa_key"),
    [
        (build.W_KEYS[0], None),
        (build.LOG_MLDSA_KEY, None),
        (build.LOG_KEY, build.LOG_KEY),
        (build.LOG_KEY, build.W_MLDSA_KEY),
    ],
)
def test_keys_of_another_kind_are_the_callers_mistake(log_key: Any, mldsa_key: Any) -> None:
    with pytest.raises(UsageError) as caught:
        open_checkpoint(SOUND, log_key, mldsa_key=mldsa_key)
    assert caught.value.code == "log-key"


def test_a_log_signs_its_own_checkpoints_only() -> None:
    with pytest.raises(UsageError) as caught:
        sign_checkpoint_mldsa(build.CHECKPOINT, "ledger.example/lost", build.LOG_MLDSA, 0)
    assert caught.value.code == "checkpoint-origin"


@given(st.integers(0, len(SOUND) - 1), st.integers(0, 255))
def test_no_changed_byte_gives_another_checkpoint(at: int, byte: int) -> None:
    data = SOUND[:at] + bytes((byte,)) + SOUND[at + 1 :]
    try:
        opened, _ = open_checkpoint(data, build.LOG_KEY)
    except Malformed as fault:
        assert fault.code in CODES
        assert data != SOUND
    else:
        assert data == SOUND
        assert opened == build.CHECKPOINT


@given(st.binary(max_size=200))
def test_no_bytes_escape(data: bytes) -> None:
    with pytest.raises(Malformed):
        open_checkpoint(data, build.LOG_KEY)


@given(st.lists(st.text(alphabet=st.characters(codec=None), max_size=50), max_size=5).map("\n".join))
def test_no_text_escapes(text: str) -> None:
    for body in (text, f"{text}\n", f"a\n{text}\n"):
        try:
            assert parse_checkpoint_text(body).text() == body
        except Malformed as fault:
            assert fault.code in ("checkpoint-format", "checkpoint-extension")


@given(
    st.from_regex(r"[!-*,-~]{1,255}", fullmatch=True), st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32)
)
def test_what_is_written_is_read(origin: str, size: int, root: bytes) -> None:
    checkpoint = Checkpoint(origin, size, root)
    assert parse_checkpoint_text(checkpoint.text()) == checkpoint
    line = sign_note(checkpoint.text(), origin, build.LOG)
    assert line.name == origin
