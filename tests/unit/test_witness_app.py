"""The plain witness over HTTP: statuses, headers, methods, limits; nothing of a fault but its code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.ledgers import SetClock
from tests.unit.test_growth_witness import DOCUMENT, NOW_MS, Kept, asked, witness
from tests.unit.test_service import Reply, call
from tests.vectors_build import notes as build
from tests.vectors_build import witness as vectors

from lotchain.app import witness_plain
from lotchain.app.witness_plain import parse_plain_witness
from lotchain.core.add_checkpoint import MAX_REQUEST, parse_cosignatures
from lotchain.core.checkpoints import open_checkpoint
from lotchain.core.cosignatures import verify_cosignature
from lotchain.core.notes import parse_note
from lotchain.errors import LotchainError, Malformed, StoreError, UsageError
from lotchain.service.app import application
from lotchain.service.witness_app import witness_endpoints

SHOWN = f"/{vectors.sha(vectors.ORIGIN)}/checkpoint"


def served(kept: Kept | None = None, **options: Any) -> Any:
    return application(witness_endpoints(witness(kept, **options)))


def asks(app: Any, body: bytes, path: str = "/add-checkpoint", method: str = "POST", **headers: str) -> Reply:
    return call(app, path, method, body=body, **headers)


@pytest.mark.parametrize("case", DOCUMENT["cases"], ids=lambda case: case["name"])
def test_vectors_over_http(case: dict[str, Any]) -> None:
    kept = Kept()
    if case["latest"]:
        kept.notes[case["latest"].partition("\n")[0]] = case["latest"].encode()
    reply = asks(served(kept), case["request"].encode())
    assert reply.status == case["status"]
    if "answer" in case:
        assert reply.body.decode() == case["answer"]
    else:
        assert reply.body.decode().startswith(case["code"] + ": ")
    expected = "text/x.tlog.size" if case["status"] == 409 else "text/plain; charset=utf-8"
    assert reply.headers["content-type"] == expected
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["content-length"] == str(len(reply.body))


@pytest.mark.parametrize(
    "media_type", ["", "text/plain", "application/octet-stream", "application/x-www-form-urlencoded"]
)
def test_the_request_s_media_type_does_not_matter(media_type: str) -> None:
    assert asks(served(), asked(0, 7), content_type=media_type).status == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_where_one_submits_is_not_allowed(method: str) -> None:
    reply = asks(served(), b"", method=method)
    assert (reply.status, reply.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
def test_other_methods_are_not_allowed(method: str) -> None:
    kept = Kept()
    for path in ("/add-checkpoint", SHOWN):
        assert asks(served(kept), asked(0, 7), path, method).status == 405
    assert not kept.written


@pytest.mark.parametrize("path", ["/", "/add-checkpoint/", "/Add-Checkpoint", "//add-checkpoint", "/x/add-checkpoint",
                                  "/add-checkpoint%00", "/%61dd-checkpoint", "/sign-subtree"])  # fmt: skip
def test_nothing_is_submitted_elsewhere(path: str) -> None:
    kept = Kept()
    assert asks(served(kept), asked(0, 7), path).status in (404, 405)
    assert not kept.written


@pytest.mark.parametrize("size", [MAX_REQUEST + 1, 5_000_000])
def test_a_body_that_is_too_large_is_not_read(size: int) -> None:
    reply = asks(served(), bytes(size))
    assert (reply.status, reply.code) == (413, "too-large")


def test_the_largest_body_is_read() -> None:
    assert asks(served(), bytes(MAX_REQUEST)).status == 400


def test_the_latest_checkpoint_is_shown() -> None:
    kept = Kept()
    app = served(kept)
    assert call(app, SHOWN).status == 404
    asks(app, asked(0, 7))
    reply = call(app, SHOWN)
    assert reply.status == 200 and reply.body == kept.notes[vectors.ORIGIN]
    assert reply.headers["cache-control"] == "no-cache"
    open_checkpoint(reply.body, build.LOG_KEY)
    assert call(app, SHOWN, if_none_match=reply.headers["etag"]).status == 304
    for path in (SHOWN.upper(), SHOWN + "/", f"/{vectors.sha('elsewhere')}/checkpoint", f"/{'0' * 64}", "/checkpoint"):
        assert call(app, path).status == 404


@pytest.mark.parametrize("code", ["store-full", "store-io", "store-read-only", "witness-memory", "store-busy"])
def test_a_memory_that_fails_gives_no_cosignature_and_no_path(code: str) -> None:
    class Failing(Kept):
        def exchange(self, origin: str, expected: bytes, note: bytes) -> bool:
            raise StoreError(code, "cannot be written", found="/home/witness/state")

    reply = asks(served(Failing()), asked(0, 7))
    assert (reply.status, reply.code) == (503 if code == "store-busy" else 500, code)
    assert b"\xe2\x80\x94" not in reply.body and b"/home" not in reply.body


def test_a_clock_that_is_wrong_gives_no_cosignature() -> None:
    kept, clock = Kept(), SetClock(NOW_MS)
    app = served(kept, clock=clock)
    asks(app, asked(0, 3))
    clock.time -= 60_000
    reply = asks(app, asked(3, 7))
    assert (reply.status, reply.code) == (500, "witness-clock-back")


# The witness's folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "w1"
    witness_plain.create_plain_witness(made, vectors.NAME)
    return made


def test_a_folder_is_made_given_logs_and_opened(folder: Path) -> None:
    with pytest.raises(UsageError, match="witness-watches-nothing"):
        witness_plain.open_plain_witness(folder)
    made = witness_plain.watch_log(folder, [build.LOG_KEY])
    assert [key.kind for key in made.keys] == [4, 6] and made.name == vectors.NAME
    assert parse_plain_witness(made.encode().encode()) == made == witness_plain.read_plain_witness(folder)
    one = witness_plain.open_plain_witness(folder, clock=SetClock(NOW_MS))
    lines = parse_cosignatures(one.add_checkpoint(asked(0, 7)).body)
    assert len(lines) == 2
    witness_plain.watch_log(folder, [vectors.OTHER_KEY])
    again = witness_plain.open_plain_witness(folder, clock=SetClock(NOW_MS))
    assert again.add_checkpoint(asked(0, 9)).body == b"7\n"
    assert oct((folder / "keys").stat().st_mode)[-3:] == "700"


def test_watching_a_log_again_forgets_nothing(folder: Path) -> None:
    witness_plain.watch_log(folder, [build.LOG_KEY])
    witness_plain.open_plain_witness(folder, clock=SetClock(NOW_MS)).add_checkpoint(asked(0, 7))
    both = witness_plain.watch_log(folder, [build.LOG_MLDSA_KEY])
    assert both.logs[vectors.ORIGIN] == (build.LOG_KEY, build.LOG_MLDSA_KEY)
    only = witness_plain.watch_log(folder, [build.LOG_KEY], only=True)
    assert only.logs[vectors.ORIGIN] == (build.LOG_KEY,)
    assert witness_plain.open_plain_witness(folder, clock=SetClock(NOW_MS)).add_checkpoint(asked(0, 9)).status == 409


def test_a_witness_changes_its_keys_and_keeps_its_memory(folder: Path) -> None:
    witness_plain.watch_log(folder, [build.LOG_KEY])
    old = witness_plain.read_plain_witness(folder).keys
    witness_plain.open_plain_witness(folder, clock=SetClock(NOW_MS)).add_checkpoint(asked(0, 3))
    with pytest.raises(UsageError, match="witness-none-retiring"):
        witness_plain.retire_plain_keys(folder)
    new = witness_plain.rotate_plain_keys(folder).keys
    with pytest.raises(UsageError, match="witness-rotating"):
        witness_plain.rotate_plain_keys(folder)
    one = witness_plain.open_plain_witness(folder, clock=SetClock(NOW_MS))
    lines = parse_cosignatures(one.add_checkpoint(asked(3, 7)).body)
    text = vectors.head(7).text()
    assert {key for key in (*old, *new) for line in lines if key.made(line)} == {*old, *new}
    assert all(verify_cosignature(key, next(line for line in lines if key.made(line)), vectors.head(7), text)
               for key in (*old, *new))  # fmt: skip
    assert witness_plain.retire_plain_keys(folder) == old
    one = witness_plain.open_plain_witness(folder, clock=SetClock(NOW_MS))
    assert len(parse_cosignatures(one.add_checkpoint(asked(7, 9)).body)) == len(new)


def test_evidence_is_kept_and_bounded(folder: Path) -> None:
    witness_plain.watch_log(folder, [build.LOG_KEY])
    one = witness_plain.open_plain_witness(folder, clock=SetClock(NOW_MS))
    one.add_checkpoint(asked(0, 7))
    for n in range(70):
        forked = vectors.Checkpoint(vectors.ORIGIN, 7, bytes((n,)) * 32).text()
        assert one.add_checkpoint(asked(7, 7, text=forked)).status == 422
    kept = sorted((folder / "evidence").iterdir())
    assert len(kept) == 64
    for path in kept:
        open_checkpoint(path.read_bytes(), build.LOG_KEY)
    assert {parse_note(path.read_bytes()).text for path in kept if ".cosigned." in path.name} == {
        vectors.head(7).text()
    }


def test_a_missing_memory_is_told_at_the_start(folder: Path) -> None:
    witness_plain.watch_log(folder, [build.LOG_KEY])
    (folder / "state" / f"{vectors.sha(vectors.ORIGIN)}.cosigned").unlink()
    with pytest.raises(StoreError, match="witness-memory"):
        witness_plain.open_plain_witness(folder)


def test_another_s_key_file_is_refused(folder: Path, tmp_path: Path) -> None:
    witness_plain.watch_log(folder, [build.LOG_KEY])
    other = witness_plain.create_plain_witness(tmp_path / "w2", vectors.NAME, mldsa=False)
    mine = witness_plain.read_plain_witness(folder).keys[0]
    stolen = (tmp_path / "w2" / "keys" / f"witness-{other.keys[0].key_id.hex()}.key").read_bytes()
    (folder / "keys" / f"witness-{mine.key_id.hex()}.key").write_bytes(stolen)
    with pytest.raises(LotchainError, match="witness-key-differs"):
        witness_plain.open_plain_witness(folder)


def test_a_passphrase_protects_the_keys(tmp_path: Path) -> None:
    witness_plain.create_plain_witness(tmp_path / "w", vectors.NAME, passphrase="open sesame")
    witness_plain.watch_log(tmp_path / "w", [build.LOG_KEY])
    for passphrase in (None, "open"):
        with pytest.raises(LotchainError):
            witness_plain.open_plain_witness(tmp_path / "w", passphrase=passphrase)
    witness_plain.open_plain_witness(tmp_path / "w", passphrase="open sesame")


def test_what_is_no_witness(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="witness-missing"):
        witness_plain.read_plain_witness(tmp_path)
    with pytest.raises(UsageError, match="witness-keys"):
        witness_plain.create_plain_witness(tmp_path / "w", vectors.NAME, ed25519=False, mldsa=False)
    with pytest.raises(Malformed, match="vkey-format"):
        witness_plain.create_plain_witness(tmp_path / "w", "two words")
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize("keys", [[], [build.LOG_KEY, vectors.OTHER_KEY], [vectors.KEY]])
def test_what_is_no_log(folder: Path, keys: list[Any]) -> None:
    with pytest.raises(UsageError, match="witness-keys"):
        witness_plain.watch_log(folder, keys)
    assert not witness_plain.read_plain_witness(folder).logs


KEY, LOG = json.dumps(vectors.KEY.encode()), json.dumps(build.LOG_KEY.encode())
GOOD = f'format = "lotchain-plain-witness/1"\nkeys = [{KEY}]\n[[logs]]\nkeys = [{LOG}]\n'


def test_the_smallest_configuration_reads() -> None:
    assert parse_plain_witness(GOOD.encode()).logs == {vectors.ORIGIN: (build.LOG_KEY,)}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\xff",
        GOOD.replace("witness/1", "witness/2"),
        GOOD.replace("format", "from"),
        GOOD.replace("keys = [" + KEY, "key = [" + KEY),
        GOOD.replace(f"keys = [{KEY}]", "keys = []"),
        GOOD.replace(f"keys = [{KEY}]", f"keys = {KEY}"),
        GOOD.replace(f"[{KEY}]", f"[{KEY}, {KEY}]"),
        GOOD.replace(f"[{KEY}]", "[7]"),
        GOOD.replace(f"[{KEY}]", f"[{LOG}]"),
        GOOD.replace(f"[{LOG}]", f"[{KEY}]"),
        GOOD.replace(f"[{LOG}]", "[]"),
        GOOD.replace(f"[{LOG}]", f"[{LOG}, {json.dumps(vectors.OTHER_KEY.encode())}]"),
        GOOD.replace("[[logs]]", "[logs]"),
        GOOD + f"[[logs]]\nkeys = [{LOG}]\n",
        GOOD + 'url = "https://x"\n',
        GOOD.replace(KEY, '"w+00000000+AA=="'),
        GOOD.replace(f"[{KEY}]", f"[{KEY}, {json.dumps(build.W_KEYS[1].encode())}]"),
        GOOD + "#" * 300_000,
    ],
)
def test_a_configuration_that_is_none(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse_plain_witness(text.encode("latin-1"))
    assert caught.value.code in ("config-format", "vkey-format")
