"""From a request to its exit status: options, service, report."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

from avpres.cli import logs, render
from avpres.cli.command import Request, resolve
from avpres.cli.origins import origins
from avpres.cli.progress import watch
from avpres.cli.questions import answered
from avpres.config.base import Options
from avpres.config.run import RunOptions
from avpres.config.settings import Settings
from avpres.config.site import Site
from avpres.config.sources import SECTIONS, model_of, read
from avpres.domain.report import KEPT_FINDINGS, Finding, Report
from avpres.services.context import Context, login

Service = Callable[[Options, Context], Report]
NOT_RUN_KEYS = ("as_json", "config", "debug", "operator")
"""Flags of every command that are no keys of `[run]`."""
BEFORE_THE_FILE = ("init", "path")
"""Words of `config` that serve when the settings file that is named is not there yet."""


def perform(request: Request) -> int:
    """Do what was asked, show the report, and give the exit status."""
    command = request.command
    settings = layers_of(request)
    run = settings.section("run", RunOptions)
    settings = answered(settings, request, may_ask=not run.no_input)
    for section in SECTIONS if command.reads_all else ():
        settings.check(section, model_of(section))
    options = settings.section(command.name, cast("type[Options]", resolve(command.options)))
    service = cast("Service", resolve(command.service))
    _collect_no_code()
    with _surroundings(request, run, settings.section("site", Site)) as (context, log):
        report = service(options, context)
        report.facts["settings"] = origins(settings, sections_of(request), all_of=command.reads_all)
        report.ended = report.ended or context.clock()
        log.ended(report)
    render.show(report, request, quiet=run.quiet)
    return int(report.exit_code)


def layers_of(request: Request) -> Settings:
    """Read every layer of the settings that this request needs."""
    given: dict[str, Mapping[str, object]] = {
        request.command.name: request.given,
        "run": {key: value for key, value in request.run.items() if key not in NOT_RUN_KEYS},
    }
    if "operator" in request.run:
        given["site"] = {"operator": request.run["operator"]}
    return read(
        given,
        sections=sections_of(request),
        config=cast("Path | None", request.run.get("config")),
        may_be_absent=request.given.get("action") in BEFORE_THE_FILE,
    )


def sections_of(request: Request) -> tuple[str, ...]:
    """Name the sections of the settings that a command reads."""
    if request.command.reads_all:
        return tuple(SECTIONS)
    return ("site", "run", request.command.name)


def _collect_no_code() -> None:
    """Keep the collector of garbage from what was imported; `main` has held it back so far."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


@contextmanager
def _surroundings(
    request: Request, run: RunOptions, site: Site
) -> Iterator[tuple[Context, logs.RunLog]]:
    """Open run log and progress around a service; both are closed however it ends."""
    context = Context(argv=request.argv, operator=site.operator or login(), site=site)
    with logs.opened(request.command.name, context, run) as log, watch(run) as progress:

        def noted(finding: Finding) -> None:
            log.finding(finding)
            if len(request.noted) < KEPT_FINDINGS:
                request.noted.append(finding)

        yield replace(context, progress=progress, on_finding=noted), log
