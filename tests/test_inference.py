"""Deduction on miniature knowledge bases: what follows, what does not, and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from small import Miniature

from kb.inference import contradictions, trace
from kb.inference.transitivity import closure, reduction
from kb.problems import NoSuchEntryError


@pytest.fixture
def small(tmp_path: Path) -> Miniature:
    return Miniature(tmp_path)


def test_implication_and_its_contrapositive(small: Miniature) -> None:
    small.bias("strong", "implies: [{bias: weak, because: it says more}]\n")
    small.bias("weak")
    small.architecture("a", "exhibits: [{bias: strong}]\n")
    small.architecture("b", "lacks: [{bias: weak}]\n")
    base = small.load()
    assert base.trait("a", "weak").value == "holds"
    assert base.trait("a", "weak").facts[0].premises[0].bias == "strong"
    assert base.trait("b", "strong").value == "lacks"


def test_the_converse_does_not_follow(small: Miniature) -> None:
    small.bias("strong", "implies: [{bias: weak, because: it says more}]\n")
    small.bias("weak")
    small.architecture("a", "exhibits: [{bias: weak}]\n")
    small.architecture("b", "lacks: [{bias: strong}]\n")
    base = small.load()
    assert base.trait("a", "strong").value == "unknown"
    assert base.trait("b", "weak").value == "unknown"


def test_exclusion_works_both_ways(small: Miniature) -> None:
    small.bias("near", "excludes: [{bias: far, because: they are opposites}]\n")
    small.bias("far")
    small.architecture("a", "exhibits: [{bias: near}]\n")
    small.architecture("b", "exhibits: [{bias: far}]\n")
    small.architecture("c", "lacks: [{bias: far}]\n")
    base = small.load()
    assert base.trait("a", "far").value == "lacks"
    assert base.trait("b", "near").value == "lacks"
    assert base.trait("c", "near").value == "unknown"


def test_chains_are_followed_to_the_end(small: Miniature) -> None:
    for number in range(6):
        more = f"implies: [{{bias: b{number + 1}, because: next}}]\n" if number < 5 else ""
        small.bias(f"b{number}", more)
    small.architecture("a", "exhibits: [{bias: b0}]\n")
    cell = small.load().trait("a", "b5")
    lines = list(trace(cell.facts[0]))
    assert len(lines) == 6
    assert lines[-1].strip().startswith("a has b0 (asserted")


def test_inherited_biases_go_down_and_others_do_not(small: Miniature) -> None:
    small.bias("kept", inherited=True)
    small.bias("lost", inherited=False)
    small.architecture("family", "exhibits: [{bias: kept}, {bias: lost}]\n")
    small.architecture("child", "specialises: [family]\n")
    small.architecture("grandchild", "specialises: [child]\n")
    base = small.load()
    assert base.trait("grandchild", "kept").value == "holds"
    assert len(list(trace(base.trait("grandchild", "kept").facts[0]))) == 3
    assert base.trait("grandchild", "lost").value == "unknown"


def test_lacking_is_not_inherited(small: Miniature) -> None:
    small.bias("kept", inherited=True)
    small.architecture("family", "lacks: [{bias: kept}]\n")
    small.architecture("child", "specialises: [family]\n")
    assert small.load().trait("child", "kept").value == "unknown"


def test_nothing_is_derived_where_a_bias_does_not_apply(small: Miniature) -> None:
    small.bias("strong", "implies: [{bias: weak, because: it says more}]\n")
    small.bias("weak")
    small.architecture("a", "exhibits: [{bias: strong}]\n")
    small.architecture("pooled", **{"{y: [B, T, F]}": "{y: [B, F]}"})
    base = small.load()
    assert base.trait("pooled", "weak").value == "not-applicable"


def test_a_contradiction_keeps_both_justifications(small: Miniature) -> None:
    small.bias("kept", inherited=True)
    small.architecture("family", "exhibits: [{bias: kept, because: all of them}]\n")
    small.architecture("child", "specialises: [family]\nlacks: [{bias: kept, because: not this one}]\n")
    ((holds, lacks),) = contradictions(small.load().facts)
    assert (holds.how, lacks.how) == ("derived", "asserted")
    assert holds.premises[0].architecture == "family"


def test_variants_are_kept_apart(small: Miniature) -> None:
    small.bias("one")
    more = "variants: {wide: {arguments: {}}}\nexhibits: [{bias: one, variant: wide}]\nlacks: [{bias: one}]\n"
    small.architecture("a", more)
    base = small.load()
    assert base.trait("a", "one").value == "lacks"
    assert base.trait("a", "one", "wide").value == "holds"
    assert contradictions(base.facts) == []


def test_closure_and_reduction(small: Miniature) -> None:
    small.architecture("a")
    small.architecture("b", "specialises: [a]\n")
    small.architecture("c", "specialises: [a, b]\n")
    base = small.load()
    assert closure(base.graph, "specialises", "c") == ["a", "b"]
    assert set(reduction(base.graph, "specialises").edges) == {("b", "a"), ("c", "b")}
    with pytest.raises(ValueError, match="not transitive"):
        closure(base.graph, "parts", "c")


def test_unknown_names_are_suggested(small: Miniature) -> None:
    small.bias("locality")
    small.architecture("a")
    base = small.load()
    with pytest.raises(NoSuchEntryError, match="did you mean 'locality'"):
        base.trait("a", "localty")
    with pytest.raises(NoSuchEntryError, match="no variant 'wide'"):
        base.trait("a", "locality", "wide")


def test_deduction_agrees_with_brute_force(small: Miniature) -> None:
    """The closure equals what repeated application of the implications to sets of biases gives."""
    arrows = {"b0": ["b3"], "b1": ["b2", "b4"], "b2": ["b5"], "b3": ["b5", "b4"], "b4": [], "b5": []}
    for bias, targets in arrows.items():
        items = ", ".join(f"{{bias: {target}, because: so}}" for target in targets)
        small.bias(bias, f"implies: [{items}]\n" if items else "")
    for start in arrows:
        small.architecture(f"has-{start}", f"exhibits: [{{bias: {start}}}]\n")
    base = small.load()
    for start in arrows:
        expected, pending = set(), [start]
        while pending:
            bias = pending.pop()
            expected.add(bias)
            pending += [target for target in arrows[bias] if target not in expected]
        assert {bias for bias in arrows if base.trait(f"has-{start}", bias).value == "holds"} == expected


def component(small: Miniature, entry_id: str, **effects: str) -> None:
    lines = "".join(f"  {bias}: {{effect: {effect}, because: so}}\n" for bias, effect in effects.items())
    small.concept(entry_id, f"effects:\n{lines}" if lines else "", category="component")


def made_of(small: Miniature, *parts: str) -> None:
    listed = ", ".join(f"{{component: {part}, role: a part}}" for part in parts)
    small.architecture("a", **{"[{component: part, role: all of it}]": f"[{listed}]"})


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


def test_without_the_read_out_there_is_no_invariance(small: Miniature) -> None:
    small.bias("moves", "composes: true\n")
    small.bias("stays", "read_out_of: moves\n")
    component(small, "trunk", moves="preserves")
    made_of(small, "trunk")
    assert small.load().trait("a", "stays").value == "unknown"
