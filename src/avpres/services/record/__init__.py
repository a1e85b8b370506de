"""Records of a run: PREMIS events, and the files that machines and archivists read later."""

from avpres.services.record.events import Step, digest_calculation, fixity_check, replication
from avpres.services.record.files import (
    check_report_path,
    read_file_records,
    record_folder,
    write_records,
    write_report_file,
)

__all__ = [
    "Step",
    "check_report_path",
    "digest_calculation",
    "fixity_check",
    "read_file_records",
    "record_folder",
    "replication",
    "write_records",
    "write_report_file",
]
