"""`python -m tests.show_chain`: what the chain of custody promises, shown in full counts, one line a point.

Options: `--quick` for reduced counts, `--only WORD` for the points whose name holds the word, `--processes N`.
The exit code is 0 only when every point that was asked for holds.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import chain as bench
from tests.faults.test_kill_appending import kill_ledgers
from tests.faults.test_mirror_faults import kill_mirrors
from tests.network.operator_side import COUNTRIES
from tests.network.places import places
from tests.network.steps import play
from tests.show import agreement, closure, flips, lies, offline_life
from tests.show.clean_clone import make_on_a_clone
from tests.show.pytest_files import Outcome, run_tests

Shown = tuple[bool, str]


@dataclass(slots=True)
class Show:
    """How much is shown, and how far it is."""

    quick: bool
    processes: int
    name: str = ""
    begun: float = field(default_factory=time.monotonic)

    def told(self, of: int) -> Callable[[int], None]:
        """A progress line on the error stream, rewritten in place on a terminal."""
        shown = [0.0]

        def tell(done: int) -> None:
            now = time.monotonic()
            if sys.stderr.isatty() and (now - shown[0] > 0.2 or done >= of):
                shown[0] = now
                end = "\r" if done < of else "\r\x1b[K"
                print(f"  {self.name}: {done:,} of {of:,}", end=end, file=sys.stderr, flush=True)

        return tell


def clean_clone(show: Show) -> Shown:
    """Two commands do everything."""
    return make_on_a_clone("demo") if show.quick else make_on_a_clone("demo", "test")


def every_bit(show: Show) -> Shown:
    """One bit changed, the trailing digest as it was; in the full count also each bit of the rule documents."""
    subject = flips.smallest(adopted=not show.quick)
    tally = flips.every_bit(subject)
    whole = tally.seen == len(subject.data) * 8
    refused = tally.unreadable.total()
    line = f"{len(subject.data):,} bytes × 8 bits of the smallest bundle: {refused:,} of {tally.seen:,} refused"
    return whole and not tally.broken, line + _first(tally.broken)


def new_digest(show: Show) -> Shown:
    """One random bit changed, the trailing digest made anew."""
    return _changed(show, flips.random_bits, 150 if show.quick else 5_000, "random bits")


def changed_parts(show: Show) -> Shown:
    """Whole parts changed, left out or exchanged, encoded anew."""
    return _changed(show, flips.random_parts, 150 if show.quick else 5_000, "changed parts")


def _changed(show: Show, work: Callable[[str, int, int], flips.Tally], count: int, what: str) -> Shown:
    total, told, told_of = flips.Tally(), [], show.name
    for kind in flips.KINDS:
        show.name = f"{told_of}, {kind}"
        tally = flips.many(work, kind, count, show.processes, show.told(count))
        refused = tally.unreadable.total() + tally.refused.total()
        told.append(f"{kind} {refused:,} refused, {tally.no_better.total():,} no better")
        total.add(tally)
    line = f"{total.seen:,} bundles with {what} under a new digest: {'; '.join(told)}; {len(total.broken)} say more"
    return total.seen == 3 * count and not total.broken, line + _first(total.broken)


def agree(show: Show) -> Shown:
    """Append, audit and offline verifier."""
    count = 25 if show.quick else 500
    fixtures = agreement.fixture_ledgers()
    honest = agreement.many_ledgers(count, dishonest=False, processes=show.processes, told=show.told(count))
    line = (
        f"{fixtures.ledgers} fixtures and {honest.ledgers} mutated ledgers: "
        f"{fixtures.statements + honest.statements:,} statements by append and audit, "
        f"{fixtures.compared + honest.compared:,} shared with {fixtures.bundles + honest.bundles:,} bundles "
        f"({len(honest.codes)} finding codes), {honest.refused.total():,} refused by append; "
    )
    broken = fixtures.broken + honest.broken
    return not broken and honest.ledgers == count, line + f"{len(broken)} disagreements" + _first(broken)


def agree_dishonest(show: Show) -> Shown:
    """Ledgers whose operator logs what the judge refuses."""
    count = 25 if show.quick else 500
    tally = agreement.many_ledgers(count, dishonest=True, processes=show.processes, told=show.told(count))
    line = (
        f"{tally.ledgers} ledgers of a dishonest operator: {tally.forced:,} refused statements logged, each named by the "
        f"audit; {tally.compared:,} statements shared with {tally.bundles:,} bundles; {len(tally.broken)} disagreements"
    )
    return not tally.broken and tally.forced > 0, line + _first(tally.broken)


def agree_treaty(show: Show) -> Shown:
    """Rule sets adopted by all, by some, late, in several editions; documents left out, moved, filed by others."""
    count = 25 if show.quick else 250
    work = partial(agreement.many_ledgers, count, treaty=True, processes=show.processes, told=show.told(count))
    honest, dishonest = work(dishonest=False), work(dishonest=True)
    rules = {code for code in honest.codes + dishonest.codes if code in agreement.RULES}
    broken = honest.broken + dishonest.broken
    line = (
        f"{honest.ledgers} ledgers under mutated treaty law and {dishonest.ledgers} of a dishonest operator: "
        f"{honest.statements + dishonest.statements:,} statements by append and audit, "
        f"{honest.compared + dishonest.compared:,} shared with {honest.bundles + dishonest.bundles:,} bundles, "
        f"{len(rules)} rules broken or open; {len(broken)} disagreements"
    )
    return not broken and bool(rules), line + _first(broken)


def ct_merkle(show: Show) -> Shown:
    """The tree against published roots."""
    return _tests(run_tests("tests/unit/test_tree.py"), "the tree agrees with the Certificate Transparency vectors")


def wycheproof(show: Show) -> Shown:
    """Signatures and keys against published cases."""
    outcome = run_tests("tests/unit/test_wycheproof.py", "tests/unit/test_keys.py")
    return _tests(
        outcome,
        "Wycheproof: 151 Ed25519 and 262 P-256 cases (70 of them high-S, the only difference); "
        "small-order, mixed-order and non-canonical Ed25519 keys refused",
    )


def cose_wg(show: Show) -> Shown:
    """The signature layer against the working group's examples."""
    return _tests(run_tests("tests/unit/test_cose_wg.py"), "cose-wg sign1: passes hold, fails fail for their reason")


def heads_pairs(show: Show) -> Shown:
    """Proofs of presence and absence, all against all."""
    names = ("test_presence_and_absence_never_pass_for_each_other", "test_every_subject_has_one_proof_and_it_is_true")
    outcome = run_tests(*(f"tests/unit/test_heads.py::{name}" for name in names))
    return _tests(outcome, "presence and absence in a 200-subject map, all pairs: over 439,800 tried, none accepted")


def _tests(outcome: Outcome, what: str) -> Shown:
    return outcome.holds, f"{what} ({outcome.line()})"


def offline(show: Show) -> Shown:
    """Papers signed on the road."""
    count = 0
    try:
        for _ in offline_life.journeys():
            count += 1
    except offline_life.Differs as fault:
        return False, f"offline life: after {count} journeys: {fault}"
    return count > 36, (
        f"offline life: {count} journeys (right and wrong order, one packet, twice; inspection, hold, key revocation, "
        "withdrawal and sample meanwhile), each answered as the protocol asks"
    )


def kills(show: Show) -> Shown:
    """kill -9 while appending."""
    count = 8 if show.quick else 200
    try:
        survived = kill_ledgers(count, show.told(count))
    except AssertionError as fault:
        return False, f"kill -9 while appending: {fault}"
    line = (
        f"kill -9 at {survived.kills} random points of appending: {survived.acknowledged:,} acknowledged statements "
        f"looked up, none lost; reopened and wholly audited {survived.audits} times"
    )
    whole = survived.kills == survived.audits == count
    return whole and (show.quick or survived.acknowledged > count), line


def small_closure(show: Show) -> Shown:
    """A lot's proof amid what else its authority, its carrier and its permit have to do."""
    around = closure.Surroundings(500, 50, 50) if show.quick else closure.Surroundings(10_000, 1_000, 1_000)
    alone, amid = closure.prove(closure.Surroundings()), closure.prove(around, show.told(sum(around)))
    grown, most = amid.size - alone.size, closure.MOST_GROWTH
    same = amid.subjects == alone.subjects and amid.statements == alone.statements and not closure.strangers(amid)
    line = (
        f"a lot's bundle beside {around.licensees:,} parties licensed by its authority, {around.keys:,} keys of its "
        f"carrier and {around.drawings:,} drawings on its permit: {alone.size:,} bytes and {grown:,} more (at most "
        f"{most:,}), the same {alone.statements} statements about the same {len(alone.subjects)} subjects"
    )
    return same and grown <= most, line


def operators_lies(show: Show) -> Shown:
    """An operator who holds the log's key, against auditors who watch it and holders of old proofs."""
    count = 60 if show.quick else 1_000
    tally = lies.many(count, show.processes, show.told(count))
    kinds = ", ".join(f"{kind} {tally.told[kind]}" for kind in lies.KINDS)
    found = Counter(name.rpartition(" ")[2] for name in tally.compared.elements())
    line = (
        f"{tally.told.total():,} lies ({kinds}): {tally.declined.total():,} looks of auditors and none cosigned, "
        f"{tally.twins} honest twins cosigned; compared, found by an old checkpoint {found['checkpoint']:,} times, by an "
        f"old bundle {found['bundle']:,}, by a copy where the lie is shorter {found['copy']:,}; {tally.shown.total():,} files of evidence proved under the policy alone; "
        f"{len(tally.broken)} went through"
    )
    whole = tally.told.total() == count and tally.declined.total() == lies.AUDITORS * count
    return whole and not tally.broken and tally.twins > 0, line + _first(tally.broken)


def mirror_kills(show: Show) -> Shown:
    """kill -9 while mirroring."""
    count = 8 if show.quick else 100
    try:
        survived = kill_mirrors(count, show.told(count))
    except AssertionError as fault:
        return False, f"kill -9 while mirroring: {fault}"
    line = (
        f"kill -9 at {survived.kills} random points of mirroring a log that grows: {survived.cosigned} rounds cosigned, "
        f"each remembered and in the copy; gone on from, and wholly audited {survived.audits} times"
    )
    return survived.kills == count and survived.cosigned > 0, line


def three_countries(show: Show) -> Shown:
    """A network of real processes: cut off, lied to, shown two views."""
    told: list[str] = []
    with TemporaryDirectory(prefix="lotchain-network-") as path, places(COUNTRIES, namespaces=True) as where:
        found, expected = play(Path(path), where, told.append, short=show.quick)
    wrong = [line.strip() for line in told if "NOT AS EXPECTED" in line]
    steps = sum(line[:1].isdigit() for line in told)
    line = f"three countries in {where.kind}, {steps} steps: {found} of {expected} as expected"
    return found == expected, line + _first(wrong)


def benchmark(show: Show) -> Shown:
    """Rates and sizes beside their peers."""
    results = bench.measure(quick=show.quick)
    return not results.over, "bench\n    " + "\n    ".join(bench.lines(results))


def _first(broken: list[str]) -> str:
    return f"\n    first: {broken[0][:500]}" if broken else ""


POINTS: dict[str, Callable[[Show], Shown]] = {
    "clean-clone": clean_clone,
    "every-bit": every_bit,
    "new-digest": new_digest,
    "changed-parts": changed_parts,
    "agreement": agree,
    "agreement-dishonest": agree_dishonest,
    "agreement-treaty": agree_treaty,
    "ct-merkle": ct_merkle,
    "wycheproof": wycheproof,
    "cose-wg": cose_wg,
    "heads-pairs": heads_pairs,
    "offline-life": offline,
    "kill-9": kills,
    "closure": small_closure,
    "lies": operators_lies,
    "mirror-kill-9": mirror_kills,
    "network": three_countries,
    "bench": benchmark,
}


def main() -> int:
    """Show the points; 0 when all hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.show_chain", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="reduced counts")
    parser.add_argument("--only", default="", metavar="WORD", help="the points whose name holds this word")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    names = [name for name in POINTS if options.only in name]
    if not names:
        parser.error(f"no point is called so; there are {', '.join(POINTS)}")
    failed = 0
    for name in names:
        show = Show(options.quick, options.processes, name)
        try:
            holds, line = POINTS[name](show)
        except Exception as fault:  # the other points are shown all the same
            holds, line = False, f"ended with {type(fault).__name__}: {fault}"
        failed += not holds
        print(f"{'ok  ' if holds else 'FAIL'} {name:<20} {line}  [{time.monotonic() - show.begun:.0f} s]", flush=True)
    print(f"show-chain: {len(names) - failed} of {len(names)} points hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
