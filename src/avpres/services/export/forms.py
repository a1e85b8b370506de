"""Where things lie in a dissemination package."""

from dataclasses import dataclass

from avpres.domain.dissemination import DipForm
from avpres.domain.oais import Role


@dataclass(frozen=True, slots=True)
class Place:
    """Folders and documents of a DIP, relative to it, with slashes.

    `records` is the tree of technical records, for forms that have one beside the METS.
    """

    content: str
    supplemental: str = "supplemental"
    mets: str = "mets.xml"
    left_out: str = "left-out.csv"
    records: str = ""

    def of(self, role: Role, name: str) -> str:
        """Give the path of a file of a package."""
        root = self.supplemental if role is Role.SUPPLEMENTAL else self.content
        return f"{root}/{name}"

    @property
    def kept(self) -> tuple[str, ...]:
        """Name the folders at the top that a later run finds again."""
        return tuple(
            dict.fromkeys(each.split("/")[0] for each in (self.content, self.supplemental))
        )


FORMS: dict[DipForm, Place] = {
    DipForm.AIHT: Place(content="content"),
    DipForm.BAG: Place(content="data"),
}
