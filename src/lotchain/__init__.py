"""lotchain: a traceability ledger for chemical lots, and the verifier that proves custody offline."""

__version__ = "0.1.0"
