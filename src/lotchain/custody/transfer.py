"""The arithmetic of a transfer: an offer of a whole lot, and the one reply to it.

offered + over = accepted + refused + missing. What is in transit (offered, less losses reported and samples taken
since) and not accepted or refused is the difference; within the lot's declared tolerance it needs no answer, beyond
it, it stays open.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from lotchain.core.ids import MAX_REST_NUMBER, MAX_RESTS, rest_lot
from lotchain.core.quantities import MAX_AMOUNT, format_amount
from lotchain.custody import doubts, lots, route, seals, watching
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Answer, Finding, hold, refusal
from lotchain.custody.following import on_hold

QUANTITY_MISMATCH = refusal(
    "quantity-mismatch",
    "the quantity is not what the lot holds at this point: whole lots are handed over",
    "split off the part first, or state the whole quantity",
    answer=Answer.QUANTITY,
)
UNIT_KIND = refusal(
    "unit-kind",
    "mass and volume are not compared without a declared density",
    "state the quantity in the kind of unit in which the lot was registered",
    answer=Answer.QUANTITY,
)
REPLY_UNBALANCED = refusal(
    "reply-unbalanced",
    "offered + over is not accepted + refused + missing",
    "count again: every part of the offer is accepted, refused or missing, and what is over is stated",
    answer=Answer.QUANTITY,
)
REPLY_CONTRADICTS = refusal(
    "reply-contradicts-itself",
    "the accepted quantity is more than the packages received can hold",
    "state what the packages that were really received hold; the rest is missing",
    answer=Answer.QUANTITY,
)
PACKAGE_UNKNOWN = refusal(
    "package-unknown",
    "a serial does not belong to the lot",
    "list serials of this lot's packages only",
    answer=Answer.QUANTITY,
)
REST_NAMES = refusal(
    "rest-names-exhausted",
    "no further rest lot can be named under this lot",
    "accept or refuse the lot as a whole, or have its custodian merge or split it under a new name first",
)
LATE_ACCEPTANCE = hold(
    Answer.CHAIN,
    "accepted-after-withdrawal",
    "the offer had been withdrawn when its acceptance arrived",
    "have the authority of the last declared place resolve which of the two counts",
)
LINES_DIFFER = refusal(
    "reply-lines-differ",
    "the reply does not answer each lot of the offer once",
    "answer all lots of the hand-over in one reply, a line each",
)
OFFER_CODES = (QUANTITY_MISMATCH, UNIT_KIND, PACKAGE_UNKNOWN)
REPLY_CODES = (
    LINES_DIFFER, UNIT_KIND, REPLY_UNBALANCED, REPLY_CONTRADICTS, PACKAGE_UNKNOWN, REST_NAMES, LATE_ACCEPTANCE,
)  # fmt: skip


def lots_digest(names: Iterable[str]) -> str:
    """One digest for the set of lots in an offer: the reply must answer just these."""
    return hashlib.sha256("\n".join(sorted(names)).encode("ascii")).hexdigest()


def whole_quantity(case: Case, lot: str, state: State, amount: int, kind: str) -> Finding | None:
    """Whether `amount` is the whole lot, read less what authorities took since its last act."""
    if kind != state["quantity_kind"]:
        return case.finding(UNIT_KIND, lot, expected=state["quantity_kind"], found=kind)
    if amount != lots.held(state) + state["taken"]:
        wanted = format_amount(lots.held(state) + state["taken"], kind)
        return case.finding(QUANTITY_MISMATCH, lot, expected=wanted, found=format_amount(amount, kind))
    return None


def offer(state: State, *, statement: str, bound: int, to: str, receives_as: str, deadline: int, digest: str) -> State:
    """The lot offered to `to`: held becomes in transit; the offeror keeps custody until the reply.

    `quantity` is the paper's figure and `taken` what authorities took of it: before the offer arrived, too, since the
    reply may have been signed beside the truck, against the paper.
    """
    amount = lots.held(state)
    moved = lots.post(state, {"held": -amount, "in-transit": amount})
    standing = {
        "id": statement,
        "by": state["custodian"],
        "to": to,
        "as": receives_as,
        "deadline": deadline,
        "quantity": amount + state["taken"],
        "lost": 0,
        "taken": state["taken"],
        "lots": digest,
    }
    # As with `taken`: the reply, too, may have been signed before an authority changed the seals.
    return {**lots.acted({**moved, "offer": standing}, statement, bound), "seals_before": state["seals_before"]}


class Count(NamedTuple):
    """What a receiver says of one lot: amounts in the lot's kind, serials of packages refused and missing."""

    accepted: int
    refused: int
    missing: int
    over: int
    kind: str
    packages_refused: tuple[str, ...] = ()
    packages_missing: tuple[str, ...] = ()
    seals_found: tuple[str, ...] | None = None


def as_read(state: State, count: Count) -> Count:
    """A count stated against the paper's figure, read less what authorities took on the way.

    A receiver that signs the paper's quantity after a sample was taken does not say that the sample is there. Who
    counted says itself that something is missing, and what was taken is what it misses; who signed the paper's figure
    accepts that much less (or, where it accepts less than that, refuses less).
    """
    standing = state["offer"]
    taken = int(standing["taken"])
    total = count.accepted + count.refused + count.missing - count.over
    if not taken or total != standing["quantity"]:
        return count
    for part in ("missing", "accepted", "refused"):
        if getattr(count, part) >= taken:
            return count._replace(**{part: getattr(count, part) - taken})
    return count


def check_lines(case: Case, lot: str, names: Sequence[str]) -> Finding | None:
    """Whether a reply whose lines name these lots answers each lot of the open offer once."""
    if len(set(names)) != len(names):
        return case.finding(LINES_DIFFER, lot, expected="one line a lot", found=", ".join(names))
    if lots_digest(names) != case.standing(lot)["offer"]["lots"]:
        return case.finding(LINES_DIFFER, lot, expected="the lots of the hand-over", found=", ".join(names))
    return None


def check_count(case: Case, lot: str, state: State, count: Count) -> Finding | None:
    """Whether a receiver's count (`as_read`) adds up to the offer and agrees with the packages that it lists."""
    if count.kind != state["quantity_kind"]:
        return case.finding(UNIT_KIND, lot, expected=state["quantity_kind"], found=count.kind)
    standing = state["offer"]
    offered = standing["quantity"] - standing["taken"]
    total = count.accepted + count.refused + count.missing - count.over
    if total != offered or count.accepted > MAX_AMOUNT:
        wanted = format_amount(offered, count.kind)
        return case.finding(REPLY_UNBALANCED, lot, expected=wanted, found=format_amount(total, count.kind))
    listed = set(count.packages_refused) | set(count.packages_missing)
    twice = set(count.packages_refused) & set(count.packages_missing)
    known = set(state["packages"]) | set(state["gone"])
    if twice or not listed <= known:
        wrong = sorted(twice or (listed - known))
        return case.finding(PACKAGE_UNKNOWN, lot, expected="serials of this lot, each once", found=", ".join(wrong))
    if state["packages"]:
        received = set(state["packages"]) - listed
        # An earlier over-delivery or correction upwards stands in no package's net: it is allowed for once.
        holds_at_most = lots.room(state, received) + count.over
        if count.accepted > holds_at_most:
            return case.finding(
                REPLY_CONTRADICTS,
                lot,
                expected=f"at most {format_amount(holds_at_most, count.kind)} in {len(received)} packages",
                found=format_amount(count.accepted, count.kind),
            )
    if count.accepted and count.refused and (lot.count("~") >= MAX_RESTS or state["rests"] >= MAX_REST_NUMBER):
        return case.finding(REST_NAMES, lot, expected=f"at most {MAX_RESTS} rests of rests", found=lot)
    return None


def reply(case: Case, lot: str, state: State, count: Count, place: Mapping[str, str], bound: int) -> Effect:
    """The lot after the one reply to its offer (counted `as_read`), and the rest lot when a part was refused."""
    standing = state["offer"]
    moving = lots.in_transit(state)
    difference = moving - count.accepted - count.refused
    findings: list[Finding] = list(route.check(case, lot, state, place["code"]))
    if count.accepted:
        # A refusal is what a hold asks for, and never breaks one.
        findings += on_hold(case, lot, state)
        findings += watching.accepted(case, lot, state, (*count.packages_refused, *count.packages_missing))
    if count.seals_found is not None:
        read = seals.compare(case, lot, state, count.seals_found, followed=state["bound"])
        findings += read
        state = doubts.after_reading(case, state, read)
    unread = count.seals_found is None and all(seals.met(case, state, state["bound"]))
    if unread:
        findings.append(case.finding(seals.SEAL_NOT_CHECKED, lot, expected=", ".join(state["seals"])))
    after = _settle_difference(case, {**state, "offer": None}, difference, standing)
    missing = [serial for serial in count.packages_missing if serial in after["packages"]]
    after = lots.without_packages(after, missing, "missing")
    after = lots.at_place(after, place["code"], place["offset"])
    if count.accepted == 0:
        # Nothing left the offeror: the lot itself stays with it, less what is missing.
        back = lots.post(after, {"in-transit": -moving, "held": count.refused, "discrepancy": difference})
        back = lots.acted(back, case.statement, bound)
        if count.refused == 0:
            # Nothing came: reported lost on the way, or missing on arrival.
            back = lots.ended(back, "missing" if difference else "lost", case.statement)
        return Effect({lot: back}, tuple(findings))
    states: dict[str, State] = {}
    if count.refused:
        name = rest_lot(lot, after["rests"] + 1)
        states[name] = _rest(case, name, lot, after, count, standing["by"], bound)
        refused = [serial for serial in count.packages_refused if serial in after["packages"]]
        after = {**lots.without_packages(after, refused, "refused"), "rests": after["rests"] + 1}
    postings = {
        "in-transit": -moving,
        "held": count.accepted,
        "transferred": count.refused,
        "discrepancy": difference,
    }
    after = lots.moved_to(lots.post(after, postings), case.issuer, standing["by"], standing["as"])
    consignment = after["consignment"]
    if consignment is not None and case.issuer in consignment["final"]:
        after = {**after, "delivered": True}
    if unread:
        # A doubt about what was accepted; what stays with the giver does not pay for the receiver's silence.
        after = doubts.raised(case, after, doubts.SEAL_UNREAD)
    states[lot] = lots.acted(after, case.statement, bound)
    return Effect(states, tuple(findings))


def _settle_difference(case: Case, state: State, difference: int, standing: State) -> State:
    if difference == 0:
        return state
    within = abs(difference) * 1_000_000 <= state["tolerance"] * standing["quantity"]
    entry = {
        "amount": difference,
        "offeror": standing["by"],
        "receiver": case.issuer,
        "status": "within" if within else "open",
        "answer": "",
    }
    return {**state, "differences": {**state["differences"], case.statement: entry}}


def _rest(case: Case, name: str, lot: str, state: State, count: Count, custodian: str, bound: int) -> State:
    packages = {serial: state["packages"][serial] for serial in count.packages_refused if serial in state["packages"]}
    rest = lots.new_lot(
        name,
        substance=state["substance"],
        kind=state["quantity_kind"],
        origin="refused",
        maker=state["maker"],
        custodian=custodian,
        place=state["place"],
        statement=case.statement,
        bound=bound,
        tolerance=state["tolerance"],
        accounts={"received": -count.refused, "held": count.refused},
        packages=packages,
        parents=[lot],
        content=state["content"],
        held_as=state["held_as"],
    )
    # Whoever handed it to the offeror still has to agree to a correction of it.
    return {
        **rest,
        "holds": dict(state["holds"]),
        "gone": lots.gone_against_will([state]),
        "consignment": state["consignment"],
        "delivered": state["delivered"],
        "giver": state["giver"],
        "doubts": doubts.inherited([state]),
        **watching.passed_on([state], packages),
    }


def late_reply(case: Case, lot: str, state: State, offer_id: str, *, accepts: bool) -> Effect:
    """A reply to a closed offer: recorded.

    After a withdrawal, an acceptance leaves the lot undetermined until it is resolved; after an authority's order it
    has no effect.
    """
    entry = {**state["withdrawn"][offer_id], "answered": True}
    after = {**state, "withdrawn": {**state["withdrawn"], offer_id: entry}}
    if not accepts or entry["how"] == "order":
        return Effect({lot: after})
    after = lots.open_conflict(after, case.statement, "late-acceptance", entry["by"], case.statement, case.time)
    return Effect({lot: after}, (case.finding(LATE_ACCEPTANCE, lot, expected="a reply before the withdrawal"),))
