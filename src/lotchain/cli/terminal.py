"""What reaches the terminal: nothing from a statement may steer it, and machines get one JSON document."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from collections.abc import Iterable
from typing import Any

import click

WIDTH = 100


def plain(text: object) -> str:
    """Text that is safe to print: whatever is not printable (escapes, controls, bidirectional marks) is escaped."""
    value = text if isinstance(text, str) else str(text)
    if value.isprintable():
        return value
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in value)


def emit_json(value: Any) -> None:
    """One JSON document on the standard output, ASCII only, so that it is safe to print and to pipe."""
    click.echo(json.dumps(value, indent=1, ensure_ascii=True))


def emit(value: Any, lines: Iterable[str], *, as_json: bool) -> None:
    """An answer: JSON for machines, or lines for people."""
    if as_json:
        emit_json(value)
    else:
        click.echo("\n".join(plain(line) for line in lines))


def coloured(text: str, colour: str) -> str:
    """Text in colour where the standard output is a terminal and nobody asked for none (NO_COLOR)."""
    if os.environ.get("NO_COLOR") or not sys.stdout.isatty():
        return text
    return click.style(text, fg=colour, bold=True)


def paragraph(text: str, indent: str = "") -> list[str]:
    """Text broken into lines of a terminal's width; ids are never broken."""
    return textwrap.wrap(
        plain(text), WIDTH, initial_indent=indent, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    ) or [indent.rstrip()]  # fmt: skip


def rows(pairs: Iterable[tuple[str, str]], indent: str = "") -> list[str]:
    """Label and value, aligned; long values are wrapped under themselves."""
    listed = [(plain(label), plain(value)) for label, value in pairs]
    width = max((len(label) for label, _ in listed), default=0) + 2
    lines: list[str] = []
    for label, value in listed:
        wrapped = paragraph(value) if value else [""]
        lines.append(f"{indent}{label:<{width}}{wrapped[0]}".rstrip())
        lines += [f"{indent}{'':<{width}}{line}" for line in wrapped[1:]]
    return lines
