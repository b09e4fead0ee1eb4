"""A lot's state: custodian, balanced accounts, packages, seals, holds, and what is open.

Accounts are a double entry per lot: `produced` and `received` (what came in, negative), `held` and `in-transit`
(custody: never negative), `consumed`, `sampled`, `lost`, `destroyed`, `transferred` (to other lots) and `discrepancy`
(positive: missing on receipt; negative: over). Their sum is zero after every event. Amounts are integers: micrograms of
mass or nanolitres of volume. `corrected` is the counter-account of corrections; `seized` is positive where an authority
took a part out, and negative in the rest lot that this part became.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lotchain.core.quantities import MAX_AMOUNT
from lotchain.custody.case import State

CUSTODY_ACCOUNTS = ("held", "in-transit")
GONE_AGAINST_WILL = frozenset({"missing", "stolen", "destroyed", "leaked", "spoiled", "unknown"})
"""What became of packages that nobody gave away: a serial of these that turns up again is asked about."""


class Unbalanced(ValueError):
    """Postings that do not sum to zero or overdraw custody: a fault of an event's code, never of its input."""


def new_lot(
    lot: str,
    *,
    substance: str,
    kind: str,
    origin: str,
    maker: str,
    custodian: str,
    place: Mapping[str, str],
    statement: str,
    bound: int,
    tolerance: int,
    accounts: Mapping[str, int],
    packages: Mapping[str, int] | None = None,
    parents: Iterable[str] = (),
    content: str = "",
    held_as: str = "",
) -> State:
    """A lot's first state.

    Args:
        lot: its id.
        substance: CAS number.
        kind: `mass` or `volume`.
        origin: `made`, `entered`, `found`, `split`, `merged`, `transformed` (out of another
            substance), `refused` or `seized` (rest lots), or `reported` (a paper's word).
        maker: the party under whose name the substance was made or entered.
        custodian: who holds it.
        place: `{"code": UN/LOCODE, "offset": …}`.
        statement: id of the statement that brought it forth: what the first act follows.
        bound: lower bound of that statement's signing, ms.
        tolerance: declared tolerance of a shipper–receiver difference, parts per million.
        accounts: opening postings, sum zero.
        packages: serial → net amount.
        parents: the lots that it came from.
        content: declared purity or concentration, as text; lots of unlike content do not merge.
        held_as: in which capacity the custodian received it (`carrier`, `warehouse`, `consignee`), or `seized`; empty
            for who made or entered it, or has it by an authority's order.

    """
    state: State = {
        "kind": "lot",
        "lot": lot,
        "substance": substance,
        "content": content,
        "quantity_kind": kind,
        "origin": origin,
        "maker": maker,
        "custodian": custodian,
        "custodians": [custodian],
        "held_as": held_as,
        "giver": None,
        "ended": None,
        "last": statement,
        "bound": bound,
        "taken": 0,
        "accounts": {},
        "packages": dict(packages or {}),
        "gone": {},
        "seals": [],
        "seals_before": None,
        "holds": {},
        "offer": None,
        "withdrawn": {},
        "differences": {},
        "conflicts": {},
        "pending": {},
        "doubts": {},
        "reports": {},
        "consignment": None,
        "place": dict(place),
        "delivered": False,
        "rests": 0,
        "parents": sorted(parents),
        "tolerance": tolerance,
    }
    return post(state, accounts)


def post(state: State, postings: Mapping[str, int]) -> State:
    """The lot after balanced postings; raises `Unbalanced` when they are not, or overdraw custody."""
    if sum(postings.values()) != 0:
        raise Unbalanced(f"postings do not sum to zero: {dict(postings)}")
    accounts = dict(state["accounts"])
    for account, change in postings.items():
        total = accounts.get(account, 0) + change
        if account in CUSTODY_ACCOUNTS and not 0 <= total <= MAX_AMOUNT:
            raise Unbalanced(f"{account} would be {total}")
        if total:
            accounts[account] = total
        else:
            accounts.pop(account, None)
    return {**state, "accounts": accounts}


def held(state: State) -> int:
    """What the custodian holds and has not offered to anybody."""
    return int(state["accounts"].get("held", 0))


def in_transit(state: State) -> int:
    """What is offered and not yet replied to."""
    return int(state["accounts"].get("in-transit", 0))


def present(state: State) -> int:
    """What is in custody at all: held or in transit."""
    return held(state) + in_transit(state)


def acted(state: State, statement: str, bound: int) -> State:
    """The lot after its custodian's act or a reply: what comes next follows this statement."""
    return {**state, "last": statement, "bound": bound, "taken": 0, "seals_before": None}


def taken_by_authority(state: State, amount: int, account: str) -> State:
    """The lot after an authority took `amount` out of it (a sample): nobody's signed paper becomes stale by it."""
    source = "in-transit" if state["offer"] is not None else "held"
    moved = post(state, {source: -amount, account: amount})
    if state["offer"] is not None:
        offer = {**moved["offer"], "taken": moved["offer"]["taken"] + amount}
        return {**moved, "offer": offer}
    return {**moved, "taken": moved["taken"] + amount}


def moved_to(state: State, custodian: str, giver: str | None, held_as: str = "") -> State:
    """The lot in the hands of `custodian`, who has it from `giver`, as `held_as` (see `new_lot`)."""
    custodians = state["custodians"]
    if custodian not in custodians:
        custodians = sorted([*custodians, custodian])
    return {**state, "custodian": custodian, "custodians": custodians, "giver": giver, "held_as": held_as}


def ended(state: State, how: str, statement: str, into: Iterable[str] = ()) -> State:
    """The lot at its end: `divided`, `merged`, `transformed`, `consumed`, `destroyed`, `lost` or `missing`."""
    return {
        **state,
        "custodian": None,
        "ended": {"how": how, "by": statement, "into": sorted(into)},
    }


def at_place(state: State, code: str, offset: str) -> State:
    """The lot at a newly declared place."""
    return {**state, "place": {"code": code, "offset": offset}}


def inherited(parents: Iterable[State]) -> State:
    """What the children of a split or merge take over: holds, with the ids that release them."""
    holds: State = {}
    for parent in parents:
        holds.update(parent["holds"])
    return holds


def gone_against_will(parents: Iterable[State]) -> dict[str, str]:
    """The serials that were lost before: what comes out of a lot, by division, merger or refusal, remembers them."""
    return {serial: how for parent in parents for serial, how in parent["gone"].items() if how in GONE_AGAINST_WILL}


def packages_net(state: State, serials: Iterable[str]) -> int:
    """The net amount of some of the lot's packages."""
    return sum(int(state["packages"][serial]) for serial in serials)


def surplus(state: State) -> int:
    """What is present beyond the nets that the packages state: an over-delivery or a correction upwards."""
    taken = int(state["taken"]) + (int(state["offer"]["taken"]) if state["offer"] is not None else 0)
    return max(0, present(state) + taken - packages_net(state, state["packages"]))


def room(state: State, serials: Iterable[str]) -> int:
    """The most that some of the lot's packages can hold. A lot without packages has no bound to test."""
    return packages_net(state, serials) + surplus(state)


def without_packages(state: State, serials: Iterable[str], how: str) -> State:
    """The lot with packages gone; what became of each stays known."""
    gone = set(serials)
    packages = {serial: net for serial, net in state["packages"].items() if serial not in gone}
    return {**state, "packages": packages, "gone": {**state["gone"], **dict.fromkeys(sorted(gone), how)}}


def closed_offer(state: State, how: str, statement: str) -> State:
    """The lot with its open offer closed and what was in transit held by the offeror again.

    Args:
        state: a lot with an open offer.
        how: `withdrawal` (a later acceptance opens a dispute) or `order` (seizure, custody by order: a later reply is
            recorded without effect).
        statement: what closed it.

    """
    offer = state["offer"]
    moving = in_transit(state)
    entry = {"to": offer["to"], "answered": False, "how": how, "by": statement}
    after = post({**state, "offer": None}, {"in-transit": -moving, "held": moving})
    return {**after, "withdrawn": {**state["withdrawn"], offer["id"]: entry}}


def open_conflict(
    state: State, conflict: str, kind: str, logged: str, other: str, at: int, status: str = "open"
) -> State:
    """The lot with a dispute that only an authority resolves; `remarked`: one that proves nothing yet, told once."""
    entry = {"kind": kind, "logged": logged, "other": other, "status": status, "resolved_by": "", "opened_at": at}
    return {**state, "conflicts": {**state["conflicts"], conflict: entry}}
