"""The operator's side: a ledger of three countries, custody events all the time, and a second view of it for a lie."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

from benchmarks.workload import ORIGIN, PARTIES, SUBSTANCE, Handlers, acceptance, cast_of, hand_over, registration

from lotchain.app.wiring import create_ledger, open_ledger
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.receipts import Answer, Receipt
from lotchain.signing.keyfile import write_key_file

COUNTRIES = ("cn", "mx", "in")
_PAUSE_S = 0.2


class Operator:
    """The ledger's folder, founded by three authorities, and everybody who signs on it."""

    def __init__(self, path: Path) -> None:
        self.folder = path / "ledger"
        self.handlers = Handlers(
            cast_of("network", COUNTRIES, {n: f"party:CN-{n.upper()}" for n in PARTIES}, SUBSTANCE)
        )
        self.ledger = create_ledger(self.folder, ORIGIN)
        require(self.ledger.submit(self.handlers.founding()))
        self.handlers.name_newest(self.ledger.reader)
        for country in COUNTRIES:
            write_key_file(path / f"{country}.key", self.handlers.cast.signer(country), passphrase=None)
        self._turn = threading.Lock()
        self._ended = threading.Event()
        self._lots = 0
        self.statements = 0
        self.fault = ""
        self._thread = threading.Thread(target=self._trade, daemon=True)

    def begin(self) -> None:
        """From now on somebody hands something over all the time."""
        self._thread.start()

    def _trade(self) -> None:
        try:
            while not self._ended.wait(_PAUSE_S):
                with self._turn:
                    self.live(f"T-{self._lots}")
                self._lots += 1
        except BaseException as fault:
            self.fault = f"{type(fault).__name__}: {fault}"

    def live(self, name: str, to: str = "trucker", ledger: Ledger | None = None) -> str:
        """A lot is made, offered and accepted: three statements in three batches; its id."""
        book, lot, handlers = ledger or self.ledger, f"lot:CN-MAKER/{name}", self.handlers
        handlers.time = time.time_ns() // 1_000_000
        raw, last = handlers.sign("maker", registration(lot, "25.000"))
        require(book.submit([raw]))
        raw, offer = handlers.sign("maker", hand_over(handlers, lot, "25.000", last, to))
        require(book.submit([raw]))
        raw, _ = handlers.sign(to, acceptance(lot, "25.000", offer))
        require(book.submit([raw]))
        self.statements += 3
        return lot

    def now(self, name: str) -> str:
        """A lot that lives just now; its id."""
        with self._turn:
            return self.live(name)

    def second_view(self, path: Path) -> tuple[Path, Ledger]:
        """A copy of the ledger, keys and all, that goes its own way from here: its folder, open."""
        with self._turn:
            shutil.copytree(self.folder, path, ignore=shutil.ignore_patterns("ledger.db*", "*-lock", "log.mark"))
            mine, other = (sqlite3.connect(folder / "ledger.db") for folder in (self.folder, path))
            with closing(mine), closing(other):
                mine.backup(other)
        return path, open_ledger(path)

    def hidden(self, ledger: Ledger, lots: int) -> str:
        """Events that stand in the second view alone; the last lot."""
        lot = ""
        with self._turn:
            self.handlers.name_newest(ledger.reader)
            for n in range(lots):
                lot = self.live(f"HIDDEN-{n}", "port", ledger)
            self.handlers.name_newest(self.ledger.reader)
        return lot

    def close(self) -> None:
        """No more events."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(10)
        self.ledger.close()


def require(answers: list[Answer]) -> None:
    """Every statement must be accepted: a scenario of refusals shows nothing."""
    for answer in answers:
        if not isinstance(answer, Receipt):
            raise SystemExit(f"the ledger refused: {answer.findings[0].as_json()}")
