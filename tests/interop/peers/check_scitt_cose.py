"""Asks scitt-cose about statements, receipts, transparent statements, and trees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cbor2
import scitt_cose as peer
from asking import answer, require
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from scitt_cose import merkle
from scitt_cose.cose_sign1 import verify_sign1
from scitt_cose.receipt import build_receipt, verify_receipt
from scitt_cose.statement import attach_receipts, extract_receipts, parse_signed_statement

CONSISTENCY, VDS, VDP = -2, 395, 396


def statement(asked: Mapping[str, Any]) -> None:
    found = parse_signed_statement(bytes.fromhex(asked["raw"]), public_key_pem=asked["key"])
    require(found["signature_verified"] is True, "signature not verified")
    require(found["issuer"] and found["subject"] and found["content_type"], "issuer, subject or content type missing")


def receipt(asked: Mapping[str, Any]) -> None:
    held(bytes.fromhex(asked["receipt"]), asked["entry"], asked["log"])


def held(raw: bytes, entry_hex: str, log: str) -> None:
    found = verify_receipt(raw, leaf_entry_hex=entry_hex, log_public_key_pem=log)
    require(found.ok, "; ".join(found.errors))
    require(found.issuer and found.subject and 4 in found.protected_header_ext, "issuer, subject or kid missing")


def transparent(asked: Mapping[str, Any]) -> None:
    """Every receipt holds for the stored statement; and attaching them to it gives the same file."""
    raw, stored = bytes.fromhex(asked["raw"]), bytes.fromhex(asked["stored"])
    found = parse_signed_statement(raw, public_key_pem=asked["key"])
    require(found["signature_verified"] is True, "signature not verified")
    receipts = extract_receipts(raw)
    require(receipts, "no receipts")
    for each in receipts:
        held(each, asked["stored"], asked["log"])
    require(attach_receipts(stored, receipts) == raw, "not the stored statement with its receipts")


def consistency_receipt(asked: Mapping[str, Any]) -> None:
    """It has no verifier of its own for these: its COSE_Sign1, and its consistency proof."""
    raw = bytes.fromhex(asked["receipt"])
    found = verify_sign1(raw, public_key_pem=asked["log"])
    require(found.protected.get(VDS) == 1, "another verifiable data structure")
    (proof,) = found.unprotected[VDP][CONSISTENCY]
    old, new, path = cbor2.loads(proof)
    fits = merkle.verify_consistency(
        asked["old_root"], found.payload.hex(), first_size=old, second_size=new, proof_hex=[item.hex() for item in path]
    )
    require(fits, "not consistent")


def root(asked: Mapping[str, Any]) -> None:
    require(merkle.merkle_root(asked["entries"]) == asked["root"], "another root")


def inclusion(asked: Mapping[str, Any]) -> None:
    found = merkle.root_from_inclusion_proof(asked["entry"], asked["index"], asked["size"], asked["path"])
    require(found == asked["root"], "another root")


def consistency(asked: Mapping[str, Any]) -> None:
    fits = merkle.verify_consistency(
        asked["old_root"], asked["new_root"], first_size=asked["old"], second_size=asked["new"], proof_hex=asked["path"]
    )
    require(fits, "not consistent")


def make() -> dict[str, Any]:
    """Paths as in go/made.go, and a receipt; its header is not in the deterministic order that ours is in."""
    few = [f"L{at}".encode().hex() for at in range(7)]
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(96, 128)))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )  # fmt: skip
    made = build_receipt(
        leaf_entry_hex=few[3],
        leaf_index=3,
        tree_entries_hex=few,
        alg="EdDSA",
        log_private_key_pem=private,
        iss="ledger.example/lots",
        sub="lot:X",
        kid=bytes(32),
    )
    return {
        "root": merkle.merkle_root(few),
        "inclusion_3_of_7": merkle.inclusion_proof(few, 3),
        "consistency_3_to_7": merkle.consistency_proof(few, 3, 7),
        "receipt": made.hex(),
    }


KNOWN = {
    "statement": statement,
    "receipt": receipt,
    "transparent": transparent,
    "consistency-receipt": consistency_receipt,
    "root": root,
    "inclusion": inclusion,
    "consistency": consistency,
}

if __name__ == "__main__":
    require(peer.__version__, "no version")
    answer(KNOWN, make)
