"""Makes specs/vectors/witness.json: what a plain witness is asked and answers, always the same bytes.

`python -m tests.vectors_build.witness` from the root of the project. The trees are those over `L0`, `L1`, …; the log and
the witness sign with the seeds of the other vectors of notes, and the witness's clock stands still.
"""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256

from tests.vectors_build.notes import (
    LOG,
    LOG_KEY,
    LOG_MLDSA,
    LOG_MLDSA_KEY,
    ORIGIN,
    OTHER_LOG,
    TIME,
    VECTORS,
    W_KEYS,
    W_NAMES,
    WITNESSES,
    Case,
    b64,
    bent,
    mldsa_line,
    note,
)

from lotchain.core.checkpoints import Checkpoint
from lotchain.core.notes import NoteSignature, VerifierKey
from lotchain.core.tree import EMPTY_ROOT, consistency_path, leaf_hash, root_of
from lotchain.signing.notes import cosign_ed25519, sign_note

OTHER_ORIGIN = "ledger.example/other"
OTHER_KEY = VerifierKey(OTHER_ORIGIN, 1, OTHER_LOG.public.raw)
NAME, KEY, SIGNER = W_NAMES[0], W_KEYS[0], WITNESSES[0]
LOGS = {ORIGIN: (LOG_KEY, LOG_MLDSA_KEY), OTHER_ORIGIN: (OTHER_KEY,)}
NOW = TIME + 60
SOURCE = "made by tests/vectors_build/witness.py from fixed seeds over the leaves L0, L1, …"


@cache
def leaves(count: int) -> tuple[bytes, ...]:
    return tuple(leaf_hash(f"L{n}".encode()) for n in range(count))


def root(size: int) -> bytes:
    return root_of(leaves(size))


def proof(old: int, new: int) -> tuple[bytes, ...]:
    return tuple(
        consistency_path(old, new, lambda level, index: root_of(leaves(64)[index << level : (index + 1) << level]))
    )


def sha(origin: str) -> str:
    """The name of a log's checkpoint under a witness's monitoring prefix."""
    return sha256(origin.encode()).hexdigest()


def head(size: int, origin: str = ORIGIN, of: bytes | None = None) -> Checkpoint:
    return Checkpoint(origin, size, root(size) if of is None else of)


def line(text: str, name: str = ORIGIN) -> NoteSignature:
    return sign_note(text, name, LOG if name == ORIGIN else OTHER_LOG)


def noted(text: str, *lines: NoteSignature) -> str:
    return note(*(lines or (line(text, text.partition("\n")[0]),)), text=text)


def kept(size: int, origin: str = ORIGIN, time: int = TIME) -> str:
    """What the witness keeps of a checkpoint that it cosigned."""
    text = head(size, origin).text()
    return noted(text, line(text, origin), cosign_ed25519(text, NAME, SIGNER, time))


def body(old: object, path: tuple[bytes, ...], checkpoint: str) -> str:
    return "\n".join([f"old {old}", *map(b64, path), "", ""]) + checkpoint


def answered(text: str) -> str:
    return cosign_ed25519(text, NAME, SIGNER, NOW).line()


def case(name: str, comment: str, latest: str, request: str, status: int, answer: str) -> Case:
    """`answer` is the whole body for 200 and 409, else the code that stands before the colon."""
    shown: Case = {"name": name, "comment": comment, "valid": status == 200}
    shown |= {} if status in (200, 409) else {"code": answer}
    shown |= {"latest": latest, "request": request, "status": status}
    return shown | ({"answer": answer} if status in (200, 409) else {})


def cosigned() -> list[Case]:
    seven, empty = head(7).text(), head(0).text()
    both = noted(seven, line(seven), mldsa_line(LOG_MLDSA, ORIGIN, 0, head(7)))
    second = noted(seven, mldsa_line(LOG_MLDSA, ORIGIN, 0, head(7)))
    stranger = NoteSignature("elsewhere.example", b"\x01\x02\x03\x04", bytes(72))
    unknown_type = NoteSignature(ORIGIN, b"\x01\x02\x03\x04", bytes(64))
    more = noted(seven, stranger, unknown_type, line(seven), cosign_ed25519(seven, NAME, SIGNER, TIME))
    other = head(3, OTHER_ORIGIN).text()
    yes = [
        ("first", "the first checkpoint of a log", "", body(0, (), noted(seven)), seven),
        ("from-3", "grown from 3 to 7", kept(3), body(3, proof(3, 7), noted(seven)), seven),
        ("from-4", "from a power of two", kept(4), body(4, proof(4, 7), noted(seven)), seven),
        ("from-1", "from one entry", kept(1), body(1, proof(1, 7), noted(seven)), seven),
        ("by-one", "grown by one entry", kept(6), body(6, proof(6, 7), noted(seven)), seven),
        ("unchanged", "cosigned anew: the time is new", kept(7), body(7, (), noted(seven)), seven),
        ("empty", "an empty log", "", body(0, (), noted(empty)), empty),
        ("empty-again", "still empty", kept(0), body(0, (), noted(empty)), empty),
        ("after-empty", "the first entries after an empty checkpoint", kept(0), body(0, (), noted(seven)), seven),
        ("two-signatures", "both of the log's keys signed", kept(3), body(3, proof(3, 7), both), seven),
        ("second-key-alone", "any key that is known is enough", kept(3), body(3, proof(3, 7), second), seven),
        (
            "strangers-too",
            "lines of unknown keys are passed over, its own too",
            kept(3),
            body(3, proof(3, 7), more),
            seven,
        ),
        ("another-log", "each log has a memory of its own", "", body(0, (), noted(other)), other),
    ]
    return [case(*first, request, 200, answered(text)) for *first, request, text in yes]


def behind() -> list[Case]:
    """Who is answered with the size of the latest checkpoint."""
    ask = body(0, (), noted(head(7).text()))
    forged = noted(Checkpoint(ORIGIN, 7, bytes(range(32))).text())
    no = [
        ("asks-for-the-size", "old size 0 asks where the witness stands", kept(3), ask, "3\n"),
        ("behind", "the asker thinks it stands at 4", kept(5), body(4, proof(4, 7), noted(head(7).text())), "5\n"),
        ("ahead", "the asker thinks it stands at 6", kept(5), body(6, proof(6, 7), noted(head(7).text())), "5\n"),
        ("never-cosigned", "nothing was cosigned yet", "", body(3, proof(3, 7), noted(head(7).text())), "0\n"),
        ("older", "an older checkpoint than was cosigned", kept(7), body(3, proof(3, 5), noted(head(5).text())), "7\n"),
        ("older-same", "an older one, from itself", kept(7), body(5, (), noted(head(5).text())), "7\n"),
        ("behind-and-forged", "the size is looked at before the proof", kept(5), body(4, (), forged), "5\n"),
        (
            "behind-with-a-proof-from-0",
            "and before a proof that cannot be",
            kept(5),
            body(0, proof(3, 7), noted(head(7).text())),
            "5\n",
        ),
    ]
    return [case(name, comment, latest, request, 409, answer) for name, comment, latest, request, answer in no]


def inconsistent() -> list[Case]:
    """Who signed a tree that is not grown from the one before."""
    seven = noted(head(7).text())
    path = proof(3, 7)
    forked = noted(Checkpoint(ORIGIN, 7, bytes(range(32))).text())
    empty = f"{ORIGIN}\n0\n{b64(bytes(32))}\n"
    wrong = "witness-proof"
    no = [
        ("other-root", "another tree of size 7", kept(7), body(7, (), forked), "witness-split-view"),
        ("other-root-with-a-proof", "with a proof", kept(7), body(7, path, forked), "witness-split-view"),
        ("fork", "a root that the proof does not lead to", kept(3), body(3, path, forked), wrong),
        ("no-proof", "no proof at all", kept(3), body(3, (), seven), wrong),
        ("proof-cut", "one hash too few", kept(3), body(3, path[:-1], seven), wrong),
        ("proof-longer", "one hash too many", kept(3), body(3, (*path, path[-1]), seven), wrong),
        ("proof-turned", "in another order", kept(3), body(3, path[::-1], seven), wrong),
        ("proof-of-another-size", "from 4 instead of 3", kept(3), body(3, proof(4, 7), seven), wrong),
        ("proof-from-nothing", "nothing to prove from an empty tree", "", body(0, path, seven), wrong),
        ("proof-unchanged", "nothing to prove of the same size", kept(7), body(7, path, seven), wrong),
        ("proof-of-63", "as many hashes as may be", kept(3), body(3, (bytes(32),) * 63, seven), wrong),
        ("empty-other-root", "an empty tree with another root", "", body(0, (), noted(empty)), "checkpoint-format"),
        ("empty-other-root-again", "after an empty one", kept(0), body(0, (), noted(empty)), "checkpoint-format"),
    ]
    return [case(name, comment, latest, request, 422, code) for name, comment, latest, request, code in no]


def unsigned() -> list[Case]:
    text = head(7).text()
    own = cosign_ed25519(text, NAME, SIGNER, TIME)
    elsewhere = sign_note(text, OTHER_ORIGIN, OTHER_LOG)
    renamed = NoteSignature(ORIGIN, LOG_KEY.key_id, elsewhere.blob)
    second = mldsa_line(LOG_MLDSA, ORIGIN, 0, head(7))
    no = [
        ("not-signed", "witnesses' lines alone", (own,)),
        ("other-log-signed", "the other log that it watches signed", (elsewhere,)),
        ("pasted", "its signature under this log's name and id", (renamed,)),
        ("bent", "one bit of the signature turned", (bent(line(text)),)),
        ("one-of-two-bent", "one of the log's lines holds, one does not", (line(text), bent(second))),
        ("other-size-signed", "signed for size 5", (line(head(5).text()),)),
    ]
    return [
        case(name, comment, "", body(0, (), noted(text, *lines)), 403, "checkpoint-signature")
        for name, comment, lines in no
    ] + [
        case(
            "unsigned-before-size",
            "who signed is looked at before the sizes",
            kept(3),
            body(9, (), noted(text, bent(line(text)))),
            403,
            "checkpoint-signature",
        )
    ]


def unknown() -> list[Case]:
    text = Checkpoint("ledger.example/lot", 7, root(7)).text()
    strange = noted(text, sign_note(text, "ledger.example/lot", LOG))
    return [
        case("unknown-log", "an origin like that of a known log", "", body(0, (), strange), 404, "witness-log-unknown"),
        case(
            "unknown-before-signature",
            "nobody signed, either",
            "",
            body(0, (), noted(text, line(head(7).text()))),
            404,
            "witness-log-unknown",
        ),
    ]


def malformed() -> list[Case]:
    seven, text = noted(head(7).text()), head(7).text()
    good = body(3, proof(3, 7), seven)
    hashes = proof(3, 7)
    spelt = b64(hashes[0])
    extension = noted(text + "extra\n")
    request, format_ = "witness-request", "checkpoint-format"
    no = [
        ("nothing", "an empty body", "", request),
        ("no-old", "without the first line", good.partition("\n")[2], request),
        ("no-number", "old and no number", good.replace("old 3", "old "), request),
        ("two-spaces", "two spaces", good.replace("old 3", "old  3"), request),
        ("tab", "a tab", good.replace("old 3", "old\t3"), request),
        ("upper-case", "in capitals", good.replace("old 3", "OLD 3"), request),
        ("leading-zero", "a leading zero", good.replace("old 3", "old 03"), request),
        ("minus", "a negative size", good.replace("old 3", "old -3"), request),
        ("plus", "a plus sign", good.replace("old 3", "old +3"), request),
        ("underscore", "1_0", good.replace("old 3", "old 1_0"), request),
        ("hexadecimal", "0x3", good.replace("old 3", "old 0x3"), request),
        ("arabic-digits", "\u0663", good.replace("old 3", "old \u0663"), request),
        ("above-2-63", "2^63", good.replace("old 3", f"old {2**63}"), request),
        ("carriage-return", "lines ended by CR LF", good.replace("\n", "\r\n"), request),
        ("space-after", "a space after the number", good.replace("old 3\n", "old 3 \n"), request),
        ("64-hashes", "a longer proof than there is", body(3, (bytes(32),) * 64, seven), request),
        ("short-hash", "31 bytes", body(3, (bytes(31), *hashes[1:]), seven), request),
        ("long-hash", "33 bytes", body(3, (bytes(33), *hashes[1:]), seven), request),
        ("no-padding", "base64 without padding", good.replace(spelt, spelt.rstrip("=")), request),
        ("other-spelling", "unused bits that are not zero", good.replace(spelt, spelt[:-2] + chr(ord(spelt[-2]) + 1) + "="), request),
        ("url-alphabet", "the URL alphabet", body(3, (b"\xff" * 32,), seven).replace("/", "_", 40), request),
        ("hash-in-hex", "hexadecimal", good.replace(spelt, hashes[0].hex()), request),
        ("no-empty-line", "no empty line before the checkpoint", good.replace("\n\n", "\n", 1), request),
        ("two-empty-lines", "two of them: the checkpoint has a line too many", good.replace("\n\n", "\n\n\n", 1), "checkpoint-extension"),
        ("no-checkpoint", "nothing after the empty line", "old 3\n\n", "note-format"),
        ("no-signature", "a checkpoint without signatures", "old 0\n\n" + text, "note-format"),
        ("no-last-newline", "the last newline is missing", good[:-1], "note-format"),
        ("control-character", "a zero byte in the note", good.replace("ledger.example", "ledger\x00example", 1), "note-format"),
        ("line-twice", "one key's line twice", body(3, hashes, noted(text, line(text), line(text))), "note-signature"),
        ("no-root", "two lines", body(0, (), noted(f"{ORIGIN}\n7\n")), format_),
        ("size-leading-zero", "07", body(0, (), noted(text.replace("\n7\n", "\n07\n"))), format_),
        ("size-double-zero", "00", body(0, (), noted(f"{ORIGIN}\n00\n{b64(EMPTY_ROOT)}\n")), format_),
        ("root-short", "31 bytes of root", body(0, (), noted(f"{ORIGIN}\n7\n{b64(bytes(31))}\n")), format_),
        ("empty-root-short", "31 bytes of root of an empty tree", body(0, (), noted(f"{ORIGIN}\n0\n{b64(bytes(31))}\n")), format_),
        ("extension", "an extension line", body(0, (), extension), "checkpoint-extension"),
        ("empty-extension", "an extension line after an empty tree", body(0, (), noted(head(0).text() + "extra\n")), "checkpoint-extension"),
        ("old-above", "the old size is above the checkpoint's", body(8, (), seven), "witness-old-size"),
    ]  # fmt: skip
    made = [case(name, comment, "", text_of, 400, code) for name, comment, text_of, code in no]
    above = case(
        "old-above-latest",
        "so, too, where the witness stands there",
        kept(9),
        body(9, (), seven),
        400,
        "witness-old-size",
    )
    return [*made, above]


def cases() -> list[Case]:
    return cosigned() + behind() + inconsistent() + unsigned() + unknown() + malformed()


def rendered() -> str:
    document = {
        "format": "witness",
        "version": 1,
        "source": SOURCE,
        "key": KEY.encode(),
        "seed": bytes(range(32, 64)).hex(),
        "now": NOW,
        "logs": {origin: [key.encode() for key in keys] for origin, keys in LOGS.items()},
        "cases": cases(),
    }
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    (VECTORS / "witness.json").write_text(rendered(), encoding="utf-8")
