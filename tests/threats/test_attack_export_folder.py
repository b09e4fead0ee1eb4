"""Whoever may write in the folder of exported tiles (a web server that was broken into) against the operator's files.

The export runs under the operator's rights: through links that lie in the folder it must neither write nor delete
anything elsewhere.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.test_tile_export import Rooms

from lotchain.errors import LotchainError


@pytest.fixture
def rooms(tmp_path: Path) -> Rooms:
    made = Rooms(tmp_path)
    made.log.grow(300)
    return made


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A private folder, with what must still be there afterwards."""
    folder = tmp_path / "private"
    folder.mkdir()
    (folder / "precious").write_bytes(b"precious")
    return folder


def unharmed(elsewhere: Path) -> bool:
    return {path.name: path.read_bytes() for path in elsewhere.iterdir()} == {"precious": b"precious"}


def refused(rooms: Rooms, **options: bool) -> None:
    with pytest.raises(LotchainError) as caught:
        rooms.export(**options)
    assert caught.value.code == "export-foreign"


@pytest.mark.parametrize("place", ["tile", "tile/0", "tile/0/001.p", "tile/entries"])
def test_tiles_are_not_written_through_a_link(rooms: Rooms, elsewhere: Path, place: str) -> None:
    link = rooms.public / place
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(elsewhere, target_is_directory=True)
    refused(rooms, with_entries=True)
    assert unharmed(elsewhere)


@pytest.mark.parametrize("name", ["checkpoint", "checkpoint-new", "tile/0/000", "tile/0/000-new"])
def test_no_file_is_written_through_a_link(rooms: Rooms, elsewhere: Path, name: str) -> None:
    link = rooms.public / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(elsewhere / "precious")
    with pytest.raises(LotchainError):
        rooms.export(check=True)
    assert unharmed(elsewhere)


def test_what_is_outgrown_is_not_deleted_through_a_link(rooms: Rooms, elsewhere: Path) -> None:
    rooms.export()
    (rooms.public / "tile" / "0" / "000.p").symlink_to(elsewhere, target_is_directory=True)
    refused(rooms)
    assert unharmed(elsewhere)


def test_a_link_to_a_folder_is_still_a_place_for_exports(rooms: Rooms, tmp_path: Path) -> None:
    """The folder itself may be a link, as web roots are: what it stands for is the operator's word."""
    real = tmp_path / "real"
    real.mkdir()
    rooms.public.symlink_to(real, target_is_directory=True)
    rooms.export()
    assert (real / "checkpoint").is_file() and (real / "tile" / "0" / "000").is_file()
    (rooms.public / "tile" / "0" / "000.p").mkdir()
    (rooms.public / "tile" / "0" / "000.p" / "5").write_bytes(b"x")
    assert rooms.export().removed == 1
