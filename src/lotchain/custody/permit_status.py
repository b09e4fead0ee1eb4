"""What becomes of a permit after it was given, and what is open on a consignment that drew on it.

A change or a reply reaches a consignment when it names it; what it left there is concluded from the consignment's
state, so that a later word of the right authority clears it.
"""

from __future__ import annotations

from lotchain.core.instants import format_instant
from lotchain.custody import charter as charters
from lotchain.custody.authority import AUTHORITY_SCOPE, NOT_AUTHORITY
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Answer, Finding, fail, hold, note, refusal
from lotchain.custody.permits import CONSIGNMENT_UNKNOWN, ENDED, PRE_EXPORT

PERMIT_NOT_DRAWN = refusal(
    "permit-not-drawn", "the consignment has not drawn on this permit", "name only consignments that have"
)
PERMIT_NOT_ISSUER = refusal(
    "permit-not-issuer", "only who gave a permit changes it", "have the issuer of the permit sign"
)
PERMIT_STATUS = refusal(
    "permit-status",
    "the permit's sort or status does not allow this",
    "read the permit's history: what is revoked or cancelled stays so; a notification is cancelled, other permits "
    "are suspended, restored, revoked or confirmed; only a notification is replied to",
)
CHANGED_AFTER_REPLY = hold(
    Answer.TREATY,
    "changed-after-reply",
    "the notification was changed after the importing country had replied: the reply does not cover it any more",
    "wait for a reply to the notification as it is now",
)
REPLY_WITHOUT_EFFECT = note(
    Answer.TREATY,
    "reply-without-effect",
    "the reply is to earlier terms or to a cancelled notification, or says less than an earlier one",
    "read the notification as it is now",
)
REPLY_CHANGED = note(
    Answer.TREATY, "reply-changed", "the importing country replied otherwise before", "read both replies"
)

UNANSWERED = hold(
    Answer.TREATY,
    "notification-unanswered",
    "the importing country has not said that it has no objection: no reply is never a yes",
    "wait for its reply, or ask its authority",
)
EXPIRED = hold(
    Answer.TREATY,
    "notification-expired",
    "the importing country has not replied by the day that was asked for: no reply is never a yes",
    "ask its authority",
)
OBJECTED = fail(
    Answer.TREATY,
    "notification-objected",
    "the importing country objects to the consignment",
    "stop the goods; ask its authority",
)
WITHDRAWN_SINCE = hold(
    Answer.TREATY,
    "permit-withdrawn",
    "a permit that the consignment drew on is suspended, revoked or cancelled",
    "ask the authority that gave it; it may confirm it for this consignment",
)
CHANGED_SINCE = hold(
    Answer.TREATY,
    "permit-changed",
    "a permit was changed after the consignment drew on it",
    "ask the authority that gave it; it may confirm it for this consignment",
)
EXPIRED_ON_THE_WAY = hold(
    Answer.TREATY,
    "permit-expired-on-the-way",
    "a permit ended while the lot was still under way",
    "ask the authority that gave it whether it is extended",
)
LOT_OUTSIDE = hold(
    Answer.TREATY,
    "lot-outside-permits",
    "the lot's consignment drew on permits, and on none of one sort for this substance",
    "have the consignment draw for every substance that it carries",
)
CONCLUDED = (UNANSWERED, EXPIRED, OBJECTED, WITHDRAWN_SINCE, CHANGED_SINCE, EXPIRED_ON_THE_WAY, LOT_OUTSIDE)
OF_THE_LOT = frozenset((EXPIRED_ON_THE_WAY.code, LOT_OUTSIDE.code))
"""Concluded on a lot itself: what an ancestor keeps to itself."""

_TO_THE_END = ("import", "transit", "transport", "end-use")
"""Permits that are needed until the goods are there; the others until they have left their country."""


def drew(case: Case, consignment: str, permit: str) -> State | Finding:
    """What the consignment keeps of the permit, or why it keeps nothing."""
    state = case.state(consignment)
    if state is None:
        return case.finding(CONSIGNMENT_UNKNOWN, consignment)
    entry = state.get("permits", {}).get(permit)
    if entry is None:
        return case.finding(PERMIT_NOT_DRAWN, consignment, expected=permit)
    return dict(entry)


def told(case: Case, consignment: str, permit: str, entry: State) -> Effect:
    """The consignment with another entry for the permit."""
    state = case.standing(consignment)
    return Effect({consignment: {**state, "permits": {**state["permits"], permit: entry}}})


def replied(case: Case, subject: str, record: State, answers: str, reply: str) -> tuple[State, tuple[Finding, ...]]:
    """A notification (or what a consignment keeps of it) after a reply to the terms `answers`, and remarks."""
    status = record["status"]
    idle = record["terms_by"] != answers or status == "cancelled" or (reply == "received" and status != "sent")
    if idle:
        return record, (case.finding(REPLY_WITHOUT_EFFECT, subject, expected=record["terms_by"], found=reply),)
    findings: tuple[Finding, ...] = ()
    if status in ("no-objection", "objected") and reply != status:
        findings = (case.finding(REPLY_CHANGED, subject, expected=status, found=reply),)
    return {**record, "status": reply}, findings


def check_replier(case: Case, subject: str, record: State) -> Finding | None:
    """Whether the record is of a notification, and the issuer the authority of the country that it went to."""
    country = charters.country_of_authority(case.state(charters.SUBJECT), case.issuer)
    if country is None:
        return case.finding(NOT_AUTHORITY, subject, found=case.issuer)
    if record["sort"] != PRE_EXPORT:
        return case.finding(PERMIT_STATUS, subject, expected=PRE_EXPORT, found=record["sort"])
    if country != record["importing"]:
        return case.finding(AUTHORITY_SCOPE, subject, expected=record["importing"], found=country)
    return None


def conclude_consignment(name: str, state: State, as_of: int) -> tuple[Finding, ...]:
    """What is open on the permits that a consignment drew on."""
    findings = []
    for permit, entry in state.get("permits", {}).items():
        status = entry["status"]
        kind = None
        if status in ENDED:
            kind = WITHDRAWN_SINCE
        elif status == "changed":
            kind = CHANGED_SINCE
        elif entry["sort"] == PRE_EXPORT and status == "objected":
            kind = OBJECTED
        elif entry["sort"] == PRE_EXPORT and status != "no-objection":
            late = entry["reply_by"] is not None and as_of >= entry["reply_by"]
            kind = EXPIRED if late else UNANSWERED
        if kind is not None:
            findings.append(Finding(kind, name, "", permit, status))
    return tuple(findings)


def conclude_lot(lot: str, state: State, consignment: State | None, as_of: int) -> tuple[Finding, ...]:
    """What is open on a lot under way because of the permits of its consignment."""
    if consignment is None or state["delivered"] or state["ended"] is not None:
        return ()
    drawn = consignment.get("permits", {})
    findings = []
    at_home = state["place"]["code"][:2] == consignment["route"][0][:2]
    for permit, entry in drawn.items():
        needed = entry["sort"] in _TO_THE_END or (entry["sort"] != "quota" and at_home)
        if needed and as_of >= entry["until"]:
            until = f"{permit} until {format_instant(entry['until'])}"
            findings.append(Finding(EXPIRED_ON_THE_WAY, lot, "", until, "still under way"))
    for sort in sorted({entry["sort"] for entry in drawn.values()}):
        covered = {number for entry in drawn.values() if entry["sort"] == sort for number in entry["substances"]}
        if state["substance"] not in covered:
            findings.append(
                Finding(LOT_OUTSIDE, lot, "", f"{sort} for {state['substance']}", ", ".join(sorted(covered)))
            )
    return tuple(findings)
