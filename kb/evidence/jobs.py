"""What can be measured of an entry, measurement by measurement, each with a digest of all that it depends on.

Nothing is run here, and no torch is needed: what is stale is known from digests alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from kb import links
from kb.evidence.cases import peer_cases
from kb.evidence.record import Kind
from kb.schema import DEFAULT_VARIANT, Architecture, Bias, Claim, Concept, Entry
from kb.schema.signature import extent
from kb.syntax import Syntax

VERSIONS: dict[Kind, int] = {
    "size": 2,
    "cost": 1,
    "widening": 2,
    "trait": 2,
    "curve": 2,
    "peer": 3,
    "check": 1,
    "seed": 1,
    "thorough": 1,
    "picture": 4,
}
"""Versions of the ways of measuring. Raise one when `kb.verify` would get other numbers from the same code."""

PICTURES = ("1", "2", "3")
"""Levels of pictures: of the whole, and of what stands in it."""
CURVE = "curve"
"""The function of a probe's file that returns by how much a bias is broken, and not only whether."""
THOROUGH = "thorough"
"""The function of an experiment's file that is its larger form: with more examples, steps or sizes."""


@dataclass(frozen=True)
class Job:
    """One measurement that can be made.

    Args:
        entry: Id of the entry.
        key: What is measured, as in the measurement.
        digest: Of all that the numbers will depend on, as it is now.
    """

    entry: str
    key: tuple[str, ...]
    digest: str

    def __str__(self) -> str:
        return f"{self.entry}: {' '.join(self.key)}"

    @property
    def optional(self) -> bool:
        """Whether it is made on request only, as the larger form of an experiment is."""
        return self.key[0] == "thorough"


@dataclass(frozen=True)
class Surroundings:
    """What else than the entry a measurement depends on.

    Args:
        syntax: The syntax of the code.
        biases: All biases by id.
        acting: From architecture, bias and variant to the axes that the bias acts on; none where it does not apply.
        apart: From the same to the places of single inputs' axes, where it acts on those of several.
        settled: From the same to whether the value follows from entries alone, without a measurement.
    """

    syntax: Syntax
    biases: Mapping[str, Bias]
    acting: Callable[[str, str, str], tuple[str, ...]]
    apart: Callable[[str, str, str], list[str]]
    settled: Callable[[str, str, str], bool]


def jobs(entry: Entry, around: Surroundings) -> list[Job]:
    """Return all that can be measured of an entry; nothing where a file of its code is missing."""
    if any(links.readable_source(around.syntax.root, link) is None for link in links_of(entry)):
        return []
    return [Job(entry.id, key, _digest(around.syntax, key, *rest)) for key, *rest in _measurable(entry, around)]


def links_of(entry: Entry) -> list[str]:
    """Return every link to code that an entry has."""
    found = [getattr(entry, name, None) for name in ("implementation", "peer", "probe", "experiment")]
    return [link for link in found if link] + [
        entry.beside("checks", check.check) for check in getattr(entry, "checks", [])
    ]


def probed(entry: Architecture, around: Surroundings) -> list[tuple[str, str]]:
    """Return the `(bias, place)` pairs that probes measure: of variants, sub-networks and single inputs.

    Of variants of a published size these are the ones that do not follow from entries alone.
    """
    named = {(str(trait.bias), trait.place) for trait in [*entry.exhibits, *entry.lacks]}
    networks = [f"{DEFAULT_VARIANT}/{network}" for network in entry.networks]
    large = {
        (bias, variant)
        for bias, variant in product(around.biases, entry.large_variants)
        if not around.settled(entry.id, bias, variant)
    }
    cells = {*product(around.biases, [*entry.small_variants, *networks]), *large, *named}
    found = [
        (bias, place)
        for bias, place in cells
        if around.acting(entry.id, bias, place) and _decidable(entry, around.biases[bias], place)
    ]
    alone = [
        (bias, axes)
        for bias, place in found
        if place not in entry.large_variants
        for axes in around.apart(entry.id, bias, place)
    ]
    return sorted([*found, *alone])


COARSEST = 8
"""Largest stride of an output up to which numbers at two sizes can be compared: beyond it, outputs are too few."""


def _decidable(entry: Architecture, bias: Bias, place: str) -> bool:
    """Whether a probe can decide: one that compares sizes cannot where the output has hardly any positions."""
    if bias.scope.decided_by != "estimate":
        return True
    axes = [axis for shape in entry.signature_of(place).outputs.values() for axis in shape.shape]
    return all(extent(axis).stride <= COARSEST for axis in axes if isinstance(axis, str))


def _measurable(entry: Entry, around: Surroundings) -> Iterator[tuple[tuple[str, ...], list[str], list[Any]]]:
    """Yield the key of every measurement, the links whose code it runs, and the fields that it uses."""
    if isinstance(entry, Architecture):
        for place in entry.places:
            variant = entry.all_variants[place.partition("/")[0]]
            yield ("size", place), [entry.implementation], [entry.id, variant.arguments, variant.sizes]
        yield ("cost",), [entry.implementation], [entry.complexity.scaled, entry.complexity.counted_at]
        for name, variant in entry.large_variants.items():
            yield ("widening", name), [entry.implementation], [entry.id, variant.arguments, entry.complexity.scaled]
        drawn = [entry.all_variants[entry.canonical].arguments, entry.signature_of(entry.canonical).as_dict()]
        for level in PICTURES:
            yield ("picture", level), [entry.implementation], [entry.id, entry.complexity.scaled, *drawn]
    if isinstance(entry, Architecture | Concept):
        if entry.peer:
            for name, case in peer_cases(entry, around.syntax).items():
                yield ("peer", name), [link for link in (case.peer, entry.implementation) if link], [case.arguments]
        for check in entry.checks:
            yield ("check", check.check), [entry.beside("checks", check.check)], []
    if isinstance(entry, Architecture):
        yield from _traits(entry, around)
    if isinstance(entry, Claim) and entry.experiment:
        for seed in range(entry.seeds):
            yield ("seed", str(seed)), [entry.experiment], []
            if THOROUGH in around.syntax.defined(entry.experiment.partition(":")[0]):
                yield ("thorough", str(seed)), [entry.beside("claims", THOROUGH)], []


def _traits(entry: Architecture, around: Surroundings) -> Iterator[tuple[tuple[str, ...], list[str], list[Any]]]:
    for bias, variant in probed(entry, around):
        signature = entry.signature_of(variant).as_dict()
        of = entry.variant_of(variant)
        fields = [entry.id, of.arguments, signature, around.acting(entry.id, bias, variant)]
        fields += [entry.complexity.scaled] if of.large else []
        probe = around.biases[bias].probe
        yield ("trait", bias, variant), [entry.implementation, probe], fields
        planar = len(around.acting(entry.id, bias, variant)) > 1
        if planar and not of.large and CURVE in around.syntax.defined(probe.partition(":")[0]):
            yield ("curve", bias, variant), [entry.implementation, around.biases[bias].beside("biases", CURVE)], fields


def _digest(syntax: Syntax, key: tuple[str, ...], code: list[str], fields: list[Any]) -> str:
    """The links themselves count, as the seeds of random numbers are made from them."""
    version = VERSIONS[key[0]]  # type: ignore[index]
    material = [version, key, code, [syntax.digest(link) for link in code], fields]
    return hashlib.sha256(json.dumps(material, sort_keys=True).encode()).hexdigest()[:16]
