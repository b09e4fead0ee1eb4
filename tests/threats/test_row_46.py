"""Threat row 46, SSRF: an address in a list of witnesses, or a redirect, makes the ledger ask its own network.

The row proposes an allow-list, https, resolve-then-pin, no redirect and blocked private ranges, told as
`URL_NOT_ALLOWED`. As in the protocol addresses come from the operator's own configuration alone, which is the allow-list;
what cannot be a base URL in its one spelling is `base-url`, what leads to another network than meant is
`address-not-allowed`, plain http without leave `witness-http`. Statements, notes and witnesses' answers name no address.
"""

from __future__ import annotations

import socket
from typing import Any

import pytest
from tests.unit.ledgers import Rig
from tests.unit.witness_servers import stub
from tests.unit.world import ORIGIN

from lotchain.app.folder import Configuration
from lotchain.app.views import viewed
from lotchain.app.witness_list import parse_witness_list, stated_list
from lotchain.core.notes import VerifierKey
from lotchain.core.request_profile import check_base_url
from lotchain.errors import LotchainError, UsageError
from lotchain.remote.fetching import Fetcher, Patience
from lotchain.remote.witness_call import CallLimits, is_allowed, post
from lotchain.signing import SoftwareSigner

WITNESS = VerifierKey("w.example", 4, SoftwareSigner.from_seed(b"w" * 32).public.raw)
STRICT = CallLimits(connect_s=0.5, whole_s=1.0)


def refused(url: str, *, local: bool = False) -> str:
    with pytest.raises(LotchainError) as caught:
        post(url, b"x", most=10, limits=CallLimits(connect_s=0.5, whole_s=1.0, local=local))
    return caught.value.code


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/", "https://127.1/", "https://127.0.1/", "https://2130706433/", "https://0x7f.1/",
        "https://0x7f000001/", "https://0177.0.0.1/", "https://127.0.0.01/", "https://0/", "https://10.1/",
        "https://256.1.1.1/", "https://a.1/", "https://w.example./", "https://w..example/", "https://.example/",
        "https://-w.example/", "https://w-.example/", "https://" + "a" * 64 + ".example/", "https://" + "a." * 130 + "b/",
        "https://w.example:65536/", "https://w.example:99999/", "https://w.example:443/", "https://W.example/",
        "file:///etc/passwd", "gopher://127.0.0.1/", "dict://x/", "https://w.example@127.0.0.1/", "//127.0.0.1/",
        "https://127.0.0.1\\@w.example/", "https://w.example/%2e%2e/", "https://w.example/..", "https://[fe80::1%25lo]/",
        "https://ⓛocalhost/", "https://w。example/", "https:w.example", "https://w.example#@127.0.0.1/", " https://w.example/",
    ],
)  # fmt: skip
def test_second_spellings_of_an_address_are_no_base_url(url: str) -> None:
    if url.startswith("http://169"):
        assert refused(url) == "witness-http"
        assert refused(url, local=True) == "address-not-allowed"
        return
    with pytest.raises(UsageError) as caught:
        check_base_url(url)
    assert caught.value.code == "base-url"
    assert refused(url, local=True) == "base-url"
    with pytest.raises(UsageError):
        Fetcher(url)
    with pytest.raises(LotchainError), viewed(url if url.startswith("http") else f"/nowhere/{url}"):
        pass


@pytest.mark.parametrize("url", ["https://[::ffff:10.0.0.1]/", "https://[::ffff:a00:1]/", "https://[::10.0.0.1]/",
                                 "https://127.0.0.1/", "https://10.0.0.1/", "https://[::1]/", "https://localhost/",
                                 "https://192.168.0.1:8443/"])  # fmt: skip
def test_this_machine_and_private_networks_are_not_asked_without_leave(url: str) -> None:
    assert refused(url) == "address-not-allowed"


@pytest.mark.parametrize("address", ["169.254.169.254", "fd00:ec2::254", "168.63.129.16", "::ffff:168.63.129.16",
                                     "100.100.100.200", "192.0.0.192", "::ffff:0:169.254.169.254", "64:ff9b:1::a9fe:a9fe",
                                     "::169.254.169.254", "0.0.0.0", "fec0::1", "5f00::1", "3fff::1", "192.0.0.8"])  # fmt: skip
def test_where_clouds_keep_their_secrets_nobody_is_asked(address: str) -> None:
    assert not is_allowed(address, local=False) and not is_allowed(address, local=True)


def test_a_name_that_leads_to_a_private_address_among_others_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert refused("https://w.example/") == "address-not-allowed"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_nothing_is_asked_elsewhere(status: int) -> None:
    with stub(lambda *_: None) as (elsewhere, seen):

        def redirect(handler: Any, body: bytes) -> None:
            handler.send_response(status)
            handler.send_header("Location", elsewhere)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        with stub(redirect) as (url, bodies):
            answer = post(url, b"x", most=10, limits=CallLimits(connect_s=1, whole_s=2, local=True))
        assert (answer.status, len(bodies), seen) == (status, 1, [])


def test_a_list_of_witnesses_is_read_as_strictly() -> None:
    configuration = Configuration(ORIGIN, Rig().ledger.key)
    for url in ("https://127.1/", "file:///etc/passwd", "https://w.example./", "https://w.example:99999/"):
        with pytest.raises(UsageError, match="base-url"):
            parse_witness_list(f"witness W {WITNESS.encode()} {url}\nquorum W\n".encode(), configuration)


def test_one_address_named_twice_is_one_witness() -> None:
    """Else the publisher would wait its whole time for a second answer that cannot come, and ask for a quorum of two."""
    configuration = Configuration(ORIGIN, Rig().ledger.key, witnesses=(WITNESS,))
    urls = ("https://w.example/", "https://w.example", "https://w.example/")
    listed = stated_list(urls, None, configuration)
    assert [witness.url for witness in listed.asked] == ["https://w.example/add-checkpoint"]
    assert listed.policy.groups["asked"].threshold == 1


def test_good_addresses_stay_good() -> None:
    for url in ("https://w.example/", "https://a-1.b2.example:8443/lots/", "https://93.184.216.34/", "https://localhost/",
                "http://127.0.0.1:65535/", "https://[2606:4700::6810:84e5]/", "https://xn--bcher-kva.example/"):  # fmt: skip
        assert check_base_url(url) == url
    assert Fetcher("http://127.0.0.1:1/", patience=Patience(tries=1))
