"""Where there is too little memory that is the reason, and never a difference."""

import subprocess
import sys

import pytest

SCRIPT = """
import resource
import numpy as np
from avpres.adapters.images.raster import Page, Raster
from avpres.adapters.jp2 import make
from avpres.domain.imaging import Codestream, Colour
from avpres.domain.migration import Unmigratable

def room(mebibytes):
    pages = int(open("/proc/self/statm").read().split()[0])
    most = -1 if mebibytes is None else pages * resource.getpagesize() + mebibytes * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, -1))

make.proved(Page(Raster(np.zeros((8, 8, 3), np.uint8), (8,) * 3, Colour.RGB)), Codestream())
raster = Raster(np.zeros((3000, 3000, 3), np.uint8), (8,) * 3, Colour.RGB)
form = Codestream(tile=None)
made = make.jp2(Page(raster), form)
tries = (
    (150, lambda: make.jp2(Page(raster), form)),
    (10, lambda: make.prove(made.data, raster, second=False)),
    (60, lambda: make.prove(made.data, raster, second=True)),
)
for mebibytes, trial in tries:
    room(mebibytes)
    try:
        trial()
        answer = "done"
    except Unmigratable as error:
        answer = str(error.reason)
    except MemoryError:
        answer = "memory"
    room(None)
    print(answer)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits memory in this way")
def test_too_little_memory_is_told_as_such():
    told = subprocess.run(
        [sys.executable, "-c", SCRIPT], check=True, capture_output=True, text=True
    )

    assert told.stdout.split() == ["memory", "memory", "memory"]
    assert told.stderr == ""
