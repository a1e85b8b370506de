"""What avpres wrote into a package, held against the medium."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from avpres.domain.errors import FixityMismatchError, IncompleteError
from avpres.domain.fixity import Algorithm
from avpres.domain.oais import Role
from avpres.services.packing.proving import prove
from avpres.services.packing.records import RecordKeeper
from avpres.services.packing.shelf import Shelf, open_shelf

BOTH = (Algorithm.MD5, Algorithm.SHA512)
PLACE = "metadata/mets.xml"


@pytest.fixture
def shelf(tmp_path: Path):
    with open_shelf(tmp_path) as shelf:
        keeper = RecordKeeper(tmp_path, "metadata", shelf, BOTH, datetime(2026, 1, 1, tzinfo=UTC))
        with keeper.written(PLACE, Role.METADATA) as handle:
            handle.write(b"<mets/>")
        yield shelf


def test_what_was_written_lies_there(tmp_path: Path, shelf: Shelf):
    prove(tmp_path, shelf.files(Role.METADATA, Role.LOG), BOTH)
    (file,) = shelf.files()
    assert (file.path, file.size) == (PLACE, 7)
    assert [digest.algorithm for digest in file.digests] == list(BOTH)


def test_other_bytes_stop_the_package(tmp_path: Path, shelf: Shelf):
    (tmp_path / PLACE).write_bytes(b"<mess/>")
    with pytest.raises(FixityMismatchError, match=r"mets\.xml: other bytes"):
        prove(tmp_path, shelf.files(Role.METADATA, Role.LOG), BOTH)


def test_a_file_that_is_gone_stops_the_package(tmp_path: Path, shelf: Shelf):
    (tmp_path / PLACE).unlink()
    with pytest.raises(IncompleteError, match=r"mets\.xml: cannot be read back"):
        prove(tmp_path, shelf.files(Role.METADATA, Role.LOG), BOTH)
