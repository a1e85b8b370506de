"""`import` of packages that are not as they say: each discrepancy is told, nothing is lost."""

import hashlib
import json
import tarfile
import unicodedata

import pytest
from import_cases import (
    Importer,
    foreign_documents,
    make_bag,
    make_mets,
    mets_file,
    objects,
    pack_tar,
)
from packing_cases import only

from avpres.domain.errors import DestinationRefusedError, NotConformantError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.severity import Severity

ONE, TWO = b"one\n", b"two\n"
NFC, NFD = (unicodedata.normalize(form, "é.txt") for form in ("NFC", "NFD"))
MD5_OF_TWO = hashlib.md5(TWO, usedforsecurity=False).hexdigest()


@pytest.fixture
def importer(tmp_path):
    return Importer(tmp_path / "state")


def entry(path, content=ONE, **more):
    return mets_file(path, content, **more)


DAMAGE = {
    "missing": (
        {"a.txt": ONE},
        [entry("a.txt"), entry("b.txt", TWO, number=2)],
        "IMP-MISSING",
        ExitCode.INCOMPLETE,
    ),
    "unlisted": (
        {"a.txt": ONE, "b.txt": TWO},
        [entry("a.txt")],
        "IMP-UNLISTED",
        ExitCode.INCOMPLETE,
    ),
    "junk": ({"a.txt": ONE, ".DS_Store": b"x"}, [entry("a.txt")], "IMP-UNLISTED-JUNK", ExitCode.OK),
    "size": (
        {"a.txt": ONE},
        [entry("a.txt", SIZE="9", CHECKSUM="", CHECKSUMTYPE="")],
        "IMP-SIZE",
        ExitCode.FIXITY_MISMATCH,
    ),
    "digest": (
        {"a.txt": ONE},
        [entry("a.txt", CHECKSUM=MD5_OF_TWO)],
        "IMP-DIGEST",
        ExitCode.FIXITY_MISMATCH,
    ),
    "digest of a kind that is not taken on arrival": (
        {"a.txt": ONE},
        [entry("a.txt", CHECKSUM="0" * 40, CHECKSUMTYPE="SHA-1")],
        "IMP-DIGEST",
        ExitCode.FIXITY_MISMATCH,
    ),
    "no digest": (
        {"a.txt": ONE},
        [entry("a.txt", CHECKSUM="", CHECKSUMTYPE="")],
        "IMP-NO-DIGEST",
        ExitCode.OK,
    ),
    "case": ({"Readme.TXT": ONE}, [entry("README.txt")], "IMP-CASE", ExitCode.OK),
    "Unicode form": ({NFC: ONE}, [entry(NFD)], "IMP-UNICODE", ExitCode.OK),
    "literal percent": (
        {"50%25.txt": ONE},
        [entry("", href="50%25.txt")],
        "IMP-ENCODING",
        ExitCode.OK,
    ),
    "backslash": ({"d/a.txt": ONE}, [entry("", href="d\\a.txt")], "IMP-ENCODING", ExitCode.OK),
    "folder": ({"a.txt": ONE}, [entry("export/set/a.txt")], "IMP-FOLDER", ExitCode.OK),
    "twice": (
        {"a.txt": ONE},
        [entry("a.txt"), entry("a.txt", number=2)],
        "IMP-TWICE",
        ExitCode.OK,
    ),
    "outside": (
        {"a.txt": ONE},
        [entry("a.txt"), entry("", href="../../etc/passwd", number=2)],
        "IMP-OUTSIDE",
        ExitCode.INCOMPLETE,
    ),
    "absolute": (
        {"a.txt": ONE},
        [entry("a.txt"), entry("", href="/etc/passwd", number=2)],
        "IMP-OUTSIDE",
        ExitCode.INCOMPLETE,
    ),
    "elsewhere": (
        {"a.txt": ONE},
        [entry("a.txt"), entry("", href="http://example.org/b.txt", number=2)],
        "IMP-OUTSIDE",
        ExitCode.INCOMPLETE,
    ),
    "empty": ({"a.txt": b""}, [entry("a.txt", b"")], "IMP-EMPTY", ExitCode.OK),
    "digest that cannot be taken": (
        {"a.txt": ONE},
        [entry("a.txt", CHECKSUM="123", CHECKSUMTYPE="Adler-32")],
        "IMP-CONTRADICTION",
        ExitCode.OK,
    ),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=list(DAMAGE))
def test_each_discrepancy_is_told_and_decides_the_status(tmp_path, importer, damage):
    files, entries, code, status = damage
    reel = make_mets(tmp_path / "reel", files, entries=entries)
    report = importer(reel, tmp_path / "out", dry_run=True)
    assert report.finding_counts.get(code) == 1, report.findings
    assert report.exit_code is status
    graver = [each.code for each in report.findings if each.severity is Severity.ERROR]
    assert bool(graver) == (status is not ExitCode.OK)


def test_damaged_files_are_taken_in_and_their_damage_is_in_the_record(tmp_path, importer):
    bag = make_bag(tmp_path / "reel", {"a.txt": ONE, "b.txt": TWO, "c.txt": ONE})
    (bag / "data" / "a.txt").write_bytes(b"changed\n")
    (bag / "data" / "b.txt").unlink()
    (bag / "data" / "d.txt").write_bytes(b"extra\n")
    report = importer(bag, tmp_path / "out")
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert objects(tmp_path / "out") == {"a.txt": b"changed\n", "c.txt": ONE, "d.txt": b"extra\n"}
    numbers = report.facts["reconciliation"]
    assert (numbers["listed"], numbers["resolved"], numbers["digests_agree"]) == (3, 2, 1)
    assert (numbers["IMP-MISSING"], numbers["IMP-UNLISTED"], numbers["IMP-DIGEST"]) == (1, 1, 1)
    assert "1 listed and not there, 1 there and not listed, 1 with another digest" in report.summary
    (log,) = only(tmp_path / "out").glob("data/logs/events.jsonl")
    told = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    (lists,) = [event for event in told if "lists" in event["detail"]]
    assert (lists["outcome"], lists["facts"]["failed"]) == ("fail", 3)
    assert "1 with another digest" in lists["outcome_detail"]


def test_strict_makes_no_package_of_what_is_not_as_listed(tmp_path, importer):
    bag = make_bag(tmp_path / "reel", {"a.txt": ONE})
    (bag / "data" / "a.txt").write_bytes(b"changed\n")
    report = importer(bag, tmp_path / "out", strict=True)
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert list((tmp_path / "out").iterdir()) == []
    assert "no package was made" in report.summary


def test_a_name_is_never_taken_for_one_that_is_listed_itself(tmp_path, importer):
    files = {"a.txt": ONE, "A.txt": TWO}
    entries = [entry("a.TXT", TWO), entry("a.txt", ONE, number=2)]
    report = importer(
        make_mets(tmp_path / "reel", files, entries=entries), tmp_path / "out", dry_run=True
    )
    assert report.exit_code is ExitCode.OK
    (case,) = [each for each in report.findings if each.code == "IMP-CASE"]
    assert case.path == "reel/A.txt"


def test_a_document_that_is_cut_short_is_imported_as_far_as_it_goes(tmp_path, importer):
    reel = make_mets(tmp_path / "reel", {"a.txt": ONE, "b.txt": TWO})
    document = (reel / "mets.xml").read_bytes()
    (reel / "mets.xml").write_bytes(document[: document.index(b"b.txt")])
    report = importer(reel, tmp_path / "out")
    assert report.exit_code is ExitCode.NOT_CONFORMANT
    assert set(objects(tmp_path / "out")) == {"a.txt", "b.txt"}
    assert foreign_documents(tmp_path / "out")["mets.xml"] == document[: document.index(b"b.txt")]


def test_an_entity_bomb_is_no_danger(tmp_path, importer):
    reel = make_mets(tmp_path / "reel", {"a.txt": ONE})
    lines = "".join(
        f'<!ENTITY e{n + 1} "&e{n};&e{n};&e{n};&e{n};&e{n};&e{n};&e{n};&e{n};">' for n in range(12)
    )
    bomb = f'<!DOCTYPE mets [<!ENTITY e0 "ha">{lines}]>'.encode()
    document = (reel / "mets.xml").read_bytes()
    (reel / "mets.xml").write_bytes(
        bomb + document.replace(b"<name>Other Archive", b"<name>&e12;Other")
    )
    report = importer(reel, tmp_path / "out")
    assert report.exit_code in {ExitCode.OK, ExitCode.NOT_CONFORMANT, ExitCode.INCOMPLETE}
    assert objects(tmp_path / "out")["a.txt"] == ONE


def evil(name, kind=tarfile.REGTYPE, target="", size=4):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    member.size = size if kind == tarfile.REGTYPE else 0
    return member


HOSTILE = {
    "up": (evil("../escaped.txt"), "UNP-OUTSIDE"),
    "absolute": (evil("/tmp/escaped.txt"), "UNP-ABSOLUTE"),
    "device": (evil("reel/null", tarfile.CHRTYPE), "UNP-DEVICE"),
    "pipe": (evil("reel/pipe", tarfile.FIFOTYPE), "UNP-DEVICE"),
    "link outside": (evil("reel/link", tarfile.SYMTYPE, "../../../etc"), "UNP-LINK"),
    "hard link outside": (evil("reel/hard", tarfile.LNKTYPE, "/etc/passwd"), "UNP-LINK"),
    "again": (evil("reel/bagit.txt"), "UNP-DUPLICATE"),
}


@pytest.mark.parametrize(("member", "code"), HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_entries_are_refused_one_by_one(tmp_path, importer, member, code):
    bag = make_bag(tmp_path / "reel", {"a.txt": ONE})
    packed = pack_tar(bag, tmp_path / "reel.tar", "w", evil=member)
    report = importer(packed, tmp_path / "out", dry_run=True)
    assert report.exit_code is ExitCode.NOT_CONFORMANT
    assert report.finding_counts[code] == 1
    assert "1 digest compared and alike, 1 refused and not unpacked" in report.summary
    assert not (tmp_path / "escaped.txt").exists()


def test_what_was_refused_is_said_where_no_list_came(tmp_path, importer):
    (tmp_path / "reel").mkdir()
    (tmp_path / "reel/a.txt").write_bytes(ONE)
    packed = pack_tar(tmp_path / "reel", tmp_path / "reel.tar", "w", evil=evil("../escaped.txt"))
    report = importer(packed, tmp_path / "out")
    assert "1 file found, nothing to compare, 1 refused and not unpacked" in report.summary


def test_a_file_with_two_wrong_digests_counts_once(tmp_path, importer):
    bag = make_bag(tmp_path / "reel", {"a.txt": ONE})
    for name in ("md5", "sha1"):
        digest = hashlib.new(name, b"other").hexdigest()
        (bag / f"manifest-{name}.txt").write_text(f"{digest}  data/a.txt\n", "utf-8")
    report = importer(bag, tmp_path / "out", dry_run=True)
    (finding,) = [each for each in report.findings if each.code == "IMP-DIGEST"]
    assert finding.expected.split()[::2] == ["md5", "sha1"]
    assert "1 with another digest" in report.summary


def test_a_link_to_a_file_of_the_container_stands_for_that_file(tmp_path, importer):
    reel = tmp_path / "reel"
    reel.mkdir()
    (reel / "a.txt").write_bytes(ONE)
    packed = pack_tar(
        reel,
        tmp_path / "reel.tar",
        "w",
        inner=evil("reel/b.txt", tarfile.SYMTYPE, "a.txt"),
        dead=evil("reel/c.txt", tarfile.SYMTYPE, "absent"),
    )
    report = importer(packed, tmp_path / "out")
    assert objects(tmp_path / "out") == {"reel/a.txt": ONE, "reel/b.txt": ONE}
    assert report.finding_counts["IMP-LINK"] == 1


@pytest.mark.parametrize("limits", [{"max_size": 1000}, {"max_files": 2}], ids=["bytes", "files"])
def test_a_container_beyond_the_limits_leaves_nothing(tmp_path, importer, limits):
    bag = make_bag(tmp_path / "reel", {"a.txt": b"x" * 5000})
    packed = pack_tar(bag, tmp_path / "reel.tar.gz")
    with pytest.raises(NotConformantError, match="--max-size"):
        importer(packed, tmp_path / "out", **limits)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_container_that_is_cut_short_gives_what_it_holds(tmp_path, importer):
    bag = make_bag(tmp_path / "reel", {"a.txt": ONE, "b.bin": bytes(100_000)})
    packed = pack_tar(bag, tmp_path / "reel.tar", "w")
    packed.write_bytes(packed.read_bytes()[:60_000])
    report = importer(packed, tmp_path / "out")
    assert report.exit_code is ExitCode.NOT_CONFORMANT
    assert "CON-CUT" in report.finding_counts
    assert "b.bin" not in objects(tmp_path / "out")


def test_names_that_are_not_utf8_in_a_container_leave_no_stage(tmp_path, importer):
    reel = tmp_path / "reel"
    reel.mkdir()
    (reel / b"\xff.txt".decode("utf-8", "surrogateescape")).write_bytes(ONE)
    packed = pack_tar(reel, tmp_path / "reel.tar", "w")
    with pytest.raises(DestinationRefusedError, match="--layout ifi"):
        importer(packed, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
    report = importer(packed, tmp_path / "out", layout="ifi")
    assert report.exit_code is ExitCode.OK


def test_a_link_in_a_folder_stands_for_its_file_in_a_dry_run_too(tmp_path, importer):
    reel = make_mets(tmp_path / "reel", {"a.txt": ONE}, entries=[entry("a.txt"), entry("b.txt")])
    (reel / "b.txt").symlink_to("a.txt")
    (reel / "out.txt").symlink_to("/etc/hostname")
    dry = importer(reel, tmp_path / "dry", dry_run=True)
    assert dry.exit_code is ExitCode.OK, dry.findings
    report = importer(reel, tmp_path / "out")
    assert objects(tmp_path / "out") == {"a.txt": ONE, "b.txt": ONE}
    numbers = report.facts["reconciliation"]
    assert (numbers["listed"], numbers["resolved"]) == (2, 2)
    assert dry.facts["reconciliation"] == numbers


@pytest.mark.parametrize("is_tar", [False, True])
def test_what_gives_no_file_makes_no_package(tmp_path, importer, is_tar):
    foreign = tmp_path / "foreign"
    if is_tar:  # whose only header tells of more than there is
        member = tarfile.TarInfo("film.mov")
        member.size = 10_000
        foreign.write_bytes(member.tobuf())
    else:
        (foreign / "nothing").mkdir(parents=True)
    report = importer(foreign, tmp_path / "out")
    assert report.exit_code is (ExitCode.NOT_CONFORMANT if is_tar else ExitCode.INCOMPLETE)
    assert "no package was made, because no file came" in report.summary
    assert list((tmp_path / "out").iterdir()) == []
