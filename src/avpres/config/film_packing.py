"""How `avpres cook` makes packages of films."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from avpres.config import naming
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
)
from avpres.config.packing import ResultPacking, require_package
from avpres.domain.fixity import Algorithm
from avpres.domain.oais import Box, Layout, PackageKind

TAKEN = (Algorithm.MD5, Algorithm.SHA256)
"""Digests that are taken of a film when it is proved, so that it is not read again for them."""

_OF_ONE_PACKAGE = frozenset({"label", "package_id", "date", "parent", "media_id"})
_OF_PACKAGES = _OF_ONE_PACKAGE | {"kind", "layout", "container", "digest", "mhl", "bag_info"}


class FilmPackageOptions(Options):
    """What `cook` can be told of packages."""

    package: Annotated[
        bool, Field(description="make a package (SIP) of each proved film, in place of a folder")
    ] = False
    sip: Annotated[
        str | None,
        AfterValidator(lambda text: text and _named(text)),
        Field(description="the same, with its name: a UUID, or the object entry above it (oe1234)"),
    ] = None
    kind: Kind = PackageKind.SIP
    layout: PackageLayout = Layout.IFI_BAG
    container: Container = Box.FOLDER
    digest: Annotated[
        tuple[Algorithm, ...],
        Field(min_length=1, description="digest for a package's manifests (else md5 and sha256)"),
    ] = TAKEN
    label: Label = None
    package_id: PackageId = None
    date: Date = None
    parent: Parent = None
    media_id: MediaId = None
    mhl: Mhl = False
    bag_info: BagInfo = ()
    package_profile: Profile = "default"

    @model_validator(mode="after")
    def _fits_package(self) -> Self:
        require_package(name for name in self.idle if name in _OF_ONE_PACKAGE)
        names = {"package_id"} if _uuid(self.sip) else {"parent"}
        if self.sip and names & self.model_fields_set:
            raise ValueError(
                f"--sip {self.sip} and --{names.pop().replace('_', '-')} both name the package: "
                "leave one out"
            )
        return self

    @property
    def idle(self) -> list[str]:
        """Name the options that were given and do nothing, since no package was asked for."""
        told = {*_OF_PACKAGES, "package_profile"} & self.model_fields_set
        return [] if self.makes_packages else sorted(told)

    @property
    def makes_packages(self) -> bool:
        """Say whether a package is wanted of each film."""
        return self.package or self.sip is not None

    @property
    def names_one(self) -> str:
        """Give the option that names one package alone; empty when none does."""
        given = {"sip": _uuid(self.sip), "package-id": self.package_id, "media-id": self.media_id}
        return next((name for name, value in given.items() if value), "")

    def packing(self, made_with: str) -> ResultPacking:
        """Give how the package of a film is made; `made_with` tells how the film was."""
        told = self.model_dump(include={*_OF_PACKAGES, "destination"})  # of every `cook`
        told |= {"profile": self.package_profile, "made_with": made_with}
        if self.sip:
            told |= {"package_id": _uuid(self.sip)} if _uuid(self.sip) else {"parent": self.sip}
        return ResultPacking.model_validate(told)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _named(text: str) -> str:
    return text if _uuid(text) else naming.parent_pattern(text)
