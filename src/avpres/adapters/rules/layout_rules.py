"""The rules of house layouts: IFI's packages, and those of CUNY TV's mediamicroservices."""

from avpres.adapters.rules.rule import Level, Rule, catalogue
from avpres.domain.exit_codes import ExitCode

_IFI = "IFIscripts sipcreator.py"
_MM = "mediamicroservices ingestfile"
_MUST, _SHOULD = Level.MUST, Level.SHOULD
_LOOK = "find out whether the transfer was complete"

LAYOUT_RULES = catalogue(
    Rule(
        "IFI-NAME",
        _SHOULD,
        _IFI,
        "the folder is named by a UUID or an accession number",
        "give the folder its identifier for a name, and its manifests too",
    ),
    Rule("IFI-OBJECTS", _MUST, _IFI, "the folder objects is there and holds a file", _LOOK),
    Rule("IFI-METADATA", _MUST, _IFI, "the folder metadata is there", _LOOK),
    Rule("IFI-LOGS", _MUST, _IFI, "the folder logs is there", _LOOK),
    Rule(
        "IFI-LOG",
        _SHOULD,
        _IFI,
        "the log is logs/<name>_sip_log.log",
        "find out what was done to the package, and whether its log was lost",
    ),
    Rule(
        "IFI-STRAY",
        _SHOULD,
        _IFI,
        "nothing lies beside objects, metadata and logs",
        "find out where it came from; metadata/supplemental is the place of what came with it",
    ),
    Rule(
        "IFI-MANIFEST",
        _MUST,
        _IFI,
        "<name>_manifest.md5 or <name>_manifest-sha512.txt lies beside the folder",
        "look for it where the package came from; `avpres manifest` makes one",
        ExitCode.INCOMPLETE,
    ),
    Rule(
        "IFI-PATHS",
        _MUST,
        _IFI,
        "the paths of its manifests begin with the folder's name",
        "make the manifest anew, after the files are verified",
    ),
    Rule(
        "IFI-EVERY",
        _MUST,
        _IFI,
        "each of its manifests lists every file",
        "make that manifest anew from the other's files, after they are verified",
        ExitCode.INCOMPLETE,
    ),
    Rule("MM-OBJECTS", _MUST, _MM, "the folder objects is there and holds a file", _LOOK),
    Rule(
        "MM-METADATA",
        Level.MAY,
        _MM,
        "metadata holds the folder fileMeta",
        "nothing, if no object is a film or a sound",
    ),
    Rule(
        "MM-LOG",
        _SHOULD,
        _MM,
        "metadata/logs holds a log",
        "find out what was done to the package, and whether its log was lost",
    ),
    Rule(
        "MM-CHECKSUMS",
        _SHOULD,
        _MM,
        "metadata/checksum.md5 is there",
        "look for it where the package came from",
    ),
    Rule(
        "MM-STRAY",
        _SHOULD,
        _MM,
        "nothing lies beside objects and metadata",
        "find out where it came from",
    ),
)
