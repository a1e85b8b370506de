"""MediaConch: rules of formats and of archives, in a process and a home of its own."""

import os
import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg
import pytest

from avpres.adapters.tools.mediaconch import (
    Found,
    MediaConch,
    find_mediaconch,
    require_policies,
)
from avpres.adapters.tools.mediaconch_report import checks_in, rules_in
from avpres.domain.errors import ToolFailedError, ToolMissingError, UsageError
from avpres.domain.severity import Severity

POLICY = """<?xml version="1.0"?>
<policy type="and" name="FFV1 films">
  <rule name="codec" value="Format" tracktype="Video" operator="=">FFV1</rule>
  <rule name="wrapper" value="Format" tracktype="General" operator="=">{wrapper}</rule>
  <policy type="or" name="size">
    <rule name="wide" value="Width" tracktype="Video" operator="&gt;=">{width}</rule>
    <rule name="narrow" value="Width" tracktype="Video" operator="&lt;=">16</rule>
  </policy>
</policy>
"""


@pytest.fixture(scope="session")
def film(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("film") / "film.mkv"
    source = ("-f", "lavfi", "-i", "testsrc=s=64x48:d=0.2")
    codec = ("-c:v", "ffv1", "-level", "3", "-g", "1")
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([ffmpeg, "-v", "error", *source, *codec, path], check=True)
    return path.read_bytes()


@pytest.fixture(scope="module")
def conch():
    pytest.importorskip("mediaconch", reason="pip install mediaconch")
    with MediaConch(find_mediaconch()) as found:
        yield found


def put(folder: Path, name: bytes, data: bytes) -> bytes:
    path = os.path.join(os.fsencode(folder), name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def policy(folder: Path, *, wrapper: str = "Matroska", width: int = 32) -> Path:
    path = folder / f"{wrapper} {width}.xml"
    path.write_text(POLICY.format(wrapper=wrapper, width=width))
    return path


def test_a_sound_film_breaks_no_rule(conch, film, tmp_path):
    assert conch.check(put(tmp_path, b"f\xfclm.mkv", film)) == []


def test_a_flipped_bit_breaks_a_checksum(conch, film, tmp_path):
    damaged = bytearray(film)
    damaged[len(film) // 2] ^= 4
    (message,) = conch.check(put(tmp_path, b"film.mkv", bytes(damaged)))
    assert message.id == "MEDIACONCH-EBML-CRC-VALID"
    assert message.severity is Severity.WARNING
    assert 0 < message.offset < len(film) // 2


def test_a_cut_film_is_noticed(conch, film, tmp_path):
    messages = conch.check(put(tmp_path, b"film.mkv", film[: len(film) // 2]))
    assert {message.id for message in messages} == {"MEDIACONCH-TRUNCATED-ELEMENT"}


def test_a_policy_that_holds_says_nothing(conch, film, tmp_path):
    path = put(tmp_path, b"film.mkv", film)
    assert conch.policy(path, [policy(tmp_path)]) == []


def test_each_rule_that_fails_is_told_with_what_was_found(conch, film, tmp_path):
    path = put(tmp_path, b"film.mkv", film)
    messages = conch.policy(path, [policy(tmp_path, wrapper="AVI", width=720), policy(tmp_path)])
    assert {message.id for message in messages} == {"MEDIACONCH-POLICY"}
    track = "mi:MediaInfo/mi:track[@type='{}'][*]/mi:{}"
    general, video = track.format("General", "Format"), track.format("Video", "Width")
    assert [message.text for message in messages] == [
        f'policy "FFV1 films", rule "wrapper": {general} must be AVI, found Matroska',
        f'policy "FFV1 films / size", rule "wide": {video} must be >= 720, found 64',
        f'policy "FFV1 films / size", rule "narrow": {video} must be <= 16, found 64',
    ]


def test_a_file_that_is_gone_is_no_pass(conch, tmp_path):
    with pytest.raises(ToolFailedError, match="cannot be read"):
        conch.check(os.fsencode(tmp_path / "gone.mkv"))


def test_nothing_is_written_into_the_users_home(film, tmp_path, monkeypatch):
    pytest.importorskip("mediaconch", reason="pip install mediaconch")
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    with MediaConch(find_mediaconch()) as conch:
        conch.check(put(tmp_path, b"film.mkv", film))
    assert list(home.rglob("*")) == []


def test_a_process_that_dies_costs_one_file(film, tmp_path):
    pytest.importorskip("mediaconch", reason="pip install mediaconch")
    with MediaConch(find_mediaconch()) as conch:
        path = put(tmp_path, b"film.mkv", film)
        conch.check(path)
        conch._worker._process.kill()
        with pytest.raises(ToolFailedError, match="died of this file"):
            conch.check(path)
        assert conch.check(path) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("no xml", "cannot be read as a MediaConch policy"),
        ("<xsl/>", "is no MediaConch policy"),
        ("<policy/>", "is no MediaConch policy"),
    ],
)
def test_what_is_no_policy_is_refused(tmp_path, text, reason):
    path = tmp_path / "policy.xml"
    path.write_text(text)
    with pytest.raises(UsageError, match=reason):
        require_policies([path])


def test_a_policy_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        require_policies([tmp_path / "none.xml"])


def test_a_report_without_the_policy_is_no_pass():
    report = b'<MediaConch xmlns="https://mediaarea.net/mediaconch"><media ref="f"/></MediaConch>'
    with pytest.raises(ToolFailedError, match="applied 0 of 1 policies"):
        rules_in(report, 1)


@pytest.mark.parametrize("report", [b"", b"\n\n", b"garbage", b"<MediaConch/>"])
def test_what_is_no_report_is_no_pass(report):
    with pytest.raises(ToolFailedError):
        checks_in(report)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script")
class TestProgram:
    SCRIPT = """#!/bin/sh
if [ "$1" = --version ]; then echo MediaConch Command Line Interface 23.03; exit; fi
echo "$HOME" > {folder}/home
printf '%s\\n' "$@" > {folder}/words
cat {folder}/report
"""
    REPORT = """<MediaConch xmlns="https://mediaarea.net/mediaconch"><media ref="f">
<policy name="p" type="and" outcome="fail"><rule name="r" value="Format" operator="exists"
xpath="x" requested="" actual="" outcome="fail"/></policy></media></MediaConch>"""

    @pytest.fixture
    def program(self, tmp_path) -> Path:
        path = tmp_path / "mediaconch"
        path.write_text(self.SCRIPT.format(folder=tmp_path))
        path.chmod(0o755)
        (tmp_path / "report").write_text(self.REPORT)
        return path

    def test_it_is_asked_at_a_home_of_its_own(self, program, tmp_path):
        found = find_mediaconch({"mediaconch": program})
        assert found == Found("23.03", program)
        path, rules = put(tmp_path, b"a b.mkv", b"x"), policy(tmp_path)
        with MediaConch(found) as conch:
            (message,) = conch.policy(path, [rules])
        assert message.text == 'policy "p", rule "r": x must exist, found nothing'
        assert not Path((tmp_path / "home").read_text().strip()).exists()
        words = (tmp_path / "words").read_text().splitlines()
        assert words[:5] == ["-mc", "-fx", "-iv", "4", "-p"]
        assert not any(" " in word for word in words)

    def test_a_configured_one_is_final(self, tmp_path):
        with pytest.raises(ToolMissingError, match="is configured as mediaconch but is no program"):
            find_mediaconch({"mediaconch": tmp_path / "none"})
