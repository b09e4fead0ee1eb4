"""`lotchain alerts` on a real ledger in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.journeys.stage import LOT, MAKER, TRUCK, Stage
from tests.unit.ledgers import tamper

HERE = ("--place", "CNTZU+08:00")
SPOILT = "UPDATE entries SET bytes = CAST(bytes || x'00' AS BLOB) WHERE log_index = ?"


def alerts(stage: Stage, *more: str, code: int = 0) -> Any:
    return stage.json("alerts", str(stage.ledger), *more, code=code)


def robbed(stage: Stage) -> Stage:
    stage.register(LOT, "500 kg")
    stage.do("lot", "lose", LOT, "50 kg", "--kind", "stolen", *HERE, by="maker")
    return stage


def test_a_clean_ledger_has_none_and_says_what_it_cannot_see(stage: Stage) -> None:
    stage.register(LOT, "500 kg")
    told = alerts(stage)
    assert told["alerts"] == [] and told["sound"] and told["statements"] > 10
    text = stage.run("alerts", str(stage.ledger)).out
    assert text.startswith("0 alerts, 0 certain, 0 suspicious; ") and "goods that never enter the ledger" in text


def test_a_theft_is_listed_with_what_to_do_and_who_took_it_up(stage: Stage) -> None:
    robbed(stage)
    (alert,) = alerts(stage)["alerts"]
    assert (alert["code"], alert["subject"], alert["lots"]) == ("t05-theft-reported", MAKER, [LOT])
    assert alert["taken_up"] == []
    recorded = stage.do(
        "alert", "raise", LOT, "--ground", "transit-loss", "--aware-at", "-1h", "--not-suspicious", by="cn"
    )["statement"]  # fmt: skip
    (alert,) = alerts(stage)["alerts"]
    assert [(item["id"], item["status"]) for item in alert["taken_up"]] == [(recorded, "open")]
    text = stage.run("alerts", "--ledger", str(stage.ledger)).out
    assert "SERIOUS  certain  t05-theft-reported" in text and "an authority: open" in text
    stage.do("alert", "close", recorded, LOT, "--outcome", "explained", by="cn")
    (alert,) = alerts(stage)["alerts"]
    assert alert["taken_up"][0]["status"] == "closed"


def test_filters_show_a_part(stage: Stage) -> None:
    robbed(stage)
    assert len(alerts(stage, "--code", "t05", "--lot", LOT)["alerts"]) == 1
    assert alerts(stage, "--code", "t16-serial-in-two-lots")["alerts"] == []
    assert alerts(stage, "--lot", "lot:CN-MAKER/OTHER")["alerts"] == []
    assert len(alerts(stage, "--since", "-1d")["alerts"]) == 1
    assert alerts(stage, "--since", "+1d")["alerts"] == []


def test_the_same_log_gives_the_same_answer(stage: Stage) -> None:
    robbed(stage)
    assert alerts(stage) == alerts(stage)


def test_what_is_wrong_is_said_in_plain_words(stage: Stage, tmp_path: Path) -> None:
    assert alerts(stage, "--code", "t99", code=2)["error"]["code"] == "alert-code-unknown"
    assert alerts(stage, "--lot", TRUCK, code=2)["error"]["code"] == "id-kind"
    assert stage.json("alerts", code=2)["error"]["code"] == "ledger-needed"
    assert stage.json("alerts", str(tmp_path / "none"), code=2)["error"]["code"] == "ledger-missing"
    assert alerts(stage, "--since", "yesterday", code=2)["error"]["code"] == "time-format"


def test_a_log_that_was_changed_is_the_gravest_alert(stage: Stage) -> None:
    robbed(stage)
    size = stage.status()["size"]
    assert tamper(stage.ledger / "ledger.db", SPOILT, size - 2) == 1
    told = alerts(stage, code=1)
    assert not told["sound"] and told["alerts"][0]["code"] == "t15-log-unsound"
