"""Engines that keep a ledger's bytes: in memory, in one SQLite file, and the high-water mark beside it.

They implement `lotchain.ledger.ports` and know nothing of events, rules or the judge. The file's layout is
stated in `specs/formats/store.md`; the promises are tested in `tests/contract`, once for every engine.
"""
