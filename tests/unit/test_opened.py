"""Hidden fields in a bundle: opened only in their own place, and shown as text where they are."""

from __future__ import annotations

from tests.changing import replace
from tests.unit.world import CN, kg
from tests.vectors_build.bundle_bench import (
    LOT,
    Bench,
    refusal,
)

from lotchain.core import cbor
from lotchain.core.hidden import Opening, placeholder
from lotchain.events.fields import Document, Hidden
from lotchain.events.loss import Loss
from lotchain.ledger.bundles import make_bundle
from lotchain.verify.bundle import Bundle, decode_bundle

# Hidden fields


SALT = b"0123456789abcdef"


def hidden_bench(field: str = "remarks", document: bytes = bytes(32)) -> tuple[Bench, str, Opening]:
    own = Bench()
    opening = Opening(field, SALT, "Keep dry")
    event = Loss(
        lot=own.world.make("A", 100), prev=own.world.last(LOT), quantity=kg(1), kind="leaked", place=CN,
        remarks=Hidden(**placeholder(opening.digest)),
        documents=(Document(kind="certificate", sha256=document.hex()),), occurred_at=own.world.now(),
    )  # fmt: skip
    own.world.accept(event, "maker")
    own.feed()
    return own, LOT, opening


def with_opening(bundle: Bundle, opening: Opening, digest: bytes | None = None) -> Bundle:
    pair = (digest or opening.digest, cbor.encode(opening.encode()))
    return replace(bundle, openings=(pair,))


def test_an_opened_field_is_shown_as_text() -> None:
    own, lot, opening = hidden_bench()
    closed = own.verify(own.bundle(lot))
    assert closed.openings == {}
    opened = own.verify(with_opening(own.bundle(lot), opening))
    assert opened.openings == {opening.digest.hex(): "Keep dry"}
    assert closed.word == opened.word
    assert ("remarks (opened)", "Keep dry") in opened.steps[-1].card.lines
    assert ("remarks", "(hidden)") in closed.steps[-1].card.lines
    assert [step.statement for step in closed.steps] == [step.statement for step in opened.steps]


def test_of_two_hidden_fields_the_one_without_opening_stays_hidden() -> None:
    own = Bench()
    means, remarks = Opening("means", SALT, "x" * 300), Opening("remarks", SALT, "Keep dry")
    lot = own.world.make("A", 5)
    hidden = {name: Hidden(**placeholder(each.digest)) for name, each in (("means", means), ("remarks", remarks))}
    own.world.offer("maker", "carrier", lot, **hidden)
    own.feed()
    card = own.verify(with_opening(own.bundle(lot), means)).steps[-1].card
    assert card.lines[-2:] == (("means (opened)", "x" * 300), ("remarks", "(hidden)"))


def test_an_opening_that_opens_nothing_here() -> None:
    own, lot, opening = hidden_bench()
    bundle = own.bundle(lot)
    for wrong in (
        with_opening(bundle, Opening("remarks", SALT, "Keep wet"), opening.digest),
        with_opening(bundle, Opening("remarks", SALT, "Keep wet")),
        with_opening(bundle, Opening("remarks", bytes(16), "Keep dry")),
        with_opening(bundle, Opening("place.name", SALT, "Keep dry"), opening.digest),
    ):
        assert refusal(own.verify(wrong)) == "opening-invalid"
    assert refusal(own.verify(replace(bundle, openings=((opening.digest, b"\x80"),)))) == "hidden-format"
    assert refusal(own.verify(replace(bundle, openings=((opening.digest, b"\xff"),)))).startswith("cbor-")


def test_an_opening_counts_only_in_the_field_that_it_names() -> None:
    """The signer made the digest for another field: nothing in this place can be read from it."""
    own, lot, opening = hidden_bench(field="place.name")
    assert refusal(own.verify(with_opening(own.bundle(lot), opening))) == "opening-invalid"


def test_a_document_s_digest_is_no_hidden_field() -> None:
    other = Opening("remarks", SALT, "On fire")
    own, lot, _ = hidden_bench(document=other.digest)
    assert refusal(own.verify(with_opening(own.bundle(lot), other))) == "opening-invalid"


def test_kept_openings_travel_and_a_copy_without_them_can_be_made() -> None:
    own = Bench()
    opening, misplaced = Opening("remarks", SALT, "Keep dry"), Opening("remarks", SALT, "Dear")
    for local, kept in (("A", opening), ("B", misplaced)):
        name = {"remarks": Hidden(**placeholder(kept.digest))} if local == "A" else {}
        place = CN if local == "A" else CN.model_copy(update={"name": Hidden(**placeholder(kept.digest))})
        own.world.make(local, 1, place=place, **name)
    own.rig.clock.time = own.world.time
    pairs = {each.digest: cbor.encode(each.encode()) for each in (opening, misplaced)}
    own.rig.ledger.submit(own.rig.statements(), openings=pairs)
    assert own.verdict("lot:CN-MAKER/A").openings == {opening.digest.hex(): "Keep dry"}
    bare = decode_bundle(make_bundle(own.rig.ledger.reader, "lot:CN-MAKER/A", with_openings=False))
    assert bare.openings == ()
    assert own.verdict("lot:CN-MAKER/B").word == "CLEAR", "an opening for another place stays away"
