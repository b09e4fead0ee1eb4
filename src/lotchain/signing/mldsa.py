"""ML-DSA-44 signers for logs and witnesses (FIPS 204; C2SP signed-note type 0x06), never statements."""

from __future__ import annotations

import os

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from lotchain.errors import SigningError
from lotchain.signing.signer import SECRET_BYTES, Guarded

PUBLIC_BYTES = 1_312
SIGNATURE_BYTES = 2_420


class MLDSA44Signer(Guarded):
    """A log's or a witness's post-quantum key, held in memory."""

    __slots__ = ("_private", "_public_raw", "_secret")

    def __init__(self, seed: bytes) -> None:
        """Expand the 32-byte seed of FIPS 204, algorithm 6.

        Raises:
            SigningError: `key-secret-format`.

        """
        if not isinstance(seed, bytes) or len(seed) != SECRET_BYTES:
            raise SigningError("key-secret-format", f"an ML-DSA-44 seed has {SECRET_BYTES} bytes")
        self._secret = seed
        self._private = MLDSA44PrivateKey.from_seed_bytes(seed)
        self._public_raw = self._private.public_key().public_bytes_raw()

    @classmethod
    def from_seed(cls, seed: bytes) -> MLDSA44Signer:
        """The signer of a 32-byte seed: the same seed, the same key."""
        return cls(seed)

    @classmethod
    def new(cls) -> MLDSA44Signer:
        """A signer with a fresh key from the system's random source."""
        return cls(os.urandom(SECRET_BYTES))

    @property
    def public_raw(self) -> bytes:
        """The public key, 1,312 bytes (FIPS 204, pkEncode)."""
        return self._public_raw

    def sign(self, message: bytes) -> bytes:
        """2,420 bytes over `message`, pure ML-DSA with an empty context; the bytes differ each time."""
        return self._private.sign(message)

    def __repr__(self) -> str:
        return f"MLDSA44Signer({self._public_raw[:8].hex()}…)"
