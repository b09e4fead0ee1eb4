"""How statements follow each other on a lot (protocol, "How statements follow each other").

Acts of the custodian name `prev`, replies name `answers`, observations and acts of authorities name neither. Two
refusals are told apart: *unknown* (what it follows has not arrived: retry) and *stale* or *ended* (final).
"""

from __future__ import annotations

from lotchain.core.ids import parent_of_rest
from lotchain.core.instants import format_instant
from lotchain.custody.authority import AUTHORITY_SCOPE, is_authority, lot_countries, over_lot
from lotchain.custody.case import Case, State, bracket
from lotchain.custody.findings import Answer, Finding, fail, note, refusal

LOT_UNKNOWN = refusal(
    "lot-unknown",
    "the lot is not on this ledger, or not yet",
    "submit its registration (or the statement that brought it forth) first, then this again",
    retryable=True,
)
LOT_EXISTS = refusal(
    "lot-exists",
    "the name is taken: a lot is registered once",
    "choose an unused local number; two different registrations under one name are double dealing",
)
LOT_ENDED = refusal(
    "lot-ended",
    "the lot has ended and nothing can be done with it any more",
    "look at what it was divided into, merged into or consumed by",
)
NOT_CUSTODIAN = refusal(
    "not-custodian",
    "the issuer has no custody of the lot at this point",
    "only the present custodian acts on a lot; present and past custodians and competent authorities observe it",
)
PREV_UNKNOWN = refusal(
    "prev-unknown",
    "the statement that this act follows has not arrived",
    "submit the missing statement first, or both as one ordered packet",
    retryable=True,
)
PREV_STALE = refusal(
    "prev-stale",
    "another act or reply has followed that statement already",
    "read the lot's history, and sign a new act on its present end",
)
OFFER_OPEN = refusal(
    "offer-open",
    "the lot is offered and not yet answered",
    "wait for the reply, or withdraw the offer after its deadline",
)
OFFER_UNKNOWN = refusal(
    "offer-unknown",
    "the offer that this reply answers has not arrived",
    "submit the hand-over and the reply as one ordered packet",
    retryable=True,
)
OFFER_CLOSED = refusal(
    "offer-closed",
    "the offer has been answered already: one reply an offer",
    "read the lot's history; a second reply is not taken",
)
NOT_RECEIVER = refusal(
    "not-receiver",
    "the issuer is not the party to whom the lot was offered",
    "only the party named in the hand-over replies to it",
)
DEADLINE_NOT_PAST = refusal(
    "deadline-not-past",
    "the receiver may still answer: an offer is withdrawn only after its deadline",
    "wait for the reply or for the deadline, then submit this again",
    retryable=True,
)
MOVED_ON_HOLD = fail(
    Answer.CHAIN,
    "moved-on-hold",
    "the lot was acted on while an authority's hold stood on it",
    "ask the authority that placed the hold; only it can release it",
)
LOT_TWICE = refusal("lot-twice", "a lot stands in two lines", "one line a lot")

ACTED_BEFORE_HOLD_WAS_KNOWN = note(
    Answer.CHAIN,
    "acted-before-hold-was-known",
    "the act was entered after an authority's hold, and may have been signed before it",
    "ask the handler when it was signed; the hold itself stands until it is released",
)
HOLD_CODES = (MOVED_ON_HOLD, ACTED_BEFORE_HOLD_WAS_KNOWN)
ACT_CODES = (LOT_UNKNOWN, LOT_ENDED, NOT_CUSTODIAN, PREV_UNKNOWN, PREV_STALE, OFFER_OPEN)
REPLY_CODES = (LOT_UNKNOWN, OFFER_UNKNOWN, OFFER_CLOSED, NOT_RECEIVER)
WITHDRAWAL_CODES = (LOT_UNKNOWN, OFFER_UNKNOWN, OFFER_CLOSED, NOT_CUSTODIAN, DEADLINE_NOT_PAST)
OBSERVER_CODES = (LOT_UNKNOWN, NOT_CUSTODIAN, AUTHORITY_SCOPE)


def check_act(case: Case, lot: str, prev: str, *, on_open_offer: bool = False) -> Finding | None:
    """Whether the issuer may act on `lot` after `prev`; `on_open_offer` for loss and withdrawal."""
    state = case.state(lot)
    if state is None:
        return case.finding(LOT_UNKNOWN, lot)
    if prev != state["last"]:
        if prev in case.cited:
            stale = LOT_ENDED if state["ended"] is not None else PREV_STALE
            return case.finding(stale, lot, expected=state["last"], found=prev)
        return case.finding(PREV_UNKNOWN, lot, expected=state["last"], found=prev)
    if state["ended"] is not None:
        return case.finding(LOT_ENDED, lot, found=state["ended"]["how"])
    if case.issuer != state["custodian"]:
        return case.finding(NOT_CUSTODIAN, lot, expected=state["custodian"], found=case.issuer)
    if state["offer"] is not None and not on_open_offer:
        return case.finding(OFFER_OPEN, lot, found=state["offer"]["id"])
    return None


def check_reply(case: Case, lot: str, offer: str) -> Finding | None:
    """Whether the issuer may answer `offer` on `lot`. A closed offer passes once: see `transfer.late_reply`."""
    state = case.state(lot)
    if state is None:
        return case.finding(LOT_UNKNOWN, lot)
    withdrawn = state["withdrawn"].get(offer)
    if withdrawn is not None:
        if withdrawn["answered"]:
            return case.finding(OFFER_CLOSED, lot, found=offer)
        if case.issuer != withdrawn["to"]:
            return case.finding(NOT_RECEIVER, lot, expected=withdrawn["to"], found=case.issuer)
        return None
    standing = state["offer"]
    if standing is None or standing["id"] != offer:
        missing = OFFER_CLOSED if offer in case.cited else OFFER_UNKNOWN
        return case.finding(missing, lot, expected=standing["id"] if standing else "an open offer", found=offer)
    if case.issuer != standing["to"]:
        return case.finding(NOT_RECEIVER, lot, expected=standing["to"], found=case.issuer)
    return None


def check_withdrawal(case: Case, lot: str, offer: str) -> Finding | None:
    """Whether the issuer may withdraw `offer` from `lot`: its own standing offer, after the deadline."""
    state = case.state(lot)
    if state is None:
        return case.finding(LOT_UNKNOWN, lot)
    standing = state["offer"]
    if standing is None or standing["id"] != offer:
        closed = offer in case.cited or offer in state["withdrawn"]
        expected = standing["id"] if standing else "an open offer"
        return case.finding(OFFER_CLOSED if closed else OFFER_UNKNOWN, lot, expected=expected, found=offer)
    if case.issuer != standing["by"]:
        return case.finding(NOT_CUSTODIAN, lot, expected=standing["by"], found=case.issuer)
    if case.time <= standing["deadline"]:
        return case.finding(DEADLINE_NOT_PAST, lot, expected=f"after {format_instant(standing['deadline'])}")
    return None


def check_observer(case: Case, lot: str) -> Finding | None:
    """Whether the issuer may write an observation on `lot`: present or past custodian, or competent authority."""
    state = case.state(lot)
    if state is None:
        return case.finding(LOT_UNKNOWN, lot)
    if case.issuer in state["custodians"]:
        return None
    if state["offer"] is not None and case.issuer == state["offer"]["to"]:
        return None
    if is_authority(case):
        return over_lot(case, lot, state)
    return case.finding(NOT_CUSTODIAN, lot, expected=" or ".join(sorted(lot_countries(state))), found=case.issuer)


def check_new(case: Case, lot: str) -> Finding | None:
    """Whether the name is free. In a bundle that does not examine the lot there is nothing to ask."""
    if case.knows(lot) and case.state(lot) is not None:
        return case.finding(LOT_EXISTS, lot)
    return None


def on_hold(case: Case, lot: str, state: State) -> tuple[Finding, ...]:
    """A finding for each hold that stood when the custodian's act was entered.

    Whoever is proved to have signed after the hold broke it. What may have been signed before, on the road, is a note:
    the lot stays on HOLD while the hold stands, and no honest paper dooms it once the authority has released it.
    """
    signed_after = bracket(case, state["bound"])[0]
    return tuple(
        case.finding(
            MOVED_ON_HOLD if signed_after >= entry["placed_at"] else ACTED_BEFORE_HOLD_WAS_KNOWN,
            lot,
            expected=f"release of hold {hold[:12]}… by {entry['by']}",
            found=case.issuer,
        )
        for hold, entry in sorted(state["holds"].items())
    )


def ancestors_named(lot: str) -> tuple[str, ...]:
    """The lots that a rest lot's own name says it came from, nearest first."""
    parents: list[str] = []
    parent = parent_of_rest(lot)
    while parent is not None:
        parents.append(parent)
        parent = parent_of_rest(parent)
    return tuple(parents)
