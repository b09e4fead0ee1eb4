"""Write specs/vectors/{cbor,canonical-json,ids,quantities,instants,text}.json.

    PYTHONPATH=src python tests/vectors_build/codecs.py

Every input and every expected value is stated here by hand, from the grammars in specs/formats and from the examples
of RFC 8949 (Appendices A and F), RFC 8785 and RFC 3339; nothing is computed by the code under test.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors"

Case = dict[str, Any]


def case(name: str, code: str | None, comment: str, **inputs: Any) -> Case:
    """One case; `code` is None for a valid one."""
    verdict: Case = {"valid": True} if code is None else {"valid": False, "code": code}
    return {"name": name, "comment": comment, **verdict, **inputs}


# --- CBOR ---------------------------------------------------------------------------------------------------

CBOR_VALID: list[tuple[str, Any]] = [
    ("00", {"int": "0"}),
    ("17", {"int": "23"}),
    ("1818", {"int": "24"}),
    ("18ff", {"int": "255"}),
    ("190100", {"int": "256"}),
    ("1a000f4240", {"int": "1000000"}),
    ("1b000000e8d4a51000", {"int": "1000000000000"}),
    ("1bffffffffffffffff", {"int": "18446744073709551615"}),
    ("20", {"int": "-1"}),
    ("3863", {"int": "-100"}),
    ("3903e7", {"int": "-1000"}),
    ("3bffffffffffffffff", {"int": "-18446744073709551616"}),
    ("f4", False),
    ("f5", True),
    ("f6", None),
    ("40", {"bytes": ""}),
    ("4401020304", {"bytes": "01020304"}),
    ("5818" + "ab" * 24, {"bytes": "ab" * 24}),
    ("60", {"text": ""}),
    ("6449455446", {"text": "IETF"}),
    ("62225c", {"text": '"\\'}),
    ("62c3bc", {"text": "\u00fc"}),
    ("64f0908591", {"text": "\U00010151"}),
    ("80", {"array": []}),
    (
        "8301820203820405",
        {"array": [{"int": "1"}, *({"array": [{"int": a}, {"int": b}]} for a, b in (("2", "3"), ("4", "5")))]},
    ),
    ("a0", {"map": []}),
    ("a201020304", {"map": [[{"int": "1"}, {"int": "2"}], [{"int": "3"}, {"int": "4"}]]}),
    (
        "a50a0018640120026161036261620 4".replace(" ", ""),
        {
            "map": [
                [{"int": "10"}, {"int": "0"}],
                [{"int": "100"}, {"int": "1"}],
                [{"int": "-1"}, {"int": "2"}],
                [{"text": "a"}, {"int": "3"}],
                [{"text": "ab"}, {"int": "4"}],
            ]
        },
    ),
    ("81" * 15 + "80", None),
]

CBOR_INVALID: list[tuple[str, str, str]] = [
    # Not minimal
    *((h, "cbor-not-canonical", "a head longer than needed") for h in ("1800", "1817", "1900ff", "1a0000ffff")),
    ("1b00000000ffffffff", "cbor-not-canonical", "a head longer than needed"),
    ("3800", "cbor-not-canonical", "a negative integer with a head longer than needed"),
    ("580100", "cbor-not-canonical", "a byte string's length longer than needed"),
    ("780161", "cbor-not-canonical", "a text's length longer than needed"),
    ("980100", "cbor-not-canonical", "an array's count longer than needed"),
    ("b8010000", "cbor-not-canonical", "a map's count longer than needed"),
    # Indefinite lengths (RFC 8949 Appendix A)
    *(
        (h, "cbor-not-canonical", "an indefinite length")
        for h in (
            "5f42010243030405ff",
            "7f657374726561646d696e67ff",
            "9fff",
            "9f018202039f0405ffff",
            "bf61610161629f0203ffff",
        )
    ),
    ("83018202039f0405ff", "cbor-not-canonical", "an indefinite length inside"),
    # Map keys
    ("a202000100", "cbor-not-canonical", "keys 2, 1"),
    ("a22000 0a00".replace(" ", ""), "cbor-not-canonical", "keys -1, 10: bytewise order puts 0a before 20"),
    ("a2626161006162 00".replace(" ", ""), "cbor-not-canonical", "keys aa, b: the shorter text comes first"),
    ("a220001864 00".replace(" ", ""), "cbor-not-canonical", "keys -1, 100: the shorter first, as RFC 7049 had it"),
    ("a260001818 00".replace(" ", ""), "cbor-not-canonical", "an empty text, then 24: the shorter first"),
    ("a201000100", "duplicate-key", "key 1 twice"),
    ("a3010002000100", "duplicate-key", "key 1 twice, apart, which is also out of order"),
    ("a2616100616100", "duplicate-key", "key a twice"),
    ("81a201000100", "duplicate-key", "key 1 twice, one level down"),
    ("a140f6", "cbor-malformed", "a byte string as key"),
    ("a1f500", "cbor-malformed", "true as key"),
    ("a1f600", "cbor-malformed", "null as key"),
    ("a18000", "cbor-malformed", "an array as key"),
    ("a1a000", "cbor-malformed", "a map as key"),
    # Outside the subset
    ("c249010000000000000000", "cbor-malformed", "a tag: bignum 2^64"),
    ("c074323031332d30332d32315432303a30343a30305a", "cbor-malformed", "a tag: date and time"),
    ("c11a514b67b0", "cbor-malformed", "a tag: epoch time"),
    ("d28440a0f640", "cbor-malformed", "a tag: COSE_Sign1, which its own reader takes off"),
    ("d818456449455446", "cbor-malformed", "a tag with a one-byte number"),
    ("f90000", "cbor-malformed", "half-precision 0.0"),
    ("f97e00", "cbor-malformed", "half-precision NaN"),
    ("fa47c35000", "cbor-malformed", "single-precision 100000.0"),
    ("fb3ff199999999999a", "cbor-malformed", "double-precision 1.1"),
    ("f7", "cbor-malformed", "undefined"),
    ("f0", "cbor-malformed", "simple value 16"),
    ("f8ff", "cbor-malformed", "simple value 255"),
    *((h, "cbor-malformed", "a reserved simple value") for h in ("f800", "f814", "f818", "f81f")),
    # Text
    ("61ff", "cbor-malformed", "invalid UTF-8"),
    ("62c080", "cbor-malformed", "overlong UTF-8"),
    ("63eda080", "cbor-malformed", "a surrogate in UTF-8"),
    ("64f4908080", "cbor-malformed", "beyond U+10FFFF"),
    # Around the item
    ("", "cbor-malformed", "nothing"),
    ("0000", "cbor-malformed", "a trailing byte"),
    ("8000", "cbor-malformed", "a trailing byte after an empty array"),
    ("a0a0", "cbor-malformed", "two items"),
    # Truncated (RFC 8949 Appendix F)
    *(
        (h, "cbor-malformed", "the end comes inside a head")
        for h in (
            "18",
            "19",
            "1a",
            "1b",
            "1901",
            "1a0102",
            "1b01020304050607",
            "38",
            "58",
            "78",
            "98",
            "9a01ff00",
            "b8",
        )
    ),
    *((h, "cbor-malformed", "the end comes too early") for h in ("8200", "a1", "a20102", "a100", "a2000000")),
    ("430102", "cbor-malformed", "a byte string one byte short"),
    ("818181818181818181", "cbor-malformed", "arrays without an innermost item"),
    *(
        (h, "cbor-malformed", "a reserved head")
        for h in ("1c", "1d", "1e", "3c", "5c", "7e", "9c", "bd", "dc", "fc", "fe")
    ),
    *((h, "cbor-malformed", "an indefinite integer or tag") for h in ("1f", "3f", "df")),
    *((h, "cbor-malformed", "a break code that ends nothing") for h in ("ff", "81ff", "8200ff", "a1ff", "a100ff")),
    # Lies about size, and depth
    ("41", "cbor-malformed", "a byte string of one byte, missing"),
    ("5affffffff00", "too-large", "a byte string of 4 GiB"),
    ("5b7fffffffffffffff00", "too-large", "a byte string of 2^63-1 bytes"),
    ("7b7fffffffffffffff010203", "too-large", "a text of 2^63-1 bytes"),
    ("9bffffffffffffffff", "too-large", "an array of 2^64-1 items"),
    ("bbffffffffffffffff", "too-large", "a map of 2^64-1 pairs"),
    ("9a000186a0" + "00", "too-large", "an array of 100,000 items, with the array itself one too many"),
    ("00" * 65_537, "too-large", "more bytes than allowed"),
    ("81" * 16 + "80", "too-deep", "17 levels"),
    ("81" * 5_000, "too-deep", "5,000 levels"),
    ("a100" * 16 + "a0", "too-deep", "17 levels of maps"),
]


def cbor_cases() -> list[Case]:
    """Hex in; for valid cases the value, typed so that bytes, big integers and keys survive JSON."""
    cases = []
    for number, (text, value) in enumerate(CBOR_VALID):
        shown = {"value": value} if text != "81" * 15 + "80" else {}
        cases.append(case(f"valid-{number:02}", None, "reads, and is written again alike", hex=text, **shown))
    for number, (text, code, comment) in enumerate(CBOR_INVALID):
        # A long run of one pair of digits is stated as such, to keep the file small.
        if len(text) > 400:
            inputs: Case = {"repeat_hex": text[:2], "times": len(text) // 2}
        else:
            inputs = {"hex": text}
        cases.append(case(f"invalid-{number:02}", code, comment, **inputs))
    return cases


# --- Canonical JSON -----------------------------------------------------------------------------------------

JSON_VALID: list[tuple[str, Any]] = [
    ("{}", {}),
    ("[]", []),
    ("0", 0),
    ("-1", -1),
    ("9007199254740991", 9007199254740991),
    ("-9007199254740991", -9007199254740991),
    ("null", None),
    ('""', ""),
    ('{"a":1,"b":[true,false,null]}', {"a": 1, "b": [True, False, None]}),
    ('{"A":0,"_":0,"a":0,"aa":0,"b":0}', {"A": 0, "_": 0, "a": 0, "aa": 0, "b": 0}),
    ('"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"', '\u20ac$\x0f\nA\'B"\\\\"/'),
    ('"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f"', "\b\t\n\f\r\x00\x1f\x7f"),
    ('"\U0001f600"', "\U0001f600"),
    ('"[[[[[[[[[[[[[[[[[[[[,,{{\\"[["', '[[[[[[[[[[[[[[[[[[[[,,{{"[['),
    ("[" * 16 + "]" * 16, None),
]

JSON_INVALID: list[tuple[str | bytes, str, str]] = [
    ('{"lot":"A","lot":"B"}', "duplicate-key", "a key twice"),
    ('{"lot":1,"\\u006cot":2}', "duplicate-key", "a key twice, once escaped"),
    ('{"a":[{"b":1,"b":1}]}', "duplicate-key", "a key twice, deeper"),
    ('{"b":0,"a":{"c":1,"c":2}}', "duplicate-key", "a key twice, and keys out of order"),
    ('{"a":1.5,"a":2}', "duplicate-key", "a key twice, and a float"),
    ("1.0", "json-float", "a fraction"),
    ('{"quantity":1.5}', "json-float", "a fraction that every writer writes alike"),
    ("[1e3]", "json-float", "an exponent"),
    ("[1E400]", "json-float", "an exponent beyond every double"),
    ("[-0.0]", "json-float", "minus zero with a fraction"),
    ("[NaN]", "json-float", "not a number"),
    ("[Infinity]", "json-float", "infinity"),
    ("9007199254740992", "json-malformed", "2^53"),
    ("-9007199254740992", "json-malformed", "-2^53"),
    ("[18446744073709551616]", "json-malformed", "2^64"),
    ("[" + "1" * 5000 + "]", "json-malformed", "5,000 digits"),
    ("[-0]", "json-not-canonical", "minus zero"),
    ("[1, 2]", "json-not-canonical", "white space"),
    (" 1", "json-not-canonical", "white space before"),
    ("1\n", "json-not-canonical", "a final newline"),
    ('{"b":1,"a":2}', "json-not-canonical", "keys out of order"),
    ('{"a":{"c":1,"b":2}}', "json-not-canonical", "keys out of order, deeper"),
    ('{"aa":0,"a":0}', "json-not-canonical", "a longer key before its beginning"),
    ('"\\/"', "json-not-canonical", "an escape that is not needed"),
    ('"\\u0041"', "json-not-canonical", "a letter escaped"),
    ('"\\u00e9"', "json-not-canonical", "a letter outside ASCII escaped"),
    ('"\\u000A"', "json-not-canonical", "a control with a short escape, and a capital"),
    ('"\\u001F"', "json-not-canonical", "a capital hexadecimal digit"),
    ('"\\ud83d\\ude00"', "json-not-canonical", "a surrogate pair escaped"),
    ('"\\u007f"', "json-not-canonical", "DEL escaped"),
    ('"\\ud800"', "json-malformed", "a lone surrogate"),
    (b'"\xff"', "json-malformed", "not UTF-8"),
    (b'"\xed\xa0\x80"', "json-malformed", "a surrogate in UTF-8"),
    (b'"\xc0\xaf"', "json-malformed", "overlong UTF-8"),
    (b"\xef\xbb\xbf1", "json-malformed", "a byte order mark"),
    ('{"\u00e9":1}', "json-malformed", "a key outside ASCII"),
    ('{"a":[{"\u00e9":1}]}', "json-malformed", "a key outside ASCII, deeper"),
    ('{"\u00e9": 1}', "json-malformed", "a key outside ASCII, and white space"),
    ("[1.5, 9007199254740992]", "json-float", "a float, an integer too large, and white space"),
    ("", "json-malformed", "nothing"),
    ("01", "json-malformed", "a leading zero"),
    ("+1", "json-malformed", "a plus sign"),
    (".5", "json-malformed", "no digit before the point"),
    ("1.", "json-malformed", "no digit after the point"),
    ("0x10", "json-malformed", "hexadecimal"),
    ("[1,]", "json-malformed", "a trailing comma"),
    ('{"a":1,}', "json-malformed", "a trailing comma"),
    ("{a:1}", "json-malformed", "a bare key"),
    ("'a'", "json-malformed", "single quotes"),
    ("[1]//x", "json-malformed", "a comment"),
    ("{}{}", "json-malformed", "two texts"),
    ("True", "json-malformed", "a capital"),
    ('"a\tb"', "json-malformed", "a raw control character"),
    ('"a', "json-malformed", "an open string"),
    ("[", "json-malformed", "an open array"),
    ("]", "json-malformed", "a bracket that closes nothing"),
    ("[" * 17 + "]" * 17, "too-deep", "17 levels"),
    ('{"a":' * 17 + "1" + "}" * 17, "too-deep", "17 levels of objects"),
    ("[" * 2000, "too-deep", "2,000 levels, open"),
    ('["]]]]",' * 17, "too-deep", "17 levels, with brackets in strings that close nothing"),
    ("[" + "0," * 10_000 + "0]", "too-large", "10,001 items"),
    ('"' + "a" * 65_535 + '"', "too-large", "65,537 bytes"),
]


def json_cases() -> list[Case]:
    """The text's bytes in hex (some are not text), or a run of one character where it is long."""
    cases = []
    for number, (text, value) in enumerate(JSON_VALID):
        shown = {"value": value} if not text.startswith("[[") else {}
        cases.append(case(f"valid-{number:02}", None, ascii(text)[1:-1], hex=text.encode().hex(), **shown))
    for number, (source, code, comment) in enumerate(JSON_INVALID):
        raw = source if isinstance(source, bytes) else source.encode()
        if len(raw) > 400:
            size = 2 if raw.startswith(b"[0,") else 1
            pattern = raw[1 : 1 + size]
            before, after = raw[:1], raw[-2:] if size == 2 else raw[-1:]
            times = (len(raw) - len(before) - len(after)) // size
            if before + pattern * times + after != raw:
                raise AssertionError(comment)
            inputs: Case = {"hex": before.hex(), "repeat_hex": pattern.hex(), "times": times, "end_hex": after.hex()}
        else:
            inputs = {"hex": raw.hex()}
        cases.append(case(f"invalid-{number:02}", code, comment, **inputs))
    return cases


# --- Ids ----------------------------------------------------------------------------------------------------

LONGEST_LOT = "lot:CO-" + "A" * 32 + "/" + "B" * 48 + "~9999" * 8

IDS_VALID: list[tuple[str, str, Case]] = [
    ("charter", "charter", {}),
    ("party:CO-900123456", "party", {"country": "CO"}),
    ("party:DE-HRB.12-3", "party", {"country": "DE"}),
    ("party:TW-" + "9" * 32, "party", {"country": "TW"}),
    ("key:" + "0f" * 32, "key", {}),
    ("lot:CO-900123456/7K3Q-01", "lot", {"creator": "party:CO-900123456", "parent": None}),
    ("lot:CO-900123456/7K3Q-01~1", "lot", {"creator": "party:CO-900123456", "parent": "lot:CO-900123456/7K3Q-01"}),
    ("lot:CO-1/A~12~9999", "lot", {"creator": "party:CO-1", "parent": "lot:CO-1/A~12"}),
    (LONGEST_LOT, "lot", {"creator": "party:CO-" + "A" * 32, "parent": LONGEST_LOT[:-5]}),
    ("lot:CO-1/0._-", "lot", {"creator": "party:CO-1", "parent": None}),
    ("consignment:MX-A1/C_7", "consignment", {"creator": "party:MX-A1"}),
    ("permit:MX-A1/2026.17", "permit", {"creator": "party:MX-A1"}),
    ("watch:MX-A1/W1", "watch", {"creator": "party:MX-A1"}),
]

IDS_INVALID: list[tuple[str, str | None, str, str]] = [
    ("lot:CO-1/\u0410-100", None, "id-chars", "Cyrillic A"),
    ("lot:CO-1/\uff11", None, "id-chars", "a full-width digit"),
    ("lot:CO-1/\u0661", None, "id-chars", "an Arabic digit"),
    ("\u217cot:CO-1/A", None, "id-chars", "a Roman numeral for l"),
    ("lot:CO-1/a", None, "id-chars", "lower case"),
    ("lot:co-1/A", None, "id-chars", "a country in lower case"),
    ("LOT:CO-1/A", None, "id-chars", "a kind in capitals"),
    ("lot:CO-1/A ", None, "id-chars", "a space after"),
    (" lot:CO-1/A", None, "id-chars", "a space before"),
    ("lot:CO-1/A\n", None, "id-chars", "a newline after"),
    ("lot:CO-1/A\x00", None, "id-chars", "a NUL after"),
    ("lot:CO-1/A%41", None, "id-chars", "percent encoding"),
    ("lot:CO-1:A", None, "id-chars", "a second colon"),
    ("lot-1", None, "id-chars", "no kind at all"),
    ("key:" + "0F" * 32, None, "id-chars", "hexadecimal in capitals"),
    ("key:" + "0g" * 32, None, "id-chars", "no hexadecimal"),
    ("", None, "id-kind", "nothing"),
    ("seal:CO-1/A", None, "id-kind", "a kind that is not one"),
    ("statement:CO-1/A", None, "id-kind", "a statement is no subject"),
    ("party:CO-1", "lot", "id-kind", "a party where a lot is asked for"),
    ("charter", "party", "id-kind", "the charter where a party is asked for"),
    ("lot:CO-1/A", "key", "id-kind", "a lot where a key is asked for"),
    ("lots:CO-1/A", "lot", "id-kind", "another kind that begins alike"),
    ("lot", None, "id-format", "a kind alone"),
    ("lot:", None, "id-format", "a kind and a colon"),
    ("charter:", None, "id-format", "the charter with a colon"),
    ("charter:CO-1", None, "id-format", "a charter with a name"),
    ("party:CO900", None, "id-format", "no hyphen after the country"),
    ("party:CO-", None, "id-format", "no registration number"),
    ("party:COL-900", None, "id-format", "an alpha-3 country"),
    ("party:CO--900", None, "id-format", "a registration number that begins with a hyphen"),
    ("party:CO-.900", None, "id-format", "a registration number that begins with a point"),
    ("party:CO-1_2", None, "id-format", "an underscore in a registration number"),
    ("party:CO-" + "9" * 33, None, "id-format", "a registration number of 33 characters"),
    ("party:CO-1/A", None, "id-format", "a local name after a party"),
    ("party:CO-1~1", None, "id-format", "a rest suffix after a party"),
    ("lot:CO-1", None, "id-format", "no local name"),
    ("lot:CO-1/", None, "id-format", "an empty local name"),
    ("lot:CO-1/A/B", None, "id-format", "two local names"),
    ("lot:CO-1/-A", None, "id-format", "a local name that begins with a hyphen"),
    ("lot:CO-1/" + "B" * 49, None, "id-format", "a local name of 49 characters"),
    ("lot:CO-1/A~", None, "id-format", "a rest suffix without a number"),
    ("lot:CO-1/A~0", None, "id-format", "rest number 0"),
    ("lot:CO-1/A~01", None, "id-format", "a rest number with a leading zero"),
    ("lot:CO-1/A~10000", None, "id-format", "rest number 10000"),
    ("lot:CO-1/A~1B", None, "id-format", "letters after a rest suffix"),
    ("lot:CO-1/A" + "~1" * 9, None, "id-format", "nine rest suffixes"),
    (LONGEST_LOT + "9", None, "id-format", "129 characters"),
    ("consignment:CO-1/A~1", None, "id-format", "a rest suffix on a consignment"),
    ("permit:CO-1/A~1", None, "id-format", "a rest suffix on a permit"),
    ("key:" + "0f" * 31, None, "id-format", "a thumbprint of 31 bytes"),
    ("key:" + "0f" * 33, None, "id-format", "a thumbprint of 33 bytes"),
    ("party:XX-1", None, "id-country", "a user-assigned country code"),
    ("party:UK-1", None, "id-country", "an exceptionally reserved code"),
    ("party:EU-1", None, "id-country", "an exceptionally reserved code"),
    ("lot:ZZ-1/A", None, "id-country", "a user-assigned country code in a lot"),
    ("party:AN-1", None, "id-country", "a withdrawn country code"),
]


def ids_cases() -> list[Case]:
    """The id, the kind asked for (or none), and for valid ones what can be read off it."""
    cases = [
        case(f"valid-{n:02}", None, f"a {kind}", id=text, kind=kind, **rest)
        for n, (text, kind, rest) in enumerate(IDS_VALID)
    ]
    for n, (text, kind, code, comment) in enumerate(IDS_INVALID):
        cases.append(case(f"invalid-{n:02}", code, comment, id=text, **({"asked": kind} if kind else {})))
    cases.append(case("new-lot", None, "a new name", id="lot:CO-1/A", kind="lot", new=True))
    cases.append(case("new-rest", "id-reserved", "`~` in a new name", id="lot:CO-1/A~1", new=True))
    return cases


# --- Quantities ---------------------------------------------------------------------------------------------

QUANTITIES_VALID: list[tuple[str, str, int, str, str]] = [
    ("475.000", "KGM", 475_000_000_000, "475", "475.000 kg"),
    ("475", "KGM", 475_000_000_000, "475", "475.000 kg"),
    ("0.000000001", "KGM", 1, "0.000000001", "0.000000001 kg"),
    ("1", "GRM", 1_000_000, "1", "0.001 kg"),
    ("0.000001", "GRM", 1, "0.000001", "0.000000001 kg"),
    ("12.5", "MGM", 12_500, "12.5", "0.0000125 kg"),
    ("0.001", "MGM", 1, "0.001", "0.000000001 kg"),
    ("1.25", "TNE", 1_250_000_000_000, "1.25", "1250.000 kg"),
    ("9000", "TNE", 9_000_000_000_000_000, "9000", "9000000.000 kg"),
    ("0.000000000001", "TNE", 1, "0.000000000001", "0.000000001 kg"),
    ("200.0", "LTR", 200_000_000_000, "200", "200.000 L"),
    ("9000000", "LTR", 9_000_000_000_000_000, "9000000", "9000000.000 L"),
    ("0.5", "MLT", 500_000, "0.5", "0.0005 L"),
    ("1.0000000000", "KGM", 1_000_000_000, "1", "1.000 kg"),
    ("9000000.00000000000", "KGM", 9_000_000_000_000_000, "9000000", "9000000.000 kg"),
]

QUANTITIES_INVALID: list[tuple[str, str, str, str]] = [
    *(
        (t, "KGM", "quantity-format", "not the grammar")
        for t in (
            "",
            "NaN",
            "Infinity",
            "-Infinity",
            "1e3",
            "1E3",
            "01",
            "00",
            "00.5",
            "+1",
            "-0",
            "-0.0",
            "true",
            "1_000",
        )
    ),
    *(
        (t, "KGM", "quantity-format", "not the grammar")
        for t in (
            "1,5",
            "1 000",
            " 1",
            "1 ",
            "1\n",
            ".5",
            "1.",
            ".",
            "1.5.0",
            "0x10",
            "1/2",
            "--1",
            "-01",
            "1kg",
            "\x001",
        )
    ),
    ("\u0661\u0662", "KGM", "quantity-format", "Arabic digits"),
    ("\uff11", "KGM", "quantity-format", "a full-width digit"),
    ("\u00bd", "KGM", "quantity-format", "one half as a character"),
    ("1\u00b2", "KGM", "quantity-format", "a superscript digit"),
    ("\u22121", "KGM", "quantity-format", "a minus sign outside ASCII"),
    ("0" * 400, "KGM", "quantity-format", "400 zeros"),
    ("0", "KGM", "quantity-range", "zero"),
    ("0.000", "KGM", "quantity-range", "zero with decimals"),
    ("-1", "KGM", "quantity-range", "below zero"),
    ("-0.5", "KGM", "quantity-range", "below zero"),
    ("9000000.000000001", "KGM", "quantity-range", "a microgram above the limit"),
    ("9000.000000000001", "TNE", "quantity-range", "a microgram above the limit"),
    ("9000000.000000001", "LTR", "quantity-range", "a nanolitre above the limit"),
    ("9223372036854775808", "MGM", "quantity-range", "2^63"),
    ("999999999999999999", "MGM", "quantity-range", "18 digits"),
    ("1" + "0" * 18, "MGM", "quantity-range", "19 digits"),
    ("1" + "0" * 400, "KGM", "quantity-range", "10^400"),
    ("1" + "0" * 5_000, "KGM", "quantity-range", "10^5000"),
    ("-1" + "0" * 400, "KGM", "quantity-range", "-10^400"),
    ("1" * 18 + ".", "MGM", "quantity-format", "a point at the end"),
    ("1" * 18 + "." + "0" * 9, "MGM", "quantity-precision", "18 digits before the point and more after"),
    ("0.0000000001", "KGM", "quantity-precision", "a tenth of a microgram"),
    ("1.0000001", "GRM", "quantity-precision", "a tenth of a microgram"),
    ("0.0001", "MGM", "quantity-precision", "a tenth of a microgram"),
    ("0.0000001", "MLT", "quantity-precision", "a tenth of a nanolitre"),
    ("1.000000000000000000", "KGM", "quantity-precision", "19 digits, most of them decimals"),
    *(
        ("1", u, "unit-unknown", "not on the list")
        for u in ("", "T", "t", "lb", "LBR", "KG", "kg", "kgm", "KGM ", "mL", "L")
    ),
]

PERCENT_VALID = [
    ("0", 0),
    ("0.5", 5_000),
    ("0.0001", 1),
    ("2.50", 25_000),
    ("99.9999", 999_999),
    ("100.0000", 1_000_000),
]
PERCENT_INVALID = [
    "",
    "-1",
    "+1",
    "1e1",
    "00",
    "01",
    ".5",
    "1.",
    "100.0001",
    "101",
    "1000",
    "0.00001",
    "5%",
    "\u0665",
    " 1",
]


def quantities_cases() -> list[Case]:
    """Text and unit; for valid ones the amount, the shortest text and the text for people."""
    cases = [
        case(f"valid-{n:02}", None, "", text=t, unit=u, amount=a, shortest=s, shown=p)
        for n, (t, u, a, s, p) in enumerate(QUANTITIES_VALID)
    ]
    cases += [
        case(f"invalid-{n:02}", code, comment, text=t, unit=u)
        for n, (t, u, code, comment) in enumerate(QUANTITIES_INVALID)
    ]
    cases += [case(f"percent-valid-{n:02}", None, "", percent=t, ppm=p) for n, (t, p) in enumerate(PERCENT_VALID)]
    cases += [case(f"percent-invalid-{n:02}", "percent-format", "", percent=t) for n, t in enumerate(PERCENT_INVALID)]
    return cases


# --- Instants -----------------------------------------------------------------------------------------------

INSTANTS_VALID = [
    ("1970-01-01T00:00:00Z", 0),
    ("1970-01-01T00:00:00.001Z", 1),
    ("2000-02-29T12:00:00Z", 951_825_600_000),
    ("2023-11-14T22:13:20Z", 1_700_000_000_000),
    ("2028-02-29T00:00:00Z", 1_835_395_200_000),
    ("2026-11-30T15:15:00.250Z", 1_796_051_700_250),
    ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
]
INSTANTS_INVALID = [
    ("2026-01-01T00:30:00+14:00", "an offset"),
    ("2026-01-01T00:30:00+00:00", "an offset of zero"),
    ("2026-01-01T00:30:00-00:00", "an unknown offset"),
    ("2026-01-01T00:30:00z", "a small z"),
    ("2026-01-01t00:30:00Z", "a small t"),
    ("2026-01-01 00:30:00Z", "a space"),
    ("2026-01-01T00:30:00", "no zone"),
    ("2026-01-01T00:30Z", "no seconds"),
    ("2026-01-01", "a date alone"),
    ("20260101T003000Z", "the basic format"),
    ("2026-W01-1T00:00:00Z", "a week date"),
    ("2026-001T00:00:00Z", "an ordinal date"),
    ("2026-01-01T24:00:00Z", "24:00"),
    ("2026-01-01T25:00:00Z", "hour 25"),
    ("2026-01-01T00:60:00Z", "minute 60"),
    ("2026-06-30T23:59:60Z", "a leap second"),
    ("2026-01-01T00:00:61Z", "second 61"),
    ("2027-02-29T00:00:00Z", "no leap year"),
    ("2100-02-29T00:00:00Z", "no leap year, a full century"),
    ("2026-02-30T00:00:00Z", "30 February"),
    ("2026-04-31T00:00:00Z", "31 April"),
    ("2026-00-01T00:00:00Z", "month 0"),
    ("2026-13-01T00:00:00Z", "month 13"),
    ("2026-01-00T00:00:00Z", "day 0"),
    ("2026-01-32T00:00:00Z", "day 32"),
    ("0000-01-01T00:00:00Z", "year 0"),
    ("1969-12-31T23:59:59Z", "before 1970"),
    ("10000-01-01T00:00:00Z", "year 10000"),
    ("+2026-01-01T00:00:00Z", "a signed year"),
    ("-2026-01-01T00:00:00Z", "a year below zero"),
    ("2026-01-01T00:00:00.000Z", "a fraction of zero"),
    ("2026-01-01T00:00:00.5Z", "one digit of fraction"),
    ("2026-01-01T00:00:00.50Z", "two digits of fraction"),
    ("2026-01-01T00:00:00.500000Z", "six digits of fraction"),
    ("2026-01-01T00:00:00,500Z", "a comma"),
    ("2026-01-01T00:00:00.Z", "a point without digits"),
    ("2026-1-1T0:0:0Z", "no leading zeros"),
    ("\u0662\u0660\u0662\u0666-01-01T00:00:00Z", "Arabic digits"),
    ("2026-01-01T00:00:00Z\n", "a newline after"),
    (" 2026-01-01T00:00:00Z", "a space before"),
    ("2026-01-01T00:00:00ZZ", "two zones"),
    ("1700000000", "seconds since 1970"),
    ("", "nothing"),
]
OFFSETS_VALID = [
    ("+00:00", 0),
    ("+08:00", 480),
    ("-06:00", -360),
    ("+05:45", 345),
    ("-03:30", -210),
    ("-12:00", -720),
    ("+14:00", 840),
]
OFFSETS_INVALID = [
    "",
    "Z",
    "-00:00",
    "+14:01",
    "+15:00",
    "-12:01",
    "-13:00",
    "+24:00",
    "+5:30",
    "+0530",
    "05:30",
    "+05:60",
    "+05:30:00",
]
OFFSETS_INVALID += ["\u221206:00", "+\u0660\u0668:00", "+08:00 ", "+08:00\n", "UTC+08:00"]
DATES_VALID = [
    ("1988-12-20", 598_579_200_000),
    ("1970-01-01", 0),
    ("1961-03-30", -276_393_600_000),
    ("2028-02-29", 1_835_395_200_000),
]
DATES_INVALID = [
    "",
    "2027-02-29",
    "1899-12-31",
    "0000-00-00",
    "2026-13-01",
    "2026-1-1",
    "20260101",
    "2026-01-01Z",
    "10000-01-01",
    "2026-01-01 ",
]
LOCAL = [
    ("2026-11-30T15:15:59Z", -360, "2026-11-30 09:15 (UTC-06:00)"),
    ("2026-12-31T23:30:00Z", 345, "2027-01-01 05:15 (UTC+05:45)"),
    ("1970-01-01T00:00:00Z", -720, "1969-12-31 12:00 (UTC-12:00)"),
    ("9999-12-31T23:59:59.999Z", 840, "10000-01-01 13:59 (UTC+14:00)"),
    ("2026-11-30T15:15:00Z", 0, "2026-11-30 15:15 (UTC+00:00)"),
]


def instants_cases() -> list[Case]:
    """Instants, offsets and dates, each under its own name."""
    cases = [case(f"valid-{n:02}", None, "", instant=t, ms=ms) for n, (t, ms) in enumerate(INSTANTS_VALID)]
    cases += [case(f"invalid-{n:02}", "time-format", c, instant=t) for n, (t, c) in enumerate(INSTANTS_INVALID)]
    cases += [case(f"offset-valid-{n:02}", None, "", offset=t, minutes=m) for n, (t, m) in enumerate(OFFSETS_VALID)]
    cases += [case(f"offset-invalid-{n:02}", "offset-format", "", offset=t) for n, t in enumerate(OFFSETS_INVALID)]
    cases += [case(f"date-valid-{n:02}", None, "", date=t, ms=ms) for n, (t, ms) in enumerate(DATES_VALID)]
    cases += [case(f"date-invalid-{n:02}", "date-format", "", date=t) for n, t in enumerate(DATES_INVALID)]
    cases += [case(f"local-{n:02}", None, "", instant=t, minutes=m, local=s) for n, (t, m, s) in enumerate(LOCAL)]
    return cases


# --- Text ---------------------------------------------------------------------------------------------------

TEXT_VALID: list[tuple[str, bool, str]] = [
    ("Acetic anhydride, technical", False, "ASCII"),
    ("Qu\u00edmica de los Andes", False, "a composed letter"),
    ("\u5317\u4eac\u5316\u5de5", False, "Chinese"),
    ("\u0634\u0631\u0643\u0629", False, "Arabic, which turns by itself"),
    ("\u0928\u094d\u0926\u094d\u0930", False, "Devanagari with marks"),
    ("q\u0323\u0307", False, "two marks that do not compose"),
    ("A\u00a0B", False, "a no-break space inside"),
    ("\u0405igma", False, "a Cyrillic letter that looks Latin: a report's business"),
    ("line one\nline two", True, "two lines"),
    ("<img src=x onerror=alert(1)>", False, "markup is text"),
    ("\U0001f6e2", False, "a symbol outside the first plane"),
]
TEXT_INVALID: list[tuple[str, bool, str, str]] = [
    ("", False, "text-length", "nothing"),
    ("a" * 101, False, "text-length", "101 characters"),
    ("e" + "\u0301" * 1000, False, "text-length", "1,000 marks"),
    ("\u5317" * 100, False, "text-length", "300 bytes"),
    (" a", False, "text-chars", "a space before"),
    ("a ", False, "text-chars", "a space after"),
    ("a\u3000", False, "text-chars", "an ideographic space after"),
    ("\u00a0a", False, "text-chars", "a no-break space before"),
    (" ", False, "text-chars", "a space alone"),
    ("a\nb", False, "text-chars", "a newline where lines are not allowed"),
    ("a\n", True, "text-chars", "a newline at the end"),
    ("a\r\nb", True, "text-chars", "a carriage return"),
    ("a\tb", True, "text-chars", "a tab"),
    ("a\x00b", False, "text-chars", "NUL"),
    ("a\x1b[2Jb", False, "text-chars", "an escape sequence"),
    ("a\x7fb", False, "text-chars", "DEL"),
    ("a\u0085b", False, "text-chars", "next line"),
    ("a\u200bb", False, "text-chars", "zero-width space"),
    ("a\u200db", False, "text-chars", "zero-width joiner"),
    ("a\u202eb", False, "text-chars", "right-to-left override"),
    ("a\u2066b", False, "text-chars", "left-to-right isolate"),
    ("a\u200fb", False, "text-chars", "right-to-left mark"),
    ("a\u061cb", False, "text-chars", "Arabic letter mark"),
    ("a\u00adb", False, "text-chars", "soft hyphen"),
    ("a\u2060b", False, "text-chars", "word joiner"),
    ("a\ufeffb", False, "text-chars", "byte order mark"),
    ("a\u2028b", True, "text-chars", "line separator"),
    ("a\u2029b", True, "text-chars", "paragraph separator"),
    ("a\U000e0041b", False, "text-chars", "a tag character"),
    ("a\ufe0fb", False, "text-chars", "a variation selector"),
    ("a\U000e0100b", False, "text-chars", "a supplementary variation selector"),
    ("a\u034fb", False, "text-chars", "combining grapheme joiner"),
    ("\u3164", False, "text-chars", "a Hangul filler alone, which shows nothing"),
    ("a\uffa0b", False, "text-chars", "a half-width Hangul filler"),
    ("a\ud800b", False, "text-chars", "a lone surrogate"),
    ("a\udc00b", False, "text-chars", "a lone low surrogate"),
    ("a\ue000b", False, "text-chars", "private use"),
    ("a\U0010fffdb", False, "text-chars", "private use, last plane"),
    ("a\u0378b", False, "text-chars", "unassigned"),
    ("a\uffffb", False, "text-chars", "a noncharacter"),
    ("a\U0001fae8b", False, "text-chars", "assigned only after Unicode 14.0"),
    ("\u0301a", False, "text-chars", "a mark on nothing"),
    ("q" + "\u0323\u0324\u0325\u032d\u0330", False, "text-chars", "five marks in a row"),
    ("a\u20dd\u20dd\u20dd\u20dd\u20dd", False, "text-chars", "five enclosing marks in a row"),
    ("e\u0301", False, "text-not-nfc", "a decomposed letter"),
    ("\u212b", False, "text-not-nfc", "the angstrom sign"),
    ("\uf900"[0], False, "text-not-nfc", "a compatibility ideograph"),
    ("q\u0307\u0323", False, "text-not-nfc", "marks out of canonical order"),
    ("\u1100\u1161", False, "text-not-nfc", "a Hangul syllable in parts"),
    ("\u0958", False, "text-not-nfc", "a letter excluded from composition"),
]


def text_cases() -> list[Case]:
    """Code points in hexadecimal, since some of these are no text at all; 100 characters and 250 bytes allowed."""
    cases = [
        case(f"valid-{n:02}", None, comment, code_points=_points(t), multiline=lines)
        for n, (t, lines, comment) in enumerate(TEXT_VALID)
    ]
    cases += [
        case(f"invalid-{n:02}", code, comment, code_points=_points(t), multiline=lines)
        for n, (t, lines, code, comment) in enumerate(TEXT_INVALID)
    ]
    return cases


def _points(text: str) -> str:
    return " ".join(f"{ord(character):04X}" for character in text)


BUILDERS = {
    "cbor": cbor_cases,
    "canonical-json": json_cases,
    "ids": ids_cases,
    "quantities": quantities_cases,
    "instants": instants_cases,
    "text": text_cases,
}


def render(name: str) -> str:
    """The text of one vector file."""
    content = {
        "format": name,
        "version": 1,
        "source": "stated by hand in tests/vectors_build/codecs.py",
        "cases": BUILDERS[name](),
    }
    return json.dumps(content, indent=1, ensure_ascii=True) + "\n"


def main() -> None:
    """Write all six files."""
    for name in BUILDERS:
        (VECTORS / f"{name}.json").write_text(render(name), encoding="ascii")


if __name__ == "__main__":
    main()
