"""Cases of consignments, observations, seals and what authorities do to lots."""

from __future__ import annotations

from typing import Any

from tests.unit.world import CN, CN_PORT, MX, PARTIES, World, kg
from tests.vectors_build.event_book import Book
from tests.vectors_build.event_transfers import (
    ABSENT,
    LITRE,
    NINGBO,
    NOWHERE,
    PANAMA,
    consigned,
    held_up,
    just_now,
    lately,
    resealed,
    sealed,
)

from lotchain.events.arrival import Arrival
from lotchain.events.consignment import Consignment
from lotchain.events.consumption import Consumption
from lotchain.events.hold import Hold
from lotchain.events.inspection import InspectedLot, Inspection
from lotchain.events.release import Release
from lotchain.events.seal_applied import SealApplied, SealedLot
from lotchain.events.seal_broken import SealBroken
from lotchain.events.seal_checked import CheckedLot, SealChecked
from lotchain.events.split import Child, Split


def used_up(world: World, lot: str, who: str = "maker") -> str:
    """The lot at its end."""
    event = Consumption(
        lot=lot, prev=world.last(lot), quantity=world.stated(lot), purpose="synthesis", occurred_at=world.now()
    )
    return world.accept(event, who)


def divided(world: World, lot: str, who: str = "maker") -> tuple[str, str]:
    """The lot at its end, and its two halves."""
    half = kg(world.held(lot) / 2)
    names = (f"{lot}A", f"{lot}B")
    children = tuple(Child(lot=name, quantity=half) for name in names)
    world.accept(Split(lot=lot, prev=world.last(lot), children=children, occurred_at=world.now()), who)
    return names


def consignment() -> Book:
    book = Book("consignment/1")
    yes, no = book.accepted, book.refused
    world = World()
    a, b = world.make("A", 500), world.make("B", 50)

    def event(*lots: str, who: str = "maker", local: str = "C1", **changes: Any) -> Consignment:
        values: dict[str, Any] = {
            "consignment": f"consignment:{PARTIES[who][6:]}/{local}",
            "exporter": PARTIES["maker"],
            "importer": PARTIES["importer"],
            "final": (PARTIES["user-b"], PARTIES["user-a"]),
            "route": ("CNTZU", "CNSHG", "MXZLO"),
            "lots": lots,
            "mode": "sea",
            "occurred_at": world.now(),
            **changes,
        }
        return Consignment(**values)

    no(world, event(a, who="maker2"), "maker", "another's name", "named under its declarer", "consignment-name-foreign")
    no(world, event(a, who="maker2"), "maker2", "by a stranger", "only the custodian of each lot", "not-custodian")
    no(world, event(a, who="cn"), "cn", "by an authority", "it has no custody", "not-custodian")
    no(world, event(a, a), "maker", "a lot twice", "one line a lot", "lot-twice")
    no(world, event(a, NOWHERE), "maker", "a lot that nobody knows", "perhaps not yet", "lot-unknown")
    yes(world, event(a, b), "maker", "two lots over sea", "each lot keeps route and consignees")
    no(world, event(a, b, mode="air"), "maker", "the same name again", "declared once", "consignment-exists",
       "consignment-replaced")  # fmt: skip
    yes(world, event(a, local="C2", route=("CNSHG", "MXZLO")), "maker", "replaced by its declarer, from elsewhere on",
        "two notes", "consignment-replaced", "route-starts-elsewhere")  # fmt: skip
    world.move("maker", "carrier", b)
    detour = event(b, who="carrier", route=("CNTZU", "PAMIT"), final=(PARTIES["user-b"],))
    yes(world, detour, "carrier", "another route, by the carrier", "it may carry, not redirect", "consignment-rerouted")
    shanghai = ("CNTZU", "CNSHA", "MXZLO")
    yes(world, event(a, local="C4", route=shanghai), "maker", "by sea over the airport of Shanghai",
        "read as the port, and remarked upon", "consignment-replaced", "route-code-airport")  # fmt: skip
    yes(world, event(a, local="C5", route=shanghai, mode="air"), "maker", "by air over the airport of Shanghai",
        "that is where it flies from", "consignment-replaced")  # fmt: skip
    world.move("carrier", "user-b", b, receives_as="consignee")
    onward = event(b, who="user-b", route=("CNTZU", "MXGDL"), final=(PARTIES["user-b"],))
    yes(world, onward, "user-b", "onward after delivery", "nothing is replaced")
    used_up(world, a)
    no(world, event(a, local="C3"), "maker", "a lot that has ended", "nothing travels", "lot-ended")
    book.common_faults()
    book.changed("no final consignee", "delivered somewhere", "too-few", final=[])
    book.changed("a route of one place", "from and to", "too-few", route=["CNTZU"])
    book.changed("a place by name", "UN/LOCODE", "field-format", route=["Taizhou", "MXZLO"])
    book.changed("a lot as consignment", "ids name their kind", "id-kind", consignment="lot:CN-MAKER/C1")
    return book


def arrival() -> Book:
    book = Book("arrival/1")
    yes, no = book.accepted, book.refused
    world = World()
    a, b = world.make("A", 500), world.make("B", 50)

    def event(*lots: str, place: Any = CN_PORT, **changes: Any) -> Arrival:
        return Arrival(lots=lots, place=place, occurred_at=world.now(), **changes)

    no(world, event(a), "user-b", "by a stranger", "who never had it", "not-custodian")
    no(world, event(a), "mx", "by an authority without competence", "neither place nor route in MX", "authority-scope")
    no(world, event(a, NOWHERE), "maker", "of a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, event(a, a), "maker", "a lot twice", "each once", "lot-twice")
    yes(
        world,
        event(a, b, mode="road", means={"hidden": "77" * 32}),
        "maker",
        "two lots, by their custodian",
        "the place moves",
    )
    consigned(world, a, route=("CNSHG", "MXZLO"))
    yes(world, event(a, place=MX), "cn", "in MX, by the authority of CN", "recorded; the place stays")
    yes(world, event(a, place=MX), "mx", "in MX, by its authority", "the place moves")
    yes(world, event(a, place=PANAMA), "maker", "off its route", "another Manzanillo, of one name", "off-route")
    world.offer("maker", "carrier", b)
    yes(world, event(b), "carrier", "by the party to whom it is offered", "recorded; the place stays")
    world.move("maker", "carrier", a)
    yes(world, event(a, place=PANAMA), "maker", "off its route, by a past custodian", "its word is a note; nothing moves",
        "past-custodian-report")  # fmt: skip
    c = world.make("C", 10)
    used_up(world, c)
    yes(world, event(c), "cn", "of a lot that has ended, by an authority", "whose goods are these?", "seen-after-end")
    yes(world, event(c), "maker", "of a lot that has ended, late", "recorded; nothing moves")
    for _ in range(31):
        world.accept(event(c), "maker")
    no(world, event(c), "maker", "once too often", "thirty-two reports by who has not got it", "reports-many")
    book.common_faults()
    book.changed("no lot", "something arrives", "too-few", lots=[])
    book.changed("no offset", "the place gives local time", "field-missing", place={"code": "CNSHG"})
    book.changed("an offset that is none", "±hh:mm", "offset-format", place={"code": "CNSHG", "offset": "8"})
    return book


def seal_applied() -> Book:
    book = Book("seal-applied/1")
    yes, no = book.accepted, book.refused
    world = World()
    a, b = world.make("A", 500), world.make("B", 50)

    def line(lot: str, *numbers: str, prev: str | None = None) -> SealedLot:
        return SealedLot(lot=lot, prev=world.last(lot) if prev is None else prev, seals=numbers)

    def event(*lines: SealedLot, place: Any = CN) -> SealApplied:
        return SealApplied(lines=lines, place=place, occurred_at=world.now())

    old = line(a, "CN-9")
    no(world, event(line(a, "CN-1")), "cn", "by an authority", "its seals stand in its inspection", "not-custodian")
    no(
        world,
        event(line(NOWHERE, "CN-1", prev=ABSENT)),
        "maker",
        "on a lot that nobody knows",
        "perhaps not yet",
        "lot-unknown",
    )
    no(world, event(line(a, "CN-1", prev=ABSENT)), "maker", "follows what has not arrived", "retry", "prev-unknown")
    no(world, event(line(a, "CN-1"), line(a, "CN-2")), "maker", "a lot twice", "one line a lot", "lot-twice")
    no(world, event(line(a, "CN-1", "CN-1")), "maker", "a number twice", "each seal is fitted once", "seal-fitted")
    yes(
        world,
        event(line(a, "CN-2", "CN-1"), line(b, "CN-3"), place=CN_PORT),
        "maker",
        "three seals on two lots",
        "sorted by number",
    )
    no(world, event(old), "maker", "the old end", "another act has followed", "prev-stale")
    no(world, event(line(a, "CN-1")), "maker", "a seal that is there", "each seal is fitted once", "seal-fitted")
    consigned(world, a)
    held_up(world, a)
    yes(
        world,
        event(line(a, "CN-4"), place=PANAMA),
        "maker",
        "on hold, off its route",
        "recorded",
        "acted-before-hold-was-known",
        "off-route",
    )
    yes(world, event(line(a, "CN-41")), "maker", "signed after the hold", "it breaks the chain", "moved-on-hold",
        seen=just_now(world))  # fmt: skip
    world.offer("maker", "carrier", b)
    no(world, event(line(b, "CN-5")), "maker", "while offered", "the reply comes first", "offer-open")
    c = world.make("C", 10)
    used_up(world, c)
    no(world, event(line(c, "CN-6")), "maker", "on a lot that has ended", "nothing is there", "lot-ended")
    book.common_faults()
    book.changed("no lot", "something is sealed", "too-few", lines=[])
    book.changed("no seal", "something is fitted", "too-few", lines=[{"lot": a, "prev": ABSENT, "seals": []}])
    book.changed("a number in lower case", "as stamped, in capitals", "field-format",
                 lines=[{"lot": a, "prev": ABSENT, "seals": ["cn-1"]}])  # fmt: skip
    return book


def seal_checked() -> Book:
    book = Book("seal-checked/1")
    yes, no = book.accepted, book.refused
    world = World()
    a, b = world.make("A", 500), world.make("B", 50)
    sealed(world, a, "MX-20931", "MX-20940")

    def event(lot: str, *found: str, place: Any = CN) -> SealChecked:
        return SealChecked(lines=(CheckedLot(lot=lot, seals_found=found),), place=place, occurred_at=world.now())

    no(world, event(a, "MX-20931"), "user-b", "by a stranger", "who never had it", "not-custodian")
    no(
        world,
        event(a, "MX-20931"),
        "mx",
        "by an authority without competence",
        "neither place nor route in MX",
        "authority-scope",
    )
    no(world, event(NOWHERE), "maker", "of a lot that nobody knows", "perhaps not yet", "lot-unknown")
    both = CheckedLot(lot=a, seals_found=("MX-20931", "MX-20940"))
    twice = SealChecked(lines=(both, both), place=CN, occurred_at=world.now())
    no(world, twice, "maker", "a lot twice", "one line a lot", "lot-twice")
    theirs = world.make("C", 10)
    world.move("maker", "carrier", theirs)
    for _ in range(32):
        world.accept(event(theirs), "maker")
    no(world, event(theirs), "maker", "once too often", "thirty-two reports by who has not got it", "reports-many")
    right = SealChecked(lines=(both, CheckedLot(lot=b, seals_found=())), place=CN_PORT, occurred_at=world.now())
    yes(world, right, "maker", "two lots, as they are", "order does not count; the place moves")
    yes(
        world,
        event(a, "MX-20913", "MX-20940"),
        "cn",
        "two characters swapped",
        "a slip, or a look-alike",
        "seal-misread",
    )
    yes(world, event(a, "MX-20981", "MX-20940"), "cn", "one character", "a slip, or a look-alike", "seal-misread")
    yes(world, event(a, "MX-20913"), "maker", "one swapped, one gone", "that is no slip", "seal-changed")
    yes(world, event(a, "MX-20931"), "maker", "one gone", "nobody recorded it", "seal-changed")
    yes(world, event(a), "maker", "none left", "nobody recorded it", "seal-changed")
    yes(world, event(a, "MX-20931", "MX-20940", "MX-1"), "maker", "one more", "nobody recorded it", "seal-changed")
    consigned(world, a)
    yes(
        world,
        event(a, "MX-20931", "MX-20940", place=PANAMA),
        "maker",
        "off its route",
        "right seals, wrong place",
        "off-route",
    )
    world.move("maker", "carrier", a)
    yes(
        world,
        event(a, "MX-1"),
        "maker",
        "by a past custodian",
        "its word neither breaks nor mends",
        "past-custodian-report",
    )
    used_up(world, b)
    yes(world, event(b), "cn", "of a lot that has ended", "whose goods are these?", "seen-after-end")
    book.common_faults()
    book.changed("no lot", "something is read", "too-few", lines=[])
    book.changed("no list of seals", "an empty list for none", "field-missing", lines=[{"lot": a}])
    book.changed("seals in one text", "a list of numbers", "field-type", lines=[{"lot": a, "seals_found": "MX-1"}])
    book.changed("a blank in a number", "as stamped, without blanks", "field-format",
                 lines=[{"lot": a, "seals_found": ["MX 1"]}])  # fmt: skip
    return book


def seal_broken() -> Book:
    book = Book("seal-broken/1")
    yes, no = book.accepted, book.refused
    world = World()
    a = world.make("A", 500)
    old = world.last(a)
    sealed(world, a, "CN-448120", "CN-448121")

    def event(lot: str, *numbers: str, prev: str | None = None, reason: str = "opened", **changes: Any) -> SealBroken:
        values: dict[str, Any] = {
            "lot": lot,
            "prev": world.last(lot) if prev is None else prev,
            "seals": numbers,
            "reason": reason,
            "place": CN,
            "occurred_at": world.now(),
            **changes,
        }
        return SealBroken(**values)

    no(world, event(a, "CN-448120"), "carrier", "by a stranger", "only the custodian", "not-custodian")
    no(
        world,
        event(NOWHERE, "CN-1", prev=ABSENT),
        "maker",
        "on a lot that nobody knows",
        "perhaps not yet",
        "lot-unknown",
    )
    no(world, event(a, "CN-448120", prev=ABSENT), "maker", "follows what has not arrived", "retry", "prev-unknown")
    no(world, event(a, "CN-448120", prev=old), "maker", "the old end", "another act has followed", "prev-stale")
    for name, new in (
        ("replaced by the very seal", ("CN-448120",)),
        ("replaced by one that is there", ("CN-448121",)),
        ("replaced by one number twice", ("CN-1", "CN-1")),
    ):
        no(world, event(a, "CN-448120", replaced_by=new), "maker", name, "each seal is fitted once", "seal-fitted")
    yes(
        world,
        event(a, "CN-448120", replaced_by=("CN-5",)),
        "maker",
        "opened and sealed again",
        "one's own goods, at home",
    )
    yes(
        world,
        event(a, "CN-448112"),
        "maker",
        "a number misread",
        "the seal stays, as far as the ledger knows",
        "seal-misread",
    )
    yes(world, event(a, "TR-1"), "maker", "a seal that nobody fitted", "who had sealed it so?", "seal-changed")
    yes(world, event(a, "CN-5", reason="found-broken", report="HPD 2026-17"), "maker", "found broken and reported", "a note",
        "seal-broken-reported")  # fmt: skip
    consigned(world, a)
    held_up(world, a)
    yes(world, event(a, "CN-448121", place=PANAMA), "maker", "opened on the way, on hold, off route", "recorded",
        "acted-before-hold-was-known", "off-route", "seal-broken-unreported")  # fmt: skip
    sealed(world, a, "CN-31", "CN-32")
    yes(world, event(a, "CN-31", place=NINGBO, report="HPD 2026-18"), "maker", "between the declared places, after the hold",
        "in a country of the route", "moved-on-hold", "off-route-incident", "seal-broken-reported",
        seen=just_now(world))  # fmt: skip
    for name, seen, codes in (
        ("a seal that customs had cut", lately(world), ()),
        ("a seal that customs had cut, signed after that", just_now(world), ("seal-changed",)),
    ):
        d = world.make(f"D{len(codes)}", 10)
        sealed(world, d, "CN-9")
        resealed(world, d, "CN-10")
        yes(world, event(d, "CN-9"), "maker", name, "the seal of customs stays", *codes, seen=seen)
    b = world.make("B", 10)
    sealed(world, b, "CN-7")
    world.offer("maker", "carrier", b)
    yes(world, event(b, "CN-7"), "maker", "while offered", "it follows the offer, and the reply answers it still",
        "seal-broken-unreported")  # fmt: skip
    c = world.make("C", 10)
    used_up(world, c)
    no(world, event(c, "CN-8"), "maker", "on a lot that has ended", "nothing is there", "lot-ended")
    book.common_faults()
    book.changed("no seal", "something is broken", "too-few", seals=[])
    book.changed("a reason that is none", "a closed list", "field-value", reason="curiosity")
    return book


def inspection() -> Book:
    book = Book("inspection/1")
    yes, no = book.accepted, book.refused
    world = World()
    a = world.make("A", 21_600)
    sealed(world, a, "DE-883421", "DE-883422")

    def line(lot: str = a, result: str = "in-order", **fields: Any) -> InspectedLot:
        return InspectedLot(lot=lot, result=result, **fields)  # type: ignore[arg-type]

    def event(*lines: InspectedLot, place: Any = CN) -> Inspection:
        return Inspection(lines=lines, place=place, occurred_at=world.now())

    no(world, event(line()), "maker", "by a handler", "only authorities inspect", "not-authority")
    no(
        world,
        event(line(), place=MX),
        "mx",
        "by an authority without competence",
        "neither place nor route in MX",
        "authority-scope",
    )
    no(world, event(line(), place=MX), "cn", "abroad", "in the authority's own country", "authority-scope")
    no(world, event(line(NOWHERE)), "cn", "of a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, event(line(), line()), "cn", "a lot twice", "one line a lot", "lot-twice")
    both = ("DE-883421", "DE-883422")
    no(world, event(line(seals_found=both[:1], seals_cut=both)), "cn", "a seal cut that was not found", "contradiction",
       "inspection-contradicts-itself")  # fmt: skip
    no(world, event(line(seals_fitted=both[:1])), "cn", "a seal fitted that is there", "each once", "seal-fitted")
    no(
        world,
        event(line(seals_cut=both[:1], seals_fitted=both[:1])),
        "cn",
        "a cut seal fitted again",
        "each once",
        "seal-fitted",
    )
    no(
        world,
        event(line(sample=LITRE)),
        "cn",
        "a sample in litres of a lot in kilograms",
        "mass is not volume",
        "unit-kind",
    )
    no(world, event(line(sample=kg(21_600))), "cn", "a sample of everything", "that is a seizure", "sample-too-large")
    new = ("TR-0091774", "TR-0091775")
    whole = line(seals_found=both, seals_cut=both, seals_fitted=new, sample=kg("0.5"), findings={"hidden": "77" * 32})
    yes(world, event(whole, place=CN_PORT), "cn", "opened, sampled, sealed anew", "nobody's paper becomes stale")
    world.offer("maker", "carrier", a)
    yes(world, event(line(sample=kg("0.5"))), "cn", "sampled on the way", "out of what is in transit")
    yes(world, event(line(seals_found=("TR-0091774", "TR-0091757"))), "cn", "a seal misread", "what was read is true from here on",
        "seal-misread")  # fmt: skip
    yes(world, event(line(seals_found=())), "cn", "no seal found", "nobody recorded it", "seal-changed")
    yes(world, event(line(seals_cut=("ZZ-1",), seals_fitted=("CN-1",))), "cn", "a seal cut that nobody fitted", "recorded",
        "seal-changed")  # fmt: skip
    yes(
        world,
        event(line(result="irregular"), place=CN_PORT),
        "cn",
        "irregular",
        "ask the authority",
        "inspection-irregular",
    )
    yes(world, event(line(result="refused")), "cn", "passage refused", "ask the authority", "inspection-refused")
    b = world.make("B", 10)
    consigned(world, b, route=("CNTZU", "MXZLO"))
    yes(world, event(line(b), place=CN_PORT), "cn", "off its route", "in the right country", "off-route")
    c = world.make("C", 10)
    used_up(world, c)
    yes(world, event(line(c)), "cn", "of a lot that has ended", "whose goods are these?", "seen-after-end")
    d = world.make("D", 10)
    sealed(world, d, "DE-1")
    yes(world, event(line(d, seals_cut=("DE-1",), seals_fitted=("DE-2",))), "cn", "seals changed once",
        "those before stay known")  # fmt: skip
    yes(world, event(line(d, seals_cut=("DE-2",), seals_fitted=("DE-3",))), "cn", "and again",
        "those before the first change stay known")  # fmt: skip
    book.common_faults()
    book.changed("no lot", "something is inspected", "too-few", lines=[])
    book.changed("no result", "an inspection ends with a word", "field-missing", lines=[{"lot": a}])
    book.changed("a fourth result", "a closed list", "field-value", lines=[{"lot": a, "result": "fine"}])
    return book


def hold() -> Book:
    book = Book("hold/1")
    yes, no = book.accepted, book.refused
    world = World()
    a, b = world.make("A", 500), world.make("B", 50)

    def event(*lots: str, **changes: Any) -> Hold:
        return Hold(lots=lots, reason="suspicion", occurred_at=world.now(), **changes)

    no(world, event(a), "maker", "by a handler", "only authorities", "not-authority")
    no(world, event(a), "mx", "by an authority without competence", "neither place nor route in MX", "authority-scope")
    no(world, event(a, NOWHERE), "cn", "of a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, event(a, a), "cn", "a lot twice", "each once", "lot-twice")
    yes(world, event(a, b), "cn", "two lots", "under the statement's own id")
    consigned(world, a)
    yes(
        world,
        event(a, remarks={"hidden": "77" * 32}),
        "mx",
        "by an authority of the route",
        "a second hold beside the first",
    )
    divided(world, b)
    yes(world, event(b), "cn", "of a lot that has ended", "its parts are named", "hold-on-ended-lot")
    book.common_faults()
    book.changed("no lot", "something is stopped", "too-few", lots=[])
    book.changed(
        "a reason in a sentence", "a word; remarks may be hidden", "field-format", reason="We suspect diversion."
    )
    return book


def release() -> Book:
    book = Book("release/1")
    yes, no = book.accepted, book.refused
    world = World()
    a, b = world.make("A", 500), world.make("B", 50)
    consigned(world, a)
    standing = held_up(world, a, b)

    def event(*lots: str, hold: str = standing) -> Release:
        return Release(hold=hold, lots=lots, reason="in-order", occurred_at=world.now())

    no(world, event(a), "mx", "by another authority of the route", "only the one that placed it", "hold-not-yours")
    no(world, event(a), "maker", "by the custodian", "only the one that placed it", "hold-not-yours")
    no(world, event(a, hold=ABSENT), "cn", "a hold that has not arrived", "retry", "hold-unknown")
    no(world, event(a, hold=world.last(a)), "cn", "a statement that is no hold", "never", "hold-not-standing")
    no(world, event(a, a), "cn", "a lot twice", "each once", "lot-twice")
    no(world, event(a, NOWHERE), "cn", "of a lot that nobody knows", "perhaps not yet", "lot-unknown")
    yes(world, event(a), "cn2", "one lot of two, by a second officer", "the other stays on hold")
    no(world, event(a), "cn", "twice", "it stands no more", "hold-not-standing")
    halves = divided(world, b)
    yes(world, event(*halves), "cn", "both parts of a lot on hold", "holds pass to the parts, under one id")
    book.common_faults()
    book.changed("no lot", "something is released", "too-few", lots=[])
    book.changed("a hold by name", "64 hexadecimal digits", "hash-format", hold="hold-1")
    return book
