"""Files that are attached to a film as they are."""

import io
from typing import BinaryIO

from avpres.domain.reversible import Attached, ReversibilityError
from avpres.services.reversible.opening import Cooked


def find_attached(cooked: Cooked, file: Attached) -> BinaryIO:
    """Open what is attached for a file: by its number, else by its name, else here in the data.

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
    raise ReversibilityError("the film holds no attachment of this name")


def _text(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")
