"""A ledger's folder: what lies where, and the configuration file that says so.

ledger.toml       the configuration (format `lotchain-ledger/1`); public keys only
ledger.db         the store, with its -wal, -shm and -lock beside it
log.mark          the high-water mark; may lie elsewhere, so that a copy of the folder does not take it along
checkpoint        the published checkpoint note, for web servers and witnesses to fetch
keys/             the log's private keys, mode 0700
"""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lotchain.core.notes import MLDSA44_COSIGNATURE, VerifierKey, parse_vkey
from lotchain.core.statements import audience_of
from lotchain.errors import Malformed, StoreError, UsageError

FORMAT = "lotchain-ledger/1"
_MAX_CONFIG = 262_144
_MEMBERS = {"format", "origin", "log_key", "mldsa_key", "retiring_keys", "former_keys", "mark", "witnesses"}


@dataclass(frozen=True, slots=True)
class Configuration:
    """What `ledger.toml` says.

    Args:
        origin: the log's name.
        log_key: the log's Ed25519 key.
        mldsa_key: its ML-DSA-44 key, or None.
        mark: where the high-water mark is; relative to the folder, or absolute.
        witnesses: whose cosignatures the ledger takes.
        retiring: keys of before that still sign, while the log changes its keys.
        former: keys that sign no more.

    """

    origin: str
    log_key: VerifierKey
    mldsa_key: VerifierKey | None = None
    mark: str = "log.mark"
    witnesses: tuple[VerifierKey, ...] = field(default=())
    retiring: tuple[VerifierKey, ...] = field(default=())
    former: tuple[VerifierKey, ...] = field(default=())

    @property
    def present(self) -> tuple[VerifierKey, ...]:
        """The keys that sign now: Ed25519 first, the present one of each type before those that retire."""
        keys = [self.log_key, *filter(None, (self.mldsa_key,)), *self.retiring]
        return tuple(sorted(keys, key=lambda key: key.kind))

    @property
    def known(self) -> tuple[VerifierKey, ...]:
        """The keys of now and before: of each type that the log signs with, any may have signed what stands."""
        kinds = {key.kind for key in self.present}
        return (*self.present, *(key for key in self.former if key.kind in kinds))

    def encode(self) -> str:
        """The file's text."""
        lines = [
            "# A lotchain ledger. Public keys only; the private ones lie in keys/.",
            f"format = {_quoted(FORMAT)}",
            f"origin = {_quoted(self.origin)}",
            f"log_key = {_quoted(self.log_key.encode())}",
        ]
        if self.mldsa_key is not None:
            lines.append(f"mldsa_key = {_quoted(self.mldsa_key.encode())}")
        for name, says, keys in (
            ("retiring_keys", "Keys of before that still sign, beside the ones above.", self.retiring),
            ("former_keys", "Keys that sign no more.", self.former),
        ):
            if keys:
                lines += [f"# {says}", f"{name} = [", *(f"  {_quoted(key.encode())}," for key in keys), "]"]
        lines += [
            "# The high-water mark: better on another disk, or at least outside the folder's backups.",
            f"mark = {_quoted(self.mark)}",
            "# Verifier keys of the witnesses whose cosignatures this ledger takes, one a line.",
            "witnesses = [",
            *(f"  {_quoted(key.encode())}," for key in self.witnesses),
            "]",
        ]
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Folder:
    """The paths of one ledger."""

    path: Path

    @property
    def config(self) -> Path:
        """`ledger.toml`."""
        return self.path / "ledger.toml"

    @property
    def store(self) -> Path:
        """`ledger.db`."""
        return self.path / "ledger.db"

    @property
    def checkpoint(self) -> Path:
        """`checkpoint`."""
        return self.path / "checkpoint"

    @property
    def log_key(self) -> Path:
        """`keys/log.key`."""
        return self.path / "keys" / "log.key"

    @property
    def mldsa_key(self) -> Path:
        """`keys/log-mldsa.key`."""
        return self.path / "keys" / "log-mldsa.key"

    def key_file(self, key: VerifierKey) -> Path:
        """Where a log's private key is: under its key id, or, for its first ones, `log.key` and `log-mldsa.key`."""
        own = self.path / "keys" / f"log-{key.key_id.hex()}.key"
        if own.exists():
            return own
        return self.mldsa_key if key.kind == MLDSA44_COSIGNATURE else self.log_key

    def mark(self, configuration: Configuration) -> Path:
        """Where the high-water mark is."""
        return self.path / configuration.mark

    def read(self) -> Configuration:
        """The configuration.

        Raises:
            StoreError: `ledger-missing`, where the folder holds no ledger.
            Malformed: `config-format`, `version-unsupported`, and the codes of keys and origins.

        """
        try:
            data = self.config.read_bytes()[: _MAX_CONFIG + 1]
        except FileNotFoundError:
            raise StoreError(
                "ledger-missing",
                f"there is no ledger in {self.path}",
                expected="a folder with ledger.toml",
                remedy="name the ledger's folder, or make a new ledger",
            ) from None
        except OSError as fault:
            raise StoreError("ledger-missing", f"{self.config} cannot be read: {fault.strerror}") from fault
        return parse_configuration(data)


def parse_configuration(data: bytes) -> Configuration:
    """Read `ledger.toml` strictly: no unknown member, every key of its kind and under the origin's name.

    Raises:
        Malformed: `config-format`, `version-unsupported`, `vkey-format`, `key-weak`, `audience-format`.

    """
    if len(data) > _MAX_CONFIG:
        raise _fault("it is too large", expected=f"at most {_MAX_CONFIG} bytes", found=len(data))
    try:
        members = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as fault:
        raise _fault("it is not TOML", found=str(fault)) from None
    if members.get("format") != FORMAT:
        known = isinstance(members.get("format"), str) and members["format"].startswith("lotchain-ledger/")
        if known:
            raise Malformed(
                "version-unsupported",
                "the ledger's configuration is of another version",
                expected=FORMAT,
                found=members["format"],
                remedy="use the lotchain that made this ledger, or a newer one",
            )
        raise _fault("its format is not stated", expected=FORMAT, found=repr(members.get("format")), field="format")
    unknown = sorted(members.keys() - _MEMBERS)
    if unknown:
        raise _fault("it has a member not known here", expected=", ".join(sorted(_MEMBERS)), found=unknown[0])
    origin = _text(members, "origin")
    audience_of(origin, None)
    log_key = _key(_text(members, "log_key"), "log_key", kinds=(1,), name=origin)
    second = _key(_text(members, "mldsa_key"), "mldsa_key", kinds=(6,), name=origin) if "mldsa_key" in members else None
    keys = _keys(members, "witnesses", kinds=(4, 6))
    retiring = _keys(members, "retiring_keys", kinds=(1, 6), named=origin)
    former = _keys(members, "former_keys", kinds=(1, 6), named=origin)
    mine = [log_key, *filter(None, (second,)), *retiring, *former]
    if len({key.public for key in mine}) != len(mine):
        raise _fault("a key of the log stands twice", expected="each once, in force, retiring or former")
    mark = _text(members, "mark") if "mark" in members else "log.mark"
    return Configuration(origin, log_key, second, mark, keys, retiring, former)


def write_whole(path: Path, data: bytes) -> None:
    """Replace a small file at once, durably: a reader sees the old one or the new one.

    Raises `StoreError` `store-io`.
    """
    unfinished = path.with_name(path.name + "-new")
    try:
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as fault:
        raise StoreError("store-io", f"{path} cannot be written: {fault.strerror}") from fault


def require_new_folder(path: Path) -> None:
    """Make the folder, or take an empty one; raises `UsageError` `ledger-exists` where something is in it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        taken = next(path.iterdir(), None)
    except OSError as fault:
        raise StoreError("store-io", f"{path} cannot be made: {fault.strerror}") from fault
    if taken is not None:
        raise UsageError(
            "ledger-exists",
            "a new ledger or witness is made in a folder of its own, and never over another",
            expected="an empty folder, or none yet",
            found=str(taken),
            remedy="choose another folder",
        )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # every JSON text of printable characters is a TOML basic string


def _text(members: dict[str, Any], name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not value:
        raise _fault(f"{name} is missing or no text", field=name)
    return value


def _keys(
    members: dict[str, Any], name: str, *, kinds: tuple[int, ...], named: str | None = None
) -> tuple[VerifierKey, ...]:
    listed = members.get(name, [])
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        raise _fault(f"{name} is not a list of keys", field=name)
    keys = tuple(_key(item, f"{name}[{n}]", kinds=kinds, name=named) for n, item in enumerate(listed))
    if len({key.public for key in keys}) != len(keys):
        raise _fault("a key stands twice", expected="each key once", field=name)
    return keys


def _key(text: str, field: str, *, kinds: tuple[int, ...], name: str | None = None) -> VerifierKey:
    try:
        key = parse_vkey(text)
    except Malformed as fault:
        raise fault.within(field) from None
    if key.kind not in kinds or (name is not None and key.name != name):
        raise _fault(
            "a key is of the wrong kind, or under another name",
            expected=f"type {' or '.join(map(str, kinds))}{f', name {name}' if name else ''}",
            found=f"type {key.kind}, name {key.name}",
            field=field,
        )
    return key


def _fault(what: str, *, expected: str = "", found: object = "", field: str = "") -> Malformed:
    return Malformed(
        "config-format",
        f"the ledger's configuration cannot be used: {what}",
        expected=expected,
        found=found,
        field=field,
    )
