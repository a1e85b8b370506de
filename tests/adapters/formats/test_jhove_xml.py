"""JHOVE's XML: valid by its schema, well-formed whatever happens, for any name."""

import io
import subprocess
from datetime import UTC, date, datetime

import pytest
from description_cases import DESCRIPTIONS, NAMES, gif, wave
from hypothesis import given, settings
from jhove_schema import NAMESPACE, judged
from lxml import etree

from avpres.adapters.formats import names, xml_text
from avpres.adapters.formats.jhove_audit import write_audit
from avpres.adapters.formats.jhove_xml import Heading, write_jhove
from avpres.domain.description import Completeness, Description
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.validity import Status

NS = {"j": NAMESPACE}
HEADING = Heading(datetime(2026, 3, 5, 9, 12, 4, tzinfo=UTC), "1.2.3", date(2026, 1, 2))


def document(*descriptions, **options):
    handle = io.BytesIO()
    write_jhove(handle, descriptions, HEADING, **options)
    return handle.getvalue()


def audit(*descriptions, home="/scans"):
    handle = io.BytesIO()
    write_audit(handle, descriptions, home, HEADING)
    return handle.getvalue()


def said(root, path):
    return [found.text for found in root.findall(path, NS)]


def test_a_file_is_described_as_jhove_does():
    root = judged(document(gif()))
    assert root.get("name") == "avpres"
    assert (root.get("release"), root.get("date")) == ("1.2.3", "2026-01-02")
    assert said(root, "j:date") == ["2026-03-05T09:12:04Z"]
    (info,) = root.findall("j:repInfo", NS)
    assert info.get("uri") == "/scans/a.gif"
    module = info.find("j:reportingModule", NS)
    assert (module.text, module.get("release")) == ("GIF-avpres", "0.1.0")
    assert said(info, "j:lastModified") == ["2023-11-14T22:13:20Z"]
    assert said(info, "j:size") == ["4321"]
    assert said(info, "j:format") == ["GIF"]
    assert said(info, "j:version") == ["89a"]
    assert said(info, "j:status") == ["Not well-formed"]
    assert said(info, "j:sigMatch/j:module") == ["GIF-avpres"]
    assert said(info, "j:mimeType") == ["image/gif"]
    assert said(info, "j:profiles/j:profile") == ["animated"]
    assert said(info, "j:note") == ["GIF-COMMENT: 30 times, 1 of them above"]


def test_messages_have_jhoves_id_where_there_is_one_and_ours_beside():
    root = judged(document(gif()))
    warning, error = root.findall(".//j:message", NS)
    assert warning.attrib == {"id": "GIF-COMMENT", "offset": "17", "severity": "warning"}
    assert error.attrib == {
        "id": "GIF-HUL-9",
        "subMessage": "GIF-CUT",
        "offset": "4321",
        "severity": "error",
    }
    assert error.text == "the file ends inside of a picture"


def test_digests_that_jhove_has_no_word_for_are_a_property():
    digests = (Digest(Algorithm.SHA1, "a" * 40), Digest(Algorithm.XXH128, "b" * 32))
    root = judged(document(gif(digests=digests)))
    (checksum,) = root.findall(".//j:checksum", NS)
    assert (checksum.get("type"), checksum.text) == ("SHA-1", "a" * 40)
    (value,) = root.findall(".//j:value[@key='xxh128']", NS)
    assert value.text == "b" * 32


def test_what_is_missing_is_a_property_and_the_status_stays():
    lacking = wave(completeness=Completeness("drs-2005", ("bits",), ("bits",)))
    root = judged(document(lacking))
    assert said(root, ".//j:value[@key='missing']") == ["bits"]
    assert said(root, ".//j:status") == [Status.VALID.value]


def test_an_unreadable_file_says_so():
    root = judged(document(Description("a", error="permission denied")))
    (message,) = root.findall(".//j:message", NS)
    assert message.text == "permission denied"
    assert root.find(".//j:reportingModule", NS) is None


def test_technical_metadata_is_embedded_only_if_asked_for():
    mix = '<?xml version="1.0"?>\n<mix:mix xmlns:mix="http://www.loc.gov/mix/v20"/>'
    root = judged(document(gif(), wave(), emit=lambda d: [("mix", mix)] if "gif" in d.path else []))
    (property,) = root.xpath("//j:property[j:name='NisoImageMetadata']", namespaces=NS)
    values = property.find("j:values", NS)
    assert (values.get("type"), values.get("arity")) == ("NISOImageMetadata", "Scalar")
    assert values[0][0].tag == "{http://www.loc.gov/mix/v20}mix"
    assert b"NISO" not in document(gif())


@settings(max_examples=60, deadline=None, derandomize=True)
@given(DESCRIPTIONS)
def test_whatever_is_described_is_valid_by_the_schema(description):
    judged(document(description))
    judged(audit(description))


@given(NAMES)
def test_every_name_can_be_read_back(name):
    (info,) = judged(document(Description(name)))[1:]
    uri = info.get("uri")
    assert (names.xml_decode(uri) if xml_text.is_encoded(info) else uri) == name
    (file,) = judged(audit(Description(name), home="/elsewhere"))[1]
    text = "".join(file.xpath("text()"))
    assert (names.xml_decode(text) if xml_text.is_encoded(file) else text) == name


@pytest.mark.parametrize("write", [write_jhove, lambda h, d: write_audit(h, d, "/scans")])
def test_a_run_that_is_broken_off_leaves_a_whole_document(write):
    def broken_off():
        yield gif()
        raise KeyboardInterrupt

    handle = io.BytesIO()
    with pytest.raises(KeyboardInterrupt):
        write(handle, broken_off())
    root = judged(handle.getvalue())
    assert len(root.findall(".//j:repInfo", NS) + root.findall(".//j:file", NS)) == 1


def test_no_file_at_all_is_well_formed():
    assert len(etree.fromstring(document())) == 1
    judged(audit())


def test_the_audit_lists_path_type_and_status():
    root = judged(
        audit(gif(), wave(root="/scans/deep"), Description("x", error="gone"), gif("q", root="/o"))
    )
    home = root.find("j:audit", NS)
    assert home.get("home") == "/scans"
    cut, sound, gone, other = home
    assert (cut.text, cut.attrib) == (
        "a.gif",
        {"mime": "image/gif", "status": "not well-formed", "md5": "0" * 32},
    )
    assert (sound.text, sound.get("status")) == ("deep/b.wav", "valid")
    assert (gone.text, gone.attrib) == ("x", {"status": "not found"})
    assert other.text == "/o/q"


def test_no_type_breaks_the_summary():
    content = audit(*(wave(mime=mime) for mime in ("a/b", "a--b", "a---", "a/b")), gif())
    judged(content)
    summary = content.decode().partition("<!-- Summary")[2]
    assert "a/b: 2 (2,0)" in summary
    assert "image/gif: 1 (0,1)" in summary
    assert "Total: 5 (4,1)" in summary


def test_xmllint_takes_both(tmp_path):
    for name, content in (("jhove.xml", document(gif(), wave())), ("audit.xml", audit(gif()))):
        file = tmp_path / name
        file.write_bytes(content)
        try:
            done = subprocess.run(["xmllint", "--noout", file], capture_output=True, check=False)
        except FileNotFoundError:
            pytest.skip("xmllint is not installed")
        assert (done.returncode, done.stderr) == (0, b"")
