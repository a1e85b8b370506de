"""Files that are attached to a film as they are."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from avpres.adapters.matroska.model import Attached as Place
from avpres.domain.reversible import Attached, Library, ReversibilityError
from avpres.services.reversible.opening import Cooked, is_data

_CHUNK = 1 << 20
_SEVERAL = 2
_LISTING = "18.10.1.20200219"  # the first RAWcooked that lists all that it attaches


def all_attached(cooked: Cooked) -> Iterator[Attached]:
    """Yield the files that the data list, and what old versions of RAWcooked did not list.

    Those left manifests out at least (its source, Matroska.cpp: `Compat_18_10_1`). What was
    attached to the film by others lies in no folder of the reel.

    Raises:
        ReversibilityError: the list is damaged.
    """
    known: set[int | str] = set()
    for file in cooked.data.attached(data=True):
        known |= {_text(file.name), *(() if file.uid is None else (file.uid,))}
        yield file
    if not _is_old(cooked.data.library):
        return
    folder = _folder(cooked)
    for each in cooked.film.attachments:
        is_listed = bool({each.uid, each.name} & known) or is_data(cooked.film, each)
        if folder and each.name.startswith(folder) and not is_listed:
            yield Attached(each.name.encode("utf-8", "surrogateescape"), each.size, uid=each.uid)


def _is_old(library: Library) -> bool:
    return library.name.strip("_").lower() == "rawcooked" and library.version < _LISTING


def _folder(cooked: Cooked) -> str:
    """Give the folder that was cooked, with its slash; nothing where there was none."""
    with suppress(ReversibilityError, IndexError):
        top, slash, _ = cooked.data.tracks[0].file(residual=False).name.partition(b"/")
        return _text(top + slash) if slash else ""
    return ""


def find_attached(cooked: Cooked, file: Attached) -> BinaryIO:
    """Open what is attached for a file: by its number, else by its name, else here in the data.

    mkvmerge leaves the folders out of names; what has the rest of the name is then compared.

    Raises:
        ReversibilityError: the film holds nothing of it.
    """
    if file.size == 0:
        return io.BytesIO()
    found = cooked.by_uid.get(file.uid) if file.uid is not None else None
    found = found or cooked.by_name.get(_text(file.name))
    if found is not None:
        return cooked.film.open(found)
    if file.data is not None:
        return io.BytesIO(file.data)
    found = _without_folder(cooked, file)
    if found is not None:
        return cooked.film.open(found)
    raise ReversibilityError("the film holds no attachment of this name")


def _without_folder(cooked: Cooked, file: Attached) -> Place | None:
    """Find what may be the file, by the end of its name and its size, and of several by its digest.

    Raises:
        ReversibilityError: there are several, unlike each other, and it has no digest.
    """
    name = _text(file.name).rpartition("/")[2]
    alike = [
        each
        for each in cooked.film.attachments
        if each.name == name and file.size in {None, each.size}
    ]
    if len(alike) < _SEVERAL:
        return alike[0] if alike else None
    by_md5 = {_md5(cooked, each): each for each in alike}
    if not file.md5 and len(by_md5) > 1:
        raise ReversibilityError("several attachments may be it, and no digest tells which")
    return by_md5.get(file.md5 or b"", alike[0])


def _md5(cooked: Cooked, place: Place) -> bytes:
    found = hashlib.md5(usedforsecurity=False)
    with cooked.film.open(place) as handle:
        while chunk := handle.read(_CHUNK):
            found.update(chunk)
    return found.digest()


def _text(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")
