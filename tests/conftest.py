"""What holds for every test: hypothesis says what is wrong, not how fast the machine was that found it."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Two processes share two cores, and others may be at work beside them: how long one example took to make says nothing.
settings.register_profile("lotchain", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("lotchain")
