"""The shipped deadlines, one set a jurisdiction, and the ledger's own."""

from __future__ import annotations

from functools import cache

from lotchain.assets import asset
from lotchain.rules.deadline_data import JURISDICTIONS, DeadlineSet, read_deadlines

FOLDER = "deadlines"


@cache
def deadline_set(jurisdiction: str) -> DeadlineSet:
    """The shipped deadlines of one jurisdiction. Raises `Malformed` where the data is damaged."""
    name = f"{jurisdiction.lower()}.json"
    return read_deadlines(asset("specs", f"{FOLDER}/{name}"), name)


def deadline_sets() -> tuple[DeadlineSet, ...]:
    """All shipped sets, the ledger's own first. Raises `Malformed` where the data is damaged."""
    return tuple(deadline_set(each) for each in JURISDICTIONS)
