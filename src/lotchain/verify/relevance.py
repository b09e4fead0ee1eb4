"""Which findings bear on the lot: its own, its ancestors' up to the moment it came from them, and what both rest on."""

from __future__ import annotations

from collections.abc import Iterable

from lotchain.core.ids import kind_of
from lotchain.custody import conclusion, permit_status, watching
from lotchain.custody.findings import Answer, Finding, Weight
from lotchain.custody.treaty_records import Asked, Duty
from lotchain.verify.replay import Replay

_OF_THE_LOT_ALONE = {
    conclusion.ON_HOLD.code,
    conclusion.OFFER_UNANSWERED.code,
    conclusion.OFFER_OVERDUE.code,
    conclusion.PROPOSAL_PENDING.code,
    conclusion.SEAL_DOUBT_OPEN.code,
    conclusion.INSPECTION_DOUBT_OPEN.code,
    watching.ALERT_OPEN.code,
    watching.WATCH_MARKED.code,
    watching.WATCH_MARK_STANDS.code,
    *permit_status.OF_THE_LOT,
}
"""Open matters that an ancestor keeps to itself: holds and doubts passed to a child at its birth, offers never do."""
_DISPUTES = {conclusion.CONFLICT_OPEN.code, conclusion.CONFLICT_RESOLVED.code}


def relevant(replayed: Replay, lot: str, concluded: Iterable[Finding]) -> list[Finding]:
    """The findings that weigh on the verdict of `lot`.

    What was judged on an ancestor after the lot had left it is that ancestor's matter. A dispute about what the
    ancestor's custodian did before stays, however late it was entered; so do its differences of before. So does a
    statement that the judge refuses: it says what the ledger is worth, whichever lot it is about. What opened a
    dispute that an authority has resolved stays listed, and weighs as a note; so does a breach that it settled.
    """
    until = left_at(replayed, lot)
    kept = [
        _settled(replayed, finding)
        for index, finding in replayed.findings
        if finding.kind.refuses or _bears(replayed, lot, until, index, finding.subject)
    ]
    for finding in concluded:
        if finding.subject != lot and kind_of(finding.subject) == "lot":
            left = until.get(finding.subject)
            if left is None or finding.code in _OF_THE_LOT_ALONE or _about(replayed, finding) > left:
                continue
        kept.append(_settled(replayed, finding))
    return kept


def asked_about(replayed: Replay, lot: str) -> tuple[list[Asked], list[Duty]]:
    """What rules asked that bears on the lot: about itself, about what is no lot, about an ancestor before it left."""
    until = left_at(replayed, lot)

    def bears(subject: str, statement: str) -> bool:
        if subject == lot or kind_of(subject) != "lot":
            return True
        return replayed.index_of[statement] <= until.get(subject, -1)

    asked = [row for row in replayed.asked if bears(row.subject, row.statement)]
    return asked, [duty for duty in replayed.duties if bears(duty.subject, duty.statement)]


def _bears(replayed: Replay, lot: str, until: dict[str, int], index: int, subject: str) -> bool:
    """Whether what the judge found on `subject` at `index` is the lot's matter."""
    if kind_of(subject) != "lot" or subject == lot:
        return True
    if subject in replayed.states:
        return index <= until.get(subject, -1)
    # The first of several lots in one statement is not examined: what was found on the statement as a whole.
    lots = [name for name in replayed.touched.get(index, ()) if kind_of(name) == "lot"]
    return not lots or any(name == lot or index <= until.get(name, -1) for name in lots)


def _settled(replayed: Replay, finding: Finding) -> Finding:
    """The finding, as a note when its statement opened a dispute that was resolved since, or its breach was settled."""
    state = replayed.states.get(finding.subject)
    settled = state.get("settled", {}) if state is not None and finding.kind.answer is Answer.TREATY else {}
    if finding.code in settled.get(finding.statement, {}):
        return finding._replace(kind=finding.kind._replace(weight=Weight.NOTE))
    if finding.kind.weight is not Weight.HOLD:
        return finding
    # Only lots have disputes.
    entry = state.get("conflicts", {}).get(finding.statement) if state is not None else None
    if entry is None or entry["status"] == "open":
        return finding
    return finding._replace(kind=finding.kind._replace(weight=Weight.NOTE))


def _about(replayed: Replay, finding: Finding) -> int:
    """The log index of what a concluded finding is about: of the act in dispute, else of its own statement."""
    named = finding.statement
    if finding.code in _DISPUTES:
        state = replayed.states[finding.subject]
        named = state["conflicts"][named]["logged"] if state is not None else named
    return replayed.index_of.get(named, 0)


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
