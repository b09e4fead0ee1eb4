"""What stands in the judge's own findings: broken rules and contradictions, gathered by who or what they concern.

So an authority sees the tenth one beside the first. A finding that needs a pattern to mean anything is not here.
"""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

from lotchain.custody.case import State
from lotchain.custody.findings import Answer, Finding, Weight
from lotchain.oversight.alerts import Figure, Gravity, Kind, certain, number, suspicious
from lotchain.oversight.detector import Detector
from lotchain.oversight.seen import Seen
from lotchain.oversight.typologies import Typologies

USE_CONTRADICTED = certain(
    "t04-use-contradicted",
    Gravity.SERIOUS,
    "use or loss is declared otherwise than the recorded acts add up to",
    "ask for the batch records behind the declared use; count the stock again before a witness",
)
YIELD_IMPOSSIBLE = certain(
    "t04-yield-impossible",
    Gravity.GRAVE,
    "more came out of a reaction than its inputs can give: an input is not on the ledger, or a figure is false",
    "inspect the site; compare the batch record with the stock of inputs",
)
YIELD_OUTSIDE = suspicious(
    "t02-yield-outside-window",
    Gravity.WATCH,
    "the yield lies outside the validated window: a part of the input is unexplained",
    "ask for the batch record and the waste papers",
)
SEAL_CHANGED = certain(
    "t05-seal-changed",
    Gravity.GRAVE,
    "other seals were found than were fitted, and nobody recorded a change",
    "weigh and sample the goods before they move on; ask giver and receiver",
)
SEALS_OPENED = certain(
    "t05-seals-opened",
    Gravity.SERIOUS,
    "seals were opened on the way, and no authority's report is named",
    "weigh and sample the goods; ask the carrier for its report",
)
OFF_ROUTE = certain(
    "t05-off-route",
    Gravity.SERIOUS,
    "the lot was at a place that its declared route does not hold",
    "ask carrier and consignor where it was, and why; check the seals",
)
THEFT = certain(
    "t05-theft-reported",
    Gravity.SERIOUS,
    "goods were reported stolen",
    "tell the authorities of the route and the neighbouring countries; watch for the serials",
)
LOST_GOODS_SEEN = certain(
    "t05-lost-goods-sighted",
    Gravity.GRAVE,
    "goods that were reported lost, stolen or missing turned up",
    "secure them where they are; ask who reported the loss what happened",
)
WATCH_LIST_HIT = certain(
    "t05-watch-list-hit",
    Gravity.GRAVE,
    "a package under a watch mark was brought onto the ledger, packed again or accepted",
    "stop the goods and tell whoever placed the mark",
)
WITHDRAWN_ACCEPTED = certain(
    "t05-accepted-after-withdrawal",
    Gravity.SERIOUS,
    "an offer was accepted that had been withdrawn: two parties say that they have the goods",
    "find out who has them, and resolve the dispute",
)
UNLICENSED_SUPPLY = certain(
    "t06-supply-unlicensed",
    Gravity.GRAVE,
    "goods were received for its own account by a party that has no licence for them",
    "stop further supplies to it; find the goods",
)
USED_IN_KEEPING = certain(
    "t06-used-in-keeping",
    Gravity.GRAVE,
    "goods were used up by a party that had taken them over to carry or to store them",
    "ask whose goods they were; compare with orders and invoices; stop further hand-overs to it",
)
ROUTE_NOT_ALLOWED = certain(
    "t07-route-not-authorised",
    Gravity.SERIOUS,
    "the declared route does not keep to the points or countries that the permit names",
    "stop the goods and ask the authorities of the route",
)
REROUTED = certain(
    "t07-rerouted",
    Gravity.GRAVE,
    "a party that carries or keeps the goods for others declared another route or other consignees",
    "ask exporter and importer whether they know of it; stop the goods",
)
LICENCE_NONE = certain(
    "t12-licence-none",
    Gravity.SERIOUS,
    "a party acted without any licence for that activity with that substance",
    "ask its national authority; stop further supplies",
)
LICENCE_OUTSIDE = certain(
    "t12-licence-not-in-force",
    Gravity.SERIOUS,
    "a party acted under a licence that was expired, suspended, revoked or not yet valid",
    "ask its national authority whether it was renewed",
)
MAKER_UNLICENSED = certain(
    "t12-maker-unlicensed",
    Gravity.GRAVE,
    "a lot was made without a manufacturing licence in force",
    "ask the maker's national authority: the chain of this lot has no lawful beginning",
)
PERMIT_OVERDRAWN = certain(
    "t12-permit-overdrawn",
    Gravity.SERIOUS,
    "more was drawn on a permit than it allows",
    "compare in the permit's own unit and basis; stop what was drawn last",
)
PERMIT_TWICE = certain(
    "t12-permit-used-twice",
    Gravity.SERIOUS,
    "a permit for one consignment was drawn on by a second one",
    "stop the second consignment; ask the authority that gave the permit",
)
PERMIT_OUTSIDE = certain(
    "t12-permit-not-in-force",
    Gravity.SERIOUS,
    "a permit was drawn on that was expired, suspended, revoked, cancelled or not yet valid",
    "stop the consignment; ask the authority that gave the permit",
)
PERMIT_BORROWED = certain(
    "t12-permit-borrowed",
    Gravity.GRAVE,
    "somebody drew on a permit of another holder",
    "ask the holder whether it knows; stop the consignment",
)
PERMIT_UNFIT = certain(
    "t12-permit-unfit",
    Gravity.SERIOUS,
    "a permit was drawn on that is for another substance, other parties or other consignees",
    "compare the papers of the consignment with the permit",
)
CHANGED_AFTER_REPLY = certain(
    "t13-changed-after-reply",
    Gravity.SERIOUS,
    "a notification was changed after the importing country had replied: the reply does not cover it any more",
    "wait for a reply to the notification as it is now",
)
RULE_BROKEN = certain(
    "t12-treaty-rule-broken",
    Gravity.SERIOUS,
    "an adopted treaty rule does not hold for what a party did",
    "ask the party; the authority whose rule it is settles the breach",
)
MOVED_ON_HOLD = certain(
    "t06-moved-on-hold",
    Gravity.GRAVE,
    "goods were acted on while an authority's hold stood on them",
    "stop them where they are; ask who acted, and when it knew of the hold",
)
USED_BEFORE_HELD = certain(
    "t15-used-before-held",
    Gravity.SERIOUS,
    "goods are said to have been used up before their user had them",
    "ask for the batch records; one of the two dates is false",
)
DOUBLE_DEALING = certain(
    "t15-double-dealing",
    Gravity.GRAVE,
    "one party signed two acts on a lot that exclude each other",
    "find the goods; resolve the dispute; ask who had the key",
)
BATCH_RECORD_REUSED = certain(
    "t16-batch-record-reused",
    Gravity.GRAVE,
    "one batch record stands for two reactions: one of them did not take place",
    "inspect the site; count the inputs",
)
PACKAGE_RETURNED = certain(
    "t16-package-returned",
    Gravity.SERIOUS,
    "a package that was reported gone is packed again",
    "ask how it came back; weigh and sample it",
)
ENDED_LOT_SEEN = certain(
    "t16-ended-lot-sighted",
    Gravity.GRAVE,
    "goods turned up under the name of a lot that had ended: it was not used up, or its drums were filled anew",
    "secure and sample them; go back to who recorded the end of the lot",
)
LABEL_STRANGE = suspicious(
    "t16-label-strange",
    Gravity.SERIOUS,
    "a label of a lot bears a serial that the lot never had",
    "compare the label with the lot's papers: it was misread, or it is forged",
)

DECLARED_OVERDRAWN = certain(
    "t02-declared-need-overdrawn",
    Gravity.SERIOUS,
    "consignments drew more on an end-use declaration than the user declared to need",
    "ask the user what it does with the rest; stop what was drawn last",
)
QUOTA_OVERDRAWN = certain(
    "t17-quota-overdrawn",
    Gravity.SERIOUS,
    "more was drawn on a quota than it allows",
    "compare in the quota's own unit and basis; ask the authority that gave it",
)
_OVERDRAWN = {"end-use": DECLARED_OVERDRAWN, "quota": QUOTA_OVERDRAWN}
_ENDED_FOR_GOOD = frozenset({"consumed", "destroyed", "transformed", "lost", "missing"})
"""Ends after which no goods bear the lot's label rightly; drums of a divided or merged lot do."""

PARTY, LOT, PERMIT = "party", "lot", "permit"
"""What an alert is about: the party whose act it is, the finding's subject, or the permit that the statement names."""

TABLE: dict[str, tuple[Kind, str]] = {
    "use-differs": (USE_CONTRADICTED, PARTY),
    "impossible-yield": (YIELD_IMPOSSIBLE, PARTY),
    "yield-outside-window": (YIELD_OUTSIDE, PARTY),
    "seal-changed": (SEAL_CHANGED, LOT),
    "seal-broken-unreported": (SEALS_OPENED, PARTY),
    "seals-opened-on-the-way": (SEALS_OPENED, PARTY),
    "off-route": (OFF_ROUTE, LOT),
    "theft-reported": (THEFT, PARTY),
    "lost-goods-sighted": (LOST_GOODS_SEEN, LOT),
    "watch-list-hit": (WATCH_LIST_HIT, LOT),
    "accepted-after-withdrawal": (WITHDRAWN_ACCEPTED, LOT),
    "permit-route": (ROUTE_NOT_ALLOWED, PERMIT),
    "permit-place": (ROUTE_NOT_ALLOWED, PERMIT),
    "consignment-rerouted": (REROUTED, PARTY),
    "licence-none": (LICENCE_NONE, PARTY),
    "licence-not-in-force": (LICENCE_OUTSIDE, PARTY),
    "maker-unlicensed": (MAKER_UNLICENSED, PARTY),
    "permit-overdrawn": (PERMIT_OVERDRAWN, PERMIT),
    "permit-used-twice": (PERMIT_TWICE, PERMIT),
    "permit-not-in-force": (PERMIT_OUTSIDE, PERMIT),
    "permit-of-another": (PERMIT_BORROWED, PERMIT),
    "permit-substance": (PERMIT_UNFIT, PERMIT),
    "permit-party": (PERMIT_UNFIT, PERMIT),
    "permit-consignee": (PERMIT_UNFIT, PERMIT),
    "changed-after-reply": (CHANGED_AFTER_REPLY, PERMIT),
    "moved-on-hold": (MOVED_ON_HOLD, PARTY),
    "used-before-held": (USED_BEFORE_HELD, PARTY),
    "used-in-keeping": (USED_IN_KEEPING, PARTY),
    "watched-package-sighted": (WATCH_LIST_HIT, LOT),
    "double-dealing": (DOUBLE_DEALING, LOT),
    "batch-record-reused": (BATCH_RECORD_REUSED, PARTY),
    "package-returned": (PACKAGE_RETURNED, PARTY),
    "sighted-after-end": (ENDED_LOT_SEEN, LOT),
    "seen-after-end": (ENDED_LOT_SEEN, LOT),
    "sighted-serial-strange": (LABEL_STRANGE, LOT),
}
"""Finding code of the judge → the kind that it raises, and on whom."""


class Breaches(Detector):
    """Raises what the judge found."""

    KINDS: ClassVar[tuple[Kind, ...]] = (
        USE_CONTRADICTED, YIELD_IMPOSSIBLE, YIELD_OUTSIDE, SEAL_CHANGED, SEALS_OPENED, OFF_ROUTE, THEFT,
        LOST_GOODS_SEEN, WATCH_LIST_HIT, WITHDRAWN_ACCEPTED, UNLICENSED_SUPPLY, USED_IN_KEEPING, ROUTE_NOT_ALLOWED,
        REROUTED, LICENCE_NONE, LICENCE_OUTSIDE, MAKER_UNLICENSED, PERMIT_OVERDRAWN, PERMIT_TWICE, PERMIT_OUTSIDE,
        PERMIT_BORROWED, PERMIT_UNFIT, CHANGED_AFTER_REPLY, DOUBLE_DEALING, BATCH_RECORD_REUSED, PACKAGE_RETURNED,
        ENDED_LOT_SEEN, RULE_BROKEN, MOVED_ON_HOLD, USED_BEFORE_HELD, LABEL_STRANGE, DECLARED_OVERDRAWN,
        QUOTA_OVERDRAWN,
    )  # fmt: skip

    def __init__(self, typologies: Typologies) -> None:
        super().__init__(typologies)
        self._raised_by: dict[tuple[str, str], tuple[Kind, str, str]] = {}
        self._settled: Counter[tuple[Kind, str, str]] = Counter()

    def see(self, seen: Seen) -> None:
        """Every finding of the table; and settlements, which an alert counts."""
        if seen.type.startswith("settlement/"):
            self._settle(seen)
        for finding in seen.observed.findings:
            row = TABLE.get(finding.code) or _rule_of(finding)
            if row is None:
                continue
            kind, about = self._exactly(seen, finding, row[0]), row[1]
            if kind is None:
                continue
            party = party_of(seen)
            subject = {PARTY: party, LOT: finding.subject, PERMIT: str(seen.payload.get("permit", finding.subject))}
            alert = (kind, subject[about], finding.code if kind is RULE_BROKEN else "")
            if finding.kind.answer is Answer.TREATY:
                self._raised_by[seen.evidence.id, finding.code] = alert
            self.raised.add(
                kind,
                alert[1],
                key=alert[2],
                figures=self._figures(alert),
                evidence=[seen.proof],
                said=_said(finding),
                lots=[finding.subject] if finding.subject.startswith("lot:") else [],
                parties=[party],
            )

    def _settle(self, seen: Seen) -> None:
        """An authority settled one of the breaches of an alert: it stays listed."""
        alert = self._raised_by.pop((str(seen.payload.get("statement")), str(seen.payload.get("code"))), None)
        if alert is not None:
            self._settled[alert] += 1
            said = f"{alert[0].sentence}; the newest settlement: {seen.payload.get('outcome')}, by {seen.issuer}"
            self.raised.add(alert[0], alert[1], key=alert[2], evidence=[], said=said, figures=self._figures(alert))

    def _figures(self, alert: tuple[Kind, str, str]) -> list[Figure]:
        settled = self._settled[alert]
        return [number("settled by the authority", settled, "statements")] if settled else []

    def _exactly(self, seen: Seen, finding: Finding, kind: Kind) -> Kind | None:
        """The kind, narrowed by what the statement says; None where it is in order after all."""
        state = seen.observed.after.get(finding.subject) or {}
        if kind is PERMIT_OVERDRAWN:
            return _OVERDRAWN.get(str((seen.payload.get("found") or {}).get("sort")), kind)
        if kind is LICENCE_NONE and "consignee" in (seen.payload.get("receives_as"), _received_as(seen, state)):
            return UNLICENSED_SUPPLY
        if finding.code == "seen-after-end":
            ended = state.get("ended") or {}
            return kind if ended.get("how") in _ENDED_FOR_GOOD else None
        return kind


def _rule_of(finding: Finding) -> tuple[Kind, str] | None:
    """What breaks an adopted rule: its finding bears the rule's own id."""
    broken = finding.kind.answer is Answer.TREATY and finding.kind.weight is Weight.FAIL
    return (RULE_BROKEN, PARTY) if broken else None


def party_of(seen: Seen) -> str:
    """Whose act it is: who is offered or accepts the goods, where an authority or a giver signs; else who signs."""
    return str(seen.payload.get("receiver") or seen.payload.get("to") or seen.issuer)


def _received_as(seen: Seen, state: State) -> str:
    return str(state.get("held_as", "")) if "answers" in seen.payload else ""


def _said(finding: Finding) -> str:
    """The judge's sentence, with what was expected and found."""
    parts = [finding.kind.sentence]
    if finding.expected:
        parts.append(f"expected {finding.expected}")
    if finding.found:
        parts.append(f"found {finding.found}")
    return "; ".join(parts)
