"""`GET /document/<sha256>`: adopted documents for members; openings of hidden fields never leave this way."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from tests.unit.ledgers import Rig, receipts
from tests.unit.test_service import BASE, Reply, Service, call
from tests.unit.world import START

from lotchain.app.adopting import adopted_document
from lotchain.core import cbor
from lotchain.core.hidden import Opening
from lotchain.events.reading import read_entry
from lotchain.service.app import application
from lotchain.service.documents import DocumentPages
from lotchain.signing import SoftwareSigner, new_signer
from lotchain.signing.requests import sign_request

DOCUMENT = adopted_document("UN")
DIGEST = sha256(DOCUMENT).hexdigest()


class Documents(Service):
    """A service over a ledger on which a rule set was adopted."""

    def __init__(self, path: Path) -> None:
        self.rig = Rig(path).grown(1)
        self.rig.world.adopt("UN", "mx")
        self.rig.clock.time = self.rig.world.time
        openings = {bytes.fromhex(DIGEST): DOCUMENT}
        receipts(self.rig.ledger.submit(self.rig.statements(), openings))
        self.rig.ledger.publish()
        super().__init__(path)
        self.clock.time = START
        self.app = application(DocumentPages(self.readers, self.door).endpoints())
        self.maker: SoftwareSigner = self.rig.world.signers["maker"]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Documents]:
    made = Documents(tmp_path_factory.mktemp("documents") / "ledger.db")
    yield made
    made.readers.close()
    made.rig.store.close()


def asked(service: Documents, path: str, query: str = "") -> Reply:
    return service.signed(service.maker, path, query)


def test_a_member_gets_what_was_adopted(service: Documents) -> None:
    reply = asked(service, f"/document/{DIGEST}")
    assert reply.status == 200 and reply.body == DOCUMENT
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["cache-control"].startswith("private")


def test_strangers_get_nothing(service: Documents) -> None:
    assert service.get(f"/document/{DIGEST}").code == "request-unsigned"
    assert service.signed(new_signer("ed25519"), f"/document/{DIGEST}").code == "request-key-unknown"
    elsewhere = sign_request(service.maker, "GET", BASE + "document/" + "0" * 64, created_s=START // 1000)
    assert call(service.app, f"/document/{DIGEST}", **elsewhere).code == "request-signature-wrong"


@pytest.mark.parametrize(
    "name",
    ["", "0" * 64, DIGEST.upper(), DIGEST[:-1], DIGEST + "0", f"{DIGEST}/", f"../document/{DIGEST}", DIGEST[:-1] + "g"],
)
def test_other_names_name_nothing(service: Documents, name: str) -> None:
    assert asked(service, f"/document/{name}").code == "not-found"


def test_a_query_names_nothing(service: Documents) -> None:
    assert asked(service, f"/document/{DIGEST}", "x").code == "not-found"


def test_an_opening_never_leaves_by_its_digest(service: Documents) -> None:
    """Personal data lie in the same table of the store; what they hash to is not their name."""
    opening = Opening("vehicle", bytes(range(16)), "the driver's name")
    encoded = cbor.encode(opening.encode())
    service.rig.store.keep_opening(opening.digest, encoded)
    assert asked(service, f"/document/{opening.digest.hex()}").code == "not-found"
    assert asked(service, f"/document/{sha256(encoded).hexdigest()}").code == "not-found"


def test_a_document_that_was_changed_in_the_store_is_not_given(service: Documents) -> None:
    other = bytes(31) + b"\x01"
    service.rig.store.keep_opening(other, b"{}")
    assert asked(service, f"/document/{other.hex()}").code == "not-found"


def test_the_statement_that_adopts_names_the_document(service: Documents) -> None:
    named = {name for raw in service.rig.store.entries(0, 1_000) if raw[:1] == b"\xd2"
             for name in read_entry(raw).event.documents_kept()}  # fmt: skip
    assert named == {DIGEST}
