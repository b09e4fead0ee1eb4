"""Every kind of bad input: a stable code, an exit code, words on what to do, and never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.stage import LOT, MAKER, SOURCE, TRUCK, Stage, codes

from lotchain.core import cbor
from lotchain.core.packets import Packet, encode_packet

HAND_OVER = ("transfer", "hand-over", "--to", TRUCK, "--as-a", "carrier", "--place", "CNTZU+08:00", "--mode", "road")
REGISTER = (
    "lot", "register", LOT, "--substance", "79099-07-3", "--name", "x", "--quantity", "5 kg", "--place", "CNTZU+08:00",
)  # fmt: skip


def fault(stage: Stage, *args: str, code: int = 2) -> Any:
    """The error that a command line ends with; told to people, it is the same one, with no traceback."""
    told = stage.json(*args, code=code)
    assert told["exit"] == code
    spoken = stage.run(*args, code=code)
    assert not spoken.out and spoken.err.startswith(f"lotchain: {told['error']['code']}: ")
    return told["error"]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("lot", "history", LOT, "--ledger", "{}/none"), "ledger-missing"),
        (("verify", "{}/none.lotproof", "--policy", "{}/border.policy"), "input-missing"),
        (("verify", "{}", "--policy", "{}/border.policy"), "input-unreadable"),
        (("verify", "{}/maker.key", "--policy", "{}/border.policy"), "bundle-digest"),
        (("verify", "{}/maker.key", "--policy", "{}/maker.key"), "policy-version"),
        (("verify", "{}/maker.key", "--policy", "{}/none"), "input-missing"),
        (("verify", "{}/maker.key", "--policy", "{}/border.policy", "--found", "sael=S-1"), "found-format"),
        (("verify", "{}/maker.key", "--policy", "{}/border.policy", "--found", "net=5"), "quantity-format"),
        (("verify", "{}/maker.key", "--policy", "{}/border.policy", "--now", "tomorrow"), "time-format"),
        (("verify",), "usage"),
        (("verifi",), "usage"),
        (("lot", "regster"), "usage"),
        (("show", "{}/none"), "input-missing"),
        (("submit", "{}/empty.lotpacket", "--ledger", "{}/ledger"), "nothing-to-submit"),
        (("submit", "{}/broken.lotpacket", "--ledger", "{}/ledger"), "packet-format"),
        (("submit", "{}/other.lotpacket", "--ledger", "{}/ledger"), "version-unsupported"),
        (("bundle", LOT, "--ledger", "{}/ledger", "--out", "{}/b"), "lot-not-published"),
        (("bundle", "drum 7", "--ledger", "{}/ledger", "--out", "{}/b"), "id-chars"),
        (("key", "new", "{}/maker.key", "--plain"), "key-file-exists"),
        (("key", "new", "{}/new.key"), "passphrase-needed"),
        (("key", "show", "{}/border.policy"), "key-file-permissions"),
        (("key", "show", "{}/none.key"), "key-file-missing"),
        (("ledger", "init", "{}/ledger2", "--origin", "a.example/x", "--threshold", "1"), "founders-needed"),
        (("ledger", "init", "{}/l2", "--origin", "a.example/x", "--threshold", "1", "--authority", "CN"),
         "authority-format"),
        (("ledger", "policy", "--ledger", "{}/ledger", "--max-age", "9y"), "policy-max-age"),
        (("ledger", "policy", "--ledger", "{}/ledger", "--auditor", "somebody"), "vkey-format"),
        (("ledger", "admit-witness", "x+y+z", "--ledger", "{}/ledger"), "vkey-format"),
        (("witness", "init", "{}/ledger", "--name", "w", "--ledger", "{}/ledger"), "ledger-exists"),
        (("witness", "init", "{}/w9", "--name", "w"), "log-key-needed"),
        (("import", "emanifest", "{}/maker.key", "--drafts", "{}/d", "--cas", "x"), "choice-format"),
        (("demo", "{}/ledger"), "ledger-exists"),
        (("demo", "{}/d2", "--scenario", "none"), "asset-unknown"),
    ],
)  # fmt: skip
def test_what_a_command_cannot_use(stage: Stage, args: tuple[str, ...], code: str) -> None:
    Path(stage.at("empty.lotpacket")).write_bytes(encode_packet(Packet(())))
    Path(stage.at("broken.lotpacket")).write_bytes(cbor.encode(["lotchain-packet/1", [b""], []]))
    Path(stage.at("other.lotpacket")).write_bytes(cbor.encode(["lotchain-packet/9", [], []]))
    told = fault(stage, *(arg.format(stage.path) for arg in args))
    assert told["code"] == code and told["what"]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ((*REGISTER[:-1], "Taizhou"), "place-format"),
        ((*REGISTER[:-1], "CNTZU+99:00"), "offset-format"),
        ((*REGISTER, "--quantity", "5 pounds"), "unit-unknown"),
        ((*REGISTER, "--quantity", "-5 kg"), "quantity-format"),
        ((*REGISTER, "--quantity", "0 kg"), "quantity-range"),
        ((*REGISTER, "--quantity", "5,5 kg"), "quantity-format"),
        ((*REGISTER, "--package", "D001"), "package-format"),
        ((*REGISTER, "--package", "D9..D1=1 kg"), "serial-range"),
        ((*REGISTER, "--document", "paper.pdf"), "document-format"),
        ((*REGISTER, "--document", "paper=/none.pdf"), "input-missing"),
        ((*REGISTER, "--substance", "water"), "field-format"),
        ((*REGISTER, "--remarks", "a\x1b[2Jb"), "text-chars"),
        ((*REGISTER, "--remarks", "e\u0301"), "text-not-nfc"),
        ((*REGISTER, "--hide", "remarks"), "hide-field"),
        ((*REGISTER, "--hide", "substance"), "hide-field"),
        ((*REGISTER, "--at", "yesterday"), "time-format"),
        ((*REGISTER, "--seen", "12"), "seen-format"),
        ((*HAND_OVER, "--lot", LOT), "lot-unknown"),
        ((*HAND_OVER, "--lot", f"{LOT},prev"), "line-format"),
        ((*HAND_OVER, "--lot", f"{LOT},prev={'0' * 64},weight=5 kg"), "line-format"),
        ((*HAND_OVER, "--lot", f"{LOT},prev=/none.cose"), "input-missing"),
        (("transfer", "accept", "0" * 64), "statement-unknown"),
        (("transfer", "accept", "/none.cose"), "input-missing"),
        (("transfer", "withdraw", "drum.cose"), "input-missing"),
        (("hold", "release", "short", LOT, "--reason", "x"), "input-missing"),
        (("key", "enrol",), "request-needed"),
        (("authority", "accede", "--claim", "{}/cn.founder.json"), None),
        (("lot", "correct", LOT, "5 kg", "--reason", "x"), "lot-unknown"),
    ],
)  # fmt: skip
def test_what_an_event_cannot_be_made_of(stage: Stage, args: tuple[str, ...], code: str | None) -> None:
    """Nothing is signed or submitted, and the ledger stays as it was."""
    size = stage.status()["size"]
    given = [arg.format(stage.path) for arg in args]
    common = ("--ledger", str(stage.ledger), "--key", stage.key("maker"))
    if code is None:  # the claim of a key that is bound to the origin alone: refused by the judge, not by us
        assert stage.json(*given, *common, code=1)["accepted"] is False
    else:
        assert fault(stage, *given, *common)["code"] == code
    assert stage.status()["size"] == size


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (REGISTER, "key-needed"),
        ((*REGISTER, "--key", "{}/maker.key"), "party-needed"),
        ((*REGISTER, "--key", "{}/maker.key", "--as", MAKER), "audience-needed"),
        ((*REGISTER, "--key", "{}/maker.key", "--as", MAKER, "--audience", "a.example/x"), "ledger-needed"),
        ((*REGISTER, "--key", "{}/maker.key", "--as", "maker", "--audience", "a.example/x"), "id-kind"),
        ((*REGISTER, "--key", "{}/maker.key", "--as", MAKER, "--audience", "a b"), "audience-format"),
        ((*HAND_OVER, "--lot", LOT, "--draft"), "ledger-needed"),
    ],
)
def test_what_is_missing_without_a_ledger(stage: Stage, args: tuple[str, ...], code: str) -> None:
    assert fault(stage, *(arg.format(stage.path) for arg in args))["code"] == code


def test_refusals_are_answers_with_exit_code_1(stage: Stage) -> None:
    stage.register()
    assert codes(stage.do(*REGISTER, by="maker", code=1)) == {"lot-exists"}
    foreign = stage.do("lot", "register", "lot:CN-TRUCK/1", *REGISTER[3:], by="maker", code=1)
    assert codes(foreign) == {"lot-name-foreign"} and not foreign["retryable"]
    done = stage.run(*REGISTER, "--ledger", str(stage.ledger), "--key", stage.key("maker"), code=1)
    assert done.out.startswith("refused   registration/1 on lot:CN-MAKER/BP4-1 (final)\n")
    assert "do " in done.out and "lot-exists" in done.out


def test_what_is_no_statement_is_refused_like_one(stage: Stage) -> None:
    Path(stage.at("junk")).write_bytes(os.urandom(300))
    told = stage.json("submit", stage.at("junk"), stage.at("border.policy"), "--ledger", str(stage.ledger), code=1)
    assert [answer["statement"] for answer in told["answers"]] == [None, None]
    assert all(not answer["retryable"] for answer in told["answers"])


def test_a_charter_that_is_refused_leaves_no_ledger(stage: Stage) -> None:
    """The founding entries are bound to their origin: for another one their proofs do not hold."""
    told = stage.json(
        "ledger", "init", stage.at("other"), "--origin", "other.example/lots", "--threshold", "2",
        "--founder", stage.at("cn.founder.json"), "--founder", stage.at("mx.founder.json"), "--key", stage.key("cn"),
        code=1,
    )  # fmt: skip
    assert "possession" in codes(told) and not Path(stage.at("other")).exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"type": "hold/1", "lots": ["lot:CN-A/1"], "reason": "x", "reason": "y"}', "json-malformed"),
        ('{"type": "hold/1", "lots": ["lot:CN-A/1"], "reason": "x", "weight": 1.5}', "json-float"),
        ('{"type": "hold/1", "lots": ["lot:CN-A/1"], "reason": "x", "colour": "red"}', "field-unknown"),
        ('{"type": "hold/1", "lots": ["lot:CN-A/1"], "reason": null}', "null-field"),
        ('{"type": "hold/9", "lots": []}', "version-unsupported"),
        ('{"type": "picnic/1"}', "event-type"),
        ('["hold/1"]', "event-format"),
        ("hold", "json-malformed"),
        ("[" * 5000, "json-malformed"),
        ('{"format": "lotchain-draft/1"}', "draft-format"),
    ],
)
def test_events_that_cannot_be_signed(stage: Stage, text: str, code: str) -> None:
    Path(stage.at("event.json")).write_text(text)
    told = fault(
        stage, "sign", stage.at("event.json"), "--key", stage.key("cn"), "--as", "party:CN-NMPA",
        "--audience", "a.example/x",
    )  # fmt: skip
    assert told["code"] == code and not Path(stage.at("event.cose")).exists()


def test_nothing_is_overwritten(stage: Stage) -> None:
    stage.register()
    bundle = stage.bundle()
    stage.register("lot:CN-MAKER/BP4-2")
    stage.attest()
    told = fault(stage, "bundle", LOT, "--ledger", str(stage.ledger), "--out", bundle)
    assert told["code"] == "output-exists"


def test_a_file_that_was_changed_proves_nothing(stage: Stage) -> None:
    stage.register()
    bundle = Path(stage.bundle())
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(data)
    assert fault(stage, "verify", str(bundle), "--policy", stage.at("border.policy"))["code"] == "bundle-digest"


def test_our_own_failure_is_4_and_says_where_without_a_traceback(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("the secret text")

    monkeypatch.setattr("lotchain.cli.show.explain", fails)
    told = fault(stage, "show", stage.at("border.policy"), code=4)
    assert told["code"] == "internal-error" and "RuntimeError at lotchain.cli.show:" in told["found"]
    assert "secret" not in str(told)


def test_a_broken_store_is_4(stage: Stage) -> None:
    for path in stage.ledger.glob("ledger.db*"):
        path.write_bytes(b"not a database, but long enough to be read as one " * 100)
    told = stage.json("ledger", "status", "--ledger", str(stage.ledger), code=4)
    assert told["error"]["code"].startswith("store-")


def test_an_interrupt_is_130(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lotchain.cli.show.explain", interrupted)
    assert stage.run("show", stage.at("border.policy"), code=130).err == "lotchain: interrupted\n"


def test_a_reader_that_leaves_is_no_verdict(stage: Stage) -> None:
    """`lotchain … | head -0` must not end with the code of a verdict, nor with a traceback."""
    stage.register()
    bundle = stage.bundle()
    command = [sys.executable, "-m", "lotchain", "verify", bundle, "--policy", stage.at("border.policy")]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command, stdout=writing, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(SOURCE)}, check=False
    )
    os.close(writing)
    assert done.returncode == 141 and done.stderr == b""


def test_a_terminal_without_unicode_gets_escapes(stage: Stage) -> None:
    done = stage.spawn("show", "border.policy", PYTHONIOENCODING="ascii")
    assert done.code == 0
    stage.register(LOT, "500 kg", "--remarks", "Lagerplatz Süd → 7")
    history = stage.spawn("lot", "history", LOT, "--ledger", "ledger", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert history.code == 0 and history.out.isascii()
