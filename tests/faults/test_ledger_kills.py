"""kill -9 over the real ledger: what was acknowledged is there, signed once, and everything audits.

`run(kills)` is the whole loop; the tests run it with few kills, `make show-chain` with many.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.kills import kill_writers
from tests.faults.store_checks import environment

from lotchain.app.auditing import audit_ledger
from lotchain.app.wiring import create_ledger, open_ledger, open_reader
from lotchain.core.checkpoints import parse_checkpoint_text
from lotchain.core.notes import parse_note
from lotchain.ledger.reader import Reader
from lotchain.storage.highwater import FileHighWaterMark

WRITER = [str(Path(sys.executable).resolve()), str(Path(__file__).with_name("ledger_writer.py"))]
_FULL_AUDIT_EVERY = 10
"""A whole audit costs more than a kill: at some, and after the last; every kill is checked against the newest lines."""
_LINES = 60
"""Lines that are checked after every kill; all of them at the audits, or the check would outgrow the kills."""


@dataclass
class Survived:
    """What a run of kills came to."""

    kills: int = 0
    acknowledged: int = 0
    unsaid: int = 0
    """Batches that stood although the process was killed before it could say so."""
    audits: int = 0
    sizes: list[int] = field(default_factory=list)


def run(kills: int, *, seed: int = 0) -> Survived:
    """Kill a writing process `kills` times at random moments, and check after each what it left.

    Every acknowledged statement stands at its index under its id; every root that was signed is the log's root at that
    size; the published checkpoint is none that goes back; the mark is not ahead of the store; the ledger opens again,
    and at intervals a whole audit finds it sound.
    """
    survived = Survived()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "ledger"
        create_ledger(folder, "ledger.example/lots").close()

        def check(acknowledged: list[str]) -> None:
            survived.kills += 1
            survived.acknowledged = sum(line.startswith("entry") for line in acknowledged)
            whole = survived.kills % _FULL_AUDIT_EVERY == 0 or survived.kills == kills
            _require_sound(folder, acknowledged if whole else acknowledged[-_LINES:], survived)
            if whole:
                report = audit_ledger(folder)
                assert report.sound, report.faults
                survived.audits += 1

        kill_writers(kills, [*WRITER, str(folder)], check, seed=seed, longest=0.15, environment=environment())
    return survived


def _require_sound(folder: Path, acknowledged: list[str], survived: Survived) -> None:
    reader = open_reader(folder)
    try:
        size = reader.size()
        told = [line.split() for line in acknowledged]
        highest = 0
        for words in told:
            if words[0] == "entry":
                index, hex_id, at, root = int(words[1]), words[2], int(words[3]), words[4]
                assert reader.index_of(bytes.fromhex(hex_id)) == index, "an acknowledged statement is lost"
                _require_root(reader, at, root)
                highest = max(highest, at)
        assert size >= highest
        survived.unsaid += size > highest
        survived.sizes.append(size)
        _require_published(reader, [words for words in told if words[0] == "published"])
        mark = FileHighWaterMark(folder / "log.mark").read()
        if mark is not None:
            assert mark.size <= size, "the mark is ahead of the store: something was signed and lost"
            _require_root(reader, mark.size, mark.root.hex())
    finally:
        reader.close()
    open_ledger(folder).close()


def _require_root(reader: Reader, size: int, root: str) -> None:
    row = reader.batch_ending(size)
    assert row is not None and row.root.hex() == root, f"another root was signed at size {size}"
    assert reader.root(size).hex() == root


def _require_published(reader: Reader, told: list[list[str]]) -> None:
    if not told:
        return
    checkpoint, note = reader.published()
    assert checkpoint == parse_checkpoint_text(parse_note(note).text)
    assert checkpoint.size >= int(told[-1][1]), "the published checkpoint went back"
    for words in told:
        _require_root(reader, int(words[1]), words[2])
    assert reader.head_proof("charter").head is not None


def test_kill_9_loses_nothing_and_signs_nothing_twice() -> None:
    survived = run(10)
    assert survived.kills == 10
    assert survived.audits >= 1
    assert survived.acknowledged > 20, "the writer was killed before it did anything; the test shows nothing"
    assert len(set(survived.sizes)) > 5
