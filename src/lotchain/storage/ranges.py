"""Where a number or a name lies among those that SQLite can compare."""

from __future__ import annotations

from typing import Final

LARGEST: Final = 2**63 - 1


def fitting(number: int) -> int:
    """A number that SQLite can compare with its 64-bit ones, still as absent or as far as it was."""
    return max(min(number, LARGEST), -LARGEST)


def first_beyond(prefix: str) -> str | None:
    """The first string after every one that begins with `prefix`, or None where none follows."""
    kept = prefix.rstrip("\U0010ffff")
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    return kept[:-1] + chr(0xE000 if following == 0xD800 else following)  # surrogates are not in UTF-8
