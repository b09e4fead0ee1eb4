"""What is looked out for on a lot: open alerts, and packages under a watch mark.

All three members are optional in a lot's state and written when first used: `alerts`, `watched` (marks on its
packages), `labels` (which lot is printed on packages that came in from outside). A mark stands in two places: on the
lot whose packages it names, and on the watch of the label, which whoever brings in a package with that label reads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from lotchain.core.ids import watch_of_label
from lotchain.custody.case import Case, State, bracket
from lotchain.custody.findings import Answer, Code, Finding, fail, hold, note, refusal, safe

MAX_LABELS = 16
"""Labels of other lots on packages that one statement brings in: each is a watch in the lot's proof."""
LABELS_MANY = refusal(
    "labels-many",
    "packages with the labels of too many lots are brought in at once",
    "register what came in with other labels as lots of their own",
)
WATCH_LIST_HIT = fail(
    Answer.CHAIN,
    "watch-list-hit",
    "a package under a watch mark was brought onto the ledger, packed again or accepted",
    "stop the goods and tell whoever placed the mark",
)
ACCEPTED_BEFORE_MARK = note(
    Answer.CHAIN,
    "accepted-before-mark-was-known",
    "a package was accepted under a watch mark, and the acceptance may have been signed before the mark",
    "ask the receiver when it was signed; the mark itself stands until it is lifted",
)
ALERT_OPEN = hold(
    Answer.WHEREABOUTS,
    "alert-open",
    "an authority's alert stands on the lot",
    "ask the authority that raised it; only it can close it",
)
ALERT_RAISED = note(
    Answer.WHEREABOUTS,
    "alert-raised",
    "a handler has raised an alert on the lot, and nobody has closed it",
    "read its grounds, and ask whoever raised it",
)
WATCH_MARKED = hold(
    Answer.WHEREABOUTS,
    "watch-marked",
    "a package of the lot, or what was in it, is under a watch mark",
    "tell whoever placed the mark where the package is; it stands until it is lifted",
)
WATCH_MARK_STANDS = note(
    Answer.WHEREABOUTS,
    "watch-mark-stands",
    "a watch mark stands on packages that the lot no longer holds",
    "look out for these serials",
)
REPLY_CODES = (WATCH_LIST_HIT, ACCEPTED_BEFORE_MARK)
CONCLUDED = (ALERT_OPEN, ALERT_RAISED, WATCH_MARKED, WATCH_MARK_STANDS)

_EMPTIED_HERE = "repacked"
"""What `gone` says of a package whose content stayed in the lot."""


def watches(labels: Iterable[str]) -> tuple[str, ...]:
    """The watches that whoever brings in packages with these labels reads."""
    return tuple(dict.fromkeys(watch_of_label(label) for label in labels))


def labels_fault(case: Case, lot: str, labels: Collection[str]) -> Finding | None:
    """Whether one statement brings in more labels than it may."""
    if len(labels) <= MAX_LABELS:
        return None
    return case.finding(LABELS_MANY, lot, expected=f"at most {MAX_LABELS}", found=len(labels))


def brought_in(case: Case, lot: str, labels: Mapping[str, Iterable[str]]) -> tuple[Finding, ...]:
    """A hit for each mark on packages that come in: `labels` are their serials by the lot printed on them."""
    findings: list[Finding] = []
    for label, serials in sorted(labels.items()):
        watch = case.state(watch_of_label(label))
        for mark, entry in sorted(watch["marks"].items()) if watch is not None else ():
            hit = sorted(set(serials) & set(entry["serials"]))
            if hit:
                findings.append(_hit(case, WATCH_LIST_HIT, lot, mark, entry, hit))
    return tuple(findings)


def packed_again(case: Case, lot: str, state: State, serials: Iterable[str]) -> dict[str, Finding]:
    """By serial: a hit for each package that the lot did not hold and that a mark on the lot itself names."""
    new = set(serials) - set(state["packages"])
    hits: dict[str, Finding] = {}
    for mark, entry in sorted(state.get("watched", {}).items()):
        hit = sorted(new & set(entry["serials"]))
        hits.update(dict.fromkeys(hit, _hit(case, WATCH_LIST_HIT, lot, mark, entry, hit)))
    return hits


def accepted(case: Case, lot: str, state: State, others: Iterable[str]) -> tuple[Finding, ...]:
    """What the acceptance of the lot's packages, all but `others`, says of the marks on it.

    As with holds: whoever is proved to have signed after the mark took a watched package; what may have been signed
    before, on the road, is a note, and the lot stays on HOLD while the mark stands.
    """
    marks = state.get("watched")
    if not marks:
        return ()
    taken = set(state["packages"]) - set(others)
    signed_after = bracket(case, state["bound"])[0]
    findings: list[Finding] = []
    for mark, entry in sorted(marks.items()):
        hit = sorted(taken & set(entry["serials"]))
        if hit:
            kind = WATCH_LIST_HIT if signed_after >= entry["marked_at"] else ACCEPTED_BEFORE_MARK
            findings.append(_hit(case, kind, lot, mark, entry, hit))
    return tuple(findings)


def _hit(case: Case, kind: Code, lot: str, mark: str, entry: State, serials: Iterable[str]) -> Finding:
    wanted = f"lifting of mark {mark[:12]}… by {entry['by']}"
    return case.finding(kind, lot, expected=wanted, found=f"{', '.join(serials)} of {entry['label']}")


def labelled(state: State, labels: Mapping[str, Iterable[str]]) -> State:
    """The lot with packages that bear other lots' labels; what once came in stays known."""
    if not labels:
        return state
    known = dict(state.get("labels", {}))
    for label, serials in labels.items():
        known[label] = sorted({*known.get(label, ()), *serials})
    return {**state, "labels": known}


def passed_on(parents: Iterable[State], packages: Collection[str] = ()) -> State:
    """The members that a new lot with these packages takes over by split, merge, refusal or seizure; absent if empty.

    Alerts of authorities, as holds. Marks and labels of a serial go where the package goes, to every part where the
    parts list none; those of a package that is gone go to all, as what became of it does. A serial that the new lot
    has from another parent is another package.
    """
    parents = tuple(parents)
    members: dict[str, State] = {"watched": {}, "labels": {}}
    for parent in parents:
        for mark, entry in parent.get("watched", {}).items():
            before = members["watched"].get(mark, {}).get("serials", ())
            serials = sorted({*before, *_follow(parent, entry["serials"], packages)})
            if serials:
                members["watched"][mark] = {**entry, "serials": serials}
        for label, printed in parent.get("labels", {}).items():
            serials = sorted({*members["labels"].get(label, ()), *_follow(parent, printed, packages)})
            if serials:
                members["labels"][label] = serials
    return {**alerts_passed_on(parents), **{name: value for name, value in members.items() if value}}


def alerts_passed_on(parents: Iterable[State]) -> State:
    """The authorities' alerts, which pass on as holds do, by a reaction too; a handler's stays where it was raised."""
    alerts = {
        alert: entry
        for parent in parents
        for alert, entry in parent.get("alerts", {}).items()
        if entry["official"]
    }  # fmt: skip
    return {"alerts": alerts} if alerts else {}


def _follow(parent: State, serials: Iterable[str], packages: Collection[str]) -> list[str]:
    there = parent["packages"]
    return [
        serial for serial in serials if (serial in there) == (serial in packages) or (serial in there and not packages)
    ]


def inside(state: State, serial: str) -> bool:
    """Whether the lot holds a package that it once had, or what was in it."""
    if state["ended"] is not None:
        return False
    return serial in state["packages"] or state["gone"].get(serial, _EMPTIED_HERE) == _EMPTIED_HERE


def conclude_lot(lot: str, state: State) -> list[Finding]:
    """Alerts and marks that stand on the lot itself."""
    findings: list[Finding] = []
    for alert, entry in state.get("alerts", {}).items():
        kind = ALERT_OPEN if entry["official"] else ALERT_RAISED
        grounds = ", ".join(entry["grounds"])
        findings.append(Finding(kind, lot, alert, f"a closing by {entry['by']}", grounds))
    for mark, entry in state.get("watched", {}).items():
        here = [serial for serial in entry["serials"] if inside(state, serial)]
        findings.append(_standing(WATCH_MARKED if here else WATCH_MARK_STANDS, lot, mark, entry, here))
    return findings


def conclude_labels(lot: str, state: State, states: Mapping[str, State | None]) -> list[Finding]:
    """Marks on packages that the lot took in before they were marked, as the watches of their labels say now."""
    findings: list[Finding] = []
    for label, serials in state.get("labels", {}).items():
        watch = states.get(watch_of_label(label))
        for mark, entry in watch["marks"].items() if watch else ():
            here = [serial for serial in entry["serials"] if serial in serials and inside(state, serial)]
            if here and mark not in state.get("watched", {}):
                findings.append(_standing(WATCH_MARKED, lot, mark, entry, here))
    return findings


def _standing(kind: Code, lot: str, mark: str, entry: State, here: Iterable[str]) -> Finding:
    named = ", ".join(here or entry["serials"])
    found = safe(f"{entry['reason']}: {named} of {entry['label']}")
    return Finding(kind, lot, mark, f"a lifting by {entry['by']}", found)
