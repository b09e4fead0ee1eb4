"""Progress of long work, on the standard error and only where that is a terminal; rich is loaded only then."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Told = Callable[[int, int], None]
"""(done, of how many)"""


@contextmanager
def bar(what: str) -> Iterator[Told]:
    """A progress bar, told now and then how far the work is."""
    if not sys.stderr.isatty():
        yield _unheard
        return
    from rich.console import Console  # noqa: PLC0415 - heavy, and only terminals need it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def working(what: str) -> Iterator[None]:
    """A sign of life for work that cannot tell how far it is."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # noqa: PLC0415 - heavy, and only terminals need it

    with Console(stderr=True).status(what):
        yield


def _unheard(done: int, total: int) -> None:
    """Nobody looks."""
