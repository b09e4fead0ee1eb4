"""Which findings bear on the lot: its own, its ancestors' up to the moment it came from them, and what both rest on."""

from __future__ import annotations

from collections.abc import Iterable

from lotchain.core.ids import kind_of
from lotchain.custody import conclusion
from lotchain.custody.findings import Finding
from lotchain.verify.replay import Replay

_OF_THE_LOT_ALONE = {
    conclusion.ON_HOLD.code,
    conclusion.OFFER_UNANSWERED.code,
    conclusion.OFFER_OVERDUE.code,
    conclusion.PROPOSAL_PENDING.code,
}
"""Open matters that an ancestor keeps to itself: a child inherited the holds of its birth, and its own offers."""


def relevant(replayed: Replay, lot: str, concluded: Iterable[Finding]) -> list[Finding]:
    """The findings that weigh on the verdict of `lot`.

    What was judged on an ancestor after the lot had left it is that ancestor's matter. Differences and disputes of an
    ancestor stay, whenever they arose after the ancestor's act: an open difference is shown by every descendant. So
    does a statement that the judge refuses: it says what the ledger is worth, whichever lot it is about.
    """
    until = left_at(replayed, lot)
    index_of = {signed.statement: index for index, signed in replayed.signed}
    kept: list[Finding] = []
    for index, finding in replayed.findings:
        if finding.kind.refuses or index <= until.get(finding.subject, index):
            kept.append(finding)
    for finding in concluded:
        if finding.subject != lot and kind_of(finding.subject) == "lot":
            index = index_of.get(finding.statement, 0)
            disputed = finding.code == conclusion.CONFLICT_OPEN.code
            if finding.code in _OF_THE_LOT_ALONE or (index > until[finding.subject] and not disputed):
                continue
        kept.append(finding)
    return kept


def left_at(replayed: Replay, lot: str) -> dict[str, int]:
    """For each ancestor of `lot`: the log index of the statement by which the lot, or its own ancestor, left it."""
    until: dict[str, int] = {}
    waiting = [lot]
    while waiting:
        child = waiting.pop()
        state = replayed.states.get(child)
        for parent in state["parents"] if state is not None else ():
            born = replayed.born.get(child, 0)
            if until.get(parent, -1) < born:
                until[parent] = born
                waiting.append(parent)
    return until
