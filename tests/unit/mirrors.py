"""Mirrors for tests: a ledger, a server over its store that lies as a test wants, and a mirror in a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.unit.ledgers import Rig, SetClock
from tests.unit.world import ORIGIN

from lotchain.app.auditing import audit_ledger
from lotchain.app.mirror_folder import MirrorFolder, create_mirror
from lotchain.app.mirror_rounds import IN_STEP, STOPPED, WAITING, Round
from lotchain.app.mirroring import Mirror, open_mirror
from lotchain.core.cosignatures import verify_cosignature
from lotchain.core.tile_paths import parse_tile_path
from lotchain.errors import StoreError, UsageError
from lotchain.ledger.reader import Reader
from lotchain.ledger.tiles import PublishedTiles
from lotchain.remote.fetching import Fetcher
from lotchain.remote.source import HttpLogSource
from lotchain.verify.policy import Policy
from lotchain.verify.trust import NO_QUORUM

NAME = "mx.witness.example"
URL = "https://ledger.example/lots/"
Change = Callable[[str, bytes | None], bytes | None]


class Server(Fetcher):
    """A server in this process, over a store; `change` lets it lie, `down` lets it be gone."""

    def __init__(self, store: Any) -> None:
        super().__init__(URL)
        self.reader = Reader(store)
        self.tiles = PublishedTiles()
        self.change: Change = lambda path, data: data
        self.asked: list[str] = []
        self.down = False

    def get(self, path: str, most: int, *, signed: bool = False) -> bytes | None:
        """See `Fetcher.get`."""
        self.asked.append(path)
        assert signed == path.startswith(("tile/entries/", "document/"))
        if self.down:
            raise StoreError("source-unreachable", "as the real one")
        data = self.change(path, self._honest(path))
        if data is not None and len(data) > most:
            raise StoreError("source-too-large", "as the real one")
        return data

    def _honest(self, path: str) -> bytes | None:
        try:
            if path == "checkpoint":
                return self.tiles.checkpoint(self.reader)[1]
            if path.startswith("document/"):
                data = self.reader.opening(bytes.fromhex(path.removeprefix("document/")))
                return data if data is not None and sha256(data).hexdigest() == path[9:] else None
            return self.tiles.bytes_of(self.reader, parse_tile_path(path))
        except UsageError:
            return None


class MirrorRig:
    """A ledger, and a mirror that watches it by the same clock. It has what `test_witness.Lying` asks of a watch."""

    def __init__(self, path: Path) -> None:
        self.rig = Rig()
        self.clock = SetClock()
        self.path = path / "mirror"
        self.server = Server(self.rig.store)
        self.rig.feed()
        self.charter = bytes.fromhex(self.rig.world.charter)
        create_mirror(self.path, URL, NAME, [self.rig.ledger.key], charter=self.charter)
        self.folder = MirrorFolder(self.path)

    @property
    def policy(self) -> Policy:
        """Whom an inspector of its evidence trusts."""
        return Policy(
            origin=ORIGIN, log_keys=(self.rig.ledger.key,), witnesses={}, groups={}, quorum=NO_QUORUM, auditors=(),
            audit_quorum=0, charter=self.charter, max_age_ms=3_600_000, treaty_required=False,
        )  # fmt: skip

    def serve(self, rig: Rig) -> None:
        """The server shows another ledger from now on."""
        self.server.reader, self.server.tiles = Reader(rig.store), PublishedTiles()

    def grow(self, lots: int = 1, *, size: int = 3) -> bytes:
        """More lots, appended in batches and published."""
        for n in range(lots):
            self.rig.world.make(f"R-{self.rig.ledger.size}-{n}", 5)
        return self.publish(size)

    def publish(self, size: int = 3) -> bytes:
        """Feed what the world has done, and publish it."""
        self.clock.time = max(self.clock.time, self.rig.world.time)
        self.rig.clock.time = max(self.rig.clock.time, self.clock.time)
        self.rig.feed(size)
        return self.rig.ledger.publish()

    @contextmanager
    def open(self) -> Iterator[Mirror]:
        """The mirror, as a process would open it."""
        source = HttpLogSource(self.server, self.rig.ledger.key)
        with open_mirror(self.path, clock=self.clock, source=source) as mirror:
            yield mirror

    def round(self, **options: bool) -> Round:
        """One round by a new process."""
        with self.open() as mirror:
            return mirror.round(**options)

    def in_step(self, **options: bool) -> Round:
        """A round that must end in step, with a cosignature that verifies; the copy holds all that is published."""
        done = self.round(**options)
        assert done.state == IN_STEP, done
        assert done.cosigned is not None and done.lag_s == 0 and done.behind == 0
        checkpoint, note = self.server.reader.published()
        assert done.cosigned.checkpoint == checkpoint
        key = self.folder.read()[0].key
        text = note.rpartition(b"\n\n")[0].decode() + "\n"
        assert verify_cosignature(key, done.cosigned.lines[0], checkpoint, text) == self.clock.time // 1000
        return done

    def waiting(self, code: str, **options: bool) -> Round:
        """A round that must wait, and cosigns nothing."""
        before = self.memory()
        done = self.round(**options)
        assert done.state == WAITING and done.cosigned is None, done
        assert [objection.code for objection in done.objections][:1] == [code], done
        assert self.memory() == before and not self.folder.stopped.exists()
        return done

    def stopped(self, code: str, **options: bool) -> Round:
        """A round that must stop the mirror for good: the next process finds it stopped, too."""
        before = self.memory()
        done = self.round(**options)
        assert done.state == STOPPED and done.cosigned is None and done.stop is not None, done
        assert code in [objection.code for objection in done.objections], done
        again = self.round()
        assert again.state == STOPPED and again.stop == done.stop and again.taken == 0
        assert self.memory() == before
        return done

    def memory(self) -> bytes:
        """What it has cosigned, as it lies on disk."""
        return self.folder.memory.read_bytes() if self.folder.memory.exists() else b""

    def evidence(self, done: Round) -> bytes:
        """The evidence file of a stop."""
        assert done.evidence is not None and done.stop is not None and done.stop.evidence
        return (self.path / done.evidence / done.stop.evidence).read_bytes()

    def require_whole_copy(self) -> None:
        """The folder is a sound ledger's folder, and holds what the log holds."""
        audit_ledger(self.path).require()
