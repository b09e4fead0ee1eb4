"""`show` knows every kind of file, and verifies none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.journeys.stage import LOT, MAKER, ORIGIN, Stage

from lotchain.app.wiring import open_reader


@pytest.fixture
def full(stage: Stage) -> Stage:
    """A stage with a file of every kind."""
    stage.register(LOT, "500 kg", "--save", stage.at("registration.cose"))
    stage.run("packet", stage.at("registration.cose"), "--out", stage.at("one.lotpacket"))
    stage.bundle()
    draft = stage.run(
        "lot", "consume", LOT, "5 kg", "--purpose", "analysis", "--ledger", str(stage.ledger), "--draft"
    ).out
    Path(stage.at("event.json")).write_text(draft)
    reader = open_reader(stage.ledger)
    Path(stage.at("closing")).write_bytes(reader.entry(1))
    reader.close()
    return stage


@pytest.mark.parametrize(
    ("name", "kind", "label", "value"),
    [
        ("registration.cose", "signed statement", "issuer", MAKER),
        ("one.lotpacket", "packet of signed statements", "statements", "1"),
        ("lot.lotproof", "bundle", "lot", LOT),
        ("ledger/checkpoint", "checkpoint", "origin", ORIGIN),
        ("border.policy", "trust policy", "audit quorum", "2"),
        ("closing", "closing record", "closes", "entries 0 to 0"),
        ("event.json", "event, not signed", "event", "consumption/1: Consumption"),
        ("cn.founder.json", "an authority's entry or claim", "country", "CN"),
        ("maker.key", "key file", "algorithm", "ed25519"),
        ("ledger/ledger.toml", "configuration of a ledger or witness", "origin", ORIGIN),
        ("mx.witness.example/witness.toml", "configuration of a ledger or witness", "format", "lotchain-witness/1"),
    ],
)
def test_what_each_file_is(full: Stage, name: str, kind: str, label: str, value: str) -> None:
    shown = full.json("show", full.at(name))
    assert shown["kind"] == kind and shown["says"][label] == value
    text = full.run("show", full.at(name)).out
    assert text.startswith(kind) and value in text


def test_a_key_files_private_part_is_not_shown(full: Stage) -> None:
    secret = json.loads(Path(full.key("maker")).read_text())["secret"]["plain"]
    assert secret not in full.run("show", full.key("maker")).out + full.run("key", "show", full.key("maker")).out


def test_what_is_no_file_of_ours(full: Stage) -> None:
    Path(full.at("picture")).write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert full.json("show", full.at("picture"), code=2)["error"]["code"] == "file-unknown"
    Path(full.at("half")).write_bytes(Path(full.at("lot.lotproof")).read_bytes()[:-1])
    assert full.json("show", full.at("half"), code=2)["error"]["code"] == "bundle-digest"
