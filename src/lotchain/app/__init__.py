"""From configuration to a wired ledger or witness: the single composition point, the only room that sees engines.

Doors (command line, service, web) import from here, and from `ledger`, `verify`, `core` and `errors`.
"""
