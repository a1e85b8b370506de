"""What must hold for every manifest format: nothing lost, and nothing but clean refusals."""

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from manifest_cases import HARD_NAMES, entry, heading, paths

from avpres.adapters.formats import (
    ascmhl,
    avpres_lines,
    bagit,
    bfi_tar,
    checksum_file,
    dfxml,
    hashdeep,
    mhl,
    sidecar,
)
from avpres.adapters.formats.manifest_file import Origin
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Algorithm

READERS = {
    "checksum-file": checksum_file.read,
    "sidecar": sidecar.read,
    "hashdeep": hashdeep.read,
    "mhl": mhl.read,
    "ascmhl": ascmhl.read,
    "bagit": bagit.read,
    "dfxml": dfxml.read,
    "bfi-tar": bfi_tar.read,
    "avpres": avpres_lines.read,
}
FORMATS = {
    "gnu": (checksum_file.read, checksum_file.write_gnu, (Algorithm.XXH128,)),
    "ifi": (checksum_file.read, checksum_file.write_ifi, (Algorithm.MD5,)),
    "bsd": (checksum_file.read, checksum_file.write_bsd, tuple(Algorithm)),
    "hashdeep": (hashdeep.read, hashdeep.write, (Algorithm.MD5, Algorithm.SHA256)),
    "mhl": (mhl.read, mhl.write, (Algorithm.MD5, Algorithm.XXH64)),
    "dfxml": (dfxml.read, dfxml.write, (Algorithm.SHA1, Algorithm.SHA512)),
    "bfi-tar": (bfi_tar.read, bfi_tar.write, (Algorithm.MD5,)),
    "avpres": (avpres_lines.read, avpres_lines.write, tuple(Algorithm)),
}
ORIGIN = Origin(Path("manifest-md5.txt"), Algorithm.MD5)
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def written(form: str, names: list[str]) -> tuple[list, bytes]:
    _, write, algorithms = FORMATS[form]
    entries = [entry(name, algorithms) for name in names]
    entries += [entry("empty", algorithms, b"")]
    handle = io.BytesIO()
    write(handle, entries, heading(*algorithms))
    return entries, handle.getvalue()


def reread(form: str, data: bytes) -> list:
    read, _, algorithms = FORMATS[form]
    return list(read(io.BytesIO(data), Origin(Path("a.manifest"), algorithms[0])))


@pytest.mark.parametrize("form", FORMATS)
@quick
@example(names=list(HARD_NAMES))
@given(names=st.lists(paths, max_size=5, unique=True))
def test_any_name_comes_back_as_it_was(form, names):
    entries, data = written(form, names)
    found = [(one.path, one.digests) for one in reread(form, data)]
    expected = [(one.path, one.digests) for one in entries]
    assert sorted(found) == sorted(expected)
    if form != "ifi":
        assert found == expected


@pytest.mark.parametrize("form", ["hashdeep", "mhl", "dfxml", "avpres"])
def test_sizes_and_times_come_back(form):
    entries, data = written(form, ["a.mov", "b\nc"])
    found = reread(form, data)
    assert [one.size for one in found] == [one.size for one in entries]
    if form != "hashdeep":
        times = {one.mtime_ns for one in found if one.size}
        assert times == {1_700_000_000_000_000_000}


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_entries_give_the_same_bytes(form):
    assert written(form, list(HARD_NAMES)) == written(form, list(HARD_NAMES))


@pytest.mark.parametrize("reader", READERS)
@quick
@given(data=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_no_bytes_upset_a_reader(reader, data):
    try:
        for one in READERS[reader](io.BytesIO(data), ORIGIN):
            one.path.encode("utf-8", "surrogateescape")
            assert one.path
            assert "\0" not in one.path
    except NotConformantError as error:
        assert str(error).startswith("manifest-md5.txt")  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize("form", FORMATS)
@quick
@given(at=st.integers(0, 10_000), cut=st.integers(0, 40), put=st.binary(max_size=20))
def test_a_damaged_manifest_is_read_or_refused(form, at, cut, put):
    _, data = written(form, ["a.mov", "b\nc", "\udcff"])
    at %= len(data)
    try:
        reread(form, data[:at] + put + data[at + cut :])
    except NotConformantError as error:
        assert str(error).startswith("a.manifest")  # noqa: PT017 - either outcome is right
