"""`avpres copy`: a verified copy, or its plan, or how far it is."""

import sqlite3

from avpres.config.copy import CopyOptions
from avpres.domain.errors import DestinationRefusedError
from avpres.domain.report import Report
from avpres.services.context import Context
from avpres.services.transfer.status import status
from avpres.services.transfer.transfer import transfer


def copy(options: CopyOptions, context: Context) -> Report:
    """Copy sources to one or more destinations and prove every byte.

    With `status` or `dry_run` nothing is copied: the report tells how far the copy is, or what it
    would do.

    Raises:
        AvpresError: the command as a whole cannot be done.
    """
    try:
        return status(options, context) if options.status else transfer(options, context)
    except sqlite3.Error as error:
        raise DestinationRefusedError(
            f"{context.state_dir}: journals cannot be kept there ({error}); make room, or choose "
            "another state folder (AVPRES_STATE_DIR), and run the same command again"
        ) from error
