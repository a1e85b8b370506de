"""Tables of the page of descriptions: names against content, the manifest, the messages."""

from collections.abc import Iterator, Sequence

from avpres.adapters.formats import description_charts as charts
from avpres.adapters.formats.html_parts import name, narrow, table
from avpres.domain.distribution import Distribution
from avpres.domain.reconciliation import Reconciliation
from avpres.domain.tally import OTHER

_NAMES = 1000  # of missing and of extra files
_LONG = 30  # rows of tables that have no natural end


def comparison(distribution: Distribution) -> str:
    """Write what names, the manifest and the content count, as the AIHT compared them."""
    is_declared = len(distribution.declared) > 0
    rows = []
    for kind, compared in distribution.kinds():
        said = [compared.by_extension, *([compared.declared] if is_declared else [])]
        cells = map(charts.number, [*said, compared.found, compared.validated])
        rows.append(f'<tr><th scope="row">{name(kind)}</th>{"".join(cells)}</tr>')
    declared = ("#By declared type",) if is_declared else ()
    columns = ("Kind", "#By extension", *declared, "#By content", "#As validated")
    note = (
        "Names and manifests say what files are meant to be, their content says what they are; "
        "as validated are those of them that are sound."
    )
    return narrow(table("Names against content", columns, rows, note=note))


def extensions(distribution: Distribution) -> str:
    """Write the most frequent extensions."""
    said = list(distribution.extensions)
    rows = [
        f'<tr><th scope="row">{name(_dotted(extension))}</th>'
        f"{charts.number(count.files)}{charts.size(count.size)}</tr>"
        for extension, count in said[:_LONG]
    ]
    note = _first(len(rows), len(said))
    columns = ("Extension", "#Files", "#Size")
    return narrow(table("Extensions", columns, rows, count=len(said), note=note))


def _dotted(extension: str) -> str:
    return f".{extension}" if extension not in {"", OTHER} else extension or "none"


def sets(sets: Reconciliation | None) -> Iterator[str]:
    """Write the sets of a manifest and the disk, and the names that are in one of them only."""
    if sets is None:
        return
    counts = (
        ("Listed", sets.listed, "in the manifest"),
        ("Present", sets.present, "listed, and there"),
        ("Missing", sets.missing, "listed, and not there"),
        ("Extra", sets.extra, "there, and not listed"),
    )
    rows = [
        f'<tr><th scope="row">{word}</th>{charts.number(count)}<td>{what}</td></tr>'
        for word, count, what in counts
    ]
    yield narrow(table("The manifest against the disk", ("Set", "#Files", "Which are"), rows))
    yield _names("Missing files", sets.missing_names, sets.missing)
    yield _names("Extra files", sets.extra_names, sets.extra)


def _names(title: str, names: Sequence[str], count: int) -> str:
    rows = [f'<tr><td class="name">{name(path)}</td></tr>' for path in names[:_NAMES]]
    return table(title, ("Path",), rows, count=count, note=_first(len(rows), count))


def missing(distribution: Distribution) -> str:
    """Write which properties are missing, and of how many files."""
    rows = [
        f'<tr><th scope="row">{name(key)}</th>{charts.number(count.files)}</tr>'
        for key, count in distribution.missing
    ]
    note = "Properties that the profile requires; the status of a file is not changed by them."
    return narrow(table("Missing properties", ("Property", "#Files"), rows, note=note))


def findings(distribution: Distribution) -> str:
    """Write the messages by how many files they were said of."""
    found = list(distribution.findings())
    rows = [
        f'<tr><td class="{told.severity.value}">{told.severity.value}</td>'
        f'<th scope="row">{name(id)}</th>{charts.number(told.files)}'
        f"{charts.number(told.messages)}<td>{name(told.text)}</td></tr>"
        for id, told in found
    ]
    columns = ("Severity", "Id", "#Files", "#Times", "What it says of the first file")
    return table("Messages", columns, rows, count=len(found))


def _first(shown: int, count: int) -> str:
    return f"The first {shown:,} are shown." if count > shown else ""
