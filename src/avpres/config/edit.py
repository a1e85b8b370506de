"""Options of `avpres edit`."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from avpres.config.base import Options
from avpres.config.fields import Date, Profile, ReportFiles, one_line


class EditOptions(Options):
    """Everything `avpres edit` can be told."""

    package: Annotated[Path, Field(description="folder of the package to change")]
    add: Annotated[
        tuple[str, ...],
        Field(description="file or folder for the objects, under its name or as =PATH says"),
    ] = ()
    supplement: Annotated[
        tuple[str, ...],
        Field(description="the same for metadata/supplemental: what is said about the objects"),
    ] = ()
    rename: Annotated[
        tuple[str, ...],
        Field(description="give a file or folder another path; OLD//NEW where a name has ="),
    ] = ()
    remove: Annotated[
        tuple[str, ...],
        Field(description="take a file or folder out; it is kept beside the package"),
    ] = ()
    describe: Annotated[
        tuple[str, ...],
        Field(description="label, rights, institution, kind, or an identifier such as oe=oe1234"),
    ] = ()
    reason: Annotated[
        str | None,
        AfterValidator(lambda text: text and one_line(text)),
        Field(description="why the package is changed, for its records"),
    ] = None
    destroy: Annotated[
        bool, Field(description="destroy what --remove takes out, once the package is proved")
    ] = False
    verify: Annotated[
        bool, Field(description="hold every file against its digests first, not sizes alone")
    ] = False
    dry_run: Annotated[bool, Field(description="say what would change, and change nothing")] = False
    date: Date = None
    profile: Profile = "default"
    jobs: Annotated[
        int | None, Field(ge=1, le=64, description="files read, copied or described at once")
    ] = None
    report: ReportFiles = ()
