"""The rules of BagIt Profiles 1.4: what a profile may ask of a bag."""

from avpres.adapters.rules.rule import Level, Rule, catalogue

_MUST = Level.MUST
_ASK = "make the bag anew as the profile has it, or ask whoever made the profile"
_SOURCE = "BagIt Profiles 1.4, "


def _rule(id: str, place: str, text: str, level: Level = _MUST) -> Rule:
    return Rule(id, level, _SOURCE + place, text, _ASK)


PROFILE_RULES = catalogue(
    _rule(
        "PROFILE-IDENTIFIER",
        "BagIt-Profile-Identifier",
        "the bag names this profile in bag-info.txt",
    ),
    _rule("PROFILE-INFO", "Bag-Info", "elements that are required are in bag-info.txt"),
    _rule("PROFILE-VALUE", "Bag-Info", "elements have one of the values that are allowed"),
    _rule("PROFILE-REPEATED", "Bag-Info", "elements that may not be repeated are not"),
    _rule(
        "PROFILE-RECOMMENDED",
        "Bag-Info",
        "elements that are recommended are in bag-info.txt",
        Level.SHOULD,
    ),
    _rule("PROFILE-MANIFESTS", "Manifests-Required", "the manifests that are required are there"),
    _rule(
        "PROFILE-MANIFESTS-ALLOWED",
        "Manifests-Allowed",
        "there is no manifest but those that are allowed",
    ),
    _rule(
        "PROFILE-TAG-MANIFESTS",
        "Tag-Manifests-Required",
        "the tag manifests that are required are there",
    ),
    _rule(
        "PROFILE-TAG-MANIFESTS-ALLOWED",
        "Tag-Manifests-Allowed",
        "there is no tag manifest but those that are allowed",
    ),
    _rule("PROFILE-TAG-FILES", "Tag-Files-Required", "the tag files that are required are there"),
    _rule(
        "PROFILE-TAG-FILES-ALLOWED",
        "Tag-Files-Allowed",
        "there is no tag file but those that are allowed",
    ),
    _rule(
        "PROFILE-PAYLOAD",
        "Payload-Files-Required",
        "the payload files that are required are there",
    ),
    _rule(
        "PROFILE-PAYLOAD-ALLOWED",
        "Payload-Files-Allowed",
        "there is no payload file but those that are allowed",
    ),
    _rule("PROFILE-FETCH", "Allow-Fetch.txt", "fetch.txt is there only where it is allowed"),
    _rule("PROFILE-FETCH-REQUIRED", "Fetch.txt-Required", "fetch.txt is there where it must be"),
    _rule("PROFILE-DATA-EMPTY", "Data-Empty", "the payload is empty where it must be"),
    _rule("PROFILE-VERSION", "Accept-BagIt-Version", "the bag's version is one that is accepted"),
    _rule(
        "PROFILE-SERIALIZATION",
        "Serialization",
        "the bag comes as a folder or in a container as the profile has it",
    ),
)
