"""Run the rules of eark-validator over a package: `python eark_shim.py SIP V2_1_0 FOLDER`.

It is run by a Python that has eark-validator (AVPRES_EARK_PYTHON), which fetches vocabularies from
the network when it is imported; they lie in its own wheel, and are served from there. Its own
command fails at documents of more than 64 KiB; its two parts work.
"""

import importlib.util
import io
import json
import sys
import urllib.request
from pathlib import Path

(home,) = importlib.util.find_spec("eark_validator").submodule_search_locations
VOCABULARIES = Path(home) / "ipxml" / "resources" / "vocabs"


def carried(url, *_args, **_more):
    return io.BytesIO((VOCABULARIES / url.rpartition("/")[2]).read_bytes())


urllib.request.urlopen = carried

from eark_validator import mets, rules, structure  # noqa: E402
from eark_validator.specifications.specification import (  # noqa: E402
    SpecificationType,
    SpecificationVersion,
)

kind, version, folder = sys.argv[1:]
document = str(Path(folder) / "METS.xml")
messages = []
for specification in ("CSIP", kind):
    if not hasattr(SpecificationType, specification):
        continue
    profile = rules.ValidationProfile(
        SpecificationType[specification], SpecificationVersion[version]
    )
    profile.validate(document)
    assert profile.is_wellformed
    messages += [
        (each.rule_id, each.severity.value)
        for each in profile.get_all_results()
        if each.severity.value != "Info"
    ]
schema = mets.MetsValidator(folder)
schema.validate_mets(document)
messages += [(each.rule_id, each.message) for each in schema.validation_errors]
checked = structure.StructureChecker(Path(folder)).get_test_results()
messages += [
    (each.rule_id, each.message) for each in checked.messages if each.severity.value != "Info"
]
json.dump({"messages": messages, "referred": len(schema.file_references)}, sys.stdout)
