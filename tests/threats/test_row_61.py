"""Threat row 61, private keys in bundles, logs, error texts or backtraces: a scan of every output for every secret.

A scenario is played through the real folder, witnesses and command line; then every file outside `keys/`, every line that
was printed and every repr, error and traceback is searched for each secret: raw, reversed, hex, base64 at each alignment
(so PEM and PKCS #8 as well), base32, decimal, and as a Python or JSON list.
"""

from __future__ import annotations

import base64
import copy
import io
import json
import logging
import pickle
import traceback
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from tests.threats.surroundings import Small

from lotchain.app.demo import run_demo
from lotchain.app.desk import key_card, key_claim
from lotchain.app.scenario.cast import Cast
from lotchain.app.scenario.script import read_script
from lotchain.cli.entry import main
from lotchain.errors import LotchainError
from lotchain.signing import MLDSA44Signer, SoftwareSigner, new_signer, read_key_file, read_mldsa44_file, write_key_file

SCENARIO = "refused-delivery"
FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "scenarios" / f"{SCENARIO}.json"


def forms(secret: bytes) -> set[bytes]:
    """Every spelling under which somebody could print a secret without meaning to; none is shorter than 16 bytes."""
    found = {secret, secret[::-1], secret[:16], secret[16:], repr(secret).encode(), secret.hex(" ").encode()}
    for text in (secret.hex(), secret[::-1].hex(), secret.hex()[:32], secret.hex()[32:]):
        found |= {text.encode(), text.upper().encode()}
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + secret)
        middle = whole[4 if shift else 0 : -4]  # without the characters that mix with what stands around
        found |= {middle, middle.replace(b"+", b"-").replace(b"/", b"_")}
    found.add(base64.b32encode(secret)[:48])
    found.add(str(int.from_bytes(secret, "big")).encode())
    found.add(str(int.from_bytes(secret, "little")).encode())
    found |= {", ".join(map(str, secret)).encode(), ",".join(map(str, secret)).encode()}
    return found


def leaks(data: bytes, secrets: dict[str, bytes]) -> list[str]:
    """The names of the secrets that stand in `data` in some form."""
    return [name for name, secret in secrets.items() if any(form in data for form in forms(secret))]


def secret_of(signer: SoftwareSigner | MLDSA44Signer) -> bytes:
    return signer._secret


def key_files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*.key")) if path.is_file())


def secret_in(path: Path) -> bytes:
    read: Any = read_mldsa44_file if "mldsa" in path.name else read_key_file
    return secret_of(read(path))


def call(*arguments: str) -> bytes:
    """One command line: all that it printed."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        main(list(arguments))
    return (out.getvalue() + err.getvalue()).encode()


def test_the_scan_finds_what_is_there() -> None:
    """Or it would prove nothing: each form, inside other text, and the key file itself."""
    secret = secret_of(new_signer())
    for data in (
        b"x" + secret + b"y",
        json.dumps({"seed": secret.hex()}).encode(),
        secret.hex().upper().encode(),
        base64.b64encode(b"ab" + secret + b"c"),
        base64.urlsafe_b64encode(b"a" + secret),
        base64.b64encode(bytes.fromhex("302e020100300506032b657004220420") + secret),
        repr({"secret": secret}).encode(),
        json.dumps(list(secret)).encode(),
        str(int.from_bytes(secret, "big")).encode(),
    ):
        assert leaks(data, {"it": secret}) == ["it"], data
    assert leaks(secret_of(new_signer()), {"it": secret}) == []


def test_every_output_of_a_whole_story(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    script = read_script(FIXTURE.read_bytes())
    cast = Cast(script)
    secrets = {
        f"{member.name}'s key": secret_of(cast.signer(member.name)) for member in (*script.authorities, *script.parties)
    }
    folder = tmp_path / "demo"
    told: list[str] = []
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        report = run_demo(folder, SCENARIO, told.append)
    files = list(key_files(folder))
    assert len(files) >= 4, "the log's two keys and the witnesses' lie in keys/"
    assert all(path.parent.name == "keys" for path in files)
    secrets |= {str(path.relative_to(folder)): secret_in(path) for path in files}
    assert all(leaks(path.read_bytes(), {"own": secret_in(path)}) == ["own"] for path in files)

    searched = 0
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.parent.name != "keys":
            assert leaks(path.read_bytes(), secrets) == [], path
            assert leaks(path.name.encode(), secrets) == []
            searched += 1
    assert searched > 8

    ledger, policy = folder / "ledger", folder / "trust.policy"
    lot = report.bundles[0].lot
    outputs = [
        repr(report).encode(),
        out.getvalue().encode(),
        "\n".join(told).encode(),
        caplog.text.encode(),
        call("audit", "--ledger", str(ledger), "--json"),
        call("ledger", "status", "--ledger", str(ledger)),
        call("ledger", "status", "--ledger", str(ledger), "--json"),
        call("show", str(ledger / "ledger.toml")),
        call("show", str(policy)),
        call("bundle", lot, "--ledger", str(ledger), "--out", str(tmp_path / "x.lotproof")),
    ]
    for bundle in report.bundles:
        outputs.append(call("verify", str(bundle.path), "--policy", str(policy)))
        outputs.append(call("verify", str(bundle.path), "--policy", str(policy), "--json"))
        outputs.append(call("show", str(bundle.path)))
        outputs.append(json.dumps(bundle.verdict.as_json()).encode())
    for path in files:
        outputs += [call("show", str(path)), call("key", "show", str(path)), call("key", "show", str(path), "--json")]
    for output in outputs:
        assert leaks(output, secrets) == []
    assert any(b"CLEAR" in output for output in outputs)
    assert not any(b"usage" in output for output in outputs), "each command did what it is for"


def test_what_the_command_line_says_of_keys(tmp_path: Path) -> None:
    """Made, shown, damaged, mistaken for other files, protected by a passphrase: never the secret."""
    (tmp_path / "words").write_text("correct horse\n")
    for algorithm in ("ed25519", "es256"):
        path = tmp_path / f"{algorithm}.key"
        made = call("key", "new", str(path), "--algorithm", algorithm, "--plain")
        secrets = {algorithm: secret_in(path)}
        damaged = tmp_path / f"{algorithm}-damaged.key"
        text = path.read_text()
        outputs = [made]
        for broken in (text[:-9], text.replace("secret", "sekret"), text + text, text[::-1], text.replace('"', "'")):
            damaged.write_text(broken)
            damaged.chmod(0o600)
            outputs += [call("key", "show", str(damaged)), call("show", str(damaged))]
            outputs += [call("show", str(damaged), "--json"), call("verify", str(damaged), "--policy", str(damaged))]
            outputs += [
                call("verify", str(path), "--policy", str(path)),
                call("submit", str(damaged), "--ledger", str(tmp_path)),
            ]
        path.chmod(0o644)
        outputs += [call("key", "show", str(path)), call("show", str(path))]
        for output in outputs:
            assert output, "each says something"
            assert leaks(output, secrets) == []

    protected = tmp_path / "protected.key"
    signer = new_signer()
    write_key_file(protected, signer, passphrase="correct horse")
    secrets = {"protected": secret_of(signer)}
    assert leaks(protected.read_bytes(), secrets) == []
    assert leaks(call("key", "show", str(protected)) + json.dumps(key_card(protected)).encode(), secrets) == []


@pytest.mark.parametrize("kind", ["ed25519", "es256", "ml-dsa-44"])
def test_reprs_copies_and_backtraces(kind: str) -> None:
    signer: Any = MLDSA44Signer.new() if kind == "ml-dsa-44" else new_signer(kind)
    secrets = {kind: secret_of(signer)}
    said = [repr(signer), str(signer), f"{signer!r:>80}", repr([signer]), repr({"k": signer})]
    assert not hasattr(signer, "__dict__")
    for attempt in (
        lambda: pickle.dumps(signer),
        lambda: copy.copy(signer),
        lambda: copy.deepcopy(signer),
        lambda: json.dumps(signer),
        lambda: signer.sign("not bytes"),
        lambda: signer.sign(None),
        lambda: (
            type(signer)(secret_of(signer)[:31]) if kind == "ml-dsa-44" else type(signer)(-8, secret_of(signer)[:31])
        ),
        lambda: (
            type(signer)(secret_of(signer).hex()) if kind == "ml-dsa-44" else type(signer)(-7, secret_of(signer).hex())
        ),
        lambda: SoftwareSigner(5, secret_of(signer)),
    ):
        with pytest.raises(Exception) as caught:
            attempt()
        said += ["".join(traceback.format_exception(caught.value)), repr(caught.value), str(caught.value)]
        if isinstance(caught.value, LotchainError):
            said.append(json.dumps(caught.value.as_json()))
    for text in said:
        assert leaks(text.encode(), secrets) == []


def test_what_a_signer_gives_away_on_purpose() -> None:
    """Statements, proofs of possession, claims, checkpoints: made with the key, and not of it."""
    small = Small()
    secrets = {name: secret_of(signer) for name, signer in small.signers.items()}
    secrets |= {"the log": secret_of(small.log_signer)}
    secrets |= {name: secret_of(signer) for name, signer in small.witness_signers.items()}
    lot = small.make("T-1", 5)
    outputs = [small.bundle(lot), *small.store.entries(0, small.ledger.size), small.ledger.publish()]
    outputs.append(repr(small.ledger).encode() + repr(vars(small.ledger)).encode())
    outputs.append(
        json.dumps(key_claim(small.signers["maker"], party="party:CN-MAKER", audience=small.audience)).encode()
    )
    outputs += [json.dumps(finding.as_json()).encode() for finding in small.verdict(small.bundle(lot)).findings]
    outputs.append(repr(small.verdict(small.bundle(lot))).encode())
    for output in outputs:
        assert leaks(output, secrets) == []
