"""Acts on a lot that need a second signature: a conflict's resolution, a correction between two parties."""

from __future__ import annotations

from lotchain.core.quantities import MAX_AMOUNT, format_amount
from lotchain.custody import lots
from lotchain.custody.authority import at_last_place
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Answer, note, refusal
from lotchain.custody.following import LOT_ENDED, OFFER_OPEN

SECOND_OFFICER = refusal(
    "threshold",
    "two signatures of one key, or one of a key enrolled since the dispute: two officers are needed",
    "have two officers sign, each with a key of their own that the authority had before the dispute",
)
NOT_COUNTERPART = refusal(
    "not-counterpart",
    "only the other party of the transfer agrees to a correction of it",
    "have the party from whom the lot was received sign",
)
CORRECTION_OVERDRAWN = refusal(
    "correction-overdrawn",
    "the correction leaves nothing, or more than one lot can hold",
    "correct to a quantity above zero; what is gone altogether is a loss",
    answer=Answer.QUANTITY,
)
CORRECTION_MOOT = refusal(
    "correction-moot",
    "the lot has passed to another custodian since the correction was proposed",
    "have the present custodian propose a correction of its own",
    answer=Answer.QUANTITY,
)
CORRECTED = note(
    Answer.QUANTITY,
    "quantity-corrected",
    "the quantity was corrected by a balanced event",
    "compare the reason given with the papers",
)
CODES = (
    SECOND_OFFICER, NOT_COUNTERPART, CORRECTION_OVERDRAWN, CORRECTION_MOOT, CORRECTED, LOT_ENDED, OFFER_OPEN,
)  # fmt: skip


def propose(state: State, proposal: str, entry: State) -> State:
    """The lot with a proposal waiting for its second signature.

    A correction takes the place of one that still waits: two of them would both move the same quantity.
    """
    waiting = state["pending"]
    if entry["kind"] == "correction":
        waiting = {name: other for name, other in waiting.items() if other["kind"] != "correction"}
    return {**state, "pending": {**waiting, proposal: entry}}


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


def made_since(case: Case, state: State, conflict: str) -> bool:
    """Whether the signing key was enrolled after the dispute was opened: it might be a first officer's second one.

    Of the proposal as of the endorsement: else one officer proposes with the new key and endorses with the old one.
    """
    enrolled_at: int = case.standing(case.key)["enrolled_at"]
    return enrolled_at > int(state["conflicts"][conflict]["opened_at"])


def endorse(case: Case, lot: str, state: State, proposal: str, bound: int) -> Effect:
    """The second signature behind a pending proposal (its conflict is open: `_resolve` drops the others)."""
    entry = state["pending"][proposal]
    if entry["kind"] == "correction":
        return _endorse_correction(case, lot, state, proposal, entry)
    if case.issuer != entry["by"] or case.key == entry["key"] or made_since(case, state, entry["conflict"]):
        # The authority's competence was judged at the proposal: a custodian does not end it by moving on meanwhile.
        foreign = at_last_place(case, lot, state) if case.issuer != entry["by"] else None
        second = case.finding(SECOND_OFFICER, lot, expected=f"another key of {entry['by']}")
        return Effect({}, (foreign or second,))
    if entry["custodian"] is not None and state["ended"] is not None:
        # It ended between the two signatures: custody of nothing is ordered by nobody.
        return Effect({}, (case.finding(LOT_ENDED, lot, found=state["ended"]["how"]),))
    return Effect({lot: _resolve(case, state, proposal, entry, bound)})


def _resolve(case: Case, state: State, proposal: str, entry: State, bound: int) -> State:
    conflict = {**state["conflicts"][entry["conflict"]], "status": "resolved", "resolved_by": proposal}
    # Other proposals about the same dispute fall with it: it is resolved once.
    waiting = {
        name: other
        for name, other in state["pending"].items()
        if other["kind"] != "resolution" or other["conflict"] != entry["conflict"]
    }
    after = {**state, "pending": waiting, "conflicts": {**state["conflicts"], entry["conflict"]: conflict}}
    if entry["custodian"] is None:
        return after
    if after["offer"] is not None:
        after = lots.closed_offer(after, "order", case.statement)
    if entry["custodian"] != after["custodian"]:
        after = lots.moved_to(after, entry["custodian"], after["custodian"])
    # Custody by order: what the former custodian signs on the old end is stale from here on.
    return lots.acted(after, case.statement, bound)


def _endorse_correction(case: Case, lot: str, state: State, proposal: str, entry: State) -> Effect:
    if case.issuer != entry["needs"]:
        return Effect({}, (case.finding(NOT_COUNTERPART, lot, expected=entry["needs"], found=case.issuer),))
    if state["custodian"] != entry["by"] and state["ended"] is None:
        # It would change what somebody holds who signed nothing.
        return Effect({}, (case.finding(CORRECTION_MOOT, lot, expected=entry["by"], found=state["custodian"]),))
    return correct(case, lot, _without(state, proposal), entry["change"])


def correct(case: Case, lot: str, state: State, change: int) -> Effect:
    """The lot with `change` posted between what is held and the counter-account of corrections.

    Refused on an ended lot, and while the lot is offered: the offer states the quantity that its reply answers.
    """
    if state["ended"] is not None:
        return Effect({}, (case.finding(LOT_ENDED, lot, found=state["ended"]["how"]),))
    if state["offer"] is not None:
        return Effect({}, (case.finding(OFFER_OPEN, lot, found=state["offer"]["id"]),))
    total = lots.held(state) + change
    kind = state["quantity_kind"]
    if not 0 < total <= MAX_AMOUNT:
        wanted = f"above 0, at most {format_amount(MAX_AMOUNT, kind)}"
        return Effect({}, (case.finding(CORRECTION_OVERDRAWN, lot, expected=wanted, found=format_amount(total, kind)),))
    moved = lots.post(state, {"held": change, "corrected": -change})
    return Effect({lot: moved}, (case.finding(CORRECTED, lot, found=format_amount(change, kind)),))


def _without(state: State, proposal: str) -> State:
    return {**state, "pending": {name: entry for name, entry in state["pending"].items() if name != proposal}}
