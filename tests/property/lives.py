"""Lives of lots in which every document that a rule asks for is there: two written here, three of the scenarios.

A life is a scenario's content and the lot that it is about. What can be taken away from it, one at a time: a step that
brings a document (permit, reply, drawing, filing, customs release), the papers of a step, a licence of a party.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple

from tests.show import agreement
from tests.show.stage import policy_for, scenario, told_steps

from lotchain.core.instants import format_instant, parse_instant
from lotchain.ledger.bundles import make_bundle
from lotchain.verify.offline import verify_bundle
from lotchain.verify.trust import DAY_MS, HOUR_MS
from lotchain.verify.verdict import Verdict

Content = dict[str, Any]
DOCUMENTS = (
    "pre-export-notification", "pre-export-reply", "authorisation-grant", "end-use-declaration", "quota",
    "permit-drawing", "filing", "customs-release", "licence-change", "consignment",
)  # fmt: skip
"""Event types that bring a document."""
OPENED = "2026-09-01T08:00:00Z"
PAPER = "33a2621e10a76d0dcb7a9890784ea884c7f3a0f103646f6c0c70448f200c50d9"


class Life(NamedTuple):
    """A scenario's content, and the lot whose verdict is asked."""

    content: Content
    lot: str

    def with_steps(self, steps: list[Content]) -> Life:
        """The same with other steps."""
        return self._replace(content={**self.content, "steps": steps})


class Less(NamedTuple):
    """A life without one document, and what was taken away."""

    what: str
    life: Life


class _OneByOne(Random):
    """For stories told without chance: every statement a batch of its own, entered when it is signed."""

    def choice(self, seq: Any) -> Any:
        """The first."""
        return seq[0]


def answer(life: Life, *, days: int = 60) -> Verdict:
    """What an inspector says of the lot, so many days after the last step: by then every duty is done or broken."""
    steps = told_steps(life.content)
    telling = agreement.Telling(life.content, steps, _OneByOne(), heals=False)
    kept = agreement.keep_honestly(telling)
    stage = telling.stage
    stage.clock.time = kept.time + days * DAY_MS
    stage.player.publish()
    policy = policy_for(stage.ledger.key, stage.played.charter, treaty_required=True)
    return verify_bundle(make_bundle(stage.ledger.reader, life.lot), policy, now=stage.clock.time)


def without_each(life: Life) -> Iterator[Less]:
    """The life without each of its documents."""
    steps = told_steps(life.content)
    for place, step in enumerate(steps):
        if step["event"]["type"].partition("/")[0] in DOCUMENTS:
            yield Less(step["as"], life.with_steps(steps[:place] + steps[place + 1 :]))
        if any("states" in paper for paper in step["event"].get("documents", ())):
            changed = copy.deepcopy(steps)
            del changed[place]["event"]["documents"]
            yield Less(f"papers of {step['as']}", life.with_steps(changed))
        for name in ("transaction_id", "responsible_officer", "review_at"):
            if name in step["event"]:
                changed = copy.deepcopy(steps)
                del changed[place]["event"][name]
                yield Less(f"{name} of {step['as']}", life.with_steps(changed))
    for name, party in life.content["parties"].items():
        for activity in party["licence"]["activities"]:
            changed_content = copy.deepcopy(life.content)
            rest = [other for other in party["licence"]["activities"] if other != activity]
            changed_content["parties"][name]["licence"]["activities"] = rest or ["store"]
            yield Less(f"licence of {name} to {activity}", life._replace(content=changed_content))
        if "sites" in party["licence"]:
            changed_content = copy.deepcopy(life.content)
            del changed_content["parties"][name]["licence"]["sites"]
            yield Less(f"sites of {name}", life._replace(content=changed_content))


# Two lives


class _Writer:
    """Writes a life day by day."""

    def __init__(
        self,
        name: str,
        authorities: tuple[str, ...],
        parties: dict[str, tuple[str, tuple[str, ...]]],
        opened: str = OPENED,
    ) -> None:
        self.day = 0.0
        self._opened = parse_instant(opened, field="opened_at")
        self.steps: list[Content] = []
        self.content: Content = {
            "format": "lotchain-scenario/2", "name": name, "title": name, "about": name,
            "origin": "lives.example/lots", "opened_at": opened, "threshold": 2,
            "authorities": {
                country.lower(): {"country": country, "id": f"party:{country}-CNA", "organisation": f"CNA {country}"}
                for country in authorities
            },
            "parties": {
                member: {
                    "id": f"party:{party}", "organisation": f"Organisation {member}",
                    "licence": {
                        "number": "1", "activities": list(activities), "substances": ["*"],
                        "valid_from": "2020-01-01T00:00:00Z",
                    },
                }
                for member, (party, activities) in parties.items()
            },
            "witnesses": {"one": {"name": "one.witness.example", "country": authorities[0]}},
            "audit_quorum": 1, "max_age": "30d", "treaty": "required", "rule_sets": [], "steps": self.steps,
        }  # fmt: skip

    def adopt(
        self, by: str, jurisdiction: str, *, notice: tuple[str, ...] | None = None, since: str = "2020-01-01T00:00:00Z"
    ) -> None:
        """At the opening, as the law since long ago if nothing else is said."""
        row: Content = {"by": by, "jurisdiction": jurisdiction, "from": since, "complete": "yes"}
        self.content["rule_sets"].append(row if notice is None else {**row, "notice": list(notice)})

    def then(self, days: float, by: str, name: str, event_type: str, /, **event: Any) -> None:
        """A step so many days after the one before."""
        self.day += days
        at = format_instant(self._opened + HOUR_MS + round(self.day * DAY_MS / 1000) * 1000)
        self.steps.append({"at": at, "by": by, "as": name, "event": {"type": f"{event_type}/1", **event}})

    def now(self) -> str:
        """When the last step was."""
        return str(self.steps[-1]["at"])

    def draw(self, by: str, name: str, permit: str, consignment: str, substance: str, goods: Content, **m: Any) -> None:
        """A consignment draws the whole of its goods on a permit, as the permit stands."""
        self.then(
            0.1, by, name, "permit-drawing", consignment=consignment, permit=permit, found={"as-found": permit},
            substance=substance, goods=goods, drawn=goods, **m,
        )  # fmt: skip


def _kg(value: str) -> Content:
    return {"value": value, "unit": "KGM"}


def _papers(*states: str) -> list[Content]:
    return [{"kind": "transaction-record", "sha256": PAPER, "states": list(states)}]


def _terms(substance: str, net: Content, until: str, **named: Any) -> Content:
    return {
        "number": "1", "substances": [substance], "quantity": net, "basis": "salt", "use": "single",
        "valid_from": OPENED, "valid_until": until, **named,
    }  # fmt: skip


def _moved(story: _Writer, lot: str, prev: str, giver: str, taker: str, name: str, place: Content, **more: Any) -> None:
    """Handed over and accepted in full, at one place."""
    capacity = more.pop("capacity", "carrier")
    deadline = format_instant(parse_instant(story.now(), field="at") + 90 * DAY_MS)
    story.then(
        more.pop("days", 1), giver, f"to-{name}", "hand-over", to=f"@@{taker}", receives_as=capacity, place=place,
        lines=[{"lot": lot, "prev": f"@{prev}", "quantity": NET, "seals": ["S-1"]}], deadline=deadline, mode="road",
        documents=_papers("substance", "quantity", "exporter", "importer", "cn-code"),
    )  # fmt: skip
    line = {"lot": lot, "outcome": "full", "accepted": NET, "seals_found": ["S-1"]}
    story.then(0.1, taker, f"at-{name}", "acceptance", answers=f"@to-{name}", lines=[line], place=place, **more)


NET = {"value": "100.000", "unit": "KGM"}
BASE = {"value": "81.925", "unit": "KGM"}


@lru_cache(maxsize=1)
def export_to_canada() -> Life:
    """Pseudoephedrine hydrochloride from the United States to Canada: declaration and return there, a permit here."""
    number = "345-78-8"
    story = _Writer(
        "us-ca", ("US", "CA"),
        {
            "maker": ("US-MAKER", ("manufacture", "export")), "truck": ("US-TRUCK", ("transport",)),
            "importer": ("CA-IMPORT", ("import", "distribute")),
        },
    )  # fmt: skip
    for by in ("us", "ca"):
        story.adopt(by, "UN", notice=(number,) if by == "ca" else None)
        story.adopt(by, by.upper())
    here, there = {"code": "USBUF", "offset": "-04:00"}, {"code": "CATOR", "offset": "-04:00"}
    lot, consignment = "lot:US-MAKER/P", "consignment:US-MAKER/C"
    named = {"exporter": "@@maker", "importer": "@@importer", "consignees": ["@@importer"],
             "exit_points": ["USBUF"], "entry_points": ["CATOR"], "transit": []}  # fmt: skip
    terms = _terms(number, NET, "2027-01-01T00:00:00Z", **named)
    notice, permit = "permit:US-CNA/N", "permit:CA-CNA/I"
    story.then(0, "us", "notified", "pre-export-notification", permit=notice, holder="@@maker", importing="CA",
               terms=terms)  # fmt: skip
    story.then(1, "ca", "no-objection", "pre-export-reply", permit=notice, answers="@notified", reply="no-objection")
    story.then(1, "ca", "permitted", "authorisation-grant", permit=permit, kind="import", holder="@@importer",
               terms=terms)  # fmt: skip
    story.then(1, "maker", "made", "registration", lot=lot, substance=number, name="pseudoephedrine hydrochloride",
               quantity=NET, origin="made", place=here)  # fmt: skip
    story.then(0.1, "maker", "sealed", "seal-applied", lines=[{"lot": lot, "prev": "@made", "seals": ["S-1"]}],
               place=here)  # fmt: skip
    story.then(0.1, "maker", "declared", "consignment", consignment=consignment, exporter="@@maker",
               importer="@@importer", final=["@@importer"], route=["USBUF", "CATOR"], lots=[lot], mode="road",
               documents=_papers("substance", "quantity", "exporter", "importer"))  # fmt: skip
    story.draw("maker", "notice-drawn", notice, consignment, number, NET)
    stated = ("hs-code", "purity", "transport", "carrier", "consent-to-share")
    story.draw("importer", "permit-drawn", permit, consignment, number, NET, documents=_papers(*stated))
    filed: Content = {"about": consignment, "country": "US", "quantity": BASE, "basis": "base",
                      "transferee": "@@importer"}  # fmt: skip
    story.then(0.1, "us", "form-486", "filing", kind="declaration", form="486", transaction_id="TID-1",
               filed_at=story.now(), **filed)  # fmt: skip
    _moved(story, lot, "sealed", "maker", "truck", "truck", here, days=16)
    story.then(0.1, "us", "released", "customs-release", consignment=consignment, kind="export",
               released_at=story.now(), place=here, quantity=NET)  # fmt: skip
    story.then(1, "ca", "let-in", "customs-release", consignment=consignment, kind="import", released_at=story.now(),
               place=there, quantity=NET)  # fmt: skip
    _moved(story, lot, "at-truck", "truck", "importer", "importer", there, capacity="consignee",
           documents=_papers("supplier", "receiver"))  # fmt: skip
    story.then(3, "us", "returned", "filing", kind="return-declaration", left=BASE, released=BASE,
               filed_at=story.now(), **filed)  # fmt: skip
    return Life(story.content, lot)


@lru_cache(maxsize=1)
def import_to_germany() -> Life:
    """Ephedrine from India to Germany, and supplied there: an authorisation in, licences and declarations within."""
    number = "299-42-3"
    story = _Writer(
        "in-de", ("IN", "DE"),
        {
            "maker": ("IN-MAKER", ("manufacture", "export")), "ship": ("IN-SHIP", ("transport",)),
            "importer": ("DE-IMPORT", ("import", "distribute")), "user": ("DE-USER", ("use",)),
        },
    )  # fmt: skip
    for by, own in (("in", "IN"), ("de", "EU")):
        story.adopt(by, "UN", notice=(number,) if by == "de" else None)
        story.adopt(by, own)
    here, there = {"code": "INBOM", "offset": "+05:30"}, {"code": "DEHAM", "offset": "+02:00"}
    lot, consignment, inland = "lot:IN-MAKER/E", "consignment:IN-MAKER/C", "consignment:DE-IMPORT/C"
    named = {"exporter": "@@maker", "importer": "@@importer", "consignees": ["@@importer"],
             "exit_points": ["INBOM"], "entry_points": ["DEHAM"], "transit": []}  # fmt: skip
    terms = _terms(number, NET, "2027-01-01T00:00:00Z", **named)
    notice, permit = "permit:IN-CNA/N", "permit:DE-CNA/I"
    story.then(0, "de", "officer-named", "licence-change", party="@@importer", number="1", substances=["*"],
               activities=["import", "distribute"], valid_from="2026-01-01T00:00:00Z", reason="renewal",
               valid_until="2028-01-01T00:00:00Z", responsible_officer="as named in file 7",
               review_at="2028-01-01T00:00:00Z")  # fmt: skip
    story.then(1, "in", "notified", "pre-export-notification", permit=notice, holder="@@maker", importing="DE",
               terms=terms)  # fmt: skip
    story.then(1, "de", "no-objection", "pre-export-reply", permit=notice, answers="@notified", reply="no-objection")
    story.then(1, "de", "permitted", "authorisation-grant", permit=permit, kind="import", holder="@@importer",
               terms=terms)  # fmt: skip
    for buyer, seller in (("importer", "maker"), ("user", "importer")):
        declared = _terms(number, NET, "2027-01-01T00:00:00Z", exporter=f"@@{seller}")
        story.then(0.1, buyer, f"{buyer}-declares", "end-use-declaration", terms=declared, uses=["synthesis"],
                   permit=f"permit:DE-{'IMPORT' if buyer == 'importer' else 'USER'}/D", resale="none",
                   )  # fmt: skip
    story.then(1, "maker", "made", "registration", lot=lot, substance=number, name="ephedrine", quantity=NET,
               origin="made", place=here)  # fmt: skip
    story.then(0.1, "maker", "sealed", "seal-applied", lines=[{"lot": lot, "prev": "@made", "seals": ["S-1"]}],
               place=here)  # fmt: skip
    story.then(0.1, "maker", "declared", "consignment", consignment=consignment, exporter="@@maker",
               importer="@@importer", final=["@@importer"], route=["INBOM", "DEHAM"], lots=[lot], mode="sea",
               documents=_papers("substance", "quantity", "exporter", "importer"))  # fmt: skip
    story.draw("maker", "notice-drawn", notice, consignment, number, NET)
    story.draw("importer", "permit-drawn", permit, consignment, number, NET,
               documents=_papers("cn-code", "other-operators"))  # fmt: skip
    story.draw("importer", "declaration-drawn", "permit:DE-IMPORT/D", consignment, number, NET)
    _moved(story, lot, "sealed", "maker", "ship", "ship", here)
    story.then(0.1, "in", "released", "customs-release", consignment=consignment, kind="export",
               released_at=story.now(), place=here, quantity=NET)  # fmt: skip
    story.then(20, "de", "let-in", "customs-release", consignment=consignment, kind="import", released_at=story.now(),
               place=there, quantity=NET)  # fmt: skip
    _moved(story, lot, "at-ship", "ship", "importer", "importer", there, capacity="consignee",
           documents=_papers("substance", "quantity", "supplier", "receiver"))  # fmt: skip
    story.then(2, "importer", "declared-inland", "consignment", consignment=inland, exporter="@@importer",
               importer="@@user", final=["@@user"], route=["DEHAM", "DEBER"], lots=[lot], mode="road")  # fmt: skip
    story.draw("importer", "inland-declaration-drawn", "permit:DE-USER/D", inland, number, NET)
    _moved(story, lot, "at-importer", "importer", "user", "user", there, capacity="consignee",
           documents=_papers("substance", "quantity", "supplier", "receiver"))  # fmt: skip
    return Life(story.content, lot)


def unannounced_export(opened: str, number: str, since: str = "2020-01-01T00:00:00Z") -> Life:
    """From Switzerland to Türkiye without any notification, over in two days; both adopt the Convention's set alone."""
    story = _Writer(
        "ch-tr", ("CH", "TR"),
        {"maker": ("CH-MAKER", ("manufacture", "export")), "truck": ("CH-TRUCK", ("transport",)),
         "user": ("TR-USER", ("import", "use"))},
        opened,
    )  # fmt: skip
    for by in ("ch", "tr"):
        story.adopt(by, "UN", notice=(number,), since=since)
    here, there = {"code": "CHBSL", "offset": "+01:00"}, {"code": "TRIST", "offset": "+03:00"}
    lot, consignment = "lot:CH-MAKER/X", "consignment:CH-MAKER/X"
    story.then(0, "maker", "made", "registration", lot=lot, substance=number, name="precursor", quantity=NET,
               origin="made", place=here)  # fmt: skip
    story.then(0.1, "maker", "sealed", "seal-applied", lines=[{"lot": lot, "prev": "@made", "seals": ["S-1"]}],
               place=here)  # fmt: skip
    story.then(0.1, "maker", "declared", "consignment", consignment=consignment, exporter="@@maker", importer="@@user",
               final=["@@user"], route=["CHBSL", "TRIST"], lots=[lot], mode="road",
               documents=_papers("substance", "quantity", "exporter", "importer"))  # fmt: skip
    _moved(story, lot, "sealed", "maker", "truck", "truck", here, days=0.1)
    story.then(0.1, "ch", "released", "customs-release", consignment=consignment, kind="export",
               released_at=story.now(), place=here, quantity=NET)  # fmt: skip
    story.then(0.5, "tr", "let-in", "customs-release", consignment=consignment, kind="import", released_at=story.now(),
               place=there, quantity=NET)  # fmt: skip
    _moved(story, lot, "at-truck", "truck", "user", "user", there, days=0.1, capacity="consignee")
    return Life(story.content, lot)


def inland_supply(opened: str, number: str, since: str = "2020-01-01T00:00:00Z") -> Life:
    """Made and supplied in Germany within a day, to a user that has not declared what it is for."""
    story = _Writer(
        "de-de", ("DE", "AT"),
        {"maker": ("DE-MAKER", ("manufacture", "distribute")), "user": ("DE-USER", ("use",))}, opened,
    )  # fmt: skip
    for by in ("de", "at"):
        story.adopt(by, "UN", since=since)
        story.adopt(by, "EU", since=since)
    here = {"code": "DEHAM", "offset": "+01:00"}
    lot = "lot:DE-MAKER/X"
    story.then(0, "maker", "made", "registration", lot=lot, substance=number, name="precursor", quantity=NET,
               origin="made", place=here)  # fmt: skip
    story.then(0.1, "maker", "sealed", "seal-applied", lines=[{"lot": lot, "prev": "@made", "seals": ["S-1"]}],
               place=here)  # fmt: skip
    _moved(story, lot, "sealed", "maker", "user", "user", here, days=0.1, capacity="consignee")
    return Life(story.content, lot)


def of_scenario(name: str, lot: str) -> Life:
    """A life that a scenario tells, as far as events alone go."""
    return Life(scenario(name), lot)


def import_to_the_states() -> Life:
    """Pseudoephedrine hydrochloride from India, under form 486A, within a quota of 850 kg of base."""
    life = of_scenario("pseudoephedrine", "lot:IN-VTZ-14/PSE-2609-14")
    for step in life.content["steps"]:
        if step.get("as") == "quota":
            step["event"]["terms"]["quantity"]["value"] = "850.000"
    return life
