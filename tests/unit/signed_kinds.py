"""Every kind of message that somebody signs: how one is made, and how each kind's reader checks a signature.

`test_signing` pastes each kind's signature onto every other kind, by one and the same key. Whoever adds a kind that
is signed adds a line to `KINDS`; nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lotchain.core.cose_receipts import InclusionReceipt, Receipt, check_inclusion, receipt_header, signed_bytes
from lotchain.core.keys import PublicKey, check_possession, possession_message
from lotchain.core.statements import assemble, parse_statement, protected_header, sig_structure, verify_signature
from lotchain.core.tree import leaf_hash, node_hash
from lotchain.errors import Malformed

ORIGIN = "ledger.example/lots"
AUDIENCE = ORIGIN + "#" + "11" * 32
PARTY = "party:CO-900123456"
PAYLOAD = b'{"type":"example/1"}'


@dataclass(frozen=True)
class Kind:
    """One kind of signed message.

    Args:
        name: for the test's id.
        message: the bytes that a holder of this key signs.
        accepts: whether this kind's own reader takes the signature as the key's, over that very message.
    """

    name: str
    message: Callable[[PublicKey], bytes]
    accepts: Callable[[PublicKey, bytes], bool]


def _header(key: PublicKey) -> bytes:
    return protected_header(
        algorithm=key.algorithm,
        kid=key.thumbprint,
        issuer=PARTY,
        subject=key.subject,
        audience=AUDIENCE,
        signed_at=1_764_000_000,
    )


def _statement(key: PublicKey) -> bytes:
    return sig_structure(_header(key), PAYLOAD)


def _statement_accepts(key: PublicKey, signature: bytes) -> bool:
    return verify_signature(parse_statement(assemble(_header(key), PAYLOAD, signature)), key)


_SIBLING = bytes(32)


def _receipt(key: PublicKey) -> bytes:
    entry = assemble(_header(key), PAYLOAD, bytes(64))
    root = node_hash(leaf_hash(entry), _SIBLING)
    return signed_bytes(receipt_header(key.thumbprint, ORIGIN, key.subject), root)


def _receipt_accepts(key: PublicKey, signature: bytes) -> bool:
    statement = parse_statement(assemble(_header(key), PAYLOAD, bytes(64)))
    made = InclusionReceipt(Receipt(key.thumbprint, ORIGIN, key.subject, signature), 2, 0, (_SIBLING,))
    try:
        check_inclusion(made, statement, key, ORIGIN)
    except Malformed:
        return False
    return True


KINDS = [
    Kind("statement", _statement, _statement_accepts),
    Kind("COSE receipt", _receipt, _receipt_accepts),
    Kind(
        "possession of an enrolled key",
        lambda key: possession_message(AUDIENCE, PARTY, key.cose),
        lambda key, signature: check_possession(key, signature, AUDIENCE, PARTY),
    ),
    Kind(
        "possession of a founding key",
        lambda key: possession_message(ORIGIN, PARTY, key.cose),
        lambda key, signature: check_possession(key, signature, ORIGIN, PARTY),
    ),
]
