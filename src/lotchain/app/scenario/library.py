"""The scenarios that ship, and their twists: by name, read and ready to play."""

from __future__ import annotations

from lotchain.app.scenario.script import Script, read_script
from lotchain.app.scenario.twist import base_of, read_twist
from lotchain.assets import asset, names
from lotchain.errors import UsageError

_FOLDER = "scenarios"
_TWISTS = "scenarios/twists"


def scenario_names() -> tuple[str, ...]:
    """The scenarios alone."""
    return names("fixtures", _FOLDER, ".json")


def all_names() -> tuple[str, ...]:
    """Every scenario, each followed by its twists, `<scenario>--<twist>`."""
    twists = names("fixtures", _TWISTS, ".json")
    found: list[str] = []
    for name in scenario_names():
        found += [name, *(twist for twist in twists if base_of(twist) == name)]
    return tuple(found)


def script(name: str) -> Script:
    """A scenario or a twist by its name.

    Raises:
        UsageError: `asset-unknown`.
        Malformed: those of `read_script` and `read_twist`.

    """
    if name not in all_names():
        raise UsageError(
            "asset-unknown", "no such scenario ships with lotchain", found=name, remedy="see lotchain demo --list"
        )
    base = base_of(name)
    if not base:
        return read_script(asset("fixtures", f"{_FOLDER}/{name}.json"))
    return read_twist(asset("fixtures", f"{_TWISTS}/{name}.json"), asset("fixtures", f"{_FOLDER}/{base}.json"))
