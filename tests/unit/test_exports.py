"""Files for other people's tools: one spelling each, nothing but `Malformed` out of any bytes, and what they prove."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vectors_build import exports as build

from lotchain.core.cose_receipts import (
    MAX_RECEIPT,
    MAX_RECEIPTS,
    MAX_TRANSPARENT,
    ConsistencyReceipt,
    InclusionReceipt,
    check_consistency,
    check_inclusion,
    encode_consistency,
    encode_inclusion,
    encode_transparent,
    parse_receipt,
    parse_transparent,
    receipt_header,
)
from lotchain.core.keys import ED25519, PublicKey
from lotchain.core.notes import parse_vkey
from lotchain.core.statements import parse_statement
from lotchain.core.tlog_proof import MAX_TLOG_PROOF, TlogProof, check_tlog_proof, format_tlog_proof, parse_tlog_proof
from lotchain.core.tree import included_root, leaf_hash, verify_inclusion
from lotchain.errors import Malformed, SigningError
from lotchain.signing import new_signer
from lotchain.signing.receipts import sign_consistency, sign_inclusion

VECTORS = json.loads(build.PATH.read_text())
CASES: list[dict[str, Any]] = VECTORS["cases"]
LOG_VKEY = parse_vkey(VECTORS["log_vkey"])
LOG_KEY = PublicKey(ED25519, LOG_VKEY.public)
STATEMENT = parse_statement(build.STATEMENT)
GOOD = {
    "tlog-proof": build.proof().encode(),
    "receipt": build.receipt(),
    "consistency": build.consistency(),
    "transparent": build.transparent(build.receipt()),
}
BITS = {"receipt": range(8), "consistency": (0, 5, 7), "transparent": (0, 5, 7), "tlog-proof": (0, 5, 7)}


def examine(case: dict[str, Any]) -> dict[str, str]:
    """What the file of a case proves; raises `Malformed` where it proves nothing."""
    raw = case["text"].encode() if "text" in case else bytes.fromhex(case["file"])
    entry = bytes.fromhex(case["statement"])
    if case["kind"] == "tlog-proof":
        proof = parse_tlog_proof(raw)
        assert format_tlog_proof(proof) == raw
        checkpoint, _ = check_tlog_proof(proof, entry, (LOG_VKEY,))
        return {"size": str(checkpoint.size), "index": str(proof.leaf_index), "root": checkpoint.root.hex()}
    if case["kind"] == "transparent":
        taken = parse_transparent(raw)
        roots = {check_inclusion(one, taken.statement, LOG_KEY, build.ORIGIN) for one in taken.receipts}
        first = taken.receipts[0]
        shown = {"size": str(first.size), "index": str(first.leaf_index), "root": roots.pop().hex()}
        return {**shown, "taken": taken.statement.raw.hex()}
    made = parse_receipt(raw)
    if isinstance(made, ConsistencyReceipt):
        root = check_consistency(made, bytes.fromhex(case["old_root"]), LOG_KEY, build.ORIGIN)
        return {"size": str(made.new_size), "index": str(made.old_size), "root": root.hex()}
    # The entry may be damaged on purpose, and then reads as no statement: only its bytes matter here.
    statement = STATEMENT._replace(raw=entry)
    root = check_inclusion(made, statement, LOG_KEY, build.ORIGIN)
    return {"size": str(made.size), "index": str(made.leaf_index), "root": root.hex()}


def test_the_vectors_are_those_that_the_script_makes() -> None:
    assert build.build() == VECTORS


def test_case_names_differ_and_bad_cases_outnumber_good_ones() -> None:
    assert max(Counter(case["name"] for case in CASES).values()) == 1
    valid = [case["valid"] for case in CASES]
    assert valid.count(False) > 5 * valid.count(True)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_vectors(case: dict[str, Any]) -> None:
    if not case["valid"]:
        with pytest.raises(Malformed) as caught:
            examine(case)
        assert caught.value.code == case["code"]
        return
    found = examine(case)
    assert found == {name: case[name] for name in found}


def test_a_stored_statement_and_a_transparent_one_are_refused_in_place_of_each_other() -> None:
    with pytest.raises(Malformed) as caught:
        parse_statement(GOOD["transparent"])
    assert caught.value.code == "unsigned-data"
    assert parse_transparent(GOOD["transparent"]).statement == STATEMENT
    assert encode_transparent(STATEMENT, (GOOD["receipt"],)) == GOOD["transparent"]


def test_what_is_too_large_is_not_looked_at() -> None:
    for parse, most in (
        (parse_tlog_proof, MAX_TLOG_PROOF),
        (parse_receipt, MAX_RECEIPT),
        (parse_transparent, MAX_TRANSPARENT),
    ):
        with pytest.raises(Malformed) as caught:
            parse(bytes(most + 1))
        assert caught.value.code == "too-large"
        with pytest.raises(Malformed) as caught:
            parse(bytes(most))
        assert caught.value.code != "too-large"


def test_our_own_signing_gives_the_vectors_bytes() -> None:
    made = sign_inclusion(
        build.LOG,
        build.ORIGIN,
        STATEMENT,
        size=build.SIZE,
        leaf_index=build.INDEX,
        path=build.TREE_PATH,
        root=build.ROOT,
    )
    assert made == GOOD["receipt"]
    again = sign_consistency(
        build.LOG, build.ORIGIN, old_size=build.OLD, old_root=build.OLD_ROOT, new_size=build.SIZE, path=build.OLD_PATH,
        root=build.ROOT,
    )  # fmt: skip
    assert again == GOOD["consistency"]


def test_nothing_is_signed_that_does_not_lead_to_the_published_root() -> None:
    stated = {"size": build.SIZE, "leaf_index": build.INDEX, "path": build.TREE_PATH, "root": build.ROOT}
    for change in ({"root": build.OLD_ROOT}, {"leaf_index": 2}, {"path": build.TREE_PATH[::-1]}):
        with pytest.raises((SigningError, Malformed)):
            sign_inclusion(build.LOG, build.ORIGIN, STATEMENT, **{**stated, **change})
    for wrong in ({"size": 99}, {"leaf_index": build.SIZE}, {"path": []}):
        with pytest.raises(Malformed):
            sign_inclusion(build.LOG, build.ORIGIN, STATEMENT, **{**stated, **wrong})


def test_another_kind_of_key_signs_no_receipt() -> None:
    with pytest.raises(SigningError) as caught:
        sign_inclusion(
            new_signer("es256"), build.ORIGIN, STATEMENT, size=build.SIZE, leaf_index=build.INDEX, path=build.TREE_PATH,
            root=build.ROOT,
        )  # fmt: skip
    assert caught.value.code == "alg-not-allowed"


@pytest.mark.parametrize(
    ("kid", "issuer", "subject"),
    [(bytes(31), "o", "s"), (bytes(32), "", "s"), (bytes(32), "o", ""), (bytes(32), "o" * 256, "s")],
)
def test_a_header_that_no_reader_takes_is_not_made(kid: bytes, issuer: str, subject: str) -> None:
    with pytest.raises(Malformed) as caught:
        receipt_header(kid, issuer, subject)
    assert caught.value.code == "receipt-format"


@pytest.mark.parametrize("count", [0, MAX_RECEIPTS + 1])
def test_as_many_receipts_as_are_read(count: int) -> None:
    with pytest.raises(Malformed) as caught:
        encode_transparent(STATEMENT, (GOOD["receipt"],) * count)
    assert caught.value.code == "transparent-format"


@pytest.mark.parametrize("kind", ["tlog-proof", "receipt", "consistency", "transparent"])
def test_no_bit_can_be_turned(kind: str) -> None:
    """Bit by bit: the file is refused, or (size and index of a receipt) the root stays the one signed."""
    sound = GOOD[kind]
    case: dict[str, Any] = {"kind": kind, "statement": build.STATEMENT.hex(), "old_root": build.OLD_ROOT.hex()}
    lax = 0
    for at in range(len(sound)):
        for bit in BITS[kind]:
            bent = sound[:at] + bytes([sound[at] ^ 1 << bit]) + sound[at + 1 :]
            try:
                found = examine({**case, "file": bent.hex()})
            except Malformed:
                continue
            assert found["root"] == build.ROOT.hex()
            lax += 1
    if kind == "tlog-proof":
        assert lax == _cosignature_bits(sound), "only the line of a witness that nobody here knows may change"
    else:
        assert lax < 16, "a receipt's claims of size and index are not signed; nothing else may change"


def _cosignature_bits(sound: bytes) -> int:
    """Flips inside the second signature line that leave it a line: no key here is its own."""
    at = sound.rindex(b"\xe2\x80\x94")
    count = 0
    for place in range(at, len(sound)):
        for bit in BITS["tlog-proof"]:
            bent = sound[:place] + bytes([sound[place] ^ 1 << bit]) + sound[place + 1 :]
            try:
                parse_tlog_proof(bent)
            except Malformed:
                continue
            count += 1
    return count


@settings(deadline=None)
@given(st.binary(max_size=600))
def test_whatever_the_bytes_only_malformed_comes_out(data: bytes) -> None:
    for parse in (parse_tlog_proof, parse_receipt, parse_transparent):
        with pytest.raises(Malformed):
            parse(data)


@settings(deadline=None)
@given(st.sampled_from(sorted(GOOD)), st.data())
def test_whatever_is_done_to_a_sound_file_only_malformed_comes_out(kind: str, data: st.DataObject) -> None:
    sound = bytearray(GOOD[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(sound) - 1))
        sound[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    for parse in (parse_tlog_proof, parse_receipt, parse_transparent):
        try:
            parse(bytes(sound))
        except Malformed:
            continue


@settings(deadline=None)
@given(st.integers(1, 70), st.data())
def test_proofs_and_receipts_are_read_as_they_were_written(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = tuple(data.draw(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=63)))
    proof = TlogProof(index, path, build.NOTE.encode())
    assert parse_tlog_proof(format_tlog_proof(proof)) == proof
    receipt = parse_receipt(GOOD["receipt"])
    assert isinstance(receipt, InclusionReceipt)
    made = receipt._replace(size=size, leaf_index=index, path=path)
    assert parse_receipt(encode_inclusion(made)) == made
    grown = ConsistencyReceipt(receipt.receipt, size, size + 1, path, build.ROOT)
    assert parse_receipt(encode_consistency(grown)) == grown


def test_the_root_that_a_path_leads_to() -> None:
    leaf = leaf_hash(build.STATEMENT)
    assert included_root(leaf, build.INDEX, build.SIZE, build.TREE_PATH) == build.ROOT
    assert verify_inclusion(leaf, build.INDEX, build.SIZE, build.TREE_PATH, build.ROOT)
    for index, size, path in ((7, 7, build.TREE_PATH), (-1, 7, build.TREE_PATH), (3, 7, build.TREE_PATH[:2]),
                              (3, 16, build.TREE_PATH), (0, 1, build.TREE_PATH), (3, 2**62 + 1, build.TREE_PATH)):  # fmt: skip
        assert included_root(leaf, index, size, path) is None
    assert included_root(leaf[:31], build.INDEX, build.SIZE, build.TREE_PATH) is None


def test_the_page_shows_these_very_bytes() -> None:
    page = (build.PATH.parents[1] / "formats" / "exports.md").read_text()
    digits = "".join(character for character in page if character in "0123456789abcdef")
    assert build.proof() in page
    assert GOOD["receipt"].hex() in digits
    assert build.inner(build.OLD, build.SIZE, build.OLD_PATH).hex() in digits
    assert build.ROOT.hex() in page
    assert f"{len(GOOD['receipt'])} bytes" in page and f"{len(GOOD['transparent'])} bytes" in page
    codes = {case["code"] for case in CASES if not case["valid"]}
    unnamed = {code for code in codes if f"`{code}`" not in page}
    assert not {code for code in unnamed if not code.startswith(("note-", "checkpoint-"))}
