"""Who is asked about which files: the tasks that a group of descriptions makes."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from avpres.adapters.tools.mediaconch import MediaConch
from avpres.domain.description import Description
from avpres.domain.errors import ToolFailedError
from avpres.domain.formats import Engine, Format
from avpres.domain.severity import Severity
from avpres.domain.validity import Message
from avpres.services.characterise import opinions
from avpres.services.characterise.panel import Panel
from avpres.services.describing import Described

Change = Callable[[Description], Description]
Changes = dict[int, Change]
"""What becomes of the descriptions of a group, by their places in it."""

Task = Callable[[], Changes]
Files = Mapping[int, Described]

POLICED = frozenset(
    {
        Format.AIFF,
        Format.AVI,
        Format.DV,
        Format.FLAC,
        Format.MATROSKA,
        Format.MOV,
        Format.MP4,
        Format.MXF,
        Format.WAVE,
    }
)
"""Formats of sound and film; policies are about them."""


def concerns(panel: Panel, description: Description) -> bool:
    """Say whether anybody on the panel is to be asked about a file."""
    if description.error or not description.size:
        return False
    if panel.jhove is not None or (panel.policies and description.format in POLICED):
        return True
    is_page = _is_html5(description) or _is_xhtml5(description)
    return (is_page and "vnu" in panel.checkers) or (
        _is_book(description) and "epubcheck" in panel.checkers
    )


def checkers(panel: Panel, files: Files) -> Iterator[Task]:
    """Give vnu and EPUBCheck what our own validators leave open."""
    if not panel.checkers:
        return
    pages = {number: each for number, each in files.items() if _is_html5(each.description)}
    xml = {number: each for number, each in files.items() if _is_xhtml5(each.description)}
    if pages:
        yield partial(_by_vnu, panel, pages, as_xml=False)
    if xml:
        yield partial(_by_vnu, panel, xml, as_xml=True)
    for number, each in files.items():
        if _is_book(each.description):
            yield partial(_by_epubcheck, panel, number, each.item.path)


def jhove(panel: Panel, files: Files) -> Iterator[Task]:
    """Give JHOVE the files of each format together, and what is beyond it to nobody."""
    if panel.jhove is None:
        return
    by_format: dict[Format, dict[int, Described]] = defaultdict(dict)
    beyond: Changes = {}
    for number, each in files.items():
        format = _format_of(each.description)
        if format is not None and panel.jhove.has(format):
            by_format[format][number] = each
        elif panel.engine is Engine.BOTH:
            beyond[number] = partial(opinions.compared, verdict=None)
        else:
            beyond[number] = opinions.beyond_jhove
    yield lambda: beyond
    for format, some in by_format.items():
        yield partial(_by_jhove, panel, some, format)


def policies(panel: Panel, files: Files) -> Iterator[Task]:
    """Hold what is sound or film against the archive's policies."""
    for number, each in files.items():
        if panel.policies and each.description.format in POLICED:
            yield partial(_by_policies, panel, number, each.item.path)


def _is_html5(description: Description) -> bool:
    """Say whether a page is of today's HTML, or of no version that it names."""
    text = description.technical.text
    is_old = bool(text and text.doctype) and description.version != "5"
    return "HTML-NOT-CHECKED" in description.counts and description.status.is_sound and not is_old


def _is_xhtml5(description: Description) -> bool:
    return "XHTML-NOT-CHECKED" in description.counts and description.status.is_sound


def _is_book(description: Description) -> bool:
    return description.format == Format.EPUB and description.status.is_sound


def _format_of(description: Description) -> Format | None:
    try:
        return Format(description.format)
    except ValueError:
        return None


def _by_vnu(panel: Panel, files: Files, *, as_xml: bool) -> Changes:
    vnu = panel.vnu()
    if vnu is None:
        return {}
    found = vnu.check([each.item.path for each in files.values()], as_xml=as_xml)
    return {
        number: partial(opinions.by_checker, checked=found[each.item.path], validator=vnu.validator)
        for number, each in files.items()
        if each.item.path in found
    }


def _by_epubcheck(panel: Panel, number: int, path: bytes) -> Changes:
    judge = panel.epubcheck()
    if judge is None:
        return {}
    checked = judge.check(path)
    return {number: partial(opinions.by_checker, checked=checked, validator=judge.validator)}


def _by_jhove(panel: Panel, files: Files, format: Format) -> Changes:
    if panel.jhove is None:
        return {}
    found = panel.jhove.run([each.item.path for each in files.values()], format)
    change = opinions.compared if panel.engine is Engine.BOTH else opinions.by_jhove
    return {
        number: partial(change, verdict=found[each.item.path]) for number, each in files.items()
    }


def _by_policies(panel: Panel, number: int, path: bytes) -> Changes:
    with panel.conch() as conch:
        failed = _policed(conch, path, panel)
    return {number: partial(opinions.by_policies, failed=failed)} if failed else {}


def _policed(conch: MediaConch, path: bytes, panel: Panel) -> list[Message]:
    try:
        return conch.policy(path, panel.policies)
    except ToolFailedError as error:
        text = f"no policy could be applied: {error}"
        return [Message(opinions.NO_POLICY, Severity.ERROR, text)]
