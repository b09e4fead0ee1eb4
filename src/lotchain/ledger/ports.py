"""What the ledger asks of the machines around it: a store, a high-water mark, a clock, signers.

The store is small and knows nothing of events: bytes, subject names, states as bytes, hashes, checkpoints.
Every promise in a docstring here has one test in `tests/contract`, run over every engine. Engines share those
tests, not a base class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from lotchain.core.keys import PublicKey


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """One subject's newest state: canonical JSON bytes, the number of its statements, their running hash."""

    state: bytes
    length: int
    chain: bytes


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One closed batch: its statements are the entries [start, end), its closing record is entry `end`.

    `time` is the batch's time in milliseconds since 1970 and `root` the tree's root at size `end + 1`.
    """

    start: int
    end: int
    time: int
    root: bytes


@dataclass(frozen=True, slots=True)
class StoredHead:
    """The log's end: its size (closing record included), newest signed checkpoint and tree frontier."""

    size: int
    note: bytes
    frontier: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything that one append writes, at once or not at all.

    The last entry is the closing record, which has no statement id: there is one id fewer than entries. A
    batch whose numbers contradict each other is a fault of the program: `UsageError` `batch-shape`.
    """

    expected_size: int
    entries: Sequence[bytes]
    statement_ids: Sequence[bytes]
    subjects: Mapping[str, SubjectRow]
    histories: Sequence[tuple[str, int, int]]
    """(subject, position in its history from 0, log index)"""
    tiles: Sequence[tuple[int, bytes]]
    """(n, the 256 leaf hashes of entries [256 n, 256 n + 256)), each written once, when full"""
    nodes: Sequence[tuple[int, int, bytes]]
    """(level ≥ 8, index, hash) of perfect subtrees that this batch completed"""
    row: BatchRow
    head: StoredHead
    openings: Mapping[bytes, bytes] = field(default_factory=dict)
    """digest of a hidden field → its encoded opening; kept beside the log, never in it"""


@dataclass(frozen=True, slots=True)
class Publication:
    """A published checkpoint, and the heads map as it stood there."""

    size: int
    note: bytes
    map_tiles: Sequence[tuple[int, bytes, bytes | None]]
    """(prefix length in bits, prefix, tile bytes, or None to delete)"""
    map_leaves: Sequence[tuple[bytes, bytes]]
    """(SHA-256 of the subject, the 72 bytes of its head: `core.heads.Head.to_bytes`)"""


class Store(Protocol):
    """A durable, append-only home of one ledger.

    Every method may raise `StoreError`: `store-full`, `store-read-only`, `store-io`, `store-corrupt`,
    `store-busy` (try again), `store-closed`. A method that raised has changed nothing, with one exception:
    after `outcome-unknown` (a commit failed) what it wrote stands whole or not at all, and the caller reads
    `head()` again. Several threads may share a store. The iterating reads are no snapshot: rows that an
    append changes meanwhile come old or new.
    """

    def head(self) -> StoredHead | None:
        """The log's end, or None before the first append."""

    def published(self) -> tuple[int, bytes] | None:
        """Size and note of the newest publication, or None."""

    def append(self, batch: Batch) -> None:
        """Write a batch durably and atomically: after a return, no crash loses it.

        Raises `StoreError` `head-moved` and writes nothing when the log's size is not `batch.expected_size`,
        and `statement-exists` when a statement id is stored already, or stands twice in the batch. What is
        written once is refused likewise: `history-moved` when a subject's history does not continue at the
        position named, `tile-exists`, `node-exists`. An opening that is kept already stays as it is.
        """

    def together(self) -> AbstractContextManager[None]:
        """A block whose appends and publications are written at its end, durably, all of them or none.

        Reads by the same thread see them at once; other threads wait, other processes see nothing of it until then.
        When the block raises, or the writing fails as it does for `append`, the store is as it was before.
        """

    def publish(self, publication: Publication, note_only: bool = False) -> None:
        """Replace the published checkpoint and bring the stored heads map to it, atomically.

        A smaller size than the published one raises `StoreError` `publication-older`, a larger one than the
        log's `publication-ahead`. With `note_only` the map is left alone: the same checkpoint gained
        cosignatures; a size other than the published one is then refused.
        """

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """The entries [start, stop) in order, as they were appended; what is not there is left out."""

    def index_of(self, statement_id: bytes) -> int | None:
        """The log index of a statement, or None."""

    def indexes_of(self, statement_ids: Sequence[bytes]) -> Mapping[bytes, int]:
        """Those of these statements that are on the log, with their indexes."""

    def subject(self, name: str) -> SubjectRow | None:
        """A subject's newest row, or None."""

    def subjects(self) -> Iterator[tuple[str, SubjectRow]]:
        """Every subject and its newest row, ordered by name (bytewise)."""

    def subjects_named(self, prefix: str) -> list[str]:
        """The names that begin with `prefix`, ordered bytewise."""

    def changed_since(self, size: int) -> list[tuple[str, SubjectRow]]:
        """The subjects that a batch ending at or after `size` changed: newest rows, ordered by name."""

    def history(self, name: str) -> list[int]:
        """The log indexes of a subject's statements, in order; empty for an unknown subject."""

    def batch_of(self, index: int) -> BatchRow | None:
        """The batch that holds entry `index` (statement or closing record), or None."""

    def batch_ending(self, size: int) -> BatchRow | None:
        """The batch whose closing record is the last entry of a log of `size` entries, or None."""

    def batches(self) -> Iterator[BatchRow]:
        """Every batch in order."""

    def tile(self, n: int) -> bytes | None:
        """The 256 leaf hashes (8,192 bytes) of a full tile of level 0, or None."""

    def node(self, level: int, index: int) -> bytes | None:
        """The hash of a completed perfect subtree of level ≥ 8, or None."""

    def map_tile(self, bits: int, prefix: bytes) -> bytes | None:
        """A tile of the published heads map, or None."""

    def map_leaves(self, key_from: bytes, key_to: bytes) -> list[tuple[bytes, bytes]]:
        """The published map's (key, 72-byte head) with key_from ≤ key ≤ key_to, in order."""

    def opening(self, digest: bytes) -> bytes | None:
        """The opening of a hidden field, or None where it is not kept (or was erased)."""

    def keep_opening(self, digest: bytes, opening: bytes) -> None:
        """Keep an opening that did not come with its batch, durably; one that is kept already stays as it is."""

    def erase_opening(self, digest: bytes) -> bool:
        """Forget an opening for good; True when there was one. The log is not touched."""

    def row_counts(self) -> Mapping[str, int]:
        """How many rows it holds of each kind, for an audit to see that there are no others.

        The kinds: `entries`, `statements`, `subjects`, `histories`, `batches`, `tree_tiles`, `tree_nodes`,
        `map_tiles`, `map_leaves`, `openings`.
        """

    def close(self) -> None:
        """Release files and locks. Closing twice does nothing."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The furthest that this ledger has ever signed; kept apart, so that a restored store shows."""

    origin: str
    size: int
    root: bytes


class HighWaterMark(Protocol):
    """The mark outside the store : a rolled-back database must refuse to sign."""

    def read(self) -> Mark | None:
        """The mark, or None where there has never been one.

        Raises `StoreError`: a damaged mark `mark-corrupt`, an unreadable one `mark-io`.
        """

    def write(self, mark: Mark, *, sync: bool) -> None:
        """Move the mark forward, atomically; with `sync` it is on disk when this returns.

        Raises `StoreError` and leaves the mark as it is: a smaller size `mark-backwards`, another root at the
        same size or another origin `mark-conflict`, a damaged mark `mark-corrupt`, a disk that fails
        `mark-io`.
        """


class Clock(Protocol):
    """Wall-clock time, injected so that scenarios run on their own clock."""

    def now(self) -> int:
        """Milliseconds since 1970, UTC."""


class Signer(Protocol):
    """A private key that stays in the signing room."""

    @property
    def public(self) -> PublicKey:
        """The public half."""

    def sign(self, message: bytes) -> bytes:
        """A signature over exactly these bytes."""


class MLDSASigner(Protocol):
    """An ML-DSA-44 key of a log or a witness that stays in the signing room."""

    @property
    def public_raw(self) -> bytes:
        """The public half, 1,312 bytes (FIPS 204, pkEncode)."""

    def sign(self, message: bytes) -> bytes:
        """2,420 bytes over `message`, pure ML-DSA-44 with an empty context."""


class LogSource(Protocol):
    """Where a witness or a follower reads another's log: a store at hand, or a server.

    What it gives is not trusted. Both may raise `StoreError`, where the source cannot be reached.
    """

    def published(self) -> bytes | None:
        """The newest published checkpoint note, or None."""

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """The entries [start, stop), in order."""


@dataclass(frozen=True, slots=True)
class Objection:
    """One reason not to cosign: a stable code, the log index that it is about (or None), and what was found."""

    code: str
    what: str
    index: int | None = None
    expected: str = ""
    found: str = ""


Admit = Callable[[int, int], Objection | None]
"""Asked before a batch is taken: (index of its closing record, its time in ms) → what speaks against it."""


class LogReplica(Protocol):
    """A witness's own copy of a log, every statement in it judged. May raise `StoreError`, as a store does."""

    @property
    def size(self) -> int:
        """Entries in the copy, closing records included."""

    def root_at(self, size: int) -> bytes | None:
        """The copy's root at a size at which a batch ends, or None."""

    def root_of(self, size: int) -> bytes | None:
        """The root over the copy's first `size` entries, wherever batches end; None beyond its end."""

    def root_with(self, entries: Iterable[bytes]) -> tuple[int, bytes]:
        """Size and root that the log would have with these entries after the copy's; nothing is taken."""

    def follow(
        self, entries: Iterable[bytes], admit: Admit, *, size: int = 0, note: bytes = b""
    ) -> tuple[Objection, ...]:
        """Judge and take entries batch by batch, up to the first batch that is not sound.

        Args:
            entries: those after the copy's own. Where reading them raises, what came before is taken.
            admit: asked before each batch is taken.
            size: that of the checkpoint under which they come, where it is known.
            note: that checkpoint, which the batch that ends there keeps.

        Returns what is wrong with that batch, of which nothing was taken; empty when all were taken. What was taken
        is durable.
        """

    def listed_keys(self) -> tuple[str, ...]:
        """Digests of the log keys that the founding authorities have listed in the copy; none where they never did."""

    def settle(self, size: int, note: bytes) -> None:
        """The copy stands at this published checkpoint: keep the note, and the heads map as of there."""
