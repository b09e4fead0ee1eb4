"""Oversight: what only a follower of the whole log can see. Pure: it is fed judged statements and gives values."""
