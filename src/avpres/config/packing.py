"""What every command that makes a package can be told."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from avpres.config.base import Options
from avpres.config.fields import (
    BagInfo,
    Container,
    Date,
    Kind,
    Label,
    MediaId,
    Mhl,
    PackageId,
    PackageLayout,
    Parent,
    Profile,
    ReportFiles,
)
from avpres.domain.fixity import Algorithm
from avpres.domain.oais import Box, Layout, PackageKind


def _some(digests: tuple[Algorithm, ...]) -> tuple[Algorithm, ...]:
    if not digests:
        raise ValueError("a package needs a manifest: name a digest")
    return tuple(dict.fromkeys(digests))


IN_METS = frozenset({Algorithm.MD5, Algorithm.SHA1, Algorithm.SHA256, Algorithm.SHA512})
"""Digests that METS has a name for."""
IN_MHL = frozenset(
    {Algorithm.MD5, Algorithm.SHA1, Algorithm.XXH64, Algorithm.XXH3, Algorithm.XXH128, Algorithm.C4}
)
"""Digests that ASC MHL has a name for."""


class PackingOptions(Options):
    """How a package is made, whatever it is made of."""

    destination: Annotated[Path, Field(description="folder in which the package appears")]
    kind: Kind = PackageKind.SIP
    layout: PackageLayout = Layout.IFI_BAG
    container: Container = Box.FOLDER
    digest: Annotated[
        tuple[Algorithm, ...],
        AfterValidator(_some),
        Field(description="digest for the manifests, in place of md5 and sha512"),
    ] = (Algorithm.MD5, Algorithm.SHA512)
    label: Label = None
    package_id: PackageId = None
    date: Date = None
    parent: Parent = None
    media_id: MediaId = None
    mhl: Mhl = False
    bag_info: BagInfo = ()
    profile: Profile = "default"
    jobs: Annotated[
        int | None, Field(ge=1, le=64, description="files copied or described at once")
    ] = None
    report: ReportFiles = ()

    @property
    def box(self) -> Box:
        """Give what the package as a whole appears in."""
        return self.container

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.layout.is_csip and IN_METS.isdisjoint(self.digest):
            raise ValueError("E-ARK asks for digests in METS: add --digest md5, sha1 or sha512")
        if self.mhl and IN_MHL.isdisjoint(self.digest):
            raise ValueError("ASC MHL holds no such digests: add --digest md5, sha1, xxh64 or c4")
        if self.bag_info and not self.layout.is_bag:
            raise ValueError("bag_info is for bags: choose a layout that is named -bag")
        return self


class ResultPacking(PackingOptions):
    """How the package of a result is made; `made_with` is all that decides what it holds."""

    made_with: str = ""


def require_package(told: Iterable[str]) -> None:
    """Refuse options that speak of a package where none is made.

    Raises:
        ValueError: one of them was given.
    """
    for name in told:
        raise ValueError(
            f"--{name.replace('_', '-')} speaks of a package: add --package, or leave it out"
        )
