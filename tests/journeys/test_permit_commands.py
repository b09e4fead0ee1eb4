"""Permits on the command line: given, notified, replied to, drawn on to the microgram, changed, shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.stage import CN, LOT, MAKER, MX, TRUCK, USER, Stage, codes

C1, C2 = "consignment:CN-MAKER/C-1", "consignment:CN-MAKER/C-2"
EXPORT, NOTIFICATION = "permit:CN-NMPA/EXP-1", "permit:CN-NMPA/PEN-1"
CAS = "79099-07-3"
DAYS = ("--from", "2026-01-01T00:00:00Z", "--until", "+180d")
TERMS = ("--number", "EXP-1", "--substance", CAS, "--quantity", "500 kg", *DAYS)


@pytest.fixture
def road(stage: Stage) -> Stage:
    """A stage with a lot that travels in a declared consignment."""
    stage.register()
    declare(stage, C1, LOT)
    return stage


def declare(stage: Stage, name: str, *lots: str) -> None:
    named = [word for lot in lots for word in ("--lot", lot)]
    stage.do(
        "consignment", "declare", name, "--exporter", MAKER, "--importer", USER, "--final", USER,
        "--route", "CNTZU,CNSHG,MXZLO,MXTLC", *named, "--mode", "sea", by="maker",
    )  # fmt: skip


def grant(stage: Stage, *more: str, terms: tuple[str, ...] = TERMS, by: str = "cn", code: int = 0) -> Any:
    return stage.do(
        "permit", "grant", EXPORT, "--kind", "export", "--holder", MAKER, *terms, *more, by=by, code=code
    )  # fmt: skip


def draw(stage: Stage, goods: str, *more: str, name: str = C1, by: str = "maker", code: int = 0) -> Any:
    return stage.do("permit", "draw", name, EXPORT, goods, *more, by=by, code=code)


def show(stage: Stage, permit: str = EXPORT) -> Any:
    return stage.json("permit", "show", permit, "--ledger", str(stage.ledger))


def test_granted_drawn_on_twice_and_shown(road: Stage) -> None:
    granted = grant(road, "--use", "multiple", "--importer", USER, "--entry", "MXZLO", "--tolerance", "0.5")
    before = show(road)
    assert (before["drawn"], before["left"], before["drawings"]) == ("0.000 kg", "500.000 kg", 0)
    assert before["found"]["terms_by"] == granted["statement"] and before["in_time"] == "valid"

    assert draw(road, "123456.789001 g")["accepted"]
    assert codes(draw(road, "376.543211 kg")) == set()
    after = show(road)
    assert after["drawn"] == "500.000000001 kg" and after["left"] == "-0.000000001 kg"
    assert not after["overdrawn"] and after["allowed"] == "502.500 kg salt"
    assert [one["consignment"] for one in after["history"]] == [C1, C1]
    assert after["history"][0]["goods"] == f"123.456789001 kg of {CAS}"
    assert after["found"]["terms"] | {"tolerance": "0.5", "entry_points": ["MXZLO"]} == after["found"]["terms"]
    assert road.verdict(code=0)["verdict"] == "CLEAR"


def test_shown_to_people(road: Stage) -> None:
    grant(road, "--use", "multiple", "--transit", "none", "--exit", "CNSHG")
    draw(road, "100 kg")
    lines = road.run("permit", "show", EXPORT, "--ledger", str(road.ledger)).out.splitlines()
    assert lines[0] == f"{EXPORT}  export authorisation EXP-1"
    shown = "\n".join(lines)
    assert "in-force" in shown and "400.000 kg" in shown and "no other country" in shown
    assert "  1  20" in shown and f"{C1}  by {MAKER}" in shown and f"100.000 kg of {CAS}: 100.000 kg salt" in shown


@pytest.mark.parametrize(
    ("terms", "goods", "more", "drawn"),
    [
        (("--basis", "base", "--factor", "152.19/188.65"), "100 kg", (), "80.673204347"),
        (("--basis", "base", "--factor", "1/3"), "0.000000001 kg", (), "0.000000001"),
        (("--density", "1.05"), "10 L", (), "10.5"),
        ((), "10 L", ("--density", "1.05"), "10.5"),
        (("--basis", "base", "--factor", "2/3", "--density", "0.9"), "1 L", (), "0.6"),
    ],
)
def test_the_arithmetic_is_the_judges(
    road: Stage, terms: tuple[str, ...], goods: str, more: tuple[str, ...], drawn: str
) -> None:
    """Factor and density in one fraction, rounded up: had it been another figure, the ledger would have refused it."""
    grant(road, "--use", "multiple", *terms)
    assert draw(road, goods, *more)["accepted"]
    kept = show(road)["found"]["drawn"]
    assert kept == {"value": drawn, "unit": "KGM"}


def test_a_permit_in_litres_is_drawn_on_in_litres(road: Stage) -> None:
    terms = ("--number", "X", "--substance", CAS, "--quantity", "1000 L", "--density", "0.8", *DAYS)
    grant(road, "--use", "multiple", terms=terms)
    draw(road, "100 kg")
    assert show(road)["found"]["drawn"] == {"value": "125", "unit": "LTR"}


def test_left_is_also_told_of_the_substance_as_it_stands(road: Stage) -> None:
    grant(road, "--basis", "base", "--factor", "1/3")
    draw(road, "300 kg")
    told = show(road)
    assert (told["left"], told["left_as_it_stands"]) == ("400.000 kg", "1200.000 kg")


def test_more_than_is_left_is_asked_about_first(road: Stage) -> None:
    """A drawing is not taken back: 5000 in the place of 500 would stay on the consignment for ever."""
    grant(road, "--use", "multiple")
    size = road.status()["size"]
    told = draw(road, "5000 kg", code=2)["error"]
    assert told["code"] == "permit-left" and told["expected"] == "at most 500.000 kg salt"
    assert road.status()["size"] == size
    assert codes(draw(road, "500.000000001 kg", "--overdraw")) == {"permit-overdrawn"}
    verdict = road.verdict(code=0)  # the stage's policy does not count what the treaty asks
    assert show(road)["overdrawn"] and "permit-overdrawn" in codes(verdict)
    assert verdict["answers"]["treaty"] == "breach"


def test_of_several_lots_the_drawing_says_which(road: Stage) -> None:
    """The default is what they hold together; anything else is asked for, since a drawing is not taken back."""
    second, third = "lot:CN-MAKER/BP4-2", "lot:CN-MAKER/BP4-3"
    road.register(second)
    road.register(third)
    declare(road, C2, second, third)
    grant(road, "--use", "multiple", terms=("--number", "X", "--substance", CAS, "--quantity", "5000 kg", *DAYS))
    told = draw(road, "100 kg", name=C2, code=2)["error"]
    assert told["code"] == "lots-needed" and f"{second} 500.000 kg, {third} 500.000 kg" in told["expected"]
    size = road.status()["size"]
    told = draw(road, "100 kg", "--lot", f"{second},quantity=90kg", name=C2, code=1)
    assert "drawing-lots" in codes(told) and road.status()["size"] == size
    assert draw(road, "100 kg", "--lot", f"{second},quantity=100kg", name=C2)["accepted"]
    assert draw(road, "1000 kg", name=C2)["accepted"]
    draft = draw(road, "1000 kg", "--draft", name=C2)
    assert {part["lot"]: part["goods"]["value"] for part in draft["lots"]} == {second: "500", third: "500"}
    assert "line-format" in str(draw(road, "1 kg", "--lot", f"{second},goods=1kg", name=C2, code=2))
    parts = ("--part", "lot:CN-MAKER/BP4-4,quantity=200kg", "--part", "lot:CN-MAKER/BP4-5,quantity=300kg")
    road.do("lot", "split", second, *parts, by="maker")
    told = draw(road, "1000 kg", name=C2, code=2)["error"]
    assert told["code"] == "lots-needed" and f"{second} 0.000 kg, {third} 500.000 kg" in told["expected"]


def test_a_single_permit_for_a_second_consignment(road: Stage) -> None:
    grant(road)
    draw(road, "10 kg")
    road.register("lot:CN-MAKER/BP4-2")
    declare(road, C2, "lot:CN-MAKER/BP4-2")
    assert codes(draw(road, "10 kg", name=C2)) == {"permit-used-twice"}
    assert f"single, by {C1}" in road.run("permit", "show", EXPORT, "--ledger", str(road.ledger)).out


def test_somebody_elses_key(road: Stage) -> None:
    assert codes(grant(road, by="maker", code=1)) == {"not-authority"}
    assert codes(grant(road, by="mx", code=1)) == {"authority-scope"}
    grant(road, "--use", "multiple")
    assert codes(grant(road, code=1)) == {"permit-exists"}
    assert codes(draw(road, "10 kg", by="truck", code=1)) == {"drawing-not-entitled"}
    assert codes(draw(road, "10 kg", by="user")) == {"permit-of-another"}
    told = show(road)
    assert told["drawn"] == "0.000 kg" and [one["counts"] for one in told["history"]] == [False]
    assert "counts for nothing" in road.run("permit", "show", EXPORT, "--ledger", str(road.ledger)).out
    change = ("permit", "change", EXPORT, "--to", "revoked", "--reason", "fraud")
    assert codes(road.do(*change, by="mx", code=1)) == {"permit-not-issuer"}


def test_notified_drawn_on_and_replied_to(road: Stage) -> None:
    notify = (
        "permit", "notify", NOTIFICATION, "--holder", MAKER, "--importing", "MX", *TERMS, "--reply-by", "+15d",
        "--dispatch", "+20d",
    )  # fmt: skip
    road.do(*notify, by="cn")
    road.do("permit", "draw", C1, NOTIFICATION, "500 kg", by="maker")
    assert "notification-unanswered" in codes(road.verdict(code=0))
    assert "no reply is never a yes" in road.run("permit", "show", NOTIFICATION, "--ledger", str(road.ledger)).out

    told = ("--consignment", "all")
    wrong = road.do("permit", "reply", NOTIFICATION, "no-objection", *told, by="cn", code=1)
    assert codes(wrong) == {"authority-scope"}
    answered = road.do("permit", "reply", NOTIFICATION, "no-objection", *told, by="mx")
    assert answered["accepted"] and show(road, NOTIFICATION)["status"] == "no-objection"
    assert "notification-unanswered" not in codes(road.verdict(code=0))
    late = road.do("permit", "reply", NOTIFICATION, "received", "--answers", "0" * 64, by="mx")
    assert codes(late) == {"reply-without-effect"}
    assert codes(road.do("permit", "reply", NOTIFICATION, "objected", *told, by="mx")) == {"reply-changed"}
    assert "notification-objected" in codes(road.verdict(code=0))


def test_a_reply_to_what_is_no_notification(road: Stage) -> None:
    grant(road)
    told = road.do("permit", "reply", EXPORT, "no-objection", by="mx", code=1)
    assert codes(told) == {"permit-status"}


def test_changed_terms_keep_what_was_not_stated(road: Stage) -> None:
    grant(road, "--use", "multiple", "--importer", USER, "--entry", "MXZLO", "--transit", "PA", "--tolerance", "1")
    draw(road, "100 kg")
    before = show(road)["found"]["terms"]
    change = ("permit", "change", EXPORT, "--reason", "extended")
    new = ("--until", "2027-06-30T00:00:00Z", "--quantity", "600 kg", "--entry", "none", "--transit", "any")
    road.do(*change, *new, "--consignment", C1, by="cn")
    after = show(road)["found"]["terms"]
    gone = {"entry_points", "transit"}
    kept = {name: value for name, value in before.items() if name not in gone}
    assert after == kept | {"valid_until": "2027-06-30T00:00:00Z", "quantity": {"value": "600", "unit": "KGM"}}
    assert "permit-changed" in codes(road.verdict(code=0))
    road.do("permit", "change", EXPORT, "--to", "confirmed", "--reason", "read", "--consignment", "all", by="cn")
    assert "permit-changed" not in codes(road.verdict(code=0))
    assert codes(road.do(*change, "--basis", "base", "--factor", "1/2", by="cn", code=1)) == {"permit-terms"}


def test_suspended_restored_and_revoked(road: Stage) -> None:
    grant(road, "--use", "multiple")
    draw(road, "100 kg")
    for word, status in (("suspended", "suspended"), ("restored", "in-force"), ("revoked", "revoked")):
        road.do("permit", "change", EXPORT, "--to", word, "--reason", "inquiry", "--consignment", "all", by="cn")
        assert show(road)["status"] == status
    assert "permit-withdrawn" in codes(road.verdict(code=0))
    assert codes(draw(road, "1 kg")) == {"permit-not-in-force"}
    again = road.do("permit", "change", EXPORT, "--to", "restored", "--reason", "x", by="cn", code=1)
    assert codes(again) == {"permit-status"}


def test_a_declaration_of_use_and_a_quota(road: Stage) -> None:
    eud, quota = "permit:MX-USER/EUD-1", "permit:MX-COFEPRIS/Q-1"
    declared = (
        "permit", "declare-use", eud, "--purpose", "pharmaceutical-synthesis", "--purpose", "laboratory",
        "--resale", "none", "--supplier", MAKER, *TERMS, "--use", "multiple", "--signer", "head of quality",
        "--hide", "signer", "--openings-out", road.at("signer.openings"),
    )  # fmt: skip
    assert codes(road.do(*declared, by="maker", code=1)) == {"permit-name-foreign"}
    Path(road.at("signer.openings")).unlink()
    road.do(*declared, by="user")
    road.do("permit", "draw", C1, eud, "475 kg", by="maker")
    assert show(road, eud)["left"] == "25.000 kg"

    given = ("permit", "quota", quota, "--holder", USER, "--activity", "import", "--period", "year", *TERMS)
    assert codes(road.do(*given, by="cn", code=1)) == {"authority-scope"}
    road.do(*given, by="mx")
    road.do("permit", "draw", C1, quota, "475 kg", by="user")
    told = show(road, quota)
    assert (told["sort"], told["holder"], told["left"]) == ("quota", USER, "25.000 kg")


def test_drawn_on_the_road_from_a_shown_permit(road: Stage) -> None:
    grant(road, "--use", "multiple")
    Path(road.at("permit.json")).write_text(json.dumps(show(road)))
    offline = (
        "--as",
        MAKER,
        "--audience",
        road.audience,
        "--key",
        road.key("maker"),
        "--found",
        road.at("permit.json"),
    )
    road.run(
        "permit", "draw", C1, EXPORT, "100 kg", "--substance", CAS, *offline, "--offline", road.at("drawing.cose")
    )  # fmt: skip
    (answer,) = road.json("submit", road.at("drawing.cose"), "--ledger", str(road.ledger))["answers"]
    assert answer["accepted"] and show(road)["left"] == "400.000 kg"
    stale = road.run(
        "permit", "draw", C1, EXPORT, "5 kg", "--substance", CAS, *offline, "--ledger", str(road.ledger), code=1
    )
    assert "permit-state-differs" in stale.out
    other = road.json("permit", "draw", C1, NOTIFICATION, "5 kg", "--substance", CAS, *offline, code=2)
    assert other["error"]["code"] == "found-format"


def test_what_a_consignment_of_two_substances_carries_is_asked_for(road: Stage) -> None:
    grant(road, "--use", "multiple")
    road.do(
        "lot", "register", "lot:CN-MAKER/AA-1", "--substance", "108-24-7", "--name", "acetic anhydride",
        "--quantity", "10 kg", "--place", "CNTZU+08:00", by="maker",
    )  # fmt: skip
    declare(road, C2, LOT, "lot:CN-MAKER/AA-1")
    told = draw(road, "10 kg", name=C2, code=2)["error"]
    assert told["code"] == "substance-needed" and told["found"] == f"108-24-7, {CAS}"
    assert codes(draw(road, "10 kg", "--substance", "108-24-7", name=C2)) == {"permit-substance"}


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("show", "permit:CN-NMPA/NONE"), "permit-unknown"),
        (("show", LOT), "permit-unknown"),
        (("draw", C1, "permit:CN-NMPA/NONE", "5 kg"), "permit-unknown"),
        (("draw", C2, EXPORT, "5 kg"), "consignment-unknown"),
        (("draw", C1, EXPORT, "5"), "quantity-format"),
        (("draw", C1, EXPORT, "5 L"), "drawing-conversion"),
        (("draw", C1, EXPORT, "5 kg", "--density", "1.0"), "drawing-conversion"),
        (("draw", C1, EXPORT, "5 kg", "--substance", "water"), "field-format"),
        (("draw", C1, EXPORT, "5 kg", "--found", "{}/none.json"), "input-missing"),
        (("draw", C1, EXPORT, "5 kg", "--found", "{}/cn.founder.json"), "found-format"),
        (("draw", C1, EXPORT), "usage"),
        (("change", EXPORT, "--reason", "x"), "usage"),
        (("change", EXPORT, "--to", "revoked", "--until", "+1d", "--reason", "x"), "usage"),
        (("change", EXPORT, "--to", "terms", "--reason", "x"), "usage"),
        (("change", "permit:CN-NMPA/NONE", "--until", "+1d", "--reason", "x"), "permit-unknown"),
        (("change", EXPORT, "--to", "revoked", "--reason", "x", "--consignment", C1, "--consignment", "all"), "usage"),
        (("change", EXPORT, "--factor", "half", "--reason", "x"), "factor-format"),
        (("change", EXPORT, "--factor", "1/", "--reason", "x"), "factor-format"),
        (("change", EXPORT, "--factor", "0/1", "--reason", "x"), "field-range"),
        (("change", EXPORT, "--tolerance", "101", "--reason", "x"), "percent-format"),
        (("reply", "permit:CN-NMPA/NONE", "no-objection"), "permit-unknown"),
        (("reply", EXPORT, "yes"), "usage"),
        (("reply", EXPORT, "objected", "--consignment", "C-1"), "id-chars"),
        (("grant", EXPORT, "--kind", "export", "--holder", MAKER), "usage"),
        (("grant", EXPORT, "--kind", "export", "--holder", "maker", *TERMS), "id-kind"),
        (("grant", LOT, "--kind", "export", "--holder", MAKER, *TERMS), "id-kind"),
        (("notify", EXPORT, "--holder", MAKER, "--importing", "Mexico", *TERMS), "field-format"),
        (("quota", EXPORT, "--holder", MAKER, "--activity", "use", "--period", "year", *TERMS), "usage"),
        (("declare-use", EXPORT, "--purpose", "For us", "--resale", "none", *TERMS, "--use", "single"), "field-format"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_of_a_permit(road: Stage, args: tuple[str, ...], code: str) -> None:
    """An error with its code, nothing signed, and the ledger as it was."""
    grant(road, "--use", "multiple")
    size = road.status()["size"]
    given = [arg.format(road.path) for arg in args]
    key = () if args[0] == "show" else ("--key", road.key("cn"))
    told = road.json("permit", *given, "--ledger", str(road.ledger), *key, code=2)
    assert told["error"]["code"] == code and told["error"]["what"]
    assert road.status()["size"] == size


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("draw", C1, EXPORT, "5 kg"), "ledger-needed"),
        (("reply", NOTIFICATION, "received"), "ledger-needed"),
        (("reply", NOTIFICATION, "received", "--answers", "0" * 64, "--consignment", "all"), "ledger-needed"),
        (("change", EXPORT, "--until", "+1d", "--reason", "x"), "field-missing"),
    ],
)
def test_what_needs_the_ledger(stage: Stage, args: tuple[str, ...], code: str) -> None:
    common = ("--key", stage.key("cn"), "--as", CN, "--audience", stage.audience, "--offline", stage.at("x.cose"))
    assert stage.json("permit", *args, *common, code=2)["error"]["code"] == code
    assert not Path(stage.at("x.cose")).exists()


def test_signed_without_a_ledger_and_handed_in_later(stage: Stage) -> None:
    packets = {"grant": "maker", "quota": "user"}
    common = ("--key", stage.key("mx"), "--as", MX, "--audience", stage.audience)
    stage.run(
        "permit", "grant", "permit:MX-COFEPRIS/T-1", "--kind", "transit", "--holder", TRUCK, *TERMS, *common,
        "--offline", stage.at("grant.cose"),
    )  # fmt: skip
    stage.run(
        "permit", "quota", "permit:MX-COFEPRIS/Q-1", "--holder", USER, "--activity", "import", "--period", "year",
        *TERMS, *common, "--offline", stage.at("quota.cose"),
    )  # fmt: skip
    stage.run("packet", *(stage.at(f"{name}.cose") for name in packets), "--out", stage.at("both.lotpacket"))
    answers = stage.json("submit", stage.at("both.lotpacket"), "--ledger", str(stage.ledger))["answers"]
    assert [answer["accepted"] for answer in answers] == [True, True]
    assert show(stage, "permit:MX-COFEPRIS/T-1")["sort"] == "transit"
