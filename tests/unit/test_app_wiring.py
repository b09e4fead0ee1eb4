"""A ledger's folder and a witness's: made, opened, refused; what their configuration may say."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from tests.unit.ledgers import LOG_SIGNER, SetClock, receipts
from tests.unit.world import ORIGIN, START, World

from lotchain.app.auditing import audit_ledger
from lotchain.app.clock import SystemClock
from lotchain.app.folder import Configuration, Folder, parse_configuration
from lotchain.app.wiring import create_ledger, memory_ledger, open_ledger, open_reader
from lotchain.app.witnessing import create_witness, open_witness, source_at
from lotchain.core.checkpoints import open_checkpoint
from lotchain.core.notes import ED25519_COSIGNATURE, VerifierKey
from lotchain.errors import LotchainError, Malformed, SigningError, StoreError, UsageError
from lotchain.signing import SoftwareSigner, new_signer, write_key_file
from lotchain.witness.auditing import Cosigned, Declined

WITNESS_KEY = VerifierKey("witness.example/w", ED25519_COSIGNATURE, SoftwareSigner.from_seed(b"w" * 32).public.raw)


def founded(path: Path, **options: object) -> World:
    """A ledger in a folder, with the world's founding on it, published."""
    world = World()
    ledger = create_ledger(path, ORIGIN, clock=SetClock(), **options)  # type: ignore[arg-type]
    receipts(ledger.submit([cited.raw for cited in world.log.values()]))
    ledger.publish()
    ledger.close()
    return world


def test_a_ledger_is_made_opened_read_and_audited(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "ledger"
    world = founded(folder)
    configuration = Folder(folder).read()
    ledger = open_ledger(folder, clock=SetClock())
    assert ledger.audience() == world.audience
    assert (ledger.key, ledger.mldsa_key) == (configuration.log_key, configuration.mldsa_key)
    reader = open_reader(folder)
    assert reader.published()[1] == (folder / "checkpoint").read_bytes()
    open_checkpoint((folder / "checkpoint").read_bytes(), ledger.key, mldsa_key=ledger.mldsa_key)
    reader.close()
    ledger.close()
    for on_disk in (None, False, True):
        report = audit_ledger(folder, on_disk=on_disk)
        assert report.sound
        assert report.statements == len(world.log)
    kept = {path.name for path in folder.iterdir()}
    assert {"ledger.toml", "ledger.db", "log.mark", "checkpoint", "keys"} <= kept
    assert stat.S_IMODE((folder / "keys").stat().st_mode) == 0o700
    assert not any("PRIVATE" in path.name or "scratch" in path.name for path in folder.rglob("*"))


def test_a_ledger_without_a_second_key_and_under_a_passphrase(tmp_path: Path) -> None:
    founded(tmp_path / "l", mldsa=False, passphrase="long enough")
    assert not (tmp_path / "l" / "keys" / "log-mldsa.key").exists()
    for wrong in (None, "other"):
        with pytest.raises(SigningError) as caught:
            open_ledger(tmp_path / "l", passphrase=wrong)
        assert caught.value.code == "key-file-passphrase"
    ledger = open_ledger(tmp_path / "l", passphrase="long enough", clock=SetClock())
    assert ledger.mldsa_key is None
    ledger.close()
    assert audit_ledger(tmp_path / "l").sound


def test_nothing_is_ever_made_over_something(tmp_path: Path) -> None:
    founded(tmp_path / "l")
    before = {path: path.read_bytes() for path in (tmp_path / "l").rglob("*") if path.is_file()}
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").write_text("x")
    (tmp_path / "plain").write_text("x")
    for taken in ("l", "other"):
        with pytest.raises(UsageError) as caught:
            create_ledger(tmp_path / taken, ORIGIN)
        assert caught.value.code == "ledger-exists"
    with pytest.raises(StoreError):
        create_ledger(tmp_path / "plain", ORIGIN)
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("origin", ["", "two words", "with+plus", "with#mark", "o" * 192, "naïve.example"])
def test_an_origin_that_cannot_be_one(tmp_path: Path, origin: str) -> None:
    with pytest.raises(Malformed):
        create_ledger(tmp_path / "l", origin)
    assert not (tmp_path / "l").exists()


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    for opened in (open_ledger, open_reader, audit_ledger):
        with pytest.raises(StoreError) as caught:
            opened(tmp_path / "none")  # type: ignore[operator]
        assert caught.value.code == "ledger-missing"
    folder = tmp_path / "l"
    founded(folder)
    (folder / "ledger.db").rename(tmp_path / "elsewhere.db")
    for opened in (open_ledger, open_reader, audit_ledger):
        with pytest.raises(StoreError) as caught:
            opened(folder)  # type: ignore[operator]
        assert caught.value.code == "store-missing"
    assert not (folder / "ledger.db").exists()
    (tmp_path / "elsewhere.db").rename(folder / "ledger.db")
    (folder / "keys" / "log.key").unlink()
    with pytest.raises(SigningError) as caught_key:
        open_ledger(folder)
    assert caught_key.value.code == "key-file-missing"
    open_reader(folder).close()


def test_a_new_store_under_an_old_mark_does_not_open(tmp_path: Path) -> None:
    founded(tmp_path / "l")
    other = create_ledger(tmp_path / "m", ORIGIN)
    other.close()
    for ending in ("", "-wal", "-shm"):
        (tmp_path / "l" / f"ledger.db{ending}").unlink(missing_ok=True)
    (tmp_path / "m" / "ledger.db").rename(tmp_path / "l" / "ledger.db")
    with pytest.raises(StoreError) as caught:
        open_ledger(tmp_path / "l")
    assert caught.value.code == "store-missing"
    assert set(audit_ledger(tmp_path / "l").counts) == {"audit-high-water"}


@pytest.mark.parametrize("which", ["log.key", "log-mldsa.key"])
def test_another_ledger_s_key_does_not_open_it(tmp_path: Path, which: str) -> None:
    founded(tmp_path / "l")
    create_ledger(tmp_path / "m", ORIGIN).close()
    (tmp_path / "m" / "keys" / which).replace(tmp_path / "l" / "keys" / which)
    with pytest.raises(SigningError) as caught:
        open_ledger(tmp_path / "l")
    assert caught.value.code == "log-key-differs"


def test_the_mark_may_lie_elsewhere(tmp_path: Path) -> None:
    founded(tmp_path / "l")
    folder = Folder(tmp_path / "l")
    old = folder.read()
    elsewhere = Configuration(old.origin, old.log_key, old.mldsa_key, str(tmp_path / "safe.mark"), (WITNESS_KEY,))
    folder.config.write_text(elsewhere.encode())
    (tmp_path / "l" / "log.mark").rename(tmp_path / "safe.mark")
    ledger = open_ledger(tmp_path / "l", clock=SetClock())
    ledger.publish()
    ledger.close()
    assert not (tmp_path / "l" / "log.mark").exists()
    assert folder.read() == elsewhere


def test_a_ledger_in_memory() -> None:
    ledger = memory_ledger(ORIGIN, LOG_SIGNER, clock=SetClock())
    receipts(ledger.submit([cited.raw for cited in World().log.values()]))
    assert ledger.publish()
    ledger.close()


def test_the_clock() -> None:
    clock = SystemClock()
    assert START - 10 * 365 * 86_400_000 < clock.now() <= clock.now()


# Configuration


def sound() -> str:
    key = VerifierKey(ORIGIN, 1, LOG_SIGNER.public.raw)
    return Configuration(ORIGIN, key, None, "log.mark", (WITNESS_KEY,)).encode()


def test_a_configuration_reads_back() -> None:
    read = parse_configuration(sound().encode())
    assert read.encode() == sound()
    assert read.witnesses == (WITNESS_KEY,)
    assert parse_configuration(sound().replace('mark = "log.mark"\n', "").encode()).mark == "log.mark"


LINE = 'log_key = "'


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (lambda text: text.replace("lotchain-ledger/1", "lotchain-ledger/2"), "version-unsupported"),
        (lambda text: text.replace('format = "lotchain-ledger/1"\n', ""), "config-format"),
        (lambda text: text.replace('"lotchain-ledger/1"', "1"), "config-format"),
        (lambda text: text + 'other = "x"\n', "config-format"),
        (lambda text: text + "][", "config-format"),
        (lambda text: text.replace(f'origin = "{ORIGIN}"', 'origin = "other.example/x"'), "config-format"),
        (lambda text: text.replace(f'origin = "{ORIGIN}"', "origin = 5"), "config-format"),
        (lambda text: text.replace(f'origin = "{ORIGIN}"', 'origin = "two words"'), "audience-format"),
        (lambda text: text.replace(f'origin = "{ORIGIN}"\n', ""), "config-format"),
        (lambda text: text.replace(LINE, 'log_key = "x'), "vkey-format"),
        (lambda text: text.replace(LINE, 'mldsa_key = "'), "config-format"),
        (
            lambda text: text.replace(f"{LINE}{ORIGIN}+", f"{LINE}{WITNESS_KEY.encode()}").split("\n# The")[0],
            "vkey-format",
        ),
        (lambda text: text.replace(f'  "{WITNESS_KEY.encode()}",', "  5,"), "config-format"),
        (
            lambda text: text.replace(f'  "{WITNESS_KEY.encode()}",', f'  "{WITNESS_KEY.encode()}",' * 2),
            "config-format",
        ),
        (lambda text: text.replace("witnesses = [", 'witnesses = ["x",'), "vkey-format"),
        (lambda text: text.replace('mark = "log.mark"', "mark = true"), "config-format"),
        (lambda text: text.replace('mark = "log.mark"', 'mark = ""'), "config-format"),
        (lambda text: "x = " + "[" * 100_000, "config-format"),
        (lambda text: text + "#" * 300_000, "config-format"),
        (lambda text: "", "config-format"),
    ],
)
def test_a_configuration_that_is_wrong(changed: object, code: str) -> None:
    text = changed(sound())  # type: ignore[operator]
    assert text != sound()
    with pytest.raises(Malformed) as caught:
        parse_configuration(text.encode())
    assert caught.value.code == code


def test_a_configuration_that_is_no_text() -> None:
    with pytest.raises(Malformed):
        parse_configuration(b"\xff\xfe")


# Witness


def test_a_witness_is_made_opened_and_cosigns(tmp_path: Path) -> None:
    founded(tmp_path / "l")
    configuration = Folder(tmp_path / "l").read()
    opened = create_witness(
        tmp_path / "w",
        "authority.example/w",
        log_key=configuration.log_key,
        log_mldsa_key=configuration.mldsa_key,
        mldsa=True,
        passphrase="long enough",
        clock=SetClock(),
    )
    source = source_at(tmp_path / "l")
    answer = opened.witness.look(source)
    assert isinstance(answer, Cosigned)
    keys = (opened.witness.key, opened.witness.mldsa_key)
    opened.close()
    ledger = open_ledger(tmp_path / "l", clock=SetClock())
    for line, key in zip(answer.lines, keys, strict=True):
        assert key is not None
        note = ledger.add_cosignature(line, key)
    assert (tmp_path / "l" / "checkpoint").read_bytes() == note
    ledger.close()
    assert audit_ledger(tmp_path / "l").sound
    with pytest.raises(SigningError):
        open_witness(tmp_path / "w")
    again = open_witness(tmp_path / "w", passphrase="long enough", clock=SetClock(START + 60_000))
    assert (again.witness.key, again.witness.mldsa_key) == keys
    assert isinstance(again.witness.look(source), Cosigned)
    again.close()
    early = open_witness(tmp_path / "w", passphrase="long enough", clock=SetClock(START))
    declined = early.witness.look(source)
    assert isinstance(declined, Declined)
    early.close()


def test_a_witness_that_is_missing_or_wrong(tmp_path: Path) -> None:
    founded(tmp_path / "l")
    key = Folder(tmp_path / "l").read().log_key
    with pytest.raises(StoreError) as caught:
        open_witness(tmp_path / "w")
    assert caught.value.code == "witness-missing"
    create_witness(tmp_path / "w", "authority.example/w", log_key=key).close()
    with pytest.raises(UsageError):
        create_witness(tmp_path / "w", "authority.example/w", log_key=key)
    with pytest.raises(Malformed):
        create_witness(tmp_path / "v", "two words", log_key=key)
    config = tmp_path / "w" / "witness.toml"
    text = config.read_text()
    for wrong in (
        text.replace("witness/1", "witness/2"),
        text + 'other = "x"\n',
        text.replace("log_key", "key_of_log"),
        text.replace("\nkey =", "\nmldsa_key ="),
        text.replace('\nkey = "', '\nkey = "x'),
        text.replace("\nlog_key = ", "\nlog_mldsa_key = "),
        text + "][",
        "",
    ):
        config.write_text(wrong)
        with pytest.raises(LotchainError):
            open_witness(tmp_path / "w")
    config.write_text(text)
    open_witness(tmp_path / "w").close()
    (tmp_path / "w" / "keys" / "witness.key").unlink()
    write_key_file(tmp_path / "w" / "keys" / "witness.key", new_signer(), passphrase=None)
    with pytest.raises(SigningError) as caught_key:
        open_witness(tmp_path / "w")
    assert caught_key.value.code == "witness-key-differs"
