"""Makes the JSON Schemas of specs/schemas and the marked sections of the pages in specs/events.

`python -m tests.vectors_build.event_pages` from the root of the project. Prose is written by hand and left alone;
what stands between `<!-- fields:begin -->` and `<!-- fields:end -->` (and likewise `codes`, `example`, `shared` and
`common`) is written anew from the models.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.vectors_build.event_book import DIRECTORY as VECTORS

from lotchain.core import canonical_json
from lotchain.custody.findings import Code
from lotchain.events.event import Event
from lotchain.events.registry import EVENT_TYPES, event_class
from lotchain.verify import judge

SPECS = Path(__file__).resolve().parents[2] / "specs"
PAGES = SPECS / "events"
SCHEMAS = SPECS / "schemas"
SHARED = ("Amount", "Place", "Document", "Hidden", "Seen")
"""Blocks that many events share: described once, in specs/events/README.md."""
Json = dict[str, Any]


def stem(type_name: str) -> str:
    """`hand-over/1` → `hand-over-1`, as in every file name."""
    return type_name.replace("/", "-")


def model_of(type_name: str) -> type[Event]:
    """The class of a registered type."""
    model = event_class(type_name)
    assert model is not None, type_name
    return model


def schema(type_name: str) -> Json:
    """The JSON Schema (2020-12) of the payload. It is looser than the reader, which also checks forms and null."""
    made = _without_null(model_of(type_name).model_json_schema())
    made["required"] = ["type", *made.get("required", [])]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"lotchain/events/{stem(type_name)}.json"}
    return {**head, **made}


def schema_text(type_name: str) -> str:
    """The file of the schema."""
    return json.dumps(schema(type_name), indent=1, ensure_ascii=False) + "\n"


def _without_null(value: Any) -> Any:
    """An optional field is left out, never null: so the alternative `null` goes, and the default with it."""
    if isinstance(value, list):
        return [_without_null(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {key: _without_null(item) for key, item in value.items()}
    if made.get("default", 0) is None:
        del made["default"]
    if "anyOf" in made:
        rest = [item for item in made["anyOf"] if item != {"type": "null"}]
        if len(rest) == 1:
            del made["anyOf"]
            made = {**rest[0], **made}
        else:
            made["anyOf"] = rest
    return made


def described(member: Mapping[str, Any]) -> str:
    """A member's type in words."""
    if "$ref" in member:
        name = member["$ref"].rpartition("/")[2]
        return f"[{name}](README.md#{name.lower()})" if name in SHARED else f"{name}, below"
    if "anyOf" in member:
        return " or ".join(described(each) for each in member["anyOf"])
    if "const" in member:
        return f"`{member['const']}`"
    if "enum" in member:
        return " · ".join(f"`{word}`" for word in member["enum"])
    if member.get("type") == "array":
        low, high = member.get("minItems", 0), member["maxItems"]
        return f"list of {low}–{high}: {described(member['items'])}"
    if member.get("type") == "integer":
        high = member.get("maximum", member.get("exclusiveMaximum", 0) - 1)
        return f"integer, {member['minimum']} to {high}"
    if "format" in member:
        return str(member["format"])
    return f"text `{member['pattern']}`" if "pattern" in member else str(member["type"])


def table(rows: Iterable[tuple[str, ...]], *head: str) -> str:
    """A table in Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        cells = (cell.replace("|", "\\|").replace("\n", " ") for cell in row)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def members(of: Mapping[str, Any]) -> str:
    """The members of one object as a table."""
    rows = []
    for name, member in of["properties"].items():
        needed = "required" if name in of.get("required", ()) else "optional"
        # A schema leaves out a title that is also its block's name.
        title = member.get("title") or member["$ref"].rpartition("/")[2]
        meaning = f"{title}: {member['description']}"
        rows.append((f"`{name}`", described(member), needed, meaning))
    return table(rows, "field", "type", "", "meaning")


def fields(type_name: str) -> str:
    """The fields of the event and of the blocks that it alone has."""
    made = schema(type_name)
    parts = [members(made)]
    for name, block in made.get("$defs", {}).items():
        if name not in SHARED:
            parts += [f"**{name}**: {block['description']}", members(block)]
    return "\n\n".join(parts)


def shared() -> str:
    """The blocks that many events share."""
    blocks: Json = {}
    for type_name in EVENT_TYPES:
        blocks |= schema(type_name).get("$defs", {})
    return "\n\n".join(f"### {name}\n\n{blocks[name]['description']}\n\n{members(blocks[name])}" for name in SHARED)


def codes_table(codes: Iterable[Code]) -> str:
    """Finding codes, sorted; one that several rules raise has a row for each sentence."""
    rows = []
    for code in sorted(set(codes), key=lambda each: (each.code, each.sentence)):
        taken = "recorded"
        if code.refuses:
            taken = "refused, retry" if code.retryable else "refused"
        row = (f"`{code.code}`", code.answer.value, code.weight.name.lower(), taken, code.sentence, code.remedy)
        rows.append(row)
    return table(rows, "code", "answer", "weight", "append", "what", "what to do")


def example(type_name: str) -> str:
    """The first statement of the vectors that is taken: its payload, and its id."""
    cases = json.loads((VECTORS / f"{stem(type_name)}.json").read_text(encoding="utf-8"))["cases"]
    case = next(case for case in cases if case["valid"])
    payload = json.dumps(case["payload"], indent=1, ensure_ascii=False)
    return f"The vector *{case['name']}*, signed by `{case['issuer']}`:\n\n```json\n{payload}\n```\n\nIts statement id is `{case['id']}`."


def filled(text: str, sections: Mapping[str, str]) -> str:
    """The page with its marked sections written anew; a section that it does not have is an error."""
    for name, body in sections.items():
        marked = re.compile(rf"<!-- {name}:begin -->.*?<!-- {name}:end -->", re.DOTALL)
        if len(marked.findall(text)) != 1:
            raise ValueError(f"the page needs one section marked {name}")
        text = marked.sub(lambda _, made=f"<!-- {name}:begin -->\n{body}\n<!-- {name}:end -->": made, text)
    return text


def page(type_name: str) -> str:
    """The page of an event type as it should be."""
    text = (PAGES / f"{stem(type_name)}.md").read_text(encoding="utf-8")
    made = {"fields": fields(type_name), "codes": codes_table(model_of(type_name).CODES), "example": example(type_name)}
    return filled(text, made)


def overview() -> str:
    """The page on what all events share, as it should be."""
    text = (PAGES / "README.md").read_text(encoding="utf-8")
    rows = [
        (f"[`{name}`]({stem(name)}.md)", model_of(name).TITLE, (model_of(name).__doc__ or "").split("\n")[0])
        for name in EVENT_TYPES
    ]
    made = {"types": table(rows, "type", "title", "what"), "shared": shared(), "common": codes_table(judge.CODES)}
    return filled(text, made)


def state_page() -> str:
    """The page on states, as it should be: its example is a state of the vectors, with its bytes and digest."""
    text = (SPECS / "formats" / "state.md").read_text(encoding="utf-8")
    cases = json.loads((VECTORS / "charter-1.json").read_text(encoding="utf-8"))["cases"]
    after = next(case for case in cases if case["name"] == "two founding authorities")["expect"]["after"]
    subject = next(name for name in after if name.startswith("key:"))
    encoded = canonical_json.encode(after[subject])
    digest = hashlib.sha256(encoded).hexdigest()
    body = f"```\n{encoded.decode('ascii')}\n```\n\nThese are {len(encoded)} bytes; H(state) is\n\n    {digest}"
    return filled(text, {"example": body})


def main() -> None:
    """Write schemas and marked sections anew."""
    SCHEMAS.mkdir(parents=True, exist_ok=True)
    for type_name in EVENT_TYPES:
        (SCHEMAS / f"{stem(type_name)}.json").write_text(schema_text(type_name), encoding="utf-8")
        (PAGES / f"{stem(type_name)}.md").write_text(page(type_name), encoding="utf-8")
    (PAGES / "README.md").write_text(overview(), encoding="utf-8")
    (SPECS / "formats" / "state.md").write_text(state_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
