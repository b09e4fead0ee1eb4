"""`HttpLogSource`: a whole client over honest servers, and over every kind of lying one."""

from __future__ import annotations

import datetime
import gzip
import hashlib
import ipaddress
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.ledgers import LOG_SIGNER, Rig, SetClock
from tests.unit.synthetic import LOG_KEY, SyntheticLog, entry
from tests.unit.world import ORIGIN

from lotchain.app.remote_source import http_source
from lotchain.core.checkpoints import Checkpoint
from lotchain.core.notes import VerifierKey
from lotchain.core.tile_paths import parse_tile_path
from lotchain.errors import StoreError, UsageError
from lotchain.ledger.checkpointing import sign_checkpoint
from lotchain.ledger.reader import Reader
from lotchain.ledger.replica import Replica
from lotchain.ledger.tiles import PublishedTiles
from lotchain.remote.ahead import read_ahead
from lotchain.remote.fetching import Fetcher, Patience
from lotchain.remote.source import HttpLogSource
from lotchain.signing import SoftwareSigner
from lotchain.storage.memory import MemoryStore
from lotchain.witness.auditing import AuditingWitness, Cosigned, Declined
from lotchain.witness.remembering import LivingMemory

Change = Callable[[str, bytes | None], bytes | None]
QUICK = Patience(connect_s=2.0, whole_s=4.0, tries=3, pause_s=0.01)


class FromStore(Fetcher):
    """A server in this process, over a store; `change` lets it lie."""

    def __init__(self, log: SyntheticLog | None, change: Change | None = None, reader: Reader | None = None) -> None:
        super().__init__("https://ledger.example/lots/")
        self.reader = reader if reader is not None else Reader(log.store) if log is not None else None
        self.tiles = PublishedTiles()
        self.change: Change = change or (lambda path, data: data)
        self.asked: list[str] = []

    def get(self, path: str, most: int, *, signed: bool = False) -> bytes | None:
        self.asked.append(path)
        assert signed == path.startswith("tile/entries/")
        data = self.change(path, self._honest(path))
        if data is not None and len(data) > most:
            raise StoreError("source-too-large", "as the real one")
        return data

    def _honest(self, path: str) -> bytes | None:
        assert self.reader is not None
        try:
            if path == "checkpoint":
                return self.tiles.checkpoint(self.reader)[1]
            return self.tiles.bytes_of(self.reader, parse_tile_path(path))
        except UsageError:
            return None


def log_of(size: int) -> SyntheticLog:
    log = SyntheticLog()
    if size:
        log.grow(size)
    return log


@pytest.fixture(scope="module")
def thousand() -> SyntheticLog:
    return log_of(1_000)


def only(path: str, instead: bytes | None) -> Change:
    """The one lie of a server."""
    return lambda asked, data: instead if asked == path else data


# Honest servers


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 1_000, 65_537])
def test_a_source_gives_the_whole_log(size: int) -> None:
    fetcher = FromStore(log_of(size))
    source = HttpLogSource(fetcher, LOG_KEY)
    assert (source.published() is None) == (size == 0)
    count = 0
    for count, raw in enumerate(source.entries(0, size + 10), 1):
        assert raw == entry(count - 1)
    assert count == size
    bundles = [path for path in fetcher.asked if path.startswith("tile/entries/")]
    assert len(bundles) == len(set(bundles)) == (size + 255) // 256
    assert len(fetcher.asked) <= 2 * len(bundles) + size.bit_length() // 8 + 4


@given(st.integers(-5, 1_005), st.integers(-5, 1_005))
@settings(deadline=None)
def test_any_range_is_just_that_range(thousand: SyntheticLog, start: int, stop: int) -> None:
    found = list(HttpLogSource(FromStore(thousand), LOG_KEY).entries(start, stop))
    assert found == [entry(index) for index in range(max(start, 0), min(stop, 1_000))]


def test_only_what_is_asked_for_is_fetched(thousand: SyntheticLog) -> None:
    fetcher = FromStore(thousand)
    source = HttpLogSource(fetcher, LOG_KEY)
    source.published()
    del fetcher.asked[:]
    assert list(source.entries(300, 301)) == [entry(300)]
    assert fetcher.asked == ["tile/0/003.p/232", "tile/1/000.p/3", "tile/entries/001"]
    del fetcher.asked[:]
    assert list(source.entries(400, 401)) == [entry(400)]
    assert fetcher.asked == ["tile/entries/001"], "what is verified is kept"
    del fetcher.asked[:]
    assert list(source.entries(5, 5)) == list(source.entries(1_000, 2_000)) == [] and not fetcher.asked


def test_partial_tiles_that_are_gone_are_read_from_the_full_ones() -> None:
    """A client with an older checkpoint meets a server that deleted its partial tiles."""
    log = log_of(300)
    fetcher = FromStore(log)
    source = HttpLogSource(fetcher, LOG_KEY)
    source.published()
    log.grow(600)
    fetcher.change = lambda path, data: None if path in ("tile/0/001.p/44", "tile/entries/001.p/44") else data
    assert list(source.entries(0, 600)) == [entry(index) for index in range(300)]
    assert "tile/0/001" in fetcher.asked and "tile/entries/001" in fetcher.asked


def test_a_growing_log_is_followed() -> None:
    log = log_of(10)
    source = HttpLogSource(FromStore(log), LOG_KEY)
    read: list[bytes] = []
    for size in (11, 255, 256, 400, 512, 513):
        source.published()
        read += source.entries(len(read), 10_000)
        log.grow(size)
    source.published()
    read += source.entries(len(read), 10_000)
    assert read == [entry(index) for index in range(513)]


def test_an_auditing_witness_replays_a_ledger_over_tiles() -> None:
    rig = Rig().grown(2)
    rig.ledger.publish()
    clock = SetClock(rig.clock.time)
    witness = AuditingWitness(
        "authority.example/witness", SoftwareSigner.from_seed(b"w" * 32), Replica(MemoryStore(), ORIGIN),
        LivingMemory(), log_key=rig.ledger.key, clock=clock,
    )  # fmt: skip
    fetcher = FromStore(None, reader=Reader(rig.store))
    source = HttpLogSource(fetcher, rig.ledger.key)
    assert isinstance(witness.look(source), Cosigned)
    rig.world.make("LATER", 5)
    rig.feed()
    rig.ledger.publish()
    clock.time = rig.clock.time
    assert isinstance(witness.look(source), Cosigned)
    fetcher.change = only("checkpoint", sign_checkpoint(Checkpoint(ORIGIN, 3, bytes(32)), LOG_SIGNER))
    declined = witness.look(source)
    assert isinstance(declined, Declined) and declined.codes == ("witness-split-view",)


# Lying servers


@pytest.mark.parametrize(
    ("path", "instead", "code"),
    [
        ("tile/0/003.p/232", bytes(232 * 32), "source-tree"),
        ("tile/0/003.p/232", bytes(231 * 32), "source-tree"),
        ("tile/0/003.p/232", b"", "source-tree"),
        ("tile/0/003.p/232", None, "source-missing"),
        ("tile/1/000.p/3", bytes(96), "source-tree"),
        ("tile/entries/001", None, "source-missing"),
        ("tile/entries/001", b"", "source-tree"),
        ("tile/entries/001", b"\x00\x00" * 256, "source-tree"),
        ("tile/entries/001", b"\xff\xff" + bytes(100), "source-tree"),
    ],
)
def test_a_server_that_lies_is_not_believed(
    thousand: SyntheticLog, path: str, instead: bytes | None, code: str
) -> None:
    source = HttpLogSource(FromStore(thousand, only(path, instead)), LOG_KEY)
    given_out = []
    with pytest.raises(StoreError) as caught:
        given_out += list(source.entries(0, 1_000))
    assert caught.value.code == code and given_out == []


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_no_changed_byte_gets_through(thousand: SyntheticLog, data: st.DataObject) -> None:
    """Whatever one answer becomes: what is handed out is the log, from its start, and then nothing."""
    honest = FromStore(thousand)
    list(HttpLogSource(honest, LOG_KEY).entries(0, 1_000))
    path = data.draw(st.sampled_from(sorted({*honest.asked} - {"checkpoint"})))
    true = honest._honest(path)
    assert true is not None
    at = data.draw(st.integers(0, len(true) - 1))
    cut = data.draw(st.integers(0, 40))
    false = true[:at] + data.draw(st.binary(max_size=40)) + true[at + cut :]
    read: list[bytes] = []
    try:
        for raw in HttpLogSource(FromStore(thousand, only(path, false)), LOG_KEY).entries(0, 1_000):
            read.append(raw)
    except StoreError as fault:
        assert fault.code in ("source-tree", "source-too-large") and false != true
    else:
        assert false == true
    assert read == [entry(index) for index in range(len(read))]


def test_swapped_bundles_and_tiles_are_seen(thousand: SyntheticLog) -> None:
    honest = FromStore(thousand)
    for name in ("tile/entries/", "tile/0/"):
        source = HttpLogSource(FromStore(thousand, only(name + "001", honest._honest(name + "002"))), LOG_KEY)
        with pytest.raises(StoreError) as caught:
            list(source.entries(0, 1_000))
            source.prefix_root(300)
        assert caught.value.code == "source-tree"


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 300, 511, 512, 768, 999, 1_000])
def test_the_root_of_what_the_log_begins_with(thousand: SyntheticLog, size: int) -> None:
    source = HttpLogSource(FromStore(thousand), LOG_KEY)
    assert source.prefix_root(size) == log_of(size).frontier.root()


def test_there_is_no_root_beyond_the_checkpoint(thousand: SyntheticLog) -> None:
    source = HttpLogSource(FromStore(thousand), LOG_KEY)
    for size in (0, -1, 1_001):
        with pytest.raises(StoreError, match="source-missing"):
            source.prefix_root(size)
    with pytest.raises(StoreError, match="source-missing"):
        HttpLogSource(FromStore(log_of(0)), LOG_KEY).prefix_root(1)


@pytest.mark.parametrize(
    ("instead", "code"),
    [(bytes(8_192), "source-tree"), (bytes(8_191), "source-tree"), (None, "source-missing")],
)
def test_a_wrong_full_tile_gives_no_root(thousand: SyntheticLog, instead: bytes | None, code: str) -> None:
    source = HttpLogSource(FromStore(thousand, only("tile/0/001", instead)), LOG_KEY)
    with pytest.raises(StoreError) as caught:
        source.prefix_root(300)
    assert caught.value.code == code
    assert source.prefix_root(256) == log_of(256).frontier.root()


# Documents


def test_a_document_is_the_one_that_was_asked_for() -> None:
    data = b"what an authority adopted"
    digest = hashlib.sha256(data).digest()

    class Documents(Fetcher):
        given: bytes | None = data

        def get(self, path: str, most: int, *, signed: bool = False) -> bytes | None:
            assert (path, signed) == (f"document/{digest.hex()}", True)
            return self.given

    fetcher = Documents("https://ledger.example/lots/")
    source = HttpLogSource(fetcher, LOG_KEY)
    assert source.document(digest) == data
    for wrong in (b"", data[:-1], data + b"\n"):
        fetcher.given = wrong
        with pytest.raises(StoreError, match="source-document"):
            source.document(digest)
    fetcher.given = None
    assert source.document(digest) is None


# Reading ahead


def test_chunks_come_in_order_and_so_does_what_goes_wrong() -> None:
    def chunks() -> Iterator[list[bytes]]:
        for n in range(20):
            yield [bytes([n])]
        raise StoreError("source-missing", "made by a test")

    read: list[bytes] = []
    with pytest.raises(StoreError, match="source-missing"):
        for chunk in read_ahead(chunks()):
            read += chunk
    assert read == [bytes([n]) for n in range(20)]
    assert list(read_ahead([])) == []


def test_nobody_reads_further_than_was_agreed_and_closing_ends_the_thread() -> None:
    begun: list[int] = []

    def chunks() -> Iterator[list[bytes]]:
        for n in range(1_000):
            begun.append(n)
            yield [bytes([n % 256])]

    before = threading.active_count()
    reading = read_ahead(chunks(), most=2)
    assert next(reading) == [b"\x00"]
    time.sleep(0.05)
    assert len(begun) <= 5
    reading.close()
    assert threading.active_count() == before


def test_a_second_question_ends_the_reading_ahead(thousand: SyntheticLog) -> None:
    source = HttpLogSource(FromStore(thousand), LOG_KEY)
    before = threading.active_count()
    entries = source.entries(0, 1_000)
    assert next(entries) == entry(0)
    assert source.prefix_root(10)
    assert threading.active_count() == before
    source.close()


def note_of(checkpoint: Checkpoint, signer: SoftwareSigner = LOG_SIGNER) -> bytes:
    return sign_checkpoint(checkpoint, signer)


def test_a_false_checkpoint_is_handed_out_as_evidence_and_used_for_nothing(thousand: SyntheticLog) -> None:
    stranger = SoftwareSigner.from_seed(b"?" * 32)
    root = thousand.frontier.root()
    for note in (
        note_of(Checkpoint(ORIGIN, 1_000, root), stranger),
        note_of(Checkpoint("other.example/log", 1_000, root)),
        b"",
        b"no note",
    ):
        source = HttpLogSource(FromStore(thousand, only("checkpoint", note)), LOG_KEY)
        assert source.published() == note
        with pytest.raises(StoreError) as caught:
            list(source.entries(0, 10))
        assert caught.value.code == "source-checkpoint"
    missing = VerifierKey(ORIGIN, 6, bytes(1_312))
    with pytest.raises(StoreError) as caught:
        list(HttpLogSource(FromStore(thousand), LOG_KEY, mldsa_key=missing).entries(0, 1))
    assert caught.value.code == "source-checkpoint"


@pytest.mark.parametrize("size", [999, 1_001, 256, 2**62, 2**63 - 1])
def test_a_signed_checkpoint_of_another_size_leads_nowhere(thousand: SyntheticLog, size: int) -> None:
    """A root does not bind its size: even the log's own signature under a wrong one gives no entries."""
    note = note_of(Checkpoint(ORIGIN, size, thousand.frontier.root()))
    with pytest.raises(StoreError) as caught:
        list(HttpLogSource(FromStore(thousand, only("checkpoint", note)), LOG_KEY).entries(0, 5))
    assert caught.value.code in ("source-tree", "source-missing")


def test_what_was_verified_under_one_checkpoint_is_not_believed_under_another() -> None:
    """A log that forks: tiles kept from its first tree must not stand in for those of the second."""
    first, fork = FromStore(log_of(600)), SyntheticLog(word="other")
    fork.grow(600)
    second = FromStore(fork)
    served = FromStore(fork, lambda path, _: first._honest(path))
    source = HttpLogSource(served, LOG_KEY)
    assert next(iter(source.entries(0, 600))) == entry(0)
    served.change = lambda path, data: first._honest(path) if path in ("tile/0/000", "tile/entries/000") else data
    source.published()
    with pytest.raises(StoreError) as caught:
        list(source.entries(0, 600))
    assert caught.value.code == "source-tree"
    served.change = lambda _, data: data
    assert list(source.entries(0, 600)) == [entry(index, "other") for index in range(600)]
    assert second._honest("checkpoint") == source.published()


# Over sockets


class Scripted(ThreadingHTTPServer):
    """Answers by a script: path → function over the handler; counts what was asked."""

    daemon_threads = True

    def __init__(self, script: Mapping[str, Callable[[BaseHTTPRequestHandler], None]]) -> None:
        self.script = script
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.connections = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                server.connections += 1
                super().setup()

            def do_GET(self) -> None:
                server.asked.append((self.path, dict(self.headers)))
                server.script[self.path](self)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


@contextmanager
def scripted(script: Mapping[str, Callable[[BaseHTTPRequestHandler], None]]) -> Iterator[Scripted]:
    server = Scripted(script)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def reply(status: int, body: bytes = b"", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def in_turn(*answers: Callable[[BaseHTTPRequestHandler], None]) -> Callable[[BaseHTTPRequestHandler], None]:
    left = list(answers)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return answer


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, each within a socket's own timeout."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b".")
        handler.wfile.flush()
        time.sleep(0.2)


def drop(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.close()


def fetched(
    answer: Callable[[BaseHTTPRequestHandler], None], most: int = 100, patience: Patience = QUICK
) -> bytes | None:
    with scripted({"/x": answer}) as server:
        fetcher = Fetcher(server.url, patience=patience)
        try:
            return fetcher.get("x", most)
        finally:
            fetcher.close()


def test_plain_compressed_and_missing() -> None:
    assert fetched(reply(200, b"abc")) == b"abc"
    assert fetched(reply(200, gzip.compress(b"abc" * 30), Content_Encoding="gzip")) == b"abc" * 30
    assert fetched(reply(404, b"none")) is None
    assert fetched(reply(404, b"n" * 50_000)) is None


def test_what_may_pass_is_tried_again() -> None:
    for first in (reply(503), reply(500, b"x" * 9_000), reply(429), drop):
        assert fetched(in_turn(first, first, reply(200, b"abc"))) == b"abc"
    with pytest.raises(StoreError) as caught:
        fetched(in_turn(drop, drop, drop, reply(200, b"abc")))
    assert caught.value.code == "source-unreachable"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (reply(302, Location="http://169.254.169.254/"), "source-refused"),
        (reply(301, Location="/y"), "source-refused"),
        (reply(401, b'{"code": "request-unsigned"}'), "source-refused"),
        (reply(403, b"\x1b[2J"), "source-refused"),
        (reply(206, b"abc"), "source-refused"),
        (reply(200, b"x" * 101), "source-too-large"),
        (reply(200, gzip.compress(bytes(10_000)), Content_Encoding="gzip"), "source-too-large"),
        (reply(200, gzip.compress(b"abc")[:-3], Content_Encoding="gzip"), "source-garbled"),
        (reply(200, gzip.compress(b"abc") + b"x", Content_Encoding="gzip"), "source-garbled"),
        (reply(200, b"abc", Content_Encoding="gzip"), "source-garbled"),
        (reply(200, b"abc", Content_Encoding="br"), "source-garbled"),
        (reply(200, b"abc", Content_Length="4"), "source-unreachable"),
    ],
)
def test_what_a_server_should_not_do_is_told(answer: Callable[[BaseHTTPRequestHandler], None], code: str) -> None:
    with pytest.raises(StoreError) as caught:
        fetched(answer, patience=Patience(connect_s=0.5, whole_s=1.0, tries=2, pause_s=0.01))
    assert caught.value.code == code
    assert "\x1b" not in str(caught.value)


def test_a_server_that_drips_is_left_in_time() -> None:
    begun = time.monotonic()
    with pytest.raises(StoreError) as caught:
        fetched(drip, most=1_000, patience=Patience(connect_s=5, whole_s=0.5, tries=2, pause_s=0.01))
    assert caught.value.code == "source-unreachable" and time.monotonic() - begun < 5


def test_nobody_there() -> None:
    with scripted({}) as server:
        url = server.url
    with pytest.raises(StoreError) as caught:
        Fetcher(url, patience=QUICK).get("checkpoint", 10)
    assert caught.value.code == "source-unreachable"


def test_each_try_is_signed_anew_and_only_entries_are() -> None:
    log = log_of(3)
    honest = FromStore(log)
    served = {path: honest._honest(path) or b"" for path in ("checkpoint", "tile/0/000.p/3", "tile/entries/000.p/3")}
    script = {"/" + path: reply(200, data) for path, data in served.items()}
    script["/tile/entries/000.p/3"] = in_turn(reply(503), script["/tile/entries/000.p/3"])
    with scripted(script) as server:
        source = http_source(server.url, LOG_KEY, member=SoftwareSigner.from_seed(bytes(32)), patience=QUICK)
        assert list(source.entries(0, 3)) == [entry(0), entry(1), entry(2)]
        source.close()
    assert len(server.asked) == 4 and server.connections == 1
    signatures = [headers.get("Signature-Input") for _, headers in server.asked]
    assert signatures[:2] == [None, None] and len({*signatures[2:]}) == 2


def test_files_on_any_web_server_give_entries_without_a_key(tmp_path: Path) -> None:
    honest = FromStore(log_of(300))
    paths = (
        "checkpoint",
        "tile/0/000",
        "tile/0/001.p/44",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/44",
    )
    with scripted({"/" + path: reply(200, honest._honest(path) or b"") for path in paths}) as server:
        source = http_source(server.url, LOG_KEY, patience=QUICK)
        assert len(list(source.entries(0, 300))) == 300
        source.close()
    assert all("Signature" not in headers for _, headers in server.asked)


@pytest.mark.parametrize(
    "url", ["http://ledger.example/", "http://127.0.0.1.example/", "http://10.0.0.1:8080/", "http://[::2]/"]
)
def test_plain_http_is_for_this_machine(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        Fetcher(url)
    assert caught.value.code == "source-http"
    Fetcher(url, allow_http=True)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://localhost:1/", "http://[::1]:1/", "http://[::1]/", "https://x/"]
)
def test_these_may_be_asked(url: str) -> None:
    assert HttpLogSource(Fetcher(url), LOG_KEY)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody but its owner believes, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_over_tls_only_believed_certificates_are_talked_to(certificate: Path) -> None:
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)
    with scripted({"/x": reply(200, b"abc"), "/drip": drip}) as server:
        server.socket = serving.wrap_socket(server.socket, server_side=True)
        url = server.url.replace("http:", "https:")
        with pytest.raises(StoreError) as caught:
            Fetcher(url, patience=Patience(connect_s=2, tries=1)).get("x", 10)
        assert caught.value.code == "source-unreachable" and "SSLCertVerificationError" in caught.value.found
        believing = ssl.create_default_context(cafile=str(certificate))
        fetcher = Fetcher(url, tls=believing, patience=Patience(connect_s=5, whole_s=0.5, tries=1))
        assert fetcher.get("x", 10) == b"abc" == fetcher.get("x", 10)
        begun = time.monotonic()
        with pytest.raises(StoreError) as caught:
            fetcher.get("drip", 2_000)
        assert caught.value.code == "source-unreachable" and time.monotonic() - begun < 4
        fetcher.close()
