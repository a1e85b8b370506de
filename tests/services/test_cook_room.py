"""A volume that is too small for a film, or for what a film gives back: said before the work."""

import os
import shutil
import subprocess
import sys

import pytest
from cook_cases import codes, film_of, frames, messages, run

from avpres.config.cook import CookOptions
from avpres.domain.oais import Box
from avpres.services.cook.room import needed

MIB = 1 << 20


def test_a_reel_that_cannot_fit_is_not_begun(tmp_path):
    reel = frames(tmp_path / "reel")
    (reel / "huge.bin").touch()
    os.truncate(reel / "huge.bin", shutil.disk_usage(tmp_path).free + (1 << 40))
    report = run(tmp_path, reel)
    assert (report.exit_code, codes(report)) == (21, {"COK-SPACE", "COK-LARGE"})
    assert "--skip-space-check" in messages(report, "COK-SPACE")


def test_what_lies_beside_a_film_and_a_box_around_it_count(tmp_path):
    plain = CookOptions(reels=(tmp_path,), destination=tmp_path)
    boxed = CookOptions(reels=(tmp_path,), destination=tmp_path, package=True, container=Box.TAR)
    film = 1024 * MIB
    assert needed(film, 0, plain) > film
    assert needed(film, 100_000, plain) > needed(film, 0, plain) + 100 * MIB
    assert needed(film, 0, boxed) == needed(film, 0, plain) + film


SMALL = """
mount -t tmpfs -o size=100k none "$1" && shift && exec "$@"
"""


def on_a_small_volume(place, *command):
    """Run a command where a folder is a volume of 100 KiB."""
    argv = ["unshare", "-Urm", "sh", "-ec", SMALL, "sh", str(place), *map(str, command)]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


@pytest.mark.programs("unshare")
def test_a_volume_too_small_for_a_reel_is_told_before_a_file_is_restored(tmp_path):
    reel = frames(tmp_path / "reel", 30)
    assert run(tmp_path, reel).exit_code == 0
    place = tmp_path / "small"
    place.mkdir()
    if on_a_small_volume(place, "true").returncode:
        pytest.skip("no volume can be mounted here")
    uncook = [sys.executable, "-m", "avpres", "uncook", film_of(tmp_path), place]
    refused = on_a_small_volume(place, *uncook)
    assert refused.returncode == 21
    assert "UNC-SPACE" in refused.stdout
    assert "nothing was restored" in refused.stdout
    full = on_a_small_volume(place, *uncook, "--skip-space-check")
    assert full.returncode == 21
    assert "UNC-REFUSED" in full.stdout
