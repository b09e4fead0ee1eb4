"""What a log held before one batch: from a store that stands there, or from a replay; and what the judge asks of it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from lotchain.core import canonical_json
from lotchain.core.heads import Head, HeadProof, subject_key
from lotchain.core.heads_trie import HeadsMap
from lotchain.custody.case import Cited, State
from lotchain.ledger.ports import Store
from lotchain.ledger.reader import StoredHeads, corrupt
from lotchain.verify.evidence_judged import Before
from lotchain.verify.evidence_whole import WholeLog

_MAX_STATE = 1 << 24


class StoreBefore:
    """A store that holds a log up to where a batch begins, as what is known before it (`Before`)."""

    def __init__(self, store: Store) -> None:
        self._store = store
        published = store.published()
        self._map = HeadsMap(StoredHeads(store))
        changed = store.changed_since(published[0] if published else 0)
        self._map.update(
            (subject_key(name), Head(row.length, row.chain, sha256(row.state).digest())) for name, row in changed
        )
        self._new: dict[str, State] = {}

    def state(self, name: str) -> State | None:
        """See `Before.state`."""
        encoded = self.encoded(name)
        if name in self._new or encoded is None:
            return self._new.get(name)
        state = canonical_json.decode(encoded, max_bytes=_MAX_STATE, max_items=_MAX_STATE, what="state")
        if not isinstance(state, dict):
            raise corrupt(f"the state of {name} is no object")
        return state

    def encoded(self, name: str) -> bytes | None:
        """The state's bytes before the batch."""
        row = self._store.subject(name)
        return None if row is None else row.state

    def proof(self, name: str) -> HeadProof:
        """Where it stands in the map before the batch."""
        return self._map.prove(subject_key(name))

    def cite(self, hex_id: str, index: int) -> Cited | None:
        """See `Before.cite`."""
        place = self._store.index_of(bytes.fromhex(hex_id))
        raw = None if place is None or place >= index else next(self._store.entries(place, place + 1), None)
        return None if raw is None or place is None else Cited(raw, place)

    def closed_at(self, size: int, root: str) -> int | None:
        """See `Before.closed_at`."""
        row = self._store.batch_ending(size)
        return row.time if row is not None and row.root.hex() == root else None

    def put(self, name: str, state: State, encoded: bytes, statement_id: bytes) -> None:
        """See `Before.put`."""
        self._new[name] = state


class ReplayedBefore:
    """The same from a replay of the entries before the batch."""

    def __init__(self, log: WholeLog) -> None:
        self._log = log
        self._before: dict[str, bytes | None] = {}

    def state(self, name: str) -> State | None:
        """See `Before.state`."""
        return self._log.state(name)

    def encoded(self, name: str) -> bytes | None:
        """See `StoreBefore.encoded`."""
        known = self._log.states.get(name)
        return self._before.get(name, None if known is None else known[1])

    def proof(self, name: str) -> HeadProof:
        """See `StoreBefore.proof`."""
        return self._log.map.prove(subject_key(name))

    def cite(self, hex_id: str, index: int) -> Cited | None:
        """See `Before.cite`."""
        return self._log.cite(hex_id, index)

    def closed_at(self, size: int, root: str) -> int | None:
        """See `Before.closed_at`."""
        return self._log.closed_at(size, root)

    def put(self, name: str, state: State, encoded: bytes, statement_id: bytes) -> None:
        """See `Before.put`."""
        self._before.setdefault(name, self.encoded(name))
        self._log.put(name, state, encoded, statement_id)


class Noting:
    """A `Before` that notes what the judge asks for."""

    def __init__(self, inner: Before, batch: Mapping[str, Cited]) -> None:
        self._inner = inner
        self._batch = batch
        self.names: set[str] = set()
        self.cited: set[int] = set()
        self.seen: set[int] = set()
        self.absent = False
        """whether it asked for a statement that the log does not hold: no few entries prove that"""

    def state(self, name: str) -> State | None:
        """See `Before.state`."""
        self.names.add(name)
        return self._inner.state(name)

    def cite(self, hex_id: str, index: int) -> Cited | None:
        """See `Before.cite`."""
        here = self._batch.get(hex_id)
        if here is not None:
            return here if here.index < index else None
        found = self._inner.cite(hex_id, index)
        if found is None:
            self.absent = True
        else:
            self.cited.add(found.index)
        return found

    def closed_at(self, size: int, root: str) -> int | None:
        """See `Before.closed_at`."""
        self.seen.add(size)
        return self._inner.closed_at(size, root)

    def put(self, name: str, state: State, encoded: bytes, statement_id: bytes) -> None:
        """See `Before.put`."""
        self.names.add(name)
        self._inner.put(name, state, encoded, statement_id)
