"""A mirror's folder: a whole copy of another's ledger, and beside it what the mirror itself needs.

ledger.toml, ledger.db, log.mark, checkpoint   as in a ledger's folder (`app.folder`), without the log's private keys:
                  so it is served, audited, bundled from and, with those keys, taken over as any ledger
mirror.toml       the configuration (format `lotchain-mirror/1`): where the log is, whose charter, own public keys
witness.memory    the furthest that it has cosigned; never begin anew without it
following         the checkpoint note under which the newest entries were taken, kept before they are
keys/             its private cosigning keys, mode 0700
stopped.json      what was wrong with the log, if something ever was: while it is there nothing is cosigned
evidence/         what was kept of such faults
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from lotchain.app.folder import Configuration, Folder, require_new_folder, write_whole
from lotchain.core.encodings import sha256_hex
from lotchain.core.notes import ED25519_COSIGNATURE, ED25519_NOTE, MLDSA44_COSIGNATURE, VerifierKey, parse_vkey
from lotchain.core.request_profile import check_base_url
from lotchain.errors import Malformed, SigningError, StoreError, UsageError
from lotchain.signing.keyfile import read_key_file, read_mldsa44_file, write_key_file
from lotchain.signing.mldsa import MLDSA44Signer
from lotchain.signing.signer import SoftwareSigner, new_signer
from lotchain.storage.sqlite import SqliteStore
from lotchain.verify.policy import Policy

FORMAT = "lotchain-mirror/1"
_MAX_CONFIG = 262_144
_MEMBERS = {"format", "url", "charter", "key", "mldsa_key", "member_key", "allow_http"}
_REQUIRED = {"format", "url", "key"}


class MirrorConfiguration(NamedTuple):
    """What `mirror.toml` says.

    Args:
        url: where the log is read.
        key: the mirror's Ed25519 cosigning key.
        mldsa_key: its ML-DSA-44 key, or None.
        charter: statement id of the ledger's charter, 32 bytes; None where nobody has said it.
        member_key: path of the key file that signs requests; empty where none is needed.
        allow_http: whether plain http to another machine is taken.

    """

    url: str
    key: VerifierKey
    mldsa_key: VerifierKey | None = None
    charter: bytes | None = None
    member_key: str = ""
    allow_http: bool = False

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """Its public keys, Ed25519 first."""
        return (self.key, *filter(None, (self.mldsa_key,)))

    def encode(self) -> str:
        """The file's text."""
        members: dict[str, object] = {"format": FORMAT, "url": self.url, "key": self.key.encode()}
        if self.mldsa_key is not None:
            members["mldsa_key"] = self.mldsa_key.encode()
        if self.charter is not None:
            members["charter"] = self.charter.hex()
        if self.member_key:
            members["member_key"] = self.member_key
        if self.allow_http:
            members["allow_http"] = True
        lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in members.items()]
        return "\n".join(("# A lotchain mirror of another's ledger. Public keys only.", *lines)) + "\n"


class MirrorFolder:
    """The paths of one mirror."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.ledger = Folder(self.path)

    @property
    def config(self) -> Path:
        """`mirror.toml`."""
        return self.path / "mirror.toml"

    @property
    def memory(self) -> Path:
        """`witness.memory`."""
        return self.path / "witness.memory"

    @property
    def following(self) -> Path:
        """`following`."""
        return self.path / "following"

    @property
    def stopped(self) -> Path:
        """`stopped.json`."""
        return self.path / "stopped.json"

    @property
    def evidence(self) -> Path:
        """`evidence/`."""
        return self.path / "evidence"

    @property
    def exists(self) -> bool:
        """Whether a mirror was made here."""
        return self.config.exists()

    def read(self) -> tuple[MirrorConfiguration, Configuration]:
        """The mirror's configuration and that of the ledger that it copies.

        Raises:
            StoreError: `mirror-missing`, `ledger-missing`.
            UsageError: `mirror-is-ledger`, where the log's own private key lies in the folder: who writes a log does
                not witness it.
            Malformed: `config-format` and the codes of keys.

        """
        try:
            data = self.config.read_bytes()[: _MAX_CONFIG + 1]
        except FileNotFoundError:
            raise StoreError(
                "mirror-missing", f"there is no mirror in {self.path}", remedy="make it: --from, --policy, --name"
            ) from None
        except OSError as fault:
            raise StoreError("mirror-missing", f"{self.config} cannot be read: {fault.strerror}") from fault
        if self.ledger.log_key.exists() or self.ledger.mldsa_key.exists():
            raise UsageError(
                "mirror-is-ledger",
                "the log's private key lies in this folder: it was taken over as the ledger itself",
                found=str(self.ledger.log_key),
                remedy="make another mirror elsewhere; who writes a log does not witness it",
            )
        return _parsed(data), self.ledger.read()

    def signers(
        self, configuration: MirrorConfiguration, passphrase: str | None
    ) -> tuple[SoftwareSigner, MLDSA44Signer | None]:
        """The private halves of its keys. Raises `SigningError` `key-file-…`, `witness-key-differs`."""
        signer, second = read_key_file(self.path / "keys" / "witness.key", passphrase), None
        if configuration.mldsa_key is not None:
            second = read_mldsa44_file(self.path / "keys" / "witness-mldsa.key", passphrase)
        same = configuration.key.public == signer.public.raw
        if not same or (second is not None and configuration.keys[-1].public != second.public_raw):
            raise SigningError(
                "witness-key-differs",
                "a key file does not hold the key that the mirror's configuration names",
                remedy="bring back the mirror's own key",
            )
        return signer, second


def create_mirror(
    path: Path | str,
    url: str,
    name: str,
    log_keys: Sequence[VerifierKey],
    *,
    charter: bytes | None = None,
    witnesses: Sequence[VerifierKey] = (),
    member_key: str = "",
    mldsa: bool = False,
    allow_http: bool = False,
    passphrase: str | None = None,
) -> MirrorConfiguration:
    """Make a new mirror of one log in a folder of its own, with fresh cosigning keys; it is there whole or not at all.

    Args:
        path: a folder that is not there yet, or is empty.
        url: where the log is read.
        name: the mirror's name as a witness, such as `mx.witness.example`.
        log_keys: the log's keys.
        charter: what the log's first entry must be.
        witnesses: whose cosignatures `ledger status` tells of.
        member_key: path of the key file that signs requests for entries.
        mldsa: whether it cosigns with ML-DSA-44, too.
        allow_http: whether plain http to another machine is taken.
        passphrase: protects its private keys; None leaves them in plain.

    Raises:
        UsageError: `ledger-exists`, `base-url`, `log-key`.
        Malformed: `vkey-format`, for a name that cannot be one.
        StoreError, SigningError: those of the engines.

    """
    target = Path(path)
    ledger = ledger_configuration(log_keys, witnesses)
    signer, second = new_signer("ed25519"), MLDSA44Signer.new() if mldsa else None
    made = MirrorConfiguration(
        check_base_url(url),
        VerifierKey(name, ED25519_COSIGNATURE, signer.public.raw),
        VerifierKey(name, MLDSA44_COSIGNATURE, second.public_raw) if second is not None else None,
        charter,
        member_key,
        allow_http,
    )
    require_new_folder(target)
    with _appearing(target) as unfinished:
        (unfinished.path / "keys").mkdir(mode=0o700)
        write_key_file(unfinished.path / "keys" / "witness.key", signer, passphrase=passphrase)
        if second is not None:
            write_key_file(unfinished.path / "keys" / "witness-mldsa.key", second, passphrase=passphrase)
        SqliteStore.create(unfinished.ledger.store).close()
        write_whole(unfinished.ledger.config, ledger.encode().encode("utf-8"))
        write_whole(unfinished.config, made.encode().encode("utf-8"))
    return made


@contextlib.contextmanager
def _appearing(target: Path) -> Iterator[MirrorFolder]:
    """A folder under another name, which gets its own when it is whole."""
    unfinished = MirrorFolder(target.with_name(f"{target.name}-new-{os.getpid()}"))
    require_new_folder(unfinished.path)
    try:
        yield unfinished
        unfinished.path.replace(target)
    except OSError as fault:
        raise StoreError("store-io", f"{target} cannot be made: {fault.strerror}") from fault
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(unfinished.path)


def change_mirror(
    path: Path | str,
    *,
    url: str | None = None,
    policy: Policy | None = None,
    member_key: str | None = None,
    allow_http: bool | None = None,
) -> MirrorConfiguration:
    """Tell a mirror that the log is read elsewhere, as another member, or, by a newer policy, has changed its keys.

    Raises:
        UsageError: `mirror-other-log`, where the policy is of another log or charter; `base-url`.
        StoreError, Malformed: those of the folder.

    """
    folder = MirrorFolder(path)
    configuration, ledger = folder.read()
    changed = configuration
    if url is not None:
        changed = changed._replace(url=check_base_url(url))
    if member_key is not None:
        changed = changed._replace(member_key=member_key)
    if allow_http is not None:
        changed = changed._replace(allow_http=allow_http)
    if policy is not None:
        if policy.origin != ledger.origin or changed.charter not in (None, policy.charter):
            raise UsageError(
                "mirror-other-log",
                "the policy is that of another log than this folder is a mirror of",
                expected=ledger.origin,
                found=f"{policy.origin}, charter {policy.charter.hex()}",
                remedy="make another mirror in a folder of its own",
            )
        changed = changed._replace(charter=policy.charter)
        renewed = ledger_configuration(policy.log_keys, witness_keys_of(policy))
        if renewed != ledger:
            write_whole(folder.ledger.config, renewed.encode().encode("utf-8"))
    if changed != configuration:
        write_whole(folder.config, changed.encode().encode("utf-8"))
    return changed


def witness_keys_of(policy: Policy) -> tuple[VerifierKey, ...]:
    """The keys of all witnesses that a policy lists."""
    return tuple(key for keys in policy.witnesses.values() for key in keys)


def ledger_configuration(log_keys: Sequence[VerifierKey], witnesses: Sequence[VerifierKey]) -> Configuration:
    """What the copy's `ledger.toml` says: the first key of each type is the present one, the others retire."""
    ordered = sorted(log_keys, key=lambda key: key.kind)
    first = [key for key in ordered if key.kind == ED25519_NOTE]
    second = [key for key in ordered if key.kind == MLDSA44_COSIGNATURE]
    if not first or len({key.name for key in log_keys}) != 1 or len(first) + len(second) != len(ordered):
        raise UsageError(
            "log-key",
            "a log is known by an Ed25519 key, and by ML-DSA-44 keys of the same name",
            found=", ".join(f"type {key.kind}, {key.name}" for key in log_keys),
        )
    return Configuration(
        first[0].name,
        first[0],
        second[0] if second else None,
        witnesses=tuple(witnesses),
        retiring=(*first[1:], *second[1:]),
    )


def _parsed(data: bytes) -> MirrorConfiguration:
    try:
        members = tomllib.loads(data.decode("utf-8")) if len(data) <= _MAX_CONFIG else {}
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as fault:
        raise _fault("it is not TOML", str(fault)) from None
    if members.get("format") != FORMAT:
        raise _fault("its format is not the one known here", FORMAT)
    if members.keys() - _MEMBERS or _REQUIRED - members.keys():
        raise _fault("its members are not those of the format", ", ".join(sorted(members)))
    allow_http = members.pop("allow_http", False)
    if type(allow_http) is not bool or not all(isinstance(value, str) for value in members.values()):
        raise _fault("a member is of the wrong type")
    charter = sha256_hex(members["charter"], "charter") if "charter" in members else None
    key = _key(members, "key", ED25519_COSIGNATURE)
    second = _key(members, "mldsa_key", MLDSA44_COSIGNATURE) if "mldsa_key" in members else None
    if second is not None and second.name != key.name:
        raise _fault("mldsa_key bears another name than key", second.name)
    member_key = members.get("member_key", "")
    return MirrorConfiguration(check_base_url(members["url"]), key, second, charter, member_key, allow_http)


def _key(members: dict[str, str], name: str, kind: int) -> VerifierKey:
    try:
        key = parse_vkey(members[name])
    except Malformed as fault:
        raise fault.within(name) from None
    if key.kind != kind:
        raise _fault(f"{name} is of the wrong kind", members[name])
    return key


def _fault(what: str, found: str = "") -> Malformed:
    return Malformed("config-format", f"the mirror's configuration cannot be used: {what}", found=found)
