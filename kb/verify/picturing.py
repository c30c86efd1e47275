"""The block diagrams of an architecture, from what its module does at several choices of sizes."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import torch
from torch import nn

from kb.base import Base
from kb.importing import Code
from kb.pictures.axes import Letters
from kb.pictures.describing import Describer
from kb.pictures.flow import flow
from kb.pictures.levels import Levels
from kb.pictures.scene import Scene
from kb.pictures.tracing import Trace, trace
from kb.schema import Architecture
from kb.schema.signature import Shape
from kb.verify.costs import resized
from kb.verify.preparing import GRID, drawing_by, example_inputs, seeded

LARGE = 3_000_000
"""Variants with more parameters than this are traced on the meta device: shapes only, no memory, no arithmetic."""
STRIDE = 32
"""Steps in which the sides of a grid grow: networks for images halve them again and again."""
REFUSED = (ValueError, RuntimeError, IndexError, TypeError)
"""What a network raises at sizes that it does not take."""
PRIMES = (3, 2, 5, 7, 11, 13, 17, 19, 23, 29)


def measure_picture(base: Base, entry: Architecture, level: str) -> dict[str, Any]:
    """Return one of the pictures of an architecture, without boxes where it has fewer levels."""
    describer, scenes = _pictured(base.code, entry)
    number = int(level)
    return {"level": number, **(describer.describe(scenes[number - 1]) if number <= len(scenes) else {})}


@lru_cache(maxsize=1)
def _pictured(code: Code, entry: Architecture) -> tuple[Describer, list[Scene]]:
    """Return the pictures of an architecture; its levels are asked for one after the other."""
    runs = list(_runs(entry, _built(entry, {})))
    levels = Levels(runs[0][0])
    flows = [levels.flow, *(flow(found) for found, _ in runs[1:])]
    letters = Letters(_letters(entry, runs))
    return Describer(levels, flows, [found for found, _ in runs], letters), levels.scenes()


Run = tuple[Trace, Mapping[str, int]]
"""What a module did, and the values of the arguments that set sizes."""


def _runs(entry: Architecture, module: nn.Module) -> Iterator[Run]:
    """Yield what the module does as it is, and twice each for larger inputs and built larger, by other factors."""
    values = _arguments(entry)
    sizes = _sizes(module)
    yield _traced(entry, module), values
    for primes in (PRIMES[: len(sizes)], PRIMES[1 : len(sizes) + 1][::-1]):
        larger = {
            a: n + (STRIDE if a in GRID else 1) * prime for (a, n), prime in zip(sizes.items(), primes, strict=False)
        }
        with contextlib.suppress(*REFUSED):
            yield _traced(entry, module, larger), values
    for names in (list(values), list(values)[::-1]):
        with contextlib.suppress(*REFUSED):
            yield _scaled(entry, values, dict(zip(names, PRIMES, strict=False)))


def _scaled(entry: Architecture, values: Mapping[str, int], factors: Mapping[str, int]) -> Run:
    """Return what the module does if every argument that sets a size is another multiple of what it is."""
    chosen = _defaults(entry)
    for name, places in entry.complexity.scaled.items():
        for place in places if name in factors else ():
            argument, *path = place.split(".")
            chosen[argument] = resized(chosen[argument], path, 1, factors[name])
    module = _built(entry, chosen)
    return _traced(entry, module), {name: value * factors.get(name, 1) for name, value in values.items()}


def _defaults(entry: Architecture) -> dict[str, Any]:
    parameters = inspect.signature(entry.load()).parameters.values()
    return {p.name: p.default for p in parameters} | entry.all_variants[entry.canonical].arguments


def _arguments(entry: Architecture) -> dict[str, int]:
    """Return the sizes that single whole numbers among the constructor's arguments set, by their letters."""
    arguments, found = _defaults(entry), {}
    for name, places in entry.complexity.scaled.items():
        value: Any = arguments
        for step in places[0].split("."):
            value = (
                value[int(step)]
                if isinstance(value, list | tuple) and step.isdecimal()
                else value.get(step)
                if isinstance(value, dict)
                else None
            )
        if isinstance(value, int) and not isinstance(value, bool):
            found[name] = value
    return found


def _built(entry: Architecture, arguments: Mapping[str, Any]) -> nn.Module:
    chosen = {**entry.all_variants[entry.canonical].arguments, **arguments}
    make: Callable[..., nn.Module] = entry.load()
    with drawing_by(0):
        with torch.device("meta"):
            large = sum(parameter.numel() for parameter in make(**chosen).parameters()) > LARGE
        with torch.device("meta" if large else "cpu"):
            return make(**chosen).eval()


def _sizes(module: nn.Module) -> dict[str, int]:
    parameters = inspect.signature(module.example_inputs).parameters.values()  # type: ignore[arg-type]
    return {p.name: p.default for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}


def _traced(entry: Architecture, module: nn.Module, sizes: Mapping[str, int] | None = None) -> Trace:
    example = example_inputs(module, seeded(entry.id), **(sizes or {}))
    device = next((parameter.device for parameter in module.parameters()), torch.device("cpu"))
    inputs = {name: value.to(device) for name, value in example.items()}
    return trace(module, inputs, list(entry.signature_of(entry.canonical).outputs))


def _letters(entry: Architecture, runs: list[Run]) -> dict[str, tuple[int, ...]]:
    """Return the letters of the signature and of arguments, with their values in every run."""
    signature = entry.signature_of(entry.canonical)
    found: list[dict[str, int]] = []
    for traced, values in runs:
        known = dict(values)
        given = {name.removeprefix("in:"): shape for name, shape, _ in traced.sources if name.startswith("in:")}
        given_back = {name: operand.shape for name, operand in traced.outputs.items()}
        for shapes, sizes in ((signature.outputs, given_back), (signature.inputs, given)):
            for name, shape in shapes.items():
                known |= dict(_matched(shape, sizes.get(name, ())))
        found.append(known)
    return {letter: tuple(values[letter] for values in found) for letter in found[0] if all(letter in v for v in found)}


def _matched(shape: Shape, sizes: tuple[int, ...]) -> Iterator[tuple[str, int]]:
    if len(shape.shape) == len(sizes):
        yield from ((a, n) for a, n in zip(shape.shape, sizes, strict=True) if isinstance(a, str) and "/" not in a)
