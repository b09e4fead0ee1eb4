"""Disputes on a lot: withdrawn offers and late replies, double dealing and its proof, and their resolution."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.world import CN, DAY, MX, World, codes, kg

from lotchain.core.encodings import b64encode
from lotchain.custody import keys
from lotchain.errors import Malformed
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.conflict import Conflict
from lotchain.events.consumption import Consumption
from lotchain.events.endorsement import Endorsement
from lotchain.events.event import Event
from lotchain.events.fields import Seen
from lotchain.events.hand_over import HandOver
from lotchain.events.loss import Loss
from lotchain.events.merge import Merge, MergeLine
from lotchain.events.reading import read_entry, read_event
from lotchain.events.refusal import Refusal, RefusalLine
from lotchain.events.registration import Registration
from lotchain.events.resolution import Resolution
from lotchain.events.split import Child, Split
from lotchain.events.withdrawal import Withdrawal
from lotchain.signing import SoftwareSigner

NOWHERE = "ab" * 32


@pytest.fixture
def world() -> World:
    return World()


def withdraw(world: World, offer: str, *lots: str) -> Withdrawal:
    return Withdrawal(withdraws=offer, lots=lots, occurred_at=world.now())


def consume(world: World, lot: str, quantity: Any = 1, /, **fields: Any) -> Consumption:
    return Consumption(**{
        "lot": lot, "prev": world.last(lot), "quantity": kg(quantity), "purpose": "analysis",
        "occurred_at": world.now(), **fields,
    })  # fmt: skip


def acceptance(world: World, offer: str, lot: str, quantity: Any = 500) -> Acceptance:
    line = AcceptanceLine(lot=lot, outcome="full", accepted=kg(quantity))
    return Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now())


def refusal(world: World, offer: str, lot: str, quantity: Any = 500) -> Refusal:
    line = RefusalLine(lot=lot, reason="not-ordered", refused=kg(quantity))
    return Refusal(answers=offer, lines=(line,), place=CN, occurred_at=world.now())


def resolve(world: World, lot: str, conflict: str, /, custodian: str | None = None, **fields: Any) -> Resolution:
    return Resolution(**{
        "lot": lot, "conflict": conflict, "decision": "confirm" if custodian is None else "custody",
        "custodian": custodian, "occurred_at": world.now(), **fields,
    })  # fmt: skip


def endorse(world: World, lot: str, proposal: str) -> Endorsement:
    return Endorsement(subject=lot, endorses=proposal, occurred_at=world.now())


def identity(raw: bytes) -> str:
    return read_entry(raw).statement.hex_id


# --- withdrawal ------------------------------------------------------------------------------------------------


def test_withdrawal_only_after_the_deadline_and_only_once(world: World) -> None:
    lot = world.make("A", 500)
    offer = world.offer("maker", "carrier", lot)
    judgement = world.submit(withdraw(world, offer, lot), "maker")
    assert codes(judgement) == {"deadline-not-past"} and judgement.refused[0].kind.retryable
    world.advance(2 * DAY)
    assert world.refuse(withdraw(world, offer, lot), "maker") == {"deadline-not-past"}
    world.advance(1)
    assert world.refuse(withdraw(world, offer, lot), "carrier") == {"not-custodian"}
    assert world.refuse(withdraw(world, offer, lot), "cn") == {"not-custodian"}
    withdrawal = world.accept(withdraw(world, offer, lot), "maker")
    state = world.lot(lot)
    assert state["offer"] is None and state["last"] == withdrawal and world.held(lot) == 500
    assert state["withdrawn"][offer]["to"] == "party:CN-TRUCK"
    world.advance()
    assert world.refuse(withdraw(world, offer, lot), "maker") == {"offer-closed"}
    world.move("maker", "importer", lot, receives_as="consignee")


def test_withdrawal_refused_for_what_is_no_open_offer(world: World) -> None:
    lot = world.make("A", 500)
    assert world.refuse(withdraw(world, NOWHERE, lot), "maker") == {"offer-unknown"}
    assert world.refuse(withdraw(world, world.last(lot), lot), "maker") == {"offer-closed"}
    assert world.refuse(withdraw(world, NOWHERE, "lot:CN-MAKER/NONE"), "maker") == {"lot-unknown"}
    offer = world.offer("maker", "carrier", lot)
    world.take(offer, "carrier")
    world.advance(3 * DAY)
    assert world.refuse(withdraw(world, offer, lot), "maker") == {"offer-closed"}


def test_withdrawal_keeps_the_losses_and_ends_what_is_gone(world: World) -> None:
    part, whole = world.make("A", 500), world.make("B", 500)
    offer = world.offer("maker", "carrier", part, whole)
    for lot, quantity in ((part, 100), (whole, 500)):
        world.accept(
            Loss(lot=lot, prev=offer, quantity=kg(quantity), kind="stolen", place=CN, occurred_at=world.now()),
            "maker",
        )
    world.advance(3 * DAY)
    world.accept(withdraw(world, offer, part, whole), "maker")
    assert world.held(part) == 400 and world.lot(part)["ended"] is None
    assert world.lot(whole)["ended"]["how"] == "lost"


def withdrawn(world: World) -> tuple[str, str, str]:
    """A lot, the offer that was withdrawn, and the withdrawal."""
    lot = world.make("A", 500)
    offer = world.offer("maker", "carrier", lot)
    world.advance(3 * DAY)
    return lot, offer, world.accept(withdraw(world, offer, lot), "maker")


def test_a_late_acceptance_is_recorded_once_and_opens_a_dispute(world: World) -> None:
    lot, offer, withdrawal = withdrawn(world)
    world.accept(consume(world, lot), "maker")
    assert world.refuse(acceptance(world, offer, lot), "importer") == {"not-receiver"}
    late = acceptance(world, offer, lot)
    judgement = world.submit(late, "carrier")
    assert codes(judgement) == {"accepted-after-withdrawal"} and not judgement.refused
    (entry,) = world.lot(lot)["conflicts"].values()
    assert (entry["kind"], entry["logged"], entry["status"]) == ("late-acceptance", withdrawal, "open")
    assert world.lot(lot)["custodian"] == "party:CN-MAKER"
    world.advance()
    assert world.refuse(acceptance(world, offer, lot), "carrier") == {"offer-closed"}


def test_a_late_refusal_is_recorded_without_effect(world: World) -> None:
    lot, offer, _ = withdrawn(world)
    assert codes(world.submit(refusal(world, offer, lot), "carrier")) == set()
    assert world.lot(lot)["conflicts"] == {}


# --- double dealing --------------------------------------------------------------------------------------------


def conflict(world: World, lot: str, logged: str, other: bytes, /, **fields: Any) -> Conflict:
    return Conflict(**{
        "lot": lot, "logged": logged, "other": b64encode(other), "occurred_at": world.now(), **fields,
    })  # fmt: skip


def two_acts(world: World) -> tuple[str, str, bytes]:
    """A lot, a logged consumption of it, and an unlogged one on the same prev."""
    lot = world.make("A", 500)
    other = world.sign(consume(world, lot, 2), "maker")
    return lot, world.accept(consume(world, lot, 1), "maker"), other


def test_two_acts_on_one_prev_are_double_dealing_whoever_shows_it(world: World) -> None:
    lot, logged, other = two_acts(world)
    judgement = world.submit(conflict(world, lot, logged, other), "user-b")
    assert codes(judgement) == {"double-dealing"} and not judgement.refused
    (entry,) = world.lot(lot)["conflicts"].values()
    assert entry == {
        "kind": "double-dealing", "logged": logged, "other": identity(other), "status": "open", "resolved_by": "",
        "opened_at": world.time,
    }  # fmt: skip
    world.advance()
    assert world.refuse(conflict(world, lot, logged, other), "cn") == {"conflict-exists"}
    third = world.sign(consume(world, lot, 3, prev=read_entry(other).event.follows(lot)), "maker")
    assert codes(world.submit(conflict(world, lot, logged, third), "cn")) == {"double-dealing"}
    world.accept(consume(world, lot, 1), "maker")  # an open dispute does not stop the paper


def test_one_new_name_for_two_lots_is_double_dealing(world: World) -> None:
    def registration(quantity: Any) -> Registration:
        return Registration(
            lot="lot:CN-MAKER/A", substance="79099-07-3", name="1-boc-4-piperidone", quantity=kg(quantity),
            origin="made", place=CN, occurred_at=world.now(),
        )  # fmt: skip

    logged = world.accept(registration(500), "maker")
    judgement = world.submit(
        conflict(world, "lot:CN-MAKER/A", logged, world.sign(registration(400), "maker")), "carrier"
    )
    assert codes(judgement) == {"double-dealing"}
    source, beside = world.make("S", 10), world.make("T", 10)
    parts = tuple(Child(lot=f"lot:CN-MAKER/{name}", quantity=kg(5)) for name in ("A", "Z"))
    split = Split(lot=source, prev=world.last(source), children=parts, occurred_at=world.now())
    assert codes(world.submit(conflict(world, "lot:CN-MAKER/A", logged, world.sign(split, "maker")), "cn")) == {
        "double-dealing"
    }
    lines = tuple(MergeLine(lot=lot, prev=world.last(lot), quantity=kg(10)) for lot in (source, beside))
    merge = Merge(lot="lot:CN-MAKER/A", lines=lines, place=CN, occurred_at=world.now())
    assert codes(world.submit(conflict(world, "lot:CN-MAKER/A", logged, world.sign(merge, "maker")), "cn")) == {
        "double-dealing"
    }
    use = world.sign(consume(world, "lot:CN-MAKER/A"), "maker")
    assert world.refuse(conflict(world, "lot:CN-MAKER/A", logged, use), "cn") == {"conflict-unproven"}


def two_offers(world: World) -> tuple[str, str, bytes]:
    """A lot offered twice on one prev: to the carrier on the log, to the importer beside it."""
    lot = world.make("A", 500)
    other = world.sign(world.hand_over("maker", "importer", lot, receives_as="consignee"), "maker")
    return lot, world.offer("maker", "carrier", lot), other


def test_an_offer_counts_only_with_its_acceptance(world: World) -> None:
    lot, logged, other = two_offers(world)
    their_reply = world.sign(acceptance(world, identity(other), lot), "importer")
    before = world.lot(lot)
    judgement = world.submit(conflict(world, lot, logged, other), "cn")
    assert codes(judgement) == {"double-offer-unaccepted"} and not judgement.refused
    (entry,) = world.lot(lot)["conflicts"].values()
    assert entry["status"] == "remarked" and world.lot(lot) == {**before, "conflicts": world.lot(lot)["conflicts"]}
    world.advance()
    only_theirs = conflict(world, lot, logged, other, other_reply=b64encode(their_reply))
    assert world.refuse(only_theirs, "cn") == {"conflict-exists"}
    our_reply = world.take(logged, "carrier")
    only_ours = conflict(world, lot, logged, other, logged_reply=our_reply)
    assert world.refuse(only_ours, "cn") == {"conflict-exists"}
    both = conflict(world, lot, logged, other, logged_reply=our_reply, other_reply=b64encode(their_reply))
    assert codes(world.submit(both, "importer")) == {"double-dealing"}
    assert {entry["status"] for entry in world.lot(lot)["conflicts"].values()} == {"remarked", "open"}


def test_an_offer_beside_an_act_of_another_kind(world: World) -> None:
    lot = world.make("A", 500)
    other = world.sign(world.hand_over("maker", "importer", lot, receives_as="consignee"), "maker")
    reply = world.sign(acceptance(world, identity(other), lot), "importer")
    logged = world.accept(consume(world, lot), "maker")
    assert codes(world.submit(conflict(world, lot, logged, other), "cn")) == {"double-offer-unaccepted"}
    world.advance()
    proved = conflict(world, lot, logged, other, other_reply=b64encode(reply))
    assert codes(world.submit(proved, "cn")) == {"double-dealing"}


def bad_replies(world: World, lot: str, other: bytes) -> dict[str, bytes]:
    offer = identity(other)
    good = world.sign(acceptance(world, offer, lot), "importer")
    nothing = Acceptance(
        answers=offer,
        lines=(AcceptanceLine(lot=lot, outcome="short", missing=kg(500)),),
        place=CN,
        occurred_at=world.now(),
    )
    elsewhere = Acceptance(
        answers=offer,
        lines=(AcceptanceLine(lot="lot:CN-MAKER/Z", outcome="full", accepted=kg(500)),),
        place=CN,
        occurred_at=world.now(),
    )
    return {
        "refusal": world.sign(refusal(world, offer, lot), "importer"),
        "nothing accepted": world.sign(nothing, "importer"),
        "another lot": world.sign(elsewhere, "importer"),
        "not the receiver": world.sign(acceptance(world, offer, lot), "carrier"),
        "another offer": world.sign(acceptance(world, NOWHERE, lot), "importer"),
        "no statement": b"\xd2\x84",
        "a key never enrolled": world.sign(
            acceptance(world, offer, lot), "importer", signer=SoftwareSigner.from_seed(b"x" * 32)
        ),
        "another's key": world.sign(acceptance(world, offer, lot), "importer", signer=world.signers["maker"]),
        "a bad signature": good[:-1] + bytes([good[-1] ^ 1]),
        "the offer itself": other,
    }


def test_a_reply_that_proves_nothing_is_refused(world: World) -> None:
    lot, logged, other = two_offers(world)
    replies = bad_replies(world, lot, other)
    for name, reply in replies.items():
        event = conflict(world, lot, logged, other, other_reply=b64encode(reply))
        assert world.refuse(event, "cn") == {"conflict-unproven"}, name
    ours = world.take(logged, "carrier")
    for name, reply in replies.items():
        event = conflict(world, lot, logged, other, logged_reply=ours, other_reply=b64encode(reply))
        assert world.refuse(event, "cn") == {"conflict-unproven"}, name


def test_a_logged_reply_must_be_the_acceptance_of_the_logged_offer(world: World) -> None:
    lot, logged, other = two_offers(world)
    assert world.refuse(conflict(world, lot, logged, other, logged_reply=NOWHERE), "cn") == {"conflict-unknown"}
    assert world.refuse(conflict(world, lot, logged, other, logged_reply=logged), "cn") == {"conflict-unproven"}
    refused = world.accept(refusal(world, logged, lot), "carrier")
    assert world.refuse(conflict(world, lot, logged, other, logged_reply=refused), "cn") == {"conflict-unproven"}
    again = world.move("maker", "carrier", lot)
    assert world.refuse(conflict(world, lot, logged, other, logged_reply=again), "cn") == {"conflict-unproven"}


def test_what_is_logged_must_be_on_the_ledger(world: World) -> None:
    lot, logged, other = two_acts(world)
    judgement = world.submit(conflict(world, lot, NOWHERE, other), "cn")
    assert codes(judgement) == {"conflict-unknown"} and judgement.refused[0].kind.retryable
    assert world.refuse(conflict(world, lot, identity(other), other), "cn") == {"conflict-unknown"}
    assert world.refuse(conflict(world, "lot:CN-MAKER/NONE", logged, other), "cn") == {"lot-unknown"}
    beside = world.make("B", 1)
    assert world.refuse(conflict(world, beside, logged, other), "cn") == {"conflict-unproven"}


def unproved(world: World, lot: str, prev: str) -> dict[str, bytes]:
    good = world.sign(consume(world, lot, 2, prev=prev), "maker")
    use = consume(world, lot, 2, prev=prev)
    stranger = SoftwareSigner.from_seed(b"x" * 32)
    elsewhere = World()
    elsewhere.charter = NOWHERE
    logged = consume(world, lot, 1, prev=prev)
    seen = logged.model_copy(update={"seen": Seen(size=1, root=NOWHERE)})
    return {
        "cut short": good[:-1],
        "no statement": b"no statement",
        "a bad signature": good[:-1] + bytes([good[-1] ^ 1]),
        "another issuer": world.sign(use, "carrier"),
        "another's key": world.sign(use, "maker", signer=world.signers["carrier"]),
        "a key never enrolled": world.sign(use, "maker", signer=stranger),
        "another ledger": elsewhere.sign(use, "maker"),
        "another prev": world.sign(consume(world, lot, 2, prev=NOWHERE), "maker"),
        "no act": world.sign(
            acceptance(world, prev, lot),
            "maker",
        ),
        "the same act, signed later": world.sign(logged, "maker"),
        "the same act, another checkpoint seen": world.sign(seen, "maker"),
    }


def test_what_proves_no_double_dealing_is_refused(world: World) -> None:
    lot = world.make("A", 500)
    prev, first = world.last(lot), consume(world, lot, 1)
    logged = world.accept(first, "maker")
    carried = unproved(world, lot, prev)
    world.advance()
    carried["the same act, signed later"] = world.sign(first, "maker")
    for name, other in carried.items():
        assert world.refuse(conflict(world, lot, logged, other), "cn") == {"conflict-unproven"}, name


def test_a_statement_of_a_revoked_key_proves_nothing_unless_it_is_endorsed(world: World) -> None:
    lot, logged, other = two_acts(world)
    name = f"key:{read_entry(other).statement.kid.hex()}"
    world.states[name] = keys.revoke(world.states[name], "lost", "party:CN-NMPA", None)
    assert world.refuse(conflict(world, lot, logged, other), "cn") == {"conflict-unproven"}
    world.accept(Endorsement(subject=name, endorses=identity(other), occurred_at=world.now()), "cn")
    assert codes(world.submit(conflict(world, lot, logged, other), "cn")) == {"double-dealing"}


def test_two_acts_on_one_open_offer_do_not_exclude_each_other(world: World) -> None:
    lot = world.make("A", 500)
    offer = world.offer("maker", "carrier", lot)

    def lost(quantity: Any) -> Event:
        return Loss(lot=lot, prev=offer, quantity=kg(quantity), kind="leaked", place=CN, occurred_at=world.now())

    other = world.sign(lost(2), "maker")
    logged = world.accept(lost(1), "maker")
    assert world.refuse(conflict(world, lot, logged, other), "cn") == {"conflict-unproven"}
    assert world.refuse(conflict(world, lot, logged, world.sign(withdraw(world, offer, lot), "maker")), "cn") == {
        "conflict-unproven"
    }


def test_what_is_logged_itself_is_no_other_act(world: World) -> None:
    lot = world.make("A", 500)
    logged = world.accept(consume(world, lot), "maker")
    assert world.refuse(conflict(world, lot, logged, world.log[logged].raw), "cn") == {"conflict-unproven"}


@pytest.mark.parametrize("other", ["", "====", "AA=A", "AA_-", "é", "AAAA===", " AAAA"])
def test_carried_bytes_that_are_no_base64(world: World, other: str) -> None:
    lot, logged, good = two_acts(world)
    payload = conflict(world, lot, logged, good).payload().replace(b64encode(good).encode(), other.encode())
    with pytest.raises(Malformed) as fault:
        read_event(payload)
    assert (fault.value.code, fault.value.field) == ("field-format", "other")


@pytest.mark.parametrize("other", ["A", "AB==", "AAAA", "A" * 40_000])
def test_carried_bytes_that_are_no_statement(world: World, other: str) -> None:
    lot, logged, good = two_acts(world)
    event = conflict(world, lot, logged, good).model_copy(update={"other": other})
    assert world.refuse(event, "cn") == {"conflict-unproven"}


def test_a_conflict_that_carries_conflicts_is_read_one_level_deep(world: World) -> None:
    lot, logged, other = two_acts(world)
    for _ in range(6):
        nested = world.sign(conflict(world, lot, logged, other), "maker")
        if len(nested) > 20_000:
            break
        other = nested
    assert world.refuse(conflict(world, lot, logged, other), "cn") == {"conflict-unproven"}


# --- resolution ------------------------------------------------------------------------------------------------


def disputed(world: World) -> tuple[str, str]:
    lot, logged, other = two_acts(world)
    return lot, world.accept(conflict(world, lot, logged, other), "cn")


def test_two_officers_confirm_what_is_logged(world: World) -> None:
    lot, dispute = disputed(world)
    before = world.lot(lot)
    proposal = world.accept(resolve(world, lot, dispute), "cn")
    assert world.lot(lot)["conflicts"] == before["conflicts"]
    assert world.refuse(endorse(world, lot, proposal), "cn") == {"threshold"}
    assert world.refuse(endorse(world, lot, proposal), "mx") == {"authority-scope"}
    assert world.refuse(endorse(world, lot, proposal), "maker") == {"not-authority"}
    world.accept(endorse(world, lot, proposal), "cn2")
    after = world.lot(lot)
    assert after["conflicts"][dispute]["status"] == "resolved" and after["pending"] == {}
    assert after["conflicts"][dispute]["resolved_by"] == proposal
    assert {**after, "conflicts": before["conflicts"]} == before
    world.advance()
    assert world.refuse(resolve(world, lot, dispute), "cn") == {"conflict-already-resolved"}
    world.accept(consume(world, lot), "maker")


def test_a_key_enrolled_since_the_dispute_is_no_second_officer(world: World) -> None:
    lot, dispute = disputed(world)
    third = SoftwareSigner.from_seed(b"a third key of CN".ljust(32, b"."))
    fourth = SoftwareSigner.from_seed(b"a fourth key of CN".ljust(32, b"."))
    world.enrol("cn", third)  # in the batch of the dispute: not strictly later
    world.advance()
    world.enrol("cn", fourth)
    proposal = world.accept(resolve(world, lot, dispute), "cn")
    assert world.refuse(endorse(world, lot, proposal), "cn", signer=fourth) == {"threshold"}
    assert world.refuse(resolve(world, lot, dispute), "cn", signer=fourth) == {"threshold"}, "nor proposes with it"
    world.accept(endorse(world, lot, proposal), "cn", signer=third)
    assert world.lot(lot)["conflicts"][dispute]["status"] == "resolved"


def test_two_officers_order_custody_of_a_lot_that_is_on_offer(world: World) -> None:
    lot, dispute = disputed(world)
    held = world.held(lot)
    offer = world.offer("maker", "carrier", lot)
    proposal = world.accept(resolve(world, lot, dispute, "party:MX-IMPORT"), "cn2")
    order = world.accept(endorse(world, lot, proposal), "cn")
    state = world.lot(lot)
    assert (state["custodian"], state["giver"], state["last"]) == ("party:MX-IMPORT", "party:CN-MAKER", order)
    assert state["offer"] is None and world.held(lot) == held
    assert world.refuse(consume(world, lot), "maker") == {"not-custodian"}
    # The reply that was on its way is recorded, and has no effect.
    assert codes(world.submit(acceptance(world, offer, lot, held), "carrier")) == set()
    assert world.lot(lot)["custodian"] == "party:MX-IMPORT"
    assert {entry["status"] for entry in world.lot(lot)["conflicts"].values()} == {"resolved"}
    world.advance()
    assert world.refuse(acceptance(world, offer, lot, held), "carrier") == {"offer-closed"}
    world.move("importer", "user-a", lot, receives_as="consignee", place=MX)


def test_custody_ordered_to_who_has_it_leaves_its_giver(world: World) -> None:
    lot, dispute = disputed(world)
    proposal = world.accept(resolve(world, lot, dispute, "party:CN-MAKER"), "cn")
    world.accept(endorse(world, lot, proposal), "cn2")
    assert (world.lot(lot)["custodian"], world.lot(lot)["giver"]) == ("party:CN-MAKER", None)


def test_of_two_proposals_the_first_endorsed_resolves(world: World) -> None:
    lot, dispute = disputed(world)
    confirm = world.accept(resolve(world, lot, dispute), "cn")
    order = world.accept(resolve(world, lot, dispute, "party:MX-IMPORT"), "cn")
    world.accept(endorse(world, lot, confirm), "cn2")
    assert world.refuse(endorse(world, lot, order), "cn2") == {"proposal-unknown"}
    assert world.lot(lot)["custodian"] == "party:CN-MAKER"


def test_custody_of_a_lot_that_ended_is_not_ordered(world: World) -> None:
    lot, dispute = disputed(world)
    order = world.accept(resolve(world, lot, dispute, "party:MX-IMPORT"), "cn")
    world.accept(consume(world, lot, 499), "maker")
    assert world.refuse(endorse(world, lot, order), "cn2") == {"lot-ended"}
    assert world.refuse(resolve(world, lot, dispute, "party:MX-IMPORT"), "cn") == {"lot-ended"}
    confirm = world.accept(resolve(world, lot, dispute), "cn")
    world.accept(endorse(world, lot, confirm), "cn2")
    assert world.lot(lot)["conflicts"][dispute]["status"] == "resolved"


def test_a_late_acceptance_is_resolved_for_the_receiver(world: World) -> None:
    lot, offer, _ = withdrawn(world)
    late = world.accept(acceptance(world, offer, lot), "carrier")
    proposal = world.accept(resolve(world, lot, late, "party:CN-TRUCK"), "cn")
    world.accept(endorse(world, lot, proposal), "cn2")
    assert world.lot(lot)["custodian"] == "party:CN-TRUCK"


@pytest.mark.parametrize(
    ("fields", "who", "code"),
    [
        ({"conflict": NOWHERE}, "cn", "conflict-unknown"),
        ({"lot": "lot:CN-MAKER/NONE"}, "cn", "lot-unknown"),
        ({"decision": "custody"}, "cn", "resolution-custodian"),
        ({"decision": "confirm", "custodian": "party:CN-TRUCK"}, "cn", "resolution-custodian"),
        ({"decision": "custody", "custodian": "party:CN-NOBODY"}, "cn", "custodian-unknown"),
        ({}, "mx", "authority-scope"),
        ({}, "maker", "not-authority"),
        ({}, "carrier", "not-authority"),
    ],
)
def test_resolution_refused(world: World, fields: dict[str, Any], who: str, code: str) -> None:
    lot, dispute = disputed(world)
    event = resolve(world, lot, dispute).model_copy(update=fields)
    assert world.refuse(event, who) == {code}


def test_events_are_read_back_as_they_were_written_and_can_be_shown(world: World) -> None:
    lot, logged, other = two_acts(world)
    offer = world.hand_over("maker", "carrier", lot)
    assert isinstance(offer, HandOver)
    events: list[Event] = [
        withdraw(world, NOWHERE, lot),
        conflict(world, lot, logged, other, other_reply=b64encode(other)),
        conflict(world, lot, logged, b"unreadable"),
        resolve(world, lot, logged),
        resolve(world, lot, logged, "party:CN-TRUCK"),
    ]
    for event in events:
        assert read_event(event.payload()) == event
        card = event.card()
        assert card.title == event.TITLE and card.sentence.endswith(".")
        assert all(label and text for label, text in card.lines)
        for name, field in type(event).model_fields.items():
            assert field.title and field.description, name
