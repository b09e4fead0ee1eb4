"""Append, audit and offline verifier, asked about the same statements: they must say the same.

A mutated story is played on a ledger; what `submit` noted on each statement is kept. The whole log is then audited,
and a bundle of every lot verified. Compared are, statement by statement (by hex id), the sets of
(code, subject, weight):

* append and audit: equal for every statement that stands on the log;
* audit and verifier: everything that the verifier says, the audit says, too; and what the audit says about a subject
  that the bundle examines, the verifier says. (A judge's finding on a lot outside the closure is not in a bundle.)
* what stands open at the end (`conclude`): equal for the bundle's lot and for the subjects that are no lots; on
  ancestors the verdict leaves out what is theirs alone, so there it says nothing that the audit does not.

A second class of ledgers is kept by a dishonest operator, who logs what the judge refuses. The audit must name each such
entry, and a bundle that carries one is refused or FAILs for the same reasons. There, and only there, a verifier may say
*unknown* where the audit says *stale* or *ended*: when the statement that was followed stands elsewhere on the log, on
subjects that the bundle does not hold. Both refuse; such cases are counted (`elsewhere`).
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

import orjson
from tests.agreement.adopting import edition, mutated_treaty, with_sets
from tests.agreement.mutations import Steps, mutated
from tests.show.stage import Stage, cosigned, key_from, policy_for, scenario, scenario_names, set_stage, told_steps

from lotchain.app.adopting import adoption, digest_of
from lotchain.app.permits import found_json
from lotchain.app.rules import JURISDICTIONS, rule_set
from lotchain.app.scenario.play import MINUTE
from lotchain.core.checkpoints import Checkpoint
from lotchain.core.ids import key_subject, kind_of
from lotchain.core.instants import format_instant, parse_instant
from lotchain.custody.findings import Finding
from lotchain.errors import LotchainError, Malformed
from lotchain.events.reading import read_entry
from lotchain.ledger import faults
from lotchain.ledger.audit import AuditReport, audit
from lotchain.ledger.bundles import make_bundle
from lotchain.ledger.checkpointing import log_key, sign_checkpoint
from lotchain.ledger.fold import Fold
from lotchain.ledger.ports import Publication, Store
from lotchain.ledger.reader import Reader
from lotchain.ledger.receipts import Receipt
from lotchain.storage.memory import MemoryStore
from lotchain.treaty.facts_filings import LATER
from lotchain.treaty.pending import CODES as PENDING
from lotchain.treaty.pending import LATE_LAW
from lotchain.verify.bundle import Bundle, decode_bundle
from lotchain.verify.conclude import CODES as CONCLUDED
from lotchain.verify.offline import verify_bundle
from lotchain.verify.verdict import Verdict

Said = set[tuple[str, str, str]]
"""(code, subject, weight)"""
RULES = {rule.id: rule for name in JURISDICTIONS for rule in rule_set(name).rules.values()}
"""Every shipped treaty rule."""
_DUTIES = {name for name, rule in RULES.items() if LATER.keys() & rule.facts()}
_LATE = {f"{name.lower()}-{LATE_LAW.code}" for name in JURISDICTIONS}
_CONCLUDED = {code.code for code in (*CONCLUDED, *PENDING)} | _DUTIES | _LATE


@dataclass(slots=True)
class Tally:
    """What was compared, over many ledgers, and every disagreement."""

    ledgers: int = 0
    statements: int = 0
    bundles: int = 0
    compared: int = 0
    """statements that a bundle shares with the audit, over all bundles"""
    refused: Counter[str] = field(default_factory=Counter)
    """what append refused, by code; such a statement is not on an honest log"""
    forced: int = 0
    """statements that the dishonest operator logged although they are refused"""
    turned_away: Counter[str] = field(default_factory=Counter)
    """bundles of dishonest ledgers that were refused as a whole"""
    elsewhere: int = 0
    """refused alike, and *unknown* offline because what was followed is not in the bundle"""
    codes: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count another tally's ledgers with these."""
        self.ledgers += other.ledgers
        self.statements += other.statements
        self.bundles += other.bundles
        self.compared += other.compared
        self.refused += other.refused
        self.forced += other.forced
        self.turned_away += other.turned_away
        self.elsewhere += other.elsewhere
        self.codes += other.codes
        self.words += other.words
        self.broken += other.broken


def said(findings: Iterable[Finding]) -> Said:
    """Findings as they are compared."""
    return {(finding.code, finding.subject, finding.kind.weight.name) for finding in findings}


# Ledgers


@dataclass(slots=True)
class Kept:
    """A ledger as played: its store, what append said of each statement, and what was forced into it."""

    store: Store
    origin: str
    charter: bytes
    time: int
    appended: dict[str, tuple[Finding, ...]]
    forced: dict[str, int]
    """hex id → index"""
    refused: Counter[str]


class Telling:
    """Plays a mutated story, step by step, whatever the ledger answers."""

    def __init__(self, content: dict[str, Any], steps: Steps, random: Random, *, heals: bool) -> None:
        self.stage: Stage = set_stage(content)
        self._steps = steps
        self._random = random
        self._heals = heals
        self._ids: dict[str, str] = {}
        self._raws: dict[str, bytes] = {}
        self._logged: set[str] = set()
        self._roots: list[tuple[int, str]] = []
        self.refused: Counter[str] = Counter()

    def begin(self) -> list[bytes]:
        """The charter, and what opens the ledger."""
        stage = self.stage
        raw = stage.cast.charter(stage.clock.time)
        stage.played.charter = read_entry(raw).statement.id
        return [raw, *stage.cast.openers(stage.played.charter, stage.clock.time + MINUTE)]

    def signed(self, store: Store) -> Iterable[tuple[str, bytes]]:
        """Every step's name and statement, the clock standing where it is submitted; unsignable ones are left out."""
        for step in self._steps:
            at = parse_instant(step["at"], field="at")
            self.stage.clock.time = max(self.stage.clock.time, at + MINUTE + step.get("late", 0))
            try:
                raw = self._sign(step, at, store)
            except (Malformed, KeyError) as fault:
                self.refused[f"unsignable: {getattr(fault, 'code', 'no such step')}"] += 1
                continue
            self._raws[step["as"]] = raw
            self._ids[step["as"]] = read_entry(raw).statement.hex_id
            yield step["as"], raw

    def was_logged(self, name: str) -> None:
        """The step of that name stands on the log."""
        self._logged.add(name)

    def _sign(self, step: dict[str, Any], at: int, store: Store) -> bytes:
        cast, charter = self.stage.cast, self.stage.played.charter
        event = dict(step["event"])
        if "adopts" in event:
            event = self._adoption(**event)
        if "enrols" in event:
            key = event.get("key", "phone")
            return cast.enrolment(event["enrols"], key, by=step["by"], at=at, charter=charter)
        if self._heals:
            event = self._healed(event, store)
        event = self._resolved(event, store)
        event.setdefault("occurred_at", format_instant(at))
        seen = self._seen(step.get("seen", ""), store)
        if seen is not None:
            event.setdefault("seen", seen)
        return cast.sign(step["by"], event, at=at, charter=charter, key=step.get("key", ""))

    def _adoption(
        self, adopts: str, number: int, complete: bool, notice: list[str] | None = None, **said: str
    ) -> dict[str, Any]:
        document = edition(adopts, number)
        self.stage.cast.documents[bytes.fromhex(digest_of(document))] = document
        asked = tuple(notice) if notice is not None else None
        return adoption(document, in_force_from=said["from"], complete=complete, notice=asked)

    def _seen(self, how: str, store: Store) -> dict[str, Any] | None:
        rows = list(store.batches())
        row = self._random.choice(rows) if how == "old" else rows[-1]
        if how == "none":
            return None
        return {"size": row.end + 1, "root": ("00" * 32) if how == "wrong" else row.root.hex()}

    def _healed(self, event: dict[str, Any], store: Store) -> dict[str, Any]:
        """Where the step that an act follows is not on the log, let it follow what is."""
        lines = event.get("lines")
        if isinstance(lines, list) and all(isinstance(line, dict) for line in lines):
            return {**event, "lines": [self._follow(line, line.get("lot", ""), store) for line in lines]}
        return self._follow(event, event.get("lot", ""), store)

    def _follow(self, owner: dict[str, Any], lot: str, store: Store) -> dict[str, Any]:
        prev = owner.get("prev", "")
        row = store.subject(lot) if lot else None
        if not prev.startswith("@") or prev[1:] in self._logged or row is None:
            return owner
        state = _state(row.state)
        made = {**owner, "prev": state["last"]}
        held = state["accounts"].get("held", 0) + state["taken"]
        if "quantity" in made and held > 0:
            made["quantity"] = {"value": f"{held / 10**9:.9f}".rstrip("0").rstrip("."), "unit": "KGM"}
        return made

    def _resolved(self, value: Any, store: Store) -> Any:
        if isinstance(value, dict):
            if set(value) == {"as-found"}:
                row = store.subject(value["as-found"])
                if row is None:
                    raise KeyError(value["as-found"])
                return found_json(_state(row.state))
            return {name: self._resolved(member, store) for name, member in value.items()}
        if isinstance(value, list):
            return [self._resolved(member, store) for member in value]
        if not isinstance(value, str) or not value.startswith("@"):
            return value
        if value.startswith("@@"):
            return self.stage.cast.parties[value[2:]]
        if value.startswith("@key:"):
            return key_subject(self.stage.cast.signer(value[5:]).public.thumbprint)
        if value.startswith("@raw:"):
            return base64.b64encode(self._raws[value[5:]]).decode()
        return self._ids[value[1:]]


def _state(raw: bytes) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(raw)
    return found


def keep_honestly(telling: Telling) -> Kept:
    """The story through the real ledger: what is refused is not logged."""
    stage, appended = telling.stage, dict[str, tuple[Finding, ...]]()
    store: Store = stage.ledger.reader._store

    def submit(named: list[tuple[str, bytes]]) -> None:
        raws = [raw for _, raw in named]
        documents = {
            digest: document
            for digest, document in stage.cast.documents.items()
            if any(digest.hex().encode() in raw for raw in raws)
        }
        answers = stage.ledger.submit(raws, documents)
        for (name, _), answer in zip(named, answers, strict=True):
            if isinstance(answer, Receipt):
                if not answer.again:
                    appended[answer.statement_id.hex()] = answer.findings
                telling.was_logged(name)
            else:
                telling.refused[answer.reasons[0].code] += 1

    for opener in telling.begin():
        submit([("", opener)])
    packet: list[tuple[str, bytes]] = []
    for named in telling.signed(store):
        packet.append(named)
        if len(packet) >= telling._random.choice((1, 1, 1, 2, 3)):
            submit(packet)
            packet = []
    submit(packet)
    stage.clock.time = stage.ledger.time  # an audit tells what stands open as of the last batch
    stage.player.publish()
    return Kept(store, stage.ledger.origin, stage.played.charter, stage.clock.time, appended, {}, telling.refused)


def keep_dishonestly(telling: Telling) -> Kept:
    """The story through a fold of one's own: half of what is refused is logged all the same."""
    stage, store = telling.stage, MemoryStore()
    origin, signer = stage.script.origin, key_from(f"log {stage.script.origin}")
    documents = stage.cast.documents
    fold = Fold(store, origin, documents=lambda digest: documents.get(bytes.fromhex(digest)))
    appended, forced = dict[str, tuple[Finding, ...]](), dict[str, int]()

    def append(name: str, raw: bytes) -> None:
        reading = read_entry(raw)
        fold.open(max(stage.clock.time, fold.time))
        judged = fold.offer(raw, reading=reading) if fold.place_of(reading.statement.id) is None else None
        if judged is None:
            return fold.abandon()
        reasons = {finding.code for finding in judged.judgement.refused}
        if reasons:
            telling.refused[judged.judgement.refused[0].code] += 1
            if "checkpoint-unknown" in reasons or telling._random.random() < 0.5:
                return fold.abandon()
            forced[reading.statement.hex_id] = fold.size
            fold.take_unjudged(raw, reading.statement.id)
        appended[reading.statement.hex_id] = judged.judgement.findings
        telling.was_logged(name)
        sealed = fold.close()
        note = sign_checkpoint(Checkpoint(origin, sealed.size, sealed.root), signer)
        store.append(sealed.batch(note, documents if reading.event.documents_kept() else {}))
        return fold.commit()

    for opener in telling.begin():
        append("", opener)
    for name, raw in telling.signed(store):
        append(name, raw)
    stage.clock.time = fold.time
    checkpoint = Checkpoint(origin, fold.size, fold.root)
    note = cosigned(sign_checkpoint(checkpoint, signer), checkpoint, stage.clock.time // 1000)
    writes = fold.flush()
    store.publish(Publication(fold.size, note, writes.tiles, writes.leaves))
    return Kept(store, origin, stage.played.charter, stage.clock.time, appended, forced, telling.refused)


class ShowsForced(Reader):
    """A dishonest operator's reader: the forced statements stand in the histories of what they are about."""

    def __init__(self, store: Store, forced: Iterable[int]) -> None:
        super().__init__(store)
        self._forced: dict[str, list[int]] = {}
        for index in forced:
            event = read_entry(self.entry(index)).event
            for name in dict.fromkeys((*event.subjects(), *event.creates())):
                self._forced.setdefault(name, []).append(index)

    def history(self, subject: str, size: int | None = None) -> list[int]:
        """With what was forced."""
        return sorted({*super().history(subject, size), *self._forced.get(subject, ())})


# Comparing


def compare(kept: Kept, label: str) -> Tally:
    """Audit a ledger, verify a bundle of every lot, and compare."""
    tally = Tally(ledgers=1, statements=len(kept.appended), forced=len(kept.forced), refused=kept.refused)
    key = log_key(kept.origin, key_from(f"log {kept.origin}"))
    audited: dict[str, tuple[Finding, ...]] = {}
    report = audit(
        kept.store, MemoryStore(), key=key, on_statement=lambda _, hex_id, found: audited.update({hex_id: found})
    )
    _compare_audit(kept, report, audited, tally, label)
    reader = ShowsForced(kept.store, kept.forced.values())
    policy = policy_for(key, kept.charter)
    for lot in reader.subjects_named("lot:"):
        tally.bundles += 1
        where = f"{label}: {lot}"
        try:
            data = make_bundle(reader, lot)
            verdict = verify_bundle(data, policy, now=kept.time)
        except LotchainError as fault:
            tally.broken.append(f"{where}: {fault.code} {fault}")
            continue
        if verdict.refused:
            code = verdict.findings[0].code
            if kept.forced:
                tally.turned_away[code] += 1
            else:
                tally.broken.append(f"{where}: an honest bundle is refused as {code}: {verdict.findings[0]}")
            continue
        tally.words[verdict.word] += 1
        _compare_bundle(verdict, decode_bundle(data), audited, tally, where)
        _compare_ends(verdict, data, report, tally, where)
        if any(name in kept.forced for name in verdict.by_statement) and verdict.word != "FAIL":
            tally.broken.append(f"{where}: holds what the judge refuses, and is {verdict.word}")
    return tally


def _compare_audit(
    kept: Kept, report: AuditReport, audited: dict[str, tuple[Finding, ...]], tally: Tally, label: str
) -> None:
    if audited.keys() != kept.appended.keys():
        tally.broken.append(f"{label}: append and audit saw other statements")
    for name, findings in kept.appended.items():
        tally.codes.update(finding.code for finding in findings)
        if said(findings) != said(audited.get(name, ())):
            tally.broken.append(f"{label}: {name}: append {said(findings)}, audit {said(audited.get(name, ()))}")
    expected = {faults.ENTRY_REFUSED.code: len(kept.forced)} if kept.forced else {}
    if dict(report.counts) != expected:
        tally.broken.append(f"{label}: the audit found {dict(report.counts)}, not {expected}")


def _compare_bundle(
    verdict: Verdict, bundle: Bundle, audited: dict[str, tuple[Finding, ...]], tally: Tally, where: str
) -> None:
    examined = {proof.subject for proof in bundle.subjects}
    events = {
        reading.statement.hex_id: reading.event for reading in (read_entry(leaf.raw) for leaf in bundle.statements)
    }
    for name, findings in verdict.by_statement.items():
        tally.compared += 1
        offline, online = said(findings), said(audited.get(name, ()))
        if any(finding.kind.refuses for finding in findings) and not events.keys() >= set(events[name].cites()):
            plain = offline, online
            offline, online = _as_known_there(offline), _as_known_there(online)
            tally.elsewhere += plain != (offline, online)
        missing = {item for item in online if item[1] in examined} - offline
        if name not in audited or offline - online or missing:
            tally.broken.append(f"{where}: {name}: offline {offline}, audit {online}")


_KNOWN_THERE = {
    "prev-stale": "prev-unknown",
    "lot-ended": "prev-unknown",
    "offer-closed": "offer-unknown",
    "hold-not-standing": "hold-unknown",
    "difference-none": "difference-unknown",
    "conflict-unproven": "conflict-unknown",
}
"""What a refusal is called where the log holds the statement named → where it does not."""


def _as_known_there(findings: Said) -> Said:
    return {(_KNOWN_THERE.get(code, code), subject, weight) for code, subject, weight in findings}


def _compare_ends(verdict: Verdict, data: bytes, report: AuditReport, tally: Tally, where: str) -> None:
    examined = {proof.subject for proof in decode_bundle(data).subjects}
    own = {name for name in examined if name == verdict.lot or kind_of(name) != "lot"}

    def ends(findings: Iterable[Finding], subjects: set[str]) -> set[tuple[str, str, str]]:
        return {(f.code, f.subject, f.statement) for f in findings if f.code in _CONCLUDED and f.subject in subjects}

    tally.codes.update(code for code, _, _ in ends(verdict.findings, own))
    if ends(verdict.findings, own) != ends(report.concluded, own):
        online = ends(report.concluded, own)
        tally.broken.append(f"{where}: stands open offline {ends(verdict.findings, own)}, in the audit {online}")
    if ends(verdict.findings, examined) - ends(report.concluded, examined):
        tally.broken.append(f"{where}: something stands open on an ancestor offline that the audit does not know")


# Many


def one_ledger(seed: int, *, dishonest: bool = False, treaty: bool = False) -> Tally:
    """Make, audit and compare the mutated ledger of that seed; with `treaty`, one in which sets are adopted otherwise."""
    names = scenario_names()
    name = names[seed % len(names)]
    content = scenario(name)
    if treaty:
        content, steps, mutations, random = mutated_treaty(content, f"{name} {seed} {dishonest} treaty")
    else:
        steps, mutations, random = mutated(content, f"{name} {seed} {dishonest}")
    telling = Telling(content, steps, random, heals=random.random() < 0.7)
    kept = keep_dishonestly(telling) if dishonest else keep_honestly(telling)
    how = f"{', dishonest' if dishonest else ''}{', treaty' if treaty else ''}"
    return compare(kept, f"{name}, seed {seed}{how} ({', '.join(mutations)})")


def fixture_ledgers() -> Tally:
    """Every fixture, honestly kept, every authority having adopted all that is law in its country."""
    tally = Tally()
    for name in scenario_names():
        content = with_sets(scenario(name))
        steps = told_steps(content)
        tally.add(compare(keep_honestly(Telling(content, steps, Random(name), heals=False)), name))
    return tally


def many_ledgers(
    count: int, *, dishonest: bool, treaty: bool = False, processes: int = 1,
    told: Callable[[int], None] = lambda done: None,
) -> Tally:  # fmt: skip
    """That many mutated ledgers, on several processes when asked."""
    tally, work = Tally(), partial(one_ledger, dishonest=dishonest, treaty=treaty)
    if processes < 2:
        for seed in range(count):
            tally.add(work(seed))
            told(tally.ledgers)
        return tally
    with ProcessPoolExecutor(processes) as pool:
        for found in pool.map(work, range(count), chunksize=5):
            tally.add(found)
            told(tally.ledgers)
    return tally
