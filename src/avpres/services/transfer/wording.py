"""The one sentence that people quote: what was done, and no more than that."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import humanize

from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Evidence, VerifyMode
from avpres.domain.report import Report
from avpres.services.transfer.run import Run
from avpres.services.transfer.tally import Counts

_WRONG = {
    "COPY-MISMATCH": "{} came back from the medium with other bytes",
    "COPY-UNREADABLE": "{} of the files and folders could not be read",
    "COPY-CHANGING": "{} kept changing",
    "COPY-REFUSED": "{} could not be written",
    "COPY-PROGRAM": "{} did not arrive",
    "COPY-EXISTS": "{} found something else under its name",
    "COPY-LINK": "{} could not be made as a link",
    "COPY-FOLDER": "{} could not be finished as a folder",
    "COPY-LOST": "{} of the destinations stopped",
    "COPY-UNPROVED": "{} may have been read back from memory",
    "COPY-EXTRA": "{} only in the copy",
    "COPY-SIDECAR": "{} not as the manifest beside the source says",
    "COPY-LISTED": "{} listed in the manifest beside the source and not there",
    "COPY-RECORDED": "{} not as a manifest at the destination says",
    "COPY-MANIFEST": "{} of the manifests could not be read or written",
}
"""What the errors of each code amount to, the gravest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a sentence is made of: a run's sums, or those of one item. `size` in bytes."""

    files: int
    size: int
    counts: Sequence[Counts]  # by destination
    errors: Counter[str]  # by code
    verify: VerifyMode
    status: ExitCode
    left_out: int = 0
    sidecars: int = 0  # manifests beside the sources that say the same of every file


def account_of(run: Run, report: Report) -> Account:
    """Add up a run."""
    told = run.outcomes.at_all("COPY-UNLISTED")
    found = sum(len(each) for beside in run.beside.values() for each in beside.values())
    return Account(
        files=run.plan.files,
        size=run.plan.size,
        counts=run.tally.at,
        errors=run.outcomes.errors,
        verify=run.options.verify,
        status=report.exit_code,
        left_out=run.plan.skipped,
        sidecars=0 if told else found,
    )


def sentence(sums: Account) -> str:
    """Say what a run amounts to."""
    head = f"{_files(sums.files)}, {humanize.naturalsize(sums.size, binary=True)}"
    if sums.status is not ExitCode.OK:
        return f"{head}: {_arrived(sums)}; {_wrong(sums)}{_left_out(sums)}. {_advice(sums)}"
    if not sums.files:
        return f"{head}: folders and links are in their place{_left_out(sums)}."
    return f"{head}: {_claim(sums)}{_sidecars(sums)}{_left_out(sums)}."


def _files(count: int) -> str:
    return f"{humanize.intcomma(count)} file{'' if count == 1 else 's'}"


def _where(sums: Account) -> str:
    number = len(sums.counts)
    if number == 1:
        return "its destination"
    return "both destinations" if number == 2 else f"all {number} destinations"  # noqa: PLR2004


def _claim(sums: Account) -> str:
    """Claim what was proved in this run, and say of the rest when it was."""
    whom = "the file" if sums.files == 1 else "every file"
    where = _where(sums)
    if all(counts.there == counts.proved_before for counts in sums.counts):
        return _claim_of_old(sums, f"{whom} has been at {where} since an earlier run")
    if sums.verify is VerifyMode.SIZE:
        return f"{whom} was copied to {where}; sizes match, contents were not read back"
    if sums.verify is VerifyMode.NONE:
        return f"{whom} was copied to {where}; nothing was read back"
    before = max(counts.proved_before for counts in sums.counts)
    claim = f"{whom} has reached {where} and the checksums match"
    if before:
        claim += f" ({_files(before)} proved by an earlier run and not touched since)"
    return claim + _doubt(sums)


def _claim_of_old(sums: Account, claim: str) -> str:
    """Of what an earlier run did: sizes, times and file numbers were compared, not contents."""
    if sums.verify is VerifyMode.FULL:
        return f"{claim}; the checksums matched then, and nothing has been touched since"
    return f"{claim}, and nothing has been touched since; contents were not compared"


def _doubt(sums: Account) -> str:
    if not any(counts.evidence[Evidence.UNKNOWN] for counts in sums.counts):
        return ""
    return (
        ", read back past the page cache; "
        "whether a server's or driver's memory answered cannot be known"
    )


def _sidecars(sums: Account) -> str:
    """Mention the manifests beside the sources, which have been checked and agree."""
    if not sums.sidecars:
        return ""
    if sums.sidecars == 1:
        return "; the manifest beside the source agrees"
    return f"; the {humanize.intcomma(sums.sidecars)} manifests beside the sources agree"


def _left_out(sums: Account) -> str:
    if not sums.left_out:
        return ""
    one = sums.left_out == 1
    return f"; {humanize.intcomma(sums.left_out)} {'name was' if one else 'names were'} left out"


def _arrived(sums: Account) -> str:
    """Say how many files are in their place, where it is worst."""
    there = [counts.there for counts in sums.counts]
    if min(there) >= sums.files:
        return "all are in their place, but not all is well"
    if len(there) == 1:
        return f"{humanize.intcomma(there[0])} are in their place"
    whole = sum(number >= sums.files for number in there)
    return f"complete at {whole} of {len(there)} destinations"


def _wrong(sums: Account) -> str:
    one = len(sums.counts) == 1
    known = _WRONG | {"COPY-LOST": "the destination stopped"} if one else _WRONG
    found = [
        words.format(humanize.intcomma(sums.errors[code]))
        for code, words in known.items()
        if sums.errors[code]
    ]
    if any(code.startswith("PRE-") for code in sums.errors):
        found.append(f"{'the' if one else 'a'} destination cannot take them")
    return ", ".join(found) or "the findings above say why"


def _advice(sums: Account) -> str:
    if sums.status is ExitCode.FIXITY_MISMATCH:
        return "Keep the source, and find out why before anything else."
    return "Mend what is named above and run the same command again."
