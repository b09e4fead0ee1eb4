"""A world that remembers how each statement was judged, and one story for all reports: lawful, stolen, seized, hostile.

world = Watched()
table = world.report("form-d", year="2026")
"""

from __future__ import annotations

from functools import cache
from typing import Any

from tests.unit.world import CN, CN_PORT, DAY, MX, ORIGIN, PARTIES, World, kg
from tests.vectors_build.event_permits import draw, terms

from lotchain.app.substances import load_substances
from lotchain.core.instants import format_instant
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.accession import Accession
from lotchain.events.authorisation_grant import AuthorisationGrant
from lotchain.events.consignment import Consignment
from lotchain.events.consumption import Consumption
from lotchain.events.customs_release import CustomsRelease
from lotchain.events.destruction import Destruction
from lotchain.events.discrepancy_answer import DiscrepancyAnswer
from lotchain.events.end_use_declaration import EndUseDeclaration
from lotchain.events.endorsement import Endorsement
from lotchain.events.fields import Amount, Document, Hidden, Package, Place
from lotchain.events.filing import Filing
from lotchain.events.hold import Hold
from lotchain.events.inspection import InspectedLot, Inspection
from lotchain.events.key_enrolment import KeyEnrolment
from lotchain.events.licence_grant import LicenceGrant
from lotchain.events.loss import Loss
from lotchain.events.permit_change import PermitChange
from lotchain.events.permit_terms import Ratio
from lotchain.events.pre_export_notification import PreExportNotification
from lotchain.events.pre_export_reply import PreExportReply
from lotchain.events.reading import read_entry
from lotchain.events.release import Release
from lotchain.events.seizure import Seizure
from lotchain.events.sighting import Sighting
from lotchain.oversight.observed import Observed
from lotchain.returns.choices import read_choices
from lotchain.returns.chronicle import Opened
from lotchain.returns.kinds import KINDS, make
from lotchain.returns.table import Log, Table
from lotchain.signing import SoftwareSigner, proof_of_possession
from lotchain.verify.judge import Judgement, names_read

DEA, IMPORTER = "party:US-DEA", "party:US-IMPORT"
PSE = "345-78-8"
US_PORT = Place(code="USNYC", offset="-05:00")
US_PLANT = Place(code="USEWR", offset="-05:00")
HOSTILE = '=cmd|" /C calc"!A0; -2+3'
HIDDEN = "77" * 32
YEAR = 366 * DAY


@cache
def substances() -> Any:
    """The shipped data, read once."""
    return load_substances()


class Watched(World):
    """A world of which every accepted statement is kept as a follower of the whole log is given it."""

    def __init__(self) -> None:
        self.told: list[Observed] = []
        super().__init__()

    def submit_raw(self, raw: bytes) -> Judgement:
        """As `World.submit_raw`; what is accepted is kept."""
        reading = read_entry(raw)
        before = {name: self.states.get(name) for name in names_read(reading)}
        judgement = super().submit_raw(raw)
        if not judgement.refused:
            index = len(self.log) - 1
            self.told.append(Observed(index, self.time, reading, before, judgement.states, judgement.findings))
        return judgement

    def report(self, kind: str, opened: Opened = lambda digest: None, /, **given: str) -> Table:
        """A report on everything so far."""
        log = Log(ORIGIN, self.charter, len(self.log), "ab" * 32, self.time)
        choices = read_choices(given, KINDS[kind].choices)
        return make(kind, self.told, log, choices, substances=substances(), opened=opened)


def american(world: Watched) -> None:
    """The US accedes, and licenses an importer whose name is a formula."""
    for party, seed in ((DEA, b"dea"), (IMPORTER, b"us importer")):
        world.signers[party] = SoftwareSigner.from_seed(seed.ljust(32, b"."))
    key = world.signers[DEA]
    proof = proof_of_possession(key, charter=world.audience, party=DEA).hex()
    accession = world.accept(
        Accession(country="US", party=DEA, organisation="Authority of US", key=key.public.cose.hex(),
                  possession=proof, occurred_at=world.now()), "cn",
    )  # fmt: skip
    world.accept(Endorsement(subject="charter", endorses=accession, occurred_at=world.now()), "mx")
    world.accept(
        LicenceGrant(party=IMPORTER, organisation=HOSTILE, number="US-1", activities=("import", "use"),
                     substances=("*",), valid_from="1970-01-01T00:00:00Z", sites=("SITE 1",), occurred_at=world.now()),
        DEA,
    )  # fmt: skip
    signer = world.signers[IMPORTER]
    proof = proof_of_possession(signer, charter=world.audience, party=IMPORTER).hex()
    world.accept(
        KeyEnrolment(party=IMPORTER, key=signer.public.cose.hex(), possession=proof, holder="office",
                     occurred_at=world.now()), DEA,
    )  # fmt: skip


def exported(world: Watched) -> str:
    """1.5 kg of pseudoephedrine hydrochloride to the US, with all its papers; 1 g is missing on arrival."""
    lot = world.make(
        "PSE", 1, substance=PSE, name="Pseudoephedrine HCl", content="99.5 %", tolerance="0",
        quantity=Amount(value="1500000", unit="MGM"),
        packages=tuple(Package(serial=f"D{n}", net=Amount(value="500", unit="GRM")) for n in (1, 2, 3)),
    )  # fmt: skip
    permits(world)
    name = "consignment:CN-MAKER/US1"
    papers = (Document(kind="invoice", sha256="1a" * 32, reference="INV 7"),)
    world.accept(
        Consignment(consignment=name, exporter=PARTIES["maker"], importer=IMPORTER, final=(IMPORTER,), lots=(lot,),
                    route=("CNTZU", "CNSHG", "SGSIN", "USNYC", "USEWR"), mode="sea", documents=papers,
                    occurred_at=world.now()), "maker",
    )  # fmt: skip
    whole = Amount(value="1500", unit="GRM")
    for permit, who in (("permit:CN-NMPA/PEN-US", "maker"), ("permit:CN-NMPA/EXP-US", "maker"),
                        ("permit:US-IMPORT/EUD-1", "maker")):  # fmt: skip
        world.accept(draw(world, permit, whole, consignment=name, substance=PSE), who)
    world.accept(
        draw(world, "permit:US-DEA/IMP-1", whole, Amount(value="1228.8", unit="GRM"), consignment=name, substance=PSE),
        IMPORTER,
    )
    filed(world, name, "declaration", transaction_id="TIN-2026-1", form="486A", quantity=whole, basis="salt",
          number="486-1")  # fmt: skip
    world.advance(DAY)
    offer = world.offer("maker", "carrier", lot, means="CSQU 305438-3", mode="sea",
                        documents=(Document(kind="bill-of-lading", sha256="2b" * 32, reference="BL 9"),))  # fmt: skip
    world.take(offer, "carrier", CN_PORT)
    world.advance(20 * DAY)
    world.accept(
        CustomsRelease(consignment=name, kind="import", released_at=world.now(), place=US_PORT, quantity=whole,
                       occurred_at=world.now()), DEA,
    )  # fmt: skip
    offer = world.offer("carrier", IMPORTER, lot, receives_as="consignee", place=US_PORT)
    line = AcceptanceLine(lot=lot, outcome="short", accepted=Amount(value="1499", unit="GRM"),
                          missing=Amount(value="1", unit="GRM"))  # fmt: skip
    reply = world.accept(Acceptance(answers=offer, lines=(line,), place=US_PLANT, occurred_at=world.now()), IMPORTER)
    for who in (IMPORTER, "carrier"):
        world.accept(
            DiscrepancyAnswer(lot=lot, reply=reply, explanation="stolen", reference="POL 1", occurred_at=world.now()),
            who,
        )  # fmt: skip
    filed(world, name, "return-declaration", left=whole, released=whole, basis="salt", transaction_id="TIN-2026-1")
    return lot


def permits(world: Watched) -> None:
    """Notification, export and import authorisation, declaration of the end use."""
    common: dict[str, Any] = {"substances": (PSE,), "quantity": kg(2), "exporter": PARTIES["maker"],
                              "importer": IMPORTER, "tolerance": "0"}  # fmt: skip
    world.accept(
        PreExportNotification(
            permit="permit:CN-NMPA/PEN-US", holder=PARTIES["maker"], importing="US", dispatch=world.later(2 * DAY),
            reply_by=world.later(5 * DAY), remarks="@SUM(1+1)", occurred_at=world.now(),
            terms=terms(world, **common, number="PEN 1", entry_points=("USNYC",), exit_points=("CNSHG",)),
        ), "cn",
    )  # fmt: skip
    world.accept(
        PreExportReply(permit="permit:CN-NMPA/PEN-US", answers=world.states["permit:CN-NMPA/PEN-US"]["terms_by"],
                       reply="no-objection", reason=Hidden(hidden=HIDDEN), occurred_at=world.now()), DEA,
    )  # fmt: skip
    world.accept(
        AuthorisationGrant(permit="permit:CN-NMPA/EXP-US", kind="export", holder=PARTIES["maker"],
                           notification="permit:CN-NMPA/PEN-US", terms=terms(world, **common, number="EXP 1"),
                           occurred_at=world.now()), "cn",
    )  # fmt: skip
    base = {**common, "basis": "base", "factor": Ratio(base=8192, of=10_000)}
    world.accept(
        AuthorisationGrant(permit="permit:US-DEA/IMP-1", kind="import", holder=IMPORTER,
                           terms=terms(world, **base, number="IMP 1"), occurred_at=world.now()), DEA,
    )  # fmt: skip
    world.accept(
        EndUseDeclaration(permit="permit:US-IMPORT/EUD-1", uses=("formulation", "laboratory"), resale="none",
                          signer=Hidden(hidden=HIDDEN), occurred_at=world.now(),
                          terms=terms(world, **common, number="EUD 1")), IMPORTER,
    )  # fmt: skip


def filed(world: Watched, about: str, kind: str, **fields: Any) -> str:
    """The importer filed something with the US."""
    event = Filing(about=about, kind=kind, country="US", filed_at=world.now(), occurred_at=world.now(), **fields)
    return world.accept(event, IMPORTER)


def troubles(world: Watched) -> None:
    """A theft, a hold that was lifted, a refused passage, a seizure of a part, a destruction, something seen again."""
    lot = world.make("B", 100, packages=tuple(Package(serial=f"{n:04}", net=kg(25)) for n in range(1, 5)))
    world.accept(
        Consignment(consignment="consignment:CN-MAKER/MX1", exporter=PARTIES["maker"], importer=PARTIES["importer"],
                    final=(PARTIES["user-a"],), lots=(lot,), route=("CNTZU", "CNSHG", "MXZLO"), mode="sea",
                    occurred_at=world.now()), "maker",
    )  # fmt: skip
    world.move("maker", "carrier", lot, place=CN_PORT)
    world.accept(
        Loss(lot=lot, prev=world.last(lot), quantity=kg(25), kind="stolen", packages=("0001",), place=CN_PORT,
             reference="POL 4471", remarks="+1+1", occurred_at=world.now()), "carrier",
    )  # fmt: skip
    held = world.accept(Hold(lots=(lot,), reason="suspicion", occurred_at=world.now()), "cn")
    world.accept(Release(hold=held, lots=(lot,), reason="in-order", occurred_at=world.now()), "cn")
    line = InspectedLot(lot=lot, result="refused", sample=kg("0.5"))
    world.accept(Inspection(lines=(line,), place=CN_PORT, occurred_at=world.now()), "cn")
    world.move("carrier", "importer", lot, receives_as="consignee", place=MX)
    seizure = Seizure(lot=lot, quantity=kg(25), packages=("0002",), reason="suspicion", place=MX, reference="CASE 1",
                      documents=(Document(kind="report", sha256="3c" * 32),), occurred_at=world.now())  # fmt: skip
    proposed = world.accept(seizure, "mx")
    world.accept(Endorsement(subject=lot, endorses=proposed, occurred_at=world.now()), "mx2")
    other = world.make("C", 10)
    destruction = Destruction(lot=other, prev=world.last(other), quantity=kg(4), method="incineration",
                              witness=PARTIES["carrier"], place=CN, occurred_at=world.now())  # fmt: skip
    gone = world.accept(destruction, "maker")
    world.accept(Endorsement(subject=other, endorses=gone, occurred_at=world.now()), "carrier")
    used = Consumption(lot=other, prev=world.last(other), quantity=kg(6), purpose="analysis", occurred_at=world.now())
    world.accept(used, "maker")
    world.accept(
        Sighting(lot=other, content="filled", place=CN, occurred_at=world.now()), "cn",
    )  # fmt: skip


def told() -> Watched:
    """The whole story, over two years."""
    world = Watched()
    american(world)
    lot = exported(world)
    troubles(world)
    world.advance(YEAR)
    use = Consumption(lot=lot, prev=world.last(lot), quantity=Amount(value="250", unit="GRM"), purpose="formulation",
                      occurred_at=world.now())  # fmt: skip
    world.accept(use, IMPORTER)
    late = Consumption(lot=lot, prev=world.last(lot), quantity=Amount(value="100.0001", unit="GRM"), purpose="analysis",
                       occurred_at=format_instant(world.time - YEAR))  # fmt: skip
    world.accept(late, IMPORTER)
    world.accept(
        PermitChange(permit="permit:US-IMPORT/EUD-1", change="revoked", reason="fraud", occurred_at=world.now()),
        IMPORTER,
    )
    return world
