"""Playing a scenario: every statement signed by its own key, submitted, closed, published, cosigned, verified."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lotchain.app.scenario.cast import Cast
from lotchain.app.scenario.script import Check, Script, Step, resolve
from lotchain.core.instants import format_instant
from lotchain.custody.findings import Finding
from lotchain.errors import LotchainError
from lotchain.ledger.bundles import make_bundle
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.receipts import Receipt
from lotchain.verify.offline import verify_bundle
from lotchain.verify.policy import Policy
from lotchain.verify.verdict import Verdict

MINUTE = 60_000


class ScenarioClock:
    """The scenario's own time: it stands where the script puts it."""

    def __init__(self, now: int) -> None:
        self.time = now

    def now(self) -> int:
        """Milliseconds since 1970."""
        return self.time


class WentWrong(LotchainError):
    """The ledger answered otherwise than the script says."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One expected verdict and the one that came out."""

    check: Check
    verdict: Verdict

    @property
    def as_expected(self) -> bool:
        """Whether word and codes are those of the script."""
        codes = {finding.code for finding in self.verdict.findings}
        return self.verdict.word == self.check.word and set(self.check.codes) <= codes


@dataclass(slots=True)
class Played:
    """What playing left: statement bytes and ids by step name, judge's findings by step, verdicts."""

    charter: bytes
    statements: dict[str, bytes] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    findings: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)


class Player:
    """Plays a script on an empty ledger.

    Args:
        script: the story.
        cast: its keys.
        ledger: an empty ledger whose clock is `clock`.
        clock: moved along the script.
        cosign: asks every witness to cosign the published checkpoint (called after each publication).
        policy: makes the inspector's policy once the charter's id is known.
        told: called with one line of progress a step.
    """

    def __init__(
        self,
        script: Script,
        cast: Cast,
        ledger: Ledger,
        clock: ScenarioClock,
        *,
        cosign: Callable[[], None],
        policy: Callable[[bytes], Policy],
        told: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.script = script
        self.cast = cast
        self.ledger = ledger
        self.clock = clock
        self._cosign = cosign
        self._policy = policy
        self._told = told

    def play(self) -> Played:
        """Open the ledger, then every step in order; raises `WentWrong` when the ledger answers otherwise."""
        script, at = self.script, self.script.opened_at
        self.clock.time = at
        raw = self.cast.charter(at)
        charter = self._submit("charter", raw, at).statement_id
        played = Played(charter)
        for i, opener in enumerate(self.cast.openers(charter, at + MINUTE)):
            self._submit(f"opening statement {i + 1}", opener, at + MINUTE)
        for step in script.steps:
            if isinstance(step, Check):
                played.outcomes.append(self._check(step, charter))
            else:
                self.act(played, step)
        self.publish()
        return played

    def act(self, played: Played, step: Step) -> None:
        """Sign, submit and remember one event."""
        raw = self.sign(played, step)
        self.clock.time = step.at + MINUTE
        (answer,) = self.ledger.submit([raw])
        if isinstance(answer, Receipt):
            played.findings[step.name] = answer.findings
            got = ""
        else:
            got = answer.reasons[0].code
        if got != step.refused:
            what = "refused" if got else "accepted"
            raise WentWrong(
                "scenario-differs",
                f"step {step.name} was {what}",
                expected=step.refused or "acceptance",
                found="; ".join(f"{f.code}: expected {f.expected}, found {f.found}" for f in answer.findings),
            )
        played.statements[step.name] = raw
        played.ids[step.name] = answer.statement_id.hex() if answer.statement_id else ""
        self._told(f"{format_instant(step.at)}  {step.by}: {step.event['type'].partition('/')[0]}")

    def sign(self, played: Played, step: Step) -> bytes:
        """A step's statement, naming the newest checkpoint as seen (or, offline, the one at that earlier step)."""
        event: dict[str, Any] = resolve(dict(step.event), played.ids, self.cast.parties)
        event.setdefault("occurred_at", format_instant(step.at))
        event.setdefault("seen", self.seen())
        return self.cast.sign(step.by, event, at=step.at, charter=played.charter, key=step.key)

    def seen(self) -> Mapping[str, Any]:
        """The newest checkpoint, as an event names it."""
        checkpoint, _ = self.ledger.reader.newest()
        return {"size": checkpoint.size, "root": checkpoint.root.hex()}

    def publish(self) -> None:
        """Publish and have every witness cosign."""
        self.ledger.publish()
        self._cosign()

    def bundle(self, lot: str) -> bytes:
        """A bundle of the lot under the newest, cosigned checkpoint."""
        self.publish()
        return make_bundle(self.ledger.reader, lot)

    def verdict(self, lot: str, charter: bytes) -> Verdict:
        """What an inspector says now."""
        return verify_bundle(self.bundle(lot), self._policy(charter), now=self.clock.time)

    def _check(self, check: Check, charter: bytes) -> Outcome:
        self.clock.time = max(check.at, self.clock.time)
        outcome = Outcome(check, self.verdict(check.lot, charter))
        self._told(f"{format_instant(check.at)}  verdict on {check.lot}: {outcome.verdict.word}")
        return outcome

    def _submit(self, name: str, raw: bytes, at: int) -> Receipt:
        self.clock.time = at
        (answer,) = self.ledger.submit([raw])
        if not isinstance(answer, Receipt):
            first = answer.reasons[0]
            raise WentWrong(
                "scenario-differs", f"{name} was refused", expected="acceptance", found=f"{first.code} {first.found}"
            )
        return answer
