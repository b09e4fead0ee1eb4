"""Makes specs/vectors/draft.json: `python -m tests.vectors_build.drafts` from the root of the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PATH = Path(__file__).resolve().parents[2] / "specs" / "vectors" / "draft.json"
Json = dict[str, Any]

AT = "2026-05-01T10:00:00Z"
IDS = {"001-registration-line-1": "1" * 64, "002-registration-line-2": "2" * 64}
SEEN = {"root": "5e" * 32, "size": 7}


def line(number: int) -> Json:
    """One line of the offer, which names the registration of its lot."""
    return {
        "lot": f"lot:US-XXEXAMPLEGEN/A-{number}",
        "prev": f"@00{number}-registration-line-{number}",
        "quantity": {"unit": "LTR", "value": "1816.99765632"},
    }


OFFER: Json = {
    "type": "hand-over/1",
    "occurred_at": "2026-03-02T14:30:00Z",
    "to": "party:US-XXEXAMPLETR1",
    "receives_as": "carrier",
    "lines": [line(1), line(2)],
    "place": {"code": "USRIC", "offset": "-05:00"},
    "deadline": "2026-03-12T14:30:00Z",
    "mode": "road",
}
DRAFT: Json = {
    "format": "lotchain-draft/1",
    "name": "003-hand-over-generator",
    "signer": "party:US-XXEXAMPLEGEN",
    "after": list(IDS),
    "event": OFFER,
}


def without(value: Json, /, **changes: Any) -> Json:
    """An object with members replaced, or taken out (None)."""
    return {name: member for name, member in {**value, **changes}.items() if member is not None}


def file_of(draft: Any) -> str:
    """A draft's text; nothing in the format asks for this spacing or order."""
    return json.dumps(draft, ensure_ascii=True)


def payload(event: Json, /, **changes: Any) -> str:
    """What must be signed, by the words of the page: links and changes put in by hand, canonical JSON."""
    lines = [{**each, "prev": IDS.get(str(each["prev"])[1:], each["prev"])} for each in event["lines"]]
    return json.dumps({**event, "lines": lines, **changes}, sort_keys=True, separators=(",", ":"))


def good(name: str, comment: str, draft: Json, signed: str, **given: Any) -> Json:
    """A draft, what is known when it is signed, and the payload."""
    known = {"statements": IDS, "signed_at": AT, "seen": None, **given}
    return {"name": name, "comment": comment, "valid": True, "draft": file_of(draft), **known, "payload": signed}


def unreadable(name: str, comment: str, code: str, text: str) -> Json:
    """What is no draft, whatever is known."""
    return {"name": name, "comment": comment, "valid": False, "code": code, "kind": "read", "draft": text}


def bad(name: str, comment: str, code: str, /, **changes: Any) -> Json:
    """A draft with members replaced or taken out, refused when it is read."""
    return unreadable(name, comment, code, file_of(without(DRAFT, **changes)))


def bad_event(name: str, comment: str, code: str, /, **changes: Any) -> Json:
    """A draft whose event has members replaced or taken out, refused when it is read."""
    return bad(name, comment, code, event=without(OFFER, **changes))


def unready(name: str, comment: str, code: str, draft: Json, **given: Any) -> Json:
    """A good draft that cannot be resolved with what is known."""
    known = {"statements": IDS, "signed_at": AT, "seen": None, **given}
    head = {"name": name, "comment": comment, "valid": False, "code": code, "kind": "resolve"}
    return {**head, "draft": file_of(draft), **known}


def build() -> Json:
    """The whole file."""
    waiting = without(OFFER, occurred_at="@signed-at", deadline="@signed-at+240h")
    later = {**DRAFT, "event": waiting}
    texts = without(OFFER, remarks="@001-registration-line-1")
    alone = {**DRAFT, "after": ["001-registration-line-1"], "event": without(OFFER, lines=[line(1)])}
    far = [f"000-a{i}" for i in range(65)]
    cases = [
        good("two references", "each line follows its registration", DRAFT, payload(OFFER)),
        good("times of signing", "240 hours are ten days", later,
             payload(waiting, occurred_at=AT, deadline="2026-05-11T10:00:00Z")),
        good("a checkpoint seen", "the signer's newest, written in", DRAFT, payload(OFFER, seen=SEEN), seen=SEEN),
        good("a checkpoint already there", "the draft's own stays",
             {**DRAFT, "event": {**OFFER, "seen": {**SEEN, "size": 3}}},
             payload(OFFER, seen={**SEEN, "size": 3}), seen=SEEN),
        good("text like a reference", "only links and times hold references", {**DRAFT, "event": texts}, payload(texts)),
        good("more statements than named", "others are no matter", alone, payload(alone["event"])),
        unready("nothing signed yet", "sign the registrations first", "draft-unsigned", DRAFT, statements={}),
        unready("one not signed yet", "both are named", "draft-unsigned", DRAFT,
                statements={"001-registration-line-1": "1" * 64}),
        unready("an id that is none", "63 digits", "hash-format", alone,
                statements={"001-registration-line-1": "1" * 63}),
        unready("no time given", "it waits for the signing", "draft-time", later, signed_at=None),
        unready("a time of another form", "instants are UTC", "time-format", later,
                signed_at="2026-05-01T10:00:00+00:00"),
        unready("a time beyond the calendar", "240 hours after the last day", "time-format", later,
                signed_at="9999-12-31T00:00:00Z"),
        unready("a checkpoint that is none", "size 0", "field-range", DRAFT, seen={**SEEN, "size": 0}),
        unreadable("empty", "no JSON", "json-malformed", ""),
        unreadable("a list", "a draft is an object", "draft-format", "[]"),
        unreadable("a key twice", "two readings", "duplicate-key", '{"format":"lotchain-draft/1","format":"x"}'),
        unreadable("too deep", "17 levels", "too-deep", '{"event":' * 17 + "1" + "}" * 17),
        bad("another version", "nothing is concluded from it", "draft-format", format="lotchain-draft/2"),
        bad("no format", "it names itself", "draft-format", format=None),
        bad("another member", "just these members", "draft-format", note="x"),
        bad("no signer", "just these members", "draft-format", signer=None),
        bad("signer without kind", "ids name their kind", "id-chars", signer="US-XXEXAMPLEGEN"),
        bad("a lot as signer", "parties sign", "id-kind", signer="lot:US-XXEXAMPLEGEN/A-1"),
        bad("signer a number", "an id is text", "draft-format", signer=7),
        bad("name without number", "three digits first", "draft-format", name="hand-over"),
        bad("name a path", "it is a file's name", "draft-format", name="003-../../x"),
        bad("name with a line break", "no other characters", "draft-format", name="003-hand-over\n"),
        bad("name in capitals", "lower case", "draft-format", name="003-Hand-over"),
        bad("after as text", "a list", "draft-format", after="001-registration-line-1"),
        bad("after itself", "others come before", "draft-format", after=["003-hand-over-generator"]),
        bad("after a later one", "others come before", "draft-format", after=["009-acceptance"]),
        bad("after one twice", "each once", "draft-format", after=["001-a", "001-a"]),
        bad("after too many", "65", "draft-format", after=far),
        bad("after one unused", "each is named", "draft-format", after=["000-other", *IDS]),
        bad("a reference not in after", "it would be nobody's", "draft-reference", after=["001-registration-line-1"]),
        bad("event a list", "an object", "draft-format", event=[]),
        bad("event without type", "no event", "event-type", event={}, after=[]),
        bad_event("event of another version", "nothing is concluded from it", "version-unsupported",
                  type="hand-over/9"),
        bad_event("now", "no such time", "draft-reference", occurred_at="@now"),
        bad_event("no hours", "zero hours are written without", "draft-reference", deadline="@signed-at+0h"),
        bad_event("hours padded", "one spelling", "draft-reference", deadline="@signed-at+024h"),
        bad_event("too many hours", "five digits", "draft-reference", deadline="@signed-at+10000h"),
        bad_event("a statement as a time", "links and times differ", "draft-reference",
                  deadline="@001-registration-line-1"),
        bad_event("a reference as receiver", "a party is no reference", "id-chars", to="@001-registration-line-1"),
        bad_event("a field too many", "the event's own rule", "field-unknown", surprise=1),
        bad_event("a field too few", "the event's own rule", "field-missing", deadline=None),
        bad_event("a fraction", "events hold no such number", "json-malformed", mode=1.5),
    ]  # fmt: skip
    return {
        "format": "lotchain-draft/1",
        "version": 1,
        "source": "python -m tests.vectors_build.drafts, payloads and codes written by hand",
        "cases": cases,
    }


def text() -> str:
    """The file."""
    return json.dumps(build(), indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    PATH.write_text(text())
