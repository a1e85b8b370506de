"""Every rule of every kind of package, under its id."""

from avpres.adapters.rules.bag_rules import BAG_RULES
from avpres.adapters.rules.box_rules import BOX_RULES
from avpres.adapters.rules.eark_rules import EARK_RULES
from avpres.adapters.rules.layout_rules import LAYOUT_RULES
from avpres.adapters.rules.mets_rules import METS_RULES, PREMIS_RULES
from avpres.adapters.rules.own_rules import OWN_RULES
from avpres.adapters.rules.profile_rules import PROFILE_RULES
from avpres.adapters.rules.rule import Rule, catalogue

ALL_RULES: dict[str, Rule] = catalogue(
    *BAG_RULES.values(),
    *PROFILE_RULES.values(),
    *BOX_RULES.values(),
    *LAYOUT_RULES.values(),
    *METS_RULES.values(),
    *PREMIS_RULES.values(),
    *EARK_RULES.values(),
    *OWN_RULES.values(),
)
