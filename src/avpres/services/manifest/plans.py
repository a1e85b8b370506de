"""What a manifest will be called, where it will lie, and what its paths begin with."""

import os
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.formats.naming import manifest_name
from avpres.adapters.formats.sidecar import SUFFIX
from avpres.adapters.storage.volume import volume_of
from avpres.config.manifest import ManifestOptions
from avpres.domain.errors import UsageError
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestFormat
from avpres.services.fixity import presence
from avpres.services.fixity.trees import Tree

_HOLDS_MANY = frozenset(
    {
        ManifestFormat.HASHDEEP,
        ManifestFormat.MHL,
        ManifestFormat.DFXML,
        ManifestFormat.AVPRES,
        ManifestFormat.ASCMHL,
        ManifestFormat.BSD,
    }
)
"""Formats that hold several algorithms; of the others there is one file for each."""
_NAME = {
    ManifestFormat.BSD: "{name}_checksums.txt",
    ManifestFormat.HASHDEEP: "{name}.hashdeep",
    ManifestFormat.MHL: "{name}.mhl",
    ManifestFormat.DFXML: "{name}.dfxml",
    ManifestFormat.BFI_TAR: "{name}_manifest.json",
    ManifestFormat.AVPRES: "{name}_manifest.jsonl",
}


@dataclass(frozen=True, slots=True)
class Output:
    """A manifest to be written; `lead` is put before its paths."""

    path: Path
    algorithms: tuple[Algorithm, ...]
    lead: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be made of one path. `outputs` is empty where the tree itself decides."""

    item: Path
    tree: Tree
    format: ManifestFormat
    algorithms: tuple[Algorithm, ...]
    outputs: tuple[Output, ...]


def plan_of(path: Path, options: ManifestOptions) -> Plan:
    """Decide what to write for a path.

    Raises:
        SourceUnreadableError: it is not there.
        UsageError: format, digests and output do not go together.
    """
    item = presence.require(path)
    volume = volume_of(item, tape=options.lto)
    tree = Tree(item, volume) if item.is_dir() else _one_file(item, options)
    algorithms = tuple(dict.fromkeys(options.digest))
    return Plan(item, tree, options.format, algorithms, _outputs(item, algorithms, options))


def _one_file(item: Path, options: ManifestOptions) -> Tree:
    if options.format in {ManifestFormat.ASCMHL, ManifestFormat.BAGIT}:
        raise UsageError(f"{item} is a file; a {options.format} manifest is made of a folder")
    volume = volume_of(item, tape=options.lto)
    return Tree(item.parent, volume, os.fsencode(item.name))


def _outputs(
    item: Path, algorithms: tuple[Algorithm, ...], options: ManifestOptions
) -> tuple[Output, ...]:
    form, wished = options.format, options.output
    if form is ManifestFormat.ASCMHL or (form is ManifestFormat.SIDECAR and item.is_dir()):
        if wished is not None:
            raise UsageError(f"a {form} manifest lies inside its folder; leave out --output")
        return ()
    groups = (algorithms,) if form in _HOLDS_MANY else tuple((each,) for each in algorithms)
    folder = _home(item, form)
    if wished is not None and not wished.is_dir():
        if len(groups) > 1 or len(options.paths) > 1:
            raise UsageError(f"{wished} is one file for several manifests; give a folder")
        return (_output(Path(os.path.abspath(wished)), item, form, groups[0]),)
    folder = Path(os.path.abspath(wished)) if wished is not None else folder
    return tuple(
        _output(folder / _usual_name(item, form, group), item, form, group) for group in groups
    )


def _home(item: Path, form: ManifestFormat) -> Path:
    """Beside the folder, so that the tree stays as it is; only a bag has its manifest inside."""
    if form is not ManifestFormat.BAGIT:
        return item.parent
    if not (item / "bagit.txt").is_file() or not (item / "data").is_dir():
        raise UsageError(f"{item} is no bag: it has no bagit.txt and data folder")
    return item


def _usual_name(item: Path, form: ManifestFormat, group: tuple[Algorithm, ...]) -> str:
    name, algorithm = item.name or "root", group[0]
    if form is ManifestFormat.IFI:
        return manifest_name(name, algorithm)
    if form is ManifestFormat.BAGIT:
        return f"manifest-{algorithm}.txt"
    if form in _NAME:
        return _NAME[form].format(name=name)
    return f"{name}.{sidecar_suffix(algorithm)}"


def sidecar_suffix(algorithm: Algorithm) -> str:
    """Give the ending of sidecars of an algorithm."""
    return next(suffix for suffix, each in SUFFIX.items() if each is algorithm)


def _output(path: Path, item: Path, form: ManifestFormat, group: tuple[Algorithm, ...]) -> Output:
    """Decide what the paths begin with: the folder's name, unless the manifest lies inside."""
    inside = path.parent == item or not item.is_dir()
    if not inside and path.parent.is_relative_to(item):
        raise UsageError(f"{path} lies deep inside {item}; write it beside the folder or in it")
    bare = form in {ManifestFormat.BAGIT, ManifestFormat.BFI_TAR}  # paths as in the bag, the tar
    lead = "" if inside or bare else item.name
    return Output(path, group, lead)
