"""Gathering cosignatures over HTTP: to a quorum, in time, from where each witness stands; and no lie is believed."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from tests.unit.ledgers import LOG_MLDSA, Rig, SetClock
from tests.unit.witness_servers import Honest, Reaction, says, stub
from tests.unit.world import ORIGIN

from lotchain.app.folder import Configuration
from lotchain.app.gathering import Gathered, Gatherer, Patience, publish_with_witnesses
from lotchain.app.witness_list import WitnessList, parse_witness_list, read_witness_list, stated_list
from lotchain.core.add_checkpoint import MAX_COSIGNATURES, SIZE_TYPE, parse_request
from lotchain.core.checkpoints import Checkpoint, open_checkpoint
from lotchain.core.cosignatures import verify_cosignature
from lotchain.core.notes import NoteSignature, VerifierKey, parse_note
from lotchain.errors import LotchainError, Malformed, StoreError, UsageError
from lotchain.ledger.bundles import make_bundle
from lotchain.ledger.checkpointing import sign_checkpoint
from lotchain.ledger.sharing import SharedLedger
from lotchain.remote.witness_call import CallLimits, is_allowed, post
from lotchain.signing import SoftwareSigner
from lotchain.signing.notes import cosign_ed25519
from lotchain.verify.policy import parse_policy, weigh

LIMITS = CallLimits(connect_s=2.0, whole_s=3.0, local=True)
SHORT = Patience(whole_s=2.0, grace_s=0.3)
NOWHERE = "http://127.0.0.1:1/"


class Scene:
    """A ledger, honest witnesses around it, and lists of them."""

    def __init__(self) -> None:
        self.rig = Rig(mldsa=LOG_MLDSA).grown(1)
        self.clock = SetClock(self.rig.clock.time)
        self.configuration = Configuration(ORIGIN, self.rig.ledger.key, self.rig.ledger.mldsa_key)
        keys = (self.rig.ledger.key,)
        self.witnesses = [Honest(f"w{n}.example", keys, self.clock, mldsa=n == 1) for n in (1, 2, 3)]
        self.stack = ExitStack()

    def urls(self) -> list[str]:
        return [self.stack.enter_context(witness.serving()) for witness in self.witnesses]

    def listed(self, urls: list[str], quorum: str = "all") -> WitnessList:
        """W1, W2, … with these URLs; the quorum is `K` of them."""
        lines = []
        for n, (witness, url) in enumerate(zip(self.witnesses, urls, strict=False), start=1):
            lines += [f"witness W{n} {key.encode()} {url}" for key in witness.keys]
        names = " ".join(f"W{n}" for n in range(1, len(urls) + 1))
        text = "\n".join((*lines, f"group g {quorum} {names}", "quorum g")) + "\n"
        return parse_witness_list(text.encode(), self.configuration)

    def gatherer(self, urls: list[str], quorum: str = "all", patience: Patience = SHORT) -> Gatherer:
        return Gatherer(self.listed(urls, quorum), limits=LIMITS, patience=patience)

    def publish(self, gatherer: Gatherer, **options: bool) -> tuple[bytes | None, Gathered]:
        return publish_with_witnesses(self.rig.ledger, gatherer, self.rig.ledger.reader.consistency, **options)

    def grow(self, count: int = 1) -> None:
        for _ in range(count):
            self.rig.world.make(f"G-{self.rig.ledger.size}", 5)
            self.rig.feed()


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    with made.stack:
        yield made


def codes(gathered: Gathered) -> list[str]:
    return [heard.code for heard in gathered.heard]


def cosigners(note: bytes) -> set[str]:
    return {line.name for line in parse_note(note).signatures} - {ORIGIN}


def against(scene: Scene, react: Reaction, quorum: str = "all") -> tuple[bytes | None, str, list[bytes]]:
    """What becomes of a publication whose only witness is W2, at a server that reacts so."""
    with stub(react) as (url, bodies):
        text = f"witness W2 {scene.witnesses[1].keys[0].encode()} {url}\nquorum W2\n"
        gatherer = Gatherer(parse_witness_list(text.encode(), scene.configuration), limits=LIMITS, patience=SHORT)
        note, gathered = scene.publish(gatherer)
    return note, gathered.heard[0].code, bodies


# To a quorum


def test_all_are_asked_and_the_checkpoint_is_published_with_their_lines(scene: Scene) -> None:
    gatherer = scene.gatherer(scene.urls())
    for _ in range(3):
        note, gathered = scene.publish(gatherer)
        assert note is not None and codes(gathered) == ["cosigned"] * 3
        assert cosigners(note) == {witness.name for witness in scene.witnesses}
        assert len(gathered.lines) == 4, "the first witness has two keys"
        checkpoint, parsed = open_checkpoint(note, scene.rig.ledger.key, mldsa_key=scene.rig.ledger.mldsa_key)
        for witness in scene.witnesses:
            for key in witness.keys:
                line = key.line_in(parsed)
                assert line is not None
                assert verify_cosignature(key, line, checkpoint, parsed.text) == scene.clock.time // 1000
        assert scene.rig.store.published() == (checkpoint.size, note)
        scene.grow(2)
        scene.clock.time += 60_000


def test_a_missing_witness_delays_the_published_checkpoint_and_no_append(scene: Scene) -> None:
    urls = scene.urls()
    first, _ = scene.publish(scene.gatherer(urls))
    scene.grow()
    note, gathered = scene.publish(scene.gatherer([*urls[:2], NOWHERE]))
    assert note is None and codes(gathered) == ["cosigned", "cosigned", "witness-unreachable"]
    standing = scene.rig.store.published()
    assert standing is not None and standing[1] == first, "what has its quorum stands"
    scene.grow()
    later, gathered = scene.publish(scene.gatherer(urls))
    assert later is not None and codes(gathered) == ["cosigned"] * 3, "those who cosigned what was not published go on"


def test_two_of_three_are_enough(scene: Scene) -> None:
    urls = scene.urls()
    note, gathered = scene.publish(scene.gatherer([urls[0], NOWHERE, urls[2]], "2"))
    assert note is not None and cosigners(note) == {"w1.example", "w3.example"}
    assert codes(gathered) == ["cosigned", "witness-unreachable", "cosigned"]


def test_who_is_slow_is_left_behind_once_the_quorum_stands(scene: Scene) -> None:
    urls = scene.urls()
    with stub(lambda handler, body: time.sleep(30)) as (slow, _):
        begun = time.monotonic()
        note, gathered = scene.publish(scene.gatherer([*urls[:2], slow], "2", Patience(whole_s=20, grace_s=0.2)))
        took = time.monotonic() - begun
    assert note is not None and codes(gathered)[2] == "witness-silent"
    assert took < 10


def test_who_is_slow_is_left_behind_when_the_time_is_over(scene: Scene) -> None:
    with stub(lambda handler, body: time.sleep(30)) as (slow, _):
        begun = time.monotonic()
        note, gathered = scene.publish(scene.gatherer([slow] * 3, "1", Patience(whole_s=0.5)))
    assert note is None and codes(gathered) == ["witness-silent"] * 3
    assert time.monotonic() - begun < 5


def test_anyway_publishes_what_came(scene: Scene) -> None:
    urls = scene.urls()
    note, _ = scene.publish(scene.gatherer([urls[0], NOWHERE]), anyway=True)
    assert note is not None and cosigners(note) == {"w1.example"}


def test_nobody_is_waited_for_where_the_quorum_is_none(scene: Scene) -> None:
    text = f"witness W2 {scene.witnesses[1].keys[0].encode()} {NOWHERE}\nquorum none\n"
    gatherer = Gatherer(parse_witness_list(text.encode(), scene.configuration), limits=LIMITS, patience=SHORT)
    note, gathered = scene.publish(gatherer)
    assert note is not None and codes(gathered) == ["witness-unreachable"]


def test_appends_go_on_while_witnesses_are_asked(scene: Scene) -> None:
    """Another thread appends while a witness thinks: the appends wait for nobody, and the newest state is published."""
    shared = SharedLedger(scene.rig.ledger)
    urls, asked, done = scene.urls(), threading.Event(), threading.Event()

    def think(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        asked.set()
        done.wait(10)
        says(503)(handler, body)

    with stub(think) as (slow, _):
        gatherer = scene.gatherer([urls[0], slow], "1", Patience(whole_s=5, grace_s=5))
        result: list[Any] = []
        thread = threading.Thread(
            target=lambda: result.append(publish_with_witnesses(shared, gatherer, shared.reader.consistency))
        )
        thread.start()
        assert asked.wait(10)
        scene.rig.world.make("MEANWHILE", 5)
        begun = time.monotonic()
        answers = shared.submit(scene.rig.statements())
        assert all(answer.accepted for answer in answers) and time.monotonic() - begun < 3
        done.set()
        thread.join(20)
    ((note, gathered),) = result
    assert note is not None and "cosigned" in codes(gathered)
    assert Checkpoint(*open_checkpoint(note, scene.rig.ledger.key)[0]).size == shared.reader.size()


def test_a_log_that_always_moves_on_is_published_first(scene: Scene) -> None:
    urls = scene.urls()
    gatherer = scene.gatherer(urls)
    real = gatherer.gather

    def gather_and_grow(*arguments: Any) -> Gathered:
        gathered = real(*arguments)
        scene.grow()
        return gathered

    gatherer.gather = gather_and_grow  # type: ignore[method-assign]
    note, gathered = scene.publish(gatherer)
    assert note is not None and codes(gathered) == ["cosigned"] * 3
    published = scene.rig.store.published()
    assert published is not None and cosigners(published[1]) == {witness.name for witness in scene.witnesses}


# From where a witness stands


def test_a_witness_that_stands_elsewhere_is_asked_again_from_there(scene: Scene) -> None:
    urls = scene.urls()
    scene.publish(scene.gatherer(urls))
    scene.grow(3)
    gatherer = scene.gatherer(urls)
    assert scene.publish(gatherer)[0] is not None, "a new process knows of no size and learns it by a 409"
    other = scene.gatherer(urls)
    scene.grow()
    assert scene.publish(other)[0] is not None
    scene.grow()
    note, _ = scene.publish(gatherer)
    assert note is not None, "another process had published meanwhile"


def test_the_second_request_carries_the_proof_from_the_witness_s_size(scene: Scene) -> None:
    first = scene.rig.ledger.candidate()[0].size
    scene.grow(2)

    def stands(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        says(409, f"{first}\n".encode(), SIZE_TYPE)(handler, body)

    _, code, bodies = against(scene, stands)
    requests = [parse_request(body) for body in bodies]
    assert code == "witness-restless" and len(bodies) == 3
    assert [request.old for request in requests] == [0, first, first]
    size = scene.rig.ledger.size
    assert requests[1].proof == tuple(scene.rig.ledger.reader.consistency(first, size)) and not requests[0].proof


def test_a_witness_that_knows_a_larger_log_says_that_this_is_an_old_copy(scene: Scene) -> None:
    size = scene.rig.ledger.size + 5
    note, code, bodies = against(scene, says(409, f"{size}\n".encode(), SIZE_TYPE))
    assert (note, code, len(bodies)) == (None, "witness-ahead", 1)


def test_witnesses_are_not_sent_each_other_s_cosignatures(scene: Scene) -> None:
    scene.publish(scene.gatherer(scene.urls()))
    _, _, bodies = against(scene, says(500))
    assert {line.name for line in parse_note(parse_request(bodies[0]).note).signatures} == {ORIGIN}


# Lies


def by_w2(scene: Scene, text: str, time_s: int, name: str = "w2.example") -> NoteSignature:
    signer = SoftwareSigner.from_seed(b"w2.example".ljust(32, b".")[:32])
    return cosign_ed25519(text, name, signer, time_s)


def test_wrong_cosignatures_are_refused_and_named(scene: Scene) -> None:
    checkpoint, _ = scene.rig.ledger.candidate()
    text, now = checkpoint.text(), scene.clock.time // 1000
    good = by_w2(scene, text, now)
    other = by_w2(scene, Checkpoint(ORIGIN, checkpoint.size, bytes(32)).text(), now)
    key = scene.witnesses[1].keys[0]
    stranger = cosign_ed25519(text, "w9.example", SoftwareSigner.from_seed(b"x" * 32), now)
    untimed = NoteSignature(key.name, key.key_id, bytes(8) + good.blob[8:])
    lies = {
        "cosignature-invalid": [
            good.line().replace("A", "B", 3),
            other.line(),
            NoteSignature(key.name, key.key_id, b"short").line(),
            NoteSignature(key.name, key.key_id, bytes(72)).line(),
            untimed.line(),
            good.line() + good.line(),
            good.line() + by_w2(scene, text, now + 1).line(),
            stranger.line() + other.line(),
        ],
        "cosignature-missing": [
            stranger.line(),
            by_w2(scene, text, now, "w2.example.evil").line(),
            NoteSignature("w2.example", b"abcd", good.blob).line(),
            sign_checkpoint(checkpoint, SoftwareSigner.from_seed(b"x" * 32)).decode().rpartition("\n\n")[2],
        ],
        "witness-answer": ["", good.line()[:-1], good.line() * 65, "\xff"],
        "note-signature": ["\n" + good.line(), good.line() + "\n", "hello\n", good.line().replace("\u2014", "-")],
    }
    for code, bodies in lies.items():
        for body in bodies:
            note, found, _ = against(scene, says(200, body.encode("latin-1" if body == "\xff" else "utf-8")))
            assert (note, found) == (None, code), body
    assert against(scene, says(200, good.line().encode()))[0] is not None
    assert against(scene, says(200, (stranger.line() + good.line()).encode()))[0] is not None


@pytest.mark.parametrize(
    "status", [100 + n for n in (99, 101)] + [201, 204, 301, 302, 307, 308, 400, 403, 404, 418, 422, 429, 500, 503]
)
def test_other_statuses_are_named_and_nothing_is_followed(scene: Scene, status: int) -> None:
    with stub(says(200, b"")) as (elsewhere, visits):
        note, code, _ = against(scene, says(status, b"see there\x1b[31m", Location=elsewhere))
    assert note is None and visits == []
    assert code == {422: "witness-inconsistent"}.get(
        status, "witness-refused" if status > 100 else "witness-unreachable"
    )


@pytest.mark.parametrize(
    ("body", "media_type"),
    [(b"", SIZE_TYPE), (b"7", SIZE_TYPE), (b"seven\n", SIZE_TYPE), (b"-7\n", SIZE_TYPE), (b"7\n", "text/plain"),
     (b"9" * 4000, SIZE_TYPE), (b"07\n", SIZE_TYPE)],
)  # fmt: skip
def test_a_conflict_without_a_size_is_not_believed(scene: Scene, body: bytes, media_type: str) -> None:
    note, code, bodies = against(scene, says(409, body, media_type))
    assert (note, code, len(bodies)) == (None, "witness-answer", 1)


def endless(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.send_response(200)
    handler.end_headers()
    with suppress(OSError):
        while True:
            handler.wfile.write(bytes(65_536))


def dripping(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    with suppress(OSError):
        for byte in b"HTTP/1.1 200 OK\r\nX: " + bytes(1000):
            handler.wfile.write(bytes((byte,)))
            handler.wfile.flush()
            time.sleep(0.1)


def hanging_up(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def cut(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"half")
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


def garbage(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.wfile.write(b"\x16\x03\x01 not HTTP\r\n\r\n")


@pytest.mark.parametrize(
    ("react", "codes"),
    [
        (endless, {"witness-answer-large"}),
        (says(200, bytes(MAX_COSIGNATURES + 1)), {"witness-answer-large"}),
        (dripping, {"witness-unreachable", "witness-silent"}),
        (hanging_up, {"witness-unreachable"}),
        (cut, {"witness-unreachable"}),
        (garbage, {"witness-unreachable"}),
    ],
)
def test_servers_that_misbehave_cost_little(scene: Scene, react: Reaction, codes: set[str]) -> None:
    begun = time.monotonic()
    note, code, _ = against(scene, react)
    assert note is None and code in codes
    assert time.monotonic() - begun < 8


def test_one_key_counts_once_under_whatever_name_it_signs(scene: Scene) -> None:
    """One machine answers at three addresses; a second key under the same name is one witness, too."""
    urls = scene.urls()
    scene.witnesses[1] = scene.witnesses[0]
    with pytest.raises(Malformed, match="policy-duplicate"):
        scene.listed([urls[0], urls[0]])
    mine = scene.witnesses[0]
    renamed = VerifierKey("other.example", mine.keys[0].kind, mine.keys[0].public)
    text = f"witness A {mine.keys[0].encode()} {urls[0]}\nwitness B {renamed.encode()} {urls[0]}\ngroup g 2 A B\nquorum g\n"
    with pytest.raises(Malformed, match="policy-duplicate"):
        parse_witness_list(text.encode(), scene.configuration)
    both = "".join(f"witness A {key.encode()} {urls[0]}\n" for key in mine.keys)
    other = f"witness B {scene.witnesses[2].keys[0].encode()}\n"
    listed = parse_witness_list((both + other + "group g 2 A B\nquorum g\n").encode(), scene.configuration)
    note, gathered = scene.publish(Gatherer(listed, limits=LIMITS, patience=SHORT))
    assert len(gathered.lines) == 2 and note is None, "two keys of one witness are not two witnesses"


def test_one_witness_at_three_addresses_is_one(scene: Scene) -> None:
    urls = scene.urls()
    admitted = tuple(key for witness in scene.witnesses for key in witness.keys)
    configuration = Configuration(ORIGIN, scene.rig.ledger.key, scene.rig.ledger.mldsa_key, "log.mark", admitted)
    listed = stated_list([urls[0], urls[0] + "", urls[0]], 2, configuration)
    note, gathered = scene.publish(Gatherer(listed, limits=LIMITS, patience=SHORT))
    assert note is None and {key.name for _, key in gathered.lines} == {"w1.example"}
    listed = stated_list([urls[0], urls[1]], None, configuration)
    note, _ = scene.publish(Gatherer(listed, limits=LIMITS, patience=SHORT))
    assert note is not None


def test_a_bundle_under_a_gathered_checkpoint_meets_an_inspector_s_quorum(scene: Scene) -> None:
    lot = scene.rig.world.make("BUNDLED", 5)
    scene.rig.feed()
    note, _ = scene.publish(scene.gatherer(scene.urls(), "2"))
    assert note is not None and make_bundle(scene.rig.ledger.reader, lot)
    lines = [f"witness W{n} {key.encode()}" for n, each in enumerate(scene.witnesses) for key in each.keys]
    text = "\n".join(
        ("lotchain-policy/v1", f"log {scene.rig.ledger.key.encode()}", *lines, "group g 2 W0 W1 W2", "quorum g",
         "audit-quorum 0", f"charter {'00' * 32}", "max-age 1h")
    )  # fmt: skip
    assert weigh(parse_policy((text + "\n").encode()), note).quorum_met


# The list


def test_a_list_is_read(tmp_path: Path) -> None:
    scene = Scene()
    assert read_witness_list(tmp_path, scene.configuration) is None
    keys = [key.encode() for witness in scene.witnesses for key in witness.keys]
    text = (
        f"# who is asked\n\nlog {scene.configuration.log_key.encode()} https://log.example/\n"
        f"witness A {keys[0]}\t https://a.example/w\nwitness A {keys[1]}\nwitness B {keys[2]} https://b.example:8443\n"
        f"witness C {keys[3]}\ngroup g 2 A B C\nquorum g\n"
    )
    (tmp_path / "witnesses.policy").write_text(text)
    listed = read_witness_list(tmp_path, scene.configuration)
    assert listed is not None
    assert [(each.name, each.url) for each in listed.asked] == [
        ("A", "https://a.example/w/add-checkpoint"),
        ("B", "https://b.example:8443/add-checkpoint"),
    ]
    assert len(listed.asked[0].keys) == 2 and listed.policy.quorum == "g"


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("quorum g\n", "", "policy-missing", None),
        ("quorum g\n", "quorum g", "policy-format", None),
        ("quorum g\n", "quorum h\n", "policy-name", 4),
        ("quorum g\n", "quorum g\nquorum g\n", "policy-duplicate", 5),
        ("quorum g\n", "quorum g\nmax-age 1h\n", "witnesses-line", 5),
        ("quorum g\n", "quorum g\ncharter " + "00" * 32 + "\n", "witnesses-line", 5),
        ("quorum g\n", "quorum g\nauditor A\n", "witnesses-line", 5),
        ("group g 1", "group g 3", "policy-group", 3),
        ("group g 1", "group g 0", "policy-group", 3),
        ("A B", "A A", "policy-duplicate", 3),
        ("https://a.example/", "ftp://a.example/", "base-url", None),
        ("https://a.example/", "https://A.example/", "base-url", None),
        ("https://a.example/", "https://user@a.example/", "base-url", None),
        ("https://a.example/", "https://a.example/../x", "base-url", None),
        ("https://a.example/", "https://a.example/?x=1", "base-url", None),
        ("https://a.example/", "file:///etc/passwd", "base-url", None),
        ("witness A", "witness\u00a0A", "witnesses-line", 1),
        ("witness A", "log", "policy-log", 1),
        ("witness A", "log x", "vkey-format", 1),
    ],
)
def test_a_list_that_is_none(old: str, new: str, code: str, line: int | None) -> None:
    scene = Scene()
    one, two = (scene.witnesses[n].keys[0].encode() for n in (1, 2))
    text = f"witness A {one} https://a.example/\nwitness B {two}\ngroup g 1 A B\nquorum g\n"
    parse_witness_list(text.encode(), scene.configuration)
    assert text.count(old) == 1
    with pytest.raises(LotchainError) as caught:
        parse_witness_list(text.replace(old, new).encode(), scene.configuration)
    assert caught.value.code == code
    if line is not None:
        assert caught.value.field.startswith(f"line {line}")


def test_a_list_of_another_log_is_refused() -> None:
    scene = Scene()
    other = VerifierKey("other.example/lots", 1, scene.witnesses[1].keys[0].public).encode()
    text = f"log {other}\nwitness A {scene.witnesses[2].keys[0].encode()}\nquorum A\n"
    with pytest.raises(Malformed, match="policy-log"):
        parse_witness_list(text.encode(), scene.configuration)


def test_urls_alone_need_admitted_witnesses() -> None:
    scene = Scene()
    with pytest.raises(UsageError, match="witnesses-none-admitted"):
        stated_list(["https://a.example/"], None, scene.configuration)
    admitted = Configuration(ORIGIN, scene.rig.ledger.key, None, "log.mark", scene.witnesses[1].keys)
    assert stated_list(["https://a.example/"], None, admitted).policy.quorum == "asked"
    assert stated_list(["https://a.example/"], 0, admitted).policy.quorum == "none"
    for urls, quorum in ((["https://a.example/"], 2), (["https://a.example/", "https://b.example/"], None)):
        with pytest.raises(UsageError, match="quorum-range"):
            stated_list(urls, quorum, admitted)


# Addresses


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::6810:84e5", "::ffff:93.184.216.34"])
def test_public_addresses_are_asked(address: str) -> None:
    assert is_allowed(address, local=False) and is_allowed(address, local=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::1", "10.0.0.1", "172.16.0.9", "192.168.1.1", "fd12::1",
                                     "::ffff:10.0.0.1", "::ffff:127.0.0.1"])  # fmt: skip
def test_local_addresses_are_asked_only_with_leave(address: str) -> None:
    assert is_allowed(address, local=True) and not is_allowed(address, local=False)


@pytest.mark.parametrize("address", ["169.254.169.254", "169.254.1.1", "fe80::1", "fe80::1%eth0", "0.0.0.0", "::", "224.0.0.1",
                                     "ff02::1", "255.255.255.255", "240.0.0.1", "::ffff:169.254.169.254", "fd00:ec2::254",
                                     "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "2001:0:53aa:64c:0:0:5601:5601", "x", ""])  # fmt: skip
def test_machines_addresses_are_never_asked(address: str) -> None:
    assert not is_allowed(address, local=True)
    assert not is_allowed(address, local=False)


def refused(url: str, *, local: bool = False) -> str:
    with pytest.raises(LotchainError) as caught:
        post(url, b"x", most=10, limits=CallLimits(connect_s=0.5, whole_s=1, local=local))
    return caught.value.code


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://169.254.169.254/", "address-not-allowed"),
        ("https://127.0.0.1/", "address-not-allowed"),
        ("https://127.1/", "address-not-allowed"),
        ("https://[::ffff:10.0.0.1]/", "address-not-allowed"),
        ("https://[::1]/", "address-not-allowed"),
        ("https://localhost/", "address-not-allowed"),
        ("https://2130706433/", "address-not-allowed"),
        ("https://0x7f000001/", "address-not-allowed"),
        ("https://0/", "address-not-allowed"),
        ("https://no-such-name.invalid/", "witness-unreachable"),
        ("http://w.example/", "witness-http"),
        ("file:///etc/passwd", "base-url"),
        ("gopher://127.0.0.1/", "base-url"),
        ("https://w.example/#x", "base-url"),
        ("https://w.example@127.0.0.1/", "base-url"),
        ("https://w.example:443/", "base-url"),
        ("", "base-url"),
    ],
)
def test_where_a_witness_cannot_be(url: str, code: str) -> None:
    assert refused(url) in (code, "base-url"), url


def test_a_name_is_looked_up_once_and_that_address_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the name means a public address when it is checked, and this machine a moment later."""
    looked: list[str] = []
    real = socket.getaddrinfo

    def answer(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        looked.append(str(host))
        if host == "w.example":
            address = "192.0.2.1" if len(looked) > 1 else "93.184.216.34"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]
        return real(host, port, *rest, **more)

    dialled: list[Any] = []

    def dial(address: Any, *_: Any, **__: Any) -> socket.socket:
        dialled.append(address)
        raise OSError("not today")

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    monkeypatch.setattr(socket, "create_connection", dial)
    assert refused("https://w.example/") == "witness-unreachable"
    assert looked == ["w.example"] and dialled == [("93.184.216.34", 443)]


def test_one_forbidden_address_among_others_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert refused("https://w.example/") == "address-not-allowed"


def test_a_server_with_another_certificate_is_not_believed() -> None:
    """A plain server where TLS is expected: no handshake, no request."""
    with stub(says(200, b"x")) as (url, bodies):
        assert refused(url.replace("http://", "https://"), local=True) == "witness-unreachable"
    assert bodies == []


def test_the_environment_s_proxies_are_not_used(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    note, _ = scene.publish(scene.gatherer(scene.urls()))
    assert note is not None


def test_a_fault_of_our_own_is_heard_and_hurts_nobody_else(scene: Scene) -> None:
    urls = scene.urls()
    real = scene.gatherer(urls)._post

    def failing(url: str, body: bytes) -> Any:
        if url.startswith(urls[1]):
            raise ZeroDivisionError
        return real(url, body)

    gatherer = Gatherer(scene.listed(urls, "2"), patience=SHORT, call=failing)
    note, gathered = scene.publish(gatherer)
    assert note is not None and codes(gathered) == ["cosigned", "witness-failed", "cosigned"]


def test_a_store_that_cannot_prove_is_heard(scene: Scene) -> None:
    urls = scene.urls()
    scene.publish(scene.gatherer(urls))
    scene.grow()

    def broken(old: int, new: int) -> list[bytes]:
        raise StoreError("store-corrupt", "made by a test")

    note, gathered = publish_with_witnesses(scene.rig.ledger, scene.gatherer(urls), broken)
    assert note is None and codes(gathered) == ["store-corrupt"] * 3
