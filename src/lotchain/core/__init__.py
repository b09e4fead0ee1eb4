"""Bytes, ids, quantities, instants, statements, trees, maps, notes: the pure ground that everything
stands on.

Nothing here reads a clock, a file, the network, the environment or a random source. Every parser takes
limits, decodes, re-encodes and compares, and raises only `lotchain.errors.Malformed`.
"""
