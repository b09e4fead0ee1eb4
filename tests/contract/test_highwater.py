"""The high-water mark: it only goes forward, and a damaged one neither accuses nor begins anew."""

from __future__ import annotations

import hashlib
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.changing import replace

from lotchain.errors import StoreError
from lotchain.ledger.ports import HighWaterMark, Mark
from lotchain.storage.highwater import FileHighWaterMark, MemoryHighWaterMark

MARK = Mark("ledger.example/lots", 12, bytes(range(32)))
TEXT = (
    b"lotchain-mark/v1\nledger.example/lots\n12\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    b"0000000000000000000000000000000000000000000000000000000000000000\n"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.mark"


@pytest.fixture(params=["memory", "file"])
def mark(request: pytest.FixtureRequest, file: Path) -> HighWaterMark:
    return MemoryHighWaterMark() if request.param == "memory" else FileHighWaterMark(file)


def code_of(call: object, *arguments: object, **rest: object) -> str:
    with pytest.raises(StoreError) as caught:
        call(*arguments, **rest)  # type: ignore[operator]
    return caught.value.code


def sealed(body: bytes) -> bytes:
    return body + hashlib.sha256(body).hexdigest().encode() + b"\n"


def test_there_is_no_mark_before_the_first(mark: HighWaterMark) -> None:
    assert mark.read() is None


@pytest.mark.parametrize("sync", [False, True])
def test_a_mark_goes_forward(mark: HighWaterMark, sync: bool) -> None:
    mark.write(MARK, sync=sync)
    assert mark.read() == MARK
    further = replace(MARK, size=2**63 - 1, root=bytes(32))
    mark.write(further, sync=sync)
    mark.write(further, sync=sync)
    assert mark.read() == further


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (replace(MARK, size=11), "mark-backwards"),
        (replace(MARK, size=0), "mark-backwards"),
        (replace(MARK, root=bytes(32)), "mark-conflict"),
        (replace(MARK, origin="ledger.example/other", size=99), "mark-conflict"),
        (replace(MARK, size=-1), "mark-format"),
        (replace(MARK, size=2**63), "mark-format"),
        (replace(MARK, size=99, root=bytes(31)), "mark-format"),
        (replace(MARK, size=99, origin=""), "mark-format"),
        (replace(MARK, size=99, origin="a\nb"), "mark-format"),
        (replace(MARK, size=99, origin="a" * 1001), "mark-format"),
    ],
)
def test_a_mark_that_is_refused_changes_nothing(mark: HighWaterMark, wrong: Mark, code: str) -> None:
    mark.write(MARK, sync=False)
    assert code_of(mark.write, wrong, sync=True) == code
    assert mark.read() == MARK


def test_the_file_is_read_by_another_process_and_left_alone_otherwise(file: Path) -> None:
    FileHighWaterMark(file).write(MARK, sync=True)
    assert FileHighWaterMark(file).read() == MARK
    assert sorted(other.name for other in file.parent.iterdir()) == ["ledger.mark", "ledger.mark-lock"]


SPEC = Path(__file__).resolve().parents[2] / "specs" / "formats" / "store.md"


def test_the_file_is_as_the_worked_example_says(file: Path) -> None:
    example = SPEC.read_text(encoding="utf-8").rsplit("```", 2)[1]
    FileHighWaterMark(file).write(MARK, sync=False)
    assert file.read_bytes() == bytes.fromhex(example)


BODY = TEXT.rsplit(b"\n", 2)[0] + b"\n"
DAMAGED = {
    "empty": b"",
    "NUL bytes, as a power cut leaves them": bytes(187),
    "another digest": TEXT,
    "no digest": BODY,
    "a line more": sealed(BODY) + b"\n",
    "CRLF": sealed(BODY).replace(b"\n", b"\r\n"),
    "no last newline": sealed(BODY)[:-1],
    "capital digest": BODY + hashlib.sha256(BODY).hexdigest().upper().encode() + b"\n",
    "size with a leading zero": sealed(BODY.replace(b"\n12\n", b"\n012\n")),
    "size with a sign": sealed(BODY.replace(b"\n12\n", b"\n+12\n")),
    "size with an underscore": sealed(BODY.replace(b"\n12\n", b"\n1_2\n")),
    "size in other digits": sealed(BODY.replace(b"\n12\n", "\n१२\n".encode())),
    "size beyond 63 bits": sealed(BODY.replace(b"\n12\n", b"\n9223372036854775808\n")),
    "a very long size": sealed(BODY.replace(b"\n12\n", b"\n" + b"9" * 3000 + b"\n")),
    "root without padding": sealed(BODY.replace(b"8=\n", b"8\n")),
    "root with loose bits": sealed(BODY.replace(b"8=\n", b"9=\n")),
    "short root": sealed(BODY.replace(b"AAEC", b"")),
    "no origin": sealed(BODY.replace(b"ledger.example/lots", b"")),
    "not UTF-8": sealed(BODY.replace(b"example", b"\xff")),
    "another format": sealed(BODY.replace(b"lotchain-mark", b"lotchain-note")),
    "too long": sealed(BODY) + b" " * 5000,
}


@pytest.mark.parametrize("fault", DAMAGED)
def test_a_damaged_mark_is_said_to_be_damaged(file: Path, fault: str) -> None:
    file.write_bytes(DAMAGED[fault])
    mark = FileHighWaterMark(file)
    assert code_of(mark.read) == "mark-corrupt"
    assert code_of(mark.write, MARK, sync=False) == "mark-corrupt"
    assert file.read_bytes() == DAMAGED[fault]


def test_every_truncation_and_every_flipped_byte_is_damage(file: Path) -> None:
    whole = sealed(BODY)
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        assert code_of(FileHighWaterMark(file).read) == "mark-corrupt"
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert code_of(FileHighWaterMark(file).read) == "mark-corrupt"


def test_a_mark_of_a_later_version_is_not_called_damaged(file: Path) -> None:
    file.write_bytes(sealed(BODY.replace(b"/v1", b"/v2")))
    assert code_of(FileHighWaterMark(file).read) == "version-unsupported"


@given(st.binary(max_size=300))
@example(sealed(BODY))
def test_nothing_but_store_errors_escapes(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.mark"
    file.write_bytes(data)
    try:
        assert FileHighWaterMark(file).read() == MARK
    except StoreError as error:
        assert error.code in ("mark-corrupt", "version-unsupported")


def test_a_disk_that_fails_is_mark_io(file: Path) -> None:
    file.mkdir()
    assert code_of(FileHighWaterMark(file).read) == "mark-io"
    assert code_of(FileHighWaterMark(file.parent / "none" / "m").write, MARK, sync=True) == "mark-io"


def test_a_rename_that_fails_leaves_the_old_mark(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = FileHighWaterMark(file)
    mark.write(MARK, sync=True)

    def failing(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "replace", failing)
    assert code_of(mark.write, replace(MARK, size=99), sync=True) == "mark-io"
    assert mark.read() == MARK


def test_writers_that_race_never_set_it_back(file: Path) -> None:
    def write(first: int) -> None:
        mark = FileHighWaterMark(file)
        for size in range(first, 200, 4):
            try:
                mark.write(replace(MARK, size=size), sync=False)
            except StoreError as error:
                assert error.code == "mark-backwards"

    threads = [Thread(target=write, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert FileHighWaterMark(file).read().size == 199
