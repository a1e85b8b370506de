"""Where things lie in a package."""

from dataclasses import dataclass

from avpres.domain.oais import Layout


@dataclass(frozen=True, slots=True)
class Places:
    """Folders of a package, relative to it, with slashes."""

    objects: str
    metadata: str
    logs: str
    is_bag: bool

    @property
    def supplemental(self) -> str:
        """Give the folder of what was said about the objects before."""
        return f"{self.metadata}/supplemental"

    @property
    def files(self) -> str:
        """Give the path of what avpres knows of the package and its files, one file a line."""
        return f"{self.metadata}/files.jsonl"

    @property
    def mets(self) -> str:
        """Give the path of the METS document."""
        return f"{self.metadata}/mets.xml"

    @property
    def premis(self) -> str:
        """Give the path of the PREMIS document."""
        return f"{self.metadata}/premis.xml"


PLACES: dict[Layout, Places] = {
    Layout.IFI_BAG: Places("data/objects", "data/metadata", "data/logs", is_bag=True),
    Layout.IFI: Places("objects", "metadata", "logs", is_bag=False),
    Layout.BAG: Places("data", "metadata", "logs", is_bag=True),
}
