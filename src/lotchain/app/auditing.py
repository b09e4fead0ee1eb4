"""An audit of a ledger's folder: opened read-only, rebuilt in memory or in a scratch file."""

from __future__ import annotations

import tempfile
from pathlib import Path

from lotchain.app.folder import Folder
from lotchain.ledger.audit import AuditReport, OnStatement, Progress, audit
from lotchain.storage.highwater import FileHighWaterMark
from lotchain.storage.memory import MemoryStore
from lotchain.storage.sqlite import SqliteStore

IN_MEMORY = 200_000
"""Entries of the largest ledger that is rebuilt in memory when nobody says otherwise."""


def audit_ledger(
    path: Path | str,
    *,
    on_disk: bool | None = None,
    progress: Progress | None = None,
    on_statement: OnStatement | None = None,
) -> AuditReport:
    """Audit the ledger in a folder; nothing in it is written, and no key is needed.

    Args:
        path: the ledger's folder.
        on_disk: rebuild in a scratch file, so that memory stays flat (it is about as large as the ledger, and is
            deleted afterwards); None decides by the ledger's size.
        progress: told now and then how far the audit is.
        on_statement: told of every statement what the judge found.

    Raises:
        StoreError: `ledger-missing`, those of store and mark.
        Malformed: those of the configuration.

    """
    folder = Folder(Path(path))
    configuration = folder.read()
    mark = FileHighWaterMark(folder.mark(configuration)).read()
    store = SqliteStore.open(folder.store, read_only=True)
    try:
        head = store.head()
        large = head is not None and head.size > IN_MEMORY if on_disk is None else on_disk
        with tempfile.TemporaryDirectory(prefix="lotchain-audit-") as scratch_folder:
            scratch = SqliteStore.create(Path(scratch_folder) / "scratch.db") if large else MemoryStore()
            try:
                return audit(
                    store,
                    scratch,
                    key=configuration.log_key,
                    mldsa_key=configuration.mldsa_key,
                    former=(*configuration.retiring, *configuration.former),
                    mark=mark,
                    progress=progress,
                    on_statement=on_statement,
                )
            finally:
                scratch.close()
    finally:
        store.close()
