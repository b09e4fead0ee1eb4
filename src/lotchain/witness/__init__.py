"""Witnesses: whoever watches a log, and says under signature and time what tree it has seen."""
