"""Asks aics-tlog about notes, cosignatures, trees, tiles and entry bundles."""

from __future__ import annotations

import base64
import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aics_tlog as peer
from aics_tlog.tiles import write_tiles
from asking import answer, require, unhexed
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def note(asked: Mapping[str, Any]) -> None:
    checkpoint(bytes.fromhex(asked["note"]), asked)


def checkpoint(data: bytes, asked: Mapping[str, Any]) -> Any:
    """The log's line, and the Ed25519 line of every witness; it knows no ML-DSA-44."""
    log = peer.parse_vkey(asked["log"])
    witnesses = [key for key in map(vkey, asked["witnesses"]) if key is not None]
    found = peer.verify_checkpoint(
        peer.parse_note(data), log, witnesses, quorum=len(witnesses), expected_origin=log.name
    )  # fmt: skip
    require(found.ok, found.error or "refused")
    return found


def vkey(text: str) -> Any:
    """The key, if it is an Ed25519 one."""
    kind = base64.b64decode(text.split("+", 2)[2])[0]
    return peer.parse_vkey(text) if kind == 4 else None


def tlog_proof(asked: Mapping[str, Any]) -> None:
    head, _, data = bytes.fromhex(asked["proof"]).partition(b"\n\n")
    first, index, *lines = head.decode().split("\n")
    require(first == "c2sp.org/tlog-proof@v1" and index.startswith("index "), "no tlog-proof")
    found = checkpoint(data, asked)
    path = [base64.b64decode(line, validate=True) for line in lines]
    entry = bytes.fromhex(asked["entry"])
    held = peer.verify_leaf_inclusion(entry, int(index.removeprefix("index ")), found.size, path, found.root)
    require(held, "another root")


def root(asked: Mapping[str, Any]) -> None:
    require(peer.MerkleTree(unhexed(asked["entries"])).root().hex() == asked["root"], "another root")


def inclusion(asked: Mapping[str, Any]) -> None:
    entry, path, wanted = bytes.fromhex(asked["entry"]), unhexed(asked["path"]), bytes.fromhex(asked["root"])
    require(peer.verify_leaf_inclusion(entry, asked["index"], asked["size"], path, wanted), "another root")


def consistency(asked: Mapping[str, Any]) -> None:
    old_root, new_root = bytes.fromhex(asked["old_root"]), bytes.fromhex(asked["new_root"])
    held = peer.verify_consistency(asked["old"], asked["new"], old_root, new_root, unhexed(asked["path"]))
    require(held, "not consistent")


def tiles(asked: Mapping[str, Any]) -> None:
    reader = peer.FileSystemTileReader(asked["folder"])
    peer.audit_tiles(reader, asked["size"], bytes.fromhex(asked["root"]))


def make() -> dict[str, Any]:
    """The same as in go/made.go, and what only this one makes: a cosignature and entry bundles."""
    origin = "ledger.example/lots"
    key, witness = (Ed25519PrivateKey.from_private_bytes(bytes(range(at, at + 32))) for at in (0, 32))
    few = [f"L{at}".encode() for at in range(7)]
    tree = peer.MerkleTree(few)
    made = peer.sign_checkpoint(peer.Checkpoint(origin, 7, tree.root()), key, origin)
    _, line = peer.sign_cosignature(witness, "witness.example/w1", 1_700_000_000, origin, 7, tree.root())
    with tempfile.TemporaryDirectory() as folder:
        names = write_tiles([f"E{at}".encode() for at in range(300)], folder)
        found = {name: hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest() for name in sorted(names)}
    return {
        "root": tree.root().hex(),
        "note": peer.Note(text=made.text, signatures=(*made.signatures, line)).to_bytes().decode(),
        "inclusion_3_of_7": [item.hex() for item in tree.inclusion_proof(3)],
        "consistency_3_to_7": [item.hex() for item in tree.consistency_proof(3, 7)],
        "tiles_of_300": found,
    }


KNOWN = {
    "note": note,
    "tlog-proof": tlog_proof,
    "root": root,
    "inclusion": inclusion,
    "consistency": consistency,
    "tiles": tiles,
}

if __name__ == "__main__":
    answer(KNOWN, make)
