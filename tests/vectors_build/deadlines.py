"""Write specs/vectors/deadlines.json: last and first moments, and files that must be refused.

    PYTHONPATH=src python -m tests.vectors_build.deadlines

Every value is stated by hand from specs/formats/deadlines.md; none comes from the code under test.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors"
Case = dict[str, Any]
DEADLINE: Case = {
    "id": "a", "obligation": "XX-01", "title": "A loss is reported", "starts": ["loss:stolen", "loss:leaked"],
    "doubtful": ["loss:leaked"], "ends": ["filing:loss-report"], "classes": ["List I"], "movement": "", "sense": "by",
    "unit": "days", "length": 15, "owes": "custodian", "authority": "somebody", "remedy": "report it",
    "in_force_from": "", "in_force_until": "", "citation": "a law, s. 1", "confidence": "V", "source": "read",
    "remarks": "",
}  # fmt: skip
OWN: Case = DEADLINE | {
    "obligation": "", "starts": ["offer"], "doubtful": [], "ends": ["reply"], "classes": [], "unit": "stated",
    "length": 0, "confidence": "L",
}  # fmt: skip
OPEN: Case = DEADLINE | {"sense": "open", "unit": "none", "length": 0}
FILE: Case = {
    "format": "lotchain-deadlines/1", "jurisdiction": "US", "edition": "2026-11-24", "note": "",
    "deadlines": [DEADLINE], "not_watched": [{"obligation": "XX-02", "what": "a yearly return", "why": "of no lot"}],
}  # fmt: skip
GONE = object()


def laid_out(value: Any) -> str:
    """The layout of the format."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def edited(**members: Any) -> str:
    """The good file with other members; `GONE` takes one away."""
    return laid_out({k: v for k, v in (FILE | members).items() if v is not GONE})


def one(base: Case = DEADLINE, **members: Any) -> str:
    """The good file, its deadline with other members; `GONE` takes one away."""
    jurisdiction = "LEDGER" if base is OWN else "US"
    deadline = {k: v for k, v in (base | members).items() if v is not GONE}
    return edited(jurisdiction=jurisdiction, deadlines=[deadline])


def good(name: str, file: str) -> Case:
    """A file that is read."""
    return {"name": name, "valid": True, "file": file}


def bad(name: str, code: str, file: str) -> Case:
    """A file that must be refused."""
    return {"name": name, "valid": False, "code": code, "file": file}


def last(
    name: str, frm: str, to: str, offset: int | None, unit: str, length: int, first: str, second: str | None
) -> Case:
    """Between which two moments the last one lies; `second` null: nobody can tell."""
    return {
        "name": name, "valid": True, "sense": "by", "from": frm, "to": to, "offset": offset, "unit": unit,
        "length": length, "earliest": first, "latest": second,
    }  # fmt: skip


def earliest(name: str, frm: str, to: str, offset: int | None, length: int, first: str, second: str) -> Case:
    """Between which two moments the first permitted one lies."""
    return {**last(name, frm, to, offset, "days", length, first, second), "sense": "not-before"}


def moments() -> list[Case]:
    """Spans over the ends of days, months, years and weeks."""
    noon, west = "2026-10-06T19:00:00Z", -480
    friday = "2026-10-09T11:00:00Z"
    return [
        last("hours", noon, noon, west, "hours", 24, "2026-10-07T19:00:00Z", "2026-10-07T19:00:00Z"),
        last("hours over a month's end", "2026-10-31T19:00:00Z", "2026-10-31T19:00:00Z", west, "hours", 72,
             "2026-11-03T19:00:00Z", "2026-11-03T19:00:00Z"),
        last("hours from an interval", noon, "2026-10-09T19:00:00Z", None, "hours", 24, "2026-10-07T19:00:00Z",
             "2026-10-10T19:00:00Z"),
        last("days, west", noon, noon, west, "days", 15, "2026-10-22T07:59:59.999Z", "2026-10-22T07:59:59.999Z"),
        last("days, in UTC", noon, noon, 0, "days", 15, "2026-10-21T23:59:59.999Z", "2026-10-21T23:59:59.999Z"),
        last("days, east: tomorrow already", noon, noon, 600, "days", 15, "2026-10-22T13:59:59.999Z",
             "2026-10-22T13:59:59.999Z"),
        last("days, offset not known", noon, noon, None, "days", 15, "2026-10-21T19:00:00Z",
             "2026-10-22T18:59:59.999Z"),
        last("days from an interval", noon, "2026-10-09T19:00:00Z", west, "days", 15, "2026-10-22T07:59:59.999Z",
             "2026-10-25T07:59:59.999Z"),
        last("the last moment of a day", "2026-10-07T07:59:59.999Z", "2026-10-07T07:59:59.999Z", west, "days", 15,
             "2026-10-22T07:59:59.999Z", "2026-10-22T07:59:59.999Z"),
        last("the first moment of a day", "2026-10-07T08:00:00Z", "2026-10-07T08:00:00Z", west, "days", 15,
             "2026-10-23T07:59:59.999Z", "2026-10-23T07:59:59.999Z"),
        last("days over a leap day", "2028-02-20T12:00:00Z", "2028-02-20T12:00:00Z", 0, "days", 15,
             "2028-03-06T23:59:59.999Z", "2028-03-06T23:59:59.999Z"),
        last("days over no leap day", "2027-02-20T12:00:00Z", "2027-02-20T12:00:00Z", 0, "days", 15,
             "2027-03-07T23:59:59.999Z", "2027-03-07T23:59:59.999Z"),
        last("days over a year's end", "2026-12-20T12:00:00Z", "2026-12-20T12:00:00Z", 0, "days", 30,
             "2027-01-19T23:59:59.999Z", "2027-01-19T23:59:59.999Z"),
        last("working days from a Friday", friday, friday, 60, "working-days", 15, "2026-10-30T22:59:59.999Z", None),
        last("one working day from a Friday", friday, friday, 60, "working-days", 1, "2026-10-12T22:59:59.999Z", None),
        last("one working day from a Sunday", "2026-10-11T11:00:00Z", "2026-10-11T11:00:00Z", 60, "working-days", 1,
             "2026-10-12T22:59:59.999Z", None),
        last("working days, offset not known", friday, friday, None, "working-days", 15, "2026-10-30T09:59:59.999Z",
             None),
        earliest("not before, west", noon, noon, west, 15, "2026-10-21T08:00:00Z", "2026-10-21T08:00:00Z"),
        earliest("not before, from an interval", noon, "2026-10-09T19:00:00Z", west, 15, "2026-10-21T08:00:00Z",
                 "2026-10-24T08:00:00Z"),
        earliest("not before, offset not known", noon, noon, None, 15, "2026-10-20T19:00:00.001Z",
                 "2026-10-21T19:00:00Z"),
    ]  # fmt: skip


def files() -> list[Case]:
    """Files, few good."""
    sound = laid_out(FILE)
    return [
        good("a good file", sound),
        good("without a number", one(OPEN)),
        good("the ledger's own", one(OWN)),
        good("nothing watched", edited(deadlines=[], not_watched=[])),
        bad("not JSON", "json-malformed", sound + "}"),
        bad("a number for a file", "format-unknown", "1\n"),
        bad("another format", "format-unknown", edited(format="lotchain-deadlines/2")),
        bad("no jurisdiction", "member-missing", edited(jurisdiction=GONE)),
        bad("a member too many", "member-unknown", edited(extra="x")),
        bad("deadlines no array", "member-type", edited(deadlines={})),
        bad("an unknown jurisdiction", "word-unknown", edited(jurisdiction="XX")),
        bad("no such day", "date-format", edited(edition="2026-02-30")),
        bad("too many", "too-many", edited(deadlines=[1] * 301)),
        bad("too many not watched", "too-many", edited(not_watched=[1] * 301)),
        bad("an id twice", "deadline-twice", edited(deadlines=[DEADLINE, DEADLINE])),
        bad("a deadline that is a text", "member-type", edited(deadlines=["a"])),
        bad("not watched without a reason", "member-missing",
            edited(not_watched=[{"obligation": "", "what": "x", "why": ""}])),
        bad("a member missing", "member-missing", one(remarks=GONE)),
        bad("no title", "member-missing", one(title="")),
        bad("nothing to do", "member-missing", one(remedy="")),
        bad("to nobody", "member-missing", one(authority="")),
        bad("no beginning", "member-missing", one(starts=[], doubtful=[])),
        bad("no end", "member-missing", one(ends=[])),
        bad("no source", "deadline-without-source", one(source="")),
        bad("no citation", "deadline-without-source", one(citation="")),
        bad("a law without an obligation", "deadline-without-source", one(obligation="")),
        bad("the ledger's own with one", "deadline-without-source", one(OWN, obligation="XX-01")),
        bad("an unknown beginning", "word-unknown", one(starts=["rumour"], doubtful=[])),
        bad("an unknown end", "word-unknown", one(ends=["silence"])),
        bad("a law's beginning in the ledger's own", "word-unknown", one(OWN, starts=["loss:stolen"])),
        bad("the ledger's own beginning in a law", "word-unknown", one(starts=["offer"], doubtful=[])),
        bad("a beginning twice", "item-twice", one(starts=["loss:leaked", "loss:leaked"])),
        bad("doubtful, and no beginning", "deadline-contradicts", one(doubtful=["loss:spoiled"])),
        bad("classes of no list", "deadline-contradicts", one(OWN, classes=["List I"])),
        bad("another movement", "word-unknown", one(movement="transit")),
        bad("another sense", "word-unknown", one(sense="about")),
        bad("another unit", "word-unknown", one(unit="weeks")),
        bad("owed by nobody known", "word-unknown", one(owes="everybody")),
        bad("another confidence", "word-unknown", one(confidence="X")),
        bad("a law that is none", "word-unknown", one(confidence="L")),
        bad("the ledger's own as law", "word-unknown", one(OWN, confidence="V")),
        bad("no number and a last moment", "deadline-contradicts", one(unit="none", length=0)),
        bad("open, and a number", "deadline-contradicts", one(sense="open")),
        bad("a law's stated moment", "deadline-contradicts", one(unit="stated", length=0)),
        bad("a stated first moment", "deadline-contradicts", one(OWN, sense="not-before")),
        bad("no length", "deadline-length", one(length=0)),
        bad("a length below zero", "deadline-length", one(length=-1)),
        bad("too long", "deadline-length", one(length=10_001)),
        bad("a length of a stated moment", "deadline-length", one(OWN, length=1)),
        bad("a length of no number", "deadline-length", one(OPEN, length=1)),
        bad("a length as text", "member-type", one(length="15")),
        bad("a length as a truth", "member-type", one(length=True)),
        bad("no span", "span-format", one(in_force_from="soon")),
        bad("no last day", "date-format", one(in_force_until="2026-05")),
        bad("over before it began", "deadline-dates", one(in_force_from="2026-05-04", in_force_until="2026-05-04")),
        bad("a member twice", "layout", sound.replace('"format": ', '"format": "",\n  "format": ')),
        bad("another layout", "layout", json.dumps(FILE, sort_keys=True) + "\n"),
        bad("no newline at the end", "layout", sound[:-1]),
    ]  # fmt: skip


def build() -> Case:
    """The whole vector file."""
    cases = [{**case, "comment": case.get("comment", case["name"])} for case in (*moments(), *files())]
    return {"format": "lotchain-deadlines/1", "version": 1, "source": "stated by hand", "cases": cases}


if __name__ == "__main__":
    text = json.dumps(build(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (VECTORS / "deadlines.json").write_text(text, encoding="utf-8")
