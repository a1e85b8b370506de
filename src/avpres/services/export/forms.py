"""Where things lie in a dissemination package."""

from dataclasses import replace

from avpres.domain.dissemination import DipForm
from avpres.domain.oais import Layout
from avpres.services.packing.layouts import PLACES, Places

_CONTENT = replace(
    PLACES[Layout.METS], objects="content", supplemental="supplemental", mets="mets.xml"
)

FORMS: dict[DipForm, Places] = {
    DipForm.AIHT: _CONTENT,
    DipForm.STANFORD: _CONTENT,
    DipForm.BAG: replace(_CONTENT, objects="data"),
    DipForm.E_ARK: PLACES[Layout.CSIP],
}

LEFT_OUT = {DipForm.E_ARK: "documentation/left-out.csv"}
"""Where the list of what was left out lies, if not in the first folder.

CSIP asks for documentation: there the list says so when nothing was left out.
"""
