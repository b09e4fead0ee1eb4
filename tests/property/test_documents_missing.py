"""Take any one document away from a life in which all are there, and the treaty answer is never compliant again.

What may be taken away all the same is listed with its reason; a document that turns out to be asked for, or no longer is,
fails here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from tests.property.lives import (
    Life,
    answer,
    export_to_canada,
    import_to_germany,
    import_to_the_states,
    inland_supply,
    of_scenario,
    unannounced_export,
    without_each,
)

from lotchain.custody.findings import Answer, Weight

NOTED: Final = "the only rules that ask for these papers are known from memory: a note is left, and nothing weighs"
OTHER_ACTIVITY: Final = (
    "another activity of the same licence is enough, or no rule but one known from memory asks for it"
)
EITHER_WAY: Final = "the permit was there, so whether customs let the goods in changes nothing: the rule is not counted"
NOT_HERE: Final = "no rule set of this country asks for it"
CHAIN: Final = "the chain is broken instead (maker-unlicensed): the word is FAIL, by another answer"
TWICE: Final = "the authority's own record of the same declaration stands beside it"
OTHERS: Final = "it is of a party, or of a lot, on which this lot does not rest"

LIVES: Final[dict[str, tuple[Callable[[], Life], dict[str, str]]]] = {
    "United States to Canada": (export_to_canada, {
        "papers of declared": NOTED, "papers of to-truck": NOTED, "papers of to-importer": NOTED,
        "let-in": EITHER_WAY, "licence of maker to manufacture": CHAIN, "licence of maker to export": OTHER_ACTIVITY,
        "licence of importer to import": OTHER_ACTIVITY,
    }),
    "India to Germany": (import_to_germany, {
        "papers of declared": NOTED, "papers of to-ship": NOTED, "papers of to-importer": NOTED,
        "papers of at-importer": NOTED, "papers of to-user": NOTED, "papers of at-user": NOTED,
        "let-in": EITHER_WAY, "officer-named": "no rule asks that a licence be changed, only what a changed one says",
        "review_at of officer-named": "the licence ends within the same 36 months",
        "licence of maker to export": OTHER_ACTIVITY, "licence of importer to import": OTHER_ACTIVITY,
        "licence of importer to distribute": OTHER_ACTIVITY,
    }),
    "India to the United States": (import_to_the_states, {
        "papers of consignment": NOTED, "papers of to-railway": NOTED, "papers of to-ship": NOTED,
        "papers of to-importer": NOTED, "quota": NOT_HERE, "quota-drawn": NOT_HERE, "form-486a": TWICE,
        "no-objection-certificate": "India asks for one for schedules B and C; this substance is in schedule A",
        "export-drawn": "India asks for one for schedules B and C; this substance is in schedule A",
        "licence of maker to export": OTHER_ACTIVITY, "licence of importer to import": OTHER_ACTIVITY,
        "licence of importer to use": OTHER_ACTIVITY, "licence of warehouse to store": OTHERS,
    }),
    "Germany to Türkiye": (lambda: of_scenario("acetic-anhydride", "lot:DE-LEV-331/AA-2610-331"), {
        "papers of consignment": NOTED, "papers of to-first-carrier": NOTED, "papers of to-second-carrier": NOTED,
        "papers of to-user": NOTED, "papers of heel-to-maker": OTHERS, "import-permit": NOT_HERE,
        "import-drawn": NOT_HERE, "customs-import": NOT_HERE, "licence of maker to manufacture": CHAIN,
        "licence of maker to export": OTHER_ACTIVITY, "licence of user to import": OTHER_ACTIVITY,
        "licence of user to use": OTHER_ACTIVITY,
    }),
    "China to Mexico": (lambda: of_scenario("piperidone", "lot:MX-9524321000040/BP4-B"), {
        "papers of consignment": NOTED, "papers of to-truck": NOTED, "papers of to-port": NOTED,
        "papers of to-ship": NOTED, "papers of to-importer": NOTED, "papers of to-b": NOTED, "papers of to-a": OTHERS,
        "a-in-sisus": OTHERS, "import-permit": NOT_HERE, "import-drawn": NOT_HERE, "customs-import": NOT_HERE,
        "licence of maker to export": OTHER_ACTIVITY, "licence of port to store": OTHER_ACTIVITY,
        "licence of importer to import": OTHER_ACTIVITY, "licence of importer to distribute": OTHER_ACTIVITY,
        "licence of user-a to use": OTHERS, "licence of trader to distribute": OTHERS,
    }),
}  # fmt: skip


@pytest.mark.parametrize("name", LIVES)
def test_any_one_document_less_is_not_compliant(name: str) -> None:
    make, excused = LIVES[name]
    life = make()
    whole = answer(life)
    assert whole.word == "CLEAR" and whole.answers.treaty.startswith("compliant with")
    assert len(whole.treaty.held) >= 4
    tried, still = 0, {}
    for less in without_each(life):
        verdict = answer(less.life)
        tried += 1
        if verdict.answers.treaty.startswith("compliant"):
            still[less.what] = sorted({f.code for f in verdict.findings if f.kind.answer is Answer.TREATY})
        else:
            assert verdict.word != "CLEAR"
    assert set(still) == set(excused), {what: still.get(what) for what in set(still) ^ set(excused)}
    assert tried - len(still) >= 8, "most documents are asked for"


def test_a_chain_without_a_licensed_maker_fails_by_its_own_answer() -> None:
    (less,) = (less for less in without_each(export_to_canada()) if less.what == "licence of maker to manufacture")
    verdict = answer(less.life)
    assert (verdict.word, verdict.answers.chain) == ("FAIL", "broken")


def treaty(life: Life) -> tuple[str, dict[str, Weight]]:
    """The first word of the treaty answer, and what weighs on it."""
    verdict = answer(life)
    weights = {f.code: f.kind.weight for f in verdict.findings if f.kind.answer is Answer.TREATY and f.kind.weight}
    return verdict.answers.treaty.partition(" ")[0].rstrip(":"), weights


@pytest.mark.parametrize(("opened", "word", "codes"), [
    ("2024-11-29T00:00:00Z", "compliant", {}),
    ("2024-12-02T04:00:00Z", "undetermined", {"un-07-notice": Weight.HOLD}),  # left before, received after
    ("2024-12-03T00:00:00Z", "breach", {"un-07-notice": Weight.FAIL}),
])  # fmt: skip
def test_an_export_on_either_side_of_a_listing(opened: str, word: str, codes: dict[str, Weight]) -> None:
    """1-boc-4-piperidone is in Table I since 3 December 2024: from then on its exports are notified."""
    assert treaty(unannounced_export(opened, "79099-07-3")) == (word, codes)


@pytest.mark.parametrize(("opened", "word"), [
    ("2023-02-19T00:00:00Z", "compliant"), ("2023-02-20T00:00:00Z", "breach"),
])  # fmt: skip
def test_a_supply_on_either_side_of_a_listing(opened: str, word: str) -> None:
    """4-AP is of category 1 since 20 February 2023: from then on its buyers declare its use."""
    said, codes = treaty(inland_supply(opened, "23056-29-3"))
    assert said == word
    assert codes == ({} if word == "compliant" else {"eu-02-declaration": Weight.FAIL})


@pytest.mark.parametrize(("since", "word", "codes"), [
    ("2024-12-05T00:00:00Z", "breach", {"un-07-notice": Weight.FAIL}),
    ("2024-12-05T12:00:00Z", "breach", {"un-07-notice": Weight.FAIL, "rule-set-not-adopted": Weight.HOLD}),
    ("2024-12-09T00:00:00Z", "undetermined", {"rule-set-not-adopted": Weight.HOLD}),
])  # fmt: skip
def test_statements_on_either_side_of_an_adopted_law(since: str, word: str, codes: dict[str, Weight]) -> None:
    """Before the day from which the authorities say that it is the law nobody asks, and nobody says that all is well."""
    assert treaty(unannounced_export("2024-12-05T00:00:00Z", "79099-07-3", since=since)) == (word, codes)


def test_less_adopted_is_never_better() -> None:
    """A life that is compliant by four sets is not by three: what was not adopted was not examined."""
    life = export_to_canada()
    for place in range(len(life.content["rule_sets"])):
        rows = life.content["rule_sets"]
        less = life._replace(content={**life.content, "rule_sets": rows[:place] + rows[place + 1 :]})
        word, codes = treaty(less)
        assert word == "undetermined" and "rule-set-not-adopted" in codes
