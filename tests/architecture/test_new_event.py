"""A new event type is its own file and one line of the table; its page, schema and vectors say what it is."""

from __future__ import annotations

import filecmp
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.vectors_build.bundle_bench import Bench, refusal

from lotchain.verify.bundle import decode_bundle

ROOT = Path(__file__).resolve().parents[2]

EVENT = '''"""Remark: somebody who may observe a lot says one word about it."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.custody.case import Case, Effect
from lotchain.custody.findings import Answer, note
from lotchain.custody.following import OBSERVER_CODES, check_observer
from lotchain.events.event import Event
from lotchain.events.fields import LotId, Word

REMARKED = note(Answer.GOODS, "remarked", "somebody said a word about the lot", "ask whoever said it")


class Remark(Event):
    """One word about a lot."""

    TITLE: ClassVar[str] = "Remark"
    CODES = (REMARKED, *OBSERVER_CODES)

    type: Literal["remark/1"] = Field("remark/1", title="Type", description="event type and version")
    lot: LotId = Field(title="Lot", description="that is remarked on")
    word: Word = Field(title="Word", description="what is said")

    def subjects(self) -> tuple[str, ...]:
        """The lot."""
        return (self.lot,)

    def judge(self, subject: str, case: Case) -> Effect:
        """It moves nothing: the history alone remembers it."""
        fault = check_observer(case, subject)
        if fault is not None:
            return Effect({}, (fault,))
        return Effect({subject: case.standing(subject)}, (case.finding(REMARKED, subject, found=self.word),))

    def sentence(self) -> str:
        """What is said of which lot."""
        return f"{self.lot}: {self.word}."
'''
LINE = '    "remark/1": ("remark", "Remark"),\n'
PAGE = """# Remark: `remark/1`

One word about a lot.

## Who signs, and when

Whoever may observe the lot.

## What is checked

The issuer may observe it (`lot-unknown`, `authority-scope`, `not-custodian`). Recorded: `remarked`.

## What it does

The same state.

## Fields

<!-- fields:begin -->
<!-- fields:end -->

## Findings

<!-- codes:begin -->
<!-- codes:end -->

## Example

<!-- example:begin -->
<!-- example:end -->
"""
CASES = '''"""Cases of remarks."""

from __future__ import annotations

from tests.unit.world import World
from tests.vectors_build.event_book import Book

from lotchain.events.remark import Remark


def remark() -> Book:
    book = Book("remark/1")
    world = World()
    lot = world.make("A", 100)

    def event(about: str = lot) -> Remark:
        return Remark(lot=about, word="dusty", occurred_at=world.now())

    book.refused(world, event("lot:CN-MAKER/NONE"), "maker", "of no lot", "perhaps not yet", "lot-unknown")
    book.refused(world, event(), "importer", "by a stranger", "never had it", "not-custodian")
    book.refused(world, event(), "mx", "by another authority", "CN only", "authority-scope")
    book.accepted(world, event(), "maker", "a dusty lot", "by its maker", "remarked")
    book.common_faults()
    return book
'''
BOOK_LINE = '    "remark/1": event_remarks.remark,\n'
BUILD = """
from tests.vectors_build import event_pages
from tests.vectors_build.events import BOOKS
book = BOOKS["remark/1"]()
book.path.write_text(book.text(), encoding="utf-8")
(event_pages.SCHEMAS / "remark-1.json").write_text(event_pages.schema_text("remark/1"), encoding="utf-8")
(event_pages.PAGES / "remark-1.md").write_text(event_pages.page("remark/1"), encoding="utf-8")
(event_pages.PAGES / "README.md").write_text(event_pages.overview(), encoding="utf-8")
"""
USE = """
import json, sys
from pathlib import Path
import lotchain
from tests.unit.ledgers import Rig
from tests.vectors_build.bundle_bench import Bench
from lotchain.events.remark import Remark
from lotchain.verify.bundle import encode_bundle

class OnDisk(Bench):
    def __init__(self, path):
        self.rig = Rig(path)
        self.world = self.rig.world
        self.feed()

bench = OnDisk(Path(sys.argv[1]))
world = bench.world
lot = world.make("A", 100)
world.accept(Remark(lot=lot, word="dusty", occurred_at=world.now()), "maker")
world.move("maker", "carrier", lot)
world.accept(Remark(lot=lot, word="dented", occurred_at=world.now()), "cn")
refused = sorted(world.refuse(Remark(lot=lot, word="mine", occurred_at=world.now()), "importer"))
bench.feed()
bench.rig.reopen()
audit = bench.rig.audited()
bundle = bench.bundle(lot)
verdict = bench.verify(bundle)
Path(sys.argv[2]).write_bytes(encode_bundle(bundle))
print(json.dumps({
    "package": lotchain.__file__, "refused": refused, "sound": audit.sound, "word": verdict.word,
    "found": [finding.found for finding in verdict.findings if finding.code == "remarked"],
}))
"""


def put(path: Path, line: str, *, after: str) -> None:
    """One line more in a file of the copy, after the one that begins so."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    at = max(i for i, each in enumerate(lines) if each.startswith(after))
    path.write_text("".join([*lines[: at + 1], line, *lines[at + 1 :]]), encoding="utf-8")


def run(copy: Path, *arguments: str) -> str:
    """Python in the copy, with the copy's package and nothing of this one."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{copy / 'src'}{os.pathsep}{copy}",
        "PYTEST_ADDOPTS": "",
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(copy.parent / "compiled"),  # once for all runs, and beside the copy
    }
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def differences(one: Path, other: Path) -> tuple[set[str], set[str]]:
    """Files of `other` that are new, and those that are not as in `one`."""
    names = {path.relative_to(other).as_posix() for path in other.rglob("*") if path.is_file()}
    new = {name for name in names if not (one / name).exists()}
    return new, {name for name in names - new if not filecmp.cmp(one / name, other / name, shallow=False)}


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The project twice: as it is, and with a new type `remark/1`."""
    plain = tmp_path_factory.mktemp("plain")
    for folder in ("src/lotchain", "specs", "tests", "fixtures"):
        shutil.copytree(ROOT / folder, plain / folder, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", ".*"))
    shutil.copy(ROOT / "pyproject.toml", plain)
    copy = tmp_path_factory.mktemp("with-remark") / "project"
    shutil.copytree(plain, copy)
    (copy / "src/lotchain/events/remark.py").write_text(EVENT, encoding="utf-8")
    put(copy / "src/lotchain/events/registry.py", LINE, after='    "registration/1"')
    (copy / "specs/events/remark-1.md").write_text(PAGE, encoding="utf-8")
    (copy / "tests/vectors_build/event_remarks.py").write_text(CASES, encoding="utf-8")
    put(copy / "tests/vectors_build/events.py", "    event_remarks,\n", after="    event_replies,")
    put(copy / "tests/vectors_build/events.py", BOOK_LINE, after='    "registration/1"')
    run(copy, "-c", BUILD)
    return plain, copy


def used(copy: Path, folder: Path) -> dict[str, Any]:
    """What comes of remarks on a ledger of the copy, whose bundle is left in `folder`."""
    told: dict[str, Any] = json.loads(run(copy, "-c", USE, str(folder / "ledger.db"), str(folder / "a.lotproof")))
    return told


def test_what_a_new_type_touches(copies: tuple[Path, Path]) -> None:
    """Touched by hand: its file, one line of the registry, its page, its cases and their entry in the list of books.

    Generated from these: its schema, its vectors, and its row in the table of types. Nothing else of the project.
    """
    new, changed = differences(*copies)
    assert new == {
        "src/lotchain/events/remark.py",
        "specs/events/remark-1.md",
        "specs/schemas/remark-1.json",
        "specs/vectors/events/remark-1.json",
        "tests/vectors_build/event_remarks.py",
    }
    assert changed == {"src/lotchain/events/registry.py", "tests/vectors_build/events.py", "specs/events/README.md"}
    plain, copy = (root / "src/lotchain/events/registry.py" for root in copies)
    assert copy.read_text(encoding="utf-8") == plain.read_text(encoding="utf-8").replace(
        '    "hand-over/1"', f'{LINE}    "hand-over/1"'
    )


def test_the_projects_own_tests_take_it_in(copies: tuple[Path, Path]) -> None:
    """The tests of the table of types and of all vectors, as they stand, run over the new type."""
    files = ("tests/unit/test_registry.py", "tests/unit/test_event_vectors.py", "tests/architecture/test_rooms.py")
    told = run(copies[1], "-m", "pytest", "-p", "no:cacheprovider", "-k", "remark", *files)
    passed = re.search(r"(\d+) passed, \d+ deselected", told)
    assert passed is not None and int(passed[1]) >= 30, told


def test_it_is_appended_audited_and_verified_offline(copies: tuple[Path, Path], tmp_path: Path) -> None:
    """Ledger, store, audit, bundle and verifier meet the type for the first time, and none of them was changed for it."""
    told = used(copies[1], tmp_path)
    assert Path(told["package"]).is_relative_to(copies[1])
    assert (told["refused"], told["sound"], told["word"]) == (["not-custodian"], True, "CLEAR")
    assert sorted(told["found"]) == ["dented", "dusty"]
    unknown = Bench().verify(decode_bundle((tmp_path / "a.lotproof").read_bytes()))
    assert refusal(unknown), "a lotchain that does not know the type concludes nothing from such a bundle"
