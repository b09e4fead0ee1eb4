"""Reports from a ledger's folder: its whole log judged anew, rows made of it, written in one of three forms."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from lotchain.app.folder import Folder
from lotchain.app.oversight import Progress, observe
from lotchain.app.substances import load_substances
from lotchain.app.wiring import open_reader
from lotchain.core import cbor
from lotchain.core.hidden import Opening
from lotchain.ledger.openings import require_openings
from lotchain.ledger.reader import Reader
from lotchain.reports.sheet import as_xlsx
from lotchain.returns.choices import read_choices, read_form
from lotchain.returns.chronicle import Opened
from lotchain.returns.kinds import KINDS, Kind, Maker, kind_of_report
from lotchain.returns.table import Log, Table
from lotchain.returns.writing import as_csv, as_json

__all__ = ["KINDS", "Kind", "Made", "make_report"]

_WRITERS = {"csv": as_csv, "json": as_json, "xlsx": as_xlsx}
_MAX_OPENING = 8_192


class Made(NamedTuple):
    """A report, and its file's bytes."""

    table: Table
    form: str
    data: bytes


def make_report(
    path: Path | str,
    kind: str,
    file: str,
    given: Mapping[str, str],
    *,
    with_openings: bool = True,
    progress: Progress | None = None,
) -> Made:
    """A report on the ledger in a folder; nothing is written there, and no key is needed.

    Args:
        path: the ledger's folder.
        kind: of `KINDS`.
        file: the name of the file to write: its suffix says the form.
        given: choices by name, as texts.
        with_openings: whether hidden fields that the ledger can open are shown.
        progress: told now and then how far the log is read.

    Raises:
        Malformed: `report-kind`, `report-choice`, `report-form`, `year-format`, `country-format`, those of ids.
        UsageError: `ledger-empty`, `subject-unknown`, `extra-missing`, `report-too-large`.
        StoreError: `ledger-missing`, `log-unsound`, those of the store.

    """
    form, choices = read_form(file), read_choices(given, kind_of_report(kind).choices)
    origin = Folder(Path(path)).read().origin
    reader = open_reader(path)
    try:
        newest, _ = reader.newest()
        charter = reader.charter_id() or b""
        maker = Maker(kind, load_substances(), _opened(reader) if with_openings else _unopened)
        time = 0
        for told in observe(path, progress=progress):
            if told.index >= newest.size:
                break
            maker.take(told)
            time = told.time
        table = maker.table(Log(origin, charter.hex(), newest.size, newest.root.hex(), time), choices)
    finally:
        reader.close()
    return Made(table, form, _WRITERS[form](table))


def _opened(reader: Reader) -> Opened:
    def text(digest: str) -> str | None:
        key = bytes.fromhex(digest)
        encoded = reader.opening(key)
        if encoded is None:
            return None
        require_openings({key: encoded})
        item = cbor.decode(encoded, max_bytes=_MAX_OPENING, max_depth=2, max_items=8, what="opening")
        return Opening.parse(item).value

    return text


def _unopened(digest: str) -> str | None:
    return None
