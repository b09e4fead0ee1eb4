"""GET from one configured server: bounded in time and size, no redirects, no proxies, retried where that may help."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import NamedTuple

from lotchain.core.request_profile import check_base_url
from lotchain.errors import StoreError, UsageError

SignRequest = Callable[[str, str], Mapping[str, str]]
"""(method, whole URL) → headers that sign the request as a member's."""

_CHUNK = 65_536
_MAX_PROBLEM = 4_096
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often a server is asked.

    Args:
        connect_s: seconds for each wait on the socket.
        whole_s: seconds for one whole answer.
        tries: how often one thing is asked for.
        pause_s: seconds before the second try; doubled before each further one.

    """

    connect_s: float = 10.0
    whole_s: float = 60.0
    tries: int = 4
    pause_s: float = 0.5


class _Fetched(NamedTuple):
    status: int
    body: bytes
    encoding: str


class Fetcher:
    """One server, one connection at a time. For one thread.

    Args:
        base_url: `https://…/`; plain http only to this machine, unless `allow_http`.
        patience: limits of time and tries.
        sign: makes the headers of a member's request; None where only public things are asked for.
        allow_http: for networks that are protected otherwise; entries then travel in clear.
        tls: which certificates are believed; None is what this machine believes.
        sleep: waits between tries.

    Raises:
        UsageError: `base-url`; `source-http`, for plain http elsewhere.

    """

    def __init__(
        self,
        base_url: str,
        *,
        patience: Patience | None = None,
        sign: SignRequest | None = None,
        allow_http: bool = False,
        tls: ssl.SSLContext | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base = check_base_url(base_url)
        scheme, _, rest = self._base.partition("://")
        self._authority, slash, path = rest.partition("/")
        self._prefix = slash + path
        self._secure = scheme == "https"
        here = self._authority.rpartition(":")[0] or self._authority
        if not self._secure and not allow_http and not {here, self._authority} & set(_LOOPBACK):
            raise UsageError(
                "source-http",
                "a log is read over https, unless it is on this machine",
                expected="https://…",
                found=self._base,
                remedy="use https, or allow plain http where the network is protected otherwise",
            )
        self._patience = patience or Patience()
        self._sign = sign
        self._tls = tls
        self._sleep = sleep
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str, most: int, *, signed: bool = False) -> bytes | None:
        """What lies at a path under the base URL, None for 404.

        Args:
            path: relative, already in the form that is sent.
            most: bytes of the largest body that is read; more is a fault of the server.
            signed: as a member, where there is a key; whoever serves files may give them without.

        Raises:
            StoreError: `source-unreachable`, after the last try; `source-refused`, for any other status than 200 and
                404, redirects too; `source-too-large`; `source-garbled`, for a body that cannot be decompressed.

        """
        fault: StoreError | None = None
        for attempt in range(self._patience.tries):
            if attempt:
                self._sleep(self._patience.pause_s * 2 ** (attempt - 1))
            try:
                fetched = self._once(path, most, signed)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                fault = _unreachable(self._base, type(error).__name__)
                continue
            if fetched.status not in (408, 429, 500, 502, 503, 504):
                return _body_of(fetched, path, most)
            fault = _unreachable(self._base, f"status {fetched.status}")
        raise fault if fault is not None else _unreachable(self._base, "nothing was tried")

    def _once(self, path: str, most: int, signed: bool) -> _Fetched:
        headers = {"Accept-Encoding": "gzip, identity", "User-Agent": "lotchain"}
        if signed and self._sign is not None:
            headers.update(self._sign("GET", self._base + path))
        connection = self._connected()
        if connection.sock is None:
            connection.connect()
        with ending(connection.sock, self._patience.whole_s):
            connection.request("GET", self._prefix + path, headers=headers)
            response = connection.getresponse()
            body = self._read(response, most if response.status == 200 else _MAX_PROBLEM)
        if body is None and response.status == 200:
            raise _too_large(path, most)
        if response.will_close:
            self.close()
        return _Fetched(response.status, body or b"", response.headers.get("Content-Encoding", "identity"))

    def _read(self, response: http.client.HTTPResponse, most: int) -> bytes | None:
        """A whole body, None where it has more than `most` bytes; then the rest of it is left unread."""
        parts: list[bytes] = []
        length = 0
        if response.length is None or response.length <= most:
            while chunk := response.read1(_CHUNK):
                parts.append(chunk)
                length += len(chunk)
                if length > most:
                    break
            else:
                if response.length:
                    raise http.client.IncompleteRead(b"", response.length)
                response.close()  # read to its end, yet not closed by that: the connection takes no next request else
                return b"".join(parts)
        self.close()
        return None

    def _connected(self) -> http.client.HTTPConnection:
        if self._connection is None:
            wait = self._patience.connect_s
            if self._secure:
                context = self._tls or ssl.create_default_context()
                self._connection = http.client.HTTPSConnection(self._authority, timeout=wait, context=context)
            else:
                self._connection = http.client.HTTPConnection(self._authority, timeout=wait)
        return self._connection

    def close(self) -> None:
        """Drop the connection; the next request makes a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


@contextmanager
def ending(sock: socket.socket, seconds: float) -> Iterator[None]:
    """Cuts the connection when its time is over: a server that drips bytes never meets a socket's own timeout."""
    # The plain socket's method: a TLS socket's own one takes the object apart that another thread reads from.
    timer = threading.Timer(seconds, lambda: _shut(sock))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):  # it has ended by itself
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _body_of(fetched: _Fetched, path: str, most: int) -> bytes | None:
    if fetched.status == 404:
        return None
    if fetched.status != 200:
        raise StoreError(
            "source-refused",
            "the log's server does not give this",
            expected="status 200",
            found=f"status {fetched.status} for {path}: {fetched.body[:300].decode('utf-8', 'replace')}",
            remedy="a redirect is not followed: use the URL that the server is known by; for 401 and 403 see the key",
        )
    if fetched.encoding == "identity":
        return fetched.body
    return _unzipped(fetched, path, most)


def _unzipped(fetched: _Fetched, path: str, most: int) -> bytes:
    """The body without its gzip, never more of it than `most` bytes."""
    if fetched.encoding != "gzip":
        raise _garbled(path, f"content coding {fetched.encoding[:40]}")
    unzip = zlib.decompressobj(wbits=31)
    try:
        data = unzip.decompress(fetched.body, most + 1)
    except zlib.error as fault:
        raise _garbled(path, str(fault)) from None
    if len(data) > most:
        raise _too_large(path, most)
    if not unzip.eof or unzip.unused_data:
        raise _garbled(path, "gzip that does not end where the body does")
    return data


def _unreachable(base: str, found: str) -> StoreError:
    return StoreError(
        "source-unreachable", "the log's server did not answer", expected=base, found=found, remedy="try again later"
    )


def _too_large(path: str, most: int) -> StoreError:
    expected = f"at most {most} bytes"
    return StoreError("source-too-large", "the log's server sends too much", expected=expected, found=path)


def _garbled(path: str, found: str) -> StoreError:
    return StoreError("source-garbled", "what the log's server sent cannot be read", found=f"{path}: {found}")
