"""What a command cannot do without: asked on a terminal, refused with a sentence elsewhere."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import get_origin

from avpres.cli.command import Request
from avpres.cli.parameters import path
from avpres.config.settings import Layer, Settings
from avpres.config.sources import model_of
from avpres.domain.errors import UsageError


def answered(settings: Settings, request: Request, *, may_ask: bool) -> Settings:
    """Give the settings with everything that the command needs.

    Raises:
        UsageError: something is missing and nobody can be asked.
    """
    command = request.command
    known = settings.merged(command.name)
    missing = {key: text for key, text in command.questions.items() if key not in known}
    if not missing:
        return settings
    if not (may_ask and sys.stdin.isatty() and sys.stderr.isatty()):
        wanted = " and ".join(_the(text) for text in missing.values())
        verb = "is" if len(missing) == 1 else "are"
        raise UsageError(f"{command.name}: {wanted} {verb} not given; write {command.usage}")
    fields = model_of(command.name).model_fields
    answers = {
        key: _ask(text, several=get_origin(fields[key].annotation) is tuple)
        for key, text in missing.items()
    }
    flags = settings.layers.get(Layer.FLAG, {})
    own = {**flags.get(command.name, {}), **answers}
    return replace(settings, layers={**settings.layers, Layer.FLAG: {**flags, command.name: own}})


def _the(text: str) -> str:
    """Put the article before a thing: `what to compare it with` has none."""
    return text if text.startswith("what ") else f"the {text}"


def _ask(text: str, *, several: bool) -> Path | tuple[Path, ...]:
    while True:
        sys.stderr.write(f"{text}: ")
        sys.stderr.flush()
        words = sys.stdin.readline()
        if not words:
            raise UsageError(f"no answer was given for {_the(text)}")
        if words.strip():
            answer = path(words.rstrip("\n"))
            return (answer,) if several else answer
