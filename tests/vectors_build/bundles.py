"""Makes specs/vectors/bundle.json: `python -m tests.vectors_build.bundles` from the root of the project.

Keys of log, witnesses and parties come from fixed seeds, so that the same bytes come out every time. Cases change a
base bundle by edits of its bytes: `[offset in the base, bytes to remove, base64 to insert]`, in rising order.
With the argument `golden` it makes what fixtures/golden lacks; what is there is never written again.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.changing import replace
from tests.unit.test_closure import conflict_with_an_offer_to, refuse_part
from tests.unit.world import CN, kg, packages
from tests.vectors_build import bundle_treaty
from tests.vectors_build.bundle_bench import AUDITORS, LOT, PLAIN, WITNESSES, Bench, reclosed

from lotchain.core import cbor
from lotchain.core.hidden import Opening, placeholder
from lotchain.core.instants import format_instant
from lotchain.core.quantities import parse_quantity
from lotchain.errors import Malformed
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.fields import Hidden
from lotchain.events.reading import read_entry
from lotchain.events.seal_applied import SealApplied, SealedLot
from lotchain.events.seal_checked import CheckedLot, SealChecked
from lotchain.signing import sign_statement
from lotchain.verify.bundle import Bundle, decode_bundle, encode_bundle
from lotchain.verify.goods import Found
from lotchain.verify.offline import verify_bundle
from lotchain.verify.policy import Policy, format_policy, parse_policy
from lotchain.verify.trust import DAY_MS

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / "specs" / "vectors" / "bundle.json"
GOLDEN = ROOT / "fixtures" / "golden"
Case = dict[str, Any]


@dataclass(frozen=True)
class Base:
    """A bundle, the ledger that it comes from, and the moment at which it was made."""

    bench: Bench
    bundle: Bundle

    @property
    def data(self) -> bytes:
        """The file."""
        return encode_bundle(self.bundle)

    @property
    def now(self) -> int:
        """Milliseconds since 1970."""
        return self.bench.world.time


def _made(bench: Bench) -> None:
    bench.world.make("A", 100)


def _moved(bench: Bench) -> None:
    world = bench.world
    world.make("A", 50, packages=packages(2), seen=bench.seen())
    bench.feed()
    line = SealedLot(lot=LOT, prev=world.last(LOT), seals=("CN-1",))
    world.accept(SealApplied(lines=(line,), place=CN, occurred_at=world.now()), "maker")
    bench.feed()
    world.advance()
    offer = world.offer("maker", "carrier", LOT, seen=bench.seen())
    taken = AcceptanceLine(lot=LOT, outcome="full", accepted=kg(50), seals_found=("CN-1",))
    world.accept(Acceptance(answers=offer, lines=(taken,), place=CN, occurred_at=world.now()), "carrier")


def _short(bench: Bench) -> None:
    world = bench.world
    world.make("A", 100)
    offer = world.offer("maker", "carrier", LOT)
    line = AcceptanceLine(lot=LOT, outcome="short", accepted=kg(99), missing=kg(1))
    world.accept(Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now()), "carrier")


def _seals(bench: Bench) -> None:
    world = bench.world
    world.make("A", 100)
    line = SealedLot(lot=LOT, prev=world.last(LOT), seals=("CN-1001",))
    world.accept(SealApplied(lines=(line,), place=CN, occurred_at=world.now()), "maker")
    found = CheckedLot(lot=LOT, seals_found=("XX-9999",))
    world.accept(SealChecked(lines=(found,), place=CN, occurred_at=world.now()), "maker")


OPENING = Opening("remarks", bytes(range(16)), "Keep dry")


def _hidden(bench: Bench) -> None:
    bench.world.make("A", 100, remarks=Hidden(**placeholder(OPENING.digest)))


def _rest(bench: Bench) -> None:
    bench.world.make("A", 100)
    bench.feed()
    refuse_part(bench, LOT, "maker", "carrier", 60, 40)


def _absent(bench: Bench) -> None:
    conflict_with_an_offer_to(bench, "party:MX-NOBODY")


STORIES: dict[str, tuple[Callable[[Bench], None], str]] = {
    "made": (_made, LOT),
    "moved": (_moved, LOT),
    "short": (_short, LOT),
    "seals": (_seals, LOT),
    "hidden": (_hidden, LOT),
    "rest": (_rest, f"{LOT}~1"),
    "absent": (_absent, LOT),
    "sold": (bundle_treaty.sold, LOT),
    "reported": (bundle_treaty.reported, LOT),
    "forgotten": (bundle_treaty.forgotten, LOT),
    "adopted late": (bundle_treaty.adopted_late, LOT),
}


@lru_cache(maxsize=8)
def base(name: str) -> Base:
    """One of the base bundles."""
    bench = Bench()
    play, lot = STORIES[name]
    play(bench)
    bench.feed()
    return Base(bench, bench.bundle(lot))


def resealed(data: bytes) -> bytes:
    """The bytes with their trailing digest made anew."""
    return data[:-32] + hashlib.sha256(data[:-32]).digest()


def edits(before: bytes, after: bytes) -> list[list[Any]]:
    """One edit of what differs between the first and the last common bytes."""
    if before == after:
        return []
    most = min(len(before), len(after))
    start = next((i for i in range(most) if before[i] != after[i]), most)
    end = next((i for i in range(most - start) if before[-1 - i] != after[-1 - i]), most - start)
    inserted = base64.b64encode(after[start : len(after) - end]).decode()
    return [[start, len(before) - end - start, inserted]]


def all_edits(before: bytes, after: bytes) -> list[list[Any]]:
    """Edits of the body and of the digest, apart: the digest always differs."""
    if len(before) < 64 or len(after) < 64:
        return edits(before, after)
    found = edits(before[:-32], after[:-32])
    if before[-32:] != after[-32:]:
        found.append([len(before) - 32, 32, base64.b64encode(after[-32:]).decode()])
    return found


def apply(data: bytes, changes: list[list[Any]]) -> bytes:
    """What the reader of the vectors does: edits from the last to the first, so that offsets hold."""
    for offset, removed, inserted in reversed(changes):
        data = data[:offset] + base64.b64decode(inserted) + data[offset + removed :]
    return data


def found_of(what: Mapping[str, Any] | None) -> Found | None:
    """What stands before the inspector, from a case."""
    if what is None:
        return None
    net = parse_quantity(what["net"]["value"], what["net"]["unit"], field="net") if "net" in what else None
    return Found(tuple(what.get("seals", ())), tuple(what.get("serials", ())), net, what.get("no_seal", False))


def answered(data: bytes, policy: Policy, now: int, found: Found | None) -> Case:
    """What the verifier says of a file, as a case states it."""
    try:
        verdict = verify_bundle(data, policy, now=now, found=found)
    except Malformed as fault:
        return {"valid": False, "code": fault.code, "readable": False}
    if verdict.refused:
        return {"valid": False, "code": verdict.findings[0].code, "readable": True, "word": verdict.word}
    return {
        "valid": True,
        "word": verdict.word,
        "exit": verdict.exit_code,
        "answers": {label.lower(): value for label, value in verdict.answers.rows()},
        "as_of": None if verdict.as_of is None else format_instant(verdict.as_of),
        "findings": [[finding.code, finding.subject, finding.statement] for finding in verdict.findings],
        "opened": dict(verdict.openings),
        "examined": list(verdict.examined),
        "named": list(verdict.named),
    }


class _Book:
    """Cases as they are made."""

    def __init__(self) -> None:
        self.policies: dict[str, str] = {}
        self.cases: list[Case] = []

    def case(
        self, name: str, comment: str, on: str, data: bytes | None = None, *, found: Case | None = None,
        age: int = 0, policy: Policy | None = None, expect: str,
    ) -> None:  # fmt: skip
        """One case; `expect` is the word, or the code of a file that is refused, and is checked here."""
        start = base(on)
        text = format_policy(policy or start.bench.policy())
        label = next((key for key, value in self.policies.items() if value == text), f"p{len(self.policies) + 1}")
        self.policies[label] = text
        made = start.data if data is None else data
        said = answered(made, parse_policy(text.encode()), start.now + age, found_of(found))
        got = said.get("code", said.get("word"))
        if got != expect:
            raise AssertionError(f"{name}: {got} instead of {expect}: {said}")
        changes = all_edits(start.data, made)
        if apply(start.data, changes) != made:
            raise AssertionError(f"{name}: the edits do not make the file")
        case: Case = {"name": name, "comment": comment, "valid": said.pop("valid"), "bundle": on, "edits": changes}
        case |= {"policy": label, "now": format_instant(start.now + age)}
        self.cases.append(case | ({} if found is None else {"found": found}) | said)


def _item(data: bytes) -> list[Any]:
    value = cbor.decode(data, max_bytes=len(data), max_depth=8, max_items=1_000_000, what="bundle")
    assert isinstance(value, list)
    return value


def _sealed(item: list[Any]) -> bytes:
    return resealed(cbor.encode(item))


def _good(book: _Book) -> None:
    book.case("made", "registered, nothing else", "made", expect="CLEAR")
    book.case("moved", "made, sealed, handed over, accepted; two statements name checkpoints", "moved", expect="CLEAR")
    book.case("rest lot", "the refused part: the lot that it came from is examined, too", "rest", expect="CLEAR")
    book.case("absence", "a conflict names a party that is not on the ledger", "absent", expect="CLEAR")
    book.case("open difference", "1 kg is missing and nobody answered for it", "short", expect="HOLD")
    book.case("seal changed", "another seal was read than the one fitted", "seals", expect="FAIL")
    book.case("hidden", "a hidden field without its opening", "hidden", expect="CLEAR")
    opened = replace(base("hidden").bundle, openings=((OPENING.digest, cbor.encode(OPENING.encode())),))
    book.case("opened", "and with it", "hidden", encode_bundle(opened), expect="CLEAR")
    seals = {"seals": ["CN-1"], "serials": ["0001", "0002"], "net": {"value": "50.000", "unit": "KGM"}}
    book.case("goods match", "seals, serials and net", "moved", found=seals, expect="CLEAR")
    for name, found in (
        ("other seal", {"seals": ["CN-2"]}), ("no seal", {"no_seal": True}), ("copied serial", {"serials": ["0001"] * 2}),
        ("other net", {"net": {"value": "49.000", "unit": "KGM"}}),
    ):  # fmt: skip
        book.case(f"goods: {name}", "a perfect file beside other drums", "moved", found=found, expect="FAIL")
    book.case("at max-age", "48 hours old, to the millisecond", "moved", age=2 * DAY_MS, expect="CLEAR")
    book.case("too old", "one millisecond older", "moved", age=2 * DAY_MS + 1000, expect="HOLD")
    start = base("moved")
    demanded = start.bench.policy(treaty_required=True)
    book.case("treaty demanded", "no rule set is adopted", "moved", policy=demanded, expect="HOLD")
    at = start.now // 1000
    for name, times, word in (
        ("audit quorum", dict.fromkeys((*AUDITORS[:2], PLAIN), at), "CLEAR"),
        ("one auditor", dict.fromkeys((AUDITORS[0], PLAIN), at), "HOLD"),
        ("no plain witness", dict.fromkeys(AUDITORS, at), "HOLD"),
        ("as of the second newest", dict(zip(WITNESSES, (at, at - 9, at - 99, at), strict=True)), "CLEAR"),
        ("one auditor ahead", dict(zip(WITNESSES, (at + 10**6, at, at, at), strict=True)), "CLEAR"),
        ("two auditors ahead", dict(zip(WITNESSES, (at + 10**6, at + 10**6, at, at), strict=True)), "HOLD"),
    ):
        data = encode_bundle(start.bench.bundle(LOT, times))
        book.case(f"cosigned: {name}", "three auditors, two of which are asked for", "moved", data, expect=word)


def _unreadable(book: _Book) -> None:
    data = base("made").data
    book.case("empty", "no bytes", "made", b"", expect="bundle-digest")
    book.case("cut", "the last byte is missing", "made", data[:-1], expect="bundle-digest")
    book.case(
        "bit", "one bit of the note", "made", data[:100] + bytes((data[100] ^ 1,)) + data[101:], expect="bundle-digest"
    )
    book.case("trailing", "a byte after the array", "made", resealed(data[:-32] + bytes(64)), expect="cbor-malformed")
    layouts: tuple[tuple[str, str, Callable[[list[Any]], Any], str], ...] = (
        ("version", "of the file", lambda b: b.__setitem__(0, "lotchain-bundle/2"), "version-unsupported"),
        ("other file", "another name", lambda b: b.__setitem__(0, "bundle/1"), "bundle-format"),
        ("member more", "ten members", lambda b: b.insert(8, 0), "bundle-format"),
        ("lot kind", "a party instead of a lot", lambda b: b.__setitem__(1, "party:CN-MAKER"), "id-kind"),
        ("hash beside", "a hash that nothing uses", lambda b: b[3].append(bytes(32)), "bundle-format"),
        ("hash twice", "stored twice", lambda b: b[3].insert(0, b[3][0]), "bundle-format"),
        ("hash short", "31 bytes", lambda b: b[3].__setitem__(0, bytes(31)), "bundle-format"),
        ("place outside", "no such hash", lambda b: b[4][0][0][2].__setitem__(0, len(b[3])), "bundle-format"),
        ("statements out of order", "not in log order", lambda b: b[4][0].reverse(), "bundle-format"),
        ("statement twice", "one index twice", lambda b: b[4][0].insert(0, b[4][0][0]), "bundle-format"),
        ("index boolean", "false for 0", lambda b: b[4][0][0].__setitem__(0, False), "bundle-format"),
        ("subjects out of order", "not by name", lambda b: b[6].reverse(), "bundle-format"),
        ("rule set empty", "no bytes", lambda b: b[7][1].append(b""), "bundle-format"),
        ("rule set twice", "each once", lambda b: b[7][1].extend([b"x", b"x"]), "bundle-format"),
        ("rule set beside", "that no statement needs", lambda b: b[7][1].append(b"x"), "bundle-extra"),
    )
    for name, comment, change, code in layouts:
        item = _item(data)
        change(item)
        book.case(name, comment, "made", _sealed(item), expect=code)


def _treaty(book: _Book) -> None:
    """Under adopted rule sets: what rules say, and that a proof holds just the documents that it needs."""
    demanded = base("sold").bench.policy(treaty_required=True)
    for on, comment, word in (
        ("reported", "both rules hold", "CLEAR"), ("sold", "a duty that is not done yet is a note", "CLEAR"),
        ("forgotten", "a duty that was never done", "FAIL"), ("adopted late", "the law is older than its adoption", "HOLD"),
    ):  # fmt: skip
        book.case(f"treaty: {on}", comment, on, policy=demanded, expect=word)
    book.case("treaty: forgotten, not demanded", "a breach weighs on the word only where the policy asks", "forgotten",
              expect="CLEAR")  # fmt: skip
    bundle = base("reported").bundle
    (first, second), other = bundle.rule_sets, bundle_treaty.china("2026-02-02")

    def ordered(*sets: bytes) -> tuple[bytes, ...]:
        return tuple(sorted(sets, key=lambda one: hashlib.sha256(one).digest()))

    for name, sets, code in (
        ("both sets left out", (), "bundle-incomplete"), ("one set left out", (first,), "bundle-incomplete"),
        ("the other set left out", (second,), "bundle-incomplete"),
        ("set exchanged", ordered(first, other), "bundle-incomplete"),
        ("the other set exchanged", ordered(second, other), "bundle-incomplete"),
        ("set added", ordered(first, second, other), "bundle-extra"),
        ("sets out of order", (second, first), "bundle-format"), ("set twice", (first, first), "bundle-format"),
        ("set of one byte more", ordered(first, second + b"\n"), "bundle-incomplete"),
    ):  # fmt: skip
        book.case(f"treaty: {name}", "", "reported", encode_bundle(replace(bundle, rule_sets=sets)), expect=code)


def _without(rows: tuple[Any, ...], place: int) -> tuple[Any, ...]:
    return rows[:place] + rows[place:][1:]


def _refused(book: _Book) -> None:
    start = base("moved")
    bundle, bench = start.bundle, start.bench
    rows, heads = bundle.statements, bundle.subjects
    swapped = (replace(rows[0], path=rows[1].path), replace(rows[1], path=rows[0].path), *rows[2:])
    exchanged = (replace(heads[0], siblings=heads[1].siblings), *heads[1:])
    last = rows[-1].index
    cut = replace(bundle, statements=rows[:-1])
    opening = ((OPENING.digest, cbor.encode(OPENING.encode())),)
    changes: tuple[tuple[str, str, Bundle, str], ...] = (
        ("charter left out", "", replace(bundle, statements=rows[1:]), "charter-mismatch"),
        ("enrolment left out", "", replace(bundle, statements=_without(rows, 4)), "lot-absent"),
        ("acceptance left out", "then a key that is proved has signed nothing", cut, "bundle-extra"),
        ("paths exchanged", "of two statements", replace(bundle, statements=swapped), "inclusion-invalid"),
        ("entry changed", "", replace(bundle, statements=(*rows[:-1], replace(rows[-1], raw=rows[-1].raw[:-1] + b"!"))),
         "inclusion-invalid"),
        ("closing record left out", "", replace(bundle, closings=bundle.closings[1:]), "closing-missing"),
        ("last closing record left out", "", replace(bundle, closings=bundle.closings[:-1]), "closing-missing"),
        ("seen proof left out", "", replace(bundle, seen=bundle.seen[1:]), "bundle-incomplete"),
        ("seen root", "another root", replace(bundle, seen=(replace(bundle.seen[0], root=bytes(32)), *bundle.seen[1:])),
         "consistency-invalid"),
        ("subject left out", "", replace(bundle, subjects=heads[1:]), "bundle-incomplete"),
        ("heads proof of a neighbour", "", replace(bundle, subjects=exchanged), "head-mismatch"),
        ("relabelled", "said to be of another lot", replace(bundle, lot="lot:CN-MAKER/B"), "bundle-incomplete"),
        ("relabelled rest", "said to be its rest lot", replace(bundle, lot=f"{LOT}~1"), "bundle-incomplete"),
        ("foreign opening", "opens nothing here", replace(bundle, openings=opening), "opening-invalid"),
    )  # fmt: skip
    for name, comment, made, code in changes:
        book.case(name, comment, "moved", encode_bundle(made), expect=code)
    moved_place = replace(OPENING, field="place.name")
    pairs = ((moved_place.digest, cbor.encode(moved_place.encode())),)
    book.case("opening of another field", "", "hidden", encode_bundle(replace(base("hidden").bundle, openings=pairs)),
              expect="opening-invalid")  # fmt: skip
    for name, comment, policy, code in (
        ("other charter", "of the policy", bench.policy(charter=bytes(32)), "charter-mismatch"),
    ):
        book.case(name, comment, "moved", policy=policy, expect=code)

    def logged(name: str, comment: str, change: Callable[[list[bytes]], None], code: str) -> None:
        book.case(name, comment, "moved", encode_bundle(bench.rebuilt(bundle, change)), expect=code)

    def record(**members: Any) -> Callable[[list[bytes]], None]:
        def change(entries: list[bytes]) -> None:
            entries[-1] = reclosed(entries[-1], **members)

        return change

    def typed(old: bytes, new: bytes) -> Callable[[list[bytes]], None]:
        def change(entries: list[bytes]) -> None:
            statement = read_entry(entries[last]).statement
            entries[last] = sign_statement(
                bench.world.signers["carrier"], issuer=statement.issuer, subject=statement.subject,
                audience=statement.audience, signed_at=statement.signed_at, payload=statement.payload.replace(old, new),
            )  # fmt: skip

        return change

    operator = "signed and cosigned, but no honest log"
    logged("time goes back", operator, record(time=0), "closing-time")
    logged("closing elsewhere", operator, record(end=9_999), "closing-place")
    logged("other map", operator, record(heads_root=bytes(32)), "head-mismatch")
    logged("other judge", "undetermined", record(judge="lotchain-judge/2"), "judge-version-unknown")
    logged("event version", "undetermined", typed(b"acceptance/1", b"acceptance/2"), "version-unsupported")
    logged("event type", "undetermined", typed(b"acceptance/1", b"apparition/1"), "event-type")
    logged("no event type", "no event of any version", typed(b'"type":"acceptance/1"', b'"typo":"acceptance/1"'),
           "event-type")  # fmt: skip


def build() -> Case:
    """The whole file."""
    book = _Book()
    _good(book)
    _unreadable(book)
    _refused(book)
    _treaty(book)
    return {
        "format": "lotchain-bundle/1",
        "version": 1,
        "source": "python -m tests.vectors_build.bundles, with keys from fixed seeds",
        "bundles": {name: base64.b64encode(base(name).data).decode() for name in STORIES},
        "policies": book.policies,
        "cases": book.cases,
    }


GOLDEN_CASES: dict[str, tuple[str, Case | None]] = {
    "clear": ("moved", {"seals": ["CN-1"]}),
    "hold": ("short", None),
    "fail": ("seals", None),
}


def make_golden() -> None:
    """What fixtures/golden lacks: files, one policy, and what a verifier must say of them for ever."""
    GOLDEN.mkdir(exist_ok=True)
    for name, (story, found) in GOLDEN_CASES.items():
        path = GOLDEN / f"{name}.lotproof"
        if path.exists():
            continue
        start = base(story)
        path.write_bytes(start.data)
        text = format_policy(start.bench.policy())
        (GOLDEN / f"{name}.policy").write_text(text)
        said = answered(start.data, parse_policy(text.encode()), start.now, found_of(found))
        expected = {"now": format_instant(start.now), "found": found, **said}
        (GOLDEN / f"{name}.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    if sys.argv[1:] == ["golden"]:
        make_golden()
    else:
        PATH.write_text(json.dumps(build(), indent=1, ensure_ascii=True) + "\n")
        decode_bundle(base("made").data)
