"""Serving and exporting a ledger from the command line, as its operator and its members do."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.stage import LOT, ORIGIN, SOURCE, Stage

from lotchain.app.folder import Folder
from lotchain.app.remote_source import http_source
from lotchain.core.checkpoints import open_checkpoint
from lotchain.core.tile_paths import tile_path
from lotchain.core.tree import leaf_hash, root_of
from lotchain.remote.fetching import Patience
from lotchain.remote.source import HttpLogSource
from lotchain.signing import read_key_file
from lotchain.signing.requests import sign_request

QUICK = Patience(tries=2, pause_s=0.05)


class Served:
    """A service as a process of its own."""

    def __init__(self, process: subprocess.Popen[str], url: str, log: Path) -> None:
        self.process = process
        self.url = url
        self.log = log
        self.host = url.removeprefix("http://").rstrip("/")

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, Mapping[str, str], bytes]:
        """One request: status, headers by lower-case name, body."""
        connection = http.client.HTTPConnection(self.host, timeout=20)
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, headers=sent)
            response = connection.getresponse()
            return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        finally:
            connection.close()

    def signed(self, stage: Stage, who: str, path: str, method: str = "GET") -> Mapping[str, str]:
        """The headers of a member's request."""
        signer = read_key_file(stage.path / f"{who}.key", None)
        return sign_request(signer, method, self.url.rstrip("/") + path, created_s=int(time.time()))

    def end(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=20)


@contextmanager
def serving(stage: Stage, *more: str) -> Iterator[Served]:
    log = stage.path / "service.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "lotchain", "serve", str(stage.ledger), "--port", "0", "--json", *more],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=stage.path,
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
        )
        try:
            assert process.stdout is not None
            told = ""
            while not told.rstrip().endswith("}"):
                line = process.stdout.readline()
                assert line, log.read_text()
                told += line
            shown = json.loads(told)
            assert shown["origin"] == ORIGIN
            yield Served(process, shown["url"], log)
        finally:
            process.kill()
            process.wait()


def source(stage: Stage, url: str, who: str | None = "user") -> HttpLogSource:
    configuration = Folder(stage.ledger).read()
    member = None if who is None else read_key_file(stage.path / f"{who}.key", None)
    return http_source(url, configuration.log_key, mldsa_key=configuration.mldsa_key, member=member, patience=QUICK)


def problem(answer: tuple[int, Mapping[str, str], bytes]) -> tuple[int, str]:
    """Status and code of a problem document."""
    status, headers, body = answer
    assert headers["content-type"] == "application/problem+json"
    members: Any = json.loads(body)
    assert members["status"] == status
    return status, members["code"]


@pytest.fixture
def published(stage: Stage) -> Stage:
    """The stage with a lot, published."""
    stage.register()
    stage.run("ledger", "publish", "--ledger", str(stage.ledger))
    return stage


def test_a_service_gives_the_published_log_and_ends_in_order(published: Stage) -> None:
    with serving(published) as served:
        status, headers, note = served.ask("/checkpoint")
        assert (status, headers["content-type"]) == (200, "text/plain; charset=utf-8")
        assert headers["cache-control"] == "no-cache"
        configuration = Folder(published.ledger).read()
        checkpoint, _ = open_checkpoint(note, configuration.log_key, mldsa_key=configuration.mldsa_key)
        status, headers, front = served.ask("/")
        told = json.loads(front)
        assert (told["origin"], told["size"], told["key"]) == (ORIGIN, checkpoint.size, configuration.log_key.encode())
        status, headers, tile = served.ask("/" + tile_path(0, 0, checkpoint.size))
        assert status == 200 and "immutable" in headers["cache-control"] and "server" not in headers
        assert root_of([tile[at : at + 32] for at in range(0, len(tile), 32)]) == checkpoint.root
        assert served.ask("/checkpoint", If_None_Match=served.ask("/checkpoint")[1]["etag"])[0] == 304
        status, headers, body = served.ask("/checkpoint", "HEAD")
        assert (status, headers["content-length"], body) == (200, str(len(note)), b"")
        assert problem(served.ask("/checkpoint", "POST")) == (405, "method-not-allowed")
        assert problem(served.ask("/nothing")) == (404, "not-found")
        assert served.end() == 0
        lines = served.log.read_text()
    assert "GET /checkpoint 200" in lines and "Traceback" not in lines
    assert re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ 127\.0\.0\.1 [A-Z]+ /\S* \d{3} \d+ \d+\.\dms\n)+", lines)


def test_entries_are_for_members_alone(published: Stage) -> None:
    with serving(published) as served:
        size = json.loads(served.ask("/")[2])["size"]
        path = "/" + tile_path(None, 0, size)
        status, headers, _ = refused = served.ask(path)
        assert problem(refused) == (401, "request-unsigned") and status == 401
        assert 'tag="lotchain"' in headers["accept-signature"] and headers["cache-control"] == "no-store"
        first = served.signed(published, "user", path)
        status, headers, _ = served.ask(path, **first)
        assert status == 200 and headers["cache-control"].startswith("private")
        assert problem(served.ask(path, **first)) == (401, "request-replayed")
        assert problem(served.ask("/checkpoint/..", **first)) == (404, "not-found")
        published.run("key", "new", published.key("stranger"), "--plain")
        assert problem(served.ask(path, **served.signed(published, "stranger", path))) == (403, "request-key-unknown")
        assert served.end(signal.SIGINT) == 0
        log = served.log.read_text()
    assert first["Signature"].split(":")[1] not in log and "nonce" not in log


def test_a_revoked_key_is_shut_out_at_once_published_or_not(published: Stage) -> None:
    with serving(published) as served:
        path = "/" + tile_path(None, 0, json.loads(served.ask("/")[2])["size"])
        assert served.ask(path, **served.signed(published, "maker2", path))[0] == 200
        name = published.json("key", "show", published.key("maker2"))["key"]
        published.do("key", "revoke", name, "--reason", "lost", by="maker")
        assert problem(served.ask(path, **served.signed(published, "maker2", path))) == (403, "request-key-revoked")
        assert served.ask(path, **served.signed(published, "maker", path))[0] == 200


def test_a_source_reads_a_growing_log_over_http(published: Stage) -> None:
    with serving(published, "--quiet") as served:
        reading = source(published, served.url)
        note = reading.published()
        assert note is not None
        checkpoint, _ = open_checkpoint(note, Folder(published.ledger).read().log_key)
        entries = list(reading.entries(0, checkpoint.size + 5))
        assert root_of([leaf_hash(entry) for entry in entries]) == checkpoint.root
        published.register("lot:CN-MAKER/BP4-2")
        assert list(reading.entries(checkpoint.size, checkpoint.size + 5)) == []
        assert reading.published() == note, "what is not published is not given"
        published.run("ledger", "publish", "--ledger", str(published.ledger))
        assert reading.published() != note
        assert len(list(reading.entries(checkpoint.size, 1_000))) == 2
        assert served.log.read_text() == ""
        reading.close()


def test_a_bundle_over_http_is_the_one_that_verifies(published: Stage) -> None:
    published.attest()
    with serving(published) as served:
        path = f"/bundle?lot={LOT}"
        assert problem(served.ask(path)) == (401, "request-unsigned")
        status, headers, data = served.ask(path, **served.signed(published, "user", path))
        assert (status, headers["content-type"]) == (200, "application/vnd.lotchain.lotproof")
        (published.path / "fetched.lotproof").write_bytes(data)
        verdict = published.json(
            "verify", published.at("fetched.lotproof"), "--policy", published.at("border.policy"), code=0
        )
        assert verdict["verdict"] == "CLEAR"
        for query, code in (("lot=lot:CN-MAKER/NONE", (404, "lot-not-published")), ("lot=x", (400, "id-kind")),
                            ("", (400, "query-format"))):  # fmt: skip
            asked = f"/bundle?{query}" if query else "/bundle"
            assert problem(served.ask(asked, **served.signed(published, "user", asked))) == code


def test_exported_files_are_a_log_that_grows(published: Stage, tmp_path: Path) -> None:
    public = tmp_path / "public"
    done = published.json("export", "tiles", str(published.ledger), str(public))
    assert done["warning"] is None and not (public / "tile" / "entries").exists()
    assert published.json("export", "tiles", str(published.ledger), str(public))["written"] == 0
    published.register("lot:CN-MAKER/BP4-2")
    published.run("ledger", "publish", "--ledger", str(published.ledger))
    grown = published.run("export", "tiles", str(published.ledger), str(public), "--with-entries")
    assert "WARNING" in grown.err and (public / "tile" / "entries").is_dir()
    assert "WARNING" in published.run("export", "tiles", str(published.ledger), str(public)).err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("serve", "nowhere"), "ledger-missing"),
        (("serve", "LEDGER", "--host", "0.0.0.0"), "base-url-needed"),
        (("serve", "LEDGER", "--url", "https://Ledger.example/"), "base-url"),
        (("serve", "LEDGER", "--host", "203.0.113.1"), "address-unusable"),
        (("export", "tiles", "nowhere", "out"), "ledger-missing"),
        (("export", "tiles", "LEDGER", "LEDGER"), "export-foreign"),
        (("export", "tiles", "LEDGER", "LEDGER/.."), "export-foreign"),
    ],
)
def test_what_cannot_be_served_is_told(published: Stage, words: tuple[str, ...], code: str) -> None:
    given = [word.replace("LEDGER", str(published.ledger)) for word in words]
    told = published.json(*given, code=2)
    assert told["error"]["code"] == code
