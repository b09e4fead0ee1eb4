"""Cases of lists of log keys, and of their endorsements."""

from __future__ import annotations

from typing import Any

from tests.unit.world import ORIGIN, World
from tests.vectors_build.event_book import Book
from tests.vectors_build.event_parties import Blank, root

from lotchain.core.notes import VerifierKey
from lotchain.events.charter import Charter
from lotchain.events.endorsement import Endorsement
from lotchain.events.ledger_key_rotation import LedgerKeyRotation
from lotchain.signing import MLDSA44Signer, SoftwareSigner

OLD, NEW, NEXT = (SoftwareSigner.from_seed(f"log key {n} for vectors".encode().ljust(32, b".")) for n in range(3))
MLDSA = MLDSA44Signer(b"log key 3 for vectors".ljust(32, b"."))
OLD_KEY, NEW_KEY, NEXT_KEY = (VerifierKey(ORIGIN, 1, signer.public.raw).encode() for signer in (OLD, NEW, NEXT))
MLDSA_KEY = VerifierKey(ORIGIN, 6, MLDSA.public_raw).encode()


def listing(world: World, *keys: str, **changes: Any) -> LedgerKeyRotation:
    return LedgerKeyRotation(**{"keys": keys, "reason": "planned", "occurred_at": world.now(), **changes})


def ledger_key_rotation() -> Book:
    book = Book("ledger-key-rotation/1")
    yes, no = book.accepted, book.refused
    world = World()
    witness = VerifierKey(ORIGIN, 4, NEXT.public.raw).encode()
    elsewhere = VerifierKey("other.example/lots", 1, NEW.public.raw).encode()
    same_key = VerifierKey("ledger.example/lot", 1, OLD.public.raw).encode()

    no(world, listing(world, OLD_KEY, NEW_KEY), "maker", "by a handler", "only founding authorities",
       "not-founding-authority")  # fmt: skip
    no(world, listing(world, OLD_KEY, elsewhere), "cn", "a key of another name", "its name is the origin", "log-keys")
    no(world, listing(world, OLD_KEY, same_key), "cn", "a key under a name like the origin", "byte by byte", "log-keys")
    no(world, listing(world, OLD_KEY, OLD_KEY), "cn", "a key twice", "each once", "log-keys")
    no(world, listing(world, OLD_KEY, witness), "cn", "a witness's key", "types 1 and 6", "log-keys")
    no(world, listing(world, MLDSA_KEY), "cn", "an ML-DSA-44 key alone", "one of them is Ed25519", "log-keys")
    first = yes(world, listing(world, OLD_KEY, NEW_KEY), "cn", "the old key and a new one", "waits, threshold 2")
    yes(world, listing(world, NEW_KEY, OLD_KEY, MLDSA_KEY), "cn", "another list by the same authority",
        "takes the place of its first")  # fmt: skip
    waits = yes(world, listing(world, NEW_KEY, OLD_KEY), "mx", "a list by the other authority", "two wait side by side")
    assert first not in world.states["charter"]["log_keys"]["pending"]
    world.accept(Endorsement(subject="charter", endorses=waits, occurred_at=world.now()), "cn")
    no(world, listing(world, OLD_KEY, NEW_KEY), "cn", "the list in force", "in another order", "log-keys-listed")
    yes(world, listing(world, NEW_KEY, reason="stolen", reference="R 7"), "cn", "the old key off the list",
        "it signs until the other authority endorses")  # fmt: skip
    lone = Blank()
    lone.charter = lone.accept(
        Charter(origin=ORIGIN, threshold=1, roots=(root(lone, "cn"),), occurred_at=lone.now()), "cn"
    )
    yes(lone, listing(lone, NEXT_KEY, reason="lost"), "cn", "threshold 1", "in force at once")
    no(lone, listing(lone, NEXT_KEY), "cn", "the only key again", "it is the list", "log-keys-listed")
    book.common_faults()
    book.changed("no key", "somebody signs", "too-few", keys=[])
    book.changed("nine keys", "eight at most", "too-many", keys=[NEW_KEY] * 9)
    book.changed("a key that is none", "name, key id, base64", "vkey-format", keys=["ledger.example/lots"])
    book.changed("a key id that is not the key's", "it is computed", "vkey-format",
                 keys=[NEW_KEY.replace("+", "+0", 1)])  # fmt: skip
    weak = VerifierKey.encode(_Weak())
    book.changed("a weak key", "a point of small order", "key-weak", keys=[weak])
    book.changed("a reason of its own", "a closed list", "field-value", reason="because")
    return book


class _Weak(VerifierKey):
    """The neutral element as a log's key, which no honest maker would build."""

    def __new__(cls) -> _Weak:
        return tuple.__new__(cls, (ORIGIN, 1, bytes((1,)) + bytes(31)))


def endorsements(book: Book) -> None:
    """Endorsements of lists of log keys."""
    yes, no = book.accepted, book.refused
    world = World()

    def stand(statement: str) -> Endorsement:
        return Endorsement(subject="charter", endorses=statement, occurred_at=world.now())

    mine = world.accept(listing(world, OLD_KEY, NEW_KEY), "cn")
    other = world.accept(listing(world, NEXT_KEY), "mx")
    no(world, stand(mine), "cn", "a list of log keys, by its proposer", "it stands behind it already", "endorsed-twice")
    no(
        world,
        stand(mine),
        "maker",
        "a list of log keys, by a handler",
        "founding authorities",
        "not-founding-authority",
    )
    yes(world, stand(mine), "mx", "a list of log keys, by the second authority", "in force; the other proposal falls")
    no(world, stand(other), "cn", "a list of log keys that fell", "another was agreed on", "proposal-unknown")
