"""A map of which only some paths are known gives the same root as the whole map, whatever is put into it."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotchain.core.heads import EMPTY_MAP_ROOT, Head, HeadProof, subject_key
from lotchain.core.heads_partial import PartialMap
from lotchain.core.heads_trie import HeadsMap, MemoryHeadStore
from lotchain.errors import Malformed, UsageError


def head(text: str) -> Head:
    return Head(1, sha256(text.encode()).digest(), sha256(text.encode() * 2).digest())


def whole(subjects: int) -> HeadsMap:
    made = HeadsMap(MemoryHeadStore())
    made.update((subject_key(f"s-{n}"), head(f"{n}")) for n in range(subjects))
    return made


@settings(max_examples=200)
@given(st.integers(0, 60), st.lists(st.integers(0, 120), min_size=1, max_size=25))
def test_it_changes_as_the_whole_map_does(subjects: int, touched: list[int]) -> None:
    everything = whole(subjects)
    known = PartialMap(everything.root())
    for n in touched:
        known.show(f"s-{n}", everything.prove(subject_key(f"s-{n}")))
    assert known.root() == everything.root()
    for turn, n in enumerate(touched):
        assert known.head(f"s-{n}") == everything.prove(subject_key(f"s-{n}")).head
        everything.update([(subject_key(f"s-{n}"), head(f"new {turn}"))])
        known.put(f"s-{n}", head(f"new {turn}"))
        assert known.root() == everything.root()


def test_the_first_batch_begins_with_nothing() -> None:
    known = PartialMap(EMPTY_MAP_ROOT)
    assert known.root() == EMPTY_MAP_ROOT
    for n in range(30):
        known.show(f"s-{n}", HeadProof((), None, None))
    for n in range(30):
        known.put(f"s-{n}", head(f"{n}"))
    assert known.root() == whole(30).root()


def test_what_proves_nothing_is_refused() -> None:
    everything = whole(20)
    present, absent = everything.prove(subject_key("s-3")), everything.prove(subject_key("s-99"))
    assert present.head is not None
    other = (subject_key("s-4"), head("4"))
    for subject, proof in (
        ("s-4", present),
        ("s-3", absent),
        ("s-3", replaced(present, head=head("4"))),
        ("s-3", replaced(present, siblings=present.siblings[:-1])),
        ("s-3", replaced(present, siblings=(*present.siblings, bytes(32)))),
        ("s-3", replaced(present, head=None)),
        ("s-3", replaced(present, other=other)),
        ("s-3", replaced(present, head=None, other=other)),
        ("s-3", HeadProof((), None, None)),
        ("s-3", HeadProof((bytes(31),), None, None)),
    ):
        known = PartialMap(everything.root())
        with pytest.raises(Malformed, match="heads-proof"):
            known.show(subject, proof)
        assert known.root() == everything.root()


def replaced(proof: HeadProof, **changes: object) -> HeadProof:
    return proof._replace(**changes) if hasattr(proof, "_replace") else replace(proof, **changes)


def test_nothing_is_said_of_a_subject_that_was_not_shown() -> None:
    known = PartialMap(whole(5).root())
    for ask in (lambda: known.head("s-1"), lambda: known.put("s-1", head("x"))):
        with pytest.raises(UsageError, match="subject-not-shown"):
            ask()
