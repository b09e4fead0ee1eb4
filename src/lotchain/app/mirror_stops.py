"""What a mirror does when a log is not what it should be: it keeps what proves it, and cosigns that log no more.

The stop outlives the process: it is a file in the mirror's folder, and only a person takes it away. Not everything
that keeps a mirror from cosigning is a fault of the log: a server that is down, an old checkpoint out of a cache, or
a judge that this program does not know yet is waited for.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from lotchain.app.evidence import evidence_of
from lotchain.app.folder import write_whole
from lotchain.app.mirror_folder import MirrorFolder
from lotchain.core.instants import format_instant, parse_instant
from lotchain.core.tiles import join_entries
from lotchain.errors import LotchainError, StoreError
from lotchain.ledger.accusing import ReadEntries
from lotchain.ledger.fold import MAX_BATCH
from lotchain.ledger.ports import LogSource, Objection, Store

FORMAT = "lotchain-mirror-stop/1"
STOPPING = frozenset(
    {"witness-split-view", "witness-inconsistent", "witness-time-ahead", "witness-time-behind"}
)  # fmt: skip
"""Besides every `audit-…` code of a log: after these a person decides."""
_UNKNOWN_JUDGE = "audit-closing-judge"
_MOST = 1_000_000
_CHUNK, _KEPT = 256, 16


class Stop(NamedTuple):
    """Why a mirror cosigns no more.

    Args:
        time: when it was found, ms by the mirror's clock.
        objections: what is wrong.
        size: entries of the copy, all of which were found right.
        checkpoint: the note in which it was found.
        known: the last note that was in order, or that was being followed; empty where there was none.
        folder: name of the folder in `evidence/` that holds what was kept.
        evidence: name of the evidence file in it; empty where no third party can be shown this.

    """

    time: int
    objections: tuple[Objection, ...]
    size: int
    checkpoint: str
    known: str
    folder: str
    evidence: str

    def as_json(self) -> dict[str, Any]:
        """The file's members, and what machines are told."""
        told = self._asdict() | {"format": FORMAT, "time": format_instant(self.time)}
        told["objections"] = [
            {"code": o.code, "what": o.what, "index": o.index, "expected": o.expected, "found": o.found}
            for o in self.objections
        ]
        return told


class Stops:
    """A mirror's stops.

    Args:
        folder: where they are kept.

    """

    def __init__(self, folder: MirrorFolder) -> None:
        self._folder = folder

    def standing(self) -> Stop | None:
        """The stop that stands, or None. One that cannot be read stands all the same.

        Raises:
            StoreError: `store-io`, where the folder cannot be read: then nobody knows, and nothing is cosigned.

        """
        try:
            data = self._folder.stopped.read_bytes()[: _MOST + 1]
        except FileNotFoundError:
            return None
        except OSError as fault:
            raise StoreError("store-io", f"{self._folder.stopped} cannot be read: {fault.strerror}") from fault
        return _parsed(data)

    def stop(
        self,
        objections: tuple[Objection, ...],
        note: bytes,
        known: Sequence[bytes],
        *,
        time: int,
        copy: Store,
        source: LogSource,
    ) -> Stop:
        """Stop cosigning, and keep what there is: first the stop itself, durably, then the evidence.

        Args:
            objections: what is wrong.
            note: the checkpoint in which it was found.
            known: earlier notes of the log, the last one that was in order first.
            time: now, ms.
            copy: the mirror's store.
            source: where the log was read; asked again for what is kept.

        Raises:
            StoreError: where the stop itself cannot be written.

        """
        head = copy.head()
        size = head.size if head is not None else 0
        name = f"{format_instant(time).replace(':', '')}-{objections[0].code}"
        before = known[0].decode("utf-8", "replace") if known else ""
        made = Stop(time, objections, size, note.decode("utf-8", "replace"), before, name, "")
        self._write(made)
        kept = self._keep(made, note, known, copy, source)
        if kept.evidence:
            self._write(kept)
        return kept

    def _write(self, stop: Stop) -> None:
        write_whole(self._folder.stopped, json.dumps(stop.as_json(), indent=1, ensure_ascii=True).encode() + b"\n")

    def _keep(self, stop: Stop, note: bytes, known: Sequence[bytes], copy: Store, source: LogSource) -> Stop:
        """Notes, the batch in question, and the evidence file; what cannot be had is left out."""
        place = self._folder.evidence / stop.folder

        tail = _Chunks(source)

        def entries(start: int, end: int) -> Iterator[bytes]:
            yield from copy.entries(start, min(end, stop.size))
            yield from tail.entries(max(start, stop.size), end)

        problems: list[str] = []
        evidence = ""
        try:
            place.mkdir(parents=True, exist_ok=True)
            write_whole(place / "checkpoint", note)
            for number, earlier in enumerate(known, 1):
                write_whole(place / f"checkpoint-before-{number}", earlier)
            if stop.objections[0].index is not None:
                batch = _at_most(entries(stop.size, stop.objections[0].index + 1), MAX_BATCH + 1)
                write_whole(place / f"entries-from-{stop.size}", join_entries(batch))
            data = _evidence(stop, note, known, copy, source, entries)
            if data is not None:
                write_whole(place / "log.lotevidence", data)
                evidence = "log.lotevidence"
        except LotchainError as fault:
            problems.append(str(fault))
        except OSError as fault:
            problems.append(f"{place} cannot be written: {fault.strerror}")
        kept = stop._replace(evidence=evidence)
        told = {**kept.as_json(), "not_kept": problems}
        with suppress(LotchainError):  # the stop itself stands in the folder above
            write_whole(place / "facts.json", json.dumps(told, indent=1, ensure_ascii=True).encode() + b"\n")
        return kept

    def forget(self) -> Stop | None:
        """A person's decision to go on: the stop is put with its evidence, which stays. None where none stood.

        Raises:
            StoreError: `store-io`.

        """
        stop = self.standing()
        if stop is None:
            return None
        try:
            place = self._folder.evidence / (stop.folder or "unreadable")
            place.mkdir(parents=True, exist_ok=True)
            self._folder.stopped.replace(place / "stopped.json")
        except OSError as fault:
            raise StoreError("store-io", f"{self._folder.stopped} cannot be moved: {fault.strerror}") from fault
        return stop


def is_stopping(objections: Iterable[Objection]) -> bool:
    """Whether these are faults of the log, after which a mirror cosigns it no more by itself."""
    codes = {objection.code for objection in objections}
    if _UNKNOWN_JUDGE in codes:
        return False  # whoever knows that judge may find nothing wrong
    return any(code in STOPPING or code.startswith("audit-") for code in codes)


def _evidence(
    stop: Stop, note: bytes, known: Sequence[bytes], copy: Store, source: LogSource, entries: ReadEntries
) -> bytes | None:
    """The file for third parties, of the first objection that gives one."""
    for objection in stop.objections:
        if objection.code in STOPPING:
            tries = [
                evidence_of(objection, note, source.entries, known=earlier, known_entries=copy.entries)
                for earlier in known
            ]
        else:
            tries = [evidence_of(objection, note, entries, before=copy)]
        for data in tries:
            if data is not None:
                return data
    return None


class _Chunks:
    """A source of which the newest chunks are kept: whoever makes evidence asks for entries one by one."""

    def __init__(self, source: LogSource) -> None:
        self._source = source
        self._kept: OrderedDict[int, list[bytes]] = OrderedDict()

    def entries(self, start: int, end: int) -> Iterator[bytes]:
        """The entries [start, end), as far as there are any."""
        for number in range(start // _CHUNK, -(-end // _CHUNK)):
            begins = number * _CHUNK
            chunk = self._kept.get(number)
            if chunk is None:
                chunk = self._kept[number] = list(self._source.entries(begins, begins + _CHUNK))
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            yield from chunk[max(start - begins, 0) : end - begins]


def _at_most(entries: Iterator[bytes], most: int) -> list[bytes]:
    return [raw for raw, _ in zip(entries, range(most), strict=False)]


def _parsed(data: bytes) -> Stop:
    """What the file says, as far as it can be read: whoever damages it does not start the mirror."""
    try:
        members = json.loads(data)
        objections = tuple(
            Objection(str(o["code"]), str(o["what"]), o["index"], str(o["expected"]), str(o["found"]))
            for o in members["objections"]
        )
        texts = (str(members[name]) for name in ("checkpoint", "known", "folder", "evidence"))
        size = members["size"]
        return Stop(
            parse_instant(str(members["time"]), field="time"), objections, size if type(size) is int else 0, *texts
        )
    except (ValueError, KeyError, TypeError, LotchainError):
        damaged = Objection("mirror-stop-unreadable", "the mirror was stopped, and why can no longer be read")
        return Stop(0, (damaged,), 0, "", "", "", "")
