"""Statements signed on the road, without a network, and what becomes of them when they arrive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.journeys.stage import LOT, MAKER, TRUCK, Stage, codes


def sign_on_the_road(stage: Stage, *more: str) -> tuple[str, str]:
    """A hand-over and its acceptance, signed from files alone; their paths."""
    registration = stage.at("registration.cose")
    seen = stage.status()["newest"]
    audience = stage.audience
    offer, reply = stage.at("hand-over.cose"), stage.at("acceptance.cose")
    stage.run(
        "transfer", "hand-over", "--to", TRUCK, "--as-a", "carrier",
        "--lot", f"{LOT},prev={registration},quantity=500 kg", "--place", "CNTZU+08:00", "--mode", "road",
        "--key", stage.key("maker"), "--as", MAKER, "--audience", audience, "--seen", seen, "--offline", offer, *more,
    )  # fmt: skip
    stage.run(
        "transfer", "accept", offer, "--key", stage.key("truck"), "--as", TRUCK, "--audience", audience,
        "--seen", seen, "--offline", reply,
    )  # fmt: skip
    return offer, reply


@pytest.fixture
def road(stage: Stage) -> Stage:
    """A stage with a registered lot whose statement is at hand as a file."""
    stage.register(LOT, "500 kg", "--save", stage.at("registration.cose"))
    return stage


def submit(stage: Stage, *files: str, code: int = 0) -> list[Any]:
    answers: list[Any] = stage.json("submit", *files, "--ledger", str(stage.ledger), code=code)["answers"]
    return answers


def test_in_the_wrong_order_then_in_the_right_one_then_twice(road: Stage) -> None:
    offer, reply = sign_on_the_road(road)
    (early,) = submit(road, reply, code=1)
    assert early["retryable"] and codes(early) == {"offer-unknown"}
    both = submit(road, offer, reply)
    assert [answer["accepted"] for answer in both] == [True, True]
    again = submit(road, offer, reply)
    assert all(answer["again"] for answer in again)
    drop = {"again", "findings"}
    for first, second in zip(both, again, strict=True):
        assert {k: v for k, v in first.items() if k not in drop} == {k: v for k, v in second.items() if k not in drop}
    assert road.verdict(code=0)["answers"]["whereabouts"] == f"in custody of {TRUCK} at CNTZU"


def test_the_wrong_order_in_one_packet_and_the_right_one(road: Stage) -> None:
    offer, reply = sign_on_the_road(road)
    road.run("packet", reply, offer, "--out", road.at("wrong.lotpacket"))
    answers = submit(road, road.at("wrong.lotpacket"), code=1)
    assert [answer["accepted"] for answer in answers] == [False, True]
    road.run("packet", offer, reply, "--out", road.at("right.lotpacket"))
    assert [answer["accepted"] for answer in submit(road, road.at("right.lotpacket"))] == [True, True]


def test_an_inspection_meanwhile_makes_no_paper_stale(road: Stage) -> None:
    offer, reply = sign_on_the_road(road)
    road.do("inspect", LOT, "--result", "in-order", "--place", "CNTZU+08:00", "--sample", "0.5 kg", by="cn")
    assert all(answer["accepted"] for answer in submit(road, offer, reply))
    verdict = road.verdict(code=0)
    assert verdict["accounts"]["in custody"] == "499.500 kg" and verdict["accounts"]["sampled"] == "0.500 kg"


def test_a_hold_meanwhile_holds_and_dooms_no_paper_of_before(road: Stage) -> None:
    offer, reply = sign_on_the_road(road)
    placed = road.do("hold", "place", LOT, "--reason", "suspicion", by="cn")
    answers = submit(road, offer, reply)
    assert all(codes(answer) == {"acted-before-hold-was-known"} for answer in answers)
    verdict = road.verdict(code=3)
    assert verdict["verdict"] == "HOLD" and "on-hold" in codes(verdict)
    road.do("hold", "release", placed["statement"], LOT, "--reason", "in-order", by="cn")
    assert road.verdict(code=0)["verdict"] == "CLEAR"


@pytest.mark.parametrize("endorser", ["cn", "truck2"])
def test_a_key_lost_meanwhile_needs_an_endorsement(road: Stage, endorser: str) -> None:
    if endorser == "truck2":
        road.do("key", "enrol", "--new-key", road.key("truck2"), "--party", TRUCK, "--holder", "office", by="cn")
    offer, reply = sign_on_the_road(road)
    road.do("key", "revoke", road.key("truck"), "--reason", "lost", "--compromised-since", "-1m", by="cn")
    first, refused = submit(road, offer, reply, code=1)
    assert first["accepted"] and codes(refused) == {"key-revoked"} and not refused["retryable"]
    road.do("key", "endorse", reply, by=endorser)
    (accepted,) = submit(road, reply)
    assert codes(accepted) == {"endorsed-after-loss"}
    assert "endorsed-after-loss" in codes(road.verdict(code=0))


def test_a_second_hand_over_of_the_same_lot_is_stale_and_proves_double_dealing(road: Stage) -> None:
    offer, reply = sign_on_the_road(road)
    second, taken = road.at("second.cose"), road.at("second-taken.cose")
    road.run(
        "transfer", "hand-over", "--to", "party:MX-USER", "--as-a", "consignee",
        "--lot", f"{LOT},prev={road.at('registration.cose')},quantity=500 kg", "--place", "CNTZU+08:00",
        "--mode", "road", "--key", road.key("maker2"), "--as", MAKER, "--audience", road.audience, "--offline", second,
    )  # fmt: skip
    road.run(
        "transfer", "accept", second, "--key", road.key("user"), "--as", "party:MX-USER", "--audience", road.audience,
        "--offline", taken,
    )  # fmt: skip
    submit(road, offer, reply)
    (stale,) = submit(road, second, code=1)
    assert not stale["retryable"]
    conflict = road.do(
        "lot", "conflict", LOT, "--logged", offer, "--logged-reply", reply, "--other", second, "--other-reply", taken,
        by="user",
    )  # fmt: skip
    assert codes(conflict) == {"double-dealing"}
    assert "conflict-open" in codes(road.verdict(code=3))
    proposal = road.do(
        "authority", "resolve", LOT, "--conflict", conflict["statement"], "--decision", "confirm", by="cn"
    )["statement"]
    assert codes(road.do("authority", "endorse", proposal, "--on", LOT, by="cn", code=1)) == {"threshold"}
    road.do("authority", "endorse", proposal, "--on", LOT, by="cn2")
    assert "conflict-resolved" in codes(road.verdict(code=0))


def test_a_withdrawal_waits_for_the_deadline(road: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    offer, _ = sign_on_the_road(road, "--deadline", "+1h")
    submit(road, offer)
    early = road.do("transfer", "withdraw", offer, by="maker", code=1)
    assert codes(early) == {"deadline-not-past"} and early["retryable"]
    later = 7_200_000
    real = __import__("time").time_ns
    monkeypatch.setattr("lotchain.app.clock.time.time_ns", lambda: real() + later * 1_000_000)
    road.do("transfer", "withdraw", offer, by="maker")
    assert road.verdict(LOT, "--now", "+2h", code=0)["answers"]["whereabouts"] == f"in custody of {MAKER} at CNTZU"


def test_hidden_fields_travel_in_a_packet_and_only_to_those_who_may_read_them(road: Stage) -> None:
    opened = road.at("means.openings")
    hide = ("--means", "truck 118-XK", "--hide", "means", "--openings-out", opened)
    offer, reply = sign_on_the_road(road, *hide)
    assert Path(opened).stat().st_mode & 0o077 == 0
    assert b"118-XK" not in Path(offer).read_bytes()
    road.run("packet", offer, reply, opened, "--out", road.at("road.lotpacket"))
    submit(road, road.at("road.lotpacket"))
    assert list(road.verdict(code=0)["opened_fields"].values()) == ["truck 118-XK"]
    policy = road.at("border.policy")
    assert "118-XK" in road.run("verify", road.at("lot.lotproof"), "--policy", policy).out
    shut = road.bundle(LOT, "shut.lotproof", "--without-openings")
    assert b"118-XK" not in Path(shut).read_bytes()
    assert road.json("verify", shut, "--policy", policy)["opened_fields"] == {}
    assert "118-XK" not in road.run("verify", shut, "--policy", policy).out


def test_what_would_lose_an_opening_is_not_signed(road: Stage) -> None:
    lost = road.json(
        "transfer", "hand-over", "--to", TRUCK, "--as-a", "carrier",
        "--lot", f"{LOT},prev={road.at('registration.cose')},quantity=500 kg", "--place", "CNTZU+08:00",
        "--mode", "road", "--means", "truck", "--hide", "means", "--key", road.key("maker"), "--as", MAKER,
        "--audience", road.audience, "--offline", road.at("x.cose"), code=2,
    )  # fmt: skip
    assert lost["error"]["code"] == "openings-lost" and not Path(road.at("x.cose")).exists()


def test_a_draft_is_signed_later_and_elsewhere(road: Stage) -> None:
    draft = road.run(
        "transfer", "hand-over", "--to", TRUCK, "--as-a", "carrier", "--lot", LOT, "--place", "CNTZU+08:00",
        "--mode", "road", "--ledger", str(road.ledger), "--draft",
    ).out  # fmt: skip
    Path(road.at("event.json")).write_text(draft)
    signed = road.json(
        "sign", road.at("event.json"), "--key", road.key("maker"), "--as", MAKER, "--audience", road.audience
    )
    assert signed["type"] == "hand-over/1" and signed["file"] == road.at("event.cose")
    (answer,) = submit(road, signed["file"])
    assert answer["statement"] == signed["statement"]


def test_a_protected_key_asks_for_its_passphrase(road: Stage) -> None:
    Path(road.at("pass")).write_text("correct horse\n")
    Path(road.at("wrong")).write_text("other\n")
    road.run("key", "new", road.key("phone"), "--passphrase-file", road.at("pass"))
    request = ("key", "request", "--key", road.key("phone"), "--as", TRUCK, "--audience", road.audience,
               "--holder", "phone 3", "--out", road.at("phone.request.json"))  # fmt: skip
    assert road.json(*request, code=2)["error"]["code"] == "passphrase-needed"
    wrong = road.json(*request, "--passphrase-file", road.at("wrong"), code=2)
    assert wrong["error"]["code"] == "key-file-passphrase"
    road.run(*request, "--passphrase-file", road.at("pass"))
    assert road.do("key", "enrol", "--request", road.at("phone.request.json"), by="cn")["accepted"]
