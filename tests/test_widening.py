"""Widening: what a narrower network shows of a published size, what it does not, and when copies compute the same."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from bundled import BASE
from small import Miniature

from kb.evidence import VIOLATION, TraitErrors, Widening
from kb.evidence.judging import deciding, value_of
from kb.inference.widening import passes
from kb.inference.wider import ROUNDING, Wider
from kb.measuring import count_parameters
from kb.schema import Architecture, Bias
from kb.traits import Value
from kb.verify import probing, widening
from kb.verify.widening import build, measure_widening, narrower

VARIANT = "variants: {published: {arguments: {width: 64}, large: true, stated: 1 million}}\n"


def bias(weights: str = "all", of: str = "function", metric: bool = False) -> Bias:
    """A bias of some scope."""
    scope = {"weights": weights, "of": of, "decided_by": "identity"}
    known = BASE.biases["affine-dependence"]
    return known.model_copy(update={"scope": type(known.scope)(**scope), "metric": metric})


def wider(same_functions: bool = True, copied_outside: bool = False) -> Wider:
    return Wider("published", same_functions, copied_outside, "it is wider")


# What passes


@pytest.mark.parametrize(
    ("weights", "value", "expected"),
    [
        ("all", "lacks", True),
        ("all", "holds", False),
        ("some", "holds", True),
        ("some", "lacks", False),
        ("initial", "holds", False),
        ("initial", "lacks", False),
    ],
)
def test_what_some_weights_show_of_functions_passes_and_nothing_else(
    weights: str, value: Value, expected: bool
) -> None:
    assert passes(bias(weights), value, wider()) is expected
    assert not passes(bias(weights), value, wider(same_functions=False))


@pytest.mark.parametrize("of", ["computation", "parameters", "interface"])
@pytest.mark.parametrize("value", ["holds", "lacks"])
def test_what_speaks_of_modules_and_not_of_functions_passes_without_copies(of: str, value: Value) -> None:
    assert passes(bias(of=of), value, wider(same_functions=False))


def test_norms_do_not_pass_where_features_have_copies_and_shares_of_parameters_only_with_copies() -> None:
    assert passes(bias(metric=True), "lacks", wider())
    assert not passes(bias(metric=True), "lacks", wider(copied_outside=True))
    share = bias(of="computation", metric=True)
    assert passes(share, "lacks", wider(copied_outside=True))
    assert not passes(share, "holds", wider())
    assert not passes(share, "lacks", wider(same_functions=False))


# The rule


@pytest.fixture
def small(tmp_path: Path) -> Miniature:
    found = Miniature(tmp_path)
    found.bias("always")
    found.bias("follows")
    found.theorem(["not always"], "not follows")
    return found


def found(small: Miniature, error: float, copies: str = "tiled", difference: float = 1e-15) -> None:
    """Write an architecture, a narrower network of its variant, and what the probe found of that."""
    small.architecture("a", VARIANT)
    widening = Widening(
        variant="published", parameters=10**6, factor=16, sizes=["width"], copies=copies, multiple=4,
        errors=[difference, difference], digest="",
    )  # fmt: skip
    trait = TraitErrors(bias="always", variant="published", errors=[error], narrowed=16, digest="")
    small.record("architectures/family/a", widening)
    small.record("architectures/family/a", trait)


def test_what_a_narrower_network_lacks_the_variant_lacks_with_a_proof(small: Miniature) -> None:
    found(small, error=0.5)
    base = small.load()
    assert base.trait("a", "always", "published").value == "lacks"
    assert base.trait("a", "follows", "published").value == "lacks"
    assert base.trait("a", "always").value == "unknown"
    first, second = base.why("a", "always", "published").proofs[0]
    assert first.startswith("a (published) lacks always (by widening: published is 16 times as wide in width, and")
    assert "outputs of 4 copies differ by 1e-15" in first
    assert second.strip().startswith("a (published, 16 times as narrow) lacks always (measured: ")


def test_what_a_narrower_network_has_need_not_be_so_of_the_variant(small: Miniature) -> None:
    found(small, error=0.0)
    assert small.load().trait("a", "always", "published").value == "unknown"


@pytest.mark.parametrize(("copies", "difference"), [("", 0.0), ("tiled", 1e-3)])
def test_nothing_passes_without_copies_that_compute_the_same(small: Miniature, copies: str, difference: float) -> None:
    found(small, 0.5, copies, difference)
    assert small.load().trait("a", "always", "published").value == "unknown"


# What is measured


def measured_again(name: str, variant: str) -> Widening:
    return Widening(digest="", **measure_widening(BASE, BASE.architectures[name], variant))


@pytest.mark.parametrize(
    ("name", "variant", "copies"),
    [
        ("mlp", "mnist", True),
        ("lstm", "penn-characters", True),  # gates: four blocks of rows
        ("alexnet", "torchvision", True),  # maps that are flattened
        ("googlenet", "torchvision", True),  # channels that are concatenated, normalisation of batches
        ("efficientnet", "b0", True),  # channels that are rounded to multiples of a number, which is divided too
        ("lstm", "penn-words", True),  # 10,000 words in and out
        ("alexnet", "krizhevsky-2012", False),  # normalisation over neighbouring channels
        ("graph-transformer", "cora", False),  # scalar products over the root of the width
    ],
)
def test_copies_of_units_compute_the_same_where_the_layers_allow_it(name: str, variant: str, copies: bool) -> None:
    measured = measured_again(name, variant)
    assert measured.factor > 1
    assert bool(measured.copies) is copies
    assert (max(measured.errors) < 1e-7) is copies


def test_transposed_convolutions_get_copies_too() -> None:
    """Their weights have the axis of inputs first."""
    measured = measured_again("vq-vae", "cifar-10")
    assert measured.copies
    assert "width" in measured.sizes


def test_what_was_tried_before_does_not_change_what_is_measured() -> None:
    """Without copies that compute the same, the difference depends on what constructors draw."""
    entry, recorded = BASE.architectures["graph-transformer"], measured_again("graph-transformer", "cora")
    names = [*widening._shapes(entry, entry.all_variants["cora"].arguments)]
    for _ in range(2):
        torch.rand(7)
        found = widening._tried(entry, "cora", recorded.parameters, names, recorded.sizes, set())
        assert found is not None
        assert found.errors == recorded.errors


def test_numbers_of_layers_and_sizes_of_images_are_no_widths() -> None:
    measured = measured_again("mlp-mixer", "small-16")
    assert set(measured.sizes) == {"width", "tokens_hidden", "channels_hidden"}


def test_what_is_recorded_is_not_searched_for_again_unless_it_is_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    entry, searched = BASE.architectures["lstm"], []

    def search(entry: Architecture, variant: str, features: set[str]) -> Widening:
        searched.append(variant)
        return Widening(variant=variant, parameters=1, digest="")

    monkeypatch.setattr(widening, "_search", search)
    monkeypatch.setattr(widening, "_known", {})
    monkeypatch.setattr(widening, "_searches", {})
    narrow = narrower(BASE, entry, "penn-characters")
    assert not searched
    assert narrow.measured == BASE.measured["lstm"].measurements["widening", "penn-characters"]
    assert len(narrow.groups) > 1
    monkeypatch.setattr(type(BASE), "stale", lambda base, entry_id: base.jobs(entry_id))
    monkeypatch.setattr(widening, "_known", {})
    assert narrower(BASE, entry, "penn-characters").arguments == entry.all_variants["penn-characters"].arguments
    assert searched == ["penn-characters"]
    assert measured_again("lstm", "penn-characters").parameters == 1
    assert searched == ["penn-characters"], "the search is made once"


def test_a_narrower_network_has_the_parameters_of_the_variant_even_where_channels_are_rounded() -> None:
    """B0 has no shortcut from its stem, but a quarter of both widths is rounded to the same 8 channels."""
    entry = BASE.architectures["efficientnet"]
    channels = [place for place in entry.complexity.scaled["D"] if place != "divisor"]
    rounding = entry.complexity.model_copy(update={"of": {"D": channels}})
    found = Widening(digest="", **measure_widening(BASE, entry.model_copy(update={"complexity": rounding}), "b0"))
    wide = entry.all_variants["b0"].arguments
    names = [[name for name, _ in entry.load()(**arguments).named_parameters()]
             for arguments in (wide, widening._resized(wide, found.sizes, 1, found.factor))]  # fmt: skip
    assert found.factor > 1
    assert names[0] == names[1]


def test_no_network_is_built_that_is_too_large_to_be_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def counted_first(entry: Architecture, arguments: dict[str, object]) -> torch.nn.Module:
        with torch.device("meta"):
            assert count_parameters(entry.load()(**arguments)) <= widening.PARAMETERS
        return build(entry, arguments)

    monkeypatch.setattr(widening, "_searches", {})
    monkeypatch.setattr(widening, "build", counted_first)
    assert measured_again("mixtral", "8x7b").factor == 1  # 47 billion parameters


CHEAP = ("affine-dependence", "convexity", "monotonicity", "positive-homogeneity", "scale-invariance", "causality",
         "batch-independence", "bounded-outputs", "weight-sharing-over-depth", "size-generality",
         "conditional-computation", "translation-invariance", "permutation-equivariance")  # fmt: skip


@pytest.mark.parametrize("place", ["mlp/digits", "lstm/width-128", "deep-linear-network/digits"])
def test_what_passes_is_what_probes_find_of_the_wider_network_itself(place: str) -> None:
    architecture, _, variant = place.partition("/")
    entry = BASE.architectures[architecture]
    narrow = narrower(BASE, entry, variant)
    assert narrow.measured.factor > 1
    compared = 0
    for trait in BASE.evidence[architecture].traits:
        if trait.variant == variant and trait.bias in CHEAP:
            known, acting = BASE.biases[trait.bias], BASE.acting(architecture, trait.bias, variant)
            make = partial(build, entry, narrow.arguments)
            errors = [probing.probe_once(entry, variant, known, acting, draw, make) for draw in range(2)]
            value = value_of(deciding(errors, known), known)
            if value != "unknown" and passes(known, value, Wider.of(narrow.measured)):
                assert (trait.bias, value) == (trait.bias, trait.value)
                compared += 1
    assert compared > 3


def test_draws_end_as_soon_as_they_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = BASE.architectures["mlp"]
    for errors, known, expected in (
        ([1e-4, 1.0, 0.0], bias(), [1e-4, 1.0]),
        ([0.0, 1.0, 0.0], bias(), [0.0]),
        ([1.0, 0.0, 0.0], bias("some"), [1.0, 0.0]),
        ([1.0, 1.0, 1.0], bias("some"), [1.0, 1.0, 1.0]),
        ([1.0, 0.0, 0.0], bias("some", of="computation"), [1.0]),
    ):
        monkeypatch.setattr(probing, "probe_once", lambda *given, errors=errors: errors[given[4]])
        assert probing._until_decided(entry, "default", known, ("F",), torch.nn.Identity) == expected


@pytest.mark.parametrize(
    ("known", "trained"),
    [
        (bias(), [{"weight", "bias"}]),
        (bias(of="computation"), [{"weight", "bias"}]),
        (bias(metric=True), [{"weight", "bias"}]),
        (bias(of="computation", metric=True), [{"weight"}, {"bias"}, set()]),
    ],
)
def test_shares_of_parameters_are_those_of_the_parameters_with_as_many_copies(
    known: Bias, trained: list[set[str]]
) -> None:
    def make() -> torch.nn.Module:
        module = torch.nn.Linear(2, 2)
        module.frozen = torch.nn.Parameter(torch.ones(1), requires_grad=False)
        return module

    narrow = SimpleNamespace(groups=(("weight",), ("bias",), ("frozen",)))
    made = [each() for each in probing._apart(make, known, narrow)]
    assert [{name for name, each in module.named_parameters() if each.requires_grad} for module in made] == trained


# What is planned, and what stays unknown


def test_what_follows_from_the_parts_of_a_published_size_is_not_measured() -> None:
    for entry in BASE.architectures.values():
        planned = {job.key[1:] for job in BASE.jobs(entry.id) if job.key[0] == "trait"}
        assert not {job.key[2] for job in BASE.jobs(entry.id) if job.key[0] == "curve"} & entry.large_variants.keys()
        for variant in entry.large_variants:
            for bias_id in BASE.biases:
                applies = bool(BASE.acting(entry.id, bias_id, variant))
                settled = any(fact.rule == "composition" for fact in BASE.facts.get((entry.id, variant, bias_id), ()))
                assert not (settled and (bias_id, variant) in planned)
                assert applies or (bias_id, variant) not in planned


def test_a_variant_that_is_too_large_is_declined_with_the_reason(small: Miniature) -> None:
    small.architecture("a", VARIANT)
    reason = "no narrower network can be run, and 1,000,000 parameters are too many to run"
    small.record(
        "architectures/family/a", TraitErrors(bias="always", variant="published", errors=[], declined=reason, digest="")
    )
    base = small.load()
    cells = {(cell.variant, cell.bias): cell.reason for cell in base.open()}
    assert cells["published", "always"] == f"It was not measured: {reason}."
    assert base.why("a", "always", "published").missing[0] == cells["published", "always"]
    assert "has not measured" in cells["published", "follows"]


def test_all_that_is_unknown_is_listed_with_a_reason() -> None:
    unknown = {
        (entry.id, variant, bias_id)
        for entry in BASE.architectures.values()
        for variant in entry.all_variants
        for bias_id in BASE.biases
        if BASE.trait(entry.id, bias_id, variant).value == "unknown"
    }
    assert {(cell.architecture, cell.variant, cell.bias) for cell in BASE.open()} == unknown
    assert [cell for cell in BASE.open() if not cell.reason.endswith((".", cell.architecture))] == []


def test_every_value_of_a_narrower_network_that_is_recorded_is_of_use() -> None:
    """A measurement of a narrower network is kept only where it passes; else the variant itself was run, or neither."""
    for entry_id, record in BASE.evidence.items():
        for trait in record.traits:
            if trait.narrowed > 1 and trait.value != "unknown":
                wide = Wider.of(record.widenings[trait.variant])
                assert passes(BASE.biases[trait.bias], trait.value, wide), (entry_id, trait)
                assert BASE.trait(entry_id, trait.bias, trait.variant).value == trait.value
            if trait.value == "lacks" and trait.narrowed > 1:
                assert trait.error >= VIOLATION


def test_no_narrower_network_is_found_or_missed_by_a_hair() -> None:
    """What is recorded is far from the limit, so that a processor that rounds otherwise finds the same."""
    found = [m for lines in BASE.measured.values() for m in lines.measurements.values() if isinstance(m, Widening)]
    assert max(max(each.errors) for each in found if each.copies) < ROUNDING / 1000
    assert min(max(each.errors) for each in found if each.errors and not each.copies) > ROUNDING * 1000
