"""Errors that stop a command. A problem with one file is a finding, not an error."""

from typing import ClassVar

from avpres.domain.exit_codes import ExitCode


class AvpresError(Exception):
    """A problem with the command itself; the text says what happened and what to do."""

    exit_code: ClassVar[ExitCode] = ExitCode.INTERNAL


class UsageError(AvpresError):
    """Flags, configuration or environment ask for something that cannot be."""

    exit_code = ExitCode.USAGE


class FixityMismatchError(AvpresError):
    """Bytes differ from what was recorded of them."""

    exit_code = ExitCode.FIXITY_MISMATCH


class IncompleteError(AvpresError):
    """A proof could not be begun or brought to its end."""

    exit_code = ExitCode.INCOMPLETE


class NotConformantError(AvpresError):
    """An input breaks the rules of its own format."""

    exit_code = ExitCode.NOT_CONFORMANT


class SourceUnreadableError(AvpresError):
    """A source is not there or cannot be read."""

    exit_code = ExitCode.SOURCE_UNREADABLE


class DestinationRefusedError(AvpresError):
    """A destination is full, read-only, or cannot hold a name."""

    exit_code = ExitCode.DESTINATION_REFUSED


class DestinationExistsError(AvpresError):
    """A destination holds other content, and nobody said that it may be replaced."""

    exit_code = ExitCode.DESTINATION_EXISTS


class ToolMissingError(AvpresError):
    """An external program is not installed; the text says how to get it."""

    exit_code = ExitCode.TOOL_MISSING


class ToolFailedError(AvpresError):
    """An external program ended badly or did not do what it said."""

    exit_code = ExitCode.TOOL_FAILED
