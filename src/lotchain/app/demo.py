"""The demonstration: a scenario played through a real ledger in a folder, its verdicts, and lies beside their twins.

Everything is real but the clock and the cast: keys, signatures, ledger, two auditing witnesses held by two countries,
bundles, the inspector's policy. It leaves `ledger/`, `witnesses/`, `trust.policy` and a bundle for every lot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from lotchain.app.folder import require_new_folder, write_whole
from lotchain.app.scenario.cast import Cast
from lotchain.app.scenario.forgery import ForgedLog
from lotchain.app.scenario.library import all_names, script
from lotchain.app.scenario.lies import Liars, Told, tell
from lotchain.app.scenario.play import Met, Outcome, Played, Player, ScenarioClock
from lotchain.app.scenario.script import Script
from lotchain.app.wiring import create_ledger
from lotchain.app.witnessing import OpenWitness, create_witness
from lotchain.core.notes import VerifierKey
from lotchain.ledger.bundles import make_bundle
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.replica import Replica
from lotchain.signing import read_key_file, read_mldsa44_file
from lotchain.storage.memory import MemoryStore
from lotchain.verify.offline import verify_bundle
from lotchain.verify.policy import Group, Policy, format_policy
from lotchain.verify.verdict import Verdict
from lotchain.witness.auditing import AuditingWitness, Cosigned, Declined
from lotchain.witness.remembering import LivingMemory

__all__ = ["DEFAULT", "DemoReport", "LotBundle", "Told", "run_demo", "scenarios"]

DAY = 24 * 3_600_000
DEFAULT = "piperidone"


@dataclass(frozen=True, slots=True)
class LotBundle:
    """A lot's bundle as it was written, and what an inspector says of it."""

    lot: str
    path: Path
    size: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What came out. `stale` is the verdict on a genuine older bundle after `max-age`."""

    script: Script
    outcomes: tuple[Outcome, ...]
    met: tuple[Met, ...]
    bundles: tuple[LotBundle, ...]
    lies: tuple[Told, ...]
    stale: Verdict | None
    policy: Path
    now: int

    @property
    def caught(self) -> int:
        """How many lies were caught."""
        return sum(told.caught for told in self.lies)

    @property
    def as_expected(self) -> bool:
        """Whether every verdict and every other check is the scenario's, and every lie was caught."""
        checks: tuple[Outcome | Met, ...] = (*self.outcomes, *self.met)
        return all(check.as_expected for check in checks) and self.caught == len(self.lies)


def scenarios() -> tuple[tuple[str, str], ...]:
    """Name and title of every scenario that ships, each followed by its twists."""
    return tuple((name, script(name).title) for name in all_names())


def run_demo(folder: Path, scenario: str = DEFAULT, told: Callable[[str], None] = lambda line: None) -> DemoReport:
    """Play a scenario into a new folder.

    Args:
        folder: not there yet, or empty.
        scenario: the name of a scenario, or of a twist.
        told: called with a line of progress for every step.

    Raises:
        UsageError: `ledger-exists`, `asset-unknown`.
        WentWrong: the ledger answered otherwise than the scenario says.
        StoreError, SigningError: those of the engines.
    """
    told_here = script(scenario)
    require_new_folder(folder)
    clock = ScenarioClock(told_here.opened_at)
    ledger = create_ledger(folder / "ledger", told_here.origin, clock=clock)
    try:
        with_witnesses = _Witnesses(folder / "witnesses", told_here, ledger, clock)
        try:
            return _Demo(folder, told_here, ledger, clock, with_witnesses, told).run()
        finally:
            with_witnesses.close()
    finally:
        ledger.close()


class _Shown:
    """A log as a witness reads it."""

    def __init__(self, log: Ledger | ForgedLog) -> None:
        self._log = log

    def published(self) -> bytes | None:
        reader = self._log.reader if isinstance(self._log, Ledger) else self._log
        return reader.published()[1]

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        if isinstance(self._log, Ledger):
            return self._log.reader.entries(start, stop)
        return iter([self._log.entry(index) for index in range(start, stop)])


class _Witnesses:
    """The scenario's auditing witnesses, each with its own folder, copy and key."""

    def __init__(self, folder: Path, script: Script, ledger: Ledger, clock: ScenarioClock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._folder = folder
        self.names = tuple(script.witnesses.values())
        self._open: dict[str, OpenWitness] = {
            name: create_witness(
                folder / name, name, log_key=ledger.key, log_mldsa_key=ledger.mldsa_key, clock=clock
            )
            for name in self.names
        }  # fmt: skip

    def keys(self) -> dict[str, VerifierKey]:
        return {name: opened.witness.key for name, opened in self._open.items()}

    def cosign(self) -> None:
        """All of them look at what the ledger published, and their cosignatures are put on it."""
        for opened in self._open.values():
            _cosign(opened.witness, self._ledger)

    def answer(self, log: Ledger | ForgedLog) -> str:
        """How they answer when another log is shown to them; an honest witness says no and forgets nothing."""
        looked = {name: opened.witness.look(_Shown(log)) for name, opened in self._open.items()}
        return "; ".join(_answer(name, answer) for name, answer in looked.items())

    def follow_from_the_beginning(self, log: Ledger | ForgedLog) -> str:
        """The same keys over a log that they have never seen: what they say if this is the one shown to them first."""
        answers = []
        for name in self.names:
            signer = read_key_file(self._folder / name / "keys" / "witness.key")
            replica = Replica(MemoryStore(), self._ledger.origin)
            fresh = AuditingWitness(
                name, signer, replica, LivingMemory(), log_key=self._ledger.key, clock=self._clock
            )  # fmt: skip
            answers.append(_answer(name, _cosign(fresh, log)))
        return "; ".join(answers)

    def close(self) -> None:
        for opened in self._open.values():
            opened.close()


def _cosign(witness: AuditingWitness, log: Ledger | ForgedLog) -> Cosigned | Declined:
    looked = witness.look(_Shown(log))
    if isinstance(looked, Cosigned) and isinstance(log, Ledger):
        log.add_cosignature(looked.lines[0], witness.key)
    return looked


def _answer(name: str, looked: Cosigned | Declined) -> str:
    return f"{name} refuses: {', '.join(looked.codes)}" if isinstance(looked, Declined) else f"{name} cosigns"


class _Demo:
    """One run."""

    def __init__(
        self,
        folder: Path,
        script: Script,
        ledger: Ledger,
        clock: ScenarioClock,
        witnesses: _Witnesses,
        told: Callable[[str], None],
    ) -> None:
        self._folder = folder
        self._script = script
        self._ledger = ledger
        self._clock = clock
        self._witnesses = witnesses
        self._cast = Cast(script)
        self._player = Player(
            script, self._cast, ledger, clock, cosign=witnesses.cosign, policy=self.policy, told=told
        )  # fmt: skip

    def policy(self, charter: bytes) -> Policy:
        """The inspector's policy: both witnesses, both auditors."""
        names = self._witnesses.names
        return Policy(
            origin=self._script.origin,
            log_keys=(self._ledger.key,),
            witnesses={name: (key,) for name, key in self._witnesses.keys().items()},
            groups={"countries": Group(len(names), names)},
            quorum="countries",
            auditors=names,
            audit_quorum=self._script.audit_quorum,
            charter=charter,
            max_age_ms=int(self._script.max_age.removesuffix("d")) * DAY,
            treaty_required=self._script.treaty == "required",
        )

    def run(self) -> DemoReport:
        played = self._player.play()
        policy = self.policy(played.charter)
        path = self._folder / "trust.policy"
        write_whole(path, format_policy(policy).encode("utf-8"))
        bundles = tuple(self._write(lot, policy) for lot in self._lots())
        return DemoReport(
            script=self._script,
            outcomes=tuple(played.outcomes),
            met=tuple(played.met),
            bundles=bundles,
            lies=self._lies(played, policy),
            stale=self._stale(bundles, policy),
            policy=path,
            now=self._clock.now(),
        )

    def _lots(self) -> list[str]:
        return self._ledger.reader.subjects_named("lot:")

    def _write(self, lot: str, policy: Policy) -> LotBundle:
        data = make_bundle(self._ledger.reader, lot)
        path = self._folder / f"{lot.removeprefix('lot:').replace('/', '_')}.lotproof"
        write_whole(path, data)
        return LotBundle(lot, path, len(data), verify_bundle(data, policy, now=self._clock.now()))

    def _stale(self, bundles: tuple[LotBundle, ...], policy: Policy) -> Verdict | None:
        if not bundles:
            return None
        later = self._clock.now() + policy.max_age_ms + DAY
        return verify_bundle(bundles[0].path.read_bytes(), policy, now=later)

    def _lies(self, played: Played, policy: Policy) -> tuple[Told, ...]:
        if not self._script.lies:
            return ()
        liars = Liars(
            script=self._script,
            cast=self._cast,
            played=replace(played),
            ledger=self._ledger,
            log_signer=read_key_file(self._folder / "ledger" / "keys" / "log.key"),
            log_mldsa=read_mldsa44_file(self._folder / "ledger" / "keys" / "log-mldsa.key"),
            policy=policy,
            now=self._clock.now(),
            cosign=self._witnesses.answer,
            fresh_answer=self._witnesses.follow_from_the_beginning,
        )
        return tell(liars)
