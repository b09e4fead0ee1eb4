"""Acts on a lot that take two signatures: a reaction's record, a witnessed destruction, a seizure, custody by order.

What an authority does needs a second officer, what is destroyed needs a witness of another organisation: these take
effect with the second signature. A reaction has happened when its record is signed; the record waits for its second
signer, and the lot and what was made of it are on HOLD until then.
"""

from __future__ import annotations

from collections.abc import Iterable

from lotchain.core.ids import MAX_REST_NUMBER, MAX_RESTS, rest_lot
from lotchain.core.quantities import format_amount
from lotchain.custody import doubts, lots, watching
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Answer, Code, Finding, note, refusal
from lotchain.custody.following import on_hold
from lotchain.custody.proposals import SECOND_OFFICER

SECOND_KEY = refusal(
    "second-signer",
    "a second signer of the same party is asked for, with a key of their own",
    "have the second person sign with another key of the party",
)
NOT_WITNESS = refusal(
    "not-witness",
    "only the witness that is named signs behind this destruction",
    "have the named witness sign",
)
PROPOSAL_MOOT = refusal(
    "proposal-moot",
    "the lot is not any more as it was when this was proposed",
    "read the lot's history, and propose it anew on its present end",
)
SEIZED = note(
    Answer.WHEREABOUTS, "seized", "an authority seized the lot, or a part of it", "ask the authority that seized it"
)
DESTROYED = note(
    Answer.WHEREABOUTS, "destroyed", "a quantity was destroyed before a witness", "compare with the witness's record"
)
ORDERED = note(
    Answer.WHEREABOUTS, "custody-ordered", "an authority ordered custody of the lot", "read the order and its reason"
)
CODES = (SECOND_KEY, NOT_WITNESS, PROPOSAL_MOOT, SEIZED, DESTROYED, ORDERED)

TRANSFORMATION = "transformation"
DESTRUCTION = "destruction"
SEIZURE = "seizure"
CUSTODY = "custody-order"
KINDS = frozenset({TRANSFORMATION, DESTRUCTION, SEIZURE, CUSTODY})
IN_EFFECT = frozenset({TRANSFORMATION})
"""Kinds that have happened: their second signature is owed, not waited for."""
BY_SEIZURE = "seized"
"""The capacity in which an authority holds what it seized (a lot's `held_as`)."""


def transformation(case: Case) -> State:
    """The record of a reaction, waiting for the second signer of the same party."""
    return {"kind": TRANSFORMATION, "by": case.issuer, "key": case.key}


def destruction(case: Case, last: str, amount: int, packages: Iterable[str], witness: str) -> State:
    """A destruction, waiting for its witness; it stands as long as `last` is the lot's last act."""
    return {
        "kind": DESTRUCTION,
        "by": case.issuer,
        "last": last,
        "amount": amount,
        "packages": sorted(packages),
        "needs": witness,
    }


def seizure(case: Case, amount: int | None, packages: Iterable[str], code: str, offset: str) -> State:
    """A seizure of `amount` (None: all), waiting for the second officer."""
    return {
        "kind": SEIZURE,
        "by": case.issuer,
        "key": case.key,
        "at": case.time,
        "amount": amount,
        "packages": sorted(packages),
        "place": {"code": code, "offset": offset},
    }


def custody(case: Case, custodian: str) -> State:
    """An order of custody, waiting for the second officer."""
    return {"kind": CUSTODY, "by": case.issuer, "key": case.key, "at": case.time, "custodian": custodian}


def endorse(case: Case, lot: str, state: State, proposal: str, bound: int) -> Effect:
    """The second signature behind a pending act of one of `KINDS`."""
    entry = state["pending"][proposal]
    after = {**state, "pending": {name: each for name, each in state["pending"].items() if name != proposal}}
    if entry["kind"] == TRANSFORMATION:
        if case.issuer != entry["by"] or case.key == entry["key"]:
            return _no(case, SECOND_KEY, lot, f"another key of {entry['by']}", case.issuer)
        return Effect({lot: after})
    if entry["kind"] == DESTRUCTION:
        if case.issuer != entry["needs"]:
            return _no(case, NOT_WITNESS, lot, entry["needs"], case.issuer)
        return _destroy(case, lot, after, entry, bound)
    made_since = case.standing(case.key)["enrolled_at"] > entry["at"]
    if case.issuer != entry["by"] or case.key == entry["key"] or made_since:
        return _no(case, SECOND_OFFICER, lot, f"another key of {entry['by']}", case.issuer)
    if state["ended"] is not None:
        return _no(case, PROPOSAL_MOOT, lot, "a lot that has not ended", state["ended"]["how"])
    if after["offer"] is not None:
        after = lots.closed_offer(after, "order", case.statement)
    if entry["kind"] == CUSTODY:
        return _order(case, lot, after, entry["custodian"], bound)
    return _seize(case, lot, after, entry, bound)


def _no(case: Case, kind: Code, lot: str, expected: object, found: object) -> Effect:
    return Effect({}, (case.finding(kind, lot, expected=expected, found=found),))


def _destroy(case: Case, lot: str, state: State, entry: State, bound: int) -> Effect:
    # A custodian that acted since has signed on another end, and an authority may have taken or seized all.
    amount = min(int(entry["amount"]), lots.held(state))
    gone = not set(entry["packages"]) <= set(state["packages"])
    if state["ended"] is not None or state["last"] != entry["last"] or amount == 0 or gone:
        return _no(case, PROPOSAL_MOOT, lot, entry["last"], state["last"])
    after = lots.post(state, {"held": -amount, "destroyed": amount})
    after = lots.without_packages(after, entry["packages"], "destroyed-witnessed")
    after = lots.acted(after, case.statement, bound)
    if lots.held(after) == 0:
        after = lots.ended(after, "destroyed", case.statement)
    return Effect({lot: after}, (*on_hold(case, lot, state), _told(case, DESTROYED, lot, state, amount)))


def _order(case: Case, lot: str, state: State, custodian: str, bound: int) -> Effect:
    after = state
    if custodian != state["custodian"]:
        after = lots.moved_to(state, custodian, state["custodian"])
    # What the former custodian signs on the old end is stale from here on.
    after = lots.acted(after, case.statement, bound)
    return Effect({lot: after}, (case.finding(ORDERED, lot, found=custodian),))


def _seize(case: Case, lot: str, state: State, entry: State, bound: int) -> Effect:
    there = lots.held(state)
    amount = there if entry["amount"] is None else min(int(entry["amount"]), there)
    place = entry["place"]
    told = _told(case, SEIZED, lot, state, amount)
    if amount == there:
        after = lots.moved_to(state, case.issuer, state["custodian"], BY_SEIZURE)
        after = lots.acted(lots.at_place(after, place["code"], place["offset"]), case.statement, bound)
        return Effect({lot: after}, (told,))
    gone = not set(entry["packages"]) <= set(state["packages"])
    if gone or lot.count("~") >= MAX_RESTS or state["rests"] >= MAX_REST_NUMBER:
        return _no(case, PROPOSAL_MOOT, lot, "the packages that were to be seized", ", ".join(entry["packages"]))
    name = rest_lot(lot, state["rests"] + 1)
    rest = _rest(case, name, state, entry, amount, bound)
    after = lots.taken_by_authority(state, amount, "seized")
    after = lots.without_packages(after, entry["packages"], "seized")
    return Effect({lot: {**after, "rests": after["rests"] + 1}, name: rest}, (told,))


def _rest(case: Case, name: str, state: State, entry: State, amount: int, bound: int) -> State:
    rest = lots.new_lot(
        name,
        substance=state["substance"],
        kind=state["quantity_kind"],
        origin="seized",
        maker=state["maker"],
        custodian=case.issuer,
        place=entry["place"],
        statement=case.statement,
        bound=bound,
        tolerance=state["tolerance"],
        accounts={"seized": -amount, "held": amount},
        packages={serial: state["packages"][serial] for serial in entry["packages"]},
        parents=[state["lot"]],
        content=state["content"],
        held_as=BY_SEIZURE,
    )
    return {
        **rest,
        "holds": lots.inherited([state]),
        "gone": lots.gone_against_will([state]),
        "giver": state["custodian"],
        "doubts": doubts.inherited([state]),
        **watching.passed_on([state], rest["packages"]),
    }


def _told(case: Case, kind: Code, lot: str, state: State, amount: int) -> Finding:
    return case.finding(kind, lot, found=format_amount(amount, state["quantity_kind"]))
