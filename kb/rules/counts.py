"""Rules on counts of parameters: each is explained, and is that of the implementation."""

from __future__ import annotations

from collections.abc import Iterator

from kb import arithmetic
from kb.base import Base
from kb.problems import Problem
from kb.schema.architecture import LARGE, Variant


def counts_are_explained(base: Base) -> Iterator[Problem]:
    """A count of parameters is that of a source, or follows from the sizes by arithmetic."""
    for entry in base.architectures.values():
        for name, variant in entry.variants.items():
            for field in ("parameters", "stated"):
                if getattr(variant, field) is not None and variant.source is None:
                    message = (
                        "no source states this count: name one in `source`, write in `arithmetic` how it follows from "
                        "the sizes, or leave it out, as it is measured anyway"
                    )
                    yield base.problem(entry.id, ("variants", name, field), message)
            if variant.arithmetic:
                try:
                    arithmetic.value(variant.arithmetic)
                except ValueError as error:
                    yield base.problem(entry.id, ("variants", name, "arithmetic"), str(error))


def counts_are_those_of_the_implementation(base: Base) -> Iterator[Problem]:
    """Variants have as many parameters as their sources state, and as arithmetic gives; large ones are marked."""
    for entry in base.architectures.values():
        record = base.evidence.get(entry.id)
        for name, variant in entry.all_variants.items():
            found = record.variants.get(name) if record else None
            for field, message in _differences(variant, found.parameters) if found else ():
                yield base.problem(entry.id, ("variants", name, field) if name in entry.variants else (), message)


def _differences(variant: Variant, found: int) -> Iterator[tuple[str, str]]:
    has = f"the implementation has {found:,}"
    if variant.parameters not in (None, found):
        yield "parameters", f"the source states {variant.parameters:,}, {has}"
    if variant.stated and not arithmetic.rounds_to(found, variant.stated):
        yield "stated", f"the source states {variant.stated}, {has}"
    if variant.arithmetic and (value := _value(variant.arithmetic)) not in (None, found):
        yield "arithmetic", f"this comes to {value:,}, {has}"
    if variant.large != (found >= LARGE):
        repair = "leave `large` out" if variant.large else "set `large: true`, so that it is not run again and again"
        yield "large", f"from {LARGE:,} parameters on a variant is large, {has}: {repair}"


def _value(text: str) -> int | None:
    try:
        return arithmetic.value(text)
    except ValueError:  # of which another rule tells
        return None
