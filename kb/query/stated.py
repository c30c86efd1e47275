"""Conditions on what an entry states: the axes of its inputs and outputs, its year, its published sizes, its task."""

from __future__ import annotations

import re
from typing import ClassVar

from typing_extensions import override

from kb.base import Base
from kb.characters import shown
from kb.naming import key
from kb.problems import NoSuchEntryError
from kb.query.conditions import Atom, Verdict
from kb.schema import Architecture

MULTIPLES = {"": 1, "k": 10**3, "M": 10**6, "B": 10**9}
"""What a letter behind a number of parameters means."""


class _OfAxes(Atom):
    """Some tensor has an axis, which is named as in `axes.yaml`, or by its role, as in `sequence` or `space`."""

    side: ClassVar[int]

    @override
    def judge(self, base: Base, entry: Architecture) -> Verdict:
        return self.name in base.axes_used(entry.id)[self.side]

    @override
    def meant(self, base: Base) -> str:
        known = {key(name): name for name in axes_known(base)}
        if key(self.name) not in known:
            raise NoSuchEntryError(self.name, known.values(), what="axis, or role of one,")
        return known[key(self.name)]


class Takes(_OfAxes):
    """An input has an axis of this name or role."""

    verb, side = "takes", 0
    attribute = "takes"


class Gives(_OfAxes):
    """An output has an axis of this name or role."""

    verb, side = "gives", 1
    attribute = "gives"


class TrainedOn(Atom):
    """Its training task is this one."""

    verb = "trained-on"
    attribute = "trained_on"

    @override
    def judge(self, base: Base, entry: Architecture) -> Verdict:
        return entry.trained_on == self.name

    @override
    def meant(self, base: Base) -> str:
        return base.concepts[self.name].id


class _OfNumbers(Atom):
    """A number of the entry is compared with one that is written as a name is."""

    digits: ClassVar[str]
    example: ClassVar[str]

    @override
    def meant(self, base: Base) -> str:
        if not re.fullmatch(self.digits, self.name):
            raise ValueError(f"`{self.verb}` expects {self.example}, not {shown(self.name)}")
        return self.name


class Since(_OfNumbers):
    """It was published in a year or later."""

    verb, digits, example = "since", "[0-9]{4}", "a year, such as 2015"
    attribute = "year"

    @override
    def judge(self, base: Base, entry: Architecture) -> Verdict:
        return None if entry.year is None else entry.year >= int(self.name)


class Until(_OfNumbers):
    """It was published in a year or before."""

    verb, digits, example = "until", "[0-9]{4}", "a year, such as 2015"
    attribute = "year"

    @override
    def judge(self, base: Base, entry: Architecture) -> Verdict:
        return None if entry.year is None else entry.year <= int(self.name)


class _OfParameters(_OfNumbers):
    digits, example = "[0-9]{1,12}[kMB]?", "a number of parameters, such as 500k, 30M or 1B"

    @property
    def number(self) -> int:
        """The number of parameters that it is written for."""
        return int(self.name.rstrip("kMB")) * MULTIPLES[self.name.lstrip("0123456789")]


class AtMost(_OfParameters):
    """A variant of a published size has at most so many parameters; unknown where no such size is counted."""

    verb = "at-most"
    attribute = "parameters"

    @override
    def judge(self, base: Base, entry: Architecture) -> Verdict:
        found = published(base, entry).values()
        return any(number <= self.number for number in found) if found else None


class AtLeast(_OfParameters):
    """A variant of a published size has at least so many parameters; unknown where no such size is counted."""

    verb = "at-least"
    attribute = "parameters"

    @override
    def judge(self, base: Base, entry: Architecture) -> Verdict:
        found = published(base, entry).values()
        return any(number >= self.number for number in found) if found else None


def axes_known(base: Base) -> list[str]:
    """Return what a tensor can be said to have: every axis by its name, and every role of axes."""
    return list(dict.fromkeys([*base.axes, *(axis.role for axis in base.axes.values())]))


def published(base: Base, entry: Architecture) -> dict[str, int]:
    """Return the number of parameters of every variant of a published size: as counted, or else as stated."""
    record = base.evidence.get(entry.id)
    counted = {name: size.parameters for name, size in record.variants.items()} if record else {}
    found = {
        name: counted.get(name) or variant.parameters for name, variant in entry.all_variants.items() if variant.large
    }
    return {name: number for name, number in found.items() if number}
