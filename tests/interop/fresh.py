"""Fresh ledgers for the independent checkers: built by the program's own doors, new keys each time.

Two ledgers of one story, so that published sizes fall on either side of full tiles; statements signed with Ed25519 and
ES256; two witnesses that replay and cosign with Ed25519 and ML-DSA-44. What is published is exported by the command
line, as an operator would.
"""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

from tests.unit.world import ORIGIN, World

from lotchain.app.folder import Folder
from lotchain.app.wiring import create_ledger, open_reader
from lotchain.app.witnessing import create_witness, source_at
from lotchain.cli.entry import main
from lotchain.core.notes import VerifierKey
from lotchain.core.statements import parse_statement
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.receipts import Receipt
from lotchain.signing import new_signer
from lotchain.witness.auditing import Cosigned

SIZES = ((30, 254, 256, 512), (31, 255, 257, 513))
"""The published sizes of each ledger: around one full tile, and around two."""
LARGEST = 513
WITNESSES = ("cn.witness.example", "mx.witness.example")


@dataclass
class SetClock:
    """A clock that stands where the story is."""

    time: int

    def now(self) -> int:
        return self.time


@dataclass
class Publication:
    """A log as it was published at one size.

    Args:
        size: entries.
        root: 32 bytes.
        note: the published note, cosigned.
        tiles: the folder that `lotchain export tiles` wrote, entry bundles included.

    """

    size: int
    root: bytes
    note: bytes
    tiles: Path


@dataclass
class FreshLedger:
    """One ledger, and all that the checkers are told of it."""

    path: Path
    log_key: VerifierKey
    mldsa_key: VerifierKey
    witnesses: list[VerifierKey]
    entries: list[bytes]
    keys: dict[bytes, tuple[int, bytes]]
    publications: list[Publication] = field(default_factory=list)


def story() -> World:
    """Enough statements for the largest tree: lots made by an Ed25519 key and an ES256 key in turn."""
    world = World()
    card = new_signer("es256")
    world.enrol("maker", card)
    world.signers["card"] = card
    while len(world.log) < LARGEST:
        number = len(world.log)
        if number % 3:
            world.make(f"R-{number}", 100 + number)
        else:
            _make_by_card(world, f"R-{number}")
        if number % 40 == 0:
            world.advance()
    return world


def _make_by_card(world: World, local: str) -> None:
    own = world.signers["maker"]
    world.signers["maker"] = world.signers["card"]
    try:
        world.make(local, 50)
    finally:
        world.signers["maker"] = own


def build(folder: Path) -> list[FreshLedger]:
    """Both ledgers, in subfolders of `folder`, which must be empty."""
    world = story()
    raws = [cited.raw for cited in world.log.values()]
    keys = {each.public.thumbprint: (each.public.algorithm, each.public.raw) for each in world.signers.values()}
    return [_ledger(folder / f"ledger-{n}", raws, world.time, sizes, keys) for n, sizes in enumerate(SIZES)]


def _ledger(
    path: Path, raws: list[bytes], time: int, sizes: tuple[int, ...], keys: dict[bytes, tuple[int, bytes]]
) -> FreshLedger:
    clock = SetClock(time)
    ledger = create_ledger(path, ORIGIN, clock=clock)
    configuration = Folder(path).read()
    assert configuration.mldsa_key is not None
    witnesses = []
    for name in WITNESSES:
        made = create_witness(
            path.with_name(f"{path.name}-{name}"), name, log_key=configuration.log_key,
            log_mldsa_key=configuration.mldsa_key, mldsa=True, clock=clock,
        )  # fmt: skip
        assert made.witness.mldsa_key is not None
        witnesses.append(made)
    vkeys = [key for each in witnesses for key in (each.witness.key, each.witness.mldsa_key) if key is not None]
    run("ledger", "admit-witness", *(key.encode() for key in vkeys), "--ledger", str(path))
    fresh = FreshLedger(path, configuration.log_key, configuration.mldsa_key, vkeys, [], keys)
    at = 0
    for size in sizes:
        at = _grow(ledger, raws, at, size, clock)
        ledger.publish()
        for each in witnesses:
            seen = each.witness.look(source_at(path))
            assert isinstance(seen, Cosigned), seen
            for line in seen.lines:
                ledger.add_cosignature(line, next(key for key in vkeys if key.made(line)))
        checkpoint, note = ledger.reader.published()
        tiles = path.with_name(f"{path.name}-tiles-{size}")
        run("export", "tiles", str(path), str(tiles), "--with-entries")
        fresh.publications.append(Publication(checkpoint.size, checkpoint.root, note, tiles))
    fresh.entries = list(ledger.reader.entries(0, sizes[-1]))
    for each in witnesses:
        each.close()
    ledger.close()
    return fresh


def _grow(ledger: Ledger, raws: list[bytes], at: int, size: int, clock: SetClock) -> int:
    """Batches until the log has exactly `size` entries, a closing record each; where the story is then."""
    while ledger.size < size:
        room = size - ledger.size - 1  # one entry is this batch's closing record
        count = min(room, 60)
        count -= room - count == 1  # nor may a lone entry be left: a batch has two at least
        clock.time += 1000
        answers = ledger.submit(raws[at : at + count])
        assert all(isinstance(answer, Receipt) for answer in answers), answers
        at += count
    assert ledger.size == size, (ledger.size, size)
    return at


def statements_of(fresh: FreshLedger, algorithm: int, count: int) -> list[int]:
    """The indexes of the first `count` statements that a key of this algorithm signed."""
    found = []
    for index, entry in enumerate(fresh.entries):
        if entry.startswith(b"\xd2") and parse_statement(entry).algorithm == algorithm:
            found.append(index)
        if len(found) == count:
            break
    return found


def export(fresh: FreshLedger, index: int, kind: str) -> bytes:
    """`lotchain export proof` of the statement at `index`, under the newest publication; checked by our own code."""
    out = fresh.path.with_name(f"{fresh.path.name}-{index}.{kind}")
    statement = parse_statement(fresh.entries[index]).hex_id
    run("export", "proof", str(fresh.path), statement, "--as", kind, "--out", str(out))
    run("export", "proof", str(fresh.path), statement, "--as", kind, "--check", str(out))
    return out.read_bytes()


def export_consistency(fresh: FreshLedger, old: int) -> bytes:
    """`lotchain export consistency` from `old` entries to the newest publication."""
    out = fresh.path.with_name(f"{fresh.path.name}-from-{old}.cose")
    run("export", "consistency", str(fresh.path), str(old), "--out", str(out))
    run("export", "consistency", str(fresh.path), str(old), "--check", str(out))
    return out.read_bytes()


def consistency_path(fresh: FreshLedger, old: int, new: int) -> list[bytes]:
    """The ledger's own path between two sizes."""
    reader = open_reader(fresh.path)
    try:
        return reader.consistency(old, new)
    finally:
        reader.close()


def inclusion_path(fresh: FreshLedger, index: int, size: int) -> list[bytes]:
    """The ledger's own path of an entry."""
    reader = open_reader(fresh.path)
    try:
        return reader.inclusion(index, size)
    finally:
        reader.close()


def root_at(fresh: FreshLedger, size: int) -> bytes:
    """The ledger's own root at a size."""
    reader = open_reader(fresh.path)
    try:
        return reader.root(size)
    finally:
        reader.close()


def run(*arguments: str) -> None:
    """One command line, which must succeed."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        code = main(list(arguments))
    assert code == 0, (arguments, out.getvalue())
