"""Cases of settled breaches, and of acceptances by an authority for a receiver that cannot sign."""

from __future__ import annotations

from typing import Any

from tests.unit.world import CN, DAY, PARTIES, World, kg, packages
from tests.vectors_build.event_book import Book
from tests.vectors_build.event_transfers import (
    ABSENT,
    LITRE,
    NOWHERE,
    PANAMA,
    consigned,
    dated,
    held_up,
    sealed,
)

from lotchain.events.licence_revocation import LicenceRevocation
from lotchain.events.settlement import Settlement
from lotchain.events.withdrawal import Withdrawal
from lotchain.events.witnessed_acceptance import WitnessedAcceptance, WitnessedLot


def settlement() -> Book:
    book = Book("settlement/1")
    yes, no = book.accepted, book.refused
    world = World()
    lot = world.make("A", 100)
    made = world.last(lot)
    other = world.make("B", 100)
    world.accept(
        LicenceRevocation(party=PARTIES["carrier"], number="1", reason="misuse", occurred_at=world.now()), "cn"
    )
    offer = world.offer("maker", "carrier", lot)
    taken = world.take(offer, "carrier")

    def event(statement: str = taken, of: str = lot, **changes: Any) -> Settlement:
        values = {"code": "licence-not-in-force", "outcome": "fined", "occurred_at": world.now(), **changes}
        return Settlement(lot=of, statement=statement, **values)

    no(world, event(of=NOWHERE), "cn", "on a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, event(ABSENT), "cn", "of a statement that has not arrived", "retry", "breach-unknown")
    no(world, event(of=other), "cn", "on another lot", "it says nothing of it", "breach-elsewhere")
    no(world, event(), "carrier", "by the party itself", "only an authority", "not-authority")
    no(world, event(), "mx", "by another country's authority", "it was not its rule", "authority-scope")
    yes(
        world,
        event(reference="D 1"),
        "cn",
        "by the authority whose rule it was",
        "listed, and a note",
        "breach-settled",
    )
    yes(world, event(offer), "cn", "of the offer, too", "a statement each", "breach-settled")
    no(world, event(), "cn", "settled twice", "once", "settled-already")
    yes(world, event(made, code="licence-undetermined"), "cn", "of another code", "each by itself", "breach-settled")
    book.common_faults()
    no(world, event(code="mx-01-sisus"), "cn", "another country's rule", "it was not its rule", "authority-scope")
    no(world, event(code="eu-12-authorisation"), "cn", "the Union's rule", "no member", "authority-scope")
    no(
        world,
        event(code="un-07-notice"),
        "mx",
        "the Convention's, from afar",
        "the lot was never there",
        "authority-scope",
    )
    no(world, event(code="cn-04-licence"), "maker", "by the maker", "only an authority", "not-authority")
    yes(world, event(code="cn-04-licence"), "cn", "of its country's rule", "listed, and a note", "breach-settled")
    yes(world, event(code="un-07-notice"), "cn", "of the Convention's, at the lot's place", "", "breach-settled")
    no(
        world,
        event(code="border-unexplained"),
        "mx",
        "of a border, from afar",
        "the lot was never there",
        "authority-scope",
    )
    yes(world, event(code="border-unexplained"), "cn", "of a border", "at the lot's place", "breach-settled")
    yes(world, event(code="cn-adopted-late"), "cn", "of a late adoption", "of its own law", "breach-settled")
    no(world, event(code="used-in-keeping"), "mx", "of a use, by another country", "not its party", "authority-scope")
    yes(world, event(code="used-in-keeping"), "cn", "of a use in keeping", "by the party's authority", "breach-settled")
    of_the_convention(book)
    book.changed("a broken seal", "no breach of a licence or rule", "field-value", code="seal-changed")
    book.changed("an outcome in a sentence", "a word", "field-format", outcome="They were fined.")
    return book


def of_the_convention(book: Book) -> None:
    """Rules of the Convention, of a lot on its way from China to Mexico, now at its exporter."""
    world = World()
    lot = world.make("D", 100)
    consigned(world, lot)
    offered = world.offer("maker", "carrier", lot)

    def event(code: str) -> Settlement:
        return Settlement(lot=lot, statement=offered, code=code, outcome="warned", occurred_at=world.now())

    no, yes = book.refused, book.accepted
    for code in ("un-07-notice", "un-08-notice", "un-05-label", "un-010-of-another-number", "un-99-of-a-later-edition"):
        no(
            world,
            event(code),
            "mx",
            f"{code}, by the importing State",
            "the exporting State owed it",
            "authority-scope",
        )
    no(world, event("un-incb-reply"), "cn", "a missing reply, by the exporting State", "the importing State owed it",
       "authority-scope")  # fmt: skip
    no(world, event("un-07-notice"), "carrier", "a notice, by a carrier", "only an authority", "not-authority")
    no(world, event("un-incb-reply-late"), "mx", "a rule whose id begins alike", "another rule", "authority-scope")
    yes(world, event("un-07-notice"), "cn", "a notice, by the exporting State", "it owed it", "breach-settled")
    yes(world, event("un-incb-reply"), "mx", "a missing reply, by the importing State", "it owed it", "breach-settled")
    yes(world, event("un-02-suspicion"), "mx", "a handler's duty, by a country on the route", "", "breach-settled")
    yes(world, event("un-adopted-late"), "mx", "the Convention adopted late", "by whoever adopted it", "breach-settled")
    yes(world, event("un-01-licence"), "cn", "a handler's duty, where the lot is", "", "breach-settled")
    yes(
        world,
        event("un-" + "-".join(["a" * 20] * 8)),
        "cn",
        "the longest id",
        "eight parts of twenty",
        "breach-settled",
    )
    for code in ("un-" + "a" * 21, "un-" + "-".join(["a"] * 9), "un-", "un--a", "un-a-", "un-A"):
        book.changed(f"a rule's id as {code[:12]}", "not such an id", "field-value", code=code)
    again = World()
    lot = again.make("F", 100)
    consigned(again, lot)
    offered = again.offer("maker", "carrier", lot)
    again.take(offered, "carrier")
    consigned(again, lot, who="carrier", route=("CNSHG", "CNTZU"))
    no(again, event("un-incb-reply"), "mx", "a reply, where one route ended elsewhere", "nobody can be told to owe it",
       "authority-scope")  # fmt: skip
    no(again, event("un-incb-reply"), "cn", "a reply, by where the present route ends", "no custodian chooses who settles",
       "authority-scope")  # fmt: skip
    yes(again, event("un-07-notice"), "cn", "a notice, where all routes began", "it owed it", "breach-settled")
    far = World()
    lot = far.make("E", 100)
    consigned(far, lot, route=("PRSJU", "CNSHG", "MXZLO"))
    offered = far.offer("maker", "carrier", lot)
    no(
        far,
        event("un-07-notice"),
        "cn",
        "of a route that begins in Puerto Rico",
        "another State's law",
        "authority-scope",
    )


def witnessed_acceptance() -> Book:
    book = Book("witnessed-acceptance/1")
    yes, no = book.accepted, book.refused
    told = "accepted-by-authority"

    def event(world: World, offer: str, *lots: str | WitnessedLot, **changes: Any) -> WitnessedAcceptance:
        lines = tuple(WitnessedLot(lot=lot, accepted=kg(100)) if isinstance(lot, str) else lot for lot in lots)
        values: dict[str, Any] = {
            "receiver": PARTIES["carrier"],
            "reason": "key-lost",
            "place": CN,
            "occurred_at": world.now(),
            **changes,
        }
        return WitnessedAcceptance(answers=offer, lines=lines, **values)

    def offered(world: World, *numbers: str, consign: bool = False) -> tuple[str, str]:
        lot = world.make(f"L{len(world.log)}", 100, packages=packages(4))
        if consign:
            consigned(world, lot)
        if numbers:
            sealed(world, lot, *numbers)
        return lot, world.offer("maker", "carrier", lot)

    def found(lot: str, *numbers: str) -> WitnessedLot:
        return WitnessedLot(lot=lot, accepted=kg(100), seals_found=numbers)

    world = World()
    lot, offer = offered(world)
    no(world, event(world, offer, NOWHERE), "cn", "of a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, event(world, ABSENT, lot), "cn", "of an offer that has not arrived", "retry", "offer-unknown")
    no(world, event(world, offer, lot), "carrier", "by the receiver", "it signs an acceptance", "not-authority")
    no(world, event(world, offer, lot), "mx", "by another authority", "that which registered the receiver",
       "authority-scope")  # fmt: skip
    no(world, event(world, offer, lot, receiver=PARTIES["maker2"]), "cn", "for another party", "it was not offered to it",
       "not-receiver")  # fmt: skip
    no(world, event(world, offer, lot, lot), "cn", "a lot twice", "one line a lot", "reply-lines-differ")
    no(world, event(world, offer, WitnessedLot(lot=lot, accepted=LITRE)), "cn", "in litres", "mass is not volume",
       "unit-kind")  # fmt: skip
    no(world, event(world, offer, WitnessedLot(lot=lot, accepted=kg(99))), "cn", "a kilogram nowhere", "it is missing",
       "reply-unbalanced")  # fmt: skip
    drum = ("0001",)
    no(world, event(world, offer, WitnessedLot(lot=lot, accepted=kg(100), packages_missing=drum)), "cn", "100 kg in three drums",
       "they hold 75", "reply-contradicts-itself")  # fmt: skip
    no(world, event(world, offer, WitnessedLot(lot=lot, accepted=kg(100), packages_missing=("0009",))), "cn",
       "a strange serial", "not of this lot", "package-unknown")  # fmt: skip
    short = WitnessedLot(lot=lot, accepted=kg(75), missing=kg(25), packages_missing=drum)
    yes(world, event(world, offer, short), "cn", "a drum short", "the difference is open", told)
    no(world, event(world, offer, lot), "cn", "a second reply", "one reply an offer", "offer-closed")
    lot, offer = offered(world, "CN-12")
    yes(world, event(world, offer, lot), "cn", "seals not read", "nobody looked", told, "seal-not-checked")
    lot, offer = offered(world, "CN-12")
    yes(
        world,
        event(world, offer, found(lot, "CN-21")),
        "cn",
        "a seal misread",
        "two digits swapped",
        told,
        "seal-misread",
    )
    lot, offer = offered(world, "CN-12")
    yes(
        world,
        event(world, offer, found(lot, "X-9")),
        "cn",
        "another seal",
        "nobody recorded a change",
        told,
        "seal-changed",
    )
    lot, offer = offered(world, consign=True)
    yes(world, event(world, offer, lot, place=PANAMA), "cn", "off its route", "another Manzanillo", told, "off-route")
    lot, offer = offered(world)
    held_up(world, lot)
    yes(world, event(world, offer, lot), "cn", "on hold, perhaps before", "nothing proves when", told,
        "acted-before-hold-was-known")  # fmt: skip
    lot, offer = offered(world)
    held_up(world, lot)
    late = {"seen": {"size": 1, "root": "5e" * 32}}
    yes(world, event(world, offer, lot, **late), "cn", "surely after the hold", "the hold was known", told, "moved-on-hold",
        seen=world.time)  # fmt: skip
    lot, offer = offered(world)
    world.advance(3 * DAY)
    world.accept(Withdrawal(withdraws=offer, lots=(lot,), occurred_at=world.now()), "maker")
    yes(world, event(world, offer, lot), "cn", "after the withdrawal", "a dispute", told, "accepted-after-withdrawal")
    lot, offer = offered(world)
    dated(world, "carrier")
    yes(
        world,
        event(world, offer, lot),
        "cn",
        "a licence not bracketed",
        "no checkpoint named",
        told,
        "licence-undetermined",
    )
    lot, offer = offered(world)
    world.accept(
        LicenceRevocation(party=PARTIES["carrier"], number="1", reason="misuse", occurred_at=world.now()), "cn"
    )
    yes(
        world,
        event(world, offer, lot),
        "cn",
        "a licence revoked",
        "it happened all the same",
        told,
        "licence-not-in-force",
    )
    lot = world.make("U", 100)
    offer = world.offer("maker", "user-a", lot)
    yes(world, event(world, offer, lot, receiver=PARTIES["user-a"]), "mx", "for a party without such a licence",
        "a user is no carrier", told, "licence-none")  # fmt: skip
    book.common_faults()
    book.changed("a reason of its own", "a closed list", "field-value", reason="convenience")
    book.changed("no line", "something is accepted", "too-few", lines=[])
    book.changed("a place without offset", "local time", "field-missing", place={"code": "CNSHG"})
    return book
