"""The options of every command that makes an event, gathered into one value."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from lotchain.cli.options import PATH, json_option, key_option, ledger_option, ledger_passphrase_option

F = TypeVar("F", bound=Callable[..., Any])


class Making(NamedTuple):
    """The shared options of every command that makes an event."""

    ledger: Path | None
    ledger_passphrase_file: Path | None
    key: Path | None
    passphrase_file: Path | None
    party: str | None
    audience: str | None
    at: str | None
    seen: str | None
    hide: tuple[str, ...]
    draft: bool
    offline: Path | None
    save: Path | None
    openings_out: Path | None
    as_json: bool


def event_options(function: F) -> F:
    """The options of every command that makes an event, handed on as `making`."""

    @wraps(function)
    def gathered(*args: Any, **given: Any) -> Any:
        making = Making(**{name: given.pop(name) for name in Making._fields})
        return function(*args, making=making, **given)

    options = [
        ledger_option(required=False),
        key_option(),
        click.option("--as", "party", envvar="LOTCHAIN_AS", show_envvar=True,
                     help="The signing party; with --ledger: whose key it is there."),
        click.option("--audience", envvar="LOTCHAIN_AUDIENCE", show_envvar=True,
                     help="ORIGIN#CHARTER, when there is no --ledger."),
        click.option("--at", help="When it happened: an instant, or -2h; default now."),
        click.option("--seen", help="SIZE:ROOT of the newest checkpoint seen; default that of --ledger."),
        click.option("--hide", multiple=True, metavar="FIELD",
                     help="Keep this text off the ledger; only its digest is signed. Repeat."),
        click.option("--draft", is_flag=True, help="Print the event as JSON; sign and submit nothing."),
        click.option("--offline", type=PATH, metavar="FILE", help="Sign into FILE; submit nothing."),
        click.option("--save", type=PATH, metavar="FILE", help="Keep the signed statement in FILE, too."),
        click.option("--openings-out", type=PATH, metavar="FILE", help="Write what opens hidden fields to FILE."),
        ledger_passphrase_option,
        json_option,
    ]  # fmt: skip
    wrapped: Any = gathered
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[no-any-return]
