"""Alerts and watch marks on the command line."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from tests.journeys.stage import LOT, MAKER, MX, TRUCK, USER, Stage, codes

from lotchain.cli.alert import GROUNDS, OUTCOMES
from lotchain.events.alert import Ground
from lotchain.events.alert_closing import AlertClosing

HERE = ("--place", "CNTZU+08:00")
AWARE = ("--aware-at", "-1h", "--not-suspicious")


def raise_(stage: Stage, *more: str, by: str = "maker", code: int = 0, lot: str = LOT) -> Any:
    return stage.do("alert", "raise", lot, *more, by=by, code=code)


def close(
    stage: Stage, alert: str, *more: str, by: str = "maker", code: int = 0, lots: tuple[str, ...] = (LOT,)
) -> Any:
    return stage.do("alert", "close", alert, *lots, "--outcome", "explained", *more, by=by, code=code)


@pytest.fixture
def robbed(stage: Stage) -> Stage:
    """A stage whose maker reported two stolen drums; the loss is at hand as a file."""
    stage.register(LOT, "500 kg", "--package", "D001..D020=25 kg")
    stage.do(
        "lot", "lose", LOT, "50 kg", "--kind", "stolen", "--package", "D001,D002", *HERE, "--save",
        stage.at("loss.cose"), by="maker",
    )  # fmt: skip
    return stage


def mark(stage: Stage, *more: str, by: str = "maker", code: int = 0) -> Any:
    return stage.do("watch", "mark", *more, "--reason", "stolen", by=by, code=code)


def lift(stage: Stage, name: str, *more: str, by: str = "maker", code: int = 0) -> Any:
    return stage.do("watch", "lift", name, *more, "--reason", "found", by=by, code=code)


def test_the_words_on_offer_are_the_events_own() -> None:
    assert tuple(GROUNDS) == get_args(Ground)
    assert tuple(OUTCOMES) == get_args(AlertClosing.model_fields["outcome"].annotation)


def test_a_handlers_alert_is_a_note_and_an_authoritys_a_hold(stage: Stage) -> None:
    stage.register()
    order = ("--ground", "suspicious-order", "--ground", "odd-payment", "--suspicious", "--aware-at", "-2h")
    mine = raise_(stage, *order, "--quantity", "500 kg")["statement"]
    assert "alert-raised" in codes(stage.verdict(code=0))
    theirs = raise_(stage, "--ground", "other", *AWARE, "--evidence", mine, by="cn")["statement"]
    assert "alert-open" in codes(stage.verdict(code=3))
    assert codes(close(stage, theirs, code=1)) == {"alert-not-yours"}
    assert codes(close(stage, theirs, "--reference", "C-7", by="cn")) == {"alert-closed"}
    assert codes(close(stage, theirs, by="cn", code=1)) == {"alert-not-open"}
    assert codes(close(stage, mine, by="mx", code=1)) == {"authority-scope"}
    assert codes(close(stage, mine, by="cn")) == {"alert-closed"}
    assert not {"alert-open", "alert-raised"} & codes(stage.verdict(code=0))


def test_the_importer_of_a_consignment_raises_one(stage: Stage) -> None:
    stage.register()
    alert = ("--ground", "odd-route", *AWARE)
    assert codes(raise_(stage, *alert, by="user", code=1)) == {"not-custodian"}
    stage.do(
        "consignment", "declare", "consignment:CN-MAKER/C-1", "--exporter", MAKER, "--importer", USER, "--final", USER,
        "--route", "CNTZU,MXZLO", "--lot", LOT, "--mode", "sea", by="maker",
    )  # fmt: skip
    assert raise_(stage, *alert, "--consignment", "consignment:CN-MAKER/C-1", by="user")["accepted"]
    other = raise_(stage, *alert, "--consignment", "consignment:CN-MAKER/C-2", by="user", code=1)
    assert codes(other) == {"alert-consignment-other"}


def test_an_alert_that_contradicts_itself(stage: Stage) -> None:
    stage.register()
    wrong = raise_(stage, "--ground", "suspicious-order", *AWARE, code=1)
    assert codes(wrong) == {"alert-contradicts-itself"}
    early = raise_(stage, "--ground", "other", "--suspicious", "--aware-at", "+1h", code=1)
    assert codes(early) == {"alert-contradicts-itself"}


def test_whoever_was_robbed_marks_what_the_loss_lists(robbed: Stage) -> None:
    """Label, lot and serials are the loss's own; nobody else's loss will do."""
    drafted = robbed.run("watch", "mark", "--loss", robbed.at("loss.cose"), "--reason", "stolen", "--draft").json
    assert (drafted["label"], drafted["lot"], drafted["packages"]) == (LOT, LOT, ["D001", "D002"])
    loss = ("--loss", robbed.at("loss.cose"))
    assert codes(mark(robbed, *loss, by="truck", code=1)) >= {"not-robbed"}
    strange = mark(robbed, *loss, "--package", "D001,D003", code=1)
    assert codes(strange) == {"not-robbed"}
    done = mark(robbed, *loss, "--reference", "FGR-1")["statement"]
    assert codes(mark(robbed, *loss, code=1)) == {"marked-already"}
    assert "watch-mark-stands" in codes(robbed.verdict(code=0))
    assert codes(lift(robbed, done, LOT, "--from-label", by="truck", code=1)) == {"mark-not-yours"}
    assert lift(robbed, done, LOT, "--package", "D001")["accepted"]
    assert codes(lift(robbed, done, LOT, "--package", "D001", code=1)) == {"mark-not-standing"}
    assert lift(robbed, done, LOT)["accepted"] and lift(robbed, done, "--from-label")["accepted"]
    assert "watch-mark-stands" not in codes(robbed.verdict(code=0))


def test_an_authority_marks_any_label_and_what_is_there_is_on_hold(robbed: Stage) -> None:
    assert codes(mark(robbed, LOT, "--package", "D005", by="user", code=1)) == {"not-authority"}
    loose = mark(robbed, "lot:CN-MAKER/OTHER", "--package", "X1..X4", by="mx")
    assert loose["accepted"]
    assert codes(mark(robbed, LOT, "--package", "D999", "--lot", LOT, by="cn", code=1)) == {"package-unknown"}
    done = mark(robbed, LOT, "--package", "D005", "--lot", LOT, by="cn")["statement"]
    assert "watch-marked" in codes(robbed.verdict(code=3))
    hand_over = robbed.do(
        "transfer", "hand-over", "--to", TRUCK, "--as-a", "carrier", "--lot", LOT, *HERE, "--mode", "road", by="maker"
    )  # fmt: skip
    assert "watch-list-hit" in codes(robbed.do("transfer", "accept", hand_over["statement"], by="truck"))
    assert codes(lift(robbed, done, LOT, code=1)) == {"mark-not-yours"}
    assert lift(robbed, done, LOT, "--from-label", by="cn")["accepted"]


def test_a_watched_package_that_is_brought_in_under_another_lot(robbed: Stage) -> None:
    mark(robbed, "--loss", robbed.at("loss.cose"))
    found = ("lot", "register", "lot:MX-USER/F-1", "--substance", "79099-07-3", "--name", "unknown powder",
             "--quantity", "25 kg", "--origin", "found", "--place", "MXTLC-06:00")  # fmt: skip
    lacking = robbed.do(*found, "--package", "D001=25 kg,label=", by="user", code=2)
    assert lacking["error"]["code"] == "id-kind"
    assert "watch-list-hit" in codes(robbed.do(*found, "--package", f"D001=25 kg,label={LOT}", by="user"))


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("alert", "raise", LOT, "--ground", "other", "--aware-at", "-1h"), "usage"),
        (("alert", "raise", LOT, "--ground", "a-feeling", *AWARE), "usage"),
        (("alert", "raise", LOT, "--ground", "other", "--suspicious"), "usage"),
        (("alert", "raise", LOT, "--ground", "other", "--suspicious", "--aware-at", "today"), "time-format"),
        (("alert", "raise", "drum 7", "--ground", "other", *AWARE), "id-chars"),
        (("alert", "raise", LOT, "--ground", "other", *AWARE, "--evidence", "none.cose"), "input-missing"),
        (("alert", "close", "0" * 64, "--outcome", "explained"), "usage"),
        (("alert", "close", "0" * 64, LOT, "--outcome", "done"), "usage"),
        (("watch", "mark", LOT, "--reason", "stolen"), "usage"),
        (("watch", "mark", "--package", "D001", "--reason", "stolen"), "usage"),
        (("watch", "mark", "--loss", "0" * 64, "--reason", "stolen"), "statement-unknown"),
        (("watch", "mark", "--loss", "{}/none.cose", "--reason", "stolen"), "input-missing"),
        (("watch", "mark", LOT, "--package", "d 1", "--reason", "stolen"), "field-format"),
        (("watch", "lift", "0" * 64, "--reason", "found"), "usage"),
        (("watch", "lift", "0" * 64, LOT, "--reason", "found"), "statement-unknown"),
        (("watch", "lift", "{}/loss.cose", LOT, "--reason", "found"), "statement-other"),
        (("watch", "lift", "0" * 64, LOT, "--label", "drum", "--reason", "found"), "id-kind"),
    ],
)
def test_what_cannot_be_said(robbed: Stage, args: tuple[str, ...], code: str) -> None:
    size = robbed.status()["size"]
    told = robbed.do(*(arg.format(robbed.path) for arg in args), by="cn", code=2)
    assert told["error"]["code"] == code and robbed.status()["size"] == size


def test_what_is_not_there_yet_is_told(robbed: Stage) -> None:
    assert codes(close(robbed, "0" * 64, by="cn", code=1)) == {"alert-unknown"}
    lifted = lift(robbed, "0" * 64, LOT, "--label", LOT, by="cn", code=1)
    assert codes(lifted) == {"mark-unknown"}


def test_marked_on_the_road(robbed: Stage) -> None:
    common = ("--key", robbed.key("mx"), "--as", MX, "--audience", robbed.audience)
    robbed.run(
        "watch", "mark", LOT, "--package", "D005", "--reason", "recall", *common, "--offline", robbed.at("mark.cose")
    )
    robbed.run(
        "watch", "lift", robbed.at("mark.cose"), "--from-label", "--reason", "found", *common, "--offline",
        robbed.at("lifting.cose"),
    )  # fmt: skip
    both = robbed.json("submit", robbed.at("mark.cose"), robbed.at("lifting.cose"), "--ledger", str(robbed.ledger))
    assert [answer["accepted"] for answer in both["answers"]] == [True, True]
