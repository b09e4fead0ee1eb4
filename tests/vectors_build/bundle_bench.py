"""A bench for bundles: a ledger of `World` in memory, three auditors and a plain witness, all keys from fixed seeds.

    bench = Bench()
    lot = bench.world.make("A", 100)
    bench.feed()
    verdict = bench.verdict(lot)

`rebuilt` makes what an operator without conscience can make: other entries under the log's own valid signature.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from tests.changing import replace
from tests.unit.ledgers import LOG_SIGNER, Rig
from tests.unit.world import ORIGIN

from lotchain.core.checkpoints import Checkpoint
from lotchain.core.closing import is_closing, parse_closing
from lotchain.core.notes import ED25519_COSIGNATURE, VerifierKey
from lotchain.core.tree import consistency_path, inclusion_path, leaf_hash, root_of
from lotchain.events.fields import Seen
from lotchain.events.reading import read_entry
from lotchain.ledger import bundles
from lotchain.ledger.bundles import make_bundle
from lotchain.ledger.checkpointing import add_line, log_key, sign_checkpoint
from lotchain.signing import SoftwareSigner
from lotchain.signing.notes import cosign_ed25519
from lotchain.verify.bundle import Bundle, Leaf, SeenProof, decode_bundle, encode_bundle
from lotchain.verify.goods import Found
from lotchain.verify.offline import verify_bundle
from lotchain.verify.policy import Group, Policy
from lotchain.verify.trust import DAY_MS
from lotchain.verify.verdict import Verdict

LOT = "lot:CN-MAKER/A"
AUDITORS = ("one.auditor.example", "two.auditor.example", "three.auditor.example")
PLAIN = "plain.witness.example"


def _witness(name: str) -> tuple[SoftwareSigner, VerifierKey]:
    signer = SoftwareSigner.from_seed(name.encode().ljust(32, b".")[:32])
    return signer, VerifierKey(name, ED25519_COSIGNATURE, signer.public.raw)


WITNESSES = {name: _witness(name) for name in (*AUDITORS, PLAIN)}


class Bench:
    """One ledger and those who stand around it."""

    def __init__(self) -> None:
        self.rig = Rig()
        self.world = self.rig.world
        self.feed()

    @property
    def charter(self) -> bytes:
        """The charter's statement id."""
        return bytes.fromhex(self.world.charter)

    def feed(self, size: int = 1000) -> None:
        """Submit what the world has accepted since; every batch's checkpoint can then be named as seen."""
        self.rig.feed(size)
        seen = self.seen()
        self.world.checkpoints[seen.size, seen.root] = self.rig.ledger.time

    def seen(self) -> Seen:
        """The newest checkpoint as a statement names it."""
        checkpoint, _ = self.rig.ledger.reader.newest()
        return Seen(size=checkpoint.size, root=checkpoint.root.hex())

    def policy(self, **changes: Any) -> Policy:
        """Trust in the log, in two of three auditors, and in the plain witness; treaty not demanded."""
        values: dict[str, Any] = {
            "origin": ORIGIN,
            "log_keys": (log_key(ORIGIN, LOG_SIGNER),),
            "witnesses": {name: (key,) for name, (_, key) in WITNESSES.items()},
            "groups": {"two": Group(2, AUDITORS), "all": Group(2, ("two", PLAIN))},
            "quorum": "all",
            "auditors": AUDITORS,
            "audit_quorum": 2,
            "charter": self.charter,
            "max_age_ms": 2 * DAY_MS,
            "treaty_required": False,
        }
        return Policy(**{**values, **changes})

    def bundle(self, lot: str, times: Mapping[str, int] | None = None) -> Bundle:
        """The lot's bundle under the newest checkpoint; `times` says who cosigned when (s), default all, now."""
        self.feed()
        self.rig.ledger.publish()
        made = decode_bundle(make_bundle(self.rig.ledger.reader, lot))
        checkpoint, _ = self.rig.ledger.reader.published()
        return replace(made, note=self.note(checkpoint, times))

    def note(self, checkpoint: Checkpoint, times: Mapping[str, int] | None = None) -> bytes:
        """A checkpoint signed by the log's key and cosigned as `times` says."""
        at = self.world.time // 1000
        note = sign_checkpoint(checkpoint, LOG_SIGNER)
        for name, time in (dict.fromkeys(WITNESSES, at) if times is None else times).items():
            signer, key = WITNESSES[name]
            note = add_line(note, checkpoint, key, cosign_ed25519(checkpoint.text(), name, signer, time))
        return note

    def verify(
        self, bundle: Bundle, *, policy: Policy | None = None, now: int | None = None, found: Found | None = None
    ) -> Verdict:
        """What an inspector says of it."""
        moment = self.world.time if now is None else now
        return verify_bundle(encode_bundle(bundle), policy or self.policy(), now=moment, found=found)

    def verdict(self, lot: str, *, found: Found | None = None, **policy: Any) -> Verdict:
        """What an inspector says of the lot now."""
        return self.verify(self.bundle(lot), policy=self.policy(**policy), found=found)

    def entries(self) -> list[bytes]:
        """Every entry of the log."""
        reader = self.rig.ledger.reader
        return list(reader.entries(0, reader.size()))

    def forced(self, lot: str, raw: bytes, *touching: str) -> Bundle:
        """The lot's bundle from a log in which the newest statement is `raw`, which no honest judge would take.

        A statement must stand last in the log that may be replaced. `raw` is put into the histories of `touching`; the
        map knows nothing of it.
        """
        self.feed()
        self.rig.ledger.publish()
        reader = self.rig.ledger.reader
        place = reader.size() - 2
        maker = bundles._Maker(reader, *reader.published())
        read, history = maker._read, maker._history
        maker._read = lambda index: read_entry(raw) if index == place else read(index)  # type: ignore[assignment]
        maker._history = lambda name: [*history(name), *([place] if name in touching else [])]  # type: ignore[method-assign]
        made = maker.make(lot, with_openings=False)
        assert made is not None

        def change(entries: list[bytes]) -> None:
            entries[place] = raw

        return self.rebuilt(made, change)

    def rebuilt(
        self, bundle: Bundle, change: Callable[[list[bytes]], None], moved: Mapping[int, int] | None = None
    ) -> Bundle:
        """The bundle's proofs over entries that `change` altered, signed and cosigned as if nothing had happened.

        `moved` maps old indexes of leaves to new ones; by default every leaf stays in its place.
        """
        entries = self.entries()
        change(entries)
        leaves = [leaf_hash(raw) for raw in entries]
        size = len(entries)

        def node(level: int, index: int) -> bytes:
            return root_of(leaves[index << level : (index + 1) << level])

        def again(found: Sequence[Leaf]) -> tuple[Leaf, ...]:
            places = [(moved or {}).get(leaf.index, leaf.index) for leaf in found]
            return tuple(Leaf(i, entries[i], tuple(inclusion_path(i, size, node))) for i in places)

        seen = tuple(
            SeenProof(proof.size, proof.root, tuple(consistency_path(proof.size, size, node))) for proof in bundle.seen
        )
        checkpoint = Checkpoint(ORIGIN, size, root_of(leaves))
        return replace(
            bundle,
            note=self.note(checkpoint),
            statements=again(bundle.statements),
            closings=again(bundle.closings),
            seen=seen,
        )


def played() -> Bench:
    """One lot made and moved, beside another one of the same maker; several batches, checkpoints named as seen."""
    bench = Bench()
    world = bench.world
    world.make("OTHER", 7)
    bench.feed()
    world.make("FURTHER", 7)
    bench.feed()
    world.make("A", 100, seen=bench.seen())
    bench.feed()
    world.advance()
    offer = world.offer("maker", "carrier", LOT, seen=bench.seen())
    bench.feed()
    world.advance()
    world.take(offer, "carrier")
    bench.feed()
    world.advance()
    world.make("LATER", 3)
    bench.feed()
    return bench


@lru_cache(maxsize=1)
def bench() -> Bench:
    """One bench for all tests that only read; none may change its ledger."""
    return played()


@lru_cache(maxsize=1)
def good() -> Bundle:
    return bench().bundle(LOT)


def reclosed(raw: bytes, **changes: Any) -> bytes:
    """A closing record with members changed."""
    return replace(parse_closing(raw), **changes).encode()


def closing_places(entries: Sequence[bytes]) -> list[int]:
    """Where the closing records stand."""
    return [index for index, raw in enumerate(entries) if is_closing(raw)]


def codes(verdict: Verdict) -> set[str]:
    """The codes of a verdict's findings."""
    return {finding.code for finding in verdict.findings}


def weighing(verdict: Verdict) -> set[str]:
    """Codes that hold or fail, the missing rule sets aside."""
    return {finding.code for finding in verdict.findings if finding.kind.weight} - {"no-rule-set"}


def refusal(verdict: Verdict) -> str:
    """The one code of a refused verdict."""
    assert verdict.refused, codes(verdict)
    (finding,) = verdict.findings
    return finding.code
