"""What is due on a ledger: the whole log followed up to a moment, with the shipped deadlines and thresholds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lotchain.app.deadlines import deadline_sets
from lotchain.app.oversight import Progress, observe
from lotchain.app.substances import load_substances
from lotchain.app.thresholds import threshold_sets
from lotchain.core.instants import format_instant, format_local
from lotchain.core.quantities import format_amount
from lotchain.oversight.clocks_time import Window
from lotchain.oversight.due import Due, DueReport, Item
from lotchain.oversight.observed import Observed
from lotchain.oversight.sums import Sum
from lotchain.rules.deadline_data import CONFIDENCE, DAYS, HOURS, WORKING_DAYS, Deadline
from lotchain.rules.facts import Interval

CAVEAT = (
    "V: read in its source. P: read in part. K: from memory, a note, never law. L: set by the ledger or a statement on "
    "it, no law. A filing is what its signer claims, until its authority signs. What is not listed may still be owed."
)


def due_report(
    path: Path | str, at: int | None, within: int, *, now: int, progress: Progress | None = None
) -> DueReport:
    """What is due on the ledger in a folder at a moment (ms); what was entered later is not looked at.

    Args:
        path: the ledger's folder.
        at: the moment; None: now, or when the newest statement was entered, whichever is later.
        within: how far ahead *due* looks, ms.
        now: by the machine's clock.
        progress: told now and then how far the log is read.

    Raises:
        Unsound: the log holds what it must not.
        StoreError: `ledger-missing`, those of the store.
        Malformed: those of the configuration and of the shipped data.

    """
    return due_of(observe(path, progress=progress), at, within, now=now)


def due_of(log: Iterable[Observed], at: int | None, within: int, *, now: int) -> DueReport:
    """The same of judged statements, from the log's beginning."""
    due = Due(deadline_sets(), threshold_sets(), load_substances())
    newest = 0
    for observed in log:
        if at is not None and observed.time > at:
            break
        due.take(observed)
        newest = observed.time
    return due.at(max(now, newest) if at is None else at, within)


def report_json(report: DueReport) -> dict[str, Any]:
    """A report for machines."""
    return {
        "at": format_instant(report.at),
        "within_seconds": report.within // 1000,
        "read_until": format_instant(report.read_until) if report.read_until else None,
        "late": report.late,
        "items": [_item(item) for item in report.items],
        "sums": [_sum(each) for each in report.sums],
        "met_in_time": report.met,
        "not_watched": [
            {"jurisdiction": each.jurisdiction, **entry._asdict()}
            for each in deadline_sets()
            for entry in each.not_watched
        ],
        "confidence": CONFIDENCE,
    }


def length_of(deadline: Deadline) -> str:
    """How long a deadline runs, in words."""
    words = {HOURS: "hours", DAYS: "calendar days", WORKING_DAYS: "working days"}
    if deadline.unit in words:
        before = "not before " if deadline.sense == "not-before" else "within "
        return f"{before}{deadline.length} {words[deadline.unit]}"
    return "by the stated moment" if deadline.unit == "stated" else "no number"


def moment_text(moment: int, offset: int | None) -> str:
    """An instant in UTC, and by the clock of its place where that is known."""
    return format_instant(moment) + ("" if offset is None else f", {format_local(moment, offset)}")


def window_text(window: Window | None, offset: int | None) -> str:
    """When something runs out, or may begin; an interval where nothing tells the moment."""
    if window is None:
        return ""
    if window.latest is None:
        return f"{moment_text(window.earliest, offset)}, or later"
    if window.latest == window.earliest:
        return moment_text(window.earliest, offset)
    return f"between {moment_text(window.earliest, offset)} and {moment_text(window.latest, offset)}"


def interval_text(interval: Interval) -> str:
    """When something happened, as far as it is proved."""
    if interval.lower == interval.upper:
        return moment_text(interval.lower, interval.offset_minutes)
    lower, upper = (moment_text(each, interval.offset_minutes) for each in (interval.lower, interval.upper))
    return f"between {lower} and {upper}"


def _item(item: Item) -> dict[str, Any]:
    deadline = item.deadline
    return {
        "status": item.status,
        "would_be": item.would_be or None,
        "deadline": deadline.id,
        "jurisdiction": deadline.jurisdiction,
        "title": deadline.title,
        "subjects": list(item.subjects),
        "started_by": item.statement,
        "since": _interval(item.since),
        "owes": item.owes,
        "authority": deadline.authority,
        "towards": item.towards or None,
        "length": length_of(deadline),
        "due": None if item.due is None else {
            "earliest": format_instant(item.due.earliest),
            "latest": None if item.due.latest is None else format_instant(item.due.latest),
            "local": None if item.offset is None else format_local(item.due.earliest, item.offset),
            "sense": deadline.sense,
        },
        "done": None if item.done is None else {
            **_interval(item.done), "by": item.done_by, "acknowledged": item.official,
        },
        "citation": deadline.citation,
        "basis": item.basis,
        "source": deadline.source,
        "do": deadline.remedy,
        "why": list(item.why),
        "remarks": [text for text in (deadline.remarks, item.told) if text],
    }  # fmt: skip


def _interval(interval: Interval) -> dict[str, Any]:
    return {"from": format_instant(interval.lower), "to": format_instant(interval.upper)}


def _sum(each: Sum) -> dict[str, Any]:
    threshold = each.threshold
    return {
        "status": each.status,
        "note": not each.binding,
        "jurisdiction": each.jurisdiction,
        "per": each.per,
        "period": each.period,
        "summed": each.summed,
        "suppliers": list(each.suppliers),
        "buyers": list(each.buyers),
        "substance": each.substance,
        "name": each.name,
        "least": format_amount(each.least, each.kind),
        "most": format_amount(each.most, each.kind),
        "counted_as": each.counted_as,
        "threshold": None if threshold is None else {
            "id": threshold.id,
            "amount": None if threshold.quantity is None
            else format_amount(threshold.quantity.amount, threshold.quantity.kind),
            "reached": threshold.reached,
            "duty": threshold.duty,
            "citation": threshold.citation,
            "basis": threshold.confidence,
            "source": threshold.source,
            "remarks": threshold.remarks,
        },
        "deals": list(each.deals),
        "why": list(each.why),
    }  # fmt: skip
