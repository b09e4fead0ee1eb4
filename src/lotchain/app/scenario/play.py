"""Playing a scenario: every statement signed by its own key, submitted, closed, published, cosigned, verified."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lotchain.app.alerts import alerts_of
from lotchain.app.due import due_of
from lotchain.app.oversight import Feed
from lotchain.app.permits import found_json, permit_state
from lotchain.app.scenario.cast import Cast
from lotchain.app.scenario.script import AlertsCheck, Check, DueCheck, Enrolment, PermitCheck, Script, Step, resolve
from lotchain.app.standing import Standing
from lotchain.core.instants import format_instant
from lotchain.core.quantities import format_amount, parse_quantity
from lotchain.custody.findings import Finding
from lotchain.errors import LotchainError
from lotchain.ledger.bundles import make_bundle
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.receipts import Receipt
from lotchain.oversight.observed import Observed
from lotchain.storage.memory import MemoryStore
from lotchain.verify.offline import verify_bundle
from lotchain.verify.policy import Policy
from lotchain.verify.verdict import Verdict

MINUTE = 60_000
_WEEK = 7 * 24 * 60 * MINUTE


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
    def differences(self) -> tuple[str, ...]:
        """In what the verdict is not that of the script; nothing where it is."""
        check, verdict = self.check, self.verdict
        codes = {finding.code for finding in verdict.findings}
        answers = {label.lower(): answer for label, answer in verdict.answers.rows()}
        found = [f"{verdict.word}, not {check.word}"] if verdict.word != check.word else []
        found += [f"no {code}" for code in check.codes if code not in codes]
        found += [f"{code}" for code in check.without if code in codes]
        found += [
            f"{label} is {answers[label]}, not {wanted}"
            for label, wanted in check.answers.items()
            if not answers[label].startswith(wanted)
        ]
        return (*found, *(f"{lot} not examined" for lot in check.examined if lot not in verdict.examined))

    @property
    def as_expected(self) -> bool:
        """Whether word, codes and answers are those of the script."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class Met:
    """One expectation that is no verdict, and what was found.

    Args:
        kind: `refused`, `permit`, `alerts` or `due`.
        subject: the step that was refused, the permit, or the check.
        expected: as the script says.
        found: as it came out.
        why: for people.

    """

    kind: str
    subject: str
    expected: str
    found: str
    why: str = ""

    @property
    def as_expected(self) -> bool:
        """Whether it came out as the script says."""
        return self.expected == self.found


@dataclass(slots=True)
class Played:
    """What playing left: statement bytes and ids by step name, the judge's findings, verdicts, what else was met."""

    charter: bytes
    statements: dict[str, bytes] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    findings: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    met: list[Met] = field(default_factory=list)


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
        for part in script.steps:
            if isinstance(part, Check):
                played.outcomes.append(self._check(part, charter))
            elif isinstance(part, PermitCheck):
                played.met.append(self._permit(part))
            elif isinstance(part, AlertsCheck):
                played.met.append(self._alerts(part))
            elif isinstance(part, DueCheck):
                played.met.append(self._due(part))
            elif isinstance(part, Enrolment):
                self._enrol(part, charter)
            else:
                self.act(played, part)
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
        if step.refused:
            played.met.append(Met("refused", step.name, step.refused, got, answer.findings[0].kind.sentence))
        played.statements[step.name] = raw
        played.ids[step.name] = answer.statement_id.hex() if answer.statement_id else ""
        self._told(f"{format_instant(step.at)}  {step.by}: {step.event['type'].partition('/')[0]}")

    def sign(self, played: Played, step: Step) -> bytes:
        """A step's statement, naming the newest checkpoint as seen."""
        event: dict[str, Any] = resolve(dict(step.event), played.ids, self.cast.parties, self._found)
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

    def _permit(self, check: PermitCheck) -> Met:
        state = self._standing().state(check.permit)
        expected, found = f"{check.status}, nothing drawn", "no such permit"
        if check.drawn is not None:
            drawn = parse_quantity(*check.drawn, field=check.name)
            expected = f"{check.status}, {format_amount(drawn.amount, drawn.kind)} drawn"
        if state is not None:
            drawn_on = format_amount(state["drawn"], state["terms"]["quantity_kind"]) if state["drawn"] else "nothing"
            found = f"{state['status']}, {drawn_on} drawn"
        self._told(f"{format_instant(check.at)}  permit {check.permit}: {found}")
        return Met("permit", check.permit, expected, found, check.why)

    def _alerts(self, check: AlertsCheck) -> Met:
        raised = {alert.code for alert in alerts_of(self._log()).alerts}
        self._told(f"{format_instant(check.at)}  alerts: {', '.join(sorted(raised)) or 'none'}")
        found = [code for code in (*check.codes, *check.without) if code in raised]
        return Met("alerts", check.name, ", ".join(check.codes) or "none of them", _listed(found), check.why)

    def _due(self, check: DueCheck) -> Met:
        report = due_of(self._log(), check.at, _WEEK, now=check.at)
        listed = {f"{item.deadline.id} {item.status}" for item in report.items}
        self._told(f"{format_instant(check.at)}  due: {', '.join(sorted(listed)) or 'nothing'}")
        wanted = [f"{name} {status}" for name, status in check.items.items()]
        found = [text for text in wanted if text in listed]
        found += sorted(text for text in listed if text.partition(" ")[0] in check.without)
        return Met("due", check.name, ", ".join(wanted) or "none of them", _listed(found), check.why)

    def _log(self) -> Iterator[Observed]:
        return Feed(self.ledger.reader, MemoryStore(), self.script.origin).new()

    def _found(self, permit: str) -> Mapping[str, Any]:
        return found_json(permit_state(self._standing(), permit))

    def _standing(self) -> Standing:
        return Standing(self.ledger.reader, self.script.origin)

    def _enrol(self, enrolment: Enrolment, charter: bytes) -> None:
        at = enrolment.at
        raw = self.cast.enrolment(enrolment.member, enrolment.key, by=enrolment.by, at=at, charter=charter)
        self._submit(enrolment.name, raw, at + MINUTE)
        self._told(f"{format_instant(at)}  {enrolment.by}: key of {enrolment.member}, {enrolment.key}")

    def _submit(self, name: str, raw: bytes, at: int) -> Receipt:
        self.clock.time = at
        (answer,) = self.ledger.submit([raw], self.cast.documents_of([raw]))
        if not isinstance(answer, Receipt):
            first = answer.reasons[0]
            raise WentWrong(
                "scenario-differs", f"{name} was refused", expected="acceptance", found=f"{first.code} {first.found}"
            )
        return answer


def _listed(found: list[str]) -> str:
    return ", ".join(found) or "none of them"
