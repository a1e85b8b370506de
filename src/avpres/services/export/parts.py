"""METS in parts: one document for so many files, and one that points to them all.

As E-ARK divides packages (CSIP 2, 5.3.1): a root METS with `mptr`. History and rights stand in the
root alone.
"""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from itertools import islice

from avpres.adapters.formats.mets import About, write_mets
from avpres.domain.oais import Package, Role
from avpres.services.export.dip import Dip

FILES = 5000
"""Files that one part speaks of."""

_END = b"</mets:mets>\n"


def write_divided(dip: Dip, package: Package, about: About | None) -> None:
    """Write the parts, and the METS that points to them and lists them as files."""
    keeper, scratch = dip.keeper, dip.stage.path
    content = (Role.OBJECT, Role.SUPPLEMENTAL)
    total = -(-dip.shelf.totals(*content)[0] // FILES)
    plain = replace(package, events=(), agents=(), rights="")
    names = []
    files = dip.shelf.files(*content)
    for number in range(1, total + 1):
        names.append(_name(dip, number, total))
        part = replace(plain, label=f"{package.label} ({number} of {total})")
        with keeper.written(names[-1], Role.METADATA) as handle:
            write_mets(handle, part, lambda: islice(files, FILES), scratch=scratch, about=about)
    root = BytesIO()
    write_mets(root, package, dip.own_files, scratch=scratch)
    with keeper.written(dip.places.mets, Role.METADATA) as handle:
        handle.write(root.getvalue().removesuffix(_END))
        handle.writelines(_pointers(names))
        handle.write(_END)


def _name(dip: Dip, number: int, total: int) -> str:
    stem, _, ending = dip.places.mets.rpartition(".")
    return f"{stem}-{number:0{max(4, len(str(total)))}}.{ending}"


def _pointers(names: list[str]) -> Iterator[bytes]:
    yield b'<mets:structMap TYPE="logical" LABEL="parts">\n<mets:div LABEL="parts">\n'
    for name in names:
        yield (
            f'<mets:div LABEL="{name}"><mets:mptr LOCTYPE="URL" xlink:type="simple"'
            f' xlink:href="{name}"/></mets:div>\n'
        ).encode()
    yield b"</mets:div>\n</mets:structMap>\n"
