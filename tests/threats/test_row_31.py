"""Threat row 31, overflow: bounds on every number before it is one, so 10^400 costs no more than 10.

Mass and volume end at 9,000 t and 9,000 m³; JSON integers at 2^53 − 1; the arithmetic of lots is bounded as well.
"""

from __future__ import annotations

import pytest
from tests.threats.surroundings import Small, shared

from lotchain.core.encodings import parse_uint
from lotchain.core.quantities import MAX_AMOUNT
from lotchain.core.statements import parse_statement
from lotchain.errors import Malformed
from lotchain.events.reading import read_entry

WIDE = [
    str(2**63), str(2**64), "9" * 18, "9" * 19, "1" + "0" * 400, "9" * 4_301, "9" * 15_000, "9000000.000000001",
    "0", "0.000", "0.000000000",
]  # fmt: skip


@pytest.mark.parametrize("text", WIDE, ids=lambda text: text[:12] + f"-{len(text)}")
def test_quantities_out_of_range(text: str) -> None:
    small = shared()
    raw = small.sign_event(small.registration(quantity={"value": text, "unit": "KGM"}))
    small.malformed(raw, "quantity-range", "quantity")


@pytest.mark.parametrize("text", ["0." + "0" * 9 + "1", "0." + "3" * 4_000, "1." + "1" * 17 + "1"])
def test_quantities_too_fine(text: str) -> None:
    small = shared()
    small.bad_event(small.registration(quantity={"value": text, "unit": "KGM"}), "quantity-precision", "quantity")


@pytest.mark.parametrize(
    "digits", [str(2**53), str(2**63), str(2**64), str(-(2**53)), "1" + "0" * 400, "9" * 4_301, "9" * 15_000]
)
def test_integers_out_of_range(digits: str) -> None:
    """Also beyond the 4,300 digits at which Python's own int() would raise what is no Malformed."""
    small = shared()
    event = small.registration(seen={"size": 5, "root": "00" * 32})
    payload = parse_statement(small.sign_event(event)).payload
    raw = small.sign_payload(payload.replace(b'"size":5', b'"size":' + digits.encode()))
    with pytest.raises(Malformed) as caught:
        read_entry(raw)
    assert caught.value.code in ("json-malformed", "json-float")
    small.refused(raw, caught.value.code)


@pytest.mark.parametrize("size", [0, -1, -(2**53) + 1])
def test_a_size_is_above_nothing(size: int) -> None:
    small = shared()
    event = small.registration(seen={"size": size, "root": "00" * 32})
    small.bad_event(event, "field-range", "seen.size")


def test_a_checkpoint_that_cannot_be_is_unknown() -> None:
    small = shared()
    event = small.registration(seen={"size": 2**53 - 1, "root": "00" * 32})
    small.refused(small.sign_event(event), "checkpoint-unknown")


@pytest.mark.parametrize("text", ["9" * 41, "9" * 5_000, str(2**63)])
def test_numbers_in_notes(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse_uint(text)
    assert caught.value.code == "number-format"


def test_a_merged_lot_stays_within_the_bound() -> None:
    small = Small()
    most = MAX_AMOUNT // 10**9
    lots = [small.make("T-1", str(most)), small.make("T-2", "0.000000001")]
    lines = [{"lot": lot, "prev": small.last(lot), "quantity": small.stated(lot).model_dump()} for lot in lots]
    event = {"type": "merge/1", "occurred_at": small.now(), "lot": "lot:CN-MAKER/ALL", "lines": lines}
    event |= {"place": {"code": "CNTZU", "offset": "+08:00"}}
    small.refused(small.sign_event(event, subject="lot:CN-MAKER/ALL"), "quantity-range")


def test_more_than_there_can_be_is_not_accepted() -> None:
    """An over-delivery that would lift a lot beyond the bound cannot even be stated."""
    small = Small()
    most = MAX_AMOUNT // 10**9
    lot = small.make("T-1", str(most))
    offer = small.offer("maker", "carrier", lot)
    line = {"lot": lot, "outcome": "over", "accepted": {"value": str(most + 1), "unit": "KGM"}}
    line["over"] = {"value": "1", "unit": "KGM"}
    reply = {"type": "acceptance/1", "occurred_at": small.now(), "answers": offer, "lines": [line]}
    reply |= {"place": {"code": "CNTZU", "offset": "+08:00"}}
    small.malformed(small.sign_event(reply, "carrier", subject=lot), "quantity-range", "lines[0].accepted")
