"""What the judge may look up while it judges a statement: the statements that this one names, and no others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from lotchain.custody.case import Cited


class CitedStatements(Mapping[str, Cited]):
    """The statements that an event names, read from the log only when the judge asks; no others are found."""

    def __init__(self, names: Sequence[str], find: Callable[[str], Cited | None]) -> None:
        self._names = names
        self._find = find

    def __getitem__(self, name: str) -> Cited:
        found = self._find(name) if name in self._names else None
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return (name for name in dict.fromkeys(self._names) if self._find(name) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)
