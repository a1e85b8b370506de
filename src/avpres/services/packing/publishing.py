"""The last step of a package: it appears under its name, or nothing does."""

from avpres.config.packing import PackingOptions
from avpres.domain.report import Output, Report
from avpres.services.packing import manifests
from avpres.services.packing.shelf import Shelf
from avpres.services.packing.stage import Stage, beside


def publish(stage: Stage, options: PackingOptions, shelf: Shelf, report: Report) -> None:
    """Let the package appear; manifests beside it come just before, and go if it does not."""
    manifests_beside = beside(stage.final.parent, options, stage.id)
    sealed = stage.seal()
    try:
        if manifests_beside:
            manifests.write_beside(sealed, options, shelf)
        sealed.publish()
    except BaseException:
        if sealed.tree.exists():
            for path in manifests_beside:
                path.unlink(missing_ok=True)
        raise
    report.outputs.append(Output(kind="package", path=str(stage.final)))
    report.outputs += [Output(kind="manifest", path=str(path)) for path in manifests_beside]
