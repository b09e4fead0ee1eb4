"""Which rule sets the authorities of a story adopt, and when: every law of theirs, or chosen at random.

Also mutations of what treaty rules rest on: filings, customs, permits and papers left out, moved or doubled, and sets that
are adopted while the story is under way.
"""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

from tests.agreement.mutations import MUTATIONS, Mutation, Steps, Story

from lotchain.app.adopting import adopted_document
from lotchain.core import canonical_json
from lotchain.core.instants import format_instant, parse_instant
from lotchain.custody.territory import laws_of

EARLY = "2020-01-01T00:00:00Z"
SUBSTANCES = ("79099-07-3", "108-24-7", "345-78-8", "*")
ASKED_FOR = ("filing", "customs-release", "permit-drawing", "pre-export-reply", "pre-export-notification",
             "authorisation-grant", "end-use-declaration", "consignment")  # fmt: skip
"""Event types that treaty rules rest on."""


def edition(jurisdiction: str, number: int) -> bytes:
    """The shipped document, or a later edition of it, in which one rule does not stand."""
    document = adopted_document(jurisdiction)
    if not number:
        return document
    members = json.loads(document)
    members["edition"] = f"2026-12-{number:02}"
    del members["rules"][number % len(members["rules"])]
    return canonical_json.encode(members)


def with_sets(content: dict[str, Any]) -> dict[str, Any]:
    """A copy in which every authority has adopted the Convention's set and its own law's, beside what the story says."""
    made = copy.deepcopy(content)
    rows = made.setdefault("rule_sets", [])
    standing = {(row["by"], row["jurisdiction"]) for row in rows}
    for name, authority in made["authorities"].items():
        for law in laws_of(authority["country"]):
            if (name, law) not in standing:
                rows.append({"by": name, "jurisdiction": law, "from": EARLY, "complete": "yes"})
    return made


def varied(content: dict[str, Any], random: Random) -> dict[str, Any]:
    """A copy in which some sets are not adopted, begin while the story is under way, or are adopted otherwise."""
    made = with_sets(content)
    if random.random() < 0.4:
        return made
    days = [step["at"] for step in made["steps"]]
    kept = [row for row in made["rule_sets"] if random.random() < 0.7]
    for row in kept:
        if random.random() < 0.3:
            row["from"] = random.choice(days)
        if random.random() < 0.3:
            row["complete"] = random.choice(("yes", "no"))
        if row["jurisdiction"] == "UN" and random.random() < 0.5:
            row["notice"] = random.sample(SUBSTANCES, random.randint(0, 2))
    made["rule_sets"] = kept
    return made


def adopted_late(story: Story) -> None:
    """An authority adopts a set of its country while the story is under way, as the law since then or since before."""
    step = story.pick()
    if step is None:
        return
    name = story.random.choice(story.authorities)
    since = story.random.choice((EARLY, EARLY, step["at"], story.random.choice(story.steps)["at"]))
    event: dict[str, Any] = {
        "adopts": story.random.choice(laws_of(story.content["authorities"][name]["country"])),
        "type": "rule-set-adoption/1", "from": since, "complete": story.random.random() < 0.5,
        "number": story.random.choice((0, 1, 1, 2)),
    }  # fmt: skip
    if event["adopts"] == "UN" and story.random.random() < 0.5:
        event["notice"] = story.random.sample(SUBSTANCES, 1)
    story.add(step, name, event)


def nothing_filed(story: Story) -> None:
    """One of the documents that rules ask for is not there."""
    step = story.pick(*ASKED_FOR)
    if step is not None:
        story.steps.remove(step)


def filed_again(story: Story) -> None:
    """One of them is filed by somebody else, or a second time, later."""
    step = story.pick("filing", "customs-release", "permit-drawing")
    if step is not None:
        story.add(step, story.random.choice(story.members), copy.deepcopy(step["event"]))


def filed_twice(story: Story) -> None:
    """One of them is filed twice at once, with other amounts."""
    step = story.pick("filing", "customs-release")
    if step is None:
        return
    second = copy.deepcopy(step)
    second["as"] = f"{step['as']}-twice-{len(story.steps)}"
    for amount in (second["event"].get(name) for name in ("quantity", "left", "released")):
        if amount is not None:
            amount["value"] = story.random.choice(("1.000", "99999.000"))
    story.steps.insert(story.steps.index(step) + 1, second)


def other_time(story: Story) -> None:
    """A filing or a release is said to be of another day."""
    step = story.pick("filing", "customs-release")
    if step is None:
        return
    name = "filed_at" if "filed_at" in step["event"] else "released_at"
    moved = parse_instant(step["event"][name], field=name) - story.random.randint(0, 40) * 24 * 3_600_000
    step["event"][name] = format_instant(moved)


def other_papers(story: Story) -> None:
    """The papers state something else."""
    step = story.pick("hand-over", "acceptance", "consignment")
    for paper in step["event"].get("documents", ()) if step else ():
        if "states" in paper:
            paper["states"] = paper["states"][: story.random.randint(0, len(paper["states"]))]
            if not paper["states"]:
                del paper["states"]


def drawn_by_another(story: Story) -> None:
    """Another party to the consignment draws on a permit that is not its own."""
    step = story.pick("permit-drawing")
    if step is not None:
        step["by"] = story.random.choice(story.parties)


def licensed_anew(story: Story) -> None:
    """A party's licence is changed: rules on licences ask of it."""
    step = story.pick()
    if step is None:
        return
    name = story.random.choice(story.parties)
    licence, party = story.content["parties"][name]["licence"], story.content["parties"][name]["id"]
    event = {"type": "licence-change/1", "party": party, **licence, "reason": "renewal"}
    if story.random.random() < 0.5:
        event["activities"] = story.random.sample(licence["activities"], 1)
    story.add(step, story.random.choice(story.authorities), event)


TREATY: tuple[Mutation, ...] = (
    adopted_late, nothing_filed, filed_again, filed_twice, other_time, other_papers, drawn_by_another, licensed_anew,
)  # fmt: skip


def mutated_treaty(content: dict[str, Any], seed: str) -> tuple[dict[str, Any], Steps, list[str], Random]:
    """A story with other adoptions: its content, its steps, the names of the mutations, the randomness to play it."""
    random = Random(seed)
    made = varied(content, random)
    story = Story(made, random)
    chosen = [
        *random.choices((adopted_late, *TREATY), k=random.randint(1, 4)),
        *random.choices(MUTATIONS, k=random.randint(0, 2)),
    ]
    for mutation in chosen:
        mutation(story)
    return made, story.steps, [mutation.__name__ for mutation in chosen], random
