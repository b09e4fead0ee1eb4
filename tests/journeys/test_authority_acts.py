"""Seizures, custody by order, witnessed acceptances and settlements on the command line."""

from __future__ import annotations

from typing import Any

import pytest
from tests.journeys.stage import CN, LOT, MAKER, TRUCK, USER, Stage, codes

HERE = ("--place", "CNTZU+08:00")


def hand_over(stage: Stage, to: str = TRUCK, role: str = "carrier", *more: str) -> Any:
    return stage.do(
        "transfer", "hand-over", "--to", to, "--as-a", role, "--lot", LOT, *HERE, "--mode", "road", *more, by="maker"
    )  # fmt: skip


def where(stage: Stage, lot: str = LOT, code: int = 0) -> str:
    return str(stage.verdict(lot, code=code)["answers"]["whereabouts"])


def test_a_seizure_takes_two_officers(stage: Stage) -> None:
    stage.register()
    seize = ("authority", "seize", LOT, "--reason", "suspicion", "--reference", "C-118", *HERE)
    assert codes(stage.do(*seize, by="maker", code=1)) == {"not-authority"}
    assert codes(stage.do(*seize, by="mx", code=1)) == {"authority-scope"}
    proposal = stage.do(*seize, by="cn")["statement"]
    assert where(stage) == f"in custody of {MAKER} at CNTZU"
    assert codes(stage.do("authority", "endorse", proposal, by="cn", code=1)) == {"threshold"}
    assert codes(stage.do("authority", "endorse", proposal, by="cn2")) == {"seized"}
    assert CN in where(stage)


def test_a_part_that_is_seized_becomes_a_rest_lot(stage: Stage) -> None:
    stage.register(LOT, "500 kg", "--package", "D001..D020=25 kg")
    seize = ("authority", "seize", LOT, "--reason", "court-order", *HERE, "--package", "D001,D002")
    told = stage.do(*seize, by="cn", code=2)
    assert told["error"]["code"] == "usage" and "--quantity" in told["error"]["what"]
    assert codes(stage.do(*seize, "--quantity", "51 kg", by="cn", code=1)) == {"packages-seized-hold-less"}
    proposal = stage.do(*seize, "--quantity", "50 kg", by="cn")["statement"]
    stage.do("authority", "endorse", proposal, "--on", LOT, by="cn2")
    assert stage.verdict(code=0)["accounts"]["in custody"] == "450.000 kg"
    assert where(stage, f"{LOT}~1") == f"seized, held by {CN} at CNTZU"


def test_custody_by_order_takes_two_officers(stage: Stage) -> None:
    stage.register()
    order = ("authority", "order", LOT, "--custodian", TRUCK, "--reason", "bankrupt")
    assert codes(stage.do(*order, by="truck", code=1)) == {"not-authority"}
    nobody = ("authority", "order", LOT, "--custodian", "party:CN-NOBODY", "--reason", "vanished")
    assert codes(stage.do(*nobody, by="cn", code=1)) == {"custodian-unknown"}
    proposal = stage.do(*order, by="cn")["statement"]
    assert codes(stage.do("authority", "endorse", proposal, by="mx", code=1)) == {"threshold"}
    assert codes(stage.do("authority", "endorse", proposal, by="cn2")) == {"custody-ordered"}
    assert where(stage) == f"in custody of {TRUCK} at CNTZU"
    assert codes(stage.do(*order, by="cn", code=1)) == {"custodian-already"}


def test_an_authority_accepts_for_a_receiver_without_a_key(stage: Stage) -> None:
    stage.register(LOT, "500 kg", "--package", "D001..D020=25 kg")
    offer = hand_over(stage)["statement"]
    witness = ("authority", "witness-acceptance", offer, "--reason", "key-lost")
    short = f"{LOT},accepted=475 kg,missing=25 kg,packages-missing=D020,seals-found=none"
    assert codes(stage.do(*witness, by="mx", code=1)) == {"authority-scope"}
    assert codes(stage.do(*witness, by="maker", code=1)) == {"not-authority"}
    wrong = stage.do(*witness, "--line", f"{LOT},accepted=475 kg", by="cn", code=1)
    assert codes(wrong) == {"reply-unbalanced"}
    assert codes(stage.do(*witness, "--line", short, by="cn")) == {"accepted-by-authority"}
    verdict = stage.verdict(code=3)
    assert verdict["accounts"]["in custody"] == "475.000 kg" and "difference-open" in codes(verdict)
    assert codes(stage.do(*witness, by="cn", code=1)) == {"offer-closed"}


def test_all_of_an_offer_is_accepted_on_the_road(stage: Stage) -> None:
    """The receiver stands in the hand-over: its file is enough."""
    stage.register()
    offer = stage.at("offer.cose")
    hand_over(stage, USER, "consignee", "--save", offer)
    common = ("--key", stage.key("mx"), "--as", "party:MX-COFEPRIS", "--audience", stage.audience)
    witness = ("authority", "witness-acceptance", offer, "--reason", "out-of-order")
    stage.run(*witness, *common, "--offline", stage.at("taken.cose"))
    (answer,) = stage.json("submit", stage.at("taken.cose"), "--ledger", str(stage.ledger))["answers"]
    assert "accepted-by-authority" in codes(answer)
    assert where(stage) == f"in custody of {USER} at CNTZU"


def test_a_breach_is_settled_once_by_the_authority_whose_rule_it_was(stage: Stage) -> None:
    stage.register()
    stage.do("licence", "suspend", TRUCK, "--number", "L-1", "--reason", "inquiry", by="cn")
    offer = hand_over(stage)
    assert codes(offer) == {"licence-not-in-force"}
    settle = ("authority", "settle", LOT, "--statement", offer["statement"], "--code", "licence-not-in-force")
    fined = (*settle, "--outcome", "fined", "--reference", "D-1")
    assert codes(stage.do(*fined, by="mx", code=1)) == {"authority-scope"}
    assert codes(stage.do(*fined, by="cn")) == {"breach-settled"}
    assert codes(stage.do(*fined, by="cn", code=1)) == {"settled-already"}
    rule = ("authority", "settle", LOT, "--statement", offer["statement"], "--outcome", "warned", "--code")
    assert codes(stage.do(*rule, "cn-04-licence", by="mx", code=1)) == {"authority-scope"}
    for code in ("cn-04-licence", "un-07-notice", "border-unexplained"):
        assert codes(stage.do(*rule, code, by="cn")) == {"breach-settled"}
    unknown = ("authority", "settle", LOT, "--statement", "0" * 64, "--code", "licence-none", "--outcome", "warned")
    assert codes(stage.do(*unknown, by="cn", code=1)) == {"breach-unknown"}


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("seize", LOT, "--reason", "suspicion"), "usage"),
        (("seize", LOT, "--reason", "A hunch", *HERE), "field-format"),
        (("seize", LOT, "--reason", "suspicion", "--quantity", "much", *HERE), "quantity-format"),
        (("seize", "drum 7", "--reason", "suspicion", *HERE), "id-chars"),
        (("order", LOT, "--custodian", TRUCK, "--reason", "tired"), "usage"),
        (("order", LOT, "--custodian", "truck", "--reason", "vanished"), "id-kind"),
        (("witness-acceptance", "0" * 64, "--reason", "key-lost"), "statement-unknown"),
        (("witness-acceptance", "{}/none.cose", "--reason", "key-lost"), "input-missing"),
        (("witness-acceptance", "{}/registration.cose", "--reason", "key-lost"), "offer-other"),
        (("witness-acceptance", "{}/offer.cose", "--reason", "key-lost", "--line", f"{LOT}B,accepted=5 kg"), "line-lot"),
        (("witness-acceptance", "{}/offer.cose", "--reason", "key-lost", "--line", f"{LOT},refused=5 kg"), "line-format"),
        (("settle", LOT, "--statement", "short", "--code", "licence-none", "--outcome", "fined"), "input-missing"),
        (("settle", LOT, "--statement", "0" * 64, "--code", "off-route", "--outcome", "fined"), "field-value"),
        (("settle", LOT, "--statement", "0" * 64, "--code", "xx-01-rule", "--outcome", "fined"), "field-value"),
    ],
)  # fmt: skip
def test_what_an_authority_cannot_say(stage: Stage, args: tuple[str, ...], code: str) -> None:
    stage.register(LOT, "500 kg", "--save", stage.at("registration.cose"))
    hand_over(stage, TRUCK, "carrier", "--save", stage.at("offer.cose"))
    size = stage.status()["size"]
    told = stage.do("authority", *(arg.format(stage.path) for arg in args), by="cn", code=2)
    assert told["error"]["code"] == code and stage.status()["size"] == size


def test_help_tells_who_signs_second(stage: Stage) -> None:
    for verb in ("seize", "order"):
        told = " ".join(stage.run("authority", verb, "--help").out.split())
        assert "until a second officer endorses it" in told and "lotchain authority endorse" in told
    assert "second officer" in " ".join(stage.run("authority", "endorse", "--help").out.split())
