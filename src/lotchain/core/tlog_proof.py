"""A statement's place in the published log as one small text file: C2SP tlog-proof, for other people's tools.

It binds more than a COSE receipt does: index and size are checked against a signed checkpoint, and the witnesses'
cosignatures come along. It does not hold the statement. A draft of C2SP without a release tag as of this writing,
hence the version in its first line. Byte for byte: `specs/formats/exports.md`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from lotchain.core.checkpoints import Checkpoint, open_checkpoint_by, parse_checkpoint_text
from lotchain.core.encodings import b64decode, b64encode, parse_uint
from lotchain.core.notes import MAX_NOTE, Note, VerifierKey, parse_note
from lotchain.core.tree import HASH_SIZE, MAX_PATH, MAX_SIZE, leaf_hash, verify_inclusion
from lotchain.errors import Malformed

FIRST_LINE = "c2sp.org/tlog-proof@v1"
MAX_TLOG_PROOF = MAX_NOTE + 4_096
"""Bytes: the longest note, and room for 63 hashes and the lines before them."""

_OF_SOME_VERSION = re.compile(r"c2sp\.org/tlog-proof@v[0-9]{1,4}")
_INDEX = "index "
_EXTRA = "extra "


class TlogProof(NamedTuple):
    """What the file says; nobody has vouched for it yet.

    Args:
        leaf_index: the entry's place in the log.
        path: its inclusion path, the leaf's sibling first; at most 63 hashes of 32 bytes.
        note: the checkpoint's whole note, verbatim.

    """

    leaf_index: int
    path: tuple[bytes, ...]
    note: bytes


def format_tlog_proof(proof: TlogProof) -> bytes:
    """The file's bytes."""
    lines = [FIRST_LINE, f"{_INDEX}{proof.leaf_index}", *(b64encode(member) for member in proof.path), "", ""]
    return "\n".join(lines).encode("ascii") + proof.note


def parse_tlog_proof(data: bytes) -> TlogProof:
    """Read a proof strictly: what was read, written again, is the same bytes.

    Raises:
        Malformed: `too-large`; `version-unsupported`; `unsigned-data` for an `extra` line, which no signature covers
            and lotchain never writes; `tlog-proof-format` for any other fault of the lines; `note-format`,
            `note-signature`, `checkpoint-format`, `checkpoint-extension` for the note.

    """
    if len(data) > MAX_TLOG_PROOF:
        raise Malformed("too-large", "a tlog-proof is too large", expected=f"at most {MAX_TLOG_PROOF} bytes",
                        found=len(data))  # fmt: skip
    head, blank, note = data.partition(b"\n\n")
    if not blank:
        raise _fault("a tlog-proof has no empty line before its checkpoint", expected="an empty line")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as fault:
        raise _fault("the lines before the checkpoint are not ASCII", found=str(fault)) from None
    _check_first(lines[0])
    if lines[1:] and lines[1].startswith(_EXTRA):
        raise Malformed(
            "unsigned-data",
            "a tlog-proof carries data that no signature covers",
            expected="no extra line",
            found=lines[1],
            remedy="take the line out: nothing may rest on it",
            field="extra",
        )
    if len(lines) < 2 or not lines[1].startswith(_INDEX):
        raise _fault("a tlog-proof's second line is not the index", expected="index N", found=lines[1:2], field="index")
    proof = TlogProof(_index(lines[1].removeprefix(_INDEX)), _path(lines[2:]), note)
    parse_checkpoint_text(parse_note(note).text)
    return proof


def check_tlog_proof(proof: TlogProof, entry: bytes, log_keys: Sequence[VerifierKey]) -> tuple[Checkpoint, Note]:
    """Verify that `entry` stands at the proof's index in the log whose keys these are, under its checkpoint.

    The cosignatures are left to a trust policy (`lotchain.verify.policy.weigh` of the note).

    Args:
        proof: as it was read.
        entry: the statement's bytes, byte for byte as they were logged.
        log_keys: see `lotchain.core.checkpoints.open_checkpoint_by`.

    Raises:
        Malformed: what `open_checkpoint_by` raises; `inclusion-invalid`.

    """
    checkpoint, note = open_checkpoint_by(proof.note, log_keys)
    if not verify_inclusion(leaf_hash(entry), proof.leaf_index, checkpoint.size, proof.path, checkpoint.root):
        raise Malformed(
            "inclusion-invalid",
            "the path does not lead from this statement to the checkpoint's root",
            expected=f"an inclusion path for index {proof.leaf_index} of {checkpoint.size}",
            remedy="check that proof and statement belong together; do not rely on either before",
        )
    return checkpoint, note


def _check_first(line: str) -> None:
    if line == FIRST_LINE:
        return
    if _OF_SOME_VERSION.fullmatch(line):
        raise Malformed(
            "version-unsupported", "a tlog-proof is of another version", expected=FIRST_LINE, found=line,
            remedy="use a newer lotchain",
        )  # fmt: skip
    raise _fault("this is no tlog-proof", expected=FIRST_LINE, found=line)


def _index(text: str) -> int:
    try:
        return parse_uint(text, max_value=MAX_SIZE)
    except Malformed:
        raise _fault(
            "the index is not a plain decimal number", expected="0 to 2^62, no leading zero", found=text, field="index"
        ) from None


def _path(lines: Sequence[str]) -> tuple[bytes, ...]:
    if len(lines) > MAX_PATH:
        raise _fault("the path is too long", expected=f"at most {MAX_PATH} hashes", found=len(lines), field="path")
    hashes = []
    for number, line in enumerate(lines):
        try:
            member = b64decode(line)
        except Malformed:
            member = b""
        if len(member) != HASH_SIZE:
            raise _fault(
                "a line of the path is no hash", expected="32 bytes in canonical base64", found=line,
                field=f"path[{number}]",
            )  # fmt: skip
        hashes.append(member)
    return tuple(hashes)


def _fault(what: str, *, expected: str = "", found: object = "", field: str = "") -> Malformed:
    return Malformed("tlog-proof-format", what, expected=expected, found=found, field=field)
