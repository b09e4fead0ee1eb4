"""A plain witness's folder, its keys and logs, and its service.

plain-witness.toml   the configuration (format `lotchain-plain-witness/1`): own keys, and each log's keys; public only
state/               one file a log: the latest checkpoint that it cosigned; never begin anew without it
keys/                its private keys, `witness-<key id>.key`, mode 0700
evidence/            what a log signed twice for one size, if one ever did

An auditing witness is another thing with other keys (`app.witnessing`).
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from lotchain.app.clock import SystemClock
from lotchain.app.folder import require_new_folder, write_whole
from lotchain.core.notes import (
    ED25519_COSIGNATURE,
    ED25519_NOTE,
    MLDSA44_COSIGNATURE,
    VerifierKey,
    parse_vkey,
)
from lotchain.errors import Malformed, SigningError, StoreError, UsageError
from lotchain.ledger.ports import Clock
from lotchain.service.app import application
from lotchain.service.running import bind, require_extra, run, url_of
from lotchain.service.witness_app import witness_endpoints
from lotchain.signing.keyfile import read_key_file, read_mldsa44_file, write_key_file
from lotchain.signing.mldsa import MLDSA44Signer
from lotchain.signing.signer import new_signer
from lotchain.storage.cosigned import CosignedFiles
from lotchain.witness.cosigners import Cosigner, ed25519_cosigner, mldsa_cosigner
from lotchain.witness.growing import GrowthWitness

FORMAT = "lotchain-plain-witness/1"
CONFIG = "plain-witness.toml"
_MAX_CONFIG = 262_144
_MAX_EVIDENCE = 64
_OWN = (ED25519_COSIGNATURE, MLDSA44_COSIGNATURE)
_LOGS = (ED25519_NOTE, MLDSA44_COSIGNATURE)


class PlainConfiguration(NamedTuple):
    """What `plain-witness.toml` says.

    Args:
        keys: the witness's keys, of one name.
        retiring: its old keys, which still cosign beside them.
        logs: origin → the log's keys, any one of which must have signed.

    """

    keys: tuple[VerifierKey, ...]
    retiring: tuple[VerifierKey, ...]
    logs: Mapping[str, tuple[VerifierKey, ...]]

    @property
    def name(self) -> str:
        """The witness's name."""
        return self.keys[0].name

    def encode(self) -> str:
        """The file's text."""
        lines = ["# A plain lotchain witness. Public keys only.", f'format = "{FORMAT}"', *_listed("keys", self.keys)]
        if self.retiring:
            lines += ["# Old keys that still cosign.", *_listed("retiring_keys", self.retiring)]
        for keys in self.logs.values():
            lines += ["", "[[logs]]", *_listed("keys", keys)]
        return "\n".join(lines) + "\n"


def create_plain_witness(
    path: Path | str, name: str, *, ed25519: bool = True, mldsa: bool = True, passphrase: str | None = None
) -> PlainConfiguration:
    """Make a new plain witness in a folder of its own, with fresh keys; it watches no log yet.

    Args:
        path: a folder that is not there yet, or is empty.
        name: the witness's key name.
        ed25519: whether it cosigns with Ed25519.
        mldsa: whether it cosigns with ML-DSA-44.
        passphrase: protects its private keys; None leaves them in plain, for machines that start unattended.

    Raises:
        UsageError: `ledger-exists`, `witness-keys`.
        Malformed: `vkey-format`, for a name that cannot be one.
        StoreError, SigningError: those of folder and key files.

    """
    folder = Path(path)
    if not (ed25519 or mldsa):
        raise UsageError("witness-keys", "a witness has a key", expected="Ed25519, ML-DSA-44 or both")
    made = _new_keys(name, ed25519=ed25519, mldsa=mldsa)
    require_new_folder(folder)
    for sub in ("keys", "state", "evidence"):
        (folder / sub).mkdir(mode=0o700)
    for key, signer in made:
        write_key_file(_key_file(folder, key), signer, passphrase=passphrase)
    configuration = PlainConfiguration(tuple(key for key, _ in made), (), {})
    write_whole(folder / CONFIG, configuration.encode().encode("utf-8"))
    return configuration


def read_plain_witness(path: Path | str) -> PlainConfiguration:
    """A plain witness's configuration.

    Raises:
        StoreError: `witness-missing`.
        Malformed: `config-format`, `vkey-format`, `key-weak`.

    """
    file = Path(path) / CONFIG
    try:
        data = file.read_bytes()[: _MAX_CONFIG + 1]
    except FileNotFoundError:
        raise StoreError("witness-missing", f"there is no plain witness in {file.parent}") from None
    except OSError as fault:
        raise StoreError("witness-missing", f"{file} cannot be read: {fault.strerror}") from fault
    return parse_plain_witness(data)


def parse_plain_witness(data: bytes) -> PlainConfiguration:
    """Read `plain-witness.toml` strictly. Raises `Malformed` `config-format`, `vkey-format`, `key-weak`."""
    if len(data) > _MAX_CONFIG:
        raise _fault("it is too large")
    try:
        members = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as fault:
        raise _fault("it is not TOML", str(fault)) from None
    if members.pop("format", None) != FORMAT:
        raise _fault("its format is not the one known here", FORMAT)
    if members.keys() - {"keys", "retiring_keys", "logs"} or "keys" not in members:
        raise _fault("its members are not those of the format", ", ".join(sorted(members)))
    keys = _keys(members["keys"], "keys", _OWN)
    retiring = _keys(members.get("retiring_keys", []), "retiring_keys", _OWN)
    listed = members.get("logs", [])
    if not isinstance(listed, list) or not all(isinstance(log, dict) and set(log) == {"keys"} for log in listed):
        raise _fault("logs is not a list of tables with keys")
    logs: dict[str, tuple[VerifierKey, ...]] = {}
    for number, log in enumerate(listed):
        theirs = _keys(log["keys"], f"logs[{number}].keys", _LOGS)
        if not theirs or len({key.name for key in theirs}) > 1 or theirs[0].name in logs:
            raise _fault("a log has keys of one name, its origin, and stands once", f"logs[{number}]")
        logs[theirs[0].name] = theirs
    _require_distinct(keys, retiring, logs)
    return PlainConfiguration(keys, retiring, logs)


def watch_log(path: Path | str, keys: Sequence[VerifierKey], *, only: bool = False) -> PlainConfiguration:
    """Watch one more log, or know more keys of one that is watched.

    Args:
        path: the witness's folder.
        keys: the log's keys, of one name.
        only: these and no other ones of that log, as after it has retired a key.

    Raises:
        UsageError: `witness-keys`, for keys of several logs, or of other types.
        StoreError, Malformed: those of folder and configuration.

    """
    folder = Path(path)
    configuration = read_plain_witness(folder)
    names = {key.name for key in keys}
    if len(names) != 1 or {key.kind for key in keys} - set(_LOGS):
        raise UsageError("witness-keys", "these are not the keys of one log", found=", ".join(sorted(names)))
    (origin,) = names
    known = () if only else configuration.logs.get(origin, ())
    logs = {**configuration.logs, origin: tuple(dict.fromkeys((*known, *keys)))}
    changed = configuration._replace(logs=logs)
    _require_distinct(*changed)
    # The memory first: a log without one would be a fault, and a memory without its log harms nobody.
    _notes(folder).begin(origin)
    write_whole(folder / CONFIG, changed.encode().encode("utf-8"))
    return changed


def rotate_plain_keys(path: Path | str, *, passphrase: str | None = None) -> PlainConfiguration:
    """Make new keys of the same types and cosign with them, and with the old ones, from the next start on.

    Raises:
        UsageError: `witness-rotating`, while old keys still cosign beside the present ones.
        StoreError, SigningError, Malformed: those of folder and key files.

    """
    folder = Path(path)
    configuration = read_plain_witness(folder)
    if configuration.retiring:
        raise UsageError(
            "witness-rotating", "old keys still cosign beside the present ones", remedy="retire them first"
        )
    kinds = {key.kind for key in configuration.keys}
    made = _new_keys(configuration.name, ed25519=ED25519_COSIGNATURE in kinds, mldsa=MLDSA44_COSIGNATURE in kinds)
    for key, signer in made:
        write_key_file(_key_file(folder, key), signer, passphrase=passphrase)
    changed = PlainConfiguration(tuple(key for key, _ in made), configuration.keys, configuration.logs)
    write_whole(folder / CONFIG, changed.encode().encode("utf-8"))
    return changed


def retire_plain_keys(path: Path | str) -> tuple[VerifierKey, ...]:
    """Cosign with the present keys alone, from the next start on; gives the keys that cosign no more.

    Raises:
        UsageError: `witness-none-retiring`.
        StoreError, Malformed: those of folder and configuration.

    """
    folder = Path(path)
    configuration = read_plain_witness(folder)
    if not configuration.retiring:
        raise UsageError("witness-none-retiring", "no old key cosigns beside the present ones")
    write_whole(folder / CONFIG, configuration._replace(retiring=()).encode().encode("utf-8"))
    return configuration.retiring


def open_plain_witness(path: Path | str, *, passphrase: str | None = None, clock: Clock | None = None) -> GrowthWitness:
    """A plain witness at work.

    Raises:
        UsageError: `witness-watches-nothing`.
        StoreError: `witness-missing`; `witness-memory`, where the memory of one of its logs is damaged or missing.
        SigningError: `key-file-…`; `witness-key-differs`.
        Malformed: those of the configuration.

    """
    folder = Path(path)
    configuration = read_plain_witness(folder)
    if not configuration.logs:
        raise UsageError("witness-watches-nothing", "this witness watches no log", remedy="lotchain witness watch-log")
    cosigners = [_cosigner(folder, key, passphrase) for key in (*configuration.keys, *configuration.retiring)]
    notes = _notes(folder)
    for origin in configuration.logs:
        notes.read(origin)
    witness_clock = clock or SystemClock()
    return GrowthWitness(cosigners, configuration.logs, notes, witness_clock, accuse=_evidence(folder / "evidence"))


def serve_plain_witness(
    path: Path | str,
    started: Callable[[str, PlainConfiguration], None],
    *,
    host: str = "127.0.0.1",
    port: int = 8090,
    passphrase: str | None = None,
    clock: Clock | None = None,
) -> None:
    """Serve a plain witness until the process is told to end.

    Args:
        path: its folder.
        started: told the submission prefix and the configuration once requests can come.
        host: where to listen.
        port: where to listen; 0 takes a free one.
        passphrase: of its keys, exactly when they are protected.
        clock: its own clock; None is this machine's.

    Raises:
        UsageError: `extra-missing`, `address-unusable`; and what `open_plain_witness` raises.

    """
    require_extra()
    witness = open_plain_witness(path, passphrase=passphrase, clock=clock)
    listening = bind(host, port)
    url, configuration = url_of(listening), read_plain_witness(path)
    run(application(witness_endpoints(witness)), listening, lambda: started(url, configuration))


def _new_keys(name: str, *, ed25519: bool, mldsa: bool) -> list[tuple[VerifierKey, Any]]:
    made: list[tuple[VerifierKey, Any]] = []
    if ed25519:
        signer = new_signer("ed25519")
        made.append((VerifierKey(name, ED25519_COSIGNATURE, signer.public.raw), signer))
    if mldsa:
        second = MLDSA44Signer.new()
        made.append((VerifierKey(name, MLDSA44_COSIGNATURE, second.public_raw), second))
    return made


def _cosigner(folder: Path, key: VerifierKey, passphrase: str | None) -> Cosigner:
    file = _key_file(folder, key)
    if key.kind == ED25519_COSIGNATURE:
        found = ed25519_cosigner(key.name, read_key_file(file, passphrase))
    else:
        found = mldsa_cosigner(key.name, read_mldsa44_file(file, passphrase))
    if found.key != key:
        raise SigningError(
            "witness-key-differs",
            "a key file does not hold the key that the witness's configuration names",
            found=str(file),
            remedy="bring back the witness's own key",
        )
    return found


def _evidence(folder: Path) -> Callable[[bytes, bytes], None]:
    """Keeps what a log signed twice for one size: both notes. A full folder or disk keeps no more, and harms nobody."""

    def keep(kept: bytes, other: bytes) -> None:
        try:
            name = sha256(other).hexdigest()[:32]
            if not (folder / f"{name}.note").exists() and sum(1 for _ in folder.iterdir()) < _MAX_EVIDENCE:
                write_whole(folder / f"{name}.cosigned.note", kept)
                write_whole(folder / f"{name}.note", other)
        except (OSError, StoreError):
            return

    return keep


def _notes(folder: Path) -> CosignedFiles:
    return CosignedFiles(folder / "state")


def _key_file(folder: Path, key: VerifierKey) -> Path:
    return folder / "keys" / f"witness-{key.key_id.hex()}.key"


def _listed(name: str, keys: Sequence[VerifierKey]) -> list[str]:
    return [f"{name} = [", *(f"  {json.dumps(key.encode(), ensure_ascii=False)}," for key in keys), "]"]


def _keys(value: Any, field: str, kinds: tuple[int, ...]) -> tuple[VerifierKey, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise _fault(f"{field} is not a list of keys")
    keys = []
    for number, text in enumerate(value):
        try:
            keys.append(parse_vkey(text))
        except Malformed as fault:
            raise fault.within(f"{field}[{number}]") from None
        if keys[-1].kind not in kinds:
            raise _fault(f"{field}[{number}] is of the wrong kind", f"type {keys[-1].kind}")
    return tuple(keys)


def _require_distinct(
    keys: tuple[VerifierKey, ...], retiring: tuple[VerifierKey, ...], logs: Mapping[str, tuple[VerifierKey, ...]]
) -> None:
    own = (*keys, *retiring)
    publics = [key.public for key in (*own, *(key for theirs in logs.values() for key in theirs))]
    if not keys or len({key.name for key in own}) > 1:
        raise _fault("a witness has keys, all of one name")
    if keys[0].name in logs:
        raise _fault("a log bears the witness's own name", keys[0].name)
    if len(set(publics)) < len(publics):
        raise _fault("a public key stands twice")


def _fault(what: str, found: str = "") -> Malformed:
    return Malformed("config-format", f"the witness's configuration cannot be used: {what}", found=found)
