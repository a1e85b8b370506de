"""Every rule of every kind of package, under its id."""

from avpres.adapters.rules.bag_rules import BAG_RULES
from avpres.adapters.rules.rule import Rule, catalogue

ALL_RULES: dict[str, Rule] = catalogue(*BAG_RULES.values())
