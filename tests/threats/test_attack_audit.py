"""A key with more endorsed statements than an event may have members does not stop the audit of the whole ledger."""

from __future__ import annotations

from tests.changing import replace
from tests.threats.surroundings import Small

from lotchain.core import canonical_json
from lotchain.ledger.concluding import SignedBy, concluded
from lotchain.ledger.ports import SubjectRow


def test_a_key_with_many_endorsed_statements_is_concluded() -> None:
    small = Small()
    lot = small.make("E-1", 5)
    key = small.signers["maker"].public.subject
    row = small.store.subject(key)
    assert row is not None
    many = [f"{n:064x}" for n in range(10_001)]
    state = canonical_json.encode({**small.states[key], "endorsed": many, "compromised_since": 1})
    signed_by = SignedBy()
    for index in small.ledger.reader.history(lot):
        signed_by.add(key, index)

    class Grown:
        """The store, but for that key."""

        def __getattr__(self, name: str) -> object:
            return getattr(small.store, name)

        def subject(self, name: str) -> SubjectRow | None:
            return replace(row, state=state) if name == key else small.store.subject(name)

    found = list(concluded(Grown(), signed_by, small.time))  # type: ignore[arg-type]
    assert {finding.code for finding in found} == {"signed-after-compromise"}
