"""Makes specs/vectors/keys.json: `python -m tests.vectors_build.keys` from the root of the project.

Everything is derived from fixed seeds; the curve arithmetic is plain and slow, so that it owes nothing to the code
under test.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from lotchain.core.keys import ED25519, ES256, possession_message
from lotchain.signing import SoftwareSigner, proof_of_possession

PATH = Path(__file__).resolve().parents[2] / "specs" / "vectors" / "keys.json"

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
I = pow(2, (P - 1) // 4, P)  # noqa: E741 - the square root of -1, by its usual name
N256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P256 = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF

ED = SoftwareSigner.from_seed(bytes(range(32)))
ED_OTHER = SoftwareSigner.from_seed(bytes(range(32, 64)))
EC = SoftwareSigner(ES256, bytes(range(64, 96)))
ORIGIN = "ledger.example/lots"
ANCHOR = ORIGIN + "#" + "11" * 32
PARTY = "party:CO-900123456"

Point = tuple[int, int]


def root(square: int) -> int | None:
    """A square root modulo P, or None."""
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * I % P
    return x if (x * x - square) % P == 0 else None


def decode(data: bytes) -> Point:
    """The point of an encoding, read as loosely as can be (y modulo P, any sign)."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, (y & ((1 << 255) - 1)) % P
    x = root((y * y - 1) * pow(D * y * y + 1, -1, P) % P)
    assert x is not None
    return (x if x & 1 == sign else -x % P), y


def encode(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def add(a: Point, b: Point) -> Point:
    """Addition on edwards25519 (RFC 8032 §5.1.4, in affine form)."""
    k = D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + k, -1, P)
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - k, -1, P)
    return x % P, y % P


def small_order_encodings() -> list[tuple[str, bytes]]:
    """All 14 byte strings of 32 that decode to a point of order 1, 2, 4 or 8."""
    y_squared = next(
        candidate
        for sign in (1, -1)
        if root(candidate := (-1 + sign * (root(1 + D) or 0)) * pow(D, -1, P) % P) is not None
    )
    y8 = root(y_squared) or 0
    ordinates = [
        ("order 1", 1),
        ("order 2", P - 1),
        ("order 4", 0),
        ("order 8, one y", y8),
        ("order 8, other y", P - y8),
        ("order 4, y = p", P),
        ("order 1, y = p + 1", P + 1),
    ]
    return [
        (f"{name}, sign bit {sign}", (y | sign << 255).to_bytes(32, "little"))
        for name, y in ordinates
        for sign in (0, 1)
    ]


def okp(raw: bytes) -> str:
    return (bytes.fromhex("a301012006215820") + raw).hex()


def ec2(x: bytes, y: bytes) -> str:
    return (bytes.fromhex("a401022001215820") + x + bytes.fromhex("225820") + y).hex()


def good_key(name: str, signer: SoftwareSigner, comment: str) -> dict[str, object]:
    key = signer.public
    return {
        "name": name,
        "comment": comment,
        "valid": True,
        "kind": "key",
        "cose": key.cose.hex(),
        "algorithm": key.algorithm,
        "raw": key.raw.hex(),
        "thumbprint": key.thumbprint.hex(),
        "subject": key.subject,
    }


def bad_key(name: str, cose: str, code: str, comment: str) -> dict[str, object]:
    return {"name": name, "comment": comment, "valid": False, "code": code, "kind": "key", "cose": cose}


def beyond_p256() -> tuple[bytes, bytes]:
    """A point of P-256 whose x is small enough to be written a second time, as x + p."""
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    for x in range(1, 99):
        square = (x**3 - 3 * x + b) % P256
        y = pow(square, (P256 + 1) // 4, P256)
        if y * y % P256 == square:
            return (x + P256).to_bytes(32, "big"), y.to_bytes(32, "big")
    raise AssertionError("half of all x have a y")


def weak_keys() -> list[dict[str, object]]:
    cases = [
        bad_key(f"small order: {name}", okp(raw), "key-weak", "signatures under it prove nothing")
        for name, raw in small_order_encodings()
    ]
    honest = decode(ED.public.raw)
    torsion = {name: raw for name, raw in small_order_encodings() if name.endswith("sign bit 0")}
    for name in ("order 2, sign bit 0", "order 4, sign bit 0", "order 8, one y, sign bit 0"):
        mixed = encode(add(honest, decode(torsion[name])))
        comment = "a good key plus a small point: verifiers with and without the cofactor disagree"
        cases.append(bad_key(f"mixed order: plus {name}", okp(mixed), "key-weak", comment))
    for above in (3, 4, 18):
        raw = (P + above).to_bytes(32, "little")
        cases.append(bad_key(f"y = p + {above}", okp(raw), "key-weak", "not canonical: y is not below p"))
    return cases


def malformed_keys() -> list[dict[str, object]]:
    ed, ec = ED.public.raw, EC.public.raw
    x, y = ec[:32], ec[32:]
    off = next(c for c in range(2, 99) if root((c * c - 1) * pow(D * c * c + 1, -1, P) % P) is None)
    spki = "302a300506032b6570032100" + ed.hex()
    form, alg = "key-format", "alg-not-allowed"
    return [
        bad_key("empty", "", form, "no bytes"),
        bad_key("raw without COSE", ed.hex(), form, "32 bytes are not a COSE_Key"),
        bad_key("SPKI", spki, form, "the X.509 encoding of the same key"),
        bad_key("not on edwards25519", okp(off.to_bytes(32, "little")), form, "no x fits this y"),
        bad_key("31 bytes", "a30101200621581f" + ed[:31].hex(), form, "too short"),
        bad_key("33 bytes", "a301012006215821" + ed.hex() + "00", form, "too long"),
        bad_key("truncated", okp(ed)[:-2], form, "ends inside the key"),
        bad_key("trailing byte", okp(ed) + "00", form, "a byte follows the map"),
        bad_key("members out of order", "a3200601012158 20".replace(" ", "") + ed.hex(), form, "1 comes first"),
        bad_key("longer head", "a30101200621590020" + ed.hex(), form, "a length in two bytes where one does"),
        bad_key("indefinite map", "bf01012006215820" + ed.hex() + "ff", form, "lengths are definite"),
        bad_key("member twice", "a4010101012006215820" + ed.hex(), form, "label 1 stands twice"),
        bad_key("extra member alg", "a401010327200621582 0".replace(" ", "") + ed.hex(), form, "label 3 (alg)"),
        bad_key("extra member kid", "a4010102413120062158 20".replace(" ", "") + ed.hex(), form, "label 2 (kid)"),
        bad_key("private part", okp(ed).replace("a3", "a4", 1) + "235820" + "00" * 32, form, "label -4 (d)"),
        bad_key("text for bytes", "a301012006217820" + "61" * 32, form, "x is a byte string"),
        bad_key("P-256 off the curve", ec2(x, bytes(31) + b"\x01"), form, "y does not fit x"),
        bad_key("P-256 zero", ec2(bytes(32), bytes(32)), form, "how some write the point at infinity"),
        bad_key("P-256 infinity", "a40102200121410022 4100".replace(" ", ""), form, "the SEC 1 octet 00"),
        bad_key("P-256 compressed", "a401022001215820" + x.hex() + "22f5", form, "a sign bit in place of y"),
        bad_key("P-256 x not below p", ec2(*beyond_p256()), form, "on the curve if x is reduced modulo p"),
        bad_key("P-256 short x", "a40102200121581f" + x[1:].hex() + "225820" + y.hex(), form, "31 bytes"),
        bad_key("P-256 swapped", ec2(y, x), form, "y first"),
        bad_key("P-384", "a401022002215830" + "00" * 48 + "225830" + "00" * 48, alg, "curve 2"),
        bad_key("secp256k1", ec2(x, y).replace("2001", "2008", 1), alg, "curve 8"),
        bad_key("X25519", "a301012004215820" + ed.hex(), alg, "curve 4: no signatures"),
        bad_key("Ed448", "a301012007215839" + "00" * 57, alg, "curve 7"),
        bad_key("symmetric", "a201042058 20".replace(" ", "") + "aa" * 32, alg, "key type 4: a shared secret"),
        bad_key("RSA", "a3010320430100012142aabb", alg, "key type 3"),
        bad_key("ML-DSA-44", "a3010703382f2042aabb", alg, "key type 7: reserved, not for statements yet"),
        bad_key("Ed25519 curve on EC2", "a301022006215820" + ed.hex(), alg, "key type 2 with curve 6"),
        bad_key("a list", "83010206", form, "a COSE_Key is a map"),
    ]


def signature(name: str, signer: SoftwareSigner, message: bytes, sig: bytes, comment: str) -> dict[str, object]:
    """A case of `verify`; valid means that the signature holds."""
    holds = comment.startswith("holds")
    case: dict[str, object] = {"name": name, "comment": comment, "valid": holds}
    if not holds:
        case["code"] = "bad-signature"
    return case | {
        "kind": "signature",
        "cose": signer.public.cose.hex(),
        "message": message.hex(),
        "signature": sig.hex(),
    }


def ed25519_scalar() -> int:
    """The secret scalar of the first test key (RFC 8032 §5.1.5)."""
    h = hashlib.sha512(bytes(range(32))).digest()
    return int.from_bytes(h[:32], "little") & ((1 << 254) - 8) | 1 << 254


def crafted(message: bytes, r_point: bytes, r: int) -> bytes:
    """What the key's own holder can make for any R = r·B + T: S answers the challenge without T."""
    k = int.from_bytes(hashlib.sha512(r_point + ED.public.raw + message).digest(), "little")
    return r_point + ((r + k * ed25519_scalar()) % L).to_bytes(32, "little")


def signatures() -> list[dict[str, object]]:
    message = b"seven drums of acetic anhydride"
    ed, ec = ED.sign(message), EC.sign(message)
    s = int.from_bytes(ed[32:], "little")
    s256 = int.from_bytes(ec[32:], "big")
    small = dict(small_order_encodings())
    honest_r = decode(ed[:32])
    # The honest nonce, from the honest signature: r = S - k·a.
    k = int.from_bytes(hashlib.sha512(ed[:32] + ED.public.raw + message).digest(), "little")
    nonce = (s - k * ed25519_scalar()) % L
    mixed_r = encode(add(honest_r, decode(small["order 8, one y, sign bit 0"])))
    flipped = bytes([ed[0] ^ 1]) + ed[1:]
    beyond = (s + L).to_bytes(32, "little")
    high = (N256 - s256).to_bytes(32, "big")
    none = bytes(32)
    order = N256.to_bytes(32, "big")
    r256 = ec[:32]
    der = bytes.fromhex("3044 0220") + r256 + bytes.fromhex("0220") + ec[32:]
    tail = "R is of small order"
    return [
        signature("ed25519", ED, message, ed, "holds"),
        signature("ed25519, empty message", ED, b"", ED.sign(b""), "holds"),
        signature("ed25519, made anew from its nonce", ED, message, crafted(message, ed[:32], nonce), "holds"),
        signature("ed25519, one bit", ED, message, flipped, "R changed"),
        signature("ed25519, other message", ED, message + b".", ed, "the message changed"),
        signature("ed25519, other key", ED_OTHER, message, ed, "another key's signature"),
        signature("ed25519, S + L", ED, message, ed[:32] + beyond, "malleated: S is not below L"),
        signature(
            "ed25519, R of mixed order",
            ED,
            message,
            crafted(message, mixed_r, nonce),
            "it would hold with the cofactor",
        ),
        *[
            signature(f"ed25519, R small: {name}", ED, message, crafted(message, raw, 0), tail)
            for name, raw in small.items()
            if name in ("order 1, sign bit 0", "order 1, y = p + 1, sign bit 0", "order 4, sign bit 0")
        ],
        signature("ed25519, zeros", ED, message, bytes(64), "all zero"),
        signature("ed25519, 63 bytes", ED, message, ed[:63], "too short"),
        signature("ed25519, 65 bytes", ED, message, ed + b"\0", "too long"),
        signature("ed25519, none", ED, message, b"", "no signature"),
        signature(
            "ed25519, a byte of the message in the signature",
            ED,
            message[1:],
            ED.sign(message) + message[:1],
            "signature and message join to the same bytes",
        ),
        signature(
            "ed25519, a byte of the signature in the message",
            ED,
            ed[63:] + message,
            ed[:63],
            "signature and message join to the same bytes",
        ),
        signature("es256", EC, message, ec, "holds"),
        signature("es256, high s", EC, message, r256 + high, "n - s: the other form, refused everywhere here"),
        signature("es256, DER", EC, message, der, "the ASN.1 form"),
        signature("es256, s = 0", EC, message, r256 + bytes(32), "s = 0"),
        signature("es256, r = 0", EC, message, none + ec[32:], "r = 0"),
        signature("es256, r = n", EC, message, order + ec[32:], "r is not below n"),
        signature("es256, s = n", EC, message, r256 + order, "s is not below n"),
        signature("es256, zeros", EC, message, bytes(64), "all zero"),
        signature("es256, other message", EC, message + b".", ec, "the message changed"),
        signature("es256 bytes on ed25519", ED, message, ec, "another algorithm's signature"),
        signature("ed25519 bytes on es256", EC, message, ed, "another algorithm's signature"),
    ]


def possession(
    name: str, signer: SoftwareSigner, proof: bytes, anchor: str, party: str, comment: str
) -> dict[str, object]:
    """A case of `check_possession`; valid means that the proof holds for this key, anchor and party."""
    holds = comment.startswith("holds")
    case: dict[str, object] = {"name": name, "comment": comment, "valid": holds}
    if not holds:
        case["code"] = "possession"
    return case | {
        "kind": "possession",
        "cose": signer.public.cose.hex(),
        "anchor": anchor,
        "party": party,
        "message": possession_message(anchor, party, signer.public.cose).hex(),
        "signature": proof.hex(),
    }


def possessions() -> list[dict[str, object]]:
    ed = proof_of_possession(ED, charter=ANCHOR, party=PARTY)
    ec = proof_of_possession(EC, charter=ANCHOR, party=PARTY)
    founding = proof_of_possession(ED, charter=ORIGIN, party=PARTY)
    other = ORIGIN + "#" + "22" * 32
    return [
        possession("ed25519", ED, ed, ANCHOR, PARTY, "holds"),
        possession("es256", EC, ec, ANCHOR, PARTY, "holds"),
        possession("founding key", ED, founding, ORIGIN, PARTY, "holds: the charter has no id yet"),
        possession("other charter", ED, ed, other, PARTY, "replayed on another ledger"),
        possession("founding proof in an enrolment", ED, founding, ANCHOR, PARTY, "made for the charter"),
        possession("enrolment proof in a charter", ED, ed, ORIGIN, PARTY, "made for an enrolment"),
        possession("other party", ED, ed, ANCHOR, "party:BO-1023", "another enrols the key as its own"),
        possession("other key", ED_OTHER, ed, ANCHOR, PARTY, "made by another key"),
        possession("bare key signed", ED, ED.sign(ED.public.cose), ANCHOR, PARTY, "bound to nothing"),
        possession("nothing signed", ED, bytes(64), ANCHOR, PARTY, "no proof at all"),
    ]


def build() -> dict[str, object]:
    """The whole file."""
    assert ED.public.algorithm == ED25519
    cases = [
        good_key("ed25519", ED, "seed 00..1f"),
        good_key("ed25519, other", ED_OTHER, "seed 20..3f"),
        good_key("es256", EC, "scalar 40..5f"),
        *weak_keys(),
        *malformed_keys(),
        *signatures(),
        *possessions(),
    ]
    return {
        "format": "lotchain keys: COSE_Key, signatures, proofs of possession",
        "version": 1,
        "source": "python -m tests.vectors_build.keys, from fixed seeds",
        "cases": cases,
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(build(), indent=1, ensure_ascii=True) + "\n")
