"""Options of `avpres copy`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field

from avpres.config.base import Options
from avpres.config.fields import Exclude, Lto, ReportFiles, SkipJunk
from avpres.domain.fixity import Algorithm, VerifyMode


class LinkPolicy(StrEnum):
    """What becomes of symbolic links inside a source."""

    KEEP = "keep"
    FOLLOW = "follow"
    SKIP = "skip"


class CopyOptions(Options):
    """Everything `avpres copy` can be told."""

    sources: Annotated[tuple[Path, ...], Field(description="files or folders to copy")] = ()
    destination: Annotated[Path, Field(description="folder in which each source lands by name")]
    to: Annotated[
        tuple[Path, ...], Field(description="a further destination, from the same source read")
    ] = ()
    lto: Lto = None
    digest: Annotated[
        tuple[Algorithm, ...],
        Field(description="digest for the manifest beside the copy, in place of md5"),
    ] = (Algorithm.MD5,)
    verify: Annotated[
        VerifyMode, Field(description="read every byte back, compare sizes only, or neither")
    ] = VerifyMode.FULL
    require_medium: Annotated[
        bool, Field(description="accept only a read-back proven to come from the medium")
    ] = False
    replace: Annotated[
        bool, Field(description="overwrite files at the destination that differ")
    ] = False
    backend: Annotated[
        str,
        Field(description="what moves the bytes: auto, native, cp, rsync, ditto, gcp, robocopy"),
    ] = "auto"
    exclude: Exclude = ()
    skip_junk: SkipJunk = False
    links: Annotated[LinkPolicy, Field(description="symbolic links inside a source")] = (
        LinkPolicy.KEEP
    )
    xattrs: Annotated[
        bool, Field(description="copy extended attributes, ACLs and resource forks too")
    ] = False
    mhl: Annotated[bool, Field(description="write a Media Hash List 1.1 beside the copy")] = False
    ascmhl: Annotated[bool, Field(description="add an ASC MHL generation to the copy")] = False
    per_item: Annotated[
        bool, Field(description="a manifest and record for each source of a list or pattern")
    ] = False
    from_list: Annotated[
        Path | None, Field(description="read sources from a file, one a line; - is standard input")
    ] = None
    glob: Annotated[
        str | None, Field(description="copy what matches this pattern in each source folder")
    ] = None
    jobs: Annotated[
        int | None, Field(ge=1, le=64, description="parallel copies (else by medium)")
    ] = None
    reserve: Annotated[
        float | None,
        Field(ge=0, le=90, description="percent of the volume to keep free (tape 5, disk 0)"),
    ] = None
    skip_space_check: Annotated[
        bool, Field(description="begin although the volume reports too little space")
    ] = False
    recheck: Annotated[
        bool, Field(description="read again also what the journal says is verified")
    ] = False
    checkpoint: Annotated[int, Field(ge=1, description="GiB between two index writes on tape")] = 64
    dry_run: Annotated[bool, Field(description="print the plan and copy nothing")] = False
    status: Annotated[bool, Field(description="tell how far this copy is and do nothing")] = False
    report: ReportFiles = ()
