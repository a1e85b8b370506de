"""jpylyzer's tests as messages: an id, whether it is a matter of structure, a plain sentence."""

import re

_SENTENCES = {
    "containsSignatureBox": "the signature box is missing",
    "containsFileTypeBox": "the file type box is missing",
    "containsJP2HeaderBox": "the JP2 header box is missing",
    "containsContiguousCodestreamBox": "the codestream, which holds the image, is missing",
    "containsImageHeaderBox": "the image header box is missing",
    "containsColourSpecificationBox": "the colour specification box is missing",
    "containsBitsPerComponentBox": "the box with the bits per component is missing",
    "containsWellformedXML": "the XML in the file is not well-formed",
    "codestreamStartsWithSOCMarker": "the codestream does not begin with its start marker (SOC)",
    "foundSIZMarker": "the codestream does not say the size of the image (SIZ)",
    "foundCODMarker": "the codestream does not say its coding style (COD)",
    "foundQCDMarker": "the codestream does not say its quantisation (QCD)",
    "foundCAPMarker": "the codestream does not say its capabilities (CAP)",
    "foundSODMarker": "the data of a tile have no start marker (SOD)",
    "foundEOCMarker": "the codestream does not end with its end marker (EOC): it is cut or damaged",
    "foundNextTilePartOrEOC": "behind a tile-part stands neither another one nor the end marker",
    "foundExpectedNumberOfTiles": "tiles of the image are missing",
    "foundExpectedNumberOfTileParts": "parts of tiles are missing",
    "signatureIsValid": "the signature is damaged",
    "brandIsValid": "the brand is not that of the format",
    "firstBoxIsSignatureBox": "the file does not begin with its signature box",
    "secondBoxIsFileTypeBox": "the file type box does not come second",
    "locationJP2HeaderBoxIsValid": "the JP2 header box does not stand where it must",
    "heightConsistentWithSIZ": "header and codestream do not agree on the height",
    "widthConsistentWithSIZ": "header and codestream do not agree on the width",
    "nCConsistentWithSIZ": "header and codestream do not agree on the number of components",
    "bPCSignConsistentWithSIZ": "header and codestream do not agree on the sign of the samples",
    "bPCDepthConsistentWithSIZ": "header and codestream do not agree on the bits per component",
    "iccSizeIsValid": "the ICC profile is not as long as it says",
}
_STRUCTURE = re.compile(
    r"contains(?!Wellformed)|found|codestreamStarts|boxLength|signature|firstBox|secondBox|location"
    r"|l(siz|cod|qcd|qcc|coc|com|rgn|poc|crg|cap|prf|sot|cp)(Is|Consist)|psot|isot|tpsot"
)


def is_structure(test: str) -> bool:
    """Say whether a failed test means that the file cannot be read as it should."""
    return _STRUCTURE.match(test) is not None


def message_id(test: str) -> str:
    """Give the id of a failed test: `foundEOCMarker` is `JPEG2000-NO-EOC-MARKER`."""
    for pattern, words in (
        (r"(?:found|contains)(.+)", "No{}"),
        (r"noMoreThanOne(.+)", "MoreThanOne{}"),
        (r"(.+)ConsistentWith(.+)", "{}DiffersFrom{}"),
        (r"(.+)(?:IsValid|ConsistencyCheck)", "Bad{}"),
    ):
        found = re.fullmatch(pattern, test)
        if found is not None:
            parts = (part[0].upper() + part[1:] for part in found.groups())
            return f"JPEG2000-{_hyphens(words.format(*parts))}"
    return f"JPEG2000-NOT-{_hyphens(test[0].upper() + test[1:])}"


def sentence(test: str, path: str) -> str:
    """Say in plain words what failed and where."""
    said = _SENTENCES.get(test)
    if said is None:
        said = f"a value is against the rules of JPEG 2000 (jpylyzer's test {test})"
    return f"{said}; in {path}" if path else said


def _hyphens(words: str) -> str:
    words = re.sub(r"JP2", "Jp2", words)
    parts = re.sub(r"([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])", r"\1\3-\2\4", words)
    return parts.upper()
