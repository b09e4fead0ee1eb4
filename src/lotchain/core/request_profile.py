"""What a signed request to a ledger's service is: the closed part of RFC 9421 that both ends keep to.

HTTP Message Signatures leave much open; here one signature, by one enrolled key, covers method and target and lives
for minutes. Parsing and making the headers is left to a library; what is allowed in them is decided here, with the
time as an argument. Byte for byte: `specs/formats/http.md`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lotchain.core.ids import check
from lotchain.core.keys import ED25519, ES256
from lotchain.errors import Malformed, UsageError

TAG = "lotchain"
LABEL = "lotchain"
"""The label that we write; any one label is read."""
WINDOW_S = 300
"""How far a request's `created` may be off the server's clock, and its `expires` from `created`, seconds."""
ALGORITHMS = {ED25519: "ed25519", ES256: "ecdsa-p256-sha256"}
"""COSE algorithm → its name in the HTTP Signature Algorithms registry (RFC 9421 section 6.2)."""
COVERED = ("@method", "@target-uri")
"""What we sign; with a body, `content-digest` too."""
MAX_FIELD = 2_048
"""Characters of the longest Signature-Input or Signature field that is looked at."""
MAX_TARGET = 2_048
"""Characters of the longest target URI."""

_ALLOWED = frozenset(("@method", "@target-uri", "@authority", "@path", "@query", "@scheme", "content-digest"))
_IN_PARTS = frozenset(("@authority", "@path", "@query"))
_REQUIRED = ("created", "expires", "keyid", "nonce", "tag")
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_BASE = re.compile(r"(https?)://((?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[1-9][0-9]{0,4})?)(/[A-Za-z0-9._~/-]*)?")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_QUAD = re.compile(r"(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})")
_MAX_HOST = 253
_MAX_PORT = 65_535
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class Claims(NamedTuple):
    """What a request's signature says, found allowed: who, when (seconds since 1970), which request."""

    keyid: str
    created: int
    expires: int
    nonce: str
    algorithm: str | None


def read_claims(components: Sequence[str], parameters: Mapping[str, object], now_s: int, *, body: bool) -> Claims:
    """The parameters of a signature, once they are all that they must be at this moment.

    Args:
        components: names of the covered components, in order; none has parameters.
        parameters: those of `@signature-params`; integers and strings as parsed.
        now_s: the server's clock, seconds since 1970.
        body: whether the request has one; then its digest must be covered.

    Raises:
        Malformed: `request-components`, `request-parameters`, `request-nonce`, `request-key-id`.
        UsageError: `request-tag`, `request-stale`, `request-expired`.

    """
    _check_components(components, body)
    unknown = sorted(parameters.keys() - {*_REQUIRED, "alg"})
    missing = [name for name in _REQUIRED if name not in parameters]
    if unknown or missing:
        raise Malformed(
            "request-parameters",
            "a request's signature has other parameters than it should",
            expected=", ".join((*_REQUIRED, "maybe alg")),
            found=", ".join((*(f"no {name}" for name in missing), *unknown)),
        )
    created, expires = _integer(parameters, "created"), _integer(parameters, "expires")
    keyid, nonce, tag = (_text(parameters, name) for name in ("keyid", "nonce", "tag"))
    algorithm = _text(parameters, "alg") if "alg" in parameters else None
    if tag != TAG:
        raise UsageError("request-tag", "the signature was made for another application", expected=TAG, found=tag)
    if _NONCE.fullmatch(nonce) is None:
        raise Malformed("request-nonce", "a nonce has 16 to 64 letters, digits, - or _", found=nonce, field="nonce")
    try:
        check(keyid, "key")
    except Malformed:
        raise Malformed(
            "request-key-id",
            "a request names the key that signed it as the ledger does",
            expected="key:<thumbprint, 64 lower-case hexadecimal digits>",
            found=keyid,
            field="keyid",
        ) from None
    _check_time(created, expires, now_s)
    return Claims(keyid, created, expires, nonce, algorithm)


def _check_components(components: Sequence[str], body: bool) -> None:
    covered = set(components)
    target = "@target-uri" in covered or covered >= _IN_PARTS
    whole = target and "@method" in covered and ("content-digest" in covered or not body)
    if not whole or len(covered) != len(components) or not covered <= _ALLOWED:
        raise Malformed(
            "request-components",
            "the signature does not cover what it must, or covers what is not known here",
            expected="@method; @target-uri or @authority, @path and @query; content-digest where there is a body",
            found=" ".join(components),
        )


def _check_time(created: int, expires: int, now_s: int) -> None:
    if abs(now_s - created) > WINDOW_S:
        raise UsageError(
            "request-stale",
            "the request was not signed within five minutes of this server's clock",
            expected=f"created {now_s - WINDOW_S} to {now_s + WINDOW_S}",
            found=created,
            remedy="set your clock, and sign the request anew",
        )
    if not created < expires <= created + WINDOW_S:
        raise UsageError(
            "request-expired",
            "a request expires after it was signed, and within five minutes",
            expected=f"expires {created + 1} to {created + WINDOW_S}",
            found=expires,
        )
    if expires <= now_s:
        raise UsageError(
            "request-expired",
            "the request has expired",
            expected=f"expires after {now_s}",
            found=expires,
            remedy="sign the request anew",
        )


def _integer(parameters: Mapping[str, object], name: str) -> int:
    value = parameters[name]
    if type(value) is not int:
        raise _kind_fault(name, "an integer", value)
    return value


def _text(parameters: Mapping[str, object], name: str) -> str:
    value = parameters[name]
    if type(value) is not str:
        raise _kind_fault(name, "a string", value)
    return value


def _kind_fault(name: str, expected: str, found: object) -> Malformed:
    return Malformed(
        "request-parameters",
        "a parameter of the signature is of another kind",
        expected=expected,
        found=type(found).__name__,
        field=name,
    )


def check_base_url(text: str) -> str:
    """The URL under which a service is reached, in its one spelling and with a slash at its end.

    Both ends must write it alike, since it is signed: lower-case host, no default port, no user, no query. A host whose
    last part is a number is an IPv4 address in four plain numbers: resolvers read other spellings as addresses, too.

    Raises:
        UsageError: `base-url`.

    """
    match = _BASE.fullmatch(text) if len(text) <= MAX_TARGET // 2 else None
    path = match[3] or "/" if match else ""
    dots = {".", ".."} & set(path.split("/"))
    if (
        match is None
        or dots
        or "//" in path
        or match[2].endswith(_DEFAULT_PORTS[match[1]])
        or not _is_authority(match[2])
    ):
        raise UsageError(
            "base-url",
            "this is no URL of a service, or not in its one spelling",
            expected="https://host[:port][/path], lower case, no default port",
            found=text,
        )
    return text if text.endswith("/") else text + "/"


def _is_authority(authority: str) -> bool:
    """Whether host and port are in their one spelling; what stands in brackets is for the resolver to read."""
    host, colon, port = authority.rpartition(":")
    if not colon or "]" in port:
        host, port = authority, ""
    if port and int(port) > _MAX_PORT:
        return False
    if host.startswith("["):
        return True
    labels = host.split(".")
    if labels[-1][:1].isdigit():
        return _QUAD.fullmatch(host) is not None and all(int(label) < 256 for label in labels)
    return len(host) <= _MAX_HOST and all(_LABEL.fullmatch(label) for label in labels)
