"""The cases of the trust policy's vectors; written by `tests.vectors_build.notes`."""

from __future__ import annotations

from collections.abc import Sequence

from tests.vectors_build.notes import (
    CHECKPOINT,
    LOG_KEY,
    LOG_LINE,
    LOG_MLDSA,
    LOG_MLDSA_KEY,
    ORIGIN,
    OTHER_LOG,
    SMALL_ORDER,
    TIME,
    W_KEYS,
    W_MLDSA,
    W_MLDSA_KEY,
    W_NAMES,
    WITNESSES,
    Case,
    b64,
    bad,
    bent,
    ed_line,
    good,
    mldsa_line,
    note,
)

from lotchain.core.notes import NoteSignature, VerifierKey
from lotchain.signing import MLDSA44Signer, SoftwareSigner
from lotchain.signing.notes import cosign_ed25519, sign_note
from lotchain.verify.policy import parse_policy

HEADER = "lotchain-policy/v1"
LOG = f"log {LOG_KEY.encode()}"
W = [f"witness W{i + 1} {key.encode()}" for i, key in enumerate(W_KEYS)]
W1_MLDSA = f"witness W1 {W_MLDSA_KEY.encode()}"
CHARTER = f"charter {bytes(range(32)).hex()}"
AGE = "max-age 48h"
REST = ("audit-quorum 0", CHARTER, AGE)
FULL = (
    LOG,
    *W,
    "group plain 1 W1 W2",
    "group authorities all W3 W4",
    "group both all plain authorities",
    "quorum both",
    "auditor W2",
    "auditor W3",
    "auditor W4",
    "audit-quorum 2",
    CHARTER,
    AGE,
    "treaty required",
)
"""Four witnesses; one of the first two and both of the last two make the quorum; two of three auditors."""


NEW_LOG_KEY = VerifierKey(ORIGIN, 1, OTHER_LOG.public.raw)
NEW_LOG = f"log {NEW_LOG_KEY.encode()}"
NEW_LOG_LINE = sign_note(CHECKPOINT.text(), ORIGIN, OTHER_LOG)
NEW_LOG_MLDSA = MLDSA44Signer(bytes(range(192, 224)))
NEW_LOG_MLDSA_KEY = VerifierKey(ORIGIN, 6, NEW_LOG_MLDSA.public_raw)
NEW_W2_SIGNER = SoftwareSigner.from_seed(bytes(range(64, 96)))
NEW_W2_KEY = VerifierKey("witness.example/w2-2027", 4, NEW_W2_SIGNER.public.raw)
NEW_W2 = f"witness W2 {NEW_W2_KEY.encode()}"
"""The next keys of the log and of a witness, in the same tree."""

TWINS = tuple(
    VerifierKey("witness.example/twins", 4, SoftwareSigner.from_seed(seed.to_bytes(32, "big")).public.raw)
    for seed in (9_044, 53_577)
)
"""Two keys of one name whose key ids happen to be the same, 58e84cac; found by trying 53,577 seeds."""


def text(*lines: str) -> str:
    return "\n".join((HEADER, *lines)) + "\n"


def swapped(old: str, *new: str) -> str:
    """The full policy with one line replaced by none, one or more."""
    assert old in FULL
    return text(*(line for each in FULL for line in (new if each == old else (each,))))


def policy_cases() -> list[Case]:
    return _readable() + _unreadable() + _counted() + _rejected() + _rotated() + _rotated_rejected()


def _readable() -> list[Case]:
    minimal = text(LOG, "quorum none", *REST)
    spaced = text("# who is trusted: été", "", f"\t{LOG}  https://ledger.example/", "  # more", " quorum\tnone ", *REST)
    cases = [
        good("full", "all kinds of lines", policy=text(*FULL)),
        good("minimal", "no witness, no auditor: the operator's word", policy=minimal),
        good("blanks-and-comments", "blanks, tabs, comments, an address after a key", policy=spaced),
        good("any-order", "lines in another order, where none is named by a later one", policy=text(AGE, CHARTER, "quorum none", "audit-quorum 0", LOG)),
        good("two-log-keys", "ML-DSA-44 listed first", policy=text(f"log {LOG_MLDSA_KEY.encode()}", LOG, "quorum none", *REST)),
        good("two-witness-keys", "one witness, two keys", policy=text(LOG, W[0], W1_MLDSA, "quorum W1", *REST)),
        good("log-keys-old-and-new", "the log changes its key: any one of them has signed", policy=swapped(LOG, LOG, NEW_LOG)),
        good("four-log-keys", "old and new keys of both types", policy=swapped(LOG, NEW_LOG, f"log {LOG_MLDSA_KEY.encode()}", LOG, f"log {NEW_LOG_MLDSA_KEY.encode()}")),
        good("witness-keys-old-and-new", "a witness changes its key, and its key's name", policy=swapped(W[1], W[1], NEW_W2)),
        good("witness-quorum", "the quorum is one witness", policy=text(LOG, W[0], "quorum W1", *REST)),
        good("one-auditor", "one of one is more than half", policy=text(LOG, W[0], "quorum W1", "auditor W1", "audit-quorum 1", CHARTER, AGE)),
        good("shortest-age", "one hour", policy=swapped(AGE, "max-age 1h")),
        good("longest-age", "3650 days", policy=swapped(AGE, "max-age 3650d")),
        good("treaty-not-demanded", "the treaty answer does not count", policy=swapped("treaty required", "treaty not-demanded")),
        good("treaty-unsaid", "the default is required", policy=swapped("treaty required")),
    ]  # fmt: skip
    for case in cases:
        case["reading"] = _reading(str(case["policy"]))
    return cases


def _reading(policy_text: str) -> Case:
    """What a policy says, for other readers to compare; `full` and `minimal` are checked by hand in the tests."""
    policy = parse_policy(policy_text.encode())
    return {
        "origin": policy.origin,
        "log_keys": [key.key_id.hex() for key in policy.log_keys],
        "witnesses": {name: [key.key_id.hex() for key in keys] for name, keys in policy.witnesses.items()},
        "groups": {name: [group.threshold, *group.members] for name, group in policy.groups.items()},
        "quorum": policy.quorum,
        "auditors": list(policy.auditors),
        "audit_quorum": policy.audit_quorum,
        "charter": policy.charter.hex(),
        "max_age_ms": policy.max_age_ms,
        "treaty_required": policy.treaty_required,
    }


def _unreadable() -> list[Case]:
    two_names = VerifierKey("ledger.example/lost", 6, LOG_MLDSA.public_raw)
    weak = f"witness W9 w9+00000000+{b64(bytes((4,)) + SMALL_ORDER)}"
    no = [
        ("empty", "policy-format", "nothing", ""),
        ("version-99", "policy-version", "a version not known here", text(*FULL).replace("v1", "v99")),
        ("c2sp-file", "policy-version", "a C2SP policy without the first line", text(*FULL)[len(HEADER) + 1 :]),
        ("comment-first", "policy-version", "the first line is not the version", "# hello\n" + text(*FULL)),
        ("byte-order-mark", "policy-version", "a byte order mark", "\ufeff" + text(*FULL)),
        ("cut", "policy-format", "the last line is cut", text(*FULL)[:-1]),
        ("carriage-return", "policy-format", "lines ended by CR LF", text(*FULL).replace("\n", "\r\n").replace(HEADER + "\r", HEADER)),
        ("delete", "policy-format", "U+007F in a comment", text("# \x7f", *FULL)),
        ("too-long", "policy-format", "more than 64 KiB", text(*FULL, *["#" * 1000] * 66)),
        ("not-ascii", "policy-format", "a witness called Ä", swapped(W[0], W[0].replace("W1", "Ä"))),
        ("no-break-space", "policy-format", "a no-break space is no blank", swapped("quorum both", "quorum\u00a0both")),
        ("unknown-line", "policy-line", "a line of unknown kind", text(*FULL, "monitor M1")),
        ("upper-case", "policy-line", "a keyword in upper case", swapped("quorum both", "QUORUM both")),
        ("trailing-comment", "policy-format", "a comment after a line", swapped("quorum both", "quorum both # of them")),
        ("trailing-comment-key", "policy-format", "a comment after a key", swapped(W[0], W[0] + " #first")),
        ("no-log", "policy-missing", "no log", swapped(LOG)),
        ("only-mldsa-log", "policy-missing", "a log without an Ed25519 key", swapped(LOG, f"log {LOG_MLDSA_KEY.encode()}")),
        ("no-quorum", "policy-missing", "no quorum", swapped("quorum both")),
        ("no-charter", "policy-missing", "no charter", swapped(CHARTER)),
        ("no-max-age", "policy-missing", "no greatest age", swapped(AGE)),
        ("no-audit-quorum", "policy-missing", "auditors, but not how many", swapped("audit-quorum 2")),
        ("no-audit-quorum-said", "policy-missing", "no auditors, and not said so", text(LOG, "quorum none", CHARTER, AGE)),
        ("two-logs", "policy-log", "two logs", swapped(LOG, LOG, f"log {VerifierKey('b.example', 1, OTHER_LOG.public.raw).encode()}")),
        ("log-names-differ", "policy-log", "the log's two keys under two names", swapped(LOG, LOG, f"log {two_names.encode()}")),
        ("log-cosignature-key", "policy-log", "a witness's key as the log's", swapped(LOG, f"log {W_KEYS[0].encode()}")),
        ("log-name-number-sign", "policy-log", "a number sign in the log's name", swapped(LOG, f"log {VerifierKey('a#b', 1, OTHER_LOG.public.raw).encode()}")),
        ("log-no-key", "policy-format", "a log line without a key", swapped(LOG, "log")),
        ("log-wrong-id", "vkey-format", "a key id that is not the key's", swapped(LOG, LOG.replace("c9fa4a58", "c9fa4a59"))),
        ("weak-key", "key-weak", "a witness's key of order 8", swapped(W[0], W[0], weak)),
        ("witness-log-key", "policy-witness", "a key of type 1 as a witness's", swapped(W[0], W[0], f"witness W9 {VerifierKey('w9', 1, OTHER_LOG.public.raw).encode()}")),
        ("log-key-twice", "policy-duplicate", "the log's old key twice, and not its new one", swapped(LOG, LOG, LOG)),
        ("witness-log-key-later", "policy-witness", "a key of type 1 as a witness's new one", swapped(W[1], W[1], f"witness W2 {NEW_LOG_KEY.encode()}")),
        ("witness-new-key-elsewhere", "policy-duplicate", "one witness's new key is another witness's", swapped(W[1], W[1], f"witness W1 {W_KEYS[1].encode()}")),
        ("witness-no-name", "vkey-format", "a witness without a name: its address is read as its key", swapped(W[0], f"witness {W_KEYS[0].encode()} https://w.example")),
        ("witness-called-none", "policy-name", "none means nobody", swapped(W[0], W[0], f"witness none {VerifierKey('w9', 4, OTHER_LOG.public.raw).encode()}")),
        ("same-line-twice", "policy-duplicate", "the same witness twice", swapped(W[0], W[0], W[0])),
        ("same-key-two-names", "policy-duplicate", "one key as two witnesses", swapped(W[0], W[0], f"witness W9 {W_KEYS[0].encode()}")),
        ("same-key-two-key-names", "policy-duplicate", "one key under two key names", swapped(W[0], W[0], f"witness W9 {VerifierKey('w9', 4, W_KEYS[0].public).encode()}")),
        ("log-key-as-witness", "policy-duplicate", "the log's key as a witness's", swapped(W[0], W[0], f"witness W9 {VerifierKey(ORIGIN, 4, LOG_KEY.public).encode()}")),
        ("log-mldsa-as-witness", "policy-duplicate", "the log's ML-DSA-44 key as a witness's", swapped(W[0], f"log {LOG_MLDSA_KEY.encode()}", W[0], f"witness W9 {LOG_MLDSA_KEY.encode()}")),
        ("same-key-id", "policy-duplicate", "two keys of one name and key id", swapped(W[0], W[0], *(f"witness T{i} {key.encode()}" for i, key in enumerate(TWINS)))),
        ("group-forward", "policy-name", "a group that names a later one", swapped("group plain 1 W1 W2", "group early any both")),
        ("group-itself", "policy-name", "a group that names itself", swapped("group plain 1 W1 W2", "group plain any W1 plain")),
        ("group-before-witness", "policy-name", "a witness listed after the group", text(LOG, "group g any W1", W[0], "quorum g", *REST)),
        ("group-none", "policy-name", "none as a member", swapped("group plain 1 W1 W2", "group plain any W1 none")),
        ("group-zero", "policy-group", "a group of nobody", swapped("group plain 1 W1 W2", "group plain 0 W1 W2")),
        ("group-too-many", "policy-group", "three of two", swapped("group plain 1 W1 W2", "group plain 3 W1 W2")),
        ("group-leading-zero", "policy-group", "01", swapped("group plain 1 W1 W2", "group plain 01 W1 W2")),
        ("group-minus", "policy-group", "-1", swapped("group plain 1 W1 W2", "group plain -1 W1 W2")),
        ("group-empty", "policy-format", "a group without members", swapped("group plain 1 W1 W2", "group plain all")),
        ("group-member-twice", "policy-duplicate", "one witness twice in a group", swapped("group plain 1 W1 W2", "group plain 2 W1 W1")),
        ("group-member-in-two", "policy-duplicate", "one witness in two groups", swapped("group authorities all W3 W4", "group authorities all W3 W2")),
        ("group-name-taken", "policy-duplicate", "a group named as a witness", swapped("group plain 1 W1 W2", "group W3 1 W1 W2")),
        ("quorum-unknown", "policy-name", "a quorum that stands for nothing", swapped("quorum both", "quorum all")),
        ("quorum-before-group", "policy-name", "a quorum before its group", text(LOG, *W, "quorum g", "group g any W1", *REST)),
        ("quorum-twice", "policy-duplicate", "two quorums", swapped("quorum both", "quorum both", "quorum none")),
        ("quorum-two-names", "policy-format", "two names in one quorum", swapped("quorum both", "quorum W1 W2")),
        ("auditor-unknown", "policy-name", "an auditor that is no witness", swapped("auditor W2", "auditor W9")),
        ("auditor-group", "policy-name", "a group as an auditor", swapped("auditor W2", "auditor authorities")),
        ("auditor-twice", "policy-duplicate", "an auditor twice", swapped("auditor W2", "auditor W2", "auditor W2")),
        ("audit-quorum-half", "policy-audit-quorum", "one of three", swapped("audit-quorum 2", "audit-quorum 1")),
        ("audit-quorum-two-of-four", "policy-audit-quorum", "two of four", swapped("auditor W2", "auditor W1", "auditor W2")),
        ("audit-quorum-zero", "policy-audit-quorum", "none of three", swapped("audit-quorum 2", "audit-quorum 0")),
        ("audit-quorum-four", "policy-audit-quorum", "four of three", swapped("audit-quorum 2", "audit-quorum 4")),
        ("audit-quorum-no-auditors", "policy-audit-quorum", "one of none", text(LOG, "quorum none", "audit-quorum 1", CHARTER, AGE)),
        ("charter-short", "policy-charter", "62 digits", swapped(CHARTER, CHARTER[:-2])),
        ("charter-upper-case", "policy-charter", "hex in upper case", swapped(CHARTER, "charter " + CHARTER[8:].upper())),
        ("charter-twice", "policy-duplicate", "two charters", swapped(CHARTER, CHARTER, CHARTER)),
        ("age-zero", "policy-max-age", "no age at all", swapped(AGE, "max-age 0h")),
        ("age-too-long", "policy-max-age", "3651 days", swapped(AGE, "max-age 3651d")),
        ("age-minutes", "policy-max-age", "minutes", swapped(AGE, "max-age 90m")),
        ("age-no-unit", "policy-max-age", "no unit", swapped(AGE, "max-age 48")),
        ("age-no-number", "policy-max-age", "no number", swapped(AGE, "max-age h")),
        ("age-leading-zero", "policy-max-age", "048h", swapped(AGE, "max-age 048h")),
        ("age-twice", "policy-duplicate", "two ages", swapped(AGE, AGE, AGE)),
        ("treaty-other", "policy-treaty", "another word", swapped("treaty required", "treaty yes")),
        ("treaty-twice", "policy-duplicate", "said twice", swapped("treaty required", "treaty required", "treaty not-demanded")),
    ]  # fmt: skip
    return [bad(name, code, comment, policy=policy) for name, code, comment, policy in no]


def _outcome(
    name: str,
    comment: str,
    policy: str,
    lines: Sequence[NoteSignature],
    *,
    witnesses: dict[str, int],
    auditors: dict[str, int],
    as_of_ms: int | None,
    quorum_met: bool = True,
    faults: Sequence[str] = (),
) -> Case:
    return good(
        f"weigh-{name}",
        comment,
        policy=policy,
        note=note(*lines),
        witnesses=witnesses,
        auditors=auditors,
        quorum_met=quorum_met,
        attested=as_of_ms is not None,
        as_of_ms=as_of_ms,
        faults=list(faults),
    )


def _counted() -> list[Case]:
    """What a checkpoint is worth under a policy, where nothing in it is forged."""
    full = text(*FULL)
    lines = [LOG_LINE, ed_line(1, TIME + 1), ed_line(2, TIME + 30), ed_line(3, TIME + 20)]
    all_times = {"W2": TIME + 1, "W3": TIME + 30, "W4": TIME + 20}
    none_listed = text(LOG, *W, "quorum none", *REST)
    one = text(
        LOG,
        W[0],
        W1_MLDSA,
        W[1],
        "group g 2 W1 W2",
        "quorum g",
        "auditor W1",
        "auditor W2",
        "audit-quorum 2",
        CHARTER,
        AGE,
    )
    w1_twice = [LOG_LINE, ed_line(0), mldsa_line(W_MLDSA, W_NAMES[0], TIME + 7, CHECKPOINT)]
    short = ["quorum-not-met", "audit-quorum-not-met"]
    nobody: dict[str, int] = {}
    return [
        _outcome("all", "as of the second newest of three", full, lines, witnesses=all_times, auditors=all_times, as_of_ms=(TIME + 20) * 1000),
        _outcome("order", "the order of lines does not count", full, lines[::-1], witnesses=all_times, auditors=all_times, as_of_ms=(TIME + 20) * 1000),
        _outcome("one-liar", "one auditor's clock runs far ahead", full, [*lines[:3], ed_line(3, TIME + 10**8)],
                 witnesses={**all_times, "W4": TIME + 10**8}, auditors={**all_times, "W4": TIME + 10**8}, as_of_ms=(TIME + 30) * 1000),
        _outcome("group-not-filled", "both authorities are asked for", full, lines[:3], witnesses={"W2": TIME + 1, "W3": TIME + 30},
                 auditors={"W2": TIME + 1, "W3": TIME + 30}, as_of_ms=(TIME + 1) * 1000, quorum_met=False, faults=["quorum-not-met"]),
        _outcome("nobody", "the log alone", full, [LOG_LINE], witnesses=nobody, auditors=nobody, as_of_ms=None, quorum_met=False, faults=short),
        _outcome("one-auditor", "one of three is no audit quorum", full, [LOG_LINE, ed_line(0), ed_line(2)], witnesses={"W1": TIME, "W3": TIME},
                 auditors={"W3": TIME}, as_of_ms=None, quorum_met=False, faults=short),
        _outcome("no-auditors", "cosigned, but no auditor is listed", none_listed, lines, witnesses=all_times, auditors=nobody, as_of_ms=None, faults=["no-auditors"]),
        _outcome("two-keys-one-witness", "two keys of one witness count once", one, w1_twice, witnesses={"W1": TIME + 7}, auditors={"W1": TIME + 7},
                 as_of_ms=None, quorum_met=False, faults=short),
        _outcome("unknown-cosigner", "an unknown key's lines count for nothing", one,
                 [*w1_twice, NoteSignature(W_NAMES[1], b"abcd", ed_line(1).blob)], witnesses={"W1": TIME + 7}, auditors={"W1": TIME + 7},
                 as_of_ms=None, quorum_met=False, faults=short),
        _outcome("untimed", "a cosignature that states no time is not counted", one,
                 [LOG_LINE, mldsa_line(W_MLDSA, W_NAMES[0], 0, CHECKPOINT), ed_line(1)], witnesses={"W2": TIME}, auditors={"W2": TIME},
                 as_of_ms=None, quorum_met=False, faults=["cosignature-time", *short]),
        _outcome("beyond-9999", "nor one from after the year 9999", full, [*lines[:3], ed_line(3, 253_402_300_800)], witnesses={"W2": TIME + 1, "W3": TIME + 30},
                 auditors={"W2": TIME + 1, "W3": TIME + 30}, as_of_ms=(TIME + 1) * 1000, quorum_met=False, faults=["cosignature-time", "quorum-not-met"]),
    ]  # fmt: skip


def _rejected() -> list[Case]:
    """Notes in which a known key's line does not hold."""
    full = text(*FULL)
    dual = text(LOG, f"log {LOG_MLDSA_KEY.encode()}", W[0], W1_MLDSA, "quorum W1", *REST)
    second = mldsa_line(LOG_MLDSA, ORIGIN, 0, CHECKPOINT)
    w3 = ed_line(2)
    plain = NoteSignature(
        W_NAMES[0], W_KEYS[0].key_id, TIME.to_bytes(8, "big") + WITNESSES[0].sign(note().encode()[:-1])
    )
    return [
        bad("weigh-forged-cosignature", "cosignature-invalid", "one bent line rejects all", policy=full, note=note(LOG_LINE, ed_line(1), bent(w3), ed_line(3))),
        bad("weigh-forged-beyond-quorum", "cosignature-invalid", "even one that the quorum does not need", policy=full,
            note=note(LOG_LINE, bent(ed_line(0)), ed_line(1), w3, ed_line(3))),
        bad("weigh-pasted", "cosignature-invalid", "one witness's signature under another's name and id", policy=full,
            note=note(LOG_LINE, NoteSignature(W_NAMES[3], W_KEYS[3].key_id, w3.blob))),
        bad("weigh-plain-signature", "cosignature-invalid", "a witness's plain signature over the text", policy=full, note=note(LOG_LINE, plain)),
        bad("weigh-one-of-two-bent", "cosignature-invalid", "the witness's other key holds", policy=dual,
            note=note(LOG_LINE, second, ed_line(0), bent(mldsa_line(W_MLDSA, W_NAMES[0], TIME, CHECKPOINT)))),
        bad("weigh-line-twice", "note-signature", "one witness twice", policy=full, note=note(LOG_LINE, w3, w3, ed_line(3))),
        bad("weigh-cosigned-twice", "note-signature", "one key twice, at two times", policy=full, note=note(LOG_LINE, w3, ed_line(2, TIME + 1), ed_line(3))),
        bad("weigh-log-bent", "checkpoint-signature", "the log's line bent", policy=full, note=note(bent(LOG_LINE), w3, ed_line(3))),
        bad("weigh-log-missing", "checkpoint-signature", "witnesses alone", policy=full, note=note(ed_line(0), w3, ed_line(3))),
        bad("weigh-mldsa-missing", "checkpoint-signature", "the log's second key did not sign", policy=dual, note=note(LOG_LINE, ed_line(0))),
        bad("weigh-other-size", "checkpoint-signature", "size 8 under all their signatures of size 7", policy=full,
            note=note(LOG_LINE, ed_line(1), w3, ed_line(3), text=CHECKPOINT.text().replace("\n7\n", "\n8\n"))),
    ]  # fmt: skip


def _new_w2_line(time: int) -> NoteSignature:
    return cosign_ed25519(CHECKPOINT.text(), NEW_W2_KEY.name, NEW_W2_SIGNER, time)


def _rotated() -> list[Case]:
    """A log and a witness that change their keys, in the same tree."""
    both = text(LOG, NEW_LOG, W[0], "quorum W1", *REST)
    old, new = text(LOG, W[0], "quorum W1", *REST), text(NEW_LOG, W[0], "quorum W1", *REST)
    four = text(
        LOG,
        NEW_LOG,
        f"log {LOG_MLDSA_KEY.encode()}",
        f"log {NEW_LOG_MLDSA_KEY.encode()}",
        W[0],
        "quorum W1",
        *REST,
    )
    second = mldsa_line(LOG_MLDSA, ORIGIN, 0, CHECKPOINT)
    new_second = mldsa_line(NEW_LOG_MLDSA, ORIGIN, 0, CHECKPOINT)
    two = text(LOG, W[0], W[1], NEW_W2, "group g 2 W1 W2", "quorum g", *REST)
    counted: dict[str, int] = {"W1": TIME}
    w2_old_and_new = [LOG_LINE, ed_line(1, TIME + 5), _new_w2_line(TIME + 3)]
    cases = [
        ("old-key-listed-both", "signed before the change", both, [LOG_LINE, ed_line(0)]),
        ("new-key-listed-both", "signed after the change", both, [NEW_LOG_LINE, ed_line(0)]),
        ("both-keys-listed-both", "signed in between", both, [NEW_LOG_LINE, LOG_LINE, ed_line(0)]),
        ("both-keys-old-policy", "who knows only the old key reads what both signed", old, [NEW_LOG_LINE, LOG_LINE, ed_line(0)]),
        ("both-keys-new-policy", "and so does who knows only the new one", new, [NEW_LOG_LINE, LOG_LINE, ed_line(0)]),
        ("new-policy-old-line-bent", "a retired key's line is an unknown key's", new, [NEW_LOG_LINE, bent(LOG_LINE), ed_line(0)]),
        ("four-keys-crossed", "of each type one is enough, whichever", four, [LOG_LINE, new_second, ed_line(0)]),
        ("four-keys-old", "all old", four, [LOG_LINE, second, ed_line(0)]),
    ]  # fmt: skip
    made = [
        _outcome(f"rotated-{name}", comment, policy, lines, witnesses=counted, auditors={}, as_of_ms=None, faults=["no-auditors"])
        for name, comment, policy, lines in cases
    ]  # fmt: skip
    once = ["quorum-not-met", "no-auditors"]
    return [
        *made,
        _outcome("rotated-witness-counts-once", "a witness's old and new key are one witness", two, w2_old_and_new,
                 witnesses={"W2": TIME + 5}, auditors={}, as_of_ms=None, quorum_met=False, faults=once),
        _outcome("rotated-witness-new-key", "its new key alone is enough", two, [LOG_LINE, ed_line(0), _new_w2_line(TIME + 3)],
                 witnesses={"W1": TIME, "W2": TIME + 3}, auditors={}, as_of_ms=None, faults=["no-auditors"]),
    ]  # fmt: skip


def _rotated_rejected() -> list[Case]:
    both = text(LOG, NEW_LOG, W[0], "quorum W1", *REST)
    old, new = text(LOG, W[0], "quorum W1", *REST), text(NEW_LOG, W[0], "quorum W1", *REST)
    four = text(
        LOG, NEW_LOG, f"log {LOG_MLDSA_KEY.encode()}", f"log {NEW_LOG_MLDSA_KEY.encode()}", "quorum none", *REST
    )
    two = text(LOG, W[0], W[1], NEW_W2, "quorum W1", *REST)
    renamed = NoteSignature(ORIGIN, NEW_LOG_KEY.key_id, LOG_LINE.blob)
    no = [
        ("old-key-new-policy", "checkpoint-signature", "a retired key signs nothing that is accepted", new, [LOG_LINE, ed_line(0)]),
        ("new-key-old-policy", "checkpoint-signature", "who knows only the old key must learn of the new one", old, [NEW_LOG_LINE, ed_line(0)]),
        ("neither-key", "checkpoint-signature", "witnesses alone", both, [ed_line(0)]),
        ("old-line-bent", "checkpoint-signature", "one bent line of a listed key rejects all", both, [NEW_LOG_LINE, bent(LOG_LINE), ed_line(0)]),
        ("new-line-bent", "checkpoint-signature", "whichever of the two it is", both, [bent(NEW_LOG_LINE), LOG_LINE, ed_line(0)]),
        ("old-signature-new-name", "checkpoint-signature", "the old key's signature under the new key's id", both, [renamed, ed_line(0)]),
        ("no-mldsa-of-either", "checkpoint-signature", "of each type listed one must have signed", four, [LOG_LINE, NEW_LOG_LINE]),
        ("mldsa-alone", "checkpoint-signature", "a second key alone is not enough", four, [mldsa_line(NEW_LOG_MLDSA, ORIGIN, 0, CHECKPOINT)]),
        ("witness-old-line-bent", "cosignature-invalid", "one of a witness's keys holds, its old one does not", two,
         [LOG_LINE, ed_line(0), bent(ed_line(1)), _new_w2_line(TIME)]),
    ]  # fmt: skip
    return [
        bad(f"weigh-rotated-{name}", code, comment, policy=policy, note=note(*lines))
        for name, code, comment, policy, lines in no
    ]
