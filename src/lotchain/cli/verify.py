"""`lotchain verify`: one file, one trust policy, no network. Kept small: it runs on an inspector's machine."""

from __future__ import annotations

from pathlib import Path

import click

from lotchain.cli.arguments import amount, instant, now_ms
from lotchain.cli.files import read_file
from lotchain.cli.options import PATH, example, json_option
from lotchain.cli.render_verdict import verdict_lines
from lotchain.cli.terminal import emit_json
from lotchain.core.quantities import parse_quantity
from lotchain.errors import UsageError
from lotchain.verify.bundle import MAX_BUNDLE
from lotchain.verify.goods import Found
from lotchain.verify.offline import verify_bundle
from lotchain.verify.policy import parse_policy
from lotchain.verify.policy_text import MAX_POLICY, parse_age


@click.command(
    "verify",
    epilog=example(
        "lotchain verify drums.lotproof --policy border.policy",
        'lotchain verify drums.lotproof --policy border.policy --found seal=S-1,S-2 --found net="475.000 kg"',
        "lotchain verify drums.lotproof --policy border.policy --max-age 12h",
    ),
)
@click.argument("file", type=PATH)
@click.option("--policy", type=PATH, required=True, envvar="LOTCHAIN_POLICY", show_envvar=True, help="Whom you trust.")
@click.option(
    "--found", "found", multiple=True, metavar="WHAT=VALUE",
    help='What stands before you: seal=NUMBER, serial=NUMBER, net="475.000 kg". Repeat, or list with commas.',
)  # fmt: skip
@click.option("--now", help="The moment to judge the file's age at; default this machine's clock.")
@click.option("--max-age", "age", metavar="AGE", help="No older than this, such as 12h or 2d; at most the policy's.")
@json_option
def command(
    file: Path, policy: Path, found: tuple[str, ...], now: str | None, age: str | None, as_json: bool
) -> None:  # fmt: skip
    """Verify a bundle (.lotproof) under a trust policy, offline.

    Prints the verdict first, then the custody timeline, then every finding. Exit code 0 CLEAR, 1 FAIL, 3 HOLD;
    2 when a file cannot be read, 4 when lotchain itself failed.
    """
    trusted = parse_policy(read_file(policy, most=MAX_POLICY, what="trust policy"))
    if age is not None:
        trusted = trusted.no_older_than(parse_age(age))
    moment = now_ms() if now is None else instant(now)
    verdict = verify_bundle(read_file(file, most=MAX_BUNDLE, what="bundle"), trusted, now=moment, found=_found(found))
    if as_json:
        emit_json(verdict.as_json())
    else:
        click.echo("\n".join(verdict_lines(verdict)))
    raise click.exceptions.Exit(verdict.exit_code)


def _found(texts: tuple[str, ...]) -> Found:
    """What the inspector states, read strictly: a word mistyped must not make goods match."""
    seals: list[str] = []
    serials: list[str] = []
    net = None
    for text in texts:
        what, _, value = text.partition("=")
        values = [part.strip() for part in value.split(",") if part.strip()]
        if what == "seal" and values:
            seals += values
        elif what == "serial" and values:
            serials += values
        elif what == "net" and values and net is None:
            stated = amount(value)
            net = parse_quantity(stated["value"], stated["unit"], field="net")
        else:
            raise UsageError(
                "found-format",
                "what stands before you cannot be read",
                expected='seal=NUMBER, serial=NUMBER, or net="475.000 kg" once',
                found=text,
            )
    return Found(tuple(seals), tuple(serials), net)
