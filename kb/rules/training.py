"""Rules on sub-networks, randomness and training: the code has what the entry names."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kb import annotated
from kb.base import Base
from kb.links import SourceError
from kb.problems import Problem, suggestion
from kb.schema import Architecture
from kb.schema.model import Path as Steps


def networks_can_be_read(base: Base) -> Iterator[Problem]:
    """Every sub-network is a method, or an attribute of a class of its own, and is annotated with shapes."""
    for entry in base.architectures.values():
        for name in entry.networks:
            try:
                annotated.read_network(base.root, entry.implementation, name)
            except SourceError as error:
                yield base.problem(entry.id, ("networks", name), f"the code {error}")


def methods_are_there(base: Base) -> Iterator[Problem]:
    """Objectives and sampling are methods, which draw from the generator that they are given."""
    for entry in base.architectures.values():
        required: list[tuple[Steps, str, list[str]]] = [
            (("objectives", number, "method"), each.method, ["generator"])
            for number, each in enumerate(entry.objectives)
        ]
        required += [(("sampling",), "sample", ["count", "generator"])] if entry.sampling else []
        for steps, method, arguments in required:
            try:
                taken = annotated.arguments_of(base.root, entry.implementation, method)
            except SourceError as error:
                yield base.problem(entry.id, steps, f"the code {error}: write it, or correct the name")
                continue
            for name in arguments:
                if name not in taken:
                    message = f"`{method}` takes no argument {name!r} (it takes {', '.join(taken) or 'none'}): add it"
                    yield base.problem(entry.id, steps, message)


def what_is_random_has_its_noise(base: Base) -> Iterator[Problem]:
    """A random output is one of `forward`, and so are what it depends on and the noise, which can be left out."""
    for entry in base.architectures.values():
        signature = entry.signature_of()
        optional = [name for name, shape in signature.inputs.items() if shape.optional]
        for number, each in enumerate(entry.stochastic):
            steps: Steps = ("stochastic", number)
            yield from _among(base, entry, (*steps, "output"), [each.output], signature.outputs, "output of `forward`")
            yield from _among(base, entry, (*steps, "given"), each.given, signature.inputs, "input of `forward`")
            yield from _among(base, entry, (*steps, "noise"), [each.noise], optional, "optional input of `forward`")


def parts_stand_where_they_say(base: Base) -> Iterator[Problem]:
    """How often a part is there is an argument, and where it stands is an axis, an input or a sub-network."""
    for entry in base.architectures.values():
        signature = entry.signature_of()
        arguments = _constructor(base, entry)
        for number, part in enumerate(entry.parts):
            steps: Steps = ("parts", number)
            if isinstance(part.times, str):
                yield from _among(
                    base, entry, (*steps, "times"), [part.times], arguments, "argument of its constructor"
                )
            if part.over:
                yield from _among(base, entry, (*steps, "over"), [part.over], signature.named, "axis of its signature")
            if part.attends_to:
                known = [*signature.inputs, *entry.networks]
                yield from _among(base, entry, (*steps, "attends_to"), [part.attends_to], known, "input or sub-network")
        if entry.sampling and isinstance(entry.sampling.steps, str):
            named = [entry.sampling.steps]
            yield from _among(base, entry, ("sampling", "steps"), named, arguments, "argument of its constructor")


def _constructor(base: Base, entry: Architecture) -> list[str]:
    try:
        return annotated.arguments_of(base.root, entry.implementation, "__init__")
    except SourceError:
        return []


def _among(
    base: Base, entry: Architecture, steps: Steps, names: Collection[str], known: Collection[str], what: str
) -> Iterator[Problem]:
    for name in names:
        if name not in known:
            message = f"no {what} is {name!r}{suggestion(name, known)}: correct it"
            yield base.problem(entry.id, steps, message)
