"""Conflict: two acts of one issuer that exclude each other, one on the log and one not, and the proof of it.

Double dealing is two acts on one `prev`, or under one new name, that differ beyond key and signing time, each
effective by itself or accepted. The event names what is logged, carries what is not, and proves itself: anyone whose
key is enrolled may submit it, and whoever judges it asks nobody. What it does not prove is refused.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lotchain.core.encodings import b64decode
from lotchain.core.ids import key_subject
from lotchain.core.statements import MAX_STATEMENT, verify_signature
from lotchain.custody import keys, lots, parties
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Answer, Finding, hold, note, refusal
from lotchain.custody.following import LOT_UNKNOWN
from lotchain.errors import Malformed
from lotchain.events.event import Event
from lotchain.events.fields import HideableText, LotId, StatementId
from lotchain.events.reading import Reading, read_entry

LOGGED_UNKNOWN = refusal(
    "conflict-unknown",
    "the statement that is said to be on this ledger is not, or not yet",
    "submit that one first, then this again",
    retryable=True,
)
CONFLICT_UNPROVEN = refusal(
    "conflict-unproven",
    "the two statements do not prove double dealing",
    "carry the bytes as they were signed, and for an offer the receiver's acceptance of it",
)
CONFLICT_EXISTS = refusal(
    "conflict-exists",
    "the ledger knows these two statements as a dispute already, or has sixteen disputes about the logged act",
    "read the lot's history",
)
DOUBLE_DEALING = hold(
    Answer.CHAIN,
    "double-dealing",
    "one party signed two acts on the lot that exclude each other",
    "trust neither before the authority of the last declared place has resolved it",
)
DOUBLE_OFFER = note(
    Answer.CHAIN,
    "double-offer-unaccepted",
    "one party offered the lot twice; of one of the offers no acceptance is shown",
    "ask the party; an offer that nobody accepted moved nothing",
)
MAX_DISPUTES = 16
"""Disputes about one logged act: more would prove nothing that these did not, and fill the lot's history."""
Carried = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]+={0,2}$")]


def carried(text: str | None) -> Reading | None:
    """A carried statement, read as strictly as one that is submitted; None for what could never be submitted."""
    if text is None:
        return None
    try:
        raw = b64decode(text, what="carried statement")
        return read_entry(raw) if len(raw) <= MAX_STATEMENT else None
    except Malformed:
        return None


def brings_forth(event: Event, lot: str) -> bool:
    """Whether the event names the lot as a new one: a registration, a part, or what several became."""
    if lot in event.creates():
        return True
    if lot not in event.subjects() or event.follows(lot):
        return False
    # An act that follows something on other lots and nothing on this one makes this one out of them.
    return event.type == "registration/1" or any(event.follows(name) for name in event.subjects())


def same_act(one: Event, other: Event) -> bool:
    """Whether two events state the same: they may name different checkpoints, which only tell when they were signed."""
    return one.model_copy(update={"seen": None}).payload() == other.model_copy(update={"seen": None}).payload()


class Conflict(Event):
    """A dispute about a lot, with its proof."""

    TITLE: ClassVar[str] = "Conflict"
    CODES = (LOGGED_UNKNOWN, CONFLICT_UNPROVEN, CONFLICT_EXISTS, DOUBLE_DEALING, DOUBLE_OFFER, LOT_UNKNOWN)

    type: Literal["conflict/1"] = Field("conflict/1", title="Type", description="event type and version")
    lot: LotId = Field(title="Lot", description="in dispute")
    logged: StatementId = Field(title="Logged", description="id of the act that stands on this ledger")
    logged_reply: StatementId | None = Field(
        None, title="Logged reply", description="where the logged act is an offer: id of its acceptance on this ledger"
    )
    other: Carried = Field(title="Other", description="the act that is not on this ledger: its bytes, base64")
    other_reply: Carried | None = Field(
        None, title="Other reply", description="where the other act is an offer: the bytes of its acceptance, base64"
    )
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lot."""
        return (self.lot,)

    def reads(self, subject: str) -> tuple[str, ...]:
        """The keys and parties of those who signed what is carried, and whom an offer names."""
        names: list[str] = []
        for reading in (carried(self.other), carried(self.other_reply)):
            if reading is not None:
                names += [key_subject(reading.statement.kid), reading.statement.issuer]
                if reading.event.OFFERS:
                    names.append(reading.event.offered_to())
        return tuple(dict.fromkeys(names))

    def cites(self) -> tuple[str, ...]:
        """What is logged, what both acts follow, and the other act itself, which must not be there."""
        names = [self.logged]
        if self.logged_reply is not None:
            names.append(self.logged_reply)
        other = carried(self.other)
        if other is not None:
            names += [other.event.follows(self.lot), other.statement.hex_id]
        return tuple(dict.fromkeys(name for name in names if name))

    def judge(self, subject: str, case: Case) -> Effect:
        """Open the dispute when it is proved; a second offer that nobody is shown to have accepted is a note."""
        state = case.state(subject)
        if state is None:
            return Effect({}, (case.finding(LOT_UNKNOWN, subject),))
        for name in (self.logged, self.logged_reply):
            if name is not None and name not in case.cited:
                return Effect({}, (case.finding(LOGGED_UNKNOWN, subject, found=name),))
        logged, other = read_entry(case.cited[self.logged].raw), carried(self.other)
        if other is None:
            return Effect({}, (self._fault(case, "a statement of an act", "what cannot be read as one"),))
        pair = (self.logged, other.statement.hex_id)
        known = {e["status"] for e in state["conflicts"].values() if (e["logged"], e["other"]) == pair}
        exists = Effect({}, (case.finding(CONFLICT_EXISTS, subject, found=other.statement.hex_id),))
        if known - {"remarked"} or self._disputed_enough(state):
            return exists
        fault = self._pair_fault(case, logged, other) or self._signature_fault(case, other)
        fault = fault or self._registration_fault(case, other)
        if fault is not None:
            return Effect({}, (fault,))
        for reading, reply, given in self._replies(case, logged, other):
            if not reading.event.OFFERS and not given:
                continue
            if not given:
                if known:
                    return exists
                after = lots.open_conflict(state, case.statement, "double-offer", *pair, case.time, status="remarked")
                found = reading.statement.hex_id
                return Effect({subject: after}, (case.finding(DOUBLE_OFFER, subject, found=found),))
            fault = self._reply_fault(case, reading, reply)
            if fault is not None:
                return Effect({}, (fault,))
        after = lots.open_conflict(state, case.statement, "double-dealing", *pair, case.time)
        return Effect({subject: after}, (case.finding(DOUBLE_DEALING, subject, expected=pair[0], found=pair[1]),))

    def _replies(self, case: Case, logged: Reading, other: Reading) -> tuple[tuple[Reading, Reading | None, bool], ...]:
        """Each act, its reply where one can be read, and whether one was given: bad replies before absent ones."""
        logged_reply = None if self.logged_reply is None else read_entry(case.cited[self.logged_reply].raw)
        both = (
            (logged, logged_reply, self.logged_reply is not None),
            (other, carried(self.other_reply), self.other_reply is not None),
        )
        return tuple(sorted(both, key=lambda each: not each[2]))

    def _pair_fault(self, case: Case, logged: Reading, other: Reading) -> Finding | None:
        """Whether the two are acts of one issuer that exclude each other."""
        if other.statement.hex_id in case.cited:
            return self._fault(case, "a statement that is not logged", "one that is")
        if any(self.lot not in (*each.event.subjects(), *each.event.creates()) for each in (logged, other)):
            return self._fault(case, f"two acts on {self.lot}", "an act on another lot")
        if logged.statement.issuer != other.statement.issuer:
            return self._fault(case, logged.statement.issuer, other.statement.issuer)
        if same_act(logged.event, other.event):
            return self._fault(case, "two different acts", "one act signed twice")
        prev = logged.event.follows(self.lot)
        if prev:
            if other.event.follows(self.lot) != prev:
                return self._fault(case, f"an act after {prev}", f"one after {other.event.follows(self.lot) or 'none'}")
            if prev in case.cited and read_entry(case.cited[prev].raw).event.OFFERS:
                # A loss and a withdrawal may both stand on one open offer, and so may two losses.
                return self._fault(case, "acts that exclude each other", "acts on an open offer")
            return None
        if not (brings_forth(logged.event, self.lot) and brings_forth(other.event, self.lot)):
            return self._fault(case, "two acts on one prev, or under one new name", other.event.type)
        return None

    def _signature_fault(self, case: Case, reading: Reading) -> Finding | None:
        """Whether this ledger would have taken the carried statement's signature: its audience, key and bytes."""
        statement = reading.statement
        if statement.audience != case.audience:
            return self._fault(case, case.audience, statement.audience)
        if statement.subject != reading.event.subjects()[0]:
            return self._fault(case, reading.event.subjects()[0], statement.subject)
        key = case.state(key_subject(statement.kid))
        if key is None or key["party"] != statement.issuer:
            return self._fault(case, f"a key of {statement.issuer}", key_subject(statement.kid))
        if not keys.may_sign(key, statement.hex_id):
            return self._fault(case, "a valid key, or an endorsed statement", "a revoked key")
        if not verify_signature(statement, keys.public_key(key)):
            return self._fault(case, "a signature that verifies", "one that does not")
        return None

    def _disputed_enough(self, state: State) -> bool:
        """Whether as many disputes about the logged act were filed as can be needed: one alone holds the lot."""
        return sum(1 for entry in state["conflicts"].values() if entry["logged"] == self.logged) >= MAX_DISPUTES

    def _registration_fault(self, case: Case, other: Reading) -> Finding | None:
        """Whether a carried registration would have brought the lot forth: a slip that was refused deals in nothing."""
        if not other.event.REGISTERS:
            return None
        states = {**case.states, self.lot: None}
        first = case._replace(statement=other.statement.hex_id, issuer=other.statement.issuer, states=states)
        refused = [each for each in other.event.judge(self.lot, first).findings if each.kind.refuses]
        return self._fault(case, "a registration that could be taken", refused[0].code) if refused else None

    def _reply_fault(self, case: Case, offer: Reading, reply: Reading | None) -> Finding | None:
        """Whether `reply` is the named receiver's acceptance of `offer`, with something of this lot accepted."""
        receiver = offer.event.offered_to()
        if not offer.event.OFFERS or reply is None:
            return self._fault(case, "an offer and its acceptance", "another statement")
        if reply.event.replies_to() != offer.statement.hex_id:
            return self._fault(case, f"a reply to {offer.statement.hex_id}", reply.event.replies_to() or "no reply")
        if reply.statement.issuer != receiver:
            return self._fault(case, receiver, reply.statement.issuer)
        if not reply.event.accepts(self.lot):
            return self._fault(case, "an acceptance of this lot", "a reply that accepts nothing of it")
        if reply.statement.hex_id == self.logged_reply:
            return None  # judged when it was logged
        if parties.same_organisation(case.state(offer.statement.issuer), case.state(receiver)):
            return self._fault(case, "two organisations", receiver)
        return self._signature_fault(case, reply)

    def _fault(self, case: Case, expected: str, found: str) -> Finding:
        return case.finding(CONFLICT_UNPROVEN, self.lot, expected=expected, found=found)

    def sentence(self) -> str:
        """Which two."""
        other = carried(self.other)
        if other is None:
            return f"Two acts on {self.lot} are said to exclude each other; one cannot be read."
        return (
            f"{other.statement.issuer} signed two acts on {self.lot} that exclude each other: "
            f"{self.logged[:12]}… on this ledger and {other.statement.hex_id[:12]}… beside it."
        )

    def details(self) -> tuple[tuple[str, str], ...]:
        """What the carried statements say."""
        readings = (("The other act", carried(self.other)), ("Its reply", carried(self.other_reply)))
        return tuple((label, reading.event.sentence()) for label, reading in readings if reading is not None)
