"""Cases of differences, disputes and their end, and of the second signatures that they ask for."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from tests.unit.world import CN, DAY, PARTIES, World, kg
from tests.vectors_build.event_book import Book
from tests.vectors_build.event_lots import correction_event
from tests.vectors_build.event_observations import used_up
from tests.vectors_build.event_parties import SPARE
from tests.vectors_build.event_transfers import (
    ABSENT,
    NOWHERE,
    consigned,
    registration_event,
)

from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.conflict import Conflict
from lotchain.events.consumption import Consumption
from lotchain.events.discrepancy_answer import DiscrepancyAnswer
from lotchain.events.endorsement import Endorsement
from lotchain.events.event import Event
from lotchain.events.hand_over import HandOver
from lotchain.events.key_revocation import KeyRevocation
from lotchain.events.reading import read_entry
from lotchain.events.resolution import Resolution
from lotchain.events.withdrawal import Withdrawal


def short(world: World, lot: str) -> str:
    """The lot received 5 kg short by the carrier: the reply's id."""
    offer = world.offer("maker", "carrier", lot)
    line = AcceptanceLine(
        lot=lot, outcome="short", accepted=kg(world.lot(lot)["accounts"]["in-transit"] / 1e9 - 5), missing=kg(5)
    )
    return world.accept(Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now()), "carrier")


def discrepancy_answer() -> Book:
    book = Book("discrepancy-answer/1")
    yes, no = book.accepted, book.refused
    world = World()
    lot = world.make("A", 100)
    made = world.last(lot)
    reply = short(world, lot)

    def event(to: str = reply, of: str = lot, **changes: Any) -> DiscrepancyAnswer:
        return DiscrepancyAnswer(lot=of, reply=to, explanation="miscounted", occurred_at=world.now(), **changes)

    no(world, event(of=NOWHERE), "maker", "on a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, event(ABSENT), "maker", "of a reply that has not arrived", "retry", "difference-unknown")
    no(world, event(made), "maker", "of a statement without difference", "never", "difference-none")
    no(world, event(), "importer", "by another handler", "giver, receiver or authority", "not-concerned")
    no(world, event(), "mx", "by an authority without competence", "neither place nor route in MX", "authority-scope")
    yes(world, event(reference="R 1"), "maker", "by the giver", "answered, and on hold still")
    yes(world, event(), "carrier", "by the receiver", "a second word")
    yes(world, event(reference="INV 2026-3"), "cn", "by an authority", "closed; the figure stays")
    yes(world, event(), "carrier", "after it was closed", "recorded; closed stays closed")
    yes(world, event(), "cn", "closed twice", "recorded; the first closing stays")
    for _ in range(31):
        world.accept(event(), "maker")
    no(world, event(), "maker", "once too often", "thirty-two reports by who has not got it", "reports-many")
    tolerant = world.make("W", 100, tolerance="5")
    within = short(world, tolerant)
    yes(world, event(within, tolerant), "carrier", "of a difference within tolerance", "it needs no answer")
    book.common_faults()
    book.changed(
        "an explanation in a sentence", "a word; remarks may be hidden", "field-format", explanation="They miscounted."
    )
    return book


def base64(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")


def twice_offered(**changes: Any) -> tuple[World, str, str, str, HandOver, bytes]:
    """Lot A offered to the carrier and taken, and offered to the importer beside the ledger."""
    world = World()
    lot = world.make("A", 100)
    offer_event = world.hand_over("maker", "carrier", lot)
    other = world.hand_over("maker", "importer", lot, receives_as="consignee", **changes)
    other_raw = world.sign(other, "maker")
    offer = world.accept(offer_event, "maker")
    return world, lot, offer, world.take(offer, "carrier"), other, other_raw


def answer_to(world: World, lot: str, raw: bytes, who: str = "importer", **line: Any) -> bytes:
    """An acceptance of an offer that is not on the ledger, signed by `who`."""
    answers = read_entry(raw).statement.hex_id
    counted = AcceptanceLine(lot=lot, **{"outcome": "full", "accepted": kg(100), **line})
    return world.sign(Acceptance(answers=answers, lines=(counted,), place=CN, occurred_at=world.now()), who)


def conflict() -> Book:
    book = Book("conflict/1")
    yes, no = book.accepted, book.refused
    world, lot, offer, taken, _, raw = twice_offered()
    reply = answer_to(world, lot, raw)

    def event(**changes: Any) -> Conflict:
        values: dict[str, Any] = {
            "lot": lot,
            "logged": offer,
            "logged_reply": taken,
            "other": base64(raw),
            "other_reply": base64(reply),
            "occurred_at": world.now(),
            **changes,
        }
        return Conflict(**{name: value for name, value in values.items() if value is not None})

    bad = "conflict-unproven"
    no(world, event(lot=NOWHERE), "importer", "on a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, event(logged=ABSENT), "importer", "a logged act that has not arrived", "retry", "conflict-unknown")
    no(
        world,
        event(logged_reply=ABSENT),
        "importer",
        "a logged reply that has not arrived",
        "retry",
        "conflict-unknown",
    )
    for name, changes in (
        ("bytes that are no statement", {"other": base64(b"nothing")}),
        ("the logged act itself", {"other": base64(world.log[offer].raw)}),
        ("a broken signature", {"other": base64(raw[:-1] + bytes([raw[-1] ^ 1]))}),
        ("an act of another party", {"other": base64(world.sign(world.hand_over("carrier", "importer", lot), "carrier"))}),
        ("a reply by the wrong party", {"other_reply": base64(answer_to(world, lot, raw, "user-a"))}),
        ("a reply that accepts nothing", {"other_reply": base64(answer_to(world, lot, raw, accepted=None, missing=kg(100)))}),
        ("a reply to the logged offer", {"other_reply": base64(world.log[taken].raw)}),
        ("another act after another end", {"other": base64(world.sign(world.hand_over("carrier", "importer", lot), "maker"))}),
    ):  # fmt: skip
        no(world, event(**changes), "importer", name, "that proves no double dealing", bad)
    yes(
        world,
        event(other_reply=None),
        "importer",
        "an offer that nobody took",
        "it moved nothing",
        "double-offer-unaccepted",
    )
    yes(world, event(), "importer", "two offers, both taken", "submitted by the second receiver", "double-dealing")
    no(world, event(), "cn", "the same again", "one dispute", "conflict-exists")

    world = World()
    lot = world.make("A", 100)
    sealing = correction_event(world, lot, world.last(lot))
    using = Consumption(lot=lot, prev=world.last(lot), quantity=kg(1), purpose="analysis", occurred_at=world.now())
    raw = world.sign(using, "maker")
    offer = world.accept(sealing, "maker")
    yes(world, event(logged_reply=None, other_reply=None), "user-b", "two acts on one end", "effective by themselves; anyone submits",
        "double-dealing")  # fmt: skip
    world.accept(KeyRevocation(key="key:" + world.signers["maker"].public.thumbprint.hex(), reason="lost",
                               occurred_at=world.now()), "cn")  # fmt: skip
    late = world.sign(using.model_copy(update={"purpose": "cleaning"}), "maker")
    no(world, event(logged_reply=None, other_reply=None, other=base64(late)), "user-b", "an act of a key that is revoked",
       "the ledger would not have taken it", bad)  # fmt: skip

    world = World()
    first = _registration(world, 100)
    raw = world.sign(_registration(world, 200), "maker")
    offer = world.accept(first, "maker")
    lot = first.subjects()[0]
    yes(
        world,
        event(logged_reply=None, other_reply=None),
        "cn",
        "one name registered twice",
        "two different lots",
        "double-dealing",
    )
    same = _registration(world, 100)
    world.advance(1000)
    no(world, event(logged_reply=None, other_reply=None, other=base64(world.sign(same, "maker"))), "cn", "one act signed twice",
       "they differ in nothing but the signing time", bad)  # fmt: skip
    book.common_faults()
    book.changed("base64 of the web", "RFC 4648 section 4, padded", "field-format", other="-_")
    book.changed("no bytes", "it carries what is not on the ledger", "field-format", other="")
    return book


def _registration(world: World, quantity: int) -> Event:
    return registration_event(world, lot="lot:CN-MAKER/TWICE", quantity=kg(quantity))


def disputed(world: World, lot: str) -> str:
    """A dispute on the lot: accepted after its withdrawal."""
    offer = world.offer("maker", "carrier", lot)
    held = world.lot(lot)["accounts"]["in-transit"] // 1_000_000_000
    world.advance(3 * DAY)
    world.accept(Withdrawal(withdraws=offer, lots=(lot,), occurred_at=world.now()), "maker")
    line = AcceptanceLine(lot=lot, outcome="full", accepted=kg(held))
    return world.accept(Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now()), "carrier")


def resolution_event(world: World, lot: str, conflict: str, custodian: str | None = None, **changes: Any) -> Resolution:
    values: dict[str, Any] = {
        "lot": lot,
        "conflict": conflict,
        "decision": "confirm" if custodian is None else "custody",
        "custodian": custodian,
        "occurred_at": world.now(),
        **changes,
    }
    return Resolution(**values)


def resolution() -> Book:
    book = Book("resolution/1")
    yes, no = book.accepted, book.refused
    event = resolution_event
    world = World()
    lot = world.make("A", 100)
    case = disputed(world, lot)
    carrier = PARTIES["carrier"]
    no(world, event(world, NOWHERE, case), "cn", "on a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, event(world, lot, ABSENT), "cn", "of a dispute that has not arrived", "retry", "conflict-unknown")
    no(world, event(world, lot, case), "maker", "by a handler", "only an authority", "not-authority")
    consigned(world, lot)
    no(
        world,
        event(world, lot, case),
        "mx",
        "by an authority of the route",
        "only that of the last declared place",
        "authority-scope",
    )
    odd = event(world, lot, case, carrier, decision="confirm")
    no(world, odd, "cn", "confirmed, and a custodian named", "one or the other", "resolution-custodian")
    no(
        world,
        event(world, lot, case, decision="custody"),
        "cn",
        "custody of nobody",
        "one or the other",
        "resolution-custodian",
    )
    nobody = event(world, lot, case, "party:CN-NOBODY")
    no(world, nobody, "cn", "custody of a party that nobody knows", "its licence first", "custodian-unknown")
    ordered = yes(world, event(world, lot, case, carrier), "cn", "custody ordered", "waits for the second officer")
    yes(world, event(world, lot, case), "cn2", "another proposal beside it", "whichever is endorsed first")
    world.accept(Endorsement(subject=lot, endorses=ordered, occurred_at=world.now()), "cn2")
    no(world, event(world, lot, case), "cn", "of a dispute that is resolved", "once", "conflict-already-resolved")
    lot = world.make("B", 100)
    case = disputed(world, lot)
    used_up(world, lot)
    no(
        world,
        event(world, lot, case, carrier),
        "cn",
        "custody of a lot that has ended",
        "nothing is there",
        "lot-ended",
    )
    yes(world, event(world, lot, case), "cn", "the logged act confirmed", "waits for the second officer")
    world.advance()
    world.enrol("cn", SPARE)
    no(world, event(world, lot, case), "cn", "proposed with a key enrolled since the dispute",
       "one officer would endorse it with the old key", "threshold", signer=SPARE)  # fmt: skip
    book.common_faults()
    book.changed("a third decision", "a closed list", "field-value", decision="both")
    return book


def endorsements(book: Book) -> None:
    """The endorsements of corrections and resolutions, after those of charter, accessions and keys."""
    yes, no = book.accepted, book.refused

    def event(lot: str, statement: str, world: World) -> Endorsement:
        return Endorsement(subject=lot, endorses=statement, occurred_at=world.now())

    world = World()
    lot = world.make("A", 100)
    world.move("maker", "carrier", lot)
    wait = world.accept(correction_event(world, lot, world.last(lot), 100, 99), "carrier")
    stand = event(lot, wait, world)
    no(
        world,
        event(lot, ABSENT, world),
        "maker",
        "nothing under that id on a lot",
        "perhaps not yet",
        "proposal-unknown",
    )
    no(world, stand, "importer", "a correction, by a third party", "the giver alone", "not-counterpart")
    used = Consumption(lot=lot, prev=world.last(lot), quantity=kg("99.5"), purpose="cleaning", occurred_at=world.now())
    world.accept(used, "carrier")
    no(world, stand, "maker", "a correction, of more than is left", "it would leave nothing", "correction-overdrawn")
    world = World()
    lot = world.make("A", 100)
    world.move("maker", "carrier", lot)
    wait = world.accept(correction_event(world, lot, world.last(lot), 100, 99), "carrier")
    stand = event(lot, wait, world)
    offer = world.offer("carrier", "importer", lot, receives_as="consignee")
    no(world, stand, "maker", "a correction, while the lot is offered", "the offer states the quantity", "offer-open")
    world.take(offer, "importer")
    no(world, stand, "maker", "a correction, after the lot passed on", "who signed nothing", "correction-moot")
    world = World()
    lot = world.make("A", 100)
    world.move("maker", "carrier", lot)
    wait = world.accept(correction_event(world, lot, world.last(lot), 100, 99), "carrier")
    stand = event(lot, wait, world)
    yes(world, stand, "maker", "a correction, by the giver", "effective now", "quantity-corrected")
    other = world.make("B", 100)
    world.move("maker", "carrier", other)
    wait = world.accept(correction_event(world, other, world.last(other), 100, 99), "carrier")
    used_up(world, other, "carrier")
    no(world, event(other, wait, world), "maker", "a correction, after the lot's end", "nothing is there", "lot-ended")

    world = World()
    lot = world.make("A", 100)
    case = disputed(world, lot)
    decided = world.accept(resolution_event(world, lot, case, PARTIES["carrier"]), "cn")
    stand = event(lot, decided, world)
    no(world, stand, "maker", "a resolution, by a handler", "an officer of the authority", "not-authority")
    no(world, stand, "mx", "a resolution, by another authority", "that of the last declared place", "authority-scope")
    no(world, stand, "cn", "a resolution, by the same officer", "two keys", "threshold")
    world.advance()
    world.enrol("cn", SPARE)
    no(world, stand, "cn", "a resolution, by a key enrolled since the dispute", "that may be the same officer's",
       "threshold", signer=SPARE)  # fmt: skip
    yes(world, stand, "cn2", "a resolution, by the second officer", "custody as ordered; the giver's old end is stale")
