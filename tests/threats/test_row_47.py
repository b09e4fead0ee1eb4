"""Threat row 47, HTTP smuggling, method override, confused content types and compressed bodies.

The row proposes 400 for Content-Length beside Transfer-Encoding, 415 for text/plain JSON, and 413 for a gzip bomb. As in the
protocol nothing here takes JSON, and a witness takes its one body whatever media type stands beside it (C2SP
tlog-witness), so there is no 415; no body is ever decompressed, so a gzip bomb is a body like any other, with a limit.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit import test_running
from tests.unit.ledgers import SetClock
from tests.unit.test_growth_witness import NOW_MS, Kept, asked, witness
from tests.unit.test_running import Running, started

from lotchain.core.add_checkpoint import MAX_REQUEST
from lotchain.service.app import application
from lotchain.service.running import server_of
from lotchain.service.witness_app import witness_endpoints


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A witness on a real socket: the one service here that takes bodies."""
    app = application(witness_endpoints(witness(Kept(), clock=SetClock(NOW_MS))))
    monkeypatch.setattr(test_running, "server_of", lambda _: server_of(app))
    with started() as made:
        yield made


def statuses(answer: bytes) -> list[int]:
    """Those of every response that came on one connection."""
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]


def head(*lines: bytes, method: bytes = b"POST", target: bytes = b"/add-checkpoint") -> bytes:
    return b"\r\n".join((method + b" " + target + b" HTTP/1.1", b"Host: w.example", *lines, b"", b""))


SECOND = b"GET /smuggled HTTP/1.1\r\nHost: w.example\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "lines",
    [
        (b"Content-Length: 0", b"Transfer-Encoding: chunked"),
        (b"Transfer-Encoding: chunked", b"Content-Length: 6"),
        (b"Content-Length: 5", b"Content-Length: 6"),
        (b"Content-Length: 0, 5",),
        (b"Content-Length: +5",),
        (b"Content-Length: -1",),
        (b"Content-Length: 0x5",),
        (b"Content-Length : 5",),
        (b"Content-Length: 5\r\n 0",),
        (b"Transfer-Encoding: chunked, identity",),
        (b"Transfer-Encoding: xchunked",),
        (b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"),
        (b"Transfer-Encoding : chunked",),
        (b"Transfer-Encoding: \x0bchunked",),
        (b"Content-Length: 0\r\rTransfer-Encoding: chunked",),
        (b"X: a\nTransfer-Encoding: chunked", b"Content-Length: 5"),
    ],
    ids=repr,
)
def test_a_body_whose_end_can_be_read_in_two_ways_is_refused_and_the_rest_is_not_read(
    server: Running, lines: tuple[bytes, ...]
) -> None:
    """Refused with 4xx or 501, and the connection ends: what follows is never taken for a second request."""
    (status,) = statuses(server.raw(head(*lines) + b"0\r\n\r\n" + SECOND)) or [0]
    assert 400 <= status < 502, "refused"


@pytest.mark.parametrize(
    "chunks", [b"zz\r\n", b"-1\r\n", b"5;" + b"x" * 20_000, b"ffffffffffffffffff\r\n", b"2\r\nabcd\r\n"]
)
def test_chunks_that_are_none_end_the_connection(server: Running, chunks: bytes) -> None:
    got = statuses(server.raw(head(b"Transfer-Encoding: chunked") + chunks + SECOND))
    assert 404 not in got and 200 not in got


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"])
def test_a_method_is_not_overridden_by_a_header_or_a_parameter(server: Running, name: str) -> None:
    line = f"{name}: POST".encode()
    for target in (b"/add-checkpoint", b"/add-checkpoint?_method=POST"):
        got = server.raw(head(line, b"Connection: close", method=b"GET", target=target))
        assert statuses(got) == [405]
    got = server.raw(head(f"{name}: GET".encode(), b"Content-Length: 1", b"Connection: close") + b"x")
    assert statuses(got) == [400], "a POST stays one"


def test_a_compressed_body_is_a_body_like_any_other(server: Running) -> None:
    """It is not decompressed: what is inside is not looked at, and a bomb is as small as it is."""
    good = asked(0, 7)
    for coding in (b"gzip", b"deflate", b"br", b"zstd"):
        zipped = gzip.compress(good)
        lines = (b"Content-Encoding: " + coding, b"Content-Length: %d" % len(zipped), b"Connection: close")
        assert statuses(server.raw(head(*lines) + zipped)) == [400]
    bomb = gzip.compress(bytes(50_000_000), compresslevel=9)
    assert len(bomb) < MAX_REQUEST
    lines = (b"Content-Encoding: gzip", b"Content-Length: %d" % len(bomb), b"Connection: close")
    assert statuses(server.raw(head(*lines) + bomb)) == [400]


def test_a_body_over_the_limit_is_refused_unread(server: Running) -> None:
    got = server.raw(head(b"Content-Length: 99999999999", b"Connection: close") + b"x" * (MAX_REQUEST + 1))
    assert statuses(got) == [413]


@pytest.mark.parametrize("media_type", ["application/json", "text/html", "multipart/form-data; boundary=x", ""])
def test_the_media_type_of_a_request_changes_nothing_of_what_is_read(server: Running, media_type: str) -> None:
    body = json.dumps({"old": 0}).encode()
    lines = (f"Content-Type: {media_type}".encode(), b"Content-Length: %d" % len(body), b"Connection: close")
    got = server.raw(head(*lines) + body)
    assert statuses(got) == [400] and b"nosniff" in got and b"text/plain" in got


def test_a_stranger_s_bytes_come_back_as_no_page(server: Running) -> None:
    for target in (b"/<script>alert(1)</script>", b"/%3Cscript%3E", b"/x?<img src=x>"):
        got = server.raw(head(b"Connection: close", method=b"GET", target=target.replace(b" ", b"%20")))
        assert statuses(got) == [404] and b"application/problem+json" in got and b"nosniff" in got


def test_nothing_here_decompresses_a_request() -> None:
    """The service's own modules know gzip for answers alone."""
    folder = Path(application.__code__.co_filename).parent
    named = [path.name for path in folder.glob("*.py") if "decompress" in path.read_text("utf-8")]
    assert named == []
