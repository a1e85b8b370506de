"""XML schemas that packages carry, as their makers published them.

METS is CC0 (METS Board), the DILCIS extensions are CC BY 4.0 (DILCIS Board); XLink and PREMIS come
from the Library of Congress without a text of licence.
"""

from collections.abc import Iterator
from importlib.resources import files

CARRIED = (
    "DILCISExtensionMETS.xsd",
    "DILCISExtensionSIPMETS.xsd",
    "mets.xsd",
    "premis.xsd",
    "xlink.xsd",
)


def schemas() -> Iterator[tuple[str, bytes]]:
    """Give the schemas of E-ARK packages, with their names."""
    for name in CARRIED:
        yield name, files(__name__).joinpath(name).read_bytes()
