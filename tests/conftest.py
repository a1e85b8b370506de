"""What tests of every layer share."""

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")  # a busy computer must not fail a test that is right


def pytest_collection_modifyitems(items):
    """Leave out what takes minutes, unless `AVPRES_SLOW=1` or `AVPRES_FAULTS=200` asks for it."""
    if os.environ.get("AVPRES_SLOW") or os.environ.get("AVPRES_FAULTS"):
        return
    skip = pytest.mark.skip(reason="slow; set AVPRES_SLOW=1 to run it")
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(skip)
