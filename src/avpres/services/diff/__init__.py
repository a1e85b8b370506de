"""`avpres diff`: what is different between two trees, two manifests, or a tree and a manifest."""

import os
import tempfile
from pathlib import Path

from avpres.config.diff import DiffOptions
from avpres.domain.errors import SourceUnreadableError
from avpres.domain.report import Report
from avpres.services.context import Context
from avpres.services.diff.judge import Teller
from avpres.services.diff.pair import Pair
from avpres.services.diff.sides import sides_of
from avpres.services.fixity.scratch import forget, open_scratch
from avpres.services.ledger import open_ledger

__all__ = ["diff"]


def diff(options: DiffOptions, context: Context) -> Report:
    """Compare two sides by content; files are read from the medium where digests are not listed.

    Of two trees only files of equal size are read, and of two manifests none. Run it again after
    an interruption: what was read and has not changed since is not read again.

    Raises:
        SourceUnreadableError: a side is not there or cannot be listed.
        NotConformantError: a side is a broken manifest or container.
        IncompleteError: a side is a container that holds no files.
        DestinationRefusedError: the state folder is full or cannot be written.
    """
    report, started = context.report("diff"), context.clock()
    key = (b"diff", _full(options.a), _full(options.b))
    folder = context.state_dir / "diff"
    with (
        open_ledger(context, options.report) as ledger,
        open_scratch(folder, key, now=started, restart=options.restart) as scratch,
        tempfile.TemporaryDirectory(prefix="box-", dir=folder) as aside,
    ):
        sides = sides_of(options.a, options.b, Path(aside), tape=options.lto)
        pair = Pair(*sides, scratch, options, context)
        try:
            pair.fill()
        except OSError as error:
            raise SourceUnreadableError(
                f"{error.filename or options.a}: {error.strerror}; mend that and run it again"
            ) from error
        teller = Teller(pair, report)
        ledger.add_lines(teller.tell())
        teller.conclude(started)
        ledger.close(report)
    forget(scratch.file)
    return report


def _full(path: Path) -> bytes:
    return os.path.abspath(os.fsencode(path))
