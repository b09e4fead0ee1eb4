"""The adopted documents that belong to a copy: without them no bundle made from it is whole."""

from __future__ import annotations

from typing import Protocol

from lotchain.core import canonical_json
from lotchain.custody.charter import SUBJECT as CHARTER
from lotchain.errors import LotchainError, Malformed
from lotchain.ledger.openings import require_openings
from lotchain.ledger.ports import Store

AGAIN_MS = 60_000
"""How long a document that could not be had is not asked for again, ms."""
_MAX_STATE = 1 << 24


class DocumentSource(Protocol):
    """Where documents are asked for."""

    def document(self, digest: bytes) -> bytes | None:
        """The document of this SHA-256, or None."""


class MirrorDocuments:
    """Which documents a copy should have, and has not.

    Args:
        store: the copy.

    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._state = b""
        self._tried = 0
        self.missing: tuple[str, ...] = ()
        """Digests (hex) that were adopted on the log and are not kept beside the copy, as last looked at."""

    def fetch(self, source: DocumentSource, now: int) -> tuple[str, ...]:
        """Fetch what is missing, as far as it is given; what still is missing then.

        A document that cannot be had is no fault of the log: states do not depend on it. It is asked for again later.

        Args:
            source: checks the digest of what it gives.
            now: ms.

        Raises:
            StoreError: those of the copy.

        """
        row = self._store.subject(CHARTER)
        state = row.state if row is not None else b""
        if state == self._state and not (self.missing and now - self._tried >= AGAIN_MS):
            return self.missing
        wanted = sorted(digest for digest in _adopted(state) if self._store.opening(bytes.fromhex(digest)) is None)
        missing = [digest for digest in wanted if not self._fetched(source, bytes.fromhex(digest))]
        self._state, self._tried, self.missing = state, now, tuple(missing)
        return self.missing

    def _fetched(self, source: DocumentSource, digest: bytes) -> bool:
        try:
            data = source.document(digest)
            if data is None:
                return False
            require_openings({digest: data})
        except LotchainError:
            return False
        self._store.keep_opening(digest, data)
        return True


def _adopted(state: bytes) -> set[str]:
    """The digests that the charter's state names."""
    if b'"rule_sets"' not in state:
        return set()
    try:
        members = canonical_json.decode(state, max_bytes=_MAX_STATE, max_items=_MAX_STATE, what="state")
        countries = [country for sets in members["rule_sets"].values() for country in sets.values()]
        return {str(row["digest"]) for rows in countries for row in rows}
    except (Malformed, KeyError, TypeError, AttributeError):
        return set()
