"""Files to package, and a way to package them."""

import os
import stat
import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest
from lxml import etree

from avpres.config.package import PackageOptions
from avpres.services.context import Context
from avpres.services.package import package

SCHEMAS = Path(os.environ.get("AVPRES_SCHEMAS", Path(__file__).parents[3] / "shared" / "schemas"))
needs_schemas = pytest.mark.skipif(
    not (SCHEMAS / "package.xsd").is_file(), reason="no package.xsd (AVPRES_SCHEMAS)"
)
ID = "4a1f9a0e-2f35-4f0c-9a3b-0c53dd9d1d6e"
DATE = "2024-02-29T12:00:00Z"


class Packer:
    """Runs `package` again and again over one state folder."""

    def __init__(self, state: Path, **around) -> None:
        self.state = state
        self.around = around

    def __call__(self, *paths, **options):
        *sources, out = paths
        asked = PackageOptions(sources=sources, destination=out, **options)
        report = package(asked, Context(state_dir=self.state, **self.around))
        assert report.summary
        assert "\n" not in report.summary
        return report


def film(path: Path, seconds: int = 1) -> None:
    """Make a small film with ffmpeg."""
    program = imageio_ffmpeg.get_ffmpeg_exe()
    made = ["-f", "lavfi", "-i", f"testsrc=d={seconds}:s=64x48:r=5", "-c:v", "mpeg4"]
    subprocess.run([program, "-loglevel", "error", "-y", *made, str(path)], check=True)


def tree(root: Path) -> dict[str, bytes | None]:
    """Read a whole tree: contents by path, None for folders."""
    found: dict[str, bytes | None] = {}
    for path in sorted(root.rglob("*")):
        mode = os.lstat(path).st_mode
        found[os.fsdecode(path.relative_to(root))] = (
            path.read_bytes() if stat.S_ISREG(mode) else None
        )
    return found


def only(out: Path) -> Path:
    """Give the one package that lies in a folder, and require that nothing unfinished does."""
    assert [name for name in os.listdir(out) if name.startswith(".")] == []
    (found,) = [path for path in out.iterdir() if path.is_dir()]
    return found


class _Local(etree.Resolver):
    """Answers imports of a schema from its own folder, never from the network."""

    def resolve(self, url, _public_id, context):
        return self.resolve_filename(str(SCHEMAS / url.rsplit("/", 1)[-1]), context)


def schema():
    """Give the schema of METS, PREMIS and the technical records in them."""
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Local())
    return etree.XMLSchema(etree.parse(SCHEMAS / "package.xsd", parser))
