"""The answers to what rules ask, each worked out only when asked: the scene's, and those by an adopted set's lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from lotchain.rules.adopted import AdoptedSet, Listed
from lotchain.rules.facts import ABSENT, UNKNOWN, Interval, Value
from lotchain.rules.prepared import Prepared, Told
from lotchain.treaty import facts_borders, facts_filings, facts_permits, facts_transfer
from lotchain.treaty.facts_general import amount
from lotchain.treaty.scene import Scene

SCENE_FACTS: Final[Mapping[str, Callable[[Scene], Value]]] = {
    **facts_transfer.FACTS, **facts_borders.FACTS, **facts_filings.FACTS, **facts_permits.FACTS,
}  # fmt: skip
"""Facts that are the same whoever's rules ask."""

_CROSSINGS: Final = frozenset({"exported_at", "export_released_at", "import_released_at", "entered_transit_at"})
"""Facts that say when the goods crossed a border."""

_EPHEDRINES: Final = frozenset({"299-42-3", "90-82-4", "14838-15-4"})
"""Ephedrine, pseudoephedrine, phenylpropanolamine: those of form 486A (21 CFR 1313.12)."""


class Answers(Told):
    """All facts of a scene, each worked out when it is first asked for; unknown is what no ledger tells.

    The scene's own stay; what a set's lists decide is by the set that `by` named last.
    """

    __slots__ = ("_classes_name", "_complete", "_scene", "_set")

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self._scene = scene
        self._classes_name = ""

    def by(self, adopted: AdoptedSet, *, complete: bool) -> Answers:
        """The same, by an adopted set's lists.

        Args:
            adopted: the set, with its lists.
            complete: whether a substance that the lists do not name is not listed.

        """
        if self._classes_name:
            for name in (*_OWN, self._classes_name):
                self.pop(name, None)
        self._set = adopted
        self._complete = complete
        self._classes_name = f"substance_class:{adopted.jurisdiction}"
        self.pop(self._classes_name, None)  # another set may have asked for it, and was told that it is not known
        return self

    def __missing__(self, name: str) -> Value:
        if name in SCENE_FACTS:
            found = SCENE_FACTS[name](self._scene)
        elif name in _OWN:
            found = _OWN[name](self)
        elif name == self._classes_name:
            found = self._classes(self._scene.when.lower, self._scene.when.upper)
        else:
            found = UNKNOWN
        self[name] = found
        return found

    @property
    def listed(self) -> Listed | None:
        """What the set says of the lot's substance."""
        return self._set.substances.get(self._scene.after.get("substance", ""))

    def _numbers(self) -> tuple[str, ...]:
        scene = self._scene
        if scene.kind == "permit-drawing":
            return tuple(scene.event.found.terms.substances)
        if scene.after["kind"] == "party":
            return tuple(scene.event.substances)
        return (scene.after.get("substance", ""),)

    def as_at_border(self, prepared: Prepared) -> bool:
        """Whether the rule and the substance's classes were, when the goods crossed a border, as at the statement.

        Only of rules that ask when they crossed: what was not listed then was lawfully taken over it then.
        """
        rule, classes = prepared.rule, self[self._classes_name]
        for name in prepared.asks:
            moment = self[name] if name in _CROSSINGS else UNKNOWN
            if not isinstance(moment, Interval) or not moment.lower:
                continue  # they have not crossed, or nobody knows since when they are abroad
            if rule.in_force_from is not None and moment.lower < rule.in_force_from:
                return False
            if self._classes(moment.lower, moment.upper) != classes:
                return False
        return True

    def _classes(self, lower: int, upper: int) -> Value:
        """Of any of the substances in question; where one of them is not known and none is listed, not known."""
        union: frozenset[str] = frozenset()
        doubt = False
        for number in self._numbers():
            listed = self._set.substances.get(number)
            if listed is None:
                doubt |= not (self._complete and number not in ("", "*"))
                continue
            classes = listed.classes(lower, upper)
            doubt |= classes is None
            union |= classes or union
        return UNKNOWN if doubt else union

    def _in_base(self, grams: int) -> Value:
        listed = self.listed
        if listed is None or listed.factor is None:
            return UNKNOWN
        numerator, denominator = listed.factor
        return -(-grams * numerator // denominator)

    def base_quantity(self) -> Value:
        """The line's net mass as base."""
        found = amount(self._scene)
        return UNKNOWN if found is None else self._in_base(found)

    def threshold(self) -> Value:
        """The set's threshold of the substance or of its base; absent where every deal counts."""
        listed = self.listed
        numbers = [self._scene.after.get("substance", ""), listed.base if listed is not None else ""]
        for number in numbers:
            if number in self._set.thresholds:
                found = self._set.thresholds[number]
                return ABSENT if found is None else found
        return UNKNOWN

    def of_form_486a(self) -> Value:
        """Whether the substance is one of those of form 486A."""
        listed = self.listed
        return UNKNOWN if listed is None else listed.base in _EPHEDRINES

    def declared_base(self) -> Value:
        """What the declaration, as last amended, says, as base."""
        rows = facts_filings.as_amended(self._scene)
        told = {facts_filings.as_base(row, "quantity", self.listed) for row in rows}
        return ABSENT if not told else (told.pop() if len(told) == 1 else UNKNOWN)


_OWN: Final[Mapping[str, Callable[[Answers], Value]]] = {
    "base_quantity": Answers.base_quantity,
    "us_threshold": Answers.threshold,
    "eu_year_threshold": Answers.threshold,
    "ca_schedule_amount": Answers.threshold,
    "us_form_486a_substance": Answers.of_form_486a,
    "us_declared_base": Answers.declared_base,
}
"""Facts that a set's own lists decide; its classes of the substance beside."""


def is_answered(name: str, jurisdiction: str) -> bool:
    """Whether a ledger ever knows a fact that a set of this jurisdiction asks at the statement itself."""
    return name in SCENE_FACTS or name in _OWN or name == f"substance_class:{jurisdiction}"
