"""A mirror at work: follows another's log over HTTP, replays it into a copy of its own, and says what it found.

One round fetches the newest checkpoint, takes and judges what is new under it, and cosigns it when nothing is wrong.
Every state that a round leaves on disk is one from which the next process goes on. See `specs/formats/mirror.md`.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from lotchain.app.clock import SystemClock
from lotchain.app.folder import Configuration, write_whole
from lotchain.app.mirror_documents import MirrorDocuments
from lotchain.app.mirror_folder import MirrorConfiguration, MirrorFolder
from lotchain.app.mirror_rounds import IN_STEP, STOPPED, WAITING, Round, waiting_for
from lotchain.app.mirror_stops import Stop, Stops, is_stopping
from lotchain.app.remote_source import http_source
from lotchain.core.checkpoints import Checkpoint, open_checkpoint_by
from lotchain.core.statements import parse_statement
from lotchain.errors import Malformed, StoreError, UsageError
from lotchain.ledger.checkpointing import add_line
from lotchain.ledger.ports import Clock, LogSource, Mark, Objection, Signer, Store
from lotchain.ledger.replica import Replica
from lotchain.remote.fetching import Patience
from lotchain.signing.keyfile import read_key_file
from lotchain.storage.highwater import FileHighWaterMark
from lotchain.storage.lock import WriterLock
from lotchain.storage.sqlite import SqliteStore
from lotchain.witness.auditing import AuditingWitness, Cosigned
from lotchain.witness.remembering import FileMemory, Remembered

Progress = Callable[[int, int], None]
"""(entries read, of how many)"""

PATIENCE = Patience(connect_s=5.0, tries=2)
"""A mirror asks again by itself: better that a round fails soon, and the lag is told."""
ANEW_MS = 10_000
"""How often an unchanged checkpoint is looked at and cosigned anew, ms."""
FRESH_MS = 1_000
"""For how long a cosignature is given again to whoever asks, ms: askers cost one round a second."""
_TOLD_EVERY = 256


class MirrorSource(LogSource, Protocol):
    """Where a mirror reads: `HttpLogSource`."""

    def prefix_root(self, size: int) -> bytes:
        """See `HttpLogSource.prefix_root`."""

    def document(self, digest: bytes) -> bytes | None:
        """See `HttpLogSource.document`."""

    def close(self) -> None:
        """Drop the connection."""


class Mirror:
    """One mirror at work. Its methods may be called by several threads; they take turns.

    Args:
        folder: where it lives.
        configuration: what `mirror.toml` says.
        ledger: what the copy's `ledger.toml` says.
        store: the copy.
        witness: what replays and cosigns.
        replica: the copy, as the witness follows it.
        source: where the log is read.
        clock: the mirror's own clock.
        progress: told how far taking entries is.

    """

    def __init__(
        self,
        folder: MirrorFolder,
        configuration: MirrorConfiguration,
        ledger: Configuration,
        store: Store,
        witness: AuditingWitness,
        replica: Replica,
        source: MirrorSource,
        clock: Clock,
        progress: Progress | None = None,
    ) -> None:
        self.configuration = configuration
        self.ledger = ledger
        self._folder = folder
        self._store = store
        self._witness = witness
        self._replica = replica
        self._source = source
        self._watched = _Watched(source, folder, configuration.charter, progress)
        self._clock = clock
        self._memory = FileMemory(folder.memory)
        self._mark = FileHighWaterMark(folder.ledger.mark(ledger))
        self._documents = MirrorDocuments(store)
        self._stops = Stops(folder)
        self._turn = threading.RLock()
        self._last: tuple[bytes, Cosigned, int] | None = None

    @contextlib.contextmanager
    def turn(self, seconds: float) -> Iterator[None]:
        """The mirror for the caller alone. Raises `StoreError` `store-busy`, when it is catching up for longer."""
        if not self._turn.acquire(timeout=seconds):
            raise StoreError("store-busy", "the mirror is catching up with the log", remedy="ask again later")
        try:
            yield
        finally:
            self._turn.release()

    def remembered(self) -> Remembered | None:
        """The furthest that it has cosigned."""
        return self._memory.read()

    def stop_standing(self) -> Stop | None:
        """Why it cosigns no more, if it does not."""
        return self._stops.standing()

    def interrupted_by(self, ended: threading.Event) -> None:
        """A round that is taking entries breaks off when this is set; what it has judged is kept."""
        self._watched.ended = ended

    def fresh(self, origin: str, size: int, root: bytes) -> Cosigned | None:
        """The cosignature on this checkpoint, where it was made within the last second; only in one's turn."""
        if self._last is None:
            return None
        _, cosigned, then = self._last
        same = cosigned.checkpoint == (origin, size, root)
        return cosigned if same and 0 <= self._clock.now() - then < FRESH_MS else None

    def latest_note(self) -> bytes | None:
        """The newest checkpoint that the copy stands at, with the cosignatures that it has; its own among them."""
        found = self._store.published()
        return found[1] or None if found is not None else None

    def round(self, *, catching_up: bool = False, anew: bool = False) -> Round:
        """Look at the log once.

        Args:
            catching_up: a person's decision to take batches that came late (`AuditingWitness.look`).
            anew: cosign an unchanged checkpoint with the present time even if that was done just before.

        Raises:
            StoreError: those of the mirror's own store, memory and mark; not those of the log's server.
            SigningError: its key cannot be used.

        """
        with self._turn:
            begun, before = time.monotonic(), self._replica.size
            stop = self._stops.standing()
            if stop is not None:
                return self._said(STOPPED, begun, before, stop=stop)
            try:
                return self._look(begun, before, catching_up=catching_up, anew=anew)
            except StoreError as fault:
                if not fault.code.startswith("source-"):
                    raise
                return self._said(WAITING, begun, before, objections=(waiting_for(fault),))

    def failed(self, fault: StoreError) -> Round:
        """What a round comes to that this machine's own disk has ended."""
        size = 0
        with self._turn, contextlib.suppress(StoreError):  # the disk that failed may not even tell how far it is
            size = self._replica.size
        now, shown = self._clock.now(), self._shown()
        return Round(WAITING, now, size, shown, None, 0, 0.0, objections=(waiting_for(fault),))

    def _look(self, begun: float, before: int, *, catching_up: bool, anew: bool) -> Round:
        note = self._watched.fetch() or b""
        now = self._clock.now()
        if self._last is not None and not anew and _text(note) == _text(self._last[0]):
            _, cosigned, then = self._last
            if 0 <= now - then < ANEW_MS:
                self._keep(note, cosigned)
                return self._said(IN_STEP, begun, before, cosigned=cosigned)
        found = self._witness.look(self._watched, catching_up=catching_up, prefix_root=self._source.prefix_root)
        if isinstance(found, Cosigned):
            self._last = (note, found, now)
            self._mark_reached(found.checkpoint)
            self._keep(note, found)
            return self._said(IN_STEP, begun, before, cosigned=found)
        self._last = None
        if is_stopping(found.objections):
            stop = self.stop(found.objections, found.note)
            return self._said(STOPPED, begun, before, stop=stop)
        return self._said(WAITING, begun, before, objections=found.objections)

    def stop(self, objections: tuple[Objection, ...], note: bytes) -> Stop:
        """Cosign this log no more; what was found is kept with all that proves it.

        Raises:
            StoreError: it cannot be written.

        """
        known = [earlier for earlier in (self.latest_note() or b"", self._watched.followed()) if earlier]
        others = [earlier for earlier in dict.fromkeys(known) if _text(earlier) != _text(note)]
        return self._stops.stop(objections, note, others, time=self._clock.now(), copy=self._store, source=self._source)

    def _mark_reached(self, checkpoint: Checkpoint) -> None:
        """The copy's own high-water mark: whoever takes the ledger over must not sign before it."""
        marked = self._mark.read()
        if marked is None or marked.size < checkpoint.size:
            self._mark.write(Mark(checkpoint.origin, checkpoint.size, checkpoint.root), sync=True)

    def _keep(self, note: bytes, cosigned: Cosigned) -> None:
        """The note with the mirror's own word among the others', in the copy and for whoever fetches the file."""
        keys = {key.key_id: key for key in self.configuration.keys}
        for line in cosigned.lines:
            with contextlib.suppress(UsageError, Malformed):  # a note is full, or holds a newer line of ours
                note = add_line(note, cosigned.checkpoint, keys[line.key_id], line)
        if note != self.latest_note():
            self._replica.settle(cosigned.checkpoint.size, note)
            write_whole(self._folder.ledger.checkpoint, note)

    def _said(
        self,
        state: str,
        begun: float,
        before: int,
        *,
        cosigned: Cosigned | None = None,
        objections: tuple[Objection, ...] = (),
        stop: Stop | None = None,
    ) -> Round:
        now, shown = self._clock.now(), self._shown()
        missing = self._documents.fetch(self._source, now) if cosigned is not None else self._documents.missing
        seen = self._memory.read()
        lag = None if seen is None else max(0, now - seen.seen_ms) / 1000
        return Round(
            state=state,
            time=now,
            size=self._replica.size,
            published=shown,
            lag_s=0.0 if cosigned is not None else lag,
            taken=self._replica.size - before,
            seconds=time.monotonic() - begun,
            cosigned=cosigned,
            objections=objections if stop is None else stop.objections,
            missing=missing,
            stop=stop,
        )

    def _shown(self) -> int | None:
        """The size that the log shows, if it signed it."""
        try:
            return open_checkpoint_by(self._watched.note or b"", self.ledger.present)[0].size
        except Malformed:
            return None

    def forget(self) -> Stop | None:
        """A person's decision to go on after a stop; what was kept stays. None where none stood."""
        with self._turn:
            return self._stops.forget()

    def close(self) -> None:
        """Release connection and store."""
        self._source.close()
        self._replica.close()


class _Watched:
    """The log's source, watched: the note is kept before its entries are taken, and the first entry is the charter."""

    def __init__(self, inner: MirrorSource, folder: MirrorFolder, charter: bytes | None, told: Progress | None) -> None:
        self._inner = inner
        self._folder = folder
        self._charter = charter
        self._told = told
        self.note: bytes | None = None
        self.ended = threading.Event()

    def fetch(self) -> bytes | None:
        """The newest note; what `published` gives until the next one is fetched."""
        self.note = self._inner.published()
        return self.note

    def followed(self) -> bytes:
        """The note under which entries were taken last; empty for none."""
        try:
            return self._folder.following.read_bytes()
        except OSError:
            return b""

    def published(self) -> bytes | None:
        """See `LogSource.published`."""
        return self.note

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """See `LogSource.entries`."""
        if self.note and self.followed() != self.note:
            write_whole(self._folder.following, self.note)
        for index, raw in enumerate(self._inner.entries(start, stop), start):
            if index == 0:
                self._require_charter(raw)
            if index % _TOLD_EVERY == 0:
                if self.ended.is_set():
                    raise StoreError("source-interrupted", "the mirror was told to end; what it has judged is kept")
                if self._told is not None:
                    self._told(index, stop)
            yield raw

    def _require_charter(self, raw: bytes) -> None:
        if self._charter is None:
            return
        try:
            found = parse_statement(raw).id
        except Malformed as fault:
            raise _other_charter(self._charter, str(fault)) from fault
        if found != self._charter:
            raise _other_charter(self._charter, found.hex())


def _other_charter(charter: bytes, found: str) -> StoreError:
    return StoreError(
        "source-charter",
        "the log does not begin with the charter that the policy names",
        expected=charter.hex(),
        found=found,
        remedy="keep the checkpoint, it may be evidence; check the URL and the policy",
    )


def _text(note: bytes) -> bytes:
    """What a note says, without who says it."""
    return note.rpartition(b"\n\n")[0]


@contextlib.contextmanager
def open_mirror(
    path: Path | str,
    *,
    passphrase: str | None = None,
    member_passphrase: str | None = None,
    clock: Clock | None = None,
    patience: Patience | None = None,
    progress: Progress | None = None,
    source: MirrorSource | None = None,
) -> Iterator[Mirror]:
    """A mirror that was made before, for this process alone.

    Args:
        path: its folder.
        passphrase: of its own keys, exactly when they are protected.
        member_passphrase: of the member's key, likewise.
        clock: its own clock; None is this machine's.
        patience: how long the log's server is waited for.
        progress: told how far taking entries is.
        source: where the log is read, in place of the URL in the configuration; closed with the mirror.

    Raises:
        StoreError: `mirror-missing`; `store-busy`, while another process works in the folder; those of its store.
        SigningError: `key-file-…`; `witness-key-differs`.
        UsageError: `mirror-is-ledger`, `source-http`.
        Malformed: those of the configuration.

    """
    folder = MirrorFolder(path)
    configuration, ledger = folder.read()
    signer, second = folder.signers(configuration, passphrase)
    member: Signer | None = None
    if configuration.member_key:
        member = read_key_file(folder.path / configuration.member_key, member_passphrase)
    own, time_ = configuration.key, clock or SystemClock()
    with contextlib.ExitStack() as stack:
        lock = WriterLock(folder.path / "mirror-lock", 0.0)
        stack.callback(lock.close)
        stack.enter_context(lock)
        source = source or http_source(
            configuration.url, ledger.log_key, mldsa_key=ledger.mldsa_key, more_keys=ledger.retiring, member=member,
            allow_http=configuration.allow_http, patience=patience or PATIENCE, clock=time_,
        )  # fmt: skip
        store = SqliteStore.open(folder.ledger.store)
        stack.callback(store.close)
        replica = Replica(store, ledger.origin)
        witness = AuditingWitness(
            own.name, signer, replica, FileMemory(folder.memory), log_key=ledger.log_key, clock=time_, mldsa=second,
            log_mldsa_key=ledger.mldsa_key, more_log_keys=ledger.retiring,
        )  # fmt: skip
        mirror = Mirror(folder, configuration, ledger, store, witness, replica, source, time_, progress)
        stack.callback(mirror.close)
        yield mirror
