"""The ledger: append, read, prove, publish and audit, over the ports that storage engines implement."""
