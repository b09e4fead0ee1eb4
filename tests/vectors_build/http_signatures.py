"""Makes the vectors of signed requests, always the same bytes.

Run as `python -m tests.vectors_build.http_signatures` with `src` on the path; it writes
`specs/vectors/http-signatures.json`. Bad cases are good requests with one thing changed, signed anew where the change
is in what is signed.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lotchain.core.keys import P256_ORDER
from lotchain.signing.requests import sign_request
from lotchain.signing.signer import SoftwareSigner

TARGET = Path(__file__).resolve().parents[2] / "specs" / "vectors" / "http-signatures.json"
NOW = 1_790_000_000
URL = "https://ledger.example/lots/tile/entries/x001/234.p/8"
NONCE = "c2l4dGVlbi1ieXRlcy0x"
MEMBER = SoftwareSigner.from_seed(bytes(range(32)))
CARD = SoftwareSigner(-7, bytes(range(1, 33)))
STRANGER = SoftwareSigner.from_seed(bytes(range(32, 64)))
REVOKED = SoftwareSigner.from_seed(bytes(range(64, 96)))
KEYS = {
    MEMBER.public.subject: {"cose": MEMBER.public.cose.hex(), "party": "party:CN-MAKER", "status": "valid"},
    CARD.public.subject: {"cose": CARD.public.cose.hex(), "party": "party:MX-USER", "status": "valid"},
    REVOKED.public.subject: {"cose": REVOKED.public.cose.hex(), "party": "party:CN-TRUCK", "status": "revoked"},
}
ED_ORDER = 2**252 + 27742317777372353535851937790883648493
COMPONENTS = '("@method" "@target-uri")'
BODY = b"lotchain"

Case = dict[str, Any]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def digest_of(body: bytes) -> str:
    return f"sha-256=:{b64(hashlib.sha256(body).digest())}:"


def values(method: str, url: str, digest: str) -> dict[str, str]:
    """What each component is for this request (RFC 9421 section 2.2)."""
    scheme, _, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    path, mark, query = (slash + path).partition("?")
    return {
        "@method": method,
        "@target-uri": url,
        "@authority": authority,
        "@scheme": scheme,
        "@path": path,
        "@query": f"?{query}" if mark else "?",
        "content-digest": digest,
        "host": authority,
        "@status": "200",
    }


def base(components: str, parameters: str, method: str, url: str, digest: str) -> str:
    """The signature base, by hand: so the vectors do not rest on the library that the program uses."""
    known = values(method, url, digest)
    names = [name for name in components.strip("()").replace('"', "").split(" ") if name]
    lines = [f'"{name}": {known.get(name.partition(";")[0], "")}' for name in names]
    return "\n".join((*lines, f'"@signature-params": {components}{parameters}'))


def params(
    created: object = NOW, expires: object = NOW + 300, nonce: object = f'"{NONCE}"', keyid: object = None,
    tag: object = '"lotchain"', more: str = ';alg="ed25519"',
) -> str:  # fmt: skip
    """The parameters in our order; None leaves one out."""
    name = f'"{MEMBER.public.subject}"' if keyid is None else keyid
    listed = {"created": created, "expires": expires, "nonce": nonce, "keyid": name, "tag": tag}
    return "".join(f";{key}={value}" for key, value in listed.items() if value != "") + more


def case(
    name: str, code: str = "", *, comment: str = "", components: str = COMPONENTS, parameters: str | None = None,
    signer: SoftwareSigner = MEMBER, method: str = "GET", url: str = URL, body: bytes | None = None,
    label: str = "lotchain", **changed: Any,
) -> Case:  # fmt: skip
    """A request signed as said; `changed` replaces members of the case after it was signed."""
    said = params() if parameters is None else parameters
    digest = digest_of(body) if body is not None else ""
    text = base(components, said, method, url, digest)
    made: Case = {
        "name": name,
        "comment": comment,
        "valid": not code,
        "code": code,
        "now": NOW,
        "method": method,
        "url": url,
        "signature_input": [f"{label}={components}{said}"],
        "signature": [f"{label}=:{b64(signer.sign(text.encode('ascii')))}:"],
        "content_digest": [digest] if digest else [],
        "body": (body or b"").hex(),
        "signature_base": text,
    }
    return {**made, **changed}


def by_program(name: str, comment: str, signer: SoftwareSigner, method: str, body: bytes | None) -> Case:
    """A request as the program itself signs it."""
    headers: Mapping[str, str] = sign_request(signer, method, URL, created_s=NOW, nonce=NONCE, body=body)
    field = headers["Signature-Input"]
    components, mark, rest = field.removeprefix("lotchain=").partition(")")
    digest = headers.get("Content-Digest", "")
    return {
        "name": name, "comment": comment, "valid": True, "code": "", "now": NOW, "method": method, "url": URL,
        "signature_input": [field], "signature": [headers["Signature"]],
        "content_digest": [digest] if digest else [], "body": (body or b"").hex(),
        "signature_base": base(components + mark, rest, method, URL, digest),
    }  # fmt: skip


def malleated(signature: str, order: int, *, little: bool) -> str:
    """The same signature with S + L (Ed25519) or n - s (P-256)."""
    raw = base64.b64decode(signature.partition("=:")[2][:-1])
    kind = "little" if little else "big"
    s = int.from_bytes(raw[32:], kind)
    other = s + order if little else order - s
    return f"lotchain=:{b64(raw[:32] + other.to_bytes(32, kind))}:"


def good() -> list[Case]:
    return [
        by_program("ed25519", "as the program signs it", MEMBER, "GET", None),
        by_program("p256", "as the program signs it, by a P-256 key", CARD, "GET", None),
        by_program("body", "with a body, whose digest is covered", MEMBER, "POST", BODY),
        case("other-order", comment="parameters in another order, without alg", parameters=params(more="")),
        case("parts", comment="the target by its parts", components='("@path" "@method" "@query" "@authority")'),
        case("more-covered", components='("@method" "@target-uri" "@scheme" "@authority")'),
        case("head", comment="HEAD is signed as HEAD", method="HEAD"),
        case("query", url=URL.replace("tile/entries/x001/234.p/8", "bundle?lot=lot:CN-MAKER/BP4-1")),
        case("other-label", comment="labels are the signer's own", label="sig1"),
        case("oldest", comment="signed almost five minutes ago", parameters=params(NOW - 300, NOW), now=NOW - 1),
        case("newest", comment="a clock five minutes ahead", parameters=params(NOW + 300, NOW + 600)),
        case("shortest-nonce", parameters=params(nonce=f'"{"n" * 16}"')),
        case("longest-nonce", parameters=params(nonce=f'"{"-" * 64}"')),
    ]  # fmt: skip


def unreadable() -> list[Case]:
    form, whole = "request-signature-format", case("")
    field, signature = whole["signature_input"][0], whole["signature"][0]
    return [
        case("unsigned", "request-unsigned", signature_input=[], signature=[]),
        case("no-signature", form, signature=[]),
        case("no-input", form, signature_input=[]),
        case("two-inputs", form, signature_input=[field, field]),
        case("two-signatures", form, comment="two lines of one field", signature=[signature, signature]),
        case("two-labels", form, comment="one of them could hide the other",
             signature_input=[f"{field}, b{field}"], signature=[f"{signature}, b{signature}"]),
        case("same-label-twice", form, signature_input=[f"{field}, {field}"]),
        case("labels-differ", form, signature=["sig1" + signature.removeprefix("lotchain")]),
        case("empty", form, signature_input=[""], signature=[""]),
        case("not-a-list", form, signature_input=['lotchain="x"']),
        case("not-bytes", form, signature=['lotchain="x"']),
        case("signature-parameters", form, signature=[signature + ";a=1"]),
        case("space-before", form, comment="a second spelling", signature_input=[" " + field]),
        case("two-spaces", form, signature_input=[field.replace('" "', '"  "')]),
        case("space-after-semicolon", form, signature_input=[field.replace(";created", "; created")]),
        case("tab", form, signature_input=[field + "\t"]),
        case("not-ascii", form, signature_input=[field.replace("lotchain", "löt")]),
        case("upper-case-label", form, signature_input=["L" + field], signature=["L" + signature]),
        case("base64-bits", form, comment="unused bits of base64 are set",
             signature=[signature.replace("==:", "=:")]),
        case("base64-url", form, signature=["lotchain=:" + "-" * 86 + "==:"]),
        case("parameter-twice", form, signature_input=[field + f";created={NOW}"]),
        case("component-parameter", form, signature_input=[field.replace('"@method"', '"@method";req')]),
        case("too-long", form, signature_input=[field + ";" + "x" * 2_048]),
        case("component-token", form, signature_input=[field.replace('"@method"', "method")]),
        case("cut-off", form, signature_input=[field[:30]]),
    ]  # fmt: skip


def not_allowed() -> list[Case]:
    parts, said = "request-components", "request-parameters"
    stranger = f'"{STRANGER.public.subject}"'
    return [
        case("no-method", parts, components='("@target-uri")'),
        case("no-target", parts, components='("@method")'),
        case("path-alone", parts, components='("@method" "@path" "@query")'),
        case("no-query", parts, components='("@method" "@authority" "@path")'),
        case("nothing-covered", parts, components="()"),
        case("covered-twice", parts, components='("@method" "@target-uri" "@method")'),
        case("header-covered", parts, comment="what is not looked at is not to be signed",
             components='("@method" "@target-uri" "host")'),
        case("status-covered", parts, components='("@method" "@target-uri" "@status")'),
        case("body-not-covered", parts, method="POST", body=BODY),
        case("no-created", said, parameters=params(created="")),
        case("no-expires", said, parameters=params(expires="")),
        case("no-nonce", said, parameters=params(nonce="")),
        case("no-keyid", said, parameters=params(keyid="")),
        case("no-tag", said, parameters=params(tag="")),
        case("unknown-parameter", said, parameters=params(more=";x=1")),
        case("created-text", said, parameters=params(created=f'"{NOW}"')),
        case("created-decimal", said, parameters=params(created=f"{NOW}.5")),
        case("created-true", said, parameters=params(created="?1").replace("=?1", "")),
        case("keyid-token", said, parameters=params(keyid="key")),
        case("nonce-number", said, parameters=params(nonce="12345678901234")),
        case("nonce-short", "request-nonce", parameters=params(nonce=f'"{"n" * 15}"')),
        case("nonce-long", "request-nonce", parameters=params(nonce=f'"{"n" * 65}"')),
        case("nonce-space", "request-nonce", parameters=params(nonce=f'"{"n" * 16} "')),
        case("keyid-party", "request-key-id", parameters=params(keyid='"party:CN-MAKER"')),
        case("keyid-upper", "request-key-id", parameters=params(keyid=f'"key:{MEMBER.public.thumbprint.hex().upper()}"')),
        case("keyid-bare", "request-key-id", parameters=params(keyid=f'"{MEMBER.public.thumbprint.hex()}"')),
        case("tag-other", "request-tag", comment="signed for another application", parameters=params(tag='"other"')),
        case("tag-upper", "request-tag", parameters=params(tag='"Lotchain"')),
        case("stale", "request-stale", parameters=params(NOW - 301, NOW - 1)),
        case("ahead", "request-stale", parameters=params(NOW + 301, NOW + 600)),
        case("ancient", "request-stale", parameters=params(-1, 10)),
        case("expired", "request-expired", parameters=params(NOW - 200, NOW - 100)),
        case("expires-now", "request-expired", parameters=params(NOW - 200, NOW)),
        case("expires-first", "request-expired", parameters=params(NOW, NOW)),
        case("lives-too-long", "request-expired", parameters=params(NOW, NOW + 301)),
        case("key-unknown", "request-key-unknown", parameters=params(keyid=stranger), signer=STRANGER),
        case("key-revoked", "request-key-revoked", parameters=params(keyid=f'"{REVOKED.public.subject}"'), signer=REVOKED),
    ]  # fmt: skip


def wrong() -> list[Case]:
    code = "request-signature-wrong"
    card = params(keyid=f'"{CARD.public.subject}"', more=';alg="ecdsa-p256-sha256"')
    whole, curve = case(""), case("", parameters=card, signer=CARD)
    signature = whole["signature"][0]
    return [
        case("another-signer", code, comment="a member's name, another's key", signer=STRANGER),
        case("another-method", code, comment="signed for GET, sent as POST", method="POST",
             signature_input=whole["signature_input"], signature=whole["signature"]),
        case("another-path", code, url=URL.replace("234.p/8", "234.p/9"), signature=whole["signature"]),
        case("another-server", code, comment="signed for another service",
             url=URL.replace("ledger.example", "mirror.example"), signature=whole["signature"]),
        case("another-scheme", code, url=URL.replace("https", "http"), signature=whole["signature"]),
        case("query-added", code, url=URL + "?x=1", signature=whole["signature"]),
        case("another-time", code, parameters=params(NOW - 1, NOW + 299), signature=whole["signature"]),
        case("another-nonce", code, parameters=params(nonce='"another-nonce-16"'), signature=whole["signature"]),
        case("parameters-reordered", code, comment="their order is signed",
             parameters=';alg="ed25519"' + params(more=""), signature=whole["signature"]),
        case("components-reordered", code, components='("@target-uri" "@method")', signature=whole["signature"]),
        case("alg-of-another-kind", code, comment="the key decides, not the request",
             parameters=params(more=';alg="ecdsa-p256-sha256"')),
        case("alg-unknown", code, parameters=params(more=';alg="rsa-pss-sha512"')),
        other_digest(code),
        body_changed(code),
        case("digest-twice", code, method="POST", body=BODY, components='("@method" "@target-uri" "content-digest")',
             content_digest=[digest_of(BODY), digest_of(BODY)]),
        case("digest-missing", code, method="POST", body=BODY, components='("@method" "@target-uri" "content-digest")',
             content_digest=[]),
        case("bit-flipped", code, signature=[signature[:-6] + ("A" if signature[-6] != "A" else "B") + signature[-5:]]),
        case("zeros", code, signature=[f"lotchain=:{b64(bytes(64))}:"]),
        case("short", code, signature=[f"lotchain=:{b64(bytes(63))}:"]),
        case("long", code, signature=[f"lotchain=:{b64(bytes(65))}:"]),
        case("s-plus-order", code, comment="the same Ed25519 signature with S + L",
             signature=[malleated(signature, ED_ORDER, little=True)]),
        case("high-s", code, comment="the same P-256 signature with n - s", parameters=card, signer=CARD,
             signature=[malleated(curve["signature"][0], P256_ORDER, little=False)]),
        case("der", code, comment="a P-256 signature as DER", parameters=card, signer=CARD,
             signature=[f"lotchain=:{b64(der(curve['signature'][0]))}:"]),
    ]  # fmt: skip


def body_changed(code: str) -> Case:
    made = case("body-changed", code, method="POST", body=BODY, components='("@method" "@target-uri" "content-digest")')
    return {**made, "body": b"lotchain!".hex()}


def other_digest(code: str) -> Case:
    """A true digest by another hash, covered and signed: there is one hash function."""
    covered = '("@method" "@target-uri" "content-digest")'
    made = case("digest-sha-512", code, method="POST", body=BODY, components=covered)
    digest = f"sha-512=:{b64(hashlib.sha512(BODY).digest())}:"
    text = base(covered, params(), "POST", URL, digest)
    signature = f"lotchain=:{b64(MEMBER.sign(text.encode('ascii')))}:"
    return {**made, "content_digest": [digest], "signature": [signature], "signature_base": text}


def der(signature: str) -> bytes:
    """A raw P-256 signature as a DER sequence of two integers."""
    raw = base64.b64decode(signature.partition("=:")[2][:-1])
    numbers = b""
    for half in (raw[:32], raw[32:]):
        whole = half.lstrip(b"\0")
        whole = b"\0" + whole if whole[0] & 0x80 else whole
        numbers += bytes((2, len(whole))) + whole
    return bytes((48, len(numbers))) + numbers


def build() -> dict[str, Any]:
    cases = [*good(), *unreadable(), *not_allowed(), *wrong()]
    assert len({made["name"] for made in cases}) == len(cases)
    return {
        "format": "lotchain signed request",
        "version": 1,
        "source": "made by tests/vectors_build/http_signatures.py from fixed seeds; P-256 by RFC 6979",
        "keys": KEYS,
        "cases": cases,
    }


if __name__ == "__main__":
    TARGET.write_text(json.dumps(build(), indent=1, ensure_ascii=True) + "\n")
