"""Write specs/vectors/substances.json: a small edition of the data, what it answers, and edits that must be refused.

    PYTHONPATH=src python -m tests.vectors_build.substances

Inputs and expected values are stated by hand from specs/formats/substances.md; the code under test only lays the files
out, which the first case checks byte for byte.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors"
HEAD = {"format": "lotchain-substances/1"}
BACKED = {"confidence": "P", "sources": ["table"], "remarks": ""}
Case = dict[str, Any]


def laid_out(value: Any) -> str:
    """The layout of the format, by another program than the one under test."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def listing(substance: str, kind: str, start: str, before: str, **more: Any) -> Case:
    """One listing, known from the table unless said otherwise."""
    return {
        "substance": substance, "class": kind, "decided_on": "", "in_force_from": start, "before": before,
        "salts": "included", "date_confidence": "P", **BACKED, **more,
    }  # fmt: skip


SALT = {
    "name": "hydrochloride", "names": ["pseudoephedrine hydrochloride", "pseudoephedrine HCl"], "cas": "345-78-8",
    "formula": "C10H16ClNO", "base_units": 1, **BACKED,
    "declared_factors": [{"jurisdiction": "US", "factor": "0.8192", "confidence": "P", "sources": ["table"]}],
}  # fmt: skip
GLYCIDATE = {
    "id": "pmk-glycidate", "name": "3,4-MDP-2-P methyl glycidate", "names": ["PMK glycidate"], "cas": "13605-48-6",
    "hs": "2932.99", "formula": "C12H12O5", "salts": [], **BACKED,
    "licit_trade": {"claim": "none-known", "said_on": "2024-12-03", **BACKED},
}  # fmt: skip
PSEUDOEPHEDRINE = {
    "id": "pseudoephedrine", "name": "Pseudoephedrine", "names": ["(+)-pseudoephedrine"], "cas": "90-82-4",
    "hs": "2939.42", "formula": "C10H15NO", "salts": [SALT], "licit_trade": None, **BACKED,
}  # fmt: skip
FILES: dict[str, Any] = {
    "elements.json": {
        **HEAD, "part": "elements", "source": "IUPAC 2021, abridged",
        "atomic_weights": {"C": "12.011", "Cl": "35.45", "H": "1.008", "N": "14.007", "O": "15.999"},
    },
    "sources.json": {
        **HEAD, "part": "sources",
        "sources": {
            "memory": {"title": "own knowledge", "basis": "K", "dated": ""},
            "table": {"title": "a table of 2016", "basis": "P", "dated": "2016"},
        },
    },
    "substances.json": {**HEAD, "part": "substances", "substances": [GLYCIDATE, PSEUDOEPHEDRINE]},
    "listings-eu.json": {
        **HEAD, "part": "listings", "list": "eu", "jurisdiction": "EU", "title": "European Union",
        "coverage": "partial", "coverage_confidence": "K", "known_until": "2026-11-24", "open_questions": [],
        "listings": [listing("pseudoephedrine", "Category 1", "../2005-08-18", "unknown", salts="unknown")],
    },
    "listings-un.json": {
        **HEAD, "part": "listings", "list": "un", "jurisdiction": "UN", "title": "1988 Convention",
        "coverage": "complete", "coverage_confidence": "P", "known_until": "2026-11-24", "open_questions": [],
        "listings": [
            listing("pmk-glycidate", "Table I", "2019-11", "not-listed"),
            listing("pseudoephedrine", "Table I", "1990-11-11", "not-listed", date_confidence="K",
                    sources=["table", "memory"]),
        ],
    },
}  # fmt: skip


def found(name: str, query: str, match: str, comment: str = "", **more: Any) -> Case:
    """A query that names a substance."""
    return {"name": name, "comment": comment, "valid": True, "query": query, "match": match, **more}


def stands(name: str, query: str, on: str, where: str, status: str, confidence: str, comment: str = "") -> Case:
    """A day and a list, and what the answer is."""
    expected = {"list": where, "status": status, "confidence": confidence}
    return {"name": name, "comment": comment, "valid": True, "query": query, "on": on, "standing": expected}


def not_found(name: str, query: str, candidates: list[str], comment: str) -> Case:
    """A query that names nothing: undetermined, maybe with candidates."""
    return {"name": name, "comment": comment, "valid": True, "query": query, "match": "", "candidates": candidates}


def bad_query(name: str, query: str, code: str, comment: str = "") -> Case:
    """A query that is refused."""
    return {"name": name, "comment": comment, "valid": False, "code": code, "query": query}


def bad(name: str, code: str, file: str, old: str, new: str, comment: str = "") -> Case:
    """An edition in which one text stands for another, and must be refused."""
    return {
        "name": name, "comment": comment, "valid": False, "code": code, "file": file, "replace": old, "by": new,
    }  # fmt: skip


SUBS, UN = "substances.json", "listings-un.json"
CASES = [
    found("by name", "PMK glycidate", "pmk-glycidate"),
    found("case, spaces and hyphens", "pmk-GLYCI date", "pmk-glycidate"),
    found("by CAS number", "13605-48-6", "pmk-glycidate"),
    found("a salt resolves to its base", "Pseudoephedrine HCl", "pseudoephedrine", salt="hydrochloride",
          factor_us="0.8192", factor_computed="0.819241"),
    found("a salt's CAS number", "345-78-8", "pseudoephedrine", salt="hydrochloride"),
    not_found("unknown name", "fluorine", [], "undetermined, and no candidate"),
    not_found("part of a name", "glycidate", ["pmk-glycidate"], "a candidate is not a match"),
    not_found("unknown CAS number", "67-64-1", [], "well formed, but not in this edition"),
    not_found("HS subheading", "2932.99", ["pmk-glycidate"], "an HS code never matches"),
    not_found("HS heading", "2939", ["pseudoephedrine"], ""),
    not_found("national code under a subheading", "29394200", ["pseudoephedrine"], "its first six digits are asked"),
    stands("before a listing", "PMK glycidate", "2019-10-31", "un", "not-listed", "P"),
    stands("in the month of which the day is not known", "PMK glycidate", "2019-11-15", "un", "undetermined", ""),
    stands("last day of that month", "PMK glycidate", "2019-11-30", "un", "listed", "P"),
    stands("remembered beginning, soon after", "pseudoephedrine", "1995-01-01", "un", "listed", "K"),
    stands("remembered beginning, after more than ten years", "pseudoephedrine", "2001-01-01", "un", "listed", "P"),
    stands("a partial list holds nothing of it", "PMK glycidate", "2020-01-01", "eu", "undetermined", ""),
    stands("only the end of a span is known", "pseudoephedrine", "2005-08-17", "eu", "undetermined", ""),
    stands("on that end", "pseudoephedrine", "2005-08-18", "eu", "listed", "P"),
    stands("whether salts are covered is not known", "345-78-8", "2020-01-01", "eu", "undetermined", ""),
    bad_query("wrong check digit", "13605-48-7", "cas-check-digit"),
    bad_query("swapped digits", "13650-48-6", "cas-check-digit"),
    bad_query("nothing asked", "  ", "query-length"),
    bad_query("far too much asked", "x" * 201, "query-length"),
    bad("check digit in the data", "cas-check-digit", SUBS, "90-82-4", "90-82-5"),
    bad("CAS number with a leading zero", "cas-format", SUBS, '"90-82-4"', '"090-82-4"'),
    bad("CAS number twice", "cas-twice", SUBS, '"90-82-4"', '"345-78-8"'),
    bad("name twice, but for a hyphen", "name-twice", SUBS, '"(+)-pseudoephedrine"', '"PMK-glycidate"'),
    bad("a name that reads as a CAS number", "name-format", SUBS, '"(+)-pseudoephedrine"', '"67-64-1"'),
    bad("a name of hyphens alone", "name-format", SUBS, '"(+)-pseudoephedrine"', '"--"'),
    bad("HS code without a point", "hs-format", SUBS, "2939.42", "293942"),
    bad("formula with brackets", "formula-format", SUBS, '"C12H12O5"', '"(C6H6)2O5"'),
    bad("element without a weight", "element-unknown", SUBS, '"C12H12O5"', '"C12H12S5"'),
    bad("stated factor is another salt's", "factor-disagrees", SUBS, "0.8192", "0.7711"),
    bad("stated factor above one", "factor-format", SUBS, '"0.8192"', '"1.8192"'),
    bad("base does not fit into the salt", "factor-disagrees", SUBS, '"base_units": 1', '"base_units": 2'),
    bad("confidence without a source", "confidence-unsupported", SUBS, '"confidence": "P",\n      "formula": "C12',
        '"confidence": "V",\n      "formula": "C12', "a secondary table does not make a statement verified"),
    bad("source that nobody lists", "source-unknown", UN, '"memory"', '"rumour"'),
    bad("confidence of no list", "word-unknown", UN, '"date_confidence": "K"', '"date_confidence": "Q"'),
    bad("unknown part of a substance", "member-unknown", SUBS, '"hs": "2932.99"', '"hs": "2932.99",\n      "hz": ""'),
    bad("missing part", "member-missing", SUBS, '      "hs": "2932.99",\n', ""),
    bad("number instead of text", "member-type", SUBS, '"hs": "2932.99"', '"hs": 2932'),
    bad("a float", "member-type", SUBS, '"hs": "2932.99"', '"hs": 2932.99'),
    bad("key twice", "duplicate-key", SUBS, '"hs": "2932.99"', '"hs": "2932.99",\n      "hs": "2932.99"'),
    bad("another layout", "layout", SUBS, '"hs": "2932.99"', '"hs":"2932.99"'),
    bad("not JSON", "json-malformed", SUBS, '"hs": "2932.99"', '"hs": 2932.99.99'),
    bad("another version", "format-unknown", SUBS, "lotchain-substances/1", "lotchain-substances/2"),
    bad("another part", "format-unknown", SUBS, '"part": "substances"', '"part": "listings"'),
    bad("listing of an unknown substance", "substance-unknown", UN, '"pmk-glycidate"', '"bmk-glycidate"'),
    bad("month thirteen", "span-format", UN, '"2019-11"', '"2019-13"'),
    bad("span backwards", "span-format", UN, '"2019-11"', '"2019/2018"'),
    bad("no such day", "span-format", UN, '"2019-11"', '"2019-02-29"'),
    bad("first listing claims an earlier one", "listing-order", UN, '"before": "not-listed"', '"before": "listed"'),
    bad("jurisdiction of no country", "jurisdiction-unknown", UN, '"UN"', '"XX"'),
    bad("weight that is none", "atomic-weight-format", "elements.json", '"12.011"', '"12,011"'),
    bad("source's basis", "word-unknown", "sources.json", '"basis": "P"', '"basis": "X"'),
    bad("bidirectional mark in a remark", "text-chars", SUBS, '"remarks": ""', '"remarks": "a\u202eb"'),
    bad("claim about trade", "word-unknown", SUBS, '"none-known"', '"much"'),
]  # fmt: skip


def main() -> None:
    """Write the file."""
    page = {
        "format": "lotchain-substances",
        "version": 1,
        "source": "tests/vectors_build/substances.py; expected answers by hand from specs/formats/substances.md",
        "files": {name: laid_out(value) for name, value in FILES.items()},
        "cases": CASES,
    }
    path = VECTORS / "substances.json"
    path.write_text(json.dumps(page, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
