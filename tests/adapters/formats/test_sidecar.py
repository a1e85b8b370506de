import io
import subprocess
from pathlib import Path

import pytest
from manifest_cases import entry, heading

from avpres.adapters.formats import sidecar
from avpres.adapters.formats.manifest_file import Origin
from avpres.domain.errors import NotConformantError, UsageError
from avpres.domain.fixity import Algorithm

MD5 = "d41d8cd98f00b204e9800998ecf8427e"


def read(text, name="film.mkv.md5"):
    return list(sidecar.read(io.BytesIO(text.encode()), Origin(Path("/shelf") / name)))


@pytest.mark.parametrize(
    "text",
    [
        MD5,
        f"{MD5}\n",
        f"  {MD5.upper()} \r\n",
        f"{MD5} *film.mkv\n",
        f"{MD5}  old name.mkv\n",
        f"\n# by md5tool\n{MD5} *D:\\tapes\\film.mkv\r\n",
    ],
)
def test_every_form_of_sidecar_speaks_of_the_file_it_is_named_after(text):
    (one,) = read(text)
    assert (one.path, one.digests[0].value) == ("film.mkv", MD5)


@pytest.mark.parametrize("text", ["no digest", f"{MD5} *a\n{MD5} *b\n", MD5[:-1]])
def test_what_is_no_single_digest_is_refused(text):
    with pytest.raises(NotConformantError, match=r"film\.mkv\.md5, line"):
        read(text)


@pytest.mark.parametrize(
    ("name", "algorithm"),
    [
        ("film.mkv.md5", Algorithm.MD5),
        ("film.mkv.SHA256", Algorithm.SHA256),
        ("film.b3", Algorithm.BLAKE3),
        ("film.mkv", None),
        (".md5", None),
        ("md5", None),
    ],
)
def test_sidecars_are_known_by_their_names(name, algorithm):
    assert sidecar.is_sidecar(name) is algorithm


def test_md5sum_accepts_a_written_sidecar(tmp_path):
    (tmp_path / "a\nb").write_bytes(b"x")
    with (tmp_path / "a\nb.md5").open("wb") as handle:
        sidecar.write(handle, [entry("reel/a\nb", [Algorithm.MD5], b"x")], heading(Algorithm.MD5))
    subprocess.run(["md5sum", "-c", "a\nb.md5"], cwd=tmp_path, check=True, capture_output=True)


@pytest.mark.parametrize("count", [0, 2])
def test_a_sidecar_is_of_one_file(count):
    entries = [entry("a", [Algorithm.MD5])] * count
    with pytest.raises(UsageError):
        sidecar.write(io.BytesIO(), entries, heading(Algorithm.MD5))
