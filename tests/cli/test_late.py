"""Modules that are set up when they are used."""

import subprocess
import sys

SHOW = """
import sys
from avpres.cli.late import when_used
when_used("wave", lambda module: print("first", module.__name__))
when_used("wave", lambda module: print("second", module.__name__))
print("nobody has used it")
import wave
print(wave.WAVE_FORMAT_PCM)
when_used("wave", lambda module: print("third", module.__name__))
"""


def said(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    return done.stdout.splitlines()


def test_a_module_is_set_up_when_it_is_used_and_the_latest_setup_counts():
    assert said(SHOW) == ["nobody has used it", "second wave", "1", "third wave"]


def test_a_run_that_logs_nothing_by_structlog_does_not_load_it(tmp_path):
    code = (
        "import sys\n"
        "from avpres.cli.logs import opened\n"
        "from avpres.config.run import RunOptions\n"
        "from avpres.services.context import Context\n"
        "from pathlib import Path\n"
        f"with opened('test', Context(state_dir=Path({str(tmp_path)!r})), RunOptions()) as log:\n"
        "    print('structlog._config' in sys.modules)\n"
        "    from structlog import get_logger\n"
        "    get_logger().info('said', text='x')\n"
        "    print(log.path.read_text().count('said'))\n"
    )
    assert said(code) == ["False", "1"]
