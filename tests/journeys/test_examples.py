"""The examples in the help of every command are command lines that its own options take."""

from __future__ import annotations

import shlex

import click
import pytest

from lotchain.cli.entry import cli
from lotchain.cli.reference import commands

ALL = [(path, command.epilog or "") for path, command, _ in commands()]


def lines_of(epilog: str) -> list[str]:
    """The command lines of an example, each in one piece; lines of explanation end where a command line begins, and a
    shell's comment ends one.
    """
    joined = epilog.replace("\\\n", " ")
    found = []
    for line in joined.splitlines():
        before, word, rest = line.partition("lotchain ")
        if word and (not before.strip() or before.rstrip().endswith(":")):
            found.append(word + rest.partition(" # ")[0])
    return found


def taken(words: list[str]) -> click.Context:
    """The context in which a command would run; its options and arguments are read, and it is not called."""
    command: click.Command = cli
    context = click.Context(cli, info_name="lotchain", **cli.context_settings)  # click keeps what a first look found
    rest = words[: words.index(">")] if ">" in words else list(words)
    while isinstance(command, click.Group):
        name, *rest = rest
        found = command.get_command(context, name)
        if found is None:
            raise click.UsageError(f"no command {name}")
        command, context = found, click.Context(found, info_name=name, parent=context)
    return command.make_context(command.name, rest, parent=context.parent)


@pytest.mark.parametrize(("path", "epilog"), ALL, ids=[path for path, _ in ALL])
def test_an_example_is_a_command_line(path: str, epilog: str) -> None:
    lines = lines_of(epilog)
    assert any(line.startswith(path) for line in lines)
    for line in lines:
        assert taken(shlex.split(line)[1:]).command_path.startswith("lotchain ")


@pytest.mark.parametrize(
    "words",
    [
        ["permit", "grant", "permit:CN-NMPA/EXP-1"],
        ["permit", "grants", "permit:CN-NMPA/EXP-1"],
        ["lot", "weigh", "--scale", "W-3", "--place", "CNTZU+08:00"],
        ["authority", "order", "lot:CN-MAKER/BP4-1", "--custodian", "party:CN-TRUCK", "--reason", "tired"],
    ],
)
def test_what_is_no_command_line_is_seen(words: list[str]) -> None:
    with pytest.raises(click.UsageError):
        taken(words)
