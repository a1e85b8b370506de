"""The lines of `fetch.txt` (RFC 8493 §2.2.3), whatever is wrong with some; nothing is fetched."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from avpres.adapters.formats import names
from avpres.adapters.formats.bagit import Tongue, is_text_encoding
from avpres.adapters.formats.lines import LONGEST
from avpres.adapters.rules.bag_rules import BAG_RULES
from avpres.adapters.rules.rule import Breach
from avpres.domain.errors import NotConformantError

_LINE = re.compile(r"(\S+)[ \t]+(-|[0-9]{1,19})[ \t]+(.+)", re.DOTALL)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+")
_FILE = b"fetch.txt"
_SHOWN = 60  # characters of a line that are repeated in a message


@dataclass(frozen=True, slots=True)
class Hole:
    """A file that is to be had elsewhere; `paths` are what its name may mean, likeliest first."""

    number: int
    url: str
    size: int | None
    paths: tuple[str, ...]


def holes(handle: BinaryIO, tongue: Tongue) -> Iterator[Hole | Breach]:
    """Yield what each line says, or what is wrong with it."""
    encoding = tongue.encoding if is_text_encoding(tongue.encoding) else "utf-8"
    text = io.TextIOWrapper(handle, encoding, errors="surrogateescape")
    number = 0
    try:
        while line := text.readline(LONGEST):
            number += 1
            if line.strip():
                yield _hole(number, line.rstrip("\n").removeprefix("\ufeff"))
    except UnicodeError:
        yield Breach(BAG_RULES["BAG-TEXT"], f"is not {tongue.encoding}", _FILE)
    finally:
        text.detach()


def _hole(number: int, line: str) -> Hole | Breach:
    match = _LINE.fullmatch(line)
    if match is None or not _URL.fullmatch(match[1]):
        said = f"line {number} is no absolute URL, length and path"
        return Breach(BAG_RULES["BAG-FETCH-LINE"], said, _FILE, found=line[:_SHOWN])
    written = match[3]
    if not names.stays_inside(written) or not names.stays_inside(names.bag_decode(written)):
        said = f"line {number}: {written[:_SHOWN]!r} leads out of the bag"
        return Breach(BAG_RULES["BAG-FETCH-OUTSIDE"], said, _FILE)
    try:
        meant = [names.checked(path) for path in (names.bag_decode(written), written)]
    except NotConformantError as error:
        return Breach(BAG_RULES["BAG-FETCH-LINE"], f"line {number}: {error}", _FILE)
    size = None if match[2] == "-" else int(match[2])
    return Hole(number, match[1], size, tuple(dict.fromkeys(meant)))
