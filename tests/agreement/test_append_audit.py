"""What append found on each statement, the audit finds again, and a replica comes to the same states."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from tests.unit.ledgers import Rig, reason_codes
from tests.unit.world import HOUR

from lotchain.custody.findings import Finding
from lotchain.ledger.audit import audit
from lotchain.ledger.receipts import Receipt
from lotchain.ledger.replica import Replica, StoreSource
from lotchain.storage.memory import MemoryStore
from lotchain.storage.sqlite import SqliteStore


def traded(rig: Rig, seed: int) -> dict[bytes, tuple[Finding, ...]]:
    """Random trade, submitted in batches of random size and partly twice or in disorder: findings by statement id."""
    random = Random(seed)
    found: dict[bytes, tuple[Finding, ...]] = {}
    rig.feed()
    lots = [rig.world.make(f"R-{n}", 5 + n) for n in range(6)]
    for _ in range(12):
        lot = random.choice(lots)
        holder = {rig.world.party(who): who for who in ("maker", "carrier")}[rig.world.lot(lot)["custodian"]]
        other = "carrier" if holder == "maker" else "maker"
        offer = rig.world.offer(holder, other, lot, receives_as="carrier" if other == "carrier" else "consignee")
        rig.world.advance(random.choice((0, HOUR, 60 * HOUR)))
        rig.world.take(offer, other)
    rig.clock.time = rig.world.time + random.choice((0, 30 * HOUR))
    raws = rig.statements()
    while raws:
        packet = raws[: random.randint(1, 9)]
        raws = raws[len(packet) :]
        answers = rig.ledger.submit(random.sample(packet, len(packet)))
        assert all(
            answer.accepted or reason_codes(answer) <= {"prev-unknown", "offer-unknown", "lot-unknown"}
            for answer in answers
        )
        again = rig.ledger.submit(packet)
        for answer in (*answers, *again):
            if isinstance(answer, Receipt) and not answer.again:
                found[answer.statement_id] = answer.findings
        if random.random() < 0.3:
            rig.ledger.publish()
    return found


@pytest.mark.parametrize("seed", range(6))
def test_append_audit_and_replica_agree(seed: int, tmp_path: Path) -> None:
    rig = Rig(tmp_path / "ledger.db" if seed % 2 else None)
    appended = traded(rig, seed)
    rig.ledger.publish()
    audited: dict[bytes, tuple[Finding, ...]] = {}

    def note(_: int, hex_id: str, findings: tuple[Finding, ...]) -> None:
        audited[bytes.fromhex(hex_id)] = findings

    report = audit(rig.store, MemoryStore(), key=rig.ledger.key, mark=rig.mark.read(), on_statement=note)
    assert report.sound, report.faults
    assert {name: findings for name, findings in audited.items() if name in appended} == appended
    assert len(appended) > 20

    size = rig.ledger.size
    copy = SqliteStore.create(tmp_path / "replica.db")
    replica = Replica(copy, rig.ledger.origin)
    assert replica.follow(StoreSource(rig.store).entries(0, size), lambda *_: None) == ()
    replica.settle(size, rig.ledger.publish())
    assert list(copy.subjects()) == list(rig.store.subjects())
    assert [copy.history(name) for name, _ in copy.subjects()] == [
        rig.store.history(name) for name, _ in copy.subjects()
    ]
    assert list(copy.batches()) == list(rig.store.batches())
    assert copy.map_leaves(bytes(32), b"\xff" * 32) == rig.store.map_leaves(bytes(32), b"\xff" * 32)
    assert dict(copy.row_counts()) == dict(rig.store.row_counts())
    replica.close()
