"""JHOVE as an engine: a program of its manners stands in for it; the real one where it is."""

import io
import json
import os
import shutil
import sys

import pytest
from jhove_fake import MODULES, VERSION, install
from PIL import Image

from avpres.adapters.tools.jhove import Patience, open_jhove
from avpres.domain.errors import ToolFailedError, ToolMissingError
from avpres.domain.formats import Format
from avpres.domain.severity import Severity
from avpres.domain.validity import Impact, Status

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script")
SHORT = Patience(alone=2.0, together=2.0, per_file=0.0, per_mib=0.0)


@pytest.fixture
def programs(tmp_path):
    return tmp_path / "bin dir"


@pytest.fixture
def jhove(programs):
    return open_jhove({"jhove": install(programs)})


@pytest.fixture
def files(tmp_path):
    """Writes files whose first line says what the stand-in shall do with them."""

    def write(*orders: str) -> list[bytes]:
        paths = []
        for number, order in enumerate(orders):
            path = tmp_path / f"{number:03d}.tif"
            path.write_bytes(order.encode() + b"\n")
            paths.append(os.fsencode(path))
        return paths

    return write


def runs(programs) -> list[list]:
    return [json.loads(line) for line in (programs / "runs").read_text().splitlines()]


def test_its_version_and_modules_are_known(jhove):
    assert jhove.version == VERSION
    assert jhove.modules == MODULES
    assert jhove.has(Format.TIFF)
    assert not jhove.has(Format.WAVE)
    assert not jhove.has(Format.MATROSKA)


def test_statuses_are_its_words_and_the_module_is_named(jhove, files):
    paths = files("VALID", "INVALID error,TIFF-HUL-2,8", "BROKEN error,TIFF-HUL-22,0", "WELL")
    found = jhove.run(paths, Format.TIFF)
    assert [found[path].word for path in paths] == [
        "Well-Formed and valid",
        "Well-Formed, but not valid",
        "Not well-formed",
        "Well-Formed",
    ]
    assert [found[path].status for path in paths] == [
        Status.VALID,
        Status.NOT_VALID,
        Status.NOT_WELL_FORMED,
        Status.WELL_FORMED,
    ]
    assert found[paths[0]].validator == "JHOVE 1.33.0 TIFF-hul 1.9.5"


def test_messages_keep_id_offset_and_severity(jhove, files):
    (path,) = files("INVALID error,TIFF-HUL-2,178;info,,;info,TIFF-HUL-70,")
    first, second, third = jhove.run([path], Format.TIFF)[path].messages
    assert (first.id, first.severity, first.offset) == ("TIFF-HUL-2", Severity.ERROR, 178)
    assert (first.jhove, first.impact) == ("TIFF-HUL-2", Impact.NOT_VALID)
    assert first.text == "said of it: detail"
    assert (second.id, second.jhove, second.offset) == ("JHOVE-MESSAGE", None, None)
    assert (third.severity, third.impact) == (Severity.INFO, Impact.NONE)


def test_valid_beside_an_error_is_not_valid(jhove, files):
    (path,) = files("VALID error,TIFF-HUL-2,178")
    verdict = jhove.run([path], Format.TIFF)[path]
    assert verdict.word == "Well-Formed and valid"
    assert verdict.status is Status.NOT_VALID
    assert "JHOVE-CONTRADICTION" in verdict.counts


def test_unknown_stays_unknown(jhove, files):
    (path,) = files("ELSE")
    assert jhove.run([path], Format.TIFF)[path].status is Status.UNKNOWN


def test_what_is_broken_for_want_of_a_network_is_unknown(jhove, files):
    offline, broken = files("BROKEN error,JHOVE-CORE-2,", "BROKEN error,JHOVE-CORE-2,;error,X-1,")
    found = jhove.run([offline, broken], Format.XML)
    assert found[offline].status is Status.UNKNOWN
    assert found[broken].status is Status.NOT_WELL_FORMED


def test_many_files_are_one_run_without_network_and_with_a_cap_on_memory(jhove, files, programs):
    paths = files(*["VALID"] * 200)
    assert len(jhove.run(paths, Format.TIFF)) == 200
    ((module, count, options),) = runs(programs)
    assert (module, count) == ("TIFF-hul", 200)
    assert "-Xmx1024m" in options
    assert "-Dhttp.proxyHost=127.0.0.1" in options


def test_more_than_500_files_are_several_runs(jhove, files, programs):
    paths = files(*["VALID"] * 501)
    assert len(jhove.run(paths, Format.TIFF)) == 501
    assert [count for _, count, _ in runs(programs)] == [500, 1]


def test_a_file_that_ends_the_run_costs_no_other_its_verdict(jhove, files):
    paths = files(*["VALID"] * 37, "STACK", *["INVALID error,TIFF-HUL-2,8"] * 5)
    found = jhove.run(paths, Format.TIFF)
    assert [found[path].status for path in paths] == [
        *[Status.VALID] * 37,
        Status.UNKNOWN,
        *[Status.NOT_VALID] * 5,
    ]
    (message,) = found[paths[37]].messages
    assert message.id == "JHOVE-NO-VERDICT"
    assert "StackOverflowError" in message.text


def test_a_file_that_hangs_is_left_alone(programs, files):
    jhove = open_jhove({"jhove": install(programs)})
    impatient = type(jhove)(jhove.found, jhove.modules, SHORT)
    paths = files("VALID", "HANG")
    found = impatient.run(paths, Format.TIFF)
    assert found[paths[0]].status is Status.VALID
    assert found[paths[1]].status is Status.UNKNOWN
    assert "did not end within 2 seconds" in found[paths[1]].messages[0].text


@pytest.mark.parametrize("order", ["GARBAGE", "SILENT"])
def test_a_broken_or_missing_answer_is_no_verdict(jhove, files, order):
    paths = files("VALID", order, "VALID")
    found = jhove.run(paths, Format.TIFF)
    statuses = [found[path].status for path in paths]
    assert statuses == [Status.VALID, Status.UNKNOWN, Status.VALID]
    assert found[paths[1]].messages[0].id == "JHOVE-NO-VERDICT"


def test_a_jhove_that_ends_on_every_file_is_not_asked_for_ever(jhove, files, programs):
    paths = files(*["STACK"] * 300)
    found = jhove.run(paths, Format.TIFF)
    assert {verdict.status for verdict in found.values()} == {Status.UNKNOWN}
    assert len(found) == 300
    assert len(runs(programs)) <= 40


@pytest.mark.parametrize(
    "name", [b"caf\xe9.tif", "süß.tif".encode(), b"a b.tif", b'"q".tif', b"line\nend.tif", b"-m"]
)
def test_any_name_is_opened(jhove, tmp_path, name):
    path = os.path.join(os.fsencode(tmp_path), name)
    with open(path, "wb") as file:
        file.write(b"VALID\n")
    assert jhove.run([path], Format.TIFF)[path].status is Status.VALID


def test_a_file_that_has_gone_is_unknown(jhove, tmp_path):
    path = os.fsencode(tmp_path / "gone.tif")
    verdict = jhove.run([path], Format.TIFF)[path]
    assert verdict.status is Status.UNKNOWN
    assert verdict.messages[0].text == "File not found"


def test_a_missing_jhove_is_told_with_the_remedy(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissingError, match=r"jhove is not installed; install Java and JHOVE"):
        open_jhove()


def test_an_old_jhove_is_refused(programs):
    with pytest.raises(ToolMissingError, match=r"is jhove 1\.24\.1, 1\.26 is needed"):
        open_jhove({"jhove": install(programs, version="1.24.1")})


def test_a_jhove_without_modules_is_refused(programs):
    with pytest.raises(ToolFailedError, match="does not say what modules it has"):
        open_jhove({"jhove": install(programs, modules={})})


@pytest.mark.skipif(shutil.which("jhove") is None, reason="no JHOVE is installed")
def test_a_real_jhove_tells_sound_from_cut(tmp_path):
    buffer = io.BytesIO()
    Image.effect_noise((64, 64), 80).convert("P").save(buffer, "GIF")
    sound, cut = tmp_path / "sound é.gif", tmp_path / "cut.gif"
    sound.write_bytes(buffer.getvalue())
    cut.write_bytes(buffer.getvalue()[: len(buffer.getvalue()) // 2])
    paths = [os.fsencode(sound), os.fsencode(cut)]
    found = open_jhove().run(paths, Format.GIF)
    assert found[paths[0]].status is Status.VALID
    assert found[paths[1]].status is Status.NOT_WELL_FORMED
    assert found[paths[1]].messages[0].id.startswith("GIF-HUL-")
