"""Deduction on miniature knowledge bases: what follows, what does not, and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from small import MODULE, Miniature

from kb import check
from kb.inference import contradictions, trace
from kb.inference.transitivity import closure, cycles, reduction
from kb.schema import Verdict


@pytest.fixture
def small(tmp_path: Path) -> Miniature:
    return Miniature(tmp_path)


def test_implication_and_its_contrapositive(small: Miniature) -> None:
    small.bias("strong")
    small.bias("weak")
    small.theorem(["strong"], "weak")
    small.architecture("a", "exhibits: [{bias: strong}]\n")
    small.architecture("b", "lacks: [{bias: weak}]\n")
    base = small.load()
    assert base.trait("a", "weak").value == "holds"
    assert base.trait("a", "weak").facts[0].premises[0].bias == "strong"
    assert base.trait("b", "strong").value == "lacks"


def test_the_converse_does_not_follow(small: Miniature) -> None:
    small.bias("strong")
    small.bias("weak")
    small.theorem(["strong"], "weak")
    small.architecture("a", "exhibits: [{bias: weak}]\n")
    small.architecture("b", "lacks: [{bias: strong}]\n")
    base = small.load()
    assert base.trait("a", "strong").value == "unknown"
    assert base.trait("b", "weak").value == "unknown"


def test_exclusion_works_both_ways(small: Miniature) -> None:
    small.bias("near")
    small.bias("far")
    small.theorem(["near"], "not far")
    small.architecture("a", "exhibits: [{bias: near}]\n")
    small.architecture("b", "exhibits: [{bias: far}]\n")
    small.architecture("c", "lacks: [{bias: far}]\n")
    base = small.load()
    assert base.trait("a", "far").value == "lacks"
    assert base.trait("b", "near").value == "lacks"
    assert base.trait("c", "near").value == "unknown"


def test_chains_are_followed_to_the_end(small: Miniature) -> None:
    for number in range(6):
        small.bias(f"b{number}")
    for number in range(5):
        small.theorem([f"b{number}"], f"b{number + 1}")
    small.architecture("a", "exhibits: [{bias: b0}]\n")
    cell = small.load().trait("a", "b5")
    lines = list(trace(cell.facts[0]))
    assert [line.split(" (")[0] for line in lines] == [f"{'  ' * n}a has b{5 - n}" for n in range(6)], "indented below"
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


def test_what_a_special_case_lacks_the_family_lacks_if_it_would_be_inherited(small: Miniature) -> None:
    small.bias("kept", inherited=True)
    small.bias("lost")
    small.architecture("family")
    small.architecture("child", "specialises: [family]\nlacks: [{bias: kept}, {bias: lost}]\n")
    base = small.load()
    assert base.trait("family", "kept").value == "lacks"
    assert base.trait("family", "lost").value == "unknown"


def test_a_stack_has_what_its_layers_have_where_the_bias_composes(small: Miniature) -> None:
    small.bias("composing", "composes: true\n", inherited=True)
    small.bias("single", inherited=True)
    small.bias("default", "composes: true\n", inherited=False)
    every = ", ".join(f"{{bias: {bias}}}" for bias in ("composing", "single", "default"))
    stack = "stack_of: [{architecture: layer, because: every layer is one}]\n"
    small.architecture("layer", f"exhibits: [{every}]\n")
    small.architecture("stack", stack)
    small.architecture("block")
    small.architecture("tower", f"{stack.replace('layer', 'block', 1)}lacks: [{every}]\n")
    base = small.load()
    assert {bias: base.trait("stack", bias).value for bias in base.biases} == {
        "composing": "holds", "single": "unknown", "default": "unknown"
    }  # fmt: skip
    assert {bias: base.trait("block", bias).value for bias in base.biases} == {
        "composing": "lacks", "single": "unknown", "default": "unknown"
    }  # fmt: skip
    assert base.why("stack", "composing").proofs[0][0].endswith("(by inheritance: stack is a stack of layer)")


def test_what_a_special_case_can_do_so_can_the_general_case(small: Miniature) -> None:
    small.bias("reaches", weights="some")
    small.bias("always")
    small.architecture("wide")
    small.architecture("narrow", "exhibits: [{bias: reaches}, {bias: always}]\n")
    small.architecture("kind", "specialises: [wide]\nexhibits: [{bias: reaches}]\n")
    small.relation("narrow", "special-case-of", "wide")
    base = small.load()
    fact = base.trait("wide", "reaches").facts[0]
    assert (fact.rule, fact.value, fact.premises[0].architecture) == ("representation", "holds", "narrow")
    assert base.trait("wide", "always").value == "unknown"


def test_a_component_that_is_a_special_case_of_an_architecture_inherits_nothing(small: Miniature) -> None:
    small.bias("kept", inherited=True)
    small.architecture("wide", "exhibits: [{bias: kept}]\n")
    small.relation("part", "special-case-of", "wide")
    base = small.load()
    assert {key[0] for key in base.facts} == {"wide"}


def test_what_the_general_case_cannot_do_no_special_case_can(small: Miniature) -> None:
    small.bias("reaches", weights="some")
    small.architecture("wide", "lacks: [{bias: reaches}]\n")
    small.architecture("narrow")
    small.architecture("kind", "specialises: [wide]\n")
    small.relation("narrow", "special-case-of", "wide")
    base = small.load()
    assert base.trait("narrow", "reaches").value == "lacks"
    assert base.trait("kind", "reaches").value == "unknown"


@pytest.mark.parametrize("verdict", ["not settled", "refuted"])
def test_nothing_follows_from_a_relation_that_was_not_reproduced(small: Miniature, verdict: Verdict) -> None:
    small.bias("kept", inherited=True)
    small.architecture("wide", "exhibits: [{bias: kept}]\n")
    small.architecture("narrow")
    small.relation("narrow", "special-case-of", "wide", verdict=verdict)
    base = small.load()
    assert base.trait("narrow", "kept").value == "unknown"
    assert base.represents("wide", "narrow").value == "unknown"


def test_representation_goes_up_and_its_impossibility_down(small: Miniature) -> None:
    for entry_id in ("narrow", "middle", "wide", "other"):
        small.architecture(entry_id)
    small.concept("easy")
    small.concept("hard")
    small.relation("narrow", "special-case-of", "middle", when="it is small")
    small.relation("middle", "special-case-of", "wide")
    small.relation("narrow", "can-represent", "easy")
    small.relation("middle", "cannot-represent", "hard")
    small.relation("other", "can-represent", "hard")
    base = small.load()
    assert base.represents("wide", "easy").value == "can"
    assert len(base.represents("wide", "easy").steps) == 3
    assert "narrow is a special case of middle, when it is small" in "".join(base.represents("wide", "easy").lines())
    assert base.represents("narrow", "hard").value == "cannot"
    assert base.represents("narrow", "other").value == "cannot"  # or it could represent what `other` can
    assert base.represents("wide", "hard").value == "unknown"
    assert base.represents("easy", "wide").value == "unknown"
    found = {(ability.object, ability.value) for ability in base.representations.of("middle")}
    assert found == {("narrow", "can"), ("easy", "can"), ("hard", "cannot"), ("other", "cannot")}


@pytest.mark.parametrize("kind", ["equivalent-to", "limit-of"])
def test_what_holds_at_single_weights_is_no_inclusion(small: Miniature, kind: str) -> None:
    small.bias("kept", inherited=True)
    small.architecture("one", "exhibits: [{bias: kept}]\n")
    small.architecture("other")
    small.relation("other", kind, "one")
    base = small.load()
    assert base.trait("other", "kept").value == "unknown"
    assert base.represents("one", "other").value == "unknown"


def test_nothing_is_derived_where_a_bias_does_not_apply(small: Miniature) -> None:
    small.bias("strong")
    small.bias("weak")
    small.theorem(["strong"], "weak")
    small.architecture("a", "exhibits: [{bias: strong}]\n")
    small.architecture("pooled", module=MODULE.replace('-> Float[Tensor, "B T F"]', '-> Float[Tensor, "B F"]'))
    base = small.load()
    assert base.trait("pooled", "weak").value == "not-applicable"


@pytest.mark.parametrize(
    ("state_in", "state_out", "value"),
    [
        ('Float[Tensor, "B F"] | None = None', "B F", "unknown"),
        ('Float[Tensor, "B F"]', "B F", "not-applicable"),  # has to be given: an input that is updated, not a state
        ('Float[Tensor, "B F"] | None = None', "B T F", "not-applicable"),  # what comes out cannot be put in
    ],
)
def test_a_bias_of_states_applies_where_a_state_is_carried(
    small: Miniature, state_in: str, state_out: str, value: str
) -> None:
    small.bias("steady", "of_state: true\n")
    module = f"""class States(NamedTuple):
    y: Float[Tensor, "B T F"]
    h: Float[Tensor, "{state_out}"]

class Module:
    def forward(self, x: Float[Tensor, "B T F"], h: {state_in}) -> States:
        return x, h
"""
    small.architecture("a", module=module)
    assert small.load().trait("a", "steady").value == value


def test_a_bias_of_states_does_not_apply_without_one(small: Miniature) -> None:
    small.bias("steady", "of_state: true\n")
    small.architecture("a")
    assert small.load().trait("a", "steady").value == "not-applicable"


def test_a_contradiction_keeps_both_justifications(small: Miniature) -> None:
    small.bias("kept", inherited=True)
    small.architecture("family", "exhibits: [{bias: kept, because: all of them}]\n")
    small.architecture("child", "specialises: [family]\nlacks: [{bias: kept, because: not this one}]\n")
    pairs = {holds.architecture: (holds, lacks) for holds, lacks in contradictions(small.load().facts)}
    assert [fact.how for fact in pairs["child"]] == ["derived", "asserted"]
    assert pairs["child"][0].premises[0].architecture == "family"
    assert [fact.how for fact in pairs["family"]] == ["asserted", "derived"]
    assert pairs["family"][1].premises[0].architecture == "child"


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


def test_a_cycle_is_reported_from_one_entry_back_to_it() -> None:
    found = cycles(
        [("a", "b", "specialises"), ("b", "c", "specialises"), ("c", "b", "specialises"), ("a", "a", "about")]
    )
    assert [relation for relation, _ in found] == ["specialises"]
    assert sorted(found[0][1][:-1]) == ["b", "c"]
    assert found[0][1][0] == found[0][1][-1]
    assert cycles([("a", "a", "broader")]) == [("broader", ["a", "a"])]


def test_deduction_agrees_with_brute_force(small: Miniature) -> None:
    """The closure equals what repeated application of the implications to sets of biases gives."""
    arrows = {"b0": ["b3"], "b1": ["b2", "b4"], "b2": ["b5"], "b3": ["b5", "b4"], "b4": [], "b5": []}
    for bias, targets in arrows.items():
        small.bias(bias)
        for target in targets:
            small.theorem([bias], target)
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


def test_planted_contradictions_are_found_with_their_premises(small: Miniature) -> None:
    """Asserted against measured, derived against measured, and one relation against two others."""
    small.bias("strong")
    small.bias("weak")
    small.theorem(["strong"], "weak")
    small.architecture("a", "exhibits: [{bias: weak, because: so they say}]\n")
    small.trait("a", "weak", "lacks", error=0.5)
    small.architecture("b", "exhibits: [{bias: strong}]\n")
    small.trait("b", "weak", "lacks", error=0.25)
    for entry_id in ("narrow", "wide"):
        small.architecture(entry_id)
    small.concept("hard")
    small.relation("narrow", "special-case-of", "wide", when="it is small")
    small.relation("narrow", "can-represent", "hard")
    small.relation("wide", "cannot-represent", "hard")
    messages = [problem.message for problem in check(small.root) if "a contradiction" in problem.message]
    keys = ("a has weak", "b has weak", "wide can represent hard")
    of_a, of_b, of_relations = (next(text for text in messages if key in text) for key in keys)
    assert "a has weak (asserted: so they say)" in of_a
    assert "a lacks weak (measured: largest error 5.0e-01" in of_a
    assert "b has weak (by the theorem strong-gives-weak: strong-gives-weak)" in of_b
    assert "b has strong (asserted)" in of_b
    assert "b lacks weak (measured: largest error 2.5e-01" in of_b
    assert "narrow is a special case of wide, when it is small" in of_relations
    assert "narrow can represent hard" in of_relations
    assert "wide cannot represent hard" in of_relations


def test_an_assertion_that_follows_from_the_rest_is_redundant(small: Miniature) -> None:
    small.bias("strong")
    small.bias("weak")
    small.theorem(["strong"], "weak")
    small.architecture("a", "exhibits: [{bias: strong}, {bias: weak}]\n")
    assert [str(fact) for fact in small.load().redundant()] == ["a has weak"]


def test_nothing_follows_from_itself(small: Miniature) -> None:
    """Two that imply each other: what is asserted of one is no consequence of the other, which follows from it."""
    small.bias("one")
    small.bias("other")
    small.theorem(["one"], "other")
    small.theorem(["other"], "one")
    small.architecture("a", "exhibits: [{bias: one}]\n")
    base = small.load()
    assert base.trait("a", "other").value == "holds"
    assert base.redundant() == []
    assert [fact.how for fact in base.trait("a", "one").facts] == ["asserted"]


def test_a_contradiction_is_placed_where_it_is_asserted(small: Miniature) -> None:
    small.bias("said")
    small.architecture("a", "exhibits: [{bias: said}]\n")
    small.trait("a", "said", "lacks")
    small.architecture("b", "lacks: [{bias: said}]\n")
    small.trait("b", "said", "holds")
    small.bias("strong")
    small.theorem(["strong"], "said")
    small.architecture("c")
    small.trait("c", "strong", "holds")
    small.trait("c", "said", "lacks")
    found = [problem for problem in check(small.root) if "a contradiction" in problem.message]
    placed = {(Path(problem.file).stem, problem.field.split(".")[0]) for problem in found}
    assert placed == {("a", "exhibits"), ("b", "lacks"), ("c", "")}


@pytest.mark.parametrize("reason", ["because: its last layer is dense", "variant: default"])
def test_inheritance_yields_to_a_measured_exception_with_a_reason(small: Miniature, reason: str) -> None:
    small.bias("general", inherited=True)
    small.architecture("family")
    small.architecture("child", f"specialises: [family]\nlacks: [{{bias: general, {reason}}}]\n")
    small.trait("family", "general", "holds")
    small.trait("child", "general", "lacks")
    base = small.load()
    excepted = reason.startswith("because")
    assert bool(contradictions(base.facts)) is not excepted
    if excepted:
        assert {cell.value for cell in (base.trait("child", "general"),)} == {"lacks"}
        assert base.trait("family", "general").value == "holds"


def test_what_is_only_said_is_no_exception(small: Miniature) -> None:
    small.bias("general", inherited=True)
    small.architecture("family")
    small.architecture("child", "specialises: [family]\nlacks: [{bias: general, because: it is said}]\n")
    small.trait("family", "general", "holds")
    assert contradictions(small.load().facts)


def test_exact_special_cases_have_no_exceptions(small: Miniature) -> None:
    small.bias("general", inherited=True)
    small.architecture("family")
    small.architecture("child", "lacks: [{bias: general, because: it is so}]\n")
    small.trait("family", "general", "holds")
    small.trait("child", "general", "lacks")
    small.relation("child", "special-case-of", "family")
    assert contradictions(small.load().facts)
