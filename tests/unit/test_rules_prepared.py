"""What is worked out of rules before any event: what they can ever say, and which are worth asking."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotchain.app.adopting import adopted_document, digest_of
from lotchain.rules.evaluator import truth
from lotchain.rules.facts import UNKNOWN
from lotchain.rules.prepared import Told, asking_only, can_be
from lotchain.rules.rule import JURISDICTIONS, Basis, Condition
from lotchain.treaty.books import Books
from lotchain.treaty.facts import is_answered

NAMES = ("a", "b", "never")


def leaf(name: str) -> Condition:
    return Condition("equals", name, value=True)


def conditions() -> st.SearchStrategy[Condition]:
    leaves = st.sampled_from(NAMES).map(leaf)
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: Condition("all", parts=tuple(parts))),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: Condition("any", parts=tuple(parts))),
            inner.map(lambda part: Condition("not", parts=(part,))),
            st.tuples(inner, inner).map(lambda parts: Condition("applies-when", parts=parts)),
        ),
        max_leaves=6,
    )


@given(conditions())
def test_what_can_be_bounds_what_is(condition: Condition) -> None:
    """Every value that it has on some facts, `never` unknown in all of them, is among those that it can have."""
    true, false = can_be(condition, lambda name: name != "never")
    for a, b in product((True, False, UNKNOWN), repeat=2):
        value = truth(condition, Told(a=a, b=b))
        assert value is not True or true
        assert value is not False or false


@pytest.mark.parametrize(("op", "known", "expected"), [
    ("all", (True, False), (False, True)), ("any", (True, False), (True, False)), ("all", (False, False), (False, False)),
])  # fmt: skip
def test_unknown_parts(op: str, known: tuple[bool, bool], expected: tuple[bool, bool]) -> None:
    table: Mapping[str, bool] = dict(zip(("a", "b"), known, strict=True))
    assert can_be(Condition(op, parts=(leaf("a"), leaf("b"))), table.__getitem__) == expected


@pytest.mark.parametrize("name", sorted(JURISDICTIONS))
def test_only_notes_are_left_out_of_the_tables(name: str) -> None:
    document = adopted_document(name)
    found = Books({digest_of(document): document}.get).set_of(digest_of(document))
    assert found is not None
    asked = {prepared.rule.id for table in found.ready.by_event.values() for _, entries in table.groups
             for prepared, _ in entries}  # fmt: skip
    for rule in found.ready.rules.rules.values():
        if rule.id not in asked:
            assert rule.basis is Basis.MEMORY
            assert any(not is_answered(fact, name) for fact in rule.facts())
    nothing = asking_only(found.ready, lambda prepared: False)
    assert nothing.by_event == {} and nothing.by_id == found.ready.by_id
