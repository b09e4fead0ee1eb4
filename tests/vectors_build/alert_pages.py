"""The tables of specs/formats/alerts.md, from the kinds in the code and the parameters in the data."""

from __future__ import annotations

import re
from pathlib import Path

from lotchain.app.alerts import load_typologies, new_watcher
from lotchain.oversight.typologies import Parameter

PAGE = Path(__file__).resolve().parents[2] / "specs" / "formats" / "alerts.md"


def number(parameter: Parameter) -> str:
    unit = {"percent": " %", "count": "", "times": " ×"}.get(parameter.unit, f" {parameter.unit.replace('-', ' ')}")
    return f"{parameter.name} {parameter.value}{unit} ({parameter.basis})"


def kinds() -> str:
    data = load_typologies()
    lines = ["| code | | gravity | what was seen | numbers |", "|---|---|---|---|---|"]
    for kind in new_watcher(data).kinds():
        numbers = "; ".join(number(item) for item in data.settings[kind.code].parameters.values())
        lines.append(
            f"| `{kind.code}` | {kind.certainty} | {kind.gravity.name.lower()} | {kind.sentence} | {numbers} |"
        )
    return "\n".join(lines)


def blind() -> str:
    data = load_typologies()
    lines = [f"* {text}" for text in data.blind_spots]
    return "\n".join(
        [*lines, *(f"* **{item.id} {item.title}**: {'; '.join(item.not_seen)}" for item in data.typologies)]
    )


def page() -> str:
    """The page as it must be."""
    text = PAGE.read_text(encoding="utf-8")
    for name, made in (("kinds", kinds()), ("blind", blind())):
        begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
        text = re.sub(f"{begin}.*?{end}", lambda _, b=begin, m=made, e=end: f"{b}\n{m}\n{e}", text, flags=re.DOTALL)
    return text


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
