"""The reference of all commands, made from their own help: `specs/cli.md` is this, and a test compares the two."""

from __future__ import annotations

from collections.abc import Iterator

import click

from lotchain.cli.entry import COMMANDS, cli

_HEAD = """# Command line

Made from each command's own `--help` (`python -m lotchain.cli.reference > specs/cli.md`); a test compares the two.

Exit codes: 0 done (`verify`: CLEAR) · 1 refused, declined or not sound (`verify`: FAIL) · 2 usage, or input that cannot
be read · 3 `verify`: HOLD; `due`: something is overdue · 4 lotchain's own failure · 130 interrupted · 141 whoever
read the output left.
With `--json`, an error is `{"error": {"code", "field", "what", "expected", "found", "remedy"}, "exit"}`.

A statement is named by its id (64 hexadecimal digits) or by its file. An instant is `2026-10-06T17:00:00Z`, the same
with a local offset, or `+48h`, `-2d` from now. A place is a UN/LOCODE and its offset from UTC, `"CNTZU+08:00"`, and
maybe a name. A quantity is a number and a unit, `"475.000 kg"`; units are kg, g, mg, t, L, mL. Serials and seals may be
ranges, `D001..D020`; in the members of a line they are joined by `+`.
"""
_WIDTH = 100


Found = tuple[str, click.Command, click.Context]
"""A command's full name, itself, and the context in which its help is written."""


def commands() -> Iterator[Found]:
    """Every command that does something, in the order of the overview."""
    with click.Context(cli, info_name="lotchain", terminal_width=_WIDTH, **cli.context_settings) as top:
        for name in COMMANDS:
            command = cli.get_command(top, name)
            if command is not None:
                yield from _below(name, command, top)


def _below(name: str, command: click.Command, above: click.Context) -> Iterator[Found]:
    with click.Context(command, info_name=name, parent=above) as context:
        if isinstance(command, click.Group):
            for inner in command.list_commands(context):
                found = command.get_command(context, inner)
                if found is not None:
                    yield from _below(inner, found, context)
        else:
            yield context.command_path, command, context


def reference() -> str:
    """The whole page."""
    parts = [_HEAD]
    parts += [f"## {path}\n\n```\n{command.get_help(context)}\n```\n" for path, command, context in commands()]
    return "\n".join(parts)


if __name__ == "__main__":
    click.echo(reference(), nl=False)
