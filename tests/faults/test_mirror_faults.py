"""A mirror that is killed, whose server stalls, whose disk is full: nothing cosigned is lost, and it goes on."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from tests.faults.kills import kill_writers
from tests.faults.store_checks import environment
from tests.faults.test_storage_disk import mounted
from tests.unit.mirrors import NAME, MirrorRig, Server
from tests.unit.world import ORIGIN, World

from lotchain.app.auditing import audit_ledger
from lotchain.app.folder import Folder
from lotchain.app.mirror_folder import create_mirror
from lotchain.app.mirror_rounds import IN_STEP, WAITING
from lotchain.app.mirroring import open_mirror
from lotchain.app.wiring import create_ledger
from lotchain.errors import StoreError
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.receipts import Receipt
from lotchain.ledger.replica import Replica
from lotchain.remote.fetching import Patience
from lotchain.signing.keyfile import write_key_file
from lotchain.storage.sqlite import SqliteStore
from lotchain.witness.remembering import FileMemory

ROOT = Path(__file__).resolve().parents[2]
WRITER = [sys.executable, str(ROOT / "tests" / "faults" / "mirror_writer.py")]
LOTS_A_KILL = 16


class Survived(NamedTuple):
    """What came of killing mirrors."""

    kills: int
    cosigned: int
    audits: int
    entries: int


class Growing:
    """A ledger in a folder that grows between kills, and its service."""

    def __init__(self, path: Path) -> None:
        self.folder = path / "ledger"
        self.world = World()
        self.ledger: Ledger = create_ledger(self.folder, ORIGIN, mldsa=False)
        self._fed = 0
        self.grow(0)
        write_key_file(path / "member.key", self.world.signers["mx"], passphrase=None)

    def grow(self, lots: int) -> None:
        """More lots in batches of two statements, published."""
        for _ in range(lots):
            self.world.make(f"K-{self.ledger.size}-{len(self.world.log)}", 5)
        fresh = [cited.raw for cited in self.world.log.values()][self._fed :]
        self._fed += len(fresh)
        for at in range(0, len(fresh), 2):
            answers = self.ledger.submit(fresh[at : at + 2])
            assert all(isinstance(answer, Receipt) for answer in answers), answers
        self.ledger.publish()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """`lotchain serve`; its URL."""
    command = [sys.executable, "-m", "lotchain", "serve", str(folder), "--port", "0", "--quiet", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        try:
            told = ""
            while not told.rstrip().endswith("}"):
                line = process.stdout.readline() if process.stdout is not None else ""
                assert line, "lotchain serve ended"
                told += line
            yield str(json.loads(told)["url"])
        finally:
            process.kill()


def kill_mirrors(kills: int, told: Callable[[int], None] = lambda done: None, *, seed: int = 0) -> Survived:
    """Kill a mirror so many times while its log grows; after each kill what it left is looked at, and audited now and
    then."""
    audits = entries = seen = 0
    with TemporaryDirectory(prefix="lotchain-kill-") as place:
        path = Path(place)
        growing = Growing(path)
        with served(growing.folder) as url:
            mirror = path / "mirror"
            key = Folder(growing.folder).read().log_key
            create_mirror(mirror, url, NAME, [key], member_key=str(path / "member.key"))

            def check(acknowledged: list[str]) -> None:
                nonlocal audits, entries, seen
                entries = _require_sound(mirror, growing.ledger, acknowledged)
                seen += 1
                if seen % 5 == 0 or seen == kills:
                    with open_mirror(mirror) as again:
                        assert again.round().state == IN_STEP
                    report = audit_ledger(mirror)
                    assert report.sound, report.faults
                    audits += 1
                growing.grow(LOTS_A_KILL)
                told(seen)

            cosigned = kill_writers(
                kills, [*WRITER, str(mirror)], check, seed=seed, longest=0.8, environment=environment()
            )
        growing.ledger.close()
    return Survived(seen, cosigned, audits, entries)


def _require_sound(mirror: Path, ledger: Ledger, acknowledged: list[str]) -> int:
    """The copy is a beginning of the log that ends with a batch, and all that was cosigned is remembered and there."""
    store = SqliteStore.open(mirror / "ledger.db")
    try:
        size = Replica(store, ORIGIN).size  # raises where the copy contradicts itself
        assert list(store.entries(0, size)) == list(ledger.reader.entries(0, size))
        remembered = FileMemory(mirror / "witness.memory").read()
        for line in acknowledged[-3:]:
            _, told, root = line.split()
            assert remembered is not None and remembered.size >= int(told)
            row = store.batch_ending(int(told))
            assert row is not None and row.root.hex() == root
        if remembered is not None:
            row = store.batch_ending(remembered.size)
            assert row is not None and row.root == remembered.root, "what is cosigned is in the copy"
        return size
    finally:
        store.close()


def test_a_killed_mirror_goes_on_from_what_it_had() -> None:
    survived = kill_mirrors(7)
    assert survived.kills == 7 and survived.audits == 2
    assert survived.cosigned > 0 and survived.entries > 80


# Servers


class Stalling(ThreadingHTTPServer):
    """Serves a rig's log over a socket; what `stalls` names never ends."""

    daemon_threads = True

    def __init__(self, server: Server) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.inner = server
        self.stalls: Callable[[str], str] = lambda path: ""
        self.released = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Stalling

    def do_GET(self) -> None:
        path = self.path.removeprefix("/")
        how = self.server.stalls(path)
        if how == "silent":
            self.server.released.wait(20)
            return
        data = self.server.inner._honest(path)
        if how == "redirect":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200 if data is not None else 404)
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        if how == "drips":
            for byte in data or b"":
                if self.server.released.wait(0.1):
                    return
                self.wfile.write(bytes([byte]))
        else:
            self.wfile.write(data or b"")

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.mark.parametrize("how", ["silent", "drips", "redirect"])
@pytest.mark.parametrize("what", ["checkpoint", "tile/entries/", "tile/0/"])
def test_a_server_that_stalls_costs_time_and_nothing_else(tmp_path: Path, how: str, what: str) -> None:
    rig = MirrorRig(tmp_path)
    rig.grow(5)
    server = Stalling(rig.server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        mirror = tmp_path / "over-http"
        create_mirror(mirror, f"http://127.0.0.1:{server.server_port}/", NAME, [rig.rig.ledger.key])
        patience = Patience(connect_s=0.3, whole_s=0.6, tries=2, pause_s=0.01)
        with open_mirror(mirror, clock=rig.clock, patience=patience) as opened:
            server.stalls = lambda path: how if path.startswith(what) else ""
            begun = time.monotonic()
            done = opened.round()
            assert time.monotonic() - begun < 10
            code = "source-refused" if how == "redirect" else "source-unreachable"
            assert done.state == WAITING and [o.code for o in done.objections] == [code]
            assert not (mirror / "witness.memory").exists()
            server.stalls = lambda path: ""
            assert opened.round().state == IN_STEP
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()


# Disks


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    try:
        mounted(folder, "-o", "size=1m")
    except FileNotFoundError:
        pytest.skip("there is no mount command")
    yield folder
    subprocess.run(["umount", "-l", folder], check=False)


def test_a_full_disk_keeps_what_was_taken_and_room_lets_it_go_on(tmp_path: Path, small_disk: Path) -> None:
    rig = MirrorRig(tmp_path)
    rig.grow(400, size=20)
    mirror = small_disk / "mirror"
    create_mirror(mirror, "https://ledger.example/lots/", NAME, [rig.rig.ledger.key])
    rig.path = mirror
    with rig.open() as opened:
        opened._replica._group = 40
        with pytest.raises(StoreError) as caught:
            opened.round()
        assert caught.value.code in ("store-full", "store-io", "outcome-unknown")
        told = opened.failed(caught.value)
        assert told.state == WAITING and told.objections[0].code == caught.value.code
    assert not (mirror / "witness.memory").exists(), "nothing is cosigned that is not on the disk"
    done = subprocess.run(["mount", "-o", "remount,size=32m", str(small_disk)], check=False)
    assert done.returncode == 0
    with rig.open() as opened:
        begun = opened._replica.size
        assert begun > 0, "what was taken before is there"
        assert opened.round().state == IN_STEP
    assert audit_ledger(mirror).sound
    assert (mirror / "witness.memory").stat().st_size > 0
