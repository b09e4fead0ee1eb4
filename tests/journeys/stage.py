"""A stage for journeys: keys, a founded ledger and witnesses in a folder, and the command line to act on them.

`run` calls the command line's own entrance in this process, which is what the console script does; `spawn` starts it
as a process of its own. Both give output, errors and exit code.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lotchain.cli.entry import main

SOURCE = Path(__file__).resolve().parents[2] / "src"
ORIGIN = "ledger.example/lots"
CN, MX = "party:CN-NMPA", "party:MX-COFEPRIS"
MAKER, TRUCK, USER = "party:CN-MAKER", "party:CN-TRUCK", "party:MX-USER"
LOT = "lot:CN-MAKER/BP4-1"
KEYS = ("cn", "cn2", "mx", "maker", "maker2", "truck", "truck2", "user")
LICENCES = (
    (MAKER, "Maker", "cn", ("manufacture", "export"), ("maker", "maker2")),
    (TRUCK, "Haulage", "cn", ("transport",), ("truck",)),
    (USER, "User", "mx", ("use", "import"), ("user",)),
)
WITNESSES = ("cn.witness.example", "mx.witness.example")


@dataclass(frozen=True)
class Result:
    """What one command line gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on the standard output."""
        return json.loads(self.out)


class Stage:
    """One folder with everything in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ledger = path / "ledger"

    def at(self, name: str) -> str:
        """A path on the stage, as typed."""
        return str(self.path / name)

    def key(self, name: str) -> str:
        """A key file."""
        return self.at(f"{name}.key")

    def run(self, *args: str, code: int = 0) -> Result:
        """One command line in this process; its exit code must be `code`."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            got = main([str(arg) for arg in args])
        result = Result(got, out.getvalue(), err.getvalue())
        assert got == code, (args, result)
        assert "Traceback" not in result.err + result.out
        return result

    def json(self, *args: str, code: int = 0) -> Any:
        """One command line with `--json`; its document."""
        return self.run(*args, "--json", code=code).json

    def do(self, *args: str, by: str, code: int = 0) -> Any:
        """One event on the stage's ledger, signed by a key of the stage; its receipt or refusal."""
        return self.json(*args, "--ledger", str(self.ledger), "--key", self.key(by), code=code)

    def spawn(self, *args: str, **environment: str) -> Result:
        """One command line as a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "lotchain", *args],
            capture_output=True,
            text=True,
            cwd=self.path,
            env={**os.environ, "PYTHONPATH": str(SOURCE), **environment},
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def status(self) -> Any:
        """`ledger status`."""
        return self.json("ledger", "status", "--ledger", str(self.ledger))

    @property
    def audience(self) -> str:
        """The ledger's audience."""
        return str(self.status()["audience"])

    def attest(self) -> None:
        """Publish, and have both witnesses cosign."""
        self.run("ledger", "publish", "--ledger", str(self.ledger))
        for name in WITNESSES:
            self.run("witness", "cosign", self.at(name), "--ledger", str(self.ledger))

    def bundle(self, lot: str = LOT, name: str = "lot.lotproof", *more: str) -> str:
        """Attest, and make a lot's bundle; its path."""
        self.attest()
        (self.path / name).unlink(missing_ok=True)
        self.run("bundle", lot, "--ledger", str(self.ledger), "--out", self.at(name), *more)
        return self.at(name)

    def verdict(self, lot: str = LOT, *more: str, code: int) -> Any:
        """What an inspector's machine says of a lot now."""
        return self.json("verify", self.bundle(lot), "--policy", self.at("border.policy"), *more, code=code)

    def register(self, lot: str = LOT, quantity: str = "500 kg", *more: str) -> Any:
        """Register a lot of the maker."""
        return self.do(
            "lot", "register", lot, "--substance", "79099-07-3", "--name", "1-boc-4-piperidone", "--quantity", quantity,
            "--place", "CNTZU+08:00", *more, by="maker",
        )  # fmt: skip


def codes(answer: Any) -> set[str]:
    """The codes in an answer's or verdict's findings."""
    return {finding["code"] for finding in answer["findings"]}


def found(path: Path) -> Stage:
    """A founded ledger with two authorities, three licensed parties, their keys, two admitted auditing witnesses."""
    stage = Stage(path)
    for name in KEYS:
        stage.run("key", "new", stage.key(name), "--plain")
    for country, party, name in (("CN", CN, "cn"), ("MX", MX, "mx")):
        stage.run(
            "authority", "found", "--country", country, "--party", party, "--organisation", f"Authority of {country}",
            "--origin", ORIGIN, "--key", stage.key(name), "--out", stage.at(f"{name}.founder.json"),
        )  # fmt: skip
    stage.run(
        "ledger", "init", str(stage.ledger), "--origin", ORIGIN, "--threshold", "2",
        "--founder", stage.at("cn.founder.json"), "--founder", stage.at("mx.founder.json"), "--key", stage.key("cn"),
    )  # fmt: skip
    stage.do("authority", "endorse", by="mx")
    for party, organisation, authority, activities, keys in LICENCES:
        allowed = [word for activity in activities for word in ("--activity", activity)]
        stage.do(
            "licence", "grant", party, "--organisation", organisation, "--number", "L-1", *allowed,
            "--from", "2026-01-01T00:00:00Z", by=authority,
        )  # fmt: skip
        for name in keys:
            stage.do("key", "enrol", "--new-key", stage.key(name), "--party", party, "--holder", name, by=authority)
    stage.do("key", "enrol", "--new-key", stage.key("cn2"), "--party", CN, "--holder", "second officer", by="cn")
    vkeys = []
    for name in WITNESSES:
        made = stage.json("witness", "init", stage.at(name), "--name", name, "--ledger", str(stage.ledger))
        vkeys += made["keys"]
    stage.run("ledger", "admit-witness", *vkeys, "--ledger", str(stage.ledger))
    auditors = [word for key in vkeys for word in ("--auditor", key)]
    stage.run(
        "ledger", "policy", "--ledger", str(stage.ledger), *auditors, "--treaty", "not-demanded",
        "--out", stage.at("border.policy"),
    )  # fmt: skip
    return stage


def copy(template: Stage, path: Path) -> Stage:
    """A stage of one's own, as the template stood."""
    shutil.copytree(template.path, path, dirs_exist_ok=True)
    return Stage(path)
