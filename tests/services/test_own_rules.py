"""What `verify` asks of what avpres itself keeps in a package."""

import pytest
from packing_cases import Packer, only

from avpres.config.verify import VerifyOptions
from avpres.domain.exit_codes import ExitCode
from avpres.services.context import Context
from avpres.services.verify import verify


@pytest.mark.parametrize("layout", ["ifi-bag", "ifi", "csip", "bag"])
def test_a_folder_that_held_nothing_is_missed(tmp_path, layout):
    (tmp_path / "room" / "nobody é").mkdir(parents=True)
    (tmp_path / "room" / "one").write_text("1", "utf-8")
    Packer(tmp_path / "state")(tmp_path / "room", tmp_path / "out", layout=layout)
    package = only(tmp_path / "out")
    asked = VerifyOptions(paths=[package])
    assert verify(asked, Context(state_dir=tmp_path / "first")).exit_code is ExitCode.OK
    (folder,) = package.rglob("nobody é")
    folder.rmdir()
    report = verify(asked, Context(state_dir=tmp_path / "second"))
    assert report.exit_code is ExitCode.INCOMPLETE
    found = [finding.path for finding in report.findings if finding.code == "OWN-FOLDER"]
    assert [path.endswith("nobody é") for path in found] == [True]
