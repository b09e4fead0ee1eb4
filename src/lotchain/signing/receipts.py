"""Signing COSE receipts with the log's key (RFC 9942): a root that the log has published, and nothing else.

The same key signs checkpoints. A checkpoint's signed text is UTF-8 and a receipt's signed bytes begin with 84, which no
UTF-8 does; a statement's header holds a content type and no data structure, a receipt's the reverse: so no signature
of one kind can be taken for another.
"""

from __future__ import annotations

from collections.abc import Sequence

from lotchain.core.cose_receipts import (
    ConsistencyReceipt,
    InclusionReceipt,
    Receipt,
    check_consistency,
    check_inclusion,
    encode_consistency,
    encode_inclusion,
    parse_receipt,
    receipt_header,
    signed_bytes,
)
from lotchain.core.keys import ED25519
from lotchain.core.statements import Statement
from lotchain.errors import SigningError
from lotchain.signing.signer import Signer


def sign_inclusion(
    signer: Signer, origin: str, statement: Statement, *, size: int, leaf_index: int, path: Sequence[bytes], root: bytes
) -> bytes:
    """A receipt that the log's tree of this root holds the statement.

    Args:
        signer: the log's Ed25519 key.
        origin: the log's name.
        statement: the stored one.
        size: entries in the tree.
        leaf_index: the statement's place.
        path: its inclusion path, 1 to 63 hashes.
        root: of the published checkpoint.

    Raises:
        SigningError: `alg-not-allowed`; `receipt-not-signable`, where the path does not lead to that root; those of
            the signer.
        Malformed: `receipt-format`.

    """
    receipt = _sign(signer, origin, statement.subject, root)
    made = InclusionReceipt(receipt, size, leaf_index, tuple(path))
    raw = encode_inclusion(made)
    parse_receipt(raw)
    if check_inclusion(made, statement, signer.public, origin) != root:
        raise _not_signable()
    return raw


def sign_consistency(
    signer: Signer, origin: str, *, old_size: int, old_root: bytes, new_size: int, path: Sequence[bytes], root: bytes
) -> bytes:
    """A receipt that the log's tree of this root begins with an older one; arguments and errors as above."""
    made = ConsistencyReceipt(_sign(signer, origin, origin, root), old_size, new_size, tuple(path), root)
    raw = encode_consistency(made)
    parse_receipt(raw)
    check_consistency(made, old_root, signer.public, origin)
    return raw


def _sign(signer: Signer, origin: str, subject: str, root: bytes) -> Receipt:
    if signer.public.algorithm != ED25519:
        raise SigningError(
            "alg-not-allowed",
            "a log signs receipts with its Ed25519 key",
            expected="ed25519",
            found=signer.public.algorithm_name,
        )
    protected = receipt_header(signer.public.thumbprint, origin, subject)
    return Receipt(signer.public.thumbprint, origin, subject, signer.sign(signed_bytes(protected, root)))


def _not_signable() -> SigningError:
    return SigningError(
        "receipt-not-signable",
        "the path does not lead from the statement to the published root; the receipt was not let out",
        remedy="audit this ledger",
    )
