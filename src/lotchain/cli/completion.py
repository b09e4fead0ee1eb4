"""`lotchain completion`: shell completion."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from lotchain.cli.options import example

_VARIABLE = "_LOTCHAIN_COMPLETE"


@click.command("completion", epilog=example("lotchain completion bash > ~/.bash_completion.d/lotchain"))
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print a completion script for a shell, to be sourced or installed."""
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(kind(context.find_root().command, {}, "lotchain", _VARIABLE).source())
