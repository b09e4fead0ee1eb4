"""The whole life of one lot on the command line, from two authorities that found a ledger to a verdict."""

from __future__ import annotations

from tests.journeys.stage import LOT, MAKER, TRUCK, USER, Stage, codes


def drive_to_consignee(stage: Stage) -> str:
    """Made, sealed, consigned, carried, inspected at the border, received one drum short; the acceptance's id."""
    stage.register(LOT, "500 kg", "--package", "D001..D020=25 kg")
    stage.do("seal", "apply", LOT, "--seal", "S-1,S-2", "--place", "CNTZU+08:00", by="maker")
    stage.do(
        "consignment", "declare", "consignment:CN-MAKER/C-1", "--exporter", MAKER, "--importer", USER, "--final", USER,
        "--route", "CNTZU,CNSHG,MXZLO,MXTLC", "--lot", LOT, "--mode", "sea", by="maker",
    )  # fmt: skip
    offer = stage.do(
        "transfer", "hand-over", "--to", TRUCK, "--as-a", "carrier", "--lot", f"{LOT},seals=S-1+S-2",
        "--place", "CNTZU+08:00", "--mode", "road", by="maker",
    )  # fmt: skip
    stage.do("transfer", "accept", offer["statement"], "--line", f"{LOT},outcome=full,seals-found=S-1+S-2", by="truck")
    stage.do("transfer", "arrive", LOT, "--place", "MXZLO-06:00", "--mode", "sea", by="truck")
    stage.do(
        "inspect", LOT, "--result", "in-order", "--place", "MXZLO-06:00", "--seal-found", "S-1,S-2",
        "--seal-cut", "S-1", "--seal-fitted", "MX-9", by="mx",
    )  # fmt: skip
    offer = stage.do(
        "transfer", "hand-over", "--to", USER, "--as-a", "consignee", "--lot", LOT, "--place", "MXTLC-06:00",
        "--mode", "road", by="truck",
    )  # fmt: skip
    short = "outcome=short,accepted=475 kg,missing=25 kg,packages-missing=D013,seals-found=S-2+MX-9"
    return str(stage.do("transfer", "accept", offer["statement"], "--line", f"{LOT},{short}", by="user")["statement"])


def test_from_founding_to_clear(stage: Stage) -> None:
    reply = drive_to_consignee(stage)

    before = stage.verdict(code=3)
    assert before["verdict"] == "HOLD" and "difference-open" in codes(before)
    assert before["answers"]["quantity"] == "open difference"

    answer = ("lot", "answer", LOT, "--reply", reply, "--explanation", "stolen", "--reference", "FGR-2026-118")
    stage.do(*answer, by="truck")
    assert "difference-answered" in codes(stage.verdict(code=3))
    stage.do(*answer, by="mx")

    after = stage.verdict(LOT, "--found", "seal=S-2,MX-9", "--found", "net=475.000 kg", code=0)
    assert after["verdict"] == "CLEAR" and after["answers"]["goods"] == "match"
    assert after["answers"]["quantity"] == "difference closed by report"
    assert after["answers"]["completeness"] == "attested"
    assert after["answers"]["whereabouts"].startswith(f"delivered to its declared final destination, {USER}")
    assert len(after["auditors"]) == 2

    assert stage.json("audit", "--ledger", str(stage.ledger))["sound"] is True


def test_the_printed_verdict_has_the_word_first_and_every_part_in_order(stage: Stage) -> None:
    drive_to_consignee(stage)
    bundle = stage.bundle()
    done = stage.spawn("verify", bundle, "--policy", "border.policy", "--found", "seal=S-2,S-9", TZ="UTC+6")
    lines = done.out.splitlines()
    assert done.code == 1 and not done.err
    assert lines[0].startswith(f"FAIL  {LOT}  as of 20") and "(UTC-06:00)" in lines[0]
    assert lines[1].startswith("Do not release: something is broken. First of all: the seals before the inspector")
    places = [done.out.index(word) for word in ("Chain  ", "Not proved", "Timeline", "Accounts", "Findings, worst")]
    assert places == sorted(places)
    assert done.out.index("goods-seal-mismatch") < done.out.index("difference-open")
    assert "expected  MX-9, S-2" in done.out and "found     S-2, S-9" in done.out
    assert "statement  no. 9 of the timeline, " in done.out
    assert "\x1b" not in done.out
    assert "(UTC+08:00)  CNTZU  Registration" in done.out and "(UTC-06:00)  MXTLC  Acceptance" in done.out


def test_goods_not_compared_is_said_in_the_first_line(stage: Stage) -> None:
    stage.register()
    out = stage.run("verify", stage.bundle(), "--policy", stage.at("border.policy")).out
    assert out.splitlines()[0].startswith("CLEAR") and out.splitlines()[0].endswith("; goods not compared")
    assert out.splitlines()[1] == "Everything that the trust policy asks for is proved."


def test_split_merge_consume_lose_and_correct(stage: Stage) -> None:
    stage.register(LOT, "100 kg", "--package", "D001..D004=25 kg")
    stage.do("lot", "pack", LOT, "--package", "B01=60 kg", "--package", "B02=40 kg", "--seal", "S-7", by="maker")
    parts = [f"{LOT}A,quantity=60 kg,packages=B01", f"{LOT}B,quantity=40 kg,packages=B02"]
    stage.do("lot", "split", LOT, "--part", parts[0], "--part", parts[1], by="maker")
    stage.do("lot", "correct", f"{LOT}A", "59.5 kg", "--reason", "weighing-error", by="maker")
    stage.do("lot", "consume", f"{LOT}B", "10 kg", "--purpose", "synthesis", by="maker")
    stage.do("lot", "lose", f"{LOT}B", "1 kg", "--kind", "leaked", "--place", "CNTZU+08:00", by="maker")
    stage.do("lot", "merge", f"{LOT}M", "--lot", f"{LOT}A", "--lot", f"{LOT}B", "--place", "CNTZU+08:00", by="maker")
    verdict = stage.verdict(f"{LOT}M", code=0)
    assert verdict["accounts"]["in custody"] == "88.500 kg"
    assert {"loss-reported", "quantity-corrected"} <= codes(verdict)
    titles = [step["event"] for step in verdict["timeline"]]
    assert titles == ["Registration", "Packing", "Split", "Correction", "Consumption", "Loss or theft", "Merge"]

    history = stage.json("lot", "history", f"{LOT}B", "--ledger", str(stage.ledger))
    assert [step["event"] for step in history["timeline"]] == ["Split", "Consumption", "Loss or theft", "Merge"]


def test_hold_release_suspension_and_refusal(stage: Stage) -> None:
    stage.register()
    hold = stage.do("hold", "place", LOT, "--reason", "suspicion", by="cn")["statement"]
    assert "on-hold" in codes(stage.verdict(code=3))
    assert codes(stage.do("hold", "release", hold, LOT, "--reason", "in-order", by="mx", code=1)) == {"hold-not-yours"}
    stage.do("hold", "release", hold, LOT, "--reason", "in-order", by="cn")
    assert stage.verdict(code=0)["verdict"] == "CLEAR"

    stage.do("licence", "suspend", TRUCK, "--number", "L-1", "--reason", "investigation", by="cn")
    hand_over = (
        "transfer", "hand-over", "--to", TRUCK, "--as-a", "carrier", "--lot", LOT, "--place", "CNTZU+08:00",
        "--mode", "road",
    )  # fmt: skip
    offer = stage.do(*hand_over, by="maker")
    assert "licence-not-in-force" in codes(offer)
    refused = stage.do("transfer", "refuse", offer["statement"], "--reason", "document-mismatch", by="truck")
    assert refused["accepted"]
    again = stage.do("licence", "suspend", TRUCK, "--number", "L-1", "--reason", "investigation", by="cn", code=1)
    assert codes(again) == {"licence-state"}
    stage.do("licence", "restore", TRUCK, "--number", "L-1", "--reason", "cleared", by="cn")
    stage.do("licence", "revoke", TRUCK, "--number", "L-1", "--reason", "given-up", by="cn")


def test_an_authority_accedes_and_needs_both_founders(stage: Stage) -> None:
    stage.run("key", "new", stage.key("co"), "--plain")
    stage.run(
        "authority", "claim", "--country", "CO", "--party", "party:CO-FNE", "--organisation", "Authority of Colombia",
        "--audience", stage.audience, "--key", stage.key("co"), "--out", stage.at("co.claim.json"),
    )  # fmt: skip
    proposal = stage.do("authority", "accede", "--claim", stage.at("co.claim.json"), by="cn")["statement"]
    grant = (
        "licence", "grant", "party:CO-USER", "--organisation", "User CO", "--number", "1", "--activity", "use",
        "--from", "2026-01-01T00:00:00Z",
    )  # fmt: skip
    assert codes(stage.do(*grant, by="co", code=1)) == {"not-authority"}
    assert codes(stage.do("authority", "endorse", proposal, by="cn", code=1)) == {"endorsed-twice"}
    stage.do("authority", "endorse", proposal, by="mx")
    assert stage.do(*grant, by="co")["accepted"]


def test_an_unaudited_checkpoint_is_the_operators_word(stage: Stage) -> None:
    stage.register()
    stage.run("ledger", "publish", "--ledger", str(stage.ledger))
    stage.run("bundle", LOT, "--ledger", str(stage.ledger), "--out", stage.at("b.lotproof"))
    verdict = stage.json("verify", stage.at("b.lotproof"), "--policy", stage.at("border.policy"), code=3)
    assert verdict["answers"]["completeness"] == "operator's word"
    assert {"quorum-not-met", "audit-quorum-not-met"} <= codes(verdict)


def test_an_old_proof_is_on_hold(stage: Stage) -> None:
    stage.register()
    verdict = stage.verdict(LOT, "--now", "+31d", code=3)
    assert "too-old" in codes(verdict)


def test_a_witness_that_is_not_admitted_is_told_so(stage: Stage) -> None:
    stage.run("witness", "init", stage.at("third"), "--name", "third.example", "--ledger", str(stage.ledger))
    told = stage.json("witness", "cosign", stage.at("third"), "--ledger", str(stage.ledger), code=2)
    assert told["error"]["code"] == "witness-not-admitted"
