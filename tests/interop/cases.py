"""What the independent checkers are asked: our outputs as they are, and the same damaged, one fault at a time.

A case is a question with a yes or no: does this hold? The checkers are not told the answer that is wanted. `only` names
the checkers that a case is for, where the others are known to be lax or do not look at such things at all.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.interop import damage, fresh
from tests.interop.damage import bent
from tests.vectors_build import exports, keys, notes

from lotchain.core.checkpoints import Checkpoint
from lotchain.core.cosignatures import cosigned_message_ed25519, mldsa_message
from lotchain.core.keys import ED25519, ES256, PublicKey
from lotchain.core.notes import ED25519_COSIGNATURE, ED25519_NOTE, VerifierKey, parse_note
from lotchain.core.statements import parse_statement
from lotchain.core.tree import consistency_path, inclusion_path, leaf_hash, root_of
from lotchain.signing import new_signer
from lotchain.signing.keyfile import read_key_file
from lotchain.signing.notes import sign_note

GO, AICS, SCITT, TRANSMUTE = "go-x-mod", "aics-tlog", "scitt-cose", "transmute-rfc9162"
NOBLE, NOBLE_PQ = "noble-ed25519", "noble-post-quantum"
VECTOR = "exports.json: "
"""How the names of cases begin that are our own vectors."""


@dataclass
class Case:
    """One question: its kind, a name for people, whether it should hold, the inputs, and for whom it is.

    `holds` is None where a peer may be laxer than we are: then its answer is recorded, and no fault.
    """

    kind: str
    name: str
    holds: bool | None
    inputs: dict[str, Any]
    only: tuple[str, ...] = ()


def all_cases(ledgers: list[fresh.FreshLedger], scratch: Path) -> list[Case]:
    """Every question, in a stable order; damaged tiles are written below `scratch`."""
    found: list[Case] = []
    for ledger in ledgers:
        found += _notes(ledger)
        found += _trees(ledger)
        found += _tiles(ledger, scratch)
    found += _small_trees(ledgers[0].entries)
    found += _exports(ledgers[-1])
    found += _signatures(ledgers[-1])
    found += _vectors()
    return found


# --- notes ---------------------------------------------------------------------------------------------------------


def _notes(ledger: fresh.FreshLedger) -> Iterator[Case]:
    signer = read_key_file(ledger.path / "keys" / "log.key")
    for publication in ledger.publications:
        yield _note(ledger, publication.note, f"published note of {publication.size}", holds=True)
    note = ledger.publications[-1].note
    for what, wrong in damage.notes(note, ledger.log_key, ledger.witnesses):
        yield _note(ledger, wrong, f"note: {what}", holds=False)
    yield _note(ledger, note[:-1], "note: no newline at the end", holds=False, only=(GO,))
    for what, wrong in damage.notes_ml_dsa(note, ledger.mldsa_key):
        yield _note(ledger, wrong, f"note: {what}", holds=False, only=(GO,))
    for what, wrong in damage.notes_in_another_spelling(note, ledger.log_key):
        yield _note(ledger, wrong, f"note: {what}", holds=False, only=(AICS,))
    # Sound signatures over texts that are no checkpoint: what a careless parser takes.
    for what, text in damage.checkpoint_texts(parse_note(note).text):
        line = sign_note(text, ledger.log_key.name, signer).line()
        yield _note(
            ledger, f"{text}\n{line}".encode(), f"checkpoint: {what}", holds=False, only=(AICS,), witnesses=False
        )  # fmt: skip
    other = new_signer()
    for key, which in ((VerifierKey(ledger.log_key.name, ED25519_NOTE, other.public.raw), "another log key"),):
        yield _note(ledger, note, f"note: {which}", holds=False, log_key=key)


def _note(
    ledger: fresh.FreshLedger, note: bytes, name: str, *, holds: bool, only: tuple[str, ...] = (),
    log_key: VerifierKey | None = None, witnesses: bool = True,
) -> Case:  # fmt: skip
    inputs = {
        "note": note.hex(),
        "log": (log_key or ledger.log_key).encode(),
        "log_mldsa": ledger.mldsa_key.encode(),
        "witnesses": [key.encode() for key in ledger.witnesses if witnesses],
    }
    return Case("note", name, holds, inputs, only)


# --- trees ---------------------------------------------------------------------------------------------------------


def _trees(ledger: fresh.FreshLedger) -> Iterator[Case]:
    """Proofs out of the ledger's own store, at its published sizes."""
    last = ledger.publications[-1]
    roots = {each.size: each.root for each in ledger.publications}
    for publication in ledger.publications:
        yield Case("root", f"root of {publication.size} entries", True, {
            "entries": [entry.hex() for entry in ledger.entries[: publication.size]], "root": publication.root.hex(),
        })  # fmt: skip
        for index in sorted({0, 1, publication.size // 2, publication.size - 2, publication.size - 1, 128}):
            if index < publication.size:
                yield from _inclusion(ledger.entries[index], index, publication.size, publication.root,
                                      fresh.inclusion_path(ledger, index, publication.size))  # fmt: skip
    for old in (2, 3, 30, 31, 64, 128, 254, 255, 256, 257, 511):
        if old < last.size and old <= ledger.publications[-1].size:
            root = roots.get(old) or fresh.root_at(ledger, old)
            yield from _consistency(old, root, last.size, last.root, fresh.consistency_path(ledger, old, last.size))


def _inclusion(entry: bytes, index: int, size: int, root: bytes, path: list[bytes]) -> Iterator[Case]:
    sound = {"entry": entry, "index": index, "size": size, "path": path, "root": root}
    yield _inclusion_case(f"entry {index} of {size}", True, sound)
    for what, change in damage.inclusions(sound):
        yield _inclusion_case(f"entry {index} of {size}: {what}", False, {**sound, **change})


def _inclusion_case(name: str, holds: bool, said: dict[str, Any]) -> Case:
    path, entry, root = [item.hex() for item in said["path"]], said["entry"].hex(), said["root"].hex()
    return Case("inclusion", name, holds, {**said, "entry": entry, "path": path, "root": root})


def _consistency(old: int, old_root: bytes, new: int, new_root: bytes, path: list[bytes]) -> Iterator[Case]:
    sound = {"old": old, "old_root": old_root, "new": new, "new_root": new_root, "path": path}
    # @transmute/rfc9162 0.0.5 leaves out step 2 of RFC 9162 §2.1.4.2 and takes no path from a power of two.
    only = (GO, AICS, SCITT) if old & (old - 1) == 0 else ()
    yield _consistency_case(f"from {old} to {new}", True, sound, only)
    for what, change in damage.consistencies(sound):
        yield _consistency_case(f"from {old} to {new}: {what}", False, {**sound, **change}, only)


def _consistency_case(name: str, holds: bool, said: dict[str, Any], only: tuple[str, ...]) -> Case:
    hexed = {name: said[name].hex() for name in ("old_root", "new_root")}
    return Case("consistency", name, holds, {**said, **hexed, "path": [item.hex() for item in said["path"]]}, only)


def _small_trees(entries: list[bytes]) -> Iterator[Case]:
    """Every entry of every tree up to 9, where the tree's shape changes most."""
    hashes = [leaf_hash(entry) for entry in entries[:9]]

    def node(level: int, index: int) -> bytes:
        return root_of(hashes[index << level : index + 1 << level])

    for size in range(2, 10):
        root = root_of(hashes[:size])
        for index in range(size):
            path = inclusion_path(index, size, node)
            said = {"entry": entries[index], "index": index, "size": size, "path": path, "root": root}
            yield _inclusion_case(f"small tree, entry {index} of {size}", True, said)
        for old in range(2, size):
            if old & (old - 1):
                said = {"old": old, "old_root": root_of(hashes[:old]), "new": size, "new_root": root,
                        "path": consistency_path(old, size, node)}  # fmt: skip
                yield _consistency_case(f"small tree, from {old} to {size}", True, said, ())


# --- tiles ---------------------------------------------------------------------------------------------------------


def _tiles(ledger: fresh.FreshLedger, scratch: Path) -> Iterator[Case]:
    for publication in ledger.publications:
        yield _tile_case(publication, publication.tiles, f"tiles of {publication.size}", holds=True)
    for publication in ledger.publications[1:]:
        made = damage.tile_folders(publication.tiles, scratch / f"{publication.size}", publication.size)
        for what, folder, of_entries in made:
            yield _tile_case(publication, folder, f"tiles of {publication.size}: {what}", holds=False,
                             only=(AICS,) if of_entries else ())  # fmt: skip
    last, before = ledger.publications[-1], ledger.publications[-2]
    yield _tile_case(last, before.tiles, f"tiles of {last.size}: those of {before.size}", holds=False)


def _tile_case(
    publication: fresh.Publication, folder: Path, name: str, *, holds: bool, only: tuple[str, ...] = ()
) -> Case:
    root = publication.root.hex()
    return Case("tiles", name, holds, {"folder": str(folder), "size": publication.size, "root": root}, only)


# --- statements, receipts, proofs -----------------------------------------------------------------------------------


def _exports(ledger: fresh.FreshLedger) -> Iterator[Case]:
    log = pem(PublicKey(ED25519, ledger.log_key.public))
    wrong_log = pem(new_signer().public)
    chosen = [*fresh.statements_of(ledger, ED25519, 4), *fresh.statements_of(ledger, ES256, 4)]
    for index in chosen:
        raw = ledger.entries[index]
        key = PublicKey(*ledger.keys[parse_statement(raw).kid])
        yield Case("statement", f"statement {index} ({key.algorithm_name})", True, {"raw": raw.hex(), "key": pem(key)})
        yield from _wrong_statements(ledger, index, raw, key)
        for kind in ("tlog-proof", "cose-receipt", "scitt"):
            made = fresh.export(ledger, index, kind)
            yield from _proofs(ledger, index, kind, made, log, wrong_log, pem(key))
    old = ledger.publications[1]
    receipt = fresh.export_consistency(ledger, old.size)
    asked = {"receipt": receipt.hex(), "old_root": old.root.hex(), "log": log}
    name = f"consistency receipt from {old.size}"
    yield Case("consistency-receipt", name, True, asked)
    for what, change in damage.consistency_receipts(receipt):
        yield Case("consistency-receipt", f"{name}: {what}", False, {**asked, "receipt": change.hex()})
    yield Case("consistency-receipt", f"{name}: another root", False, {**asked, "old_root": bent(old.root, 5).hex()})
    yield Case("consistency-receipt", f"{name}: another key", False, {**asked, "log": wrong_log})


def _wrong_statements(ledger: fresh.FreshLedger, index: int, raw: bytes, key: PublicKey) -> Iterator[Case]:
    name = f"statement {index}"
    for what, wrong in damage.statements(raw):
        yield Case("statement", f"{name}: {what}", False, {"raw": wrong.hex(), "key": pem(key)})
    other = new_signer(key.algorithm_name).public
    yield Case("statement", f"{name}: another key", False, {"raw": raw.hex(), "key": pem(other)})
    crossed = new_signer("es256" if key.algorithm == ED25519 else "ed25519").public
    yield Case("statement", f"{name}: a key of another kind", False, {"raw": raw.hex(), "key": pem(crossed)})


def _proofs(
    ledger: fresh.FreshLedger, index: int, kind: str, made: bytes, log: str, wrong_log: str, key: str
) -> Iterator[Case]:
    entry, name = ledger.entries[index], f"{kind} of {index}"
    if kind == "tlog-proof":
        asked = {"proof": made.hex(), "entry": entry.hex(), "log": ledger.log_key.encode(),
                 "log_mldsa": ledger.mldsa_key.encode(), "witnesses": [k.encode() for k in ledger.witnesses]}  # fmt: skip
        yield Case(kind, name, True, asked)
        for what, wrong in damage.tlog_proofs(made):
            yield Case(kind, f"{name}: {what}", False, {**asked, "proof": wrong.hex()})
        yield Case(kind, f"{name}: another entry", False, {**asked, "entry": ledger.entries[index + 1].hex()})
        return
    if kind == "cose-receipt":
        sound = {"receipt": made.hex(), "entry": entry.hex(), "log": log}
        yield Case("receipt", name, True, sound)
        yield Case("receipt", f"{name}, of another size, which nothing signs", True,
                   {**sound, "receipt": damage.relabelled(made).hex()})  # fmt: skip
        for what, wrong in damage.receipts(made):
            yield Case("receipt", f"{name}: {what}", False, {**sound, "receipt": wrong.hex()})
        yield Case("receipt", f"{name}: another entry", False, {**sound, "entry": ledger.entries[index + 1].hex()})
        yield Case("receipt", f"{name}: another key", False, {**sound, "log": wrong_log})
        return
    whole = {"raw": made.hex(), "stored": entry.hex(), "log": log, "key": key}
    yield Case("transparent", name, True, whole)
    for what, wrong in damage.transparents(made):
        yield Case("transparent", f"{name}: {what}", False, {**whole, "raw": wrong.hex()})
    yield Case("transparent", f"{name}: another key", False, {**whole, "log": wrong_log})


# --- signatures ----------------------------------------------------------------------------------------------------


def _signatures(ledger: fresh.FreshLedger) -> Iterator[Case]:
    last = ledger.publications[-1]
    parsed = parse_note(last.note)
    checkpoint = Checkpoint(ledger.log_key.name, last.size, last.root)
    for key in (ledger.log_key, ledger.mldsa_key, *ledger.witnesses):
        line = key.line_in(parsed)
        assert line is not None
        time = int.from_bytes(line.blob[:8], "big")
        if key.kind == ED25519_NOTE:
            yield from _ed25519(f"{key.name}, checkpoint", key.public, parsed.text.encode(), line.blob)
        elif key.kind == ED25519_COSIGNATURE:
            message = cosigned_message_ed25519(parsed.text, time)
            yield from _ed25519(f"{key.name}, cosignature", key.public, message, line.blob[8:])
        else:
            message = mldsa_message(key.name, time, checkpoint.origin, 0, checkpoint.size, checkpoint.root)
            yield from _mldsa(f"{key.name}, ML-DSA-44", key.public, message, line.blob[8:])
    for index in fresh.statements_of(ledger, ED25519, 12):
        statement = parse_statement(ledger.entries[index])
        public = ledger.keys[statement.kid][1]
        yield from _ed25519(f"statement {index}", public, statement.signed, statement.signature)


def _ed25519(name: str, public: bytes, message: bytes, signature: bytes) -> Iterator[Case]:
    yield _signature("ed25519", name, True, public, message, signature)
    for what, changed in damage.signatures(public, message, signature, new_signer().public.raw):
        yield _signature("ed25519", f"{name}: {what}", False, *changed)
    for what, changed in damage.ed25519_traps(public, message, signature):
        yield _signature("ed25519", f"{name}: {what}", False, *changed)


def _mldsa(name: str, public: bytes, message: bytes, signature: bytes) -> Iterator[Case]:
    yield _signature("mldsa44", name, True, public, message, signature)
    for what, changed in damage.signatures(public, message, signature, bent(public, 40)):
        yield _signature("mldsa44", f"{name}: {what}", False, *changed)
    other = mldsa_message("another.example", 0, "another.example", 0, 1, bytes(32))
    yield _signature("mldsa44", f"{name}: another log's message", False, public, other, signature)


def _signature(kind: str, name: str, holds: bool, public: bytes, message: bytes, signature: bytes) -> Case:
    return Case(kind, name, holds, {"public": public.hex(), "message": message.hex(), "signature": signature.hex()})


# --- our own vectors -----------------------------------------------------------------------------------------------


def _vectors() -> Iterator[Case]:
    """Every case of specs/vectors/exports.json; what we take, each peer must take."""
    log = pem(exports.LOG.public)
    for case in json.loads(exports.PATH.read_text())["cases"]:
        kind, statement, holds = case["kind"], case["statement"], True if case["valid"] else None
        if kind == "tlog-proof":
            inputs = {"proof": case["text"].encode().hex(), "entry": statement, "log": exports.LOG_KEY.encode(),
                      "log_mldsa": "", "witnesses": [notes.W_KEYS[0].encode()]}  # fmt: skip
        elif kind == "receipt":
            inputs = {"receipt": case["file"], "entry": statement, "log": log}
        elif kind == "consistency":
            kind, inputs = "consistency-receipt", {"receipt": case["file"], "old_root": case["old_root"], "log": log}
        else:
            inputs = {"raw": case["file"], "stored": statement, "log": log, "key": pem(keys.ED.public)}
        yield Case(kind, f"{VECTOR}{case['name']}", holds, inputs)


def pem(key: PublicKey) -> str:
    """A public key as SubjectPublicKeyInfo (RFC 8410, RFC 5480), as other tools take it."""
    if key.algorithm == ED25519:
        der = bytes.fromhex("302a300506032b6570032100") + key.raw
    else:
        der = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + b"\x04" + key.raw
    text = base64.b64encode(der).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""])
