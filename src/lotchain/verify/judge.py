"""The one judge: what a statement does, and what is wrong with it. Append, audit and offline verifier call it.

Order: 1 form · 2 known type and schema (`reading`) · 3 signature by a key valid at that point of the log · 4 links ·
5 the event's own preconditions · 6 custody quantities balance (4–6 in the event, subject by subject) · 7 treaty
rules and permits. Only 1–6 refuse: what unlawfully happened is recorded and reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from lotchain.core.ids import key_subject
from lotchain.core.keys import parse_public_key
from lotchain.core.statements import verify_signature
from lotchain.custody import adoptions, keys
from lotchain.custody import charter as charters
from lotchain.custody.case import Case, Cited, Effect, State
from lotchain.custody.findings import Answer, Code, Finding, note, refusal
from lotchain.custody.treaty_records import Asked, Duty, Load, TreatyAnswer, TreatyBooks
from lotchain.events.reading import Reading

JUDGE_VERSION = "lotchain-judge/1"
LATE_MS = 24 * 3_600_000
SKEW_MS = 5 * 60_000

WRONG_LEDGER = refusal(
    "wrong-ledger", "the statement was signed for another ledger", "sign it again for this ledger's audience"
)
NO_CHARTER = refusal(
    "no-charter", "the first leaf of a ledger is its charter", "submit the charter first", retryable=True
)
CHARTER_PENDING = refusal(
    "charter-pending",
    "the charter has not reached its threshold: only endorsements of it are accepted",
    "have the founding authorities endorse the charter first",
    retryable=True,
)
KEY_NOT_ENROLLED = refusal(
    "key-not-enrolled",
    "the signing key is not enrolled for the issuer on this ledger, or not yet",
    "enrol the key, then submit this again",
    retryable=True,
)
KEY_REVOKED = refusal(
    "key-revoked",
    "the signing key was revoked before this statement arrived",
    "if it was honestly signed before the loss, have another key of the party or its authority endorse its id",
)
BAD_SIGNATURE = refusal(
    "bad-signature",
    "the signature does not verify",
    "the bytes were changed, or another key signed: sign again",
)
SUBJECT_MISMATCH = refusal(
    "subject-mismatch",
    "the statement's main subject is not the event's",
    "sign with the event's own main subject in the header",
)
CHECKPOINT_UNKNOWN = refusal(
    "checkpoint-unknown",
    "the checkpoint that the signer had seen is none of this ledger's",
    "keep both: a validly signed checkpoint that is not in this log is evidence of a split view",
)
ENDORSED_KEY = note(
    Answer.CHAIN,
    "endorsed-after-loss",
    "the key was lost, and the statement stands by endorsement",
    "read the endorsement",
)
LATE_ENTRY = note(
    Answer.CHAIN,
    "late-entry",
    "what happened was entered more than 24 hours later",
    "ask the handler why",
)
TIME_AHEAD = note(
    Answer.CHAIN,
    "time-in-future",
    "it is said to have happened, or been signed, after it was entered",
    "the handler's clock is wrong; nothing is concluded from the time that it states",
)
SIGNED_BEFORE_SEEN = note(
    Answer.CHAIN,
    "signed-before-seen",
    "it is said to have been signed before the checkpoint that it names existed",
    "the handler's clock is wrong; nothing is concluded from the time that it states",
)
CODES = (
    WRONG_LEDGER, NO_CHARTER, CHARTER_PENDING, KEY_NOT_ENROLLED, KEY_REVOKED, BAD_SIGNATURE, SUBJECT_MISMATCH,
    CHECKPOINT_UNKNOWN, ENDORSED_KEY, LATE_ENTRY, TIME_AHEAD, SIGNED_BEFORE_SEEN,
)  # fmt: skip


_NOTHING_CITED: Mapping[str, Cited] = MappingProxyType({})
_NOT_ASKED = TreatyAnswer()


class Context(NamedTuple):
    """Where in which log a statement is judged.

    Args:
        origin: the log's name.
        charter: statement id (hex) of leaf 0, or "" while the log is empty.
        time: the batch's time, ms.
        seen: closing time (ms) of the checkpoint that the statement names, or None where it names none or where
            that checkpoint is not one of this log.
        cited: the statements of this log that the event names.
        signature_verified: whether the signature was checked beforehand by the key of that thumbprint; None makes
            the judge check it.
        books: the rule sets adopted on this log; None only where no set has been adopted.
        load: the state of any subject before the statement, as step 7 asks for it.
        only_states: leave out what neither refuses a statement nor changes a state: step 7, and what stated times are
            worth. For whoever only replays, such as a mirror.

    """

    origin: str
    charter: str
    time: int
    seen: int | None = None
    cited: Mapping[str, Cited] = _NOTHING_CITED
    signature_verified: bool | None = None
    books: TreatyBooks | None = None
    load: Load | None = None
    only_states: bool = False


class Judgement(NamedTuple):
    """New states by subject, and every finding. Refused when any finding refuses: then there are no states.

    `asked` and `duties` are what step 7 leaves for the conclusion: which rule sets were asked, what is still open.
    """

    states: Mapping[str, State]
    findings: tuple[Finding, ...]
    asked: tuple[Asked, ...] = ()
    duties: tuple[Duty, ...] = ()

    @property
    def refused(self) -> tuple[Finding, ...]:
        """The findings for which an append refuses the statement."""
        return tuple(finding for finding in self.findings if finding.kind.refuses)


def names_read(reading: Reading) -> tuple[str, ...]:
    """Every subject whose state the judge may ask for: load these (absent ones as None)."""
    event, statement = reading.event, reading.statement
    names = [
        charters.SUBJECT,
        key_subject(statement.kid),
        statement.issuer,
        *event.subjects(),
        *event.creates(),
    ]
    for subject in event.subjects():
        names += event.reads(subject)
    return tuple(dict.fromkeys(names))


def judge(
    reading: Reading, states: Mapping[str, State | None], context: Context, only: Iterable[str] | None = None
) -> Judgement:
    """Judge one statement at its place in the log. Pure.

    Args:
        reading: the statement and its event.
        states: the states before it; absent subjects map to None, subjects not examined are missing.
        context: log, place, time.
        only: judge these of the event's subjects (an offline verifier examines its own lots); None judges all.

    """
    findings = _admit(reading, states, context)
    if any(finding.kind.refuses for finding in findings):
        return Judgement({}, tuple(sorted(findings, key=Finding.sort_key)))
    statement, event = reading.statement, reading.event
    case = Case(
        statement=statement.hex_id,
        issuer=statement.issuer,
        key=key_subject(statement.kid),
        audience=statement.audience,
        time=context.time,
        lower=context.seen if event.seen is not None else None,
        states=states,
        cited=context.cited,
    )
    examined = event.subjects() if only is None else [name for name in event.subjects() if name in set(only)]
    after: dict[str, State] = {}
    for subject in examined:
        effect: Effect = event.judge(subject, case)
        findings += effect.findings
        after.update(effect.states)
    if not context.only_states:
        findings += _times(reading, context)
    if any(finding.kind.refuses for finding in findings):
        return Judgement({}, tuple(sorted(findings, key=Finding.sort_key)))
    treaty = _treaty(reading, case, after, examined, context)
    findings += treaty.findings
    return Judgement(after, tuple(sorted(findings, key=Finding.sort_key)), treaty.asked, treaty.duties)


def _treaty(
    reading: Reading, case: Case, after: Mapping[str, State], examined: Sequence[str], context: Context
) -> TreatyAnswer:
    """Step 7. It never refuses: what unlawfully happened is recorded."""
    if context.books is None or context.only_states or not adoptions.any_adopted(case.state(charters.SUBJECT)):
        return _NOT_ASKED
    return context.books.ask(reading.event, case, after, examined, context.load or case.states.get)


def _admit(reading: Reading, states: Mapping[str, State | None], context: Context) -> list[Finding]:
    """Step 3, and that the statement belongs to this ledger at all."""
    statement, event = reading.statement, reading.event
    main, hex_id = event.subjects()[0], statement.hex_id

    def refused(kind: Code, expected: str = "", found: str = "") -> list[Finding]:
        return [Finding(kind, main, hex_id, expected, found)]

    founding = event.founding_keys()
    audience = context.origin if founding else f"{context.origin}#{context.charter}"
    if not founding and not context.charter:
        return refused(NO_CHARTER)
    if statement.audience != audience:
        return refused(WRONG_LEDGER, audience, statement.audience)
    if statement.subject != main:
        return refused(SUBJECT_MISMATCH, main, statement.subject)
    key_name = key_subject(statement.kid)
    state = states[key_name]
    findings: list[Finding] = []
    if founding:
        cose = founding.get(key_name)
        if cose is None:
            return refused(KEY_NOT_ENROLLED, "one of the founding keys", key_name)
        public = parse_public_key(bytes.fromhex(cose))
    else:
        if state is None or state["party"] != statement.issuer:
            return refused(KEY_NOT_ENROLLED, f"a key of {statement.issuer}", key_name)
        if not keys.may_sign(state, hex_id):
            return refused(KEY_REVOKED, "", key_name)
        if state["status"] != "valid":
            findings.append(Finding(ENDORSED_KEY, main, hex_id, "", key_name))
        public = keys.public_key(state)
    verified = context.signature_verified
    if verified is None:
        verified = verify_signature(statement, public)
    if not verified:
        return refused(BAD_SIGNATURE)
    if event.seen is not None and context.seen is None:
        return refused(CHECKPOINT_UNKNOWN, "", f"size {event.seen.size}")
    charter = states[charters.SUBJECT]
    opening = charter is not None and not founding and not charters.is_effective(charter)
    if opening and (main != charters.SUBJECT or context.charter not in event.names_endorsed()):
        return refused(CHARTER_PENDING)
    return findings


def _times(reading: Reading, context: Context) -> list[Finding]:
    """What the stated times are worth: notes only, since no stated time decides anything."""
    event, statement = reading.event, reading.statement
    main, hex_id = event.subjects()[0], statement.hex_id
    findings: list[Finding] = []
    signed_at = statement.signed_at * 1000
    if max(event.occurred, signed_at) > context.time + SKEW_MS:
        findings.append(Finding(TIME_AHEAD, main, hex_id, "", event.occurred_at))
    if event.occurred < context.time - LATE_MS:
        findings.append(Finding(LATE_ENTRY, main, hex_id, "", event.occurred_at))
    if context.seen is not None and signed_at < context.seen - SKEW_MS:
        findings.append(Finding(SIGNED_BEFORE_SEEN, main, hex_id, "", ""))
    return findings
