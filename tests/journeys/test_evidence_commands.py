"""`lotchain checkpoint compare`, `lotchain evidence check` and `make`, and how old a verdict may be."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.stage import LOT, Stage, codes
from tests.show.own_log import LOG_KEY, OwnLog
from tests.unit.world import ORIGIN
from tests.vectors_build.evidence import Story

from lotchain.app.folder import Configuration
from lotchain.core.instants import format_instant, parse_instant
from lotchain.events.reading import read_entry
from lotchain.storage.sqlite import SqliteStore
from lotchain.verify.bundle import decode_bundle
from lotchain.verify.policy import format_policy

OTHER = "lot:CN-MAKER/BP4-2"
CHECKPOINT = "checkpoint"


@pytest.fixture
def road(stage: Stage) -> Stage:
    """A lot registered and proved; what was proved is kept: checkpoint, bundle, tiles, and a backup of the ledger."""
    stage.register()
    shutil.copy(stage.bundle(), stage.at("old.lotproof"))
    shutil.copy(stage.ledger / CHECKPOINT, stage.at("old-checkpoint"))
    stage.run("export", "tiles", str(stage.ledger), stage.at("old-tiles"))
    shutil.copytree(stage.ledger, stage.at("backup"))
    return stage


def compare(stage: Stage, one: str, other: str, code: int, *more: str) -> Any:
    return stage.json("checkpoint", "compare", stage.at(one), stage.at(other), "--policy", stage.at("border.policy"),
                      *more, code=code)  # fmt: skip


def test_a_log_that_grew_extends_what_was_kept(road: Stage) -> None:
    road.register(OTHER)
    road.attest()
    for kept in ("old-checkpoint", "old.lotproof", "old-tiles"):
        assert compare(road, kept, "ledger", 0)["word"] == "EXTENDS"
        assert compare(road, "ledger", kept, 0)["what"].startswith("A extends B")
    assert compare(road, "old-checkpoint", "old.lotproof", 0)["word"] == "SAME"
    road.run("export", "tiles", str(road.ledger), road.at("tiles"))
    assert compare(road, "old.lotproof", "tiles", 0)["word"] == "EXTENDS"
    shutil.copy(road.ledger / CHECKPOINT, road.at("new-checkpoint"))
    assert compare(road, "old-checkpoint", "new-checkpoint", 3)["word"] == "CANNOT BE TOLD"
    said = road.run("checkpoint", "compare", road.at("old-checkpoint"), str(road.ledger), "--policy",
                    road.at("border.policy"), "--evidence", road.at("none.lotevidence")).out  # fmt: skip
    assert said.startswith("EXTENDS\n") and "No evidence was written" in said
    assert not (road.path / "none.lotevidence").exists()


def test_a_restored_backup_is_found_and_shown_to_anybody(road: Stage) -> None:
    """The operator brings a backup back, with its mark, and goes on: what others hold cannot be true beside it."""
    road.register(OTHER)
    shutil.copy(road.bundle(OTHER), road.at("lost.lotproof"))
    shutil.copy(road.ledger / CHECKPOINT, road.at("lost-checkpoint"))
    shutil.rmtree(road.ledger)
    shutil.copytree(road.at("backup"), road.ledger)
    for number in range(3, 6):
        road.register(f"lot:CN-MAKER/BP4-{number}")
    road.run("ledger", "publish", "--ledger", str(road.ledger))
    out = road.at("fork.lotevidence")
    assert compare(road, "old-checkpoint", "ledger", 0)["word"] == "EXTENDS", "before the backup nothing differs"
    found = compare(road, "lost-checkpoint", "ledger", 1, "--evidence", out)
    assert (found["word"], found["evidence"], found["file"]) == ("CANNOT BOTH BE TRUE", "fork", out)
    assert compare(road, "lost.lotproof", "ledger", 1)["word"] == "CANNOT BOTH BE TRUE"
    answer = road.json("evidence", "check", out, "--policy", road.at("border.policy"))
    assert answer["word"] == "PROVED" and answer["proved"][0]["who"].startswith(f"the log {ORIGIN}")
    said = road.run("evidence", "check", out, "--policy", road.at("border.policy")).out
    assert said.startswith("PROVED  fork\n") and "Not proved by it: " in said
    shown = road.json("show", out)
    assert shown["kind"] == "evidence" and shown["says"]["of"] == "fork"
    # Neither witness cosigns it.
    for name in ("cn.witness.example", "mx.witness.example"):
        declined = road.json("witness", "cosign", road.at(name), "--ledger", str(road.ledger), code=1)
        assert declined["objections"][0]["code"] == "witness-inconsistent"


def test_tampered_evidence_proves_nothing(road: Stage) -> None:
    out = Path(road.at("x.lotevidence"))
    out.write_bytes(b"nothing")
    fault = road.json("evidence", "check", str(out), "--policy", road.at("border.policy"), code=2)
    assert fault["error"]["code"] == "evidence-digest"
    fault = road.json("evidence", "check", road.at("none"), "--policy", road.at("border.policy"), code=2)
    assert fault["error"]["code"] == "input-missing"


def keep(path: Path, *, forced: bool) -> Path:
    """A ledger's folder as a dishonest operator keeps one, and a policy for it beside."""
    told = Story()
    folder = path / "kept"
    folder.mkdir()
    (folder / "ledger.toml").write_text(Configuration(ORIGIN, LOG_KEY).encode())
    log = OwnLog(store=SqliteStore.create(folder / "ledger.db"))
    for time, statements in told.batches:
        log.batch(time, statements)
    log.batch(told.batches[-1][0], [told.loss(9_999 if forced else 1)], forced=True)
    log.publish(cosigned_at=told.batches[-1][0] // 1000)
    log.store.close()
    (path / "kept.policy").write_text(format_policy(log.policy()))
    return folder


def test_evidence_of_a_logs_first_fault(stage: Stage) -> None:
    folder, out = keep(stage.path, forced=True), stage.at("fault.lotevidence")
    made = stage.json("evidence", "make", out, "--ledger", str(folder))
    assert made["code"] == "audit-entry-refused" and made["file"] == out
    answer = stage.json("evidence", "check", out, "--policy", stage.at("kept.policy"))
    assert answer["kind"] == "judged" and len(answer["proved"]) == 3
    said = stage.run("evidence", "check", out, "--policy", stage.at("kept.policy")).out
    assert "at entry" in said and "did not replay what it vouches for" in said
    other = stage.json("evidence", "check", out, "--policy", stage.at("border.policy"), code=1)
    assert other["word"] == "NOT PROVED" and other["fault"]["code"] == "checkpoint-signature"
    said = stage.run("evidence", "check", out, "--policy", stage.at("border.policy"), code=1).out
    assert said.startswith("NOT PROVED  judged\n")


def test_an_honest_log_gives_no_evidence(stage: Stage) -> None:
    folder = keep(stage.path, forced=False)
    fault = stage.json("evidence", "make", stage.at("x.lotevidence"), "--ledger", str(folder), code=2)
    assert fault["error"]["code"] == "evidence-none"
    fault = stage.json("evidence", "make", stage.at("x.lotevidence"), code=2)
    assert fault["error"]["code"] == "evidence-input"


def losses(stage: Stage) -> tuple[str, str]:
    """Two losses after the registration, signed and not submitted: the maker's two stories."""
    prev = str(stage.json("lot", "history", LOT, "--ledger", str(stage.ledger))["timeline"][0]["statement"])
    files = []
    for quantity in ("3 kg", "4 kg"):
        out = stage.at(f"lost-{quantity.partition(' ')[0]}.cose")
        stage.run("lot", "lose", LOT, quantity, "--kind", "leaked", "--place", "CNTZU+08:00", "--prev", prev, "--ledger",
                  str(stage.ledger), "--key", stage.key("maker"), "--offline", out)  # fmt: skip
        files.append(out)
    return files[0], files[1]


def test_two_acts_that_exclude_each_other(road: Stage) -> None:
    one, other = losses(road)
    out = road.at("twice.lotevidence")
    road.run("evidence", "make", out, "--act", one, "--act", other, "--ledger", str(road.ledger))
    answer = road.json("evidence", "check", out, "--policy", road.at("border.policy"))
    assert answer["kind"] == "double-dealing" and answer["proved"][0]["who"] == "the party party:CN-MAKER"
    assert any("attested" in value for _, value in answer["facts"])
    # Without a ledger, on the key alone.
    bare, key = road.at("bare.lotevidence"), road.json("key", "show", road.key("maker"))["public"]
    registration = road.at("registration.cose")
    Path(registration).write_bytes(_first(road))
    road.run("evidence", "make", bare, "--act", one, "--act", other, "--prev", registration, "--key", key)
    answer = road.json("evidence", "check", bare, "--policy", road.at("border.policy"))
    assert answer["proved"][0]["who"].startswith("the holder of key:")


def _first(road: Stage) -> bytes:
    """The registration's bytes, as the kept bundle has them."""
    bundle = decode_bundle(Path(road.at("old.lotproof")).read_bytes())
    return next(leaf.raw for leaf in bundle.statements if read_entry(leaf.raw).event.type == "registration/1")


def test_two_acts_that_do_not(road: Stage) -> None:
    one, other = losses(road)
    for args, code in (
        (("--act", one), "evidence-input"),
        (("--act", one, "--act", one, "--ledger", str(road.ledger)), "evidence-unproved"),
        (("--act", one, "--act", other), "evidence-unproved"),
        (("--act", one, "--act", other, "--key", "xyz"), "key-format"),
        (("--act", one, "--act", road.at("none")), "input-missing"),
    ):
        fault = road.json("evidence", "make", road.at("x.lotevidence"), *args, code=2)
        assert fault["error"]["code"] == code


def test_max_age_may_be_stricter_and_never_laxer(road: Stage) -> None:
    verify = ("verify", road.at("old.lotproof"), "--policy", road.at("border.policy"))
    assert road.json(*verify, "--max-age", "1h", code=0)["verdict"] == "CLEAR"
    as_of = parse_instant(road.json(*verify)["as_of"], field="as_of")
    later = ("--now", format_instant(as_of + 2 * 3_600_000))
    assert road.json(*verify, *later)["verdict"] == "CLEAR"
    stale = road.json(*verify, *later, "--max-age", "1h", code=3)
    assert codes(stale) & {"too-old"} and stale["verdict"] == "HOLD"
    assert road.json(*verify, *later, "--max-age", "3h")["verdict"] == "CLEAR"
    for age, code in (("31d", "max-age-laxer"), ("9y", "policy-max-age"), ("0h", "policy-max-age")):
        fault = road.json(*verify, "--max-age", age, code=2)
        assert fault["error"]["code"] == code


def test_a_verdict_says_between_which_moments_each_paper_was_signed(road: Stage) -> None:
    verify = ("verify", road.at("old.lotproof"), "--policy", road.at("border.policy"))
    (step,) = road.json(*verify)["timeline"]
    assert step["signed_after"] is not None and step["signed_after"] <= step["signed_before"] == step["entered_at"]
    assert step["local"]["signed_before"].endswith("(UTC+08:00)")
    said = road.run(*verify).out
    said = " ".join(said.split())
    assert f"signed between {step['signed_after']} (there " in said and f"and {step['signed_before']} (there " in said
    history = road.json("lot", "history", LOT, "--ledger", str(road.ledger))["timeline"]
    assert history[0]["signed_after"] == step["signed_after"]
