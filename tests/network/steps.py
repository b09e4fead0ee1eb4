"""What happens on the network, step by step, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.network.operator_side import COUNTRIES, Operator
from tests.network.places import OPERATOR, Places
from tests.network.running import Running, done, lotchain, until

from lotchain.app.folder import Folder
from lotchain.core.checkpoints import parse_checkpoint_text
from lotchain.core.notes import NoteSignature, VerifierKey, parse_note, parse_vkey

Tell = Callable[[str], None]


class Network:
    """A ledger, its service and publisher, and a mirror in each of three countries.

    Args:
        path: an empty folder for all of them.
        places: where processes live.
        told: every line that is shown.

    """

    def __init__(self, path: Path, places: Places, told: Tell) -> None:
        self.path = path
        self.places = places
        self.told = told
        self.processes: list[Running] = []
        self.mirrors: dict[str, Running] = {}
        self.expected = self.found = 0
        self.operator = Operator(path)
        self.ledger = self.operator.folder
        self.policy = path / "border.policy"
        self.keys: dict[str, VerifierKey] = {}
        self.publisher: Running | None = None
        self.service: Running | None = None

    # Who there is

    def url(self, name: str) -> str:
        """The URL of somebody's service."""
        host, port = self.places.address(name)
        return f"http://{host}:{port}/"

    def mirror(self, country: str) -> Path:
        """A country's mirror."""
        return self.path / f"mirror-{country}"

    def found_network(self) -> None:
        """Mirrors are made, admitted, and listed in the policy that inspectors carry."""
        log = [key.encode() for key in Folder(self.ledger).read().present]
        log_keys = [word for key in log for word in ("--log-key", key)]
        for country in COUNTRIES:
            made = done(
                "mirror", self.mirror(country), "--from", self.url(OPERATOR), "--name", f"{country}.witness.example",
                *log_keys, "--key", self.path / f"{country}.key", "--allow-http", "--init",
            )  # fmt: skip
            self.keys[country] = parse_vkey(made["keys"][0])
        vkeys = [key.encode() for key in self.keys.values()]
        done("ledger", "admit-witness", *vkeys, "--ledger", self.ledger)
        auditors = [word for vkey in vkeys for word in ("--auditor", vkey)]
        done(
            "ledger", "policy", "--ledger", self.ledger, *auditors, "--audit-quorum", 2, "--treaty", "not-demanded",
            "--max-age", "1h", "--out", self.policy,
        )  # fmt: skip
        self.service = self.serve(self.ledger)
        for country in COUNTRIES:
            self.start_mirror(country)
        self.start_publisher()
        self.operator.begin()

    def start(self, place: str, module: str, *words: object) -> Running:
        """A process of theirs."""
        running = Running(self.places, place, module, *map(str, words), log=self.path / f"{place}.log")
        self.processes.append(running)
        return running

    def serve(self, ledger: Path) -> Running:
        """`lotchain serve`, where the operator's service is."""
        host, port = self.places.address(OPERATOR)
        served = self.start(OPERATOR, "lotchain", "serve", ledger, "--host", host, "--port", port, "--quiet", "--json")
        if not served.wait_for(lambda said: "url" in said):
            raise SystemExit(f"lotchain serve did not start: {served.trouble()}")
        return served

    def start_mirror(self, country: str) -> Running:
        """`lotchain mirror`, at work."""
        host, port = self.places.address(country)
        words = ("mirror", self.mirror(country), "--policy", self.policy, "--listen", f"{host}:{port}", "--every", 0.3)
        self.mirrors[country] = self.start(country, "lotchain", *words, "--json")
        return self.mirrors[country]

    def start_publisher(self) -> None:
        """`lotchain ledger publish`, again and again."""
        asked = [word for country in COUNTRIES for word in ("--mirror", self.url(country))]
        self.publisher = self.start(
            OPERATOR, "lotchain", "ledger", "publish", "--ledger", self.ledger, *asked, "--every", 0.3, "--wait", 1,
            "--local-witnesses", "--json",
        )  # fmt: skip

    # What is seen

    def expect(self, holds: bool, said: str) -> None:
        """One thing that must be so."""
        self.expected += 1
        self.found += holds
        self.told(f"    {'as expected' if holds else 'NOT AS EXPECTED'}: {said}")

    def note(self) -> tuple[int, list[NoteSignature]]:
        """The published size, and the lines under it."""
        parsed = parse_note((self.ledger / "checkpoint").read_bytes())
        return parse_checkpoint_text(parsed.text).size, list(parsed.signatures)

    def cosigners(self, least: int = 0) -> set[str]:
        """Whose cosignatures the published checkpoint bears, if it has that many entries."""
        if not (self.ledger / "checkpoint").exists():
            return set()
        size, lines = self.note()
        if size < least:
            return set()
        return {country for country, key in self.keys.items() if any(key.made(line) for line in lines)}

    def size(self) -> int:
        """Entries in the ledger, published or not."""
        return self.operator.ledger.reader.size()

    def heard(self, country: str) -> str:
        """What the publisher heard last from a country."""
        told = self.publisher.last.get("witnesses", []) if self.publisher is not None else []
        return next((each["code"] for each in told if each["witness"] == self.url(country)), "nothing")

    def show_mirrors(self) -> None:
        """One line a country: what it says of itself, and what the publisher hears of it."""
        for country, running in self.mirrors.items():
            said = running.last
            if "state" not in said:
                self.told(f"    {country}: has said nothing yet; the publisher hears: {self.heard(country)}")
                continue
            told = f"{said['state']}, {said['size']} entries replayed"
            if said["behind"]:
                told += f", {said['behind']} behind"
            if said["lag_seconds"]:
                told += f", last in step {said['lag_seconds']:.0f} s ago"
            if said["objections"]:
                told += f" ({said['objections'][0]['code']})"
            self.told(f"    {country}: {told}; the publisher hears: {self.heard(country)}")

    def verdict(self, lot: str, ledger: Path | None = None) -> tuple[str, set[str]]:
        """What an inspector's machine says of a lot by the published checkpoint: the word, and the findings' codes."""
        file = self.path / "lot.lotproof"
        file.unlink(missing_ok=True)
        done("bundle", lot, "--ledger", ledger or self.ledger, "--out", file)
        _, shown, errors = lotchain("verify", file, "--policy", self.policy)
        if shown is None or "verdict" not in shown:
            return f"{shown} {errors}", set()
        return str(shown["verdict"]), {finding["code"] for finding in shown["findings"]}

    def clear_once_published(self, lot: str) -> bool:
        """Whether a lot that just lived is CLEAR as soon as the quorum stands."""
        size = self.size()
        if not until(lambda: len(self.cosigners(size)) >= 2):
            return False
        word, _ = self.verdict(lot)
        return word == "CLEAR"

    # Steps

    def all_watch(self) -> None:
        """Everybody is there."""
        self.told("1. three countries follow the log; custody events are appended all the time")
        self.expect(until(lambda: len(self.cosigners()) == 3, 60), "the published checkpoint has three cosignatures")
        lot = self.operator.now("FIRST")
        self.expect(self.clear_once_published(lot), f"a lot that moved just now, {lot}, is CLEAR")
        self.show_mirrors()

    def cut_off(self) -> None:
        """One country is away."""
        self.told("2. mx is cut off")
        before, statements = self.size(), self.operator.statements
        self.places.cut("mx", self.mirrors["mx"].process)
        self.expect(until(lambda: self.cosigners(before + 12) == {"cn", "in"}), "cn and in go on and are quorum enough")
        lot = self.operator.now("WHILE-CUT")
        self.expect(self.clear_once_published(lot), f"{lot}, which mx cannot see, is CLEAR by the two others")
        self.expect(until(lambda: self.heard("mx") not in ("cosigned", "nothing")), f"the publisher hears of mx: "
                    f"{self.heard('mx')}")  # fmt: skip
        if self.places.speaks_when_cut:
            waiting = until(lambda: self.mirrors["mx"].last.get("state") == "waiting")
            lag = self.mirrors["mx"].last.get("lag_seconds")
            self.expect(waiting, f"mx itself says that it waits, last in step {lag} s ago")
        self.expect(self.operator.statements > statements + 6, "appending waited for nobody: "
                    f"{self.operator.statements - statements} statements meanwhile")  # fmt: skip
        self.show_mirrors()

    def healed(self) -> None:
        """It comes back, and catches up by itself."""
        self.told("3. mx is back")
        behind = self.size() - int(self.mirrors["mx"].last.get("size", 0))
        self.places.heal("mx", self.mirrors["mx"].process)
        size = self.size()
        caught = until(lambda: self.mirrors["mx"].last.get("size", 0) >= size, 60)
        self.expect(caught, f"mx replays the {behind} entries that it missed, and is in step")
        self.expect(until(lambda: len(self.cosigners(size)) == 3, 60), "three cosignatures again")
        until(lambda: self.heard("mx") == "cosigned", 5)
        self.show_mirrors()

    def wrong_root(self) -> None:
        """One country cosigns something else than it is asked for."""
        self.told("4. in lies: it cosigns another tree than it is asked for")
        self.mirrors.pop("in").end()
        liar = self.lie("other-root")
        size = self.size()
        self.expect(until(lambda: self.heard("in") == "cosignature-invalid"), "the publisher refuses its cosignature")
        self.expect(until(lambda: self.cosigners(size) == {"cn", "mx"}), "cn and mx are quorum enough")
        lot = self.operator.now("WITH-A-LIAR")
        self.expect(self.clear_once_published(lot), f"{lot} is CLEAR by the two honest ones")
        self.show_mirrors()
        liar.end()

    def lie(self, mode: str) -> Running:
        """A liar in the place of in's mirror, with its keys."""
        host, port = self.places.address("in")
        liar = self.start("in", "tests.network.liar", self.mirror("in"), host, port, mode)
        if not liar.wait_for(lambda said: "lies" in said):
            raise SystemExit(f"the liar did not start: {liar.trouble()}")
        return liar

    def second_view(self) -> Path:
        """The operator keeps a second ledger under the same key, and in cosigns it unread."""
        self.told("5. the operator makes a second view of the log; in cosigns it without replaying")
        liar = self.lie("blind")
        path, ledger = self.operator.second_view(self.path / "second-view")
        lot = self.operator.hidden(ledger, 2)
        until(lambda: self.note()[0] > ledger.size)  # the true log is longer by now
        ledger.close()
        asked = self.start(
            OPERATOR, "lotchain", "ledger", "publish", "--ledger", path, "--mirror", self.url("in"), "--wait", 5,
            "--local-witnesses", "--json",
        )  # fmt: skip
        self.expect(asked.ended() == 0 and bool(asked.wait_for(lambda said: said.get("published", False), 1)),
                    "the second view is published, and cosigned by in alone")  # fmt: skip
        word, codes = self.verdict(lot, path)
        self.expect(word == "HOLD" and "audit-quorum-not-met" in codes,
                    f"a bundle out of the second view is {word}: one liar is no quorum")  # fmt: skip
        self.compare(path)
        liar.end()
        return path

    def compare(self, path: Path) -> None:
        """Whoever holds a checkpoint of the second view compares it with an honest mirror's copy."""
        file = self.path / "second-view.lotevidence"
        code, shown, _ = lotchain(
            "checkpoint", "compare", path / "checkpoint", self.mirror("cn"), "--policy", self.policy, "--evidence", file
        )
        told = shown.get("what", "") if isinstance(shown, dict) else ""
        self.expect(code == 1 and file.exists(), f"compared with cn's copy, both cannot be true: {told}")
        self.expect(self.proved(file), "the evidence proves it to whoever trusts the keys, offline")

    def proved(self, file: Path) -> bool:
        """Whether an evidence file proves what it says."""
        if not file.exists():
            return False
        code, shown, _ = lotchain("evidence", "check", file, "--policy", self.policy)
        for guilt in (shown or {}).get("proved", []):
            self.told(f"      {guilt['who']} {guilt['what']}")
        return code == 0

    def shown_to_honest_ones(self, path: Path) -> None:
        """The operator shows the second view to the honest mirrors, too."""
        self.told("6. the operator's service shows the second view to everybody")
        assert self.service is not None and self.publisher is not None
        self.publisher.end()
        self.service.end()
        self.service = self.serve(path)
        for country in ("cn", "mx"):
            code = self.mirrors[country].ended(60)
            said = self.mirrors[country].last
            codes = ", ".join(o["code"] for o in said.get("objections", []))
            self.expect(code == 1 and said.get("state") == "stopped", f"{country} stops: {codes}")
            folder = self.mirror(country) / str(said.get("evidence"))
            self.expect(self.proved(folder / "log.lotevidence"), f"{country} keeps evidence that proves it")
        size, lines = parse_size((path / "checkpoint").read_bytes())
        honest = [c for c in ("cn", "mx") if any(self.keys[c].made(line) for line in lines)]
        self.expect(not honest, f"neither has cosigned the second view of {size} entries")

    def a_person_decides(self) -> None:
        """Nothing is cosigned again until somebody says so."""
        self.told("7. the true log is served again")
        assert self.service is not None
        self.service.end()
        self.service = self.serve(self.ledger)
        again = self.once("cn")
        self.expect(again.ended() == 1 and again.last.get("state") == "stopped",
                    "cn stays stopped by itself, whatever it is shown")  # fmt: skip
        forgiven = self.once("cn", "--forget")
        self.expect(forgiven.ended() == 0 and forgiven.last.get("state") == "in step",
                    "once a person decides (--forget), cn goes on from where it was")  # fmt: skip
        code, shown, _ = lotchain("audit", "--ledger", self.mirror("cn"))
        self.expect(code == 0 and bool(shown["sound"]), f"cn's copy is a sound ledger of {shown['size']} entries")

    def once(self, country: str, *more: str) -> Running:
        """One round of a mirror, as a process in its place."""
        return self.start(country, "lotchain", "mirror", self.mirror(country), "--once", "--json", *more)

    def close(self) -> None:
        """No event and no process is left."""
        self.operator.close()
        for each in self.processes:
            each.end()
        if self.operator.fault:
            self.expect(False, f"appending went on to the end: {self.operator.fault}")


def parse_size(note: bytes) -> tuple[int, tuple[Any, ...]]:
    """A note's size and lines."""
    parsed = parse_note(note)
    return parse_checkpoint_text(parsed.text).size, parsed.signatures


def play(path: Path, places: Places, told: Tell, *, short: bool = False) -> tuple[int, int]:
    """The whole scenario, or its first three steps: how much was as expected, of how much."""
    network = Network(path, places, told)
    try:
        network.found_network()
        network.all_watch()
        network.cut_off()
        network.healed()
        if not short:
            network.wrong_root()
            second = network.second_view()
            network.shown_to_honest_ones(second)
            network.a_person_decides()
    finally:
        network.close()
    return network.found, network.expected
