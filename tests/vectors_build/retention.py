"""Write specs/vectors/retention.json: counting of periods, and files that must be refused.

    PYTHONPATH=src python -m tests.vectors_build.retention

Every value is stated by hand from specs/formats/retention.md; none comes from the code under test.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors"
Case = dict[str, Any]
PERIOD: Case = {
    "id": "a", "obligation": "XX-01", "keep": "papers", "citation": "a law, s. 1", "years": 2,
    "counted_from": "transaction", "confidence": "V", "source": "read", "remarks": "",
}  # fmt: skip
FILE: Case = {
    "format": "lotchain-retention/1", "jurisdiction": "US", "edition": "2026-11-24", "note": "", "periods": [PERIOD],
}  # fmt: skip


def laid_out(value: Any) -> str:
    """The layout of the format."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def count(name: str, at: str, offset: int | None, years: int, frm: str, through: str | None, other: str | None) -> Case:
    """One transaction and one period."""
    return {
        "name": name, "valid": True, "event_at": at, "offset": offset, "years": years, "counted_from": frm,
        "through": through, "if_from_transaction": other,
    }  # fmt: skip


def bad(name: str, code: str, file: str) -> Case:
    """A file that must be refused."""
    return {"name": name, "valid": False, "code": code, "file": file}


def edited(**members: Any) -> str:
    """The good file with other members; None takes one away."""
    return laid_out({k: v for k, v in (FILE | members).items() if v is not None})


def period(**members: Any) -> str:
    """The good file, its period with other members; None takes one away."""
    return edited(periods=[{k: v for k, v in (PERIOD | members).items() if v is not None}])


def counted() -> list[Case]:
    """Both ways of counting, and their edges."""
    day, year, unsaid = "transaction", "end-of-calendar-year", "not-stated"
    return [
        count("an ordinary day", "2026-10-06T15:00:00Z", 120, 2, day, "2028-10-06", None),
        count("an ordinary day, from the year's end", "2026-10-06T15:00:00Z", 120, 3, year, "2029-12-31", None),
        count("the first moment of a year", "2026-01-01T00:00:00Z", 0, 3, year, "2029-12-31", None),
        count("the last moment of a year", "2026-12-31T23:59:59.999Z", 0, 3, year, "2029-12-31", None),
        count("next year already at the place", "2026-12-31T23:00:00Z", 60, 3, year, "2030-12-31", None),
        count("last year still at the place", "2027-01-01T04:59:59Z", -300, 3, year, "2029-12-31", None),
        count("no offset: next year somewhere", "2026-12-31T10:00:00Z", None, 3, year, "2030-12-31", None),
        count("no offset: this year everywhere", "2026-12-31T09:59:59.999Z", None, 3, year, "2029-12-31", None),
        count("no offset, from the transaction", "2026-10-06T10:00:00Z", None, 2, day, "2028-10-07", None),
        count("leap day to a common year", "2024-02-29T12:00:00Z", 0, 2, day, "2026-03-01", None),
        count("leap day to a leap year", "2024-02-29T12:00:00Z", 0, 4, day, "2028-02-29", None),
        count("leap day to 2100, no leap year", "2096-02-29T12:00:00Z", 0, 4, day, "2100-03-01", None),
        count("the day before the leap day", "2024-02-28T12:00:00Z", 0, 2, day, "2026-02-28", None),
        count("28 February to a leap year", "2026-02-28T12:00:00Z", 0, 2, day, "2028-02-28", None),
        count("leap day, from the year's end", "2024-02-29T12:00:00Z", 0, 2, year, "2026-12-31", None),
        count("not stated", "2026-10-06T15:00:00Z", 0, 2, unsaid, "2028-12-31", "2028-10-06"),
        count("not stated, on 31 December", "2026-12-31T15:00:00Z", 0, 2, unsaid, "2028-12-31", "2028-12-31"),
        count("years not known", "2026-10-06T15:00:00Z", 0, 0, unsaid, None, None),
        {**count("past 9999", "9998-06-01T00:00:00Z", 0, 2, day, None, None), "valid": False, "code": "retention-range"},
        {**count("past 9999, year", "9998-06-01T00:00:00Z", 0, 2, year, None, None), "valid": False,
         "code": "retention-range"},
        {**count("day past 9999", "9999-12-31T23:00:00Z", None, 0, day, None, None), "valid": False,
         "code": "retention-range"},
    ]  # fmt: skip


def files() -> list[Case]:
    """Files, one good."""
    good = laid_out(FILE)
    return [
        {"name": "a good file", "valid": True, "file": good},
        bad("not JSON", "json-malformed", good + "}"),
        bad("a number for a file", "format-unknown", "1\n"),
        bad("another format", "format-unknown", edited(format="lotchain-retention/2")),
        bad("no jurisdiction", "member-missing", edited(jurisdiction=None)),
        bad("a member too many", "member-unknown", edited(extra="x")),
        bad("periods no array", "member-type", edited(periods={})),
        bad("an unknown jurisdiction", "jurisdiction-unknown", edited(jurisdiction="XX")),
        bad("a jurisdiction in lower case", "jurisdiction-unknown", edited(jurisdiction="us")),
        bad("no such day", "date-format", edited(edition="2026-02-30")),
        bad("a day of another shape", "date-format", edited(edition="20261124")),
        bad("an id twice", "period-twice", edited(periods=[PERIOD, PERIOD])),
        bad("years below zero", "period-years", period(years=-1)),
        bad("too many years", "period-years", period(years=101)),
        bad("years as text", "member-type", period(years="2")),
        bad("years as a fraction", "member-type", period(years=2.5)),
        bad("years as a truth", "member-type", period(years=True)),
        bad("counted from elsewhere", "word-unknown", period(counted_from="end-of-month")),
        bad("another confidence", "word-unknown", period(confidence="X")),
        bad("no source", "period-without-source", period(source="")),
        bad("no citation", "period-without-source", period(citation="")),
        bad("nothing to keep", "member-missing", period(keep="")),
        bad("a member missing in a period", "member-missing", period(remarks=None)),
        bad("a member twice", "layout", good.replace('"note": "",', '"note": "",\n  "note": "",')),
        bad("another layout", "layout", json.dumps(FILE, sort_keys=True) + "\n"),
        bad("no newline at the end", "layout", good[:-1]),
    ]


def build() -> Case:
    """The whole vector file."""
    cases = [{**case, "comment": case.get("comment", case["name"])} for case in (*counted(), *files())]
    return {"format": "lotchain-retention/1", "version": 1, "source": "stated by hand", "cases": cases}


if __name__ == "__main__":
    text = json.dumps(build(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (VECTORS / "retention.json").write_text(text, encoding="utf-8")
