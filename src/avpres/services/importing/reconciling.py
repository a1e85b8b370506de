"""The package opened, its three sets compared, every file given a place; kept for a later run."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from avpres.adapters.formats.report_json import event_from_json, to_json
from avpres.adapters.packages.foreign import Foreign
from avpres.adapters.packages.forms import Form
from avpres.adapters.packages.reading import open_foreign
from avpres.config.importing import ImportOptions
from avpres.domain.premis import Agent, Event
from avpres.services.context import Context
from avpres.services.importing import findings
from avpres.services.importing.arrived import Arrived
from avpres.services.importing.closing import Outlook
from avpres.services.importing.doubling import double
from avpres.services.importing.foreign_history import told_events
from avpres.services.importing.inventory import Inventory
from avpres.services.importing.judging import Judge, keep
from avpres.services.importing.listing import Taking
from avpres.services.importing.placing import Placing
from avpres.services.importing.resolving import resolve
from avpres.services.packing.layouts import PLACES

RECONCILED = "reconciled"
_BY_URI = frozenset(
    {Form.METS, Form.METS_INLINE, Form.METS_SIDECAR, Form.DIDL, Form.E_ARK, Form.ARCHIVEMATICA}
)
_WITH_OBJECTS = frozenset({Form.AVPRES, Form.IFI, Form.ARCHIVEMATICA})
_GENERATIONS = b"/ascmhl/"  # the folder of an ASC MHL history: the chain lists what is in it
_DECLARATION = "bagit.txt"
_NAME = 500  # characters of what a package says of itself


@dataclass(frozen=True, slots=True)
class Known:
    """What a foreign package says of itself, and what came of comparing it."""

    form: str
    profile: str
    version: str
    label: str
    identifiers: tuple[str, ...]
    creators: tuple[tuple[str, str, str], ...]
    base: str
    content: str
    has_list: bool
    agreed: int
    events: tuple[str, ...] = ()  # as JSON

    @classmethod
    def read(cls, text: str) -> "Known":
        """Read what an earlier step noted."""
        told = json.loads(text)
        creators = tuple(tuple(each) for each in told["creators"])
        told |= {name: tuple(told[name]) for name in ("identifiers", "events")}
        return cls(**{**told, "creators": creators})

    def agents(self) -> Iterator[Agent]:
        """Give those who made the package, as it names them."""
        for name, version, role in self.creators:
            kind = "software" if version or role == "software" else "organization"
            note = f"of the imported package: {role}" if role else "of the imported package"
            yield Agent(name=name, type=kind, version=version or None, note=note)

    def history(self) -> Iterator[Event]:
        """Give the events that the package tells of itself."""
        return map(event_from_json, (line.encode() for line in self.events))


def reconcile(
    inventory: Inventory, arrived: Arrived, options: ImportOptions, context: Context
) -> Known:
    """Compare what is listed, what is there and what was digested; once, whoever asks.

    Raises:
        SourceUnreadableError: the folder cannot be listed.
    """
    done = inventory.step(RECONCILED)
    if done is None:
        done = json.dumps(asdict(_reconciled(inventory, arrived, options, context)))
        inventory.finish(RECONCILED, done)
    return Known.read(done)


def outlook(known: Known, inventory: Inventory, counts: dict[str, int]) -> Outlook:
    """Put the three sets into numbers."""
    files, size = inventory.counted()
    (listed,) = inventory.one("SELECT COUNT(*) FROM listing")
    (resolved,) = inventory.one("SELECT COUNT(*) FROM listing WHERE file IS NOT NULL")
    return Outlook(
        form=known.form,
        has_list=known.has_list,
        listed=listed,
        present=files,
        size=size,
        resolved=resolved,
        agreed=known.agreed,
        classes=counts,
    )


def _reconciled(
    inventory: Inventory, arrived: Arrived, options: ImportOptions, context: Context
) -> Known:
    foreign = open_foreign(arrived.root)
    has_list = foreign.form is not Form.TREE
    progress = context.progress
    inventory.forget_lists()
    keep(inventory, foreign.notices, RECONCILED)
    progress.start("read lists")
    taking = Taking(foreign, arrived, options, inventory)
    if has_list:
        taking.run(lambda finding: keep(inventory, [finding], RECONCILED))
        _note_documents(foreign, taking.base, inventory)
        resolve(inventory, are_uris=foreign.form in _BY_URI)
    else:
        keep(inventory, [findings.no_list(arrived.name)], RECONCILED)
    progress.finish()
    progress.start("compare lists", size=inventory.counted()[1])
    judge = Judge(inventory, arrived, has_list=has_list)
    keep(inventory, judge.judge(lambda size: progress.advance(size=size, files=1)), RECONCILED)
    progress.finish()
    base = taking.base if has_list else arrived.name
    content = _content(foreign) if has_list else ""
    by_original = foreign.form is Form.OCFL
    if by_original:
        double(inventory, arrived)
    Placing(inventory, PLACES[options.layout], (base, content), by_original=by_original).run()
    known = _known(foreign, base, has_list=has_list, agreed=judge.agreed)
    events = tuple(to_json(event) for event in told_events(foreign))
    return replace(known, content=content, events=events)


def _note_documents(foreign: Foreign, base: str, inventory: Inventory) -> None:
    """Note documents that no list needs to name: tag files of bags, generations of ASC MHL."""
    if foreign.form is Form.ASCMHL:
        inventory.put_about_within(_GENERATIONS)
    if any(document.path == _DECLARATION for document in foreign.documents):
        inventory.put_about_beside(base, "data")


def _content(foreign: Foreign) -> str:
    """Give the folder of what is preserved; those who keep it in `objects` name it so."""
    within = f"{foreign.content}/objects".lstrip("/")
    deeper = foreign.form in _WITH_OBJECTS and foreign.content.rpartition("/")[2] != "objects"
    return within if deeper and (foreign.root / within).is_dir() else foreign.content


def _known(foreign: Foreign, base: str, *, has_list: bool, agreed: int) -> Known:
    return Known(
        form=foreign.form.value,
        profile=_line(foreign.profile),
        version=_line(foreign.version),
        label=_line(foreign.label),
        identifiers=tuple(_line(each) for each in foreign.identifiers if each.strip()),
        creators=tuple(
            (_line(each.name), _line(each.version), _line(each.role))
            for each in foreign.creators
            if each.name.strip()
        ),
        base=base,
        content=foreign.content,
        has_list=has_list,
        agreed=agreed,
    )


def _line(text: str) -> str:
    """Bring what a package says of itself to one printable line."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))[:_NAME].strip()
