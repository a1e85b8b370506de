"""The sections of the measurements: each is a function of the lab."""

from collections.abc import Callable

from benchmarks.lab import Lab
from benchmarks.sections.bags import bags
from benchmarks.sections.boxes import boxes
from benchmarks.sections.characterising import characterise
from benchmarks.sections.cooking import cook
from benchmarks.sections.copying import big, mid, tiny
from benchmarks.sections.damage import damage
from benchmarks.sections.memory import memory
from benchmarks.sections.migrating import migrate
from benchmarks.sections.noop import noop
from benchmarks.sections.normalising import normalise
from benchmarks.sections.packages import packages
from benchmarks.sections.startup import startup
from benchmarks.sections.tape import tape
from benchmarks.sections.two import two
from benchmarks.sections.verifying import verify
from benchmarks.sections.viewing import access
from benchmarks.sections.walks import walks

SECTIONS: dict[str, Callable[[Lab], None]] = {
    one.__name__: one
    for one in (
        *(big, mid, tiny, noop, two, verify),
        *(characterise, damage, startup, memory, walks, tape),
        *(bags, boxes, packages),
        normalise,
        access,
        cook,
        migrate,
    )
}
