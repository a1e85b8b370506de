"""What `export` says at its end, and on the way."""

from collections.abc import Iterable

import humanize

from avpres.adapters.formats.report_names import visible
from avpres.domain.fixity import Evidence
from avpres.domain.tally import Count
from avpres.services.export import findings
from avpres.services.export.choosing import Choice
from avpres.services.export.copies import Copies
from avpres.services.export.dip import Dip
from avpres.services.export.gathering import Gathered
from avpres.services.export.tally import Survey


def tell(dip: Dip, choices: Iterable[Choice], found: Survey) -> None:
    """Tell of what is left out, and of rights that a person must look at."""
    for reason, count in found.left_out.items():
        dip.note(findings.left_out(reason, count.files, _size(count)))
    if dip.makers and found.masters and found.others:
        dip.note(findings.others(found.others))
    for choice in choices:
        opened = choice.source.opened
        if opened.package.rights:
            dip.note(findings.rights_text(str(choice.source.given), visible(opened.package.rights)))
        rulings = {"": choice.rights.whole, **choice.rights.parts}
        for subject, ruling in rulings.items():
            for text in ruling.conditions if ruling else ():
                dip.note(findings.condition(subject, visible(text), dip.options.right))


def nothing(dip: Dip, found: Survey) -> str:
    """Say that there is nothing to export, and why."""
    reasons = ", ".join(f"{count.files:,} {why}" for why, count in found.left_out.items())
    what = f"every file is left out ({reasons})" if reasons else "the packages hold no files"
    return f"{dip.options.destination}: {what}; no DIP was made. Choose more with other options"


def failed(dip: Dip, found: Survey, count: int) -> None:
    """Say that there is no DIP, since it would lack what was asked for."""
    dip.report.totals.failed = count
    dip.report.summary = (
        f"no DIP was made: {count:,} of {_files(found.wanted)} could not be proved, see the "
        "findings; mend that and run the same command again."
    )


def without_copies(dip: Dip, copies: Copies) -> None:
    """Say that there is no DIP, since it would lack access copies."""
    dip.report.totals.failed = copies.failed
    dip.report.summary = (
        f"no DIP was made: {_copies(copies.failed)} could not be made, see the findings; mend "
        "that, or leave the file out (--exclude), and run the same command again."
    )


def conclude(dip: Dip, found: Survey, gathered: Gathered) -> None:
    """Put the outcome into the report, and into one sentence."""
    report, missing = dip.report, found.missing
    report.totals.files = report.totals.verified_files = gathered.files
    report.totals.size = report.totals.verified_size = found.wanted.size
    report.totals.skipped = missing.files
    report.facts |= {
        "package": str(dip.stage.id),
        "form": dip.options.form.value,
        "sources": [source.id for source in dip.packages],
        "left_out": {
            why: {"files": count.files, "size": count.size} for why, count in found.left_out.items()
        },
    }
    copies = len(dip.derivations)
    content = [f"{_files(found.wanted)}, {_size(found.wanted)}"] if found.wanted.files else []
    content += [_copies(copies)] if copies else []
    proved = ["each copy was read back and is as it should be"] if copies else []
    proved += ["every file in it is what its package recorded"] if found.wanted.files else []
    words = [
        f"{' and '.join(content)}: the DIP {dip.stage.id} is whole, and {', and '.join(proved)}"
    ]
    if gathered.evidence.get(Evidence.UNKNOWN):
        words.append(" as far as this computer can tell (a server or driver may have answered)")
    if missing.files:
        reasons = ", ".join(f"{count.files:,} {why}" for why, count in found.left_out.items())
        words.append(f"; {_files(missing)} left out: {reasons}")
    report.summary = "".join(words) + "."


def _copies(count: int) -> str:
    return f"{count:,} access cop{'y' if count == 1 else 'ies'}"


def _files(count: Count) -> str:
    return f"{count.files:,} file{'' if count.files == 1 else 's'}"


def _size(count: Count) -> str:
    return str(humanize.naturalsize(count.size, binary=True))
