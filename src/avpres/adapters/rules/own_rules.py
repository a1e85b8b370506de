"""The rules of what avpres itself keeps in a package."""

from avpres.adapters.rules.rule import Level, Rule, catalogue

OWN_RULES = catalogue(
    Rule(
        "OWN-GENERATIONS",
        Level.MUST,
        "avpres edit",
        "the manifests before each change are kept, and each line of their register tells the "
        "digest of the line before",
        "look for the missing state in another copy of the package; its files are as they were",
    ),
)
