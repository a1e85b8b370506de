"""What is expensive to start, and is started once for all tests of services."""

import pytest

from avpres.adapters.describing import pool
from avpres.adapters.processes import family
from avpres.services import migrate


class Lasting(family.Forked):
    """A family whose mother outlives the pools that she has borne processes for.

    What she was asked for is real all the same: each pool has processes of its own, which end
    when it hangs up.
    """

    def close(self):
        """Stay: another pool will come."""

    def dismiss(self):
        """Stay, as above."""


@pytest.fixture(scope="session", autouse=True)
def mothers():
    """Let processes of one trade be forked from one process, which loads but once."""
    if not family.MAY_FORK:
        yield
        return
    known = {}

    def lasting(trade):
        if trade not in known:
            known[trade] = Lasting(trade)
        return known[trade]

    with pytest.MonkeyPatch.context() as patch:
        for module in (pool, migrate):
            patch.setattr(module, "new_family", lasting)
        yield
    for each in known.values():
        family.Forked.dismiss(each)
        family.Forked.close(each)
