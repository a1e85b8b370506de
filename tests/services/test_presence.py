import subprocess
import sys

import pytest

from avpres.domain.errors import SourceUnreadableError
from avpres.services.fixity.presence import require


def test_a_path_that_is_there_is_made_absolute(tmp_path, monkeypatch):
    (tmp_path / "reel").mkdir()
    monkeypatch.chdir(tmp_path)
    assert require(tmp_path.__class__("reel")) == tmp_path / "reel"


@pytest.mark.parametrize("name", ["missing", "file/below"])
def test_what_is_not_there_is_called_so(tmp_path, name):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SourceUnreadableError, match="is not there"):
        require(tmp_path / name)


def test_what_may_not_be_reached_is_not_called_missing(tmp_path):
    closed = tmp_path / "closed"
    (closed / "reel").mkdir(parents=True)
    closed.chmod(0o000)
    code = (
        "import os, pathlib, sys\n"
        "from avpres.services.fixity.presence import require\n"
        "if os.getuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "require(pathlib.Path('closed/reel'))\n"
    )
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == closed.stat().st_uid and str(folder).startswith("/tmp/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    closed.chmod(0o700)
    assert "cannot be reached (Permission denied)" in done.stderr
