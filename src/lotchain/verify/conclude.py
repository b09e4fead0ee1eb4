"""What reaches backwards or grows with time: the second half of the one judge.

`conclude` looks at the newest states and at who signed what when. Append never calls it to refuse; audit and offline
verifier call it alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lotchain.core.instants import format_instant
from lotchain.custody import conclusion, permit_status
from lotchain.custody.case import State
from lotchain.custody.findings import Answer, Finding, hold
from lotchain.custody.treaty_records import Asked, Duty, TreatyBooks

SIGNED_AFTER_COMPROMISE = hold(
    Answer.CHAIN,
    "signed-after-compromise",
    "the signing key was compromised before this statement was entered: its holder may not have signed it",
    "have another key of the party, or its authority, endorse the statement if it was honestly signed",
)
CODES = (SIGNED_AFTER_COMPROMISE, *conclusion.CODES, *permit_status.CONCLUDED)


class Signed(NamedTuple):
    """Who signed a statement of a history, and when it was entered at the latest (closing time, ms)."""

    statement: str
    subject: str
    key: str
    closed_at: int


class Treaty(NamedTuple):
    """What step 7 of the judge left: the rule sets, which of them were asked, and the duties that were still open."""

    books: TreatyBooks | None = None
    asked: tuple[Asked, ...] = ()
    duties: tuple[Duty, ...] = ()


def conclude(
    states: Mapping[str, State | None], statements: Iterable[Signed], as_of: int, treaty: Treaty | None = None
) -> tuple[Finding, ...]:
    """Findings on the states and signatures given, at `as_of` (ms). Pure.

    A statement of a key that was compromised since T is undetermined unless its closing record is older than T, or
    it is endorsed.
    """
    findings: list[Finding] = []
    for name, state in states.items():
        if state is not None and state["kind"] == "lot":
            findings += conclusion.conclude_lot(name, state, as_of)
            findings += conclusion.conclude_labels(name, state, states)
            consignment = states.get(state["consignment"]["id"]) if state["consignment"] is not None else None
            findings += permit_status.conclude_lot(name, state, consignment, as_of)
        elif state is not None and state["kind"] == "consignment":
            findings += permit_status.conclude_consignment(name, state, as_of)
    for signed in statements:
        key = states.get(signed.key)
        if key is None or key["compromised_since"] is None:
            continue
        since = int(key["compromised_since"])
        if signed.closed_at >= since and signed.statement not in key["endorsed"]:
            findings.append(
                Finding(
                    SIGNED_AFTER_COMPROMISE,
                    signed.subject,
                    signed.statement,
                    f"entered before {format_instant(since)}, or endorsed",
                    f"entered {format_instant(signed.closed_at)} by {signed.key}",
                )
            )
    if treaty is not None and treaty.books is not None:
        findings += treaty.books.conclude(states, treaty.asked, treaty.duties, as_of)
    return tuple(sorted(set(findings), key=Finding.sort_key))
