"""Makes specs/vectors/exports.json: `python -m tests.vectors_build.exports` from the root of the project.

Files that other people's tools read: tlog-proofs, COSE receipts, transparent statements. Paths and roots come from the
recursive definitions of RFC 9162, bytes are put together here; lotchain's own code only signs. Each wrong file is
signed as it stands where that can be, so that the one thing wrong with it is the one named.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

from tests.vectors_build import notes
from tests.vectors_build.keys import ED
from tests.vectors_build.statements import (
    ALG,
    CTYPE,
    CWT,
    GOOD_HEADER,
    ISSUER,
    ORIGIN,
    PAYLOAD,
    SUBJECT,
    bstr,
    cbor_map,
    head,
    integer,
    member,
    message,
    signed,
    tstr,
)
from tests.vectors_build.tree_heads import mth, path_of, subproof

from lotchain.core.checkpoints import Checkpoint
from lotchain.core.notes import VerifierKey
from lotchain.signing.notes import cosign_ed25519, sign_note

PATH = Path(__file__).resolve().parents[2] / "specs" / "vectors" / "exports.json"

Case = dict[str, object]

STATEMENT = message()
INDEX, SIZE, OLD = 3, 7, 3
ENTRIES = [b"L0", b"L1", b"L2", STATEMENT, b"L4", b"L5", b"L6"]
ROOT, OLD_ROOT = mth(ENTRIES), mth(ENTRIES[:OLD])
TREE_PATH = path_of(INDEX, ENTRIES)
OLD_PATH = subproof(OLD, ENTRIES, True)
LOG, OTHER = notes.OTHER_LOG, notes.LOG
LOG_KEY = VerifierKey(ORIGIN, 1, LOG.public.raw)
CHECKPOINT = Checkpoint(ORIGIN, SIZE, ROOT)
NOTE = notes.note(
    sign_note(CHECKPOINT.text(), ORIGIN, LOG),
    cosign_ed25519(CHECKPOINT.text(), notes.W_NAMES[0], notes.WITNESSES[0], notes.TIME),
    text=CHECKPOINT.text(),
)

# --- tlog-proof ----------------------------------------------------------------------------------------------------


def proof(
    *, first: str = "c2sp.org/tlog-proof@v1", extra: str = "", index: str = f"index {INDEX}\n",
    path: list[str] | None = None, blank: str = "\n", note: str = NOTE,
) -> str:  # fmt: skip
    hashes = [base64.b64encode(member).decode() for member in TREE_PATH] if path is None else path
    return f"{first}\n{extra}{index}{''.join(f'{line}{chr(10)}' for line in hashes)}{blank}{note}"


def proof_cases() -> list[Case]:
    lines = [base64.b64encode(item).decode() for item in TREE_PATH]
    loose = lines[0][:-2] + chr(ord(lines[0][-2]) + 1) + "="  # unused bits of the last digit set

    def one(name: str, comment: str, code: str = "", /, file: str = "", **changes: str) -> Case:
        return _case("tlog-proof", name, comment, code, {"text": file}, changes)

    return [
        one("proof", "entry 3 of 7, one cosignature", file=proof(), size=str(SIZE), index=str(INDEX), root=ROOT.hex()),
        one("proof, version 2", "", "version-unsupported", file=proof(first="c2sp.org/tlog-proof@v2")),
        one("proof, no first line", "", "tlog-proof-format", file=proof().split("\n", 1)[1]),
        one("proof, first line in capitals", "", "tlog-proof-format", file=proof(first="C2SP.org/tlog-proof@v1")),
        one("proof, extra data", "allowed by C2SP; no signature covers it", "unsigned-data",
            file=proof(extra="extra bG90LTQy\n")),
        one("proof, extra data after the index", "", "tlog-proof-format",
            file=proof(index=f"index {INDEX}\nextra bG90LTQy\n")),
        one("proof, no index", "", "tlog-proof-format", file=proof(index="")),
        one("proof, index with a leading zero", "", "tlog-proof-format", file=proof(index="index 03\n")),
        one("proof, index with a sign", "", "tlog-proof-format", file=proof(index="index +3\n")),
        one("proof, index in Arabic digits", "", "tlog-proof-format", file=proof(index="index \u0663\n")),
        one("proof, index with two spaces", "", "tlog-proof-format", file=proof(index="index  3\n")),
        one("proof, index of 2^63", "", "tlog-proof-format", file=proof(index=f"index {2**63}\n")),
        one("proof, another index", "4 instead of 3", "inclusion-invalid", file=proof(index="index 4\n")),
        one("proof, index beyond the tree", "", "inclusion-invalid", file=proof(index="index 7\n")),
        one("proof, carriage returns", "", "tlog-proof-format", file=proof().replace("\n", "\r\n", 3)),
        one("proof, no empty line", "the first one is then the note's own", "tlog-proof-format", file=proof(blank="")),
        one("proof, two empty lines", "", "checkpoint-extension", file=proof(blank="\n\n")),
        one("proof, a hash too short", "", "tlog-proof-format",
            file=proof(path=[base64.b64encode(TREE_PATH[0][:31]).decode(), *lines[1:]])),
        one("proof, base64 with loose bits", "decodes to the same hash", "tlog-proof-format",
            file=proof(path=[loose, *lines[1:]])),
        one("proof, base64 without padding", "", "tlog-proof-format", file=proof(path=[lines[0][:-1], *lines[1:]])),
        one("proof, a hash in hex", "", "tlog-proof-format", file=proof(path=[TREE_PATH[0].hex(), *lines[1:]])),
        one("proof, a hash missing", "", "inclusion-invalid", file=proof(path=lines[:-1])),
        one("proof, a hash more", "", "inclusion-invalid", file=proof(path=[*lines, lines[0]])),
        one("proof, two hashes changed over", "", "inclusion-invalid", file=proof(path=[lines[1], lines[0], lines[2]])),
        one("proof, no path", "", "inclusion-invalid", file=proof(path=[])),
        one("proof, 64 hashes", "", "tlog-proof-format", file=proof(path=lines[:1] * 64)),
        one("proof, another statement", "one bit of the entry", "inclusion-invalid", file=proof(),
            statement=_bent(STATEMENT, 200).hex()),
        one("proof, no checkpoint", "", "note-format", file=proof(note="")),
        one("proof, checkpoint of another log", "signed by the same key", "checkpoint-origin",
            file=proof(note=_note_of(Checkpoint("other.example/log", SIZE, ROOT), "other.example/log"))),
        one("proof, checkpoint by another key", "", "checkpoint-signature",
            file=proof(note=notes.note(sign_note(CHECKPOINT.text(), ORIGIN, OTHER), text=CHECKPOINT.text()))),
        one("proof, checkpoint with another size", "the root does not bind its size, the signature does",
            "checkpoint-signature", file=proof(note=NOTE.replace("\n7\n", "\n8\n", 1))),
        one("proof, checkpoint of an older tree", "sound, but the path is of another tree", "inclusion-invalid",
            file=proof(note=_note_of(Checkpoint(ORIGIN, OLD, OLD_ROOT), ORIGIN))),
    ]  # fmt: skip


def _note_of(checkpoint: Checkpoint, name: str) -> str:
    return notes.note(sign_note(checkpoint.text(), name, LOG), text=checkpoint.text())


# --- receipts ------------------------------------------------------------------------------------------------------

R_ALG, R_KID = member(1, integer(-8)), member(4, bstr(LOG.public.thumbprint))
R_CWT = member(15, cbor_map(member(1, tstr(ORIGIN)), member(2, tstr(SUBJECT))))
R_VDS = member(395, integer(1))
R_HEADER = cbor_map(R_ALG, R_KID, R_CWT, R_VDS)
C_HEADER = cbor_map(R_ALG, R_KID, member(15, cbor_map(member(1, tstr(ORIGIN)), member(2, tstr(ORIGIN)))), R_VDS)


def array(*items: bytes) -> bytes:
    return head(4, len(items)) + b"".join(items)


def inner(first: int, second: int, path: list[bytes]) -> bytes:
    return array(integer(first), integer(second), array(*map(bstr, path)))


def beside(kind: int, *proofs: bytes) -> bytes:
    return cbor_map(member(396, cbor_map(member(kind, array(*map(bstr, proofs))))))


def receipt(
    header: bytes = R_HEADER, unprotected: bytes | None = None, payload: bytes = b"\xf6", *, root: bytes = ROOT,
    signature: bytes | None = None, tag: bytes = b"\xd2",
) -> bytes:  # fmt: skip
    beneath = beside(-1, inner(SIZE, INDEX, TREE_PATH)) if unprotected is None else unprotected
    made = signed(header, root, LOG) if signature is None else signature
    return tag + b"\x84" + bstr(header) + beneath + payload + bstr(made)


def consistency(
    path: list[bytes] | None = None, old: int = OLD, new: int = SIZE, *, header: bytes = C_HEADER, root: bytes = ROOT,
    payload: bytes | None = None, signature: bytes | None = None,
) -> bytes:  # fmt: skip
    beneath = beside(-2, inner(old, new, OLD_PATH if path is None else path))
    return receipt(header, beneath, bstr(root) if payload is None else payload, root=root, signature=signature)


def receipt_cases() -> list[Case]:
    def one(name: str, comment: str, code: str = "", /, file: bytes = b"", **changes: str) -> Case:
        return _case("receipt", name, comment, code, {"file": file.hex()}, changes)

    good = {"size": str(SIZE), "index": str(INDEX), "root": ROOT.hex()}
    path = TREE_PATH
    return [
        one("receipt", "entry 3 of 7", file=receipt(), **good),
        one("receipt, relabelled as of size 8", "still holds: neither size nor index is signed, only the root",
            file=receipt(unprotected=beside(-1, inner(8, INDEX, path))), **{**good, "size": "8"}),
        one("receipt, another statement", "one bit of the entry", "receipt-signature", file=receipt(),
            statement=_bent(STATEMENT, 200).hex()),
        one("receipt, no tag", "", "receipt-format", file=receipt(tag=b"")),
        one("receipt, tag 98", "COSE_Sign", "receipt-format", file=receipt(tag=b"\xd8\x62")),
        one("receipt, a byte after it", "", "receipt-format", file=receipt() + b"\x00"),
        one("receipt, cut short", "", "receipt-format", file=receipt()[:-1]),
        one("receipt, empty", "", "receipt-format", file=b""),
        one("receipt, key of another log", "", "receipt-signature", file=receipt(signature=signed(R_HEADER, ROOT, OTHER))),
        one("receipt, signed by a party", "the statement's own signer", "receipt-signature",
            file=receipt(signature=signed(R_HEADER, ROOT, ED))),
        one("receipt, kid of another key", "", "receipt-signature",
            file=receipt(cbor_map(R_ALG, member(4, bstr(OTHER.public.thumbprint)), R_CWT, R_VDS))),
        one("receipt, one bit of the signature", "", "receipt-signature",
            file=receipt(signature=_bent(signed(R_HEADER, ROOT, LOG), 40))),
        one("receipt, signature of 63 bytes", "", "signature-format", file=receipt(signature=signed(R_HEADER, ROOT, LOG)[:63])),
        one("receipt, the checkpoint's signature", "the log signed this text, and no root alone", "receipt-signature",
            file=receipt(signature=LOG.sign(CHECKPOINT.text().encode()))),
        one("receipt, root of another tree", "", "receipt-signature", file=receipt(root=OLD_ROOT)),
        one("receipt, another index", "whose path has the same length", "receipt-signature",
            file=receipt(unprotected=beside(-1, inner(SIZE, 2, path)))),
        one("receipt, index beyond the tree", "", "receipt-format",
            file=receipt(unprotected=beside(-1, inner(SIZE, SIZE, path)))),
        one("receipt, a size that the path does not fit", "", "inclusion-invalid",
            file=receipt(unprotected=beside(-1, inner(16, INDEX, path)))),
        one("receipt, a hash missing", "", "inclusion-invalid",
            file=receipt(unprotected=beside(-1, inner(SIZE, INDEX, path[:-1])))),
        one("receipt, no path", "RFC 9942 asks for one hash at least", "receipt-format",
            file=receipt(unprotected=beside(-1, inner(1, 0, [])))),
        one("receipt, a hash of 31 bytes", "", "receipt-format",
            file=receipt(unprotected=beside(-1, inner(SIZE, INDEX, [path[0][:31], *path[1:]])))),
        one("receipt, 64 hashes", "", "receipt-format",
            file=receipt(unprotected=beside(-1, inner(SIZE, INDEX, path[:1] * 64)))),
        one("receipt, a negative index", "", "receipt-format", file=receipt(
            unprotected=beside(-1, array(integer(SIZE), integer(-1), array(*map(bstr, path)))))),
        one("receipt, a proof that is no byte string", "", "receipt-format", file=receipt(unprotected=cbor_map(
            member(396, cbor_map(member(-1, array(inner(SIZE, INDEX, path)))))))),
        one("receipt, a length in a longer form inside the proof", "1807 for 7", "receipt-format", file=receipt(
            unprotected=beside(-1, b"\x83\x18\x07\x03" + array(*map(bstr, path))))),
        one("receipt, bytes after the proof", "", "receipt-format",
            file=receipt(unprotected=beside(-1, inner(SIZE, INDEX, path) + b"\x00"))),
        one("receipt, two proofs", "", "receipt-format",
            file=receipt(unprotected=beside(-1, inner(SIZE, INDEX, path), inner(SIZE, INDEX, path)))),
        one("receipt, no proof", "", "receipt-format", file=receipt(unprotected=b"\xa0")),
        one("receipt, a proof of disclosure", "-3 is nothing", "receipt-format",
            file=receipt(unprotected=beside(-3, inner(SIZE, INDEX, path)))),
        one("receipt, something beside the proof", "", "receipt-format", file=receipt(unprotected=cbor_map(
            member(33, bstr(b"x")), member(396, cbor_map(member(-1, array(bstr(inner(SIZE, INDEX, path))))))))),
        one("receipt, kid in both headers", "", "receipt-format", file=receipt(unprotected=cbor_map(
            R_KID, member(396, cbor_map(member(-1, array(bstr(inner(SIZE, INDEX, path))))))))),
        one("receipt, root attached", "", "receipt-format", file=receipt(payload=bstr(ROOT))),
        one("receipt, proof in the protected header", "label 396", "header-unknown",
            file=receipt(cbor_map(R_ALG, R_KID, R_CWT, R_VDS, member(396, b"\xa0")), b"\xa0")),
        one("receipt, a time", "claim 6: lotchain's receipts state none", "receipt-format", file=receipt(cbor_map(
            R_ALG, R_KID, member(15, cbor_map(member(1, tstr(ORIGIN)), member(2, tstr(SUBJECT)), member(6, integer(1)))),
            R_VDS))),
        one("receipt, no claims", "RFC 9943 asks for them", "receipt-format", file=receipt(cbor_map(R_ALG, R_KID, R_VDS))),
        one("receipt, no kid", "RFC 9943 asks for it", "receipt-format", file=receipt(cbor_map(R_ALG, R_CWT, R_VDS))),
        one("receipt, another subject", "", "receipt-statement", file=receipt(cbor_map(R_ALG, R_KID, member(15, cbor_map(
            member(1, tstr(ORIGIN)), member(2, tstr(SUBJECT + "0")))), R_VDS))),
        one("receipt, another issuer", "", "receipt-statement", file=receipt(cbor_map(R_ALG, R_KID, member(15, cbor_map(
            member(1, tstr(ISSUER)), member(2, tstr(SUBJECT)))), R_VDS))),
        one("receipt, no alg", "", "alg-not-allowed", file=receipt(cbor_map(R_KID, R_CWT, R_VDS))),
        one("receipt, ES256", "", "alg-not-allowed", file=receipt(cbor_map(member(1, integer(-7)), R_KID, R_CWT, R_VDS))),
        one("receipt, alg true", "", "alg-not-allowed", file=receipt(cbor_map(b"\x01\xf5", R_KID, R_CWT, R_VDS))),
        one("receipt, vds 2", "a CCF ledger's", "receipt-structure",
            file=receipt(cbor_map(R_ALG, R_KID, R_CWT, member(395, integer(2))))),
        one("receipt, no vds", "", "receipt-structure", file=receipt(cbor_map(R_ALG, R_KID, R_CWT))),
        one("receipt, vds in the unprotected header", "", "receipt-structure", file=receipt(
            cbor_map(R_ALG, R_KID, R_CWT), cbor_map(R_VDS, member(396, cbor_map(member(-1, array(bstr(
                inner(SIZE, INDEX, path))))))))),
        one("receipt, something critical", "", "header-unknown",
            file=receipt(cbor_map(R_ALG, member(2, array(integer(395))), R_KID, R_CWT, R_VDS))),
        one("receipt, header out of order", "", "receipt-format", file=receipt(cbor_map(R_KID, R_ALG, R_CWT, R_VDS))),
        one("receipt, a label twice", "", "receipt-format", file=receipt(cbor_map(R_ALG, R_ALG, R_KID, R_CWT, R_VDS))),
        one("receipt, a statement instead", "", "header-unknown", file=STATEMENT),
        *_consistency_cases(),
    ]  # fmt: skip


def _consistency_cases() -> list[Case]:
    def one(name: str, comment: str, code: str = "", /, file: bytes = b"", **changes: str) -> Case:
        return _case("consistency", name, comment, code, {"file": file.hex(), "old_root": OLD_ROOT.hex()}, changes)

    return [
        one("consistency", "from 3 to 7", file=consistency(), size=str(SIZE), index=str(OLD), root=ROOT.hex()),
        one("consistency, another older root", "", "consistency-invalid", file=consistency(),
            old_root=mth(ENTRIES[:2]).hex()),
        one("consistency, a hash missing", "", "consistency-invalid", file=consistency(OLD_PATH[:-1])),
        one("consistency, a hash changed", "", "consistency-invalid",
            file=consistency([_bent(OLD_PATH[0], 0), *OLD_PATH[1:]])),
        one("consistency, another older size", "", "consistency-invalid", file=consistency(old=2)),
        one("consistency, sizes equal", "", "receipt-format", file=consistency(old=SIZE)),
        one("consistency, from nothing", "", "receipt-format", file=consistency(old=0)),
        one("consistency, sizes turned round", "", "receipt-format", file=consistency(old=SIZE, new=OLD)),
        one("consistency, no path", "", "receipt-format", file=consistency([])),
        one("consistency, root left out", "", "receipt-format", file=consistency(payload=b"\xf6")),
        one("consistency, root of 31 bytes", "", "receipt-format", file=consistency(root=ROOT[:31])),
        one("consistency, a root that was not signed", "", "receipt-signature",
            file=consistency(signature=signed(C_HEADER, OLD_ROOT, LOG))),
        one("consistency, about a lot", "its subject is the log", "receipt-statement", file=consistency(header=R_HEADER)),
        one("consistency, key of another log", "", "receipt-signature",
            file=consistency(signature=signed(C_HEADER, ROOT, OTHER))),
    ]  # fmt: skip


# --- transparent statements ----------------------------------------------------------------------------------------


def transparent(
    *receipts: bytes, unprotected: bytes | None = None, header: bytes = GOOD_HEADER, payload: bytes | None = None,
    signature: bytes | None = None,
) -> bytes:  # fmt: skip
    listed = cbor_map(member(394, array(*map(bstr, receipts)))) if unprotected is None else unprotected
    return message(
        header, unprotected=listed, payload=payload, signature=None if signature is None else bstr(signature)
    )


def transparent_cases() -> list[Case]:
    def one(name: str, comment: str, code: str = "", /, file: bytes = b"", **changes: str) -> Case:
        return _case("transparent", name, comment, code, {"file": file.hex()}, changes)

    good = receipt()
    sound = {"size": str(SIZE), "index": str(INDEX), "root": ROOT.hex(), "taken": STATEMENT.hex()}
    other_payload = b'{"type":"example/2"}'
    return [
        one("transparent", "the statement with one receipt", file=transparent(good), **sound),
        one("transparent, two receipts", "", file=transparent(good, good), **sound),
        one("transparent, the stored statement itself", "no receipt in it", "transparent-format", file=STATEMENT),
        one("transparent, no receipts in the list", "", "transparent-format", file=transparent()),
        one("transparent, nine receipts", "", "transparent-format", file=transparent(*[good] * 9)),
        one("transparent, receipts not in a list", "", "transparent-format",
            file=transparent(unprotected=cbor_map(member(394, bstr(good))))),
        one("transparent, a receipt not in a byte string", "", "transparent-format",
            file=transparent(unprotected=cbor_map(member(394, array(good))))),
        one("transparent, something beside the receipts", "", "unsigned-data", file=transparent(
            unprotected=cbor_map(member(33, bstr(b"x")), member(394, array(bstr(good)))))),
        one("transparent, receipts in the protected header", "", "transparent-format", file=message(
            cbor_map(ALG, CTYPE, member(4, bstr(ED.public.thumbprint)), CWT, member(394, array(bstr(good)))))),
        one("transparent, payload detached", "", "transparent-format", file=transparent(good, payload=b"\xf6")),
        one("transparent, a byte after it", "", "transparent-format", file=transparent(good) + b"\x00"),
        one("transparent, no tag", "", "transparent-format", file=transparent(good)[1:]),
        one("transparent, a length in a longer form", "", "transparent-format", file=transparent(
            unprotected=b"\xa1\x19\x01\x8a\x98\x01" + bstr(good))),
        one("transparent, a receipt of consistency", "", "transparent-format", file=transparent(consistency())),
        one("transparent, a receipt that is none", "", "receipt-format", file=transparent(b"\xd2\x84")),
        one("transparent, one sound receipt and one by another log", "every receipt must hold", "receipt-signature",
            file=transparent(good, receipt(signature=signed(R_HEADER, ROOT, OTHER)))),
        one("transparent, another statement under the receipt", "soundly signed, but not in the tree",
            "receipt-signature", file=transparent(good, payload=bstr(other_payload), signature=signed(GOOD_HEADER, other_payload))),
        one("transparent, the statement's signature made anew", "one bit: the leaf binds the signature, too",
            "receipt-signature", file=transparent(good, signature=_bent(signed(GOOD_HEADER), 3))),
        one("transparent, a statement that is none", "alg -35", "alg-not-allowed",
            file=transparent(good, header=cbor_map(member(1, integer(-35)), CTYPE, R_KID, CWT))),
    ]  # fmt: skip


def _bent(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _case(kind: str, name: str, comment: str, code: str, file: Case, changes: dict[str, str]) -> Case:
    case: Case = {"name": name, "comment": comment, "kind": kind, "valid": not code}
    if code:
        case["code"] = code
    return {**case, **file, "statement": STATEMENT.hex(), **changes}


def build() -> dict[str, object]:
    return {
        "format": "lotchain exports: tlog-proof, COSE receipt, transparent statement",
        "version": 1,
        "source": "python -m tests.vectors_build.exports; the log's key is seed 60 61 … 7f, the statement's 00 01 … 1f",
        "log_vkey": LOG_KEY.encode(),
        "payload": PAYLOAD.decode(),
        "cases": [*proof_cases(), *receipt_cases(), *transparent_cases()],
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(build(), indent=1, ensure_ascii=True) + "\n")
