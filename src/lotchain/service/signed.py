"""Requests of members: signed by an enrolled key, for this server, now, and only once.

The library `http-message-signatures` (extra `service`) builds the signature base and `http-sf` reads the fields; what
is allowed in them stands in `core.request_profile`. Both fields are read, written again and compared, as everywhere
here: what has a second spelling is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from heapq import heappop, heappush
from importlib import import_module
from threading import Lock
from typing import Any, NamedTuple

from lotchain.core.encodings import b64encode
from lotchain.core.keys import PublicKey
from lotchain.core.request_profile import ALGORITHMS, MAX_FIELD, TAG, Claims, read_claims
from lotchain.errors import Malformed, UsageError
from lotchain.ledger.members import MemberKey
from lotchain.service.exchange import Asked

KeyOf = Callable[[str], MemberKey | None]
"""`key:<thumbprint>` → the enrolled key, or None."""

_FIELD = re.compile(r"[ -~]*")


class Member(NamedTuple):
    """Who asked: a party, by one of its valid keys."""

    party: str
    key: str


class _Message(NamedTuple):
    """A request as the library looks at it."""

    method: str
    url: str
    headers: dict[str, str]


class Fields(NamedTuple):
    """The two fields of a signature, read: covered components, parameters, and the signature itself."""

    components: tuple[str, ...]
    parameters: dict[str, object]
    signature: bytes


def read_fields(asked: Asked) -> Fields:
    """The one signature of a request, strictly.

    Raises:
        UsageError: `request-unsigned`, where there is none.
        Malformed: `request-signature-format`.

    """
    inputs, signatures = asked.fields("signature-input"), asked.fields("signature")
    if not inputs and not signatures:
        raise UsageError(
            "request-unsigned",
            "this is for members of the ledger, and the request is not signed",
            expected="Signature-Input and Signature (RFC 9421) by a key that is enrolled on the ledger",
        )
    if len(inputs) != 1 or len(signatures) != 1:
        raise _format("one Signature-Input and one Signature", f"{len(inputs)} and {len(signatures)}")
    said, made = _dictionary(inputs[0]), _dictionary(signatures[0])
    if len(said) != 1 or said.keys() != made.keys():
        raise _format("one signature under one label", f"{', '.join(said)}; {', '.join(made)}")
    (listed, parameters), (signature, beside) = next(iter(said.values())), next(iter(made.values()))
    if not isinstance(listed, list) or not isinstance(signature, bytes) or beside:
        raise _format("a list of components, and bytes", "members of other kinds")
    if any(type(name) is not str or inner for name, inner in listed):
        raise _format("components named by strings, without parameters", inputs[0])
    return Fields(tuple(name for name, _ in listed), parameters, signature)


def _dictionary(text: str) -> dict[str, Any]:
    """A Structured Fields dictionary (RFC 8941) in its one spelling."""
    if len(text) > MAX_FIELD or _FIELD.fullmatch(text) is None:
        raise _format(f"at most {MAX_FIELD} printable ASCII characters", f"{len(text)} characters")
    structured = import_module("http_sf")
    try:
        read: dict[str, Any] = structured.parse(text.encode("ascii"), tltype="dictionary")
        again = structured.ser(read) if read else ""
    except Exception as fault:  # whatever the library makes of it: it is not a field that we read
        raise _format("a dictionary (RFC 8941)", text) from fault
    if again != text:
        raise _format("a dictionary in its one spelling", text)
    return read


def _format(expected: str, found: str) -> Malformed:
    return Malformed("request-signature-format", "a request's signature cannot be read", expected=expected, found=found)


def check_request(asked: Asked, url: str, now_s: int, key_of: KeyOf) -> tuple[Member, Claims]:
    """Who signed this request, for this URL, at this time; whether it was seen before is not asked here.

    Args:
        asked: the request.
        url: the whole target URI, as the server is known to its clients.
        now_s: the server's clock, seconds since 1970.
        key_of: looks up an enrolled key.

    Raises:
        Malformed, UsageError: `request-…`, as `specs/formats/http.md` lists them.

    """
    fields = read_fields(asked)
    claims = read_claims(fields.components, fields.parameters, now_s, body=bool(asked.body))
    known = key_of(claims.keyid)
    if known is None:
        raise UsageError(
            "request-key-unknown",
            "the key is not enrolled on this ledger",
            found=claims.keyid,
            remedy="have it enrolled, or sign with one that is",
        )
    if claims.algorithm not in (None, ALGORITHMS[known.key.algorithm]):
        raise _wrong(f"alg {ALGORITHMS[known.key.algorithm]}, which is the key's", str(claims.algorithm))
    # No target has a fragment; the library would leave it out of what was signed.
    if "#" in url or not _verifies(known.key, asked, url):
        raise _wrong(f"a signature by {claims.keyid} over {asked.method} {url}", "another")
    if not known.valid:
        raise UsageError(
            "request-key-revoked",
            "the key is revoked on this ledger",
            found=claims.keyid,
            remedy="sign with another key of the party",
        )
    return Member(known.party, claims.keyid), claims


def _wrong(expected: str, found: str) -> UsageError:
    return UsageError(
        "request-signature-wrong", "the request's signature does not verify", expected=expected, found=found,
        remedy="sign the request as it is sent, for the URL under which this service is known",
    )  # fmt: skip


def _verifies(key: PublicKey, asked: Asked, url: str) -> bool:
    """Whether the library finds the signature to be this key's over this request, and the body its digest's."""
    library = import_module("http_message_signatures")
    headers = {name: asked.fields(name)[0] for name in ("signature-input", "signature")}
    digests = asked.fields("content-digest")
    # Where a digest came, the body must be its own, an empty one too: else a body could be taken away on the road.
    if (asked.body or digests) and digests != [f"sha-256=:{b64encode(sha256(asked.body).digest())}:"]:
        return False
    if len(digests) == 1:
        headers["content-digest"] = digests[0]
    algorithm = _algorithm(library, ALGORITHMS[key.algorithm])
    verifier = _verifier(library)(signature_algorithm=algorithm, key_resolver=_OneKey(key))
    try:
        verifier.verify(_Message(asked.method, url, headers), max_age=None, expect_tag=TAG, body=asked.body or None)
    except Exception:  # a request that the library cannot take is not signed, whatever it says of it
        return False
    return True


class _OneKey:
    """The library's key resolver, over the one key that was looked up."""

    def __init__(self, key: PublicKey) -> None:
        self._key = key

    def resolve_public_key(self, key_id: str) -> PublicKey | None:
        """The key, under its own name."""
        return self._key if key_id == self._key.subject else None


@cache
def _algorithm(library: Any, name: str) -> Any:
    """The library's algorithm, judged by the ledger's one rule for signatures (`core.keys`)."""

    def init(self: Any, public_key: object = None, private_key: object = None) -> None:
        self.key = public_key

    def verify(self: Any, signature: bytes, message: bytes) -> None:
        if not self.key.verify(signature, message):
            raise library.InvalidSignature("does not verify")

    members = {"algorithm_id": name, "__init__": init, "verify": verify}
    return type("LedgerAlgorithm", (library.HTTPSignatureAlgorithm,), members)


@cache
def _verifier(library: Any) -> Any:
    """The library's verifier without its clock: times were judged before, by ours."""

    def leave(self: Any, sig_input: object, max_age: object = None) -> None:
        """Nothing to ask here."""

    return type("LedgerVerifier", (library.HTTPMessageVerifier,), {"validate_created_and_expires": leave})


class Nonces:
    """The nonces of requests that were let in, each kept until its request has expired.

    Only verified requests are remembered, so strangers cannot fill it; one party has a share, so that it cannot either,
    however many keys it has.

    Args:
        most: nonces kept at once.
        most_of_one: of one party.

    """

    def __init__(self, most: int = 200_000, most_of_one: int = 50_000) -> None:
        self._most, self._most_of_one = most, most_of_one
        self._lock = Lock()
        self._seen: set[tuple[str, str]] = set()
        self._counts: dict[str, int] = {}
        self._order: list[tuple[int, str, str, str]] = []
        self._forgotten = 0

    def take(self, claims: Claims, now_s: int, party: str = "") -> None:
        """Remember a request that was verified.

        Args:
            claims: what it says.
            now_s: the clock, seconds since 1970.
            party: whose key it is; where none is given, the key has a share of its own.

        Raises:
            UsageError: `request-replayed`; `requests-too-many`.

        """
        with self._lock:
            self._forgotten = max(self._forgotten, now_s)
            while self._order and self._order[0][0] <= self._forgotten:
                _, key, nonce, whose = heappop(self._order)
                self._seen.discard((key, nonce))
                self._counts[whose] -= 1
                if not self._counts[whose]:
                    del self._counts[whose]
            # Another thread's clock may be ahead, or the clock was set back: what is forgotten may not come again.
            if claims.expires <= self._forgotten or (claims.keyid, claims.nonce) in self._seen:
                raise UsageError(
                    "request-replayed",
                    "this request was made before",
                    found=claims.nonce,
                    remedy="sign each request anew, with a nonce of its own",
                )
            owner = party or claims.keyid
            count = self._counts.get(owner, 0)
            if count >= self._most_of_one or len(self._seen) >= self._most:
                raise UsageError("requests-too-many", "too many requests within five minutes", remedy="try again later")
            self._seen.add((claims.keyid, claims.nonce))
            self._counts[owner] = count + 1
            heappush(self._order, (claims.expires, claims.keyid, claims.nonce, owner))


class Doorkeeper:
    """Lets members in: every request is verified, and none is let in twice.

    Args:
        base_url: under which clients know the service (`core.request_profile.check_base_url`).
        key_of: looks up an enrolled key.
        now_s: the clock, seconds since 1970.

    What was signed before the service started is refused: an earlier process may have let it in, and its memory of
    nonces went with it.

    """

    def __init__(self, base_url: str, key_of: KeyOf, now_s: Callable[[], int]) -> None:
        self._base_url = base_url
        self._key_of = key_of
        self._now_s = now_s
        self._started = now_s()
        self._nonces = Nonces()

    def admit(self, asked: Asked) -> Member:
        """Who asked.

        Raises:
            Malformed, UsageError: `request-…`, `requests-too-many`.
            StoreError: those of looking up the key.

        """
        url = self._base_url + asked.path.removeprefix("/") + (f"?{asked.query}" if asked.query else "")
        now = self._now_s()
        member, claims = check_request(asked, url, now, self._key_of)
        if claims.created < self._started:
            raise UsageError(
                "request-stale",
                "the request was signed before this service started",
                expected=f"created {self._started} or later",
                found=claims.created,
                remedy="sign the request anew",
            )
        self._nonces.take(claims, now, member.party)
        return member
