"""The rules of METS 1.12.1 and of what it says of the files of a package."""

from avpres.adapters.rules.rule import Level, Rule, catalogue
from avpres.domain.exit_codes import ExitCode

_MUST, _SHOULD = Level.MUST, Level.SHOULD
_EDIT = "correct the document, or make it anew with `avpres edit`"
_RESTORE = "find out which is right; restore the file from another copy if it was changed"

METS_RULES = catalogue(
    Rule("METS-XML", _MUST, "XML 1.0", "the document is well-formed", _EDIT),
    Rule("METS-ROOT", _MUST, "METS 1.12.1", "the document is a METS", _EDIT),
    Rule(
        "METS-SCHEMA",
        _MUST,
        "METS 1.12.1 schema",
        "the document is valid by the schemas of --schemas",
        _EDIT,
    ),
    Rule("METS-STRUCTMAP", _MUST, "METS 1.12.1", "there is a structMap", _EDIT),
    Rule("METS-ID", _MUST, "METS 1.12.1, xsd:ID", "no ID stands there twice", _EDIT),
    Rule(
        "METS-REF",
        _MUST,
        "METS 1.12.1, xsd:IDREFS",
        "ADMID, DMDID, FILEID and the like name IDs of the document",
        _EDIT,
    ),
    Rule(
        "METS-HREF",
        _MUST,
        "METS 1.12.1, FLocat",
        "each reference leads to a file of the package",
        "restore the file from another copy",
        ExitCode.INCOMPLETE,
    ),
    Rule(
        "METS-OUTSIDE",
        _MUST,
        "METS 1.12.1, FLocat",
        "no reference leads out of the package",
        "find out who made the package; nothing was followed",
    ),
    Rule(
        "METS-LOCATION",
        _MUST,
        "METS 1.12.1, file",
        "each file is there: by FLocat, by FContent, or by files within it",
        _EDIT,
    ),
    Rule(
        "METS-SIZE",
        _MUST,
        "METS 1.12.1, SIZE",
        "SIZE is the size of the file",
        _RESTORE,
        ExitCode.FIXITY_MISMATCH,
    ),
    Rule(
        "METS-CHECKSUM",
        _MUST,
        "METS 1.12.1, CHECKSUM",
        "CHECKSUM is that of the file",
        _RESTORE,
        ExitCode.FIXITY_MISMATCH,
    ),
    Rule(
        "METS-CHECKSUM-FORM",
        _MUST,
        "METS 1.12.1, CHECKSUMTYPE",
        "CHECKSUM is a digest of its CHECKSUMTYPE, which avpres takes",
        "check it with a program that takes such digests; it was not checked here",
        ExitCode.INCOMPLETE,
    ),
    Rule(
        "METS-UNLISTED",
        _SHOULD,
        "METS 1.12.1, fileSec",
        "every file of the package is in its METS",
        "find out where it came from",
    ),
    Rule(
        "METS-TWICE",
        _SHOULD,
        "METS 1.12.1, fileSec",
        "no two file elements lead to the same file",
        "nothing, if that is meant",
    ),
)

PREMIS_RULES = catalogue(
    Rule("PREMIS-XML", _MUST, "XML 1.0", "the document is well-formed", _EDIT),
    Rule(
        "PREMIS-SCHEMA",
        _MUST,
        "PREMIS 3.0 schema",
        "the document is valid by the schemas of --schemas",
        _EDIT,
    ),
    Rule(
        "PREMIS-FILE",
        _SHOULD,
        "PREMIS 3.0, 1.7",
        "a file that PREMIS describes is in the package, where it says",
        "find out whether it was taken out on purpose",
    ),
    Rule(
        "PREMIS-SIZE",
        _MUST,
        "PREMIS 3.0, 1.5.3",
        "size is the size of the file",
        _RESTORE,
        ExitCode.FIXITY_MISMATCH,
    ),
    Rule(
        "PREMIS-FIXITY",
        _MUST,
        "PREMIS 3.0, 1.5.2",
        "each messageDigest is that of the file",
        _RESTORE,
        ExitCode.FIXITY_MISMATCH,
    ),
    Rule(
        "PREMIS-ID",
        _MUST,
        "PREMIS 3.0, 1.1, 2.1",
        "no two objects and no two events have one identifier",
        _EDIT,
    ),
    Rule(
        "PREMIS-LINK",
        _MUST,
        "PREMIS 3.0, 2.6, 2.7",
        "objects and agents that an event names are described",
        _EDIT,
    ),
    Rule(
        "PREMIS-DATE",
        _MUST,
        "PREMIS 3.0, 2.3",
        "eventDateTime is a date (ISO 8601)",
        _EDIT,
    ),
    Rule(
        "PREMIS-EVENT-TYPE",
        _SHOULD,
        "PREMIS 3.0, 2.2",
        "eventType is a word of the preservation vocabulary of the Library of Congress",
        "use a word of that vocabulary, or one of your own that begins with local:",
    ),
    Rule(
        "PREMIS-OUTCOME",
        _SHOULD,
        "PREMIS 3.0, 2.5.1",
        "eventOutcome is a word of the vocabulary: success, fail or warning",
        "look what became of that event",
    ),
)
