"""The last step of a package: it appears under its name, or nothing does."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from avpres.adapters.containers.planned import Boxed
from avpres.adapters.containers.tar_index import IndexSpool
from avpres.adapters.formats import checksum_file
from avpres.adapters.formats.manifest_file import Heading
from avpres.adapters.storage import durable
from avpres.config.packing import PackingOptions
from avpres.domain.manifest import ManifestEntry
from avpres.domain.oais import Box
from avpres.services.packing import manifests
from avpres.services.packing.beside import beside, index_beside, sums_beside
from avpres.services.packing.boxing import Boxing, Where
from avpres.services.packing.building import Building
from avpres.services.packing.stage import Stage, outputs


def publish(building: Building, *, where: Where | None = None) -> None:
    """Let the package appear; what lies beside it comes just before, and goes if it does not.

    Files go into a container from its tree, or from where `where` says that they lie.
    """
    stage, options, report = building.stage, building.options, building.report
    listing = beside(stage.final.parent, options, stage.name)
    sums, index = sums_beside(stage.final, options), index_beside(stage.final, options)
    stage.final.parent.mkdir(exist_ok=True)
    sealed = stage.seal()
    with _withdrawn(sealed, [*listing, *sums, *index]):
        if listing:
            manifests.write_beside(sealed, options, building.shelf)
        if stage.box is not Box.FOLDER:
            _box(building, sealed, sums, index, where)
        sealed.publish()
    report.outputs += outputs(stage, options)


@contextmanager
def _withdrawn(stage: Stage, paths: list[Path]) -> Iterator[None]:
    """Leave nothing beside a package that did not appear."""
    try:
        yield
    except BaseException:
        if stage.product.exists() or not stage.final.exists():
            for path in paths:
                path.unlink(missing_ok=True)
        raise


def _box(
    building: Building, stage: Stage, sums: list[Path], index: list[Path], where: Where | None
) -> None:
    options, context = building.options, building.context
    moment = round(stage.created.timestamp()) * 1_000_000_000
    boxing = Boxing(building.shelf, stage.name, stage.tree, moment=moment, where=where)
    with IndexSpool() as rows:
        try:
            boxed = boxing.box(stage.product, stage.box, options.digest, context, rows)
        except BaseException:
            stage.product.unlink(missing_ok=True)  # no run goes on with half a container
            raise
        for path in index:
            with durable.replace(path, job=stage.job) as handle:
                rows.write(handle, os.fsencode(stage.final.name), boxed)
    _write_sums(stage, options, boxed, sums)
    _note(building, boxed)


def _write_sums(stage: Stage, options: PackingOptions, boxed: Boxed, sums: list[Path]) -> None:
    """Write the checksums of the container, as `md5sum -c` reads them."""
    for algorithm, path in zip(options.digest, sums, strict=True):
        with durable.replace(path, job=stage.job) as handle:
            entries = [ManifestEntry(stage.final.name, boxed.digests)]
            checksum_file.write_gnu(handle, entries, Heading((algorithm,), stage.created))


def _note(building: Building, boxed: Boxed) -> None:
    """Keep in the report what the container amounts to."""
    facts: dict[str, object] = {
        "size": boxed.size,
        "digests": {digest.algorithm.value: digest.value for digest in boxed.digests},
    }
    if boxed.inner_size is not None:
        inner = {digest.algorithm.value: digest.value for digest in boxed.inner_digests}
        facts |= {"tar_size": boxed.inner_size, "tar_digests": inner}
    building.report.facts["container"] = facts
