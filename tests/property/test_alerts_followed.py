"""A log followed bit by bit gives the alerts of the log read at once, and following changes nothing that it is shown."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.ledgers import Rig
from tests.unit.overseen import new_watcher
from tests.unit.test_lot_events import consume, loss
from tests.unit.world import DAY, HOUR, MX, ORIGIN, World, kg

from lotchain.app.oversight import Feed
from lotchain.core import canonical_json
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.oversight.watcher import Watcher
from lotchain.storage.memory import MemoryStore

STEPS = ("make", "carry", "deliver", "short", "lose", "use", "wait", "offer", "unlicensed", "late", "follow")


def act(world: World, step: str, n: int) -> None:
    """One step of a random life; each makes its own lot, so that any order is possible."""
    if step == "wait":
        world.advance((n % 5) * 40 * DAY + HOUR)
        return
    late = {"occurred_at": world.later(-100 * HOUR)} if step == "late" else {}
    lot = world.make(f"L{n}", 100, tolerance="1", **late)
    if step in ("make", "late"):
        return
    if step == "unlicensed":
        world.move("maker", "user-b", lot, receives_as="carrier")
        return
    world.move("maker", "carrier", lot)
    if step == "lose":
        world.accept(loss(world, lot, 10), "carrier")
    if step in ("carry", "lose"):
        return
    offer = world.offer("carrier", "user-a", lot, receives_as="consignee")
    if step == "offer":
        return
    missing = 0 if step == "deliver" else 5 if n % 2 else 0.5
    line = AcceptanceLine(
        lot=lot, outcome="short" if missing else "full", accepted=kg(100 - missing),
        missing=kg(missing) if missing else None,
    )  # fmt: skip
    world.accept(Acceptance(answers=offer, lines=(line,), place=MX, occurred_at=world.now()), "user-a")
    if step == "use":
        world.accept(consume(world, lot, 10), "user-a")


def told(watcher: Watcher) -> bytes:
    return canonical_json.encode([alert.as_json() for alert in watcher.alerts()])


def follow(watcher: Watcher, feed: Feed) -> None:
    for observed in feed.new():
        shown = [dict(observed.before), dict(observed.after)]
        before = canonical_json.encode(shown)
        watcher.see(observed)
        assert canonical_json.encode(shown) == before


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(STEPS), min_size=4, max_size=24), st.integers(1, 4))
def test_followed_bit_by_bit_is_as_read_at_once(steps: list[str], size: int) -> None:
    rig = Rig()
    rig.feed()
    bit_by_bit, feed = new_watcher(), Feed(rig.ledger.reader, MemoryStore(), ORIGIN)
    for n, step in enumerate(steps):
        if step == "follow":
            follow(bit_by_bit, feed)
            bit_by_bit.alerts()
            bit_by_bit.alerts(rig.world.time + 400 * DAY)
            continue
        act(rig.world, step, n)
        rig.feed(size)
    follow(bit_by_bit, feed)
    answers = {told(bit_by_bit)}
    for _ in range(2):
        at_once = new_watcher()
        follow(at_once, Feed(rig.ledger.reader, MemoryStore(), ORIGIN))
        answers.add(told(at_once))
        assert at_once.statements == bit_by_bit.statements
    assert len(answers) == 1
