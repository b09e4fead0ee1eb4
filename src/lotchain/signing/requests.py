"""Requests to a ledger's service, signed with a member's key (RFC 9421 HTTP Message Signatures).

The headers are made by the library `http-message-signatures` of the extra `service`; the private key stays behind the
`Signer`. What such a request is: `core.request_profile`, `specs/formats/http.md`.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from lotchain.core.request_profile import ALGORITHMS, COVERED, LABEL, TAG, WINDOW_S
from lotchain.errors import UsageError
from lotchain.signing.signer import Signer


@dataclass(slots=True)
class _Message:
    """A request as the library looks at it."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


def sign_request(
    signer: Signer,
    method: str,
    url: str,
    *,
    created_s: int,
    body: bytes | None = None,
    nonce: str | None = None,
    lifetime_s: int = WINDOW_S,
) -> Mapping[str, str]:
    """The headers to send along: Signature-Input, Signature, and Content-Digest where there is a body.

    Args:
        signer: a key that is enrolled on the ledger.
        method: upper case.
        url: the whole target, as the server is known (`core.request_profile.check_base_url`) and as it is sent.
        created_s: now, seconds since 1970.
        body: what is sent with it; None for none.
        nonce: 16 to 64 letters, digits, - or _; a fresh one where None. Never use one twice.
        lifetime_s: until when it may be used, seconds from `created_s`, at most 300.

    Raises:
        UsageError: `extra-missing`, where the library is not installed.
        SigningError: those of the signer.

    """
    library = _library()
    public = signer.public
    message = _Message(method, url)
    library.HTTPMessageSigner(
        signature_algorithm=_algorithm(library, ALGORITHMS[public.algorithm]), key_resolver=_OneKey(signer)
    ).sign(
        message,
        key_id=public.subject,
        created=_instant(created_s),
        expires=_instant(created_s + lifetime_s),
        nonce=nonce if nonce is not None else secrets.token_urlsafe(24),
        label=LABEL,
        tag=TAG,
        covered_component_ids=COVERED,
        body=body,
    )
    return message.headers


class _OneKey:
    """The library's key resolver, over one signer."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def resolve_private_key(self, key_id: str) -> Signer:
        """The signer."""
        return self._signer


@cache
def _algorithm(library: Any, name: str) -> Any:
    """The library's algorithm of this name, over a `Signer` instead of a private key of its own."""

    def init(self: Any, public_key: object = None, private_key: object = None) -> None:
        self.signer = private_key

    def sign(self: Any, message: bytes) -> bytes:
        signature: bytes = self.signer.sign(message)
        return signature

    members = {"algorithm_id": name, "__init__": init, "sign": sign}
    return type("SignerAlgorithm", (library.HTTPSignatureAlgorithm,), members)


def _instant(seconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC)


def _library() -> Any:
    try:
        return import_module("http_message_signatures")
    except ImportError:
        raise UsageError(
            "extra-missing",
            "signing a request to a service needs a library that is not installed",
            expected="http-message-signatures",
            remedy='install the extra: pip install "lotchain[service]"',
        ) from None
