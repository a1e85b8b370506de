"""ASC MHL chain files: which hash lists a history has, and the C4 of each."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from avpres.adapters.formats import names, values, xml_text
from avpres.adapters.formats.manifest_file import Heading, Origin
from avpres.adapters.formats.xml_escape import escape
from avpres.adapters.storage.hashing import C4Hasher, digests_of
from avpres.domain.errors import FixityMismatchError, IncompleteError, NotConformantError
from avpres.domain.fixity import Algorithm

FOLDER = "ascmhl"
CHAIN = "ascmhl_chain.xml"
_NAME_ROOM = 200  # bytes for the folder's name in a hash list's name, of 255
_NUMBERED = re.compile(r"(\d{4,9})(?:_.+)?\.mhl", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Generation:
    """A hash list as the chain file knows it."""

    number: int
    name: str
    c4: str


def chain(root: Path) -> list[Generation]:
    """Read the chain file of a folder's history, oldest generation first.

    Raises:
        NotConformantError: there is a history without a chain, or the chain breaks its rules.
    """
    path = root / FOLDER / CHAIN
    if not path.is_file():
        raise NotConformantError(f"{path} is missing: nothing tells whether the history is whole")
    with path.open("rb") as handle:
        return read_chain(handle, path)


def read_chain(handle: BinaryIO, path: Path) -> list[Generation]:
    """Read an open chain file, oldest generation first; `path` is for what is said of it.

    Raises:
        NotConformantError: it breaks its rules.
    """
    origin = Origin(path)
    found = [
        _generation(element, origin)
        for element in xml_text.elements(handle, origin, ("hashlist",))
        if not xml_text.is_comment(element)
    ]
    return sorted(found, key=lambda generation: generation.number)


def _generation(element: xml_text.Element, origin: Origin) -> Generation:
    try:
        name = xml_text.path_in(element, "path")
        c4 = values.digest((xml_text.child_text(element, "c4") or "").strip())
        number = xml_text.size_of(element.get("sequencenr"))
        if "/" in name or c4 is None or c4.algorithm is not Algorithm.C4 or number is None:
            raise NotConformantError("a generation without number, plain name or C4")  # noqa: TRY301
    except NotConformantError as error:
        raise origin.malformed(xml_text.line(element), str(error)) from None
    return Generation(number, name, c4.value)


def check(root: Path, generations: Iterable[Generation]) -> None:
    """Hold every hash list against its C4 in the chain.

    Raises:
        IncompleteError: one is missing.
        FixityMismatchError: one was changed after it was written.
    """
    for generation in generations:
        check_c4(root / FOLDER / generation.name, generation.c4)


def check_c4(path: Path, expected: str) -> None:
    """Hold a hash list against its C4.

    Raises:
        IncompleteError: it is missing.
        FixityMismatchError: it was changed after it was written.
    """
    check_presence(path)
    if file_c4(path) != expected:
        raise FixityMismatchError(
            f"{path} was changed after it was written; bring the original back"
        )


def check_presence(path: Path) -> None:
    """Make sure that a hash list is there.

    Raises:
        IncompleteError: it is missing.
    """
    if not path.is_file():
        raise IncompleteError(f"{path} is missing, so the history is not whole; bring it back")


def file_c4(path: Path) -> str:
    """Take the C4 of a file."""
    (digest,) = digests_of(path, (Algorithm.C4,))
    return digest.value


def adopted(root: Path) -> list[Generation]:
    """Read the chain, and take in a hash list that a killed run wrote just before its chain.

    Lists are complete once they have their name, and the chain is written next. So one list with
    the number that comes next is such a one. More than that is not explained by a killed run.

    Raises:
        NotConformantError: there are lists that the chain does not know.
    """
    folder = root / FOLDER
    chained = chain(root) if (folder / CHAIN).is_file() else []
    known = {generation.name for generation in chained}
    strays = [path for path in folder.glob("*.mhl") if path.name not in known]
    numbered = [(path, _NUMBERED.fullmatch(path.name)) for path in strays]
    following = chained[-1].number + 1 if chained else 1
    for path, match in numbered:
        if len(strays) > 1 or match is None or int(match[1]) != following:
            raise NotConformantError(f"{path} is not in the chain of its history; move it away")
        chained.append(Generation(following, path.name, file_c4(path)))
    return chained


class CountedFile:
    """A file that takes the C4 of what goes into it."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle, self._hasher = handle, C4Hasher()

    def write(self, data: bytes) -> None:
        """Write, and take in what was written."""
        self._hasher.update(data)
        self._handle.write(data)

    def c4(self) -> str:
        """Give the C4 of all that was written."""
        return self._hasher.hexdigest()


def list_name(number: int, root: Path, heading: Heading) -> str:
    """Name a hash list `0001_<folder>_<date>Z.mhl`, in characters that every system takes."""
    readable = names.to_bytes(root.resolve().name).decode("utf-8", "replace")
    plain = re.sub(r"[^\w .()+,=@-]", "_", readable)
    short = plain.encode()[:_NAME_ROOM].decode("utf-8", "ignore") or "root"
    return f"{number:04d}_{short}_{heading.created:%Y-%m-%d_%H%M%S}Z.mhl"


def chain_text(generations: Iterable[Generation]) -> str:
    """Write a chain file."""
    lines = "".join(
        f'  <hashlist sequencenr="{generation.number}">\n'
        f"    <path>{escape(generation.name)}</path>\n"
        f"    <c4>{generation.c4}</c4>\n  </hashlist>\n"
        for generation in generations
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<ascmhldirectory xmlns="urn:ASC:MHL:DIRECTORY:v2.0">\n{lines}</ascmhldirectory>\n'
    )
