"""Changing a ledger's keys in the same tree: a new one is made, signs beside the old one, and then alone.

    prepare   makes the new private keys; the authorities list their public halves on the ledger
    begin     signs with the new keys and the old ones, and publishes so
    retire    signs with the new ones alone

The private keys of a ledger lie in `keys/log-<key id>.key`; only the configuration says which of them sign, and it is
replaced at once, so that a crash leaves the old keys or the new ones. Why it is so: `specs/decisions/0012`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from lotchain.app.folder import Configuration, Folder, write_whole
from lotchain.app.wiring import ed25519_signer, mldsa_signer, open_ledger
from lotchain.core.notes import ED25519_NOTE, VerifierKey, parse_note
from lotchain.errors import UsageError
from lotchain.ledger.checkpointing import listed_keys, log_key, mldsa_log_key
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.ports import Clock
from lotchain.signing.keyfile import write_key_file
from lotchain.signing.mldsa import MLDSA44Signer
from lotchain.signing.signer import new_signer
from lotchain.storage.sqlite import SqliteStore

Publish = Callable[[Ledger, Configuration], bytes | None]
"""Publishes the newest checkpoint of a ledger that has been opened with these keys; None where it must wait."""


def _at_once(ledger: Ledger, configuration: Configuration) -> bytes:
    return ledger.publish()


class LogKeys(NamedTuple):
    """A log's keys as the ledger's folder has them, and which of them its founding authorities have listed.

    Args:
        present: the keys that checkpoints bear first.
        retiring: old ones that sign beside them.
        former: those that sign no more.
        listed: digests (`VerifierKey.digest`) of the listed ones; empty where none were ever listed.

    """

    present: tuple[VerifierKey, ...]
    retiring: tuple[VerifierKey, ...]
    former: tuple[VerifierKey, ...]
    listed: tuple[str, ...]


def keys_of(path: Path) -> LogKeys:
    """The keys of the ledger in a folder. Raises `StoreError`, `Malformed`: those of store and configuration."""
    folder = Folder(path)
    configuration = folder.read()
    return LogKeys(_first(configuration), configuration.retiring, configuration.former, _listed(folder))


def prepare(path: Path, *, mldsa: bool | None = None, passphrase: str | None = None) -> tuple[VerifierKey, ...]:
    """Make new private keys for a log; nothing signs with them yet.

    Args:
        path: the ledger's folder.
        mldsa: whether there is to be an ML-DSA-44 key, too; None: as the log has one now.
        passphrase: protects the new keys; the same as the old ones'.

    Returns:
        The new public keys, Ed25519 first, for the authorities to list.

    Raises:
        StoreError, SigningError, Malformed: those of folder and key files.

    """
    folder = Folder(path)
    configuration = folder.read()
    signer = new_signer("ed25519")
    keys = [log_key(configuration.origin, signer)]
    write_key_file(_file(folder, keys[0]), signer, passphrase=passphrase)
    if configuration.mldsa_key is not None if mldsa is None else mldsa:
        second = MLDSA44Signer.new()
        keys.append(mldsa_log_key(configuration.origin, second))
        write_key_file(_file(folder, keys[1]), second, passphrase=passphrase)
    return tuple(keys)


def begin(
    path: Path,
    keys: Sequence[VerifierKey],
    *,
    alone: bool = False,
    passphrase: str | None = None,
    clock: Clock | None = None,
    publish: Publish = _at_once,
) -> bytes | None:
    """Sign with new keys from now on, beside the present ones, and publish the newest checkpoint so.

    Args:
        path: the ledger's folder.
        keys: prepared ones: one of type 1, at most one of type 6.
        alone: without the old ones, which may be lost or stolen.
        passphrase: of the ledger's keys, exactly when they are protected.
        clock: as `wiring.open_ledger`.
        publish: how; whoever has witnesses to ask hands in what asks them, else it is published at once.

    Returns:
        The published note; None where `publish` put it off: the keys sign all the same.

    Raises:
        UsageError: `log-key-choice` (not one key of each type at most); `log-key-not-listed`, when the founding
            authorities have not listed them; `log-key-used`, for one that signs or signed already.
        StoreError, SigningError, Malformed: those of the ledger.

    """
    folder = Folder(path)
    configuration = folder.read()
    chosen = _chosen(configuration, keys, _listed(folder))
    kinds = {key.kind for key in chosen}
    stays = [key for key in _first(configuration) if key.kind not in kinds]
    goes = tuple(key for key in _first(configuration) if key.kind in kinds)
    old, gone = (*goes, *configuration.retiring), configuration.former
    changed = replace(
        configuration,
        log_key=chosen[0],
        mldsa_key=next((key for key in (*chosen, *stays) if key.kind != ED25519_NOTE), None),
        retiring=() if alone else old,
        former=(*old, *gone) if alone else gone,
    )
    for key in (*chosen, *changed.retiring):  # before anything changes: they are there, and can be opened
        (ed25519_signer if key.kind == ED25519_NOTE else mldsa_signer)(folder, key, passphrase)
    return _change(folder, changed, passphrase, clock, publish)


def retire(
    path: Path, *, passphrase: str | None = None, clock: Clock | None = None, publish: Publish = _at_once
) -> tuple[VerifierKey, ...]:
    """Stop signing with the old keys; what they signed stays valid for whoever lists them. Arguments as `begin`.

    Returns:
        The keys that sign no more; their files are still there, to be destroyed.

    Raises:
        UsageError: `log-key-none-retiring`; `log-key-transition`, when the published checkpoint does not bear the new
            keys' lines yet, so that nobody could follow.
        StoreError, SigningError, Malformed: those of the ledger.

    """
    folder = Folder(path)
    configuration = folder.read()
    if not configuration.retiring:
        raise UsageError(
            "log-key-none-retiring", "no old key signs beside the present one", remedy="begin with a new one"
        )
    store = SqliteStore.open(folder.store, read_only=True)
    try:
        published = store.published()
    finally:
        store.close()
    note = parse_note(published[1]) if published is not None else None
    if note is None or any(key.line_in(note) is None for key in _first(configuration)):
        raise UsageError(
            "log-key-transition",
            "no published checkpoint bears the new keys' lines beside the old ones' yet",
            remedy="publish first, and let witnesses and inspectors have that checkpoint",
        )
    changed = replace(configuration, retiring=(), former=(*configuration.retiring, *configuration.former))
    _change(folder, changed, passphrase, clock, publish)
    return configuration.retiring


def _change(
    folder: Folder, changed: Configuration, passphrase: str | None, clock: Clock | None, publish: Publish
) -> bytes | None:
    write_whole(folder.config, changed.encode().encode("utf-8"))
    ledger = open_ledger(folder.path, passphrase=passphrase, clock=clock)
    try:
        return publish(ledger, changed)
    finally:
        ledger.close()


def _chosen(configuration: Configuration, keys: Sequence[VerifierKey], listed: Sequence[str]) -> list[VerifierKey]:
    chosen = sorted(keys, key=lambda key: key.kind)
    kinds = [key.kind for key in chosen]
    if (
        kinds[:1] != [ED25519_NOTE]
        or len(set(kinds)) < len(kinds)
        or {key.name for key in keys} != {configuration.origin}
    ):
        raise UsageError(
            "log-key-choice", "a log begins with one Ed25519 key, and at most one ML-DSA-44 key beside it",
            expected=f"keys that `ledger rotate-key --prepare` printed, named {configuration.origin}",
            found=", ".join(f"type {key.kind}, {key.name}" for key in chosen),
        )  # fmt: skip
    used = {*_first(configuration), *configuration.retiring, *configuration.former}
    for key in chosen:
        if key in used:
            raise UsageError(
                "log-key-used", "this key signs for the log already, or did", found=key.key_id.hex(),
                remedy="prepare a new one",
            )  # fmt: skip
        if key.digest not in listed:
            raise UsageError(
                "log-key-not-listed",
                "the founding authorities have not listed this key on the ledger; an operator changes no key by itself",
                expected="a ledger-key-rotation that names it, endorsed up to the charter's threshold",
                found=f"key id {key.key_id.hex()}",
                remedy="send the authorities the key: `lotchain authority list-log-keys`, then `authority endorse`",
            )
    return chosen


def _first(configuration: Configuration) -> tuple[VerifierKey, ...]:
    second = configuration.mldsa_key
    return (configuration.log_key,) if second is None else (configuration.log_key, second)


def _listed(folder: Folder) -> tuple[str, ...]:
    store = SqliteStore.open(folder.store, read_only=True)
    try:
        return listed_keys(store)
    finally:
        store.close()


def _file(folder: Folder, key: VerifierKey) -> Path:
    return folder.path / "keys" / f"log-{key.key_id.hex()}.key"
