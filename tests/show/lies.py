"""Lies of an operator who holds the log's key, told to auditors who watch it and to holders of old proofs.

A random life is lived on an honest ledger, and three auditing witnesses, two of whom make a quorum, have cosigned a
part of it. Then the operator lies, in one of ten ways, and signs. What is asked of every lie:

* no honest auditor cosigns it; of a second view, told to whoever has not seen the first, no quorum;
* whoever holds the checkpoint or a bundle of the part that was cosigned finds each rewritten, dropped, inserted or moved
  entry, second view and restored backup by comparing it with what the operator shows now; where that is shorter than
  what was cosigned, the checkpoint alone may not tell, a bundle mostly does, and a copy of the log always;
* a map, state or time that is wrong is *not* found so: those are found by replay alone;
* what was found can be shown to anybody: the evidence made of it is proved under the trust policy alone.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from random import Random

from tests.show.own_log import LOG_KEY, Closing, OwnLog
from tests.show.stage import key_from
from tests.unit.ledgers import SetClock
from tests.unit.world import CN, DAY, HOUR, ORIGIN, World, kg

from lotchain.app.evidence import evidence_of
from lotchain.core import canonical_json
from lotchain.core.closing import ClosingRecord
from lotchain.core.heads import Head, subject_key
from lotchain.core.heads_trie import HeadsMap, MemoryHeadStore
from lotchain.core.tree import subtree_root
from lotchain.errors import UsageError
from lotchain.events.loss import Loss
from lotchain.events.reading import read_entry
from lotchain.events.registration import Registration
from lotchain.ledger.bundles import make_bundle
from lotchain.ledger.ports import Objection
from lotchain.ledger.replica import Replica
from lotchain.ledger.sealed import Sealed
from lotchain.storage.memory import MemoryStore
from lotchain.verify.bundle import Leaf, decode_bundle
from lotchain.verify.compare import CANNOT_TELL, EXCLUSIVE, EXTENDS, View, bundle_view, compare, note_view
from lotchain.verify.evidence import encode_evidence
from lotchain.verify.evidence_check import check_evidence
from lotchain.verify.evidence_signed import PROVED
from lotchain.witness.auditing import SKEW_MS, AuditingWitness, Cosigned, Declined
from lotchain.witness.remembering import LivingMemory

IN_THE_TREE = ("rewrite", "drop", "insert", "reorder", "second view", "restored backup")
"""Found by whoever compares."""
BY_REPLAY = ("hidden event", "old head", "wrong state", "wrong time")
"""Found by whoever replays."""
KINDS = (*IN_THE_TREE, *BY_REPLAY)
AUDITORS = 3
QUORUM = 2

Batches = list[tuple[int, list[bytes]]]


class Undetected(AssertionError):
    """A lie that went through."""


@dataclass(slots=True)
class Tally:
    """How lies fared; `broken` lists each that went through."""

    told: Counter[str] = field(default_factory=Counter)
    declined: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    twins: int = 0
    broken: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count another tally's lies with these."""
        self.told += other.told
        self.declined += other.declined
        self.compared += other.compared
        self.shown += other.shown
        self.twins += other.twins
        self.broken += other.broken


# The honest ledger


class Life:
    """A random life: what happened, in batches, and who may sign more."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.world = World()
        founding = [cited.raw for cited in self.world.log.values()]
        self.batches: Batches = [(self.world.time, founding[:1]), (self.world.time, founding[1:])]
        self.founding = len(founding)
        self.lots: list[str] = []

    def live(self, batches: int) -> None:
        """Some more batches of one to three acts each."""
        for _ in range(batches):
            self.world.advance(self.random.randrange(1, 10) * HOUR)
            before = len(self.world.log)
            for _ in range(self.random.randrange(1, 4)):
                self._act()
            self.batches.append((self.world.time, [cited.raw for cited in list(self.world.log.values())[before:]]))

    def _act(self) -> None:
        world, held = (
            self.world,
            [lot for lot in self.lots if self.world.held(lot) > 2 and not self.world.lot(lot)["offer"]],
        )
        choice = self.random.random()
        if not held or choice < 0.4:
            self.lots.append(world.make(f"L-{len(self.lots)}", self.random.randrange(10, 900)))
            return
        lot = self.random.choice(held)
        holder = next(
            name for name in ("maker", "carrier", "importer") if world.party(name) == world.lot(lot)["custodian"]
        )
        if choice < 0.6 or holder == "importer":
            event = Loss(
                lot=lot, prev=world.last(lot), quantity=kg(1), kind="leaked", place=CN, occurred_at=world.now()
            )  # fmt: skip
            world.accept(event, holder)
        elif holder == "maker":
            world.move("maker", "carrier", lot)
        else:
            world.move("carrier", "importer", lot, receives_as="consignee")


def kept(batches: Sequence[tuple[int, Sequence[bytes]]]) -> OwnLog:
    """These batches as an honest ledger would take them; what the judge refuses is left out."""
    log = OwnLog()
    for time, statements in batches:
        log.batch(time, statements)
    return log


class Watched:
    """A log that three auditors have cosigned, and what a holder kept of it."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.clock = SetClock(life.world.time)
        self.auditors = []
        for number in range(AUDITORS):
            replica, memory = Replica(MemoryStore(), ORIGIN), LivingMemory()
            signer = key_from(f"auditor {number}")
            self.auditors.append(
                (
                    AuditingWitness(f"a{number}.example", signer, replica, memory, log_key=LOG_KEY, clock=self.clock),
                    replica,
                )
            )
        self.log = kept(life.batches)
        self.cut = len(life.batches)
        self.note = self.log.publish(cosigned_at=self.clock.time // 1000)
        for auditor, _ in self.auditors:
            if not isinstance(auditor.look(self.log.source), Cosigned):
                raise AssertionError("an honest ledger is not cosigned")
        self.policy = self.log.policy()
        lot = life.random.choice(life.lots)
        self.bundle = make_bundle(self.log.reader, lot)


# The lies: each gives a log that the operator signs and publishes


def rewritten(watched: Watched) -> OwnLog:
    """A statement of long ago says something else: the party signs it again, or the operator alone changes it."""
    life, random = watched.life, watched.life.random
    at, place = _any_place(watched)
    raw = life.batches[at][1][place]
    event = read_entry(raw).event
    changed = bytes([*raw[:-1], raw[-1] ^ 1])
    if isinstance(event, Registration) and random.random() < 0.7:
        more = event.model_copy(update={"quantity": kg(random.randrange(1, 9))})
        changed = life.world.sign(more, "maker")
    return _rebuilt(watched, at, lambda batch: [*batch[:place], changed, *batch[place + 1 :]])


def dropped(watched: Watched) -> OwnLog:
    """A statement never happened."""
    at, place = _any_place(watched)
    return _rebuilt(watched, at, lambda batch: [*batch[:place], *batch[place + 1 :]])


def inserted(watched: Watched) -> OwnLog:
    """A statement that a colluding maker signs today stands on the log of long ago."""
    life = watched.life
    at, place = _any_place(watched)
    event = Registration(
        lot=f"lot:CN-MAKER/LATE-{life.random.randrange(1000)}", substance="79099-07-3", name="1-boc-4-piperidone",
        quantity=kg(7), origin="made", place=CN, occurred_at=life.world.now(),
    )  # fmt: skip
    late = life.world.sign(event, "maker")
    return _rebuilt(watched, at, lambda batch: [*batch[:place], late, *batch[place:]])


def reordered(watched: Watched) -> OwnLog:
    """Two statements have changed places."""
    life, random = watched.life, watched.life.random
    places = [(n, k) for n in range(1, watched.cut) for k in range(len(life.batches[n][1]))]
    (one, here), (other, there) = sorted(random.sample(places, 2))
    batches = [(time, list(statements)) for time, statements in life.batches]
    batches[one][1][here], batches[other][1][there] = batches[other][1][there], batches[one][1][here]
    return _kept_somehow(watched, batches, one)


def second_view(watched: Watched) -> OwnLog:
    """From some batch on, another life: what others are told."""
    return _another_life(watched, watched.life.random.randrange(2, watched.cut), honest_time=True)


def restored(watched: Watched) -> OwnLog:
    """A backup is brought back and used as if nothing had been lost."""
    return _another_life(watched, watched.life.random.randrange(2, watched.cut), honest_time=False)


def hidden_event(watched: Watched) -> OwnLog:
    """The map knows nothing of what the newest batch did to one subject."""
    return _with_map(watched, lambda log, sealed, name: _heads(log).get(name))


def old_head(watched: Watched) -> OwnLog:
    """The map shows a subject as it was once."""
    return _with_map(watched, lambda log, sealed, name: Head(1, hashlib.sha256(b"once").digest(), bytes(32)))


def wrong_state(watched: Watched) -> OwnLog:
    """The map commits to a state that does not follow."""

    def other(log: OwnLog, sealed: Sealed, name: str) -> Head:
        row = sealed.subjects[name]
        state = canonical_json.decode(row.state, max_bytes=1 << 24, max_items=1 << 20)
        assert isinstance(state, dict)
        state |= {"custodian": "party:XX-THIEF"} if "custodian" in state else {"note": "changed"}
        return Head(row.length, row.chain, hashlib.sha256(canonical_json.encode(state)).digest())

    return _with_map(watched, other)


def wrong_time(watched: Watched) -> OwnLog:
    """A batch is dated back, before the one before it or before the auditors last looked, or ahead."""
    random = watched.life.random
    last = watched.life.batches[watched.cut - 1][0]
    how = random.choice(("back", "behind", "ahead"))
    if how == "behind":
        watched.clock.time += 3 * DAY
        for auditor, _ in watched.auditors:
            auditor.look(watched.log.source)
    log, more = _honest_and_more(watched)
    times = {"back": last - random.randrange(1, 2 * HOUR), "behind": last + random.randrange(HOUR)}
    time = times.get(how, watched.clock.time + SKEW_MS + random.randrange(1, DAY))
    _set_clock(watched, log)

    def dated(record: ClosingRecord, _: Sealed) -> bytes:
        return record._replace(time=time).encode()

    if how == "ahead":
        time = watched.clock.time + SKEW_MS + random.randrange(1, DAY)
    log.batch(time if how != "back" else last, more[0][1], closing=dated)
    log.publish()
    return log


TELLERS: dict[str, Callable[[Watched], OwnLog]] = {
    "rewrite": rewritten,
    "drop": dropped,
    "insert": inserted,
    "reorder": reordered,
    "second view": second_view,
    "restored backup": restored,
    "hidden event": hidden_event,
    "old head": old_head,
    "wrong state": wrong_state,
    "wrong time": wrong_time,
}


def _any_place(watched: Watched) -> tuple[int, int]:
    """Some statement under the cosigned checkpoint, but the charter."""
    batches, random = watched.life.batches, watched.life.random
    at = random.randrange(1, watched.cut)
    return at, random.randrange(len(batches[at][1]))


def _rebuilt(watched: Watched, at: int, change: Callable[[list[bytes]], list[bytes]]) -> OwnLog:
    batches = [(time, list(statements)) for time, statements in watched.life.batches]
    batches[at] = (batches[at][0], change(batches[at][1]))
    return _kept_somehow(watched, batches, at)


def _kept_somehow(watched: Watched, batches: Batches, at: int) -> OwnLog:
    """The whole log built anew: what the judge then refuses is left out, or stands there all the same."""
    forced = watched.life.random.random() < 0.5
    log = _rewritten_log(batches, at if forced else len(batches))
    honest = kept(watched.life.batches)
    if list(log.entries(0, log.size)) == list(honest.entries(0, log.size)):
        # Nothing that follows stands without what is gone, or the judge refused what was put in: the log is the honest
        # one, or an old one, which age alone tells. No lie has been told yet.
        log = _rewritten_log(batches, at)
    _set_clock(watched, log)
    log.publish()
    return log


def _rewritten_log(batches: Batches, forced_from: int) -> OwnLog:
    log = OwnLog()
    for number, (time, statements) in enumerate(batches):
        log.batch(time, statements, forced=number >= forced_from)
    return log


def _another_life(watched: Watched, cut: int, *, honest_time: bool) -> OwnLog:
    """The first `cut` batches, then others."""
    life = watched.life
    log = kept(life.batches[:cut])
    time = life.batches[cut - 1][0] if honest_time else watched.clock.time
    for number in range(life.random.randrange(1, 2 + len(life.batches))):
        time += life.random.randrange(1, HOUR)
        event = Registration(
            lot=f"lot:CN-MAKER/OTHER-{number}", substance="79099-07-3", name="1-boc-4-piperidone", quantity=kg(5),
            origin="made", place=CN, occurred_at=life.world.now(),
        )  # fmt: skip
        log.batch(time, [life.world.sign(event, "maker")])
    watched.clock.time = max(watched.clock.time, time)
    log.publish()
    return log


def _honest_and_more(watched: Watched) -> tuple[OwnLog, Batches]:
    """The log as it was cosigned, and what has happened since."""
    return kept(watched.life.batches[: watched.cut]), watched.life.batches[watched.cut :]


def _with_map(watched: Watched, head: Callable[[OwnLog, Sealed, str], Head | None]) -> OwnLog:
    """The log goes on honestly but for one subject in the map of one batch."""
    log, more = _honest_and_more(watched)
    lie = watched.life.random.randrange(len(more))

    def closing(record: ClosingRecord, sealed: Sealed) -> bytes:
        names = sorted(sealed.subjects)
        name = watched.life.random.choice(names)
        heads = _heads(log) | {
            each: Head(row.length, row.chain, hashlib.sha256(row.state).digest())
            for each, row in sealed.subjects.items()
        }
        lied = head(log, sealed, name)
        if lied is None:
            del heads[name]
        else:
            heads[name] = lied
        assert map_root(heads) != record.heads_root
        return record._replace(heads_root=map_root(heads)).encode()

    for number, (time, statements) in enumerate(more):
        lying: Closing | None = closing if number == lie else None
        log.batch(time, statements, closing=lying)
    _set_clock(watched, log)
    log.publish()
    return log


def map_root(heads: Mapping[str, Head]) -> bytes:
    """The root of a map of these heads."""
    made = HeadsMap(MemoryHeadStore())
    made.update((subject_key(name), head) for name, head in heads.items())
    return made.root()


def _heads(log: OwnLog) -> dict[str, Head]:
    return {name: Head(row.length, row.chain, hashlib.sha256(row.state).digest()) for name, row in log.store.subjects()}


def _set_clock(watched: Watched, log: OwnLog) -> None:
    watched.clock.time = max(watched.clock.time, log.fold.time)


# What comes of a lie


def tell(seed: int) -> Tally:
    """Tell the lie of that seed, and see what comes of it."""
    random = Random(f"lie {seed}")
    kind = KINDS[seed % len(KINDS)]
    tally = Tally(told=Counter([kind]))
    life = Life(random)
    life.live(random.randrange(3, 8))
    watched = Watched(life)
    life.live(random.randrange(1, 4))
    if seed % 7 == 0:
        _tell_the_truth(watched, tally)
    log = TELLERS[kind](watched)
    objections = _shown_to_auditors(watched, log, kind, tally)
    found = _compared(watched, log, kind, tally)
    _shown_to_all(watched, log, kind, objections, tally, found)
    return tally


def _tell_the_truth(watched: Watched, tally: Tally) -> None:
    """The honest twin: the same ledger, gone on honestly, is cosigned by a fresh auditor who saw the first part."""
    clock = SetClock(watched.clock.time)
    twin = AuditingWitness(
        "twin.example", key_from("twin"), Replica(MemoryStore(), ORIGIN), LivingMemory(), log_key=LOG_KEY, clock=clock
    )
    log, more = _honest_and_more(watched)
    log.publish()
    first = twin.look(log.source)
    for time, statements in more:
        log.batch(time, statements)
    clock.time = max(clock.time, log.fold.time)
    note = log.publish()
    if not isinstance(first, Cosigned) or not isinstance(twin.look(log.source), Cosigned):
        raise Undetected("an honest ledger is declined")
    answer = compare(note_view("held", watched.note), _whole_view(log, note), watched.policy)
    if answer.word != EXTENDS:
        raise Undetected(f"an honest ledger compares as {answer.word}")
    tally.twins += 1


def _shown_to_auditors(watched: Watched, log: OwnLog, kind: str, tally: Tally) -> Sequence[Objection]:
    """None of them cosigns it; what they object."""
    objections: Sequence[Objection] = ()
    for auditor, _ in watched.auditors:
        looked = auditor.look(log.source)
        if not isinstance(looked, Declined):
            raise Undetected("an auditor cosigns it")
        objections = looked.objections
        tally.declined[looked.objections[0].code] += 1
    if kind == "second view":
        _split_audience(watched, log)
    return objections


def _split_audience(watched: Watched, log: OwnLog) -> None:
    """Auditors who have seen nothing yet are shown one view each: no two views reach a quorum."""
    views = [watched.log, log]
    cosigned: Counter[int] = Counter()
    for number in range(AUDITORS):
        fresh = AuditingWitness(
            f"a{number}.example", key_from(f"auditor {number}"), Replica(MemoryStore(), ORIGIN), LivingMemory(),
            log_key=LOG_KEY, clock=watched.clock,
        )  # fmt: skip
        for view in watched.life.random.sample((0, 1), 2):
            cosigned[view] += isinstance(fresh.look(views[view].source), Cosigned)
    if min(cosigned[0], cosigned[1]) >= QUORUM:
        raise Undetected("two views reach an audit quorum")


def _whole_view(log: OwnLog, note: bytes) -> View:
    """What an operator must show to whoever asks for a consistency proof: the hashes of its tree."""
    reader = log.reader
    return View(
        "the log as it is shown",
        (note,),
        subtree=lambda tree: lambda start, end: subtree_root(start, end, reader.node),
        closings=lambda tree: (
            Leaf(tree.size - 1, reader.entry(tree.size - 1), tuple(reader.inclusion(tree.size - 1, tree.size))),
        ),
    )


def _compared(watched: Watched, log: OwnLog, kind: str, tally: Tally) -> list[bytes]:
    """What the holders of an old checkpoint and of an old bundle find; the evidence that they keep."""
    published = log.store.published()
    assert published is not None
    shown = _whole_view(log, published[1])
    held = {
        "checkpoint": note_view("held", watched.note),
        "bundle": bundle_view("held", decode_bundle(watched.bundle)),
    }
    if log.size < watched.log.size:
        # What is shown is shorter than what was signed: the rest is asked for, of the operator or of whoever has a copy.
        held["copy"] = _whole_view(watched.log, watched.note)
    words, kept_evidence = {}, []
    for name, view in held.items():
        answer = compare(view, shown, watched.policy)
        words[name] = answer.word
        if answer.word == EXCLUSIVE:
            assert answer.evidence is not None
            kept_evidence.append(encode_evidence(answer.evidence))
            tally.compared[f"{kind}, by {'a' if name == 'copy' else 'an old'} {name}"] += 1
    if kind in BY_REPLAY:
        expected = {EXTENDS, EXCLUSIVE} if kind == "wrong time" else {EXTENDS}
        if not set(words.values()) <= expected:
            raise Undetected(f"compared, it is {words}")
        return kept_evidence
    sure = "copy" if "copy" in words else "checkpoint"
    if words[sure] != EXCLUSIVE:
        raise Undetected(f"compared at size {log.size} with {watched.log.size}, it is {words}")
    if not set(words.values()) <= {EXCLUSIVE, CANNOT_TELL}:
        raise Undetected(f"compared, it is {words}")
    return kept_evidence


def _shown_to_all(
    watched: Watched, log: OwnLog, kind: str, objections: Sequence[Objection], tally: Tally, found: list[bytes]
) -> None:
    """Whatever was found is shown to others, who have a trust policy and nothing else."""
    published = log.store.published()
    assert published is not None
    _, replica = watched.auditors[0]
    store = replica._store
    mine = store.published()
    assert mine is not None
    try:
        made = evidence_of(
            objections[0], published[1], log.entries, before=store, known=mine[1], known_entries=store.entries
        )
    except UsageError as fault:
        raise Undetected(f"no evidence of {objections[0].code}: {fault}") from fault
    if made is not None:
        found = [*found, made]
        again = evidence_of(objections[0], published[1], log.entries, known=mine[1], known_entries=store.entries)
        if again != made:
            raise Undetected("a replay gives other evidence than the auditor's copy")
    for data in found:
        answer = check_evidence(data, watched.policy)
        if answer.word != PROVED:
            raise Undetected(f"evidence of kind {answer.kind} is {answer.word}: {answer.fault}")
        tally.shown[f"{kind}: {answer.kind}"] += 1
    if not found and objections[0].code not in ("witness-time-ahead", "witness-time-behind"):
        raise Undetected(f"nothing can be shown of {objections[0].code}")


def one(seed: int) -> Tally:
    """As `tell`; what went through is listed instead of raised."""
    try:
        return tell(seed)
    except Undetected as fault:
        return Tally(
            told=Counter([KINDS[seed % len(KINDS)]]), broken=[f"{KINDS[seed % len(KINDS)]}, seed {seed}: {fault}"]
        )


def many(count: int, processes: int = 1, told: Callable[[int], None] = lambda done: None) -> Tally:
    """That many lies, on several processes when asked."""
    tally = Tally()
    if processes < 2:
        for seed in range(count):
            tally.add(one(seed))
            told(tally.told.total())
        return tally
    with ProcessPoolExecutor(processes) as pool:
        for found in pool.map(one, range(count), chunksize=5):
            tally.add(found)
            told(tally.told.total())
    return tally
