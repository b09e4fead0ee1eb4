"""A scenario file (`lotchain-scenario/2`), read strictly: who takes part, what happens when, what must come of it.

In an event, `"@name"` stands for the statement id of an earlier step, `"@@name"` for the party id of a member of the
cast, and `{"as-found": "permit:…"}` for that permit as the ledger has it. Times are the scenario's own. The page is
specs/formats/scenario.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lotchain.app.scenario.reading import Checked, read_file
from lotchain.core.instants import parse_instant
from lotchain.core.quantities import parse_quantity
from lotchain.errors import Malformed

FORMAT = "lotchain-scenario/2"
WORDS = ("CLEAR", "HOLD", "FAIL")
TREATY = ("required", "not-demanded")
ANSWERS = ("chain", "quantity", "treaty", "whereabouts", "completeness", "goods")


@dataclass(frozen=True, slots=True)
class Member:
    """A party of the cast; authorities have a country, others a licence."""

    name: str
    party: str
    organisation: str
    country: str
    licence: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Adoption:
    """A rule set that an authority adopts as the ledger is opened: the shipped document of a jurisdiction.

    `since` is an instant as text; `notice` the substances of whose export to it the country asks to be told, or None.
    """

    by: str
    jurisdiction: str
    since: str
    complete: bool
    notice: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Step:
    """An event: at what time (ms), by whom, under which name; `refused` is the code with which append must refuse it,
    `key` the name of another key of the signer than its first.
    """

    at: int
    by: str
    name: str
    event: Mapping[str, Any]
    refused: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A further key of a member, enrolled by `by`."""

    at: int
    by: str
    name: str
    member: str
    key: str


@dataclass(frozen=True, slots=True)
class Check:
    """A verdict that must come out at a time.

    Args:
        at: ms.
        name: of the check, for edits.
        lot: that is judged.
        word: of the verdict.
        codes: that must be among its findings.
        without: that must not be.
        answers: label → how that answer begins.
        examined: lots that the bundle must have examined, too.
        why: for people.

    """

    at: int
    name: str
    lot: str
    word: str
    codes: tuple[str, ...]
    without: tuple[str, ...]
    answers: Mapping[str, str]
    examined: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class PermitCheck:
    """What must have been drawn on a permit at a time, in its own unit and basis; None for nothing."""

    at: int
    name: str
    permit: str
    drawn: tuple[str, str] | None
    status: str
    why: str


@dataclass(frozen=True, slots=True)
class AlertsCheck:
    """Codes that must be among the alerts of the whole log at a time, and codes that must not."""

    at: int
    name: str
    codes: tuple[str, ...]
    without: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class DueCheck:
    """What must be due at a time: deadline → status of one of its items; and deadlines that must not be listed."""

    at: int
    name: str
    items: Mapping[str, str]
    without: tuple[str, ...]
    why: str


Part = Step | Enrolment | Check | PermitCheck | AlertsCheck | DueCheck


@dataclass(frozen=True, slots=True)
class Script:
    """A whole scenario. `about` is what it is to show; `edits` what a twist of another one changes, and why."""

    name: str
    title: str
    about: str
    origin: str
    opened_at: int
    threshold: int
    authorities: tuple[Member, ...]
    parties: tuple[Member, ...]
    witnesses: Mapping[str, str]
    """member name → witness name"""
    audit_quorum: int
    max_age: str
    treaty: str
    steps: tuple[Part, ...]
    lies: Mapping[str, Any]
    rule_sets: tuple[Adoption, ...] = ()
    edits: tuple[str, ...] = ()

    def member(self, name: str) -> Member:
        """A member of the cast by its name in the script."""
        for member in (*self.authorities, *self.parties):
            if member.name == name:
                return member
        raise Malformed("scenario-cast", "nobody of that name in the cast", found=name)


def read_script(data: bytes) -> Script:
    """Read a scenario file.

    Raises:
        Malformed: `scenario-format`, `scenario-cast`, `time-format`, `version-unsupported`, `too-large`, `too-deep`,
            `json-malformed`, `duplicate-key`, those of quantities.
    """
    return script_of(read_file(data, FORMAT))


def script_of(value: Any) -> Script:
    """A scenario from its content, as `read_script`."""
    whole = Checked(
        value,
        "scenario",
        required="format name title about origin opened_at threshold authorities parties witnesses audit_quorum "
        "max_age treaty steps",
        optional="lies rule_sets",
    )
    script = Script(
        name=whole.text("name"),
        title=whole.text("title"),
        about=whole.text("about"),
        origin=whole.text("origin"),
        opened_at=parse_instant(whole.text("opened_at"), field="opened_at"),
        threshold=whole.count("threshold"),
        authorities=tuple(_authority(name, entry) for name, entry in whole.objects("authorities")),
        parties=tuple(_party(name, entry) for name, entry in whole.objects("parties")),
        witnesses={name: _witness(name, entry) for name, entry in whole.objects("witnesses")},
        audit_quorum=whole.count("audit_quorum"),
        max_age=whole.text("max_age"),
        treaty=whole.one_of("treaty", TREATY),
        steps=tuple(_part(entry, f"steps[{i}]") for i, entry in enumerate(whole.list_of("steps"))),
        lies=whole.mapping("lies"),
        rule_sets=tuple(_adoption(entry, f"rule_sets[{i}]") for i, entry in enumerate(whole.list_of("rule_sets"))),
    )
    _check_names(script)
    return script


def _authority(name: str, entry: Any) -> Member:
    checked = Checked(entry, f"authorities.{name}", required="country id organisation")
    return Member(name, checked.text("id"), checked.text("organisation"), checked.text("country"), None)


def _adoption(entry: Any, field: str) -> Adoption:
    checked = Checked(entry, field, required="by jurisdiction from", optional="complete notice")
    notice = checked.texts("notice") if "notice" in checked.names() else None
    complete = checked.one_of("complete", ("yes", "no")) == "yes" if "complete" in checked.names() else False
    since = checked.text("from")
    parse_instant(since, field=f"{field}.from")
    return Adoption(checked.text("by"), checked.text("jurisdiction"), since, complete, notice)


def _party(name: str, entry: Any) -> Member:
    checked = Checked(entry, f"parties.{name}", required="id organisation licence")
    return Member(name, checked.text("id"), checked.text("organisation"), "", checked.mapping("licence"))


def _witness(name: str, entry: Any) -> str:
    checked = Checked(entry, f"witnesses.{name}", required="name country")
    checked.text("country")
    return checked.text("name")


def _check_names(script: Script) -> None:
    """Every part has a name of its own, every signer is in the cast, time does not go back."""
    members = {member.name for member in (*script.authorities, *script.parties)}
    names: set[str] = set()
    before = script.opened_at
    for part in script.steps:
        if part.name in names:
            raise Malformed("scenario-format", "two parts of the scenario have one name", found=part.name)
        names.add(part.name)
        signers = [part.by] if isinstance(part, (Step, Enrolment)) else []
        signers += [part.member] if isinstance(part, Enrolment) else []
        for signer in signers:
            if signer not in members:
                raise Malformed("scenario-cast", "nobody of that name in the cast", found=signer)
        if part.at < before:
            raise Malformed("scenario-format", "the scenario's time goes back", found=part.name)
        before = part.at


def _part(entry: Any, field: str) -> Part:
    kinds = [kind for kind in _PARTS if type(entry) is dict and kind in entry]
    if len(kinds) != 1:
        raise Malformed(
            "scenario-format", "a part is one of these, and not two", expected=", ".join(_PARTS), field=field
        )
    return _PARTS[kinds[0]](entry, field)


def _step(entry: Any, field: str) -> Step:
    checked = Checked(entry, field, required="at by as event", optional="refused key")
    return Step(
        at=checked.instant("at"),
        by=checked.text("by"),
        name=checked.text("as"),
        event=checked.mapping("event"),
        refused=checked.text("refused", ""),
        key=checked.text("key", ""),
    )


def _enrolment(entry: Any, field: str) -> Enrolment:
    checked = Checked(entry, field, required="at by as enrol")
    enrol = Checked(checked.mapping("enrol"), f"{field}.enrol", required="member key")
    return Enrolment(
        checked.instant("at"), checked.text("by"), checked.text("as"), enrol.text("member"), enrol.text("key")
    )


def _verdict(entry: Any, field: str) -> Check:
    checked = Checked(entry, field, required="at as verdict")
    told = Checked(
        checked.mapping("verdict"), f"{field}.verdict", required="lot word codes why",
        optional="without answers examined",
    )  # fmt: skip
    answers = Checked(told.mapping("answers"), f"{field}.verdict.answers", optional=" ".join(ANSWERS))
    return Check(
        at=checked.instant("at"),
        name=checked.text("as"),
        lot=told.text("lot"),
        word=told.one_of("word", WORDS),
        codes=told.texts("codes"),
        without=told.texts("without"),
        answers={name: answers.text(name) for name in answers.names()},
        examined=told.texts("examined"),
        why=told.text("why"),
    )


def _permit(entry: Any, field: str) -> PermitCheck:
    checked = Checked(entry, field, required="at as permit")
    told = Checked(checked.mapping("permit"), f"{field}.permit", required="permit status why", optional="drawn")
    drawn = None
    if "drawn" in told.names():
        amount = Checked(told.mapping("drawn"), f"{field}.permit.drawn", required="value unit")
        drawn = (amount.text("value"), amount.text("unit"))
        parse_quantity(*drawn, field=f"{field}.permit.drawn")
    return PermitCheck(
        checked.instant("at"), checked.text("as"), told.text("permit"), drawn, told.text("status"), told.text("why")
    )


def _alerts(entry: Any, field: str) -> AlertsCheck:
    checked = Checked(entry, field, required="at as alerts")
    told = Checked(checked.mapping("alerts"), f"{field}.alerts", required="codes why", optional="without")
    return AlertsCheck(
        checked.instant("at"), checked.text("as"), told.texts("codes"), told.texts("without"), told.text("why")
    )


def _due(entry: Any, field: str) -> DueCheck:
    checked = Checked(entry, field, required="at as due")
    told = Checked(checked.mapping("due"), f"{field}.due", required="items why", optional="without")
    listed = told.mapping("items")
    items = Checked(listed, f"{field}.due.items", optional=" ".join(listed))
    return DueCheck(
        at=checked.instant("at"),
        name=checked.text("as"),
        items={name: items.text(name) for name in items.names()},
        without=told.texts("without"),
        why=told.text("why"),
    )


_PARTS: Mapping[str, Callable[[Any, str], Part]] = {
    "event": _step,
    "enrol": _enrolment,
    "verdict": _verdict,
    "permit": _permit,
    "alerts": _alerts,
    "due": _due,
}


def resolve(
    value: Any,
    statements: Mapping[str, str],
    parties: Mapping[str, str],
    found: Callable[[str], Mapping[str, Any]],
) -> Any:
    """An event with its references filled in; raises `Malformed` `scenario-cast` for one that points nowhere.

    Args:
        value: the event, or a part of it.
        statements: statement ids by step name.
        parties: party ids by member name.
        found: a permit as the ledger has it, as a drawing repeats it.

    """
    if isinstance(value, dict):
        if set(value) == {"as-found"}:
            return found(value["as-found"])
        return {name: resolve(member, statements, parties, found) for name, member in value.items()}
    if isinstance(value, list):
        return [resolve(member, statements, parties, found) for member in value]
    if not isinstance(value, str) or not value.startswith("@"):
        return value
    table, name = (parties, value[2:]) if value.startswith("@@") else (statements, value[1:])
    if name not in table:
        raise Malformed("scenario-cast", "a reference points nowhere", found=value)
    return table[name]
