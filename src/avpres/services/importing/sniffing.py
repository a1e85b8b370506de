"""What is imported: looked at before it is fetched, without a change to it."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.formats import manifests, values
from avpres.adapters.packages.forms import Detected, detect
from avpres.domain.errors import AvpresError
from avpres.domain.fixity import Algorithm

_LOOKED_AT = 1 << 20  # bytes of a document; a digest that is met later is taken when it is met
_NAMED = re.compile(
    rb"CHECKSUMTYPE\s*=\s*[\"']([\w-]{2,12})|messageDigestAlgorithm[^>]*>\s*([\w-]{2,12})"
)
_MANIFEST = re.compile(r"(?:tag)?manifest-([\w-]+)\.txt", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """A folder to import, the lists that lie beside it, and the digests worth taking at once."""

    path: Path
    beside: tuple[Path, ...]
    algorithms: tuple[Algorithm, ...]


def look_at(path: Path, wanted: Iterable[Algorithm]) -> Source:
    """Find what belongs to a folder, and which digests its lists speak of.

    Raises:
        SourceUnreadableError: the folder cannot be listed.
    """
    found = detect(path)
    top = Path(os.path.abspath(path))
    everything = (*found.documents, *found.lists)
    beside = tuple(one for one in everything if not one.is_relative_to(top))
    spoken = dict.fromkeys((*wanted, *_algorithms(found)))
    return Source(path, beside, tuple(spoken))


def _algorithms(found: Detected) -> Iterator[Algorithm]:
    if found.bag:
        names = (_MANIFEST.fullmatch(name) for name in os.listdir(found.root))
        labels = [match[1] for match in names if match]
        yield from filter(None, map(values.labelled, sorted(labels)))
    for path in found.lists:
        yield from _of_list(path)
    for path in found.documents:
        yield from _of_document(path)


def _of_list(path: Path) -> Iterable[Algorithm]:
    try:
        return manifests.open_manifest(path).algorithms
    except AvpresError:  # told when it is read as the package's list
        return ()


def _of_document(path: Path) -> Iterator[Algorithm]:
    try:
        with path.open("rb") as handle:
            text = handle.read(_LOOKED_AT)
    except OSError:  # told when it is copied
        return
    for match in _NAMED.finditer(text):
        named = values.labelled((match[1] or match[2]).decode("ascii", "replace"))
        if named is not None:
            yield named
