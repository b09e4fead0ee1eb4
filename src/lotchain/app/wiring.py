"""Ledgers, put together: a store, a mark, keys and a clock, from one folder.

Nothing else in the program chooses an engine. A door opens a ledger here and closes it when it is done.
"""

from __future__ import annotations

from pathlib import Path

from lotchain.app.clock import SystemClock
from lotchain.app.folder import Configuration, Folder, require_new_folder, write_whole
from lotchain.core.notes import ED25519_NOTE, VerifierKey
from lotchain.core.statements import audience_of
from lotchain.errors import SigningError
from lotchain.ledger.checkpointing import LogSigners, log_key, mldsa_log_key
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.ports import Clock, MLDSASigner, Signer
from lotchain.ledger.reader import Reader
from lotchain.signing.keyfile import read_key_file, read_mldsa44_file, write_key_file
from lotchain.signing.mldsa import MLDSA44Signer
from lotchain.signing.signer import SoftwareSigner, new_signer
from lotchain.storage.highwater import FileHighWaterMark, MemoryHighWaterMark
from lotchain.storage.memory import MemoryStore
from lotchain.storage.sqlite import SqliteStore


def create_ledger(
    path: Path | str, origin: str, *, passphrase: str | None = None, mldsa: bool = True, clock: Clock | None = None
) -> Ledger:
    """Make a new, empty ledger in a folder of its own, with fresh log keys, and open it.

    Args:
        path: a folder that is not there yet, or is empty.
        origin: the log's name, for ever: a domain of the operator and a path, `ledger.example/lots`.
        passphrase: protects the log's private keys; None leaves them in plain, for machines that start unattended.
        mldsa: whether the log signs its published checkpoints with ML-DSA-44, too.
        clock: whose time the batches get; None is this machine's.

    Raises:
        UsageError: `ledger-exists`.
        Malformed: `audience-format`, `vkey-format`, for an origin that cannot be one.
        StoreError, SigningError: those of the engines.

    """
    audience_of(origin, None)
    folder = Folder(Path(path))
    signer, second = new_signer("ed25519"), MLDSA44Signer.new() if mldsa else None
    configuration = Configuration(
        origin, log_key(origin, signer), mldsa_log_key(origin, second) if second is not None else None
    )
    require_new_folder(folder.path)
    folder.log_key.parent.mkdir(mode=0o700)
    write_key_file(folder.log_key, signer, passphrase=passphrase)
    if second is not None:
        write_key_file(folder.mldsa_key, second, passphrase=passphrase)
    store = SqliteStore.create(folder.store)
    # The configuration comes last: with it the folder is a ledger, before it is none.
    write_whole(folder.config, configuration.encode().encode("utf-8"))
    return _wired(folder, configuration, store, signer, second, clock)


def open_ledger(path: Path | str, *, passphrase: str | None = None, clock: Clock | None = None) -> Ledger:
    """Open a ledger for appending.

    Args:
        path: its folder.
        passphrase: of its keys, exactly when they are protected.
        clock: whose time the batches get; None is this machine's.

    Raises:
        StoreError: `ledger-missing`; `store-missing` (never a new empty ledger instead), `store-rolled-back`,
            `store-forked`, and the other codes of store and mark.
        SigningError: `key-file-…`; `log-key-differs`, when a key file is not the one that the configuration names.
        Malformed: those of the configuration.

    """
    folder = Folder(Path(path))
    configuration = folder.read()
    signer = ed25519_signer(folder, configuration.log_key, passphrase)
    second = configuration.mldsa_key and mldsa_signer(folder, configuration.mldsa_key, passphrase)
    retiring = LogSigners(
        tuple(ed25519_signer(folder, key, passphrase) for key in configuration.retiring if key.kind == ED25519_NOTE),
        tuple(mldsa_signer(folder, key, passphrase) for key in configuration.retiring if key.kind != ED25519_NOTE),
        configuration.former,
    )
    return _wired(folder, configuration, SqliteStore.open(folder.store), signer, second, clock, retiring)


def ed25519_signer(folder: Folder, key: VerifierKey, passphrase: str | None) -> SoftwareSigner:
    """The private half of one of a ledger's Ed25519 keys. Raises `SigningError` `key-file-…`, `log-key-differs`."""
    signer = read_key_file(folder.key_file(key), passphrase)
    if log_key(key.name, signer) != key:
        raise _other_key(folder.key_file(key))
    return signer


def mldsa_signer(folder: Folder, key: VerifierKey, passphrase: str | None) -> MLDSA44Signer:
    """The private half of one of a ledger's ML-DSA-44 keys; raises as `ed25519_signer`."""
    signer = read_mldsa44_file(folder.key_file(key), passphrase)
    if mldsa_log_key(key.name, signer) != key:
        raise _other_key(folder.key_file(key))
    return signer


def open_reader(path: Path | str) -> Reader:
    """Open a ledger for reading only: no key, no lock, nothing is written. Close it when done.

    Raises:
        StoreError: `ledger-missing`, and those of the store.
        Malformed: those of the configuration.

    """
    folder = Folder(Path(path))
    folder.read()
    return Reader(SqliteStore.open(folder.store, read_only=True))


def memory_ledger(origin: str, signer: Signer, *, clock: Clock, mldsa: MLDSASigner | None = None) -> Ledger:
    """A ledger that lives and ends with this process: for demonstrations, rehearsals and tests."""
    return Ledger.open(MemoryStore(), MemoryHighWaterMark(), origin=origin, signer=signer, clock=clock, mldsa=mldsa)


def _wired(
    folder: Folder,
    configuration: Configuration,
    store: SqliteStore,
    signer: Signer,
    mldsa: MLDSASigner | None,
    clock: Clock | None,
    retiring: LogSigners = LogSigners(()),  # noqa: B008 - a tuple that nobody can change
) -> Ledger:
    try:
        return Ledger.open(
            store,
            FileHighWaterMark(folder.mark(configuration)),
            origin=configuration.origin,
            signer=signer,
            clock=clock or SystemClock(),
            mldsa=mldsa,
            announce=lambda note: write_whole(folder.checkpoint, note),
            retiring=retiring,
        )
    except BaseException:
        store.close()
        raise


def _other_key(path: Path) -> SigningError:
    return SigningError(
        "log-key-differs",
        "a key file does not hold the key that the ledger's configuration names",
        found=str(path),
        remedy="bring back the ledger's own key; a log never changes its key by itself",
    )
