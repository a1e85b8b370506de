"""Packages of files that nobody asked about."""

import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree
from packing_cases import Packer, needs_schemas, only, schema

from avpres.domain.premis import EventType
from avpres.services.packing.opening import open_package

NS = {"m": "http://www.loc.gov/METS/", "p": "http://www.loc.gov/premis/v3"}
EXAMINED = {
    EventType.FORMAT_IDENTIFICATION,
    EventType.VALIDATION,
    EventType.METADATA_EXTRACTION,
}


@pytest.fixture
def reel(tmp_path: Path) -> Path:
    folder = tmp_path / "reel"
    (folder / "empty").mkdir(parents=True)
    (folder / "card.gif").write_bytes(b"GIF89a: no picture at all")
    (folder / "note.txt").write_bytes(b"a note\n")
    return folder


@pytest.fixture
def undescribed(reel, tmp_path):
    out = tmp_path / "out"
    report = Packer(tmp_path / "state")(reel, out, describe=False)
    return report, only(out)


def test_nothing_is_said_of_the_files_and_the_package_says_so(undescribed):
    report, package = undescribed
    assert set(report.finding_counts) == {"PKG-EMPTY-FOLDER"}
    assert "nothing in it was identified or validated" in report.summary
    assert not report.facts["described"]
    (log,) = (package / "data/logs").glob("*.log")
    assert "not identified, validated or described" in log.read_text("utf-8")
    opened = open_package(package)
    assert not EXAMINED & {event.type for event in opened.package.events}
    assert [file.description for file in opened.files()] == [None, None]


def test_mets_has_every_file_and_no_technical_record(undescribed):
    _, package = undescribed
    root = etree.parse(package / "data/metadata/mets.xml").getroot()
    assert len(root.findall(".//m:file[@CHECKSUM]", NS)) == 6
    kinds = {wrap.get("MDTYPE") for wrap in root.iterfind(".//m:techMD/m:mdWrap", NS)}
    assert kinds == {"PREMIS:OBJECT"}


@needs_schemas
def test_the_documents_fit_their_schemas(undescribed):
    _, package = undescribed
    for name in ("mets.xml", "premis.xml"):
        schema().assertValid(etree.parse(package / "data/metadata" / name))


def test_bagit_finds_the_bag_valid(undescribed):
    _, package = undescribed
    program = f"import bagit; bagit.Bag({str(package)!r}).validate()"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_files_are_described_where_nobody_says_otherwise(reel, tmp_path):
    report = Packer(tmp_path / "state")(reel, tmp_path / "out")
    assert "PKG-UNSOUND" in report.finding_counts
    assert report.facts["described"]
