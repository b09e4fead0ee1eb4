"""With rule sets adopted, append, audit and offline verifier say the same; the bundle carries what was in force."""

from __future__ import annotations

import hashlib

import pytest
from tests.changing import replace
from tests.unit.ledgers import Rig
from tests.unit.test_treaty import at_user, use
from tests.unit.world import DAY, HOUR, kg

from lotchain.app.adopting import adopted_document
from lotchain.custody.findings import Finding
from lotchain.events.loss import Loss
from lotchain.ledger.audit import audit
from lotchain.ledger.bundles import make_bundle
from lotchain.ledger.receipts import Refused
from lotchain.storage.memory import MemoryStore
from lotchain.verify.bundle import decode_bundle, encode_bundle
from lotchain.verify.offline import verify_bundle
from lotchain.verify.verdict import Verdict
from tests.unit.test_offline import policy_for


def told() -> tuple[Rig, str]:
    """A Mexican user's lot under the Convention's and Mexico's rules: used, some of it stolen."""
    rig = Rig()
    world = rig.world
    rig.feed()
    for jurisdiction, who in (("UN", "mx"), ("MX", "mx"), ("UN", "cn"), ("CN", "cn")):
        world.adopt(jurisdiction, who)
    rig.feed_with_documents()
    world.advance()
    lot = at_user(world)
    use(world, lot)
    world.advance(2 * DAY)
    world.accept(
        Loss(lot=lot, prev=world.last(lot), quantity=kg(3), kind="stolen", place=world_place(), occurred_at=world.now(),
             seen=world.newest()), "user-a",
    )  # fmt: skip
    world.advance(HOUR)
    return rig, lot
