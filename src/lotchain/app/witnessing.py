"""A witness's folder, and its wiring.

witness.toml      the configuration (format `lotchain-witness/1`): name, own keys, the log's keys
replica.db        the witness's own copy of the log
witness.memory    the furthest that it has cosigned; never begin anew without it
keys/             its private keys, mode 0700
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from lotchain.app.clock import SystemClock
from lotchain.app.folder import Folder, require_new_folder, write_whole
from lotchain.core.notes import (
    ED25519_COSIGNATURE,
    ED25519_NOTE,
    MLDSA44_COSIGNATURE,
    VerifierKey,
    parse_vkey,
)
from lotchain.errors import Malformed, SigningError, StoreError, UsageError
from lotchain.ledger.ports import Clock, LogSource
from lotchain.ledger.replica import Replica, StoreSource
from lotchain.signing.keyfile import read_key_file, read_mldsa44_file, write_key_file
from lotchain.signing.mldsa import MLDSA44Signer
from lotchain.signing.signer import SoftwareSigner, new_signer
from lotchain.storage.sqlite import SqliteStore
from lotchain.witness.auditing import AuditingWitness
from lotchain.witness.cosigners import Cosigner, ed25519_cosigner, mldsa_cosigner
from lotchain.witness.remembering import FileMemory

FORMAT = "lotchain-witness/1"
CONFIG = "witness.toml"
_KEYS = {
    "key": ED25519_COSIGNATURE,
    "mldsa_key": MLDSA44_COSIGNATURE,
    "log_key": ED25519_NOTE,
    "log_mldsa_key": MLDSA44_COSIGNATURE,
}
_OPTIONAL = {"mldsa_key", "log_mldsa_key"}
_LISTS = {
    "retiring_keys": (ED25519_COSIGNATURE, MLDSA44_COSIGNATURE),
    "more_log_keys": (ED25519_NOTE, MLDSA44_COSIGNATURE),
}


class AuditorConfiguration(NamedTuple):
    """What `witness.toml` says.

    Args:
        key: the witness's Ed25519 key.
        mldsa_key: its ML-DSA-44 key, or None.
        log_key: the log's Ed25519 key.
        log_mldsa_key: its ML-DSA-44 key, or None.
        retiring: the witness's old keys, which still cosign.
        more_log_keys: other keys of the log: any one of each type must have signed.

    """

    key: VerifierKey
    mldsa_key: VerifierKey | None
    log_key: VerifierKey
    log_mldsa_key: VerifierKey | None
    retiring: tuple[VerifierKey, ...] = ()
    more_log_keys: tuple[VerifierKey, ...] = ()

    @property
    def log_keys(self) -> tuple[VerifierKey, ...]:
        """All keys of the log."""
        return (self.log_key, *filter(None, (self.log_mldsa_key,)), *self.more_log_keys)

    def encode(self) -> str:
        """The file's text."""
        keys = {"key": self.key, "mldsa_key": self.mldsa_key, "log_key": self.log_key}
        keys["log_mldsa_key"] = self.log_mldsa_key
        lines = [f"{field} = {_quoted(key)}" for field, key in keys.items() if key is not None]
        for field, more in (("retiring_keys", self.retiring), ("more_log_keys", self.more_log_keys)):
            if more:
                lines += [f"{field} = [", *(f"  {_quoted(key)}," for key in more), "]"]
        return "\n".join(("# A lotchain witness. Public keys only.", f'format = "{FORMAT}"', *lines)) + "\n"


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
    configuration = AuditorConfiguration(
        VerifierKey(name, ED25519_COSIGNATURE, signer.public.raw),
        VerifierKey(name, MLDSA44_COSIGNATURE, second.public_raw) if second is not None else None,
        log_key,
        log_mldsa_key,
    )
    require_new_folder(folder)
    (folder / "keys").mkdir(mode=0o700)
    write_key_file(folder / "keys" / "witness.key", signer, passphrase=passphrase)
    if second is not None:
        write_key_file(folder / "keys" / "witness-mldsa.key", second, passphrase=passphrase)
    SqliteStore.create(folder / "replica.db").close()
    write_whole(folder / CONFIG, configuration.encode().encode("utf-8"))
    return open_witness(folder, passphrase=passphrase, clock=clock)


def open_witness(path: Path | str, *, passphrase: str | None = None, clock: Clock | None = None) -> OpenWitness:
    """Open a witness that was made before.

    Raises:
        StoreError: `witness-missing`, and those of its store.
        SigningError: `key-file-…`; `witness-key-differs`.
        Malformed: `config-format`, `vkey-format`.

    """
    folder = Path(path)
    configuration = read_auditor(folder)
    signer = read_key_file(_key_file(folder, configuration.key), passphrase)
    second = None
    if configuration.mldsa_key is not None:
        second = read_mldsa44_file(_key_file(folder, configuration.mldsa_key), passphrase)
    _require_own(configuration, signer, second)
    replica = Replica(SqliteStore.open(folder / "replica.db"), configuration.log_key.name)
    witness = AuditingWitness(
        configuration.key.name,
        signer,
        replica,
        FileMemory(folder / "witness.memory"),
        log_key=configuration.log_key,
        clock=clock or SystemClock(),
        mldsa=second,
        log_mldsa_key=configuration.log_mldsa_key,
        more_log_keys=configuration.more_log_keys,
        retiring=[_retiring(folder, key, passphrase) for key in configuration.retiring],
    )
    return OpenWitness(witness, replica)


def know_log_keys(path: Path | str, keys: Sequence[VerifierKey], *, only: bool = False) -> AuditorConfiguration:
    """Know more keys of the log that is watched; with `only`, these and no others, as after it has retired one.

    Raises:
        UsageError: `witness-keys`, for keys of another log or of other types, or none of type 1.
        StoreError, Malformed: those of folder and configuration.

    """
    folder = Path(path)
    configuration = read_auditor(folder)
    known = () if only else configuration.log_keys
    theirs = sorted(dict.fromkeys((*keys, *known)), key=lambda key: key.kind)
    first = {key.kind: key for key in reversed(theirs)}
    strange = {key.name for key in theirs} != {configuration.log_key.name}
    if strange or ED25519_NOTE not in first or set(first) - set(_LISTS["more_log_keys"]):
        found = ", ".join(sorted({key.name for key in theirs}))
        raise UsageError("witness-keys", "these are not the keys of the log that is watched", found=found)
    second = first.get(MLDSA44_COSIGNATURE)
    more = tuple(key for key in theirs if key not in (first[ED25519_NOTE], second))
    changed = configuration._replace(log_key=first[ED25519_NOTE], log_mldsa_key=second, more_log_keys=more)
    write_whole(folder / CONFIG, changed.encode().encode("utf-8"))
    return changed


def rotate_auditor_keys(path: Path | str, *, passphrase: str | None = None) -> AuditorConfiguration:
    """Make new keys of the same types, and cosign with them and with the old ones from now on.

    Raises:
        UsageError: `witness-rotating`, while old keys still cosign beside the present ones.
        StoreError, SigningError, Malformed: those of folder and key files.

    """
    folder = Path(path)
    configuration = read_auditor(folder)
    if configuration.retiring:
        what = "old keys still cosign beside the present ones"
        raise UsageError("witness-rotating", what, remedy="retire them first")
    name, signer = configuration.key.name, new_signer("ed25519")
    key, second = VerifierKey(name, ED25519_COSIGNATURE, signer.public.raw), None
    write_key_file(_numbered(folder, key), signer, passphrase=passphrase)
    if configuration.mldsa_key is not None:
        mldsa = MLDSA44Signer.new()
        second = VerifierKey(name, MLDSA44_COSIGNATURE, mldsa.public_raw)
        write_key_file(_numbered(folder, second), mldsa, passphrase=passphrase)
    old = (configuration.key, *filter(None, (configuration.mldsa_key,)))
    changed = configuration._replace(key=key, mldsa_key=second, retiring=old)
    write_whole(folder / CONFIG, changed.encode().encode("utf-8"))
    return changed


def retire_auditor_keys(path: Path | str) -> tuple[VerifierKey, ...]:
    """Cosign with the present keys alone; gives the keys that cosign no more. Raises `witness-none-retiring`."""
    folder = Path(path)
    configuration = read_auditor(folder)
    if not configuration.retiring:
        raise UsageError("witness-none-retiring", "no old key cosigns beside the present ones")
    write_whole(folder / CONFIG, configuration._replace(retiring=()).encode().encode("utf-8"))
    return configuration.retiring


def source_at(path: Path | str) -> LogSource:
    """A ledger's folder on this machine as a witness's source, opened read-only."""
    return StoreSource(SqliteStore.open(Folder(Path(path)).store, read_only=True))


def _retiring(folder: Path, key: VerifierKey, passphrase: str | None) -> Cosigner:
    file = _key_file(folder, key)
    if key.kind == ED25519_COSIGNATURE:
        found = ed25519_cosigner(key.name, read_key_file(file, passphrase))
    else:
        found = mldsa_cosigner(key.name, read_mldsa44_file(file, passphrase))
    if found.key != key:
        raise _other_key()
    return found


def _require_own(configuration: AuditorConfiguration, signer: SoftwareSigner, second: MLDSA44Signer | None) -> None:
    expected = configuration.mldsa_key.public if configuration.mldsa_key is not None else None
    found = second.public_raw if second is not None else None
    if configuration.key.public != signer.public.raw or expected != found:
        raise _other_key()


def _other_key() -> SigningError:
    return SigningError(
        "witness-key-differs",
        "a key file does not hold the key that the witness's configuration names",
        remedy="bring back the witness's own key",
    )


def _numbered(folder: Path, key: VerifierKey) -> Path:
    return folder / "keys" / f"witness-{key.key_id.hex()}.key"


def _key_file(folder: Path, key: VerifierKey) -> Path:
    """A private key lies under its key id, or, of the first ones, under `witness.key` and `witness-mldsa.key`."""
    own = _numbered(folder, key)
    if own.exists():
        return own
    return folder / "keys" / ("witness-mldsa.key" if key.kind == MLDSA44_COSIGNATURE else "witness.key")


def read_auditor(path: Path | str) -> AuditorConfiguration:
    """An auditing witness's configuration. Raises `StoreError` `witness-missing`; `Malformed` `config-format`, …."""
    file = Path(path) / CONFIG
    try:
        members = tomllib.loads(file.read_bytes()[:65_536].decode("utf-8"))
    except FileNotFoundError:
        raise StoreError("witness-missing", f"there is no witness in {file.parent}") from None
    except OSError as fault:
        raise StoreError("witness-missing", f"{file} cannot be read: {fault.strerror}") from fault
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as fault:
        raise _fault("it is not TOML", str(fault)) from None
    if members.pop("format", None) != FORMAT:
        raise _fault("its format is not the one known here", FORMAT)
    lists = {name: _list(members.pop(name, []), name) for name in _LISTS}
    if members.keys() - _KEYS or _KEYS.keys() - members.keys() - _OPTIONAL:
        raise _fault("its members are not those of the format", ", ".join(sorted(members)))
    keys = {field: _key(text, field, (_KEYS[field],)) for field, text in members.items()}
    made = AuditorConfiguration(
        keys["key"], keys.get("mldsa_key"), keys["log_key"], keys.get("log_mldsa_key"),
        lists["retiring_keys"], lists["more_log_keys"],
    )  # fmt: skip
    own = (made.key, *filter(None, (made.mldsa_key,)), *made.retiring)
    if len({key.name for key in own}) > 1 or len({key.name for key in made.log_keys}) > 1:
        raise _fault("keys of the witness, or of the log, bear several names")
    if len({key.public for key in (*own, *made.log_keys)}) < len(own) + len(made.log_keys):
        raise _fault("a public key stands twice")
    return made


def _list(value: Any, field: str) -> tuple[VerifierKey, ...]:
    if not isinstance(value, list):
        raise _fault(f"{field} is not a list of keys")
    return tuple(_key(text, f"{field}[{n}]", _LISTS[field]) for n, text in enumerate(value))


def _key(text: Any, field: str, kinds: tuple[int, ...]) -> VerifierKey:
    if not isinstance(text, str):
        raise _fault(f"{field} is no text")
    try:
        key = parse_vkey(text)
    except Malformed as fault:
        raise fault.within(field) from None
    if key.kind not in kinds:
        raise _fault(f"{field} is of the wrong kind", text)
    return key


def _quoted(key: VerifierKey) -> str:
    return json.dumps(key.encode(), ensure_ascii=False)


def _fault(what: str, found: str = "") -> Malformed:
    return Malformed("config-format", f"the witness's configuration cannot be used: {what}", found=found)
