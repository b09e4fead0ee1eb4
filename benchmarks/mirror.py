"""`python -m benchmarks.mirror`: a mirror's replay over HTTP measured beside an audit of the same log.

    python -m benchmarks.mirror [--quick] [--json FILE]

The log is served by `lotchain serve`, a process of its own. The mirror, in this process, fetches it, binds every entry
to the signed root, judges it and writes it durably; the audit reads the same log from its file and rebuilds it in
memory. A mirror reads ahead in one thread and checks signatures in two; an audit is one thread. Both in turn, now the
one first, now the other, several rounds. The ratio is the median of the rounds' ratios: a machine that is slower for a
while is slower for both halves of a round. Budget: a mirror is no slower than 0.9 of the audit.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from benchmarks.workload import ORIGIN, Handlers, key_from, packets
from lotchain.app.folder import Configuration, Folder
from lotchain.app.mirror_folder import create_mirror
from lotchain.app.mirror_rounds import IN_STEP
from lotchain.app.mirroring import open_mirror
from lotchain.app.scenario.play import ScenarioClock
from lotchain.ledger.audit import audit
from lotchain.ledger.checkpointing import log_key
from lotchain.ledger.ledger import Ledger
from lotchain.signing.keyfile import write_key_file
from lotchain.storage.highwater import FileHighWaterMark
from lotchain.storage.memory import MemoryStore
from lotchain.storage.sqlite import SqliteStore

LEAST_RATIO = 0.9
"""Of the audit's rate: what a mirror keeps."""
ROUNDS, STATEMENTS = 22, 4_500
"""Many short rounds: the two rates lie close together, and a shared machine changes its speed every few seconds."""
LEAST_STATEMENTS = 3_000
"""Below, what a mirror does once a round (connection, memory, mark, map) weighs more than what it does a statement."""
AUDIT, MIRROR = "audited statements/s, beside a mirror", "mirrored statements/s"
RATIO = "mirror over audit, by round"


class Samples(Protocol):
    """What the measurements are told to; `benchmarks.chain.Results` is one."""

    figures: dict[str, Any]
    over: list[str]

    def sample(self, name: str, value: float) -> None:
        """One round's value."""

    def middle(self, name: str) -> float:
        """The median of all rounds."""


class _Results:
    """Samples, for this module alone."""

    def __init__(self) -> None:
        self.rates: dict[str, list[float]] = {}
        self.figures: dict[str, Any] = {}
        self.over: list[str] = []

    def sample(self, name: str, value: float) -> None:
        self.rates.setdefault(name, []).append(value)

    def middle(self, name: str) -> float:
        return median(self.rates[name])


def build(folder: Path, handlers: Handlers, statements: int) -> int:
    """A published ledger's folder, a third of its statements in small batches; how many statements it holds."""
    signer, clock = key_from(f"log {ORIGIN}"), ScenarioClock(handlers.time)
    place = Folder(folder)
    store = SqliteStore.create(place.store)
    ledger = Ledger.open(store, FileHighWaterMark(folder / "log.mark"), origin=ORIGIN, signer=signer, clock=clock)
    raws = list(handlers.lots(statements // 3, "M"))
    third = len(raws) // 3
    founding = handlers.founding()
    for packet in (founding, *packets(raws[:third], 10), *packets(raws[third:], 100)):
        for answer in ledger.submit(packet):
            if not answer.accepted:
                raise SystemExit(f"the workload was refused: {answer.findings[0]}")
    note = ledger.publish()
    ledger.close()
    place.checkpoint.write_bytes(note)
    place.config.write_text(Configuration(ORIGIN, log_key(ORIGIN, signer)).encode(), encoding="utf-8")
    write_key_file(folder / "member.key", handlers.cast.signer("maker"), passphrase=None)
    return len(raws) + len(founding)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder behind `lotchain serve`; the URL."""
    command = [sys.executable, "-m", "lotchain", "serve", str(folder), "--port", "0", "--json", "--quiet"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            told = ""
            while not told.rstrip().endswith("}"):
                line = process.stdout.readline() if process.stdout is not None else ""
                if not line:
                    raise SystemExit("lotchain serve ended")
                told += line
            yield str(json.loads(told)["url"])
        finally:
            process.terminate()


def audited(folder: Path) -> float:
    """Seconds of one audit into memory."""
    store = SqliteStore.open(Folder(folder).store, read_only=True)
    begun = time.perf_counter()
    audit(store, MemoryStore(), key=log_key(ORIGIN, key_from(f"log {ORIGIN}"))).require()
    spent = time.perf_counter() - begun
    store.close()
    return spent


def mirrored(folder: Path, url: str, into: Path) -> float:
    """Seconds of one round that takes the whole log."""
    key = log_key(ORIGIN, key_from(f"log {ORIGIN}"))
    create_mirror(into, url, "mirror.example", [key], member_key=str(folder / "member.key"))
    with open_mirror(into) as mirror:
        begun = time.perf_counter()
        done = mirror.round()
        spent = time.perf_counter() - begun
        if done.state != IN_STEP or done.taken == 0:
            raise SystemExit(f"the mirror is not in step: {done}")
    return spent


def measure(results: Samples, *, rounds: int, statements: int, told: Callable[[str], None] = lambda line: None) -> None:
    """Audit and mirror in turn; the ratio, and whether it is under its budget: not asked of a log that is too short."""
    with TemporaryDirectory(prefix="lotchain-bench-") as place:
        folder = Path(place) / "ledger"
        folder.mkdir()
        told("the log that is mirrored")
        count = build(folder, Handlers(), statements)
        with served(folder) as url:
            mirrored(folder, url, Path(place) / "warm")
            for n in range(rounds):
                told(f"audit and mirror, round {n + 1} of {rounds}")
                works: list[tuple[str, Callable[[], float]]] = [
                    (AUDIT, partial(audited, folder)),
                    (MIRROR, partial(mirrored, folder, url, Path(place) / f"mirror-{n}")),
                ]
                rates: dict[str, float] = {}
                for name, work in works if n % 2 else reversed(works):
                    gc.collect()  # what the one leaves behind is not the other's to clear away
                    rates[name] = count / work()
                    results.sample(name, rates[name])
                results.sample(RATIO, rates[MIRROR] / rates[AUDIT])
    ratio = results.middle(RATIO)
    results.figures["mirror over audit"] = round(ratio, 2)
    if ratio < LEAST_RATIO and statements >= LEAST_STATEMENTS:
        results.over.append(f"a mirror runs at {ratio:.2f} of the audit's rate, at least {LEAST_RATIO}")


def lines(results: Samples) -> list[str]:
    """The table's line, for people."""
    return [
        f"  mirror over HTTP, durable   {results.middle(MIRROR):9,.0f}/s   "
        f"{results.figures['mirror over audit']:5.2f} × audit {results.middle(AUDIT):,.0f}/s, at least {LEAST_RATIO}"
    ]


def main() -> int:
    """Measure, print, and say by the exit code whether the budget was passed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mirror", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds: shows that it runs, proves little")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every sample here, too")
    options = parser.parse_args()
    results = _Results()
    rounds, statements = (2, 600) if options.quick else (ROUNDS, STATEMENTS)
    measure(results, rounds=rounds, statements=statements, told=lambda line: print(f"… {line}", file=sys.stderr))
    print("\n".join([*lines(results), *(f"OVER BUDGET: {fault}" for fault in results.over)]))
    if options.json is not None:
        text = json.dumps({"samples": results.rates, "figures": results.figures, "over_budget": results.over}, indent=1)
        options.json.write_text(text + "\n", encoding="utf-8")
    return 1 if results.over else 0


if __name__ == "__main__":
    sys.exit(main())
