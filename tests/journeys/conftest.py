"""One founded ledger for all journeys, copied for each."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.journeys.stage import Stage, copy, found


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The ledger as it was founded; nobody writes to it."""
    return found(tmp_path_factory.mktemp("template"))


@pytest.fixture
def stage(template: Stage, tmp_path: Path) -> Stage:
    """A copy to act on."""
    return copy(template, tmp_path)
