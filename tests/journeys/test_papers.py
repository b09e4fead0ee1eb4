"""A manifest of another system on its way onto the ledger: imported, signed by each handler in turn, submitted."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.journeys.stage import WITNESSES, Stage, codes

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "emanifest"
US = "party:US-AUTHORITY"
HANDLERS = {
    "XXEXAMPLEGEN": "manufacture", "XXEXAMPLETR1": "transport", "XXEXAMPLETR2": "transport", "XXEXAMPLETSD": "use",
}  # fmt: skip
CHOICES = (
    "--cas", "1=67-64-1", "--cas", "2=108-88-3", "--place", "generator=USRIC-05:00",
    "--place", "transporter-2=USBAL-05:00", "--place", "facility=USNYC-05:00",
)  # fmt: skip


@pytest.fixture
def american(tmp_path: Path) -> Stage:
    """A ledger founded by one authority, with the four handlers of the manifest."""
    stage = Stage(tmp_path)
    stage.run("key", "new", stage.key("us"), "--plain")
    stage.run(
        "ledger", "init", str(stage.ledger), "--origin", "us.example/lots", "--threshold", "1",
        "--authority", f"US,{US},Authority, of the US,{stage.key('us')}",
    )  # fmt: skip
    for handler, activity in HANDLERS.items():
        stage.run("key", "new", stage.key(handler), "--plain")
        stage.do(
            "licence", "grant", f"party:US-{handler}", "--organisation", handler, "--number", "1",
            "--activity", activity, "--from", "2000-01-01T00:00:00Z", by="us",
        )  # fmt: skip
        stage.do("key", "enrol", "--new-key", stage.key(handler), "--party", f"party:US-{handler}", by="us")
    return stage


@pytest.fixture
def watched(american: Stage) -> Stage:
    """The same ledger, with two auditing witnesses and an inspector's policy."""
    vkeys = []
    for name in WITNESSES:
        made = american.json("witness", "init", american.at(name), "--name", name, "--ledger", str(american.ledger))
        vkeys += made["keys"]
    american.run("ledger", "admit-witness", *vkeys, "--ledger", str(american.ledger))
    auditors = [word for key in vkeys for word in ("--auditor", key)]
    american.run(
        "ledger", "policy", "--ledger", str(american.ledger), *auditors, "--treaty", "not-demanded",
        "--out", american.at("border.policy"),
    )  # fmt: skip
    return american


def test_one_manifest_all_the_way_to_a_verdict(watched: Stage) -> None:
    """Drafted from the form, signed by each handler with its own key, submitted, bundled, verified: CLEAR."""
    drafts = watched.at("drafts")
    imported = watched.json("import", "emanifest", str(FIXTURES / "signed.json"), "--drafts", drafts, *CHOICES,
                            "--received", "1=480", "--received", "2=345")  # fmt: skip
    for row in imported["drafts"]:
        handler = row["signer"].removeprefix("party:US-")
        signed = watched.json(
            "sign", row["file"], "--key", watched.key(handler), "--as", row["signer"],
            "--audience", watched.audience, "--seen", watched.status()["newest"],
        )  # fmt: skip
        answers = watched.json("submit", signed["file"], "--ledger", str(watched.ledger))["answers"]
        assert [answer["accepted"] for answer in answers] == [True], (row, answers)
    verdict = watched.verdict("lot:US-XXEXAMPLEGEN/000000001TST-1", code=0)
    assert verdict["verdict"] == "CLEAR" and verdict["answers"]["chain"] == "unbroken", verdict["findings"]
    assert "XXEXAMPLETSD" in verdict["answers"]["whereabouts"]


def test_what_an_importer_attests_is_at_most_hold(watched: Stage) -> None:
    key = watched.key("XXEXAMPLETSD")
    form = str(FIXTURES / "signed.json")
    watched.json("import", "emanifest", form, "--attest", key, "--ledger", str(watched.ledger))
    verdict = watched.verdict("lot:US-XXEXAMPLETSD/000000001TST-1", code=3)
    assert verdict["verdict"] == "HOLD"
    assert "reported-not-signed" in codes(verdict)


def test_each_handler_signs_its_own_drafts_when_their_turn_has_come(american: Stage) -> None:
    drafts = american.at("drafts")
    imported = american.json("import", "emanifest", str(FIXTURES / "signed.json"), "--drafts", drafts, *CHOICES)
    assert len(imported["drafts"]) >= 6
    by_signer = {row["signer"].removeprefix("party:US-") for row in imported["drafts"]}
    assert by_signer == set(HANDLERS)

    def sign(handler: str) -> dict[str, list[dict[str, object]]]:
        answer: dict[str, list[dict[str, object]]] = american.json(
            "sign", drafts, "--key", american.key(handler), "--as", f"party:US-{handler}",
            "--audience", american.audience, "--seen", american.status()["newest"],
        )  # fmt: skip
        return answer

    early = sign("XXEXAMPLETSD")
    assert not early["signed"] and early["waiting"]
    signed: list[object] = []
    for _ in range(3):
        for handler in HANDLERS:
            signed += [row["file"] for row in sign(handler)["signed"]]
    assert len(signed) == len(imported["drafts"])
    answers = american.json("submit", *sorted(map(str, signed)), "--ledger", str(american.ledger))["answers"]
    assert all(answer["accepted"] for answer in answers)
    nothing = american.run(
        "sign", drafts, "--key", american.key("XXEXAMPLETSD"), "--as", "party:US-XXEXAMPLETSD",
        "--audience", american.audience,
    )  # fmt: skip
    assert nothing.out.startswith("nothing left to sign")


def test_one_draft_alone_names_what_it_waits_for_and_whose_it_is(american: Stage) -> None:
    drafts = american.at("drafts")
    rows = american.json("import", "emanifest", str(FIXTURES / "signed.json"), "--drafts", drafts, *CHOICES)["drafts"]
    waiting = next(row for row in rows if row["after"])
    handler = waiting["signer"].removeprefix("party:US-")
    common = ("--key", american.key(handler), "--audience", american.audience)
    told = american.json("sign", waiting["file"], *common, "--as", waiting["signer"], code=2)
    assert told["error"]["code"] == "draft-unsigned"
    told = american.json("sign", waiting["file"], *common, "--as", US, code=2)
    assert told["error"]["code"] == "draft-signer"
    shown = american.json("show", waiting["file"])
    assert shown["kind"] == "draft, not signed" and shown["says"]["signer"] == waiting["signer"]


def test_an_importer_signs_what_the_paper_reports_and_no_more(american: Stage) -> None:
    form = str(FIXTURES / "signed.json")
    kept = american.json(
        "import", "emanifest", form, "--as", "party:US-XXEXAMPLETSD", "--audience", american.audience,
        "--attest", american.key("XXEXAMPLETSD"), "--offline", american.at("reports.lotpacket"),
    )  # fmt: skip
    assert len(kept["signed"]) == 2 and american.json("show", american.at("reports.lotpacket"))["kind"].startswith(
        "packet"
    )
    key = american.key("XXEXAMPLETSD")
    answers = american.json("import", "emanifest", form, "--attest", key, "--ledger", str(american.ledger))["answers"]
    assert all(answer["accepted"] for answer in answers)
    assert {"reported-not-signed"} <= {finding["code"] for answer in answers for finding in answer["findings"]}
    events = american.json(
        "import", "emanifest", form, "--attest", key, "--ledger", str(american.ledger), "--as", US, "--draft"
    )
    assert [event["type"] for event in events] == ["report/1", "report/1"]
