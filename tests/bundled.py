"""The bundled knowledge base, and what in it is put under test."""

from __future__ import annotations

import functools
import gc
from dataclasses import dataclass

import pytest
import torch
from jaxtyping import install_import_hook

import kb
from kb.cli.answers import E
from kb.knowledge_base import problems
from kb.problems import Problem
from kb.schema import DEFAULT_VARIANT, Entry, Signature

# Shapes in signatures of implementations are checked whenever a test calls one.
install_import_hook("implementations", "beartype.beartype")
torch.set_num_threads(1)
# What is loaded and deduced stays: the collector of cycles need not go through it again and again.
gc.set_threshold(50_000, 20, 50)

try:
    BASE = kb.load()
except kb.KnowledgeBaseError as error:
    pytest.exit(f"the entries cannot be loaded:\n{error}", returncode=2)


@functools.cache
def problems_once() -> tuple[Problem, ...]:
    """What `kb check` finds in the bundled knowledge base."""
    return tuple(problems(BASE))


@functools.cache
def engine_once(kind: type[E]) -> E:
    """An engine with the bundled knowledge base in it."""
    return kind(BASE)


@dataclass(frozen=True)
class Subject:
    """A module under test: a variant of an architecture, or a component, small enough to be run."""

    entry: Entry
    link: str
    variant: str = DEFAULT_VARIANT
    arguments: dict[str, object] | None = None
    signature: Signature | None = None

    @property
    def label(self) -> str:
        return self.entry.id if self.variant == DEFAULT_VARIANT else f"{self.entry.id}-{self.variant}"


def architecture_subjects() -> list[Subject]:
    return [
        Subject(entry, entry.implementation, name, dict(variant.arguments), entry.signature_of(name))
        for entry in BASE.architectures.values()
        for name, variant in entry.small_variants.items()
    ]


def component_subjects() -> list[Subject]:
    components = [entry for entry in BASE.concepts.values() if entry.effects and entry.implementation]
    return [Subject(entry, entry.implementation, arguments={}) for entry in components]
