"""`make interop`: independent implementations judge our outputs, made fresh in this run, sound and damaged.

Everything is installed under `.interop/` from the package registries, in the versions pinned beside this file; none of
it is committed. A checker counts when it holds every sound output and refuses every damaged one that it is asked about.
Ends with `interop: k of 6`; exit code 1 when fewer than four counted, or any that ran disagreed with us.

    python -m tests.interop.run             install what is missing, then ask
    python -m tests.interop.run --record    also write made_by_peers.json, which the default tests compare us with
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.interop import cases, fresh
from tests.interop.cases import AICS, GO, NOBLE, NOBLE_PQ, SCITT, TRANSMUTE, VECTOR, Case
from tests.interop.installing import HOME, Unavailable, call, go_checker, node_checker, python_checker

RECORD = Path(__file__).with_name("made_by_peers.json")
LEAST = 4
_SHOWN = 12


@dataclass(frozen=True)
class Peer:
    """One independent implementation: what it is asked, and how it is made ready."""

    name: str
    kinds: tuple[str, ...]
    ready: Any


PEERS = (
    Peer(GO, ("note", "tlog-proof", "root", "inclusion", "consistency", "tiles"), go_checker),
    Peer(AICS, ("note", "tlog-proof", "root", "inclusion", "consistency", "tiles"),
         lambda: python_checker("aics-tlog", "check_aics_tlog.py")),
    Peer(SCITT, ("statement", "receipt", "transparent", "consistency-receipt", "root", "inclusion", "consistency"),
         lambda: python_checker("scitt-cose", "check_scitt_cose.py")),
    Peer(TRANSMUTE, ("root", "inclusion", "consistency"), lambda: node_checker("@transmute/rfc9162", "check_rfc9162.mjs")),
    Peer(NOBLE, ("ed25519",), lambda: node_checker("@noble/ed25519", "check_noble_ed25519.mjs")),
    Peer(NOBLE_PQ, ("mldsa44",), lambda: node_checker("@noble/post-quantum", "check_noble_mldsa.mjs")),
)  # fmt: skip


@dataclass
class Outcome:
    """What came of one peer: a line for people, its faults, and what it made from the fixed seeds."""

    line: str
    faults: list[str]
    made: dict[str, Any]
    version: str


def main(arguments: list[str]) -> int:
    """The whole run; its exit code."""
    begun = time.monotonic()
    recording = "--record" in arguments
    HOME.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=HOME, prefix="run-") as folder:
        scratch = Path(folder)
        ledgers = fresh.build(scratch)
        asked = cases.all_cases(ledgers, scratch / "damaged")
        questions = scratch / "cases.json"
        shown = [{"id": at, "kind": each.kind, "inputs": each.inputs} for at, each in enumerate(asked)]
        questions.write_text(json.dumps(shown))
        sizes = ", ".join(str(each.size) for ledger in ledgers for each in ledger.publications)
        print(f"fresh: {len(ledgers)} ledgers, published at {sizes} entries; {len(asked)} cases", flush=True)
        outcomes = {peer.name: ask(peer, asked, questions, scratch, recording) for peer in PEERS}
    agreed = sum(not outcome.faults for outcome in outcomes.values() if outcome is not None)
    disagreed = sum(bool(outcome.faults) for outcome in outcomes.values() if outcome is not None)
    if recording:
        record({name: outcome for name, outcome in outcomes.items() if outcome is not None})
    print(f"interop: {agreed} of {len(PEERS)} ({time.monotonic() - begun:.0f} s)")
    return 1 if agreed < LEAST or disagreed else 0


def ask(peer: Peer, asked: list[Case], questions: Path, scratch: Path, recording: bool) -> Outcome | None:
    """Install one peer, ask it, and print its line; None where it cannot be had."""
    try:
        command, version = peer.ready()
    except Unavailable as reason:
        print(f"{peer.name}: not available: {reason}", flush=True)
        return None
    answers, made = scratch / f"{peer.name}.answers.json", scratch / f"{peer.name}.made.json"
    try:
        call([*command, str(questions), str(answers)])
        call([*command, "-make" if peer.name == GO else "--make", str(made)])
        outcome = judge(peer, asked, json.loads(answers.read_text()), json.loads(made.read_text()), version, recording)
    except Unavailable as fault:  # installed, but it does not run: that is a fault, not an absence
        outcome = Outcome(f"{peer.name} ({version}): FAILED", [str(fault)], {}, version)
    print(outcome.line, flush=True)
    for fault in outcome.faults[:_SHOWN]:
        print(f"  {fault}", flush=True)
    if len(outcome.faults) > _SHOWN:
        print(f"  and {len(outcome.faults) - _SHOWN} more", flush=True)
    return outcome


def judge(
    peer: Peer, asked: list[Case], answers: list[dict[str, Any]], made: dict[str, Any], version: str, recording: bool
) -> Outcome:
    """Compare a peer's answers with what they should be, and what it made with what is recorded."""
    said = {each["id"]: each for each in answers}
    counted: Counter[tuple[str, bool]] = Counter()
    faults = []
    verdicts: dict[str, bool] = {}
    for at, case in enumerate(asked):
        if case.kind not in peer.kinds or (case.only and peer.name not in case.only):
            continue
        answer = said.get(at)
        if answer is not None and case.name.startswith(VECTOR):
            verdicts[case.name.removeprefix(VECTOR)] = answer["holds"]
        if case.holds is not None:
            counted[case.kind, case.holds] += 1
        if answer is None:
            faults.append(f"no answer: {case.kind}: {case.name}")
        elif case.holds is not None and answer["holds"] != case.holds:
            word = "refused what is sound" if case.holds else "took what is damaged"
            faults.append(f"{word}: {case.kind}: {case.name} {answer.get('why', '')}".rstrip())
    if verdicts:
        made = {**made, "verdicts": verdicts}
    recorded = json.loads(RECORD.read_text())["made"].get(peer.name) if RECORD.exists() and not recording else None
    compared = "not recorded" if recorded is None else "as recorded" if recorded == made else "NOT AS RECORDED"
    if compared.isupper():
        faults.append("it makes or says something else than made_by_peers.json: see the difference, then --record")
    missing = [kind for kind in peer.kinds if not counted[kind, True] or (kind != "root" and not counted[kind, False])]
    faults += [f"nothing was asked about {kind}" for kind in missing]
    kinds = ", ".join(f"{kind} {counted[kind, True]}+{counted[kind, False]}" for kind in peer.kinds)
    held, refused = (sum(count for (_, good), count in counted.items() if good is which) for which in (True, False))
    word = "DISAGREES" if faults else "agrees"
    line = f"{peer.name} ({version}): {word}; {held} sound, {refused} damaged ({kinds}); made {compared}"
    return Outcome(line, faults, made, version)


def record(outcomes: dict[str, Outcome]) -> None:
    """Write what the peers make from fixed seeds; those that were not available keep what they had."""
    before = json.loads(RECORD.read_text()) if RECORD.exists() else {"made": {}, "versions": {}}
    document = {
        "source": "python -m tests.interop.run --record: made by other people's implementations, not by lotchain",
        "versions": {**before["versions"], **{name: outcome.version for name, outcome in outcomes.items()}},
        "made": {**before["made"], **{name: outcome.made for name, outcome in outcomes.items()}},
    }
    RECORD.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
