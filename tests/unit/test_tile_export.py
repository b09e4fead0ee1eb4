"""Exports of the published log: incremental, resumable, of one log for ever, never among private files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.ledgers import LOG_SIGNER
from tests.unit.synthetic import LOG_KEY, SyntheticLog, entry
from tests.unit.world import ORIGIN

from lotchain.app import tile_export
from lotchain.app.folder import Configuration, Folder
from lotchain.app.tile_export import Exported, export_tiles
from lotchain.core.checkpoints import Checkpoint
from lotchain.errors import LotchainError, StoreError, UsageError
from lotchain.ledger.checkpointing import sign_checkpoint
from lotchain.ledger.ports import Publication
from lotchain.remote.fetching import Fetcher
from lotchain.remote.source import HttpLogSource
from lotchain.storage.sqlite import SqliteStore


class Rooms:
    """A ledger's folder with a synthetic log, and a place for exports."""

    def __init__(self, path: Path, word: str = "entry") -> None:
        self.ledger = Folder(path / word)
        self.public = path / "public"
        self.ledger.path.mkdir()
        self.ledger.config.write_text(Configuration(ORIGIN, LOG_KEY).encode())
        self.store = SqliteStore.create(self.ledger.store)
        self.log = SyntheticLog(self.store, word)

    def export(self, **options: bool) -> Exported:
        return export_tiles(self.ledger.path, self.public, **options)

    def files(self) -> dict[str, bytes]:
        """Everything exported, by path."""
        found = (path for path in self.public.rglob("*") if path.is_file())
        return {str(path.relative_to(self.public)): path.read_bytes() for path in sorted(found)}


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    made = Rooms(tmp_path)
    yield made
    made.store.close()


class FromFiles(Fetcher):
    """A web server over a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__("https://files.example/")
        self.folder = folder

    def get(self, path: str, most: int, *, signed: bool = False) -> bytes | None:
        file = self.folder / path
        return file.read_bytes() if file.is_file() else None


def test_exactly_the_files_of_the_tree(rooms: Rooms) -> None:
    rooms.log.grow(600)
    rooms.log.grow(620, publish=False)
    done = rooms.export()
    assert sorted(rooms.files()) == [
        "checkpoint", "tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2",
    ]  # fmt: skip
    assert done == Exported(600, 5, 0, 0, False, False)


def test_a_client_reads_the_files_as_a_log(rooms: Rooms) -> None:
    source = HttpLogSource(FromFiles(rooms.public), LOG_KEY)
    read: list[bytes] = []
    for size in (1, 255, 256, 257, 800):
        rooms.log.grow(size)
        rooms.export(with_entries=True)
        source.published()
        read += source.entries(len(read), size)
    assert read == [entry(index) for index in range(800)]


def test_only_what_is_new_is_written_and_what_is_outgrown_goes(rooms: Rooms) -> None:
    rooms.log.grow(250)
    rooms.export(with_entries=True)
    before = {path: (rooms.public / path).stat().st_mtime_ns for path in rooms.files()}
    assert rooms.export(with_entries=True) == Exported(250, 0, 3, 0, True, True)
    rooms.log.grow(254)
    assert rooms.export(with_entries=True).written == 3
    assert {"tile/0/000.p/250", "tile/0/000.p/254"} < rooms.files().keys(), "older checkpoints are still about"
    for path in ("tile/0/000.p/250", "tile/entries/000.p/250"):
        assert (rooms.public / path).stat().st_mtime_ns == before[path]
    rooms.log.grow(300)
    done = rooms.export(with_entries=True)
    assert (done.removed, done.written) == (4, 6)
    assert sorted(rooms.files()) == [
        "checkpoint", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44",
    ]  # fmt: skip


def test_entries_are_left_out_unless_asked_for_and_told_when_found(rooms: Rooms) -> None:
    rooms.log.grow(10)
    assert not rooms.export().entries_found
    assert rooms.export(with_entries=True).written == 1
    again = rooms.export()
    assert again.entries_found and not again.entries


def test_an_export_that_was_cut_off_anywhere_goes_on(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every write: nothing, then everything; and a checkpoint never comes before its tiles."""
    rooms.log.grow(600)
    write, left = tile_export.write_whole, [0]

    def fails_later(path: Path, data: bytes) -> None:
        if not left[0]:
            path.with_name(path.name + "-new").write_bytes(data[: len(data) // 2])  # as a power cut leaves it
            raise StoreError("store-io", "made by a test")
        left[0] -= 1
        write(path, data)

    monkeypatch.setattr(tile_export, "write_whole", fails_later)
    for done in range(8):
        left[0] = done
        for path in sorted(rooms.public.rglob("*"), reverse=True) if rooms.public.exists() else ():
            path.rmdir() if path.is_dir() else path.unlink()
        with pytest.raises(StoreError):
            rooms.export(with_entries=True)
        whole = [path for path in rooms.files() if not path.endswith("-new")]
        assert len(whole) == done and "checkpoint" not in whole
        left[0] = 100
        assert rooms.export(with_entries=True).written == 8 - done
        assert len([path for path in rooms.files() if not path.endswith("-new")]) == 8
        assert len(list(HttpLogSource(FromFiles(rooms.public), LOG_KEY).entries(0, 600))) == 600


def test_damaged_files_are_found_when_asked_and_cut_off_tiles_always(rooms: Rooms) -> None:
    rooms.log.grow(300)
    rooms.export(with_entries=True)
    whole = rooms.files()
    (rooms.public / "tile/0/000").write_bytes(bytes(8_191))
    (rooms.public / "tile/entries/000").unlink()
    assert rooms.export(with_entries=True).written == 2 and rooms.files() == whole
    (rooms.public / "tile/0/000").write_bytes(bytes(8_192))
    (rooms.public / "tile/entries/000").write_bytes(b"x")
    assert rooms.export(with_entries=True).written == 0
    assert rooms.export(with_entries=True, check=True).written == 2 and rooms.files() == whole


def refused(rooms: Rooms, code: str, kind: type[LotchainError] = UsageError) -> None:
    """The export is refused with this code, and changes nothing."""
    before = rooms.files() if rooms.public.is_dir() else None
    with pytest.raises(kind) as caught:
        rooms.export()
    assert caught.value.code == code
    assert before is None or rooms.files() == before


def test_a_ledger_that_went_back_does_not_overwrite_what_it_published(rooms: Rooms, tmp_path: Path) -> None:
    rooms.log.grow(300)
    rooms.export()
    (tmp_path / "back").mkdir()
    older = Rooms(tmp_path / "back")
    older.public = rooms.public
    older.log.grow(299)
    refused(older, "export-diverged", StoreError)
    older.log.grow(301)
    assert older.export().size == 301
    older.store.close()


def test_a_fork_of_the_log_is_not_exported_over_it(rooms: Rooms, tmp_path: Path) -> None:
    rooms.log.grow(300)
    rooms.export()
    fork = Rooms(tmp_path, "other")
    for size in (300, 900):
        fork.log.grow(size)
        refused(fork, "export-diverged", StoreError)
    fork.store.close()


def test_another_log_or_something_else_is_left_alone(rooms: Rooms) -> None:
    rooms.log.grow(3)
    rooms.public.mkdir()
    (rooms.public / "index.html").write_text("hello")
    refused(rooms, "export-foreign")
    (rooms.public / "index.html").unlink()
    (rooms.public / "checkpoint").write_bytes(b"no note")
    refused(rooms, "export-foreign")
    other = Checkpoint("other.example/log", 3, rooms.log.frontier.root())
    (rooms.public / "checkpoint").write_bytes(sign_checkpoint(other, LOG_SIGNER))
    refused(rooms, "export-foreign")
    (rooms.public / "checkpoint").unlink()
    assert rooms.export().size == 3


def test_tiles_of_who_knows_what_are_compared(rooms: Rooms) -> None:
    """Without a checkpoint nothing tells whose tiles lie there."""
    rooms.log.grow(300)
    rooms.export()
    (rooms.public / "checkpoint").unlink()
    (rooms.public / "tile/0/000").write_bytes(bytes(8_192))
    assert rooms.export().written == 2
    assert HttpLogSource(FromFiles(rooms.public), LOG_KEY).published() is not None


@pytest.mark.parametrize("name", ["ledger.toml", "witness.toml", "keys"])
def test_private_files_are_never_laid_beside(rooms: Rooms, name: str) -> None:
    rooms.log.grow(3)
    rooms.export()
    (rooms.public / name).mkdir()
    refused(rooms, "export-foreign")


def test_a_folder_around_the_ledger_is_refused(rooms: Rooms) -> None:
    rooms.log.grow(3)
    rooms.public = rooms.ledger.path.parent
    refused(rooms, "export-foreign")


def test_nothing_published_nothing_exported(rooms: Rooms) -> None:
    rooms.log.grow(3, publish=False)
    refused(rooms, "nothing-published")
    assert not rooms.public.exists()


def test_a_store_that_was_changed_is_not_exported(rooms: Rooms) -> None:
    rooms.log.grow(300)
    false = sign_checkpoint(Checkpoint(ORIGIN, 300, bytes(32)), LOG_SIGNER)
    rooms.store.publish(Publication(300, false, (), ()), note_only=True)
    refused(rooms, "store-corrupt", StoreError)
