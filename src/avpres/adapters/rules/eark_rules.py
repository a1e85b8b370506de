"""The rules of E-ARK's common specification (CSIP 2.1.0 and 2.2.0), SIP and DIP for programs.

Ids, levels and meaning are those of the specifications at https://dilcis.eu, by the DILCIS Board.
"""

from avpres.adapters.rules.rule import Level, Rule, catalogue

_M, _S = Level.MUST, Level.SHOULD
_ADVICE = "correct the METS, or make it anew with `avpres convert --layout csip`"
_FOLDERS = "put it where the specification has it"

_REFERENCE = (
    *("LOCTYPE is URL", "xlink:type is simple", "xlink:href is there", "MDTYPE is there"),
    *("MIMETYPE is there", "SIZE is there", "CREATED is there", "CHECKSUM is there"),
    "CHECKSUMTYPE is there",
)

_TABLE: tuple[tuple[str, Level, str, str], ...] = (
    ("CSIP1", _M, "mets/@OBJID", "the document has an OBJID"),
    ("CSIP2", _M, "mets/@TYPE", "the document has a TYPE"),
    ("CSIP3", _M, "mets/@csip:OTHERTYPE", "with the TYPE Other there is an OTHERTYPE"),
    (
        *("CSIP4", _S, "mets/@csip:CONTENTINFORMATIONTYPE"),
        "the document has a CONTENTINFORMATIONTYPE; in a representation it must",
    ),
    (
        *("CSIP5", _M, "mets/@csip:OTHERCONTENTINFORMATIONTYPE"),
        "with the CONTENTINFORMATIONTYPE OTHER there is an OTHERCONTENTINFORMATIONTYPE",
    ),
    ("CSIP6", _M, "mets/@PROFILE", "the document has a PROFILE"),
    ("CSIP117", _M, "metsHdr", "there is a metsHdr"),
    ("CSIP7", _M, "metsHdr/@CREATEDATE", "the header has a CREATEDATE"),
    ("CSIP8", _S, "metsHdr/@LASTMODDATE", "a header that was changed has a LASTMODDATE"),
    (
        *("CSIP9", _M, "metsHdr/@csip:OAISPACKAGETYPE"),
        "the OAISPACKAGETYPE is SIP, AIP, DIP, AIU or AIC",
    ),
    ("CSIP10", _M, "metsHdr/agent", "there is an agent"),
    ("CSIP11", _M, "agent/@ROLE", "one agent is a CREATOR"),
    ("CSIP12", _M, "agent/@TYPE", "one CREATOR has the TYPE OTHER"),
    ("CSIP13", _M, "agent/@OTHERTYPE", "that CREATOR has the OTHERTYPE SOFTWARE"),
    ("CSIP14", _M, "agent/name", "that CREATOR has one name"),
    ("CSIP15", _M, "agent/note", "that CREATOR has one note, the version"),
    ("CSIP16", _M, "agent/note/@csip:NOTETYPE", "that note has the NOTETYPE SOFTWARE VERSION"),
    ("CSIP17", _S, "dmdSec", "descriptive metadata is referred to"),
    ("CSIP18", _M, "dmdSec/@ID", "each dmdSec has an ID"),
    ("CSIP19", _M, "dmdSec/@CREATED", "each dmdSec has a CREATED"),
    ("CSIP20", _S, "dmdSec/@STATUS", "each dmdSec has the STATUS CURRENT or SUPERSEDED"),
    ("CSIP21", _S, "dmdSec/mdRef", "each dmdSec has an mdRef"),
    *((f"CSIP{22 + n}", _M, "dmdSec/mdRef", what) for n, what in enumerate(_REFERENCE)),
    ("CSIP31", _S, "amdSec", "preservation metadata is referred to"),
    ("CSIP32", _S, "amdSec/digiprovMD", "an amdSec has a digiprovMD"),
    ("CSIP33", _M, "digiprovMD/@ID", "each digiprovMD has an ID"),
    ("CSIP34", _S, "digiprovMD/@STATUS", "each digiprovMD has a STATUS"),
    ("CSIP35", _S, "digiprovMD/mdRef", "each digiprovMD has an mdRef"),
    *((f"CSIP{36 + n}", _M, "digiprovMD/mdRef", what) for n, what in enumerate(_REFERENCE)),
    ("CSIP46", _M, "rightsMD/@ID", "each rightsMD has an ID"),
    ("CSIP47", _S, "rightsMD/@STATUS", "each rightsMD has a STATUS"),
    ("CSIP48", _S, "rightsMD/mdRef", "each rightsMD has an mdRef"),
    *((f"CSIP{49 + n}", _M, "rightsMD/mdRef", what) for n, what in enumerate(_REFERENCE)),
    ("CSIP58", _S, "fileSec", "there is a fileSec"),
    ("CSIP59", _M, "fileSec/@ID", "the fileSec has an ID"),
    ("CSIP60", _M, "fileGrp/@USE", "the package has a group Documentation"),
    ("CSIP113", _M, "fileGrp/@USE", "the package has a group Schemas"),
    ("CSIP114", _M, "fileGrp/@USE", "the package has a group that begins with Representations"),
    (
        *("CSIP62", _M, "fileGrp/@csip:CONTENTINFORMATIONTYPE"),
        "a group of a representation has a CONTENTINFORMATIONTYPE",
    ),
    (
        *("CSIP63", _M, "fileGrp/@csip:OTHERCONTENTINFORMATIONTYPE"),
        "with OTHER in a group there is an OTHERCONTENTINFORMATIONTYPE",
    ),
    ("CSIP64", _M, "fileGrp/@USE", "each group has a USE"),
    ("CSIP65", _M, "fileGrp/@ID", "each group has an ID"),
    ("CSIP66", _M, "fileGrp/file", "each group has files"),
    ("CSIP67", _M, "file/@ID", "each file has an ID"),
    ("CSIP68", _M, "file/@MIMETYPE", "each file has a MIMETYPE"),
    ("CSIP69", _M, "file/@SIZE", "each file has a SIZE"),
    ("CSIP70", _M, "file/@CREATED", "each file has a CREATED"),
    ("CSIP71", _M, "file/@CHECKSUM", "each file has a CHECKSUM"),
    ("CSIP72", _M, "file/@CHECKSUMTYPE", "each file has a CHECKSUMTYPE"),
    ("CSIP76", _M, "file/FLocat", "each file has an FLocat"),
    ("CSIP77", _M, "FLocat/@LOCTYPE", "LOCTYPE is URL"),
    ("CSIP78", _M, "FLocat/@xlink:type", "xlink:type is simple"),
    ("CSIP79", _M, "FLocat/@xlink:href", "xlink:href is there"),
    ("CSIP80", _M, "structMap", "there is a structMap"),
    ("CSIP81", _M, "structMap/@TYPE", "the structMap of CSIP has the TYPE PHYSICAL"),
    ("CSIP82", _M, "structMap/@LABEL", "one structMap has the LABEL CSIP"),
    ("CSIP83", _M, "structMap/@ID", "the structMap of CSIP has an ID"),
    ("CSIP84", _M, "structMap/div", "the structMap of CSIP has one div"),
    ("CSIP85", _M, "structMap/div/@ID", "that div has an ID"),
    ("CSIP88", _M, "div[Metadata]", "there is a div Metadata"),
    ("CSIP89", _M, "div[Metadata]/@ID", "the div Metadata has an ID"),
    ("CSIP91", _S, "div[Metadata]/@ADMID", "the div Metadata has an ADMID"),
    ("CSIP92", _S, "div[Metadata]/@DMDID", "the div Metadata has a DMDID"),
    ("CSIP93", _S, "div[Documentation]", "there is a div Documentation"),
    ("CSIP94", _M, "div[Documentation]/@ID", "the div Documentation has an ID"),
    ("CSIP96", _M, "div[Documentation]/fptr", "the div Documentation has an fptr"),
    ("CSIP116", _M, "div[Documentation]/fptr/@FILEID", "its fptr has a FILEID"),
    ("CSIP97", _S, "div[Schemas]", "there is a div Schemas"),
    ("CSIP98", _M, "div[Schemas]/@ID", "the div Schemas has an ID"),
    ("CSIP100", _M, "div[Schemas]/fptr", "the div Schemas has an fptr"),
    ("CSIP118", _M, "div[Schemas]/fptr/@FILEID", "its fptr has a FILEID"),
    ("CSIP105", _S, "div[Representations]", "there is a div of the content"),
    ("CSIP106", _M, "div[Representations/…]/@ID", "the div of a representation has an ID"),
    ("CSIP107", _M, "div[Representations/…]/@LABEL", "the div of a representation has a LABEL"),
    ("CSIP109", _M, "div[Representations/…]/mptr", "the div of a representation has one mptr"),
    ("CSIP110", _M, "mptr/@xlink:href", "an mptr has an xlink:href"),
    ("CSIP111", _M, "mptr/@xlink:type", "an mptr has the xlink:type simple"),
    ("CSIP112", _M, "mptr/@LOCTYPE", "an mptr has the LOCTYPE URL"),
    ("CSIPSTR4", _M, "METS.xml", "the package has a METS.xml at its top"),
    ("CSIPSTR5", _S, "metadata", "the package has a folder metadata"),
    ("CSIPSTR9", _S, "representations", "the package has a folder representations"),
    ("CSIPSTR11", _S, "representations/*/data", "each representation has a folder data"),
    ("CSIPSTR15", _S, "schemas", "the package has a folder schemas"),
    ("CSIPSTR16", _S, "documentation", "the package has a folder documentation"),
    ("SIP2", _M, "mets/@PROFILE", "the PROFILE of a SIP is that of E-ARK's SIP"),
    ("SIP4", _M, "metsHdr/@csip:OAISPACKAGETYPE", "the OAISPACKAGETYPE of a SIP is SIP"),
    ("DIP2", _M, "mets/@PROFILE", "the PROFILE of a DIP is that of E-ARK's DIP"),
)

EARK_RULES = catalogue(
    *(
        Rule(
            id,
            level,
            f"E-ARK {'CSIP' if id.startswith('CSIP') else id[:3]} 2.1 and 2.2, {place}",
            text,
            _FOLDERS if id.startswith("CSIPSTR") else _ADVICE,
        )
        for id, level, place, text in _TABLE
    )
)
