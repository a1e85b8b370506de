"""Options of `avpres verify`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from avpres.config.base import Options
from avpres.config.fields import Lto, ReadJobs, ReportFiles


class VerifyOptions(Options):
    """Everything `avpres verify` can be told."""

    paths: Annotated[
        tuple[Path, ...],
        Field(description="folders, files, packages or manifests to verify", min_length=1),
    ]
    manifest: Annotated[
        tuple[Path, ...],
        Field(description="compare with this manifest (else those found beside and inside)"),
    ] = ()
    require_medium: Annotated[
        bool, Field(description="accept only readings proven to come from the medium")
    ] = False
    decode: Annotated[
        bool,
        Field(description="decode films and sounds too, against the proofs in and beside them"),
    ] = False
    stall: Annotated[
        float, Field(gt=0, description="minutes without progress after which ffmpeg is stopped")
    ] = 10.0
    lto: Lto = None
    jobs: ReadJobs = None
    restart: Annotated[
        bool, Field(description="read again also what an interrupted run has verified")
    ] = False
    bag_profile: Annotated[
        Path | None, Field(description="hold bags against this BagIt Profile, a JSON file")
    ] = None
    schemas: Annotated[
        Path | None, Field(description="folder with XML schemas to hold METS and PREMIS against")
    ] = None
    report: ReportFiles = ()
