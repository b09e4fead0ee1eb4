"""`lotchain serve`: a ledger's published log over HTTP."""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path

import click

from lotchain.app.serving import Serving, serve_ledger
from lotchain.cli.options import PATH, example, json_option
from lotchain.cli.terminal import emit


@click.command(
    "serve",
    epilog=example(
        "lotchain serve ./ledger",
        "lotchain serve ./ledger --host 0.0.0.0 --port 8080 --url https://ledger.example/lots/",
    ),
)
@click.argument("ledger", type=PATH)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65_535), help="0 takes a free one.")
@click.option("--url", metavar="URL", help="How clients name the service, when something stands before it.")
@click.option("--quiet", is_flag=True, help="No line for each request.")
@json_option
def command(ledger: Path, host: str, port: int, url: str | None, quiet: bool, as_json: bool) -> None:
    """Serve a ledger's published log, as C2SP tlog-tiles names things, until interrupted.

    Checkpoint and hash tiles are for everybody; entries and bundles are for members, who sign their requests with a
    key that is enrolled on the ledger. Nothing beyond the published checkpoint is served, and nothing is written.
    """
    log_to_stderr(quiet=quiet)

    def started(serving: Serving) -> None:
        shown = {"origin": serving.origin, "url": serving.url}
        emit(shown, [f"serving {serving.origin} at {serving.url}"], as_json=as_json)
        sys.stdout.flush()

    serve_ledger(ledger, started, host=host, port=port, url=url)


def log_to_stderr(*, quiet: bool) -> None:
    """One line a request, one a fault of ours; no query, header or signature is ever in them."""
    handler = logging.StreamHandler(sys.stderr)
    formatter = logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logger = logging.getLogger("lotchain")
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING if quiet else logging.INFO)
    logger.propagate = False
