"""Makes specs/vectors/tree.json, heads-map.json and closing.json: `python tests/vectors_build/tree_heads.py`.

Everything is computed here from the definitions, recursively and without lotchain's own code, so that the
vectors are a second opinion and not an echo. The output depends on nothing but this file.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors"
SOURCE = "tests/vectors_build/tree_heads.py, from the definitions, independent of the program"
Case = dict[str, object]


def h(*parts: bytes) -> bytes:
    return sha256(b"".join(parts)).digest()


def hexes(hashes: list[bytes]) -> list[str]:
    return [member.hex() for member in hashes]


def case(kind: str, name: str, comment: str, code: str = "", **inputs: object) -> Case:
    head: Case = {"name": name, "comment": comment, "kind": kind, "valid": not code}
    if code:
        head["code"] = code
    return head | inputs


# --- RFC 9162 section 2.1, literally -------------------------------------------------------------------------


def split(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def mth(entries: list[bytes]) -> bytes:
    if not entries:
        return h()
    if len(entries) == 1:
        return h(b"\x00", entries[0])
    k = split(len(entries))
    return h(b"\x01", mth(entries[:k]), mth(entries[k:]))


def path_of(m: int, entries: list[bytes]) -> list[bytes]:
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if m < k:
        return [*path_of(m, entries[:k]), mth(entries[k:])]
    return [*path_of(m - k, entries[k:]), mth(entries[:k])]


def subproof(m: int, entries: list[bytes], whole: bool) -> list[bytes]:
    if m == len(entries):
        return [] if whole else [mth(entries)]
    k = split(len(entries))
    if m <= k:
        return [*subproof(m, entries[:k], whole), mth(entries[k:])]
    return [*subproof(m - k, entries[k:], False), mth(entries[:k])]


ENTRIES = [f"L{i}".encode() for i in range(33)]


def tree_cases() -> list[Case]:
    return [*_roots(), *_inclusions(), *_consistencies(), *_frontiers(), *_tile_paths()]


def _roots() -> list[Case]:
    cases = [
        case(
            "root", f"root of {n}", "the first n of the entries L0, L1, L2 …",
            entries=hexes(ENTRIES[:n]), root=mth(ENTRIES[:n]).hex(),
        )
        for n in (0, 1, 2, 3, 7, 8, 33)
    ]  # fmt: skip
    left, right = h(b"\x00", b"L0"), h(b"\x00", b"L1")
    for name, entry in (("node preimage", b"\x01" + left + right), ("two child hashes", left + right)):
        cases.append(
            case(
                "root", f"{name} as an entry", "an inner node offered as an entry must not give its root",
                "not-proved", entries=[entry.hex()], root=mth([b"L0", b"L1"]).hex(),
            )
        )  # fmt: skip
    cases.append(
        case(
            "root", "last entry doubled", "three entries are not four of which the last two are equal",
            "not-proved", entries=hexes([b"L0", b"L1", b"L2", b"L2"]), root=mth([b"L0", b"L1", b"L2"]).hex(),
        )
    )  # fmt: skip
    return cases


def _inclusions() -> list[Case]:
    def one(name: str, comment: str, index: int, size: int, code: str = "", /, **changes: object) -> Case:
        inputs: Case = {
            "leaf_hash": h(b"\x00", ENTRIES[min(index, size - 1)]).hex(),
            "index": index,
            "size": size,
            "path": hexes(path_of(min(index, size - 1), ENTRIES[:size])),
            "root": mth(ENTRIES[:size]).hex(),
        }
        return case("inclusion", name, comment, code, **(inputs | changes))

    good = [one(f"{i} in {n}", "a genuine path", i, n) for i, n in ((0, 1), (3, 7), (6, 7), (0, 8), (7, 8), (32, 33))]
    path = path_of(3, ENTRIES[:7])
    no = "not-proved"
    inner = h(b"\x01", h(b"\x00", b"L2"), h(b"\x00", b"L3"))
    bad = [
        one("another index", "a path for 3 offered for 2", 3, 7, no, index=2),
        one("index is size", "no such entry", 3, 7, no, index=7),
        one("index negative", "no such entry", 3, 7, no, index=-1),
        one("size 0", "an empty tree holds nothing", 3, 7, no, size=0, index=0),
        one("size too large", "sizes end at 2^62", 3, 7, no, size=2**62 + 1),
        one("smaller size", "the index is not in it", 3, 7, no, size=3),
        one("much larger size", "the path is too short for it", 3, 7, no, size=9),
        one("another entry", "the leaf hash of L4", 3, 7, no, leaf_hash=h(b"\x00", b"L4").hex()),
        one("no domain byte", "the leaf hashed without 0x00", 3, 7, no, leaf_hash=h(b"L3").hex()),
        one("inner node as leaf", "node (1, 1) passed off as entry 1 of a tree of 4 nodes", 1, 4, no,
            leaf_hash=inner.hex(), path=hexes([mth(ENTRIES[:2]), mth(ENTRIES[4:7])]), size=7,
            root=mth(ENTRIES[:7]).hex()),
        one("first hash missing", "one hash too few", 3, 7, no, path=hexes(path[1:])),
        one("last hash missing", "one hash too few", 3, 7, no, path=hexes(path[:-1])),
        one("hash too many", "the root appended", 3, 7, no, path=hexes([*path, mth(ENTRIES[:7])])),
        one("empty path", "nothing is proved", 3, 7, no, path=[]),
        one("reversed path", "from the root down", 3, 7, no, path=hexes(path[::-1])),
        one("hash of 31 bytes", "sizes are checked first", 3, 7, no, path=[path[0].hex()[:-2], *hexes(path[1:])]),
        one("hash of 33 bytes", "sizes are checked first", 3, 7, no, path=[path[0].hex() + "00", *hexes(path[1:])]),
        one("boundary moved", "a byte moved from one hash to the next", 3, 7, no,
            path=[path[0].hex()[:-2], path[0].hex()[-2:] + path[1].hex(), path[2].hex()]),
        one("64 hashes", "longer than any path", 3, 7, no, path=hexes([path[0]] * 64)),
        one("short root", "a truncated root", 3, 7, no, root=mth(ENTRIES[:7]).hex()[:32]),
        one("another root", "the root of 8 entries", 3, 7, no, root=mth(ENTRIES[:8]).hex()),
    ]  # fmt: skip
    return good + bad


def _consistencies() -> list[Case]:
    def one(name: str, comment: str, old: int, new: int, code: str = "", /, **changes: object) -> Case:
        inputs: Case = {
            "old_size": old,
            "old_root": mth(ENTRIES[:old]).hex(),
            "new_size": new,
            "new_root": mth(ENTRIES[:new]).hex(),
            "path": hexes(subproof(old, ENTRIES[:new], True)),
        }
        return case("consistency", name, comment, code, **(inputs | changes))

    pairs = ((3, 7), (4, 7), (6, 7), (1, 8), (7, 7), (8, 33), (32, 33))
    good = [one(f"{m} to {n}", "a genuine path", m, n) for m, n in pairs]
    path = subproof(3, ENTRIES[:7], True)
    no = "not-proved"
    forked = [*ENTRIES[:2], b"XX", *ENTRIES[3:7]]
    bad = [
        one("from 0", "nothing is proved from the empty tree", 3, 7, no, old_size=0, old_root=h().hex(), path=[]),
        one("from 0 to 0", "nothing is proved from the empty tree", 3, 7, no, old_size=0, old_root=h().hex(),
            new_size=0, new_root=h().hex(), path=[]),
        one("backwards", "a log does not shrink", 3, 7, no, old_size=7, new_size=3,
            old_root=mth(ENTRIES[:7]).hex(), new_root=mth(ENTRIES[:3]).hex()),
        one("same size, other root", "a split view", 7, 7, no, old_root=mth(forked).hex()),
        one("same size, a path", "equal sizes need an empty path", 7, 7, no, path=hexes(path)),
        one("empty path", "needed unless the sizes are equal", 3, 7, no, path=[]),
        one("empty path from a power of two", "needed unless the sizes are equal", 4, 7, no, path=[]),
        one("forked", "entry 2 was replaced", 3, 7, no, new_root=mth(forked).hex(),
            path=hexes(subproof(3, forked, True))),
        one("first hash missing", "one hash too few", 3, 7, no, path=hexes(path[1:])),
        one("last hash missing", "one hash too few", 3, 7, no, path=hexes(path[:-1])),
        one("hash too many", "one hash too many", 3, 7, no, path=hexes([*path, path[0]])),
        one("reversed path", "from the root down", 3, 7, no, path=hexes(path[::-1])),
        one("roots exchanged", "old and new confused", 3, 7, no,
            old_root=mth(ENTRIES[:7]).hex(), new_root=mth(ENTRIES[:3]).hex()),
        one("other old size", "a path from 3 offered from 2", 3, 7, no, old_size=2),
        one("other new size", "a path to 7 offered to 9", 3, 7, no, new_size=9),
        one("size too large", "sizes end at 2^62", 3, 7, no, new_size=2**62 + 1),
        one("hash of 31 bytes", "sizes are checked first", 3, 7, no, path=[path[0].hex()[:-2], *hexes(path[1:])]),
        one("64 hashes", "longer than any path", 3, 7, no, path=hexes([path[0]] * 64)),
        one("short old root", "a truncated root", 3, 7, no, old_root=mth(ENTRIES[:3]).hex()[:32]),
    ]  # fmt: skip
    return good + bad


def _frontiers() -> list[Case]:
    def frontier(n: int) -> bytes:
        peaks, at = [], 0
        for level in range(n.bit_length() - 1, -1, -1):
            if n >> level & 1:
                peaks.append(mth(ENTRIES[at : at + (1 << level)]))
                at += 1 << level
        return b"\x01" + n.to_bytes(8, "big") + b"".join(peaks)

    good = [
        case("frontier", f"frontier of {n}", "first n entries", bytes=frontier(n).hex(), size=n,
             root=mth(ENTRIES[:n]).hex())
        for n in (0, 1, 7, 32, 33)
    ]  # fmt: skip
    seven, bad = frontier(7), "frontier-malformed"
    return [
        *good,
        case("frontier", "no bytes", "shorter than version and size", bad, bytes=""),
        case("frontier", "version 2", "unknown", "version-unsupported", bytes="02" + seven.hex()[2:]),
        case("frontier", "byte missing", "one hash for each set bit", bad, bytes=seven[:-1].hex()),
        case("frontier", "hash missing", "one hash for each set bit", bad, bytes=seven[:-32].hex()),
        case("frontier", "hash too many", "one hash for each set bit", bad, bytes=(seven + seven[-32:]).hex()),
        case("frontier", "size too large", "sizes end at 2^62", bad, bytes=(b"\x01\x80" + bytes(7 + 32)).hex()),
    ]


def _tile_paths() -> list[Case]:
    good = (
        ("tile/0/000", 0, 0, 256), ("tile/0/999", 0, 999, 256), ("tile/0/x001/000", 0, 1000, 256),
        ("tile/1/x001/x234/067.p/8", 1, 1234067, 8), ("tile/63/000.p/255", 63, 0, 255),
        ("tile/entries/273.p/112", None, 273, 112), ("tile/entries/x001/x234/067", None, 1234067, 256),
    )  # fmt: skip
    bad = (
        "", "tile", "checkpoint", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/1000", "tile/0/x000/001",
        "tile/0/001/000", "tile/0/x001", "tile/0/x001/x000", "tile/00/000", "tile/01/000", "tile/64/000",
        "tile/-1/000", "tile/8/0/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/08", "tile/0/000.p/",
        "tile/0/000.p/1/", "tile/0/000.P/1", "Tile/0/000", "/tile/0/000", "tile//000", "tile/0/../000",
        "tile/0/000\n", "tile/0/\u0660\u0660\u0660", "tile/entries/0", "tile/Entries/000", "tile/data/000",
        "tile/0/x999/x999/x999/x999/x999/x999/999", "tile/0/" + "x001/" * 40 + "000",
    )  # fmt: skip
    return [
        *(
            case("tile-path", path, "C2SP tlog-tiles", path=path, level=level, n=n, width=width)
            for path, level, n, width in good
        ),
        *(
            case("tile-path", f"not {path[:40]!r}", "not the one spelling", "tile-path-malformed", path=path)
            for path in bad
        ),
    ]


# --- the heads map -------------------------------------------------------------------------------------------

Head = tuple[int, bytes, bytes]


def subject(i: int) -> str:
    return f"lot:NL-00000001/{i:04d}"


def head(i: int) -> Head:
    return 1 + i % 5, h(b"chain", bytes([i])), h(b"state", bytes([i]))


def key(name: str) -> bytes:
    return h(name.encode())


def leaf(of: bytes, value: Head) -> bytes:
    return h(b"\x10", of, value[0].to_bytes(8, "big"), value[1], value[2])


def bits(of: bytes) -> str:
    return "".join(f"{byte:08b}" for byte in of)


def subtree(heads: dict[bytes, Head], prefix: str) -> bytes:
    inside = [of for of in heads if bits(of).startswith(prefix)]
    if not inside:
        return bytes(32)
    if len(inside) == 1:
        return leaf(inside[0], heads[inside[0]])
    return h(b"\x11", subtree(heads, prefix + "0"), subtree(heads, prefix + "1"))


def map_root(heads: dict[bytes, Head]) -> bytes:
    return subtree(heads, "") if heads else h(b"\x12")


def walk(heads: dict[bytes, Head], of: bytes) -> tuple[list[bytes], bytes | None]:
    """(siblings from the root down, the key at which the path ends or None)"""
    siblings, prefix = [], ""
    while True:
        inside = [other for other in heads if bits(other).startswith(prefix)]
        if len(inside) < 2:
            return siblings, inside[0] if inside else None
        side = bits(of)[len(prefix)]
        siblings.append(subtree(heads, prefix + ("1" if side == "0" else "0")))
        prefix += side


def shown(value: Head) -> Case:
    return {"length": value[0], "chain": value[1].hex(), "state_hash": value[2].hex()}


def heads_cases() -> list[Case]:
    cases = [
        case("chain", "first statement", "from 32 zero bytes", chain="00" * 32, statement_id="11" * 32,
             result=h(b"\x13", bytes(32), b"\x11" * 32).hex()),
        case("chain", "second statement", "from the one before",
             chain=h(b"\x13", bytes(32), b"\x11" * 32).hex(), statement_id="22" * 32,
             result=h(b"\x13", h(b"\x13", bytes(32), b"\x11" * 32), b"\x22" * 32).hex()),
        case("chain", "boundary moved", "31 and 33 bytes", "hash-size", chain="00" * 31, statement_id="11" * 33),
        case("chain", "short id", "31 bytes", "hash-size", chain="00" * 32, statement_id="11" * 31),
    ]  # fmt: skip
    for n in (0, 1, 2, 3, 20):
        members = {key(subject(i)): head(i) for i in range(n)}
        cases.append(
            case(
                "root", f"map of {n}", "subjects 0 to n - 1",
                heads=[{"subject": subject(i)} | shown(head(i)) for i in range(n)], root=map_root(members).hex(),
            )
        )  # fmt: skip
    return [*cases, *_presences(), *_absences()]


MEMBERS = {key(subject(i)): head(i) for i in range(20)}


def _presences() -> list[Case]:
    def one(name: str, comment: str, i: int, code: str = "", /, **changes: object) -> Case:
        inputs: Case = {
            "root": map_root(MEMBERS).hex(),
            "subject": subject(i),
            "head": shown(head(i)),
            "siblings": hexes(walk(MEMBERS, key(subject(i)))[0]),
        }
        return case("presence", name, comment, code, **(inputs | changes))

    siblings = walk(MEMBERS, key(subject(4)))[0]
    length, chain, state = head(4)
    lone = {key(subject(0)): head(0)}
    no = "not-proved"
    absent = next(i for i in range(20, 200) if walk(MEMBERS, key(subject(i)))[1] is None)
    path, end = walk(MEMBERS, key(subject(21)))
    return [
        *(one(f"subject {i}", "a genuine proof", i) for i in (0, 4, 19)),
        one("lone leaf", "the only subject: no siblings", 0, root=map_root(lone).hex(), siblings=[]),
        one("longer history", "length is bound", 4, no, head=shown((length + 1, chain, state))),
        one("length 0", "a dishonest map: a subject with no statement is not in it", 4, no,
            head=shown((0, chain, state)), siblings=[],
            root=leaf(key(subject(4)), (0, chain, state)).hex()),
        one("length 2^63", "lengths end below 2^63", 4, no, head=shown((2**63, chain, state))),
        one("other chain", "the history is bound", 4, no, head=shown((length, state, state))),
        one("other state", "the state is bound", 4, no, head=shown((length, chain, chain))),
        one("boundary moved", "a byte moved from chain to state", 4, no,
            head={"length": length, "chain": chain.hex()[:-2], "state_hash": chain.hex()[-2:] + state.hex()}),
        one("other subject", "the proof of 4 offered for 5", 4, no, subject=subject(5)),
        one("absent subject, empty side", "an absence proof dressed as presence", absent, no, head=shown(head(4))),
        one("absent subject, other leaf", "an absence proof dressed as presence", 21, no,
            head=shown(MEMBERS[end] if end else head(4)), siblings=hexes(path)),
        one("reversed", "siblings from the leaf up", 4, no, siblings=hexes(siblings[::-1])),
        one("first sibling missing", "too short", 4, no, siblings=hexes(siblings[1:])),
        one("last sibling missing", "too short", 4, no, siblings=hexes(siblings[:-1])),
        one("sibling too many", "too long", 4, no, siblings=hexes([*siblings, siblings[0]])),
        one("empty sibling at the end", "one leaf is no inner node", 0, no, siblings=["00" * 32],
            root=h(b"\x11", *_at_side(key(subject(0)), leaf(key(subject(0)), head(0)), bytes(32))).hex()),
        one("sibling of 31 bytes", "sizes are checked first", 4, no,
            siblings=[siblings[0].hex()[:-2], *hexes(siblings[1:])]),
        one("257 siblings", "deeper than a key has bits", 4, no, siblings=hexes([siblings[0]] * 257)),
        one("empty map", "holds nobody", 4, no, root=h(b"\x12").hex(), siblings=[]),
        one("short root", "a truncated root", 4, no, root=map_root(MEMBERS).hex()[:32]),
    ]  # fmt: skip


def _at_side(of: bytes, own: bytes, sibling: bytes) -> tuple[bytes, bytes]:
    """Left and right child of the root, `own` standing on the side of this key."""
    return (own, sibling) if bits(of)[0] == "0" else (sibling, own)


def _absences() -> list[Case]:
    def one(name: str, comment: str, name_of: str, code: str = "", /, **changes: object) -> Case:
        siblings, end = walk(MEMBERS, key(name_of))
        inputs: Case = {
            "root": map_root(MEMBERS).hex(),
            "subject": name_of,
            "siblings": hexes(siblings),
            "other": None if end is None else other(end, MEMBERS[end]),
        }
        return case("absence", name, comment, code, **(inputs | changes))

    def other(of: bytes, value: Head) -> Case:
        return {"key": of.hex()} | shown(value)

    outside = [subject(i) for i in range(20, 200)]
    empty = next(name for name in outside if walk(MEMBERS, key(name))[1] is None)
    beside = next(name for name in outside if walk(MEMBERS, key(name))[1] is not None)
    siblings, end = walk(MEMBERS, key(beside))
    assert end is not None
    elsewhere = next(of for of in MEMBERS if bits(of)[: len(siblings)] != bits(end)[: len(siblings)])
    astray = next(of for of in MEMBERS if bits(of)[0] != bits(key(empty))[0])
    own = walk(MEMBERS, key(subject(4)))[0]
    lone = {key(subject(0)): head(0)}
    length, chain, state = MEMBERS[end]
    no = "not-proved"
    return [
        one("empty side", "the path ends where nothing is", empty),
        one("other leaf", "the path ends at another subject", beside),
        one("empty map", "nobody is in it", empty, root=h(b"\x12").hex(), siblings=[], other=None),
        one("beside a lone leaf", "no siblings", empty, root=map_root(lone).hex(), siblings=[],
            other=other(key(subject(0)), head(0))),
        one("own leaf as other", "a presence proof dressed as absence", subject(4), no),
        one("present, empty end", "its own path, said to end at an empty side", subject(4), no, other=None),
        one("present, other's proof", "the absence proof of another subject", subject(4), no,
            siblings=hexes(siblings), other=other(end, MEMBERS[end])),
        one("present, path cut short", "an inner node passed off as an empty side", subject(4), no,
            siblings=hexes(own[:-1]), other=None),
        one("other leaf unsaid", "the path ends at a leaf, not at an empty side", beside, no, other=None),
        one("other leaf invented", "the path ends at an empty side", empty, no, other=other(end, MEMBERS[end])),
        one("other leaf elsewhere", "a leaf that is not under the path", beside, no,
            other=other(elsewhere, MEMBERS[elsewhere])),
        one("other leaf misplaced", "a dishonest map that hangs a leaf on the wrong side", empty, no,
            root=h(b"\x11", *_at_side(key(empty), leaf(astray, MEMBERS[astray]), b"\x11" * 32)).hex(),
            siblings=["11" * 32], other=other(astray, MEMBERS[astray])),
        one("other leaf's length", "what does not enter the hash would be free", beside, no,
            other=other(end, (length + 1, chain, state))),
        one("other leaf's state", "all of the other leaf is hashed", beside, no,
            other=other(end, (length, chain, chain))),
        one("other key of 31 bytes", "sizes are checked first", beside, no,
            other=other(end, MEMBERS[end]) | {"key": end.hex()[:-2]}),
        one("empty map with siblings", "nothing is below its root", empty, no, root=h(b"\x12").hex()),
        one("empty map with other", "nobody is in it", empty, no, root=h(b"\x12").hex(), siblings=[],
            other=other(end, MEMBERS[end])),
        one("no siblings", "the map is not empty", empty, no, siblings=[], other=None),
        one("zero root", "an empty subtree is not an empty map", empty, no, root="00" * 32, siblings=[],
            other=None),
        one("empty sibling at the end", "no inner node holds no leaf", empty, no, siblings=["00" * 32],
            root=h(b"\x11", bytes(64)).hex(), other=None),
        one("reversed", "siblings from the leaf up", empty, no,
            siblings=hexes(walk(MEMBERS, key(empty))[0][::-1])),
        one("sibling of 33 bytes", "sizes are checked first", empty, no,
            siblings=[*hexes(walk(MEMBERS, key(empty))[0][:-1]), "00" * 33]),
        one("257 siblings", "deeper than a key has bits", empty, no, siblings=["11" * 32] * 257),
    ]  # fmt: skip


# --- the closing record --------------------------------------------------------------------------------------


def number(major: int, value: int) -> bytes:
    if value < 24:
        return bytes([major << 5 | value])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if value < 1 << 8 * size:
            return bytes([major << 5 | code]) + value.to_bytes(size, "big")
    raise ValueError(value)


def text(value: str) -> bytes:
    return number(3, len(value.encode())) + value.encode()


def closing_cases() -> list[Case]:
    time, root = 1_764_000_000_000, bytes(range(32))

    def entry(
        name: bytes = text("lotchain/closing/1"), at: bytes = number(0, time), start: bytes = number(0, 0),
        end: bytes = number(0, 3), judge: bytes = text("1"), heads: bytes = number(2, 32) + root,
        first: bytes = b"\x86", more: bytes = b"",
    ) -> bytes:  # fmt: skip
        return first + name + at + start + end + judge + heads + more

    def good(name: str, data: bytes, at: int, start: int, end: int, judge: str) -> Case:
        fields = {"time": at, "start": start, "end": end, "judge": judge, "heads_root": root.hex()}
        return case("closing", name, "a closing record", entry=data.hex(), fields=fields)

    last, top = 253_402_300_799_999, 2**62 - 1
    wrong = {
        "no bytes": (b"", "nothing"),
        "array head alone": (b"\x86", "cut off"),
        "a statement": (b"\xd2" + entry(), "begins with COSE tag 18"),
        "tagged": (b"\xc0" + entry(), "no tags"),
        "byte missing": (entry()[:-1], "cut off"),
        "byte too many": (entry() + b"\x00", "trailing byte"),
        "five members": (entry(first=b"\x85", heads=b""), "the heads root is missing"),
        "seven members": (entry(first=b"\x87", more=b"\x00"), "one member too many"),
        "indefinite array": (entry(first=b"\x9f", more=b"\xff"), "not deterministic"),
        "long array head": (entry(first=b"\x98\x06"), "not the shortest form"),
        "long text head": (entry(name=b"\x78\x12lotchain/closing/1"), "not the shortest form"),
        "long number": (entry(end=b"\x18\x03"), "not the shortest form"),
        "float time": (entry(at=b"\xfb\x42\x79\xab\x69\x7e\x80\x00\x00"), "no floats"),
        "negative time": (entry(at=b"\x20"), "before 1970"),
        "year 10000": (entry(at=number(0, last + 1)), "after the year 9999"),
        "text time": (entry(at=text("2025")), "a number of milliseconds"),
        "true as start": (entry(start=b"\xf5"), "a boolean is no number"),
        "null end": (entry(end=b"\xf6"), "a number"),
        "negative start": (entry(start=b"\x20"), "no entry before 0"),
        "empty batch": (entry(start=number(0, 3)), "a batch holds at least one entry"),
        "backwards": (entry(start=number(0, 4)), "end before start"),
        "end too large": (entry(end=number(0, 2**62)), "indexes end below 2^62"),
        "bignum end": (entry(end=b"\xc2\x41\x03"), "no tags"),
        "judge not text": (entry(judge=number(0, 1)), "the judge's version is text"),
        "judge empty": (entry(judge=text("")), "at least one character"),
        "judge too long": (entry(judge=text("j" * 65)), "at most 64 characters"),
        "judge with a line feed": (entry(judge=text("1\n")), "visible ASCII only"),
        "judge with a letter beyond ASCII": (entry(judge=text("\u0661")), "visible ASCII only"),
        "judge not UTF-8": (entry(judge=b"\x61\xff"), "not text"),
        "root of 31 bytes": (entry(heads=number(2, 31) + root[:31]), "32 bytes"),
        "root of 33 bytes": (entry(heads=number(2, 33) + root + b"\x00"), "32 bytes"),
        "root as text": (entry(heads=number(3, 32) + b"0" * 32), "a byte string"),
        "root as a list": (entry(heads=b"\x98\x20" + b"\x00" * 32), "a byte string"),
        "huge length": (entry(heads=b"\x5b\x7f" + b"\xff" * 7), "a length beyond the end"),
        "too large": (entry(judge=text("j" * 300)), "longer than 256 bytes"),
        "name without version": (entry(name=text("lotchain/closing/")), "no version"),
        "version 01": (entry(name=text("lotchain/closing/01")), "not a version"),
        "version as a word": (entry(name=text("lotchain/closing/x")), "not a version"),
        "other name": (entry(name=text("lotchain/opening/1")), "another format"),
        "name in capitals": (entry(name=text("Lotchain/closing/1")), "another format"),
        "name as bytes": (entry(name=number(2, 18) + b"lotchain/closing/1"), "the name is text"),
        "JSON": (b'["lotchain/closing/1",0,0,3,"1",""]', "not CBOR"),
    }
    return [
        good("typical", entry(), time, 0, 3, "1"),
        good("least", entry(at=b"\x00", end=b"\x01"), 0, 0, 1, "1"),
        good(
            "greatest",
            entry(at=number(0, last), start=number(0, top - 1), end=number(0, top), judge=text("z" * 64)),
            last, top - 1, top, "z" * 64,
        ),
        *(case("closing", name, why, "closing-malformed", entry=data.hex()) for name, (data, why) in wrong.items()),
        *(
            case("closing", f"version {n}", "a later version", "version-unsupported",
                 entry=entry(name=text(f"lotchain/closing/{n}")).hex())
            for n in (2, 10)
        ),
        case("closing", "version 2, other members", "a later version may look otherwise", "version-unsupported",
             entry=(b"\x82" + text("lotchain/closing/2") + b"\x00").hex()),
    ]  # fmt: skip


def files() -> dict[str, str]:
    """{file name: its text}: what `specs/vectors` must hold."""
    made = {}
    for name, cases in (("tree", tree_cases()), ("heads-map", heads_cases()), ("closing", closing_cases())):
        vectors = {"format": f"lotchain/{name}", "version": 1, "source": SOURCE, "cases": cases}
        made[f"{name}.json"] = json.dumps(vectors, indent=1, ensure_ascii=True) + "\n"
    return made


if __name__ == "__main__":
    for file_name, content in files().items():
        (VECTORS / file_name).write_text(content, encoding="ascii")
