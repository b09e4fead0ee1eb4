"""A service at work: a socket, uvicorn around the application, an orderly end. Needs the extra `service`."""

from __future__ import annotations

import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from lotchain.errors import UsageError

HEADERS_S = 20.0
"""Seconds in which a request's head must have come; after that the connection is closed."""
READING_S = 30.0
"""Seconds in which whoever asked must have taken the rest of an answer, or `_LEAST` bytes more of it."""
_LEAST = 65_536
_KEEP_ALIVE_S = 5
_END_S = 10
_CONNECTIONS = 256
_HEAD_BYTES = 16_384


def require_extra() -> None:
    """Raise `UsageError` `extra-missing` unless all that serving needs is installed."""
    for module in ("starlette", "uvicorn", "http_message_signatures", "http_sf"):
        try:
            import_module(module)
        except ImportError:
            raise UsageError(
                "extra-missing",
                "serving over HTTP needs libraries that are not installed",
                expected=module,
                remedy='install the extra: pip install "lotchain[service]"',
            ) from None


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 takes a free one.

    Raises:
        UsageError: `address-unusable`.

    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # The protocol is named, since asyncio sends small answers without delay on such sockets alone.
        listening = socket.socket(family, kind, socket.IPPROTO_TCP)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(128)
        except BaseException:
            listening.close()
            raise
    except (OSError, OverflowError, UnicodeError) as fault:
        raise UsageError(
            "address-unusable", "the service cannot listen there", found=f"{host} port {port}: {fault}",
            remedy="choose another --host or --port",
        ) from None  # fmt: skip
    return listening


def url_of(listening: socket.socket) -> str:
    """The URL of a listening socket, where nothing stands before it."""
    host, port = listening.getsockname()[:2]
    named = f"[{host}]" if ":" in host else host
    return f"http://{named}/" if port == 80 else f"http://{named}:{port}/"


def run(application: Any, listening: socket.socket, started: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; then finish what is under way, for at most ten seconds.

    Args:
        application: ASGI.
        listening: from `bind`; closed at the end.
        started: called when requests can come: the socket takes them from here on.

    """
    server = server_of(application)
    with listening, _signals_end_it():
        started()
        server.run(sockets=[listening])


def server_of(application: Any) -> Any:
    """A uvicorn server of an application, with our limits."""
    uvicorn = import_module("uvicorn")
    # What it warns of is what strangers send; our own log tells what was answered.
    logging.getLogger("uvicorn").setLevel(logging.ERROR)
    return uvicorn.Server(
        uvicorn.Config(
            application,
            http=_patient_protocol(),
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_END_S,
            limit_concurrency=_CONNECTIONS,
            h11_max_incomplete_event_size=_HEAD_BYTES,
        )
    )


@contextmanager
def _signals_end_it() -> Iterator[None]:
    """The server raises its signals again when it has ended: let that be no failure, since ending was the wish."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Taken:
    """Whether what was answered is taken: cuts a connection off whose other end does not read.

    From `watch` on the time counts; closing a connection waits for what is left, and so for this.
    """

    def __init__(self, loop: Any, transport: Any) -> None:
        self._loop = loop
        self._transport = transport
        self._timer: Any = None

    @property
    def watched(self) -> bool:
        """Whether the time counts."""
        return self._timer is not None

    def watch(self) -> None:
        """From here on what is left must be taken."""
        self.leave()
        left = self._transport.get_write_buffer_size()
        if left:
            self._timer = self._loop.call_later(READING_S, self._look, left)

    def leave(self) -> None:
        """Nothing is waited for."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self, before: int) -> None:
        self._timer = None
        if self._transport.get_write_buffer_size() > max(before - _LEAST, 0):
            self._transport.abort()
        else:
            self.watch()


def _patient_protocol() -> Any:
    """The HTTP/1.1 protocol of uvicorn, which waits for askers and readers only so long: idle ones cost others."""
    plain: Any = import_module("uvicorn.protocols.http.h11_impl").H11Protocol

    class PatientProtocol(plain):  # type: ignore[misc]
        """Closes connections on which a request's head does not come to its end, or an answer is not taken."""

        _deadline: Any = None
        _taken: _Taken

        def connection_made(self, transport: Any) -> None:
            """A new connection: its first request is waited for."""
            super().connection_made(transport)
            self._taken = _Taken(self.loop, transport)
            self._deadline = self.loop.call_later(HEADERS_S, self._give_up)

        def data_received(self, data: bytes) -> None:
            """More bytes: a request's head begins, goes on, or is whole."""
            if not self.transport.get_write_buffer_size():
                self._taken.leave()
            super().data_received(data)
            if self.cycle is not None and not self.cycle.response_complete:
                self._settle()
            elif self._deadline is None:
                self._deadline = self.loop.call_later(HEADERS_S, self._give_up)

        def on_response_complete(self) -> None:
            """Answered: from here on the keep-alive time counts."""
            super().on_response_complete()
            self._settle()
            if not self._taken.watched:
                self._taken.watch()

        def pause_writing(self) -> None:
            """More of an answer waits than the connection takes."""
            super().pause_writing()
            self._taken.watch()

        def resume_writing(self) -> None:
            """Much of it was taken."""
            super().resume_writing()
            self._taken.watch()

        def connection_lost(self, exc: Exception | None) -> None:
            """Gone."""
            self._settle()
            self._taken.leave()
            super().connection_lost(exc)

        def _settle(self) -> None:
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None

        def _give_up(self) -> None:
            self._deadline = None
            if self.transport is not None and not self.transport.is_closing():
                self.transport.close()

    return PatientProtocol
