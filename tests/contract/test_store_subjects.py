"""Subjects: newest rows, names, what changed since, histories."""

from __future__ import annotations

import pytest
from tests.contract.builders import Fabricator, subject_row

from lotchain.ledger.ports import Store


def test_the_newest_row_wins_and_its_bytes_are_kept(store: Store) -> None:
    maker = Fabricator()
    store.append(maker.batch([("lot:a",), ("lot:b",)]))
    store.append(maker.batch([("lot:a",), ("lot:a",)]))
    assert store.subject("lot:a") == subject_row("lot:a", 3)
    assert store.subject("lot:b") == subject_row("lot:b", 1)
    for absent in ("lot:c", "lot:", "", "LOT:A", "lot:a ", "lot:a\x00"):
        assert store.subject(absent) is None


def test_subjects_are_ordered_bytewise(store: Store) -> None:
    names = ["lot:b", "lot:B", "lot:a~1", "lot:a", "lot:a/1", "charter", "lot:10", "lot:9", "party:é", "party:z"]
    store.append(Fabricator().batch([names]))
    ordered = sorted(names, key=str.encode)
    assert list(store.subjects()) == [(name, subject_row(name, 1)) for name in ordered]
    assert store.subjects_named("") == ordered


def test_many_subjects_come_once_each(store: Store) -> None:
    names = [f"lot:{n:04}" for n in range(1000)]
    store.append(Fabricator().batch([names[::2], names[1::2]]))
    assert [name for name, _ in store.subjects()] == names


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("lot:a", ["lot:a", "lot:a/1", "lot:a~1", "lot:aé", "lot:a\U0010ffff", "lot:a\U0010ffffz"]),
        ("lot:a\U0010ffff", ["lot:a\U0010ffff", "lot:a\U0010ffffz"]),
        ("lot:a/", ["lot:a/1"]),
        ("lot:%", []),
        ("lot:_", []),
        ("lot:*", []),
        ("LOT", []),
        ("lot:b", ["lot:b"]),
        ("\U0010ffff", []),
        ("\ud7ff", ["\ud7ff"]),
    ],
)
def test_subjects_named_takes_the_prefix_literally(store: Store, prefix: str, found: list[str]) -> None:
    names = ["lot:a", "lot:a/1", "lot:a~1", "lot:aé", "lot:a\U0010ffff", "lot:a\U0010ffffz", "lot:b", "\ud7ff"]
    store.append(Fabricator().batch([[*names, "\ue000"]]))
    assert store.subjects_named(prefix) == found


def test_changed_since_counts_by_the_end_of_the_batch(store: Store) -> None:
    maker = Fabricator()
    store.append(maker.batch([("lot:a",), ("lot:b",)]))  # entries 0 to 2
    store.append(maker.batch([("lot:c",)]))  # 3 and 4
    store.append(maker.batch([("lot:b",)]))  # 5 and 6
    changed = {size: [name for name, _ in store.changed_since(size)] for size in range(8)}
    assert changed == {
        0: ["lot:a", "lot:b", "lot:c"],
        1: ["lot:a", "lot:b", "lot:c"],
        2: ["lot:a", "lot:b", "lot:c"],
        3: ["lot:b", "lot:c"],
        4: ["lot:b", "lot:c"],
        5: ["lot:b"],
        6: ["lot:b"],
        7: [],
    }
    assert store.changed_since(5) == [("lot:b", subject_row("lot:b", 2))]
    assert store.changed_since(2**70) == []
    assert len(store.changed_since(-(2**70))) == 3


def test_histories_are_in_order_and_apart(store: Store) -> None:
    maker = Fabricator()
    store.append(maker.batch([("lot:a", "lot:b"), ("lot:b",), ("lot:a",)]))  # 0 to 3
    store.append(maker.batch([(), ("lot:b",)]))  # 4 to 6
    assert store.history("lot:a") == [0, 2]
    assert store.history("lot:b") == [0, 1, 5]
    assert store.history("lot:c") == []


def test_a_history_given_to_a_caller_is_his_own(store: Store) -> None:
    store.append(Fabricator().batch([("lot:a",)]))
    store.history("lot:a").append(99)
    assert store.history("lot:a") == [0]


def test_a_subject_may_change_without_a_statement_of_its_own(store: Store) -> None:
    maker = Fabricator()
    batch = maker.batch([("lot:a",)])
    batch.subjects["lot:quiet"] = subject_row("lot:quiet", 0)  # type: ignore[index]
    store.append(batch)
    assert store.subject("lot:quiet") == subject_row("lot:quiet", 0)
    assert store.history("lot:quiet") == []


def test_more_subjects_than_one_question_holds(store: Store) -> None:
    maker = Fabricator()
    names = [f"lot:{n:05}" for n in range(1203)]
    store.append(maker.batch([names[:700]]))
    store.append(maker.batch([names]))
    assert store.history(names[0]) == [0, 2]
    assert store.history(names[1202]) == [2]
    assert store.subject(names[699]) == subject_row(names[699], 2)
