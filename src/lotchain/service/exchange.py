"""One request and its answer, as endpoints see them, whatever server stands around.

An endpoint is a function from `Asked` to `Answer`, called in a thread of its own. What it raises becomes a problem
document (`problems`).
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

MAX_TARGET = 1_024
"""Bytes of the longest request target that is looked at."""

FOR_EVER = "public, max-age=31536000, immutable"
"""What never changes, and anybody may see."""
FOR_EVER_PRIVATE = "private, max-age=31536000, immutable"
"""What never changes, and only who asked may see: a signature is no `Authorization`, so shared caches must be told."""
ASK_AGAIN = "no-cache"
"""What may have changed: kept, but asked for each time."""

_MAX_LISTED = 1_024


class Asked(NamedTuple):
    """A request.

    Args:
        method: as sent; HEAD is answered as GET, and the server leaves the body out.
        path: as sent, from the service's root on; never decoded.
        query: after the question mark, as sent; empty for none.
        headers: names in lower case, in order, repeated ones too.
        body: whole, within the endpoint's limit.

    """

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def fields(self, name: str) -> list[str]:
        """The lines of one header, in order."""
        return [value for known, value in self.headers if known == name]


class Answer(NamedTuple):
    """A response; `headers` hold all but what the server itself adds."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class Endpoint(NamedTuple):
    """One route.

    Args:
        path: exact, or ending in `*`: then everything below.
        handler: what answers.
        methods: the allowed ones; HEAD comes with GET.
        max_body: bytes of the largest body that is read.

    """

    path: str
    handler: Callable[[Asked], Answer]
    methods: tuple[str, ...] = ("GET",)
    max_body: int = 0


def content(asked: Asked, body: bytes, media_type: str, caching: str, *, compress: bool = False) -> Answer:
    """A 200 with its body, or a 304 where the asker has it already.

    Args:
        asked: the request; its If-None-Match and Accept-Encoding are looked at.
        body: the representation, not compressed.
        media_type: of `body`.
        caching: Cache-Control.
        compress: whether gzip is offered; the same body always gives the same compressed bytes.

    """
    zipped = compress and takes_gzip(asked)
    tag = f'"{sha256(body).hexdigest()[:32]}{"-gzip" if zipped else ""}"'
    headers = [("cache-control", caching), ("etag", tag), ("x-content-type-options", "nosniff")]
    if compress:
        headers.append(("vary", "Accept-Encoding"))
    if _known(asked, tag):
        return Answer(304, tuple(headers))
    headers.append(("content-type", media_type))
    if zipped:
        body = gzip.compress(body, compresslevel=6, mtime=0)
        headers.append(("content-encoding", "gzip"))
    headers.append(("content-length", str(len(body))))
    return Answer(200, tuple(headers), body)


def takes_gzip(asked: Asked) -> bool:
    """Whether the asker takes gzip (RFC 9110 section 12.5.3); what cannot be read is taken for no."""
    listed = ",".join(asked.fields("accept-encoding"))
    if len(listed) > _MAX_LISTED:
        return False
    weights: dict[str, bool] = {}
    for item in listed.split(","):
        coding, _, parameter = item.strip().lower().partition(";")
        weights[coding.strip()] = not _is_zero(parameter)
    return weights.get("gzip", weights.get("*", False))


def _is_zero(parameter: str) -> bool:
    """Whether a weight says *not at all*: `q=0`, `q=0.000`."""
    name, _, value = parameter.partition("=")
    return name.strip() == "q" and not value.strip().strip("0.")


def _known(asked: Asked, tag: str) -> bool:
    """Whether If-None-Match names this tag (RFC 9110 section 13.1.2: weak comparison)."""
    listed = ",".join(asked.fields("if-none-match"))
    if len(listed) > _MAX_LISTED:
        return False
    known = {item.strip().removeprefix("W/") for item in listed.split(",")}
    return tag in known or "*" in known
