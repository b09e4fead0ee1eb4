"""Key files: how a private key rests on a disk, in plain or under a passphrase.

One line of canonical JSON, versioned, with a checksum so that damage is told from a wrong passphrase. Under a
passphrase: Argon2id (RFC 9106) and XChaCha20-Poly1305, the rest of the file being bound as associated data.
A file that others may read is refused, since a key that others could have copied is no longer one person's
key. Nothing read from a key file is ever quoted in an error. Byte for byte: `specs/formats/keys.md`.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

from nacl import exceptions as nacl_exceptions
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
    crypto_pwhash_alg,
    crypto_pwhash_ALG_ARGON2ID13,
)

from lotchain.core import canonical_json
from lotchain.core.keys import ALGORITHM_NAMES
from lotchain.errors import LotchainError, SigningError
from lotchain.signing.mldsa import MLDSA44Signer
from lotchain.signing.signer import ALGORITHMS, SECRET_BYTES, SoftwareSigner

FORMAT = "lotchain-key/1"
ML_DSA_44 = "ml-dsa-44"
MAX_FILE = 16_384
MEMORY_KIB = 65_536
PASSES = 3
"""Argon2id cost of a new file: 64 MiB and three passes (RFC 9106 §4, the second recommendation, one lane)."""
MAX_MEMORY_KIB = 262_144
MAX_PASSES = 16
"""Costs beyond these are refused, so that a hostile file cannot exhaust the machine."""

_SALT, _NONCE, _AEAD_TAG = 16, 24, 16
_MEMBERS = {"algorithm", "format", "public", "secret", "sum"}
_SEALED_MEMBERS = {"cipher", "kdf", "memory_kib", "nonce", "passes", "salt", "sealed"}


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What a key file says openly.

    Args:
        algorithm: `ed25519`, `es256` or `ml-dsa-44`.
        public: the COSE_Key, or for ML-DSA-44 the raw public key.
        protected: whether a passphrase is needed.

    """

    algorithm: str
    public: bytes
    protected: bool


def write_key_file(
    path: str | os.PathLike[str], signer: SoftwareSigner | MLDSA44Signer, *, passphrase: str | None
) -> None:
    """Write a new key file, mode 0600, on the disk when this returns.

    Args:
        path: a file that does not exist yet; nothing is ever overwritten.
        signer: whose private key it holds.
        passphrase: protects the key; None leaves it in plain, for machines that start unattended.

    Raises:
        SigningError: `key-file-exists`, `key-file-passphrase` (empty), `key-file-unwritable`.

    """
    if isinstance(signer, MLDSA44Signer):
        algorithm, public = ML_DSA_44, signer.public_raw
    else:
        algorithm, public = ALGORITHM_NAMES[signer.public.algorithm], signer.public.cose
    document: dict[str, Any] = {"algorithm": algorithm, "format": FORMAT, "public": public.hex()}
    if passphrase is None:
        document["secret"] = {"plain": signer._secret.hex()}
    else:
        document["secret"] = _seal(document, signer._secret, passphrase)
    document["sum"] = _checksum(document)
    _create(Path(path), canonical_json.encode(document) + b"\n")


def read_key_file(path: str | os.PathLike[str], passphrase: str | None = None) -> SoftwareSigner:
    """The statement signer (Ed25519 or ES256) in a key file.

    Args:
        path: the file; must be a regular file that only its owner may read.
        passphrase: exactly when the file is protected; see `describe_key_file`.

    Raises:
        SigningError: `key-file-missing`, `key-file-permissions`, `key-file-format`, `key-file-passphrase`,
            `key-file-algorithm` (an ML-DSA-44 key).

    """
    document = _document(Path(path))
    if document["algorithm"] not in ALGORITHMS:
        raise _wrong_algorithm("a statement is signed by an Ed25519 or ES256 key", document)
    secret = _secret(document, passphrase)
    try:
        signer = SoftwareSigner(ALGORITHMS[document["algorithm"]], secret)
    except SigningError:
        _damaged("its private key is none")
    if signer.public.cose.hex() != document["public"]:
        _damaged("its public key is not that of its private key")
    return signer


def read_mldsa44_file(path: str | os.PathLike[str], passphrase: str | None = None) -> MLDSA44Signer:
    """The ML-DSA-44 signer of a log or witness in a key file; arguments and errors as for `read_key_file`."""
    document = _document(Path(path))
    if document["algorithm"] != ML_DSA_44:
        raise _wrong_algorithm("an ML-DSA-44 key is wanted here", document)
    signer = MLDSA44Signer(_secret(document, passphrase))
    if signer.public_raw.hex() != document["public"]:
        _damaged("its public key is not that of its private key")
    return signer


def describe_key_file(path: str | os.PathLike[str]) -> KeyFile:
    """What a key file says openly, without its private key: to show it, or to know whether to ask for a
    passphrase.

    Raises:
        SigningError: as for `read_key_file`, but for the passphrase.

    """
    document = _document(Path(path))
    return KeyFile(document["algorithm"], bytes.fromhex(document["public"]), "plain" not in document["secret"])


def _seal(document: dict[str, Any], secret: bytes, passphrase: str) -> dict[str, Any]:
    """The `secret` member of a protected file."""
    if not passphrase:
        raise SigningError(
            "key-file-passphrase", "an empty passphrase protects nothing", remedy="give one, or choose none"
        )
    sealed: dict[str, Any] = {
        "cipher": "xchacha20-poly1305",
        "kdf": "argon2id",
        "memory_kib": MEMORY_KIB,
        "nonce": os.urandom(_NONCE).hex(),
        "passes": PASSES,
        "salt": os.urandom(_SALT).hex(),
    }
    bound = canonical_json.encode(document | {"secret": sealed})
    key = _derive(sealed, passphrase)
    nonce = bytes.fromhex(sealed["nonce"])
    box = crypto_aead_xchacha20poly1305_ietf_encrypt(secret, bound, nonce, key)
    return sealed | {"sealed": box.hex()}


def _secret(document: dict[str, Any], passphrase: str | None) -> bytes:
    """The 32 bytes of the private key."""
    secret = document["secret"]
    if "plain" in secret:
        if passphrase is not None:
            raise SigningError(
                "key-file-passphrase",
                "a passphrase was given, but this key file has none",
                remedy="give none; or ask who replaced the file, if it used to have one",
            )
        return bytes.fromhex(secret["plain"])
    if not passphrase:
        raise SigningError("key-file-passphrase", "this key file needs a passphrase")
    sealed = {name: value for name, value in secret.items() if name != "sealed"}
    bound = canonical_json.encode(
        {name: document[name] for name in ("algorithm", "format", "public")} | {"secret": sealed}
    )
    key = _derive(sealed, passphrase)
    try:
        return crypto_aead_xchacha20poly1305_ietf_decrypt(
            bytes.fromhex(secret["sealed"]), bound, bytes.fromhex(sealed["nonce"]), key
        )
    except nacl_exceptions.CryptoError:
        raise SigningError("key-file-passphrase", "the passphrase does not open this key file") from None


def _derive(sealed: dict[str, Any], passphrase: str) -> bytes:
    """The AEAD key: Argon2id over the passphrase in NFC, since keyboards differ in writing an accent."""
    typed = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    try:
        return crypto_pwhash_alg(
            32,
            typed,
            bytes.fromhex(sealed["salt"]),
            sealed["passes"],
            sealed["memory_kib"] * 1024,
            crypto_pwhash_ALG_ARGON2ID13,
        )
    except nacl_exceptions.CryptoError:
        raise SigningError(
            "key-file-memory",
            "the passphrase could not be worked on",
            remedy="free some memory and try again",
        ) from None


def _create(path: Path, data: bytes) -> None:
    """Make the file with its final mode, whole and on the disk, or not at all."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise SigningError(
            "key-file-exists",
            "a key file is never overwritten",
            found=str(path),
            remedy="choose another name",
        ) from None
    except OSError as fault:
        raise _unwritable(path, fault) from None
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), 0o600)  # whatever the umask says
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _sync_directory(path.parent)
    except OSError as fault:
        path.unlink(missing_ok=True)
        raise _unwritable(path, fault) from None


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> bytes:
    """The bytes of a private regular file; the mode is asked of the open file, so no swap helps."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise SigningError("key-file-missing", "there is no such key file", found=str(path)) from None
    except OSError as fault:
        raise SigningError(
            "key-file-permissions", "a key file cannot be opened", found=f"{path}: {fault.strerror}"
        ) from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise SigningError("key-file-format", "a key file is a regular file", found=str(path))
        if status.st_mode & 0o077:
            raise SigningError(
                "key-file-permissions",
                "a key file may be read by others than its owner",
                expected="mode 0600 or stricter",
                found=f"mode {stat.S_IMODE(status.st_mode):04o}",
                remedy="if nobody can have copied it: chmod 600; else revoke the key and make a new one",
            )
        return os.read(handle, MAX_FILE + 1)
    finally:
        os.close(handle)


def _document(path: Path) -> dict[str, Any]:
    """The file's JSON, its shape, limits and checksum all checked."""
    data = _read(path)
    if len(data) > MAX_FILE or not data.endswith(b"\n"):
        _damaged("it is not one line of JSON")
    try:
        document = canonical_json.decode(data[:-1], max_bytes=MAX_FILE, max_depth=3, max_items=32, what="key file")
    except LotchainError:
        document = None
    if not isinstance(document, dict):
        _damaged("it is not one line of canonical JSON")
    if document.get("format") != FORMAT:
        _damaged(f"its format is not {FORMAT}")
    if document.keys() != _MEMBERS:
        _damaged("its members are not those of the format")
    if document["sum"] != _checksum(document):
        _damaged("its checksum does not fit")
    if document["algorithm"] not in (*ALGORITHMS, ML_DSA_44):
        _damaged("its algorithm is unknown")
    secret = document["secret"]
    if not _is_hex(document["public"], None) or not isinstance(secret, dict):
        _damaged("a member has the wrong form")
    if secret.keys() == {"plain"}:
        sound = _is_hex(secret["plain"], SECRET_BYTES)
    else:
        sound = secret.keys() == _SEALED_MEMBERS and _is_sound_seal(secret)
    if not sound:
        _damaged("its private part has the wrong form")
    return document


def _is_sound_seal(secret: dict[str, Any]) -> bool:
    return (
        secret["cipher"] == "xchacha20-poly1305"
        and secret["kdf"] == "argon2id"
        and type(secret["memory_kib"]) is int
        and 8 <= secret["memory_kib"] <= MAX_MEMORY_KIB
        and type(secret["passes"]) is int
        and 1 <= secret["passes"] <= MAX_PASSES
        and _is_hex(secret["nonce"], _NONCE)
        and _is_hex(secret["salt"], _SALT)
        and _is_hex(secret["sealed"], SECRET_BYTES + _AEAD_TAG)
    )


def _is_hex(value: object, size: int | None) -> bool:
    """Whether `value` is lower-case hex, of `size` bytes where given."""
    if not isinstance(value, str) or len(value) % 2 or not set(value) <= set("0123456789abcdef"):
        return False
    return size is None or len(value) == 2 * size


def _checksum(document: dict[str, Any]) -> str:
    rest = {name: value for name, value in document.items() if name != "sum"}
    return sha256(canonical_json.encode(rest)).hexdigest()


def _damaged(why: str) -> NoReturn:
    raise SigningError(
        "key-file-format",
        f"this is not a sound key file: {why}",
        remedy="take it from its backup, or make a new key",
    )


def _wrong_algorithm(what: str, document: dict[str, Any]) -> SigningError:
    return SigningError("key-file-algorithm", what, found=document["algorithm"])


def _unwritable(path: Path, fault: OSError) -> SigningError:
    return SigningError("key-file-unwritable", "a key file cannot be written", found=f"{path}: {fault.strerror}")
