"""Rules on the cost of architectures: orders are written in known sizes, leave none out, and fit what was counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb import annotated, complexity, links
from kb.base import Base
from kb.complexity import Term
from kb.problems import Problem, suggestion
from kb.schema import Architecture
from kb.schema.model import Path as Steps

ORDERS = ("time", "memory", "sequential")


def orders_can_be_read(base: Base) -> Iterator[Problem]:
    """Orders are sums of products of known sizes, and none of their terms is within another one."""
    for entry in base.architectures.values():
        known = _known(base, entry)
        for steps, order in _orders(entry):
            try:
                found = complexity.terms(order)
            except ValueError as error:
                yield base.problem(entry.id, steps, str(error))
                continue
            for size in sorted(complexity.sizes(found) - known) if known else ():
                message = (
                    f"what {size} is, is not said{suggestion(size, known)}: bind it to an argument of the constructor "
                    f"in `of`, as in {{{size}: units}}, or say it in `where`"
                )
                yield base.problem(entry.id, steps, message)
            for term in found:
                if term not in complexity.leading(found):
                    message = f"{complexity.shown(term)} is within another term: leave it out"
                    yield base.problem(entry.id, steps, message)


def sizes_are_accounted_for(base: Base) -> Iterator[Problem]:
    """Every whole number that the constructor takes is a size of the cost, or is said to be a constant of it."""
    for entry in base.architectures.values():
        arguments = _whole_numbers(base, entry, "__init__")
        for steps, message in () if arguments is None else _unaccounted(entry, arguments):
            yield base.problem(entry.id, ("complexity", *steps), message)


def _unaccounted(entry: Architecture, arguments: list[str]) -> Iterator[tuple[Steps, str]]:
    cost = entry.complexity
    named: list[tuple[Steps, str]] = [(("constant", index), name) for index, name in enumerate(cost.constant)]
    named += [(("of", size), place.split(".")[0]) for size, places in cost.scaled.items() for place in places]
    for steps, argument in named:
        if argument not in arguments:
            known = ", ".join(arguments) or "none"
            near = suggestion(argument, arguments)
            yield steps, f"the constructor takes no whole number {argument!r}{near}; it takes {known}"
    for argument in arguments:
        if argument not in [name for _, name in named]:
            yield (
                (),
                f"how the cost grows with {argument} is not said: name a size for it in `of`, or list it in `constant`",
            )
    used = {size for _, order in _orders(entry) for size in _sizes(order)}
    for field, sizes in (("of", cost.of), ("where", cost.where)):
        for size in sorted(sizes.keys() - used):
            yield (field, size), f"no order has the size {size}: drop it"


def orders_of_time_fit_counted_flops(base: Base) -> Iterator[Problem]:
    """The order of time has every leading term of the counted FLOPs, and no other but those said to be uncounted."""
    for entry_id, record in base.evidence.items():
        entry = base[entry_id]
        if record.cost and isinstance(entry, Architecture):
            try:
                stated = complexity.terms(entry.complexity.time)
                unchecked = {
                    term: text for text in entry.complexity.unchecked for term in complexity.terms(f"O({text})")
                }
                counted = [term for text in record.cost.terms for term in complexity.terms(f"O({text})")]
            except ValueError:  # of which another rule tells
                continue
            for steps, message in _misfits(stated, unchecked, complexity.leading(counted)):
                yield base.problem(entry_id, ("complexity", *steps), message)


def _misfits(stated: list[Term], unchecked: dict[Term, str], counted: list[Term]) -> Iterator[tuple[Steps, str]]:
    found = f"the leading terms of the counted FLOPs are {_listed(counted)}"
    for term in counted:
        if not any(complexity.within(term, other) for other in stated):
            yield ("time",), f"FLOPs grow with {complexity.shown(term)}, which is in no term: add it ({found})"
    for term in stated:
        if term not in counted and term not in unchecked:
            uncounted = "or say in `unchecked` why it is not counted"
            yield ("time",), f"FLOPs do not grow with {complexity.shown(term)} ({found}): correct it, {uncounted}"
    for term, text in unchecked.items():
        if term in counted:
            yield ("unchecked", text), f"{complexity.shown(term)} is counted, and can be checked: leave it out here"
        elif term not in stated:
            yield ("unchecked", text), f"{complexity.shown(term)} is no term of the time: leave it out, or add it there"


def _listed(terms: Iterable[Term]) -> str:
    return ", ".join(map(complexity.shown, terms)) or "none"


def _orders(entry: Architecture) -> Iterator[tuple[Steps, str]]:
    for field in ORDERS:
        order = getattr(entry.complexity, field)
        if order:
            yield ("complexity", field), order
    for text in entry.complexity.unchecked:
        yield ("complexity", "unchecked", text), f"O({text})"


def _sizes(order: str) -> set[str]:
    try:
        return complexity.sizes(complexity.terms(order))
    except ValueError:
        return set()


def _known(base: Base, entry: Architecture) -> set[str]:
    """The sizes that orders of an entry may use; empty where its code cannot be read."""
    inputs = _whole_numbers(base, entry, "example_inputs")
    return set() if inputs is None else {*inputs, *entry.complexity.of, *entry.complexity.where}


def _whole_numbers(base: Base, entry: Architecture, method: str) -> list[str] | None:
    """The whole numbers that a method of its class takes; None where the class cannot be read."""
    if links.problem_with(base.root, entry.implementation):
        return None
    try:
        return annotated.whole_numbers(base.root, entry.implementation, method)
    except links.SourceError:
        return None
