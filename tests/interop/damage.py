"""One fault at a time, in every kind of file: what each independent checker must refuse."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lotchain.core import cbor, cose
from lotchain.core.notes import ED25519_COSIGNATURE, NoteSignature, VerifierKey, parse_note
from lotchain.core.tree import TILE_WIDTH

ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
Faults = Iterator[tuple[str, bytes]]


def bent(data: bytes, at: int, bit: int = 0) -> bytes:
    """One bit turned."""
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


# --- notes ---------------------------------------------------------------------------------------------------------


def notes(note: bytes, log: VerifierKey, witnesses: Sequence[VerifierKey]) -> Faults:
    """Faults that whoever knows the Ed25519 keys sees, if they ask for every witness."""
    parsed = parse_note(note)
    text = parsed.text
    origin, size, root = text.split("\n")[:3]
    yield "another size", _with(parsed, text=f"{origin}\n{int(size) + 1}\n{root}\n")
    yield "another root", _with(parsed, text=f"{origin}\n{size}\n{base64.b64encode(bytes(32)).decode()}\n")
    yield "another origin", _with(parsed, text=f"{origin}x\n{size}\n{root}\n")
    yield "a space after the size", _with(parsed, text=f"{origin}\n{size} \n{root}\n")
    yield "carriage returns", note.replace(b"\n", b"\r\n")
    yield "no empty line", note.replace(b"\n\n", b"\n")
    yield "no signatures", text.encode() + b"\n"
    yield "text alone", text.encode()
    yield "a hyphen for the dash", note.replace("—".encode(), b"-")
    yield "the log's line left out", _without(parsed, log)
    yield "the log's signature, one bit", _changed(parsed, log, lambda blob: bent(blob, 7))
    yield "the log's signature cut short", _changed(parsed, log, lambda blob: blob[:-1])
    yield "not UTF-8", bent(note, 0, 7)
    for key in (each for each in witnesses if each.kind == ED25519_COSIGNATURE):
        who = key.name
        yield f"{who} left out", _without(parsed, key)
        yield f"{who}, one bit of the signature", _changed(parsed, key, lambda blob: bent(blob, 20))
        yield f"{who}, another time", _changed(parsed, key, lambda blob: bent(blob, 7))
        yield f"{who}, the time left out", _changed(parsed, key, lambda blob: blob[8:])
    first, second = [key for key in witnesses if key.kind == ED25519_COSIGNATURE][:2]
    line = second.line_in(parsed)
    assert line is not None
    yield "a cosignature under another witness's name", _changed(parsed, first, lambda _: line.blob)


def notes_ml_dsa(note: bytes, mldsa: VerifierKey) -> Faults:
    """Faults in the log's ML-DSA-44 line."""
    parsed = parse_note(note)
    yield "the log's ML-DSA-44 line left out", _without(parsed, mldsa)
    yield "the log's ML-DSA-44 signature, one bit", _changed(parsed, mldsa, lambda blob: bent(blob, 1000))
    yield "the log's ML-DSA-44 line with another time", _changed(parsed, mldsa, lambda blob: bent(blob, 7))
    yield "the log's ML-DSA-44 signature cut short", _changed(parsed, mldsa, lambda blob: blob[:-1])


def notes_in_another_spelling(note: bytes, log: VerifierKey) -> Faults:
    """The same bytes written otherwise: only a strict reader refuses these."""
    parsed = parse_note(note)
    line = log.line_in(parsed)
    assert line is not None
    whole = line.line()
    yield "a line twice", note + whole.encode()
    body = whole.rstrip("\n")
    assert body.endswith("=")
    digit = body.rstrip("=")[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    loose = body.rstrip("=")[:-1] + alphabet[alphabet.index(digit) + 1] + "=" * body.count("=", len(body) - 2)
    yield "base64 with loose bits", note.replace(body.encode(), loose.encode())
    yield "base64 without padding", note.replace(body.encode(), body.rstrip("=").encode())


def checkpoint_texts(text: str) -> Iterator[tuple[str, str]]:
    """Texts that a log never signs: numbers and roots in other spellings."""
    origin, size, root = text.split("\n")[:3]
    yield "a leading zero", f"{origin}\n0{size}\n{root}\n"
    yield "a plus sign", f"{origin}\n+{size}\n{root}\n"
    yield "an underscore in the number", f"{origin}\n{size[0]}_{size[1:]}\n{root}\n"
    yield "Arabic digits", f"{origin}\n{''.join(chr(0x660 + int(digit)) for digit in size)}\n{root}\n"
    yield "a root of 31 bytes", f"{origin}\n{size}\n{base64.b64encode(base64.b64decode(root)[:31]).decode()}\n"
    yield "a root in hex", f"{origin}\n{size}\n{base64.b64decode(root).hex()}\n"
    yield "no root", f"{origin}\n{size}\n"
    yield "no size", f"{origin}\n\n{root}\n"


def _with(parsed: Any, *, text: str) -> bytes:
    return (text + "\n" + "".join(line.line() for line in parsed.signatures)).encode()


def _without(parsed: Any, key: VerifierKey) -> bytes:
    lines = [line.line() for line in parsed.signatures if not key.made(line)]
    return (parsed.text + "\n" + "".join(lines)).encode()


def _changed(parsed: Any, key: VerifierKey, change: Any) -> bytes:
    lines = [
        NoteSignature(line.name, line.key_id, change(line.blob)) if key.made(line) else line
        for line in parsed.signatures
    ]
    return (parsed.text + "\n" + "".join(line.line() for line in lines)).encode()


def tlog_proofs(proof: bytes) -> Faults:
    """Faults in the lines and in the note of a tlog-proof."""
    head, _, note = proof.partition(b"\n\n")
    lines = head.split(b"\n")
    index = int(lines[1].split(b" ")[1])

    def put(*changed: bytes, after: bytes = note) -> bytes:
        return b"\n".join(changed) + b"\n\n" + after

    yield "another index", put(lines[0], b"index %d" % (index ^ 1), *lines[2:])
    yield "an index beyond the tree", put(lines[0], b"index 100000", *lines[2:])
    yield "a hash left out", put(*lines[:-1])
    yield "a hash more", put(*lines, lines[2])
    yield "two hashes changed over", put(*lines[:2], lines[3], lines[2], *lines[4:])
    yield "another version", put(b"c2sp.org/tlog-proof@v9", *lines[1:])
    yield "the checkpoint's signature, one bit", put(*lines, after=_swap(note, b"\xe2\x80\x94 ", 40))
    yield "no checkpoint", put(*lines, after=b"")


def _swap(note: bytes, mark: bytes, after: int) -> bytes:
    at = note.index(mark) + after
    return note[:at] + (b"A" if note[at : at + 1] != b"A" else b"B") + note[at + 1 :]


# --- trees ---------------------------------------------------------------------------------------------------------


def inclusions(sound: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Faults that no tree can hide; another size is not among them, since a root does not bind it."""
    path, index, size = sound["path"], sound["index"], sound["size"]
    yield "the entry, one bit", {"entry": bent(sound["entry"], len(sound["entry"]) // 2)}
    yield "the root, one bit", {"root": bent(sound["root"], 31)}
    yield "the first hash, one bit", {"path": [bent(path[0], 0), *path[1:]]}
    yield "the last hash, one bit", {"path": [*path[:-1], bent(path[-1], 31, 7)]}
    yield "a hash left out", {"path": path[:-1]}
    yield "a hash more", {"path": [*path, path[0]]}
    yield "no path", {"path": []}
    if index ^ 1 < size:
        yield "its neighbour's index", {"index": index ^ 1}
    if len(path) > 1:
        yield "two hashes changed over", {"path": [path[1], path[0], *path[2:]]}


def consistencies(sound: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Faults in a consistency path."""
    path = sound["path"]
    yield "the older root, one bit", {"old_root": bent(sound["old_root"], 0)}
    yield "the newer root, one bit", {"new_root": bent(sound["new_root"], 0)}
    yield "the roots changed over", {"old_root": sound["new_root"], "new_root": sound["old_root"]}
    yield "the first hash, one bit", {"path": [bent(path[0], 3), *path[1:]]}
    yield "the last hash, one bit", {"path": [*path[:-1], bent(path[-1], 3)]}
    yield "a hash left out", {"path": path[:-1]}
    yield "a hash more", {"path": [*path, path[0]]}
    yield "no path", {"path": []}


def tile_folders(tiles: Path, scratch: Path, size: int) -> Iterator[tuple[str, Path, bool]]:
    """Copies of a folder of tiles with one fault each; whether it is in the entries."""
    names = sorted(str(path.relative_to(tiles)) for path in (tiles / "tile").rglob("*") if path.is_file())
    of_entries = [name for name in names if name.startswith("tile/entries/")]
    hashes = [name for name in names if name not in of_entries]
    for name in (*hashes, *of_entries):
        entries = name in of_entries
        for what, change in (
            ("one bit", lambda data: bent(data, len(data) // 2)),
            ("cut short", lambda data: data[:-1]),
        ):
            yield f"{name}, {what}", _copy(tiles, scratch, f"{name}, {what}", name, change), entries
        yield f"{name} left out", _copy(tiles, scratch, f"{name} left out", name, None), entries
    if size > TILE_WIDTH:
        yield (
            "two hashes of a full tile changed over",
            _copy(tiles, scratch, "swapped", "tile/0/000", lambda data: data[32:64] + data[:32] + data[64:]),
            False,
        )


def _copy(tiles: Path, scratch: Path, label: str, name: str, change: Any) -> Path:
    folder = scratch / label.replace("/", "_").replace(" ", "-").replace(",", "")
    shutil.copytree(tiles, folder)
    if change is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(change((folder / name).read_bytes()))
    return folder


# --- COSE ----------------------------------------------------------------------------------------------------------


def statements(raw: bytes) -> Faults:
    """Faults of a stored statement."""
    message = cose.parse_sign1(raw)
    protected, payload, signature = message.protected_bytes, message.payload or b"", message.signature
    yield "the payload, one bit", _sign1(protected, {}, bent(payload, len(payload) // 2), signature)
    yield "the signature, one bit", _sign1(protected, {}, payload, bent(signature, 10))
    yield "the signature cut short", _sign1(protected, {}, payload, signature[:-1])
    yield "no signature", _sign1(protected, {}, payload, b"")
    yield "the issuer, one letter", _sign1(protected.replace(b"party:", b"parti:", 1), {}, payload, signature)
    yield "another alg", _sign1(protected[:2] + (b"\x26" if protected[2:3] == b"\x27" else b"\x27") + protected[3:], {},
                                payload, signature)  # fmt: skip
    yield "no protected header", _sign1(b"", {}, payload, signature)
    yield "the payload left out", _sign1(protected, {}, None, signature)
    yield "no tag", raw[1:]
    yield "tag 98", b"\xd8\x62" + raw[1:]
    yield "a byte after it", raw + b"\x00"
    yield "cut short", raw[:-1]
    yield "a label twice", _sign1(bytes([protected[0] + 1]) + protected[1:3] + protected[1:], {}, payload, signature)
    critical = bytes([protected[0] + 1]) + protected[1:3] + b"\x02\x81\x18\x63" + protected[3:]
    yield "something critical", _sign1(critical, {}, payload, signature)


def receipts(raw: bytes) -> Faults:
    """Faults of an inclusion receipt; its claims of size and index, which nothing signs, are not among them."""
    message = cose.parse_sign1(raw)
    protected, signature, beside = message.protected_bytes, message.signature, message.unprotected
    proof = cbor.decode(beside[396][-1][0], max_bytes=4096)  # type: ignore[index]
    size, index, path = proof

    def with_proof(*members: Any) -> bytes:
        return _sign1(protected, {396: {-1: [cbor.encode(list(members))]}}, None, signature)

    yield "the signature, one bit", _sign1(protected, beside, None, bent(signature, 33))
    yield "the signature cut short", _sign1(protected, beside, None, signature[:-1])
    yield "the first hash, one bit", with_proof(size, index, [bent(path[0], 9), *path[1:]])
    yield "a hash left out", with_proof(size, index, path[:-1])
    yield "a hash more", with_proof(size, index, [*path, path[0]])
    yield "no path", with_proof(size, index, [])
    yield "its neighbour's index", with_proof(size, index ^ 1, path)
    yield "an index beyond the tree", with_proof(size, size, path)
    yield "the numbers changed over", with_proof(index, size, path)
    yield "a number more", with_proof(size, index, path, 0)
    yield "no proof", _sign1(protected, {}, None, signature)
    yield "the proof at another label", _sign1(protected, {-222: beside[396]}, None, signature)
    yield "a proof of consistency", _sign1(protected, {396: {-2: beside[396][-1]}}, None, signature)  # type: ignore[index]
    yield "no kid", _sign1(_without_label(message, 4), beside, None, signature)
    yield "vds 2", _sign1(protected[:-1] + b"\x02", beside, None, signature)
    yield "vds in the unprotected header", _sign1(_without_label(message, 395), {**beside, 395: 1}, None, signature)
    yield "no alg", _sign1(_without_label(message, 1), beside, None, signature)
    yield "a payload attached", _sign1(protected, beside, path[0], signature)
    yield "another issuer", _sign1(protected.replace(b"ledger.example", b"ledgers.exampl", 1), beside, None, signature)
    yield "no tag", raw[1:]
    yield "a byte after it", raw + b"\x00"
    yield "cut short", raw[:-1]


def relabelled(raw: bytes) -> bytes:
    """A sound inclusion receipt that claims a tree of one entry more: it still holds, as RFC 9942 has it."""
    message = cose.parse_sign1(raw)
    size, index, path = cbor.decode(message.unprotected[396][-1][0], max_bytes=4096)  # type: ignore[index]
    beside = {396: {-1: [cbor.encode([size + 1, index, path])]}}
    return _sign1(message.protected_bytes, beside, None, message.signature)


def consistency_receipts(raw: bytes) -> Faults:
    """Faults of a consistency receipt."""
    message = cose.parse_sign1(raw)
    protected, signature, root = message.protected_bytes, message.signature, message.payload or b""
    old, new, path = cbor.decode(message.unprotected[396][-2][0], max_bytes=4096)  # type: ignore[index]

    def put(proof: list[Any], *, payload: bytes | None = root, signed: bytes = signature) -> bytes:
        return _sign1(protected, {396: {-2: [cbor.encode(proof)]}}, payload, signed)

    yield "the signature, one bit", put([old, new, path], signed=bent(signature, 1))
    yield "the root, one bit", put([old, new, path], payload=bent(root, 1))
    yield "the root left out", put([old, new, path], payload=None)
    yield "a hash, one bit", put([old, new, [bent(path[0], 0), *path[1:]]])
    yield "a hash left out", put([old, new, path[:-1]])
    yield "no path", put([old, new, []])
    yield "sizes changed over", put([new, old, path])
    yield "a byte after it", raw + b"\x00"


def transparents(raw: bytes) -> Faults:
    """Faults of a transparent statement."""
    message = cose.parse_sign1(raw, max_bytes=100_000)
    protected, payload, signature = message.protected_bytes, message.payload or b"", message.signature
    receipt: bytes = message.unprotected[394][0]  # type: ignore[index]

    def put(listed: Any, *, held: bytes = payload, signed: bytes = signature) -> bytes:
        return _sign1(protected, {394: listed}, held, signed)

    yield "no receipts", _sign1(protected, {}, payload, signature)
    yield "an empty list", put([])
    yield "a receipt not in a list", put(receipt)
    yield "a number for a receipt", put([7])
    yield "receipts at another label", _sign1(protected, {393: [receipt]}, payload, signature)
    yield "the receipt, one bit of its signature", put([bent(receipt, len(receipt) - 5)])
    yield "the receipt cut short", put([receipt[:-1]])
    yield "the payload, one bit", put([receipt], held=bent(payload, len(payload) // 2))
    yield "the statement's signature, one bit", put([receipt], signed=bent(signature, 40))
    yield "a byte after it", raw + b"\x00"


def _without_label(message: cose.Sign1, label: int) -> bytes:
    return cbor.encode({name: value for name, value in message.protected.items() if name != label})


def _sign1(protected: bytes, unprotected: dict[Any, Any], payload: bytes | None, signature: bytes) -> bytes:
    held = b"\xf6" if payload is None else cose.byte_string(payload)
    beside = cbor.encode(unprotected)
    return b"\xd2\x84" + cose.byte_string(protected) + beside + held + cose.byte_string(signature)


# --- signatures ----------------------------------------------------------------------------------------------------

Signed = tuple[bytes, bytes, bytes]


def signatures(public: bytes, message: bytes, signature: bytes, other: bytes) -> Iterator[tuple[str, Signed]]:
    """Faults of any signature."""
    yield "the message, one bit", (public, bent(message, len(message) - 1), signature)
    yield "the message cut short", (public, message[:-1], signature)
    yield "the message longer", (public, message + b"\x00", signature)
    yield "the signature's first bit", (public, message, bent(signature, 0))
    yield "the signature's middle", (public, message, bent(signature, len(signature) // 2))
    yield "the signature cut short", (public, message, signature[:-1])
    yield "the signature longer", (public, message, signature + b"\x00")
    yield "no signature", (public, message, b"")
    yield "another key", (other, message, signature)


def ed25519_traps(public: bytes, message: bytes, signature: bytes) -> Iterator[tuple[str, Signed]]:
    """Signatures and keys that a careless Ed25519 takes."""
    s = int.from_bytes(signature[32:], "little") + ED25519_ORDER
    yield "S plus the group's order", (public, message, signature[:32] + s.to_bytes(32, "little"))
    identity = b"\x01" + bytes(31)
    yield "a key of small order, which signs anything", (identity, message, identity + bytes(32))
    yield "a key that is not canonical", (bytes.fromhex("ee" + "ff" * 30 + "7f"), message, identity + bytes(32))
