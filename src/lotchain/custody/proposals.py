"""Acts on a lot that need a second signature: a conflict's resolution, a correction between two parties."""

from __future__ import annotations

from lotchain.custody import lots
from lotchain.custody.authority import at_last_place
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Answer, Finding, note, refusal

SECOND_OFFICER = refusal(
    "threshold",
    "the second signature comes from the same key: two officers of the authority are needed",
    "have a second officer sign with a key of their own",
)
NOT_COUNTERPART = refusal(
    "not-counterpart",
    "only the other party of the transfer agrees to a correction of it",
    "have the party from whom the lot was received sign",
)
CORRECTION_OVERDRAWN = refusal(
    "correction-overdrawn",
    "the lot does not hold what the correction takes away",
    "correct at most what is held",
    answer=Answer.QUANTITY,
)
CORRECTED = note(
    Answer.QUANTITY,
    "quantity-corrected",
    "the quantity was corrected by a balanced event",
    "compare the reason given with the papers",
)
CODES = (SECOND_OFFICER, NOT_COUNTERPART, CORRECTION_OVERDRAWN, CORRECTED)


def propose(state: State, proposal: str, entry: State) -> State:
    """The lot with a proposal waiting for its second signature."""
    return {**state, "pending": {**state["pending"], proposal: entry}}


def resolution(case: Case, conflict: str, custodian: str | None) -> State:
    """A proposed resolution: confirm what is logged, or (with `custodian`) order custody."""
    return {
        "kind": "resolution",
        "by": case.issuer,
        "key": case.key,
        "conflict": conflict,
        "custodian": custodian,
    }


def correction(case: Case, change: int, counterpart: str) -> State:
    """A proposed correction by `change` (signed), waiting for the other party of the transfer."""
    return {"kind": "correction", "by": case.issuer, "change": change, "needs": counterpart}


def endorse(case: Case, lot: str, state: State, proposal: str, bound: int) -> Effect:
    """The second signature behind a pending proposal."""
    entry = state["pending"][proposal]
    if entry["kind"] == "correction":
        return _endorse_correction(case, lot, state, proposal, entry)
    fault = at_last_place(case, lot, state)
    if fault is not None:
        return Effect({}, (fault,))
    if case.issuer != entry["by"] or case.key == entry["key"]:
        return Effect({}, (case.finding(SECOND_OFFICER, lot, expected=f"another key of {entry['by']}"),))
    return Effect({lot: _resolve(case, state, proposal, entry, bound)})


def _resolve(case: Case, state: State, proposal: str, entry: State, bound: int) -> State:
    conflict = {**state["conflicts"][entry["conflict"]], "status": "resolved", "resolved_by": proposal}
    after = {
        **_without(state, proposal),
        "conflicts": {**state["conflicts"], entry["conflict"]: conflict},
    }
    if entry["custodian"] is None or after["ended"] is not None:
        return after
    moving = lots.in_transit(after)
    after = lots.post({**after, "offer": None}, {"in-transit": -moving, "held": moving})
    after = lots.moved_to(after, entry["custodian"], after["custodian"])
    # Custody by order: what the former custodian signs on the old end is stale from here on.
    return lots.acted(after, case.statement, bound)


def _endorse_correction(case: Case, lot: str, state: State, proposal: str, entry: State) -> Effect:
    if case.issuer != entry["needs"]:
        return Effect({}, (case.finding(NOT_COUNTERPART, lot, expected=entry["needs"], found=case.issuer),))
    after = _without(state, proposal)
    return correct(case, lot, after, entry["change"])


def correct(case: Case, lot: str, state: State, change: int) -> Effect:
    """The lot with `change` posted between what is held and the counter-account of corrections."""
    if lots.held(state) + change < 0 or state["ended"] is not None:
        return Effect(
            {},
            (case.finding(CORRECTION_OVERDRAWN, lot, expected=f"at most {lots.held(state)}", found=-change),),
        )
    findings: tuple[Finding, ...] = (case.finding(CORRECTED, lot, found=change),)
    return Effect({lot: lots.post(state, {"held": change, "corrected": -change})}, findings)


def _without(state: State, proposal: str) -> State:
    return {**state, "pending": {name: entry for name, entry in state["pending"].items() if name != proposal}}
