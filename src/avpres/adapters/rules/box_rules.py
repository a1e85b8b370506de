"""The rules of containers that packages travel in."""

from avpres.adapters.rules.rule import Level, Rule, catalogue
from avpres.domain.exit_codes import ExitCode

_MUST, _SHOULD = Level.MUST, Level.SHOULD
_ASK = "ask for the container again, or for the folder that it was made of"

BOX_RULES = catalogue(
    Rule(
        "BOX-DAMAGED",
        _MUST,
        "the container's own format",
        "the container can be read to its end and its own checksums hold",
        _ASK,
    ),
    Rule(
        "BOX-PATH",
        _MUST,
        "RFC 8493 §5.1; E-ARK CSIP",
        "no member leads out of the folder that is unpacked into",
        "find out who made the container before it is unpacked; nothing was followed",
    ),
    Rule(
        "BOX-KIND",
        _SHOULD,
        "RFC 8493 §2.1.3",
        "members are files and folders, and no devices or pipes",
        "find out how they came there",
    ),
    Rule(
        "BOX-TWICE",
        _MUST,
        "POSIX pax; APPNOTE.TXT of PKWARE",
        "no path is there twice",
        "find out which of them is meant; the last was judged",
    ),
    Rule(
        "BOX-ONE",
        _SHOULD,
        "RFC 8493 §4; E-ARK AIP27",
        "all members lie in one folder, the package's",
        "nothing; unpack it into a folder of its own",
    ),
    Rule(
        "BOX-INDEX",
        _MUST,
        "avpres, docs/package.md",
        "the index beside a tar says where its members are, with their sizes and digests",
        "make the index anew, after the files are verified",
    ),
    Rule(
        "BOX-INDEX-DIGEST",
        _MUST,
        "avpres, docs/package.md",
        "members have the digests that the index beside the tar tells",
        "restore the container from another copy",
        ExitCode.FIXITY_MISMATCH,
    ),
)
