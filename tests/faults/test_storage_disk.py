"""Full disks, write-protected files, and write-ahead logs that were cut off or thrown away."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread, Timer

import pytest
from tests.changing import replace
from tests.contract.builders import one_batch
from tests.faults.store_checks import require_sound_store
from tests.faults.store_writer import NAMES, Fabricator

from lotchain.errors import StoreError
from lotchain.ledger.ports import Mark
from lotchain.storage.highwater import FileHighWaterMark, MemoryHighWaterMark
from lotchain.storage.sqlite import SqliteStore

NOBODY = 65_534
PATIENCE_S = 60


def mounted(folder: Path, *options: str) -> None:
    done = subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", folder], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"this machine does not permit mounting: {done.stderr.decode().strip()}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    if shutil.which("mount") is None:
        pytest.skip("there is no mount command")
    folder = tmp_path / "small"
    folder.mkdir()
    mounted(folder, "-o", "size=1m")
    yield folder
    subprocess.run(["umount", "-l", folder], check=False)


def fill(file: Path) -> None:
    with file.open("wb", buffering=0) as filler, pytest.raises(OSError, match="No space"):
        while True:
            filler.write(bytes(4096))


def append_until_refused(store: SqliteStore, maker: Fabricator) -> tuple[int, StoreError]:
    """Append until it no longer goes; the last acknowledged size, and the refusal."""
    acknowledged = maker.size
    try:
        for _ in range(10_000):
            store.append(maker.batch([(NAMES[(maker.size + n) % 7],) for n in range(9)]))
            acknowledged = maker.size
    except StoreError as error:
        return acknowledged, error
    pytest.fail("the disk was never full")


def test_a_full_disk_is_named_and_reading_goes_on(small_disk: Path) -> None:
    path, filler = small_disk / "ledger.db", small_disk / "filler"
    store = SqliteStore.create(path)
    filler.write_bytes(bytes(400_000))
    acknowledged, error = append_until_refused(store, Fabricator())
    assert error.code == "store-full"
    assert acknowledged > 0
    assert require_sound_store(store, acknowledged) == acknowledged
    with closing(SqliteStore.open(path, read_only=True)) as reader:
        assert require_sound_store(reader, acknowledged) == acknowledged
    filler.unlink()
    maker = Fabricator()
    maker.size = acknowledged
    maker.lengths = {name: len(store.history(name)) for name in NAMES}
    store.append(maker.batch([(NAMES[(maker.size + n) % 7],) for n in range(9)]))
    store.close()
    with closing(SqliteStore.open(path)) as reopened:
        assert require_sound_store(reopened, acknowledged + 10) == acknowledged + 10


def test_a_mark_on_a_full_disk_stays_the_old_one(small_disk: Path) -> None:
    file = FileHighWaterMark(small_disk / "ledger.mark")
    old = Mark("ledger.example", 1, bytes(32))
    file.write(old, sync=True)
    fill(small_disk / "filler")
    with pytest.raises(StoreError, match="mark-io"):
        file.write(replace(old, size=2), sync=False)
    assert file.read() == old


def test_creating_on_a_full_disk_leaves_nothing(small_disk: Path) -> None:
    filler = small_disk / "filler"
    fill(filler)
    with pytest.raises(StoreError) as caught:
        SqliteStore.create(small_disk / "ledger.db")
    assert caught.value.code in ("store-full", "store-io")
    assert list(small_disk.iterdir()) == [filler]


# Files that one cannot write


def as_nobody(work: Callable[[], None]) -> None:
    """Run `work` in a child process that has no rights; its assertions are ours."""
    if sys.platform == "win32" or os.geteuid() != 0:
        pytest.skip("needs root, to become somebody who may not write")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            work()
        except BaseException:
            os.write(writing, traceback.format_exc().encode())
        os._exit(0)
    os.close(writing)
    # A forked child of a process with threads may wait for a lock that nobody will release.
    patience = Timer(PATIENCE_S, os.kill, (child, signal.SIGKILL))
    patience.start()
    with os.fdopen(reading, "rb") as told:
        said = told.read().decode()
    patience.cancel()
    _, status = os.waitpid(child, 0)
    assert not said, said
    assert status == 0, f"the child did not end in {PATIENCE_S} s"


@pytest.fixture
def protected() -> Iterator[Path]:
    """A store in a folder that everybody may read and only its owner may write."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    path = folder / "ledger.db"
    store = SqliteStore.create(path)
    store.append(one_batch(0, 4))
    store.close()
    path.chmod(0o644)
    yield path
    shutil.rmtree(folder)


def can_read(path: Path, size: int = 5) -> Callable[[], None]:
    def work() -> None:
        with closing(SqliteStore.open(path, read_only=True)) as store:
            assert store.head().size == size
            assert len(list(store.entries(0, 100))) == size

    return work


def cannot_write(path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        SqliteStore.open(path)
    assert caught.value.code == "store-read-only"


def test_another_user_reads_a_file_at_rest(protected: Path) -> None:
    before = sorted(protected.parent.iterdir())
    as_nobody(can_read(protected))
    as_nobody(lambda: cannot_write(protected))
    assert sorted(protected.parent.iterdir()) == before


def test_another_user_reads_while_its_owner_writes(protected: Path) -> None:
    with closing(SqliteStore.open(protected)) as owner:
        owner.append(one_batch(5))
        as_nobody(can_read(protected, 7))


def test_another_user_reads_what_a_killed_owner_left(protected: Path) -> None:
    live = SqliteStore.open(protected)
    live.append(one_batch(5))
    left = protected.with_name("left.db")
    for ending in ("", "-wal", "-shm"):
        shutil.copy(str(protected) + ending, str(left) + ending)
    live.close()
    as_nobody(can_read(left, 7))
    Path(str(left) + "-shm").unlink()

    def told() -> None:
        with pytest.raises(StoreError, match="copy the file and its -wal") as caught:
            SqliteStore.open(left, read_only=True)
        assert caught.value.code == "store-read-only"

    as_nobody(told)


def test_a_file_that_wakes_while_read_without_a_lock_is_noticed(protected: Path) -> None:
    def work() -> None:
        store = SqliteStore.open(protected, read_only=True)
        assert store.head().size == 5
        os.write(up[1], b"opened")
        assert os.read(down[0], 7) == b"written"
        with pytest.raises(StoreError, match="store-busy"):
            store.head()
        store.close()
        can_read(protected, 7)()

    up, down = os.pipe(), os.pipe()
    if os.geteuid() != 0:
        pytest.skip("needs root, to become somebody who may not write")

    def write() -> None:
        assert os.read(up[0], 6) == b"opened"
        with closing(SqliteStore.open(protected)) as owner:
            owner.append(one_batch(5))
            os.write(down[1], b"written")
            os.read(up[0], 1)

    thread = Thread(target=write, daemon=True)
    thread.start()
    as_nobody(work)
    os.write(up[1], b"x")
    thread.join(10)


def test_a_file_that_nobody_may_read_is_not_called_missing(protected: Path) -> None:
    protected.chmod(0o600)

    def work() -> None:
        with pytest.raises(StoreError) as caught:
            SqliteStore.open(protected, read_only=True)
        assert caught.value.code in ("store-io", "store-read-only")

    as_nobody(work)


def test_a_folder_that_nobody_may_search_is_not_called_empty(protected: Path) -> None:
    protected.parent.chmod(0o700)

    def work() -> None:
        for call in (SqliteStore.open, SqliteStore.create):
            with pytest.raises(StoreError, match="store-io"):
                call(protected)

    as_nobody(work)


def test_a_read_only_file_system(small_disk: Path) -> None:
    path = small_disk / "ledger.db"
    store = SqliteStore.create(path)
    store.append(one_batch(0, 4))
    store.close()
    path.with_name("ledger.db-lock").unlink()
    done = subprocess.run(["mount", "-o", "remount,ro", small_disk], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this machine does not permit remounting")
    can_read(path)()
    cannot_write(path)


# Write-ahead logs that were cut off or thrown away


@pytest.fixture
def crashed(tmp_path: Path) -> Path:
    """What a machine that lost its power leaves: a file, and five batches in its write-ahead log."""
    live = tmp_path / "live.db"
    left = tmp_path / "left.db"
    with closing(SqliteStore.create(live)) as store:
        maker = Fabricator()
        for _ in range(5):
            store.append(maker.batch([(NAMES[(maker.size + n) % 7],) for n in range(9)]))
        for ending in ("", "-wal"):
            shutil.copy(str(live) + ending, str(left) + ending)
    return left


def test_a_whole_write_ahead_log_is_recovered(crashed: Path) -> None:
    with closing(SqliteStore.open(crashed)) as store:
        assert require_sound_store(store, 50) == 50


@pytest.mark.parametrize("kept", [0.0, 0.1, 0.3, 0.5, 0.8, 0.99])
def test_a_cut_off_log_looks_sound_and_only_the_mark_knows(crashed: Path, kept: float) -> None:
    mark = MemoryHighWaterMark()
    mark.write(Mark("ledger.example", 50, bytes(32)), sync=True)
    wal = crashed.with_name("left.db-wal")
    os.truncate(wal, int(wal.stat().st_size * kept))
    with closing(SqliteStore.open(crashed)) as store:
        size = require_sound_store(store, 0)
    assert size < 50
    assert mark.read().size > size


def test_a_removed_log_looks_sound_and_only_the_mark_knows(crashed: Path) -> None:
    crashed.with_name("left.db-wal").unlink()
    with closing(SqliteStore.open(crashed)) as store:
        assert require_sound_store(store, 0) == 0


def test_a_flipped_bit_in_the_log_drops_its_tail(crashed: Path) -> None:
    wal = crashed.with_name("left.db-wal")
    data = bytearray(wal.read_bytes())
    data[len(data) // 2] ^= 1
    wal.write_bytes(data)
    with closing(SqliteStore.open(crashed)) as store:
        assert require_sound_store(store, 0) < 50


def test_yesterdays_copy_looks_sound_and_only_the_mark_knows(tmp_path: Path) -> None:
    path, copy = tmp_path / "ledger.db", tmp_path / "yesterday.db"
    maker = Fabricator()
    batches = [maker.batch([(NAMES[(maker.size + n) % 7],) for n in range(9)]) for _ in range(3)]
    with closing(SqliteStore.create(path)) as store:
        store.append(batches[0])
    shutil.copy(path, copy)
    with closing(SqliteStore.open(path)) as store:
        store.append(batches[1])
    shutil.copy(copy, path)
    with closing(SqliteStore.open(path)) as store:
        assert require_sound_store(store, 0) == 10
