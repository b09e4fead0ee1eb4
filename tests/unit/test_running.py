"""The service on a real socket: slow and broken clients, many at once, an orderly end."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from lotchain.errors import UsageError
from lotchain.service import running
from lotchain.service.app import application
from lotchain.service.exchange import Answer, Asked, Endpoint
from lotchain.service.running import bind, require_extra, server_of, url_of


def echo(asked: Asked) -> Answer:
    return Answer(200, (("content-length", str(len(asked.body) + 2)),), asked.body + b"ok")


def slow(asked: Asked) -> Answer:
    time.sleep(0.5)
    return Answer(200, (("content-length", "4"),), b"done")


class Running:
    """A server in a thread."""

    def __init__(self) -> None:
        app = application((Endpoint("/echo", echo, ("GET", "POST"), max_body=1_000), Endpoint("/slow", slow)))
        self.socket = bind("127.0.0.1", 0)
        self.address = self.socket.getsockname()[:2]
        self.server: Any = server_of(app)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True)
        self.thread.start()

    def end(self) -> None:
        self.server.should_exit = True
        self.thread.join(timeout=20)
        assert not self.thread.is_alive()

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(*self.address, timeout=10)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def raw(self, *parts: bytes, pause: float = 0.01) -> bytes:
        """What comes back for bytes sent piece by piece, until the server closes."""
        got = b""
        with socket.create_connection(self.address, timeout=10) as connection:
            try:
                for part in (*parts, b""):
                    connection.sendall(part)
                    connection.settimeout(pause if part else 10)
                    try:
                        while more := connection.recv(4_096):
                            got += more
                        return got
                    except TimeoutError:
                        connection.settimeout(10)
            except ConnectionError:
                pass
        return got


@contextmanager
def started() -> Iterator[Running]:
    made = Running()
    try:
        yield made
    finally:
        made.end()
        made.socket.close()


def test_a_head_that_does_not_come_is_waited_for_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "HEADERS_S", 0.6)
    with started() as server:
        for parts in ((), (b"GET /echo HT",), (b"GET /echo HTTP/1.1\r\n", *[b"X: y\r\n"] * 40)):
            begun = time.monotonic()
            assert server.raw(*parts, pause=0.1) == b""
            assert time.monotonic() - begun < 5
            assert server.get("/echo") == (200, b"ok")


def test_a_second_request_on_one_connection_is_not_waited_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "HEADERS_S", 0.6)
    with started() as server:
        begun = time.monotonic()
        got = server.raw(b"GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", *[b"G"] * 40, pause=0.1)
        assert got.count(b"200 OK") == 1 and time.monotonic() - begun < 5


def test_a_slow_answer_is_no_slow_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "HEADERS_S", 0.2)
    with started() as server:
        assert server.get("/slow") == (200, b"done")


def test_a_body_that_does_not_come_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lotchain.service.app._BODY_S", 0.3)
    with started() as server:
        got = server.raw(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nConnection: close\r\n\r\nabc")
        assert b" 408 " in got and b"request-timeout" in got


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\nConnection: close\r\n\r\nzzz",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: " + b"y" * 20_000 + b"\r\nConnection: close\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_and_the_service_goes_on(sent: bytes) -> None:
    with started() as server:
        assert b" 200 " not in server.raw(sent)
        assert server.get("/echo") == (200, b"ok")


def test_a_length_stated_twice_is_refused() -> None:
    """Content-Length beside Transfer-Encoding is how requests are smuggled past proxies."""
    both = b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"
    with started() as server:
        for target in (b"POST /echo", b"GET /echo", b"GET /nothing"):
            got = server.raw(target + b" HTTP/1.1\r\nHost: x\r\n" + both)
            assert b" 400 " in got and got.count(b"HTTP/1.1 ") == 1


def test_small_answers_are_not_delayed() -> None:
    with started() as server:
        connection = http.client.HTTPConnection(*server.address, timeout=10)
        begun = time.monotonic()
        for _ in range(50):
            connection.request("GET", "/echo")
            connection.getresponse().read()
        connection.close()
        assert time.monotonic() - begun < 50 * 0.04


def test_absolute_targets_and_upgrades_open_nothing() -> None:
    with started() as server:
        absolute = b"GET http://other.example/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        assert b" 404 " in server.raw(absolute)
        upgrade = b"GET /echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n"
        assert b" 101 " not in server.raw(upgrade)


def test_many_at_once_are_answered_side_by_side() -> None:
    with started() as server, ThreadPoolExecutor(12) as pool:
        begun = time.monotonic()
        assert list(pool.map(lambda _: server.get("/slow"), range(12))) == [(200, b"done")] * 12
        assert time.monotonic() - begun < 12 * 0.5 / 2


def test_what_is_under_way_is_finished_at_the_end() -> None:
    with ThreadPoolExecutor(1) as pool:
        server = Running()
        assert server.get("/echo")[0] == 200
        waiting = pool.submit(server.get, "/slow")
        time.sleep(0.2)
        server.end()
        assert waiting.result(timeout=10) == (200, b"done")
        with pytest.raises(OSError):
            server.get("/echo")
        server.socket.close()


def test_where_nobody_can_listen_it_is_told() -> None:
    with bind("127.0.0.1", 0) as taken:
        for host, port in (("127.0.0.1", taken.getsockname()[1]), ("203.0.113.1", 0), ("no such host", 0)):
            with pytest.raises(UsageError) as caught:
                bind(host, port)
            assert caught.value.code == "address-unusable"


def test_the_url_of_a_socket() -> None:
    with bind("127.0.0.1", 0) as listening:
        assert url_of(listening) == f"http://127.0.0.1:{listening.getsockname()[1]}/"


def test_without_the_extra_it_is_said_which_library_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    require_extra()
    monkeypatch.setattr(running, "import_module", missing)
    with pytest.raises(UsageError) as caught:
        require_extra()
    assert caught.value.code == "extra-missing" and caught.value.expected == "starlette"
    assert json.loads(json.dumps(caught.value.as_json()))["remedy"].endswith('"lotchain[service]"')
