"""Why an examination came to no end, in the words of its message."""

from avpres.domain.description import Description
from avpres.domain.severity import Severity
from avpres.domain.validity import Message

STOPPED = {
    "CHR-TIME": "its examination took too long and was stopped",
    "CHR-MEMORY": "its examination wanted too much memory and was stopped",
    "CHR-NESTED": "it is nested too deeply to be examined",
    "CHR-CRASH": "its examination ended the process that did it",
    "CHR-DEFECT": "a defect in its validator stopped the examination",
}
"""Texts by message id."""


def stopped(found: Description, id: str) -> None:
    """Note in a description that its examination came to no end."""
    found.messages.append(Message(id, Severity.ERROR, STOPPED[id]))
    found.counts = {**found.counts, id: 1}


def unrecorded(found: Description, why: str) -> None:
    """Note in a description that the metadata records that were asked for are not there."""
    text = f"its metadata records could not be written ({why})"
    found.messages.append(Message("CHR-NO-RECORD", Severity.WARNING, text))
    found.counts = {**found.counts, "CHR-NO-RECORD": 1}
