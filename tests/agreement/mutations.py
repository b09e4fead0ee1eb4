"""Mutated ledgers: a scenario's script, changed in a few places, signed properly, and played whatever comes of it.

Everything is drawn from one seed, so that a ledger that shows a disagreement can be made again. Steps are dicts as in a
scenario file; what the mutations add beside its form: `late` (ms by which a step is submitted later than it says),
`seen` ("none", "old", "wrong") and `carried` (a conflict's other act, made when the step is played).
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

from tests.show.stage import told_steps

from lotchain.core.instants import format_instant, parse_instant

Steps = list[dict[str, Any]]
HOUR = 3_600_000
PLACES = ("CNTZU", "CNSHG", "CNNGB", "MXZLO", "MXGDL", "NLMOE", "ESBCN", "USHOU", "USSAV", "DEHAM")
SEALS = ("CN-448120", "MX-20931", "GDL-5001", "NL-77120", "HOU-90311", "XX-1")


class Story:
    """A scenario's content while it is being mutated."""

    def __init__(self, content: dict[str, Any], random: Random) -> None:
        self.content = content
        self.random = random
        self.steps: Steps = told_steps(content)
        self.members = [*content["parties"], *content["authorities"]]
        self.parties = list(content["parties"])
        self.authorities = list(content["authorities"])
        self._made = 0

    def pick(self, *types: str) -> dict[str, Any] | None:
        """A random step, of one of the event types if any are named."""
        fitting = [step for step in self.steps if not types or step["event"]["type"].partition("/")[0] in types]
        return self.random.choice(fitting) if fitting else None

    def add(self, after: dict[str, Any], by: str, event: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A new step a little after another one."""
        self._made += 1
        minutes = self.random.choice((1, 5, 30, 60 * 20, 60 * 24 * 3))
        when = format_instant(parse_instant(after["at"], field="at") + minutes * 60_000)
        step = {"at": when, "by": by, "as": f"added-{self._made}", "event": event, **more}
        self.steps.insert(self.steps.index(after) + 1, step)
        return step

    def lot_of(self, step: dict[str, Any]) -> str:
        """A lot that a step is about."""
        event = step["event"]
        named = [event["lot"]] if "lot" in event else list(event.get("lots", ()))
        named += [line["lot"] for line in event.get("lines", ())]
        named += [child["lot"] for child in event.get("children", ())]
        return str(self.random.choice(named)) if named else self.any_lot()

    def any_lot(self) -> str:
        """A lot that a registration makes."""
        made = [step["event"]["lot"] for step in self.steps if step["event"]["type"] == "registration/1"]
        return str(self.random.choice(made)) if made else "lot:CN-NONE/1"

    def place(self) -> dict[str, str]:
        """A random place."""
        return {"code": self.random.choice(PLACES), "offset": self.random.choice(("+08:00", "-06:00", "+01:00"))}

    def amount(self) -> dict[str, str]:
        """A random quantity."""
        return {"value": self.random.choice(("25.000", "75.000", "475.000", "500.000", "0.001", "4080")), "unit": "KGM"}


Mutation = Callable[[Story], None]


def _members(value: Any, name: str) -> list[dict[str, Any]]:
    """Every object inside `value` that has a member of that name."""
    found: list[dict[str, Any]] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            if name in item:
                found.append(item)
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
    return found


def quantity(story: Story) -> None:
    """Another quantity, somewhere in one event."""
    step = story.pick()
    amounts = _members(step["event"], "unit") if step else []
    if amounts:
        amount = story.random.choice(amounts)
        value = float(amount["value"])
        amount["value"] = story.random.choice((f"{value * 2:.3f}", f"{value / 2:.3f}", f"{value - 0.5:.3f}", "0.010"))


def quantity_both(story: Story) -> None:
    """Short or over, balanced: the receiver counts less (missing) or more than was offered."""
    step = story.pick("acceptance")
    if step is None:
        return
    line = story.random.choice(step["event"]["lines"])
    value = float(line["accepted"]["value"])
    part = story.random.choice((0.1, 5, value / 2))
    if story.random.random() < 0.5:
        line.update(outcome="short", accepted=_kg(value - part), missing=_kg(part))
    else:
        line.update(outcome="over", accepted=_kg(value + part), over=_kg(part))


def refused_part(story: Story) -> None:
    """A part is refused: a rest lot comes forth."""
    step = story.pick("acceptance")
    if step is None:
        return
    line = story.random.choice(step["event"]["lines"])
    value = float(line["accepted"]["value"])
    line.update(outcome="damaged", accepted=_kg(value - 25), refused=_kg(25))


def _kg(value: float) -> dict[str, str]:
    return {"value": f"{value:.3f}", "unit": "KGM"}


def prev(story: Story) -> None:
    """Another `prev` or `answers`."""
    step = story.pick()
    if step is None:
        return
    targets = [
        (owner, name) for name in ("prev", "answers", "reply", "withdraws") for owner in _members(step["event"], name)
    ]
    if targets:
        owner, name = story.random.choice(targets)
        owner[name] = story.random.choice(("ab" * 32, "@" + story.random.choice(story.steps)["as"]))


def issuer(story: Story) -> None:
    """Another signer."""
    step = story.pick()
    if step:
        step["by"] = story.random.choice(story.members)


def receiver(story: Story) -> None:
    """Offered to somebody else."""
    step = story.pick("hand-over")
    if step:
        step["event"]["to"] = "@@" + story.random.choice(story.members)


def place(story: Story) -> None:
    """Somewhere else."""
    step = story.pick("hand-over", "acceptance", "arrival", "inspection", "split", "registration", "seal-applied")
    if step:
        step["event"]["place"] = story.place()


def seals(story: Story) -> None:
    """Other seals found, fitted or stated."""
    step = story.pick("hand-over", "acceptance", "inspection", "seal-applied", "seal-broken")
    owners = [
        (owner, name)
        for name in ("seals", "seals_found", "seals_cut", "seals_fitted")
        for owner in (_members(step["event"], name) if step else [])
    ]
    if owners:
        owner, name = story.random.choice(owners)
        owner[name] = story.random.sample(SEALS, story.random.randint(1, 2))


def deadline(story: Story) -> None:
    """An earlier or later deadline."""
    step = story.pick("hand-over")
    if step:
        moved = parse_instant(step["at"], field="at") + story.random.choice((-1, 0, 1, 30, 2000)) * HOUR
        step["event"]["deadline"] = format_instant(moved)


def drop(story: Story) -> None:
    """A step never happens."""
    step = story.pick()
    if step:
        story.steps.remove(step)


def cut(story: Story) -> None:
    """The story ends early."""
    if len(story.steps) > 6:
        del story.steps[story.random.randint(6, len(story.steps)) :]


def double(story: Story) -> None:
    """A step happens twice: signed at another time, so that it is another statement."""
    step = story.pick()
    if step:
        story.add(step, step["by"], copy.deepcopy(step["event"]))


def swap(story: Story) -> None:
    """Two neighbours arrive in the other order, or one much later."""
    if len(story.steps) > 2:
        step = story.steps.pop(story.random.randrange(len(story.steps)))
        story.steps.insert(story.random.randint(0, len(story.steps)), step)


def late(story: Story) -> None:
    """Submitted days after it happened."""
    step = story.pick()
    if step:
        step["late"] = story.random.choice((25, 24 * 4, 24 * 40)) * HOUR


def clock_wrong(story: Story) -> None:
    """A handler whose clock is wrong."""
    step = story.pick()
    if step:
        wrong = parse_instant(step["at"], field="at") + story.random.choice((-90, -1, 1, 90)) * 24 * HOUR
        step["event"]["occurred_at"] = format_instant(wrong)


def seen(story: Story) -> None:
    """No checkpoint named, an old one, or one that never was."""
    step = story.pick()
    if step:
        step["seen"] = story.random.choice(("none", "old", "wrong"))


def revoked_key(story: Story) -> None:
    """A key is revoked, perhaps compromised since earlier; perhaps a statement of it is endorsed after that."""
    step = story.pick()
    if step is None:
        return
    name = story.random.choice([step["by"], *story.parties])
    event: dict[str, Any] = {"type": "key-revocation/1", "key": f"@key:{name}", "reason": "stolen"}
    if story.random.random() < 0.6:
        since = parse_instant(step["at"], field="at") - story.random.choice((0, 1, 48, 24 * 30)) * HOUR
        event["compromised_since"] = format_instant(since)
    revocation = story.add(step, story.random.choice([*story.authorities, name]), event)
    if story.random.random() < 0.6:
        signed = [other["as"] for other in story.steps if other["by"] == name] or [step["as"]]
        endorsed = story.random.choice(signed)
        endorsement = {"type": "endorsement/1", "subject": f"@key:{name}", "endorses": f"@{endorsed}"}
        story.add(revocation, story.random.choice(story.authorities), endorsement)


def second_key(story: Story) -> None:
    """A second key is enrolled, and signs a later step."""
    step = story.pick()
    if step is None or step["by"] in story.authorities:
        return
    at = story.steps.index(step)
    before = story.steps[at - 1] if at else step
    story.add(before, story.random.choice(story.authorities), {"type": "key-enrolment/1", "enrols": step["by"]})
    step["key"] = "phone"


def hold(story: Story) -> None:
    """An authority's hold, perhaps released (perhaps by another one)."""
    step = story.pick()
    if step is None:
        return
    lot = story.lot_of(step)
    authority = story.random.choice(story.authorities)
    placed = story.add(step, authority, {"type": "hold/1", "lots": [lot], "reason": "suspicion"})
    if story.random.random() < 0.5:
        release = {"type": "release/1", "hold": f"@{placed['as']}", "lots": [lot], "reason": "in-order"}
        story.add(placed, story.random.choice([authority, *story.authorities]), release)


def inspection(story: Story) -> None:
    """One more inspection, perhaps with a sample taken."""
    step = story.pick()
    if step is None:
        return
    line: dict[str, Any] = {"lot": story.lot_of(step), "result": story.random.choice(("in-order", "irregular"))}
    if story.random.random() < 0.5:
        line["sample"] = {"value": "0.050", "unit": "KGM"}
    if story.random.random() < 0.5:
        line["seals_found"] = story.random.sample(SEALS, story.random.randint(0, 1))
    event = {"type": "inspection/1", "lines": [line], "place": story.place()}
    story.add(step, story.random.choice(story.authorities), event)


def loss(story: Story) -> None:
    """Something is lost or used up."""
    step = story.pick()
    if step is None:
        return
    event: dict[str, Any] = {"lot": story.lot_of(step), "prev": f"@{step['as']}", "quantity": story.amount()}
    if story.random.random() < 0.6:
        event |= {"type": "loss/1", "kind": story.random.choice(("stolen", "leaked")), "place": story.place()}
    else:
        event |= {"type": "consumption/1", "purpose": "synthesis"}
    story.add(step, story.random.choice([step["by"], *story.parties]), event)


def withdrawal(story: Story) -> None:
    """The giver withdraws the offer, perhaps before its deadline, and the reply may still come."""
    step = story.pick("hand-over")
    if step is None:
        return
    if story.random.random() < 0.7:
        step["event"]["deadline"] = format_instant(parse_instant(step["at"], field="at") + 2 * 60_000)
    event = {"type": "withdrawal/1", "withdraws": f"@{step['as']}", "lots": [step["event"]["lines"][0]["lot"]]}
    story.add(step, step["by"], event)


def two_offers(story: Story) -> None:
    """The same goods offered to two parties; perhaps a conflict is entered, perhaps resolved."""
    step = story.pick("hand-over")
    if step is None:
        return
    other = copy.deepcopy(step["event"])
    other["to"] = "@@" + story.random.choice(story.parties)
    second = story.add(step, step["by"], other)
    if story.random.random() < 0.7:
        lot = step["event"]["lines"][0]["lot"]
        conflict = {"type": "conflict/1", "lot": lot, "logged": f"@{step['as']}", "other": f"@raw:{second['as']}"}
        entered = story.add(second, story.random.choice(story.members), conflict)
        if story.random.random() < 0.4:
            decision = {"type": "resolution/1", "lot": lot, "conflict": f"@{entered['as']}", "decision": "confirm"}
            story.add(entered, story.random.choice(story.authorities), decision)


def licence(story: Story) -> None:
    """A licence is suspended, restored or revoked."""
    step = story.pick()
    if step is None:
        return
    name = story.random.choice(story.parties)
    party = story.content["parties"][name]
    number = party["licence"]["number"] if story.random.random() < 0.8 else "NONE-1"
    event = {"party": party["id"], "number": number, "reason": "misuse"}
    if story.random.random() < 0.6:
        event |= {"type": "licence-suspension/1", "state": story.random.choice(("suspended", "restored"))}
    else:
        event |= {"type": "licence-revocation/1"}
    story.add(step, story.random.choice(story.authorities), event)


def correction(story: Story) -> None:
    """A quantity is restated."""
    step = story.pick("registration", "acceptance", "packing", "seal-applied")
    if step is None:
        return
    amounts = _members(step["event"], "unit")
    was = dict(story.random.choice(amounts)) if amounts else story.amount()
    event = {"type": "correction/1", "lot": story.lot_of(step), "prev": f"@{step['as']}", "was": was,
             "becomes": story.amount(), "reason": "weighing-error"}  # fmt: skip
    story.add(step, step["by"], event)


def seal_check(story: Story) -> None:
    """Somebody reads the seals."""
    step = story.pick()
    if step is None:
        return
    line = {"lot": story.lot_of(step), "seals_found": story.random.sample(SEALS, story.random.randint(0, 1))}
    event = {"type": "seal-checked/1", "lines": [line], "place": story.place()}
    story.add(step, story.random.choice(story.members), event)


def merged(story: Story) -> None:
    """Lots of one custodian become one."""
    step = story.pick("split", "seal-applied", "acceptance")
    if step is None:
        return
    party = story.content["parties"].get(step["by"])
    lots = [child["lot"] for child in step["event"].get("children", ())] or [story.lot_of(step), story.any_lot()]
    if party is None or len(set(lots)) < 2:
        return
    lines = [{"lot": lot, "prev": f"@{step['as']}", "quantity": story.amount()} for lot in lots]
    for line, child in zip(lines, step["event"].get("children", ()), strict=False):
        line["quantity"] = child["quantity"]
    event = {"type": "merge/1", "lot": f"lot:{party['id'][6:]}/M-1", "lines": lines, "place": story.place()}
    story.add(step, step["by"], event)


MUTATIONS: tuple[Mutation, ...] = (
    quantity, quantity_both, refused_part, prev, issuer, receiver, place, seals, deadline, drop, cut, double, swap, late,
    clock_wrong, seen, revoked_key, second_key, hold, inspection, loss, withdrawal, two_offers, licence, correction,
    seal_check, merged,
)  # fmt: skip


def mutated(content: dict[str, Any], seed: str) -> tuple[Steps, list[str], Random]:
    """The steps of a mutated story, the names of the mutations, and the randomness to play it with."""
    random = Random(seed)
    story = Story(content, random)
    chosen = random.choices(MUTATIONS, k=random.randint(1, 6))
    for mutation in chosen:
        mutation(story)
    return story.steps, [mutation.__name__ for mutation in chosen], random
