"""Audit a JP2 that was made: valid by jpylyzer, formed as the policy demands, metadata whole."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Protocol

from avpres.adapters.images.raster import Embedded, Raster
from avpres.adapters.jp2 import boxes, chain
from avpres.adapters.jp2.boxes import Head
from avpres.adapters.jp2.markers import COD, COM, QCC, QCD, SIZ, read_form
from avpres.adapters.jp2.parsing import BoxError, Parsed, parse
from avpres.adapters.jp2.rules import Breach, Rule, rules_of_form, rules_of_picture
from avpres.domain.imaging import Codestream
from avpres.domain.migration import Reason, Unmigratable

_COMMENT = b"Created by OpenJPEG version "
_MARKERS = (SIZ, COD, QCD, COM)
_OPTIONS = {
    "validationFormat": "jp2",
    "verboseFlag": False,
    "nullxmlFlag": False,
    "packetmarkersFlag": False,
}


class Target(Protocol):
    """What was made, and what went into it."""

    @property
    def data(self) -> bytes:
        """The whole file."""

    @property
    def raster(self) -> Raster:
        """The samples that were encoded."""

    @property
    def head(self) -> Head:
        """What the header was to say."""

    @property
    def uuids(self) -> tuple[tuple[bytes, bytes], ...]:
        """What was to stand behind the codestream."""


def check(target: Target, form: Codestream) -> None:
    """Hold a target against everything that it must be.

    Raises:
        Unmigratable: something is otherwise; the detail tells the first three things.
    """
    found = [str(each) for each in breaches(target, form)]
    if found:
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""  # noqa: PLR2004
        raise Unmigratable(Reason.QA_STRUCTURE, "; ".join(found[:3]) + more)


def breaches(target: Target, form: Codestream) -> list[Breach]:
    """Give every rule that does not hold, by jpylyzer and by the boxes as they are read back."""
    rules = (*rules_of_form(form), *rules_of_picture(target.raster, target.head, form))
    return [*judged(target.data, rules), *_boxes(target)]


def judged(data: bytes, rules: Sequence[Rule]) -> Iterator[Breach]:
    """Have jpylyzer test a file, and hold the properties that it tells against rules."""
    from jpylyzer import boxvalidator, shared

    shared.printWarning = _silent  # it writes to stderr what the result holds as well
    try:
        result = boxvalidator.BoxValidator(_OPTIONS, "JP2", data).validate()
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - jpylyzer trips over damaged files in many ways
        yield Breach("jpylyzer's verdict", "valid", f"{type(error).__name__}: {error}")
        return
    if not result.isValid:
        failed = sorted(each.tag for each in result.tests.iter() if each.text is False)
        yield Breach("jpylyzer's verdict", "valid", f"not valid ({', '.join(failed)})")
    for rule in rules:
        found = tuple(map(_said, result.characteristics.findall(rule.path)))
        if found != rule.expected:
            yield Breach(rule.name, ", ".join(rule.expected), ", ".join(found))


def _silent(_text: str) -> None:
    """Say nothing."""


def _said(element: Any) -> str:
    """Put a property into the words of jpylyzer's report."""
    value = _words().get(element.tag, {}).get(element.text, element.text)
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[object, str]]:
    from jpylyzer import jpylyzer

    words: dict[str, dict[object, str]] = jpylyzer.generatePropertiesRemapTable()
    return words


def _boxes(target: Target) -> Iterator[Breach]:
    """Compare every box with what was to be written, and the codestream's markers and lengths."""
    try:
        parsed = parse(memoryview(target.data))
    except BoxError as error:
        yield Breach("boxes", "as they were written", str(error))
        return
    yield from _header(parsed.head, target.head)
    if len(parsed.uuids) != len(target.uuids):
        yield Breach("uuid boxes", str(len(target.uuids)), str(len(parsed.uuids)))
    for (name, content), wanted in zip(parsed.uuids, target.uuids, strict=False):
        if (name, bytes(content)) != wanted:
            yield Breach(f"uuid box {wanted[0].hex()}", f"{len(wanted[1])} bytes", "otherwise")
    yield from _codestream(parsed)


def _header(found: Head, wanted: Head) -> Iterator[Breach]:
    names = ("width", "height", "depths", "space", "mapping", "channels", "resolution", "known")
    for name in names:
        one, other = getattr(wanted, name), getattr(found, name)
        if one != other:
            yield Breach(f"{name} in the header", str(one), str(other))
    if found.profile != wanted.profile:
        yield Breach("ICC profile", f"{len(wanted.profile or b'')} bytes", "otherwise")
    same = found.palette is wanted.palette or (
        wanted.palette is not None and wanted.palette.is_same(found.palette)
    )
    if not same:
        yield Breach("palette", "as in the source", "otherwise")


def _codestream(parsed: Parsed) -> Iterator[Breach]:
    form = read_form(parsed.codestream)
    if form is None:
        yield Breach("main header", "one that can be read", "none")
        return
    markers = tuple(each for each in form.markers if each != QCC)  # these are among the rules
    if markers != _MARKERS:
        yield Breach("markers", _hex(_MARKERS), _hex(markers))
    if any(not each.startswith(_COMMENT) for each in form.comments):
        yield Breach("comment", _COMMENT.decode(), repr(form.comments))
    for fault in chain.faults(parsed.codestream, form):
        yield Breach("tile-parts", "one for each tile, up to the end", fault)


def _hex(markers: Sequence[int]) -> str:
    return " ".join(f"{each:04X}" for each in markers)


def uuids_of(embedded: Embedded, source: bytes | None) -> tuple[tuple[bytes, bytes], ...]:
    """Name the metadata that stands in boxes of its own, in their order."""
    known = (
        (boxes.EXIF, embedded.exif),
        (boxes.XMP, embedded.xmp),
        (boxes.IPTC, embedded.iptc),
        (boxes.SOURCE, source),
    )
    return tuple((name, content) for name, content in known if content)
