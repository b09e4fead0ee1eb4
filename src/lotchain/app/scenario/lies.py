"""Four lies told to the inspector, each beside an honest twin: what the demonstration is for.

1 operator and maker together rewrite a registered quantity and rebuild the whole log, keeping the old cosignatures;
2 the operator leaves the last acceptance out of the map and of the bundle;
3 a custodian hands the same lot to two parties, and the second one shows its papers;
4 the drum before the inspector has another seal.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lotchain.app.scenario.cast import Cast
from lotchain.app.scenario.forgery import ForgedLog, heads_root
from lotchain.app.scenario.play import MINUTE, Played, Player, ScenarioClock, WentWrong
from lotchain.app.scenario.script import Script, Step
from lotchain.app.wiring import memory_ledger
from lotchain.core.closing import ClosingRecord, is_closing
from lotchain.core.heads import Head
from lotchain.core.instants import format_instant
from lotchain.core.notes import Note, parse_note
from lotchain.errors import LotchainError
from lotchain.events.reading import read_entry
from lotchain.ledger.bundles import make_bundle
from lotchain.ledger.checkpointing import add_mldsa, sign_checkpoint
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.ports import MLDSASigner, Signer
from lotchain.ledger.receipts import Refused
from lotchain.verify.bundle import decode_bundle, encode_bundle
from lotchain.verify.goods import Found
from lotchain.verify.judge import JUDGE_VERSION
from lotchain.verify.offline import verify_bundle
from lotchain.verify.policy import Policy
from lotchain.verify.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Told:
    """One lie as the inspector sees it, and its honest twin."""

    title: str
    code: str
    """the finding that must give it away"""
    lie: Verdict
    twin: Verdict
    beside: str = ""

    @property
    def caught(self) -> bool:
        """The lie has its own code and no green light; the twin is CLEAR and has not that code."""
        lie_codes = {finding.code for finding in self.lie.findings}
        twin_codes = {finding.code for finding in self.twin.findings}
        return (
            self.code in lie_codes
            and self.lie.exit_code != 0
            and self.twin.exit_code == 0
            and self.code not in twin_codes
        )


@dataclass(frozen=True, slots=True)
class Liars:
    """Everything that the liars hold: the played ledger, the log's key, the cast's keys; and the honest witnesses.

    `cosign` asks the auditing witnesses of the honest ledger to cosign what the reader of another log publishes, and
    says how they answered; `fresh_answer` shows it to the same witnesses as if they had never seen another.
    """

    script: Script
    cast: Cast
    played: Played
    ledger: Ledger
    log_signer: Signer
    log_mldsa: MLDSASigner
    policy: Policy
    now: int
    cosign: Callable[[Ledger | ForgedLog], str]
    fresh_answer: Callable[[Ledger | ForgedLog], str]

    def honest(self, lot: str, found: Found | None = None) -> Verdict:
        """The verdict on a lot from the honest ledger."""
        return self.verdict(make_bundle(self.ledger.reader, lot), found)

    def verdict(self, bundle: bytes, found: Found | None = None) -> Verdict:
        """What the inspector says of a bundle."""
        return verify_bundle(bundle, self.policy, now=self.now, found=found)


def tell(liars: Liars) -> tuple[Told, ...]:
    """Tell all four."""
    return (_rewritten(liars), _omitted(liars), _double(liars), _other_drum(liars))


def _replayed(liars: Liars, *, until: int, instead: Mapping[str, bytes] | None = None) -> tuple[Ledger, ScenarioClock]:
    """A rebuilt log: the same key, the same batches at the same times, up to entry `until`; `instead` maps a
    statement id to the bytes that take its place.
    """
    clock = ScenarioClock(0)
    ledger = memory_ledger(liars.script.origin, liars.log_signer, clock=clock, mldsa=liars.log_mldsa)
    reader = liars.ledger.reader
    index = 0
    while index < until:
        record, end, _ = reader.closing_of(index)
        clock.time = record.time
        packet = [raw for raw in reader.entries(record.start, end) if not is_closing(raw)]
        swapped = [(instead or {}).get(read_entry(raw).statement.hex_id, raw) for raw in packet]
        for answer in ledger.submit(swapped, liars.cast.documents_of(swapped)):
            if isinstance(answer, Refused):
                raise WentWrong("scenario-differs", "the rebuilt log does not take a statement", found=answer.findings)
        index = end + 1
    return ledger, clock


def _rewritten(liars: Liars) -> Told:
    name = liars.script.lies["rewritten"]
    step = _step(liars.script, name)
    lot = str(step.event["lot"])
    index = liars.ledger.reader.index_of(bytes.fromhex(liars.played.ids[name])) or 0
    prefix, _ = _replayed(liars, until=index)
    more = {**step.event, "quantity": {"value": liars.script.lies["rewritten_to"], "unit": "KGM"}}
    newest, _ = prefix.reader.newest()
    more |= {"occurred_at": format_instant(step.at), "seen": {"size": newest.size, "root": newest.root.hex()}}
    forged = liars.cast.sign(step.by, more, at=step.at, charter=liars.played.charter)
    rebuilt, _ = _replayed(liars, until=liars.ledger.size, instead={liars.played.ids[name]: forged})
    note = parse_note(rebuilt.publish())
    _, honest_note = liars.ledger.reader.published()
    # The witnesses will not cosign the rebuilt log, so the operator pastes what they said of the honest one.
    answer = liars.cosign(rebuilt)
    pasted = [line for line in parse_note(honest_note).signatures if line.name != liars.script.origin]
    bundle = decode_bundle(make_bundle(rebuilt.reader, lot))
    lie = encode_bundle(bundle._replace(note=Note(note.text, (*note.signatures, *pasted)).encode()))
    return Told(
        "operator and maker rewrite a registered quantity and rebuild the whole log",
        "cosignature-invalid",
        liars.verdict(lie),
        liars.honest(lot),
        answer,
    )


def _omitted(liars: Liars) -> Told:
    name = liars.script.lies["omitted"]
    raw = liars.played.statements[name]
    lot = str(_step(liars.script, name).event["lines"][0]["lot"])
    reader = liars.ledger.reader
    index = reader.index_of(bytes.fromhex(liars.played.ids[name])) or 0
    before, _ = _replayed(liars, until=index)
    before.publish()
    subjects = before.reader.subjects_named("")
    heads: dict[str, Head] = {}
    for subject in subjects:
        head = before.reader.head_proof(subject).head
        if head is not None:
            heads[subject] = head
    closing = ClosingRecord(reader.closing_of(index)[0].time, index, index + 1, JUDGE_VERSION, heads_root(heads))
    entries = [*before.reader.entries(0, index), raw, closing.encode()]
    histories = {subject: before.reader.history(subject) for subject in subjects}
    forged = ForgedLog(liars.script.origin, entries, histories, heads, liars.cast.documents)
    note = sign_checkpoint(forged.checkpoint, liars.log_signer)
    forged.note = add_mldsa(note, forged.checkpoint, liars.log_mldsa, liars.now // 1000)
    answer = liars.fresh_answer(forged)
    return Told(
        "the operator leaves the last acceptance out of the map and of the bundle",
        "audit-quorum-not-met",
        liars.verdict(make_bundle(forged, lot)),
        liars.honest(lot),
        answer,
    )


def _double(liars: Liars) -> Told:
    plan = liars.script.lies["double"]
    first = _step(liars.script, plan["offer"])
    lot = str(first.event["lines"][0]["lot"])
    ledger, clock = _replayed(liars, until=liars.ledger.size)
    clock.time = liars.now
    played = replace(liars.played, ids=dict(liars.played.ids), statements=dict(liars.played.statements))
    player = Player(
        liars.script, liars.cast, ledger, clock, cosign=lambda: None, policy=lambda _: liars.policy
    )  # fmt: skip
    second = replace(
        first,
        name="second-offer",
        at=liars.now,
        event={**first.event, "to": liars.cast.parties[plan["second_receiver"]],
               "deadline": format_instant(liars.now + 48 * 60 * MINUTE)},
    )  # fmt: skip
    offer = player.sign(played, second)
    line = dict(first.event["lines"][0])
    taken = {"lot": lot, "outcome": "full", "accepted": line["quantity"], "seals_found": line["seals"]}
    reply: dict[str, Any] = {
        "type": "acceptance/1",
        "answers": read_entry(offer).statement.hex_id,
        "lines": [taken],
        "place": first.event["place"],
    }
    receiver = plan["second_receiver"]
    acceptance = player.sign(played, Step(liars.now, receiver, "second-acceptance", reply))
    beside = "; ".join(
        answer.reasons[0].code for answer in ledger.submit([offer, acceptance]) if isinstance(answer, Refused)
    )
    conflict = {
        "type": "conflict/1",
        "lot": lot,
        "logged": liars.played.ids[plan["offer"]],
        "logged_reply": liars.played.ids[plan["reply"]],
        "other": base64.b64encode(offer).decode(),
        "other_reply": base64.b64encode(acceptance).decode(),
    }
    player.act(played, Step(liars.now + MINUTE, receiver, "conflict", conflict))
    ledger.publish()
    liars.fresh_answer(ledger)
    return Told(
        "a custodian hands the same lot to two parties",
        "double-dealing",
        liars.verdict(make_bundle(ledger.reader, lot)),
        liars.honest(lot),
        f"the second papers were refused ({beside}), and entered as a conflict",
    )


def _other_drum(liars: Liars) -> Told:
    plan = liars.script.lies["other_drum"]
    return Told(
        "the drum before the inspector has another seal",
        "goods-seal-mismatch",
        liars.honest(plan["lot"], Found(seals=(plan["other"],))),
        liars.honest(plan["lot"], Found(seals=(plan["seal"],))),
        f"found {plan['other']}, fitted {plan['seal']}",
    )


def _step(script: Script, name: str) -> Step:
    for step in script.steps:
        if isinstance(step, Step) and step.name == name:
            return step
    raise LotchainError("scenario-cast", "a lie names a step that is not there", found=name)
