"""Makes specs/vectors/hidden.json: `python -m tests.vectors_build.hidden` from the root of the project."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

PATH = Path(__file__).resolve().parents[2] / "specs" / "vectors" / "hidden.json"

SALT = bytes(range(16))
Case = dict[str, object]


def digest(field: str, salt: bytes, value: str) -> str:
    """The digest by the words of the specification, apart from the code under test."""
    name, text = field.encode(), value.encode()
    message = b"lotchain/hidden/1\n" + len(name).to_bytes(2, "big") + name + salt
    return sha256(message + len(text).to_bytes(4, "big") + text).hexdigest()


def opening(name: str, field: str, value: str, comment: str, salt: bytes = SALT) -> Case:
    """A text, how it is hidden, and what the payload holds; the digest opens."""
    return {
        "name": name, "comment": comment, "valid": True, "kind": "opening",
        "field": field, "salt": salt.hex(), "value": value, "digest": digest(field, salt, value),
    }  # fmt: skip


def shut(name: str, field: str, value: str, comment: str, hidden: str, salt: bytes = SALT) -> Case:
    """A well-formed opening that does not open the digest."""
    return {
        "name": name, "comment": comment, "valid": False, "code": "hidden-mismatch", "kind": "opening",
        "field": field, "salt": salt.hex(), "value": value, "digest": hidden,
    }  # fmt: skip


def bad(name: str, item: object, comment: str) -> Case:
    """An opening that cannot be read. In `item`, `{"bytes": hex}` stands for a CBOR byte string."""
    return {
        "name": name, "comment": comment, "valid": False, "code": "hidden-format",
        "kind": "item", "item": item,
    }  # fmt: skip


def member(name: str, value: object, comment: str, *, valid: bool = False) -> Case:
    """What may stand in a payload where a hideable field is."""
    case: Case = {"name": name, "comment": comment, "valid": valid, "kind": "member", "member": value}
    return case if valid else case | {"code": "hidden-format"}


def build() -> dict[str, object]:
    """The whole file."""
    base = digest("consignee.name", SALT, "Ana")
    salt = {"bytes": SALT.hex()}
    cases = [
        opening("name", "consignee.name", "Ana", "a short text, which only the salt protects"),
        opening("price", "lines[2].price", "1200 USD", "a field of one line"),
        opening("remark", "remark", "Two lines\nof text", "line breaks are text"),
        opening("other script", "vehicle", "Грузовик № 7", "UTF-8, length in bytes"),
        opening("longest", "remark", "x" * 4096, "4,096 bytes"),
        opening("other salt", "consignee.name", "Ana", "same text, other digest", bytes(16)),
        shut("other text", "consignee.name", "Eva", "another value", base),
        shut("other field", "consignor.name", "Ana", "moved to another field", base),
        shut("field and salt shifted", "consignee.nam", "Ana", "lengths are stated, so nothing shifts", base),
        shut("other salt used", "consignee.name", "Ana", "another salt", base, bytes(16)),
        shut("letter case", "consignee.name", "ANA", "compared byte for byte", base),
        shut("digest of the bare text", "consignee.name", "Ana", "no salt", sha256(b"Ana").hexdigest()),
        shut("digest cut", "consignee.name", "Ana", "31 bytes", base[:-2]),
        shut("digest empty", "consignee.name", "Ana", "no bytes", ""),
        bad("no list", "Ana", "an opening is a list"),
        bad("two parts", ["consignee.name", salt], "the text is missing"),
        bad("four parts", ["consignee.name", salt, "Ana", 1], "a part more"),
        bad("a map", {"field": "consignee.name"}, "an opening is a list"),
        bad("salt short", ["consignee.name", {"bytes": "00" * 15}, "Ana"], "15 bytes"),
        bad("salt long", ["consignee.name", {"bytes": "00" * 17}, "Ana"], "17 bytes"),
        bad("salt text", ["consignee.name", "0" * 16, "Ana"], "text"),
        bad("value empty", ["consignee.name", salt, ""], "nothing to hide"),
        bad("value number", ["consignee.name", salt, 7], "not text"),
        bad("value bytes", ["consignee.name", salt, {"bytes": "416e61"}], "not text"),
        bad("value long", ["consignee.name", salt, "x" * 4097], "4,097 bytes"),
        bad("value long in bytes", ["consignee.name", salt, "é" * 2049], "4,098 bytes in 2,049 letters"),
        bad("value not NFC", ["consignee.name", salt, "e\u0301"], "e and an accent"),
        bad("value bidirectional", ["consignee.name", salt, "A\u202ena"], "shows as something else"),
        bad("value control", ["consignee.name", salt, "A\u0000na"], "NUL"),
        bad("field number", [5, salt, "Ana"], "not text"),
        bad("field empty", ["", salt, "Ana"], "no field"),
        bad("field capital", ["Consignee.name", salt, "Ana"], "names are lower case"),
        bad("field dot first", [".name", salt, "Ana"], "no name before the dot"),
        bad("field dot last", ["consignee.", salt, "Ana"], "no name after the dot"),
        bad("field index padded", ["lines[02].price", salt, "Ana"], "a second spelling of 2"),
        bad("field index negative", ["lines[-1].price", salt, "Ana"], "no such index"),
        bad("field newline", ["remark\n", salt, "Ana"], "a line break"),
        bad("field long", ["a" * 201, salt, "Ana"], "201 characters"),
        member("plain", "Ana", "plain text", valid=True),
        member("hidden", {"hidden": base}, "a digest", valid=True),
        member("hidden upper case", {"hidden": base.upper()}, "hex is lower case"),
        member("hidden short", {"hidden": base[:-2]}, "62 digits"),
        member("hidden long", {"hidden": base + "00"}, "66 digits"),
        member("hidden newline", {"hidden": base + "\n"}, "a line break"),
        member("hidden number", {"hidden": 7}, "a number"),
        member("hidden null", {"hidden": None}, "null"),
        member("with more", {"hidden": base, "value": "Ana"}, "the text beside its digest"),
        member("other word", {"Hidden": base}, "another member"),
        member("empty object", {}, "no members"),
        member("null", None, "null"),
        member("number", 7, "a number"),
        member("list", [base], "a list"),
    ]
    return {
        "format": "lotchain hidden fields",
        "version": 1,
        "source": "python -m tests.vectors_build.hidden, with fixed salts",
        "cases": cases,
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(build(), indent=1, ensure_ascii=True) + "\n")
