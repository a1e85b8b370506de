"""The rules of what avpres itself keeps in a package."""

from avpres.adapters.rules.rule import Level, Rule, catalogue
from avpres.domain.exit_codes import ExitCode

OWN_RULES = catalogue(
    Rule(
        "OWN-GENERATIONS",
        Level.MUST,
        "avpres edit",
        "the manifests before each change are kept, and each line of their register tells the "
        "digest of the line before",
        "look for the missing state in another copy of the package; its files are as they were",
    ),
    Rule(
        "OWN-FOLDER",
        Level.MUST,
        "avpres package",
        "a folder that held nothing is still there: files.jsonl lists it, manifests cannot",
        "make the folder again, or find out what else was lost with it",
        ExitCode.INCOMPLETE,
    ),
)
