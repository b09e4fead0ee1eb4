"""Scenarios: stories of custody as data, played through the real ledger with real keys on their own clock."""
