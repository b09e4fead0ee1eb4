"""The shipped thresholds, one set a jurisdiction."""

from __future__ import annotations

from functools import cache

from lotchain.assets import asset
from lotchain.rules.thresholds import JURISDICTIONS, ThresholdSet, read_thresholds

FOLDER = "thresholds"


@cache
def threshold_set(jurisdiction: str) -> ThresholdSet:
    """The shipped thresholds of one jurisdiction. Raises `Malformed` where the data is damaged."""
    name = f"{jurisdiction.lower()}.json"
    return read_thresholds(asset("specs", f"{FOLDER}/{name}"), name)


def threshold_sets() -> tuple[ThresholdSet, ...]:
    """All shipped sets, in the order of `JURISDICTIONS`. Raises `Malformed` where the data is damaged."""
    return tuple(threshold_set(each) for each in JURISDICTIONS)
