"""Every engine, under the same tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lotchain.ledger.ports import Store
from lotchain.storage.memory import MemoryStore
from lotchain.storage.sqlite import SqliteStore


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = MemoryStore() if request.param == "memory" else SqliteStore.create(tmp_path / "ledger.db")
    yield made
    made.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A place for one SQLite file."""
    return tmp_path / "ledger.db"
