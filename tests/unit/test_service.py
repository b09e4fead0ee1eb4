"""The service as an ASGI application: paths, headers, limits, strangers, and an operator who appends meanwhile."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.ledgers import Rig, SetClock
from tests.unit.synthetic import LOG_KEY, SyntheticLog
from tests.unit.world import ORIGIN, START

from lotchain.core.checkpoints import open_checkpoint
from lotchain.core.tile_paths import parse_tile_path, tile_path
from lotchain.core.tiles import split_entries, split_hashes
from lotchain.core.tree import leaf_hash, root_of
from lotchain.errors import Malformed, StoreError, UsageError
from lotchain.events.key_revocation import KeyRevocation
from lotchain.ledger.members import MemberKey, member_key
from lotchain.ledger.reader import Reader
from lotchain.service.app import application
from lotchain.service.bundles import BundlePages
from lotchain.service.exchange import Answer, Asked, Endpoint, content, takes_gzip
from lotchain.service.log import LogFacts, LogPages
from lotchain.service.readers import Readers
from lotchain.service.signed import Doorkeeper
from lotchain.signing import SoftwareSigner, new_signer
from lotchain.signing.requests import sign_request
from lotchain.storage.sqlite import SqliteStore
from lotchain.verify.bundle import decode_bundle

BASE = "https://ledger.example/lots/"
FULL = 700


class Reply(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The code of a problem document."""
        assert self.headers["content-type"] == "application/problem+json", self
        assert self.headers["cache-control"] == "no-store"
        members = json.loads(self.body)
        assert members["status"] == self.status
        return str(members["code"])


def call(
    app: Any, path: str | bytes, method: str = "GET", query: bytes = b"", body: bytes = b"", **headers: str
) -> Reply:
    """One request to an ASGI application, as a server would hand it over."""
    raw = path.encode("latin-1") if isinstance(path, str) else path
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": raw.decode("latin-1"), "raw_path": raw, "query_string": query, "root_path": "",
        "headers": [(name.replace("_", "-").lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    told = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return Reply(sent[0]["status"], told, sent[1]["body"])


class Service:
    """A service over a store's file, and a clock."""

    def __init__(self, path: Path) -> None:
        self.clock = SetClock()
        self.readers = Readers(lambda: Reader(SqliteStore.open(path, read_only=True)), most=2)
        self.door = Doorkeeper(BASE, self.key_of, lambda: self.clock.now() // 1000)
        pages = LogPages(lambda: LogFacts(ORIGIN, LOG_KEY), self.readers, self.door)
        self.app = application((*pages.endpoints(), *BundlePages(self.readers, self.door).endpoints()))

    def key_of(self, subject: str) -> MemberKey | None:
        with self.readers.reader() as reader:
            return member_key(reader, subject)

    def get(self, path: str, **headers: str) -> Reply:
        return call(self.app, path, **headers)

    def signed(self, signer: SoftwareSigner, path: str, query: str = "", **more: str) -> Reply:
        """A member's request, made now."""
        url = BASE + path.removeprefix("/") + (f"?{query}" if query else "")
        headers = sign_request(signer, "GET", url, created_s=self.clock.now() // 1000)
        return call(self.app, path, query=query.encode(), **headers, **more)


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A log of 700 entries, and 20 that are not published."""
    path = tmp_path_factory.mktemp("log") / "ledger.db"
    store = SqliteStore.create(path)
    log = SyntheticLog(store)
    log.grow(FULL)
    log.grow(FULL + 20, publish=False)
    service = Service(path)
    yield service
    service.readers.close()
    store.close()


class Living:
    """A real ledger with its service."""

    def __init__(self, path: Path) -> None:
        self.rig = Rig(path).grown(2)
        self.rig.ledger.publish()
        self.service = Service(path)
        self.service.clock.time = START

    @property
    def maker(self) -> SoftwareSigner:
        return self.rig.world.signers["maker"]


@pytest.fixture
def living(tmp_path: Path) -> Iterator[Living]:
    made = Living(tmp_path / "ledger.db")
    yield made
    made.service.readers.close()
    made.rig.store.close()


# Paths and headers


@pytest.mark.parametrize(
    ("path", "length", "caching", "media_type"),
    [
        ("/checkpoint", None, "no-cache", "text/plain; charset=utf-8"),
        ("/", None, "no-cache", "application/json"),
        ("/tile/0/000", 8_192, "public, max-age=31536000, immutable", "application/octet-stream"),
        ("/tile/0/001", 8_192, "public, max-age=31536000, immutable", "application/octet-stream"),
        ("/tile/0/002.p/188", 188 * 32, "public, max-age=31536000, immutable", "application/octet-stream"),
        ("/tile/0/002.p/1", 32, "public, max-age=31536000, immutable", "application/octet-stream"),
        ("/tile/1/000.p/2", 64, "public, max-age=31536000, immutable", "application/octet-stream"),
    ],
)
def test_what_everybody_gets(synthetic: Service, path: str, length: int | None, caching: str, media_type: str) -> None:
    reply = synthetic.get(path)
    assert (reply.status, reply.headers["cache-control"], reply.headers["content-type"]) == (200, caching, media_type)
    assert int(reply.headers["content-length"]) == len(reply.body)
    assert length is None or len(reply.body) == length
    again = synthetic.get(path, if_none_match=reply.headers["etag"])
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", reply.headers["etag"])
    assert synthetic.get(path, if_none_match='"other", W/' + reply.headers["etag"]).status == 304
    assert synthetic.get(path, if_none_match='"other"').status == 200
    assert call(synthetic.app, path, "HEAD").headers == reply.headers


@pytest.mark.parametrize(
    "path",
    [
        "/tile/0/002", "/tile/0/002.p/189", "/tile/0/003.p/1", "/tile/1/000", "/tile/1/000.p/3", "/tile/2/000.p/1",
        "/tile/63/000.p/1", "/tile/0/x001/000", "/tile/0/002.p/0", "/tile/0/002.p/256", "/tile/0/002.p/01",
        "/tile/00/000", "/tile/64/000", "/tile/-1/000", "/tile/0/0", "/tile/0/0000", "/tile/0/000/", "/tile/0/x000/000",
        "/tile/0/000.p", "/tile/0/000.p/", "/tile/0/%30%30%30", "/tile/0/٠٠٠".encode().decode("latin-1"), "/tile//000",
        "/tile/8/0/000", "/tile/", "/tile", "/Tile/0/000", "/tile/0/000\n", "/tile/0/000%0a", "/checkpoint/",
        "/checkpoint%00", "//checkpoint", "/..", "/../ledger.db", "/%2e%2e/ledger.toml", "/keys/log.key", "/bundle/",
        "/checkpoint.txt", "http://127.0.0.1/checkpoint", "*", "checkpoint", "/tile/entriesx/000", "/tile/data/000",
    ],
)  # fmt: skip
def test_everything_else_is_not_there(synthetic: Service, path: str) -> None:
    reply = synthetic.get(path)
    assert reply.status == 404 and reply.code in ("not-found", "tile-path-malformed")


@pytest.mark.parametrize("path", ["/", "/checkpoint", "/tile/0/000", "/tile/entries/000", "/bundle"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "BREW"])
def test_other_methods_are_refused(synthetic: Service, path: str, method: str) -> None:
    reply = call(synthetic.app, path, method, body=b"x" * 100)
    assert reply.code == "method-not-allowed" and reply.status == 405
    assert reply.headers["allow"] == "GET, HEAD"


def test_a_tile_has_one_name(synthetic: Service) -> None:
    assert call(synthetic.app, "/tile/0/000", query=b"again=1").status == 404


def test_limits(synthetic: Service) -> None:
    assert synthetic.get("/" + "a" * 1_023).status == 404
    assert synthetic.get("/" + "a" * 1_024).code == "target-too-long"
    assert call(synthetic.app, "/", query=b"a" * 1_024).status == 414
    assert call(synthetic.app, "/checkpoint", body=b"x").code == "too-large"
    assert len(synthetic.get("/tile/" + "x001/" * 200).body) < 1_000


def test_the_front_page_says_whose_log_it_is(synthetic: Service) -> None:
    assert json.loads(synthetic.get("/").body) == {"origin": ORIGIN, "size": FULL, "key": LOG_KEY.encode()}


@given(st.binary(max_size=80), st.sampled_from(("GET", "HEAD", "POST")), st.binary(max_size=40), st.text(max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
def test_whatever_strangers_send_gets_a_clean_answer(
    synthetic: Service, path: bytes, method: str, query: bytes, word: str
) -> None:
    value = word.encode("utf-8").decode("latin-1")
    reply = call(
        synthetic.app, b"/tile/" + path, method, query, accept_encoding=value, if_none_match=value, signature=value,
        signature_input=value,
    )  # fmt: skip
    assert reply.status in (200, 304, 401, 404, 405)
    if reply.status == 200:
        assert parse_tile_path("tile/" + path.decode("ascii")).level is not None


@given(st.sampled_from(("0", "1", "2", "7", "63", "entries")), st.integers(0, 2**62), st.integers(1, 256))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
def test_every_well_formed_path_gives_just_the_published_tree(
    synthetic: Service, name: str, number: int, width: int
) -> None:
    number = number if number > 10**6 else number % 4
    level = None if name == "entries" else int(name)
    reply = synthetic.get("/" + tile_path(level, number, width))
    if level is None:
        assert reply.code == "request-unsigned"
        return
    there = (number * 256 + width) * 256**level <= FULL
    assert reply.status == (200 if there else 404)
    assert not there or len(reply.body) == width * 32


# Compression and conditions


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        ("gzip", True), ("gzip, identity", True), ("GZIP", True), ("br;q=1, gzip;q=0.2", True), ("*", True),
        ("identity;q=0, *;q=0.5", True), ("gzip ; q=1", True), ("", False), ("identity", False), ("br", False),
        ("gzip;q=0", False), ("gzip; q=0.000", False), ("*;q=0", False), ("gzip;q=0, *", False), ("gzipped", False),
        ("x" * 2_000 + ",gzip", False),
    ],
)  # fmt: skip
def test_who_takes_gzip(sent: str, taken: bool) -> None:
    assert takes_gzip(Asked("GET", "/", "", (("accept-encoding", sent),))) is taken


def test_compressed_and_plain_have_tags_of_their_own() -> None:
    plain, zipped = Asked("GET", "/"), Asked("GET", "/", "", (("accept-encoding", "gzip"),))
    first, second = (content(asked, b"x" * 999, "text/plain", "no-cache", compress=True) for asked in (plain, zipped))
    tags = [dict(answer.headers)["etag"] for answer in (first, second)]
    assert tags[0] != tags[1] and all(dict(answer.headers)["vary"] == "Accept-Encoding" for answer in (first, second))
    assert gzip.decompress(second.body) == first.body and second == content(
        zipped, b"x" * 999, "text/plain", "no-cache", compress=True
    )
    again = zipped._replace(headers=(*zipped.headers, ("if-none-match", tags[0])))
    assert content(again, b"x" * 999, "text/plain", "no-cache", compress=True).status == 200


# Members


def test_members_read_entries(living: Living) -> None:
    service = living.service
    checkpoint, _ = open_checkpoint(service.get("/checkpoint").body, living.rig.ledger.key)
    path = "/" + tile_path(None, 0, checkpoint.size)
    assert service.get(path).code == "request-unsigned"
    reply = service.signed(living.maker, path, accept_encoding="gzip")
    assert (reply.status, reply.headers["content-encoding"]) == (200, "gzip")
    assert reply.headers["cache-control"] == "private, max-age=31536000, immutable"
    entries = split_entries(gzip.decompress(reply.body), checkpoint.size)
    assert root_of([leaf_hash(entry) for entry in entries]) == checkpoint.root
    assert service.signed(living.maker, path).body == gzip.decompress(reply.body)
    assert service.signed(living.maker, "/tile/entries/001").code == "not-found"
    assert service.signed(new_signer(), path).code == "request-key-unknown"
    assert service.signed(new_signer("es256"), path).status == 403


def test_a_signed_request_opens_no_other_path(living: Living) -> None:
    service = living.service
    headers = sign_request(living.maker, "GET", BASE + "tile/entries/000.p/1", created_s=START // 1000)
    for path, query in (
        ("/tile/entries/000.p/2", b""),
        ("/bundle", b"lot=lot:CN-MAKER/R-0"),
        ("/tile/entries/000.p/1", b"a"),
    ):
        assert call(service.app, path, query=query, **headers).code == "request-signature-wrong"
    assert call(service.app, "/tile/entries/000.p/1", "HEAD", **headers).code == "request-signature-wrong"
    assert call(service.app, "/tile/entries/000.p/1", **headers).status == 200
    assert call(service.app, "/tile/entries/000.p/1", **headers).code == "request-replayed"


def test_time_goes_on_for_signatures(living: Living) -> None:
    service = living.service
    headers = sign_request(living.maker, "GET", BASE + "tile/entries/000.p/1", created_s=START // 1000)
    service.clock.time = START + 301_000
    assert call(service.app, "/tile/entries/000.p/1", **headers).code == "request-stale"


def test_a_revoked_key_reads_nothing_more_published_or_not(living: Living) -> None:
    service, world = living.service, living.rig.world
    second = SoftwareSigner.from_seed(b"second".ljust(32, b"."))
    world.enrol("maker", second)
    living.rig.feed()
    path = "/tile/entries/000.p/1"
    assert service.signed(second, path).status == 200
    world.accept(KeyRevocation(key=second.public.subject, reason="lost", occurred_at=world.now()), "maker")
    living.rig.feed()
    assert service.signed(second, path).code == "request-key-revoked"
    assert service.signed(living.maker, path).status == 200


def test_a_p256_key_of_a_card_is_let_in(living: Living) -> None:
    card = SoftwareSigner(-7, bytes(range(1, 33)))
    living.rig.world.enrol("maker", card)
    living.rig.feed()
    assert living.service.signed(card, "/tile/entries/000.p/1").status == 200


def test_bundles_are_for_members_and_carry_no_openings(living: Living) -> None:
    service = living.service
    assert call(service.app, "/bundle", query=b"lot=lot:CN-MAKER/R-0").code == "request-unsigned"
    reply = service.signed(living.maker, "/bundle", "lot=lot:CN-MAKER/R-0")
    bundle = decode_bundle(reply.body)
    assert (reply.status, bundle.lot, bundle.openings) == (200, "lot:CN-MAKER/R-0", ())
    assert service.signed(living.maker, "/bundle", "lot=lot%3ACN-MAKER%2FR-0").status == 200
    assert service.signed(living.maker, "/bundle", "lot=lot:CN-MAKER/R-9").code == "lot-not-published"
    for query in ("", "lot", "lot=", "lot=a&lot=b", "Lot=lot:CN-MAKER/R-0", "lot=party:CN-MAKER", "lot=%ff", "x=1"):
        reply = service.signed(living.maker, "/bundle", query)
        assert reply.status == 400 and reply.code in ("query-format", "id-chars", "id-format", "id-kind")


# At once


def test_reading_goes_on_in_parallel_while_the_ledger_grows(living: Living) -> None:
    """Every answer is a whole published state: a checkpoint, and tiles that lead to it."""
    service, stop = living.service, [False]

    def follow(_: int) -> set[int]:
        seen = set()
        while not stop[0] or not seen:
            checkpoint, _ = open_checkpoint(service.get("/checkpoint").body, living.rig.ledger.key)
            tile = service.get("/" + tile_path(0, 0, checkpoint.size))
            assert root_of(split_hashes(tile.body, checkpoint.size)) == checkpoint.root
            entries = service.signed(living.maker, "/" + tile_path(None, 0, checkpoint.size))
            assert [leaf_hash(raw) for raw in split_entries(entries.body, checkpoint.size)] == split_hashes(
                tile.body, checkpoint.size
            )
            seen.add(checkpoint.size)
        return seen

    with ThreadPoolExecutor(4) as pool:
        followers = [pool.submit(follow, n) for n in range(4)]
        try:
            for n in range(8):
                living.rig.world.make(f"G-{n}", 10)
                living.rig.feed()
                living.rig.ledger.publish()
        finally:
            stop[0] = True
        seen = set().union(*(follower.result(timeout=60) for follower in followers))
    assert len(seen) > 1 and max(seen) <= living.rig.ledger.size


def test_one_request_is_let_in_once_however_many_threads_bring_it(living: Living) -> None:
    headers = sign_request(living.maker, "GET", BASE + "tile/entries/000.p/1", created_s=START // 1000)
    together = Barrier(8)

    def bring(_: int) -> int:
        together.wait(timeout=20)
        return call(living.service.app, "/tile/entries/000.p/1", **headers).status

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(bring, range(8))) == [200, *[401] * 7]


def test_a_slow_endpoint_holds_nobody_up() -> None:
    together = Barrier(3)

    def slow(asked: Asked) -> Answer:
        together.wait(timeout=20)  # passes only when all three are inside at once
        return Answer(200, (), asked.path.encode())

    app = application((Endpoint("/slow/*", slow),))
    with ThreadPoolExecutor(3) as pool:
        replies = list(pool.map(lambda n: call(app, f"/slow/{n}"), range(3)))
    assert sorted(reply.body for reply in replies) == [b"/slow/0", b"/slow/1", b"/slow/2"]


# Faults


def test_faults_of_ours_tell_a_code_and_nothing_of_this_machine(caplog: pytest.LogCaptureFixture) -> None:
    def fails(asked: Asked) -> Answer:
        if asked.path.endswith("store"):
            raise StoreError("store-corrupt", "the file is damaged", found="/srv/secret/ledger.db")
        if asked.path.endswith("busy"):
            raise StoreError("store-busy", "another process holds the store")
        raise ValueError("secret")

    app = application((Endpoint("/fails/*", fails),))
    with caplog.at_level(logging.INFO, logger="lotchain"):
        found = [call(app, f"/fails/{name}") for name in ("store", "busy", "else")]
    assert [(reply.status, reply.code) for reply in found] == [
        (500, "store-corrupt"), (503, "store-busy"), (500, "internal-error"),
    ]  # fmt: skip
    assert all(b"secret" not in reply.body for reply in found) and found[1].headers["retry-after"] == "1"
    assert "ValueError at fails" in caplog.text and "internal-error: ValueError('secret')" not in caplog.text


def test_the_access_log_holds_no_secret_and_cannot_be_written_by_strangers(
    living: Living, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="lotchain.access"):
        living.service.signed(living.maker, "/bundle", "lot=lot:CN-MAKER/R-0")
        call(living.service.app, b"/a\n1.2.3.4 GET /b 200\x1b[2J", query=b"token=secret")
    first, second = (record.getMessage() for record in caplog.records)
    assert first.startswith("127.0.0.1 GET /bundle 200 ") and "R-0" not in first
    assert "\n" not in second and "\x1b" not in second and "secret" not in second and " 404 " in second


def test_what_is_bigger_than_its_limit_is_never_read_whole() -> None:
    taken: list[int] = []

    def handler(asked: Asked) -> Answer:
        taken.append(len(asked.body))
        return Answer(200)

    app = application((Endpoint("/in", handler, ("POST",), max_body=10),))
    assert call(app, "/in", "POST", body=b"x" * 10).status == 200
    assert call(app, "/in", "POST", body=b"x" * 11).code == "too-large"
    assert call(app, "/in").status == 405 and taken == [10]


# Readers


def test_readers_are_shared_closed_when_they_fail_and_not_more_than_allowed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    store = SqliteStore.create(path)
    SyntheticLog(store).grow(3)
    opened: list[Reader] = []

    def open_reader() -> Reader:
        opened.append(Reader(SqliteStore.open(path, read_only=True)))
        return opened[-1]

    readers = Readers(open_reader, most=2)
    for _ in range(3):
        with readers.reader() as reader:
            assert reader.size() == 3
    assert len(opened) == 1
    with pytest.raises(StoreError), readers.reader() as reader:
        raise StoreError("store-io", "made by a test")
    with pytest.raises(StoreError):
        opened[0].size()
    with pytest.raises(UsageError), readers.reader() as reader:
        raise UsageError("nothing-published", "made by a test")
    with readers.reader() as one, readers.reader() as two:
        assert one is not two and len(opened) == 3
        readers.close()
    with pytest.raises(StoreError) as caught, readers.reader():
        pass
    assert caught.value.code == "store-closed"
    with pytest.raises(StoreError):
        one.size()
    store.close()


def test_a_ledger_that_cannot_be_opened_leaves_room_for_the_next_try() -> None:
    def fails() -> Reader:
        raise StoreError("store-missing", "made by a test")

    readers = Readers(fails, most=1)
    for _ in range(3):
        with pytest.raises(StoreError) as caught, readers.reader():
            pass
        assert caught.value.code == "store-missing"


@pytest.mark.parametrize(
    "name", ["", "key:", "key:00", "lot:CN-MAKER/R-0", "party:CN-MAKER", "charter", "key:" + "0" * 64, "é"]
)
def test_only_enrolled_keys_are_member_keys(living: Living, name: str) -> None:
    assert member_key(living.rig.ledger.reader, name) is None


def test_a_members_key_is_found_with_its_party(living: Living) -> None:
    found = member_key(living.rig.ledger.reader, living.maker.public.subject)
    assert found == MemberKey(living.maker.public, "party:CN-MAKER", True)


def test_malformed_names_of_tiles_are_told_as_such() -> None:
    with pytest.raises(Malformed):
        parse_tile_path("tile/0/0")
