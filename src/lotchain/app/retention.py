"""The shipped retention data, and its answers: what must be kept of a transaction, and through which day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lotchain.assets import asset
from lotchain.core.instants import format_instant
from lotchain.rules.retention import (
    CONFIDENCE,
    FROM_TRANSACTION,
    FROM_YEAR_END,
    JURISDICTIONS,
    NOT_STATED,
    Kept,
    RetentionSet,
    event_day,
    kept_through,
    longest,
    read_retention,
    undetermined,
)

FOLDER = "retention"
TREATY = "UN"
COUNTED = {
    FROM_TRANSACTION: "from the transaction",
    FROM_YEAR_END: "from the end of the calendar year of the transaction",
    NOT_STATED: "from when is not stated: the later day is taken",
}
CAVEAT = (
    "V: read in its source. P: read in part. K: from memory, a note, not to be taken as law. All periods are least "
    "ones; an open investigation, a contract or another law may ask for more."
)
_NO_OFFSET = "the place's offset from UTC is not known: the latest day that it was anywhere is taken"


def retention_set(jurisdiction: str) -> RetentionSet:
    """The shipped periods of one jurisdiction. Raises `Malformed` where the data is damaged."""
    name = f"{jurisdiction.lower()}.json"
    return read_retention(asset("specs", f"{FOLDER}/{name}"), name)


def answer(at_ms: int, offset_minutes: int | None, jurisdictions: Iterable[str]) -> dict[str, Any]:
    """What must be kept of a transaction in these jurisdictions, and through which day.

    The treaty stands beside every one of them.

    Args:
        at_ms: when it took place, ms since 1970.
        offset_minutes: its place's minutes east of UTC, or None where not known.
        jurisdictions: of `JURISDICTIONS`.

    Raises:
        Malformed: `retention-range`.

    """
    day = event_day(at_ms, offset_minutes)
    asked = set(jurisdictions) | {TREATY}
    sets = [retention_set(name) for name in JURISDICTIONS if name in asked]
    kept = [(each.jurisdiction, kept_through(period, day)) for each in sets for period in each.periods]
    latest = longest(item for _, item in kept)
    noted = max((item.through for _, item in kept if item.through), default=None)
    silent = [each.jurisdiction for each in sets if not each.periods]
    return {
        "event_at": format_instant(at_ms),
        "day": day.isoformat(),
        "why_day": _NO_OFFSET if offset_minutes is None else "by the clock of the place",
        "jurisdictions": [each.jurisdiction for each in sets],
        "keep_through": None if latest is None else latest.isoformat(),
        "notes_through": noted.isoformat() if noted is not None and (latest is None or noted > latest) else None,
        "open": bool(silent) or undetermined(item for _, item in kept),
        "periods": [_row(jurisdiction, item) for jurisdiction, item in kept if item.period.confidence != "K"],
        "notes": [_row(jurisdiction, item) for jurisdiction, item in kept if item.period.confidence == "K"],
        "nothing_known": silent,
        "remarks": {each.jurisdiction: each.note for each in sets},
        "editions": {each.jurisdiction: each.edition for each in sets},
        "confidence": CONFIDENCE,
    }


def _row(jurisdiction: str, item: Kept) -> dict[str, Any]:
    period = item.period
    return {
        "jurisdiction": jurisdiction,
        **period._asdict(),
        "counted": COUNTED[period.counted_from],
        "keep_through": None if item.through is None else item.through.isoformat(),
        "if_from_transaction": None if item.if_from_transaction is None else item.if_from_transaction.isoformat(),
    }
