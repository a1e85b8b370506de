"""A BagIt Profile (1.4 and before), and a bag held against it. The profile is never fetched."""

import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from avpres.adapters.rules.profile_rules import PROFILE_RULES
from avpres.adapters.rules.rule import Breach
from avpres.domain.errors import SourceUnreadableError, UsageError

LARGEST = 4 << 20  # bytes of a profile


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Info(_Part):
    """What is asked of the profile itself."""

    identifier: str = Field(alias="BagIt-Profile-Identifier")
    version: str = Field(default="", alias="Version")
    of: str = Field(default="1.1.0", alias="BagIt-Profile-Version")


class Tag(_Part):
    """What is asked of an element of bag-info.txt."""

    required: bool = False
    recommended: bool = False
    repeatable: bool = True
    values: tuple[str, ...] = ()


class Profile(_Part):
    """A profile as its JSON has it; what it does not say asks nothing."""

    about: Info = Field(alias="BagIt-Profile-Info")
    bag_info: dict[str, Tag] = Field(default_factory=dict, alias="Bag-Info")
    manifests: tuple[str, ...] = Field(default=(), alias="Manifests-Required")
    manifests_allowed: tuple[str, ...] | None = Field(default=None, alias="Manifests-Allowed")
    tag_manifests: tuple[str, ...] = Field(default=(), alias="Tag-Manifests-Required")
    tag_manifests_allowed: tuple[str, ...] | None = Field(
        default=None, alias="Tag-Manifests-Allowed"
    )
    tag_files: tuple[str, ...] = Field(default=(), alias="Tag-Files-Required")
    tag_files_allowed: tuple[str, ...] = Field(default=("*",), alias="Tag-Files-Allowed")
    payload: tuple[str, ...] = Field(default=(), alias="Payload-Files-Required")
    payload_allowed: tuple[str, ...] = Field(default=("*",), alias="Payload-Files-Allowed")
    allow_fetch: bool = Field(default=True, alias="Allow-Fetch.txt")
    fetch_required: bool = Field(default=False, alias="Fetch.txt-Required")
    data_empty: bool = Field(default=False, alias="Data-Empty")
    serialization: Literal["forbidden", "required", "optional"] = Field(
        default="optional", alias="Serialization"
    )
    accept_serialization: tuple[str, ...] = Field(default=(), alias="Accept-Serialization")
    versions: tuple[str, ...] = Field(default=(), alias="Accept-BagIt-Version")


@dataclass(frozen=True, slots=True)
class Described:
    """A bag as a profile sees it; `container` are its media types, none for a folder.

    `tag_files` are all but those that the profile need not name: bagit.txt, manifests.
    """

    version: str
    elements: tuple[tuple[str, str], ...]
    manifests: frozenset[str]
    tag_manifests: frozenset[str]
    tag_files: frozenset[str]
    payload_size: int
    payload_files: int
    container: tuple[str, ...] = ()


def read(path: Path) -> Profile:
    """Read a profile from its file.

    Raises:
        UsageError: it is no profile.
        SourceUnreadableError: it cannot be read.
    """
    if "://" in str(path) or str(path).startswith(("http:/", "https:/")):
        raise UsageError(f"{path}: a profile is never fetched; save it and give its file")
    try:
        with path.open("rb") as handle:
            text = handle.read(LARGEST)
    except OSError as error:
        raise SourceUnreadableError(f"{path} cannot be read: {error.strerror}") from error
    try:
        return Profile.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise UsageError(
            f"{path} is no BagIt Profile: {place}: {first['msg']}; give another file"
        ) from None


def judge(profile: Profile, bag: Described, payload: Iterable[str]) -> Iterator[Breach]:
    """Yield what a profile asks and a bag does not do."""
    yield from _information(profile, bag)
    yield from _manifests(profile, bag)
    yield from _tag_files(profile, bag)
    yield from _payload(profile, bag, payload)
    yield from _form(profile, bag)


def _information(profile: Profile, bag: Described) -> Iterator[Breach]:
    said: dict[str, list[str]] = {}
    for label, value in bag.elements:
        said.setdefault(label.lower(), []).append(value)
    known = said.get("bagit-profile-identifier", [])
    if profile.about.identifier not in known:
        rule = PROFILE_RULES["PROFILE-IDENTIFIER"]
        found = ", ".join(known) or None
        yield Breach(rule, "is of another profile", expected=profile.about.identifier, found=found)
    for label, tag in profile.bag_info.items():
        yield from _element(label, tag, said)


def _element(label: str, tag: Tag, said: Mapping[str, list[str]]) -> Iterator[Breach]:
    values = said.get(label.lower(), [])
    if not values and (tag.required or tag.recommended):
        rule = "PROFILE-INFO" if tag.required else "PROFILE-RECOMMENDED"
        yield Breach(PROFILE_RULES[rule], f"bag-info.txt has no {label}")
    if len(values) > 1 and not tag.repeatable:
        times = f"{label} stands in bag-info.txt {len(values)} times"
        yield Breach(PROFILE_RULES["PROFILE-REPEATED"], times)
    for value in values:
        if tag.values and value not in tag.values:
            broken, allowed = PROFILE_RULES["PROFILE-VALUE"], " or ".join(tag.values)
            yield Breach(broken, f"{label} has a value that is not allowed", b"", allowed, value)


def _manifests(profile: Profile, bag: Described) -> Iterator[Breach]:
    kinds = (
        ("PROFILE-MANIFESTS", "manifest", bag.manifests),
        ("PROFILE-TAG-MANIFESTS", "tagmanifest", bag.tag_manifests),
    )
    required = (profile.manifests, profile.tag_manifests)
    allowed = (profile.manifests_allowed, profile.tag_manifests_allowed)
    for (rule, lead, there), asked, may in zip(kinds, required, allowed, strict=True):
        for algorithm in sorted(set(asked) - there):
            yield Breach(PROFILE_RULES[rule], f"has no {lead}-{algorithm}.txt")
        for algorithm in sorted(there - set(may)) if may is not None else []:
            named = f"has {lead}-{algorithm}.txt, which is not allowed"
            yield Breach(PROFILE_RULES[f"{rule}-ALLOWED"], named)


def _tag_files(profile: Profile, bag: Described) -> Iterator[Breach]:
    for name in sorted(set(profile.tag_files) - bag.tag_files - {"bagit.txt"}):
        yield Breach(PROFILE_RULES["PROFILE-TAG-FILES"], f"has no {name}")
    for name in sorted(bag.tag_files):
        if not _matches(name, (*profile.tag_files_allowed, *profile.tag_files)):
            path = name.encode("utf-8", "surrogateescape")
            rule = PROFILE_RULES["PROFILE-TAG-FILES-ALLOWED"]
            yield Breach(rule, "is a tag file that is not allowed", path)


def _payload(profile: Profile, bag: Described, payload: Iterable[str]) -> Iterator[Breach]:
    missing = set(profile.payload)
    everything = "*" in profile.payload_allowed or "data/*" in profile.payload_allowed
    if missing or not everything:
        for path in payload:
            missing.discard(path)
            if not everything and not _matches(path, (*profile.payload_allowed, *profile.payload)):
                raw = path.encode("utf-8", "surrogateescape")
                rule = PROFILE_RULES["PROFILE-PAYLOAD-ALLOWED"]
                yield Breach(rule, "is a payload file that is not allowed", raw)
    for name in sorted(missing):
        yield Breach(PROFILE_RULES["PROFILE-PAYLOAD"], f"has no {name}")
    is_empty = bag.payload_size == 0 and bag.payload_files <= 1
    if profile.data_empty and not is_empty:
        yield Breach(PROFILE_RULES["PROFILE-DATA-EMPTY"], "has a payload that is not empty")


def _form(profile: Profile, bag: Described) -> Iterator[Breach]:
    has_fetch = "fetch.txt" in bag.tag_files
    if has_fetch and not profile.allow_fetch:
        yield Breach(PROFILE_RULES["PROFILE-FETCH"], "has a fetch.txt")
    if profile.fetch_required and not has_fetch:
        yield Breach(PROFILE_RULES["PROFILE-FETCH-REQUIRED"], "has no fetch.txt")
    if profile.versions and bag.version not in profile.versions:
        rule, versions = PROFILE_RULES["PROFILE-VERSION"], " or ".join(profile.versions)
        yield Breach(rule, "has a version that is not accepted", b"", versions, bag.version)
    yield from _container(profile, bag)


def _container(profile: Profile, bag: Described) -> Iterator[Breach]:
    rule = PROFILE_RULES["PROFILE-SERIALIZATION"]
    if profile.serialization == "required" and not bag.container:
        yield Breach(rule, "is a folder and no container")
    elif profile.serialization == "forbidden" and bag.container:
        yield Breach(rule, "is in a container and no folder")
    elif bag.container and profile.accept_serialization:
        yield from _serialized(profile, bag)


def _serialized(profile: Profile, bag: Described) -> Iterator[Breach]:
    if not {*profile.accept_serialization}.intersection(bag.container):
        rule = PROFILE_RULES["PROFILE-SERIALIZATION"]
        allowed = " or ".join(profile.accept_serialization)
        yield Breach(rule, "is in another container", b"", allowed, bag.container[0])


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
