"""`make bench`: the chain of custody measured, each figure beside its peers in the same run.

    python -m benchmarks.chain [--quick] [--json FILE]

Peers: the raw rate of the signature library (one process that only verifies the same statements' signatures with
PyNaCl) and a naive ledger (`naive.py`). Every figure is the median of several rounds; in each round all peers are
measured one after the other, so that what else the machine does meets them alike. Ratios are of medians.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import median
from subprocess import run
from tempfile import TemporaryDirectory
from typing import Any

from nacl.signing import VerifyKey

from benchmarks import mirror, treaty
from benchmarks.naive import NaiveLedger, Signed
from benchmarks.workload import AUDITORS, JOURNEY_LOT, ORIGIN, Handlers, auditor_key, key_from, packets, policy
from lotchain.app.scenario.play import ScenarioClock
from lotchain.core.statements import Statement, parse_statement
from lotchain.ledger.audit import audit
from lotchain.ledger.bundles import make_bundle
from lotchain.ledger.checkpointing import log_key
from lotchain.ledger.ledger import Ledger
from lotchain.signing.notes import cosign_ed25519
from lotchain.storage.highwater import FileHighWaterMark
from lotchain.storage.memory import MemoryStore
from lotchain.storage.sqlite import SqliteStore
from lotchain.verify.policy import format_policy
from lotchain.verify.trust import HOUR_MS

MOST_BUNDLE = 80_000
MOST_TIMES_NOTHING = 18
MOST_MEMORY = 60 * 1024 * 1024
NEVER_IMPORTED = (
    "sqlite_utils", "sqlite3", "rich", "http.server", "socketserver", "asyncio", "uvicorn", "starlette", "fastapi",
    "aiohttp", "flask", "lotchain.ledger", "lotchain.storage", "lotchain.service", "lotchain.signing",
)  # fmt: skip
_VERIFY = "from lotchain.cli.entry import process; process()"


@dataclass(slots=True)
class Results:
    """What was measured: samples by name, single figures, and what is over its budget."""

    rates: dict[str, list[float]] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    over: list[str] = field(default_factory=list)

    def sample(self, name: str, value: float) -> None:
        """One round's value."""
        self.rates.setdefault(name, []).append(value)

    def middle(self, name: str) -> float:
        """The median of all rounds."""
        return median(self.rates[name])

    def as_json(self) -> dict[str, Any]:
        """Everything, for machines."""
        medians = {name: median(values) for name, values in self.rates.items()}
        return {"medians": medians, "samples": self.rates, "figures": self.figures, "over_budget": self.over}


def timed(work: Callable[[], object]) -> float:
    """Seconds of wall time."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


# Append and audit


class Peers:
    """The same statements for all: parsed for PyNaCl, re-signed over plain JSON for the naive ledger."""

    def __init__(self, handlers: Handlers, raws: list[bytes]) -> None:
        self.raws = raws
        names = {party: name for name, party in handlers.cast.parties.items()}
        self.statements: list[Statement] = [parse_statement(raw) for raw in raws]
        self._keys = {name: handlers.cast.signer(name).public.raw for name in handlers.cast.parties}
        self.naive = [
            Signed(name, one.payload, handlers.cast.signer(name).sign(one.payload))
            for one, name in ((one, names[one.issuer]) for one in self.statements)
        ]
        self._verifying = [
            (VerifyKey(self._keys[names[one.issuer]]), one.signed, one.signature) for one in self.statements
        ]

    def verify_raw(self) -> None:
        """The signature library alone."""
        for key, signed, signature in self._verifying:
            key.verify(signed, signature)

    def naive_ledger(self, path: Path) -> NaiveLedger:
        """A new naive ledger that knows everybody's key."""
        return NaiveLedger(path, self._keys)


def new_ledger(folder: Path, handlers: Handlers) -> Ledger:
    """A ledger on disk, its parties enrolled."""
    signer, clock = key_from(f"log {ORIGIN}"), ScenarioClock(handlers.time)
    store = SqliteStore.create(folder / "ledger.db")
    ledger = Ledger.open(store, FileHighWaterMark(folder / "log.mark"), origin=ORIGIN, signer=signer, clock=clock)
    require_accepted(ledger, handlers.founding())
    return ledger


def require_accepted(ledger: Ledger, packet: list[bytes]) -> None:
    """Submit; a benchmark of refusals would be a fast one."""
    for answer in ledger.submit(packet):
        if not answer.accepted:
            raise SystemExit(f"the workload was refused: {answer.findings[0]}")


def append_round(results: Results, handlers: Handlers, single: Peers, batched: Peers) -> None:
    """One round of appends and audits, peers in turn."""
    with TemporaryDirectory(prefix="lotchain-bench-") as place:
        folder = Path(place)
        results.sample("raw verify/s", len(batched.raws) / timed(batched.verify_raw))
        ledger = new_ledger(folder, handlers)
        spent = timed(lambda: [require_accepted(ledger, packet) for packet in packets(single.raws, 1)])
        results.sample("append/s, batches of 1", len(single.raws) / spent)
        spent = timed(lambda: [require_accepted(ledger, packet) for packet in packets(batched.raws, 100)])
        results.sample("append/s, batches of 100", len(batched.raws) / spent)
        results.sample("publish, ms", timed(ledger.publish) * 1000)
        stored = sum(len(raw) for raw in (*single.raws, *batched.raws))
        results.figures["bytes a statement, signed"] = round(stored / (len(single.raws) + len(batched.raws)))
        audit_ledger(results, ledger, folder, len(single.raws) + len(batched.raws) + len(handlers.founding()))
        naive_round(results, folder, single, batched)


def audit_ledger(results: Results, ledger: Ledger, folder: Path, statements: int) -> None:
    """Audit what was appended; the store's size on disk."""
    key = ledger.key
    ledger.close()
    file = folder / "ledger.db"
    results.figures["bytes a statement, on disk"] = round(file.stat().st_size / statements)
    store = SqliteStore.open(file, read_only=True)
    scratch = MemoryStore()
    spent = timed(lambda: audit(store, scratch, key=key).require())
    store.close()
    results.sample("audited statements/s", statements / spent)


def naive_round(results: Results, folder: Path, single: Peers, batched: Peers) -> None:
    """The peer's turn."""
    naive = single.naive_ledger(folder / "naive.db")
    spent = timed(lambda: [naive.append([one]) for one in single.naive])
    results.sample("naive append/s, a commit each", len(single.naive) / spent)
    spent = timed(lambda: [naive.append(batched.naive[n : n + 100]) for n in range(0, len(batched.naive), 100)])
    results.sample("naive append/s, a commit a hundred", len(batched.naive) / spent)
    count = len(single.naive) + len(batched.naive)
    results.sample("naive audited/s", count / timed(naive.audit))
    naive.close()
    results.figures["naive bytes an entry, on disk"] = round((folder / "naive.db").stat().st_size / count)


# The bundle, and its cold verification


def journey_bundle(folder: Path, results: Results, around: int) -> tuple[Path, Path]:
    """The bundle of the long journey in a log with others around it, and the policy, as files."""
    handlers = Handlers()
    signer, clock = key_from(f"log {ORIGIN}"), ScenarioClock(handlers.time)
    store = SqliteStore.create(folder / "journey.db")
    ledger = Ledger.open(store, FileHighWaterMark(folder / "mark"), origin=ORIGIN, signer=signer, clock=clock)
    require_accepted(ledger, handlers.founding())
    others = packets(handlers.lots(around // 3, "O"), 30)
    handlers.name_newest(ledger.reader)
    journey = handlers.journey(12)
    gap = max(1, len(others) // 30)
    for n, packet in enumerate(others):
        require_accepted(ledger, packet)
        if n % gap == 0:
            clock.time = handlers.time = handlers.time + HOUR_MS
            require_accepted(ledger, list(islice(journey, 1)))
    for raw in journey:
        require_accepted(ledger, [raw])
    ledger.publish()
    checkpoint, _ = ledger.reader.published()
    for name in AUDITORS:
        line = cosign_ed25519(checkpoint.text(), name, key_from(name), handlers.time // 1000)
        ledger.add_cosignature(line, auditor_key(name))
    data = make_bundle(ledger.reader, JOURNEY_LOT)
    trusted = policy(log_key(ORIGIN, signer), handlers.charter)
    bundle, policy_file = folder / "journey.lotproof", folder / "trust.policy"
    bundle.write_bytes(data)
    policy_file.write_text(format_policy(trusted), encoding="utf-8")
    ledger.close()
    results.figures["bundle, bytes"] = len(data)
    results.figures["log entries"] = checkpoint.size
    if len(data) > MOST_BUNDLE:
        results.over.append(f"the bundle has {len(data)} bytes, at most {MOST_BUNDLE}")
    return bundle, policy_file


_LAUNCHER = """
import json, os, sys, time
quiet = os.open(os.devnull, os.O_WRONLY)
quietly = [(os.POSIX_SPAWN_DUP2, quiet, 1), (os.POSIX_SPAWN_DUP2, quiet, 2)]
start = time.perf_counter()
process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quietly)
_, status, usage = os.wait4(process, 0)
print(json.dumps([time.perf_counter() - start, usage.ru_maxrss, os.waitstatus_to_exitcode(status)]))
"""


def whole_process(command: list[str]) -> tuple[float, int, int]:
    """Run a process to its end: seconds, greatest resident set in bytes, exit code.

    A small process starts it and asks for its usage: one that is started by a large one counts its parent's memory.
    """
    told = run(
        [sys.executable, "-I", "-S", "-c", _LAUNCHER, *command], capture_output=True, check=True, env=environment()
    )
    spent, memory, code = json.loads(told.stdout)
    return spent, memory * (1 if sys.platform == "darwin" else 1024), code


def environment() -> dict[str, str]:
    """This process's environment, bytecode caches allowed: an installed program has them."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def verify_command(bundle: Path, policy_file: Path) -> list[str]:
    """`lotchain verify` as an inspector runs it: the installed script, or the same call without one."""
    script = Path(sys.executable).with_name("lotchain")
    call = [str(script)] if script.exists() else [sys.executable, "-c", _VERIFY]
    return [*call, "verify", str(bundle), "--policy", str(policy_file), "--now", "2026-11-01T00:00:00Z"]


def cold_verify(results: Results, bundle: Path, policy_file: Path, rounds: int) -> None:
    """Cold `lotchain verify` beside a Python that does nothing, in turn."""
    verify, nothing = verify_command(bundle, policy_file), [sys.executable, "-c", "pass"]
    most = 0
    for command in (verify, nothing):  # the first of each fills the disk's cache, and Python's
        whole_process(command)
    for _ in range(rounds):
        spent, memory, code = whole_process(verify)
        if code != 0:
            raise SystemExit(f"lotchain verify answered {code}, not CLEAR")
        results.sample("cold verify, ms", spent * 1000)
        most = max(most, memory)
        results.sample("python -c pass, ms", whole_process(nothing)[0] * 1000)
    times = results.middle("cold verify, ms") / results.middle("python -c pass, ms")
    results.figures["cold verify, times python -c pass"] = round(times, 1)
    results.figures["cold verify, MiB resident"] = round(most / 1024 / 1024, 1)
    if times > MOST_TIMES_NOTHING:
        results.over.append(f"cold verify takes {times:.1f} times python -c pass, at most {MOST_TIMES_NOTHING}")
    if most > MOST_MEMORY:
        results.over.append(f"cold verify takes {most / 1024 / 1024:.1f} MiB, at most {MOST_MEMORY // 1024 // 1024}")
    found = imported(bundle, policy_file)
    bad = sorted(name for name in found if any(f"{name}.".startswith(f"{never}.") for never in NEVER_IMPORTED))
    results.figures["cold verify, modules"] = len(found)
    if bad:
        results.over.append(f"cold verify imports {', '.join(bad)}")


def imported(bundle: Path, policy_file: Path) -> set[str]:
    """Every module that a cold `lotchain verify` imports, as Python itself reports."""
    arguments = verify_command(bundle, policy_file)
    rest = arguments[arguments.index("verify") :]
    told = run(
        [sys.executable, "-X", "importtime", "-c", _VERIFY, *rest], capture_output=True, check=False, env=environment()
    )
    if told.returncode != 0:
        raise SystemExit(f"lotchain verify answered {told.returncode}: {told.stderr[-300:]!r}")
    lines = [line for line in told.stderr.decode().splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in lines}


# Telling


def measure(*, quick: bool = False, told: Callable[[str], None] = lambda line: None) -> Results:
    """Everything; `quick` takes fewer statements and rounds and says less that is certain."""
    results = Results()
    rounds, singles, hundreds, around = (2, 30, 100, 300) if quick else (5, 100, 1_000, 6_000)
    handlers = Handlers()
    told("signing the workload")
    single = Peers(handlers, list(handlers.lots(singles, "S")))
    batched = Peers(handlers, list(handlers.lots(hundreds, "B")))
    for n in range(rounds):
        told(f"append and audit, round {n + 1} of {rounds}")
        append_round(results, handlers, single, batched)
    treaty.measure(results, rounds=rounds, singles=3 * singles, hundreds=3 * hundreds, told=told)
    mirror.measure(
        results, rounds=2 if quick else mirror.ROUNDS, statements=300 if quick else mirror.STATEMENTS, told=told
    )
    with TemporaryDirectory(prefix="lotchain-bench-") as place:
        told("the journey's bundle")
        bundle, policy_file = journey_bundle(Path(place), results, around)
        told("cold verify")
        cold_verify(results, bundle, policy_file, 5 if quick else 21)
    return results


def lines(results: Results) -> list[str]:
    """The table, for people."""
    raw, middle = results.middle("raw verify/s"), results.middle
    one, hundred = middle("naive append/s, a commit each"), middle("naive append/s, a commit a hundred")

    def row(label: str, name: str, naive: float, peer: str) -> str:
        value = middle(name)
        spread = f"{min(results.rates[name]):,.0f}–{max(results.rates[name]):,.0f}"
        return (
            f"  {label:<28}{value:>9,.0f}/s  ({spread})   {value / raw:6.1%} of raw verify   "
            f"{value / naive:5.2f} × naive {naive:,.0f}/s ({peer})"
        )

    figures = results.figures
    return [
        f"raw Ed25519 verify, PyNaCl, one process: {raw:,.0f}/s",
        row("append, batches of 1", "append/s, batches of 1", one, "a commit each"),
        row("append, batches of 100", "append/s, batches of 100", one, "a commit each"),
        row("", "append/s, batches of 100", hundred, "a commit a hundred"),
        row("audit", "audited statements/s", middle("naive audited/s"), "its own audit"),
        f"  publish after that           {middle('publish, ms'):9.1f} ms",
        *treaty.lines(results),
        *mirror.lines(results),
        f"bytes a statement: {figures['bytes a statement, signed']} signed, "
        f"{figures['bytes a statement, on disk']} on disk with index, states, tree and map; "
        f"naive {figures['naive bytes an entry, on disk']} on disk",
        f"bundle (12 transfers by two statements each, 8 parties, 2 splits; log of "
        f"{figures['log entries']:,} entries): {figures['bundle, bytes']:,} bytes, at most {MOST_BUNDLE:,}",
        f"cold lotchain verify of it: {middle('cold verify, ms'):.0f} ms, "
        f"python -c pass {middle('python -c pass, ms'):.0f} ms: "
        f"{figures['cold verify, times python -c pass']} times, at most {MOST_TIMES_NOTHING}; "
        f"{figures['cold verify, MiB resident']} MiB, at most {MOST_MEMORY // 1024 // 1024}; "
        f"{figures['cold verify, modules']} modules, none of {', '.join(NEVER_IMPORTED[:3])}, server code",
        *(f"OVER BUDGET: {fault}" for fault in results.over),
    ]


def main() -> int:
    """Measure, print, and say by the exit code whether a budget was passed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chain", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds: shows that it runs, proves little")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every sample here, too")
    options = parser.parse_args()
    results = measure(quick=options.quick, told=lambda line: print(f"… {line}", file=sys.stderr, flush=True))
    print("\n".join(lines(results)))
    if options.json is not None:
        options.json.write_text(json.dumps(results.as_json(), indent=1) + "\n", encoding="utf-8")
    return 1 if results.over else 0


if __name__ == "__main__":
    sys.exit(main())
