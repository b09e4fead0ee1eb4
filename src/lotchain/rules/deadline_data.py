"""Deadlines as dated data: what starts a clock, what ends it, how long it runs, who owes what, and where that stands.

Of what the ledger itself sets (an offer's own deadline, a permit's end) nothing is law, and the data says so. A
deadline that nobody has verified (K) is a note. Pure. Format of the data: `specs/formats/deadlines.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

import orjson

from lotchain.errors import Malformed
from lotchain.rules.spans import Span, in_force, parse_span
from lotchain.rules.substance_files import choice, each, lay_out, members, words

FORMAT: Final = "lotchain-deadlines/1"
OWN: Final = "LEDGER"
"""The jurisdiction of what the ledger, or a statement on it, sets by itself."""
JURISDICTIONS: Final = (OWN, "UN", "US", "EU", "MX", "CA", "CN", "IN")
MAX_BYTES: Final = 200_000
MAX_DEADLINES: Final = 300
MAX_LENGTH: Final = 10_000

LAW_STARTS: Final = (
    "acceptance", "alert", "consumption", "customs:export", "customs:import", "customs:suspensive", "destruction",
    "difference:missing", "filing:declaration", "filing:declaration-amendment", "filing:transit-notice", "loss",
    "loss:destroyed", "loss:leaked", "loss:spoiled", "loss:stolen", "loss:unknown", "notification", "registration",
    "supply", "transformation",
)  # fmt: skip
OWN_STARTS: Final = (
    "alert", "answer", "conflict", "difference", "hold", "licence", "notification", "offer", "permit", "proposal",
)  # fmt: skip
"""What starts a clock, of the law and of the ledger itself."""

LAW_ENDS: Final = (
    "customs:export", "customs:free-zone-exit", "customs:import", "customs:transit-entry", "drawing:export",
    "filing:activity-registration", "filing:loss-report", "filing:outcome-report", "filing:police-report",
    "filing:return-declaration", "filing:sale-report", "filing:suspicion-report", "reply",
)  # fmt: skip
OWN_ENDS: Final = ("answer", "change", "closing", "release", "reply", "resolution", "second-signature", "withdrawal")
"""What ends it."""

BY, NOT_BEFORE, OPEN = "by", "not-before", "open"
SENSES: Final = (BY, NOT_BEFORE, OPEN)
"""At the latest; at the earliest; at once or some time, without a number."""
HOURS, DAYS, WORKING_DAYS, STATED, NO_UNIT = "hours", "days", "working-days", "stated", "none"
UNITS: Final = (HOURS, DAYS, WORKING_DAYS, STATED, NO_UNIT)
MOVEMENTS: Final = ("", "export", "import")
OWES: Final = (
    "authority", "custodian", "exporter", "giver", "holder", "importer", "importing-authority", "issuer", "receiver",
    "supplier",
)  # fmt: skip
LAW_CONFIDENCE: Final = ("V", "P", "K")
OWN_CONFIDENCE: Final = ("L",)
CONFIDENCE: Final = {
    "V": "read in its source",
    "P": "read in part",
    "K": "known only from memory: a note, not to be taken as law",
    "L": "set by the ledger or by a statement on it: no law",
}

_FILE: Final = {
    "format": str, "jurisdiction": str, "edition": str, "note": str, "deadlines": list, "not_watched": list,
}  # fmt: skip
_NOT_WATCHED: Final = {"obligation": str, "what": str, "why": str}
_DEADLINE: Final = {
    "id": str, "obligation": str, "title": str, "starts": list, "doubtful": list, "ends": list, "classes": list,
    "movement": str, "sense": str, "unit": str, "length": int, "owes": str, "authority": str, "remedy": str,
    "in_force_from": str, "in_force_until": str, "citation": str, "confidence": str, "source": str, "remarks": str,
}  # fmt: skip


class Deadline(NamedTuple):
    """One clock as the law, or the ledger, sets it.

    Attributes:
        id: short name, unique in its jurisdiction.
        jurisdiction: whose it is; `LEDGER`: no law.
        obligation: the row of the obligations list; empty where no law is.
        title: the duty in a sentence.
        starts: what starts it, any of these.
        doubtful: of `starts`, those of which the ledger cannot tell whether the duty is there at all.
        ends: what ends it, any of these.
        classes: of the jurisdiction's list, as it writes them; empty: any substance that it lists, or any at all where
            no law is.
        movement: `export`, `import`: only where the route begins, or ends, in the jurisdiction; empty: always.
        sense: `by`, `not-before`, `open`.
        unit: `hours`, `days`, `working-days`; `stated`: the statement states the moment; `none`: no number.
        length: so many units; 0 with `stated` and `none`.
        owes: who, of `OWES`.
        authority: to whom, in words.
        remedy: what to do.
        start: since when it is law, None where not stated: then it is asked on every day.
        until: from which day on no longer; None: further notice.
        citation: where it stands.
        confidence: V, P, K; L where no law is.
        source: what was read.
        remarks: what else a reader must know.

    """

    id: str
    jurisdiction: str
    obligation: str
    title: str
    starts: tuple[str, ...]
    doubtful: tuple[str, ...]
    ends: tuple[str, ...]
    classes: tuple[str, ...]
    movement: str
    sense: str
    unit: str
    length: int
    owes: str
    authority: str
    remedy: str
    start: Span | None
    until: date | None
    citation: str
    confidence: str
    source: str
    remarks: str

    @property
    def law(self) -> bool:
        """Whether some law sets it, verified or not."""
        return self.jurisdiction != OWN

    def in_force(self, on: date) -> bool | None:
        """Whether it was in force on a day; None where its beginning is not known well enough."""
        return in_force(self.start, self.until, on)


class NotWatched(NamedTuple):
    """A deadline that is known of and not watched, and why."""

    obligation: str
    what: str
    why: str


class DeadlineSet(NamedTuple):
    """One jurisdiction's deadlines, with the day of their status and what is not watched."""

    jurisdiction: str
    edition: str
    note: str
    deadlines: tuple[Deadline, ...]
    not_watched: tuple[NotWatched, ...]


def read_deadlines(data: bytes, name: str) -> DeadlineSet:
    """Read one jurisdiction's file strictly.

    Args:
        data: the file's bytes.
        name: the file, for messages.

    Raises:
        Malformed: `too-large`, `too-many`, `json-malformed`, `format-unknown`, `layout`, `date-format`, `span-format`,
            `deadline-twice`, `deadline-contradicts`, `deadline-length`, `deadline-dates`, `deadline-without-source`,
            and those of `members`, `words` and `choice`.

    """
    if len(data) > MAX_BYTES:
        raise Malformed("too-large", "the file is too large", expected=f"at most {MAX_BYTES} bytes", field=name)
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise Malformed("json-malformed", "the file is not JSON in UTF-8", field=name) from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise Malformed("format-unknown", "the file is not of this format", expected=FORMAT, field=name)
    given = members(value, _FILE, name)
    jurisdiction = choice(given["jurisdiction"], JURISDICTIONS, f"{name}.jurisdiction")
    _day(given["edition"], f"{name}.edition")
    for part in ("deadlines", "not_watched"):
        if len(given[part]) > MAX_DEADLINES:
            raise Malformed("too-many", "too many entries", expected=f"at most {MAX_DEADLINES}", field=name)
    read = each(given["deadlines"], f"{name}.deadlines", lambda item, where: _deadline(item, where, jurisdiction))
    ids = [deadline.id for deadline in read]
    if len(set(ids)) != len(ids):
        raise Malformed("deadline-twice", "an id stands twice", field=f"{name}.deadlines")
    not_watched = each(given["not_watched"], f"{name}.not_watched", _not_watched)
    if lay_out(value) != data:
        raise Malformed(
            "layout", "the file is not laid out as it must be", field=name,
            expected="sorted keys, each once, two spaces a level, a newline at the end",
        )  # fmt: skip
    return DeadlineSet(jurisdiction, given["edition"], given["note"], read, not_watched)


def _not_watched(value: Any, where: str) -> NotWatched:
    given = members(value, _NOT_WATCHED, where)
    for name in ("what", "why"):
        if not given[name]:
            raise Malformed("member-missing", "a member says nothing", expected=name, field=where)
    return NotWatched(**given)


def _deadline(value: Any, where: str, jurisdiction: str) -> Deadline:
    given: Mapping[str, Any] = members(value, _DEADLINE, where)
    law = jurisdiction != OWN
    for name in ("id", "title", "authority", "remedy"):
        if not given[name]:
            raise Malformed("member-missing", "a member says nothing", expected=name, field=where)
    if not given["source"] or not given["citation"] or law == (not given["obligation"]):
        raise Malformed(
            "deadline-without-source",
            "a deadline says where it stands and what was read, and of a law, which obligation it is",
            field=where,
        )
    for name, allowed in (
        ("movement", MOVEMENTS), ("sense", SENSES), ("unit", UNITS), ("owes", OWES),
        ("confidence", LAW_CONFIDENCE if law else OWN_CONFIDENCE),
    ):  # fmt: skip
        choice(given[name], allowed, f"{where}.{name}")
    starts = _some(given, "starts", LAW_STARTS if law else OWN_STARTS, where)
    ends = _some(given, "ends", LAW_ENDS if law else OWN_ENDS, where)
    doubtful = words(given["doubtful"], f"{where}.doubtful")
    if not set(doubtful) <= set(starts):
        raise _contradiction("what is doubtful is one of what starts it", where)
    classes = words(given["classes"], f"{where}.classes")
    if classes and not law:
        raise _contradiction("classes stand in a law's list", where)
    _check_length(given, where, law=law)
    start = parse_span(given["in_force_from"], f"{where}.in_force_from") if given["in_force_from"] else None
    until = _day(given["in_force_until"], f"{where}.in_force_until") if given["in_force_until"] else None
    if start is not None and until is not None and until <= start.latest:
        raise Malformed("deadline-dates", "it ends before it has begun for sure", field=f"{where}.in_force_until")
    stated = {name: given[name] for name in _DEADLINE if name not in ("in_force_from", "in_force_until")}
    stated |= {"starts": starts, "doubtful": doubtful, "ends": ends, "classes": classes, "start": start, "until": until}
    return Deadline(jurisdiction=jurisdiction, **stated)


def _some(given: Mapping[str, Any], name: str, allowed: tuple[str, ...], where: str) -> tuple[str, ...]:
    found = words(given[name], f"{where}.{name}")
    if not found:
        raise Malformed("member-missing", "a clock has a beginning and an end", expected=name, field=where)
    for word in found:
        choice(word, allowed, f"{where}.{name}")
    return found


def _check_length(given: Mapping[str, Any], where: str, *, law: bool) -> None:
    """A number where the unit counts, none where it does not; only the ledger's own moments are stated ones."""
    unit, sense, length = given["unit"], given["sense"], given["length"]
    if (unit == NO_UNIT) != (sense == OPEN):
        raise _contradiction("no number exactly where nothing is said but at once, or until it is done", where)
    if unit == STATED and (law or sense != BY):
        raise _contradiction("a stated moment is a last one, and the ledger's own", where)
    counts = unit in (HOURS, DAYS, WORKING_DAYS)
    if not (1 <= length <= MAX_LENGTH if counts else length == 0):
        raise Malformed(
            "deadline-length", "this is no length in that unit", found=length, field=f"{where}.length",
            expected=f"1 to {MAX_LENGTH}; 0 where nothing is counted",
        )  # fmt: skip


def _contradiction(what: str, where: str) -> Malformed:
    return Malformed("deadline-contradicts", "a deadline contradicts itself", expected=what, field=where)


def _day(text: str, field: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise Malformed("date-format", "this is not a day", expected="YYYY-MM-DD", found=text, field=field)
    return day
