"""The signing room: what it signs holds, what it stores comes back, and its secrets stay inside."""

from __future__ import annotations

import copy
import json
import os
import pickle
import stat
import traceback
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.signed_kinds import KINDS, Kind

from lotchain.core import canonical_json
from lotchain.core.keys import ED25519, ES256, P256_ORDER, check_possession
from lotchain.core.statements import parse_statement, verify_signature
from lotchain.errors import LotchainError, Malformed, SigningError, UsageError
from lotchain.signing import (
    MLDSA44Signer,
    SoftwareSigner,
    describe_key_file,
    new_signer,
    proof_of_possession,
    read_key_file,
    read_mldsa44_file,
    sign_statement,
    write_key_file,
)

SEED = bytes(range(100, 132))
STATED: dict[str, Any] = {
    "issuer": "party:CO-900123456",
    "subject": "lot:CO-900123456/7K3Q-01",
    "audience": "ledger.example/lots#" + "11" * 32,
    "signed_at": 1_764_000_000,
    "payload": b'{"type":"example/1"}',
}
SIGNERS = [SoftwareSigner.from_seed(SEED), SoftwareSigner(ES256, SEED)]
EVERY = [*SIGNERS, MLDSA44Signer.from_seed(SEED)]
both = pytest.mark.parametrize("signer", SIGNERS, ids=["ed25519", "es256"])
every = pytest.mark.parametrize("signer", EVERY, ids=["ed25519", "es256", "ml-dsa-44"])


def read_any(path: Path, passphrase: str | None = None) -> SoftwareSigner | MLDSA44Signer:
    if describe_key_file(path).algorithm == "ml-dsa-44":
        return read_mldsa44_file(path, passphrase)
    return read_key_file(path, passphrase)


def public_of(signer: SoftwareSigner | MLDSA44Signer) -> bytes:
    return signer.public_raw if isinstance(signer, MLDSA44Signer) else signer.public.cose


# --- signers ---------------------------------------------------------------------------------------------------


def test_rfc_8032_test_1() -> None:
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    signer = SoftwareSigner.from_seed(seed)
    assert signer.public.raw.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert signer.sign(b"").hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b"
    )


def test_rfc_6979_p256_sample() -> None:
    scalar = bytes.fromhex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721")
    signature = SoftwareSigner(ES256, scalar).sign(b"sample")
    assert signature[:32].hex().upper() == "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
    high = int("F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8", 16)
    assert int.from_bytes(signature[32:], "big") == P256_ORDER - high, "the published s, in the lower half"


@both
def test_the_same_message_gives_the_same_bytes(signer: SoftwareSigner) -> None:
    assert signer.sign(b"m") == signer.sign(b"m")
    assert signer.public.verify(signer.sign(b"m"), b"m")
    assert len(signer.sign(b"m" * 100_000)) == 64


def test_every_es256_signature_is_low() -> None:
    for n in range(64):
        s = int.from_bytes(SIGNERS[1].sign(bytes([n]))[32:], "big")
        assert 0 < s <= P256_ORDER // 2


def test_ml_dsa_44() -> None:
    signer = MLDSA44Signer.from_seed(bytes(32))
    assert len(signer.public_raw) == 1312
    assert signer.public_raw == MLDSA44Signer(bytes(32)).public_raw
    assert signer.public_raw != MLDSA44Signer.new().public_raw
    signature = signer.sign(b"m")
    assert len(signature) == 2420
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

    key = MLDSA44PublicKey.from_public_bytes(signer.public_raw)
    key.verify(signature, b"m")
    with pytest.raises(InvalidSignature):
        key.verify(signature, b"n")


@pytest.mark.parametrize("algorithm", ["ed25519", "es256"])
def test_new_keys_are_new(algorithm: str) -> None:
    made = {new_signer(algorithm).public for _ in range(5)}
    assert len(made) == 5
    assert {key.algorithm_name for key in made} == {algorithm}


@pytest.mark.parametrize("algorithm", ["", "rsa", "ED25519", "ml-dsa-44", None])
def test_no_other_kind_of_key_is_made(algorithm: Any) -> None:
    with pytest.raises(UsageError) as caught:
        new_signer(algorithm)
    assert caught.value.code == "alg-not-allowed"


@pytest.mark.parametrize(
    ("algorithm", "secret"),
    [
        (ED25519, bytes(31)),
        (ED25519, bytes(64)),
        (ED25519, "s" * 32),
        (ED25519, None),
        (ES256, bytes(32)),
        (ES256, P256_ORDER.to_bytes(32, "big")),
        (ES256, b"\xff" * 32),
        (-37, bytes(32)),
        ("ed25519", bytes(32)),
    ],
)
def test_what_is_no_private_key(algorithm: Any, secret: Any) -> None:
    with pytest.raises(SigningError) as caught:
        SoftwareSigner(algorithm, secret)
    assert caught.value.code == "key-secret-format"


# --- what is signed --------------------------------------------------------------------------------------------


@both
def test_a_signed_statement_reads_back(signer: SoftwareSigner) -> None:
    statement = parse_statement(sign_statement(signer, **STATED))
    assert {name: getattr(statement, name) for name in STATED} == STATED
    assert statement.kid == signer.public.thumbprint
    assert verify_signature(statement, signer.public)
    assert not verify_signature(statement, new_signer(signer.public.algorithm_name).public)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"issuer": "lot:CO-1/A"}, "id-kind"),
        ({"subject": "LOT:CO-1/A"}, "id-chars"),
        ({"audience": "two words"}, "audience-format"),
        ({"signed_at": -5}, "time-format"),
        ({"payload": b""}, "json-malformed"),
        ({"payload": b'{"b":1,"a":2}'}, "json-not-canonical"),
        ({"payload": b'{"a":1,"a":1}'}, "duplicate-key"),
        ({"payload": b'{"a":1.5}'}, "json-float"),
        ({"payload": b'{"a":1}\n'}, "json-not-canonical"),
        ({"payload": b"[1]"}, "json-malformed"),
        ({"payload": b'"text"'}, "json-malformed"),
        ({"payload": b'{"a":"' + b"x" * 65_527 + b'"}'}, "too-large"),
    ],
)
def test_what_could_not_be_read_is_not_signed(change: dict[str, Any], code: str) -> None:
    class Watched:
        public = SIGNERS[0].public

        def sign(self, message: bytes) -> bytes:
            raise AssertionError("the key was used")

    with pytest.raises(Malformed) as caught:
        sign_statement(Watched(), **(STATED | change))
    assert caught.value.code == code


@both
def test_possession_is_bound_to_ledger_party_and_key(signer: SoftwareSigner) -> None:
    audience, party = STATED["audience"], STATED["issuer"]
    proof = proof_of_possession(signer, charter=audience, party=party)
    assert check_possession(signer.public, proof, audience, party)
    assert not check_possession(signer.public, proof, "ledger.example/lots", party)
    assert not check_possession(signer.public, proof, audience, "party:CO-90012345")
    assert not check_possession(new_signer().public, proof, audience, party)


@pytest.mark.parametrize("signer", SIGNERS, ids=["ed25519", "es256"])
@pytest.mark.parametrize("made", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("pasted", KINDS, ids=lambda kind: kind.name)
def test_no_signature_can_be_pasted_on_another_kind(signer: SoftwareSigner, made: Kind, pasted: Kind) -> None:
    signature = signer.sign(made.message(signer.public))
    assert pasted.accepts(signer.public, signature) is (made is pasted)


def test_kinds_begin_differently_or_differ_in_a_stated_length() -> None:
    messages = [kind.message(SIGNERS[0].public) for kind in KINDS]
    for a in messages:
        for b in messages:
            assert a is b or not a.startswith(b)


# --- secrets stay inside ---------------------------------------------------------------------------------------


def traces() -> list[str]:
    """The private test key in every spelling that could slip out."""
    return [SEED.hex(), SEED.hex().upper(), b64encode(SEED).decode(), repr(SEED)[2:-1], str(list(SEED))[1:-1]]


@every
def test_no_repr_shows_a_secret(signer: Any) -> None:
    shown = repr(signer) + str(signer) + repr(getattr(signer, "public", ""))
    assert not [trace for trace in traces() if trace in shown]


@every
@pytest.mark.parametrize("attempt", [pickle.dumps, copy.copy, copy.deepcopy])
def test_no_signer_leaves_the_process(signer: Any, attempt: Any) -> None:
    with pytest.raises(SigningError) as caught:
        attempt(signer)
    assert caught.value.code == "key-not-exportable"


@every
def test_a_protected_file_holds_no_trace(signer: Any, tmp_path: Path) -> None:
    path = tmp_path / "k"
    write_key_file(path, signer, passphrase="a long passphrase")
    text = path.read_text()
    assert not [trace for trace in traces() if trace in text]
    assert "passphrase" not in text


# --- key files -------------------------------------------------------------------------------------------------


@every
@pytest.mark.parametrize("passphrase", [None, "correct horse"], ids=["plain", "protected"])
def test_a_key_file_gives_the_key_back(signer: Any, passphrase: str | None, tmp_path: Path) -> None:
    path = tmp_path / "k"
    old = os.umask(0)
    try:
        write_key_file(path, signer, passphrase=passphrase)
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    told = describe_key_file(path)
    assert (told.public, told.protected) == (public_of(signer), passphrase is not None)
    again = read_any(path, passphrase)
    assert public_of(again) == public_of(signer)
    assert type(again) is type(signer)
    if isinstance(signer, SoftwareSigner):
        assert again.sign(b"m") == signer.sign(b"m")
    assert list(tmp_path.iterdir()) == [path], "nothing is left beside it"


def test_a_passphrase_typed_with_composed_or_combining_accents_is_one(tmp_path: Path) -> None:
    write_key_file(tmp_path / "k", SIGNERS[0], passphrase="café")
    assert read_key_file(tmp_path / "k", "cafe\u0301").public == SIGNERS[0].public


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "k"
    path.write_text("precious")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    for target in (path, link, tmp_path):
        with pytest.raises(SigningError) as caught:
            write_key_file(target, SIGNERS[0], passphrase=None)
        assert caught.value.code == "key-file-exists"
    assert path.read_text() == "precious"
    assert not (tmp_path / "elsewhere").exists()


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SigningError) as caught:
        write_key_file(tmp_path / "k", SIGNERS[0], passphrase=None)
    assert caught.value.code == "key-file-unwritable"
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(SigningError) as caught:
        write_key_file(tmp_path / "no" / "k", SIGNERS[0], passphrase=None)
    assert caught.value.code == "key-file-unwritable"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o604, 0o601, 0o610, 0o602])
def test_a_file_open_to_others_is_refused(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "k"
    write_key_file(path, SIGNERS[0], passphrase=None)
    path.chmod(mode)
    for read in (read_key_file, describe_key_file):
        with pytest.raises(SigningError) as caught:
            read(path)
        assert caught.value.code == "key-file-permissions"
    path.chmod(0o400)
    assert read_key_file(path).public == SIGNERS[0].public


def test_what_is_not_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "folder").mkdir(0o700)
    for name, codes in (
        ("missing", {"key-file-missing"}),
        ("pipe", {"key-file-format"}),
        ("folder", {"key-file-format"}),
    ):
        with pytest.raises(SigningError) as caught:
            read_key_file(tmp_path / name)
        assert caught.value.code in codes


def test_passphrases(tmp_path: Path) -> None:
    write_key_file(tmp_path / "shut", SIGNERS[0], passphrase="right")
    write_key_file(tmp_path / "open", SIGNERS[0], passphrase=None)
    for name, passphrase in (("shut", "wrong"), ("shut", None), ("shut", ""), ("shut", "right "), ("open", "any")):
        with pytest.raises(SigningError) as caught:
            read_key_file(tmp_path / name, passphrase)
        assert caught.value.code == "key-file-passphrase"
        assert "right" not in str(caught.value)
    with pytest.raises(SigningError) as caught:
        write_key_file(tmp_path / "empty", SIGNERS[0], passphrase="")
    assert caught.value.code == "key-file-passphrase"
    assert not (tmp_path / "empty").exists()


def test_one_kind_of_key_is_not_read_as_another(tmp_path: Path) -> None:
    write_key_file(tmp_path / "log", EVERY[2], passphrase=None)
    write_key_file(tmp_path / "party", EVERY[0], passphrase=None)
    for read, name in ((read_key_file, "log"), (read_mldsa44_file, "party")):
        with pytest.raises(SigningError) as caught:
            read(tmp_path / name)
        assert caught.value.code == "key-file-algorithm"


def test_the_key_file_of_the_page_reads(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "specs" / "formats" / "keys.md").read_text()
    line = next(line for line in page.splitlines() if line.startswith('    {"algorithm":'))
    (tmp_path / "k").write_text(line.strip() + "\n")
    (tmp_path / "k").chmod(0o600)
    signer = read_key_file(tmp_path / "k")
    assert signer.public == SoftwareSigner.from_seed(bytes(range(32))).public
    write_key_file(tmp_path / "again", signer, passphrase=None)
    assert (tmp_path / "again").read_bytes() == (tmp_path / "k").read_bytes()


def rewritten(path: Path, to: Path, change: Any, *, summed: bool = True) -> Path:
    """A copy of a key file with something changed, and its checksum made to fit again."""
    document = json.loads(path.read_text())
    change(document)
    if summed:
        document.pop("sum", None)
        document["sum"] = sha256(canonical_json.encode(document)).hexdigest()
    to.write_bytes(canonical_json.encode(document) + b"\n")
    to.chmod(0o600)
    return to


def put(*path: str, value: Any) -> Any:
    def change(document: Any) -> None:
        for name in path[:-1]:
            document = document[name]
        document[path[-1]] = value

    return change


DAMAGE = {
    "format": put("format", value="lotchain-key/2"),
    "format type": put("format", value=1),
    "algorithm": put("algorithm", value="rsa"),
    "algorithm type": put("algorithm", value=["ed25519"]),
    "other algorithm": put("algorithm", value="es256"),
    "extra member": put("note", value="mine"),
    "missing member": lambda document: document.pop("public"),
    "public of another": put("public", value=SoftwareSigner.from_seed(bytes(32)).public.cose.hex()),
    "public upper case": lambda document: document.update(public=document["public"].upper()),
    "public number": put("public", value=7),
    "secret short": put("secret", value={"plain": "00" * 31}),
    "secret long": put("secret", value={"plain": "00" * 33}),
    "secret odd": put("secret", value={"plain": "0" * 63}),
    "secret of another": put("secret", value={"plain": "00" * 32}),
    "secret null": put("secret", value=None),
    "secret text": put("secret", value="plain"),
    "secret empty": put("secret", value={}),
    "secret twofold": lambda document: document["secret"].update(sealed="00"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_told(name: str, tmp_path: Path) -> None:
    write_key_file(tmp_path / "k", SIGNERS[0], passphrase=None)
    bad = rewritten(tmp_path / "k", tmp_path / "bad", DAMAGE[name])
    with pytest.raises(SigningError) as caught:
        read_key_file(bad)
    assert caught.value.code == "key-file-format"
    told = "".join(traceback.format_exception(caught.value))
    assert not [trace for trace in traces() if trace in told]


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("cipher", "aes-256-gcm", "key-file-format"),
        ("kdf", "scrypt", "key-file-format"),
        ("memory_kib", 2**40, "key-file-format"),
        ("memory_kib", 0, "key-file-format"),
        ("memory_kib", True, "key-file-format"),
        ("memory_kib", 65_537, "key-file-passphrase"),
        ("passes", 1_000_000, "key-file-format"),
        ("passes", 0, "key-file-format"),
        ("passes", 2, "key-file-passphrase"),
        ("nonce", "00" * 23, "key-file-format"),
        ("nonce", "00" * 24, "key-file-passphrase"),
        ("salt", "00" * 16, "key-file-passphrase"),
        ("salt", "zz" * 16, "key-file-format"),
        ("sealed", "00" * 47, "key-file-format"),
        ("sealed", "00" * 48, "key-file-passphrase"),
    ],
)
def test_a_changed_seal_does_not_open(sealed_file: Path, member: str, value: Any, code: str, tmp_path: Path) -> None:
    bad = rewritten(sealed_file, tmp_path / "bad", put("secret", member, value=value))
    with pytest.raises(SigningError) as caught:
        read_key_file(bad, "right")
    assert caught.value.code == code


def test_the_open_part_is_bound_to_the_sealed_one(sealed_file: Path, tmp_path: Path) -> None:
    other = SoftwareSigner.from_seed(bytes(32)).public.cose.hex()
    bad = rewritten(sealed_file, tmp_path / "bad", put("public", value=other))
    with pytest.raises(SigningError) as caught:
        read_key_file(bad, "right")
    assert caught.value.code == "key-file-passphrase"


@pytest.fixture(scope="module")
def sealed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sealed") / "k"
    write_key_file(path, SIGNERS[0], passphrase="right")
    return path


@pytest.mark.parametrize("text", [b"", b"\n", b"{}\n", b"[]\n", b"null\n", b"\xff\xfe\n", b"[" * 9_000 + b"\n",
                                  b"x" * 20_000, b"-----BEGIN PRIVATE KEY-----\n"])  # fmt: skip
def test_other_files_are_no_key_files(text: bytes, tmp_path: Path) -> None:
    (tmp_path / "k").write_bytes(text)
    (tmp_path / "k").chmod(0o600)
    with pytest.raises(SigningError) as caught:
        read_key_file(tmp_path / "k")
    assert caught.value.code == "key-file-format"


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_plain_file_never_gives_another_key(tmp_path: Path, data: st.DataObject) -> None:
    path, bad = tmp_path / "k", tmp_path / "bad"
    if not path.exists():
        write_key_file(path, SIGNERS[0], passphrase=None)
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    put_in = data.draw(st.binary(max_size=4))
    changed = whole[:at] + put_in + whole[at + data.draw(st.integers(0, 4)) :]
    bad.write_bytes(changed)
    bad.chmod(0o600)
    try:
        signer = read_key_file(bad)
    except LotchainError as fault:
        assert fault.code == "key-file-format"
        assert not [trace for trace in traces() if trace in str(fault)]
    else:
        assert changed == whole
        assert signer.public == SIGNERS[0].public
