"""What a bribed operator can make who holds the log's key: any entries, any map, validly signed.

Demonstrations and tests only: it shows that the verifier does not rest on the operator's honesty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lotchain.core.checkpoints import Checkpoint
from lotchain.core.closing import ClosingRecord, is_closing, parse_closing
from lotchain.core.heads import Head, HeadProof, subject_key
from lotchain.core.heads_trie import HeadsMap, MemoryHeadStore
from lotchain.core.tree import consistency_path, inclusion_path, leaf_hash, root_of
from lotchain.errors import UsageError


class ForgedLog:
    """A log of chosen entries with a chosen map; a `BundleSource`.

    Args:
        origin: the log's name.
        entries: every entry, the last one a closing record whose heads root is that of `heads`.
        histories: what the operator says each subject's history is.
        heads: what the operator says each subject's head is.
        documents: adopted rule sets by digest, which bundles hold.
    """

    def __init__(
        self,
        origin: str,
        entries: Sequence[bytes],
        histories: Mapping[str, list[int]],
        heads: Mapping[str, Head],
        documents: Mapping[bytes, bytes] | None = None,
    ) -> None:
        self._entries = list(entries)
        self._leaves = [leaf_hash(raw) for raw in entries]
        self._histories = histories
        self._documents = documents or {}
        self._map = HeadsMap(MemoryHeadStore())
        self._map.update((subject_key(name), head) for name, head in heads.items())
        self.checkpoint = Checkpoint(origin, len(self._entries), root_of(self._leaves))
        self.note = b""

    def published(self) -> tuple[Checkpoint, bytes]:
        """The forged checkpoint and its note."""
        return self.checkpoint, self.note

    def entry(self, index: int) -> bytes:
        """An entry's bytes."""
        return self._entries[index]

    def closing_of(self, index: int) -> tuple[ClosingRecord, int, bytes]:
        """The next closing record at or after an entry."""
        for place in range(index, len(self._entries)):
            raw = self._entries[place]
            if is_closing(raw):
                return parse_closing(raw), place, raw
        raise UsageError("index-range", "no closing record follows", found=index)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The inclusion path, from the leaves."""
        return inclusion_path(index, size, self._node)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The consistency path, from the leaves."""
        return consistency_path(old, new, self._node)

    def _node(self, level: int, index: int) -> bytes:
        width = 1 << level
        return root_of(self._leaves[index * width : (index + 1) * width])

    def history(self, subject: str, size: int | None = None) -> list[int]:
        """The history that the operator claims."""
        return [index for index in self._histories.get(subject, []) if size is None or index < size]

    def head_proofs(self, subjects: Iterable[str]) -> tuple[Checkpoint, dict[str, HeadProof]]:
        """Proofs in the forged map."""
        return self.checkpoint, {name: self._map.prove(subject_key(name)) for name in subjects}

    def opening(self, digest: bytes) -> bytes | None:
        """An adopted document; a forged log keeps no openings."""
        return self._documents.get(digest)


def heads_root(heads: Mapping[str, Head]) -> bytes:
    """The root of a map of these heads."""
    made = HeadsMap(MemoryHeadStore())
    made.update((subject_key(name), head) for name, head in heads.items())
    return made.root()
