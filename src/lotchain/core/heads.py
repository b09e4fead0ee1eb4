"""The heads map: one commitment to every subject's history and state, and the proofs that show or deny one.

A binary prefix trie over SHA-256(subject), frozen here and in `specs/formats/heads-map.md`:

    key    SHA-256 of the subject's name in UTF-8; its bits are read from the most significant bit of byte 0
    leaf   SHA-256(0x10 || key || length as eight bytes big-endian || chain || state hash)
    inner  SHA-256(0x11 || left || right)
    a subtree without a leaf is 32 zero bytes; with exactly one leaf it is that leaf, at whatever depth;
    with two or more it is an inner node, even where one side is empty
    the root of the map without a leaf is SHA-256(0x12)

Since a leaf holds its whole key and every hashed part has a fixed length, no hash needs the depth, and the
path of a key through the trie has exactly one end: its own leaf, another leaf, or an empty side. So for one
root a presence proof and an absence proof of the same subject cannot both exist.

Pure. Everything that verifies answers False to whatever is wrong and never raises.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from lotchain.errors import Malformed, UsageError

HASH_SIZE = 32
HEAD_SIZE = 72
"""Bytes of a head as a store keeps it."""
MAX_DEPTH = 256
"""Siblings in the longest proof: one for each bit of a key."""
MAX_LENGTH = 2**63 - 1
EMPTY_SUBTREE = bytes(HASH_SIZE)
EMPTY_MAP_ROOT = sha256(b"\x12").digest()
INITIAL_CHAIN = bytes(HASH_SIZE)
"""The running hash of a subject of which the ledger holds no statement yet."""


class Head(NamedTuple):
    """What the map commits to for one subject.

    `length` is the number of statements in its history (at least 1), `chain` the running hash over their ids,
    `state_hash` the SHA-256 of its state in canonical JSON; both hashes are 32 bytes.
    """

    length: int
    chain: bytes
    state_hash: bytes

    def to_bytes(self) -> bytes:
        """The 72 bytes that stand in the leaf after the key: the length big-endian, chain, state hash.

        Raises:
            UsageError: head-range; not a head at all.

        """
        if not is_head(self):
            raise UsageError("head-range", "a head has a length from 1 and two 32-byte hashes", found=self.length)
        return self.length.to_bytes(8, "big") + self.chain + self.state_hash

    @classmethod
    def from_bytes(cls, data: bytes) -> Head:
        """Read what `to_bytes` wrote.

        Raises:
            Malformed: head-malformed.

        """
        if len(data) == HEAD_SIZE:
            head = cls(int.from_bytes(data[:8], "big"), data[8:40], data[40:])
            if is_head(head):
                return head
        raise Malformed(
            "head-malformed",
            "not 72 bytes with a length from 1 to 2^63 - 1",
            found=data[:HEAD_SIZE].hex(),
        )


class HeadProof(NamedTuple):
    """Where a key's path through the map ends.

    `siblings` are the hashes beside the path, **from the root down**; there are as many as the path is
    deep. The path ends at `head`, the key's own; or at `other`, the (key, head) of another subject whose
    key shares the path's bits; or, both being None, at an empty side. So `head` set is a proof of presence,
    else of absence.
    """

    siblings: tuple[bytes, ...]
    head: Head | None
    other: tuple[bytes, Head] | None


def is_head(head: Head) -> bool:
    """Whether length and hashes are in range: what every hashing function here relies on."""
    sized = len(head.chain) == HASH_SIZE and len(head.state_hash) == HASH_SIZE
    return sized and 1 <= head.length <= MAX_LENGTH


def subject_key(subject: str) -> bytes:
    """SHA-256 of the subject's name: its place in the map.

    Raises:
        UsageError: subject-name; not encodable as UTF-8 (a lone surrogate).

    """
    try:
        return sha256(subject.encode("utf-8")).digest()
    except UnicodeEncodeError:
        raise UsageError("subject-name", "a subject's name must be valid Unicode", found=subject) from None


def extend_chain(chain: bytes, statement_id: bytes) -> bytes:
    """SHA-256(0x13 || chain || statement id): a subject's running hash after one more statement.

    Both are 32 bytes, or a byte moved across the boundary would go unseen; the first chain is
    `INITIAL_CHAIN`.

    Raises:
        UsageError: hash-size.

    """
    if len(chain) != HASH_SIZE or len(statement_id) != HASH_SIZE:
        raise UsageError("hash-size", "a chain and a statement id are 32 bytes each", found=len(statement_id))
    return sha256(b"\x13" + chain + statement_id).digest()


def leaf_hash(key: bytes, record: bytes) -> bytes:
    """The hash of a leaf, from its 32-byte key and its head's 72 bytes (`Head.to_bytes`)."""
    return sha256(b"\x10" + key + record).digest()


def inner_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node over two child hashes of 32 bytes each."""
    return sha256(b"\x11" + left + right).digest()


def bit(key: bytes, depth: int) -> int:
    """The bit of a key that chooses the side at this depth: 0 left, 1 right; depth 0 is the root."""
    return key[depth >> 3] >> (7 - (depth & 7)) & 1


def root_by_definition(heads: Mapping[bytes, Head]) -> bytes:
    """The map's root over {key: head}, straight from the definition: for tests and audits of small maps.

    `HeadsMap.root` must always equal it. It looks at every subject, and keeps nothing.
    """
    if not heads:
        return EMPTY_MAP_ROOT
    return _subtree([(key, leaf_hash(key, heads[key].to_bytes())) for key in heads], 0)


def _subtree(leaves: list[tuple[bytes, bytes]], depth: int) -> bytes:
    if not leaves:
        return EMPTY_SUBTREE
    if len(leaves) == 1:
        return leaves[0][1]
    left = [leaf for leaf in leaves if bit(leaf[0], depth) == 0]
    right = [leaf for leaf in leaves if bit(leaf[0], depth) == 1]
    return inner_hash(_subtree(left, depth + 1), _subtree(right, depth + 1))


def _climb(key: bytes, end: bytes, siblings: Sequence[bytes]) -> bytes:
    """The root that follows from the hash at the end of a key's path and its siblings, from the root down."""
    current = end
    for depth in range(len(siblings) - 1, -1, -1):
        sibling = siblings[depth]
        current = inner_hash(sibling, current) if bit(key, depth) else inner_hash(current, sibling)
    return current


def _is_path(root: bytes, siblings: Sequence[bytes]) -> bool:
    """Whether sizes allow a proof at all, asked before anything is hashed.

    The last sibling is never empty: the node above the path's end would hold fewer than two leaves, and
    then it would not be an inner node.
    """
    if len(root) != HASH_SIZE or len(siblings) > MAX_DEPTH:
        return False
    return all(len(sibling) == HASH_SIZE for sibling in siblings) and (not siblings or siblings[-1] != EMPTY_SUBTREE)


def _key_or_none(subject: str) -> bytes | None:
    try:
        return subject_key(subject)
    except UsageError:
        return None


def verify_presence(root: bytes, subject: str, head: Head, siblings: Sequence[bytes]) -> bool:
    """Whether the map with this root holds exactly this head for the subject.

    `root` comes from the closing record under a checkpoint; `siblings` run from the root down. Whatever is
    wrong gives False.
    """
    key = _key_or_none(subject)
    if key is None or not _is_path(root, siblings) or not is_head(head):
        return False
    return _climb(key, leaf_hash(key, head.to_bytes()), siblings) == root


def verify_absence(root: bytes, subject: str, siblings: Sequence[bytes], other: tuple[bytes, Head] | None) -> bool:
    """Whether the map with this root holds nothing for the subject.

    `other` is the (key, head) of the leaf at which the subject's path ends: it must be another key that
    shares the path's bits; None says that the path ends at an empty side. Whatever is wrong gives False.
    """
    key = _key_or_none(subject)
    if key is None or not _is_path(root, siblings):
        return False
    if other is None:
        return root == EMPTY_MAP_ROOT if not siblings else _climb(key, EMPTY_SUBTREE, siblings) == root
    other_key, head = other
    if len(other_key) != HASH_SIZE or other_key == key or not is_head(head):
        return False
    if any(bit(key, depth) != bit(other_key, depth) for depth in range(len(siblings))):
        return False
    return _climb(key, leaf_hash(other_key, head.to_bytes()), siblings) == root
