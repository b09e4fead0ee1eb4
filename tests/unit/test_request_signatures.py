"""Members' requests: the vectors, replays, the share of each key, and whatever strangers send."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vectors_build.http_signatures import MEMBER, NONCE, NOW, URL, build

from lotchain.core.keys import parse_public_key
from lotchain.core.request_profile import Claims, check_base_url, read_claims
from lotchain.errors import LotchainError, Malformed, SigningError, UsageError
from lotchain.ledger.members import MemberKey
from lotchain.service.exchange import Asked
from lotchain.service.problems import status_of
from lotchain.service.signed import Doorkeeper, Nonces, check_request, read_fields
from lotchain.signing import SoftwareSigner, new_signer
from lotchain.signing.requests import sign_request

VECTORS = json.loads((Path(__file__).resolve().parents[2] / "specs" / "vectors" / "http-signatures.json").read_text())
CASES = VECTORS["cases"]
BASE = "https://ledger.example/lots/"


def key_of(subject: str) -> MemberKey | None:
    """The enrolled keys of the vectors."""
    known = VECTORS["keys"].get(subject)
    if known is None:
        return None
    return MemberKey(parse_public_key(bytes.fromhex(known["cose"])), known["party"], known["status"] == "valid")


def asked_of(case: dict[str, Any]) -> Asked:
    fields = ("signature-input", "signature", "content-digest")
    headers = [(name, line) for name in fields for line in case[name.replace("-", "_")]]
    return Asked(case["method"], "/", "", tuple(headers), bytes.fromhex(case["body"]))


def request(path: str = "tile/entries/000", *, at: int = NOW, signer: SoftwareSigner = MEMBER, **more: Any) -> Asked:
    """A request of a member to the service at `BASE`."""
    headers = sign_request(signer, "GET", BASE + path, created_s=at, **more)
    plain, _, query = path.partition("?")
    return Asked("GET", "/" + plain, query, tuple((name.lower(), value) for name, value in headers.items()))


class Clock:
    """Seconds that stand where a test puts them."""

    def __init__(self, now: int = NOW) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


# Vectors


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_vectors(case: dict[str, Any]) -> None:
    if case["valid"]:
        member, claims = check_request(asked_of(case), case["url"], case["now"], key_of)
        assert member.party == VECTORS["keys"][claims.keyid]["party"]
        return
    with pytest.raises(LotchainError) as caught:
        check_request(asked_of(case), case["url"], case["now"], key_of)
    assert caught.value.code == case["code"]
    assert status_of(caught.value) in (401, 403)


def test_the_vectors_are_those_that_are_made_and_most_are_bad() -> None:
    assert build() == VECTORS
    assert sum(not case["valid"] for case in CASES) > 3 * sum(case["valid"] for case in CASES)


def test_every_signature_base_of_a_good_case_is_what_was_signed() -> None:
    for case in CASES:
        if case["valid"]:
            fields = read_fields(asked_of(case))
            key = key_of(str(fields.parameters["keyid"]))
            assert key is not None and key.key.verify(fields.signature, case["signature_base"].encode("ascii"))


# Once only


def test_a_request_is_let_in_once() -> None:
    door = Doorkeeper(BASE, key_of, Clock())
    asked = request()
    assert door.admit(asked).party == "party:CN-MAKER"
    with pytest.raises(UsageError) as caught:
        door.admit(asked)
    assert caught.value.code == "request-replayed"
    door.admit(request())


def test_a_nonce_is_remembered_as_long_as_it_could_be_used() -> None:
    clock = Clock()
    door = Doorkeeper(BASE, key_of, clock)
    asked = request(at=NOW + 299)  # by a clock that is ahead
    door.admit(asked)
    for clock.now in (NOW + 299, NOW + 598):
        with pytest.raises(UsageError) as caught:
            door.admit(asked)
        assert caught.value.code == "request-replayed"
    clock.now = NOW + 599
    with pytest.raises(UsageError) as caught:
        door.admit(asked)
    assert caught.value.code == "request-expired"


def test_a_clock_that_is_set_back_lets_no_old_request_in_again() -> None:
    clock = Clock()
    door = Doorkeeper(BASE, key_of, clock)
    asked = request()
    door.admit(asked)
    clock.now = NOW + 400
    door.admit(request(at=NOW + 400))
    clock.now = NOW + 1
    with pytest.raises(UsageError) as caught:
        door.admit(asked)
    assert caught.value.code == "request-replayed"


def test_what_was_signed_before_the_service_started_is_refused() -> None:
    asked = request()
    door = Doorkeeper(BASE, key_of, Clock(NOW + 1))
    with pytest.raises(UsageError) as caught:
        door.admit(asked)
    assert caught.value.code == "request-stale"


def test_a_refused_request_uses_up_no_nonce() -> None:
    door = Doorkeeper(BASE, key_of, Clock())
    forged = request(nonce=NONCE)._replace(path="/tile/entries/001")
    with pytest.raises(UsageError) as caught:
        door.admit(forged)
    assert caught.value.code == "request-signature-wrong"
    assert door.admit(request(nonce=NONCE)).key == MEMBER.public.subject


def test_one_key_cannot_take_the_share_of_others() -> None:
    nonces = Nonces(most=6, most_of_one=4)

    def claims(key: str, n: int, expires: int = NOW + 300) -> Claims:
        return Claims(key, NOW, expires, f"nonce-{n}", None)

    for n in range(4):
        nonces.take(claims("a", n), NOW)
    for key, allowed in (("a", 0), ("b", 2), ("c", 0)):
        for n in range(10, 10 + allowed):
            nonces.take(claims(key, n), NOW)
        with pytest.raises(UsageError) as caught:
            nonces.take(claims(key, 99), NOW)
        assert caught.value.code == "requests-too-many" and status_of(caught.value) == 429
    nonces.take(claims("a", 5, NOW + 700), NOW + 300)  # the old ones have expired


def test_a_revocation_bites_on_the_next_request() -> None:
    standing = {"valid": True}
    door = Doorkeeper(BASE, lambda _: MemberKey(MEMBER.public, "party:CN-MAKER", standing["valid"]), Clock())
    door.admit(request())
    standing["valid"] = False
    with pytest.raises(UsageError) as caught:
        door.admit(request())
    assert caught.value.code == "request-key-revoked" and status_of(caught.value) == 403


def test_the_url_is_the_services_own_whatever_the_host_header_says() -> None:
    door = Doorkeeper(BASE, key_of, Clock())
    headers = sign_request(MEMBER, "GET", "https://other.example/lots/tile/entries/000", created_s=NOW)
    lines = (("host", "other.example"), *((name.lower(), value) for name, value in headers.items()))
    with pytest.raises(UsageError) as caught:
        door.admit(Asked("GET", "/tile/entries/000", "", lines))
    assert caught.value.code == "request-signature-wrong"


# Whatever comes

_FIELD = CASES[0]["signature_input"][0]
_SIGNATURE = CASES[0]["signature"][0]


def refused(asked: Asked) -> None:
    """Nothing but our own errors leaves, and nobody is let in."""
    with pytest.raises((Malformed, UsageError)):
        check_request(asked, URL, NOW, key_of)


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_is_refused(first: str, second: str) -> None:
    refused(Asked("GET", "/", "", (("signature-input", first), ("signature", second))))


@given(st.data())
@settings(max_examples=300)
def test_a_good_request_with_anything_changed_is_refused(data: st.DataObject) -> None:
    field, signature = _FIELD, _SIGNATURE
    which = data.draw(st.sampled_from(("field", "signature")))
    text = field if which == "field" else signature
    at = data.draw(st.integers(0, len(text) - 1))
    cut = data.draw(st.integers(0, 3))
    changed = text[:at] + data.draw(st.text(st.characters(max_codepoint=255), max_size=3)) + text[at + cut :]
    if changed == text or changed.partition("=")[2] == text.partition("=")[2]:
        return
    if which == "field":
        field = changed
    else:
        signature = changed
    refused(Asked("GET", "/", "", (("signature-input", field), ("signature", signature))))


@given(
    st.lists(st.sampled_from(("@method", "@target-uri", "@path", "content-digest", "x", "")), max_size=5),
    st.dictionaries(
        st.sampled_from(("created", "expires", "nonce", "keyid", "tag", "alg", "x")),
        st.one_of(st.integers(), st.text(max_size=80), st.booleans(), st.binary(max_size=4), st.none()),
    ),
    st.booleans(),
)
def test_claims_are_read_or_refused(components: list[str], parameters: dict[str, object], body: bool) -> None:
    with pytest.raises((Malformed, UsageError)):
        read_claims(components, parameters, NOW, body=body)


# Signing


def test_nonces_are_fresh_and_the_key_stays_inside() -> None:
    headers = [sign_request(MEMBER, "GET", URL, created_s=NOW) for _ in range(50)]
    assert len({found["Signature"] for found in headers}) == 50


def test_a_signer_that_fails_says_so() -> None:
    class Broken:
        public = new_signer().public

        def sign(self, message: bytes) -> bytes:
            raise SigningError("card-removed", "the card was pulled out")

    with pytest.raises(SigningError):
        sign_request(Broken(), "GET", URL, created_s=NOW)


def missing(name: str) -> Any:
    """An import that finds nothing."""
    raise ImportError(name)


def test_without_the_extra_it_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lotchain.signing.requests.import_module", missing)
    with pytest.raises(UsageError) as caught:
        sign_request(MEMBER, "GET", URL, created_s=NOW)
    assert caught.value.code == "extra-missing" and "lotchain[service]" in caught.value.remedy


@pytest.mark.parametrize(
    ("given_text", "read"),
    [
        ("https://ledger.example", "https://ledger.example/"),
        ("https://ledger.example/lots", "https://ledger.example/lots/"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
    ],
)
def test_base_urls(given_text: str, read: str) -> None:
    assert check_base_url(given_text) == read


@pytest.mark.parametrize(
    "text",
    [
        "", "ledger.example", "ftp://ledger.example/", "https://", "https:///lots", "https://Ledger.example/",
        "HTTPS://ledger.example/", "https://ledger.example:443/", "http://ledger.example:80/", "https://u@ledger.example/",
        "https://ledger.example/?x", "https://ledger.example/#x", "https://ledger.example/a/../b/",
        "https://ledger.example/a//b/", "https://ledger.example/%41/", "https://ledger.example/ü/", "https://ledger.example:0/",
        "https://ledger.example:99999999/", "https://ledger.example\n/", "https://ledger.example/ ", "https://x/" + "a" * 2_000,
    ],
)  # fmt: skip
def test_what_is_no_base_url(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_base_url(text)
    assert caught.value.code == "base-url"
