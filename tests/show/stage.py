"""A stage for the proofs: scenarios of the repository, or variations of them, played on a ledger in memory.

The two auditing witnesses of a scenario cosign here by their keys alone: what the proofs are about is the verifier,
and a witness that replays has tests of its own.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from lotchain.app.scenario.cast import Cast
from lotchain.app.scenario.play import Played, Player, ScenarioClock
from lotchain.app.scenario.script import Script, read_script
from lotchain.app.wiring import memory_ledger
from lotchain.core.checkpoints import Checkpoint
from lotchain.core.notes import ED25519_COSIGNATURE, VerifierKey
from lotchain.ledger.bundles import make_bundle
from lotchain.ledger.checkpointing import add_line, log_key
from lotchain.ledger.ledger import Ledger
from lotchain.signing import SoftwareSigner
from lotchain.signing.notes import cosign_ed25519
from lotchain.verify.offline import verify_bundle
from lotchain.verify.policy import Group, Policy
from lotchain.verify.trust import DAY_MS
from lotchain.verify.verdict import Verdict

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "scenarios"
MAX_AGE = 30 * DAY_MS
WITNESSES = ("cn.witness.example", "mx.witness.example")
SMALLEST = "lot:CN-9524321000019/BP4-2612-01"
"""The lot of the first scenario that was made and never moved: the demonstration's smallest bundle."""


def key_from(seed: str) -> SoftwareSigner:
    """A key that is the same every time."""
    return SoftwareSigner.from_seed(hashlib.sha256(seed.encode()).digest())


WITNESS_KEYS = {
    name: (key_from(name), VerifierKey(name, ED25519_COSIGNATURE, key_from(name).public.raw)) for name in WITNESSES
}


def cosigned(note: bytes, checkpoint: Checkpoint, time_s: int) -> bytes:
    """The note with both witnesses' cosignatures of that time."""
    for name, (signer, key) in WITNESS_KEYS.items():
        note = add_line(note, checkpoint, key, cosign_ed25519(checkpoint.text(), name, signer, time_s))
    return note


def policy_for(key: VerifierKey, charter: bytes, *, audit_quorum: int = 2, treaty_required: bool = False) -> Policy:
    """Trust in the log's key and in both witnesses as auditors."""
    return Policy(
        origin=key.name,
        log_keys=(key,),
        witnesses={name: (pair[1],) for name, pair in WITNESS_KEYS.items()},
        groups={"both": Group(2, WITNESSES)},
        quorum="both",
        auditors=WITNESSES,
        audit_quorum=audit_quorum,
        charter=charter,
        max_age_ms=MAX_AGE,
        treaty_required=treaty_required,
    )


@lru_cache(maxsize=1)
def scenario_names() -> tuple[str, ...]:
    """Every scenario that the repository holds."""
    return tuple(sorted(path.stem for path in FIXTURES.glob("*.json")))


@lru_cache(maxsize=16)
def _scenario_bytes(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def scenario(name: str) -> dict[str, Any]:
    """A scenario file's content, for variations: a copy of its own."""
    loaded: dict[str, Any] = orjson.loads(_scenario_bytes(name))
    return copy.deepcopy(loaded)


def told_steps(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The steps of a scenario as events alone, without its checks; a key that is enrolled as an event that says whose."""
    steps = []
    for step in content["steps"]:
        if "enrol" in step:
            event = {"type": "key-enrolment/1", "enrols": step["enrol"]["member"], "key": step["enrol"]["key"]}
            steps.append({"at": step["at"], "by": step["by"], "as": step["as"], "event": event})
        elif "event" in step:
            steps.append(copy.deepcopy(step))
    return steps


@dataclass(slots=True)
class Stage:
    """A scenario on its ledger."""

    script: Script
    cast: Cast
    clock: ScenarioClock
    ledger: Ledger
    player: Player
    played: Played

    @property
    def policy(self) -> Policy:
        """What the inspector trusts."""
        return policy_for(self.ledger.key, self.played.charter)

    def lots(self) -> list[str]:
        """Every lot on the ledger."""
        return self.ledger.reader.subjects_named("lot:")

    def bundle(self, lot: str) -> bytes:
        """A bundle under the newest checkpoint, cosigned now."""
        self.player.publish()
        return make_bundle(self.ledger.reader, lot)

    def verdict(self, data: bytes) -> Verdict:
        """What the inspector says, at the scenario's own time."""
        return verify_bundle(data, self.policy, now=self.clock.time)


def set_stage(content: dict[str, Any]) -> Stage:
    """An empty ledger for a scenario: nothing is played yet, and `played` holds no charter."""
    return stage_of(read_script(orjson.dumps(content)))


def stage_of(script: Script) -> Stage:
    """The same for a scenario, or a twist of one, that is read already."""
    cast = Cast(script)
    clock = ScenarioClock(script.opened_at)
    ledger = memory_ledger(script.origin, key_from(f"log {script.origin}"), clock=clock)

    def cosign() -> None:
        checkpoint, _ = ledger.reader.published()
        for name, (signer, key) in WITNESS_KEYS.items():
            ledger.add_cosignature(cosign_ed25519(checkpoint.text(), name, signer, clock.time // 1000), key)

    def policy(charter: bytes) -> Policy:
        key = log_key(script.origin, key_from(f"log {script.origin}"))
        return policy_for(key, charter, treaty_required=script.treaty == "required")

    player = Player(script, cast, ledger, clock, cosign=cosign, policy=policy)
    return Stage(script, cast, clock, ledger, player, Played(b""))


def play(content: dict[str, Any]) -> Stage:
    """Play a scenario's statements from beginning to end; its own verdicts are made, too."""
    stage = set_stage(content)
    stage.played = stage.player.play()
    return stage


def until(content: dict[str, Any], last: str, *, also: Iterable[str] = ()) -> dict[str, Any]:
    """The scenario up to the step of that name, and those named beside; no verdicts."""
    names = [step.get("as") for step in content["steps"]]
    end = names.index(last)
    acts = [(i, step) for i, step in enumerate(content["steps"]) if "event" in step or "enrol" in step]
    return {**content, "steps": [step for i, step in acts if i <= end or step["as"] in set(also)]}


def changed(content: dict[str, Any], name: str, change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """The scenario with the event of one step changed in place by `change`."""
    made = copy.deepcopy(content)
    for step in made["steps"]:
        if step.get("as") == name:
            change(step["event"])
            return made
    raise KeyError(name)
