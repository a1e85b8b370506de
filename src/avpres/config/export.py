"""Options of `avpres export`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from avpres.config.access import AccessOptions
from avpres.config.base import Options
from avpres.config.fields import CopyJobs, Exclude, ReportFiles, one_line, one_moment
from avpres.config.packing import PackingOptions
from avpres.domain.dissemination import Companion, DipForm
from avpres.domain.fixity import Algorithm
from avpres.domain.oais import Box, Layout, PackageKind


class ExportOptions(Options):
    """Everything `avpres export` can be told."""

    packages: Annotated[
        tuple[Path, ...], Field(min_length=1, description="packages to take files from")
    ]
    destination: Annotated[Path, Field(description="folder in which the DIP appears")]
    form: Annotated[
        DipForm, Field(description="one METS, records in a tree beside it, E-ARK, or a bag")
    ] = DipForm.AIHT
    container: Annotated[
        Box | None, Field(description="what it appears in (else tar for aiht, or a folder)")
    ] = None
    select: Annotated[
        tuple[str, ...], Field(description="only objects whose name or path matches this pattern")
    ] = ()
    exclude: Exclude = ()
    format: Annotated[
        tuple[str, ...], Field(description="only this PUID, MIME type or format, * for any part")
    ] = ()
    access: Annotated[
        tuple[str, ...],
        Field(description="add access copies: h264, low, mp3 and others, or a TOML file of yours"),
    ] = ()
    access_only: Annotated[
        bool, Field(description="leave films and sounds themselves out, for copies in their place")
    ] = False
    watermark: Annotated[Path | None, Field(description="image to lay over access copies")] = None
    watermark_text: Annotated[str | None, Field(description="text to write over access copies")] = (
        None
    )
    copyright: Annotated[str | None, Field(description="copyright notice in access copies")] = None
    right: Annotated[
        str,
        AfterValidator(one_line),
        Field(min_length=1, description="act that PREMIS rights must grant, else disseminate"),
    ] = "disseminate"
    include: Annotated[
        tuple[Companion, ...], Field(description="what goes with the objects: supplemental")
    ] = ()
    divided: Annotated[
        bool, Field(description="METS in parts of 5,000 files and one that points to them")
    ] = False
    to: Annotated[
        tuple[Path, ...], Field(description="a further folder that gets a copy of the DIP, proved")
    ] = ()
    digest: Annotated[
        tuple[Algorithm, ...],
        Field(description="digests to give, beside those that the packages recorded"),
    ] = (Algorithm.MD5, Algorithm.SHA512)
    label: Annotated[
        str | None,
        AfterValidator(lambda text: text and one_line(text)),
        Field(description="title of the DIP (else those of the packages)"),
    ] = None
    package_id: Annotated[
        UUID | None, Field(description="UUID of the DIP and its name (else new)")
    ] = None
    date: Annotated[
        datetime | None,
        AfterValidator(lambda moment: moment and one_moment(moment)),
        Field(description="ISO date to write in place of the clock's, for identical DIPs"),
    ] = None
    jobs: CopyJobs = None
    report: ReportFiles = ()

    @model_validator(mode="after")
    def _has_copies(self) -> Self:
        if not self.access and (
            self.access_only or self.watermark or self.watermark_text or self.copyright
        ):
            raise ValueError("that is for access copies: name their profile, as --access h264")
        return self

    def copying(self, profile: str) -> AccessOptions:
        """Give how copies of one profile are made."""
        return AccessOptions(
            sources=self.packages,
            destination=self.destination,
            profile=profile,
            watermark=self.watermark,
            watermark_text=self.watermark_text,
            copyright=self.copyright,
        )

    @property
    def box(self) -> Box:
        """Give what the DIP appears in."""
        return self.container or (Box.TAR if self.form is DipForm.AIHT else Box.FOLDER)

    @property
    def needs_utf8(self) -> bool:
        """Say whether the DIP can hold only names that are UTF-8."""
        return self.form is DipForm.BAG or self.box is Box.ZIP

    def packing(self) -> "DipPacking":
        """Give what the making of any package can be told; a DIP has no manifests beside it."""
        asked = self.model_dump_json(exclude={"packages", "destination", "jobs", "report"})
        return DipPacking(
            destination=self.destination,
            kind=PackageKind.DIP,
            layout=Layout.BAG,
            container=self.box,
            digest=self.digest,
            label=self.label,
            package_id=self.package_id,
            date=self.date,
            jobs=self.jobs,
            asked=asked,
        )


class DipPacking(PackingOptions):
    """How a DIP is made; `asked` is all that decides what is in it."""

    asked: str = ""
