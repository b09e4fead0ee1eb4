"""Makes the vectors of notes, checkpoints, cosignatures and trust policies, always the same bytes.

Run as `python -m tests.vectors_build.notes` with `src` on the path; it writes `specs/vectors/*.json`. ML-DSA-44
signatures are made with fresh randomness, so those once made are kept in `notes_mldsa.json` beside this file and
used again for as long as they verify.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

from nacl.bindings import crypto_core_ed25519_add

from lotchain.core.checkpoints import Checkpoint
from lotchain.core.cosignatures import cosigned_message_ed25519, encode_cosignature, mldsa_message
from lotchain.core.notes import MLDSA44_COSIGNATURE, NoteSignature, VerifierKey, key_id
from lotchain.core.tree import EMPTY_ROOT
from lotchain.signing.mldsa import MLDSA44Signer
from lotchain.signing.notes import cosign_ed25519, sign_note
from lotchain.signing.signer import SoftwareSigner

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors"
KEPT = Path(__file__).with_name("notes_mldsa.json")
SOURCE = (
    "made by tests/vectors_build/notes.py from fixed Ed25519 and ML-DSA-44 seeds; C2SP's own examples are named as such"
)

Case = dict[str, object]

ORIGIN = "ledger.example/lots"
ROOT = bytes.fromhex("9a01afc3a2f698368e6143b81124c362459916ce16f62ca7b96933fc862735ed")
CHECKPOINT = Checkpoint(ORIGIN, 7, ROOT)
TEXT = CHECKPOINT.text()
TIME = 1_700_000_000
LOG = SoftwareSigner.from_seed(bytes(range(32)))
OTHER_LOG = SoftwareSigner.from_seed(bytes(range(96, 128)))
LOG_KEY = VerifierKey(ORIGIN, 1, LOG.public.raw)
LOG_MLDSA = MLDSA44Signer(bytes(range(128, 160)))
LOG_MLDSA_KEY = VerifierKey(ORIGIN, 6, LOG_MLDSA.public_raw)
W_NAMES = ("witness.example/w1", "witness.example/w2", "authority.example/a1", "authority.example/a2")
WITNESSES = tuple(SoftwareSigner.from_seed(bytes(range(32 + i, 64 + i))) for i in range(4))
W_KEYS = tuple(VerifierKey(n, 4, s.public.raw) for n, s in zip(W_NAMES, WITNESSES, strict=True))
W_MLDSA = MLDSA44Signer(bytes(range(160, 192)))
W_MLDSA_KEY = VerifierKey(W_NAMES[0], 6, W_MLDSA.public_raw)
LOG_LINE = sign_note(TEXT, ORIGIN, LOG)
C2SP_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_COSIGNATURE = (
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0"
    "xUe+mbIUBkBIfZ+qnA=="
)
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
SMALL_ORDER = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")

_kept: dict[str, str] = json.loads(KEPT.read_text()) if KEPT.exists() else {}


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def mldsa_line(
    signer: MLDSA44Signer, name: str, timestamp: int, checkpoint: Checkpoint, *, start: int = 0, signed_name: str = ""
) -> NoteSignature:
    """An ML-DSA-44 line whose signature is kept, so that building twice gives the same file."""
    message = mldsa_message(signed_name or name, timestamp, checkpoint.origin, start, checkpoint.size, checkpoint.root)
    key = VerifierKey(name, MLDSA44_COSIGNATURE, signer.public_raw)
    slot = hashlib.sha256(signer.public_raw + message).hexdigest()
    kept = base64.b64decode(_kept.get(slot, ""))
    if not key.verify(kept, message):
        kept = signer.sign(message)
        _kept[slot] = b64(kept)
    return NoteSignature(name, key.key_id, encode_cosignature(timestamp, kept))


def ed_line(witness: int, timestamp: int = TIME, text: str = TEXT) -> NoteSignature:
    return cosign_ed25519(text, W_NAMES[witness], WITNESSES[witness], timestamp)


def bent(signature: NoteSignature, at: int = -1) -> NoteSignature:
    """The same line with one bit of its blob turned."""
    blob = bytearray(signature.blob)
    blob[at] ^= 1
    return NoteSignature(signature.name, signature.key_id, bytes(blob))


def with_s_plus_order(signature: NoteSignature) -> NoteSignature:
    """The same Ed25519 signature with S + L for S, which a careless verifier takes."""
    s = int.from_bytes(signature.blob[-32:], "little") + ED25519_ORDER
    return NoteSignature(signature.name, signature.key_id, signature.blob[:-32] + s.to_bytes(32, "little"))


def note(*signatures: NoteSignature, text: str = TEXT) -> str:
    return text + "\n" + "".join(s.line() for s in signatures)


def bad(name: str, code: str, comment: str, **inputs: object) -> Case:
    return {"name": name, "comment": comment, "valid": False, "code": code, **inputs}


def good(name: str, comment: str, **inputs: object) -> Case:
    return {"name": name, "comment": comment, "valid": True, **inputs}


def read_plainly(note_text: str) -> Case:
    """What a sound note says, by plain string work that owes nothing to the parser."""
    text, _, tail = note_text.rpartition("\n\n")
    lines = []
    for line in tail.split("\n")[:-1]:
        _, name, encoded = line.split(" ")
        raw = base64.b64decode(encoded)
        lines.append({"name": name, "key_id": raw[:4].hex(), "blob": raw[4:].hex()})
    return {"text": text + "\n", "signatures": lines}


def note_cases() -> list[Case]:
    line, other = LOG_LINE.line(), ed_line(0).line()
    raw = f"{TEXT}\n{line}"
    sig64 = line.rsplit(" ", 1)[1].rstrip("\n")
    verse = "una riga\n\nun'altra: è sera\n"
    yes: list[Case] = [
        good("checkpoint", "a log's checkpoint", note=raw),
        good("two-signatures", "log and witness", note=raw + other),
        good("text-with-empty-line", "the last empty line is the one that separates", note=f"{verse}\n{line}"),
        good("text-of-empty-lines", "text of three newlines", note=f"\n\n\n\n{line}"),
        good("same-name-other-id", "one name, two key ids: two keys",
             note=raw + NoteSignature(ORIGIN, bytes(4), b"x").line()),
        good("unknown-type-short-blob", "the layout of a blob is the key's affair; one byte is enough",
             note=raw + NoteSignature("x.example", b"abcd", b"\0").line()),
        good("name-beyond-ascii", "key names are UTF-8", note=raw + NoteSignature("zeuge.example/ä", b"abcd", b"x").line()),
        good("sixty-four", "as many signatures as are read",
             note=raw + "".join(NoteSignature(f"w{i}", b"abcd", b"x").line() for i in range(63))),
    ]  # fmt: skip
    no = [
        ("empty", "note-format", "nothing", ""),
        ("no-empty-line", "note-format", "text and signatures not separated", TEXT + line),
        ("no-signature", "note-format", "a text alone", TEXT + "\n"),
        ("no-final-newline", "note-format", "cut before the last newline", raw[:-1]),
        ("carriage-return", "note-format", "lines ended by CR LF", raw.replace("\n", "\r\n")),
        ("tab", "note-format", "a control character in the text", raw.replace("lots\n7", "lots\t\n7")),
        ("nul", "note-format", "a zero byte in the text", raw.replace("7\n", "7\0\n")),
        ("text-after", "note-signature", "a line after the signatures", raw + "more\n"),
        ("empty-line-after", "note-format", "an empty line after the signatures", raw + "\n"),
        ("hyphen", "note-signature", "a hyphen for the em dash", f"{TEXT}\n" + line.replace("\u2014", "-")),
        ("en-dash", "note-signature", "an en dash for the em dash", f"{TEXT}\n" + line.replace("\u2014", "\u2013")),
        ("no-space-after-dash", "note-signature", "dash and name run together", f"{TEXT}\n" + line.replace("\u2014 ", "\u2014")),
        ("two-spaces", "note-signature", "two spaces after the name", f"{TEXT}\n" + line.replace(f"{ORIGIN} ", f"{ORIGIN}  ")),
        ("no-break-space", "note-signature", "a no-break space in the name", f"{TEXT}\n" + line.replace("ledger.", "ledger\u00a0")),
        ("ideographic-space", "note-signature", "U+3000 in the name", f"{TEXT}\n" + line.replace("ledger.", "ledger\u3000")),
        ("next-line", "note-signature", "U+0085, which some readers take for a line end", f"{TEXT}\n" + line.replace("ledger.", "ledger\u0085")),
        ("plus-in-name", "note-signature", "a plus sign in the name", f"{TEXT}\n" + line.replace("ledger.", "ledger+")),
        ("empty-name", "note-signature", "no name", f"{TEXT}\n\u2014  {sig64}\n"),
        ("name-too-long", "note-signature", "a name of 256 bytes", f"{TEXT}\n\u2014 {'n' * 256} {sig64}\n"),
        ("no-base64", "note-signature", "a name alone", f"{TEXT}\n\u2014 {ORIGIN}\n"),
        ("id-only", "note-signature", "four bytes, no signature", f"{TEXT}\n\u2014 {ORIGIN} yfpKWA==\n"),
        ("three-bytes", "note-signature", "three bytes", f"{TEXT}\n\u2014 {ORIGIN} yfpK\n"),
        ("trailing-bits", "note-signature", "base64 with a last bit that decodes to nothing", f"{TEXT}\n\u2014 {ORIGIN} {sig64[:-2]}x=\n"),
        ("no-padding", "note-signature", "base64 without its padding", f"{TEXT}\n\u2014 {ORIGIN} {sig64.rstrip('=')}\n"),
        ("url-alphabet", "note-signature", "base64 in the URL alphabet", f"{TEXT}\n\u2014 {ORIGIN} {sig64.replace('/', '_')}\n"),
        ("space-after", "note-signature", "a space at the end of the line", f"{TEXT}\n{line[:-1]} \n"),
        ("same-line-twice", "note-signature", "the same line twice", raw + line),
        ("same-key-twice", "note-signature", "two lines under one name and key id", raw + bent(LOG_LINE).line()),
        ("sixty-five", "note-format", "one signature too many", raw + "".join(NoteSignature(f"w{i}", b"abcd", b"x").line() for i in range(64))),
    ]  # fmt: skip
    for case in yes:
        case.update(read_plainly(str(case["note"])))
    cases = yes + [bad(name, code, comment, note=text) for name, code, comment, text in no]
    cases += [
        bad("not-utf8", "note-format", "a byte that is not UTF-8", note_hex=(b"\xff" + raw.encode()).hex()),
        bad(
            "surrogate", "note-format", "a surrogate written in UTF-8", note_hex=(b"\xed\xa0\x80" + raw.encode()).hex()
        ),
    ]
    return cases + vkey_cases()


def vkey_cases() -> list[Case]:
    """The same vectors hold verifier keys, under `vkey`."""

    def vkey(name: str, kind: int, public: bytes) -> str:
        return f"{name}+{key_id(name, kind, public).hex()}+{b64(bytes((kind,)) + public)}"

    public = LOG.public.raw
    yes = [good("vkey-c2sp", "the example of C2SP signed-note", vkey=C2SP_VKEY, name_read="example.com/foo", kind=1,
                public=base64.b64decode(C2SP_VKEY.split("+", 2)[2])[1:].hex(), key_id="530d903a")]  # fmt: skip
    yes += [
        good(
            name,
            comment,
            vkey=key.encode(),
            name_read=key.name,
            kind=key.kind,
            public=key.public.hex(),
            key_id=key.key_id.hex(),
        )
        for name, comment, key in (
            ("vkey-log", "type 1, seed 00..1f", LOG_KEY),
            ("vkey-witness", "type 4, seed 20..3f", W_KEYS[0]),
            ("vkey-mldsa", "type 6, seed 80..9f", LOG_MLDSA_KEY),
            ("vkey-same-key-other-type", "one key, type 4: another key id", VerifierKey(ORIGIN, 4, public)),
        )
    ]
    mixed = crypto_core_ed25519_add(public, SMALL_ORDER)
    no = [
        ("vkey-empty", "vkey-format", "nothing", ""),
        ("vkey-two-parts", "vkey-format", "no key id", f"{ORIGIN}+{b64(bytes((1,)) + public)}"),
        ("vkey-wrong-id", "vkey-format", "the key id of type 4 on a key of type 1", LOG_KEY.encode().replace("c9fa4a58", VerifierKey(ORIGIN, 4, public).key_id.hex())),
        ("vkey-upper-case-id", "vkey-format", "a key id in upper case", LOG_KEY.encode().replace("c9fa4a58", "C9FA4A58")),
        ("vkey-renamed", "vkey-format", "another name, the old key id", LOG_KEY.encode().replace("ledger", "lodger")),
        ("vkey-empty-name", "vkey-format", "no name", vkey("", 1, public)),
        ("vkey-space", "vkey-format", "a space in the name", vkey("a b", 1, public)),
        ("vkey-newline", "vkey-format", "a newline at the end", LOG_KEY.encode() + "\n"),
        ("vkey-type-2", "vkey-format", "ECDSA is not used here", vkey(ORIGIN, 2, public)),
        ("vkey-type-5", "vkey-format", "RFC 6962 tree heads are not used here", vkey(ORIGIN, 5, public)),
        ("vkey-type-255", "vkey-format", "a private type", vkey(ORIGIN, 255, public)),
        ("vkey-short", "vkey-format", "31 bytes", vkey(ORIGIN, 1, public[:-1])),
        ("vkey-long", "vkey-format", "33 bytes", vkey(ORIGIN, 4, public + b"\0")),
        ("vkey-mldsa-short", "vkey-format", "32 bytes as ML-DSA-44", vkey(ORIGIN, 6, public)),
        ("vkey-no-key", "vkey-format", "no bytes at all", f"{ORIGIN}+00000000+"),
        ("vkey-trailing-bits", "vkey-format", "base64 with a last bit that decodes to nothing", C2SP_VKEY.replace("U2k", "U2l") + "="),
        ("vkey-no-point", "vkey-format", "y = 2 is not on the curve", vkey(ORIGIN, 1, (2).to_bytes(32, "little"))),
        ("vkey-identity", "key-weak", "the neutral point", vkey(ORIGIN, 1, (1).to_bytes(32, "little"))),
        ("vkey-order-8", "key-weak", "a point of order 8", vkey(ORIGIN, 4, SMALL_ORDER)),
        ("vkey-mixed-order", "key-weak", "a good key plus a point of order 8", vkey(ORIGIN, 1, mixed)),
        ("vkey-not-canonical", "key-weak", "y = p + 1 for y = 1", vkey(ORIGIN, 1, (2**255 - 18).to_bytes(32, "little"))),
    ]  # fmt: skip
    return yes + [bad(name, code, comment, vkey=text) for name, code, comment, text in no]


def reading(checkpoint: Checkpoint = CHECKPOINT) -> Case:
    """What a checkpoint says."""
    return {"origin": checkpoint.origin, "size": str(checkpoint.size), "root": checkpoint.root.hex()}


def checkpoint_cases() -> list[Case]:
    key = {"log_vkey": LOG_KEY.encode()}
    both = {**key, "mldsa_vkey": LOG_MLDSA_KEY.encode()}
    second = mldsa_line(LOG_MLDSA, ORIGIN, 0, CHECKPOINT)
    root64 = b64(ROOT)

    def signed(text: str, name: str = ORIGIN, signer: SoftwareSigner = LOG) -> str:
        return note(sign_note(text, name, signer), text=text)

    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    largest = Checkpoint(ORIGIN, 2**63 - 1, ROOT)
    under_other_root = sign_note(Checkpoint(ORIGIN, 7, bytes(32)).text(), ORIGIN, LOG)
    cosignature_as_log = NoteSignature(ORIGIN, LOG_KEY.key_id, cosign_ed25519(TEXT, ORIGIN, LOG, TIME).blob[8:])
    cases = [
        good("seven", "the checkpoint of the tree over L0 to L6", **key, **reading(), note=note(LOG_LINE)),
        good("empty", "a tree without entries", **key, **reading(empty), note=signed(empty.text())),
        good("largest", "the largest size", **key, **reading(largest), note=signed(largest.text())),
        good("cosigned", "a witness's line beside the log's is left alone", **key, **reading(), note=note(LOG_LINE, ed_line(0))),
        good("unknown-garbage", "a line by an unknown key is ignored", **key, **reading(),
             note=note(NoteSignature(ORIGIN, b"abcd", b"x"), LOG_LINE)),
        good("both-keys", "Ed25519 and ML-DSA-44, which states no time", **both, **reading(), note=note(LOG_LINE, second)),
        good("both-keys-timed", "ML-DSA-44 with a time", **both, **reading(),
             note=note(mldsa_line(LOG_MLDSA, ORIGIN, TIME, CHECKPOINT), LOG_LINE)),
    ]  # fmt: skip
    for name, code, comment, text in [
        ("size-leading-zero", "checkpoint-format", "007", TEXT.replace("\n7\n", "\n007\n")),
        ("size-plus", "checkpoint-format", "+7", TEXT.replace("\n7\n", "\n+7\n")),
        ("size-minus", "checkpoint-format", "-1", TEXT.replace("\n7\n", "\n-1\n")),
        ("size-underscore", "checkpoint-format", "1_0", TEXT.replace("\n7\n", "\n1_0\n")),
        ("size-space", "checkpoint-format", "a space before 7", TEXT.replace("\n7\n", "\n 7\n")),
        ("size-float", "checkpoint-format", "7.0", TEXT.replace("\n7\n", "\n7.0\n")),
        ("size-hex", "checkpoint-format", "0x7", TEXT.replace("\n7\n", "\n0x7\n")),
        ("size-arabic", "checkpoint-format", "Arabic-Indic seven", TEXT.replace("\n7\n", "\n\u0667\n")),
        ("size-too-large", "checkpoint-format", "2^63", TEXT.replace("\n7\n", f"\n{2**63}\n")),
        ("size-absurd", "checkpoint-format", "five thousand digits", TEXT.replace("\n7\n", f"\n{'9' * 5000}\n")),
        ("size-empty", "checkpoint-format", "an empty size, ", f"{ORIGIN}\n\n{root64}\n"),
        ("root-31", "checkpoint-format", "31 bytes of root", f"{ORIGIN}\n7\n{b64(ROOT[:31])}\n"),
        ("root-33", "checkpoint-format", "33 bytes of root", f"{ORIGIN}\n7\n{b64(ROOT + b'x')}\n"),
        ("root-5", "checkpoint-format", "5 bytes of root", f"{ORIGIN}\n7\n{b64(ROOT[:5])}\n"),
        ("root-none", "checkpoint-format", "two lines", f"{ORIGIN}\n7\n"),
        ("root-trailing-bits", "checkpoint-format", "base64 with a last bit that decodes to nothing", TEXT.replace("Ne0=", "Ne1=")),
        ("root-url-alphabet", "checkpoint-format", "base64 in the URL alphabet", TEXT.replace("/", "_").replace("example_", "example/")),
        ("root-no-padding", "checkpoint-format", "base64 without padding", TEXT.replace("Ne0=", "Ne0")),
        ("root-hex", "checkpoint-format", "hex for base64", f"{ORIGIN}\n7\n{ROOT.hex()}\n"),
        ("origin-empty", "checkpoint-format", "no origin", f"\n7\n{root64}\n"),
        ("origin-space", "checkpoint-format", "a space in the origin", TEXT.replace(ORIGIN, "ledger example")),
        ("empty-tree-root", "checkpoint-format", "size 0 with another root", TEXT.replace("\n7\n", "\n0\n")),
        ("extension", "checkpoint-extension", "a fourth line", TEXT + "map head\n"),
        ("empty-extension", "checkpoint-extension", "an empty fourth line", TEXT + "\n"),
    ]:  # fmt: skip
        cases.append(bad(name, code, f"{comment}; signed as it stands", **key, note=signed(text)))
    cases += [
        bad("line-separator", "checkpoint-format", "U+2028 is no line end", **key, note=signed(TEXT.replace("\n7\n", "\u20287\u2028"))),
        bad("other-origin", "checkpoint-origin", "another origin, signed by this log's key", **key, note=signed(TEXT.replace("lots", "lost"))),
        bad("other-log", "checkpoint-origin", "another log's checkpoint", **key, note=signed(TEXT.replace("lots", "lost"), "ledger.example/lost", OTHER_LOG)),
        bad("unsigned", "checkpoint-signature", "only a witness signed", **key, note=note(ed_line(0))),
        bad("wrong-key-right-id", "checkpoint-signature", "the log's key id before another key's signature", **key,
            note=note(NoteSignature(ORIGIN, LOG_KEY.key_id, OTHER_LOG.sign(TEXT.encode())))),
        bad("right-key-wrong-id", "checkpoint-signature", "the log's signature behind another key id", **key,
            note=note(NoteSignature(ORIGIN, b"abcd", LOG_LINE.blob))),
        bad("right-key-wrong-name", "checkpoint-signature", "the log's signature under another name", **key,
            note=note(NoteSignature("ledger.example/lost", LOG_KEY.key_id, LOG_LINE.blob))),
        bad("other-root", "checkpoint-signature", "the signature of another root", **key, note=note(under_other_root)),
        bad("size-minus-one", "checkpoint-signature", "size 6 under the signature of size 7", **key,
            note=note(LOG_LINE, text=TEXT.replace("\n7\n", "\n6\n"))),
        bad("bent-signature", "checkpoint-signature", "one bit of the signature turned", **key, note=note(bent(LOG_LINE))),
        bad("s-plus-order", "checkpoint-signature", "S + L for S", **key, note=note(with_s_plus_order(LOG_LINE))),
        bad("short-signature", "checkpoint-signature", "63 bytes", **key,
            note=note(NoteSignature(ORIGIN, LOG_KEY.key_id, LOG_LINE.blob[:63]))),
        bad("long-signature", "checkpoint-signature", "65 bytes", **key,
            note=note(NoteSignature(ORIGIN, LOG_KEY.key_id, LOG_LINE.blob + b"\0"))),
        bad("cosignature-as-log", "checkpoint-signature", "the log key's cosignature as its signature", **key, note=note(cosignature_as_log)),
        bad("mldsa-missing", "checkpoint-signature", "the second key is given but did not sign", **both, note=note(LOG_LINE)),
        bad("mldsa-only", "checkpoint-signature", "only the second key signed", **both, note=note(second)),
        bad("mldsa-bent", "checkpoint-signature", "one bit of the second signature turned", **both, note=note(LOG_LINE, bent(second))),
        bad("mldsa-time-moved", "checkpoint-signature", "another time before the second signature", **both, note=note(LOG_LINE, bent(second, 7))),
        bad("mldsa-by-witness", "checkpoint-signature", "a witness's ML-DSA-44 signature in the log's name", **both,
            note=note(LOG_LINE, NoteSignature(ORIGIN, LOG_MLDSA_KEY.key_id, mldsa_line(W_MLDSA, ORIGIN, 0, CHECKPOINT).blob))),
    ]  # fmt: skip
    return cases


def cosignature_cases() -> list[Case]:
    first, key = ed_line(0), W_KEYS[0]
    timed = mldsa_line(W_MLDSA, W_NAMES[0], TIME, CHECKPOINT)
    text2 = Checkpoint(ORIGIN, 8, ROOT).text()
    huge = 2**63

    def inputs(line: NoteSignature | str, vkey: VerifierKey = key, text: str = TEXT) -> Case:
        shown = line if isinstance(line, str) else line.line()[:-1]
        return {"vkey": vkey.encode(), "checkpoint_text": text, "line": shown}

    def made(blob: bytes) -> NoteSignature:
        return NoteSignature(W_NAMES[0], key.key_id, blob)

    beyond = f"cosignature/v1\ntime {huge}\n{TEXT}".encode()
    untimed = mldsa_line(W_MLDSA, W_NAMES[0], 0, CHECKPOINT)
    return [
        good("ed25519", "seed 20..3f", **inputs(first), timestamp=str(TIME), message_hex=cosigned_message_ed25519(TEXT, TIME).hex()),
        good("ed25519-last-second", "the last timestamp there is", **inputs(ed_line(0, huge - 1)), timestamp=str(huge - 1),
             message_hex=cosigned_message_ed25519(TEXT, huge - 1).hex()),
        good("mldsa", "seed a0..bf", **inputs(timed, W_MLDSA_KEY), timestamp=str(TIME),
             message_hex=mldsa_message(W_NAMES[0], TIME, ORIGIN, 0, 7, ROOT).hex()),
        good("mldsa-untimed", "0 states no time", **inputs(untimed, W_MLDSA_KEY), timestamp=str(0),
             message_hex=mldsa_message(W_NAMES[0], 0, ORIGIN, 0, 7, ROOT).hex()),
        bad("other-checkpoint", "cosignature-invalid", "size 8 under the cosignature of size 7", **inputs(first, text=text2)),
        bad("time-moved", "cosignature-invalid", "one bit of the time turned", **inputs(bent(first, 7))),
        bad("bent", "cosignature-invalid", "one bit of the signature turned", **inputs(bent(first))),
        bad("s-plus-order", "cosignature-invalid", "S + L for S", **inputs(with_s_plus_order(first))),
        bad("time-beyond", "cosignature-invalid", "2^63, signed as it stands", **inputs(made(huge.to_bytes(8, "big") + WITNESSES[0].sign(beyond)))),
        bad("other-witness", "cosignature-invalid", "another witness's line", **inputs(ed_line(1))),
        bad("pasted", "cosignature-invalid", "another witness's signature under this name", **inputs(made(ed_line(1).blob))),
        bad("other-name", "cosignature-invalid", "its own signature under another name", **inputs(NoteSignature(W_NAMES[1], key.key_id, first.blob))),
        bad("other-id", "cosignature-invalid", "its own signature behind another key id", **inputs(NoteSignature(W_NAMES[0], b"abcd", first.blob))),
        bad("no-time", "cosignature-invalid", "64 bytes without a time", **inputs(made(first.blob[8:]))),
        bad("one-byte-more", "cosignature-invalid", "73 bytes", **inputs(made(first.blob + b"\0"))),
        bad("one-byte-less", "cosignature-invalid", "71 bytes", **inputs(made(first.blob[:-1]))),
        bad("note-signature", "cosignature-invalid", "a plain signature over the text, a time before it",
            **inputs(made(TIME.to_bytes(8, "big") + WITNESSES[0].sign(TEXT.encode())))),
        bad("leading-zero-time", "cosignature-invalid", "the message has the time with a leading zero",
            **inputs(made(TIME.to_bytes(8, "big") + WITNESSES[0].sign(f"cosignature/v1\ntime 0{TIME}\n{TEXT}".encode())))),
        bad("c2sp-example", "cosignature-invalid", "the line of C2SP tlog-cosignature, whose key is not this one", **inputs(C2SP_COSIGNATURE)),
        bad("type-1-key", "cosignature-invalid", "a log's key makes no cosignatures", **inputs(LOG_LINE, LOG_KEY)),
        bad("mldsa-other-name", "cosignature-invalid", "signed under another name",
            **inputs(mldsa_line(W_MLDSA, W_NAMES[0], TIME, CHECKPOINT, signed_name=W_NAMES[1]), W_MLDSA_KEY)),
        bad("mldsa-subtree", "cosignature-invalid", "signed for leaves 4 to 7 only",
            **inputs(mldsa_line(W_MLDSA, W_NAMES[0], 0, CHECKPOINT, start=4), W_MLDSA_KEY)),
        bad("mldsa-time-moved", "cosignature-invalid", "one bit of the time turned", **inputs(bent(timed, 7), W_MLDSA_KEY)),
        bad("mldsa-other-size", "cosignature-invalid", "size 8 under the cosignature of size 7", **inputs(timed, W_MLDSA_KEY, text2)),
        bad("mldsa-cut", "cosignature-invalid", "one byte less", **inputs(NoteSignature(timed.name, timed.key_id, timed.blob[:-1]), W_MLDSA_KEY)),
        bad("ed25519-as-mldsa", "cosignature-invalid", "an Ed25519 cosignature behind the ML-DSA-44 key id",
            **inputs(NoteSignature(W_NAMES[0], W_MLDSA_KEY.key_id, first.blob), W_MLDSA_KEY)),
    ]  # fmt: skip


def rendered(name: str, cases: list[Case]) -> str:
    """A vector file's text."""
    document = {"format": name, "version": 1, "source": SOURCE, "cases": cases}
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def built() -> dict[str, str]:
    """Every vector file of this family, by its name."""
    from tests.vectors_build.policy import policy_cases  # uses what stands here

    return {
        "notes": rendered("notes", note_cases()),
        "checkpoint": rendered("checkpoint", checkpoint_cases()),
        "cosignature": rendered("cosignature", cosignature_cases()),
        "policy": rendered("policy", policy_cases()),
    }


def main() -> None:
    for name, text in built().items():
        (VECTORS / f"{name}.json").write_text(text, encoding="utf-8")
    KEPT.write_text(json.dumps(dict(sorted(_kept.items())), indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    from tests.vectors_build import notes  # under its own name, so that there is one set of kept signatures

    notes.main()
