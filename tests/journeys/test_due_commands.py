"""`lotchain due` on a real ledger: what is listed as of which moment, the exit codes, and faults in plain words."""

from __future__ import annotations

from typing import Any

import pytest
from tests.journeys.stage import LOT, MAKER, TRUCK, Stage

from lotchain.core.instants import format_instant, parse_instant

HOUR = 3_600_000


def due(stage: Stage, *more: str, code: int = 0) -> Any:
    return stage.json("due", str(stage.ledger), *more, code=code)


def ids(answer: Any) -> set[str]:
    return {item["deadline"] for item in answer["items"]}


def offered(stage: Stage) -> tuple[str, int]:
    """An offer that waits for two days; its id and its deadline in ms."""
    stage.register()
    made = stage.do(
        "transfer", "hand-over", "--to", TRUCK, "--as-a", "carrier", "--lot", LOT, "--place", "CNTZU+08:00", "--deadline", "+48h",
        "--mode", "road", by="maker",
    )  # fmt: skip
    answer = due(stage)
    (item,) = [item for item in answer["items"] if item["deadline"] == "ledger-offer"]
    return made["statement"], parse_instant(item["due"]["earliest"], field="")


def test_an_offer_is_due_then_overdue(stage: Stage) -> None:
    offer, deadline = offered(stage)
    answer = due(stage, "--at", format_instant(deadline))
    (item,) = [item for item in answer["items"] if item["deadline"] == "ledger-offer"]
    assert (item["status"], item["started_by"], item["owes"], item["towards"]) == ("due", offer, TRUCK, MAKER)
    assert item["basis"] == "L" and item["due"]["local"].endswith("(UTC+08:00)")
    assert not answer["late"]
    late = due(stage, "--at", format_instant(deadline + HOUR), code=3)
    assert late["late"] and {i["status"] for i in late["items"] if i["deadline"] == "ledger-offer"} == {"overdue"}
    shown = stage.run("due", "--ledger", str(stage.ledger), "--at", format_instant(deadline + HOUR), code=3).out
    assert "Overdue (1)" in shown and offer in shown and "(UTC+08:00)" in shown and "no law" in shown


def test_what_was_entered_later_is_not_looked_at(stage: Stage) -> None:
    offered(stage)
    answer = due(stage, "--at", "2026-01-01T00:00:00Z")
    assert answer["items"] == [] and answer["read_until"] is None
    assert "Nothing is listed." in stage.run("due", str(stage.ledger), "--at", "2026-01-01T00:00:00Z").out


def test_a_party_and_how_far_ahead(stage: Stage) -> None:
    _, deadline = offered(stage)
    assert "ledger-offer" in ids(due(stage, "--party", TRUCK)) and "ledger-offer" in ids(due(stage, "--party", MAKER))
    assert ids(due(stage, "--party", "party:MX-USER")) == set()
    at = format_instant(deadline - 5 * HOUR)
    for within, status in (("4h", "open"), ("5h", "due"), ("1d", "due")):
        (item,) = [i for i in due(stage, "--at", at, "--within", within)["items"] if i["deadline"] == "ledger-offer"]
        assert item["status"] == status


def test_the_answer_names_its_sources_and_what_is_not_watched(stage: Stage) -> None:
    answer = due(stage)
    assert {"US", "EU", "MX", "CA", "CN", "IN", "UN"} <= {row["jurisdiction"] for row in answer["not_watched"]}
    assert set(answer["confidence"]) == {"V", "P", "K", "L"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--within", "soon"], "span-format"),
        (["--within", "1w"], "span-format"),
        (["--at", "tomorrow"], "time-format"),
        (["--at", "2026-02-30T00:00:00Z"], "time-format"),
        (["--party", "lot:CN-MAKER/A"], "id-kind"),
        (["--party", "party:cn-low"], "id-chars"),
    ],
)
def test_what_cannot_be_read_is_told(stage: Stage, arguments: list[str], code: str) -> None:
    answer = due(stage, *arguments, code=2)
    assert answer["error"]["code"] == code


def test_no_ledger_and_no_ledger_there(stage: Stage) -> None:
    assert stage.json("due", code=2)["error"]["code"] == "ledger-needed"
    assert stage.json("due", stage.at("nowhere"), code=2)["error"]["code"] == "ledger-missing"
