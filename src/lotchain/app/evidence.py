"""Evidence from what an operator, a mirror or an inspector has at hand.

`evidence_of` is what an audit, a witness or a mirror calls with the fault that it has found. It gives a file for
others; where no third party can be shown the fault, it gives None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lotchain.app.auditing import audit_ledger
from lotchain.app.folder import Folder
from lotchain.app.wiring import open_reader
from lotchain.core.checkpoints import parse_checkpoint_text
from lotchain.core.notes import parse_note
from lotchain.core.tree_prefix import prefix_path, prefix_roots
from lotchain.errors import UsageError
from lotchain.events.reading import read_entry
from lotchain.ledger import faults
from lotchain.ledger.accusing import LogTree, ReadEntries, accuse
from lotchain.ledger.audit import Progress
from lotchain.ledger.faults import Fault
from lotchain.ledger.ports import Objection, Store
from lotchain.ledger.reader import Reader
from lotchain.storage.sqlite import SqliteStore
from lotchain.verify import evidence as kinds
from lotchain.verify.bundle import Leaf
from lotchain.verify.evidence import Act, Acts, Evidence, Prefix, SubjectShown, Tree, encode_evidence
from lotchain.verify.evidence_acts import check_acts, states_before, subjects_read

_TREES = frozenset({"witness-split-view", "witness-rolled-back", "witness-inconsistent"})


def evidence_of(
    found: Fault | Objection,
    note: bytes,
    entries: ReadEntries,
    *,
    before: Store | None = None,
    known: bytes | None = None,
    known_entries: ReadEntries | None = None,
) -> bytes | None:
    """The `.lotevidence` file of a fault, or None where nothing can be shown to a third party.

    Args:
        found: what an audit found, or what a witness or mirror objects to.
        note: the signed checkpoint in which it was found: of an objection, `Declined.note`.
        entries: the log under that checkpoint, such as `LogSource.entries`; not trusted.
        before: a store that holds the log just up to the faulty batch, such as a mirror's own copy: saves a replay.
        known: an earlier signed checkpoint of the same log, which a mirror keeps (its store's published note): for
            objections that two trees differ.
        known_entries: the log under `known`, from the mirror's own copy.

    Raises:
        UsageError: `evidence-tree`, where the entries are not those under the checkpoint; `evidence-late`,
            `evidence-too-large`.
        Malformed: a note or entry that cannot be read.
        StoreError: those of store and source.

    """
    if found.code in _TREES:
        made = None if known is None else two_trees(known, note, known_entries, entries)
    elif found.code in {code.code for code in faults.LOG_CODES}:
        try:
            made = accuse(note, entries, found.code, found.index, before=before)
        except UsageError as fault:
            if fault.code != "evidence-none":
                raise
            made = None
    else:
        made = None
    return None if made is None else encode_evidence(made)


def two_trees(
    known: bytes, shown: bytes, known_entries: ReadEntries | None, shown_entries: ReadEntries | None
) -> Evidence | None:
    """Evidence that two signed checkpoints exclude each other; None where they do not, or nobody can tell."""
    pairs = [(parse_checkpoint_text(parse_note(note).text), note) for note in (known, shown)]
    readers = {known: known_entries, shown: shown_entries}
    (old, smaller), (new, larger) = sorted(pairs, key=lambda pair: pair[0].size)
    if old.origin != new.origin:
        return None
    if old.size == new.size:
        return Evidence(kinds.SPLIT_VIEW, (Tree(smaller), Tree(larger))) if old.root != new.root else None
    read = readers[larger]
    if read is None or not old.size:
        return None
    try:
        tree = LogTree(new, read)
    except UsageError:
        return None  # a source that does not give the checkpoint's own entries shows nothing
    path = prefix_path(old.size, new.size, tree.subtree) or ()
    roots = prefix_roots(old.size, new.size, path)
    if roots is None or roots[0] == old.root:
        return None
    return Evidence(kinds.FORK, (Tree(smaller), Tree(larger)), Prefix(tuple(path)))


@dataclass(frozen=True, slots=True)
class Made:
    """Evidence of a ledger's first fault.

    Args:
        fault: what the audit found.
        data: the file.

    """

    fault: Fault
    data: bytes


def evidence_from_ledger(path: Path | str, *, progress: Progress | None = None) -> Made:
    """Audit a ledger's folder, and make evidence of the first fault of its log.

    Raises:
        UsageError: `evidence-none`, where the log itself is in order; and those of `evidence_of`.
        StoreError, Malformed: those of the audit.

    """
    report = audit_ledger(path, progress=progress)
    codes = {code.code for code in faults.LOG_CODES}
    found = sorted(
        (f for f in report.faults if f.code in codes), key=lambda f: report.size if f.index is None else f.index
    )
    if not found:
        raise UsageError(
            "evidence-none",
            "the audit finds nothing wrong with this log",
            found="; ".join(sorted(report.counts)) or "sound",
            remedy="faults of the store beside the log are no evidence: `lotchain audit` lists them",
        )
    store = SqliteStore.open(Folder(Path(path)).store, read_only=True)
    try:
        note = _covering(store, found[0].index)
        data = evidence_of(found[0], note, store.entries)
    finally:
        store.close()
    if data is None:
        raise UsageError("evidence-none", "no third party can be shown this fault", found=found[0].code)
    return Made(found[0], data)


def _covering(store: Store, index: int | None) -> bytes:
    """The published note where it covers the entry, since others cosigned it; else the newest one."""
    published, head = store.published(), store.head()
    if published is not None and index is not None and published[0] > index:
        return published[1]
    if head is None:
        raise UsageError("ledger-empty", "this ledger holds nothing yet")
    return head.note


def evidence_of_acts(
    first: Act, second: Act, *, lot: str | None = None, prev: bytes | None = None, ledger: Path | None = None,
    keys: Sequence[bytes] = (),
) -> bytes:  # fmt: skip
    """Evidence of two acts that exclude each other.

    Args:
        first: one act, with its reply where it is an offer.
        second: the other.
        lot: the lot on which they exclude each other; None: the one that both are about.
        prev: the statement that both follow; None: as the ledger has it, or none.
        ledger: a ledger's folder, which shows whose the keys are.
        keys: COSE keys of the signers, where there is no ledger.

    Raises:
        UsageError: `evidence-lot`, where the lot must be named.
        Malformed: statements that cannot be read; `evidence-unproved`, where the two prove nothing.
        StoreError: those of the ledger.

    """
    readings = [read_entry(act.raw) for act in (first, second)]
    lots = [{*r.event.subjects(), *r.event.creates()} for r in readings]
    shared = sorted(name for name in lots[0] & lots[1] if name.startswith("lot:"))
    if lot is None and len(shared) != 1:
        raise UsageError("evidence-lot", "name the lot on which the acts exclude each other", found=", ".join(shared))
    about = lot or shared[0]
    acts = Acts(about, first, second, prev, tuple(sorted(set(keys))))
    origin, _, charter = readings[0].statement.audience.partition("#")
    if ledger is None:
        check_acts(acts, origin, bytes.fromhex(charter), None)
        return encode_evidence(Evidence(kinds.DOUBLE_DEALING, (), acts))
    reader = open_reader(ledger)
    try:
        follows = readings[0].event.follows(about)
        if prev is None and follows:
            place = reader.index_of(bytes.fromhex(follows))
            acts = acts._replace(prev=None if place is None else reader.entry(place))
        made, heads_root = _with_ledger(acts, reader)
    finally:
        reader.close()
    assert isinstance(made.body, Acts)  # noqa: S101
    check_acts(made.body, origin, bytes.fromhex(charter), states_before(made.body, heads_root))
    return encode_evidence(made)


def _with_ledger(acts: Acts, reader: Reader) -> tuple[Evidence, bytes]:
    """The evidence, with the ledger's proofs, and the heads root that they stand under."""
    checkpoint, note = reader.published()
    names = subjects_read(acts)
    under, proofs = reader.head_proofs(names)
    if under != checkpoint:
        raise UsageError("store-busy", "the published checkpoint moved on meanwhile", remedy="try again")
    last = checkpoint.size - 1
    leaf = Leaf(last, reader.entry(last), tuple(reader.inclusion(last, checkpoint.size)))
    shown = tuple(SubjectShown(name, reader.published_state(name), proofs[name]) for name in names)
    made = Evidence(kinds.DOUBLE_DEALING, (Tree(note, (leaf,)),), acts._replace(subjects=shown, keys=()))
    return made, reader.closing_of(last)[0].heads_root
