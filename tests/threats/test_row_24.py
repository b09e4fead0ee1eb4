"""Threat row 24, double hand-over: of fifty offers of one lot on one end, raced, exactly one is taken.

LOT_ALREADY_MOVED is `prev-stale` here (the other act stands on that end) or `offer-open`. On SQLite; the protocol asks
for PostgreSQL only when that engine exists.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from tests.threats.surroundings import LOG_SEED, ORIGIN, Small

from lotchain.core.statements import parse_statement
from lotchain.errors import StoreError
from lotchain.events.licence_grant import LicenceGrant
from lotchain.ledger.audit import audit
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.receipts import Answer, Receipt, Refused
from lotchain.ledger.sharing import SharedLedger
from lotchain.signing import SoftwareSigner
from lotchain.storage.highwater import FileHighWaterMark
from lotchain.storage.memory import MemoryStore
from lotchain.storage.sqlite import SqliteStore

OFFERS = 50
RETRY = ("head-moved", "store-busy", "mark-backwards")

WRITER = """
import sys
from pathlib import Path
from tests.threats.test_row_24 import submit_all
folder, half = Path(sys.argv[1]), int(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
answers = submit_all(folder, sorted(folder.glob("*.offer"))[half::2])
print(" ".join("taken" if a.accepted else a.reasons[0].code for a in answers))
"""


class Fixed:
    """A clock that stands."""

    def now(self) -> int:
        return 1_790_000_100_000


def on_disk(folder: Path) -> tuple[Small, str, list[bytes]]:
    """A ledger on SQLite with fifty carriers and one lot; and fifty offers of it, each to another one."""
    small = Small(SqliteStore.create(folder / "ledger.db"), FileHighWaterMark(folder / "log.mark"))
    grants = []
    for n in range(OFFERS):
        grant = LicenceGrant(
            party=f"party:CN-C{n:02}",
            organisation=f"Carrier {n}",
            number="1",
            activities=("transport",),
            substances=("*",),
            valid_from="1970-01-01T00:00:00Z",
            occurred_at=small.now(),
        )
        grants.append(small.sign(grant, "cn"))
    assert all(answer.accepted for answer in small.answers(*grants))
    lot = small.make("T-1", 5)
    offers = [small.sign(small.hand_over("maker", f"party:CN-C{n:02}", lot), "maker") for n in range(OFFERS)]
    assert len({parse_statement(raw).id for raw in offers}) == OFFERS
    return small, lot, offers


def open_again(folder: Path) -> Ledger:
    return Ledger.open(
        SqliteStore.open(folder / "ledger.db"),
        FileHighWaterMark(folder / "log.mark"),
        origin=ORIGIN,
        signer=SoftwareSigner.from_seed(LOG_SEED),
        clock=Fixed(),
    )


def submit(ledger: Ledger, raw: bytes) -> Answer:
    """Submit until the ledger has answered: another writer may come between, and trying again is always safe."""
    for _ in range(1_000):
        try:
            (answer,) = ledger.submit([raw])
        except StoreError as fault:
            if fault.code not in RETRY:
                raise
        else:
            return answer
    raise AssertionError("never answered")


def submit_all(folder: Path, files: list[Path]) -> list[Answer]:
    ledger = open_again(folder)
    try:
        return [submit(ledger, file.read_bytes()) for file in files]
    finally:
        ledger.close()


def one_taken(small: Small, lot: str, offers: list[bytes], size: int, codes: list[str]) -> None:
    """Exactly one offer stands, in the answers and in the store; every other was told why."""
    assert codes.count("taken") == 1
    assert set(codes) == {"taken", "prev-stale"}
    assert len(codes) == OFFERS
    ids = [parse_statement(raw).id for raw in offers]
    assert sum(small.store.index_of(statement) is not None for statement in ids) == 1
    assert small.store.head().size == size + 2  # type: ignore[union-attr]
    assert small.lot(lot)["offer"]["id"] == small.last(lot)
    audit(small.store, MemoryStore(), key=small.ledger.key, mark=small.mark.read()).require()


def test_raced_by_threads(tmp_path: Path) -> None:
    """Eight writers of their own on one database, as eight processes would be."""
    small, lot, offers = on_disk(tmp_path)
    size = small.ledger.size
    ledgers = [open_again(tmp_path) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        parts = pool.map(lambda n: [submit(ledgers[n], raw) for raw in offers[n::8]], range(8))
        answers = [answer for part in parts for answer in part]
    for ledger in ledgers:
        ledger.close()
    codes = ["taken" if isinstance(answer, Receipt) else answer.reasons[0].code for answer in answers]
    one_taken(small, lot, offers, size, codes)
    small.ledger.close()


def test_raced_on_one_shared_ledger(tmp_path: Path) -> None:
    """Fifty threads at one ledger, as a service has them; those who wait share a commit."""
    small, lot, offers = on_disk(tmp_path)
    size = small.ledger.size
    shared = SharedLedger(small.ledger)
    together = Barrier(OFFERS)

    def hand_over(raw: bytes) -> Answer:
        together.wait(30)
        (answer,) = shared.submit([raw])
        return answer

    with ThreadPoolExecutor(OFFERS) as pool:
        answers = list(pool.map(hand_over, offers))
    codes = ["taken" if isinstance(answer, Receipt) else answer.reasons[0].code for answer in answers]
    one_taken(small, lot, offers, size, codes)
    shared.close()


def test_raced_by_two_processes(tmp_path: Path) -> None:
    small, lot, offers = on_disk(tmp_path)
    size = small.ledger.size
    for n, raw in enumerate(offers):
        (tmp_path / f"{n:02}.offer").write_bytes(raw)
    root = Path(__file__).resolve().parents[2]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(half)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
            env={"PYTHONPATH": f"{root}:{root / 'src'}"},
        )
        for half in (0, 1)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    outputs = start(writers)
    assert [writer.returncode for writer in writers] == [0, 0]
    one_taken(small, lot, offers, size, " ".join(outputs).split())
    small.ledger.close()


def start(writers: list[subprocess.Popen[str]]) -> list[str]:
    """Let both go at once, then gather what they say."""
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    return [writer.communicate(timeout=60)[0] for writer in writers]


def test_in_one_packet_the_first_one_wins(tmp_path: Path) -> None:
    small, lot, offers = on_disk(tmp_path)
    size = small.ledger.size
    answers = small.answers(*offers)
    assert isinstance(answers[0], Receipt)
    assert all(isinstance(answer, Refused) for answer in answers[1:])
    codes = ["taken" if isinstance(answer, Receipt) else answer.reasons[0].code for answer in answers]
    one_taken(small, lot, offers, size, codes)
    small.ledger.close()
