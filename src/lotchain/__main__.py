"""`python -m lotchain`: the command line."""

from __future__ import annotations

from lotchain.cli.entry import process

process()
