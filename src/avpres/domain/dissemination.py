"""Dissemination packages (DIP, ISO 14721): what they look like, and what goes into them."""

from enum import StrEnum


class DipForm(StrEnum):
    """What a dissemination package looks like."""

    AIHT = "aiht"  # Harvard's: the content and one METS that says all, in one archive
    BAG = "bag"  # the content as the payload of a bag, METS beside it


class Companion(StrEnum):
    """What goes with the objects when it is asked for."""

    SUPPLEMENTAL = "supplemental"
