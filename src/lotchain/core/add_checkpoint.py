"""`add-checkpoint`: what a log asks a witness, and what the witness answers (C2SP tlog-witness v1.0.0).

Bytes only: who answers what is decided in `lotchain.witness.growing`, and carried over HTTP elsewhere. Byte for byte:
`specs/formats/witness.md`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from lotchain.core.checkpoints import MAX_CHECKPOINT_SIZE, parse_checkpoint_text
from lotchain.core.encodings import b64decode, b64encode, parse_uint
from lotchain.core.notes import MAX_NOTE, MAX_SIGNATURES, Note, NoteSignature, parse_signature_line
from lotchain.core.tree import EMPTY_ROOT, HASH_SIZE
from lotchain.errors import Malformed

PATH: Final = "add-checkpoint"
"""What follows a witness's submission prefix."""
SIZE_TYPE: Final = "text/x.tlog.size"
"""Media type of the answer that states a size."""
TEXT_TYPE: Final = "text/plain; charset=utf-8"
MAX_PROOF: Final = 63
"""Hashes of the longest consistency proof between trees of at most 2^63 entries."""
MAX_REQUEST: Final = MAX_NOTE + 4_096
"""Bytes of the longest request: a note, and before it at most 63 hashes of 45 bytes and the size."""
MAX_COSIGNATURES: Final = MAX_NOTE
"""Bytes of the longest answer that is read."""

COSIGNED, MALFORMED, UNSIGNED, UNKNOWN, NOT_LATEST, INCONSISTENT = 200, 400, 403, 404, 409, 422
"""What a witness answers, as HTTP statuses."""

_OLD: Final = "old "
_SIZE_DIGITS: Final = 20


class Request(NamedTuple):
    """A checkpoint to be cosigned, with the proof that its tree begins with that of size `old`.

    Args:
        old: size of the latest checkpoint that the witness cosigned, as the asker thinks; 0 for none.
        proof: hashes of the consistency proof from `old` to the checkpoint's size.
        note: the checkpoint, signed.

    """

    old: int
    proof: tuple[bytes, ...]
    note: bytes

    def encode(self) -> bytes:
        """The body of the request."""
        lines = [f"{_OLD}{self.old}", *map(b64encode, self.proof), "", ""]
        return "\n".join(lines).encode("ascii") + self.note


class Head(NamedTuple):
    """What a checkpoint's text says. Unlike a `Checkpoint` it may give an empty tree another root: that is answered."""

    origin: str
    size: int
    root: bytes

    @property
    def empty_and_wrong(self) -> bool:
        """Whether it gives the empty tree another root than its own."""
        return self.size == 0 and self.root != EMPTY_ROOT


class Answer(NamedTuple):
    """What a witness says to a request: an HTTP status, the body and its media type."""

    status: int
    body: bytes
    media_type: str = TEXT_TYPE


def parse_request(data: bytes) -> Request:
    """Read a request's body; the note in it is not read.

    Raises:
        Malformed: `witness-request`.

    """
    if len(data) > MAX_REQUEST:
        raise _fault("it is too long", expected=f"at most {MAX_REQUEST} bytes", found=f"{len(data)} bytes")
    head, blank, note = data.partition(b"\n\n")
    if not blank:
        raise _fault("no empty line stands before the checkpoint")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise _fault("its lines before the checkpoint are not ASCII") from None
    if not first.startswith(_OLD):
        raise _fault("its first line does not state the old size", expected="old, a space, a number", found=first)
    if len(lines) > MAX_PROOF:
        raise _fault("its proof is too long", expected=f"at most {MAX_PROOF} hashes", found=len(lines))
    try:
        old = parse_uint(first[len(_OLD) :], max_value=MAX_CHECKPOINT_SIZE)
        proof = tuple(b64decode(line) for line in lines)
    except Malformed as fault:
        raise _fault("a size or hash is not in its one spelling", found=fault.found) from None
    if any(len(each) != HASH_SIZE for each in proof):
        raise _fault("a line of its proof is no hash", expected="32 bytes in base64")
    return Request(old, proof, note)


def read_head(note: Note) -> Head:
    """What the checkpoint in a note says.

    Raises:
        Malformed: `checkpoint-format`, `checkpoint-extension`.

    """
    origin, _, rest = note.text.partition("\n")
    root_text = rest.removeprefix("0\n").removesuffix("\n")
    if rest == f"0\n{root_text}\n":
        # An empty tree with another root is no checkpoint to anybody else; here it has an answer of its own.
        checkpoint = parse_checkpoint_text(f"{origin}\n0\n{b64encode(EMPTY_ROOT)}\n")
        try:
            root = b64decode(root_text)
        except Malformed:
            root = b""
        if len(root) == HASH_SIZE:
            return Head(checkpoint.origin, 0, root)
    checkpoint = parse_checkpoint_text(note.text)
    return Head(checkpoint.origin, checkpoint.size, checkpoint.root)


def cosigned(lines: Iterable[NoteSignature]) -> Answer:
    """The answer 200: the witness's lines."""
    return Answer(COSIGNED, "".join(line.line() for line in lines).encode("utf-8"))


def not_latest(size: int) -> Answer:
    """The answer 409: the size of the latest checkpoint that was cosigned."""
    return Answer(NOT_LATEST, f"{size}\n".encode("ascii"), SIZE_TYPE)


def parse_cosignatures(body: bytes) -> tuple[NoteSignature, ...]:
    """Read the body of an answer 200: one or more signature lines. None of them is verified.

    Raises:
        Malformed: `witness-answer`, `note-signature`.

    """
    if len(body) > MAX_COSIGNATURES:
        raise _answer_fault("it is too long", expected=f"at most {MAX_COSIGNATURES} bytes", found=f"{len(body)} bytes")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise _answer_fault("it is not UTF-8") from None
    if not text.endswith("\n"):
        raise _answer_fault("it does not end with a line", found=text[-60:])
    lines = text[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise _answer_fault("it has too many lines", expected=f"at most {MAX_SIGNATURES}", found=len(lines))
    return tuple(parse_signature_line(line) for line in lines)


def parse_size(body: bytes) -> int:
    """Read the body of an answer 409: a size and a newline.

    Raises:
        Malformed: `witness-answer`.

    """
    try:
        text = body[: _SIZE_DIGITS + 2].decode("ascii")
        if text.endswith("\n") and len(body) == len(text):
            return parse_uint(text[:-1], max_value=MAX_CHECKPOINT_SIZE)
    except (UnicodeDecodeError, Malformed):
        pass
    raise _answer_fault("it states no size", expected="a plain decimal number and a newline", found=body[:60])


def _fault(why: str, *, expected: str = "", found: object = "") -> Malformed:
    return Malformed(
        "witness-request", f"this is no request to cosign a checkpoint: {why}", expected=expected, found=found
    )


def _answer_fault(why: str, *, expected: str = "", found: object = "") -> Malformed:
    return Malformed("witness-answer", f"a witness's answer cannot be read: {why}", expected=expected, found=found)
