"""Witnesses and changed keys on the command line: served over HTTP, asked by a ledger, rotated, retired."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from tests.journeys.stage import ORIGIN, SOURCE, WITNESSES, Stage

from lotchain.cli.entry import main
from lotchain.core.checkpoints import open_checkpoint
from lotchain.core.notes import parse_note, parse_vkey

LOCAL = "--local-witnesses"


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """`lotchain witness serve` in a process of its own; its URL."""
    command = [sys.executable, "-m", "lotchain", "witness", "serve", str(folder), "--port", "0", "--json"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )  # fmt: skip
    assert process.stdout is not None
    text = ""
    try:
        while not text.rstrip().endswith("}"):
            line = process.stdout.readline()
            assert line, process.stderr.read() if process.stderr else ""
            text += line
        yield str(json.loads(text)["url"])
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
        assert process.returncode == 0, err
        assert "Traceback" not in err


@pytest.fixture
def plain(stage: Stage) -> Path:
    folder = stage.path / "w1"
    stage.run("witness", "init-plain", str(folder), "--name", "w1.witness.example")
    return folder


def keys_of(stage: Stage, folder: Path) -> list[str]:
    shown = stage.json("witness", "show", str(folder))
    return [*shown["keys"], *shown["retiring"]]


def lines_of(stage: Stage) -> set[bytes]:
    return {line.key_id for line in parse_note((stage.ledger / "checkpoint").read_bytes()).signatures}


def ids(texts: list[str]) -> set[bytes]:
    return {parse_vkey(text).key_id for text in texts}


def published(stage: Stage, *more: str, code: int = 0) -> Any:
    return stage.json("ledger", "publish", "--ledger", str(stage.ledger), *more, code=code)


def refusal(stage: Stage, *arguments: str) -> str:
    """The code with which a command line is refused."""
    return str(stage.json(*arguments, "--ledger", str(stage.ledger), code=2)["error"]["code"])


def test_a_ledger_has_its_checkpoint_cosigned_by_a_served_witness(stage: Stage, plain: Path) -> None:
    at = ("--ledger", str(stage.ledger))
    made = stage.json("witness", "watch-log", str(plain), *at)
    assert list(made["logs"]) == [ORIGIN] and len(made["keys"]) == 2
    stage.run("ledger", "admit-witness", *keys_of(stage, plain), *at)
    with serving(plain) as url:
        refused = stage.run("ledger", "publish", *at, "--witness", url, "--quorum", "1", code=1)
        assert "witness-http" in refused.out and "not published" in refused.out
        done = published(stage, "--witness", url, LOCAL)
        assert done["published"] and done["witnesses"] == [{"witness": url, "code": "cosigned", "found": ""}]
        assert ids(keys_of(stage, plain)) <= lines_of(stage)
        text = stage.run("ledger", "publish", *at, "--witness", url, LOCAL).out
        assert text.startswith("published ") and ": cosigned" in text
        lines = [f"witness W1 {key} {url}" for key in keys_of(stage, plain)]
        (stage.ledger / "witnesses.policy").write_text("\n".join((*lines, "quorum W1")) + "\n")
        assert published(stage, LOCAL)["witnesses"] == [{"witness": "W1", "code": "cosigned", "found": ""}]
        with urlopen(f"{url}{sha256(ORIGIN.encode()).hexdigest()}/checkpoint") as shown:
            note = shown.read()
    key = parse_vkey(stage.status()["log_key"])
    mine = (stage.ledger / "checkpoint").read_bytes()
    assert open_checkpoint(note, key)[0] == open_checkpoint(mine, key)[0]
    unchanged = published(stage, LOCAL, "--wait", "1")
    assert unchanged["published"] and unchanged["witnesses"][0]["code"] == "witness-unreachable"
    assert (stage.ledger / "checkpoint").read_bytes() == mine, "it has its quorum"
    stage.register()
    missing = published(stage, LOCAL, "--wait", "1", code=1)
    assert not missing["published"] and "note" not in missing
    assert (stage.ledger / "checkpoint").read_bytes() == mine, "the new state waits for its witness, the append did not"
    assert published(stage, LOCAL, "--wait", "1", "--anyway")["published"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("ledger", "publish", "--quorum", "1"), "usage"),
        (("ledger", "publish", "--witness", "ftp://w.example/"), "base-url"),
        (("ledger", "publish", "--witness", "https://w.example/", "--quorum", "3"), "quorum-range"),
        (("ledger", "rotate-key", "--prepare", "--retire-old"), "usage"),
        (("ledger", "rotate-key", "--begin", "x"), "vkey-format"),
        (("ledger", "rotate-key", "--retire-old"), "log-key-none-retiring"),
        (("authority", "list-log-keys", "x"), "vkey-format"),
    ],
)
def test_faults_are_told_by_a_code(stage: Stage, arguments: tuple[str, ...], code: str) -> None:
    more = ("--key", stage.key("cn")) if arguments[0] == "authority" else ()
    assert refusal(stage, *arguments, *more) == code


def test_a_list_that_cannot_be_read_is_told(stage: Stage) -> None:
    (stage.ledger / "witnesses.policy").write_text("witness W1\n")
    assert refusal(stage, "ledger", "publish") == "policy-format"


@pytest.mark.parametrize("arguments", [("serve",), ("rotate-key",), ("show",)])
def test_what_is_no_witness_is_told(stage: Stage, arguments: tuple[str, ...]) -> None:
    told = stage.json("witness", *arguments, stage.at("nothing"), code=4)
    assert told["error"]["code"] == "witness-missing"


def test_a_log_changes_its_keys(stage: Stage) -> None:
    at = ("--ledger", str(stage.ledger))
    stage.register()
    old_policy = Path(stage.at("border.policy")).read_text()
    standing = stage.json("ledger", "rotate-key", *at)
    old = standing["signs"]
    assert not standing["list_in_force"] and not standing["retiring"]
    new = stage.json("ledger", "rotate-key", *at, "--prepare")["prepared"]
    begin = [part for key in new for part in ("--begin", key)]
    assert refusal(stage, "ledger", "rotate-key", *begin) == "log-key-not-listed"
    listed = stage.do("authority", "list-log-keys", *old, *new, by="cn")
    assert refusal(stage, "ledger", "rotate-key", *begin) == "log-key-not-listed", "one founder of two is not enough"
    stage.do("authority", "endorse", listed["statement"], "--on", "charter", by="mx")
    now = stage.json("ledger", "rotate-key", *at, *begin)
    assert (now["signs"], now["retiring"], now["former"]) == (new, old, [])
    assert set(now["listed"]) == {*old, *new}
    assert lines_of(stage) >= ids([*old, *new])
    head = [line for line in old_policy.splitlines() if not line.startswith("log ")]
    policies = {
        name: "\n".join((head[0], *(f"log {key}" for key in keys), *head[1:])) + "\n"
        for name, keys in (("old", old), ("both", [*old, *new]), ("new", new))
    }
    for name, text in policies.items():
        Path(stage.at(f"{name}.policy")).write_text(text)

    def words(bundle: str) -> dict[str, int]:
        return {name: main(["verify", bundle, "--policy", stage.at(f"{name}.policy"), "--json"]) for name in policies}

    during = stage.bundle(name="during.lotproof")
    assert words(during) == {"old": 0, "both": 0, "new": 0}, "what both signed everybody reads"
    for auditor in WITNESSES:
        stage.run("witness", "watch-log", stage.at(auditor), *(part for key in new for part in ("--log-key", key)))
    assert "can be destroyed" in stage.run("ledger", "rotate-key", *at, "--retire-old").out
    stage.register("lot:CN-MAKER/BP4-2")
    after = stage.bundle(name="after.lotproof")
    assert words(after) == {"old": 1, "both": 0, "new": 0}
    assert words(during) == {"old": 0, "both": 0, "new": 0}, "what the old key signed stays proved for who lists it"
    assert stage.json("audit", *at)["sound"]
    only = stage.do("authority", "list-log-keys", *new, "--reason", "planned", by="mx")
    stage.do("authority", "endorse", only["statement"], "--on", "charter", by="cn")
    assert words(stage.bundle(name="listed.lotproof")) == {"old": 1, "both": 0, "new": 0}
    assert refusal(stage, "ledger", "rotate-key", "--begin", old[0]) == "log-key-used"


def test_a_log_that_changes_its_keys_asks_its_witnesses(stage: Stage, plain: Path) -> None:
    at = ("--ledger", str(stage.ledger))
    stage.run("witness", "watch-log", str(plain), *at)
    stage.run("ledger", "admit-witness", *keys_of(stage, plain), *at)
    old = stage.json("ledger", "rotate-key", *at)["signs"]
    new = stage.json("ledger", "rotate-key", *at, "--prepare")["prepared"]
    listed = stage.do("authority", "list-log-keys", *old, *new, by="cn")
    stage.do("authority", "endorse", listed["statement"], "--on", "charter", by="mx")
    begin = [part for key in new for part in ("--begin", key)]
    asked = stage.ledger / "witnesses.policy"

    def ask_at(url: str) -> None:
        asked.write_text("\n".join((*(f"witness W1 {key} {url}" for key in keys_of(stage, plain)), "quorum W1")) + "\n")

    ask_at("http://127.0.0.1:9/")
    before = (stage.ledger / "checkpoint").read_bytes()
    begun = stage.json("ledger", "rotate-key", *at, *begin, LOCAL, "--wait", "1", code=1)
    assert (begun["signs"], begun["retiring"], begun["publication"]["published"]) == (new, old, False)
    assert (stage.ledger / "checkpoint").read_bytes() == before, (
        "nothing without the quorum; the keys sign all the same"
    )
    told = stage.json("ledger", "rotate-key", *at, "--retire-old", LOCAL, code=2)
    assert told["error"]["code"] == "log-key-transition"
    with serving(plain) as url:
        ask_at(url)
        assert published(stage, LOCAL)["witnesses"] == [{"witness": "W1", "code": "cosigned", "found": ""}]
        assert ids([*old, *new, *keys_of(stage, plain)]) <= lines_of(stage)
        alone = stage.json("ledger", "rotate-key", *at, "--retire-old", LOCAL)
        assert (alone["signs"], alone["retiring"], alone["publication"]["published"]) == (new, [], True)
        stage.register()
        before = (stage.ledger / "checkpoint").read_bytes()
        refused = published(stage, LOCAL, code=1)
        assert refused["witnesses"][0]["code"] == "witness-refused", "it knows the old key alone"
        assert (stage.ledger / "checkpoint").read_bytes() == before
    stage.run("witness", "watch-log", str(plain), *(part for key in new for part in ("--log-key", key)))
    with serving(plain) as url:
        ask_at(url)
        assert published(stage, LOCAL)["published"]
    assert ids([*new, *keys_of(stage, plain)]) <= lines_of(stage) and not ids(old) & lines_of(stage)


def test_keys_do_not_change_beside_a_list_of_witnesses_that_cannot_be_read(stage: Stage) -> None:
    (stage.ledger / "witnesses.policy").write_text("witness W1\n")
    assert refusal(stage, "ledger", "rotate-key", "--retire-old").startswith("policy-")


def test_a_witness_changes_its_keys(stage: Stage, plain: Path) -> None:
    at = ("--ledger", str(stage.ledger))
    stage.run("witness", "watch-log", str(plain), *at)
    first = keys_of(stage, plain)
    shown = stage.json("witness", "rotate-key", str(plain))
    assert shown["retiring"] == first and not set(shown["keys"]) & set(first)
    stage.run("ledger", "admit-witness", *shown["keys"], *first, *at)
    with serving(plain) as url:
        published(stage, "--witness", url, LOCAL)
    assert ids([*first, *shown["keys"]]) <= lines_of(stage)
    assert "retiring" not in stage.run("witness", "rotate-key", str(plain), "--retire-old").out
    again = stage.json("witness", "rotate-key", str(plain), "--retire-old", code=2)
    assert again["error"]["code"] == "witness-none-retiring"


def test_an_auditing_witness_changes_its_keys(stage: Stage) -> None:
    folder, at = stage.at("auditor"), ("--ledger", str(stage.ledger))
    stage.run("witness", "init", folder, "--name", "auditor.example", "--mldsa", *at)
    first = stage.json("witness", "show", folder)["keys"]
    changed = stage.json("witness", "rotate-key", folder)
    assert changed["retiring"] == first
    told = stage.json("witness", "cosign", folder, *at, code=2)
    assert told["error"]["code"] == "witness-not-admitted"
    stage.run("ledger", "publish", *at)
    stage.run("ledger", "admit-witness", *changed["keys"], *first, *at)
    stage.run("witness", "cosign", folder, *at)
    assert ids([*first, *changed["keys"]]) <= lines_of(stage)
    stage.run("witness", "rotate-key", folder, "--retire-old")
    assert stage.json("witness", "show", folder)["keys"] == changed["keys"]
    new = stage.json("ledger", "rotate-key", *at, "--prepare")["prepared"]
    theirs = [part for key in new for part in ("--log-key", key)]
    assert len(stage.json("witness", "watch-log", folder, *theirs)["log_keys"]) == 4
    stage.run("witness", "cosign", folder, *at)
    alone = stage.json("witness", "watch-log", folder, "--only", *theirs)
    assert set(alone["log_keys"]) == set(new)
    declined = stage.json("witness", "cosign", folder, *at, code=1)
    assert declined["objections"][0]["code"] == "checkpoint-signature"
    strange = stage.json("witness", "watch-log", folder, "--log-key", changed["keys"][0], code=2)
    assert strange["error"]["code"] == "witness-keys"
