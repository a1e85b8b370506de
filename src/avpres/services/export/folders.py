"""Folders of the packages that hold nothing are in the DIP too, where files would be."""

from collections.abc import Iterator, Sequence

from avpres.domain.errors import NotConformantError
from avpres.domain.oais import PackagedFile, Role
from avpres.services.export.choosing import Choice
from avpres.services.export.dip import Dip
from avpres.services.packing.landing import components


def make_folders(dip: Dip, choices: Sequence[Choice]) -> None:
    """Make the folders that hold nothing and lie in what was chosen.

    Raises:
        NotConformantError: a package speaks of a folder outside itself.
        OSError: one cannot be made.
    """
    for choice in choices:
        for place in _places(dip, choice):
            (dip.tree / place).mkdir(parents=True, exist_ok=True)


def _places(dip: Dip, choice: Choice) -> Iterator[str]:
    source = choice.source
    if dip.options.format:  # a folder has none
        return
    for path in source.opened.folders():
        supplement = path.startswith(f"{source.opened.places.supplemental}/")
        role = Role.SUPPLEMENTAL if supplement else Role.OBJECT
        folder = PackagedFile(path, path, 0, 0, (), role)
        relative = source.relative(folder)
        if choice.why_not(folder, relative, None) is not None:
            continue
        place = dip.place_of(role, source.folder + relative)
        if components(place) is None:
            raise NotConformantError(
                f"{source.given}: speaks of a folder {path!r}, which leads out of it; verify the "
                "package"
            )
        yield place
