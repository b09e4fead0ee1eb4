"""Labels of lots and drums that a ledger or a proved bundle knows, and the candidates that a label may be of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lotchain.app.standing import Standing
from lotchain.custody.case import State
from lotchain.custody.conclusion import whereabouts
from lotchain.errors import UsageError
from lotchain.ledger.reader import Reader
from lotchain.reports.gs1 import LabelText, Seen, label_text, read_label
from lotchain.reports.labels import DATA_MATRIX, MAX_PICTURE, QR, draw, read_symbols, symbol_text
from lotchain.reports.lookup import LIMIT, Known, candidates
from lotchain.verify.offline import verify_bundle
from lotchain.verify.policy import parse_policy

SYMBOLS = (QR, DATA_MATRIX)
CAVEAT = (
    "Candidates, never a match: a label is paper and can be copied or moved. Compare seals, serials and weight, and "
    "verify the lot's bundle."
)
_GOES_ON = ("divided", "merged", "reported")
"""Ends after which the goods are still somewhere, mostly in drums that bear the old label."""

__all__ = [
    "CAVEAT", "DATA_MATRIX", "MAX_PICTURE", "QR", "SYMBOLS",
    "bundle_state", "ledger_state", "look_up", "make_label", "of_picture",
]  # fmt: skip


def ledger_state(reader: Reader, lot: str) -> State:
    """A lot's newest state on a ledger. Raises `UsageError` `lot-unknown`."""
    return Standing(reader, "").lot(lot)


def bundle_state(data: bytes, policy: bytes, lot: str, *, now: int) -> State:
    """A lot's state as a bundle proves it under a policy.

    Raises:
        UsageError: `bundle-other`, for a bundle of another lot; `not-proved`, for one that does not prove its content.
        Malformed: what can be read as neither.

    """
    verdict = verify_bundle(data, parse_policy(policy), now=now)
    if verdict.lot != lot:
        raise UsageError("bundle-other", "this bundle is of another lot", expected=lot, found=verdict.lot)
    if verdict.refused or verdict.state is None:
        raise UsageError(
            "not-proved", "the bundle does not prove what it holds: no label is made from it",
            found=verdict.findings[0].code, remedy="verify it, and fetch a new one",
        )  # fmt: skip
    return verdict.state


def make_label(
    state: State, *, serial: str, gtin: str, symbol: str | None, kind: str
) -> tuple[LabelText, str, str, bytes]:
    """A label of a lot, or of one of its packages: what it says, its symbol, the symbol's text, the picture.

    Args:
        state: the lot's.
        serial: one of its packages, or empty.
        gtin: the trade item's, or empty.
        symbol: `qr` or `datamatrix`; None is DataMatrix with a GTIN and QR without.
        kind: `svg` or `png`.

    Raises:
        UsageError: `serial-unknown`, for a package that is not in the lot; and as `reports.labels.draw`.
        Malformed: as `label_text` and `symbol_text`.

    """
    label = label_text(state["lot"], serial, gtin)
    if serial and serial not in state["packages"]:
        raise UsageError(
            "serial-unknown", "the lot holds no package of this serial", found=serial, field="--serial",
            expected=", ".join(sorted(state["packages"])[:5]) or "none: its packages are not recorded",
            remedy="a drum gets a label once it is recorded in the lot",
        )  # fmt: skip
    chosen = symbol or (DATA_MATRIX if label.gtin else QR)
    return label, chosen, symbol_text(label, chosen), draw(label, chosen, kind)


def of_picture(picture: bytes) -> str:
    """The text of the one symbol on a picture.

    Raises:
        UsageError: `symbol-count`, where it shows none or several; `extra-missing`.
        Malformed: `picture-format`.

    """
    texts = read_symbols(picture)
    if len(texts) != 1:
        raise UsageError(
            "symbol-count", "one QR or DataMatrix symbol is expected on the picture", found=len(texts),
            remedy="take one label at a time, or type what can be read of it",
        )  # fmt: skip
    return texts[0]


def look_up(reader: Reader, text: str, *, now: int) -> dict[str, Any]:
    """What a label may be of, by what a ledger says now: ranked candidates, each with why, and never a match.

    The states of all lots are read where a serial may be meant; else only those of the candidates that are shown.

    Args:
        reader: the ledger's.
        text: what was read off the label.
        now: the moment, ms since 1970, for what is overdue.

    Raises:
        Malformed: `label-format`, `label-empty`.

    """
    seen = read_label(text)
    standing, names = Standing(reader, ""), reader.subjects_named("lot:")
    found = candidates(seen, _known(standing, names, seen))
    shown, rank, before = [], 0, None
    for number, item in enumerate(found[:LIMIT], 1):
        rank, before = (rank if item.points == before else number), item.points
        state = standing.lot(item.lot)
        shown.append(
            {
                "rank": rank,
                "lot": item.lot,
                "serial": item.serial,
                "why": list(item.why),
                "ledger_says": whereabouts(state, now),
                "ended_for_good": state["ended"] is not None and state["ended"]["how"] not in _GOES_ON,
            }
        )
    return {
        "read": {"text": text, **{name: value for name, value in seen._asdict().items() if value}},
        "searched": len(names),
        "candidates": shown,
        "left_off": len(found) - len(shown),
        "caveat": CAVEAT,
    }


def _known(standing: Standing, names: list[str], seen: Seen) -> Iterator[Known]:
    serials = bool(seen.serial or seen.free)
    for name in names:
        state = standing.state(name) if serials else None
        inside = dict.fromkeys(state["packages"], "") if state is not None else {}
        yield Known(name, {**(state["gone"] if state is not None else {}), **inside})
