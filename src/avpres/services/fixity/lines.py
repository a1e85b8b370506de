"""The record of each path of a comparison, written as a line at once: there may be millions."""

import os

from avpres.adapters.formats.report_json import file_to_json, quick_destination, quick_line
from avpres.domain.report import FileRecord
from avpres.services.fixity.judging import Brief, Judgement


class Lines:
    """Writes the lines of the files of one tree."""

    def __init__(self, destination: str) -> None:
        self._destination = destination
        self._end = quick_destination(destination)

    def brief(self, found: Brief, outcome: str) -> bytes:
        """Write the line of a path of which there is nothing more to say."""
        line = quick_line(
            found.path,
            found.size,
            outcome,
            digests=found.digests,
            evidence=found.evidence or "",
            destination=self._end,
        )
        return line or self.full(found.judgement(), outcome)

    def full(self, judgement: Judgement, outcome: str, detail: str = "") -> bytes:
        """Write the line of any path."""
        record = FileRecord(
            path=os.fsdecode(judgement.path),
            size=judgement.size,
            outcome=outcome,
            digests=judgement.found,
            evidence=judgement.evidence,
            destination=self._destination,
            detail=detail,
        )
        return file_to_json(record).encode() + b"\n"
