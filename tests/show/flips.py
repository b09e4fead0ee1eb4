"""Changed bundles: one bit flipped, with the trailing digest as it was, and with the digest made anew.

With the digest as it was, the file is not whole and is refused as unreadable, whatever the bit. With a new digest it
is what an attacker would hand over: then it must be refused, or say nothing better (`answering.py` says what that
means). Two further ways to change a bundle are tried beside single bits: whole parts left out, doubled or put in
another's place; and bytes of the decoded parts changed before encoding, so that the file is always laid out well.

The rule documents that a bundle carries are most of its bytes: single bits are drawn from them and from the rest in
equal shares, so that neither hides the other.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import Any

import orjson
from tests.changing import replace
from tests.show.answering import improvements
from tests.show.stage import SMALLEST, Stage, changed, play, scenario, until

from lotchain.core import canonical_json
from lotchain.errors import Malformed
from lotchain.verify.bundle import Bundle, Leaf, decode_bundle, encode_bundle
from lotchain.verify.offline import verify_bundle
from lotchain.verify.policy import Policy
from lotchain.verify.verdict import Verdict

KINDS = ("CLEAR", "HOLD", "FAIL")
CHUNK = 250


@dataclass(frozen=True, slots=True)
class Honest:
    """An honest bundle, who reads it when, and what they then say."""

    data: bytes
    policy: Policy
    now: int
    verdict: Verdict


@dataclass(slots=True)
class Tally:
    """How changed bundles were answered; `broken` lists each case that breaks the promise."""

    unreadable: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    no_better: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    @property
    def seen(self) -> int:
        """All cases."""
        return sum(map(Counter.total, (self.unreadable, self.refused, self.no_better))) + len(self.broken)

    def add(self, other: Tally) -> None:
        """Count another tally's cases with these."""
        self.unreadable += other.unreadable
        self.refused += other.refused
        self.no_better += other.no_better
        self.broken += other.broken


@lru_cache(maxsize=2)
def smallest(*, adopted: bool = True) -> Honest:
    """The smallest bundle of the demonstration; or the same story on a ledger that has adopted no rule set.

    Without documents a bundle is a tenth of the size, and its bits are all tried in seconds.
    """
    content = scenario("piperidone")
    if adopted:
        return _honest(play(content), SMALLEST)
    del content["rule_sets"]
    return _honest(play(until(content, "second-lot")), SMALLEST)


@lru_cache(maxsize=4)
def honest(kind: str) -> Honest:
    """A bundle of the first scenario whose verdict is of that word.

    FAIL comes from the history, not from a refusal: the inspector finds another seal than the one fitted, and the
    goods then show up where the declared route does not lead.
    """
    content = scenario("piperidone")
    lot = "lot:CN-9524321000019/BP4-2611-07"
    if kind == "CLEAR":
        made = _honest(play(content), "lot:MX-9524321000040/BP4-A")
    elif kind == "HOLD":
        made = _honest(play(until(content, "at-importer")), lot)
    else:
        content = until(content, "on-ship")
        content = changed(content, "export-release", lambda event: _line(event).update(seals_found=["CN-999999"]))
        content = changed(content, "to-ship", lambda event: event.update(place={"code": "CNNGB", "offset": "+08:00"}))
        made = _honest(play(content), lot)
    assert made.verdict.word == kind, (kind, made.verdict.word, made.verdict.findings)
    assert not made.verdict.refused
    return made


def _line(event: dict[str, Any]) -> dict[str, Any]:
    line: dict[str, Any] = event["lines"][0]
    return line


def _honest(stage: Stage, lot: str) -> Honest:
    data = stage.bundle(lot)
    return Honest(data, stage.policy, stage.clock.time, stage.verdict(data))


def flipped(data: bytes, bit: int) -> bytes:
    """The bytes with one bit changed."""
    changed_bytes = bytearray(data)
    changed_bytes[bit // 8] ^= 1 << (bit % 8)
    return bytes(changed_bytes)


def resealed(data: bytes) -> bytes:
    """The bytes with their trailing digest made anew."""
    return data[:-32] + hashlib.sha256(data[:-32]).digest()


def document_bits(subject: Honest) -> list[range]:
    """Where the rule documents stand in a bundle: the bits of each, in the order of the file."""
    spans, start = [], 0
    for document in decode_bundle(subject.data).rule_sets:
        start = subject.data.index(document, start)
        spans.append(range(start * 8, (start + len(document)) * 8))
        start += len(document)
    return spans


def bits_of_documents(subject: Honest, seed: int, count: int) -> list[int]:
    """Bits inside the rule documents, the same for a seed: as many of each document, as far as it has so many."""
    random, spans = Random(f"documents {seed}"), document_bits(subject)
    return [bit for span in spans for bit in random.sample(span, min(count // len(spans), len(span)))]


def every_bit(subject: Honest, bits: Iterable[int] | None = None) -> Tally:
    """Flip the bits given, or all, one at a time; the trailing digest stays."""
    tally = Tally()
    for bit in range(len(subject.data) * 8) if bits is None else bits:
        try:
            decode_bundle(flipped(subject.data, bit))
        except Malformed as fault:
            if fault.code != "bundle-digest":
                tally.broken.append(f"bit {bit}: refused as {fault.code}, not as a file that is not whole")
            tally.unreadable[fault.code] += 1
        else:
            tally.broken.append(f"bit {bit}: read as if nothing had happened")
    return tally


def judge_changed(subject: Honest, data: bytes, what: str, tally: Tally) -> None:
    """Verify a changed bundle and count how it was answered."""
    try:
        verdict = verify_bundle(data, subject.policy, now=subject.now)
    except Malformed as fault:
        tally.unreadable[fault.code] += 1
        return
    if verdict.refused:
        tally.refused[verdict.findings[0].code] += 1
        return
    faults = improvements(subject.verdict, verdict)
    if faults:
        tally.broken.append(f"{what}: {'; '.join(faults)}")
    else:
        tally.no_better[verdict.word] += 1


def random_bits(kind: str, seed: int, count: int) -> Tally:
    """Flip one random bit outside the digest and make the digest anew, `count` times; every other one in no document."""
    subject, random, tally = honest(kind), Random(f"{kind} {seed}"), Tally()
    documents = document_bits(subject)
    while tally.seen < count:
        bit = random.randrange((len(subject.data) - 32) * 8)
        if tally.seen % 2 and any(bit in span for span in documents):
            continue
        judge_changed(subject, resealed(flipped(subject.data, bit)), f"{kind}: bit {bit}", tally)
    return tally


def random_parts(kind: str, seed: int, count: int) -> Tally:
    """Change one part of the decoded bundle and encode it again, `count` times."""
    subject, random, tally = honest(kind), Random(f"{kind} parts {seed}"), Tally()
    bundle = decode_bundle(subject.data)
    while tally.seen < count:
        name = random.choice(sorted(PARTS))
        data = encode_bundle(PARTS[name](bundle, random))
        if data != subject.data:
            judge_changed(subject, data, f"{kind}: {name}, seed {seed}, case {tally.seen}", tally)
    return tally


def many(
    work: Callable[[str, int, int], Tally],
    kind: str,
    count: int,
    processes: int,
    told: Callable[[int], None] = lambda done: None,
) -> Tally:
    """`work` in pieces, on several processes when asked."""
    tally = Tally()
    pieces = [(seed, min(CHUNK, count - start)) for seed, start in enumerate(range(0, count, CHUNK))]
    if processes < 2:
        for seed, size in pieces:
            tally.add(work(kind, seed, size))
            told(tally.seen)
        return tally
    with ProcessPoolExecutor(processes) as pool:
        for found in pool.map(work, [kind] * len(pieces), *zip(*pieces, strict=True)):
            tally.add(found)
            told(tally.seen)
    return tally


# Changing parts


def _without(rows: tuple[Any, ...], random: Random) -> tuple[Any, ...]:
    place = random.randrange(len(rows))
    return rows[:place] + rows[place + 1 :]


def _other_bytes(raw: bytes, random: Random) -> bytes:
    return flipped(raw, random.randrange(len(raw) * 8)) if raw else b"\x00"


def _other_path(path: tuple[bytes, ...], random: Random) -> tuple[bytes, ...]:
    if not path or random.random() < 0.3:
        return (*path, bytes(32)) if random.random() < 0.5 else path[:-1]
    place = random.randrange(len(path))
    return (*path[:place], _other_bytes(path[place], random), *path[place + 1 :])


def _leaf_changed(leaves: tuple[Leaf, ...], random: Random) -> tuple[Leaf, ...]:
    place = random.randrange(len(leaves))
    leaf = leaves[place]
    how = random.randrange(4)
    if how == 0:
        leaf = replace(leaf, raw=_other_bytes(leaf.raw, random))
    elif how == 1:
        leaf = replace(leaf, path=_other_path(leaf.path, random))
    elif how == 2:
        leaf = replace(leaf, index=max(0, leaf.index + random.choice((-1, 1, 2))))
    else:
        leaf = replace(leaf, raw=random.choice(leaves).raw)
    return (*leaves[:place], leaf, *leaves[place + 1 :])


def _subject_changed(bundle: Bundle, random: Random) -> Bundle:
    place = random.randrange(len(bundle.subjects))
    proof = bundle.subjects[place]
    how = random.randrange(3)
    if how == 0:
        proof = replace(proof, siblings=_other_path(proof.siblings, random))
    elif how == 1:
        other = (bytes(32), 1, bytes(32), bytes(32)) if proof.other is None else None
        proof = replace(proof, other=other)
    else:
        proof = replace(proof, siblings=random.choice(bundle.subjects).siblings)
    return replace(bundle, subjects=(*bundle.subjects[:place], proof, *bundle.subjects[place + 1 :]))


def _note_changed(bundle: Bundle, random: Random) -> Bundle:
    lines = bundle.note.split(b"\n")
    how = random.randrange(3)
    if how == 0:
        return replace(bundle, note=_other_bytes(bundle.note, random))
    signatures = [n for n, line in enumerate(lines) if line.startswith("— ".encode())]
    place = random.choice(signatures)
    if how == 1:
        return replace(bundle, note=b"\n".join(lines[:place] + lines[place + 1 :]))
    return replace(
        bundle, note=b"\n".join([*lines[:place], random.choice([lines[n] for n in signatures]), *lines[place:]])
    )


def _seen_changed(bundle: Bundle, random: Random) -> Bundle:
    if not bundle.seen:
        return bundle
    place = random.randrange(len(bundle.seen))
    proof = bundle.seen[place]
    how = random.randrange(3)
    if how == 0:
        return replace(bundle, seen=_without(bundle.seen, random))
    if how == 1:
        proof = replace(proof, path=_other_path(proof.path, random))
    else:
        proof = replace(proof, root=_other_bytes(proof.root, random))
    return replace(bundle, seen=(*bundle.seen[:place], proof, *bundle.seen[place + 1 :]))


def _rule_set_changed(bundle: Bundle, random: Random) -> Bundle:
    """A document with a changed bit, a rule that only notes, or a rule less: laid out well, and in its place."""
    place = random.randrange(len(bundle.rule_sets))
    raw, how = bundle.rule_sets[place], random.randrange(3)
    if how == 0:
        made = _other_bytes(raw, random)
    else:
        content = orjson.loads(raw)
        at = random.randrange(len(content["rules"]))
        if how == 1:
            content["rules"][at]["effect"] = "note"
        else:
            del content["rules"][at]
        made = canonical_json.encode(content)
    return _with_rule_sets(bundle, (*bundle.rule_sets[:place], made, *bundle.rule_sets[place + 1 :]))


def _with_rule_sets(bundle: Bundle, documents: Iterable[bytes]) -> Bundle:
    ordered = sorted(documents, key=lambda document: hashlib.sha256(document).digest())
    return replace(bundle, rule_sets=tuple(ordered))


def _rule_sets_moved(bundle: Bundle, random: Random) -> Bundle:
    documents = list(bundle.rule_sets)
    random.shuffle(documents)
    return replace(bundle, rule_sets=tuple(documents))


PARTS: dict[str, Callable[[Bundle, Random], Bundle]] = {
    "another lot": lambda b, r: replace(b, lot=r.choice([s.subject for s in b.subjects if s.subject[:4] == "lot:"])),
    "a closing record changed": lambda b, r: replace(b, closings=_leaf_changed(b.closings, r)),
    "a closing record left out": lambda b, r: replace(b, closings=_without(b.closings, r)),
    "a rule set beside": lambda b, r: _with_rule_sets(b, (*b.rule_sets, _other_bytes(r.choice(b.rule_sets), r))),
    "a rule set changed": _rule_set_changed,
    "a rule set left out": lambda b, r: replace(b, rule_sets=_without(b.rule_sets, r)),
    "rule sets in another order": _rule_sets_moved,
    "a seen proof changed": _seen_changed,
    "a statement as a closing record": lambda b, r: replace(b, closings=(*b.closings, r.choice(b.statements))),
    "a statement changed": lambda b, r: replace(b, statements=_leaf_changed(b.statements, r)),
    "a statement left out": lambda b, r: replace(b, statements=_without(b.statements, r)),
    "a subject changed": _subject_changed,
    "a subject left out": lambda b, r: replace(b, subjects=_without(b.subjects, r)),
    "all rule sets left out": lambda b, r: replace(b, rule_sets=()),
    "an opening beside": lambda b, r: replace(b, openings=((bytes(32), b"\x80"),)),
    "the last statements left out": lambda b, r: replace(b, statements=b.statements[: -r.randint(1, 6)]),
    "the note changed": _note_changed,
}
