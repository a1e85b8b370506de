"""Records of a run: PREMIS events, and the files that machines and archivists read later."""

from avpres.services.record.events import (
    Step,
    digest_calculation,
    examination,
    fixity_check,
    proved,
    replication,
)
from avpres.services.record.files import (
    check_place,
    check_report_path,
    read_file_records,
    record_folder,
    write_records,
    write_report_file,
    written,
)
from avpres.services.record.history import history

__all__ = [
    "Step",
    "check_place",
    "check_report_path",
    "digest_calculation",
    "examination",
    "fixity_check",
    "history",
    "proved",
    "read_file_records",
    "record_folder",
    "replication",
    "write_records",
    "write_report_file",
    "written",
]
