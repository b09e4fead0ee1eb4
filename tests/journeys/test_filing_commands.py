"""Filings with authorities and acts of customs on the command line."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from tests.journeys.stage import LOT, MAKER, USER, Stage, codes

from lotchain.cli import customs, filing
from lotchain.events.customs_release import CustomsRelease
from lotchain.events.filing import Filing

C1 = "consignment:CN-MAKER/C-1"
NOW = ("--filed-at", "-1h")


@pytest.fixture
def road(stage: Stage) -> Stage:
    """A stage with a lot that travels in a declared consignment."""
    stage.register(LOT, "500 kg", "--save", stage.at("registration.cose"))
    stage.do(
        "consignment", "declare", C1, "--exporter", MAKER, "--importer", USER, "--final", USER,
        "--route", "CNTZU,CNSHG,MXZLO,MXTLC", "--lot", LOT, "--mode", "sea", by="maker",
    )  # fmt: skip
    return stage


def make(stage: Stage, about: str, kind: str, *more: str, by: str = "maker", code: int = 0) -> Any:
    return stage.do("filing", "make", about, "--kind", kind, *more, by=by, code=code)


def release(stage: Stage, kind: str, place: str, *more: str, by: str, code: int = 0) -> Any:
    return stage.do(
        "customs", "release", C1, "--kind", kind, "--released-at", "-1h", "--place", place, *more, by=by, code=code
    )


def test_the_words_on_offer_are_the_events_own() -> None:
    assert tuple(filing.KINDS) == get_args(Filing.model_fields["kind"].annotation)
    assert tuple(customs.KINDS) == get_args(CustomsRelease.model_fields["kind"].annotation)


def test_a_loss_is_reported_and_the_authority_says_so_too(road: Stage) -> None:
    loss = road.do("lot", "lose", LOT, "1 kg", "--kind", "stolen", "--place", "CNTZU+08:00", by="maker")["statement"]
    about = ("--country", "CN", "--statement", loss, "--number", "R 2026/17")
    assert make(road, LOT, "loss-report", *about, *NOW)["accepted"]
    assert make(road, LOT, "loss-report", *about, *NOW, by="cn")["accepted"]
    assert codes(make(road, LOT, "loss-report", *about, *NOW, by="user", code=1)) == {"not-custodian"}
    assert codes(make(road, LOT, "loss-report", *about, "--filed-at", "+2h", code=1)) == {"filing-ahead"}
    sentences = [
        step["sentence"] for step in road.json("lot", "history", LOT, "--ledger", str(road.ledger))["timeline"]
    ]
    assert sum("number R 2026/17" in sentence for sentence in sentences) == 2


def test_a_declaration_of_a_consignment(road: Stage) -> None:
    declared = (
        "--country", "MX", *NOW, "--form", "486", "--no-waiver", "--transaction-id", "T-1", "--quantity", "500 kg",
        "--basis", "salt", "--transferee", USER, "--statement", road.at("registration.cose"),
    )  # fmt: skip
    assert codes(make(road, C1, "declaration", *declared, code=1)) == {"filing-elsewhere"}
    assert make(road, C1, "declaration", *declared[:-2])["accepted"]
    assert codes(make(road, C1, "declaration", *declared[:-2], by="truck", code=1)) == {"filing-not-entitled"}
    returned = ("--country", "MX", *NOW, "--left", "500 kg", "--released", "499 kg", "--basis", "base")
    assert make(road, C1, "return-declaration", *returned, by="user")["accepted"]


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("loss-report", ("--form", "486")),
        ("return-declaration", ("--waiver",)),
        ("declaration", ("--left", "5 kg")),
        ("declaration", ("--basis", "base")),
        ("return-declaration", ("--left", "5 kg", "--released", "5 L")),
        ("customer-warning", ()),
    ],
)
def test_what_contradicts_itself_is_refused(road: Stage, kind: str, more: tuple[str, ...]) -> None:
    told = make(road, LOT, kind, "--country", "CN", *NOW, *more, code=1)
    assert codes(told) == {"filing-contradicts-itself"}


def test_customs_on_both_sides(road: Stage) -> None:
    assert release(road, "export", "CNSHG+08:00", "--quantity", "500 kg", "--reference", "E-1", by="cn")["accepted"]
    since = ("--suspensive-since", "-3d")
    done = release(road, "free-zone-exit", "MXZLO-06:00", *since, by="mx")
    assert done["accepted"]
    assert codes(release(road, "import", "CNSHG+08:00", by="cn", code=1)) == {"customs-contradicts-itself"}
    assert codes(release(road, "export", "CNSHG+08:00", by="mx", code=1)) == {"authority-scope"}
    assert codes(release(road, "export", "CNSHG+08:00", by="maker", code=1)) == {"not-authority"}
    early = release(road, "import", "MXZLO-06:00", "--suspensive-since", "+1h", by="mx", code=1)
    assert codes(early) == {"customs-contradicts-itself"}


def test_a_procedure_is_suspensive_where_its_beginning_is_stated(road: Stage) -> None:
    drafted = road.run(
        "customs", "release", C1, "--kind", "import", "--released-at", "2026-10-06T17:00:00-06:00",
        "--place", "MXZLO-06:00", "--suspensive-since", "2026-10-01T00:00:00Z", "--draft",
    ).json  # fmt: skip
    assert drafted["suspensive"] is True and drafted["released_at"] == "2026-10-06T23:00:00Z"
    plain = road.run(
        "customs", "release", C1, "--kind", "import", "--released-at", "-1h", "--place", "MXZLO-06:00", "--draft"
    ).json  # fmt: skip
    assert "suspensive" not in plain


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("filing", "make", LOT, "--kind", "letter", "--country", "CN", *NOW), "usage"),
        (("filing", "make", LOT, "--kind", "sale-report", "--country", "China", *NOW), "field-format"),
        (("filing", "make", LOT, "--kind", "sale-report", "--country", "CN"), "usage"),
        (("filing", "make", LOT, "--kind", "sale-report", "--country", "CN", "--filed-at", "today"), "time-format"),
        (("filing", "make", "drum 7", "--kind", "sale-report", "--country", "CN", *NOW), "id-chars"),
        (("filing", "make", MAKER, "--kind", "sale-report", "--country", "CN", *NOW), "id-kind"),
        (("filing", "make", LOT, "--kind", "sale-report", "--country", "CN", *NOW, "--statement", "none.cose"),
         "input-missing"),
        (("customs", "release", C1, "--kind", "seized", "--released-at", "-1h", "--place", "MXZLO-06:00"), "usage"),
        (("customs", "release", LOT, "--kind", "import", "--released-at", "-1h", "--place", "MXZLO-06:00"), "id-kind"),
        (("customs", "release", C1, "--kind", "import", "--released-at", "-1h", "--place", "Manzanillo"),
         "place-format"),
    ],
)  # fmt: skip
def test_what_cannot_be_said(road: Stage, args: tuple[str, ...], code: str) -> None:
    size = road.status()["size"]
    assert road.do(*args, by="cn", code=2)["error"]["code"] == code
    assert road.status()["size"] == size


def test_unknown_subjects_are_refused_and_may_come(stage: Stage) -> None:
    told = make(stage, C1, "transit-notice", "--country", "CN", *NOW, code=1)
    assert codes(told) == {"consignment-unknown"} and told["retryable"]
    assert codes(release(stage, "export", "CNSHG+08:00", by="cn", code=1)) == {"consignment-unknown"}
