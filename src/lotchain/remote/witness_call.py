"""One POST to one configured witness: bounded in time and size, to checked addresses only, no redirect, no proxy.

Addresses come from the operator's own configuration, never from data. They are looked up once, each is checked, and the
connection goes to one that was checked, so that a name cannot mean another machine a moment later. Without leave for
local witnesses only addresses of the public internet are asked, over https; with it, this machine and private networks,
too. What serves machines and not people (link-local addresses, where clouds keep their secrets) is never asked.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from typing import NamedTuple

from lotchain.core.request_profile import check_base_url
from lotchain.errors import StoreError, UsageError
from lotchain.remote.fetching import ending

_CHUNK = 65_536
_MAX_FAULT = 4_096


@dataclass(frozen=True, slots=True)
class CallLimits:
    """How long a witness is waited for, and which addresses are asked.

    Args:
        connect_s: seconds for each wait on the socket.
        whole_s: seconds for one whole answer, once connected.
        local: whether this machine and private networks may be asked, over plain http, too.

    """

    connect_s: float = 5.0
    whole_s: float = 10.0
    local: bool = False


class Posted(NamedTuple):
    """What came back: status, media type without parameters, body."""

    status: int
    media_type: str
    body: bytes


class _Place(NamedTuple):
    secure: bool
    host: str
    port: int
    path: str
    authority: str


def post(url: str, body: bytes, *, most: int, limits: CallLimits, tls: ssl.SSLContext | None = None) -> Posted:
    """Send a body to a URL, and read the answer.

    Args:
        url: whole, `https://host[:port]/path`.
        body: the request's body.
        most: bytes of the largest answer of status 200 that is read; others are cut off at 4 kB.
        limits: see there.
        tls: which certificates are believed; None is what this machine believes.

    Raises:
        UsageError: `base-url`; `witness-http`, for plain http without leave for local witnesses.
        StoreError: `address-not-allowed`; `witness-unreachable`; `witness-answer-large`.

    """
    place = _place(url, local=limits.local)
    address = _allowed(place, local=limits.local)
    connection = _connection(place, address, limits, tls)
    try:
        connection.connect()
        with ending(connection.sock, limits.whole_s):
            headers = {"Content-Type": "text/plain; charset=utf-8", "User-Agent": "lotchain"}
            connection.request("POST", place.path, body=body, headers=headers)
            response = connection.getresponse()
            read = _read(response, most if response.status == 200 else _MAX_FAULT)
            media_type = response.headers.get_content_type()
    except (OSError, http.client.HTTPException) as fault:
        raise _unreachable(url, f"{type(fault).__name__}: {fault}") from fault
    finally:
        connection.close()
    if len(read) > most and response.status == 200:
        raise StoreError(
            "witness-answer-large", "the witness sends too much", expected=f"at most {most} bytes", found=url
        )
    return Posted(response.status, media_type, read[:_MAX_FAULT] if response.status != 200 else read)


def _read(response: http.client.HTTPResponse, most: int) -> bytes:
    """The body, at most one byte more than `most`."""
    parts: list[bytes] = []
    length = 0
    while length <= most and (chunk := response.read1(min(_CHUNK, most + 1 - length))):
        parts.append(chunk)
        length += len(chunk)
    if length <= most and response.length:
        raise http.client.IncompleteRead(b"", response.length)
    return b"".join(parts)


def _place(url: str, *, local: bool) -> _Place:
    checked = check_base_url(url)
    scheme, _, rest = checked.partition("://")
    authority, slash, path = rest.partition("/")
    secure = scheme == "https"
    if not secure and not local:
        raise UsageError(
            "witness-http",
            "a witness is asked over https, unless local witnesses are meant",
            expected="https://…",
            found=url,
            remedy="use https, or allow local witnesses",
        )
    host, colon, port = authority.rpartition(":")
    if not colon or "]" in port:
        host, port = authority, ""
    number = int(port) if port else (443 if secure else 80)
    # Slashes at the end are those of `check_base_url`, not of what was configured.
    return _Place(secure, host.strip("[]"), number, slash + path if url.endswith("/") else slash + path[:-1], authority)


def _allowed(place: _Place, *, local: bool) -> tuple[str, int]:
    """An address of the host, once all that it has are allowed."""
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise _unreachable(place.authority, f"no address: {fault}") from fault
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not is_allowed(address, local=local):
            raise StoreError(
                "address-not-allowed",
                "a witness's name leads to an address that is not asked",
                expected="an address of the public internet" + (", this machine or a private network" if local else ""),
                found=f"{place.authority}: {address}",
                remedy="" if local else "where a local witness is meant, allow local witnesses",
            )
    return addresses[0], place.port


def is_allowed(address: str, *, local: bool) -> bool:
    """Whether a witness may be at an IP address.

    Args:
        address: as resolved, with or without a zone.
        local: whether this machine and private networks are meant, too.

    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip.sixtofour is not None or ip.teredo is not None or ip in _NAT64:
            return False  # another address in disguise
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified or any(ip in network for network in _METADATA):
        return False
    if ip.is_global and not any(ip in network for network in _NOT_PUBLIC):
        return not ip.is_reserved and (ip.version == _V4 or ip in _PUBLIC_V6)
    return local and any(ip in network for network in _LOCAL if network.version == ip.version)


_LOCAL = tuple(
    map(ipaddress.ip_network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"))
)
_V4 = 4
_PUBLIC_V6 = ipaddress.ip_network("2000::/3")
"""All that was ever given out of IPv6 for the public internet."""
_NOT_PUBLIC = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "2001::/23")))
"""Special-purpose networks (RFC 6890 and after) that this Python may hold to be public."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_METADATA = (ipaddress.ip_network("fd00:ec2::/32"), ipaddress.ip_network("168.63.129.16/32"))
"""Where clouds answer their machines beside 169.254.169.254; the second one is a public address."""


def _connection(
    place: _Place, address: tuple[str, int], limits: CallLimits, tls: ssl.SSLContext | None
) -> http.client.HTTPConnection:
    """A connection that goes to the checked address, whatever the name means by then."""

    def pinned(_: object, timeout: object = None, source: object = None) -> socket.socket:
        return socket.create_connection(address, limits.connect_s)

    connection: http.client.HTTPConnection
    if place.secure:
        context = tls or ssl.create_default_context()
        connection = http.client.HTTPSConnection(place.host, place.port, timeout=limits.connect_s, context=context)
    else:
        connection = http.client.HTTPConnection(place.host, place.port, timeout=limits.connect_s)
    connection._create_connection = pinned  # type: ignore[attr-defined]
    return connection


def _unreachable(where: str, found: str) -> StoreError:
    return StoreError(
        "witness-unreachable", "the witness did not answer", expected=where, found=found, remedy="try again later"
    )
