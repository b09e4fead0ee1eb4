"""What ends a clock of some law: filings, acts of customs, drawings on an authorisation, replies to a notification."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from lotchain.core.ids import country_of
from lotchain.core.instants import parse_offset
from lotchain.oversight.clocks_starts import filed, happened
from lotchain.oversight.seen import Seen
from lotchain.rules.facts import Interval

REPORTS: Final = frozenset({"activity-registration", "loss-report", "police-report", "sale-report", "suspicion-report"})
"""Filings that say which statement they are about; on one lot there may be several of a kind."""
_REPLIED: Final = frozenset({"no-objection", "objected", "more-information-asked"})


class Ending(NamedTuple):
    """Something was done that may end a clock.

    Attributes:
        word: what, of `deadline_data.LAW_ENDS`.
        subjects: the lots, consignment or permit that it is about.
        statement: hex id of the statement that says so.
        about: hex id of the statement that it says it is about; empty: it names none.
        names: whether it must name one to count.
        done: when.
        country: whose authority it was filed with, or which acted.
        official: whether that authority says so itself.

    """

    word: str
    subjects: frozenset[str]
    statement: str
    about: str
    names: bool
    done: Interval
    country: str
    official: bool


def endings(seen: Seen) -> Iterator[Ending]:
    """What one statement may end."""
    kind = seen.type.partition("/")[0]
    statement = seen.observed.reading.statement.hex_id
    if kind == "filing":
        for subject, state in seen.observed.after.items():
            record = state.get("filings", {}).get(statement)
            if record is not None:
                yield Ending(
                    f"filing:{record['kind']}", frozenset({subject}), statement, record["about"],
                    record["kind"] in REPORTS, filed(record, None), record["country"], bool(record["acknowledged"]),
                )  # fmt: skip
    elif kind == "customs-release":
        offset = parse_offset(seen.payload["place"]["offset"])
        for name, _, state in seen.changed("consignment"):
            record = state.get("customs", {}).get(statement)
            if record is not None:
                subjects = frozenset({name, *state["lots"]})
                at = Interval(record["at"], record["at"], offset)
                word = f"customs:{record['kind']}"
                yield Ending(word, subjects, statement, "", False, at, record["country"], True)
    elif kind == "permit-drawing":
        yield from _drawings(seen, statement)
    elif kind == "pre-export-reply":
        for permit, before, after in seen.changed("permit"):
            if before is not None and before["status"] != after["status"] and after["status"] in _REPLIED:
                country = country_of(after["by"])
                subjects = frozenset({permit})
                yield Ending("reply", subjects, statement, "", False, happened(seen, None), country, True)


def _drawings(seen: Seen, statement: str) -> Iterator[Ending]:
    for name, before, after in seen.changed("consignment"):
        drawn = {} if before is None else before.get("permits", {})
        for permit, entry in after.get("permits", {}).items():
            if drawn.get(permit) != entry:
                yield Ending(
                    f"drawing:{entry['sort']}", frozenset({name}), statement, "", False, happened(seen, None),
                    country_of(entry["by"]), False,
                )  # fmt: skip
