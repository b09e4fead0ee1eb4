"""Evidence made to frame: a party by its operator, a log or witness by an old key that was stolen.

A false PROVED is worse than none. So the answer names nobody but whoever the file binds, and says what it does not bind.
"""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import Any

import pytest
from tests.changing import replace
from tests.vectors_build import evidence as build

from lotchain.core import canonical_json
from lotchain.core.checkpoints import Checkpoint
from lotchain.core.closing import ClosingRecord
from lotchain.core.heads import INITIAL_CHAIN, Head, subject_key
from lotchain.core.heads_trie import HeadsMap, MemoryHeadStore
from lotchain.core.notes import ED25519_COSIGNATURE, VerifierKey, parse_note
from lotchain.core.tree import leaf_hash, node_hash
from lotchain.custody import keys
from lotchain.errors import Malformed
from lotchain.ledger.checkpointing import add_line, sign_checkpoint
from lotchain.signing import SoftwareSigner
from lotchain.signing.notes import cosign_ed25519
from lotchain.verify import evidence as kinds
from lotchain.verify import evidence_signed
from lotchain.verify.bundle import Leaf
from lotchain.verify.evidence import Act, Acts, Evidence, SubjectShown, Tree, encode_evidence
from lotchain.verify.evidence_acts import subjects_read
from lotchain.verify.evidence_check import check_evidence
from lotchain.verify.evidence_signed import CANNOT_TELL, PROVED, Examined
from lotchain.verify.judge import JUDGE_VERSION
from lotchain.verify.policy import Policy, parse_policy

VECTORS: dict[str, Any] = json.loads(build.PATH.read_text())
FILES = {name: base64.b64decode(text) for name, text in VECTORS["files"].items()}
PLAIN = parse_policy(VECTORS["policies"]["plain"].encode())
THIEF = SoftwareSigner.from_seed(b"a key of the operator's own".ljust(32, b"."))
RETIRED = SoftwareSigner.from_seed(b"a key that the log has retired".ljust(32, b"."))


def forged_by_the_operator() -> bytes:
    """Acts by the operator's own key in a party's name, and a heads map of its own in which the key is the party's."""
    told = build.story()
    world = told.world
    raws = [world.sign(_loss(told, quantity), "carrier", signer=THIEF) for quantity in (3, 4)]
    acts = Acts(build.LOT, Act(raws[0]), Act(raws[1]), world.log[world.last(build.LOT)].raw, ())
    states = {
        name: canonical_json.encode(keys.new_key(world.party("carrier"), THIEF.public.cose.hex(), "", 0))
        if name.startswith("key:")
        else None
        for name in subjects_read(acts)
    }
    heads = HeadsMap(MemoryHeadStore())
    stated = {name: state for name, state in states.items() if state is not None}
    heads.update((subject_key(name), Head(1, INITIAL_CHAIN, sha256(state).digest())) for name, state in stated.items())
    shown = tuple(SubjectShown(name, state, heads.prove(subject_key(name))) for name, state in sorted(states.items()))
    closing = ClosingRecord(world.time, 0, 1, JUDGE_VERSION, heads.root()).encode()
    first = leaf_hash(b"whatever")
    checkpoint = Checkpoint(PLAIN.origin, 2, node_hash(first, leaf_hash(closing)))
    note = sign_checkpoint(checkpoint, build.OwnLog().signer)
    tree = Tree(note, (Leaf(1, closing, (first,)),))
    return encode_evidence(Evidence(kinds.DOUBLE_DEALING, (tree,), replace(acts, subjects=shown)))


def _loss(told: build.Story, quantity: int) -> Any:
    values = {"lot": build.LOT, "prev": told.world.last(build.LOT), "quantity": build.kg(quantity), "kind": "leaked",
              "place": build.CN, "occurred_at": told.world.now()}  # fmt: skip
    return build.Loss(**values)


def test_an_operator_frames_no_party_with_a_heads_map_of_its_own() -> None:
    """Whose a key is, is the operator's word alone: nothing is proved of the party, only of whoever holds the key."""
    said = check_evidence(forged_by_the_operator(), PLAIN)
    assert [guilt.who for guilt in said.proved] == [f"the holder of {THIEF.public.subject}"]
    assert any("operator's word" in text for text in said.not_proved)


def test_without_auditors_whose_a_key_is_is_not_shown() -> None:
    said = check_evidence(FILES["double dealing, by the operator's word"], PLAIN)
    assert said.word == PROVED and not any(guilt.who.startswith("the party") for guilt in said.proved)
    attested = check_evidence(FILES["double dealing, with the ledger"], PLAIN)
    assert [guilt.who for guilt in attested.proved] == ["the party party:CN-TRUCK"]


def with_the_retired_key() -> Policy:
    """An inspector's policy that still lists the log's old key, to read old bundles."""
    return replace(PLAIN, log_keys=(*PLAIN.log_keys, VerifierKey(PLAIN.origin, 1, RETIRED.public.raw)))


def by_the_thief() -> bytes:
    """The honest log's newest checkpoint, and another tree of that size under the old key, which was stolen."""
    honest = kinds.decode_evidence(FILES["split view"]).trees[0]
    checkpoint = _checkpoint(honest.note)
    stolen = sign_checkpoint(checkpoint._replace(root=bytes(32)), RETIRED)
    return encode_evidence(Evidence(kinds.SPLIT_VIEW, (honest, Tree(stolen))))


def _checkpoint(note: bytes) -> Checkpoint:
    return evidence_signed.open_signed(PLAIN, note).checkpoint


def test_two_trees_under_two_keys_of_a_log_are_not_said_to_be_one_holders() -> None:
    """A thief with a retired key can split no honest log without that being seen in the answer."""
    said = check_evidence(by_the_thief(), with_the_retired_key())
    assert said.word == PROVED
    assert any("different keys" in text for text in said.not_proved)
    facts = dict(said.facts)
    assert facts["first tree, signed by"] != facts["second tree, signed by"]
    same = check_evidence(FILES["split view"], PLAIN)
    assert not any("different keys" in text for text in same.not_proved)


def test_a_witness_that_is_named_is_named_with_what_its_key_does_not_prove() -> None:
    for name in ("witness rolled back", "split view", "judged: refused"):
        said = check_evidence(FILES[name], PLAIN)
        named = any(guilt.who.startswith("the witness") for guilt in said.proved)
        assert named == any("who used the witness's key" in text for text in said.not_proved), name
    assert any("who used the witness's key" in text for text in check_evidence(FILES["split view"], PLAIN).not_proved)


def test_a_line_is_not_made_another_witness_s_by_writing_its_name() -> None:
    """A witness's Ed25519 line does not state its name: under another's name and key id it must name nobody."""
    (name, _), (other, _) = build.WITNESS_KEYS.items()
    made = kinds.decode_evidence(FILES["split view"])
    notes = []
    for tree in made.trees:
        parsed = parse_note(tree.note)
        own, theirs = build.WITNESS_KEYS[name][1], build.WITNESS_KEYS[other][1]
        line = own.line_in(parsed)
        assert line is not None
        lines = [each for each in parsed.signatures if not own.made(each) and not theirs.made(each)]
        lines.append(line._replace(name=theirs.name, key_id=theirs.key_id))
        notes.append(replace(parsed, signatures=tuple(lines)).encode())
    said = check_evidence(encode_evidence(replace(made, trees=tuple(map(Tree, notes)))), PLAIN)
    assert said.word == PROVED and not any(guilt.who.startswith("the witness") for guilt in said.proved)


def test_a_witness_is_not_rolled_back_by_anothers_lines() -> None:
    """The smaller tree cosigned by one, the larger before that by the other: neither went back."""
    (name, (signer, key)), (other, (signer2, key2)) = build.WITNESS_KEYS.items()
    told = build.story()
    honest = build.log_of(told.batches)
    small, large = build.note_of(honest, build._size(told, 3)), build.note_of(honest)
    pairs = ((small, name, signer, key, 1_800_000_100), (large, other, signer2, key2, 1_800_000_000))
    notes = []
    for note, who, by, of, time in pairs:
        checkpoint = _checkpoint(note)
        notes.append(add_line(note, checkpoint, of, cosign_ed25519(checkpoint.text(), who, by, time)))
    made = Evidence(kinds.WITNESS_ROLLED_BACK, (Tree(notes[0]), Tree(notes[1])))
    said = check_evidence(encode_evidence(made), PLAIN)
    assert said.word != PROVED and said.fault is not None and said.fault.code == "evidence-unproved"


def test_a_machine_that_cannot_verify_a_signature_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ML-DSA-44 nothing is refuted: NOT PROVED would clear a log that signed two trees."""

    def unavailable(*_: object) -> Any:
        raise Malformed("mldsa-unavailable", "an ML-DSA-44 signature cannot be verified on this machine")

    monkeypatch.setattr(evidence_signed, "verify_cosignature", unavailable)
    said = check_evidence(FILES["split view"], PLAIN)
    assert isinstance(said, Examined) and said.word == CANNOT_TELL


def test_an_old_witness_key_of_another_kind_accuses_nobody() -> None:
    """A log's key that is listed as nobody's witness makes no cosignature, whatever type its line pretends."""
    thief = VerifierKey("stranger.example", ED25519_COSIGNATURE, THIEF.public.raw)
    made = kinds.decode_evidence(FILES["split view"])
    checkpoint = _checkpoint(made.trees[0].note)
    line = cosign_ed25519(checkpoint.text(), thief.name, THIEF, 1_800_000_000)
    noted = add_line(made.trees[0].note, checkpoint, thief, line)
    said = check_evidence(encode_evidence(replace(made, trees=(Tree(noted), made.trees[1]))), PLAIN)
    assert said.word == PROVED and "stranger" not in json.dumps(said.as_json())
