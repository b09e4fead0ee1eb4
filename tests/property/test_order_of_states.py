"""Step 7 says the same whatever the order of members in a state: stored states come back sorted, replayed ones do not."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from tests.property.lives import (
    Life,
    answer,
    export_to_canada,
    import_to_germany,
    import_to_the_states,
    of_scenario,
)

from lotchain.custody.case import Case, State
from lotchain.custody.findings import Finding
from lotchain.custody.treaty_records import Asked, Duty, Load, TreatyAnswer
from lotchain.treaty import books
from lotchain.treaty.books import Books
from lotchain.treaty.facts import SCENE_FACTS
from lotchain.treaty.facts_general import BORDERS

LIVES: dict[str, Callable[[], Life]] = {
    "ca": export_to_canada, "de": import_to_germany, "us": import_to_the_states,
    "tr": lambda: of_scenario("acetic-anhydride", "lot:DE-LEV-331/AA-2610-331"),
    "mx": lambda: of_scenario("piperidone", "lot:MX-9524321000040/BP4-B"),
    "theft": lambda: of_scenario("theft", "lot:US-HOU-410/PIP-2607-021"),
}  # fmt: skip


def turned(value: Any) -> Any:
    """The same state, its members last to first."""
    if isinstance(value, dict):
        return {name: turned(value[name]) for name in reversed(value)}
    return [turned(member) for member in value] if isinstance(value, list) else value


def doubled(life: Life) -> Life:
    """Every filing and every act of customs twice over, a minute apart and otherwise a little different."""
    steps: list[dict[str, Any]] = []
    for step in life.content["steps"]:
        steps.append(step)
        event = step.get("event", {})
        if event.get("type") in ("filing/1", "customs-release/1"):
            again = copy.deepcopy(step)
            again["as"] = f"{step['as']} again"
            if "quantity" in event:
                again["event"]["quantity"] = {"value": "1.000", "unit": "KGM"}
            if "number" in event:
                again["event"]["number"] = "OTHER-1"
            steps.append(again)
    return life.with_steps(steps)


@pytest.mark.parametrize("name", LIVES)
@pytest.mark.parametrize("change", [lambda life: life, doubled], ids=["as told", "filed twice"])
def test_the_order_of_members_changes_nothing(
    name: str, change: Callable[[Life], Life], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [0, 0]
    ask, conclude = Books.ask, Books.conclude

    def ask_both(
        self: Books, event: Any, case: Case, after: Mapping[str, State], subjects: Sequence[str], load: Load
    ) -> TreatyAnswer:
        found = ask(self, event, case, after, subjects, load)
        other = case._replace(states=turned(dict(case.states)))
        assert ask(self, event, other, turned(dict(after)), subjects, lambda name: turned(load(name))) == found
        for scene, _ in books._scenes(event, case, after, subjects, load):
            if scene.no_border:  # then rules that ask about borders are not even asked
                assert {SCENE_FACTS[fact](scene) for fact in BORDERS} == {frozenset()}
        asked[0] += 1
        return found

    def conclude_both(
        self: Books, states: Mapping[str, State | None], rows: Sequence[Asked], duties: Sequence[Duty], as_of: int
    ) -> tuple[Finding, ...]:
        found = conclude(self, states, rows, duties, as_of)
        assert conclude(self, turned(dict(states)), rows, duties, as_of) == found
        asked[1] += len(duties)
        return found

    monkeypatch.setattr(Books, "ask", ask_both)
    monkeypatch.setattr(Books, "conclude", conclude_both)
    answer(change(LIVES[name]()))
    assert asked[0] > 10
