"""A member's signed request in other hands: replayed, forwarded, changed in ways that two readers may read differently."""

from __future__ import annotations

import base64
import time
from typing import Any

import pytest
from tests.unit.test_request_signatures import BASE, MEMBER, NOW, Clock, key_of, request
from tests.unit.test_service import call

from lotchain.core.request_profile import MAX_FIELD
from lotchain.errors import LotchainError, UsageError
from lotchain.ledger.members import MemberKey
from lotchain.service.app import application
from lotchain.service.exchange import FOR_EVER_PRIVATE, Answer, Asked, Endpoint, content
from lotchain.service.signed import Doorkeeper, Nonces
from lotchain.signing import SoftwareSigner
from lotchain.signing.requests import sign_request

PATH = "tile/entries/000"


def door(base: str = BASE) -> Doorkeeper:
    return Doorkeeper(base, key_of, Clock())


def refused(asked: Asked, base: str = BASE) -> str:
    with pytest.raises(LotchainError) as caught:
        door(base).admit(asked)
    return caught.value.code


@pytest.mark.parametrize(
    "base",
    [
        "https://ledger.example/", "https://ledger.example/lots/lots/", "https://other.example/lots/",
        "http://ledger.example/lots/", "https://ledger.example:8443/lots/", "https://ledger.example/Lots/",
        "https://sub.ledger.example/lots/", "https://ledger.examplf/lots/",
    ],
)  # fmt: skip
def test_a_request_is_let_in_by_no_other_service(base: str) -> None:
    assert refused(request(PATH), base) == "request-signature-wrong"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/tile/entries/001", ""), ("/tile/entries/%30%30%30", ""), ("//tile/entries/000", ""), ("/tile//entries/000", ""),
        ("/tile/./entries/000", ""), ("/tile/0/../entries/000", ""), ("/tile/entries/000/", ""), ("/tile/entries/000;x", ""),
        ("/tile/entries/000", "x"), ("/TILE/entries/000", ""), ("/tile/entries/000#", ""), ("/tile\\entries/000", ""),
        ("https://ledger.example/lots/tile/entries/000", ""), ("/lots/tile/entries/000", ""), ("tile/entries/000.", ""),
    ],
)  # fmt: skip
def test_a_signature_holds_for_the_target_as_it_was_sent(path: str, query: str) -> None:
    assert refused(request(PATH)._replace(path=path, query=query)) == "request-signature-wrong"


@pytest.mark.parametrize(
    "query", ["lot=b&lot=a", "lot=a&lot=b&x", "lot=a", "LOT=a&lot=b", "lot=a;lot=b", "lot=a&lot=%62", ""]
)
def test_a_query_keeps_its_order_and_spelling(query: str) -> None:
    good = request("bundle?lot=a&lot=b")
    assert door().admit(good).key == MEMBER.public.subject
    assert refused(good._replace(query=query)) == "request-signature-wrong"


@pytest.mark.parametrize("method", ["HEAD", "POST", "get", "GET ", "OPTIONS"])
def test_another_method_is_another_request(method: str) -> None:
    assert refused(request(PATH)._replace(method=method)) == "request-signature-wrong"


def with_fields(one: Asked, **changed: list[str]) -> Asked:
    """The request with other lines of the two fields."""
    fields = {"signature-input": one.fields("signature-input"), "signature": one.fields("signature")}
    fields |= {name.replace("_", "-"): lines for name, lines in changed.items()}
    return one._replace(headers=tuple((name, line) for name, lines in fields.items() for line in lines))


def test_fields_that_two_readers_read_differently_are_refused() -> None:
    one = request(PATH)
    (said,), (made,) = one.fields("signature-input"), one.fields("signature")
    label, _, rest = said.partition("=")
    other = request("tile/entries/001").fields("signature-input")[0]
    bad: list[dict[str, list[str]]] = [
        {"signature_input": [said, said]}, {"signature": [made, made]}, {"signature_input": [said, other]},
        {"signature_input": [f"{said}, x={rest}"]}, {"signature_input": [f"{said}, {said}"]},
        {"signature_input": [f"{said}, {label}={other.partition('=')[2]}"]}, {"signature": [f"{made}, {made}"]},
        {"signature_input": [said.replace(";", "; ", 1)]}, {"signature_input": [said + ";x"]}, {"signature_input": [said + ","]},
        {"signature_input": [said.replace('"@method"', '"@method";req')]}, {"signature_input": [said + ";created=1"]},
        {"signature_input": [said.replace('"@method"', '"@method" "@method"')]}, {"signature_input": [" " + said]},
        {"signature_input": [said.replace('"@target-uri"', '"@path"')]}, {"signature_input": [said.upper()]},
        {"signature_input": [said + "\t"]}, {"signature_input": [said + "\u00a0"]}, {"signature": [made.replace("=:", "=: ")]},
        {"signature": [made[:-2] + "A" + made[-1]]}, {"signature": [made + ";x=1"]}, {"signature": ["x" + made]},
        {"signature_input": [said.replace("created=", "created=0")]}, {"signature_input": [said.replace("created=", "created=+")]},
        {"signature_input": [said.replace('tag="lotchain"', "tag=lotchain")]}, {"signature": [made.replace(":", "'")]},
    ]  # fmt: skip
    for changed in bad:
        assert refused(with_fields(one, **changed)).startswith("request-"), changed
    assert door().admit(one).key == MEMBER.public.subject


@pytest.mark.parametrize(
    "flood",
    [
        "x=" + "(" * 5_000, "x=(" + '"@method" ' * 2_000 + ")", "x=()" + ";a" * 900, ", ".join(f"l{n}=()" for n in range(250)),
        "x=(" + "(" * 900 + ")" * 900 + ")", 'x="' + "\\\\" * 900 + '"', "x=:" + "A" * 1_900 + ":", "x=" + "9" * 1_900,
        "x=()" + "".join(f";p{n}=1" for n in range(200)), "x=1." + "9" * 1_900, "x=@" + "9" * 100, 'x=%"' + "%c3%a9" * 300 + '"',
    ],
)  # fmt: skip
def test_floods_in_the_fields_are_refused_at_once(flood: str) -> None:
    begun = time.perf_counter()
    for field in ("signature_input", "signature"):
        code = refused(with_fields(request(PATH), **{field: [flood]}))
        assert code in ("request-signature-format", "request-components", "request-parameters")
    assert time.perf_counter() - begun < 1.0 and len(flood) > MAX_FIELD // 200


def test_a_body_is_refused_where_none_belongs_and_covered_where_there_is_one() -> None:
    assert refused(request(PATH)._replace(body=b"x")) == "request-components"
    signed = sign_request(MEMBER, "POST", BASE + "x", created_s=NOW, body=b"one")
    headers = tuple((name.lower(), value) for name, value in signed.items())
    one = Asked("POST", "/x", "", headers, b"one")
    assert refused(one._replace(body=b"two")) == "request-signature-wrong"
    assert refused(one._replace(body=b"")) == "request-signature-wrong", "taken away on the road"
    two = ("content-digest", "sha-256=:" + base64.b64encode(bytes(32)).decode() + ":")
    assert refused(one._replace(headers=(*headers, two))) == "request-signature-wrong"
    assert door().admit(one).key == MEMBER.public.subject


def test_a_party_with_many_keys_takes_one_party_s_share_of_the_memory() -> None:
    """Four keys of one party would else fill what is kept for all, and nobody be let in for five minutes."""
    signers = [SoftwareSigner.from_seed(bytes([n]) * 32) for n in range(1, 6)]
    owners = {signer.public.subject: "party:CN-MAKER" for signer in signers[:4]} | {
        signers[4].public.subject: "party:MX-USER"
    }
    keys = {signer.public.subject: signer.public for signer in signers}
    one = Doorkeeper(BASE, lambda name: MemberKey(keys[name], owners[name], valid=True), Clock())
    one._nonces = Nonces(most=8, most_of_one=4)
    for n in range(4):
        one.admit(request(signer=signers[n]))
    for signer in signers[:4]:
        with pytest.raises(UsageError, match="requests-too-many"):
            one.admit(request(signer=signer))
    assert one.admit(request(signer=signers[4])).party == "party:MX-USER"


def _guarded() -> Any:
    keeper = door()

    def entries(asked: Asked) -> Answer:
        keeper.admit(asked)
        return content(
            asked, b"what members alone may read" * 100, "application/octet-stream", FOR_EVER_PRIVATE, compress=True
        )

    return application((Endpoint("/tile/entries/*", entries),))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "headers",
    [
        {}, {"if_none_match": "*"}, {"range": "bytes=0-10"}, {"if_range": "*", "range": "bytes=0-"}, {"accept_encoding": "gzip"},
        {"host": "ledger.example"}, {"x_original_url": "/checkpoint"}, {"x_http_method_override": "GET"},
        {"authorization": "Basic eDp5"}, {"x_forwarded_for": "127.0.0.1"}, {"cookie": "a=b"},
    ],
)  # fmt: skip
def test_strangers_get_nothing_not_even_a_tag_or_a_length(method: str, headers: dict[str, str]) -> None:
    got = call(_guarded(), "/" + PATH, method, **headers)
    assert got.status == 401 and "etag" not in got.headers and got.headers["cache-control"] == "no-store"
    assert "content-range" not in got.headers and b"members alone" not in got.body


def test_a_member_s_answer_is_for_no_shared_cache_and_never_partial() -> None:
    signed = dict(sign_request(MEMBER, "GET", BASE + PATH, created_s=NOW))
    got = call(
        _guarded(), "/" + PATH, range="bytes=0-3", **{name.replace("-", "_"): value for name, value in signed.items()}
    )
    assert (
        got.status == 200 and got.headers["cache-control"].startswith("private") and "accept-ranges" not in got.headers
    )
    assert got.headers["vary"] == "Accept-Encoding" and len(got.body) == 2_700
