"""The network's first three steps as a test: real processes on ports of this machine, no namespaces."""

from __future__ import annotations

from pathlib import Path

from tests.network.operator_side import COUNTRIES
from tests.network.places import places
from tests.network.steps import play


def test_two_of_three_countries_are_quorum_enough_and_the_third_catches_up(tmp_path: Path) -> None:
    told: list[str] = []
    with places(COUNTRIES, namespaces=False) as where:
        found, expected = play(tmp_path, where, told.append, short=True)
    assert found == expected == 8, "\n".join(told)
