"""The published log over HTTP as C2SP tlog-tiles says: checkpoint and tiles for everybody, entries for members."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from lotchain.core.notes import VerifierKey
from lotchain.core.tile_paths import parse_tile_path
from lotchain.errors import UsageError
from lotchain.ledger.reader import Reader
from lotchain.ledger.tiles import PublishedTiles
from lotchain.service.exchange import ASK_AGAIN, FOR_EVER, FOR_EVER_PRIVATE, Answer, Asked, Endpoint, content
from lotchain.service.problems import not_found
from lotchain.service.readers import Readers
from lotchain.service.signed import Doorkeeper

OCTETS = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"
JSON = "application/json"


class LogFacts(NamedTuple):
    """What a service says of its log before anything is read from it."""

    origin: str
    key: VerifierKey
    mldsa_key: VerifierKey | None = None


class LogPages:
    """The endpoints of one log.

    Args:
        facts: whose log it is, asked each time: a log may change its keys while it is served.
        readers: where it is read.
        door: lets members in.

    """

    def __init__(self, facts: Callable[[], LogFacts], readers: Readers, door: Doorkeeper) -> None:
        self._facts = facts
        self._readers = readers
        self._door = door
        self._tiles = PublishedTiles()

    def endpoints(self) -> tuple[Endpoint, ...]:
        """The routes."""
        return (
            Endpoint("/", self.front),
            Endpoint("/checkpoint", self.checkpoint),
            Endpoint("/tile/entries/*", self.entries),
            Endpoint("/tile/*", self.tile),
        )

    def front(self, asked: Asked) -> Answer:
        """`GET /`: what this is, for programs."""
        with self._readers.reader() as reader:
            size = self._published_size(reader)
        facts = self._facts()
        members: dict[str, object] = {"origin": facts.origin, "size": size, "key": facts.key.encode()}
        if facts.mldsa_key is not None:
            members["mldsa_key"] = facts.mldsa_key.encode()
        return content(asked, json.dumps(members).encode("ascii") + b"\n", JSON, ASK_AGAIN)

    def _published_size(self, reader: Reader) -> int:
        try:
            return reader.published()[0].size
        except UsageError:
            return 0

    def checkpoint(self, asked: Asked) -> Answer:
        """`GET /checkpoint`: the published note, once the stored tree is seen to lead to it."""
        with self._readers.reader() as reader:
            _, note = self._tiles.checkpoint(reader)
        return content(asked, note, TEXT, ASK_AGAIN)

    def tile(self, asked: Asked) -> Answer:
        """`GET /tile/<L>/<N>[.p/<W>]`."""
        return content(asked, self._bytes_at(asked, entries=False), OCTETS, FOR_EVER)

    def entries(self, asked: Asked) -> Answer:
        """`GET /tile/entries/<N>[.p/<W>]`, for members."""
        self._door.admit(asked)
        return content(asked, self._bytes_at(asked, entries=True), OCTETS, FOR_EVER_PRIVATE, compress=True)

    def _bytes_at(self, asked: Asked, *, entries: bool) -> bytes:
        tile = parse_tile_path(asked.path.removeprefix("/"))
        if (tile.level is None) != entries:
            raise not_found(asked.path)  # whichever route a request took, entries leave by the door alone
        if asked.query:
            raise not_found(f"{asked.path}?…")  # one resource has one name, for every cache on the way
        with self._readers.reader() as reader:
            found = self._tiles.bytes_of(reader, tile)
        if found is None:
            raise not_found(asked.path)
        return found
