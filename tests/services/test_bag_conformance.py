"""Agreement with the bags of the Library of Congress' bagit-conformance-suite.

The bags are made here, under the suite's names and with what makes each of them valid or not;
the suite itself is at https://github.com/LibraryOfCongress/bagit-conformance-suite.
"""

import unicodedata
from pathlib import Path

import pytest
from bag_cases import FILES, digest, lines, make_bag
from fixity_cases import Runner, codes

from avpres.domain.exit_codes import ExitCode
from avpres.domain.severity import Severity

TWICE = (
    "Source-Organization: Spengler University\nSource-Organization: Spengler University2\n"
    "Contact-Name: Edna Janssen\nContact-Name: foo Janssen\n"
)
NAME = "data/Núñez"
NFC, NFD = unicodedata.normalize("NFC", NAME), unicodedata.normalize("NFD", NAME)


@pytest.fixture
def runner(tmp_path):
    return Runner(tmp_path / "state")


def old(root: Path, **more) -> Path:
    return make_bag(root, "0.97", algorithms=("md5",), **more)


def without(root: Path, name: str) -> Path:
    (root / name).unlink()
    return root


def with_change(root: Path, name: str) -> Path:
    (root / name).write_bytes(b"other bytes\n")
    return root


def bag_in_a_bag(root: Path) -> Path:
    inner = old(root.with_name("inner"))
    files = {
        f"data/bag/{path.relative_to(inner)}": path.read_bytes()
        for path in sorted(inner.rglob("*"))
        if path.is_file()
    }
    return old(root, files=files)


def holey(root: Path) -> Path:
    fetch = "".join(f"http://localhost/foo/{n} {len(d)} {n}\n" for n, d in FILES.items())
    return old(root, more={"fetch.txt": fetch.encode()})


def listing(extra: str, algorithm: str = "md5") -> dict[str, str]:
    return {f"manifest-{algorithm}.txt": lines(algorithm, FILES) + extra}


OUT = "3e6ffc4a8a1f38a7094e15d2356d7252  "
BAD_WHITESPACE = b"BagIt-Version : %s\nTag-File-Character-Encoding: UTF-8\n"
ESCAPABLE = {"data/100%.txt": b"a", "data/it's #1 & more!?.txt": b"b", "data/a+b=c%41.txt": b"c"}

VALID = {
    "v0.93/duplicate-metadata-entries": lambda r: make_bag(
        r, "0.93", algorithms=("md5",), info=TWICE
    ),
    "v0.94/duplicate-metadata-entries": lambda r: make_bag(
        r, "0.94", algorithms=("md5",), info=TWICE
    ),
    "v0.93/basic-bag": lambda r: make_bag(r, "0.93", algorithms=("md5",)),
    "v0.94/basic-bag": lambda r: make_bag(r, "0.94", algorithms=("md5",)),
    "v0.95/basic-bag": lambda r: make_bag(r, "0.95", algorithms=("md5",)),
    "v0.95/duplicate-metadata-entries": lambda r: make_bag(
        r, "0.95", algorithms=("md5",), info=TWICE
    ),
    "v0.96/basic-bag": lambda r: make_bag(r, "0.96", algorithms=("md5",)),
    "v0.96/duplicate-metadata-entries": lambda r: make_bag(
        r, "0.96", algorithms=("md5",), info=TWICE
    ),
    "v0.97/basic-bag": lambda r: make_bag(r, "0.97", algorithms=("md5",)),
    "v0.97/basic-bag-sha1": lambda r: make_bag(r, "0.97", algorithms=("sha1",)),
    "v0.97/basic-bag-sha224": lambda r: make_bag(r, "0.97", algorithms=("sha224",)),
    "v0.97/basic-bag-sha256": lambda r: make_bag(r, "0.97", algorithms=("sha256",)),
    "v0.97/basic-bag-sha512": lambda r: make_bag(r, "0.97", algorithms=("sha512",)),
    "v0.97/minimal-bag": lambda r: old(r, info=None, tags=()),
    "v0.97/duplicate-metadata-entries": lambda r: old(r, info=TWICE),
    "v0.97/uncommon-metadata-separators": lambda r: old(
        r, info="Source-Organization : One\nContact-Name\t:\tTwo\nContact-Phone:3\n"
    ),
    "v0.97/bag-with-escapable-characters": lambda r: old(r, files=ESCAPABLE),
    "v0.97/bag-with-encoded-names": lambda r: old(
        r,
        files={"data/a\nb.txt": b"x", "data/c\rd.txt": b"y"},
        manifest={
            "manifest-md5.txt": f"{digest('md5', b'x')}  data/a%0Ab.txt\n"
            f"{digest('md5', b'y')}  data/c%0Dd.txt\n"
        },
    ),
    "v0.97/bag-with-space": lambda r: old(r, files={"data/a file with space.txt": b"x"}),
    "v0.97/bag-with-leading-dot-slash-in-manifest": lambda r: old(
        r, manifest={"manifest-md5.txt": lines("md5", FILES).replace("  data", "  ./data")}
    ),
    "v0.97/bag-in-a-bag": bag_in_a_bag,
    "v0.97/holey-bag": holey,
    "v0.97/local-fetch": lambda r: old(
        r, more={"fetch.txt": b"file:///home/someone/source/sachiel.png 42000 sachiel.png\n"}
    ),
    "v0.97/UTF-16-encoded-tag-files": lambda r: old(
        r, encoding="UTF-16BE", files={"data/é.txt": b"x"}, info="Contact-Name: Édna\n"
    ),
    "v0.97/ISO-8859-1-encoded-tag-files": lambda r: old(
        r, encoding="ISO-8859-1", files={"data/é.txt": b"x"}, info="Contact-Name: Édna\n"
    ),
    "v1.0/basicBag": make_bag,
}
INVALID = {
    "v0.97/baginfo-missing-encoding": (
        lambda r: old(r, declaration=b"BagIt-Version: 0.97\n"),
        "BAG-DECLARATION-FORM",
    ),
    "v0.97/bom-in-bagit.txt": (
        lambda r: old(
            r,
            declaration=b"\xef\xbb\xbfBagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n",
        ),
        "BAG-BOM",
    ),
    "v0.97/corrupt-data-file": (
        lambda r: with_change(old(r), "data/text-file.txt"),
        "FIX-CHANGED",
    ),
    "v0.97/corrupt-tag-file": (lambda r: with_change(old(r), "bag-info.txt"), "FIX-CHANGED"),
    "v0.97/extra-file-in-bag": (lambda r: old(r, more={"data/bar": b"bar"}), "FIX-EXTRA"),
    "v0.97/invalid-version-number": (
        lambda r: old(r, declaration=b"BagIt-Version: .97\nTag-File-Character-Encoding: UTF-8\n"),
        "BAG-DECLARATION-FORM",
    ),
    "v0.97/missing-baginfo": (lambda r: without(old(r), "bag-info.txt"), "FIX-MISSING"),
    "v0.97/missing-bagit.txt": (lambda r: without(old(r), "bagit.txt"), "BAG-DECLARATION"),
    "v0.97/bagit-with-invalid-whitespace": (
        lambda r: old(r, declaration=BAD_WHITESPACE % b"0.97"),
        "BAG-DECLARATION-FORM",
    ),
    "v0.97/out-of-scope-file-paths-using-dot-notation": (
        lambda r: old(r, manifest=listing(f"{OUT}../../../README.md\n")),
        "BAG-OUTSIDE",
    ),
    "v0.97/out-of-scope-file-paths-using-dot-notation-for-fetch": (
        lambda r: old(r, more={"fetch.txt": b"http://localhost/x - ../../../README.md\n"}),
        "BAG-FETCH-OUTSIDE",
    ),
    "v0.97/same-filename-listed-twice-with-different-hashes": (
        lambda r: old(r, manifest=listing(f"{OUT}data/text-file.txt\n")),
        "BAG-TWICE",
    ),
    "v1.0/same-filename-listed-twice-with-different-hashes": (
        lambda r: make_bag(r, manifest=listing(f"{'0' * 128}  data/text-file.txt\n", "sha512")),
        "BAG-TWICE",
    ),
    "v1.0/missing-from-manifest": (
        lambda r: make_bag(r, more={"data/missingFromManifest.txt": b"x"}),
        "FIX-EXTRA",
    ),
    "v1.0/bagit-with-invalid-whitespace": (
        lambda r: make_bag(r, declaration=BAD_WHITESPACE % b"1.0"),
        "BAG-DECLARATION-FORM",
    ),
}
LINUX_ONLY = {
    "v0.97/out-of-scope-file-paths-using-absolute-path": ("/tmp/foo", "BAG-OUTSIDE"),
    "v0.97/out-of-scope-file-paths-using-shortcut": ("~/foo", "BAG-OUTSIDE"),
    "v0.97/out-of-scope-file-paths-using-shortcut-username": ("~root/foo", "BAG-OUTSIDE"),
}


def twice_normalised(root: Path, on_disk: tuple[str, ...]) -> Path:
    files = dict.fromkeys(on_disk, b"")
    text = "".join(f"{digest('sha512', b'')}  {name}\n" for name in (NFC, NFD))
    manifest = {"manifest-sha512.txt": text}
    return make_bag(root, "0.97", files=files, manifest=manifest)


WARNING = {
    "v0.97/duplicate-file-with-different-case": (
        lambda r: old(r, files={"data/hello.txt": b"x", "data/HELLO.txt": b"y"}),
        "BAG-CASE",
    ),
    "v0.97/relative-path": (
        lambda r: old(
            r, manifest={"manifest-md5.txt": lines("md5", FILES).replace("  data", "  ./data")}
        ),
        "BAG-DOT",
    ),
    "v0.97/same-filename-listed-twice-with-different-normalization": (
        lambda r: twice_normalised(r, (NFC,)),
        "BAG-NFC",
    ),
    "v0.97/same-filename-listed-twice-with-different-normalization, both there": (
        lambda r: twice_normalised(r, (NFC, NFD)),
        "BAG-NFC",
    ),
    "v0.97/filename-normalization": (
        lambda r: make_bag(
            r,
            "0.97",
            files={NFC: b""},
            manifest={"manifest-sha512.txt": f"{digest('sha512', b'')} {NFD}\n"},
        ),
        "BAG-NFC",
    ),
    "v0.97/special-system-files": (
        lambda r: old(r, files={"data/.DS_Store": b"x", "data/Thumbs.db": b"y"}),
        "BAG-SYSTEM",
    ),
    "v0.97/made-with-md5sum-tools": (
        lambda r: old(r, manifest={"manifest-md5.txt": lines("md5", FILES).replace("  ", " *")}),
        "BAG-ASTERISK",
    ),
    "v0.97/same-filename-listed-twice-with-the-same-hash": (
        lambda r: old(
            r,
            manifest=listing(f"{digest('md5', FILES['data/text-file.txt'])}  data/text-file.txt\n"),
        ),
        "BAG-TWICE",
    ),
}


@pytest.mark.parametrize("name", VALID)
def test_a_valid_bag_is_valid(runner, tmp_path, name):
    report = runner.verify(VALID[name](tmp_path / "bag"))
    assert report.exit_code is ExitCode.OK, report.findings
    assert "The package is valid" in report.summary


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_bag_is_not_valid_and_why(runner, tmp_path, name):
    make, code = INVALID[name]
    report = runner.verify(make(tmp_path / "bag"))
    assert report.exit_code is not ExitCode.OK
    assert code in codes(report)
    assert "valid" not in report.summary


@pytest.mark.parametrize("name", LINUX_ONLY)
def test_a_bag_that_leads_out_on_linux_is_not_valid(runner, tmp_path, name):
    path, code = LINUX_ONLY[name]
    report = runner.verify(old(tmp_path / "bag", manifest=listing(f"{OUT}{path}\n")))
    assert report.exit_code is ExitCode.NOT_CONFORMANT
    assert codes(report)[code] == 1


@pytest.mark.parametrize("name", LINUX_ONLY)
def test_a_bag_whose_fetch_file_leads_out_on_linux_is_not_valid(runner, tmp_path, name):
    """The suite's names end in -for-fetch."""
    path, code = LINUX_ONLY[name]
    fetch = f"http://localhost/x - {path}\n".encode()
    report = runner.verify(old(tmp_path / "bag", more={"fetch.txt": fetch}))
    assert report.exit_code is ExitCode.NOT_CONFORMANT
    assert codes(report)[code.replace("BAG", "BAG-FETCH")] == 1


@pytest.mark.parametrize("name", WARNING)
def test_a_bag_to_be_warned_of_passes_with_a_warning(runner, tmp_path, name):
    make, code = WARNING[name]
    report = runner.verify(make(tmp_path / "bag"))
    assert report.exit_code is ExitCode.OK, report.findings
    assert {f.severity for f in report.findings if f.code == code} == {Severity.WARNING}
