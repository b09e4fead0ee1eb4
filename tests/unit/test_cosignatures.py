"""Cosignatures: the signed bytes of both types, and nothing else that verifies."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vectors_build import notes as build

from lotchain.core.checkpoints import parse_checkpoint_text
from lotchain.core.cosignatures import cosigned_message_ed25519, mldsa_message, verify_cosignature
from lotchain.core.notes import NoteSignature, VerifierKey, parse_signature_line, parse_vkey
from lotchain.errors import Malformed, UsageError
from lotchain.signing.notes import cosign_ed25519, cosign_mldsa, sign_checkpoint_mldsa

CASES: list[dict[str, Any]] = json.loads((build.VECTORS / "cosignature.json").read_text())["cases"]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_vectors(case: dict[str, Any]) -> None:
    key = parse_vkey(case["vkey"])
    checkpoint = parse_checkpoint_text(case["checkpoint_text"])
    line = parse_signature_line(case["line"])
    time = verify_cosignature(key, line, checkpoint, case["checkpoint_text"])
    if not case["valid"]:
        assert time is None
        return
    assert time == int(case["timestamp"])
    message = (
        mldsa_message(key.name, time, checkpoint.origin, 0, checkpoint.size, checkpoint.root)
        if key.kind == 6
        else cosigned_message_ed25519(case["checkpoint_text"], time)
    )
    assert message.hex() == case["message_hex"]


def test_the_known_answer_of_seed_20_3f() -> None:
    signer = build.WITNESSES[0]
    line = cosign_ed25519(build.TEXT, "witness.example/w1", signer, 1_700_000_000).line()
    assert line == (
        "— witness.example/w1 IDJKvgAAAABlU/EAieShUnWqw4PDYW3VHF3PIVX7pgdMJocBuQ8ihFsfzogHMAEpJC1GfAnoY0qt7QZXiAz8of6Ni"
        "lncSOdv55DyAg==\n"
    )


def test_the_known_message_for_mldsa() -> None:
    message = mldsa_message("witness.example/w1", 1_700_000_000, "ledger.example/lots", 0, 7, build.ROOT)
    assert message.hex() == (
        "737562747265652f76310a00"
        "127769746e6573732e6578616d706c652f7731"
        "000000006553f100"
        "136c65646765722e6578616d706c652f6c6f7473"
        "0000000000000000"
        "0000000000000007"
        "9a01afc3a2f698368e6143b81124c362459916ce16f62ca7b96933fc862735ed"
    )


def test_the_message_of_c2sp_tlog_cosignature() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    assert cosigned_message_ed25519(text, 1_679_315_147) == f"cosignature/v1\ntime 1679315147\n{text}".encode()


@pytest.mark.parametrize("time", [-1, 2**63])
def test_impossible_times(time: int) -> None:
    with pytest.raises(UsageError):
        cosigned_message_ed25519(build.TEXT, time)
    with pytest.raises(UsageError):
        mldsa_message("w", time, "o", 0, 7, build.ROOT)


@pytest.mark.parametrize(
    ("name", "time", "origin", "start", "end", "root"),
    [
        ("", 1, "o", 0, 7, build.ROOT),
        ("w" * 256, 1, "o", 0, 7, build.ROOT),
        ("w", 1, "", 0, 7, build.ROOT),
        ("w", 1, "o" * 256, 0, 7, build.ROOT),
        ("w", 1, "o", 1, 7, build.ROOT),
        ("w", 0, "o", 8, 7, build.ROOT),
        ("w", 0, "o", -1, 7, build.ROOT),
        ("w", 0, "o", 0, 2**64, build.ROOT),
        ("w", 0, "o", 0, 7, build.ROOT[:31]),
    ],
)
def test_impossible_messages(name: str, time: int, origin: str, start: int, end: int, root: bytes) -> None:
    with pytest.raises(UsageError):
        mldsa_message(name, time, origin, start, end, root)


def test_a_witness_states_its_time() -> None:
    with pytest.raises(UsageError):
        cosign_ed25519(build.TEXT, build.W_NAMES[0], build.WITNESSES[0], 0)
    with pytest.raises(UsageError):
        cosign_mldsa(build.CHECKPOINT, build.W_NAMES[0], build.W_MLDSA, 0)


@pytest.mark.parametrize(
    "text", ["", "hello\n", build.TEXT + "extension\n", build.TEXT[:-1], f"cosignature/v1\n{build.TEXT}"]
)
def test_only_checkpoints_are_cosigned(text: str) -> None:
    with pytest.raises(Malformed):
        cosign_ed25519(text, build.W_NAMES[0], build.WITNESSES[0], build.TIME)


def test_fresh_mldsa_signatures_verify() -> None:
    line = cosign_mldsa(build.CHECKPOINT, build.W_NAMES[0], build.W_MLDSA, build.TIME)
    assert verify_cosignature(build.W_MLDSA_KEY, line, build.CHECKPOINT, build.TEXT) == build.TIME
    own = sign_checkpoint_mldsa(build.CHECKPOINT, build.ORIGIN, build.LOG_MLDSA, 0)
    assert verify_cosignature(build.LOG_MLDSA_KEY, own, build.CHECKPOINT, build.TEXT) == 0


def test_an_mldsa_cosignature_is_bound_to_its_cosigner_by_name() -> None:
    renamed = VerifierKey("witness.example/w9", 6, build.W_MLDSA_KEY.public)
    line = cosign_mldsa(build.CHECKPOINT, build.W_NAMES[0], build.W_MLDSA, build.TIME)
    pasted = NoteSignature(renamed.name, renamed.key_id, line.blob)
    assert verify_cosignature(renamed, pasted, build.CHECKPOINT, build.TEXT) is None


@given(st.binary(max_size=80), st.sampled_from([*build.W_KEYS, build.W_MLDSA_KEY, build.LOG_KEY]))
def test_no_blob_verifies_by_chance_or_raises(blob: bytes, key: VerifierKey) -> None:
    line = NoteSignature(key.name, key.key_id, blob or b"x")
    assert verify_cosignature(key, line, build.CHECKPOINT, build.TEXT) is None


@given(st.integers(0, 71), st.integers(1, 255))
def test_no_changed_byte_verifies(at: int, change: int) -> None:
    line = build.ed_line(0)
    blob = bytearray(line.blob)
    blob[at] ^= change
    changed = NoteSignature(line.name, line.key_id, bytes(blob))
    assert verify_cosignature(build.W_KEYS[0], changed, build.CHECKPOINT, build.TEXT) is None


def test_reading_notes_does_not_load_the_heavy_library() -> None:
    program = (
        "import sys, lotchain.core.checkpoints, lotchain.core.cosignatures; "
        "sys.exit('cryptography.hazmat.primitives.asymmetric.mldsa' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
