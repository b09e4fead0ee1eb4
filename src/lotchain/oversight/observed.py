"""One judged statement of a log, as every follower of the whole log is given it, in log order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lotchain.custody.case import State
from lotchain.custody.findings import Finding
from lotchain.events.reading import Reading


@dataclass(frozen=True, slots=True)
class Observed:
    """A statement that stands on the log, with what the judge made of it.

    The states are shared with whoever judged: a follower reads them and never changes them.

    Args:
        index: its place in the log.
        time: closing time of its batch, ms since 1970: nobody signed it later. It never goes back from one to the next.
        reading: the statement and its event.
        before: every state that the judge was given, by subject; None for one that was absent.
        after: the new states, of the subjects that it changed or brought forth.
        findings: everything that the judge found on it, worst first.

    """

    index: int
    time: int
    reading: Reading
    before: Mapping[str, State | None]
    after: Mapping[str, State]
    findings: tuple[Finding, ...]
