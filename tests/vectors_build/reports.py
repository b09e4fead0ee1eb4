"""Write specs/vectors/reports.json and reports/, and the columns in specs/formats/reports.md.

    PYTHONPATH=src:. python -m tests.vectors_build.reports

The cells and faults of reports.json are stated by hand from the page. The whole files are what the program makes of one
story: they are for comparing, column by column, and to show a change of the format in a diff.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.unit.returns_story import told

from lotchain.returns.kinds import KINDS
from lotchain.returns.table import Column
from lotchain.returns.writing import as_csv, as_json

SPECS = Path(__file__).resolve().parents[2] / "specs"
VECTORS, PAGE = SPECS / "vectors", SPECS / "formats" / "reports.md"
Case = dict[str, Any]


def text(name: str, given: str, csv: str, xlsx: str | None = None, *, quoted: bool = False) -> Case:
    """A text and what it becomes: the CSV field's content, the XLSX cell's text, whether that bears quotePrefix."""
    return {"name": name, "valid": True, "text": given, "csv": csv, "xlsx": given if xlsx is None else xlsx,
            "quote_prefix": quoted}  # fmt: skip


def weight(name: str, amount: int, factor: str, quantity: str, base: str, *, exact: bool = True) -> Case:
    """Micrograms and a factor: the two decimals."""
    return {"name": name, "valid": True, "amount": amount, "factor": factor, "quantity": quantity, "base": base,
            "exact": exact}  # fmt: skip


def asked(name: str, code: str, kind: str = "form-d", file: str = "out.csv", **choices: str) -> Case:
    """A request that is refused."""
    return {"name": name, "valid": False, "code": code, "kind": kind, "file": file, "choices": choices}


def build() -> Case:
    """The whole vector file."""
    cases = [
        text("plain", "Maker, Inc.", "Maker, Inc."),
        text("a formula", "=1+1", "'=1+1", quoted=True),
        text("a plus", "+1", "'+1", quoted=True),
        text("a minus", "-1", "'-1", quoted=True),
        text("an at sign", "@SUM(1)", "'@SUM(1)", quoted=True),
        text("full width", "＝1", "'＝1", quoted=True),
        text("after a space and a quotation mark", ' "=1', "' \"=1", quoted=True),
        text("after a semicolon", "a; =1", "a;' =1", quoted=True),
        text("after a bar", "a|=1", "a|'=1", quoted=True),
        text("in the middle of a word", "a=1", "a=1"),
        text("a tab first", "\t=1", "[U+0009]=1", "[U+0009]=1"),
        text("a line break first", "\r\n=1", "[U+000D][U+000A]=1", "[U+000D][U+000A]=1"),
        text("a mark of direction", "abc\u202ecba", "abc[U+202E]cba", "abc[U+202E]cba"),
        text("letters from right to left", "שלום", "שלום"),
        text("nothing visible", "a\u200bb\u0000", "a[U+200B]b[U+0000]", "a[U+200B]b[U+0000]"),
        text("an apostrophe", "'=1", "''=1"),
        text("the word itself", "undetermined", "'undetermined"),
        text("an escape of the format", "_x003D_1", "_x003D_1", "[U+005F]x003D_1"),
        text("an error value", "#REF!", "#REF!"),
        text("what looks like a number", "0012", "0012"),
        weight("the form's own example", 1_500_000_000, "4096/5000", "1.500", "1.2288"),
        weight("a microgram", 1, "8192/10000", "0.000000001", "0.0000000008192"),
        weight("no salt", 25_000_000_000, "1/1", "25.000", "25.000"),
        weight("without an end", 1_000_000_000, "1/3", "1.000", "0.333333333", exact=False),
        weight("half a microgram", 5, "1/10", "0.000000005", "0.0000000005"),
        weight("below zero", -1_000_000, "8192/10000", "-0.001", "-0.0008192"),
        asked("no such report", "report-kind", kind="form-e"),
        asked("an empty kind", "report-kind", kind=""),
        asked("another form of file", "report-form", file="out.xls"),
        asked("no suffix", "report-form", file="csv"),
        asked("nothing after the point", "report-form", file="out."),
        asked("a balance of one lot", "report-choice", kind="annual-balance", lot="lot:CN-MAKER/A"),
        asked("a balance of one permit", "report-choice", kind="annual-balance", permit="permit:CN-NMPA/1"),
        asked("a year of two digits", "year-format", year="26"),
        asked("a year before all ledgers", "year-format", year="1969"),
        asked("a year in other digits", "year-format", year="２０２６"),
        asked("a year with a sign", "year-format", year="+2026"),
        asked("a country in small letters", "country-format", country="cn"),
        asked("a country that is none", "country-format", country="XX"),
        asked("a country by name", "country-format", country="China"),
        asked("a lot that is none", "id-kind", lot="party:CN-MAKER"),
        asked("a permit that is none", "id-kind", permit="lot:CN-MAKER/A"),
        asked("a consignment in small letters", "id-chars", consignment="consignment:CN-MAKER/c1"),
        asked("a lot without a name", "id-format", lot="lot:CN-MAKER"),
        *(asked(f"{kind}, a year of five digits", "year-format", kind=kind, year="20260") for kind in KINDS),
        *(asked(f"{kind}, no country", "country-format", kind=kind, country="") for kind in KINDS),
    ]
    cases = [{**case, "comment": case["name"]} for case in cases]
    return {"format": "lotchain-report/1", "version": 1, "source": "stated by hand", "cases": cases}


def columns_of(columns: tuple[Column, ...]) -> Iterator[str]:
    """The columns of a kind, as the page shows them."""
    yield "| key | type | need | basis | meaning |"
    yield "|---|---|---|---|---|"
    for column in columns:
        yield f"| `{column.key}` | {column.type} | {column.need} | {column.basis} | {column.means} |"


def with_columns(page: str) -> str:
    """The page with the columns of every kind, as the code has them."""
    for name, kind in KINDS.items():
        begin, end = f"<!-- columns:begin {name} -->\n", f"<!-- columns:end {name} -->"
        body = "\n".join(columns_of(kind.columns)) + "\n"
        page, count = re.subn(f"{begin}.*?{end}", lambda _, b=begin, t=body, e=end: b + t + e, page, flags=re.S)
        assert count == 1, name
    return page


def files() -> dict[str, bytes]:
    """Every whole file, by its name."""
    world = told()
    made = {}
    for name in KINDS:
        table = world.report(name)
        made[f"{name}.csv"] = as_csv(table)
        made[f"{name}.json"] = as_json(table)
    return made


if __name__ == "__main__":
    vectors = json.dumps(build(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (VECTORS / "reports.json").write_text(vectors, encoding="utf-8")
    (VECTORS / "reports").mkdir(exist_ok=True)
    for file, data in files().items():
        (VECTORS / "reports" / file).write_bytes(data)
    PAGE.write_text(with_columns(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
