"""Options that many commands share, and how their values travel to the code that uses them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from lotchain.cli.files import read_file
from lotchain.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])
_MAX_PASSPHRASE = 4_096

PATH = click.Path(path_type=Path)


def example(*lines: str) -> str:
    """The end of a command's help: an example, line by line, as it would be typed."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)


def json_option(function: F) -> F:
    """`--json`: one JSON document instead of text, errors included."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON document instead of text.")(function)


def ledger_option(*, required: bool = True) -> Callable[[F], F]:
    """`--ledger DIR`: a ledger whose folder is on this machine."""
    return click.option(
        "--ledger", "ledger", type=PATH, required=required, envvar="LOTCHAIN_LEDGER", show_envvar=True,
        help="The ledger's folder, on this machine.",
    )  # fmt: skip


def ledger_passphrase_option(function: F) -> F:
    """`--ledger-passphrase-file FILE`: for ledgers whose own keys are protected."""
    return click.option(
        "--ledger-passphrase-file", type=PATH, envvar="LOTCHAIN_LEDGER_PASSPHRASE_FILE", show_envvar=True,
        help="Holds the passphrase of the ledger's own keys, when they are protected.",
    )(function)  # fmt: skip


def key_option(*, required: bool = False) -> Callable[[F], F]:
    """`--key FILE` and `--passphrase-file FILE`: who signs."""

    def decorate(function: F) -> F:
        function = click.option(
            "--passphrase-file", type=PATH, envvar="LOTCHAIN_PASSPHRASE_FILE", show_envvar=True,
            help="Holds the passphrase of --key, when it is protected; else it is asked for.",
        )(function)  # fmt: skip
        return click.option(
            "--key", type=PATH, required=required, envvar="LOTCHAIN_KEY", show_envvar=True,
            help="The key file that signs.",
        )(function)  # fmt: skip

    return decorate


def passphrase_of(file: Path | None, *, what: str = "the key file", confirm: bool = False) -> str:
    """A passphrase from a file, or typed at a terminal; never from the command line itself.

    Raises:
        UsageError: `passphrase-needed`, where there is neither file nor terminal.

    """
    if file is not None:
        return read_file(file, most=_MAX_PASSPHRASE, what="passphrase file").decode("utf-8").rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError(
            "passphrase-needed", f"{what} needs a passphrase", remedy="name a file that holds it (--passphrase-file)"
        )
    typed: str = click.prompt(f"Passphrase of {what}", hide_input=True, err=True, confirmation_prompt=confirm)
    return typed


def maybe_passphrase(file: Path | None) -> str | None:
    """A passphrase where a file was named for it."""
    return None if file is None else passphrase_of(file)
