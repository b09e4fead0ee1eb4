"""The two engines asked the same things in random order must answer the same."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.changing import replace
from tests.contract.builders import Fabricator, digest, publication, statement_id

from lotchain.errors import LotchainError
from lotchain.ledger.ports import Store
from lotchain.storage.memory import MemoryStore
from lotchain.storage.sqlite import SqliteStore

NAMES = st.sampled_from(["charter", "lot:a", "lot:a~1", "lot:b", "party:é"])
SMALL = st.integers(-2, 40)
KEYS = st.sampled_from([digest(n) for n in range(6)])
PREFIXES = st.sampled_from([b"", b"\x00", b"\x10", b"\x10\x00"])
TILES = st.lists(st.tuples(st.sampled_from([0, 4, 8]), PREFIXES, st.none() | st.binary(max_size=9)), max_size=3)


class TwoStores(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "ledger.db"
        self.memory = MemoryStore()
        self.sqlite = SqliteStore.create(self.path)
        self.maker = Fabricator()

    def teardown(self) -> None:
        self.sqlite.close()
        shutil.rmtree(self.folder)

    def ask(self, method: str, *arguments: object) -> Any:
        answers = [_answer(store, method, arguments) for store in (self.memory, self.sqlite)]
        assert answers[0] == answers[1]
        return answers[0]

    @rule(
        changes=st.lists(st.lists(NAMES, max_size=3, unique=True), min_size=1, max_size=4),
        openings=st.dictionaries(KEYS, st.binary(max_size=5), max_size=2),
    )
    def append(self, changes: list[list[str]], openings: dict[bytes, bytes]) -> None:
        assert self.ask("append", self.maker.batch(changes, openings=openings)) is None

    @rule(where=SMALL, known=SMALL, position=st.integers(-1, 9))
    def append_wrongly(self, where: int, known: int, position: int) -> None:
        maker = Fabricator()
        maker.size = max(where, 0)
        batch = maker.batch([("lot:a",), ()])
        ids = [statement_id(known), batch.statement_ids[1]]
        wrong = replace(batch, statement_ids=ids, histories=[("lot:a", position, maker.size - 3)])
        answer = self.ask("append", wrong)
        if answer is None:  # it was right by chance; the maker follows
            self.maker.size = maker.size
            self.maker.lengths["lot:a"] = position + 1

    @rule(
        size=SMALL,
        note=st.binary(max_size=3),
        tiles=TILES,
        leaves=st.lists(st.tuples(KEYS, KEYS), max_size=3),
        note_only=st.booleans(),
    )
    def publish(self, size: int, note: bytes, tiles: Any, leaves: Any, note_only: bool) -> None:
        self.ask("publish", publication(size, note, tiles, leaves), note_only)

    @rule(digest=KEYS)
    def erase(self, digest: bytes) -> None:
        self.ask("erase_opening", digest)

    @rule()
    def reopen(self) -> None:
        self.sqlite.close()
        self.sqlite = SqliteStore.open(self.path)

    @rule(a=SMALL, b=SMALL, name=NAMES, prefix=st.text("lot:a~é", max_size=5), low=KEYS, high=KEYS)
    def read(self, a: int, b: int, name: str, prefix: str, low: bytes, high: bytes) -> None:
        for method, *arguments in (
            ("entries", a, b),
            ("index_of", statement_id(a)),
            ("subject", name),
            ("history", name),
            ("subjects_named", prefix),
            ("changed_since", a),
            ("batch_of", a),
            ("batch_ending", a),
            ("map_leaves", low, high),
            ("map_tile", 4, b"\x10"),
            ("opening", low),
        ):
            self.ask(method, *arguments)

    @invariant()
    def agree(self) -> None:
        for method in ("head", "published", "subjects", "batches"):
            self.ask(method)


def _answer(store: Store, method: str, arguments: tuple[object, ...]) -> object:
    try:
        answer = getattr(store, method)(*arguments)
    except LotchainError as error:
        return error.code
    return list(answer) if method in ("entries", "subjects", "batches") else answer


TestTwoStores = TwoStores.TestCase
TestTwoStores.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
