"""Options of `avpres convert`."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from avpres.config.base import Options
from avpres.config.fields import (
    BagInfo,
    CopyJobs,
    Date,
    MediaId,
    Mhl,
    Parent,
    ReportFiles,
    one_line,
)
from avpres.config.packing import PackingOptions
from avpres.domain.fixity import Algorithm
from avpres.domain.oais import Box, Layout, PackageKind


class ConvertOptions(Options):
    """Everything `avpres convert` can be told."""

    package: Annotated[Path, Field(description="folder of the package to convert")]
    destination: Annotated[Path, Field(description="folder in which the new package appears")]
    layout: Annotated[
        Layout | None, Field(description="layout of the new package (else that of the old one)")
    ] = None
    kind: Annotated[
        PackageKind | None, Field(description="what it is for (else as the old one)")
    ] = None
    container: Annotated[
        Box, Field(description="what the new package appears in: a folder, or one file")
    ] = Box.FOLDER
    digest: Annotated[
        tuple[Algorithm, ...],
        Field(description="digest for the manifests, in place of those of the old package"),
    ] = ()
    strict: Annotated[
        bool, Field(description="make no package when anything of the old one would be lost")
    ] = False
    dry_run: Annotated[bool, Field(description="say what would be lost, and make nothing")] = False
    label: Annotated[
        str | None,
        AfterValidator(lambda text: text and one_line(text)),
        Field(description="title of the new package (else that of the old one)"),
    ] = None
    package_id: Annotated[
        UUID | None, Field(description="UUID of the new package and its name (else new)")
    ] = None
    date: Date = None
    parent: Parent = None
    media_id: MediaId = None
    mhl: Mhl = False
    bag_info: BagInfo = ()
    jobs: CopyJobs = None
    report: ReportFiles = ()

    def packing(
        self, *, layout: Layout, kind: PackageKind, digest: tuple[Algorithm, ...], state: str
    ) -> "ConversionPacking":
        """Give what the making of any package can be told, from what the old package is."""
        return ConversionPacking(
            destination=self.destination,
            layout=self.layout or layout,
            kind=self.kind or kind,
            container=self.container,
            digest=self.digest or digest,
            label=self.label,
            package_id=self.package_id,
            date=self.date,
            parent=self.parent,
            media_id=self.media_id,
            mhl=self.mhl,
            bag_info=self.bag_info,
            jobs=self.jobs,
            state=state,
        )


class ConversionPacking(PackingOptions):
    """How a converted package is made; `state` tells the old package from what it was before."""

    state: str = ""
