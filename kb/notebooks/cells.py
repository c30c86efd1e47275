"""The cells of a notebook about an architecture.

Texts of entries are not trusted. In Markdown every character of theirs that could mean something stands as an entity;
into code they come as `repr` of an id, and all else is read from the knowledge base when the cell runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pprint import pformat
from typing import Any

from kb.base import Base
from kb.evidence import Evidence, peer_cases
from kb.schema import DEFAULT_VARIANT, Architecture

PROBES = 3
"""How many biases of each value are measured in a notebook."""

PARTS = """\
for part in entry.parts:
    print(f"{part.component:32} {part.role}")"""
EQUATIONS = """\
from IPython.display import Math, display

for equation in entry.equations:
    display(Math(equation.latex))"""
LAYERS = """\
import torch
from kb.running import run_once

torch.set_num_threads(1)  # networks as small as these are slower on several
once = run_once(base, entry.id)
for stage in once.stages:
    print(f"{stage.name:20} {stage.module:30} {str(list(stage.shape)):20} {stage.parameters:10,}")
print(f"{once.parameters:,} parameters, {once.flops:,} operations in a pass")"""
SIZES = """\
for name, variant in base.evidence[entry.id].variants.items():
    print(f"{name:24} {variant.parameters:16,} parameters")"""
TRAITS = """\
for bias in base.biases:
    trait = base.trait(entry.id, bias)
    if trait.value in ("holds", "lacks"):
        print(f"{trait.value:6} {bias:40} {', '.join(trait.how)}")"""
PROBING = """\
from kb.evidence.judging import deciding, value_of
from kb.verify.probing import measure_trait

for name in chosen:
    bias = base[name]
    errors = measure_trait(base, entry, name, "default")["errors"]
    value = value_of(deciding(errors, bias), bias)
    print(f"{value:6} {name:40} errors {errors}, tolerance {bias.tolerance:.0e}")"""
TRAINING = """\
from kb.running import samples, train

result = train(base, entry.id)
print(result.caption)
result"""
SAMPLES = """\
print("\\n".join(samples.lines(result.samples)))"""
COMPARISON = """\
## Compare it with an independent implementation

The same weights and inputs in both, in 64 bits: the largest relative differences of outputs and of all gradients."""
PEER = """\
from kb.verify.peers import measure_peer

for name, value in measure_peer(base, entry, case).items():
    print(f"{name:20} {value}")"""
CHECKS = """\
from kb.verify.checks import measure_check

for check in entry.checks:
    print(measure_check(base, entry, check.check)["errors"], check.statement)"""


def notebook(base: Base, entry_id: str, folder: str | None = None) -> Any:
    """Return a notebook that has not been executed yet.

    Args:
        base: The knowledge base.
        entry_id: An architecture.
        folder: Where the notebook is to find the knowledge base; None for the bundled one.
    """
    from nbformat import from_dict

    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells: list[dict[str, Any]] = [
        {"id": f"cell-{number}", "cell_type": kind, "metadata": {}, "source": source}
        | ({"execution_count": None, "outputs": []} if kind == "code" else {})
        for number, (kind, source) in enumerate(_cells(base, base.architectures[entry_id], folder), 1)
    ]
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}
    return from_dict(whole)  # type: ignore[no-untyped-call]


def plain(text: str) -> str:
    """Return a text for Markdown on one line, in which nothing is markup, a formula or a link.

    Examples:
        >>> plain("a <b> & $x$")
        'a &#60;b&#62; &#38; &#36;x&#36;'
    """
    return re.sub(r"[^\w ]|_", lambda found: f"&#{ord(found[0])};", " ".join(text.split()))


def _cells(base: Base, entry: Architecture, folder: str | None) -> Iterator[tuple[str, str]]:
    """Yield the cells in order: `markdown` or `code`, and what stands in them."""
    record, given = base.evidence.get(entry.id), "" if folder is None else repr(folder)
    yield "markdown", f"# {plain(entry.name)}\n\n{plain(entry.summary)}"
    yield "code", f"import kb\n\nbase = kb.load({given})\nentry = base[{entry.id!r}]\nprint(entry.name, entry.year)"
    yield (
        "markdown",
        "## Look inside\n\nIts picture, parts and equations, and the layers that inputs pass through.",
    )
    if record and record.pictures:
        yield "code", "base.diagram(entry.id)"
    yield from (("code", source) for source in (PARTS, EQUATIONS, LAYERS))
    if record and record.variants:
        yield "code", SIZES
    yield from _biases(record)
    if entry.task:
        yield "markdown", "## Train it\n\nThe score is on data that it has not seen, beside that of a trivial answer."
        yield from (("code", source) for source in (TRAINING, SAMPLES))
    yield from _agreement(base, entry)


def _biases(record: Evidence | None) -> Iterator[tuple[str, str]]:
    yield "markdown", "## Check its inductive biases\n\nWhat is known, and by what: measured, asserted or derived."
    yield "code", TRAITS
    known = [trait for trait in record.traits if trait.variant == DEFAULT_VARIANT and trait.errors] if record else []
    chosen = [t.bias for value in ("holds", "lacks") for t in [t for t in known if t.value == value][:PROBES]]
    if chosen:
        yield (
            "markdown",
            "A probe measures errors on some draws of weights and inputs: 0 where the bias holds.",
        )
        yield "code", f"chosen = {pformat(chosen, width=100)}\n\n{PROBING}"


def _agreement(base: Base, entry: Architecture) -> Iterator[tuple[str, str]]:
    if entry.peer:
        yield "markdown", COMPARISON
        yield "code", f"case = {next(iter(peer_cases(entry, base.syntax)))!r}\n\n{PEER}"
    elif entry.checks:
        yield "markdown", "## Check what must be exact\n\nThese errors are 0, to rounding."
        yield "code", CHECKS
