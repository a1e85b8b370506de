"""Where things lie in a package."""

from dataclasses import dataclass, replace
from enum import Enum, auto

from avpres.adapters.formats.report_names import visible
from avpres.config.packing import PackingOptions
from avpres.domain.errors import DestinationRefusedError
from avpres.domain.oais import Box, Layout, PackagedFile, Role

GIVEN = (Role.OBJECT, Role.SUPPLEMENTAL)
"""What a package is made of; all else is about it."""


class Form(Enum):
    """Which documents a layout asks for, besides logs and what avpres opens a package with."""

    PLAIN = auto()  # METS and PREMIS
    MM = auto()  # and DFXML and checksums of the objects
    CSIP = auto()  # METS of the package and METS of the representation, PREMIS of both


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Folders and files of a package, relative to it, with slashes.

    `supplemental` is what was said about the objects before; `records` what MediaInfo says of each
    object, in a tree like that of the objects; `files` what avpres knows of the package and its
    files, one a line. METS and PREMIS name files from `home`: it is empty or ends in a slash.
    """

    objects: str
    metadata: str
    logs: str
    supplemental: str
    records: str
    files: str
    mets: str
    premis: str
    log: str = "package.log"  # `{id}` is that of the package
    home: str = ""
    form: Form = Form.PLAIN
    is_bag: bool = False

    def at_home(self, file: PackagedFile) -> PackagedFile:
        """Give a file as METS and PREMIS name it."""
        return replace(file, path=file.path.removeprefix(self.home)) if self.home else file


def _within(places: Places, home: str = "") -> Places:
    """Put a layout into a bag: all of it is payload."""
    return replace(
        places,
        objects=f"data/{places.objects}",
        metadata=f"data/{places.metadata}",
        logs=f"data/{places.logs}",
        supplemental=f"data/{places.supplemental}",
        records=f"data/{places.records}",
        files=f"data/{places.files}",
        mets=f"data/{places.mets}",
        premis=f"data/{places.premis}",
        home=home,
        is_bag=True,
    )


REPRESENTATION = "representations/rep1"
"""The only representation of an E-ARK package: the objects as they were packaged."""

_IFI = Places(
    objects="objects",
    metadata="metadata",
    logs="logs",
    supplemental="metadata/supplemental",
    records="metadata/objects",
    files="metadata/files.jsonl",
    mets="metadata/mets.xml",
    premis="metadata/premis.xml",
    log="{id}_sip_log.log",
)
_MM = replace(
    _IFI,
    logs="metadata/logs",
    records="metadata/fileMeta/objects",
    log="capture.log",
    form=Form.MM,
)
_METS = replace(_IFI, objects="content", mets="mets.xml", premis="premis.xml", log="package.log")
_CSIP = Places(
    objects=f"{REPRESENTATION}/data",
    metadata="metadata/other",
    logs="documentation/logs",
    supplemental="documentation/supplemental",
    records=f"{REPRESENTATION}/metadata/other",
    files="metadata/other/files.jsonl",
    mets="METS.xml",
    premis="metadata/preservation/premis.xml",
    form=Form.CSIP,
)

PLACES: dict[Layout, Places] = {
    Layout.IFI_BAG: _within(_IFI),
    Layout.IFI: _IFI,
    Layout.BAG: replace(_IFI, objects="data", log="package.log", is_bag=True),
    Layout.MM: _MM,
    Layout.MM_BAG: _within(_MM),
    Layout.METS: _METS,
    Layout.METS_BAG: _within(_METS, home="data/"),
    Layout.CSIP: _CSIP,
    Layout.CSIP_BAG: _within(_CSIP, home="data/"),
}


def require_utf8(name: bytes, shown: str, options: PackingOptions) -> None:
    """Refuse a name that a bag or a zip cannot list.

    Raises:
        DestinationRefusedError: it is not UTF-8, and such a package is asked for.
    """
    if not (PLACES[options.layout].is_bag or options.container is Box.ZIP):
        return
    try:
        name.decode()
    except UnicodeDecodeError:
        raise DestinationRefusedError(
            f"{visible(shown)}: this name is not UTF-8, and a bag or zip cannot list it; "
            "rename it, or use --layout ifi"
        ) from None
