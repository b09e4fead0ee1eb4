"""COSE receipts (RFC 9942) over the ledger's tree, and SCITT transparent statements (RFC 9943): derived files.

A receipt is the log's signature over a root alone, with a path beside it that no signature covers. So it shows that a
statement is a *member* of a tree that the log signed, and neither at which index nor of what size, nor when: whoever
needs those takes a tlog-proof. Nothing of the ledger itself is stored in these forms, and no verdict reads them.

Only the verifiable data structure RFC9162_SHA256 (1), one proof a receipt. Byte for byte: `specs/formats/exports.md`.
"""

from __future__ import annotations

from typing import NamedTuple

from lotchain.core import cbor, cose
from lotchain.core.keys import ED25519, SIGNATURE_BYTES, PublicKey
from lotchain.core.statements import MAX_ENTRY, Statement, parse_statement
from lotchain.core.tree import HASH_SIZE, MAX_PATH, MAX_SIZE, included_root, leaf_hash, verify_consistency
from lotchain.errors import Malformed

LABEL_RECEIPTS, LABEL_VDS, LABEL_VDP = 394, 395, 396
"""Receipts in a transparent statement, verifiable data structure, its proofs (RFC 9942 §2)."""
RFC9162_SHA256 = 1
INCLUSION, CONSISTENCY = -1, -2
MAX_RECEIPT = 4_096
"""Bytes: 63 hashes, two names of 255 bytes, key and signature."""
MAX_RECEIPTS = 8
MAX_TRANSPARENT = MAX_ENTRY + MAX_RECEIPTS * (MAX_RECEIPT + 3) + 16
MAX_NAME = 255

_PROOF_MEMBERS = 3
_HEADER_LABELS = (1, 4, 15, LABEL_VDS)


class Receipt(NamedTuple):
    """A receipt as it was read; its signature is not yet verified.

    Args:
        kid: RFC 9679 thumbprint of the log's key, 32 bytes.
        issuer: the log's origin.
        subject: the main subject of the statement; of a consistency receipt, the origin.
        signature: 64 bytes, the log's, over header and root.

    """

    kid: bytes
    issuer: str
    subject: str
    signature: bytes

    @property
    def protected(self) -> bytes:
        """The protected header's bytes."""
        return receipt_header(self.kid, self.issuer, self.subject)


class InclusionReceipt(NamedTuple):
    """That a statement is in a tree that the log signed.

    Args:
        receipt: header and signature.
        size: entries in the tree, *as claimed*: no signature covers it.
        leaf_index: the statement's place, *as claimed*.
        path: 1 to 63 hashes, the leaf's sibling first.

    """

    receipt: Receipt
    size: int
    leaf_index: int
    path: tuple[bytes, ...]


class ConsistencyReceipt(NamedTuple):
    """That a tree which the log signed begins with an older one.

    Args:
        receipt: header and signature.
        old_size: entries in the older tree, *as claimed*.
        new_size: entries in the newer tree, *as claimed*.
        path: 1 to 63 hashes.
        root: the newer tree's root, 32 bytes, which is signed.

    """

    receipt: Receipt
    old_size: int
    new_size: int
    path: tuple[bytes, ...]
    root: bytes


class Transparent(NamedTuple):
    """A transparent statement, taken apart.

    Args:
        statement: the statement as the ledger stores it, unprotected header empty.
        receipts: what stood in the unprotected header.

    """

    statement: Statement
    receipts: tuple[InclusionReceipt, ...]


def receipt_header(kid: bytes, issuer: str, subject: str) -> bytes:
    """A receipt's protected header: `{1: -8, 4: kid, 15: {1: issuer, 2: subject}, 395: 1}` (RFC 9943 §6).

    Raises:
        Malformed: `receipt-format`.

    """
    if len(kid) != 32:
        raise _fault("a receipt's kid is a key's thumbprint", expected="32 bytes", found=len(kid), field="kid")
    for field, name in (("issuer", issuer), ("subject", subject)):
        if not 1 <= len(name.encode("utf-8", "replace")) <= MAX_NAME:
            raise _fault("a receipt's claim is empty or too long", expected=f"1 to {MAX_NAME} bytes", field=field)
    return cbor.encode({1: ED25519, 4: kid, 15: {1: issuer, 2: subject}, LABEL_VDS: RFC9162_SHA256})


def signed_bytes(protected: bytes, root: bytes) -> bytes:
    """What the log signs: the Sig_structure with the root as payload (RFC 9942 §5.2.1)."""
    return cose.sig_structure(protected, root)


def encode_inclusion(made: InclusionReceipt) -> bytes:
    """The message; its payload, the root, is left out and computed by whoever verifies."""
    return _encode(made.receipt, INCLUSION, [made.size, made.leaf_index, list(made.path)], None)


def encode_consistency(made: ConsistencyReceipt) -> bytes:
    """The message; its payload is the newer root."""
    return _encode(made.receipt, CONSISTENCY, [made.old_size, made.new_size, list(made.path)], made.root)


def parse_receipt(raw: bytes) -> InclusionReceipt | ConsistencyReceipt:
    """Read a receipt; accepts exactly the bytes that `encode_inclusion` or `encode_consistency` gives.

    Raises:
        Malformed: `too-large`, `receipt-format`; `header-unknown` (a label that is not ours, anything critical),
            `alg-not-allowed`, `receipt-structure` (another verifiable data structure).

    """
    message = _sign1(raw, MAX_RECEIPT, "receipt-format")
    receipt = _header(message)
    kind, numbers, path = _proof(message.unprotected)
    made: InclusionReceipt | ConsistencyReceipt
    if kind == INCLUSION:
        made = InclusionReceipt(receipt, numbers[0], numbers[1], path)
        if message.payload is not None:
            raise _fault("a receipt of inclusion leaves its payload out", expected="null", field="payload")
        if not made.leaf_index < made.size <= MAX_SIZE:
            raise _fault(
                "a receipt's index is not in its tree", found=f"{made.leaf_index} of {made.size}", field="index"
            )
        again = encode_inclusion(made)
    else:
        root = message.payload
        if root is None or len(root) != HASH_SIZE:
            raise _fault("a receipt of consistency carries the newer root", expected="32 bytes", field="payload")
        made = ConsistencyReceipt(receipt, numbers[0], numbers[1], path, root)
        if not 0 < made.old_size < made.new_size <= MAX_SIZE:
            raise _fault("a receipt's sizes do not grow", found=f"{made.old_size}, {made.new_size}", field="size")
        again = encode_consistency(made)
    if again != raw:
        raise _fault("a receipt is not laid out as it must be")
    return made


def check_inclusion(made: InclusionReceipt, statement: Statement, key: PublicKey, issuer: str) -> bytes:
    """Verify that the log signed a tree that holds the statement; the root of that tree.

    Args:
        made: as it was read.
        statement: the stored one.
        key: the log's Ed25519 key.
        issuer: the log's origin.

    Raises:
        Malformed: `receipt-statement` (it names another log or subject), `inclusion-invalid` (the path fits no tree of
            that shape), `receipt-signature`.

    """
    _require(made.receipt, issuer, statement.subject)
    root = included_root(leaf_hash(statement.raw), made.leaf_index, made.size, made.path)
    if root is None:
        raise Malformed(
            "inclusion-invalid", "a receipt's path fits no tree of the size that it claims",
            expected=f"a path for index {made.leaf_index} of {made.size}", found=f"{len(made.path)} hashes",
        )  # fmt: skip
    _require_signature(made.receipt, root, key)
    return root


def check_consistency(made: ConsistencyReceipt, old_root: bytes, key: PublicKey, issuer: str) -> bytes:
    """Verify that the log signed a tree which begins with the older one; the newer root.

    Args:
        made: as it was read.
        old_root: of the older tree, from a checkpoint or receipt verified before: the receipt does not hold it.
        key: the log's Ed25519 key.
        issuer: the log's origin.

    Raises:
        Malformed: `receipt-statement`, `receipt-signature`, `consistency-invalid`.

    """
    _require(made.receipt, issuer, issuer)
    _require_signature(made.receipt, made.root, key)
    if not verify_consistency(made.old_size, old_root, made.new_size, made.root, made.path):
        raise Malformed(
            "consistency-invalid",
            "the path does not lead from the older root to the newer one",
            expected=f"a consistency path from {made.old_size} to {made.new_size} entries",
            remedy="check whose root the older one is; if it is this log's, keep both files: it was rewritten",
        )
    return made.root


def encode_transparent(statement: Statement, receipts: tuple[bytes, ...]) -> bytes:
    """The statement with receipts in its unprotected header; the signature covers none of them.

    Raises:
        Malformed: `transparent-format`, for no receipt or more than eight.

    """
    if not 1 <= len(receipts) <= MAX_RECEIPTS:
        raise _unclear("a transparent statement carries receipts", expected=f"1 to {MAX_RECEIPTS}", found=len(receipts))
    return b"".join(
        (
            b"\xd2\x84",
            cose.byte_string(statement.protected),
            cbor.encode({LABEL_RECEIPTS: list(receipts)}),
            cose.byte_string(statement.payload),
            cose.byte_string(statement.signature),
        )
    )


def parse_transparent(raw: bytes) -> Transparent:
    """Take a transparent statement apart: the stored statement, and the receipts.

    Raises:
        Malformed: `transparent-format`; `unsigned-data` for anything but receipts in the unprotected header; what
            `parse_statement` and `parse_receipt` raise.

    """
    message = _sign1(raw, MAX_TRANSPARENT, "transparent-format")
    listed = message.unprotected.get(LABEL_RECEIPTS)
    foreign = sorted(str(label) for label in message.unprotected if label != LABEL_RECEIPTS)
    if foreign:
        raise Malformed(
            "unsigned-data", "a transparent statement carries more than receipts beside its signature",
            expected="label 394 alone", found=", ".join(foreign), field="unprotected",
        )  # fmt: skip
    if not isinstance(listed, list) or not all(isinstance(item, bytes) for item in listed):
        raise _unclear("a transparent statement carries no list of receipts", expected="label 394")
    if message.payload is None:
        raise _unclear("a transparent statement carries its payload", found="a detached payload")
    protected, payload, signature = map(cose.byte_string, (message.protected_bytes, message.payload, message.signature))
    statement = parse_statement(b"\xd2\x84" + protected + b"\xa0" + payload + signature)
    receipts = tuple(_inclusion(item, number) for number, item in enumerate(listed))
    if encode_transparent(statement, tuple(listed)) != raw:
        raise _unclear("a transparent statement is not laid out as it must be")
    return Transparent(statement, receipts)


def _inclusion(raw: bytes, number: int) -> InclusionReceipt:
    try:
        made = parse_receipt(raw)
    except Malformed as fault:
        raise fault.within(f"receipts[{number}]") from None
    if not isinstance(made, InclusionReceipt):
        raise _unclear("a transparent statement carries receipts of inclusion", found="one of consistency")
    return made


def _encode(receipt: Receipt, kind: int, proof: list[object], payload: bytes | None) -> bytes:
    return b"".join(
        (
            b"\xd2\x84",
            cose.byte_string(receipt.protected),
            cbor.encode({LABEL_VDP: {kind: [cbor.encode(proof)]}}),
            b"\xf6" if payload is None else cose.byte_string(payload),
            cose.byte_string(receipt.signature),
        )
    )


def _sign1(raw: bytes, limit: int, code: str) -> cose.Sign1:
    try:
        return cose.parse_sign1(raw, max_bytes=limit)
    except Malformed as fault:
        if fault.code != "cose-malformed":
            raise
        raise Malformed(code, fault.what, expected=fault.expected, found=fault.found, field=fault.field) from None


def _header(message: cose.Sign1) -> Receipt:
    """Issuer, subject and key out of the protected header; the comparison at the end of reading holds the layout."""
    members = message.protected
    for label in members:
        if label not in _HEADER_LABELS:
            raise Malformed(
                "header-unknown", "a receipt's protected header has a member not known here",
                expected="labels 1, 4, 15 and 395", found=repr(label), field="protected",
            )  # fmt: skip
    if type(members.get(1)) is not int or members[1] != ED25519:
        raise Malformed("alg-not-allowed", "a log signs receipts with Ed25519", expected="-8",
                        found=repr(members.get(1)), field="alg")  # fmt: skip
    if type(members.get(LABEL_VDS)) is not int or members[LABEL_VDS] != RFC9162_SHA256:
        raise Malformed(
            "receipt-structure", "a receipt is of another verifiable data structure", expected="1 (RFC9162_SHA256)",
            found=repr(members.get(LABEL_VDS)), field="vds",
        )  # fmt: skip
    kid, claims = members.get(4), members.get(15)
    if not isinstance(kid, bytes):
        raise _fault("a receipt names no key", expected="label 4, 32 bytes", field="kid")
    if not isinstance(claims, dict) or set(claims) != {1, 2}:
        raise _fault("a receipt's claims are issuer and subject", expected="claims 1 and 2", field="claims")
    issuer, subject = claims[1], claims[2]
    if not isinstance(issuer, str) or not isinstance(subject, str):
        raise _fault("a receipt's claims are text", field="claims")
    if len(message.signature) != SIGNATURE_BYTES:
        raise Malformed("signature-format", "a signature has the wrong length", expected=f"{SIGNATURE_BYTES} bytes",
                        found=len(message.signature), field="signature")  # fmt: skip
    return Receipt(kid, issuer, subject, message.signature)


def _proof(unprotected: dict[object, object]) -> tuple[int, tuple[int, int], tuple[bytes, ...]]:
    """The kind of the one proof, its two numbers and its path."""
    proofs = unprotected.get(LABEL_VDP)
    if set(unprotected) != {LABEL_VDP} or not isinstance(proofs, dict) or len(proofs) != 1:
        raise _fault("a receipt holds one proof", expected="{396: {-1 or -2: [proof]}}", field="unprotected")
    kind, listed = next(iter(proofs.items()))
    if kind not in (INCLUSION, CONSISTENCY) or not isinstance(listed, list) or len(listed) != 1:
        raise _fault("a receipt holds one proof", expected="inclusion (-1) or consistency (-2)", found=repr(kind))
    if not isinstance(listed[0], bytes):
        raise _fault("a proof is a byte string", field="proof")
    try:
        proof = cbor.decode(listed[0], max_bytes=MAX_RECEIPT, max_depth=2, max_items=128, what="a proof")
    except Malformed as fault:
        raise _fault("a proof is not deterministic CBOR", found=str(fault), field="proof") from None
    if not isinstance(proof, list) or len(proof) != _PROOF_MEMBERS or not isinstance(proof[2], list):
        raise _fault("a proof is two numbers and a path", field="proof")
    first, second, path = proof
    if type(first) is not int or type(second) is not int or first < 0 or second < 0:
        raise _fault("a proof's numbers are whole numbers from 0", field="proof")
    # RFC 9942 asks for one hash at least. Our trees have two entries at least: a statement and its closing record.
    if not 1 <= len(path) <= MAX_PATH or not all(isinstance(item, bytes) and len(item) == HASH_SIZE for item in path):
        raise _fault("a path is 1 to 63 hashes of 32 bytes", found=len(path), field="path")
    return kind, (first, second), tuple(path)


def _require(receipt: Receipt, issuer: str, subject: str) -> None:
    if (receipt.issuer, receipt.subject) != (issuer, subject):
        raise Malformed(
            "receipt-statement",
            "a receipt is about something else",
            expected=f"issuer {issuer}, subject {subject}",
            found=f"issuer {receipt.issuer}, subject {receipt.subject}",
            remedy="take the receipt that was made for this statement",
        )


def _require_signature(receipt: Receipt, root: bytes, key: PublicKey) -> None:
    if receipt.kid != key.thumbprint or not key.verify(receipt.signature, signed_bytes(receipt.protected, root)):
        raise Malformed(
            "receipt-signature",
            "the log did not sign this root: the receipt, the statement or the key is another",
            expected=f"a signature by {key.subject}",
            found=f"kid {receipt.kid.hex()}",
            remedy="check the statement byte for byte, and the log's key; do not rely on the receipt before",
        )


def _fault(what: str, *, expected: str = "", found: object = "", field: str = "") -> Malformed:
    return Malformed("receipt-format", what, expected=expected or "the layout of specs/formats/exports.md",
                     found=found, field=field)  # fmt: skip


def _unclear(what: str, *, expected: str = "", found: object = "") -> Malformed:
    return Malformed("transparent-format", what, expected=expected or "the layout of specs/formats/exports.md",
                     found=found)  # fmt: skip
