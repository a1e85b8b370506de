"""Dissemination packages (DIP, ISO 14721): what they look like, and what goes into them."""

from enum import StrEnum


class DipForm(StrEnum):
    """What a dissemination package looks like."""

    AIHT = "aiht"  # Harvard's: the content and one METS that says all, in one archive
    STANFORD = "stanford"  # METS, and parallel trees of content and of technical records
    E_ARK = "e-ark"  # E-ARK's CSIP 2, with the profile of DIPs
    BAG = "bag"  # the content as the payload of a bag, METS beside it


class Companion(StrEnum):
    """What goes with the objects when it is asked for."""

    SUPPLEMENTAL = "supplemental"
