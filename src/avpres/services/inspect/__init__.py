"""`avpres inspect`: what is in a package and what it says of itself, and no proof of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import humanize

from avpres.adapters.containers.container import kind_of
from avpres.adapters.containers.member import ContainerKind
from avpres.config.inspect import InspectOptions
from avpres.domain.errors import NotConformantError, SourceUnreadableError, UsageError
from avpres.domain.report import Report
from avpres.services.context import Context
from avpres.services.inspect import contents, pages
from avpres.services.inspect.contents import Contents
from avpres.services.inspect.view import Noted, View, folder_view
from avpres.services.inspect.within import container_view

__all__ = ["inspect"]

_EBML = b"\x1a\x45\xdf\xa3"


def inspect(options: InspectOptions, context: Context) -> Report:
    """Look into a package; what it says is told as it says it, and compared with nothing.

    Raises:
        SourceUnreadableError: it is not there or cannot be read.
        NotConformantError: it is a file, and neither a container nor a cooked film.
        UsageError: a list is asked for that there is none of.
        DestinationRefusedError: the state folder cannot be written, for a container's documents.
    """
    report = context.report("inspect")
    full = Path(os.path.abspath(options.package))
    if full.is_file() and _is_film(full):
        from avpres.services.inspect.film import look

        look(full, report, with_files=options.files, listings=options.listing)
        report.ended = context.clock()
        return report
    if options.listing:
        raise UsageError(f"{options.package} is no film; --files lists what is in a package")
    notes = Noted(lambda finding: context.note(report, finding))
    with _view(options.package, context, notes) as view:
        found = contents.gather(view, notes, with_files=options.files)
    report.facts["package"] = found.facts()
    report.lines = list(pages.lines(found))
    report.totals.files, report.totals.size = found.present.files, found.present.size
    report.ended = context.clock()
    report.summary = _sentence(options.package, found)
    return report


def _is_film(path: Path) -> bool:
    with path.open("rb") as handle:
        return handle.read(len(_EBML)) == _EBML


@contextmanager
def _view(path: Path, context: Context, notes: Noted) -> Iterator[View]:
    full = Path(os.path.abspath(path))
    if full.is_dir():
        yield folder_view(full, notes)
        return
    if not full.exists():
        raise SourceUnreadableError(f"{path} is not there; check the name and the mount")
    kind = kind_of(full)
    if kind is None or kind is ContainerKind.SEVEN_ZIP:
        what = "a 7z, which is unpacked first" if kind else "no container that avpres reads"
        raise NotConformantError(f"{path} is {what}; name a folder, a tar or a zip")
    with container_view(full, kind, context, notes) as view:
        yield view


def _sentence(path: Path, found: Contents) -> str:
    size = humanize.naturalsize(found.present.size, binary=True)
    count = found.present.files
    files = f"{humanize.intcomma(count)} file{'' if count == 1 else 's'}, {size}"
    return (
        f"{found.form}, {files}: this is what it says of itself; nothing was verified, "
        f"`avpres verify {path}` does that."
    )
