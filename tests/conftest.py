"""What tests of every layer share."""

import os
import shutil
import signal

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(  # the same examples in every run, and no limit that a load could exceed
    "shared",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("shared")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in the background of a shell
    signal.signal(signal.SIGINT, signal.default_int_handler)  # programs that are started inherit it


def pytest_collection_modifyitems(items):
    """Leave out what needs programs that are not here, and what takes minutes.

    `AVPRES_SLOW=1` or `AVPRES_FAULTS=200` asks for the latter.
    """
    for item in items:
        wanted = [name for mark in item.iter_markers("programs") for name in mark.args]
        missing = [name for name in wanted if shutil.which(name) is None]
        if missing:
            item.add_marker(pytest.mark.skip(reason=f"{', '.join(missing)} not here"))
    if os.environ.get("AVPRES_SLOW") or os.environ.get("AVPRES_FAULTS"):
        return
    skip = pytest.mark.skip(reason="slow; set AVPRES_SLOW=1 to run it")
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(skip)
