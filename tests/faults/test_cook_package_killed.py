"""A run that is killed while it makes a package of a film: the next one brings it to its end."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "services"))
from cook_cases import frames, run
from packing_cases import only

from avpres.config.verify import VerifyOptions
from avpres.domain.exit_codes import ExitCode
from avpres.services.context import Context
from avpres.services.cook import packaging
from avpres.services.packing import result_package
from avpres.services.packing.receipts import Receipts
from avpres.services.verify import verify

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def killed(tmp: Path, reel: Path, step: tuple, monkeypatch, *, is_after: bool) -> None:
    """Cook in a process that dies at a step, before or after it was done."""
    owner, name = step
    real = getattr(owner, name)

    def die(*args, **words):
        if is_after:
            real(*args, **words)
        os._exit(9)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, die)
        pid = os.fork()
        if not pid:
            run(tmp, reel, package=True, context=0, slices=4, workers=1)
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("is_linked", [True, False], ids=["links", "no links"])
@pytest.mark.parametrize(
    ("step", "is_after"),
    [
        ((result_package, "build"), False),
        ((result_package, "build"), True),
        ((result_package, "publish"), True),
        ((Receipts, "write"), False),
        ((packaging, "_clear"), True),
    ],
    ids=["nothing", "built", "published", "no receipt", "cleared"],
)
def test_the_next_run_makes_one_whole_package(step, is_after, is_linked, tmp_path, monkeypatch):
    if not is_linked:

        def refuse(path, *_rest, **_words):
            raise PermissionError(1, "Operation not permitted", path)

        monkeypatch.setattr(os, "link", refuse)
    reel = frames(tmp_path / "reel", 2)
    killed(tmp_path, reel, step, monkeypatch, is_after=is_after)
    report = run(tmp_path, reel, package=True, context=0, slices=4, workers=1)
    assert report.exit_code is ExitCode.OK, report.findings
    package = only(tmp_path / "out")
    assert sorted(os.listdir(tmp_path / "out")) == sorted([package.name, "reel.package.json"])
    asked = VerifyOptions(paths=(package,))
    assert verify(asked, Context(state_dir=tmp_path / "state")).exit_code is ExitCode.OK
