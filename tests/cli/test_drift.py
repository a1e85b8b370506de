"""Flags and models must say the same; what is dropped on the way is dropped silently."""

import inspect
from enum import Enum
from typing import Literal, get_args, get_origin

import pytest

from avpres.cli.app import COMMANDS
from avpres.cli.command import ALWAYS, resolve
from avpres.cli.completion.surface import surfaces
from avpres.cli.perform import NOT_RUN_KEYS
from avpres.cli.run_flags import run_flags
from avpres.config.run import RunOptions
from avpres.config.sources import SECTIONS

SERVED = [command for command in COMMANDS if command.service]
POSITIONAL = {
    "copy": {"paths": {"sources", "destination"}},
    "access": {"paths": {"sources", "destination"}},
    "migrate": {"paths": {"sources", "destination"}},
    "normalise": {"paths": {"sources", "destination"}},
    "package": {"paths": {"sources", "destination"}},
    "export": {"paths": {"packages", "destination"}},
    "cook": {"paths": {"reels", "destination"}},
    "uncook": {"paths": {"sources", "destination"}},
    "extract": {"words": {"package", "paths", "destination"}},
}
"""Positional words that stand for several options."""


def keys_of(command):
    run = set(inspect.signature(run_flags).parameters)
    words = set(inspect.signature(command.function).parameters) - run
    for word, keys in POSITIONAL.get(command.name, {}).items():
        words = words - {word} | keys
    return words


def leaves(annotation):
    if get_origin(annotation) is Literal:
        return set(map(str, get_args(annotation)))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return {str(member.value) for member in annotation}
    return set().union(*(leaves(inner) for inner in get_args(annotation)))


@pytest.mark.parametrize("command", SERVED, ids=lambda each: each.name)
def test_flags_and_model_have_the_same_names(command):
    assert keys_of(command) == set(resolve(command.options).model_fields)


@pytest.mark.parametrize("command", SERVED, ids=lambda each: each.name)
def test_flags_and_model_offer_the_same_choices(command):
    (surface,) = surfaces([command])
    fields = resolve(command.options).model_fields
    for word in (*surface.options, *surface.positionals):
        field = fields.get(word.label.replace(" ", "_"))
        choices = leaves(field.annotation) if field else set()
        if choices:
            assert set(word.values) == choices


@pytest.mark.parametrize("command", SERVED, ids=lambda each: each.name)
def test_flags_and_model_have_the_same_description(command):
    (surface,) = surfaces([command])
    fields = resolve(command.options).model_fields
    compared = [
        (word.help, fields[word.label.replace(" ", "_")].description)
        for word in (*surface.options, *surface.positionals)
        if word.label.replace(" ", "_") in fields
    ]
    assert compared
    assert [flag for flag, _ in compared] == [model for _, model in compared]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.name)
def test_every_default_is_none(command):
    parameters = inspect.signature(command.function).parameters.values()
    assert {parameter.default for parameter in parameters} == {None}


@pytest.mark.parametrize("command", SERVED, ids=lambda each: each.name)
def test_every_command_has_its_section(command):
    assert SECTIONS[command.name] == command.options


@pytest.mark.parametrize("command", SERVED, ids=lambda each: each.name)
def test_every_service_is_there(command):
    assert callable(resolve(command.service))
    assert set(command.questions) <= set(resolve(command.options).model_fields)
    assert set(command.statuses).isdisjoint(ALWAYS)


def test_flags_of_every_command_and_their_model_have_the_same_names():
    flags = set(inspect.signature(run_flags).parameters)
    assert flags - set(NOT_RUN_KEYS) == set(RunOptions.model_fields)
