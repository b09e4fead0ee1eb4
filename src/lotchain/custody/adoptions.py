"""Which rule sets the authorities of a ledger have adopted, as the charter's state keeps them.

`rule_sets`: jurisdiction → country → adoptions in log order, each {`digest`, `edition`, `from`, `complete`, `notice`,
`by`, `at`}. A country's authority adopts for its own country alone, so nobody loosens another's law.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from lotchain.custody.case import State

MAX_ADOPTIONS: Final = 200
"""Of one jurisdiction in one country."""


class Adopted(NamedTuple):
    """One adoption.

    Attributes:
        jurisdiction: whose rules.
        country: for whose territory.
        digest: of the document.
        edition: the day of its status.
        since: from when it is the law (ms).
        complete: whether the authority says that a substance which its lists do not name is not listed.
        notice: substances for which the country asks to be notified before exports to it (article 12(10)), `*` for
            all of them; None where it has not said.
        at: when it was adopted (closing time, ms).

    """

    jurisdiction: str
    country: str
    digest: str
    edition: str
    since: int
    complete: bool
    notice: tuple[str, ...] | None
    at: int


def any_adopted(charter: State | None) -> bool:
    """Whether any rule set has been adopted on the ledger."""
    return charter is not None and bool(charter.get("rule_sets"))


def adopted(charter: State, jurisdiction: str, country: str) -> tuple[Adopted, ...]:
    """All adoptions for a country, in log order."""
    rows = charter.get("rule_sets", {}).get(jurisdiction, {}).get(country, [])
    return tuple(
        Adopted(
            jurisdiction, country, row["digest"], row["edition"], row["from"], row["complete"],
            None if row["notice"] is None else tuple(row["notice"]), row["at"],
        )
        for row in rows
    )  # fmt: skip


def in_force(charter: State, jurisdiction: str, country: str, lower: int, upper: int) -> tuple[Adopted, ...]:
    """The sets that may have been in force in [lower, upper] (ms), the oldest first; empty where none was.

    Of several that had begun, the one adopted last counts; one that begins within the interval counts beside it.
    """
    begun: Adopted | None = None
    later: list[Adopted] = []
    for row in adopted(charter, jurisdiction, country):
        if row.since <= lower:
            begun, later = row, [found for found in later if found.since > row.since]
        elif row.since <= upper:
            later.append(row)
    return (*([begun] if begun is not None else []), *later)


def adopt(
    charter: State,
    jurisdiction: str,
    country: str,
    *,
    digest: str,
    edition: str,
    since: int,
    complete: bool,
    notice: Iterable[str] | None,
    by: str,
    at: int,
) -> State:
    """The charter after one more adoption."""
    row = {
        "digest": digest,
        "edition": edition,
        "from": since,
        "complete": complete,
        "notice": None if notice is None else sorted(notice),
        "by": by,
        "at": at,
    }
    sets = charter.get("rule_sets", {})
    countries = sets.get(jurisdiction, {})
    rows = [*countries.get(country, []), row]
    return {**charter, "rule_sets": {**sets, jurisdiction: {**countries, country: rows}}}
