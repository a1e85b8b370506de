"""One attempt at a reel that was planned: coded, proved, described, and given its name."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from avpres.adapters.cooking.ffv1 import CodingError
from avpres.adapters.cooking.journal import Journal
from avpres.adapters.storage import sealing
from avpres.adapters.storage.reading import ChangedError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.rawcooked import Restorable
from avpres.domain.reel import Coding
from avpres.domain.report import Finding
from avpres.services.cook.assessing.manifests import compare
from avpres.services.cook.describing import Describing, write_dfxml
from avpres.services.cook.frames import NotReversibleError
from avpres.services.cook.kitchen import Kitchen
from avpres.services.cook.made import Made, Means
from avpres.services.cook.pacing import begin
from avpres.services.cook.planning import Plan
from avpres.services.cook.proving import evict, prove_film
from avpres.services.cook.recording import facts
from avpres.services.cook.result import write_events
from avpres.services.cook.room import needed
from avpres.services.cook.sidecars import write_framemd5, write_manifests
from avpres.services.cook.stage import Stage, write_record
from avpres.services.cook.trying import choose, why_not_cut
from avpres.services.cook.writing import write_film
from avpres.services.reversible.ordered import cores, crew
from avpres.services.room import lacking


class UnbelievableError(Exception):
    """A film that an earlier run began, and that does not stand the proof."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt works with; `key` names the state of its source, and the settings."""

    made: Made
    means: Means
    stage: Stage
    journal: Journal
    key: Mapping[str, object]

    def cook(self, plan: Plan) -> None:
        """Write a film, prove it, and let it appear, or keep it as failed.

        Raises:
            UnbelievableError: what an earlier run left of it was damaged.
            ChangedError: the reel is not what it was when it was assessed.
        """
        made = self.made
        if self._lacks_room():
            return
        try:
            kitchen = self._kitchen(plan)
            described = self._proved(kitchen)
        except (NotReversibleError, CodingError) as error:
            self._tell_irreversible(error)
        else:
            made.findings += compare(made.reel, self.journal, self.means.options)
            if made.is_wrong:
                described.discard()
            else:
                made.findings += described.findings()
        if made.is_wrong:
            write_record(self.stage, facts(made, self.means, self.key, plan))
            made.output = self.stage.keep_as_failed()
        else:
            self._finish(kitchen)

    def _lacks_room(self) -> bool:
        made, options = self.made, self.means.options
        there = self.stage.film.stat().st_size if self.stage.film.exists() else 0
        short = lacking(needed(made.size, made.files, options) - there, made.reel.final.parent)
        if not short or options.skip_space_check:
            return False
        short += "; use another volume, or say --skip-space-check if you know that it will fit"
        status = ExitCode.DESTINATION_REFUSED
        made.findings.append(Finding.error("COK-SPACE", made.reel.shown, short, status))
        return True

    def _kitchen(self, plan: Plan) -> Kitchen:
        made, wanted = self.made, self.means.options.workers
        codings = {} if self.means.rawcooked else self._codings(plan)
        workers = crew(wanted, max(film.weight for film in plan.films))
        shared, progress = wanted or cores(), self.means.progress
        return Kitchen(
            made.reel, plan, self.stage, self.journal, codings, workers, shared, progress
        )

    def _codings(self, plan: Plan) -> dict[int, Coding]:
        """Choose the parameters of all tracks, or take up what an earlier run has chosen."""
        made, options = self.made, self.means.options
        known = self.journal.said("codings")
        chosen: dict[str, list[int]] = known if isinstance(known, dict) else {}
        for film in plan.films:
            if str(film.track) not in chosen:
                workers = crew(options.workers, film.weight)
                coding, _ = choose(made.reel, film, self.journal, options, workers)
                chosen[str(film.track)] = [coding.context, coding.slices]
        self.journal.say("codings", chosen)
        found = {int(track): Coding(*parts) for track, parts in chosen.items()}
        for film in plan.films:
            coding = found[film.track]
            made.codings[film.name] = f"context {coding.context}, {coding.slices} slices"
            cut = why_not_cut(film, coding)
            why = f"{film.name}: {cut.why}" if cut.why else ""
            since = max(made.rawcooked.since, cut.since)
            made.rawcooked = Restorable(made.rawcooked.why or why, since)
        return found

    def _proved(self, kitchen: Kitchen) -> Describing:
        """Write the film and prove it; a proof that fails may be the fault of an earlier run."""
        was_begun = self._write(kitchen)
        try:
            return self._prove(kitchen)
        except (NotReversibleError, CodingError) as error:
            if was_begun:
                raise UnbelievableError from error
            raise

    def _write(self, kitchen: Kitchen) -> bool:
        """Write the film, and say whether an earlier run had begun it."""
        made, engine, progress = self.made, self.means.rawcooked, self.means.progress
        begin(self.journal, progress)
        made.placed, resumed, was_begun = (engine.write if engine else write_film)(kitchen)
        made.findings += engine.take() if engine else ()
        if resumed:
            text = f"an earlier run was stopped; {resumed:,} frames that it proved were taken up"
            made.findings.append(Finding.info("COK-RESUMED", made.reel.shown, text))
        progress.finish()
        return was_begun

    def _prove(self, kitchen: Kitchen) -> Describing:
        """Read the film back from its medium, and have MediaInfo describe it meanwhile."""
        made, engine, progress = self.made, self.means.rawcooked, self.means.progress
        if f"{sealing.of_tree(made.reel.path):032x}" != self.key["seal"]:
            raise ChangedError(made.reel.path)
        made.film_size = self.stage.film.stat().st_size
        progress.start("read back", size=made.film_size)
        made.evidence = evict(self.stage.film)
        with Describing(kitchen, self.means.engine) as described:
            made.digests = (engine.prove if engine else prove_film)(kitchen)
        progress.finish()
        return described

    def _tell_irreversible(self, error: NotReversibleError | CodingError) -> None:
        reel = self.made.reel
        path = error.path if isinstance(error, NotReversibleError) else reel.path
        text = f"{error}; the film does not give the reel back, and is kept as failed"
        status = ExitCode.NOT_REVERSIBLE
        finding = Finding.error("COK-NOT-REVERSIBLE", os.fsdecode(path), text, status)
        self.made.findings.append(finding)

    def _finish(self, kitchen: Kitchen) -> None:
        made, stage = self.made, self.stage
        write_manifests(kitchen, made.started)
        write_framemd5(kitchen)
        write_dfxml(kitchen, made.started)
        _tell_rawcooked(made)
        made.output, made.outcome = stage.final / stage.film.name, "cooked"
        made.ended = self.means.clock()
        write_events(stage, self.means.events(made))
        write_record(stage, facts(made, self.means, self.key, kitchen.plan))
        self.journal.close()
        stage.publish({stage.film.name: made.digests})


def _tell_rawcooked(made: Made) -> None:
    text = f"restorable by RAWcooked {made.rawcooked.since} and later: yes"
    if made.rawcooked.why:
        text = f"restorable by RAWcooked: no ({made.rawcooked.why}); by avpres: yes"
    made.findings.append(Finding.info("COK-RAWCOOKED", made.reel.shown, text))
