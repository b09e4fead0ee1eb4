"""Threat row 39, homoglyphs: ids are ASCII of a closed grammar; a look-alike letter is `id-chars`, wherever an id stands.

The row's form of ids (with a checksum digit) is superseded by the protocol's. Its report NAME_CONFUSABLE is not the
parser's business: names of people are theirs to write, are compared by nobody, and decide nothing (the party id does).
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.threats.surroundings import Small, shared, with_member

from lotchain.ledger.bundles import make_bundle

LOT = "lot:CN-MAKER/M-1"
LOOKALIKES = {
    "Cyrillic A": ("A", "А"),
    "Cyrillic M": ("M", "М"),
    "Greek Alpha": ("A", "Α"),
    "full-width M": ("M", "Ｍ"),
    "mathematical M": ("M", "\U0001d40c"),
    "Roman numeral": ("M", "Ⅿ"),
    "non-breaking hyphen": ("-", "‑"),
    "en dash": ("-", "–"),
    "minus": ("-", "−"),
    "soft hyphen": ("-", "\xad-"),
    "full-width colon": (":", "："),
    "ratio": (":", "∶"),
    "division slash": ("/", "∕"),
    "fraction slash": ("/", "⁄"),
    "Arabic one": ("1", "١"),
    "small letter l": ("1", "l"),
    "combining": ("M", "M\u0301"),
    "zero-width": ("M", "M\u200b"),
}


@pytest.mark.parametrize("name", LOOKALIKES)
def test_a_lot_with_a_look_alike(name: str) -> None:
    old, new = LOOKALIKES[name]
    twin = LOT[:4] + LOT[4:].replace(old, new, 1) if old != ":" else LOT.replace(old, new)
    small = shared()
    fault = small.bad_event(small.registration(lot=twin), "id-chars", "lot")
    assert fault.found == ascii(twin), "the difference is shown in a way that can be seen"
    assert "exactly as it stands" in fault.remedy


def events(small: Small) -> dict[str, tuple[dict[str, Any], str]]:
    """One good event for each kind of id, as plain members, and the path where the id stands."""
    offer = small.hand_over("maker", "carrier", LOT).model_dump(mode="json", exclude_none=True)
    now = small.now()
    grant = {
        "type": "licence-grant/1", "occurred_at": now, "party": "party:CN-NEW", "organisation": "New", "number": "1",
        "activities": ["use"], "substances": ["*"], "valid_from": now,
    }  # fmt: skip
    split = {
        "type": "split/1", "occurred_at": now, "lot": LOT, "prev": small.last(LOT),
        "children": [{"lot": f"{LOT}-{n}", "quantity": {"value": "250", "unit": "KGM"}} for n in (1, 2)],
    }  # fmt: skip
    revocation = {
        "type": "key-revocation/1", "occurred_at": now, "key": small.signers["maker"].public.subject, "reason": "lost",
    }  # fmt: skip
    endorsement = {"type": "endorsement/1", "occurred_at": now, "subject": LOT, "endorses": "11" * 32}
    hold = {"type": "hold/1", "occurred_at": now, "lots": [LOT], "reason": "suspicion"}
    return {
        "to": (offer, "to"),
        "line": (offer, "lines[0].lot"),
        "licensee": (grant, "party"),
        "parent": (split, "lot"),
        "child": (split, "children[1].lot"),
        "key": (revocation, "key"),
        "subject": (endorsement, "subject"),
        "held": (hold, "lots[0]"),
    }


@pytest.mark.parametrize("name", ["to", "line", "licensee", "parent", "child", "key", "subject", "held"])
@pytest.mark.parametrize("letter", ["а", "Ａ", "\u202e", "a", "é", "%", " ", "\x00"], ids=ascii)
def test_every_id_of_every_kind(name: str, letter: str) -> None:
    small = shared()
    event, path = events(small)[name]
    holder: Any = event
    for step in path.replace("]", "").replace("[", ".").split("."):
        holder = holder[int(step)] if step.isdigit() else holder[step]
    if name == "key" and letter == "a":
        letter = "g"
    small.bad_event(with_member(event, path, holder[:-1] + letter), "id-chars", path)


def test_ids_in_the_signed_header() -> None:
    small = shared()
    good = small.sign_event(small.registration())
    for old, new, field in (
        (b"party:CN-MAKER", b"party:CN-MAK\xd0\x95", "issuer"),
        (b"lot:CN-MAKER/T-1", b"lot:CN-MAKER/T\xc2\xb9", "subject"),
    ):
        assert len(old) == len(new)
        fault = small.malformed(good.replace(old, new, 1), "statement-malformed", field)
        assert fault.what == "a claim is ASCII text"
    small.malformed(good.replace(b"party:CN-MAKER", b"party:CN-mAKER", 1), "id-chars", "issuer")
    small.malformed(good.replace(b"lot:CN-MAKER/T-1", b"lot:CN-MAKER/t-1", 1), "id-chars", "subject")


def test_a_look_alike_asks_for_no_bundle() -> None:
    small = shared()
    with pytest.raises(Exception, match="id-chars"):
        make_bundle(small.ledger.reader, "lot:CN-MAKER/М-1")


def test_names_of_people_in_any_script_decide_nothing() -> None:
    """Two organisations whose names look alike are told apart by what is compared: their ids and these very bytes."""
    small = Small()
    for number, organisation in enumerate(("Sigma", "Ѕigma")):
        grant = {
            "type": "licence-grant/1", "occurred_at": small.now(), "party": f"party:CN-S{number}",
            "organisation": organisation, "number": "1", "activities": ["transport"], "substances": ["*"],
            "valid_from": small.now(),
        }  # fmt: skip
        small.taken(small.sign_event(grant, "cn", subject=f"party:CN-S{number}"))
    parties = [small.states[f"party:CN-S{number}"]["organisation"] for number in (0, 1)]
    assert parties == ["Sigma", "Ѕigma"]
