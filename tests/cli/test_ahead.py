"""What is begun before the words of a command are read."""

from contextlib import nullcontext

import pytest

from avpres.adapters.describing import early
from avpres.adapters.processes.family import MAY_FORK
from avpres.cli.ahead import ahead


@pytest.mark.parametrize(
    "argv",
    [[], ["characterise"], ["characterise", "--help"], ["characterise", "x", "-h"], ["copy", "x"]],
)
def test_nothing_is_begun_for_help_and_for_other_commands(argv):
    assert isinstance(ahead(argv), nullcontext)


@pytest.mark.skipif(not MAY_FORK, reason="processes are not forked here")
def test_what_was_begun_in_vain_is_ended():
    with ahead(["characterise", "reel"]):
        (begun,) = early._waiting
    assert early._waiting == []
    assert begun._mother.poll() is not None
