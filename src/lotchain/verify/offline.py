"""The offline verifier: one bundle, one trust policy, one moment; no network, no database, no clock.

Steps, named in the findings by their codes: 1 the file is whole · 2 the checkpoint is signed and cosigned · 3 every
entry is in the tree · 4 dates and seen checkpoints · 5 statements are read · 6 the closure is computed, and the bundle
holds just that · 7 replay through the judge · 8 every history and state is what the heads map commits to · 9 what
stays open · 10 the goods.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from lotchain.core.ids import kind_of
from lotchain.core.instants import format_instant
from lotchain.core.notes import ED25519_NOTE
from lotchain.custody import log_keys
from lotchain.custody.case import State
from lotchain.custody.charter import SUBJECT as CHARTER
from lotchain.custody.conclusion import CONFLICT_OPEN, ON_HOLD, whereabouts
from lotchain.custody.findings import Answer, Code, Finding, Weight, hold
from lotchain.custody.treaty_records import TreatyBooks
from lotchain.errors import Malformed
from lotchain.events.reading import Reading, read_entry
from lotchain.verify import goods
from lotchain.verify.bundle import Bundle, Leaf, decode_bundle
from lotchain.verify.closure import closure, documents_needed, lots_named
from lotchain.verify.conclude import Treaty, conclude
from lotchain.verify.opened import check_openings
from lotchain.verify.policy import Policy, Weighed, weigh
from lotchain.verify.proofs import Dates, check_entries, check_head, read_dates, refused
from lotchain.verify.relevance import asked_about, left_at, relevant
from lotchain.verify.replay import Replay, replay
from lotchain.verify.timeline import timeline
from lotchain.verify.treaty_answer import NO_RULE_SET, TreatyCard, treaty_answer, treaty_card
from lotchain.verify.treaty_door import books_of
from lotchain.verify.verdict import Answers, Verdict, quantity_answer, word_of, worst

SKEW_MS = 5 * 60_000
TOO_OLD = hold(
    Answer.COMPLETENESS,
    "too-old",
    "what is proved is older than the policy allows: later statements may exist",
    "fetch a new bundle; only age tells a genuine older one from the latest",
)
COSIGNED_AHEAD = hold(
    Answer.COMPLETENESS,
    "cosigned-in-future",
    "the auditing cosignatures are dated after this machine's clock",
    "set this machine's clock, or ask the auditing authorities",
)
LOG_KEY_NOT_LISTED = hold(
    Answer.COMPLETENESS,
    "log-key-not-listed",
    "the ledger's founding authorities have listed other keys than those that signed this checkpoint",
    "fetch a bundle under a newer checkpoint; if it stays so, tell the authorities: an old key may have been stolen",
)
CODES = (NO_RULE_SET, TOO_OLD, COSIGNED_AHEAD, LOG_KEY_NOT_LISTED)
_UNKNOWN_VERSIONS = ("version-unsupported", "judge-version-unknown")
_NOT_GIVEN = Answers(*["not given: the file does not prove what it holds"] * 6)


class _Checked(NamedTuple):
    """What survived steps 2 to 8."""

    bundle: Bundle
    weighed: Weighed
    dates: Dates
    readings: list[tuple[Leaf, Reading]]
    examined: tuple[str, ...]
    replayed: Replay
    books: TreatyBooks | None
    openings: dict[str, str]


def verify_bundle(data: bytes, policy: Policy, *, now: int, found: goods.Found | None = None) -> Verdict:
    """Verify one bundle under one policy.

    Args:
        data: the `.lotproof` file's bytes.
        policy: whom the inspector trusts.
        now: the inspector's clock, ms since 1970; only the age of the proof depends on it.
        found: what stands before the inspector, if it was compared.

    Returns:
        The verdict; a bundle that is whole and does not prove what it holds is a refused verdict (FAIL, or HOLD
        where a version is unknown).

    Raises:
        Malformed: the file cannot be read as a bundle at all (`bundle-digest`, `bundle-format`, …).
    """
    bundle = decode_bundle(data)
    try:
        checked = _check(bundle, policy)
    except Malformed as fault:
        return _refused_verdict(bundle, policy, fault)
    return _conclude(checked, policy, now, found or goods.Found())


def _check(bundle: Bundle, policy: Policy) -> _Checked:
    weighed = weigh(policy, bundle.note)
    checkpoint = weighed.checkpoint
    if checkpoint.size < 2:
        raise refused("log-empty", "the checkpoint covers no statement", f"size {checkpoint.size}")
    check_entries(bundle, checkpoint)
    dates = read_dates(bundle, checkpoint)
    readings = [(leaf, read_entry(leaf.raw)) for leaf in bundle.statements]
    if not readings or readings[0][0].index != 0 or readings[0][1].statement.id != policy.charter:
        raise refused("charter-mismatch", "the log does not begin with the policy's charter", "", policy.charter.hex())
    examined = _examined(bundle, [reading for _, reading in readings])
    books = _books(bundle, [reading for _, reading in readings])
    replayed = replay(readings, examined, dates, origin=policy.origin, charter=policy.charter.hex(), books=books)
    if replayed.states[bundle.lot] is None:
        raise refused("lot-absent", "the lot is not on the ledger", bundle.lot)
    for proof in bundle.subjects:
        check_head(dates.last.heads_root, proof, replayed.head(proof.subject))
    _check_used(bundle, replayed, dates, [reading for _, reading in readings])
    openings = check_openings(bundle.openings, [reading for _, reading in readings])
    return _Checked(bundle, weighed, dates, readings, examined, replayed, books, openings)


def _examined(bundle: Bundle, readings: list[Reading]) -> tuple[str, ...]:
    """The closure, computed here; the bundle must prove just these subjects."""
    touching: dict[str, list[Reading]] = {}
    for reading in readings:
        for name in dict.fromkeys((*reading.event.subjects(), *reading.event.creates())):
            touching.setdefault(name, []).append(reading)
    needed = closure(bundle.lot, lambda subject: touching.get(subject, ()))
    proved = tuple(proof.subject for proof in bundle.subjects)
    if proved != needed:
        missing, extra = sorted(set(needed) - set(proved)), sorted(set(proved) - set(needed))
        code = "bundle-incomplete" if missing else "bundle-extra"
        raise refused(code, "the bundle does not prove just the subjects that its histories need",
                      f"missing {', '.join(missing) or 'none'}; beside {', '.join(extra) or 'none'}")  # fmt: skip
    return needed


def _books(bundle: Bundle, readings: list[Reading]) -> TreatyBooks | None:
    """The rule sets in force; the bundle must hold just those that its statements need."""
    needed = documents_needed(readings)
    held = tuple(hashlib.sha256(document).hexdigest() for document in bundle.rule_sets)
    if held != needed:
        code = "bundle-incomplete" if set(needed) - set(held) else "bundle-extra"
        raise refused(code, "the bundle does not hold just the rule sets that were in force", f"{len(needed)}",
                      f"{len(held)}")  # fmt: skip
    return books_of(bundle.rule_sets) if needed or any(reading.event.documents_kept() for reading in readings) else None


def _check_used(bundle: Bundle, replayed: Replay, dates: Dates, readings: Iterable[Reading]) -> None:
    """Nothing beside: every closing record dates something, every seen proof is named by a statement."""
    named = {(reading.event.seen.size, bytes.fromhex(reading.event.seen.root))
             for reading in readings if reading.event.seen is not None}  # fmt: skip
    unused = [f"size {proof.size}" for proof in bundle.seen if (proof.size, proof.root) not in named]
    ends = {dates.closing_of(leaf.index).end for leaf in bundle.statements}
    ends |= {proof.size - 1 for proof in bundle.seen} | {dates.last.end}
    unused += [f"entry {end}" for end in sorted(set(dates.by_end) - ends)]
    if unused:
        raise refused("bundle-extra", "the bundle holds proofs that nothing in it needs", ", ".join(unused))


def _conclude(checked: _Checked, policy: Policy, now: int, found: goods.Found) -> Verdict:
    bundle, weighed, replayed = checked.bundle, checked.weighed, checked.replayed
    state = replayed.states[bundle.lot]
    assert state is not None  # noqa: S101  _check refused an absent lot
    moment = weighed.as_of_ms if weighed.as_of_ms is not None else checked.dates.last.time
    treaty = Treaty(checked.books, tuple(replayed.asked), tuple(replayed.duties))
    findings = relevant(
        replayed, bundle.lot, conclude(replayed.states, [signed for _, signed in replayed.signed], moment, treaty)
    )
    findings += weighed.faults
    findings += _age(policy, weighed, now)
    findings += _log_key(policy, weighed, replayed.states.get(CHARTER))
    findings += _not_asked(replayed, bundle.lot)
    card = _treaty_card(replayed, bundle.lot, checked.books, moment)
    if not found.is_empty:
        findings += goods.compare(bundle.lot, state, found)
    ordered = tuple(sorted(dict.fromkeys(findings), key=Finding.sort_key))
    return Verdict(
        lot=bundle.lot,
        word=word_of(ordered, treaty_required=policy.treaty_required),
        answers=_answers(ordered, weighed, _where(state, moment, replayed), card, compared=not found.is_empty),
        findings=ordered,
        refused=False,
        origin=policy.origin,
        size=weighed.checkpoint.size,
        as_of=weighed.as_of_ms,
        state=state,
        steps=timeline(bundle.lot, checked.readings, replayed, checked.openings),
        examined=tuple(name for name in checked.examined if kind_of(name) == "lot"),
        named=lots_named([reading for _, reading in checked.readings], checked.examined),
        auditors=tuple(weighed.auditors),
        witnesses=tuple(weighed.witnesses),
        by_statement=replayed.by_statement,
        openings=checked.openings,
        treaty_required=policy.treaty_required,
        treaty=card,
    )


def _treaty_card(replayed: Replay, lot: str, books: TreatyBooks | None, moment: int) -> TreatyCard:
    asked, duties = asked_about(replayed, lot)
    done = books.done(replayed.states, duties, moment) if books is not None else ()
    return treaty_card(asked, done, books)


def _not_asked(replayed: Replay, lot: str) -> list[Finding]:
    """What was entered before any rule set was adopted was judged by none."""
    until = {**left_at(replayed, lot), lot: max(replayed.touched, default=0)}
    early = sum(1 for index, name in replayed.unasked if index <= until.get(name, -1))
    if not early:
        return []
    return [Finding(NO_RULE_SET, lot, "", "a rule set adopted before", f"{early} statements without one")]


def _where(state: State, moment: int, replayed: Replay) -> str:
    """Where the lot is; in transit, also since when: the time at which the offer was entered."""
    where, offer = whereabouts(state, moment), state["offer"]
    return where if offer is None else f"{where}, since {format_instant(replayed.closed_at[offer['id']])}"


def _age(policy: Policy, weighed: Weighed, now: int) -> list[Finding]:
    as_of = weighed.as_of_ms
    if as_of is None:
        return []
    if now - as_of > policy.max_age_ms:
        oldest = format_instant(now - policy.max_age_ms)
        return [Finding(TOO_OLD, policy.origin, "", f"as of {oldest} or later", format_instant(as_of))]
    if as_of > now + SKEW_MS:
        return [Finding(COSIGNED_AHEAD, policy.origin, "", format_instant(now), format_instant(as_of))]
    return []


def _log_key(policy: Policy, weighed: Weighed, charter: State | None) -> list[Finding]:
    """A checkpoint by none of the keys that the charter's history lists, where it lists any."""
    listed = log_keys.listed(charter)
    signed = [key for key in policy.log_keys if key.kind == ED25519_NOTE and key.line_in(weighed.note) is not None]
    if not listed or any(key.digest in listed for key in signed):
        return []
    found = ", ".join(f"key id {key.key_id.hex()}" for key in signed)
    return [Finding(LOG_KEY_NOT_LISTED, policy.origin, "", f"one of {len(listed)} listed keys", found)]


def _answers(findings: Iterable[Finding], weighed: Weighed, where: str, card: TreatyCard, *, compared: bool) -> Answers:
    found = tuple(findings)
    unlisted = any(finding.code == LOG_KEY_NOT_LISTED.code for finding in found)
    complete = weighed.attested and weighed.quorum_met and not unlisted
    chain = {Weight.FAIL: "broken", Weight.HOLD: "undetermined", Weight.NOTE: "unbroken"}[worst(found, Answer.CHAIN)]
    if chain == "unbroken" and not complete:
        chain = "undetermined"
    if any(f.code == CONFLICT_OPEN.code for f in found):
        where = f"undetermined: in dispute; the ledger says {where}"
    on_hold = ", on hold" if any(f.code == ON_HOLD.code for f in found) else ""
    matches = {Weight.FAIL: "mismatch", Weight.HOLD: "not compared", Weight.NOTE: "match"}
    goods_answer = matches[worst(found, Answer.GOODS)]
    return Answers(
        chain=chain,
        quantity=quantity_answer(found),
        treaty=treaty_answer(found, card, complete=complete),
        whereabouts=(where + on_hold) if complete else "undetermined: the operator's word is " + where + on_hold,
        completeness="attested" if complete else "operator's word",
        goods=goods_answer if compared else "not compared",
    )


def _refused_verdict(bundle: Bundle, policy: Policy, fault: Malformed) -> Verdict:
    """A whole file that does not prove what it holds: no answer is given. An unknown version is undetermined."""
    # What states a type that this version does not know may be honest; what states none is no event of any version.
    unknown = fault.code in _UNKNOWN_VERSIONS or (fault.code == "event-type" and fault.field == "type")
    weight = Weight.HOLD if unknown else Weight.FAIL
    kind = Code(fault.code, Answer.CHAIN, weight, fault.what, fault.remedy or "fetch a new bundle")
    finding = Finding(kind, bundle.lot, "", fault.expected, fault.found)
    answers = Answers(*["undetermined: unknown version"] * 6) if unknown else _NOT_GIVEN
    return Verdict(
        lot=bundle.lot,
        word="HOLD" if unknown else "FAIL",
        answers=answers,
        findings=(finding,),
        refused=True,
        origin=policy.origin,
        size=0,
        as_of=None,
        state=None,
    )
