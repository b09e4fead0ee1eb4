"""Threat row 57, signed is not shown: what is shown comes from the signed bytes, and nothing unsigned travels with them.

The row would ignore an unprotected header; the protocol wins: a non-empty one is refused (`unsigned-data`). Receipts,
timelines and cards hold only what the payload says; what is hidden is shown only by an opening that the digest binds.
"""

from __future__ import annotations

import json

import pytest
from tests.threats.surroundings import Small, body_of, sealed, shared, told

from lotchain.core import cbor
from lotchain.core.hidden import Opening
from lotchain.core.packets import decode_packet
from lotchain.core.statements import parse_statement
from lotchain.errors import Malformed
from lotchain.ledger.bundles import make_bundle


def beside(raw: bytes, unprotected: dict[object, object]) -> bytes:
    statement = parse_statement(raw)
    return b"\xd2" + cbor.encode([statement.protected, unprotected, statement.payload, statement.signature])


@pytest.mark.parametrize(
    "unprotected",
    [{"quantity": "900.000 KGM"}, {33: b"certificate"}, {5: b"iv"}, {394: [b"receipt"]}, {"": None}, {100: {1: 2}}],
    ids=str,
)
def test_an_unprotected_header_is_refused(unprotected: dict[object, object]) -> None:
    small = shared()
    raw = small.sign_event(small.registration())
    fault = small.malformed(beside(raw, unprotected), "unsigned-data", "unprotected")
    assert fault.expected == "an empty unprotected header"
    assert fault.remedy


def test_an_empty_one_in_another_form_too() -> None:
    small = shared()
    raw = small.sign_event(small.registration())
    at = 4 + len(parse_statement(raw).protected)
    assert raw[at] == 0xA0
    for empty in (b"\xb8\x00", b"\xbf\xff", b"\x80", b"\xf6", b"\x40"):
        small.malformed(
            raw[:at] + empty + raw[at + 1 :],
            "statement-malformed",
            "unprotected" if empty in (b"\x80", b"\xf6", b"\x40") else "",
        )


def test_a_verifier_refuses_it_in_a_log_that_holds_it() -> None:
    """Written there by an operator: the id is that of the honest statement, the bytes are not."""
    small = Small()
    lot = small.make("T-1", 5)
    small.ledger.publish()
    entries = list(small.store.entries(0, small.ledger.size))
    place = small.ledger.reader.history(lot)[0]
    entries[place] = beside(entries[place], {"quantity": "900.000 KGM"})
    with pytest.raises(Malformed) as caught:
        make_bundle(small.forged(entries), lot)
    assert caught.value.code == "unsigned-data"
    body = body_of(small.bundle(lot))
    honest = next(row for row in body[4][0] if row[0] == place)
    honest[1] = entries[place]
    assert small.caught(sealed(body)) == "inclusion-invalid"


def test_what_is_shown_is_what_was_signed() -> None:
    """Every line of the timeline comes from the payloads: a word in the header's subject or a file name adds none."""
    small, lot, bundle = told()
    verdict = small.verdict(bundle)
    text = json.dumps(verdict.as_json())
    payloads = [json.loads(parse_statement(small.ledger.reader.entry(step.entry)).payload) for step in verdict.steps]
    assert [step.statement for step in verdict.steps] == [
        parse_statement(small.ledger.reader.entry(step.entry)).hex_id for step in verdict.steps
    ]
    assert payloads[0]["quantity"]["value"] == "100.000"
    assert "100.000 kg" in verdict.steps[0].card.sentence
    assert text.count(lot) >= len(verdict.steps)


def test_an_opening_shows_only_what_its_digest_binds() -> None:
    small = Small()
    opening = Opening("remarks", bytes(range(16)), "drum 7 repainted")
    other = Opening("remarks", bytes(range(16)), "nothing special")
    raw = small.sign_event(small.registration(remarks={"hidden": opening.digest.hex()}))
    small.ledger.submit([raw], {opening.digest: cbor.encode(opening.encode())})
    lot = "lot:CN-MAKER/T-1"
    bundle = small.bundle(lot)
    assert small.verdict(bundle).openings == {opening.digest.hex(): "drum 7 repainted"}
    for lie in (
        [[opening.digest, cbor.encode(other.encode())]],
        [[other.digest, cbor.encode(other.encode())]],
        [[opening.digest, cbor.encode(Opening("name", bytes(range(16)), "drum 7 repainted").encode())]],
    ):
        body = body_of(bundle)
        body[7][0] = lie
        assert small.caught(sealed(body)) == "opening-invalid"
        packet = cbor.encode(["lotchain-packet/1", [raw], lie])
        if lie[0][0] == opening.digest:
            with pytest.raises(Malformed) as caught:
                decode_packet(packet)
            assert caught.value.code == "hidden-format"
    body = body_of(bundle)
    body[7][0] = []
    assert small.verdict(sealed(body)).openings == {}, "an opening that is left out hides, and changes nothing else"
    assert small.verdict(sealed(body)).word == small.verdict(bundle).word


def test_unsigned_lines_of_a_note_are_nobodys() -> None:
    """A line under a stranger's name is no witness, whatever it is called."""
    small, _, bundle = told()
    body = body_of(bundle)
    body[2] += "— CLEAR AAAAAAECAwQFBgcICQ==\n".encode()
    verdict = small.verdict(sealed(body))
    assert verdict.witnesses == small.verdict(bundle).witnesses
    assert "— CLEAR" not in json.dumps(verdict.as_json(), ensure_ascii=False)
