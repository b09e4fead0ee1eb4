"""Which lots and drums a label may be of: candidates in order, each with why, and never a match.

A label is paper: it can be copied, torn, moved to another drum. So nothing here answers "this is it", not even where
one candidate fits exactly. What does not fit at all is left out; what fits in part stays, and says where it does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from lotchain.reports.gs1 import Seen

LIMIT: Final = 25

_EXACT, _READ_ROUND, _BEGINS, _HOLDS, _ONE_OFF = 100, 80, 60, 40, 30
_NOT_THERE: Final = -20
_FEWEST_BEGIN, _FEWEST_HELD, _FEWEST_ONE_OFF = 1, 3, 4


class Known(NamedTuple):
    """What a ledger says of one lot, as far as a label can name it.

    Attributes:
        lot: its id.
        serials: serial → empty, or what became of the package.

    """

    lot: str
    serials: Mapping[str, str]


class Candidate(NamedTuple):
    """A lot, maybe with one of its packages, that a label may be of."""

    lot: str
    serial: str
    points: int
    why: tuple[str, ...]


def candidates(seen: Seen, lots: Iterable[Known]) -> list[Candidate]:
    """Every lot, or package of one, that what was read may name: best first, then by id."""
    found: list[Candidate] = []
    for known in lots:
        found += _of_lot(seen, known)
    return sorted(found, key=lambda item: (-item.points, item.lot, item.serial))


def fit(pattern: str, text: str) -> tuple[int, str] | None:
    """How well what was read fits a text: points and words, or None where it does not at all."""
    if not pattern.strip("?*"):
        return None
    letters = sum(mark not in "?*" for mark in pattern)
    if pattern == text:
        return _EXACT, "is exactly as read"
    wild = "".join({"?": ".", "*": ".*"}.get(mark) or re.escape(mark) for mark in pattern)
    if re.fullmatch(wild, text):
        return _READ_ROUND, "fits, with characters that could not be read"
    if letters >= _FEWEST_BEGIN and re.match(wild, text):
        return _BEGINS, "begins as read"
    if letters >= _FEWEST_HELD and re.search(wild, text):
        return _HOLDS, "holds what was read"
    if letters >= _FEWEST_ONE_OFF and "*" not in pattern and _one_off(pattern, text):
        return _ONE_OFF, "differs from what was read in one character"
    return None


def _of_lot(seen: Seen, known: Known) -> list[Candidate]:
    body = known.lot.removeprefix("lot:")
    number = body.partition("/")[2]
    if seen.free:
        return _of_free(seen.free, known, body, number)
    lot = fit(seen.lot, body) if seen.lot else None
    # A rest lot lies in drums that still bear the number of the lot it came from.
    batch = fit(seen.number, number) or fit(seen.number, number.partition("~")[0]) if seen.number else None
    points, why = 0, []
    for what, pattern, got in (("lot", seen.lot, lot), ("number", seen.number, batch)):
        if got is not None:
            points += got[0]
            why.append(f"{what} {got[1]}")
        elif pattern.strip("?*"):
            points += _NOT_THERE
            why.append(f"{what} is not as read")
    named = lot is not None or batch is not None
    if not seen.serial.strip("?*"):
        return [Candidate(known.lot, "", points, tuple(why))] if named else []
    packages = [(serial, got) for serial in known.serials if (got := fit(seen.serial, serial)) is not None]
    if packages:
        return [
            Candidate(known.lot, serial, points + got[0], (*why, f"serial {got[1]}", *_gone(known, serial)))
            for serial, got in packages
        ]
    without = (*why, "no serial of this lot is as read")
    return [Candidate(known.lot, "", points + _NOT_THERE, without)] if named else []


def _of_free(free: str, known: Known, body: str, number: str) -> list[Candidate]:
    """A piece that may be of the lot's id, of its number, or of a serial."""
    whole = max((got for text in (body, number) if (got := fit(free, text)) is not None), default=None)
    found = [] if whole is None else [Candidate(known.lot, "", whole[0], (f"lot {whole[1]}",))]
    for serial in known.serials:
        got = fit(free, serial)
        if got is not None:
            found.append(Candidate(known.lot, serial, got[0], (f"serial {got[1]}", *_gone(known, serial))))
    return found


def _gone(known: Known, serial: str) -> tuple[str, ...]:
    """A warning where the package is recorded as no longer in the lot."""
    how = known.serials[serial]
    return (f"but the ledger records this package as gone: {how}",) if how else ()


def _one_off(pattern: str, text: str) -> bool:
    """One character changed, missing or too many, or two neighbours swapped; `?` stands for any."""
    if len(pattern) == len(text):
        wrong = [at for at, mark in enumerate(pattern) if mark not in ("?", text[at])]
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1
        return len(wrong) == 1 or (swapped and pattern[wrong[0] : wrong[1] + 1] == text[wrong[0] : wrong[1] + 1][::-1])
    shorter, longer = sorted((pattern, text), key=len)
    if len(longer) - len(shorter) != 1:
        return False
    return any(
        all(
            "?" in (one, other) or one == other
            for one, other in zip(shorter, longer[:at] + longer[at + 1 :], strict=True)
        )
        for at in range(len(longer))
    )
