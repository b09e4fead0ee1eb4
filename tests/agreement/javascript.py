"""The Python and the JavaScript verifier, asked about the same bundles: `python -m tests.agreement.javascript`.

The two share no code, only specs/. One long-lived node process answers in JSON lines. Compared are: whether a file can be
read at all, and the code where it cannot; whether the bundle is refused; the word; all answers but *treaty*; as of, lots
examined and named, witnesses, opened fields, accounts; and the set of (code, subject, statement) of all findings.

Treaty rules are not judged in JavaScript. So the findings of rules are left out on both sides, and with them the word where
the policy demands them and a rule set is adopted.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count as counting
from itertools import islice
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any

from tests.agreement.improvised import Improvised
from tests.agreement.mutations import mutated
from tests.changing import replace
from tests.show import agreement, flips
from tests.show.stage import WITNESS_KEYS, policy_for, scenario, scenario_names, told_steps

from lotchain.core.checkpoints import parse_checkpoint_text
from lotchain.core.cosignatures import cosigned_message_ed25519
from lotchain.core.instants import parse_instant
from lotchain.core.notes import Note, NoteSignature, parse_note
from lotchain.core.quantities import parse_quantity
from lotchain.errors import LotchainError, Malformed
from lotchain.ledger.bundles import make_bundle
from lotchain.ledger.checkpointing import log_key
from lotchain.verify.bundle import decode_bundle, encode_bundle
from lotchain.verify.goods import Found
from lotchain.verify.offline import verify_bundle
from lotchain.verify.policy import parse_policy
from lotchain.verify.policy_text import format_policy

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "js" / "serve-verdicts.js"
NODE = shutil.which("node")
TREATY_ALONE = {
    "border-unexplained", "rule-set-not-adopted", "country-not-on-ledger", "rule-set-unreadable",
    "rules-not-judged",
}  # fmt: skip
RULE = re.compile(r"(un|us|eu|mx|ca|cn|in)(-[a-z0-9]+)+")
MEMBERS = (
    "lot", "refused", "as_of", "checkpoint", "auditors", "witnesses", "accounts", "examined",
    "named_not_examined", "opened_fields", "not_proved",
)  # fmt: skip


STEP = (
    "index", "statement", "issuer", "event", "occurred_at", "entered_at", "signed_after", "signed_before", "place", "local",
)  # fmt: skip
"""all of a step but its sentence, which is each verifier's own"""


@dataclass(frozen=True, slots=True)
class Case:
    """A file, whom its reader trusts, when it is read, and what stands there (a vector's words)."""

    label: str
    data: bytes
    policy: str
    now: int
    found: dict[str, Any] | None = None


@dataclass(slots=True)
class Tally:
    """What was compared, and every difference."""

    seen: int = 0
    words: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The figures, for people."""
        return [
            f"{self.seen:,} bundles: {sum(self.words.values()):,} with a verdict ({_counts(self.words)}), "
            f"{self.refused.total():,} refused, {self.unreadable.total():,} unreadable",
            f"refused as: {_counts(self.refused)}",
            f"unreadable as: {_counts(self.unreadable)}",
            f"{len(self.codes)} codes in verdicts: {', '.join(sorted(self.codes))}",
            f"differences: {len(self.broken)}",
        ]


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in counter.most_common()) or "none"


class JavaScript:
    """The JavaScript verifier in one process."""

    def __init__(self) -> None:
        assert NODE is not None
        self._process = subprocess.Popen(
            [NODE, str(SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def __enter__(self) -> JavaScript:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)

    def ask(self, case: Case) -> dict[str, Any]:
        """Its answer to one case."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        found = None if case.found is None else {**case.found, "noSeal": case.found.get("no_seal", False)}
        question = {
            "bundle": base64.b64encode(case.data).decode(),
            "policy": case.policy,
            "now": case.now,
            "found": found,
        }
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


def python_answer(case: Case) -> dict[str, Any]:
    """The Python verifier's answer, in the same form."""
    found = case.found or {}
    net = found.get("net")
    goods = Found(
        seals=tuple(found.get("seals", ())),
        serials=tuple(found.get("serials", ())),
        net=None if net is None else parse_quantity(net["value"], net["unit"], field="net"),
        no_seal=found.get("no_seal", False),
    )
    try:
        return {
            "verdict": verify_bundle(case.data, parse_policy(case.policy.encode()), now=case.now, found=goods).as_json()
        }
    except Malformed as fault:
        return {"unreadable": fault.code}


def _findings(verdict: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {
        (finding["code"], finding.get("subject", ""), finding.get("statement", ""))
        for finding in verdict["findings"]
        if finding["code"] not in TREATY_ALONE and not RULE.fullmatch(finding["code"])
    }


def differences(ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[str]:
    """What the two say differently, in words."""
    if "verdict" not in ours or "verdict" not in theirs:
        if ours != theirs:
            yield f"Python {str(ours)[:300]}, JavaScript {str(theirs)[:600]}"
        return
    one, other = ours["verdict"], theirs["verdict"]
    if one["refused"] != other["refused"]:
        yield f"refused: Python {one['refused'] and one['findings']}, JavaScript {other['refused'] and other['findings']}"
        return
    rules = any(finding["code"] == "rules-not-judged" for finding in other["findings"])
    if one["verdict"] != other["verdict"] and not (rules and one["treaty_required"]):
        yield f"word: Python {one['verdict']}, JavaScript {other['verdict']}"
    for name, answer in one["answers"].items():
        if answer != other["answers"][name] and name != "treaty":
            yield f"{name}: Python {answer!r}, JavaScript {other['answers'][name]!r}"
    for name in MEMBERS:
        if one[name] != other[name]:
            yield f"{name}: Python {one[name]!r}, JavaScript {other[name]!r}"
    here, there = _findings(one), _findings(other)
    if here != there:
        yield f"findings: Python alone {sorted(here - there)}, JavaScript alone {sorted(there - here)}"
    steps = [[{name: step[name] for name in STEP} for step in verdict["timeline"]] for verdict in (one, other)]
    if steps[0] != steps[1]:
        apart = [pair for pair in zip(*steps, strict=False) if pair[0] != pair[1]]
        yield f"timeline of {len(steps[0])} and {len(steps[1])} steps, first apart: {apart[:1]}"


def compare(case: Case, javascript: JavaScript, tally: Tally) -> None:
    """Ask both, and count."""
    ours, theirs = python_answer(case), javascript.ask(case)
    tally.seen += 1
    tally.broken += [f"{case.label}: {difference}" for difference in differences(ours, theirs)]
    if "unreadable" in ours:
        tally.unreadable[ours["unreadable"]] += 1
    elif ours["verdict"]["refused"]:
        tally.refused[ours["verdict"]["findings"][0]["code"]] += 1
    else:
        tally.words[ours["verdict"]["verdict"]] += 1
        tally.codes.update(code for code, _, _ in _findings(ours["verdict"]))


# Cases


def vector_cases() -> Iterator[Case]:
    """The bundles of specs/vectors/bundle.json with their edits, and the golden ones."""
    vectors = json.loads((ROOT / "specs" / "vectors" / "bundle.json").read_text())
    for entry in vectors["cases"]:
        data = bytearray(base64.b64decode(vectors["bundles"][entry["bundle"]]))
        for offset, removed, inserted in reversed(entry["edits"]):
            data[offset : offset + removed] = base64.b64decode(inserted)
        now = parse_instant(entry["now"], field="now")
        yield Case(
            f"vector {entry['name']}", bytes(data), vectors["policies"][entry["policy"]], now, entry.get("found")
        )
    for path in sorted((ROOT / "fixtures" / "golden").glob("*.lotproof")):
        told = json.loads(path.with_suffix(".json").read_text())
        policy = path.with_suffix(".policy").read_text()
        yield Case(f"golden {path.stem}", path.read_bytes(), policy, parse_instant(told["now"], field="now"))


def _kept_cases(kept: agreement.Kept, label: str, *, treaty: bool) -> Iterator[Case]:
    """A bundle of every lot of a ledger, as its operator would make it."""
    reader = agreement.ShowsForced(kept.store, kept.forced.values())
    key = log_key(kept.origin, agreement.key_from(f"log {kept.origin}"))
    trusted = policy_for(key, kept.charter, treaty_required=treaty)
    if sum(label.encode()) % 16 == 0:
        trusted = replace(trusted, auditors=(), audit_quorum=0)
    policy = format_policy(trusted)
    for lot in reader.subjects_named("lot:"):
        try:
            data = make_bundle(reader, lot)
        except LotchainError:
            continue  # no bundle is made of such a ledger: tests/show/agreement.py says whether that is right
        yield Case(f"{label}: {lot}", data, policy, kept.time)


def fixture_cases() -> Iterator[Case]:
    """Bundles of every lot of every scenario, honestly kept."""
    for name in scenario_names():
        content = scenario(name)
        telling = agreement.Telling(content, told_steps(content), Random(name), heals=False)
        yield from _kept_cases(agreement.keep_honestly(telling), name, treaty=False)


def mutated_cases(first_seed: int = 0) -> Iterator[Case]:
    """Bundles of mutated ledgers, honest and dishonest in turn, without end; and each one tampered with, too."""
    names = scenario_names()
    for seed in counting(first_seed):
        name, dishonest = names[seed % len(names)], seed // len(names) % 3 == 2
        steps, mutations, random = mutated(scenario(name), f"javascript {name} {seed}")
        told = Improvised if seed // len(names) % 2 else agreement.Telling
        telling = told(scenario(name), steps, random, heals=random.random() < 0.7)
        if isinstance(telling, Improvised):
            telling.drops_keys = dishonest
        kept = (agreement.keep_dishonestly if dishonest else agreement.keep_honestly)(telling)
        label = f"{name}, seed {seed}{', dishonest' if dishonest else ''} ({', '.join(mutations)})"
        for case in _kept_cases(kept, label, treaty=bool(seed % 2)):
            yield case
            if random.random() < 0.6:
                yield random.choice((tampered, tampered, recosigned, before_goods))(case, random)


def tampered(case: Case, random: Random) -> Case:
    """The bundle with one bit or one part changed, its digest made anew."""
    if random.random() < 0.3:
        bit = random.randrange((len(case.data) - 32) * 8)
        data = flips.resealed(flips.flipped(case.data, bit))
        return Case(f"{case.label}, bit {bit}", data, case.policy, case.now)
    bundle = decode_bundle(case.data)
    part = random.choice([name for name in sorted(flips.PARTS) if bundle.rule_sets or "rule set" not in name])
    data = encode_bundle(flips.PARTS[part](bundle, random))
    return Case(f"{case.label}, {part}", data, case.policy, case.now)


def recosigned(case: Case, random: Random) -> Case:
    """The bundle under other cosignatures: some missing, without a time, of long ago, from the future, or forged."""
    bundle = decode_bundle(case.data)
    note = parse_note(bundle.note)
    checkpoint = parse_checkpoint_text(note.text)
    witnesses = {name for name, _ in WITNESS_KEYS.items()}
    lines = [line for line in note.signatures if line.name not in witnesses]
    for name, (signer, key) in WITNESS_KEYS.items():
        time_s = random.choice(
            (case.now // 1000, case.now // 1000 - 40 * 86400, case.now // 1000 + 3600, 0, 253402300800)
        )
        signature = signer.sign(cosigned_message_ed25519(checkpoint.text(), time_s))
        made = NoteSignature(name, key.key_id, time_s.to_bytes(8, "big") + signature)
        if random.random() < 0.1:
            made = NoteSignature(made.name, made.key_id, flips.flipped(made.blob, random.randrange(512)))
        if random.random() < 0.8:
            lines.append(made)
    data = encode_bundle(replace(bundle, note=Note(note.text, tuple(lines)).encode()))
    return Case(f"{case.label}, cosigned anew", data, case.policy, case.now)


def before_goods(case: Case, random: Random) -> Case:
    """The bundle before goods: right ones and wrong ones, as the ledger has them."""
    verdict = python_answer(case).get("verdict", {})
    held = verdict.get("accounts", {}).get("in custody", "1.000 kg").split(" ")[0]
    serials = [f"{number:04d}" for number in random.sample(range(1, 30), random.randint(1, 4))]
    found: dict[str, Any] = {}
    if random.random() < 0.7:
        found["serials"] = serials + serials[: random.randint(0, 1)]
    if random.random() < 0.5:
        found["seals"] = random.choice((["CN-448120"], ["GRF-20018"], ["MX-20931", "IM-1"]))
    elif random.random() < 0.5:
        found["no_seal"] = True
    if random.random() < 0.7 and held not in ("0.000", ""):
        found["net"] = {"value": random.choice((held, "475.000")), "unit": "KGM"}
    return Case(f"{case.label}, before {found}", case.data, case.policy, case.now, found)


def many_bundles(cases: Iterable[Case], told: Callable[[Tally], None] = lambda tally: None) -> Tally:
    """Compare every case."""
    tally = Tally()
    with JavaScript() as javascript:
        for case in cases:
            compare(case, javascript, tally)
            told(tally)
    return tally


def agree_js(count: int, first_seed: int = 0) -> int:
    """`make agree-js`: all vectors and fixtures, and that many bundles of mutated ledgers; 1 where the two differ."""
    if NODE is None:
        print("agree-js: node is not installed here; nothing was compared")
        return 2
    begun = time.monotonic()

    def told(tally: Tally) -> None:
        if tally.seen % 100 == 0:
            print(f"  {tally.seen:,} compared, {len(tally.broken)} differences", file=sys.stderr, flush=True)

    mutations = ("mutated", islice(mutated_cases(first_seed), count))
    exit_code = 0
    for name, cases in (("vectors and golden bundles", vector_cases()), ("scenarios", fixture_cases()), mutations):
        tally = many_bundles(cases, told)
        print("\n  ".join([f"{name}:", *tally.lines(), *tally.broken[:40]]))
        exit_code |= int(bool(tally.broken))
    print(f"{time.monotonic() - begun:.0f} s")
    return exit_code


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Python and JavaScript verifier on the same bundles.")
    parser.add_argument("--count", type=int, default=2000, help="mutated bundles")
    parser.add_argument("--seed", type=int, default=0, help="first seed of the mutated ledgers")
    asked = parser.parse_args()
    raise SystemExit(agree_js(asked.count, asked.seed))
