"""What a lot's state leaves open at a moment: unanswered offers, holds, differences, disputes.

These findings reach backwards or grow with time, so they are concluded from the newest state, not judged statement
by statement. Pure: the moment is an argument.
"""

from __future__ import annotations

from collections.abc import Mapping

from lotchain.core.instants import format_instant
from lotchain.core.quantities import format_amount
from lotchain.custody import doubts, lots, watching
from lotchain.custody.case import State
from lotchain.custody.findings import Answer, Code, Finding, hold, note
from lotchain.custody.second_signatures import BY_SEIZURE, IN_EFFECT

OFFER_UNANSWERED = note(
    Answer.CHAIN, "offer-unanswered", "the lot is offered and the receiver has not answered yet", "wait for the reply"
)
OFFER_OVERDUE = hold(
    Answer.CHAIN,
    "offer-overdue",
    "the lot was offered and the deadline passed without an answer: no signature says where it is",
    "ask giver and receiver; the receiver may still accept, or the giver withdraw",
)
ON_HOLD = hold(
    Answer.WHEREABOUTS,
    "on-hold",
    "an authority's hold stands on the lot",
    "ask the authority that placed it; only it can release it",
)
DIFFERENCE_OPEN = hold(
    Answer.QUANTITY,
    "difference-open",
    "giver's and receiver's figures differ and nobody has answered for it",
    "have the giver answer and the authority close it by a report",
)
DIFFERENCE_ANSWERED = hold(
    Answer.QUANTITY,
    "difference-answered",
    "a handler has answered for the difference; no authority has closed it",
    "have the competent authority close it by a report",
)
DIFFERENCE_CLOSED = note(
    Answer.QUANTITY, "difference-closed", "an authority closed the difference by a report", "read the report"
)
DIFFERENCE_WITHIN = note(
    Answer.QUANTITY,
    "difference-within-tolerance",
    "giver's and receiver's figures differ within the declared tolerance",
    "nothing; the difference stays its own figure",
)
CONFLICT_OPEN = hold(
    Answer.CHAIN,
    "conflict-open",
    "two acts of one custodian exclude each other, or a reply came after the withdrawal",
    "have the authority of the last declared place resolve it",
)
CONFLICT_RESOLVED = note(
    Answer.CHAIN, "conflict-resolved", "an authority resolved a dispute on the lot", "read the resolution"
)
SEAL_DOUBT_OPEN = hold(
    Answer.CHAIN,
    "seal-doubt-open",
    "a seal was read with a slip of the pen, or not read at all on receipt, and has not been read since",
    "read the seal again and record a seal check: by who read it, the receiver or an authority",
)
INSPECTION_DOUBT_OPEN = hold(
    Answer.CHAIN,
    "inspection-doubt-open",
    "an inspection found irregularities, or refused the lot its passage, and none since was in order",
    "ask the authority that inspected, or have the lot inspected again",
)
PROPOSAL_PENDING = note(
    Answer.CHAIN, "proposal-pending", "an act waits for its second signature and has no effect yet", "have it signed"
)
SECOND_SIGNATURE_OWED = hold(
    Answer.CHAIN,
    "second-signature-owed",
    "a reaction was recorded by one signer, and the second one has not signed its record",
    "have a second person of the party endorse the record, after reading it",
)
CODES = (
    OFFER_UNANSWERED, OFFER_OVERDUE, ON_HOLD, DIFFERENCE_OPEN, DIFFERENCE_ANSWERED, DIFFERENCE_CLOSED,
    DIFFERENCE_WITHIN, SEAL_DOUBT_OPEN, INSPECTION_DOUBT_OPEN, CONFLICT_OPEN, CONFLICT_RESOLVED, PROPOSAL_PENDING,
    SECOND_SIGNATURE_OWED, *watching.CONCLUDED,
)  # fmt: skip

_DIFFERENCE: dict[str, Code] = {
    "open": DIFFERENCE_OPEN,
    "answered": DIFFERENCE_ANSWERED,
    "closed": DIFFERENCE_CLOSED,
    "within": DIFFERENCE_WITHIN,
}


def conclude_lot(lot: str, state: State, as_of: int) -> tuple[Finding, ...]:
    """Everything open on one lot at `as_of` (ms)."""
    findings: list[Finding] = []
    offer = state["offer"]
    if offer is not None:
        kind = OFFER_OVERDUE if as_of > offer["deadline"] else OFFER_UNANSWERED
        deadline = f"an answer by {format_instant(offer['deadline'])}"
        findings.append(Finding(kind, lot, offer["id"], deadline, f"no reply of {offer['to']}"))
    for hold_id, entry in state["holds"].items():
        findings.append(Finding(ON_HOLD, lot, hold_id, f"a release by {entry['by']}", entry["reason"]))
    for reply, entry in state["differences"].items():
        findings.append(_difference(lot, state, reply, entry))
    for conflict, entry in state["conflicts"].items():
        if entry["status"] == "remarked":
            continue
        kind = CONFLICT_OPEN if entry["status"] == "open" else CONFLICT_RESOLVED
        findings.append(Finding(kind, lot, conflict, "", entry["kind"]))
    for statement, entry in state["doubts"].items():
        kind = INSPECTION_DOUBT_OPEN if entry["kind"] == doubts.INSPECTION_DOUBT else SEAL_DOUBT_OPEN
        findings.append(Finding(kind, lot, statement, "a later look that is in order", f"by {entry['by']}"))
    for proposal, entry in state["pending"].items():
        kind = SECOND_SIGNATURE_OWED if entry["kind"] in IN_EFFECT else PROPOSAL_PENDING
        findings.append(Finding(kind, lot, proposal, "", entry["kind"]))
    findings += watching.conclude_lot(lot, state)
    return tuple(sorted(findings, key=Finding.sort_key))


def conclude_labels(lot: str, state: State, states: Mapping[str, State | None]) -> tuple[Finding, ...]:
    """What the watches of the labels that the lot's packages came in with say of them, where `states` has them."""
    return tuple(watching.conclude_labels(lot, state, states)) if "labels" in state else ()


def _difference(lot: str, state: State, reply: str, entry: State) -> Finding:
    amount = int(entry["amount"])
    word = "missing" if amount > 0 else "over"
    size = format_amount(abs(amount), state["quantity_kind"])
    found = f"{size} {word} between {entry['offeror']} and {entry['receiver']}"
    return Finding(_DIFFERENCE[entry["status"]], lot, reply, "no difference", found)


def whereabouts(state: State, as_of: int) -> str:
    """Where the lot is, in words, as far as the ledger says."""
    end = state["ended"]
    if end is not None:
        if end["into"]:
            return f"{end['how']} into {', '.join(end['into'])}"
        if end["how"] == "reported":
            return "undetermined: a paper reports it, and no handler signed"
        return str(end["how"])
    offer = state["offer"]
    if offer is not None:
        overdue = ", overdue" if as_of > offer["deadline"] else ""
        return f"in transit from {offer['by']} to {offer['to']}{overdue}"
    if state["held_as"] == BY_SEIZURE:
        return f"seized, held by {state['custodian']} at {state['place']['code']}"
    # Whoever bought it from a final consignee is no declared destination.
    consignment = state["consignment"]
    if state["delivered"] and consignment is not None and state["custodian"] in consignment["final"]:
        return f"delivered to its declared final destination, {state['custodian']} at {state['place']['code']}"
    return f"in custody of {state['custodian']} at {state['place']['code']}"


def account_lines(state: State) -> tuple[tuple[str, str], ...]:
    """The lot's double entry for people: what came in, and where it went."""
    kind = state["quantity_kind"]
    lines = [(account, format_amount(abs(amount), kind)) for account, amount in sorted(state["accounts"].items())]
    return (*lines, ("in custody", format_amount(lots.present(state), kind)))
