"""Public keys: their one encoding, their name, and the one rule by which a signature holds.

A key's type fixes its algorithm; nothing is negotiated. A key that could let its holder disown a signature,
or let two verifiers disagree about one, cannot become a `PublicKey`, so `verify` never meets it.

Sources: COSE_Key, RFC 9052 §7 and RFC 9053 §7.1 and §7.2; thumbprint, RFC 9679; Ed25519, RFC 8032 §5.1;
ECDSA on P-256, FIPS 186-5 and SEC 1 §2.3. Byte for byte: `specs/formats/keys.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple, Self

from nacl.bindings import crypto_core_ed25519_is_valid_point, crypto_sign_open
from nacl.exceptions import BadSignatureError

from lotchain.core import cbor, ids
from lotchain.errors import Malformed

ED25519 = -8
ES256 = -7
ALGORITHM_NAMES = {ED25519: "ed25519", ES256: "es256"}
POSSESSION_TAG = "lotchain/possession/1"
SIGNATURE_BYTES = 64
MAX_COSE_KEY = 2_048
"""Bytes of a COSE_Key that are looked at at all: ours have 40 or 75; more only serves a better refusal."""

_RAW_BYTES = {ED25519: 32, ES256: 64}
_OKP_HEAD = bytes.fromhex("a301012006215820")  # {1: 1 (OKP), -1: 6 (Ed25519), -2: bstr of 32}
_EC2_HEAD = bytes.fromhex("a401022001215820")  # {1: 2 (EC2), -1: 1 (P-256), -2: bstr of 32
_EC2_Y = bytes.fromhex("225820")  # , -3: bstr of 32}

_ED25519_P = 2**255 - 19
_P256_P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
_P256_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class _PublicKey(NamedTuple):
    algorithm: int
    raw: bytes


class PublicKey(_PublicKey):
    """One public key that is fit to be enrolled: on its curve, canonical, of full order.

    Construction checks all that (some 50 µs for a key not met lately), so there is no unchecked one.

    Args:
        algorithm: COSE algorithm number, `ED25519` (-8) or `ES256` (-7).
        raw: Ed25519, the 32 bytes of RFC 8032 §5.1.5; P-256, the coordinates x then y, 32 bytes each,
            big-endian.

    Raises:
        Malformed: `alg-not-allowed`, `key-format`, `key-weak`.

    """

    __slots__ = ()

    def __new__(cls, algorithm: int, raw: bytes) -> Self:
        """Make it and check it: see the class."""
        self = super().__new__(cls, algorithm, raw)
        size = _RAW_BYTES.get(self.algorithm)
        if size is None:
            raise _algorithm_refused(f"algorithm {self.algorithm!r}")
        if not isinstance(self.raw, bytes) or len(self.raw) != size:
            found = f"{len(self.raw)} bytes" if isinstance(self.raw, bytes) else type(self.raw).__name__
            raise Malformed("key-format", "a public key has the wrong length", expected=f"{size} bytes", found=found)
        if self.algorithm == ED25519:
            _check_ed25519(self.raw)
        else:
            _check_p256(self.raw)
        return self

    @property
    def cose(self) -> bytes:
        """The key as a deterministic COSE_Key: 40 bytes for Ed25519, 75 for P-256."""
        return _cose(self.algorithm, self.raw)

    @property
    def thumbprint(self) -> bytes:
        """RFC 9679 thumbprint, 32 bytes: SHA-256 of the COSE_Key, which holds the required members only."""
        return _thumbprint(self.algorithm, self.raw)

    @property
    def subject(self) -> str:
        """The key's name on the ledger, `key:<thumbprint in hex>`."""
        return ids.key_subject(self.thumbprint)

    @property
    def algorithm_name(self) -> str:
        """`ed25519` or `es256`."""
        return ALGORITHM_NAMES[self.algorithm]

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` is this key's over `message`; never raises, whatever it is given.

        Ed25519: RFC 8032 §5.1.7 without the cofactor, S below the group order, R canonical and not of small
        order. ES256: 64 bytes r then s, both in 1..n-1, s in the lower half, so that one signer's act has
        one form.
        """
        if not isinstance(signature, bytes) or not isinstance(message, bytes):
            return False
        if len(signature) != SIGNATURE_BYTES:
            return False
        if self.algorithm == ED25519:
            try:
                crypto_sign_open(signature + message, self.raw)
            except BadSignatureError:
                return False
            return True
        r = int.from_bytes(signature[:32], "big")
        s = int.from_bytes(signature[32:], "big")
        if not 0 < r < P256_ORDER or not 0 < s <= P256_ORDER // 2:
            return False
        return _p256_verifier(self.raw)(r, s, message)


def parse_public_key(cose: bytes, *, field: str = "key") -> PublicKey:
    """Read a COSE_Key that is exactly one of our two layouts, in deterministic CBOR.

    Raises:
        Malformed: `alg-not-allowed` (another key type or curve), `key-format` (not that layout, not on the
            curve, not canonical), `key-weak` (an Ed25519 point of small or mixed order).

    """
    try:
        if not isinstance(cose, bytes):
            raise Malformed("key-format", "a COSE_Key is a byte string", expected="bytes", found=type(cose).__name__)
        if len(cose) == 40 and cose.startswith(_OKP_HEAD):
            return _read_key(ED25519, cose[8:])
        if len(cose) == 75 and cose.startswith(_EC2_HEAD) and cose[40:43] == _EC2_Y:
            return _read_key(ES256, cose[8:40] + cose[43:])
        raise _why_no_key(cose)
    except Malformed as fault:
        raise fault.within(field) from None


def possession_message(anchor: str, party: str, cose_key: bytes) -> bytes:
    """The bytes that a new key signs to show that whoever enrols it holds it.

    Bound to one ledger and one party, so that nobody enrols another's key as their own, here or elsewhere.

    Args:
        anchor: the statement's audience, `origin#<charter id in hex>`; the origin alone for the keys that the
            charter itself names, since it has no id yet.
        party: `party:…`, whose key it will be.
        cose_key: the key as a COSE_Key.

    """
    return cbor.encode([POSSESSION_TAG, anchor, party, cose_key])


def check_possession(key: PublicKey, signature: bytes, anchor: str, party: str) -> bool:
    """Whether `signature` shows that the holder of `key` meant it for `party` under `anchor`."""
    return key.verify(signature, possession_message(anchor, party, key.cose))


def _cose(algorithm: int, raw: bytes) -> bytes:
    if algorithm == ED25519:
        return _OKP_HEAD + raw
    return _EC2_HEAD + raw[:32] + _EC2_Y + raw[32:]


@lru_cache(maxsize=4_096)
def _thumbprint(algorithm: int, raw: bytes) -> bytes:
    return sha256(_cose(algorithm, raw)).digest()


@lru_cache(maxsize=4_096)
def _read_key(algorithm: int, raw: bytes) -> PublicKey:
    return PublicKey(algorithm, raw)


@lru_cache(maxsize=4_096)
def _check_ed25519(raw: bytes) -> None:
    """Refuse what RFC 8032 would decode but two verifiers might read differently.

    The canonical check is explicit although libsodium's includes it: the rule should not hang on a library
    version.
    """
    y = int.from_bytes(raw, "little") & ((1 << 255) - 1)
    if y >= _ED25519_P:
        raise Malformed(
            "key-weak",
            "an Ed25519 key is not encoded canonically",
            expected="y below 2^255-19",
            found=raw.hex(),
        )
    if not crypto_core_ed25519_is_valid_point(raw):
        if _on_edwards25519(y):
            raise Malformed(
                "key-weak",
                "an Ed25519 key is of small or mixed order: its holder could disown what it signed",
                expected="a point of the prime-order subgroup",
                found=raw.hex(),
                remedy="make a new key",
            )
        raise Malformed(
            "key-format", "an Ed25519 key is not a point of the curve", expected="RFC 8032 §5.1.5", found=raw.hex()
        )


def _on_edwards25519(y: int) -> bool:
    """Whether some x solves the curve equation for this y (RFC 8032 §5.1.3); only to name the fault."""
    d = -121_665 * pow(121_666, -1, _ED25519_P) % _ED25519_P
    x_squared = (y * y - 1) * pow(d * y * y + 1, -1, _ED25519_P) % _ED25519_P
    return pow(x_squared, (_ED25519_P - 1) // 2, _ED25519_P) in (0, 1)


def _check_p256(raw: bytes) -> None:
    """SEC 1 §3.2.2.1 for a curve of cofactor 1; the point at infinity has no encoding of this length."""
    x = int.from_bytes(raw[:32], "big")
    y = int.from_bytes(raw[32:], "big")
    if x >= _P256_P or y >= _P256_P or (x * x * x - 3 * x + _P256_B - y * y) % _P256_P:
        raise Malformed(
            "key-format", "a P-256 key is not a point of the curve", expected="x and y of P-256", found=raw.hex()
        )


@lru_cache(maxsize=1_024)
def _p256_verifier(raw: bytes) -> Callable[[int, int, bytes], bool]:
    """The ECDSA check for one P-256 key; library and key object are loaded when it is first met."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - heavy, and most ledgers never need it
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415

    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + raw)
    scheme = ec.ECDSA(hashes.SHA256())

    def holds(r: int, s: int, message: bytes) -> bool:
        try:
            key.verify(utils.encode_dss_signature(r, s), message, scheme)
        except InvalidSignature:
            return False
        return True

    return holds


def _algorithm_refused(found: str) -> Malformed:
    return Malformed(
        "alg-not-allowed",
        "this kind of key is not used here",
        expected="Ed25519 (-8) or ES256 on P-256 (-7)",
        found=found,
        remedy="enrol an Ed25519 or a P-256 key",
    )


def _why_no_key(cose: bytes) -> Malformed:
    """Name the fault of bytes that are not one of the two layouts; only ever refuses."""
    try:
        members = cbor.decode(cose, max_bytes=MAX_COSE_KEY, max_depth=4, max_items=32, what="a COSE_Key")
    except Malformed as fault:
        return Malformed(
            "key-format",
            "a COSE_Key is not deterministic CBOR",
            expected="RFC 8949 §4.2.1",
            found=str(fault),
        )
    if not isinstance(members, dict):
        return Malformed("key-format", "a COSE_Key is a map", expected="a map", found=type(members).__name__)
    kind = (members.get(1), members.get(-1))
    if kind not in ((1, 6), (2, 1)):
        return _algorithm_refused(f"key type {kind[0]!r}, curve {kind[1]!r}")
    return Malformed(
        "key-format",
        "a COSE_Key has other members than it should",
        expected="{1: 1, -1: 6, -2: 32 bytes} or {1: 2, -1: 1, -2: 32 bytes, -3: 32 bytes}",
        found=", ".join(sorted(str(label) for label in members)),
    )
