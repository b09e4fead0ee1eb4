"""Statements: one event, signed by one party, as a COSE_Sign1 message (RFC 9052, RFC 9943 §5).

The layout is fixed to the byte, so a statement is read by walking that layout and accepted only when
writing what was read gives the same bytes again: there is no second way to write the same statement. The
bytes are what is stored and hashed for ever. Byte for byte: `specs/formats/statement.md`.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import NamedTuple, NoReturn

from lotchain.core import cose, ids
from lotchain.core.cose import MAX_ENTRY, sig_structure
from lotchain.core.keys import ED25519, ES256, SIGNATURE_BYTES, PublicKey
from lotchain.errors import Malformed

__all__ = [
    "CONTENT_TYPE",
    "MAX_AUDIENCE",
    "MAX_ENTRY",
    "MAX_ORIGIN",
    "MAX_SIGNED_AT",
    "MAX_STATEMENT",
    "Statement",
    "assemble",
    "audience_of",
    "parse_statement",
    "protected_header",
    "sig_structure",
    "verify_signature",
]

MAX_STATEMENT = 20_000
"""Bytes of a statement, so that a conflict that carries two still fits an entry."""
MAX_AUDIENCE = 256
MAX_ORIGIN = MAX_AUDIENCE - 65
"""Characters of an origin: what leaves room for `#` and a charter id in an audience."""
MAX_SIGNED_AT = 253_402_300_799
"""9999-12-31T23:59:59Z in seconds since 1970-01-01T00:00:00Z."""
CONTENT_TYPE = "application/vnd.lotchain.event+json"

_LAYOUT = "the layout of specs/formats/statement.md"
_AUDIENCE = re.compile(r'([!-"$-*,-~]{1,191})(?:#[0-9a-f]{64})?')
_HEAD_ALG = {ED25519: b"\xa4\x01\x27", ES256: b"\xa4\x01\x26"}
_ALG_BYTE = {0x27: ED25519, 0x26: ES256}
_MIDDLE = b"\x03" + cose.text_string(CONTENT_TYPE) + b"\x04\x58\x20"  # 3: content type, 4: kid, bstr of 32
_KID_AT = 3 + len(_MIDDLE)
_CLAIMS = b"\x0f\xa4"  # 15: CWT claims, a map of four
_CLAIMS_AT = _KID_AT + 32
_RECEIPTS = 394  # what a transparent statement has there, a file derived from a statement (RFC 9943 §7)
_LABELS = {1: "alg", 3: "content type", 4: "kid", 15: "claims"}
_CLAIM_NAMES = {1: "issuer", 2: "subject", 3: "audience", 6: "signed_at"}


class Statement(NamedTuple):
    """A statement as it was read: well formed, its signature not yet verified.

    Args:
        raw: the whole message, which is the log entry.
        id: 32 bytes, SHA-256 of the Sig_structure: what was signed, not the signature, so that one act
            signed twice is one statement.
        algorithm: COSE number, -8 (Ed25519) or -7 (ES256).
        kid: RFC 9679 thumbprint of the signer's key, 32 bytes.
        issuer: `party:…`, who states it.
        subject: the subject that it is mainly about.
        audience: the one ledger that it is meant for, `origin#<charter id>`, or for a charter the origin.
        signed_at: when the signer says it was signed, seconds since 1970-01-01T00:00:00Z.
        payload: the event's canonical JSON, not looked into here.
        signature: 64 bytes.
        protected: the protected header's bytes.

    """

    raw: bytes
    id: bytes
    algorithm: int
    kid: bytes
    issuer: str
    subject: str
    audience: str
    signed_at: int
    payload: bytes
    signature: bytes
    protected: bytes

    @property
    def signed(self) -> bytes:
        """The Sig_structure: the bytes under the signature and under the id."""
        return sig_structure(self.protected, self.payload)

    @property
    def hex_id(self) -> str:
        """The id as 64 lower-case hex digits."""
        return self.id.hex()


def audience_of(origin: str, charter_id: bytes | None) -> str:
    """The audience of a ledger's statements: its origin, and the id of its charter once there is one.

    Args:
        origin: the log's name, as in its checkpoints; printable ASCII without space, `#` and `+`.
        charter_id: statement id of the charter, 32 bytes; None for the charter itself.

    Raises:
        Malformed: `audience-format`.

    """
    if charter_id is not None and len(charter_id) != 32:
        raise Malformed(
            "audience-format", "a charter id has 32 bytes", expected="32 bytes", found=len(charter_id), field="audience"
        )
    audience = origin if charter_id is None else f"{origin}#{charter_id.hex()}"
    _check_audience(audience)
    if "#" in origin:
        raise Malformed(
            "audience-format", "an origin holds no #", expected="a log's name", found=origin, field="audience"
        )
    return audience


def protected_header(*, algorithm: int, kid: bytes, issuer: str, subject: str, audience: str, signed_at: int) -> bytes:
    """The protected header of a statement, deterministic CBOR; arguments as in `Statement`.

    Raises:
        Malformed: `alg-not-allowed`, `statement-malformed`, `audience-format`, `time-format`, and the codes
            of `ids.check`.

    """
    if algorithm not in _HEAD_ALG:
        raise _algorithm_refused(algorithm)
    if not isinstance(kid, bytes) or len(kid) != 32:
        _refuse("kid is a key's thumbprint", expected="32 bytes", field="kid")
    _check_claims(issuer, subject, audience, signed_at)
    return _header(algorithm, kid, (issuer, subject, audience, signed_at))


def assemble(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    """The message: tag 18, `[protected, {}, payload, signature]`."""
    return b"\xd2\x84" + cose.byte_string(protected) + b"\xa0" + cose.byte_string(payload) + cose.byte_string(signature)


def parse_statement(raw: bytes, *, max_bytes: int = MAX_ENTRY) -> Statement:
    """Read one statement; accepts exactly the bytes that `assemble` of a `protected_header` gives.

    Args:
        raw: the whole entry.
        max_bytes: `MAX_STATEMENT` where the event's type allows no more; refused beyond, before anything is
            read.

    Raises:
        Malformed: `too-large`, `statement-malformed`, `header-unknown`, `version-unsupported`,
            `unsigned-data`, `alg-not-allowed`, `signature-format`, `audience-format`, `time-format`, and
            the codes of `ids.check`.

    """
    if not isinstance(raw, bytes):
        _refuse("a statement is a byte string", found=type(raw).__name__)
    if len(raw) > max_bytes:
        raise Malformed("too-large", "a statement is too large", expected=f"at most {max_bytes} bytes", found=len(raw))
    statement = _walk(raw)
    if statement is None:
        _explain(raw, max_bytes)
    _check_claims(statement.issuer, statement.subject, statement.audience, statement.signed_at)
    return statement


def verify_signature(statement: Statement, key: PublicKey) -> bool:
    """Whether `key` is the one that the statement names, is of its algorithm, and signed it."""
    return (
        statement.algorithm == key.algorithm
        and statement.kid == key.thumbprint
        and key.verify(statement.signature, sig_structure(statement.protected, statement.payload))
    )


def _header(algorithm: int, kid: bytes, claims: tuple[str, str, str, int]) -> bytes:
    issuer, subject, audience, signed_at = claims
    return b"".join(
        (
            _HEAD_ALG[algorithm],
            _MIDDLE,
            kid,
            _CLAIMS,
            b"\x01",
            cose.text_string(issuer),
            b"\x02",
            cose.text_string(subject),
            b"\x03",
            cose.text_string(audience),
            b"\x06",
            cose.unsigned(signed_at),
        )
    )


def _walk(raw: bytes) -> Statement | None:
    """Follow the fixed layout; None as soon as the bytes leave it.

    Heads are read loosely (a length in a longer form passes) because the comparison at the end is what
    decides: what was read, written again, must be the same bytes.
    """
    try:
        start, end = _span(raw, 2)
        protected = raw[start:end]
        start, end = _span(raw, end + 1)
        payload = raw[start:end]
        signature = raw[-SIGNATURE_BYTES:]
        algorithm = _ALG_BYTE[protected[2]]
        kid = protected[_KID_AT:_CLAIMS_AT]
        start, end = _span(protected, _CLAIMS_AT + 3)
        issuer = protected[start:end].decode("ascii")
        start, end = _span(protected, end + 1)
        subject = protected[start:end].decode("ascii")
        start, end = _span(protected, end + 1)
        audience = protected[start:end].decode("ascii")
        signed_at = _unsigned_at(protected, end + 1)
    except (IndexError, KeyError, UnicodeDecodeError):
        return None
    if _header(algorithm, kid, (issuer, subject, audience, signed_at)) != protected:
        return None
    # `assemble` and `sig_structure` written out, since both need the same two items and this is the hot path.
    protected_item, payload_item = cose.byte_string(protected), cose.byte_string(payload)
    if b"\xd2\x84" + protected_item + b"\xa0" + payload_item + b"\x58\x40" + signature != raw:
        return None
    statement_id = sha256(b"\x84\x6aSignature1" + protected_item + b"\x40" + payload_item).digest()
    return Statement(
        raw, statement_id, algorithm, kid, issuer, subject, audience, signed_at, payload, signature, protected
    )


def _span(data: bytes, at: int) -> tuple[int, int]:
    """Where the string whose head stands at `at` starts and ends; its kind is left to the comparison."""
    argument = data[at] & 0x1F
    if argument < 24:
        return at + 1, at + 1 + argument
    if argument == 24:
        return at + 2, at + 2 + data[at + 1]
    if argument == 25:
        return at + 3, at + 3 + (data[at + 1] << 8 | data[at + 2])
    raise IndexError


def _unsigned_at(data: bytes, at: int) -> int:
    """The unsigned integer whose head stands at `at`; it is the header's last member."""
    argument = data[at] & 0x1F
    if argument < 24:
        return argument
    if argument > 27:
        raise IndexError
    return int.from_bytes(data[at + 1 : at + 9], "big")


def _check_claims(issuer: str, subject: str, audience: str, signed_at: int) -> None:
    ids.check(issuer, "party", "issuer")
    ids.check(subject, None, "subject")
    _check_audience(audience)
    if type(signed_at) is not int or not 0 <= signed_at <= MAX_SIGNED_AT:
        raise Malformed(
            "time-format",
            "a signing time lies outside the years 1970 to 9999",
            expected=f"whole seconds, 0 to {MAX_SIGNED_AT}",
            found=signed_at,
            field="signed_at",
        )


def _check_audience(audience: str) -> None:
    if not isinstance(audience, str) or not _AUDIENCE.fullmatch(audience):
        raise Malformed(
            "audience-format",
            "an audience is a log's origin, or an origin, # and a charter id",
            expected="1 to 191 of printable ASCII without space, # and +; then maybe # and 64 hex digits",
            found=audience,
            field="audience",
        )


def _explain(raw: bytes, max_bytes: int) -> NoReturn:
    """Name what is wrong with bytes that left the layout; accepts nothing."""
    try:
        message = cose.parse_sign1(raw, max_bytes=max_bytes)
    except Malformed as fault:
        if fault.code == "cose-malformed":
            raise Malformed(
                "statement-malformed",
                fault.what,
                expected=fault.expected or _LAYOUT,
                found=fault.found,
                field=fault.field,
            ) from None
        raise
    if message.unprotected:
        raise Malformed(
            "unsigned-data",
            "a statement carries data that its signature does not cover",
            expected="an empty unprotected header",
            found=", ".join(sorted(map(str, message.unprotected))),
            remedy="take the stored statement, without receipts"
            if list(message.unprotected) == [_RECEIPTS]
            else "put into the payload what is meant, or leave it out",
            field="unprotected",
        )
    _explain_header(message.protected)
    if message.payload is None:
        _refuse("a statement carries its payload", found="a detached payload", field="payload")
    if len(message.signature) != SIGNATURE_BYTES:
        raise Malformed(
            "signature-format",
            "a signature has the wrong length",
            expected=f"{SIGNATURE_BYTES} bytes",
            found=len(message.signature),
            field="signature",
        )
    _refuse("a statement is not laid out as it must be", expected=_LAYOUT)


def _explain_header(members: dict[object, object]) -> None:
    """Name what is wrong with the protected header, if it is the header."""
    for label in members:
        if label not in _LABELS:
            raise Malformed(
                "header-unknown",
                "a protected header has a member not known here",
                expected="labels 1, 3, 4 and 15",
                found=repr(label),
                field="protected",
            )
    for label, name in _LABELS.items():
        if label not in members:
            code = "alg-not-allowed" if label == 1 else "statement-malformed"
            raise Malformed(code, f"a protected header lacks {name}", expected=f"label {label}", field=name)
    if type(members[1]) is not int or members[1] not in _HEAD_ALG:
        raise _algorithm_refused(members[1])
    content_type = members[3]
    if content_type != CONTENT_TYPE:
        ours = isinstance(content_type, str) and content_type.startswith("application/vnd.lotchain.")
        raise Malformed(
            "version-unsupported" if ours else "header-unknown",
            "a statement holds another kind of content",
            expected=CONTENT_TYPE,
            found=content_type if isinstance(content_type, str) else repr(content_type),
            field="content type",
        )
    kid = members[4]
    if not isinstance(kid, bytes) or len(kid) != 32:
        _refuse("kid is a key's thumbprint", expected="a byte string of 32", found=repr(kid), field="kid")
    claims = members[15]
    if not isinstance(claims, dict):
        _refuse("the claims are a map", found=type(claims).__name__, field="claims")
    for label in claims:
        if label not in _CLAIM_NAMES:
            raise Malformed(
                "header-unknown",
                "a statement makes a claim not known here",
                expected="claims 1, 2, 3 and 6",
                found=repr(label),
                field="claims",
            )
    for label, name in _CLAIM_NAMES.items():
        if label not in claims:
            _refuse(f"the claims lack {name}", expected=f"label {label}", field=name)
        value = claims[label]
        if label == 6:
            if type(value) is not int or not 0 <= value <= MAX_SIGNED_AT:
                raise Malformed(
                    "time-format",
                    "a signing time is a whole number of seconds in the years 1970 to 9999",
                    expected=f"whole seconds, 0 to {MAX_SIGNED_AT}",
                    found=repr(value),
                    field=name,
                )
        elif not isinstance(value, str) or not value.isascii():
            _refuse("a claim is ASCII text", found=repr(value), field=name)


def _algorithm_refused(found: object) -> Malformed:
    return Malformed(
        "alg-not-allowed",
        "a statement names an algorithm that is not used here",
        expected="-8 (EdDSA with Ed25519) or -7 (ES256)",
        found=repr(found),
        field="alg",
    )


def _refuse(what: str, *, expected: str = "", found: object = "", field: str = "") -> NoReturn:
    raise Malformed("statement-malformed", what, expected=expected or _LAYOUT, found=found, field=field)
