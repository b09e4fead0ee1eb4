"""Signers: the only objects in the program that hold a private key, and what they sign for a party.

A key never leaves its signer except into a key file: not by repr, not by pickle, not in an error. Every
signer signs with its private key alone; none takes a public key beside it, since signing under a wrong one
gives the private key away (the double-public-key fault of many Ed25519 libraries).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NoReturn, Protocol

from nacl.bindings import crypto_sign, crypto_sign_seed_keypair

from lotchain.core import canonical_json
from lotchain.core.keys import ED25519, ES256, P256_ORDER, PublicKey, possession_message
from lotchain.core.statements import MAX_ENTRY, assemble, parse_statement, protected_header, sig_structure
from lotchain.errors import Malformed, SigningError, UsageError

ALGORITHMS = {"ed25519": ED25519, "es256": ES256}
SECRET_BYTES = 32
"""Bytes of every private key here: Ed25519 seed, P-256 scalar, ML-DSA-44 seed."""


class Signer(Protocol):
    """Whatever signs statements: a key in memory; a smart card or an HSM fits the same two members."""

    @property
    def public(self) -> PublicKey:
        """The public half."""
        ...

    def sign(self, message: bytes) -> bytes:
        """64 bytes over `message`: Ed25519, or ES256 as r then s with s in the lower half.

        Raises:
            SigningError: where the key cannot be used now.

        """
        ...


class Guarded:
    """A holder of a private key, which refuses to be pickled or copied."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise SigningError(
            "key-not-exportable",
            "a signer cannot be pickled or copied",
            remedy="hand over a key file instead",
        )


class SoftwareSigner(Guarded):
    """A statement key held in memory. Made by `new_signer`, `from_seed` or `read_key_file`."""

    __slots__ = ("_public", "_secret", "_sign")

    def __init__(self, algorithm: int, secret: bytes) -> None:
        """Take a private key.

        Args:
            algorithm: `ED25519` or `ES256`.
            secret: 32 bytes: Ed25519, the seed of RFC 8032 §5.1.5; ES256, the scalar, big-endian, 1 to n-1.

        Raises:
            SigningError: `key-secret-format`.

        """
        if not isinstance(secret, bytes) or len(secret) != SECRET_BYTES:
            raise SigningError("key-secret-format", f"a private key has {SECRET_BYTES} bytes")
        if algorithm == ED25519:
            self._public, self._sign = _ed25519(secret)
        elif algorithm == ES256:
            self._public, self._sign = _es256(secret)
        else:
            raise SigningError("key-secret-format", "a private key is for Ed25519 or ES256", found=algorithm)
        self._secret = secret

    @classmethod
    def from_seed(cls, seed: bytes) -> SoftwareSigner:
        """The Ed25519 signer of a 32-byte seed: the same seed, the same key."""
        return cls(ED25519, seed)

    @property
    def public(self) -> PublicKey:
        """The public half."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """64 bytes over `message`; the same message, the same bytes (RFC 8032 §5.1.6, RFC 6979)."""
        return self._sign(message)

    def __repr__(self) -> str:
        return f"SoftwareSigner({self._public.algorithm_name}, {self._public.subject})"


def new_signer(algorithm: str = "ed25519") -> SoftwareSigner:
    """A signer with a fresh key from the system's random source.

    Args:
        algorithm: `ed25519` or `es256`.

    Raises:
        UsageError: `alg-not-allowed`.

    """
    number = ALGORITHMS.get(algorithm)
    if number is None:
        raise UsageError("alg-not-allowed", "no such kind of key", expected=" or ".join(ALGORITHMS), found=algorithm)
    secret = os.urandom(SECRET_BYTES)
    while number == ES256 and not 0 < int.from_bytes(secret, "big") < P256_ORDER:
        secret = os.urandom(SECRET_BYTES)
    return SoftwareSigner(number, secret)


def sign_statement(
    signer: Signer, *, issuer: str, subject: str, audience: str, signed_at: int, payload: bytes
) -> bytes:
    """One event as a signed statement, ready to be submitted.

    Args:
        signer: whose key is enrolled for `issuer`.
        issuer: `party:…`.
        subject: the subject that the event is mainly about.
        audience: the ledger that it is for (`core.statements.audience_of`).
        signed_at: seconds since 1970-01-01T00:00:00Z, by the caller's clock.
        payload: the event as canonical JSON, a single object.

    Raises:
        Malformed: where the parts do not make a statement that can be read; nothing is signed then.
        SigningError: where the key cannot be used.

    """
    public = signer.public
    if not isinstance(canonical_json.decode(payload, max_bytes=MAX_ENTRY, what="event"), dict):
        raise Malformed("json-malformed", "an event is an object", field="payload")
    protected = protected_header(
        algorithm=public.algorithm,
        kid=public.thumbprint,
        issuer=issuer,
        subject=subject,
        audience=audience,
        signed_at=signed_at,
    )
    parse_statement(assemble(protected, payload, bytes(64)))  # refuses before the key is used, above all on size
    return assemble(protected, payload, signer.sign(sig_structure(protected, payload)))


def proof_of_possession(signer: Signer, *, charter: str, party: str) -> bytes:
    """The signature by which a new key shows, inside its enrolment, that its holder wants it there.

    Args:
        signer: the key to be enrolled.
        charter: the audience of the ledger, `origin#<charter id>`; the origin alone for a key that the
            charter names.
        party: `party:…`, whose key it will be.

    """
    return signer.sign(possession_message(charter, party, signer.public.cose))


def _ed25519(seed: bytes) -> tuple[PublicKey, Callable[[bytes], bytes]]:
    public, private = crypto_sign_seed_keypair(seed)

    def sign(message: bytes) -> bytes:
        return crypto_sign(message, private)[:64]

    return PublicKey(ED25519, public), sign


def _es256(secret: bytes) -> tuple[PublicKey, Callable[[bytes], bytes]]:
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - heavy, and only these keys need it
    from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415

    scalar = int.from_bytes(secret, "big")
    if not 0 < scalar < P256_ORDER:
        raise SigningError("key-secret-format", "a P-256 private key lies outside 1 to n-1")
    private = ec.derive_private_key(scalar, ec.SECP256R1())
    point = private.public_key().public_numbers()
    # A nonce derived from key and message (RFC 6979): a failing random source cannot give the key away.
    scheme = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)

    def sign(message: bytes) -> bytes:
        r, s = utils.decode_dss_signature(private.sign(message, scheme))
        return r.to_bytes(32, "big") + min(s, P256_ORDER - s).to_bytes(32, "big")

    return PublicKey(ES256, point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")), sign
