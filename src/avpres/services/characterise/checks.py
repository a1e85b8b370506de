"""What is refused before any file is read: options that contradict each other or lead nowhere."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from avpres.config.characterise import CharacteriseOptions
from avpres.domain.errors import UsageError

OUTPUTS = ("ndjson", "csv", "html", "jhove_xml", "audit_xml")
"""Options that name a file to write."""


def require(options: CharacteriseOptions, described: Sequence[Path]) -> None:
    """Refuse what could only go wrong later, or be passed over in silence.

    Raises:
        UsageError: a file or folder is not there or is no such thing, two outputs are one, or
            something would be written into what is described.
    """
    if options.into is not None and not options.emit:
        raise UsageError("--into is the folder of the records that --emit writes: say which kind")
    if options.emit and options.into is None:
        raise UsageError("--emit needs a folder for its records: add --into FOLDER")
    if options.into is not None and options.into.exists() and not options.into.is_dir():
        raise UsageError(f"--into {options.into}: this is a file; name a folder")
    if options.schemas is not None and not options.schemas.is_dir():
        raise UsageError(f"--schemas {options.schemas}: there is no such folder")
    _require_outputs(options)
    _require_outside(options, described)
    if options.signatures is not None:
        _require_signatures(options.signatures)


def _require_outputs(options: CharacteriseOptions) -> None:
    named = {flag: getattr(options, flag) for flag in OUTPUTS}
    paths = [path.absolute() for path in named.values() if path is not None]
    for path, count in Counter(paths).items():
        if count > 1:
            raise UsageError(f"{path}: two outputs would be written to this file; name another")
    for flag, path in named.items():
        if path is not None and str(path) == "-":
            raise UsageError(f"--{flag.replace('_', '-')} -: name a file; --json prints the report")


def _require_outside(options: CharacteriseOptions, described: Sequence[Path]) -> None:
    for flag in (*OUTPUTS, "into"):
        path: Path | None = getattr(options, flag)
        if path is None:
            continue
        real = path.resolve()
        for tree in described:
            if real.is_relative_to(tree.resolve()):
                raise UsageError(
                    f"{path}: this lies in {tree}, into which nothing is written; choose a place "
                    "outside of it"
                )


def _require_signatures(path: Path) -> None:
    """Load the signatures once, because a run without them would know less and not say so."""
    import pygfried

    if not path.is_file():
        raise UsageError(f"--signatures {path}: there is no such file")
    try:
        pygfried.Scanner(signature=str(path))
    except OSError as error:
        raise UsageError(
            f"--signatures {path}: Siegfried cannot use it ({error}); make one with roy"
        ) from error
