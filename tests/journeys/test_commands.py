"""What holds for every command: an example, `--json`, a line of help for each option; and the page made of them."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import click
import pytest
from tests.journeys.stage import LOT, SOURCE, Stage

from lotchain.cli.entry import COMMANDS, cli
from lotchain.cli.reference import commands, reference

PAGE = Path(__file__).resolve().parents[2] / "specs" / "cli.md"
ALL = list(commands())


def test_the_page_is_what_the_commands_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run: python -m lotchain.cli.reference > specs/cli.md"


@pytest.mark.parametrize(("path", "command"), [(path, command) for path, command, _ in ALL], ids=str)
def test_every_command_has_help_an_example_and_json(path: str, command: click.Command) -> None:
    assert command.help and command.help.split("\n")[0].endswith(".")
    example = command.epilog or ""
    assert example.startswith("\b\nExample:\n") and f"  {path} " in example + " "
    options = [option for option in command.params if isinstance(option, click.Option)]
    silent = [option.name for option in options if not option.help and not isinstance(option.type, click.Choice)]
    assert silent == []
    if path != "lotchain completion":
        assert "as_json" in {option.name for option in options} or "making" in str(options)


def test_the_overview_names_every_command_and_imports_none() -> None:
    with click.Context(cli, info_name="lotchain") as context:
        text = cli.get_help(context)
    assert all(f"  {name} " in text for name in COMMANDS)


def test_version_and_help_leave_with_0(stage: Stage) -> None:
    assert stage.run("--version").out.startswith("lotchain ")
    assert "Usage: lotchain verify" in stage.run("verify", "--help").out
    assert "Usage: lotchain lot split" in stage.run("lot", "split", "-h").out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_program(stage: Stage, shell: str) -> None:
    script = stage.run("completion", shell).out
    assert "_LOTCHAIN_COMPLETE" in script and "lotchain" in script


def test_completion_completes_commands_and_options(stage: Stage) -> None:
    def complete(words: str, at: int) -> list[str]:
        done = stage.spawn(_LOTCHAIN_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(at))
        return [line.partition(",")[2] for line in done.out.split()]

    assert complete("lotchain ve", 1) == ["verify"]
    assert complete("lotchain lot re", 2) == ["register"]
    assert "--policy" in complete("lotchain verify --p", 2)


def test_a_noun_alone_shows_its_help_and_is_no_success(stage: Stage) -> None:
    assert "Commands:" in stage.run("lot", code=2).err
    assert "Handling:" in stage.run(code=2).err


def test_environment_variables_stand_for_options(stage: Stage) -> None:
    stage.register()
    done = stage.spawn("lot", "history", LOT, LOTCHAIN_LEDGER="ledger")
    assert done.code == 0 and done.out.startswith(f"{LOT}: 1 statement\n")


def test_progress_is_drawn_on_a_terminal_and_never_on_the_standard_output(stage: Stage) -> None:
    reading, writing = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "lotchain", "audit", "--ledger", str(stage.ledger)],
        stdout=subprocess.PIPE, stderr=writing, env={**os.environ, "PYTHONPATH": str(SOURCE), "TERM": "xterm"},
        check=False,
    )  # fmt: skip
    drawn = os.read(reading, 65_536)
    os.close(writing)
    os.close(reading)
    assert done.returncode == 0 and done.stdout.startswith(b"SOUND  ") and b"\x1b" not in done.stdout
    assert b"auditing" in drawn


def test_colour_only_on_a_terminal_and_not_where_nobody_wants_it(stage: Stage) -> None:
    """On a pseudo-terminal the word is coloured, unless NO_COLOR is set."""
    stage.register()
    bundle = stage.bundle()

    def first_line(**environment: str) -> bytes:
        reading, writing = pty.openpty()
        subprocess.run(
            [sys.executable, "-m", "lotchain", "verify", bundle, "--policy", stage.at("border.policy")],
            stdout=writing, env={**os.environ, "PYTHONPATH": str(SOURCE), **environment}, check=False,
        )  # fmt: skip
        shown = os.read(reading, 65_536)
        os.close(writing)
        os.close(reading)
        return shown.splitlines()[0]

    assert first_line().startswith(b"\x1b[32m\x1b[1mCLEAR\x1b[0m")
    assert first_line(NO_COLOR="1").startswith(b"CLEAR ")
