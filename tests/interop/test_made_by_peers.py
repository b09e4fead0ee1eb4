"""Our outputs against what other people's implementations made and said, as `make interop` recorded it.

`made_by_peers.json` is theirs: proofs, notes, signatures, tiles over the entries L0 … L6 and E0 … E299, and their word
on every case of specs/vectors/exports.json. No network, and none of their code.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import cbor2
import pytest
from tests.vectors_build import exports, notes

from lotchain.core import cbor, cose
from lotchain.core.checkpoints import Checkpoint, open_checkpoint
from lotchain.core.cose_receipts import parse_receipt
from lotchain.core.cosignatures import mldsa_message, verify_cosignature
from lotchain.core.tile_paths import full_tiles, partial_width, tile_path
from lotchain.core.tiles import join_entries, join_hashes
from lotchain.core.tree import (
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from lotchain.errors import Malformed

FILE = Path(__file__).with_name("made_by_peers.json")
ALL: dict[str, Any] = json.loads(FILE.read_text())["made"] if FILE.exists() else {}
FEW = [f"L{at}".encode() for at in range(7)]
MANY = [f"E{at}".encode() for at in range(300)]
HASHES = [leaf_hash(entry) for entry in FEW]
CHECKPOINT = Checkpoint(notes.ORIGIN, 7, root_of(HASHES))
TREES = ("go-x-mod", "aics-tlog", "scitt-cose", "transmute-rfc9162")
LAXER: dict[str, set[str]] = {
    # Spelling alone: numbers and base64 are decoded leniently, by them or by our small scripts around them.
    "go-x-mod": {"proof, base64 with loose bits", "proof, index with a leading zero", "proof, index with a sign"},
    "aics-tlog": {
        "proof, base64 with loose bits",
        "proof, index in Arabic digits",
        "proof, index with a leading zero",
        "proof, index with a sign",
        "proof, index with two spaces",
    },
    # It hands issuer, subject and kid to its caller to compare, and knows other shapes of receipts than our one.
    "scitt-cose": {
        "consistency, about a lot",
        "receipt, a length in a longer form inside the proof",
        "receipt, a time",
        "receipt, another issuer",
        "receipt, another subject",
        "receipt, header out of order",
        "receipt, kid in both headers",
        "receipt, kid of another key",
        "receipt, something beside the proof",
        "receipt, something critical",
        "receipt, two proofs",
        "transparent, nine receipts",
    },
}


def made(peer: str) -> dict[str, Any]:
    if peer not in ALL:
        pytest.skip(f"nothing of {peer} is recorded: python -m tests.interop.run --record")
    found: dict[str, Any] = ALL[peer]
    return found


def node(level: int, index: int) -> bytes:
    return root_of(HASHES[index << level : index + 1 << level])


@pytest.mark.parametrize("peer", TREES)
def test_trees(peer: str) -> None:
    theirs = made(peer)
    assert theirs["root"] == CHECKPOINT.root.hex()
    inclusion = [bytes.fromhex(item) for item in theirs["inclusion_3_of_7"]]
    consistency = [bytes.fromhex(item) for item in theirs["consistency_3_to_7"]]
    assert inclusion == inclusion_path(3, 7, node)
    assert consistency == consistency_path(3, 7, node)
    assert verify_inclusion(HASHES[3], 3, 7, inclusion, CHECKPOINT.root)
    assert not verify_inclusion(HASHES[2], 3, 7, inclusion, CHECKPOINT.root)
    assert verify_consistency(3, root_of(HASHES[:3]), 7, CHECKPOINT.root, consistency)
    assert not verify_consistency(2, root_of(HASHES[:2]), 7, CHECKPOINT.root, consistency)


@pytest.mark.parametrize("peer", ["go-x-mod", "aics-tlog"])
def test_notes(peer: str) -> None:
    theirs = made(peer)["note"].encode()
    checkpoint, note = open_checkpoint(theirs, notes.LOG_KEY)
    assert checkpoint == CHECKPOINT
    lines = [notes.LOG_LINE] if peer == "go-x-mod" else [notes.LOG_LINE, notes.ed_line(0)]
    assert theirs == notes.note(*lines).encode()
    if peer == "aics-tlog":
        assert verify_cosignature(notes.W_KEYS[0], note.signatures[1], checkpoint, note.text) == notes.TIME
    with pytest.raises(Malformed):
        open_checkpoint(theirs.replace(b"\n7\n", b"\n8\n"), notes.LOG_KEY)


@pytest.mark.parametrize("peer", ["go-x-mod", "aics-tlog"])
def test_tiles(peer: str) -> None:
    theirs = made(peer)["tiles_of_300"]
    hashes = [leaf_hash(entry) for entry in MANY]
    levels = [hashes, [root_of(hashes[:256])]]
    ours: dict[str, bytes] = {}
    for level, held in enumerate(levels):
        size = 300
        ours |= {
            tile_path(level, at): join_hashes(held[at * 256 : at * 256 + 256]) for at in range(full_tiles(level, size))
        }
        full, width = full_tiles(level, size), partial_width(level, size)
        ours[tile_path(level, full, width)] = join_hashes(held[full * 256 : full * 256 + width])
    if peer == "aics-tlog":
        ours[tile_path(None, 0)] = join_entries(MANY[:256])
        ours[tile_path(None, 1, 44)] = join_entries(MANY[256:])
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in ours.items()}
    assert digests == theirs


def test_ml_dsa_44_of_go() -> None:
    theirs = made("go-x-mod")
    assert bytes.fromhex(theirs["mldsa44_public"]) == notes.LOG_MLDSA.public_raw
    message = mldsa_message(notes.ORIGIN, 0, notes.ORIGIN, 0, 7, CHECKPOINT.root)
    signature = bytes.fromhex(theirs["mldsa44_signature"])
    assert notes.LOG_MLDSA_KEY.verify(signature, message)
    assert not notes.LOG_MLDSA_KEY.verify(signature, message[:-1])


def test_ml_dsa_44_of_noble() -> None:
    theirs = made("noble-post-quantum")
    assert bytes.fromhex(theirs["public"]) == notes.LOG_MLDSA.public_raw
    assert bytes.fromhex(theirs["message"]) == mldsa_message(notes.ORIGIN, 0, notes.ORIGIN, 0, 7, CHECKPOINT.root)
    assert notes.LOG_MLDSA_KEY.verify(bytes.fromhex(theirs["signature"]), bytes.fromhex(theirs["message"]))


def test_both_make_the_same_ml_dsa_44_signature_without_randomness() -> None:
    assert made("noble-post-quantum")["signature"] == made("go-x-mod")["mldsa44_signature"]


def test_ed25519_of_noble() -> None:
    theirs = made("noble-ed25519")
    assert theirs["checkpoint"] == {"public": notes.LOG.public.raw.hex(), "signature": notes.LOG_LINE.blob.hex()}
    line = notes.ed_line(0)
    assert theirs["cosignature"] == {"public": notes.WITNESSES[0].public.raw.hex(), "signature": line.blob[8:].hex()}


def test_a_receipt_of_scitt_cose() -> None:
    """Another header and not in deterministic order, so not of our format; proof and signature are of one kind."""
    raw = bytes.fromhex(made("scitt-cose")["receipt"])
    protected, unprotected, payload, signature = cbor2.loads(raw).value
    assert payload is None
    (proof,) = unprotected[396][-1]
    assert proof == cbor.encode([7, 3, inclusion_path(3, 7, node)])
    assert exports.LOG.public.verify(signature, cose.sig_structure(protected, CHECKPOINT.root))
    assert not exports.LOG.public.verify(signature, cose.sig_structure(protected, root_of(HASHES[:6])))
    with pytest.raises(Malformed) as caught:
        parse_receipt(raw)
    assert caught.value.code == "receipt-format"


@pytest.mark.parametrize("peer", sorted(LAXER))
def test_what_they_say_of_our_vectors(peer: str) -> None:
    """Whatever we take, they take; what we refuse and they take is listed above, each for its reason."""
    verdicts = made(peer)["verdicts"]
    kinds = {"go-x-mod": {"tlog-proof"}, "aics-tlog": {"tlog-proof"}}.get(
        peer, {"receipt", "consistency", "transparent"}
    )
    asked = {case["name"]: case["valid"] for case in exports.build()["cases"] if case["kind"] in kinds}  # type: ignore[attr-defined]
    assert verdicts.keys() == asked.keys(), "record anew: the vectors have changed"
    assert not [name for name, valid in asked.items() if valid and not verdicts[name]]
    assert {name for name, valid in asked.items() if not valid and verdicts[name]} == LAXER[peer]


def test_the_record_names_the_versions() -> None:
    if not ALL:
        pytest.skip("nothing is recorded: python -m tests.interop.run --record")
    document = json.loads(FILE.read_text())
    assert document["versions"].keys() == document["made"].keys()
    assert all(version for version in document["versions"].values())
