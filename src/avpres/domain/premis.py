"""PREMIS 3.0 events and agents, as every command records them."""

import uuid
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from avpres.domain.fixity import Digest

EVENT_NAMESPACE = uuid.UUID("6f2d2d0e-6a0b-5c56-9d43-2b1f3c1a7e10")
VOCABULARY = "http://id.loc.gov/vocabulary/preservation/eventType/"


class EventType(StrEnum):
    """Event types of the Library of Congress vocabulary that avpres records (PREMIS 3.0, 2.2)."""

    ACCESSION = "accession"
    COMPRESSION = "compression"
    DECOMPRESSION = "decompression"
    DELETION = "deletion"
    DISSEMINATION = "dissemination"
    EXPORTING = "exporting"
    EXTRACTION = "extraction"
    FILENAME_CHANGE = "filename change"
    FIXITY_CHECK = "fixity check"
    FORMAT_IDENTIFICATION = "format identification"
    INGESTION = "ingestion"
    INGESTION_START = "ingestion start"
    INGESTION_END = "ingestion end"
    PACKAGE_CREATION = "information package creation"
    PACKAGE_MERGING = "information package merging"
    PACKAGE_SPLITTING = "information package splitting"
    MESSAGE_DIGEST_CALCULATION = "message digest calculation"
    METADATA_EXTRACTION = "metadata extraction"
    METADATA_MODIFICATION = "metadata modification"
    MIGRATION = "migration"
    MODIFICATION = "modification"
    NORMALIZATION = "normalization"
    PACKING = "packing"
    POLICY_ASSIGNMENT = "policy assignment"
    QUARANTINE = "quarantine"
    REPLICATION = "replication"
    TRANSFER = "transfer"
    UNPACKING = "unpacking"
    VALIDATION = "validation"
    VIRUS_CHECK = "virus check"


EVENT_CODE: dict[EventType, str] = {
    EventType.ACCESSION: "acc",
    EventType.COMPRESSION: "com",
    EventType.DECOMPRESSION: "dec",
    EventType.DELETION: "del",
    EventType.DISSEMINATION: "dis",
    EventType.EXPORTING: "exp",
    EventType.EXTRACTION: "ext",
    EventType.FILENAME_CHANGE: "fil",
    EventType.FIXITY_CHECK: "fix",
    EventType.FORMAT_IDENTIFICATION: "for",
    EventType.INGESTION: "ing",
    EventType.INGESTION_START: "ins",
    EventType.INGESTION_END: "ine",
    EventType.PACKAGE_CREATION: "ipc",
    EventType.PACKAGE_MERGING: "ipm",
    EventType.PACKAGE_SPLITTING: "ips",
    EventType.MESSAGE_DIGEST_CALCULATION: "mes",
    EventType.METADATA_EXTRACTION: "mee",
    EventType.METADATA_MODIFICATION: "mem",
    EventType.MIGRATION: "mig",
    EventType.MODIFICATION: "mod",
    EventType.NORMALIZATION: "nor",
    EventType.PACKING: "pac",
    EventType.POLICY_ASSIGNMENT: "poa",
    EventType.QUARANTINE: "qua",
    EventType.REPLICATION: "rep",
    EventType.TRANSFER: "tra",
    EventType.UNPACKING: "unp",
    EventType.VALIDATION: "val",
    EventType.VIRUS_CHECK: "vir",
}


class Outcome(StrEnum):
    """Event outcomes of the Library of Congress vocabulary (PREMIS 3.0, 2.5.1)."""

    SUCCESS = "success"
    WARNING = "warning"
    FAIL = "fail"


class Agent(BaseModel):
    """A person, organisation or program that had a part in an event (PREMIS 3.0, 3)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    type: str = "software"
    version: str | None = None
    note: str | None = None


class Event(BaseModel):
    """What was done, when, to what, with which outcome (PREMIS 3.0, 2).

    Written once per step and set of files; detail of single files is in the streamed records.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: uuid.UUID
    type: EventType
    started: AwareDatetime
    ended: AwareDatetime
    outcome: Outcome
    detail: str
    outcome_detail: str = ""
    objects: tuple[str, ...] = ()
    destination: str | None = None
    facts: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    digests: tuple[Digest, ...] = ()
    agents: tuple[Agent, ...] = ()


def event_id(run_id: str, step: str, subject: str) -> uuid.UUID:
    """Name an event so that a re-run of the same step on the same subject names it again."""
    return uuid.uuid5(EVENT_NAMESPACE, f"{run_id}\n{step}\n{subject}")


def event_code_uri(event_type: EventType) -> str:
    """Give the vocabulary's URI of an event type."""
    return VOCABULARY + EVENT_CODE[event_type]


def utc(moment: datetime) -> str:
    """Write a moment as ISO 8601 in UTC, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
