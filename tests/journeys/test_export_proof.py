"""Proofs for other people's tools, as an operator makes and checks them, and as they go wrong."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from tests.journeys.stage import LOT, WITNESSES, Stage

from lotchain.core.cose_receipts import InclusionReceipt, parse_receipt, parse_transparent
from lotchain.core.tlog_proof import parse_tlog_proof

KINDS = ("tlog-proof", "cose-receipt", "scitt")


def made(stage: Stage) -> str:
    """A ledger with a registered lot, published and cosigned; the registration's id."""
    stage.register()
    stage.attest()
    return str(stage.json("lot", "history", LOT, "--ledger", str(stage.ledger))["timeline"][0]["statement"])


def test_each_kind_is_made_and_holds(stage: Stage) -> None:
    statement = made(stage)
    ledger, size = str(stage.ledger), stage.status()["size"]
    for kind in KINDS:
        file = stage.at(kind)
        told = stage.json(
            "export", "proof", ledger, statement, "--as", kind, "--out", file, "--statement", stage.at("s")
        )
        assert told["size"] == size and told["index"] == size - 2
        assert told["does_not_prove"]
        before = Path(file).read_bytes()
        stage.run("export", "proof", ledger, statement, "--as", kind, "--out", file)  # the same bytes once more
        assert Path(file).read_bytes() == before
        found = stage.json("export", "proof", ledger, statement, "--as", kind, "--check", file)
        assert found["holds"] is True
        assert found["size_and_index"] == ("signed" if kind == "tlog-proof" else "claimed")
        assert set(found["cosigned_by"]) == (set(WITNESSES) if kind == "tlog-proof" else set())
        said = stage.run("export", "proof", ledger, statement, "--as", kind, "--check", file).out
        assert said.startswith("holds") and "proves" in said
    stored = Path(stage.at("s")).read_bytes()
    assert parse_transparent(Path(stage.at("scitt")).read_bytes()).statement.raw == stored
    # A statement is named by its file, too; the transparent one is none, and no ledger takes it.
    stage.run("export", "proof", ledger, stage.at("s"), "--as", "scitt", "--check", stage.at("scitt"))
    refused = stage.json("submit", stage.at("scitt"), "--ledger", ledger, code=1)
    assert "unsigned-data" in str(refused)


def test_the_log_has_grown_from_an_older_size(stage: Stage) -> None:
    made(stage)
    ledger, size = str(stage.ledger), stage.status()["size"]
    file = stage.at("grown.cose")
    stage.run("export", "consistency", ledger, "5", "--out", file)
    assert stage.json("export", "consistency", ledger, "5", "--check", file)["size"] == size
    assert (
        stage.json("export", "consistency", ledger, "6", "--check", file, code=1)["error"]["code"]
        == "receipt-statement"
    )
    for old in ("0", str(size), str(size + 1)):
        fault = stage.json("export", "consistency", ledger, old, "--out", stage.at("none"), code=2)
        assert fault["error"]["code"] == "size-range"


def test_what_does_not_hold(stage: Stage) -> None:
    statement = made(stage)
    ledger = str(stage.ledger)
    first = stage.json("export", "proof", ledger, statement, "--as", "cose-receipt", "--out", stage.at("a.cose"))
    # Another statement of the same ledger, with a file of its own kind each.
    charter = stage.status()["audience"].split("#")[1]
    for kind in KINDS:
        stage.run("export", "proof", ledger, statement, "--as", kind, "--out", stage.at(f"a.{kind}"))
        fault = stage.json("export", "proof", ledger, charter, "--as", kind, "--check", stage.at(f"a.{kind}"), code=1)
        assert fault["holds"] is False
        assert fault["error"]["code"] in ("inclusion-invalid", "receipt-statement")
        assert "does not hold" in stage.run(
            "export", "proof", ledger, charter, "--as", kind, "--check", stage.at(f"a.{kind}"), code=1
        ).out  # fmt: skip
    assert first["proves"]
    # Each kind read as another kind, and no file at all.
    for kind in KINDS:
        for other in KINDS:
            if other != kind:
                stage.run("export", "proof", ledger, statement, "--as", other, "--check", stage.at(f"a.{kind}"), code=2)
        stage.run("export", "proof", ledger, statement, "--as", kind, "--check", stage.at("nothing"), code=2)
    # A cosignature that was damaged: the witness is the ledger's own, so the whole file is refused.
    proof = Path(stage.at("a.tlog-proof"))
    text = proof.read_text()
    at = text.rindex("— ") + len("— ") + len(WITNESSES[1]) + 40
    proof.write_text(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :])
    fault = stage.json("export", "proof", ledger, statement, "--as", "tlog-proof", "--check", str(proof), code=1)
    assert fault["error"]["code"] == "cosignature-invalid"


def test_what_is_not_published_or_not_there(stage: Stage) -> None:
    statement = made(stage)
    ledger = str(stage.ledger)
    newer = stage.register("lot:CN-MAKER/BP4-2")["statement"]
    fault = stage.json("export", "proof", ledger, newer, "--as", "tlog-proof", "--out", stage.at("x"), code=2)
    assert fault["error"]["code"] == "not-published"
    unknown = hashlib.sha256(b"").hexdigest()
    fault = stage.json("export", "proof", ledger, unknown, "--as", "tlog-proof", "--out", stage.at("x"), code=2)
    assert fault["error"]["code"] == "statement-unknown"
    for wrong in (
        (),
        ("--out", stage.at("x"), "--check", stage.at("x")),
        ("--statement", stage.at("x"), "--check", stage.at("x")),
    ):
        assert (
            stage.json("export", "proof", ledger, statement, "--as", "scitt", *wrong, code=2)["error"]["code"]
            == "usage"
        )
    stage.json("export", "proof", ledger, statement, "--as", "pdf", "--out", stage.at("x"), code=2)
    assert not Path(stage.at("x")).exists()


def test_without_the_logs_key_only_a_tlog_proof_is_made(stage: Stage) -> None:
    statement = made(stage)
    ledger = str(stage.ledger)
    (stage.ledger / "keys" / "log.key").unlink()
    stage.run("export", "proof", ledger, statement, "--as", "tlog-proof", "--out", stage.at("p"))
    for kind in ("cose-receipt", "scitt"):
        fault = stage.json("export", "proof", ledger, statement, "--as", kind, "--out", stage.at("x"), code=2)
        assert fault["error"]["code"] == "key-file-missing"
        assert "tlog-proof" in fault["error"]["remedy"]
    fault = stage.json("export", "consistency", ledger, "3", "--out", stage.at("x"), code=2)
    assert fault["error"]["code"] == "key-file-missing"
    # Another key in its place signs nothing either.
    (stage.ledger / "keys" / "log.key").write_bytes(Path(stage.key("cn")).read_bytes())
    (stage.ledger / "keys" / "log.key").chmod(0o600)
    fault = stage.json("export", "proof", ledger, statement, "--as", "scitt", "--out", stage.at("x"), code=2)
    assert fault["error"]["code"] == "log-key-differs"


@pytest.mark.parametrize("kind", ["cose-receipt", "scitt"])
def test_what_is_exported_says_the_log_and_the_subject(stage: Stage, kind: str) -> None:
    statement = made(stage)
    file = Path(stage.at("r"))
    stage.run("export", "proof", str(stage.ledger), statement, "--as", kind, "--out", str(file))
    receipt = (
        parse_receipt(file.read_bytes()) if kind == "cose-receipt" else parse_transparent(file.read_bytes()).receipts[0]
    )
    assert isinstance(receipt, InclusionReceipt)
    assert (receipt.receipt.issuer, receipt.receipt.subject) == (stage.status()["origin"], LOT)


def test_a_proof_holds_the_published_checkpoint_byte_for_byte(stage: Stage) -> None:
    statement = made(stage)
    file = Path(stage.at("p"))
    stage.run("export", "proof", str(stage.ledger), statement, "--as", "tlog-proof", "--out", str(file))
    assert parse_tlog_proof(file.read_bytes()).note == (stage.ledger / "checkpoint").read_bytes()


def test_while_the_log_changes_its_key(stage: Stage) -> None:
    """The present key signs; receipts of the retiring key hold until it has retired, then they are made anew."""
    statement = made(stage)
    ledger = str(stage.ledger)

    def receipt(name: str) -> str:
        stage.run("export", "proof", ledger, statement, "--as", "cose-receipt", "--out", stage.at(name))
        return stage.at(name)

    def check(file: str, code: int) -> None:
        stage.run("export", "proof", ledger, statement, "--as", "cose-receipt", "--check", file, code=code)

    before = receipt("before")
    prepared = stage.json("ledger", "rotate-key", "--ledger", ledger, "--prepare")["prepared"]
    signing = stage.json("ledger", "rotate-key", "--ledger", ledger)["signs"]
    listing = stage.do("authority", "list-log-keys", *signing, *prepared, by="cn")
    stage.do("authority", "endorse", listing["statement"], by="mx")
    begin = [word for key in prepared for word in ("--begin", key)]
    stage.run("ledger", "rotate-key", "--ledger", ledger, *begin)
    stage.run("ledger", "publish", "--ledger", ledger)
    between = receipt("between")
    check(before, 0)
    check(between, 0)
    old, new = (parse_receipt(Path(file).read_bytes()) for file in (before, between))
    assert old.receipt.kid != new.receipt.kid
    stage.run("ledger", "rotate-key", "--ledger", ledger, "--retire-old")
    stage.run("ledger", "publish", "--ledger", ledger)
    check(before, 1)
    check(between, 0)
    check(receipt("after"), 0)
