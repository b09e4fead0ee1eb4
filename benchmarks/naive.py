"""The peer: what most people would build. JSON, Ed25519, the previous entry's hash, one SQLite commit an entry.

It does the same outward job as well as it can be done simply: parses the event, knows its parties' keys, verifies the
signature over the event's bytes, refuses a duplicate, links the entry to the one before, and commits durably with the
same pragmas as our store. It judges nothing: no custody, no quantities, no proofs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import orjson
from nacl.signing import VerifyKey

SCHEMA = """
CREATE TABLE entries (
    seq INTEGER PRIMARY KEY, id BLOB UNIQUE NOT NULL, previous BLOB NOT NULL, hash BLOB NOT NULL, body BLOB NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class Signed:
    """An event as the naive ledger takes it: who signs, the event's bytes, the signature over just these."""

    signer: str
    event: bytes
    signature: bytes


class NaiveLedger:
    """A hash chain of signed JSON in one SQLite table."""

    def __init__(self, path: Path, keys: Mapping[str, bytes]) -> None:
        self._keys = {name: VerifyKey(raw) for name, raw in keys.items()}
        self._db = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute(SCHEMA)
        self._seq, self._last = 0, bytes(32)

    def append(self, entries: Iterable[Signed]) -> None:
        """Verify, link, store; one commit for all that is given."""
        self._db.execute("BEGIN IMMEDIATE")
        for entry in entries:
            event = orjson.loads(entry.event)
            self._keys[entry.signer].verify(entry.event, entry.signature)
            body = orjson.dumps(
                {
                    "previous": self._last.hex(),
                    "signer": entry.signer,
                    "event": event,
                    "signature": entry.signature.hex(),
                },
                option=orjson.OPT_SORT_KEYS,
            )
            digest = sha256(body).digest()
            row = (self._seq, sha256(entry.event).digest(), self._last, digest, body)
            self._db.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", row)
            self._seq, self._last = self._seq + 1, digest
        self._db.execute("COMMIT")

    def audit(self) -> int:
        """Re-read every entry: hash, link, id, signature; the number of entries."""
        last, count = bytes(32), 0
        for name, previous, digest, body in self._db.execute(
            "SELECT id, previous, hash, body FROM entries ORDER BY seq"
        ):
            value = orjson.loads(body)
            event = orjson.dumps(value["event"], option=orjson.OPT_SORT_KEYS)
            follows = previous == last and value["previous"] == last.hex()
            if not follows or sha256(body).digest() != digest or sha256(event).digest() != name:
                raise ValueError(f"entry {count} does not follow")
            self._keys[value["signer"]].verify(event, bytes.fromhex(value["signature"]))
            last, count = digest, count + 1
        return count

    def close(self) -> None:
        """Fold the write-ahead log into the file, and release it."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()
