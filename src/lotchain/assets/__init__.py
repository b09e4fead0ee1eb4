"""What ships with the program beside its code: fixtures and specs, as files.

In a wheel they lie inside this package; in a checkout they are read where people keep them, at the top level.
"""

from __future__ import annotations

from pathlib import Path

from lotchain.errors import UsageError

_PACKAGED = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGED.parents[2]


def asset(kind: str, name: str) -> bytes:
    """A shipped file: `asset("fixtures", "scenarios/piperidone.json")`.

    Raises:
        UsageError: `asset-unknown`.
    """
    for base in (_PACKAGED, _CHECKOUT):
        path = (base / kind / name).resolve()
        if path.is_relative_to(base / kind) and path.is_file():
            return path.read_bytes()
    raise UsageError("asset-unknown", "no such file ships with lotchain", found=f"{kind}/{name}")


def names(kind: str, folder: str, suffix: str) -> tuple[str, ...]:
    """The names (without suffix) of the shipped files in a folder, ordered."""
    for base in (_PACKAGED, _CHECKOUT):
        found = sorted(path.stem for path in (base / kind / folder).glob(f"*{suffix}"))
        if found:
            return tuple(found)
    return ()
