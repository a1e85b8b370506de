"""How much a finding or a message matters."""

from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters: only errors change the exit status."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
