"""Evidence for other people's tools: tlog-proofs, COSE receipts and transparent statements, made and checked again.

All of it is derived from the published checkpoint and can be made anew at any time; nothing is stored. A receipt needs
the log's own key, so only the operator makes one; a tlog-proof needs no key at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from lotchain.app.folder import Configuration, Folder
from lotchain.app.wiring import ed25519_signer, open_reader
from lotchain.core.checkpoints import Checkpoint, open_checkpoint_by
from lotchain.core.cose_receipts import (
    ConsistencyReceipt,
    InclusionReceipt,
    Receipt,
    check_consistency,
    check_inclusion,
    encode_transparent,
    parse_receipt,
    parse_transparent,
)
from lotchain.core.cosignatures import verify_cosignature
from lotchain.core.keys import ED25519, PublicKey
from lotchain.core.notes import ED25519_NOTE, Note, VerifierKey
from lotchain.core.statements import Statement, parse_statement
from lotchain.core.tlog_proof import TlogProof, check_tlog_proof, format_tlog_proof, parse_tlog_proof
from lotchain.core.tree import leaf_hash, verify_inclusion
from lotchain.errors import Malformed, SigningError, UsageError
from lotchain.ledger.reader import Reader, corrupt
from lotchain.signing.receipts import sign_consistency, sign_inclusion
from lotchain.signing.signer import SoftwareSigner

KINDS = ("tlog-proof", "cose-receipt", "scitt")


@dataclass(frozen=True, slots=True)
class Exported:
    """A file made for other people's tools.

    Args:
        data: its bytes.
        statement: the stored statement that it is about; empty for a consistency receipt.
        index: the statement's place in the log; for a consistency receipt, the older size.
        checkpoint: the published one.

    """

    data: bytes
    statement: bytes
    index: int
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file was found to prove.

    Args:
        root: the root that the log signed, 32 bytes.
        size: entries in that tree: signed in a tlog-proof, else only claimed.
        index: the statement's place: bound in a tlog-proof, else only claimed; the older size of a consistency receipt.
        bound: whether size and index are bound by a signature.
        cosigned: name to time in seconds, of the ledger's witnesses that cosigned; of a tlog-proof alone.

    """

    root: bytes
    size: int
    index: int
    bound: bool
    cosigned: Mapping[str, int] = field(default_factory=dict)


def export_proof(path: Path | str, statement_id: str, kind: str, *, passphrase: str | None = None) -> Exported:
    """A statement's place under the published checkpoint, as one of `KINDS`.

    Args:
        path: the ledger's folder; nothing in it is written.
        statement_id: 64 hexadecimal digits.
        kind: `tlog-proof`, `cose-receipt` or `scitt`.
        passphrase: of the ledger's keys, where they are protected; not asked for by a tlog-proof.

    Raises:
        UsageError: `statement-unknown`, `not-published`, `nothing-published`, `log-key-changed`.
        SigningError: `key-file-…`, `log-key-differs`: a receipt is signed by the log's own key.
        StoreError, Malformed: those of the ledger.

    """
    with _opened(path) as (folder, configuration, reader):
        checkpoint, note = _published(configuration, reader)
        index, statement = _stored(reader, statement_id, checkpoint.size)
        inclusion = reader.inclusion(index, checkpoint.size)
        if not verify_inclusion(leaf_hash(statement.raw), index, checkpoint.size, inclusion, checkpoint.root):
            raise corrupt(f"the stored hashes do not lead from entry {index} to the published root")
        if kind == "tlog-proof":
            data = format_tlog_proof(TlogProof(index, tuple(inclusion), note))
            parse_tlog_proof(data)
            return Exported(data, statement.raw, index, checkpoint)
        signer = _log_signer(folder, configuration, passphrase)
        data = sign_inclusion(
            signer, configuration.origin, statement, size=checkpoint.size, leaf_index=index, path=inclusion,
            root=checkpoint.root,
        )  # fmt: skip
        if kind == "scitt":
            data = encode_transparent(statement, (data,))
            parse_transparent(data)
        return Exported(data, statement.raw, index, checkpoint)


def export_consistency(path: Path | str, old_size: int, *, passphrase: str | None = None) -> Exported:
    """A COSE receipt that the published log begins with its first `old_size` entries; errors as `export_proof`.

    Raises:
        UsageError: `size-range`, where the sizes do not grow.

    """
    with _opened(path) as (folder, configuration, reader):
        checkpoint, _ = _published(configuration, reader)
        if not 0 < old_size < checkpoint.size:
            raise UsageError(
                "size-range", "consistency is proved from an older tree to the published one",
                expected=f"1 to {checkpoint.size - 1}", found=old_size,
            )  # fmt: skip
        data = sign_consistency(
            _log_signer(folder, configuration, passphrase), configuration.origin, old_size=old_size,
            old_root=reader.root(old_size), new_size=checkpoint.size,
            path=reader.consistency(old_size, checkpoint.size), root=checkpoint.root,
        )  # fmt: skip
        return Exported(data, b"", old_size, checkpoint)


def check_proof(path: Path | str, statement_id: str, kind: str, data: bytes) -> Checked:
    """Verify a file that `export_proof` made, by the log's keys that sign now and the statement as it is stored.

    Raises:
        UsageError: `statement-unknown`.
        Malformed: what the parsers and checks of `lotchain.core.tlog_proof` and `lotchain.core.cose_receipts` raise;
            `receipt-statement`, where a transparent statement holds another statement.

    """
    with _opened(path) as (_, configuration, reader):
        _, statement = _stored(reader, statement_id, reader.size())
    if kind == "tlog-proof":
        proof = parse_tlog_proof(data)
        checkpoint, note = check_tlog_proof(proof, statement.raw, configuration.present)
        cosigned = _cosigned(configuration, checkpoint, note)
        return Checked(checkpoint.root, checkpoint.size, proof.leaf_index, True, cosigned)
    if kind == "scitt":
        taken = parse_transparent(data)
        if taken.statement.raw != statement.raw:
            raise Malformed(
                "receipt-statement", "a transparent statement holds another statement than the ledger's",
                expected=statement.hex_id, found=taken.statement.hex_id,
            )  # fmt: skip
        receipts = taken.receipts
    else:
        made = parse_receipt(data)
        if not isinstance(made, InclusionReceipt):
            raise _other_kind("inclusion", "consistency")
        receipts = (made,)
    roots = [
        check_inclusion(each, statement, _key_of(configuration, each.receipt), configuration.origin)
        for each in receipts
    ]
    return Checked(roots[0], receipts[0].size, receipts[0].leaf_index, False)


def check_consistency_of(path: Path | str, old_size: int, data: bytes) -> Checked:
    """Verify a file that `export_consistency` made, from the root that the ledger itself has at `old_size`.

    Raises:
        UsageError: `size-range`, where the ledger is shorter.
        Malformed: as `check_proof`; `receipt-statement`, where the receipt claims another older size.

    """
    with _opened(path) as (_, configuration, reader):
        if not 0 < old_size <= reader.size():
            raise UsageError("size-range", "the log is not that long", found=old_size)
        old_root = reader.root(old_size)
    made = parse_receipt(data)
    if not isinstance(made, ConsistencyReceipt):
        raise _other_kind("consistency", "inclusion")
    if made.old_size != old_size:
        raise Malformed(
            "receipt-statement", "a receipt starts from another size", expected=str(old_size), found=made.old_size
        )
    root = check_consistency(made, old_root, _key_of(configuration, made.receipt), configuration.origin)
    return Checked(root, made.new_size, old_size, False)


@contextmanager
def _opened(path: Path | str) -> Iterator[tuple[Folder, Configuration, Reader]]:
    folder = Folder(Path(path))
    configuration = folder.read()
    with closing(open_reader(folder.path)) as reader:
        yield folder, configuration, reader


def _published(configuration: Configuration, reader: Reader) -> tuple[Checkpoint, bytes]:
    """The published checkpoint, once its signatures hold and the stored tree leads to its root."""
    _, note = reader.published()
    checkpoint, parsed = open_checkpoint_by(note, configuration.known)
    if not any(key.line_in(parsed) for key in _ed25519(configuration)):
        raise UsageError(
            "log-key-changed", "the published checkpoint is signed by a key of before alone",
            remedy="publish the newest checkpoint first",
        )  # fmt: skip
    if reader.root(checkpoint.size) != checkpoint.root:
        raise corrupt(f"the stored tree does not lead to the published root of {checkpoint.size} entries")
    return checkpoint, note


def _ed25519(configuration: Configuration) -> list[VerifierKey]:
    return [key for key in configuration.present if key.kind == ED25519_NOTE]


def _key_of(configuration: Configuration, receipt: Receipt) -> PublicKey:
    """The log's key that a receipt names, of those that sign now; the present one where it names none of them."""
    keys = [PublicKey(ED25519, key.public) for key in _ed25519(configuration)]
    return next((key for key in keys if key.thumbprint == receipt.kid), keys[0])


def _stored(reader: Reader, statement_id: str, size: int) -> tuple[int, Statement]:
    index = reader.index_of(bytes.fromhex(statement_id))
    if index is None:
        raise UsageError(
            "statement-unknown", "this ledger holds no such statement", found=statement_id,
            remedy="check the id; `lotchain lot history` lists those of a lot",
        )  # fmt: skip
    if index >= size:
        raise UsageError(
            "not-published", "the statement is newer than the published checkpoint", found=f"entry {index} of {size}",
            remedy="publish the newest checkpoint first",
        )  # fmt: skip
    return index, parse_statement(reader.entry(index))


def _log_signer(folder: Folder, configuration: Configuration, passphrase: str | None) -> SoftwareSigner:
    try:
        return ed25519_signer(folder, configuration.log_key, passphrase)
    except SigningError as fault:
        raise SigningError(
            fault.code, f"a receipt is signed by the log's own key: {fault.what}", expected=fault.expected,
            found=fault.found, remedy=f"{fault.remedy or 'bring the key'}; without it, a tlog-proof can be made",
        ) from fault  # fmt: skip


def _cosigned(configuration: Configuration, checkpoint: Checkpoint, note: Note) -> dict[str, int]:
    """The ledger's witnesses that cosigned, each with its newest time; a line of theirs that is wrong refuses all."""
    found: dict[str, int] = {}
    for key in configuration.witnesses:
        line = key.line_in(note)
        if line is None:
            continue
        time_s = verify_cosignature(key, line, checkpoint, note.text)
        if time_s is None:
            raise Malformed(
                "cosignature-invalid", f"a cosignature in the name of {key.name} does not verify",
                expected=f"a valid line by {key.name}, key id {key.key_id.hex()}",
            )  # fmt: skip
        found[key.name] = max(time_s, found.get(key.name, 0))
    return found


def _other_kind(expected: str, found: str) -> Malformed:
    return Malformed("receipt-format", "this is a receipt of another kind", expected=expected, found=found)
