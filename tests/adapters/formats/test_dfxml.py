import io
from pathlib import Path

import pytest
from lxml import etree
from manifest_cases import HARD_NAMES, SCHEMAS, entry, heading, needs_schemas

from avpres.adapters.formats import dfxml
from avpres.adapters.formats.manifest_file import Origin
from avpres.domain.errors import NotConformantError, UsageError
from avpres.domain.fixity import Algorithm

ALL = (Algorithm.MD5, Algorithm.SHA1, Algorithm.SHA256, Algorithm.SHA512)
FIWALK = """<?xml version='1.0'?>
<dfxml xmlns='http://www.forensicswiki.org/wiki/Category:Digital_Forensics_XML' version='1.2.0'>
  <volume offset='0'>
    <fileobject><filename>folder</filename><name_type>d</name_type></fileobject>
    <fileobject>
      <filename>folder/a.mov</filename><name_type>r</name_type><filesize>3</filesize>
      <byte_runs><byte_run len='3'><hashdigest type='md5'>00000000000000000000000000000000
        </hashdigest></byte_run></byte_runs>
      <hashdigest type='MD5'>D41D8CD98F00B204E9800998ECF8427E</hashdigest>
      <hashdigest type='sha1' coding='base64'>2jmj7l5rSw0yVb/vlWAYkK/YBwk=</hashdigest>
      <hashdigest type='TIGER'>24f0130c63ac933216166e76b1bb925f</hashdigest>
    </fileobject>
  </volume>
</dfxml>
"""


def read(text):
    return list(dfxml.read(io.BytesIO(text.encode()), Origin(Path("d.xml"))))


def test_regular_files_and_their_own_digests_are_read():
    (one,) = read(FIWALK)
    assert (one.path, one.size) == ("folder/a.mov", 3)
    assert [(d.algorithm, d.value) for d in one.digests] == [
        (Algorithm.MD5, "d41d8cd98f00b204e9800998ecf8427e"),
        (Algorithm.SHA1, "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ]


@needs_schemas
def test_what_is_written_is_valid():
    schema = etree.XMLSchema(etree.parse(SCHEMAS / "dfxml.xsd", etree.XMLParser(no_network=True)))
    handle = io.BytesIO()
    dfxml.write(handle, [entry(name, ALL) for name in HARD_NAMES], heading(*ALL))
    schema.assertValid(etree.fromstring(handle.getvalue()))


@pytest.mark.parametrize(
    "body",
    [
        "<fileobject><filesize>1</filesize></fileobject>",
        "<fileobject><filename>a</filename><hashdigest type='md5'>x</hashdigest></fileobject>",
        "<fileobject><filename>a</filename><filesize>many</filesize></fileobject>",
        "<fileobject>",
    ],
)
def test_what_breaks_the_format_is_refused(body):
    with pytest.raises(NotConformantError, match=r"d\.xml, line \d+"):
        read(f"<dfxml>{body}</dfxml>")


def test_algorithms_without_a_name_in_the_schema_are_refused():
    with pytest.raises(UsageError, match="DFXML names"):
        dfxml.write(io.BytesIO(), [], heading(Algorithm.XXH128))
