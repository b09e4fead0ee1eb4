"""Cases of permits: who gives them, replies and changes; the drawings stand in `event_permit_drawings`."""

from __future__ import annotations

from typing import Any

from tests.unit.world import DAY, PARTIES, SUBSTANCE, World, kg
from tests.vectors_build.event_book import Book

from lotchain.core.instants import format_instant
from lotchain.events.authorisation_grant import AuthorisationGrant
from lotchain.events.consignment import Consignment
from lotchain.events.end_use_declaration import EndUseDeclaration
from lotchain.events.event import Event
from lotchain.events.fields import Amount
from lotchain.events.permit_change import PermitChange
from lotchain.events.permit_drawing import PermitDrawing
from lotchain.events.permit_terms import PermitAsFound, PermitTerms, Ratio
from lotchain.events.pre_export_notification import PreExportNotification
from lotchain.events.pre_export_reply import PreExportReply
from lotchain.events.quota import Quota
from lotchain.events.reading import read_entry

EXPORT = "permit:CN-NMPA/EXP-1"
IMPORT = "permit:MX-COFEPRIS/IMP-1"
PEN = "permit:CN-NMPA/PEN-1"
CONSIGNMENT = "consignment:CN-MAKER/C1"
OTHER_SUBSTANCE = "108-24-7"
SALT = "345-78-8"
BASE = "90-82-4"


def terms(world: World, **changes: Any) -> PermitTerms:
    """500 kg of the maker's substance, valid long before and for ninety days, several times."""
    values: dict[str, Any] = {
        "number": "EXP 2026/1",
        "substances": (SUBSTANCE,),
        "quantity": kg(500),
        "basis": "salt",
        "valid_from": "1970-01-01T00:00:00Z",
        "valid_until": world.later(90 * DAY),
        "use": "multiple",
        **changes,
    }
    return PermitTerms(**values)


def grant(world: World, permit: str = EXPORT, /, **changes: Any) -> AuthorisationGrant:
    """An export authorisation of the maker; members of the terms and of the event by name."""
    own = {name: changes.pop(name) for name in ("kind", "holder", "notification", "remarks") if name in changes}
    values: dict[str, Any] = {"kind": "export", "holder": PARTIES["maker"], **own}
    return AuthorisationGrant(permit=permit, terms=terms(world, **changes), occurred_at=world.now(), **values)


def declared(world: World, lot: str, local: str = "C1", **changes: Any) -> str:
    """A consignment of the maker to the importer, for user A; `lots` for several."""
    name = f"consignment:CN-MAKER/{local}"
    values: dict[str, Any] = {
        "exporter": PARTIES["maker"],
        "importer": PARTIES["importer"],
        "final": (PARTIES["user-a"],),
        "route": ("CNTZU", "CNSHG", "MXZLO"),
        "lots": (lot,),
        **changes,
    }
    event = Consignment(consignment=name, mode="sea", occurred_at=world.now(), **values)
    world.accept(event, "maker")
    return name


def as_found(world: World, permit: str, **changes: Any) -> PermitAsFound:
    """The permit as an honest drawer finds it; its terms are read from the statement that set them."""
    state = world.states[permit]
    event: Any = read(world, state["terms_by"])
    drawn = None
    if state["drawn"]:
        unit = "KGM" if state["terms"]["quantity_kind"] == "mass" else "LTR"
        drawn = Amount(value=decimal(state["drawn"]), unit=unit)
    values: dict[str, Any] = {
        "sort": state["sort"],
        "by": state["by"],
        "holder": state["holder"],
        "importing": state["importing"],
        "reply_by": None if state["reply_by"] is None else format_instant(state["reply_by"]),
        "terms": event.terms,
        "terms_by": state["terms_by"],
        "status": state["status"],
        "drawn": drawn,
        "used_by": state["used_by"],
        **changes,
    }
    return PermitAsFound(**values)


def decimal(amount: int) -> str:
    """Micrograms in kilograms, or nanolitres in litres, as text."""
    return f"{amount // 10**9}.{amount % 10**9:09}"


def read(world: World, hex_id: str) -> Event:
    """The event of a statement of the world's log."""
    return read_entry(world.log[hex_id].raw).event


def draw(
    world: World,
    permit: str,
    goods: Amount,
    drawn: Amount | None = None,
    /,
    consignment: str = CONSIGNMENT,
    **changes: Any,
) -> PermitDrawing:
    """A drawing on the permit as it stands; `found` replaces what is stated of the permit."""
    values: dict[str, Any] = {
        "found": changes.pop("found", None) or as_found(world, permit),
        "substance": SUBSTANCE,
        "occurred_at": world.now(),
        **changes,
    }
    return PermitDrawing(consignment=consignment, permit=permit, goods=goods, drawn=drawn or goods, **values)


def litres(value: str) -> Amount:
    """A volume."""
    return Amount(value=value, unit="LTR")


def wrong_terms(world: World) -> list[tuple[str, str, dict[str, Any]]]:
    """Terms that contradict themselves: name, comment, changes."""
    return [
        ("an end before the beginning", "valid at no moment", {"valid_until": "1970-01-01T00:00:00Z"}),
        ("a wrong check digit", "a slip in the CAS number", {"substances": ("79099-07-4",)}),
        ("base without a factor", "nobody could compare", {"basis": "base"}),
        ("a factor with salt", "nothing to convert", {"factor": Ratio(base=4, of=5)}),
        ("a factor above 1", "base weighs less than its salt", {"basis": "base", "factor": Ratio(base=5, of=4)}),
        ("a density of nothing", "no volume has weight 0", {"density": "0.00"}),
    ]


def changed_terms(book: Book) -> None:
    """Terms of the sample that are no terms."""
    assert book.sample is not None
    sample = dict(book.sample["terms"])

    def no(name: str, comment: str, code: str, **changes: object) -> None:
        made = {key: value for key, value in {**sample, **changes}.items() if value is not None}
        book.changed(name, comment, code, terms=made)

    no("no substance", "a permit is for something", "too-few", substances=[])
    no("a quantity as a number", "quantities are text", "quantity-format", quantity={"value": 500, "unit": "KGM"})
    no("another basis", "salt or base", "field-value", basis="acid")
    no("a density without decimals", "as 1.08", "field-format", density="1")
    no("a factor of zero", "a ratio of positive numbers", "field-range", basis="base", factor={"base": 0, "of": 1})
    no("a factor as a decimal", "a ratio is exact", "field-type", basis="base", factor="0.8192")
    no("a port by name", "UN/LOCODE", "field-format", entry_points=["Manzanillo"])
    no("terms without an end", "every permit ends", "field-missing", valid_until=None)
    no("a lot as exporter", "ids name their kind", "id-kind", exporter="lot:CN-MAKER/A")
    no("tolerance above all", "a percentage", "percent-format", tolerance="101")
    no("a member that is none", "closed", "field-unknown", price="1")


def authorisation_grant() -> Book:
    book = Book("authorisation-grant/1")
    yes, no = book.accepted, book.refused
    world = World()
    no(world, grant(world), "maker", "by its holder", "authorities authorise", "not-authority")
    mexican = "permit:MX-COFEPRIS/EXP-1"
    no(world, grant(world, mexican), "mx", "by another country", "over the holder", "authority-scope")
    no(world, grant(world, mexican), "cn", "under another's name", "nobody squats", "permit-name-foreign")
    for name, comment, changes in wrong_terms(world):
        no(world, grant(world, **changes), "cn", name, comment, "permit-terms")
    full = grant(
        world, tolerance="1", exit_points=("CNSHG",), entry_points=("MXZLO",), transit=(), importer=PARTIES["importer"],
        consignees=(PARTIES["user-b"], PARTIES["user-a"]), exporter=PARTIES["maker"], remarks={"hidden": "77" * 32},
        notification="permit:CN-NMPA/PEN-1", density="1.08",
    )  # fmt: skip
    yes(world, full, "cn", "export of 500 kg", "with points, consignees and no transit")
    no(world, full, "cn", "the same again", "given once", "permit-exists")
    through = grant(world, mexican, kind="transit", holder=PARTIES["carrier"], use="single", transit=("PA",))
    no(world, through, "maker", "transit by a handler", "authorities authorise", "not-authority")
    yes(world, through, "mx", "transit, to a carrier of another country", "any authority, for its own country")
    base = grant(
        world, "permit:MX-COFEPRIS/IMP-2", kind="import", holder=PARTIES["importer"], basis="base",
        substances=(SALT, BASE), factor=Ratio(base=8192, of=10000), quantity=kg(800),
    )  # fmt: skip
    yes(world, base, "mx", "import of 800 kg as base", "an exact factor")
    book.common_faults()
    changed_terms(book)
    book.changed("another kind", "a closed list", "field-value", kind="re-export")
    book.changed("a lot as permit", "ids name their kind", "id-kind", permit="lot:CN-NMPA/1")
    return book


def notify(world: World, permit: str = PEN, /, **changes: Any) -> PreExportNotification:
    """China tells Mexico of 500 kg of the maker; members of the terms and of the event by name."""
    own = {name: changes.pop(name) for name in ("holder", "importing", "reply_by", "dispatch") if name in changes}
    values: dict[str, Any] = {
        "holder": PARTIES["maker"], "importing": "MX", "reply_by": world.later(15 * DAY), **own,
    }  # fmt: skip
    return PreExportNotification(permit=permit, terms=terms(world, **changes), occurred_at=world.now(), **values)


def reply(world: World, word: str, *consignments: str, permit: str = PEN, **changes: Any) -> PreExportReply:
    """A reply to the notification's present terms."""
    answers = world.states[permit]["terms_by"] if permit in world.states else "00" * 32
    values: dict[str, Any] = {"answers": answers, "occurred_at": world.now(), **changes}
    return PreExportReply(permit=permit, reply=word, consignments=consignments, **values)


def change(world: World, word: str, *consignments: str, permit: str = EXPORT, **changes: Any) -> PermitChange:
    """A change of a permit by whoever gave it."""
    values: dict[str, Any] = {"reason": "amended", "occurred_at": world.now(), **changes}
    return PermitChange(permit=permit, change=word, consignments=consignments, **values)


def pre_export_notification() -> Book:
    book = Book("pre-export-notification/1")
    yes, no = book.accepted, book.refused
    world = World()
    no(world, notify(world), "maker", "by the exporter", "authorities notify", "not-authority")
    mexican = "permit:MX-COFEPRIS/PEN-1"
    no(world, notify(world, mexican), "mx", "by the importing country", "the exporter's country", "authority-scope")
    no(world, notify(world, mexican), "cn", "under another's name", "nobody squats", "permit-name-foreign")
    no(world, notify(world, importing="CN"), "cn", "to itself", "from one country to another", "permit-terms")
    for name, comment, changes in wrong_terms(world):
        no(world, notify(world, **changes), "cn", name, comment, "permit-terms")
    full = notify(
        world, importer=PARTIES["importer"], consignees=(PARTIES["user-a"],), exit_points=("CNSHG",), use="single",
        entry_points=("MXZLO",), tolerance="1", dispatch=world.later(20 * DAY),
    )  # fmt: skip
    yes(world, full, "cn", "500 kg to Mexico", "sent, and not replied to")
    no(world, full, "cn", "the same again", "sent once", "permit-exists")
    simple = notify(world, "permit:CN-NMPA/PEN-2", importing="TR", reply_by=None)
    yes(world, simple, "cn", "a simplified one", "several consignments; to a country that is not on this ledger")
    book.common_faults()
    changed_terms(book)
    book.changed("a country by name", "ISO 3166", "field-format", importing="Mexico")
    book.changed("a reply by a local day", "instants are UTC", "time-format", reply_by="2026-11-01")
    book.changed("a dispatch in words", "an instant", "time-format", dispatch="soon")
    return book


def pre_export_reply() -> Book:
    book = Book("pre-export-reply/1")
    yes, no = book.accepted, book.refused
    world = World()
    declared(world, world.make("A", 500))
    no(
        world,
        reply(world, "received"),
        "mx",
        "to a notification that nobody knows",
        "perhaps not yet",
        "permit-unknown",
    )
    world.accept(notify(world), "cn")
    world.accept(grant(world), "cn")
    no(world, reply(world, "no-objection"), "importer", "by the importer", "authorities reply", "not-authority")
    no(world, reply(world, "no-objection"), "cn", "by the sender", "nobody replies to itself", "authority-scope")
    no(world, reply(world, "no-objection", permit=EXPORT), "mx", "to an authorisation", "only to a notification",
       "permit-status")  # fmt: skip
    no(world, reply(world, "no-objection", "consignment:CN-MAKER/C9"), "mx", "for an unknown consignment",
       "perhaps not yet", "consignment-unknown")  # fmt: skip
    no(world, reply(world, "no-objection", CONSIGNMENT), "mx", "for a consignment that has not drawn",
       "it has nothing to know", "permit-not-drawn")  # fmt: skip
    yes(world, reply(world, "received"), "mx", "received", "no more than that it arrived")
    world.accept(draw(world, PEN, kg(100)), "maker")
    yes(world, reply(world, "more-information-asked", CONSIGNMENT), "mx", "more information asked",
        "the consignment that drew is told")  # fmt: skip
    yes(
        world, reply(world, "received"), "mx", "received, late", "says less than the one before", "reply-without-effect"
    )
    yes(world, reply(world, "no-objection", CONSIGNMENT), "mx", "no objection", "a yes, for permit and consignment")
    yes(world, reply(world, "objected", CONSIGNMENT), "mx", "objected, after a yes", "the last word counts",
        "reply-changed")  # fmt: skip
    yes(world, reply(world, "no-objection", CONSIGNMENT, answers="5e" * 32), "mx", "to other terms",
        "it may not have read these", "reply-without-effect")  # fmt: skip
    no(world, reply(world, "no-objection", CONSIGNMENT), "cn", "by the sender, for a consignment", "not its to say",
       "authority-scope")  # fmt: skip
    world.accept(change(world, "cancelled", permit=PEN), "cn")
    yes(world, reply(world, "no-objection"), "mx", "to a cancelled one", "it stays cancelled", "reply-without-effect")
    book.common_faults()
    book.changed("silence", "no reply is never a yes", "field-value", reply="expired")
    book.changed("a yes", "a closed list", "field-value", reply="yes")
    book.changed("a permit as answer", "the statement that set the terms", "hash-format", answers=PEN)
    book.changed("a lot as consignment", "ids name their kind", "id-kind", consignments=["lot:CN-MAKER/A"])
    return book


def permit_change() -> Book:
    book = Book("permit-change/1")
    yes, no = book.accepted, book.refused
    world = World()
    declared(world, world.make("A", 500))
    no(world, change(world, "revoked"), "cn", "of a permit that nobody knows", "perhaps not yet", "permit-unknown")
    world.accept(grant(world), "cn")
    world.accept(notify(world), "cn")
    world.accept(draw(world, EXPORT, kg(100)), "maker")
    world.accept(draw(world, PEN, kg(100)), "maker")
    here = CONSIGNMENT
    longer = terms(world, valid_until=world.later(120 * DAY))
    no(world, change(world, "revoked", here), "mx", "by another authority", "whose permit it is", "permit-not-issuer")
    no(world, change(world, "revoked"), "maker", "by its holder", "whose permit it is", "permit-not-issuer")
    no(world, change(world, "suspended", "consignment:CN-MAKER/C9"), "cn", "for an unknown consignment",
       "perhaps not yet", "consignment-unknown")  # fmt: skip
    other = declared(world, world.make("B", 5), "C2")
    no(world, change(world, "suspended", other), "cn", "for a consignment that has not drawn", "nothing to know",
       "permit-not-drawn")  # fmt: skip
    no(world, change(world, "terms"), "cn", "new terms without terms", "all of them anew", "permit-terms")
    no(world, change(world, "revoked", terms=longer), "cn", "revoked with terms", "one or the other", "permit-terms")
    for name, changes in (("in litres", {"quantity": litres("500")}),
                          ("as base", {"basis": "base", "factor": Ratio(base=4, of=5)})):  # fmt: skip
        no(world, change(world, "terms", terms=terms(world, **changes)), "cn", f"new terms {name}",
           "what was drawn would mean something else", "permit-terms")  # fmt: skip
    for name, comment, changes in wrong_terms(world):
        no(world, change(world, "terms", terms=terms(world, **changes)), "cn", name, comment, "permit-terms")
    status = "permit-status"
    no(world, change(world, "restored"), "cn", "restored while in force", "nothing to restore", status)
    no(world, change(world, "cancelled"), "cn", "an authorisation cancelled", "it is revoked", status)
    no(world, change(world, "revoked", permit=PEN), "cn", "a notification revoked", "it is cancelled", status)
    no(world, change(world, "confirmed", here, permit=PEN), "cn", "a notification confirmed by its sender",
       "the importing country says yes", status)  # fmt: skip
    yes(world, change(world, "terms", here, terms=longer, reason="extended"), "cn", "new terms: a month more",
        "the consignment that drew is told")  # fmt: skip
    yes(world, change(world, "confirmed", here), "cn", "confirmed for the consignment", "its doubt is cleared")
    yes(world, change(world, "suspended", here), "cn", "suspended", "it allows nothing")
    no(world, change(world, "suspended"), "cn", "suspended again", "it is", status)
    drawing = draw(world, EXPORT, kg(1))
    assert {each.code for each in world.submit(drawing, "maker").findings} == {"permit-not-in-force"}
    yes(world, change(world, "restored", here), "cn", "restored", "in force again")
    yes(world, change(world, "terms", permit=PEN, terms=longer), "cn", "a notification changed before a reply",
        "nothing was said to it yet")  # fmt: skip
    world.accept(reply(world, "no-objection", permit=PEN), "mx")
    yes(world, change(world, "terms", here, permit=PEN, terms=terms(world, quantity=kg(900))), "cn",
        "a notification changed after the reply", "the yes was to less", "changed-after-reply")  # fmt: skip
    yes(world, change(world, "cancelled", here, permit=PEN), "cn", "a notification cancelled", "for good")
    no(world, change(world, "terms", permit=PEN, terms=longer), "cn", "a cancelled one changed", "for good", status)
    yes(world, change(world, "revoked", here), "cn", "revoked", "for good")
    no(world, change(world, "restored"), "cn", "restored after it was revoked", "for good", status)
    yes(world, change(world, "confirmed", here), "cn", "confirmed although revoked", "this consignment may go on")
    book.common_faults()
    book.changed("expired", "a day does that", "field-value", change="expired")
    book.changed("a reason in a sentence", "a word", "field-format", reason="Because of fraud.")
    book.changed("a lot as consignment", "ids name their kind", "id-kind", consignments=["lot:CN-MAKER/A"])
    return book


def declare_use(world: World, permit: str = "permit:MX-USERA/EUD-1", /, **changes: Any) -> EndUseDeclaration:
    """User A declares 500 kg from the maker; members of the terms and of the event by name."""
    own = {name: changes.pop(name) for name in ("uses", "resale", "signer") if name in changes}
    values: dict[str, Any] = {"uses": ("pharmaceutical-synthesis", "laboratory"), "resale": "none", **own}
    made = terms(world, **{"exporter": PARTIES["maker"], **changes})
    return EndUseDeclaration(permit=permit, terms=made, occurred_at=world.now(), **values)


def give_quota(world: World, permit: str = "permit:MX-COFEPRIS/Q-1", /, **changes: Any) -> Quota:
    """Mexico lets its importer take in 500 kg a year; members of the terms and of the event by name."""
    own = {name: changes.pop(name) for name in ("holder", "activity", "period") if name in changes}
    values: dict[str, Any] = {"holder": PARTIES["importer"], "activity": "import", "period": "year", **own}
    return Quota(permit=permit, terms=terms(world, **changes), occurred_at=world.now(), **values)


def end_use_declaration() -> Book:
    book = Book("end-use-declaration/1")
    yes, no = book.accepted, book.refused
    world = World()
    no(world, declare_use(world), "maker", "by the supplier", "the user declares", "permit-name-foreign")
    no(world, declare_use(world), "mx", "by the user's authority", "the user declares", "permit-name-foreign")
    for name, comment, changes in wrong_terms(world):
        no(world, declare_use(world, **changes), "user-a", name, comment, "permit-terms")
    yes(world, declare_use(world, signer={"hidden": "77" * 32}), "user-a", "500 kg from the maker", "for several times")
    no(world, declare_use(world), "user-a", "the same again", "declared once", "permit-exists")
    once = declare_use(world, "permit:MX-USERA/EUD-2", use="single", exporter=None, resale="licensed-customers")
    yes(world, once, "user-a", "for one transaction, no supplier named", "then only the user draws on it")
    book.common_faults()
    changed_terms(book)
    book.changed("no use", "what for", "too-few", uses=[])
    book.changed("a use in a sentence", "words", "field-format", uses=["For sale."])
    book.changed("resale to anybody", "a closed list", "field-value", resale="yes")
    return book


def quota() -> Book:
    book = Book("quota/1")
    yes, no = book.accepted, book.refused
    world = World()
    no(world, give_quota(world), "importer", "by its holder", "authorities give quotas", "not-authority")
    chinese = "permit:CN-NMPA/Q-1"
    no(world, give_quota(world, chinese), "cn", "by another country", "over the holder", "authority-scope")
    no(world, give_quota(world, chinese), "mx", "under another's name", "nobody squats", "permit-name-foreign")
    for name, comment, changes in wrong_terms(world):
        no(world, give_quota(world, **changes), "mx", name, comment, "permit-terms")
    yes(world, give_quota(world), "mx", "500 kg of imports a year", "over all consignments")
    no(world, give_quota(world), "mx", "the same again", "given once", "permit-exists")
    base = give_quota(
        world, "permit:MX-COFEPRIS/Q-2", activity="acquire", period="month", holder=PARTIES["user-a"], basis="base",
        substances=(BASE, SALT), factor=Ratio(base=8192, of=10000), quantity=litres("40"), density="1.08",
    )  # fmt: skip
    yes(world, base, "mx", "a monthly one, as base, in litres", "unit, basis, factor and density of its own")
    book.common_faults()
    changed_terms(book)
    book.changed("another activity", "a closed list", "field-value", activity="manufacture")
    book.changed("another period", "a closed list", "field-value", period="week")
    return book
