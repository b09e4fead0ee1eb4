"""The plain witness: every answer of the standard, and a memory that is never taken back."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.ledgers import SetClock
from tests.vectors_build import notes as build
from tests.vectors_build import witness as vectors

from lotchain.core import add_checkpoint
from lotchain.core.add_checkpoint import Request, parse_cosignatures, parse_request, parse_size, read_head
from lotchain.core.checkpoints import Checkpoint, open_checkpoint
from lotchain.core.cosignatures import verify_cosignature
from lotchain.core.notes import NoteSignature, VerifierKey, parse_note, parse_vkey
from lotchain.errors import Malformed, SigningError, StoreError, UsageError
from lotchain.signing import MLDSA44Signer, SoftwareSigner
from lotchain.signing.notes import sign_note
from lotchain.storage.cosigned import CosignedFiles
from lotchain.witness.cosigners import Cosigner, ed25519_cosigner, mldsa_cosigner
from lotchain.witness.growing import CosignedNotes, GrowthWitness

DOCUMENT: dict[str, Any] = json.loads((build.VECTORS / "witness.json").read_text(encoding="utf-8"))
CASES = [pytest.param(case, id=case["name"]) for case in DOCUMENT["cases"]]
NOW_MS = vectors.NOW * 1000
MLDSA = MLDSA44Signer.from_seed(b"a witness's second key".ljust(32, b"."))


class Kept:
    """A memory in a dict, with the same promises; and what happened to it."""

    def __init__(self, **notes: bytes) -> None:
        self.notes: dict[str, bytes] = dict.fromkeys(vectors.LOGS, b"")
        self.written: list[bytes] = []
        self.between: Callable[[], None] | None = None
        self._lock = threading.Lock()

    def read(self, origin: str) -> bytes:
        return self.notes[origin]

    def exchange(self, origin: str, expected: bytes, note: bytes) -> bool:
        if self.between is not None:
            between, self.between = self.between, None
            between()
        with self._lock:
            if self.notes[origin] != expected:
                return False
            self.notes[origin] = note
            self.written.append(note)
            return True


def witness(kept: CosignedNotes | None = None, *, cosigners: tuple[Cosigner, ...] | None = None, **options: Any) -> GrowthWitness:  # fmt: skip
    own = cosigners or (ed25519_cosigner(vectors.NAME, vectors.SIGNER),)
    return GrowthWitness(own, vectors.LOGS, kept or Kept(), options.pop("clock", SetClock(NOW_MS)), **options)


def asked(old: int, new: int, *, text: str | None = None) -> bytes:
    path = vectors.proof(old, new) if 0 < old < new else ()
    return vectors.body(old, path, vectors.noted(text or vectors.head(new).text())).encode()


# The vectors


def test_the_vectors_are_what_the_builder_makes() -> None:
    text = (build.VECTORS / "witness.json").read_text(encoding="utf-8")
    assert text == vectors.rendered(), "run python -m tests.vectors_build.witness"
    good = [case for case in DOCUMENT["cases"] if case["valid"]]
    assert len(DOCUMENT["cases"]) > 2 * len(good)
    assert {case["status"] for case in DOCUMENT["cases"]} == {200, 400, 403, 404, 409, 422}


@pytest.mark.parametrize("case", CASES)
def test_vectors(case: dict[str, Any]) -> None:
    kept, request = Kept(), case["request"].encode()
    latest = case["latest"].encode()
    if latest:
        kept.notes[latest.decode().partition("\n")[0]] = latest
    before = dict(kept.notes)
    answer = witness(kept).add_checkpoint(request)
    assert answer.status == case["status"], answer
    if case["status"] in (200, 409):
        assert answer.body.decode() == case["answer"]
        assert answer.media_type == ("text/x.tlog.size" if case["status"] == 409 else "text/plain; charset=utf-8")
    else:
        assert answer.body.decode().partition(": ")[0] == case["code"]
    if not case["valid"]:
        assert kept.notes == before and not kept.written, "what was not cosigned leaves no trace"
        return
    (stored,) = kept.written
    head, note = open_checkpoint(stored, build.LOG_KEY) if b"/lots\n" in stored and "second-key" not in case["name"] else (None, parse_note(stored))  # fmt: skip
    checkpoint = head or Checkpoint(*read_head(note))
    (line,) = parse_cosignatures(answer.body)
    assert verify_cosignature(vectors.KEY, line, checkpoint, note.text) == vectors.NOW
    assert line in note.signatures


@pytest.mark.parametrize("case", [case for case in CASES if case.values[0]["status"] != 400])
def test_a_sound_request_is_read_as_it_was_written(case: Any) -> None:
    data = case["request"].encode()
    assert parse_request(data).encode() == data


# Reading


@given(st.binary(max_size=300))
def test_whatever_comes_is_answered(data: bytes) -> None:
    assert witness().add_checkpoint(data).status in (400, 403, 404)


@given(st.data())
def test_a_request_with_one_byte_changed_is_answered_and_never_cosigns_another_tree(data: st.DataObject) -> None:
    kept = Kept()
    kept.notes[vectors.ORIGIN] = vectors.kept(3).encode()
    raw = bytearray(asked(3, 7))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] = data.draw(st.integers(0, 255))
    answer = witness(kept).add_checkpoint(bytes(raw))
    assert answer.status in (200, 400, 403, 404, 409, 422)
    if answer.status == 200:
        assert parse_note(kept.notes[vectors.ORIGIN]).text == vectors.head(7).text()


@given(st.binary(max_size=200))
def test_whatever_a_witness_answers_is_read_or_refused(data: bytes) -> None:
    for read in (parse_cosignatures, parse_size, parse_request):
        try:
            read(data)
        except Malformed as fault:
            assert fault.code in ("witness-answer", "witness-request", "note-signature")


@pytest.mark.parametrize("size", [0, 1, 10, 2**63 - 1])
def test_sizes_are_read_as_they_are_written(size: int) -> None:
    assert parse_size(add_checkpoint.not_latest(size).body) == size


@pytest.mark.parametrize("body", [b"", b"7", b"7\n\n", b"07\n", b" 7\n", b"-1\n", b"+7\n", b"7 \n", b"1_0\n", b"7\r\n",
                                  str(2**63).encode() + b"\n", b"9" * 30 + b"\n", "\u0667\n".encode(), b"\xff\n"])  # fmt: skip
def test_what_is_no_size(body: bytes) -> None:
    with pytest.raises(Malformed, match="witness-answer"):
        parse_size(body)


def test_limits_come_before_reading() -> None:
    with pytest.raises(Malformed, match="witness-request"):
        parse_request(b"old 0\n\n" + bytes(add_checkpoint.MAX_REQUEST))
    line = vectors.answered(vectors.head(7).text()).encode()
    with pytest.raises(Malformed, match="witness-answer"):
        parse_cosignatures(line * 65)
    with pytest.raises(Malformed, match="witness-answer"):
        parse_cosignatures(line[:-1])
    with pytest.raises(Malformed, match="note-signature"):
        parse_cosignatures(b"\n" + line)


def test_a_request_fits_its_limit() -> None:
    longest = Request(2**62, (bytes(32),) * 63, bytes(200_000))
    assert len(longest.encode()) <= add_checkpoint.MAX_REQUEST


# Cosigning


def test_it_follows_a_log_through_all_sizes() -> None:
    kept, clock = Kept(), SetClock(NOW_MS)
    one = witness(kept, clock=clock)
    for new in range(1, 40):
        for old in {0, new - 2, new - 1}:
            answer = one.add_checkpoint(asked(max(old, 0), new))
            assert answer.status == (200 if old == new - 1 else 409)
        clock.time += 1000


def test_an_unchanged_checkpoint_is_cosigned_anew_at_each_asking() -> None:
    kept, clock = Kept(), SetClock(NOW_MS)
    one = witness(kept, clock=clock)
    assert one.add_checkpoint(asked(0, 7)).status == 200
    for n in range(1, 4):
        clock.time = NOW_MS + n * 1000
        (line,) = parse_cosignatures(one.add_checkpoint(asked(7, 7)).body)
        assert int.from_bytes(line.blob[:8], "big") == vectors.NOW + n
        assert line in parse_note(kept.notes[vectors.ORIGIN]).signatures
        assert len(parse_note(kept.notes[vectors.ORIGIN]).signatures) == 2


def test_a_clock_that_goes_back_cosigns_nothing() -> None:
    kept, clock = Kept(), SetClock(NOW_MS)
    one = witness(kept, clock=clock)
    one.add_checkpoint(asked(0, 3))
    before = dict(kept.notes)
    for time in (NOW_MS - 1000, 0, 999):
        clock.time = time
        with pytest.raises(StoreError, match="witness-clock-back"):
            one.add_checkpoint(asked(3, 7))
    assert kept.notes == before
    clock.time = NOW_MS
    assert one.add_checkpoint(asked(3, 7)).status == 200


def test_a_clock_that_stands_at_nothing_states_no_time() -> None:
    with pytest.raises(StoreError, match="witness-clock-back"):
        witness(clock=SetClock(0)).add_checkpoint(asked(0, 3))


def test_all_its_keys_cosign() -> None:
    kept = Kept()
    newer = SoftwareSigner.from_seed(b"a witness's next key".ljust(32, b"."))
    own = (
        ed25519_cosigner(vectors.NAME, vectors.SIGNER),
        ed25519_cosigner(vectors.NAME, newer),
        mldsa_cosigner(vectors.NAME, MLDSA),
    )
    one = witness(kept, cosigners=own)
    lines = parse_cosignatures(one.add_checkpoint(asked(0, 7)).body)
    assert len(lines) == len(one.keys) == 3
    text, checkpoint = vectors.head(7).text(), vectors.head(7)
    for key, line in zip(one.keys, lines, strict=True):
        assert verify_cosignature(key, line, checkpoint, text) == vectors.NOW
    assert one.add_checkpoint(asked(7, 9)).status == 200


def test_a_witness_with_new_keys_remembers_what_the_old_ones_cosigned() -> None:
    kept = Kept()
    witness(kept).add_checkpoint(asked(0, 7))
    newer = (ed25519_cosigner(vectors.NAME, SoftwareSigner.from_seed(b"next".ljust(32, b"."))),)
    renewed = witness(kept, cosigners=newer)
    assert renewed.add_checkpoint(asked(0, 5)).status == 409
    assert renewed.add_checkpoint(asked(7, 9)).status == 200
    with pytest.raises(StoreError, match="witness-clock-back"):
        witness(kept, cosigners=newer, clock=SetClock(NOW_MS - 1000)).add_checkpoint(asked(9, 10))


def test_a_signer_that_errs_lets_nothing_out_and_moves_nothing() -> None:
    kept = Kept()
    liar = Cosigner(vectors.KEY, lambda message: bytes(64))
    with pytest.raises(SigningError, match="signature-wrong"):
        witness(kept, cosigners=(liar,)).add_checkpoint(asked(0, 7))
    assert kept.notes[vectors.ORIGIN] == b"" and not kept.written


def test_the_latest_checkpoint_is_shown_with_its_lines() -> None:
    one = witness()
    of = {origin: vectors.sha(origin) for origin in vectors.LOGS}
    assert [one.latest_note(name) for name in (*of.values(), "0" * 64, "", of[vectors.ORIGIN].upper())] == [None] * 5
    body = one.add_checkpoint(asked(0, 7)).body
    note = one.latest_note(of[vectors.ORIGIN])
    assert note is not None
    open_checkpoint(note, build.LOG_KEY)
    assert note.endswith(body)
    assert one.latest_note(of[vectors.OTHER_ORIGIN]) is None


def test_two_trees_of_one_size_are_kept_as_evidence() -> None:
    told: list[tuple[bytes, bytes]] = []
    kept = Kept()
    one = witness(kept, accuse=lambda *both: told.append(both))
    one.add_checkpoint(asked(0, 7))
    for text in (Checkpoint(vectors.ORIGIN, 7, bytes(range(32))).text(),):
        assert one.add_checkpoint(asked(7, 7, text=text)).status == 422
    ((mine, other),) = told
    assert mine == kept.notes[vectors.ORIGIN]
    assert open_checkpoint(other, build.LOG_KEY)[0].root != open_checkpoint(mine, build.LOG_KEY)[0].root
    for body in (asked(3, 7), asked(7, 9)[:-1], vectors.body(7, (), vectors.noted(vectors.head(9).text())).encode()):
        one.add_checkpoint(body)
    assert len(told) == 1, "a wrong proof is no evidence: anybody could have sent it"


# Keys


@pytest.mark.parametrize("old_and_new", [False, True])
def test_a_log_that_changes_its_key_goes_on_in_one_memory(old_and_new: bool) -> None:
    next_signer = SoftwareSigner.from_seed(b"the log's next key".ljust(32, b"."))
    next_key = VerifierKey(vectors.ORIGIN, 1, next_signer.public.raw)
    logs = {vectors.ORIGIN: (build.LOG_KEY, next_key) if old_and_new else (next_key,)}
    kept = Kept()
    witness(kept).add_checkpoint(asked(0, 3))
    own = (ed25519_cosigner(vectors.NAME, vectors.SIGNER),)
    one = GrowthWitness(own, logs, kept, SetClock(NOW_MS))
    text = vectors.head(7).text()
    by_new, by_old = sign_note(text, vectors.ORIGIN, next_signer), vectors.line(text)
    path = vectors.proof(3, 7)
    bent = build.bent(by_old)

    def status(*lines: NoteSignature) -> int:
        return one.add_checkpoint(vectors.body(3, path, vectors.noted(text, *lines)).encode()).status

    assert status(by_old) == (200 if old_and_new else 403)
    kept.notes[vectors.ORIGIN] = vectors.kept(3).encode()
    assert status(by_new, bent) == (403 if old_and_new else 200), "a retired key's line is a stranger's"
    kept.notes[vectors.ORIGIN] = vectors.kept(3).encode()
    assert status(by_new, by_old) == 200


@pytest.mark.parametrize(
    "logs",
    [
        {vectors.ORIGIN: ()},
        {vectors.ORIGIN: (vectors.OTHER_KEY,)},
        {vectors.ORIGIN: (build.LOG_KEY, build.LOG_KEY)},
        {vectors.NAME: (vectors.KEY,)},
        {vectors.ORIGIN: (build.LOG_KEY,), vectors.NAME: (build.W_KEYS[0],)},
        {vectors.ORIGIN: (VerifierKey(vectors.ORIGIN, 4, build.LOG.public.raw),)},
    ],
)
def test_keys_that_are_not_a_log_s(logs: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="witness-keys"):
        GrowthWitness((ed25519_cosigner(vectors.NAME, vectors.SIGNER),), logs, Kept(), SetClock(NOW_MS))


def test_keys_that_are_not_one_witness_s() -> None:
    one, other = ed25519_cosigner("a.example", vectors.SIGNER), mldsa_cosigner("b.example", MLDSA)
    for own in ((), (one, other), (one, one)):
        with pytest.raises(UsageError, match="witness-keys"):
            GrowthWitness(own, vectors.LOGS, Kept(), SetClock(NOW_MS))


# Two requests at once


def test_a_smaller_checkpoint_that_was_checked_first_and_kept_last_is_refused() -> None:
    """The race that the standard describes, forced: between A's check and A's write, B is checked, kept and answered."""
    kept = Kept()
    one = witness(kept)
    one.add_checkpoint(asked(0, 3))
    answers = []
    kept.between = lambda: answers.append(one.add_checkpoint(asked(3, 9)))
    late = one.add_checkpoint(asked(3, 7))
    assert answers[0].status == 200
    assert (late.status, late.body) == (409, b"9\n")
    assert [parse_note(note).text for note in kept.written] == [vectors.head(n).text() for n in (3, 9)]


def test_a_larger_fork_that_was_checked_first_and_kept_last_is_refused() -> None:
    """Larger is not enough: what was proved from 3 says nothing of 7."""
    kept = Kept()
    one = witness(kept)
    kept.between = lambda: one.add_checkpoint(asked(0, 7))
    forked = Checkpoint(vectors.ORIGIN, 9, bytes(range(32))).text()
    assert one.add_checkpoint(asked(0, 9, text=forked)).body == b"7\n"
    assert parse_note(kept.notes[vectors.ORIGIN]).text == vectors.head(7).text()


def test_two_askers_of_one_unchanged_checkpoint_are_both_answered() -> None:
    kept = Kept()
    one = witness(kept)
    one.add_checkpoint(asked(0, 7))
    inner = []

    def again() -> None:
        one._clock.time += 1000  # type: ignore[attr-defined]
        inner.append(one.add_checkpoint(asked(7, 7)))

    one._clock.time += 1000  # type: ignore[attr-defined]
    kept.between = again
    assert one.add_checkpoint(asked(7, 7)).status == 200
    assert inner[0].status == 200
    times = [int.from_bytes(parse_note(note).signatures[-1].blob[:8], "big") for note in kept.written]
    assert times == sorted(times), "the second is signed anew, so no time goes back"


def test_who_is_overtaken_for_ever_is_told_to_try_again() -> None:
    class Restless(Kept):
        def exchange(self, origin: str, expected: bytes, note: bytes) -> bool:
            return False

    with pytest.raises(StoreError, match="store-busy"):
        witness(Restless()).add_checkpoint(asked(0, 7))


def test_many_threads_never_take_it_back(tmp_path: Path) -> None:
    """Threads that all know every proof, over one folder: sizes only grow, and each was cosigned from the one before."""
    files = CosignedFiles(tmp_path)
    files.begin(vectors.ORIGIN)
    seen: list[int] = []
    real = files.exchange

    def noted(origin: str, expected: bytes, note: bytes) -> bool:
        done = real(origin, expected, note)
        if done:
            seen.append(Checkpoint(*read_head(parse_note(note))).size)
        return done

    files.exchange = noted  # type: ignore[method-assign]
    one = witness(files)
    barrier = threading.Barrier(4)

    def climb(step: int) -> None:
        barrier.wait()
        old = 0
        while old + step < 40:
            answer = one.add_checkpoint(asked(old, old + step))
            if answer.status == 409:
                old = parse_size(answer.body)
            elif answer.status == 200:
                old += step

    threads = [threading.Thread(target=climb, args=(step,)) for step in (1, 2, 3, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(seen) > 5
    assert read_head(parse_note(files.read(vectors.ORIGIN))).size == max(seen)


# The memory in files


def test_a_memory_is_kept_and_read_again(tmp_path: Path) -> None:
    files = CosignedFiles(tmp_path)
    files.begin(vectors.ORIGIN)
    assert files.read(vectors.ORIGIN) == b""
    assert files.exchange(vectors.ORIGIN, b"", b"a note\n")
    assert not files.exchange(vectors.ORIGIN, b"", b"another\n")
    files.begin(vectors.ORIGIN)
    assert CosignedFiles(tmp_path).read(vectors.ORIGIN) == b"a note\n"


def test_a_memory_that_is_gone_is_no_fresh_start(tmp_path: Path) -> None:
    files = CosignedFiles(tmp_path)
    for call in (lambda: files.read(vectors.ORIGIN), lambda: files.exchange(vectors.ORIGIN, b"", b"x")):
        with pytest.raises(StoreError, match="witness-memory"):
            call()
    files.begin(vectors.ORIGIN)
    one = GrowthWitness(
        (ed25519_cosigner(vectors.NAME, vectors.SIGNER),), {vectors.ORIGIN: (build.LOG_KEY,)}, files, SetClock(NOW_MS)
    )
    assert one.add_checkpoint(asked(0, 7)).status == 200
    files.path_of(vectors.ORIGIN).unlink()
    with pytest.raises(StoreError, match="witness-memory"):
        one.add_checkpoint(asked(0, 7))
    with pytest.raises(StoreError, match="witness-memory"):
        one.latest_note(vectors.sha(vectors.ORIGIN))


def test_every_changed_byte_of_a_memory_is_noticed(tmp_path: Path) -> None:
    files = CosignedFiles(tmp_path)
    files.begin(vectors.ORIGIN)
    files.exchange(vectors.ORIGIN, b"", vectors.kept(7).encode())
    path = files.path_of(vectors.ORIGIN)
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes((whole[at] ^ 1,)) + whole[at + 1 :])
        with pytest.raises(StoreError, match="witness-memory"):
            files.read(vectors.ORIGIN)
    for cut in range(0, len(whole), 7):
        path.write_bytes(whole[:cut])
        with pytest.raises(StoreError, match="witness-memory"):
            files.read(vectors.ORIGIN)
    path.write_bytes(bytes(len(whole)))
    with pytest.raises(StoreError, match="witness-memory"):
        files.read(vectors.ORIGIN)


@pytest.mark.parametrize("note", [vectors.kept(3, vectors.OTHER_ORIGIN), "nonsense\n", "\n\n"])
def test_a_memory_of_something_else_is_no_memory_of_this_log(tmp_path: Path, note: str) -> None:
    files = CosignedFiles(tmp_path)
    files.begin(vectors.ORIGIN)
    files.exchange(vectors.ORIGIN, b"", note.encode())
    with pytest.raises(StoreError, match="witness-memory"):
        witness(files).add_checkpoint(asked(0, 7))


def test_another_log_s_file_is_not_taken_for_this_one_s(tmp_path: Path) -> None:
    files = CosignedFiles(tmp_path)
    files.begin(vectors.OTHER_ORIGIN)
    files.path_of(vectors.OTHER_ORIGIN).rename(files.path_of(vectors.ORIGIN))
    with pytest.raises(StoreError, match="witness-memory"):
        files.read(vectors.ORIGIN)


def test_the_vectors_key_is_the_documents() -> None:
    assert parse_vkey(DOCUMENT["key"]) == vectors.KEY
