"""A mirror from the command line: made, followed with, asked by a publisher, served, audited, taken up after a stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.stage import LOT, ORIGIN, SOURCE, Stage
from tests.journeys.test_serve import Served, serving

from lotchain.app.folder import Folder
from lotchain.app.mirror_folder import MirrorFolder
from lotchain.core.checkpoints import Checkpoint
from lotchain.ledger.checkpointing import sign_checkpoint
from lotchain.signing import read_key_file
from lotchain.storage.sqlite import SqliteStore

NAME = "us.witness.example"


@pytest.fixture
def published(stage: Stage) -> Stage:
    """The stage with a lot, published."""
    stage.register()
    stage.run("ledger", "publish", "--ledger", str(stage.ledger))
    return stage


def init(stage: Stage, served: Served, name: str = "mirror", *more: str) -> Any:
    """Make a mirror that reads as the Mexican authority."""
    return stage.json(
        "mirror", stage.at(name), "--from", served.url, "--policy", stage.at("border.policy"), "--name", NAME,
        "--key", stage.key("mx"), "--init", *more,
    )  # fmt: skip


@contextmanager
def mirroring(stage: Stage, *words: str) -> Iterator[tuple[subprocess.Popen[str], list[Any]]]:
    """A mirror as a process of its own, and the documents that it says."""
    said: list[Any] = []
    process = subprocess.Popen(
        [sys.executable, "-m", "lotchain", "mirror", stage.at("mirror"), "--every", "0.2", "--json", *words],
        stdout=subprocess.PIPE, text=True, cwd=stage.path, env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )  # fmt: skip
    heard = threading.Event()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(json.loads(line))
            heard.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        assert heard.wait(30)
        yield process, said
    finally:
        process.kill()
        process.wait()
        reader.join(5)


def test_a_mirror_is_made_and_copies_the_ledger(published: Stage) -> None:
    with serving(published) as served:
        made = init(published, served)
        log = Folder(published.ledger).read()
        assert made["name"] == NAME and made["log"] == [key.encode() for key in log.present]
        assert made["charter"] == published.audience.partition("#")[2]
        done = published.json("mirror", published.at("mirror"), "--once")
        assert (done["state"], done["behind"], done["lag_seconds"], done["objections"]) == ("in step", 0, 0.0, [])
        assert done["taken"] == done["size"] == json.loads(served.ask("/")[2])["size"]
        again = published.run("mirror", published.at("mirror"), "--once")
        assert "in step" in again.out and "cosigned" in again.out
    status = published.json("ledger", "status", "--ledger", published.at("mirror"))
    assert status["size"] == done["size"] and status["newest"] == status["published"]
    assert published.json("audit", "--ledger", published.at("mirror"))["sound"]
    assert published.json("lot", "history", LOT, "--ledger", published.at("mirror"))


def test_a_publisher_has_the_mirror_cosign_and_bundles_stand_on_it(published: Stage) -> None:
    with serving(published) as served:
        vkey = init(published, served)["keys"][0]
        published.run("ledger", "admit-witness", vkey, "--ledger", str(published.ledger))
        policy = published.at("mirrored.policy")
        published.run("ledger", "policy", "--ledger", str(published.ledger), "--auditor", vkey, "--treaty",
                      "not-demanded", "--out", policy)  # fmt: skip
        with mirroring(published, "--policy", policy, "--listen", "127.0.0.1:0") as (process, said):
            url = said[0]["url"]
            published.register("lot:CN-MAKER/BP4-2")
            done = published.json("ledger", "publish", "--ledger", str(published.ledger), "--mirror", url,
                                  "--local-witnesses")  # fmt: skip
            assert [each["code"] for each in done["witnesses"]] == ["cosigned"], done
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        assert said[-1]["state"] == "in step"
        status = published.json("ledger", "status", "--ledger", published.at("mirror"))
        assert status["size"] == done["size"], "what was asked for was replayed"
    for ledger in (str(published.ledger), published.at("mirror")):
        file = Path(ledger).name + ".lotproof"
        published.run("bundle", "lot:CN-MAKER/BP4-2", "--ledger", ledger, "--out", published.at(file))
        verdict = published.json("verify", published.at(file), "--policy", policy, code=0)
        assert verdict["verdict"] == "CLEAR"


def test_a_mirror_is_served_and_mirrored(published: Stage) -> None:
    with serving(published) as served:
        init(published, served)
        published.run("mirror", published.at("mirror"), "--once")
    copied = Stage(published.path)
    copied.ledger = published.path / "mirror"
    with serving(copied) as served:
        init(published, served, "second")
        done = published.json("mirror", published.at("second"), "--once")
        assert done["state"] == "in step"
        assert published.json("audit", "--ledger", published.at("second"))["sound"]
        path = f"/bundle?lot={LOT}"
        assert served.ask(path, **served.signed(published, "user", path))[0] == 200


def test_what_is_down_is_waited_for_with_an_exit_code_of_its_own(published: Stage) -> None:
    with serving(published) as served:
        init(published, served)
        published.run("mirror", published.at("mirror"), "--once")
        assert served.end() == 0
        told = published.json("mirror", published.at("mirror"), "--once", code=3)
        assert told["state"] == "waiting" and told["objections"][0]["code"] == "source-unreachable"
        assert told["lag_seconds"] > 0 and told["published"] is None
        shown = published.run("mirror", published.at("mirror"), "--once", code=3)
        assert "waiting" in shown.out and "last in step" in shown.out and "source-unreachable" in shown.out


def test_a_fault_of_the_log_stops_it_until_a_person_decides(published: Stage) -> None:
    mirror = published.at("mirror")
    with serving(published) as served:
        init(published, served)
        size = published.json("mirror", mirror, "--once")["size"]
        signer = read_key_file(Folder(published.ledger).log_key, None)
        note = sign_checkpoint(Checkpoint(ORIGIN, size, bytes(32)), signer)
        # The operator signs a second tree of that size; who is asked to cosign it is the mirror, by a publisher.
        copy = SqliteStore.open(MirrorFolder(mirror).ledger.store, read_only=True)
        known = copy.published()
        copy.close()
        assert known is not None
        answers = published.path / "answers.py"
        answers.write_text(
            "import sys\n"
            "from pathlib import Path\n"
            "from lotchain.app.mirror_answers import MirrorAnswers\n"
            "from lotchain.app.mirroring import open_mirror\n"
            "from lotchain.core.add_checkpoint import Request\n"
            "with open_mirror(sys.argv[1]) as mirror:\n"
            "    asked = Request(int(sys.argv[3]), (), Path(sys.argv[2]).read_bytes()).encode()\n"
            "    print(MirrorAnswers(mirror).add_checkpoint(asked).status)\n"
        )
        (published.path / "second.note").write_bytes(note)
        told = subprocess.run(
            [sys.executable, str(answers), mirror, published.at("second.note"), str(size)],
            capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(SOURCE)},
        )  # fmt: skip
        assert told.stdout == "422\n", told
        stopped = published.json("mirror", mirror, "--once", code=1)
        assert stopped["state"] == "stopped" and stopped["objections"][0]["code"] == "witness-split-view"
        shown = published.run("mirror", mirror, "--once", code=1)
        assert "--forget" in shown.out and "evidence/" in shown.out
        file = Path(mirror) / stopped["evidence"] / "log.lotevidence"
        found = published.json("evidence", "check", str(file), "--policy", published.at("border.policy"), code=0)
        assert found["word"] == "PROVED" and found["kind"] == "split-view"
        done = published.run("mirror", mirror, "--once", "--forget")
        assert "goes on after witness-split-view" in done.err and "in step" in done.out
        assert published.json("mirror", mirror, "--forget", "--once", code=2)["error"]["code"] == "mirror-not-stopped"
        assert file.exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("mirror", "nowhere"), "mirror-needs"),
        (("mirror", "m", "--from", "https://x.example/", "--name", "w"), "mirror-needs"),
        (("mirror", "m", "--from", "https://x.example/", "--policy", "POLICY"), "mirror-needs"),
        (("mirror", "m", "--from", "ftp://x.example/", "--policy", "POLICY", "--name", "w"), "base-url"),
        (("mirror", "m", "--from", "https://x.example/", "--policy", "POLICY", "--name", "a b"), "vkey-format"),
        (("mirror", "m", "--from", "http://x.example/", "--policy", "POLICY", "--name", "w", "--once"), "source-http"),
        (("mirror", "LEDGER", "--from", "https://x.example/", "--policy", "POLICY", "--name", "w"), "ledger-exists"),
        (("mirror", "m", "--policy", "m"), "input-missing"),
        (("mirror", "m", "--from", "https://x.example/", "--policy", "POLICY", "--name", "w", "--listen", "80"),
         "address-format"),
    ],
)  # fmt: skip
def test_what_cannot_be_mirrored_is_told(published: Stage, words: tuple[str, ...], code: str) -> None:
    here = {"POLICY": published.at("border.policy"), "LEDGER": str(published.ledger), "m": published.at("m"),
            "nowhere": published.at("nowhere")}  # fmt: skip
    told = published.json(*(here.get(word, word) for word in words), code=2)
    assert told["error"]["code"] == code, told


def test_settings_are_changed_and_others_stay(published: Stage) -> None:
    with serving(published) as served:
        init(published, served)
        told = published.json("mirror", published.at("mirror"), "--name", "other.example", "--once", code=2)
        assert told["error"]["code"] == "mirror-exists"
        changed = published.json("mirror", published.at("mirror"), "--from", "https://elsewhere.example/", "--init")
        assert changed["from"] == "https://elsewhere.example/" and changed["name"] == NAME
        told = published.json("mirror", published.at("mirror"), "--from", served.url, "--once")
        assert told["state"] == "in step"


def test_the_help_names_every_choice(published: Stage) -> None:
    shown = published.run("mirror", "--help")
    for word in ("--once", "--forget", "--catching-up", "--listen", "Example", "add-checkpoint"):
        assert word in shown.out
