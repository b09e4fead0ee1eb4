"""A client that asks and never reads the answers: it must not hold a connection, and the answer's memory, for ever."""

from __future__ import annotations

import socket
import time

import pytest
from tests.unit.test_running import started

from lotchain.service import running
from lotchain.service.app import application
from lotchain.service.exchange import Answer, Asked, Endpoint
from lotchain.service.running import server_of

_LARGE = 4_000_000


def large(asked: Asked) -> Answer:
    return Answer(200, (("content-length", str(_LARGE)),), bytes(_LARGE))


def _connected(address: tuple[str, int]) -> socket.socket:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.settimeout(10)
    connection.connect(address)
    return connection


def _left(server: object, seconds: float) -> int:
    """How many connections the server still has, once it had time to drop them."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and server.server.server_state.connections:  # type: ignore[attr-defined]
        time.sleep(0.02)
    return len(server.server.server_state.connections)  # type: ignore[attr-defined]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "READING_S", 0.4)
    app = application((Endpoint("/large", large),))
    monkeypatch.setattr("tests.unit.test_running.server_of", lambda _: server_of(app))


@pytest.mark.usefixtures("impatient")
def test_who_never_reads_a_large_answer_is_let_go() -> None:
    with started() as server, _connected(server.address) as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.2)
        assert len(server.server.server_state.connections) == 1
        assert _left(server, 4) == 0


@pytest.mark.usefixtures("impatient")
def test_who_asks_on_without_reading_is_let_go() -> None:
    with started() as server, _connected(server.address) as connection:
        connection.sendall(b"GET /nothing-there HTTP/1.1\r\nHost: x\r\n\r\n" * 300)
        time.sleep(0.2)
        assert _left(server, 9) == 0


@pytest.mark.usefixtures("impatient")
def test_who_closes_its_ears_after_the_last_answer_is_let_go() -> None:
    """Closed by the server, with bytes that nobody takes: the transport would wait for them for ever."""
    with started() as server, _connected(server.address) as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        time.sleep(0.2)
        assert _left(server, 4) == 0


@pytest.mark.usefixtures("impatient")
def test_who_reads_slowly_but_reads_is_answered() -> None:
    with started() as server, _connected(server.address) as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        got = 0
        while more := connection.recv(100_000):
            got += len(more)
            time.sleep(0.001)
        assert got > _LARGE
