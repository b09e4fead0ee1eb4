"""A witness's folder, and its wiring.

witness.toml      the configuration (format `lotchain-witness/1`): name, own keys, the log's keys
replica.db        the witness's own copy of the log
witness.memory    the furthest that it has cosigned; never begin anew without it
keys/             its private keys, mode 0700
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from lotchain.app.clock import SystemClock
from lotchain.app.folder import Folder, require_new_folder, write_whole
from lotchain.core.notes import (
    ED25519_COSIGNATURE,
    ED25519_NOTE,
    MLDSA44_COSIGNATURE,
    VerifierKey,
    parse_vkey,
)
from lotchain.errors import Malformed, SigningError, StoreError
from lotchain.ledger.ports import Clock, LogSource
from lotchain.ledger.replica import Replica, StoreSource
from lotchain.signing.keyfile import read_key_file, read_mldsa44_file, write_key_file
from lotchain.signing.mldsa import MLDSA44Signer
from lotchain.signing.signer import SoftwareSigner, new_signer
from lotchain.storage.sqlite import SqliteStore
from lotchain.witness.auditing import AuditingWitness
from lotchain.witness.remembering import FileMemory

FORMAT = "lotchain-witness/1"
_KEYS = {
    "key": ED25519_COSIGNATURE,
    "mldsa_key": MLDSA44_COSIGNATURE,
    "log_key": ED25519_NOTE,
    "log_mldsa_key": MLDSA44_COSIGNATURE,
}
_OPTIONAL = {"mldsa_key", "log_mldsa_key"}


@dataclass(slots=True)
class OpenWitness:
    """A witness at work, and its copy of the log, to be closed when done."""

    witness: AuditingWitness
    replica: Replica

    def close(self) -> None:
        """Release the copy."""
        self.replica.close()


def create_witness(
    path: Path | str,
    name: str,
    *,
    log_key: VerifierKey,
    log_mldsa_key: VerifierKey | None = None,
    mldsa: bool = False,
    passphrase: str | None = None,
    clock: Clock | None = None,
) -> OpenWitness:
    """Make a new auditing witness of one log in a folder of its own, with fresh keys, and open it.

    Args:
        path: a folder that is not there yet, or is empty.
        name: the witness's key name.
        log_key: the log's Ed25519 key.
        log_mldsa_key: the log's ML-DSA-44 key, where it has one.
        mldsa: whether the witness cosigns with ML-DSA-44, too.
        passphrase: protects its private keys; None leaves them in plain.
        clock: its own clock; None is this machine's.

    Raises:
        UsageError: `ledger-exists`.
        Malformed: `vkey-format`, for a name that cannot be one.
        StoreError, SigningError: those of the engines.

    """
    folder = Path(path)
    signer, second = new_signer("ed25519"), MLDSA44Signer.new() if mldsa else None
    keys: dict[str, VerifierKey | None] = {
        "key": VerifierKey(name, ED25519_COSIGNATURE, signer.public.raw),
        "mldsa_key": VerifierKey(name, MLDSA44_COSIGNATURE, second.public_raw) if second is not None else None,
        "log_key": log_key,
        "log_mldsa_key": log_mldsa_key,
    }
    require_new_folder(folder)
    (folder / "keys").mkdir(mode=0o700)
    write_key_file(folder / "keys" / "witness.key", signer, passphrase=passphrase)
    if second is not None:
        write_key_file(folder / "keys" / "witness-mldsa.key", second, passphrase=passphrase)
    SqliteStore.create(folder / "replica.db").close()
    lines = [f"{field} = {json.dumps(key.encode(), ensure_ascii=False)}" for field, key in keys.items() if key]
    text = "\n".join(("# A lotchain witness. Public keys only.", f'format = "{FORMAT}"', *lines)) + "\n"
    write_whole(folder / "witness.toml", text.encode("utf-8"))
    return open_witness(folder, passphrase=passphrase, clock=clock)


def open_witness(path: Path | str, *, passphrase: str | None = None, clock: Clock | None = None) -> OpenWitness:
    """Open a witness that was made before.

    Raises:
        StoreError: `witness-missing`, and those of its store.
        SigningError: `key-file-…`; `witness-key-differs`.
        Malformed: `config-format`, `vkey-format`.

    """
    folder = Path(path)
    keys = _read(folder / "witness.toml")
    own, log_key = keys["key"], keys["log_key"]
    signer = read_key_file(folder / "keys" / "witness.key", passphrase)
    second = read_mldsa44_file(folder / "keys" / "witness-mldsa.key", passphrase) if "mldsa_key" in keys else None
    _require_own(keys, signer, second)
    replica = Replica(SqliteStore.open(folder / "replica.db"), log_key.name)
    witness = AuditingWitness(
        own.name,
        signer,
        replica,
        FileMemory(folder / "witness.memory"),
        log_key=log_key,
        clock=clock or SystemClock(),
        mldsa=second,
        log_mldsa_key=keys.get("log_mldsa_key"),
    )
    return OpenWitness(witness, replica)


def source_at(path: Path | str) -> LogSource:
    """A ledger's folder on this machine as a witness's source, opened read-only."""
    return StoreSource(SqliteStore.open(Folder(Path(path)).store, read_only=True))


def _require_own(keys: dict[str, VerifierKey], signer: SoftwareSigner, second: MLDSA44Signer | None) -> None:
    same = keys["key"].public == signer.public.raw
    if not same or (second is not None and keys["mldsa_key"].public != second.public_raw):
        raise SigningError(
            "witness-key-differs",
            "a key file does not hold the key that the witness's configuration names",
            remedy="bring back the witness's own key",
        )


def _read(path: Path) -> dict[str, VerifierKey]:
    try:
        members = tomllib.loads(path.read_bytes()[:65_536].decode("utf-8"))
    except FileNotFoundError:
        raise StoreError("witness-missing", f"there is no witness in {path.parent}") from None
    except OSError as fault:
        raise StoreError("witness-missing", f"{path} cannot be read: {fault.strerror}") from fault
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as fault:
        raise _fault("it is not TOML", str(fault)) from None
    if members.pop("format", None) != FORMAT:
        raise _fault("its format is not the one known here", FORMAT)
    if members.keys() - _KEYS or _KEYS.keys() - members.keys() - _OPTIONAL:
        raise _fault("its members are not those of the format", ", ".join(sorted(members)))
    keys: dict[str, VerifierKey] = {}
    for field, text in members.items():
        if not isinstance(text, str):
            raise _fault(f"{field} is no text")
        try:
            keys[field] = parse_vkey(text)
        except Malformed as fault:
            raise fault.within(field) from None
        if keys[field].kind != _KEYS[field]:
            raise _fault(f"{field} is of the wrong kind", text)
    for one, other in (("key", "mldsa_key"), ("log_key", "log_mldsa_key")):
        if other in keys and keys[other].name != keys[one].name:
            raise _fault(f"{other} bears another name than {one}", keys[other].name)
    return keys


def _fault(what: str, found: str = "") -> Malformed:
    return Malformed("config-format", f"the witness's configuration cannot be used: {what}", found=found)
