"""Folders that hold no file come out too; the others come with their files."""

import os

from avpres.services.extract import findings
from avpres.services.extract.findings import Note
from avpres.services.extract.listing import Listing
from avpres.services.extract.publishing import Publishing, TakenError


def make(listing: Listing, publishing: Publishing, note: Note) -> None:
    """Make what is wanted of them; where something else has the name, tell and leave it."""
    for target in listing.empty_folders():
        try:
            publishing.make(target)
        except TakenError:
            note(findings.exists(os.fsdecode(target)))
    publishing.flush()
