"""A permit's state, what a consignment keeps of each permit that it drew on, and what is wrong between the two.

Permits are not replayed in a bundle: a drawing repeats what it found, the append compares that with the permit
(`permit-state-differs`), and the consignment is judged by the repeated facts alone (specs/events/permit-drawing-1.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lotchain.core.cas import cas_check_digit
from lotchain.core.ids import creator_of
from lotchain.core.instants import format_instant
from lotchain.core.quantities import MAX_AMOUNT, format_amount
from lotchain.custody import route as routes
from lotchain.custody.case import Case, State, bracket
from lotchain.custody.findings import Answer, Code, Finding, fail, hold, refusal

PERMIT_NAME_FOREIGN = refusal(
    "permit-name-foreign", "a new permit is named under the party that gives it", "name it permit:<your party>/<number>"
)
PERMIT_EXISTS = refusal(
    "permit-exists", "the name is taken: a permit is given once", "change that one, or choose an unused local number"
)
PERMIT_TERMS = refusal(
    "permit-terms",
    "the terms of the permit contradict themselves",
    "an end after the beginning; right CAS check digits; a factor of at most 1 with basis base, none with salt; "
    "a density above zero",
)
PERMIT_UNKNOWN = refusal(
    "permit-unknown", "the permit is not on this ledger, or not yet", "submit it first, then this again", retryable=True
)
CONSIGNMENT_UNKNOWN = refusal(
    "consignment-unknown",
    "the consignment is not on this ledger, or not yet",
    "submit its declaration first, then this again",
    retryable=True,
)
GRANT_CODES = (PERMIT_NAME_FOREIGN, PERMIT_EXISTS, PERMIT_TERMS)

NOT_IN_FORCE = fail(
    Answer.TREATY,
    "permit-not-in-force",
    "the permit was expired, not yet valid, suspended, revoked or cancelled when it was drawn on",
    "ask the authority that gave it",
)
UNDETERMINED = hold(
    Answer.TREATY,
    "permit-undetermined",
    "whether the permit was in force when it was drawn on cannot be told: time not bracketed",
    "have statements name the newest checkpoint seen, so that their time is proved from both sides",
)
OVERDRAWN = fail(
    Answer.TREATY,
    "permit-overdrawn",
    "more was drawn on the permit than it allows, its tolerance included",
    "compare in the permit's own unit and basis; ask the authority that gave it",
)
WRONG_SUBSTANCE = fail(
    Answer.TREATY, "permit-substance", "the permit is for another substance", "ask the authority that gave it"
)
WRONG_PARTY = fail(
    Answer.TREATY,
    "permit-party",
    "the consignment's exporter or importer is not the one that the permit names, or its holder has no part in it",
    "compare the papers of the consignment with the permit",
)
WRONG_CONSIGNEE = fail(
    Answer.TREATY,
    "permit-consignee",
    "a final consignee of the consignment is not one that the permit names",
    "compare the papers of the consignment with the permit",
)
WRONG_PLACE = fail(
    Answer.TREATY,
    "permit-place",
    "the declared route passes none of the points of exit, or of entry, that the permit names",
    "compare code by code: different places share a name",
)
WRONG_ROUTE = fail(
    Answer.TREATY,
    "permit-route",
    "the declared route crosses a country that the permit does not name",
    "stop the goods and ask the authorities of the route",
)
USED_TWICE = fail(
    Answer.TREATY,
    "permit-used-twice",
    "a permit for one consignment was drawn on by a second one",
    "ask for a permit for this consignment",
)
OF_ANOTHER = fail(
    Answer.TREATY,
    "permit-of-another",
    "whoever drew on the permit is not its holder: the drawing counts for nothing and leaves the balance as it was",
    "have the holder draw on it",
)
DRAWING_CODES = (
    NOT_IN_FORCE, UNDETERMINED, OVERDRAWN, WRONG_SUBSTANCE, WRONG_PARTY, WRONG_CONSIGNEE, WRONG_PLACE, WRONG_ROUTE,
    USED_TWICE, OF_ANOTHER,
)  # fmt: skip

PRE_EXPORT = "pre-export-notification"
END_USE = "end-use"
LOCATED = ("transport", "transit")
"""Permits whose holder need not be a party to the consignment: carriers and agents have them."""
ENDED = ("suspended", "revoked", "cancelled")


def new_permit(
    case: Case, sort: str, holder: str, terms: State, *, importing: str | None = None, reply_by: int | None = None
) -> State:
    """A permit just given by the issuer of `case`; a notification goes to a country and asks for a reply."""
    return {
        "kind": "permit",
        "sort": sort,
        "by": case.issuer,
        "holder": holder,
        "importing": importing,
        "reply_by": reply_by,
        "terms": terms,
        "terms_by": case.statement,
        "status": "sent" if sort == PRE_EXPORT else "in-force",
        "drawn": 0,
        "drawings": 0,
        "used_by": None,
    }


def check_grant(case: Case, permit: str, terms: State) -> Finding | None:
    """Whether the issuer may give a new permit of that name and those terms; its authority is checked apart."""
    if creator_of(permit) != case.issuer:
        return case.finding(PERMIT_NAME_FOREIGN, permit, expected=case.issuer, found=creator_of(permit))
    if case.state(permit) is not None:
        return case.finding(PERMIT_EXISTS, permit)
    return check_terms(case, permit, terms)


def check_terms(case: Case, permit: str, terms: State) -> Finding | None:
    """The first contradiction in the terms."""
    found = ""
    wrong = [number for number in terms["substances"] if not cas_check_digit(number)]
    factor, density = terms["factor"], terms["density"]
    if terms["until"] <= terms["from"]:
        found = "it ends before it begins"
    elif wrong:
        found = f"check digit of {wrong[0]}"
    elif (factor is not None) != (terms["basis"] == "base"):
        found = f"basis {terms['basis']} with{'out' if factor is None else ''} factor"
    elif factor is not None and factor[0] > factor[1]:
        found = "a factor above 1"
    elif density is not None and density[0] == 0:
        found = "density 0"
    return case.finding(PERMIT_TERMS, permit, found=found) if found else None


def in_permit_units(goods: int, kind: str, terms: State, density: list[int] | None) -> int | None:
    """Goods as they stand, in the permit's unit and basis, rounded up to a whole microgram or nanolitre.

    Args:
        goods: micrograms or nanolitres of the goods as such.
        kind: `mass` or `volume`, of the goods.
        terms: of the permit.
        density: kg/L as numerator and denominator, of whoever draws; only where the permit declares none and the
            kinds differ.

    Returns:
        The amount, or None where it cannot be converted, or a density is stated that nothing needs.

    """
    numerator, denominator = terms["factor"] or [1, 1]
    if kind == terms["quantity_kind"]:
        if density is not None:
            return None
    else:
        if (density is None) == (terms["density"] is None):
            return None
        weight, volume = terms["density"] or density or [1, 1]
        if weight == 0:
            return None
        above, below = (volume, weight) if kind == "mass" else (weight, volume)
        numerator, denominator = numerator * above, denominator * below
    return -(-goods * int(numerator) // int(denominator))


def may_draw(party: str, sort: str, holder: str, terms: State) -> bool:
    """Whether `party` draws on the permit: its holder; on an end-use declaration also the supplier that it names."""
    return party == holder or (sort == END_USE and party == terms["exporter"])


def compare(case: Case, name: str, consignment: State, stated: State, goods: str) -> tuple[Finding, ...]:
    """What is wrong with a drawing by `consignment` on the permit as `stated`, its balance apart.

    Args:
        case: of the drawing.
        name: the consignment's id.
        consignment: its state.
        stated: members of the permit's state, as the drawing repeats them.
        goods: CAS number of what the consignment carries.

    """
    terms = stated["terms"]
    findings = [*_in_force(case, name, stated)]

    def wrong(condition: bool, kind: Code, expected: object, found: object) -> None:
        if condition:
            findings.append(case.finding(kind, name, expected=expected, found=found))

    wrong(goods not in terms["substances"], WRONG_SUBSTANCE, ", ".join(terms["substances"]), goods)
    for role in ("exporter", "importer"):
        named = terms[role]
        wrong(named not in (None, consignment[role]), WRONG_PARTY, f"{role} {named}", consignment[role])
    parties = (consignment["by"], consignment["exporter"], consignment["importer"], *consignment["final"])
    outside = stated["sort"] not in LOCATED and stated["holder"] not in parties
    wrong(outside, WRONG_PARTY, f"holder {stated['holder']}", ", ".join(dict.fromkeys(parties)))
    others = sorted(set(consignment["final"]) - set(terms["consignees"])) if terms["consignees"] else []
    wrong(bool(others), WRONG_CONSIGNEE, ", ".join(terms["consignees"]), ", ".join(others))
    route = consignment["route"]
    for points in (terms["exit_points"], terms["entry_points"]):
        passed = any(routes.holds(route, point) for point in points)
        wrong(bool(points) and not passed, WRONG_PLACE, " or ".join(points), " → ".join(route))
    if terms["transit"] is not None:
        countries = [code[:2] for code in route]
        crossed = set(countries) - {countries[0], countries[-1], *terms["transit"]}
        wrong(bool(crossed), WRONG_ROUTE, ", ".join(terms["transit"]) or "no transit", ", ".join(sorted(crossed)))
    once = terms["use"] == "single" and stated["used_by"] not in (None, name)
    wrong(once, USED_TWICE, f"{stated['used_by']} alone", name)
    mine = may_draw(case.issuer, stated["sort"], stated["holder"], terms)
    wrong(not mine, OF_ANOTHER, stated["holder"], case.issuer)
    return tuple(findings)


def _in_force(case: Case, name: str, stated: State) -> tuple[Finding, ...]:
    since, until = stated["terms"]["from"], stated["terms"]["until"]
    lower, upper = bracket(case)
    kind = None
    if stated["status"] in ENDED or upper < since or lower >= until:
        kind = NOT_IN_FORCE
    elif lower < since or upper >= until:
        kind = UNDETERMINED
    if kind is None:
        return ()
    expected = f"from {format_instant(since)} until {format_instant(until)}"
    return (case.finding(kind, name, expected=expected, found=stated["status"]),)


def overdrawn(case: Case, name: str, terms: State, total: int) -> tuple[Finding, ...]:
    """A finding when `total` is above the permit's quantity and tolerance."""
    allowed = terms["quantity"] * (1_000_000 + terms["tolerance"]) // 1_000_000
    if total <= allowed:
        return ()
    kind = terms["quantity_kind"]
    shown = f"{format_amount(total, kind)} {terms['basis']}"
    return (case.finding(OVERDRAWN, name, expected=f"at most {format_amount(allowed, kind)}", found=shown),)


def drawn_on(state: State, consignment: str, amount: int) -> State:
    """The permit after a drawing that counts."""
    used_by = state["used_by"] or consignment
    return {**state, "drawn": state["drawn"] + amount, "drawings": state["drawings"] + 1, "used_by": used_by}


def with_drawing(
    consignment: State, permit: str, stated: State, *, goods: str, amount: int, total: int, at: int,
    lots: Sequence[tuple[str, str, int]] = (),
) -> State:  # fmt: skip
    """The consignment with what it needs to know of a permit that it drew on at `at` (closing time, ms).

    Treaty rules ask what was permitted, and permits are not replayed in a bundle: so it keeps the terms.
    `lots` tells of which lots the goods are: name, kind of unit, amount. What was drawn for each stands in the entry's
    `lots`, by name and kind of unit, once any drawing has said it.
    """
    drawn = consignment.get("permits", {})
    earlier = drawn.get(permit, {"drawn": 0, "substances": []})
    entry = {
        "sort": stated["sort"],
        "by": stated["by"],
        "holder": stated["holder"],
        "importing": stated["importing"],
        "reply_by": stated["reply_by"],
        "terms_by": stated["terms_by"],
        "status": stated["status"],
        "until": stated["terms"]["until"],
        "substances": sorted({*earlier["substances"], goods}),
        "quantity_kind": stated["terms"]["quantity_kind"],
        "basis": stated["terms"]["basis"],
        "drawn": earlier["drawn"] + amount,
        "left": stated["terms"]["quantity"] - total,
        "terms": stated["terms"],
        "used_before": stated["used_by"] not in (None, consignment["consignment"]),
        "at": earlier.get("at", at),
    }
    by_lot = drawn_by_lot(consignment, permit, lots)
    if by_lot:
        entry["lots"] = by_lot
    return {**counted(consignment), "permits": {**drawn, permit: entry}}


def drawn_by_lot(
    consignment: State, permit: str, lots: Sequence[tuple[str, str, int]] = ()
) -> dict[str, dict[str, int]]:
    """What drawings on a permit say to be for which lot of the consignment: amounts by lot and kind of unit.

    Args:
        consignment: its state.
        permit: that was drawn on.
        lots: of one more drawing: name, kind of unit, amount.

    """
    before: State = consignment.get("permits", {}).get(permit, {})
    by_lot = {name: dict(kinds) for name, kinds in before.get("lots", {}).items()}
    for name, kind, part in lots:
        of_lot = by_lot.setdefault(name, {})
        of_lot[kind] = of_lot.get(kind, 0) + part
    return by_lot


def counted(consignment: State) -> State:
    """The consignment with one more drawing, whether it counts or not: a bundle holds them all."""
    return {"permits": {}, **consignment, "drawings": consignment.get("drawings", 0) + 1}


def fits(total: int) -> bool:
    """Whether a sum of drawings is still a quantity of the ledger."""
    return total <= MAX_AMOUNT


def first_difference(state: State, stated: State, members: Iterable[str]) -> str:
    """The first member in which a permit is not as it is stated to be, else the empty text."""
    return next((name for name in members if state[name] != stated[name]), "")
