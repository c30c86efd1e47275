"""What follows from the parts of an architecture, and from where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from small import MODULE, Miniature


@pytest.fixture
def small(tmp_path: Path) -> Miniature:
    return Miniature(tmp_path)


def component(small: Miniature, entry_id: str, **effects: str) -> None:
    lines = "".join(f"  {bias}: {{effect: {effect}, because: so}}\n" for bias, effect in effects.items())
    small.concept(entry_id, f"effects:\n{lines}" if lines else "", category="component")


TWO_NETWORKS = f"""{MODULE.replace("Module", "Network")}

class Module(Network):
    def __init__(self):
        self.trunk = Network()
        self.head = Network()
"""


def made_of(small: Miniature, *parts: str, more: str = "", module: str = MODULE) -> None:
    listed = ", ".join(f"{{component: {part}, role: a part}}" for part in parts)
    small.architecture("a", more, module, **{"[{component: part, role: all of it}]": f"[{listed}]"})


def test_what_every_part_preserves_the_whole_has(small: Miniature) -> None:
    small.bias("shift", "composes: true\n")
    component(small, "one", shift="preserves")
    component(small, "two", shift="creates")
    made_of(small, "one", "two")
    cell = small.load().trait("a", "shift")
    assert cell.value == "holds"
    assert {premise.architecture for premise in cell.facts[0].premises} == {"one", "two"}


@pytest.mark.parametrize("other", [{}, {"shift": "breaks"}])
def test_a_part_that_breaks_or_is_silent_stops_composition(small: Miniature, other: dict[str, str]) -> None:
    small.bias("shift", "composes: true\n")
    component(small, "one", shift="preserves")
    component(small, "two", **other)
    made_of(small, "one", "two")
    assert small.load().trait("a", "shift").value == "unknown"


def test_a_bias_that_does_not_compose_is_not_composed(small: Miniature) -> None:
    small.bias("shift")
    component(small, "one", shift="preserves")
    made_of(small, "one")
    assert small.load().trait("a", "shift").value == "unknown"


def test_an_equivariant_trunk_with_an_invariant_read_out_is_invariant(small: Miniature) -> None:
    small.bias("moves", "composes: true\n")
    small.bias("stays", "read_out_of: moves\n")
    component(small, "trunk", moves="preserves")
    component(small, "pool", stays="creates")
    made_of(small, "trunk", "pool")
    base = small.load()
    assert base.trait("a", "stays").value == "holds"
    assert base.trait("a", "moves").value == "unknown"


def test_a_part_that_says_nothing_stops_the_read_out(small: Miniature) -> None:
    """One part that keeps the trunk's equivariance is not enough: all have to."""
    small.bias("moves", "composes: true\n")
    small.bias("stays", "read_out_of: moves\n")
    component(small, "trunk", moves="preserves")
    component(small, "pool", stays="creates")
    component(small, "silent")
    made_of(small, "trunk", "silent", "pool")
    assert small.load().trait("a", "stays").value == "unknown"


def test_without_the_read_out_there_is_no_invariance(small: Miniature) -> None:
    small.bias("moves", "composes: true\n")
    small.bias("stays", "read_out_of: moves\n")
    component(small, "trunk", moves="preserves")
    made_of(small, "trunk")
    assert small.load().trait("a", "stays").value == "unknown"


def test_an_invariance_with_a_connection_around_it_is_none(small: Miniature) -> None:
    small.bias("moves", "composes: true\n")
    small.bias("stays", "read_out_of: moves\n")
    component(small, "trunk", moves="preserves")
    component(small, "pool", stays="creates")
    made_of(small, "trunk", "pool, residual: true")
    assert small.load().trait("a", "stays").value == "unknown"


@pytest.mark.parametrize(("group", "value"), [("symmetry: permutations\n", "unknown"), ("", "holds")])
def test_a_part_that_is_repeated_along_an_axis_keeps_no_symmetry_of_it(
    small: Miniature, group: str, value: str
) -> None:
    small.bias("shift", f"composes: true\n{group}")
    component(small, "one", shift="preserves")
    made_of(small, "one, over: T")
    base = small.load()
    assert base.trait("a", "shift").value == value
    text = "It does not follow from the parts: one is applied again at every position of T"
    assert any(line.startswith(text) for line in base.why("a", "shift").missing) == (value == "unknown")


def test_a_sub_network_has_what_its_own_parts_preserve(small: Miniature) -> None:
    small.bias("shift", "composes: true\n")
    component(small, "one", shift="preserves")
    component(small, "two", shift="breaks")
    networks = "networks: {trunk: first, head: last}\n"
    made_of(small, "one", "two, network: head", more=networks, module=TWO_NETWORKS)
    base = small.load()
    values = {place: base.trait("a", "shift", place).value for place in base["a"].places}
    assert values == {"default": "unknown", "default/trunk": "holds", "default/head": "unknown"}
