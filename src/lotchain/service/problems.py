"""Whatever goes wrong, as a problem document (RFC 9457): a status, a stable code, what was expected, what to do."""

from __future__ import annotations

import json

from lotchain.errors import LotchainError, Malformed, StoreError, UsageError
from lotchain.service.exchange import Answer

MEDIA_TYPE = "application/problem+json"

_STATUS = {
    "not-found": 404,
    "nothing-published": 404,
    "tile-path-malformed": 404,
    "lot-not-published": 404,
    "method-not-allowed": 405,
    "request-timeout": 408,
    "too-large": 413,
    "target-too-long": 414,
    "request-unsigned": 401,
    "request-signature-format": 401,
    "request-signature-wrong": 401,
    "request-parameters": 401,
    "request-components": 401,
    "request-nonce": 401,
    "request-key-id": 401,
    "request-tag": 401,
    "request-stale": 401,
    "request-expired": 401,
    "request-replayed": 401,
    "request-key-unknown": 403,
    "request-key-revoked": 403,
    "requests-too-many": 429,
    "internal-error": 500,
}
_TITLES = {
    400: "Bad request",
    401: "A member's signed request is needed",
    403: "Not a member's valid key",
    404: "Not found",
    405: "Method not allowed",
    408: "Request timeout",
    413: "Content too large",
    414: "Target too long",
    429: "Too many requests",
    500: "The service failed",
    503: "Not now",
}
ACCEPT_SIGNATURE = 'lotchain=("@method" "@target-uri");created;expires;nonce;keyid;tag="lotchain"'
"""What we ask for (RFC 9421 section 5.1)."""


def status_of(fault: LotchainError) -> int:
    """The HTTP status of a fault."""
    if fault.code in _STATUS:
        return _STATUS[fault.code]
    if isinstance(fault, Malformed | UsageError):
        return 400
    return 503 if isinstance(fault, StoreError) and fault.code == "store-busy" else 500


def problem(fault: LotchainError, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """The answer that tells a fault. Of our own failures only the code is told: the rest could name files."""
    status = status_of(fault)
    told = fault.as_json() if status < 500 else {"code": fault.code}
    members: dict[str, object] = {"type": "about:blank", "title": _TITLES.get(status, "Refused"), "status": status}
    if "what" in told:
        members["detail"] = told.pop("what")
    body = json.dumps({**members, **told}, ensure_ascii=True).encode("ascii") + b"\n"
    extra: tuple[tuple[str, str], ...] = ()
    if status == 401:
        # RFC 9110 wants a challenge beside a 401; RFC 9421 says what a signature should look like in another field.
        extra = (("www-authenticate", "Signature"), ("accept-signature", ACCEPT_SIGNATURE))
    elif status in (429, 503):
        extra = (("retry-after", "1"),)
    fixed = (
        ("content-type", MEDIA_TYPE),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("content-length", str(len(body))),
    )
    return Answer(status, (*fixed, *extra, *headers), body)


def not_found(path: str) -> UsageError:
    """`not-found`: nothing is there."""
    return UsageError("not-found", "nothing is published there", found=path)
