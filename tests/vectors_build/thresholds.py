"""Write specs/vectors/thresholds.json: amounts held against a threshold, and files that must be refused.

    PYTHONPATH=src python -m tests.vectors_build.thresholds

Every value is stated by hand from specs/formats/thresholds.md; none comes from the code under test.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors"
Case = dict[str, Any]
THRESHOLD: Case = {
    "id": "a", "obligation": "XX-01", "cas": "108-24-7", "name": "Acetic anhydride", "duty": "registration",
    "movements": ["domestic"], "per": "calendar-year", "summed": "buyer", "begins": "amount",
    "quantity": {"value": "100", "unit": "LTR"}, "reached": "above", "counted_as": "not-stated", "in_force_from": "",
    "in_force_until": "", "citation": "a law, s. 1", "confidence": "V", "source": "read", "remarks": "",
}  # fmt: skip
EVERY: Case = THRESHOLD | {"begins": "every-deal", "quantity": None, "reached": "at"}
FILE: Case = {
    "format": "lotchain-thresholds/1", "jurisdiction": "US", "edition": "2026-11-24", "note": "",
    "thresholds": [THRESHOLD],
}  # fmt: skip
_GONE = object()


def laid_out(value: Any) -> str:
    """The layout of the format."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def edited(**members: Any) -> str:
    """The good file with other members; `_GONE` takes one away."""
    return laid_out({k: v for k, v in (FILE | members).items() if v is not _GONE})


def one(**members: Any) -> str:
    """The good file, its threshold with other members; `_GONE` takes one away."""
    return edited(thresholds=[{k: v for k, v in (THRESHOLD | members).items() if v is not _GONE}])


def good(name: str, file: str) -> Case:
    """A file that is read."""
    return {"name": name, "valid": True, "file": file}


def bad(name: str, code: str, file: str) -> Case:
    """A file that must be refused."""
    return {"name": name, "valid": False, "code": code, "file": file}


def met(name: str, amount: int, expected: bool | None, **members: Any) -> Case:
    """An amount in micrograms or nanolitres, held against a threshold."""
    return {"name": name, "valid": True, "file": one(**members), "amount": amount, "met": expected}


def dated(name: str, on: str, expected: bool | None, start: str, until: str = "") -> Case:
    """Whether a threshold was in force on a day."""
    return {
        "name": name, "valid": True, "file": one(in_force_from=start, in_force_until=until), "on": on,
        "in_force": expected,
    }  # fmt: skip


def asked() -> list[Case]:
    """Amounts and days on both sides of their edges."""
    litres = 100 * 10**9
    return [
        met("below", litres - 1, False),
        met("the very amount, above is asked", litres, False),
        met("a nanolitre above", litres + 1, True),
        met("a nanolitre below, at is asked", litres - 1, False, reached="at"),
        met("the very amount, at is asked", litres, True, reached="at"),
        met("the very amount, not stated", litres, None, reached="not-stated"),
        met("above, not stated", litres + 1, True, reached="not-stated"),
        met("no threshold, a microgram", 1, True, begins="every-deal", quantity=None, reached="at"),
        met("no threshold, no deal", 0, False, begins="every-deal", quantity=None, reached="at"),
        dated("no beginning stated", "1970-01-01", True, ""),
        dated("the day before", "2026-05-03", False, "2026-05-04"),
        dated("the first day", "2026-05-04", True, "2026-05-04"),
        dated("in the span of its beginning", "2026-06-01", None, "2026-03-10/2026-12-31"),
        dated("after that span", "2026-12-31", True, "2026-03-10/2026-12-31"),
        dated("its last day", "2027-04-30", True, "2026-05-04", "2027-05-01"),
        dated("the day of its end", "2027-05-01", False, "2026-05-04", "2027-05-01"),
    ]


def files() -> list[Case]:
    """Files, few good."""
    then, after = THRESHOLD | {"in_force_until": "2026-05-04"}, THRESHOLD | {"id": "b", "in_force_from": "2026-05-04"}
    sound = laid_out(FILE)
    return [
        good("a good file", sound),
        good("no threshold", edited(thresholds=[EVERY])),
        good("one after the other", edited(thresholds=[then, after])),
        good("nothing known", edited(thresholds=[])),
        bad("not JSON", "json-malformed", sound + "}"),
        bad("a number for a file", "format-unknown", "1\n"),
        bad("another format", "format-unknown", edited(format="lotchain-thresholds/2")),
        bad("no jurisdiction", "member-missing", edited(jurisdiction=_GONE)),
        bad("a member too many", "member-unknown", edited(extra="x")),
        bad("thresholds no array", "member-type", edited(thresholds={})),
        bad("an unknown jurisdiction", "word-unknown", edited(jurisdiction="XX")),
        bad("no such day", "date-format", edited(edition="2026-02-30")),
        bad("too many", "too-many", edited(thresholds=[1] * 501)),
        bad("an id twice", "threshold-twice", edited(thresholds=[THRESHOLD, THRESHOLD | {"cas": "67-64-1"}])),
        bad("two answers", "threshold-contradicts", edited(thresholds=[THRESHOLD, THRESHOLD | {"id": "b"}])),
        bad("an amount and none", "threshold-contradicts", edited(thresholds=[THRESHOLD, EVERY | {"id": "b"}])),
        bad("two answers for a day", "threshold-contradicts",
            edited(thresholds=[then | {"in_force_until": "2026-05-05"}, after])),
        bad("two answers for a month", "threshold-contradicts",
            edited(thresholds=[then, after | {"in_force_from": "2026-04/2026-06"}])),
        bad("a threshold that is a text", "member-type", edited(thresholds=["a"])),
        bad("a member missing", "member-missing", one(remarks=_GONE)),
        bad("no name", "member-missing", one(name="")),
        bad("no source", "threshold-without-source", one(source="")),
        bad("no citation", "threshold-without-source", one(citation="")),
        bad("an unknown duty", "word-unknown", one(duty="tax")),
        bad("another time", "word-unknown", one(per="week")),
        bad("summed otherwise", "word-unknown", one(summed="seller")),
        bad("begins otherwise", "word-unknown", one(begins="none")),
        bad("reached otherwise", "word-unknown", one(reached="below")),
        bad("counted otherwise", "word-unknown", one(counted_as="salt")),
        bad("another confidence", "word-unknown", one(confidence="X")),
        bad("an unknown movement", "word-unknown", one(movements=["transit"])),
        bad("no movement", "word-unknown", one(movements=[])),
        bad("movements not sorted", "word-unknown", one(movements=["export", "domestic"])),
        bad("a movement twice", "item-twice", one(movements=["export", "export"])),
        bad("a movement that is a number", "member-type", one(movements=[1])),
        bad("a wrong check digit", "cas-check-digit", one(cas="108-24-8")),
        bad("no CAS number", "cas-format", one(cas="acetic")),
        bad("a CAS number in other digits", "cas-format", one(cas="١08-24-7")),
        bad("a long CAS number", "text-length", one(cas="1" * 13)),
        bad("no amount where one begins it", "threshold-contradicts", one(quantity=None)),
        bad("an amount with every deal", "threshold-contradicts", one(begins="every-deal", reached="at")),
        bad("above no threshold", "threshold-contradicts", one(begins="every-deal", quantity=None)),
        bad("a deal summed with others", "threshold-contradicts", one(per="deal")),
        bad("a month summed with none", "threshold-contradicts", one(summed="one-deal")),
        bad("an amount of zero", "quantity-range", one(quantity={"value": "0", "unit": "KGM"})),
        bad("an amount with an exponent", "quantity-format", one(quantity={"value": "1e3", "unit": "KGM"})),
        bad("an unknown unit", "unit-unknown", one(quantity={"value": "1", "unit": "GLL"})),
        bad("an amount as a number", "member-type", one(quantity={"value": 1, "unit": "KGM"})),
        bad("an amount without a unit", "member-missing", one(quantity={"value": "1"})),
        bad("an amount as a text", "member-type", one(quantity="1 KGM")),
        bad("no span", "span-format", one(in_force_from="soon")),
        bad("no last day", "date-format", one(in_force_until="2026-05")),
        bad("over before it began", "threshold-dates", one(in_force_from="2026-05-04", in_force_until="2026-05-04")),
        bad("a member twice", "layout", sound.replace('"note": "",', '"note": "",\n  "note": "",')),
        bad("another layout", "layout", json.dumps(FILE, sort_keys=True) + "\n"),
        bad("no newline at the end", "layout", sound[:-1]),
    ]  # fmt: skip


def build() -> Case:
    """The whole vector file."""
    cases = [{**case, "comment": case.get("comment", case["name"])} for case in (*asked(), *files())]
    return {"format": "lotchain-thresholds/1", "version": 1, "source": "stated by hand", "cases": cases}


if __name__ == "__main__":
    text = json.dumps(build(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (VECTORS / "thresholds.json").write_text(text, encoding="utf-8")
