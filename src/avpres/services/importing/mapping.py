"""Which file of the foreign package becomes which of ours, as a table."""

import csv
import io
import os
from typing import BinaryIO

from avpres.adapters.formats.report_csv import cell
from avpres.adapters.formats.report_names import raw_base64
from avpres.services.importing.inventory import Inventory

COLUMNS = ("foreign", "package", "known_as", "role", "size", "digests", "foreign_base64")
BEGINNING = b'\xef\xbb\xbf"foreign","package","known_as"'
"""The first bytes of every such table, by which avpres knows its own."""


def write_mapping(handle: BinaryIO, inventory: Inventory) -> None:
    """Write a row a file, in the order of the paths they came with."""
    text = io.TextIOWrapper(handle, encoding="utf-8-sig", newline="")
    try:
        table = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        table.writerow(COLUMNS)
        for each in inventory.placed():
            foreign, place, known = map(os.fsdecode, (each.path, each.place, each.original))
            exact = raw_base64(foreign) or ""
            row = (cell(foreign), cell(place), cell(known), each.role, each.size, each.digests)
            table.writerow((*row, exact))
        text.flush()
    finally:
        text.detach()
