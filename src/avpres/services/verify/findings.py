"""The findings of a verification: one function for each, so that codes and words stand together."""

import os
import shlex
from collections.abc import Iterable
from pathlib import Path

import humanize

from avpres.adapters.formats.manifests import ManifestFile
from avpres.domain.errors import NotConformantError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Digest, Evidence, unpack
from avpres.domain.report import Finding
from avpres.domain.severity import Severity
from avpres.services.fixity.judging import Claim, Judgement
from avpres.services.fixity.moves import Duplicate
from avpres.services.fixity.rows import shown
from avpres.services.verify.targets import Target


def at(target: Target, path: bytes) -> str:
    """Write the full path of a name in a target; in a container, behind the container's."""
    if target.box is not None:
        return shown(os.path.join(os.fsencode(target.box), path))
    return shown(target.tree.path(path))


def changed(path: str, judgement: Judgement, names: Iterable[str]) -> Finding:
    """The bytes of a file are not those that its manifest speaks of."""
    wrong = [claim for claim in judgement.claims if claim.agrees is False]
    return Finding.error(
        "FIX-CHANGED",
        path,
        f"differs from {_and(names)}; restore it from another copy",
        ExitCode.FIXITY_MISMATCH,
        expected=_expected(wrong, judgement.found),
        found=_found(judgement, wrong),
    )


def contradiction(
    path: str, judgement: Judgement, right: Iterable[str], wrong: Iterable[str]
) -> Finding:
    """Two manifests, or two lines of one, cannot both be right about a file."""
    agreeing, others = sorted(set(right)), sorted(set(wrong))
    both = sorted({*agreeing, *others})
    if agreeing and others and agreeing != others:
        said = f"{_and(agreeing)} and {_and(others)} contradict each other; the file agrees with "
        said += _and(agreeing)
    elif len(both) == 1:
        said = f"{both[0]} lists it twice with different digests"
    else:
        said = f"{_and(both)} contradict each other"
    claims = [d for claim in judgement.claims for d in claim.digests]
    return Finding.error(
        "FIX-CONTRADICTION",
        path,
        f"{said}; find out which is older",
        ExitCode.FIXITY_MISMATCH,
        expected=_words(claims),
        found=_words(judgement.found) or None,
    )


def missing(path: str, names: Iterable[str]) -> Finding:
    """A listed file is not there."""
    return Finding.error(
        "FIX-MISSING",
        path,
        f"is listed in {_and(names)} and not there; restore it from another copy",
        ExitCode.INCOMPLETE,
    )


def renamed(path: str, new: str) -> Finding:
    """A listed file is there under another name, proved by its digest."""
    return Finding.error(
        "FIX-RENAMED",
        path,
        f"is there as {new}, with the same digest; give it its listed name back",
        ExitCode.INCOMPLETE,
    )


def unlisted(path: str, severity: Severity) -> Finding:
    """A file is there that no manifest lists."""
    words = {
        Severity.ERROR: "is in no manifest: find out where it came from",
        Severity.WARNING: "is not listed; verify the folder if the list should cover all of it",
        Severity.INFO: "is not listed, as is the custom for hidden, system and manifest files",
    }
    return Finding(
        code="FIX-EXTRA",
        severity=severity,
        path=path,
        message=words[severity],
        exit_code=ExitCode.INCOMPLETE if severity is Severity.ERROR else ExitCode.OK,
    )


def unreadable(path: str, reason: str) -> Finding:
    """A listed file could not be read."""
    return Finding.error(
        "FIX-UNREADABLE",
        path,
        f"cannot be read ({reason.lower()}); mend that and run the same command again",
        ExitCode.SOURCE_UNREADABLE,
    )


def unlistable(path: bytes, error: OSError) -> Finding:
    """A folder could not be listed, so that what is in it was not compared."""
    return unreadable(shown(path), error.strerror or str(error))


def refused(path: Path, reason: str, exit_code: ExitCode) -> Finding:
    """A path of the command line could not be verified at all; the others go on."""
    code = "FIX-UNREADABLE" if exit_code is ExitCode.SOURCE_UNREADABLE else "FIX-MANIFEST"
    return Finding.error(code, shown(os.fsencode(path)), reason, exit_code)


def no_bag(path: Path) -> Finding:
    """A profile of bags was named, and there is no bag to hold against it."""
    reason = "is no bag, so that it cannot be held against --bag-profile; name a bag"
    return refused(path, reason, ExitCode.NOT_CONFORMANT)


def unproved(path: str) -> Finding:
    """A file is listed without a digest that could be compared."""
    return Finding.error(
        "FIX-UNPROVED",
        path,
        "is listed without a digest that avpres can take; use another manifest",
        ExitCode.INCOMPLETE,
    )


def cached(path: str, evidence: Evidence) -> Finding:
    """Memory answered, or may have, so that the medium was not proved."""
    why = (
        "was answered from memory and not from the medium; remount the volume and verify again"
        if evidence is Evidence.CACHED
        else "may have been answered from memory; verify it where the medium is, "
        "or without --require-medium"
    )
    return Finding.error("FIX-CACHED", path, why, ExitCode.INCOMPLETE)


def duplicate(target: Target, found: Duplicate) -> Finding:
    """Several listed files have the same content."""
    first, *others = found.paths
    named = ", ".join(shown(os.fsencode(other)) for other in others)
    left = found.times - len(found.paths)
    more = f" and {humanize.intcomma(left)} more" if left else ""
    return Finding.info(
        "FIX-DUPLICATE",
        at(target, os.fsencode(first)),
        f"has the same content as {named}{more}",
        found=_words(unpack(found.digests)),
    )


def more_duplicates(target: Target, count: int) -> Finding:
    """There are more groups of equal files than are worth a line each, as in black frames."""
    return Finding.info(
        "FIX-DUPLICATE",
        shown(os.fsencode(target.path)),
        f"{humanize.intcomma(count)} more groups of files have the same content",
    )


def nothing(target: Target) -> Finding:
    """There was nothing to compare, which is never a pass."""
    path = shown(os.fsencode(target.path))
    return Finding.error(
        "FIX-NOTHING",
        path,
        "could not be checked: no manifest lists it; run its copy again if that was cut short, "
        f"or `avpres manifest {shlex.quote(path)}` makes one, "
        "or --manifest names one that lies elsewhere",
        ExitCode.INCOMPLETE,
    )


def no_manifest(target: Target) -> Finding:
    """There is no manifest, and all that is there was proved by decoding it."""
    path = shown(os.fsencode(target.path))
    text = (
        "no manifest lists it, so that what it decodes to is proved and its bytes are not; "
        f"`avpres manifest {shlex.quote(path)}` makes one"
    )
    return Finding.warning("FIX-NOTHING", path, text)


def bad_manifest(path: Path, error: Exception) -> Finding:
    """A manifest could not be read to its end."""
    code = getattr(error, "exit_code", ExitCode.NOT_CONFORMANT)
    return Finding.error("FIX-MANIFEST", shown(os.fsencode(path)), str(error), code)


def doubtful(path: Path, *, alone: bool) -> Finding:
    """A file that was found and not named has a manifest's name and holds something else.

    It is no reason to stop, as long as another manifest was found.
    """
    finding = bad_manifest(
        path, NotConformantError("has a manifest's name and holds something else; name another")
    )
    if alone:
        return finding
    said = "has a manifest's name and holds something else; it was taken for an ordinary file"
    return finding.model_copy(
        update={"severity": Severity.WARNING, "exit_code": ExitCode.OK, "message": said}
    )


def leads_outside(manifest: ManifestFile, count: int) -> Finding:
    """A manifest lists paths that lead out of the tree; they were not followed."""
    return Finding.error(
        "FIX-OUTSIDE",
        shown(os.fsencode(manifest.path)),
        f"{humanize.intcomma(count)} of its paths lead out of the folder and were not followed",
        ExitCode.INCOMPLETE,
    )


def other_lead(manifest: ManifestFile, lead: bytes) -> Finding:
    """A manifest's paths were compared without their first folders."""
    return Finding.info(
        "FIX-LEAD",
        shown(os.fsencode(manifest.path)),
        f"its paths were compared without {shown(lead)}",
    )


def respelled(target: Target, count: int) -> Finding:
    """Names that differ only in Unicode form or slashes were taken for the same."""
    return Finding.info(
        "FIX-SPELLING",
        shown(os.fsencode(target.path)),
        f"{humanize.intcomma(count)} names are written otherwise in the manifest "
        "(Unicode form or slashes) and were taken for the same",
    )


def _and(names: Iterable[str]) -> str:
    return " and ".join(sorted(set(names)))


def _words(digests: Iterable[Digest]) -> str:
    return ", ".join(dict.fromkeys(f"{d.algorithm} {d.value}" for d in digests))


def _expected(claims: Iterable[Claim], found: tuple[Digest, ...]) -> str | None:
    values = {(d.algorithm, d.value) for d in found}
    wrong = [d for c in claims for d in c.digests if (d.algorithm, d.value) not in values]
    sizes = [f"{c.size} bytes" for c in claims if not c.digests and c.size is not None]
    return ", ".join(filter(None, (_words(wrong), *dict.fromkeys(sizes)))) or None


def _found(judgement: Judgement, claims: Iterable[Claim]) -> str | None:
    algorithms = {d.algorithm for claim in claims for d in claim.digests}
    return _words(d for d in judgement.found if d.algorithm in algorithms) or (
        f"{judgement.size} bytes"
    )
