"""Writes the generated tables of js/lotchain-verify.js: `python js/build_tables.py` from the root of the project.

Source is specs/ alone: the fields of every event from specs/schemas, the findings from the tables between
`<!-- codes:begin -->` and `<!-- codes:end -->` (and `common`) of specs/events. The Unicode ranges are those of
Unicode 14.0, which the page on encodings fixes; they are written only by a Python whose own tables have that version
(3.11), and left as they are by any other. The same inputs give the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MODULE = ROOT / "js" / "lotchain-verify.js"
SCHEMAS = ROOT / "specs" / "schemas"
PAGES = ROOT / "specs" / "events"
UNICODE = "14.0.0"
REFUSED_BESIDE = (
    (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180D), (0x180F, 0x180F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xE0100, 0xE01EF),
)  # fmt: skip

Fields = list[list[Any]]


def kind_of(node: dict[str, Any]) -> Any:
    """One field's kind, short: a form, `[min, max]` of an integer, a list, words, a block, a pattern."""
    if "$ref" in node:
        return "#" + node["$ref"].rpartition("/")[2]
    if "anyOf" in node:
        return {"any": [kind_of(part) for part in node["anyOf"]]}
    if "const" in node or "enum" in node:
        return {"words": node.get("enum") or [node["const"]]}
    if node["type"] == "integer":
        return {"least": node["minimum"], "most": node.get("maximum", node.get("exclusiveMaximum", 0) - 1)}
    if node["type"] == "array":
        return {"list": kind_of(node["items"]), "least": node.get("minItems", 0), "most": node["maxItems"]}
    if node["type"] == "boolean":
        return "boolean"
    if "format" in node:
        return node["format"] if "pattern" not in node else {"form": node["format"], "pattern": node["pattern"]}
    return {"pattern": node["pattern"]} if "pattern" in node else "string"


def fields_of(node: dict[str, Any]) -> Fields:
    """The fields of an object: name, kind, 1 where it is required."""
    required = set(node.get("required", ()))
    return [[name, kind_of(child), int(name in required)] for name, child in node["properties"].items()]


def events_and_blocks() -> tuple[dict[str, Fields], dict[str, Fields]]:
    """Fields of every event type and of the blocks that they share; one that a page has otherwise bears its type."""
    events: dict[str, Fields] = {}
    blocks: dict[str, Fields] = {}
    for path in sorted(SCHEMAS.glob("*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        kind = schema["properties"]["type"]["const"]
        own = {name: fields_of(block) for name, block in schema.get("$defs", {}).items()}
        renamed = {f"#{name}": f"#{name} {kind}" for name, fields in own.items() if blocks.get(name, fields) != fields}
        events[kind] = with_names(fields_of(schema), renamed)
        for name, fields in own.items():
            blocks.setdefault(renamed.get(f"#{name}", f"#{name}")[1:], with_names(fields, renamed))
    return events, dict(sorted(blocks.items()))


def with_names(value: Any, names: dict[str, str]) -> Any:
    """Fields with the names of blocks exchanged."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list):
        return [with_names(part, names) for part in value]
    return {key: with_names(part, names) for key, part in value.items()} if isinstance(value, dict) else value


def findings() -> dict[str, list[str]]:
    """By code: answer, weight, append, what, what to do; another page's other words stand at `code type/version`."""
    found: dict[str, list[str]] = {}
    for path in sorted(PAGES.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        for part in re.findall(r"<!-- (?:codes|common):begin -->\n(.*?)<!-- (?:codes|common):end -->", text, re.S):
            for line in part.splitlines():
                cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
                if len(cells) != 6 or not cells[0].startswith("`"):
                    continue
                code, row = cells[0].strip("`"), [cell.replace("\\|", "|") for cell in cells[1:]]
                if found.setdefault(code, row)[:3] != row[:3]:
                    raise SystemExit(f"{path.name}: {code} is not what another page says")
                if found[code] != row:
                    name, _, version = path.stem.rpartition("-")
                    found[f"{code} {name}/{version}"] = row
    return dict(sorted(found.items()))


def titles() -> dict[str, str]:
    """Titles by type, of the table of types."""
    text = (PAGES / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[`([a-z-]+/[0-9]+)`\]\([^)]*\) \| ([^|]+) \|", text, re.M)
    return {kind: title.strip() for kind, title in rows}


def ranges(fits: Any) -> list[int]:
    """Code points for which `fits` holds, as first, last, first, last …"""
    out: list[int] = []
    for point in range(0x110000):
        if fits(point):
            if out and out[-1] == point - 1:
                out[-1] = point
            else:
                out += [point, point]
    return out


def refused_point(point: int) -> bool:
    """Whether text may not hold the code point (U+000A is judged beside)."""
    category = unicodedata.category(chr(point))
    listed = any(first <= point <= last for first, last in REFUSED_BESIDE)
    return listed or category in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def packed(numbers: list[int]) -> str:
    """Ranges as text: gaps between neighbours in base 36, which is shorter."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    out, before = [], 0
    for number in numbers:
        gap, text = number - before, ""
        while gap or not text:
            gap, rest = divmod(gap, 36)
            text = digits[rest] + text
        out.append(text)
        before = number
    return ",".join(out)


def table(name: str, rows: dict[str, Any]) -> str:
    """A JavaScript constant, one row a line."""
    lines = [
        f" {json.dumps(key)}: {json.dumps(row, ensure_ascii=False, separators=(',', ':'))},"
        for key, row in rows.items()
    ]
    return "\n".join([f"const {name} = {{", *lines, "};"])


def wrapped(name: str, text: str) -> str:
    """A long text constant over several lines."""
    lines = [f"  '{text[at : at + 110]}'" for at in range(0, len(text), 110)]
    return f"const {name} =\n" + " +\n".join(lines) + ";"


def unicode_tables() -> str:
    """Refused code points, combining marks (Mn, Me) and space separators (Zs) of Unicode 14.0."""
    marks = ranges(lambda point: unicodedata.category(chr(point)) in {"Mn", "Me"})
    spaces = ranges(lambda point: unicodedata.category(chr(point)) == "Zs")
    parts = (("REFUSED_POINTS", ranges(refused_point)), ("COMBINING_MARKS", marks), ("SPACES", spaces))
    return "\n".join(wrapped(name, packed(numbers)) for name, numbers in parts)


def replaced(text: str, mark: str, body: str) -> str:
    """The module with what stands between two marks exchanged."""
    begin, end = f"// <generated:{mark}>\n", f"// </generated:{mark}>"
    head, found, rest = text.partition(begin)
    _, closed, tail = rest.partition(end)
    if not (found and closed):
        raise SystemExit(f"{MODULE.name}: the marks of {mark} are missing")
    return f"{head}{begin}{body}\n{end}{tail}"


def built(text: str) -> str:
    """The module with all its tables written anew."""
    events, blocks = events_and_blocks()
    body = "\n".join(
        [
            table("EVENT_FIELDS", events),
            table("BLOCK_FIELDS", blocks),
            table("EVENT_CODES", findings()),
            table("EVENT_TITLES", titles()),
        ]
    )
    text = replaced(text, "specs", body)
    if unicodedata.unidata_version == UNICODE:
        text = replaced(text, "unicode", unicode_tables())
    return text


def main() -> int:
    """Write the module; with `--check` say whether it is as it would be written."""
    text = MODULE.read_text(encoding="utf-8")
    new = built(text)
    if "--check" in sys.argv[1:]:
        return int(new != text)
    MODULE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
