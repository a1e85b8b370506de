"""What the making of one target needs."""

from dataclasses import dataclass

from avpres.adapters.migrating.staging import Staging
from avpres.adapters.migrating.taking import Taken
from avpres.config.migration_policy import Policy, Target
from avpres.domain.migration_class import Migrant


@dataclass(frozen=True, slots=True)
class Work:
    """A source that is open, what it is, and what it is to become."""

    source: Taken
    migrant: Migrant
    target: Target
    policy: Policy
    second: bool  # a second decoder reads the target too
    staging: Staging
