"""Options of `avpres migrate`."""

import re
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from avpres.config.base import Options
from avpres.config.fields import (
    Container,
    Date,
    Exclude,
    Kind,
    Label,
    PackageId,
    PackageLayout,
    ReportFiles,
    SkipSpaceCheck,
)
from avpres.config.packing import ResultPacking, require_package
from avpres.domain.oais import Box, Layout, PackageKind

_QA = re.compile(r"all|sample:([1-9]\d{0,8})")
_OF_PACKAGES = {"with_sources", "kind", "layout", "container", "label", "package_id"}


def _qa(text: str | None) -> str | None:
    if text is not None and not _QA.fullmatch(text):
        raise ValueError("write all, or sample:N for one file in N, such as sample:50")
    return text


class MigrateOptions(Options):
    """Everything `avpres migrate` can be told."""

    sources: Annotated[tuple[Path, ...], Field(description="files, or folders of them")] = ()
    destination: Annotated[
        Path | None, Field(description="folder in which the migrated files appear")
    ] = None
    policy: Annotated[
        str, Field(description="what becomes of which files: a policy of avpres, or a TOML file")
    ] = "avpres"
    qa: Annotated[
        str | None,
        AfterValidator(_qa),
        Field(
            description="targets read by a second decoder: all, or one in N by sample:N",
            examples=["sample:50"],
        ),
    ] = None
    plan: Annotated[
        bool, Field(description="only say what would become of the files, from their headers")
    ] = False
    classes: Annotated[
        bool, Field(description="tables with every class of files, not with groups of them")
    ] = False
    table: Annotated[
        Path | None,
        Field(description="write the table of the plan here; .csv .txt or .json says which kind"),
    ] = None
    restore: Annotated[
        bool, Field(description="give the bytes of sources back from JPEG XL, FLAC and texts")
    ] = False
    prove: Annotated[
        bool, Field(description="decode the migrated files in OUT again; no source is needed")
    ] = False
    review: Annotated[
        Path | None, Field(description="take in what people said on a review sheet (JSON)")
    ] = None
    sheet: Annotated[
        int | None,
        Field(
            ge=0,
            le=10_000,
            description="pictures on the review sheet (else 4 to 30; 0: none)",
        ),
    ] = None
    seed: Annotated[
        str, Field(min_length=1, max_length=100, description="decides which pictures are drawn")
    ] = "1"
    time_limit: Annotated[
        float | None,
        Field(gt=0, description="processor seconds that a file may take (else the policy's)"),
    ] = None
    memory_limit: Annotated[
        int | None, Field(ge=64, description="MiB that a file may take (else the policy's)")
    ] = None
    from_list: Annotated[
        Path | None, Field(description="read sources from a file, one a line; - is standard input")
    ] = None
    skip_space_check: SkipSpaceCheck = False
    package: Annotated[
        Path | None, Field(description="make a package (SIP) of the results in this folder")
    ] = None
    with_sources: Annotated[bool, Field(description="put the sources into the package, too")] = (
        False
    )
    kind: Kind = PackageKind.SIP
    layout: PackageLayout = Layout.IFI_BAG
    container: Container = Box.FOLDER
    label: Label = None
    package_id: PackageId = None
    exclude: Exclude = ()
    date: Date = None
    jobs: Annotated[
        int | None, Field(ge=1, le=256, description="files migrated at once (else one a core)")
    ] = None
    report: ReportFiles = ()

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        modes = [name for name in ("plan", "restore", "prove", "review") if getattr(self, name)]
        if len(modes) > 1:
            raise ValueError(f"--{modes[0]} and --{modes[1]} are two commands: leave one out")
        if self.prove and (self.sources or self.from_list):
            raise ValueError("--prove looks into one folder of results: name each by itself")
        fields = type(self).model_fields
        unlike = [name for name in _OF_PACKAGES if getattr(self, name) != fields[name].default]
        require_package(sorted(unlike) if self.package is None else [])
        if self.table is not None and not self.plan:
            raise ValueError("--table is of a plan: add --plan, or look at the tables in OUT")
        return self

    def packing(self, made_with: str) -> ResultPacking:
        """Give how the package of the results is made; `made_with` tells how they were."""
        names = {"kind", "layout", "container", "label", "package_id", "date", "jobs"}
        told = self.model_dump(include=names) | {"destination": self.package}
        return ResultPacking.model_validate(told | {"made_with": made_with})

    @property
    def every(self) -> int | None:
        """Give of how many files a second decoder reads one; None: what the policy says."""
        found = _QA.fullmatch(self.qa) if self.qa else None
        return int(found[1] or 1) if found else None
