"""Makes specs/vectors/statements.json: `python -m tests.vectors_build.statements` from the root of the project.

Messages that are wrong are put together here from bytes, not by the code under test. Each is signed as it stands, so
that the one thing that is wrong with it is the one named.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from tests.vectors_build.keys import EC, ED, ED_OTHER, N256, L

from lotchain.signing import SoftwareSigner, sign_statement

PATH = Path(__file__).resolve().parents[2] / "specs" / "vectors" / "statements.json"

ORIGIN = "ledger.example/lots"
AUDIENCE = ORIGIN + "#" + "11" * 32
ISSUER = "party:CO-900123456"
SUBJECT = "lot:CO-900123456/7K3Q-01"
SIGNED_AT = 1_764_000_000
PAYLOAD = b'{"type":"example/1"}'
CONTENT_TYPE = "application/vnd.lotchain.event+json"

Case = dict[str, object]


def head(major: int, value: int) -> bytes:
    """A CBOR head in its shortest form."""
    for extra, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if value < 24:
            return bytes([major << 5 | value])
        if value < 1 << 8 * size:
            return bytes([major << 5 | extra]) + value.to_bytes(size, "big")
    raise ValueError(value)


def bstr(value: bytes) -> bytes:
    return head(2, len(value)) + value


def tstr(value: str) -> bytes:
    return head(3, len(value.encode())) + value.encode()


def integer(value: int) -> bytes:
    return head(0, value) if value >= 0 else head(1, -1 - value)


def cbor_map(*members: bytes) -> bytes:
    """A map of members that are a key and a value each, in the order given."""
    return head(5, len(members)) + b"".join(members)


def member(label: int, value: bytes) -> bytes:
    return integer(label) + value


ISS, SUB, AUD = member(1, tstr(ISSUER)), member(2, tstr(SUBJECT)), member(3, tstr(AUDIENCE))
IAT = member(6, integer(SIGNED_AT))
CLAIMS = (ISS, SUB, AUD, IAT)
ALG, CTYPE = member(1, integer(-8)), member(3, tstr(CONTENT_TYPE))
KID = member(4, bstr(ED.public.thumbprint))
CWT = member(15, cbor_map(*CLAIMS))
GOOD_HEADER = cbor_map(ALG, CTYPE, KID, CWT)


def signed(header: bytes, payload: bytes = PAYLOAD, signer: SoftwareSigner = ED) -> bytes:
    return signer.sign(b"\x84" + tstr("Signature1") + bstr(header) + bstr(b"") + bstr(payload))


def message(
    header: bytes = GOOD_HEADER,
    *,
    tag: bytes = b"\xd2",
    array: bytes = b"\x84",
    protected: bytes | None = None,
    unprotected: bytes = b"\xa0",
    payload: bytes | None = None,
    signature: bytes | None = None,
    after: bytes = b"",
) -> bytes:
    """A message from its encoded parts; the signature is over the header and payload as they are."""
    parts = [
        bstr(header) if protected is None else protected,
        unprotected,
        bstr(PAYLOAD) if payload is None else payload,
        bstr(signed(header)) if signature is None else signature,
    ]
    return tag + array + b"".join(parts) + after


def with_claims(*claims: bytes) -> bytes:
    return message(cbor_map(ALG, CTYPE, KID, member(15, cbor_map(*claims))))


def with_alg(value: bytes) -> bytes:
    return message(cbor_map(b"\x01" + value, CTYPE, KID, CWT))


def with_audience(audience: str) -> bytes:
    return with_claims(ISS, SUB, member(3, tstr(audience)), IAT)


def good(name: str, signer: SoftwareSigner, comment: str, **changes: object) -> Case:
    fields: dict[str, object] = {
        "issuer": ISSUER,
        "subject": SUBJECT,
        "audience": AUDIENCE,
        "signed_at": SIGNED_AT,
        "payload": PAYLOAD,
    } | changes
    raw = sign_statement(signer, **fields)  # type: ignore[arg-type]
    payload = fields.pop("payload")
    assert isinstance(payload, bytes)
    # The id once more, by other means: everything between the tag and the signature, rearranged.
    header_size = raw.index(payload) - len(head(2, len(payload))) - 1
    to_sign = b"\x84" + tstr("Signature1") + raw[2:header_size] + b"\x40" + bstr(payload)
    return {
        "name": name,
        "comment": comment,
        "valid": True,
        "statement": raw.hex(),
        "id": sha256(to_sign).hexdigest(),
        "algorithm": signer.public.algorithm,
        "kid": signer.public.thumbprint.hex(),
        **fields,
        "payload": payload.decode(),
        "key": signer.public.cose.hex(),
    }


def bad(name: str, raw: bytes, code: str, comment: str) -> Case:
    """A message that cannot be read as a statement."""
    return {"name": name, "comment": comment, "valid": False, "code": code, "statement": raw.hex()}


def forged(name: str, raw: bytes, key: SoftwareSigner, comment: str) -> Case:
    """A message that reads well, and whose signature does not hold for the key given."""
    return bad(name, raw, "bad-signature", comment) | {"key": key.public.cose.hex()}


def good_cases() -> list[Case]:
    long = b'{"text":"' + b"x" * 300 + b'"}'
    return [
        good("ed25519", ED, "a lot's statement"),
        good("es256", EC, "from a smart card"),
        good("charter", ED, "its audience is the origin alone", subject="charter", audience=ORIGIN),
        good("key", ED, "about another key", subject=ED_OTHER.public.subject),
        good("rest lot", ED, "named by the judge before", subject=SUBJECT + "~1"),
        good("first second", ED, "signed_at in one byte", signed_at=0),
        good("last second", ED, "signed_at in nine bytes", signed_at=253_402_300_799),
        good("short payload", ED, "an empty object", payload=b"{}"),
        good("long payload", ED, "a length in two bytes", payload=long),
    ]


def outer_cases() -> list[Case]:
    """Wrong outside the protected header."""
    form, whole = "statement-malformed", message()
    bare = b"\x84" + whole[2:]
    flow = b"\xd2\x9f" + whole[2:] + b"\xff"
    ec = EC.sign(b"x")
    der = bytes.fromhex("30440220") + ec[:32] + bytes.fromhex("0220") + ec[32:]
    return [
        bad("empty", b"", form, "no bytes"),
        bad("truncated", whole[:-1], form, "the last byte is missing"),
        bad("trailing byte", whole + b"\0", form, "a byte follows"),
        bad("twice", whole + whole, form, "two messages in one entry"),
        bad("no tag", bare, form, "COSE_Sign1 without its tag"),
        bad("tag 17", message(tag=b"\xd1"), form, "COSE_Mac0"),
        bad("tag 98", message(tag=b"\xd8\x62"), form, "COSE_Sign"),
        bad("tag 18 in two bytes", message(tag=b"\xd8\x12"), form, "longer than needed"),
        bad("tag twice", message(tag=b"\xd2\xd2"), form, "a tag in a tag"),
        bad("self-described", b"\xd9\xd9\xf7" + whole, form, "CBOR's magic number in front"),
        bad("array of three", message(array=b"\x83"), form, "the signature follows the array"),
        bad("array of five", message(array=b"\x85", after=b"\xf6"), form, "one element more"),
        bad("indefinite array", flow, form, "lengths are definite"),
        bad("JSON", b'{"type":"example/1"}', form, "an event without its envelope"),
        bad("header not wrapped", message(protected=GOOD_HEADER), form, "a map, not a byte string"),
        bad("header as text", message(protected=tstr("header")), form, "text"),
        bad("header absent", message(b""), "alg-not-allowed", "no protected header"),
        bad("header empty map", message(b"\xa0"), "alg-not-allowed", "no members"),
        bad("unprotected null", message(unprotected=b"\xf6"), form, "a map, though empty"),
        bad("unprotected kid", message(unprotected=bytes.fromhex("a118634130")), "unsigned-data", "label 99"),
        bad("unprotected text", message(unprotected=b"\xa1" + tstr("quantity") + tstr("1 KGM")), "unsigned-data",
            "what nobody signed could be shown as if somebody had"),
        bad("unprotected alg too", message(unprotected=b"\xa1\x01\x27"), form, "label 1 in both headers"),
        bad("unprotected not minimal", message(unprotected=b"\xb8\x00"), form, "an empty map in two bytes"),
        bad("payload detached", message(payload=b"\xf6"), form, "null"),
        bad("payload text", message(payload=tstr("{}")), form, "a byte string is wanted"),
        bad("payload in chunks", message(payload=b"\x5f" + bstr(PAYLOAD) + b"\xff"), form, "indefinite length"),
        bad("payload length long", message(payload=b"\x58\x14" + PAYLOAD), form, "20 in two bytes"),
        bad("signature short", message(signature=bstr(signed(GOOD_HEADER)[:63])), "signature-format", "63 bytes"),
        bad("signature long", message(signature=bstr(signed(GOOD_HEADER) + b"\0")), "signature-format", "65"),
        bad("signature empty", message(signature=b"\x40"), "signature-format", "none"),
        bad("signature DER", message(signature=bstr(der)), "signature-format", "the ASN.1 form"),
        bad("signature null", message(signature=b"\xf6"), form, "null"),
        bad("signature text", message(signature=tstr("s" * 64)), form, "text"),
    ]  # fmt: skip


def header_cases() -> list[Case]:
    """Wrong inside the protected header, claims aside."""
    form, alg, unknown = "statement-malformed", "alg-not-allowed", "header-unknown"
    short, long_kid = member(4, bstr(bytes(31))), member(4, bstr(bytes(33)))
    next_type = member(3, tstr("application/vnd.lotchain.event.v2+json"))
    indefinite = b"\xbf" + ALG + CTYPE + KID + CWT + b"\xff"
    other_order = cbor_map(ALG, KID, CTYPE, CWT)
    names = [(-19, "Ed25519 of RFC 9864"), (-48, "ML-DSA-44, reserved"), (-35, "ES384"), (-47, "ES256K")]
    names += [(-257, "RS256"), (-37, "PS256"), (5, "HMAC 256/256"), (0, "reserved: none"), (-65535, "RS1")]
    return [
        *[bad(f"alg {number}", with_alg(integer(number)), alg, comment) for number, comment in names],
        bad("alg text", with_alg(tstr("EdDSA")), alg, "a name in place of the number"),
        bad("alg null", with_alg(b"\xf6"), alg, "null"),
        bad("alg absent", message(cbor_map(CTYPE, KID, CWT)), alg, "the signer must say it"),
        bad("alg unprotected", message(cbor_map(CTYPE, KID, CWT), unprotected=b"\xa1\x01\x27"), "unsigned-data",
            "where the signature does not cover it"),
        bad("alg not minimal", message(b"\xa4\x01\x38\x07" + CTYPE + KID + CWT), form, "-8 in two bytes"),
        bad("alg twice", message(b"\xa5" + ALG + ALG + CTYPE + KID + CWT), form, "label 1 stands twice"),
        bad("labels out of order", message(other_order), form, "4 before 3"),
        bad("indefinite header", message(indefinite), form, "lengths are definite"),
        bad("header trailing byte", message(GOOD_HEADER + b"\0"), form, "a byte follows the map"),
        bad("header a list", message(b"\x80"), form, "not a map"),
        bad("crit", message(cbor_map(ALG, member(2, b"\x81\x18\x63"), CTYPE, KID, CWT)), unknown, "label 2"),
        bad("typ", message(cbor_map(ALG, CTYPE, KID, CWT, member(16, tstr("x")))), unknown, "label 16"),
        bad("x5t", message(cbor_map(ALG, CTYPE, KID, CWT, member(34, b"\x80"))), unknown, "label 34"),
        bad("text label", message(cbor_map(ALG, CTYPE, KID, CWT, tstr("v") + b"\x01")), unknown, "label v"),
        bad("text label for alg", message(cbor_map(CTYPE, KID, CWT, tstr("1") + b"\x27")), unknown, '"1"'),
        bad("content type absent", message(cbor_map(ALG, KID, CWT)), form, "no label 3"),
        bad("content type number", message(cbor_map(ALG, member(3, b"\x18\x32"), KID, CWT)), unknown, "CoAP 50"),
        bad("content type JSON", message(cbor_map(ALG, member(3, tstr("application/json")), KID, CWT)), unknown,
            "another kind of content"),
        bad("content type v2", message(cbor_map(ALG, next_type, KID, CWT)), "version-unsupported", "a later one"),
        bad("content type upper", message(cbor_map(ALG, member(3, tstr(CONTENT_TYPE.upper())), KID, CWT)), unknown,
            "compared byte for byte"),
        bad("kid absent", message(cbor_map(ALG, CTYPE, CWT)), form, "no label 4"),
        bad("kid 31 bytes", message(cbor_map(ALG, CTYPE, short, CWT)), form, "too short"),
        bad("kid 33 bytes", message(cbor_map(ALG, CTYPE, long_kid, CWT)), form, "too long"),
        bad("kid text", message(cbor_map(ALG, CTYPE, member(4, tstr("k" * 32)), CWT)), form, "text"),
        bad("claims absent", message(cbor_map(ALG, CTYPE, KID)), form, "no label 15"),
        bad("claims wrapped", message(cbor_map(ALG, CTYPE, KID, member(15, bstr(cbor_map(*CLAIMS))))), form,
            "a byte string"),
    ]  # fmt: skip


def claim_cases() -> list[Case]:
    """Wrong inside the claims."""
    form, unknown = "statement-malformed", "header-unknown"

    def iss(text: str) -> bytes:
        return with_claims(member(1, tstr(text)), SUB, AUD, IAT)

    def sub(text: str) -> bytes:
        return with_claims(ISS, member(2, tstr(text)), AUD, IAT)

    def iat(value: bytes) -> bytes:
        return with_claims(ISS, SUB, AUD, b"\x06" + value)

    audiences = [
        ("empty", "", "no ledger named"),
        ("space", "ledger example#" + "11" * 32, "a space"),
        ("plus", "ledger+example", "a log's name holds no +"),
        ("newline", ORIGIN + "\n", "a line break"),
        ("short id", ORIGIN + "#" + "11" * 31, "62 digits"),
        ("long id", ORIGIN + "#" + "11" * 33, "66 digits"),
        ("capital id", ORIGIN + "#" + "AB" * 32, "capital hex"),
        ("no origin", "#" + "11" * 32, "nothing before #"),
        ("two ids", AUDIENCE + "#" + "11" * 32, "# twice"),
        ("long origin", "o" * 192, "192 characters"),
    ]
    return [
        bad("issuer absent", with_claims(SUB, AUD, IAT), form, "no claim 1"),
        bad("subject absent", with_claims(ISS, AUD, IAT), form, "no claim 2"),
        bad("audience absent", with_claims(ISS, SUB, IAT), form, "good for any ledger"),
        bad("signed_at absent", with_claims(ISS, SUB, AUD), form, "no claim 6"),
        bad("claim exp", with_claims(ISS, SUB, AUD, member(4, b"\x01"), IAT), unknown, "claim 4"),
        bad("claim cti", with_claims(*CLAIMS, member(7, b"\x41\x00")), unknown, "claim 7"),
        bad("claim as text", with_claims(*CLAIMS, tstr("aud") + tstr(ORIGIN)), unknown, "a JWT name"),
        bad("claims out of order", with_claims(SUB, ISS, AUD, IAT), form, "2 before 1"),
        bad("claim twice", with_claims(ISS, ISS, SUB, AUD, IAT), form, "1 twice"),
        bad("issuer no party", iss(SUBJECT), "id-kind", "a lot cannot state anything"),
        bad("issuer URL", iss("https://acme.example"), "id-chars", "an id is not a URL"),
        bad("issuer lower case", iss("party:co-900123456"), "id-chars", "ids are compared byte for byte"),
        bad("issuer unknown country", iss("party:XX-1"), "id-country", "XX is no country"),
        bad("issuer bytes", with_claims(member(1, bstr(ISSUER.encode())), SUB, AUD, IAT), form, "bytes"),
        bad("issuer not ASCII", iss("party:CO-９"), form, "a full-width digit"),
        bad("subject unknown kind", sub("drum:CO-900123456/1"), "id-kind", "no such kind"),
        bad("subject empty", sub(""), "id-kind", "nothing"),
        bad("subject number", with_claims(ISS, member(2, b"\x01"), AUD, IAT), form, "a number"),
        bad("subject two", with_claims(ISS, member(2, b"\x81" + tstr(SUBJECT)), AUD, IAT), form, "a list"),
        *[bad(f"audience {name}", with_audience(text), "audience-format", why) for name, text, why in audiences],
        bad("audience list", with_claims(ISS, SUB, member(3, b"\x81" + tstr(AUDIENCE)), IAT), form, "a list"),
        bad("audience not ASCII", with_audience("lédger.example"), form, "é"),
        bad("signed_at float", iat(b"\xfb\x41\xda\x49\x00\x00\x00\x00\x00"), form, "no floats anywhere"),
        bad("signed_at negative", iat(integer(-1)), "time-format", "before 1970"),
        bad("signed_at year 10000", iat(integer(253_402_300_800)), "time-format", "a second too late"),
        bad("signed_at 2^64-1", iat(b"\x1b" + b"\xff" * 8), "time-format", "the largest integer"),
        bad("signed_at text", iat(tstr("2026-01-01T00:00:00Z")), "time-format", "text"),
        bad("signed_at tagged", iat(b"\xc1" + integer(SIGNED_AT)), form, "tag 1"),
        bad("signed_at not minimal", iat(b"\x1b" + SIGNED_AT.to_bytes(8, "big")), form, "nine bytes for five"),
    ]


def forged_cases() -> list[Case]:
    ed = message()
    last = signed(GOOD_HEADER)
    other = b'{"type":"example/2"}'
    ec_header = cbor_map(member(1, integer(-7)), CTYPE, member(4, bstr(EC.public.thumbprint)), CWT)
    ec_sig = signed(ec_header, signer=EC)
    high = (N256 - int.from_bytes(ec_sig[32:], "big")).to_bytes(32, "big")
    beyond = (int.from_bytes(last[32:], "little") + L).to_bytes(32, "little")
    claimed = cbor_map(member(1, integer(-7)), CTYPE, KID, CWT)
    other_kid = cbor_map(ALG, CTYPE, member(4, bstr(ED_OTHER.public.thumbprint)), CWT)
    swapped = message(cbor_map(ALG, CTYPE, KID, member(15, cbor_map(ISS, member(2, tstr(SUBJECT + "~1")), AUD, IAT))),
                      signature=bstr(last))  # fmt: skip
    bodies = b"\x84" + tstr("Signature") + bstr(GOOD_HEADER) + b"\x40" + bstr(PAYLOAD)
    aad = b"\x84" + tstr("Signature1") + bstr(GOOD_HEADER) + bstr(b"x") + bstr(PAYLOAD)
    return [
        forged("payload changed", message(payload=bstr(other), signature=bstr(last)), ED, "signed before"),
        forged("subject changed", swapped, ED, "a statement moved to another lot"),
        forged("signature changed", ed[:-1] + bytes([ed[-1] ^ 1]), ED, "one bit"),
        forged("S + L", message(signature=bstr(last[:32] + beyond)), ED, "malleated"),
        forged("zero signature", message(signature=bstr(bytes(64))), ED, "none"),
        forged("other key", ed, ED_OTHER, "the kid is another key's"),
        forged("kid of another", message(other_kid), ED, "signed well, but the kid names another key"),
        forged("kid taken", message(other_kid), ED_OTHER, "the kid's key did not sign"),
        forged("es256 claimed for ed25519", message(claimed), ED, "the key's type fixes the algorithm"),
        forged("es256 high s", message(ec_header, signature=bstr(ec_sig[:32] + high)), EC, "the other form"),
        forged("payload alone signed", message(signature=bstr(ED.sign(PAYLOAD))), ED, "no Sig_structure"),
        forged("other context", message(signature=bstr(ED.sign(bodies))), ED, 'COSE_Sign\'s "Signature"'),
        forged("external data", message(signature=bstr(ED.sign(aad))), ED, "there is none here"),
        forged("id signed", message(signature=bstr(ED.sign(sha256(aad).digest()))), ED, "a digest, not the bytes"),
    ]


def build() -> dict[str, object]:
    """The whole file."""
    return {
        "format": "lotchain statements",
        "version": 1,
        "source": "python -m tests.vectors_build.statements, with the keys of keys.json",
        "cases": [*good_cases(), *outer_cases(), *header_cases(), *claim_cases(), *forged_cases()],
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(build(), indent=1, ensure_ascii=True) + "\n")
