"""A volume that is too small: said before, or nothing useless is left on it."""

import os
import resource
import shutil
import subprocess
import sys

from export_cases import packaged
from noise import noise
from packing_cases import Packer

from avpres.domain.exit_codes import ExitCode

MIB = 1 << 20


def test_advice_names_no_option_that_the_command_does_not_have(tmp_path):
    reel = tmp_path / "reel"
    reel.mkdir()
    (reel / "film.mov").touch()
    os.truncate(reel / "film.mov", shutil.disk_usage(tmp_path).free + (1 << 40))
    report = Packer(tmp_path / "state")(reel, tmp_path / "out")
    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    (finding,) = [each for each in report.findings if each.code == "PRE-SPACE"]
    assert finding.message.endswith("are free; use another volume")


def limited():
    resource.setrlimit(resource.RLIMIT_FSIZE, (MIB, MIB))


def test_half_a_container_is_not_left_where_there_is_no_more_room(tmp_path):
    package = packaged(tmp_path, {b"film.mov": noise(3 * MIB)})
    command = [sys.executable, "-m", "avpres", "export", str(package), str(tmp_path / "out")]
    around = {**os.environ, "AVPRES_STATE_DIR": str(tmp_path / "state")}
    first = subprocess.run(
        command, env=around, preexec_fn=limited, capture_output=True, text=True, check=False
    )
    assert first.returncode == ExitCode.DESTINATION_REFUSED, first.stderr
    assert list((tmp_path / "out").rglob("boxed*")) == []
    again = subprocess.run(command, env=around, capture_output=True, text=True, check=False)
    assert again.returncode == ExitCode.OK, again.stderr
    (found,) = (tmp_path / "out").glob("*.tar")
    assert found.stat().st_size > 3 * MIB
