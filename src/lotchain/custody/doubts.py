"""Doubts on a lot that a later, better look can clear: a seal number that reads like a slip, an irregular inspection.

They stand in the lot's state until cleared, and every conclusion holds while one stands; the reading that raised one
stays on record as a note. A wrong red stops medicine: so what can be looked at again is not judged for ever.
"""

from __future__ import annotations

from collections.abc import Iterable

from lotchain.custody.authority import is_authority
from lotchain.custody.case import Case, State
from lotchain.custody.findings import Finding
from lotchain.custody.seals import SEAL_CHANGED, SEAL_MISREAD

SEAL_DOUBT = "seal-misread"
SEAL_UNREAD = "seal-unread"
INSPECTION_DOUBT = "inspection"


def raised(case: Case, state: State, kind: str) -> State:
    """The lot with one more doubt, named by the statement that raises it."""
    return {**state, "doubts": {**state["doubts"], case.statement: {"kind": kind, "by": case.issuer}}}


def after_reading(case: Case, state: State, findings: Iterable[Finding]) -> State:
    """The lot after its seals were read, with what `seals.compare` found.

    A slip raises a doubt. A reading that agrees clears the slips of the same reader; an authority's, or that of the
    receiver to whom the lot is offered, clears those of anybody. Silence contradicts nobody: whoever has the goods
    and reads seals that agree clears it.
    """
    codes = {finding.code for finding in findings}
    if SEAL_MISREAD.code in codes:
        return raised(case, state, SEAL_DOUBT)
    if SEAL_CHANGED.code in codes:
        return state
    fresh_eyes = is_authority(case) or (state["offer"] is not None and case.issuer == state["offer"]["to"])
    return _without(_without(state, SEAL_DOUBT, None if fresh_eyes else case.issuer), SEAL_UNREAD, None)


def after_inspection(case: Case, state: State, result: str) -> State:
    """The lot after an inspection: anything but `in-order` raises a doubt, `in-order` clears every earlier one."""
    if result != "in-order":
        return raised(case, state, INSPECTION_DOUBT)
    return {**state, "doubts": {}} if state["doubts"] else state


def inherited(parents: Iterable[State]) -> State:
    """What the children of a split or merge, and a rest lot, take over: no doubt is shed by changing names."""
    doubts: State = {}
    for parent in parents:
        doubts.update(parent["doubts"])
    return doubts


def _without(state: State, kind: str, by: str | None) -> State:
    kept = {
        statement: entry
        for statement, entry in state["doubts"].items()
        if entry["kind"] != kind or (by is not None and entry["by"] != by)
    }
    return state if len(kept) == len(state["doubts"]) else {**state, "doubts": kept}
