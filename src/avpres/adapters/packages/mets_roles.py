"""What a METS file group's use says of the files in it."""

from functools import lru_cache

from avpres.domain.oais import Role

_WORDS: tuple[tuple[Role, tuple[str, ...]], ...] = (
    (Role.LOG, ("log", "logs")),
    (Role.SUPPLEMENTAL, ("supplemental", "documentation", "submissiondocumentation", "license")),
    (Role.METADATA, ("metadata", "techmd", "technicalmetadata", "technical metadata", "schemas")),
    (Role.METADATA, ("schema", "jhove", "mets", "premis", "descriptive", "manualnormalization")),
)
_ROLES = {word: role for role, words in _WORDS for word in words}


@lru_cache(maxsize=256)
def role_of(use: str) -> Role:
    """Tell a role from a USE attribute in any spelling; what is not known is an object."""
    first = use.strip().lower().partition("/")[0].strip()
    return _ROLES.get(first, Role.OBJECT)
